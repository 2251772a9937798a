// SPDX-License-Identifier: MIT
#include "sim/sweep/study.h"

#include "sim/base/file.h"
#include "sim/base/strtab.h"
#include "sim/sweep/study_priv.h"

#include <stdlib.h>
#include <string.h>

enum {
    GLANCE_BYTES = 1 << 28 // larger files are looked at by reading them
};

// ---- which designs ----

static bool is_in(const char *name, const char *const *names, int count)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void load_designs(struct sim_study_loading *l)
{
    struct sim_study *s = l->study;
    const struct sim_texts *said = &l->file->study->designs;
    const int room = said->count > 0 ? said->count : 1;
    const char **names = SIM_ARENA_NEW(l->arena, const char *, room);
    const struct sim_node **nodes = SIM_ARENA_NEW(l->arena, const struct sim_node *, room);
    for (int i = 0; i < said->count; i++) {
        if (is_in(said->at[i], names, s->design_count)) {
            sim_study_tell(l, said->nodes[i], "name each design once", "'%s' is named twice",
                           said->at[i]);
            continue;
        }
        nodes[s->design_count] = said->nodes[i];
        names[s->design_count++] = said->at[i];
    }
    if (s->design_count == 0) {
        names[s->design_count++] = "base";
    }
    s->designs = names;
    s->design_nodes = nodes;
}

static bool has_star(const struct sim_study *s)
{
    return is_in("*", s->designs, s->design_count);
}

/** Where the study says it, for mistakes. */
static const struct sim_node *said(const struct sim_study_loading *l, const char *key)
{
    return sim_tree_child(sim_tree_child(sim_tree_root(l->tree), "study"), key);
}

/** The baseline, and what conditions name, must be among the designs. */
static void check_designs(struct sim_study_loading *l, const char *baseline)
{
    struct sim_study *s = l->study;
    s->baseline = 0;
    for (int i = 0; baseline != NULL && i < s->design_count; i++) {
        s->baseline = strcmp(s->designs[i], baseline) == 0 ? i : s->baseline;
    }
    if (baseline != NULL && !is_in(baseline, s->designs, s->design_count)) {
        sim_study_tell(l, said(l, "baseline"),
                       sim_study_near(l->arena, baseline, s->designs, s->design_count),
                       "'%s' is not among the designs of the study", baseline);
    }
    for (int i = 0; i < l->axes->conditions.count; i++) {
        const char *stranger =
            sim_study_condition_stranger(l->axes->conditions.data[i], s->designs, s->design_count);
        if (stranger != NULL) {
            sim_study_tell(l, l->axes->condition_nodes.data[i],
                           sim_study_near(l->arena, stranger, s->designs, s->design_count),
                           "'%s' is not among the designs of the study", stranger);
        }
    }
}

// ---- replications ----

static const char *response_remedy(struct sim_study_loading *l, const char *name)
{
    const struct sim_model_want *w = &l->study->want;
    const char **names = SIM_ARENA_NEW(l->arena, const char *, w->response_count + 1);
    for (int i = 0; i < w->response_count; i++) {
        names[i] = w->responses[i].name;
    }
    const char *near = sim_study_near(l->arena, name, names, w->response_count);
    return near != NULL ? near : "name it under `responses`";
}

static void load_until(struct sim_study_loading *l, const struct sim_study_file_replications *f,
                       const struct sim_node *n)
{
    struct sim_rule *rule = &l->study->rule;
    const struct sim_model_want *w = &l->study->want;
    bool is_known = f->until->response == NULL; // missing is told already
    for (int i = 0; i < w->response_count; i++) {
        is_known = is_known || strcmp(w->responses[i].name, f->until->response) == 0;
    }
    if (!is_known) {
        sim_study_tell(l, sim_tree_find(n, "until.response"),
                       response_remedy(l, f->until->response), "there is no response '%s'",
                       f->until->response);
    }
    if (f->fixed > 0) {
        sim_study_tell(l, sim_tree_child(n, "fixed"), "write at_least and at_most",
                       "a fixed number does not go with `until`");
    } else if (f->at_most == 0) {
        sim_study_tell(l, n, "write for example at_most = 50;",
                       "`until` needs `at_most`, since a mean may never be known well enough");
    }
    rule->at_least = f->at_least > 0 ? (int32_t)f->at_least : 10;
    rule->at_most = (int32_t)f->at_most;
    if (f->at_least == 0 && rule->at_most > 0 && rule->at_least > rule->at_most) {
        rule->at_least = rule->at_most;
    }
    rule->response = f->until->response;
    rule->share = f->until->half_width.si;
    rule->level = f->until->level.si;
}

static void check_even(struct sim_study_loading *l, int64_t number, const struct sim_node *n)
{
    if (l->study->random == SIM_STUDY_ANTITHETIC && number % 2 != 0 && n != NULL) {
        const struct sim_node *all = said(l, "replications");
        const bool is_brief = n->value_at.line == all->value_at.line &&
                              n->value_at.column == all->value_at.column; // `replications = 3;`
        char *path = sim_tree_path(is_brief ? all : n);
        char *remedy = sim_base_format("write %lld", (long long)number + 1);
        sim_diag_add(l->diag, SIM_DIAG_WRONG, &n->value_at, path, remedy,
                     "antithetic replications come in pairs: %lld is odd", (long long)number);
        free(remedy);
        free(path);
    }
}

static void load_replications(struct sim_study_loading *l)
{
    const struct sim_study_file_replications *f = l->file->study->replications;
    const struct sim_node *n = said(l, "replications");
    struct sim_rule *rule = &l->study->rule;
    rule->is_antithetic = l->study->random == SIM_STUDY_ANTITHETIC;
    rule->at_least = rule->is_antithetic ? 2 : 1;
    rule->at_most = rule->at_least;
    rule->level = 0.95;
    if (f == NULL) {
        return;
    }
    const struct sim_node *least = sim_tree_child(n, "at_least");
    const struct sim_node *most = sim_tree_child(n, "at_most");
    if (f->until != NULL) {
        load_until(l, f, n);
    } else if (f->fixed > 0) {
        rule->at_least = (int32_t)f->fixed;
        rule->at_most = (int32_t)f->fixed;
    }
    if (f->until == NULL && (least != NULL || most != NULL)) {
        sim_study_tell(l, least != NULL ? least : most,
                       "write until = { response = \"...\"; half_width = \"2 %\"; }, or "
                       "replications = 20;",
                       "without `until` the number is fixed");
    }
    if (f->at_least > 0 && f->at_most > 0 && f->at_least > f->at_most) {
        sim_study_tell(l, least, NULL, "at_least is more than at_most");
    }
    check_even(l, f->fixed, sim_tree_child(n, "fixed"));
    check_even(l, f->at_least, least);
    check_even(l, f->at_most, most);
}

// ---- responses, and what is kept ----

static void load_responses(struct sim_study_loading *l)
{
    const struct sim_items *items = &l->file->study->responses;
    struct sim_response *all = SIM_ARENA_NEW(l->arena, struct sim_response, items->count + 1);
    for (int i = 0; i < items->count; i++) {
        const struct sim_study_file_response *f = items->at[i].data;
        all[i] = (struct sim_response){.name = items->at[i].name,
                                       .title = f->title,
                                       .of = f->of,
                                       .where = f->where,
                                       .stream = f->stream,
                                       .unit = f->unit,
                                       .node = items->at[i].node};
    }
    l->study->want.responses = all;
    l->study->want.response_count = items->count;
}

/** Texts of a scalar, a list or an array. */
static void load_store_texts(struct sim_study_loading *l, const struct sim_node *n)
{
    const bool is_list = n->kind == SIM_NODE_LIST || n->kind == SIM_NODE_ARRAY;
    const int count = is_list ? n->count : 1;
    const char **texts = SIM_ARENA_NEW(l->arena, const char *, count + 1);
    struct sim_model_want *w = &l->study->want;
    for (int i = 0; i < count; i++) {
        const struct sim_node *c = is_list ? n->children[i] : n;
        if (c->kind == SIM_NODE_TEXT) {
            texts[w->store_count++] = c->text;
        } else if (!c->broken) {
            sim_study_tell(l, c, "write \"all\", \"responses\" or ( \"flows\", \"levels\" )",
                           "a text in quotes is wanted here");
        }
    }
    w->store = texts;
}

static void load_store_group(struct sim_study_loading *l, const struct sim_node *n)
{
    static const char *const keys[] = {"what", "precision"};
    for (int i = 0; i < n->count; i++) {
        const struct sim_node *c = n->children[i];
        if (strcmp(c->name, "what") == 0) {
            load_store_texts(l, c);
        } else if (strcmp(c->name, "precision") != 0) {
            sim_study_tell(l, c, sim_study_near(l->arena, c->name, keys, SIM_COUNT(keys)),
                           "unknown key");
        } else if (c->text != NULL && strcmp(c->text, "exact") == 0) {
            l->study->want.is_exact = true;
        } else if (c->text == NULL || strcmp(c->text, "rounded") != 0) {
            sim_study_tell(l, c, "write \"exact\" (float64) or \"rounded\" (float32)",
                           "not a known precision");
        }
    }
}

static void load_store(struct sim_study_loading *l)
{
    const struct sim_node *n = l->file->study->store;
    const struct sim_model_want *w = &l->study->want;
    if (n == NULL) {
        return;
    }
    if (n->kind == SIM_NODE_GROUP) {
        load_store_group(l, n);
    } else {
        load_store_texts(l, n);
    }
    for (int i = 0; i < w->store_count && w->store_count > 1; i++) {
        if (strcmp(w->store[i], "all") == 0 || strcmp(w->store[i], "responses") == 0) {
            sim_study_tell(l, n, NULL, "\"%s\" stands alone, without others beside it",
                           w->store[i]);
        }
    }
}

// ---- names of the results ----

/** What a name of the study becomes in the results file. */
struct variable {
    const char *name;
    const char *what; // "axis", "response"
    const struct sim_node *node;
};

static int by_name(const void *a, const void *b)
{
    const struct variable *x = a;
    const struct variable *y = b;
    const int order = strcmp(x->name, y->name);
    return order != 0 ? order : x->node->place.line - y->node->place.line;
}

static void check_name(struct sim_study_loading *l, const char *name, const struct sim_node *n,
                       const char *what)
{
    static const char *const words[] = {"and", "or", "not", "true", "false"};
    if (sim_schema_is_reserved(l->reserved, name)) {
        sim_study_tell(l, n, "choose another name",
                       "the results file has a variable '%s' of its own, so no %s can be called so",
                       name, what);
    } else if (is_in(name, words, SIM_COUNT(words))) {
        sim_study_tell(l, n, "choose another name", "'%s' is a word of conditions", name);
    }
}

/** No two of them may be the same: "co2_mean" is made of the response "co2". */
static void check_names(struct sim_study_loading *l)
{
    static const char *const endings[] = {"", "_mean", "_half_width", "_n"};
    const struct sim_study_axes *a = l->axes;
    const struct sim_model_want *w = &l->study->want;
    SIM_VEC(struct variable) all = {0};
    for (int i = 0; i < a->axis_count; i++) {
        check_name(l, a->axes[i].name, a->axes[i].node, "axis");
        SIM_VEC_PUSH(&all, (struct variable){a->axes[i].name, "axis", a->axes[i].node});
    }
    for (int i = 0; i < w->response_count; i++) {
        const struct sim_response *r = &w->responses[i];
        check_name(l, r->name, r->node, "response");
        for (int k = 0; k < SIM_COUNT(endings); k++) {
            const char *name = sim_arena_format(l->arena, "%s%s", r->name, endings[k]);
            SIM_VEC_PUSH(&all, (struct variable){name, "response", r->node});
        }
    }
    if (all.count > 0) {
        qsort(all.data, (size_t)all.count, sizeof(*all.data), by_name);
    }
    for (int i = 1; i < all.count; i++) {
        const struct variable *x = &all.data[i - 1];
        const struct variable *y = &all.data[i];
        if (strcmp(x->name, y->name) == 0 && x->node != y->node) {
            sim_study_tell(l, y->node, "choose another name",
                           "the results file would have two variables '%s'; the other is of the "
                           "%s '%s'",
                           y->name, x->what, x->node->name);
        }
    }
    SIM_VEC_FREE(&all);
}

// ---- the whole ----

static void find_park(struct sim_study_loading *l)
{
    const char *text = l->file->park;
    const struct sim_node *n = sim_tree_child(sim_tree_root(l->tree), "park");
    if (text == NULL) {
        return; // missing, or no text: told
    }
    char *folder = sim_file_folder(n->place.file != NULL ? n->place.file : l->study->path);
    char *path = sim_file_join(folder, text);
    if (!sim_file_exists(path)) {
        sim_diag_add(l->diag, SIM_DIAG_MISSING, &n->value_at, "park",
                     "the path counts from the folder of the study file", "there is no file '%s'",
                     path);
    }
    l->study->park = sim_arena_strdup(l->arena, path);
    free(path);
    free(folder);
}

static void read_study(struct sim_study_loading *l)
{
    (void)sim_err_meaning(sim_tree_expand(l->tree, l->diag));
    l->file = sim_kind_load(&sim_study_kind, l->tree, l->arena, NULL, l->diag);
    find_park(l);
    if (l->file->study == NULL) {
        return;
    }
    const struct sim_study_file_study *f = l->file->study;
    struct sim_study *s = l->study;
    s->title = f->title != NULL ? f->title : "";
    s->random = f->random >= 0 ? (enum sim_study_random)f->random : SIM_STUDY_COMMON;
    s->has_seed = f->seed >= 0;
    s->seed = s->has_seed ? (uint64_t)f->seed : 0;
    load_responses(l);
    load_store(l);
    load_designs(l);
    load_replications(l);
    sim_study_load_samplers(l);
    sim_study_load_axes(l);
    sim_study_finish_samplers(l);
    sim_study_load_ties(l);
    sim_study_load_conditions(l);
    check_names(l);
    if (!has_star(s)) {
        check_designs(l, f->baseline);
    }
}

/** A file that has neither the word nor another file's text cannot be a study: seen at a glance,
 * since a park is read again to be loaded. False when it cannot be read. */
static bool has_no_study(const char *path)
{
    struct sim_err err = {0};
    char *text = NULL;
    size_t length = 0;
    const bool is_read = sim_file_read(path, GLANCE_BYTES, &text, &length, &err) == SIM_OK;
    const bool has_none = is_read && memchr(text, '\0', length) == NULL &&
                          strchr(text, '@') == NULL && strstr(text, "study") == NULL;
    free(text);
    return has_none;
}

enum sim_status sim_study_look(const char *path, enum sim_study_look *out, struct sim_err *err)
{
    if (has_no_study(path)) {
        *out = SIM_STUDY_NONE;
        return SIM_OK;
    }
    struct sim_diag *diag = sim_diag_create();
    struct sim_tree *tree = sim_tree_create();
    enum sim_status status = sim_tree_load(tree, path, diag);
    const struct sim_node *study = sim_tree_child(sim_tree_root(tree), "study");
    const struct sim_node *park = sim_tree_child(sim_tree_root(tree), "park");
    const bool is_study = study != NULL && (park == NULL || park->kind != SIM_NODE_GROUP);
    *out = is_study ? SIM_STUDY_FOUND : status == SIM_MISSING ? SIM_STUDY_UNKNOWN : SIM_STUDY_NONE;
    if (status != SIM_OK && sim_tree_source_count(tree) == 0) {
        status = sim_err_set(err, status, "%s", sim_diag_at(diag, 0)->what);
    } else {
        status = SIM_OK; // other mistakes are told when it is loaded
    }
    sim_tree_destroy(tree);
    sim_diag_destroy(diag);
    return status;
}

enum sim_status sim_study_load(const char *path, const struct sim_schema_names *reserved,
                               struct sim_diag *d, struct sim_study **out)
{
    struct sim_arena *arena = sim_arena_create();
    struct sim_study *s = SIM_ARENA_NEW(arena, struct sim_study, 1);
    s->own = arena;
    s->tree = sim_tree_create();
    s->path = sim_arena_strdup(arena, path);
    s->title = "";
    s->axes = SIM_ARENA_NEW(arena, struct sim_study_axes, 1);
    enum sim_status status = sim_tree_load(s->tree, path, d);
    const bool is_vain = sim_tree_root(s->tree)->count == 0 || sim_tree_is_unclosed(s->tree);
    if (status == SIM_OK || !is_vain) {
        struct sim_study_loading l = {.study = s,
                                      .axes = s->axes,
                                      .tree = s->tree,
                                      .arena = arena,
                                      .diag = d,
                                      .reserved = reserved};
        read_study(&l);
        status = sim_diag_status(d);
    }
    if (status != SIM_OK) {
        sim_study_destroy(s);
        s = NULL;
    }
    *out = s;
    return status;
}

void sim_study_destroy(struct sim_study *s)
{
    if (s == NULL) {
        return;
    }
    struct sim_study_axes *a = s->axes;
    for (int i = 0; i < a->conditions.count; i++) {
        sim_study_condition_destroy(a->conditions.data[i]);
    }
    SIM_VEC_FREE(&a->conditions);
    SIM_VEC_FREE(&a->condition_nodes);
    for (int i = 0; i < a->sampler_count; i++) {
        SIM_VEC_FREE(&a->samplers[i].axes);
    }
    for (int i = 0; i < a->ties.count; i++) {
        SIM_VEC_FREE(&a->ties.data[i].axes);
    }
    SIM_VEC_FREE(&a->ties);
    sim_tree_destroy(s->tree);
    sim_arena_destroy(s->own); // and the study itself
}

// ---- with the park ----

/** "*" becomes base and all designs of the park that are not named besides. */
static void write_out_star(struct sim_study *s, const char *const *names, int count)
{
    struct sim_arena *arena = s->own;
    const int room = s->design_count + count + 1;
    const char **all = SIM_ARENA_NEW(arena, const char *, room);
    const struct sim_node **nodes = SIM_ARENA_NEW(arena, const struct sim_node *, room);
    int filled = 0;
    for (int i = 0; i < s->design_count; i++) {
        const bool is_star = strcmp(s->designs[i], "*") == 0;
        for (int k = -1; is_star && k < count; k++) {
            const char *name = k < 0 ? "base" : names[k];
            if (!is_in(name, s->designs, s->design_count) && !is_in(name, all, filled)) {
                nodes[filled] = s->design_nodes[i];
                all[filled++] = sim_arena_strdup(arena, name);
            }
        }
        if (!is_star) {
            nodes[filled] = s->design_nodes[i];
            all[filled++] = s->designs[i];
        }
    }
    s->designs = all;
    s->design_nodes = nodes;
    s->design_count = filled;
}

/** So that mistakes of the others can be told, too: at least the base is left. */
static void keep_known(struct sim_study *s, const char *const *known, int count)
{
    const char **names = SIM_ARENA_NEW(s->own, const char *, s->design_count + 1);
    const struct sim_node **nodes =
        SIM_ARENA_NEW(s->own, const struct sim_node *, s->design_count + 1);
    int kept = 0;
    for (int i = 0; i < s->design_count; i++) {
        if (is_in(s->designs[i], known, count)) {
            nodes[kept] = s->design_nodes[i];
            names[kept++] = s->designs[i];
        }
    }
    if (kept == s->design_count) {
        return;
    }
    if (kept == 0) {
        names[kept++] = "base";
    }
    s->designs = names;
    s->design_nodes = nodes;
    s->design_count = kept;
    s->baseline = 0;
}

enum sim_status sim_study_resolve(struct sim_study *s, const char *const *names, int count,
                                  struct sim_diag *d)
{
    struct sim_study_loading l = {
        .study = s, .axes = s->axes, .tree = s->tree, .arena = s->own, .diag = d};
    const struct sim_node *baseline = said(&l, "baseline");
    if (has_star(s)) {
        write_out_star(s, names, count);
        check_designs(&l, baseline != NULL ? baseline->text : NULL);
    }
    const char **known = SIM_ARENA_NEW(l.arena, const char *, count + 1);
    known[0] = "base";
    for (int i = 0; i < count; i++) {
        known[i + 1] = names[i];
    }
    for (int i = 0; i < s->design_count; i++) {
        if (s->design_nodes[i] != NULL && !is_in(s->designs[i], known, count + 1)) {
            sim_study_tell(&l, s->design_nodes[i],
                           sim_study_near(l.arena, s->designs[i], known, count + 1),
                           "the park has no design '%s'", s->designs[i]);
        }
    }
    keep_known(s, known, count + 1);
    return sim_diag_status(d);
}

int sim_study_source_count(const struct sim_study *s)
{
    return sim_tree_source_count(s->tree);
}

const struct sim_source *sim_study_source(const struct sim_study *s, int i)
{
    return sim_tree_source(s->tree, i);
}
