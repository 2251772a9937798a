/** @file
 * The designs of a park file: named lists of changes to the park as written.
 *
 * `designs` is taken out of the tree before the park is loaded, since it describes other parks, not
 * this one. A design is applied to a tree: first the designs that it extends, the farthest first,
 * then its own lines: `remove`, then `add`, then `set`. So a thing can be taken away and put anew,
 * `set` reaches into what was added, and the later line wins. Axes and --set come after that.
 *
 * What is wrong with the keys of any design (unknown ones, `extends` that leads nowhere) is told at
 * every load; what its lines do is told when it is the one that is loaded.
 *
 * Const once taken, and shared by all loads that start from one park. Private to models/park.
 */
#ifndef PARK_DESIGNS_H
#define PARK_DESIGNS_H

#include "models/park/base/park.h"
#include "sim/cfg/diag.h"
#include "sim/cfg/kind.h"
#include "sim/cfg/tree.h"

struct park_designs; // opaque: the group as written, and what was read of it

extern const struct sim_kind park_designs_kind;

/** Take the group `designs` out of an expanded tree. Never NULL; mistakes go to `d`. Owned by the
 * caller; trees that a design was applied to borrow from it. */
struct park_designs *park_designs_take(struct sim_tree *t, struct sim_diag *d);
void park_designs_destroy(struct park_designs *s); // NULL is fine

/** Which design is called so; -1: none, or the base. */
int park_designs_find(const struct park_designs *s, const char *name);

/** Of the i-th, in the order written: its name, its title (NULL: none), and what `place.via` calls
 * it, "design shared". NULL where there is none: -1 is the base, and after the last. */
const char *park_designs_name(const struct park_designs *s, int i);
const char *park_designs_title(const struct park_designs *s, int i);
const char *park_designs_via(const struct park_designs *s, int i);

/** Is there such a design (NULL and "base" always)? If not, a mistake that lists them. */
bool park_designs_has(const struct park_designs *s, const char *name, struct sim_diag *d);

/** Apply the i-th to a tree whose short forms are written out; so they are after it. -1: nothing.
 */
void park_designs_apply(const struct park_designs *s, int i, const struct sim_kind *root,
                        struct sim_tree *t, struct sim_diag *d);

/** For `show`: comment lines that name them all with their titles, the one shown with a star; ""
 * where there are none. Owned by the caller (free). */
char *park_designs_comment(const struct park_designs *s, const char *shown);

#endif
