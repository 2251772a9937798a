// SPDX-License-Identifier: MIT
// Networks on which the rate solver is measured event by event, and one warm LP over the whole of
// them as the yardstick.
#ifndef TESTS_BENCH_TOWN_H
#define TESTS_BENCH_TOWN_H

#include "sim/flow/rates.h"
#include "sim/num/rng.h"

enum {
    TOWN_NAME = 24
};

struct town {
    int pool_count;
    int activity_count;
    int port_count;
    struct sim_pool_def *pools;
    struct sim_activity_def *activities;
    struct sim_port_def *ports; // activity by activity
    char (*names)[TOWN_NAME];   // pools, then activities
};

struct town_figures {
    double median, mean, worst; // [us] an event, each the least of its repeats
};

// Room for so many, all pools junctions.
struct town town_make(int pools, int activities, int ports);
void town_free(struct town *t);
int32_t town_activity(struct town *t, const char *kind, double capacity);
void town_port(struct town *t, int32_t activity, int32_t pool, bool gives, double coef,
               int32_t rank);

// An event sets the capacity of one random activity to a uniform share of its own; all rates are
// brought up to date. The run of events is repeated, and an event's time is the least of its own.
struct town_figures town_measure(const struct town *t, int events, int repeats);

// [us] an event of COIN CLP on the same events: the bound of the changed column moved, then dual
// simplex from the last basis; fills are maximised, better classes weigh more.
double town_measure_lp(const struct town *t, int events, double most_seconds);

struct bench_opts;

// Both, as lines GROUP/SIZE/...; then the town is gone.
void town_bench(struct town t, const char *group, int size, const struct bench_opts *opts);

#endif
