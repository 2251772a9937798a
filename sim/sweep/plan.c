// SPDX-License-Identifier: MIT
#include "sim/sweep/plan.h"

#include "sim/base/hash.h"
#include "sim/num/elem.h"
#include "sim/num/sample.h"
#include "sim/num/sobol.h"
#include "sim/sweep/study_priv.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/** What an axis draws from its stream for. */
enum purpose {
    PURPOSE_LHS = 1,
    PURPOSE_SOBOL = 2,
    PURPOSE_MORRIS = 3
};

/** Axes that move together: one factor of the product. */
struct block {
    int64_t count;  // [-] places it can be at
    int64_t stride; // [-] combinations from one to the next
};

/** What is needed to compute an axis anywhere. */
struct source {
    int block;
    struct sim_rng rng;      // its own stream: seed of the sampler, name of the axis
    struct sim_sobol sobol;  // SIM_STUDY_SOBOL
    const int32_t *strata;   // SIM_STUDY_LHS
    const struct sim_rng *k; // SIM_STUDY_MORRIS: streams of all axes of the sampler
    int32_t axis_count;      // [-] of the sampler
    int32_t at;              // [-] among them
};

struct sim_plan {
    const struct sim_study *study;
    const struct sim_study_axes *from;
    struct sim_arena *arena;
    struct sim_plan_axis *axes;
    struct source *sources; // of each axis
    struct block *blocks;
    int block_count;
    int64_t combinations;
    bool is_filtered;
    SIM_VEC(uint32_t) kept; // design x combinations + combination, of each point, where filtered
};

// ---- blocks ----

static int find_root(const int *parent, int axis)
{
    while (parent[axis] != axis) {
        axis = parent[axis];
    }
    return axis;
}

/** The first axis leads, so that a block stands where its first axis does. */
static void join(int *parent, int a, int b)
{
    const int x = find_root(parent, a);
    const int y = find_root(parent, b);
    parent[x > y ? x : y] = x < y ? x : y;
}

static void join_axes(const struct sim_study_axes *a, int *parent)
{
    for (int i = 0; i < a->sampler_count; i++) {
        for (int k = 1; k < a->samplers[i].axes.count; k++) {
            join(parent, a->samplers[i].axes.data[0], a->samplers[i].axes.data[k]);
        }
    }
    for (int i = 0; i < a->ties.count; i++) {
        for (int k = 1; k < a->ties.data[i].axes.count; k++) {
            join(parent, a->ties.data[i].axes.data[0], a->ties.data[i].axes.data[k]);
        }
    }
}

static void make_blocks(struct sim_plan *p)
{
    const struct sim_study_axes *a = p->from;
    int *parent = SIM_ARENA_NEW(p->arena, int, a->axis_count + 1);
    p->blocks = SIM_ARENA_NEW(p->arena, struct block, a->axis_count + 1);
    for (int i = 0; i < a->axis_count; i++) {
        parent[i] = i;
    }
    join_axes(a, parent);
    for (int i = 0; i < a->axis_count; i++) {
        const int root = find_root(parent, i);
        if (root == i) {
            p->blocks[p->block_count].count = a->axes[i].count;
            p->sources[i].block = p->block_count++;
        } else {
            p->sources[i].block = p->sources[root].block; // a root comes before what it leads
        }
    }
}

/** Strides, last block fastest; false where there are more combinations than `most`. */
static bool count_combinations(struct sim_plan *p, int64_t most)
{
    p->combinations = 1;
    for (int i = p->block_count - 1; i >= 0; i--) {
        p->blocks[i].stride = p->combinations;
        if (p->blocks[i].count > most / p->combinations) {
            return false;
        }
        p->combinations *= p->blocks[i].count;
    }
    return true;
}

// ---- axes ----

static const char *const method_names[] = {
    [SIM_STUDY_LIST] = "list", [SIM_STUDY_RANGE] = "range", [SIM_STUDY_CSV] = "csv",
    [SIM_STUDY_LHS] = "lhs",   [SIM_STUDY_SOBOL] = "sobol", [SIM_STUDY_MORRIS] = "morris",
    [SIM_STUDY_TABLE] = "csv"};

static void describe_axes(struct sim_plan *p)
{
    const struct sim_study_axes *a = p->from;
    p->axes = SIM_ARENA_NEW(p->arena, struct sim_plan_axis, a->axis_count + 1);
    for (int i = 0; i < a->axis_count; i++) {
        const struct sim_study_axis *x = &a->axes[i];
        const bool is_bare = x->units != NULL && x->units[0] == '\0';
        const struct sim_node *path = sim_tree_child(x->node, "path");
        p->axes[i] = (struct sim_plan_axis){
            .name = x->name,
            .title = x->title,
            .path = x->path,
            .units = is_bare ? "1" : x->units,
            .sampler = x->sampler >= 0 ? a->samplers[x->sampler].name : NULL,
            .method = method_names[x->method],
            .said = sim_arena_format(p->arena, "axis %s (%s:%d)", x->name, x->node->place.file,
                                     x->node->place.line),
            .node = path != NULL ? path : x->node};
    }
}

static void prepare_sampled(struct sim_plan *p, const struct sim_study_sampler *s)
{
    static const enum purpose purposes[] = {[SIM_STUDY_LHS] = PURPOSE_LHS,
                                            [SIM_STUDY_SOBOL] = PURPOSE_SOBOL,
                                            [SIM_STUDY_MORRIS] = PURPOSE_MORRIS};
    if (s->method == SIM_STUDY_TABLE) {
        return;
    }
    struct sim_rng *streams = SIM_ARENA_NEW(p->arena, struct sim_rng, s->axes.count);
    for (int k = 0; k < s->axes.count; k++) {
        struct source *from = &p->sources[s->axes.data[k]];
        const uint64_t name = sim_hash_text(p->from->axes[s->axes.data[k]].name, 0);
        streams[k] = sim_rng_make(s->seed, 0, name, purposes[s->method]);
        from->rng = streams[k];
        from->k = streams;
        from->axis_count = s->axes.count;
        from->at = k;
        if (s->method == SIM_STUDY_SOBOL) {
            from->sobol = sim_sobol_make(k);
        } else if (s->method == SIM_STUDY_LHS) {
            int32_t *strata = SIM_ARENA_NEW(p->arena, int32_t, s->points);
            sim_sample_shuffle(streams[k], strata, (int32_t)s->points);
            from->strata = strata;
        }
    }
}

/** The chance, in (0, 1), whose quantile an axis has at a place of its block. */
static double chance_at(const struct sim_plan *p, int axis, int64_t place)
{
    const struct source *from = &p->sources[axis];
    const struct sim_study_sampler *s = &p->from->samplers[p->from->axes[axis].sampler];
    if (s->method == SIM_STUDY_SOBOL) {
        return sim_sobol_scrambled(&from->sobol, &from->rng, (uint32_t)place);
    }
    if (s->method == SIM_STUDY_LHS) {
        return sim_sample_stratum(&from->rng, from->strata[place], (int32_t)s->points,
                                  (int32_t)place);
    }
    const int32_t level = sim_sample_morris(from->k, from->axis_count, s->levels, from->at, place);
    return sim_sample_level(level, s->levels);
}

static double quantile(const struct sim_study_axis *x, double u)
{
    if (x->range.form == SIM_VALUE_DIST) {
        return sim_dist_quantile(x->range.dist, u);
    }
    return x->is_log ? x->low * sim_elem_pow(x->high / x->low, u) : x->low + u * (x->high - x->low);
}

static int64_t place_of(const struct sim_plan *p, int axis, int64_t combination)
{
    const struct block *b = &p->blocks[p->sources[axis].block];
    return combination / b->stride % b->count;
}

/** In the axis's unit; NaN of texts. */
static double number_at(const struct sim_plan *p, int axis, int64_t combination)
{
    const struct sim_study_axis *x = &p->from->axes[axis];
    const int64_t place = place_of(p, axis, combination);
    if (x->texts != NULL) {
        return x->numbers[place];
    }
    return sim_units_from_si(x->first.unit, quantile(x, chance_at(p, axis, place)));
}

/** As listed, or a number with 17 digits and its unit, in `arena`. */
static const char *text_at(const struct sim_plan *p, int axis, int64_t combination, double number,
                           struct sim_arena *arena)
{
    const struct sim_study_axis *x = &p->from->axes[axis];
    if (x->texts != NULL) {
        return x->texts[place_of(p, axis, combination)];
    }
    return sim_arena_format(arena, "%.17g%s%s", number, x->units[0] != '\0' ? " " : "", x->units);
}

// ---- filters ----

struct candidate {
    const struct sim_plan *plan;
    int64_t combination;
};

static double candidate_number(void *user, int axis)
{
    const struct candidate *c = user;
    return number_at(c->plan, axis, c->combination);
}

static const char *candidate_text(void *user, int axis)
{
    const struct candidate *c = user; // numbers are compared as numbers, so this one is listed
    return text_at(c->plan, axis, c->combination, 0, NULL);
}

static bool is_kept(const struct sim_plan *p, int design, int64_t combination)
{
    struct candidate c = {.plan = p, .combination = combination};
    const struct sim_study_view view = {.design = p->study->designs[design],
                                        .number = candidate_number,
                                        .text = candidate_text,
                                        .user = &c};
    for (int i = 0; i < p->from->conditions.count; i++) {
        if (!sim_study_condition_holds(p->from->conditions.data[i], &view)) {
            return false;
        }
    }
    return true;
}

static void filter(struct sim_plan *p)
{
    p->is_filtered = p->from->conditions.count > 0;
    for (int d = 0; p->is_filtered && d < p->study->design_count; d++) {
        for (int64_t c = 0; c < p->combinations; c++) {
            if (is_kept(p, d, c)) {
                SIM_VEC_PUSH(&p->kept, (uint32_t)(d * p->combinations + c));
            }
        }
    }
}

// ---- the plan ----

static const struct sim_node *key_of(const struct sim_study *s, const char *key)
{
    return sim_tree_child(sim_tree_child(sim_tree_root(s->tree), "study"), key);
}

static void tell(const struct sim_study *s, struct sim_diag *d, const char *key, const char *remedy,
                 const char *what)
{
    const struct sim_node *n = key_of(s, key);
    char *path = n != NULL ? sim_tree_path(n) : NULL;
    sim_diag_add(d, SIM_DIAG_WRONG, n != NULL ? &n->place : NULL, path, remedy, "%s", what);
    free(path);
}

enum sim_status sim_plan_create(const struct sim_study *s, struct sim_diag *d,
                                struct sim_plan **out)
{
    struct sim_arena *arena = sim_arena_create();
    struct sim_plan *p = SIM_ARENA_NEW(arena, struct sim_plan, 1);
    *out = NULL;
    *p = (struct sim_plan){.study = s, .from = s->axes, .arena = arena};
    p->sources = SIM_ARENA_NEW(arena, struct source, s->axes->axis_count + 1);
    make_blocks(p);
    describe_axes(p);
    if (!count_combinations(p, SIM_PLAN_MOST_POINTS / s->design_count)) {
        tell(s, d, "axes", "take fewer values, tie axes together, or use a sampler",
             "the study has more than 100000000 points before `only_if`");
        sim_plan_destroy(p);
        return SIM_INPUT;
    }
    for (int i = 0; i < s->axes->sampler_count; i++) {
        prepare_sampled(p, &s->axes->samplers[i]);
    }
    filter(p);
    if (sim_plan_points(p) == 0) {
        tell(s, d, "only_if", "loosen the conditions", "no point meets all conditions");
        sim_plan_destroy(p);
        return SIM_INPUT;
    }
    *out = p;
    return SIM_OK;
}

void sim_plan_destroy(struct sim_plan *p)
{
    if (p != NULL) {
        SIM_VEC_FREE(&p->kept);
        sim_arena_destroy(p->arena); // and the plan itself
    }
}

int64_t sim_plan_points(const struct sim_plan *p)
{
    return p->is_filtered ? p->kept.count : p->combinations * p->study->design_count;
}

int64_t sim_plan_combinations(const struct sim_plan *p)
{
    return p->combinations;
}

int sim_plan_axis_count(const struct sim_plan *p)
{
    return p->from->axis_count;
}

const struct sim_plan_axis *sim_plan_axis(const struct sim_plan *p, int axis)
{
    SIM_REQUIRE(axis >= 0 && axis < p->from->axis_count, "an axis of the plan");
    return &p->axes[axis];
}

/** Design and combination of a point, as one number. */
static int64_t candidate_of(const struct sim_plan *p, int64_t point)
{
    SIM_REQUIRE(point >= 0 && point < sim_plan_points(p), "a point of the plan");
    return p->is_filtered ? (int64_t)p->kept.data[point] : point;
}

void sim_plan_point(const struct sim_plan *p, int64_t point, struct sim_arena *arena,
                    struct sim_plan_point *out)
{
    const int64_t candidate = candidate_of(p, point);
    const int count = p->from->axis_count;
    const char **overrides = SIM_ARENA_NEW(arena, const char *, count + 1);
    const char **texts = SIM_ARENA_NEW(arena, const char *, count + 1);
    double *numbers = SIM_ARENA_NEW(arena, double, count + 1);
    *out = (struct sim_plan_point){.point = point,
                                   .design = (int32_t)(candidate / p->combinations),
                                   .combination = candidate % p->combinations,
                                   .overrides = overrides,
                                   .texts = texts,
                                   .numbers = numbers};
    for (int i = 0; i < count; i++) {
        numbers[i] = number_at(p, i, out->combination);
        texts[i] = text_at(p, i, out->combination, numbers[i], arena);
        overrides[i] = sim_arena_format(arena, "%s=%s", p->axes[i].path, texts[i]);
    }
}

int32_t sim_plan_design(const struct sim_plan *p, int64_t point)
{
    return (int32_t)(candidate_of(p, point) / p->combinations);
}

int64_t sim_plan_listed(const struct sim_plan *p, int axis)
{
    const struct sim_study_axis *x = &p->from->axes[axis];
    return x->texts != NULL ? x->count : 0;
}

int64_t sim_plan_place(const struct sim_plan *p, int64_t point, int axis)
{
    const bool is_listed = p->from->axes[axis].texts != NULL;
    return is_listed ? place_of(p, axis, candidate_of(p, point) % p->combinations) : -1;
}

const char *sim_plan_end(const struct sim_plan *p, int axis, bool is_upper, struct sim_arena *arena)
{
    const struct sim_study_axis *x = &p->from->axes[axis];
    const struct sim_study_sampler *s = &p->from->samplers[x->sampler];
    const double strata = s->method == SIM_STUDY_MORRIS ? s->levels : (double)s->points;
    const double u = 0.5 / strata;
    const double number = sim_units_from_si(x->first.unit, quantile(x, is_upper ? 1 - u : u));
    return text_at(p, axis, 0, number, arena);
}

size_t sim_plan_bytes(const struct sim_plan *p, int64_t point, int axis, unsigned char room[8],
                      const void **out_bytes)
{
    const struct sim_study_axis *x = &p->from->axes[axis];
    const int64_t combination = candidate_of(p, point) % p->combinations;
    if (x->texts != NULL) {
        const char *text = x->texts[place_of(p, axis, combination)];
        *out_bytes = text;
        return strlen(text);
    }
    const double number = number_at(p, axis, combination);
    uint64_t bits = 0;
    memcpy(&bits, &number, sizeof(bits));
    for (int i = 0; i < 8; i++) {
        room[i] = (unsigned char)(bits >> (8 * i) & 0xFFU);
    }
    *out_bytes = room;
    return 8;
}

// ---- --only ----

struct sim_plan_filter {
    const struct sim_plan *plan;
    struct sim_study_condition *condition;
};

enum sim_status sim_plan_filter_create(const struct sim_plan *p, const char *text,
                                       struct sim_plan_filter **out, struct sim_err *err)
{
    const struct sim_study *s = p->study;
    struct sim_study_condition *c = sim_study_condition_create(p->from, text, err);
    *out = NULL;
    if (c == NULL) {
        const struct sim_err why = *err;
        return sim_err_set(err, SIM_USAGE, "--only: %s", why.text);
    }
    const char *stranger = sim_study_condition_stranger(c, s->designs, s->design_count);
    if (stranger != NULL) {
        struct sim_arena *arena = sim_arena_create();
        const char *near = sim_study_near(arena, stranger, s->designs, s->design_count);
        (void)sim_err_meaning(
            sim_err_set(err, SIM_USAGE, "--only: '%s' is not among the designs of the study%s%s",
                        stranger, near != NULL ? "; " : "", near != NULL ? near : ""));
        sim_arena_destroy(arena);
        sim_study_condition_destroy(c);
        return SIM_USAGE;
    }
    *out = sim_base_alloc(1, sizeof(**out));
    **out = (struct sim_plan_filter){.plan = p, .condition = c};
    return SIM_OK;
}

static double point_number(void *user, int axis)
{
    return ((const struct sim_plan_point *)user)->numbers[axis];
}

static const char *point_text(void *user, int axis)
{
    return ((const struct sim_plan_point *)user)->texts[axis];
}

bool sim_plan_filter_holds(const struct sim_plan_filter *f, const struct sim_plan_point *point)
{
    struct sim_plan_point copy = *point;
    const struct sim_study_view view = {.design = f->plan->study->designs[point->design],
                                        .number = point_number,
                                        .text = point_text,
                                        .user = &copy};
    return sim_study_condition_holds(f->condition, &view);
}

void sim_plan_filter_destroy(struct sim_plan_filter *f)
{
    if (f != NULL) {
        sim_study_condition_destroy(f->condition);
        free(f);
    }
}

// ---- trials and results ----

void sim_plan_trial(const struct sim_plan *p, uint64_t seed, int64_t point,
                    const struct sim_card_mark *mark, int32_t replication, struct sim_trial *out)
{
    const enum sim_study_random random = p->study->random;
    const bool is_paired = random == SIM_STUDY_ANTITHETIC;
    *out = (struct sim_trial){.run = -1,
                              .point = point,
                              .replication = is_paired ? replication / 2 : replication,
                              .seed = random == SIM_STUDY_INDEPENDENT
                                          ? sim_hash_bytes(mark->bytes, sizeof(mark->bytes), seed)
                                          : seed,
                              .antithetic = is_paired && replication % 2 == 1};
}

static void declare_axis(const struct sim_plan *p, int axis, struct sim_schema *schema)
{
    const struct sim_plan_axis *x = &p->axes[axis];
    const int64_t points = sim_plan_points(p);
    const bool is_text = x->units == NULL;
    double *numbers = sim_base_alloc(is_text ? 0 : (size_t)points, sizeof(*numbers));
    const char **texts = sim_base_alloc(is_text ? (size_t)points : 0, sizeof(*texts));
    for (int64_t i = 0; i < points; i++) {
        const int64_t combination = candidate_of(p, i) % p->combinations;
        if (is_text) {
            texts[i] = text_at(p, axis, combination, 0, NULL);
        } else {
            numbers[i] = number_at(p, axis, combination);
        }
    }
    char *name = sim_base_format("point_%s", x->name);
    const struct sim_schema_attr attrs[] = {{.name = "path", .text = x->path},
                                            {.name = "method", .text = x->method},
                                            {.name = "sampler", .text = x->sampler}};
    (void)sim_schema_var(
        schema,
        &(struct sim_schema_var){.name = name,
                                 .type = is_text ? SIM_SCHEMA_STRING : SIM_SCHEMA_F64,
                                 .scope = SIM_SCHEMA_STATIC,
                                 .dim_count = 1,
                                 .dims = {SIM_SCHEMA_AXIS_POINT},
                                 .units = x->units,
                                 .long_name = x->title,
                                 .values = is_text ? (const void *)texts : (const void *)numbers,
                                 .is_coordinate = true,
                                 .spread_as = x->name,
                                 .attrs = attrs,
                                 .attr_count = x->sampler != NULL ? 3 : 2});
    free(name);
    free(texts);
    free(numbers);
}

void sim_plan_declare(const struct sim_plan *p, struct sim_schema *schema)
{
    static const char *const randoms[] = {[SIM_STUDY_COMMON] = "common",
                                          [SIM_STUDY_INDEPENDENT] = "independent",
                                          [SIM_STUDY_ANTITHETIC] = "antithetic"};
    for (int i = 0; i < p->from->axis_count; i++) {
        declare_axis(p, i, schema);
    }
    sim_schema_root_attr(schema, "baseline", p->study->designs[p->study->baseline]);
    sim_schema_root_attr(schema, "random", randoms[p->study->random]);
}
