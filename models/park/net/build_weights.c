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
    bool is_unlimited;
};

/** What somebody can or needs. Without limit while all ways are open, `measure` may say less while
 * one is shut. */
struct worth {
    int32_t measure; // -1: never a limit
    bool is_unlimited;
};

struct weighing {
    struct park_builder *b;
    struct park_build_index at;
    bool *is_free;  // by activity: no limit of its own
    int32_t *first; // by pool: into `seen`; -1
    SIM_VEC(struct seen) seen;
    SIM_VEC(int32_t) plus, minus;
    SIM_VEC(int32_t) inner, places; // other measures, and where they stand
    SIM_VEC(struct sim_measure_way) ways;
    SIM_VEC(int32_t) visited; // pools
    int32_t *place_of;        // by pool; -1: not visited
    int32_t place_count;
    int32_t unlimited; // the measure that says so; -1: not there yet
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

static int32_t new_measure(struct weighing *w, struct sim_measure_def m)
{
    SIM_VEC_PUSH(&w->b->measures, m);
    return w->b->measures.count - 1;
}

static int32_t *copy(struct weighing *w, const int32_t *from, int count)
{
    int32_t *to = SIM_ARENA_NEW(w->b->scratch, int32_t, count);
    if (count > 0) {
        memcpy(to, from, (size_t)count * sizeof(*to));
    }
    return to;
}

/** Count a measure, as it stands at a place. */
static void count_in(struct weighing *w, int32_t measure, int32_t place)
{
    SIM_VEC_PUSH(&w->inner, measure);
    SIM_VEC_PUSH(&w->places, place);
}

/** Who is at that place has no limit. */
static void count_unlimited(struct weighing *w, int32_t place, bool *out_unlimited)
{
    if (w->unlimited < 0) {
        w->unlimited = new_measure(w, (struct sim_measure_def){.factor = 1, .is_unlimited = true});
    }
    count_in(w, w->unlimited, place);
    *out_unlimited = true;
}

static void gather(struct weighing *w, int32_t pool, const struct dealer *d, bool *out_unlimited);

static bool is_contract(const struct weighing *w, int32_t activity)
{
    return w->b->activities.data[activity].mover->is_contract;
}

static void add_way(struct weighing *w, int32_t activity, int32_t from, int32_t to)
{
    SIM_VEC_PUSH(&w->ways, ((struct sim_measure_way){activity, from, to}));
}

/** Nobody limits what a trade brings from, or takes, beyond the park. A contract for it may be
 * shut. */
static void pass_out(struct weighing *w, int32_t activity, int32_t here, bool *out_unlimited)
{
    const int32_t to = is_contract(w, activity) ? w->place_count++ : here;
    if (to != here) {
        add_way(w, activity, here, to);
    }
    count_unlimited(w, to, out_unlimited);
}

/** The far ends of a free trade that `d` could deal with by way of the pool: its need, or offer,
 * counts as the pool's while the trade is open. */
static void pass_on(struct weighing *w, const struct sim_port_def *port, bool *out_unlimited)
{
    const int32_t here = w->place_of[port->pool];
    const struct sim_port_def *far = far_end(w, port->activity, !port->gives);
    if (far == NULL) {
        pass_out(w, port->activity, here, out_unlimited);
        return;
    }
    const struct dealer d = dealer_of(far);
    if (w->place_of[far->pool] < 0) {
        gather(w, far->pool, &d, out_unlimited);
    }
    add_way(w, port->activity, here, w->place_of[far->pool]);
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
    for (int i = 0; i < ways.count; i++) {
        pass_on(w, &w->b->ports.data[ways.data[i]], out_unlimited);
    }
    SIM_VEC_FREE(&ways);
}

/** The measure of the ports listed. */
static int32_t new_own(struct weighing *w)
{
    const int32_t plus = w->plus.count;
    const int32_t minus = w->minus.count;
    for (int i = 0; i < minus; i++) {
        SIM_VEC_PUSH(&w->plus, w->minus.data[i]);
    }
    return new_measure(w, (struct sim_measure_def){.ports = copy(w, w->plus.data, w->plus.count),
                                                   .plus_count = plus,
                                                   .minus_count = minus,
                                                   .factor = 1});
}

/** The measure of what was counted, where it stands. */
static int32_t new_sum(struct weighing *w)
{
    const int ways = w->ways.count;
    struct sim_measure_way *copied = SIM_ARENA_NEW(w->b->scratch, struct sim_measure_way, ways);
    if (ways > 0) {
        memcpy(copied, w->ways.data, (size_t)ways * sizeof(*copied));
    }
    return new_measure(w,
                       (struct sim_measure_def){.measures = copy(w, w->inner.data, w->inner.count),
                                                .measure_count = w->inner.count,
                                                .places = copy(w, w->places.data, w->places.count),
                                                .ways = copied,
                                                .way_count = ways,
                                                .factor = 1});
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

/** Givers without limit there that may serve `d`. */
static void count_unlimited_givers(struct weighing *w, int32_t pool, const struct dealer *d,
                                   bool *out_unlimited)
{
    for (int i = w->at.first[pool]; i < w->at.first[pool + 1] && !d->gives; i++) {
        const struct sim_port_def *port = &w->b->ports.data[w->at.at[i]];
        if (port->gives && w->is_free[port->activity] && may_deal(d, port) &&
            far_end(w, port->activity, false) == NULL) {
            pass_out(w, port->activity, w->place_of[pool], out_unlimited);
        }
    }
}

/** Count what the pool needs from, or offers to, `d`; through pools that only pass on, each once.
 */
static void gather(struct weighing *w, int32_t pool, const struct dealer *d, bool *out_unlimited)
{
    const int32_t here = w->place_count++;
    w->place_of[pool] = here;
    SIM_VEC_PUSH(&w->visited, pool);
    if (w->b->pools.data[pool].stock >= 0 || w->b->pools.data[pool].link >= 0) {
        count_unlimited(w, here, out_unlimited);
        return;
    }
    if (list_own(w, pool, d)) {
        count_unlimited_givers(w, pool, d, out_unlimited);
        count_in(w, new_own(w), here);
    } else {
        gather_beyond(w, pool, d, out_unlimited);
    }
}

/** Something here has no limit, whatever is shut. */
static bool is_always_unlimited(const struct weighing *w)
{
    for (int i = 0; i < w->inner.count; i++) {
        if (w->inner.data[i] == w->unlimited && w->places.data[i] == 0) {
            return true;
        }
    }
    return false;
}

/** What `pool` needs from, or offers to, `d`. */
static struct worth worth_of(struct weighing *w, int32_t pool, const struct dealer *d)
{
    const uint32_t others = sight(d);
    const int32_t rank = d->gives ? d->rank : 0;
    for (int32_t i = w->first[pool]; i >= 0; i = w->seen.data[i].next) {
        const struct seen *s = &w->seen.data[i];
        if (s->gives == d->gives && s->others == others && s->rank == rank) {
            return (struct worth){s->measure, s->is_unlimited};
        }
    }
    bool is_unlimited = false;
    w->inner.count = w->places.count = w->ways.count = w->visited.count = 0;
    w->place_count = 0;
    gather(w, pool, d, &is_unlimited);
    for (int i = 0; i < w->visited.count; i++) {
        w->place_of[w->visited.data[i]] = -1;
    }
    const bool is_own = w->inner.count == 1 && w->places.data[0] == 0;
    const int32_t measure = is_always_unlimited(w) ? -1 : is_own ? w->inner.data[0] : new_sum(w);
    const struct seen s = {w->first[pool], rank, others, d->gives, measure, is_unlimited};
    w->first[pool] = w->seen.count;
    SIM_VEC_PUSH(&w->seen, s);
    return (struct worth){measure, is_unlimited};
}

static int32_t scaled(struct weighing *w, int32_t measure, double factor)
{
    return new_measure(w, (struct sim_measure_def){.measures = copy(w, &measure, 1),
                                                   .measure_count = 1,
                                                   .factor = factor});
}

static struct worth worth_at(struct weighing *w, int32_t port)
{
    if (port < 0) {
        return (struct worth){-1, true};
    }
    const struct dealer d = dealer_of(&w->b->ports.data[port]);
    return worth_of(w, w->b->ports.data[port].pool, &d);
}

/** What one end weighs: what the other can, or what it can itself while that has no limit. */
static int32_t either(struct weighing *w, const struct worth *other, const struct worth *own)
{
    const int32_t both[] = {other->measure, own->measure};
    if (!other->is_unlimited || own->is_unlimited) {
        return other->is_unlimited ? -1 : other->measure;
    }
    if (other->measure < 0) {
        return own->measure;
    }
    return new_measure(
        w, (struct sim_measure_def){
               .measures = copy(w, both, 2), .measure_count = 2, .factor = 1, .is_either = true});
}

/** Both ends of one that carries no limit: at each what the other end can, or, where that has no
 * limit, what this end can. What it needs beside (pumping) goes along. */
static void weigh(struct weighing *w, int32_t activity)
{
    struct park_builder *b = w->b;
    const struct park_activity *a = &b->activities.data[activity];
    const struct park_move *m = &b->moves.data[a->first_move];
    const struct worth offer = worth_at(w, m->from_port);
    const struct worth need = worth_at(w, m->to_port);
    for (int32_t i = a->first_port; i < a->first_port + a->port_count; i++) {
        const bool is_to = i == m->to_port;
        const int32_t measure = either(w, is_to ? &offer : &need, is_to ? &need : &offer);
        const bool is_beside = i != m->to_port && i != m->from_port;
        b->measure_of.data[i] =
            is_beside && measure >= 0 ? scaled(w, measure, b->ports.data[i].coef) : measure;
    }
}

static struct weighing begin(struct park_builder *b)
{
    const int activities = b->activities.count;
    struct weighing w = {.b = b, .unlimited = -1};
    w.at = park_build_index_make(b->ports.data, b->ports.count, b->pools.count);
    w.is_free = sim_base_alloc((size_t)activities, sizeof(bool));
    w.first = sim_base_alloc((size_t)b->pools.count, sizeof(int32_t));
    w.place_of = sim_base_alloc((size_t)b->pools.count, sizeof(int32_t));
    for (int i = 0; i < activities; i++) {
        w.is_free[i] =
            isinf(b->activities.data[i].capacity) && b->activities.data[i].move_count > 0;
    }
    for (int i = 0; i < b->pools.count; i++) {
        w.first[i] = w.place_of[i] = -1;
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
    free(w->place_of);
    SIM_VEC_FREE(&w->seen);
    SIM_VEC_FREE(&w->plus);
    SIM_VEC_FREE(&w->minus);
    SIM_VEC_FREE(&w->inner);
    SIM_VEC_FREE(&w->places);
    SIM_VEC_FREE(&w->ways);
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
