// Rules of a park that were broken once: each with the park in which it showed, and what is right.
#include "models/park/results.h"
#include "sim/cfg/diag.h"
#include "tests/support/park_kit.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <stdlib.h>
#include <string.h>

// Rounding of sums of some thousand terms of the size of the result.
#define EXACT 1e-11

#define FOUND "tests/data/faults/"

static void make(struct park_kit *k, const char *path, const char *const *overrides, int count)
{
    park_kit_open(k, path, overrides, count);
    cr_assert(eq(int, (int)park_kit_make(k, 0, NULL), (int)SIM_OK), "%s", k->err.text);
}

/** What is told of a park given as text; free. */
static char *told_of(const char *text)
{
    struct sim_diag *d = sim_diag_create();
    struct park *p = NULL;
    const struct park_load_opts opts = {.overrides = NULL};
    const enum sim_status status = park_load_text("park.cfg", text, &opts, d, &p);
    char *told = sim_diag_render(d, 50);
    cr_assert(eq(int, (int)status, (int)sim_diag_status(d)), "%s", told);
    park_load_free(p);
    sim_diag_destroy(d);
    return told;
}

static void assert_told(const char *text, const char *words)
{
    char *told = told_of(text);
    cr_assert(ne(ptr, (void *)strstr(told, words), NULL), "%s", told);
    free(told);
}

static void assert_silent(const char *text)
{
    char *told = told_of(text);
    cr_assert(eq(str, told, ""), "%s", told);
    free(told);
}

// ---- a process that takes some of what it makes

#define PLANT(mode, takes, more)                                                                   \
    "format = 1; park = { start = \"2025-01-01\"; until = \"2025-01-03\"; };\n"                    \
    "streams = { e = { unit = \"MWh\"; kind = \"energy\"; }; coal = { unit = \"t\"; }; };\n"       \
    "firms = { p = { processes = { gen = { kind = \"continuous\"; product = \"e\";\n"              \
    "  mode = \"" mode "\"; capacity = \"100 MW\";\n"                                              \
    "  inputs = { coal = \"0.4 t/MWh\"; e = \"" takes "\"; }; }; }; }; };\n"                       \
    "markets = { mine = { sells = { coal = { }; }; }; " more " };\n"

Test(self_use, is_no_starving)
{
    struct park_kit k;
    make(&k, FOUND "f6_self_use_warned.cfg", NULL, 0);

    cr_assert(epsilon_eq(dbl, park_kit_total(&k, "p > grid: e"), 48 * 92, 48 * 92 * EXACT));
    park_kit_close(&k);
    assert_silent(PLANT("push", "0.08 MWh/MWh", "grid = { buys = { e = { }; }; };"));
}

Test(self_use, of_more_than_is_made_starves)
{
    assert_told(PLANT("push", "1.2 MWh/MWh", ""), "p.gen is starved for ever");
    assert_silent(PLANT("push", "1.2 MWh/MWh", "grid = { sells = { e = { }; }; };"));
}

// What it takes itself is no outlet for the rest.
Test(self_use, of_less_than_is_made_is_no_outlet)
{
    assert_told(PLANT("push", "0.08 MWh/MWh", ""), "p.gen stands still: its e has no outlet");
}

// ---- a repair at the end of the crew's hours

// 22 h of running, 9 h of repair by a crew that works from 22:00 to 24:00. It pauses: done on the
// fifth night at 23:00. It finishes: done at 07:00, and the next begins with the next shift.
Test(repair, pauses_or_is_finished_when_the_shift_ends)
{
    static const char *const pause[] = {"park.until=2025-01-06"};
    static const char *const finish[] = {"park.until=2025-01-06", "crews.g.closing=finish"};
    struct park_kit k;
    make(&k, FOUND "f9_repair_pauses.cfg", pause, 1);
    cr_assert(epsilon_eq(dbl, park_kit_total(&k, "f > b: w"), 23.0, 23 * EXACT));
    park_kit_close(&k);

    make(&k, FOUND "f9_repair_pauses.cfg", finish, 2);
    cr_assert(epsilon_eq(dbl, park_kit_total(&k, "f > b: w"), 66.0, 66 * EXACT));
    park_kit_close(&k);
}

// ---- closed dates hold for their own year

#define SHIFT(until, closed)                                                                       \
    "format = 1; park = { start = \"2026-01-01\"; until = \"" until "\"; };\n"                     \
    "streams = { w = { unit = \"t\"; }; };\n"                                                      \
    "calendars = { day = { open = ( \"Mon-Sat 06:00-22:00\" ); closed = ( " closed " ); }; };\n"   \
    "firms = { f = { calendar = \"day\"; processes = { m = { kind = \"continuous\";\n"             \
    "  product = \"w\"; capacity = \"1 t/h\"; }; }; }; };\n"                                       \
    "markets = { b = { buys = { w = { }; }; }; };\n"

Test(closed_dates, are_told_where_later_years_have_none)
{
    assert_silent(SHIFT("2027-01-01", "\"2026-02-14..2026-02-22\""));
    assert_told(SHIFT("2030-01-01", "\"2026-02-14..2026-02-22\""),
                "no day is closed in 2027 and other years of the run");
    assert_silent(SHIFT("2027-02-01", "\"2026-02-14..2026-02-22\"")); // February never comes again
    assert_told(SHIFT("2027-03-01", "\"2026-02-14..2026-02-22\""), "no day is closed in 2027:");
    assert_silent(SHIFT("2028-01-01", "\"2026-02-14..2026-02-22\", \"2027-02-05..2027-02-12\""));
}

Test(closed_dates, outside_of_the_run_are_told)
{
    assert_told(SHIFT("2027-01-01", "\"2025-02-14\""),
                "'2025-02-14' lies outside of the run, 2026-01-01 00:00 to 2027-01-01 00:00");
    assert_told(SHIFT("2027-01-01", "\"2027-01-01..2027-01-02\""), "lies outside of the run");
    assert_silent(SHIFT("2027-01-01", "\"2025-12-30..2026-01-02\""));
}

// ---- what is linear in time is booked by its integral

// 10 t/h from 00:00 to 00:30, at a price that rises by 1 EUR/t an hour: 10 x 1/8.
Test(linear_factors, cost_amount_times_integral)
{
    struct park_kit k;
    make(&k, FOUND "f8_linear_price.cfg", NULL, 0);

    cr_assert(epsilon_eq(dbl, park_kit_money(&k, "f > c: w"), 1.25, 1.25 * EXACT));
    park_kit_close(&k);
}

/** 10 t/h of w to a tip, in pieces of hours. The price rises by 2 EUR/t an hour until 06:00 and
 * falls by 4/3 then; the factor rises by 1/2 kg/t an hour, then by 1. */
#define TIP(warmup, steps, more)                                                                   \
    "format = 1; park = { start = \"2025-01-01\"; until = \"2025-01-01 12:00\"; " warmup           \
    " record = { every = \"1 h\"; what = ( \"flows\", \"emissions\", \"money\" ); }; };\n"         \
    "economy = { currency = \"EUR\"; };\n"                                                         \
    "streams = { w = { unit = \"t\"; }; };\n"                                                      \
    "calendars = { day = { open = ( \"Mon-Sun 00:00-00:30\", \"Mon-Sun 05:00-07:00\" ); }; };\n"   \
    "profiles = {\n"                                                                               \
    "  p = { csv = \"tests/data/faults/linear.csv\"; column = \"price\"; between = \"linear\";\n"  \
    "        past = \"hold\"; steps = " steps "; };\n"                                             \
    "  c = { csv = \"tests/data/faults/linear.csv\"; column = \"co2\"; between = \"linear\";\n"    \
    "        past = \"hold\"; steps = " steps "; }; };\n"                                          \
    "firms = { f = { processes = { m = { kind = \"continuous\"; product = \"w\";\n"                \
    "  capacity = \"10 t/h\"; calendar = \"day\"; }; }; }; };\n"                                   \
    "markets = {\n"                                                                                \
    "  tip = { disposes = { w = { fate = \"landfill\"; price = \"profile(p)\";\n"                  \
    "    emission = \"profile(c)\"; }; }; }; };\n" more

#define BELT                                                                                       \
    "links = { belt = { kind = \"line\"; stream = \"w\"; from = \"f\"; to = \"tip\";\n"            \
    "  cost = \"profile(p)\"; }; };\n"                                                             \
    "exchanges = { x = { over = \"belt\"; price = \"profile(p)\"; }; };\n"

/** Of a series by party: the sum over all intervals; what one interval has in *out_one. */
static double party_series(const struct park_kit *k, const char *name, const char *party,
                           int64_t interval, double *out_one)
{
    const int64_t count = park_results_interval_count(k->park);
    const int64_t at =
        sim_schema_label(k->schema, sim_schema_axis_find(k->schema, NULL, "party"), party);
    const int var = sim_schema_var_find(k->schema, NULL, name);
    double sum = 0;
    cr_assert(ge(int, var, 0));
    for (int64_t i = 0; i < count; i++) {
        sum += sim_row_value(k->row, var, at * count + i);
    }
    *out_one = sim_row_value(k->row, var, at * count + interval);
    return sum;
}

static double ledger_column(const struct park_kit *k, const char *column, const char *label)
{
    const int64_t at =
        sim_schema_label(k->schema, sim_schema_axis_find(k->schema, "ledger", "entry"), label);
    return sim_row_f64_const(k->row, sim_schema_var_find(k->schema, "ledger", column))[at];
}

#define TIPPED "f > tip: w"

// Integrals of the price: 1/4 until 00:30, 11 from 05:00, 34/3 from 06:00; of the factor: 1/16,
// 11/4 and 7/2.
Test(linear_factors, are_exact_in_totals_and_in_series)
{
    static const char *const texts[] = {TIP("", "6", ""), TIP("", "1", "")};
    const double price = 10 * (0.25 + 11 + 34 / 3.0);
    const double tonnes = 10 * (1 / 16.0 + 11 / 4.0 + 7 / 2.0) / 1e3;
    for (int i = 0; i < SIM_COUNT(texts); i++) {
        struct park_kit k;
        double one = 0;
        park_kit_open_text(&k, texts[i]);
        cr_assert(eq(int, (int)park_kit_make(&k, 0, NULL), (int)SIM_OK), "%s", k.err.text);

        cr_expect(epsilon_eq(dbl, park_kit_money(&k, TIPPED), price, price * EXACT));
        cr_expect(epsilon_eq(dbl, park_kit_co2e(&k, TIPPED), tonnes, tonnes * EXACT));
        const double earned = party_series(&k, "earned", "f", 5, &one);
        cr_expect(epsilon_eq(dbl, earned, price, price * 1e-6)); // float32
        cr_expect(epsilon_eq(dbl, one, 110.0, 110 * 1e-6));
        const double freed = party_series(&k, "co2e_scope3", "f", 6, &one);
        cr_expect(epsilon_eq(dbl, freed, tonnes, tonnes * 1e-6));
        cr_expect(epsilon_eq(dbl, one, 0.035, 0.035 * 1e-6));
        park_kit_close(&k);
    }
}

Test(linear_factors, are_exact_in_carriage)
{
    struct park_kit k;
    const double price = 10 * (0.25 + 11 + 34 / 3.0);
    park_kit_open_text(&k, TIP("", "6", BELT));
    cr_assert(eq(int, (int)park_kit_make(&k, 0, NULL), (int)SIM_OK), "%s", k.err.text);

    cr_assert(epsilon_eq(dbl, ledger_column(&k, "carriage", TIPPED), price, price * EXACT));
    cr_assert(epsilon_eq(dbl, park_kit_money(&k, TIPPED), price, price * EXACT));
    park_kit_close(&k);
}

// From 05:30 on, in the midst of a constant rate and of a slope.
Test(linear_factors, count_from_the_end_of_the_warm_up)
{
    struct park_kit k;
    const double price = 10 * (5.75 + 34 / 3.0);
    park_kit_open_text(&k, TIP("warmup = \"5.5 h\";", "6", ""));
    cr_assert(eq(int, (int)park_kit_make(&k, 0, NULL), (int)SIM_OK), "%s", k.err.text);

    cr_assert(epsilon_eq(dbl, park_kit_money(&k, TIPPED), price, price * EXACT));
    park_kit_close(&k);
}

// 43800 t/year are 60 t in 12 h, of which 25 are taken; the others at 4 EUR/t, the last price.
Test(linear_factors, end_with_the_price_that_take_or_pay_asks)
{
    struct park_kit k;
    park_kit_open_text(&k,
                       TIP("", "6",
                           "exchanges = { x = { stream = \"w\"; from = \"f\"; to = \"tip\";\n"
                           "  price = \"profile(p)\"; take_or_pay = \"43800 t/year\"; }; };\n"));
    cr_assert(eq(int, (int)park_kit_make(&k, 0, NULL), (int)SIM_OK), "%s", k.err.text);

    const double price = 10 * (0.25 + 11 + 34 / 3.0) + 4 * (43800 / 730.0 - 25);
    cr_assert(epsilon_eq(dbl, park_kit_money(&k, TIPPED), price, price * EXACT));
    park_kit_close(&k);
}

// ---- what pumping takes

#define PUMPED(streams, key)                                                                       \
    "format = 1; park = { start = \"2026-01-01\"; until = \"2026-01-02\"; };\n"                    \
    "streams = { w = { unit = \"m3\"; kind = \"water\"; }; " streams " };\n"                       \
    "firms = { f = { }; g = { processes = { u = { kind = \"continuous\"; basis = \"w\";\n"         \
    "  capacity = \"10 m3/h\"; }; }; }; };\n"                                                      \
    "markets = { grid = { sells = { p = { }; }; }; river = { sells = { w = { }; }; }; };\n"        \
    "links = { l = { kind = \"pipe\"; stream = \"w\"; from = \"f\"; to = \"g\";\n"                 \
    "  pumping = \"0.5 kWh/m3\"; " key " }; };\n"                                                  \
    "exchanges = { x = { over = \"l\"; }; y = { stream = \"w\"; from = \"river\"; to = \"f\"; }; " \
    "};\n"

#define POWER "p = { unit = \"MWh\"; kind = \"energy\"; };"

Test(pumping, takes_the_stream_that_is_named_or_the_only_one)
{
    static const char *const texts[] = {
        PUMPED(POWER, ""),
        PUMPED(POWER " electricity = { unit = \"MWh\"; };", "pumping_stream = \"p\";")};
    for (int i = 0; i < SIM_COUNT(texts); i++) {
        struct park_kit k;
        park_kit_open_text(&k, texts[i]);
        cr_assert(eq(int, (int)park_kit_make(&k, 0, NULL), (int)SIM_OK), "%s", k.err.text);

        cr_expect(epsilon_eq(dbl, park_kit_total(&k, "f > links.l: p"), 0.12, 0.12 * EXACT));
        park_kit_close(&k);
    }
    assert_told(PUMPED(POWER, ""), "pumping takes p, the only stream of kind energy");
    assert_told(PUMPED(POWER " q = { unit = \"MWh\"; kind = \"energy\"; };", ""),
                "write pumping_stream");
}
