/** @file
 * What bounds an activity whatever it is asked for, by the coefficients: the capacity of one that
 * is unlimited, and the scale of each for tolerances. For sim/flow only.
 *
 * An unlimited activity gets the largest rate that the other side of its junctions could ever
 * carry, a number to weigh and to count with. What it reads has a bound already: limited activities
 * at first (pass 0), then those bounded by these (pass 1), and so on. Whether a sum is finite does
 * not depend on the coefficients in it, so the pass of each activity is the network's; only the
 * number changes with them.
 *
 * The *scale* is the capacity, cut in a few synchronous passes to what the other side of its
 * junctions could carry, so that an ample capacity hides no small flow.
 *
 * **While a run goes on** both are kept for the state's coefficients, the same to the bit as in a
 * network built with them: a change is followed pass by pass to those who read what it changed, and
 * no further. A state whose coefficients never change keeps the network's numbers and has no memory
 * for this.
 */
#ifndef SIM_FLOW_BOUNDS_PRIV_H
#define SIM_FLOW_BOUNDS_PRIV_H

#include "sim/base/vec.h"
#include "sim/flow/network_priv.h"

typedef SIM_VEC(int32_t) sim_bounds_ints;

/** Capacities of unlimited activities, and the scales of all, from the network's coefficients.
 * SIM_INPUT, with the name, when nothing bounds one. */
enum sim_status sim_bounds_build(struct sim_network *net, struct sim_arena *scratch,
                                 struct sim_err *err) SIM_MUST_USE;

struct sim_bounds; // a state's memory of how they came about

/** `net` and the arrays are borrowed until destroy: coefficients by port, capacities at most and
 * scales by activity. */
struct sim_bounds *sim_bounds_create(const struct sim_network *net, const double *coef,
                                     double *most, double *scale);
void sim_bounds_destroy(struct sim_bounds *b); // NULL is fine

/** All coefficients, capacities and scales are the network's again. */
void sim_bounds_reset(struct sim_bounds *b); // NULL is fine

/** The coefficients of these ports are others: bring capacities and scales up to date. Those that
 * changed are listed by activity; borrowed until the next call. */
void sim_bounds_update(struct sim_bounds *b, const int32_t *ports, int count,
                       const sim_bounds_ints **out_capacities, const sim_bounds_ints **out_scales);

#endif
