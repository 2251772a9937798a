// SPDX-License-Identifier: MIT
// Sweeps as `ecopark sweep` makes them, from the study file to the results file. A generated park
// of 50 firms for a year: two threads against one, all series by the day against none, by the
// processor's time, with one thread. A tiny park: does memory grow with the number of runs, and are
// files left open? Each sweep is made in a process of its own, so that its memory is its own, in
// turns, and medians are told.
#include "models/park/park_model.h"
#include "sim/cfg/diag.h"
#include "sim/sweep/sweep.h"
#include "tests/bench/bench.h"
#include "tests/support/generated_park.h"

#include <dirent.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    ROUNDS = 5,
    DAYS = 180, // of the runs of 50 firms
    REPLICATIONS = 4
};

/** A folder with a park, a study, and what the sweep makes. */
struct site {
    char folder[40];
    char *park;
    char *study;
    char *output;
};

/** What one sweep cost. */
struct cost {
    double wall_s;  // [s]
    double cpu_s;   // [s] of all its threads
    double peak_mb; // [MB] of the process
    int files_left; // [-] open afterwards, not before
    double kept_mb; // [MB] of the heap not given back
    int64_t runs;   // [-] made
};

static void open_site(struct site *s, int firms, int days)
{
    struct generated_park_opts opts = generated_park_opts_default();
    struct sim_err err;
    opts.firms = firms;
    opts.days = days;
    snprintf(s->folder, sizeof s->folder, "/tmp/ecopark_bench_XXXXXX");
    SIM_REQUIRE(mkdtemp(s->folder) != NULL, "a folder can be made");
    SIM_REQUIRE(generated_park_write(s->folder, &opts, &s->park, &err) == SIM_OK,
                "the park is written");
    s->study = sim_base_format("%s/study.cfg", s->folder);
    s->output = sim_base_format("%s/results.h5", s->folder);
}

static void close_site(struct site *s)
{
    unlink(s->output);
    unlink(s->study);
    generated_park_remove(s->folder);
    free(s->output);
    free(s->study);
    free(s->park);
}

static void write_study(const struct site *s, int points, int replications, const char *store)
{
    FILE *f = fopen(s->study, "w");
    SIM_REQUIRE(f != NULL, "the study can be written");
    fprintf(f,
            "format = 1;\npark = \"park.cfg\";\nstudy = {\n  replications = %d;\n  axes = { raw = "
            "{ path = \"markets.suppliers.sells.raw.price\"; range = \"uniform(1e6 VND/t, 3e6 "
            "VND/t)\"; sampler = \"some\"; }; };\n  samplers = { some = { method = \"lhs\"; points "
            "= %d; seed = 1; }; };\n  store = \"%s\";\n};\n",
            replications, points, store);
    fclose(f);
}

static int open_files(void)
{
    DIR *d = opendir("/proc/self/fd");
    int count = 0;
    SIM_REQUIRE(d != NULL, "/proc is there");
    while (readdir(d) != NULL) {
        count++;
    }
    closedir(d);
    return count;
}

static double cpu_of_all_threads(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           1e-6 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

/** Of the heap, in use just now. */
static double heap_mb(void)
{
    const struct mallinfo2 m = mallinfo2();
    return (double)(m.uordblks + m.hblkhd) / 1e6;
}

static double peak_mb(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)u.ru_maxrss / 1024;
}

/** One sweep from the study to the file, in this process. */
static void sweep_here(const struct site *s, int threads, struct cost *out)
{
    struct sim_diag *d = sim_diag_create();
    struct sim_sweep_setup *setup = NULL;
    struct sim_sweep_result result;
    struct sim_err err;
    const int files = open_files();
    const double heap = heap_mb();
    const double cpu = cpu_of_all_threads();
    const double start = bench_seconds();
    SIM_REQUIRE(sim_sweep_setup_create(&park_park_model, "bench", s->study, d, &setup, &err) ==
                    SIM_OK,
                "the study is right");
    const struct sim_sweep_opts opts = {.output = s->output, .threads = threads, .shards = 1};
    SIM_REQUIRE(sim_sweep_run(setup, &opts, &result, &err) == SIM_OK, "the sweep goes well");
    out->wall_s = bench_seconds() - start;
    out->cpu_s = cpu_of_all_threads() - cpu;
    out->runs = result.made;
    sim_sweep_result_fini(&result);
    sim_sweep_setup_destroy(setup);
    sim_diag_destroy(d);
    out->peak_mb = peak_mb();
    out->files_left = open_files() - files;
    out->kept_mb = heap_mb() - heap;
}

/** The same in a process of its own. */
static struct cost sweep(const struct site *s, int threads)
{
    struct cost c = {.runs = 0};
    int ends[2];
    unlink(s->output);
    SIM_REQUIRE(pipe(ends) == 0, "a pipe can be made");
    const pid_t child = fork();
    SIM_REQUIRE(child >= 0, "a process can be made");
    if (child == 0) {
        sweep_here(s, threads, &c);
        _exit(write(ends[1], &c, sizeof c) == (ssize_t)sizeof c ? 0 : 1);
    }
    close(ends[1]);
    const ssize_t got = read(ends[0], &c, sizeof c);
    close(ends[0]);
    waitpid(child, NULL, 0);
    SIM_REQUIRE(got == (ssize_t)sizeof c, "the sweep ended well");
    return c;
}

static void measure_speed(const struct bench_opts *opts)
{
    struct site s;
    double speedup[ROUNDS];
    double overhead[ROUNDS];
    double rate[ROUNDS];
    double waste[ROUNDS];
    const int rounds = opts->quick ? 1 : ROUNDS;
    const int points = opts->quick ? 1 : 4;
    open_site(&s, 50, opts->quick ? 2 : DAYS);
    for (int i = 0; i < rounds; i++) {
        write_study(&s, points, REPLICATIONS, "all");
        const struct cost all = sweep(&s, 1);
        write_study(&s, points, REPLICATIONS, "responses");
        const struct cost one = sweep(&s, 1);
        const struct cost two = sweep(&s, 2);
        speedup[i] = one.wall_s / two.wall_s;
        overhead[i] = 100 * (all.cpu_s / one.cpu_s - 1);
        rate[i] = (double)two.runs / two.wall_s;
        waste[i] = 100 * (two.cpu_s / one.cpu_s - 1);
    }
    bench_line("sweep/speedup_2_threads", bench_median(speedup, rounds), "x");
    bench_line("sweep/more_cpu_with_2_threads", bench_median(waste, rounds), "%");
    bench_line("sweep/recording_overhead", bench_median(overhead, rounds), "%");
    bench_line("sweep/runs_per_s", bench_median(rate, rounds), "1/s");
    close_site(&s);
}

static void measure_memory(const struct bench_opts *opts)
{
    struct site s;
    const int replications = opts->quick ? 10 : 1000;
    open_site(&s, 2, 2);
    write_study(&s, 10, replications, "responses");
    const struct cost few = sweep(&s, 2);
    write_study(&s, 100, replications, "responses");
    const struct cost many = sweep(&s, 2);
    bench_line("sweep/short_runs", (double)many.runs, "-");
    bench_line("sweep/short_runs_per_s", (double)many.runs / many.wall_s, "1/s");
    bench_line("sweep/memory_mb", many.peak_mb, "MB");
    bench_line("sweep/memory_growth_mb", many.peak_mb - few.peak_mb, "MB");
    bench_line("sweep/kept_growth_mb", many.kept_mb - few.kept_mb, "MB");
    bench_line("sweep/open_files", many.files_left, "-");
    close_site(&s);
}

/** Runs of two firms and two days, where all that surrounds a run shows. */
static void measure_short(const struct bench_opts *opts)
{
    struct site s;
    double speedup[ROUNDS];
    double cpu_us[ROUNDS];
    const int rounds = opts->quick ? 1 : ROUNDS;
    open_site(&s, 2, 2);
    write_study(&s, 10, opts->quick ? 10 : 1000, "responses");
    for (int i = 0; i < rounds; i++) {
        const struct cost one = sweep(&s, 1);
        const struct cost two = sweep(&s, 2);
        speedup[i] = one.wall_s / two.wall_s;
        cpu_us[i] = one.cpu_s * 1e6 / (double)one.runs;
    }
    bench_line("sweep/short_speedup_2_threads", bench_median(speedup, rounds), "x");
    bench_line("sweep/short_cpu_us_a_run", bench_median(cpu_us, rounds), "us");
    close_site(&s);
}

void bench_sweep_run(const struct bench_opts *opts)
{
    measure_speed(opts);
    measure_short(opts);
    measure_memory(opts);
}
