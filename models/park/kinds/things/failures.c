// Failures: how processes and links break, and how long repairs take.
#include "models/park/base/kinds.h"

static const char *const counts[] = {"operating", "calendar", NULL};

static const struct sim_key keys[] = {
    {.name = "up",
     .type = SIM_KEY_VALUE,
     .dim = "h",
     .forms = SIM_FORM_QUANTITY | SIM_FORM_DIST,
     .min = "0",
     .flags = SIM_KEY_REQUIRED,
     .offset = offsetof(struct park_failure, up),
     .doc = "time to the next failure, such as \"exponential(mean = 160 h)\""},
    {.name = "counts",
     .type = SIM_KEY_CHOICE,
     .choices = counts,
     .initial = "operating",
     .offset = offsetof(struct park_failure, counts),
     .doc = "operating: that time passes only while the unit runs; calendar: always"},
    {.name = "repair",
     .type = SIM_KEY_VALUE,
     .dim = "h",
     .forms = SIM_FORM_QUANTITY | SIM_FORM_DIST,
     .min = "0",
     .flags = SIM_KEY_REQUIRED,
     .offset = offsetof(struct park_failure, repair),
     .doc = "how long the repair takes once a crew is there"},
    {.name = "crew",
     .type = SIM_KEY_REF,
     .refers = "crews",
     .offset = offsetof(struct park_failure, crew_ref),
     .doc = "crew that it waits for; default: repaired at once"},
    {.name = "leaves",
     .type = SIM_KEY_VALUE,
     .dim = NULL,
     .min = "0 %",
     .max = "100 %",
     .initial = "0 %",
     .offset = offsetof(struct park_failure, leaves),
     .doc = "share of the capacity that is left meanwhile: 0 % stops it, 40 % derates it"},
};

const struct sim_kind park_failures_kind = {
    .name = "failure",
    .doc = "A way to break. With park.failures = false none happens.",
    .size = sizeof(struct park_failure),
    .keys = keys,
    .key_count = SIM_COUNT(keys),
};

// Of processes, then of links.
static const struct park_home homes[] = {
    {&park_processes, offsetof(struct park_process, failures), PARK_NAMED_BY_OWNER},
    {&park_links, offsetof(struct park_link, failures), PARK_NAMED_BY_PATH},
    {.of = NULL}};

// Sorted by name, those of one process or link stand together: none is another's beginning, as
// names hold no dots.
static void found(struct park_loader *l, struct park_thing *t, const struct park_thing *owner,
                  int home)
{
    struct park *p = l->park;
    struct park_failure *s = (struct park_failure *)t;
    s->process = home == 0 ? owner->id : -1;
    s->link = home == 0 ? -1 : owner->id;
    int32_t *first =
        s->link < 0 ? &p->processes[s->process]->first_failure : &p->links[s->link]->first_failure;
    int *count =
        s->link < 0 ? &p->processes[s->process]->failure_count : &p->links[s->link]->failure_count;
    *first = *count == 0 ? t->id : *first;
    *count += 1;
}

static void resolve(struct park_loader *l)
{
    struct park *p = l->park;
    for (int i = 0; i < p->failure_count; i++) {
        struct park_failure *s = p->failures[i];
        s->crew = park_resolve_ref(l, &s->crew_ref);
        s->left = s->leaves.form == SIM_VALUE_QUANTITY ? s->leaves.si : 0;
        park_resolve_chance(l, &s->up, &s->up_dist);
        park_resolve_chance(l, &s->repair, &s->repair_dist);
        if (s->up.form == SIM_VALUE_QUANTITY && s->up.si <= 0) {
            park_resolve_wrong(l, s->up.node, "write a time above 0 h",
                               "it would fail again and again at the same instant");
        }
    }
}

const struct park_kind park_failures = {
    .list = PARK_LIST(failures, failure),
    .homes = homes,
    .found = found,
    .resolve = resolve,
};
