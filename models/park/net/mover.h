/** @file
 * What users call an activity, and in what its rate is told.
 *
 * Const data of the park; thread-safe.
 */
#ifndef PARK_MOVER_H
#define PARK_MOVER_H

#include "models/park/base/park.h"

enum {
    PARK_MOVER_TEXT = 400 // bytes that a title needs at most; longer ones are cut
};

/** What the trace calls an activity: its name, but "exchange sludge" for a contract, "mill.yard
 * overflows to landfill" and "market fills mill.yard" for what a stock does at a bound, and
 * "mill>landfill:sludge" for a disposal. Returns out. */
char *park_mover_title(const struct park *p, int32_t activity, char out[PARK_MOVER_TEXT]);

/** The stream that an activity's rate is told in: a process's basis, else what moves. */
const struct park_stream *park_mover_stream(const struct park *p, int32_t activity);

/** [unit of that stream / h] from a rate of the activity [1/s]. */
double park_mover_per_hour(const struct park *p, int32_t activity, double rate);

#endif
