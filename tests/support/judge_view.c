#include "tests/support/judge_rules.h"
#include "tests/support/judge_split.h"

#include <math.h>
#include <string.h>

// Counting sort of the ports by pool and by activity.
static void sort_ports(struct judge_view *v)
{
    const struct judge_net *n = v->n;
    memset(v->pool_start, 0, sizeof(v->pool_start));
    memset(v->activity_start, 0, sizeof(v->activity_start));
    for (int i = 0; i < n->port_count; i++) {
        v->pool_start[n->ports[i].pool + 1]++;
        v->activity_start[n->ports[i].activity + 1]++;
    }
    for (int p = 0; p < n->pool_count; p++) {
        v->pool_start[p + 1] += v->pool_start[p];
    }
    for (int k = 0; k < n->activity_count; k++) {
        v->activity_start[k + 1] += v->activity_start[k];
    }
    int pool_at[JUDGE_POOLS + 1];
    int activity_at[JUDGE_ACTIVITIES + 1];
    memcpy(pool_at, v->pool_start, sizeof(pool_at));
    memcpy(activity_at, v->activity_start, sizeof(activity_at));
    for (int32_t i = 0; i < n->port_count; i++) {
        v->pool_ports[pool_at[n->ports[i].pool]++] = i;
        v->activity_ports[activity_at[n->ports[i].activity]++] = i;
    }
}

// Does port m want something now? Without claims at hand: whoever has capacity does. `u` may be
// what other pools leave of the capacity; where that dies out, round after round on a loop with
// loss, and the claim with it, a claim that is a rounding of the capacity itself is none (rates.h).
static bool wants(const struct judge_view *v, int32_t m)
{
    const struct sim_port_def *port = &v->n->ports[m];
    const double u = v->u[port->activity];
    if (v->wants == NULL || !(u > 0.0)) {
        return u > 0.0;
    }
    const double whole = v->n->u[port->activity];
    const double rounding = isinf(whole) ? 0.0 : 1e-13 * whole;
    return v->wants[m] > rounding &&
           v->wants[m] > 1e-9 * (isinf(u) ? v->scale[port->pool] / port->coef : u);
}

static bool takers_reach(const struct judge_view *v, const bool *is_reached, int32_t giver)
{
    const int32_t pool = v->n->ports[giver].pool;
    for (int q = v->pool_start[pool]; q < v->pool_start[pool + 1]; q++) {
        const int32_t m = v->pool_ports[q];
        const struct sim_port_def *port = &v->n->ports[m];
        if (!port->gives && judge_split_may_serve(v->n, giver, m) && is_reached[port->activity] &&
            wants(v, m) && !judge_rules_rests(v, m)) {
            return true;
        }
    }
    return false;
}

// Does what port i gives reach a user, or a stock that may still fill?
static bool giver_reaches(const struct judge_view *v, const bool *is_reached, int32_t i)
{
    const struct sim_port_def *port = &v->n->ports[i];
    const bool pull = (port->flags & SIM_PORT_PULL) != 0;
    if (judge_rules_rests(v, i)) {
        return false; // over target: nobody draws on it now, whoever takes from the stock
    }
    const unsigned closed = SIM_POOL_FULL | (pull ? SIM_POOL_AT_TARGET | SIM_POOL_OVER_TARGET : 0u);
    if (v->n->pools[port->pool].capacity > 0.0 && !(v->n->condition[port->pool] & closed)) {
        return true;
    }
    return takers_reach(v, is_reached, i);
}

static bool is_driven(const struct judge_view *v, int32_t k)
{
    bool pull = v->n->activities[k].is_link;
    for (int q = v->activity_start[k]; q < v->activity_start[k + 1]; q++) {
        pull = pull || (v->n->ports[v->activity_ports[q]].flags & SIM_PORT_PULL) != 0;
    }
    return pull;
}

static bool activity_is_reached(const struct judge_view *v, const bool *is_reached, int32_t k)
{
    if (!is_driven(v, k)) {
        return true;
    }
    for (int q = v->activity_start[k]; q < v->activity_start[k + 1]; q++) {
        const struct sim_port_def *port = &v->n->ports[v->activity_ports[q]];
        const bool matters = v->n->activities[k].is_link || (port->flags & SIM_PORT_PULL) != 0;
        if (port->gives && matters && giver_reaches(v, is_reached, v->activity_ports[q])) {
            return true;
        }
    }
    return false;
}

static bool pulls(const struct judge_view *v, int32_t k)
{
    return is_driven(v, k) && !v->n->activities[k].is_link;
}

// A pull process that no user reaches stands still.
void judge_view_still_unreached(struct judge_view *v)
{
    bool is_reached[JUDGE_ACTIVITIES] = {false};
    for (bool changed = true; changed;) {
        changed = false;
        for (int32_t k = 0; k < v->n->activity_count; k++) {
            if (!is_reached[k] && activity_is_reached(v, is_reached, k)) {
                is_reached[k] = true;
                changed = true;
            }
        }
    }
    for (int32_t k = 0; k < v->n->activity_count; k++) {
        v->is_unreached[k] = !is_reached[k] && pulls(v, k);
        v->u[k] = v->is_unreached[k] ? 0.0 : v->u[k];
    }
}

// Where all at a pool are unlimited, what they move elsewhere gives it a scale, one pool after the
// other.
static void pass_scales_on(struct judge_view *v)
{
    const struct judge_net *n = v->n;
    for (bool moved = true; moved;) {
        moved = false;
        for (int p = 0; p < n->pool_count; p++) {
            double most = 0.0;
            for (int q = v->pool_start[p]; q < v->pool_start[p + 1] && v->scale[p] <= 0.0; q++) {
                const struct sim_port_def *port = &n->ports[v->pool_ports[q]];
                const int32_t k = port->activity;
                for (int s = v->activity_start[k]; s < v->activity_start[k + 1]; s++) {
                    const struct sim_port_def *other = &n->ports[v->activity_ports[s]];
                    most = fmax(most, port->coef * v->scale[other->pool] / other->coef);
                }
            }
            moved = moved || most > 0.0;
            v->scale[p] = fmax(v->scale[p], most);
        }
    }
}

void judge_view_init(struct judge_view *v, const struct judge_net *n)
{
    v->n = n;
    v->wants = NULL;
    memcpy(v->u, n->u, sizeof(v->u));
    sort_ports(v);
    judge_view_still_unreached(v);
    for (int p = 0; p < n->pool_count; p++) {
        v->scale[p] = 0.0;
        for (int q = v->pool_start[p]; q < v->pool_start[p + 1]; q++) {
            const struct sim_port_def *port = &n->ports[v->pool_ports[q]];
            const double cu = port->coef * n->u[port->activity];
            v->scale[p] = isinf(cu) ? v->scale[p] : fmax(v->scale[p], cu);
        }
    }
    pass_scales_on(v);
}

// Does the limit of i read the claim of m? A little too often is harmless.
static bool reads(const struct judge_view *v, int32_t i, int32_t m)
{
    const struct sim_port_def *own = &v->n->ports[i];
    const struct sim_port_def *other = &v->n->ports[m];
    const bool special = ((own->flags | other->flags) & (SIM_PORT_PULL | SIM_PORT_AT_BOUND)) != 0;
    if (!judge_rules_binds(v, i) || judge_rules_rests(v, i) || judge_rules_rests(v, m) ||
        v->u[other->activity] <= 0.0 || i == m) {
        return false;
    }
    return own->gives != other->gives || other->rank <= own->rank ||
           (special && v->n->pools[own->pool].capacity > 0.0);
}

// Tarjan's strongly connected components over the graph "limit of i needs limit of j".
struct tarjan {
    const struct judge_view *v;
    int8_t *circular;
    int next;
    int depth;
    int index[JUDGE_PORTS]; // 0: not seen
    int low[JUDGE_PORTS];
    bool is_open[JUDGE_PORTS];
    int32_t stack[JUDGE_PORTS];
};

static void visit(struct tarjan *t, int32_t i);

static void follow(struct tarjan *t, int32_t i, int32_t j, bool *is_self)
{
    *is_self = *is_self || i == j;
    if (t->index[j] == 0) {
        visit(t, j);
        t->low[i] = t->low[j] < t->low[i] ? t->low[j] : t->low[i];
    } else if (t->is_open[j]) {
        t->low[i] = t->index[j] < t->low[i] ? t->index[j] : t->low[i];
    }
    if (!t->is_open[j] && t->circular[j] != 0 && t->circular[i] == 0) {
        t->circular[i] = 2;
    }
}

static void close_component(struct tarjan *t, int32_t i, bool is_self)
{
    int first = t->depth;
    while (t->stack[--first] != i) {
    }
    const bool is_loop = t->depth - first > 1 || is_self;
    bool is_behind = false;
    for (int q = first; q < t->depth; q++) {
        is_behind = is_behind || t->circular[t->stack[q]] == 2;
    }
    for (int q = first; q < t->depth; q++) {
        t->is_open[t->stack[q]] = false;
        t->circular[t->stack[q]] = is_loop ? 1 : (is_behind ? 2 : 0);
    }
    t->depth = first;
}

static void visit(struct tarjan *t, int32_t i)
{
    const struct judge_view *v = t->v;
    const int32_t pool = v->n->ports[i].pool;
    bool is_self = false;
    t->index[i] = t->low[i] = ++t->next;
    t->stack[t->depth++] = i;
    t->is_open[i] = true;
    for (int q = v->pool_start[pool]; q < v->pool_start[pool + 1]; q++) {
        const int32_t m = v->pool_ports[q];
        if (!reads(v, i, m)) {
            continue;
        }
        const int32_t k = v->n->ports[m].activity;
        for (int s = v->activity_start[k]; s < v->activity_start[k + 1]; s++) {
            if (v->activity_ports[s] != m) {
                follow(t, i, v->activity_ports[s], &is_self);
            }
        }
    }
    if (t->low[i] == t->index[i]) {
        close_component(t, i, is_self);
    }
}

int judge_rules_circular(const struct judge_view *v, int8_t *out_circular)
{
    struct tarjan t = {.v = v, .circular = out_circular};
    int loops = 0;
    memset(out_circular, 0, (size_t)v->n->port_count);
    for (int32_t i = 0; i < v->n->port_count; i++) {
        if (t.index[i] == 0) {
            visit(&t, i);
        }
    }
    for (int i = 0; i < v->n->port_count; i++) {
        loops += out_circular[i] == 1 ? 1 : 0;
    }
    return loops;
}
