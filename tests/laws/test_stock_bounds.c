// Stocks that decay, at each of their bounds, and units that their turndown switches off, as parks:
// against values by hand. Each run's ledger closes, or it would have failed.

#include "sim/sweep/sink.h"
#include "tests/support/park_kit.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#define FAULTS "tests/data/faults/"

static void make(struct park_kit *k)
{
    const enum sim_status status = park_kit_make(k, 0, NULL);
    cr_assert(eq(int, (int)status, (int)SIM_OK), "%s", k->err.text);
    cr_assert(le(dbl, park_kit_worst_balance(k), 1e-9));
}

static void make_file(struct park_kit *k, const char *path, const char *override)
{
    park_kit_open(k, path, &override, override != NULL ? 1 : 0);
    make(k);
}

/** A day of a firm with a stock "s": a pump (push) and a maker (pull) of 1 m3/h bring, a user
 * takes. Rates in m3/h. */
struct tank {
    double pump, maker, user;
    const char *stock; // its keys
    const char *until; // clock on the first day
};

static void make_tank(struct park_kit *k, struct tank t)
{
    char text[4000];
    (void)snprintf(
        text, sizeof(text),
        "format = 1;\n"
        "park = { start = \"2026-01-01\"; until = \"2026-01-01 %s\"; };\n"
        "economy = { currency = \"EUR\"; };\n"
        "streams = { w = { unit = \"m3\"; }; g = { unit = \"t\"; }; };\n"
        "firms = { f = {\n"
        "  processes = {\n"
        "    pump = { kind = \"continuous\"; product = \"w\"; capacity = \"%.17g m3/h\";\n"
        "             outputs = { w = { amount = \"1 m3/m3\"; to = \"s\"; }; }; };\n"
        "    maker = { kind = \"continuous\"; mode = \"pull\"; product = \"w\"; capacity = \"%.17g "
        "m3/h\"; outputs = { w = { amount = \"1 m3/m3\"; to = \"s\"; }; }; };\n"
        "    user = { kind = \"continuous\"; basis = \"w\"; capacity = \"%.17g m3/h\";\n"
        "             inputs = { w = { amount = \"1 m3/m3\"; from = \"s\"; }; }; };\n"
        "  };\n"
        "  stocks = { s = { stream = \"w\"; %s }; };\n"
        "}; };\n"
        "markets = { drain = { disposes = { w = { fate = \"discharge\"; }; }; };\n"
        "            mains = { sells = { w = { price = \"1 EUR/m3\"; }; }; }; };\n",
        t.until, t.pump, t.maker, t.user, t.stock);
    park_kit_open_text(k, text);
    make(k);
}

static double pumped(const struct park_kit *k)
{
    return park_kit_total(k, "f.pump > f: w");
}

static double made(const struct park_kit *k)
{
    return park_kit_total(k, "f.maker > f: w");
}

static double used(const struct park_kit *k)
{
    return park_kit_total(k, "f > f.user: w");
}

#define NEAR(a, b) cr_expect(epsilon_eq(dbl, (a), (b), 1e-7 * fmax(1, fabs(b))))

Test(stock_bounds, a_full_tank_cools)
{
    struct park_kit k;
    make_file(&k, FAULTS "decay_at_full.cfg", NULL);
    NEAR(park_kit_stock_end(&k, "f.tank"), 5 * exp(-2.4));
    NEAR(park_kit_stock(&k, "f.tank", "_decayed"), 5 - 5 * exp(-2.4));
    park_kit_close(&k);
}

Test(stock_bounds, a_tank_filled_by_day_cools_by_night)
{
    struct park_kit k;
    double level = 0;
    double solar = 0;
    make_file(&k, FAULTS "decay_at_night.cfg", NULL);
    for (int day = 0; day < 10; day++) {
        level *= exp(-0.01 * 6);
        NEAR(park_kit_level(&k, "f.tank", 24 * day + 6), level);
        const double full = 100 * log((100 - level) / 95); // [h] 100 - (100 - L) exp(-t/100) = 5
        solar += full + (12 - full) * 0.05;
        NEAR(park_kit_level(&k, "f.tank", 24 * day + 18), 5.0);
        level = 5 * exp(-0.01 * 6);
    }
    NEAR(park_kit_total(&k, "f.solar > f: heat"), solar);
    NEAR(park_kit_stock_end(&k, "f.tank"), level);
    park_kit_close(&k);
}

Test(stock_bounds, full_lets_in_what_is_drawn_and_decays)
{
    struct park_kit k;
    make_tank(&k, (struct tank){3, 0, 1,
                                "capacity = \"10 m3\"; initial = \"10 m3\"; decay = \"5 %/h\";",
                                "10:00"});
    NEAR(pumped(&k), 10 * (1 + 0.5));
    NEAR(park_kit_stock_end(&k, "f.s"), 10.0);
    park_kit_close(&k);

    make_tank(&k, (struct tank){1.2, 0, 1,
                                "capacity = \"10 m3\"; initial = \"10 m3\"; decay = \"5 %/h\";",
                                "10:00"}); // falls towards 0.2 / 5 % = 4
    NEAR(pumped(&k), 12.0);
    NEAR(park_kit_stock_end(&k, "f.s"), 4 + 6 * exp(-0.5));
    park_kit_close(&k);
}

Test(stock_bounds, overflow_is_what_comes_beyond_use_and_decay)
{
    struct park_kit k;
    const char *stock =
        "capacity = \"10 m3\"; initial = \"10 m3\"; decay = \"5 %/h\"; full = \"drain\";";
    make_tank(&k, (struct tank){3, 0, 1, stock, "10:00"});
    NEAR(pumped(&k), 30.0);
    NEAR(park_kit_total(&k, "f > drain: w"), 15.0);
    park_kit_close(&k);

    make_tank(&k, (struct tank){1.2, 0, 1, stock, "10:00"});
    NEAR(park_kit_total(&k, "f > drain: w"), 0.0);
    NEAR(park_kit_stock_end(&k, "f.s"), 4 + 6 * exp(-0.5));
    park_kit_close(&k);
}

Test(stock_bounds, the_target_is_kept_against_use_and_decay)
{
    struct park_kit k;
    const char *stock =
        "capacity = \"10 m3\"; target = \"6 m3\"; initial = \"6 m3\"; decay = \"5 %/h\";";
    make_tank(&k, (struct tank){0, 5, 1, stock, "10:00"});
    NEAR(made(&k), 13.0); // 1 + 5 % of 6
    NEAR(park_kit_stock_end(&k, "f.s"), 6.0);
    park_kit_close(&k);

    make_tank(&k, (struct tank){0.4, 5, 1, stock, "10:00"}); // push goes first
    NEAR(made(&k), 9.0);
    park_kit_close(&k);

    make_tank(&k, (struct tank){0, 1.1, 1, stock, "10:00"}); // not enough: towards 0.1 / 5 % = 2
    NEAR(made(&k), 11.0);
    NEAR(park_kit_stock_end(&k, "f.s"), 2 + 4 * exp(-0.5));
    park_kit_close(&k);

    make_tank(&k, (struct tank){1.5, 5, 1, stock, "10:00"}); // above it, towards 0.5 / 5 % = 10
    NEAR(made(&k), 0.0);
    NEAR(park_kit_stock_end(&k, "f.s"), 10 - 4 * exp(-0.5));
    park_kit_close(&k);
}

Test(stock_bounds, at_the_minimum_decay_comes_before_takers)
{
    struct park_kit k;
    const char *stock = "capacity = \"10 m3\"; minimum = \"4 m3\"; decay = \"5 %/h\";";
    make_tank(&k, (struct tank){0.7, 0, 1, stock, "10:00"});
    NEAR(used(&k), 5.0); // 0.7 - 5 % of 4
    NEAR(park_kit_stock_end(&k, "f.s"), 4.0);
    park_kit_close(&k);

    make_tank(&k, (struct tank){0.1, 0, 1, stock, "10:00"}); // below it, towards 0.1 / 5 % = 2
    NEAR(used(&k), 0.0);
    NEAR(park_kit_stock_end(&k, "f.s"), 2 + 2 * exp(-0.5));
    park_kit_close(&k);

    make_tank(&k, (struct tank){1.7, 0, 1, stock, "10:00"}); // above it, towards 0.7 / 5 % = 14
    NEAR(used(&k), 10.0);
    NEAR(park_kit_stock_end(&k, "f.s"), fmin(10, 14 - 10 * exp(-0.5)));
    park_kit_close(&k);
}

Test(stock_bounds, what_fills_an_empty_stock_covers_its_decay)
{
    struct park_kit k;
    const char *stock = "capacity = \"10 m3\"; minimum = \"4 m3\"; decay = \"5 %/h\"; "
                        "full = \"drain\"; empty = \"mains\";";
    make_tank(&k, (struct tank){0.1, 0, 1, stock, "10:00"});
    NEAR(used(&k), 10.0);
    NEAR(park_kit_total(&k, "mains > f: w"), 11.0); // 1 + 0.2 - 0.1
    NEAR(park_kit_total(&k, "f > drain: w"), 0.0);
    park_kit_close(&k);
}

Test(stock_bounds, rests_from_target_to_reorder_while_it_decays)
{
    struct park_kit k;
    make_tank(&k, (struct tank){0, 2, 0,
                                "capacity = \"10 m3\"; target = \"8 m3\"; reorder = \"5 m3\"; "
                                "initial = \"8 m3\"; decay = \"10 %/h\";",
                                "12:00"});
    const double falls = 10 * log(8.0 / 5);               // [h] to 5
    const double fills = 10 * log((20 - 5) / (20 - 8.0)); // to 8, towards 2 / 10 % = 20
    // off for 4.7 h, on for 2.23 h, off for 4.7 h, on
    const double rest = 12 - 2 * falls - fills;
    cr_assert(gt(dbl, rest, 0.0));
    NEAR(made(&k), 2 * (fills + rest));
    NEAR(park_kit_stock_end(&k, "f.s"), 20 - 15 * exp(-0.1 * rest));
    park_kit_close(&k);
}

Test(stock_bounds, overflows_by_day_and_buys_by_night)
{
    struct park_kit k;
    make_file(&k, FAULTS "full_and_empty_markets.cfg", NULL);
    NEAR(park_kit_total(&k, "a > dump: g"), 7.0); // full from 5 to 12 h
    NEAR(park_kit_total(&k, "shop > a: g"), 7.0); // empty from 17 to 24 h
    park_kit_close(&k);
}

static double unserved(const char *override)
{
    struct park_kit k;
    make_file(&k, FAULTS "restart_band.cfg", override);
    const double amount = park_kit_unserved(&k, "c > c: s");
    park_kit_close(&k);
    return amount;
}

Test(stock_bounds, restarts_above_its_band)
{
    NEAR(unserved(NULL), 76.4);
    NEAR(unserved("firms.f.processes.b.restart_band=0"), 35.6);
    NEAR(unserved("firms.f.processes.b.restart_band=4 %"), 55.6); // 5.2 will do, 5 will not
    NEAR(unserved("firms.f.processes.b.restart_band=50 %"), 100.4);
}

Test(stock_bounds, all_that_help_restart_at_one_instant)
{
    struct park_kit k;
    make_file(&k, FAULTS "restarts_at_once.cfg", NULL);
    NEAR(park_kit_total(&k, "pl > f: steam"), 239 * 20.0);
    NEAR(park_kit_unserved(&k, "f > f.use: steam"), 0.0);
    park_kit_close(&k);
}

static bool says(const struct sim_sink_buffer *text, const char *what)
{
    return strstr(text->text, what) != NULL;
}

Test(stock_bounds, the_trace_tells_the_band)
{
    struct park_kit k;
    struct sim_sink_buffer text;
    sim_sink_buffer_init(&text);
    const struct sim_sink sink = sim_sink_buffer_sink(&text);
    park_kit_open(&k, FAULTS "restart_band.cfg", NULL, 0);
    cr_assert(eq(int, (int)park_kit_make(&k, 0, &sink), (int)SIM_OK));
    cr_expect(says(&text, "08:00:00  f.b  0 t/h of s: off, since it would run at 5 t/h and "
                          "restarts at 5.25 (turndown 50 %, restart_band 5 %)"),
              "%s", text.text);
    cr_expect(says(&text, "would run at 4 t/h, below its turndown of 50 %"));
    park_kit_close(&k);
    sim_sink_buffer_fini(&text);
}

// Two that reached a bound again and again, since a loop feeds itself only while the stock binds;
// and two in which units at full and empty stocks switched each other on and off ever faster.
Test(stock_bounds, random_parks_that_did_not_end_do)
{
    static const char *const paths[] = {
        FAULTS "loop_through_a_full_tank.cfg", FAULTS "loop_through_an_empty_tank.cfg",
        FAULTS "turndown_at_stocks.cfg", FAULTS "turns_ever_faster.cfg"};
    for (int i = 0; i < SIM_COUNT(paths); i++) {
        struct park_kit k;
        make_file(&k, paths[i], NULL);
        cr_expect(lt(i64, k.end.events, 1000), "%s", paths[i]);
        park_kit_close(&k);
    }
}
