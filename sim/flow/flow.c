// Levels and totals over time. A stock's level, and an activity's total, are kept as of the instant
// at which their rate last changed; a heap holds the instants at which stocks reach a bound.

#include "sim/flow/flow.h"

#include "sim/base/vec.h"
#include "sim/flow/network_priv.h"
#include "sim/flow/order.h"
#include "sim/flow/tolerances.h"
#include "sim/num/elem.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef SIM_VEC(int32_t) sim_flow_ints;

enum {
    NOT_PLANNED = -1,
    CHANGES_AN_INSTANT = 100,
    ROUNDS_AT_ONCE = 20, // in which all stocks change their conditions together
    CHANGES_TO_STAY = 40 // of condition in one solve, after which a stock stays bound
};

/** A stock over time; junctions have one too, unused. */
struct stock {
    double level;      // [amount] at `since`
    double net;        // [amount/s] since then, decay not counted
    double integrated; // [amount] integral of net since reset
    double decayed;    // [amount] between bounds
    double trimmed;    // [amount]
    double lumped;     // [amount] that came (+) or went at once
    sim_time since;
    sim_time due; // when it reaches its next bound; SIM_TIME_NEVER
    int32_t heap_at;
    unsigned condition;
    bool is_resting;        // reached its target, waits for its reorder level
    bool is_decaying_apart; // decay_activity carries the decay
    int64_t changed_in;     // the last `solves` in which its condition changed
    int32_t changes;        // of condition in that one
    bool is_listed;         // in `looked_at`
    bool is_touched;        // in `touched`
    int32_t met;            // bounds met since reset, and lumps: what it holds ends there
    int32_t holds_at;       // `met` while it holds a unit off; -1: it does not
    unsigned forced;        // condition in a trial of a unit that it holds; 0: none
    double forced_level;    // [amount] of that bound
    int64_t seen_in;        // the last trial that came by
    bool is_recent;         // in `recent`
    sim_time quick_from;    // since then it met its levels `quick` times, within a second
    int32_t quick;
};

/** A unit whose last trial came by a pool; over when the unit has been tried anew, or must be. */
struct onlooker {
    int32_t unit;
    int64_t trial;
};
typedef SIM_VEC(struct onlooker) sim_flow_onlookers;

/** A stock at whose bound a unit failed, and which left it when the unit was off. */
struct hold {
    int32_t pool;
    int32_t met; // as of then
    unsigned condition;
    double level;
};
typedef SIM_VEC(struct hold) sim_flow_holds;

/** An activity over time. */
struct mover {
    double total;    // at `since`
    double rate;     // since then
    double capacity; // as wanted, whatever its turndown says
    sim_time since;
    bool is_off;
    bool is_listed;              // in `changed`
    struct sim_flow_trial trial; // the last; holds while is_off
    sim_flow_holds holds;        // stocks that hold it off
    int64_t tried_in;            // its last trial, while that would fail again alike; else 0
    int32_t turn;                // place among `restarts`
    bool is_low, is_stopped;     // in `low`, in `stopped`
};

struct sim_flow {
    const struct sim_network *net;
    struct sim_rates *rates;
    struct stock *stocks;  // by inner id
    struct mover *movers;  // by inner id
    struct tally *tallies; // of ports, by inner id
    sim_flow_ints heap;    // pools by due, then id
    sim_flow_ints looked_at, changed;
    sim_flow_ints recent;          // stocks that left a level of theirs a moment ago
    sim_flow_ints restarts;        // units with a minimum, in the order in which they are tried
    sim_flow_ints low;             // those of them that may be below it
    sim_flow_ints stopped;         // places there of those that may be off
    sim_flow_onlookers *onlookers; // by pool
    sim_flow_ints seen;            // pools that the trial which is on has come by
    int64_t trial;                 // which is on, 0: none
    int64_t trials;                // since reset
    int64_t solves;                // calls of solve since reset
    sim_flow_ints touched;         // pools, as in the definition
    uint64_t *bits;                // by activity: scratch of sort_numbers
    sim_time now, instant;
    int64_t instants_alike; // bounds reached at `instant`
    sim_flow_on_change *on_change;
    void *user;
    sim_flow_on_low *on_low;
    void *low_user;
    bool is_disturbed; // something may let a unit restart
};

/** What passed a port with the coefficients before the last: it counts what its activity did since
 * with the one now. */
struct tally {
    double passed; // [amount]
    double from;   // [activity] the activity's total when the coefficient changed
};

/** A unit, and when it is tried. */
struct turn {
    int32_t merit, unit;
};

static int by_turn(const void *a, const void *b)
{
    const struct turn *x = a;
    const struct turn *y = b;
    return x->merit != y->merit ? (x->merit > y->merit) - (x->merit < y->merit)
                                : (x->unit > y->unit) - (x->unit < y->unit);
}

/** Units with a minimum, by merit, then name. */
static void list_restarts(struct sim_flow *f)
{
    const struct sim_network *net = f->net;
    struct turn *turns = sim_base_alloc((size_t)net->activity_count, sizeof(*turns));
    int count = 0;
    for (int32_t k = 0; k < net->activity_count; k++) {
        if (net->activities[k].turndown > 0) {
            turns[count++] = (struct turn){.merit = net->activities[k].merit, .unit = k};
        }
    }
    if (count > 0) {
        qsort(turns, (size_t)count, sizeof(*turns), by_turn);
    }
    for (int i = 0; i < count; i++) {
        f->movers[turns[i].unit].turn = i;
        SIM_VEC_PUSH(&f->restarts, turns[i].unit);
    }
    free(turns);
}

struct sim_flow *sim_flow_create(const struct sim_network *net)
{
    struct sim_flow *f = sim_base_alloc(1, sizeof(*f));
    f->net = net;
    f->rates = sim_rates_create(net);
    f->stocks = sim_base_alloc((size_t)net->pool_count, sizeof(*f->stocks));
    f->movers = sim_base_alloc((size_t)net->activity_count, sizeof(*f->movers));
    f->tallies = sim_base_alloc((size_t)net->port_count, sizeof(*f->tallies));
    SIM_VEC_RESERVE(&f->heap, net->pool_count);
    SIM_VEC_RESERVE(&f->looked_at, net->pool_count);
    SIM_VEC_RESERVE(&f->touched, net->pool_count);
    f->onlookers = sim_base_alloc((size_t)net->pool_count, sizeof(*f->onlookers));
    SIM_VEC_RESERVE(&f->changed, net->activity_count);
    f->bits = sim_base_alloc(SIM_ORDER_WORDS(net->activity_count), sizeof(*f->bits));
    list_restarts(f);
    return f;
}

void sim_flow_destroy(struct sim_flow *f)
{
    if (f == NULL) {
        return;
    }
    sim_rates_destroy(f->rates);
    SIM_VEC_FREE(&f->heap);
    SIM_VEC_FREE(&f->looked_at);
    SIM_VEC_FREE(&f->recent);
    SIM_VEC_FREE(&f->changed);
    SIM_VEC_FREE(&f->restarts);
    SIM_VEC_FREE(&f->touched);
    SIM_VEC_FREE(&f->low);
    SIM_VEC_FREE(&f->stopped);
    SIM_VEC_FREE(&f->seen);
    for (int32_t p = 0; p < f->net->pool_count; p++) {
        SIM_VEC_FREE(&f->onlookers[p]);
    }
    free(f->onlookers);
    for (int32_t k = 0; k < f->net->activity_count; k++) {
        SIM_VEC_FREE(&f->movers[k].holds);
    }
    free(f->stocks);
    free(f->movers);
    free(f->tallies);
    free(f->bits);
    free(f);
}

void sim_flow_watch(struct sim_flow *f, sim_flow_on_change *on_change, void *user)
{
    f->on_change = on_change;
    f->user = user;
}

void sim_flow_watch_low(struct sim_flow *f, sim_flow_on_low *on_low, void *user)
{
    f->on_low = on_low;
    f->low_user = user;
}

// ---- The heap of bounds to come ----

static bool is_sooner(const struct sim_flow *f, int32_t x, int32_t y)
{
    const sim_time a = f->stocks[x].due;
    const sim_time b = f->stocks[y].due;
    return a != b ? a < b : x < y;
}

static void place(struct sim_flow *f, int at, int32_t pool)
{
    f->heap.data[at] = pool;
    f->stocks[pool].heap_at = at;
}

static void sift(struct sim_flow *f, int at, int32_t pool)
{
    int32_t *h = f->heap.data;
    for (; at > 0 && is_sooner(f, pool, h[(at - 1) / 2]); at = (at - 1) / 2) {
        place(f, at, h[(at - 1) / 2]);
    }
    while (2 * at + 1 < f->heap.count) {
        int child = 2 * at + 1;
        child += child + 1 < f->heap.count && is_sooner(f, h[child + 1], h[child]);
        if (!is_sooner(f, h[child], pool)) {
            break;
        }
        place(f, at, h[child]);
        at = child;
    }
    place(f, at, pool);
}

static void unplan(struct sim_flow *f, int32_t pool)
{
    const int at = f->stocks[pool].heap_at;
    f->stocks[pool].heap_at = NOT_PLANNED;
    f->stocks[pool].due = SIM_TIME_NEVER;
    if (at == NOT_PLANNED) {
        return;
    }
    const int32_t last = SIM_VEC_POP(&f->heap);
    if (last != pool) {
        sift(f, at, last);
    }
}

static void plan(struct sim_flow *f, int32_t pool, sim_time due)
{
    if (due == SIM_TIME_NEVER) {
        unplan(f, pool);
        return;
    }
    f->stocks[pool].due = due;
    if (f->stocks[pool].heap_at == NOT_PLANNED) {
        SIM_VEC_PUSH(&f->heap, pool);
        f->stocks[pool].heap_at = f->heap.count - 1;
    }
    sift(f, f->stocks[pool].heap_at, pool);
}

// ---- Trials that would end alike ----
//
// A trial that failed is not made again while nothing has changed at the pools that it came by:
// those where a claim, a rate or a condition was another in it, or was asked anew. What a limit
// reads stands at its own pool, so whatever is the same at all of these gives the same trial, and
// elsewhere the trial changed nothing.

static bool is_current(const struct sim_flow *f, struct onlooker o)
{
    return f->movers[o.unit].tried_in == o.trial;
}

/** Something is another at the pool: units whose trial came by must be tried again. */
static void see(struct sim_flow *f, int32_t pool)
{
    struct stock *s = &f->stocks[pool];
    if (f->trial == 0) {
        sim_flow_onlookers *all = &f->onlookers[pool];
        for (int i = 0; i < all->count; i++) {
            if (is_current(f, all->data[i])) {
                f->movers[all->data[i].unit].tried_in = 0;
            }
        }
        all->count = 0;
    } else if (s->seen_in != f->trial) {
        s->seen_in = f->trial;
        SIM_VEC_PUSH(&f->seen, pool);
    }
}

static void begin_trial(struct sim_flow *f)
{
    f->trial = ++f->trials;
    f->seen.count = 0;
}

static void look_on(struct sim_flow *f, int32_t pool, struct onlooker o)
{
    sim_flow_onlookers *all = &f->onlookers[pool];
    int kept = 0;
    for (int i = 0; all->count == all->capacity && i < all->count; i++) {
        if (is_current(f, all->data[i])) {
            all->data[kept++] = all->data[i];
        }
    }
    all->count = all->count == all->capacity ? kept : all->count;
    SIM_VEC_PUSH(all, o);
}

/** It failed, and all is as before; or it did not, and what it came by is another now. */
static void end_trial(struct sim_flow *f, int32_t k, bool is_on)
{
    const struct onlooker o = {.unit = k, .trial = f->trial};
    f->movers[k].tried_in = is_on ? 0 : f->trial;
    f->trial = 0;
    for (int i = 0; i < f->seen.count; i++) {
        if (is_on) {
            see(f, f->seen.data[i]);
        } else {
            look_on(f, f->seen.data[i], o);
        }
    }
}

// ---- Levels between bounds ----

static double seconds(sim_time span)
{
    return (double)span / 1e6;
}

/** Share that decays per second now, by the closed form. */
static double decay_of(const struct sim_flow *f, int32_t pool)
{
    return f->stocks[pool].is_decaying_apart ? 0 : f->net->pools[pool].decay;
}

static double level_at(const struct sim_flow *f, int32_t pool, sim_time when)
{
    const struct stock *s = &f->stocks[pool];
    const double span = seconds(when - s->since);
    const double decay = decay_of(f, pool);
    if (span == 0 || (s->net == 0 && decay == 0)) {
        return s->level;
    }
    if (decay == 0) {
        return s->level + s->net * span;
    }
    // dL/dt = net - decay L: L = L0 + (net/decay - L0) (1 - exp(-decay t))
    return s->level - (s->net / decay - s->level) * sim_elem_expm1(-decay * span);
}

/** Bring a stock's numbers to `now`. */
static void bring_stock(struct sim_flow *f, int32_t pool)
{
    struct stock *s = &f->stocks[pool];
    const double in = s->net * seconds(f->now - s->since);
    const double level = level_at(f, pool, f->now);
    s->decayed += decay_of(f, pool) > 0 ? s->level + in - level : 0;
    s->integrated += in;
    s->level = level;
    s->since = f->now;
}

static void bring_mover(struct sim_flow *f, int32_t k)
{
    struct mover *m = &f->movers[k];
    m->total += m->rate * seconds(f->now - m->since);
    m->since = f->now;
}

/** Seconds until the level passes `bound`, INFINITY when it never does. */
static double seconds_to(const struct sim_flow *f, int32_t pool, double bound)
{
    const struct stock *s = &f->stocks[pool];
    const double decay = decay_of(f, pool);
    if (decay == 0) {
        const double span = (bound - s->level) / s->net;
        return s->net != 0 && span >= 0 ? span : (double)INFINITY;
    }
    const double rest = s->net / decay; // where it tends to
    const double share = (bound - rest) / (s->level - rest);
    return share > 0 && share <= 1 ? -sim_elem_log(share) / decay : (double)INFINITY;
}

/** What flows in and out, less what decays [amount/s]: the one balance by which a stock rests on a
 * bound, or leaves it. */
static double balance(const struct sim_flow *f, int32_t pool)
{
    const struct stock *s = &f->stocks[pool];
    return s->net - decay_of(f, pool) * s->level;
}

/** Whether the level rises now (+1), falls (-1) or rests (0). */
static int direction(const struct sim_flow *f, int32_t pool)
{
    const double slope = balance(f, pool);
    return slope > 0 ? 1 : slope < 0 ? -1 : 0;
}

/** The bound that the level meets next in its direction: NAN when there is none. */
static double next_bound(const struct sim_flow *f, int32_t pool)
{
    const struct sim_network_pool *p = &f->net->pools[pool];
    const struct stock *s = &f->stocks[pool];
    const int way = direction(f, pool);
    const bool holds = s->holds_at == s->met; // then its levels count, whoever gives to it
    const bool has_levels = p->has_pull || holds;
    const bool has_target = has_levels && p->target < p->capacity;
    const bool has_reorder = has_levels && p->reorder >= 0 && p->reorder < p->target;
    if (way > 0 && s->level < p->minimum) {
        return p->minimum;
    }
    if (way > 0) {
        const bool to_target = has_levels && s->level < p->target && !s->is_resting;
        return to_target ? p->target : isinf(p->capacity) ? (double)NAN : p->capacity;
    }
    if (way < 0 && has_reorder && (s->is_resting || holds) && s->level > p->reorder) {
        return p->reorder;
    }
    if (way < 0 && has_target && !has_reorder && s->level > p->target) {
        return p->target;
    }
    return way < 0 && s->level > p->minimum ? p->minimum : (double)NAN;
}

static void plan_next(struct sim_flow *f, int32_t pool)
{
    const double bound = next_bound(f, pool);
    const double span = isnan(bound) ? (double)INFINITY : seconds_to(f, pool, bound);
    const double most = 9e12; // [s] beyond any date there is
    const sim_time due = span < most ? f->now + (sim_time)ceil(span * 1e6) : SIM_TIME_NEVER;
    plan(f, pool, due);
}

// ---- Conditions ----

static void look_at(struct sim_flow *f, int32_t pool)
{
    if (!f->stocks[pool].is_listed && !f->net->pools[pool].is_junction) {
        f->stocks[pool].is_listed = true;
        SIM_VEC_PUSH(&f->looked_at, pool);
    }
}

/** Pull givers: filling below the target, passing on at it, resting above and down to reorder. */
static unsigned pull_condition(struct sim_flow *f, int32_t pool)
{
    const struct sim_network_pool *p = &f->net->pools[pool];
    struct stock *s = &f->stocks[pool];
    if (!p->has_pull) {
        return 0;
    }
    if (p->reorder >= 0 && p->reorder < p->target) {
        s->is_resting = s->level >= p->target || (s->is_resting && s->level > p->reorder);
        return s->is_resting ? SIM_POOL_OVER_TARGET : 0;
    }
    if (p->target >= p->capacity) {
        return 0; // full says it all
    }
    if (s->level != p->target) {
        return s->level > p->target ? SIM_POOL_OVER_TARGET : 0;
    }
    const double slope = balance(f, pool);
    if ((s->condition & SIM_POOL_OVER_TARGET) != 0) { // fell to it, or push givers fill beyond it
        return slope < 0 ? SIM_POOL_AT_TARGET : SIM_POOL_OVER_TARGET;
    }
    if ((s->condition & SIM_POOL_AT_TARGET) != 0) {
        return slope > 0 ? SIM_POOL_OVER_TARGET : slope < 0 ? 0 : SIM_POOL_AT_TARGET;
    }
    return slope >= 0 ? SIM_POOL_AT_TARGET : 0;
}

/** At its minimum the decay comes before all takers: when not even it is covered, nothing is drawn
 * and the level goes below. */
static unsigned minimum_condition(const struct sim_flow *f, int32_t pool)
{
    const struct sim_network_pool *p = &f->net->pools[pool];
    const struct stock *s = &f->stocks[pool];
    if (s->level != p->minimum) {
        return s->level < p->minimum ? SIM_POOL_BELOW : 0;
    }
    const double slope = balance(f, pool);
    if ((s->condition & SIM_POOL_BELOW) != 0) {
        return slope > 0 ? SIM_POOL_EMPTY : SIM_POOL_BELOW;
    }
    if ((s->condition & SIM_POOL_EMPTY) != 0 && p->decay_activity >= 0) {
        const int32_t decay = f->net->activity_out[p->decay_activity];
        const double due = p->decay * s->level;
        if (sim_rates_rate(f->rates, decay) < due * (1 - SIM_TOLERANCE_RATE)) {
            return SIM_POOL_BELOW;
        }
    }
    return slope <= 0 ? SIM_POOL_EMPTY : 0;
}

/** On a bound a stock stays bound until its balance leads away from it. */
static unsigned wanted_condition(struct sim_flow *f, int32_t pool)
{
    const struct stock *s = &f->stocks[pool];
    if (s->forced != 0) {
        return s->forced;
    }
    const bool is_full = s->level >= f->net->pools[pool].capacity && balance(f, pool) >= 0;
    return minimum_condition(f, pool) | (is_full ? SIM_POOL_FULL : 0) | pull_condition(f, pool);
}

/** The decay of a stock that rests on a bound is an activity like others; else the closed form. */
static void switch_decay(struct sim_flow *f, int32_t pool)
{
    const int32_t k = f->net->pools[pool].decay_activity;
    if (k < 0) {
        return;
    }
    struct stock *s = &f->stocks[pool];
    s->is_decaying_apart =
        (s->condition & (SIM_POOL_FULL | SIM_POOL_AT_TARGET | SIM_POOL_EMPTY)) != 0;
    const double level = s->forced != 0 ? s->forced_level : s->level;
    const double rate = s->is_decaying_apart ? f->net->pools[pool].decay * level : 0;
    sim_rates_set_capacity(f->rates, f->net->activity_out[k], rate);
}

static enum sim_status too_many(const struct sim_flow *f, int32_t pool, struct sim_err *err)
{
    return sim_err_set(
        err, SIM_FAILED,
        "stock '%s' reaches a bound again and again without time moving: give it, or "
        "the stocks next to it, more capacity, or a reorder level below its target",
        f->net->pools[pool].name);
}

/** Bound, it leaves the bound, and free it comes back to it, as a loop that feeds itself through
 * the stock has other rates when the stock binds: it stays bound, which only makes the bound slack.
 */
static bool stays_bound(const struct sim_flow *f, const struct stock *s, unsigned wanted)
{
    return s->changed_in == f->solves && s->changes >= CHANGES_TO_STAY &&
           (wanted & ~s->condition) == 0;
}

/** Take the condition that the stock's level and balance want; true in `out` when it is another. */
static enum sim_status update_condition(struct sim_flow *f, int32_t pool, bool *out,
                                        struct sim_err *err)
{
    struct stock *s = &f->stocks[pool];
    const unsigned wanted = wanted_condition(f, pool);
    if (wanted == s->condition || stays_bound(f, s, wanted)) {
        return SIM_OK;
    }
    s->condition = wanted;
    see(f, pool);
    sim_rates_set_condition(f->rates, f->net->pool_out[pool], wanted);
    switch_decay(f, pool);
    *out = true;
    f->is_disturbed = true;
    s->changes = s->changed_in == f->solves ? s->changes + 1 : 1;
    s->changed_in = f->solves;
    return s->changes > CHANGES_AN_INSTANT ? too_many(f, pool, err) : SIM_OK;
}

/** The first stock by name that wants another condition; -1: none does. */
static int32_t first_to_change(struct sim_flow *f)
{
    int32_t first = -1;
    for (int i = 0; i < f->looked_at.count; i++) {
        const int32_t pool = f->looked_at.data[i];
        const struct stock *s = &f->stocks[pool];
        const unsigned wanted = wanted_condition(f, pool);
        if ((first < 0 || pool < first) && wanted != s->condition && !stays_bound(f, s, wanted)) {
            first = pool;
        }
    }
    return first;
}

/** Conditions of the stocks looked at, by their levels and nets; true in `out` when one changed.
 * Where stocks drive each other round, they go on one at a time, the first by name. */
static enum sim_status update_conditions(struct sim_flow *f, int round, bool *out,
                                         struct sim_err *err)
{
    *out = false;
    if (round >= ROUNDS_AT_ONCE) {
        const int32_t first = first_to_change(f);
        return first >= 0 ? update_condition(f, first, out, err) : SIM_OK;
    }
    for (int i = 0; i < f->looked_at.count; i++) {
        SIM_TRY(update_condition(f, f->looked_at.data[i], out, err));
    }
    return SIM_OK;
}

// ---- Settling ----

static double wanted_capacity(const struct sim_flow *f, int32_t k)
{
    return f->movers[k].is_off ? 0 : f->movers[k].capacity;
}

static void push_capacity(struct sim_flow *f, int32_t k)
{
    sim_rates_set_capacity(f->rates, f->net->activity_out[k], wanted_capacity(f, k));
}

static void touch(struct sim_flow *f, int32_t pool)
{
    see(f, pool);
    if (!f->stocks[pool].is_touched) {
        f->stocks[pool].is_touched = true;
        SIM_VEC_PUSH(&f->touched, f->net->pool_out[pool]);
    }
}

void sim_flow_touch(struct sim_flow *f, int32_t activity)
{
    const struct sim_network_activity *a = &f->net->activities[f->net->activity_in[activity]];
    for (int32_t j = a->ports_begin; j < a->ports_end; j++) {
        touch(f, f->net->ports[j].pool);
    }
}

/** Full load by its capacity now [1/s]. */
static double fullest_rate(const struct sim_flow *f, int32_t k)
{
    return fmin(f->movers[k].capacity, sim_rates_most(f->rates, f->net->activity_out[k]));
}

/** The least rate at which it may run, by its capacity now [1/s]. */
static double least_rate(const struct sim_flow *f, int32_t k)
{
    return f->net->activities[k].turndown * fullest_rate(f, k);
}

/** Rate over minimum; INFINITY for one that has no minimum now. */
static double margin(const struct sim_flow *f, int32_t k)
{
    const double least = least_rate(f, k);
    if (f->movers[k].is_off || !(least > 0)) {
        return INFINITY;
    }
    return sim_rates_rate(f->rates, f->net->activity_out[k]) / least;
}

/** Its margin may be another: remember it where it is below its minimum. */
static void list_low(struct sim_flow *f, int32_t k)
{
    struct mover *m = &f->movers[k];
    if (f->net->activities[k].turndown > 0 && !m->is_low && margin(f, k) < 1) {
        m->is_low = true;
        SIM_VEC_PUSH(&f->low, k);
    }
}

/** Solve, and take the nets of the pools touched. */
static enum sim_status solve_once(struct sim_flow *f, struct sim_err *err)
{
    SIM_TRY(sim_rates_settle(f->rates, err));
    int count = 0;
    const int32_t *changed = sim_rates_changed(f->rates, &count);
    for (int i = 0; i < count; i++) {
        const int32_t k = f->net->activity_in[changed[i]];
        if (!f->movers[k].is_listed) {
            f->movers[k].is_listed = true;
            SIM_VEC_PUSH(&f->changed, k);
        }
        list_low(f, k);
    }
    const int32_t *claimed = sim_rates_claimed(f->rates, &count);
    for (int i = 0; i < count; i++) {
        sim_flow_touch(f, claimed[i]);
    }
    const int32_t *pools = sim_rates_touched_pools(f->rates, &count);
    for (int i = 0; i < count; i++) {
        const int32_t pool = f->net->pool_in[pools[i]];
        if (!f->net->pools[pool].is_junction) {
            bring_stock(f, pool); // with the old net
            f->stocks[pool].net = sim_rates_net(f->rates, pools[i]);
            look_at(f, pool);
        }
    }
    return SIM_OK;
}

/** Solve until levels, nets and conditions agree. */
static enum sim_status solve(struct sim_flow *f, struct sim_err *err)
{
    bool again = true;
    f->solves++;
    for (int round = 0; again; round++) {
        SIM_TRY(solve_once(f, err));
        SIM_TRY(update_conditions(f, round, &again, err));
    }
    return SIM_OK;
}

// ---- Turndown ----

static void sort_numbers(struct sim_flow *f, sim_flow_ints *v)
{
    sim_order_sort(v->data, v->count, f->bits);
}

/** Units below their minimum, by name. */
static const sim_flow_ints *all_low(struct sim_flow *f)
{
    int kept = 0;
    for (int i = 0; i < f->low.count; i++) {
        const int32_t k = f->low.data[i];
        f->movers[k].is_low = margin(f, k) < 1;
        if (f->movers[k].is_low) {
            f->low.data[kept++] = k;
        }
    }
    f->low.count = kept;
    sort_numbers(f, &f->low);
    return &f->low;
}

/** The unit furthest below its minimum, -1 when all keep theirs; of equals the last by name. */
static int32_t furthest_below(struct sim_flow *f)
{
    const sim_flow_ints *low = all_low(f);
    int32_t worst = -1;
    double least = 1 - SIM_TOLERANCE_RATE;
    for (int i = 0; i < low->count; i++) {
        const double here = margin(f, low->data[i]);
        if (here < least || (worst >= 0 && here <= least * (1 + SIM_TOLERANCE_RATE))) {
            worst = low->data[i];
            least = here < least ? here : least;
        }
    }
    return worst;
}

static enum sim_status switch_to(struct sim_flow *f, int32_t k, bool is_off, struct sim_err *err)
{
    struct mover *m = &f->movers[k];
    m->is_off = is_off;
    if (is_off && !m->is_stopped) {
        m->is_stopped = true;
        SIM_VEC_PUSH(&f->stopped, m->turn);
    }
    list_low(f, k);
    push_capacity(f, k);
    return solve(f, err);
}

/** Its trial says that it fails, and it still has the rate of it. */
static void tell_low(const struct sim_flow *f, int32_t k)
{
    const struct sim_flow_trial *t = &f->movers[k].trial;
    const bool is_its_own = t->rate < t->wanted * (1 - SIM_TOLERANCE_RATE);
    if (f->on_low != NULL) {
        f->on_low(f->low_user, f->net->activity_out[k], is_its_own ? -1 : t->harmed);
    }
}

static enum sim_status switch_off(struct sim_flow *f, struct sim_err *err)
{
    for (int32_t k = furthest_below(f); k >= 0; k = furthest_below(f)) {
        f->movers[k].trial = (struct sim_flow_trial){
            .rate = sim_rates_rate(f->rates, f->net->activity_out[k]),
            .least = least_rate(f, k),
            .wanted = least_rate(f, k),
            .harmed = -1,
            .port = sim_rates_limiting_port(f->rates, f->net->activity_out[k]),
        };
        tell_low(f, k);
        SIM_TRY(switch_to(f, k, true, err));
    }
    return SIM_OK;
}

/** Run one that is off: it stays on when it reaches its minimum and the band above (full load where
 * that is more), and pushes nobody below his own. What it reached is kept for who asks why. */
static enum sim_status run_trial(struct sim_flow *f, int32_t k, bool *out, struct sim_err *err)
{
    struct mover *m = &f->movers[k];
    const struct sim_network_activity *a = &f->net->activities[k];
    SIM_TRY(switch_to(f, k, false, err));
    const double least = least_rate(f, k);
    const double wanted = fmin(least * (1 + a->restart_band), fullest_rate(f, k));
    const int32_t harmed = furthest_below(f);
    m->trial = (struct sim_flow_trial){
        .rate = sim_rates_rate(f->rates, f->net->activity_out[k]),
        .least = least,
        .wanted = wanted,
        .harmed = harmed < 0 || harmed == k ? -1 : f->net->activity_out[harmed],
        .port = sim_rates_limiting_port(f->rates, f->net->activity_out[k]),
    };
    *out = m->trial.rate >= wanted * (1 - SIM_TOLERANCE_RATE) && harmed < 0;
    if (!*out) {
        tell_low(f, k);
    }
    return SIM_OK;
}

/** Let the stocks that hold it stand at their bounds again, or no longer; true when there are any.
 * Holds that are over are forgotten. */
static bool force(struct sim_flow *f, int32_t k, bool is_forced)
{
    sim_flow_holds *holds = &f->movers[k].holds;
    int kept = 0;
    for (int i = 0; i < holds->count; i++) {
        const struct hold h = holds->data[i];
        struct stock *s = &f->stocks[h.pool];
        if (s->met == h.met) {
            bring_stock(f, h.pool);
            s->forced = is_forced ? h.condition : 0;
            s->forced_level = h.level;
            see(f, h.pool);
            look_at(f, h.pool);
            holds->data[kept++] = h;
        }
    }
    holds->count = kept;
    return kept > 0;
}

/** Whether it would do if the stocks that hold it stood at their bounds. */
static enum sim_status try_held(struct sim_flow *f, int32_t k, bool *out, struct sim_err *err)
{
    bool changed = false;
    f->solves++;
    SIM_TRY(update_conditions(f, 0, &changed, err));
    SIM_TRY(run_trial(f, k, out, err));
    (void)force(f, k, false);
    f->solves++;
    SIM_TRY(update_conditions(f, 0, &changed, err));
    return *out ? SIM_OK : switch_to(f, k, true, err);
}

/** Stocks that bind while it runs: those that no longer do when it is off hold it. */
static void list_holds(struct sim_flow *f, int32_t k)
{
    sim_flow_holds *holds = &f->movers[k].holds;
    holds->count = 0;
    for (int i = 0; i < f->looked_at.count; i++) {
        const int32_t pool = f->looked_at.data[i];
        const struct stock *s = &f->stocks[pool];
        if ((s->condition & (SIM_POOL_EMPTY | SIM_POOL_FULL | SIM_POOL_AT_TARGET)) != 0) {
            SIM_VEC_PUSH(holds, ((struct hold){pool, s->met, s->condition, s->level}));
        }
    }
}

static void keep_holds(struct sim_flow *f, int32_t k)
{
    sim_flow_holds *holds = &f->movers[k].holds;
    int kept = 0;
    for (int i = 0; i < holds->count; i++) {
        const struct hold h = holds->data[i];
        if (f->stocks[h.pool].condition != h.condition) {
            f->stocks[h.pool].holds_at = h.met;
            holds->data[kept++] = h;
        }
    }
    holds->count = kept;
}

static enum sim_status try_restart(struct sim_flow *f, int32_t k, bool *out, struct sim_err *err)
{
    if (force(f, k, true)) {
        SIM_TRY(try_held(f, k, out, err));
        if (!*out) {
            return SIM_OK;
        }
    }
    SIM_TRY(run_trial(f, k, out, err));
    if (*out) {
        f->movers[k].holds.count = 0;
        return SIM_OK;
    }
    list_holds(f, k);
    SIM_TRY(switch_to(f, k, true, err));
    keep_holds(f, k);
    return SIM_OK;
}

/** Places among `restarts` of the units that are off, in order. */
static const sim_flow_ints *all_stopped(struct sim_flow *f)
{
    int kept = 0;
    for (int i = 0; i < f->stopped.count; i++) {
        struct mover *m = &f->movers[f->restarts.data[f->stopped.data[i]]];
        m->is_stopped = m->is_off;
        if (m->is_off) {
            f->stopped.data[kept++] = m->turn;
        }
    }
    f->stopped.count = kept;
    sort_numbers(f, &f->stopped);
    return &f->stopped;
}

/** As many as help restart: each alone, after a success from the first again. */
static enum sim_status restart(struct sim_flow *f, struct sim_err *err)
{
    const sim_flow_ints *stopped = all_stopped(f);
    for (int i = 0; i < stopped->count; i++) {
        const int32_t k = f->restarts.data[stopped->data[i]];
        const struct mover *m = &f->movers[k];
        bool is_on = false;
        if (m->is_off && m->capacity > 0 && m->tried_in == 0) {
            begin_trial(f);
            SIM_TRY(try_restart(f, k, &is_on, err));
            end_trial(f, k, is_on);
        }
        i = is_on ? -1 : i;
    }
    return SIM_OK;
}

// ---- Levels met by turns ----
//
// Stocks may empty and fill each other by turns, ever faster: a unit empties one, goes off, and as
// soon as its product is used up it is on again for less time than before. Such turns come to an
// end in no time, with all these stocks at their levels at once. Rounded to microseconds they never
// would: so a stock that left a level of its own less than a moment ago is still there when another
// meets its own. A moment is a microsecond, and grows for a stock that meets its levels thousands
// of times within a second.

enum {
    A_SECOND = 1000000,   // [us]
    QUICK_TO_DOUBLE = 256 // meetings within it, after which a moment is twice as long
};

/** How long a moment is for the stock [us]. */
static sim_time moment_of(const struct stock *s)
{
    const int doubled = s->quick / QUICK_TO_DOUBLE;
    return doubled < 20 ? (sim_time)1 << doubled : A_SECOND;
}

static bool has_just_left(const struct sim_flow *f, int32_t pool)
{
    const struct sim_network_pool *p = &f->net->pools[pool];
    const struct stock *s = &f->stocks[pool];
    const bool is_level = s->level == p->minimum || s->level == p->capacity ||
                          s->level == p->target || s->level == p->reorder;
    return is_level && balance(f, pool) != 0 && f->now - s->since <= moment_of(s);
}

static void list_recent(struct sim_flow *f, int32_t pool)
{
    struct stock *s = &f->stocks[pool];
    if (!s->is_recent && has_just_left(f, pool)) {
        s->is_recent = true;
        SIM_VEC_PUSH(&f->recent, pool);
    }
}

static void forget_recent(struct sim_flow *f)
{
    int kept = 0;
    for (int i = 0; i < f->recent.count; i++) {
        const int32_t pool = f->recent.data[i];
        f->stocks[pool].is_recent = has_just_left(f, pool);
        if (f->stocks[pool].is_recent) {
            f->recent.data[kept++] = pool;
        }
    }
    f->recent.count = kept;
}

static void conclude(struct sim_flow *f)
{
    forget_recent(f);
    for (int i = 0; i < f->looked_at.count; i++) {
        const int32_t pool = f->looked_at.data[i];
        f->stocks[pool].is_listed = false;
        plan_next(f, pool);
        list_recent(f, pool);
    }
    f->looked_at.count = 0;
    if (f->on_change != NULL) {
        sort_numbers(f, &f->changed);
    }
    for (int i = 0; i < f->changed.count; i++) {
        const int32_t k = f->changed.data[i];
        struct mover *m = &f->movers[k];
        const double before = m->rate;
        m->is_listed = false;
        bring_mover(f, k);
        m->rate = sim_rates_rate(f->rates, f->net->activity_out[k]);
        if (f->on_change != NULL && m->rate != before) {
            f->on_change(f->user, f->now, f->net->activity_out[k], before, m->rate);
        }
    }
    f->changed.count = 0;
}

enum sim_status sim_flow_settle(struct sim_flow *f, struct sim_err *err)
{
    if (f->instants_alike > CHANGES_AN_INSTANT * (int64_t)(1 + f->net->pool_count)) {
        return too_many(f, f->looked_at.count > 0 ? f->looked_at.data[0] : 0, err);
    }
    bool changed = false;
    f->solves++;
    SIM_TRY(update_conditions(f, 0, &changed, err));
    SIM_TRY(solve(f, err));
    if (f->is_disturbed && f->restarts.count > 0) {
        SIM_TRY(switch_off(f, err));
        SIM_TRY(restart(f, err));
    }
    f->is_disturbed = false;
    conclude(f);
    return SIM_OK;
}

// ---- From outside ----

void sim_flow_reset(struct sim_flow *f, sim_time start, const double *levels)
{
    sim_rates_reset(f->rates);
    memset(f->tallies, 0, (size_t)f->net->port_count * sizeof(*f->tallies));
    f->heap.count = f->looked_at.count = f->changed.count = f->touched.count = 0;
    f->low.count = f->stopped.count = f->seen.count = f->recent.count = 0;
    f->trial = f->trials = 0;
    f->now = f->instant = start;
    f->instants_alike = f->solves = 0;
    f->is_disturbed = true;
    for (int32_t k = 0; k < f->net->activity_count; k++) {
        const sim_flow_holds holds = {.data = f->movers[k].holds.data,
                                      .capacity = f->movers[k].holds.capacity};
        f->movers[k] = (struct mover){.since = start,
                                      .capacity = f->net->activities[k].declared,
                                      .holds = holds,
                                      .turn = f->movers[k].turn};
        list_low(f, k);
    }
    for (int32_t p = 0; p < f->net->pool_count; p++) {
        const int32_t out = f->net->pool_out[p];
        const bool is_stock = !f->net->pools[p].is_junction; // a junction's decay carries nothing
        f->stocks[p] = (struct stock){.level = is_stock ? levels[out] : 0,
                                      .since = start,
                                      .quick_from = start,
                                      .due = SIM_TIME_NEVER,
                                      .holds_at = -1,
                                      .heap_at = NOT_PLANNED};
        f->onlookers[p].count = 0;
        if (is_stock) {
            SIM_REQUIRE(levels[out] >= 0 && levels[out] <= f->net->pools[p].capacity,
                        "an initial level is outside its stock");
            look_at(f, p);
        }
        switch_decay(f, p);
    }
}

sim_time sim_flow_next(const struct sim_flow *f)
{
    return f->heap.count > 0 ? f->stocks[f->heap.data[0]].due : SIM_TIME_NEVER;
}

int32_t sim_flow_next_pool(const struct sim_flow *f)
{
    return f->heap.count > 0 ? f->net->pool_out[f->heap.data[0]] : -1;
}

/** The stock is at another level than time alone brought it to: whom it held is tried anew. */
static void meet_level(struct sim_flow *f, int32_t pool)
{
    struct stock *s = &f->stocks[pool];
    f->is_disturbed = f->is_disturbed || s->holds_at == s->met;
    s->met++;
    if (f->now - s->quick_from > A_SECOND) {
        s->quick_from = f->now;
        s->quick = 0;
    }
    s->quick++;
    see(f, pool);
    look_at(f, pool);
}

/** As others meet their levels now, stocks that left theirs a moment ago are there still. */
static void put_back(struct sim_flow *f)
{
    for (int i = 0; i < f->recent.count; i++) {
        const int32_t pool = f->recent.data[i];
        struct stock *s = &f->stocks[pool];
        const double level = s->level;
        if (s->since < f->now && has_just_left(f, pool)) {
            bring_stock(f, pool);
            s->trimmed += level - s->level;
            s->level = level;
            meet_level(f, pool);
        }
    }
}

void sim_flow_advance(struct sim_flow *f, sim_time now)
{
    SIM_REQUIRE(now >= f->now && now <= sim_flow_next(f), "time goes back, or past a bound");
    bool is_met = false;
    if (now > f->instant) {
        f->instant = now;
        f->instants_alike = 0;
    }
    f->now = now;
    while (f->heap.count > 0 && f->stocks[f->heap.data[0]].due <= now) {
        const int32_t pool = f->heap.data[0];
        struct stock *s = &f->stocks[pool];
        const double bound = next_bound(f, pool);
        bring_stock(f, pool);
        s->trimmed += bound - s->level;
        s->level = bound;
        meet_level(f, pool);
        unplan(f, pool);
        f->instants_alike++;
        is_met = true;
    }
    if (is_met) {
        put_back(f);
    }
}

void sim_flow_set_capacity(struct sim_flow *f, int32_t activity, double capacity)
{
    const int32_t k = f->net->activity_in[activity];
    f->is_disturbed = f->is_disturbed || capacity != f->movers[k].capacity;
    f->movers[k].capacity = capacity;
    if (!(capacity > 0)) {
        f->movers[k].holds.count = 0; // it starts anew when it may run again
    }
    list_low(f, k);
    push_capacity(f, k);
    sim_flow_touch(f, activity);
}

void sim_flow_set_coef(struct sim_flow *f, int32_t port, double coef)
{
    const int32_t j = f->net->port_in[port];
    if (coef == sim_rates_coef(f->rates, port)) {
        return;
    }
    const double total = sim_flow_total(f, f->net->activity_out[f->net->ports[j].activity]);
    f->tallies[j] = (struct tally){.passed = sim_flow_passed(f, port), .from = total};
    f->is_disturbed = true;
    sim_rates_set_coef(f->rates, port, coef);
    touch(f, f->net->ports[j].pool);
}

const int32_t *sim_flow_touched(const struct sim_flow *f, int *out_count)
{
    *out_count = f->touched.count;
    return f->touched.data;
}

void sim_flow_forget_touched(struct sim_flow *f)
{
    for (int i = 0; i < f->touched.count; i++) {
        f->stocks[f->net->pool_in[f->touched.data[i]]].is_touched = false;
    }
    f->touched.count = 0;
}

double sim_flow_lump(struct sim_flow *f, int32_t pool, double amount)
{
    const int32_t p = f->net->pool_in[pool];
    const struct sim_network_pool *q = &f->net->pools[p];
    SIM_REQUIRE(!q->is_junction, "a lump at a junction");
    bring_stock(f, p);
    struct stock *s = &f->stocks[p];
    const double room =
        amount > 0 ? fmax(0, q->capacity - s->level) : fmax(0, s->level - q->minimum);
    const double moved = amount > 0 ? fmin(amount, room) : -fmin(-amount, room);
    s->level += moved;
    s->lumped += moved;
    if (fabs(moved) == room) {
        s->level = amount > 0 ? q->capacity : q->minimum;
    }
    meet_level(f, p);
    return moved;
}

/** Of a port, by inner id. */
static double coef_of(const struct sim_flow *f, int32_t j)
{
    return sim_rates_coef(f->rates, f->net->port_out[j]);
}

/** [activity] How much of it the stocks that it touches have or have room for. */
static double most_at_once(struct sim_flow *f, int32_t k)
{
    const struct sim_network_activity *a = &f->net->activities[k];
    double most = HUGE_VAL;
    for (int32_t j = a->ports_begin; j < a->ports_end; j++) {
        const struct sim_network_port *q = &f->net->ports[j];
        const struct sim_network_pool *p = &f->net->pools[q->pool];
        SIM_REQUIRE(!p->is_junction, "what comes at once needs a stock at each end");
        bring_stock(f, q->pool);
        const double level = f->stocks[q->pool].level;
        const double room = q->gives ? p->capacity - level : level - p->minimum;
        most = fmin(most, fmax(0, room) / coef_of(f, j));
    }
    return most;
}

double sim_flow_act(struct sim_flow *f, int32_t activity, double amount)
{
    const int32_t k = f->net->activity_in[activity];
    const struct sim_network_activity *a = &f->net->activities[k];
    const double done = fmin(amount, most_at_once(f, k));
    for (int32_t j = a->ports_begin; j < a->ports_end; j++) {
        const struct sim_network_port *q = &f->net->ports[j];
        const double moved = coef_of(f, j) * done;
        (void)sim_flow_lump(f, f->net->pool_out[q->pool], q->gives ? moved : -moved);
    }
    bring_mover(f, k);
    f->movers[k].total += done;
    return done;
}

sim_time sim_flow_now(const struct sim_flow *f)
{
    return f->now;
}

double sim_flow_rate(const struct sim_flow *f, int32_t activity)
{
    return f->movers[f->net->activity_in[activity]].rate;
}

double sim_flow_total(const struct sim_flow *f, int32_t activity)
{
    const struct mover *m = &f->movers[f->net->activity_in[activity]];
    return m->total + m->rate * seconds(f->now - m->since);
}

double sim_flow_passed(const struct sim_flow *f, int32_t port)
{
    const int32_t j = f->net->port_in[port];
    const struct tally *t = &f->tallies[j];
    const double total = sim_flow_total(f, f->net->activity_out[f->net->ports[j].activity]);
    return t->passed + coef_of(f, j) * (total - t->from);
}

double sim_flow_level(const struct sim_flow *f, int32_t pool)
{
    return level_at(f, f->net->pool_in[pool], f->now);
}

/** What the closed form has taken away, up to now. */
static double decayed_here(const struct sim_flow *f, int32_t pool)
{
    const struct stock *s = &f->stocks[pool];
    const double in = s->net * seconds(f->now - s->since);
    const double open = decay_of(f, pool) > 0 ? s->level + in - level_at(f, pool, f->now) : 0;
    return s->decayed + open;
}

double sim_flow_decayed(const struct sim_flow *f, int32_t pool)
{
    const int32_t p = f->net->pool_in[pool];
    const int32_t k = f->net->pools[p].decay_activity;
    const double apart = k >= 0 ? sim_flow_total(f, f->net->activity_out[k]) : 0;
    return decayed_here(f, p) + apart;
}

double sim_flow_trimmed(const struct sim_flow *f, int32_t pool)
{
    return f->stocks[f->net->pool_in[pool]].trimmed;
}

bool sim_flow_is_off(const struct sim_flow *f, int32_t activity)
{
    return f->movers[f->net->activity_in[activity]].is_off;
}

bool sim_flow_trial_of(const struct sim_flow *f, int32_t activity, struct sim_flow_trial *out)
{
    const struct mover *m = &f->movers[f->net->activity_in[activity]];
    *out = m->trial;
    return m->is_off;
}

int32_t sim_flow_off_port(const struct sim_flow *f, int32_t activity)
{
    const struct mover *m = &f->movers[f->net->activity_in[activity]];
    return m->is_off ? m->trial.port : -1;
}

unsigned sim_flow_condition(const struct sim_flow *f, int32_t pool)
{
    return f->stocks[f->net->pool_in[pool]].condition;
}

bool sim_flow_is_empty(const struct sim_flow *f, int32_t pool)
{
    const unsigned none = SIM_POOL_EMPTY | SIM_POOL_BELOW;
    return (f->stocks[f->net->pool_in[pool]].condition & none) != 0;
}

bool sim_flow_is_full(const struct sim_flow *f, int32_t pool)
{
    return (f->stocks[f->net->pool_in[pool]].condition & SIM_POOL_FULL) != 0;
}

int32_t sim_flow_held_off_by(const struct sim_flow *f, int32_t activity, unsigned *out_condition)
{
    const struct mover *m = &f->movers[f->net->activity_in[activity]];
    int32_t first = -1;
    for (int i = 0; m->is_off && i < m->holds.count; i++) {
        const struct hold *h = &m->holds.data[i];
        if (f->stocks[h->pool].met == h->met && (first < 0 || h->pool < first)) {
            first = h->pool;
            *out_condition = h->condition;
        }
    }
    return first >= 0 ? f->net->pool_out[first] : -1;
}

double sim_flow_lumped(const struct sim_flow *f, int32_t pool)
{
    return f->stocks[f->net->pool_in[pool]].lumped;
}

double sim_flow_integrated(const struct sim_flow *f, int32_t pool)
{
    const int32_t p = f->net->pool_in[pool];
    const struct stock *s = &f->stocks[p];
    return s->integrated + s->net * seconds(f->now - s->since) - decayed_here(f, p);
}

const struct sim_rates *sim_flow_rates(const struct sim_flow *f)
{
    return f->rates;
}
