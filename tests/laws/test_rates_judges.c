// The judges are judged: plain propagation stands in for the solver, and faults are planted in its
// answers. A judge that lets a planted fault pass is worth nothing.
#include "tests/support/judge_trial.h"
#include "tests/support/random_network.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
#ifdef NDEBUG
    NETWORKS = 600,
#else
    NETWORKS = 120, // a debug build is slower
#endif
    SEED = 11
};

// Change the network before it is solved, so that the answer belongs to another one. False when
// this network offers no place for the fault.
typedef bool plant_fn(struct judge_net *n);

static bool reverse_classes(struct judge_net *n)
{
    for (int i = 0; i < n->port_count; i++) {
        n->ports[i].rank = 10 - n->ports[i].rank;
    }
    return true;
}

static bool equal_classes(struct judge_net *n)
{
    for (int i = 0; i < n->port_count; i++) {
        n->ports[i].rank = 1;
    }
    return true;
}

static bool other_weights(struct judge_net *n)
{
    for (int i = 0; i < n->port_count; i++) {
        n->ports[i].share = 1.0 + i % 3;
    }
    return true;
}

static bool forget_pull(struct judge_net *n)
{
    bool any = false;
    for (int i = 0; i < n->port_count; i++) {
        any = any || (n->ports[i].flags & SIM_PORT_PULL);
        n->ports[i].flags &= ~(unsigned)SIM_PORT_PULL;
    }
    return any;
}

static bool forget_bounds(struct judge_net *n)
{
    bool any = false;
    for (int i = 0; i < n->port_count; i++) {
        any = any || (n->ports[i].flags & SIM_PORT_AT_BOUND);
        n->ports[i].flags &= ~(unsigned)SIM_PORT_AT_BOUND;
    }
    return any;
}

static bool forget_conditions(struct judge_net *n)
{
    bool any = false;
    for (int p = 0; p < n->pool_count; p++) {
        any = any || (n->condition[p] & (SIM_POOL_EMPTY | SIM_POOL_FULL));
        n->condition[p] &= ~(unsigned)(SIM_POOL_EMPTY | SIM_POOL_FULL);
    }
    return any;
}

static bool lower_capacities(struct judge_net *n)
{
    for (int k = 0; k < n->activity_count; k++) {
        n->u[k] *= 1.0 - 1e-7;
    }
    return true;
}

static bool raise_capacities(struct judge_net *n)
{
    for (int k = 0; k < n->activity_count; k++) {
        n->u[k] *= 1.0 + 1e-7;
    }
    return true;
}

struct tally {
    int tried;     // networks that offer a place for the fault
    int different; // of which rates changed
    int caught;    // of which a judge complained
};

// How often do the judges notice that an answer belongs to another network?
static struct tally planted(plant_fn *plant)
{
    struct tally tally = {0};
    struct judge_net *n = judge_net_create();
    struct judge_net *other = judge_net_create();
    struct judge_answer *right = sim_base_alloc(1, sizeof(*right));
    struct judge_answer *wrong = sim_base_alloc(1, sizeof(*wrong));
    for (uint64_t number = 0; number < NETWORKS; number++) {
        struct judge_counts counts = {0};
        struct judge_trial trial;
        random_network_make(SEED, number, n);
        judge_net_copy(other, n);
        if (!plant(other)) {
            continue;
        }
        judge_answer_plain(n, right);
        judge_answer_plain(other, wrong);
        if (right->status != SIM_OK || wrong->status != SIM_OK) {
            continue;
        }
        tally.tried++;
        if (memcmp(right->rate, wrong->rate, sizeof(right->rate)) == 0) {
            continue;
        }
        tally.different++;
        judge_trial_answer(n, wrong, &counts, &trial);
        tally.caught += judge_trial_is_fault(trial.verdict) || trial.verdict == JUDGE_SEVERAL;
    }
    free(n);
    free(other);
    free(right);
    free(wrong);
    return tally;
}

// Rates that differ only in their last bits are no fault, hence not quite all.
static void expect_caught(plant_fn *plant, int at_least_different_of_600)
{
    const struct tally tally = planted(plant);
    cr_expect(tally.different >= at_least_different_of_600 * NETWORKS / 600,
              "only %d of %d networks show the fault", tally.different, tally.tried);
    cr_expect(tally.caught >= tally.different * 9 / 10, "%d of %d faults caught", tally.caught,
              tally.different);
}

Test(rates_judges, catch_reversed_classes)
{
    expect_caught(reverse_classes, 100);
}

Test(rates_judges, catch_forgotten_classes)
{
    expect_caught(equal_classes, 100);
}

Test(rates_judges, catch_other_weights)
{
    expect_caught(other_weights, 100);
}

Test(rates_judges, catch_forgotten_pull)
{
    expect_caught(forget_pull, 40);
}

Test(rates_judges, catch_forgotten_ports_at_bounds)
{
    expect_caught(forget_bounds, 30);
}

Test(rates_judges, catch_forgotten_empty_and_full_stocks)
{
    expect_caught(forget_conditions, 100);
}

Test(rates_judges, catch_rates_a_ten_millionth_too_low)
{
    expect_caught(lower_capacities, 200);
}

Test(rates_judges, catch_rates_above_capacity)
{
    expect_caught(raise_capacities, 200);
}

Test(rates_judges, are_silent_where_claims_form_no_loop)
{
    struct judge_net *n = judge_net_create();
    struct judge_answer *a = sim_base_alloc(1, sizeof(*a));
    struct judge_view *v = sim_base_alloc(1, sizeof(*v));
    int loopless = 0;
    for (uint64_t number = 0; number < 4 * NETWORKS; number++) {
        int8_t circular[JUDGE_PORTS];
        struct judge_counts counts = {0};
        struct judge_trial trial;
        random_network_make(SEED + 1, number, n);
        judge_view_init(v, n);
        if (judge_rules_circular(v, circular) > 0) {
            continue;
        }
        loopless++;
        judge_answer_plain(n, a);
        judge_trial_answer(n, a, &counts, &trial);
        cr_assert(!judge_trial_is_fault(trial.verdict), "seed %d number %d: %s: %s", SEED + 1,
                  (int)number, judge_trial_word(trial.verdict), trial.why);
    }
    cr_expect(loopless >= NETWORKS / 2, "only %d networks without loops of claims", loopless);
    free(n);
    free(a);
    free(v);
}

// A CHP that powers its own mill (case 7): standing still satisfies every limit.
static void chp_and_mill(struct judge_net *n)
{
    const int32_t fuel = judge_net_junction(n, "fuel");
    const int32_t power = judge_net_junction(n, "power");
    const int32_t chp = judge_net_activity(n, "chp", 10);
    const int32_t mill = judge_net_activity(n, "mill", 100);
    judge_net_take(n, chp, fuel, 1.0, 1);
    judge_net_give(n, chp, power, 1.0, 1);
    judge_net_take(n, mill, power, 0.2, 2);
    judge_net_give(n, mill, fuel, 1.0, 1);
    judge_net_sink(n, "grid", 50, power, 3);
}

Test(rates_judges, find_that_a_loop_which_stands_still_could_feed_itself)
{
    struct judge_net *n = judge_net_create();
    struct judge_view *v = sim_base_alloc(1, sizeof(*v));
    const double still[3] = {0.0, 0.0, 0.0};
    const double meant[3] = {10.0, 10.0, 8.0};
    int32_t who = -1;
    double to[JUDGE_ACTIVITIES];
    chp_and_mill(n);

    judge_view_init(v, n);

    cr_expect(judge_lp_improvement(v, still, &who, to) > 1.0);
    cr_expect(fabs(to[0] - 10.0) < 1e-6);
    cr_expect(!judge_lp_certified(v, still));
    cr_expect(judge_lp_improvement(v, meant, &who, to) < 1e-9);
    free(n);
    free(v);
}

Test(rates_judges, find_that_a_third_of_the_supply_was_left)
{
    struct judge_net *n = judge_net_create();
    struct judge_view *v = sim_base_alloc(1, sizeof(*v));
    const int32_t pool = judge_net_junction(n, "pool");
    judge_net_source(n, "well", 3, pool, 1);
    judge_net_sink(n, "user", 5, pool, 1);
    const double left[2] = {2.0, 2.0};
    const double all[2] = {3.0, 3.0};
    int32_t who = -1;

    judge_view_init(v, n);

    cr_expect(judge_lp_improvement(v, left, &who, NULL) > 0.1);
    cr_expect(!judge_lp_certified(v, left));
    cr_expect(judge_lp_certified(v, all));
    cr_expect(judge_lp_improvement(v, all, &who, NULL) < 1e-9);
    free(n);
    free(v);
}

Test(rates_judges, leave_pull_that_no_user_reaches_at_rest)
{
    struct judge_net *n = judge_net_create();
    struct judge_view *v = sim_base_alloc(1, sizeof(*v));
    const int32_t x = judge_net_junction(n, "x");
    const int32_t y = judge_net_junction(n, "y");
    const int32_t a = judge_net_activity(n, "a", 10);
    const int32_t b = judge_net_activity(n, "b", 10);
    judge_net_take(n, a, x, 1.0, 1);
    n->ports[judge_net_give(n, a, y, 1.0, 1)].flags = SIM_PORT_PULL;
    judge_net_take(n, b, y, 1.0, 1);
    n->ports[judge_net_give(n, b, x, 1.0, 1)].flags = SIM_PORT_PULL;

    judge_view_init(v, n);
    cr_expect(v->is_unreached[a] && v->is_unreached[b]);

    judge_net_sink(n, "user", 1, y, 1);
    judge_view_init(v, n);
    cr_expect(!v->is_unreached[a] && !v->is_unreached[b]);
    free(n);
    free(v);
}

// Convicts networks in which some activity whose name has an `a` in it runs: a toy fault.
static bool toy_fault(struct judge_net *n, void *user)
{
    struct judge_answer *a = user;
    judge_answer_plain(n, a);
    for (int32_t k = 0; k < n->activity_count; k++) {
        if (strchr(n->activity_names[k], 'a') != NULL && a->rate[k] > 0.0 && a->status == SIM_OK) {
            return true;
        }
    }
    return false;
}

// Seed 77, network 15116, shrunk: a pull ring hangs on a pull process that rests, its stock being
// over target. Nobody draws on the ring, though a push process takes from the stock.
Test(rates_judges, see_that_pull_behind_a_resting_giver_is_not_reached)
{
    struct judge_net *n = judge_net_create();
    struct judge_view *v = sim_base_alloc(1, sizeof(*v));
    const unsigned over[2] = {SIM_POOL_FULL | SIM_POOL_OVER_TARGET, 0};
    const int32_t stock = judge_net_stock(n, "stock", over[0]);
    const int32_t ring = judge_net_junction(n, "ring");
    const int32_t user = judge_net_activity(n, "user", 1);
    judge_net_take(n, user, stock, 1.0, 1);
    judge_net_give(n, user, ring, 1.0, 1);
    const int32_t fills = judge_net_activity(n, "fills", 1);
    judge_net_take(n, fills, ring, 1.0, 1);
    n->ports[judge_net_give(n, fills, stock, 1.0, 1)].flags = SIM_PORT_PULL;
    const int32_t self = judge_net_activity(n, "self", 1);
    judge_net_take(n, self, ring, 1.0, 1);
    n->ports[judge_net_give(n, self, ring, 1.0, 1)].flags = SIM_PORT_PULL;
    for (int i = 0; i < SIM_COUNT(over); i++) {
        n->condition[stock] = over[i];

        judge_view_init(v, n);

        cr_expect(v->is_unreached[fills] == (i == 0));
        cr_expect(v->is_unreached[self] == (i == 0));
    }
    free(v);
    free(n);
}

// Seed 20261122, network 1149857, shrunk: `user` could take from the stock but for a loop with loss
// that holds it at 0, so nobody draws on `self`. Propagation comes to 0 by ever smaller numbers,
// and so does what others leave of the user's capacity: neither is a wish.
Test(rates_judges, see_that_a_wish_which_dies_out_is_none)
{
    struct judge_net *n = judge_net_create();
    struct judge_view *v = sim_base_alloc(1, sizeof(*v));
    const int32_t stock = judge_net_stock(n, "stock", SIM_POOL_FULL | SIM_POOL_AT_TARGET);
    const int32_t there = judge_net_junction(n, "there");
    const int32_t back = judge_net_junction(n, "back");
    const int32_t user = judge_net_activity(n, "user", 1);
    judge_net_take(n, user, back, 1.0, 1);
    const int32_t wish = judge_net_take(n, user, stock, 1.0, 1);
    judge_net_give(n, user, there, 1.0, 1);
    const int32_t other = judge_net_activity(n, "other", 1);
    judge_net_take(n, other, there, 1.0, 1);
    judge_net_give(n, other, back, 0.3, 1);
    const int32_t self = judge_net_activity(n, "self", 1);
    judge_net_take(n, self, stock, 1.0, 1);
    n->ports[judge_net_give(n, self, stock, 1.0, 1)].flags = SIM_PORT_PULL;
    const double rate[3] = {0.0, 0.0, 0.0};
    double claim[JUDGE_PORTS] = {0.0};
    int32_t who = -1;
    judge_view_init(v, n);
    v->wants = claim;

    claim[wish] = 5e-18;
    cr_expect(judge_lp_improvement(v, rate, &who, NULL) == 0.0);
    claim[wish] = 1e-6;
    cr_expect(judge_lp_improvement(v, rate, &who, NULL) > 0.5);
    free(v);
    free(n);
}

// The whole programme and the one that leaves out whom the certificate covers must agree.
Test(rates_judges, find_as_much_behind_the_certificate_as_in_the_whole_programme)
{
    struct judge_net *n = judge_net_create();
    struct judge_answer *a = sim_base_alloc(1, sizeof(*a));
    struct judge_view *v = sim_base_alloc(1, sizeof(*v));
    int found = 0;
    for (uint64_t number = 0; number < 4 * NETWORKS; number++) {
        int32_t who = -1;
        bool certified = false;
        random_network_make(SEED + 2, number, n);
        judge_answer_plain(n, a); // stands still where it could feed itself
        if (a->status != SIM_OK) {
            continue;
        }
        judge_view_init(v, n);

        const double part = judge_lp_search(v, a->rate, &certified, &who, NULL);
        const double whole = judge_lp_improvement(v, a->rate, &who, NULL);

        cr_expect(fabs(part - whole) <= 1e-6 * fmax(1.0, whole), "network %d: %.9g, whole %.9g",
                  (int)number, part, whole);
        cr_expect(certified == judge_lp_certified(v, a->rate));
        found += whole > 1e-3 ? 1 : 0;
    }
    cr_expect(found > 5, "only %d could be better: nothing was compared", found);
    free(v);
    free(a);
    free(n);
}

Test(rates_judges, shrink_a_network_to_what_the_fault_needs)
{
    struct judge_net *n = judge_net_create();
    struct judge_answer *a = sim_base_alloc(1, sizeof(*a));
    uint64_t number = 0;
    do {
        random_network_make(SEED + 2, number++, n);
    } while (n->pool_count < 30 || !toy_fault(n, a));

    judge_shrink_property(n, toy_fault, a);

    cr_expect(toy_fault(n, a));
    cr_expect(n->activity_count <= 2, "%d activities are left", n->activity_count);
    cr_expect(n->pool_count <= 1, "%d pools are left", n->pool_count);
    free(n);
    free(a);
}

Test(rates_judges, print_the_same_network_twice)
{
    struct judge_net *n = judge_net_create();
    struct judge_net *again = judge_net_create();
    random_network_make(3, 14, n);
    random_network_make(3, 15, again);
    cr_expect(memcmp(n->ports, again->ports, sizeof(n->ports)) != 0);
    random_network_make(3, 14, again);

    cr_expect(memcmp(n->ports, again->ports, sizeof(n->ports)) == 0);
    cr_expect(memcmp(n->u, again->u, sizeof(n->u)) == 0);
    cr_expect(memcmp(n->activity_names, again->activity_names, sizeof(n->activity_names)) == 0);
    free(n);
    free(again);
}
