// SPDX-License-Identifier: MIT
// From the tree into C structs, by the tables of kinds; every mistake is told, none stops.
#include "sim/base/strtab.h"
#include "sim/base/vec.h"
#include "sim/cfg/kind_priv.h"
#include "sim/cfg/tree_priv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void tell_at(struct sim_kind_loading *l, enum sim_diag_level level, const struct sim_node *n,
                    const struct sim_place *at, const char *remedy, const char *what)
{
    char *path = sim_tree_path(n);
    sim_diag_add(l->diag, level, at, path, remedy, "%s", what);
    free(path);
}

void sim_kind_tell(struct sim_kind_loading *l, const struct sim_node *n, const char *remedy,
                   const char *what)
{
    tell_at(l, SIM_DIAG_WRONG, n, &n->value_at, remedy, what);
}

void sim_kind_tell_owned(struct sim_kind_loading *l, const struct sim_node *n, char *remedy,
                         char *what)
{
    sim_kind_tell(l, n, remedy, what);
    free(remedy);
    free(what);
}

/** A text that quotes may be left off of, when it comes from a table or an override. */
static const char *text_of(const struct sim_node *n)
{
    return n->kind == SIM_NODE_TEXT || n->loose ? n->text : NULL;
}

/** NULL, told, when it is none. */
const char *sim_kind_wanted_text(struct sim_kind_loading *l, const struct sim_node *n,
                                 const char *remedy)
{
    const char *text = text_of(n);
    if (text == NULL) {
        sim_kind_tell(l, n, remedy, "a text in quotes is wanted here");
    }
    return text;
}

// ---- values ---------------------------------------------------------------------------

/** The dimension that the key wants; false: not known, or any. */
static bool wanted_dim(struct sim_kind_slot *s, struct sim_dim *out, char example[64])
{
    const char *rule = s->key->dim;
    struct sim_unit unit = {0};
    struct sim_err err = {0};
    example[0] = '\0';
    *out = SIM_DIM_NONE;
    if (rule == NULL) {
        strcpy(example, "%");
        return true;
    }
    if (strchr(rule, '{') != NULL) {
        const struct sim_kind_load_opts *o = s->load->opts;
        return o != NULL && o->dim != NULL && o->dim(o->user, rule, s->node, out, example);
    }
    const struct sim_units *units = s->load->opts != NULL ? s->load->opts->units : NULL;
    if (sim_units_parse(units, rule, &unit, &err) != SIM_OK) {
        return false; // money, where the park has not said which
    }
    *out = unit.dim;
    strncpy(example, rule, 63);
    example[63] = '\0';
    return true;
}

/** "0 t/h" in SI, or a bare "0" of whatever unit; NaN where it cannot be read: money, where the
 * park has not said which. */
static double read_bound(const struct sim_kind_loading *l, const char *text)
{
    struct sim_quantity q = {0};
    struct sim_err err = {0};
    const struct sim_units *units = l->opts != NULL ? l->opts->units : NULL;
    return sim_units_parse_quantity(units, text, &q, &err) == SIM_OK ? q.si : (double)NAN;
}

static double bound(struct sim_kind_slot *s, const char *text, double open)
{
    if (text == NULL) {
        return open;
    }
    struct sim_kind_bound *known =
        &s->load->bounds[((uintptr_t)text / sizeof(void *)) % SIM_KIND_BOUNDS];
    if (known->text != text) {
        const double si = read_bound(s->load, text);
        *known = (struct sim_kind_bound){.text = text, .si = si};
    }
    return isnan(known->si) ? open : known->si;
}

/** The clock counts microseconds that a double can tell apart: 2^53 of them, 285 years. What is
 * drawn may be longer: it then lies beyond the end of any run. */
static bool is_too_long(const struct sim_value *v)
{
    return v->form == SIM_VALUE_QUANTITY && sim_units_is_same(v->dim, SIM_DIM_TIME) &&
           fabs(v->si) > 0x1p53 / 1e6;
}

/** False, told, when it is not in the range of its key. What equals a bound is put on it. */
static bool check_range(struct sim_kind_slot *s, struct sim_value *v)
{
    const struct sim_key *key = s->key;
    const double min = bound(s, key->min, (double)-INFINITY);
    const double max = bound(s, key->max, (double)INFINITY);
    const bool is_number = v->form == SIM_VALUE_QUANTITY;
    if ((key->flags & SIM_KEY_ABOVE_MIN) != 0 && is_number && !sim_units_is_above(v->si, min)) {
        sim_kind_tell_owned(s->load, s->node, sim_base_format("write more than %s", key->min),
                            sim_base_format("%s is not above %s", s->node->text, key->min));
        return false;
    }
    if (!sim_value_within(v, min, max, key->min, key->max, s->load->diag)) {
        return false;
    }
    v->si = is_number ? fmin(fmax(v->si, min), max) : v->si;
    if ((key->flags & SIM_KEY_WHOLE) != 0 && is_number && v->si != floor(v->si)) {
        sim_kind_tell_owned(s->load, s->node, NULL,
                            sim_base_format("%s is not a whole number", s->node->text));
        return false;
    }
    return true;
}

static const char *namespace_of(enum sim_value_form form)
{
    return form == SIM_VALUE_PROFILE ? "profiles" : form == SIM_VALUE_TARIFF ? "tariffs" : NULL;
}

static const char *near_child(struct sim_kind_loading *l, const struct sim_node *group,
                              const char *name)
{
    if (group == NULL || l->suggestions++ >= SIM_KIND_SUGGESTIONS) {
        return "";
    }
    return sim_tree_near(l->tree, group, name);
}

/** profile(sun): is there such a profile? */
static void check_named(struct sim_kind_slot *s, const struct sim_value *v)
{
    const char *group = namespace_of(v->form);
    if (group == NULL) {
        return;
    }
    const struct sim_node *all = sim_tree_child(s->load->tree->root, group);
    if (sim_tree_child(all, v->name) == NULL) {
        char *what = sim_base_format("there is no '%s' in %s", v->name, group);
        sim_kind_tell(s->load, s->node, near_child(s->load, all, v->name), what);
        free(what);
    }
}

static void tell_named(struct sim_kind_slot *s, const struct sim_value *v)
{
    const struct sim_kind_load_opts *o = s->load->opts;
    if (o != NULL && o->named != NULL) {
        o->named(o->user, s->key->dim, v, bound(s, s->key->min, (double)-INFINITY));
    }
}

static bool converts(const struct sim_kind_slot *s, struct sim_dim wanted, struct sim_value *v)
{
    const struct sim_kind_load_opts *o = s->load->opts;
    return v->form == SIM_VALUE_QUANTITY && s->key->dim != NULL && o != NULL &&
           o->convert != NULL && !sim_units_is_same(v->dim, wanted) &&
           o->convert(o->user, s->key->dim, wanted, v);
}

/** Months differ: one in a rate or as a duration is a twelfth of 365 days, which is told. */
static void warn_of_month(struct sim_kind_slot *s, const struct sim_value *v)
{
    if (v->unit != NULL && strstr(v->unit, "month") != NULL &&
        (s->key->flags & SIM_KEY_BY_CALENDAR) == 0) {
        tell_at(s->load, SIM_DIAG_WARNING, s->node, &s->node->value_at, "write it in days or years",
                "a month is taken as 730 h here");
    }
}

/** The first number of a text, up to its mark, that could be a grouped one; NULL if there is none.
 */
static const char *grouped_in(const char *text, size_t *out_length)
{
    bool is_inside = false; // of a word or a number
    for (const char *p = text; *p != '\0' && *p != '['; p++) {
        const bool is_word = strchr("0123456789.", *p) != NULL || (*p >= 'a' && *p <= 'z') ||
                             (*p >= 'A' && *p <= 'Z') || *p == '_';
        if (is_word && !is_inside && sim_units_may_be_grouped(p, out_length)) {
            return p;
        }
        is_inside = is_word;
    }
    return NULL;
}

/** "9.500 VND/m3": nine and a half, but many write nine thousand five hundred so. Not where that
 * would be out of range; of tables and axes it is told once a column, and by the study. */
static void warn_of_groups(struct sim_kind_slot *s, const struct sim_value *v)
{
    size_t length = 0;
    const struct sim_node *n = s->node;
    const char *via = n->value_at.via;
    const bool is_told =
        via != NULL && (strncmp(via, "axis ", 5) == 0 || strncmp(via, "table ", 6) == 0);
    const char *at = n->text != NULL && !n->bare && !is_told ? grouped_in(n->text, &length) : NULL;
    const double most = bound(s, s->key->max, (double)INFINITY);
    if (at == NULL || (v->form == SIM_VALUE_QUANTITY && 1000 * v->si > most)) {
        return;
    }
    sim_kind_grouped_add(s->load, n, at, length);
}

static struct sim_value value_of(struct sim_kind_slot *s)
{
    const struct sim_units *units = s->load->opts != NULL ? s->load->opts->units : NULL;
    struct sim_value v = sim_value_parse(s->node, s->key->forms, units, s->load->tree,
                                         s->load->arena, s->load->diag);
    struct sim_dim dim = SIM_DIM_NONE;
    char example[64] = "";
    if (v.form == SIM_VALUE_NONE) {
        return v;
    }
    const bool is_known = wanted_dim(s, &dim, example);
    const bool is_plain_zero = v.unit != NULL && v.unit[0] == '\0' && v.si == 0.0 &&
                               v.form == SIM_VALUE_QUANTITY && dim.temperature == 0;
    if (is_known && is_plain_zero) {
        v.dim = dim;
    } else if (is_known && !converts(s, dim, &v) &&
               !sim_value_expect(&v, dim, example, s->load->diag)) {
        return (struct sim_value){.node = s->node};
    }
    if (is_known && namespace_of(v.form) != NULL) {
        v.dim = dim;
        tell_named(s, &v);
    }
    check_named(s, &v);
    if (is_known && is_too_long(&v)) {
        sim_kind_tell_owned(s->load, s->node, sim_base_strdup("write a shorter time"),
                            sim_base_format("'%s' is longer than 285 years, which is as far as "
                                            "the clock reaches",
                                            s->node->text));
        return (struct sim_value){.node = s->node};
    }
    (void)check_range(s, &v);
    warn_of_month(s, &v);
    warn_of_groups(s, &v);
    return v;
}

static void load_value(struct sim_kind_slot *s)
{
    *(struct sim_value *)s->out = value_of(s);
}

/** A bare number, in a text only with a mark: "240 [published: x]"; with `takes_share` also
 * "30 %", which is .3 wherever a number may stand. False, told, if none or out of its range. */
static bool bare_number(struct sim_kind_slot *s, bool takes_share, double *out)
{
    struct sim_value v = sim_value_parse(s->node, 0, NULL, NULL, s->load->arena, s->load->diag);
    if (v.form == SIM_VALUE_NONE) {
        return false;
    }
    if (v.unit[0] != '\0' && !(takes_share && sim_units_is_same(v.dim, SIM_DIM_NONE))) {
        sim_kind_tell_owned(
            s->load, s->node, sim_base_format("write %.12g", v.written),
            sim_base_format("'%s': a bare number is wanted, without unit", s->node->text));
        return false;
    }
    if (!check_range(s, &v)) {
        return false;
    }
    *out = v.si;
    return true;
}

/** The whole number that a double holds exactly; an integer of the file has all 63 bits. */
static void load_count(struct sim_kind_slot *s)
{
    double number = 0.0;
    if (!bare_number(s, false, &number)) {
        return;
    }
    if (s->node->kind == SIM_NODE_INT) {
        *(int64_t *)s->out = s->node->integer;
    } else if (number != floor(number)) {
        sim_kind_tell_owned(s->load, s->node, NULL,
                            sim_base_format("%s is not a whole number", s->node->text));
    } else if (fabs(number) > 0x1p53) {
        sim_kind_tell_owned(s->load, s->node, sim_base_strdup("write its digits, without quotes"),
                            sim_base_format("%s is too large to be exact", s->node->text));
    } else {
        *(int64_t *)s->out = (int64_t)number;
    }
}

static void load_number(struct sim_kind_slot *s)
{
    double number = 0.0;
    if (bare_number(s, true, &number)) {
        *(double *)s->out = number;
    }
}

static void load_bool(struct sim_kind_slot *s)
{
    if (s->node->kind != SIM_NODE_BOOL) {
        sim_kind_tell(s->load, s->node, "write true or false, without quotes",
                      "true or false is wanted here");
        return;
    }
    *(bool *)s->out = s->node->truth;
}

// ---- texts ----------------------------------------------------------------------------

/** On one line: a line break in a title would put a line of its own into what is told. */
static void load_text(struct sim_kind_slot *s)
{
    const char *text = sim_kind_wanted_text(s->load, s->node, NULL);
    if (text != NULL && strpbrk(text, "\n\r") != NULL) {
        char *copy = sim_arena_strdup(s->load->arena, text);
        for (char *p = copy; *p != '\0'; p++) {
            *p = *p == '\n' || *p == '\r' ? ' ' : *p;
        }
        text = copy;
    }
    *(const char **)s->out = text;
}

static char *choices_text(const char *const *choices)
{
    char *all = sim_base_strdup("one of");
    for (int i = 0; choices[i] != NULL; i++) {
        char *longer = sim_base_format("%s%s \"%s\"", all, i > 0 ? "," : "", choices[i]);
        free(all);
        all = longer;
    }
    return all;
}

static int choice_count(const char *const *choices)
{
    int n = 0;
    while (choices[n] != NULL) {
        n++;
    }
    return n;
}

static void load_choice(struct sim_kind_slot *s)
{
    const char *text = sim_kind_wanted_text(s->load, s->node, NULL);
    const char *const *choices = s->key->choices;
    const int count = choice_count(choices);
    *(int *)s->out = -1;
    if (text == NULL) {
        return;
    }
    for (int i = 0; i < count; i++) {
        if (strcmp(choices[i], text) == 0) {
            *(int *)s->out = i;
            return;
        }
    }
    const char *near = sim_strtab_nearest(text, choices, count);
    sim_kind_tell_owned(s->load, s->node,
                        near != NULL ? sim_base_format("did you mean '%s'?", near)
                                     : choices_text(choices),
                        sim_base_format("'%s' is not known here", text));
}

static void load_time(struct sim_kind_slot *s)
{
    struct sim_key_time *out = s->out;
    struct sim_err err = {0};
    const char *text = sim_kind_wanted_text(s->load, s->node, "write \"2026-01-01 06:00\"");
    out->node = s->node;
    if (text == NULL) {
        return;
    }
    if (sim_simtime_parse(text, &out->when, &err) != SIM_OK) {
        sim_kind_tell(s->load, s->node, NULL, err.text);
        return;
    }
    out->given = true;
}

static void load_file(struct sim_kind_slot *s)
{
    const char *text = sim_kind_wanted_text(s->load, s->node, "write the name of a file");
    if (text == NULL) {
        return;
    }
    const struct sim_source *f = sim_tree_read_file(s->load->tree, s->node, text, s->load->diag);
    *(const char **)s->out = f != NULL ? f->path : NULL;
}

// ---- several in a row -----------------------------------------------------------------

/** The elements of a list or array, or the scalar itself as the only one. */
static int element_count(const struct sim_node *n)
{
    return n->kind == SIM_NODE_LIST || n->kind == SIM_NODE_ARRAY ? n->count : 1;
}

static struct sim_node *element(struct sim_node *n, int i)
{
    return n->kind == SIM_NODE_LIST || n->kind == SIM_NODE_ARRAY ? n->children[i] : n;
}

static void load_refs(struct sim_kind_slot *s)
{
    struct sim_refs *out = s->out;
    out->count = element_count(s->node);
    out->at = SIM_ARENA_NEW(s->load->arena, struct sim_ref, out->count + 1);
    for (int i = 0; i < out->count; i++) {
        sim_kind_refs_fill(s, element(s->node, i), &out->at[i]);
    }
}

static void load_texts(struct sim_kind_slot *s)
{
    struct sim_texts *out = s->out;
    const int count = element_count(s->node);
    out->at = SIM_ARENA_NEW(s->load->arena, const char *, count + 1);
    out->nodes = SIM_ARENA_NEW(s->load->arena, const struct sim_node *, count + 1);
    for (int i = 0; i < count; i++) {
        const struct sim_node *n = element(s->node, i);
        const char *text = sim_kind_wanted_text(s->load, n, NULL);
        if (text != NULL) {
            out->at[out->count] = text;
            out->nodes[out->count++] = n;
        }
    }
}

static void load_numbers(struct sim_kind_slot *s)
{
    struct sim_numbers *out = s->out;
    out->node = s->node;
    out->count = element_count(s->node);
    out->at = SIM_ARENA_NEW(s->load->arena, double, out->count + 1);
    for (int i = 0; i < out->count; i++) {
        struct sim_kind_slot one = *s;
        one.node = element(s->node, i);
        (void)bare_number(&one, true, &out->at[i]);
    }
}

static void load_values(struct sim_kind_slot *s)
{
    struct sim_values *out = s->out;
    out->node = s->node;
    out->count = element_count(s->node);
    out->at = SIM_ARENA_NEW(s->load->arena, struct sim_value, out->count + 1);
    for (int i = 0; i < out->count; i++) {
        struct sim_kind_slot one = *s;
        one.node = element(s->node, i);
        out->at[i] = value_of(&one);
    }
}

// ---- groups ---------------------------------------------------------------------------

static void load_thing(struct sim_kind_loading *l, const struct sim_key *under,
                       const struct sim_kind *kind, struct sim_node *n, void *out);

static char *kinds_text(const struct sim_kind *const *kinds)
{
    const char *names[64] = {0};
    for (int i = 0; kinds[i] != NULL && i < SIM_COUNT(names) - 1; i++) {
        names[i] = kinds[i]->name;
    }
    return choices_text(names);
}

/** NULL, told, when the thing does not say what it is, or something unknown. */
static const struct sim_kind *kind_of(struct sim_kind_loading *l, const struct sim_key *key,
                                      const struct sim_node *thing)
{
    const struct sim_kind *kind = sim_kind_of(key, thing);
    if (kind != NULL) {
        return kind;
    }
    SIM_REQUIRE(key->kinds != NULL, "a key of groups that names its kind");
    const struct sim_node *said = sim_tree_child(thing, "kind");
    if (said == NULL) {
        tell_at(l, SIM_DIAG_WRONG, thing, &thing->place, "", "the key 'kind' is missing");
        return NULL;
    }
    const char *names[64] = {0};
    int count = 0;
    for (; key->kinds[count] != NULL && count < SIM_COUNT(names); count++) {
        names[count] = key->kinds[count]->name;
    }
    const char *text = said->text != NULL ? said->text : "";
    const char *near = sim_strtab_nearest(text, names, count);
    sim_kind_tell_owned(l, said,
                        near != NULL ? sim_base_format("did you mean '%s'?", near)
                                     : kinds_text(key->kinds),
                        sim_base_format("'%s' is not a known kind", text));
    return NULL;
}

/** A new struct for the group `n`; NULL, told, when it is no group or of no known kind. */
static void *new_thing(struct sim_kind_loading *l, const struct sim_key *key, struct sim_node *n,
                       const struct sim_kind **out_kind)
{
    *out_kind = NULL;
    if (n->broken) {
        return NULL;
    }
    if (n->kind != SIM_NODE_GROUP) {
        sim_kind_tell(l, n, "write { ... }", "a group is wanted here");
        return NULL;
    }
    const struct sim_kind *kind = kind_of(l, key, n);
    if (kind == NULL) {
        return NULL;
    }
    void *data = sim_arena_alloc(l->arena, 1, kind->size > 0 ? kind->size : 1);
    load_thing(l, key, kind, n, data);
    *out_kind = kind;
    return data;
}

static void add_item(struct sim_kind_loading *l, const struct sim_key *key, struct sim_node *n,
                     struct sim_items *items)
{
    const struct sim_kind *kind = NULL;
    void *data = new_thing(l, key, n, &kind);
    if (data != NULL) {
        items->at[items->count++] =
            (struct sim_item){.name = n->name, .node = n, .kind = kind, .data = data};
    }
}

static void check_item_name(struct sim_kind_loading *l, const struct sim_key *key,
                            struct sim_node *n)
{
    struct sim_kind_slot s = {.load = l, .key = key, .node = n};
    const struct sim_node *to = NULL;
    struct sim_node at_name = *n;
    at_name.value_at = n->place; // the caret belongs under the name
    if (key->names_refer != NULL) {
        (void)sim_kind_refs_resolve(&s, &at_name, key->names_refer, n->name, &to);
    }
}

static void load_map(struct sim_kind_slot *s)
{
    struct sim_items *out = s->out;
    if (s->node->kind != SIM_NODE_GROUP) {
        const bool is_empty = s->node->kind == SIM_NODE_LIST && s->node->count == 0;
        if (!is_empty) {
            sim_kind_tell(s->load, s->node,
                          "write { name = { ... }; } or ( { name = \"...\"; ... } )",
                          "a group of named things is wanted here");
        }
        return;
    }
    out->at = SIM_ARENA_NEW(s->load->arena, struct sim_item, s->node->count + 1);
    for (int i = 0; i < s->node->count; i++) {
        check_item_name(s->load, s->key, s->node->children[i]);
        add_item(s->load, s->key, s->node->children[i], out);
    }
}

static void load_list(struct sim_kind_slot *s)
{
    struct sim_items *out = s->out;
    const bool is_list = s->node->kind == SIM_NODE_LIST || s->node->kind == SIM_NODE_ARRAY;
    const int count = is_list ? s->node->count : 1;
    out->at = SIM_ARENA_NEW(s->load->arena, struct sim_item, count + 1);
    for (int i = 0; i < count; i++) {
        add_item(s->load, s->key, is_list ? s->node->children[i] : s->node, out);
    }
}

static void load_group(struct sim_kind_slot *s)
{
    const struct sim_kind *kind = NULL;
    *(void **)s->out = new_thing(s->load, s->key, s->node, &kind);
}

/** Lists and groups where a scalar is wanted get one message, not one for each use. */
static bool is_scalar_wanted(enum sim_key_type type)
{
    return type <= SIM_KEY_REF;
}

static void load_ref(struct sim_kind_slot *s)
{
    sim_kind_refs_fill(s, s->node, s->out);
}

static void load_node(struct sim_kind_slot *s)
{
    *(const struct sim_node **)s->out = s->node;
}

static void load_key(struct sim_kind_slot *s)
{
    static void (*const loaders[])(struct sim_kind_slot *) = {
        [SIM_KEY_TEXT] = load_text,     [SIM_KEY_BOOL] = load_bool,
        [SIM_KEY_COUNT] = load_count,   [SIM_KEY_NUMBER] = load_number,
        [SIM_KEY_VALUE] = load_value,   [SIM_KEY_CHOICE] = load_choice,
        [SIM_KEY_TIME] = load_time,     [SIM_KEY_FILE] = load_file,
        [SIM_KEY_REF] = load_ref,       [SIM_KEY_TEXTS] = load_texts,
        [SIM_KEY_REFS] = load_refs,     [SIM_KEY_NUMBERS] = load_numbers,
        [SIM_KEY_VALUES] = load_values, [SIM_KEY_GROUP] = load_group,
        [SIM_KEY_MAP] = load_map,       [SIM_KEY_LIST] = load_list,
        [SIM_KEY_NODE] = load_node};
    if (s->node->broken) {
        return;
    }
    if (is_scalar_wanted(s->key->type) && s->node->text == NULL) {
        sim_kind_tell(s->load, s->node, NULL, "one value is wanted here, not a group or a list");
        return;
    }
    loaders[s->key->type](s);
}

/** The key that a wrong name is nearest to; NULL if to none. */
static const char *nearest_key(const struct sim_kind *kind, const char *name)
{
    const char **names = sim_base_alloc((size_t)kind->key_count + 1, sizeof(*names));
    for (int i = 0; i < kind->key_count; i++) {
        names[i] = kind->keys[i].name;
    }
    const char *near = sim_strtab_nearest(name, names, kind->key_count);
    free(names);
    return near;
}

static void tell_unknown(struct sim_kind_loading *l, const struct sim_kind *kind,
                         const struct sim_node *n)
{
    const char *near = nearest_key(kind, n->name);
    char *remedy = near != NULL ? sim_base_format("did you mean '%s'?", near)
                                : sim_base_format("no such key in '%s'", kind->name);
    tell_at(l, SIM_DIAG_WRONG, n, &n->place, remedy, "unknown key");
    free(remedy);
}

/** Names that are not keys: what `any` collects, or mistakes. */
static void load_others(struct sim_kind_loading *l, const struct sim_key *under,
                        const struct sim_kind *kind, struct sim_node *n, void *out)
{
    struct sim_items items = {0};
    for (int i = 0; i < n->count; i++) {
        struct sim_node *c = n->children[i];
        if (sim_kind_key(kind, c->name) != NULL || sim_kind_is_chooser(under, kind, c->name)) {
            continue;
        }
        const bool is_group = kind->any != NULL && kind->any->kind != NULL &&
                              kind->any->kind->brief == NULL && kind->any->kinds == NULL;
        if (kind->any == NULL || (is_group && c->kind != SIM_NODE_GROUP)) {
            tell_unknown(l, kind, c);
            continue;
        }
        if (items.at == NULL) {
            items.at = SIM_ARENA_NEW(l->arena, struct sim_item, n->count);
        }
        check_item_name(l, kind->any, c);
        add_item(l, kind->any, c, &items);
    }
    if (kind->any != NULL) {
        memcpy((char *)out + kind->any->offset, &items, sizeof(items));
    }
}

/** Where load_thing is: in the thing `n` of a kind. */
struct thing {
    const struct sim_key *under;
    const struct sim_kind *kind;
    struct sim_node *n;
};

/** The key stands there under a wrong name, of which load_others tells. */
static bool is_misspelt(const struct thing *t, const struct sim_key *key)
{
    for (int i = 0; t->kind->any == NULL && i < t->n->count; i++) {
        const char *name = t->n->children[i]->name;
        const bool is_known =
            sim_kind_key(t->kind, name) != NULL || sim_kind_is_chooser(t->under, t->kind, name);
        const char *near = is_known ? NULL : nearest_key(t->kind, name);
        if (near != NULL && strcmp(near, key->name) == 0) {
            return true;
        }
    }
    return false;
}

/** Where only one value is right, it is told. To free. */
static char *missing_remedy(const struct sim_key *key)
{
    if (key->min != NULL && key->max != NULL && strcmp(key->min, key->max) == 0) {
        return sim_base_format("write %s = %s;", key->name, key->min);
    }
    return sim_base_strdup(key->doc != NULL ? key->doc : "");
}

static void load_absent(struct sim_kind_loading *l, const struct sim_key *key,
                        const struct thing *t, void *out)
{
    struct sim_node *n = t->n;
    struct sim_kind_slot s = {.load = l, .key = key, .out = out};
    if (key->type == SIM_KEY_CHOICE) {
        *(int *)out = -1;
    }
    if (key->initial != NULL && !t->kind->has_no_defaults) {
        s.node = sim_tree_default(l->tree, n, key->name, key->initial, l->diag);
        load_key(&s);
    } else if ((key->flags & SIM_KEY_REQUIRED) != 0 && !is_misspelt(t, key)) {
        char *what = sim_base_format("'%s' is missing", key->name);
        char *remedy = missing_remedy(key);
        tell_at(l, SIM_DIAG_WRONG, n, &n->place, remedy, what);
        free(remedy);
        free(what);
    }
}

static void load_thing(struct sim_kind_loading *l, const struct sim_key *under,
                       const struct sim_kind *kind, struct sim_node *n, void *out)
{
    for (int i = 0; i < kind->key_count; i++) {
        const struct sim_key *key = &kind->keys[i];
        void *field = (char *)out + key->offset;
        struct sim_node *c = sim_tree_child(n, key->name);
        if (c == NULL) {
            load_absent(l, key, &(struct thing){under, kind, n}, field);
            continue;
        }
        struct sim_kind_slot s = {.load = l, .key = key, .node = c, .out = field};
        load_key(&s);
    }
    load_others(l, under, kind, n, out);
}

/** Bytes of the C type of a key. */
static size_t size_of(enum sim_key_type type)
{
    static const size_t sizes[] = {[SIM_KEY_TEXT] = sizeof(const char *),
                                   [SIM_KEY_BOOL] = sizeof(bool),
                                   [SIM_KEY_COUNT] = sizeof(int64_t),
                                   [SIM_KEY_NUMBER] = sizeof(double),
                                   [SIM_KEY_VALUE] = sizeof(struct sim_value),
                                   [SIM_KEY_CHOICE] = sizeof(int),
                                   [SIM_KEY_TIME] = sizeof(struct sim_key_time),
                                   [SIM_KEY_FILE] = sizeof(const char *),
                                   [SIM_KEY_REF] = sizeof(struct sim_ref),
                                   [SIM_KEY_TEXTS] = sizeof(struct sim_texts),
                                   [SIM_KEY_REFS] = sizeof(struct sim_refs),
                                   [SIM_KEY_NUMBERS] = sizeof(struct sim_numbers),
                                   [SIM_KEY_VALUES] = sizeof(struct sim_values),
                                   [SIM_KEY_GROUP] = sizeof(void *),
                                   [SIM_KEY_MAP] = sizeof(struct sim_items),
                                   [SIM_KEY_LIST] = sizeof(struct sim_items),
                                   [SIM_KEY_NODE] = sizeof(const struct sim_node *)};
    return sizes[type];
}

void sim_kind_overlay(const struct sim_kind *kind, const struct sim_node *n, const void *from,
                      void *to)
{
    for (int i = 0; i < kind->key_count; i++) {
        const struct sim_key *key = &kind->keys[i];
        if (sim_tree_child(n, key->name) != NULL) {
            memcpy((char *)to + key->offset, (const char *)from + key->offset, size_of(key->type));
        }
    }
}

void *sim_kind_load(const struct sim_kind *root, struct sim_tree *t, struct sim_arena *arena,
                    const struct sim_kind_load_opts *opts, struct sim_diag *d)
{
    struct sim_kind_loading l = {.tree = t, .arena = arena, .opts = opts, .diag = d};
    sim_kind_normalise(root, t);
    void *out = sim_arena_alloc(arena, 1, root->size > 0 ? root->size : 1);
    load_thing(&l, NULL, root, t->root, out);
    sim_kind_grouped_tell(&l);
    return out;
}
