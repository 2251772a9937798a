// SPDX-License-Identifier: MIT
// The hold model (Jones 1986): a queue of constant length; take the next event, let it wait again
// for an exponential time. Each entity has one event, as in a park. What is measured is the queue
// alone: the times come from a table, entered at random, so that the processor cannot learn it.
#include "sim/core/evq.h"
#include "sim/num/dist.h"
#include "tests/bench/bench.h"
#include "tests/bench/textbook.h"

#include <stdlib.h>

enum {
    STEP_BITS = 13,
    STEPS = 1 << STEP_BITS,
    ROUNDS = 15
};

static void fill_steps(sim_time *steps)
{
    struct sim_rng rng = sim_rng_make(1, 0, 0, 0);
    struct sim_dist dist = sim_dist_make(SIM_DIST_EXPONENTIAL, 1e9, 0, 0); // [us]
    struct sim_err err;
    SIM_REQUIRE(sim_dist_prepare(&dist, &err) == SIM_OK, "an exponential with mean 1e9 is fine");
    for (int i = 0; i < STEPS; i++) {
        steps[i] = (sim_time)sim_dist_draw(&dist, &rng);
    }
}

/** Another of the steps: a linear congruence chooses which (Knuth 1997, table 3.3.4-1, l. 26). */
static sim_time next_step(const sim_time *steps, uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + 1;
    return steps[*state >> (64 - STEP_BITS)];
}

/** [s] for `holds` holds. */
static double time_evq(struct sim_evq *q, const sim_time *steps, int holds, uint64_t *state)
{
    const double before = bench_cpu_seconds();
    struct sim_event e;
    for (int i = 0; i < holds && sim_evq_pop(q, &e); i++) {
        e.when += next_step(steps, state);
        sim_evq_push(q, &e);
    }
    return bench_cpu_seconds() - before;
}

static double time_textbook(struct textbook *h, const sim_time *steps, int holds, uint64_t *state)
{
    const double before = bench_cpu_seconds();
    struct textbook_event e;
    for (int i = 0; i < holds && textbook_pop(h, &e); i++) {
        textbook_push(h, e.when + next_step(steps, state), e.kind, e.who);
    }
    return bench_cpu_seconds() - before;
}

static void hold(const sim_time *steps, int size, int holds, int rounds)
{
    struct sim_evq *q = sim_evq_create(size);
    struct textbook h = textbook_make(size);
    for (int i = 0; i < size; i++) {
        const struct sim_event e = {.when = steps[i & (STEPS - 1)] + i, .who = i};
        sim_evq_push(q, &e);
        textbook_push(&h, e.when, 0, i);
    }
    uint64_t state[2] = {1, 1};
    double ours[ROUNDS];
    double theirs[ROUNDS];
    double ratios[ROUNDS];
    const int warm = holds > 3 * size ? holds : 3 * size;
    time_evq(q, steps, warm, &state[0]);
    time_textbook(&h, steps, warm, &state[1]);
    for (int i = 0; i < rounds; i++) {
        ours[i] = time_evq(q, steps, holds, &state[0]);
        theirs[i] = time_textbook(&h, steps, holds, &state[1]);
        ratios[i] = theirs[i] / ours[i];
    }
    const double per_hold = 1e9 / holds;
    bench_line_sized("hold", size, "ns", bench_median(ours, rounds) * per_hold, "ns");
    bench_line_sized("hold", size, "textbook_ns", bench_median(theirs, rounds) * per_hold, "ns");
    bench_line_sized("hold", size, "vs_textbook", bench_median(ratios, rounds), "x");
    sim_evq_destroy(q);
    textbook_free(&h);
}

void bench_hold_run(const struct bench_opts *opts)
{
    sim_time *steps = sim_base_alloc(STEPS, sizeof *steps);
    fill_steps(steps);
    const int sizes[] = {16, 1000, 100000};
    for (int i = 0; i < SIM_COUNT(sizes); i++) {
        hold(steps, sizes[i], opts->quick ? 1000 : 500000, opts->quick ? 1 : ROUNDS);
    }
    free(steps);
}
