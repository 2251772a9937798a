// SPDX-License-Identifier: MIT
#include "sim/flow/order.h"
#include "sim/num/rng.h"

#include <criterion/criterion.h>

#include <stdlib.h>

enum {
    MOST = 60000 // [-] numbers
};

static uint64_t below(struct sim_rng *rng, uint64_t *n, uint64_t most)
{
    return sim_rng_bits_at(rng, (*n)++) % most;
}

/** `count` distinct numbers, `apart` from each other at most, in any order. */
static void draw(struct sim_rng *rng, uint64_t *n, int32_t *out, int count, int32_t apart)
{
    int32_t next = (int32_t)below(rng, n, 100);
    for (int i = 0; i < count; i++) {
        const uint64_t at = below(rng, n, (uint64_t)i + 1);
        out[i] = out[at];
        out[at] = next;
        next += 1 + (int32_t)below(rng, n, (uint64_t)apart);
    }
}

Test(order, sorts_near_and_far_few_and_many_and_leaves_no_bit)
{
    static const int counts[] = {0, 1, 2, 12, 13, 40, 200};
    static const int32_t apart[] = {1, 3, 100, 290};
    uint64_t *bits = sim_base_alloc(SIM_ORDER_WORDS(MOST), sizeof(*bits));
    struct sim_rng rng = sim_rng_make(7, 0, 0, 0);
    uint64_t n = 0;
    for (int round = 0; round < 50; round++) {
        for (int i = 0; i < SIM_COUNT(counts) * SIM_COUNT(apart); i++) {
            const int count = counts[i / SIM_COUNT(apart)];
            int32_t v[200] = {0};
            int64_t before = 0;
            int64_t after = 0;
            draw(&rng, &n, v, count, apart[i % SIM_COUNT(apart)]);
            for (int k = 0; k < count; k++) {
                before += v[k];
            }
            sim_order_sort(v, count, bits);
            for (int k = 0; k < count; k++) {
                after += v[k];
                cr_assert(k == 0 || v[k - 1] < v[k]);
            }
            cr_assert_eq(after, before);
        }
    }
    for (size_t w = 0; w < SIM_ORDER_WORDS(MOST); w++) {
        cr_assert_eq(bits[w], 0);
    }
    free(bits);
}
