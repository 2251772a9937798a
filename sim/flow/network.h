/** @file
 * The discrete-rate network: activities move streams between pools.
 *
 * An *activity* is whatever moves: a process, a link, a market's supply, an outlet. It runs at a
 * rate between 0 and its capacity, and touches pools through *ports*, all in proportion: at rate a
 * a port with coefficient c takes (or gives) c x a. A *pool* is one stream in one place: a stock,
 * or a junction, which holds nothing. In a pool the takers have classes (priority: who is served
 * first) and so have the givers (order: whom takers ask first); 1 comes before 2. Within a class
 * what is scarce is shared by weight: by default c times the capacity now, so that all run at the
 * same fill (rate over capacity); or a share that the contract states.
 *
 * A network is what stays: who touches what. It is const once created and shared by all threads;
 * what changes in a run lives in `struct sim_rates` (rates at an instant) and `struct sim_flow`
 * (levels over time). Ids are the places in the definition's arrays; every sum and every tie goes
 * by name, so the order of declaration changes no bit of a result.
 *
 * Pull: a port flagged SIM_PORT_PULL belongs to the main output of a pull process. It sees users
 * and stocks below their target, not outlets. Where a junction has both pull givers and takers
 * flagged SIM_PORT_OUTLET, creation splits it: users stay, outlets get a junction of their own,
 * and each push giver chooses between the two (users first). The pools and activities so added
 * come after the definition's own, named "POOL~outlets", "POOL~ACTIVITY" and so on; a stock
 * with decay gets an activity "POOL~decay", a taker before all others, which carries the decay
 * while the stock rests on a bound. Hence the counts below may exceed the definition's.
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
    SIM_PORT_PULL = 1,     // a giver: main output of a pull process
    SIM_PORT_OUTLET = 2,   // a taker: disposal or open-ended sale, unseen by pull givers. Means
                           // something in junctions only: at a stock they see the stock
    SIM_PORT_AT_BOUND = 4, // a taker that takes only what overflows a full stock, or a giver that
                           // gives only what an empty stock lacks; 0 otherwise. Stocks only
};

/** Where an activity touches a pool. An activity touches a pool with one port at most per side. */
struct sim_port_def {
    int32_t activity; // index into activities
    int32_t pool;     // index into pools
    bool gives;       // true: activity -> pool, false: pool -> activity
    double coef;      // [amount per unit of activity] > 0
    int32_t rank;     // class: priority of a taker, order of a giver; 1 goes first
    double share;     // [-] weight within the class; 0: coef x capacity now
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

struct sim_network; // opaque: sorted, split and checked in network.c

/** Build. SIM_INPUT with the names when a loop consists of links alone, or numbers are off; bad
 * indices are a bug of the caller. The network is owned by the caller. */
enum sim_status sim_network_create(const struct sim_network_def *def, struct sim_network **out,
                                   struct sim_err *err) SIM_MUST_USE;
void sim_network_destroy(struct sim_network *net); // NULL is fine

int sim_network_pool_count(const struct sim_network *net);     // hidden ones included
int sim_network_activity_count(const struct sim_network *net); // hidden ones included
int sim_network_port_count(const struct sim_network *net);
/** Where a port of the definition stands: its pool, or a hidden one, numbered behind those of the
 * definition, where its pool was divided. */
int32_t sim_network_pool_of(const struct sim_network *net, int32_t port);
const char *sim_network_pool_name(const struct sim_network *net, int32_t pool);
const char *sim_network_activity_name(const struct sim_network *net, int32_t activity);

#endif
