#include "tests/support/park_kit.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <stdio.h>

/** A day, recorded by the hour. */
#define DAY                                                                                        \
    "format = 1;\n"                                                                                \
    "park = { title = \"test\"; start = \"2026-01-05\"; until = \"2026-01-06\"; seed = 1;\n"       \
    "  utc_offset = \"+00:00\"; record = { every = \"1 h\"; }; };\n"                               \
    "economy = { currency = \"EUR\"; };\n"                                                         \
    "streams = { raw = { unit = \"m3\"; kind = \"material\"; };\n"                                 \
    "  waste = { unit = \"m3\"; kind = \"material\"; };\n"                                         \
    "  water = { unit = \"m3\"; kind = \"water\"; density = \"1 t/m3\"; }; };\n"                   \
    "markets = { river = { sells = { raw = { price = \"1 EUR/m3\"; }; }; }; };\n"

#define SPRING(name, keys)                                                                         \
    "  " name " = { processes = { pump = { kind = \"continuous\"; product = \"water\"; " keys      \
    "    inputs = { raw = \"1 m3/m3\"; }; }; }; };\n"

#define MAIN(name, from, to)                                                                       \
    "  " name " = { kind = \"pipe\"; stream = \"water\"; from = \"" from "\"; to = \"" to "\";\n"  \
    "    capacity = \"20 m3/h\"; delay = \"1 h\"; };\n"

#define USER(name, from, keys)                                                                     \
    name " = { kind = \"continuous\"; basis = \"water\"; " keys                                    \
         "      inputs = { water = { amount = \"1 m3/m3\"; " from "}; }; };\n"

static void make(struct park_kit *k, const char *text)
{
    park_kit_open_text(k, text);
    const enum sim_status status = park_kit_make(k, 0, NULL);
    cr_assert(eq(int, (int)status, (int)SIM_OK), "%s", k->err.text);
    cr_expect(le(dbl, park_kit_worst_balance(k), 1e-9));
}

Test(delay, pipes_share_a_full_tank_by_their_size_whether_they_are_behind_or_not)
{
    struct park_kit k;
    make(
        &k, DAY "firms = {\n" SPRING("small", "capacity = \"2 m3/h\";")
                SPRING("large", "capacity = \"12 m3/h\";")                                        //
        "  town = { processes = { " USER("people", "from = \"tank\"; ", "capacity = \"6 m3/h\";") //
        "  }; stocks = { tank = { stream = \"water\"; capacity = \"9 m3\"; initial = \"9 m3\"; "
        "}; }; };\n};\n"
        "links = {\n" MAIN("a", "small", "town.tank")
            MAIN("b", "large",
                 "town.tank") "};\n"
                              "exchanges = { a = { over = \"a\"; }; b = { over = \"b\"; }; };\n");

    cr_expect(eq(dbl, park_kit_series(&k, "links.a~line > town: water", 0), 0.0)); // on its way
    // Both pipes are as large, so each may give 3; where only 2 arrive, the other gives 4.
    for (int h = 4; h < 24; h++) {
        const double a = park_kit_series(&k, "links.a~line > town: water", h);
        const double b = park_kit_series(&k, "links.b~line > town: water", h);
        cr_expect(epsilon_eq(dbl, a, 2.0, 1e-6), "hour %d", h);
        cr_expect(epsilon_eq(dbl, b, 4.0, 1e-6), "hour %d", h);
    }
    cr_expect(lt(i64, k.end.events, 100));
    park_kit_close(&k);
}

Test(delay, a_mill_too_large_for_what_arrives_runs_at_times)
{
    struct park_kit k;
    make(&k, DAY "firms = {\n" SPRING("spring", "capacity = \"3 m3/h\";") //
         "  town = { processes = { " USER("mill", "",
                                          "capacity = \"10 m3/h\"; turndown = \"50 %\";") //
         "  }; };\n};\n"
         "links = {\n" MAIN("a", "spring", "town") "};\n"
                                                   "exchanges = { a = { over = \"a\"; }; };\n");

    // What arrives in an hour keeps the mill at 10 m3/h for 18 minutes, once an hour.
    const double hours = park_kit_hours(&k, "running", "town.mill", 12);
    cr_expect(epsilon_eq(dbl, hours, 0.3, 1e-3));
    const double used = park_kit_total(&k, "links.a~line > town: water");
    cr_expect(epsilon_eq(dbl, used + park_kit_stock_end(&k, "links.a~line"), 24 * 3.0, 1e-6));
    cr_expect(gt(dbl, used, 21 * 3.0));
    cr_expect(lt(i64, k.end.events, 300));
    park_kit_close(&k);
}

Test(delay, an_echo_round_a_loop_dies_out)
{
    struct park_kit k;
    make(&k, DAY "calendars = { early = { open = ( \"Mon-Sun 06:00-12:00\" ); }; };\n"
                 "firms = {\n" SPRING("spring", "capacity = \"4 m3/h\"; calendar = \"early\";") //
         "  town = { processes = { " USER(
             "people", "",
             "capacity = \"20 m3/h\"; outputs = { waste = "
             "\"0.5 m3/m3\"; };") "  }; };\n"
                                  "  works = { processes = { plant = { kind = "
                                  "\"continuous\"; basis = \"waste\";\n"
                                  "    capacity = \"20 m3/h\"; inputs = { waste = \"1 "
                                  "m3/m3\"; }; outputs = { water = "
                                  "\"1 m3/m3\"; }; }; }; };\n};\n"
                                  "links = {\n"
                                  "  a = { kind = \"pipe\"; stream = \"water\"; from = "
                                  "\"spring\"; to = \"town\"; capacity "
                                  "= \"20 m3/h\"; };\n"
                                  "  sewer = { kind = \"pipe\"; stream = \"waste\"; from "
                                  "= \"town\"; to = \"works\"; "
                                  "capacity = \"20 m3/h\"; };\n"
                                  "  back = { kind = \"pipe\"; stream = \"water\"; from "
                                  "= \"works\"; to = \"town\"; "
                                  "capacity = \"20 m3/h\"; delay = \"5 min\"; };\n};\n"
                                  "exchanges = { a = { over = \"a\"; }; sewer = { over = "
                                  "\"sewer\"; }; back = { over = "
                                  "\"back\"; }; };\n");

    // All that the spring gave, and half of it, and half of that ...
    const double used = park_kit_total(&k, "town > town.people: water");
    cr_expect(epsilon_eq(dbl, used, 2 * 24.0, 1e-4));
    cr_expect(lt(dbl, park_kit_stock_end(&k, "links.back~line"), 2e-5));
    // A step is halved 20 times until it is 1e-6, a flow 30 times until it is 1e-9.
    cr_expect(lt(i64, k.end.events, 90), "%lld", (long long)k.end.events);
    park_kit_close(&k);
}

Test(delay, what_lasts_too_short_to_be_repeated_is_let_out_together)
{
    struct park_kit k;
    make(&k, DAY "profiles = { pulses = { csv = \"tests/data/park_runs/pulses.csv\"; column = "
                 "\"pulse\"; unit = \"m3/h\"; past = \"hold\"; }; };\n"
                 "firms = {\n" SPRING("spring", "capacity = \"profile(pulses)\";") //
         "  town = { processes = { " USER(
             "people", "",
             "capacity = \"20 m3/h\";") "  }; };\n};\n"
                                        "links = {\n" MAIN(
                                            "a", "spring",
                                            "town") "};\n"
                                                    "exchanges = { a = { over = \"a\"; }; };\n");

    const double pulse = 10 * 0.4 / 3600; // [m3]
    const double entered = park_kit_total(&k, "spring > town: water");
    const double out = park_kit_total(&k, "links.a~line > town: water");
    const double left = park_kit_stock_end(&k, "links.a~line");
    cr_expect(epsilon_eq(dbl, entered, 20 * pulse, 1e-6));
    cr_expect(epsilon_eq(dbl, out + left, entered, 1e-6));
    cr_expect(gt(dbl, out, 12 * pulse));
    cr_expect(lt(dbl, left, 8 * pulse)); // a second of the pipe's capacity, and what is on its way
    park_kit_close(&k);
}
