// Coefficients that change while time passes: what was integrated until then is with the old ones.

#include "sim/flow/flow.h"
#include "sim/num/rng.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>
#include <stdio.h>

static const sim_time SECOND = 1000000;

struct rig {
    struct sim_network *net;
    struct sim_flow *flow;
};

static struct rig rig_of(const struct sim_network_def *def, const double *levels)
{
    struct rig rig = {0};
    struct sim_err err = {0};
    cr_assert(eq(int, sim_network_create(def, &rig.net, &err), SIM_OK), "%s", err.text);
    rig.flow = sim_flow_create(rig.net);
    sim_flow_reset(rig.flow, 0, levels);
    cr_assert(eq(int, sim_flow_settle(rig.flow, &err), SIM_OK), "%s", err.text);
    return rig;
}

static void rig_fini(struct rig *rig)
{
    sim_flow_destroy(rig->flow);
    sim_network_destroy(rig->net);
}

static void settle(struct sim_flow *f)
{
    struct sim_err err = {0};
    cr_assert(eq(int, sim_flow_settle(f, &err), SIM_OK), "%s", err.text);
}

/** Let time pass, bound by bound. */
static void run_to(struct sim_flow *f, sim_time end)
{
    while (sim_flow_next(f) <= end) {
        sim_flow_advance(f, sim_flow_next(f));
        settle(f);
    }
    sim_flow_advance(f, end);
}

static void set_at(struct sim_flow *f, sim_time when, int32_t port, double coef)
{
    run_to(f, when);
    sim_flow_set_coef(f, port, coef);
    settle(f);
}

enum {
    MILL,
    DRAIN
};
static const struct sim_activity_def MILL_DRAIN[] = {
    [MILL] = {.name = "mill", .capacity = 2},
    [DRAIN] = {.name = "drain", .capacity = 1},
};
enum {
    OUT,
    DRAWN
};
static const struct sim_port_def OUT_DRAWN[] = {
    [OUT] = {MILL, 0, true, 1.5, 1, 0, 0},
    [DRAWN] = {DRAIN, 0, false, 1, 1, 0, 0},
};

static struct rig tank_rig(double capacity, double decay, const double *levels)
{
    const struct sim_pool_def tank = {
        .name = "tank", .capacity = capacity, .reorder = -1, .decay = decay};
    const struct sim_network_def def = {&tank, 1, MILL_DRAIN, 2, OUT_DRAWN, 2};
    return rig_of(&def, levels);
}

// 10 + 2 t to 3 s, then + 5 t to 7 s, then - 0.5 t.
Test(flow_coefs, a_level_follows_a_coefficient_that_changes_twice)
{
    const double levels[] = {10};
    struct rig rig = tank_rig(1000, 0, levels);

    set_at(rig.flow, 3 * SECOND, OUT, 3);
    cr_expect(eq(dbl, sim_flow_level(rig.flow, 0), 16.0));
    set_at(rig.flow, 7 * SECOND, OUT, 0.25);
    cr_expect(eq(dbl, sim_flow_level(rig.flow, 0), 36.0));
    run_to(rig.flow, 17 * SECOND);

    cr_expect(eq(dbl, sim_flow_level(rig.flow, 0), 31.0));
    cr_expect(eq(dbl, sim_flow_rate(rig.flow, MILL), 2.0));
    cr_expect(eq(i64, sim_flow_next(rig.flow), 79 * SECOND)); // 17 + 31 / 0.5
    rig_fini(&rig);
}

// L = e^(-kt) L0 + (1 - e^(-kt)) in / k, piece by piece.
Test(flow_coefs, a_level_that_decays_follows_a_coefficient_that_changes_twice)
{
    const double levels[] = {10};
    const double k = 0.05;
    struct rig rig = tank_rig(1000, k, levels);
    const double coefs[] = {1.5, 3, 0.75};
    const double spans[] = {3, 4, 10};
    double wanted = 10;
    double decayed = 0;
    for (int i = 0; i < 3; i++) {
        const double in = coefs[i] * 2 - 1;
        const double left = exp(-k * spans[i]);
        const double next = wanted * left + in / k * (1 - left);
        decayed += wanted + in * spans[i] - next;
        wanted = next;
    }

    set_at(rig.flow, 3 * SECOND, OUT, 3);
    set_at(rig.flow, 7 * SECOND, OUT, 0.75);
    run_to(rig.flow, 17 * SECOND);

    cr_expect(epsilon_eq(dbl, sim_flow_level(rig.flow, 0), wanted, 1e-12));
    cr_expect(epsilon_eq(dbl, sim_flow_decayed(rig.flow, 0), decayed, 1e-12));
    rig_fini(&rig);
}

// The total is the integral of the rate; what passed a port, that of coefficient times rate.
Test(flow_coefs, what_passed_a_port_is_the_integral_of_coefficient_times_rate)
{
    const double levels[] = {0};
    struct rig rig = tank_rig(1000, 0, levels);

    set_at(rig.flow, 4 * SECOND, OUT, 2);
    run_to(rig.flow, 5 * SECOND);
    sim_flow_set_capacity(rig.flow, MILL, 1);
    settle(rig.flow);
    set_at(rig.flow, 8 * SECOND, OUT, 10);
    run_to(rig.flow, 10 * SECOND);

    cr_expect(eq(dbl, sim_flow_total(rig.flow, MILL), 5 * 2 + 5 * 1.0));
    cr_expect(eq(dbl, sim_flow_passed(rig.flow, OUT), 8 * 1.5 + 2 * 2.0 + 3 * 2.0 + 2 * 10.0));
    cr_expect(eq(dbl, sim_flow_passed(rig.flow, DRAWN), 10.0));
    cr_expect(eq(dbl, sim_flow_integrated(rig.flow, 0), 42.0 - 10.0));
    rig_fini(&rig);
}

Test(flow_coefs, what_is_done_at_once_counts_with_the_coefficient_of_its_instant)
{
    const double levels[] = {0};
    struct rig rig = tank_rig(1000, 0, levels);

    (void)sim_flow_act(rig.flow, MILL, 2); // 3
    settle(rig.flow);
    set_at(rig.flow, 1 * SECOND, OUT, 5);
    (void)sim_flow_act(rig.flow, MILL, 2); // 10
    settle(rig.flow);

    cr_expect(eq(dbl, sim_flow_lumped(rig.flow, 0), 13.0));
    cr_expect(eq(dbl, sim_flow_total(rig.flow, MILL), 2 * 2 + 2.0));
    cr_expect(eq(dbl, sim_flow_passed(rig.flow, OUT), 13 + 2 * 1.5));
    rig_fini(&rig);
}

Test(flow_coefs, a_reset_brings_back_those_of_the_network)
{
    const double levels[] = {10};
    struct rig rig = tank_rig(1000, 0, levels);
    set_at(rig.flow, 3 * SECOND, OUT, 3);

    sim_flow_reset(rig.flow, 0, levels);
    settle(rig.flow);
    run_to(rig.flow, 1 * SECOND);

    cr_expect(eq(dbl, sim_flow_level(rig.flow, 0), 12.0));
    cr_expect(eq(dbl, sim_flow_passed(rig.flow, OUT), 3.0));
    rig_fini(&rig);
}

// The balance leads away from the bound with another coefficient alone: no rate was another.
Test(flow_coefs, a_full_stock_leaves_its_bound)
{
    const double levels[] = {20};
    struct rig rig = tank_rig(20, 0, levels);
    cr_expect(sim_flow_is_full(rig.flow, 0));

    set_at(rig.flow, 1 * SECOND, OUT, 0.25);
    run_to(rig.flow, 3 * SECOND);

    cr_expect(not(sim_flow_is_full(rig.flow, 0)));
    cr_expect(eq(dbl, sim_flow_level(rig.flow, 0), 19.0));
    rig_fini(&rig);
}

// A pipe of no capacity carries what its ends can now, not what they could at first.
Test(flow_coefs, what_is_unlimited_carries_what_its_ends_can_now)
{
    const struct sim_pool_def pools[] = {{.name = "a", .reorder = -1},
                                         {.name = "b", .reorder = -1}};
    const struct sim_activity_def activities[] = {
        {.name = "mill", .capacity = 2},
        {.name = "pipe", .capacity = (double)INFINITY, .is_link = true},
        {.name = "user", .capacity = 100},
    };
    const struct sim_port_def ports[] = {
        {0, 0, true, 1, 1, 0, 0},
        {1, 0, false, 1, 1, 0, 0},
        {1, 1, true, 1, 1, 0, 0},
        {2, 1, false, 1, 1, 0, 0},
    };
    const struct sim_network_def def = {pools, 2, activities, 3, ports, 4};
    const double levels[] = {0, 0};
    struct rig rig = rig_of(&def, levels);
    cr_expect(eq(dbl, sim_flow_rate(rig.flow, 1), 2.0));

    set_at(rig.flow, 1 * SECOND, 0, 20);

    cr_expect(eq(dbl, sim_flow_rate(rig.flow, 1), 40.0));
    cr_expect(eq(dbl, sim_flow_rate(rig.flow, 2), 40.0));
    rig_fini(&rig);
}

// Off as it lacks fuel for its least load; less fuel per heat, and it has enough.
Test(flow_coefs, a_unit_that_was_off_is_tried_again)
{
    const struct sim_pool_def pool = {.name = "fuel", .reorder = -1};
    const struct sim_activity_def activities[] = {
        {.name = "boiler", .capacity = 10, .turndown = 0.5},
        {.name = "supply", .capacity = 4},
    };
    const struct sim_port_def ports[] = {
        {0, 0, false, 1, 1, 0, 0},
        {1, 0, true, 1, 1, 0, 0},
    };
    const struct sim_network_def def = {&pool, 1, activities, 2, ports, 2};
    const double levels[] = {0};
    struct rig rig = rig_of(&def, levels);
    cr_expect(sim_flow_is_off(rig.flow, 0));

    set_at(rig.flow, 1 * SECOND, 0, 0.5);

    cr_expect(not(sim_flow_is_off(rig.flow, 0)));
    cr_expect(eq(dbl, sim_flow_rate(rig.flow, 0), 8.0));
    rig_fini(&rig);
}

// ---- Balances, whatever changes ----

enum {
    POOLS = 4, // every second a junction
    UNITS = 9,
    PORTS = 2 * UNITS
};

struct plant {
    struct sim_pool_def pools[POOLS];
    struct sim_activity_def units[UNITS];
    struct sim_port_def ports[PORTS];
    int port_count;
};

static void add_port(struct plant *p, int32_t unit, int32_t pool, bool gives, struct sim_rng *rng)
{
    p->ports[p->port_count++] =
        (struct sim_port_def){unit, pool, gives, 0.5 + sim_rng_uniform(rng), 1, 0, 0};
}

/** A chain of pools: a supply at its head, an end at each, units in between. */
static void make_plant(struct plant *p, struct sim_rng *rng)
{
    static const char *const POOL[POOLS] = {"a", "b", "c", "d"};
    static const char *const UNIT[UNITS] = {"k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8"};
    *p = (struct plant){0};
    for (int i = 0; i < POOLS; i++) {
        const bool is_stock = i % 2 == 0;
        p->pools[i] = (struct sim_pool_def){.name = POOL[i],
                                            .capacity = is_stock ? 20 : 0,
                                            .reorder = -1,
                                            .decay = is_stock ? 0.01 * i : 0};
    }
    for (int32_t k = 0; k < UNITS; k++) {
        p->units[k] =
            (struct sim_activity_def){.name = UNIT[k], .capacity = 0.5 + 3 * sim_rng_uniform(rng)};
        if (k > 0 && k < UNITS - 1) {
            const int32_t from = k % (POOLS - 1);
            add_port(p, k, from, false, rng);
            add_port(p, k, from + 1, true, rng);
        } else {
            add_port(p, k, k == 0 ? 0 : POOLS - 1, k == 0, rng);
        }
    }
}

/** What its ports passed, less what decayed, against what the engine integrated. */
static double imbalance(const struct plant *p, const struct sim_flow *f, int32_t pool)
{
    double net = 0;
    double gross = 1;
    for (int32_t i = 0; i < p->port_count; i++) {
        if (p->ports[i].pool == pool) {
            const double passed = sim_flow_passed(f, i);
            net += p->ports[i].gives ? passed : -passed;
            gross += passed;
        }
    }
    const double stored =
        p->pools[pool].capacity > 0 ? sim_flow_integrated(f, pool) + sim_flow_decayed(f, pool) : 0;
    return fabs(net - stored) / gross;
}

Test(flow_coefs, pools_balance_by_what_their_ports_passed)
{
    for (uint64_t number = 0; number < 50; number++) {
        struct sim_rng rng = sim_rng_make(11, number, 0, 0);
        const double levels[POOLS] = {5, 0, 5, 0};
        struct plant p;
        make_plant(&p, &rng);
        const struct sim_network_def def = {p.pools, POOLS, p.units, UNITS, p.ports, p.port_count};
        struct rig rig = rig_of(&def, levels);
        sim_time now = 0;
        for (int step = 0; step < 60; step++) {
            now += (sim_time)(3e6 * sim_rng_uniform(&rng));
            run_to(rig.flow, now);
            const int32_t port = (int32_t)sim_rng_below(&rng, p.port_count);
            sim_flow_set_coef(rig.flow, port, 0.3 + 2 * sim_rng_uniform(&rng));
            const int32_t unit = (int32_t)sim_rng_below(&rng, UNITS);
            sim_flow_set_capacity(rig.flow, unit, p.units[unit].capacity * sim_rng_uniform(&rng));
            settle(rig.flow);
        }

        for (int32_t i = 0; i < POOLS; i++) {
            cr_expect(lt(dbl, imbalance(&p, rig.flow, i), 1e-9), "plant %d, pool %s: off by %g",
                      (int)number, p.pools[i].name, imbalance(&p, rig.flow, i));
        }
        rig_fini(&rig);
    }
}
