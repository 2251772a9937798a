#include "models/park/run/endless.h"

#include "models/park/net/build.h"
#include "models/park/run/happening.h"

#include <stdio.h>
#include <string.h>

enum {
    MOST_EVENTS = 10000, // [-] in a second, and
    MOST_EACH = 20,      // [-] more for each thing that has events
    NAMED = 6            // [-] names told
};

void park_endless_reset(struct park_endless *e, const struct park *p,
                        const struct park_roster *roster)
{
    *e = (struct park_endless){.since = p->start_us,
                               .most = MOST_EVENTS +
                                       MOST_EACH * (int64_t)(roster->count + p->net->pool_count)};
}

bool park_endless_add(struct park_endless *e, sim_time now, struct park_endless_event event)
{
    if (now - e->since > SIM_TIME_S) {
        e->since = now;
        e->events = 0;
    }
    e->last[e->events++ % PARK_ENDLESS_LAST] = event;
    return e->events <= e->most;
}

/** The activity of that rank. */
static const char *activity_name(const struct park *p, const struct park_roster *roster,
                                 int32_t rank)
{
    for (int32_t a = 0; a < p->net->activity_count; a++) {
        if (roster->activities[a] == rank) {
            return p->net->activities[a].name;
        }
    }
    return "the park";
}

/** "stock works.tank", "failure works.pump.drive": its name in the park file. */
static const char *name_of(const struct park *p, const struct park_roster *roster,
                           struct park_endless_event e, const char **out_thing)
{
    const int32_t who = e.who;
    *out_thing = "";
    if (e.kind == PARK_ENDLESS_BOUND) {
        *out_thing = "stock ";
        return who < p->net->pool_count ? p->net->pools[who].name
                                        : sim_network_pool_name(p->net->network, who);
    }
    if (who >= roster->profiles + p->profile_count) {
        return activity_name(p, roster, who);
    }
    if (who >= roster->profiles) {
        *out_thing = "profile ";
        return p->profiles[who - roster->profiles]->name;
    }
    if (who >= roster->failures) {
        *out_thing = "failure ";
        return p->failures[who - roster->failures]->name;
    }
    if (who >= roster->crews) {
        *out_thing = "crew ";
        return park_thing_at((void *const *)p->crews, who - roster->crews)->name;
    }
    if (who >= roster->calendars) {
        *out_thing = "calendar ";
        return p->calendars[who - roster->calendars]->name;
    }
    return "the park";
}

static const char *const remedies[] = {
#define HAPPENING(name, remedy) [PARK_HAPPENING_##name] = (remedy),
#include "models/park/run/happenings.def"
#undef HAPPENING
    [PARK_HAPPENING_KINDS] = "write longer times"};

/** What to change: a stock on a bound comes first, since it is the cause more often than not. */
static const char *change(const struct park_endless *e)
{
    int32_t worst = PARK_HAPPENING_KINDS;
    for (int i = 0; i < PARK_ENDLESS_LAST; i++) {
        if (e->last[i].kind == PARK_ENDLESS_BOUND) {
            return "give the stock more capacity, or a `reorder` further below its `target`";
        }
        worst = e->last[i].kind == PARK_HAPPENING_CALENDAR ? worst : e->last[i].kind;
    }
    return remedies[worst];
}

enum sim_status park_endless_tell(const struct park_endless *e, const struct park *p,
                                  const struct park_roster *roster, struct sim_err *err)
{
    const char *told[NAMED];
    char names[600] = "";
    int count = 0;
    size_t used = 0;
    for (int i = 0; i < PARK_ENDLESS_LAST && count < NAMED; i++) {
        const char *thing;
        const char *name = name_of(p, roster, e->last[i], &thing);
        bool is_told = false;
        for (int k = 0; k < count; k++) {
            is_told = is_told || strcmp(told[k], name) == 0;
        }
        if (!is_told) {
            told[count++] = name;
            const int length = snprintf(names + used, sizeof(names) - used, "%s%s'%s'",
                                        used > 0 ? ", " : "", thing, name);
            used =
                used + (size_t)length < sizeof(names) ? used + (size_t)length : sizeof(names) - 1;
        }
    }
    return sim_err_set(err, SIM_FAILED,
                       "time hardly moves: %lld events within a second, the last of %s; %s",
                       (long long)e->events, names, change(e));
}
