/** @file
 * `ecopark why PARK --at TIME ENTITY`: runs to that instant and tells what holds the entity, what
 * holds that, and so on (chain.h); of a stock or junction, how it stands and who deals with it.
 *
 * Of a process that could make more it says how much is held back, and by what in the end (held.h).
 *
 * All that happens at that instant has happened. An entity is a process ("mill.paper", or "paper"
 * where only one is called so), a contract, a link, a trade with a market as the trace names it, a
 * stock ("mill.yard") or a junction ("mill:steam").
 *
 * Thread-safe.
 */
#ifndef PARK_WHY_H
#define PARK_WHY_H

#include "sim/sweep/model.h"

extern const struct sim_option park_why_options[];

/** The command; `call->data` is the struct park. */
enum sim_status park_why_act(const struct sim_model_call *call, struct sim_err *err);

#endif
