// SPDX-License-Identifier: MIT
// From a clean text through libconfig into our tree.
#include "sim/cfg/tree_priv.h"
#include "sim/num/units.h"

#include <libconfig.h>

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

// ---- scalars --------------------------------------------------------------------------

static size_t count_digits(const char *p)
{
    return strspn(p, "0123456789");
}

static bool is_word(const char *text, const char *lower)
{
    for (; *lower != '\0'; text++, lower++) {
        if (*text != *lower && *text != *lower - 'a' + 'A') {
            return false;
        }
    }
    return *text == '\0';
}

enum shape {
    SHAPE_OTHER,
    SHAPE_INT,
    SHAPE_HEX,
    SHAPE_FLOAT
};

/** What a number looks like, as libconfig's scanner sees it. */
static enum shape shape_of(const char *text)
{
    const char *p = text + (*text == '-' || *text == '+' ? 1 : 0);
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X') && text[2] != '\0') {
        const size_t n = strspn(text + 2, "0123456789abcdefABCDEF");
        return n > 0 && text[2 + n] == '\0' ? SHAPE_HEX : SHAPE_OTHER;
    }
    const size_t before = count_digits(p);
    p += before;
    if (before > 0 && (*p == '\0' || strcmp(p, "L") == 0 || strcmp(p, "LL") == 0)) {
        return SHAPE_INT;
    }
    size_t after = 0;
    if (*p == '.') {
        after = count_digits(p + 1);
        p += 1 + after;
    }
    if (*p == 'e' || *p == 'E') {
        p += p[1] == '-' || p[1] == '+' ? 2 : 1;
        const size_t n = count_digits(p);
        p += n;
        after = n > 0 ? after : 0;
        if (n == 0) {
            return SHAPE_OTHER;
        }
    }
    return before + after > 0 && *p == '\0' ? SHAPE_FLOAT : SHAPE_OTHER;
}

static bool integer_scalar(struct sim_node *n, const char *text, int base, const char **why)
{
    const char *digits = text + (*text == '-' || *text == '+' ? 1 : 0);
    n->kind = SIM_NODE_INT;
    if (base == 10 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9') {
        *why = "a number does not begin with 0";
        return false;
    }
    errno = 0;
    n->integer = strtoll(text, NULL, base);
    n->number = (double)n->integer;
    if (errno != 0) {
        *why = "too large for a whole number (at most 9223372036854775807)";
        return false;
    }
    return true;
}

static bool float_scalar(struct sim_node *n, const char *text, const char **why)
{
    struct sim_err err = {0};
    const char *end = NULL;
    double number = 0.0;
    n->kind = SIM_NODE_FLOAT;
    if (sim_units_parse_number(text, &number, &end, &err) != SIM_OK || *end != '\0') {
        *why = "not a number that fits (write 0.5, 12.25 or 1.2e6)";
        return false;
    }
    n->number = number;
    if (!isfinite(number)) {
        *why = "too large for a number";
        return false;
    }
    return true;
}

bool sim_tree_scalar(struct sim_node *n, const char *text, const char **why)
{
    switch (shape_of(text)) {
    case SHAPE_INT:
        return integer_scalar(n, text, 10, why);
    case SHAPE_HEX:
        return integer_scalar(n, text, 16, why);
    case SHAPE_FLOAT:
        return float_scalar(n, text, why);
    case SHAPE_OTHER:
        break;
    }
    n->truth = is_word(text, "true");
    n->kind = n->truth || is_word(text, "false") ? SIM_NODE_BOOL : SIM_NODE_TEXT;
    return true;
}

// ---- libconfig's settings -------------------------------------------------------------

struct loader {
    struct sim_tree *tree;
    const struct sim_tree_text *x;
    const struct sim_tree_scan *scan;
    int event; // the next one
};

static enum sim_node_kind kind_of(const struct loader *l, const config_setting_t *setting,
                                  const struct sim_tree_event *e)
{
    switch (config_setting_type(setting)) {
    case CONFIG_TYPE_GROUP:
        return SIM_NODE_GROUP;
    case CONFIG_TYPE_LIST:
    case CONFIG_TYPE_ARRAY:
        return l->x->text[e->value_at] == '[' ? SIM_NODE_ARRAY : SIM_NODE_LIST;
    case CONFIG_TYPE_BOOL:
        return SIM_NODE_BOOL;
    case CONFIG_TYPE_INT:
    case CONFIG_TYPE_INT64:
        return SIM_NODE_INT;
    case CONFIG_TYPE_FLOAT:
        return SIM_NODE_FLOAT;
    default:
        return SIM_NODE_TEXT;
    }
}

static void read_scalar(struct loader *l, struct sim_node *n, const config_setting_t *setting,
                        const struct sim_tree_event *e)
{
    struct sim_arena *a = l->tree->arena;
    if (n->kind == SIM_NODE_TEXT) {
        const char *text = e->repaired != NULL ? e->repaired : config_setting_get_string(setting);
        n->text = sim_arena_strdup(a, text != NULL ? text : "");
        return;
    }
    n->bare = true;
    n->text = sim_arena_strndup(a, l->x->text + e->value_at, e->value_length);
    if (n->kind == SIM_NODE_BOOL) {
        n->truth = config_setting_get_bool(setting) != 0;
    } else if (n->kind == SIM_NODE_INT) {
        n->integer = config_setting_get_int64(setting);
        n->number = (double)n->integer;
    } else {
        n->number = config_setting_get_float(setting);
    }
}

static void load_children(struct loader *l, struct sim_node *parent, const config_setting_t *group);

static void load_setting(struct loader *l, struct sim_node *parent, const config_setting_t *setting)
{
    SIM_REQUIRE(l->event < l->scan->event_count, "libconfig reads what was scanned");
    const struct sim_tree_event *e = &l->scan->events[l->event++];
    const struct sim_place value = sim_tree_splice_place(l->x, e->value_at, e->value_length);
    struct sim_place place = value;
    if (e->name_length > 0) {
        place = sim_tree_splice_place(l->x, e->name_at, e->name_length);
    }
    const enum sim_node_kind kind = kind_of(l, setting, e);
    struct sim_node *n =
        sim_tree_new(l->tree, parent, kind, config_setting_name(setting), NULL, &place);
    n->value_at = value;
    n->broken = e->broken;
    if (kind == SIM_NODE_GROUP || kind == SIM_NODE_LIST || kind == SIM_NODE_ARRAY) {
        load_children(l, n, setting);
    } else {
        read_scalar(l, n, setting, e);
    }
}

static void load_children(struct loader *l, struct sim_node *parent, const config_setting_t *group)
{
    const int count = config_setting_length(group);
    for (int i = 0; i < count; i++) {
        load_setting(l, parent, config_setting_get_elem(group, (unsigned)i));
    }
}

/** What libconfig does not take although the scan found nothing: its own words, at its token. */
static void tell_unexplained(const struct loader *l, const config_t *config, struct sim_diag *d)
{
    const int token = config_error_line(config) - 1;
    const bool is_known = token >= 0 && token < l->scan->token_count;
    const struct sim_place at =
        sim_tree_splice_place(l->x, is_known ? l->scan->token_at[token] : l->x->length, 1);
    const char *text = config_error_text(config);
    sim_diag_add(d, SIM_DIAG_WRONG, &at, NULL, "look at this line and the one before",
                 "libconfig cannot read on: %s", text != NULL ? text : "syntax error");
}

void sim_tree_load_into(struct sim_tree *t, struct sim_node *into, const struct sim_tree_text *x,
                        struct sim_diag *d)
{
    struct sim_tree_scan scan = {0};
    sim_tree_scan_text(t, x, &scan, d);
    struct loader l = {.tree = t, .x = x, .scan = &scan};
    config_t config;
    config_init(&config);
    if (config_read_string(&config, scan.clean) == CONFIG_TRUE) {
        load_children(&l, into, config_root_setting(&config));
    } else {
        tell_unexplained(&l, &config, d);
    }
    config_destroy(&config);
    sim_tree_scan_free(&scan);
}

/** Into the root; a name that an earlier file gave is refused with its first place. */
static void load(struct sim_tree *t, const struct sim_tree_text *x, struct sim_diag *d)
{
    if (t->root->count == 0) {
        sim_tree_load_into(t, t->root, x, d);
        return;
    }
    struct sim_tree *fresh = sim_tree_create();
    sim_tree_load_into(fresh, fresh->root, x, d);
    t->is_unclosed = t->is_unclosed || fresh->is_unclosed;
    for (int i = 0; i < fresh->root->count; i++) {
        const struct sim_node *n = fresh->root->children[i];
        const struct sim_node *there = sim_tree_child(t->root, n->name);
        if (there == NULL) {
            sim_tree_copy(t, t->root, n->name, n, NULL);
            continue;
        }
        sim_diag_add(d, SIM_DIAG_WRONG, &n->place, n->name, "keep one of them",
                     "duplicate: '%s' stands already in %s:%d", n->name, there->place.file,
                     there->place.line);
    }
    sim_tree_destroy(fresh);
}

/** What is missing in the root is missing in the file loaded first. */
static void name_tree(struct sim_tree *t, const char *file)
{
    if (t->file == NULL) {
        t->file = sim_arena_strdup(t->arena, file);
        t->root->place.file = t->file;
        t->root->value_at.file = t->file;
    }
}

enum sim_status sim_tree_load(struct sim_tree *t, const char *path, struct sim_diag *d)
{
    struct sim_tree_text x = {0};
    if (!sim_tree_splice_file(t, path, &x, d)) {
        return sim_diag_status(d);
    }
    name_tree(t, path);
    load(t, &x, d);
    sim_tree_splice_free(&x);
    return sim_diag_status(d);
}

enum sim_status sim_tree_load_text(struct sim_tree *t, const char *file, const char *text,
                                   size_t length, struct sim_diag *d)
{
    struct sim_tree_text x = {0};
    if (!sim_tree_splice_text(t, file, text, length, &x, d)) {
        return sim_diag_status(d);
    }
    name_tree(t, file);
    load(t, &x, d);
    sim_tree_splice_free(&x);
    return sim_diag_status(d);
}
