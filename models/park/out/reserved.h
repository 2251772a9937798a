/** @file
 * Names that a park's results take for themselves, so that no axis or response of a study may.
 *
 * Const data; thread-safe.
 */
#ifndef PARK_RESERVED_H
#define PARK_RESERVED_H

#include "sim/sweep/model.h"

#define PARK_RESERVED_COUNT 17

/** As in struct sim_schema_names: one that ends with '_' stands for all that begin so. */
extern const char *const park_reserved_names[PARK_RESERVED_COUNT];

#endif
