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
