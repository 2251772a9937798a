/** @file
 * In what the rate of an activity is told.
 *
 * Const data of the park; thread-safe.
 */
#ifndef PARK_MOVER_H
#define PARK_MOVER_H

#include "models/park/base/park.h"

/** The stream that an activity's rate is told in: a process's basis, else what moves. */
const struct park_stream *park_mover_stream(const struct park *p, int32_t activity);

/** [unit of that stream / h] from a rate of the activity [1/s]. */
double park_mover_per_hour(const struct park *p, int32_t activity, double rate);

#endif
