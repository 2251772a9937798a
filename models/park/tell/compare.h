/** @file
 * `ecopark compare`: the designs of a results file side by side, and which of them is better.
 *
 * For each response and design: its mean, and its difference to the baseline from pairs. A pair are
 * two runs with the same axis values and the same replication: with common random numbers both saw
 * the same breakdowns and demand, so what differs is the design.
 *
 * **What varies** gives the interval (Student). Where the study has sampled axes (Latin hypercube,
 * Sobol', CSV), each sampled point counts once: its replications are averaged first. Common random
 * numbers are common to all sampled points, too, so the luck of a replication does not average out
 * over them: it is taken from the table of points x replications (two ways, both random) and added;
 * with a single replication it is not known, and left out. Sobol' and Latin hypercube points cover
 * their ranges more evenly than independent draws, so the interval is rather too wide than too
 * narrow. Without sampled axes each replication counts once. Listed axes
 * are averaged over, or give rows of their own. Antithetic replications 2k and 2k + 1 count as one,
 * their mean. A replication (or sampled point) that lacks one of the values averaged over is left
 * out whole, so that both sides of a difference are means over the same cases.
 *
 * **Verdict**: better or worse where the interval of the difference excludes 0, else not
 * distinguishable. Each interval stands alone; of twenty at 95 % one errs.
 *
 * The computation is pure; sums go in the order of points and replications.
 */
#ifndef PARK_COMPARE_H
#define PARK_COMPARE_H

#include "sim/sweep/model.h"

struct park_compare_axis {
    const char *name;
    const char *units;        // NULL: none
    bool is_sampled;          // else listed
    const double *numbers;    // by point; NULL: texts
    const char *const *texts; // by point
};

/** What a study came to, but for its responses. */
struct park_compare_study {
    int64_t run_count, point_count;
    const double *run_point, *replication, *status; // by run; status 0: it went well
    const char *const *designs;                     // names
    int design_count;
    const int32_t *point_design; // by point: its design
    const struct park_compare_axis *axes;
    int axis_count;
    bool is_antithetic;
    bool is_independent; // each point has random numbers of its own
};

struct park_compare_ask {
    int baseline;   // a design
    const bool *by; // by axis: it gives rows of its own
    double level;   // of confidence: 0.95
    int better;     // -1 less, +1 more, 0 not known
};

enum park_compare_verdict {
    PARK_COMPARE_BASELINE, // nothing to say
    PARK_COMPARE_UNKNOWN,  // fewer than two pairs
    PARK_COMPARE_SAME,     // all differences are 0
    PARK_COMPARE_BETTER,
    PARK_COMPARE_WORSE,
    PARK_COMPARE_HIGHER, // where nobody says which is better
    PARK_COMPARE_LOWER,
    PARK_COMPARE_UNCLEAR
};

/** A design within a group of axis values. */
struct park_compare_row {
    int design;
    int64_t point;           // one of the group, for its axis values
    int64_t n;               // [-] values that the mean is of
    double mean, half_width; // in the response's unit; NaN: none, or fewer than two
    int64_t pairs;           // [-]
    double difference;       // to the baseline; NaN: none
    double difference_half_width;
    double relative;  // [-] the difference by the magnitude of the baseline's mean over the pairs
    double in_favour; // [-] share of the pairs with a difference to the better (not known: higher)
    int64_t dropped;  // [-] values that are missing in one or both runs of a pair
    bool is_uneven;   // only_if leaves the baseline other axis values within the group
    enum park_compare_verdict verdict;
};

struct park_compare_rows {
    struct park_compare_row *data;
    int count, capacity;
};

/** Compare by one response; `values` by run, NaN where there is none. Rows go by group, then by
 * design; free them with SIM_VEC_FREE. */
void park_compare_make(const struct park_compare_study *s, const struct park_compare_ask *ask,
                       const double *values, struct park_compare_rows *out);

/** Places of the largest table that comparing makes: designs x cases (axis values, replications). A
 * study fills most of them, so they are hardly more than its runs. */
double park_compare_places(const struct park_compare_study *s);

const char *park_compare_verdict_text(enum park_compare_verdict verdict);

/** The command. */
extern const struct sim_option park_compare_options[];
extern const char park_compare_details[];
enum sim_status park_compare_act(const struct sim_model_call *call, struct sim_err *err);

#endif
