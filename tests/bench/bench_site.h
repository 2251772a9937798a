/** @file
 * A folder of its own in which a bench writes a park, loads it and runs it, and what that cost.
 */
#ifndef TESTS_BENCH_SITE_H
#define TESTS_BENCH_SITE_H

#include "sim/base/base.h"

struct bench_site {
    char folder[40];
    char *park; // path of the park file; owned
};

/** What a park cost from its file to the end of its runs, by this thread's processor time. */
struct bench_cost {
    double load_s;      // [s] from the file to the network
    double run_s;       // [s] of one run, the least of all
    int64_t events;     // [-] of that run
    double us_event;    // [us] run_s / events
    double run_peak_mb; // [MB] of the process after it
};

void bench_site_open(struct bench_site *s); // makes the folder; no park yet
void bench_site_close(struct bench_site *s, const char *const *names, int count); // removes them

/** Write `text` as file `name` of the folder; it becomes the park when that is "park.cfg". */
void bench_site_write(struct bench_site *s, const char *name, const char *text);

struct generated_park_opts;

/** Open it with a generated park; and remove that, and the folder. */
void bench_site_generate(struct bench_site *s, const struct generated_park_opts *opts);
void bench_site_remove(struct bench_site *s);

/** Load the park at `path` and make `runs` runs of it. */
struct bench_cost bench_site_run(const char *path, int runs);

#endif
