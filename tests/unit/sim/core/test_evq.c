// SPDX-License-Identifier: MIT
#include "sim/core/evq.h"
#include "sim/core/evq_priv.h"
#include "sim/num/rng.h"

#include <criterion/criterion.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static sim_ev push(struct sim_evq *q, sim_time when, int priority, int who, int arg)
{
    return sim_evq_push(
        q, &(struct sim_event){.when = when, .priority = priority, .who = who, .arg = arg});
}

/** Pops the next event and gives its arg; -1 when none waits. */
static int pop_arg(struct sim_evq *q)
{
    struct sim_event e;
    return sim_evq_pop(q, &e) ? e.arg : -1;
}

Test(evq, gives_back_an_event_as_it_was_pushed)
{
    struct sim_evq *q = sim_evq_create(0);
    const sim_time start = INT64_C(1767225600000000);
    sim_evq_reset(q, start);
    const struct sim_event extremes[] = {
        {start, SIM_EVQ_PRIORITY_MIN, 0, INT32_MIN, INT32_MAX},
        {start + SIM_EVQ_SPAN_US - 1, SIM_EVQ_PRIORITY_MAX, SIM_EVQ_RANK_MAX, INT32_MAX, -1},
    };

    for (int i = 0; i < 2; i++) {
        sim_evq_push(q, &extremes[i]);
    }

    for (int i = 0; i < 2; i++) {
        struct sim_event e;
        cr_assert(sim_evq_pop(q, &e));
        cr_assert_eq(memcmp(&e, &extremes[i], sizeof e), 0);
        cr_assert_eq(sim_evq_now(q), extremes[i].when);
    }
    sim_evq_destroy(q);
}

Test(evq, says_so_when_nothing_waits)
{
    struct sim_evq *q = sim_evq_create(4);
    struct sim_event e;

    cr_assert_not(sim_evq_pop(q, &e));
    cr_assert_not(sim_evq_peek(q, &e));
    push(q, 1, 0, 0, 0);
    cr_assert(sim_evq_pop(q, &e));
    cr_assert_not(sim_evq_peek(q, &e));
    cr_assert_not(sim_evq_pop(q, &e));
    cr_assert_eq(sim_evq_count(q), 0);
    sim_evq_destroy(q);
}

Test(evq, takes_what_comes_at_an_instant_and_no_more)
{
    struct sim_evq *q = sim_evq_create(4);
    struct sim_event e;
    sim_evq_reset(q, 1000);
    cr_assert(!sim_evq_pop_at(q, 1000, &e));
    push(q, 1007, 0, 0, 1);
    const sim_ev gone = push(q, 1005, 0, 0, 2);
    push(q, 1005, 1, 0, 3);
    push(q, 1005, 0, 1, 4);
    cr_assert(sim_evq_cancel(q, gone));
    cr_assert(!sim_evq_pop_at(q, 1004, &e) && !sim_evq_pop_at(q, 1006, &e));
    cr_assert(sim_evq_pop_at(q, 1005, &e) && e.arg == 4 && sim_evq_now(q) == 1005);
    cr_assert(sim_evq_pop_at(q, 1005, &e) && e.arg == 3 && e.when == 1005);
    cr_assert(!sim_evq_pop_at(q, 1005, &e));
    cr_assert(sim_evq_pop_at(q, 1007, &e) && e.arg == 1);
    sim_evq_destroy(q);
}

Test(evq, orders_by_time_then_priority_then_rank_then_counter)
{
    struct sim_evq *q = sim_evq_create(16);

    push(q, 7, 0, 0, 5);
    push(q, 5, 1, 0, 3);
    push(q, 5, 1, 0, 4); // the same in all but the counter
    push(q, 5, -1, 9, 1);
    push(q, 5, 0, 9, 2);
    push(q, 4, 9, 9, 0);

    for (int i = 0; i < 6; i++) {
        cr_assert_eq(pop_arg(q), i);
    }
    sim_evq_destroy(q);
}

Test(evq, breaks_ties_by_rank_of_entity_whatever_the_order_of_pushing)
{
    struct sim_evq *q = sim_evq_create(16);
    struct sim_evq *other = sim_evq_create(16);
    uint64_t first_hash = 0;

    // Each entity pushes its three events in its own order; how entities take turns must not
    // matter.
    const int turns[][9] = {
        {0, 0, 0, 1, 1, 1, 2, 2, 2}, {2, 2, 2, 1, 1, 1, 0, 0, 0}, {1, 2, 0, 0, 1, 2, 2, 0, 1}};
    for (int t = 0; t < 3; t++) {
        int count[3] = {0};
        sim_evq_reset(q, 0);
        for (int i = 0; i < 9; i++) {
            const int who = turns[t][i];
            push(q, 10, 0, who, 10 * who + count[who]++);
        }
        const uint64_t hash = sim_evq_hash(q);
        cr_assert_eq(hash, t == 0 ? hash : first_hash);
        first_hash = hash;
        for (int who = 0; who < 3; who++) {
            for (int i = 0; i < 3; i++) {
                cr_assert_eq(pop_arg(q), 10 * who + i);
            }
        }
    }
    push(q, 10, 0, 0, 0);
    cr_assert_neq(sim_evq_hash(q), sim_evq_hash(other));
    sim_evq_destroy(q);
    sim_evq_destroy(other);
}

Test(evq, forgets_cancelled_events_and_stale_handles)
{
    struct sim_evq *q = sim_evq_create(4);
    const sim_ev none = {0};
    const sim_ev a = push(q, 1, 0, 0, 1);
    const sim_ev b = push(q, 2, 0, 0, 2);

    cr_assert(sim_evq_is_waiting(q, a));
    cr_assert(sim_evq_cancel(q, a));
    cr_assert_not(sim_evq_is_waiting(q, a));
    cr_assert_not(sim_evq_cancel(q, a));
    cr_assert_not(sim_evq_cancel(q, none));
    cr_assert_eq(sim_evq_count(q), 1);
    cr_assert_eq(pop_arg(q), 2);
    cr_assert_not(sim_evq_cancel(q, b));
    const sim_ev c = push(q, 3, 0, 0, 3); // may lie where b lay
    cr_assert_not(sim_evq_is_waiting(q, b));
    cr_assert(sim_evq_is_waiting(q, c));
    sim_evq_reset(q, 0);
    cr_assert_not(sim_evq_is_waiting(q, c));
    const sim_ev d = push(q, 3, 0, 0, 4);
    const sim_ev e = push(q, 3, 0, 0, 5); // one of these lies where c lay
    cr_assert_not(sim_evq_cancel(q, c));
    cr_assert(sim_evq_cancel(q, d));
    cr_assert(sim_evq_cancel(q, e));
    cr_assert_eq(pop_arg(q), -1);
    sim_evq_destroy(q);
}

Test(evq, keeps_the_order_when_its_numbers_run_out)
{
    struct sim_evq *q = sim_evq_create(4);
    push(q, 50, 0, 3, 0);
    push(q, 90, 0, 1, 6);
    sim_evq_skip(q, SIM_EVQ_NUMBERS - 4);
    push(q, 50, 0, 3, 1);
    push(q, 50, 0, 3, 2); // takes the last number

    push(q, 50, 0, 3, 3);
    push(q, 50, 0, 3, 4);
    push(q, 60, 0, 0, 5);

    sim_evq_validate(q);
    for (int i = 0; i < 7; i++) {
        cr_assert_eq(pop_arg(q), i);
    }
    sim_evq_destroy(q);
}

// ---- against a sorted array

struct row {
    struct sim_event e;
    sim_ev handle;
    int64_t number;
};

static struct row rows[3000];
static int row_count;

static bool row_before(const struct row *a, const struct row *b)
{
    const int64_t left[] = {a->e.when, a->e.priority, a->e.who, a->number};
    const int64_t right[] = {b->e.when, b->e.priority, b->e.who, b->number};
    for (int i = 0; i < 4; i++) {
        if (left[i] != right[i]) {
            return left[i] < right[i];
        }
    }
    return false;
}

static void row_insert(struct row r)
{
    int at = row_count++;
    while (at > 0 && row_before(&r, &rows[at - 1])) {
        rows[at] = rows[at - 1];
        at--;
    }
    rows[at] = r;
}

static void row_remove(int at)
{
    memmove(&rows[at], &rows[at + 1], (size_t)(--row_count - at) * sizeof rows[0]);
}

static void step(struct sim_evq *q, struct sim_rng *rng, int64_t number, int wanted)
{
    struct sim_event e;
    const int64_t dice = sim_rng_below(rng, 100);
    const bool grow = row_count < wanted;
    if (row_count == 0 || (grow ? dice < 60 : dice < 40)) {
        // Few instants, priorities and ranks: ties of every kind. Now and then far away.
        const sim_time far = sim_rng_below(rng, 20) == 0 ? sim_rng_below(rng, 100000) : 0;
        struct row r = {
            .e = {.when = sim_evq_now(q) + sim_rng_below(rng, 40) + far,
                  .priority = (int32_t)sim_rng_below(rng, 3) - 1,
                  .who = (int32_t)sim_rng_below(rng, 5),
                  .kind = (int32_t)dice,
                  .arg = (int32_t)number},
            .number = number,
        };
        r.handle = sim_evq_push(q, &r.e);
        row_insert(r);
    } else if (dice < 85) {
        cr_assert(sim_evq_pop(q, &e));
        cr_assert_eq(memcmp(&e, &rows[0].e, sizeof e), 0, "step %ld", (long)number);
        cr_assert_not(sim_evq_is_waiting(q, rows[0].handle));
        row_remove(0);
    } else {
        const int at = (int)sim_rng_below(rng, row_count);
        cr_assert(sim_evq_cancel(q, rows[at].handle));
        cr_assert_not(sim_evq_cancel(q, rows[at].handle));
        row_remove(at);
    }
    cr_assert_eq(sim_evq_count(q), row_count);
    if (dice % 7 == 0) {
        cr_assert_eq(sim_evq_peek(q, &e), row_count > 0);
        cr_assert(row_count == 0 || memcmp(&e, &rows[0].e, sizeof e) == 0);
    }
}

static void compare_list(const struct sim_evq *q)
{
    struct sim_event *list = calloc((size_t)row_count + 1, sizeof *list);
    sim_evq_list(q, list);
    for (int i = 0; i < row_count; i++) {
        cr_assert_eq(memcmp(&list[i], &rows[i].e, sizeof list[i]), 0);
    }
    free(list);
}

Test(evq, does_what_a_sorted_array_does_under_random_pushes_pops_and_cancellations)
{
    struct sim_evq *q = sim_evq_create(0);
    for (uint64_t seed = 1; seed <= 6; seed++) {
        struct sim_rng rng = sim_rng_make(seed, 0, 0, 0);
        sim_evq_reset(q, seed % 2 == 0 ? -1000000 : 0);
        row_count = 0;
        for (int64_t i = 0; i < 6000; i++) {
            // The queue swells and shrinks; sometimes it is nearly empty, sometimes long.
            step(q, &rng, i, i / 1000 % 2 == 0 ? 20 : 600);
            if (i % 97 == 0) {
                sim_evq_validate(q);
                compare_list(q);
            }
        }
        cr_assert_gt(row_count, 100);
        while (row_count > 0) {
            struct sim_event e;
            cr_assert(sim_evq_pop(q, &e));
            cr_assert_eq(memcmp(&e, &rows[0].e, sizeof e), 0);
            row_remove(0);
        }
        cr_assert_eq(pop_arg(q), -1);
    }
    sim_evq_destroy(q);
}

Test(evq, clears_away_the_cancelled_when_they_are_many)
{
    struct sim_evq *q = sim_evq_create(16);
    push(q, 1000000, 0, 1, 77);

    // A bound that moves at each event: cancel and push far ahead, for ever.
    sim_ev next = push(q, 500000, 0, 0, 0);
    for (int i = 1; i < 100000; i++) {
        cr_assert(sim_evq_cancel(q, next));
        next = push(q, 500000 - i, 0, 0, i);
    }

    sim_evq_validate(q);
    cr_assert_eq(sim_evq_count(q), 2);
    cr_assert_lt(sim_evq_room(q), 300, "cancelled events pile up");
    cr_assert_eq(pop_arg(q), 99999);
    cr_assert_eq(pop_arg(q), 77);
    sim_evq_destroy(q);
}

/** When the i-th of n events of a pattern comes. */
static sim_time pattern_time(int pattern, int i, int n, struct sim_rng *rng)
{
    switch (pattern) {
    case 0:
        return i; // the later, the later
    case 1:
        return n - i; // each before all others
    case 2:
        return 5; // all at once
    case 3:
        return i % 2 == 0 ? i : 1000000 - i; // from both ends
    default:
        return sim_rng_below(rng, 1000000);
    }
}

Test(evq, keeps_the_order_of_many_events_however_they_come)
{
    enum {
        MANY = 20000
    };
    struct sim_evq *q = sim_evq_create(0);
    sim_ev *handles = calloc(MANY, sizeof *handles);
    struct sim_rng rng = sim_rng_make(7, 0, 0, 0);
    for (int pattern = 0; pattern < 5; pattern++) {
        sim_evq_reset(q, 0);
        for (int i = 0; i < MANY; i++) {
            handles[i] = push(q, pattern_time(pattern, i, MANY, &rng), 0, 0, i);
        }
        sim_evq_validate(q);
        struct sim_event last = {.when = -1};
        struct sim_event e;
        int left = MANY;
        for (int i = 0; i < MANY; i += 2) { // half of them, waiting or not
            left -= sim_evq_cancel(q, handles[i]);
            if (i % 100 == 0 && sim_evq_pop(q, &e)) {
                left--;
                cr_assert(e.when > last.when || (e.when == last.when && e.arg > last.arg));
                last = e;
            }
        }
        sim_evq_validate(q);
        cr_assert_eq(sim_evq_count(q), left);
        cr_assert_leq(left, MANY / 2);
        for (; sim_evq_pop(q, &e); left--) {
            cr_assert(e.when > last.when || (e.when == last.when && e.arg > last.arg));
            cr_assert_eq(e.arg % 2, 1); // the others were cancelled
            last = e;
        }
        cr_assert_eq(left, 0);
    }
    free(handles);
    sim_evq_destroy(q);
}

Test(evq, allocates_nothing_once_warm)
{
    struct sim_evq *q = sim_evq_create(0);
    int room = 0;
    for (int round = 0; round < 3; round++) {
        struct sim_rng rng = sim_rng_make(1, 0, 0, 0);
        sim_evq_reset(q, 0);
        for (int i = 0; i < 1000; i++) {
            push(q, sim_rng_below(&rng, 1000), 0, i, i);
        }
        while (pop_arg(q) >= 0) {
        }
        cr_assert(round == 0 || sim_evq_room(q) == room);
        room = sim_evq_room(q);
    }
    sim_evq_destroy(q);
}

// ---- duties of the caller

Test(evq, refuses_the_past, .signal = SIGABRT)
{
    struct sim_evq *q = sim_evq_create(4);
    push(q, 10, 0, 0, 0);
    pop_arg(q);
    push(q, 9, 0, 0, 0);
}

Test(evq, refuses_what_is_too_far_ahead, .signal = SIGABRT)
{
    struct sim_evq *q = sim_evq_create(4);
    push(q, SIM_EVQ_SPAN_US, 0, 0, 0);
}

Test(evq, refuses_never, .signal = SIGABRT)
{
    struct sim_evq *q = sim_evq_create(4);
    sim_evq_reset(q, -1000);
    push(q, SIM_TIME_NEVER, 0, 0, 0);
}

Test(evq, refuses_a_priority_that_does_not_fit, .signal = SIGABRT)
{
    struct sim_evq *q = sim_evq_create(4);
    push(q, 0, SIM_EVQ_PRIORITY_MAX + 1, 0, 0);
}

Test(evq, refuses_a_rank_that_does_not_fit, .signal = SIGABRT)
{
    struct sim_evq *q = sim_evq_create(4);
    push(q, 0, 0, SIM_EVQ_RANK_MAX + 1, 0);
}
