/** @file
 * Markets, for trade with them.
 *
 * Private to models/park.
 */
#ifndef PARK_MARKETS_H
#define PARK_MARKETS_H

#include "models/park/base/kinds.h"

struct park_market {
    PARK_THING;
    struct sim_numbers at;
    struct sim_items sells, buys, disposes;
    // resolved
    int32_t party;
};

#endif
