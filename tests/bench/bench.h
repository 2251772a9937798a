/** @file
 * What benches share: lines of results, a clock, medians.
 *
 * A bench measures against a yardstick in the same process, in turns, and gives medians, so that a
 * busy machine slows both alike. Each result is one line: name, value, unit.
 */
#ifndef TESTS_BENCH_H
#define TESTS_BENCH_H

#include "sim/base/base.h"

struct bench_opts {
    bool quick; // a smoke test: everything runs, but figures mean nothing
};

typedef void bench_run(const struct bench_opts *opts);

#define X(name, doc) bench_run bench_##name##_run;
#include "tests/bench/benches.def"
#undef X

double bench_seconds(void);     // [s] of a clock that never goes back
double bench_cpu_seconds(void); // [s] of this thread's processor time: others do not count
double bench_median(double *values, int count); // sorts them

/** Print "name value unit". */
void bench_line(const char *name, double value, const char *unit);

/** Print "group/size/name value unit". */
void bench_line_sized(const char *group, int size, const char *name, double value,
                      const char *unit);

#endif
