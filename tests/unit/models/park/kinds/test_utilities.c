#include "models/park/net/build.h"
#include "tests/support/park_kit.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <stdio.h>
#include <string.h>

// Rounding of sums of some hundred terms of the size of the result.
#define EXACT 1e-12

/** A day from Monday 2026-01-05, recorded by the hour. */
#define DAY DAY_RECORDED("")
#define DAY_RECORDED(what)                                                                         \
    "format = 1;\n"                                                                                \
    "park = { start = \"2026-01-05\"; until = \"2026-01-06\"; record = { every = \"1 h\"; " what   \
    " }; };\n"                                                                                     \
    "economy = { currency = \"EUR\"; };\n"                                                         \
    "calendars = { early = { open = ( \"Mon-Sun 00:00-12:00\" ); }; };\n"                          \
    "crews = { fitters = { size = 1; }; };\n"                                                      \
    "streams = { steam = { unit = \"t\"; kind = \"heat\"; energy = \"2.7 GJ/t\"; };\n"             \
    "  heat = { unit = \"MWh\"; kind = \"heat\"; };\n"                                             \
    "  water = { unit = \"m3\"; kind = \"water\"; };\n"                                            \
    "  electricity = { unit = \"MWh\"; kind = \"energy\"; };\n"                                    \
    "  waste = { unit = \"t\"; kind = \"waste\"; energy = \"9 GJ/t\";\n"                           \
    "    burning = { fossil = \"0.4 tCO2e/t\"; biogenic = \"0.6 tCO2e/t\"; }; };\n"                \
    "  coal = { unit = \"t\"; kind = \"fuel\"; energy = \"25 GJ/t\"; upstream = \"0.2 "            \
    "tCO2e/t\";\n"                                                                                 \
    "    burning = { fossil = \"2.5 tCO2e/t\"; }; };\n"                                            \
    "  husk = { unit = \"t\"; kind = \"fuel\"; energy = \"12.5 GJ/t\";\n"                          \
    "    burning = { biogenic = \"1.3 tCO2e/t\"; }; }; };\n"

#define SUPPLY                                                                                     \
    "  shop = { sells = { coal = { price = \"100 EUR/t\"; }; husk = { price = \"40 EUR/t\"; };\n"  \
    "    water = { price = \"2 EUR/m3\"; };\n"                                                     \
    "    electricity = { price = \"90 EUR/MWh\"; upstream = \"0.5 tCO2e/MWh\"; }; }; };\n"

#define MARKETS "markets = {\n" SUPPLY "};\n"

/** A utility that makes steam for a mill, which draws `draw`. */
#define PLANT(units, more, draw)                                                                   \
    "utilities = { plant = { stream = \"steam\"; units = { " units " }; " more " }; };\n"          \
    "firms = { mill = { processes = { use = { kind = \"continuous\"; basis = \"steam\";\n"         \
    "  capacity = \"" draw "\"; }; }; }; };\n"                                                     \
    "exchanges = { service = { stream = \"steam\"; from = \"plant\"; to = \"mill\";\n"             \
    "  price = \"30 EUR/t\"; }; };\n"

#define BOILER(name, capacity, more)                                                               \
    name " = { kind = \"boiler\"; capacity = \"" capacity "\"; " more " };\n"
#define COAL "fuel = { coal = \"0.1 t/t\"; };"
#define HUSK "fuel = { husk = \"0.3 t/t\"; };"

static void make(struct park_kit *k, const char *text)
{
    park_kit_open_text(k, text);
    cr_assert(eq(int, (int)park_kit_make(k, 0, NULL), (int)SIM_OK), "%s", k->err.text);
    cr_assert(le(dbl, park_kit_worst_balance(k), 1e-9));
}

static void is_total(const struct park_kit *k, const char *label, double due)
{
    cr_expect(epsilon_eq(dbl, park_kit_total(k, label), due, EXACT * (1 + due)), "%s", label);
}

// 10 t/h x 24 h x 2.44 GJ/t / 0.9 / 25 GJ/t = 26.0266... t
Test(utilities, a_boiler_burns_what_efficiency_and_energy_content_say)
{
    struct park_kit k;
    make(&k, DAY MARKETS PLANT(BOILER("a", "20 t/h",
                                      "burns = \"coal\"; efficiency = \"90 %\";"
                                      "enthalpy = \"2.44 GJ/t\"; inputs = { water = \"1.05 m3/t\";"
                                      "electricity = \"20 kWh/t\"; };"),
                               "", "10 t/h"));

    is_total(&k, "shop > plant: coal", 240 * 2.44 / 0.9 / 25);
    is_total(&k, "shop > plant: water", 252);
    is_total(&k, "shop > plant: electricity", 4.8);
    is_total(&k, "plant > mill: steam", 240);
    park_kit_close(&k);
}

// Without `enthalpy` the product's energy content: 240 x 2.7 / 0.8 / 12.5.
Test(utilities, the_heat_of_the_product_is_its_energy_content_unless_said)
{
    struct park_kit k;
    make(&k, DAY MARKETS PLANT(BOILER("a", "20 t/h", "burns = \"husk\"; efficiency = \"80 %\";"),
                               "", "10 t/h"));

    is_total(&k, "shop > plant: husk", 240 * 2.7 / 0.8 / 12.5);
    park_kit_close(&k);
}

// A stream in MWh needs no energy content: 1 MWh = 3.6 GJ.
Test(utilities, heat_in_megawatt_hours_says_its_energy_itself)
{
    struct park_kit k;
    make(&k, DAY MARKETS
         "firms = { mill = { processes = {\n"
         "  boiler = { kind = \"boiler\"; product = \"heat\"; capacity = \"20 MW\";\n"
         "    burns = \"coal\"; efficiency = \"90 %\"; };\n"
         "  use = { kind = \"continuous\"; basis = \"heat\"; capacity = \"5 MW\"; }; }; }; };\n");

    is_total(&k, "shop > mill: coal", 120 * 3.6 / 0.9 / 25);
    park_kit_close(&k);
}

// 15 t/h are drawn: of 10 and 20 t/h.
static void shares(const char *of_a, const char *of_b, double a, double b)
{
    struct park_kit k;
    char text[6000];
    snprintf(text, sizeof(text),
             DAY MARKETS PLANT(BOILER("a", "10 t/h", COAL "%s") BOILER("b", "20 t/h", HUSK "%s"),
                               "", "15 t/h"),
             of_a, of_b);
    make(&k, text);

    is_total(&k, "shop > plant: coal", 24 * 0.1 * a);
    is_total(&k, "shop > plant: husk", 24 * 0.3 * b);
    is_total(&k, "plant > mill: steam", 24 * (a + b));
    park_kit_close(&k);
}

Test(utilities, units_are_asked_in_merit_order)
{
    shares("merit = 1;", "merit = 2;", 10, 5);
    shares("merit = 2;", "merit = 1;", 0, 15);
    shares("merit = 7;", "merit = 3;", 0, 15);
    shares("", "", 5, 10); // one merit: at equal fill
    shares("standby = true;", "merit = 9;", 0, 15);
    shares("merit = 1;", "merit = 2; turndown = \"50 %\";", 10, 0); // 5 t/h are below 10
}

Test(utilities, a_unit_on_standby_comes_when_the_others_do_not_suffice)
{
    struct park_kit k;
    make(&k, DAY MARKETS PLANT(BOILER("a", "10 t/h", COAL "calendar = \"early\";")
                                   BOILER("spare", "20 t/h", HUSK "standby = true;"),
                               "", "10 t/h"));

    is_total(&k, "shop > plant: coal", 12.0);
    is_total(&k, "shop > plant: husk", 36.0);
    cr_assert(eq(dbl, park_kit_series(&k, "shop > plant: husk", 11), 0.0));
    cr_assert(epsilon_eq(dbl, park_kit_series(&k, "shop > plant: husk", 12), 3.0, 1e-6));
    park_kit_close(&k);
}

// 10 hours up, 2 hours of repair: 4 of 24 hours another unit stands in.
Test(utilities, a_unit_that_fails_is_replaced_until_the_crew_is_done)
{
    struct park_kit k;
    make(&k, DAY MARKETS PLANT(BOILER("a", "10 t/h",
                                      COAL "merit = 1; failures = { tubes = { up = \"10 h\";"
                                           "repair = \"2 h\"; crew = \"fitters\"; }; };")
                                   BOILER("b", "10 t/h", HUSK "merit = 2;"),
                               "", "5 t/h"));

    is_total(&k, "shop > plant: coal", 20 * 5 * 0.1);
    is_total(&k, "shop > plant: husk", 4 * 5 * 0.3);
    cr_assert(epsilon_eq(dbl, park_kit_hours(&k, "down", "plant.a", 10), 1.0, 1e-6));
    cr_assert(eq(dbl, park_kit_unserved(&k, "mill > mill.use: steam"), 0.0));
    park_kit_close(&k);
}

// A tenth is lost on the way: 9 t/h arrive of 10 made, and the fuel is that of 10.
Test(utilities, its_network_loses_a_share_of_what_its_units_make)
{
    struct park_kit k;
    make(&k, DAY MARKETS PLANT(BOILER("a", "20 t/h", COAL), "network = { loss = \"10 %\"; };",
                               "9 t/h"));

    is_total(&k, "plant > mill: steam", 216);
    is_total(&k, "plant.a > plant: steam", 240);
    is_total(&k, "shop > plant: coal", 24);
    park_kit_close(&k);
}

// The incinerator makes 20 MW of heat; 9 t/h of steam take 9 x 2.7 / 3.6 / 0.75 = 9 MW of it.
#define INCINERATOR                                                                                \
    "firms = {\n"                                                                                  \
    "  burner = { processes = { grate = { kind = \"continuous\"; basis = \"waste\";\n"             \
    "    capacity = \"10 t/h\"; inputs = { waste = { amount = \"1 t/t\"; burnt = true; }; };\n"    \
    "    outputs = { heat = \"2 MWh/t\"; }; process_emissions = \"0.01 tCO2e/t\"; }; }; };\n"      \
    "  mill = { processes = { use = { kind = \"continuous\"; basis = \"steam\";\n"                 \
    "    capacity = \"9 t/h\"; }; }; }; };\n"                                                      \
    "utilities = { plant = { stream = \"steam\"; units = {\n"                                      \
    "  hrb = { kind = \"waste_heat_boiler\"; capacity = \"30 t/h\"; takes = \"heat\";\n"           \
    "    efficiency = \"75 %\"; };\n" BOILER(                                                      \
        "spare", "30 t/h",                                                                         \
        HUSK "standby = true;") "}; }; };\n"                                                       \
                                "exchanges = { heat = { stream = \"heat\"; from = \"burner\"; to " \
                                "= \"plant\"; };\n"                                                \
                                "  service = { stream = \"steam\"; from = \"plant\"; to = "        \
                                "\"mill\"; }; };\n"                                                \
                                "markets = {\n" SUPPLY                                             \
                                "  city = { sells = { waste = { price = \"-50 EUR/t\"; }; }; };\n" \
                                "  air = { disposes = { heat = { fate = \"vent\"; }; }; }; };\n"

Test(utilities, a_waste_heat_boiler_takes_what_it_is_asked_for_and_leaves_the_rest)
{
    struct park_kit k;
    make(&k, DAY INCINERATOR);

    is_total(&k, "burner > plant: heat", 24 * 9);
    is_total(&k, "burner > air: heat", 24 * 11);
    is_total(&k, "plant > mill: steam", 24 * 9);
    is_total(&k, "shop > plant: husk", 0);
    park_kit_close(&k);
}

static double column(const struct park_kit *k, const char *name, const char *label)
{
    const int axis = sim_schema_axis_find(k->schema, "ledger", "entry");
    const int64_t at = sim_schema_label(k->schema, axis, label);
    return sim_row_f64_const(k->row, sim_schema_var_find(k->schema, "ledger", name))[at];
}

static double of_party(const struct park_kit *k, const char *name, const char *party)
{
    const int64_t at =
        sim_schema_label(k->schema, sim_schema_axis_find(k->schema, NULL, "party"), party);
    return sim_row_f64_const(k->row, sim_schema_var_find(k->schema, NULL, name))[at];
}

// 240 t of waste: 0.4 fossil, 0.6 biogenic, 0.01 of the process a tonne; the city pays 50 EUR.
Test(utilities, waste_that_is_burnt_is_booked_fossil_biogenic_and_process_apart)
{
    struct park_kit k;
    make(&k, DAY INCINERATOR);

    const char *burnt = "burner > burner.grate: waste";
    cr_assert(epsilon_eq(dbl, column(&k, "co2e", burnt), 240 * 0.41, 1e-9));
    cr_assert(epsilon_eq(dbl, column(&k, "co2e_process", burnt), 2.4, 1e-9));
    cr_assert(epsilon_eq(dbl, column(&k, "co2e_biogenic", burnt), 144.0, 1e-9));
    cr_assert(epsilon_eq(dbl, of_party(&k, "co2e_scope1_total", "burner"), 240 * 0.41, 1e-9));
    cr_assert(epsilon_eq(dbl, of_party(&k, "co2e_biogenic_total", "burner"), 144.0, 1e-9));
    cr_assert(epsilon_eq(dbl, of_party(&k, "earned_total", "burner"), 12000.0, 1e-9));
    cr_assert(epsilon_eq(dbl, of_party(&k, "spent_total", "city"), 12000.0, 1e-9));
    park_kit_close(&k);
}

// 240 t of steam from 24 t of coal and 4.8 MWh.
Test(utilities, scopes_go_by_what_is_burnt_and_what_is_bought)
{
    struct park_kit k;
    make(&k,
         DAY MARKETS PLANT(BOILER("a", "20 t/h", COAL "inputs = { electricity = \"20 kWh/t\"; };"),
                           "", "10 t/h"));

    cr_assert(epsilon_eq(dbl, of_party(&k, "co2e_scope1_total", "plant"), 24 * 2.5, 1e-9));
    cr_assert(epsilon_eq(dbl, of_party(&k, "co2e_scope2_total", "plant"), 4.8 * 0.5, 1e-9));
    cr_assert(epsilon_eq(dbl, of_party(&k, "co2e_scope3_total", "plant"), 24 * 0.2, 1e-9));
    cr_assert(eq(dbl, of_party(&k, "co2e_scope1_total", "mill"), 0.0));
    cr_assert(epsilon_eq(dbl, of_party(&k, "spent_total", "mill"), 240 * 30.0, 1e-9));
    cr_assert(epsilon_eq(dbl, of_party(&k, "earned_total", "plant"), 240 * 30.0, 1e-9));
    cr_assert(epsilon_eq(dbl, of_party(&k, "spent_total", "plant"), 2400 + 4.8 * 90, 1e-9));
    park_kit_close(&k);
}

static double of_party_in(const struct park_kit *k, const char *name, const char *party,
                          int64_t interval)
{
    const int axis = sim_schema_axis_find(k->schema, NULL, "party");
    const int64_t at = sim_schema_label(k->schema, axis, party);
    const int var = sim_schema_var_find(k->schema, NULL, name);
    return sim_row_value(k->row, var, at * 24 + interval);
}

// 2 EUR/t until 12:00, nothing after; 30 t are due for the day, 24 taken: 12 EUR at its end.
Test(utilities, series_of_emissions_and_money_sum_up_to_the_totals)
{
    struct park_kit k;
    make(&k, DAY_RECORDED("what = ( \"emissions\", \"money\" );") MARKETS
         "firms = { mill = { processes = { use = { kind = \"continuous\"; basis = \"coal\";\n"
         "  capacity = \"2 t/h\"; calendar = \"early\"; }; }; }; };\n"
         "exchanges = { deal = { stream = \"coal\"; from = \"shop\"; to = \"mill\";\n"
         "  price = \"2 EUR/t\"; take_or_pay = \"10950 t/year\"; }; };\n");

    double spent = 0;
    double burnt = 0;
    for (int h = 0; h < 24; h++) {
        spent += of_party_in(&k, "spent", "mill", h);
        burnt += of_party_in(&k, "co2e_scope1", "mill", h);
    }
    cr_assert(epsilon_eq(dbl, of_party(&k, "spent_total", "mill"), 60.0, 1e-9));
    cr_assert(epsilon_eq(dbl, spent, 60.0, 1e-4)); // float32
    cr_assert(epsilon_eq(dbl, burnt, 60.0, 1e-4));
    cr_assert(epsilon_eq(dbl, of_party_in(&k, "spent", "mill", 11), 4.0, 1e-5));
    cr_assert(eq(dbl, of_party_in(&k, "spent", "mill", 12), 0.0));
    cr_assert(epsilon_eq(dbl, of_party_in(&k, "spent", "mill", 23), 12.0, 1e-5));
    cr_assert(epsilon_eq(dbl, of_party_in(&k, "co2e_scope3", "mill", 0), 0.4, 1e-6));
    park_kit_close(&k);
}

// A fuel that goes into the product sets nothing free; waste does so only where it is said.
Test(utilities, carbon_is_set_free_only_where_it_is_burnt)
{
    struct park_kit k;
    make(&k, DAY "firms = { mill = { processes = { sorting = { kind = \"continuous\";\n"
                 "  basis = \"waste\"; capacity = \"1 t/h\";\n"
                 "  inputs = { coal = { amount = \"1 t/t\"; burnt = false; }; }; }; }; }; };\n"
                 "markets = {\n" SUPPLY "  city = { sells = { waste = { }; }; }; };\n");

    is_total(&k, "shop > mill: coal", 24);
    cr_assert(eq(dbl, of_party(&k, "co2e_scope1_total", "mill"), 0.0));
    cr_assert(eq(dbl, of_party(&k, "co2e_biogenic_total", "mill"), 0.0));
    park_kit_close(&k);
}

// The line breaks after 10 hours for 2: the mill's own boiler makes what it then lacks.
Test(utilities, a_firms_own_boiler_is_the_fallback_of_the_exchange_that_ends_there)
{
    struct park_kit k;
    make(&k,
         DAY MARKETS "utilities = { plant = { stream = \"steam\"; units = {" BOILER(
             "a", "9 t/h",
             COAL) "}; }; };\n"
                   "firms = { mill = { processes = {\n"
                   "  use = { kind = \"continuous\"; basis = \"steam\"; capacity = \"10 t/h\"; };\n"
                   "  boiler = { kind = \"boiler\"; product = \"steam\"; capacity = \"12 "
                   "t/h\"; " HUSK " };\n"
                   "  }; }; };\n"
                   "links = { main = { kind = \"pipe\"; stream = \"steam\"; from = \"plant\"; to = "
                   "\"mill\";\n"
                   "  capacity = \"20 t/h\"; failures = { leak = { up = \"10 h\"; repair = \"2 "
                   "h\"; }; }; }; };\n"
                   "exchanges = { service = { over = \"main\"; }; };\n");

    is_total(&k, "plant > mill: steam", 20 * 9);
    is_total(&k, "shop > mill: husk", (20 * 1 + 4 * 10) * 0.3);
    cr_assert(eq(dbl, park_kit_unserved(&k, "mill > mill.use: steam"), 0.0));
    park_kit_close(&k);
}

// Steam that a contract brings is used before the utility's units make any.
Test(utilities, what_contracts_bring_comes_before_its_units)
{
    struct park_kit k;
    make(&k, DAY
         "firms = { smelter = { processes = { furnace = { kind = \"continuous\";\n"
         "    basis = \"waste\"; capacity = \"4 t/h\"; outputs = { steam = \"1 t/t\"; }; }; }; };\n"
         "  mill = { processes = { use = { kind = \"continuous\"; basis = \"steam\";\n"
         "    capacity = \"10 t/h\"; }; }; }; };\n"
         "utilities = { plant = { stream = \"steam\"; units = {" BOILER(
             "a", "9 t/h",
             COAL) "}; }; };\n"
                   "exchanges = { spare = { stream = \"steam\"; from = \"smelter\"; to = "
                   "\"plant\"; };\n"
                   "  service = { stream = \"steam\"; from = \"plant\"; to = \"mill\"; }; };\n"
                   "markets = {\n" SUPPLY "  city = { sells = { waste = { }; }; }; };\n");

    is_total(&k, "smelter > plant: steam", 96);
    is_total(&k, "shop > plant: coal", 24 * 6 * 0.1);
    park_kit_close(&k);
}

// Units that come and go: the new one (merit 1) takes over at noon.
Test(utilities, units_enter_and_leave_at_their_dates)
{
    struct park_kit k;
    make(&k,
         DAY MARKETS PLANT(BOILER("old", "10 t/h", COAL "leaves = \"2026-01-05 18:00\"; merit = 2;")
                               BOILER("new", "10 t/h", HUSK "enters = \"2026-01-05 12:00\";"),
                           "", "10 t/h"));

    is_total(&k, "shop > plant: coal", 12);
    is_total(&k, "shop > plant: husk", 36);
    park_kit_close(&k);
}

// The firm leaves at noon with 6 t in its yard; nothing moves any more, and it stays there.
Test(utilities, the_stocks_of_a_firm_that_leaves_stay)
{
    struct park_kit k;
    make(&k, DAY "firms = { mill = { leaves = \"2026-01-05 12:00\"; processes = { press = {\n"
                 "  kind = \"continuous\"; basis = \"coal\"; capacity = \"1 t/h\";\n"
                 "  outputs = { waste = { amount = \"0.5 t/t\"; to = \"yard\"; }; }; }; };\n"
                 "  stocks = { yard = { stream = \"waste\"; capacity = \"50 t\"; }; }; }; };\n"
                 "markets = {\n" SUPPLY
                 "  tip = { buys = { waste = { demand = \"0 t/h\"; }; }; }; };\n");

    is_total(&k, "shop > mill: coal", 12);
    cr_assert(epsilon_eq(dbl, park_kit_stock_end(&k, "mill.yard"), 6.0, 1e-12));
    park_kit_close(&k);
}

// A market that would buy from the yard gets nothing before the firm is there, or after.
Test(utilities, a_firm_that_is_not_there_trades_nothing)
{
    struct park_kit k;
    make(&k, DAY
         "firms = { mill = { enters = \"2026-01-05 06:00\"; leaves = \"2026-01-05 12:00\";\n"
         "  processes = { press = { kind = \"continuous\"; basis = \"coal\";\n"
         "    capacity = \"1 t/h\"; outputs = { waste = { amount = \"0.5 t/t\"; to = \"yard\"; }; "
         "}; }; };\n"
         "  stocks = { yard = { stream = \"waste\"; capacity = \"50 t\"; initial = \"40 t\"; }; }; "
         "}; };\n"
         "markets = {\n" SUPPLY "  tip = { buys = { waste = { demand = \"1 t/h\"; }; }; }; };\n");

    is_total(&k, "mill > tip: waste", 6);
    cr_assert(epsilon_eq(dbl, park_kit_stock_end(&k, "mill.yard"), 40 + 3 - 6.0, 1e-10));
    park_kit_close(&k);
}

// 10 %/day continuously: 100 t x exp(-0.1) are left; beyond 90 t what comes in overflows.
Test(utilities, what_decays_vanishes_and_what_does_not_fit_overflows)
{
    struct park_kit k;
    make(
        &k, DAY
        "firms = { mill = {\n"
        "  processes = { press = { kind = \"continuous\"; basis = \"coal\"; capacity = \"1 t/h\";\n"
        "    outputs = { husk = { amount = \"1 t/t\"; to = \"silo\"; }; }; }; };\n"
        "  stocks = { yard = { stream = \"waste\"; capacity = \"200 t\"; initial = \"100 t\";\n"
        "      decay = \"10 %/day\"; };\n"
        "    silo = { stream = \"husk\"; capacity = \"10 t\"; full = \"tip\"; }; }; }; };\n"
        "markets = {\n" SUPPLY "  tip = { disposes = { husk = { fate = \"landfill\"; emission = "
        "\"0.1 tCO2e/t\"; }; }; }; };\n");

    cr_assert(epsilon_eq(dbl, park_kit_stock_end(&k, "mill.yard"), 90.4837418035959573, 1e-9));
    is_total(&k, "mill > tip: husk", 14);
    cr_assert(epsilon_eq(dbl, of_party(&k, "co2e_scope3_total", "mill"), 24 * 0.2 + 1.4, 1e-9));
    park_kit_close(&k);
}

Test(utilities, the_same_again_on_a_state_that_was_used)
{
    struct park_kit k;
    make(&k, DAY INCINERATOR);
    const uint64_t first = park_kit_hash(&k);
    cr_assert(eq(int, (int)park_kit_make(&k, 0, NULL), (int)SIM_OK));

    cr_assert(eq(u64, park_kit_hash(&k), first));
    park_kit_close(&k);
}
