// Heat pumps: heat from electricity and from waste heat that is too cold to use.
#include "models/park/kinds/units/heat.h"
#include "models/park/kinds/units/process_keys.h"

#include <stdlib.h>

struct heat_pump {
    struct park_process process;
    double cop;                // [-] heat given per electricity
    struct sim_value enthalpy; // [J/SI of the product]
    struct sim_ref takes_ref, power_ref;
};

#define FIELD(key, kind_of, field)                                                                 \
    .name = (key), .type = (kind_of), .offset = offsetof(struct heat_pump, field)

// clang-format off
static const struct sim_key keys[] = {
    PARK_PROCESS_KEYS, PARK_PROCESS_MODE("pull"), PARK_PROCESS_MERIT,
    {FIELD("takes", SIM_KEY_REF, takes_ref), .refers = "streams", .flags = SIM_KEY_REQUIRED,
     .doc = "waste heat that it takes: 1 - 1/`cop` of the heat that it gives"},
    {FIELD("cop", SIM_KEY_NUMBER, cop), .min = "1", .flags = SIM_KEY_REQUIRED | SIM_KEY_ABOVE_MIN,
     .doc = "coefficient of performance: heat given per electricity, so 1/`cop` of the heat that "
            "it gives is electricity"},
    {FIELD("enthalpy", SIM_KEY_VALUE, enthalpy), .dim = "GJ/{basis}", .min = "0",
     .flags = SIM_KEY_ABOVE_MIN,
     .doc = "heat given to a unit of product, from what comes back on; default: the product's "
            "energy"},
    PARK_HEAT_POWER_STREAM(struct heat_pump, power_ref),
};
// clang-format on

/** [J/SI] Of a stream, or 0 and told: `remedy`, after which its unit and name are put. */
static double energy_of(struct park_loader *l, const struct sim_node *at, int32_t stream,
                        const char *what, const char *remedy)
{
    const struct park_stream *s = l->park->streams[stream];
    const double energy = park_heat_energy(s);
    if (!(energy > 0)) {
        char *text = sim_base_format("%sadd energy = \"... GJ/%s\" to the stream %s", remedy,
                                     s->unit, s->name);
        park_resolve_wrong(l, at, text, "%s", what);
        free(text);
    }
    return energy;
}

/** First law: the heat given is the electricity and the heat taken. */
static void add(struct park_loader *l, struct park_process *s)
{
    const struct heat_pump *h = (struct heat_pump *)s;
    const int32_t taken = park_resolve_ref(l, &h->takes_ref);
    const int32_t power = park_resolve_power(l, &h->power_ref, s->node, "power_stream", "it takes");
    if (taken < 0 || power < 0 || s->product < 0 || !(h->cop > 1)) {
        return; // told
    }
    const double heat =
        h->enthalpy.form == SIM_VALUE_QUANTITY
            ? h->enthalpy.si
            : energy_of(l, s->node, s->product, "the heat that a unit of product takes is not said",
                        "say enthalpy, or ");
    const double content = energy_of(l, h->takes_ref.node, taken,
                                     "the energy content of what it takes is not said", "");
    if (taken == s->product) {
        park_resolve_wrong(l, h->takes_ref.node, "name a colder stream", "it takes what it makes");
    } else if (heat > 0 && content > 0) {
        (void)park_processes_add(l, s, power, false, heat / h->cop,
                                 h->power_ref.node != NULL ? h->power_ref.node : s->node);
        (void)park_processes_add(l, s, taken, false, heat * (1 - 1 / h->cop) / content,
                                 h->takes_ref.node);
    }
}

static const struct park_recipe recipe = {.add = add};

const struct sim_kind park_heat_pump_kind = {
    .name = "heat_pump",
    .doc = "Makes its product (hot water, steam, heat) as it is asked for, from electricity and "
           "from waste heat, by `cop`. Where waste heat is short it makes less.",
    .size = sizeof(struct heat_pump),
    .keys = keys,
    .key_count = SIM_COUNT(keys),
    .model = &recipe,
};
