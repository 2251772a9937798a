// What follows from the levels of a block: the limits of its ports, whether other solutions lie
// next to this one, whether it could feed itself.

#include "sim/flow/levels_priv.h"

#include <math.h>
#include <string.h>

static const double UNBOUNDED = 1e9; // [-] a rise that comes back so large knows no end
static const double TIE = 1e-9;      // [-] two limits closer than this may be the same

// ---- Limits of the ports from levels and claims ----

/** Sort the class by claim / weight, with sums of claims before and of weights from each on. */
static void sort_class(struct sim_levels *v, const struct sim_levels_class *t)
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
static double own_level(const struct sim_levels *v, const struct sim_levels_class *t, int32_t e)
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

static struct highest find_highest(const struct sim_levels *v, const struct sim_levels_class *t)
{
    struct highest h = {-1, 0, 0};
    for (int32_t e = t->begin; e < t->end; e++) {
        if (v->weight.data[e] > 0 && sim_levels_is_capped(v, t, e)) {
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
static bool limit_below(const struct sim_levels *v, const struct sim_levels_class *t, int32_t e,
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
static bool limit_above(const struct sim_rates *r, const struct sim_levels_block *b,
                        const struct sim_levels_class *t, int32_t e, double all, double *out)
{
    const struct sim_levels *v = r->levels;
    const struct sim_levels_entry *entry = &b->entries[e];
    const double own = t->left - all + v->flow.data[e];
    *out = own / entry->coef;
    const double q_last = v->flow.data[t->last];
    const double w_last = v->weight.data[t->last];
    return e == t->last || *out >= r->capacity[b->members[entry->member].activity] ||
           own * w_last >= q_last * v->weight.data[e];
}

/** Limits, uncut, of the ports of the block in class `t`. */
static void limits_of_level(struct sim_rates *r, const struct sim_levels_block *b,
                            const struct sim_levels_class *t)
{
    struct sim_levels *v = r->levels;
    struct highest h = {-1, 0, 0};
    double all = 0;
    bool is_sorted = false;
    if (t->kind == SIM_LEVELS_SHORT) {
        h = find_highest(v, t);
    } else if (t->kind == SIM_LEVELS_AMPLE) {
        all = sim_levels_sum(v, t->begin, t->end);
    }
    for (int32_t e = t->begin; e < t->end; e++) {
        double *const limit = &v->limit.data[e];
        *limit = v->slope.data[e] * t->value;
        if (b->entries[e].level < 0 || t->kind == SIM_LEVELS_DRY || !(v->weight.data[e] > 0) ||
            !sim_levels_is_capped(v, t, e)) {
            continue;
        }
        const bool is_found = t->kind == SIM_LEVELS_SHORT ? limit_below(v, t, e, &h, limit)
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
static void sum_again(const struct sim_levels *v, struct sim_levels_class *t)
{
    t->supply = sim_levels_sum(v, t->other_begin, t->other_end);
    t->better = sim_levels_sum(v, t->side_begin, t->begin);
    t->left = t->supply - t->better;
    if (t->is_alone) {
        sim_levels_fill(v, t);
        return;
    }
    double all = 0;
    for (int32_t e = t->begin; e < t->end; e++) {
        all += v->weight.data[e] > 0 ? v->flow.data[e] : 0;
    }
    sim_levels_fill_ample(v, t, all);
}

/** The limits of all ports of the block from levels, and from claims where these are above the
 * shares: they hold nobody's rate, but are what `claim` and `limit` mean (rates.h). True when they
 * agree. */
bool sim_levels_find_limits(struct sim_rates *r, struct sim_levels_block *b)
{
    enum {
        TIMES = 8
    };
    static const double SAME = 1e-14;
    struct sim_levels *v = r->levels;
    for (int time = 0; time < TIMES; time++) {
        for (int i = 0; i < b->level_count; i++) {
            if (time > 0 && (b->levels[i].kind == SIM_LEVELS_AMPLE || b->levels[i].is_alone)) {
                sum_again(v, &b->levels[i]);
            }
            limits_of_level(r, b, &b->levels[i]);
        }
        if (sim_levels_claims(v, b) <= SAME) {
            return true;
        }
    }
    return false;
}

// ---- Is it the only solution near by? ----

/** Whether some claim lies on a kink: two of what it is the least of are the same. */
bool sim_levels_has_tie(const struct sim_levels *v, const struct sim_levels_block *b)
{
    for (int m = 0; m < b->member_count; m++) {
        const struct sim_levels_member *member = &b->members[m];
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
static void hold(struct sim_levels *v, const struct sim_levels_block *b, double tie)
{
    for (int m = 0; m < b->member_count; m++) {
        const struct sim_levels_member *member = &b->members[m];
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
static bool cap_at_ties(const struct sim_levels *v, struct sim_levels_class *t)
{
    if (t->kind == SIM_LEVELS_DRY && t->left >= -TIE * t->supply && t->supply > 0) {
        t->kind = SIM_LEVELS_SHORT; // at level 0 nobody has had enough
        return true;
    }
    int tied = 0;
    for (int32_t e = t->begin; e < t->end && t->kind != SIM_LEVELS_DRY; e++) {
        const double share = v->weight.data[e] * t->value;
        tied += v->weight.data[e] > 0 && fabs(v->flow.data[e] - share) <= TIE * share ? 1 : 0;
    }
    if (t->kind == SIM_LEVELS_SHORT && tied == 1) {
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
bool sim_levels_may_be_open(struct sim_levels *v, struct sim_levels_block *b)
{
    hold(v, b, TIE);
    for (int i = 0; i < b->level_count; i++) {
        if (!cap_at_ties(v, &b->levels[i])) {
            return true;
        }
    }
    sim_levels_begin_rows(v, b);
    memset(v->right.data, 0, (size_t)b->level_count * sizeof(double));
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
    const struct sim_levels_block *b = v->block_of[first];
    hold(v, b, 0);
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

double sim_levels_limit(const struct sim_rates *r, int32_t first, int32_t port)
{
    const struct sim_levels_block *b = r->levels->block_of[first];
    for (int e = 0; e < b->entry_count; e++) {
        if (b->entries[e].port == port) {
            return r->levels->limit.data[e];
        }
    }
    return 0;
}
