// Heat and power in one: what the park of tests/data/park_runs/chp.cfg works out by hand.
#include "models/park/net/build.h"
#include "tests/support/park_kit.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

// Rounding of sums of some dozen terms of the size of the result.
#define EXACT 1e-12

#define PARK_FILE "tests/data/park_runs/chp.cfg"
#define HOURS     24.0

#define GRID  "markets.grid.buys.electricity.demand="
#define CHP   "utilities.plant.units.chp."
#define POWER "plant.chp > plant: electricity"
#define SPARE "plant.spare > plant: steam"
#define HUSK  "plant > plant.chp: husk"
#define COAL  "plant > plant.spare: coal"

static void make(struct park_kit *k, const char *const *overrides, int count)
{
    park_kit_open(k, PARK_FILE, overrides, count);
    cr_assert(eq(int, (int)park_kit_make(k, 0, NULL), (int)SIM_OK), "%s", k->err.text);
    cr_assert(le(dbl, park_kit_worst_balance(k), 1e-9));
}

/** A rate over the whole day, in the stream's unit per hour. */
static void is_rate(const struct park_kit *k, const char *label, double due)
{
    cr_expect(epsilon_eq(dbl, park_kit_total(k, label), HOURS * due, EXACT * (1 + HOURS * due)),
              "%s", label);
}

Test(chp, makes_power_with_the_steam_that_is_drawn)
{
    struct park_kit k;
    make(&k, NULL, 0);

    is_rate(&k, "plant.chp > plant: steam", 30);
    is_rate(&k, POWER, 3.3);
    is_rate(&k, "plant > grid: electricity", 3.3);
    is_rate(&k, HUSK, 8.1);
    is_rate(&k, SPARE, 10);
    is_rate(&k, COAL, 1.4);
    cr_assert(
        epsilon_eq(dbl, park_kit_money(&k, "plant > grid: electricity"), 24 * 3.3 * 60, 1e-9));
    cr_assert(epsilon_eq(dbl, park_kit_co2e(&k, COAL), 24 * 1.4 * 2.5, 1e-9));
    park_kit_close(&k);
}

Test(chp, power_that_nobody_takes_holds_it_down)
{
    static const struct {
        const char *grid;
        double steam, power;
    } rows[] = {{GRID "2.2 MW", 20, 2.2}, {GRID "0 MW", 0, 0}, {GRID "9 MW", 30, 3.3}};
    for (int i = 0; i < SIM_COUNT(rows); i++) {
        struct park_kit k;
        make(&k, &rows[i].grid, 1);
        is_rate(&k, "plant.chp > plant: steam", rows[i].steam);
        is_rate(&k, POWER, rows[i].power);
        is_rate(&k, HUSK, 0.27 * rows[i].steam);
        is_rate(&k, SPARE, 40 - rows[i].steam);
        park_kit_close(&k);
    }
}

// A pull unit runs for its product alone: power that would be bought makes no steam.
Test(chp, power_alone_does_not_run_it)
{
    static const char *const less[] = {"firms.mill.processes.use.capacity=12 t/h"};
    struct park_kit k;
    make(&k, less, 1);

    is_rate(&k, POWER, 12 * 0.11);
    is_rate(&k, "plant > mill: steam", 12);
    park_kit_close(&k);
}

// Heat 2.4 GJ/t at 70 % of 12.5 GJ/t: 0.2743 t/t; the power comes out of the same fuel.
Test(chp, burns_what_the_efficiency_of_its_heat_says)
{
    struct park_kit k;
    park_kit_open_text(
        &k,
        "format = 1;\n"
        "park = { start = \"2026-01-05\"; until = \"2026-01-06\"; record = { every = \"1 h\"; }; "
        "};\n"
        "streams = { steam = { unit = \"t\"; kind = \"heat\"; };\n"
        "  power = { unit = \"kWh\"; kind = \"energy\"; }; light = { unit = \"MWh\"; kind = "
        "\"energy\"; };\n"
        "  husk = { unit = \"t\"; kind = \"fuel\"; energy = \"12.5 GJ/t\"; }; };\n"
        "firms = { mill = { processes = {\n"
        "  engine = { kind = \"chp\"; product = \"steam\"; capacity = \"30 t/h\"; burns = "
        "\"husk\";\n"
        "    efficiency = \"70 %\"; enthalpy = \"2.4 GJ/t\"; power = \"0.11 MWh/t\";\n"
        "    power_stream = \"power\"; };\n"
        "  lamp = { kind = \"continuous\"; basis = \"power\"; capacity = \"1100 kW\"; };\n"
        "  use = { kind = \"continuous\"; basis = \"steam\"; capacity = \"20 t/h\"; }; }; }; };\n"
        "markets = { shop = { sells = { husk = { }; }; }; };\n");
    cr_assert(eq(int, (int)park_kit_make(&k, 0, NULL), (int)SIM_OK), "%s", k.err.text);

    is_rate(&k, "mill.engine > mill: power", 1100); // the lamp takes no more
    is_rate(&k, "mill.engine > mill: steam", 10);
    is_rate(&k, "shop > mill: husk", 10 * 2.4 / 0.7 / 12.5);
    park_kit_close(&k);
}
