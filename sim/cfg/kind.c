// SPDX-License-Identifier: MIT
#include "sim/cfg/kind.h"

#include "sim/cfg/cfgtext.h"
#include "sim/cfg/kind_priv.h"
#include "sim/cfg/tree_priv.h"

#include <stdlib.h>
#include <string.h>

const struct sim_key *sim_kind_key(const struct sim_kind *kind, const char *name)
{
    for (int i = 0; i < kind->key_count; i++) {
        if (kind->keys[i].name[0] == name[0] && strcmp(kind->keys[i].name, name) == 0) {
            return &kind->keys[i];
        }
    }
    return NULL;
}

const struct sim_kind *sim_kind_of(const struct sim_key *key, const struct sim_node *thing)
{
    const struct sim_node *said = key->kinds != NULL ? sim_tree_child(thing, "kind") : NULL;
    if (said == NULL || said->text == NULL) {
        return key->kind;
    }
    for (int i = 0; key->kinds[i] != NULL; i++) {
        if (strcmp(key->kinds[i]->name, said->text) == 0) {
            return key->kinds[i];
        }
    }
    return NULL;
}

bool sim_kind_is_nest(const struct sim_key *key)
{
    return key->type == SIM_KEY_GROUP || key->type == SIM_KEY_MAP || key->type == SIM_KEY_LIST;
}

bool sim_kind_is_chooser(const struct sim_key *key, const struct sim_kind *kind, const char *name)
{
    return key != NULL && key->kinds != NULL && strcmp(name, "kind") == 0 &&
           sim_kind_key(kind, name) == NULL;
}

bool sim_kind_is_bare(enum sim_key_type type)
{
    return type == SIM_KEY_BOOL || type == SIM_KEY_COUNT || type == SIM_KEY_NUMBER;
}

// ---- short forms ----------------------------------------------------------------------

/** steam = "1.9 t/t" becomes steam = { amount = "1.9 t/t"; }. */
static void write_out(struct sim_tree *t, struct sim_node *n, const char *brief)
{
    const bool is_scalar = n->text != NULL && n->kind != SIM_NODE_GROUP;
    if (brief == NULL || !is_scalar) {
        return;
    }
    const struct sim_node scalar = *n;
    n->kind = SIM_NODE_GROUP;
    n->text = NULL;
    n->bare = false;
    n->loose = false;
    n->broken = false;
    sim_tree_copy(t, n, brief, &scalar, NULL);
}

static void normalise(struct sim_tree *t, const struct sim_kind *kind, struct sim_node *n);

static void normalise_thing(struct sim_tree *t, const struct sim_key *key, struct sim_node *n)
{
    const struct sim_kind *kind = sim_kind_of(key, n);
    if (kind != NULL) {
        write_out(t, n, kind->brief);
        normalise(t, kind, n);
    }
}

static void normalise_nest(struct sim_tree *t, const struct sim_key *key, struct sim_node *n)
{
    const bool is_one =
        key->type == SIM_KEY_GROUP || (key->type == SIM_KEY_LIST && n->kind == SIM_NODE_GROUP);
    if (is_one) {
        normalise_thing(t, key, n);
        return;
    }
    for (int i = 0; i < n->count; i++) {
        normalise_thing(t, key, n->children[i]);
    }
}

static void normalise(struct sim_tree *t, const struct sim_kind *kind, struct sim_node *n)
{
    for (int i = 0; n->kind == SIM_NODE_GROUP && i < n->count; i++) {
        struct sim_node *c = n->children[i];
        const struct sim_key *key = sim_kind_key(kind, c->name);
        if (key != NULL && sim_kind_is_nest(key)) {
            normalise_nest(t, key, c);
        } else if (key == NULL && kind->any != NULL) {
            normalise_thing(t, kind->any, c);
        }
    }
}

void sim_kind_normalise(const struct sim_kind *root, struct sim_tree *t)
{
    if (t->normal_for == root && t->normal_edits == t->edits) {
        return;
    }
    normalise(t, root, t->root);
    t->normal_for = root;
    t->normal_edits = t->edits;
}

// ---- groups that are missing ----------------------------------------------------------

/** A path being followed, to make the groups that it lacks. */
struct maker {
    struct sim_tree *tree;
    struct sim_place place;
    bool is_trial; // nothing is made
};

static bool make_below(struct maker *m, const struct sim_key *key, struct sim_node *n,
                       const char *path);

/** The rest of the path within the group `n` of a kind; `n` NULL: it would be made. True when all
 * groups are there or may be made. */
static bool make_in(struct maker *m, const struct sim_kind *kind, struct sim_node *n,
                    const char *path)
{
    const size_t length = strcspn(path, ".");
    char *name = sim_base_format("%.*s", (int)length, path);
    const struct sim_key *known = sim_kind_key(kind, name);
    const struct sim_key *key = known != NULL ? known : kind->any;
    struct sim_node *child = sim_tree_child(n, name);
    const bool is_end = path[length] == '\0'; // if it is no key, the loader says so
    bool is_fine =
        is_end || (key != NULL && (child != NULL || known == NULL || known->type == SIM_KEY_GROUP));
    if (is_fine && !is_end) {
        if (child == NULL && !m->is_trial) {
            child = sim_tree_new(m->tree, n, SIM_NODE_GROUP, name, NULL, &m->place);
        }
        const struct sim_key item = {.type = SIM_KEY_GROUP, .kind = key->kind, .kinds = key->kinds};
        is_fine = make_below(m, known != NULL ? known : &item, child, path + length + 1);
    }
    free(name);
    return is_fine;
}

/** The things that the next step names: one, or with `*` all. */
static bool make_in_things(struct maker *m, const struct sim_key *key, struct sim_node *n,
                           const char *path)
{
    const size_t length = strcspn(path, ".");
    bool is_fine = false;
    for (int i = 0; n != NULL && path[length] == '.' && i < n->count; i++) {
        struct sim_node *thing = n->children[i];
        const bool is_meant = (length == 1 && path[0] == '*') ||
                              (thing->name != NULL && strncmp(thing->name, path, length) == 0 &&
                               thing->name[length] == '\0');
        const struct sim_kind *kind = is_meant ? sim_kind_of(key, thing) : NULL;
        if (kind != NULL && thing->kind == SIM_NODE_GROUP) {
            is_fine = make_in(m, kind, thing, path + length + 1) || is_fine;
        }
    }
    return is_fine;
}

static bool make_below(struct maker *m, const struct sim_key *key, struct sim_node *n,
                       const char *path)
{
    if (key->type == SIM_KEY_MAP) {
        return make_in_things(m, key, n, path);
    }
    const struct sim_kind *kind = key->type != SIM_KEY_GROUP ? NULL
                                  : n != NULL                ? sim_kind_of(key, n)
                                                             : key->kind;
    return kind != NULL && (n == NULL || n->kind == SIM_NODE_GROUP) && make_in(m, kind, n, path);
}

/** "a.b = 3" -> "a.b"; owned. */
static char *path_of(const char *assignment)
{
    const char *path = assignment;
    const size_t length = sim_cfgtext_trim(&path, strcspn(assignment, "="));
    return sim_base_format("%.*s", (int)length, path);
}

void sim_kind_assign(const struct sim_kind *root, struct sim_tree *t, const char *assignment,
                     const char *via, const struct sim_node *at, struct sim_diag *d)
{
    struct maker m = {.tree = t, .is_trial = true};
    char *path = path_of(assignment);
    struct sim_node **found = NULL;
    const bool is_there = sim_tree_match(t->root, path, &found) > 0;
    if (at != NULL) {
        m.place = at->value_at;
    }
    m.place.via = sim_arena_strdup(t->arena, via);
    if (!is_there && make_in(&m, root, t->root, path)) {
        m.is_trial = false;
        (void)make_in(&m, root, t->root, path);
    }
    free(found);
    free(path);
    (void)sim_tree_assign(t, assignment, via, at, d);
}

// ---- the key at a path ----------------------------------------------------------------

/** Where a path leads: the kind of the group reached, the key that describes it. */
struct walk {
    const struct sim_kind *kind;
    const struct sim_key *key; // describes the node reached
    const struct sim_kind *in; // the kind that `key` belongs to
    bool expects_item;         // a map was entered: a name comes next
};

static struct sim_node *first_match(const struct sim_tree *t, const char *path)
{
    struct sim_node **found = NULL;
    struct sim_node *n = sim_tree_match(t->root, path, &found) > 0 ? found[0] : NULL;
    free(found);
    return n;
}

/** Into a thing under the key of `w`; its kind by the node, where there is one. */
static bool enter(struct walk *w, const struct sim_key *key, const struct sim_node *thing)
{
    w->kind = thing != NULL ? sim_kind_of(key, thing) : key->kind;
    w->expects_item = false;
    return w->kind != NULL;
}

static bool step(struct walk *w, const char *name, const struct sim_node *thing, bool is_element)
{
    if (w->expects_item) {
        return enter(w, w->key, thing);
    }
    if (w->kind == NULL) {
        return true; // inside of a value: "up.scale" is still `up`
    }
    const struct sim_key *key = sim_kind_key(w->kind, name);
    w->in = w->kind;
    if (key == NULL) {
        w->key = w->kind->any;
        return w->key != NULL && enter(w, w->key, thing);
    }
    w->key = key;
    w->kind = NULL;
    if (key->type == SIM_KEY_MAP) {
        w->expects_item = true;
    } else if (key->type == SIM_KEY_GROUP || (key->type == SIM_KEY_LIST && is_element)) {
        return enter(w, key, thing);
    }
    return true;
}

const struct sim_key *sim_kind_key_at(const struct sim_kind *root, const struct sim_tree *t,
                                      const char *path, const struct sim_kind **out_kind)
{
    struct walk w = {.kind = root};
    const char *p = path;
    while (*p != '\0') {
        const size_t n = strcspn(p, ".");
        char *prefix = sim_base_format("%.*s", (int)(p + n - path), path);
        char *name = sim_base_format("%.*s", (int)strcspn(p, ".["), p);
        const bool is_fine = step(&w, name, first_match(t, prefix), strcspn(p, "[") < n);
        free(name);
        free(prefix);
        if (!is_fine) {
            return NULL;
        }
        p += n + (p[n] == '.' ? 1 : 0);
    }
    if (out_kind != NULL) {
        *out_kind = w.in;
    }
    return w.key;
}
