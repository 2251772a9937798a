/** @file
 * What can happen to a park, and in which order at one instant.
 *
 * At one instant stocks that reach a bound come first (the network sets them), then the events
 * below in the order of their priorities, then of the rank of the entity's path, then as they were
 * pushed. Recording comes before whatever changes, so an interval ends with what held up to then.
 */
#ifndef PARK_HAPPENING_H
#define PARK_HAPPENING_H

#include "sim/core/evq.h"
#include "sim/core/trace.h"

/** Kinds of events; also their priorities at one instant, lower first. */
enum park_happening {
#define HAPPENING(name, remedy) PARK_HAPPENING_##name,
#include "models/park/run/happenings.def"
#undef HAPPENING
    PARK_HAPPENING_KINDS
};

#define PARK_HAPPENING_BIT(kind) (UINT32_C(1) << (kind))

/** What the parts of a run share. */
struct park_clock {
    struct sim_evq *queue;
    struct sim_trace *trace; // NULL: off
    sim_time now;
    sim_time end;    // nothing is planned after it
    int64_t *events; // [-] that happened so far; NULL: nobody counts
};

/** Let something happen later. What would come after the end of the run does not wait: the handle
 * is then zero. */

static inline sim_ev park_happening_push(const struct park_clock *c, sim_time when,
                                         enum park_happening kind, int32_t who, int32_t arg)
{
    if (when > c->end) {
        return (sim_ev){0};
    }
    const struct sim_event e = {
        .when = when, .priority = (int32_t)kind, .who = who, .kind = (int32_t)kind, .arg = arg};
    return sim_evq_push(c->queue, &e);
}

/** The event that happens now stands for several, alike, at one instant: count the others. */
static inline void park_happening_join(const struct park_clock *c, int32_t others)
{
    if (c->events != NULL) {
        *c->events += others;
    }
}

#endif
