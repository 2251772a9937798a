// SPDX-License-Identifier: MIT
// What it costs to record a value of a series: runs of a park with its series against the same runs
// without any, by this thread's processor time, in turns, the least of each; over the number of
// values. Packing and writing are not in it. The yardstick is a plain loop in the same process that
// copies the same numbers, as doubles, into rows of the same shape, interval by interval.
#include "models/park/out/results.h"
#include "tests/bench/bench.h"
#include "tests/bench/bench_site.h"
#include "tests/support/generated_park.h"
#include "tests/support/park_kit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROUNDS = 15
};

/** The series of a park, as a plain loop has them. */
struct plain {
    double *values; // by interval, then series
    float *rows;    // by series, then interval
    int64_t count;  // [-] values
    int64_t series, intervals;
};

/** The kit's park with other series: `store` NULL: as the park says. */
static void choose(struct park_kit *k, const char *store)
{
    const struct park *const parks[] = {k->park};
    const struct sim_model_want want = {.store = &store, .store_count = store != NULL ? 1 : 0};
    park_run_destroy(k->run);
    sim_row_destroy(k->row);
    sim_schema_destroy(k->schema);
    k->schema = sim_schema_create();
    SIM_REQUIRE(park_results_declare(parks, 1, &want, NULL, k->schema, &k->err) == SIM_OK,
                "the park says what its results are");
    k->row = sim_row_create(k->schema, SIM_SCHEMA_RUN);
    k->run = park_run_create(k->park, &want, k->schema);
}

static double seconds_of_run(struct park_kit *k)
{
    const double start = bench_cpu_seconds();
    SIM_REQUIRE(park_kit_make(k, 0, NULL) == SIM_OK, "the run goes well");
    return bench_cpu_seconds() - start;
}

static struct plain plain_of(const struct park_kit *k)
{
    struct plain p = {.intervals = park_results_interval_count(k->park)};
    for (int v = 0; v < sim_schema_var_count(k->schema); v++) {
        if (sim_schema_var_at(k->schema, v)->scope == SIM_SCHEMA_SERIES) {
            for (int64_t i = 0; i < sim_schema_var_size(k->schema, v); i++) {
                p.count += isnan(sim_row_value(k->row, v, i)) ? 0 : 1;
            }
        }
    }
    p.series = p.count / p.intervals;
    p.values = sim_base_alloc((size_t)(p.series * p.intervals), sizeof(double));
    p.rows = sim_base_alloc((size_t)(p.series * p.intervals), sizeof(float));
    return p;
}

static double seconds_of_plain(struct plain *p)
{
    const double start = bench_cpu_seconds();
    for (int64_t t = 0; t < p->intervals; t++) {
        for (int64_t s = 0; s < p->series; s++) {
            p->rows[s * p->intervals + t] = (float)p->values[t * p->series + s];
        }
    }
    return bench_cpu_seconds() - start;
}

static void tell(const char *park, const char *what, double value, const char *unit)
{
    char name[80];
    snprintf(name, sizeof name, "recording/%s/%s", park, what);
    bench_line(name, value, unit);
}

static void measure(const char *name, const char *path, const char *every,
                    const struct bench_opts *opts)
{
    struct park_kit with;
    struct park_kit without;
    double least[3] = {INFINITY, INFINITY, INFINITY};
    park_kit_open(&with, path, &every, every != NULL ? 1 : 0);
    park_kit_open(&without, path, &every, every != NULL ? 1 : 0);
    choose(&with, "all");
    choose(&without, "responses");
    SIM_REQUIRE(park_kit_make(&with, 0, NULL) == SIM_OK, "the run goes well");
    struct plain plain = plain_of(&with);
    for (int i = 0; i < (opts->quick ? 1 : ROUNDS); i++) {
        least[0] = fmin(least[0], seconds_of_run(&with));
        least[1] = fmin(least[1], seconds_of_run(&without));
        least[2] = fmin(least[2], seconds_of_plain(&plain));
    }
    tell(name, "values", (double)plain.count, "-");
    tell(name, "ns_a_value", (least[0] - least[1]) * 1e9 / (double)plain.count, "ns");
    tell(name, "plain_ns_a_value", least[2] * 1e9 / (double)plain.count, "ns");
    free(plain.values);
    free(plain.rows);
    park_kit_close(&with);
    park_kit_close(&without);
}

static void measure_generated(const char *name, int firms, int days, const struct bench_opts *opts)
{
    struct generated_park_opts park = generated_park_opts_default();
    struct bench_site s;
    park.firms = firms;
    park.days = days;
    bench_site_generate(&s, &park);
    measure(name, s.park, "park.record.every=1 h", opts);
    bench_site_remove(&s);
}

void bench_recording_run(const struct bench_opts *opts)
{
    measure("ulsan", ECO_CONFIGS "/ulsan.cfg", opts->quick ? NULL : "park.record.every=1 h", opts);
    measure("history", ECO_CONFIGS "/kalundborg_history.cfg", NULL, opts);
    measure_generated("fifty_firms", 50, opts->quick ? 1 : 30, opts);
    measure_generated("thousand_firms", opts->quick ? 20 : 1000, opts->quick ? 1 : 5, opts);
}
