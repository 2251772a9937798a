/** @file
 * What tests of the event queue need and models must not touch. Floor 2.
 */
#ifndef SIM_CORE_EVQ_PRIV_H
#define SIM_CORE_EVQ_PRIV_H

#include "sim/core/evq.h"

/** Make as if entity `who` had pushed `count` events more: brings its counter near its end. */
void sim_evq_skip(struct sim_evq *q, int32_t who, int64_t count);

#endif
