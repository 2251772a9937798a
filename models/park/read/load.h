/** @file
 * From the text of a park file to its things: the first half of opening a park (open.h).
 *
 * The file is read as written, with its designs aside; the design and the overrides that are asked
 * for change the tree; the things of all kinds are gathered from it, and the names in them become
 * ids. Mistakes go to `d`; what follows from them is told as far as it makes sense.
 *
 * Private to models/park.
 */
#ifndef PARK_LOAD_H
#define PARK_LOAD_H

#include "models/park/read/root.h"
#include "sim/sweep/model.h"

/** Read as written; NULL when nothing could be read of it. Owned by the caller: park_load_free. */
struct park *park_load_file(const char *path, const struct park_kind *const *kinds,
                            struct sim_diag *d);
struct park *park_load_text(const char *name, const char *text,
                            const struct park_kind *const *kinds, struct sim_diag *d);
/** What `origin` was read as, without reading it again; it must live longer. */
struct park *park_load_again(const struct park *origin);
/** All but the network. */
void park_load_free(struct park *p);

/** The design of `source`, which there is, then its overrides, end and seed. */
void park_load_change(struct park *p, const struct sim_model_source *source, struct sim_diag *d);

/** Things with ids. `l` is for what comes next, until park_load_end. */
void park_load_things(struct park_loader *l, struct park *p, struct sim_diag *d);
void park_load_end(struct park_loader *l);

/** The generated tables of configs/README.md; owned by the caller (free). */
char *park_load_reference(const struct park_kind *const *kinds);

#endif
