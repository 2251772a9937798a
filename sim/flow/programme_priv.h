/** @file
 * The small linear programmes of loops that feed themselves: a group of activities, the sums that
 * its pools must keep, and rates found so far as floors (selffeed.c gathers them). For sim/flow
 * only.
 */
#ifndef SIM_FLOW_PROGRAMME_PRIV_H
#define SIM_FLOW_PROGRAMME_PRIV_H

#include "sim/flow/rates_priv.h"
#include "sim/flow/simplex.h"

/** An activity in the programme. Numbers are shares of `scale`. */
struct sim_programme_member {
    int32_t activity;
    int32_t rank; // class in which it was blocked
    double scale; // capacity
    double floor; // the rate found so far; then the answer
    double ceiling;
    double reach;    // the ceiling, were no make-up or overflow at rest
    int32_t column;  // its rise above the floor, -1 it has no room
    int32_t row;     // that ties it to its class's level, -1 none
    bool is_inside;  // has a port in the group
    bool is_blocked; // may rise in its class's turn
    bool is_held;    // was blocked when gathered
    bool is_resting; // make-up or overflow that is none at the floors
    bool is_reached; // by a user, were the loop to run
};

struct sim_programme {
    struct sim_rates *r;
    int32_t group;        // its smallest port
    bool is_by_rations;   // outsiders are to share what is left, by the rules
    bool has_failed;      // a maximum was not found
    sim_rates_ints ports; // of the group's blocks
    sim_rates_ints pools;
    SIM_VEC(struct sim_programme_member) members; // in order of names
    sim_rates_ints outsiders; // ports rationed at the group's pools that are not of its blocks
    int32_t *member_of;       // per activity, -1
    struct sim_simplex sums;  // columns: rises of members that have room; rows: pools
};

/** Whether the pool rations the side of port `j` now. */
static inline bool sim_programme_rations(const struct sim_rates *r, int32_t j)
{
    return sim_rates_bind_of(r->net, j, r->condition[r->net->ports[j].pool]) == SIM_RATES_BOUND;
}

/** Raise the members as far as the sums allow: class by class of those blocked, all of a class to
 * the same fill; then, by name, the others. Their floors are the answer. True when one inside rose;
 * `has_failed` when a maximum was not found, which then ends the run. */
bool sim_programme_solve(struct sim_programme *g);

/** Whether one inside could rise at all; the floors stay. */
bool sim_programme_is_open(struct sim_programme *g);

#endif
