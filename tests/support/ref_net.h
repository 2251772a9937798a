/** @file
 * The network of a reference park: activities, their ports, and the pools that these touch.
 *
 * An activity runs at a rate between 0 and its capacity now and moves coefficient x rate at each of
 * its ports: a process, a contract, a default trade with a market, what a market can supply or take
 * at most, the overflow of a stock and what fills an empty one. A pool is one stream at one place:
 * a firm's junction, a stock, or a market's limited offer.
 *
 * Goods are of three sorts at a pool, and so are its takers: what push processes make and all
 * by-products may serve anybody; the main product of a pull process never an outlet; what is bought
 * or comes by contract only the firm's own processes, contracts with firms, and stocks.
 *
 * A trade or contract without a capacity of its own is *free*: its weight at a pool follows from
 * what stands at the other end (ref_net_weigh).
 */
#ifndef TESTS_SUPPORT_REF_NET_H
#define TESTS_SUPPORT_REF_NET_H

#include "tests/support/ref_park.h"

enum {
    REF_ACTS = 160,
    REF_POOL_PORTS = 400,
    REF_POOLS = 100,
    REF_AT_POOL = 24, // ports on one side of a pool
    REF_CLASSES = 12, // classes on one side of a pool
    REF_FLOWS = 300,
    REF_LABEL = 40
};

enum ref_act_kind {
    REF_PROCESS,
    REF_LIMIT,    // a market's limited supply, demand or disposal
    REF_TRADE,    // a default trade with a market
    REF_CONTRACT, // an exchange, and its link
    REF_FULL,     // overflow of a stock
    REF_EMPTY     // what fills an empty stock
};

// Sorts of goods, and of takers: goods serve takers of their own sort and of those before it.
enum ref_sort {
    REF_USER,   // bought and contracted goods serve these alone
    REF_DEMAND, // a stated demand of a market, a contract with one: pull products, too
    REF_OUTLET  // open-ended sale, disposal, overflow: push goods only
};

struct ref_net_port {
    int act;
    int pool;
    double coef; // amount per unit of the activity's rate
    bool is_giver;
    int rank;           // priority of a taker, order of a giver
    enum ref_sort sort; // of a giver: the last sort of takers that it may serve
    double share;       // stated weight; 0: none
    double weight;      // now
    bool is_shut;       // an overflow or fill that its stock does not call for
    double claim;
    double limit;
    int flow; // that it is booked as; -1: none
};

struct ref_act {
    enum ref_act_kind kind;
    int of;         // process, contract or stock; -1: none
    int firm;       // whose trade or overflow it is; -1: none
    double most;    // capacity as stated; INFINITY: free
    double u;       // capacity now
    double rate;    // now
    double minimum; // turned down below this rate; 0: never
    bool is_off;    // turned down
    int port_count;
    int ports[2 * REF_PORTS];
    int flow; // from-to, booked by its rate; -1: by its ports
};

struct ref_pool {
    int stock; // -1: a junction
    int firm;  // -1: a market's
    int stream;
    bool by_sort;    // goods that may not serve all takers meet takers that they may not serve
    bool is_traded;  // a stock that is both bought into and sold from
    bool has_bought; // bought or contracted goods come in
    int count[2];    // ports that take [0] and give [1], by class
    int ports[2][REF_AT_POOL];
    int class_count[2];
    int first[2][REF_CLASSES + 1]; // where the ports of a class begin
};

struct ref_flow {
    char label[REF_LABEL]; // "mill > town: steam"
    int stream;
    double total;
};

struct ref_net {
    const struct ref_park *park;
    int act_count;
    int port_count;
    int pool_count;
    int flow_count;
    bool is_searched;    // for other solutions with care: each activity once begins late
    const char *trouble; // why the rules do not decide this park; NULL: they do
    struct ref_act acts[REF_ACTS];
    struct ref_net_port ports[REF_POOL_PORTS];
    struct ref_pool pools[REF_POOLS];
    struct ref_flow flows[REF_FLOWS];
    int junctions[REF_FIRMS][REF_STREAMS]; // -1: none
    int stocks[REF_STOCKS];
    int offers[REF_MARKETS][3][REF_STREAMS]; // pools of limited sells, buys, disposes; -1: none
};

/** Build the network of `p`, which is borrowed. False, with `trouble` said, where the rules leave
 * open what happens (or the program refuses the park). */
bool ref_net_build(struct ref_net *n, const struct ref_park *p);

/** Is there a contract without a limit of its own, from where there is none either, to a pool where
 * only users limit it, beside an outlet that takes all? */
bool ref_net_has_open_end(const struct ref_net *n);

/** Weights of all ports from the capacities now. */
void ref_net_weigh(struct ref_net *n);

/** The other port of a trade or contract; -1: a market without limit stands there. */
int ref_net_other(const struct ref_net *n, int port);

#endif
