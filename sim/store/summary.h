/** @file
 * Means over the replications of one point.
 *
 * Rows are added in order of replication, so that the sums do not depend on threads. Values that
 * are not there (NaN) do not count: each value has its own number of runs.
 *
 * Antithetic replications 2k and 2k + 1 depend on each other, so their spread says nothing of the
 * mean's error; the means of pairs do not. Paired, a summary gives the mean over all runs, but
 * half-widths and numbers of complete pairs.
 *
 * Floor 2. One thread at a time; the schema is borrowed.
 */
#ifndef SIM_STORE_SUMMARY_H
#define SIM_STORE_SUMMARY_H

#include "sim/store/row.h"

struct sim_summary; // opaque: count, mean and sum of squares of each float64 total

struct sim_summary *sim_summary_create(const struct sim_schema *s);
void sim_summary_destroy(struct sim_summary *m); // NULL is fine
void sim_summary_reset(struct sim_summary *m);

/** Half-widths and numbers are those of pairs from now on; before the first row. */
void sim_summary_pair(struct sim_summary *m);

/** Add one run that went well: a row with or without series. Paired, its replication must be said.
 */
void sim_summary_add(struct sim_summary *m, const struct sim_row *row);
void sim_summary_add_replication(struct sim_summary *m, const struct sim_row *row,
                                 int64_t replication);

int64_t sim_summary_count(const struct sim_summary *m); // [-] rows added

/** Means and 95 % half-widths (Student) of float64 totals into totals rows; half-widths of fewer
 * than two values are NaN, means of none too. Other totals: those of the first row added. */
void sim_summary_rows(struct sim_summary *m, struct sim_row *out_mean,
                      struct sim_row *out_half_width);

/** The largest magnitude of each float64 total in any run; NaN where none has it. */
void sim_summary_largest(const struct sim_summary *m, struct sim_row *out);

/** How many runs (paired: complete pairs) have the value. */
int64_t sim_summary_n(const struct sim_summary *m, int var, int64_t at);

#endif
