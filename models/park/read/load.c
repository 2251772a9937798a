// From a file to a park: tree, overrides, tables of kinds, ids, rules, network.
#include "models/park/net/build.h"
#include "models/park/read/designs.h"
#include "models/park/read/root.h"
#include "sim/core/evq.h"
#include "sim/num/units.h"

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

static void gather_parties(struct park_loader *l)
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

static void place_parties(struct park *p)
{
    for (int i = 0; i < p->party_count; i++) {
        struct park_party *x = &p->parties[i];
        x->site = x->is_market ? -1 : p->firms[x->id]->site;
    }
}

/** Each thing that events may happen to has a rank in the queue: calendars, crews, failures,
 * profiles and activities. */
static void check_size(struct park_loader *l)
{
    const struct park *p = l->park;
    const int64_t ranks = 1 + (int64_t)p->calendar_count + p->crew_count + p->failure_count +
                          p->profile_count + p->net->activity_count;
    if (ranks > SIM_EVQ_RANK_MAX) {
        park_resolve_wrong(l, sim_tree_root(p->tree), "leave some out, or put like ones together",
                           "%lld processes, links, trades, failures and the like are more than "
                           "the %d that a park may have",
                           (long long)ranks, SIM_EVQ_RANK_MAX);
    }
}

// Steps 2 and 3 of park.h: ids, rules, the network. Rules across the park only when all is right so
// far: what follows from a mistake is not told beside it.
static void resolve(struct park_loader *l)
{
    const struct park_kind *const *kinds = l->park->root->kinds;
    park_gather(l, kinds);
    gather_parties(l);
    for (int i = 0; kinds[i] != NULL; i++) {
        if (kinds[i]->resolve != NULL) {
            kinds[i]->resolve(l);
        }
    }
    park_gather_free(l);
    place_parties(l->park);
    if (sim_diag_wrong(l->diag) == 0 && park_build(l->park, kinds, l->diag) == SIM_OK) {
        check_size(l);
        park_check(l);
    }
}

static void override(const struct sim_kind *root, struct sim_tree *t,
                     const struct park_load_opts *o, struct sim_diag *d)
{
    for (int i = 0; i < o->override_count; i++) {
        sim_kind_assign(root, t, o->overrides[i], o->vias != NULL ? o->vias[i] : "--set", NULL, d);
    }
    if (o->until != NULL) {
        (void)sim_tree_set(t, "park.until", o->until, "--until", NULL, d);
    }
    if (o->has_seed && o->seed <= INT64_MAX) {
        char *seed = sim_base_format("%llu", (unsigned long long)o->seed);
        (void)sim_tree_set(t, "park.seed", seed, "--seed", NULL, d);
        free(seed);
    }
}

/** The file as written: its tables read, its designs aside, its short forms written out. */
static void unfold(struct park *p, struct sim_diag *d)
{
    (void)sim_tree_expand(p->tree, d);
    p->designs = park_designs_take(p->tree, d);
    park_later_check(p->tree, d);
    sim_kind_normalise(&p->root->kind, p->tree);
    p->written_count = sim_tree_source_count(p->tree);
}

/** The design, then the overrides. */
static void change(struct park *p, const struct park_load_opts *o, struct sim_diag *d)
{
    const int design = park_designs_find(p->designs, o->design);
    p->design = park_designs_name(p->designs, design);
    p->design_title = park_designs_title(p->designs, design);
    const int64_t edits = sim_tree_edits(p->tree);
    park_designs_apply(p->designs, design, &p->root->kind, p->tree, d);
    override(&p->root->kind, p->tree, o, d);
    const struct sim_node *more = sim_tree_child(sim_tree_root(p->tree), "designs");
    if (more != NULL) {
        sim_diag_add(d, SIM_DIAG_WRONG, &more->value_at, "designs",
                     "write it into the park file itself", "a design cannot come from here");
    }
    if (sim_tree_edits(p->tree) != edits) {
        park_later_check(p->tree, d);
        sim_kind_normalise(&p->root->kind, p->tree);
    }
}

static enum sim_status fill(struct park *p, const struct park_load_opts *opts, struct sim_diag *d)
{
    p->units = park_economy_units(p->tree, d);
    struct park_dims dims = {.tree = p->tree, .units = p->units};
    const struct sim_kind_load_opts how = {.dim = park_dims_rule,
                                           .named = park_dims_named,
                                           .convert = park_dims_per_energy,
                                           .user = &dims,
                                           .units = p->units};
    const void *file = sim_kind_load(&p->root->kind, p->tree, p->arena, &how, d);
    struct park_loader l = {.park = p, .file = file, .diag = d, .uses = &dims.uses};
    resolve(&l);
    free(dims.uses.data);
    if (opts->has_seed) {
        p->seed = opts->seed;
    }
    return sim_diag_status(d);
}

/** From the tree as written, under the name of the design. What is told of a design that is not
 * there would only follow from that. */
static enum sim_status load(struct park *p, const struct park_load_opts *opts, struct sim_diag *d)
{
    if (!park_designs_has(p->designs, opts->design, d)) {
        return sim_diag_status(d);
    }
    const int design = park_designs_find(p->designs, opts->design);
    sim_diag_via(d, park_designs_via(p->designs, design));
    change(p, opts, d);
    const enum sim_status status = fill(p, opts, d);
    sim_diag_via(d, NULL);
    return status;
}

static struct park *create(struct sim_tree *tree)
{
    struct sim_arena *arena = sim_arena_create();
    struct park *p = SIM_ARENA_NEW(arena, struct park, 1);
    p->arena = arena;
    p->tree = tree;
    return p;
}

static enum sim_status give(struct park *p, enum sim_status status, struct park **out)
{
    if (status != SIM_OK) {
        park_load_free(p);
        p = NULL;
    }
    *out = p;
    return status;
}

static const struct park_load_opts as_written;

// A file that cannot be read at all is told once, without the keys that are missing because of it;
// so is a bracket without its partner, without the groups that then stand where nobody put them.
static enum sim_status finish(struct park *p, enum sim_status read,
                              const struct park_load_opts *opts, struct sim_diag *d,
                              struct park **out)
{
    const bool is_vain = sim_tree_root(p->tree)->count == 0 || sim_tree_is_unclosed(p->tree);
    if (read != SIM_OK && is_vain) {
        return give(p, read, out);
    }
    p->root = park_root_make(p->arena, park_kinds);
    unfold(p, d);
    return give(p, load(p, opts != NULL ? opts : &as_written, d), out);
}

enum sim_status park_load(const char *path, const struct park_load_opts *opts, struct sim_diag *d,
                          struct park **out)
{
    struct park *p = create(sim_tree_create());
    return finish(p, sim_tree_load(p->tree, path, d), opts, d, out);
}

enum sim_status park_load_text(const char *name, const char *text,
                               const struct park_load_opts *opts, struct sim_diag *d,
                               struct park **out)
{
    struct park *p = create(sim_tree_create());
    return finish(p, sim_tree_load_text(p->tree, name, text, strlen(text), d), opts, d, out);
}

/** Mistakes show their lines; the files were read by another load, with a list of its own. */
static void name_sources(const struct sim_tree *t, struct sim_diag *d)
{
    for (int i = 0; sim_diag_count(d) > 0 && i < sim_tree_source_count(t); i++) {
        const struct sim_source *s = sim_tree_source(t, i);
        const size_t mark = s->length >= 3 && memcmp(s->text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
        sim_diag_source(d, s->path, s->text + mark, s->length - mark);
    }
}

enum sim_status park_load_from(const struct park *origin, const struct park_load_opts *opts,
                               struct sim_diag *d, struct park **out)
{
    struct park *p = create(sim_tree_clone(origin->tree));
    p->origin = origin;
    p->root = origin->root;
    p->designs = origin->designs;
    p->written_count = origin->written_count;
    const enum sim_status status = load(p, opts != NULL ? opts : &as_written, d);
    name_sources(p->tree, d);
    return give(p, status, out);
}

// What lives outside the arena.
void park_load_free(struct park *p)
{
    if (p == NULL) {
        return;
    }
    for (int i = 0; i < p->calendar_count; i++) {
        sim_calendar_destroy(p->calendars[i]->times);
    }
    for (int i = 0; i < p->profile_count; i++) {
        if (!p->profiles[i]->is_borrowed) {
            sim_table1d_destroy(p->profiles[i]->table);
        }
    }
    park_build_free(p->net);
    sim_units_destroy(p->units);
    sim_tree_destroy(p->tree);
    if (p->origin == NULL) {
        park_designs_destroy(p->designs);
    }
    sim_arena_destroy(p->arena);
}

char *park_load_show(const struct park *p, bool origin)
{
    char *designs = park_designs_comment(p->designs, p->design);
    char *park = sim_kind_show(&p->root->kind, p->tree, origin);
    char *text = sim_base_format("%s%s", designs, park);
    free(designs);
    free(park);
    return text;
}

char *park_load_identity(const struct park *p)
{
    char *text = sim_kind_identity(&p->root->kind, p->tree);
    for (int i = p->written_count; i < sim_tree_source_count(p->tree); i++) {
        char *longer = sim_base_format("%s# %s\n", text, sim_tree_source(p->tree, i)->sha256);
        free(text);
        text = longer;
    }
    return text;
}

char *park_load_reference(void)
{
    struct sim_arena *arena = sim_arena_create();
    char *text = sim_kind_reference(&park_root_make(arena, park_kinds)->kind);
    sim_arena_destroy(arena);
    return text;
}

double park_load_in_unit(const struct park_stream *s, double si)
{
    return sim_units_from_si(s->si, si);
}
