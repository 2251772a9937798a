// SPDX-License-Identifier: MIT
#include "tests/bench/bench_site.h"

#include "sim/base/file.h"
#include "tests/bench/bench.h"
#include "tests/support/generated_park.h"
#include "tests/support/park_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

void bench_site_open(struct bench_site *s)
{
    *s = (struct bench_site){.folder = "/tmp/ecopark_bench_XXXXXX"};
    SIM_REQUIRE(mkdtemp(s->folder) != NULL, "a folder can be made");
}

void bench_site_close(struct bench_site *s, const char *const *names, int count)
{
    for (int i = 0; i < count; i++) {
        char *path = sim_file_join(s->folder, names[i]);
        unlink(path);
        free(path);
    }
    rmdir(s->folder);
    free(s->park);
}

void bench_site_write(struct bench_site *s, const char *name, const char *text)
{
    struct sim_err err;
    char *path = sim_file_join(s->folder, name);
    SIM_REQUIRE(sim_file_write(path, text, strlen(text), &err) == SIM_OK, "the file is written");
    if (strcmp(name, "park.cfg") == 0) {
        free(s->park);
        s->park = path;
    } else {
        free(path);
    }
}

struct bench_cost bench_site_run(const char *path, int runs)
{
    struct park_kit k;
    struct bench_cost c = {.run_s = 0};
    const double start = bench_cpu_seconds();
    park_kit_open(&k, path, NULL, 0);
    c.load_s = bench_cpu_seconds() - start;
    for (int i = 0; i < runs; i++) {
        const double begin = bench_cpu_seconds();
        SIM_REQUIRE(park_kit_make(&k, 0, NULL) == SIM_OK, "the run goes well");
        const double took = bench_cpu_seconds() - begin;
        c.run_s = i == 0 || took < c.run_s ? took : c.run_s;
    }
    c.events = k.end.events;
    c.us_event = c.events > 0 ? c.run_s * 1e6 / (double)c.events : 0;
    park_kit_close(&k);
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    c.run_peak_mb = (double)u.ru_maxrss / 1024;
    return c;
}

void bench_site_generate(struct bench_site *s, const struct generated_park_opts *opts)
{
    struct sim_err err;
    bench_site_open(s);
    SIM_REQUIRE(generated_park_write(s->folder, opts, &s->park, &err) == SIM_OK, "a park");
}

void bench_site_remove(struct bench_site *s)
{
    generated_park_remove(s->folder);
    free(s->park);
}
