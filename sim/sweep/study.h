/** @file
 * A study as its file says it: designs x axes x replications, and what to keep of each run.
 *
 *     format = 1;
 *     park = "ulsan.cfg";              # from the folder of this file
 *     study = { designs = ( "base", "alone" ); axes = { ... }; responses = { ... }; };
 *
 * Axes are lists of values, ranges ("10 t/h .. 50 t/h step 5 t/h" or `range` with `count`), columns
 * of a CSV file, or dimensions of a sampler (Latin hypercube, Sobol', Morris) whose range is a
 * distribution. Axes that are not tied are combined by product; those of one sampler move together,
 * point by point; so do tied ones. `only_if` keeps combinations that all its conditions allow.
 *
 * `park` names the file that a study changes, whatever the model makes of it: the key is part of
 * the format, the same for every model.
 *
 * What is wrong is told with its place, all at once; what the model must say (paths, designs,
 * responses) is checked when its data are loaded (plan.h, sweep.h).
 *
 * Floor 3. Const once loaded.
 */
#ifndef SIM_SWEEP_STUDY_H
#define SIM_SWEEP_STUDY_H

#include "sim/cfg/tree.h"
#include "sim/store/rule.h"
#include "sim/sweep/model.h"

struct sim_study_axes; // private to study*.c and plan.c: axes, samplers, ties, filters

enum sim_study_random {
    SIM_STUDY_COMMON,      // all points see the same breakdowns and demand
    SIM_STUDY_INDEPENDENT, // each point its own
    SIM_STUDY_ANTITHETIC   // replications 2k and 2k + 1 use u and 1 - u
};

/** Read its fields; all texts are borrowed until destroy. */
struct sim_study {
    const char *title;          // "" when there is none
    const char *path;           // of the study file
    const char *park;           // path of the park file, as it can be opened
    const char *const *designs; // at least one; "base" is the park without any; "*" stands for all
                                // of them until sim_study_resolve
    int design_count;
    const struct sim_node *const *design_nodes; // where each is named; NULL entries: nowhere
    int baseline;                               // index into designs; 0 when not said
    bool has_seed;                              // `seed` replaces the one of the park
    uint64_t seed;
    struct sim_rule rule; // replications
    enum sim_study_random random;
    struct sim_model_want want;  // responses and series
    struct sim_study_axes *axes; // private
    struct sim_tree *tree;       // private; its sources are the study file and what it includes
    void *own;                   // private: an arena
};

enum sim_study_look {
    SIM_STUDY_NONE,   // there is no study in it
    SIM_STUDY_FOUND,  // it has a group `study`, and `park` is none
    SIM_STUDY_UNKNOWN // none in what could be read: an include could not
};

/** Whether the file is a study, without telling mistakes. SIM_MISSING, with the words of the
 * system, or SIM_INPUT (a folder, too long): it could not be read, so nobody knows. */
enum sim_status sim_study_look(const char *path, enum sim_study_look *out, struct sim_err *err);

/** Load and check. SIM_INPUT or SIM_MISSING with all mistakes in `d`. Owned by the caller. */
enum sim_status sim_study_load(const char *path, const struct sim_schema_names *reserved,
                               struct sim_diag *d, struct sim_study **out) SIM_MUST_USE;
void sim_study_destroy(struct sim_study *s); // NULL is fine

/** Once the park is open, before the plan is made: write "*" out as "base" and all `names` (the
 * park's designs, `count` of them), and tell designs, a baseline and conditions that name none of
 * them. A study that names unknown designs is left with the known ones, or with base, so that what
 * else is wrong can be told; it must not be run. The names are copied. */
enum sim_status sim_study_resolve(struct sim_study *s, const char *const *names, int count,
                                  struct sim_diag *d) SIM_MUST_USE;

/** Files that were read: the study file first, then CSVs; with their fingerprints. */
int sim_study_source_count(const struct sim_study *s);
const struct sim_source *sim_study_source(const struct sim_study *s, int i);

/** The reference of the study file in Markdown, made from its tables of keys. Owned by the caller
 * (free). */
char *sim_study_reference(void);

#endif
