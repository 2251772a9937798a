/** @file
 * Small dense linear systems, solved the same way to the last bit on every machine.
 *
 * Gaussian elimination in plain IEEE operations. (A BLAS chooses its kernels by the processor, so
 * its last bits differ between machines.) Matrices are row by row, `columns` wide.
 *
 * Floor 3. Thread-safe.
 */
#ifndef SIM_FLOW_DENSE_H
#define SIM_FLOW_DENSE_H

#include "sim/base/base.h"

/** Solve a x = b for n unknowns with partial pivoting; `a` (n x n) and `b` are overwritten, b by x.
 * False when a pivot is below 1e-11 of the largest number in the matrix: singular. */
bool sim_dense_solve(double *a, double *b, int n);

/** A basis of the null space of `a` (rows x columns, overwritten) by complete pivoting: row i of
 * `out` (room for columns x columns) is the i-th vector. `order` has room for `columns` numbers.
 * Returns the dimension. */
int sim_dense_null_space(double *a, int rows, int columns, double *out, int32_t *order);

#endif
