// Markets: the world outside the fence.
#include "models/park/kinds/trade/markets.h"

const char *const park_markets_fates[] = {
    [PARK_FATE_LANDFILL] = "landfill",
    [PARK_FATE_INCINERATION] = "incineration",
    [PARK_FATE_HAZARDOUS] = "hazardous",
    [PARK_FATE_DISCHARGE] = "discharge",
    [PARK_FATE_RECOVERY] = "recovery",
    [PARK_FATE_TREATMENT] = "treatment",
    [PARK_FATE_VENT] = "vent",
    [PARK_FATE_OTHER] = "other",
    NULL,
};

static const struct sim_key keys[] = {
    {.name = "title",
     .type = SIM_KEY_TEXT,
     .offset = offsetof(struct park_market, title),
     .doc = "its name in reports"},
    {.name = "at",
     .type = SIM_KEY_NUMBERS,
     .offset = offsetof(struct park_market, at),
     .doc = "( latitude, longitude ) in degrees"},
    {.name = "sells",
     .type = SIM_KEY_MAP,
     .kind = &park_offers_sells,
     .names_refer = "streams",
     .offset = offsetof(struct park_market, sells),
     .doc = "to the park, by stream"},
    {.name = "buys",
     .type = SIM_KEY_MAP,
     .kind = &park_offers_buys,
     .names_refer = "streams",
     .offset = offsetof(struct park_market, buys),
     .doc = "from the park, by stream"},
    {.name = "disposes",
     .type = SIM_KEY_MAP,
     .kind = &park_offers_disposes,
     .names_refer = "streams",
     .offset = offsetof(struct park_market, disposes),
     .doc = "takes what must go away, by stream"},
};

static const struct sim_kind kind = {
    .name = "market",
    .doc = "The world outside the fence: sells to the park, buys from it, takes what must go away.",
    .size = sizeof(struct park_market),
    .keys = keys,
    .key_count = SIM_COUNT(keys),
};

static void found(struct park_loader *l, struct park_thing *t, const struct park_thing *owner,
                  int home)
{
    (void)owner;
    (void)home;
    park_parties_add(l, t, &((struct park_market *)t)->at, true);
}

static void resolve(struct park_loader *l)
{
    struct park *p = l->park;
    for (int i = 0; i < p->market_count; i++) {
        p->markets[i]->party = park_resolve_party(p, p->markets[i]->name);
    }
}

const struct park_kind park_markets = {
    .group = "markets",
    .doc = "The world outside the fence; links and exchanges may name each as a place.",
    .keys = &kind,
    .list = PARK_LIST(markets, market),
    .found = found,
    .resolve = resolve,
};
