// Offers: what a market sells, buys, or takes to dispose of. How firms trade with them by default
// stands in build_trade.c.
#include "models/park/base/kinds.h"
#include "models/park/kinds/trade/build_trade.h"
#include "models/park/kinds/trade/markets.h"

#include <math.h>
#include <stdlib.h>

static const char *const unmet[] = {"lost", NULL};

#define PRICE                                                                                      \
    {                                                                                              \
        .name = "price", .type = SIM_KEY_VALUE, .dim = "{money}/{name}",                           \
        .forms = SIM_FORM_QUANTITY | SIM_FORM_PROFILE, .flags = SIM_KEY_PRICE | SIM_KEY_RUN,       \
        .offset = offsetof(struct park_offer, price),                                              \
        .doc = "what `to` pays `from`: firms pay for what they buy, are paid for what they sell, " \
               "and pay for disposal when it is negative; default: the stream's"                   \
    }
#define REDRAW                                                                                     \
    {                                                                                              \
        .name = "redraw", .type = SIM_KEY_VALUE, .dim = "h", .min = "0",                           \
        .flags = SIM_KEY_ABOVE_MIN | SIM_KEY_OF_CHANCE, .initial = "1 day",                        \
        .offset = offsetof(struct park_offer, redraw),                                             \
        .doc = "a capacity or demand that is a distribution is drawn anew this often"              \
    }
#define CAPACITY                                                                                   \
    {                                                                                              \
        .name = "capacity", .type = SIM_KEY_VALUE, .dim = "{name}/h",                              \
        .forms = SIM_FORM_QUANTITY | SIM_FORM_DIST | SIM_FORM_PROFILE, .min = "0",                 \
        .flags = SIM_KEY_RUN, .offset = offsetof(struct park_offer, capacity),                     \
        .doc = "most it can supply or take; default: no limit"                                     \
    }

static const struct sim_key sells_keys[] = {
    PRICE,
    CAPACITY,
    REDRAW,
    {.name = "upstream",
     .type = SIM_KEY_VALUE,
     .dim = "tCO2e/{name}",
     .forms = SIM_FORM_QUANTITY | SIM_FORM_PROFILE,
     .offset = offsetof(struct park_offer, upstream),
     .doc = "emissions before it reaches the park; default: the stream's"},
    {.name = "order",
     .type = SIM_KEY_COUNT,
     .min = "0",
     .max = "1000000",
     .initial = "9",
     .offset = offsetof(struct park_offer, order),
     .doc = "class among the givers at its buyers: after contracts (1) and own units (5)"},
};

const struct sim_kind park_offers_sells = {
    .name = "sells",
    .doc = "What a market sells to the park.",
    .size = sizeof(struct park_offer),
    .keys = sells_keys,
    .key_count = SIM_COUNT(sells_keys),
};

static const struct sim_key buys_keys[] = {
    PRICE,
    {.name = "demand",
     .type = SIM_KEY_VALUE,
     .dim = "{name}/h",
     .forms = SIM_FORM_QUANTITY | SIM_FORM_DIST | SIM_FORM_PROFILE,
     .min = "0",
     .flags = SIM_KEY_RUN,
     .offset = offsetof(struct park_offer, demand),
     .doc = "what it wants; a user, so pull processes serve it. Default: it takes whatever comes, "
            "which pull processes do not see"},
    REDRAW,
    {.name = "unmet",
     .type = SIM_KEY_CHOICE,
     .choices = unmet,
     .initial = "lost",
     .offset = offsetof(struct park_offer, unmet),
     .doc = "demand that is not served is lost (\"backlog\" is not yet in this version)"},
    {.name = "priority",
     .type = SIM_KEY_COUNT,
     .min = "0",
     .max = "1000000",
     .initial = "9",
     .offset = offsetof(struct park_offer, priority),
     .doc = "class among the takers at its sellers: after own processes (0) and contracts (1)"},
};

const struct sim_kind park_offers_buys = {
    .name = "buys",
    .doc = "What a market buys from the park.",
    .size = sizeof(struct park_offer),
    .keys = buys_keys,
    .key_count = SIM_COUNT(buys_keys),
};

static const struct sim_key disposes_keys[] = {
    PRICE,
    CAPACITY,
    REDRAW,
    {.name = "fate",
     .type = SIM_KEY_CHOICE,
     .choices = park_markets_fates,
     .flags = SIM_KEY_REQUIRED,
     .offset = offsetof(struct park_offer, fate),
     .doc = "what becomes of it"},
    {.name = "emission",
     .type = SIM_KEY_VALUE,
     .dim = "tCO2e/{name}",
     .forms = SIM_FORM_QUANTITY | SIM_FORM_PROFILE,
     .offset = offsetof(struct park_offer, emission),
     .doc = "emissions there, per unit"},
    {.name = "priority",
     .type = SIM_KEY_COUNT,
     .min = "0",
     .max = "1000000",
     .initial = "10",
     .offset = offsetof(struct park_offer, priority),
     .doc = "class among the takers at those who dispose: last"},
};

const struct sim_kind park_offers_disposes = {
    .name = "disposes",
    .doc = "What a market takes that must go away.",
    .size = sizeof(struct park_offer),
    .keys = disposes_keys,
    .key_count = SIM_COUNT(disposes_keys),
};

int32_t park_offers_find(const struct park *p, int32_t market, int32_t stream, bool sells)
{
    static const char *const takes[] = {"buys", "disposes"};
    int32_t found = -1;
    for (int i = 0; i < (sells ? 1 : SIM_COUNT(takes)) && found < 0; i++) {
        char *name = sim_base_format("%s.%s.%s", p->markets[market]->name,
                                     sells ? "sells" : takes[i], p->streams[stream]->name);
        found = PARK_ID(p, offer, park_offer, name);
        free(name);
    }
    return found;
}

static void found(struct park_loader *l, struct park_thing *t, const struct park_thing *owner,
                  int home)
{
    struct park_offer *o = (struct park_offer *)t;
    o->market = owner->id;
    o->side = (enum park_side)home;
    o->stream = PARK_ID(l->park, stream, park_stream, t->node->name);
    o->fate = o->side == PARK_SIDE_DISPOSES ? o->fate : -1;
}

static void resolve(struct park_loader *l)
{
    struct park *p = l->park;
    for (int i = 0; i < p->offer_count; i++) {
        struct park_offer *o = p->offers[i];
        if (o->stream < 0) {
            o->level.profile = -1;
            continue; // told by the loader
        }
        park_resolve_level(l, o->side == PARK_SIDE_BUYS ? &o->demand : &o->capacity, &o->redraw,
                           INFINITY, &o->level);
    }
}

static const struct park_home homes[] = {
    [PARK_SIDE_SELLS] = {&park_markets, offsetof(struct park_market, sells), PARK_NAMED_BY_GROUP},
    [PARK_SIDE_BUYS] = {&park_markets, offsetof(struct park_market, buys), PARK_NAMED_BY_GROUP},
    [PARK_SIDE_DISPOSES] = {&park_markets, offsetof(struct park_market, disposes),
                            PARK_NAMED_BY_GROUP},
    {.of = NULL},
};

const struct park_kind park_offers = {
    .list = PARK_LIST(offers, offer),
    .homes = homes,
    .found = found,
    .resolve = resolve,
    .after = park_build_trade,
};
