#include "sim/flow/share.h"

#include <math.h>
#include <string.h>

/** The last member by q / w is not capped. */
static void fill_ample(const struct sim_share_room *room, struct sim_share *s, double all)
{
    const double *q = room->flow;
    const double *w = room->weight;
    int32_t last = -1;
    double most = -1; // q and w of the last so far
    double weight = 1;
    for (int32_t e = s->begin; e < s->end; e++) {
        if (w[e] > 0 && q[e] * weight > most * w[e]) {
            last = e;
            most = q[e];
            weight = w[e];
        }
    }
    s->kind = last < 0 ? SIM_SHARE_DRY : SIM_SHARE_AMPLE;
    s->last = last;
    s->all = all;
    s->weights = weight;
    s->level = last < 0 ? 0 : (s->left - all + most) / weight;
    s->has_highest = s->is_sorted = false;
}

void sim_share_fill_ample(const struct sim_share_room *room, struct sim_share *s)
{
    double all = 0;
    for (int32_t e = s->begin; e < s->end; e++) {
        all += room->weight[e] > 0 ? room->flow[e] : 0;
    }
    fill_ample(room, s, all);
}

/** By Newton, which rises to the level, as what is used is concave in it. */
static void fill_short(const struct sim_share_room *room, struct sim_share *s, double weights)
{
    const double *q = room->flow;
    const double *w = room->weight;
    double level = s->left / weights;
    for (int32_t round = s->begin; round <= s->end; round++) {
        double rest = s->left;
        double open = 0;
        for (int32_t e = s->begin; e < s->end; e++) {
            const bool is_capped = q[e] < w[e] * level;
            rest -= is_capped ? q[e] : 0;
            open += is_capped ? 0 : w[e];
        }
        if (!(open > 0)) {
            break; // but for a rounding, all are served
        }
        level = rest / open;
        if (open == weights) {
            break;
        }
        weights = open;
    }
    s->kind = SIM_SHARE_SHORT;
    s->level = level;
    s->weights = weights;
}

void sim_share_fill(const struct sim_share_room *room, struct sim_share *s)
{
    const double *q = room->flow;
    const double *w = room->weight;
    double all = 0;
    double weights = 0;
    for (int32_t e = s->begin; e < s->end; e++) {
        all += w[e] > 0 ? q[e] : 0;
        weights += w[e];
    }
    s->all = all;
    s->has_highest = s->is_sorted = false;
    if (!(s->left > 0) || !(weights > 0)) {
        s->kind = SIM_SHARE_DRY;
        s->level = 0;
        s->weights = weights > 0 ? weights : 1;
    } else if (s->end - s->begin == 1) {
        s->kind = all > s->left ? SIM_SHARE_SHORT : SIM_SHARE_AMPLE;
        s->last = s->begin;
        s->weights = weights;
        s->level = s->left / weights;
    } else if (all > s->left) {
        fill_short(room, s, weights);
    } else {
        fill_ample(room, s, all);
    }
}

// ---- What one could have were its own wish unlimited ----

/** Who is capped in a short class, as the claims are now (within roundings of when it was filled):
 * the two largest q / w, and sums. */
static void find_highest(const struct sim_share_room *room, struct sim_share *s)
{
    s->highest = -1;
    s->most = s->second = s->capped = s->open = 0;
    for (int32_t e = s->begin; e < s->end; e++) {
        if (!sim_share_is_capped(room, s, e)) {
            s->open += room->weight[e];
        } else if (room->weight[e] > 0) {
            s->capped += room->flow[e];
            const double at = room->flow[e] / room->weight[e];
            if (s->highest < 0 || at > s->most) {
                s->second = s->most;
                s->most = at;
                s->highest = e;
            } else {
                s->second = fmax(s->second, at);
            }
        }
    }
    s->has_highest = true;
}

/** Merge pairs of runs of `width`; equals stay in order of names. */
static void merge(const struct sim_share_room *room, const int32_t *from, int32_t *to, int count,
                  int width)
{
    for (int low = 0; low < count; low += 2 * width) {
        const int middle = low + width < count ? low + width : count;
        const int high = low + 2 * width < count ? low + 2 * width : count;
        int x = low;
        int y = middle;
        for (int i = low; i < high; i++) {
            const bool is_left =
                x < middle && (y >= high || !(room->at[from[y]] < room->at[from[x]]));
            to[i] = is_left ? from[x++] : from[y++];
        }
    }
}

/** Sort by q / w, with sums of claims before and of weights from each on. */
static void sort(const struct sim_share_room *room, struct sim_share *s)
{
    int32_t *from = room->order + s->begin;
    int32_t *to = room->spare + s->begin;
    int count = 0;
    for (int32_t e = s->begin; e < s->end; e++) {
        if (room->weight[e] > 0) {
            from[count++] = e;
            room->at[e] = room->flow[e] / room->weight[e];
        }
    }
    for (int width = 1; width < count; width *= 2) {
        merge(room, from, to, count, width);
        int32_t *const keep = from;
        from = to;
        to = keep;
    }
    int32_t *const order = room->order + s->begin;
    if (from != order) {
        memcpy(order, from, (size_t)count * sizeof(*order));
    }
    double sum = 0;
    for (int i = 0; i < count; i++) {
        room->place[order[i]] = i;
        room->flows[s->begin + i] = sum;
        sum += room->flow[order[i]];
    }
    double weights = 0;
    for (int i = count - 1; i >= 0; i--) {
        weights += room->weight[order[i]];
        room->weights[s->begin + i] = weights;
    }
    s->count = count;
    s->is_sorted = true;
}

/** With the first k of the others capped, k the least for which the level is no more than what the
 * next one claims of its weight. */
static double own_by_bisection(const struct sim_share_room *room, struct sim_share *s, int32_t e)
{
    if (!s->is_sorted) {
        sort(room, s);
    }
    const int32_t *order = room->order + s->begin;
    const int32_t place = room->place[e];
    const double q = room->flow[e];
    const double w = room->weight[e];
    int low = 0;
    int high = s->count;
    while (low < high) {
        const int middle = (low + high) / 2;
        const double capped = room->flows[s->begin + middle] - (place < middle ? q : 0);
        const double open = room->weights[s->begin + middle] + (place < middle ? w : 0);
        if (capped + room->at[order[middle]] * open < s->left) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == s->count) {
        return s->left - s->all + q; // all others have what they claim
    }
    const double capped = room->flows[s->begin + low] - (place < low ? q : 0);
    return w * (s->left - capped) / (room->weights[s->begin + low] + (place < low ? w : 0));
}

double sim_share_own(const struct sim_share_room *room, struct sim_share *s, int32_t e,
                     double enough)
{
    const double q = room->flow[e];
    const double w = room->weight[e];
    if (s->kind == SIM_SHARE_DRY || !(w > 0)) {
        return 0;
    }
    if (!sim_share_is_capped(room, s, e)) {
        return w * s->level;
    }
    if (s->kind == SIM_SHARE_AMPLE) {
        const double own = s->left - s->all + q;
        if (own >= enough || own * room->weight[s->last] >= room->flow[s->last] * w) {
            return own;
        }
        return own_by_bisection(room, s, e);
    }
    if (!s->has_highest) {
        find_highest(room, s);
    }
    const double level = (s->left - (s->capped - q)) / (s->open + w);
    if ((s->highest == e ? s->second : s->most) <= level) {
        return w * level;
    }
    return own_by_bisection(room, s, e);
}
