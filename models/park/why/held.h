/** @file
 * What processes could have made and did not, and why: hours and amount by cause.
 *
 * A process that runs below what it could, though it is open and whole, is *held back*. What it
 * could is its capacity now: its level, its calendar, its dates and its failures count, so a closed
 * or broken process is not held back, and a derated one only below what is left to it. A pull
 * process could make no more than is asked of it; a stock that is to be filled asks for all, one
 * that falls to its reorder level for nothing. What it did not make counts as loss, whoever wanted
 * it, in its product's unit; so do the hours, however little was missing. The cause is the end of
 * the chain that `why` follows (chain.h, held_causes.h), not the next neighbour.
 *
 * Beside it: what users of pull processes asked for and did not get, where they make something
 * themselves (build.h, `is_pull_user`): the port's claim, that is what the rest of the user allows
 * it to draw, less what it drew. One that its turndown switched off claims its capacity where it
 * was short.
 *
 * Rates hold between two settles, so all is booked when something changed: of the processes at
 * the pools that a settle touched (flow.h), and of those whose chain passes there. Each chain
 * knows the pools that it looked at; whom one blames at a pool is remembered until it is touched.
 * So the cost follows what changed, not the park.
 *
 * What its turndown switched off counts with all that is asked of it, by what was short for it when
 * it was last tried (tried.h).
 *
 * One belongs to one run at a time; nothing is allocated after warm-up.
 */
#ifndef PARK_HELD_H
#define PARK_HELD_H

#include "models/park/why/held_causes.h"

struct park_held; // opaque

/** Borrows what the view borrows; its `now` does not matter. Owned by the caller. */
struct park_held *park_held_create(const struct park *p, struct sim_flow *flow,
                                   const struct park_capacity *capacity);
void park_held_destroy(struct park_held *h); // NULL is fine

/** Nothing is held back, from now on; the flow was reset. */
void park_held_reset(struct park_held *h, sim_time now);

/** The warm-up is over: what was counted is forgotten, what holds goes on. */
void park_held_restart(struct park_held *h, sim_time now);

/** The network has settled now: look at whatever it touched. */
void park_held_settle(struct park_held *h, sim_time now);

const struct park_held_causes *park_held_causes(const struct park_held *h);
const struct park_tried *park_held_tried(const struct park_held *h);

/** [h], and [SI of the product] not made, since the restart. */
double park_held_hours(const struct park_held *h, sim_time now, int32_t process, int32_t cause);
double park_held_amount(const struct park_held *h, sim_time now, int32_t process, int32_t cause);

/** [SI] What the pull user of this move asked for more, since the restart. */
double park_held_unserved(const struct park_held *h, sim_time now, int32_t move);

/** Look at all anew: what was kept since nothing touched it must be what holds (ECO_VALIDATE). */
void park_held_validate(const struct park_held *h);

/** What is held back of a process at one instant. */
struct park_held_now {
    double rate; // [SI of the product / s] that it could make more; 0: not held back
    struct park_chain chain;
};

/** Of the process behind an activity, now. */
struct park_held_now park_held_look(const struct park_cause_view *v, int32_t activity);

/** The stream that a process's loss is told in: its product, or what its capacity refers to. */
int32_t park_held_stream(const struct park *p, int32_t process);

#endif
