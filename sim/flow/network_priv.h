/** @file
 * The network as the solver sees it: dense arrays in order of names. For sim/flow only.
 *
 * Inside, activities and pools are numbered by the order of their names and ports by (activity,
 * side, pool), so that walking an array is walking in order of names: sums and ties come out the
 * same whatever the order of declaration. `*_in` maps a definition's id to the inner one, `*_out`
 * back.
 */
#ifndef SIM_FLOW_NETWORK_PRIV_H
#define SIM_FLOW_NETWORK_PRIV_H

#include "sim/base/arena.h"
#include "sim/flow/network.h"

struct sim_network_pool {
    const char *name;
    double capacity, minimum, target, reorder, decay; // as in the definition; target > 0 always
    bool is_junction;
    bool has_pull;          // some giver is SIM_PORT_PULL
    int32_t decay_activity; // carries the decay on a bound; -1 none
    int32_t takers_begin;   // into at_pool: takers [takers_begin, givers_begin),
    int32_t givers_begin;   //               givers [givers_begin, ports_end)
    int32_t ports_end;
};

struct sim_network_activity {
    const char *name;
    double capacity; // finite: unlimited ones are cut to what their pools could ever carry
    double scale; // at most the capacity: about what its junctions could ever carry; for tolerances
    double turndown, restart_band;
    int32_t merit;
    bool is_link;
    bool is_pull; // its main output is pulled
    int32_t ports_begin, ports_end;
};

/** Rank of ports that come after all ordinary ones of their side (overflow, make-up). */
enum {
    SIM_NETWORK_LAST_RANK = 1 << 24
};

struct sim_network_port {
    int32_t activity, pool;
    double coef;
    double share; // 0: coef x capacity now
    int32_t rank;
    bool gives;
    bool is_pull;
    bool is_at_bound;
    int32_t followers[2]; // ports of hidden links that weigh what this one weighs, -1 none
    bool is_follower;
    bool is_self; // its activity touches the pool on the other side too: a loop of one
};

struct sim_network {
    struct sim_arena *arena;
    int pool_count, activity_count, port_count;
    struct sim_network_pool *pools;
    struct sim_network_activity *activities;
    struct sim_network_port *ports;
    int32_t *at_pool; // ports by pool: takers then givers, each by rank then name of activity
    int32_t *pool_in, *pool_out, *activity_in, *activity_out, *port_in, *port_out;
    int32_t *component; // per port: strongly connected component of all dependencies that any
                        // condition of the stocks could bring about; numbered in order of causes
    int32_t component_count;
    int32_t *component_size;
};

/** Fills component, component_count and component_size (labels.c). */
void sim_labels_components(struct sim_network *net);

#endif
