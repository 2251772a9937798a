// Turndown is a state of the flow, not of the rates: case 16 of validation/rates.md.
#include "sim/flow/flow.h"
#include "tests/support/judge_net.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>

Test(rates_turndown, c16_switches_one_off_and_the_other_runs_full)
{
    struct judge_net *n = judge_net_create();
    struct sim_err err = {0};
    struct sim_network *net = NULL;
    const double levels[JUDGE_POOLS] = {0};
    const int32_t pool = judge_net_junction(n, "pool");
    judge_net_source(n, "well", 1, pool, 1);
    const int32_t u1 = judge_net_sink(n, "U1", 1, pool, 1);
    const int32_t u2 = judge_net_sink(n, "U2", 1, pool, 1);
    n->activities[u1].turndown = n->activities[u2].turndown = 0.8;
    cr_assert(judge_net_make(n, &net, &err) == SIM_OK, "%s", err.text);
    struct sim_flow *flow = sim_flow_create(net);

    sim_flow_reset(flow, 0, levels);
    cr_assert(sim_flow_settle(flow, &err) == SIM_OK, "%s", err.text);

    cr_expect(fabs(sim_flow_rate(flow, u1) - 1.0) <= 1e-12);
    cr_expect(fabs(sim_flow_rate(flow, u2)) <= 1e-12);
    cr_expect(sim_flow_is_off(flow, u2) && !sim_flow_is_off(flow, u1));
    sim_flow_destroy(flow);
    sim_network_destroy(net);
    free(n);
}
