/** @file
 * A definition that grows while network.c makes a network of it, and its splitting: pools where
 * some giver may not serve some taker become several, so that classes hold for all others (the
 * essay in network.h says how). For sim/flow only.
 */
#ifndef SIM_FLOW_SPLIT_PRIV_H
#define SIM_FLOW_SPLIT_PRIV_H

#include "sim/base/arena.h"
#include "sim/base/vec.h"
#include "sim/flow/network.h"

/** The port of a hidden link weighs what the port that it stands for does. */
struct sim_split_follower {
    int32_t port, of;
};

struct sim_split_draft {
    struct sim_arena *arena;
    SIM_VEC(struct sim_pool_def) pools;
    SIM_VEC(struct sim_activity_def) activities;
    SIM_VEC(struct sim_port_def) ports;
    SIM_VEC(struct sim_split_follower) followers;
};

bool sim_split_may_serve(unsigned giver, unsigned taker); // flags of both

/** Split what must be; `is_junction` is per pool of the definition. */
void sim_split_pools(struct sim_split_draft *d, const bool *is_junction);

#endif
