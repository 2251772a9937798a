// Carbon by party, worked out by hand: who sets it free, who buys what others set free, and the
// park's total, which counts each tonne once.
#include "models/park/out/results.h"
#include "tests/support/park_kit.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** From 1 January on, with streams that set free 2 t a tonne of coal. */
#define HEAD(until, every)                                                                         \
    "format = 1;\n"                                                                                \
    "park = { title = \"test\"; start = \"2026-01-01\"; until = \"" until                          \
    "\"; seed = 1; record = { every = \"" every "\"; what = ( \"flows\", \"emissions\" ); }; };\n" \
    "economy = { currency = \"EUR\"; };\n"                                                         \
    "streams = { coal = { unit = \"t\"; kind = \"fuel\"; upstream = \"0.1 tCO2e/t\";\n"            \
    "    burning = { fossil = \"2 tCO2e/t\"; }; };\n"                                              \
    "  steam = { unit = \"t\"; kind = \"heat\"; energy = \"2.7 GJ/t\"; };\n"                       \
    "  power = { unit = \"MWh\"; kind = \"energy\"; };\n"                                          \
    "  ash = { unit = \"t\"; kind = \"waste\"; };\n"                                               \
    "  gas = { unit = \"t\"; kind = \"gas\"; carbon = { fossil = \"1 tCO2e/t\"; }; };\n"           \
    "  brine = { unit = \"m3\"; kind = \"heat\"; density = \"0.8 t/m3\"; };\n"                     \
    "  ware = { unit = \"t\"; kind = \"product\"; }; };\n"
#define DAY HEAD("2026-01-02", "1 h")

#define MINE "mine = { sells = { coal = { }; }; };"

static double party(const struct park_kit *k, const char *name, const char *column)
{
    const int axis = sim_schema_axis_find(k->schema, NULL, "party");
    const int var = sim_schema_var_find(k->schema, NULL, column);
    const int64_t at = sim_schema_label(k->schema, axis, name);
    cr_assert(ge(i64, at, 0), "no party %s", name);
    return sim_row_f64(k->row, var)[at];
}

/** Over firms and utilities, less what they bought from each other. */
static double park_total(const struct park_kit *k, const char *column)
{
    double sum = 0;
    for (int i = 0; i < k->park->party_count; i++) {
        if (!k->park->parties[i].is_market) {
            sum += party(k, k->park->parties[i].name, column);
        }
    }
    return sum;
}

/** Of the ledger's own column, over all entries. */
static double booked(const struct park_kit *k, const char *column)
{
    const int axis = sim_schema_axis_find(k->schema, "ledger", "entry");
    const int var = sim_schema_var_find(k->schema, "ledger", column);
    double sum = 0;
    for (int64_t i = 0; i < sim_schema_axis_at(k->schema, axis)->length; i++) {
        const double value = sim_row_f64(k->row, var)[i];
        sum += isnan(value) ? 0 : value;
    }
    return sum;
}

static double entry(const struct park_kit *k, const char *label, const char *column)
{
    const int axis = sim_schema_axis_find(k->schema, "ledger", "entry");
    const int var = sim_schema_var_find(k->schema, "ledger", column);
    const int64_t at = sim_schema_label(k->schema, axis, label);
    cr_assert(ge(i64, at, 0), "no entry %s", label);
    return sim_row_f64(k->row, var)[at];
}

static double series_sum(const struct park_kit *k, const char *name, const char *series)
{
    const int var = sim_schema_var_find(k->schema, NULL, series);
    const int axis = sim_schema_axis_find(k->schema, NULL, "party");
    const int64_t at = sim_schema_label(k->schema, axis, name);
    const int64_t count = park_results_interval_count(k->park);
    double sum = 0;
    for (int64_t i = 0; i < count; i++) {
        sum += sim_row_value(k->row, var, at * count + i);
    }
    return sum;
}

static void expect(const struct park_kit *k, const char *name, double scope1, double scope2,
                   double scope3)
{
    const double wanted[] = {scope1, scope2, scope3};
    const char *const columns[] = {"co2e_scope1_total", "co2e_scope2_total", "co2e_scope3_total"};
    for (int i = 0; i < 3; i++) {
        cr_expect(
            epsilon_eq(dbl, party(k, name, columns[i]), wanted[i], 1e-9 * (1 + fabs(wanted[i]))),
            "%s: %s", name, columns[i]);
    }
}

/** Each tonne once, scope by scope. */
static void expect_once(const struct park_kit *k)
{
    const double sums = park_total(k, "co2e_scope1_total") + park_total(k, "co2e_scope2_total") +
                        park_total(k, "co2e_scope3_total");
    const double inside = park_total(k, "co2e_inside_total");
    const double once = booked(k, "co2e");
    cr_expect(epsilon_eq(dbl, sums - inside, once, 1e-9 * (1 + fabs(once))));
    cr_expect(epsilon_eq(dbl, inside, booked(k, "co2e_passed"), 1e-9 * (1 + inside)));
}

static void make(struct park_kit *k, const char *text)
{
    park_kit_open_text(k, text);
    const enum sim_status status = park_kit_make(k, 0, NULL);
    cr_assert(eq(int, (int)status, (int)SIM_OK), "%s", k->err.text);
    expect_once(k);
}

#define USER(name, stream, unit, rate)                                                             \
    name " = { processes = { use = { kind = \"continuous\"; basis = \"" stream                     \
         "\"; capacity = \"" rate "\"; inputs = { " stream " = \"1 " unit "/" unit                 \
         "\"; }; }; }; };\n"
#define GIVES(name, stream, from, to)                                                              \
    name " = { stream = \"" stream "\"; from = \"" from "\"; to = \"" to "\"; };\n"

/* 15 t/h of steam from 1.5 t/h of coal: 3 t/h of CO2, of which a third is the works' own need. */
Test(carbon, who_buys_steam_has_in_scope_2_what_the_boiler_set_free)
{
    struct park_kit k;
    make(&k, DAY "markets = { " MINE " };\n"
                 "firms = { works = { processes = {\n"
                 "  boiler = { kind = \"continuous\"; mode = \"pull\"; product = \"steam\";\n"
                 "    capacity = \"50 t/h\"; inputs = { coal = \"0.1 t/t\"; }; };\n"
                 "  use = { kind = \"continuous\"; basis = \"steam\"; capacity = \"5 t/h\";\n"
                 "    inputs = { steam = \"1 t/t\"; }; }; }; };\n" //
         USER("town", "steam", "t", "10 t/h") "};\n"
                                              "exchanges = { " GIVES("heat", "steam", "works",
                                                                     "town") "};\n");

    expect(&k, "works", 24 * 3, 0, 24 * 0.15);
    expect(&k, "town", 0, 24 * 2, 0);
    cr_expect(epsilon_eq(dbl, booked(&k, "co2e"), 24 * 3.15, 1e-9));
    park_kit_close(&k);
}

/* A tonne of steam: 0.2 t of its own and 0.05 MWh; a MWh: 0.8 t and 0.2 t of steam. */
Test(carbon, who_supply_each_other_are_one_linear_system)
{
    struct park_kit k;
    make(&k, DAY "markets = { " MINE " };\n"
                 "firms = { heat = { processes = { boiler = { kind = \"continuous\";\n"
                 "    mode = \"pull\"; product = \"steam\"; capacity = \"50 t/h\";\n"
                 "    inputs = { coal = \"0.1 t/t\"; power = \"0.05 MWh/t\"; }; }; }; };\n"
                 "  light = { processes = { engine = { kind = \"continuous\";\n"
                 "    mode = \"pull\"; product = \"power\"; capacity = \"50 MW\";\n"
                 "    inputs = { coal = \"0.4 t/MWh\"; steam = \"0.2 t/MWh\"; }; }; }; };\n" //
         USER("bath", "steam", "t", "10 t/h")
             USER("mill", "power", "MWh",
                  "5 MW") "};\n"
                          "exchanges = { " GIVES("a", "steam", "heat", "bath")
                              GIVES("b", "power", "light", "mill")
                                  GIVES("c", "steam", "heat", "light")
                                      GIVES("d", "power", "light", "heat") "};\n");

    const double steam = (0.2 + 0.05 * 0.8) / (1 - 0.05 * 0.2); // [t/t]
    const double power = 0.8 + 0.2 * steam;                     // [t/MWh]
    const double made = (10 + 0.2 * 5) / (1 - 0.2 * 0.05);      // [t/h] of steam
    const double turned = 5 + 0.05 * made;                      // [MW]
    expect(&k, "bath", 0, 24 * 10 * steam, 0);
    expect(&k, "mill", 0, 24 * 5 * power, 0);
    expect(&k, "heat", 24 * made * 0.2, 24 * 0.05 * made * power, 24 * made * 0.01);
    expect(&k, "light", 24 * turned * 0.8, 24 * 0.2 * turned * steam, 24 * turned * 0.04);
    // What the two users bear is all that was set free.
    cr_expect(epsilon_eq(dbl, 10 * steam + 5 * power, made * 0.2 + turned * 0.8, 1e-12));
    park_kit_close(&k);
}

/* A tonne of steam and 0.25 MWh from 0.2 t of coal: 2.7 and 0.9 GJ, so power bears a quarter. */
Test(carbon, a_process_with_two_products_spreads_it_by_energy)
{
    struct park_kit k;
    make(&k, DAY "markets = { " MINE " tip = { disposes = { ash = { fate = \"landfill\";\n"
                 "    emission = \"0.5 tCO2e/t\"; }; }; }; };\n"
                 "firms = { plant = { processes = { chp = { kind = \"continuous\";\n"
                 "    mode = \"pull\"; product = \"steam\"; capacity = \"50 t/h\";\n"
                 "    inputs = { coal = \"0.2 t/t\"; };\n"
                 "    outputs = { power = \"0.25 MWh/t\"; ash = \"0.01 t/t\"; }; }; }; };\n" //
         USER("bath", "steam", "t", "10 t/h") USER(
             "mill", "power", "MWh", "2.5 MW") "};\n"
                                               "exchanges = { " GIVES("a", "steam", "plant", "bath")
                                                   GIVES("b", "power", "plant", "mill") "};\n");

    expect(&k, "plant", 24 * 4, 0, 24 * (0.2 + 0.05));
    expect(&k, "bath", 0, 24 * 3, 0);
    expect(&k, "mill", 0, 24 * 1, 0);
    park_kit_close(&k);
}

/* A m3 of warm brine, of 0.8 t, and 0.4 t of ware from 1.5 t of coal. Nobody says what energy the
 * brine has, so it bears two thirds of the 3 t by mass. */
Test(carbon, a_process_spreads_it_by_mass_where_no_energy_is_said)
{
    struct park_kit k;
    make(&k, DAY
         "markets = { " MINE " shop = { buys = { ware = { }; }; }; };\n"
         "firms = { plant = { processes = { pan = { kind = \"continuous\";\n"
         "    mode = \"pull\"; product = \"brine\"; capacity = \"50 m3/h\";\n"
         "    inputs = { coal = \"1.5 t/m3\"; }; outputs = { ware = \"0.4 t/m3\"; }; }; }; };\n" //
         USER("bath", "brine", "m3", "2 m3/h") "};\n"
                                               "exchanges = { " GIVES("a", "brine", "plant",
                                                                      "bath") "};\n");

    expect(&k, "plant", 24 * 2 * 3, 0, 24 * 2 * 0.15);
    expect(&k, "bath", 0, 24 * 2 * 2, 0);
    park_kit_close(&k);
}

#define BURNS(unit, energy, rate, fossil, upstream)                                                \
    "format = 1; park = { start = \"2026-01-01\"; until = \"2026-01-02\"; };\n"                    \
    "streams = { fuel = { unit = \"" unit "\"; kind = \"fuel\"; energy = \"" energy                \
    "\"; upstream = \"" upstream "\";\n  burning = { fossil = \"" fossil "\"; }; }; };\n"          \
    "markets = { well = { sells = { fuel = { }; }; }; };\n"                                        \
    "firms = { works = { processes = { m = { kind = \"continuous\"; basis = \"fuel\";\n"           \
    "  capacity = \"" rate "\"; inputs = { fuel = \"1 " unit "/" unit "\"; }; }; }; }; };\n"

/* Coal of 22 GJ/t and 2.0812 t/t, gas of 36 MJ/Nm3 and 2.0196 kg/Nm3, oil of 36 GJ/m3 and 2.7
 * t/m3: by mass, by normal volume, by volume, or by energy. Upstream 10 kg/GJ. */
Test(carbon, factors_are_by_mass_by_volume_or_by_energy)
{
    static const struct {
        const char *text;
        double burnt, upstream; // [t/h]
    } parks[] = {
        {BURNS("t", "22 GJ/t", "1 t/h", "2.0812 tCO2e/t", "0.22 tCO2e/t"), 2.0812, 0.22},
        {BURNS("t", "22 GJ/t", "1 t/h", "2081.2 gCO2e/kg", "10 kgCO2e/GJ"), 2.0812, 0.22},
        {BURNS("kg", "22 MJ/kg", "1 t/h", "94.6 kgCO2e/GJ", "0.22 kgCO2e/kg"), 2.0812, 0.22},
        {BURNS("Nm3", "36 MJ/Nm3", "1000 Nm3/h", "2.0196 kgCO2e/Nm3", "0.36 kgCO2e/Nm3"), 2.0196,
         0.36},
        {BURNS("Nm3", "36 MJ/Nm3", "1000 Nm3/h", "56.1 kgCO2e/GJ", "36 kgCO2e/MWh"), 2.0196, 0.36},
        {BURNS("m3", "36 GJ/m3", "1 m3/h", "2.7 tCO2e/m3", "0.36 tCO2e/m3"), 2.7, 0.36},
        {BURNS("m3", "10 MWh/m3", "1 m3/h", "0.27 tCO2e/MWh", "10 kgCO2e/GJ"), 2.7, 0.36},
    };
    for (int i = 0; i < SIM_COUNT(parks); i++) {
        struct park_kit k;
        make(&k, parks[i].text);
        expect(&k, "works", 24 * parks[i].burnt, 0, 24 * parks[i].upstream);
        park_kit_close(&k);
    }
}

/* Coal steam until February, then steam without any carbon, through a tank of 1000 t: January
 * brings 31 x 24 x 2 t and takes 31 x 24 x 1; February brings and takes 28 x 24 x 1. */
Test(carbon, a_stock_passes_on_the_mean_of_what_entered)
{
    struct park_kit k;
    make(&k, HEAD("2026-03-01",
                  "1 day") "markets = { " MINE " };\n"
                           "firms = { works = { processes = {\n"
                           "  coaled = { kind = \"continuous\"; product = \"steam\"; capacity = "
                           "\"2 t/h\";\n"
                           "    leaves = \"2026-02-01\"; inputs = { coal = \"0.1 t/t\"; };\n"
                           "    outputs = { steam = { amount = \"1 t/t\"; to = \"tank\"; }; }; };\n"
                           "  solar = { kind = \"continuous\"; product = \"steam\"; capacity = \"1 "
                           "t/h\";\n"
                           "    enters = \"2026-02-01\";\n"
                           "    outputs = { steam = { amount = \"1 t/t\"; to = \"tank\"; }; }; }; "
                           "};\n"
                           "  stocks = { tank = { stream = \"steam\"; capacity = \"1000 t\"; }; }; "
                           "};\n" //
         USER("town", "steam", "t", "1 t/h") "};\n"
                                             "exchanges = { heat = { stream = \"steam\"; from = "
                                             "\"works.tank\"; to = \"town\"; }; "
                                             "};\n");

    const double january = 31 * 24 * 1 * 0.2;
    const double mean = january / (31 * 24 + 28 * 24); // what January left, and what came clean
    expect(&k, "works", 31 * 24 * 0.4, 0, 31 * 24 * 0.02);
    expect(&k, "town", 0, january + 28 * 24 * mean, 0);
    park_kit_close(&k);
}

Test(carbon, what_is_vented_through_a_market_is_scope_1_of_who_gives_it)
{
    struct park_kit k;
    make(&k, DAY "markets = { " MINE " air = { disposes = { ash = { fate = \"vent\";\n"
                 "    emission = \"3 tCO2e/t\"; }; }; }; };\n"
                 "firms = { works = { processes = { kiln = { kind = \"continuous\";\n"
                 "    product = \"ash\"; capacity = \"1 t/h\"; inputs = { coal = \"0.5 t/t\"; };\n"
                 "    process_emissions = \"0.25 tCO2e/t\"; }; }; }; };\n");

    expect(&k, "works", 24 * (1 + 0.25 + 3), 0, 24 * 0.05);
    park_kit_close(&k);
}

#define CAPTURE(to)                                                                                \
    "firms = { plant = { processes = { kiln = { kind = \"continuous\"; product = \"ware\";\n"      \
    "    capacity = \"1 t/h\"; inputs = { coal = \"1 t/t\"; };\n"                                  \
    "    outputs = { gas = \"0.5 t/t\"; }; }; }; };\n" to

/* 2 t/h of CO2, of which half a tonne is captured; a fifth of that leaks on its way. */
Test(carbon, captured_carbon_is_set_free_by_who_uses_it_up_or_loses_it)
{
    struct park_kit k;
    make(&k, DAY "markets = { " MINE " shop = { buys = { ware = { }; }; }; };\n" //
         CAPTURE(USER("green", "gas", "t",
                      "5 t/h") "};\n") "links = { pipe = { kind = \"pipe\"; stream = \"gas\"; from "
                                       "= \"plant\"; to = "
                                       "\"green\"; loss = \"20 %\"; }; };\n"
                                       "exchanges = { g = { over = \"pipe\"; }; };\n");
    expect(&k, "plant", 24 * (1.5 + 0.1), 0, 24 * 0.1);
    expect(&k, "green", 24 * 0.4, 0, 0);
    park_kit_close(&k);
}

Test(carbon, exported_carbon_leaves_the_park)
{
    struct park_kit k;
    make(&k, DAY "markets = { " MINE " shop = { buys = { ware = { }; gas = { }; }; }; };\n" //
         CAPTURE("};\n"));
    expect(&k, "plant", 24 * 1.5, 0, 24 * 0.1);
    cr_expect(epsilon_eq(dbl, booked(&k, "co2e"), 24 * 1.6, 1e-9));
    park_kit_close(&k);
}

#define PIPE(to, more)                                                                             \
    "links = { pipe = { kind = \"pipe\"; stream = \"gas\"; from = \"plant\"; to = \"" to           \
    "\"; loss = \"20 %\"; " more "}; };\nexchanges = { g = { over = \"pipe\"; }; };\n"
#define STORE(offer)                                                                               \
    "markets = { " MINE " shop = { buys = { ware = { }; }; }; store = { " offer " }; };\n"

/* Half a tonne an hour enters the pipe, and a tenth leaks from it: on its way to a buyer, and to
 * where it is stored, but where `emission` says what storing it sets free. */
Test(carbon, what_leaks_on_its_way_to_a_market_is_scope_1_of_who_gives_it)
{
    struct park_kit k;
    make(&k, DAY STORE("buys = { gas = { }; };") CAPTURE("};\n") PIPE("store", ""));
    expect(&k, "plant", 24 * (1.5 + 0.1), 0, 24 * 0.1);
    park_kit_close(&k);
    make(&k, DAY STORE("disposes = { gas = { fate = \"other\"; }; };") CAPTURE("};\n")
                 PIPE("store", ""));
    expect(&k, "plant", 24 * (1.5 + 0.1), 0, 24 * 0.1);
    park_kit_close(&k);
    make(&k, DAY STORE("disposes = { gas = { fate = \"other\"; emission = \"0.3 tCO2e/t\"; }; };")
                 CAPTURE("};\n") PIPE("store", ""));
    expect(&k, "plant", 24 * 1.5, 0, 24 * (0.1 + 0.15));
    park_kit_close(&k);
}

/* What is vented at the end of a long pipe was told as it entered. */
Test(carbon, what_leaks_on_its_way_to_the_stack_is_vented_once)
{
    struct park_kit k;
    make(&k, DAY STORE("disposes = { gas = { fate = \"vent\"; }; };") CAPTURE("};\n")
                 PIPE("store", "capacity = \"1 t/h\"; delay = \"30 min\"; "));
    expect(&k, "plant", 24 * 2, 0, 24 * 0.1);
    park_kit_close(&k);
}

/* The pipe fills with 4.5 t; then 1.25 t/h is bought, a tonne arrives and is set free: the rest
 * was, before it reached the park. */
Test(carbon, what_leaks_on_its_way_from_a_market_is_upstream)
{
    struct park_kit k;
    make(&k, DAY "markets = { well = { sells = { gas = { upstream = \"0.2 tCO2e/t\"; }; }; }; };\n"
                 "firms = { " USER("green", "gas", "t", "1 t/h") //
         "};\nlinks = { pipe = { kind = \"pipe\"; stream = \"gas\"; from = \"well\";\n"
         "  to = \"green\"; loss = \"20 %\"; capacity = \"9 t/h\"; delay = \"30 min\"; }; };\n"
         "exchanges = { g = { over = \"pipe\"; }; };\n");
    expect(&k, "green", 23.5, 0, 0.2 * (4.5 + 23.5 * 1.25));
    expect(&k, "well", 0, 0, 0);
    park_kit_close(&k);
}

/* Half a tonne an hour into a tank that loses a hundredth of what it holds in an hour, and whose
 * level so is 50 (1 - exp(-t / 100)); what it holds is set free by nobody. */
Test(carbon, what_decays_in_a_stock_is_scope_1_of_whose_it_is)
{
    const double lost = 12 - 50 * (1 - exp(-0.24));
    struct park_kit k;
    make(&k, DAY "markets = { " MINE " shop = { buys = { ware = { }; }; }; };\n"
                 "firms = { plant = { processes = { kiln = { kind = \"continuous\";\n"
                 "    product = \"ware\"; capacity = \"1 t/h\"; inputs = { coal = \"1 t/t\"; };\n"
                 "    outputs = { gas = { amount = \"0.5 t/t\"; to = \"tank\"; }; }; }; };\n"
                 "  stocks = { tank = { stream = \"gas\"; capacity = \"99 t\";\n"
                 "    decay = \"1 %/h\"; }; }; }; };\n");
    expect(&k, "plant", 24 * 1.5 + lost, 0, 24 * 0.1);
    cr_expect(epsilon_eq(dbl, entry(&k, "plant.tank > decay: gas", "co2e"), lost, 1e-9));
    cr_expect(epsilon_eq(dbl, entry(&k, "plant.tank > decay: gas", "quantity"), lost, 1e-9));
    cr_expect(epsilon_eq(dbl, series_sum(&k, "plant", "co2e_scope1"), 24 * 1.5 + lost, 1e-4));
    park_kit_close(&k);
}

/* 0.5 t/h into a tank of 6 t from which 0.2 t/h is drawn: full after 20 h, then 0.3 t/h goes up
 * the stack. */
Test(carbon, what_overflows_into_the_air_is_scope_1_of_whose_stock_it_is)
{
    struct park_kit k;
    make(&k,
         DAY "markets = { " MINE " shop = { buys = { ware = { }; }; };\n"
             "  air = { disposes = { gas = { fate = \"vent\"; }; }; }; };\n"
             "firms = { plant = { processes = { kiln = { kind = \"continuous\";\n"
             "    product = \"ware\"; capacity = \"1 t/h\"; inputs = { coal = \"1 t/t\"; };\n"
             "    outputs = { gas = { amount = \"0.5 t/t\"; to = \"tank\"; }; }; }; };\n"
             "  stocks = { tank = { stream = \"gas\"; capacity = \"6 t\"; full = \"air\"; }; };\n"
             "  };\n" //
         USER("green", "gas", "t", "0.2 t/h") "};\n"
                                              "exchanges = { g = { stream = \"gas\"; from = "
                                              "\"plant.tank\"; to = \"green\"; }; };\n");
    expect(&k, "plant", 24 * 1.5 + 4 * 0.3, 0, 24 * 0.1);
    expect(&k, "green", 24 * 0.2, 0, 0);
    park_kit_close(&k);
}

/* The power station sets free a tonne a MWh and catches 0.8 of it: of what its own tank loses of
 * that its power bears all, of what the tank holds nothing. */
Test(carbon, what_a_supplier_loses_of_its_captured_carbon_passes_with_its_power)
{
    const double lost = 96 - 400 * (1 - exp(-0.24));
    struct park_kit k;
    make(&k, DAY "markets = { " MINE " };\n"
                 "firms = { plant = { processes = { engine = { kind = \"continuous\";\n"
                 "    mode = \"pull\"; product = \"power\"; capacity = \"9 MW\";\n"
                 "    inputs = { coal = \"0.5 t/MWh\"; };\n"
                 "    outputs = { gas = { amount = \"0.8 t/MWh\"; to = \"tank\"; }; }; }; };\n"
                 "  stocks = { tank = { stream = \"gas\"; capacity = \"999 t\";\n"
                 "    decay = \"1 %/h\"; }; }; };\n" //
         USER("mill", "power", "MWh", "5 MW") "};\nexchanges = { " GIVES("b", "power", "plant",
                                                                         "mill") "};\n");
    expect(&k, "plant", 24 * 5 * 0.2 + lost, 0, 24 * 0.25);
    expect(&k, "mill", 0, 24 * 5 * 0.2 + lost, 0);
    park_kit_close(&k);
}

#define STATION(fate)                                                                              \
    DAY "markets = { " MINE " air = { disposes = { gas = { fate = \"" fate "\"; }; }; }; };\n"     \
        "firms = { plant = { processes = { engine = { kind = \"continuous\";\n"                    \
        "    mode = \"pull\"; product = \"power\"; capacity = \"9 MW\";\n"                         \
        "    inputs = { coal = \"0.5 t/MWh\"; }; outputs = { gas = \"0.8 t/MWh\"; }; }; }; "       \
        "};\n" USER("mill", "power", "MWh", "5 MW") "};\n"                                         \
                                                    "exchanges = { " GIVES("b", "power", "plant",  \
                                                                           "mill") "};\n"

/* What is captured and vented by the power station itself counts to its power. */
Test(carbon, what_a_supplier_captures_does_not_pass_with_its_power)
{
    struct park_kit k;
    make(&k, STATION("other"));
    expect(&k, "plant", 24 * 5 * 0.2, 0, 24 * 0.25);
    expect(&k, "mill", 0, 24 * 5 * 0.2, 0);
    park_kit_close(&k);
    make(&k, STATION("vent"));
    expect(&k, "plant", 24 * 5 * 1.0, 0, 24 * 0.25);
    expect(&k, "mill", 0, 24 * 5 * 1.0, 0);
    park_kit_close(&k);
}

/* Half the days from coal, half without: the month's mean holds for each day of it, whatever is
 * recorded, and the series add up to the totals. */
#define HALVES(every)                                                                              \
    HEAD("2026-03-11 07:00", every)                                                                \
    "markets = { " MINE " };\n"                                                                    \
    "calendars = { day = { open = ( \"Mon-Sun 06:00-18:00\" ); };\n"                               \
    "  night = { open = ( \"Mon-Sun 00:00-06:00\", \"Mon-Sun 18:00-24:00\" ); }; };\n"             \
    "firms = { works = { processes = {\n"                                                          \
    "  coaled = { kind = \"continuous\"; product = \"steam\"; capacity = \"9 t/h\";\n"             \
    "    mode = \"pull\"; calendar = \"night\"; inputs = { coal = \"0.1 t/t\"; }; };\n"            \
    "  solar = { kind = \"continuous\"; product = \"steam\"; capacity = \"9 t/h\";\n"              \
    "    mode = \"pull\"; calendar = \"day\"; }; }; };\n" USER(                                    \
        "town", "steam", "t", "1 t/h") "};\n"                                                      \
                                       "exchanges = { " GIVES("heat", "steam", "works",            \
                                                              "town") "};\n"

Test(carbon, goes_by_calendar_month_whatever_is_recorded)
{
    const char *const parks[] = {HALVES("1 h"), HALVES("1 day"), HALVES("17 day"),
                                 HALVES("1 year")};
    // March: 10 days and the first 7 h of the 11th, 6 of them by night.
    const double wanted = 0.2 * (31 + 28) * 12 + 0.2 * (10 * 12 + 6);
    for (int i = 0; i < 4; i++) {
        struct park_kit k;
        make(&k, parks[i]);
        const int var = sim_schema_var_find(k.schema, NULL, "co2e_scope2");
        const int axis = sim_schema_axis_find(k.schema, NULL, "party");
        const int64_t town = sim_schema_label(k.schema, axis, "town");
        const int64_t count = park_results_interval_count(k.park);
        expect(&k, "town", 0, wanted, 0);
        cr_expect(epsilon_eq(dbl, series_sum(&k, "town", "co2e_scope2"), wanted, 1e-5 * wanted),
                  "series of park %d", i);
        if (i == 1) { // a day of January, and one of February: the month's mean
            cr_expect(epsilon_eq(dbl, sim_row_value(k.row, var, town * count + 3), 2.4, 1e-6));
            cr_expect(epsilon_eq(dbl, sim_row_value(k.row, var, town * count + 40), 2.4, 1e-6));
        }
        park_kit_close(&k);
    }
}

// ---- random parks: each tonne that was burnt is set free once, sold or still held

enum {
    MOST_WORKS = 5
};

/** [0, 1), the same on every machine. */
static double draw(uint64_t *state)
{
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return (double)(*state >> 11) / 9007199254740992.0;
}

/** A works makes steam and catches part of its CO2, uses steam and CO2, and has a tank that leaks
 * and overflows into the air. */
static void say_works(FILE *f, int i, bool into_tank, uint64_t *state)
{
    (void)fprintf(f, "f%d = { processes = { boiler = { kind = \"continuous\"; mode = \"pull\";\n",
                  i);
    (void)fprintf(
        f, "  product = \"steam\"; capacity = \"%.4f t/h\"; inputs = { coal = \"0.1 t/t\"; };\n",
        1 + 9 * draw(state));
    (void)fprintf(f, "  outputs = { gas = { amount = \"%.4f t/t\"; %s}; }; };\n",
                  0.19 * draw(state), into_tank ? "to = \"tank\"; " : "");
    (void)fprintf(f,
                  " use = { kind = \"continuous\"; basis = \"steam\"; capacity = \"%.4f t/h\";\n",
                  5 * draw(state) + 0.1);
    (void)fprintf(f, "  inputs = { steam = \"1 t/t\"; }; };\n");
    (void)fprintf(f,
                  " green = { kind = \"continuous\"; basis = \"gas\"; capacity = \"%.4f t/h\";\n",
                  0.3 * draw(state) + 0.01);
    (void)fprintf(f, "  inputs = { gas = { amount = \"1 t/t\"; %s}; }; }; };\n",
                  i == 0 && into_tank ? "from = \"tank\"; " : "");
    (void)fprintf(
        f, " stocks = { tank = { stream = \"gas\"; capacity = \"%.2f t\"; decay = \"%.2f %%/h\";\n",
        1 + 20 * draw(state), 3 * draw(state));
    (void)fprintf(f, "  full = \"air\"; }; }; };\n");
}

/** Steam to the next over a pipe, and CO2 from its junction or its tank. */
static void say_exchanges(FILE *f, int count, const bool *into_tank, uint64_t *state)
{
    (void)fprintf(f, "};\nlinks = {\n");
    for (int i = 0; i + 1 < count; i++) {
        (void)fprintf(
            f, "g%d = { kind = \"pipe\"; stream = \"gas\"; from = \"f%d%s\"; to = \"f%d\";\n", i, i,
            into_tank[i] ? ".tank" : "", i + 1);
        (void)fprintf(f, "  capacity = \"%.4f t/h\"; loss = \"%.1f %%\"; };\n", 0.05 + draw(state),
                      20 * draw(state));
        (void)fprintf(
            f, "s%d = { kind = \"pipe\"; stream = \"steam\"; from = \"f%d\"; to = \"f%d\";\n", i, i,
            i + 1);
        (void)fprintf(f, "  capacity = \"%.4f t/h\"; loss = \"%.1f %%\"; };\n",
                      0.1 + 3 * draw(state), 10 * draw(state));
    }
    (void)fprintf(f, "};\nexchanges = {\n");
    for (int i = 0; i + 1 < count; i++) {
        (void)fprintf(f, "g%d = { over = \"g%d\"; }; s%d = { over = \"s%d\"; };\n", i, i, i, i);
    }
    (void)fprintf(f, "};\n");
}

static char *random_park(uint64_t seed, int count)
{
    bool into_tank[MOST_WORKS];
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    (void)fprintf(f, "%s", HEAD("2026-01-04", "1 h"));
    (void)fprintf(f, "markets = { %s air = { disposes = { gas = { fate = \"vent\"; }; }; };\n",
                  MINE);
    (void)fprintf(f, " shop = { buys = { gas = { demand = \"%.2f t/h\"; }; }; }; };\nfirms = {\n",
                  0.5 * draw(&seed));
    for (int i = 0; i < count; i++) {
        into_tank[i] = draw(&seed) < 0.7;
        say_works(f, i, into_tank[i], &seed);
    }
    say_exchanges(f, count, into_tank, &seed);
    (void)fclose(f);
    return text;
}

/** [t] Over all entries whose label has the text in it. */
static double moved(const struct park_kit *k, const char *part)
{
    const int axis = sim_schema_axis_find(k->schema, "ledger", "entry");
    double sum = 0;
    for (int64_t i = 0; i < sim_schema_axis_at(k->schema, axis)->length; i++) {
        const char *label = sim_schema_axis_at(k->schema, axis)->labels[i];
        const bool is_it = strstr(label, part) != NULL;
        sum += is_it ? sim_row_f64(k->row, sim_schema_var_find(k->schema, "ledger", "quantity"))[i]
                     : 0;
    }
    return sum;
}

Test(carbon, each_tonne_that_is_burnt_is_set_free_once_sold_or_held)
{
    int decayed = 0;
    int vented = 0;
    for (uint64_t seed = 1; seed <= 100; seed++) {
        struct park_kit k;
        const int count = 2 + (int)(seed % (MOST_WORKS - 1));
        char *text = random_park(seed, count);
        make(&k, text);
        double held = 0;
        for (int i = 0; i < count; i++) {
            char name[32];
            (void)snprintf(name, sizeof(name), "f%d.tank", i);
            held += park_kit_stock_end(&k, name);
        }
        const double burnt = 2 * moved(&k, "mine > ");
        const double freed = park_total(&k, "co2e_scope1_total");
        const double exported = moved(&k, " > shop: gas") - moved(&k, "shop > shop: gas");
        cr_expect(epsilon_eq(dbl, freed + exported + held, burnt, 1e-9 * (1 + burnt)),
                  "%g burnt, %g set free, %g sold, %g held in\n%s", burnt, freed, exported, held,
                  text);
        cr_expect(
            epsilon_eq(dbl, park_total(&k, "co2e_scope3_total"), burnt / 20, 1e-9 * (1 + burnt)));
        decayed += moved(&k, " > decay: gas") > 0;
        vented += moved(&k, " > air: gas") > 0;
        park_kit_close(&k);
        free(text);
    }
    cr_expect(ge(int, decayed, 50));
    cr_expect(ge(int, vented, 40));
}
