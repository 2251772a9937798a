// Parties: firms and markets in one list sorted by name, so that their names are apart.
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

static struct park_party party_of(const char *name, const char *title, const struct sim_numbers *at,
                                  bool is_market, int32_t id)
{
    const bool is_placed = at->count == 2;
    return (struct park_party){.name = name,
                               .title = title != NULL ? title : name,
                               .is_market = is_market,
                               .id = id,
                               .site = -1,
                               .lat = is_placed ? at->at[0] : (double)NAN,
                               .lon = is_placed ? at->at[1] : (double)NAN};
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

void park_parties_gather(struct park_loader *l)
{
    struct park *p = l->park;
    p->parties = SIM_ARENA_NEW(p->arena, struct park_party, p->firm_count + p->market_count);
    for (int i = 0; i < p->firm_count; i++) {
        const struct park_firm *f = p->firms[i];
        check_at(l, &f->at);
        p->parties[p->party_count++] = party_of(f->name, f->title, &f->at, false, i);
    }
    for (int i = 0; i < p->market_count; i++) {
        const struct park_market *m = p->markets[i];
        check_at(l, &m->at);
        p->parties[p->party_count++] = party_of(m->name, m->title, &m->at, true, i);
    }
    if (p->party_count > 0) {
        qsort(p->parties, (size_t)p->party_count, sizeof(*p->parties), by_name);
    }
    for (int i = 1; i < p->party_count; i++) {
        const bool of_two_kinds = p->parties[i - 1].is_market != p->parties[i].is_market;
        if (of_two_kinds && strcmp(p->parties[i - 1].name, p->parties[i].name) == 0) {
            const int32_t firm = p->parties[i].is_market ? p->parties[i - 1].id : p->parties[i].id;
            park_resolve_wrong(l, p->firms[firm]->node, "give one of them another name",
                               "a market is called '%s', too", p->parties[i].name);
        }
    }
}

void park_parties_place(struct park *p)
{
    for (int i = 0; i < p->party_count; i++) {
        struct park_party *x = &p->parties[i];
        x->site = x->is_market ? -1 : p->firms[x->id]->site;
    }
}
