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

static void collect(struct park_loader *l, struct park_finds *f)
{
    struct park *p = l->park;
    for (int i = 0; i < p->process_count; i++) {
        const struct park_process *s = p->processes[i];
        park_resolve_collect(l, f, s->name, sim_arena_format(p->arena, "%s.failures", s->path),
                             &s->failures, i);
    }
    for (int i = 0; i < p->link_count; i++) {
        const struct park_link *k = p->links[i];
        park_resolve_collect(l, f, k->path, sim_arena_format(p->arena, "%s.failures", k->path),
                             &k->failures, -1 - i);
    }
}

// Sorted by name, those of one process or link stand together: none is another's beginning, as
// names hold no dots.
void park_failures_gather(struct park_loader *l)
{
    struct park *p = l->park;
    struct park_finds f = {0};
    collect(l, &f);
    park_resolve_sort(&f);
    p->failures = SIM_ARENA_NEW(p->arena, struct park_failure *, f.count);
    p->failure_count = f.count;
    for (int i = 0; i < f.count; i++) {
        struct park_failure *s = f.data[i].item->data;
        p->failures[i] = s;
        s->name = f.data[i].name;
        s->path = f.data[i].path;
        s->process = f.data[i].owner >= 0 ? f.data[i].owner : -1;
        s->link = f.data[i].owner >= 0 ? -1 : -1 - f.data[i].owner;
        int32_t *first = s->link < 0 ? &p->processes[s->process]->first_failure
                                     : &p->links[s->link]->first_failure;
        int *count = s->link < 0 ? &p->processes[s->process]->failure_count
                                 : &p->links[s->link]->failure_count;
        *first = *count == 0 ? i : *first;
        *count += 1;
    }
    park_resolve_free(&f);
}

void park_failures_resolve(struct park_loader *l)
{
    struct park *p = l->park;
    for (int i = 0; i < p->failure_count; i++) {
        struct park_failure *s = p->failures[i];
        s->crew = PARK_ID(p, crew, park_crew, park_resolve_last(&s->crew_ref));
        s->left = s->leaves.form == SIM_VALUE_QUANTITY ? s->leaves.si : 0;
        park_resolve_chance(l, &s->up, &s->up_dist);
        park_resolve_chance(l, &s->repair, &s->repair_dist);
        if (s->up.form == SIM_VALUE_QUANTITY && s->up.si <= 0) {
            park_resolve_wrong(l, s->up.node, "write a time above 0 h",
                               "it would fail again and again at the same instant");
        }
    }
}
