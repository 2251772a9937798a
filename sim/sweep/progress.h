/** @file
 * How far it is: a bar on a terminal, a plain line now and then elsewhere, or JSON for programs.
 *
 * Workers only count (atomically, each in its own slot); one thread draws. Nothing here touches a
 * result. Runs that are there from before count as done, but not for the rate and the time left.
 *
 * Floor 3. begin, tick and done: any thread, its own slot. plan: any thread. draw and end: one
 * thread.
 */
#ifndef SIM_SWEEP_PROGRESS_H
#define SIM_SWEEP_PROGRESS_H

#include "sim/base/base.h"
#include "sim/store/pack.h"
#include "sim/sweep/sink.h"

struct sim_progress; // opaque

enum sim_progress_look {
    SIM_PROGRESS_LINES, // a line after 10 s, 30 s and then each minute
    SIM_PROGRESS_BAR,   // drawn again ten times a second
    SIM_PROGRESS_JSON   // an object a line, each second and at the end
};

struct sim_progress_opts {
    struct sim_sink sink; // where it is drawn: standard error
    enum sim_progress_look look;
    int columns;      // [-] of the terminal
    int slots;        // [-] threads that count
    int64_t runs;     // [-] to be made, with those that are there
    int64_t before;   // [-] that are there from before
    int64_t start_us; // [us] simulated: where each run starts
    int64_t until_us; // [us] and ends
};

/** Owned by the caller. */
struct sim_progress *sim_progress_create(const struct sim_progress_opts *opts);
void sim_progress_destroy(struct sim_progress *p); // NULL is fine

// NULL `p` is fine below: nothing is counted or drawn.
void sim_progress_plan(struct sim_progress *p, int64_t runs); // there are more, or fewer, to make
void sim_progress_begin(struct sim_progress *p, int slot);    // a run starts
void sim_progress_tick(struct sim_progress *p, int slot, int64_t now_us, int64_t events);
void sim_progress_done(struct sim_progress *p, int slot, int64_t events,
                       enum sim_run_status status); // skipped ones count for nothing

/** Draw if it is time to. `wall_s`: seconds since the start. */
void sim_progress_draw(struct sim_progress *p, double wall_s);

/** Wipe the bar, if there is one; the last line of JSON. */
void sim_progress_end(struct sim_progress *p, double wall_s);

#endif
