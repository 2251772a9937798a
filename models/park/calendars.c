// Calendars: when things may run (sim/num/calendar.h).
#include "models/park/kinds.h"

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

static void gather(struct park_loader *l)
{
    struct park *p = l->park;
    struct park_finds f = {0};
    park_resolve_collect(l, &f, NULL, "calendars", &l->file->calendars, -1);
    park_resolve_sort(&f);
    p->calendars = SIM_ARENA_NEW(p->arena, struct park_calendar *, f.count);
    p->calendar_count = f.count;
    for (int i = 0; i < f.count; i++) {
        p->calendars[i] = f.data[i].item->data;
        p->calendars[i]->name = f.data[i].name;
    }
    park_resolve_free(&f);
}

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
    }
}

const struct park_kind park_calendars = {.keys = &kind, .gather = gather, .resolve = resolve};
