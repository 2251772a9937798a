/** @file
 * Designs of experiments: Latin hypercubes and Morris trajectories.
 *
 * Each axis draws from a stream of its own (sim/num/rng.h, keyed by the name of the axis), so what
 * one axis gets does not depend on the others: another axis more changes nothing.
 *
 * Latin hypercube (McKay, Beckman, Conover 1979): of n points each has a stratum [k/n, (k+1)/n) of
 * every axis to itself, at a random place in it.
 *
 * Morris (1991): r trajectories of k + 1 points each. A trajectory begins at a random point of a
 * grid of p levels, and each step moves one axis, each axis once, in random order, by half the
 * levels. What surprises: the levels stand at the middles of p equal chances, (l + 1/2)/p, not at 0
 * and 1, so that distributions without ends can be used; a step is 1/2 of the chance.
 *
 * Floor 1. Pure; thread-safe.
 */
#ifndef SIM_NUM_SAMPLE_H
#define SIM_NUM_SAMPLE_H

#include "sim/num/rng.h"

/** Strata of one axis of a Latin hypercube: 0 .. n - 1 in random order (Fisher and Yates). Takes
 * draws 0 .. n - 2 of `r`. */
void sim_sample_shuffle(struct sim_rng r, int32_t *out, int32_t n);

/** The uniform of a point in its stratum, in (0, 1), by draw n + point of `r`. */
double sim_sample_stratum(const struct sim_rng *r, int32_t stratum, int32_t n, int32_t point);

/** The level of one axis at a point of the Morris design: a number in 0 .. levels - 1. `axes` are
 * the streams of all `count` axes; point = trajectory (count + 1) + step. `levels` is even.
 * O(count).
 */
int32_t sim_sample_morris(const struct sim_rng *axes, int32_t count, int32_t levels, int32_t axis,
                          int64_t point);

/** The uniform of a level: (level + 1/2) / levels. */
double sim_sample_level(int32_t level, int32_t levels);

#endif
