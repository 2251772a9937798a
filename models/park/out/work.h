/** @file
 * How much work the rates of a run took: claims and pools touched per event, and how loops were
 * solved.
 *
 * A run puts these figures into its row, under /execution of the results file: they say how the
 * program came to the rates, not what they are, so they are outside "the same bytes" (though a run
 * gives the same ones whatever the number of threads). An event here is an instant at which rates
 * had to be found anew. Means over replications, also of the largest.
 */
#ifndef PARK_WORK_H
#define PARK_WORK_H

#include "sim/flow/rates.h"
#include "sim/store/row.h"
#include "sim/sweep/model.h"

/** Declare the variables. */
void park_work_declare(struct sim_schema *out);

/** Put what a run did into its row. */
void park_work_put(const struct sim_schema *s, struct sim_row *row,
                   const struct sim_rates_work *work);

/** One line on how much was looked at, and a warning when names decided; the other figures are for
 * --json and the file. */
void park_work_text(const struct sim_outcome *outcome, const struct sim_sink *out);

/** Add the object `rates`. */
void park_work_json(const struct sim_outcome *outcome, struct json_t *object);

#endif
