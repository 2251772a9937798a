/** @file
 * Ranks: who comes first when things happen at one instant, and lists of who depends on whom.
 *
 * Events of one instant and kind go in the order of their entities' ranks. A rank follows from the
 * names alone: the park, then calendars, crews, failures, profiles, drawn levels, activities, each
 * group by name. So the order of declaration changes nothing.
 *
 * Const once made.
 */
#ifndef PARK_ROSTER_H
#define PARK_ROSTER_H

#include "models/park/base/park.h"

struct park_roster {
    int32_t calendars, crews, failures, profiles; // rank of the first one of each group
    int32_t *activities;                          // by activity; owned
    int32_t count;                                // of all ranks; the park's own is 0
};

void park_roster_init(struct park_roster *r, const struct park *p);
void park_roster_fini(struct park_roster *r);

/** Items by key: those of key k stand in items[first[k]] .. items[first[k + 1]], ascending. */
struct park_roster_lists {
    int32_t *first; // key_count + 1
    int32_t *items;
};

/** `key` of each item; -1 leaves it out. */
void park_roster_lists_init(struct park_roster_lists *l, int key_count, const int32_t *key,
                            int item_count);
void park_roster_lists_fini(struct park_roster_lists *l);

#endif
