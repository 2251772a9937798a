/** @file
 * Crews, for what breaks and waits for them (breakdown_part.c).
 *
 * Private to models/park.
 */
#ifndef PARK_CREWS_H
#define PARK_CREWS_H

#include "models/park/base/kinds.h"

/** What becomes of a repair that is under way when the crew's hours end. */
enum park_closing {
    PARK_CLOSING_PAUSE, // goes on when they begin again
    PARK_CLOSING_FINISH // is finished first
};

struct park_crew {
    PARK_THING;
    int64_t size; // [-]
    struct sim_ref calendar_ref;
    int closing; // enum park_closing
    // resolved
    int32_t calendar; // -1: always there
};

#endif
