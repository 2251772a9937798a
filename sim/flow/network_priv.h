/** @file
 * The network as the solver sees it: dense arrays in order of names. For sim/flow only.
 *
 * Inside, activities and pools are numbered by the order of their names and ports by (activity,
 * side, pool), so that walking an array is walking in order of names: sums and ties come out the
 * same whatever the order of declaration. What follows from coefficients (capacities of unlimited
 * activities, scales) is here as the definition has it, and in a state as it is now. `*_in` maps a
 * definition's id to the inner one, `*_out` back.
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
    double declared; // as in the definition; INFINITY: unlimited
    double capacity; // finite: unlimited ones are cut to what their pools could ever carry
    double scale; // at most the capacity: about what its junctions could ever carry; for tolerances
    int32_t pass; // 0: limited; else when its bound was found (bounds_priv.h)
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
    double share; // 0: coef x capacity now
    int32_t rank;
    bool gives;
    bool is_pull;
    bool is_at_bound;
    int32_t measure;        // -1: none
    int32_t first_follower; // ports of hidden links that weigh what this one weighs, a list
    int32_t next_follower;  // of those that weigh what another weighs; -1: the last
    bool is_follower;
    bool is_self; // its activity touches the pool on the other side too: a loop of one
};

/** A measure: terms are ports, in order of their names; the first ones add, the others subtract. */
struct sim_network_measure {
    double factor;
    int32_t terms_begin, minus_begin, terms_end; // into measure_ports
    int32_t inner_begin, inner_end;              // into measure_inner: other measures it sums
    int32_t ways_begin, ways_end;                // into measure_ways: how to reach their places
    int32_t place_count;
    bool is_unlimited, is_either;
};

struct sim_network {
    struct sim_arena *arena;
    int pool_count, activity_count, port_count;
    struct sim_network_pool *pools;
    struct sim_network_activity *activities;
    struct sim_network_port *ports;
    double *coef;       // per port, as in the definition; a state has its own (rates_priv.h)
    int32_t pass_count; // of bounds (bounds_priv.h)
    int32_t *at_pool;   // ports by pool: takers then givers, each by rank then name of activity
    int32_t *pool_in, *pool_out, *activity_in, *activity_out, *port_in, *port_out;
    int32_t *component; // per port: strongly connected component of all dependencies that any
                        // condition of the stocks could bring about; numbered in order of causes
    int32_t component_count;
    int32_t *component_size;
    int measure_count;
    struct sim_network_measure *measures; // those that others sum come before them
    int32_t *measure_ports, *measure_inner;
    int32_t *measure_places;                 // of measure_inner
    struct sim_measure_way *measure_ways;    // activities are inner ids
    int32_t *measures_of, *first_measure_of; // activity k is in measures_of[first_measure_of[k]..]
    int32_t *outer, *first_outer;            // measure m is summed by outer[first_outer[m]..]
    int32_t *weighed, *first_weighed;        // ports that weigh measure m
};

/** Fills component, component_count and component_size (labels.c). */
void sim_labels_components(struct sim_network *net);

#endif
