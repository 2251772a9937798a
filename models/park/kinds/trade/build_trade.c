// Trade with markets: by contract (build_exchanges.c asks for its end) and by default.
#include "models/park/kinds/trade/build_trade.h"

#include "models/park/base/kinds.h"
#include "models/park/kinds/trade/markets.h"

#include <math.h>
#include <stdlib.h>

static const struct park_mover supply_mover = {.verb = "supplies"};
static const struct park_mover demand_mover = {.verb = "takes"};
static const struct park_mover purchase_mover = {.verb = "carries"};
static const struct park_mover sale_mover = {.verb = "carries"};
static const struct park_mover disposal_mover = {.verb = "carries"};

static bool is_limited(const struct park_offer *o)
{
    return isfinite(o->level.nominal);
}

/** Who gives to an offer, seen from the pool it draws on. `is_bounded`: by something else than the
 * market. */
static unsigned taker_flags(const struct park_offer *o, bool is_bounded)
{
    if (o->side == PARK_SIDE_DISPOSES) {
        return SIM_PORT_OUTLET;
    }
    return is_limited(o) || is_bounded ? SIM_PORT_SALE : SIM_PORT_SALE | SIM_PORT_OUTLET;
}

int32_t park_build_trade_offer(const struct park *p, int32_t party, int32_t stream, bool sells)
{
    return park_offers_find(p, p->parties[party].id, stream, sells);
}

// The supply or demand of a limited market, at a junction of its own.
static void add_world(struct park_builder *b, int32_t offer)
{
    const struct park_offer *o = b->park->offers[offer];
    const int32_t party = b->park->markets[o->market]->party;
    const bool sells = o->side == PARK_SIDE_SELLS;
    struct park_activity a = park_build_activity(o->name, sells ? &supply_mover : &demand_mover,
                                                 offer, o->level.nominal);
    a.path = o->path;
    a.node = o->node;
    a.level = &o->level;
    a.is_user = o->side == PARK_SIDE_BUYS;
    park_build_add(b, &a, 0, false);
    const int32_t pool = b->offer_pools[offer];
    const int32_t port =
        sells ? park_build_give(b, pool, 1, 1, 0, 0) : park_build_take(b, pool, 1, 1, 0, 0);
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
                           .whose = party,
                           .payer = -1,
                           .fate = -1,
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

unsigned park_build_trade_flags(const struct park *p, int32_t offer, bool is_bounded)
{
    return taker_flags(p->offers[offer], is_bounded);
}

const struct sim_value *park_build_trade_price(const struct park *p, int32_t offer)
{
    const struct park_offer *o = p->offers[offer];
    const struct sim_value *v = &o->price;
    v = v->form != SIM_VALUE_NONE ? v : &p->streams[o->stream]->price;
    return v->form != SIM_VALUE_NONE ? v : NULL;
}

void park_build_trade_emissions(const struct park_builder *b, struct park_move *m, int32_t offer)
{
    const struct park *p = b->park;
    const struct park_offer *o = p->offers[offer];
    const struct park_stream *s = p->streams[o->stream];
    const bool is_energy = s->kind == PARK_STREAM_ENERGY || s->kind == PARK_STREAM_HEAT;
    const bool has_upstream = o->upstream.form != SIM_VALUE_NONE;
    switch (o->side) {
    case PARK_SIDE_SELLS:
        m->scope = is_energy ? 2 : 3;
        m->whose = b->accounts.data[m->to].party;
        park_build_factor(b, m, PARK_COLUMN_CO2E, has_upstream ? &o->upstream : &s->upstream, 1);
        break;
    case PARK_SIDE_BUYS:
        break;
    case PARK_SIDE_DISPOSES:
        m->fate = o->fate;
        m->scope = o->fate == PARK_FATE_VENT ? 1 : 3;
        m->freed = o->fate == PARK_FATE_VENT && o->emission.form == SIM_VALUE_NONE ? 1 : m->freed;
        park_build_factor(b, m, PARK_COLUMN_CO2E, &o->emission, 1);
        break;
    }
}

// One firm (or stock of a firm) deals with one market; class 10 and SIM_PORT_AT_BOUND for routes.
static void add_trade(struct park_builder *b, int32_t offer, int32_t pool, int64_t class,
                      unsigned flags, const char *name, const char *title)
{
    static const struct park_mover *const movers[] = {&purchase_mover, &sale_mover,
                                                      &disposal_mover};
    static const enum park_move_kind moves[] = {PARK_MOVE_PURCHASE, PARK_MOVE_SALE,
                                                PARK_MOVE_DISPOSAL};
    const struct park *p = b->park;
    const struct park_offer *o = p->offers[offer];
    const int32_t market = p->markets[o->market]->party;
    const int32_t firm = b->pools.data[pool].party;
    const int32_t world = park_build_trade_pool(b, offer);
    const bool buys = o->side == PARK_SIDE_SELLS;
    struct park_activity a = park_build_activity(name, movers[o->side], offer, INFINITY);
    a.title = title;
    a.path = o->path;
    a.node = o->node;
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
        from = park_build_take(b, pool, 1, class, 0, flags | taker_flags(o, false));
        to = world >= 0 ? park_build_give(b, world, 1, 1, 0, 0) : -1;
    }
    struct park_move move = {.kind = moves[o->side],
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
                             .whose = buys ? market : firm,
                             .payer = -1,
                             .fate = -1};
    park_build_factor(b, &move, PARK_COLUMN_PRICE, park_build_trade_price(p, offer), 1);
    park_build_trade_emissions(b, &move, offer);
    park_build_move(b, move);
}

struct uses {
    bool takes;  // a process (or a pump) takes from it
    bool gives;  // a process gives to it, or a contract to a firm that trades
    bool pushes; // a process, with a port that is not pull
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

static bool firm_trades(const struct park_builder *b, int32_t pool)
{
    const struct park_party *party = &b->park->parties[b->pools.data[pool].party];
    return !party->is_market && b->park->firms[party->id]->trades;
}

static void find_uses(struct trade *t)
{
    const struct park_builder *b = t->b;
    t->uses = sim_base_alloc((size_t)b->pools.count, sizeof(struct uses));
    for (int i = 0; i < b->ports.count; i++) {
        const struct sim_port_def *port = &b->ports.data[i];
        const struct park_activity *a = &b->activities.data[port->activity];
        const bool pumps = a->mover->is_contract && !a->mover->is_exit && !port->gives &&
                           b->pools.data[port->pool].stream != b->park->exchanges[a->id]->stream;
        if (a->mover->is_process || pumps) {
            struct uses *u = &t->uses[port->pool];
            u->takes = u->takes || !port->gives;
            u->gives = u->gives || port->gives;
            u->pushes = u->pushes || (port->gives && (port->flags & SIM_PORT_PULL) == 0);
        } else if (port->gives && firm_trades(b, port->pool)) {
            t->uses[port->pool].gives = true;
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
        const char *title = sim_arena_format(p->arena, "%s>%s:%s", buys ? market : owner,
                                             buys ? owner : market, stream);
        const char *name =
            o->side == PARK_SIDE_DISPOSES ? sim_arena_format(p->arena, "%s~away", title) : title;
        add_trade(b, i, pool, buys ? o->order : o->priority, 0, name, title);
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
                  sim_arena_format(p->arena, "%s>%s~full", s->name, m->name),
                  sim_arena_format(p->arena, "%s overflows to %s", s->name, m->name));
    }
    if (s->empty_market >= 0) {
        const struct park_market *m = p->markets[s->empty_market];
        const int32_t offer = park_build_trade_offer(p, m->party, s->stream, true);
        add_trade(b, offer, b->stock_pools[stock], PARK_BUILD_EMPTY_ORDER, SIM_PORT_AT_BOUND,
                  sim_arena_format(p->arena, "%s>%s~empty", m->name, s->name),
                  sim_arena_format(p->arena, "%s fills %s", m->name, s->name));
    }
}

// ---- What may be sold, and what may overflow ----

struct goods {
    struct park_builder *b;
    struct park_build_index at;
    int32_t *sources; // by exchange
    bool *is_open;    // by pool: being looked at
};

/** The pool that each exchange takes from; -1: a market without limit. */
static int32_t *find_sources(const struct park_builder *b)
{
    int32_t *sources = sim_base_alloc((size_t)b->park->exchange_count, sizeof(int32_t));
    for (int i = 0; i < b->park->exchange_count; i++) {
        sources[i] = -1;
    }
    for (int i = 0; i < b->moves.count; i++) {
        const struct park_move *m = &b->moves.data[i];
        if (m->exchange >= 0 && m->kind != PARK_MOVE_INPUT && m->kind != PARK_MOVE_ARRIVAL) {
            sources[m->exchange] = m->from_pool;
        }
    }
    return sources;
}

static bool is_internal(const struct park *p, const struct park_activity *a)
{
    return a->mover->is_contract && p->exchanges[a->id]->from == p->exchanges[a->id]->to;
}

/** What meets in a pool: 0 what push processes of the firm make, PULL where its pull processes give
 * too, BOUGHT where something comes from elsewhere. */
static unsigned nature_of(const struct goods *g, int32_t pool)
{
    const struct park_builder *b = g->b;
    unsigned flags = 0;
    if (pool < 0 || g->is_open[pool]) {
        return pool < 0 ? SIM_PORT_BOUGHT : 0U;
    }
    g->is_open[pool] = true;
    for (int i = g->at.first[pool]; i < g->at.first[pool + 1]; i++) {
        const struct sim_port_def *port = &b->ports.data[g->at.at[i]];
        const struct park_activity *a = &b->activities.data[port->activity];
        if (port->gives && is_internal(b->park, a)) {
            flags |= nature_of(g, g->sources[a->id]);
        } else if (port->gives && a->mover->is_process) {
            flags |= port->flags & SIM_PORT_PULL;
        } else if (port->gives) {
            flags |= SIM_PORT_BOUGHT;
        }
    }
    g->is_open[pool] = false;
    return flags;
}

/** Flags of what a contract brings to a firm's pool. */
static unsigned delivered_flags(const struct goods *g, const struct park_activity *a, int32_t pool,
                                unsigned bought)
{
    const struct park_builder *b = g->b;
    const int32_t from = g->sources[a->id];
    const unsigned nature = nature_of(g, from);
    const int32_t stock = b->pools.data[pool].stock;
    if (is_internal(b->park, a)) { // it stays what it was
        return nature == 0 ? 0U : SIM_PORT_PULL | ((nature & SIM_PORT_BOUGHT) != 0 ? bought : 0U);
    }
    const bool is_pushed = from >= 0 && nature == 0 && b->pools.data[from].stock < 0 &&
                           !b->park->parties[b->pools.data[from].party].is_market;
    if (is_pushed && stock >= 0 && b->park->stocks[stock]->full_market >= 0) {
        return bought | SIM_PORT_SPILLED;
    }
    return bought | SIM_PORT_PULL;
}

static void mark_goods(struct park_builder *b)
{
    struct goods g = {.b = b,
                      .at = park_build_index_make(b->ports.data, b->ports.count, b->pools.count),
                      .sources = find_sources(b),
                      .is_open = sim_base_alloc((size_t)b->pools.count, sizeof(bool))};
    for (int i = 0; i < b->ports.count; i++) {
        struct sim_port_def *port = &b->ports.data[i];
        const struct park_activity *a = &b->activities.data[port->activity];
        const bool at_firm = !b->park->parties[b->pools.data[port->pool].party].is_market &&
                             b->pools.data[port->pool].link < 0;
        const unsigned bought = firm_trades(b, port->pool) ? SIM_PORT_TRADED : SIM_PORT_BOUGHT;
        if (!port->gives || !at_firm) {
            continue;
        }
        if (a->mover == &purchase_mover) {
            const bool fills = (port->flags & SIM_PORT_AT_BOUND) == 0;
            port->flags |= bought | (fills ? SIM_PORT_PULL : 0U);
        } else if (a->mover->is_contract) {
            port->flags |= delivered_flags(&g, a, port->pool, bought);
        }
    }
    park_build_index_free(&g.at);
    free(g.sources);
    free(g.is_open);
}

// A stated demand is there whether or not anybody can serve it.
static void add_demands(struct park_builder *b)
{
    for (int32_t i = 0; i < b->park->offer_count; i++) {
        if (b->park->offers[i]->side == PARK_SIDE_BUYS && b->park->offers[i]->stream >= 0) {
            (void)park_build_trade_pool(b, i);
        }
    }
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
    add_demands(b);
    mark_goods(b);
}
