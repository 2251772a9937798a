// Sites: fenced places with firms.
#include "models/park/base/kinds.h"

struct park_site {
    PARK_THING;
    struct sim_value area; // [m2]
    double detour;         // [-]
};

static const struct sim_key keys[] = {
    {.name = "title",
     .type = SIM_KEY_TEXT,
     .offset = offsetof(struct park_site, title),
     .doc = "its name in reports"},
    {.name = "area",
     .type = SIM_KEY_VALUE,
     .dim = "ha",
     .min = "0",
     .offset = offsetof(struct park_site, area),
     .doc = "area inside the fence"},
    {.name = "detour",
     .type = SIM_KEY_NUMBER,
     .initial = "1.3",
     .min = "1",
     .offset = offsetof(struct park_site, detour),
     .doc = "length of its roads over the straight line"},
};

static const struct sim_kind kind = {
    .name = "site",
    .doc = "A fenced place with firms: one park, or each of many.",
    .size = sizeof(struct park_site),
    .keys = keys,
    .key_count = SIM_COUNT(keys),
};

const struct park_kind park_sites = {
    .group = "sites",
    .doc = "Fenced places with firms.",
    .keys = &kind,
    .list = PARK_LIST(sites, site),
};
