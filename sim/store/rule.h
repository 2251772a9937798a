/** @file
 * How many replications a point needs: a fixed number, or until a mean is known well enough.
 *
 * The rule reads replications in their order and nothing else, so neither threads nor shards nor
 * interruptions change its answer: it stops at the first n from `at_least` on (and even, for
 * antithetic pairs) at which the half-width of the confidence interval of the mean (Student) is at
 * most `share` of its magnitude, and at `at_most` whatever the width. Runs that failed have no
 * value and count as replications; where all of the first `at_least` failed, as those of a point
 * that cannot even be loaded do, it stops there. With fewer than two values there is no width, and
 * it goes on; a half-width of exactly 0 is always narrow enough.
 *
 * Floor 2. One thread.
 */
#ifndef SIM_STORE_RULE_H
#define SIM_STORE_RULE_H

#include "sim/base/base.h"

#include <float.h>

#define SIM_RULE_FAILED (-DBL_MAX) // stands for the value of a run that failed

struct sim_rule {
    int32_t at_least;     // [-] replications
    int32_t at_most;      // [-] equal: a fixed number
    const char *response; // variable of scope RUN, one value a run; NULL: a fixed number
    double share;         // [-] of the magnitude of the mean
    double level;         // [-] of confidence, 0.95
    bool is_antithetic;   // widths are of the means of pairs
};

/** The number of replications at which the rule is met, looking at the first `n`: at most n, or -1
 * when more must be made. `values` has the response of each, NaN where it has none,
 * SIM_RULE_FAILED where the run failed; a fixed number reads none of them. The magnitude is that of
 * the mean over all values, pairs or not. */
int32_t sim_rule_first(const struct sim_rule *rule, const double *values, int32_t n);

/** Whether replications 0 .. n - 1 are all that the point needs, or else more must be made. */
bool sim_rule_is_met(const struct sim_rule *rule, const double *values, int32_t n);

#endif
