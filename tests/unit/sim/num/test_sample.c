// SPDX-License-Identifier: MIT
#include "sim/base/hash.h"
#include "sim/num/sample.h"
#include "sim/num/stats.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct sim_rng stream(const char *axis, uint64_t seed)
{
    return sim_rng_make(seed, 0, sim_hash_text(axis, 0), 1);
}

Test(sample, a_latin_hypercube_has_one_point_in_each_stratum)
{
    static const int32_t sizes[] = {1, 2, 3, 7, 100, 4096};
    for (int k = 0; k < SIM_COUNT(sizes); k++) {
        const int32_t n = sizes[k];
        const struct sim_rng r = stream("husk", 5);
        int32_t *strata = calloc((size_t)n, sizeof(*strata));
        int *seen = calloc((size_t)n, sizeof(*seen));
        sim_sample_shuffle(r, strata, n);
        for (int32_t i = 0; i < n; i++) {
            const double u = sim_sample_stratum(&r, strata[i], n, i);
            cr_assert(u > 0 && u < 1);
            seen[(int)(u * n)]++;
        }
        for (int32_t i = 0; i < n; i++) {
            cr_assert(eq(int, seen[i], 1), "n = %d, stratum %d", n, i);
        }
        free(seen);
        free(strata);
    }
}

Test(sample, a_stratum_is_never_left_even_where_sums_are_rounded)
{
    // with u the largest, 2147483646 + u is rounded up to the next stratum
    struct sim_rng r = stream("husk", 1);
    const int32_t n = INT32_MAX;
    r.is_antithetic = true; // both u and 1 - u
    for (int32_t i = 0; i < 4000; i++) {
        const int32_t stratum = n - 1 - i / 2;
        r.is_antithetic = i % 2 == 1;
        const double u = sim_sample_stratum(&r, stratum, n, i / 2);
        cr_assert(u < (stratum + 1.0) / n && u >= (double)stratum / n);
    }
}

Test(sample, shuffles_come_equally_often)
{
    // 24 orders of 4 strata over 24,000 seeds: chi-square with 23 degrees of freedom
    enum {
        SEEDS = 24000
    };
    int count[256] = {0};
    int orders = 0;
    double chi2 = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
        int32_t s[4];
        sim_sample_shuffle(stream("husk", (uint64_t)seed), s, 4);
        count[s[0] << 6 | s[1] << 4 | s[2] << 2 | s[3]]++;
    }
    for (int i = 0; i < 256; i++) {
        orders += count[i] > 0 ? 1 : 0;
        chi2 += count[i] > 0 ? pow(count[i] - 1000, 2) / 1000 : 0;
    }
    cr_assert(eq(int, orders, 24));
    cr_assert(lt(dbl, chi2, sim_stats_chi2_quantile(1 - 1e-5, 23)));
}

Test(sample, each_axis_and_seed_has_points_of_its_own)
{
    int32_t a[100];
    int32_t b[100];
    int same = 0;
    sim_sample_shuffle(stream("husk", 5), a, 100);
    sim_sample_shuffle(stream("coal", 5), b, 100);
    for (int i = 0; i < 100; i++) {
        same += a[i] == b[i] ? 1 : 0;
    }
    cr_assert(lt(int, same, 10)); // one is expected
    sim_sample_shuffle(stream("husk", 6), b, 100);
    cr_assert(ne(int, memcmp(a, b, sizeof(a)), 0));
}

enum {
    AXES = 5,
    LEVELS = 6,
    TRAJECTORIES = 300
};

static void make_streams(struct sim_rng *out)
{
    static const char *const names[AXES] = {"a", "b", "c", "d", "e"};
    for (int i = 0; i < AXES; i++) {
        out[i] = stream(names[i], 11);
    }
}

Test(sample, each_step_of_morris_moves_one_axis_by_half_the_levels)
{
    struct sim_rng axes[AXES];
    make_streams(axes);
    for (int64_t t = 0; t < TRAJECTORIES; t++) {
        int moves[AXES] = {0};
        for (int step = 1; step <= AXES; step++) {
            int moved = 0;
            for (int i = 0; i < AXES; i++) {
                const int64_t point = t * (AXES + 1) + step;
                const int32_t before = sim_sample_morris(axes, AXES, LEVELS, i, point - 1);
                const int32_t after = sim_sample_morris(axes, AXES, LEVELS, i, point);
                cr_assert(after >= 0 && after < LEVELS);
                cr_assert(after == before || abs(after - before) == LEVELS / 2);
                moved += after != before ? 1 : 0;
                moves[i] += after != before ? 1 : 0;
            }
            cr_assert(eq(int, moved, 1), "trajectory %d, step %d", (int)t, step);
        }
        for (int i = 0; i < AXES; i++) {
            cr_assert(eq(int, moves[i], 1));
        }
    }
}

Test(sample, morris_begins_at_all_levels_and_moves_in_all_orders)
{
    struct sim_rng axes[AXES];
    int first[LEVELS] = {0};
    int turn[AXES] = {0};
    double chi2 = 0;
    make_streams(axes);
    for (int64_t t = 0; t < TRAJECTORIES; t++) {
        const int32_t begin = sim_sample_morris(axes, AXES, LEVELS, 2, t * (AXES + 1));
        int step = 1;
        while (sim_sample_morris(axes, AXES, LEVELS, 2, t * (AXES + 1) + step) == begin) {
            step++;
        }
        first[begin]++;
        turn[step - 1]++;
    }
    for (int i = 0; i < LEVELS; i++) {
        chi2 += pow(first[i] - 50, 2) / 50;
    }
    cr_assert(lt(dbl, chi2, sim_stats_chi2_quantile(1 - 1e-5, LEVELS - 1)));
    chi2 = 0;
    for (int i = 0; i < AXES; i++) {
        chi2 += pow(turn[i] - 60, 2) / 60;
    }
    cr_assert(lt(dbl, chi2, sim_stats_chi2_quantile(1 - 1e-5, AXES - 1)));
}

Test(sample, another_axis_leaves_where_the_others_begin)
{
    struct sim_rng axes[AXES];
    make_streams(axes);
    for (int64_t t = 0; t < 50; t++) {
        for (int i = 0; i < AXES - 1; i++) {
            cr_assert(eq(int, sim_sample_morris(axes, AXES - 1, LEVELS, i, t * AXES),
                         sim_sample_morris(axes, AXES, LEVELS, i, t * (AXES + 1))));
        }
    }
}

Test(sample, levels_stand_in_the_middle_of_equal_chances)
{
    cr_assert(eq(dbl, sim_sample_level(0, 4), 0.125));
    cr_assert(eq(dbl, sim_sample_level(3, 4), 0.875));
}
