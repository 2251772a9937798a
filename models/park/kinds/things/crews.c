// Crews: who repairs.
#include "models/park/kinds/things/crews.h"

static const char *const closings[] = {"pause", "finish", NULL}; // enum park_closing

static const struct sim_key keys[] = {
    {.name = "title",
     .type = SIM_KEY_TEXT,
     .offset = offsetof(struct park_crew, title),
     .doc = "its name in reports"},
    {.name = "size",
     .type = SIM_KEY_COUNT,
     .initial = "1",
     .min = "1",
     .max = "1000000",
     .offset = offsetof(struct park_crew, size),
     .doc = "how many repairs it can do at a time"},
    {.name = "calendar",
     .type = SIM_KEY_REF,
     .refers = "calendars",
     .offset = offsetof(struct park_crew, calendar_ref),
     .doc = "when it works; default: always"},
    {.name = "closing",
     .type = SIM_KEY_CHOICE,
     .choices = closings,
     .initial = "pause",
     .offset = offsetof(struct park_crew, closing),
     .doc = "a repair under way when its hours end: \"pause\": goes on when they begin again, "
            "and takes its time within them; \"finish\": is finished first"},
};

static const struct sim_kind kind = {
    .name = "crew",
    .doc = "Repair crews; failures that name one wait until one of them is free.",
    .size = sizeof(struct park_crew),
    .keys = keys,
    .key_count = SIM_COUNT(keys),
};

static void resolve(struct park_loader *l)
{
    struct park *p = l->park;
    for (int i = 0; i < p->crew_count; i++) {
        struct park_crew *c = p->crews[i];
        c->calendar = park_resolve_ref(l, &c->calendar_ref);
    }
}

const struct park_kind park_crews = {
    .group = "crews",
    .doc = "Who repairs.",
    .keys = &kind,
    .list = PARK_LIST(crews, crew),
    .resolve = resolve,
};
