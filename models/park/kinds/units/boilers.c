// Boilers: what makes steam or heat from a fuel, or from waste or waste heat. In a utility and,
// as its own or as a fallback behind an exchange, in a firm.
#include "models/park/kinds/units/heat.h"
#include "models/park/kinds/units/process_keys.h"

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

/** A boiler of either kind. */
struct boiler {
    struct park_process process;
    struct park_heat heat;
    struct sim_items fuel;
    struct sim_ref burns, takes;
};

#define FIELD(key, kind_of, field)                                                                 \
    .name = (key), .type = (kind_of), .offset = offsetof(struct boiler, field)

// clang-format off
#define COMMON                                                                                     \
    PARK_PROCESS_KEYS, PARK_PROCESS_MODE("pull"), PARK_HEAT_KEYS(struct boiler, heat),             \
    PARK_PROCESS_MERIT

static const struct sim_key boiler_keys[] = {
    COMMON,
    {FIELD("fuel", SIM_KEY_MAP, fuel), .kind = &fuel_kind, .names_refer = "streams",
     .doc = "what it burns, by stream, per unit of its product"},
    {FIELD("burns", SIM_KEY_REF, burns), .refers = "streams",
     .doc = "the one fuel, where `efficiency` says how much, in place of `fuel`"},
};

static const struct sim_key waste_heat_keys[] = {
    COMMON,
    {FIELD("takes", SIM_KEY_REF, takes), .refers = "streams",
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

static void add_boiler(struct park_loader *l, struct park_process *s)
{
    struct boiler *b = (struct boiler *)s;
    s->efficiency = &b->heat.efficiency;
    const bool has_fuel = sim_tree_child(s->node, "fuel") != NULL; // its mistakes are told
    if (b->burns.node != NULL && b->fuel.count > 0) {
        wrong(l, s, "burns", "say `fuel` with amounts, or `burns` with `efficiency`",
              "its fuel is said twice");
    } else if (b->burns.node != NULL) {
        park_heat_add(l, s, &b->heat, &b->burns);
    } else if (b->fuel.count == 0 && !(has_fuel && sim_diag_wrong(l->diag) > 0)) {
        wrong(l, s, "", "say fuel = { coal = \"0.14 t/t\"; }, or burns = \"coal\" and efficiency",
              "it burns nothing");
    } else if (b->fuel.count > 0 && b->heat.efficiency.form != SIM_VALUE_NONE) {
        wrong(l, s, "efficiency", "leave it out, or say burns = \"...\" in place of fuel",
              "its fuel is said per unit of product, so the efficiency follows");
    }
    for (int i = 0; b->burns.node == NULL && i < b->fuel.count; i++) {
        add_fuel(l, s, &b->fuel.at[i]);
    }
}

static void add_waste_heat(struct park_loader *l, struct park_process *s)
{
    struct boiler *b = (struct boiler *)s;
    s->efficiency = &b->heat.efficiency;
    if (b->takes.node != NULL) {
        park_heat_add(l, s, &b->heat, &b->takes);
    }
}

static const struct park_recipe boiler_recipe = {.add = add_boiler};
static const struct park_recipe waste_heat_recipe = {.add = add_waste_heat};

const struct sim_kind park_boilers_kind = {
    .name = "boiler",
    .doc =
        "Makes its product (steam, hot water, heat) as it is asked for, from fuel, by `fuel` per "
        "unit or by `burns` and `efficiency`. Feed water and electricity stand in `inputs`. In "
        "a firm it is the fallback of the steam exchange that ends there: contracts have order "
        "1, own pull units 5, so it makes what the exchange does not bring.",
    .size = sizeof(struct boiler),
    .keys = boiler_keys,
    .key_count = SIM_COUNT(boiler_keys),
    .model = &boiler_recipe,
};

const struct sim_kind park_boilers_waste_heat = {
    .name = "waste_heat_boiler",
    .doc = "Makes its product from waste or from waste heat, by `takes` and `efficiency`. What it "
           "takes and is not asked for stays for other takers, such as a market that disposes of "
           "it. Waste with `burning` sets its carbon free here.",
    .size = sizeof(struct boiler),
    .keys = waste_heat_keys,
    .key_count = SIM_COUNT(waste_heat_keys),
    .model = &waste_heat_recipe,
};
