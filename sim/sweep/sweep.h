/** @file
 * Makes the runs of a study, in parallel, and the results file at the end; stops and goes on at
 * will.
 *
 * Finished runs go to FILE.parts (parts.h) as soon as they are there; once all are, FILE is
 * composed from them (compose.h) and the parts are removed. So the same call again makes only what
 * is missing, and FILE has the same bytes (but /execution) however often it was interrupted, on
 * however many threads or machines. A FILE that is already as it would be written is left as it is;
 * one that is not (any input, title or remark is another) is replaced once all runs are there, and
 * what differs is told. A damaged block of the parts is set aside, and its runs are made again.
 *
 * A run that fails is finished, too: it is recorded and never made again.
 *
 * A shard owns whole points (point p belongs to shard p % shards) and writes no FILE: `merge` joins
 * the shards. `only` makes the runs of some points; FILE is composed once those of all are there.
 *
 * Floor 3. One at a time on one FILE; called by one thread, which starts others.
 */
#ifndef SIM_SWEEP_SWEEP_H
#define SIM_SWEEP_SWEEP_H

#include "sim/sweep/progress.h"
#include "sim/sweep/sweep_setup.h"

struct sim_sweep_opts {
    const char *output;       // FILE
    int threads;              // [-] at least 1
    int32_t shard;            // [-] from 0
    int32_t shards;           // [-] 1: all of it
    const char *only;         // a condition on points; NULL: all
    bool fails_fast;          // no new run after one that failed
    bool keeps_parts;         // FILE.parts stays when FILE is there
    double max_s;             // [s] no new run after so long; 0: no limit
    struct sim_sink note;     // what was found and what it does, in plain words
    bool has_progress;        // tell how far it is, too
    struct sim_sink progress; // there
    enum sim_progress_look look;
    int columns;                   // [-] of the terminal
    int (*stop_level)(void *user); // as in runner.h
    void *stop_user;
};

enum {
    SIM_SWEEP_FAILURES = 5 // [-] that are kept to be told
};

/** A run that failed. */
struct sim_sweep_failure {
    int64_t run; // [-] id in FILE; -1: not known before FILE is there
    int64_t point;
    int32_t replication;
    int64_t more; // [-] runs of this point that failed with the same words
    char *reason; // owned
};

struct sim_sweep_result {
    int64_t runs;      // [-] asked for, of this shard and `only`
    int64_t before;    // [-] of which were there
    int64_t made;      // [-] now, those made ahead or again too
    int64_t again;     // [-] of which were there, and were lost to a damaged block
    int64_t ahead;     // [-] of which the rule did not ask for
    int64_t failed;    // [-] of those asked for; of FILE, when it was complete
    int64_t missing;   // [-] of those asked for; 0: all are there
    int64_t rest;      // [-] missing of points outside `only`
    int64_t events;    // [-] handled now
    bool was_complete; // FILE was there, whole; nothing was done
    bool is_composed;  // FILE is there now
    bool is_late;      // `max_s` is over
    struct sim_sweep_failure failures[SIM_SWEEP_FAILURES]; // the first ones
    int failure_count;
    char *parts; // the folder; owned
};

/** SIM_OK; SIM_FAILED when some runs failed; SIM_STOPPED when runs are missing because it was
 * stopped; SIM_USAGE when `only` is wrong; SIM_WRITE with what was in the way: finished runs are
 * safe then, too. `*out` is filled whatever the status; sim_sweep_result_fini frees what it holds.
 */
enum sim_status sim_sweep_run(const struct sim_sweep_setup *s, const struct sim_sweep_opts *opts,
                              struct sim_sweep_result *out, struct sim_err *err) SIM_MUST_USE;
void sim_sweep_result_fini(struct sim_sweep_result *r);

/** "10,000": a count as people write it. */
const char *sim_sweep_count(int64_t count, char out[32]);

#endif
