// SPDX-License-Identifier: MIT
// Axes of a study: lists, ranges, columns of CSV files, ranges that samplers draw of.
#include "sim/cfg/cfgtext.h"
#include "sim/cfg/csv.h"
#include "sim/num/elem.h"
#include "sim/sweep/study_priv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int sim_study_axis_find(const struct sim_study_axes *a, const char *name)
{
    for (int i = 0; i < a->axis_count; i++) {
        if (strcmp(a->axes[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

const char *const *sim_study_axis_names(const struct sim_study_axes *a, struct sim_arena *arena)
{
    const char **names = SIM_ARENA_NEW(arena, const char *, a->axis_count + 1);
    for (int i = 0; i < a->axis_count; i++) {
        names[i] = a->axes[i].name;
    }
    return names;
}

/** A mistake at one of its keys, or at the axis itself. */
#define TELL(l, x, key, ...)                                                                       \
    do {                                                                                           \
        const struct sim_node *at_ = sim_tree_child((x)->node, (key));                             \
        (x)->is_broken = true;                                                                     \
        sim_study_tell((l), at_ != NULL ? at_ : (x)->node, __VA_ARGS__);                           \
    } while (0)

// ---- listed values ----

static bool begins_as_number(const char *text)
{
    const char *p = text + (text[0] == '-' || text[0] == '+' ? 1 : 0);
    p += *p == '.' ? 1 : 0;
    return *p >= '0' && *p <= '9';
}

static bool is_date(const char *text)
{
    sim_time when = 0;
    struct sim_err err;
    return sim_simtime_parse(text, &when, &err) == SIM_OK;
}

static void tell_value(struct sim_study_loading *l, struct sim_study_axis *x,
                       const struct sim_place *place, const char *remedy, const char *what)
{
    char *path = sim_tree_path(x->node);
    sim_diag_add(l->diag, SIM_DIAG_WRONG, place, path, remedy, "%s", what);
    free(path);
    x->is_broken = true;
}

/** Texts, unless one looks like a number and is none: that is told. */
static void keep_texts(struct sim_study_loading *l, struct sim_study_axis *x,
                       const struct sim_study_listed *listed, double *numbers)
{
    for (int64_t i = 0; i < listed->count; i++) {
        struct sim_study_quantity q = {0};
        struct sim_err err = {0};
        const char *text = listed->texts[i];
        numbers[i] = (double)NAN;
        if (begins_as_number(text) && !is_date(text) &&
            sim_study_quantity(text, l->arena, &q, &err) != SIM_OK) {
            tell_value(l, x, &listed->places[i], NULL, err.text);
        }
    }
    x->units = NULL;
}

/** The one whose unit all are told in: the first that says one, else the first that is not 0. */
static int64_t leader(const struct sim_study_quantity *all, int64_t count)
{
    int64_t first = 0;
    for (int64_t i = 0; i < count; i++) {
        if (all[i].text[0] != '\0') {
            return i;
        }
        first = all[first].value == 0 ? i : first;
    }
    return first;
}

/** In the unit of the leader. A bare number has the unit 1, so .29 among percents is 29 %; a bare 0
 * is 0 of any unit. */
static double in_unit_of(const struct sim_study_quantity *leader,
                         const struct sim_study_quantity *q)
{
    const bool is_plain_zero = q->text[0] == '\0' && q->value == 0;
    if (is_plain_zero || strcmp(q->text, leader->text) == 0) {
        return q->value;
    }
    const double number = sim_units_from_si(leader->unit, q->si);
    return sim_study_plain_number(number, number);
}

/** True when all are quantities; a misfit is told. */
static bool fill_numbers(struct sim_study_loading *l, struct sim_study_axis *x,
                         const struct sim_study_listed *listed, double *numbers)
{
    struct sim_study_quantity *all =
        sim_base_alloc((size_t)listed->count, sizeof(struct sim_study_quantity));
    bool is_fine = true;
    for (int64_t i = 0; i < listed->count && is_fine; i++) {
        struct sim_err err = {0};
        is_fine = sim_study_quantity(listed->texts[i], l->arena, &all[i], &err) == SIM_OK;
    }
    const int64_t first = is_fine ? leader(all, listed->count) : 0;
    for (int64_t i = 0; i < listed->count && is_fine; i++) {
        const struct sim_study_quantity *f = &all[first];
        const char *why =
            sim_study_misfit(f, &all[i], listed->texts[first], listed->texts[i], l->arena);
        if (why != NULL) {
            tell_value(l, x, &listed->places[i], "all values of an axis are of one kind", why);
        }
        numbers[i] = in_unit_of(f, &all[i]);
    }
    if (is_fine) {
        x->first = all[first];
        x->units = x->first.text;
    }
    free(all);
    return is_fine;
}

void sim_study_fill_values(struct sim_study_loading *l, struct sim_study_axis *x,
                           const struct sim_study_listed *listed)
{
    double *numbers = SIM_ARENA_NEW(l->arena, double, listed->count + 1);
    x->texts = listed->texts;
    x->numbers = numbers;
    x->count = listed->count;
    if (!fill_numbers(l, x, listed, numbers)) {
        keep_texts(l, x, listed, numbers);
    }
}

/** "1.200 t": more than a thousand, or not? */
static void warn_of_groups(struct sim_study_loading *l, const struct sim_study_axis *x,
                           const struct sim_place *place, const char *text)
{
    size_t n = 0;
    if (!sim_units_may_be_grouped(text, &n)) {
        return;
    }
    char *path = sim_tree_path(x->node);
    char *remedy = sim_kind_grouped_advice(text, n);
    sim_diag_add(l->diag, SIM_DIAG_WARNING, place, path, remedy,
                 "'%.*s' is read with a decimal point, and may be a grouped number", (int)n, text);
    free(remedy);
    free(path);
}

static void load_list(struct sim_study_loading *l, struct sim_study_axis *x,
                      const struct sim_node *n)
{
    const bool is_list = n->kind == SIM_NODE_LIST || n->kind == SIM_NODE_ARRAY;
    const int count = is_list ? n->count : 1;
    const char **texts = SIM_ARENA_NEW(l->arena, const char *, count + 1);
    struct sim_place *places = SIM_ARENA_NEW(l->arena, struct sim_place, count + 1);
    struct sim_study_listed listed = {.texts = texts, .places = places};
    for (int i = 0; i < count; i++) {
        const struct sim_node *c = is_list ? n->children[i] : n;
        if (c->text == NULL && !c->broken) {
            x->is_broken = true;
            sim_study_tell(l, c, "write ( \"10 t/h\", \"20 t/h\" )",
                           "a value is one text or number, not a group or a list");
        } else if (c->text != NULL) {
            if (c->kind == SIM_NODE_TEXT) {
                warn_of_groups(l, x, &c->value_at, c->text);
            }
            places[listed.count] = c->value_at;
            texts[listed.count++] = c->text;
        }
    }
    if (count == 0) {
        TELL(l, x, "values", "name at least one", "an axis without values");
    } else if (listed.count > 0) {
        sim_study_fill_values(l, x, &listed);
    }
}

/** One value of an axis; NaN of texts. */
struct placed {
    double number;
    const char *text;
    int64_t at;
};

static int by_value(const void *a, const void *b)
{
    const struct placed *x = a;
    const struct placed *y = b;
    const int order = isnan(x->number) ? strcmp(x->text, y->text)
                                       : (x->number > y->number) - (x->number < y->number);
    return order != 0 ? order : (x->at > y->at) - (x->at < y->at);
}

static bool is_same_value(const struct placed *x, const struct placed *y)
{
    return isnan(x->number) ? strcmp(x->text, y->text) == 0
                            : sim_units_is_equal(x->number, y->number);
}

static void tell_twice(struct sim_study_loading *l, const struct sim_study_axis *x,
                       const struct placed *first, const struct placed *again)
{
    const struct sim_node *at = sim_tree_child(x->node, "values");
    at = at != NULL ? at : sim_tree_child(x->node, "csv");
    sim_study_tell(l, at != NULL && at->count > again->at ? at->children[again->at] : at,
                   "name each value once; only tied axes may repeat one",
                   strcmp(first->text, again->text) == 0
                       ? "the value '%s' is there twice"
                       : "the value '%s' is there twice, also as '%s'",
                   again->text, first->text);
}

void sim_study_check_twice(struct sim_study_loading *l, const struct sim_study_axis *x)
{
    struct placed *all = sim_base_alloc((size_t)x->count, sizeof(*all));
    for (int64_t i = 0; i < x->count; i++) {
        all[i] = (struct placed){.number = x->numbers[i], .text = x->texts[i], .at = i};
    }
    qsort(all, (size_t)x->count, sizeof(*all), by_value);
    for (int64_t i = 1, first = 0; i < x->count; i++) {
        if (!is_same_value(&all[first], &all[i])) {
            first = i;
        } else {
            const bool is_later = all[i].at > all[first].at; // equal but for rounding: any order
            tell_twice(l, x, &all[is_later ? first : i], &all[is_later ? i : first]);
        }
    }
    free(all);
}

// ---- columns ----

/** "12" under the header "capacity [t/h]" is "12 t/h". */
static const char *cell_text(struct sim_study_loading *l, const struct sim_csv *c, int row,
                             int column)
{
    const char *text = sim_csv_cell(c, row, column)->text;
    const char *unit = c->columns[column].unit;
    const char *end = NULL;
    double number = 0;
    struct sim_err err;
    const bool is_bare = sim_units_parse_number(text, &number, &end, &err) == SIM_OK && *end == 0;
    return unit != NULL && is_bare ? sim_arena_format(l->arena, "%s %s", text, unit)
                                   : sim_arena_strdup(l->arena, text);
}

static const struct sim_source *source_of(const struct sim_tree *t, const char *path)
{
    for (int i = 0; i < sim_tree_source_count(t); i++) {
        if (strcmp(sim_tree_source(t, i)->path, path) == 0) {
            return sim_tree_source(t, i);
        }
    }
    return NULL;
}

static void take_cells(struct sim_study_loading *l, const struct sim_csv *c, int column,
                       struct sim_study_listed *out)
{
    const char **texts = SIM_ARENA_NEW(l->arena, const char *, c->row_count + 1);
    struct sim_place *places = SIM_ARENA_NEW(l->arena, struct sim_place, c->row_count + 1);
    for (int i = 0; i < c->row_count; i++) {
        texts[i] = cell_text(l, c, i, column);
        places[i] = sim_csv_place(c, i, column);
        places[i].file = sim_arena_strdup(l->arena, places[i].file);
        places[i].via = sim_arena_strdup(l->arena, places[i].via);
    }
    *out = (struct sim_study_listed){.texts = texts, .places = places, .count = c->row_count};
}

bool sim_study_column(struct sim_study_loading *l, const struct sim_node *at, const char *file,
                      const char *column, struct sim_study_listed *out)
{
    const struct sim_source *source = source_of(l->tree, file);
    struct sim_csv *c = sim_csv_parse(file, source->text, source->length, l->diag);
    const int k = c != NULL ? sim_csv_column(c, column) : -1;
    if (k >= 0 && c->row_count > 0) {
        sim_csv_warn_of_groups(c, k, l->diag);
        take_cells(l, c, k, out);
    } else if (k >= 0) {
        sim_study_tell(l, at, NULL, "'%s' has no rows", file);
    } else if (c != NULL) {
        const char **names = SIM_ARENA_NEW(l->arena, const char *, c->column_count);
        for (int i = 0; i < c->column_count; i++) {
            names[i] = c->columns[i].name;
        }
        sim_study_tell(l, at, sim_study_near(l->arena, column, names, c->column_count),
                       "'%s' has no column '%s'", file, column);
    }
    const bool is_fine = k >= 0 && c->row_count > 0;
    sim_csv_destroy(c);
    return is_fine;
}

static void load_csv(struct sim_study_loading *l, struct sim_study_axis *x,
                     const struct sim_study_file_axis *f)
{
    struct sim_study_listed listed = {0};
    const char *column = f->column != NULL ? f->column : x->name;
    const char *key = f->column != NULL ? "column" : "csv";
    if (sim_study_column(l, sim_tree_child(x->node, key), f->csv, column, &listed)) {
        sim_study_fill_values(l, x, &listed);
    } else {
        x->is_broken = true;
    }
}

// ---- ranges ----

/** "10 t/h .. 50 t/h step 5 t/h" taken apart; texts in the arena, NULL: not said. */
struct range {
    const char *low, *high, *step;
};

static const char *trimmed(struct sim_study_loading *l, const char *text, size_t length)
{
    const size_t n = sim_cfgtext_trim(&text, length);
    return sim_arena_strndup(l->arena, text, n);
}

static bool split_range(struct sim_study_loading *l, const char *text, struct range *out)
{
    const char *dots = strstr(text, "..");
    if (dots == NULL) {
        return false;
    }
    const char *rest = dots + 2 + (dots[2] == '.' ? 1 : 0);
    const char *step = strstr(rest, " step ");
    out->low = trimmed(l, text, (size_t)(dots - text));
    out->high = trimmed(l, rest, step != NULL ? (size_t)(step - rest) : strlen(rest));
    out->step = step != NULL ? trimmed(l, step + 6, strlen(step + 6)) : NULL;
    return true;
}

/** Read one of its numbers; false, told at `key`. `like`: an earlier one, or NULL. */
static bool read_end(struct sim_study_loading *l, struct sim_study_axis *x, const char *key,
                     const char *text, struct sim_study_quantity *out)
{
    struct sim_err err = {0};
    if (sim_study_quantity(text, l->arena, out, &err) == SIM_OK) {
        const struct sim_node *at = sim_tree_child(x->node, key);
        warn_of_groups(l, x, at != NULL ? &at->value_at : &x->node->place, text);
        return true;
    }
    TELL(l, x, key, NULL, "%s", err.text);
    return false;
}

/** A bare number beside one with a unit has that unit: "10 .. 50 t/h". Beside percent it means what
 * it means everywhere: .01 is 1 %. */
static void share_unit(struct sim_study_quantity *a, const struct sim_study_quantity *b)
{
    if (a->text[0] == '\0' && !sim_units_is_same(b->unit.dim, SIM_DIM_NONE)) {
        a->si = sim_units_to_si(b->unit, a->value);
        a->unit = b->unit;
        a->text = b->text;
        memcpy(a->money, b->money, sizeof(a->money));
    }
}

/** Both ends, in the unit of the first; false, told. */
static bool read_ends(struct sim_study_loading *l, struct sim_study_axis *x, const struct range *r,
                      struct sim_study_quantity ends[2])
{
    const bool is_fine = read_end(l, x, "range", r->low, &ends[0]);
    if (!read_end(l, x, "range", r->high, &ends[1]) || !is_fine) {
        return false;
    }
    share_unit(&ends[0], &ends[1]);
    share_unit(&ends[1], &ends[0]);
    const char *why = sim_study_misfit(&ends[0], &ends[1], r->low, r->high, l->arena);
    if (why != NULL) {
        TELL(l, x, "range", NULL, "%s", why);
        return false;
    }
    if (!sim_units_is_above(ends[1].si, ends[0].si)) {
        const bool is_bare = ends[0].text[0] == '\0' && ends[1].text[0] != '\0';
        const char *remedy = is_bare ? sim_arena_format(l->arena,
                                                        "a bare number is no percent: "
                                                        "write '%s %s .. %s'",
                                                        r->low, ends[1].text, r->high)
                                     : "write the lower end first";
        TELL(l, x, "range", remedy, "'%s' is not below '%s'", r->low, r->high);
        return false;
    }
    x->first = ends[ends[0].text[0] == '\0' ? 1 : 0];
    x->units = x->first.text;
    x->low = ends[0].si;
    x->high = ends[1].si;
    if (x->is_log && !(ends[0].value > 0)) {
        TELL(l, x, "range", "write ends above 0", "a logarithmic range cannot begin at '%s'",
             r->low);
        return false;
    }
    return true;
}

/** `count` values from a to b (both in the unit of the axis), both included. */
static void spread_values(struct sim_study_loading *l, struct sim_study_axis *x, double a, double b,
                          int64_t count)
{
    const char **texts = SIM_ARENA_NEW(l->arena, const char *, count);
    double *numbers = SIM_ARENA_NEW(l->arena, double, count);
    for (int64_t i = 0; i < count; i++) {
        const double share = (double)i / (double)(count - 1);
        const double linear = (a * (double)(count - 1 - i) + b * (double)i) / (double)(count - 1);
        const bool is_inner = i > 0 && i < count - 1;
        const double inner = x->is_log ? a * sim_elem_pow(b / a, share) : linear;
        const double size = x->is_log ? inner : fmax(fabs(a), fabs(b));
        numbers[i] = i == 0 ? a : !is_inner ? b : sim_study_plain_number(inner, size);
        texts[i] = sim_study_number_text(numbers[i], x->units, l->arena);
    }
    x->texts = texts;
    x->numbers = numbers;
    x->count = count;
}

static void spread_by_step(struct sim_study_loading *l, struct sim_study_axis *x, const char *text,
                           const char *key, double a, double b)
{
    struct sim_study_quantity step = {0};
    if (!read_end(l, x, key, text, &step)) {
        return;
    }
    share_unit(&step, &x->first);
    const char *why = sim_study_misfit(&x->first, &step, x->first.text, text, l->arena);
    const double by = step.value * (step.unit.num / step.unit.den) /
                      (x->first.unit.num / x->first.unit.den); // a difference: without offset
    const double steps = (b - a) / by;
    if (why != NULL || x->is_log) {
        TELL(l, x, key, x->is_log ? "say `count`" : NULL, "%s",
             why != NULL ? why : "a logarithmic range has no step");
    } else if (!(by > 0) || !(steps < 1e6)) {
        TELL(l, x, key, NULL, "a step of '%s' %s", text,
             by > 0 ? "makes over a million values" : "is not above 0");
    } else {
        const double whole = floor(steps * (1 + 1e-12) + 1e-9);
        const bool is_even = fabs(steps - whole) < 1e-9 * (steps + 1);
        const double last = sim_study_plain_number(a + whole * by, fmax(fabs(a), fabs(b)));
        spread_values(l, x, a, is_even ? b : last, (int64_t)whole + 1);
    }
}

static void load_steps(struct sim_study_loading *l, struct sim_study_axis *x,
                       const struct sim_study_file_axis *f, const struct range *r)
{
    struct sim_study_quantity ends[2] = {{0}};
    if (!read_ends(l, x, r, ends)) {
        return;
    }
    const double a = in_unit_of(&x->first, &ends[0]);
    const double b = in_unit_of(&x->first, &ends[1]);
    const char *step = r->step != NULL ? r->step : f->step;
    const bool has_count = sim_tree_child(x->node, "count") != NULL;
    const int said = (r->step != NULL) + (f->step != NULL) + has_count;
    if (has_count && f->count == 0) {
        x->is_broken = true; // no number, or too large: told
    } else if (said != 1) {
        TELL(l, x, "range", "write step = \"5 t/h\"; or count = 9;",
             said == 0 ? "a range needs a step or a count, or a sampler"
                       : "the distance of the values is said twice");
    } else if (step != NULL) {
        spread_by_step(l, x, step, r->step != NULL ? "range" : "step", a, b);
    } else {
        spread_values(l, x, a, b, f->count);
    }
}

static void load_distribution(struct sim_study_loading *l, struct sim_study_axis *x,
                              const struct sim_node *n)
{
    struct sim_units *units = sim_study_units(n->text);
    const int before = sim_diag_wrong(l->diag);
    x->range = sim_value_parse(n, SIM_FORM_DIST, units, l->tree, l->arena, l->diag);
    sim_units_destroy(units);
    if (x->range.form != SIM_VALUE_DIST) {
        x->is_broken = true;
        return;
    }
    SIM_ASSERT(sim_diag_wrong(l->diag) == before);
    (void)before;
    const char *unit = x->range.unit != NULL ? x->range.unit : "";
    struct sim_err err = {0};
    const char *one = sim_arena_format(l->arena, "1 %s", unit);
    if (sim_study_quantity(one, l->arena, &x->first, &err) != SIM_OK) {
        TELL(l, x, "range", NULL, "%s", err.text);
    }
    x->units = x->first.text;
}

static bool is_call(const char *text)
{
    const char first = text[0];
    return strchr(text, '(') != NULL &&
           ((first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z'));
}

static void load_range(struct sim_study_loading *l, struct sim_study_axis *x,
                       const struct sim_study_file_axis *f)
{
    const struct sim_node *n = f->range;
    struct range r = {0};
    struct sim_study_quantity ends[2] = {{0}};
    x->is_log = f->spacing == 1;
    if (n->kind != SIM_NODE_TEXT) {
        TELL(l, x, "range", "write \"10 t/h .. 50 t/h\" or \"uniform(10 t/h, 50 t/h)\"",
             "a range in quotes is wanted here");
    } else if (is_call(n->text) && x->sampler < 0) {
        TELL(l, x, "range", "add sampler = \"...\"; and describe it under `samplers`",
             "a distribution needs a sampler that draws of it");
    } else if (is_call(n->text)) {
        load_distribution(l, x, n);
    } else if (!split_range(l, n->text, &r)) {
        TELL(l, x, "range", "write \"10 t/h .. 50 t/h\" or \"uniform(10 t/h, 50 t/h)\"",
             "'%s' is no range", n->text);
    } else if (x->sampler < 0) {
        load_steps(l, x, f, &r);
    } else if (r.step != NULL) {
        TELL(l, x, "range", "leave the step out", "a sampler draws of the whole range");
    } else {
        (void)read_ends(l, x, &r, ends);
    }
}

// ---- one axis ----

/** Keys that mean nothing beside the others. */
static void check_strays(struct sim_study_loading *l, struct sim_study_axis *x,
                         const struct sim_study_file_axis *f)
{
    const bool has_steps = f->range != NULL && x->sampler < 0;
    if (f->step != NULL && !has_steps) {
        TELL(l, x, "step", NULL, "`step` goes with a range without sampler alone");
    }
    if (f->count > 0 && !has_steps) {
        TELL(l, x, "count", NULL, "`count` goes with a range without sampler alone");
    }
    if (f->spacing >= 0 && f->range == NULL) {
        TELL(l, x, "spacing", NULL, "`spacing` goes with a range alone");
    }
    if (f->column != NULL && f->csv == NULL) {
        TELL(l, x, "column", NULL, "`column` goes with `csv` alone");
    }
}

static int find_sampler(const struct sim_study_axes *a, const char *name)
{
    for (int i = 0; name != NULL && i < a->sampler_count; i++) {
        if (strcmp(a->samplers[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

static void load_sampled(struct sim_study_loading *l, struct sim_study_axis *x,
                         const struct sim_study_file_axis *f)
{
    const struct sim_node *values = sim_tree_child(x->node, "values");
    const struct sim_node *csv = sim_tree_child(x->node, "csv");
    if (x->method == SIM_STUDY_TABLE && (values != NULL || csv != NULL || f->range != NULL)) {
        TELL(l, x,
             values != NULL ? "values"
             : csv != NULL  ? "csv"
                            : "range",
             "leave it out", "the values come from the file of the sampler");
    } else if (x->method != SIM_STUDY_TABLE && f->range == NULL) {
        TELL(l, x,
             values != NULL ? "values"
             : csv != NULL  ? "csv"
                            : "sampler",
             "write range = \"uniform(10 t/h, 50 t/h)\"; or leave out `sampler`",
             "an axis of a sampler needs a distribution to draw of");
    } else if (x->method != SIM_STUDY_TABLE) {
        load_range(l, x, f);
    }
}

static void load_axis(struct sim_study_loading *l, struct sim_study_axis *x,
                      const struct sim_study_file_axis *f)
{
    const bool has_csv = sim_tree_child(x->node, "csv") != NULL; // the file may be missing: told
    const int forms = (f->values != NULL) + (f->range != NULL) + has_csv;
    x->is_broken = f->path == NULL;
    check_strays(l, x, f);
    if (x->sampler >= 0) {
        x->method = l->axes->samplers[x->sampler].method;
        SIM_VEC_PUSH(&l->axes->samplers[x->sampler].axes, (int)(x - l->axes->axes));
        load_sampled(l, x, f);
    } else if (sim_tree_child(x->node, "sampler") != NULL) {
        x->is_broken = true; // unknown: told
    } else if (forms != 1) {
        TELL(l, x, "", "write values = ( ... ), range = \"...\" or csv = \"...\"", "%s",
             forms == 0 ? "an axis without values" : "the values are said more than once");
    } else if (f->values != NULL) {
        x->method = SIM_STUDY_LIST;
        load_list(l, x, f->values);
    } else if (f->range != NULL) {
        x->method = SIM_STUDY_RANGE;
        load_range(l, x, f);
    } else {
        x->method = SIM_STUDY_CSV;
        x->is_broken = x->is_broken || f->csv == NULL;
        if (f->csv != NULL) {
            load_csv(l, x, f);
        }
    }
}

static void check_paths(struct sim_study_loading *l)
{
    const struct sim_study_axes *a = l->axes;
    for (int i = 0; i < a->axis_count; i++) {
        struct sim_study_axis *x = &a->axes[i];
        for (int k = 0; k < i && x->path != NULL; k++) {
            if (a->axes[k].path != NULL && strcmp(a->axes[k].path, x->path) == 0) {
                TELL(l, x, "path", "put all values into one axis",
                     "the axis '%s' changes the same value", a->axes[k].name);
                break;
            }
        }
        if (x->path != NULL && strchr(x->path, '=') != NULL) {
            TELL(l, x, "path", "write the path alone", "'%s' is no path", x->path);
        }
    }
}

void sim_study_load_axes(struct sim_study_loading *l)
{
    const struct sim_items *items = &l->file->study->axes;
    struct sim_study_axes *a = l->axes;
    a->axes = SIM_ARENA_NEW(l->arena, struct sim_study_axis, items->count + 1);
    a->axis_count = items->count;
    for (int i = 0; i < items->count; i++) {
        const struct sim_study_file_axis *f = items->at[i].data;
        a->axes[i] = (struct sim_study_axis){.name = items->at[i].name,
                                             .title = f->title,
                                             .path = f->path,
                                             .node = items->at[i].node,
                                             .sampler = find_sampler(a, f->sampler.text)};
        load_axis(l, &a->axes[i], f);
    }
    check_paths(l);
}
