/** @file
 * The park as the engine meets it: one struct of callbacks (sim/sweep/model.h).
 *
 * Loaded data are a `struct park`, a state is a `struct park_run`.
 */
#ifndef PARK_MODEL_H
#define PARK_MODEL_H

#include "sim/sweep/model.h"

extern const struct sim_model park_park_model;

#endif
