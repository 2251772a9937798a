// Cases 4, 5, 6 and 8 of validation/cases.md as parks, through the whole path. Each mean must agree
// with the exact value within the 99 % confidence bound of its replications, and that bound must be
// narrow enough to say something. The seed is fixed: a failure means that the program changed.

#include "tests/support/park_kit.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>

/** What a run is asked for. */
typedef double measure(const struct park_kit *k);

static struct sim_stats replicate(const char *path, const char *override, int runs, measure *of)
{
    struct park_kit k;
    struct sim_stats stats = {0};
    park_kit_open(&k, path, &override, override != NULL ? 1 : 0);
    for (int r = 0; r < runs; r++) {
        const enum sim_status status = park_kit_make(&k, r, NULL);
        cr_assert(eq(int, (int)status, (int)SIM_OK), "%s", k.err.text);
        cr_assert(le(dbl, park_kit_worst_balance(&k), 1e-9));
        sim_stats_add(&stats, of(&k));
    }
    park_kit_close(&k);
    return stats;
}

static void agrees(const char *what, struct sim_stats s, double exact, double most)
{
    const double half = sim_stats_half_width(&s, 0.99);
    cr_log_info("%s: %.6g +- %.2g, exact %.6g", what, s.mean, half, exact);
    cr_expect(le(dbl, fabs(s.mean - exact), half), "%s: %.6g +- %.2g, exact %.6g", what, s.mean,
              half, exact);
    cr_expect(le(dbl, half, most), "%s: the bound %.2g is too wide", what, half);
}

static double hours(const struct park_kit *k)
{
    return sim_simtime_to_seconds(k->park->until_us - k->park->warm_us) / 3600;
}

static double line_output(const struct park_kit *k)
{
    return park_kit_total(k, "line > shop: good") / hours(k);
}

static double buffer_level(const struct park_kit *k)
{
    return park_kit_level_mean(k, "line.buffer");
}

#define LINE "tests/data/cases/two_machine_line.cfg"

Test(park_cases, a_line_without_buffer_meets_its_throughput)
{
    agrees("N = 0", replicate("tests/data/cases/two_machines.cfg", NULL, 40, line_output), 0.833333,
           0.01);
}

Test(park_cases, a_fluid_line_meets_its_throughput_for_each_buffer)
{
    agrees("N = 5", replicate(LINE, "firms.line.stocks.buffer.capacity=5 t", 40, line_output),
           0.848586, 0.01);
    agrees("N = 20", replicate(LINE, NULL, 40, line_output), 0.871369, 0.01);
    agrees("N = 100", replicate(LINE, "firms.line.stocks.buffer.capacity=100 t", 40, line_output),
           0.896552, 0.01);
}

Test(park_cases, a_fluid_line_has_half_its_buffer_full)
{
    agrees("level", replicate(LINE, NULL, 40, buffer_level), 10, 0.5);
}

static double landfilled(const struct park_kit *k)
{
    return park_kit_total(k, "smelter > landfill: slag") /
           park_kit_total(k, "smelter.furnace > smelter: slag");
}

static double tank_level(const struct park_kit *k)
{
    return park_kit_level_mean(k, "smelter.tank");
}

#define TANK "tests/data/cases/tank_overflow.cfg"

Test(park_cases, a_tank_overflows_as_the_theory_says)
{
    agrees("B = .5", replicate(TANK, "firms.smelter.stocks.tank.capacity=0.5 t", 20, landfilled),
           0.145089, 0.005);
    agrees("B = 1", replicate(TANK, NULL, 20, landfilled), 0.0751332, 0.005);
}

Test(park_cases, a_tank_without_limit_holds_its_mean)
{
    agrees("level", replicate(TANK, "firms.smelter.stocks.tank.capacity=1e6 t", 40, tank_level),
           0.75, 0.05);
}

static double served(const struct park_kit *k)
{
    return park_kit_total(k, "works > town: clean") / hours(k);
}

static double down_a(const struct park_kit *k)
{
    return 1 - park_kit_total(k, "works.a > works: clean") / hours(k);
}

static double unserved(const struct park_kit *k)
{
    return park_kit_unserved(k, "town > town: clean") / hours(k);
}

#define MACHINES "tests/data/cases/availability.cfg"

Test(park_cases, two_machines_of_which_one_is_needed_serve_99_percent)
{
    agrees("served", replicate(MACHINES, NULL, 20, served), 0.99, 0.002);
    agrees("unserved", replicate(MACHINES, NULL, 20, unserved), 0.01, 0.002);
}

Test(park_cases, one_repair_crew_serves_less_as_the_chain_says)
{
    const double r = 1.0 / 9;
    const double both_down = 2 * r * r / (1 + 2 * r + 2 * r * r);
    agrees("unserved", replicate(MACHINES, "crews.fitters.size=1", 20, unserved), both_down, 0.003);
}

Test(park_cases, a_machine_alone_is_there_nine_tenths_of_the_time)
{
    agrees("down", replicate(MACHINES, "firms.works.processes.b.capacity=0 m3/h", 20, down_a), 0.1,
           0.005);
}

static double per_day(const struct park_kit *k, const char *label)
{
    return park_kit_total(k, label) * 24 / hours(k);
}

static double exchanged(const struct park_kit *k)
{
    return per_day(k, "power > board: gypsum");
}

static double dumped(const struct park_kit *k)
{
    return per_day(k, "power > landfill: gypsum");
}

static double virgin(const struct park_kit *k)
{
    return per_day(k, "quarry > board: gypsum");
}

#define MISMATCH "tests/data/cases/mismatch.cfg"

Test(park_cases, mismatch_without_storage_goes_to_landfill_and_market)
{
    agrees("exchange", replicate(MISMATCH, NULL, 20, exchanged), 80.0 / 3, 0.15);
    agrees("landfill", replicate(MISMATCH, NULL, 20, dumped), 10.0 / 3, 0.15);
    agrees("virgin", replicate(MISMATCH, NULL, 20, virgin), 10.0 / 3, 0.15);
}
