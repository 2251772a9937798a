/** @file
 * Trial loads: each value that the axes of a study list, once, before hours go into its runs.
 *
 * A value is tried at a point of the plan that has it; loading one point tries the values of all
 * axes there. Where a point does not load, others with the same value are tried, so that a value is
 * refused only when none of them loads. Drawn axes are tried near both ends of what they can give,
 * the other axes as at the first point. At most SIM_SWEEP_TRY_MOST loads are made; how many values
 * are left is told as a warning. Nothing is tried of combinations: those that do not load are
 * failed runs.
 *
 * Floor 3.
 */
#ifndef SIM_SWEEP_SWEEP_TRY_H
#define SIM_SWEEP_SWEEP_TRY_H

#include "sim/sweep/sweep_setup.h"

#define SIM_SWEEP_TRY_MOST 1000 // [-] loads

/** SIM_INPUT with the mistakes of values that no point loads with. */
enum sim_status sim_sweep_try_values(const struct sim_sweep_setup *s,
                                     struct sim_diag *diag) SIM_MUST_USE;

#endif
