/** @file
 * Judges (a) and (b): do rates, limits and claims keep the rules, and does plain propagation agree?
 *
 * (a) reads an answer and checks, each within 1e-9 of the scale of the pool or activity concerned:
 *  1. 0 <= a <= u, and every number is a number;
 *  2. pools: outflow <= inflow when empty, inflow <= outflow when full, both at a junction; what
 *     rests stands still; pull givers give no more than users draw beyond push (at target) or than
 *     users draw at all (junction with outlets); ports at a bound move no more than overflows or
 *     lacks; pull that no user reaches stands still;
 *  3. the definition: L_i and y_i as judge_rules.h has them, a_k = min(u_k, L_i);
 *  4. order, from rates and limits alone: where k could take more at a port than it gets (all else
 *     allows it), nobody of a worse class is served there and nobody of its class is fuller.
 * A solver may give unlimited activities a capacity of its own, as long as it never rules: what it
 * used is read from the largest claim or limit it reports. It may also leave pull that no user
 * reaches in its claims, as long as it stands still.
 *
 * Where a loop of claims was raised (self-feeding), ports at its pools are excused from 3 and 4,
 * since what the raise adds is not a limit of rates.h and who gives way is decided for the pool as
 * a whole; elsewhere a limit may say less than 3 would, never more. 1 and 2 hold for all, and (c)
 * sees that nobody loses by it.
 *
 * (b) compares rates with judge_rules_propagate.
 */
#ifndef TESTS_SUPPORT_JUDGE_CHECKS_H
#define TESTS_SUPPORT_JUDGE_CHECKS_H

#include "tests/support/judge_answer.h"
#include "tests/support/judge_rules.h"

struct judge_complaint {
    char text[500];
};

/** True when nothing is wrong; else `out` says the first thing that is. `circular` comes from
 * judge_rules_circular; `raised` excuses ports marked there. */
bool judge_checks_rules(const struct judge_view *view, const struct judge_answer *a,
                        const int8_t *circular, bool raised, struct judge_complaint *out);

/** The largest difference of rates over each activity's scale (capacity, or what its pools could
 * move through it); `out_worst` is the activity. */
double judge_checks_distance(const struct judge_view *v, const double *rate, const double *other,
                             int32_t *out_worst);

/** The scale of activity k for tolerances [1/s]. */
double judge_checks_scale(const struct judge_view *v, const double *rate, int32_t k);

#endif
