/** @file
 * Sobol' points: sequences that fill a box far more evenly than random ones.
 *
 * Direction numbers of Joe and Kuo 2008 (new-joe-kuo-6, sobol_table.h) for up to 1,024 dimensions.
 * Points come in the order of the Gray code (Antonov and Saleev 1979), as Joe and Kuo and scipy
 * print them. Any 2^m points that begin at a multiple of 2^m hold, in each coordinate, exactly one
 * in each of 2^m equal intervals; in pairs of coordinates the same holds for many rectangles.
 *
 * Scrambled (Owen 1995, nested uniform scrambling): each binary digit is flipped by a coin that
 * belongs to the digits before it, to all depths. Means stay unbiased, the evenness stays, and for
 * smooth functions the error falls like n^-1.5. The coins are drawn from a stream of random numbers
 * (one for each coordinate), so any point of any dimension is computed alone, at once.
 *
 * The rule that surprises: the first point must not be left out, and the number of points should be
 * a power of two; otherwise evenness is lost.
 *
 * Floor 1. Const once made; any thread may read it.
 */
#ifndef SIM_NUM_SOBOL_H
#define SIM_NUM_SOBOL_H

#include "sim/num/rng.h"

enum {
    SIM_SOBOL_DIMENSIONS = 1024,
    SIM_SOBOL_BITS = 32 // of each coordinate, and of the number of a point
};

/** One coordinate: plain data. */
struct sim_sobol {
    uint32_t directions[SIM_SOBOL_BITS];
};

struct sim_sobol sim_sobol_make(int dimension); // 0 .. SIM_SOBOL_DIMENSIONS - 1

/** The coordinate of a point as it is published, in [0, 1). O(32). */
double sim_sobol_plain(const struct sim_sobol *s, uint32_t point);

/** The same scrambled, in (0, 1): (k + 1/2) 2^-52. `coins`: a stream that belongs to the
 * coordinate; its state does not matter. About 0.1 us. */
double sim_sobol_scrambled(const struct sim_sobol *s, const struct sim_rng *coins, uint32_t point);

#endif
