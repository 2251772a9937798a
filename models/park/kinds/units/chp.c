// Combined heat and power: steam or heat from a fuel, and electricity with it.
#include "models/park/kinds/units/heat.h"
#include "models/park/kinds/units/process_keys.h"

struct chp {
    struct park_process process;
    struct park_heat heat;
    struct park_heat_fuel fuel;
    struct sim_value power; // [J/SI of the product]
    struct sim_ref power_ref;
};

#define FIELD(key, kind_of, field)                                                                 \
    .name = (key), .type = (kind_of), .offset = offsetof(struct chp, field)

// clang-format off
static const struct sim_key keys[] = {
    PARK_PROCESS_KEYS, PARK_PROCESS_MODE("pull"), PARK_HEAT_KEYS(struct chp, heat),
    PARK_PROCESS_MERIT, PARK_HEAT_FUEL_KEYS(struct chp, fuel),
    {FIELD("power", SIM_KEY_VALUE, power), .dim = "MWh/{basis}", .min = "0",
     .flags = SIM_KEY_REQUIRED | SIM_KEY_ABOVE_MIN,
     .doc = "electricity made per unit of the product: a by-product. Heat (`enthalpy`) and power "
            "may not be more than the energy content of what it takes"},
    PARK_HEAT_POWER_STREAM(struct chp, power_ref),
};
// clang-format on

/** [J/SI of the product] Energy content of what it takes; 0 where that of a fuel is not said. What
 * is not burnt and says none (feed water) counts as none. */
static double energy_in(const struct park *p, const struct park_process *s)
{
    double sum = 0;
    for (int i = 0; i < s->flow_count; i++) {
        const struct park_flow *f = &s->flows[i];
        const struct park_stream *stream = p->streams[f->stream];
        const double energy = f->gives ? 0 : park_heat_energy(stream);
        if (!f->gives && !(energy > 0) && (f->is_burnt || stream->kind == PARK_STREAM_FUEL)) {
            return 0;
        }
        sum += f->coef * energy;
    }
    return sum;
}

/** Energy is not made: heat and power come out of what goes in. Rounding of stated decimals, of a
 * unit that loses nothing, is let pass. */
static void check_energy(struct park_loader *l, const struct park_process *s, const struct chp *c)
{
    const bool is_said = c->heat.enthalpy.form == SIM_VALUE_QUANTITY;
    const double heat = park_heat_given(l->park, s, &c->heat.enthalpy);
    const double in = energy_in(l->park, s);
    const double out = heat + c->power.si;
    if (in > 0 && out > in * (1 + 1e-6)) {
        park_resolve_wrong(l, c->power.node,
                           is_said ? "write less power, or more fuel"
                                   : "write less power, more fuel, or as `enthalpy` the heat from "
                                     "feed water on",
                           "heat and power are %.4g %% of the energy content of what it takes",
                           100 * out / in);
    }
}

static void add(struct park_loader *l, struct park_process *s)
{
    const struct chp *c = (struct chp *)s;
    park_heat_burn(l, s, &c->heat, &c->fuel);
    s->efficiency = NULL; // that of its heat alone is not a boiler's
    const bool is_said = c->power.form == SIM_VALUE_QUANTITY;
    const int32_t power = park_resolve_power(l, &c->power_ref, is_said ? c->power.node : NULL,
                                             "power_stream", "it makes");
    if (power < 0 || s->product < 0 || !is_said) {
        return; // told
    }
    if (power == s->product) {
        park_resolve_wrong(l, c->power.node, "write power_stream = \"...\"",
                           "%s is its product already", l->park->streams[power]->name);
        return;
    }
    check_energy(l, s, c);
    (void)park_processes_add(l, s, power, true, c->power.si, c->power.node);
}

static const struct park_recipe recipe = {.add = add};

const struct sim_kind park_chp_kind = {
    .name = "chp",
    .doc = "Combined heat and power: makes its product (steam, hot water, heat) as it is asked "
           "for, from fuel as a boiler does, and `power` with it. What nobody takes or buys of the "
           "power holds it down, as any by-product does. `efficiency` is that of the heat alone.",
    .size = sizeof(struct chp),
    .keys = keys,
    .key_count = SIM_COUNT(keys),
    .model = &recipe,
};
