#include "tests/support/ref_net.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void need_room(int count, int most, const char *what)
{
    if (count >= most) {
        fprintf(stderr, "ref_net: no room for more %s\n", what);
        exit(2);
    }
}

static void trouble(struct ref_net *n, const char *what)
{
    n->trouble = n->trouble == NULL ? what : n->trouble;
}

// ---- Pools, activities, ports, flows ----

static int add_pool(struct ref_net *n, int stock, int firm, int stream)
{
    need_room(n->pool_count, REF_POOLS, "pools");
    n->pools[n->pool_count] = (struct ref_pool){.stock = stock, .firm = firm, .stream = stream};
    return n->pool_count++;
}

static int junction(struct ref_net *n, int firm, int stream)
{
    int *const pool = &n->junctions[firm][stream];
    *pool = *pool < 0 ? add_pool(n, -1, firm, stream) : *pool;
    return *pool;
}

static int add_flow(struct ref_net *n, const char *from, const char *to, int stream)
{
    char label[REF_LABEL];
    snprintf(label, sizeof(label), "%s > %s: %s", from, to, n->park->streams[stream].name);
    for (int i = 0; i < n->flow_count; i++) {
        if (strcmp(n->flows[i].label, label) == 0) {
            return i;
        }
    }
    need_room(n->flow_count, REF_FLOWS, "flows");
    struct ref_flow *const f = &n->flows[n->flow_count];
    memcpy(f->label, label, sizeof(label));
    f->stream = stream;
    return n->flow_count++;
}

static struct ref_act *add_act(struct ref_net *n, enum ref_act_kind kind, int of, double most)
{
    need_room(n->act_count, REF_ACTS, "activities");
    struct ref_act *const a = &n->acts[n->act_count++];
    *a = (struct ref_act){.kind = kind, .of = of, .firm = -1, .most = most, .flow = -1};
    return a;
}

static struct ref_net_port *add_port(struct ref_net *n, struct ref_act *a, int pool, bool is_giver,
                                     double coef)
{
    need_room(n->port_count, REF_POOL_PORTS, "ports");
    struct ref_pool *const at = &n->pools[pool];
    need_room(at->count[is_giver], REF_AT_POOL, "ports at a pool");
    at->ports[is_giver][at->count[is_giver]++] = n->port_count;
    a->ports[a->port_count++] = n->port_count;
    struct ref_net_port *const port = &n->ports[n->port_count++];
    *port = (struct ref_net_port){.act = (int)(a - n->acts),
                                  .pool = pool,
                                  .coef = coef,
                                  .is_giver = is_giver,
                                  .sort = is_giver ? REF_OUTLET : REF_USER,
                                  .flow = -1};
    return port;
}

int ref_net_other(const struct ref_net *n, int port)
{
    const struct ref_act *a = &n->acts[n->ports[port].act];
    return a->port_count < 2 ? -1 : a->ports[0] == port ? a->ports[1] : a->ports[0];
}

// ---- Processes ----

static void add_process_port(struct ref_net *n, struct ref_act *a, const struct ref_process *q,
                             const struct ref_port *r, bool is_giver)
{
    const struct ref_park *p = n->park;
    const bool is_main = is_giver && q->main >= 0 && r == &q->outputs[q->main];
    const bool is_pulled = is_main && q->is_pull;
    const int pool = r->stock >= 0 ? n->stocks[r->stock] : junction(n, q->firm, r->stream);
    struct ref_net_port *const port = add_port(n, a, pool, is_giver, r->amount);
    char name[3 * REF_NAME];
    snprintf(name, sizeof(name), "%s.%s", p->firms[q->firm].name, q->name);
    const char *firm = p->firms[q->firm].name;
    port->flow = is_giver ? add_flow(n, name, firm, r->stream) : add_flow(n, firm, name, r->stream);
    port->sort = is_pulled ? REF_DEMAND : port->sort;
    port->rank = r->rank >= 0 ? r->rank : is_pulled ? 5 : 0;
    if (is_pulled && p->firms[q->firm].utility >= 0) {
        port->rank = 10 + q->merit + (q->is_standby ? 1000 : 0);
    }
}

static void add_process(struct ref_net *n, int id)
{
    const struct ref_process *q = &n->park->processes[id];
    struct ref_act *const a = add_act(n, REF_PROCESS, id, q->capacity);
    a->firm = q->firm;
    a->minimum = q->turndown * q->capacity;
    for (int i = 0; i < q->input_count; i++) {
        add_process_port(n, a, q, &q->inputs[i], false);
    }
    for (int i = 0; i < q->output_count; i++) {
        add_process_port(n, a, q, &q->outputs[i], true);
    }
}

// ---- Markets ----

enum {
    SELLS,
    BUYS,
    DISPOSES
};

static const struct ref_offer *offer_of(const struct ref_market *m, int side, int stream)
{
    return side == SELLS  ? &m->sells[stream]
           : side == BUYS ? &m->buys[stream]
                          : &m->disposes[stream];
}

static void add_limit(struct ref_net *n, int market, int side, int stream)
{
    const struct ref_market *m = &n->park->markets[market];
    const struct ref_offer *o = offer_of(m, side, stream);
    if (!m->there || !o->there || o->capacity < 0) {
        return;
    }
    const int pool = add_pool(n, -1, -1, stream);
    n->offers[market][side][stream] = pool;
    struct ref_act *const a = add_act(n, REF_LIMIT, -1, o->capacity);
    add_port(n, a, pool, side == SELLS, 1.0)->rank = 9;
    a->flow = add_flow(n, m->name, m->name, stream);
}

static bool has_contract(const struct ref_park *p, int firm, int market, int stream, bool buys)
{
    for (int i = 0; i < p->contract_count; i++) {
        const struct ref_contract *c = &p->contracts[i];
        const struct ref_place at = buys ? c->from : c->to;
        const struct ref_place user = buys ? c->to : c->from;
        if (c->there && c->stream == stream && at.kind == REF_AT_MARKET && at.id == market &&
            (user.kind == REF_AT_FIRM ? user.id : p->stocks[user.id].firm) == firm) {
            return true;
        }
    }
    return false;
}

// A trade of a pool with a market; `side` is the market's.
static void add_trade(struct ref_net *n, enum ref_act_kind kind, int pool, int market, int side)
{
    const struct ref_pool *at = &n->pools[pool];
    const struct ref_market *m = &n->park->markets[market];
    const struct ref_offer *o = offer_of(m, side, at->stream);
    const char *firm = n->park->firms[at->firm].name;
    const bool buys = side == SELLS;
    struct ref_act *const a = add_act(n, kind, at->stock, INFINITY);
    a->firm = at->firm;
    a->flow =
        buys ? add_flow(n, m->name, firm, at->stream) : add_flow(n, firm, m->name, at->stream);
    struct ref_net_port *const port = add_port(n, a, pool, buys, 1.0);
    const int usual = side == DISPOSES ? 10 : 9;
    port->rank = kind == REF_TRADE && o->rank >= 0 ? o->rank : usual;
    port->sort = buys ? REF_USER : side == BUYS && o->capacity >= 0 ? REF_DEMAND : REF_OUTLET;
    const int limited = n->offers[market][side][at->stream];
    if (limited >= 0) {
        add_port(n, a, limited, !buys, 1.0)->rank = 1; // as a contract that states no other
    }
}

static bool is_made_at(const struct ref_net *n, int pool, bool unless_pulled)
{
    for (int i = 0; i < n->pools[pool].count[1]; i++) {
        const struct ref_net_port *port = &n->ports[n->pools[pool].ports[1][i]];
        if (n->acts[port->act].kind == REF_PROCESS &&
            !(unless_pulled && port->sort != REF_OUTLET)) {
            return true;
        }
    }
    return false;
}

static bool is_used_at(const struct ref_net *n, int pool)
{
    for (int i = 0; i < n->pools[pool].count[0]; i++) {
        if (n->acts[n->ports[n->pools[pool].ports[0][i]].act].kind == REF_PROCESS) {
            return true;
        }
    }
    return false;
}

// What firms do with a market without a word: buy what processes need at a junction, sell what they
// make (from a stock only to a stated demand), dispose of what they make at a junction.
static void add_default_trades(struct ref_net *n, int pool, int market)
{
    const struct ref_pool *at = &n->pools[pool];
    const struct ref_market *m = &n->park->markets[market];
    const int firm = at->firm;
    const int s = at->stream;
    if (!m->there) {
        return;
    }
    const bool sells_by_contract = has_contract(n->park, firm, market, s, false);
    if (m->sells[s].there && at->stock < 0 && is_used_at(n, pool) &&
        !has_contract(n->park, firm, market, s, true)) {
        add_trade(n, REF_TRADE, pool, market, SELLS);
    }
    if (m->buys[s].there && is_made_at(n, pool, false) && !sells_by_contract &&
        (at->stock < 0 || m->buys[s].capacity >= 0)) {
        add_trade(n, REF_TRADE, pool, market, BUYS);
    }
    if (m->disposes[s].there && at->stock < 0 && is_made_at(n, pool, true) && !sells_by_contract) {
        add_trade(n, REF_TRADE, pool, market, DISPOSES);
    }
}

// ---- Contracts ----

static int pool_at(struct ref_net *n, struct ref_place place, int stream, int side)
{
    return place.kind == REF_AT_FIRM    ? junction(n, place.id, stream)
           : place.kind == REF_AT_STOCK ? n->stocks[place.id]
                                        : n->offers[place.id][side][stream];
}

static void add_contract(struct ref_net *n, int id)
{
    const struct ref_park *p = n->park;
    const struct ref_contract *c = &p->contracts[id];
    const bool to_market = c->to.kind == REF_AT_MARKET;
    const bool is_sale = to_market && p->markets[c->to.id].buys[c->stream].there;
    const bool limited = c->has_link && c->capacity >= 0;
    const int from = pool_at(n, c->from, c->stream, SELLS);
    const int to = pool_at(n, c->to, c->stream, is_sale ? BUYS : DISPOSES);
    struct ref_act *const a =
        add_act(n, REF_CONTRACT, id, limited ? c->capacity : (double)INFINITY);
    a->flow = add_flow(n, ref_park_party(p, c->from), ref_park_party(p, c->to), c->stream);
    if (from >= 0) {
        struct ref_net_port *const port = add_port(n, a, from, false, 1.0);
        port->rank = c->priority;
        port->share = c->share;
        port->sort = is_sale ? REF_DEMAND : to_market ? REF_OUTLET : REF_USER;
    }
    if (to >= 0) {
        struct ref_net_port *const port = add_port(n, a, to, true, 1.0 - c->loss / 100.0);
        port->rank = c->order;
        port->sort = n->pools[to].firm >= 0 ? REF_USER : REF_OUTLET;
    }
    if (a->port_count == 0) {
        trouble(n, "a contract between markets without limits");
    }
}

// Does a contract bring what push processes just made, and nothing else?
static bool brings_push_goods(const struct ref_net *n, const struct ref_net_port *port)
{
    const int other = ref_net_other(n, (int)(port - n->ports));
    const struct ref_pool *from = other >= 0 ? &n->pools[n->ports[other].pool] : NULL;
    if (from == NULL || from->stock >= 0 || from->firm < 0) {
        return false;
    }
    for (int i = 0; i < from->count[1]; i++) {
        const struct ref_net_port *giver = &n->ports[from->ports[1][i]];
        if (n->acts[giver->act].kind != REF_PROCESS || giver->sort != REF_OUTLET) {
            return false;
        }
    }
    return from->count[1] > 0;
}

static bool brings_some_push_goods(const struct ref_net *n, const struct ref_net_port *port)
{
    const int other = ref_net_other(n, (int)(port - n->ports));
    const int from = other >= 0 ? n->ports[other].pool : -1;
    return from >= 0 && n->pools[from].firm >= 0 &&
           (n->pools[from].stock >= 0 || is_made_at(n, from, true));
}

// Contracted goods may overflow only where a push process gives them and the stock names a route.
static void sort_contracted(struct ref_net *n)
{
    for (int i = 0; i < n->port_count; i++) {
        struct ref_net_port *const port = &n->ports[i];
        const int stock = n->pools[port->pool].stock;
        if (port->is_giver && n->acts[port->act].kind == REF_CONTRACT && stock >= 0 &&
            n->park->stocks[stock].full >= 0) {
            if (brings_push_goods(n, port)) {
                port->sort = REF_OUTLET;
            } else if (brings_some_push_goods(n, port)) {
                trouble(n, "contracted goods of several sorts into a stock that overflows");
            }
        }
    }
}

// ---- Classes ----

static int by_class(const struct ref_net_port *a, const struct ref_net_port *b)
{
    return a->rank != b->rank ? (a->rank < b->rank ? -1 : 1) : 0;
}

static void sort_side(struct ref_net *n, struct ref_pool *at, int side)
{
    int *const list = at->ports[side];
    for (int i = 1; i < at->count[side]; i++) {
        for (int k = i; k > 0 && by_class(&n->ports[list[k]], &n->ports[list[k - 1]]) < 0; k--) {
            const int t = list[k];
            list[k] = list[k - 1];
            list[k - 1] = t;
        }
    }
    for (int i = 0; i < at->count[side]; i++) {
        if (i == 0 || by_class(&n->ports[list[i]], &n->ports[list[i - 1]]) != 0) {
            need_room(at->class_count[side], REF_CLASSES, "classes");
            at->first[side][at->class_count[side]++] = i;
        }
    }
    at->first[side][at->class_count[side]] = at->count[side];
}

// ---- What the rules leave open ----

static bool has_mixed_class(const struct ref_net *n, const struct ref_pool *at, int side)
{
    for (int c = 0; c < at->class_count[side]; c++) {
        for (int i = at->first[side][c] + 1; i < at->first[side][c + 1]; i++) {
            if (n->ports[at->ports[side][i]].sort != n->ports[at->ports[side][i - 1]].sort) {
                return true;
            }
        }
    }
    return false;
}

static void check_shares(struct ref_net *n, const struct ref_pool *at)
{
    for (int c = 0; c < at->class_count[0]; c++) {
        for (int i = at->first[0][c] + 1; i < at->first[0][c + 1]; i++) {
            if ((n->ports[at->ports[0][i]].share > 0) !=
                (n->ports[at->ports[0][i - 1]].share > 0)) {
                trouble(n, "shares beside claims without");
            }
        }
    }
}

// A contract with a market that takes whatever comes: does a pull process make its product for it?
static void check_pulled_sales(struct ref_net *n, const struct ref_pool *at)
{
    for (int i = 0; i < at->count[0]; i++) {
        const struct ref_act *a = &n->acts[n->ports[at->ports[0][i]].act];
        const struct ref_contract *c = &n->park->contracts[a->kind == REF_CONTRACT ? a->of : 0];
        if (a->kind == REF_CONTRACT && c->to.kind == REF_AT_MARKET &&
            n->park->markets[c->to.id].buys[c->stream].capacity < 0) {
            for (int k = 0; k < at->count[1]; k++) {
                if (n->ports[at->ports[1][k]].sort == REF_DEMAND) {
                    trouble(n, "a pull process and a contract with a market without a demand");
                }
            }
        }
    }
}

static void check_junction(struct ref_net *n, struct ref_pool *at)
{
    enum ref_sort least = REF_OUTLET;
    enum ref_sort most = REF_USER;
    check_pulled_sales(n, at);
    for (int side = 0; side < 2; side++) {
        for (int i = 0; i < at->count[side] && at->count[1 - side] == 0; i++) {
            if (n->acts[n->ports[at->ports[side][i]].act].kind == REF_CONTRACT) {
                trouble(n, "a contract by which nothing can pass");
            }
        }
    }
    for (int i = 0; i < at->count[1]; i++) {
        least = n->ports[at->ports[1][i]].sort < least ? n->ports[at->ports[1][i]].sort : least;
    }
    for (int i = 0; i < at->count[0]; i++) {
        most = n->ports[at->ports[0][i]].sort > most ? n->ports[at->ports[0][i]].sort : most;
    }
    at->by_sort = least < most;
    if (at->by_sort && (has_mixed_class(n, at, 0) || has_mixed_class(n, at, 1))) {
        trouble(n, "a class of several sorts");
    }
}

struct stock_facts {
    bool pulled;
    bool bought; // or contracted
    bool overflows_contracted;
    bool sold;
    bool let_out; // to an outlet other than its overflow
    int push_rank;
    int other_rank;
};

static struct stock_facts look_at_stock(const struct ref_net *n, const struct ref_pool *at)
{
    struct stock_facts f = {.push_rank = -1, .other_rank = INT32_MAX};
    for (int i = 0; i < at->count[1]; i++) {
        const struct ref_net_port *port = &n->ports[at->ports[1][i]];
        const enum ref_act_kind kind = n->acts[port->act].kind;
        f.pulled |= kind == REF_PROCESS && port->sort != REF_OUTLET;
        f.bought |= kind != REF_PROCESS && port->sort == REF_USER && kind != REF_EMPTY;
        f.overflows_contracted |= kind == REF_CONTRACT && port->sort == REF_OUTLET;
        if (port->sort == REF_OUTLET) {
            f.push_rank = port->rank > f.push_rank ? port->rank : f.push_rank;
        } else {
            f.other_rank = port->rank < f.other_rank ? port->rank : f.other_rank;
        }
    }
    for (int i = 0; i < at->count[0]; i++) {
        const struct ref_net_port *port = &n->ports[at->ports[0][i]];
        f.sold |= port->sort == REF_DEMAND;
        f.let_out |= port->sort == REF_OUTLET && n->acts[port->act].kind != REF_FULL;
    }
    return f;
}

static bool has_overflow_in_company(const struct ref_net *n, const struct ref_pool *at)
{
    for (int c = 0; c < at->class_count[0]; c++) {
        for (int i = at->first[0][c]; i < at->first[0][c + 1]; i++) {
            const enum ref_act_kind kind = n->acts[n->ports[at->ports[0][i]].act].kind;
            if (kind == REF_FULL && at->first[0][c + 1] - at->first[0][c] > 1) {
                return true;
            }
        }
    }
    return false;
}

static void check_stock(struct ref_net *n, struct ref_pool *at)
{
    const struct ref_stock *s = &n->park->stocks[at->stock];
    const struct stock_facts f = look_at_stock(n, at);
    check_pulled_sales(n, at);
    at->is_traded = f.bought && (f.sold || f.let_out);
    at->has_bought = f.bought;
    if (at->is_traded && has_mixed_class(n, at, 0)) {
        trouble(n, "a class of several sorts");
    }
    if (has_overflow_in_company(n, at)) {
        trouble(n, "an overflow in one class with others");
    }
    if (f.push_rank >= f.other_rank) {
        trouble(n, "a stock that asks for bought goods before its own");
    }
    if (f.pulled && (f.let_out || (f.bought && f.sold))) {
        trouble(n, "a stock with pulled goods and outlets");
    }
    if (f.overflows_contracted && (f.sold || f.let_out)) {
        trouble(n, "a stock with contracted goods that overflow and sales");
    }
    if (s->empty >= 0 && ((s->minimum > 0 && s->decay_day > 0) || f.sold || f.let_out)) {
        trouble(n, "a stock that is filled at a minimum where it decays, or to be sold");
    }
    if (s->reorder >= 0 && f.bought) {
        trouble(n, "reorder where goods come by contract");
    }
}

static bool is_free(const struct ref_act *a)
{
    return isinf(a->most);
}

static bool has_unlimited_seller(const struct ref_net *n, const struct ref_pool *at,
                                 enum ref_sort for_whom)
{
    for (int i = 0; i < at->count[1]; i++) {
        const struct ref_net_port *port = &n->ports[at->ports[1][i]];
        const struct ref_act *a = &n->acts[port->act];
        if (is_free(a) && port->sort >= for_whom && ref_net_other(n, at->ports[1][i]) < 0) {
            return true;
        }
    }
    return false;
}

// Nothing may be unlimited at both ends.
static void check_ends(struct ref_net *n)
{
    for (int k = 0; k < n->act_count; k++) {
        const struct ref_act *a = &n->acts[k];
        if (!is_free(a) || a->kind == REF_FULL || a->kind == REF_EMPTY) {
            continue;
        }
        bool from = true;
        bool to = true;
        for (int i = 0; i < a->port_count; i++) {
            const struct ref_net_port *port = &n->ports[a->ports[i]];
            const struct ref_pool *at = &n->pools[port->pool];
            const bool unlimited =
                at->stock >= 0 || (!port->is_giver && has_unlimited_seller(n, at, port->sort));
            from = port->is_giver ? from : unlimited;
            to = port->is_giver ? unlimited : to;
        }
        if (from && to) {
            trouble(n, "no limit at either end");
        }
    }
}

static bool has_open_outlet(const struct ref_net *n, const struct ref_pool *at)
{
    for (int i = 0; i < at->count[0]; i++) {
        const struct ref_net_port *port = &n->ports[at->ports[0][i]];
        if (is_free(&n->acts[port->act]) && port->sort != REF_USER &&
            ref_net_other(n, at->ports[0][i]) < 0) {
            return true;
        }
    }
    return false;
}

bool ref_net_has_open_end(const struct ref_net *n)
{
    for (int i = 0; i < n->port_count; i++) {
        const struct ref_net_port *to = &n->ports[i];
        const int from = ref_net_other(n, i);
        if (to->is_giver && n->acts[to->act].kind == REF_CONTRACT && is_free(&n->acts[to->act]) &&
            has_open_outlet(n, &n->pools[to->pool]) &&
            (from < 0 || n->pools[n->ports[from].pool].stock >= 0 ||
             has_unlimited_seller(n, &n->pools[n->ports[from].pool], REF_USER))) {
            return true;
        }
    }
    return false;
}

static void finish_pools(struct ref_net *n)
{
    for (int i = 0; i < n->pool_count; i++) {
        struct ref_pool *const at = &n->pools[i];
        sort_side(n, at, 0);
        sort_side(n, at, 1);
        check_shares(n, at);
        if (at->stock >= 0) {
            check_stock(n, at);
        } else {
            check_junction(n, at);
        }
    }
    check_ends(n);
}

// ---- All of it ----

static void add_stock_routes(struct ref_net *n)
{
    for (int i = 0; i < n->park->stock_count; i++) {
        const struct ref_stock *s = &n->park->stocks[i];
        if (n->stocks[i] >= 0 && s->full >= 0) {
            add_trade(n, REF_FULL, n->stocks[i], s->full, DISPOSES);
        }
        if (n->stocks[i] >= 0 && s->empty >= 0) {
            add_trade(n, REF_EMPTY, n->stocks[i], s->empty, SELLS);
        }
    }
}

static void add_places(struct ref_net *n)
{
    memset(n->junctions, -1, sizeof(n->junctions));
    memset(n->stocks, -1, sizeof(n->stocks));
    memset(n->offers, -1, sizeof(n->offers));
    const struct ref_park *p = n->park;
    for (int i = 0; i < p->stock_count; i++) {
        if (ref_park_has(p, (struct ref_place){REF_AT_STOCK, i})) {
            n->stocks[i] = add_pool(n, i, p->stocks[i].firm, p->stocks[i].stream);
        }
    }
    for (int i = 0; i < p->market_count; i++) {
        for (int s = 0; s < p->stream_count; s++) {
            for (int side = SELLS; side <= DISPOSES; side++) {
                add_limit(n, i, side, s);
            }
        }
    }
}

// Marks the pools to which contracts without a capacity hand on whatever comes to `pool`.
static void reach(const struct ref_net *n, int pool, bool *reached)
{
    const struct ref_pool *at = &n->pools[pool];
    for (int i = 0; i < at->count[0]; i++) {
        const int taker = at->ports[0][i];
        const struct ref_act *a = &n->acts[n->ports[taker].act];
        const int to = is_free(a) && a->kind == REF_CONTRACT ? ref_net_other(n, taker) : -1;
        if (to >= 0 && !reached[n->ports[to].pool]) {
            reached[n->ports[to].pool] = true;
            if (n->pools[n->ports[to].pool].stock < 0) {
                reach(n, n->ports[to].pool, reached);
            }
        }
    }
}

// Something must limit how fast a stock can be filled: not so where contracts without a capacity
// lead there from a stock or an unlimited seller, by way of whom ever.
static void check_ways(struct ref_net *n)
{
    for (int p = 0; p < n->pool_count; p++) {
        bool reached[REF_POOLS] = {false};
        if (n->pools[p].stock >= 0 || has_unlimited_seller(n, &n->pools[p], REF_USER)) {
            reach(n, p, reached);
        }
        for (int q = 0; q < n->pool_count; q++) {
            if (reached[q] && n->pools[q].stock >= 0) {
                trouble(n, "nothing limits how fast a stock is filled");
            }
        }
    }
}

bool ref_net_build(struct ref_net *n, const struct ref_park *p)
{
    memset(n, 0, sizeof(*n));
    n->park = p;
    add_places(n);
    for (int i = 0; i < p->process_count; i++) {
        if (p->processes[i].there && p->firms[p->processes[i].firm].there) {
            add_process(n, i);
        }
    }
    const int pools = n->pool_count;
    for (int i = 0; i < pools; i++) {
        for (int m = 0; m < p->market_count && n->pools[i].firm >= 0; m++) {
            add_default_trades(n, i, m);
        }
    }
    for (int i = 0; i < p->contract_count; i++) {
        const struct ref_contract *c = &p->contracts[i];
        if (c->there && ref_park_has(p, c->from) && ref_park_has(p, c->to)) {
            add_contract(n, i);
        }
    }
    add_stock_routes(n);
    sort_contracted(n);
    finish_pools(n);
    check_ways(n);
    return n->trouble == NULL;
}

// ---- Weights ----

// Do goods of sort `giver` serve takers of sort `taker`?
static bool serves(enum ref_sort giver, enum ref_sort taker)
{
    return taker <= giver;
}

// Of one side of a pool: do goods serve takers, where the port's sort meets `sort` of the other?
static bool may_meet(const struct ref_net_port *port, enum ref_sort sort)
{
    return port->is_giver ? serves(port->sort, sort) : serves(sort, port->sort);
}

static const double floor_part = 1e-6; // of what somebody has, that he weighs at least

// Capacity now of the activities with one of their own, on one side of a pool, for goods or takers
// of a sort; with `at_most` what they can have at most.
static double own(const struct ref_net *n, const struct ref_pool *at, int side, int before_rank,
                  enum ref_sort sort, bool at_most)
{
    double sum = 0.0;
    for (int i = 0; i < at->count[side]; i++) {
        const struct ref_net_port *port = &n->ports[at->ports[side][i]];
        const struct ref_act *a = &n->acts[port->act];
        if (!is_free(a) && may_meet(port, sort) && port->rank < before_rank) {
            sum += at_most ? port->coef * a->most : a->is_off ? 0.0 : port->coef * a->u;
        }
    }
    return sum;
}

// Does a market without limit sell there now? What is shut changes nothing.
static bool has_open_seller(const struct ref_net *n, const struct ref_pool *at,
                            enum ref_sort for_whom)
{
    for (int i = 0; i < at->count[1]; i++) {
        const struct ref_net_port *port = &n->ports[at->ports[1][i]];
        const struct ref_act *a = &n->acts[port->act];
        if (is_free(a) && a->u > 0 && port->sort >= for_whom &&
            ref_net_other(n, at->ports[1][i]) < 0) {
            return true;
        }
    }
    return false;
}

static double offer(struct ref_net *n, int port, bool *seen);
static double need(struct ref_net *n, int port, bool *seen);

// What the trades hand on where a pool has no capacity of its own on that side.
static double passed_on(struct ref_net *n, const struct ref_pool *at, int side, enum ref_sort sort,
                        bool *seen)
{
    double sum = 0.0;
    for (int i = 0; i < at->count[side]; i++) {
        const int port = at->ports[side][i];
        const int other = ref_net_other(n, port);
        if (n->acts[n->ports[port].act].u <= 0 || !may_meet(&n->ports[port], sort)) {
            continue;
        }
        if (other < 0) {
            return INFINITY;
        }
        sum += side == 1 ? offer(n, other, seen) : need(n, other, seen);
    }
    return sum;
}

// What the pool of a taking port offers it.
static double offer(struct ref_net *n, int port, bool *seen)
{
    const struct ref_net_port *taker = &n->ports[port];
    const struct ref_pool *at = &n->pools[taker->pool];
    if (seen[taker->pool]) {
        return 0.0;
    }
    seen[taker->pool] = true;
    if (at->stock >= 0 || has_open_seller(n, at, taker->sort)) {
        return INFINITY;
    }
    const double sum = own(n, at, 1, INT32_MAX, taker->sort, false);
    const double most = own(n, at, 1, INT32_MAX, taker->sort, true);
    return sum > 0 ? sum : most > 0 ? floor_part * most : passed_on(n, at, 1, taker->sort, seen);
}

// What the pool of a giving port needs of it.
static double need(struct ref_net *n, int port, bool *seen)
{
    const struct ref_net_port *giver = &n->ports[port];
    const struct ref_pool *at = &n->pools[giver->pool];
    if (seen[giver->pool]) {
        return 0.0;
    }
    seen[giver->pool] = true;
    if (at->stock >= 0) {
        return INFINITY;
    }
    const double users = own(n, at, 0, INT32_MAX, giver->sort, false);
    const double most = own(n, at, 0, INT32_MAX, giver->sort, true);
    if (users <= 0) {
        return most > 0 ? floor_part * most : passed_on(n, at, 0, giver->sort, seen);
    }
    const double others = own(n, at, 1, giver->rank, REF_USER, false);
    return fmax(users - others, floor_part * users);
}

// Weight of a port of a free trade: at the taker's pool what the giver offers, at the giver's what
// the taker needs; who is unlimited counts as what the other end is.
static double free_weight(struct ref_net *n, int port)
{
    const struct ref_net_port *here = &n->ports[port];
    const int other = ref_net_other(n, port);
    const int giver = here->is_giver ? port : other; // the port at the taker's pool
    const int taker = here->is_giver ? other : port; // the port at the giver's pool
    bool seen[REF_POOLS] = {false};
    double offered = taker >= 0 ? offer(n, taker, seen) : (double)INFINITY;
    memset(seen, 0, sizeof(seen));
    double needed = giver >= 0 ? need(n, giver, seen) : (double)INFINITY;
    offered = isinf(offered) ? needed : offered;
    needed = isinf(needed) ? offered : needed;
    const double w = here->is_giver ? offered : needed;
    return isinf(w) ? 1.0 : w;
}

void ref_net_weigh(struct ref_net *n)
{
    for (int i = 0; i < n->port_count; i++) {
        struct ref_net_port *const port = &n->ports[i];
        const struct ref_act *a = &n->acts[port->act];
        port->weight = port->share > 0          ? port->share
                       : a->u <= 0 || a->is_off ? 0.0
                       : !is_free(a)            ? port->coef * a->u
                                                : free_weight(n, i);
    }
}
