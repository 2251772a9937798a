// Markets: the world outside the fence. How firms trade with them by default stands in
// build_trade.c.
#include "models/park/base/kinds.h"

#include <math.h>

const char *const park_markets_fates[] = {"landfill",  "incineration", "hazardous",
                                          "discharge", "recovery",     "treatment",
                                          "vent",      "other",        NULL};

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

static const struct sim_kind sells_kind = {
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

static const struct sim_kind buys_kind = {
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

static const struct sim_kind disposes_kind = {
    .name = "disposes",
    .doc = "What a market takes that must go away.",
    .size = sizeof(struct park_offer),
    .keys = disposes_keys,
    .key_count = SIM_COUNT(disposes_keys),
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
     .kind = &sells_kind,
     .names_refer = "streams",
     .offset = offsetof(struct park_market, sells),
     .doc = "to the park, by stream"},
    {.name = "buys",
     .type = SIM_KEY_MAP,
     .kind = &buys_kind,
     .names_refer = "streams",
     .offset = offsetof(struct park_market, buys),
     .doc = "from the park, by stream"},
    {.name = "disposes",
     .type = SIM_KEY_MAP,
     .kind = &disposes_kind,
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

static void gather_markets(struct park_loader *l)
{
    struct park *p = l->park;
    struct park_finds f = {0};
    park_resolve_collect(l, &f, NULL, "markets", &l->file->markets, -1);
    park_resolve_sort(&f);
    p->markets = SIM_ARENA_NEW(p->arena, struct park_market *, f.count);
    p->market_count = f.count;
    for (int i = 0; i < f.count; i++) {
        p->markets[i] = f.data[i].item->data;
        p->markets[i]->name = f.data[i].name;
        p->markets[i]->node = f.data[i].item->node;
    }
    park_resolve_free(&f);
}

static void gather_offers(struct park_loader *l)
{
    static const char *const sides[] = {"sells", "buys", "disposes"};
    struct park *p = l->park;
    struct park_finds f = {0};
    for (int i = 0; i < p->market_count; i++) {
        const struct park_market *m = p->markets[i];
        const struct sim_items *items[] = {&m->sells, &m->buys, &m->disposes};
        for (int k = 0; k < SIM_COUNT(items); k++) {
            park_resolve_collect(l, &f, sim_arena_format(p->arena, "%s.%s", m->name, sides[k]),
                                 sim_arena_format(p->arena, "markets.%s.%s", m->name, sides[k]),
                                 items[k], i * 3 + k);
        }
    }
    park_resolve_sort(&f);
    p->offers = SIM_ARENA_NEW(p->arena, struct park_offer *, f.count);
    p->offer_count = f.count;
    for (int i = 0; i < f.count; i++) {
        struct park_offer *o = f.data[i].item->data;
        p->offers[i] = o;
        o->name = f.data[i].name;
        o->path = f.data[i].path;
        o->node = f.data[i].item->node;
        o->market = f.data[i].owner / 3;
        o->side = (enum park_side)(f.data[i].owner % 3);
        o->stream = PARK_ID(p, stream, park_stream, f.data[i].item->name);
        o->fate = o->side == PARK_SIDE_DISPOSES ? o->fate : -1;
    }
    park_resolve_free(&f);
}

static void gather(struct park_loader *l)
{
    gather_markets(l);
    gather_offers(l);
}

static void resolve(struct park_loader *l)
{
    struct park *p = l->park;
    for (int i = 0; i < p->market_count; i++) {
        p->markets[i]->party = park_resolve_party(p, p->markets[i]->name);
    }
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

const struct park_kind park_markets = {.keys = &kind, .gather = gather, .resolve = resolve};
