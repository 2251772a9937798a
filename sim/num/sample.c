// SPDX-License-Identifier: MIT
#include "sim/num/sample.h"

#include <math.h>

void sim_sample_shuffle(struct sim_rng r, int32_t *out, int32_t n)
{
    sim_rng_seek(&r, 0);
    for (int32_t i = 0; i < n; i++) {
        out[i] = i;
    }
    for (int32_t i = n - 1; i > 0; i--) {
        const int64_t k = sim_rng_below(&r, (int64_t)i + 1);
        const int32_t kept = out[i];
        out[i] = out[k];
        out[k] = kept;
    }
}

double sim_sample_stratum(const struct sim_rng *r, int32_t stratum, int32_t n, int32_t point)
{
    const double u = sim_rng_uniform_at(r, (uint64_t)n + (uint64_t)point);
    const double x = ((double)stratum + u) / (double)n;
    const double end = ((double)stratum + 1) / (double)n;
    return x < end ? x : nextafter(end, 0.0); // u may be so near 1 that the sum is rounded up
}

// Draws of an axis: 2 t for where it begins in trajectory t, 2 t + 1 for when it moves.

/** How many axes move before `axis` in the trajectory. */
static int32_t turn_of(const struct sim_rng *axes, int32_t count, int32_t axis, uint64_t trajectory)
{
    const uint64_t mine = sim_rng_bits_at(&axes[axis], 2 * trajectory + 1);
    int32_t before = 0;
    for (int32_t i = 0; i < count; i++) {
        const uint64_t other = sim_rng_bits_at(&axes[i], 2 * trajectory + 1);
        before += other < mine || (other == mine && i < axis) ? 1 : 0;
    }
    return before;
}

int32_t sim_sample_morris(const struct sim_rng *axes, int32_t count, int32_t levels, int32_t axis,
                          int64_t point)
{
    SIM_REQUIRE(levels >= 2 && levels % 2 == 0, "an even number of levels");
    const uint64_t trajectory = (uint64_t)point / ((uint64_t)count + 1);
    const int32_t step = (int32_t)((uint64_t)point % ((uint64_t)count + 1));
    const uint64_t bits = sim_rng_bits_at(&axes[axis], 2 * trajectory);
    const int32_t first = (int32_t)((bits >> 32) * (uint64_t)levels >> 32);
    if (turn_of(axes, count, axis, trajectory) >= step) {
        return first;
    }
    return first < levels / 2 ? first + levels / 2 : first - levels / 2;
}

double sim_sample_level(int32_t level, int32_t levels)
{
    return ((double)level + 0.5) / (double)levels;
}
