// Boilers: what makes steam or heat from a fuel, or from waste or waste heat. In a utility and,
// as its own or as a fallback behind an exchange, in a firm.
#include "models/park/kinds/units/process_keys.h"
#include "sim/num/units.h"

#include <math.h>
#include <stdlib.h>

static const struct sim_key fuel_keys[] = {
    {.name = "amount",
     .type = SIM_KEY_VALUE,
     .dim = "{name}/{basis}",
     .min = "0",
     .flags = SIM_KEY_REQUIRED | SIM_KEY_ABOVE_MIN,
     .offset = offsetof(struct park_flow, amount),
     .doc = "burnt per unit of the product"},
    {.name = "from",
     .type = SIM_KEY_REF,
     .refers = ".stocks",
     .offset = offsetof(struct park_flow, from),
     .doc = "stock of the firm it is taken from; default: the firm's junction"},
};

static const struct sim_kind fuel_kind = {
    .name = "fuel",
    .doc = "What a boiler burns of one stream; of several, all of them in proportion. Short form: "
           "coal = \"0.14 t/t\".",
    .size = sizeof(struct park_flow),
    .keys = fuel_keys,
    .key_count = SIM_COUNT(fuel_keys),
    .brief = "amount",
};

// clang-format off
#define COMMON                                                                                     \
    PARK_PROCESS_KEYS, PARK_PROCESS_MODE("pull"),                                                  \
    {PARK_PROCESS_FIELD("efficiency", SIM_KEY_VALUE, efficiency), .min = "0 %", .max = "110 %",    \
     .flags = SIM_KEY_ABOVE_MIN,                                                                   \
     .doc = "heat given to the product per energy content (net calorific value) of what is used. " \
            "So much is used per unit of product: enthalpy / efficiency / energy of that stream"}, \
    {PARK_PROCESS_FIELD("enthalpy", SIM_KEY_VALUE, enthalpy), .dim = "GJ/{basis}", .min = "0",     \
     .flags = SIM_KEY_ABOVE_MIN,                                                                   \
     .doc = "heat given to a unit of product, from feed water on; default: the product's energy"}, \
    {PARK_PROCESS_FIELD("merit", SIM_KEY_COUNT, merit), .initial = "1", .min = "1", .max = "1000", \
     .doc = "1 is asked first; units of one merit run at equal fill"},                             \
    {PARK_PROCESS_FIELD("standby", SIM_KEY_BOOL, standby), .initial = "false",                     \
     .doc = "asked only after all units that are not on standby, whatever its merit"}

static const struct sim_key boiler_keys[] = {
    COMMON,
    {PARK_PROCESS_FIELD("fuel", SIM_KEY_MAP, fuel), .kind = &fuel_kind, .names_refer = "streams",
     .doc = "what it burns, by stream, per unit of its product"},
    {PARK_PROCESS_FIELD("burns", SIM_KEY_REF, burns_ref), .refers = "streams",
     .doc = "the one fuel, where `efficiency` says how much, in place of `fuel`"},
};

static const struct sim_key waste_heat_keys[] = {
    COMMON,
    {PARK_PROCESS_FIELD("takes", SIM_KEY_REF, takes_ref), .refers = "streams",
     .flags = SIM_KEY_REQUIRED,
     .doc = "waste that it burns, or waste heat that a process gives; `efficiency` says how much"},
};
// clang-format on

static void wrong(struct park_loader *l, const struct park_process *s, const char *key,
                  const char *remedy, const char *text)
{
    const struct sim_node *at = sim_tree_child(s->node, key);
    park_resolve_wrong(l, at != NULL ? at : s->node, remedy, "%s", text);
}

// [J/SI] Energy content of a stream; 0 when it is not said.
static double energy_of(const struct park_stream *s)
{
    if (sim_units_is_same(s->si.dim, SIM_DIM_ENERGY)) {
        return 1;
    }
    return s->energy.form == SIM_VALUE_QUANTITY ? s->energy.si : 0;
}

// [SI used per SI of product]; 0, told, when it does not follow.
static double use_of(struct park_loader *l, const struct park_process *s, int32_t used)
{
    const struct park_stream *of = l->park->streams[used];
    const struct park_stream *product = l->park->streams[s->product];
    const double heat =
        s->enthalpy.form == SIM_VALUE_QUANTITY ? s->enthalpy.si : energy_of(product);
    char *remedy = NULL;
    if (s->efficiency.form != SIM_VALUE_QUANTITY) {
        wrong(l, s, "burns", "say efficiency = \"90 %\"", "its efficiency is not said");
    } else if (!(energy_of(of) > 0)) {
        remedy = sim_base_format("add energy = \"... GJ/%s\" to the stream %s", of->unit, of->name);
        wrong(l, s, "efficiency", remedy, "the energy content of what it uses is not said");
    } else if (!(heat > 0)) {
        remedy = sim_base_format("say enthalpy = \"... GJ/%s\", or add energy to the stream %s",
                                 product->unit, product->name);
        wrong(l, s, "efficiency", remedy, "the heat that a unit of product takes is not said");
    } else {
        return heat / s->efficiency.si / energy_of(of); // energy balance, net calorific value
    }
    free(remedy);
    return 0;
}

static void add_use(struct park_loader *l, struct park_process *s, const struct sim_ref *ref)
{
    const int32_t used = park_resolve_ref(l, ref); // told by the loader
    const double coef = used >= 0 && s->product >= 0 ? use_of(l, s, used) : 0;
    struct park_flow *f = coef > 0 ? park_processes_add(l, s, used, coef, ref->node) : NULL;
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
    struct park_flow *f = park_processes_add(l, s, stream, written->amount.si, item->node);
    if (f != NULL) {
        park_processes_from(l, f, &written->from);
        f->is_burnt = l->park->streams[stream]->burning != NULL;
    }
}

static void add_boiler(struct park_loader *l, struct park_process *s)
{
    const bool has_fuel = sim_tree_child(s->node, "fuel") != NULL; // its mistakes are told
    if (s->burns_ref.node != NULL && s->fuel.count > 0) {
        wrong(l, s, "burns", "say `fuel` with amounts, or `burns` with `efficiency`",
              "its fuel is said twice");
    } else if (s->burns_ref.node != NULL) {
        add_use(l, s, &s->burns_ref);
    } else if (s->fuel.count == 0 && !(has_fuel && sim_diag_wrong(l->diag) > 0)) {
        wrong(l, s, "", "say fuel = { coal = \"0.14 t/t\"; }, or burns = \"coal\" and efficiency",
              "it burns nothing");
    } else if (s->fuel.count > 0 && s->efficiency.form != SIM_VALUE_NONE) {
        wrong(l, s, "efficiency", "leave it out, or say burns = \"...\" in place of fuel",
              "its fuel is said per unit of product, so the efficiency follows");
    }
    for (int i = 0; s->burns_ref.node == NULL && i < s->fuel.count; i++) {
        add_fuel(l, s, &s->fuel.at[i]);
    }
}

static void add_waste_heat(struct park_loader *l, struct park_process *s)
{
    if (s->takes_ref.node != NULL) {
        add_use(l, s, &s->takes_ref);
    }
}

static const struct park_recipe boiler_recipe = {.add = add_boiler, .most = 1};
static const struct park_recipe waste_heat_recipe = {.add = add_waste_heat, .most = 1};

const struct sim_kind park_boilers_kind = {
    .name = "boiler",
    .doc =
        "Makes its product (steam, hot water, heat) as it is asked for, from fuel, by `fuel` per "
        "unit or by `burns` and `efficiency`. Feed water and electricity stand in `inputs`. In "
        "a firm it is the fallback of the steam exchange that ends there: contracts have order "
        "1, own pull units 5, so it makes what the exchange does not bring.",
    .size = sizeof(struct park_process),
    .keys = boiler_keys,
    .key_count = SIM_COUNT(boiler_keys),
    .model = &boiler_recipe,
};

const struct sim_kind park_boilers_waste_heat = {
    .name = "waste_heat_boiler",
    .doc = "Makes its product from waste or from waste heat, by `takes` and `efficiency`. What it "
           "takes and is not asked for stays for other takers, such as a market that disposes of "
           "it. Waste with `burning` sets its carbon free here.",
    .size = sizeof(struct park_process),
    .keys = waste_heat_keys,
    .key_count = SIM_COUNT(waste_heat_keys),
    .model = &waste_heat_recipe,
};
