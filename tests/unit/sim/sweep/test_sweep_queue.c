#include "sim/sweep/sweep_queue.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct sim_sweep_queue *make(int32_t at_least, int32_t at_most, int64_t points, int slots)
{
    const struct sim_rule rule = {
        .at_least = at_least, .at_most = at_most, .response = "x", .share = 0.1, .level = 0.95};
    struct sim_sweep_queue *q = sim_sweep_queue_create(&rule, points, slots);

    for (int64_t i = 0; i < points; i++) {
        sim_sweep_queue_want(q, i);
    }
    return q;
}

/** "point.replication", or "-" when there is nothing to do. */
static const char *next(struct sim_sweep_queue *q, int slot, char out[40])
{
    int64_t point = -1;
    int32_t replication = -1;

    (void)snprintf(out, 40, "-");
    if (sim_sweep_queue_next(q, slot, &point, &replication)) {
        (void)snprintf(out, 40, "%d.%d", (int)point, (int)replication);
    }
    return out;
}

#define NEXT(slot, expected)                                                                       \
    do {                                                                                           \
        char is[40];                                                                               \
        cr_assert(eq(str, (char *)next(q, slot, is), expected));                                   \
    } while (0)

Test(sweep_queue, keeps_a_thread_at_its_point_and_lets_idle_ones_help)
{
    struct sim_sweep_queue *q = make(3, 3, 2, 3);

    NEXT(0, "0.0");
    NEXT(1, "1.0");
    NEXT(0, "0.1");
    NEXT(2, "0.2"); // no point left: helps
    NEXT(1, "1.1");
    NEXT(0, "1.2");
    NEXT(0, "-"); // a fixed number: nothing is made ahead
    cr_assert(eq(i64, sim_sweep_queue_missing(q), 6));
    for (int32_t r = 0; r < 3; r++) {
        sim_sweep_queue_finish(q, 0, r, (double)NAN);
        sim_sweep_queue_finish(q, 1, r, 1.0);
    }
    cr_assert(eq(i64, sim_sweep_queue_missing(q), 0));
    cr_assert(eq(i64, sim_sweep_queue_runs(q), 6));
    sim_sweep_queue_destroy(q);
}

Test(sweep_queue, leaves_out_what_is_there_and_what_is_not_wanted)
{
    const struct sim_rule rule = {.at_least = 2, .at_most = 2};
    struct sim_sweep_queue *q = sim_sweep_queue_create(&rule, 3, 1);

    sim_sweep_queue_want(q, 0);
    sim_sweep_queue_want(q, 2);
    sim_sweep_queue_finish(q, 0, 0, 0.0);
    sim_sweep_queue_finish(q, 0, 0, 0.0); // twice is once
    sim_sweep_queue_finish(q, 1, 0, 0.0);
    cr_assert(eq(i64, sim_sweep_queue_missing(q), 3));

    NEXT(0, "0.1");
    NEXT(0, "2.0");
    NEXT(0, "2.1");
    NEXT(0, "-");
    cr_assert(eq(i32, sim_sweep_queue_lack(q, 1), 1));
    sim_sweep_queue_finish(q, 1, 1, 0.0);
    cr_assert(eq(i32, sim_sweep_queue_lack(q, 1), 0));
    cr_assert(eq(i64, sim_sweep_queue_missing(q), 3)); // it was not wanted
    sim_sweep_queue_destroy(q);
}

Test(sweep_queue, makes_the_first_replications_of_all_points_before_more_of_any)
{
    struct sim_sweep_queue *q = make(2, 10, 2, 1);

    NEXT(0, "0.0");
    NEXT(0, "0.1");
    sim_sweep_queue_finish(q, 0, 0, 1.0);
    sim_sweep_queue_finish(q, 0, 1, 5.0); // wide
    cr_assert(eq(i64, sim_sweep_queue_runs(q), 5));
    NEXT(0, "1.0");
    NEXT(0, "1.1");
    sim_sweep_queue_finish(q, 1, 0, 2.0);
    sim_sweep_queue_finish(q, 1, 1, 2.0); // narrow
    NEXT(0, "0.2");
    NEXT(0, "0.3"); // ahead: a single thread that hands over late
    NEXT(0, "-");   // no further ahead than there are threads
    sim_sweep_queue_finish(q, 0, 2, 3.0);
    cr_assert(eq(i32, sim_sweep_queue_need(q, 0), 4));
    sim_sweep_queue_destroy(q);
}

/** The response of a replication, the same however it is made. */
static double value_of(int64_t point, int32_t replication)
{
    const double spread = 0.2 + 0.3 * (double)point;

    return 10.0 + spread * (double)((replication * 7919) % 13 - 6);
}

/** Make all with so many threads, that finish in a random order; what each point came to. */
static void make_all(int threads, unsigned seed, int32_t out[20], int64_t *made)
{
    struct sim_sweep_queue *q = make(3, 60, 20, threads);
    struct {
        int64_t point;
        int32_t replication;
    } running[8];
    int count = 0;

    *made = 0;
    while (sim_sweep_queue_missing(q) > 0) {
        while (count < threads &&
               sim_sweep_queue_next(q, count, &running[count].point, &running[count].replication)) {
            count++;
            (*made)++;
        }
        cr_assert(gt(int, count, 0));
        seed = seed * 1103515245U + 12345U;
        const int which = (int)(seed / 65536U % (unsigned)count);

        sim_sweep_queue_finish(q, running[which].point, running[which].replication,
                               value_of(running[which].point, running[which].replication));
        running[which] = running[--count];
    }
    for (int i = 0; i < 20; i++) {
        out[i] = sim_sweep_queue_need(q, i);
    }
    sim_sweep_queue_destroy(q);
}

Test(sweep_queue, asks_for_the_same_whatever_the_threads_and_their_order)
{
    int32_t one[20];
    int64_t made = 0;
    int64_t asked = 0;

    make_all(1, 1, one, &made);
    for (int i = 0; i < 20; i++) {
        asked += one[i];
    }
    cr_assert(eq(i64, made, asked)); // one thread has no reason to make any ahead
    cr_assert(gt(i32, one[19], one[0]));
    for (unsigned seed = 1; seed < 200; seed++) {
        int32_t many[20];

        make_all(2 + (int)(seed % 7), seed, many, &made);
        cr_assert(eq(int, memcmp(one, many, sizeof(one)), 0));
        cr_assert(ge(i64, made, asked));
        cr_assert(lt(i64, made, asked + 200));
    }
}
