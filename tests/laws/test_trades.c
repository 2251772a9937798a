// From trades and contracts to claims: what trades without a limit of their own weigh, who serves
// whom in which order, who buys to sell, what overflows, and which demand is unserved.
#include "tests/support/park_kit.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>

#define DATA "tests/data/faults/"

static void run(struct park_kit *k)
{
    const enum sim_status status = park_kit_make(k, 0, NULL);
    cr_assert(eq(int, (int)status, (int)SIM_OK), "%s", k->err.text);
    cr_assert(le(dbl, park_kit_worst_balance(k), 1e-9));
}

static void run_file(struct park_kit *k, const char *path)
{
    park_kit_open(k, path, NULL, 0);
    run(k);
}

static void near(double is, double should)
{
    cr_expect(epsilon_eq(dbl, is, should, 1e-9 * fmax(1, fabs(should))));
}

Test(trades, needs_of_10_and_30_get_2_5_and_7_5_of_10)
{
    struct park_kit k;
    run_file(&k, DATA "two_needs.cfg");

    near(park_kit_total(&k, "m > a: g"), 2.5);
    near(park_kit_total(&k, "m > b: g"), 7.5);

    park_kit_close(&k);
}

Test(trades, sellers_of_30_and_5_share_what_is_missing_by_what_they_have)
{
    struct park_kit k;
    run_file(&k, DATA "two_sellers.cfg");

    near(park_kit_total(&k, "m > a: g"), 9.9 * 30 / 35);
    near(park_kit_total(&k, "n > a: g"), 9.9 * 5 / 35);

    park_kit_close(&k);
}

// The seller without limit counts as the need, 9.9; the other as its 40.
Test(trades, an_unlimited_seller_counts_as_the_need_in_any_unit)
{
    static const char *const files[] = {DATA "unlimited_seller_alone.cfg",
                                        DATA "unlimited_seller.cfg",
                                        DATA "unlimited_seller_MWh.cfg"};
    for (int i = 0; i < SIM_COUNT(files); i++) {
        struct park_kit k;
        run_file(&k, files[i]);

        near(park_kit_total(&k, "m > a: g"), 9.9 * 9.9 / 49.9);
        near(park_kit_total(&k, "n > a: g"), 9.9 * 40 / 49.9);

        park_kit_close(&k);
    }
}

Test(trades, a_firm_hands_on_what_it_buys_for_a_contract)
{
    struct park_kit k;
    run_file(&k, DATA "handed_on.cfg");

    near(park_kit_total(&k, "a > b: g"), 4);
    near(park_kit_total(&k, "m > a: g"), 3);
    near(park_kit_total(&k, "m > b: g"), 0);

    park_kit_close(&k);
}

// At night the one who hands on offers the 10 that it buys beside the other's 10, by day 20.
Test(trades, what_is_shut_on_the_way_weighs_nothing)
{
    struct park_kit k;
    run_file(&k, DATA "way_shut_at_night.cfg");

    near(park_kit_total(&k, "hand > user: g"), 6 / 2.0 + 2 * 2 / 3.0);
    near(park_kit_total(&k, "rival > user: g"), 6 / 2.0 + 2 / 3.0);

    park_kit_close(&k);
}

Test(trades, a_seller_without_limit_that_is_shut_hides_no_other)
{
    struct park_kit k;
    run_file(&k, DATA "seller_shut.cfg");

    near(park_kit_total(&k, "hand > user: g"), 10);
    near(park_kit_total(&k, "well > hand: g"), 10);

    park_kit_close(&k);
}

// Of 10 the stock and the one who hands on get 5 each, he hands 10/16 and 6/16 of it on; when his
// contract with the stock has ended he needs 6 beside the stock's 10, until that is full.
Test(trades, a_contract_that_has_ended_is_no_need)
{
    struct park_kit k;
    const double ended = 10 + 58 / 60.0;
    const double full = ended + (100 - ended * (5 + 50 / 16.0)) / 6.25;
    run_file(&k, DATA "way_that_ends.cfg");

    near(park_kit_total(&k, "hand > user: g"),
         ended * 30 / 16 + (full - ended) * 3.75 + (16 - full) * 6);
    near(park_kit_total(&k, "hand > store: g"), ended * 50 / 16);

    park_kit_close(&k);
}

Test(trades, a_better_class_comes_first_though_a_seller_stands_by)
{
    static const char *const files[] = {DATA "outlet_before_demand.cfg",
                                        DATA "contract_before_demand.cfg"};
    for (int i = 0; i < SIM_COUNT(files); i++) {
        struct park_kit k;
        run_file(&k, files[i]);

        near(park_kit_total(&k, "a > m: g"), 10);
        near(park_kit_total(&k, "a > n: g"), 0);
        near(park_kit_unserved(&k, "n > n: g"), 40);

        park_kit_close(&k);
    }
}

#define HOUR                                                                                       \
    "format = 1; park = { start = \"2026-01-01\"; until = \"2026-01-01 01:00\"; };\n"              \
    "economy = { currency = \"EUR\"; }; streams = { g = { unit = \"t\"; }; };\n"
#define USER(c)                                                                                    \
    "u = { kind = \"continuous\"; basis = \"g\"; capacity = \"" c " t/h\"; inputs = { g = \"1 "    \
    "t/t\"; }; }; "
#define MAKER(c) "p = { kind = \"continuous\"; product = \"g\"; capacity = \"" c " t/h\"; }; "
#define BOILER(c)                                                                                  \
    "o = { kind = \"continuous\"; mode = \"pull\"; product = \"g\"; capacity = \"" c " t/h\"; }; "

// Push 10, own user 4, an outlet of class 9 beside a demand of class 9: 6 by weight, the outlet
// counting as what is offered (10), the demand as its 20; what the boiler makes serves the demand,
// too, the seller neither.
Test(trades, a_class_of_users_and_outlets_shares_what_may_serve_both)
{
    struct park_kit k;
    park_kit_open_text(
        &k, HOUR "firms = { a = { processes = { " USER("4") MAKER("10")
                BOILER("3") "}; }; };\n"
                            "markets = { m = { buys = { g = { }; }; }; n = { buys = { g = { "
                            "demand = \"20 t/h\"; }; }; }; s = { sells = { g = { }; }; }; };\n");
    run(&k);

    near(park_kit_total(&k, "a > m: g"), 2);
    near(park_kit_total(&k, "a > n: g"), 4.0 + 3);
    near(park_kit_total(&k, "s > a: g"), 0);

    park_kit_close(&k);
}

Test(trades, nobody_buys_to_sell)
{
    struct park_kit k;
    run_file(&k, DATA "buys_to_resell.cfg");

    near(park_kit_total(&k, "a > grid: g"), 0.5);
    near(park_kit_total(&k, "grid > a: g"), 0);
    near(park_kit_unserved(&k, "grid > grid: g"), 4.5);

    park_kit_close(&k);
}

Test(trades, who_says_so_buys_to_sell)
{
    static const char *const trades[] = {"firms.a.trades=true"};
    struct park_kit k;
    park_kit_open(&k, DATA "buys_to_resell.cfg", trades, 1);
    run(&k);

    near(park_kit_total(&k, "a > grid: g"), 5);
    near(park_kit_total(&k, "grid > a: g"), 4.5);

    park_kit_close(&k);
}

// Own push 3 into a stock, user 1 from it, a seller and a buyer by contract at the stock: the buyer
// gets what push brings beyond the user, and nothing is bought.
Test(trades, a_stock_bought_into_and_sold_from_sells_own_goods_only)
{
    struct park_kit k;
    park_kit_open_text(
        &k,
        "format = 1; park = { start = \"2026-01-01\"; until = \"2026-01-03\"; };\n"
        "economy = { currency = \"EUR\"; }; streams = { g = { unit = \"t\"; }; };\n"
        "firms = { a = { processes = {\n"
        "  p = { kind = \"continuous\"; product = \"g\"; capacity = \"3 t/h\"; outputs = { g = { "
        "amount = \"1 t/t\"; to = \"k\"; }; }; };\n"
        "  u = { kind = \"continuous\"; basis = \"g\"; capacity = \"1 t/h\"; inputs = { g = { "
        "amount = \"1 t/t\"; from = \"k\"; }; }; }; };\n"
        "  stocks = { k = { stream = \"g\"; capacity = \"50 t\"; target = \"30 t\"; initial = \"10 "
        "t\"; }; }; }; };\n"
        "markets = { s = { sells = { g = { capacity = \"10 t/h\"; }; }; }; b = { buys = { g = { "
        "demand = \"8 t/h\"; }; }; }; };\n"
        "exchanges = { in = { stream = \"g\"; from = \"s\"; to = \"a.k\"; }; };\n");
    run(&k);

    near(park_kit_total(&k, "a > b: g"), 2 * 48);
    near(park_kit_total(&k, "s > a: g"), 20); // up to the target
    near(park_kit_stock_end(&k, "a.k"), 30);

    park_kit_close(&k);
}

Test(trades, bought_goods_never_overflow)
{
    struct park_kit k;
    run_file(&k, DATA "bought_overflows.cfg");

    near(park_kit_total(&k, "shop > b: g"), 4 * 24 + 20);
    near(park_kit_total(&k, "b > dump: g"), 0);

    park_kit_close(&k);
}

Test(trades, what_a_pull_process_makes_never_overflows)
{
    struct park_kit k;
    run_file(&k, DATA "pull_into_overflow.cfg");

    near(park_kit_total(&k, "f > vent: w"), 0);
    near(park_kit_stock_end(&k, "f.s"), 100);

    park_kit_close(&k);
}

#define ENDS "stream = \"g\"; from = \"x\"; to = \"y.k\"; "
#define YARD                                                                                       \
    "y = { processes = { u = { kind = \"continuous\"; basis = \"g\"; capacity = \"1 t/h\"; "       \
    "inputs = { "                                                                                  \
    "g = { amount = \"1 t/t\"; from = \"k\"; }; }; }; };\n"                                        \
    "  stocks = { k = { stream = \"g\"; capacity = \"20 t\"; full = \"dump\"; }; }; };\n"
#define DAY                                                                                        \
    "format = 1; park = { start = \"2026-01-01\"; until = \"2026-01-02\"; };\n"                    \
    "economy = { currency = \"EUR\"; }; streams = { g = { unit = \"t\"; }; };\n"
#define DUMP "markets = { dump = { disposes = { g = { fate = \"landfill\"; }; }; }; };\n"

// 6 t/h made, 20 t stored, 1 t/h used: what a push process gives by contract, or over a link,
// overflows; what a pull process or a seller gives does not.
Test(trades, only_push_overflows_at_the_other_end_of_a_contract)
{
    static const struct {
        const char *mode, *over, *link;
        double dumped;
    } ways[] = {
        {"push", ENDS, "", 6 * 24 - 20 - 24},
        {"pull", ENDS, "", 0},
        {"push", "over = \"l\"; ",
         "links = { l = { kind = \"pipe\"; stream = \"g\"; from = \"x\"; to = \"y.k\"; capacity = "
         "\"8 t/h\"; }; };\n",
         6 * 24 - 20 - 24},
    };
    for (int i = 0; i < SIM_COUNT(ways); i++) {
        struct park_kit k;
        char *text = sim_base_format(
            DAY
            "firms = { x = { processes = { o = { kind = \"continuous\"; mode = \"%s\"; product = "
            "\"g\"; capacity = \"6 t/h\"; }; }; };\n" YARD "};\n" DUMP
            "%sexchanges = { c = { %s}; };\n",
            ways[i].mode, ways[i].link, ways[i].over);
        park_kit_open_text(&k, text);
        run(&k);

        near(park_kit_total(&k, "y > dump: g"), ways[i].dumped);
        near(park_kit_stock_end(&k, "y.k"), 20);

        park_kit_close(&k);
        free(text);
    }
}

Test(trades, a_demand_that_nobody_serves_is_unserved)
{
    struct park_kit k;
    park_kit_open_text(
        &k,
        "format = 1; park = { start = \"2026-01-01\"; until = \"2026-01-11\"; };\n"
        "economy = { currency = \"EUR\"; }; streams = { paper = { unit = \"t\"; }; };\n"
        "firms = { x = { processes = { u = { kind = \"continuous\"; basis = \"paper\"; capacity = "
        "\"1 t/h\"; }; }; }; };\n"
        "markets = { town = { buys = { paper = { demand = \"5 t/h\"; }; }; }; };\n");
    run(&k);

    near(park_kit_unserved(&k, "town > town: paper"), 5 * 240);

    park_kit_close(&k);
}
