/** @file
 * Makes runs in parallel: threads ask for the next one, one thread gets what they made.
 *
 * Whole runs go over OpenMP threads, one at a time each, as a source gives them; a state belongs to
 * a thread, and so do the data of the point it is at: they are loaded in the thread that needs them
 * and kept as long as it stays at the point. What a run gives is packed in its thread and handed to
 * `take` by one thread of its own (so that nobody waits for the disk), either in the order in which
 * they were given out or as soon as they are finished. Threads that run far ahead wait, so
 * memory is bounded: at most 4 packs a thread.
 *
 * Stopping: level 1 starts no new run and lets running ones finish (a run that is the only one is
 * stopped); level 2 stops the running ones too.
 *
 * Floor 3. `next` is called by any thread, one at a time; `load` and `unload` by many at once;
 * `take` and the drawing of progress happen in one thread.
 */
#ifndef SIM_SWEEP_RUNNER_H
#define SIM_SWEEP_RUNNER_H

#include "sim/store/pack.h"
#include "sim/sweep/model.h"

struct sim_progress;

/** What a source says when it is asked for a run. */
enum sim_runner_answer {
    SIM_RUNNER_TASK,  // here it is
    SIM_RUNNER_WAIT,  // nothing now; ask again when something was taken
    SIM_RUNNER_END,   // nothing more; what runs is finished
    SIM_RUNNER_ENOUGH // nothing more, and what still runs is not needed: stop it
};

/** A run to make. */
struct sim_runner_task {
    struct sim_trial trial;
    int64_t replication; // [-] of the point, from 0; the trial's own may be that of a pair
};

/** Gives the next task to a thread (`slot`, from 0), under the runner's lock: be quick. */
typedef enum sim_runner_answer sim_runner_next(void *user, int slot, struct sim_runner_task *out);

/** The data of a point, for one thread. A status other than SIM_OK makes each run of the point a
 * failed one, with the text of `err` (one line) as its reason. */
typedef enum sim_status sim_runner_load(void *user, int64_t point, const void **out_data,
                                        struct sim_err *err);
typedef void sim_runner_unload(void *user, int64_t point, const void *data);

/** The runs to make. Borrowed until sim_runner_run returns. */
struct sim_runner_plan {
    const struct sim_model *model;
    const struct sim_schema *schema;
    const struct sim_model_want *want; // as declared; NULL: nothing
    sim_runner_next *next;
    sim_runner_load *load;
    sim_runner_unload *unload; // NULL: the data are not the thread's to drop
    void *user;                // of these three
    bool is_one;               // there is only one run: the first signal stops it
    bool is_ordered;     // handed over as they were given out, and those not made as skipped ones;
                         // else as soon as they are finished, and only those that were
    bool has_point_rows; // replication 0 of a point carries its point_row
};

struct sim_runner_opts {
    int threads;                   // [-] at least 1
    const struct sim_sink *trace;  // of the first task only; NULL: none
    struct sim_progress *progress; // NULL: none
    int (*stop_level)(void *user); // asked often, from any thread: 0 go on, 1, 2; NULL: never
    void *stop_user;
};

/** Gets each pack; it owns it from then on. A status other than SIM_OK ends it all: no further run
 * starts, and none is handed over. */
typedef enum sim_status sim_runner_take(void *user, struct sim_pack *pack, struct sim_err *err);

/** How it went. */
struct sim_runner_result {
    int64_t ok;      // [-] runs
    int64_t failed;  // [-]
    int64_t skipped; // [-] given out, and not made or not finished
    int64_t events;  // [-] of all runs
};

/** SIM_OK when all went well, SIM_FAILED when some runs failed, SIM_STOPPED when it was stopped
 * before the source's end (stronger than failed), or what `take` said. */
enum sim_status sim_runner_run(const struct sim_runner_plan *plan,
                               const struct sim_runner_opts *opts, sim_runner_take *take,
                               void *user, struct sim_runner_result *out,
                               struct sim_err *err) SIM_MUST_USE;

/** A source of replications 0 .. count - 1 of one point whose data are loaded. */
struct sim_runner_list {
    const void *data;
    struct sim_trial first; // `run` and `replication` count up from it
    int64_t count;
    int64_t next; // [-] given out so far
};

/** The plan of such a source, in order. */
struct sim_runner_plan sim_runner_list_plan(struct sim_runner_list *list,
                                            const struct sim_model *model,
                                            const struct sim_schema *schema);

/** As many threads as OpenMP would take: cores, or OMP_NUM_THREADS. */
int sim_runner_default_threads(void);

#endif
