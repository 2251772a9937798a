// The network made of a park: pools, classes, default trade, moves.
#include "models/park/net/build.h"
#include "models/park/open.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD                                                                                       \
    "format = 1; park = { start = \"2026-01-01\"; until = \"2026-02-01\"; };\n"                    \
    "economy = { currency = \"VND\"; };\n"                                                         \
    "streams = { steam = { unit = \"t\"; }; fuel = { unit = \"t\"; }; sludge = { unit = \"t\"; "   \
    "};\n"                                                                                         \
    "            electricity = { unit = \"MWh\"; }; };\n"
#define BOILER                                                                                     \
    "boiler = { kind = \"continuous\"; product = \"steam\"; mode = \"pull\"; capacity = \"36 "     \
    "t/h\";\n"                                                                                     \
    "           inputs = { fuel = \"0.1 t/t\"; }; };"
#define DRYER "dryer = { kind = \"continuous\"; basis = \"steam\"; capacity = \"18 t/h\"; };"
#define WORKS                                                                                      \
    "works = { kind = \"continuous\"; basis = \"fuel\"; capacity = \"3.6 t/h\";\n"                 \
    "          outputs = { steam = \"2 t/t\"; sludge = \"0.5 t/t\"; }; };"

static struct park *loaded(const char *text)
{
    struct sim_diag *d = sim_diag_create();
    struct park *p = NULL;
    const enum sim_status status = park_open_text("test.cfg", text, NULL, d, &p);
    char *told = sim_diag_render(d, 0);
    cr_assert_eq(status, SIM_OK, "%s", told);
    free(told);
    sim_diag_destroy(d);
    return p;
}

static const struct park_activity *find(const struct park *p, const char *name)
{
    for (int i = 0; i < p->net->activity_count; i++) {
        if (strcmp(p->net->activities[i].name, name) == 0) {
            return &p->net->activities[i];
        }
    }
    cr_assert(false, "no activity '%s'", name);
    return NULL;
}

static bool has(const struct park *p, const char *name)
{
    for (int i = 0; i < p->net->activity_count; i++) {
        if (strcmp(p->net->activities[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

/** The port of an activity at a pool. */
static const struct sim_port_def *port(const struct park *p, const char *activity, const char *pool)
{
    const struct park_activity *a = find(p, activity);
    for (int i = a->first_port; i < a->first_port + a->port_count; i++) {
        if (strcmp(p->net->pools[p->net->ports[i].pool].name, pool) == 0) {
            return &p->net->ports[i];
        }
    }
    cr_assert(false, "'%s' does not touch '%s'", activity, pool);
    return NULL;
}

Test(build, asks_the_contract_before_the_own_boiler_before_the_market)
{
    struct park *p = loaded(
        HEAD "firms = { a = { processes = { " WORKS " }; }; b = { processes = { " BOILER DRYER
             " }; }; };\n"
             "markets = { m = { sells = { fuel = { }; steam = { }; }; }; tip = { disposes = { "
             "sludge = { "
             "fate = \"landfill\"; }; steam = { fate = \"vent\"; }; }; }; };\n"
             "exchanges = { steam = { stream = \"steam\"; from = \"a\"; to = \"b\"; }; };\n");

    cr_assert_eq(port(p, "a.works", "a:steam")->rank, 1);
    cr_assert_eq(port(p, "steam", "b:steam")->rank, 2);
    cr_assert_eq(port(p, "b.boiler", "b:steam")->rank, 6);
    cr_assert_eq(port(p, "m>b:steam", "b:steam")->rank, 10);
    cr_assert_eq(port(p, "b.boiler", "b:steam")->flags, SIM_PORT_PULL);
    cr_assert_eq(port(p, "steam", "a:steam")->rank, 2); // served before what goes away
    cr_assert_eq(port(p, "a>tip:steam~away", "a:steam")->rank, 11);
    cr_assert_eq(port(p, "a>tip:steam~away", "a:steam")->flags, SIM_PORT_OUTLET);

    park_open_free(p);
}

Test(build, gives_a_firm_that_only_pulls_no_way_to_dispose)
{
    struct park *p = loaded(HEAD "firms = { b = { processes = { " BOILER DRYER " }; }; };\n"
                                 "markets = { m = { sells = { fuel = { }; }; disposes = { steam = "
                                 "{ fate = \"vent\"; }; }; }; };\n");

    cr_assert_not(has(p, "b>m:steam~away"));

    park_open_free(p);
}

Test(build, shields_outlets_from_what_is_bought)
{
    struct park *p = loaded(
        HEAD
        "firms = { a = { processes = { " WORKS DRYER " }; }; };\n"
        "markets = { m = { sells = { fuel = { }; steam = { }; }; disposes = { sludge = { fate = "
        "\"landfill\"; }; steam = { fate = \"vent\"; }; }; }; };\n");

    cr_assert_eq(port(p, "m>a:steam", "a:steam")->flags, SIM_PORT_PULL | SIM_PORT_BOUGHT);
    cr_assert_eq(port(p, "m>a:fuel", "a:fuel")->flags, SIM_PORT_PULL | SIM_PORT_BOUGHT);

    park_open_free(p);
}

Test(build, shares_a_limited_market_at_a_junction_of_its_own)
{
    struct park *p = loaded(
        HEAD "firms = { a = { processes = { " WORKS " }; }; b = { processes = { " WORKS
             " }; }; };\n"
             "markets = { m = { sells = { fuel = { capacity = \"3.6 t/h\"; }; }; buys = { steam = "
             "{ demand = "
             "\"7.2 t/h\"; }; }; disposes = { sludge = { fate = \"landfill\"; }; }; }; };\n");

    cr_assert(epsilon_eq(dbl, find(p, "m.sells.fuel")->capacity, 1.0, 1e-15));
    cr_assert_str_eq(find(p, "m.sells.fuel")->mover->verb, "supplies");
    cr_assert(find(p, "m.buys.steam")->is_user);
    cr_assert_eq(port(p, "m>a:fuel", "m.sells.fuel")->gives, false);
    cr_assert_eq(port(p, "b>m:steam", "b:steam")->flags, SIM_PORT_SALE);   // not an outlet
    cr_assert(epsilon_eq(dbl, find(p, "m>a:fuel")->capacity, 1.0, 1e-15)); // all it can burn

    park_open_free(p);
}

Test(build, a_contract_with_a_market_takes_the_place_of_the_default)
{
    struct park *p = loaded(
        HEAD "firms = { a = { processes = { " WORKS " }; }; };\n"
             "markets = { m = { sells = { fuel = { price = \"5 VND/kg\"; }; }; buys = { steam = { "
             "}; };\n"
             "  disposes = { sludge = { fate = \"landfill\"; price = \"-2 VND/kg\"; }; }; }; };\n"
             "exchanges = { fuel = { stream = \"fuel\"; from = \"m\"; to = \"a\"; price = \"3 "
             "VND/kg\"; };\n"
             "              mud = { stream = \"sludge\"; from = \"a\"; to = \"m\"; }; };\n");

    cr_assert_not(has(p, "m>a:fuel"));
    cr_assert_not(has(p, "a>m:sludge~away"));
    const struct park_move *fuel = &p->net->moves[find(p, "fuel")->first_move];
    const struct park_move *mud = &p->net->moves[find(p, "mud")->first_move];
    cr_assert_eq(fuel->kind, PARK_MOVE_PURCHASE);
    cr_assert(epsilon_eq(dbl, fuel->factor[PARK_COLUMN_PRICE].constant, 3.0, 1e-12));
    cr_assert_eq(fuel->from_pool, -1);
    cr_assert_eq(mud->kind, PARK_MOVE_DISPOSAL);
    cr_assert(epsilon_eq(dbl, mud->factor[PARK_COLUMN_PRICE].constant, -2.0,
                         1e-12)); // the market's, as the contract has none
    cr_assert_eq(port(p, "mud", "a:sludge")->flags, SIM_PORT_OUTLET);

    park_open_free(p);
}

Test(build, a_stock_overflows_and_fills_by_its_routes)
{
    struct park *p = loaded(
        HEAD "firms = { a = { processes = { works = { kind = \"continuous\"; basis = \"fuel\"; "
             "capacity = "
             "\"3.6 t/h\"; inputs = { fuel = { amount = \"1 t/t\"; from = \"bin\"; }; };\n"
             "    outputs = { sludge = { amount = \"0.5 t/t\"; to = \"yard\"; }; }; }; };\n"
             "  stocks = { bin = { stream = \"fuel\"; capacity = \"10 t\"; empty = \"m\"; };\n"
             "             yard = { stream = \"sludge\"; capacity = \"10 t\"; full = \"m\"; }; }; "
             "}; };\n"
             "markets = { m = { sells = { fuel = { }; }; disposes = { sludge = { fate = "
             "\"landfill\"; }; }; }; };\n");

    cr_assert_eq(port(p, "a.yard>m~full", "a.yard")->flags, SIM_PORT_AT_BOUND | SIM_PORT_OUTLET);
    cr_assert_eq(port(p, "m>a.bin~empty", "a.bin")->flags, SIM_PORT_AT_BOUND | SIM_PORT_BOUGHT);
    cr_assert_not(has(p, "m>a:fuel")); // what is taken from a stock is not bought beside it
    cr_assert_not(has(p, "a>m:sludge~away"));

    park_open_free(p);
}

Test(build, a_delayed_pipe_is_an_entry_a_line_and_an_exit)
{
    struct park *p = loaded(
        HEAD
        "firms = { a = { processes = { " WORKS " }; }; b = { processes = { " DRYER " }; }; };\n"
        "markets = { m = { sells = { fuel = { }; electricity = { }; }; disposes = { sludge = { "
        "fate = "
        "\"landfill\"; }; steam = { fate = \"vent\"; }; }; }; };\n"
        "links = { main = { kind = \"pipe\"; stream = \"steam\"; from = \"a\"; to = \"b\"; "
        "capacity = \"7.2 t/h\";\n"
        "                   loss = \"10 %\"; delay = \"10 min\"; pumping = \"2 kWh/t\"; }; };\n"
        "exchanges = { steam = { over = \"main\"; }; };\n");

    const struct park_activity *entry = find(p, "steam");
    const struct park_activity *exit = find(p, "steam~exit");
    cr_assert_eq(&p->net->activities[entry->exit], exit);
    cr_assert_eq(entry->delay_us, 10 * SIM_TIME_MIN);
    cr_assert_eq(port(p, "steam", "links.main~line")->gives, true);
    cr_assert(epsilon_eq(dbl, port(p, "steam~exit", "b:steam")->coef, 0.9, 1e-15));
    cr_assert(
        epsilon_eq(dbl, port(p, "steam", "a:electricity")->coef, 2 * 3.6e6 / 1000, 1e-9)); // J/kg
    cr_assert(has(p, "m>a:electricity"));
    const struct park_move *arrival = &p->net->moves[exit->first_move];
    cr_assert_eq(arrival->kind, PARK_MOVE_ARRIVAL);
    cr_assert(epsilon_eq(dbl, arrival->arrived, 0.9, 1e-15));

    park_open_free(p);
}

Test(build, moves_lie_on_the_ports_and_carry_their_coefficients)
{
    struct sim_diag *d = sim_diag_create();
    struct park *p = NULL;
    cr_assert_eq(park_open("configs/first_park.cfg", NULL, d, &p), SIM_OK);

    for (int i = 0; i < p->net->move_count; i++) {
        const struct park_move *m = &p->net->moves[i];
        cr_assert(m->from_pool >= 0 || m->to_pool >= 0);
        if (m->from_port >= 0) {
            const struct sim_port_def *from = &p->net->ports[m->from_port];
            cr_assert_not(from->gives);
            cr_assert_eq(from->pool, m->from_pool);
            cr_assert_eq(from->activity, m->activity);
            cr_assert(epsilon_eq(dbl, from->coef, m->sent, 0.0));
        }
        if (m->to_port >= 0) {
            const struct sim_port_def *to = &p->net->ports[m->to_port];
            cr_assert(to->gives);
            cr_assert_eq(to->pool, m->to_pool);
            cr_assert(epsilon_eq(dbl, to->coef, m->arrived, 0.0));
        }
        cr_assert(m->arrived <= m->sent);
    }
    int ports = 0;
    for (int i = 0; i < p->net->move_count; i++) {
        ports += (p->net->moves[i].from_port >= 0) + (p->net->moves[i].to_port >= 0);
    }
    cr_assert_eq(ports, p->net->port_count, "each port is booked by one move");

    park_open_free(p);
    sim_diag_destroy(d);
}

/** All that the network is made of, as text. */
static char *described(const struct park *p)
{
    char *all = sim_base_strdup("");
    for (int i = 0; i < p->net->activity_count; i++) {
        const struct park_activity *a = &p->net->activities[i];
        char *longer = sim_base_format("%s%s %.17g\n", all, a->name, a->capacity);
        free(all);
        all = longer;
        for (int k = a->first_port; k < a->first_port + a->port_count; k++) {
            const struct sim_port_def *q = &p->net->ports[k];
            longer = sim_base_format("%s  %s %.17g %d %.17g %u\n", all, p->net->pools[q->pool].name,
                                     q->coef, q->rank, q->share, q->flags);
            free(all);
            all = longer;
        }
    }
    return all;
}

Test(build, does_not_depend_on_the_order_of_declaration)
{
    static const char streams[] =
        "streams = { steam = { unit = \"t\"; }; fuel = { unit = \"t\"; }; };\n";
    static const char turned[] =
        "streams = { fuel = { unit = \"t\"; }; steam = { unit = \"t\"; }; };\n";
    static const char a[] =
        "a = { processes = { x = { kind = \"continuous\"; basis = \"fuel\"; capacity = "
        "\"1 t/h\"; outputs = { steam = \"2 t/t\"; }; }; }; };";
    static const char b[] = "b = { processes = { " DRYER BOILER " }; };";
    static const char b2[] = "b = { processes = { " BOILER DRYER " }; };";
    static const char rest[] =
        "markets = { m = { sells = { fuel = { }; }; disposes = { steam = { fate = \"vent\"; }; }; "
        "}; };\n"
        "exchanges = { s = { stream = \"steam\"; from = \"a\"; to = \"b\"; }; };\n"
        "format = 1; park = { start = \"2026-01-01\"; until = \"2026-02-01\"; };\n";
    char *one = sim_base_format("%sfirms = { %s %s };\n%s", streams, a, b, rest);
    char *two = sim_base_format("%s%sfirms = { %s %s };\n", rest, turned, b2, a);
    struct park *p = loaded(one);
    struct park *q = loaded(two);
    char *of_p = described(p);
    char *of_q = described(q);

    cr_assert_str_eq(of_p, of_q);

    free(of_p);
    free(of_q);
    park_open_free(p);
    park_open_free(q);
    free(one);
    free(two);
}
