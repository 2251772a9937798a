#include "models/park/book/ledger.h"
#include "sim/sweep/sink.h"
#include "tests/support/park_kit.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <stdio.h>
#include <string.h>

// Rounding only: sums of at most some hundred terms of the size of the result.
#define EXACT 1e-12

/** A day from Monday 2026-01-05, recorded by the hour, and three streams. */
#define DAY                                                                                        \
    "format = 1;\n"                                                                                \
    "park = { title = \"test\"; start = \"2026-01-05\"; until = \"2026-01-06\"; seed = 1;\n"       \
    "  utc_offset = \"+00:00\"; record = { every = \"1 h\"; }; };\n"                               \
    "economy = { currency = \"EUR\"; };\n"                                                         \
    "calendars = { early = { open = ( \"Mon-Sun 08:00-12:00\" ); };\n"                             \
    "  late = { open = ( \"Mon-Sun 13:00-24:00\" ); }; };\n"                                       \
    "streams = { raw = { unit = \"m3\"; kind = \"material\"; };\n"                                 \
    "  water = { unit = \"m3\"; kind = \"water\"; density = \"1 t/m3\"; };\n"                      \
    "  waste = { unit = \"t\"; kind = \"waste\"; }; };\n"

static void make(struct park_kit *k)
{
    const enum sim_status status = park_kit_make(k, 0, NULL);
    cr_assert(eq(int, (int)status, (int)SIM_OK), "%s", k->err.text);
}

#define RIVER "markets = { river = { sells = { water = { price = \"2 EUR/m3\"; }; }; }; };\n"

#define USER(keys)                                                                                 \
    "firms = { town = { processes = { people = { kind = \"continuous\"; basis = \"water\";\n"      \
    "  inputs = { water = \"1 m3/m3\"; }; " keys " }; }; }; };\n"

Test(run, follows_a_linear_profile_with_the_right_integral)
{
    struct park_kit k;
    park_kit_open_text(
        &k, DAY RIVER USER("capacity = \"profile(ramp)\";") //
        "profiles = { ramp = { csv = \"tests/data/park_runs/ramp.csv\"; column = \"demand\";\n"
        "  between = \"linear\"; past = \"hold\"; }; };\n");
    make(&k);

    // 6 x 6, then 6 x 12, 6 x 7.5, and 3 held for 6 hours
    cr_assert(epsilon_eq(dbl, park_kit_total(&k, "river > town: water"), 36 + 72 + 45 + 18, 1e-9));
    // a row later: the mean of the first hour is that of the first sixth of the ramp
    cr_assert(epsilon_eq(dbl, park_kit_series(&k, "river > town: water", 0), 1.0, 1e-9));
    cr_assert(epsilon_eq(dbl, park_kit_series(&k, "river > town: water", 5), 11.0, 1e-9));
    cr_assert(le(dbl, park_kit_unserved(&k, "town > town.people: water"), EXACT));
    park_kit_close(&k);
}

Test(run, columns_of_one_table_go_on_together_and_count_each)
{
    struct park_kit k;
    park_kit_open_text(
        &k,
        DAY RIVER "firms = {\n"
                  "  a = { processes = { p = { kind = \"continuous\"; basis = \"water\"; capacity "
                  "= \"profile(x)\"; }; }; };\n"
                  "  b = { processes = { p = { kind = \"continuous\"; basis = \"water\"; capacity "
                  "= \"profile(y)\"; }; }; };\n"
                  "  c = { processes = { p = { kind = \"continuous\"; basis = \"water\"; capacity "
                  "= \"profile(z)\"; }; }; }; };\n"
                  "profiles = {\n"
                  "  x = { csv = \"tests/data/park_runs/ramp.csv\"; column = \"demand\"; past = "
                  "\"hold\"; };\n"
                  "  y = { csv = \"tests/data/park_runs/ramp.csv\"; column = \"supply\"; past = "
                  "\"hold\"; };\n"
                  "  z = { csv = \"tests/data/park_runs/ramp.csv\"; column = \"demand\"; past = "
                  "\"hold\"; between = \"linear\"; steps = 1; }; };\n");
    make(&k);

    cr_assert(epsilon_eq(dbl, park_kit_total(&k, "river > a: water"), 6 * (12 + 12 + 3), 1e-9));
    cr_assert(epsilon_eq(dbl, park_kit_total(&k, "river > b: water"), 6 * (1 + 2 + 5 + 4), 1e-9));
    cr_assert(epsilon_eq(dbl, park_kit_total(&k, "river > c: water"), 36 + 72 + 45 + 18, 1e-9));
    // each of three profiles at 6, 12 and 18, 23 ends of hours, the end
    cr_assert(eq(i64, k.end.events, 3 * 3 + 23 + 1));
    park_kit_close(&k);
}

Test(run, pays_the_price_that_holds)
{
    struct park_kit k;
    park_kit_open_text(
        &k, DAY
        "markets = { river = { sells = { water = { price = \"profile(dear)\"; }; }; }; };\n" USER(
            "capacity = \"2 m3/h\";") "profiles = { dear = { csv = "
                                      "\"tests/data/park_runs/ramp.csv\"; column = \"price\";\n"
                                      "  past = \"hold\"; }; };\n");
    make(&k);

    cr_assert(epsilon_eq(dbl, park_kit_money(&k, "river > town: water"), 24 * 1 + 24 * 3, 1e-9));
    park_kit_close(&k);
}

#define PIPE                                                                                       \
    "firms = {\n"                                                                                  \
    "  spring = { processes = { pump = { kind = \"continuous\"; product = \"water\";\n"            \
    "    capacity = \"10 m3/h\"; calendar = \"early\"; inputs = { raw = \"1 m3/m3\"; }; }; }; "    \
    "};\n"                                                                                         \
    "  town = { processes = { people = { kind = \"continuous\"; basis = \"water\";\n"              \
    "    capacity = \"20 m3/h\"; %s inputs = { water = \"1 m3/m3\"; }; }; }; }; };\n"              \
    "markets = { river = { sells = { raw = { price = \"1 EUR/m3\"; }; }; }; };\n"                  \
    "links = { main = { kind = \"pipe\"; stream = \"water\"; from = \"spring\"; to = \"town\";\n"  \
    "  capacity = \"%s\"; delay = \"2 h\"; loss = \"10 %%\"; }; };\n"                              \
    "exchanges = { main = { over = \"main\"; price = \"5 EUR/m3\"; }; };\n"

static void open_pipe(struct park_kit *k, const char *calendar, const char *capacity)
{
    char text[4000];
    snprintf(text, sizeof(text), DAY PIPE, calendar, capacity);
    park_kit_open_text(k, text);
}

Test(run, a_pipe_gives_at_its_end_what_entered_two_hours_before)
{
    struct park_kit k;
    open_pipe(&k, "", "50 m3/h");
    make(&k);

    const char *arrives = "links.main~line > town: water";
    for (int h = 0; h < 24; h++) {
        const double due = h >= 10 && h < 14 ? 10 : 0;
        cr_expect(epsilon_eq(dbl, park_kit_series(&k, arrives, h), due, 1e-9), "hour %d", h);
    }
    cr_assert(epsilon_eq(dbl, park_kit_level(&k, "links.main~line", 10), 20.0, 1e-9));
    cr_assert(epsilon_eq(dbl, park_kit_level(&k, "links.main~line", 13), 10.0, 1e-9));
    cr_assert(epsilon_eq(dbl, park_kit_stock_end(&k, "links.main~line"), 0.0, 1e-9));
    cr_assert(epsilon_eq(dbl, park_kit_money(&k, "spring > town: water"), 5 * 40.0, 1e-9));
    cr_assert(le(dbl, park_kit_worst_balance(&k), 1e-9));
    park_kit_close(&k);
}

Test(run, a_pipe_whose_end_is_shut_keeps_its_content_and_gives_it_later)
{
    struct park_kit k;
    open_pipe(&k, "calendar = \"late\";", "50 m3/h");
    make(&k);

    const char *arrives = "links.main~line > town: water";
    cr_assert(epsilon_eq(dbl, park_kit_series(&k, arrives, 12), 0.0, 1e-9));
    cr_assert(epsilon_eq(dbl, park_kit_level(&k, "links.main~line", 13), 40.0, 1e-9));
    // The town takes 20 m3/h, of what leaves the pipe a tenth is lost.
    cr_assert(epsilon_eq(dbl, park_kit_series(&k, arrives, 13), 20 / 0.9, 1e-9));
    cr_assert(epsilon_eq(dbl, park_kit_total(&k, arrives), 40.0, 1e-9));
    cr_assert(epsilon_eq(dbl, park_kit_stock_end(&k, "links.main~line"), 0.0, 1e-9));
    park_kit_close(&k);
}

Test(run, tells_what_users_lacked)
{
    struct park_kit k;
    open_pipe(&k, "", "50 m3/h");
    make(&k);

    cr_assert(
        epsilon_eq(dbl, park_kit_unserved(&k, "town > town.people: water"), 24 * 20 - 36.0, 1e-9));
    park_kit_close(&k);
}

Test(run, contracts_hold_between_their_dates)
{
    struct park_kit k;
    park_kit_open_text(
        &k,
        DAY RIVER USER("capacity = \"2 m3/h\";") "exchanges = { deal = { stream = \"water\"; from "
                                                 "= \"river\"; to = \"town\";\n"
                                                 "  price = \"7 EUR/m3\"; starts = \"2026-01-05 "
                                                 "06:00\"; ends = \"2026-01-05 10:30\"; }; };\n");
    make(&k);

    cr_assert(epsilon_eq(dbl, park_kit_total(&k, "town > town.people: water"), 9.0, 1e-9));
    cr_assert(epsilon_eq(dbl, park_kit_money(&k, "river > town: water"), 63.0, 1e-9));
    park_kit_close(&k);
}

#define MAKER                                                                                      \
    "firms = { works = { processes = {\n"                                                          \
    "    mill = { kind = \"continuous\"; product = \"water\"; capacity = \"4 m3/h\";\n"            \
    "      calendar = \"early\"; inputs = { raw = \"1 m3/m3\"; };\n"                               \
    "      outputs = { waste = { amount = \"0.5 t/m3\"; to = \"yard\"; }; }; }; };\n"              \
    "  stocks = { yard = { stream = \"waste\"; capacity = \"5 t\"; full = \"dump\"; }; }; }; };\n" \
    "markets = { river = { sells = { raw = { price = \"1 EUR/m3\"; }; }; };\n"                     \
    "  town = { buys = { water = { price = \"3 EUR/m3\"; }; }; };\n"                               \
    "  dump = { disposes = { waste = { fate = \"landfill\"; price = \"-2 EUR/t\";\n"               \
    "    emission = \"0.4 tCO2e/t\"; }; }; }; };\n"

Test(run, a_full_stock_overflows_and_the_ledger_books_it)
{
    struct park_kit k;
    park_kit_open_text(&k, DAY MAKER);
    make(&k);

    // 2 t/h for 4 h: 5 t stay, 3 t go from 10:30 on
    cr_assert(epsilon_eq(dbl, park_kit_total(&k, "works > dump: waste"), 3.0, 1e-8));
    cr_assert(epsilon_eq(dbl, park_kit_money(&k, "works > dump: waste"), -6.0, 1e-8));
    cr_assert(epsilon_eq(dbl, park_kit_co2e(&k, "works > dump: waste"), 1.2, 1e-8));
    cr_assert(eq(dbl, park_kit_stock_end(&k, "works.yard"), 5.0));
    cr_assert(epsilon_eq(dbl, park_kit_series(&k, "works > dump: waste", 10), 1.0, 1e-8));
    cr_assert(epsilon_eq(dbl, park_kit_hours(&k, "running", "works.mill", 9), 1.0, EXACT));
    cr_assert(eq(dbl, park_kit_hours(&k, "running", "works.mill", 13), 0.0));
    park_kit_close(&k);
}

Test(run, series_sum_up_to_the_totals)
{
    struct park_kit k;
    park_kit_open_text(&k, DAY MAKER);
    make(&k);

    static const char *const labels[] = {"works > dump: waste", "river > works: raw",
                                         "works > town: water", "works.mill > works: waste"};
    for (int i = 0; i < SIM_COUNT(labels); i++) {
        double sum = 0;
        for (int h = 0; h < 24; h++) {
            sum += park_kit_series(&k, labels[i], h);
        }
        cr_expect(epsilon_eq(dbl, sum, park_kit_total(&k, labels[i]), 1e-9), "%s", labels[i]);
    }
    park_kit_close(&k);
}

Test(run, the_ledger_restarts_when_the_warm_up_ends)
{
    static const char *const overrides[] = {"park.warmup=10 h"};
    struct park_kit k;
    struct park_kit cold;
    park_kit_open(&k, "tests/data/park_runs/maker.cfg", overrides, 1);
    park_kit_open(&cold, "tests/data/park_runs/maker.cfg", NULL, 0);
    make(&k);
    make(&cold);

    cr_assert(epsilon_eq(dbl, park_kit_total(&cold, "river > works: raw"), 16.0, 1e-9));
    cr_assert(epsilon_eq(dbl, park_kit_total(&k, "river > works: raw"), 8.0, 1e-9));
    cr_assert(epsilon_eq(dbl, park_kit_level(&k, "works.yard", 0), 4.0, 1e-9));
    cr_assert(le(dbl, park_kit_worst_balance(&k), 1e-9));
    park_kit_close(&cold);
    park_kit_close(&k);
}

Test(run, a_state_used_again_gives_the_same_bits)
{
    struct park_kit k;
    park_kit_open(&k, "tests/data/cases/tank_overflow.cfg", NULL, 0);
    make(&k);
    const uint64_t first = park_kit_hash(&k);
    cr_assert(eq(int, (int)park_kit_make(&k, 1, NULL), (int)SIM_OK));
    const uint64_t other = park_kit_hash(&k);
    make(&k);

    cr_assert(eq(u64, park_kit_hash(&k), first));
    cr_assert(ne(u64, other, first));
    park_kit_close(&k);
}

Test(run, the_trace_says_what_happened_to_whom_and_why)
{
    struct park_kit k;
    struct sim_sink_buffer text;
    sim_sink_buffer_init(&text);
    const struct sim_sink sink = sim_sink_buffer_sink(&text);
    park_kit_open_text(&k, DAY MAKER);
    cr_assert(eq(int, (int)park_kit_make(&k, 0, &sink), (int)SIM_OK));

    cr_assert(ne(ptr, strstr(text.text, "2026-01-05 08:00:00  early  calendar opens\n"), NULL));
    const char *full = strstr(text.text, "2026-01-05 10:30:00  works.yard  is full\n"
                                         "2026-01-05 10:30:00  works.yard overflows to dump  ");
    cr_assert(ne(ptr, (void *)full, NULL), "%s", text.text); // the cause first
    cr_assert(
        ne(ptr, strstr(text.text, "works.mill  stands still: its calendar is closed\n"), NULL));
    sim_sink_buffer_fini(&text);
    park_kit_close(&k);
}

static void plant(void *user, struct park_ledger *ledger)
{
    park_ledger_book(ledger, *(const int *)user, 1e-3, 1e-3); // a gram or a litre
}

Test(run, a_planted_booking_error_fails_the_run)
{
    struct park_kit k;
    park_kit_open_text(&k, DAY MAKER);
    make(&k);
    int move = 0;
    park_run_set_tamper(k.run, plant, &move);
    const enum sim_status status = park_kit_make(&k, 0, NULL);

    cr_assert(eq(int, (int)status, (int)SIM_FAILED));
    cr_assert(ne(ptr, strstr(k.err.text, "the ledger does not balance"), NULL));
    park_run_set_tamper(k.run, NULL, NULL);
    make(&k); // and without it, it balances again
    park_kit_close(&k);
}

static bool always(void *user)
{
    (void)user;
    return true;
}

Test(run, stops_when_it_is_told_to)
{
    struct park_kit k;
    park_kit_open(&k, "tests/data/cases/tank_overflow.cfg", NULL, 0);
    const struct sim_trial trial = {.seed = 1};
    const struct sim_model_hooks hooks = {.is_stopped = always};
    const enum sim_status status = park_run_trial(k.run, &trial, &hooks, k.row, &k.end, &k.err);

    cr_assert(eq(int, (int)status, (int)SIM_STOPPED));
    cr_assert(lt(i64, k.end.events, 5000));
    cr_assert(lt(i64, k.end.reached_us, k.park->until_us));
    park_kit_close(&k);
}

Test(run, nothing_is_planned_beyond_the_end)
{
    // A time to failure of 200 years and an end in 150: both must fit the queue.
    static const char *const overrides[] = {
        "park.until=2176-01-01", "park.record.every=3650 days",
        "firms.smelter.processes.furnace.failures.pause.up=200 years"};
    struct park_kit k;
    park_kit_open(&k, "tests/data/cases/tank_overflow.cfg", overrides, 3);
    make(&k);

    cr_assert(eq(i64, k.end.reached_us, k.park->until_us));
    park_kit_close(&k);
}

Test(run, a_stock_closes_from_what_the_file_says)
{
    struct park_kit k;
    park_kit_open(&k, "tests/data/cases/tank_overflow.cfg", NULL, 0);
    make(&k);
    const char *tank = "smelter.tank";
    const double in = park_kit_total(&k, "smelter.furnace > smelter: slag");
    const double out = park_kit_total(&k, "smelter > smelter.user: slag") +
                       park_kit_total(&k, "smelter > landfill: slag");
    const double change = park_kit_stock(&k, tank, "_end") - park_kit_stock(&k, tank, "_start");

    cr_assert(epsilon_eq(dbl, change - park_kit_stock(&k, tank, "_trimmed"), in - out, 1e-9 * in));
    cr_assert(ne(dbl, park_kit_stock(&k, tank, "_trimmed"), 0.0));
    park_kit_close(&k);
}
