/** @file
 * Sparse linear systems of a few to a few thousand unknowns, solved once and thrown away: the fill
 * levels of a circular block. Gaussian elimination; the pivot is the entry whose elimination
 * touches least (Markowitz 1957) among those at least a tenth of the largest of their row. Rows of
 * one unknown, and unknowns of one row, go first, so chains and trees cost what they are long, and
 * a ring of n about n.
 *
 * The order of work depends on the pattern and the numbers alone. For sim/flow only.
 */
#ifndef SIM_FLOW_SPARSE_H
#define SIM_FLOW_SPARSE_H

#include "sim/base/vec.h"

#include <stdbool.h>
#include <stdint.h>

struct sim_sparse_entry {
    int32_t column;
    double value;
};

/** Working memory: all zero to begin with, kept between systems. */
struct sim_sparse {
    SIM_VEC(struct sim_sparse_entry) entries;
    SIM_VEC(int32_t) begin, count, column_count, next, previous, head, mark, place, pivot_row;
    SIM_VEC(int32_t) at_column, at_row, at_next; // rows that may hold a column, as linked lists
    SIM_VEC(double) size, scale;
    int rows;
};

void sim_sparse_fini(struct sim_sparse *s);

/** Begin a system of `n` unknowns without rows. */
void sim_sparse_begin(struct sim_sparse *s, int n);

/** Add a number to the row being made; a column at most once a row. */
static inline void sim_sparse_put(struct sim_sparse *s, int32_t column, double value)
{
    SIM_VEC_PUSH(&s->entries, (struct sim_sparse_entry){column, value});
}

/** The row is complete; the next one begins. */
void sim_sparse_end_row(struct sim_sparse *s);

/** Solve; `b`, a number a row, becomes the unknowns. False when the system is singular: a pivot
 * below 1e-11 of the largest number that its row began with. The rows are used up. */
bool sim_sparse_solve(struct sim_sparse *s, double *b);

#endif
