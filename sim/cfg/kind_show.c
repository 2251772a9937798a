// SPDX-License-Identifier: MIT
// The tree resolved, printed as a park file that reads back the same.
#include "sim/cfg/cfgtext.h"
#include "sim/cfg/kind_priv.h"
#include "sim/cfg/tree_priv.h"

#include <stdlib.h>
#include <string.h>

enum {
    LARGE = 1000
}; // groups of more are written as lists: libconfig's large groups are quadratic

struct show {
    sim_cfgtext out;
    bool origin;
    bool is_bare; // without titles and marks
};

static void indent(struct show *s, int depth)
{
    for (int i = 0; i < depth; i++) {
        sim_cfgtext_put(&s->out, "    ");
    }
}

static void put_quoted(struct show *s, const char *text, size_t length)
{
    static const char special[] = "\"\\\n\t\r\f";
    static const char *const escapes[] = {"\\\"", "\\\\", "\\n", "\\t", "\\r", "\\f"};
    sim_cfgtext_put(&s->out, "\"");
    for (const char *p = text; p < text + length; p++) {
        const char *found = strchr(special, *p);
        if (found != NULL) {
            sim_cfgtext_put(&s->out, escapes[found - special]);
        } else {
            sim_cfgtext_bytes(&s->out, p, 1);
        }
    }
    sim_cfgtext_put(&s->out, "\"");
}

/** Where the mark begins in "9 t/h [assumed: source]", for a key that takes one; else the end. */
static size_t without_mark(const struct sim_key *key, const char *text)
{
    const size_t length = strlen(text);
    const bool takes_mark =
        key != NULL &&
        (key->type == SIM_KEY_VALUE || key->type == SIM_KEY_VALUES || key->type == SIM_KEY_NUMBER ||
         key->type == SIM_KEY_NUMBERS || key->type == SIM_KEY_COUNT);
    const char *open = takes_mark ? strchr(text, '[') : NULL;
    if (open == NULL || text[length - 1] != ']') {
        return length;
    }
    while (open > text && open[-1] == ' ') {
        open--;
    }
    return (size_t)(open - text);
}

/** A number or bool goes without quotes, unless the key wants a text. */
static void put_scalar(struct show *s, const struct sim_key *key, const struct sim_node *n)
{
    const bool wants_text = n->loose && key != NULL && !sim_kind_is_bare(key->type) &&
                            key->type != SIM_KEY_NUMBERS && key->type != SIM_KEY_NODE;
    if (n->kind == SIM_NODE_TEXT || wants_text) {
        put_quoted(s, n->text, s->is_bare ? without_mark(key, n->text) : strlen(n->text));
        return;
    }
    sim_cfgtext_put(&s->out, n->text);
    const bool is_long =
        n->kind == SIM_NODE_INT && (n->integer > INT32_MAX || n->integer < INT32_MIN);
    if (is_long && strchr(n->text, 'L') == NULL) {
        sim_cfgtext_put(&s->out, "L");
    }
}

static void put_origin(struct show *s, const char *origin)
{
    if (s->origin) {
        sim_cfgtext_format(&s->out, "  # %s", origin);
    }
    sim_cfgtext_put(&s->out, "\n");
}

static void put_origin_of(struct show *s, const struct sim_node *n)
{
    char *origin = s->origin ? sim_tree_origin(n) : sim_base_strdup("");
    for (char *p = origin; *p != '\0'; p++) {
        *p = *p == '\n' || *p == '\r' ? ' ' : *p;
    }
    put_origin(s, origin);
    free(origin);
}

static void put_settings(struct show *s, const struct sim_key *under, const struct sim_kind *kind,
                         const struct sim_node *n, int depth);

/** The key and kind below a node that `key` describes; NULLs where the tables say nothing. */
struct below {
    const struct sim_key *under; // chooses the kinds of things
    const struct sim_kind *kind;
};

static struct below below(const struct sim_key *key, const struct sim_node *n, bool is_thing)
{
    struct below b = {0};
    const bool is_one = key != NULL && (is_thing || key->type == SIM_KEY_GROUP ||
                                        (key->type == SIM_KEY_LIST && n->kind == SIM_NODE_GROUP));
    b.under = key;
    if (is_one && sim_kind_is_nest(key)) {
        b.kind = sim_kind_of(key, n);
    }
    return b;
}

static void put_value(struct show *s, const struct sim_key *key, const struct sim_node *n,
                      bool is_thing, int depth);

static bool is_flat(const struct sim_node *n)
{
    for (int i = 0; i < n->count; i++) {
        if (n->children[i]->text == NULL) {
            return false;
        }
    }
    return true;
}

static void put_elements(struct show *s, const struct sim_key *key, const struct sim_node *n,
                         int depth)
{
    const bool flat = is_flat(n);
    const bool is_array = n->kind == SIM_NODE_ARRAY;
    sim_cfgtext_put(&s->out, is_array ? "[" : "(");
    for (int i = 0; i < n->count; i++) {
        sim_cfgtext_put(&s->out, i > 0 ? "," : "");
        sim_cfgtext_put(&s->out, flat ? " " : "\n");
        if (!flat) {
            indent(s, depth + 1);
        }
        put_value(s, key, n->children[i], true, depth + 1);
    }
    if (!flat) {
        sim_cfgtext_put(&s->out, "\n");
        indent(s, depth);
    } else {
        sim_cfgtext_put(&s->out, n->count > 0 ? " " : "");
    }
    sim_cfgtext_put(&s->out, is_array ? "]" : ")");
}

/** { a = ...; } as ( { name = "a"; ... } ), for groups of very many things. */
static void put_as_list(struct show *s, const struct sim_key *key, const struct sim_node *n,
                        int depth)
{
    sim_cfgtext_put(&s->out, "(");
    for (int i = 0; i < n->count; i++) {
        const struct sim_node *c = n->children[i];
        const struct below b = below(key, c, true);
        sim_cfgtext_put(&s->out, i > 0 ? ",\n" : "\n");
        indent(s, depth + 1);
        sim_cfgtext_format(&s->out, "{ name = \"%s\";", c->name);
        put_origin_of(s, c);
        put_settings(s, b.under, b.kind, c, depth + 2);
        indent(s, depth + 1);
        sim_cfgtext_put(&s->out, "}");
    }
    sim_cfgtext_put(&s->out, "\n");
    indent(s, depth);
    sim_cfgtext_put(&s->out, ")");
}

static bool is_all_groups(const struct sim_node *n)
{
    for (int i = 0; i < n->count; i++) {
        if (n->children[i]->kind != SIM_NODE_GROUP ||
            sim_tree_child(n->children[i], "name") != NULL) {
            return false;
        }
    }
    return true;
}

static void put_value(struct show *s, const struct sim_key *key, const struct sim_node *n,
                      bool is_thing, int depth)
{
    if (n->text != NULL) {
        put_scalar(s, key, n);
    } else if (n->kind != SIM_NODE_GROUP) {
        put_elements(s, key, n, depth);
    } else if (n->count > LARGE && is_all_groups(n)) {
        put_as_list(s, key, n, depth);
    } else {
        const struct below b = below(key, n, is_thing);
        sim_cfgtext_put(&s->out, "{");
        put_origin_of(s, n);
        put_settings(s, b.under, b.kind, n, depth + 1);
        indent(s, depth);
        sim_cfgtext_put(&s->out, "}");
    }
}

/** What describes child `c` of a thing of `kind` (or of a map under `under`), and is `c` a thing?
 */
static const struct sim_key *key_of(const struct sim_key *under, const struct sim_kind *kind,
                                    const struct sim_node *c, bool *is_thing)
{
    *is_thing = false;
    if (kind != NULL) {
        const struct sim_key *key = sim_kind_key(kind, c->name);
        *is_thing = key == NULL && kind->any != NULL;
        return key != NULL ? key : kind->any;
    }
    *is_thing = under != NULL && under->type == SIM_KEY_MAP;
    return *is_thing ? under : NULL;
}

static void put_default(struct show *s, const struct sim_key *key, int depth)
{
    indent(s, depth);
    sim_cfgtext_format(&s->out, "%s = ", key->name);
    if (sim_kind_is_bare(key->type) || strchr("({[", key->initial[0]) != NULL) {
        sim_cfgtext_put(&s->out, key->initial[0] != '\0' ? key->initial : "\"\"");
    } else {
        put_quoted(s, key->initial, strlen(key->initial));
    }
    sim_cfgtext_put(&s->out, ";");
    put_origin(s, "default");
}

/** "uniform(1 t/h, 2 t/h) [assumed]", but neither "profile(sun)" nor "9 t/h [X (2011)]". */
static bool is_distribution(const struct sim_node *n)
{
    if (n->kind != SIM_NODE_TEXT || strncmp(n->text, "profile", strlen("profile")) == 0) {
        return false;
    }
    const char *first = strpbrk(n->text, "([");
    return first != NULL && *first == '(';
}

static bool has_distribution(const struct sim_node *n)
{
    for (int i = 0; i < n->count; i++) {
        if (is_distribution(n->children[i])) {
            return true;
        }
    }
    return false;
}

/** Whether a key that is absent stands for its default. */
static bool is_default(const struct sim_key *key, const struct sim_node *n)
{
    const bool means_nothing = (key->flags & SIM_KEY_OF_CHANCE) != 0 && !has_distribution(n);
    return key->initial != NULL && !means_nothing && sim_tree_child(n, key->name) == NULL;
}

/** Words that only people read. */
static bool is_title(const struct sim_key *key)
{
    return key != NULL && key->type == SIM_KEY_TEXT && strcmp(key->name, "title") == 0;
}

static void put_settings(struct show *s, const struct sim_key *under, const struct sim_kind *kind,
                         const struct sim_node *n, int depth)
{
    for (int i = 0; i < n->count; i++) {
        const struct sim_node *c = n->children[i];
        bool is_thing = false;
        const struct sim_key *key = key_of(under, kind, c, &is_thing);
        if (s->is_bare && is_title(key)) {
            continue;
        }
        indent(s, depth);
        sim_cfgtext_format(&s->out, "%s = ", c->name);
        put_value(s, key, c, is_thing, depth);
        sim_cfgtext_put(&s->out, ";");
        if (c->kind == SIM_NODE_GROUP) {
            sim_cfgtext_put(&s->out, "\n"); // its place stands where it opens
        } else {
            put_origin_of(s, c);
        }
    }
    for (int i = 0; kind != NULL && !kind->has_no_defaults && i < kind->key_count; i++) {
        if (is_default(&kind->keys[i], n)) {
            put_default(s, &kind->keys[i], depth);
        }
    }
}

char *sim_kind_show(const struct sim_kind *root, const struct sim_tree *t, bool origin)
{
    struct show s = {.origin = origin};
    put_settings(&s, NULL, root, t->root, 0);
    return sim_cfgtext_done(&s.out);
}

char *sim_kind_identity(const struct sim_kind *root, const struct sim_tree *t)
{
    struct show s = {.is_bare = true};
    put_settings(&s, NULL, root, t->root, 0);
    return sim_cfgtext_done(&s.out);
}
