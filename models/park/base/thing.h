/** @file
 * What everything in a park file has: a name, a place in the file, and a rank.
 *
 * The struct of each kind begins with PARK_THING, so that whatever gathers, sorts, looks up or
 * reports things need not know which kind they are: it works on `struct park_thing`. Code of a
 * kind, which has the struct itself, says `link->name`; `&link->thing` is the same as a thing.
 *
 * Things of one kind are sorted by name, and the id is the rank, so the order of declaration
 * changes nothing. A utility is a firm, too: in both lists, with the id that it has among firms.
 */
#ifndef PARK_THING_H
#define PARK_THING_H

#include "sim/cfg/kind.h"

struct park_kind;

#define PARK_THING_FIELDS                                                                          \
    const char *name;              /* "mill.paper": unique within its kind */                      \
    const char *path;              /* "firms.mill.processes.paper": from the file's root */        \
    const char *title;             /* NULL: none */                                                \
    const struct sim_node *node;   /* where it is written */                                       \
    const struct park_kind *group; /* "processes" */                                               \
    const struct sim_kind *keys;   /* of its group, the one that it is: "boiler" */                \
    int32_t id                     /* rank by name within its group */

struct park_thing {
    PARK_THING_FIELDS;
};

/** The first member of the struct of a kind. */
#define PARK_THING                                                                                 \
    union {                                                                                        \
        struct park_thing thing;                                                                   \
        struct {                                                                                   \
            PARK_THING_FIELDS;                                                                     \
        };                                                                                         \
    }

/** The i-th of a list of any kind (`p->links`). */
const struct park_thing *park_thing_at(void *const *list, int32_t i);

#endif
