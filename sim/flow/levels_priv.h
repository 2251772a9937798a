/** @file
 * How circular blocks are solved for the fill levels of their classes (levels.c). For sim/flow
 * only.
 */
#ifndef SIM_FLOW_LEVELS_PRIV_H
#define SIM_FLOW_LEVELS_PRIV_H

#include "sim/flow/rates_priv.h"

struct sim_levels *sim_levels_create(const struct sim_network *net);
void sim_levels_destroy(struct sim_levels *levels, const struct sim_network *net);

/** What is kept of the block that begins at port `block` no longer holds: its ports changed, or a
 * condition at one of its pools. */
void sim_levels_forget(struct sim_levels *levels, int32_t block);

/** Solve the circular block that begins at port `first`. False when no fixed point was found.
 * `out_is_open`: it may be one of many, and nothing is set yet; else limits, claims and rates of
 * the block are, and others told. */
bool sim_levels_solve(struct sim_rates *r, int32_t first, bool *out_is_open);

/** After a solve that is open: the limit, uncut, that was found for a port of the block. */
double sim_levels_limit(const struct sim_rates *r, int32_t first, int32_t port);

/** Whether some circle of blocked limits may feed itself more than it has, after a solve of the
 * block that is not open: were every rise passed on in full, could one come back larger? */
bool sim_levels_may_feed(struct sim_rates *r, int32_t first);

#endif
