/** @file
 * When a block is full, for the files of `store` and their tests alone.
 *
 * A block is sealed when it is large or has many runs, but one of short runs not before it is some
 * seconds old: flushing costs milliseconds, and what a power cut takes is the open block.
 */
#ifndef SIM_STORE_PARTS_PRIV_H
#define SIM_STORE_PARTS_PRIV_H

#include "sim/store/parts.h"

struct sim_parts_limits {
    uint64_t bytes; // sealed from so many on
    int runs;       // sealed from so many on, when ...
    double age_s;   // ... it is so old
    int most_runs;  // sealed from so many on, however young
};

/** As sim_parts_open has them. */
struct sim_parts_limits sim_parts_limits_default(void);
void sim_parts_limit(struct sim_parts *p, const struct sim_parts_limits *limits);

#endif
