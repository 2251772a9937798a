// SPDX-License-Identifier: MIT
#include "tests/bench/bench.h"

#include "sim/base/pages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct bench {
    const char *name;
    const char *doc;
    bench_run *run;
};

static const struct bench benches[] = {
#define X(name, doc) {#name, doc, bench_##name##_run},
#include "tests/bench/benches.def"
#undef X
};

double bench_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double bench_cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int compare_doubles(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;
    return (a > b) - (a < b);
}

double bench_median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, compare_doubles);
    return count % 2 == 1 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

void bench_line(const char *name, double value, const char *unit)
{
    printf("%s %.6g %s\n", name, value, unit);
    fflush(stdout);
}

void bench_line_sized(const char *group, int size, const char *name, double value, const char *unit)
{
    char full[100];
    snprintf(full, sizeof full, "%s/%d/%s", group, size, name);
    bench_line(full, value, unit);
}

static void print_list(FILE *out)
{
    for (int i = 0; i < SIM_COUNT(benches); i++) {
        fprintf(out, "%-8s %s\n", benches[i].name, benches[i].doc);
    }
}

static void print_help(FILE *out)
{
    fputs("ecopark-bench [--quick] NAME...   run the benches named, or `all`\n"
          "ecopark-bench --list              say which there are\n"
          "ecopark-bench --help              this text\n"
          "\n"
          "Each result is a line `name value unit`; a value in x says how many times faster than\n"
          "its yardstick, which runs in the same process. --quick only shows that all runs.\n"
          "\n",
          out);
    print_list(out);
}

static int run_named(const char *name, const struct bench_opts *opts)
{
    const bool all = strcmp(name, "all") == 0;
    int ran = 0;
    sim_pages_begin(); // as the program does
    for (int i = 0; i < SIM_COUNT(benches); i++) {
        if (all || strcmp(name, benches[i].name) == 0) {
            benches[i].run(opts);
            ran++;
        }
    }
    return ran;
}

int main(int argc, char **argv)
{
    struct bench_opts opts = {0};
    int ran = 0;
    sim_pages_begin(); // as the program does
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            print_help(stdout);
            return 0;
        }
        if (strcmp(argv[i], "--list") == 0) {
            print_list(stdout);
            return 0;
        }
        if (strcmp(argv[i], "--quick") == 0) {
            opts.quick = true;
            continue;
        }
        const int now = run_named(argv[i], &opts);
        if (now == 0) {
            fprintf(stderr, "ecopark-bench: no bench is called '%s'; there are:\n", argv[i]);
            print_list(stderr);
            return 64;
        }
        ran += now;
    }
    if (ran == 0) {
        print_help(stderr);
        return 64;
    }
    return 0;
}
