#include "models/park/check/plausible.h"
#include "models/park/open.h"
#include "sim/cfg/diag.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PARK "tests/data/park_runs/plausible.cfg"

/** What is told of a park with one thing changed; free. */
static char *told_of(const char *path, const char *override)
{
    struct sim_diag *d = sim_diag_create();
    struct park *p = NULL;
    const struct sim_model_source opts = {.overrides = &override,
                                          .override_count = override != NULL ? 1 : 0};
    const enum sim_status status = park_open(path, &opts, d, &p);
    char *told = sim_diag_render(d, 0);
    cr_expect(eq(int, (int)status, (int)SIM_OK), "%s", told);
    park_open_free(p);
    sim_diag_destroy(d);
    return told;
}

// Each is a mistake that was made or is easily made: a unit, a decimal point, a sign.
static const struct {
    const char *rule, *override;
} mistakes[] = {
    {"coal", "streams.coal.energy=22 MJ/t"},
    {"biomass", "streams.husk.energy=12.6 MJ/t"},
    {"oil", "streams.fuel_oil.energy=4 GJ/t"},
    {"gas", "streams.biogas.energy=21 kJ/Nm3"},
    {"fuel", "streams.waste_fuel.energy=10 MJ/t"},
    {"steam", "streams.steam.energy=2.76 MJ/t"},
    {"water_density", "streams.water.density=1 kg/m3"},
    {"gas_density", "streams.biogas.density=1.1 t/Nm3"},
    {"density", "streams.solvent.density=0.8 kg/m3"},
    {"fossil", "streams.coal.burning.fossil=2.1 kgCO2e/t"},
    {"biogenic", "streams.husk.burning.biogenic=1.3 kgCO2e/t"},
    {"carbon", "streams.fuel_oil.burning.fossil=31 tCO2e/t"},
    {"power_upstream", "streams.electricity.upstream=659.2 tCO2e/MWh"},
    {"goods_upstream", "streams.yarn.upstream=5000 tCO2e/t"},
    {"made_of_needed", "firms.mill.processes.boiler.capacity=15 kg/h"},
    {"disposal_pays", "markets.landfill.disposes.sludge.price=20 USD/t"},
    {"paid_for_buying", "markets.trade.sells.yarn.price=-3000 USD/t"},
    {"pays_for_selling", "markets.trade.buys.cloth.price=-6000 USD/t"},
    {"power_price", "markets.trade.sells.electricity.price=75 USD/kWh"},
    {"heat_price", "markets.trade.buys.heat.price=8 USD/MJ"},
    {"water_price", "markets.trade.sells.water.price=0.4 USD/L"},
    {"fuel_price", "markets.trade.sells.coal.price=90 USD/kg"},
    {"gate_fee", "markets.landfill.disposes.sludge.price=-0.02 USD/t"},
    {"landfill_emission", "markets.landfill.disposes.sludge.emission=400 tCO2e/t"},
    {"mass", "firms.mill.processes.loom.inputs.yarn.amount=0.0105 t/t"},
    {"energy", "firms.mill.processes.heater.fuel.husk.amount=0.01 t/GJ"},
    {"efficiency", "firms.mill.processes.boiler.efficiency=0.82 %"},
    {"power_per_water", "firms.mill.processes.works.inputs.electricity.amount=0.6 MWh/m3"},
    {"power_per_mass", "firms.mill.processes.loom.inputs.electricity.amount=1500 MWh/t"},
    {"water_per_mass", "firms.mill.processes.loom.inputs.water.amount=60 m3/kg"},
    {"heat_per_mass", "firms.mill.processes.loom.inputs.steam.amount=5 t/kg"},
    {"boiler_mass", "firms.mill.processes.boiler.capacity=15 kg/h"},
    {"boiler_power", "firms.mill.processes.heater.capacity=4 kW"},
    {"process_emissions", "firms.mill.processes.loom.process_emissions=100 tCO2e/t"},
    {"presence", "firms.mill.processes.works.enters=2027-01-01"},
    {"stock_days", "firms.mill.stocks.yard.capacity=30000 t"},
    {"decay", "firms.mill.stocks.yard.decay=1 %/s"},
    {"length", "links.road.length=140000 km"},
    {"loss", "links.road.loss=99 %"},
    {"pumping", "links.road.pumping=0.5 kWh/kg"},
    {"speed", "links.road.delay=20 days"},
    {"open", "calendars.day.open=( \"Mon 06:00-06:30\" )"},
    {"availability", "firms.mill.processes.loom.failures.drive.repair=2000 h"},
    {"repair", "firms.mill.processes.loom.failures.drive.repair=20000 h"},
    {"discount", "economy.discount_rate=800 %/year"},
};

static const struct park_plausible_rule *rule_of(const char *name)
{
    for (int i = 0; i < park_plausible_count(); i++) {
        if (strcmp(park_plausible_rule_at(i)->name, name) == 0) {
            return park_plausible_rule_at(i);
        }
    }
    cr_fatal("no rule %s", name);
    return NULL;
}

Test(plausible, says_nothing_of_usual_numbers)
{
    char *told = told_of(PARK, NULL);
    cr_assert(eq(str, told, ""), "%s", told);
    free(told);
}

Test(plausible, warns_of_each_mistake_with_its_source)
{
    for (int i = 0; i < SIM_COUNT(mistakes); i++) {
        const struct park_plausible_rule *r = rule_of(mistakes[i].rule);
        char *told = told_of(PARK, mistakes[i].override);
        const char *at = strstr(told, r->what);

        cr_expect(at != NULL && strstr(at, r->source) != NULL, "%s: %s", r->name, told);
        free(told);
    }
}

Test(plausible, has_a_mistake_for_each_rule)
{
    cr_assert(ge(int, park_plausible_count(), 25));
    for (int i = 0; i < park_plausible_count(); i++) {
        bool is_tried = false;
        for (int k = 0; k < SIM_COUNT(mistakes); k++) {
            is_tried = is_tried || strcmp(mistakes[k].rule, park_plausible_rule_at(i)->name) == 0;
        }
        cr_expect(is_tried, "%s", park_plausible_rule_at(i)->name);
    }
}

Test(plausible, says_nothing_of_the_parks_that_are_shipped)
{
    static const char *const parks[] = {"configs/first_park.cfg", "configs/kalundborg_1995.cfg",
                                        "configs/kalundborg_history.cfg", "configs/ulsan.cfg",
                                        "configs/ulsan_hyundai.cfg"};
    for (int i = 0; i < SIM_COUNT(parks); i++) {
        char *told = told_of(parks[i], NULL);
        cr_expect(eq(ptr, strstr(told, "is it meant so?"), NULL), "%s", told);
        free(told);
    }
}

// Which way a bare number goes: 0.82 is 82 %, and 82 is refused, not 8,200 %.
Test(plausible, an_efficiency_of_82_is_refused)
{
    const char *override = "firms.mill.processes.boiler.efficiency=82";
    struct sim_diag *d = sim_diag_create();
    struct park *p = NULL;
    const struct sim_model_source opts = {.overrides = &override, .override_count = 1};
    cr_assert(eq(int, (int)park_open(PARK, &opts, d, &p), (int)SIM_INPUT));
    char *told = sim_diag_render(d, 0);
    cr_assert(ne(ptr, strstr(told, "110 %"), NULL), "%s", told);
    free(told);
    sim_diag_destroy(d);
}
