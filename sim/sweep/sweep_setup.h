/** @file
 * All that the runs of a study share: the study, its points, the park opened once, the schema of
 * the results, and the card with the mark of each point.
 *
 * Making it refuses everything that can be refused before the first run: every design is loaded
 * without the axes and again with the axis values of a point, the responses are declared, names
 * that would hide others in the results are told, and so are axes over what a results file has but
 * once (start, end, seed, units); all mistakes at once. A point whose values the park refuses is no
 * reason to refuse the study, whether it is the first or the last: its runs fail. Only where none
 * of many points of a design loads is the study refused, with the mistakes of the first.
 *
 * The mark of a point is made of the program's version, the identity of its design without the
 * axes, the paths and values of the axes, the seed, what is asked of each run, and the way chance
 * is drawn where that is not the common one. So points keep their marks when others come or go.
 *
 * Floor 3. Const once made: any thread may load points.
 */
#ifndef SIM_SWEEP_SWEEP_SETUP_H
#define SIM_SWEEP_SWEEP_SETUP_H

#include "sim/sweep/plan.h"

/** Read its fields. */
struct sim_sweep_setup {
    const struct sim_model *model;
    struct sim_study *study;
    struct sim_plan *plan;
    void *base;                   // the park, open
    const char *const *vias;      // of each axis, who sets it: for mistakes
    void **data;                  // of each design, at a point of it; NULL: no point has it
    int64_t *first_point;         // of each design, the first found that loads: of `data`; -1: none
    struct sim_model_facts facts; // of the first point, with the seed of the study
    struct sim_schema *schema;
    int response_var;     // variable of the rule's response; -1: a fixed number of replications
    struct sim_card card; // shards: 1
    void *own;            // private: an arena
};

/** Load the study at `path`. `version`: program, version and commit. SIM_INPUT or SIM_MISSING with
 * the mistakes in `diag`, or a sentence in `err`. Owned by the caller. */
enum sim_status sim_sweep_setup_create(const struct sim_model *model, const char *version,
                                       const char *path, struct sim_diag *diag,
                                       struct sim_sweep_setup **out,
                                       struct sim_err *err) SIM_MUST_USE;
void sim_sweep_setup_destroy(struct sim_sweep_setup *s); // NULL is fine

/** Load the data of a point. All mistakes go to `diag`. Owned by the caller (model->unload). */
enum sim_status sim_sweep_setup_load(const struct sim_sweep_setup *s, int64_t point,
                                     struct sim_diag *diag, void **out_data,
                                     struct sim_err *err) SIM_MUST_USE;

/** The same, but one axis has the value `other` ("PATH=VALUE"); -1: none. */
enum sim_status sim_sweep_setup_load_mixed(const struct sim_sweep_setup *s, int64_t point, int axis,
                                           const char *other, struct sim_diag *diag,
                                           void **out_data, struct sim_err *err) SIM_MUST_USE;

/** Does every mistake of the list say which axis it comes from? */
bool sim_sweep_setup_is_of_axes(const struct sim_sweep_setup *s, struct sim_diag *d);

/** "design alone, trucks = 3, husk = 812000 VND/t": where a point is; owned by the caller (free).
 */
char *sim_sweep_setup_words(const struct sim_sweep_setup *s, int64_t point);

#endif
