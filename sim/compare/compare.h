/** @file
 * `compare`: the designs of a results file side by side, and which of them is better. It asks for
 * designs, axes, replications and responses alone, so it compares the results of any model.
 *
 * For each response and design: its mean, and its difference to the baseline from pairs. A pair are
 * two runs with the same axis values and the same replication: with common random numbers both saw
 * the same draws, so what differs is the design.
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
#ifndef SIM_COMPARE_H
#define SIM_COMPARE_H

#include "sim/base/err.h"
#include "sim/store/reader.h"
#include "sim/sweep/option.h"
#include "sim/sweep/sink.h"

struct sim_compare_axis {
    const char *name;
    const char *units;        // NULL: none
    bool is_sampled;          // else listed
    const double *numbers;    // by point; NULL: texts
    const char *const *texts; // by point
};

/** What a study came to, but for its responses. */
struct sim_compare_study {
    int64_t run_count, point_count;
    const double *run_point, *replication, *status; // by run; status 0: it went well
    const char *const *designs;                     // names
    int design_count;
    const int32_t *point_design; // by point: its design
    const struct sim_compare_axis *axes;
    int axis_count;
    bool is_antithetic;
    bool is_independent; // each point has random numbers of its own
};

struct sim_compare_ask {
    int baseline;   // a design
    const bool *by; // by axis: it gives rows of its own
    double level;   // of confidence: 0.95
    int better;     // -1 less, +1 more, 0 not known
};

enum sim_compare_verdict {
    SIM_COMPARE_BASELINE, // nothing to say
    SIM_COMPARE_UNKNOWN,  // fewer than two pairs
    SIM_COMPARE_SAME,     // all differences are 0
    SIM_COMPARE_BETTER,
    SIM_COMPARE_WORSE,
    SIM_COMPARE_HIGHER, // where nobody says which is better
    SIM_COMPARE_LOWER,
    SIM_COMPARE_UNCLEAR
};

/** A design within a group of axis values. */
struct sim_compare_row {
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
    enum sim_compare_verdict verdict;
};

struct sim_compare_rows {
    struct sim_compare_row *data;
    int count, capacity;
};

/** Compare by one response; `values` by run, NaN where there is none. Rows go by group, then by
 * design; free them with SIM_VEC_FREE. */
void sim_compare_make(const struct sim_compare_study *s, const struct sim_compare_ask *ask,
                      const double *values, struct sim_compare_rows *out);

/** Places of the largest table that comparing makes: designs x cases (axis values, replications). A
 * study fills most of them, so they are hardly more than its runs. */
double sim_compare_places(const struct sim_compare_study *s);

const char *sim_compare_verdict_text(enum sim_compare_verdict verdict);

/** What the command takes and does: tables on `out`. `expected` as in sim_reader_open_of. */
extern const struct sim_option sim_compare_options[];
extern const char sim_compare_details[];
enum sim_status sim_compare_act(struct sim_option_args *args,
                                const struct sim_reader_expected *expected, int expected_count,
                                const struct sim_sink *out, struct sim_err *err) SIM_MUST_USE;

#endif
