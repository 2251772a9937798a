/** @file
 * Stops a model that makes events without time moving.
 *
 * A park lives by minutes. More than ten thousand events (and twenty for each thing in the park)
 * within one second of its time are no model of anything: a stock whose reorder level almost is its
 * target, a failure whose times are in the wrong unit. Such a run would not end, so it fails, with
 * the names of those whose events came last and what to change. (Bounds that are reached again at
 * the very same instant are stopped by sim_flow_settle.)
 *
 * One struct belongs to one run at a time.
 */
#ifndef PARK_ENDLESS_H
#define PARK_ENDLESS_H

#include "models/park/net/roster.h"
#include "sim/base/err.h"

enum {
    PARK_ENDLESS_BOUND = -1, // as a kind of event: a stock reaches a bound; `who` is its pool
    PARK_ENDLESS_LAST = 64   // [-] events that are looked at to tell who it is
};

struct park_endless {
    sim_time since;       // the second under watch begins
    int64_t events, most; // [-] in it
    struct park_endless_event {
        int32_t kind, who, arg;
    } last[PARK_ENDLESS_LAST]; // in a ring
};

/** Begin a run. */
void park_endless_reset(struct park_endless *e, const struct park *p,
                        const struct park_roster *roster);

/** An event at `now`: PARK_ENDLESS_BOUND or an enum park_happening, with its `who` and `arg`. False
 * when there were too many. */
bool park_endless_add(struct park_endless *e, sim_time now, struct park_endless_event event);

/** SIM_FAILED with the names. */
enum sim_status park_endless_tell(const struct park_endless *e, const struct park *p,
                                  const struct park_roster *roster, struct sim_err *err);

#endif
