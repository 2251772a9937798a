// SPDX-License-Identifier: MIT
// One junction where N givers and N takers of three classes meet, and no loop: what one change
// costs that a whole side may feel. The yardstick is one warm LP on the same events (town.h).
#include "tests/bench/bench.h"
#include "tests/bench/town.h"

static struct town make_hub(int n)
{
    struct sim_rng rng = sim_rng_make(1, 0, 3, 0);
    struct town t = town_make(1, 2 * n, 2 * n);
    for (int i = 0; i < 2 * n; i++) {
        const double capacity = 1.0 + 19.0 * sim_rng_uniform(&rng);
        const int32_t k = town_activity(&t, i < n ? "source" : "sink", capacity);
        town_port(&t, k, 0, i < n, 1, 1 + i % 3);
    }
    return t;
}

void bench_hub_run(const struct bench_opts *opts)
{
    static const int SIZES[] = {10, 30, 100, 300, 1000};
    const int sizes = opts->quick ? 2 : SIM_COUNT(SIZES);
    for (int i = 0; i < sizes; i++) {
        town_bench(make_hub(SIZES[i]), "hub", SIZES[i], opts);
    }
}
