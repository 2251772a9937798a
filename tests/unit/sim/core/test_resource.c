// SPDX-License-Identifier: MIT
#include "sim/core/resource.h"

#include <criterion/criterion.h>

#include <signal.h>

static struct sim_resource *make(int servers, int places, bool preempts)
{
    struct sim_resource_opts opts = sim_resource_opts_default();
    opts.servers = servers;
    opts.places = places;
    opts.preempts = preempts;
    return sim_resource_create(&opts, 0);
}

/** The next note; fails when there is none. */
static struct sim_resource_note note(struct sim_resource *r)
{
    struct sim_resource_note n = {0};
    cr_assert(sim_resource_next_note(r, &n), "a note was expected");
    return n;
}

static bool is_silent(struct sim_resource *r)
{
    struct sim_resource_note n;
    return !sim_resource_next_note(r, &n);
}

/** The tag of the job granted, when that is the one note. */
static int granted_tag(struct sim_resource *r)
{
    const struct sim_resource_note n = note(r);
    cr_assert_eq(n.what, SIM_RESOURCE_GRANTED);
    cr_assert(is_silent(r));
    return n.tag;
}

Test(resource, gives_a_free_server_at_once_and_lets_others_wait)
{
    struct sim_resource *r = make(2, -1, false);

    const sim_job a = sim_resource_request(r, 0, 0, 5, 50);
    const sim_job b = sim_resource_request(r, 1, 0, 6, 60);
    const sim_job c = sim_resource_request(r, 2, 0, 7, 70);

    const struct sim_resource_note first = note(r);
    cr_assert(first.what == SIM_RESOURCE_GRANTED && first.who == 5 && first.tag == 50);
    cr_assert_eq(first.job.id, a.id);
    cr_assert_eq(granted_tag(r), 60);
    cr_assert(sim_resource_is_held(r, b) && !sim_resource_is_waiting(r, b));
    cr_assert(sim_resource_is_waiting(r, c) && !sim_resource_is_held(r, c));
    sim_resource_release(r, 10, a);
    const struct sim_resource_note next = note(r);
    cr_assert_eq(next.job.id, c.id);
    cr_assert_eq(next.waited_us, 8);
    cr_assert_not(sim_resource_is_held(r, a));
    sim_resource_validate(r);
    sim_resource_destroy(r);
}

Test(resource, serves_by_priority_then_time_then_rank_then_order_of_asking)
{
    struct sim_resource *r = make(1, -1, false);
    sim_job job = sim_resource_request(r, 0, 0, 0, -1);
    sim_resource_request(r, 1, 2, 0, 5);
    sim_resource_request(r, 1, 1, 9, 2);
    sim_resource_request(r, 1, 1, 4, 0);
    sim_resource_request(r, 1, 1, 4, 1);
    sim_resource_request(r, 2, 1, 0, 3);
    sim_resource_request(r, 3, 1, 0, 4);
    cr_assert_eq(granted_tag(r), -1);

    for (int i = 0; i < 6; i++) {
        sim_resource_release(r, 10 + i, job);
        const struct sim_resource_note n = note(r);
        cr_assert_eq(n.tag, i);
        job = n.job;
    }
    sim_resource_destroy(r);
}

Test(resource, refuses_when_no_place_is_left)
{
    struct sim_resource *r = make(1, 1, false);

    const sim_job a = sim_resource_request(r, 0, 0, 0, 0);
    const sim_job b = sim_resource_request(r, 0, 0, 1, 1);
    const sim_job c = sim_resource_request(r, 0, 0, 2, 2);

    cr_assert(a.id != 0 && b.id != 0 && c.id == 0);
    cr_assert_eq(sim_resource_waiting(r), 1);
    cr_assert_eq(sim_resource_stats(r, 0).refused, 1);
    sim_resource_validate(r);
    sim_resource_destroy(r);
}

Test(resource, takes_a_server_from_the_lowest_priority_served_last)
{
    struct sim_resource *r = make(3, -1, true);
    sim_resource_request(r, 0, 3, 0, 10);
    const sim_job late = sim_resource_request(r, 1, 3, 1, 11);
    sim_resource_request(r, 2, 2, 2, 12);
    note(r);
    note(r);
    note(r);

    const sim_job urgent = sim_resource_request(r, 5, 1, 9, 13);

    const struct sim_resource_note lost = note(r);
    cr_assert_eq(lost.what, SIM_RESOURCE_SUSPENDED);
    cr_assert_eq(lost.job.id, late.id);
    cr_assert_eq(lost.cause.id, urgent.id);
    cr_assert_eq(lost.held_us, 4);
    cr_assert_eq(granted_tag(r), 13);
    cr_assert(sim_resource_is_waiting(r, late));

    // Equals do not take servers from each other.
    sim_resource_request(r, 6, 3, 0, 14);
    cr_assert(is_silent(r));

    // The suspended one kept its time of request: it comes before the one that asked at 6.
    sim_resource_release(r, 9, urgent);
    const struct sim_resource_note back = note(r);
    cr_assert_eq(back.what, SIM_RESOURCE_RESUMED);
    cr_assert_eq(back.job.id, late.id);
    cr_assert_eq(back.waited_us, 4);
    cr_assert(is_silent(r));
    cr_assert_eq(sim_resource_stats(r, 9).suspended, 1);
    sim_resource_validate(r);
    sim_resource_destroy(r);
}

Test(resource, lets_work_under_way_finish_when_servers_go)
{
    struct sim_resource *r = make(2, -1, false);
    const sim_job a = sim_resource_request(r, 0, 0, 0, 0);
    const sim_job b = sim_resource_request(r, 0, 0, 1, 1);
    sim_resource_request(r, 0, 0, 2, 2);
    note(r);
    note(r);

    sim_resource_resize(r, 1, 1);

    cr_assert(is_silent(r));
    cr_assert_eq(sim_resource_busy(r), 2);
    sim_resource_release(r, 2, a); // this server goes
    cr_assert(is_silent(r));
    sim_resource_release(r, 3, b);
    cr_assert_eq(granted_tag(r), 2);
    sim_resource_destroy(r);
}

static struct sim_calendar *shift(void)
{
    struct sim_err err;
    struct sim_calendar *c = sim_calendar_create();
    cr_assert_eq(sim_calendar_add_open(c, "Mon-Sun 06:00-14:00", &err), SIM_OK);
    sim_calendar_seal(c);
    return c;
}

static struct sim_resource *make_shift(const struct sim_calendar *c, sim_time start,
                                       enum sim_resource_closing closing)
{
    struct sim_resource_opts opts = sim_resource_opts_default();
    opts.calendar = c;
    opts.closing = closing;
    return sim_resource_create(&opts, start);
}

Test(resource, opens_and_closes_with_its_calendar)
{
    struct sim_calendar *c = shift();
    const sim_time day = sim_simtime_date(2026, 3, 2);
    struct sim_resource *r = make_shift(c, day, SIM_RESOURCE_FINISH);

    const sim_job a = sim_resource_request(r, day + SIM_TIME_H, 0, 0, 1);
    cr_assert(is_silent(r));
    cr_assert_not(sim_resource_is_open(r));
    const sim_time opens = sim_resource_next_turn(r, day + SIM_TIME_H);
    cr_assert_eq(opens, day + 6 * SIM_TIME_H);
    sim_resource_turn(r, opens);
    cr_assert_eq(granted_tag(r), 1);
    sim_resource_request(r, opens, 0, 1, 2);
    const sim_time closes = sim_resource_next_turn(r, opens);
    cr_assert_eq(closes, day + 14 * SIM_TIME_H);
    sim_resource_turn(r, closes);
    cr_assert(is_silent(r));
    cr_assert(sim_resource_is_held(r, a)); // finishes by default
    sim_resource_release(r, closes + SIM_TIME_H, a);
    cr_assert(is_silent(r)); // nobody starts after closing

    const struct sim_resource_stats s = sim_resource_stats(r, day + SIM_TIME_DAY);
    cr_assert_float_eq(s.busy_mean, 9.0 / 24, 1e-12);
    cr_assert_float_eq(s.servers_mean, 9.0 / 24, 1e-12); // an hour longer than the shift
    cr_assert_float_eq(s.queue_mean, (5.0 + 18) / 24, 1e-12);
    sim_resource_destroy(r);
    sim_calendar_destroy(c);
}

Test(resource, suspends_work_at_closing_when_told_to)
{
    struct sim_calendar *c = shift();
    const sim_time noon = sim_simtime_date(2026, 3, 2) + 12 * SIM_TIME_H;
    struct sim_resource *r = make_shift(c, noon, SIM_RESOURCE_SUSPEND);
    const sim_job a = sim_resource_request(r, noon, 0, 0, 1);
    granted_tag(r);

    const sim_time closes = sim_resource_next_turn(r, noon);
    sim_resource_turn(r, closes);
    const struct sim_resource_note lost = note(r);
    const sim_time opens = sim_resource_next_turn(r, closes);
    sim_resource_turn(r, opens);
    const struct sim_resource_note back = note(r);

    cr_assert(lost.what == SIM_RESOURCE_SUSPENDED && lost.held_us == 2 * SIM_TIME_H);
    cr_assert(lost.job.id == a.id && lost.cause.id == 0);
    cr_assert(back.what == SIM_RESOURCE_RESUMED && back.waited_us == 16 * SIM_TIME_H);
    cr_assert_eq(opens, noon + 18 * SIM_TIME_H);
    sim_resource_destroy(r);
    sim_calendar_destroy(c);
}

Test(resource, lets_a_job_go_away_waiting_or_served)
{
    struct sim_resource *r = make(1, -1, false);
    const sim_job a = sim_resource_request(r, 0, 0, 0, 0);
    const sim_job b = sim_resource_request(r, 0, 0, 1, 1);
    const sim_job c = sim_resource_request(r, 0, 0, 2, 2);
    note(r);

    cr_assert(sim_resource_withdraw(r, 1, b));
    cr_assert_not(sim_resource_withdraw(r, 1, b));
    cr_assert(is_silent(r));
    cr_assert(sim_resource_withdraw(r, 2, a));
    cr_assert_eq(granted_tag(r), 2);
    cr_assert(sim_resource_is_held(r, c));
    cr_assert_eq(sim_resource_stats(r, 2).withdrawn, 2);
    sim_resource_destroy(r);
}

Test(resource, counts_utilisation_queue_and_waits)
{
    struct sim_resource *r = make(1, -1, false);
    const sim_job a = sim_resource_request(r, 2, 0, 0, 0);
    const sim_job b = sim_resource_request(r, 4, 0, 0, 0);
    sim_resource_release(r, 10, a);
    sim_resource_release(r, 12, b);

    const struct sim_resource_stats s = sim_resource_stats(r, 20);

    cr_assert_eq(s.requested, 2);
    cr_assert_eq(s.released, 2);
    cr_assert_eq(s.waited, 1);
    cr_assert_eq(s.queue_max, 1);
    cr_assert_eq(s.wait_us.count, 2);
    cr_assert_float_eq(s.wait_us.mean, 3, 1e-12);
    cr_assert_float_eq(s.queue_mean, 6.0 / 20, 1e-12);
    cr_assert_float_eq(s.busy_mean, 10.0 / 20, 1e-12);
    cr_assert_float_eq(s.utilisation, 0.5, 1e-12);

    sim_resource_restart_stats(r, 20);
    cr_assert_eq(sim_resource_stats(r, 30).requested, 0);
    cr_assert_eq(sim_resource_stats(r, 30).busy_mean, 0);
    sim_resource_destroy(r);
}

Test(resource, is_as_created_after_a_reset)
{
    struct sim_resource *r = make(2, -1, false);
    const sim_job a = sim_resource_request(r, 5, 0, 0, 0);
    sim_resource_request(r, 5, 0, 0, 0);
    sim_resource_request(r, 5, 0, 0, 0);
    sim_resource_resize(r, 6, 7);

    sim_resource_reset(r, 1);

    cr_assert(is_silent(r));
    cr_assert_eq(sim_resource_servers(r), 2);
    cr_assert_eq(sim_resource_busy(r), 0);
    cr_assert_eq(sim_resource_waiting(r), 0);
    cr_assert_not(sim_resource_is_held(r, a));
    cr_assert_eq(sim_resource_stats(r, 1).requested, 0);
    sim_resource_request(r, 1, 0, 0, 9);
    cr_assert_not(sim_resource_withdraw(r, 1, a));
    cr_assert_eq(granted_tag(r), 9);
    sim_resource_destroy(r);
}

Test(resource, refuses_the_release_of_a_job_that_waits, .signal = SIGABRT)
{
    struct sim_resource *r = make(1, -1, false);
    sim_resource_request(r, 0, 0, 0, 0);
    sim_resource_release(r, 1, sim_resource_request(r, 0, 0, 0, 0));
}

Test(resource, refuses_to_go_back_in_time, .signal = SIGABRT)
{
    struct sim_resource *r = make(1, -1, false);
    sim_resource_request(r, 5, 0, 0, 0);
    sim_resource_request(r, 4, 0, 0, 0);
}
