// Heat from energy: how much of a stream is used.
#include "models/park/kinds/units/heat.h"

#include "models/park/kinds/units/process_keys.h"
#include "sim/num/units.h"

#include <stdlib.h>

static const struct sim_key fuel_keys[] = {
    PARK_FLOW_AMOUNT("burnt per unit of the product"),
    PARK_FLOW_FROM,
};

const struct sim_kind park_heat_fuel_kind = {
    .name = "fuel",
    .doc = "What a boiler burns of one stream; of several, all of them in proportion. Short form: "
           "coal = \"0.14 t/t\".",
    .size = sizeof(struct park_flow),
    .keys = fuel_keys,
    .key_count = SIM_COUNT(fuel_keys),
    .brief = "amount",
};

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

double park_heat_given(const struct park *p, const struct park_process *s,
                       const struct sim_value *enthalpy)
{
    return enthalpy->form == SIM_VALUE_QUANTITY ? enthalpy->si
                                                : park_heat_energy(p->streams[s->product]);
}

// [SI used per SI of product]; 0, told, when it does not follow.
static double use_of(struct park_loader *l, const struct park_process *s, const struct park_heat *h,
                     int32_t used)
{
    const struct park_stream *of = l->park->streams[used];
    const struct park_stream *product = l->park->streams[s->product];
    const double heat = park_heat_given(l->park, s, &h->enthalpy);
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

static void add_fuel(struct park_loader *l, struct park_process *s, const struct sim_item *item)
{
    const struct park_flow *written = item->data;
    const int32_t stream = PARK_ID(l->park, stream, park_stream, item->name);
    if (stream < 0 || written->amount.form != SIM_VALUE_QUANTITY) {
        return; // told by the loader
    }
    struct park_flow *f = park_processes_add(l, s, stream, false, written->amount.si, item->node);
    if (f != NULL) {
        park_processes_from(l, f, &written->from);
        f->is_burnt = l->park->streams[stream]->burning != NULL;
    }
}

void park_heat_burn(struct park_loader *l, struct park_process *s, const struct park_heat *h,
                    const struct park_heat_fuel *fuel)
{
    const bool has_fuel = sim_tree_child(s->node, "fuel") != NULL; // its mistakes are told
    s->efficiency = &h->efficiency;
    if (fuel->burns.node != NULL && fuel->fuel.count > 0) {
        wrong(l, s, "burns", "say `fuel` with amounts, or `burns` with `efficiency`",
              "its fuel is said twice");
    } else if (fuel->burns.node != NULL) {
        park_heat_add(l, s, h, &fuel->burns);
    } else if (fuel->fuel.count == 0 && !(has_fuel && sim_diag_wrong(l->diag) > 0)) {
        wrong(l, s, "", "say fuel = { coal = \"0.14 t/t\"; }, or burns = \"coal\" and efficiency",
              "it burns nothing");
    } else if (fuel->fuel.count > 0 && h->efficiency.form != SIM_VALUE_NONE) {
        wrong(l, s, "efficiency", "leave it out, or say burns = \"...\" in place of fuel",
              "its fuel is said per unit of product, so the efficiency follows");
    }
    for (int i = 0; fuel->burns.node == NULL && i < fuel->fuel.count; i++) {
        add_fuel(l, s, &fuel->fuel.at[i]);
    }
}
