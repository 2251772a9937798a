// SPDX-License-Identifier: MIT
#include "sim/num/rng.h"
#include "sim/num/stats.h"

#include <Random123/philox.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>
#include <string.h>

Test(rng, philox_gives_the_published_answers)
{
    // kat_vectors of Random123 1.14: philox4x32 10 rounds
    static const uint32_t known[3][10] = {
        {0, 0, 0, 0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
        {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x408f276d,
         0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
        {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0, 0xd16cfe09,
         0x94fdcceb, 0x5001e420, 0x24126ea1}};
    for (int i = 0; i < 3; i++) {
        // key and stream are set by hand, so that our own counter layout is tested too
        struct sim_rng r = {.key = {known[i][4], known[i][5]},
                            .stream = {known[i][2], known[i][3]}};
        const uint64_t block = (uint64_t)known[i][1] << 32 | known[i][0];
        if (block >> 63 != 0) { // draw 2 * block does not fit: ask Random123 itself
            const philox4x32_ctr_t c = {{known[i][0], known[i][1], known[i][2], known[i][3]}};
            const philox4x32_key_t k = {{known[i][4], known[i][5]}};
            const philox4x32_ctr_t out = philox4x32_R(10, c, k);
            cr_assert(memcmp(out.v, known[i] + 6, 16) == 0);
            continue;
        }
        const uint64_t first = (uint64_t)known[i][6] << 32 | known[i][7];
        const uint64_t second = (uint64_t)known[i][8] << 32 | known[i][9];
        cr_assert(eq(u64, sim_rng_bits_at(&r, 2 * block), first));
        cr_assert(eq(u64, sim_rng_bits_at(&r, 2 * block + 1), second));
    }
}

Test(rng, draws_can_be_had_in_any_order)
{
    struct sim_rng r = sim_rng_make(1, 2, 3, 4);
    const struct sim_rng start = r;
    double u[100];
    for (int i = 0; i < 100; i++) {
        u[i] = sim_rng_uniform(&r);
    }
    for (int i = 99; i >= 0; i--) {
        cr_assert(sim_rng_uniform_at(&start, (uint64_t)i) == u[i]);
        sim_rng_seek(&r, (uint64_t)i);
        cr_assert(sim_rng_uniform(&r) == u[i] && (i == 99 || sim_rng_uniform(&r) == u[i + 1]));
    }
}

Test(rng, antithetic_draws_are_exact_mirrors_inside_the_unit_interval)
{
    struct sim_rng r = sim_rng_make(5, 0, 6, 0);
    struct sim_rng mirror = r;
    mirror.is_antithetic = true;
    for (int i = 0; i < 10000; i++) {
        const double u = sim_rng_uniform(&r);
        const double v = sim_rng_uniform(&mirror);
        cr_assert(u * 0x1p52 - floor(u * 0x1p52) == 0.5); // half-way, so neither 0 nor 1 can come
        cr_assert(u > 0 && u < 1 && v > 0 && v < 1 && u + v == 1 && 1 - v == u);
    }
}

Test(rng, seed_replication_path_and_purpose_each_make_another_stream)
{
    const uint64_t keys[][4] = {{1, 0, 0, 0},
                                {0, 1, 0, 0},
                                {0, 0, 1, 0},
                                {0, 0, 0, 1},
                                {0, 0, 0, 0},
                                {1, 1, 0, 0},
                                {0, 0, 1, 1},
                                {UINT64_C(1) << 32, 0, 0, 0},
                                {0, UINT64_C(1) << 32, 0, 0},
                                {0, 0, 0, UINT64_C(1) << 32}};
    const int n = (int)(sizeof keys / sizeof keys[0]);
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < i; k++) {
            const struct sim_rng a = sim_rng_make(keys[i][0], keys[i][1], keys[i][2], keys[i][3]);
            const struct sim_rng b = sim_rng_make(keys[k][0], keys[k][1], keys[k][2], keys[k][3]);
            double product = 0;
            for (uint64_t j = 0; j < 4000; j++) {
                product += (sim_rng_uniform_at(&a, j) - 0.5) * (sim_rng_uniform_at(&b, j) - 0.5);
            }
            // no correlation: 4.5 standard deviations of a mean of 4000, 45 pairs
            cr_assert(fabs(product / 4000 * 12) < 4.5 / sqrt(4000.0));
        }
    }
}

Test(rng, uniforms_fill_the_interval_evenly)
{
    enum {
        CELLS = 1000,
        N = 1000000
    };
    static int count[CELLS];
    struct sim_rng r = sim_rng_make(20260101, 0, 42, 7);
    double previous = 0.5;
    double product = 0;
    for (int i = 0; i < N; i++) {
        const double u = sim_rng_uniform(&r);
        count[(int)(u * CELLS)]++;
        product += (u - 0.5) * (previous - 0.5);
        previous = u;
    }
    double chi2 = 0;
    for (int i = 0; i < CELLS; i++) {
        chi2 +=
            (count[i] - (double)N / CELLS) * (count[i] - (double)N / CELLS) / ((double)N / CELLS);
    }
    cr_assert(chi2 > sim_stats_chi2_quantile(1e-4, CELLS - 1));
    cr_assert(chi2 < sim_stats_chi2_quantile(1 - 1e-4, CELLS - 1));
    cr_assert(fabs(product / N * 12) < 4 / sqrt((double)N)); // no serial correlation
}

Test(rng, below_takes_every_number_and_no_other)
{
    struct sim_rng r = sim_rng_make(1, 1, 1, 1);
    int count[7] = {0};
    for (int i = 0; i < 70000; i++) {
        count[sim_rng_below(&r, 7)]++;
    }
    for (int i = 0; i < 7; i++) {
        cr_assert(count[i] > 9600 && count[i] < 10400, "%d", count[i]); // 4.3 sd
    }
    cr_assert(sim_rng_below(&r, 1) == 0);
}
