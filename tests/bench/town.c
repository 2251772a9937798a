// SPDX-License-Identifier: MIT
#include "tests/bench/town.h"

#include "tests/bench/bench.h"

#include <coin/Clp_C_Interface.h>

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct town town_make(int pools, int activities, int ports)
{
    struct town t = {.pool_count = pools};
    t.pools = sim_base_alloc((size_t)pools, sizeof(*t.pools));
    t.activities = sim_base_alloc((size_t)activities, sizeof(*t.activities));
    t.ports = sim_base_alloc((size_t)ports, sizeof(*t.ports));
    t.names = sim_base_alloc((size_t)(pools + activities), sizeof(*t.names));
    for (int p = 0; p < pools; p++) {
        snprintf(t.names[p], TOWN_NAME, "pool%06d", p);
        t.pools[p] = (struct sim_pool_def){.name = t.names[p], .reorder = -1.0};
    }
    return t;
}

void town_free(struct town *t)
{
    free(t->pools);
    free(t->activities);
    free(t->ports);
    free(t->names);
}

int32_t town_activity(struct town *t, const char *kind, double capacity)
{
    const int32_t k = t->activity_count++;
    char *const name = t->names[t->pool_count + k];
    snprintf(name, TOWN_NAME, "%s%d", kind, (int)k);
    t->activities[k] = (struct sim_activity_def){.name = name, .capacity = capacity};
    return k;
}

void town_port(struct town *t, int32_t activity, int32_t pool, bool gives, double coef,
               int32_t rank)
{
    t->ports[t->port_count++] = (struct sim_port_def){
        .activity = activity, .pool = pool, .gives = gives, .coef = coef, .rank = rank};
}

// ---- the events, the same for all

static struct sim_rng first_event(void)
{
    return sim_rng_make(1, 0, 4, 0);
}

static int32_t next_event(struct sim_rng *rng, const struct town *t, double *out_capacity)
{
    const int32_t k = (int32_t)sim_rng_below(rng, t->activity_count);
    *out_capacity = t->activities[k].capacity * sim_rng_uniform(rng);
    return k;
}

static void run_once(const struct town *t, const struct sim_network *net, int events, double *us)
{
    struct sim_err err = {0};
    struct sim_rates *rates = sim_rates_create(net);
    SIM_REQUIRE(sim_rates_settle(rates, &err) == SIM_OK, err.text);
    struct sim_rng rng = first_event();
    for (int i = 0; i < events; i++) {
        double capacity = 0.0;
        const int32_t k = next_event(&rng, t, &capacity);
        const double start = bench_cpu_seconds();
        sim_rates_set_capacity(rates, k, capacity);
        SIM_REQUIRE(sim_rates_settle(rates, &err) == SIM_OK, err.text);
        us[i] = fmin(us[i], 1e6 * (bench_cpu_seconds() - start));
    }
    sim_rates_destroy(rates);
}

struct town_figures town_measure(const struct town *t, int events, int repeats)
{
    struct sim_err err = {0};
    struct sim_network *net = NULL;
    const struct sim_network_def def = {.pools = t->pools,
                                        .pool_count = t->pool_count,
                                        .activities = t->activities,
                                        .activity_count = t->activity_count,
                                        .ports = t->ports,
                                        .port_count = t->port_count};
    SIM_REQUIRE(sim_network_create(&def, &net, &err) == SIM_OK, err.text);
    double *us = sim_base_alloc((size_t)events, sizeof(*us));
    for (int i = 0; i < events; i++) {
        us[i] = HUGE_VAL;
    }
    for (int round = 0; round < repeats; round++) {
        run_once(t, net, events, us);
    }
    struct town_figures f = {0};
    for (int i = 0; i < events; i++) {
        f.mean += us[i] / events;
        f.worst = fmax(f.worst, us[i]);
    }
    f.median = bench_median(us, events);
    free(us);
    sim_network_destroy(net);
    return f;
}

// ---- the yardstick

enum {
    CLASSES = 3
};

// A column an activity, a row a pool; ports are listed activity by activity.
static Clp_Simplex *make_lp(const struct town *t)
{
    const int columns = t->activity_count;
    CoinBigIndex *start = sim_base_alloc((size_t)columns + 1, sizeof(*start));
    int *index = sim_base_alloc((size_t)t->port_count, sizeof(*index));
    double *value = sim_base_alloc((size_t)t->port_count, sizeof(*value));
    double *numbers = sim_base_alloc((size_t)(3 * columns + t->pool_count), sizeof(*numbers));
    double *const upper = numbers + columns;
    double *const objective = upper + columns;
    double *const zero = objective + columns;
    int at = 0;
    for (int32_t k = 0; k < columns; k++) {
        int best = CLASSES;
        start[k] = at;
        for (; at < t->port_count && t->ports[at].activity == k; at++) {
            index[at] = t->ports[at].pool;
            value[at] = t->ports[at].gives ? t->ports[at].coef : -t->ports[at].coef;
            best = t->ports[at].rank < best ? t->ports[at].rank : best;
        }
        const int weight = CLASSES + 1 - best;
        upper[k] = t->activities[k].capacity;
        objective[k] = -(double)(weight * weight) / upper[k];
    }
    start[columns] = at;
    Clp_Simplex *lp = Clp_newModel();
    Clp_setLogLevel(lp, 0);
    Clp_loadProblem(lp, columns, t->pool_count, start, index, value, numbers, upper, objective,
                    zero, zero);
    free(start);
    free(index);
    free(value);
    free(numbers);
    return lp;
}

double town_measure_lp(const struct town *t, int events, double most_seconds)
{
    Clp_Simplex *lp = make_lp(t);
    struct sim_rng rng = first_event();
    int done = 0;
    Clp_initialSolve(lp);
    const double start = bench_cpu_seconds();
    while (done < events && bench_cpu_seconds() - start < most_seconds) {
        double capacity = 0.0;
        const int32_t k = next_event(&rng, t, &capacity);
        Clp_columnUpper(lp)[k] = capacity;
        Clp_dual(lp, 0);
        SIM_REQUIRE(Clp_status(lp) == 0, "the yardstick LP is not optimal");
        done++;
    }
    const double seconds = bench_cpu_seconds() - start;
    Clp_deleteModel(lp);
    return 1e6 * seconds / done;
}

void town_bench(struct town t, const char *group, int size, const struct bench_opts *opts)
{
    const int events = opts->quick ? 50 : 1000;
    const double lp = town_measure_lp(&t, events, opts->quick ? 0.02 : 2.0);
    const struct town_figures f = town_measure(&t, events, opts->quick ? 1 : 5);
    bench_line_sized(group, size, "us_per_event", f.mean, "us");
    bench_line_sized(group, size, "median", f.median, "us");
    bench_line_sized(group, size, "worst", f.worst, "us");
    bench_line_sized(group, size, "vs_one_lp", lp / f.mean, "x");
    town_free(&t);
}
