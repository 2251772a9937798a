/** @file
 * What `check` warns of by order of magnitude: numbers that nobody means.
 *
 * A wrong unit or a lost decimal point is right by its dimension, and the park runs: a boiler of 15
 * kg/h, husk of 12.6 MJ/t, 0.6 MWh to treat a cubic metre. Each rule measures one thing of each
 * stream, price, process, stock, link, ... and knows the range that it lies in anywhere in the
 * world, with its source. The ranges are wide: what is outside of one is a mistake or remarkable.
 * Nothing is measured where something that it takes is not stated. A warning stops no run.
 *
 * All rules stand in one table in plausible.c; a new one is a row, and its measure if that is new.
 * The measures stand in plausible_measures.c. Each rule costs one look at each thing.
 *
 * Private to models/park.
 */
#ifndef PARK_PLAUSIBLE_H
#define PARK_PLAUSIBLE_H

#include "models/park/base/kinds.h"
#include "models/park/net/build.h"

/** What a rule looks at, one after the other. */
enum park_plausible_on {
    PARK_PLAUSIBLE_STREAM,
    PARK_PLAUSIBLE_PRICE, // of offers by id, then of exchanges
    PARK_PLAUSIBLE_PROCESS,
    PARK_PLAUSIBLE_STOCK,
    PARK_PLAUSIBLE_LINK,
    PARK_PLAUSIBLE_CALENDAR,
    PARK_PLAUSIBLE_FAILURE,
    PARK_PLAUSIBLE_ECONOMY,
    PARK_PLAUSIBLE_KINDS
};

/** Sums over the park that measures need; made once. */
struct park_plausible_sums {
    double *made, *needed; // by stream [SI/s] at full load; INFINITY: without limit
    double *filled;        // by stock [SI/s] at most
};

struct park_plausible_thing {
    const struct park_loader *l;
    const struct park *p;
    const struct park_plausible_sums *sums;
    int32_t id;
    const struct sim_node *at; // where the number stands; set by the measure
};

/** In the rule's unit; NaN: the rule does not apply. */
typedef double park_plausible_measure(struct park_plausible_thing *t);

struct park_plausible_rule {
    const char *name;
    enum park_plausible_on on;
    park_plausible_measure *of;
    double least, most;
    const char *unit;   // "GJ/t"; "" for none
    const char *what;   // "the energy content of coal"
    const char *source; // of the range
};

/** Warn of what is out of its range. The park is built. */
void park_plausible_check(struct park_loader *l);

int park_plausible_count(void);
const struct park_plausible_rule *park_plausible_rule_at(int i);

// Measures, plausible_measures.c.
park_plausible_measure park_plausible_coal, park_plausible_biomass, park_plausible_oil,
    park_plausible_gas, park_plausible_fuel, park_plausible_steam, park_plausible_water_density,
    park_plausible_gas_density, park_plausible_density, park_plausible_fossil,
    park_plausible_biogenic, park_plausible_carbon, park_plausible_power_upstream,
    park_plausible_goods_upstream, park_plausible_made_of_needed, park_plausible_disposal_pays,
    park_plausible_paid_for_buying, park_plausible_pays_for_selling, park_plausible_power_price,
    park_plausible_heat_price, park_plausible_water_price, park_plausible_fuel_price,
    park_plausible_gate_fee, park_plausible_landfill_emission, park_plausible_mass,
    park_plausible_energy, park_plausible_efficiency, park_plausible_power_per_water,
    park_plausible_power_per_mass, park_plausible_water_per_mass, park_plausible_heat_per_mass,
    park_plausible_boiler_mass, park_plausible_boiler_power, park_plausible_process_emissions,
    park_plausible_presence, park_plausible_stock_days, park_plausible_decay, park_plausible_length,
    park_plausible_loss, park_plausible_pumping, park_plausible_speed, park_plausible_open,
    park_plausible_availability, park_plausible_repair, park_plausible_discount;

#endif
