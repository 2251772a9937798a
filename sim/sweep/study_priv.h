/** @file
 * Inside of a study: what its file says, and its axes, samplers and conditions as the plan uses
 * them.
 *
 * A study does not know its park, so it takes any three capital letters for a currency; within one
 * axis all must be the same one, because rates of exchange are the park's.
 *
 * Floor 3, for study*.c and plan*.c alone.
 */
#ifndef SIM_SWEEP_STUDY_PRIV_H
#define SIM_SWEEP_STUDY_PRIV_H

#include "sim/base/arena.h"
#include "sim/base/vec.h"
#include "sim/cfg/kind.h"
#include "sim/cfg/value.h"
#include "sim/sweep/study.h"

// ---- the file as its tables of keys fill it (study_file.c) ----

struct sim_study_file_axis {
    const char *path;
    const char *title;
    const struct sim_node *values; // list, or one value
    const struct sim_node *range;  // "uniform(...)" or "1 t/h .. 5 t/h"
    const char *step;
    int64_t count; // 0: not said
    int spacing;   // -1, 0 linear, 1 log
    const char *csv;
    const char *column;
    struct sim_ref sampler;
};

struct sim_study_file_sampler {
    int method;           // of sim_study_method less SIM_STUDY_LHS; -1: wrong, told
    int64_t points;       // 0: not said
    int64_t trajectories; // 0: not said
    int64_t levels;       // 0: not said
    int64_t seed;
    const char *csv;
};

struct sim_study_file_until {
    const char *response;
    struct sim_value half_width;
    struct sim_value level;
};

struct sim_study_file_replications {
    int64_t fixed, at_least, at_most; // 0: not said
    struct sim_study_file_until *until;
};

struct sim_study_file_response {
    const char *title, *of, *where, *stream, *unit;
};

struct sim_study_file_study {
    const char *title;
    struct sim_texts designs;
    const char *baseline;
    struct sim_study_file_replications *replications;
    int random;
    struct sim_items axes;
    struct sim_items samplers;
    const struct sim_node *tied;
    struct sim_texts only_if;
    struct sim_items responses;
    const struct sim_node *store;
    int64_t seed; // -1: not said
};

struct sim_study_file {
    int64_t format;
    const char *park;
    struct sim_study_file_study *study;
};

extern const struct sim_kind sim_study_kind;

// ---- quantities of any currency (study_text.c) ----

struct sim_study_quantity {
    double value;         // as written
    double si;            // converted
    struct sim_unit unit; // as written
    const char *text;     // of the unit, in the arena; "" for a bare number
    char money[4];        // "VND"; "" when there is none
};

/** A registry that knows every three capital letters of `text` as a currency. Owned. */
struct sim_units *sim_study_units(const char *text);

/** Read "9 t/h [assumed: x]". SIM_INPUT with what is wrong. */
enum sim_status sim_study_quantity(const char *text, struct sim_arena *arena,
                                   struct sim_study_quantity *out,
                                   struct sim_err *err) SIM_MUST_USE;

/** The decimal that a person would write for a number that was worked out from others of the size
 * `size`: the shortest one that differs by no more than rounding does (0.2 for
 * 0.19999999999999998). */
double sim_study_plain_number(double number, double size);

/** The shortest text of 15, 16 or 17 digits that is read as the same number, with its unit. */
char *sim_study_number_text(double number, const char *unit, struct sim_arena *arena);

/** NULL, or why the two cannot be of one axis: other dimension, other currency. In the arena. */
char *sim_study_misfit(const struct sim_study_quantity *first, const struct sim_study_quantity *q,
                       const char *first_text, const char *text, struct sim_arena *arena);

// ---- axes and samplers ----

enum sim_study_method {
    SIM_STUDY_LIST,
    SIM_STUDY_RANGE,
    SIM_STUDY_CSV,
    SIM_STUDY_LHS, // from here on: of samplers
    SIM_STUDY_SOBOL,
    SIM_STUDY_MORRIS,
    SIM_STUDY_TABLE // a CSV file with a column for each axis
};

struct sim_study_axis {
    const char *name;
    const char *title; // NULL: none
    const char *path;
    const struct sim_node *node;
    enum sim_study_method method;
    int sampler;                     // -1: none
    const char *units;               // "t/h", "" for pure numbers; NULL: texts
    struct sim_study_quantity first; // the unit and the currency of all; without `units` void
    int64_t count;                   // [-] values, or points of the sampler
    const char *const *texts;        // listed values; NULL: drawn from `range`
    const double *numbers;           // the same, in the axis's unit; NaN for texts
    struct sim_value range;          // SIM_VALUE_DIST; else from `low` to `high`
    double low, high;                // SI
    bool is_log;                     // evenly spaced in logarithm
    bool is_broken;                  // told; the others are still checked
};

struct sim_study_sampler {
    const char *name;
    const struct sim_node *node;
    const struct sim_study_file_sampler *file;
    enum sim_study_method method;
    int64_t points; // [-] all of them; 0: wrong, told
    int32_t levels; // [-] Morris
    uint64_t seed;
    SIM_VEC(int) axes; // in the order written
};

/** A condition, parsed (study_condition.c). */
struct sim_study_condition;

struct sim_study_tie {
    SIM_VEC(int) axes;
};

struct sim_study_axes {
    struct sim_study_axis *axes;
    int axis_count;
    struct sim_study_sampler *samplers;
    int sampler_count;
    SIM_VEC(struct sim_study_tie) ties;
    SIM_VEC(struct sim_study_condition *) conditions;
    SIM_VEC(const struct sim_node *) condition_nodes;
};

/** One study being read. */
struct sim_study_loading {
    struct sim_study *study;
    struct sim_study_axes *axes;
    const struct sim_study_file *file;
    struct sim_tree *tree;
    struct sim_arena *arena;
    struct sim_diag *diag;
    const struct sim_schema_names *reserved; // by the model; NULL: nothing
};

/** A mistake at the value of `n` (its name where it has no value). `remedy` may be NULL. */
void sim_study_tell(struct sim_study_loading *l, const struct sim_node *n, const char *remedy,
                    const char *fmt, ...) SIM_PRINTF(4, 5);

/** "did you mean 'x'?", or the names when they are few, in the arena; NULL when nothing helps. */
const char *sim_study_near(struct sim_arena *arena, const char *name, const char *const *names,
                           int count);

void sim_study_load_samplers(struct sim_study_loading *l);   // study_samplers.c: first
void sim_study_load_axes(struct sim_study_loading *l);       // study_axes.c
void sim_study_finish_samplers(struct sim_study_loading *l); // study_samplers.c: their points
void sim_study_load_ties(struct sim_study_loading *l);       // study_samplers.c; values twice
void sim_study_load_conditions(struct sim_study_loading *l); // study_condition.c

int sim_study_axis_find(const struct sim_study_axes *a, const char *name); // -1: none

/** Names of all axes, in the arena. */
const char *const *sim_study_axis_names(const struct sim_study_axes *a, struct sim_arena *arena);

/** Listed values, and where each stands. */
struct sim_study_listed {
    const char *const *texts;
    const struct sim_place *places;
    int64_t count;
};

/** Make them the values of an axis: numbers of one dimension and currency, or texts. */
void sim_study_fill_values(struct sim_study_loading *l, struct sim_study_axis *x,
                           const struct sim_study_listed *listed);

/** Tell values that an axis lists twice, which would be the same point twice. */
void sim_study_check_twice(struct sim_study_loading *l, const struct sim_study_axis *x);

/** Texts of a column of a CSV file that was read, the header's unit put after bare numbers. False,
 * told at `at`. */
bool sim_study_column(struct sim_study_loading *l, const struct sim_node *at, const char *file,
                      const char *column, struct sim_study_listed *out);

// ---- conditions ----

/** What a condition asks of a point. */
struct sim_study_view {
    const char *design;
    double (*number)(void *user, int axis);    // in the axis's unit
    const char *(*text)(void *user, int axis); // as written
    void *user;
};

/** NULL with a sentence in `err` (SIM_INPUT) when it is wrong. Owned by the caller. */
struct sim_study_condition *sim_study_condition_create(const struct sim_study_axes *a,
                                                       const char *text, struct sim_err *err);
void sim_study_condition_destroy(struct sim_study_condition *c); // NULL is fine
bool sim_study_condition_holds(const struct sim_study_condition *c,
                               const struct sim_study_view *view);

/** The first design that the condition names and `designs` has not, NULL if none. */
const char *sim_study_condition_stranger(const struct sim_study_condition *c,
                                         const char *const *designs, int count);

#endif
