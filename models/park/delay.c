#include "models/park/delay.h"

#include "models/park/build.h"
#include "sim/num/stats.h"

#include <math.h>
#include <stdlib.h>

enum { // `arg` of PARK_HAPPENING_EXIT: an arrival of pipe i, or the end of its backlog
    ARG_BACKLOG = 1 << 24
};

#define SLACK 1e-9 // [-] of the pipe's fastest rate: slower than this is the same rate

/** A change of the entry's rate that is on its way. */
struct change {
    sim_time when; // at the exit
    double rate;   // [exit's activity/s]
};

struct pipe {
    int32_t entry, exit;
    sim_time delay_us;
    double gain; // [-] exit's activity per entry's activity
    struct change *ring;
    int first, count, capacity;
    struct sim_stats_timed arrived; // at the far end, whether taken or not
    double left;                    // [1/s] exit's rate now
    double fastest;                 // [1/s] that ever arrived
    bool is_behind;                 // more has arrived than left
    bool is_changed;                // since the last catch_up
    sim_ev catch_up;                // when the backlog will be gone
};

struct park_delays {
    const struct park *park;
    const struct park_roster *roster;
    struct sim_flow *flow;
    struct pipe *pipes;
    int count;
    int32_t *pipe_of; // by activity; -1
    bool is_changed;
};

static double port_coef(const struct park_net *net, int32_t activity, bool gives)
{
    const struct park_activity *a = &net->activities[activity];
    for (int32_t i = a->first_port; i < a->first_port + a->port_count; i++) {
        if (net->ports[i].gives == gives) {
            return net->ports[i].coef;
        }
    }
    return 1;
}

struct park_delays *park_delay_create(const struct park *p, const struct park_roster *roster,
                                      struct sim_flow *flow)
{
    struct park_delays *d = sim_base_alloc(1, sizeof(*d));
    const struct park_net *net = p->net;
    *d = (struct park_delays){.park = p, .roster = roster, .flow = flow};
    d->pipes = sim_base_alloc((size_t)net->activity_count, sizeof(*d->pipes));
    d->pipe_of = sim_base_alloc((size_t)net->activity_count, sizeof(*d->pipe_of));
    for (int32_t a = 0; a < net->activity_count; a++) {
        d->pipe_of[a] = -1;
    }
    for (int32_t a = 0; a < net->activity_count; a++) {
        const int32_t exit = net->activities[a].exit;
        if (exit >= 0) {
            d->pipes[d->count] =
                (struct pipe){.entry = a,
                              .exit = exit,
                              .delay_us = net->activities[a].delay_us,
                              .gain = port_coef(net, a, true) / port_coef(net, exit, false)};
            d->pipe_of[a] = d->count;
            d->pipe_of[exit] = d->count;
            d->count++;
        }
    }
    return d;
}

void park_delay_destroy(struct park_delays *d)
{
    if (d == NULL) {
        return;
    }
    for (int i = 0; i < d->count; i++) {
        free(d->pipes[i].ring);
    }
    free(d->pipes);
    free(d->pipe_of);
    free(d);
}

void park_delay_reset(struct park_delays *d, const struct park_clock *c)
{
    d->is_changed = false;
    for (int i = 0; i < d->count; i++) {
        struct pipe *p = &d->pipes[i];
        p->first = 0;
        p->count = 0;
        p->left = 0;
        p->fastest = 0;
        p->is_behind = false;
        p->is_changed = false;
        p->catch_up = (sim_ev){0};
        sim_stats_timed_begin(&p->arrived, c->now, 0);
        sim_flow_set_capacity(d->flow, p->exit, 0);
    }
}

static void ring_push(struct pipe *p, struct change change)
{
    if (p->count == p->capacity) {
        const int wider = p->capacity < 8 ? 8 : 2 * p->capacity;
        struct change *ring = sim_base_alloc((size_t)wider, sizeof(*ring));
        for (int i = 0; i < p->count; i++) {
            ring[i] = p->ring[(p->first + i) % p->capacity];
        }
        free(p->ring);
        p->ring = ring;
        p->first = 0;
        p->capacity = wider;
    }
    p->ring[(p->first + p->count++) % p->capacity] = change;
}

static struct change ring_pop(struct pipe *p)
{
    const struct change change = p->ring[p->first];
    p->first = (p->first + 1) % p->capacity;
    p->count--;
    return change;
}

bool park_delay_changed(struct park_delays *d, const struct park_clock *c, int32_t activity,
                        double rate)
{
    const int32_t i = d->pipe_of[activity];
    if (i < 0) {
        return false;
    }
    struct pipe *p = &d->pipes[i];
    if (activity == p->exit) {
        p->left = rate;
        p->is_changed = true;
        d->is_changed = true;
    } else {
        ring_push(p, (struct change){.when = c->now + p->delay_us, .rate = p->gain * rate});
        (void)park_happening_push(c, c->now + p->delay_us, PARK_HAPPENING_EXIT,
                                  d->roster->activities[p->exit], i);
    }
    return true;
}

static double fastest_of(const struct park_delays *d, const struct pipe *p)
{
    return d->park->net->activities[p->exit].capacity;
}

void park_delay_happen(struct park_delays *d, const struct park_clock *c, const struct sim_event *e)
{
    const bool is_arrival = e->arg < ARG_BACKLOG;
    struct pipe *p = &d->pipes[is_arrival ? e->arg : e->arg - ARG_BACKLOG];
    if (is_arrival) {
        const struct change change = ring_pop(p);
        SIM_REQUIRE(change.when == c->now, "what is in a pipe comes out at the wrong time");
        sim_stats_timed_change(&p->arrived, c->now, change.rate);
        p->fastest = fmax(p->fastest, change.rate);
    } else {
        p->is_behind = false; // all that had to wait is gone
    }
    p->is_changed = true;
    d->is_changed = true;
    if (!p->is_behind) {
        sim_flow_set_capacity(d->flow, p->exit, p->arrived.value);
    }
}

/** Plan the instant at which the backlog will be gone, at the rates that hold now. */
static void plan(struct park_delays *d, const struct park_clock *c, int i)
{
    struct pipe *p = &d->pipes[i];
    (void)sim_evq_cancel(c->queue, p->catch_up);
    p->catch_up = (sim_ev){0};
    const double faster = p->left - p->arrived.value;
    if (faster <= SLACK * p->fastest) {
        return;
    }
    const double behind =
        sim_stats_timed_integral(&p->arrived, c->now) - sim_flow_total(d->flow, p->exit);
    const double seconds = fmax(0, behind) / faster;
    if (seconds < 1e9) {
        p->catch_up = park_happening_push(c, c->now + sim_simtime_from_seconds_up(seconds),
                                          PARK_HAPPENING_EXIT, d->roster->activities[p->exit],
                                          ARG_BACKLOG + i);
    }
}

bool park_delay_catch_up(struct park_delays *d, const struct park_clock *c)
{
    bool wants = false;
    for (int i = 0; d->is_changed && i < d->count; i++) {
        struct pipe *p = &d->pipes[i];
        if (!p->is_changed) {
            continue;
        }
        p->is_changed = false;
        if (!p->is_behind && p->left < p->arrived.value - SLACK * p->fastest) {
            p->is_behind = true;
            sim_flow_set_capacity(d->flow, p->exit, fastest_of(d, p));
            wants = true;
        }
        if (p->is_behind) {
            plan(d, c, i);
        }
    }
    d->is_changed = wants;
    return wants;
}
