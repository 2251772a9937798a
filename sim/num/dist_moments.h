/** @file
 * Moments of cut distributions, in closed form. For dist.c only.
 *
 * moments.first and .second are E[X; X in [min, max]] and E[X^2; ...]: not yet divided by the
 * chance of the interval. Normal is done apart, centred, as that keeps digits.
 *
 * Floor 1. Pure.
 */
#ifndef SIM_NUM_DIST_MOMENTS_H
#define SIM_NUM_DIST_MOMENTS_H

#include "sim/num/dist.h"

struct sim_dist_moments {
    double mean;
    double variance;
};

/** Of a prepared distribution, as cut. */
struct sim_dist_moments sim_dist_moments_of(const struct sim_dist *d);

#endif
