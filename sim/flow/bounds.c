// Capacities of unlimited activities, and scales: all at once for a network, and by what changed
// for a state (the essay in bounds_priv.h).
#include "sim/flow/bounds_priv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    SCALE_PASSES = 8,
    ALL_PASSES = INT32_MAX // whatever pass an activity is bounded in, its number counts
};

/** Numbers of activities as one pass reads them. */
struct view {
    const struct sim_network *net;
    const double *coef;   // by port
    const double *number; // by activity: capacity or scale
    int32_t pass;         // activities bounded in this pass or later are without limit
    double *sums;         // by pool and side, computed in this view: takers, givers
    int64_t *stamps;      // of them
    int64_t stamp;        // that holds now
};

static void begin_pass(struct view *v, const double *number, int32_t pass)
{
    v->number = number;
    v->pass = pass;
    v->stamp++;
}

/** What one side of a pool could carry; `is_at_bound`: but for what acts at a bound, too. */
static double sum_side(const struct view *v, int32_t pool, bool gives, bool is_at_bound)
{
    const struct sim_network_pool *p = &v->net->pools[pool];
    const int32_t begin = gives ? p->givers_begin : p->takers_begin;
    const int32_t end = gives ? p->ports_end : p->givers_begin;
    double sum = 0;
    for (int32_t i = begin; i < end; i++) {
        const int32_t m = v->net->at_pool[i];
        const struct sim_network_port *q = &v->net->ports[m];
        const bool is_bounded = v->net->activities[q->activity].pass < v->pass;
        const double number = is_bounded ? v->number[q->activity] : (double)INFINITY;
        sum += is_at_bound && q->is_at_bound ? 0 : v->coef[m] * number;
    }
    return sum;
}

/** The same, summed once in a pass for all who read it. */
static double side_of(const struct view *v, int32_t pool, bool gives, bool is_at_bound)
{
    const int32_t side = 2 * pool + (gives ? 1 : 0);
    if (is_at_bound) {
        return sum_side(v, pool, gives, true);
    }
    if (v->stamps[side] != v->stamp) {
        v->stamps[side] = v->stamp;
        v->sums[side] = sum_side(v, pool, gives, false);
    }
    return v->sums[side];
}

/** Whether the other side of port `i`'s pool bounds it: a junction's does, and that of what acts at
 * a bound, as what fills an empty stock never overflows from a full one. */
static bool is_bounding(const struct sim_network *net, int32_t i)
{
    return net->pools[net->ports[i].pool].is_junction || net->ports[i].is_at_bound;
}

/** What the other side of port `i`'s pool could carry, as a rate of its activity. */
static double carried(const struct view *v, int32_t i)
{
    const struct sim_network_port *p = &v->net->ports[i];
    return is_bounding(v->net, i) ? side_of(v, p->pool, !p->gives, p->is_at_bound) / v->coef[i]
                                  : (double)INFINITY;
}

/** The rate that the pools of an unlimited activity could ever carry, going by what is bounded
 * before the view's pass. */
static double bound_of(const struct view *v, int32_t activity)
{
    const struct sim_network_activity *a = &v->net->activities[activity];
    double bound = (double)INFINITY;
    for (int32_t i = a->ports_begin; i < a->ports_end; i++) {
        bound = fmin(bound, carried(v, i));
    }
    return bound;
}

/** A scale after one more pass. */
static double cut_scale(const struct view *v, int32_t activity)
{
    const struct sim_network_activity *a = &v->net->activities[activity];
    double scale = v->number[activity];
    for (int32_t i = a->ports_begin; i < a->ports_end; i++) {
        const double most = carried(v, i);
        scale = most > 0 && most < scale ? most : scale;
    }
    return scale;
}

// ---- All of a network ----

static enum sim_status bound_unlimited(struct sim_network *net, struct view *v, double *capacity,
                                       struct sim_err *err)
{
    bool changed = true;
    for (int32_t pass = 1; changed; pass++) {
        begin_pass(v, capacity, pass);
        changed = false;
        for (int32_t k = 0; k < net->activity_count; k++) {
            struct sim_network_activity *a = &net->activities[k];
            const double bound = a->pass >= v->pass ? bound_of(v, k) : (double)INFINITY;
            if (isfinite(bound)) {
                a->pass = v->pass; // nobody reads it in this pass
                capacity[k] = bound;
                net->pass_count = v->pass;
                changed = true;
            }
        }
    }
    for (int32_t k = 0; k < net->activity_count; k++) {
        net->activities[k].capacity = capacity[k];
        if (isinf(capacity[k])) {
            return sim_err_set(err, SIM_INPUT,
                               "nothing bounds the rate of '%s': state a capacity for it, or for "
                               "what it takes from or gives to",
                               net->activities[k].name);
        }
    }
    return SIM_OK;
}

/** Into `scale_at`, by pass; the first are the capacities. */
static void find_scales(struct view *v, double *const scale_at[SCALE_PASSES + 1])
{
    for (int t = 0; t < SCALE_PASSES; t++) {
        begin_pass(v, scale_at[t], ALL_PASSES);
        for (int32_t k = 0; k < v->net->activity_count; k++) {
            scale_at[t + 1][k] = cut_scale(v, k);
        }
    }
}

enum sim_status sim_bounds_build(struct sim_network *net, struct sim_arena *scratch,
                                 struct sim_err *err)
{
    double *scale_at[SCALE_PASSES + 1];
    for (int t = 0; t <= SCALE_PASSES; t++) {
        scale_at[t] = SIM_ARENA_NEW(scratch, double, net->activity_count);
    }
    for (int32_t k = 0; k < net->activity_count; k++) {
        struct sim_network_activity *a = &net->activities[k];
        scale_at[0][k] = a->declared;
        a->pass = isinf(a->declared) ? ALL_PASSES : 0;
    }
    const int sides = 2 * net->pool_count;
    struct view v = {.net = net,
                     .coef = net->coef,
                     .sums = SIM_ARENA_NEW(scratch, double, sides),
                     .stamps = SIM_ARENA_NEW(scratch, int64_t, sides)};
    SIM_TRY(bound_unlimited(net, &v, scale_at[0], err));
    find_scales(&v, scale_at);
    for (int32_t k = 0; k < net->activity_count; k++) {
        net->activities[k].scale = scale_at[SCALE_PASSES][k];
    }
    return SIM_OK;
}

// ---- What changed in a state ----

struct sim_bounds {
    const struct sim_network *net;
    double *most, *scale;
    struct view view;                   // of the state's coefficients
    bool is_begun;                      // scale_at is as the state's coefficients were
    double *scale_at[SCALE_PASSES + 1]; // by activity; the first are the capacities, the last the
                                        // scales
    sim_bounds_ints due;                // activities that may have another number in this pass
    sim_bounds_ints changed;            // those that have
    bool *is_due;                       // per activity
    sim_bounds_ints capacities;
};

struct sim_bounds *sim_bounds_create(const struct sim_network *net, const double *coef,
                                     double *most, double *scale)
{
    struct sim_bounds *b = sim_base_alloc(1, sizeof(*b));
    const size_t activities = (size_t)net->activity_count;
    const size_t sides = 2 * (size_t)net->pool_count;
    *b = (struct sim_bounds){.net = net, .most = most, .scale = scale};
    b->view = (struct view){.net = net,
                            .coef = coef,
                            .sums = sim_base_alloc(sides, sizeof(double)),
                            .stamps = sim_base_alloc(sides, sizeof(int64_t))};
    b->is_due = sim_base_alloc(activities, sizeof(bool));
    for (int t = 0; t <= SCALE_PASSES; t++) {
        b->scale_at[t] = sim_base_alloc(activities, sizeof(double));
    }
    return b;
}

void sim_bounds_reset(struct sim_bounds *b)
{
    if (b != NULL) {
        b->is_begun = false;
    }
}

/** How the scales came about with the coefficients of the network. */
static void begin(struct sim_bounds *b)
{
    struct view v = b->view;
    v.coef = b->net->coef;
    for (int32_t k = 0; k < b->net->activity_count; k++) {
        b->scale_at[0][k] = b->net->activities[k].capacity;
    }
    find_scales(&v, b->scale_at);
    b->view.stamp = v.stamp;
    b->is_begun = true;
}

void sim_bounds_destroy(struct sim_bounds *b)
{
    if (b == NULL) {
        return;
    }
    for (int t = 0; t <= SCALE_PASSES; t++) {
        free(b->scale_at[t]);
    }
    free(b->view.sums);
    free(b->view.stamps);
    free(b->is_due);
    SIM_VEC_FREE(&b->due);
    SIM_VEC_FREE(&b->changed);
    SIM_VEC_FREE(&b->capacities);
    free(b);
}

static void make_due(struct sim_bounds *b, int32_t activity)
{
    if (!b->is_due[activity]) {
        b->is_due[activity] = true;
        SIM_VEC_PUSH(&b->due, activity);
    }
}

/** Those whose number reads what port `j` could carry: the other side of its pool. */
static void make_readers_due(struct sim_bounds *b, int32_t j)
{
    const struct sim_network_port *p = &b->net->ports[j];
    const struct sim_network_pool *pool = &b->net->pools[p->pool];
    const int32_t begin = p->gives ? pool->takers_begin : pool->givers_begin;
    const int32_t end = p->gives ? pool->givers_begin : pool->ports_end;
    for (int32_t i = begin; i < end; i++) {
        const int32_t m = b->net->at_pool[i];
        if (is_bounding(b->net, m)) {
            make_due(b, b->net->ports[m].activity);
        }
    }
}

/** Ports whose coefficient is another: their activities divide by it, the other sides sum it. */
static void make_ports_due(struct sim_bounds *b, const int32_t *ports, int count)
{
    for (int i = 0; i < count; i++) {
        make_due(b, b->net->ports[ports[i]].activity);
        make_readers_due(b, ports[i]);
    }
}

static void make_activity_due(struct sim_bounds *b, int32_t activity)
{
    const struct sim_network_activity *a = &b->net->activities[activity];
    make_due(b, activity);
    for (int32_t j = a->ports_begin; j < a->ports_end; j++) {
        make_readers_due(b, j);
    }
}

static void end_due(struct sim_bounds *b)
{
    for (int i = 0; i < b->due.count; i++) {
        b->is_due[b->due.data[i]] = false;
    }
    b->due.count = 0;
}

/** Bounds of unlimited activities, in order of their passes: whoever reads a bound has a later pass
 * than its owner, so each is computed once, after all that it reads. */
static void update_capacities(struct sim_bounds *b, const int32_t *ports, int count)
{
    b->capacities.count = 0;
    make_ports_due(b, ports, count);
    for (int32_t pass = 1; pass <= b->net->pass_count; pass++) {
        begin_pass(&b->view, b->most, pass);
        for (int i = 0; i < b->due.count; i++) {
            const int32_t k = b->due.data[i];
            if (b->net->activities[k].pass != pass) {
                continue;
            }
            const double bound = bound_of(&b->view, k);
            if (bound != b->most[k]) {
                b->most[k] = bound;
                SIM_VEC_PUSH(&b->capacities, k);
                make_activity_due(b, k);
            }
        }
    }
    end_due(b);
}

/** One pass of the scales: of those who read a changed coefficient, and of those who read a number
 * that the pass before changed (`changed`, which then lists what this one did). */
static void update_pass(struct sim_bounds *b, int t, const int32_t *ports, int count)
{
    begin_pass(&b->view, b->scale_at[t], ALL_PASSES);
    make_ports_due(b, ports, count);
    for (int i = 0; i < b->changed.count; i++) {
        make_activity_due(b, b->changed.data[i]);
    }
    b->changed.count = 0;
    for (int i = 0; i < b->due.count; i++) {
        const int32_t k = b->due.data[i];
        const double scale = cut_scale(&b->view, k);
        if (scale != b->scale_at[t + 1][k]) {
            b->scale_at[t + 1][k] = scale;
            SIM_VEC_PUSH(&b->changed, k);
        }
    }
    end_due(b);
}

void sim_bounds_update(struct sim_bounds *b, const int32_t *ports, int count,
                       const sim_bounds_ints **out_capacities, const sim_bounds_ints **out_scales)
{
    if (!b->is_begun) {
        begin(b);
    }
    update_capacities(b, ports, count);
    b->changed.count = 0;
    for (int i = 0; i < b->capacities.count; i++) {
        const int32_t k = b->capacities.data[i];
        b->scale_at[0][k] = b->most[k];
        SIM_VEC_PUSH(&b->changed, k);
    }
    for (int t = 0; t < SCALE_PASSES; t++) {
        update_pass(b, t, ports, count);
    }
    for (int i = 0; i < b->changed.count; i++) {
        const int32_t k = b->changed.data[i];
        b->scale[k] = b->scale_at[SCALE_PASSES][k];
    }
    *out_capacities = &b->capacities;
    *out_scales = &b->changed;
}
