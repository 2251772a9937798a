// SPDX-License-Identifier: MIT
#include "sim/core/resource.h"

#include <stdlib.h>
#include <string.h>

enum {
    SLOT_BITS = 24,
    JOBS_MAX = (1 << SLOT_BITS) - 1
};

#define SLOT_MASK (((uint64_t)1 << SLOT_BITS) - 1)

__extension__ typedef __int128 area; // [job x us] exact whatever the length of run and queue

enum job_state {
    JOB_FREE,
    JOB_WAITING,
    JOB_HELD
};

struct job {
    uint64_t generation; // [-] odd while the job lives
    enum job_state state;
    int32_t priority;
    int32_t who;
    int32_t tag;
    int32_t place; // where it stands in `line` or `held`; of a free one: the next free, or -1
    bool was_suspended;
    sim_time asked; // [us] time of the request
    sim_time since; // [us] start of this spell of waiting or being served
    int64_t number; // [-] of the request, to tell requests of one entity apart
};

/** What the waiting line compares, apart from the job so that a comparison stays in one line of
 * the cache. */
struct waiter {
    int32_t priority;
    int32_t who;
    sim_time asked;
    int64_t number;
    int32_t slot;
};

struct sim_resource {
    struct sim_resource_opts opts; // as given to create
    int servers;                   // [-] while open
    bool open;
    sim_time last; // [us] of the last call
    struct job *jobs;
    int job_count;
    int job_capacity;
    int free_job;
    struct waiter *line; // a binary heap of those that wait
    int line_count;
    int32_t *held; // slots of those that are served, in no order
    int held_count;
    struct sim_resource_note *notes; // a ring; capacity is a power of two
    unsigned note_first;
    unsigned note_count;
    unsigned note_capacity;
    int64_t request_count;
    struct sim_resource_stats stats; // its means are made when asked for
    sim_time stats_start;
    area queue_area;
    area busy_area;
    area servers_area;
};

// ---- jobs

static sim_job job_name(const struct sim_resource *r, int32_t slot)
{
    return (sim_job){(r->jobs[slot].generation << SLOT_BITS) | (uint64_t)slot};
}

/** The slot of a job that lives, or -1. */
static int32_t slot_of(const struct sim_resource *r, sim_job job)
{
    const int32_t slot = (int32_t)(job.id & SLOT_MASK);
    const uint64_t generation = job.id >> SLOT_BITS;
    const bool lives = (generation & 1) != 0 && slot < r->job_count &&
                       (r->jobs[slot].generation & (UINT64_MAX >> SLOT_BITS)) == generation;
    return lives ? slot : -1;
}

static void grow_jobs(struct sim_resource *r, int capacity)
{
    const size_t count = (size_t)capacity;
    r->jobs = sim_base_realloc(r->jobs, count, sizeof *r->jobs);
    memset(r->jobs + r->job_capacity, 0, (size_t)(capacity - r->job_capacity) * sizeof *r->jobs);
    r->line = sim_base_realloc(r->line, count, sizeof *r->line);
    r->held = sim_base_realloc(r->held, count, sizeof *r->held);
    r->job_capacity = capacity;
}

static int32_t fresh_slot(struct sim_resource *r)
{
    if (r->job_count == r->job_capacity) {
        SIM_REQUIRE(r->job_count < JOBS_MAX, "a resource cannot hold more than 16777215 jobs");
        grow_jobs(r, r->job_count > JOBS_MAX / 2 ? JOBS_MAX : 2 * r->job_count);
    }
    return r->job_count++;
}

static int32_t take_job(struct sim_resource *r)
{
    int32_t slot = r->free_job;
    if (slot >= 0) {
        r->free_job = r->jobs[slot].place;
    } else {
        slot = fresh_slot(r);
    }
    r->jobs[slot].generation++;
    return slot;
}

static void give_job(struct sim_resource *r, int32_t slot)
{
    struct job *job = &r->jobs[slot];
    job->generation++;
    job->state = JOB_FREE;
    job->place = r->free_job;
    r->free_job = slot;
}

// ---- the waiting line

static bool goes_before(const struct waiter *a, const struct waiter *b)
{
    if (a->priority != b->priority) {
        return a->priority < b->priority;
    }
    if (a->asked != b->asked) {
        return a->asked < b->asked;
    }
    if (a->who != b->who) {
        return a->who < b->who;
    }
    return a->number < b->number;
}

static void line_put(struct sim_resource *r, int at, const struct waiter *w)
{
    r->line[at] = *w;
    r->jobs[w->slot].place = at;
}

static void line_up(struct sim_resource *r, int at, const struct waiter *w)
{
    while (at > 0 && goes_before(w, &r->line[(at - 1) / 2])) {
        line_put(r, at, &r->line[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    line_put(r, at, w);
}

static void line_down(struct sim_resource *r, int at, const struct waiter *w)
{
    for (int child = 2 * at + 1; child < r->line_count; child = 2 * at + 1) {
        if (child + 1 < r->line_count && goes_before(&r->line[child + 1], &r->line[child])) {
            child++;
        }
        if (!goes_before(&r->line[child], w)) {
            break;
        }
        line_put(r, at, &r->line[child]);
        at = child;
    }
    line_put(r, at, w);
}

static void line_join(struct sim_resource *r, int32_t slot, sim_time now)
{
    struct job *job = &r->jobs[slot];
    job->state = JOB_WAITING;
    job->since = now;
    const struct waiter w = {job->priority, job->who, job->asked, job->number, slot};
    line_up(r, r->line_count++, &w);
}

static void line_leave(struct sim_resource *r, int32_t slot)
{
    const int at = r->jobs[slot].place;
    const struct waiter last = r->line[--r->line_count];
    if (at == r->line_count) {
        return;
    }
    if (at > 0 && goes_before(&last, &r->line[(at - 1) / 2])) {
        line_up(r, at, &last);
    } else {
        line_down(r, at, &last);
    }
}

// ---- notes and statistics

static void grow_notes(struct sim_resource *r)
{
    const unsigned capacity = 2 * r->note_capacity;
    struct sim_resource_note *notes = sim_base_alloc(capacity, sizeof *notes);
    for (unsigned i = 0; i < r->note_count; i++) {
        notes[i] = r->notes[(r->note_first + i) & (r->note_capacity - 1)];
    }
    free(r->notes);
    r->notes = notes;
    r->note_first = 0;
    r->note_capacity = capacity;
}

static void tell(struct sim_resource *r, const struct sim_resource_note *note)
{
    if (r->note_count == r->note_capacity) {
        grow_notes(r);
    }
    r->notes[(r->note_first + r->note_count++) & (r->note_capacity - 1)] = *note;
}

/** Bring the integrals up to `now`. */
static void advance(struct sim_resource *r, sim_time now)
{
    SIM_REQUIRE(now >= r->last, "a resource was called with a time before its last one");
    const sim_time span = now - r->last;
    const int servers = sim_resource_servers(r);
    r->queue_area += (area)span * r->line_count;
    r->busy_area += (area)span * r->held_count;
    r->servers_area += (area)span * (servers > r->held_count ? servers : r->held_count);
    r->last = now;
}

// ---- who is served

static void grant(struct sim_resource *r, int32_t slot, sim_time now, sim_time waited)
{
    struct job *job = &r->jobs[slot];
    const bool again = job->was_suspended;
    if (!again) {
        sim_stats_add(&r->stats.wait_us, (double)waited);
        r->stats.waited += waited > 0;
    }
    job->state = JOB_HELD;
    job->since = now;
    job->place = r->held_count;
    r->held[r->held_count++] = slot;
    const struct sim_resource_note note = {
        .what = again ? SIM_RESOURCE_RESUMED : SIM_RESOURCE_GRANTED,
        .who = job->who,
        .tag = job->tag,
        .job = job_name(r, slot),
        .waited_us = waited,
    };
    tell(r, &note);
}

static void held_leave(struct sim_resource *r, int32_t slot)
{
    const int at = r->jobs[slot].place;
    const int32_t last = r->held[--r->held_count];
    r->held[at] = last;
    r->jobs[last].place = at;
}

static void suspend(struct sim_resource *r, int32_t slot, sim_time now, sim_job cause)
{
    struct job *job = &r->jobs[slot];
    const struct sim_resource_note note = {
        .what = SIM_RESOURCE_SUSPENDED,
        .who = job->who,
        .tag = job->tag,
        .job = job_name(r, slot),
        .cause = cause,
        .held_us = now - job->since,
    };
    held_leave(r, slot);
    job->was_suspended = true;
    line_join(r, slot, now);
    r->stats.suspended++;
    tell(r, &note);
}

static bool yields_before(const struct job *a, const struct job *b)
{
    if (a->priority != b->priority) {
        return a->priority > b->priority;
    }
    if (a->since != b->since) {
        return a->since > b->since;
    }
    if (a->who != b->who) {
        return a->who > b->who;
    }
    return a->number > b->number;
}

/** Who loses its server first: the lowest priority, then the one served last; -1 for none. */
static int32_t first_to_yield(const struct sim_resource *r)
{
    int32_t found = -1;
    for (int i = 0; i < r->held_count; i++) {
        if (found < 0 || yields_before(&r->jobs[r->held[i]], &r->jobs[found])) {
            found = r->held[i];
        }
    }
    return found;
}

/** Make room for the first of the line by suspending a holder; false when none yields to it. A
 * server that is about to go is not worth taking. */
static bool make_room(struct sim_resource *r, sim_time now)
{
    if (!r->opts.preempts || r->held_count == 0 || r->held_count > sim_resource_servers(r)) {
        return false;
    }
    const int32_t victim = first_to_yield(r);
    if (r->jobs[victim].priority <= r->line[0].priority) {
        return false;
    }
    suspend(r, victim, now, job_name(r, r->line[0].slot));
    return true;
}

static void serve(struct sim_resource *r, sim_time now)
{
    while (r->line_count > 0 && (r->held_count < sim_resource_servers(r) || make_room(r, now))) {
        const int32_t slot = r->line[0].slot;
        line_leave(r, slot);
        grant(r, slot, now, now - r->jobs[slot].since);
    }
    if (r->line_count > r->stats.queue_max) {
        r->stats.queue_max = r->line_count;
    }
}

/** Servers came or went. */
static void settle(struct sim_resource *r, sim_time now)
{
    while (r->opts.closing == SIM_RESOURCE_SUSPEND && r->held_count > sim_resource_servers(r)) {
        suspend(r, first_to_yield(r), now, (sim_job){0});
    }
    serve(r, now);
}

// ---- the interface

struct sim_resource_opts sim_resource_opts_default(void)
{
    return (struct sim_resource_opts){.servers = 1, .places = -1, .closing = SIM_RESOURCE_FINISH};
}

struct sim_resource *sim_resource_create(const struct sim_resource_opts *opts, sim_time start)
{
    SIM_REQUIRE(opts->servers >= 0, "a resource cannot have fewer than 0 servers");
    SIM_REQUIRE(opts->places >= -1, "places to wait are 0 or more, or -1 for any number");
    struct sim_resource *r = sim_base_alloc(1, sizeof *r);
    r->opts = *opts;
    r->note_capacity = 8;
    r->notes = sim_base_alloc(r->note_capacity, sizeof *r->notes);
    grow_jobs(r, 16);
    sim_resource_reset(r, start);
    return r;
}

void sim_resource_destroy(struct sim_resource *r)
{
    if (r != NULL) {
        free(r->jobs);
        free(r->line);
        free(r->held);
        free(r->notes);
        free(r);
    }
}

void sim_resource_reset(struct sim_resource *r, sim_time start)
{
    for (int i = 0; i < r->job_count; i++) {
        r->jobs[i].generation += r->jobs[i].generation & 1; // names of old name nothing
        r->jobs[i].state = JOB_FREE;
    }
    r->job_count = 0;
    r->free_job = -1;
    r->line_count = 0;
    r->held_count = 0;
    r->note_first = 0;
    r->note_count = 0;
    r->request_count = 0;
    r->last = start;
    r->servers = r->opts.servers;
    r->open = r->opts.calendar == NULL || sim_calendar_is_open(r->opts.calendar, start);
    sim_resource_restart_stats(r, start);
}

sim_job sim_resource_request(struct sim_resource *r, sim_time now, int32_t priority, int32_t who,
                             int32_t tag)
{
    advance(r, now);
    r->stats.requested++;
    const int32_t slot = take_job(r);
    struct job *job = &r->jobs[slot];
    job->priority = priority;
    job->who = who;
    job->tag = tag;
    job->was_suspended = false;
    job->asked = now;
    job->number = r->request_count++;
    if (r->held_count < sim_resource_servers(r)) { // then nobody waits
        grant(r, slot, now, 0);
        return job_name(r, slot);
    }
    line_join(r, slot, now);
    if (r->opts.preempts && make_room(r, now)) {
        serve(r, now);
    } else if (r->opts.places >= 0 && r->line_count > r->opts.places) {
        line_leave(r, slot);
        give_job(r, slot);
        r->stats.refused++;
        return (sim_job){0};
    } else if (r->line_count > r->stats.queue_max) {
        r->stats.queue_max = r->line_count;
    }
    return job_name(r, slot);
}

void sim_resource_release(struct sim_resource *r, sim_time now, sim_job job)
{
    advance(r, now);
    const int32_t slot = slot_of(r, job);
    SIM_REQUIRE(slot >= 0 && r->jobs[slot].state == JOB_HELD,
                "a job was released that holds no server");
    held_leave(r, slot);
    give_job(r, slot);
    r->stats.released++;
    serve(r, now);
}

bool sim_resource_withdraw(struct sim_resource *r, sim_time now, sim_job job)
{
    advance(r, now);
    const int32_t slot = slot_of(r, job);
    if (slot < 0) {
        return false;
    }
    if (r->jobs[slot].state == JOB_HELD) {
        held_leave(r, slot);
    } else {
        line_leave(r, slot);
    }
    give_job(r, slot);
    r->stats.withdrawn++;
    serve(r, now);
    return true;
}

void sim_resource_resize(struct sim_resource *r, sim_time now, int servers)
{
    SIM_REQUIRE(servers >= 0, "a resource cannot have fewer than 0 servers");
    advance(r, now);
    r->servers = servers;
    settle(r, now);
}

sim_time sim_resource_next_turn(const struct sim_resource *r, sim_time now)
{
    return r->opts.calendar == NULL ? SIM_TIME_NEVER
                                    : sim_calendar_next_change(r->opts.calendar, now);
}

void sim_resource_turn(struct sim_resource *r, sim_time now)
{
    advance(r, now);
    r->open = r->opts.calendar == NULL || sim_calendar_is_open(r->opts.calendar, now);
    settle(r, now);
}

bool sim_resource_next_note(struct sim_resource *r, struct sim_resource_note *out)
{
    if (r->note_count == 0) {
        return false;
    }
    *out = r->notes[r->note_first];
    r->note_first = (r->note_first + 1) & (r->note_capacity - 1);
    r->note_count--;
    return true;
}

bool sim_resource_is_open(const struct sim_resource *r)
{
    return r->open;
}

int sim_resource_servers(const struct sim_resource *r)
{
    return r->open ? r->servers : 0;
}

int sim_resource_busy(const struct sim_resource *r)
{
    return r->held_count;
}

int sim_resource_waiting(const struct sim_resource *r)
{
    return r->line_count;
}

static bool is_in_state(const struct sim_resource *r, sim_job job, enum job_state state)
{
    const int32_t slot = slot_of(r, job);
    return slot >= 0 && r->jobs[slot].state == state;
}

bool sim_resource_is_held(const struct sim_resource *r, sim_job job)
{
    return is_in_state(r, job, JOB_HELD);
}

bool sim_resource_is_waiting(const struct sim_resource *r, sim_job job)
{
    return is_in_state(r, job, JOB_WAITING);
}

void sim_resource_restart_stats(struct sim_resource *r, sim_time now)
{
    advance(r, now);
    r->stats = (struct sim_resource_stats){.queue_max = r->line_count};
    r->stats_start = now;
    r->queue_area = 0;
    r->busy_area = 0;
    r->servers_area = 0;
}

struct sim_resource_stats sim_resource_stats(const struct sim_resource *r, sim_time now)
{
    struct sim_resource upto = *r; // shares the arrays, which advance does not touch
    advance(&upto, now);
    struct sim_resource_stats s = upto.stats;
    const double span = (double)(now - r->stats_start);
    if (now > r->stats_start) {
        s.queue_mean = (double)upto.queue_area / span;
        s.busy_mean = (double)upto.busy_area / span;
        s.servers_mean = (double)upto.servers_area / span;
    }
    if (upto.servers_area > 0) {
        s.utilisation = (double)upto.busy_area / (double)upto.servers_area;
    }
    return s;
}

static void check_job(const struct sim_resource *r, int32_t slot)
{
    const struct job *job = &r->jobs[slot];
    SIM_REQUIRE((job->state != JOB_FREE) == ((job->generation & 1) != 0),
                "resource: a job's name does not tell whether it lives");
    SIM_REQUIRE(job->state != JOB_WAITING || r->line[job->place].slot == slot,
                "resource: a waiting job is misplaced");
    SIM_REQUIRE(job->state != JOB_HELD || r->held[job->place] == slot,
                "resource: a served job is misplaced");
}

static int count_in_state(const struct sim_resource *r, enum job_state state)
{
    int count = 0;
    for (int32_t i = 0; i < r->job_count; i++) {
        count += r->jobs[i].state == state;
    }
    return count;
}

void sim_resource_validate(const struct sim_resource *r)
{
    for (int32_t i = 0; i < r->job_count; i++) {
        check_job(r, i);
    }
    SIM_REQUIRE(count_in_state(r, JOB_WAITING) == r->line_count &&
                    count_in_state(r, JOB_HELD) == r->held_count,
                "resource: jobs got lost");
    for (int i = 1; i < r->line_count; i++) {
        SIM_REQUIRE(goes_before(&r->line[(i - 1) / 2], &r->line[i]), "resource: line broken");
    }
    const int servers = sim_resource_servers(r);
    SIM_REQUIRE(r->line_count == 0 || r->held_count >= servers,
                "resource: a job waits although a server is free");
    SIM_REQUIRE(r->opts.closing == SIM_RESOURCE_FINISH || r->held_count <= servers,
                "resource: a server should have gone");
}
