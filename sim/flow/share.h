/** @file
 * How a class shares what is left to it at a pool: water-filling, in time of its size.
 *
 * Member e claims the flow q_e and weighs w_e; R is left to all. The class is *short* when the
 * claims are more than R; then its *level* T solves sum over e of min(q_e, w_e T) = R, and who
 * claims less than w_e T is *capped*: it gets its claim. Otherwise it is *ample*, and its level is
 * that at which the one with the largest q / w, its wish unlimited, would use up R. So the level is
 * a continuous, concave function, and the same formula serves both:
 *
 *     T = (R - sum of q over the capped) / (sum of w over the others)
 *
 * What member e could get were its own wish unlimited is w_e t with w_e t + sum over the others
 * min(q_m, w_m t) = R. For who is not capped t is the level. For the others it follows in one step,
 * unless somebody else comes out of its cap below; then the class is sorted by q / w once, and t
 * found by bisection in partial sums. Nobody is summed twice for another.
 *
 * For sim/flow only.
 */
#ifndef SIM_FLOW_SHARE_H
#define SIM_FLOW_SHARE_H

#include <stdbool.h>
#include <stdint.h>

enum sim_share_kind {
    SIM_SHARE_DRY, // nothing is left, or nobody weighs anything
    SIM_SHARE_SHORT,
    SIM_SHARE_AMPLE
};

/** Numbers of all members of all classes, and room to sort them; members of a class are side by
 * side. Borrowed. */
struct sim_share_room {
    const double *flow;   // q
    const double *weight; // w >= 0
    int32_t *order, *spare, *place;
    double *at;              // q / w
    double *flows, *weights; // partial sums
};

/** A class: members [begin, end), and what `left` makes of it. */
struct sim_share {
    int32_t begin, end;
    double left;
    enum sim_share_kind kind;
    double level;
    double weights; // of those that are not capped
    double all;     // claims of all
    int32_t last;   // ample: the one that is not capped
    // found when first asked for
    bool has_highest, is_sorted;
    int32_t highest; // of the capped in a short class: the one with the largest q / w
    double most, second;
    double capped, open; // claims of the capped, weights of the others
    int32_t count;       // members with a weight, sorted
};

/** The level, from `begin`, `end` and `left`. */
void sim_share_fill(const struct sim_share_room *room, struct sim_share *s);

/** The same for a class that is known to be ample, up to roundings. */
void sim_share_fill_ample(const struct sim_share_room *room, struct sim_share *s);

/** Whether member `e`, which weighs something, gets its claim and not its share. */
static inline bool sim_share_is_capped(const struct sim_share_room *room, const struct sim_share *s,
                                       int32_t e)
{
    return s->kind == SIM_SHARE_AMPLE ? e != s->last : room->flow[e] < room->weight[e] * s->level;
}

/** The flow that member `e` could have were its own wish unlimited. Where that is `enough` or more,
 * it may be told as anything from `enough` up to it. */
double sim_share_own(const struct sim_share_room *room, struct sim_share *s, int32_t e,
                     double enough);

#endif
