// SPDX-License-Identifier: MIT
// Parks as planners have them: the shipped ones, and fifty firms that share works, kilns and
// markets. What an event costs, recording included, and what a run costs from the park file to its
// end. The yardstick is the textbook's event queue, in the same process: how many times one
// event of a heap of as many entities an event of the park costs.
#include "tests/bench/bench.h"
#include "tests/bench/bench_site.h"
#include "tests/bench/textbook.h"
#include "tests/support/generated_park.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    ROUNDS = 5,
    ENTITIES = 300, // [-] in the yardstick's heap, about those of 50 firms
};

/** [us] to take the next event and let it wait again, in a textbook's heap. */
static double textbook_us(int events)
{
    struct textbook heap = textbook_make(ENTITIES);
    uint32_t x = 1;
    for (int i = 0; i < ENTITIES; i++) {
        x = x * 1664525U + 1013904223U;
        textbook_push(&heap, x >> 8, 0, i);
    }
    const double start = bench_cpu_seconds();
    struct textbook_event e;
    for (int i = 0; i < events && textbook_pop(&heap, &e); i++) {
        x = x * 1664525U + 1013904223U;
        textbook_push(&heap, e.when + (x >> 8), 0, e.who);
    }
    const double took = bench_cpu_seconds() - start;
    textbook_free(&heap);
    return took * 1e6 / events;
}

static void measure(const char *name, const char *path, const struct bench_opts *opts)
{
    char full[80];
    double event[ROUNDS];
    double times[ROUNDS];
    const int rounds = opts->quick ? 1 : ROUNDS;
    struct bench_cost c = {.load_s = 0};
    for (int i = 0; i < rounds; i++) {
        const double heap = textbook_us(opts->quick ? 1000 : 200000);
        c = bench_site_run(path, opts->quick ? 1 : 3);
        event[i] = c.us_event;
        times[i] = c.us_event / heap;
    }
    snprintf(full, sizeof full, "park/%s/us_event", name);
    bench_line(full, bench_median(event, rounds), "us");
    snprintf(full, sizeof full, "park/%s/events", name);
    bench_line(full, (double)c.events, "-");
    snprintf(full, sizeof full, "park/%s/load", name);
    bench_line(full, c.load_s * 1e3, "ms");
    snprintf(full, sizeof full, "park/%s/heap_events_an_event", name);
    bench_line(full, bench_median(times, rounds), "-");
}

void bench_park_run(const struct bench_opts *opts)
{
    struct generated_park_opts fifty = generated_park_opts_default();
    struct bench_site s;
    measure("ulsan", ECO_CONFIGS "/ulsan.cfg", opts);
    measure("first_park", ECO_CONFIGS "/first_park.cfg", opts);
    fifty.days = opts->quick ? 2 : 180;
    bench_site_generate(&s, &fifty);
    measure("fifty_firms", s.park, opts);
    bench_site_remove(&s);
}
