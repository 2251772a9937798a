/** @file
 * Measures inside a network: what ports of no own limit weigh (the essay in network.h). For
 * sim/flow only.
 */
#ifndef SIM_FLOW_MEASURES_PRIV_H
#define SIM_FLOW_MEASURES_PRIV_H

#include "sim/flow/network_priv.h"

/** Once the definition's ports (their number) and all capacities are there. */
void sim_measures_build(struct sim_network *net, int port_count,
                        const struct sim_network_weights *def, struct sim_arena *scratch);

/** What a measure is made of, as a state has it. */
struct sim_measures_of {
    const double *coef;            // by port
    const double *capacity, *most; // by activity: now, and what it may be
    const double *values;          // by measure, of those before it
};

double sim_measures_value(const struct sim_network *net, int32_t measure,
                          const struct sim_measures_of *of);

#endif
