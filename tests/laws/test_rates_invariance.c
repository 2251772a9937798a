// What must not change the rates: the way to a state, the order of declaration, the units.
#include "tests/support/judge_checks.h"
#include "tests/support/random_network.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    SEED = 7,
    CHANGES = 12
};

#ifdef NDEBUG
static const uint64_t NETWORKS = 2000;
static const uint64_t HISTORIES = 1000; // of CHANGES states each
#else
static const uint64_t NETWORKS = 100;
static const uint64_t HISTORIES = 100;
#endif

struct room {
    struct judge_net *n;
    struct judge_net *other;
    struct judge_view *v;
    struct judge_answer *a;
    struct judge_answer *b;
    int fed;        // states in which a loop feeds itself
    int fed_faults; // of which different by another way
};

static struct room begin(void)
{
    return (struct room){judge_net_create(),
                         judge_net_create(),
                         sim_base_alloc(1, sizeof(struct judge_view)),
                         sim_base_alloc(1, sizeof(struct judge_answer)),
                         sim_base_alloc(1, sizeof(struct judge_answer)),
                         0,
                         0};
}

static void end(struct room *r)
{
    free(r->n);
    free(r->other);
    free(r->v);
    free(r->a);
    free(r->b);
}

static bool same_bits(const double *x, const double *y, int count)
{
    return memcmp(x, y, (size_t)count * sizeof(*x)) == 0;
}

// The first activity whose rates differ; for messages.
static const char *who_differs(const struct room *r, const double *x, const double *y)
{
    for (int k = 0; k < r->n->activity_count; k++) {
        if (memcmp(&x[k], &y[k], sizeof(*x)) != 0) {
            return r->n->activity_names[k];
        }
    }
    return "nobody";
}

/** What may change while a solver lives. */
enum changes {
    PLAIN,
    TORN, // plain, where pools are torn
    COEFS // coefficients, too
};

static void change(struct judge_net *n, enum changes changes, struct sim_rng *rng)
{
    const int count = 1 + (int)sim_rng_below(rng, 3);
    for (int c = 0; c < count; c++) {
        if (changes == COEFS && sim_rng_uniform(rng) < 0.6) {
            random_network_alter(n, rng);
        } else {
            random_network_disturb(n, rng);
        }
    }
}

// Random changes on one solver; after each settle a fresh one must say the same, to the bit.
static int history_faults(struct room *r, uint64_t seed, uint64_t number, enum changes changes)
{
    struct sim_rng rng = random_network_rng(seed, number, 1);
    const bool torn = changes == TORN || (changes == COEFS && number % 2 == 1);
    struct sim_err err = {0};
    struct sim_network *net = NULL;
    int faults = 0;
    (torn ? random_network_make_torn : random_network_make)(seed, number, r->n);
    cr_assert(judge_net_make(r->n, &net, &err) == SIM_OK, "network %d: %s", (int)number, err.text);
    struct sim_rates *rates = sim_rates_create(net);
    judge_answer_set(r->n, rates);
    for (int step = 0; step < CHANGES && faults == 0; step++) {
        const enum sim_status status = sim_rates_settle(rates, &err);
        judge_answer_read(r->n, rates, r->a);
        judge_answer_real(r->n, r->b);
        const bool both = status == SIM_OK && r->b->status == SIM_OK;
        r->fed += r->b->work.self_fed > 0 ? 1 : 0;
        if (status != r->b->status ||
            (both && !(same_bits(r->a->rate, r->b->rate, r->n->activity_count) &&
                       same_bits(r->a->net, r->b->net, r->n->pool_count)))) {
            faults++;
            r->fed_faults += r->b->work.self_fed > 0 ? 1 : 0;
            const char *who = who_differs(r, r->a->rate, r->b->rate);
            const int32_t k = judge_net_find(r->n, who);
            cr_log_info("seed %d network %d step %d: %s %.17g, fresh %.17g", (int)seed, (int)number,
                        step, who, k < 0 ? 0.0 : r->a->rate[k], k < 0 ? 0.0 : r->b->rate[k]);
        }
        change(r->n, changes, &rng);
        judge_answer_set(r->n, rates);
    }
    sim_rates_destroy(rates);
    sim_network_destroy(net);
    return faults;
}

Test(rates_invariance, the_way_to_a_state_changes_no_bit)
{
    struct room r = begin();
    int faults = 0;
    for (uint64_t number = 0; number < HISTORIES; number++) {
        faults += history_faults(&r, SEED, number, PLAIN);
    }
    cr_log_info("%d of %d states with loops that feed themselves remember the way", r.fed_faults,
                r.fed);
    cr_expect(faults == 0, "%d of %d networks remember how they came there", faults,
              (int)HISTORIES);
    end(&r);
}

// Weights follow the capacities of others.
Test(rates_invariance, the_way_to_a_state_with_measures_changes_no_bit)
{
    struct room r = begin();
    int faults = 0;
    for (uint64_t number = 0; number < HISTORIES / 2; number++) {
        faults += history_faults(&r, SEED, number, TORN);
    }
    cr_expect(faults == 0, "%d of %d networks remember how they came there", faults,
              (int)HISTORIES / 2);
    end(&r);
}

// Coefficients, and with them flows, weights, measures, what unlimited activities can carry, and
// the scales of tolerances.
Test(rates_invariance, the_way_to_other_coefficients_changes_no_bit)
{
    struct room r = begin();
    int faults = 0;
    for (uint64_t number = 0; number < HISTORIES; number++) {
        faults += history_faults(&r, SEED, number, COEFS);
    }
    cr_expect(faults == 0, "%d of %d networks remember how they came there", faults,
              (int)HISTORIES);
    end(&r);
}

// Which pull stands still went by claims from before, and was kept where the circle had gone.
Test(rates_invariance, who_stood_still_before_changes_no_bit)
{
    static const uint64_t WHICH[][2] = {{7, 4121}, {7, 6354}, {7, 9761},  {7, 17492}, {11, 8830},
                                        {11, 186}, {11, 579}, {11, 4572}, {11, 15701}};
    struct room r = begin();
    for (int i = 0; i < SIM_COUNT(WHICH); i++) {
        cr_expect(history_faults(&r, WHICH[i][0], WHICH[i][1], PLAIN) == 0, "seed %d, network %d",
                  (int)WHICH[i][0], (int)WHICH[i][1]);
    }
    end(&r);
}

static int order_faults(struct room *r, uint64_t number)
{
    struct sim_rng rng = random_network_rng(SEED, number, 2);
    (number % 2 == 0 ? random_network_make : random_network_make_torn)(SEED, number, r->n);
    judge_net_shuffle(r->other, r->n, &rng);
    judge_answer_real(r->n, r->a);
    judge_answer_real(r->other, r->b);
    if (r->a->status != r->b->status) {
        cr_log_info("seed %d network %d: resolved in one order only", SEED, (int)number);
        return 1;
    }
    for (int32_t k = 0; k < r->n->activity_count && r->a->status == SIM_OK; k++) {
        const int32_t m = judge_net_find(r->other, r->n->activity_names[k]);
        if (memcmp(&r->a->rate[k], &r->b->rate[m], sizeof(double)) != 0) {
            cr_log_info("seed %d network %d: %s %.17g, reordered %.17g", SEED, (int)number,
                        r->n->activity_names[k], r->a->rate[k], r->b->rate[m]);
            return 1;
        }
    }
    return 0;
}

Test(rates_invariance, the_order_of_declaration_changes_no_bit)
{
    struct room r = begin();
    int faults = 0;
    for (uint64_t number = 0; number < NETWORKS; number++) {
        faults += order_faults(&r, number);
    }
    cr_expect(faults == 0, "%d of %d networks depend on the order", faults, (int)NETWORKS);
    end(&r);
}

// by_rate and by_pool give other units; rates come back scaled, within 1e-12 of their scale.
static int scale_faults(struct room *r, uint64_t number, const double *by_pool, double by_rate,
                        double tolerance)
{
    int32_t who = -1;
    random_network_make(SEED, number, r->n);
    judge_net_copy(r->other, r->n);
    judge_net_scale(r->other, by_pool, by_rate);
    judge_answer_real(r->n, r->a);
    judge_answer_real(r->other, r->b);
    if (r->a->status != SIM_OK || r->b->status != SIM_OK) {
        return r->a->status != r->b->status;
    }
    for (int32_t k = 0; k < r->n->activity_count; k++) {
        r->b->rate[k] /= by_rate;
    }
    judge_view_init(r->v, r->n);
    const double gap = judge_checks_distance(r->v, r->a->rate, r->b->rate, &who);
    if (gap > tolerance) {
        cr_log_info("seed %d network %d: %s %.17g, in other units %.17g (%.2g)", SEED, (int)number,
                    r->n->activity_names[who], r->a->rate[who], r->b->rate[who], gap);
        return 1;
    }
    return 0;
}

Test(rates_invariance, kilograms_or_megatonnes_make_no_difference)
{
    struct room r = begin();
    double by_pool[JUDGE_POOLS];
    int faults = 0;
    for (int p = 0; p < JUDGE_POOLS; p++) {
        by_pool[p] = 1.0;
    }
    for (uint64_t number = 0; number < NETWORKS; number++) {
        faults += scale_faults(&r, number, by_pool, 1e-9, 1e-12);
        faults += scale_faults(&r, number, by_pool, 1e9, 1e-12);
    }
    // Gains of exactly 1 at scales ten powers of ten apart lie on a knife's edge: 1 in 1,000 may
    // fall.
    cr_expect(faults * 1000 <= 2 * (int)NETWORKS, "%d of %d networks depend on the unit of rates",
              faults, 2 * (int)NETWORKS);
    end(&r);
}

Test(rates_invariance, each_stream_may_have_its_own_unit)
{
    static const double UNITS[] = {1e-6, 1e-3, 1.0, 1e3, 1e6, 3.6, 1.0 / 3.6};
    struct room r = begin();
    int faults = 0;
    for (uint64_t number = 0; number < NETWORKS; number++) {
        struct sim_rng rng = random_network_rng(SEED, number, 3);
        double by_pool[JUDGE_POOLS];
        for (int p = 0; p < JUDGE_POOLS; p++) {
            by_pool[p] = UNITS[sim_rng_below(&rng, SIM_COUNT(UNITS))];
        }
        faults += scale_faults(&r, number, by_pool, 1.0, 1e-12);
    }
    cr_expect(faults * 1000 <= (int)NETWORKS, "%d of %d networks depend on the units of streams",
              faults, (int)NETWORKS);
    end(&r);
}
