/** @file
 * The points of a study: each design with each combination of axis values, in a fixed order.
 *
 * Combinations are counted with the last axis fastest, samplers as one axis each at the place of
 * their first axis; designs are slowest. What `only_if` refuses is left out, and points are
 * numbered without gaps. A point's values are texts, as an override says them ("45 t/h"), and
 * numbers, in the axis's unit, for the results. Values of samplers are quantiles of uniform
 * numbers, written with 17 digits, so a point is the same bits wherever it is computed.
 *
 * Nothing is kept for each point but four bytes where there are filters, and four for each axis of
 * a Latin hypercube: a plan of a million points costs nothing.
 *
 * Floor 3. Const once made; sim_plan_point may be called by any thread.
 */
#ifndef SIM_SWEEP_PLAN_H
#define SIM_SWEEP_PLAN_H

#include "sim/base/arena.h"
#include "sim/store/card.h"
#include "sim/sweep/study.h"

#define SIM_PLAN_MOST_POINTS 100000000 // [-] some 30 bytes are kept of each

struct sim_plan; // opaque; borrows the study

/** One axis, as the results tell it. */
struct sim_plan_axis {
    const char *name;    // "trucks"
    const char *title;   // NULL: none
    const char *path;    // of the park
    const char *units;   // as written in the study ("t/h"); "1" for pure numbers; NULL: texts
    const char *sampler; // name of its sampler; NULL: listed
    const char *method;  // "list", "range", "csv", "lhs", "sobol", "morris"
    const char *said;    // "axis trucks (study.cfg:15)": who sets the value, for mistakes
    const struct sim_node *node; // `path` of the axis in the study file, for mistakes
};

/** One point. The arrays live in the arena that was given. */
struct sim_plan_point {
    int64_t point;
    int32_t design;               // index into study->designs
    int64_t combination;          // the same axis values have the same number in every design
    const char *const *overrides; // "PATH=VALUE" of each axis
    const char *const *texts;     // value of each axis
    const double *numbers;        // in the axis's unit; NaN for texts
};

enum sim_status sim_plan_create(const struct sim_study *s, struct sim_diag *d,
                                struct sim_plan **out) SIM_MUST_USE;
void sim_plan_destroy(struct sim_plan *p); // NULL is fine

int64_t sim_plan_points(const struct sim_plan *p);
int64_t sim_plan_combinations(const struct sim_plan *p); // before designs and filters
int sim_plan_axis_count(const struct sim_plan *p);
const struct sim_plan_axis *sim_plan_axis(const struct sim_plan *p, int axis);
void sim_plan_point(const struct sim_plan *p, int64_t point, struct sim_arena *arena,
                    struct sim_plan_point *out);

/** Its design alone: quick, for a look at all points. */
int32_t sim_plan_design(const struct sim_plan *p, int64_t point);

/** How many values an axis lists, and which of them it has at a point (-1: it draws them). */
int64_t sim_plan_listed(const struct sim_plan *p, int axis); // [-] 0: it draws them
int64_t sim_plan_place(const struct sim_plan *p, int64_t point, int axis);

/** The text of a drawn axis near the lower or the upper end of what its sampler can give: half a
 * stratum, or half a level, from it. */
const char *sim_plan_end(const struct sim_plan *p, int axis, bool is_upper,
                         struct sim_arena *arena);

/** The value of an axis at a point as bytes that two values share just when they are the same: the
 * text of a listed one, the bits of a drawn one, lowest byte first. Returns how many; the bytes are
 * the plan's, or `room`. Quick: nothing is written out. */
size_t sim_plan_bytes(const struct sim_plan *p, int64_t point, int axis, unsigned char room[8],
                      const void **out_bytes);

/** Whether a condition ("design != alone and trucks >= 2") holds at a point: for --only. Parsed
 * once: sim_plan_filter_create tells a mistake in `err` (SIM_USAGE). */
struct sim_plan_filter;
enum sim_status sim_plan_filter_create(const struct sim_plan *p, const char *text,
                                       struct sim_plan_filter **out,
                                       struct sim_err *err) SIM_MUST_USE;
bool sim_plan_filter_holds(const struct sim_plan_filter *f, const struct sim_plan_point *point);
void sim_plan_filter_destroy(struct sim_plan_filter *f); // NULL is fine

/** The trial of a replication of a point: its seed, and whether it is antithetic. `mark`: of the
 * point; independent points draw from it. `run` is set to -1. Of an antithetic pair both trials
 * have the same `replication` (half of the one asked for), since it keys their numbers. */
void sim_plan_trial(const struct sim_plan *p, uint64_t seed, int64_t point,
                    const struct sim_card_mark *mark, int32_t replication, struct sim_trial *out);

/** Declare what the axes put into the results: point_AXIS and AXIS (spread over the runs by the
 * writer), point_design is the writer's own. point_AXIS has the text attributes `path`, `method`
 * and, where it is sampled, `sampler` (its name); the file has `baseline` (name of the design) and
 * `random` ("common", "independent", "antithetic"). `ecopark compare` reads them. */
void sim_plan_declare(const struct sim_plan *p, struct sim_schema *schema);

#endif
