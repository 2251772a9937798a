// SPDX-License-Identifier: MIT
#include "sim/cfg/value.h"

#include "sim/base/strtab.h"
#include "sim/base/vec.h"
#include "sim/cfg/cfgtext.h"
#include "sim/cfg/csv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_ARGS = 64
};

/** One argument of a call: "min = 0 t/t" or "5 h" or "40 %: 0.31 t/t". */
struct argument {
    const char *key; // NULL when positional
    const char *text;
};

struct parser {
    const struct sim_node *node;
    const struct sim_units *units;
    struct sim_tree *tree;
    struct sim_arena *arena;
    struct sim_diag *diag;
    unsigned forms;
    struct sim_value value;
    struct argument args[MAX_ARGS];
    int arg_count;
    bool is_wrong;
};

static const char *const mark_names[] = {"",        "published",  "derived", "recalled",
                                         "assumed", "calibrated", ""};

const char *sim_value_mark_name(enum sim_value_mark mark)
{
    return mark_names[mark];
}

static void tell(struct parser *p, enum sim_diag_level level, const char *remedy, const char *what)
{
    char *path = sim_tree_path(p->node);
    sim_diag_add(p->diag, level, &p->node->value_at, path, remedy, "%s", what);
    free(path);
    p->is_wrong = p->is_wrong || level != SIM_DIAG_WARNING;
}

static void tell_owned(struct parser *p, const char *remedy, char *what)
{
    tell(p, SIM_DIAG_WRONG, remedy, what);
    free(what);
}

static const char *cut(struct parser *p, const char *from, size_t length)
{
    const size_t n = sim_cfgtext_trim(&from, length);
    return sim_arena_strndup(p->arena, from, n);
}

char *sim_value_forms_text(unsigned forms)
{
    static const char *const words[] = {"",
                                        "a quantity (\"14 t/h\")",
                                        "a distribution (\"uniform(1 h, 2 h)\")",
                                        "profile(name)",
                                        "tariff(name)",
                                        "curve(40 %: 0.3 t/t, 100 %: 0.25 t/t)",
                                        "a limit (\"<= 75 mg/L\")"};
    const unsigned allowed = forms != 0 ? forms : (unsigned)SIM_FORM_QUANTITY;
    sim_cfgtext b = {0};
    for (int i = 1; i < SIM_COUNT(words); i++) {
        if ((allowed & (1U << i)) == 0) {
            continue;
        }
        const bool is_last = (allowed >> (i + 1)) == 0;
        sim_cfgtext_put(&b, b.count == 0 ? "" : is_last ? " or " : ", ");
        sim_cfgtext_put(&b, words[i]);
    }
    return sim_cfgtext_done(&b);
}

// ---- marks ----------------------------------------------------------------------------

static void read_mark(struct parser *p, const char *inside, size_t length)
{
    const char *colon = memchr(inside, ':', length);
    const size_t word = colon != NULL ? (size_t)(colon - inside) : length;
    struct sim_value *v = &p->value;
    v->mark_text = cut(p, inside, word);
    v->source = colon != NULL ? cut(p, colon + 1, length - word - 1) : NULL;
    v->mark = SIM_MARK_OTHER;
    for (int i = SIM_MARK_PUBLISHED; i <= SIM_MARK_CALIBRATED; i++) {
        if (strcmp(v->mark_text, mark_names[i]) == 0) {
            v->mark = (enum sim_value_mark)i;
        }
    }
    if (v->mark == SIM_MARK_OTHER) {
        char *what = sim_base_format("[%s]: not one of the known marks", v->mark_text);
        tell(p, SIM_DIAG_WARNING, "known are published, derived, recalled, assumed, calibrated",
             what);
        free(what);
    }
}

/** Take "[mark: source]" off the end; what is left, trimmed. */
static const char *without_mark(struct parser *p, const char *text)
{
    const size_t length = sim_cfgtext_trim(&text, strlen(text));
    const char *open = memchr(text, '[', length);
    if (open == NULL || text[length - 1] != ']') {
        return sim_arena_strndup(p->arena, text, length);
    }
    read_mark(p, open + 1, length - (size_t)(open - text) - 2);
    return cut(p, text, (size_t)(open - text));
}

// ---- quantities -----------------------------------------------------------------------

/** False, told, when it is none. */
static bool quantity(struct parser *p, const char *text, struct sim_quantity *out)
{
    struct sim_err err = {0};
    if (sim_units_parse_quantity(p->units, text, out, &err) == SIM_OK) {
        return true;
    }
    tell(p, SIM_DIAG_WRONG, NULL, err.text);
    return false;
}

static const char *unit_of(struct parser *p, const char *text)
{
    struct sim_err err = {0};
    const char *end = "";
    double number = 0.0;
    (void)sim_err_meaning(sim_units_parse_number(text, &number, &end, &err));
    return cut(p, end, strlen(end));
}

static void read_quantity(struct parser *p, const char *text, enum sim_value_form form)
{
    struct sim_quantity q = {0};
    if (!quantity(p, text, &q)) {
        return;
    }
    p->value.form = form;
    p->value.si = q.si;
    p->value.written = q.value;
    p->value.dim = q.unit.dim;
    p->value.unit = unit_of(p, text);
}

static bool read_limit(struct parser *p, const char *text)
{
    static const char *const signs[] = {"<=", ">=", "<", ">", "="};
    static const enum sim_value_op ops[] = {SIM_VALUE_LE, SIM_VALUE_GE, SIM_VALUE_LT, SIM_VALUE_GT,
                                            SIM_VALUE_EQ};
    for (int i = 0; i < SIM_COUNT(signs); i++) {
        const size_t n = strlen(signs[i]);
        if (strncmp(text, signs[i], n) == 0) {
            p->value.op = ops[i];
            read_quantity(p, cut(p, text + n, strlen(text + n)), SIM_VALUE_LIMIT);
            return true;
        }
    }
    return false;
}

// ---- calls ----------------------------------------------------------------------------

static size_t argument_length(const char *text)
{
    int depth = 0;
    size_t n = 0;
    for (; text[n] != '\0' && (depth > 0 || (text[n] != ',' && text[n] != ')')); n++) {
        depth += text[n] == '(' ? 1 : text[n] == ')' ? -1 : 0;
    }
    return n;
}

static void add_argument(struct parser *p, const char *text, size_t length)
{
    const char *equals = memchr(text, '=', length);
    struct argument a = {0};
    if (equals != NULL) {
        a.key = cut(p, text, (size_t)(equals - text));
        a.text = cut(p, equals + 1, length - (size_t)(equals - text) - 1);
    } else {
        a.text = cut(p, text, length);
    }
    if (a.text[0] == '\0') {
        tell(p, SIM_DIAG_WRONG, NULL, "an empty argument between '(' and ')'");
    } else if (p->arg_count == MAX_ARGS) {
        tell(p, SIM_DIAG_WRONG, "put long data into a CSV file", "more than 64 arguments");
    } else {
        p->args[p->arg_count++] = a;
    }
}

/** What is between the parentheses of "name( ... )"; false, told, when they do not close. */
static bool read_arguments(struct parser *p, const char *inside)
{
    const char *q = inside;
    for (;;) {
        const size_t n = argument_length(q);
        const char *text = q;
        if (q[n] != ',' && q == inside && sim_cfgtext_trim(&text, n) == 0) {
            q += n; // name()
            break;
        }
        add_argument(p, q, n);
        q += n;
        if (*q != ',' || p->is_wrong) {
            break;
        }
        q++;
    }
    if (!p->is_wrong && (*q != ')' || q[1] != '\0')) {
        tell(p, SIM_DIAG_WRONG, NULL,
             *q == ')' ? "text after the closing ')'" : "the closing ')' is missing");
    }
    return !p->is_wrong;
}

static void read_name(struct parser *p, enum sim_value_form form, const char *what)
{
    if (p->arg_count != 1 || p->args[0].key != NULL) {
        tell_owned(p, NULL, sim_base_format("%s(...) takes one name", what));
        return;
    }
    p->value.form = form;
    p->value.name = p->args[0].text;
}

static void tell_dim(struct parser *p, const char *text, struct sim_dim is, struct sim_dim wanted)
{
    char a[SIM_UNITS_TEXT];
    char b[SIM_UNITS_TEXT];
    tell_owned(p, "all must have the same dimension",
               sim_base_format("'%s' is %s, but the others are %s", text, sim_units_dim_name(is, a),
                               sim_units_dim_name(wanted, b)));
}

// ---- curves ---------------------------------------------------------------------------

static bool read_point(struct parser *p, int i, struct sim_value_point *out)
{
    const char *text = p->args[i].text;
    const char *colon = strchr(text, ':');
    struct sim_quantity x = {0};
    struct sim_quantity y = {0};
    if (colon == NULL || p->args[i].key != NULL) {
        tell_owned(p, "write curve(40 %: 0.31 t/t, 100 %: 0.27 t/t)",
                   sim_base_format("'%s' is not a point of a curve", text));
        return false;
    }
    if (!quantity(p, cut(p, text, (size_t)(colon - text)), &x) ||
        !quantity(p, cut(p, colon + 1, strlen(colon + 1)), &y)) {
        return false;
    }
    struct sim_value *v = &p->value;
    v->x_dim = i == 0 ? x.unit.dim : v->x_dim;
    v->dim = i == 0 ? y.unit.dim : v->dim;
    if (!sim_units_is_same(x.unit.dim, v->x_dim) || !sim_units_is_same(y.unit.dim, v->dim)) {
        const bool is_x = !sim_units_is_same(x.unit.dim, v->x_dim);
        tell_dim(p, text, is_x ? x.unit.dim : y.unit.dim, is_x ? v->x_dim : v->dim);
        return false;
    }
    *out = (struct sim_value_point){.x = x.si, .y = y.si};
    return true;
}

static void read_curve(struct parser *p)
{
    struct sim_value *v = &p->value;
    v->points = SIM_ARENA_NEW(p->arena, struct sim_value_point, p->arg_count + 1);
    if (p->arg_count == 0) {
        tell(p, SIM_DIAG_WRONG, "write curve(40 %: 0.31 t/t, 100 %: 0.27 t/t)",
             "a curve without points");
        return;
    }
    for (int i = 0; i < p->arg_count; i++) {
        if (!read_point(p, i, &v->points[i])) {
            return;
        }
        if (i > 0 && !sim_units_is_above(v->points[i].x, v->points[i - 1].x)) {
            tell_owned(
                p, "give the points in ascending order, each once",
                sim_base_format("'%s' does not lie beyond the point before it", p->args[i].text));
            return;
        }
    }
    v->point_count = p->arg_count;
    v->form = SIM_VALUE_CURVE;
}

// ---- distributions --------------------------------------------------------------------

/** Which parameter an argument is: 0.. those of the kind, -2 min, -3 max, -1 none (told). */
static int parameter_of(struct parser *p, const struct sim_dist_info *info, int i)
{
    const struct argument *a = &p->args[i];
    if (a->key == NULL) {
        if (i < info->count) {
            return i;
        }
        tell_owned(p, NULL, sim_base_format("%s takes %d parameters", info->name, info->count));
        return -1;
    }
    for (int k = 0; k < info->count; k++) {
        if (strcmp(a->key, info->params[k]) == 0) {
            return k;
        }
    }
    if (strcmp(a->key, "min") == 0 || strcmp(a->key, "max") == 0) {
        return a->key[1] == 'i' ? -2 : -3;
    }
    sim_cfgtext known = {0};
    for (int k = 0; k < info->count; k++) {
        sim_cfgtext_format(&known, "%s, ", info->params[k]);
    }
    char *names = sim_cfgtext_done(&known);
    char *remedy = sim_base_format("it has %smin, max", names);
    tell_owned(p, remedy, sim_base_format("%s has no parameter '%s'", info->name, a->key));
    free(remedy);
    free(names);
    return -1;
}

/** The parameter in SI, its dimension checked against the others that carry the value's. */
static bool parameter(struct parser *p, const char *text, bool is_of_value, bool is_first,
                      double *out)
{
    struct sim_quantity q = {0};
    if (!quantity(p, text, &q)) {
        return false;
    }
    if (!is_of_value && !sim_units_is_same(q.unit.dim, SIM_DIM_NONE)) {
        tell_owned(p, NULL, sim_base_format("'%s' must be a pure number", text));
        return false;
    }
    const char *unit = unit_of(p, text);
    if (is_of_value && is_first) {
        p->value.dim = q.unit.dim;
        p->value.unit = unit;
    } else if (is_of_value && p->value.unit[0] == '\0') {
        p->value.unit = unit; // uniform(0.01, 5 %): told in %
    }
    if (is_of_value && !sim_units_is_same(q.unit.dim, p->value.dim)) {
        tell_dim(p, text, q.unit.dim, p->value.dim);
        return false;
    }
    *out = q.si;
    return true;
}

struct dist_arguments {
    bool given[SIM_DIST_PARAMS];
    int of_value; // how many with the dimension of the value were read
};

static bool read_dist_argument(struct parser *p, const struct sim_dist_info *info, int i,
                               struct dist_arguments *seen)
{
    const int k = parameter_of(p, info, i);
    struct sim_dist *dist = p->value.dist;
    if (k == -1) {
        return false;
    }
    if (k >= 0 && seen->given[k]) {
        tell_owned(p, NULL, sim_base_format("%s is given twice", info->params[k]));
        return false;
    }
    const bool is_of_value = (k < 0 || info->has_dimension[k]) && !info->is_number;
    double *out = k >= 0 ? &dist->p[k] : k == -2 ? &dist->min : &dist->max;
    if (!parameter(p, p->args[i].text, is_of_value, seen->of_value == 0, out)) {
        return false;
    }
    // a standard deviation in degC is a difference, not a temperature
    if (k >= 0 && strcmp(info->params[k], "sd") == 0 &&
        strcmp(unit_of(p, p->args[i].text), "degC") == 0) {
        *out -= 273.15;
    }
    seen->of_value += is_of_value ? 1 : 0;
    if (k >= 0) {
        seen->given[k] = true;
    }
    return true;
}

static bool all_given(struct parser *p, const struct sim_dist_info *info,
                      const struct dist_arguments *seen)
{
    for (int k = 0; k < info->count; k++) {
        if (!seen->given[k]) {
            tell_owned(p, NULL, sim_base_format("%s needs %s", info->name, info->params[k]));
            return false;
        }
    }
    return true;
}

static void prepare(struct parser *p)
{
    struct sim_err err = {0};
    if (sim_dist_prepare(p->value.dist, &err) != SIM_OK) {
        tell(p, SIM_DIAG_WRONG, NULL, err.text);
        return;
    }
    p->value.form = SIM_VALUE_DIST;
}

/** The value's distribution, in the arena: few values have one. */
static struct sim_dist *dist_of(struct parser *p)
{
    if (p->value.dist == NULL) {
        p->value.dist = SIM_ARENA_NEW(p->arena, struct sim_dist, 1);
    }
    return p->value.dist;
}

static void read_dist(struct parser *p, enum sim_dist_kind kind)
{
    const struct sim_dist_info *info = sim_dist_info(kind);
    struct dist_arguments seen = {0};
    *dist_of(p) = sim_dist_make(kind, 0.0, 0.0, 0.0);
    for (int i = 0; i < p->arg_count; i++) {
        if (!read_dist_argument(p, info, i, &seen)) {
            return;
        }
    }
    if (all_given(p, info, &seen)) {
        prepare(p);
    }
}

struct weighted {
    double value;
    double weight;
};

static int compare_weighted(const void *a, const void *b)
{
    const struct weighted *x = a;
    const struct weighted *y = b;
    return (x->value > y->value) - (x->value < y->value);
}

/** Values (first column, or `value`) and weights (`weight`) of a sample. */
static void fill_sample(struct parser *p, const struct sim_csv *c, struct sim_unit unit)
{
    const int named = sim_csv_column(c, "value");
    const int column = named >= 0 ? named : 0;
    const int weight = sim_csv_column(c, "weight");
    struct weighted *sample = sim_base_alloc((size_t)c->row_count, sizeof(*sample));
    bool is_fine = true;
    for (int i = 0; i < c->row_count; i++) {
        sample[i].weight = 1.0;
        is_fine =
            sim_csv_quantity(c, i, column, p->units, unit, &sample[i].value, p->diag) == SIM_OK &&
            is_fine;
        if (weight >= 0) {
            is_fine = sim_csv_number(c, i, weight, &sample[i].weight, p->diag) == SIM_OK && is_fine;
        }
    }
    qsort(sample, (size_t)c->row_count, sizeof(*sample), compare_weighted);
    double *values = SIM_ARENA_NEW(p->arena, double, c->row_count + 1);
    double *weights = SIM_ARENA_NEW(p->arena, double, c->row_count + 1);
    for (int i = 0; i < c->row_count; i++) {
        values[i] = sample[i].value;
        weights[i] = sample[i].weight;
    }
    free(sample);
    *dist_of(p) = sim_dist_make(SIM_DIST_EMPIRICAL, 0.0, 0.0, 0.0);
    p->value.dist->values = values;
    p->value.dist->weights = weight >= 0 ? weights : NULL;
    p->value.dist->count = c->row_count;
    p->value.dim = unit.dim;
    if (is_fine) {
        prepare(p);
    } else {
        p->is_wrong = true;
    }
}

static void read_sample(struct parser *p, const struct sim_csv *c)
{
    const int named = sim_csv_column(c, "value");
    const struct sim_csv_column *column = &c->columns[named >= 0 ? named : 0];
    struct sim_unit unit = {.num = 1.0, .den = 1.0};
    struct sim_err err = {0};
    if (column->unit != NULL && sim_units_parse(p->units, column->unit, &unit, &err) != SIM_OK) {
        sim_diag_add(p->diag, SIM_DIAG_WRONG, &column->place, column->name, NULL, "%s", err.text);
        p->is_wrong = true;
        return;
    }
    p->value.unit = sim_arena_strdup(p->arena, column->unit != NULL ? column->unit : "");
    fill_sample(p, c, unit);
}

static void read_empirical(struct parser *p)
{
    if (p->arg_count != 1 || p->args[0].key != NULL || p->tree == NULL) {
        tell(p, SIM_DIAG_WRONG, "write empirical(data/x.csv)",
             p->tree == NULL ? "no files can be read here" : "empirical(...) takes one file");
        return;
    }
    const struct sim_source *s = sim_tree_read_file(p->tree, p->node, p->args[0].text, p->diag);
    if (s == NULL) {
        p->is_wrong = true;
        return;
    }
    struct sim_csv *c = sim_csv_parse(s->path, s->text, s->length, p->diag);
    p->value.file = s->path;
    if (c == NULL) {
        p->is_wrong = true;
    } else if (c->row_count == 0) {
        tell_owned(p, NULL, sim_base_format("%s has no values", s->path));
    } else {
        read_sample(p, c);
    }
    sim_csv_destroy(c);
}

static void tell_unknown_call(struct parser *p, const char *name)
{
    const char *names[SIM_DIST_KINDS + 3] = {"profile", "tariff", "curve"};
    for (int k = 0; k < SIM_DIST_KINDS; k++) {
        names[3 + k] = sim_dist_info((enum sim_dist_kind)k)->name;
    }
    const char *near = sim_strtab_nearest(name, names, SIM_COUNT(names));
    char *remedy = near != NULL
                       ? sim_base_format("did you mean '%s'?", near)
                       : sim_base_strdup("known are profile, tariff, curve and the distributions");
    tell_owned(p, remedy, sim_base_format("'%s(...)' is not known", name));
    free(remedy);
}

static void read_call(struct parser *p, const char *text, const char *open)
{
    const char *name = cut(p, text, (size_t)(open - text));
    if (!read_arguments(p, open + 1)) {
        return;
    }
    const enum sim_dist_kind kind = sim_dist_find(name);
    if (strcmp(name, "profile") == 0) {
        read_name(p, SIM_VALUE_PROFILE, name);
    } else if (strcmp(name, "tariff") == 0) {
        read_name(p, SIM_VALUE_TARIFF, name);
    } else if (strcmp(name, "curve") == 0) {
        read_curve(p);
    } else if (kind == SIM_DIST_EMPIRICAL) {
        read_empirical(p);
    } else if (kind != SIM_DIST_KINDS) {
        read_dist(p, kind);
    } else {
        tell_unknown_call(p, name);
    }
}

// ---- all forms ------------------------------------------------------------------------

static void check_form(struct parser *p)
{
    const unsigned allowed = p->forms != 0 ? p->forms : (unsigned)SIM_FORM_QUANTITY;
    if (p->is_wrong || (allowed & (1U << p->value.form)) != 0) {
        return;
    }
    char *forms = sim_value_forms_text(allowed);
    char *remedy = sim_base_format("write %s", forms);
    tell_owned(p, remedy, sim_base_format("'%s' cannot stand here", p->node->text));
    free(remedy);
    free(forms);
}

static void read_text(struct parser *p, const char *whole)
{
    const char *text = without_mark(p, whole);
    const char *open = strchr(text, '(');
    const bool is_call =
        open != NULL && ((text[0] >= 'a' && text[0] <= 'z') || (text[0] >= 'A' && text[0] <= 'Z'));
    if (text[0] == '\0') {
        tell(p, SIM_DIAG_WRONG, "write for example \"14 t/h\"",
             "an empty text where a value is wanted");
    } else if (is_call) {
        read_call(p, text, open);
    } else if (!read_limit(p, text)) {
        read_quantity(p, text, SIM_VALUE_QUANTITY);
    }
}

struct sim_value sim_value_parse(const struct sim_node *node, unsigned forms,
                                 const struct sim_units *units, struct sim_tree *t,
                                 struct sim_arena *arena, struct sim_diag *d)
{
    struct parser p = {.node = node,
                       .units = units,
                       .tree = t,
                       .arena = arena,
                       .diag = d,
                       .forms = forms,
                       .value = {.node = node}};
    if (node->broken) {
        return p.value;
    }
    if (node->kind == SIM_NODE_TEXT) {
        read_text(&p, node->text);
    } else if (node->kind == SIM_NODE_INT || node->kind == SIM_NODE_FLOAT) {
        p.value.form = SIM_VALUE_QUANTITY;
        p.value.si = node->number;
        p.value.written = node->number;
        p.value.unit = "";
    } else {
        char *wanted = sim_value_forms_text(forms);
        char *remedy = sim_base_format("write %s", wanted);
        tell(&p, SIM_DIAG_WRONG, remedy, "a value is wanted here");
        free(remedy);
        free(wanted);
    }
    check_form(&p);
    if (p.is_wrong) {
        p.value = (struct sim_value){.node = node};
    }
    return p.value;
}

static void tell_value(const struct sim_value *v, struct sim_diag *d, const char *remedy,
                       const char *what)
{
    char *path = sim_tree_path(v->node);
    sim_diag_add(d, SIM_DIAG_WRONG, &v->node->value_at, path, remedy, "%s", what);
    free(path);
}

/** "1.05" where "1.05 t/t" is meant: a missing unit would be read as kg/kg. % may be left out. */
static bool lacks_unit(const struct sim_value *v, struct sim_dim dim, const char *example)
{
    const bool is_one = example == NULL || example[0] == '\0' || strcmp(example, "1") == 0 ||
                        strcmp(example, "%") == 0;
    const bool is_bare = (v->form == SIM_VALUE_QUANTITY || v->form == SIM_VALUE_LIMIT) &&
                         v->unit != NULL && v->unit[0] == '\0';
    return is_bare && (!sim_units_is_same(dim, SIM_DIM_NONE) || !is_one);
}

bool sim_value_expect(const struct sim_value *v, struct sim_dim dim, const char *example,
                      struct sim_diag *d)
{
    if (v->form == SIM_VALUE_NONE || v->form == SIM_VALUE_PROFILE || v->form == SIM_VALUE_TARIFF) {
        return true;
    }
    const bool lacks = lacks_unit(v, dim, example);
    if (sim_units_is_same(v->dim, dim) && !lacks) {
        return true;
    }
    char is[SIM_UNITS_TEXT];
    char wanted[SIM_UNITS_TEXT];
    char *what =
        lacks ? sim_base_format("'%s' has no unit", v->node->text)
              : sim_base_format("'%s' is %s; %s is wanted", v->node->text,
                                sim_units_dim_name(v->dim, is), sim_units_dim_name(dim, wanted));
    char *remedy = v->form == SIM_VALUE_QUANTITY && example != NULL
                       ? sim_base_format("write for example \"%.12g %s\"", v->written, example)
                       : sim_base_format("a right unit is \"%s\"", example != NULL ? example : "1");
    tell_value(v, d, remedy, what);
    free(remedy);
    free(what);
    return false;
}

static bool is_inside(double x, double min, double max)
{
    return !sim_units_is_above(min, x) && !sim_units_is_above(x, max);
}

static bool is_value_inside(const struct sim_value *v, double min, double max)
{
    switch (v->form) {
    case SIM_VALUE_QUANTITY:
    case SIM_VALUE_LIMIT:
        return is_inside(v->si, min, max);
    case SIM_VALUE_DIST: {
        const double least = sim_dist_least(v->dist);
        const double greatest = sim_dist_greatest(v->dist);
        const double mean = sim_dist_mean(v->dist);
        return is_inside(isfinite(least) ? least : mean, min, max) &&
               is_inside(isfinite(greatest) ? greatest : mean, min, max);
    }
    case SIM_VALUE_CURVE:
        for (int i = 0; i < v->point_count; i++) {
            if (!is_inside(v->points[i].y, min, max)) {
                return false;
            }
        }
        return true;
    case SIM_VALUE_NONE:
    case SIM_VALUE_PROFILE:
    case SIM_VALUE_TARIFF:
        break;
    }
    return true;
}

/** A bound as one would write it: a bare 0 takes the unit of the value. To free. */
static char *bound_text(const struct sim_value *v, const char *bound)
{
    const bool is_written = v->form == SIM_VALUE_QUANTITY && v->unit != NULL && v->unit[0] != '\0';
    return is_written && strcmp(bound, "0") == 0 ? sim_base_format("0 %s", v->unit)
                                                 : sim_base_strdup(bound);
}

/** "write 0 t/h or more". To free; NULL without bounds. */
static char *range_remedy(const struct sim_value *v, const char *min_text, const char *max_text)
{
    if (min_text == NULL && max_text == NULL) {
        return NULL;
    }
    const char *verb = v->form == SIM_VALUE_QUANTITY ? "write" : "keep it at";
    char *min = bound_text(v, min_text != NULL ? min_text : "");
    char *max = bound_text(v, max_text != NULL ? max_text : "");
    char *remedy = min_text == NULL        ? sim_base_format("%s %s or less", verb, max)
                   : max_text == NULL      ? sim_base_format("%s %s or more", verb, min)
                   : strcmp(min, max) == 0 ? sim_base_format("%s %s", verb, min)
                                           : sim_base_format("%s %s to %s", verb, min, max);
    free(max);
    free(min);
    return remedy;
}

bool sim_value_within(const struct sim_value *v, double min, double max, const char *min_text,
                      const char *max_text, struct sim_diag *d)
{
    if (is_value_inside(v, min, max)) {
        return true;
    }
    char *what = NULL;
    if (min_text != NULL && max_text != NULL) {
        what = sim_base_format("%s is outside [%s, %s]", v->node->text, min_text, max_text);
    } else {
        what = sim_base_format("%s is %s %s", v->node->text, min_text != NULL ? "below" : "above",
                               min_text != NULL   ? min_text
                               : max_text != NULL ? max_text
                                                  : "?");
    }
    char *remedy = range_remedy(v, min_text, max_text);
    tell_value(v, d, remedy, what);
    free(remedy);
    free(what);
    return false;
}
