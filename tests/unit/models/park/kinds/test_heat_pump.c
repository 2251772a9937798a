// Heat from electricity and waste heat: what tests/data/park_runs/heat_pump.cfg works out by hand.
#include "models/park/net/build.h"
#include "tests/support/park_kit.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <stdlib.h>

// Rounding of sums of some dozen terms of the size of the result.
#define EXACT 1e-12

#define HOURS 24.0

#define MADE  "plant.pump > plant: hot"
#define POWER "plant > plant.pump: electricity"
#define TAKEN "plant > plant.pump: warm"
#define SPARE "plant.spare > plant: hot"

/** Run with overrides, and hold rates over the whole day [MW]. */
static void are(const char *const *overrides, int count, double made, double power, double taken,
                double spare)
{
    struct park_kit k;
    const struct {
        const char *label;
        double due;
    } rows[] = {{MADE, made}, {POWER, power}, {TAKEN, taken}, {SPARE, spare}};
    park_kit_open(&k, "tests/data/park_runs/heat_pump.cfg", overrides, count);
    cr_assert(eq(int, (int)park_kit_make(&k, 0, NULL), (int)SIM_OK), "%s", k.err.text);
    cr_assert(le(dbl, park_kit_worst_balance(&k), 1e-9));
    for (int i = 0; i < SIM_COUNT(rows); i++) {
        const double due = HOURS * rows[i].due;
        cr_expect(epsilon_eq(dbl, park_kit_total(&k, rows[i].label), due, EXACT * (1 + due)), "%s",
                  rows[i].label);
    }
    park_kit_close(&k);
}

Test(heat_pump, gives_the_heat_of_its_electricity_and_of_what_it_takes)
{
    static const char *const better[] = {"utilities.plant.units.pump.cop=6"};
    are(NULL, 0, 6, 1.5, 4.5, 0);
    are(better, 1, 6, 1, 5, 0);
}

Test(heat_pump, makes_less_where_waste_heat_or_electricity_is_short)
{
    static const char *const cold[] = {"firms.mill.processes.loom.capacity=0.6 t/h"};
    static const char *const none[] = {"firms.mill.processes.loom.capacity=0 t/h"};
    static const char *const dark[] = {"markets.grid.sells.electricity.capacity=0.5 MW"};
    static const char *const small[] = {"utilities.plant.units.pump.capacity=2 MW"};
    are(cold, 1, 4, 1, 3, 2);
    are(none, 1, 0, 0, 0, 6);
    are(dark, 1, 2, 0.5, 1.5, 4);
    are(small, 1, 2, 0.5, 1.5, 4);
}

// 0.75 MWh/t of steam: by the product's energy (2.7 GJ/t), or by `enthalpy` in its place.
Test(heat_pump, makes_steam_by_its_heat)
{
    static const char *const heats[] = {"energy = \"2.7 GJ/t\"", "energy = \"9 GJ/t\""};
    static const char *const says[] = {"", "enthalpy = \"2.7 GJ/t\";"};
    for (int i = 0; i < SIM_COUNT(heats); i++) {
        struct park_kit k;
        char *text = sim_base_format(
            "format = 1;\n"
            "park = { start = \"2026-01-05\"; until = \"2026-01-06\"; record = { every = \"1 h\"; "
            "}; };\n"
            "streams = { steam = { unit = \"t\"; kind = \"heat\"; %s; };\n"
            "  brine = { unit = \"m3\"; kind = \"heat\"; energy = \"0.1 GJ/m3\"; };\n"
            "  power = { unit = \"kWh\"; kind = \"energy\"; }; };\n"
            "firms = { mill = { processes = {\n"
            "  pump = { kind = \"heat_pump\"; product = \"steam\"; capacity = \"9 t/h\";\n"
            "    takes = \"brine\"; cop = 3; power_stream = \"power\"; %s };\n"
            "  use = { kind = \"continuous\"; basis = \"steam\"; capacity = \"4 t/h\"; }; }; }; "
            "};\n"
            "markets = { shop = { sells = { brine = { }; power = { }; }; }; };\n",
            heats[i], says[i]);
        park_kit_open_text(&k, text);
        cr_assert(eq(int, (int)park_kit_make(&k, 0, NULL), (int)SIM_OK), "%s", k.err.text);
        cr_expect(epsilon_eq(dbl, park_kit_total(&k, "shop > mill: power"), 24 * 1000.0, 1e-8));
        cr_expect(epsilon_eq(dbl, park_kit_total(&k, "shop > mill: brine"),
                             24 * 4 * 2.7 * 2 / 3 / 0.1, 1e-8));
        park_kit_close(&k);
        free(text);
    }
}
