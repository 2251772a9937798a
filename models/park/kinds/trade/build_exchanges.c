// Contracts, and the links that they go over, in the network.
#include "models/park/base/kinds.h"
#include "models/park/kinds/trade/build_trade.h"

#include <math.h>

struct ends {
    int32_t from_pool, to_pool;   // -1: beyond the park's pools
    int32_t from_offer, to_offer; // -1: a firm
    enum park_move_kind kind;
    const struct sim_value *price;
    unsigned flags; // of the taker at from_pool
};

static void wrong(struct park_builder *b, const struct sim_node *n, const char *remedy,
                  const char *text)
{
    char *path = sim_tree_path(n);
    sim_diag_add(b->diag, SIM_DIAG_WRONG, &n->place, path, remedy, "%s", text);
    free(path);
}

// The end at a market: its offer, junction and price. False, told, when it has none.
static bool market_end(struct park_builder *b, const struct park_exchange *e, bool buys,
                       struct ends *out)
{
    const struct park *p = b->park;
    const int32_t party = buys ? e->from : e->to;
    const int32_t offer = park_build_trade_offer(p, party, e->stream, buys);
    if (offer < 0) {
        char *text = sim_base_format("market %s does not %s %s", p->parties[party].name,
                                     buys ? "sell" : "take", p->streams[e->stream]->name);
        wrong(b, e->node, "add it to the market, or name another", text);
        free(text);
        return false;
    }
    *(buys ? &out->from_offer : &out->to_offer) = offer;
    *(buys ? &out->from_pool : &out->to_pool) = park_build_trade_pool(b, offer);
    const bool is_bounded = e->link >= 0 && isfinite(p->links[e->link]->level.nominal);
    out->price = park_build_trade_price(p, offer);
    out->flags = buys ? 0 : park_build_trade_flags(p, offer, is_bounded);
    out->kind = buys                                       ? PARK_MOVE_PURCHASE
                : p->offers[offer]->side == PARK_SIDE_BUYS ? PARK_MOVE_SALE
                                                           : PARK_MOVE_DISPOSAL;
    return true;
}

static bool find_ends(struct park_builder *b, const struct park_exchange *e, struct ends *out)
{
    const struct park *p = b->park;
    const bool from_market = p->parties[e->from].is_market;
    const bool to_market = p->parties[e->to].is_market;
    const struct sim_value *of_stream = &p->streams[e->stream]->price;
    *out = (struct ends){.from_pool = -1, .to_pool = -1, .from_offer = -1, .to_offer = -1};
    out->kind = e->from == e->to ? PARK_MOVE_INTERNAL : PARK_MOVE_EXCHANGE;
    out->price = of_stream->form != SIM_VALUE_NONE ? of_stream : NULL;
    if (from_market && to_market) {
        wrong(b, e->node, "name a firm at one end", "both ends are markets");
        return false;
    }
    if ((from_market || to_market) && !market_end(b, e, from_market, out)) {
        return false;
    }
    if (!from_market) {
        out->from_pool = park_build_place(b, e->from, e->from_stock, e->stream);
    }
    if (!to_market) {
        out->to_pool = park_build_place(b, e->to, e->to_stock, e->stream);
    }
    out->price = e->price.form != SIM_VALUE_NONE ? &e->price : out->price;
    return true;
}

// Electricity at `from` for pumping; -1 with a mistake.
static int32_t pumping_pool(struct park_builder *b, const struct park_link *k)
{
    const struct park *p = b->park;
    if (p->parties[k->from].is_market) {
        wrong(b, k->pumping.node, "begin the link at a firm, or leave pumping out",
              "a market pays for its own pumping");
        return -1;
    }
    return park_build_junction(b, k->from, k->pumping_stream);
}

static const struct park_mover entry_mover = {.verb = "carries", .is_contract = true};
static const struct park_mover exit_mover = {
    .verb = "carries", .is_contract = true, .is_exit = true};

static struct park_activity exchange_activity(const struct park *p, int32_t id)
{
    const struct park_exchange *e = p->exchanges[id];
    struct park_activity a = park_build_activity(e->name, &entry_mover, id, INFINITY);
    a.title = sim_arena_format(p->arena, "exchange %s", e->name);
    a.path =
        e->link >= 0 ? p->links[e->link]->path : e->path; // contracts over a link share its level
    a.node = e->node;
    a.is_open = e->open;
    a.from_us = e->from_us;
    a.until_us = e->until_us;
    if (e->link >= 0) {
        const struct park_link *k = p->links[e->link];
        a.capacity = k->level.nominal;
        a.level = k->level.value != NULL ? &k->level : NULL;
        a.calendar = k->calendar;
        a.is_open = a.is_open && k->open;
        a.first_failure = k->first_failure;
        a.failure_count = p->has_failures ? k->failure_count : 0;
    }
    return a;
}

static struct park_move exchange_move(const struct park *p, int32_t id, const struct ends *ends)
{
    const struct park_exchange *e = p->exchanges[id];
    return (struct park_move){
        .kind = ends->kind,
        .stream = e->stream,
        .from = e->from,
        .to = e->to,
        .sent = 1,
        .arrived = 1,
        .from_port = -1,
        .to_port = -1,
        .exchange = id,
        .link = e->link,
        .offer = ends->from_offer >= 0 ? ends->from_offer : ends->to_offer,
        .whose = e->from,
        .payer = -1,
        .fate = -1,
    };
}

/** [-] What of it leaks on its way, where nothing else says what is set free: `upstream` does of
 * what is on its way from a market, `emission` or the fate of what goes to one. */
static double leaked_by(const struct park *p, const struct park_move *m)
{
    const struct park_offer *o = m->offer >= 0 ? p->offers[m->offer] : NULL;
    const bool is_said = o != NULL && (o->side == PARK_SIDE_SELLS || o->fate == PARK_FATE_VENT ||
                                       o->emission.form != SIM_VALUE_NONE);
    return is_said ? 0 : 1 - m->arrived / m->sent;
}

static void add_pumping(struct park_builder *b, const struct park_link *k, int32_t pool, int32_t id)
{
    const int32_t port = park_build_take(b, pool, k->pumping_j, 0, 0, 0);
    park_build_move(b, (struct park_move){
                           .kind = PARK_MOVE_INPUT,
                           .stream = b->pools.data[pool].stream,
                           .from = k->from,
                           .to = b->link_accounts[b->park->exchanges[id]->link],
                           .sent = k->pumping_j,
                           .arrived = k->pumping_j,
                           .from_port = port,
                           .to_port = -1,
                           .exchange = id,
                           .link = b->park->exchanges[id]->link,
                           .offer = -1,
                           .freed = 1,
                           .whose = k->from,
                           .payer = -1,
                           .fate = -1,
                       });
}

// The pool of what is on its way.
static int32_t add_line(struct park_builder *b, int32_t link)
{
    const struct park_link *k = b->park->links[link];
    const char *name = sim_arena_format(b->park->arena, "%s~line", k->path);
    const double holds = k->level.nominal * sim_simtime_to_seconds(k->delay_us);
    const struct sim_pool_def def = {.name = name, .capacity = holds, .reorder = -1};
    const struct park_pool pool = {
        .name = name, .stream = k->stream, .party = k->from, .stock = -1, .link = link};
    return park_build_pool(b, &def, &pool, 0);
}

static void add_exit(struct park_builder *b, int32_t id, int32_t line, const struct ends *ends)
{
    const struct park *p = b->park;
    const struct park_exchange *e = p->exchanges[id];
    const struct park_link *k = p->links[e->link];
    const int32_t entry = b->activities.count - 1;
    struct park_activity a = park_build_activity(sim_arena_format(p->arena, "%s~exit", e->name),
                                                 &exit_mover, id, k->level.nominal);
    a.path = k->path;
    a.node = e->node;
    const int32_t exit = park_build_add(b, &a, 0, ends->to_pool >= 0); // may move all activities
    b->activities.data[entry].delay_us = k->delay_us;
    b->activities.data[entry].exit = exit;
    struct park_move move = exchange_move(p, id, ends);
    move.kind = PARK_MOVE_ARRIVAL;
    move.from = b->link_accounts[e->link];
    move.sender = b->pools.data[line].name;
    move.arrived = 1 - k->lost;
    move.freed = leaked_by(p, &move);
    move.from_port = park_build_take(b, line, 1, 1, 0, 0);
    if (ends->to_pool >= 0) {
        // What comes out varies, and with it the capacity; the pipe shares by its size all along.
        const double weight = (1 - k->lost) * k->level.nominal;
        move.to_port = park_build_give(b, ends->to_pool, 1 - k->lost, e->order, weight, 0);
    }
    park_build_move(b, move);
}

static void add_exchange(struct park_builder *b, int32_t id)
{
    const struct park *p = b->park;
    const struct park_exchange *e = p->exchanges[id];
    const struct park_link *k = e->link >= 0 ? p->links[e->link] : NULL;
    struct ends ends;
    if (e->stream < 0 || e->from < 0 || e->to < 0 || !find_ends(b, e, &ends)) {
        return;
    }
    const bool delayed = k != NULL && k->delay_us > 0;
    const int32_t pumping = k != NULL && k->pumping_j > 0 ? pumping_pool(b, k) : -1;
    const int32_t line = delayed ? add_line(b, e->link) : -1;
    const int32_t to_pool = delayed ? line : ends.to_pool;
    const double arrives = k != NULL && !delayed ? 1 - k->lost : 1;
    const struct park_activity a = exchange_activity(p, id);
    park_build_add(b, &a, 0, ends.from_pool >= 0 && to_pool >= 0 && pumping < 0);
    struct park_move move = exchange_move(p, id, &ends);
    move.arrived = arrives;
    move.freed = leaked_by(p, &move);
    park_build_factor(b, &move, PARK_COLUMN_PRICE, ends.price, 1);
    if (k != NULL) {
        move.payer = k->payer == 0 ? e->from : e->to;
        park_build_factor(b, &move, PARK_COLUMN_CARRIAGE, &k->cost, 1);
    }
    if (move.offer >= 0) {
        park_build_trade_emissions(b, &move, move.offer);
    }
    if (ends.from_pool >= 0) {
        move.from_port = park_build_take(b, ends.from_pool, 1, e->priority, e->share, ends.flags);
    }
    if (to_pool >= 0) {
        move.to_port = park_build_give(b, to_pool, arrives, delayed ? 1 : e->order, 0, 0);
    }
    park_build_move(b, move);
    if (pumping >= 0) {
        add_pumping(b, k, pumping, id);
    }
    if (delayed) {
        add_exit(b, id, line, &ends);
    }
}

void park_build_exchanges(struct park_builder *b)
{
    for (int32_t i = 0; i < b->park->exchange_count; i++) {
        add_exchange(b, i);
    }
}
