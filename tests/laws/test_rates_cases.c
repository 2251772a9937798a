// The seventeen cases of validation/rates.md, built by hand. An activity without a capacity in the
// text is unlimited. Each answer also goes before judge (a).
#include "sim/flow/flow.h"
#include "tests/support/judge_checks.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>

// A network under construction and the answer to it; one at a time.
struct bench {
    struct judge_net *n;
    struct judge_answer *a;
};

static struct bench begin(void)
{
    return (struct bench){judge_net_create(), sim_base_alloc(1, sizeof(struct judge_answer))};
}

static void end(struct bench *b)
{
    free(b->n);
    free(b->a);
}

static void solve(struct bench *b)
{
    struct judge_view *v = sim_base_alloc(1, sizeof(*v));
    int8_t circular[JUDGE_PORTS];
    struct judge_complaint complaint = {""};
    judge_answer_real(b->n, b->a);
    cr_assert(b->a->status == SIM_OK, "%s", b->a->text);
    judge_view_init(v, b->n);
    judge_rules_circular(v, circular);
    cr_expect(judge_checks_rules(v, b->a, circular, b->a->work.self_fed > 0, &complaint), "%s",
              complaint.text);
    free(v);
}

// Rates here are of order 1 to 100; 1e-12 of them is what the definition promises.
static void expect(const struct bench *b, const char *who, double rate)
{
    const int32_t k = judge_net_find(b->n, who);
    cr_assert(k >= 0, "no activity %s", who);
    cr_expect(fabs(b->a->rate[k] - rate) <= 1e-12 * fmax(1.0, fabs(rate)),
              "%s runs at %.17g, not %.17g", who, b->a->rate[k], rate);
}

Test(rates_cases, c01_serves_steam_by_classes)
{
    struct bench b = begin();
    const int32_t steam = judge_net_junction(b.n, "steam");
    judge_net_source(b.n, "plant", 100, steam, 1);
    judge_net_sink(b.n, "hospital", 40, steam, 1);
    judge_net_sink(b.n, "brewery", 50, steam, 2);
    judge_net_sink(b.n, "dryer", 50, steam, 2);
    judge_net_sink(b.n, "greenhouse", 30, steam, 3);

    solve(&b);

    expect(&b, "hospital", 40);
    expect(&b, "brewery", 30);
    expect(&b, "dryer", 30);
    expect(&b, "greenhouse", 0);
    end(&b);
}

Test(rates_cases, c02_shares_what_one_cannot_use)
{
    struct bench b = begin();
    const int32_t supply = judge_net_junction(b.n, "supply");
    const int32_t other = judge_net_junction(b.n, "other");
    judge_net_source(b.n, "plant", 100, supply, 1);
    judge_net_source(b.n, "scarce", 20, other, 1);
    const int32_t a = judge_net_sink(b.n, "A", 100, supply, 1);
    judge_net_take(b.n, a, other, 1.0, 1);
    judge_net_sink(b.n, "B", 50, supply, 1);
    judge_net_sink(b.n, "C", 50, supply, 1);

    solve(&b);

    expect(&b, "A", 20);
    expect(&b, "B", 40);
    expect(&b, "C", 40);
    end(&b);
}

Test(rates_cases, c03_takes_from_the_exchange_before_the_market)
{
    struct bench b = begin();
    const int32_t there = judge_net_junction(b.n, "there");
    const int32_t here = judge_net_junction(b.n, "here");
    judge_net_source(b.n, "supplier", INFINITY, there, 1);
    judge_net_link(b.n, "exchange", 6, there, 1, here, 1, 0.95);
    judge_net_source(b.n, "market", INFINITY, here, 2);
    judge_net_sink(b.n, "user", 10, here, 1);

    solve(&b);

    expect(&b, "user", 10);
    expect(&b, "exchange", 6);
    expect(&b, "market", 4.3);
    end(&b);
}

static void smelter(struct bench *b, bool has_landfill)
{
    const int32_t slag = judge_net_junction(b->n, "slag");
    const int32_t k = judge_net_activity(b->n, "smelter", 10);
    judge_net_give(b->n, k, slag, 0.5, 1);
    judge_net_sink(b->n, "cement", 3, slag, 1);
    if (has_landfill) {
        judge_net_sink(b->n, "landfill", INFINITY, slag, 2);
    }
    solve(b);
}

Test(rates_cases, c04_a_byproduct_without_outlet_holds_the_smelter)
{
    struct bench b = begin();
    smelter(&b, false);
    expect(&b, "smelter", 6);
    end(&b);

    b = begin();
    smelter(&b, true);
    expect(&b, "smelter", 10);
    expect(&b, "cement", 3);
    expect(&b, "landfill", 2);
    end(&b);
}

Test(rates_cases, c05_full_stocks_pass_the_sale_upstream)
{
    struct bench b = begin();
    const int32_t s1 = judge_net_stock(b.n, "s1", SIM_POOL_FULL);
    const int32_t s2 = judge_net_stock(b.n, "s2", SIM_POOL_FULL);
    const int32_t s3 = judge_net_stock(b.n, "s3", SIM_POOL_FULL);
    // 100 stands for "ample": what is unlimited next to a stock is refused, as it would fill in no
    // time.
    judge_net_source(b.n, "P1", 100, s1, 1);
    const int32_t p2 = judge_net_activity(b.n, "P2", 100);
    judge_net_take(b.n, p2, s1, 1.0, 1);
    judge_net_give(b.n, p2, s2, 0.8, 1);
    const int32_t p3 = judge_net_activity(b.n, "P3", 100);
    judge_net_take(b.n, p3, s2, 1.0, 1);
    judge_net_give(b.n, p3, s3, 0.5, 1);
    judge_net_sink(b.n, "sale", 2, s3, 1);

    solve(&b);

    expect(&b, "P1", 5);
    expect(&b, "P2", 5);
    expect(&b, "P3", 4);
    expect(&b, "sale", 2);
    end(&b);
}

static void reclaim(struct bench *b, double fresh)
{
    const int32_t water = judge_net_junction(b->n, "water");
    const int32_t dirty = judge_net_junction(b->n, "dirty");
    const int32_t user = judge_net_activity(b->n, "user", 10);
    judge_net_take(b->n, user, water, 1.0, 1);
    judge_net_give(b->n, user, dirty, 0.8, 1);
    const int32_t works = judge_net_activity(b->n, "reclaim", INFINITY);
    judge_net_take(b->n, works, dirty, 1.0, 1);
    judge_net_give(b->n, works, water, 0.75, 1);
    judge_net_source(b->n, "fresh", fresh, water, 2);
    solve(b);
}

Test(rates_cases, c06_reclaimed_water_goes_back_to_its_user)
{
    struct bench b = begin();
    reclaim(&b, INFINITY);
    expect(&b, "user", 10);
    expect(&b, "reclaim", 8);
    expect(&b, "fresh", 4);
    end(&b);

    b = begin();
    reclaim(&b, 2);
    expect(&b, "user", 5);
    expect(&b, "reclaim", 4);
    expect(&b, "fresh", 2);
    end(&b);
}

// CHP (1 fuel -> 1 power) and the mill of its fuel (`need` power -> 1 fuel), mill in class 2.
static int32_t chp_and_mill(struct bench *b, double chp_most, double mill_most, double need)
{
    const int32_t fuel = judge_net_junction(b->n, "fuel");
    const int32_t power = judge_net_junction(b->n, "power");
    const int32_t chp = judge_net_activity(b->n, "chp", chp_most);
    const int32_t mill = judge_net_activity(b->n, "mill", mill_most);
    judge_net_take(b->n, chp, fuel, 1.0, 1);
    judge_net_give(b->n, chp, power, 1.0, 1);
    judge_net_take(b->n, mill, power, need, 2);
    judge_net_give(b->n, mill, fuel, 1.0, 1);
    return power;
}

Test(rates_cases, c07_a_chp_powers_its_own_mill)
{
    struct bench b = begin();
    const int32_t power = chp_and_mill(&b, 10, 100, 0.2);
    judge_net_sink(b.n, "grid", INFINITY, power, 3);

    solve(&b);

    expect(&b, "chp", 10);
    expect(&b, "mill", 10);
    expect(&b, "grid", 8);
    end(&b);
}

Test(rates_cases, c08_a_loop_feeds_itself_before_an_outsider)
{
    static const struct {
        double city, grid, chp, served;
    } ROWS[] = {
        {0.3, 0.0, 0.6, 0.3}, {0.5, 0.0, 1.0, 0.5}, {0.6, 0.0, 1.0, 0.5}, {0.8, 0.2, 1.0, 0.7}};
    for (int i = 0; i < SIM_COUNT(ROWS); i++) {
        struct bench b = begin();
        const int32_t power = chp_and_mill(&b, 1, 1, 0.5);
        judge_net_sink(b.n, "city", ROWS[i].city, power, 1);
        if (ROWS[i].grid > 0.0) {
            judge_net_source(b.n, "grid", ROWS[i].grid, power, 2);
        }

        solve(&b);

        expect(&b, "chp", ROWS[i].chp);
        expect(&b, "mill", ROWS[i].chp);
        expect(&b, "city", ROWS[i].served);
        end(&b);
    }
}

Test(rates_cases, c09_two_firms_that_feed_each_other_need_a_gain)
{
    static const struct {
        double gain, rate, vent;
    } ROWS[] = {{0.8, 0.0, 0.0}, {1.0, 10.0, 0.0}, {1.25, 10.0, 2.5}};
    for (int i = 0; i < SIM_COUNT(ROWS); i++) {
        struct bench b = begin();
        const int32_t x = judge_net_junction(b.n, "x");
        const int32_t y = judge_net_junction(b.n, "y");
        const int32_t first = judge_net_activity(b.n, "first", 10);
        const int32_t second = judge_net_activity(b.n, "second", 10);
        judge_net_take(b.n, first, x, 1.0, 1);
        judge_net_give(b.n, first, y, ROWS[i].gain, 1);
        judge_net_take(b.n, second, y, 1.0, 1);
        judge_net_give(b.n, second, x, 1.0, 1);
        judge_net_sink(b.n, "vent", INFINITY, y, 2);

        solve(&b);

        expect(&b, "first", ROWS[i].rate);
        expect(&b, "second", ROWS[i].rate);
        expect(&b, "vent", ROWS[i].vent);
        end(&b);
    }
}

Test(rates_cases, c10_water_for_the_user_or_for_his_boiler)
{
    static const struct {
        double k, user, boiler;
    } ROWS[] = {{0.5, 10.0 / 3.0, 20.0 / 3.0}, {1.0, 5.0, 5.0}};
    for (int i = 0; i < SIM_COUNT(ROWS); i++) {
        struct bench b = begin();
        const int32_t water = judge_net_junction(b.n, "water");
        const int32_t steam = judge_net_junction(b.n, "steam");
        judge_net_source(b.n, "well", 10, water, 1);
        const int32_t user = judge_net_activity(b.n, "user", INFINITY);
        judge_net_take(b.n, user, water, 1.0, 1);
        judge_net_take(b.n, user, steam, 1.0, 1);
        const int32_t boiler = judge_net_activity(b.n, "boiler", INFINITY);
        judge_net_take(b.n, boiler, water, 1.0, 2);
        judge_net_give(b.n, boiler, steam, ROWS[i].k, 1);

        solve(&b);

        expect(&b, "user", ROWS[i].user);
        expect(&b, "boiler", ROWS[i].boiler);
        end(&b);
    }
}

// A and B [1] both need x and y; ranks and shares as set by the caller.
static void crossed(struct bench *b, double x_supply, double y_supply, bool by_share)
{
    const int32_t x = judge_net_junction(b->n, "x");
    const int32_t y = judge_net_junction(b->n, "y");
    judge_net_source(b->n, "well_x", x_supply, x, 1);
    judge_net_source(b->n, "well_y", y_supply, y, 1);
    const int32_t a = judge_net_activity(b->n, "A", 1);
    const int32_t other = judge_net_activity(b->n, "B", 1);
    const int32_t ax = judge_net_take(b->n, a, x, 1.0, 1);
    const int32_t ay = judge_net_take(b->n, a, y, 1.0, by_share ? 1 : 2);
    const int32_t bx = judge_net_take(b->n, other, x, 1.0, by_share ? 1 : 2);
    const int32_t by = judge_net_take(b->n, other, y, 1.0, 1);
    b->n->ports[ax].share = b->n->ports[by].share = by_share ? 2.0 : 0.0;
    b->n->ports[ay].share = b->n->ports[bx].share = by_share ? 1.0 : 0.0;
    solve(b);
}

Test(rates_cases, c11_crossed_priorities_go_by_name_where_they_leave_it_open)
{
    struct bench b = begin();
    crossed(&b, 1, 1, false);
    expect(&b, "A", 1);
    expect(&b, "B", 0);
    cr_expect(b.a->work.by_name > 0, "the choice by name is not counted");
    end(&b);

    b = begin();
    crossed(&b, 1, 2, false);
    expect(&b, "A", 1);
    expect(&b, "B", 0);
    end(&b);
}

Test(rates_cases, c11_a_triangle_of_crossed_priorities_is_shared)
{
    static const char *const NAMES[3] = {"A", "B", "C"};
    struct bench b = begin();
    int32_t pool[3];
    for (int i = 0; i < 3; i++) {
        const char *const pools[3] = {"x", "y", "z"};
        const char *const wells[3] = {"well_x", "well_y", "well_z"};
        pool[i] = judge_net_junction(b.n, pools[i]);
        judge_net_source(b.n, wells[i], 1, pool[i], 1);
    }
    for (int i = 0; i < 3; i++) {
        const int32_t k = judge_net_activity(b.n, NAMES[i], 1);
        judge_net_take(b.n, k, pool[i], 1.0, 1);
        judge_net_take(b.n, k, pool[(i + 1) % 3], 1.0, 2);
    }

    solve(&b);

    for (int i = 0; i < 3; i++) {
        expect(&b, NAMES[i], 0.5);
    }
    end(&b);
}

Test(rates_cases, c12_crossed_shares_go_by_name)
{
    struct bench b = begin();
    crossed(&b, 1, 1, true);

    // Anything with A + B = 1 and A in [1/3, 2/3] keeps the rules; A comes first by name.
    expect(&b, "A", 2.0 / 3.0);
    expect(&b, "B", 1.0 / 3.0);
    end(&b);
}

Test(rates_cases, c13_the_consumers_order_of_links_rules)
{
    struct bench b = begin();
    const int32_t from = judge_net_junction(b.n, "from");
    const int32_t to = judge_net_junction(b.n, "to");
    judge_net_source(b.n, "source", 1, from, 1);
    judge_net_link(b.n, "sources_first", INFINITY, from, 1, to, 2, 1.0);
    judge_net_link(b.n, "consumers_first", INFINITY, from, 2, to, 1, 1.0);
    judge_net_sink(b.n, "demand", 0.8, to, 1);

    solve(&b);

    expect(&b, "consumers_first", 0.8);
    expect(&b, "sources_first", 0);
    expect(&b, "demand", 0.8);
    expect(&b, "source", 0.8);
    end(&b);
}

Test(rates_cases, c14_joint_products_beside_a_boiler)
{
    static const int32_t ORDERS[3][2] = {{1, 2}, {1, 1}, {2, 1}}; // of CHP and boiler
    for (int i = 0; i < 3; i++) {
        struct bench b = begin();
        const int32_t steam = judge_net_junction(b.n, "steam");
        const int32_t power = judge_net_junction(b.n, "power");
        const int32_t mill = judge_net_activity(b.n, "mill", 10);
        judge_net_take(b.n, mill, steam, 2.0, 1);
        judge_net_take(b.n, mill, power, 1.0, 1);
        const int32_t chp = judge_net_activity(b.n, "chp", INFINITY);
        judge_net_give(b.n, chp, steam, 1.0, ORDERS[i][0]);
        judge_net_give(b.n, chp, power, 1.0, 1);
        judge_net_source(b.n, "boiler", INFINITY, steam, ORDERS[i][1]);

        solve(&b);

        expect(&b, "mill", 10);
        expect(&b, "chp", 10);
        expect(&b, "boiler", 10);
        end(&b);
    }
}

Test(rates_cases, c15_a_full_hot_stock_takes_waste_heat_first)
{
    struct bench b = begin();
    const int32_t hot = judge_net_stock(b.n, "hot", SIM_POOL_FULL);
    judge_net_source(b.n, "waste_heat", 3, hot, 1);
    judge_net_source(b.n, "boiler", 10, hot, 2);
    judge_net_sink(b.n, "users", 5, hot, 1);

    solve(&b);

    expect(&b, "waste_heat", 3);
    expect(&b, "boiler", 2);
    expect(&b, "users", 5);
    end(&b);
}

// Without turndown; with it: test_rates_turndown.c.
Test(rates_cases, c16_two_users_share_one_supply)
{
    struct bench b = begin();
    const int32_t pool = judge_net_junction(b.n, "pool");
    judge_net_source(b.n, "well", 1, pool, 1);
    judge_net_sink(b.n, "U1", 1, pool, 1);
    judge_net_sink(b.n, "U2", 1, pool, 1);

    solve(&b);

    expect(&b, "U1", 0.5);
    expect(&b, "U2", 0.5);
    end(&b);
}

Test(rates_cases, c17_two_shortages_shared_by_the_same_users)
{
    struct bench b = begin();
    const int32_t x = judge_net_junction(b.n, "x");
    const int32_t y = judge_net_junction(b.n, "y");
    judge_net_source(b.n, "well_x", 10, x, 1);
    judge_net_source(b.n, "well_y", 10, y, 1);
    const char *const names[2] = {"P", "Q"};
    for (int i = 0; i < 2; i++) {
        const int32_t k = judge_net_activity(b.n, names[i], 10);
        judge_net_take(b.n, k, x, 1.0, 1);
        judge_net_take(b.n, k, y, 1.0, 1);
    }

    solve(&b);

    expect(&b, "P", 5);
    expect(&b, "Q", 5);
    end(&b);
}

// ---- Found by the soak ----

// Seed 1001, network 98526, shrunk: ie1 can only stand still, since what it gives has no taker but
// itself, and its scale goes to nothing. The path ends where many kinks meet.
Test(rates_cases, a_self_loop_without_outlet_stops_and_its_rivals_share)
{
    struct bench b = begin();
    const int32_t scarce = judge_net_junction(b.n, "scarce");
    const int32_t between = judge_net_junction(b.n, "between");
    const int32_t own = judge_net_junction(b.n, "own");
    const int32_t stuck = judge_net_activity(b.n, "stuck", 1);
    judge_net_take(b.n, stuck, scarce, 1, 1);
    judge_net_take(b.n, stuck, own, 0.2, 1);
    judge_net_give(b.n, stuck, own, 3, 1);
    const int32_t maker = judge_net_activity(b.n, "maker", 1);
    judge_net_take(b.n, maker, scarce, 1, 1);
    judge_net_give(b.n, maker, between, 1, 1);
    const int32_t user = judge_net_activity(b.n, "user", 10);
    judge_net_take(b.n, user, scarce, 1, 1);
    judge_net_take(b.n, user, between, 1, 1);
    judge_net_source(b.n, "well", 1, scarce, 1);

    solve(&b);

    expect(&b, "stuck", 0);
    expect(&b, "maker", 0.5);
    expect(&b, "user", 0.5);
    end(&b);
}

// Seed 1001, network 81784, shrunk: of2 gives back a tenth of what it takes, so it and kg4, which
// lives on what it gives, stand still; the ring of the other two keeps itself going.
Test(rates_cases, a_ring_runs_beside_a_loop_that_dies_out)
{
    struct bench b = begin();
    const int32_t x = judge_net_junction(b.n, "x");
    const int32_t y = judge_net_junction(b.n, "y");
    const int32_t z = judge_net_junction(b.n, "z");
    judge_net_link(b.n, "hm1", 10, y, 1, x, 1, 1);
    const int32_t loses = judge_net_activity(b.n, "of2", 1);
    judge_net_take(b.n, loses, x, 1, 1);
    judge_net_take(b.n, loses, z, 3, 1);
    judge_net_give(b.n, loses, z, 0.3, 1);
    const int32_t ring = judge_net_activity(b.n, "ni3", 10);
    judge_net_take(b.n, ring, x, 1, 1);
    judge_net_give(b.n, ring, y, 1, 1);
    const int32_t lives = judge_net_activity(b.n, "kg4", 10);
    judge_net_take(b.n, lives, z, 1, 1);
    judge_net_give(b.n, lives, x, 1, 1);

    solve(&b);

    expect(&b, "of2", 0);
    expect(&b, "kg4", 0);
    expect(&b, "hm1", 10);
    expect(&b, "ni3", 10);
    end(&b);
}

// Seed 77, network 1259, shrunk: what an unlimited link is offered has no scale but itself; the
// judge may not want it to the last bit.
Test(rates_cases, an_unlimited_link_that_stands_still_is_offered_what_it_could_pass)
{
    struct bench b = begin();
    const int32_t end_of_pipe = judge_net_junction(b.n, "end");
    const int32_t near_end = judge_net_junction(b.n, "near");
    const int32_t start = judge_net_junction(b.n, "start");
    judge_net_link(b.n, "pipe", 100, near_end, 1, end_of_pipe, 1, 1);
    const int32_t link = judge_net_activity(b.n, "link", INFINITY);
    const int32_t in = judge_net_take(b.n, link, start, 1, 1);
    b.n->ports[in].share = 3;
    judge_net_give(b.n, link, near_end, 0.95, 1);
    const int32_t well = judge_net_activity(b.n, "well", INFINITY);
    judge_net_give(b.n, well, start, 0.8, 1);

    solve(&b);

    expect(&b, "link", 0);
    expect(&b, "well", 0);
    end(&b);
}

// Seed 1004, network 60328, shrunk: who lives on what a fed loop leaves shares it by weight. The
// programme gave all to the first by name, who could not take it: the junction came out uneven.
Test(rates_cases, outlets_share_by_weight_what_a_fed_loop_leaves)
{
    struct bench b = begin();
    const int32_t loop = judge_net_junction(b.n, "loop");
    const int32_t end_of_pipe = judge_net_junction(b.n, "end");
    const int32_t boiler = judge_net_activity(b.n, "boiler", 0);
    b.n->ports[judge_net_give(b.n, boiler, end_of_pipe, 1, 1)].flags = SIM_PORT_PULL;
    judge_net_link(b.n, "pipe", 10, loop, 1, end_of_pipe, 1, 1);
    const int32_t fed = judge_net_activity(b.n, "fed", 1);
    judge_net_take(b.n, fed, loop, 1, 1);
    judge_net_give(b.n, fed, loop, 2, 1);
    const char *const names[2] = {"large", "little"};
    for (int i = 0; i < 2; i++) {
        const int32_t k = judge_net_activity(b.n, names[i], i == 0 ? 10 : 1);
        b.n->ports[judge_net_take(b.n, k, end_of_pipe, 1, 1)].flags = SIM_PORT_OUTLET;
    }
    judge_net_source(b.n, "idle", 0, end_of_pipe, 1);

    solve(&b);

    expect(&b, "fed", 1);
    expect(&b, "pipe", 1);
    expect(&b, "large", 10.0 / 11.0);
    expect(&b, "little", 1.0 / 11.0);
    end(&b);
}

// Seed 1002, network 23221, shrunk: a rise reaches a full stock beside the loop, and so lets an
// outsider run whom the programme had seen blocked there.
Test(rates_cases, a_rise_that_comes_back_over_a_stock_lets_an_outsider_run)
{
    struct bench b = begin();
    const int32_t ring = judge_net_junction(b.n, "ring");
    const int32_t back = judge_net_junction(b.n, "back");
    const int32_t side = judge_net_junction(b.n, "side");
    const int32_t from_stock = judge_net_junction(b.n, "from_stock");
    const int32_t product = judge_net_junction(b.n, "product");
    const int32_t sold = judge_net_junction(b.n, "sold");
    const int32_t yard = judge_net_stock(b.n, "yard", SIM_POOL_FULL);
    const int32_t first = judge_net_activity(b.n, "first", 1);
    judge_net_take(b.n, first, ring, 1, 1);
    judge_net_give(b.n, first, back, 1, 1);
    judge_net_give(b.n, first, side, 1, 1);
    judge_net_link(b.n, "second", 1, back, 1, ring, 1, 1);
    b.n->activities[judge_net_find(b.n, "second")].is_link = false;
    const int32_t rival = judge_net_activity(b.n, "rival", 1);
    judge_net_give(b.n, rival, ring, 1, 1);
    judge_net_give(b.n, rival, sold, 1, 1);
    judge_net_link(b.n, "pipe", 1, yard, 1, from_stock, 1, 1);
    const int32_t third = judge_net_activity(b.n, "third", 1);
    judge_net_take(b.n, third, side, 1, 1);
    judge_net_take(b.n, third, from_stock, 1, 1);
    judge_net_give(b.n, third, product, 1, 1);
    judge_net_link(b.n, "fourth", 1, product, 1, sold, 1, 1);
    b.n->activities[judge_net_find(b.n, "fourth")].is_link = false;
    const int32_t outsider = judge_net_activity(b.n, "outsider", 1);
    judge_net_give(b.n, outsider, sold, 1, 3);
    judge_net_give(b.n, outsider, yard, 1, 1);
    judge_net_sink(b.n, "buyer", 2, sold, 1);

    solve(&b);

    expect(&b, "first", 1);
    expect(&b, "fourth", 1);
    expect(&b, "outsider", 1);
    expect(&b, "buyer", 2);
    end(&b);
}
