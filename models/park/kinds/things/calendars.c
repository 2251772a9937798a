// Calendars: when things may run (sim/num/calendar.h).
#include "models/park/base/kinds.h"

#include <stdlib.h>

static const struct sim_key keys[] = {
    {.name = "title",
     .type = SIM_KEY_TEXT,
     .offset = offsetof(struct park_calendar, title),
     .doc = "its name in reports"},
    {.name = "open",
     .type = SIM_KEY_TEXTS,
     .offset = offsetof(struct park_calendar, open),
     .doc = "weekly hours, such as \"Mon-Sat 06:00-22:00\"; none: always"},
    {.name = "closed",
     .type = SIM_KEY_TEXTS,
     .offset = offsetof(struct park_calendar, closed),
     .doc = "dates, such as \"2026-02-14\" or \"2026-02-14..2026-02-22\", both days included"},
    {.name = "maintenance",
     .type = SIM_KEY_TEXTS,
     .offset = offsetof(struct park_calendar, maintenance),
     .doc = "each year, such as \"yearly 07-01 for 5 days\""},
};

static const struct sim_kind kind = {
    .name = "calendar",
    .doc = "Open at its weekly hours, unless a closed date or a yearly maintenance says otherwise.",
    .size = sizeof(struct park_calendar),
    .keys = keys,
    .key_count = SIM_COUNT(keys),
};

typedef enum sim_status add_line(struct sim_calendar *c, const char *text, struct sim_err *err);

static void add_lines(struct park_loader *l, struct sim_calendar *c, const struct sim_texts *lines,
                      add_line *add)
{
    for (int i = 0; i < lines->count; i++) {
        struct sim_err err;
        if (add(c, lines->at[i], &err) != SIM_OK) {
            park_resolve_wrong(l, lines->nodes[i], NULL, "%s", err.text);
        }
    }
}

static int year_of(sim_time t)
{
    return sim_simtime_civil(t).year;
}

/** Is a day that is closed in another year met in `year`, too? */
static bool is_met(const struct park *p, sim_time closed, int year)
{
    const sim_time then = sim_simtime_add_years(closed, year - year_of(closed));
    return then >= p->start_us && then < p->until_us;
}

/** A line of closed dates. */
struct dates {
    sim_time from, until;
};

/** The closed dates of a calendar that can be read; those outside of the run are told,
 * but not to who chose to look at a part of it. */
static int read_dates(struct park_loader *l, const struct park_calendar *c, struct dates *out)
{
    const struct park *p = l->park;
    int count = 0;
    for (int i = 0; i < c->closed.count; i++) {
        struct sim_err err;
        struct dates *d = &out[count];
        if (sim_calendar_read_closed(c->closed.at[i], &d->from, &d->until, &err) != SIM_OK) {
            continue;
        }
        const bool is_outside = d->until <= p->start_us || d->from >= p->until_us;
        if (is_outside && !p->is_cut_short) {
            char from[SIM_SIMTIME_TEXT];
            char end[SIM_SIMTIME_TEXT];
            park_resolve_warn(l, c->closed.nodes[i], "write the year that is meant",
                              "'%s' lies outside of the run, %s to %s", c->closed.at[i],
                              sim_simtime_format(p->start_us, from),
                              sim_simtime_format(p->until_us, end));
        }
        count += is_outside ? 0 : 1;
    }
    return count;
}

/** Dates hold for their own year only: tell of years of the run in which the same days come and
 * none is closed. */
static void check_years(struct park_loader *l, const struct park_calendar *c,
                        const struct dates *dates, int count)
{
    const struct park *p = l->park;
    int without = 0;
    int first = 0;
    for (int year = year_of(p->start_us); year <= year_of(p->until_us - 1); year++) {
        bool is_met_again = false;
        bool has_own = false;
        for (int i = 0; i < count; i++) {
            const struct dates *d = &dates[i];
            has_own = has_own || (year_of(d->from) <= year && year <= year_of(d->until - 1));
            is_met_again = is_met_again || is_met(p, d->from, year);
        }
        if (is_met_again && !has_own) {
            first = without++ == 0 ? year : first;
        }
    }
    if (without > 0) {
        park_resolve_warn(l, c->closed.nodes[0],
                          "write the dates of each year, or maintenance = ( \"yearly 02-14 for 9 "
                          "days\" )",
                          "no day is closed in %d%s: dates hold for their own year only", first,
                          without > 1 ? " and other years of the run" : "");
    }
}

static void check_dates(struct park_loader *l, const struct park_calendar *c)
{
    if (c->closed.count == 0 || l->park->until_us <= l->park->start_us) {
        return;
    }
    struct dates *dates = sim_base_alloc((size_t)c->closed.count, sizeof(*dates));
    const int count = read_dates(l, c, dates);
    check_years(l, c, dates, count);
    free(dates);
}

static void resolve(struct park_loader *l)
{
    struct park *p = l->park;
    for (int i = 0; i < p->calendar_count; i++) {
        struct park_calendar *c = p->calendars[i];
        struct sim_calendar *times = sim_calendar_create();
        add_lines(l, times, &c->open, sim_calendar_add_open);
        add_lines(l, times, &c->closed, sim_calendar_add_closed);
        add_lines(l, times, &c->maintenance, sim_calendar_add_maintenance);
        sim_calendar_seal(times);
        c->times = times;
        check_dates(l, c);
    }
}

static void release(struct park *p)
{
    for (int i = 0; i < p->calendar_count; i++) {
        sim_calendar_destroy(p->calendars[i]->times);
    }
}

const struct park_kind park_calendars = {
    .group = "calendars",
    .doc = "When things may run.",
    .keys = &kind,
    .list = PARK_LIST(calendars, calendar),
    .resolve = resolve,
    .release = release,
};
