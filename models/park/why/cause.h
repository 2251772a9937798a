/** @file
 * Why something runs as fast as it does, and no faster, at one instant of a run.
 *
 * An activity is held by one of: what switches it off (a closed calendar, its dates, a failure, a
 * spent contract), its turndown, its capacity now, or the port with the least limit (sim/flow/
 * rates.h): an input of which there is no more, or an output for which there is no room. What only
 * passes on and has no limit of its own is held by what stands at its ends, never by itself.
 *
 * Reads a run, changes nothing.
 */
#ifndef PARK_CAUSE_H
#define PARK_CAUSE_H

#include "models/park/base/park.h"
#include "models/park/run/capacity.h"
#include "sim/flow/flow.h"

struct park_tried;

/** A run at an instant; borrowed. */
struct park_cause_view {
    const struct park *park;
    const struct sim_flow *flow;
    const struct park_capacity *capacity;
    const struct park_tried *tried; // NULL: what stood behind a turndown is not known
    sim_time now;
};

enum park_cause_kind {
    PARK_CAUSE_IDLE,     // switched off; `idle` says by what
    PARK_CAUSE_TURNDOWN, // it would run below its minimum
    PARK_CAUSE_CAPACITY, // it runs at its capacity now
    PARK_CAUSE_INPUT,    // `port` takes all it can get
    PARK_CAUSE_OUTPUT,   // `port` places all it can
    PARK_CAUSE_UNASKED   // no user reaches it
};

/** From where one comes along a chain of causes; decides what holds that which only passes on. */
enum park_cause_way {
    PARK_CAUSE_ANY,
    PARK_CAUSE_UPSTREAM,  // it gives too little
    PARK_CAUSE_DOWNSTREAM // it takes too little
};

struct park_cause {
    enum park_cause_kind kind;
    const char *idle; // of IDLE
    int32_t port;     // of INPUT and OUTPUT: index into the park's ports; else -1
};

struct park_cause park_cause_find(const struct park_cause_view *v, int32_t activity,
                                  enum park_cause_way way);

enum {
    PARK_CAUSE_TEXT = 400 // bytes that the texts below need at most; longer ones are cut
};

/** "sludge is the scarcest input; mill.yard is empty". Returns out. */
char *park_cause_words(const struct park_cause_view *v, int32_t activity, struct park_cause cause,
                       char out[PARK_CAUSE_TEXT]);

/** [unit of the pool's stream / h] what goes through a port now. */
double park_cause_flow(const struct park_cause_view *v, int32_t port);

/** "is empty", "is full", "is at its target", "is between empty and full"; junctions: "holds
 * nothing". */
const char *park_cause_condition(const struct park_cause_view *v, int32_t pool);

#endif
