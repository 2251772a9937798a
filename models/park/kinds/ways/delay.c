#include "models/park/kinds/ways/delay.h"

#include "models/park/net/build.h"
#include "models/park/run/capacity.h"
#include "sim/num/stats.h"

#include <math.h>
#include <stdlib.h>

enum { // `arg` of PARK_HAPPENING_EXIT: an arrival of pipe i, the end of its backlog, or the instant
       // from which it may let out a backlog again
    ARG_BACKLOG = 1 << 24,
    ARG_OPEN = 1 << 25
};

#define SLACK 1e-9 // [-] of the pipe's fastest rate: slower than this is the same rate

// What is not repeated as a change of its own, so that an echo ends (see the header).
#define ALIKE   1e-6                         // [-] of the rate: rates that close together
#define NOTHING 1e-9                         // [-] of the pipe's capacity: a rate below is none
static const sim_time SHORT_US = SIM_TIME_S; // what lasts no longer, or than
static const sim_time SHORT_PART = 100;      // [-] a hundredth of the delay

/** A change of the entry's rate that is on its way. */
struct change {
    sim_time when; // at the exit
    double rate;   // [exit's activity/s]
    double owed;   // [exit's activity] entered before it, beyond what was repeated
};

struct pipe {
    int32_t entry, exit;
    sim_time delay_us;
    sim_time short_us; // what lasts no longer is not repeated
    double gain;       // [-] exit's activity per entry's activity
    struct change *ring;
    int first, count, capacity;
    double entering, repeated;      // [1/s] entry's rate in terms of the exit, and as last repeated
    sim_time since;                 // both hold
    double owed;                    // [exit's activity] entered beyond what was repeated
    struct sim_stats_timed arrived; // at the far end, whether taken or not
    double late;                    // [exit's activity] arrived besides: was owed
    double left;                    // [1/s] exit's rate now
    double fastest;                 // [1/s] that ever arrived
    bool is_behind;                 // more has arrived than left
    bool is_open;                   // the backlog is let out, as fast as the pipe can
    bool is_changed;                // since the last catch_up
    sim_time opens;                 // not before this
    sim_ev catch_up;                // when the backlog will be gone
};

struct delays {
    struct park_part_of of;
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

static void destroy(void *s)
{
    struct delays *d = s;
    for (int i = 0; i < d->count; i++) {
        free(d->pipes[i].ring);
    }
    free(d->pipes);
    free(d->pipe_of);
    free(d);
}

static void *create(const struct park_part_of *of)
{
    struct delays *d = sim_base_alloc(1, sizeof(*d));
    const struct park_net *net = of->park->net;
    d->of = *of;
    d->pipes = sim_base_alloc((size_t)net->activity_count, sizeof(*d->pipes));
    d->pipe_of = sim_base_alloc((size_t)net->activity_count, sizeof(*d->pipe_of));
    for (int32_t a = 0; a < net->activity_count; a++) {
        d->pipe_of[a] = -1;
    }
    for (int32_t a = 0; a < net->activity_count; a++) {
        const int32_t exit = net->activities[a].exit;
        if (exit >= 0) {
            const sim_time delay = net->activities[a].delay_us;
            d->pipes[d->count] = (struct pipe){
                .entry = a,
                .exit = exit,
                .delay_us = delay,
                .short_us = delay < SHORT_PART * SHORT_US ? delay / SHORT_PART : SHORT_US,
                .gain = port_coef(net, a, true) / port_coef(net, exit, false)};
            d->pipe_of[a] = d->count;
            d->pipe_of[exit] = d->count;
            park_capacity_own(of->capacity, exit);
            d->count++;
        }
    }
    if (d->count == 0) {
        destroy(d);
        return NULL;
    }
    return d;
}

static void reset(void *s, const struct park_clock *c, const struct sim_trial *t)
{
    struct delays *d = s;
    (void)t;
    d->is_changed = false;
    for (int i = 0; i < d->count; i++) {
        struct pipe *p = &d->pipes[i];
        p->first = 0;
        p->count = 0;
        p->entering = p->repeated = 0;
        p->since = c->now;
        p->owed = p->late = 0;
        p->left = 0;
        p->fastest = 0;
        p->is_behind = false;
        p->is_open = false;
        p->is_changed = false;
        p->opens = c->now;
        p->catch_up = (sim_ev){0};
        sim_stats_timed_begin(&p->arrived, c->now, 0);
        sim_flow_set_capacity(d->of.flow, p->exit, 0);
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

static double capacity_of(const struct delays *d, const struct pipe *p)
{
    return d->of.park->net->activities[p->exit].capacity;
}

/** Whether `rate` is what is repeated already. */
static bool is_alike(const struct delays *d, const struct pipe *p, double rate)
{
    const double nothing = NOTHING * capacity_of(d, p);
    const double much = fmax(rate, p->repeated);
    return fabs(rate - p->repeated) <= fmax(ALIKE * much, rate <= nothing ? nothing : 0);
}

/** The change that went in last, if it lasted so short that it makes way; NULL: none. */
static struct change *short_lived(const struct pipe *p, sim_time now)
{
    struct change *last = p->count > 0 ? &p->ring[(p->first + p->count - 1) % p->capacity] : NULL;
    return last != NULL && now - (last->when - p->delay_us) <= p->short_us ? last : NULL;
}

/** What enters changes to `rate`: a change on its way, or one less. */
static void enter(struct delays *d, const struct park_clock *c, int i, double rate)
{
    struct pipe *p = &d->pipes[i];
    p->owed += (p->entering - p->repeated) * sim_simtime_to_seconds(c->now - p->since);
    p->entering = rate;
    p->since = c->now;
    struct change *last = short_lived(p, c->now);
    if (is_alike(d, p, rate)) {
        return;
    }
    p->repeated = rate < NOTHING * capacity_of(d, p) ? 0 : rate;
    if (last != NULL) {
        last->owed += (last->rate - p->repeated) *
                      sim_simtime_to_seconds(c->now - (last->when - p->delay_us));
        last->rate = p->repeated;
        return;
    }
    ring_push(p,
              (struct change){.when = c->now + p->delay_us, .rate = p->repeated, .owed = p->owed});
    p->owed = 0;
    (void)park_happening_push(c, c->now + p->delay_us, PARK_HAPPENING_EXIT,
                              d->of.roster->activities[p->exit], i);
}

static void changed(void *s, const struct park_clock *c, int32_t activity, double rate)
{
    struct delays *d = s;
    const int32_t i = d->pipe_of[activity];
    if (i < 0) {
        return;
    }
    struct pipe *p = &d->pipes[i];
    if (activity == p->exit) {
        p->left = rate;
        p->is_changed = true;
        d->is_changed = true;
    } else {
        enter(d, c, i, p->gain * rate);
    }
}

/** As fast as the pipe can while a backlog is let out, else as it arrives. */
static void set_exit(struct delays *d, const struct pipe *p)
{
    const double rate = p->is_open ? capacity_of(d, p) : p->arrived.value;
    sim_flow_set_capacity(d->of.flow, p->exit, rate);
}

/** Begin to let the backlog out; not again before another delay has passed. */
static void open_up(struct delays *d, const struct park_clock *c, struct pipe *p)
{
    p->is_open = true;
    p->opens = c->now + p->delay_us;
    set_exit(d, p);
}

static void arrive(const struct park_clock *c, struct pipe *p)
{
    const struct change change = ring_pop(p);
    SIM_REQUIRE(change.when == c->now, "what is in a pipe comes out at the wrong time");
    sim_stats_timed_change(&p->arrived, c->now, change.rate);
    p->late += change.owed;
    p->fastest = fmax(p->fastest, change.rate);
}

static void happen(void *s, const struct park_clock *c, const struct sim_event *e)
{
    struct delays *d = s;
    struct pipe *p = &d->pipes[e->arg % ARG_BACKLOG];
    if (e->arg < ARG_BACKLOG) {
        arrive(c, p);
    } else if (e->arg < ARG_OPEN) { // all that had to wait is gone
        p->is_behind = false;
        p->is_open = false;
    } else {
        open_up(d, c, p);
    }
    p->is_changed = true;
    d->is_changed = true;
    set_exit(d, p);
}

/** What has arrived and not left. [exit's activity] */
static double backlog(const struct delays *d, const struct park_clock *c, const struct pipe *p)
{
    const double arrived = sim_stats_timed_integral(&p->arrived, c->now) + p->late;
    return arrived - sim_flow_total(d->of.flow, p->exit);
}

/** Whether the far end takes less than arrives, or what was owed has become worth letting out. */
static bool falls_behind(const struct delays *d, const struct park_clock *c, const struct pipe *p)
{
    const double worth = capacity_of(d, p) * sim_simtime_to_seconds(p->short_us);
    return p->left < p->arrived.value - SLACK * p->fastest ||
           (p->late > 0 && backlog(d, c, p) > worth);
}

/** Plan the instant at which the open backlog will be gone, at the rates that hold now. */
static void plan(struct delays *d, const struct park_clock *c, int i)
{
    struct pipe *p = &d->pipes[i];
    (void)sim_evq_cancel(c->queue, p->catch_up);
    p->catch_up = (sim_ev){0};
    const double faster = p->left - p->arrived.value;
    if (faster <= SLACK * p->fastest) {
        return;
    }
    const double seconds = fmax(0, backlog(d, c, p)) / faster;
    if (seconds < 1e9) {
        p->catch_up = park_happening_push(c, c->now + sim_simtime_from_seconds_up(seconds),
                                          PARK_HAPPENING_EXIT, d->of.roster->activities[p->exit],
                                          ARG_BACKLOG + i);
    }
}

/** A backlog is let out at once, or as soon as the pipe may again; whether at once. */
static bool let_out(struct delays *d, const struct park_clock *c, int i)
{
    struct pipe *p = &d->pipes[i];
    if (c->now >= p->opens) {
        open_up(d, c, p);
        return true;
    }
    (void)park_happening_push(c, p->opens, PARK_HAPPENING_EXIT, d->of.roster->activities[p->exit],
                              ARG_OPEN + i);
    return false;
}

/** May an exit now run faster, since more arrived than went? True: it was set, and the network has
 * to settle again. */
static bool settled(void *s, const struct park_clock *c)
{
    struct delays *d = s;
    bool wants = false;
    for (int i = 0; d->is_changed && i < d->count; i++) {
        struct pipe *p = &d->pipes[i];
        if (!p->is_changed) {
            continue;
        }
        p->is_changed = false;
        if (!p->is_behind && falls_behind(d, c, p)) {
            p->is_behind = true;
            wants = let_out(d, c, i) || wants;
        }
        if (p->is_open) {
            plan(d, c, i);
        }
    }
    d->is_changed = wants;
    return wants;
}

const struct park_part park_delay_part = {.name = "delays",
                                          .events = PARK_HAPPENING_BIT(PARK_HAPPENING_EXIT),
                                          .create = create,
                                          .destroy = destroy,
                                          .reset = reset,
                                          .changed = changed,
                                          .happen = happen,
                                          .settled = settled};
