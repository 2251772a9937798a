/** @file
 * Whether the designs of a study fit into one results file.
 *
 * Designs may differ in firms, links, streams and in all figures; what a results file has but once
 * they must share: its clock, what is recorded, its seed, its money, and the unit of each
 * stream. No axis of a study may change them either.
 *
 * Thread-safe.
 */
#ifndef PARK_DESIGNS_FIT_H
#define PARK_DESIGNS_FIT_H

#include "sim/base/err.h"
#include "sim/store/schema.h"

struct park;

/** `parks` are struct park *. SIM_INPUT: all that differs, by design. */
enum sim_status park_designs_fit_agree(const void *const *parks, int count,
                                       struct sim_err *err) SIM_MUST_USE;

/** Has the schema all that the park has? SIM_INPUT names the first that it lacks. */
enum sim_status park_designs_fit_schema(const struct park *p, const struct sim_schema *schema,
                                        struct sim_err *err) SIM_MUST_USE;

/** Would runs of a park fit into the results declared of `first`, which is the same design with
 * another value of an axis? SIM_INPUT names what they do not share. */
enum sim_status park_designs_fit_axis(const struct park *p, const struct park *first,
                                      const struct sim_schema *schema,
                                      struct sim_err *err) SIM_MUST_USE;

#endif
