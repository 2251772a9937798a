// SPDX-License-Identifier: MIT
// Changes of a tree that was read: set, add, remove, for designs and --set.
#include "sim/base/strtab.h"
#include "sim/cfg/cfgtext.h"
#include "sim/cfg/tree_priv.h"
#include "sim/num/dist.h"

#include <stdlib.h>
#include <string.h>

/** The place of something asked for by a node, or from the command line. */
static struct sim_place asked_at(struct sim_tree *t, const struct sim_node *at, const char *via)
{
    struct sim_place place = {0};
    if (at != NULL) {
        place = at->value_at;
    }
    place.via = sim_arena_strdup(t->arena, via);
    return place;
}

// ---- values from text -----------------------------------------------------------------

static void clear_children(struct sim_tree *t, struct sim_node *n)
{
    while (n->count > 0) {
        sim_tree_detach(t, n->children[n->count - 1]);
    }
    free(n->children);
    n->children = NULL;
    n->capacity = 0;
    n->names = NULL;
}

static void become(struct sim_node *n, const struct sim_node *from)
{
    n->kind = from->kind;
    n->text = from->text;
    n->integer = from->integer;
    n->number = from->number;
    n->truth = from->truth;
    n->broken = from->broken;
}

/** ( ... ), { ... }, [ ... ] and "..." are read as in a file, by the same reader. */
static bool put_written(struct sim_tree *t, struct sim_node *n, const char *value,
                        const struct sim_place *place, struct sim_diag *d)
{
    struct sim_tree *fresh = sim_tree_create();
    struct sim_diag *mistakes = sim_diag_create();
    char *text = sim_base_format("value = %s;\n", value);
    (void)sim_tree_load_text(fresh, "value", text, strlen(text), mistakes);
    const bool is_fine = sim_diag_wrong(mistakes) == 0 && fresh->root->count == 1;
    if (is_fine) {
        const struct sim_node *from = fresh->root->children[0];
        become(n, from);
        n->text = sim_arena_strdup(t->arena, from->text);
        for (int i = 0; i < from->count; i++) {
            struct sim_node *c =
                sim_tree_copy(t, n, from->children[i]->name, from->children[i], place->via);
            c->place = *place;
        }
        sim_tree_expand_lists(t, n, d);
    } else {
        const bool told = sim_diag_count(mistakes) > 0;
        const struct sim_mistake *m = told ? sim_diag_at(mistakes, 0) : NULL;
        sim_diag_add(d, SIM_DIAG_WRONG, place, NULL, told ? m->remedy : NULL, "%s: %s", value,
                     told ? m->what : "not one value");
    }
    free(text);
    sim_diag_destroy(mistakes);
    sim_tree_destroy(fresh);
    return is_fine;
}

bool sim_tree_put_value(struct sim_tree *t, struct sim_node *n, const char *value,
                        const struct sim_place *place, struct sim_diag *d)
{
    const size_t length = sim_cfgtext_trim(&value, strlen(value));
    char *text = sim_arena_strndup(t->arena, value, length);
    t->edits++;
    clear_children(t, n);
    n->loose = true;
    n->bare = false;
    n->broken = false;
    n->place.via = place->via;
    n->value_at = *place;
    if (n->place.file == NULL) {
        n->place = *place;
    }
    if (length > 0 && strchr("({[\"", text[0]) != NULL) {
        n->loose = text[0] != '"';
        return put_written(t, n, text, place, d);
    }
    struct sim_node scalar = {.text = text};
    const char *why = NULL;
    if (!sim_tree_scalar(&scalar, text, &why)) {
        sim_diag_add(d, SIM_DIAG_WRONG, place, NULL, NULL, "%s: %s", text, why);
        return false;
    }
    become(n, &scalar);
    return true;
}

// ---- inside of values -----------------------------------------------------------------

/** The argument of `text` = "weibull(shape = 1.4, scale = 900 h)" called `name`: where it stands.
 */
static bool find_argument(const char *text, const char *name, size_t *from, size_t *to)
{
    const size_t open = strcspn(text, "(");
    if (text[open] == '\0') {
        return false;
    }
    const char *start = text;
    const size_t call_length = sim_cfgtext_trim(&start, open);
    char call[32] = "";
    memcpy(call, start, call_length < sizeof(call) ? call_length : 0);
    const enum sim_dist_kind kind = sim_dist_find(call);
    const char *p = text + open + 1;
    for (int i = 0; *p != '\0' && *p != ')'; i++) {
        const size_t n = strcspn(p, ",)");
        const size_t before = strcspn(p, "=");
        const char *key = p;
        size_t key_length = before < n ? sim_cfgtext_trim(&key, before) : 0;
        if (key_length == 0 && kind < SIM_DIST_KINDS && i < sim_dist_info(kind)->count) {
            key = sim_dist_info(kind)->params[i];
            key_length = strlen(key);
        }
        if (key_length == strlen(name) && strncmp(key, name, key_length) == 0) {
            *from = (size_t)(p - text) + (before < n ? before + 1 : 0);
            *to = (size_t)(p - text) + n;
            return true;
        }
        p += n + (p[n] == ',' ? 1 : 0);
    }
    return false;
}

/** scale = "1000 h" within the text of `n`. */
static bool put_argument(struct sim_tree *t, struct sim_node *n, const char *name,
                         const char *value, const struct sim_place *place)
{
    size_t from = 0;
    size_t to = 0;
    if (n->kind != SIM_NODE_TEXT || !find_argument(n->text, name, &from, &to)) {
        return false;
    }
    const size_t length = sim_cfgtext_trim(&value, strlen(value));
    t->edits++;
    n->text = sim_arena_format(t->arena, "%.*s%s%.*s%s", (int)from, n->text,
                               n->text[from - 1] == '=' || n->text[from] == ' ' ? " " : "",
                               (int)length, value, n->text + to);
    n->place.via = place->via;
    n->value_at = *place;
    n->loose = false;
    return true;
}

// ---- paths that match nothing ---------------------------------------------------------

/** "did you mean 'mean'?" among the arguments of "exponential(mean = 100 h)"; "" if none is near.
 */
static const char *near_argument(struct sim_tree *t, const char *text, const char *name)
{
    const size_t length = strcspn(text, "(");
    char call[32] = "";
    if (text[length] == '\0' || length >= sizeof(call)) {
        return "";
    }
    memcpy(call, text, length);
    const enum sim_dist_kind kind = sim_dist_find(call);
    if (kind >= SIM_DIST_KINDS) {
        return "";
    }
    const struct sim_dist_info *info = sim_dist_info(kind);
    const char *near = sim_strtab_nearest(name, info->params, info->count);
    return near != NULL ? sim_arena_format(t->arena, "did you mean '%s'?", near) : "";
}

static const char *near_name(struct sim_tree *t, const struct sim_node *n, const char *name)
{
    return n->kind == SIM_NODE_TEXT ? near_argument(t, n->text, name) : sim_tree_near(t, n, name);
}

/** Follow the path as far as it goes, and tell the name where it stops, with the nearest known. */
static void tell_nothing(struct sim_tree *t, const char *path, const struct sim_place *place,
                         struct sim_diag *d)
{
    char *prefix = sim_base_strdup("");
    const struct sim_node *n = t->root;
    const char *p = path;
    while (*p != '\0') {
        const size_t k = strcspn(p, ".");
        char *longer = sim_base_format("%s%s%.*s", prefix, prefix[0] != '\0' ? "." : "", (int)k, p);
        struct sim_node **found = NULL;
        const int count = sim_tree_match(t->root, longer, &found);
        const struct sim_node *next = count > 0 ? found[0] : NULL;
        free(found);
        if (next == NULL) {
            free(longer);
            char *name = sim_base_format("%.*s", (int)strcspn(p, ".["), p);
            const char *near = near_name(t, n, name);
            sim_diag_add(d, SIM_DIAG_WRONG, place, path, near,
                         "matches nothing: there is no '%.*s'%s%s", (int)k, p,
                         prefix[0] != '\0' ? " in " : "", prefix);
            free(name);
            break;
        }
        free(prefix);
        prefix = longer;
        n = next;
        p += k + (p[k] == '.' ? 1 : 0);
    }
    if (*p == '\0') {
        sim_diag_add(d, SIM_DIAG_WRONG, place, path, NULL, "not a path");
    }
    free(prefix);
}

/** "a.b.c" -> "a.b" and "c". The parent of a single name is the root. */
static char *split_path(const char *path, const char **last)
{
    const char *dot = strrchr(path, '.');
    *last = dot != NULL ? dot + 1 : path;
    return dot != NULL ? sim_base_format("%.*s", (int)(dot - path), path) : sim_base_strdup("");
}

static int match_parents(const struct sim_tree *t, const char *path, struct sim_node ***out)
{
    if (path[0] != '\0') {
        return sim_tree_match(t->root, path, out);
    }
    *out = sim_base_alloc(1, sizeof(**out));
    (*out)[0] = t->root;
    return 1;
}

/** A name that is new in groups that are there, or an argument inside of their values. */
static int set_new(struct sim_tree *t, const char *path, const char *value,
                   const struct sim_place *place, struct sim_diag *d)
{
    const char *last = NULL;
    char *parent = split_path(path, &last);
    struct sim_node **parents = NULL;
    const int count = match_parents(t, parent, &parents);
    int done = 0;
    for (int i = 0; i < count; i++) {
        struct sim_node *n = parents[i];
        if (put_argument(t, n, last, value, place)) {
            done++;
        } else if (n->kind == SIM_NODE_GROUP && sim_tree_scan_is_name(last, strlen(last))) {
            struct sim_node *c = sim_tree_new(t, n, SIM_NODE_TEXT, last, "", place);
            (void)sim_tree_put_value(t, c, value, place, d);
            done++;
        }
    }
    free(parents);
    free(parent);
    return done;
}

enum sim_status sim_tree_set(struct sim_tree *t, const char *path, const char *value,
                             const char *via, const struct sim_node *at, struct sim_diag *d)
{
    const struct sim_place place = asked_at(t, at, via);
    struct sim_node **found = NULL;
    const int count = sim_tree_match(t->root, path, &found);
    for (int i = 0; i < count; i++) {
        (void)sim_tree_put_value(t, found[i], value, &place, d);
    }
    free(found);
    if (count == 0 && set_new(t, path, value, &place, d) == 0) {
        tell_nothing(t, path, &place, d);
    }
    return sim_diag_status(d);
}

enum sim_status sim_tree_assign(struct sim_tree *t, const char *assignment, const char *via,
                                const struct sim_node *at, struct sim_diag *d)
{
    const size_t n = strcspn(assignment, "=");
    const char *path = assignment;
    const size_t length = sim_cfgtext_trim(&path, n);
    const char *value = assignment[n] == '=' ? assignment + n + 1 : "";
    const char *start = value;
    if (length == 0 || sim_cfgtext_trim(&start, strlen(value)) == 0) {
        const struct sim_place place = asked_at(t, at, via);
        sim_diag_add(d, SIM_DIAG_WRONG, &place, NULL,
                     "write path = value, for example firms.mill.capacity = 12 t/h",
                     "'%s' sets nothing", assignment);
        return sim_diag_status(d);
    }
    char *whole = sim_base_format("%.*s", (int)length, path);
    (void)sim_tree_set(t, whole, value, via, at, d);
    free(whole);
    return sim_diag_status(d);
}

enum sim_status sim_tree_remove(struct sim_tree *t, const char *path, const char *via,
                                const struct sim_node *at, struct sim_diag *d)
{
    struct sim_node **found = NULL;
    const int count = sim_tree_match(t->root, path, &found);
    for (int i = count - 1; i >= 0; i--) {
        sim_tree_detach(t, found[i]);
    }
    free(found);
    if (count == 0) {
        const struct sim_place place = asked_at(t, at, via);
        tell_nothing(t, path, &place, d);
    }
    return sim_diag_status(d);
}

static void merge(struct sim_tree *t, struct sim_node *into, const struct sim_node *what,
                  const char *via, struct sim_diag *d)
{
    for (int i = 0; i < what->count; i++) {
        const struct sim_node *n = what->children[i];
        struct sim_node *there = sim_tree_child(into, n->name);
        if (there == NULL) {
            sim_tree_copy(t, into, n->name, n, via);
        } else if (there->kind == SIM_NODE_GROUP && n->kind == SIM_NODE_GROUP) {
            merge(t, there, n, via, d);
        } else {
            char *path = sim_tree_path(there);
            char *origin = sim_tree_origin(there);
            struct sim_place place = n->place;
            place.via = via;
            sim_diag_add(d, SIM_DIAG_WRONG, &place, path, "use set to change it",
                         "cannot be added: it is there already (%s)", origin);
            free(origin);
            free(path);
        }
    }
}

enum sim_status sim_tree_add(struct sim_tree *t, const struct sim_node *what, const char *via,
                             struct sim_diag *d)
{
    SIM_REQUIRE(what != NULL && what->kind == SIM_NODE_GROUP, "a group to add");
    if (what != t->root) {
        merge(t, t->root, what, via, d);
    }
    return sim_diag_status(d);
}
