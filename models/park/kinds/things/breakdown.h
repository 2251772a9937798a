/** @file
 * Breakdowns, that is failures at run time: who is up, who is down, who waits for a crew.
 *
 * A mode fails when its time to failure has passed: calendar time, or operating time, which runs
 * while the rate of its process is above zero (running time, whatever the load; a process that is
 * starved, blocked, closed or switched off does not age). Operating time left is kept in whole
 * microseconds and is brought up to date only when the process starts or stops, so it is exact. The
 * failed process drops to the fraction `leaves` of its capacity; of several modes at once the
 * smallest fraction holds, and each is repaired on its own. A mode that is down does not age; the
 * others of the process go on as their counting says.
 *
 * A repair begins when the crew has a server free and ends when the drawn repair time has passed in
 * the crew's hours: work that the end of a shift interrupts goes on at the next, unless the crew
 * finishes what it has begun. Without a crew it begins at once. The draws are keyed by (seed,
 * replication, path of the mode, purpose) and numbered by failure, so no other entity can shift
 * them (sim/num/rng.h).
 *
 * One struct belongs to one run at a time; nothing is allocated after create, but for queues of
 * crews that grow longer than ever before.
 */
#ifndef PARK_BREAKDOWN_H
#define PARK_BREAKDOWN_H

#include "models/park/run/part.h"
#include "sim/core/resource.h"
#include "sim/num/dist.h"

struct park_breakdowns; // opaque

/** One way to fail; borrowed while the struct lives. */
struct park_breakdown_mode {
    const char *path;           // "firms.mill.processes.paper.failures.drive": keys the draws
    const char *name;           // "mill.paper drive", for the trace
    int32_t rank;               // of the path among all that have events
    int32_t process;            // whom it hits, 0 .. process_count - 1
    const struct sim_dist *up;  // [s]
    const struct sim_dist *fix; // [s]
    bool counts_operating;      // else calendar time
    double leaves;              // [-] 0..1 of the capacity while down
    int32_t crew;               // -1: none needed
    int32_t priority;           // [-] in the crew's queue, 1 first
};

struct park_breakdown_crew {
    const char *name;
    int32_t rank;
    int size;
    const struct sim_calendar *calendar; // NULL: always
    bool finishes;                       // repairs under way when it closes; else they pause
};

struct park_breakdown_opts {
    const struct park_breakdown_mode *modes;
    int mode_count;
    const struct park_breakdown_crew *crews;
    int crew_count;
    int process_count;
};

/** The arrays of `opts` are borrowed until destroy. Owned by the caller. */
struct park_breakdowns *park_breakdown_create(const struct park_breakdown_opts *opts,
                                              sim_time start);
void park_breakdown_destroy(struct park_breakdowns *f); // NULL is fine

/** All up and standing still; the first failures are drawn and those in calendar time planned. */
void park_breakdown_reset(struct park_breakdowns *f, const struct park_clock *c, uint64_t seed,
                          uint64_t replication, bool antithetic);

/** The process starts or stops to run. */
void park_breakdown_runs(struct park_breakdowns *f, const struct park_clock *c, int32_t process,
                         bool runs);

/** FAIL, REPAIRED, CREW: let it happen. Returns the process whose share may have changed, or -1.
 */
int32_t park_breakdown_happen(struct park_breakdowns *f, const struct park_clock *c,
                              const struct sim_event *e);

/** [-] 0..1, the share of its capacity that the failures leave to the process now. */
double park_breakdown_share(const struct park_breakdowns *f, int32_t process);

/** [h] down since reset: hours times the share that was not left. */
double park_breakdown_down_h(const struct park_breakdowns *f, sim_time now, int32_t process);

/** Walk the state; what is broken ends the program (ECO_VALIDATE). */
void park_breakdown_validate(const struct park_breakdowns *f, const struct park_clock *c);

/** The failures of a park. */
extern const struct park_part park_breakdown_part;

#endif
