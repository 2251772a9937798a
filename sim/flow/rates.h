/** @file
 * The rates that hold at one instant: the heart of the program (DESIGN 3).
 *
 * Given each activity's capacity now and each stock's condition (empty, full, in between), the
 * solver finds all rates. The essay on definition, algorithm and why it ends stands in rates.c's
 * companion, `sim/flow/rates.md`-style, at the foot of this comment once written.
 *
 * Use: set what changed, settle, read. Settling follows each change until it dies out, so its cost
 * follows the change, not the network. Rates depend on capacities and conditions alone, not on the
 * way there: any two orders of changes give the same bits.
 *
 * Floor 3. One thread at a time; no allocation after warm-up.
 */
#ifndef SIM_FLOW_RATES_H
#define SIM_FLOW_RATES_H

#include "sim/flow/network.h"

struct sim_rates; // opaque: claims, limits and the working lists live in rates.c

/** Condition of a stock. Junctions have none (they bind both sides always). */
enum sim_pool_condition {
    SIM_POOL_EMPTY = 1,       // outflow <= inflow
    SIM_POOL_FULL = 2,        // inflow <= outflow
    SIM_POOL_AT_TARGET = 4,   // pull givers give only what is drawn beyond what push givers give
                              // (when full too, the orders of the givers decide instead)
    SIM_POOL_OVER_TARGET = 8, // pull givers rest
};

/** How much work settling took; sums since create or reset. */
struct sim_rates_work {
    int64_t settles;     // calls that had something to do
    int64_t limits;      // limits computed ("claims touched")
    int64_t limits_most; // most of them in one call
    int64_t pools;       // distinct pools touched, summed over calls
    int64_t pools_most;  // most of them in one call
    int64_t loops;       // circular blocks solved
    int64_t newton;      // of which by Newton
    int64_t followed;    // of which by path following
    int64_t self_fed;    // of which raised because the loop feeds itself
    int64_t by_name;     // of which left open by crossings and decided by name
};

/** All stocks in between, all capacities nominal. `net` is borrowed until destroy. */
struct sim_rates *sim_rates_create(const struct sim_network *net);
void sim_rates_destroy(struct sim_rates *r); // NULL is fine
void sim_rates_reset(struct sim_rates *r);

void sim_rates_set_capacity(struct sim_rates *r, int32_t activity, double capacity); // [1/s] >= 0
void sim_rates_set_condition(struct sim_rates *r, int32_t pool, unsigned condition);

/** Bring all rates up to date. SIM_FAILED, with the names involved, when a circular block cannot
 * be resolved. */
enum sim_status sim_rates_settle(struct sim_rates *r, struct sim_err *err) SIM_MUST_USE;

double sim_rates_rate(const struct sim_rates *r, int32_t activity);     // [1/s]
double sim_rates_capacity(const struct sim_rates *r, int32_t activity); // [1/s] as set
double sim_rates_net(const struct sim_rates *r, int32_t pool);          // [amount/s] in - out
double sim_rates_limit(const struct sim_rates *r,
                       int32_t port); // [1/s] L of DESIGN 3, cut at capacity
double sim_rates_claim(const struct sim_rates *r, int32_t port); // [1/s] y of DESIGN 3

/** The port (index in the definition) that holds `activity` below its capacity; -1: none does. */
int32_t sim_rates_limiting_port(const struct sim_rates *r, int32_t activity);

/** Activities whose rate changed in the last settle, and pools whose net may have; borrowed until
 * the next settle. */
const int32_t *sim_rates_changed(const struct sim_rates *r, int *out_count);
const int32_t *sim_rates_touched_pools(const struct sim_rates *r, int *out_count);

struct sim_rates_work sim_rates_work_done(const struct sim_rates *r);

#endif
