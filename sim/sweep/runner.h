/** @file
 * Makes runs in parallel and hands them over in order.
 *
 * Whole runs go over OpenMP threads, one at a time each; a state belongs to a thread. What a run
 * gives is packed in its thread and handed to `take` in ascending order of run by one thread of
 * its own (so that nobody waits for the disk): what comes out does not depend on the number of
 * threads. Threads that run far ahead wait, so memory is bounded: at most 4 packs a thread.
 *
 * Stopping: level 1 starts no new run and lets running ones finish (a study of one run is stopped);
 * level 2 stops the running ones too. Runs not made are handed over as skipped ones.
 *
 * Floor 3. `take` and the drawing of progress happen in one thread, `run` in many.
 */
#ifndef SIM_SWEEP_RUNNER_H
#define SIM_SWEEP_RUNNER_H

#include "sim/store/pack.h"
#include "sim/sweep/model.h"

struct sim_progress;

/** The runs to make. Borrowed until sim_runner_run returns. */
struct sim_runner_plan {
    const struct sim_model *model;
    const struct sim_schema *schema;
    const struct sim_trial *trials; // `count` of them, ascending by run
    int64_t count;
    const void *const *point_data; // loaded data of each point that the trials name
};

struct sim_runner_opts {
    int threads;                   // [-] at least 1
    const struct sim_sink *trace;  // of the first trial only; NULL: none
    struct sim_progress *progress; // NULL: none
    int (*stop_level)(void *user); // asked often, from any thread: 0 go on, 1, 2; NULL: never
    void *stop_user;
};

/** Gets each pack in order of run; it owns it from then on. A status other than SIM_OK ends it all:
 * no further run starts, and none is handed over. */
typedef enum sim_status sim_runner_take(void *user, struct sim_pack *pack, struct sim_err *err);

/** How it went. */
struct sim_runner_result {
    int64_t ok;      // [-] runs
    int64_t failed;  // [-]
    int64_t skipped; // [-]
    int64_t events;  // [-] of all runs
};

/** SIM_OK when all went well, SIM_FAILED when some runs failed, SIM_STOPPED when some were skipped
 * (stronger than failed), or what `take` said. */
enum sim_status sim_runner_run(const struct sim_runner_plan *plan,
                               const struct sim_runner_opts *opts, sim_runner_take *take,
                               void *user, struct sim_runner_result *out,
                               struct sim_err *err) SIM_MUST_USE;

/** As many threads as OpenMP would take: cores, or OMP_NUM_THREADS. */
int sim_runner_default_threads(void);

#endif
