// SPDX-License-Identifier: MIT
// A year by the hour, as energy models step it: plants and loads driven by hourly profiles around
// one bus, five units in merit order, the grid. Yardsticks in the same process: the same arithmetic
// as a plain C loop over 8,760 hours (the least any program could do), and one linear programme
// over the whole year with CLP (what PyPSA and oemof pose). Gas burnt must agree with the plain
// loop to 1e-9.
#include "tests/bench/bench.h"
#include "tests/bench/bench_site.h"
#include "tests/support/park_kit.h"

#include <coin/Clp_C_Interface.h>

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    HOURS = 8760,
    UNITS = 5,
    ROUNDS = 3
};

static const double PI = 3.14159265358979323846;

static const int profile_counts[] = {5, 20, 50, 100};

/** What the profiles say: value [h * count + i] in MW; even: a load, odd: a plant. */
struct year {
    int count;
    double *value;
};

static double rounded(double x) // as the CSV has it
{
    return round(x * 1000) / 1000;
}

static struct year make_year(int count)
{
    struct year y = {count, sim_base_alloc((size_t)HOURS * (size_t)count, sizeof(double))};
    uint32_t x = 3;
    for (int h = 0; h < HOURS; h++) {
        for (int i = 0; i < count; i++) {
            x = x * 1664525U + 1013904223U;
            const double chance = (double)(x >> 8) / 16777216.0;
            const double sun = 10 * sin((h % 24 - 6) / 12.0 * PI) * (0.5 + chance / 2);
            const double use = 6 + 3 * sin((h % 24 - 8) / 12.0 * PI) + 2 * chance - 1;
            y.value[h * count + i] = rounded(i % 2 == 1 ? fmax(0, sun) : use);
        }
    }
    return y;
}

static void write_csv(struct bench_site *s, const struct year *y)
{
    const size_t room = (size_t)(HOURS + 1) * (size_t)(y->count + 1) * 12;
    char *text = sim_base_alloc(room, 1);
    size_t at = (size_t)snprintf(text, room, "time [h]");
    for (int i = 0; i < y->count; i++) {
        at += (size_t)snprintf(text + at, room - at, ",c%d", i);
    }
    for (int h = 0; h < HOURS; h++) {
        at += (size_t)snprintf(text + at, room - at, "\n%d", h);
        for (int i = 0; i < y->count; i++) {
            at += (size_t)snprintf(text + at, room - at, ",%.3f", y->value[h * y->count + i]);
        }
    }
    snprintf(text + at, room - at, "\n");
    bench_site_write(s, "hourly.csv", text);
    free(text);
}

struct page {
    char *text;
    size_t at, room;
};

static void say(struct page *p, const char *fmt, ...) SIM_PRINTF(2, 3);

static void say(struct page *p, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    p->at += (size_t)vsnprintf(p->text + p->at, p->room - p->at, fmt, args);
    va_end(args);
}

static void say_firms(struct page *p, int count)
{
    say(p, "firms = {\n");
    for (int i = 0; i < count; i++) {
        say(p,
            i % 2 == 1 ? "  pv%d = { processes = { pv = { kind = \"continuous\"; product = \"el\"; "
                         "capacity = \"profile(p%d)\"; }; }; };\n"
                       : "  load%d = { processes = { use = { kind = \"continuous\"; basis = "
                         "\"el\"; capacity = \"profile(p%d)\"; }; }; };\n",
            i, i);
    }
    say(p, "};\nexchanges = {\n");
    for (int i = 0; i < count; i++) {
        say(p,
            i % 2 == 1 ? "  pv%d = { stream = \"el\"; from = \"pv%d\"; to = \"bus\"; };\n"
                       : "  load%d = { stream = \"el\"; from = \"bus\"; to = \"load%d\"; };\n",
            i, i);
    }
    say(p, "};\n");
}

static void write_park(struct bench_site *s, int count, const char *every)
{
    struct page p = {sim_base_alloc(200000, 1), 0, 200000};
    say(&p,
        "format = 1;\npark = { start = \"2026-01-01\"; until = \"2027-01-01\"; record = { every = "
        "\"%s\"; }; };\neconomy = { currency = \"VND\"; };\nstreams = { el = { unit = \"MWh\"; "
        "kind "
        "= \"energy\"; }; gas = { unit = \"MWh\"; kind = \"fuel\"; }; };\nprofiles = {\n",
        every);
    for (int i = 0; i < count; i++) {
        say(&p, "  p%d = { csv = \"hourly.csv\"; column = \"c%d\"; unit = \"MW\"; };\n", i, i);
    }
    say(&p, "};\nmarkets = { grid = { sells = { gas = { price = \"8e5 VND/MWh\"; }; }; }; };\n"
            "utilities = { bus = { stream = \"el\"; units = {\n");
    for (int u = 0; u < UNITS; u++) {
        say(&p,
            "  g%d = { kind = \"boiler\"; merit = %d; capacity = \"%.1f MW\"; fuel = { gas = "
            "\"%.2f MWh/MWh\"; }; };\n",
            u, u + 1, 0.8 * count, 1.8 + 0.1 * u);
    }
    say(&p, "}; }; };\n");
    say_firms(&p, count);
    bench_site_write(s, "park.cfg", p.text);
    free(p.text);
}

/** [MWh] of gas over the year: loads take what plants give, then the units in merit order. */
static double plain_year(const struct year *y, double *totals)
{
    double gas = 0;
    memset(totals, 0, (size_t)(y->count + UNITS) * sizeof(double));
    for (int h = 0; h < HOURS; h++) {
        const double *q = y->value + (size_t)h * (size_t)y->count;
        double plants = 0;
        double loads = 0;
        for (int i = 0; i < y->count; i++) {
            *(i % 2 == 1 ? &plants : &loads) += q[i];
        }
        double left = loads - fmin(plants, loads);
        const double share = plants > 0 ? fmin(plants, loads) / plants : 0;
        for (int u = 0; u < UNITS; u++) {
            const double made = fmin(left, 0.8 * y->count);
            left -= made;
            totals[y->count + u] += made;
            gas += made * (1.8 + 0.1 * u);
        }
        const double fill = loads > 0 ? (loads - left) / loads : 0;
        for (int i = 0; i < y->count; i++) {
            totals[i] += q[i] * (i % 2 == 1 ? share : fill);
        }
    }
    return gas;
}

/** [s] that one linear programme over all hours takes: a column for each plant, unit and the
 * shortage in each hour, a row an hour. */
static double clp_year(const struct year *y)
{
    const int wide = y->count / 2 + UNITS + 1;
    const int columns = HOURS * wide;
    CoinBigIndex *start = sim_base_alloc((size_t)columns + 1, sizeof *start);
    int *row = sim_base_alloc((size_t)columns, sizeof *row);
    double *numbers = sim_base_alloc((size_t)columns * 4 + HOURS, sizeof *numbers);
    double *one = numbers + columns; // after the lower bounds, which are 0
    double *upper = one + columns;
    double *price = upper + columns;
    double *need = price + columns;
    const double begin = bench_cpu_seconds();
    for (int h = 0; h < HOURS; h++) {
        const double *q = y->value + (size_t)h * (size_t)y->count;
        for (int i = 0; i < y->count; i += 2) {
            need[h] += q[i];
        }
        for (int k = 0; k < wide; k++) {
            const int at = h * wide + k;
            const bool is_plant = k < y->count / 2;
            const bool is_unit = !is_plant && k < y->count / 2 + UNITS;
            start[at] = at;
            row[at] = h;
            one[at] = 1;
            upper[at] = is_plant ? q[2 * k + 1] : is_unit ? 0.8 * y->count : DBL_MAX;
            price[at] = is_plant ? 1e-3 : is_unit ? 1.8 + 0.1 * (k - y->count / 2) : 100;
        }
    }
    start[columns] = columns;
    Clp_Simplex *lp = Clp_newModel();
    Clp_setLogLevel(lp, 0);
    Clp_loadProblem(lp, columns, HOURS, start, row, one, numbers, upper, price, need, need);
    Clp_initialSolve(lp);
    SIM_REQUIRE(Clp_status(lp) == 0, "the yardstick LP is not optimal");
    const double took = bench_cpu_seconds() - begin;
    Clp_deleteModel(lp);
    free(start);
    free(row);
    free(numbers);
    return took;
}

static double gas_of(const char *path)
{
    struct park_kit k;
    park_kit_open(&k, path, NULL, 0);
    SIM_REQUIRE(park_kit_make(&k, 0, NULL) == SIM_OK, "the run goes well");
    const double gas = park_kit_total(&k, "grid > bus: gas");
    park_kit_close(&k);
    return gas;
}

/** The year, recorded once (`every`), and what an hour of it cost. */
static double us_a_step(struct bench_site *s, int count, const char *every, int rounds,
                        struct bench_cost *out)
{
    write_park(s, count, every);
    *out = bench_site_run(s->park, rounds);
    return out->run_s * 1e6 / HOURS;
}

static void measure(int count, const struct bench_opts *opts)
{
    static const char *const names[] = {"hourly.csv", "park.cfg"};
    struct bench_site s;
    struct bench_cost c;
    struct year y = make_year(count);
    double *totals = sim_base_alloc((size_t)(count + UNITS), sizeof(double));
    const int rounds = opts->quick ? 1 : ROUNDS;
    bench_site_open(&s);
    write_csv(&s, &y);
    const double step = us_a_step(&s, count, "1 year", rounds, &c);
    double plain = DBL_MAX;
    double gas = 0;
    for (int i = 0; i < rounds; i++) {
        const double start = bench_cpu_seconds();
        gas = plain_year(&y, totals);
        plain = fmin(plain, bench_cpu_seconds() - start);
    }
    SIM_REQUIRE(fabs(gas_of(s.park) - gas) <= 1e-9 * gas, "the year and plain C disagree");
    const double clp = clp_year(&y);
    bench_line_sized("energy", count, "us_a_step", step, "us");
    bench_line_sized("energy", count, "of_plain_c", step * HOURS / (plain * 1e6), "-");
    bench_line_sized("energy", count, "vs_lp_of_the_year", clp / c.run_s, "x");
    bench_line_sized("energy", count, "load", c.load_s * 1e3, "ms");
    const double recorded = us_a_step(&s, count, "1 h", rounds, &c);
    bench_line_sized("energy", count, "us_a_step_recorded", recorded, "us");
    bench_site_close(&s, names, SIM_COUNT(names));
    free(y.value);
    free(totals);
}

void bench_energy_run(const struct bench_opts *opts)
{
    for (int i = 0; i < (opts->quick ? 1 : SIM_COUNT(profile_counts)); i++) {
        measure(profile_counts[i], opts);
    }
}
