// SPDX-License-Identifier: MIT
// The rate solver against linear programmes. The network: parks of 10 pools joined in a ring of
// links, half of the pools stocks in between (which cut it), each park with sources, sinks and
// processes of one or two inputs and outputs, three classes. An event sets the capacity of one
// random activity to a uniform share of its own, and all rates are brought up to date.
//
// Yardsticks, in the same run on the same network and events:
// - one LP: COIN CLP over the whole network, the bound of the changed column moved, then dual
//   simplex from the last basis. A lower bound for what LP-based simulators do at an event.
// - the lexicographic LP sequence, on a sample: class by class the smallest fill is maximised, who
//   cannot rise is fixed, until all are. That is what "serve by priority, share fairly" takes.
#include "sim/flow/rates.h"
#include "sim/num/rng.h"
#include "tests/bench/bench.h"

#include <coin/Clp_C_Interface.h>

#include <float.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    PARK_POOLS = 10,
    PARK_ACTIVITIES = 22,
    PARK_PORTS = 60,
    EVENTS = 2000,
    CLASSES = 3,
    NAME = 24
};

struct town {
    int pool_count;
    int activity_count;
    int port_count;
    struct sim_pool_def *pools;
    struct sim_activity_def *activities;
    struct sim_port_def *ports;
    char (*names)[NAME]; // pools, then activities
};

// ---- the network

static int32_t add_activity(struct town *t, struct sim_rng *rng, const char *kind)
{
    const int32_t k = t->activity_count++;
    char *const name = t->names[t->pool_count + k];
    snprintf(name, NAME, "%s%d", kind, (int)k);
    t->activities[k] = (struct sim_activity_def){
        .name = name,
        .capacity = 1.0 + 19.0 * sim_rng_uniform(rng),
    };
    return k;
}

static void add_port(struct town *t, struct sim_rng *rng, int32_t activity, int32_t pool,
                     bool gives)
{
    for (int i = t->port_count - 1; i >= 0 && t->ports[i].activity == activity; i--) {
        if (t->ports[i].pool == pool) {
            return; // touches it already
        }
    }
    t->ports[t->port_count++] = (struct sim_port_def){
        .activity = activity,
        .pool = pool,
        .gives = gives,
        .coef = gives ? 0.15 + 0.3 * sim_rng_uniform(rng) : 1.0 + 0.5 * sim_rng_uniform(rng),
        .rank = 1 + (int32_t)sim_rng_below(rng, CLASSES),
    };
}

static int32_t some_pool(struct sim_rng *rng, int32_t first)
{
    return first + (int32_t)sim_rng_below(rng, PARK_POOLS);
}

static void add_pools(struct town *t, struct sim_rng *rng, int32_t first)
{
    int stocks = PARK_POOLS / 2;
    for (int p = 0; p < PARK_POOLS; p++) {
        const bool is_stock = sim_rng_below(rng, PARK_POOLS - p) < stocks;
        stocks -= is_stock ? 1 : 0;
        char *const name = t->names[first + p];
        snprintf(name, NAME, "pool%d", (int)first + p);
        t->pools[first + p] = (struct sim_pool_def){
            .name = name, .capacity = is_stock ? 1000.0 : 0.0, .reorder = -1.0};
    }
}

static void add_park(struct town *t, struct sim_rng *rng, int32_t first)
{
    for (int32_t p = 0; p < PARK_POOLS; p++) {
        if (p % 2 == 0) {
            add_port(t, rng, add_activity(t, rng, "source"), first + p, true);
        }
        if (p % 3 == 0) {
            add_port(t, rng, add_activity(t, rng, "sink"), first + p, false);
        }
    }
    for (int i = 0; i < PARK_POOLS + 2; i++) {
        const int32_t k = add_activity(t, rng, "process");
        const int32_t from = i < PARK_POOLS ? first + i : some_pool(rng, first);
        add_port(t, rng, k, from, false);
        if (i % 3 == 0) {
            add_port(t, rng, k, some_pool(rng, first), false);
        }
        add_port(t, rng, k, first + (from - first + 1) % PARK_POOLS, true);
        if (i % 3 == 1) {
            add_port(t, rng, k, some_pool(rng, first), true);
        }
    }
}

static void make_town(struct town *t, int pools)
{
    struct sim_rng rng = sim_rng_make(1, 0, 3, 0);
    const int parks = pools / PARK_POOLS;
    *t = (struct town){.pool_count = pools};
    t->pools = sim_base_alloc((size_t)pools, sizeof(*t->pools));
    t->activities = sim_base_alloc((size_t)(parks * PARK_ACTIVITIES), sizeof(*t->activities));
    t->ports = sim_base_alloc((size_t)(parks * PARK_PORTS), sizeof(*t->ports));
    t->names = sim_base_alloc((size_t)(pools + parks * PARK_ACTIVITIES), sizeof(*t->names));
    for (int32_t park = 0; park < parks; park++) {
        add_pools(t, &rng, park * PARK_POOLS);
        add_park(t, &rng, park * PARK_POOLS);
    }
    for (int32_t park = 0; park < parks; park++) {
        const int32_t k = add_activity(t, &rng, "link");
        t->activities[k].is_link = true;
        add_port(t, &rng, k, park * PARK_POOLS + PARK_POOLS - 1, false);
        add_port(t, &rng, k, (park + 1) % parks * PARK_POOLS, true);
    }
}

static void free_town(struct town *t)
{
    free(t->pools);
    free(t->activities);
    free(t->ports);
    free(t->names);
}

// ---- the events, the same for all

struct events {
    struct sim_rng rng;
};

static struct events first_event(void)
{
    return (struct events){sim_rng_make(1, 0, 4, 0)};
}

static int32_t next_event(struct events *e, const struct town *t, double *out_capacity)
{
    const int32_t k = (int32_t)sim_rng_below(&e->rng, t->activity_count);
    *out_capacity = t->activities[k].capacity * sim_rng_uniform(&e->rng);
    return k;
}

// ---- ours

struct figures {
    double us;      // [us] an event
    double touched; // [-] pools an event
    int events;
};

static struct figures run_ours(const struct town *t, int events)
{
    struct sim_err err = {0};
    struct sim_network *net = NULL;
    const struct sim_network_def def = {t->pools,          t->pool_count, t->activities,
                                        t->activity_count, t->ports,      t->port_count};
    SIM_REQUIRE(sim_network_create(&def, &net, &err) == SIM_OK, err.text);
    struct sim_rates *rates = sim_rates_create(net);
    SIM_REQUIRE(sim_rates_settle(rates, &err) == SIM_OK, err.text);
    const struct sim_rates_work before = sim_rates_work_done(rates);
    struct events e = first_event();
    const double start = bench_cpu_seconds();
    for (int i = 0; i < events; i++) {
        double capacity = 0.0;
        const int32_t k = next_event(&e, t, &capacity);
        sim_rates_set_capacity(rates, k, capacity);
        SIM_REQUIRE(sim_rates_settle(rates, &err) == SIM_OK, err.text);
    }
    const double seconds = bench_cpu_seconds() - start;
    const struct sim_rates_work after = sim_rates_work_done(rates);
    sim_rates_destroy(rates);
    sim_network_destroy(net);
    return (struct figures){1e6 * seconds / events, (double)(after.pools - before.pools) / events,
                            events};
}

// ---- one LP over all: maximise the sum of fills, better classes weigh more

// A class of its own for each activity: the best rank of its ports.
static int class_of(const struct town *t, const int *first_port, int32_t k)
{
    int best = CLASSES;
    for (int i = first_port[k]; i < first_port[k + 1]; i++) {
        best = t->ports[i].rank < best ? t->ports[i].rank : best;
    }
    return best;
}

// Where each activity's ports begin; ports were added activity by activity.
static int *port_starts(const struct town *t)
{
    int *const start = sim_base_alloc((size_t)t->activity_count + 1, sizeof(*start));
    for (int i = 0; i < t->port_count; i++) {
        start[t->ports[i].activity + 1]++;
    }
    for (int k = 0; k < t->activity_count; k++) {
        start[k + 1] += start[k];
    }
    return start;
}

// The pools' rows over the activities' columns; with `fill` also a row a_k - u_k t >= 0 for each
// (switched off), and a last column t.
static Clp_Simplex *make_lp(const struct town *t, const int *first_port, bool fill)
{
    const int rows = t->pool_count + (fill ? t->activity_count : 0);
    const int columns = t->activity_count + (fill ? 1 : 0);
    const int most = t->port_count + (fill ? 2 * t->activity_count : 0);
    CoinBigIndex *start = sim_base_alloc((size_t)columns + 1, sizeof(*start));
    int *index = sim_base_alloc((size_t)most, sizeof(*index));
    double *value = sim_base_alloc((size_t)most, sizeof(*value));
    double *numbers = sim_base_alloc((size_t)(3 * columns + 2 * rows), sizeof(*numbers));
    double *const upper = numbers + columns;
    double *const objective = upper + columns;
    double *const row_lower = objective + columns;
    double *const row_upper = row_lower + rows;
    int at = 0;
    for (int32_t k = 0; k < t->activity_count; k++) {
        start[k] = at;
        upper[k] = t->activities[k].capacity;
        const int weight = CLASSES + 1 - class_of(t, first_port, k);
        objective[k] = fill ? 0.0 : -(double)(weight * weight) / upper[k];
        for (int i = first_port[k]; i < first_port[k + 1]; i++) {
            index[at] = t->ports[i].pool;
            value[at++] = t->ports[i].gives ? t->ports[i].coef : -t->ports[i].coef;
        }
        if (fill) {
            index[at] = t->pool_count + k;
            value[at++] = 1.0 / upper[k];
        }
    }
    for (int r = 0; r < rows; r++) {
        const bool free_row = r >= t->pool_count || t->pools[r].capacity > 0.0;
        row_lower[r] = free_row ? -DBL_MAX : 0.0;
        row_upper[r] = free_row ? DBL_MAX : 0.0;
    }
    if (fill) {
        start[columns - 1] = at;
        upper[columns - 1] = 1.0;
        objective[columns - 1] = -1.0;
        for (int32_t k = 0; k < t->activity_count; k++) {
            index[at] = t->pool_count + k;
            value[at++] = -1.0;
        }
    }
    start[columns] = at;
    Clp_Simplex *lp = Clp_newModel();
    Clp_setLogLevel(lp, 0);
    Clp_loadProblem(lp, columns, rows, start, index, value, numbers, upper, objective, row_lower,
                    row_upper);
    free(start);
    free(index);
    free(value);
    free(numbers);
    return lp;
}

static struct figures run_one_lp(const struct town *t, int events, double most_seconds)
{
    int *const first_port = port_starts(t);
    Clp_Simplex *lp = make_lp(t, first_port, false);
    struct events e = first_event();
    int done = 0;
    Clp_initialSolve(lp);
    const double start = bench_cpu_seconds();
    while (done < events && bench_cpu_seconds() - start < most_seconds) {
        double capacity = 0.0;
        const int32_t k = next_event(&e, t, &capacity);
        Clp_columnUpper(lp)[k] = capacity;
        Clp_dual(lp, 0);
        SIM_REQUIRE(Clp_status(lp) == 0, "the yardstick LP is not optimal");
        done++;
    }
    const double seconds = bench_cpu_seconds() - start;
    Clp_deleteModel(lp);
    free(first_port);
    return (struct figures){1e6 * seconds / done, 0.0, done};
}

// ---- the lexicographic sequence

// Whoever cannot rise above the fill just found is fixed there; at least one is.
static int fix_tight(const struct town *t, Clp_Simplex *lp, bool *is_fixed, const int *class_no,
                     int class_now)
{
    const double fill = Clp_primalColumnSolution(lp)[t->activity_count];
    const double *const rate = Clp_primalColumnSolution(lp);
    const double *const price = Clp_dualRowSolution(lp);
    int fixed = 0;
    for (int pass = 0; pass < 2 && fixed == 0; pass++) {
        for (int32_t k = 0; k < t->activity_count; k++) {
            const double most = t->activities[k].capacity;
            const double now = rate[k] / most;
            const bool tight = price[t->pool_count + k] > 1e-9 || (pass == 1 && now < fill + 1e-7);
            if (is_fixed[k] || class_no[k] != class_now || !tight) {
                continue;
            }
            const double keep = fill * most < rate[k] ? fill * most : rate[k];
            is_fixed[k] = true;
            Clp_rowLower(lp)[t->pool_count + k] = -DBL_MAX;
            Clp_columnLower(lp)[k] = keep - 1e-8 * most > 0.0 ? keep - 1e-8 * most : 0.0;
            Clp_columnUpper(lp)[k] = keep;
            fixed++;
        }
    }
    return fixed;
}

// One event by the sequence; returns the number of LPs.
static int lexicographic(const struct town *t, Clp_Simplex *lp, const int *class_no, bool *is_fixed,
                         double until)
{
    int solved = 0;
    for (int class_now = 1; class_now <= CLASSES; class_now++) {
        int left = 0;
        for (int32_t k = 0; k < t->activity_count; k++) {
            const bool now = class_no[k] == class_now;
            left += now ? 1 : 0;
            Clp_rowLower(lp)[t->pool_count + k] = now ? 0.0 : -DBL_MAX;
        }
        while (left > 0 && bench_cpu_seconds() < until) {
            Clp_primal(lp, 1);
            solved++;
            const int fixed = fix_tight(t, lp, is_fixed, class_no, class_now);
            left = fixed > 0 && Clp_status(lp) == 0 ? left - fixed : 0;
        }
    }
    return solved;
}

static struct figures run_lexicographic(const struct town *t, int events, double most_seconds)
{
    int *const first_port = port_starts(t);
    int *const class_no = sim_base_alloc((size_t)t->activity_count, sizeof(*class_no));
    for (int32_t k = 0; k < t->activity_count; k++) {
        class_no[k] = class_of(t, first_port, k);
    }
    struct events e = first_event();
    const double start = bench_cpu_seconds();
    int done = 0;
    while (done < events && bench_cpu_seconds() - start < most_seconds) {
        double capacity = 0.0;
        const int32_t k = next_event(&e, t, &capacity);
        bool *const is_fixed = sim_base_alloc((size_t)t->activity_count, sizeof(*is_fixed));
        Clp_Simplex *lp = make_lp(t, first_port, true);
        Clp_columnUpper(lp)[k] = capacity;
        lexicographic(t, lp, class_no, is_fixed, start + most_seconds);
        Clp_deleteModel(lp);
        free(is_fixed);
        done++;
    }
    const double seconds = bench_cpu_seconds() - start;
    free(first_port);
    free(class_no);
    return (struct figures){1e6 * seconds / done, 0.0, done};
}

void bench_rates_run(const struct bench_opts *opts)
{
    static const int SIZES[] = {10, 100, 1000, 10000};
    const double seconds = opts->quick ? 0.02 : 5.0; // for each yardstick
    const int sizes = opts->quick ? 2 : SIM_COUNT(SIZES);
    const int events = opts->quick ? 50 : EVENTS;
    for (int i = 0; i < sizes; i++) {
        struct town town;
        make_town(&town, SIZES[i]);
        const struct figures one = run_one_lp(&town, events, seconds);
        double us[5];
        struct figures ours = {0};
        const int rounds = opts->quick ? 1 : SIM_COUNT(us);
        for (int round = 0; round < rounds; round++) {
            ours = run_ours(&town, events);
            us[round] = ours.us;
        }
        const double median = bench_median(us, rounds);
        const struct figures sequence = run_lexicographic(&town, 3, seconds);
        bench_line_sized("rates", SIZES[i], "us_per_event", median, "us");
        bench_line_sized("rates", SIZES[i], "vs_one_lp", one.us / median, "x");
        // A sequence that was cut at the time limit counts as if it had ended there.
        bench_line_sized("rates", SIZES[i], "vs_lexicographic_lp", sequence.us / median, "x");
        bench_line_sized("rates", SIZES[i], "touched", ours.touched, "pools");
        free_town(&town);
    }
}
