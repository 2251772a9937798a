// Dates: what is not open at all, and firms and contracts that enter and leave.
#include "models/park/net/build.h"
#include "models/park/run/capacity.h"

#include <stdlib.h>

static void *create(const struct park_part_of *of)
{
    struct park_part_of *d = sim_base_alloc(1, sizeof(*d));
    *d = *of;
    return d;
}

static void reset(void *s, const struct park_clock *c, const struct sim_trial *t)
{
    const struct park_part_of *d = s;
    const struct park *p = d->park;
    (void)t;
    for (int32_t a = 0; a < p->net->activity_count; a++) {
        const struct park_activity *def = &p->net->activities[a];
        const int32_t who = d->roster->activities[a];
        if (def->from_us > c->now && def->from_us < p->until_us) {
            (void)park_happening_push(c, def->from_us, PARK_HAPPENING_DATE, who, a);
        }
        if (def->until_us > c->now && def->until_us < p->until_us) {
            (void)park_happening_push(c, def->until_us, PARK_HAPPENING_DATE, who, a);
        }
    }
}

static void happen(void *s, const struct park_clock *c, const struct sim_event *e)
{
    const struct park_part_of *d = s;
    const struct park_activity *def = &d->park->net->activities[e->arg];
    SIM_TRACE(c->trace, c->now, def->name, "%s: its date has come",
              c->now >= def->until_us ? "ends" : "begins");
    park_capacity_ask(d->capacity, c->now, e->arg);
}

static double allows(const void *s, sim_time now, int32_t activity)
{
    const struct park_part_of *d = s;
    const struct park_activity *a = &d->park->net->activities[activity];
    return a->is_open && now >= a->from_us && now < a->until_us ? 1 : 0;
}

static const char *because(const void *s, sim_time now, int32_t activity, enum park_idle *out)
{
    const struct park_part_of *d = s;
    (void)now;
    const bool is_open = d->park->net->activities[activity].is_open;
    *out = is_open ? PARK_IDLE_DATES : PARK_IDLE_NOT_OPEN;
    return is_open ? "outside of its dates" : "it is not open";
}

const struct park_part park_dates_part = {.name = "dates",
                                          .events = PARK_HAPPENING_BIT(PARK_HAPPENING_DATE),
                                          .create = create,
                                          .destroy = free,
                                          .reset = reset,
                                          .happen = happen,
                                          .allows = allows,
                                          .because = because};
