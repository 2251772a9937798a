// SPDX-License-Identifier: MIT
#include "sim/cfg/tree.h"

#include "sim/base/file.h"
#include "sim/base/hash.h"
#include "sim/base/strtab.h"
#include "sim/cfg/tree_priv.h"

#include <stdlib.h>
#include <string.h>

enum {
    INDEX_FROM = 12
}; // children from which a group gets an index

struct sim_tree *sim_tree_create(void)
{
    struct sim_tree *t = sim_base_alloc(1, sizeof(*t));
    t->arena = sim_arena_create();
    t->root = SIM_ARENA_NEW(t->arena, struct sim_node, 1);
    t->aside = SIM_ARENA_NEW(t->arena, struct sim_node, 1);
    t->aside->kind = SIM_NODE_LIST;
    return t;
}

static void free_children(struct sim_node *n)
{
    for (int i = 0; i < n->count; i++) {
        free_children(n->children[i]);
    }
    free(n->children);
}

void sim_tree_destroy(struct sim_tree *t)
{
    if (t == NULL) {
        return;
    }
    free_children(t->root);
    free_children(t->aside);
    for (int i = 0; i < t->tables.count; i++) {
        sim_strtab_destroy(t->tables.data[i]);
    }
    SIM_VEC_FREE(&t->tables);
    sim_strtab_destroy(t->keys);
    free(t->sources);
    sim_arena_destroy(t->arena);
    free(t);
}

int64_t sim_tree_edits(const struct sim_tree *t)
{
    return t->edits;
}

bool sim_tree_is_unclosed(const struct sim_tree *t)
{
    return t->is_unclosed;
}

struct sim_node *sim_tree_root(const struct sim_tree *t)
{
    return t->root;
}

const char *sim_tree_file(const struct sim_tree *t)
{
    return t->file;
}

// ---- children -------------------------------------------------------------------------

/** The index of a group: number in the table = place among the children. */
static void index_children(struct sim_tree *t, struct sim_node *n)
{
    n->names = NULL;
    n->borrows_names = false;
    if (n->kind != SIM_NODE_GROUP || n->count < INDEX_FROM) {
        return;
    }
    n->names = sim_strtab_create();
    SIM_VEC_PUSH(&t->tables, n->names);
    for (int i = 0; i < n->count; i++) {
        sim_strtab_intern(n->names, n->children[i]->name);
    }
}

static void append(struct sim_tree *t, struct sim_node *parent, struct sim_node *n)
{
    if (parent->count == parent->capacity) {
        parent->capacity = parent->capacity == 0 ? 4 : 2 * parent->capacity;
        parent->children =
            sim_base_realloc(parent->children, (size_t)parent->capacity, sizeof(struct sim_node *));
    }
    t->edits++;
    n->parent = parent;
    n->index = parent->count;
    parent->children[parent->count++] = n;
    if (parent->names != NULL && !parent->borrows_names) {
        sim_strtab_intern(parent->names, n->name);
    } else {
        index_children(t, parent);
    }
}

void sim_tree_move_children(struct sim_tree *t, struct sim_node *to, struct sim_node *from)
{
    SIM_REQUIRE(to->count == 0, "no children yet");
    free(to->children);
    to->children = from->children;
    to->count = from->count;
    to->capacity = from->capacity;
    for (int i = 0; i < to->count; i++) {
        to->children[i]->parent = to;
    }
    from->children = NULL;
    from->count = 0;
    from->capacity = 0;
    index_children(t, to);
    index_children(t, from);
}

/** Keys are few, and written again in each thing: kept once. */
static const char *keep_name(struct sim_tree *t, const char *name)
{
    if (name == NULL) {
        return NULL;
    }
    if (t->keys == NULL) {
        t->keys = sim_strtab_create();
    }
    return sim_strtab_name(t->keys, sim_strtab_intern(t->keys, name));
}

struct sim_node *sim_tree_new(struct sim_tree *t, struct sim_node *parent, enum sim_node_kind kind,
                              const char *name, const char *text, const struct sim_place *place)
{
    struct sim_node *n = SIM_ARENA_NEW(t->arena, struct sim_node, 1);
    n->kind = kind;
    n->name = keep_name(t, name);
    n->text = text != NULL && text[0] == '\0' ? "" : sim_arena_strdup(t->arena, text);
    if (place != NULL) {
        n->place = *place;
        n->value_at = *place;
    }
    if (text != NULL && kind != SIM_NODE_TEXT) {
        const char *why = NULL;
        (void)sim_tree_scalar(n, n->text, &why);
    }
    append(t, parent, n);
    return n;
}

struct sim_node *sim_tree_default(struct sim_tree *t, struct sim_node *parent, const char *name,
                                  const char *value, struct sim_diag *d)
{
    const struct sim_place place = {.file = parent->place.file,
                                    .line = parent->place.line,
                                    .column = parent->place.column,
                                    .length = parent->place.length,
                                    .via = "default"};
    const int64_t edits = t->edits;
    struct sim_node *n = sim_tree_new(t, t->aside, SIM_NODE_TEXT, name, "", &place);
    (void)sim_tree_put_value(t, n, value, &place, d);
    n->parent = parent;
    t->edits = edits; // it stands in no group
    return n;
}

void sim_tree_detach(struct sim_tree *t, struct sim_node *n)
{
    struct sim_node *p = n->parent;
    SIM_REQUIRE(p != NULL && p->children[n->index] == n, "a node that is in its tree");
    t->edits++;
    for (int i = n->index; i + 1 < p->count; i++) {
        p->children[i] = p->children[i + 1];
        p->children[i]->index = i;
    }
    p->count--;
    free_children(n);
    n->children = NULL;
    n->count = 0;
    n->capacity = 0;
    n->parent = NULL;
    index_children(t, p);
}

static const char *with_via(const struct sim_node *n, const char *via)
{
    return via != NULL ? via : n->place.via;
}

struct sim_node *sim_tree_copy(struct sim_tree *t, struct sim_node *parent, const char *name,
                               const struct sim_node *n, const char *via)
{
    struct sim_node *c = SIM_ARENA_NEW(t->arena, struct sim_node, 1);
    *c = *n;
    c->children = NULL;
    c->count = 0;
    c->capacity = 0;
    c->names = NULL;
    c->name = sim_arena_strdup(t->arena, name);
    c->text = sim_arena_strdup(t->arena, n->text);
    c->place.via = sim_arena_strdup(t->arena, with_via(n, via));
    c->place.file = sim_arena_strdup(t->arena, n->place.file);
    c->value_at.via = c->place.via;
    c->value_at.file = c->place.file;
    append(t, parent, c);
    for (int i = 0; i < n->count; i++) {
        sim_tree_copy(t, c, n->children[i]->name, n->children[i], via);
    }
    return c;
}

struct sim_node *sim_tree_child(const struct sim_node *n, const char *name)
{
    if (n == NULL || n->kind != SIM_NODE_GROUP) {
        return NULL;
    }
    if (n->names != NULL) {
        const int32_t i = sim_strtab_find(n->names, name);
        return i >= 0 ? n->children[i] : NULL;
    }
    for (int i = 0; i < n->count; i++) {
        const char *there = n->children[i]->name;
        if (there[0] == name[0] && strcmp(there, name) == 0) { // the first letter settles most
            return n->children[i];
        }
    }
    return NULL;
}

// ---- paths ----------------------------------------------------------------------------

/** Does `path` begin with a step "name" or "name[3]"? The rest, after the dot, in *rest. */
static size_t step_length(const char *path, const char **rest)
{
    const size_t n = strcspn(path, ".");
    *rest = path[n] == '.' ? path + n + 1 : path + n;
    return n;
}

/** "[2][0]" from there; NULL if the elements are not there or the brackets make no sense. */
static struct sim_node *by_indices(struct sim_node *n, const char *text, const char *end)
{
    while (n != NULL && text < end) {
        char *after = NULL;
        if (*text != '[' || text[1] < '0' || text[1] > '9') {
            return NULL;
        }
        const long i = strtol(text + 1, &after, 10);
        if (*after != ']' || i >= n->count || n->kind == SIM_NODE_GROUP) {
            return NULL;
        }
        n = n->children[i];
        text = after + 1;
    }
    return n;
}

static struct sim_node *by_step(const struct sim_node *n, const char *step, size_t length)
{
    char name[256];
    const size_t bare = strcspn(step, "[.");
    const size_t k = bare < length ? bare : length;
    if (k >= sizeof(name)) {
        return NULL;
    }
    memcpy(name, step, k);
    name[k] = '\0';
    return by_indices(sim_tree_child(n, name), step + k, step + length);
}

struct sim_node *sim_tree_find(const struct sim_node *from, const char *path)
{
    const struct sim_node *n = from;
    struct sim_node *found = NULL;
    if (from == NULL || path[0] == '\0') {
        return NULL;
    }
    while (*path != '\0') {
        const char *rest = NULL;
        const size_t length = step_length(path, &rest);
        found = by_step(n, path, length);
        if (found == NULL) {
            return NULL;
        }
        n = found;
        path = rest;
    }
    return found;
}

typedef SIM_VEC(struct sim_node *) node_list;

static void match(const struct sim_node *n, const char *path, node_list *out)
{
    const char *rest = NULL;
    const size_t length = step_length(path, &rest);
    const bool is_star = length >= 1 && path[0] == '*';
    for (int i = 0; is_star && i < n->count; i++) {
        struct sim_node *c = by_indices(n->children[i], path + 1, path + length);
        if (c != NULL && *rest != '\0') {
            match(c, rest, out);
        } else if (c != NULL) {
            SIM_VEC_PUSH(out, c);
        }
    }
    struct sim_node *found = is_star ? NULL : by_step(n, path, length);
    if (found != NULL && *rest != '\0') {
        match(found, rest, out);
    } else if (found != NULL) {
        SIM_VEC_PUSH(out, found);
    }
}

int sim_tree_match(const struct sim_node *from, const char *pattern, struct sim_node ***out)
{
    node_list found = {0};
    if (from != NULL && pattern[0] != '\0') {
        match(from, pattern, &found);
    }
    *out = found.data;
    return found.count;
}

char *sim_tree_path(const struct sim_node *n)
{
    const struct sim_node *steps[2 * SIM_TREE_MAX_DEPTH + 8];
    int depth = 0;
    for (; n->parent != NULL && depth < SIM_COUNT(steps); n = n->parent) {
        steps[depth++] = n;
    }
    char *path = sim_base_strdup("");
    for (int i = depth - 1; i >= 0; i--) {
        char *longer =
            steps[i]->name != NULL
                ? sim_base_format("%s%s%s", path, path[0] != '\0' ? "." : "", steps[i]->name)
                : sim_base_format("%s[%d]", path, steps[i]->index);
        free(path);
        path = longer;
    }
    return path;
}

char *sim_tree_origin(const struct sim_node *n)
{
    const struct sim_place *p = &n->place;
    const struct sim_place *set = n->value_at.file != NULL ? &n->value_at : p;
    if (p->via != NULL && strncmp(p->via, "design ", strlen("design ")) == 0 && set->file != NULL) {
        return sim_base_format("%s (%s:%d)", p->via, set->file, set->line); // it is in a file, too
    }
    if (p->via != NULL) {
        return sim_base_strdup(p->via);
    }
    return p->file != NULL ? sim_base_format("%s:%d", p->file, p->line) : sim_base_strdup("-");
}

// ---- files ----------------------------------------------------------------------------

struct sim_source *sim_tree_add_source(struct sim_tree *t, const char *path, const char *bytes,
                                       size_t length)
{
    struct sim_source *s = SIM_ARENA_NEW(t->arena, struct sim_source, 1);
    char *text = sim_arena_alloc(t->arena, length + 1, 1);
    memcpy(text, bytes, length);
    s->path = sim_arena_strdup(t->arena, path);
    s->text = text;
    s->length = length;
    sim_hash_sha256(bytes, length, s->sha256);
    if (t->source_count == t->source_capacity) {
        t->source_capacity = t->source_capacity == 0 ? 8 : 2 * t->source_capacity;
        t->sources =
            sim_base_realloc(t->sources, (size_t)t->source_capacity, sizeof(struct sim_source *));
    }
    t->sources[t->source_count++] = s;
    t->bytes += length;
    return s;
}

int sim_tree_source_count(const struct sim_tree *t)
{
    return t->source_count;
}

const struct sim_source *sim_tree_source(const struct sim_tree *t, int i)
{
    SIM_REQUIRE(i >= 0 && i < t->source_count, "a source that was read");
    return t->sources[i];
}

static const struct sim_source *known_source(const struct sim_tree *t, const char *path)
{
    for (int i = 0; i < t->source_count; i++) {
        if (strcmp(t->sources[i]->path, path) == 0) {
            return t->sources[i];
        }
    }
    return NULL;
}

/** `path` as it can be opened: relative ones from the folder of the file that says it. */
static char *resolve(const struct sim_tree *t, const struct sim_node *at, const char *path)
{
    const char *by = at != NULL && at->place.file != NULL ? at->place.file : t->file;
    if (by == NULL) {
        return sim_base_strdup(path);
    }
    char *folder = sim_file_folder(by);
    char *full = strcmp(folder, ".") == 0 ? sim_base_strdup(path) : sim_file_join(folder, path);
    free(folder);
    return full;
}

/** Where a file that another names was looked for. To free. */
static char *missing_file_remedy(const char *full)
{
    char *folder = sim_file_folder(full);
    char *remedy = sim_base_format("looked for in %s; put it there or correct the path",
                                   strcmp(folder, ".") == 0 ? "the current folder" : folder);
    free(folder);
    return remedy;
}

const struct sim_source *sim_tree_read_file(struct sim_tree *t, const struct sim_node *at,
                                            const char *path, struct sim_diag *d)
{
    char *full = resolve(t, at, path);
    const struct sim_source *known = known_source(t, full);
    if (known != NULL) {
        free(full);
        return known;
    }
    char *bytes = NULL;
    size_t length = 0;
    struct sim_err err = {0};
    const size_t room = t->bytes < SIM_TREE_MAX_BYTES ? SIM_TREE_MAX_BYTES - t->bytes : 0;
    const enum sim_status status = sim_file_read(full, room, &bytes, &length, &err);
    struct sim_source *s = NULL;
    if (status == SIM_OK) {
        s = sim_tree_add_source(t, full, bytes, length);
    } else {
        char *where = at != NULL ? sim_tree_path(at) : NULL;
        char *remedy = at != NULL && status == SIM_MISSING ? missing_file_remedy(full) : NULL;
        sim_diag_add(d, status == SIM_MISSING ? SIM_DIAG_MISSING : SIM_DIAG_WRONG,
                     at != NULL ? &at->value_at : NULL, where, remedy, "%s", err.text);
        free(remedy);
        free(where);
    }
    free(bytes);
    free(full);
    return s;
}

/** A copy that borrows all texts, and the index of names until one of the two changes. */
static void clone_children(struct sim_tree *c, struct sim_node *into, const struct sim_node *n)
{
    into->count = n->count;
    into->capacity = n->count;
    into->children = NULL;
    into->borrows_names = n->names != NULL;
    if (n->count == 0) {
        return;
    }
    into->children = sim_base_alloc((size_t)n->count, sizeof(struct sim_node *));
    struct sim_node *copies = SIM_ARENA_NEW(c->arena, struct sim_node, n->count);
    for (int i = 0; i < n->count; i++) {
        copies[i] = *n->children[i];
        copies[i].parent = into;
        into->children[i] = &copies[i];
        clone_children(c, &copies[i], n->children[i]);
    }
}

struct sim_tree *sim_tree_clone(const struct sim_tree *t)
{
    struct sim_tree *c = sim_tree_create();
    c->file = t->file;
    c->bytes = t->bytes;
    c->is_unclosed = t->is_unclosed;
    c->edits = t->edits;
    c->normal_edits = t->normal_edits;
    c->normal_for = t->normal_for;
    c->source_count = t->source_count;
    c->source_capacity = t->source_count;
    c->sources = sim_base_alloc((size_t)t->source_count, sizeof(struct sim_source *));
    for (int i = 0; i < t->source_count; i++) {
        c->sources[i] = t->sources[i];
    }
    *c->root = *t->root;
    clone_children(c, c->root, t->root);
    return c;
}

const char *sim_tree_near(struct sim_tree *t, const struct sim_node *n, const char *name)
{
    const char **names = sim_base_alloc((size_t)n->count, sizeof(*names));
    for (int i = 0; i < n->count; i++) {
        names[i] = n->children[i]->name;
    }
    const char *near = sim_strtab_nearest(name, names, n->count);
    free(names);
    return near != NULL ? sim_arena_format(t->arena, "did you mean '%s'?", near) : "";
}
