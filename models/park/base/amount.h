/** @file
 * Amounts and rates as people read them: in the unit of their stream. Inside all are in SI.
 */
#ifndef PARK_AMOUNT_H
#define PARK_AMOUNT_H

#include "models/park/base/park.h"

/** An amount or rate in the stream's own unit from SI: kg -> t. Exact factors (simtime.h, units.h).
 */
double park_amount_in_unit(const struct park_stream *s, double si);

#endif
