// SPDX-License-Identifier: MIT
// N sources and N sinks that trade: in pairs, each on its own, or all with all through one market,
// each by a trade of its own; and whole parks that share one market. An event changes the capacity
// of one source, sink or trade; the yardstick is one warm LP on the same events (town.h). For the
// parks it is the same park without the common market: how much dearer an event is.
#include "tests/bench/bench.h"
#include "tests/bench/bench_site.h"
#include "tests/bench/town.h"
#include "tests/support/generated_park.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    ROUNDS = 3
};

/** Pools: that of each source, then that of each sink, then the market. */
static struct town make_market(int n, bool is_common)
{
    struct sim_rng rng = sim_rng_make(1, 0, 4, 0);
    struct town t = town_make(2 * n + 1, 4 * n, 6 * n);
    for (int i = 0; i < 2 * n; i++) {
        const bool is_source = i < n;
        const double capacity = 1.0 + 19.0 * sim_rng_uniform(&rng);
        const int32_t party = town_activity(&t, is_source ? "source" : "sink", capacity);
        town_port(&t, party, i, is_source, 1, 1);
        if (is_common || is_source) {
            const int32_t trade = town_activity(&t, "trade", 25);
            const int32_t hub = is_common ? 2 * n : n + i;
            town_port(&t, trade, is_source ? i : hub, false, 1, 1 + i % 3);
            town_port(&t, trade, is_source ? hub : i, true, 1, 1 + i % 3);
        }
    }
    return t;
}

static double park_us(int firms, bool has_one_market, const struct bench_opts *opts)
{
    struct generated_park_opts o = generated_park_opts_default();
    struct bench_site s;
    double event[ROUNDS];
    const int rounds = opts->quick ? 1 : ROUNDS;
    o.firms = firms;
    o.days = opts->quick ? 2 : 60;
    o.has_one_market = has_one_market;
    bench_site_generate(&s, &o);
    for (int i = 0; i < rounds; i++) {
        event[i] = bench_site_run(s.park, 1).us_event;
    }
    bench_site_remove(&s);
    return bench_median(event, rounds);
}

void bench_market_run(const struct bench_opts *opts)
{
    static const int SIZES[] = {10, 30, 100, 300, 1000};
    static const int FIRMS[] = {50, 200, 400};
    for (int i = 0; i < (opts->quick ? 2 : SIM_COUNT(SIZES)); i++) {
        town_bench(make_market(SIZES[i], false), "market/pairs", SIZES[i], opts);
        town_bench(make_market(SIZES[i], true), "market/all", SIZES[i], opts);
    }
    for (int i = 0; i < (opts->quick ? 1 : SIM_COUNT(FIRMS)); i++) {
        const double apart = park_us(FIRMS[i], false, opts);
        const double common = park_us(FIRMS[i], true, opts);
        bench_line_sized("market/park", FIRMS[i], "us_per_event", common, "us");
        bench_line_sized("market/park", FIRMS[i], "vs_no_common_market", common / apart, "x");
    }
}
