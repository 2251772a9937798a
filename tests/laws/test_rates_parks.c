// The seventeen cases of validation/rates.md as parks, the whole way from the file to the flows
// that `run` tells. Each park runs for an hour, so the totals in t are the rates in t/h.
#include "tests/support/park_kit.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>

struct flow {
    const char *label; // "from > to: stream"
    double rate;       // [t/h]
};

// A park, what is changed in it, and what flows; lists end with NULL.
struct rates_case {
    const char *park;
    const char *changes[3];
    struct flow flows[6];
};

// Rates are exact to 1e-12; the integral over an hour, and setting stocks on their bounds to the
// microsecond, add to it.
static void meets(const struct rates_case *c)
{
    struct park_kit k;
    int changes = 0;
    while (c->changes[changes] != NULL) {
        changes++;
    }
    char *path = sim_base_format("tests/data/rates/%s.cfg", c->park);
    park_kit_open(&k, path, c->changes, changes);
    cr_assert(park_kit_make(&k, 0, NULL) == SIM_OK, "%s: %s", c->park, k.err.text);
    cr_expect(park_kit_worst_balance(&k) <= 1e-9, "%s does not balance", c->park);
    cr_assert(c->flows[0].label != NULL, "%s: nothing is checked", c->park);
    for (int i = 0; c->flows[i].label != NULL; i++) {
        const double got = park_kit_total(&k, c->flows[i].label);
        const double want = c->flows[i].rate;
        cr_expect(fabs(got - want) <= 1e-11 * fmax(1.0, want), "%s %s: %s is %.17g, not %.17g",
                  c->park, changes > 0 ? c->changes[0] : "", c->flows[i].label, got, want);
    }
    park_kit_close(&k);
    free(path);
}

#define MEETS(...)                                                                                 \
    do {                                                                                           \
        const struct rates_case c[] = {__VA_ARGS__};                                               \
        for (int i = 0; i < SIM_COUNT(c); i++) {                                                   \
            meets(&c[i]);                                                                          \
        }                                                                                          \
    } while (0)

Test(rates_parks, c01_serves_steam_by_classes)
{
    MEETS({"01_steam_by_classes",
           {0},
           {{"town > town.hospital: steam", 40},
            {"town > town.brewery: steam", 30},
            {"town > town.dryer: steam", 30},
            {"town > town.greenhouse: steam", 0},
            {"plant > town: steam", 100}}});
}

Test(rates_parks, c02_shares_what_one_cannot_use)
{
    MEETS({"02_one_cannot_use_it",
           {0},
           {{"town > town.A: steam", 20},
            {"town > town.B: steam", 40},
            {"town > town.C: steam", 40}}});
}

Test(rates_parks, c03_takes_from_the_exchange_before_the_market)
{
    MEETS({"03_exchange_before_market",
           {0},
           {{"supplier > works: steam", 6},
            {"market > works: steam", 4.3},
            {"works > works.user: steam", 10}}});
}

Test(rates_parks, c04_a_byproduct_without_outlet_holds_the_smelter)
{
    MEETS({"04_byproduct_holds_smelter",
           {"markets.landfill.disposes.slag.capacity=0 t/h"},
           {{"works.smelter > works: metal", 6},
            {"works > works.cement: slag", 3},
            {"works > landfill: slag", 0}}},
          {"04_byproduct_holds_smelter",
           {0},
           {{"works.smelter > works: metal", 10},
            {"works > works.cement: slag", 3},
            {"works > landfill: slag", 2}}});
}

Test(rates_parks, c05_full_stocks_pass_the_sale_upstream)
{
    MEETS({"05_full_stocks",
           {0},
           {{"works.P1 > works: raw", 5},
            {"works > works.P2: raw", 5},
            {"works > works.P3: part", 4},
            {"works > sale: good", 2}}});
}

Test(rates_parks, c06_reclaimed_water_goes_back_to_its_user)
{
    MEETS({"06_reclaimed_water",
           {0},
           {{"works > works.user: water", 10},
            {"works > works.reclaim: dirty", 8},
            {"fresh > works: water", 4}}},
          {"06_reclaimed_water",
           {"markets.fresh.sells.water.capacity=2 t/h"},
           {{"works > works.user: water", 5},
            {"works > works.reclaim: dirty", 4},
            {"fresh > works: water", 2}}});
}

Test(rates_parks, c07_a_chp_powers_its_own_mill)
{
    MEETS({"07_chp_and_its_mill",
           {0},
           {{"works.chp > works: power", 10},
            {"works.mill > works: fuel", 10},
            {"works > grid: power", 8}}});
}

#define CITY "firms.works.processes.city.capacity="
#define CHP  "works.chp > works: power"
#define MILL "works.mill > works: fuel"

Test(rates_parks, c08_a_loop_feeds_itself_before_an_outsider)
{
    MEETS(
        {"08_city_before_mill", {0}, {{CHP, 0.6}, {MILL, 0.6}, {"works > works.city: power", 0.3}}},
        {"08_city_before_mill",
         {CITY "0.5 t/h"},
         {{CHP, 1}, {MILL, 1}, {"works > works.city: power", 0.5}}},
        {"08_city_before_mill",
         {CITY "0.6 t/h"},
         {{CHP, 1}, {MILL, 1}, {"works > works.city: power", 0.5}}},
        {"08_city_before_mill",
         {CITY "0.8 t/h", "markets.grid.sells.power.capacity=0.2 t/h"},
         {{CHP, 1}, {MILL, 1}, {"works > works.city: power", 0.7}}});
}

#define GAIN "firms.first.processes.make.outputs.y.amount="

Test(rates_parks, c09_two_firms_that_feed_each_other_need_a_gain)
{
    MEETS(
        {"09_firms_feed_each_other",
         {0},
         {{"first > first.make: x", 0}, {"second > second.make: y", 0}, {"first > vent: y", 0}}},
        {"09_firms_feed_each_other",
         {GAIN "1 t/t"},
         {{"first > first.make: x", 10}, {"second > second.make: y", 10}, {"first > vent: y", 0}}},
        {"09_firms_feed_each_other",
         {GAIN "1.25 t/t"},
         {{"first > first.make: x", 10},
          {"second > second.make: y", 10},
          {"first > vent: y", 2.5}}});
}

Test(rates_parks, c10_water_for_the_user_or_for_its_boiler)
{
    MEETS({"10_user_before_its_boiler",
           {0},
           {{"works > works.user: water", 10.0 / 3}, {"works > works.boiler: water", 20.0 / 3}}},
          {"10_user_before_its_boiler",
           {"firms.works.processes.boiler.outputs.steam.amount=1 t/t"},
           {{"works > works.user: water", 5}, {"works > works.boiler: water", 5}}});
}

Test(rates_parks, c11_crossed_priorities_go_by_name_where_they_leave_it_open)
{
    MEETS({"11_crossed_priorities", {0}, {{"town > town.A: x", 1}, {"town > town.B: x", 0}}},
          {"11_crossed_priorities",
           {"markets.wells.sells.y.capacity=2 t/h"},
           {{"town > town.A: x", 1}, {"town > town.B: x", 0}}},
          {"11_triangle",
           {0},
           {{"town > town.A: x", 0.5}, {"town > town.B: y", 0.5}, {"town > town.C: z", 0.5}}});
}

Test(rates_parks, c12_crossed_shares_go_by_name)
{
    MEETS(
        {"12_crossed_shares", {0}, {{"town > town.A: x", 2.0 / 3}, {"town > town.B: x", 1.0 / 3}}});
}

Test(rates_parks, c13_the_consumers_order_of_links_rules)
{
    MEETS({"13_two_links_opposite_orders",
           {0},
           {{"giver > taker: heat (consumers_first, giver:heat to taker:heat)", 0.8},
            {"giver > taker: heat (sources_first, giver:heat to taker:heat)", 0},
            {"giver.source > giver: heat", 0.8},
            {"taker > taker.demand: heat", 0.8}}});
}

#define JOINT                                                                                      \
    {                                                                                              \
        {"works.mill > works: pulp", 10}, {"works.chp > works: power", 10},                        \
        {                                                                                          \
            "works.boiler > works: steam", 10                                                      \
        }                                                                                          \
    }
#define OF_CHP    "firms.works.processes.chp.outputs.steam.order="
#define OF_BOILER "firms.works.processes.boiler.order="

Test(rates_parks, c14_joint_products_beside_a_boiler)
{
    MEETS({"14_joint_products", {0}, JOINT}, {"14_joint_products", {OF_BOILER "1"}, JOINT},
          {"14_joint_products", {OF_CHP "2", OF_BOILER "1"}, JOINT});
}

Test(rates_parks, c15_a_full_hot_stock_takes_waste_heat_first)
{
    MEETS({"15_full_hot_stock",
           {0},
           {{"works.waste_heat > works: heat", 3},
            {"works.boiler > works: heat", 2},
            {"works > works.users: heat", 5}}});
}

#define NONE(u) "firms.town.processes." u ".turndown=0 %"

Test(rates_parks, c16_turndown_switches_one_off)
{
    MEETS({"16_turndown", {0}, {{"town > town.U1: heat", 1}, {"town > town.U2: heat", 0}}},
          {"16_turndown",
           {NONE("U1"), NONE("U2")},
           {{"town > town.U1: heat", 0.5}, {"town > town.U2: heat", 0.5}}});
}

Test(rates_parks, c17_two_shortages_shared_by_the_same_users)
{
    MEETS({"17_two_shortages", {0}, {{"town > town.P: x", 5}, {"town > town.Q: y", 5}}});
}
