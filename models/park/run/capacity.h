/** @file
 * How fast each activity may run now: its capacity at full share, times the share that the parts of
 * the run allow it (part.h).
 *
 * At full share that is the capacity of the park file, or what a part has set since (a profile, a
 * draw). What a part is about to let happen itself at its own pace (the far end of a pipe with
 * delay) it takes over: nothing is set here for it.
 *
 * One struct belongs to one run at a time; nothing is allocated after create.
 */
#ifndef PARK_CAPACITY_H
#define PARK_CAPACITY_H

#include "models/park/run/part.h"

/** Borrows both. Owned by the caller. */
struct park_capacity *park_capacity_create(const struct park *p, struct sim_flow *flow);
void park_capacity_destroy(struct park_capacity *k); // NULL is fine

/** The part that calls, in its `create`, sets the activity's capacity in the network itself. */
void park_capacity_own(struct park_capacity *k, int32_t activity);

/** Around the reset of the parts: nothing is set until it opens, then all is. */
void park_capacity_reset(struct park_capacity *k, const struct park_parts *parts, sim_time now);
void park_capacity_open(struct park_capacity *k, sim_time now);

/** Some part allows the activity another share than before; for whatever reason it stands, the
 * network looks at it again. */
void park_capacity_ask(struct park_capacity *k, sim_time now, int32_t activity);

/** The same of all activities of a key. */
void park_capacity_ask_all(struct park_capacity *k, sim_time now,
                           const struct park_roster_lists *activities, int32_t key);

/** [1/s] The activity's capacity at full share from now on. */
void park_capacity_set_most(struct park_capacity *k, sim_time now, int32_t activity, double most);

/** [1/s] The activity's capacity now. */
double park_capacity_now(const struct park_capacity *k, int32_t activity);

/** What the parts of the run leave an activity of its capacity. */
struct park_allowance {
    double share;        // [-] 0..1; 0 also where nothing is left because it is 0 at full share
    enum park_idle idle; // what is counted as the reason; RUNS: share is 1
    const char *words;   // "its calendar is closed"; of a share above 0 "a failure"; NULL: 1
};

struct park_allowance park_capacity_allowance(const struct park_capacity *k, sim_time now,
                                              int32_t activity);

/** [activity] What a user (build.h, is_user) would have drawn since the reset, had it got all;
 * others 0. Users without limit count as none. */
double park_capacity_wanted(const struct park_capacity *k, sim_time now, int32_t activity);

/** What failures took, and whatever else the parts measure. */
const struct park_parts *park_capacity_parts(const struct park_capacity *k);

#endif
