// SPDX-License-Identifier: MIT
// Samplers of a study, and axes that are tied together.
#include "sim/num/sobol.h"
#include "sim/sweep/study_priv.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TELL(l, s, key, ...)                                                                       \
    do {                                                                                           \
        const struct sim_node *at_ = sim_tree_child((s)->node, (key));                             \
        sim_study_tell((l), at_ != NULL ? at_ : (s)->node, __VA_ARGS__);                           \
    } while (0)

void sim_study_load_samplers(struct sim_study_loading *l)
{
    const struct sim_items *items = &l->file->study->samplers;
    struct sim_study_axes *a = l->axes;
    a->samplers = SIM_ARENA_NEW(l->arena, struct sim_study_sampler, items->count + 1);
    a->sampler_count = items->count;
    for (int i = 0; i < items->count; i++) {
        const struct sim_study_file_sampler *f = items->at[i].data;
        const int method = f->method >= 0 ? f->method : 0; // wrong: told
        a->samplers[i] =
            (struct sim_study_sampler){.name = items->at[i].name,
                                       .node = items->at[i].node,
                                       .file = f,
                                       .method = (enum sim_study_method)(SIM_STUDY_LHS + method),
                                       .levels = f->levels > 0 ? (int32_t)f->levels : 4,
                                       .seed = f->seed > 0 ? (uint64_t)f->seed : 0};
    }
}

// ---- their points ----

static void warn_of_count(struct sim_study_loading *l, const struct sim_study_sampler *s)
{
    int64_t below = 1;
    while (below * 2 <= s->points) {
        below *= 2;
    }
    if (below == s->points) {
        return;
    }
    const struct sim_node *n = sim_tree_child(s->node, "points");
    char *path = sim_tree_path(n);
    char *remedy = sim_base_format("better %" PRId64 " or %" PRId64, below, 2 * below);
    sim_diag_add(l->diag, SIM_DIAG_WARNING, &n->value_at, path, remedy,
                 "%" PRId64 " is not a power of two, so the Sobol' points are less even than they "
                 "could be",
                 s->points);
    free(remedy);
    free(path);
}

static void count_points(struct sim_study_loading *l, struct sim_study_sampler *s)
{
    if (s->file->points == 0) { // no number, or too large: told
        if (sim_tree_child(s->node, "points") == NULL) {
            TELL(l, s, "points", "write for example points = 64;", "'points' is missing");
        }
        return;
    }
    s->points = s->file->points;
    if (s->method == SIM_STUDY_SOBOL) {
        warn_of_count(l, s);
        if (s->axes.count > SIM_SOBOL_DIMENSIONS) {
            TELL(l, s, "method", "use lhs", "Sobol' points have at most %d axes, not %d",
                 SIM_SOBOL_DIMENSIONS, s->axes.count);
        }
    }
}

static void count_trajectories(struct sim_study_loading *l, struct sim_study_sampler *s)
{
    if (s->file->trajectories == 0 && sim_tree_child(s->node, "trajectories") != NULL) {
        return; // no number, or too large: told
    }
    if (s->file->trajectories == 0) {
        TELL(l, s, "points", "write for example trajectories = 10;",
             s->file->points > 0 ? "Morris trajectories are counted by `trajectories`, each of one "
                                   "point more than there are axes"
                                 : "'trajectories' is missing");
        return;
    }
    if (s->levels % 2 != 0) {
        TELL(l, s, "levels", NULL, "levels must be an even number, since a step is half of them");
    }
    s->points = s->file->trajectories * ((int64_t)s->axes.count + 1);
}

static void load_table(struct sim_study_loading *l, struct sim_study_sampler *s)
{
    const struct sim_node *at = sim_tree_child(s->node, "csv");
    if (s->file->csv == NULL) {
        if (at == NULL) {
            TELL(l, s, "csv", "write csv = \"points.csv\";", "'csv' is missing");
        }
        return;
    }
    for (int i = 0; i < s->axes.count; i++) {
        struct sim_study_axis *x = &l->axes->axes[s->axes.data[i]];
        struct sim_study_listed listed = {0};
        if (sim_study_column(l, at, s->file->csv, x->name, &listed)) {
            sim_study_fill_values(l, x, &listed);
            s->points = listed.count;
        } else {
            x->is_broken = true;
        }
    }
}

/** Keys of the other methods. */
static void check_strays(struct sim_study_loading *l, const struct sim_study_sampler *s)
{
    static const char *const keys[] = {"points", "trajectories", "levels", "csv"};
    static const unsigned allowed[] = {[SIM_STUDY_LHS] = 1,
                                       [SIM_STUDY_SOBOL] = 1,
                                       [SIM_STUDY_MORRIS] = 2 | 4,
                                       [SIM_STUDY_TABLE] = 8};
    static const char *const names[] = {[SIM_STUDY_LHS] = "lhs",
                                        [SIM_STUDY_SOBOL] = "sobol",
                                        [SIM_STUDY_MORRIS] = "morris",
                                        [SIM_STUDY_TABLE] = "csv"};
    for (int i = 0; i < SIM_COUNT(keys); i++) {
        const bool is_told = s->method == SIM_STUDY_MORRIS && i == 0 && s->file->trajectories == 0;
        if ((allowed[s->method] >> i & 1U) == 0 && sim_tree_child(s->node, keys[i]) != NULL &&
            !is_told) {
            TELL(l, s, keys[i], "leave it out", "`%s` does not go with method \"%s\"", keys[i],
                 names[s->method]);
        }
    }
}

void sim_study_finish_samplers(struct sim_study_loading *l)
{
    for (int i = 0; i < l->axes->sampler_count; i++) {
        struct sim_study_sampler *s = &l->axes->samplers[i];
        if (s->file->method < 0) {
            continue;
        }
        check_strays(l, s);
        if (s->axes.count == 0) {
            char *remedy = sim_base_format("give an axis the line sampler = \"%s\";", s->name);
            sim_study_tell(l, s->node, remedy, "no axis uses this sampler");
            free(remedy);
        }
        if (s->method == SIM_STUDY_MORRIS) {
            count_trajectories(l, s);
        } else if (s->method == SIM_STUDY_TABLE) {
            load_table(l, s);
        } else {
            count_points(l, s);
        }
        for (int k = 0; k < s->axes.count; k++) {
            l->axes->axes[s->axes.data[k]].count = s->points;
        }
    }
}

// ---- ties ----

static bool is_tied(const struct sim_study_axes *a, int axis)
{
    for (int i = 0; i < a->ties.count; i++) {
        for (int k = 0; k < a->ties.data[i].axes.count; k++) {
            if (a->ties.data[i].axes.data[k] == axis) {
                return true;
            }
        }
    }
    return false;
}

/** The axis that an element of a tie names; -1, told. */
static int tied_axis(struct sim_study_loading *l, const struct sim_node *n)
{
    const struct sim_study_axes *a = l->axes;
    if (n->kind != SIM_NODE_TEXT) {
        sim_study_tell(l, n, "write tied = ( ( \"a\", \"b\" ) );", "the name of an axis is wanted");
        return -1;
    }
    const int axis = sim_study_axis_find(a, n->text);
    if (axis < 0) {
        sim_study_tell(
            l, n,
            sim_study_near(l->arena, n->text, sim_study_axis_names(a, l->arena), a->axis_count),
            "there is no axis '%s'", n->text);
    } else if (is_tied(a, axis)) {
        sim_study_tell(l, n, "write all that move together in one list",
                       "the axis '%s' is tied already", n->text);
        return -1;
    }
    return axis;
}

static void check_lengths(struct sim_study_loading *l, const struct sim_study_tie *tie,
                          const struct sim_node *n)
{
    const struct sim_study_axis *first = &l->axes->axes[tie->axes.data[0]];
    for (int i = 1; i < tie->axes.count; i++) {
        const struct sim_study_axis *x = &l->axes->axes[tie->axes.data[i]];
        if (!first->is_broken && !x->is_broken && first->count > 0 && x->count > 0 &&
            first->count != x->count) {
            sim_study_tell(l, n, "give them as many values",
                           "'%s' has %" PRId64 " values, but '%s' has %" PRId64, first->name,
                           first->count, x->name, x->count);
        }
    }
}

static void load_tie(struct sim_study_loading *l, const struct sim_node *n)
{
    struct sim_study_tie tie = {0};
    for (int i = 0; i < n->count; i++) {
        const int axis = n->children[i]->broken ? -1 : tied_axis(l, n->children[i]);
        for (int k = 0; k < tie.axes.count; k++) {
            if (axis >= 0 && tie.axes.data[k] == axis) {
                sim_study_tell(l, n->children[i], NULL, "'%s' is named twice",
                               n->children[i]->text);
            }
        }
        if (axis >= 0) {
            SIM_VEC_PUSH(&tie.axes, axis);
        }
    }
    if (n->count < 2) {
        sim_study_tell(l, n, "write tied = ( ( \"a\", \"b\" ) );", "a tie joins at least two axes");
    }
    if (tie.axes.count < 2) {
        SIM_VEC_FREE(&tie.axes);
        return;
    }
    check_lengths(l, &tie, n);
    SIM_VEC_PUSH(&l->axes->ties, tie);
}

static bool is_list(const struct sim_node *n)
{
    return n->kind == SIM_NODE_LIST || n->kind == SIM_NODE_ARRAY;
}

static void load_ties(struct sim_study_loading *l)
{
    const struct sim_node *n = l->file->study->tied;
    if (n == NULL) {
        return;
    }
    if (!is_list(n)) {
        sim_study_tell(l, n, "write tied = ( ( \"a\", \"b\" ) );",
                       "a list of lists is wanted here");
        return;
    }
    if (n->count > 0 && n->children[0]->kind == SIM_NODE_TEXT) {
        load_tie(l, n); // ( "a", "b" ): one tie
        return;
    }
    for (int i = 0; i < n->count; i++) {
        if (is_list(n->children[i])) {
            load_tie(l, n->children[i]);
        } else if (!n->children[i]->broken) {
            sim_study_tell(l, n->children[i], "write tied = ( ( \"a\", \"b\" ) );",
                           "a list of axes is wanted here");
        }
    }
}

void sim_study_load_ties(struct sim_study_loading *l)
{
    load_ties(l);
    for (int i = 0; i < l->axes->axis_count; i++) {
        const struct sim_study_axis *x = &l->axes->axes[i];
        const bool is_listed = x->method == SIM_STUDY_LIST || x->method == SIM_STUDY_CSV;
        if (is_listed && !x->is_broken && !is_tied(l->axes, i)) {
            sim_study_check_twice(l, x);
        }
    }
}
