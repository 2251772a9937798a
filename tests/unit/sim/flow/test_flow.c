// Levels over time: bounds reached at computed instants, overflow, targets, decay, turndown.

#include "sim/flow/flow.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>
#include <stdio.h>

static const sim_time SECOND = 1000000;

struct rig {
    struct sim_network *net;
    struct sim_flow *flow;
};

static struct rig rig_of(const struct sim_pool_def *pools, int pool_count,
                         const struct sim_activity_def *activities, int activity_count,
                         const struct sim_port_def *ports, int port_count, const double *levels)
{
    const struct sim_network_def def = {pools,          pool_count, activities,
                                        activity_count, ports,      port_count};
    struct rig rig = {0};
    struct sim_err err = {0};
    cr_assert(eq(int, sim_network_create(&def, &rig.net, &err), SIM_OK), "%s", err.text);
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

/** Let time pass, bound by bound. */
static void run_to(struct sim_flow *f, sim_time end)
{
    struct sim_err err = {0};
    while (sim_flow_next(f) <= end) {
        sim_flow_advance(f, sim_flow_next(f));
        cr_assert(eq(int, sim_flow_settle(f, &err), SIM_OK), "%s", err.text);
    }
    sim_flow_advance(f, end);
}

static void settle(struct sim_flow *f)
{
    struct sim_err err = {0};
    cr_assert(eq(int, sim_flow_settle(f, &err), SIM_OK), "%s", err.text);
}

static const struct sim_pool_def TANK[] = {
    {.name = "tank", .capacity = 10, .reorder = -1},
};
static const struct sim_activity_def IN_OUT[] = {
    {.name = "in", .capacity = 3},
    {.name = "out", .capacity = 1},
};
static const struct sim_port_def IN_OUT_PORTS[] = {
    {0, 0, true, 1, 1, 0, 0},
    {1, 0, false, 1, 1, 0, 0},
};

Test(flow, fills_a_tank_then_passes_on)
{
    const double levels[] = {4};
    struct rig rig = rig_of(TANK, 1, IN_OUT, 2, IN_OUT_PORTS, 2, levels);

    cr_expect(eq(i64, sim_flow_next(rig.flow), 3 * SECOND)); // (10 - 4) / (3 - 1)
    run_to(rig.flow, 5 * SECOND);

    cr_expect(eq(dbl, sim_flow_level(rig.flow, 0), 10.0));
    cr_expect(eq(dbl, sim_flow_rate(rig.flow, 0), 1.0));
    cr_expect(sim_flow_is_full(rig.flow, 0));
    cr_expect(eq(dbl, sim_flow_total(rig.flow, 0), 3 * 3 + 2 * 1.0));
    cr_expect(eq(dbl, sim_flow_integrated(rig.flow, 0), 6.0));
    cr_expect(eq(dbl, sim_flow_trimmed(rig.flow, 0), 0.0));
    rig_fini(&rig);
}

Test(flow, drains_a_tank_and_fills_it_again)
{
    const double levels[] = {4};
    struct rig rig = rig_of(TANK, 1, IN_OUT, 2, IN_OUT_PORTS, 2, levels);
    sim_flow_set_capacity(rig.flow, 0, 0);
    settle(rig.flow);

    run_to(rig.flow, 6 * SECOND);
    cr_expect(sim_flow_is_empty(rig.flow, 0));
    cr_expect(eq(dbl, sim_flow_rate(rig.flow, 1), 0.0));

    sim_flow_set_capacity(rig.flow, 0, 3);
    settle(rig.flow);
    cr_expect(eq(dbl, sim_flow_rate(rig.flow, 1), 1.0));
    run_to(rig.flow, 7 * SECOND);
    cr_expect(eq(dbl, sim_flow_level(rig.flow, 0), 2.0));
    cr_expect(not(sim_flow_is_empty(rig.flow, 0)));
    rig_fini(&rig);
}

Test(flow, books_what_setting_on_a_bound_adds)
{
    const double levels[] = {0};
    struct sim_activity_def acts[] = {{.name = "in", .capacity = 3},
                                      {.name = "out", .capacity = 0}};
    struct rig rig = rig_of(TANK, 1, acts, 2, IN_OUT_PORTS, 2, levels);

    run_to(rig.flow, 4 * SECOND); // full at 10/3 s, between two microseconds

    const double off = sim_flow_trimmed(rig.flow, 0);
    cr_expect(gt(dbl, fabs(off), 0.0));
    cr_expect(le(dbl, fabs(off), 3e-6));
    cr_expect(epsilon_eq(dbl, sim_flow_integrated(rig.flow, 0) + off, 10.0, 1e-15 * 10));
    rig_fini(&rig);
}

Test(flow, sends_only_the_overflow_of_a_full_tank)
{
    struct sim_activity_def acts[] = {{.name = "in", .capacity = 3},
                                      {.name = "out", .capacity = 1},
                                      {.name = "drain", .capacity = 100}};
    struct sim_port_def ports[] = {{0, 0, true, 1, 1, 0, 0},
                                   {1, 0, false, 1, 1, 0, 0},
                                   {2, 0, false, 1, 1, 0, SIM_PORT_AT_BOUND}};
    const double levels[] = {4};
    struct rig rig = rig_of(TANK, 1, acts, 3, ports, 3, levels);

    cr_expect(eq(dbl, sim_flow_rate(rig.flow, 2), 0.0));
    run_to(rig.flow, 5 * SECOND);

    cr_expect(eq(dbl, sim_flow_rate(rig.flow, 0), 3.0));
    cr_expect(eq(dbl, sim_flow_rate(rig.flow, 2), 2.0));
    cr_expect(eq(dbl, sim_flow_total(rig.flow, 2), 4.0));
    rig_fini(&rig);
}

Test(flow, makes_up_what_an_empty_tank_lacks)
{
    struct sim_activity_def acts[] = {{.name = "in", .capacity = 1},
                                      {.name = "out", .capacity = 3},
                                      {.name = "buy", .capacity = 100}};
    struct sim_port_def ports[] = {{0, 0, true, 1, 1, 0, 0},
                                   {1, 0, false, 1, 1, 0, 0},
                                   {2, 0, true, 1, 1, 0, SIM_PORT_AT_BOUND}};
    const double levels[] = {4};
    struct rig rig = rig_of(TANK, 1, acts, 3, ports, 3, levels);

    run_to(rig.flow, 5 * SECOND);

    cr_expect(eq(dbl, sim_flow_rate(rig.flow, 1), 3.0));
    cr_expect(eq(dbl, sim_flow_rate(rig.flow, 2), 2.0));
    cr_expect(eq(dbl, sim_flow_total(rig.flow, 2), 6.0));
    rig_fini(&rig);
}

static struct rig pulled(double target, double reorder)
{
    const struct sim_pool_def pools[] = {
        {.name = "tank", .capacity = 10, .target = target, .reorder = reorder}};
    const struct sim_port_def ports[] = {{0, 0, true, 1, 1, 0, SIM_PORT_PULL},
                                         {1, 0, false, 1, 1, 0, 0}};
    const double levels[] = {4};
    return rig_of(pools, 1, IN_OUT, 2, ports, 2, levels);
}

Test(flow, pulls_up_to_the_target_and_passes_on)
{
    struct rig rig = pulled(6, -1);
    run_to(rig.flow, 5 * SECOND);
    cr_expect(eq(dbl, sim_flow_level(rig.flow, 0), 6.0));
    cr_expect(eq(dbl, sim_flow_rate(rig.flow, 0), 1.0));
    rig_fini(&rig);
}

Test(flow, rests_from_target_down_to_reorder)
{
    struct rig rig = pulled(6, 5);
    run_to(rig.flow, SECOND + SECOND / 2); // at the target after 1 s, then draining
    cr_expect(eq(dbl, sim_flow_rate(rig.flow, 0), 0.0));
    cr_expect(eq(dbl, sim_flow_level(rig.flow, 0), 5.5));
    run_to(rig.flow, 2 * SECOND + SECOND / 4);
    cr_expect(eq(dbl, sim_flow_rate(rig.flow, 0), 3.0));
    cr_expect(eq(dbl, sim_flow_level(rig.flow, 0), 5.5));
    rig_fini(&rig);
}

Test(flow, decays_by_the_closed_form)
{
    const struct sim_pool_def pools[] = {
        {.name = "heap", .capacity = 10, .reorder = -1, .decay = 0.5}};
    const struct sim_activity_def acts[] = {{.name = "in", .capacity = 2}};
    const struct sim_port_def ports[] = {{0, 0, true, 1, 1, 0, 0}};
    const double levels[] = {1};
    struct rig rig = rig_of(pools, 1, acts, 1, ports, 1, levels);

    run_to(rig.flow, 3 * SECOND);

    const double level = 4 - 3 * exp(-1.5); // net/decay - (net/decay - L0) exp(-decay t)
    cr_expect(epsilon_eq(dbl, sim_flow_level(rig.flow, 0), level, 1e-14));
    cr_expect(epsilon_eq(dbl, sim_flow_decayed(rig.flow, 0), 1 + 6 - level, 1e-14));
    cr_expect(epsilon_eq(dbl, sim_flow_integrated(rig.flow, 0), level - 1, 1e-14));
    rig_fini(&rig);
}

Test(flow, lets_in_what_decays_at_a_full_stock)
{
    const struct sim_pool_def pools[] = {
        {.name = "heap", .capacity = 10, .reorder = -1, .decay = 0.1}};
    const struct sim_activity_def acts[] = {{.name = "in", .capacity = 2}};
    const struct sim_port_def ports[] = {{0, 0, true, 1, 1, 0, 0}};
    const double levels[] = {10};
    struct rig rig = rig_of(pools, 1, acts, 1, ports, 1, levels);

    run_to(rig.flow, 5 * SECOND);

    cr_expect(eq(dbl, sim_flow_level(rig.flow, 0), 10.0));
    cr_expect(eq(dbl, sim_flow_rate(rig.flow, 0), 1.0));
    cr_expect(epsilon_eq(dbl, sim_flow_decayed(rig.flow, 0), 5.0, 1e-14));
    rig_fini(&rig);
}

Test(flow, switches_off_the_later_of_two_that_starve_each_other)
{
    const struct sim_pool_def pools[] = {{.name = "s"}};
    const struct sim_activity_def acts[] = {{.name = "U2", .capacity = 1, .turndown = 0.8},
                                            {.name = "supply", .capacity = 2},
                                            {.name = "U1", .capacity = 1, .turndown = 0.8}};
    const struct sim_port_def ports[] = {
        {0, 0, false, 1, 1, 0, 0}, {1, 0, true, 1, 1, 0, 0}, {2, 0, false, 1, 1, 0, 0}};
    const double levels[] = {0};
    struct rig rig = rig_of(pools, 1, acts, 3, ports, 3, levels);
    cr_expect(eq(dbl, sim_flow_rate(rig.flow, 0), 1.0));

    sim_flow_set_capacity(rig.flow, 1, 1); // case 16 of rates.md
    settle(rig.flow);
    cr_expect(eq(dbl, sim_flow_rate(rig.flow, 2), 1.0));
    cr_expect(eq(dbl, sim_flow_rate(rig.flow, 0), 0.0));
    cr_expect(sim_flow_is_off(rig.flow, 0));

    sim_flow_set_capacity(rig.flow, 1, 2);
    settle(rig.flow);
    cr_expect(eq(dbl, sim_flow_rate(rig.flow, 0), 1.0));
    rig_fini(&rig);
}

Test(flow, takes_and_gives_lumps_that_fit)
{
    const double levels[] = {4};
    struct sim_activity_def acts[] = {{.name = "in", .capacity = 0},
                                      {.name = "out", .capacity = 1}};
    struct rig rig = rig_of(TANK, 1, acts, 2, IN_OUT_PORTS, 2, levels);

    cr_expect(eq(dbl, sim_flow_lump(rig.flow, 0, 9), 6.0));
    cr_expect(eq(dbl, sim_flow_lump(rig.flow, 0, -3), -3.0));
    settle(rig.flow);
    cr_expect(eq(i64, sim_flow_next(rig.flow), 7 * SECOND));
    rig_fini(&rig);
}

// A truck: 2 from the yard for each 1 at the works, as much as both allow, and its total knows.
Test(flow, an_activity_does_at_once_what_its_stocks_allow)
{
    const struct sim_pool_def pools[] = {
        {.name = "yard", .capacity = 10, .minimum = 1, .reorder = -1},
        {.name = "works", .capacity = 3, .reorder = -1}};
    const struct sim_activity_def acts[] = {{.name = "truck", .capacity = 1}};
    const struct sim_port_def ports[] = {{0, 0, false, 2, 1, 0, 0}, {0, 1, true, 1, 1, 0, 0}};
    const double levels[] = {10, 0};
    struct rig rig = rig_of(pools, 2, acts, 1, ports, 2, levels);
    sim_flow_set_capacity(rig.flow, 0, 0);
    settle(rig.flow);
    cr_expect(eq(dbl, sim_flow_act(rig.flow, 0, 2.5), 2.5));
    settle(rig.flow);
    cr_expect(eq(dbl, sim_flow_level(rig.flow, 0), 5.0));
    cr_expect(eq(dbl, sim_flow_level(rig.flow, 1), 2.5));
    cr_expect(eq(dbl, sim_flow_act(rig.flow, 0, 2), 0.5)); // no more room at the works
    cr_expect(eq(dbl, sim_flow_level(rig.flow, 1), 3.0));
    cr_expect(eq(dbl, sim_flow_total(rig.flow, 0), 3.0));
    cr_expect(eq(dbl, sim_flow_lumped(rig.flow, 0), -6.0));
    cr_expect(eq(dbl, sim_flow_integrated(rig.flow, 0), 0.0));
    rig_fini(&rig);
}

Test(flow, goes_on_decaying_below_the_minimum)
{
    const struct sim_pool_def pools[] = {
        {.name = "heap", .capacity = 100, .minimum = 10, .reorder = -1, .decay = 0.1}};
    const struct sim_activity_def acts[] = {{.name = "in", .capacity = 3},
                                            {.name = "out", .capacity = 1}};
    const double levels[] = {20};
    struct rig rig = rig_of(pools, 1, acts, 2, IN_OUT_PORTS, 2, levels);
    sim_flow_set_capacity(rig.flow, 0, 0);
    sim_flow_set_capacity(rig.flow, 1, 0);
    settle(rig.flow);

    run_to(rig.flow, 20 * SECOND);
    cr_expect(epsilon_eq(dbl, sim_flow_level(rig.flow, 0), 20 * exp(-2.0), 1e-5)); // 1 us off at 10
    cr_expect(sim_flow_is_empty(rig.flow, 0));

    sim_flow_set_capacity(rig.flow, 0, 3); // it fills again, and takers take from the minimum on
    sim_flow_set_capacity(rig.flow, 1, 1);
    settle(rig.flow);
    cr_expect(eq(dbl, sim_flow_rate(rig.flow, 1), 0.0));        // what flows in fills it first
    const double filled = 10 * log((30 - 20 * exp(-2.0)) / 20); // [s] 30 - (30 - L) exp(-t/10) = 10
    cr_expect(epsilon_eq(dbl, (double)sim_flow_next(rig.flow), 1e6 * (20 + filled), 2.0));
    run_to(rig.flow, 30 * SECOND);
    cr_expect(eq(dbl, sim_flow_rate(rig.flow, 1), 1.0));
    cr_expect(gt(dbl, sim_flow_level(rig.flow, 0), 10.0));
    cr_expect(not(sim_flow_is_empty(rig.flow, 0)));
    const double in = sim_flow_total(rig.flow, 0);
    const double out = sim_flow_total(rig.flow, 1);
    const double change = sim_flow_level(rig.flow, 0) - 20 - sim_flow_trimmed(rig.flow, 0);
    cr_expect(epsilon_eq(dbl, in - out - sim_flow_decayed(rig.flow, 0), change, 1e-12 * 100));
    rig_fini(&rig);
}

Test(flow, is_not_disturbed_by_ample_capacities)
{
    double level[2] = {0};
    double total[2] = {0};
    for (int i = 0; i < 2; i++) {
        const struct sim_pool_def pools[] = {{.name = "tank", .capacity = 10, .reorder = -1},
                                             {.name = "tap"}};
        const struct sim_activity_def acts[] = {
            {.name = "in", .capacity = 1e-3},
            {.name = "link", .capacity = i == 0 ? 10 : 1e15, .is_link = true},
            {.name = "user", .capacity = 5e-4}};
        const struct sim_port_def ports[] = {{0, 0, true, 1, 1, 0, 0},
                                             {1, 0, false, 1, 1, 0, 0},
                                             {1, 1, true, 1, 1, 0, 0},
                                             {2, 1, false, 1, 1, 0, 0}};
        const double levels[] = {0, 0};
        struct rig rig = rig_of(pools, 2, acts, 3, ports, 4, levels);
        run_to(rig.flow, 1000 * SECOND);
        level[i] = sim_flow_level(rig.flow, 0);
        total[i] = sim_flow_total(rig.flow, 2);
        rig_fini(&rig);
    }
    cr_expect(eq(dbl, level[0], level[1]));
    cr_expect(eq(dbl, total[0], total[1]));
    cr_expect(epsilon_eq(dbl, total[1], 0.5, 1e-12));
}

Test(flow, keeps_the_target_of_a_decaying_stock_without_end)
{
    const struct sim_pool_def pools[] = {{.name = "heap",
                                          .capacity = INFINITY,
                                          .minimum = 2,
                                          .target = 6,
                                          .reorder = -1,
                                          .decay = 0.1}};
    const struct sim_port_def ports[] = {{0, 0, true, 1, 1, 0, SIM_PORT_PULL},
                                         {1, 0, false, 1, 1, 0, 0}};
    const double levels[] = {6};
    struct rig rig = rig_of(pools, 1, IN_OUT, 2, ports, 2, levels);
    cr_expect(epsilon_eq(dbl, sim_flow_rate(rig.flow, 0), 1.6, 1e-15));
    sim_flow_set_capacity(rig.flow, 0, 0);
    settle(rig.flow);
    run_to(rig.flow, 20 * SECOND); // takers find it empty at 2; it goes on below

    const double to_minimum = 10 * log((6 + 10) / (2 + 10.0));
    cr_expect(epsilon_eq(dbl, sim_flow_total(rig.flow, 1), to_minimum, 2e-6));
    cr_expect(epsilon_eq(dbl, sim_flow_level(rig.flow, 0), 2 * exp(-(20 - to_minimum) / 10), 2e-6));
    rig_fini(&rig);
}

/** `count` boilers of 1 that give to one junction with a user of `demand`. */
static struct rig boilers(int count, double turndown, double demand)
{
    enum {
        MOST = 200
    };
    static char names[MOST][8];
    struct sim_activity_def acts[MOST + 1];
    struct sim_port_def ports[MOST + 1];
    const struct sim_pool_def pools[] = {{.name = "tank", .capacity = 1, .reorder = -1}};
    const double levels[] = {1};
    for (int i = 0; i < count; i++) {
        (void)snprintf(names[i], sizeof(names[i]), "b%03d", i);
        acts[i] = (struct sim_activity_def){.name = names[i],
                                            .capacity = 1,
                                            .turndown = turndown,
                                            .restart_band = 0.05,
                                            .merit = i == 1 ? 0 : 1};
        ports[i] = (struct sim_port_def){i, 0, true, 1, 1, 0, SIM_PORT_PULL};
    }
    acts[count] = (struct sim_activity_def){.name = "user", .capacity = 1000};
    ports[count] = (struct sim_port_def){count, 0, false, 1, 1, 0, 0};
    struct rig rig = rig_of(pools, 1, acts, count + 1, ports, count + 1, levels);
    sim_flow_set_capacity(rig.flow, count, 0);
    settle(rig.flow);
    sim_flow_set_capacity(rig.flow, count, demand);
    settle(rig.flow);
    return rig;
}

static int count_on(const struct rig *rig, int count)
{
    int on = 0;
    for (int i = 0; i < count; i++) {
        on += !sim_flow_is_off(rig->flow, i);
    }
    return on;
}

Test(flow, restarts_as_many_as_help_at_one_instant)
{
    struct rig rig = boilers(10, 0.5, 3);
    cr_expect(eq(int, count_on(&rig, 10), 5));    // 3 / 5 = 0.6; a sixth would have all at 0.5
    cr_expect(not(sim_flow_is_off(rig.flow, 1))); // by merit, then name
    cr_expect(not(sim_flow_is_off(rig.flow, 0)));
    cr_expect(sim_flow_is_off(rig.flow, 9));
    struct sim_flow_trial t;
    cr_expect(sim_flow_trial_of(rig.flow, 9, &t));
    cr_expect(epsilon_eq(dbl, t.rate, 0.5, 1e-12));
    cr_expect(epsilon_eq(dbl, t.wanted, 0.525, 1e-12));
    rig_fini(&rig);
}

Test(flow, restarts_hundreds_at_a_stock_that_each_of_them_fills)
{
    struct rig rig = boilers(200, 0.5, 150);
    cr_expect(eq(int, count_on(&rig, 200), 200));
    sim_flow_set_capacity(rig.flow, 200, 60);
    settle(rig.flow);
    cr_expect(eq(int, count_on(&rig, 200), 120));
    rig_fini(&rig);
}

/** Two tanks apart from each other, each with a boiler of 3 above `turndown` and a user of 1. */
static struct rig two_boilers(double turndown)
{
    const struct sim_pool_def pools[] = {{.name = "tank", .capacity = 10, .reorder = -1},
                                         {.name = "vat", .capacity = 7, .reorder = -1}};
    const struct sim_activity_def acts[] = {
        {.name = "boiler", .capacity = 3, .turndown = turndown, .restart_band = 0.05},
        {.name = "user", .capacity = 1},
        {.name = "other", .capacity = 3, .turndown = turndown, .restart_band = 0.05},
        {.name = "taker", .capacity = 1}};
    const struct sim_port_def ports[] = {{0, 0, true, 1, 1, 0, 0},
                                         {1, 0, false, 1, 1, 0, 0},
                                         {2, 1, true, 1, 1, 0, 0},
                                         {3, 1, false, 1, 1, 0, 0}};
    const double levels[] = {4, 4};
    return rig_of(pools, 2, acts, 4, ports, 4, levels);
}

Test(flow, a_full_tank_holds_its_boiler_off_until_it_is_empty)
{
    struct rig rig = two_boilers(0.5);
    // The tank is full at 3 s and empty at 13 s, the vat at 1.5 s and 8.5 s; each lets the other
    // be.
    run_to(rig.flow, 8 * SECOND);
    cr_expect(sim_flow_is_off(rig.flow, 0));
    cr_expect(sim_flow_is_off(rig.flow, 2));
    run_to(rig.flow, 10 * SECOND);
    cr_expect(sim_flow_is_off(rig.flow, 0));
    cr_expect(eq(dbl, sim_flow_rate(rig.flow, 2), 3.0));
    run_to(rig.flow, 14 * SECOND);
    cr_expect(eq(dbl, sim_flow_rate(rig.flow, 0), 3.0));
    cr_expect(epsilon_eq(dbl, sim_flow_total(rig.flow, 0), 12.0, 1e-5));
    rig_fini(&rig);
}

Test(flow, a_held_boiler_restarts_when_enough_is_drawn)
{
    struct rig rig = two_boilers(0.3);
    run_to(rig.flow, 4 * SECOND);
    cr_expect(eq(dbl, sim_flow_rate(rig.flow, 0), 1.0)); // 1 of 3 will do
    sim_flow_set_capacity(rig.flow, 1, 0.5);
    settle(rig.flow);
    cr_expect(sim_flow_is_off(rig.flow, 0));
    run_to(rig.flow, 5 * SECOND);
    sim_flow_set_capacity(rig.flow, 1, 0.92); // above the minimum, within the band
    settle(rig.flow);
    cr_expect(sim_flow_is_off(rig.flow, 0));
    run_to(rig.flow, 6 * SECOND);
    sim_flow_set_capacity(rig.flow, 1, 0.95);
    settle(rig.flow);
    cr_expect(eq(dbl, sim_flow_rate(rig.flow, 0), 3.0)); // fills it, and then passes on
    run_to(rig.flow, 12 * SECOND);
    cr_expect(eq(dbl, sim_flow_rate(rig.flow, 0), 0.95));
    rig_fini(&rig);
}

/** A tank with a target that only a push boiler of 3 fills (above half of it) and a user of 1. */
static struct rig tank_with_levels(double reorder)
{
    const struct sim_pool_def pools[] = {
        {.name = "tank", .capacity = 10, .target = 6, .reorder = reorder}};
    const struct sim_activity_def acts[] = {
        {.name = "boiler", .capacity = 3, .turndown = 0.5, .restart_band = 0.05},
        {.name = "user", .capacity = 1}};
    const struct sim_port_def ports[] = {{0, 0, true, 1, 1, 0, 0}, {1, 0, false, 1, 1, 0, 0}};
    const double levels[] = {4};
    return rig_of(pools, 1, acts, 2, ports, 2, levels);
}

Test(flow, a_held_boiler_restarts_at_the_target_of_its_tank)
{
    struct rig rig = tank_with_levels(-1); // full at 3 s, down to its target at 7 s
    run_to(rig.flow, 6 * SECOND);
    cr_expect(sim_flow_is_off(rig.flow, 0));
    run_to(rig.flow, 8 * SECOND);
    cr_expect(eq(dbl, sim_flow_rate(rig.flow, 0), 3.0));
    run_to(rig.flow, 10 * SECOND); // full again at 9 s
    cr_expect(sim_flow_is_off(rig.flow, 0));
    rig_fini(&rig);
}

Test(flow, a_held_boiler_restarts_at_the_reorder_level_where_there_is_one)
{
    struct rig rig = tank_with_levels(2); // down to it at 11 s
    run_to(rig.flow, 10 * SECOND);
    cr_expect(sim_flow_is_off(rig.flow, 0));
    run_to(rig.flow, 12 * SECOND);
    cr_expect(eq(dbl, sim_flow_rate(rig.flow, 0), 3.0));
    rig_fini(&rig);
}

// Bought goods may not be sold, so the junction is divided; what joins its parts weighs what the
// unit weighs, and nothing while that is off: the user's wish must reach its trial all the same.
/** A maker of 10 from a feed of 2.02 beside a user of 5, that takes what it makes and as much of
 * the feed; or, where all is turned round, both fill a tank that is drawn on by 2.02. */
static struct rig by_turns(bool is_turned)
{
    const double size = 10;
    const struct sim_pool_def pools[] = {{.name = "feed", .capacity = size, .reorder = -1},
                                         {.name = "made", .capacity = size, .reorder = -1}};
    const struct sim_activity_def acts[] = {
        {.name = "maker", .capacity = 10, .turndown = 0.7, .restart_band = 0.05},
        {.name = "source", .capacity = 2.02},
        {.name = "user", .capacity = 5, .turndown = 0.2, .restart_band = 0.05}};
    const struct sim_port_def ports[] = {{0, 0, is_turned, 0.2, 1, 0, 0},
                                         {0, 1, !is_turned, 1, 1, 0, 0},
                                         {1, 0, !is_turned, 1, 1, 0, 0},
                                         {2, 0, is_turned, 0.4, 1, 0, 0},
                                         {2, 1, is_turned, 1, 1, 0, 0}};
    const double levels[] = {is_turned ? size - 0.5 : 0.5, is_turned ? size : 0};
    return rig_of(pools, 2, acts, 3, ports, 5, levels);
}

// With both on the feed falls, at its end the maker is off, and on again when what it made is used
// up, for a hundredth of the time. From 0.5/0.98 s on the maker runs and the user does not.
Test(flow, turns_that_come_ever_faster_end)
{
    for (int i = 0; i < 2; i++) {
        struct rig rig = by_turns(i == 1);
        run_to(rig.flow, SECOND);
        const double end = 0.5 / 0.98;
        cr_expect(epsilon_eq(dbl, sim_flow_total(rig.flow, 2), 5 * end, 1e-4));
        cr_expect(epsilon_eq(dbl, sim_flow_total(rig.flow, 0), 5 * end + 10 * (1 - end), 1e-4));
        cr_expect(eq(dbl, sim_flow_rate(rig.flow, 0), 10.0));
        cr_expect(eq(dbl, sim_flow_rate(rig.flow, 2), 0.0));
        rig_fini(&rig);
    }
}

Test(flow, a_unit_is_tried_again_when_a_user_beyond_a_hidden_link_begins)
{
    const struct sim_pool_def pools[] = {{.name = "yard"}};
    const struct sim_activity_def acts[] = {
        {.name = "unit", .capacity = 10, .turndown = 0.8, .restart_band = 0.05},
        {.name = "bought", .capacity = 100},
        {.name = "user", .capacity = 10},
        {.name = "sold", .capacity = 3}};
    const struct sim_port_def ports[] = {{0, 0, true, 1, 1, 0, 0},
                                         {1, 0, true, 1, 10, 0, SIM_PORT_BOUGHT | SIM_PORT_PULL},
                                         {2, 0, false, 1, 1, 0, 0},
                                         {3, 0, false, 1, 6, 0, SIM_PORT_SALE}};
    const double levels[] = {0};
    struct rig rig = rig_of(pools, 1, acts, 4, ports, 4, levels);
    cr_expect(eq(dbl, sim_flow_rate(rig.flow, 0), 10.0));
    sim_flow_set_capacity(rig.flow, 2, 0);
    settle(rig.flow);
    cr_expect(sim_flow_is_off(rig.flow, 0)); // only 3 are sold
    run_to(rig.flow, 5 * SECOND);
    sim_flow_set_capacity(rig.flow, 2, 10);
    settle(rig.flow);
    cr_expect(eq(dbl, sim_flow_rate(rig.flow, 0), 10.0));
    rig_fini(&rig);
}

static int64_t solves(const struct rig *rig)
{
    return sim_rates_work_done(sim_flow_rates(rig->flow)).settles;
}

Test(flow, a_unit_is_not_tried_again_before_something_changes_where_its_trial_came_by)
{
    struct rig rig = two_boilers(0.3);
    run_to(rig.flow, 4 * SECOND);
    sim_flow_set_capacity(rig.flow, 1, 0.5);
    settle(rig.flow);
    cr_expect(sim_flow_is_off(rig.flow, 0));

    const int64_t before = solves(&rig);
    sim_flow_set_capacity(rig.flow, 3, 0.95); // at the other tank
    settle(rig.flow);
    cr_expect(eq(i64, solves(&rig), before + 1));

    sim_flow_set_capacity(rig.flow, 1, 0.6); // at its own, too little
    settle(rig.flow);
    cr_expect(gt(i64, solves(&rig), before + 2));
    cr_expect(sim_flow_is_off(rig.flow, 0));
    rig_fini(&rig);
}
