// SPDX-License-Identifier: MIT
#include "sim/num/sobol.h"
#include "sim/num/stats.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>
#include <stdlib.h>

static struct sim_rng coins(uint64_t seed, int dimension)
{
    return sim_rng_make(seed, 0, (uint64_t)dimension, 2);
}

Test(sobol, gives_the_points_of_scipy)
{
    // scipy 1.10.1, qmc.Sobol(1024, scramble = False, bits = 30).random(1024) times 1024, and the
    // sum of i x_i over all of them
    static const int at[8] = {1, 2, 3, 5, 17, 100, 511, 1000};
    static const struct {
        int dimension;
        int x[8];
        double sum;
    } known[] = {{0, {512, 768, 256, 896, 608, 424, 2, 225}, 261760.25},
                 {1, {512, 256, 768, 896, 992, 264, 514, 99}, 262016.25},
                 {2, {512, 256, 768, 128, 992, 792, 418, 531}, 261888.25},
                 {9, {512, 768, 256, 128, 672, 712, 206, 71}, 262016.25},
                 {40, {512, 256, 768, 384, 928, 728, 634, 935}, 261888.25},
                 {99, {512, 768, 256, 384, 544, 904, 434, 191}, 261888.25},
                 {500, {512, 256, 768, 896, 992, 184, 586, 743}, 261888.25},
                 {1023, {512, 768, 256, 384, 416, 968, 526, 731}, 261888.25}};
    for (int k = 0; k < SIM_COUNT(known); k++) {
        const struct sim_sobol s = sim_sobol_make(known[k].dimension);
        double sum = 0;
        for (int i = 0; i < 8; i++) {
            cr_assert(eq(dbl, sim_sobol_plain(&s, (uint32_t)at[i]), known[k].x[i] / 1024.0),
                      "dimension %d, point %d", known[k].dimension, at[i]);
        }
        for (uint32_t i = 0; i < 1024; i++) {
            sum += i * sim_sobol_plain(&s, i);
        }
        cr_assert(eq(dbl, sum, known[k].sum), "dimension %d", known[k].dimension);
    }
}

Test(sobol, has_every_direction_number_of_scipy)
{
    // from the matrix `_sv` of the same object: all 1,024 dimensions at point 536,883,257, whose
    // number has 30 digits
    uint64_t hash = 0;
    for (int d = 0; d < SIM_SOBOL_DIMENSIONS; d++) {
        const struct sim_sobol s = sim_sobol_make(d);
        hash = hash * 31 + (uint64_t)ldexp(sim_sobol_plain(&s, 536883257), 32);
    }
    cr_assert(eq(u64, hash, UINT64_C(0x86b6b426dd19f9b8)));
}

/** Do all boxes of 2^-a x 2^-b, a + b = m - t, hold 2^t of the 2^m points? */
static bool is_net(const double *x, const double *y, int m, int t)
{
    bool is_fine = true;
    for (int a = 0; a <= m - t; a++) {
        const int b = m - t - a;
        int *count = calloc((size_t)1 << (m - t), sizeof(int));
        for (int i = 0; i < 1 << m; i++) {
            count[((int)ldexp(x[i], a) << b) + (int)ldexp(y[i], b)]++;
        }
        for (int i = 0; i < 1 << (m - t); i++) {
            is_fine = is_fine && count[i] == 1 << t;
        }
        free(count);
    }
    return is_fine;
}

enum {
    M = 10,
    N = 1 << M
};

static void fill(double *out, int dimension, uint64_t seed, bool is_scrambled)
{
    const struct sim_sobol s = sim_sobol_make(dimension);
    const struct sim_rng r = coins(seed, dimension);
    for (uint32_t i = 0; i < N; i++) {
        out[i] = is_scrambled ? sim_sobol_scrambled(&s, &r, i) : sim_sobol_plain(&s, i);
    }
}

Test(sobol, scrambling_keeps_points_in_every_elementary_interval)
{
    static const int pairs[][2] = {{0, 1},  {0, 2},   {1, 2},    {3, 7},     {5, 11},
                                   {0, 40}, {39, 41}, {12, 100}, {200, 700}, {1000, 1023}};
    static double x[N];
    static double y[N];
    for (int k = 0; k < SIM_COUNT(pairs); k++) {
        int t = 0;
        fill(x, pairs[k][0], 0, false);
        fill(y, pairs[k][1], 0, false);
        while (!is_net(x, y, M, t)) {
            t++; // what the direction numbers can do for this pair
        }
        cr_assert(t <= M - 1 && (k > 0 || t == 0), "pair %d: t = %d", k, t);
        for (uint64_t seed = 1; seed <= 3; seed++) {
            fill(x, pairs[k][0], seed, true);
            fill(y, pairs[k][1], seed, true);
            cr_assert(is_net(x, y, M, t), "pair %d, seed %d, t = %d", k, (int)seed, t);
        }
    }
}

Test(sobol, scrambled_points_depend_on_the_seed_and_lie_inside)
{
    const struct sim_sobol s = sim_sobol_make(3);
    const struct sim_rng a = coins(1, 3);
    const struct sim_rng b = coins(2, 3);
    for (uint32_t i = 0; i < 1000; i++) {
        const double x = sim_sobol_scrambled(&s, &a, i);
        cr_assert(x > 0 && x < 1);
        cr_assert(ne(dbl, x, sim_sobol_scrambled(&s, &b, i)));
        cr_assert(eq(dbl, x, sim_sobol_scrambled(&s, &a, i)));
    }
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

/** Kolmogorov-Smirnov distance of n values from the uniform distribution. */
static double distance(double *u, int n)
{
    double d = 0;
    qsort(u, (size_t)n, sizeof(*u), by_size);
    for (int i = 0; i < n; i++) {
        d = fmax(d, fmax(fabs(u[i] - (double)i / n), fabs(u[i] - (i + 1.0) / n)));
    }
    return d;
}

enum {
    SEEDS = 4000
};

Test(sobol, each_scrambled_point_is_uniform_over_seeds)
{
    static double u[SEEDS];
    static double lower[SEEDS]; // what is below the eighth digit: deep coins are coins, too
    const double critical = sim_stats_ks_critical(SEEDS, 1e-4);
    const struct sim_sobol s = sim_sobol_make(17);
    for (uint32_t point = 0; point < 40; point += 13) {
        for (int seed = 0; seed < SEEDS; seed++) {
            const struct sim_rng r = coins((uint64_t)seed, 17);
            u[seed] = sim_sobol_scrambled(&s, &r, point);
            lower[seed] = fmod(u[seed] * 256, 1);
        }
        cr_assert(lt(dbl, distance(u, SEEDS), critical), "point %d", (int)point);
        cr_assert(lt(dbl, distance(lower, SEEDS), critical), "point %d", (int)point);
    }
}

Test(sobol, below_the_digits_they_share_points_are_independent)
{
    // points 0 and 1 lie in different halves: below the first digit they must not move together
    const struct sim_sobol s = sim_sobol_make(5);
    double sum = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
        const struct sim_rng r = coins((uint64_t)seed, 5);
        const double a = fmod(2 * sim_sobol_scrambled(&s, &r, 0), 1) - 0.5;
        const double b = fmod(2 * sim_sobol_scrambled(&s, &r, 1), 1) - 0.5;
        sum += 12 * a * b; // correlation: the variance of a uniform is 1/12
    }
    cr_assert(lt(dbl, fabs(sum / SEEDS), 4.0 / sqrt(SEEDS)));
}

Test(sobol, means_of_known_integrals_are_far_better_than_by_chance)
{
    // product of (1 + (x - 1/2) 2 / k^2) over k = 1 .. 12: mean 1
    enum {
        DIMENSIONS = 12,
        TRIES = 16
    };
    double variance = 1;
    double squares = 0;
    double bias = 0;
    for (int k = 1; k <= DIMENSIONS; k++) {
        variance *= 1 + 4.0 / ((double)k * k * k * k) / 12;
    }
    const double by_chance = sqrt((variance - 1) / N);
    for (uint64_t seed = 0; seed < TRIES; seed++) {
        static double product[N];
        static double x[N];
        double mean = 0;
        for (int i = 0; i < N; i++) {
            product[i] = 1;
        }
        for (int k = 1; k <= DIMENSIONS; k++) {
            fill(x, k - 1, seed, true);
            for (int i = 0; i < N; i++) {
                product[i] *= 1 + (x[i] - 0.5) * 2 / ((double)k * k);
            }
        }
        for (int i = 0; i < N; i++) {
            mean += product[i] / N;
        }
        squares += (mean - 1) * (mean - 1) / TRIES;
        bias += (mean - 1) / TRIES;
    }
    cr_log_info("error %.3g, by chance %.3g", sqrt(squares), by_chance);
    cr_assert(lt(dbl, sqrt(squares), by_chance / 100));
    cr_assert(lt(dbl, fabs(bias), 4 * sqrt(squares / TRIES)));
}
