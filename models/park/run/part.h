/** @file
 * A part of a run: whatever lives while a park runs, and the only way in which the loop knows it.
 *
 * A part is a const struct of functions and a state that one run owns. It takes the kinds of events
 * that are its own, hears of every rate that changes, and says what share of its capacity each
 * activity may use now. Of several parts the least share holds (a failure that leaves 40 % and a
 * ramp at 50 % leave 40 %). A part that lets an activity have another share than before says so
 * (park_capacity_ask); one that sets another capacity at full share does, too (..._set_most).
 *
 * All parts stand in parts.def, in the order in which they hear of a change, and in which they are
 * asked why something is idle. Members that are NULL: nothing of that sort. The state that `create`
 * returns is passed to each as `s`; where it returns NULL, nothing of it is in this park, and it is
 * not asked again.
 */
#ifndef PARK_PART_H
#define PARK_PART_H

#include "models/park/base/park.h"
#include "models/park/book/ledger.h"
#include "models/park/net/roster.h"
#include "models/park/run/happening.h"
#include "sim/flow/flow.h"
#include "sim/sweep/model.h"

struct park_capacity; // run/capacity.h

/** What a part may use; borrowed while the run lives. */
struct park_part_of {
    const struct park *park;
    const struct park_roster *roster;
    struct sim_flow *flow;
    struct park_ledger *ledger;
    struct park_capacity *capacity;
};

/** Why an activity's capacity is 0: what results and `why` tell apart. */
enum park_idle {
    PARK_IDLE_RUNS, // it is not
    PARK_IDLE_NOT_OPEN,
    PARK_IDLE_DATES, // outside of them
    PARK_IDLE_SPENT, // what its contract allows in a span
    PARK_IDLE_BROKEN,
    PARK_IDLE_CLOSED, // by its calendar
    PARK_IDLE_ZERO    // its capacity at full share is 0 now
};

/** What a part may be asked to measure. */
enum park_measure {
    PARK_MEASURE_DOWN_H // [h] since the reset: hours times the share that failures took; of a
                        // process by its id, or of a link by process_count and its id
};

struct park_part {
    const char *name;
    uint32_t events; // kinds of happenings that are its own: PARK_HAPPENING_BIT of each

    void *(*create)(const struct park_part_of *of); // owned by the run
    void (*destroy)(void *s);

    /** Flow and ledger are as at the start; set all, and plan the first events. */
    void (*reset)(void *s, const struct park_clock *c, const struct sim_trial *t);
    /** The warm-up is over: the ledger has just restarted. */
    void (*restart)(void *s, const struct park_clock *c);
    /** The network tells that the rate [1/s] of an activity changed. */
    void (*changed)(void *s, const struct park_clock *c, int32_t activity, double rate);
    /** One of its events. */
    void (*happen)(void *s, const struct park_clock *c, const struct sim_event *e);
    /** The network has settled; true: something was set, settle again. */
    bool (*settled)(void *s, const struct park_clock *c);
    /** The run ends: book what is due. */
    void (*close)(void *s, const struct park_clock *c);

    /** [-] 0..1 of its capacity that the activity may use now. */
    double (*allows)(const void *s, sim_time now, int32_t activity);
    /** Why it is less than 1: the words for it, and what it is told as where it is 0. */
    const char *(*because)(const void *s, sim_time now, int32_t activity, enum park_idle *out);
    /** NAN: not its to measure. */
    double (*measure)(const void *s, enum park_measure what, int32_t of, sim_time now);
    /** Walk the state; what is broken ends the program (ECO_VALIDATE). */
    void (*validate)(const void *s, const struct park_clock *c);
};

// ---- All parts of one run; a struct belongs to one run at a time ----

/** All there are, ends with NULL: models/park/parts.def. */
extern const struct park_part *const park_part_all[];

struct park_parts; // opaque

/** Borrows what `of` does. Owned by the caller. */
struct park_parts *park_part_create(const struct park_part_of *of);
void park_part_destroy(struct park_parts *p); // NULL is fine

void park_part_reset(struct park_parts *p, const struct park_clock *c, const struct sim_trial *t);
void park_part_restart(struct park_parts *p, const struct park_clock *c);
void park_part_changed(struct park_parts *p, const struct park_clock *c, int32_t activity,
                       double rate);
void park_part_happen(struct park_parts *p, const struct park_clock *c, const struct sim_event *e);
bool park_part_settled(struct park_parts *p, const struct park_clock *c); // true: settle again
void park_part_close(struct park_parts *p, const struct park_clock *c);
void park_part_validate(const struct park_parts *p, const struct park_clock *c);

/** [-] 0..1, the least share that any part allows the activity now. */
double park_part_allow(const struct park_parts *p, sim_time now, int32_t activity);

/** The words of the first part that allows the activity no more than `share` (below 1); what it is
 * told as where that is 0. NULL, RUNS: none does. */
const char *park_part_because(const struct park_parts *p, sim_time now, int32_t activity,
                              double share, enum park_idle *out_idle);

/** 0 where no part measures it. */
double park_part_measure(const struct park_parts *p, enum park_measure what, int32_t of,
                         sim_time now);

#endif
