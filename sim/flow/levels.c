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
#include "sim/flow/sparse.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    SWEEPS = 6,
    NEWTON_STEPS = 40
};
static const double DRY = 1e-14;       // [-] of a supply: so little left is a rounding
static const double CONVERGED = 1e-12; // [-] of what the pool moves
static const double EXACT = 1e-15;     // [-] of what the pool moves: no step makes this better
static const double SETTLED = 1e-9;    // [-] where roundings stand in the way of more
static const double UNBOUNDED = 1e9;   // [-] a rise that comes back so large knows no end
static const double TIE = 1e-9;        // [-] two limits closer than this may be the same

/** A port that counts at a pool of the block. What is fixed while conditions hold. */
struct entry {
    int32_t port;
    int32_t member;
    int32_t level; // whose limit it shares; -1: its limit is not of this block
    bool is_read;  // some limit of the block depends on its claim
    double coef;
};

/** An activity that touches pools of the block; its entries are own[begin..end). */
struct member {
    int32_t activity;
    int32_t begin, end;
    bool has_rows;
    bool is_asked; // pull or link, and what its main output may give is decided here
};

enum kind {
    IS_DRY,
    IS_SHORT,
    IS_AMPLE
};

/** A class at one side of a pool; ranges are of entries. */
struct level {
    int32_t side_begin, begin, end, other_begin, other_end;
    int32_t side;  // the first level of its pool's side; those of one follow each other
    bool is_first; // of its side
    bool is_alone; // the claim of its only row is not read: it wishes without limit
    // what the claims make of it
    enum kind kind;
    double supply, better, left;
    double value;   // T
    double weights; // of those that are not capped
    int32_t last;   // IS_AMPLE: the one that is not capped
};

/** A block as built; kept until its ports or a condition change. */
struct block {
    int32_t first;
    int entry_count, member_count, level_count, row_count;
    bool is_any_asked;
    struct entry *entries;
    struct member *members;
    struct level *levels;
    int32_t *own;
};

struct sim_levels {
    struct block **block_of; // per port, by the smallest of the block; NULL: not built
    int32_t *member_of;      // per activity: scratch of building, -1 between
    bool *is_built;          // per pool: scratch of building
    SIM_VEC(struct entry) entries;
    SIM_VEC(struct member) members;
    SIM_VEC(struct level) levels;
    SIM_VEC(int32_t) own, pools, order, place, holder;
    SIM_VEC(double) constant, claim, flow, weight, slope, limit;          // per entry
    SIM_VEC(double) level, saved, right, accumulator, sums_q, sums_w, at; // per level, or sorted
    SIM_VEC(bool) holds;
    struct sim_sparse sparse;
};

// ---- Building ----

static void block_free(struct block *b)
{
    if (b != NULL) {
        free(b->entries);
        free(b->members);
        free(b->levels);
        free(b->own);
        free(b);
    }
}

struct sim_levels *sim_levels_create(const struct sim_network *net)
{
    struct sim_levels *v = sim_base_alloc(1, sizeof(*v));
    v->block_of = sim_base_alloc((size_t)net->port_count, sizeof(struct block *));
    v->member_of = sim_base_alloc((size_t)net->activity_count, sizeof(*v->member_of));
    v->is_built = sim_base_alloc((size_t)net->pool_count, sizeof(*v->is_built));
    for (int32_t k = 0; k < net->activity_count; k++) {
        v->member_of[k] = -1;
    }
    return v;
}

void sim_levels_destroy(struct sim_levels *v, const struct sim_network *net)
{
    for (int32_t j = 0; j < net->port_count; j++) {
        block_free(v->block_of[j]);
    }
    free(v->block_of);
    free(v->member_of);
    free(v->is_built);
    SIM_VEC_FREE(&v->entries);
    SIM_VEC_FREE(&v->members);
    SIM_VEC_FREE(&v->levels);
    SIM_VEC_FREE(&v->own);
    SIM_VEC_FREE(&v->pools);
    SIM_VEC_FREE(&v->order);
    SIM_VEC_FREE(&v->place);
    SIM_VEC_FREE(&v->holder);
    SIM_VEC_FREE(&v->constant);
    SIM_VEC_FREE(&v->claim);
    SIM_VEC_FREE(&v->flow);
    SIM_VEC_FREE(&v->weight);
    SIM_VEC_FREE(&v->slope);
    SIM_VEC_FREE(&v->limit);
    SIM_VEC_FREE(&v->level);
    SIM_VEC_FREE(&v->saved);
    SIM_VEC_FREE(&v->right);
    SIM_VEC_FREE(&v->accumulator);
    SIM_VEC_FREE(&v->sums_q);
    SIM_VEC_FREE(&v->sums_w);
    SIM_VEC_FREE(&v->at);
    SIM_VEC_FREE(&v->holds);
    sim_sparse_fini(&v->sparse);
    free(v);
}

void sim_levels_forget(struct sim_levels *v, int32_t block)
{
    block_free(v->block_of[block]);
    v->block_of[block] = NULL;
}

static int32_t rank_of(const struct sim_rates *r, int32_t port)
{
    const struct sim_network_port *p = &r->net->ports[port];
    return sim_rates_rank(p, r->condition[p->pool]);
}

static int32_t member_number(struct sim_levels *v, int32_t activity)
{
    if (v->member_of[activity] < 0) {
        v->member_of[activity] = v->members.count;
        SIM_VEC_PUSH(&v->members, (struct member){.activity = activity});
    }
    return v->member_of[activity];
}

/** The ports that count at one side of a pool, by class then name. */
static void add_side(struct sim_rates *r, int32_t pool, int32_t begin, int32_t end)
{
    struct sim_levels *v = r->levels;
    const int first = v->entries.count;
    for (int32_t i = begin; i < end; i++) {
        const int32_t m = r->net->at_pool[i];
        const struct sim_network_port *p = &r->net->ports[m];
        if (!sim_rates_is_active(r->net, m, r->condition[pool])) {
            continue;
        }
        const struct entry e = {m, member_number(v, p->activity), -1, false, p->coef};
        SIM_VEC_PUSH(&v->entries, e);
        int at = v->entries.count - 1; // nearly always in order: only pull at its target is not
        for (; at > first && rank_of(r, v->entries.data[at - 1].port) > rank_of(r, m); at--) {
            v->entries.data[at] = v->entries.data[at - 1];
        }
        v->entries.data[at] = e;
    }
}

/** The classes of a side in which some limit is of the block. */
static void add_levels(struct sim_rates *r, int32_t first, const int32_t *own, const int32_t *other)
{
    struct sim_levels *v = r->levels;
    struct entry *e = v->entries.data;
    const int32_t side = v->levels.count;
    for (int32_t begin = own[0]; begin < own[1];) {
        const int32_t rank = rank_of(r, e[begin].port);
        int32_t end = begin;
        bool any = false;
        for (; end < own[1] && rank_of(r, e[end].port) == rank; end++) {
            any = any || r->block[e[end].port] == first;
        }
        for (int32_t i = begin; i < end && any; i++) {
            e[i].level = r->block[e[i].port] == first ? v->levels.count : -1;
        }
        if (any) {
            const bool is_first = v->levels.count == side;
            SIM_VEC_PUSH(&v->levels, (struct level){.side_begin = own[0],
                                                    .begin = begin,
                                                    .end = end,
                                                    .other_begin = other[0],
                                                    .other_end = other[1],
                                                    .side = side,
                                                    .is_first = is_first});
        }
        begin = end;
    }
}

/** Which claims of a side the block's limits at the pool read: all, where the other side has some
 * (`is_all`); else those of classes no worse than the last that has, but for the only one's own. */
static void find_read(struct sim_levels *v, const int32_t *own, int32_t level, bool is_all)
{
    struct entry *e = v->entries.data;
    const bool has_levels = level < v->levels.count;
    const struct level *last = has_levels ? &SIM_VEC_LAST(&v->levels) : NULL;
    int rows = 0;
    for (int32_t i = has_levels ? last->begin : own[1]; i < own[1] && i < last->end; i++) {
        rows += e[i].level >= 0 ? 1 : 0;
    }
    for (int32_t i = own[0]; i < own[1]; i++) {
        const bool is_better = has_levels && i < last->begin;
        const bool is_equal = has_levels && !is_better && i < last->end;
        e[i].is_read = is_all || is_better || (is_equal && rows > (e[i].level >= 0 ? 1 : 0));
    }
}

static void find_alone(struct sim_levels *v)
{
    for (int i = 0; i < v->entries.count; i++) {
        const struct entry *e = &v->entries.data[i];
        if (e->level >= 0 && !e->is_read) {
            v->levels.data[e->level].is_alone = true;
        }
    }
}

static void add_pool(struct sim_rates *r, int32_t first, int32_t pool)
{
    struct sim_levels *v = r->levels;
    const struct sim_network_pool *p = &r->net->pools[pool];
    int32_t takers[2] = {v->entries.count, 0};
    add_side(r, pool, p->takers_begin, p->givers_begin);
    takers[1] = v->entries.count;
    int32_t givers[2] = {v->entries.count, 0};
    add_side(r, pool, p->givers_begin, p->ports_end);
    givers[1] = v->entries.count;
    const int32_t of_takers = v->levels.count;
    add_levels(r, first, takers, givers);
    const int32_t of_givers = v->levels.count;
    find_read(v, takers, of_takers, false);
    add_levels(r, first, givers, takers);
    find_read(v, givers, of_givers, of_givers > of_takers);
    for (int32_t i = takers[0]; i < takers[1] && v->levels.count > of_givers; i++) {
        v->entries.data[i].is_read = true;
    }
}

/** Entries by member. */
static void list_own(struct sim_levels *v)
{
    SIM_VEC_RESERVE(&v->own, v->entries.count);
    for (int i = 0; i < v->entries.count; i++) {
        v->members.data[v->entries.data[i].member].end++;
    }
    int32_t at = 0;
    for (int m = 0; m < v->members.count; m++) {
        struct member *member = &v->members.data[m];
        member->begin = at;
        at += member->end;
        member->end = member->begin;
    }
    for (int i = 0; i < v->entries.count; i++) {
        struct member *member = &v->members.data[v->entries.data[i].member];
        v->own.data[member->end++] = i;
        member->has_rows = member->has_rows || v->entries.data[i].level >= 0;
    }
}

static bool is_main_output(const struct sim_network *net, int32_t port)
{
    const struct sim_network_port *p = &net->ports[port];
    return p->gives && (p->is_pull || net->activities[p->activity].is_link);
}

static void *copy(const void *from, int count, size_t size)
{
    void *to = sim_base_alloc((size_t)count + 1, size);
    memcpy(to, from, (size_t)count * size);
    return to;
}

static struct block *block_build(struct sim_rates *r, int32_t first)
{
    struct sim_levels *v = r->levels;
    struct block *b = sim_base_alloc(1, sizeof(*b));
    b->first = first;
    v->entries.count = v->members.count = v->levels.count = v->pools.count = 0;
    for (int32_t j = first; j >= 0; j = r->next_in_block[j]) {
        const int32_t pool = r->net->ports[j].pool;
        if (!v->is_built[pool]) {
            v->is_built[pool] = true;
            SIM_VEC_PUSH(&v->pools, pool);
            add_pool(r, first, pool);
        }
        b->row_count++;
    }
    list_own(v);
    find_alone(v);
    for (int i = 0; i < v->entries.count; i++) {
        const struct entry *e = &v->entries.data[i];
        if (e->level >= 0 && is_main_output(r->net, e->port)) {
            v->members.data[e->member].is_asked = b->is_any_asked = true;
        }
    }
    for (int i = 0; i < v->pools.count; i++) {
        v->is_built[v->pools.data[i]] = false;
    }
    for (int m = 0; m < v->members.count; m++) {
        v->member_of[v->members.data[m].activity] = -1;
    }
    b->entry_count = v->entries.count;
    b->member_count = v->members.count;
    b->level_count = v->levels.count;
    b->entries = copy(v->entries.data, b->entry_count, sizeof(*b->entries));
    b->members = copy(v->members.data, b->member_count, sizeof(*b->members));
    b->levels = copy(v->levels.data, b->level_count, sizeof(*b->levels));
    b->own = copy(v->own.data, b->entry_count, sizeof(*b->own));
    return b;
}

static struct block *block_at(struct sim_rates *r, int32_t first)
{
    struct sim_levels *v = r->levels;
    if (v->block_of[first] == NULL) {
        v->block_of[first] = block_build(r, first);
    }
    const struct block *b = v->block_of[first];
    SIM_VEC_RESERVE(&v->holder, b->entry_count);
    SIM_VEC_RESERVE(&v->constant, b->entry_count);
    SIM_VEC_RESERVE(&v->claim, b->entry_count);
    SIM_VEC_RESERVE(&v->flow, b->entry_count);
    SIM_VEC_RESERVE(&v->weight, b->entry_count);
    SIM_VEC_RESERVE(&v->slope, b->entry_count);
    SIM_VEC_RESERVE(&v->limit, b->entry_count);
    SIM_VEC_RESERVE(&v->level, b->level_count);
    SIM_VEC_RESERVE(&v->saved, b->level_count);
    SIM_VEC_RESERVE(&v->right, b->level_count);
    SIM_VEC_RESERVE(&v->accumulator, b->level_count);
    SIM_VEC_RESERVE(&v->order, b->level_count + 1);
    SIM_VEC_RESERVE(&v->holds, b->level_count);
    return v->block_of[first];
}

// ---- Constants: what capacities and the limits outside leave to each claim ----

static void take_member(const struct sim_rates *r, const struct block *b, const struct member *m)
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
    for (int32_t i = m->begin; i < m->end; i++) {
        const int32_t e = b->own[i];
        const struct entry *entry = &b->entries[e];
        const bool is_idle_taker = is_idle && !r->net->ports[entry->port].gives;
        v->constant.data[e] = !entry->is_read        ? HUGE_VAL // its own wish is unlimited
                              : is_idle_taker        ? 0
                              : entry->port == holds ? second
                                                     : least;
        v->weight.data[e] = r->weight[entry->port];
        v->slope.data[e] = r->weight[entry->port] / entry->coef;
    }
}

static void begin(struct sim_rates *r, struct block *b)
{
    struct sim_levels *v = r->levels;
    for (int m = 0; m < b->member_count; m++) {
        take_member(r, b, &b->members[m]);
    }
    for (int e = 0; e < b->entry_count; e++) {
        v->claim.data[e] = v->constant.data[e];
        v->holder.data[e] = -1;
        v->flow.data[e] = b->entries[e].coef * v->constant.data[e];
    }
}

// ---- The two maps ----

static double sum_flows(const struct sim_levels *v, int32_t from, int32_t to)
{
    const double *q = v->flow.data;
    double sum = 0;
    for (int32_t e = from; e < to; e++) {
        sum += q[e];
    }
    return sum;
}

/** All of the class get what they claim: who would be the last to have enough. */
static void fill_ample(const struct sim_levels *v, struct level *t, double all)
{
    const double *q = v->flow.data;
    const double *w = v->weight.data;
    int32_t last = -1;
    for (int32_t e = t->begin; e < t->end; e++) {
        if (w[e] > 0 && (last < 0 || q[e] * w[last] > q[last] * w[e])) {
            last = e;
        }
    }
    t->kind = last < 0 ? IS_DRY : IS_AMPLE;
    t->last = last;
    t->weights = last < 0 ? 1 : w[last];
    t->value = last < 0 ? 0 : (t->left - all + q[last]) / w[last];
}

/** The class is short: the level by Newton, which rises to it, as what is used is concave in it. */
static void fill_short(const struct sim_levels *v, struct level *t, double weights)
{
    const double *q = v->flow.data;
    const double *w = v->weight.data;
    double value = t->left / weights;
    for (int32_t round = t->begin; round <= t->end; round++) {
        double rest = t->left;
        double open = 0;
        for (int32_t e = t->begin; e < t->end; e++) {
            const bool is_capped = q[e] < w[e] * value;
            rest -= is_capped ? q[e] : 0;
            open += is_capped ? 0 : w[e];
        }
        if (!(open > 0)) {
            break; // but for a rounding, all are served
        }
        value = rest / open;
        if (open == weights) {
            break;
        }
        weights = open;
    }
    t->kind = IS_SHORT;
    t->value = value;
    t->weights = weights;
}

static void fill(const struct sim_levels *v, struct level *t)
{
    const double *q = v->flow.data;
    const double *w = v->weight.data;
    double all = 0;
    double weights = 0;
    for (int32_t e = t->begin; e < t->end; e++) {
        all += w[e] > 0 ? q[e] : 0;
        weights += w[e];
    }
    if (!(t->left > 0) || !(weights > 0)) {
        t->kind = IS_DRY;
        t->value = 0;
        t->weights = weights > 0 ? weights : 1;
    } else if (t->end - t->begin == 1) {
        t->kind = all > t->left ? IS_SHORT : IS_AMPLE;
        t->last = t->begin;
        t->weights = weights;
        t->value = t->left / weights;
    } else if (all > t->left) {
        fill_short(v, t, weights);
    } else {
        fill_ample(v, t, all);
    }
}

/** Levels from claims. */
static void levels_of_claims(const struct sim_levels *v, struct block *b)
{
    double supply = 0;
    double better = 0;
    int32_t from = 0;
    for (int i = 0; i < b->level_count; i++) {
        struct level *t = &b->levels[i];
        if (t->is_first) {
            supply = sum_flows(v, t->other_begin, t->other_end);
            better = 0;
            from = t->side_begin;
        }
        better += sum_flows(v, from, t->begin);
        from = t->begin;
        t->supply = supply;
        t->better = better;
        t->left = supply - better;
        if (!(t->left > DRY * supply)) {
            t->left = t->left < -DRY * supply ? t->left : 0;
        }
        fill(v, t);
    }
}

/** Claims from limits; how far they are from what they were, of themselves. */
static double claims_of_limits(struct sim_levels *v, const struct block *b)
{
    double *const y = v->claim.data;
    double most = 0;
    for (int m = 0; m < b->member_count; m++) {
        const struct member *member = &b->members[m];
        double least = HUGE_VAL;
        double second = HUGE_VAL;
        int32_t first_row = -1;
        int32_t second_row = -1;
        for (int32_t i = member->begin; i < member->end && member->has_rows; i++) {
            const int32_t e = b->own[i];
            const double limit = b->entries[e].level >= 0 ? v->limit.data[e] : HUGE_VAL;
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
        for (int32_t i = member->begin; i < member->end && member->has_rows; i++) {
            const int32_t e = b->own[i];
            const bool is_own = e == first_row;
            const double limit = is_own ? second : least;
            const bool is_constant = !b->entries[e].is_read || !(limit < v->constant.data[e]);
            const double claim = is_constant ? v->constant.data[e] : limit;
            v->holder.data[e] = is_constant ? -1 : is_own ? second_row : first_row;
            if (claim != y[e]) {
                most = fmax(most, fabs(claim - y[e]) / fmax(claim, y[e]));
                y[e] = claim;
                v->flow.data[e] = b->entries[e].coef * claim;
            }
        }
    }
    return most;
}

/** Claims from levels `value`; true when they are what they were. */
static bool claims_of_levels(struct sim_levels *v, const struct block *b, const double *value)
{
    for (int e = 0; e < b->entry_count; e++) {
        const int32_t level = b->entries[e].level;
        v->limit.data[e] = level >= 0 ? v->slope.data[e] * value[level] : HUGE_VAL;
    }
    return claims_of_limits(v, b) == 0;
}

/** From all claims at their constants; true when they come to rest. */
static bool sweep(struct sim_levels *v, struct block *b)
{
    for (int i = 0; i < SWEEPS; i++) {
        levels_of_claims(v, b);
        for (int t = 0; t < b->level_count; t++) {
            v->level.data[t] = b->levels[t].value;
        }
        if (claims_of_levels(v, b, v->level.data)) {
            return true;
        }
    }
    return false;
}

// ---- Newton ----

/** Whether entry `e` of a class has what it claims, on the piece of the levels of the claims. */
static bool is_capped(const struct sim_levels *v, const struct level *t, int32_t e)
{
    return t->kind == IS_AMPLE ? e != t->last : v->flow.data[e] < v->weight.data[e] * t->value;
}

/** Add `sign` times what the claims [from, to) change with the levels that hold them to a row. */
static void add_claims(struct sim_levels *v, const struct block *b, int32_t from, int32_t to,
                       double sign)
{
    for (int32_t e = from; e < to; e++) {
        const int32_t h = v->holder.data[e];
        if (h < 0) {
            continue;
        }
        const int32_t level = b->entries[h].level;
        if (!v->holds.data[level]) {
            v->holds.data[level] = true;
            SIM_VEC_PUSH(&v->order, level);
        }
        v->accumulator.data[level] += sign * b->entries[e].coef * v->slope.data[h];
    }
}

/** The row of a level: weights x T + capped + better - supply = 0 on the piece, over its weights.
 */
static void add_row(struct sim_levels *v, const struct block *b, int32_t i)
{
    const struct level *t = &b->levels[i];
    v->order.count = 0;
    SIM_VEC_PUSH(&v->order, i);
    v->holds.data[i] = true;
    v->accumulator.data[i] = t->weights;
    if (t->kind != IS_DRY) {
        add_claims(v, b, t->other_begin, t->other_end, -1);
        add_claims(v, b, t->side_begin, t->begin, 1);
        for (int32_t e = t->begin; e < t->end; e++) {
            if (v->weight.data[e] > 0 && is_capped(v, t, e)) {
                add_claims(v, b, e, e + 1, 1);
            }
        }
    }
    for (int k = 0; k < v->order.count; k++) {
        const int32_t level = v->order.data[k];
        if (v->accumulator.data[level] != 0) {
            sim_sparse_put(&v->sparse, level, v->accumulator.data[level] / t->weights);
        }
        v->accumulator.data[level] = 0;
        v->holds.data[level] = false;
    }
    sim_sparse_end_row(&v->sparse);
}

static void begin_rows(struct sim_levels *v, const struct block *b)
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
static double residual(struct sim_levels *v, struct block *b)
{
    claims_of_levels(v, b, v->level.data);
    levels_of_claims(v, b);
    memset(v->holds.data, 0, (size_t)b->level_count * sizeof(bool));
    for (int e = 0; e < b->entry_count; e++) {
        if (v->holder.data[e] >= 0) {
            v->holds.data[b->entries[v->holder.data[e]].level] = true;
        }
    }
    double most = 0;
    for (int i = 0; i < b->level_count; i++) {
        const struct level *t = &b->levels[i];
        const double off = fabs(v->level.data[i] - t->value) * t->weights;
        const double size = fmax(t->supply + t->better, t->weights * t->value);
        const bool counts = t->kind != IS_AMPLE || v->holds.data[i];
        if (counts && off > most * size) {
            most = size > 0 ? off / size : 1;
        }
    }
    return most;
}

/** One step on the piece at hand; false when that is singular. */
static bool newton_step(struct sim_levels *v, struct block *b)
{
    for (int i = 0; i < b->level_count; i++) {
        v->right.data[i] = b->levels[i].value - v->level.data[i];
    }
    begin_rows(v, b);
    if (!sim_sparse_solve(&v->sparse, v->right.data)) {
        return false;
    }
    for (int i = 0; i < b->level_count; i++) {
        v->level.data[i] = fmax(0, v->level.data[i] + v->right.data[i]);
    }
    return true;
}

/** Steps on the right piece that only take away what rounding left. */
static void polish(struct sim_levels *v, struct block *b, double was)
{
    enum {
        TIMES = 3
    };
    const size_t size = (size_t)b->level_count * sizeof(double);
    for (int i = 0; i < TIMES && was > EXACT; i++) {
        memcpy(v->saved.data, v->level.data, size);
        const double now = newton_step(v, b) ? residual(v, b) : 1;
        if (!(now < was)) {
            memcpy(v->level.data, v->saved.data, size);
            (void)residual(v, b);
            return;
        }
        was = now;
    }
}

static bool newton(struct sim_levels *v, struct block *b)
{
    double now = residual(v, b);
    for (int i = 0; i < NEWTON_STEPS && now > CONVERGED; i++) {
        if (!newton_step(v, b)) {
            return false;
        }
        now = residual(v, b);
    }
    if (now > SETTLED) {
        return false;
    }
    polish(v, b, now);
    return true;
}

// ---- Limits of the ports from levels and claims ----

/** Sort the class by claim / weight, with sums of claims before and of weights from each on. */
static void sort_class(struct sim_levels *v, const struct level *t)
{
    const int n = t->end - t->begin;
    SIM_VEC_RESERVE(&v->order, 2 * n);
    SIM_VEC_RESERVE(&v->at, n);
    SIM_VEC_RESERVE(&v->place, n);
    SIM_VEC_RESERVE(&v->sums_q, n + 1);
    SIM_VEC_RESERVE(&v->sums_w, n + 1);
    int32_t *order = v->order.data;
    int count = 0;
    for (int32_t e = t->begin; e < t->end; e++) {
        if (v->weight.data[e] > 0) {
            order[count] = e;
            v->at.data[e - t->begin] = v->flow.data[e] / v->weight.data[e];
            count++;
        }
    }
    int32_t *from = order;
    int32_t *to = order + n;
    for (int width = 1; width < count; width *= 2) { // merging keeps equals in order of names
        for (int low = 0; low < count; low += 2 * width) {
            const int middle = low + width < count ? low + width : count;
            const int high = low + 2 * width < count ? low + 2 * width : count;
            int x = low;
            int y = middle;
            for (int i = low; i < high; i++) {
                const bool is_left = x < middle && (y >= high || !(v->at.data[from[y] - t->begin] <
                                                                   v->at.data[from[x] - t->begin]));
                to[i] = is_left ? from[x++] : from[y++];
            }
        }
        int32_t *const keep = from;
        from = to;
        to = keep;
    }
    if (from != order) {
        memcpy(order, from, (size_t)count * sizeof(*order));
    }
    v->order.count = count;
    v->sums_q.data[0] = 0;
    for (int i = 0; i < count; i++) {
        v->place.data[order[i] - t->begin] = i;
        v->sums_q.data[i + 1] = v->sums_q.data[i] + v->flow.data[order[i]];
    }
    v->sums_w.data[count] = 0;
    for (int i = count - 1; i >= 0; i--) {
        v->sums_w.data[i] = v->sums_w.data[i + 1] + v->weight.data[order[i]];
    }
}

/** The level that entry `e` of the sorted class would have, were its own wish unlimited: with the
 * first k of the others capped, k the least for which that is no more than the next one's claim. */
static double own_level(const struct sim_levels *v, const struct level *t, int32_t e)
{
    const int32_t place = v->place.data[e - t->begin];
    const double q = v->flow.data[e];
    const double w = v->weight.data[e];
    int low = 0;
    int high = v->order.count;
    while (low < high) {
        const int middle = (low + high) / 2;
        const double level = v->at.data[v->order.data[middle] - t->begin];
        const double capped = v->sums_q.data[middle] - (place < middle ? q : 0);
        const double open = v->sums_w.data[middle] + (place < middle ? w : 0);
        if (capped + level * open < t->left) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    const double capped = v->sums_q.data[low] - (place < low ? q : 0);
    return (t->left - capped) / (v->sums_w.data[low] + (place < low ? w : 0));
}

/** The two largest claim / weight of those that are capped in a short class. */
struct highest {
    int32_t who;
    double most, second;
};

static struct highest find_highest(const struct sim_levels *v, const struct level *t)
{
    struct highest h = {-1, 0, 0};
    for (int32_t e = t->begin; e < t->end; e++) {
        if (v->weight.data[e] > 0 && is_capped(v, t, e)) {
            const double at = v->flow.data[e] / v->weight.data[e];
            if (h.who < 0 || at > h.most) {
                h.second = h.most;
                h.most = at;
                h.who = e;
            } else {
                h.second = fmax(h.second, at);
            }
        }
    }
    return h;
}

/** The limit of a capped entry where that follows from the class's level: one step down from it, on
 * which no other comes out of its cap. False where one would. */
static bool limit_below(const struct sim_levels *v, const struct level *t, int32_t e,
                        const struct highest *h, double *out)
{
    const double q = v->flow.data[e];
    const double w = v->weight.data[e];
    const double own = t->value - (w * t->value - q) / (t->weights + w);
    *out = v->slope.data[e] * own;
    return (h->who == e ? h->second : h->most) <= own;
}

/** The same where the class has all it claims: what is left, beside its own. Where that is beyond
 * its capacity, it is no more than a bound from below, which is all that is needed. */
static bool limit_above(const struct sim_rates *r, const struct block *b, const struct level *t,
                        int32_t e, double all, double *out)
{
    const struct sim_levels *v = r->levels;
    const struct entry *entry = &b->entries[e];
    const double own = t->left - all + v->flow.data[e];
    *out = own / entry->coef;
    const double q_last = v->flow.data[t->last];
    const double w_last = v->weight.data[t->last];
    return e == t->last || *out >= r->capacity[b->members[entry->member].activity] ||
           own * w_last >= q_last * v->weight.data[e];
}

/** Limits, uncut, of the ports of the block in class `t`. */
static void limits_of_level(struct sim_rates *r, const struct block *b, const struct level *t)
{
    struct sim_levels *v = r->levels;
    struct highest h = {-1, 0, 0};
    double all = 0;
    bool is_sorted = false;
    if (t->kind == IS_SHORT) {
        h = find_highest(v, t);
    } else if (t->kind == IS_AMPLE) {
        all = sum_flows(v, t->begin, t->end);
    }
    for (int32_t e = t->begin; e < t->end; e++) {
        double *const limit = &v->limit.data[e];
        *limit = v->slope.data[e] * t->value;
        if (b->entries[e].level < 0 || t->kind == IS_DRY || !(v->weight.data[e] > 0) ||
            !is_capped(v, t, e)) {
            continue;
        }
        const bool is_found = t->kind == IS_SHORT ? limit_below(v, t, e, &h, limit)
                                                  : limit_above(r, b, t, e, all, limit);
        if (!is_found) {
            if (!is_sorted) {
                sort_class(v, t);
                is_sorted = true;
            }
            *limit = v->slope.data[e] * own_level(v, t, e);
        }
    }
}

/** An ample class, or one of a boundless wish, anew: claims may have fallen whose size did not
 * matter to any rate. */
static void sum_again(const struct sim_levels *v, struct level *t)
{
    t->supply = sum_flows(v, t->other_begin, t->other_end);
    t->better = sum_flows(v, t->side_begin, t->begin);
    t->left = t->supply - t->better;
    if (t->is_alone) {
        fill(v, t);
        return;
    }
    double all = 0;
    for (int32_t e = t->begin; e < t->end; e++) {
        all += v->weight.data[e] > 0 ? v->flow.data[e] : 0;
    }
    fill_ample(v, t, all);
}

/** The limits of all ports of the block from levels, and from claims where these are above the
 * shares: they hold nobody's rate, but are what `claim` and `limit` mean (rates.h). True when they
 * agree. */
static bool find_limits(struct sim_rates *r, struct block *b)
{
    enum {
        TIMES = 8
    };
    static const double SAME = 1e-14;
    struct sim_levels *v = r->levels;
    for (int time = 0; time < TIMES; time++) {
        for (int i = 0; i < b->level_count; i++) {
            if (time > 0 && (b->levels[i].kind == IS_AMPLE || b->levels[i].is_alone)) {
                sum_again(v, &b->levels[i]);
            }
            limits_of_level(r, b, &b->levels[i]);
        }
        if (claims_of_limits(v, b) <= SAME) {
            return true;
        }
    }
    return false;
}

// ---- Is it the only solution near by? ----

/** Whether some claim lies on a kink: two of what it is the least of are the same. */
static bool has_tie(const struct sim_levels *v, const struct block *b)
{
    for (int m = 0; m < b->member_count; m++) {
        const struct member *member = &b->members[m];
        for (int32_t i = member->begin; i < member->end && member->has_rows; i++) {
            const int32_t e = b->own[i];
            const double constant = v->constant.data[e];
            for (int32_t k = member->begin; k < member->end; k++) {
                const int32_t other = b->own[k];
                if (other != e && b->entries[other].level >= 0 && b->entries[e].is_read &&
                    fabs(v->limit.data[other] - constant) <= TIE * constant) {
                    return true;
                }
            }
        }
    }
    return false;
}

/** Which limit holds each claim. Where it is the same as the constant within `tie`, the limit. */
static void hold(struct sim_levels *v, const struct block *b, double tie)
{
    for (int m = 0; m < b->member_count; m++) {
        const struct member *member = &b->members[m];
        for (int32_t i = member->begin; i < member->end && member->has_rows; i++) {
            const int32_t e = b->own[i];
            double least = v->constant.data[e] * (1 + tie);
            v->holder.data[e] = -1;
            for (int32_t k = member->begin; k < member->end; k++) {
                const int32_t other = b->own[k];
                if (other != e && b->entries[other].level >= 0 && b->entries[e].is_read &&
                    v->limit.data[other] < least) {
                    least = v->limit.data[other];
                    v->holder.data[e] = other;
                }
            }
        }
    }
}

/** On that piece those with just enough are capped, and what is just dry is not. False when a class
 * has two of them: more than one piece meets there. */
static bool cap_at_ties(const struct sim_levels *v, struct level *t)
{
    if (t->kind == IS_DRY && t->left >= -TIE * t->supply && t->supply > 0) {
        t->kind = IS_SHORT; // at level 0 nobody has had enough
        return true;
    }
    int tied = 0;
    for (int32_t e = t->begin; e < t->end && t->kind != IS_DRY; e++) {
        const double share = v->weight.data[e] * t->value;
        tied += v->weight.data[e] > 0 && fabs(v->flow.data[e] - share) <= TIE * share ? 1 : 0;
    }
    if (t->kind == IS_SHORT && tied == 1) {
        for (int32_t e = t->begin; e < t->end; e++) {
            const double share = v->weight.data[e] * t->value;
            if (v->flow.data[e] >= share && v->flow.data[e] <= share * (1 + TIE) &&
                t->weights > v->weight.data[e]) {
                return false; // it would have to change sides
            }
        }
    }
    return tied < 2;
}

/** Whether the solution may be one of many: the system of the piece that has all tied limits in it
 * is singular, or that cannot be said from here. */
static bool may_be_open(struct sim_levels *v, struct block *b)
{
    hold(v, b, TIE);
    for (int i = 0; i < b->level_count; i++) {
        if (!cap_at_ties(v, &b->levels[i])) {
            return true;
        }
    }
    begin_rows(v, b);
    memset(v->right.data, 0, (size_t)b->level_count * sizeof(double));
    return !sim_sparse_solve(&v->sparse, v->right.data);
}

// ---- Could the block feed itself? ----

/** The row of a side: what its supply would rise by, were every rise of a supply passed on in full
 * by those whom it holds. True when that is anything. */
static bool add_rises(struct sim_levels *v, const struct block *b, const struct level *t)
{
    v->order.count = 0;
    for (int32_t e = t->other_begin; e < t->other_end; e++) {
        const int32_t h = v->holder.data[e];
        if (h < 0) {
            continue;
        }
        const int32_t side = b->levels[b->entries[h].level].side;
        if (!v->holds.data[side]) {
            v->holds.data[side] = true;
            SIM_VEC_PUSH(&v->order, side);
        }
        v->accumulator.data[side] += b->entries[e].coef / b->entries[h].coef;
    }
    const bool any = v->order.count > 0;
    const int32_t own = t->side;
    double diagonal = 1;
    for (int k = 0; k < v->order.count; k++) {
        const int32_t side = v->order.data[k];
        if (side == own) {
            diagonal -= v->accumulator.data[side];
        } else {
            sim_sparse_put(&v->sparse, side, -v->accumulator.data[side]);
        }
        v->accumulator.data[side] = 0;
        v->holds.data[side] = false;
    }
    sim_sparse_put(&v->sparse, own, diagonal);
    return any;
}

bool sim_levels_may_feed(struct sim_rates *r, int32_t first)
{
    struct sim_levels *v = r->levels;
    const struct block *b = v->block_of[first];
    hold(v, b, 0);
    sim_sparse_begin(&v->sparse, b->level_count);
    memset(v->holds.data, 0, (size_t)b->level_count * sizeof(bool));
    memset(v->accumulator.data, 0, (size_t)b->level_count * sizeof(double));
    bool any = false;
    for (int i = 0; i < b->level_count; i++) {
        const struct level *t = &b->levels[i];
        if (t->is_first) {
            any = add_rises(v, b, t) || any;
        } else {
            sim_sparse_put(&v->sparse, i, 1);
        }
        sim_sparse_end_row(&v->sparse);
        v->right.data[i] = 1;
    }
    if (!any) {
        return false;
    }
    if (!sim_sparse_solve(&v->sparse, v->right.data)) {
        return true;
    }
    for (int i = 0; i < b->level_count; i++) {
        if (!(v->right.data[i] > 0 && v->right.data[i] < UNBOUNDED)) {
            return true;
        }
    }
    return false;
}

// ---- Putting it together ----

/** Set what the block decides, and tell those outside of what changed. */
static void publish(struct sim_rates *r, const struct block *b)
{
    const struct sim_levels *v = r->levels;
    for (int m = 0; m < b->member_count; m++) {
        const struct member *member = &b->members[m];
        const int32_t k = member->activity;
        const bool stands = member->is_asked && r->is_idle[k];
        bool is_changed = r->is_zoned[k];
        for (int32_t i = member->begin; i < member->end; i++) {
            const struct entry *e = &b->entries[b->own[i]];
            if (e->level < 0) {
                continue;
            }
            const double limit = fmin(r->capacity[k], fmax(0, v->limit.data[b->own[i]]));
            const bool is_nothing =
                limit < SIM_RATES_NOTHING * sim_rates_scale(r, k) &&
                limit * e->coef <= SIM_RATES_NOTHING * b->levels[e->level].supply;
            const bool is_still = stands && is_main_output(r->net, e->port);
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
    struct block *b = block_at(r, first);
    if (b->is_any_asked) {
        sim_loop_find_idle(r, first);
    }
    begin(r, b);
    *out_is_open = false;
    r->work.limits += b->row_count;
    const bool rests = sweep(v, b);
    if (!rests) {
        r->work.newton++;
        if (!newton(v, b)) {
            return false;
        }
    }
    if (!find_limits(r, b)) {
        return false;
    }
    if (!rests && has_tie(v, b) && may_be_open(v, b)) {
        *out_is_open = true;
        return true;
    }
    publish(r, b);
    return true;
}

double sim_levels_limit(const struct sim_rates *r, int32_t first, int32_t port)
{
    const struct block *b = r->levels->block_of[first];
    for (int e = 0; e < b->entry_count; e++) {
        if (b->entries[e].port == port) {
            return r->levels->limit.data[e];
        }
    }
    return 0;
}
