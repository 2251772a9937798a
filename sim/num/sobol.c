// SPDX-License-Identifier: MIT
#include "sim/num/sobol.h"

#include "sim/num/sobol_table.h"

#include <math.h>

static int degree_of(uint32_t polynomial)
{
    int degree = 0;
    while (polynomial >> (degree + 1) != 0) {
        degree++;
    }
    return degree;
}

/** Where the first numbers of the k-th polynomial begin. */
static int start_of(int k)
{
    int at = 0;
    for (int i = 0; i < k; i++) {
        at += degree_of(sobol_polynomials[i]);
    }
    return at;
}

/** Bratley and Fox 1988, eq. 2: the others follow from the first ones. */
static void extend(struct sim_sobol *s, uint32_t polynomial, int degree)
{
    for (int i = degree; i < SIM_SOBOL_BITS; i++) {
        uint32_t v = s->directions[i - degree];
        v ^= v >> degree;
        for (int k = 1; k < degree; k++) {
            if ((polynomial >> (degree - k) & 1U) != 0) {
                v ^= s->directions[i - k];
            }
        }
        s->directions[i] = v;
    }
}

struct sim_sobol sim_sobol_make(int dimension)
{
    SIM_REQUIRE(dimension >= 0 && dimension < SIM_SOBOL_DIMENSIONS, "a dimension of the table");
    struct sim_sobol s;
    for (int i = 0; i < SIM_SOBOL_BITS; i++) {
        s.directions[i] = UINT32_C(1) << (SIM_SOBOL_BITS - 1 - i);
    }
    if (dimension == 0) {
        return s; // van der Corput
    }
    const uint32_t polynomial = sobol_polynomials[dimension - 1];
    const int degree = degree_of(polynomial);
    const uint16_t *starts = &sobol_starts[start_of(dimension - 1)];
    for (int i = 0; i < degree; i++) {
        s.directions[i] = (uint32_t)starts[i] << (SIM_SOBOL_BITS - 1 - i);
    }
    extend(&s, polynomial, degree);
    return s;
}

static uint32_t digits_of(const struct sim_sobol *s, uint32_t point)
{
    uint32_t x = 0;
    uint32_t gray = point ^ point >> 1;
    for (int i = 0; gray != 0; i++, gray >>= 1) {
        x ^= (gray & 1U) != 0 ? s->directions[i] : 0;
    }
    return x;
}

double sim_sobol_plain(const struct sim_sobol *s, uint32_t point)
{
    return ldexp((double)digits_of(s, point), -SIM_SOBOL_BITS);
}

// The coins form a binary tree: the digit after the prefix q of length d is flipped by the coin of
// node (d, q). One draw of 64 bits holds the 63 coins of a subtree of six levels.
enum {
    LEVELS = 6
};

/** Flips for the next `levels` digits after the first `done` ones of x. */
static uint32_t flips_of(const struct sim_rng *coins, uint32_t x, int done, int levels)
{
    const uint64_t prefix = done == 0 ? 0 : x >> (SIM_SOBOL_BITS - done);
    const uint64_t subtree = sim_rng_bits_at(coins, UINT64_C(1) << done | prefix);
    uint32_t flips = 0;
    uint32_t node = 1; // of the subtree, as in a heap
    for (int d = 0; d < levels; d++) {
        const uint32_t digit = x >> (SIM_SOBOL_BITS - 1 - done - d) & 1U;
        flips = flips << 1 | (uint32_t)(subtree >> node & 1U);
        node = node << 1 | digit;
    }
    return flips;
}

double sim_sobol_scrambled(const struct sim_sobol *s, const struct sim_rng *coins, uint32_t point)
{
    const uint32_t x = digits_of(s, point);
    uint32_t flipped = x;
    for (int done = 0; done < SIM_SOBOL_BITS; done += LEVELS) {
        const int rest = SIM_SOBOL_BITS - done;
        const int levels = rest < LEVELS ? rest : LEVELS;
        flipped ^= flips_of(coins, x, done, levels) << (rest - levels);
    }
    // below the last digit all are coins of their own
    const uint64_t tail = sim_rng_bits_at(coins, UINT64_C(1) << 40 | x) >> 44;
    return ((double)((uint64_t)flipped << 20 | tail) + 0.5) * 0x1p-52;
}
