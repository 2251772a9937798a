// The failures of a park as a part of its run: the modes and crews of the park file, and whom they
// hit: processes by their ids, then links.
#include "models/park/kinds/things/breakdown.h"
#include "models/park/kinds/things/crews.h"
#include "models/park/net/build.h"
#include "models/park/run/capacity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STANDS_STILL 1e-9 // [-] of the nominal capacity: slower than this is standing still

struct failing {
    struct park_part_of of;
    struct park_breakdowns *breakdowns;
    struct park_breakdown_mode *modes;
    struct park_breakdown_crew *crews;
    int32_t *target_of;               // by activity: whom its failures hit; -1
    struct park_roster_lists members; // activities, by target
    int32_t *running;                 // by target: activities that run
    bool *runs;                       // by activity
};

static int target_count(const struct park *p)
{
    return p->process_count + p->link_count;
}

static int mode_count(const struct park *p)
{
    return p->has_failures ? p->failure_count : 0;
}

static int32_t target_of(const struct park *p, int32_t activity)
{
    const struct park_activity *a = &p->net->activities[activity];
    if (a->failure_count == 0) {
        return -1;
    }
    const struct park_failure *f = p->failures[a->first_failure];
    return f->process >= 0 ? f->process : p->process_count + f->link;
}

static void make_breakdowns(struct failing *d)
{
    const struct park *p = d->of.park;
    d->modes = sim_base_alloc((size_t)mode_count(p), sizeof(*d->modes));
    d->crews = sim_base_alloc((size_t)p->crew_count, sizeof(*d->crews));
    for (int i = 0; i < mode_count(p); i++) {
        const struct park_failure *f = p->failures[i];
        d->modes[i] = (struct park_breakdown_mode){
            .path = f->path,
            .name = f->name,
            .rank = d->of.roster->failures + i,
            .process = f->process >= 0 ? f->process : p->process_count + f->link,
            .up = &f->up_dist,
            .fix = &f->repair_dist,
            .counts_operating = f->counts == PARK_COUNTS_OPERATING,
            .leaves = f->left,
            .crew = f->crew,
            .priority = 1};
    }
    for (int i = 0; i < p->crew_count; i++) {
        const struct park_crew *crew = p->crews[i];
        d->crews[i] = (struct park_breakdown_crew){
            .name = crew->name,
            .rank = d->of.roster->crews + i,
            .size = (int)crew->size,
            .finishes = crew->closing == PARK_CLOSING_FINISH,
            .calendar = crew->calendar >= 0 ? p->calendars[crew->calendar]->times : NULL};
    }
    const struct park_breakdown_opts opts = {.modes = d->modes,
                                             .mode_count = mode_count(p),
                                             .crews = d->crews,
                                             .crew_count = p->crew_count,
                                             .process_count = target_count(p)};
    d->breakdowns = park_breakdown_create(&opts, p->start_us);
}

static void *create(const struct park_part_of *of)
{
    const struct park *p = of->park;
    const int count = p->net->activity_count;
    if (mode_count(p) == 0 && p->crew_count == 0) {
        return NULL;
    }
    struct failing *d = sim_base_alloc(1, sizeof(*d));
    d->of = *of;
    d->target_of = sim_base_alloc((size_t)count, sizeof(int32_t));
    d->runs = sim_base_alloc((size_t)count, sizeof(bool));
    d->running = sim_base_alloc((size_t)target_count(p), sizeof(int32_t));
    for (int32_t a = 0; a < count; a++) {
        d->target_of[a] = p->has_failures ? target_of(p, a) : -1;
    }
    park_roster_lists_init(&d->members, target_count(p), d->target_of, count);
    make_breakdowns(d);
    return d;
}

static void destroy(void *s)
{
    struct failing *d = s;
    park_breakdown_destroy(d->breakdowns);
    park_roster_lists_fini(&d->members);
    free(d->modes);
    free(d->crews);
    free(d->target_of);
    free(d->running);
    free(d->runs);
    free(d);
}

static void reset(void *s, const struct park_clock *c, const struct sim_trial *t)
{
    struct failing *d = s;
    const struct park *p = d->of.park;
    memset(d->runs, 0, (size_t)p->net->activity_count * sizeof(*d->runs));
    memset(d->running, 0, (size_t)target_count(p) * sizeof(*d->running));
    park_breakdown_reset(d->breakdowns, c, t->seed, (uint64_t)t->replication, t->antithetic);
}

/** What counts operating time ages while any activity of it runs. */
static void changed(void *s, const struct park_clock *c, int32_t activity, double rate)
{
    struct failing *d = s;
    const int32_t target = d->target_of[activity];
    const double nominal = d->of.park->net->activities[activity].capacity;
    const bool runs = rate > (isfinite(nominal) ? STANDS_STILL * nominal : 0);
    if (target >= 0 && runs != d->runs[activity]) {
        d->runs[activity] = runs;
        d->running[target] += runs ? 1 : -1;
        park_breakdown_runs(d->breakdowns, c, target, d->running[target] > 0);
    }
}

static void happen(void *s, const struct park_clock *c, const struct sim_event *e)
{
    struct failing *d = s;
    const int32_t target = park_breakdown_happen(d->breakdowns, c, e);
    if (target >= 0) {
        park_capacity_ask_all(d->of.capacity, c->now, &d->members, target);
    }
}

static double allows(const void *s, sim_time now, int32_t activity)
{
    const struct failing *d = s;
    const int32_t target = d->target_of[activity];
    (void)now;
    return target >= 0 ? park_breakdown_share(d->breakdowns, target) : 1;
}

static const char *because(const void *s, sim_time now, int32_t activity, enum park_idle *out)
{
    *out = PARK_IDLE_BROKEN;
    return allows(s, now, activity) > 0 ? "a failure" : "it is broken";
}

static double measure(const void *s, enum park_measure what, int32_t of, sim_time now)
{
    const struct failing *d = s;
    return what == PARK_MEASURE_DOWN_H ? park_breakdown_down_h(d->breakdowns, now, of)
                                       : (double)NAN;
}

static void validate(const void *s, const struct park_clock *c)
{
    const struct failing *d = s;
    park_breakdown_validate(d->breakdowns, c);
}

const struct park_part park_breakdown_part = {.name = "failures",
                                              .events = PARK_HAPPENING_BIT(PARK_HAPPENING_FAIL) |
                                                        PARK_HAPPENING_BIT(PARK_HAPPENING_CREW) |
                                                        PARK_HAPPENING_BIT(PARK_HAPPENING_REPAIRED),
                                              .create = create,
                                              .destroy = destroy,
                                              .reset = reset,
                                              .changed = changed,
                                              .happen = happen,
                                              .allows = allows,
                                              .because = because,
                                              .measure = measure,
                                              .validate = validate};
