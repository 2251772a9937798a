#include "tests/support/judge_split.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST = 64 // ports a side of a pool that is written out
};

bool judge_split_may_serve(const struct judge_net *n, int32_t g, int32_t t)
{
    const unsigned giver = n->ports[g].flags;
    const unsigned taker = n->ports[t].flags;
    const bool is_overflow = (taker & SIM_PORT_AT_BOUND) && n->pools[n->ports[t].pool].capacity > 0;
    const bool is_push = !(giver & (SIM_PORT_PULL | SIM_PORT_BOUGHT | SIM_PORT_TRADED));
    if (is_push || (is_overflow && (giver & SIM_PORT_SPILLED))) {
        return true;
    }
    if (is_overflow) {
        return false;
    }
    if ((taker & SIM_PORT_SALE) && (giver & SIM_PORT_TRADED)) {
        return true;
    }
    return !(taker & SIM_PORT_OUTLET) && !((taker & SIM_PORT_SALE) && (giver & SIM_PORT_BOUGHT));
}

// ---- Weights ----

static double measure(const struct judge_net *n, int m)
{
    const struct judge_measure *q = &n->measures[m];
    double plus = 0.0;
    double minus = 0.0;
    double most = 0.0;
    for (int i = 0; i < q->plus_count + q->minus_count; i++) {
        const struct sim_port_def *port = &n->ports[q->ports[i]];
        const double flow = port->coef * n->u[port->activity];
        plus += i < q->plus_count ? flow : 0.0;
        minus += i < q->plus_count ? 0.0 : flow;
        most += i < q->plus_count ? port->coef * n->activities[port->activity].capacity : 0.0;
    }
    double sum = fmax(plus - minus, 1e-6 * (plus > 0.0 ? plus : most));
    if (q->inner >= 0) {
        sum += measure(n, q->inner);
    }
    return q->factor * sum;
}

static bool work_out_measures(struct judge_net *n)
{
    bool any = false;
    for (int i = 0; i < n->port_count; i++) {
        if (n->measure_of[i] > 0 && !(n->ports[i].share > 0.0)) {
            n->ports[i].share = measure(n, n->measure_of[i] - 1);
            any = true;
        }
    }
    memset(n->measure_of, 0, sizeof(n->measure_of));
    n->measure_count = 0;
    return any;
}

static double weight(const struct judge_net *n, int32_t i)
{
    const struct sim_port_def *port = &n->ports[i];
    const double own = port->share > 0.0 ? port->share : port->coef * n->u[port->activity];
    return n->u[port->activity] > 0.0 ? own : 0.0;
}

// ---- One pool ----

// A side of the pool: ports in order of rank, each with the set of those opposite it deals with.
struct side {
    int count;
    int32_t port[MOST];
    uint64_t sees[MOST];
    int group[MOST];
    int groups;
    int place[MOST]; // of a group
    int rank[MOST];
    int first[MOST]; // a member
    int members[MOST];
    int32_t pool[MOST];
};

static int32_t rank_of(const struct judge_net *n, int32_t i)
{
    return n->ports[i].rank;
}

static void put(const struct judge_net *n, struct side *s, int32_t i)
{
    SIM_REQUIRE(s->count < MOST, "too many ports at a pool for a judge");
    int at = s->count++;
    for (; at > 0 && rank_of(n, s->port[at - 1]) > rank_of(n, i); at--) {
        s->port[at] = s->port[at - 1];
    }
    s->port[at] = i;
}

static void list(const struct judge_net *n, int32_t pool, bool gives, bool at_bound, struct side *s)
{
    const bool is_stock = n->pools[pool].capacity > 0.0;
    memset(s, 0, sizeof(*s));
    for (int32_t i = 0; i < n->port_count; i++) {
        const bool is_at_bound = is_stock && (n->ports[i].flags & SIM_PORT_AT_BOUND);
        if (n->ports[i].pool == pool && n->ports[i].gives == gives && is_at_bound == at_bound) {
            put(n, s, i);
        }
    }
}

// Sets of givers: bit g is giver g, then come the makeups. True when somebody may not serve
// somebody.
static bool look(const struct judge_net *n, struct side *givers, struct side *takers,
                 const struct side *makeups, const struct side *overflows)
{
    bool torn = false;
    for (int t = 0; t < takers->count; t++) {
        for (int g = 0; g < givers->count; g++) {
            const bool may = judge_split_may_serve(n, givers->port[g], takers->port[t]);
            takers->sees[t] |= may ? 1ULL << g : 0;
            givers->sees[g] |= may ? 1ULL << t : 0;
            torn = torn || !may;
        }
        for (int g = 0; g < makeups->count; g++) {
            const bool may = judge_split_may_serve(n, makeups->port[g], takers->port[t]);
            takers->sees[t] |= may ? 1ULL << (givers->count + g) : 0;
            torn = torn || !may;
        }
    }
    for (int o = 0; o < overflows->count; o++) {
        for (int g = 0; g < givers->count; g++) {
            const bool may = judge_split_may_serve(n, givers->port[g], overflows->port[o]);
            givers->sees[g] |= may ? 1ULL << (takers->count + o) : 0;
            torn = torn || !may;
        }
    }
    return torn;
}

static void add_group(struct side *s, int i, int place, int rank)
{
    s->place[s->groups] = place;
    s->rank[s->groups] = rank;
    s->first[s->groups] = i;
    s->members[s->groups] = 0;
    s->pool[s->groups++] = -1;
}

// Neighbouring ranks that see the same are a group; where a rank is mixed, each member is one.
// `apart` (NULL is fine): ranks that count as mixed whatever is there.
static void group(const struct judge_net *n, struct side *s, const bool *apart)
{
    int place = 0;
    bool joins = false;
    s->groups = 0;
    for (int begin = 0, end = 0; begin < s->count; begin = end) {
        bool mixed = apart != NULL && apart[begin];
        for (end = begin; end < s->count && rank_of(n, s->port[end]) == rank_of(n, s->port[begin]);
             end++) {
            mixed = mixed || s->sees[end] != s->sees[begin];
        }
        const bool same = joins && s->sees[s->first[s->groups - 1]] == s->sees[begin];
        place += mixed || !same ? 1 : 0;
        for (int i = begin; i < end; i++) {
            if (mixed || (i == begin && !same)) {
                add_group(s, i, place, rank_of(n, s->port[i]));
            }
            s->group[i] = s->groups - 1;
            s->members[s->groups - 1]++;
        }
        joins = !mixed;
    }
}

static int32_t hidden_pool(struct judge_net *n)
{
    char name[JUDGE_NAME];
    snprintf(name, sizeof(name), "~%d", n->pool_count);
    return judge_net_junction(n, name);
}

// A junction for each group; its members move there.
static void give_pools(struct judge_net *n, struct side *s)
{
    for (int i = 0; i < s->count; i++) {
        int32_t *pool = &s->pool[s->group[i]];
        *pool = *pool < 0 ? hidden_pool(n) : *pool;
        n->ports[s->port[i]].pool = *pool;
    }
}

struct way {
    int32_t pool;
    int rank;
    int32_t single; // port that the end weighs as; -1
};

static void join(struct judge_net *n, struct way from, struct way to, unsigned flags)
{
    char name[JUDGE_NAME];
    snprintf(name, sizeof(name), "~%d", n->activity_count);
    const int32_t k =
        judge_net_link(n, name, INFINITY, from.pool, from.rank, to.pool, to.rank, 1.0);
    const struct way ends[] = {from, to};
    n->ports[n->port_count - 1].flags = flags;
    for (int e = 0; e < 2; e++) {
        const double w = ends[e].single >= 0 ? weight(n, ends[e].single) : (double)INFINITY;
        n->u[k] = w > 0.0 ? n->u[k] : 0.0; // who has no weight gets nothing
        n->ports[n->port_count - 2 + e].share = isinf(w) ? 0.0 : w;
    }
}

static int32_t single(const struct side *s, int g)
{
    return s->members[g] == 1 ? s->port[s->first[g]] : -1;
}

static bool deals(const struct side *givers, int s, const struct side *takers, int q)
{
    return (givers->sees[givers->first[s]] >> takers->first[q] & 1) != 0;
}

static void split_junction(struct judge_net *n, struct side *givers, struct side *takers)
{
    group(n, givers, NULL);
    group(n, takers, NULL);
    give_pools(n, givers);
    give_pools(n, takers);
    for (int s = 0; s < givers->groups; s++) {
        for (int q = 0; q < takers->groups; q++) {
            if (deals(givers, s, takers, q)) {
                join(n, (struct way){givers->pool[s], takers->rank[q], single(takers, q)},
                     (struct way){takers->pool[q], givers->rank[s], single(givers, s)}, 0);
            }
        }
    }
}

// ---- Stocks ----

// What a stock's giver sees beyond what all see: sales, or the overflow.
static uint64_t beyond(const struct side *givers, const struct side *takers,
                       const struct side *makeups, const struct side *overflows)
{
    const uint64_t all = (1ULL << (givers->count + makeups->count)) - 1;
    uint64_t out = 0;
    for (int t = 0; t < takers->count; t++) {
        out |= takers->sees[t] != all ? 1ULL << t : 0;
    }
    for (int o = 0; o < overflows->count; o++) {
        out |= 1ULL << (takers->count + o);
    }
    return out;
}

static bool stays(const struct side *all, int g, uint64_t wanted)
{
    return (all->sees[g] & wanted) == 0;
}

// The givers that stand before the stock.
static void choose_sources(const struct judge_net *n, const struct side *all, uint64_t wanted,
                           struct side *out)
{
    bool apart[MOST] = {false};
    memset(out, 0, sizeof(*out));
    for (int g = 0; g < all->count; g++) {
        if (stays(all, g, wanted)) {
            continue;
        }
        const bool pulls = (n->ports[all->port[g]].flags & SIM_PORT_PULL) != 0;
        out->port[out->count] = all->port[g];
        out->sees[out->count] = all->sees[g] | (pulls ? 1ULL << 63 : 0);
        for (int o = 0; o < all->count; o++) {
            const bool is_equal = rank_of(n, all->port[o]) == rank_of(n, all->port[g]);
            apart[out->count] = apart[out->count] || (stays(all, o, wanted) && is_equal);
        }
        out->count++;
    }
    group(n, out, apart);
}

static void store(struct judge_net *n, int32_t stock, const struct side *sources, int last)
{
    for (int s = 0; s < sources->groups; s++) {
        const bool pulls = (sources->sees[sources->first[s]] >> 63) != 0;
        join(n, (struct way){sources->pool[s], last + 1, -1},
             (struct way){stock, sources->rank[s], single(sources, s)}, pulls ? SIM_PORT_PULL : 0U);
    }
}

static void spill(struct judge_net *n, const struct side *sources, const struct side *takers,
                  const struct side *overflows, int last)
{
    const int32_t pool = overflows->count > 0 ? hidden_pool(n) : -1;
    for (int o = 0; o < overflows->count; o++) {
        n->ports[overflows->port[o]].pool = pool;
        n->ports[overflows->port[o]].flags &= ~(unsigned)SIM_PORT_AT_BOUND;
    }
    for (int s = 0; s < sources->groups && pool >= 0; s++) {
        if ((sources->sees[sources->first[s]] >> takers->count & 1) != 0) {
            join(n, (struct way){sources->pool[s], last + 2, -1},
                 (struct way){pool, sources->rank[s], single(sources, s)}, 0);
        }
    }
}

// Directly from the sources, and those whom all may serve from the stock, before pull sources.
static int serve_queues(struct judge_net *n, int32_t stock, const struct side *sources,
                        struct side *takers, uint64_t wanted)
{
    int last = 0;
    group(n, takers, NULL);
    give_pools(n, takers);
    for (int q = 0; q < takers->groups; q++) {
        last = takers->place[q];
        for (int s = 0; s < sources->groups; s++) {
            const bool pulls = (sources->sees[sources->first[s]] >> 63) != 0;
            if (deals(sources, s, takers, q)) {
                join(n, (struct way){sources->pool[s], takers->place[q], single(takers, q)},
                     (struct way){takers->pool[q], sources->place[s] + (pulls ? 1000 : 0),
                                  single(sources, s)},
                     0);
            }
        }
        if ((wanted >> takers->first[q] & 1) == 0) {
            join(n, (struct way){stock, takers->rank[q], single(takers, q)},
                 (struct way){takers->pool[q], 999, -1}, 0);
        }
    }
    return last;
}

static void split_stock(struct judge_net *n, int32_t stock, struct side *givers,
                        struct side *takers, const struct side *makeups,
                        const struct side *overflows)
{
    struct side sources;
    const uint64_t wanted = beyond(givers, takers, makeups, overflows);
    const uint64_t sales = wanted & ((1ULL << takers->count) - 1);
    choose_sources(n, givers, wanted, &sources);
    give_pools(n, &sources);
    const int last = sales != 0 ? serve_queues(n, stock, &sources, takers, wanted) : 0;
    store(n, stock, &sources, last);
    spill(n, &sources, takers, overflows, last);
}

bool judge_split(const struct judge_net *from, struct judge_net *to)
{
    judge_net_copy(to, from);
    bool any = work_out_measures(to);
    for (int32_t p = 0; p < from->pool_count; p++) {
        struct side givers;
        struct side takers;
        struct side makeups;
        struct side overflows;
        list(to, p, true, false, &givers);
        list(to, p, false, false, &takers);
        list(to, p, true, true, &makeups);
        list(to, p, false, true, &overflows);
        if (!look(to, &givers, &takers, &makeups, &overflows)) {
            continue;
        }
        any = true;
        if (to->pools[p].capacity > 0.0) {
            split_stock(to, p, &givers, &takers, &makeups, &overflows);
        } else {
            split_junction(to, &givers, &takers);
        }
    }
    return any;
}

// ---- Classes, whatever the construction ----

static double flow(const struct judge_net *n, const struct judge_answer *a, int32_t i)
{
    return n->ports[i].coef * a->rate[n->ports[i].activity];
}

// What tolerances at a pool are relative to.
static double size(const struct judge_net *n, const struct judge_answer *a, int32_t i)
{
    const double cu = n->ports[i].coef * n->u[n->ports[i].activity];
    return fmax(flow(n, a, i), isinf(cu) ? 0.0 : cu);
}

static bool is_equal_sight(const struct judge_net *n, int32_t t, int32_t like)
{
    bool subset = true; // who may serve t may serve `like`
    for (int32_t g = 0; g < n->port_count && subset; g++) {
        if (n->ports[g].pool == n->ports[like].pool && n->ports[g].gives) {
            subset = !judge_split_may_serve(n, g, t) || judge_split_may_serve(n, g, like);
        }
    }
    return subset;
}

// Those whom no more givers may serve than taker i get no more than these give.
static bool is_covered(const struct judge_net *n, const struct judge_answer *a, int32_t i)
{
    double taken = 0.0;
    double given = 0.0;
    double scale = 0.0;
    bool all = true;
    for (int32_t m = 0; m < n->port_count; m++) {
        if (n->ports[m].pool != n->ports[i].pool) {
            continue;
        }
        scale = fmax(scale, size(n, a, m));
        if (n->ports[m].gives) {
            const bool may = judge_split_may_serve(n, m, i);
            given += may ? flow(n, a, m) : 0.0;
            all = all && may;
        } else {
            taken += is_equal_sight(n, m, i) ? flow(n, a, m) : 0.0;
        }
    }
    const bool is_stock = n->pools[n->ports[i].pool].capacity > 0.0;
    return (is_stock && all) ||
           taken <= given + 1e-9 * scale; // all may: it may come from the stock
}

bool judge_split_dealings(const struct judge_net *n, const struct judge_answer *a,
                          struct judge_complaint *out)
{
    for (int32_t i = 0; i < n->port_count; i++) {
        if (!n->ports[i].gives && !is_covered(n, a, i)) {
            snprintf(out->text, sizeof(out->text),
                     "dealing: %s takes at %s what nobody who may serve it gives",
                     n->activity_names[n->ports[i].activity], n->pool_names[n->ports[i].pool]);
            return false;
        }
    }
    return true;
}

// Port i lacks: what those of worse classes move, less what they may have from, or give to, others
// that i may not deal with.
static double taken_before(const struct judge_net *n, const struct judge_answer *a, int32_t i,
                           double *out_scale)
{
    double worse = 0.0;
    *out_scale = 0.0;
    for (int32_t m = 0; m < n->port_count; m++) {
        const struct sim_port_def *q = &n->ports[m];
        const bool gives = n->ports[i].gives;
        if (q->pool != n->ports[i].pool || m == i) {
            continue;
        }
        *out_scale = fmax(*out_scale, size(n, a, m));
        if (q->gives == gives) {
            worse += q->rank > n->ports[i].rank ? flow(n, a, m) : 0.0;
        } else if (!judge_split_may_serve(n, gives ? i : m, gives ? m : i)) {
            worse -= flow(n, a, m);
        }
    }
    return worse;
}

bool judge_split_classes(const struct judge_net *n, const struct judge_answer *a,
                         struct judge_complaint *out)
{
    for (int32_t i = 0; i < n->port_count; i++) {
        const struct sim_port_def *port = &n->ports[i];
        double scale = 0.0;
        if (n->pools[port->pool].capacity > 0.0) {
            continue;
        }
        const double most = fmin(n->u[port->activity], a->claim[i]);
        const double lack = port->coef * (most - a->rate[port->activity]);
        const double before = taken_before(n, a, i, &scale);
        if (lack > 1e-8 * fmax(scale, port->coef * most) && before > 1e-8 * scale) {
            snprintf(
                out->text, sizeof(out->text),
                "class: at %s %s lacks %.17g while worse classes move %.17g that it could have",
                n->pool_names[port->pool], n->activity_names[port->activity], lack, before);
            return false;
        }
    }
    return true;
}
