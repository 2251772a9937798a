// SPDX-License-Identifier: MIT
// Does an event's cost follow what changed, or the size of the park? The generated park from ten
// firms to 100,000: chained (each works also heats one mill of the next) and in clusters of fifty
// that only share suppliers without limit. The yardstick is the same park of 50 firms in the same
// process. Each size is run in a process of its own, so that its memory is its own.
#include "tests/bench/bench.h"
#include "tests/bench/bench_site.h"
#include "tests/support/generated_park.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const int sizes[] = {50, 10, 1000, 10000, 50000, 100000};

/** As many days as make some 10,000 events, and at least one. */
static int days_of(int firms, const struct bench_opts *opts)
{
    const int days = 10000 / firms;
    return opts->quick || days < 1 ? 1 : days > 200 ? 200 : days;
}

static struct bench_cost run_in_a_process(const char *path)
{
    struct bench_cost c = {.load_s = 0};
    int ends[2];
    fflush(stdout);
    SIM_REQUIRE(pipe(ends) == 0, "a pipe can be made");
    const pid_t child = fork();
    SIM_REQUIRE(child >= 0, "a process can be made");
    if (child == 0) {
        c = bench_site_run(path, 2);
        _exit(write(ends[1], &c, sizeof c) == (ssize_t)sizeof c ? 0 : 1);
    }
    close(ends[1]);
    const ssize_t got = read(ends[0], &c, sizeof c);
    close(ends[0]);
    waitpid(child, NULL, 0);
    SIM_REQUIRE(got == (ssize_t)sizeof c, "the run ended well");
    return c;
}

static struct bench_cost cost_of(int firms, bool is_clustered, const struct bench_opts *opts)
{
    struct generated_park_opts o = generated_park_opts_default();
    struct bench_site s;
    o.firms = firms;
    o.is_clustered = is_clustered;
    o.days = days_of(firms, opts);
    bench_site_generate(&s, &o);
    const struct bench_cost c = run_in_a_process(s.park);
    bench_site_remove(&s);
    return c;
}

static void measure(const char *form, bool is_clustered, const struct bench_opts *opts)
{
    char name[60];
    double of_fifty = 0;
    for (int i = 0; i < (opts->quick ? 2 : SIM_COUNT(sizes)); i++) {
        const struct bench_cost c = cost_of(sizes[i], is_clustered, opts);
        of_fifty = sizes[i] == 50 ? c.us_event : of_fifty;
        snprintf(name, sizeof name, "scale/%s", form);
        bench_line_sized(name, sizes[i], "us_event", c.us_event, "us");
        bench_line_sized(name, sizes[i], "of_50_firms", c.us_event / of_fifty, "-");
        bench_line_sized(name, sizes[i], "load", c.load_s, "s");
        bench_line_sized(name, sizes[i], "memory_a_firm", c.run_peak_mb * 1024 / sizes[i], "kB");
    }
}

void bench_scale_run(const struct bench_opts *opts)
{
    measure("chained", false, opts);
    measure("clustered", true, opts);
}
