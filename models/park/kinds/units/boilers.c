// Boilers: what makes steam or heat from a fuel, or from waste or waste heat. In a utility and,
// as its own or as a fallback behind an exchange, in a firm.
#include "models/park/kinds/units/heat.h"
#include "models/park/kinds/units/process_keys.h"

/** A boiler of either kind. */
struct boiler {
    struct park_process process;
    struct park_heat heat;
    struct park_heat_fuel fuel;
    struct sim_ref takes;
};

#define FIELD(key, kind_of, field)                                                                 \
    .name = (key), .type = (kind_of), .offset = offsetof(struct boiler, field)

// clang-format off
#define COMMON                                                                                     \
    PARK_PROCESS_KEYS, PARK_PROCESS_MODE("pull"), PARK_HEAT_KEYS(struct boiler, heat),             \
    PARK_PROCESS_MERIT

static const struct sim_key boiler_keys[] = {
    COMMON,
    PARK_HEAT_FUEL_KEYS(struct boiler, fuel),
};

static const struct sim_key waste_heat_keys[] = {
    COMMON,
    {FIELD("takes", SIM_KEY_REF, takes), .refers = "streams",
     .flags = SIM_KEY_REQUIRED,
     .doc = "waste that it burns, or waste heat that a process gives; `efficiency` says how much"},
};
// clang-format on

static void add_boiler(struct park_loader *l, struct park_process *s)
{
    const struct boiler *b = (struct boiler *)s;
    park_heat_burn(l, s, &b->heat, &b->fuel);
}

static void add_waste_heat(struct park_loader *l, struct park_process *s)
{
    const struct boiler *b = (struct boiler *)s;
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
