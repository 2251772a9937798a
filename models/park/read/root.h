/** @file
 * The table of a whole park file, made of the kinds that are handed in: its groups.
 *
 * Made once for a file; parks that are loaded from another share it. Const once made.
 *
 * Private to models/park.
 */
#ifndef PARK_ROOT_H
#define PARK_ROOT_H

#include "models/park/base/kinds.h"

struct park_root {
    struct sim_kind kind; // for sim_kind_load and others
    const struct park_kind *const *kinds;
};

/** `kinds` ends with NULL, and lives as long. */
const struct park_root *park_root_make(struct sim_arena *a, const struct park_kind *const *kinds);

/** Of the file that sim_kind_load filled: the things of kind i (not `is_one`), as written. */
const struct sim_items *park_root_items(const void *file, int i);
/** The one thing of kind i, `is_one`; NULL: not in the file. */
struct park_thing *park_root_one(const void *file, int i);

#endif
