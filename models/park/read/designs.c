#include "models/park/read/designs.h"

#include "models/park/base/kinds.h"
#include "sim/base/strtab.h"
#include "sim/cfg/cfgtext.h"

#include <stdlib.h>
#include <string.h>

struct design {
    const char *title;
    struct sim_ref extends;
    struct sim_texts remove, set;
    const struct sim_node *add; // NULL: none
};

struct park_designs {
    struct sim_tree *tree; // of the group alone
    struct sim_arena *arena;
    struct sim_items all; // of struct design
    const char **vias;    // by design
};

static const struct sim_key keys[] = {
    {.name = "title",
     .type = SIM_KEY_TEXT,
     .offset = offsetof(struct design, title),
     .doc = "its name in reports"},
    {.name = "extends",
     .type = SIM_KEY_REF,
     .refers = "designs 'base'",
     .offset = offsetof(struct design, extends),
     .doc = "another design, whose changes come first"},
    {.name = "remove",
     .type = SIM_KEY_TEXTS,
     .offset = offsetof(struct design, remove),
     .doc = "paths of what is taken away, first of all; `*` stands for every name"},
    {.name = "add",
     .type = SIM_KEY_NODE,
     .offset = offsetof(struct design, add),
     .doc = "groups as in a park file, for what is not there yet"},
    {.name = "set",
     .type = SIM_KEY_TEXTS,
     .offset = offsetof(struct design, set),
     .doc = "lines \"path = value\", last of all; `*` stands for every name"},
};

const struct sim_kind park_designs_kind = {
    .name = "design",
    .doc = "Another park to compare: the park of this file with some changes.",
    .size = sizeof(struct design),
    .keys = keys,
    .key_count = SIM_COUNT(keys),
};

// ---- Taking them out ----

static const struct design *design_at(const struct park_designs *s, int i)
{
    return s->all.at[i].data;
}

int park_designs_find(const struct park_designs *s, const char *name)
{
    for (int i = 0; name != NULL && i < s->all.count; i++) {
        if (strcmp(s->all.at[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

/** The one that it extends; -1: the base. */
static int extended(const struct park_designs *s, int i)
{
    return park_designs_find(s, design_at(s, i)->extends.text);
}

static void tell(struct sim_diag *d, const struct sim_node *n, const struct sim_place *at,
                 const char *remedy, const char *what)
{
    char *path = sim_tree_path(n);
    sim_diag_add(d, SIM_DIAG_WRONG, at, path, remedy, "%s", what);
    free(path);
}

/** A circle is told once, at the first of its designs: "a extends b extends a". */
static void check_circle(const struct park_designs *s, int first, struct sim_diag *d)
{
    char *way = sim_base_strdup(s->all.at[first].name);
    bool is_circle = false;
    int at = extended(s, first);
    for (int steps = 0; at >= first && steps < s->all.count && !is_circle; steps++) {
        char *longer = sim_base_format("%s extends %s", way, s->all.at[at].name);
        free(way);
        way = longer;
        is_circle = at == first;
        at = extended(s, at);
    }
    if (is_circle) {
        const struct sim_node *n = design_at(s, first)->extends.node;
        char *what = sim_base_format("a circle: %s", way);
        tell(d, n, &n->value_at, "take one of them away", what);
        free(what);
    }
    free(way);
}

static void check(const struct park_designs *s, struct sim_diag *d)
{
    for (int i = 0; i < s->all.count; i++) {
        const struct sim_item *item = &s->all.at[i];
        const struct sim_node *add = design_at(s, i)->add;
        if (strcmp(item->name, PARK_DESIGNS_BASE) == 0) {
            tell(d, item->node, &item->node->place, "give it another name",
                 "'base' is the name of the park as written");
        }
        if (add != NULL && add->kind != SIM_NODE_GROUP) {
            tell(d, add, &add->value_at, "write { ... } as in a park file",
                 "groups are wanted here");
        }
        check_circle(s, i, d);
    }
}

struct world {
    struct sim_items designs;
};

/** Move the group into a tree of its own, since it describes other parks. */
static struct sim_tree *split(struct sim_tree *t, struct sim_diag *d)
{
    struct sim_tree *alone = sim_tree_create();
    struct sim_node *group = sim_tree_child(sim_tree_root(t), "designs");
    if (group != NULL) {
        const struct sim_node around = {.kind = SIM_NODE_GROUP, .children = &group, .count = 1};
        (void)sim_tree_add(alone, &around, NULL, d);
        (void)sim_tree_remove(t, "designs", NULL, NULL, d);
    }
    return alone;
}

struct park_designs *park_designs_take(struct sim_tree *t, struct sim_diag *d)
{
    static const struct sim_key in_world[] = {{.name = "designs",
                                               .type = SIM_KEY_MAP,
                                               .kind = &park_designs_kind,
                                               .offset = offsetof(struct world, designs)}};
    static const struct sim_kind world = {.name = "park file",
                                          .size = sizeof(struct world),
                                          .keys = in_world,
                                          .key_count = SIM_COUNT(in_world)};
    struct park_designs *s = sim_base_alloc(1, sizeof(*s));
    s->tree = split(t, d);
    s->arena = sim_arena_create();
    park_later_check_designs(s->tree, d);
    const struct world *w = sim_kind_load(&world, s->tree, s->arena, NULL, d);
    s->all = w->designs;
    s->vias = SIM_ARENA_NEW(s->arena, const char *, s->all.count);
    for (int i = 0; i < s->all.count; i++) {
        s->vias[i] = sim_arena_format(s->arena, "design %s", s->all.at[i].name);
    }
    check(s, d);
    return s;
}

void park_designs_destroy(struct park_designs *s)
{
    if (s == NULL) {
        return;
    }
    sim_tree_destroy(s->tree);
    sim_arena_destroy(s->arena);
    free(s);
}

// ---- Asking ----

static bool has(const struct park_designs *s, int i)
{
    return i >= 0 && i < s->all.count;
}

const char *park_designs_name(const struct park_designs *s, int i)
{
    return has(s, i) ? s->all.at[i].name : NULL;
}

const char *park_designs_title(const struct park_designs *s, int i)
{
    return has(s, i) ? design_at(s, i)->title : NULL;
}

const char *park_designs_via(const struct park_designs *s, int i)
{
    return has(s, i) ? s->vias[i] : NULL;
}

/** "base, alone, shared". To free. */
static char *names_text(const struct park_designs *s)
{
    sim_cfgtext all = {0};
    sim_cfgtext_put(&all, PARK_DESIGNS_BASE);
    for (int i = 0; i < s->all.count; i++) {
        sim_cfgtext_format(&all, ", %s", s->all.at[i].name);
    }
    return sim_cfgtext_done(&all);
}

bool park_designs_has(const struct park_designs *s, const char *name, struct sim_diag *d)
{
    if (name == NULL || strcmp(name, PARK_DESIGNS_BASE) == 0 || park_designs_find(s, name) >= 0) {
        return true;
    }
    const char **names = sim_base_alloc((size_t)s->all.count + 1, sizeof(*names));
    for (int i = 0; i < s->all.count; i++) {
        names[i] = s->all.at[i].name;
    }
    const char *near = sim_strtab_nearest(name, names, s->all.count);
    char *all = names_text(s);
    char *remedy = near != NULL
                       ? sim_base_format("did you mean '%s'? There are %s", near, all)
                       : sim_base_format("there %s %s", s->all.count > 0 ? "are" : "is only", all);
    sim_diag_add(d, SIM_DIAG_WRONG, NULL, NULL, remedy, "the park has no design '%s'", name);
    free(remedy);
    free(all);
    free(names);
    return false;
}

// ---- Applying one ----

/** The root's own groups that no park is without: told here, since nothing has their place later.
 */
static bool is_needed(const struct sim_kind *root, const char *path)
{
    for (int i = 0; i < root->key_count; i++) {
        if ((root->keys[i].flags & SIM_KEY_REQUIRED) != 0 &&
            strcmp(root->keys[i].name, path) == 0) {
            return true;
        }
    }
    return false;
}

static void apply_one(const struct park_designs *s, int i, const struct sim_kind *root,
                      struct sim_tree *t, struct sim_diag *d)
{
    const struct design *x = design_at(s, i);
    for (int k = 0; k < x->remove.count; k++) {
        const struct sim_node *n = x->remove.nodes[k];
        if (is_needed(root, x->remove.at[k])) {
            tell(d, n, &n->value_at, "leave it out", "no park is without it");
        } else {
            (void)sim_tree_remove(t, x->remove.at[k], s->vias[i], n, d);
        }
    }
    if (x->add != NULL && x->add->kind == SIM_NODE_GROUP) {
        (void)sim_tree_add(t, x->add, s->vias[i], d);
        (void)sim_tree_expand(t, d);
        sim_kind_normalise(root, t);
    }
    for (int k = 0; k < x->set.count; k++) {
        sim_kind_assign(root, t, x->set.at[k], s->vias[i], x->set.nodes[k], d);
    }
    sim_kind_normalise(root, t);
}

void park_designs_apply(const struct park_designs *s, int i, const struct sim_kind *root,
                        struct sim_tree *t, struct sim_diag *d)
{
    int *chain = sim_base_alloc((size_t)s->all.count + 1, sizeof(int));
    int count = 0;
    for (; i >= 0 && count < s->all.count; i = extended(s, i)) {
        chain[count++] = i;
    }
    while (count > 0) {
        apply_one(s, chain[--count], root, t, d);
    }
    free(chain);
}

// ---- Telling ----

/** "# * shared: Two kilns"; a title of several lines stays one comment. */
static void put_line(sim_cfgtext *text, bool is_shown, const char *name, const char *title)
{
    const int from = text->count;
    sim_cfgtext_format(text, "#%s %s%s%s", is_shown ? " *" : "  ", name, title != NULL ? ": " : "",
                       title != NULL ? title : "");
    for (int i = from; i < text->count; i++) {
        char *p = &text->data[i];
        *p = *p == '\n' || *p == '\r' ? ' ' : *p;
    }
    sim_cfgtext_put(text, "\n");
}

char *park_designs_comment(const struct park_designs *s, const char *shown)
{
    if (s->all.count == 0) {
        return sim_base_strdup("");
    }
    const int at = park_designs_find(s, shown);
    sim_cfgtext text = {0};
    sim_cfgtext_put(&text, "# Designs of this file, the one shown with a star:\n");
    put_line(&text, at < 0, PARK_DESIGNS_BASE, "the park as written");
    for (int i = 0; i < s->all.count; i++) {
        put_line(&text, i == at, s->all.at[i].name, design_at(s, i)->title);
    }
    return sim_cfgtext_done(&text);
}
