// Firms: legal and economic parties at a place.
#include "models/park/base/kinds.h"

#include <string.h>

static const struct sim_key keys[] = {
    {.name = "title",
     .type = SIM_KEY_TEXT,
     .offset = offsetof(struct park_firm, title),
     .doc = "its name in reports"},
    {.name = "site",
     .type = SIM_KEY_REF,
     .refers = "sites",
     .offset = offsetof(struct park_firm, site_ref),
     .doc = "site that it stands on"},
    {.name = "at",
     .type = SIM_KEY_NUMBERS,
     .offset = offsetof(struct park_firm, at),
     .doc = "( latitude, longitude ) in degrees"},
    {.name = "sector",
     .type = SIM_KEY_TEXT,
     .offset = offsetof(struct park_firm, sector),
     .doc = "code of its industry; kept"},
    {.name = "workers",
     .type = SIM_KEY_COUNT,
     .min = "0",
     .max = "1000000000",
     .offset = offsetof(struct park_firm, workers),
     .doc = "people; kept"},
    {.name = "calendar",
     .type = SIM_KEY_REF,
     .refers = "calendars",
     .offset = offsetof(struct park_firm, calendar_ref),
     .doc = "when its processes may run, unless they have their own; default: always"},
    {.name = "enters",
     .type = SIM_KEY_TIME,
     .offset = offsetof(struct park_firm, enters),
     .doc = "date from which it is there: before it processes and exchanges stand still"},
    {.name = "leaves",
     .type = SIM_KEY_TIME,
     .offset = offsetof(struct park_firm, leaves),
     .doc = "date from which it is gone"},
    {.name = "trades",
     .type = SIM_KEY_BOOL,
     .initial = "false",
     .offset = offsetof(struct park_firm, trades),
     .doc = "true: what it buys, or gets by contract, may be sold; default: such goods serve its "
            "own processes, stocks and contracts with firms, never a market"},
    {.name = "processes",
     .type = SIM_KEY_MAP,
     .kinds = park_processes_kinds,
     .offset = offsetof(struct park_firm, processes),
     .doc = "what it does"},
    {.name = "stocks",
     .type = SIM_KEY_MAP,
     .kind = &park_stocks_kind,
     .offset = offsetof(struct park_firm, stocks),
     .doc = "what it stores"},
};

static const struct sim_kind kind = {
    .name = "firm",
    .doc = "Owns processes and stocks. Inside a firm all of one stream meets at the firm's "
           "junction, unless a process names a stock.",
    .size = sizeof(struct park_firm),
    .keys = keys,
    .key_count = SIM_COUNT(keys),
};

// A utility is a firm, too.
static const struct park_home homes[] = {{&park_utilities, 0, PARK_NAMED_ALREADY}, {.of = NULL}};

static void found(struct park_loader *l, struct park_thing *t, const struct park_thing *owner,
                  int home)
{
    (void)owner;
    (void)home;
    if (t->id > 0 && strcmp(l->park->firms[t->id - 1]->name, t->name) == 0) {
        park_resolve_wrong(l, t->node, "give one of them another name",
                           "a firm and a utility are called '%s'", t->name);
    }
    struct park_firm *f = (struct park_firm *)t;
    f->makes = -1;
    park_parties_add(l, t, &f->at, false);
}

static void resolve(struct park_loader *l)
{
    struct park *p = l->park;
    for (int i = 0; i < p->firm_count; i++) {
        struct park_firm *f = p->firms[i];
        f->party = park_resolve_party(p, f->name);
        f->site = park_resolve_ref(l, &f->site_ref);
        p->parties[f->party].site = f->site;
        f->calendar = park_resolve_ref(l, &f->calendar_ref);
        f->from_us = f->enters.given ? f->enters.when : SIM_TIME_FIRST;
        f->until_us = f->leaves.given ? f->leaves.when : SIM_TIME_NEVER;
        if (f->until_us <= f->from_us) {
            park_resolve_wrong(l, f->leaves.node, "write a date after `enters`",
                               "it leaves before it enters");
        }
    }
}

const struct park_kind park_firms = {
    .group = "firms",
    .doc = "Legal and economic parties with processes and stocks.",
    .keys = &kind,
    .list = PARK_LIST(firms, firm),
    .homes = homes,
    .found = found,
    .resolve = resolve,
};
