// Rules by order of magnitude: the table, and what walks over it.
#include "models/park/check/plausible.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define ANY ((double)INFINITY)
#define RULE(name, on, least, most, unit, what, source)                                            \
    {                                                                                              \
#name, PARK_PLAUSIBLE_##on, park_plausible_##name, least, most, unit, what, source         \
    }

#define IPCC     "IPCC 2006, vol. 2, table 1.2"
#define IPCC_CO2 "IPCC 2006, vol. 2, table 1.4"
#define WORLD    "world market 2000-2025, an order of magnitude to either side"

// clang-format off
static const struct park_plausible_rule rules[] = {
    RULE(coal, STREAM, 5, 35, "GJ/t", "the energy content of coal, peat or coke", IPCC),
    RULE(biomass, STREAM, 3, 22, "GJ/t", "the energy content of biomass", IPCC ", wet to dry"),
    RULE(oil, STREAM, 30, 52, "GJ/t", "the energy content of oil or liquefied gas", IPCC),
    RULE(gas, STREAM, 14, 45, "MJ/m3", "the energy content of natural gas or biogas", IPCC ", by density"),
    RULE(fuel, STREAM, 1, 145, "GJ/t", "the energy content of a fuel", IPCC ", up to hydrogen"),
    RULE(steam, STREAM, 0.02, 4, "GJ/t", "the heat in steam or hot water", "IAPWS-IF97: 5 K of warm water to 700 degC"),
    RULE(water_density, STREAM, 0.9, 1.3, "t/m3", "the density of water", "IAPWS-IF97, brine"),
    RULE(gas_density, STREAM, 0.05, 15, "kg/m3", "the density of a gas", "hydrogen to chlorinated gases, some bar"),
    RULE(density, STREAM, 0.01, 23, "t/m3", "the density", "foam to osmium"),
    RULE(fossil, STREAM, 20, 300, "kgCO2e/GJ", "the fossil carbon of a fuel per energy", IPCC_CO2 ": 44 to 260"),
    RULE(biogenic, STREAM, 30, 300, "kgCO2/GJ", "the carbon of a biogenic fuel per energy", IPCC_CO2 ": 55 to 132"),
    RULE(carbon, STREAM, 0, 3.7, "t/t", "what burning sets free", "stoichiometry: pure carbon gives 44/12"),
    RULE(power_upstream, STREAM, -1, 2, "tCO2e/MWh", "the emission factor of electricity", "grids 0 to 1.3; Viet Nam 2023: 0.6592"),
    RULE(goods_upstream, STREAM, -5, 200, "t/t", "the emissions upstream", "stone 0.005 to gold-free electronics 100"),
    RULE(made_of_needed, STREAM, 0.01, 100, "", "what can be made and bought of it over what can be used", "a load factor of 1 %"),
    RULE(disposal_pays, PRICE, -ANY, 0, "", "the price that the market pays for what it disposes of", "gate fees are paid by who disposes: write them negative"),
    RULE(paid_for_buying, PRICE, 0, ANY, "", "the price, by which who buys is paid,", "only waste is taken for money"),
    RULE(pays_for_selling, PRICE, 0, ANY, "", "the price, by which who sells pays,", "only waste is got rid of for money"),
    RULE(power_price, PRICE, 2, 2000, "USD/MWh", "the price of electricity", WORLD),
    RULE(heat_price, PRICE, 0.01, 300, "USD/GJ", "the price of steam or heat", WORLD),
    RULE(water_price, PRICE, 0.005, 50, "USD/m3", "the price of water", WORLD),
    RULE(fuel_price, PRICE, 0.1, 200, "USD/GJ", "the price of a fuel per energy", WORLD),
    RULE(gate_fee, PRICE, 0.05, 20000, "USD/t", "the fee of disposal", "inert landfill 5 to hazardous incineration 3,000, an order of magnitude to either side"),
    RULE(landfill_emission, PRICE, -5, 10, "t/t", "the emissions of disposal", "IPCC 2006, vol. 5: landfilled organic waste 1 to 3"),
    RULE(mass, PROCESS, 0, 8, "", "mass out over mass in (with water among the inputs: a tenth of it)", "mass balance; what comes from air, water or flue gas aside"),
    RULE(energy, PROCESS, 0, 115, "%", "energy out over energy in of what burns fuel", "energy balance, net calorific value with condensing"),
    RULE(efficiency, PROCESS, 25, 111, "%", "the efficiency", "boilers 65 to 95 %, old or small ones less"),
    RULE(power_per_water, PROCESS, 0, 30, "kWh/m3", "the electricity that water takes", "treatment 0.3 to 1.5, reverse osmosis of sea water 3 to 5, brine 20"),
    RULE(power_per_mass, PROCESS, 0, 60, "MWh/t", "the electricity that a tonne takes", "aluminium 14, silicon 12, fine metals 50"),
    RULE(water_per_mass, PROCESS, 0, 2000, "m3/t", "the water that a tonne takes", "textiles to 150, rice in the field 1,500"),
    RULE(heat_per_mass, PROCESS, 0, 300, "GJ/t", "the heat that a tonne takes", "ammonia 30, aroma and drugs 200"),
    RULE(boiler_mass, PROCESS, 0.05, 5000, "t/h", "the capacity of a boiler", "EN 12953 and 12952: 100 kg/h to 3,000 t/h"),
    RULE(boiler_power, PROCESS, 0.01, 5000, "MW", "the capacity of a boiler or engine", "10 kW to a power station"),
    RULE(process_emissions, PROCESS, -5, 20, "t/t", "the emissions of the process", "cement 0.5, ammonia 1.6, aluminium 2"),
    RULE(presence, PROCESS, 1e-6, ANY, "h", "the time that it is there in the run", "it never runs: its dates or those of its firm"),
    RULE(stock_days, STOCK, 0, 3650, "days", "what the stock holds of all that can go into it", "strategic reserves: a year"),
    RULE(decay, STOCK, 0, 2400, "%/day", "what the stock loses", "hot water tanks 1 to 20, liquefied gas 0.1"),
    RULE(length, LINK, 0.001, 5000, "km", "the length of the link", "a metre to a continent"),
    RULE(loss, LINK, 0, 60, "%", "what is lost on the way", "steam 1 to 8 %/km, old water mains 50"),
    RULE(pumping, LINK, 0, 30, "kWh", "what pumping takes per t or m3", "lift of 1,000 m: 3.5"),
    RULE(speed, LINK, 0.005, 200, "m/s", "length over delay", "slow belts 0.05, steam 60"),
    RULE(open, CALENDAR, 1, 100, "%", "the share of the run that the calendar is open", "two hours a week"),
    RULE(availability, FAILURE, 20, 100, "%", "time to failure over that and repair", "plants 85 to 99 %"),
    RULE(repair, FAILURE, 0, 400, "days", "the mean repair", "a lost transformer: a year"),
    RULE(discount, ECONOMY, 0, 60, "%/year", "the discount rate", "public 2 to 5, private to 30"),
};
// clang-format on

int park_plausible_count(void)
{
    return SIM_COUNT(rules);
}

const struct park_plausible_rule *park_plausible_rule_at(int i)
{
    return &rules[i];
}

/** "2 USD/MWh to 2000 USD/MWh", "at most 0". */
static void say_range(const struct park_plausible_rule *r, char *out, size_t size)
{
    const char *gap = r->unit[0] != '\0' ? " " : "";
    if (isinf(r->least)) {
        (void)snprintf(out, size, "at most %g%s%s", r->most, gap, r->unit);
    } else if (isinf(r->most)) {
        (void)snprintf(out, size, "at least %g%s%s", r->least, gap, r->unit);
    } else {
        (void)snprintf(out, size, "%g to %g%s%s", r->least, r->most, gap, r->unit);
    }
}

static void apply(const struct park_plausible_rule *r, struct park_plausible_thing *t,
                  struct park_loader *l)
{
    char range[100];
    t->at = NULL;
    const double x = r->of(t);
    if (!(x < r->least || x > r->most)) {
        return; // as usual, or not measured
    }
    say_range(r, range, sizeof(range));
    park_resolve_warn(l, t->at, "check the number, its sign and its unit",
                      "is it meant so? %s is %.4g%s%s; usual is %s (%s)", r->what, x,
                      r->unit[0] != '\0' ? " " : "", r->unit, range, r->source);
}

static int count_of(const struct park *p, enum park_plausible_on on)
{
    switch (on) {
    case PARK_PLAUSIBLE_STREAM:
        return p->stream_count;
    case PARK_PLAUSIBLE_PRICE:
        return p->offer_count + p->exchange_count;
    case PARK_PLAUSIBLE_PROCESS:
        return p->process_count;
    case PARK_PLAUSIBLE_STOCK:
        return p->stock_count;
    case PARK_PLAUSIBLE_LINK:
        return p->link_count;
    case PARK_PLAUSIBLE_CALENDAR:
        return p->calendar_count;
    case PARK_PLAUSIBLE_FAILURE:
        return p->failure_count;
    case PARK_PLAUSIBLE_ECONOMY:
        return 1;
    case PARK_PLAUSIBLE_KINDS:
        break;
    }
    return 0;
}

/** What processes and markets could give and take of each stream. */
static void sum_streams(const struct park *p, struct park_plausible_sums *sums)
{
    for (int i = 0; i < p->process_count; i++) {
        const struct park_process *s = p->processes[i];
        for (int k = 0; k < s->flow_count; k++) {
            const struct park_flow *f = &s->flows[k];
            double *sum = f->gives ? sums->made : sums->needed;
            sum[f->stream] += f->coef * s->level.nominal;
        }
    }
    for (int i = 0; i < p->offer_count; i++) {
        const struct park_offer *o = p->offers[i];
        double *sum = o->side == PARK_SIDE_SELLS ? sums->made : sums->needed;
        sum[o->stream] += o->level.nominal;
    }
    for (int i = 0; i < p->stock_count; i++) {
        sums->needed[p->stocks[i]->stream] = INFINITY; // it holds for a time what is not used
    }
}

static void sum_stocks(const struct park *p, struct park_plausible_sums *sums)
{
    for (int i = 0; i < p->net->port_count; i++) {
        const struct sim_port_def *port = &p->net->ports[i];
        const int32_t stock = p->net->pools[port->pool].stock;
        if (port->gives && stock >= 0) {
            sums->filled[stock] += port->coef * p->net->activities[port->activity].capacity;
        }
    }
}

void park_plausible_check(struct park_loader *l)
{
    const struct park *p = l->park;
    struct park_plausible_sums sums = {
        .made = sim_base_alloc((size_t)p->stream_count, sizeof(double)),
        .needed = sim_base_alloc((size_t)p->stream_count, sizeof(double)),
        .filled = sim_base_alloc((size_t)p->stock_count, sizeof(double))};
    sum_streams(p, &sums);
    sum_stocks(p, &sums);
    for (int i = 0; i < SIM_COUNT(rules); i++) {
        struct park_plausible_thing t = {.l = l, .p = p, .sums = &sums};
        for (t.id = 0; t.id < count_of(p, rules[i].on); t.id++) {
            apply(&rules[i], &t, l);
        }
    }
    free(sums.made);
    free(sums.needed);
    free(sums.filled);
}
