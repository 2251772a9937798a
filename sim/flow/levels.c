// Circular blocks by fill levels. Where a pool is short, all of the class that is served last run
// at one fill level; so the unknowns are the levels of classes, a few for a pool, not the limits of
// ports. From the levels follow the limits (weight x level / coefficient), from these the claims,
// from the claims the levels:
//
//     y_m = min(constant_m, limits of the activity's other ports in the block)
//     T   = (R - claims of the capped) / (weights of the others),  R = supply - better, >= 0
//
// in which those are capped that claim less than weight x T. A class that gets all it claims has a
// level, too: that at which the last of it by claim / weight would use up R. So T is a continuous
// piecewise linear function of the claims, and a fixed point has the rates of the limits' own
// equations (rates.h): where the two differ, in the limit of a port that is not what holds its
// activity, the claim that reads it is above its share either way.

#include "sim/flow/levels_priv.h"
#include "sim/flow/loop_priv.h"
#include "sim/flow/tolerances.h"

#include <math.h>
#include <string.h>

enum {
    SWEEPS = 6,
    NEWTON_STEPS = 40,
    PATIENCE = 6,
    SMOOTHED = 12
};

// ---- Constants: what capacities and the limits outside leave to each claim ----

/** What is known of an entry now; whether it is what it was at the last solve. */
static bool take_entry(struct sim_levels *v, struct sim_levels_entry *entry, int32_t e,
                       double constant, double weight, double coef)
{
    const bool is_same =
        v->constant[e] == constant && v->weight[e] == weight && entry->coef == coef;
    v->constant[e] = constant;
    v->weight[e] = weight;
    v->slope[e] = weight / coef;
    entry->coef = coef;
    return is_same;
}

static bool take_member(const struct sim_rates *r, const struct sim_levels_block *b,
                        const struct sim_levels_member *m)
{
    struct sim_levels *v = r->levels;
    const struct sim_network_activity *a = &r->net->activities[m->activity];
    const double capacity = r->capacity[m->activity];
    double least = capacity;
    double second = capacity;
    int32_t holds = -1;
    for (int32_t j = a->ports_begin; j < a->ports_end; j++) {
        if (r->limit[j] < second && r->block[j] != b->first) {
            if (r->limit[j] < least) {
                second = least;
                least = r->limit[j];
                holds = j;
            } else {
                second = r->limit[j];
            }
        }
    }
    const bool is_idle = m->is_asked && r->is_idle[m->activity];
    bool is_same = true;
    for (int32_t i = m->begin; i < m->end; i++) {
        const int32_t e = b->own[i];
        struct sim_levels_entry *entry = &b->entries[e];
        const struct sim_network_port *p = &r->net->ports[entry->port];
        v->most[e] = capacity;
        const double constant = !entry->is_read        ? HUGE_VAL // its own wish is unlimited
                                : is_idle && !p->gives ? 0
                                : entry->port == holds ? second
                                                       : least;
        is_same = take_entry(v, entry, e, constant, r->weight[entry->port], r->coef[entry->port]) &&
                  is_same;
    }
    return is_same;
}

/** What the solution follows from; whether that is what it was. */
static bool take_constants(struct sim_rates *r, const struct sim_levels_block *b)
{
    bool is_same = true;
    for (int m = 0; m < b->member_count; m++) {
        is_same = take_member(r, b, &b->members[m]) && is_same;
    }
    return is_same;
}

/** All claims at their constants. */
static void begin(struct sim_levels *v, struct sim_levels_block *b)
{
    for (int e = 0; e < b->entry_count; e++) {
        v->claim[e] = v->constant[e];
        v->holder[e] = -1;
        v->flow[e] = b->entries[e].coef * v->constant[e];
        v->limit[e] = HUGE_VAL;
    }
    for (int p = 0; p < b->pool_count; p++) {
        b->pools[p].is_due = true;
    }
    for (int i = 0; i < b->level_count; i++) {
        v->level.data[i] = -1; // none yet
    }
}

// ---- The two maps ----

/** The levels of the classes at one pool from the claims there. */
static void levels_of_pool(const struct sim_levels *v, struct sim_levels_block *b,
                           const struct sim_levels_pool *pool)
{
    double supply = 0;
    double better = 0;
    int32_t from = 0;
    for (int32_t i = pool->begin; i < pool->end; i++) {
        struct sim_levels_class *t = &b->levels[i];
        if (t->is_first) {
            supply = sim_levels_sum(v, t->other_begin, t->other_end);
            better = 0;
            from = t->side_begin;
        }
        better += sim_levels_sum(v, from, t->share.begin);
        from = t->share.begin;
        t->supply = supply;
        t->better = better;
        t->share.left = supply - better;
        if (!(t->share.left > SIM_TOLERANCE_DRY * supply)) {
            t->share.left = t->share.left < -SIM_TOLERANCE_DRY * supply ? t->share.left : 0;
        }
        sim_share_fill(&v->room, &t->share);
    }
}

/** Levels from claims, where these changed. */
static void levels_of_claims(const struct sim_levels *v, struct sim_levels_block *b)
{
    for (int p = 0; p < b->pool_count; p++) {
        if (b->pools[p].is_due) {
            b->pools[p].is_due = false;
            levels_of_pool(v, b, &b->pools[p]);
        }
    }
}

/** Set a level, and the limits that follow from it. One that neither was nor is below the capacity
 * holds no claim. */
static void set_level(struct sim_levels *v, struct sim_levels_block *b, int32_t i, double value)
{
    if (v->level.data[i] == value) {
        return;
    }
    v->level.data[i] = value;
    for (int32_t e = b->levels[i].share.begin; e < b->levels[i].share.end; e++) {
        if (b->entries[e].level >= 0) {
            const double limit = v->slope[e] * value;
            if (limit < v->most[e] || v->limit[e] < v->most[e]) {
                b->members[b->entries[e].member].is_due = true;
            }
            v->limit[e] = limit;
        }
    }
}

static void set_levels(struct sim_levels *v, struct sim_levels_block *b, const double *values)
{
    for (int i = 0; i < b->level_count; i++) {
        set_level(v, b, i, values[i]);
    }
}

/** The claims of a member from limits; how far they are from what they were, of themselves. */
static double claims_of_member(struct sim_levels *v, struct sim_levels_block *b,
                               const struct sim_levels_member *member)
{
    double most = 0;
    double least = HUGE_VAL;
    double second = HUGE_VAL;
    int32_t first_row = -1;
    int32_t second_row = -1;
    for (int32_t i = member->begin; i < member->end; i++) {
        const int32_t e = b->own[i];
        const double limit = v->limit[e]; // without end where it is no row
        if (limit < least) {
            second = least;
            second_row = first_row;
            least = limit;
            first_row = e;
        } else if (limit < second) {
            second = limit;
            second_row = e;
        }
    }
    for (int32_t i = member->begin; i < member->end; i++) {
        const int32_t e = b->own[i];
        const bool is_own = e == first_row;
        const double limit = is_own ? second : least;
        const bool is_constant = !b->entries[e].is_read || !(limit < v->constant[e]);
        const double claim = is_constant ? v->constant[e] : limit;
        v->holder[e] = is_constant ? -1 : is_own ? second_row : first_row;
        if (claim != v->claim[e]) {
            const double far = fabs(claim - v->claim[e]) / fmax(claim, v->claim[e]);
            most = far > most ? far : most;
            v->claim[e] = claim;
            v->flow[e] = b->entries[e].coef * claim;
            b->pools[b->entries[e].pool].is_due = true;
        }
    }
    return most;
}

double sim_levels_claims(struct sim_levels *v, struct sim_levels_block *b)
{
    double most = 0;
    for (int m = 0; m < b->member_count; m++) {
        struct sim_levels_member *member = &b->members[m];
        if (member->is_due) {
            member->is_due = false;
            const double far = claims_of_member(v, b, member);
            most = far > most ? far : most;
        }
    }
    return most;
}

/** From all claims at their constants; true when they come to rest. */
static bool sweep(struct sim_levels *v, struct sim_levels_block *b)
{
    for (int i = 0; i < SWEEPS; i++) {
        levels_of_claims(v, b);
        for (int t = 0; t < b->level_count; t++) {
            set_level(v, b, t, b->levels[t].share.level);
        }
        if (sim_levels_claims(v, b) == 0) {
            return true;
        }
    }
    return false;
}

// ---- Newton ----

/** Add `sign` times what the claims [from, to) change with the levels that hold them to a row. */
static void add_claims(struct sim_levels *v, const struct sim_levels_block *b, int32_t from,
                       int32_t to, double sign)
{
    for (int32_t e = from; e < to; e++) {
        const int32_t h = v->holder[e];
        if (h < 0) {
            continue;
        }
        const int32_t level = b->entries[h].level;
        if (!v->holds.data[level]) {
            v->holds.data[level] = true;
            SIM_VEC_PUSH(&v->order, level);
        }
        v->accumulator.data[level] += sign * b->entries[e].coef * v->slope[h];
    }
}

/** The row of a level: weights x T + capped + better - supply = 0 on the piece, over its weights.
 */
static void add_row(struct sim_levels *v, const struct sim_levels_block *b, int32_t i)
{
    const struct sim_levels_class *t = &b->levels[i];
    v->order.count = 0;
    SIM_VEC_PUSH(&v->order, i);
    v->holds.data[i] = true;
    v->accumulator.data[i] = t->share.weights;
    if (t->share.kind != SIM_SHARE_DRY) {
        add_claims(v, b, t->other_begin, t->other_end, -1);
        add_claims(v, b, t->side_begin, t->share.begin, 1);
        for (int32_t e = t->share.begin; e < t->share.end; e++) {
            if (v->weight[e] > 0 && sim_share_is_capped(&v->room, &t->share, e)) {
                add_claims(v, b, e, e + 1, 1);
            }
        }
    }
    for (int k = 0; k < v->order.count; k++) {
        const int32_t level = v->order.data[k];
        if (v->accumulator.data[level] != 0) {
            sim_sparse_put(&v->sparse, level, v->accumulator.data[level] / t->share.weights);
        }
        v->accumulator.data[level] = 0;
        v->holds.data[level] = false;
    }
    sim_sparse_end_row(&v->sparse);
}

void sim_levels_begin_rows(struct sim_levels *v, const struct sim_levels_block *b)
{
    sim_sparse_begin(&v->sparse, b->level_count);
    for (int i = 0; i < b->level_count; i++) {
        v->accumulator.data[i] = 0;
        v->holds.data[i] = false;
    }
    for (int i = 0; i < b->level_count; i++) {
        add_row(v, b, i);
    }
}

/** How far the levels are from those of their claims, which are brought up to date, of what the
 * pools move. An ample class counts only where it holds somebody. */
static double residual(struct sim_levels *v, struct sim_levels_block *b)
{
    (void)sim_levels_claims(v, b);
    levels_of_claims(v, b);
    memset(v->holds.data, 0, (size_t)b->level_count * sizeof(bool));
    for (int e = 0; e < b->entry_count; e++) {
        if (v->holder[e] >= 0) {
            v->holds.data[b->entries[v->holder[e]].level] = true;
        }
    }
    double most = 0;
    for (int i = 0; i < b->level_count; i++) {
        const struct sim_levels_class *t = &b->levels[i];
        const double off = fabs(v->level.data[i] - t->share.level) * t->share.weights;
        const double size = fmax(t->supply + t->better, t->share.weights * t->share.level);
        const bool counts = t->share.kind != SIM_SHARE_AMPLE || v->holds.data[i];
        if (counts && off > most * size) {
            most = size > 0 ? off / size : 1;
        }
    }
    return most;
}

/** One step on the piece at hand; false when that is singular. */
static bool newton_step(struct sim_levels *v, struct sim_levels_block *b)
{
    for (int i = 0; i < b->level_count; i++) {
        v->right.data[i] = b->levels[i].share.level - v->level.data[i];
    }
    sim_levels_begin_rows(v, b);
    if (!sim_sparse_solve(&v->sparse, v->right.data)) {
        return false;
    }
    for (int i = 0; i < b->level_count; i++) {
        set_level(v, b, i, fmax(0, v->level.data[i] + v->right.data[i]));
    }
    return true;
}

/** Steps on the right piece that only take away what rounding left. */
static void polish(struct sim_levels *v, struct sim_levels_block *b, double was)
{
    enum {
        TIMES = 3
    };
    const size_t size = (size_t)b->level_count * sizeof(double);
    for (int i = 0; i < TIMES && was > SIM_TOLERANCE_LEVEL; i++) {
        memcpy(v->saved.data, v->level.data, size);
        const double now = newton_step(v, b) ? residual(v, b) : 1;
        if (!(now < was)) {
            set_levels(v, b, v->saved.data);
            (void)residual(v, b);
            return;
        }
        was = now;
    }
}

static bool newton(struct sim_levels *v, struct sim_levels_block *b)
{
    double now = residual(v, b);
    double best = now;
    int since = 0; // steps without an improvement
    for (int i = 0; i < NEWTON_STEPS && now > SIM_TOLERANCE_CONVERGED && since < PATIENCE; i++) {
        if (!newton_step(v, b)) {
            return false;
        }
        now = residual(v, b);
        since = now < best ? 0 : since + 1;
        best = fmin(best, now);
    }
    if (now > SIM_TOLERANCE_SETTLED) {
        return false;
    }
    polish(v, b, now);
    return true;
}

/** Half of the way to the levels that follow from those now. */
static void half_sweep(struct sim_levels *v, struct sim_levels_block *b)
{
    (void)sim_levels_claims(v, b);
    levels_of_claims(v, b);
    for (int i = 0; i < b->level_count; i++) {
        set_level(v, b, i, 0.5 * (v->level.data[i] + b->levels[i].share.level));
    }
}

/** Newton with half a sweep before each step, which often breaks a circle of steps. */
static bool smooth(struct sim_levels *v, struct sim_levels_block *b)
{
    double now = residual(v, b);
    for (int i = 0; i < SMOOTHED && now > SIM_TOLERANCE_CONVERGED; i++) {
        half_sweep(v, b);
        (void)residual(v, b);
        if (!newton_step(v, b)) {
            return false;
        }
        now = residual(v, b);
    }
    if (now > SIM_TOLERANCE_SETTLED) {
        return false;
    }
    polish(v, b, now);
    return true;
}

/** From capacity half a sweep at a time: where whole ones swing to and fro, halves mostly arrive.
 */
static bool creep(struct sim_levels *v, struct sim_levels_block *b)
{
    static const int TIMES[] = {12, 24, 48, 96, 192, 384};
    begin(v, b);
    levels_of_claims(v, b);
    for (int i = 0; i < b->level_count; i++) {
        set_level(v, b, i, b->levels[i].share.level);
    }
    for (int time = 0; time < SIM_COUNT(TIMES); time++) {
        for (int step = 0; step < TIMES[time]; step++) {
            half_sweep(v, b);
        }
        memcpy(v->crept.data, v->level.data, (size_t)b->level_count * sizeof(double));
        if (newton(v, b)) {
            return true;
        }
        set_levels(v, b, v->crept.data);
    }
    return false;
}

// ---- Putting it together ----

/** Set what the block decides, and tell those outside of what changed. */
static void publish(struct sim_rates *r, const struct sim_levels_block *b)
{
    const struct sim_levels *v = r->levels;
    for (int m = 0; m < b->member_count; m++) {
        const struct sim_levels_member *member = &b->members[m];
        const int32_t k = member->activity;
        const bool stands = member->is_asked && r->is_idle[k];
        bool is_changed = r->is_zoned[k];
        for (int32_t i = member->begin; i < member->end; i++) {
            const struct sim_levels_entry *e = &b->entries[b->own[i]];
            if (e->level < 0) {
                continue;
            }
            const double limit = fmin(r->capacity[k], fmax(0, v->limit[b->own[i]]));
            const bool is_nothing =
                limit < SIM_TOLERANCE_NOTHING * sim_rates_scale(r, k) &&
                limit * e->coef <= SIM_TOLERANCE_NOTHING * b->levels[e->level].supply;
            const bool is_still = stands && sim_levels_is_main_output(r->net, e->port);
            const double now = is_nothing || is_still ? 0 : limit;
            is_changed = is_changed || now != r->limit[e->port];
            r->limit[e->port] = now;
        }
        if (is_changed && member->has_rows) {
            sim_rates_tell(r, k, b->first);
        }
    }
}

bool sim_levels_solve(struct sim_rates *r, int32_t first, bool *out_is_open)
{
    struct sim_levels *v = r->levels;
    struct sim_levels_block *b = sim_levels_block_at(r, first);
    if (b->is_any_asked) {
        sim_loop_find_idle(r, first);
    }
    *out_is_open = false;
    r->work.limits += b->row_count;
    if (take_constants(r, b) && b->is_solved) {
        r->is_able[first] = b->is_able;
        publish(r, b); // others may have held its limits meanwhile (selffeed.c)
        return true;
    }
    b->is_solved = false;
    begin(v, b);
    const bool rests = sweep(v, b);
    bool is_crept = false;
    if (!rests) {
        r->work.newton++;
        is_crept = !newton(v, b);
        if (is_crept && !smooth(v, b) && !creep(v, b)) {
            return false;
        }
    }
    if (!sim_levels_find_limits(r, b)) {
        return false;
    }
    if (!rests && (is_crept || sim_levels_has_tie(v, b)) && sim_levels_may_be_open(v, b)) {
        *out_is_open = true;
        return true;
    }
    b->is_able = sim_levels_may_feed(v, b);
    b->is_solved = true;
    r->is_able[first] = b->is_able;
    publish(r, b);
    return true;
}
