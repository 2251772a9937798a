// Heat from energy: how much of a stream is used.
#include "models/park/kinds/units/heat.h"

#include "models/park/kinds/units/process_keys.h"
#include "sim/num/units.h"

#include <stdlib.h>

static void wrong(struct park_loader *l, const struct park_process *s, const char *key,
                  const char *remedy, const char *text)
{
    const struct sim_node *at = sim_tree_child(s->node, key);
    park_resolve_wrong(l, at != NULL ? at : s->node, remedy, "%s", text);
}

// [J/SI] Energy content of a stream; 0 when it is not said.
double park_heat_energy(const struct park_stream *s)
{
    if (sim_units_is_same(s->si.dim, SIM_DIM_ENERGY)) {
        return 1;
    }
    return s->energy.form == SIM_VALUE_QUANTITY ? s->energy.si : 0;
}

// [SI used per SI of product]; 0, told, when it does not follow.
static double use_of(struct park_loader *l, const struct park_process *s, const struct park_heat *h,
                     int32_t used)
{
    const struct park_stream *of = l->park->streams[used];
    const struct park_stream *product = l->park->streams[s->product];
    const double heat =
        h->enthalpy.form == SIM_VALUE_QUANTITY ? h->enthalpy.si : park_heat_energy(product);
    char *remedy = NULL;
    if (h->efficiency.form != SIM_VALUE_QUANTITY) {
        wrong(l, s, "burns", "say efficiency = \"90 %\"", "its efficiency is not said");
    } else if (!(park_heat_energy(of) > 0)) {
        remedy = sim_base_format("add energy = \"... GJ/%s\" to the stream %s", of->unit, of->name);
        wrong(l, s, "efficiency", remedy, "the energy content of what it uses is not said");
    } else if (!(heat > 0)) {
        remedy = sim_base_format("say enthalpy = \"... GJ/%s\", or add energy to the stream %s",
                                 product->unit, product->name);
        wrong(l, s, "efficiency", remedy, "the heat that a unit of product takes is not said");
    } else {
        return heat / h->efficiency.si /
               park_heat_energy(of); // energy balance, net calorific value
    }
    free(remedy);
    return 0;
}

void park_heat_add(struct park_loader *l, struct park_process *s, const struct park_heat *h,
                   const struct sim_ref *ref)
{
    const int32_t used = park_resolve_ref(l, ref); // told by the loader
    const double coef = used >= 0 && s->product >= 0 ? use_of(l, s, h, used) : 0;
    struct park_flow *f = coef > 0 ? park_processes_add(l, s, used, false, coef, ref->node) : NULL;
    if (f != NULL) {
        f->is_burnt = l->park->streams[used]->burning != NULL;
    }
}
