/** @file
 * What was held back, in the results file and in the summary: the group /held_back.
 *
 * It has two axes of labels, `process` and `cause`, the union over the designs, and by run
 * `hours` and `amount` of each process and cause: 0 where that never was, NaN where the design has
 * no such process or cause. Where axes change values from run to run, `cause` has what any value
 * may lead to; a cause that it lacks all the same, since it has sorts only or an axis changes more
 * than values, is told by its sort, or as one further on. An amount is in `process_unit`, of
 * `process_stream` (held.h).
 *
 * The summary lists those first that cost most hours of full load.
 */
#ifndef PARK_HELD_RESULTS_H
#define PARK_HELD_RESULTS_H

#include "models/park/why/held.h"
#include "sim/store/row.h"
#include "sim/store/schema.h"
#include "sim/sweep/model.h"

struct json_t;

/** Where a park's numbers go; made once a state. */
struct park_held_columns {
    int hours, amount;   // variables; -1: a park without processes
    int32_t *process_at; // by process
    int32_t *cause_at;   // by cause of the park
    bool *is_first;      // by cause of the park: no earlier one has its column
    int64_t width;       // [-] causes of all designs
    struct park_held_causes causes;
};

/** `want` may be NULL. */
void park_held_results_declare(const struct park *const *parks, int park_count,
                               const struct sim_model_want *want, struct sim_schema *schema);
void park_held_results_bind(struct park_held_columns *c, const struct park *p,
                            const struct sim_schema *schema);
void park_held_results_unbind(struct park_held_columns *c);

/** Where a process and a cause stand in the two variables. */
int64_t park_held_results_cell(const struct park_held_columns *c, int32_t process, int32_t cause);

void park_held_results_put(const struct park_held_columns *c, const struct park_held *h,
                           sim_time now, const struct park *p, struct sim_row *row);

/** For the summary: whether anything was held back, and the largest of it. */
void park_held_results_text(const struct park *p, const struct park_held_columns *c,
                            const struct sim_row *mean, const struct sim_sink *out);

/** Add `held_back`: all that was, by process and cause. */
void park_held_results_json(const struct park *p, const struct park_held_columns *c,
                            const struct sim_row *mean, struct json_t *object);

#endif
