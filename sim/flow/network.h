/** @file
 * The discrete-rate network: activities move streams between pools.
 *
 * An *activity* is whatever moves: a process, a link, a market's supply, an outlet. It runs at a
 * rate between 0 and its capacity, and touches pools through *ports*, all in proportion: at rate a
 * a port with coefficient c takes (or gives) c x a. A *pool* is one stream in one place: a stock,
 * or a junction, which holds nothing. In a pool the takers have classes (priority: who is served
 * first) and so have the givers (order: whom takers ask first); 1 comes before 2. Within a class
 * what is scarce is shared by weight: by default c times the capacity now, so that all run at the
 * same fill (rate over capacity).
 *
 * A network is what stays: who touches what. Its coefficients are those a run begins with: a state
 * may change its own (sim_rates_set_coef, sim_flow_set_coef), and all that follows from
 * coefficients then follows from the state's: flows, weights, measures, what an unlimited activity
 * can carry, what tolerances are relative to. So a state after any changes has the rates, to the
 * bit, of a network built with the coefficients that it has now, under the same conditions and
 * capacities. Only which stocks are so small that they count as junctions is decided once, by the
 * network's.
 *
 * It is const once created and shared by all threads;
 * what changes in a run lives in `struct sim_rates` (rates at an instant) and `struct sim_flow`
 * (levels over time). Ids are the places in the definition's arrays; every sum and every tie goes
 * by name, so the order of declaration changes no bit of a result.
 *
 * **Weights.** What a port weighs in its class is data, never a result: its share if it states one;
 * else its *measure* if it has one; else c times the capacity now. A measure is for who carries no
 * limit of its own, such as a trade or a contract over no pipe: it sums c u of *other* ports, those
 * of the party at its other end (a need, an offer), with u their capacities now. So it follows what
 * opens, fails or is turned down in a run, at once and exactly, and only where somebody's capacity
 * changed; sums go in order of names, so it is the same to the bit whatever the way to a state.
 *
 * **Who may serve whom.** What a push giver brings serves all takers. Others see only some:
 * SIM_PORT_PULL (main output of a pull process) and SIM_PORT_BOUGHT (what was bought, or came by
 * contract) never serve a SIM_PORT_OUTLET, SIM_PORT_BOUGHT no SIM_PORT_SALE either. In a pool where
 * some giver may not serve some taker the classes are still served strictly in their order, each by
 * those givers that may, and givers are asked in their order. To this end creation splits such a
 * pool; givers of neighbouring orders that see the same takers are a *source*, takers of
 * neighbouring classes that are seen by the same givers a *queue*, and where a class or an order
 * mixes several kinds, each of its members is one of its own:
 *
 *  - each source and each queue is a junction; a hidden link leads from each source to each queue
 *    that it may serve. At the source links stand in the classes of their queues, at the queue in
 *    the orders of their sources, and a link from or to a single port weighs what that port weighs,
 *    so a queue takes from each source, in order, what it still lacks, the sources that are short
 *    serve better classes first, and a member of capacity 0 changes nothing. (One junction does
 *    for a queue with a single source, and for a source with a single queue.)
 *  - a stock where some giver may not serve what overflows: sources that may stand before the
 *    stock, and what it does not take in goes to the overflow.
 *  - a stock where some giver may not serve a sale: what its other sources bring in now serves
 *    queues directly, in their classes, and is stored after them; queues whom all givers may serve
 *    draw on the stock for the rest (before pull sources are asked directly), the others never. So
 *    nothing is bought to be sold, and purchases fill the stock for its users only.
 *
 * The pools and activities so added come after the definition's own and are named "POOL~from1",
 * "POOL~to2", "POOL~from1~to2", numbered by order and class, and by the member where it is alone. A
 * stock with decay gets an activity "POOL~decay", a taker before all others, which carries the
 * decay while the stock rests on a bound. Hence the counts below may exceed the definition's.
 *
 * Units are the caller's, one per stream; rates per second, capacities of stocks in the amount.
 *
 * Floor 3. Const after creation.
 */
#ifndef SIM_FLOW_NETWORK_H
#define SIM_FLOW_NETWORK_H

#include "sim/base/err.h"

/** A pool: a junction (capacity 0) or a stock. Amounts in the stream's unit. */
struct sim_pool_def {
    const char *name; // unique, e.g. "mill.yard"; borrowed for the call
    double capacity;  // [amount] 0: junction; INFINITY: unlimited
    double minimum;   // [amount] takers find it empty at this level; 0 <= minimum <= capacity
    double target;    // [amount] pull givers fill up to here; 0 or less: the capacity; else from
                      // minimum to capacity
    double reorder;   // [amount] after reaching target pull givers rest until here; <0: none; else
                      // from minimum to below target
    double decay;     // [1/s] share that vanishes per time, 0 for none
};

/** An activity. Its capacity here is the most it may ever have: a run may set less, more is cut. */
struct sim_activity_def {
    const char *name;    // unique, e.g. "brick.kiln"; borrowed for the call
    double capacity;     // [1/s] >= 0; INFINITY: as much as is asked
    double turndown;     // [-] minimum rate as a share of the capacity now, 0..1; 0: none
    double restart_band; // [-] >= 0: once off, it restarts at (1 + this) x its minimum
    int32_t merit;       // units that are off are tried in this order, then by name
    bool is_link; // moves only: takes one port, gives one port. Loops of them alone are refused
};

enum sim_port_flag {
    SIM_PORT_PULL = 1,     // a giver: main output of a pull process, or what stops at a target
    SIM_PORT_OUTLET = 2,   // a taker: disposal or open-ended sale, unseen by pull givers
    SIM_PORT_AT_BOUND = 4, // a taker that takes only what overflows a full stock (an outlet, too),
                           // or a giver that gives only what an empty stock lacks. Stocks only
    SIM_PORT_SALE = 8,     // a taker: a sale, unseen by bought goods
    SIM_PORT_BOUGHT = 16,  // a giver: bought, or come by contract: neither for sale nor for outlets
    SIM_PORT_TRADED = 32,  // a giver: as BOUGHT, but any sale may have it
    SIM_PORT_SPILLED = 64  // a giver: as BOUGHT, but it may overflow
};

/** Where an activity touches a pool. An activity touches a pool with one port at most per side. */
struct sim_port_def {
    int32_t activity; // index into activities
    int32_t pool;     // index into pools
    bool gives;       // true: activity -> pool, false: pool -> activity
    double coef;      // [amount per unit of activity] > 0; as a run begins
    int32_t rank;     // class: priority of a taker, order of a giver; 1 goes first
    double share;     // [-] weight within the class; 0: the measure, or coef x capacity now
    unsigned flags;   // enum sim_port_flag
};

/** Borrowed for the call. */
struct sim_network_def {
    const struct sim_pool_def *pools;
    int pool_count;
    const struct sim_activity_def *activities;
    int activity_count;
    const struct sim_port_def *ports;
    int port_count;
};

/** A way from one place of a measure to another: open while its activity has a capacity. */
struct sim_measure_way {
    int32_t activity, from, to;
};

/** What somebody of no own limit weighs: factor x (the sum of other measures, plus c u of some
 * ports less c u of others, but at least 1e-6 of the former; where those have no capacity now, 1e-6
 * of what they have at most). Other measures stand at places: 0 is here, and those elsewhere count
 * only while open ways lead there, so what is closed in between changes nothing. Measures must not
 * sum each other in a circle. */
struct sim_measure_def {
    const int32_t *ports; // the added ones, then the subtracted ones; indices into ports
    int plus_count, minus_count;
    const int32_t *measures; // indices into measures
    int measure_count;
    const int32_t *places; // of `measures`; NULL: all are here
    const struct sim_measure_way *ways;
    int way_count;
    double factor;     // > 0
    bool is_unlimited; // no limit: INFINITY, nothing else
    bool is_either;    // the first of `measures` that has a limit now, instead of their sum
};

/** Measures, and who weighs what they say. Borrowed for the call. */
struct sim_network_weights {
    const struct sim_measure_def *measures;
    int measure_count;
    const int32_t *measure_of; // by port: index into measures; -1: none. A share comes before it
};

/** Whether a giver with these flags may serve a taker with those. */
bool sim_network_may_serve(unsigned giver, unsigned taker);

struct sim_network; // opaque: sorted, split and checked in network.c

/** Build. SIM_INPUT with the names when a loop consists of links alone, or numbers are off; bad
 * indices are a bug of the caller. The network is owned by the caller. */
enum sim_status sim_network_create(const struct sim_network_def *def, struct sim_network **out,
                                   struct sim_err *err) SIM_MUST_USE;
enum sim_status sim_network_create_weighed(const struct sim_network_def *def,
                                           const struct sim_network_weights *weights,
                                           struct sim_network **out,
                                           struct sim_err *err) SIM_MUST_USE;
void sim_network_destroy(struct sim_network *net); // NULL is fine

int sim_network_pool_count(const struct sim_network *net); // hidden ones included
/** Where a port of the definition stands: its pool, or a hidden one, numbered behind those of the
 * definition, where its pool was divided. */
int32_t sim_network_pool_of(const struct sim_network *net, int32_t port);
const char *sim_network_pool_name(const struct sim_network *net, int32_t pool);

#endif
