// SPDX-License-Identifier: MIT
#include "sim/cfg/kind.h"

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
    normalise(t, root, t->root);
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
