/** @file
 * Random networks in which the hard things are common.
 *
 * Network `number` of `seed` is always the same, on any machine: its draws come from Philox keyed
 * by the two. Names are random letters, so that ranks by name are shuffled. What is drawn: shape
 * (tree, one-way mesh, mesh, ring of neighbours), motifs set into it (several suppliers by order,
 * alternative outlets, two shortages shared by the same users, loops of processes with gain below,
 * at and above 1 with vents, loops nested in one another, a CHP that powers its own mill, joint
 * products beside a single one, two links with opposite orders at their ends, reclaimed water),
 * stocks and their conditions, classes, shares, losses, pull givers, outlets, ports that work at a
 * bound only, unlimited sources, links or sinks where something else bounds them, capacities of
 * zero, round and odd numbers, and scales that differ by stream and by activity. Links point one
 * way along a hidden order of pools, so no loop consists of links alone.
 */
#ifndef TESTS_SUPPORT_RANDOM_NETWORK_H
#define TESTS_SUPPORT_RANDOM_NETWORK_H

#include "tests/support/judge_net.h"

/** Fill `out` with network `number` of `seed`: 2 to 60 pools. */
void random_network_make(uint64_t seed, uint64_t number, struct judge_net *out);

/** The same, and besides: takers that are sales or outlets, givers that may not serve them, at
 * junctions and at stocks, overflows beside pull givers, and ports that weigh a measure. */
void random_network_make_torn(uint64_t seed, uint64_t number, struct judge_net *out);

/** One random change of state (a capacity, or a stock's condition), as a run makes them. */
void random_network_disturb(struct judge_net *n, struct sim_rng *rng);

/** Another coefficient for a random port: from a third to three times what it has, or, in half of
 * the calls, a round share of it, so that ties stay common. */
void random_network_alter(struct judge_net *n, struct sim_rng *rng);

/** The draws of network `number` for this purpose (1 disturb, 2 shuffle, 3 scale, 4 alter, ...). */
struct sim_rng random_network_rng(uint64_t seed, uint64_t number, uint64_t purpose);

#endif
