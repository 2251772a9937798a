/** @file
 * The rates that hold at one instant: the heart of the program.
 *
 * Use: set what changed, settle, read. Settling follows each change until it dies out, so its cost
 * follows the change, not the network.
 *
 * **Definition.** Activity k has a capacity u_k now and ports i with coefficients c_i. For each
 * port
 *
 *     claim  y_i = min(u_k, L_j over the other ports j of k)         what the rest of k allows
 *     limit  L_i = what it could get (a taker) or place (a giver), were its own wish unlimited
 *     rate   a_k = min(u_k, L_i over all its ports)
 *
 * A pool binds takers when empty, givers when full, both at a junction; where it does not bind,
 * L_i = u_k. Where it does, let R be what the other side claims less what better classes of the own
 * side claim (0 if negative); the class of i shares R by weights w (data: network.h), and who
 * claims less than its share keeps its claim: L_i = w_i t / c_i with w_i t + sum over the others m
 * of the class of min(c_m y_m, w_m t) = R. Limits are cut at capacities. Overflow and make-up ports
 * take part at their bound only, after all others; pull givers at their target come after push
 * givers, and see nobody above it. So everything is decided where things meet, from claims alone,
 * and no result is a weight.
 *
 * **Why propagation is almost enough.** L_i does not depend on the claim of i itself: what flows in
 * the equations are messages from activity to pool and back, as in belief propagation. Where they
 * form no circle, each limit is computed once, causes first, and the answer is the only one. A
 * change marks the limits that depend on it; a limit that comes out the same, to the bit, marks
 * nobody. All sums go by name, so neither the order of declaration nor the way to a state changes a
 * bit.
 *
 * **Crowded pools.** At a pool of many ports claims and weights are gathered once, each class is
 * shared out once (share.h), and every limit follows from that in constant time; marks are given
 * once for all claims of a side that change together. What waits is taken out causes first, in a
 * few nanoseconds (waiting_priv.h).
 *
 * **Circles** (a strongly connected component of "depends on" under the conditions now) are solved
 * whole, as y = F(y), from all claims at capacity, tightened together. The unknowns are the fill
 * levels of classes, of which a pool has a few, not the limits of ports, of which it may have
 * hundreds (levels_priv.h says why both have the same rates):
 *  1. up to six synchronous sweeps; supply chains that only tighten end here;
 *  2. Newton on the active pieces: F is piecewise linear, so each step solves the linear system of
 *     the piece at hand (sparse.h), and one step on the right piece is exact. Steps correct the
 *     levels by what their own pools are off, so the answer is exact to roundings of what *flows*,
 *     however ample the capacities are (1e9 times the flow and 1,000 members are tested). It ends
 *     when that is 1e-12 of what each pool moves; further steps take away what rounding left;
 *  3. where steps go to and fro without coming closer (two shortages that bind alike), up to twelve
 *     steps with half a sweep before each; where that does not help, half a sweep at a time from
 *     capacity, then Newton again: after 12, 36, 84, ... 756 halves at most;
 *  4. where that finds nothing either (1 block in 2,000 of a random mesh, none of 16,000 events of
 *     stars of 50 to 400 mills), the limits of ports one by one (loop.c), and the path of
 *     y = min(u, F(y) + s e) from s = 1, where u is the only solution, to s = 0 (follow.c). It is a
 *     chain of straight pieces; at each end one inequality is met and turned over. With generic
 *     offsets e no piece is met twice and only s = 0 has a loose end, so it ends there after
 *     finitely many pieces. In numbers, s <= 1e-14 is the end.
 *
 * A block is laid out once and kept while its ports and the conditions at its pools hold. If its
 * constants, weights and coefficients are what they were, so is its solution. It never begins from
 * the last solution: which of several is found would depend on the way there.
 *
 * **Which circles there are** changes with the conditions of stocks only. Blocks stand in a list,
 * causes first; a pool that no longer binds lets its block fall apart in place, one that begins to
 * bind is searched from what it newly makes depend, up to the last block that this may have to wait
 * for (labels.c). Marks follow the same relation, so none is solved twice for one change but by
 * self-feeding; if more than 1000 times the ports are, settling fails.
 *
 * **Why it ends.** Outside circles every limit is computed once after its causes. Sweeps, steps and
 * halves are counted; the path ends by the argument above; what feeds itself ends by counted
 * rounds. Whatever runs out fails the settle with the names involved.
 *
 * **What it costs.** A limit, a claim and its marks: some 400 instructions (tens of ns). A crowded
 * pool: two passes over its ports for each class of which a claim changed. A block: in each sweep
 * or step the pools at which claims changed and the activities whose levels did; elimination about
 * in proportion to classes on trees and rings. An event, in instructions and in us on a core shared
 * with others: 1,000 givers and 1,000 takers at a junction 800,000 and 64; 400 mills on one boiler
 * house and one works (2,400 ports) 260,000 and 20 to 40 when nothing is short, 1,300,000 and 60 to
 * 90 when both are, 450 us at worst, but 1,800 for 200 mills whose two shortages bind alike. A
 * bound that a stock reaches: the block it falls out of, or what lies between in the list.
 *
 * **Where it is slow.** (a) A block is solved again from capacity for whatever changes in it, so a
 * market on which hundreds of firms depend in circles costs some us for each ten of its ports.
 * (b) Limits port by port and the path take a dense matrix of the ports on circles, n^3 a piece; a
 * path had at most 3.2 pieces a port (54 paths in 40,000 networks; 10 are allowed) and took 26 ms
 * at most, for 245 ports; crossed priorities (below) go that way, too. (c) Dense meshes of many
 * short classes fill in under elimination: of 1,000 pull processes that feed each other, those on a
 * ladder or around a hub take 6 to 100 ms at first and 1 to 20 ms an event, on a ring 85 and 22 ms
 * (480 and 450 where the ring goes the way of (b)), each with three others at random 1 to 3 s and
 * 60 to 150 ms. (d) Loops that feed themselves: linear programmes, and a zone of them is found anew
 * whenever something in it changes.
 *
 * **Open solutions.** Crossed priorities or shares can leave a line of solutions. Where a claim has
 * two causes at once, or halves were needed, the linear system with all that is tied in it says
 * whether there is one: if it is singular, the first activity by name gets as much as the solutions
 * allow, then the second (follow.c); `by_name` counts it.
 *
 * **Loops that feed themselves first.** Tightening from capacity can hold a loop down though it
 * could run: a CHP refused for a boiler that comes first, whose mill then lacks its power. A cheap
 * test says no for nearly all circles: were every rise passed on in full, could a rise come back
 * larger? (levels_limits.c: for the sides of pools, (I - P) z = 1 has a solution z > 0 just when
 * the spectral radius of P is below 1.) For the others, when all else rests, small linear
 * programmes with the rates found as floors raise them class by class, all of a class to the same
 * fill (u_k t), until nobody of it can rise; then, by name, those whom they meet. Each maximum is
 * sought on the face of the one before (who has a price there keeps its value), so the point in the
 * end is the only one; its basis is solved from the sums themselves (simplex.c). They see the pools
 * of the circle, and more around it until the rise, passed on, changes nothing they counted on, and
 * leaves nothing to circles beside it.
 *
 * What they decide holds until something changes in its *zone*: all that pools which bind connect
 * with a loop that could feed itself. Then every group there is dissolved, and every such loop
 * tried again, in order of names, from the rates that hold without any. So what is found depends on
 * the state alone.
 *
 * Outsiders at its pools run as decided; where that is not kept however wide one looks (1 of
 * 30,000 networks), they share by the rules what the decided ones leave. Groups that undo each
 * other are raised as one; where that finds nothing, what the last of them found stays.
 *
 * **Pull that no user reaches** stands still: on a circle, all but the least set of those on whom
 * somebody draws, from users backwards. A user reaches it if capacity and what is decided outside
 * the circle leave him something to claim; so this, too, depends on the state alone. Where a loop
 * is raised, those who stand still take part if a user would then draw on them.
 *
 * **What is not resolved** ends the run with the names involved; it is never guessed: a circle that
 * no method solves, a maximum that the simplex does not find, a raise after which some pool would
 * give more than it gets. Of two million random networks of the soak (seeds 20261122,
 * 20261204, 20261206), every one that was not resolved, or in which more was possible than was
 * found, is mended and stands in the tests; scales more than ten powers of ten apart can still
 * bring either about.
 *
 * Rates are the same to the bit whatever the way to a state (168,000 states reached by random
 * changes) and the order of declaration, and to 1e-12 in other units; gains of exactly 1 or scales
 * ten powers of ten apart may choose another of several solutions there (none in 6,000 tries). In 2
 * of 1,000 networks plain propagation, too, settles, but elsewhere, or a loop has less than it
 * found, where another was raised. Measured by tests/laws/test_rates_*.c and tests/soak.
 *
 * Floor 3. One thread at a time; no allocation after warm-up but for blocks that change and for
 * self-feeding.
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
    SIM_POOL_BELOW = 16,      // below its minimum: takers get nothing, make-up gives all it can
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
void sim_rates_set_coef(struct sim_rates *r, int32_t port, double coef);             // > 0
void sim_rates_set_condition(struct sim_rates *r, int32_t pool, unsigned condition);

/** Bring all rates up to date. SIM_FAILED, with the names involved, when a circular block cannot
 * be resolved. */
enum sim_status sim_rates_settle(struct sim_rates *r, struct sim_err *err) SIM_MUST_USE;

double sim_rates_rate(const struct sim_rates *r, int32_t activity);     // [1/s]
double sim_rates_capacity(const struct sim_rates *r, int32_t activity); // [1/s] as set
double sim_rates_most(const struct sim_rates *r, int32_t activity);     // [1/s] it may be at most
double sim_rates_coef(const struct sim_rates *r, int32_t port);         // as set, or as defined
double sim_rates_net(const struct sim_rates *r, int32_t pool);          // [amount/s] in - out
double sim_rates_limit(const struct sim_rates *r,
                       int32_t port); // [1/s] L as defined above, cut at capacity
double sim_rates_claim(const struct sim_rates *r, int32_t port); // [1/s] y as defined above

/** The port (index in the definition) that holds `activity` below its capacity; -1: none does. */
int32_t sim_rates_limiting_port(const struct sim_rates *r, int32_t activity);

/** Activities whose rate changed in the last settle, those whose limits or claims may have, and
 * pools whose net may have; borrowed until the next settle. */
const int32_t *sim_rates_changed(const struct sim_rates *r, int *out_count);
const int32_t *sim_rates_claimed(const struct sim_rates *r, int *out_count);
const int32_t *sim_rates_touched_pools(const struct sim_rates *r, int *out_count);

struct sim_rates_work sim_rates_work_done(const struct sim_rates *r);

#endif
