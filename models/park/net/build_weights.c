// What trades and contracts weigh that carry no limit of their own: at the taker's pool what its
// giver can, at the giver's pool what the taker needs (the essay in build.h).
#include "models/park/net/make.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/** What a pool needs, or offers, seen by one who may serve some of its takers only; kept for the
 * next who sees the same. */
struct seen {
    int32_t next;    // of the same pool; -1
    int32_t rank;    // a need: givers of better orders are subtracted
    uint32_t others; // who is seen of the others there: bits of `kinds`
    bool gives;
    int32_t measure; // -1: no limit
};

struct weighing {
    struct park_builder *b;
    struct park_build_index at;
    bool *is_free;  // by activity: no limit of its own
    int32_t *first; // by pool: into `seen`; -1
    SIM_VEC(struct seen) seen;
    SIM_VEC(int32_t) plus, minus, inner, visited;
    bool *is_visited; // by pool
};

/** One who deals with a pool: what flags it has there, and its rank. */
struct dealer {
    unsigned flags;
    int32_t rank;
    bool gives; // to the pool
};

static bool may_deal(const struct dealer *d, const struct sim_port_def *other)
{
    return d->gives ? sim_network_may_serve(d->flags, other->flags)
                    : sim_network_may_serve(other->flags, d->flags);
}

static bool is_own(const struct weighing *w, const struct sim_port_def *port)
{
    return !w->is_free[port->activity] && w->b->activities.data[port->activity].capacity > 0 &&
           (port->flags & SIM_PORT_AT_BOUND) == 0;
}

static struct dealer dealer_of(const struct sim_port_def *port)
{
    return (struct dealer){.flags = port->flags, .rank = port->rank, .gives = port->gives};
}

/** The port of a free trade at its other end; NULL: beyond the park. */
static const struct sim_port_def *far_end(const struct weighing *w, int32_t activity, bool gives)
{
    const struct park_builder *b = w->b;
    const struct park_move *m = &b->moves.data[b->activities.data[activity].first_move];
    const int32_t port = gives ? m->to_port : m->from_port;
    return port >= 0 ? &b->ports.data[port] : NULL;
}

/** Which of the ports opposite are seen, as bits by flags: two dealers of the same see the same. */
static uint32_t sight(const struct dealer *d)
{
    static const unsigned takers[] = {0, SIM_PORT_OUTLET, SIM_PORT_SALE,
                                      SIM_PORT_SALE | SIM_PORT_OUTLET, SIM_PORT_AT_BOUND};
    static const unsigned givers[] = {0, SIM_PORT_PULL, SIM_PORT_BOUGHT, SIM_PORT_TRADED,
                                      SIM_PORT_SPILLED};
    uint32_t bits = 0;
    for (int i = 0; i < SIM_COUNT(takers); i++) {
        const bool sees = d->gives ? sim_network_may_serve(d->flags, takers[i])
                                   : sim_network_may_serve(givers[i], d->flags);
        bits |= sees ? 1U << i : 0;
    }
    return bits;
}

static bool gather(struct weighing *w, int32_t pool, const struct dealer *d, bool *out_unlimited);

/** The far ends of a free trade that `d` could deal with by way of the pool: its need, or offer,
 * counts as the pool's. */
static void pass_on(struct weighing *w, const struct sim_port_def *port, bool *out_unlimited)
{
    const struct sim_port_def *far = far_end(w, port->activity, !port->gives);
    if (far == NULL || w->b->pools.data[far->pool].stock >= 0) {
        *out_unlimited = true;
        return;
    }
    const struct dealer d = dealer_of(far);
    if (!w->is_visited[far->pool]) {
        (void)gather(w, far->pool, &d, out_unlimited);
    }
}

static int by_activity(const struct weighing *w, int32_t a, int32_t b)
{
    const struct park_builder *p = w->b;
    return strcmp(p->activities.data[p->ports.data[a].activity].name,
                  p->activities.data[p->ports.data[b].activity].name);
}

/** Only where nobody has anything of his own there: by way of free trades, in order of names. */
static void gather_beyond(struct weighing *w, int32_t pool, const struct dealer *d,
                          bool *out_unlimited)
{
    SIM_VEC(int32_t) ways = {0};
    for (int i = w->at.first[pool]; i < w->at.first[pool + 1]; i++) {
        const int32_t p = w->at.at[i];
        const struct sim_port_def *port = &w->b->ports.data[p];
        if (port->gives != d->gives && w->is_free[port->activity] && may_deal(d, port) &&
            (port->flags & SIM_PORT_AT_BOUND) == 0) {
            SIM_VEC_PUSH(&ways, p);
            for (int k = ways.count - 1; k > 0 && by_activity(w, ways.data[k - 1], p) > 0; k--) {
                ways.data[k] = ways.data[k - 1];
                ways.data[k - 1] = p;
            }
        }
    }
    for (int i = 0; i < ways.count && !*out_unlimited; i++) {
        pass_on(w, &w->b->ports.data[ways.data[i]], out_unlimited);
    }
    SIM_VEC_FREE(&ways);
}

static int32_t new_measure(struct weighing *w, double factor)
{
    struct park_builder *b = w->b;
    const int count = w->plus.count + w->minus.count;
    int32_t *ports = SIM_ARENA_NEW(b->scratch, int32_t, count);
    int32_t *inner = SIM_ARENA_NEW(b->scratch, int32_t, w->inner.count);
    if (w->plus.count > 0) {
        memcpy(ports, w->plus.data, (size_t)w->plus.count * sizeof(*ports));
    }
    if (w->minus.count > 0) {
        memcpy(ports + w->plus.count, w->minus.data, (size_t)w->minus.count * sizeof(*ports));
    }
    if (w->inner.count > 0) {
        memcpy(inner, w->inner.data, (size_t)w->inner.count * sizeof(*inner));
    }
    SIM_VEC_PUSH(&b->measures, (struct sim_measure_def){.ports = ports,
                                                        .plus_count = w->plus.count,
                                                        .minus_count = w->minus.count,
                                                        .measures = inner,
                                                        .measure_count = w->inner.count,
                                                        .factor = factor});
    return b->measures.count - 1;
}

/** What the pool's own ports opposite of `d` are worth to it, into `plus` and `minus`; false when
 * there are none. A giver sees users, less what their own givers of better orders bring. */
static bool list_own(struct weighing *w, int32_t pool, const struct dealer *d)
{
    w->plus.count = w->minus.count = 0;
    for (int i = w->at.first[pool]; i < w->at.first[pool + 1]; i++) {
        const int32_t p = w->at.at[i];
        const struct sim_port_def *port = &w->b->ports.data[p];
        if (!is_own(w, port)) {
            continue;
        }
        if (port->gives != d->gives && may_deal(d, port)) {
            SIM_VEC_PUSH(&w->plus, p);
        } else if (port->gives && d->gives && port->rank < d->rank) {
            SIM_VEC_PUSH(&w->minus, p);
        }
    }
    return w->plus.count > 0;
}

/** A giver without limit there that may serve `d`. */
static bool has_unlimited_giver(const struct weighing *w, int32_t pool, const struct dealer *d)
{
    for (int i = w->at.first[pool]; i < w->at.first[pool + 1] && !d->gives; i++) {
        const struct sim_port_def *port = &w->b->ports.data[w->at.at[i]];
        if (port->gives && w->is_free[port->activity] && may_deal(d, port) &&
            far_end(w, port->activity, false) == NULL) {
            return true;
        }
    }
    return false;
}

/** Collect into `inner` what the pool needs from, or offers to, `d`; through pools that only pass
 * on, each once. */
static bool gather(struct weighing *w, int32_t pool, const struct dealer *d, bool *out_unlimited)
{
    w->is_visited[pool] = true;
    SIM_VEC_PUSH(&w->visited, pool);
    if (w->b->pools.data[pool].stock >= 0 || w->b->pools.data[pool].link >= 0 ||
        has_unlimited_giver(w, pool, d)) {
        *out_unlimited = true;
    } else if (list_own(w, pool, d)) {
        const int inner = w->inner.count;
        w->inner.count = 0;
        const int32_t own = new_measure(w, 1);
        w->inner.count = inner;
        SIM_VEC_PUSH(&w->inner, own);
    } else {
        gather_beyond(w, pool, d, out_unlimited);
    }
    return !*out_unlimited;
}

/** The measure of what `pool` needs from, or offers to, `d`; -1: no limit. */
static int32_t measure_of(struct weighing *w, int32_t pool, const struct dealer *d)
{
    const uint32_t others = sight(d);
    const int32_t rank = d->gives ? d->rank : 0;
    for (int32_t i = w->first[pool]; i >= 0; i = w->seen.data[i].next) {
        const struct seen *s = &w->seen.data[i];
        if (s->gives == d->gives && s->others == others && s->rank == rank) {
            return s->measure;
        }
    }
    bool is_unlimited = false;
    w->inner.count = w->visited.count = 0;
    (void)gather(w, pool, d, &is_unlimited);
    for (int i = 0; i < w->visited.count; i++) {
        w->is_visited[w->visited.data[i]] = false;
    }
    w->plus.count = w->minus.count = 0;
    const int32_t measure = is_unlimited          ? -1
                            : w->inner.count == 1 ? w->inner.data[0]
                                                  : new_measure(w, 1);
    const struct seen s = {w->first[pool], rank, others, d->gives, measure};
    w->first[pool] = w->seen.count;
    SIM_VEC_PUSH(&w->seen, s);
    return measure;
}

static int32_t scaled(struct weighing *w, int32_t measure, double factor)
{
    w->plus.count = w->minus.count = w->inner.count = 0;
    SIM_VEC_PUSH(&w->inner, measure);
    return new_measure(w, factor);
}

static int32_t measure_at(struct weighing *w, int32_t port)
{
    if (port < 0) {
        return -1;
    }
    const struct dealer d = dealer_of(&w->b->ports.data[port]);
    return measure_of(w, w->b->ports.data[port].pool, &d);
}

/** Both ends of one that carries no limit: at each what the other end can, or, where that has no
 * limit, what this end can. What it needs beside (pumping) goes along. */
static void weigh(struct weighing *w, int32_t activity)
{
    struct park_builder *b = w->b;
    const struct park_activity *a = &b->activities.data[activity];
    const struct park_move *m = &b->moves.data[a->first_move];
    const int32_t offer = measure_at(w, m->from_port);
    const int32_t need = measure_at(w, m->to_port);
    for (int32_t i = a->first_port; i < a->first_port + a->port_count; i++) {
        const int32_t other = i == m->to_port ? offer : need;
        const int32_t own = i == m->to_port ? need : offer;
        const int32_t measure = other >= 0 ? other : own;
        const bool is_beside = i != m->to_port && i != m->from_port;
        b->measure_of.data[i] =
            is_beside && measure >= 0 ? scaled(w, measure, b->ports.data[i].coef) : measure;
    }
}

static struct weighing begin(struct park_builder *b)
{
    const int activities = b->activities.count;
    struct weighing w = {.b = b};
    w.at = park_build_index_make(b->ports.data, b->ports.count, b->pools.count);
    w.is_free = sim_base_alloc((size_t)activities, sizeof(bool));
    w.first = sim_base_alloc((size_t)b->pools.count, sizeof(int32_t));
    w.is_visited = sim_base_alloc((size_t)b->pools.count, sizeof(bool));
    for (int i = 0; i < activities; i++) {
        w.is_free[i] =
            isinf(b->activities.data[i].capacity) && b->activities.data[i].move_count > 0;
    }
    for (int i = 0; i < b->pools.count; i++) {
        w.first[i] = -1;
    }
    b->measure_of.count = 0;
    for (int i = 0; i < b->ports.count; i++) {
        SIM_VEC_PUSH(&b->measure_of, -1);
    }
    return w;
}

static void end(struct weighing *w)
{
    park_build_index_free(&w->at);
    free(w->is_free);
    free(w->first);
    free(w->is_visited);
    SIM_VEC_FREE(&w->seen);
    SIM_VEC_FREE(&w->plus);
    SIM_VEC_FREE(&w->minus);
    SIM_VEC_FREE(&w->inner);
    SIM_VEC_FREE(&w->visited);
}

// ---- Shares stand beside shares ----

static double stated_share(const struct park_builder *b, int32_t port)
{
    const struct park_activity *a = &b->activities.data[b->ports.data[port].activity];
    return a->mover->is_exit ? 0 : b->ports.data[port].share;
}

static const struct sim_node *node_of(const struct park_builder *b, int32_t port)
{
    return b->activities.data[b->ports.data[port].activity].node;
}

static void tell_mixed(struct park_builder *b, int32_t shared, int32_t plain)
{
    const struct sim_node *n = node_of(b, shared);
    const struct sim_node *other = node_of(b, plain);
    char *path = sim_tree_path(n);
    sim_diag_add(
        b->diag, SIM_DIAG_WRONG, &n->place, path,
        "state a share for both, or for neither, or give them different classes",
        "it states a share, but '%s' (line %d), of the same class at %s, does not: a share "
        "has no measure beside an amount",
        b->activities.data[b->ports.data[plain].activity].name, other->place.line,
        b->pools.data[b->ports.data[shared].pool].name);
    free(path);
}

static bool in_class(const struct park_builder *b, int32_t i, int32_t k)
{
    const struct sim_port_def *p = &b->ports.data[i];
    const struct sim_port_def *q = &b->ports.data[k];
    const struct park_activity *a = &b->activities.data[q->activity];
    return p->gives == q->gives && p->rank == q->rank && a->is_open && a->capacity > 0 &&
           (q->flags & SIM_PORT_AT_BOUND) == 0;
}

static void check_shares(const struct weighing *w)
{
    struct park_builder *b = w->b;
    for (int32_t i = 0; i < b->ports.count; i++) {
        const int32_t pool = b->ports.data[i].pool;
        bool is_told = !(stated_share(b, i) > 0) || !in_class(b, i, i);
        for (int e = w->at.first[pool]; e < w->at.first[pool + 1] && !is_told; e++) {
            const int32_t k = w->at.at[e];
            if (in_class(b, i, k) && !(stated_share(b, k) > 0)) {
                tell_mixed(b, i, k);
                is_told = true;
            }
        }
    }
}

// ---- A limit beside none ----

/** A trade or contract at port `i`: whether the party at its other end states no limit. */
static bool is_unlimited(const struct weighing *w, int32_t i)
{
    const struct sim_port_def *port = &w->b->ports.data[i];
    return w->is_free[port->activity] && far_end(w, port->activity, !port->gives) == NULL;
}

/** ... or states one, itself or by its link. */
static bool is_limited(const struct weighing *w, int32_t i)
{
    const struct sim_port_def *port = &w->b->ports.data[i];
    const struct park_activity *a = &w->b->activities.data[port->activity];
    const struct sim_port_def *far = far_end(w, port->activity, !port->gives);
    const bool is_trade = !a->mover->is_process && !a->mover->is_exit;
    return is_trade && far != NULL &&
           w->b->park->parties[w->b->pools.data[far->pool].party].is_market;
}

static void tell_beside(struct park_builder *b, int32_t open, int32_t limited)
{
    const struct sim_node *n = node_of(b, open);
    char *path = sim_tree_path(n);
    const bool gives = b->ports.data[open].gives;
    sim_diag_add(b->diag, SIM_DIAG_WARNING, &n->place, path,
                 "state a limit that is meant, or give them different classes",
                 "it states no limit, so at %s it counts as what is %s there, beside '%s' (line "
                 "%d), which counts as the limit that it states",
                 b->pools.data[b->ports.data[open].pool].name, gives ? "needed" : "offered",
                 b->activities.data[b->ports.data[limited].activity].name,
                 node_of(b, limited)->place.line);
    free(path);
}

static void check_limits(const struct weighing *w)
{
    struct park_builder *b = w->b;
    for (int32_t i = 0; i < b->ports.count; i++) {
        const int32_t pool = b->ports.data[i].pool;
        bool is_told = !is_unlimited(w, i) || !in_class(b, i, i);
        for (int e = w->at.first[pool]; e < w->at.first[pool + 1] && !is_told; e++) {
            const int32_t k = w->at.at[e];
            if (k != i && in_class(b, i, k) && is_limited(w, k)) {
                tell_beside(b, i, k);
                is_told = true;
            }
        }
    }
}

void park_build_weights(struct park_builder *b)
{
    struct weighing w = begin(b);
    check_shares(&w);
    check_limits(&w);
    for (int32_t i = 0; i < b->activities.count; i++) {
        if (w.is_free[i]) {
            weigh(&w, i);
        }
    }
    end(&w);
}
