// The rate solver on small networks whose answers are known: validation/rates.md.

#include "sim/flow/rates.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>
#include <string.h>

enum {
    MOST = 40
};

/** A network under construction, by name. */
struct plan {
    struct sim_pool_def pools[MOST];
    struct sim_activity_def activities[MOST];
    struct sim_port_def ports[3 * MOST];
    struct sim_network_def def;
    struct sim_network *net;
    struct sim_rates *rates;
};

static int32_t pool(struct plan *p, const char *name)
{
    for (int32_t i = 0; i < p->def.pool_count; i++) {
        if (strcmp(p->pools[i].name, name) == 0) {
            return i;
        }
    }
    p->pools[p->def.pool_count] = (struct sim_pool_def){.name = name};
    return p->def.pool_count++;
}

static void act(struct plan *p, const char *name, double capacity)
{
    p->activities[p->def.activity_count++] =
        (struct sim_activity_def){.name = name, .capacity = capacity};
}

static struct sim_port_def *port(struct plan *p, const char *at, bool gives, double coef,
                                 int32_t rank)
{
    const int32_t to = pool(p, at);
    p->ports[p->def.port_count] =
        (struct sim_port_def){p->def.activity_count - 1, to, gives, coef, rank, 0, 0};
    return &p->ports[p->def.port_count++];
}

static struct sim_port_def *takes(struct plan *p, const char *from, double coef, int32_t rank)
{
    return port(p, from, false, coef, rank);
}

static struct sim_port_def *gives(struct plan *p, const char *to, double coef, int32_t rank)
{
    return port(p, to, true, coef, rank);
}

static void link(struct plan *p, const char *name, double capacity, const char *from,
                 int32_t from_rank, const char *to, int32_t to_rank)
{
    act(p, name, capacity);
    p->activities[p->def.activity_count - 1].is_link = true;
    takes(p, from, 1, from_rank);
    gives(p, to, 1, to_rank);
}

static void settle(struct plan *p)
{
    struct sim_err err = {0};
    p->def.pools = p->pools;
    p->def.activities = p->activities;
    p->def.ports = p->ports;
    cr_assert(eq(int, sim_network_create(&p->def, &p->net, &err), SIM_OK), "%s", err.text);
    p->rates = sim_rates_create(p->net);
    cr_assert(eq(int, sim_rates_settle(p->rates, &err), SIM_OK), "%s", err.text);
}

static void fini(struct plan *p)
{
    sim_rates_destroy(p->rates);
    sim_network_destroy(p->net);
}

static double rate(const struct plan *p, const char *name)
{
    for (int32_t i = 0; i < p->def.activity_count; i++) {
        if (strcmp(p->activities[i].name, name) == 0) {
            return sim_rates_rate(p->rates, i);
        }
    }
    cr_fatal("no activity %s", name);
}

// 1e-9 of the numbers here: the solver's own bound is 1e-12, the rest is decimal input.
#define RATE(p, name, wanted) cr_expect(epsilon_eq(dbl, rate(p, name), wanted, 1e-9), "%s", name)

Test(rates, case_01_serves_classes_in_order)
{
    struct plan p = {0};
    act(&p, "steam", 100), gives(&p, "s", 1, 1);
    act(&p, "hospital", 40), takes(&p, "s", 1, 1);
    act(&p, "brewery", 50), takes(&p, "s", 1, 2);
    act(&p, "dryer", 50), takes(&p, "s", 1, 2);
    act(&p, "greenhouse", 30), takes(&p, "s", 1, 3);
    settle(&p);
    RATE(&p, "hospital", 40);
    RATE(&p, "brewery", 30);
    RATE(&p, "dryer", 30);
    RATE(&p, "greenhouse", 0);
    fini(&p);
}

Test(rates, case_02_shares_what_a_limited_user_leaves)
{
    struct plan p = {0};
    act(&p, "supply", 100), gives(&p, "s", 1, 1);
    act(&p, "other", 20), gives(&p, "o", 1, 1);
    act(&p, "A", 100), takes(&p, "s", 1, 1), takes(&p, "o", 1, 1);
    act(&p, "B", 50), takes(&p, "s", 1, 1);
    act(&p, "C", 50), takes(&p, "s", 1, 1);
    settle(&p);
    RATE(&p, "A", 20);
    RATE(&p, "B", 40);
    RATE(&p, "C", 40);
    fini(&p);
}

Test(rates, case_03_asks_the_exchange_before_the_market)
{
    struct plan p = {0};
    act(&p, "by_product", 6), gives(&p, "b", 1, 1);
    act(&p, "exchange", 6), takes(&p, "b", 1, 1), gives(&p, "u", 0.95, 1);
    act(&p, "market", INFINITY), gives(&p, "u", 1, 2);
    act(&p, "user", 10), takes(&p, "u", 1, 1);
    settle(&p);
    RATE(&p, "exchange", 6);
    RATE(&p, "market", 4.3);
    fini(&p);
}

static void smelter(struct plan *p, bool landfill)
{
    act(p, "smelter", 10), gives(p, "slag", 0.5, 1);
    act(p, "cement", 3), takes(p, "slag", 1, 1);
    if (landfill) {
        act(p, "landfill", INFINITY), takes(p, "slag", 1, 9);
    }
    settle(p);
}

Test(rates, case_04_blocks_without_a_landfill)
{
    struct plan p = {0};
    smelter(&p, false);
    RATE(&p, "smelter", 6);
    fini(&p);

    struct plan q = {0};
    smelter(&q, true);
    RATE(&q, "smelter", 10);
    RATE(&q, "landfill", 2);
    fini(&q);
}

Test(rates, case_05_blocks_through_full_stocks)
{
    struct plan p = {0};
    act(&p, "P1", 10), gives(&p, "a", 1, 1);
    act(&p, "P2", 10), takes(&p, "a", 1, 1), gives(&p, "b", 0.8, 1);
    act(&p, "P3", 10), takes(&p, "b", 1, 1), gives(&p, "c", 0.5, 1);
    act(&p, "sale", 2), takes(&p, "c", 1, 1);
    const char *names[] = {"a", "b", "c"};
    for (int i = 0; i < 3; i++) {
        p.pools[pool(&p, names[i])].capacity = 100;
    }
    settle(&p);
    for (int i = 0; i < 3; i++) {
        sim_rates_set_condition(p.rates, pool(&p, names[i]), SIM_POOL_FULL);
    }
    struct sim_err err;
    cr_assert(eq(int, sim_rates_settle(p.rates, &err), SIM_OK));
    RATE(&p, "P1", 5);
    RATE(&p, "P2", 5);
    RATE(&p, "P3", 4);
    fini(&p);
}

static void reclaim(struct plan *p, double fresh)
{
    act(p, "user", 10), takes(p, "water", 1, 1), gives(p, "dirty", 0.8, 1);
    act(p, "reclaim", 100), takes(p, "dirty", 1, 1), gives(p, "water", 0.75, 1);
    act(p, "fresh", fresh), gives(p, "water", 1, 2);
    settle(p);
}

Test(rates, case_06_takes_reclaimed_water_back)
{
    struct plan p = {0};
    reclaim(&p, 100);
    RATE(&p, "user", 10);
    RATE(&p, "reclaim", 8);
    RATE(&p, "fresh", 4);
    fini(&p);

    struct plan q = {0};
    reclaim(&q, 2);
    RATE(&q, "user", 5);
    RATE(&q, "reclaim", 4);
    RATE(&q, "fresh", 2);
    fini(&q);
}

Test(rates, case_07_starts_the_chp_that_powers_its_mill)
{
    struct plan p = {0};
    act(&p, "chp", 10), takes(&p, "fuel", 1, 1), gives(&p, "power", 1, 1);
    act(&p, "mill", 100), takes(&p, "power", 0.2, 1), gives(&p, "fuel", 1, 1);
    act(&p, "grid", INFINITY), takes(&p, "power", 1, 2);
    settle(&p);
    RATE(&p, "chp", 10);
    RATE(&p, "mill", 10);
    RATE(&p, "grid", 8);
    fini(&p);
}

static void town(struct plan *p, double city, double grid)
{
    act(p, "chp", 1), takes(p, "fuel", 1, 1), gives(p, "power", 1, 1);
    act(p, "mill", 1), takes(p, "power", 0.5, 2), gives(p, "fuel", 1, 1);
    act(p, "city", city), takes(p, "power", 1, 1);
    if (grid > 0) {
        act(p, "grid", grid), gives(p, "power", 1, 2);
    }
    settle(p);
}

Test(rates, case_08_feeds_the_loop_first)
{
    const double city[] = {0.3, 0.5, 0.6, 0.8};
    const double wanted[][3] = {{0.6, 0.6, 0.3}, {1, 1, 0.5}, {1, 1, 0.5}, {1, 1, 0.7}};
    for (int i = 0; i < 4; i++) {
        struct plan p = {0};
        town(&p, city[i], i == 3 ? 0.2 : 0);
        RATE(&p, "chp", wanted[i][0]);
        RATE(&p, "mill", wanted[i][1]);
        RATE(&p, "city", wanted[i][2]);
        fini(&p);
    }
}

Test(rates, case_09_knows_the_gain_of_two_that_feed_each_other)
{
    const double gain[] = {0.8, 1, 1.25};
    const double wanted[] = {0, 10, 10};
    for (int i = 0; i < 3; i++) {
        struct plan p = {0};
        act(&p, "first", 10), takes(&p, "b", 1, 1), gives(&p, "a", gain[i], 1);
        act(&p, "second", 10), takes(&p, "a", 1, 1), gives(&p, "b", 1, 1);
        act(&p, "vent", INFINITY), takes(&p, "a", 1, 2);
        settle(&p);
        RATE(&p, "first", wanted[i]);
        RATE(&p, "second", wanted[i]);
        RATE(&p, "vent", i == 2 ? 2.5 : 0);
        fini(&p);
    }
}

Test(rates, case_10_settles_where_propagation_never_does)
{
    const double k[] = {0.5, 1};
    for (int i = 0; i < 2; i++) {
        struct plan p = {0};
        act(&p, "water", 10), gives(&p, "w", 1, 1);
        act(&p, "user", 10), takes(&p, "w", 1, 1), takes(&p, "s", 1, 1);
        act(&p, "boiler", 10), takes(&p, "w", 1, 2), gives(&p, "s", k[i], 1);
        settle(&p);
        RATE(&p, "user", i == 0 ? 10.0 / 3 : 5);
        RATE(&p, "boiler", i == 0 ? 20.0 / 3 : 5);
        fini(&p);
    }
}

static void crossed(struct plan *p, double x, double y, int32_t a_at_x, int32_t a_at_y)
{
    act(p, "X", x), gives(p, "x", 1, 1);
    act(p, "Y", y), gives(p, "y", 1, 1);
    act(p, "A", 1), takes(p, "x", 1, a_at_x), takes(p, "y", 1, a_at_y);
    act(p, "B", 1), takes(p, "x", 1, 3 - a_at_x), takes(p, "y", 1, 3 - a_at_y);
    settle(p);
}

Test(rates, case_11_decides_crossed_priorities_by_name)
{
    struct plan p = {0};
    crossed(&p, 1, 1, 1, 2);
    RATE(&p, "A", 1);
    RATE(&p, "B", 0);
    cr_expect(gt(i64, sim_rates_work_done(p.rates).by_name, 0));
    fini(&p);

    struct plan q = {0};
    crossed(&q, 1, 2, 1, 2);
    RATE(&q, "A", 1);
    RATE(&q, "B", 0);
    fini(&q);
}

Test(rates, case_11_c_splits_a_triangle)
{
    struct plan p = {0};
    const char *pools[] = {"x", "y", "z"};
    const char *users[] = {"A", "B", "C"};
    const char *sources[] = {"X", "Y", "Z"};
    for (int i = 0; i < 3; i++) {
        act(&p, sources[i], 1), gives(&p, pools[i], 1, 1);
        act(&p, users[i], 1), takes(&p, pools[i], 1, 1), takes(&p, pools[(i + 1) % 3], 1, 2);
    }
    settle(&p);
    for (int i = 0; i < 3; i++) {
        RATE(&p, users[i], 0.5);
    }
    fini(&p);
}

Test(rates, case_12_decides_crossed_shares_by_name)
{
    struct plan p = {0};
    act(&p, "X", 1), gives(&p, "x", 1, 1);
    act(&p, "Y", 1), gives(&p, "y", 1, 1);
    act(&p, "A", 1), takes(&p, "x", 1, 1)->share = 2, takes(&p, "y", 1, 1)->share = 1;
    act(&p, "B", 1), takes(&p, "x", 1, 1)->share = 1, takes(&p, "y", 1, 1)->share = 2;
    settle(&p);
    RATE(&p, "A", 2.0 / 3);
    RATE(&p, "B", 1.0 / 3);
    fini(&p);
}

Test(rates, case_13_takes_the_consumers_first_link)
{
    struct plan p = {0};
    act(&p, "source", 1), gives(&p, "s", 1, 1);
    link(&p, "one", 1, "s", 1, "d", 2);
    link(&p, "two", 1, "s", 2, "d", 1);
    act(&p, "demand", 0.8), takes(&p, "d", 1, 1);
    settle(&p);
    RATE(&p, "two", 0.8);
    RATE(&p, "one", 0);
    fini(&p);
}

Test(rates, case_14_feeds_a_mill_from_boiler_and_chp)
{
    const int32_t chp_order[] = {1, 1, 2};
    const int32_t boiler_order[] = {2, 1, 1};
    for (int i = 0; i < 3; i++) {
        struct plan p = {0};
        act(&p, "mill", 10), takes(&p, "steam", 2, 1), takes(&p, "power", 1, 1);
        act(&p, "chp", 100), gives(&p, "steam", 1, chp_order[i]), gives(&p, "power", 1, 1);
        act(&p, "boiler", 100), gives(&p, "steam", 1, boiler_order[i]);
        settle(&p);
        RATE(&p, "mill", 10);
        RATE(&p, "chp", 10);
        RATE(&p, "boiler", 10);
        fini(&p);
    }
}

Test(rates, case_15_serves_a_full_stock_in_order)
{
    struct plan p = {0};
    act(&p, "waste_heat", 3), gives(&p, "hot", 1, 1);
    act(&p, "boiler", 10), gives(&p, "hot", 1, 2);
    act(&p, "users", 5), takes(&p, "hot", 1, 1);
    p.pools[pool(&p, "hot")].capacity = 50;
    settle(&p);
    RATE(&p, "boiler", 10); // in between nothing binds
    sim_rates_set_condition(p.rates, pool(&p, "hot"), SIM_POOL_FULL);
    struct sim_err err;
    cr_assert(eq(int, sim_rates_settle(p.rates, &err), SIM_OK));
    RATE(&p, "waste_heat", 3);
    RATE(&p, "boiler", 2);
    fini(&p);
}

Test(rates, case_17_shares_two_pools_equally)
{
    struct plan p = {0};
    act(&p, "X", 10), gives(&p, "x", 1, 1);
    act(&p, "Y", 10), gives(&p, "y", 1, 1);
    act(&p, "P", 10), takes(&p, "x", 1, 1), takes(&p, "y", 1, 1);
    act(&p, "Q", 10), takes(&p, "x", 1, 1), takes(&p, "y", 1, 1);
    settle(&p);
    RATE(&p, "P", 5);
    RATE(&p, "Q", 5);
    fini(&p);
}

Test(rates, keeps_pull_givers_away_from_outlets)
{
    struct plan p = {0};
    act(&p, "waste_heat", 3), gives(&p, "steam", 1, 2);
    act(&p, "boiler", 10), gives(&p, "steam", 1, 1)->flags = SIM_PORT_PULL;
    act(&p, "user", 5), takes(&p, "steam", 1, 1);
    act(&p, "vent", INFINITY), takes(&p, "steam", 1, 9)->flags = SIM_PORT_OUTLET;
    settle(&p);
    RATE(&p, "user", 5);
    RATE(&p, "boiler", 5);
    RATE(&p, "vent", 3);
    fini(&p);
}

Test(rates, refuses_a_loop_of_links_alone)
{
    struct plan p = {0};
    act(&p, "well", 1), gives(&p, "a", 1, 1);
    link(&p, "there", 5, "a", 1, "b", 1);
    link(&p, "back", 5, "b", 1, "a", 1);
    p.def.pools = p.pools;
    p.def.activities = p.activities;
    p.def.ports = p.ports;
    struct sim_err err = {0};
    cr_expect(eq(int, sim_network_create(&p.def, &p.net, &err), SIM_INPUT));
    cr_expect(strstr(err.text, "'there'") != NULL && strstr(err.text, "'back'") != NULL);
    cr_expect(p.net == NULL);
}

Test(rates, names_what_nothing_bounds)
{
    struct plan p = {0};
    act(&p, "sea", INFINITY), gives(&p, "tank", 1, 1);
    p.pools[pool(&p, "tank")].capacity = 5;
    p.def.pools = p.pools;
    p.def.activities = p.activities;
    p.def.ports = p.ports;
    struct sim_err err = {0};
    cr_expect(eq(int, sim_network_create(&p.def, &p.net, &err), SIM_INPUT));
    cr_expect(strstr(err.text, "'sea'") != NULL);
}
