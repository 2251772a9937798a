// What follows from the levels of a block: the limits of its ports, whether other solutions lie
// next to this one, whether it could feed itself.

#include "sim/flow/levels_priv.h"
#include "sim/flow/tolerances.h"

#include <math.h>
#include <string.h>

static const double UNBOUNDED = 1e9; // [-] a rise that comes back so large knows no end

// ---- Limits of the ports from levels and claims ----

/** Limits, uncut, of the ports of the block in a class. Where one is beyond its capacity, it is no
 * more than a bound from below, which is all that is needed. */
static void limits_of_class(struct sim_rates *r, struct sim_levels_block *b,
                            struct sim_levels_class *t)
{
    struct sim_levels *v = r->levels;
    for (int32_t e = t->share.begin; e < t->share.end; e++) {
        const struct sim_levels_entry *entry = &b->entries[e];
        if (entry->level >= 0) {
            const double most = r->capacity[b->members[entry->member].activity];
            const double own =
                sim_share_own(&v->room, &t->share, e, entry->coef * most) / entry->coef;
            if (own < most || v->limit[e] < most) {
                b->members[entry->member].is_due = true; // it may hold a claim, or may have
            }
            v->limit[e] = own;
        }
    }
}

/** An ample class, or one of a boundless wish, anew: claims may have fallen whose size did not
 * matter to any rate. */
static void sum_again(const struct sim_levels *v, struct sim_levels_class *t)
{
    t->supply = sim_levels_sum(v, t->other_begin, t->other_end);
    t->better = sim_levels_sum(v, t->side_begin, t->share.begin);
    t->share.left = t->supply - t->better;
    if (t->is_alone) {
        sim_share_fill(&v->room, &t->share);
        return;
    }
    sim_share_fill_ample(&v->room, &t->share);
}

/** The limits of all ports of the block from levels, and from claims where these are above the
 * shares: they hold nobody's rate, but are what `claim` and `limit` mean (rates.h). True when they
 * agree. */
bool sim_levels_find_limits(struct sim_rates *r, struct sim_levels_block *b)
{
    enum {
        TIMES = 8
    };
    struct sim_levels *v = r->levels;
    for (int time = 0; time < TIMES; time++) {
        for (int i = 0; i < b->level_count; i++) {
            if (time > 0 && (b->levels[i].share.kind == SIM_SHARE_AMPLE || b->levels[i].is_alone)) {
                sum_again(v, &b->levels[i]);
            }
            limits_of_class(r, b, &b->levels[i]);
        }
        if (sim_levels_claims(v, b) <= SIM_TOLERANCE_LIMIT) {
            return true;
        }
    }
    return false;
}

// ---- Is it the only solution near by? ----

/** Whether some claim lies on a kink: two of what it is the least of are the same. One that may be
 * nothing only does not, as no limit is less. */
bool sim_levels_has_tie(const struct sim_levels *v, const struct sim_levels_block *b)
{
    for (int m = 0; m < b->member_count; m++) {
        const struct sim_levels_member *member = &b->members[m];
        for (int32_t i = member->begin; i < member->end && member->has_rows; i++) {
            const int32_t e = b->own[i];
            const double constant = v->constant[e];
            for (int32_t k = member->begin; k < member->end && constant > 0; k++) {
                const int32_t other = b->own[k];
                if (other != e && b->entries[other].level >= 0 && b->entries[e].is_read &&
                    fabs(v->limit[other] - constant) <= SIM_TOLERANCE_TIE * constant) {
                    return true;
                }
            }
        }
    }
    return false;
}

/** Which limit holds each claim. Where it is the same as the constant within `tie`, the limit. */
static void hold(struct sim_levels *v, const struct sim_levels_block *b, double tie)
{
    for (int m = 0; m < b->member_count; m++) {
        const struct sim_levels_member *member = &b->members[m];
        for (int32_t i = member->begin; i < member->end && member->has_rows; i++) {
            const int32_t e = b->own[i];
            double least = v->constant[e] * (1 + tie);
            v->holder[e] = -1;
            for (int32_t k = member->begin; k < member->end; k++) {
                const int32_t other = b->own[k];
                if (other != e && b->entries[other].level >= 0 && b->entries[e].is_read &&
                    v->limit[other] < least) {
                    least = v->limit[other];
                    v->holder[e] = other;
                }
            }
        }
    }
}

/** On that piece those with just enough are capped, and what is just dry is not. False when a class
 * has two of them: more than one piece meets there. */
static bool cap_at_ties(const struct sim_levels *v, struct sim_levels_class *t)
{
    if (t->share.kind == SIM_SHARE_DRY && t->share.left >= -SIM_TOLERANCE_TIE * t->supply &&
        t->supply > 0) {
        t->share.kind = SIM_SHARE_SHORT; // at level 0 nobody has had enough
        return true;
    }
    int tied = 0;
    for (int32_t e = t->share.begin; e < t->share.end && t->share.kind != SIM_SHARE_DRY; e++) {
        const double share = v->weight[e] * t->share.level;
        tied += v->weight[e] > 0 && fabs(v->flow[e] - share) <= SIM_TOLERANCE_TIE * share ? 1 : 0;
    }
    if (t->share.kind == SIM_SHARE_SHORT && tied == 1) {
        for (int32_t e = t->share.begin; e < t->share.end; e++) {
            const double share = v->weight[e] * t->share.level;
            if (v->flow[e] >= share && v->flow[e] <= share * (1 + SIM_TOLERANCE_TIE) &&
                t->share.weights > v->weight[e]) {
                return false; // it would have to change sides
            }
        }
    }
    return tied < 2;
}

/** Whether the solution may be one of many: the system of the piece that has all tied limits in it
 * is singular, or that cannot be said from here. */
bool sim_levels_may_be_open(struct sim_levels *v, struct sim_levels_block *b)
{
    hold(v, b, SIM_TOLERANCE_TIE);
    for (int i = 0; i < b->level_count; i++) {
        if (!cap_at_ties(v, &b->levels[i])) {
            return true;
        }
    }
    sim_levels_begin_rows(v, b);
    memset(v->right.data, 0, (size_t)b->level_count * sizeof(double));
    hold(v, b, 0);
    return !sim_sparse_solve(&v->sparse, v->right.data);
}

// ---- Could the block feed itself? ----

/** The row of a side: what its supply would rise by, were every rise of a supply passed on in full
 * by those whom it holds. True when that is anything. */
static bool add_rises(struct sim_levels *v, const struct sim_levels_block *b,
                      const struct sim_levels_class *t)
{
    v->order.count = 0;
    for (int32_t e = t->other_begin; e < t->other_end; e++) {
        const int32_t h = v->holder[e];
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

/** Whether a rise may come back to where it began: rows that depend on rows without circles only
 * have none either. A few passes; true where these do not suffice. */
static bool has_circle(struct sim_levels *v, int rows)
{
    enum {
        PASSES = 4
    };
    bool *is_clear = v->holds.data;
    memset(is_clear, 0, (size_t)rows * sizeof(bool));
    int left = rows;
    for (int pass = 0; pass < PASSES && left > 0; pass++) {
        for (int row = 0; row < rows; row++) {
            const struct sim_sparse_entry *e = v->sparse.entries.data + v->sparse.begin.data[row];
            bool is_open = is_clear[row];
            for (int32_t i = 0; i < v->sparse.count.data[row] && !is_open; i++) {
                is_open = e[i].column == row ? e[i].value != 1 : !is_clear[e[i].column];
            }
            left -= is_open ? 0 : 1;
            is_clear[row] = is_clear[row] || !is_open;
        }
    }
    return left > 0;
}

bool sim_levels_may_feed(struct sim_levels *v, const struct sim_levels_block *b)
{
    sim_sparse_begin(&v->sparse, b->level_count);
    memset(v->holds.data, 0, (size_t)b->level_count * sizeof(bool));
    memset(v->accumulator.data, 0, (size_t)b->level_count * sizeof(double));
    bool any = false;
    for (int i = 0; i < b->level_count; i++) {
        const struct sim_levels_class *t = &b->levels[i];
        if (t->is_first) {
            any = add_rises(v, b, t) || any;
        } else {
            sim_sparse_put(&v->sparse, i, 1);
        }
        sim_sparse_end_row(&v->sparse);
        v->right.data[i] = 1;
    }
    if (!any || !has_circle(v, b->level_count)) {
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

double sim_levels_limit(const struct sim_rates *r, int32_t first, int32_t port)
{
    const struct sim_levels_block *b = r->levels->block_of[first];
    for (int e = 0; e < b->entry_count; e++) {
        if (b->entries[e].port == port) {
            return r->levels->limit[e];
        }
    }
    return 0;
}
