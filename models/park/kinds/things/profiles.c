// Profiles: series over time from CSV files (sim/num/table1d.h).
#include "models/park/base/kinds.h"
#include "sim/base/strtab.h"
#include "sim/base/vec.h"
#include "sim/cfg/csv.h"
#include "sim/num/units.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const between[] = {"hold", "linear", NULL};
static const char *const repeat[] = {"once", "day", "week", "year", NULL};
static const char *const past[] = {"error", "hold", NULL};

static const struct sim_key keys[] = {
    {.name = "title",
     .type = SIM_KEY_TEXT,
     .offset = offsetof(struct park_profile, title),
     .doc = "its name in reports"},
    {.name = "csv",
     .type = SIM_KEY_FILE,
     .flags = SIM_KEY_REQUIRED,
     .offset = offsetof(struct park_profile, csv),
     .doc = "the file, from the folder of the park file"},
    {.name = "time",
     .type = SIM_KEY_TEXT,
     .initial = "time",
     .offset = offsetof(struct park_profile, time),
     .doc = "column of times: dates (\"2026-01-01 06:00\"), or with a unit in its header "
            "(\"time [h]\") numbers from the park's start (of the day, week or year that repeats)"},
    {.name = "column",
     .type = SIM_KEY_TEXT,
     .flags = SIM_KEY_REQUIRED,
     .offset = offsetof(struct park_profile, column),
     .doc = "column of values"},
    {.name = "unit",
     .type = SIM_KEY_TEXT,
     .offset = offsetof(struct park_profile, unit),
     .doc = "unit of the values; default: the one in the column's header"},
    {.name = "between",
     .type = SIM_KEY_CHOICE,
     .choices = between,
     .initial = "hold",
     .offset = offsetof(struct park_profile, between),
     .doc = "hold: a value stands until the next row; linear: straight to it"},
    {.name = "steps",
     .type = SIM_KEY_COUNT,
     .initial = "6",
     .min = "1",
     .max = "1000",
     .offset = offsetof(struct park_profile, steps),
     .doc = "linear: pieces between two rows, each held at its mean, when it drives a rate"},
    {.name = "repeat",
     .type = SIM_KEY_CHOICE,
     .choices = repeat,
     .initial = "once",
     .offset = offsetof(struct park_profile, repeat),
     .doc = "whether it starts again each day, week or year"},
    {.name = "past",
     .type = SIM_KEY_CHOICE,
     .choices = past,
     .initial = "error",
     .offset = offsetof(struct park_profile, past),
     .doc = "once: what happens past its ends. error: the park is refused; hold: the first or last "
            "value stays"},
};

static const struct sim_kind kind = {
    .name = "profile",
    .doc = "A series from a CSV file: weather, demand, price. Wherever a value allows it, "
           "\"profile(NAME)\" stands for it.",
    .size = sizeof(struct park_profile),
    .keys = keys,
    .key_count = SIM_COUNT(keys),
};

struct rows {
    SIM_VEC(sim_time) times;
    SIM_VEC(double) values;
};

// What numbers in the time column count from.
static sim_time time_zero(const struct park *p, const struct park_profile *f)
{
    switch ((enum sim_table1d_repeat)f->repeat) {
    case SIM_TABLE1D_DAY:
        return sim_simtime_start_of_day(p->start_us);
    case SIM_TABLE1D_WEEK:
        return sim_simtime_start_of_day(p->start_us) -
               sim_simtime_weekday(p->start_us) * SIM_TIME_DAY;
    case SIM_TABLE1D_YEAR:
        return sim_simtime_start_of_year(p->start_us);
    case SIM_TABLE1D_ONCE:
        break;
    }
    return p->start_us;
}

static bool cell_time(struct park_loader *l, const struct park_profile *f, const struct sim_csv *c,
                      int row, int column, sim_time *out)
{
    const struct sim_csv_cell *cell = sim_csv_cell(c, row, column);
    const struct sim_place at = sim_csv_place(c, row, column);
    struct sim_err err;
    struct sim_unit unit;
    double number;
    if (c->columns[column].unit == NULL) {
        if (sim_simtime_parse(cell->text, out, &err) == SIM_OK) {
            return true;
        }
        int day = 0;
        int month = 0;
        if (sscanf(cell->text, "%2d/%2d/", &day, &month) == 2) {
            sim_csv_tell_column(c, column, "its dates are written day/month/year", l->diag);
            return false;
        }
        sim_diag_add(l->diag, SIM_DIAG_WRONG, &at, "", NULL, "row %d: %s", row + 1, err.text);
        return false;
    }
    if (sim_csv_number(c, row, column, &number, l->diag) != SIM_OK ||
        sim_units_parse(l->park->units, c->columns[column].unit, &unit, &err) != SIM_OK) {
        return false; // told: the header's unit by read_rows
    }
    const double seconds = sim_units_to_si(unit, number);
    if (fabs(seconds) > 0x1p53 / 1e6) {
        sim_diag_add(l->diag, SIM_DIAG_WRONG, &at, "", "write an earlier time",
                     "row %d: '%s' is 285 years away, which is as far as the clock reaches",
                     row + 1, cell->text);
        return false;
    }
    *out = time_zero(l->park, f) + sim_simtime_from_seconds(seconds);
    return true;
}

static bool header_time_unit(struct park_loader *l, const struct sim_csv *c, int column)
{
    const struct sim_csv_column *h = &c->columns[column];
    struct sim_unit unit;
    struct sim_err err;
    if (h->unit == NULL || (sim_units_parse(l->park->units, h->unit, &unit, &err) == SIM_OK &&
                            sim_units_is_same(unit.dim, SIM_DIM_TIME))) {
        return true;
    }
    sim_diag_add(l->diag, SIM_DIAG_WRONG, &h->place, "", "write s, min, h or day, or dates",
                 "'%s' is not a unit of time", h->unit);
    return false;
}

// The unit of the values: the key `unit`, else the header's.
static bool value_unit(struct park_loader *l, const struct park_profile *f, const struct sim_csv *c,
                       int column, struct sim_unit *out)
{
    const struct sim_csv_column *h = &c->columns[column];
    struct sim_unit header;
    struct sim_err err;
    *out = (struct sim_unit){.num = 1, .den = 1};
    header = *out;
    const struct sim_node *at = sim_tree_child(f->node, "unit");
    if (f->unit != NULL && sim_units_parse(l->park->units, f->unit, out, &err) != SIM_OK) {
        park_resolve_wrong(l, at, NULL, "%s", err.text);
        return false;
    }
    if (h->unit != NULL && sim_units_parse(l->park->units, h->unit, &header, &err) != SIM_OK) {
        sim_diag_add(l->diag, SIM_DIAG_WRONG, &h->place, "", NULL, "%s", err.text);
        return false;
    }
    if (f->unit != NULL && h->unit != NULL &&
        (!sim_units_is_same(out->dim, header.dim) || out->num != header.num ||
         out->den != header.den)) {
        park_resolve_wrong(l, at, "leave the key out, or correct one of the two",
                           "the column's header says '%s' but the key says '%s'", h->unit, f->unit);
        return false;
    }
    if (f->unit == NULL) {
        *out = header;
    }
    const char *unit = f->unit != NULL ? f->unit : h->unit;
    if (unit != NULL && strstr(unit, "month") != NULL) {
        park_resolve_warn(l, f->unit != NULL ? at : f->node, "write it in days or years",
                          "a month is taken as 730 h in '%s'", unit);
    }
    return true;
}

// The nearest name of a column; NULL when none is near.
static const char *near_column(const struct sim_csv *c, const char *name)
{
    const char **names = sim_base_alloc((size_t)c->column_count, sizeof(*names));
    for (int i = 0; i < c->column_count; i++) {
        names[i] = c->columns[i].name;
    }
    const char *near = sim_strtab_nearest(name, names, c->column_count);
    free(names);
    return near;
}

static int find_column(struct park_loader *l, const struct park_profile *f, const struct sim_csv *c,
                       const char *key, const char *name)
{
    const int column = name == NULL ? -1 : sim_csv_column(c, name);
    if (column >= 0 || name == NULL) {
        return column;
    }
    const char *near = near_column(c, name);
    char *remedy = near != NULL ? sim_base_format("did you mean '%s'?", near)
                                : sim_base_format("its first column is '%s'", c->columns[0].name);
    const struct sim_node *at = sim_tree_child(f->node, key);
    park_resolve_wrong(l, at != NULL ? at : f->node, remedy, "%s has no column '%s'", c->file,
                       name);
    free(remedy);
    return -1;
}

// Is it after the one before? Told when not.
static bool ascends(struct park_loader *l, const struct sim_csv *c, int row, int column,
                    const struct rows *r, sim_time when)
{
    if (r->times.count == 0 || when > SIM_VEC_LAST(&r->times)) {
        return true;
    }
    const struct sim_place at = sim_csv_place(c, row, column);
    sim_diag_add(l->diag, SIM_DIAG_WRONG, &at, "", "times must ascend",
                 "row %d: '%s' is not after the row before", row + 1,
                 sim_csv_cell(c, row, column)->text);
    return false;
}

static void add_row(struct rows *r, sim_time when, double value)
{
    SIM_VEC_PUSH(&r->times, when);
    SIM_VEC_PUSH(&r->values, value);
}

// Each row; the first that is out of order is told, and none after it is.
static bool read_rows(struct park_loader *l, struct park_profile *f, const struct sim_csv *c,
                      struct rows *out)
{
    const int time = find_column(l, f, c, "time", f->time);
    const int column = find_column(l, f, c, "column", f->column);
    struct sim_unit unit;
    if (time < 0 || column < 0 || !header_time_unit(l, c, time) ||
        !value_unit(l, f, c, column, &unit)) {
        return false;
    }
    f->dim = unit.dim;
    sim_csv_warn_of_groups(c, column, l->diag);
    bool good = c->row_count > 0;
    if (!good) {
        park_resolve_wrong(l, sim_tree_child(f->node, "csv"), NULL, "%s has no rows", c->file);
    }
    for (int row = 0; row < c->row_count; row++) {
        sim_time when = 0;
        double value = 0;
        const bool has_time = cell_time(l, f, c, row, time, &when);
        if (sim_csv_quantity(c, row, column, l->park->units, unit, &value, l->diag) != SIM_OK ||
            !has_time) {
            good = false;
        } else if (!ascends(l, c, row, time, out, when)) {
            return false;
        } else {
            add_row(out, when, value);
        }
    }
    return good;
}

static void make_table(struct park_loader *l, struct park_profile *f, const struct rows *r)
{
    const struct sim_table1d_spec spec = {
        .times = r->times.data,
        .values = r->values.data,
        .count = r->times.count,
        .between = (enum sim_table1d_between)f->between,
        .repeat = (enum sim_table1d_repeat)f->repeat,
        .past = (enum sim_table1d_past)f->past,
    };
    struct sim_table1d *table = NULL;
    struct sim_err err;
    const struct sim_node *at = sim_tree_child(f->node, "csv");
    if (sim_table1d_create(&spec, &table, &err) != SIM_OK) {
        park_resolve_wrong(l, at, NULL, "%s: %s", f->csv, err.text);
        return;
    }
    f->table = table;
    f->least = sim_table1d_least(table);
    f->greatest = sim_table1d_greatest(table);
    if (f->repeat == SIM_TABLE1D_ONCE && f->past == SIM_TABLE1D_PAST_ERROR &&
        l->park->until_us > l->park->start_us &&
        sim_table1d_covers(table, l->park->start_us, l->park->until_us, &err) != SIM_OK) {
        park_resolve_wrong(l, at, NULL, "%s does not cover the run: %s", f->csv, err.text);
    }
}

static bool is_same(const struct sim_node *a, const struct sim_node *b)
{
    if (a == NULL || b == NULL) {
        return a == b;
    }
    bool same = a->kind == b->kind && a->count == b->count &&
                (a->text == NULL || strcmp(a->text, b->text) == 0);
    for (int i = 0; same && i < a->count; i++) {
        same = (a->children[i]->name == NULL ||
                strcmp(a->children[i]->name, b->children[i]->name) == 0) &&
               is_same(a->children[i], b->children[i]);
    }
    return same;
}

static bool has_same_money(const struct park *p, const struct park *q)
{
    const struct sim_node *mine = sim_tree_child(sim_tree_root(p->tree), "economy");
    const struct sim_node *other = sim_tree_child(sim_tree_root(q->tree), "economy");
    return is_same(sim_tree_child(mine, "currency"), sim_tree_child(other, "currency")) &&
           is_same(sim_tree_child(mine, "currencies"), sim_tree_child(other, "currencies"));
}

// The series that the park it was loaded from has under the same name, when it was asked for in the
// same words and they mean the same: times may count from the park's start, units may be money.
static bool borrow(const struct park *p, struct park_profile *f)
{
    const struct park *q = p->origin;
    const int32_t i = q != NULL ? PARK_ID(q, profile, park_profile, f->name) : -1;
    if (i < 0 || q->profiles[i]->table == NULL || q->start_us != p->start_us ||
        q->until_us != p->until_us || !is_same(f->node, q->profiles[i]->node) ||
        strcmp(f->csv, q->profiles[i]->csv) != 0 || !has_same_money(p, q)) {
        return false;
    }
    f->table = q->profiles[i]->table;
    f->is_borrowed = true;
    f->dim = q->profiles[i]->dim;
    f->least = q->profiles[i]->least;
    f->greatest = q->profiles[i]->greatest;
    return true;
}

/** What names a profile wants it in a dimension, and mostly not below 0: a price as well as a
 * capacity. */
static void check_use(struct park_loader *l, const struct park_use *use)
{
    const struct park *p = l->park;
    const struct sim_value *v = &use->value;
    const int32_t i = PARK_ID(p, profile, park_profile, v->name);
    const struct park_profile *f = i >= 0 ? p->profiles[i] : NULL;
    if (v->form != SIM_VALUE_PROFILE || f == NULL || f->table == NULL) {
        return; // told elsewhere
    }
    if (!sim_units_is_same(f->dim, v->dim) && !sim_units_is_same(f->dim, use->other)) {
        char is[SIM_UNITS_TEXT];
        char want[SIM_UNITS_TEXT];
        char example[SIM_UNITS_TEXT];
        park_resolve_wrong(l, v->node, NULL, "profile %s is %s; wanted is %s, for example in %s",
                           f->name, sim_units_dim_name(f->dim, is),
                           sim_units_dim_name(v->dim, want),
                           sim_units_dim_example(p->units, v->dim, example));
    } else if (f->least < use->least) {
        park_resolve_wrong(l, v->node, "correct the CSV file", "profile %s falls below %.12g",
                           f->name, use->least);
    }
}

// Tables read already: profiles often share one.
struct parsed {
    const struct sim_source *source;
    struct sim_csv *csv; // NULL: told
};

struct files {
    SIM_VEC(struct parsed) all;
};

static struct sim_csv *parsed_of(struct files *f, const struct sim_source *source,
                                 struct sim_diag *d)
{
    for (int i = f->all.count - 1; i >= 0; i--) { // sources are at most a few hundred
        if (f->all.data[i].source == source) {
            return f->all.data[i].csv;
        }
    }
    struct sim_csv *csv = sim_csv_parse(source->path, source->text, source->length, d);
    SIM_VEC_PUSH(&f->all, ((struct parsed){.source = source, .csv = csv}));
    return csv;
}

static void forget(struct files *f)
{
    for (int i = 0; i < f->all.count; i++) {
        sim_csv_destroy(f->all.data[i].csv);
    }
    SIM_VEC_FREE(&f->all);
}

static void resolve(struct park_loader *l)
{
    struct park *p = l->park;
    struct files files = {0};
    for (int i = 0; i < p->profile_count; i++) {
        struct park_profile *f = p->profiles[i];
        const struct sim_node *at = sim_tree_child(f->node, "csv");
        if (f->csv == NULL || at == NULL || borrow(p, f)) {
            continue;
        }
        const struct sim_source *source = sim_tree_read_file(p->tree, at, at->text, l->diag);
        if (source == NULL) {
            continue;
        }
        struct sim_csv *csv = parsed_of(&files, source, l->diag);
        struct rows rows = {0};
        if (csv != NULL && read_rows(l, f, csv, &rows)) {
            make_table(l, f, &rows);
        }
        SIM_VEC_FREE(&rows.times);
        SIM_VEC_FREE(&rows.values);
    }
    for (int i = 0; i < l->dims.uses.count; i++) {
        check_use(l, &l->dims.uses.data[i]);
    }
    forget(&files);
}

static void release(struct park *p)
{
    for (int i = 0; i < p->profile_count; i++) {
        if (!p->profiles[i]->is_borrowed) {
            sim_table1d_destroy(p->profiles[i]->table);
        }
    }
}

const struct park_kind park_profiles = {
    .group = "profiles",
    .doc = "Series over time, from CSV files.",
    .keys = &kind,
    .list = PARK_LIST(profiles, profile),
    .resolve = resolve,
    .release = release,
};
