/** @file
 * What stood behind each unit that its turndown switched off, when it was last tried.
 *
 * A unit that is off takes and gives nothing, so what the network shows of it later says nothing of
 * what it lacked. So the chain of causes (chain.h) is followed at the instant at which it fails to
 * keep or to reach its least load, with the rates that it would have: from what is short for it, or
 * for the unit that it would push below its own. It holds until the unit is tried anew, which is
 * whenever anything changed that the trial came by (flow.h).
 *
 * Where too little is asked of a pull unit nothing is short: its turndown alone holds it.
 *
 * One belongs to one run at a time.
 */
#ifndef PARK_TRIED_H
#define PARK_TRIED_H

#include "models/park/why/chain.h"

struct park_tried; // opaque

/** Borrows all; watches the flow's trials until destroy. Owned by the caller. */
struct park_tried *park_tried_create(const struct park *p, struct sim_flow *flow,
                                     const struct park_capacity *capacity);
void park_tried_destroy(struct park_tried *t); // NULL is fine

/** The flow was reset: nothing has been tried. */
void park_tried_reset(struct park_tried *t);

/** What was behind it; NULL: nothing was short. Of a unit that is off now. */
const struct park_chain *park_tried_of(const struct park_tried *t, int32_t activity);

/** Units of which something else is told since the last `forget`; borrowed. */
const int32_t *park_tried_changed(const struct park_tried *t, int *out_count);
void park_tried_forget(struct park_tried *t);

#endif
