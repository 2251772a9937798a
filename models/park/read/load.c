// From a file to things: tree, design and overrides, tables of kinds, ids.
#include "models/park/read/load.h"

#include "models/park/read/designs.h"
#include "sim/num/units.h"

#include <stdlib.h>
#include <string.h>

static struct park *create(struct sim_tree *tree)
{
    struct sim_arena *arena = sim_arena_create();
    struct park *p = SIM_ARENA_NEW(arena, struct park, 1);
    p->arena = arena;
    p->tree = tree;
    return p;
}

// A file that cannot be read at all is told once, without the keys that are missing because of it;
// so is a bracket without its partner, without the groups that then stand where nobody put them.
static bool is_vain(const struct park *p, enum sim_status read)
{
    return read != SIM_OK && (sim_tree_root(p->tree)->count == 0 || sim_tree_is_unclosed(p->tree));
}

/** The file as written: its tables read, its designs aside, its short forms written out. */
static struct park *unfold(struct park *p, const struct park_kind *const *kinds, struct sim_diag *d)
{
    p->root = park_root_make(p->arena, kinds);
    (void)sim_tree_expand(p->tree, d);
    p->designs = park_designs_take(p->tree, d);
    park_later_check(p->tree, d);
    sim_kind_normalise(&p->root->kind, p->tree);
    p->written_count = sim_tree_source_count(p->tree);
    return p;
}

static struct park *finish(struct park *p, enum sim_status read,
                           const struct park_kind *const *kinds, struct sim_diag *d)
{
    if (is_vain(p, read)) {
        park_load_free(p);
        return NULL;
    }
    return unfold(p, kinds, d);
}

struct park *park_load_file(const char *path, const struct park_kind *const *kinds,
                            struct sim_diag *d)
{
    struct park *p = create(sim_tree_create());
    return finish(p, sim_tree_load(p->tree, path, d), kinds, d);
}

struct park *park_load_text(const char *name, const char *text,
                            const struct park_kind *const *kinds, struct sim_diag *d)
{
    struct park *p = create(sim_tree_create());
    return finish(p, sim_tree_load_text(p->tree, name, text, strlen(text), d), kinds, d);
}

struct park *park_load_again(const struct park *origin)
{
    struct park *p = create(sim_tree_clone(origin->tree));
    p->origin = origin;
    p->root = origin->root;
    p->designs = origin->designs;
    p->written_count = origin->written_count;
    return p;
}

void park_load_free(struct park *p)
{
    for (int i = 0; p->root != NULL && p->root->kinds[i] != NULL; i++) {
        if (p->root->kinds[i]->release != NULL) {
            p->root->kinds[i]->release(p);
        }
    }
    sim_units_destroy(p->units);
    sim_tree_destroy(p->tree);
    if (p->origin == NULL) {
        park_designs_destroy(p->designs);
    }
    sim_arena_destroy(p->arena);
}

static void override(const struct sim_kind *root, struct sim_tree *t,
                     const struct sim_model_source *o, struct sim_diag *d)
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

void park_load_change(struct park *p, const struct sim_model_source *o, struct sim_diag *d)
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

void park_load_things(struct park_loader *l, struct park *p, struct sim_diag *d)
{
    const struct park_kind *const *kinds = p->root->kinds;
    p->units = park_economy_units(p->tree, d);
    *l = (struct park_loader){.park = p, .diag = d, .dims = {.tree = p->tree, .units = p->units}};
    const struct sim_kind_load_opts how = {.dim = park_dims_rule,
                                           .named = park_dims_named,
                                           .convert = park_dims_per_energy,
                                           .user = &l->dims,
                                           .units = p->units};
    l->file = sim_kind_load(&p->root->kind, p->tree, p->arena, &how, d);
    park_gather(l, kinds);
    park_parties_sort(l);
    for (int i = 0; kinds[i] != NULL; i++) {
        if (kinds[i]->resolve != NULL) {
            kinds[i]->resolve(l);
        }
    }
}

void park_load_end(struct park_loader *l)
{
    park_gather_free(l);
    free(l->dims.uses.data);
    l->dims.uses = (struct park_uses){0};
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

char *park_load_reference(const struct park_kind *const *kinds)
{
    struct sim_arena *arena = sim_arena_create();
    char *text = sim_kind_reference(&park_root_make(arena, kinds)->kind);
    sim_arena_destroy(arena);
    return text;
}
