// Calendars: what works in shifts. A calendar is kept once and knows who is on it, so a shift that
// ends costs as many steps as there are activities on it.
#include "models/park/net/build.h"
#include "models/park/run/capacity.h"

#include <stdlib.h>

struct shifts {
    struct park_part_of of;
    bool *is_open;                    // by calendar: now
    struct park_roster_lists members; // activities, by calendar
};

static void *create(const struct park_part_of *of)
{
    const struct park *p = of->park;
    const int count = p->net->activity_count;
    if (p->calendar_count == 0) {
        return NULL;
    }
    struct shifts *d = sim_base_alloc(1, sizeof(*d));
    int32_t *key = sim_base_alloc((size_t)count, sizeof(*key));
    d->of = *of;
    d->is_open = sim_base_alloc((size_t)p->calendar_count, sizeof(bool));
    for (int a = 0; a < count; a++) {
        key[a] = p->net->activities[a].calendar;
    }
    park_roster_lists_init(&d->members, p->calendar_count, key, count);
    free(key);
    return d;
}

static void destroy(void *s)
{
    struct shifts *d = s;
    park_roster_lists_fini(&d->members);
    free(d->is_open);
    free(d);
}

static bool is_used(const struct shifts *d, int32_t calendar)
{
    return d->members.first[calendar] < d->members.first[calendar + 1];
}

static void reset(void *s, const struct park_clock *c, const struct sim_trial *t)
{
    struct shifts *d = s;
    (void)t;
    for (int32_t i = 0; i < d->of.park->calendar_count; i++) {
        const struct sim_calendar *times = d->of.park->calendars[i]->times;
        d->is_open[i] = sim_calendar_is_open(times, c->now);
        const sim_time next = sim_calendar_next_change(times, c->now);
        if (is_used(d, i) && next != SIM_TIME_NEVER) {
            (void)park_happening_push(c, next, PARK_HAPPENING_CALENDAR, d->of.roster->calendars + i,
                                      i);
        }
    }
}

static void happen(void *s, const struct park_clock *c, const struct sim_event *e)
{
    struct shifts *d = s;
    const struct park_calendar *def = d->of.park->calendars[e->arg];
    d->is_open[e->arg] = sim_calendar_is_open(def->times, c->now);
    SIM_TRACE(c->trace, c->now, def->name, "calendar %s", d->is_open[e->arg] ? "opens" : "closes");
    park_capacity_ask_all(d->of.capacity, c->now, &d->members, e->arg);
    const sim_time next = sim_calendar_next_change(def->times, c->now);
    if (next != SIM_TIME_NEVER) {
        (void)park_happening_push(c, next, PARK_HAPPENING_CALENDAR, e->who, e->arg);
    }
}

static double allows(const void *s, sim_time now, int32_t activity)
{
    const struct shifts *d = s;
    const int32_t calendar = d->of.park->net->activities[activity].calendar;
    (void)now;
    return calendar < 0 || d->is_open[calendar] ? 1 : 0;
}

static const char *because(const void *s, sim_time now, int32_t activity, enum park_idle *out)
{
    (void)s;
    (void)now;
    (void)activity;
    *out = PARK_IDLE_CLOSED;
    return "its calendar is closed";
}

const struct park_part park_shifts_part = {.name = "shifts",
                                           .events = PARK_HAPPENING_BIT(PARK_HAPPENING_CALENDAR),
                                           .create = create,
                                           .destroy = destroy,
                                           .reset = reset,
                                           .happen = happen,
                                           .allows = allows,
                                           .because = because};
