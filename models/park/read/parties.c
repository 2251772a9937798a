// Parties: whoever books, in one list sorted by name, so that their names are apart.
#include "models/park/base/kinds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int by_name(const void *a, const void *b)
{
    const struct park_party *x = a;
    const struct park_party *y = b;
    return strcmp(x->name, y->name);
}

// ( 10,9033, 106.8450 ): latitude, longitude, nothing else.
static void check_at(struct park_loader *l, const struct sim_numbers *at)
{
    const bool is_comma = at->count > 2 && at->at[0] == floor(at->at[0]);
    if (at->node == NULL || at->node->broken) {
        return;
    }
    if (at->count != 2) {
        park_resolve_wrong(l, at->node,
                           is_comma ? "the decimal sign is a point: ( 10.9033, 106.8450 )"
                                    : "write ( 10.9033, 106.8450 )",
                           "two numbers are wanted, latitude and longitude; here are %d",
                           at->count);
    } else if (fabs(at->at[0]) > 90 || fabs(at->at[1]) > 180) {
        park_resolve_wrong(l, at->node, "write ( latitude, longitude ) in degrees",
                           "no place on earth: latitudes go to 90 degrees, longitudes to 180");
    }
}

void park_parties_add(struct park_loader *l, const struct park_thing *t,
                      const struct sim_numbers *at, bool is_market)
{
    const bool is_placed = at->count == 2;
    const struct park_party x = {.name = t->name,
                                 .title = t->title != NULL ? t->title : t->name,
                                 .thing = t,
                                 .is_market = is_market,
                                 .id = t->id,
                                 .site = -1,
                                 .lat = is_placed ? at->at[0] : (double)NAN,
                                 .lon = is_placed ? at->at[1] : (double)NAN};
    check_at(l, at);
    SIM_VEC_PUSH(&l->parties, x);
}

void park_parties_sort(struct park_loader *l)
{
    struct park *p = l->park;
    const int count = l->parties.count;
    p->party_count = count;
    p->parties = SIM_ARENA_NEW(p->arena, struct park_party, count);
    if (count > 0) {
        memcpy(p->parties, l->parties.data, (size_t)count * sizeof(*p->parties));
        qsort(p->parties, (size_t)count, sizeof(*p->parties), by_name);
    }
    SIM_VEC_FREE(&l->parties);
    for (int i = 1; i < count; i++) {
        const struct park_party *x = &p->parties[i - 1];
        const struct park_party *y = &p->parties[i];
        if (x->is_market != y->is_market && strcmp(x->name, y->name) == 0) {
            const struct park_party *outside = x->is_market ? x : y;
            park_resolve_wrong(l, (outside == x ? y : x)->thing->node,
                               "give one of them another name", "a %s is called '%s', too",
                               outside->thing->keys->name, x->name);
        }
    }
}
