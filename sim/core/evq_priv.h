/** @file
 * What tests of the event queue need and models must not touch. Floor 2.
 */
#ifndef SIM_CORE_EVQ_PRIV_H
#define SIM_CORE_EVQ_PRIV_H

#include "sim/core/evq.h"

#define SIM_EVQ_NUMBERS (1 << 24) // [-] pushes until the waiting events are numbered anew

/** Make as if `count` more events had been pushed and popped. */
void sim_evq_skip(struct sim_evq *q, int32_t count);

/** [-] Waiting, cancelled and free places together: what memory was taken for. */
int sim_evq_room(const struct sim_evq *q);

#endif
