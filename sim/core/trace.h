/** @file
 * The trace: what happened when, to whom, and why, in words.
 *
 *     2026-03-01 06:00:00  brick.kiln  starts: shift opens
 *
 * A trace is a sink for such lines. Tracing off is a NULL trace: SIM_TRACE then costs one
 * comparison and does not even evaluate what would be said, so it may stand in hot code. What is
 * said at a fraction of a second shows it ("06:00:00.250000").
 *
 * Floor 2: the sink does the writing; one that writes to a FILE is given. A trace belongs to one
 * run, so that lines of two runs never mix.
 */
#ifndef SIM_CORE_TRACE_H
#define SIM_CORE_TRACE_H

#include "sim/base/base.h"
#include "sim/num/simtime.h"

/** Gets each line, without a newline; borrowed for the call. */
typedef void sim_trace_sink(void *user, const char *line);

struct sim_trace {
    sim_trace_sink *sink; // borrowed
    void *user;
    int64_t lines; // [-] how many were said
};

/** A trace that writes to `file` (a FILE *, borrowed: the caller opens, checks and closes it). */
struct sim_trace sim_trace_to_file(void *file);

/** Say what `who` (its path) does or suffers, and why: "starts: shift opens". */
void sim_trace_say(struct sim_trace *t, sim_time now, const char *who, const char *fmt, ...)
    SIM_PRINTF(4, 5);

/** As sim_trace_say where `trace` is not NULL; else nothing, its words not evaluated. */
#define SIM_TRACE(trace, now, who, ...)                                                            \
    do {                                                                                           \
        if ((trace) != NULL) {                                                                     \
            sim_trace_say((trace), (now), (who), __VA_ARGS__);                                     \
        }                                                                                          \
    } while (0)

#endif
