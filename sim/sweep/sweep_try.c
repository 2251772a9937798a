#include "sim/sweep/sweep_try.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
    POINTS = 4 // [-] that a value is tried at before it is refused
};

/** A listed value, and points that have it. */
struct value {
    int64_t points[POINTS];
    int count;
    bool is_good;
};

/** The values of an axis that are tried: the first ones. */
struct axis {
    struct value *values;
    int64_t count;
};

struct trials {
    const struct sim_sweep_setup *s;
    struct sim_diag *diag;
    struct axis *axes;
    int64_t wanted; // [-] points still to be found
    int loads;
    int64_t left; // [-] values that were not tried
};

// ---- points that have the values ----

static void list_values(struct trials *t)
{
    const int count = sim_plan_axis_count(t->s->plan);

    t->axes = sim_base_alloc((size_t)count, sizeof(*t->axes));
    for (int a = 0; a < count; a++) {
        const int64_t listed = sim_plan_listed(t->s->plan, a);
        const int64_t tried = listed < SIM_SWEEP_TRY_MOST ? listed : SIM_SWEEP_TRY_MOST;

        t->axes[a] = (struct axis){.values = sim_base_alloc((size_t)tried, sizeof(struct value)),
                                   .count = tried};
        t->left += listed - tried;
        t->wanted += tried * POINTS;
    }
}

/** In one pass over the points, which ends once all values have enough of them. */
static void find_points(struct trials *t)
{
    const int axes = sim_plan_axis_count(t->s->plan);
    const int64_t points = sim_plan_points(t->s->plan);

    for (int64_t i = 0; i < points && t->wanted > 0; i++) {
        for (int a = 0; a < axes; a++) {
            const int64_t place = sim_plan_place(t->s->plan, i, a);
            struct value *v =
                place >= 0 && place < t->axes[a].count ? &t->axes[a].values[place] : NULL;

            if (v != NULL && v->count < POINTS) {
                v->points[v->count++] = i;
                t->wanted--;
            }
        }
    }
}

// ---- loading them ----

static enum sim_status load(const struct trials *t, int64_t point, int axis, const char *other,
                            struct sim_diag *diag)
{
    const struct sim_sweep_setup *s = t->s;
    struct sim_err err = {0};
    void *data = NULL;
    const enum sim_status status =
        axis < 0 ? sim_sweep_setup_load(s, point, diag, &data, &err)
                 : sim_sweep_setup_load_mixed(s, point, axis, other, diag, &data, &err);

    s->model->unload(data);
    return status;
}

/** All values of a point that loads are good. */
static void praise(struct trials *t, int64_t point)
{
    for (int a = 0; a < sim_plan_axis_count(t->s->plan); a++) {
        const int64_t place = sim_plan_place(t->s->plan, point, a);

        if (place >= 0 && place < t->axes[a].count) {
            t->axes[a].values[place].is_good = true;
        }
    }
}

/** The mistakes of a point; where they are not of its axes alone, with the value that is tried. */
static void refuse(struct trials *t, int64_t point, int axis, const char *other, const char *text)
{
    const struct sim_plan_axis *x = sim_plan_axis(t->s->plan, axis);
    struct sim_diag *own = sim_diag_create();
    const bool is_mixed = other != NULL;

    (void)sim_err_meaning(load(t, point, is_mixed ? axis : -1, other, own));
    (void)sim_err_meaning(load(t, point, is_mixed ? axis : -1, other, t->diag));
    if (sim_diag_wrong(own) > 0 && !sim_sweep_setup_is_of_axes(t->s, own)) {
        char *path = sim_tree_path(x->node);

        sim_diag_add(
            t->diag, SIM_DIAG_WRONG, &x->node->value_at, path, "mend them, or leave the value out",
            "with %s = %s the park has mistakes at every point that was tried", x->name, text);
        free(path);
    }
    sim_diag_destroy(own);
}

static bool may_load(const struct trials *t)
{
    return t->loads < SIM_SWEEP_TRY_MOST;
}

static void try_value(struct trials *t, int axis, int64_t place)
{
    struct value *v = &t->axes[axis].values[place];
    struct sim_diag *unheard = sim_diag_create();

    for (int k = 0; k < v->count && !v->is_good && may_load(t); k++) {
        t->loads++;
        if (load(t, v->points[k], -1, NULL, unheard) == SIM_OK) {
            praise(t, v->points[k]);
        }
    }
    sim_diag_destroy(unheard);
    if (v->count > 0 && !v->is_good) {
        struct sim_arena *scratch = sim_arena_create();
        struct sim_plan_point p;

        sim_plan_point(t->s->plan, v->points[0], scratch, &p);
        refuse(t, v->points[0], axis, NULL, p.texts[axis]);
        sim_arena_destroy(scratch);
    }
}

static void try_ends(struct trials *t, int axis)
{
    const int64_t first = t->s->first_point[t->s->card.point_design[0]];
    struct sim_arena *scratch = sim_arena_create();

    for (int k = 0; k < 2; k++) {
        const char *text = sim_plan_end(t->s->plan, axis, k == 1, scratch);
        const char *other =
            sim_arena_format(scratch, "%s=%s", sim_plan_axis(t->s->plan, axis)->path, text);
        struct sim_diag *unheard = sim_diag_create();

        t->loads++;
        if (load(t, first, axis, other, unheard) != SIM_OK) {
            refuse(t, first, axis, other, text);
        }
        sim_diag_destroy(unheard);
    }
    sim_arena_destroy(scratch);
}

/** Drawn axes first: they are few. */
static void try_all(struct trials *t)
{
    const int axes = sim_plan_axis_count(t->s->plan);

    for (int a = 0; a < axes && may_load(t); a++) {
        if (sim_plan_listed(t->s->plan, a) == 0) {
            try_ends(t, a);
        }
    }
    for (int a = 0; a < axes; a++) {
        for (int64_t i = 0; i < t->axes[a].count; i++) {
            if (t->axes[a].values[i].is_good) {
                continue;
            }
            if (may_load(t)) {
                try_value(t, a, i);
            } else {
                t->left++;
            }
        }
    }
}

static void tell_left(const struct trials *t)
{
    const struct sim_study *study = t->s->study;
    const struct sim_node *n =
        sim_tree_child(sim_tree_child(sim_tree_root(study->tree), "study"), "axes");

    if (t->left > 0) {
        sim_diag_add(t->diag, SIM_DIAG_WARNING, n != NULL ? &n->place : NULL, "study.axes", "",
                     "%" PRId64 " values were not tried: at most %d parks are loaded to see "
                     "whether the values of axes are right",
                     t->left, SIM_SWEEP_TRY_MOST);
    }
}

enum sim_status sim_sweep_try_values(const struct sim_sweep_setup *s, struct sim_diag *diag)
{
    struct trials t = {.s = s, .diag = diag};

    list_values(&t);
    find_points(&t);
    try_all(&t);
    tell_left(&t);
    for (int a = 0; a < sim_plan_axis_count(s->plan); a++) {
        free(t.axes[a].values);
    }
    free(t.axes);
    return sim_diag_status(diag);
}
