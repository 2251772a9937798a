// SPDX-License-Identifier: MIT
// Exchange over ten years as material-flow simulators of nuclear fuel cycles pose it: N sources and
// N sinks of 100 kg a day. In pairs with a stream each (constant, and with the wish drawn anew each
// day), and all to all through one hub. The time is that of the run after loading. The yardstick in
// the same process is a plain C loop that steps day by day and moves what both ends allow;
// cyclus_s is what Cyclus 1.6 took for the constant pairs at N = 100, measured once on this kind
// of machine (8.33 s of processor time), and stands here as a constant.
#include "tests/bench/bench.h"
#include "tests/bench/bench_site.h"

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    DAYS = 3650,
    ROUNDS = 3
};

static const double CYCLUS_S = 8.33; // [s] constant pairs, N = 100, 3,650 days

struct page {
    char *text;
    size_t at, room;
};

static void say(struct page *p, const char *fmt, ...) SIM_PRINTF(2, 3);

static void say(struct page *p, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    p->at += (size_t)vsnprintf(p->text + p->at, p->room - p->at, fmt, args);
    va_end(args);
}

static struct page begin(int count, int days)
{
    struct page p = {sim_base_alloc((size_t)count * 800 + 2000, 1), 0, (size_t)count * 800 + 2000};
    say(&p,
        "format = 1;\npark = { start = \"2026-01-01\"; until = \"%s\"; record = { every = \"1 "
        "day\"; }; };\neconomy = { currency = \"VND\"; };\n",
        days == DAYS ? "2035-12-30" : "2026-01-03");
    return p;
}

static void say_firms(struct page *p, int count, bool is_hub, bool is_daily)
{
    const char *wish = is_daily ? "\"normal(100 kg/day, 20 kg/day, min = 0 kg/day)\"; redraw = \"1 "
                                  "day\""
                                : "\"100 kg/day\"";
    say(p, "firms = (\n%s", is_hub ? "  { name = \"hub\"; },\n" : "");
    for (int i = 0; i < count; i++) {
        const int s = is_hub ? 0 : i;
        say(p,
            "  { name = \"a%05d\"; processes = { make = { kind = \"continuous\"; product = "
            "\"s%d\"; capacity = \"100 kg/day\"; }; }; },\n  { name = \"b%05d\"; processes = { use "
            "= { kind = \"continuous\"; basis = \"s%d\"; capacity = %s; }; }; }%s\n",
            i, s, i, s, wish, i + 1 < count ? "," : "");
    }
    say(p, ");\n");
}

static void say_contracts(struct page *p, int count, bool is_hub)
{
    say(p, "exchanges = (\n");
    for (int i = 0; i < count; i++) {
        const char *comma = i + 1 < count ? "," : "";
        if (is_hub) {
            say(p,
                "  { name = \"i%05d\"; stream = \"s0\"; from = \"a%05d\"; to = \"hub\"; },\n  { "
                "name = \"o%05d\"; stream = \"s0\"; from = \"hub\"; to = \"b%05d\"; }%s\n",
                i, i, i, i, comma);
        } else {
            say(p,
                "  { name = \"x%05d\"; stream = \"s%d\"; from = \"a%05d\"; to = \"b%05d\"; }%s\n",
                i, i, i, i, comma);
        }
    }
    say(p, ");\n");
}

static void write_park(struct bench_site *s, int count, bool is_hub, bool is_daily, int days)
{
    struct page p = begin(count, days);
    say(&p, "streams = (\n");
    for (int i = 0; i < (is_hub ? 1 : count); i++) {
        say(&p, "  %s{ name = \"s%d\"; unit = \"kg\"; }\n", i == 0 ? "" : ", ", i);
    }
    say(&p, ");\n");
    say_firms(&p, count, is_hub, is_daily);
    say_contracts(&p, count, is_hub);
    bench_site_write(s, "park.cfg", p.text);
    free(p.text);
}

/** [s] of stepping `days` days over `count` pairs; `*out_kg` is what moved. */
static double plain_s(int count, int days, double *out_kg)
{
    double *moved = sim_base_alloc((size_t)count, sizeof(double));
    uint32_t x = 1;
    const double start = bench_cpu_seconds();
    for (int day = 0; day < days; day++) {
        for (int i = 0; i < count; i++) {
            x = x * 1664525U + 1013904223U;
            moved[i] += fmin(100, 80 + 40 * (double)(x >> 8) / 16777216.0);
        }
    }
    const double took = bench_cpu_seconds() - start;
    *out_kg = 0;
    for (int i = 0; i < count; i++) {
        *out_kg += moved[i];
    }
    free(moved);
    return took;
}

static void measure(const char *form, int count, bool is_hub, bool is_daily,
                    const struct bench_opts *opts)
{
    static const char *const names[] = {"park.cfg"};
    char group[40];
    struct bench_site s;
    double kg;
    const int days = opts->quick ? 2 : DAYS;
    bench_site_open(&s);
    write_park(&s, count, is_hub, is_daily, days);
    const struct bench_cost c = bench_site_run(s.park, count > 100 ? 1 : ROUNDS);
    const double plain = plain_s(count, days, &kg);
    SIM_REQUIRE(kg > 0, "something moved");
    snprintf(group, sizeof group, "pairs/%s", form);
    bench_line_sized(group, count, "run", c.run_s, "s");
    bench_line_sized(group, count, "us_event", c.us_event, "us");
    bench_line_sized(group, count, "of_plain_c", c.run_s / plain, "-");
    if (count == 100 && !is_hub) {
        bench_line_sized(group, count, "vs_cyclus_constant", CYCLUS_S / c.run_s, "x");
    }
    bench_site_close(&s, names, SIM_COUNT(names));
}

void bench_pairs_run(const struct bench_opts *opts)
{
    measure("constant", 100, false, false, opts);
    measure("daily", 100, false, true, opts);
    measure("hub_daily", opts->quick ? 10 : 100, true, true, opts);
    if (!opts->quick) {
        measure("hub_daily", 1000, true, true, opts);
    }
}
