#include "models/park/net/roster.h"

#include "models/park/net/build.h"

#include <stdlib.h>
#include <string.h>

struct named {
    const char *name;
    int32_t id;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

void park_roster_init(struct park_roster *r, const struct park *p)
{
    const int count = p->net->activity_count;
    r->calendars = 1;
    r->crews = r->calendars + p->calendar_count;
    r->failures = r->crews + p->crew_count;
    r->profiles = r->failures + p->failure_count;
    const int32_t first = r->profiles + p->profile_count;
    r->count = first + count;
    r->activities = sim_base_alloc((size_t)count, sizeof(int32_t));
    struct named *sorted = sim_base_alloc((size_t)count, sizeof(*sorted));
    for (int32_t a = 0; a < count; a++) {
        sorted[a] = (struct named){.name = p->net->activities[a].name, .id = a};
    }
    if (count > 0) {
        qsort(sorted, (size_t)count, sizeof(*sorted), by_name);
    }
    for (int32_t i = 0; i < count; i++) {
        r->activities[sorted[i].id] = first + i;
    }
    free(sorted);
}

void park_roster_fini(struct park_roster *r)
{
    free(r->activities);
    *r = (struct park_roster){0};
}

void park_roster_lists_init(struct park_roster_lists *l, int key_count, const int32_t *key,
                            int item_count)
{
    l->first = sim_base_alloc((size_t)key_count + 1, sizeof(int32_t));
    l->items = sim_base_alloc((size_t)item_count, sizeof(int32_t));
    for (int i = 0; i < item_count; i++) {
        if (key[i] >= 0) {
            l->first[key[i] + 1]++;
        }
    }
    for (int k = 0; k < key_count; k++) {
        l->first[k + 1] += l->first[k];
    }
    int32_t *next = sim_base_alloc((size_t)key_count, sizeof(int32_t));
    for (int32_t i = 0; i < item_count; i++) {
        if (key[i] >= 0) {
            l->items[l->first[key[i]] + next[key[i]]++] = i;
        }
    }
    free(next);
}

void park_roster_lists_fini(struct park_roster_lists *l)
{
    free(l->first);
    free(l->items);
    *l = (struct park_roster_lists){0};
}
