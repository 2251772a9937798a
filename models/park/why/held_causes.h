/** @file
 * What may hold a process back: the list of all causes of a park, each with its name.
 *
 * A cause is where a chain of causes (chain.h) ends: at what limits or stops one activity
 * ("mill.boiler: its capacity", "brick.kiln: its calendar"), or at a place where nobody gives or
 * takes more ("mill:steam: nobody gives more"), since all there do what they can or nobody is
 * there. The list is worked out from the park alone, so it is the same for each run, and causes of
 * one name in two designs are the same. In a park where processes times causes would be more than
 * PARK_HELD_CAUSES_CELLS, things are not told apart, only sorts of causes are ("a capacity").
 *
 * An axis of a study changes values from run to run, and by that what may be a cause: an exchange
 * that is shut in some runs, a turndown that is 0 in some. Where a file holds runs of many values,
 * park_held_causes_init_any lists what any of them may have.
 *
 * Const once made.
 */
#ifndef PARK_HELD_CAUSES_H
#define PARK_HELD_CAUSES_H

#include "models/park/why/chain.h"

enum {
    PARK_HELD_CAUSES_CELLS = 20000 // [-] processes times causes that are told one by one
};

/** What ends a chain. Those before `GIVES` are of an activity, the next two of a place. */
enum park_held_sort {
    PARK_HELD_CAPACITY,
    PARK_HELD_FAILURE,  // broken, or derated
    PARK_HELD_CALENDAR, // closed
    PARK_HELD_DATES,
    PARK_HELD_LIMIT, // what its contract allows in a span is spent
    PARK_HELD_SHUT,  // `open = false`
    PARK_HELD_NONE,  // its level is 0
    PARK_HELD_TURNDOWN,
    PARK_HELD_GIVES,  // nobody gives more
    PARK_HELD_TAKES,  // nobody takes more
    PARK_HELD_CIRCLE, // the chain comes back to itself
    PARK_HELD_ELSE,   // anything else, such as a chain too long to follow
    PARK_HELD_SORTS
};

struct park_held_causes {
    const char **names;         // by cause
    enum park_held_sort *sorts; // by cause
    int count;
    bool is_by_sort;      // a cause is a sort
    int32_t *of_activity; // by activity, then sort; -1: cannot be; NULL where is_by_sort
    int32_t *of_pool;     // by pool: GIVES, TAKES; -1: cannot be; NULL where is_by_sort
    struct sim_arena *arena;
};

/** Borrows the park. */
void park_held_causes_init(struct park_held_causes *x, const struct park *p);
/** Those of all parks that differ from this by values alone. */
void park_held_causes_init_any(struct park_held_causes *x, const struct park *p);
void park_held_causes_fini(struct park_held_causes *x);

/** What a sort is called where things are not told apart: "a calendar". */
const char *park_held_causes_sort_name(enum park_held_sort sort);

/** The cause that a chain ends at, now. */
int32_t park_held_causes_end(const struct park_held_causes *x, const struct park_cause_view *v,
                             const struct park_chain *c);

#endif
