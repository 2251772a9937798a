/** @file
 * How far it is: a bar on a terminal, a plain line now and then elsewhere.
 *
 * Workers only count (atomically, each in its own slot); one thread draws. Nothing here touches a
 * result.
 *
 * Floor 3. begin, tick and done: any thread, its own slot. draw: one thread.
 */
#ifndef SIM_SWEEP_PROGRESS_H
#define SIM_SWEEP_PROGRESS_H

#include "sim/base/base.h"
#include "sim/sweep/sink.h"

struct sim_progress; // opaque

struct sim_progress_opts {
    struct sim_sink sink; // where it is drawn: standard error
    bool is_terminal;     // a bar that is drawn again and again; else lines
    int columns;          // [-] of the terminal
    int slots;            // [-] threads that count
    int64_t runs;         // [-] to be made
    int64_t start_us;     // [us] simulated: where each run starts
    int64_t until_us;     // [us] and ends
};

/** Owned by the caller. */
struct sim_progress *sim_progress_create(const struct sim_progress_opts *opts);
void sim_progress_destroy(struct sim_progress *p); // NULL is fine

// NULL `p` is fine below: nothing is counted or drawn.
void sim_progress_begin(struct sim_progress *p, int slot); // a run starts
void sim_progress_tick(struct sim_progress *p, int slot, int64_t now_us, int64_t events);
void sim_progress_done(struct sim_progress *p, int slot, int64_t events, bool is_failed);

/** Draw if it is time to: ten times a second on a terminal, else after 10 s, 30 s and then each
 * minute. `wall_s`: seconds since the start. */
void sim_progress_draw(struct sim_progress *p, double wall_s);

/** Wipe the bar, if there is one. */
void sim_progress_end(struct sim_progress *p);

#endif
