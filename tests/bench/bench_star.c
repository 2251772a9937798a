// SPDX-License-Identifier: MIT
// Where everything meets: mills share one boiler house (three classes) and one waste water works,
// as real parks do; each has its own raw material and its own sale. Nothing short, one of the two,
// both, and both alike. The yardstick is one warm LP on the same events (town.h).
#include "tests/bench/bench.h"
#include "tests/bench/town.h"

#include <stdio.h>

static struct town make_star(int mills, double steam, double works)
{
    struct sim_rng rng = sim_rng_make(1, 0, 3, 0);
    struct town t = town_make(2 + 2 * mills, 3 * mills + 2, 6 * mills + 2);
    double all_steam = 0;
    double all_waste = 0;
    for (int m = 0; m < mills; m++) {
        const double capacity = 1.0 + 19.0 * sim_rng_uniform(&rng);
        const double heat = 0.8 + 1.4 * sim_rng_uniform(&rng);
        const double waste = 1.0 + sim_rng_uniform(&rng);
        all_steam += heat * capacity;
        all_waste += waste * capacity;
        const int32_t line = town_activity(&t, "line", capacity);
        town_port(&t, line, 2 + 2 * m, false, 1.1, 1);
        town_port(&t, line, 0, false, heat, 1 + m % 3);
        town_port(&t, line, 3 + 2 * m, true, 1.0, 1);
        town_port(&t, line, 1, true, waste, 1);
        town_port(&t, town_activity(&t, "raw", 1.5 * capacity), 2 + 2 * m, true, 1, 1);
        town_port(&t, town_activity(&t, "sale", 1.5 * capacity), 3 + 2 * m, false, 1, 1);
    }
    town_port(&t, town_activity(&t, "boiler", steam * all_steam), 0, true, 1, 1);
    town_port(&t, town_activity(&t, "works", works * all_waste), 1, false, 1, 1);
    return t;
}

void bench_star_run(const struct bench_opts *opts)
{
    static const struct {
        const char *name;
        double steam, works;
    } ways[] = {{"star/ample", 2, 2},
                {"star/one_short", 0.7, 2},
                {"star/both_short", 0.6, 0.5},
                {"star/both_alike", 0.5, 0.5}};
    static const int SIZES[] = {10, 50, 100, 200, 400};
    const int sizes = opts->quick ? 1 : SIM_COUNT(SIZES);
    for (int way = 0; way < SIM_COUNT(ways); way++) {
        for (int i = 0; i < sizes; i++) {
            town_bench(make_star(SIZES[i], ways[way].steam, ways[way].works), ways[way].name,
                       SIZES[i], opts);
        }
    }
}
