// SPDX-License-Identifier: MIT
// The resource against a slow model of the same rules: a list of jobs that is searched from end to
// end. Every note must agree, whatever is asked in whatever order.
#include "sim/core/resource.h"
#include "sim/num/rng.h"

#include <criterion/criterion.h>

enum {
    JOBS = 400
};

struct twin_job {
    sim_job job;
    bool served;
    bool was_suspended;
    int priority, who, tag;
    sim_time asked, since;
};

struct twin {
    struct sim_resource_opts opts;
    struct twin_job jobs[JOBS]; // in the order of asking
    int count;
    int tags;
    int64_t refused, suspended, done;
    double queue_area, busy_area; // [job x us]
    sim_time last;
};

static int count_served(const struct twin *t)
{
    int served = 0;
    for (int i = 0; i < t->count; i++) {
        served += t->jobs[i].served;
    }
    return served;
}

/** -1, 0 or 1. */
static int sign(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/** Who is served next: least priority, time, rank, order of asking. */
static int first_waiting(const struct twin *t)
{
    int found = -1;
    for (int i = 0; i < t->count; i++) {
        const struct twin_job *a = &t->jobs[i];
        const struct twin_job *b = found < 0 ? a : &t->jobs[found];
        const int order = 4 * sign(a->priority, b->priority) + 2 * sign(a->asked, b->asked) +
                          sign(a->who, b->who);
        if (!a->served && (found < 0 || order < 0)) {
            found = i;
        }
    }
    return found;
}

/** Who yields first: greatest priority, start, rank, order of asking. */
static int last_served(const struct twin *t)
{
    int found = -1;
    for (int i = 0; i < t->count; i++) {
        const struct twin_job *a = &t->jobs[i];
        const struct twin_job *b = found < 0 ? a : &t->jobs[found];
        const int order = 4 * sign(a->priority, b->priority) + 2 * sign(a->since, b->since) +
                          sign(a->who, b->who);
        if (a->served && (found < 0 || order >= 0)) {
            found = i;
        }
    }
    return found;
}

static void expect(struct sim_resource *r, enum sim_resource_news what, const struct twin_job *job,
                   sim_time spell)
{
    struct sim_resource_note n;
    cr_assert(sim_resource_next_note(r, &n));
    cr_assert_eq(n.what, what);
    cr_assert_eq(n.tag, job->tag);
    cr_assert_eq(n.who, job->who);
    cr_assert_eq(what == SIM_RESOURCE_SUSPENDED ? n.held_us : n.waited_us, spell);
}

static void twin_suspend(struct twin *t, struct sim_resource *r, int at, sim_time now)
{
    struct twin_job *job = &t->jobs[at];
    expect(r, SIM_RESOURCE_SUSPENDED, job, now - job->since);
    job->served = false;
    job->was_suspended = true;
    job->since = now;
    t->suspended++;
}

/** Apply the rules until nothing changes; each change must have been told. */
static void twin_settle(struct twin *t, struct sim_resource *r, sim_time now)
{
    const int servers = t->opts.servers;
    while (t->opts.closing == SIM_RESOURCE_SUSPEND && count_served(t) > servers) {
        twin_suspend(t, r, last_served(t), now);
    }
    for (;;) {
        const int next = first_waiting(t);
        const int served = count_served(t);
        const int victim = last_served(t);
        if (next < 0 || served > servers || servers == 0) {
            return;
        }
        if (served == servers) {
            if (!t->opts.preempts || t->jobs[victim].priority <= t->jobs[next].priority) {
                return;
            }
            twin_suspend(t, r, victim, now);
        }
        struct twin_job *job = &t->jobs[next];
        expect(r, job->was_suspended ? SIM_RESOURCE_RESUMED : SIM_RESOURCE_GRANTED, job,
               now - job->since);
        job->served = true;
        job->since = now;
    }
}

static void twin_remove(struct twin *t, int at)
{
    for (int i = at; i + 1 < t->count; i++) {
        t->jobs[i] = t->jobs[i + 1];
    }
    t->count--;
}

static void request(struct twin *t, struct sim_resource *r, struct sim_rng *rng, sim_time now)
{
    struct twin_job job = {
        .priority = (int)sim_rng_below(rng, 4),
        .who = (int)sim_rng_below(rng, 6),
        .tag = t->tags++,
        .asked = now,
        .since = now,
    };
    const int waiting = t->count - count_served(t);
    job.job = sim_resource_request(r, now, job.priority, job.who, job.tag);
    t->jobs[t->count++] = job;
    const int victim = last_served(t);
    const bool has_server = count_served(t) < t->opts.servers;
    const bool takes_one = t->opts.preempts && count_served(t) == t->opts.servers && victim >= 0 &&
                           t->jobs[victim].priority > job.priority &&
                           first_waiting(t) == t->count - 1;
    if (t->opts.places >= 0 && !has_server && !takes_one && waiting >= t->opts.places) {
        cr_assert_eq(job.job.id, 0);
        t->count--;
        t->refused++;
    } else {
        cr_assert_neq(job.job.id, 0);
    }
}

static void act(struct twin *t, struct sim_resource *r, struct sim_rng *rng, sim_time now)
{
    const int64_t dice = sim_rng_below(rng, 100);
    const int at = t->count > 0 ? (int)sim_rng_below(rng, t->count) : -1;
    if (at < 0 || (dice < 50 && t->count < JOBS)) {
        request(t, r, rng, now);
    } else if (dice < 92 && t->jobs[at].served) {
        sim_resource_release(r, now, t->jobs[at].job);
        twin_remove(t, at);
        t->done++;
    } else if (dice < 96) {
        cr_assert(sim_resource_withdraw(r, now, t->jobs[at].job));
        twin_remove(t, at);
    } else {
        t->opts.servers = (int)sim_rng_below(rng, 6);
        sim_resource_resize(r, now, t->opts.servers);
    }
    twin_settle(t, r, now);
}

static void compare(const struct twin *t, struct sim_resource *r, sim_time now)
{
    struct sim_resource_note n;
    cr_assert_not(sim_resource_next_note(r, &n), "a note that the rules do not explain");
    cr_assert_eq(sim_resource_busy(r), count_served(t));
    cr_assert_eq(sim_resource_waiting(r), t->count - count_served(t));
    for (int i = 0; i < t->count; i++) {
        cr_assert_eq(sim_resource_is_held(r, t->jobs[i].job), t->jobs[i].served);
        cr_assert_eq(sim_resource_is_waiting(r, t->jobs[i].job), !t->jobs[i].served);
    }
    const struct sim_resource_stats s = sim_resource_stats(r, now);
    cr_assert_eq(s.refused, t->refused);
    cr_assert_eq(s.suspended, t->suspended);
    cr_assert_eq(s.released, t->done);
    cr_assert_eq(s.requested, t->tags);
    const double span = (double)now;
    cr_assert(now == 0 || s.queue_mean * span - t->queue_area < 1e-9 * span);
    cr_assert(now == 0 || t->queue_area - s.queue_mean * span < 1e-9 * span);
    cr_assert(now == 0 || s.busy_mean * span - t->busy_area < 1e-9 * span);
    cr_assert(now == 0 || t->busy_area - s.busy_mean * span < 1e-9 * span);
}

static void play(uint64_t seed, int steps)
{
    struct sim_rng rng = sim_rng_make(seed, 0, 0, 0);
    static struct twin t; // large
    t = (struct twin){.opts = sim_resource_opts_default()};
    t.opts.servers = (int)sim_rng_below(&rng, 5);
    t.opts.places = (int)sim_rng_below(&rng, 8) - 1;
    t.opts.preempts = seed % 2 == 0;
    t.opts.closing = seed % 4 < 2 ? SIM_RESOURCE_FINISH : SIM_RESOURCE_SUSPEND;
    struct sim_resource *r = sim_resource_create(&t.opts, 0);
    sim_time now = 0;
    for (int i = 0; i < steps; i++) {
        now += sim_rng_below(&rng, 3); // many at one instant
        t.queue_area += (double)(now - t.last) * (t.count - count_served(&t));
        t.busy_area += (double)(now - t.last) * count_served(&t);
        t.last = now;
        act(&t, r, &rng, now);
        sim_resource_validate(r);
        compare(&t, r, now);
    }
    sim_resource_destroy(r);
}

Test(resource_random, does_what_the_slow_model_does)
{
    for (uint64_t seed = 1; seed <= 60; seed++) {
        play(seed, 400);
    }
}
