// SPDX-License-Identifier: MIT
// Named things that were written as lists or stand in tables become groups.
#include "sim/base/strtab.h"
#include "sim/cfg/cfgtext.h"
#include "sim/cfg/csv.h"
#include "sim/cfg/tree_priv.h"
#include "sim/num/units.h"

#include <stdlib.h>
#include <string.h>

static void tell_node(struct sim_diag *d, const struct sim_node *n, const char *remedy,
                      const char *what)
{
    char *path = sim_tree_path(n);
    sim_diag_add(d, SIM_DIAG_WRONG, &n->place, path, remedy, "%s", what);
    free(path);
}

// ---- lists of groups with names -------------------------------------------------------

static int count_named(const struct sim_node *list)
{
    int named = 0;
    for (int i = 0; i < list->count; i++) {
        const struct sim_node *name = sim_tree_child(list->children[i], "name");
        named += name != NULL && name->kind == SIM_NODE_TEXT ? 1 : 0;
    }
    return named;
}

/** One element: its group without `name`, under that name. */
static void take_element(struct sim_tree *t, struct sim_node *group, struct sim_node *element,
                         struct sim_diag *d)
{
    struct sim_node *name = sim_tree_child(element, "name");
    if (name == NULL || name->kind != SIM_NODE_TEXT) {
        tell_node(d, element, "the others in this list have one: name = \"...\"",
                  "an element without a name");
        return;
    }
    if (!sim_tree_scan_is_name(name->text, strlen(name->text))) {
        tell_node(d, name, "a letter first, then letters, digits, '_' and '-'",
                  "not a name; any UTF-8 may stand in a title");
        return;
    }
    const struct sim_node *there = sim_tree_child(group, name->text);
    if (there != NULL) {
        sim_diag_add(d, SIM_DIAG_WRONG, &name->value_at, name->text, "keep one of them",
                     "duplicate: '%s' stands already in %s:%d", name->text, there->place.file,
                     there->place.line);
        return;
    }
    struct sim_node *c = sim_tree_new(t, group, SIM_NODE_GROUP, name->text, NULL, &name->value_at);
    c->value_at = element->value_at;
    sim_tree_detach(t, name);
    sim_tree_move_children(t, c, element);
}

static void list_to_group(struct sim_tree *t, struct sim_node *n, struct sim_diag *d)
{
    struct sim_node list = *n;
    n->kind = SIM_NODE_GROUP;
    n->children = NULL;
    n->count = 0;
    n->capacity = 0;
    for (int i = 0; i < list.count; i++) {
        take_element(t, n, list.children[i], d);
    }
    while (list.count > 0) {
        list.children[list.count - 1]->parent = &list;
        sim_tree_detach(t, list.children[list.count - 1]);
    }
    free(list.children);
}

void sim_tree_expand_lists(struct sim_tree *t, struct sim_node *n, struct sim_diag *d)
{
    if (n->kind == SIM_NODE_LIST && count_named(n) > 0) {
        list_to_group(t, n, d);
    }
    for (int i = 0; i < n->count; i++) {
        sim_tree_expand_lists(t, n->children[i], d);
    }
}

// ---- tables ---------------------------------------------------------------------------

enum {
    MAX_STARS = 8
};

struct table {
    struct sim_tree *tree;
    struct sim_diag *diag;
    const struct sim_csv *csv;
    const struct sim_node *node; // { csv = ...; into = ...; }
    const char *into;
    const char *file; // as opened; lives as long as the tree
    int name_column;
    int star_columns[MAX_STARS]; // the column that names the group for each `*`
    int star_count;
    int row;
    const char *via; // of the row
};

/** "firms" for a group is "firm" for a column, "utilities" is "utility". */
static int star_column(const struct sim_csv *c, const char *group, size_t length)
{
    char *name = sim_base_format("%.*s", (int)length, group);
    int column = sim_csv_column(c, name);
    if (column < 0 && length > 3 && strcmp(name + length - 3, "ies") == 0) {
        memcpy(name + length - 3, "y", 2);
        column = sim_csv_column(c, name);
    } else if (column < 0 && length > 1 && name[length - 1] == 's') {
        name[length - 1] = '\0';
        column = sim_csv_column(c, name);
    }
    free(name);
    return column;
}

static bool find_stars(struct table *x)
{
    const char *before = NULL;
    size_t before_length = 0;
    for (const char *p = x->into; *p != '\0';) {
        const size_t n = strcspn(p, ".");
        if (n == 1 && *p == '*' && x->star_count < MAX_STARS) {
            const int column = before != NULL ? star_column(x->csv, before, before_length) : -1;
            if (column < 0) {
                char *what = sim_base_format(
                    "%s has no column '%.*s' that says which of %s is meant", x->csv->file,
                    (int)before_length, before != NULL ? before : "", x->into);
                tell_node(x->diag, x->node, "name a column like the group before the '*'", what);
                free(what);
                return false;
            }
            x->star_columns[x->star_count++] = column;
        }
        before = p;
        before_length = n;
        p += n + (p[n] == '.' ? 1 : 0);
    }
    return true;
}

static void tell_cell(struct table *x, int column, const char *remedy, const char *what)
{
    struct sim_place place = sim_csv_place(x->csv, x->row, column);
    sim_diag_add(x->diag, SIM_DIAG_WRONG, &place, x->csv->columns[column].name, remedy, "%s", what);
}

/** The group at the end of `into` for this row; NULL when a name matches nothing (told). */
static struct sim_node *target(struct table *x)
{
    struct sim_node *n = x->tree->root;
    int star = 0;
    for (const char *p = x->into; *p != '\0' && n != NULL;) {
        const size_t k = strcspn(p, ".");
        const char *name = sim_arena_strndup(x->tree->arena, p, k);
        const bool is_star = strcmp(name, "*") == 0;
        const int column = is_star ? x->star_columns[star++] : -1;
        name = is_star ? sim_csv_cell(x->csv, x->row, column)->text : name;
        struct sim_node *next = sim_tree_child(n, name);
        if (next == NULL && is_star) {
            char *what = sim_base_format("there is no '%s' in %.*s", name,
                                         (int)(p > x->into ? p - x->into - 1 : 0), x->into);
            tell_cell(x, column, sim_tree_near(x->tree, n, name), what);
            free(what);
            return NULL;
        }
        if (next == NULL) {
            next = sim_tree_new(x->tree, n, SIM_NODE_GROUP, name, NULL, &x->node->place);
        }
        n = next;
        p += k + (p[k] == '.' ? 1 : 0);
    }
    return n;
}

/** "9" and "9 [assumed: x]" get the unit of the header; whatever else says its own. */
static const char *with_unit(struct table *x, const char *text, const char *unit)
{
    struct sim_err err = {0};
    const char *end = NULL;
    double number = 0.0;
    if (unit == NULL || sim_units_parse_number(text, &number, &end, &err) != SIM_OK ||
        (*end != '\0' && *end != '[')) {
        return text;
    }
    const char *from = text;
    const size_t length = sim_cfgtext_trim(&from, (size_t)(end - text));
    return sim_arena_format(x->tree->arena, "%.*s %s%s%s", (int)length, from, unit,
                            *end != '\0' ? " " : "", end);
}

static struct sim_place cell_place(const struct table *x, int column)
{
    struct sim_place place = sim_csv_place(x->csv, x->row, column);
    place.file = x->file;
    place.via = x->via;
    return place;
}

/** The node for a dotted header, made where it is new; NULL when a value stands in the way. */
static struct sim_node *nested(struct table *x, struct sim_node *entity, int column)
{
    const struct sim_place place = cell_place(x, column);
    struct sim_node *n = entity;
    const char *p = x->csv->columns[column].name;
    while (*p != '\0') {
        const size_t k = strcspn(p, ".");
        const char *name = sim_arena_strndup(x->tree->arena, p, k);
        p += k + (p[k] == '.' ? 1 : 0);
        struct sim_node *next = sim_tree_child(n, name);
        if (next != NULL && (*p == '\0' || next->kind != SIM_NODE_GROUP)) {
            char *origin = sim_tree_origin(next);
            char *what =
                sim_base_format("'%s' is given already (%s)", x->csv->columns[column].name, origin);
            tell_cell(x, column, "keep one of them", what);
            free(what);
            free(origin);
            return NULL;
        }
        if (next == NULL) {
            next = sim_tree_new(x->tree, n, *p == '\0' ? SIM_NODE_TEXT : SIM_NODE_GROUP, name,
                                *p == '\0' ? "" : NULL, &place);
        }
        n = next;
    }
    return n;
}

static bool is_star_column(const struct table *x, int column)
{
    for (int i = 0; i < x->star_count; i++) {
        if (x->star_columns[i] == column) {
            return true;
        }
    }
    return false;
}

static void fill(struct table *x, struct sim_node *entity)
{
    for (int i = 0; i < x->csv->column_count; i++) {
        const char *text = sim_csv_cell(x->csv, x->row, i)->text;
        if (i == x->name_column || is_star_column(x, i) || text[0] == '\0') {
            continue;
        }
        struct sim_node *n = nested(x, entity, i);
        if (n != NULL) {
            const struct sim_place place = cell_place(x, i);
            const char *value = with_unit(x, text, x->csv->columns[i].unit);
            (void)sim_tree_put_value(x->tree, n, value, &place, x->diag);
        }
    }
}

static void row(struct table *x)
{
    const struct sim_csv_cell *cell = sim_csv_cell(x->csv, x->row, x->name_column);
    x->via = sim_arena_format(x->tree->arena, "table %s row %d", x->csv->file, x->row + 1);
    if (!sim_tree_scan_is_name(cell->text, strlen(cell->text))) {
        char *what = cell->text[0] == '\0' ? sim_base_strdup("a row without a name")
                                           : sim_base_format("'%s' is not a name", cell->text);
        tell_cell(x, x->name_column, "a letter first, then letters, digits, '_' and '-'", what);
        free(what);
        return;
    }
    struct sim_node *group = target(x);
    if (group == NULL) {
        return;
    }
    const struct sim_node *there = sim_tree_child(group, cell->text);
    if (there != NULL) {
        char *origin = sim_tree_origin(there);
        char *what = sim_base_format("duplicate: '%s' stands already (%s)", cell->text, origin);
        tell_cell(x, x->name_column, "keep one of them", what);
        free(what);
        free(origin);
        return;
    }
    const struct sim_place place = cell_place(x, x->name_column);
    fill(x, sim_tree_new(x->tree, group, SIM_NODE_GROUP, cell->text, NULL, &place));
}

static bool check_columns(struct table *x)
{
    x->name_column = sim_csv_column(x->csv, "name");
    if (x->name_column < 0) {
        const struct sim_place place = {.file = x->csv->file, .line = 1};
        sim_diag_add(x->diag, SIM_DIAG_WRONG, &place, NULL, "add a column 'name'",
                     "no column says how the things are called");
        return false;
    }
    bool is_fine = find_stars(x);
    for (int i = 0; i < x->csv->column_count; i++) {
        const char *p = x->csv->columns[i].name;
        for (bool more = true; more;) {
            const size_t k = strcspn(p, ".");
            if (!sim_tree_scan_is_name(p, k)) {
                sim_diag_add(x->diag, SIM_DIAG_WRONG, &x->csv->columns[i].place, NULL,
                             "names apart by '.', a unit in brackets: inputs.pulp.amount [t/t]",
                             "'%s' cannot name a column", x->csv->columns[i].name);
                is_fine = false;
                break;
            }
            more = p[k] == '.';
            p += k + (more ? 1 : 0);
        }
    }
    return is_fine;
}

/** The text of a key of a table; NULL, told, when it is not there. */
static const char *table_text(const struct sim_node *n, const char *key, struct sim_diag *d)
{
    const struct sim_node *child = sim_tree_child(n, key);
    if (child == NULL || child->kind != SIM_NODE_TEXT || child->text[0] == '\0') {
        tell_node(d, child != NULL ? child : n,
                  "write { csv = \"data/firms.csv\"; into = \"firms\"; }",
                  "a table needs csv and into, both texts");
        return NULL;
    }
    return child->text;
}

static void check_keys(const struct sim_node *n, struct sim_diag *d)
{
    static const char *const known[] = {"csv", "into"};
    for (int i = 0; i < n->count; i++) {
        const char *name = n->children[i]->name;
        if (name != NULL && strcmp(name, known[0]) != 0 && strcmp(name, known[1]) != 0) {
            tell_node(d, n->children[i], "a table has csv and into", "unknown key");
        }
    }
}

static void read_table(struct sim_tree *t, const struct sim_node *n, struct sim_diag *d)
{
    check_keys(n, d);
    const char *file = table_text(n, "csv", d);
    const char *into = table_text(n, "into", d);
    if (file == NULL || into == NULL) {
        return;
    }
    const struct sim_source *source = sim_tree_read_file(t, sim_tree_child(n, "csv"), file, d);
    struct sim_csv *csv =
        source != NULL ? sim_csv_parse(source->path, source->text, source->length, d) : NULL;
    if (csv == NULL) {
        return;
    }
    struct table x = {
        .tree = t, .diag = d, .csv = csv, .node = n, .into = into, .file = source->path};
    if (check_columns(&x)) {
        for (int i = 0; i < csv->column_count; i++) {
            if (i != x.name_column && !is_star_column(&x, i)) {
                sim_csv_warn_of_groups(csv, i, d);
            }
        }
        for (x.row = 0; x.row < csv->row_count; x.row++) {
            row(&x);
        }
    }
    sim_csv_destroy(csv);
}

enum sim_status sim_tree_expand(struct sim_tree *t, struct sim_diag *d)
{
    sim_tree_expand_lists(t, t->root, d);
    struct sim_node *tables = sim_tree_child(t->root, "tables");
    if (tables == NULL) {
        return sim_diag_status(d);
    }
    if (tables->kind != SIM_NODE_LIST) {
        tell_node(d, tables, "write tables = ( { csv = ...; into = ...; } )", "not a list");
    } else {
        for (int i = 0; i < tables->count; i++) {
            read_table(t, tables->children[i], d);
        }
    }
    sim_tree_detach(t, tables);
    return sim_diag_status(d);
}
