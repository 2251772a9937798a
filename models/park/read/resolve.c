// Names to ids, and values to levels, for the files of kinds.
#include "models/park/base/kinds.h"
#include "sim/base/vec.h"
#include "sim/num/units.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int32_t park_resolve_id(void *const *array, int count, size_t offset, const char *name)
{
    int low = 0;
    int high = count - 1;
    while (name != NULL && low <= high) {
        const int middle = low + (high - low) / 2;
        const char *there;
        memcpy(&there, (const char *)array[middle] + offset, sizeof(there));
        const int order = strcmp(name, there);
        if (order == 0) {
            return middle;
        }
        low = order > 0 ? middle + 1 : low;
        high = order > 0 ? high : middle - 1;
    }
    return -1;
}

// Addresses only find a thing again; of several with one node (an exchange with several `to`, which
// nothing refers to) it is any.
const struct park_thing *park_resolve_thing(const struct park_loader *l, const struct sim_ref *ref)
{
    int low = 0;
    int high = l->thing_count - 1;
    while (ref->to != NULL && low <= high) {
        const int middle = low + (high - low) / 2;
        const struct park_thing *t = l->by_node[middle];
        if (t->node == ref->to) {
            return t;
        }
        const bool is_above = (uintptr_t)ref->to > (uintptr_t)t->node;
        low = is_above ? middle + 1 : low;
        high = is_above ? high : middle - 1;
    }
    return NULL;
}

int32_t park_resolve_ref(const struct park_loader *l, const struct sim_ref *ref)
{
    const struct park_thing *t = park_resolve_thing(l, ref);
    return t != NULL ? t->id : -1;
}

int32_t park_resolve_party(const struct park *p, const char *name)
{
    int low = 0;
    int high = p->party_count - 1;
    while (name != NULL && low <= high) {
        const int middle = low + (high - low) / 2;
        const int order = strcmp(name, p->parties[middle].name);
        if (order == 0) {
            return middle;
        }
        low = order > 0 ? middle + 1 : low;
        high = order > 0 ? high : middle - 1;
    }
    return -1;
}

bool park_resolve_place(const struct park_loader *l, const struct sim_ref *ref, int32_t *out_party,
                        int32_t *out_stock)
{
    const struct park *p = l->park;
    const struct park_thing *t = park_resolve_thing(l, ref);
    *out_party = -1;
    *out_stock = -1;
    if (t == NULL) {
        return false;
    }
    const bool is_stock = t->id < p->stock_count && t == &p->stocks[t->id]->thing;
    *out_stock = is_stock ? t->id : -1;
    *out_party = park_resolve_party(p, is_stock ? p->firms[p->stocks[t->id]->firm]->name : t->name);
    return *out_party >= 0;
}

static void level_from_profile(const struct park_loader *l, const struct sim_value *v,
                               struct park_level *out)
{
    const struct park *p = l->park;
    out->profile = PARK_ID(p, profile, park_profile, v->name);
    if (out->profile < 0) {
        return; // told by the check of profile names
    }
    const struct park_profile *f = p->profiles[out->profile]; // held against the key in profiles.c
    out->nominal = f->greatest > 0 ? f->greatest : 0;
}

void park_resolve_level(struct park_loader *l, const struct sim_value *v,
                        const struct sim_value *redraw, double otherwise, struct park_level *out)
{
    *out = (struct park_level){.value = NULL, .nominal = otherwise, .profile = -1};
    if (v->form == SIM_VALUE_NONE) {
        return;
    }
    out->value = v;
    if (v->form == SIM_VALUE_QUANTITY) {
        out->nominal = v->si;
    } else if (v->form == SIM_VALUE_PROFILE) {
        level_from_profile(l, v, out);
    } else if (v->form == SIM_VALUE_DIST) {
        struct sim_dist *d = SIM_ARENA_NEW(l->park->arena, struct sim_dist, 1);
        park_resolve_chance(l, v, d);
        out->dist = d;
        out->redraw_us = redraw->form == SIM_VALUE_QUANTITY ? sim_simtime_from_seconds(redraw->si)
                                                            : SIM_TIME_DAY;
        const double most = sim_dist_greatest(d);
        out->nominal = isfinite(most) ? most : sim_dist_quantile(d, 1 - 1e-6);
        if (sim_dist_least(d) < 0) {
            park_resolve_wrong(l, v->node, "cut it: min = 0 ...", "it can fall below 0");
        }
        if (out->redraw_us < SIM_TIME_S) {
            park_resolve_wrong(l, redraw->node != NULL ? redraw->node : v->node,
                               "write at least \"1 s\"", "drawn more often than each second");
        }
    }
}

void park_resolve_chance(struct park_loader *l, const struct sim_value *v, struct sim_dist *out)
{
    struct sim_err err;
    *out = v->form == SIM_VALUE_DIST
               ? *v->dist
               : sim_dist_make(SIM_DIST_CONSTANT, v->form == SIM_VALUE_QUANTITY ? v->si : 0, 0, 0);
    if (sim_dist_prepare(out, &err) != SIM_OK) {
        park_resolve_wrong(l, v->node, NULL, "%s", err.text);
        *out = sim_dist_make(SIM_DIST_CONSTANT, 0, 0, 0);
        if (sim_dist_prepare(out, &err) != SIM_OK) {
            sim_base_bug(__FILE__, __LINE__, "a constant is refused");
        }
    }
}

static void say(struct park_loader *l, enum sim_diag_level level, const struct sim_node *n,
                const char *remedy, const char *fmt, va_list args)
{
    char text[2000];
    vsnprintf(text, sizeof(text), fmt, args);
    char *path = n != NULL ? sim_tree_path(n) : NULL;
    const struct sim_place *at = n == NULL ? NULL : n->text != NULL ? &n->value_at : &n->place;
    sim_diag_add(l->diag, level, at, path, remedy, "%s", text);
    free(path);
}

void park_resolve_wrong(struct park_loader *l, const struct sim_node *n, const char *remedy,
                        const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    say(l, SIM_DIAG_WRONG, n, remedy, fmt, args);
    va_end(args);
}

void park_resolve_warn(struct park_loader *l, const struct sim_node *n, const char *remedy,
                       const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    say(l, SIM_DIAG_WARNING, n, remedy, fmt, args);
    va_end(args);
}

static bool is_energy(const struct park *p, int32_t stream)
{
    return sim_units_is_same(p->streams[stream]->si.dim, SIM_DIM_ENERGY);
}

/** The stream of electricity where none is said; -1: it cannot be told. */
static int32_t usual_power(const struct park *p)
{
    const int32_t named = PARK_ID(p, stream, park_stream, "electricity");
    if (named >= 0 && is_energy(p, named)) {
        return named;
    }
    int32_t only = -1;
    int count = 0;
    for (int32_t i = 0; i < p->stream_count; i++) {
        if (p->streams[i]->kind == PARK_STREAM_ENERGY && is_energy(p, i)) {
            only = i;
            count++;
        }
    }
    return count == 1 ? only : -1;
}

int32_t park_resolve_power(struct park_loader *l, const struct sim_ref *said,
                           const struct sim_node *needed, const char *key, const char *what)
{
    const struct park *p = l->park;
    const int32_t stream = park_resolve_ref(l, said);
    if (stream >= 0 && !is_energy(p, stream)) {
        park_resolve_wrong(l, said->node, "name a stream in MWh, kWh or GJ",
                           "%s energy, and %s is told in %s", what, p->streams[stream]->name,
                           p->streams[stream]->unit);
    }
    if (said->node != NULL || needed == NULL) {
        return stream;
    }
    const int32_t usual = usual_power(p);
    char *remedy = sim_base_format(usual < 0 ? "write %s = \"...\"" : "say it: %s = \"...\"", key);
    if (usual < 0) {
        park_resolve_wrong(l, needed, remedy,
                           "%s energy, and no stream is named electricity, nor is one the only one "
                           "of kind energy",
                           what);
    } else if (strcmp(p->streams[usual]->name, "electricity") != 0) {
        park_resolve_warn(l, needed, remedy, "%s %s, the only stream of kind energy", what,
                          p->streams[usual]->name);
    }
    free(remedy);
    return usual;
}
