#include "tests/support/judge_rules.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct sim_port_def *port_of(const struct judge_view *v, int32_t i)
{
    return &v->n->ports[i];
}

static bool has(const struct judge_view *v, int32_t i, unsigned flag)
{
    return (v->n->ports[i].flags & flag) != 0;
}

static bool is_stock(const struct judge_view *v, int32_t pool)
{
    return v->n->pools[pool].capacity > 0.0;
}

static bool is_user(const struct judge_view *v, int32_t i)
{
    return !port_of(v, i)->gives && !has(v, i, SIM_PORT_AT_BOUND);
}

static bool is_pull_giver(const struct judge_view *v, int32_t i)
{
    return port_of(v, i)->gives && has(v, i, SIM_PORT_PULL);
}

// At target and not full; when full too, the orders of the givers decide.
static bool is_held_at_target(const struct judge_view *v, int32_t pool)
{
    const unsigned both = SIM_POOL_AT_TARGET | SIM_POOL_FULL;
    return is_stock(v, pool) && (v->n->condition[pool] & both) == SIM_POOL_AT_TARGET;
}

bool judge_rules_rests(const struct judge_view *v, int32_t i)
{
    const struct sim_port_def *port = port_of(v, i);
    const unsigned condition = v->n->condition[port->pool];
    if (!is_stock(v, port->pool)) {
        return false;
    }
    if (port->flags & SIM_PORT_AT_BOUND) {
        return !(condition & (port->gives ? SIM_POOL_EMPTY : SIM_POOL_FULL));
    }
    return is_pull_giver(v, i) && (condition & SIM_POOL_OVER_TARGET) != 0;
}

// Does the plain rule of the pool bind this side?
static bool side_is_bound(const struct judge_view *v, int32_t pool, bool gives)
{
    const unsigned condition = v->n->condition[pool];
    return !is_stock(v, pool) || (condition & (gives ? SIM_POOL_FULL : SIM_POOL_EMPTY)) != 0;
}

bool judge_rules_binds(const struct judge_view *v, int32_t i)
{
    const struct sim_port_def *port = port_of(v, i);
    return judge_rules_rests(v, i) || (port->flags & SIM_PORT_AT_BOUND) != 0 ||
           (is_pull_giver(v, i) && is_held_at_target(v, port->pool)) ||
           side_is_bound(v, port->pool, port->gives);
}

// What port m wants to move through its pool [amount/s].
static double wish(const struct judge_view *v, const double *y, int32_t m)
{
    return judge_rules_rests(v, m) ? 0.0 : port_of(v, m)->coef * y[m];
}

static double minus(double supply, double used)
{
    return isinf(used) ? 0.0 : fmax(0.0, supply - used);
}

// Those who compete on one side of a pool.
struct crowd {
    int count;
    int32_t port[JUDGE_ACTIVITIES]; // an activity has one port a side
    double want[JUDGE_ACTIVITIES];
    double weight[JUDGE_ACTIVITIES];
};

static void crowd_add(const struct judge_view *v, struct crowd *c, int32_t m, double want)
{
    const struct sim_port_def *port = port_of(v, m);
    c->port[c->count] = m;
    c->want[c->count] = want;
    c->weight[c->count++] = port->share > 0.0 ? port->share : port->coef * v->u[port->activity];
}

// Unlimited weights beat finite ones and are equal among themselves.
static double weight_in(const struct crowd *c, int at, bool some_infinite)
{
    if (!some_infinite) {
        return c->weight[at];
    }
    return isinf(c->weight[at]) ? 1.0 : 0.0;
}

// The amount that member `at` could move if its own wish were unlimited, out of `supply`.
static double fill(const struct judge_view *v, const struct crowd *c, int at, double supply)
{
    const int32_t rank = port_of(v, c->port[at])->rank;
    double better = 0.0;
    bool some_infinite = false;
    for (int m = 0; m < c->count; m++) {
        const int32_t other = port_of(v, c->port[m])->rank;
        better += other < rank ? c->want[m] : 0.0;
        some_infinite = some_infinite || (other == rank && isinf(c->weight[m]));
    }
    const double rest = minus(supply, better);
    if (isinf(rest)) {
        return rest;
    }
    const double own = weight_in(c, at, some_infinite);
    double t = 0.0;
    bool is_done[JUDGE_ACTIVITIES];
    memset(is_done, 0, (size_t)c->count);
    for (bool changed = true; changed;) {
        double left = rest;
        double weights = own;
        changed = false;
        for (int m = 0; m < c->count; m++) {
            if (m == at || port_of(v, c->port[m])->rank != rank) {
                continue;
            }
            left -= is_done[m] ? c->want[m] : 0.0;
            weights += is_done[m] ? 0.0 : weight_in(c, m, some_infinite);
        }
        t = weights > 0.0 ? fmax(0.0, left) / weights : 0.0;
        for (int m = 0; m < c->count; m++) {
            if (m != at && port_of(v, c->port[m])->rank == rank && !is_done[m] &&
                c->want[m] < weight_in(c, m, some_infinite) * t) {
                is_done[m] = true;
                changed = true;
            }
        }
    }
    return own * t;
}

typedef bool member_fn(const struct judge_view *v, int32_t m);

// All ports of one side of a pool that `is_member`, with their wishes; returns i's place, or -1.
static int gather(const struct judge_view *v, const double *y, int32_t pool, bool gives,
                  member_fn *is_member, int32_t i, struct crowd *out)
{
    int at = -1;
    out->count = 0;
    for (int q = v->pool_start[pool]; q < v->pool_start[pool + 1]; q++) {
        const int32_t m = v->pool_ports[q];
        if (port_of(v, m)->gives == gives && is_member(v, m)) {
            at = m == i ? out->count : at;
            crowd_add(v, out, m, wish(v, y, m));
        }
    }
    return at;
}

static double total(const struct judge_view *v, const double *y, int32_t pool, bool gives,
                    member_fn *is_member)
{
    double sum = 0.0;
    for (int q = v->pool_start[pool]; q < v->pool_start[pool + 1]; q++) {
        const int32_t m = v->pool_ports[q];
        sum += port_of(v, m)->gives == gives && is_member(v, m) ? wish(v, y, m) : 0.0;
    }
    return sum;
}

static bool anyone(const struct judge_view *v, int32_t m)
{
    (void)v;
    (void)m;
    return true;
}

static bool is_pull(const struct judge_view *v, int32_t m)
{
    return has(v, m, SIM_PORT_PULL);
}

static bool is_push(const struct judge_view *v, int32_t m)
{
    return !has(v, m, SIM_PORT_PULL);
}

static bool is_at_bound(const struct judge_view *v, int32_t m)
{
    return has(v, m, SIM_PORT_AT_BOUND);
}

static bool is_ordinary(const struct judge_view *v, int32_t m)
{
    return !has(v, m, SIM_PORT_AT_BOUND);
}

// What overflows a full stock, or what an empty one lacks.
static double at_bound_limit(const struct judge_view *v, const double *y, int32_t i)
{
    const struct sim_port_def *port = port_of(v, i);
    struct crowd own;
    const int at = gather(v, y, port->pool, port->gives, is_at_bound, i, &own);
    const bool pull_counts = port->gives || !is_held_at_target(v, port->pool);
    const double opposite = total(v, y, port->pool, !port->gives, pull_counts ? anyone : is_push);
    const double ordinary = total(v, y, port->pool, port->gives, is_ordinary);
    return fill(v, &own, at, minus(opposite, ordinary)) / port->coef;
}

double judge_rules_limit(const struct judge_view *v, const double *y, int32_t i)
{
    const struct sim_port_def *port = port_of(v, i);
    const int32_t pool = port->pool;
    struct crowd own;
    if (judge_rules_rests(v, i)) {
        return 0.0;
    }
    if (has(v, i, SIM_PORT_AT_BOUND) && is_stock(v, pool)) {
        return at_bound_limit(v, y, i);
    }
    if (is_pull_giver(v, i) && is_held_at_target(v, pool)) {
        const int at = gather(v, y, pool, true, is_pull, i, &own);
        const double drawn = total(v, y, pool, false, is_user);
        return fill(v, &own, at, minus(drawn, total(v, y, pool, true, is_push))) / port->coef;
    }
    if (!side_is_bound(v, pool, port->gives)) {
        return INFINITY;
    }
    const int at = gather(v, y, pool, port->gives, anyone, i, &own);
    return fill(v, &own, at, total(v, y, pool, !port->gives, anyone)) / port->coef;
}

double judge_rules_claim(const struct judge_view *v, const double *limit, int32_t i)
{
    const int32_t k = port_of(v, i)->activity;
    double y = v->u[k];
    for (int q = v->activity_start[k]; q < v->activity_start[k + 1]; q++) {
        const int32_t j = v->activity_ports[q];
        y = j != i && limit[j] < y ? limit[j] : y;
    }
    return y;
}

// What a sweep has to look at again: a limit reads the claims at its pool, a claim the limits of
// its activity, so what reads nothing that changed stays the same to the bit.
struct sweep {
    const struct judge_view *v;
    double *limit;
    double *claim;
    bool is_open[JUDGE_POOLS];       // a claim at the pool changed
    bool is_loose[JUDGE_ACTIVITIES]; // a limit of the activity changed
    double milestone[JUDGE_PORTS];   // all claims at some sweep: met again, they never rest
    int next_milestone;
};

static void sweep_limits(struct sweep *s, bool all)
{
    const struct judge_view *v = s->v;
    for (int p = 0; p < v->n->pool_count; p++) {
        for (int q = v->pool_start[p]; q < v->pool_start[p + 1] && s->is_open[p]; q++) {
            const int32_t i = v->pool_ports[q];
            const double limit = judge_rules_limit(v, s->claim, i);
            if (all || limit != s->limit[i]) {
                s->limit[i] = limit;
                s->is_loose[port_of(v, i)->activity] = true;
            }
        }
        s->is_open[p] = false;
    }
}

// True when no claim moved by more than 1e-16 of its scale.
static bool sweep_claims(struct sweep *s)
{
    const struct judge_view *v = s->v;
    bool is_still = true;
    for (int k = 0; k < v->n->activity_count; k++) {
        for (int q = v->activity_start[k]; q < v->activity_start[k + 1] && s->is_loose[k]; q++) {
            const int32_t i = v->activity_ports[q];
            const double y = judge_rules_claim(v, s->limit, i);
            const double was = s->claim[i];
            const double scale = fmax(isinf(v->u[k]) ? 0.0 : v->u[k], isinf(was) ? 0.0 : was);
            is_still = is_still && (y == was || fabs(y - was) <= 1e-16 * scale);
            s->is_open[port_of(v, i)->pool] = s->is_open[port_of(v, i)->pool] || y != was;
            s->claim[i] = y;
        }
        s->is_loose[k] = false;
    }
    return is_still;
}

// Are all claims, to the bit, what they were at an earlier sweep? (Brent 1980.)
static bool comes_round(struct sweep *s, int number)
{
    const size_t size = (size_t)s->v->n->port_count * sizeof(s->claim[0]);
    if (number == s->next_milestone) {
        memcpy(s->milestone, s->claim, size);
        s->next_milestone *= 2;
        return false;
    }
    return number > 4 && memcmp(s->milestone, s->claim, size) == 0;
}

bool judge_rules_propagate(const struct judge_view *v, int most_sweeps, double *out_rate,
                           double *out_limit, double *out_claim)
{
    const struct judge_net *n = v->n;
    struct sweep s = {.v = v, .limit = out_limit, .claim = out_claim, .next_milestone = 4};
    bool is_still = false;
    for (int i = 0; i < n->port_count; i++) {
        out_claim[i] = v->u[n->ports[i].activity];
    }
    memset(s.is_open, 1, sizeof(s.is_open));
    for (int number = 0; number < most_sweeps && !is_still; number++) {
        sweep_limits(&s, number == 0);
        is_still = sweep_claims(&s);
        if (!is_still && comes_round(&s, number)) {
            break;
        }
    }
    for (int k = 0; k < n->activity_count; k++) {
        out_rate[k] = v->u[k];
    }
    for (int i = 0; i < n->port_count; i++) {
        const int32_t k = n->ports[i].activity;
        out_rate[k] = fmin(out_rate[k], out_limit[i]);
    }
    return is_still;
}
