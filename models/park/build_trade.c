// Trade with markets: by contract (build_exchanges.c asks for its end) and by default.
#include "models/park/build_priv.h"

#include <math.h>
#include <stdlib.h>

static bool is_limited(const struct park_offer *o)
{
    return isfinite(o->level.nominal);
}

static unsigned outlet(const struct park_offer *o)
{
    return o->side == PARK_SIDE_DISPOSES || !is_limited(o) ? SIM_PORT_OUTLET : 0;
}

int32_t park_build_trade_offer(const struct park *p, int32_t party, int32_t stream, bool sells)
{
    const int32_t market = p->parties[party].id;
    for (int side = PARK_SIDE_SELLS; side <= PARK_SIDE_DISPOSES; side++) {
        for (int i = 0; i < p->offer_count; i++) {
            const struct park_offer *o = p->offers[i];
            if ((int)o->side == side && o->market == market && o->stream == stream &&
                (o->side == PARK_SIDE_SELLS) == sells) {
                return i;
            }
        }
    }
    return -1;
}

// The supply or demand of a limited market, at a junction of its own.
static void add_world(struct park_builder *b, int32_t offer)
{
    const struct park_offer *o = b->park->offers[offer];
    const int32_t party = b->park->markets[o->market]->party;
    const bool sells = o->side == PARK_SIDE_SELLS;
    struct park_activity a = park_build_activity(
        o->name, sells ? PARK_ACTIVITY_SUPPLY : PARK_ACTIVITY_DEMAND, offer, o->level.nominal);
    a.level = &o->level;
    a.is_user = o->side == PARK_SIDE_BUYS;
    park_build_add(b, &a, 0, false);
    const int32_t pool = b->offer_pools[offer];
    const int32_t port =
        sells ? park_build_give(b, pool, 1, 1, 0, 0) : park_build_take(b, pool, 1, 1, 0, outlet(o));
    park_build_move(b, (struct park_move){
                           .kind = PARK_MOVE_WORLD,
                           .stream = o->stream,
                           .from = party,
                           .to = party,
                           .sent = 1,
                           .arrived = 1,
                           .from_port = sells ? -1 : port,
                           .to_port = sells ? port : -1,
                           .exchange = -1,
                           .link = -1,
                           .offer = offer,
                       });
}

int32_t park_build_trade_pool(struct park_builder *b, int32_t offer)
{
    const struct park_offer *o = b->park->offers[offer];
    if (b->offer_pools[offer] >= 0 || !is_limited(o)) {
        return b->offer_pools[offer];
    }
    const struct sim_pool_def def = {.name = o->name, .reorder = -1};
    const struct park_pool pool = {.name = o->name,
                                   .stream = o->stream,
                                   .party = b->park->markets[o->market]->party,
                                   .stock = -1,
                                   .link = -1};
    b->offer_pools[offer] = park_build_pool(b, &def, &pool, 0);
    add_world(b, offer);
    return b->offer_pools[offer];
}

unsigned park_build_trade_flags(const struct park *p, int32_t offer)
{
    return outlet(p->offers[offer]);
}

const struct sim_value *park_build_trade_price(const struct park *p, int32_t offer)
{
    const struct park_offer *o = p->offers[offer];
    const struct sim_value *v = &o->price;
    v = v->form != SIM_VALUE_NONE ? v : &p->streams[o->stream]->price;
    return v->form != SIM_VALUE_NONE ? v : NULL;
}

// One firm (or stock of a firm) deals with one market; class 10 and SIM_PORT_AT_BOUND for routes.
static void add_trade(struct park_builder *b, int32_t offer, int32_t pool, int64_t class,
                      unsigned flags, const char *name)
{
    static const enum park_activity_kind kinds[] = {PARK_ACTIVITY_PURCHASE, PARK_ACTIVITY_SALE,
                                                    PARK_ACTIVITY_DISPOSAL};
    static const enum park_move_kind moves[] = {PARK_MOVE_PURCHASE, PARK_MOVE_SALE,
                                                PARK_MOVE_DISPOSAL};
    const struct park *p = b->park;
    const struct park_offer *o = p->offers[offer];
    const int32_t market = p->markets[o->market]->party;
    const int32_t firm = b->pools.data[pool].party;
    const int32_t world = park_build_trade_pool(b, offer);
    const bool buys = o->side == PARK_SIDE_SELLS;
    struct park_activity a = park_build_activity(name, kinds[o->side], offer, INFINITY);
    if (!p->parties[firm].is_market) {
        a.from_us = p->firms[p->parties[firm].id]->from_us;
        a.until_us = p->firms[p->parties[firm].id]->until_us;
    }
    park_build_add(b, &a, 0, world >= 0);
    int32_t from = -1;
    int32_t to = -1;
    if (buys) {
        from = world >= 0 ? park_build_take(b, world, 1, 1, 0, 0) : -1;
        to = park_build_give(b, pool, 1, class, 0, flags);
    } else {
        from = park_build_take(b, pool, 1, class, 0, flags | outlet(o));
        to = world >= 0 ? park_build_give(b, world, 1, 1, 0, 0) : -1;
    }
    park_build_move(b, (struct park_move){
                           .kind = moves[o->side],
                           .stream = o->stream,
                           .from = buys ? market : firm,
                           .to = buys ? firm : market,
                           .sent = 1,
                           .arrived = 1,
                           .from_port = from,
                           .to_port = to,
                           .exchange = -1,
                           .link = -1,
                           .offer = offer,
                           .price = park_build_trade_price(p, offer),
                       });
}

struct uses {
    bool takes;  // a process (or a pump) takes from it
    bool gives;  // a process gives to it
    bool pushes; // with a port that is not pull
};

struct contract {
    int32_t from, to, stream;
};

// What default trade looks at, gathered once.
struct trade {
    struct park_builder *b;
    struct uses *uses;          // by pool
    int *disposers;             // by stream
    struct contract *contracts; // open ones with a market, sorted
    int contract_count;
};

static int by_ends(const void *a, const void *b)
{
    const struct contract *x = a;
    const struct contract *y = b;
    const int32_t one[] = {x->from, x->to, x->stream};
    const int32_t two[] = {y->from, y->to, y->stream};
    for (int i = 0; i < 3; i++) {
        if (one[i] != two[i]) {
            return one[i] < two[i] ? -1 : 1;
        }
    }
    return 0;
}

static bool has_contract(const struct trade *t, int32_t from, int32_t to, int32_t stream)
{
    const struct contract key = {.from = from, .to = to, .stream = stream};
    return t->contract_count > 0 &&
           bsearch(&key, t->contracts, (size_t)t->contract_count, sizeof(key), by_ends) != NULL;
}

static void find_contracts(struct trade *t)
{
    const struct park *p = t->b->park;
    t->contracts = sim_base_alloc((size_t)p->exchange_count, sizeof(struct contract));
    for (int i = 0; i < p->exchange_count; i++) {
        const struct park_exchange *e = p->exchanges[i];
        const bool open = e->open && (e->link < 0 || p->links[e->link]->open);
        if (open && e->from >= 0 && e->to >= 0 &&
            (p->parties[e->from].is_market || p->parties[e->to].is_market)) {
            t->contracts[t->contract_count++] =
                (struct contract){.from = e->from, .to = e->to, .stream = e->stream};
        }
    }
    if (t->contract_count > 0) {
        qsort(t->contracts, (size_t)t->contract_count, sizeof(struct contract), by_ends);
    }
}

static void find_uses(struct trade *t)
{
    const struct park_builder *b = t->b;
    t->uses = sim_base_alloc((size_t)b->pools.count, sizeof(struct uses));
    for (int i = 0; i < b->ports.count; i++) {
        const struct sim_port_def *port = &b->ports.data[i];
        const struct park_activity *a = &b->activities.data[port->activity];
        const bool pumps = a->kind == PARK_ACTIVITY_EXCHANGE && !port->gives &&
                           b->pools.data[port->pool].stream != b->park->exchanges[a->id]->stream;
        if (a->kind == PARK_ACTIVITY_PROCESS || pumps) {
            struct uses *u = &t->uses[port->pool];
            u->takes = u->takes || !port->gives;
            u->gives = u->gives || port->gives;
            u->pushes = u->pushes || (port->gives && (port->flags & SIM_PORT_PULL) == 0);
        }
    }
    t->disposers = sim_base_alloc((size_t)b->park->stream_count, sizeof(int));
    for (int i = 0; i < b->park->offer_count; i++) {
        const struct park_offer *o = b->park->offers[i];
        t->disposers[o->stream] += o->side == PARK_SIDE_DISPOSES;
    }
}

static bool wants(const struct trade *t, const struct park_offer *o, const struct uses *u,
                  const struct park_pool *pool)
{
    const struct park *p = t->b->park;
    const int32_t market = p->markets[o->market]->party;
    if (o->stream != pool->stream) {
        return false;
    }
    switch (o->side) {
    case PARK_SIDE_SELLS:
        return u->takes && pool->stock < 0 && !has_contract(t, market, pool->party, o->stream);
    case PARK_SIDE_BUYS:
        return u->gives && (pool->stock < 0 || is_limited(o)) &&
               !has_contract(t, pool->party, market, o->stream);
    case PARK_SIDE_DISPOSES: {
        const int32_t said = p->streams[o->stream]->disposal_market;
        const bool is_the_one = said >= 0 ? said == o->market : t->disposers[o->stream] == 1;
        return u->pushes && pool->stock < 0 && is_the_one &&
               !has_contract(t, pool->party, market, o->stream);
    }
    }
    return false;
}

static void trade_at(const struct trade *t, int32_t pool)
{
    struct park_builder *b = t->b;
    const struct park *p = b->park;
    const struct park_pool at = b->pools.data[pool];
    if (at.link >= 0 || p->parties[at.party].is_market) {
        return;
    }
    const struct uses u = t->uses[pool];
    const char *owner = at.stock >= 0 ? at.name : p->parties[at.party].name;
    for (int i = 0; i < p->offer_count; i++) {
        const struct park_offer *o = p->offers[i];
        if (!wants(t, o, &u, &at)) {
            continue;
        }
        const char *market = p->markets[o->market]->name;
        const char *stream = p->streams[o->stream]->name;
        const bool buys = o->side == PARK_SIDE_SELLS;
        const char *name =
            sim_arena_format(p->arena, "%s>%s:%s%s", buys ? market : owner, buys ? owner : market,
                             stream, o->side == PARK_SIDE_DISPOSES ? "~away" : "");
        add_trade(b, i, pool, buys ? o->order : o->priority, 0, name);
    }
}

static void add_routes(struct park_builder *b, int32_t stock)
{
    const struct park *p = b->park;
    const struct park_stock *s = p->stocks[stock];
    if (s->full_market >= 0) {
        const struct park_market *m = p->markets[s->full_market];
        const int32_t offer = park_build_trade_offer(p, m->party, s->stream, false);
        add_trade(b, offer, b->stock_pools[stock], PARK_BUILD_FULL_PRIORITY, SIM_PORT_AT_BOUND,
                  sim_arena_format(p->arena, "%s>%s~full", s->name, m->name));
    }
    if (s->empty_market >= 0) {
        const struct park_market *m = p->markets[s->empty_market];
        const int32_t offer = park_build_trade_offer(p, m->party, s->stream, true);
        add_trade(b, offer, b->stock_pools[stock], PARK_BUILD_EMPTY_ORDER, SIM_PORT_AT_BOUND,
                  sim_arena_format(p->arena, "%s>%s~empty", m->name, s->name));
    }
}

// What is bought or delivered by contract is not meant to go straight to an outlet: where a
// junction has one, such givers see users only, as pull processes do.
static void shield_outlets(struct park_builder *b)
{
    bool *has_outlet = sim_base_alloc((size_t)b->pools.count, sizeof(bool));
    for (int i = 0; i < b->ports.count; i++) {
        const struct sim_port_def *port = &b->ports.data[i];
        if ((port->flags & SIM_PORT_OUTLET) != 0 && b->pools.data[port->pool].stock < 0) {
            has_outlet[port->pool] = true;
        }
    }
    for (int i = 0; i < b->ports.count; i++) {
        struct sim_port_def *port = &b->ports.data[i];
        const enum park_activity_kind kind = b->activities.data[port->activity].kind;
        const bool delivers = kind == PARK_ACTIVITY_EXCHANGE || kind == PARK_ACTIVITY_EXIT ||
                              kind == PARK_ACTIVITY_PURCHASE;
        const bool at_firm = !b->park->parties[b->pools.data[port->pool].party].is_market;
        if (port->gives && delivers && at_firm && has_outlet[port->pool]) {
            port->flags |= SIM_PORT_PULL;
        }
    }
    free(has_outlet);
}

void park_build_trade(struct park_builder *b)
{
    const int pools = b->pools.count; // those of markets come after
    struct trade t = {.b = b};
    find_uses(&t);
    find_contracts(&t);
    for (int32_t i = 0; i < pools; i++) {
        trade_at(&t, i);
    }
    free(t.uses);
    free(t.disposers);
    free(t.contracts);
    for (int32_t i = 0; i < b->park->stock_count; i++) {
        add_routes(b, i);
    }
    shield_outlets(b);
}
