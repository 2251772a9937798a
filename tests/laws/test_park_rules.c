// Rules of a park that were broken once: each with the park in which it showed, and what is right.
#include "models/park/open.h"
#include "models/park/out/results.h"
#include "sim/cfg/diag.h"
#include "tests/support/park_kit.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <stdio.h>
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
    const struct sim_model_source opts = {.overrides = NULL};
    const enum sim_status status = park_open_text("park.cfg", text, &opts, d, &p);
    char *told = sim_diag_render(d, 50);
    cr_assert(eq(int, (int)status, (int)sim_diag_status(d)), "%s", told);
    park_open_free(p);
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

// ---- limits by the clock

/** t of ash that pass on each of the first days. */
static void ash_by_day(const char *limit, const double *wanted, int count, double year)
{
    struct park_kit k;
    char text[100];
    snprintf(text, sizeof(text), "exchanges.ash.at_most=%s", limit);
    const char *const overrides[] = {text};
    make(&k, FOUND "n3_daily_limit.cfg", overrides, 1);

    for (int i = 0; i < count; i++) {
        cr_expect(epsilon_eq(dbl, park_kit_series(&k, "a > b: ash", i), wanted[i], 1e-4), "%s: %d",
                  limit, i);
    }
    cr_expect(epsilon_eq(dbl, park_kit_total(&k, "a > b: ash"), year, year * 1e-9), "%s", limit);
    park_kit_close(&k);
}

// 5 t/h: 30 t until 06:00 of each day; 210 t in 42 h of each week, of which the first begins on a
// Thursday (53 in the year); 300 t in 60 h of each month.
Test(limits, hold_by_day_week_month_and_year)
{
    static const double day[] = {30, 30, 30, 30, 30};
    static const double week[] = {120, 90, 0, 0, 120, 90, 0, 0, 0, 0, 0, 120};
    static const double month[] = {120, 120, 60, 0, 0};
    static const double whole[] = {120, 120, 120, 120, 120};
    ash_by_day("30 t/day", day, SIM_COUNT(day), 30 * 365.0);
    ash_by_day("210 t/week", week, SIM_COUNT(week), 210 * 53.0);
    ash_by_day("300 t/month", month, SIM_COUNT(month), 300 * 12.0);
    ash_by_day("10950 t/year", whole, SIM_COUNT(whole), 10950.0);
}

#define BOUGHT(keys)                                                                               \
    "format = 1; park = { start = \"2026-01-01\"; until = \"2026-03-01\"; };\n"                    \
    "economy = { currency = \"EUR\"; };\n"                                                         \
    "streams = { w = { unit = \"m3\"; kind = \"water\"; }; };\n"                                   \
    "firms = { f = { processes = { u = { kind = \"continuous\"; basis = \"w\";\n"                  \
    "  capacity = \"1 m3/h\"; }; }; }; };\n"                                                       \
    "markets = { river = { sells = { w = { }; }; }; };\n"                                          \
    "exchanges = { x = { stream = \"w\"; from = \"river\"; to = \"f\"; price = \"7 EUR/m3\";\n"    \
    "  " keys " }; };\n"

Test(limits, by_other_spans_are_refused)
{
    assert_told(BOUGHT("at_most = \"2 m3/h\";"),
                "2 m3/h is no amount per day, week, month or year");
    assert_told(BOUGHT("take_or_pay = \"2 m3/min\";"), "write it per day, week, month or year");
    assert_silent(BOUGHT("at_most = \"700 m3/month\";"));
}

// 744 h of January and 672 of February, and 1000 m3 are due in each.
Test(limits, what_is_due_by_month_is_due_in_each)
{
    struct park_kit k;
    park_kit_open_text(&k, BOUGHT("take_or_pay = \"1000 m3/month\";"));
    cr_assert(eq(int, (int)park_kit_make(&k, 0, NULL), (int)SIM_OK), "%s", k.err.text);

    cr_assert(epsilon_eq(dbl, park_kit_money(&k, "river > f: w"), 14000.0, 14000 * EXACT));
    park_kit_close(&k);
}

// ---- recording by the calendar

static void rows_begin(const char *start, const char *until, const char *every,
                       const char *const *days, int count)
{
    struct park_kit k;
    char text[3][60];
    snprintf(text[0], sizeof(text[0]), "park.start=%s", start);
    snprintf(text[1], sizeof(text[1]), "park.until=%s", until);
    snprintf(text[2], sizeof(text[2]), "park.record={ every = \"%s\"; }", every);
    const char *const overrides[] = {text[0], text[1], text[2]};
    make(&k, FOUND "n3_daily_limit.cfg", overrides, 3);

    cr_expect(eq(i64, park_results_interval_count(k.park), (int64_t)count), "%s", every);
    for (int i = 0; i < count; i++) {
        char day[SIM_SIMTIME_TEXT];
        (void)sim_simtime_format(park_results_boundary(k.park, i), day);
        cr_expect(eq(str, day, (char *)days[i]), "%s: row %d", every, i);
    }
    cr_expect(eq(i64, park_results_boundary(k.park, count), k.park->until_us));
    park_kit_close(&k);
}

Test(recording, by_months_and_years_begins_rows_on_the_first)
{
    static const char *const months[] = {"2026-01-01 00:00", "2026-02-01 00:00",
                                         "2026-03-01 00:00"};
    static const char *const cut[] = {"2026-01-15 06:00", "2026-02-01 00:00"};
    static const char *const quarters[] = {"2026-02-01 00:00", "2026-04-01 00:00",
                                           "2026-07-01 00:00"};
    static const char *const years[] = {"2027-03-01 00:00", "2028-01-01 00:00", "2029-01-01 00:00"};
    static const char *const one[] = {"2026-01-15 00:00"};
    rows_begin("2026-01-01", "2026-04-01", "1 month", months, 3);
    rows_begin("2026-01-15 06:00", "2026-02-01 12:00", "1 month", cut, 2);
    rows_begin("2026-02-01", "2026-07-02", "3 months", quarters, 3);
    rows_begin("2027-03-01", "2029-06-01", "1 year", years, 3);
    rows_begin("2026-01-15", "2026-02-01", "1 month", one, 1);
    rows_begin("2026-01-01", "2027-01-01", "8760 h", &months[0], 1);
}

Test(recording, by_months_sums_what_flows_in_each)
{
    static const char *const overrides[] = {"park.record={ every = \"1 month\"; }",
                                            "exchanges.ash.at_most=10950 t/year"};
    struct park_kit k;
    make(&k, FOUND "n3_daily_limit.cfg", overrides, 2);

    cr_expect(epsilon_eq(dbl, park_kit_series(&k, "a > b: ash", 0), 5 * 744.0, 1e-3));
    cr_expect(epsilon_eq(dbl, park_kit_series(&k, "a > b: ash", 1), 5 * 672.0, 1e-3));
    cr_expect(epsilon_eq(dbl, park_kit_series(&k, "a > b: ash", 2), 5 * 744.0, 1e-3));
    park_kit_close(&k);
}

#define EVERY(text)                                                                                \
    "format = 1; park = { start = \"2026-01-01\"; until = \"2026-03-01\";\n"                       \
    "  record = { every = \"" text "\"; }; };\n"                                                   \
    "streams = { w = { unit = \"t\"; }; };\n"

Test(recording, by_parts_of_a_month_is_refused)
{
    assert_told(EVERY("0.5 month"), "'0.5 month' is no whole number of months");
    assert_silent(EVERY("0.5 day"));
}

// ---- a month in a rate

Test(months, in_rates_are_730_h_with_a_warning)
{
    assert_told("format = 1; park = { start = \"2026-01-01\"; until = \"2026-01-11\"; };\n"
                "streams = { w = { unit = \"t\"; }; };\n"
                "firms = { f = { processes = { m = { kind = \"continuous\"; product = \"w\";\n"
                "  capacity = \"730 t/month\"; }; }; }; };\n"
                "markets = { b = { buys = { w = { }; }; }; };\n",
                "a month is taken as 730 h here");
}

// ---- factors per energy

#define FUEL(energy, price)                                                                        \
    "format = 1; park = { start = \"2026-01-01\"; until = \"2026-01-02\"; };\n"                    \
    "economy = { currency = \"EUR\"; };\n"                                                         \
    "streams = { s = { unit = \"t\"; }; coal = { unit = \"t\"; kind = \"fuel\"; " energy           \
    "  burning = { fossil = \"0.5 tCO2e/t\"; }; upstream = \"0 tCO2e/t\"; }; };\n"                 \
    "profiles = { q = { csv = \"tests/data/faults/per_energy.csv\"; column = \"price\"; past = "   \
    "\"hold\"; };\n"                                                                               \
    "  };\n"                                                                                       \
    "firms = { f = { processes = { m = { kind = \"continuous\"; product = \"s\";\n"                \
    "  capacity = \"10 t/h\"; inputs = { coal = \"0.1 t/t\"; }; }; }; }; };\n"                     \
    "markets = { b = { buys = { s = { }; }; };\n"                                                  \
    "  mine = { sells = { coal = { price = \"" price "\"; }; }; }; };\n"

// 1 t/h of coal of 22 GJ/t for 24 h: at 3 EUR/GJ, 10.8 EUR/MWh, or what a profile says in EUR/MWh.
Test(per_energy, prices_serve_where_the_energy_content_is_stated)
{
    static const char *const texts[] = {FUEL("energy = \"22 GJ/t [assumed: x]\";", "3 EUR/GJ"),
                                        FUEL("energy = \"22 GJ/t\";", "10.8 EUR/MWh"),
                                        FUEL("energy = \"22 GJ/t\";", "profile(q)"),
                                        FUEL("energy = \"22 GJ/t\";", "66 EUR/t")};
    for (int i = 0; i < SIM_COUNT(texts); i++) {
        struct park_kit k;
        park_kit_open_text(&k, texts[i]);
        cr_assert(eq(int, (int)park_kit_make(&k, 0, NULL), (int)SIM_OK), "%s", k.err.text);

        const double paid = park_kit_money(&k, "mine > f: coal");
        cr_expect(epsilon_eq(dbl, paid, 24 * 66.0, 24 * 66 * EXACT), "%d: %g", i, paid);
        park_kit_close(&k);
    }
    assert_told(FUEL("", "3 EUR/GJ"), "money per mass is wanted");
    assert_told(FUEL("energy = \"22 GJ/t\";", "3 EUR/m3"), "money per mass is wanted");
}

Test(per_energy, emission_factors_serve_too)
{
    static const char *const overrides[] = {"streams.coal.burning.fossil=94.6 kgCO2e/GJ"};
    struct sim_diag *d = sim_diag_create();
    struct park *p = NULL;
    const struct sim_model_source opts = {.overrides = overrides, .override_count = 1};
    const char *text = FUEL("energy = \"22 GJ/t\";", "3 EUR/GJ");
    cr_assert(eq(int, (int)park_open_text("park.cfg", text, &opts, d, &p), (int)SIM_OK));

    cr_assert(epsilon_eq(dbl, p->streams[0]->burning->fossil.si, 2.0812, 2.0812 * EXACT));
    park_open_free(p);
    sim_diag_destroy(d);
}

#define GAS(density, capacity)                                                                     \
    "format = 1; park = { start = \"2026-01-01\"; until = \"2026-01-02\"; };\n"                    \
    "streams = { gas = { unit = \"Nm3\"; kind = \"gas\"; density = \"" density "\"; }; };\n"       \
    "firms = { f = { processes = { u = { kind = \"continuous\"; basis = \"gas\";\n"                \
    "  capacity = \"" capacity "\"; }; }; }; };\n"                                                 \
    "markets = { well = { sells = { gas = { }; }; }; };\n"

Test(normal_volume, is_no_volume)
{
    assert_silent(GAS("0.8 kg/Nm3", "5 Nm3/h"));
    assert_told(GAS("0.8 kg/Nm3", "5 m3/h"),
                "'5 m3/h' is a volume per time; an amount of gas per time is wanted");
    assert_told(GAS("0.8 kg/m3", "5 Nm3/h"), "a mass per amount of gas is wanted");
}

// ---- loops of links

#define COOLING(process, stock, from)                                                              \
    "format = 1; park = { start = \"2026-01-01\"; until = \"2026-01-02\"; };\n"                    \
    "streams = { w = { unit = \"m3\"; kind = \"water\"; }; e = { unit = \"MWh\"; }; };\n"          \
    "firms = {\n"                                                                                  \
    "  works = { processes = { tower = { kind = \"continuous\"; product = \"e\";\n"                \
    "    capacity = \"1 MW\"; inputs = { w = \"2 m3/MWh\"; }; }; }; " stock " };\n"                \
    "  plant = { " process " }; };\n"                                                              \
    "markets = { river = { sells = { w = { }; }; }; grid = { buys = { e = { }; }; }; };\n"         \
    "links = {\n"                                                                                  \
    "  there = { kind = \"pipe\"; stream = \"w\"; from = \"" from "\"; to = \"plant\";\n"          \
    "    capacity = \"90 m3/h\"; };\n"                                                             \
    "  back = { kind = \"pipe\"; stream = \"w\"; from = \"plant\"; to = \"" from "\";\n"           \
    "    capacity = \"90 m3/h\"; }; };\n"                                                          \
    "exchanges = { there = { over = \"there\"; }; back = { over = \"back\"; }; };\n"

#define RETURNS                                                                                    \
    "processes = { gen = { kind = \"continuous\"; product = \"e\"; capacity = \"10 MW\";\n"        \
    "  inputs = { w = \"8 m3/MWh\"; }; outputs = { w = \"7.9 m3/MWh\"; }; }; };"

#define TANK                                                                                       \
    "stocks = { tank = { stream = \"w\"; capacity = \"500 m3\"; initial = \"250 m3\"; }; };"

Test(loops_of_links, are_none_where_a_process_or_a_stock_lies_on_the_way)
{
    static const char *const texts[] = {COOLING(RETURNS, "", "works"),
                                        COOLING(RETURNS, TANK, "works.tank")};
    for (int i = 0; i < SIM_COUNT(texts); i++) {
        struct park_kit k;
        park_kit_open_text(&k, texts[i]);
        cr_assert(eq(int, (int)park_kit_make(&k, 0, NULL), (int)SIM_OK), "%s", k.err.text);

        cr_expect(epsilon_eq(dbl, park_kit_total(&k, "plant > grid: e"), 240.0, 240 * 1e-9));
        cr_expect(le(dbl, park_kit_worst_balance(&k), 1e-9));
        park_kit_close(&k);
    }
    assert_told(COOLING("", "", "works"), "a loop of links alone: ");
    assert_silent(COOLING("", TANK, "works.tank"));
}
