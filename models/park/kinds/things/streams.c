// Streams: what flows.
#include "models/park/base/kinds.h"
#include "sim/num/units.h"

const char *const park_streams_kinds[] = {
    [PARK_STREAM_PRODUCT] = "product",
    [PARK_STREAM_MATERIAL] = "material",
    [PARK_STREAM_FUEL] = "fuel",
    [PARK_STREAM_ENERGY] = "energy",
    [PARK_STREAM_HEAT] = "heat",
    [PARK_STREAM_WATER] = "water",
    [PARK_STREAM_WASTEWATER] = "wastewater",
    [PARK_STREAM_WASTE] = "waste",
    [PARK_STREAM_GAS] = "gas",
    [PARK_STREAM_SERVICE] = "service",
    NULL,
};

static const struct sim_key burning_keys[] = {
    {.name = "fossil",
     .type = SIM_KEY_VALUE,
     .dim = "tCO2e/{unit}",
     .min = "0",
     .offset = offsetof(struct park_burning, fossil),
     .doc = "fossil carbon set free when it burns; default 0"},
    {.name = "biogenic",
     .type = SIM_KEY_VALUE,
     .dim = "tCO2e/{unit}",
     .min = "0",
     .offset = offsetof(struct park_burning, biogenic),
     .doc = "biogenic carbon set free when it burns; default 0"},
};

static const struct sim_kind burning_kind = {
    .name = "burning",
    .doc = "What burning a fuel sets free.",
    .size = sizeof(struct park_burning),
    .keys = burning_keys,
    .key_count = SIM_COUNT(burning_keys),
};

static const struct sim_key carbon_keys[] = {
    {.name = "fossil",
     .type = SIM_KEY_VALUE,
     .dim = "tCO2e/{unit}",
     .min = "0",
     .offset = offsetof(struct park_burning, fossil),
     .doc = "fossil CO2 in it; default 0"},
    {.name = "biogenic",
     .type = SIM_KEY_VALUE,
     .dim = "tCO2e/{unit}",
     .min = "0",
     .offset = offsetof(struct park_burning, biogenic),
     .doc = "biogenic CO2 in it; default 0"},
};

static const struct sim_kind carbon_kind = {
    .name = "carbon",
    .doc =
        "The CO2 that a stream is, such as flue gas or captured CO2. A process that gives it has "
        "not set it free, one that takes it does, but for what it gives on; who vents it (`fate "
        "= \"vent\"` without an `emission` of its own), or loses it on a link or by the `decay` of "
        "a stock, does.",
    .size = sizeof(struct park_burning),
    .keys = carbon_keys,
    .key_count = SIM_COUNT(carbon_keys),
};

static const struct sim_key keys[] = {
    {.name = "title",
     .type = SIM_KEY_TEXT,
     .offset = offsetof(struct park_stream, title),
     .doc = "its name in reports, any UTF-8"},
    {.name = "unit",
     .type = SIM_KEY_TEXT,
     .flags = SIM_KEY_REQUIRED,
     .offset = offsetof(struct park_stream, unit),
     .doc = "unit of mass, volume or energy that its amounts are told in: t, kg, m3, MWh, GJ, ...; "
            "Nm3 for gases (273.15 K, 101.325 kPa), beside which m3 is a mistake"},
    {.name = "kind",
     .type = SIM_KEY_CHOICE,
     .choices = park_streams_kinds,
     .initial = "material",
     .offset = offsetof(struct park_stream, kind),
     .doc = "what sort of thing it is"},
    {.name = "density",
     .type = SIM_KEY_VALUE,
     .dim = "t/{volume}",
     .min = "0",
     .flags = SIM_KEY_ABOVE_MIN,
     .offset = offsetof(struct park_stream, density),
     .doc =
         "mass per m3 (of a stream in Nm3: per Nm3), so that a stream in m3 or Nm3 can be booked "
         "in mass"},
    {.name = "energy",
     .type = SIM_KEY_VALUE,
     .dim = "GJ/{unit}",
     .min = "0",
     .offset = offsetof(struct park_stream, energy),
     .doc =
         "energy content (net calorific value, enthalpy) per unit; where it is stated, prices "
         "and emission factors of the stream may be written per energy (\"94.6 kgCO2e/GJ\", \"30 "
         "EUR/MWh\")"},
    {.name = "burning",
     .type = SIM_KEY_GROUP,
     .kind = &burning_kind,
     .offset = offsetof(struct park_stream, burning),
     .doc = "carbon set free when a fuel burns"},
    {.name = "carbon",
     .type = SIM_KEY_GROUP,
     .kind = &carbon_kind,
     .offset = offsetof(struct park_stream, carbon),
     .doc = "carbon that leaves with it: captured CO2, flue gas"},
    {.name = "upstream",
     .type = SIM_KEY_VALUE,
     .dim = "tCO2e/{unit}",
     .forms = SIM_FORM_QUANTITY | SIM_FORM_PROFILE,
     .offset = offsetof(struct park_stream, upstream),
     .doc = "emissions before it reaches the park, per unit bought"},
    {.name = "price",
     .type = SIM_KEY_VALUE,
     .dim = "{money}/{unit}",
     .forms = SIM_FORM_QUANTITY | SIM_FORM_PROFILE,
     .flags = SIM_KEY_PRICE,
     .offset = offsetof(struct park_stream, price),
     .doc = "price where neither market nor exchange states one"},
    {.name = "disposal",
     .type = SIM_KEY_REF,
     .refers = "markets",
     .offset = offsetof(struct park_stream, disposal),
     .doc = "market that takes what nobody else takes; default: the only one that disposes of it"},
};

static const struct sim_kind kind = {
    .name = "stream",
    .doc = "A kind of material, water, energy or service that flows.",
    .size = sizeof(struct park_stream),
    .keys = keys,
    .key_count = SIM_COUNT(keys),
};

bool park_streams_is_amount(struct sim_dim dim)
{
    return sim_units_is_same(dim, SIM_DIM_MASS) || sim_units_is_same(dim, SIM_DIM_VOLUME) ||
           sim_units_is_same(dim, SIM_DIM_NORMAL) || sim_units_is_same(dim, SIM_DIM_ENERGY);
}

static void resolve(struct park_loader *l)
{
    struct park *p = l->park;
    for (int i = 0; i < p->stream_count; i++) {
        struct park_stream *s = p->streams[i];
        struct sim_err err;
        s->si = (struct sim_unit){.num = 1, .den = 1};
        s->disposal_market = park_resolve_ref(l, &s->disposal);
        if (s->unit == NULL) {
            continue;
        }
        const struct sim_node *at = sim_tree_child(s->node, "unit");
        if (sim_units_parse(p->units, s->unit, &s->si, &err) != SIM_OK) {
            park_resolve_wrong(l, at, "write a unit of mass, volume or energy: t, m3, MWh", "%s",
                               err.text);
        } else if (!park_streams_is_amount(s->si.dim)) {
            park_resolve_wrong(l, at, "write a unit of mass, volume or energy: t, m3, MWh",
                               "'%s' is not the unit of an amount", s->unit);
        }
    }
}

const struct park_kind park_streams = {
    .group = "streams",
    .doc = "What flows: materials, water, energy, services.",
    .keys = &kind,
    .list = PARK_LIST(streams, stream),
    .resolve = resolve,
};
