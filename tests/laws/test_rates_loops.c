// Loops whose answer is known in closed form or by a dense solve, with capacities from just enough
// to 1e9 times what flows: an ample capacity must hide no small flow.
#include "sim/flow/rates.h"
#include "sim/num/rng.h"
#include "tests/support/park_kit.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    NAME = 16
};

// n pull processes, each with a junction for what it makes and a user that wants some of it;
// process i takes need[i * n + j] of what j makes for each unit of its own.
struct works {
    int n;
    double *need;   // n x n
    double *wanted; // n
    double *rate;   // n: what solves rate = wanted + need^T rate
};

static struct works works_make(int n)
{
    struct works w = {.n = n};
    w.need = sim_base_alloc((size_t)n * (size_t)n, sizeof(double));
    w.wanted = sim_base_alloc((size_t)n, sizeof(double));
    w.rate = sim_base_alloc((size_t)n, sizeof(double));
    return w;
}

static void works_free(struct works *w)
{
    free(w->need);
    free(w->wanted);
    free(w->rate);
}

// Gauss with partial pivoting, so that nothing of the solver is in the answer.
static void solve(struct works *w)
{
    const int n = w->n;
    double *a = sim_base_alloc((size_t)n * (size_t)(n + 1), sizeof(double));
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
            a[i * (n + 1) + j] = (i == j ? 1 : 0) - w->need[j * n + i];
        }
        a[i * (n + 1) + n] = w->wanted[i];
    }
    for (int k = 0; k < n; k++) {
        int best = k;
        for (int i = k + 1; i < n; i++) {
            best = fabs(a[i * (n + 1) + k]) > fabs(a[best * (n + 1) + k]) ? i : best;
        }
        for (int c = 0; c <= n; c++) {
            const double keep = a[k * (n + 1) + c];
            a[k * (n + 1) + c] = a[best * (n + 1) + c];
            a[best * (n + 1) + c] = keep;
        }
        for (int i = k + 1; i < n; i++) {
            const double f = a[i * (n + 1) + k] / a[k * (n + 1) + k];
            for (int c = k; c <= n && f != 0; c++) {
                a[i * (n + 1) + c] -= f * a[k * (n + 1) + c];
            }
        }
    }
    for (int i = n - 1; i >= 0; i--) {
        double sum = a[i * (n + 1) + n];
        for (int j = i + 1; j < n; j++) {
            sum -= a[i * (n + 1) + j] * w->rate[j];
        }
        w->rate[i] = sum / a[i * (n + 1) + i];
    }
    free(a);
}

// Settle with capacities `ample` times what flows and compare; the largest relative difference.
static double worst(const struct works *w, double ample)
{
    const int n = w->n;
    struct sim_pool_def *pools = sim_base_alloc((size_t)n, sizeof(*pools));
    struct sim_activity_def *activities = sim_base_alloc((size_t)(2 * n), sizeof(*activities));
    struct sim_port_def *ports = sim_base_alloc((size_t)(n * (n + 2)), sizeof(*ports));
    char(*names)[NAME] = sim_base_alloc((size_t)(3 * n), sizeof(*names));
    int count = 0;
    for (int i = 0; i < n; i++) {
        snprintf(names[3 * i], NAME, "pool%d", i);
        snprintf(names[3 * i + 1], NAME, "works%d", i);
        snprintf(names[3 * i + 2], NAME, "user%d", i);
        pools[i] = (struct sim_pool_def){.name = names[3 * i], .reorder = -1};
        activities[i] =
            (struct sim_activity_def){.name = names[3 * i + 1], .capacity = ample * w->rate[i]};
        activities[n + i] =
            (struct sim_activity_def){.name = names[3 * i + 2], .capacity = w->wanted[i]};
        ports[count++] = (struct sim_port_def){i, i, true, 1, 1, 0, SIM_PORT_PULL};
        ports[count++] = (struct sim_port_def){n + i, i, false, 1, 1, 0, 0};
        for (int j = 0; j < n; j++) {
            if (w->need[i * n + j] > 0) {
                ports[count++] = (struct sim_port_def){i, j, false, w->need[i * n + j], 1, 0, 0};
            }
        }
    }
    const struct sim_network_def def = {pools, n, activities, 2 * n, ports, count};
    struct sim_err err = {0};
    struct sim_network *net = NULL;
    cr_assert(sim_network_create(&def, &net, &err) == SIM_OK, "%s", err.text);
    struct sim_rates *rates = sim_rates_create(net);
    cr_assert(sim_rates_settle(rates, &err) == SIM_OK, "%s", err.text);
    double most = 0;
    for (int i = 0; i < n; i++) {
        most = fmax(most, fabs(sim_rates_rate(rates, i) / w->rate[i] - 1));
    }
    sim_rates_destroy(rates);
    sim_network_destroy(net);
    free(pools);
    free(activities);
    free(ports);
    free(names);
    return most;
}

static const double AMPLE[] = {1.0 + 1e-9, 1.5, 1e3, 1e6, 1e9};

static void expect_solved(const struct works *w, double within, const char *what)
{
    for (int i = 0; i < SIM_COUNT(AMPLE); i++) {
        const double most = worst(w, AMPLE[i]);
        cr_expect(most <= within, "%s of %d, capacities %g times what flows: off by %g", what, w->n,
                  AMPLE[i], most);
    }
}

// Each takes from a few others; together less than one unit, so what goes round dies out.
Test(rates_loops, random_pull_loops_meet_a_dense_solve, .timeout = 120)
{
#ifdef NDEBUG
    static const int SIZES[] = {3, 10, 30, 100, 300, 1000};
#else
    static const int SIZES[] = {3, 10, 30, 100, 300}; // a debug build is slower
#endif
    for (int s = 0; s < SIM_COUNT(SIZES); s++) {
        const int n = SIZES[s];
        struct sim_rng rng = sim_rng_make(9, (uint64_t)n, 1, 0);
        struct works w = works_make(n);
        for (int i = 0; i < n; i++) {
            w.need[i * n + (i + 1) % n] = 0.1 + 0.3 * sim_rng_uniform(&rng);
            w.need[i * n + (int)sim_rng_below(&rng, n)] = 0.3 * sim_rng_uniform(&rng);
            w.need[i * n + (int)sim_rng_below(&rng, n)] = 0.2 * sim_rng_uniform(&rng);
            w.need[i * n + i] = 0;
            w.wanted[i] = i % 7 == 0 ? pow(10, 2 * sim_rng_uniform(&rng) - 1) : 1e-3;
        }
        solve(&w);

        expect_solved(&w, 1e-11, "pull loop");

        works_free(&w);
    }
}

// Of what goes round once, nearly all comes back: rate = wanted / (1 - gain^n).
Test(rates_loops, rings_with_little_loss_meet_their_closed_form)
{
    static const int SIZES[] = {2, 5, 50, 300, 1000};
    for (int s = 0; s < SIM_COUNT(SIZES); s++) {
        const int n = SIZES[s];
        struct works w = works_make(n);
        const double gain = 0.999;
        for (int i = 0; i < n; i++) {
            w.need[i * n + (i + 1) % n] = gain;
            w.wanted[i] = i == 0 ? 1 : 0;
            w.rate[i] = pow(gain, i) / (1 - pow(gain, n));
        }

        expect_solved(&w, 1e-9, "ring");

        works_free(&w);
    }
}

// Each takes from both its neighbours.
Test(rates_loops, ladders_meet_a_dense_solve)
{
    static const int SIZES[] = {2, 30, 300, 1000};
    for (int s = 0; s < SIM_COUNT(SIZES); s++) {
        const int n = SIZES[s];
        struct works w = works_make(n);
        for (int i = 0; i < n; i++) {
            w.need[i * n + (i + 1 < n ? i + 1 : i - 1)] = 0.45;
            w.need[i * n + (i > 0 ? i - 1 : i + 1)] = 0.45;
            w.wanted[i] = i % 7 == 0 ? 1 : 1e-3;
        }
        solve(&w);

        expect_solved(&w, 1e-11, "ladder");

        works_free(&w);
    }
}

// All take from the first, which takes a little of each: as a park does from its boiler house.
Test(rates_loops, hubs_meet_a_dense_solve)
{
    static const int SIZES[] = {3, 30, 300, 1000};
    for (int s = 0; s < SIM_COUNT(SIZES); s++) {
        const int n = SIZES[s];
        struct works w = works_make(n);
        for (int i = 0; i < n; i++) {
            w.wanted[i] = i == 0 ? 1 : 1e-3 * (1 + i % 5);
            if (i > 0) {
                w.need[i * n] = 0.5;
                w.need[i] = 0.9 / n;
            }
        }
        solve(&w);

        expect_solved(&w, 1e-11, "hub");

        works_free(&w);
    }
}

// A chain without a way back: each step takes nearly all.
Test(rates_loops, long_chains_meet_their_closed_form)
{
    static const int SIZES[] = {300, 1000};
    for (int s = 0; s < SIM_COUNT(SIZES); s++) {
        const int n = SIZES[s];
        struct works w = works_make(n);
        for (int i = 0; i < n; i++) {
            if (i + 1 < n) {
                w.need[i * n + i + 1] = 0.99;
            }
            w.wanted[i] = i == 0 ? 1 : 0;
            w.rate[i] = pow(0.99, i);
        }

        expect_solved(&w, 1e-11, "long chain");

        works_free(&w);
    }
}

// A chain without a way back: each step takes a tenth.
Test(rates_loops, chains_meet_their_closed_form)
{
    static const int SIZES[] = {5, 12};
    for (int s = 0; s < SIM_COUNT(SIZES); s++) {
        const int n = SIZES[s];
        struct works w = works_make(n);
        for (int i = 0; i < n; i++) {
            if (i + 1 < n) {
                w.need[i * n + i + 1] = 0.1;
            }
            w.wanted[i] = i == 0 ? 1 : 0;
            w.rate[i] = pow(0.1, i);
        }

        expect_solved(&w, 1e-11, "chain");

        works_free(&w);
    }
}

Test(rates_loops, a_park_of_generous_pull_processes_runs_what_its_user_draws)
{
    struct park_kit k;
    const char *none[] = {NULL};
    park_kit_open(&k, "tests/data/faults/f3_pull_loop.cfg", none, 0);
    cr_assert(park_kit_make(&k, 0, NULL) == SIM_OK, "%s", k.err.text);

    cr_expect(park_kit_worst_balance(&k) <= 1e-9);
    cr_expect(fabs(park_kit_total(&k, "f.ma > f: a") - 25.35) < 0.005);
    cr_expect(fabs(park_kit_total(&k, "f.mb > f: b") - 8.47) < 0.005);
    cr_expect(fabs(park_kit_total(&k, "f.mc > f: c") - 7.19) < 0.005);

    park_kit_close(&k);
}
