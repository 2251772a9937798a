/** @file
 * The network made of a park: which pools there are, who moves what between them, and who books it.
 *
 * **Pools.** Inside a firm all of one stream meets at the firm's junction, "FIRM:STREAM". A stock
 * is a pool "FIRM.STOCK"; a port, link or exchange that names it ("yard", "mill.yard") touches it
 * instead of the junction. A market whose capacity or demand is limited has a junction
 * "MARKET:STREAM" of its own, so that all who deal with it share the limit; one without limit has
 * none: its supply and its outlet stand at the firm's junction directly.
 *
 * **Classes of takers** (who is served first) at a pool: a firm's own processes (priority 0),
 * contracted exchanges (`priority`, 1 by default), markets that buy (9), disposal (10, or the
 * offer's `priority`). **Classes of givers** (whom takers ask first): what the firm's push
 * processes make (order 0), contracted exchanges (1), the firm's own pull processes, such as its
 * fallback boiler (5), markets that sell (9). Each may be set by the keys `priority` and `order`.
 * The rank of a port is one more.
 *
 * **Default trade.** A firm buys what its processes take (without naming a stock) from every market
 * that sells it, sells what they give to every market that buys it, and disposes of it at the
 * stream's `disposal`, or where only one market disposes of it, there. A contract (exchange) with a
 * market takes the place of the default trade with it. A stock buys nothing by default, and sells
 * by default only to markets with a stated demand, since without a limit it would do so at once;
 * `full` and `empty` name where it overflows to and what fills it when empty.
 *
 * **Who serves what.** What push processes make, and by-products of pull processes, may serve
 * everybody. The product of a pull process serves users, stocks up to their target and sales that
 * something limits (a stated demand, a link with a capacity), but no outlet: disposal, an overflow,
 * an open-ended sale. What is bought or comes by contract serves own processes, stocks up to their
 * target and contracts with firms, but neither outlets nor sales: nobody buys to sell, unless the
 * firm `trades`; then such goods serve sales, too, open-ended ones included. It overflows nowhere,
 * but where a push process gives it by contract to a stock whose `full` names a route. What a firm
 * moves between two places of its own stays what it was. At every pool classes are served strictly
 * in their order by those who may serve them (sim/flow/network.h says how), so somebody of capacity
 * 0 changes nothing. Where a stock is both bought into and sold from, sales get at most what push
 * processes bring in now, after better classes; purchases run for the others only.
 *
 * **Weights** within a class are data: c times the capacity now, or a stated `share` (beside shares
 * only). Trades, and contracts over no link with a capacity, have none of their own: at the pool of
 * their taker they weigh what their giver's pool offers (the sum of c u of its own givers that may
 * serve them), at the pool of their giver what their taker's pool needs (c u of its own users that
 * they may serve, less that of its own givers of better orders, but at least 1e-6 of it). Own is
 * whoever has a capacity: processes, a market's limited supply or demand, links with a capacity;
 * other trades never count, and where there are only those (a party that passes on), the needs or
 * offers beyond those that are open now do. An end without limit (a stock, a market that states
 * none) counts as the other; both without are a mistake. So within a class all run at equal fill,
 * in any unit, and however parties are cut in halves. A trade's nominal capacity (build_bounds.c)
 * is a number to count with and decides nothing.
 *
 * **Demand.** A market's stated demand has its junction whether or not anybody sells to it: what it
 * does not get is unserved.
 *
 * **Capacity in a run** of an activity is the product of: its level now (constant, profile or
 * drawn), 1 or 0 by its calendar, 1 or 0 by its dates, and for each failure that lasts the smallest
 * `left`.
 *
 * **Delay.** A link with delay is two activities: the entry (NAME) into a pool "NAME~line", and the
 * exit ("NAME~exit"), whose capacity the run drives: what entered comes out `delay` later. The line
 * holds capacity x delay (unlimited when the capacity is): when its end takes less than arrives it
 * fills, and then its entry follows its end. Losses are at the exit.
 *
 * **Moves** are what the ledger books (entry.h).
 *
 * Const once built; shared by all threads.
 */
#ifndef PARK_BUILD_H
#define PARK_BUILD_H

#include "models/park/base/entry.h"
#include "models/park/base/park.h"
#include "sim/flow/network.h"

enum park_account_kind {
    PARK_ACCOUNT_PARTY,   // a firm or a market
    PARK_ACCOUNT_PROCESS, // "mill.paper": what goes into and comes out of it
    PARK_ACCOUNT_LINK     // pumping, and what is on its way
};

/** The parties come first, with their ids. */
struct park_net_account {
    const char *name;
    enum park_account_kind kind;
    int32_t party; // that it belongs to (a link: of its `from`)
    int32_t id;    // party, process or link
};

struct park_pool {
    const char *name; // "mill:sludge", "mill.yard", "customers:bricks", "steam_main~line"
    int32_t stream;
    int32_t party; // whose it is
    int32_t stock; // -1: a junction or a line
    int32_t link;  // of a line; -1
};

/** What sort of activity it is: one const struct a sort, of the file that builds it. */
struct park_mover {
    const char *verb; // "runs at", "carries": before its rate
    bool is_process;  // converts by the recipe of park.processes[id]
    bool is_contract; // carries for park.exchanges[id]; either way, else for park.offers[id]
    bool is_exit;     // what comes out of it entered before: nobody can ask it for more
};

struct park_activity {
    const char
        *name; // unique: "brick.kiln", "steam", "evn>mill:electricity", "customers:bricks~demand"
    const char
        *title; // what trace and `why` call it: "exchange sludge", "mill.yard overflows to tip"
    const char *path;            // of the entity whose level this is; keys its draws
    const struct sim_node *node; // that it stands for
    const struct park_mover *mover;
    int32_t id;
    int32_t told_in;                // stream that its rate is told in
    double told_per;                // [SI of that stream per unit of activity]
    double capacity;                // [1/s] nominal: the most it can be; INFINITY: no limit
    const struct park_level *level; // what varies it; NULL: constant `capacity`
    int32_t calendar;               // -1: always open
    sim_time from_us, until_us;     // it may run in [from, until)
    int32_t first_failure;          // into park.failures (of the process, or of the link it uses)
    int failure_count;
    int32_t first_port, port_count; // into ports
    int32_t first_move, move_count; // into moves
    int32_t exit;                   // entry of a delayed link: its exit activity; -1
    sim_time delay_us;              // of such an entry
    double restart_band;            // [-] above its minimum, to restart after its turndown
    int32_t merit;                  // in this order, then by name, those that are off are tried
    bool is_open;                   // false: `open = false`, capacity is 0 throughout
    bool is_user; // what it does not get is unserved: a process without outputs, or
                  // the demand of a market
};

/** Which ports touch each pool: those of `pool` are at[first[pool]] .. at[first[pool + 1] - 1]. */
struct park_build_index {
    int32_t *first, *at;
};

struct park_net {
    struct sim_network *network;
    struct park_pool *pools;            // as in the definition
    struct park_activity *activities;   // as in the definition
    const struct sim_port_def *ports;   // as in the definition, by activity
    const struct sim_node **port_nodes; // by port: what the park file says of it
    struct park_move *moves;            // by activity
    struct park_net_account *accounts;
    double *initial;            // [SI] level of each pool at the start (0 for junctions)
    struct park_build_index at; // ports by pool, in their own order
    int pool_count, activity_count, port_count, move_count, account_count;
};

struct park_build_index park_build_index_make(const struct sim_port_def *ports, int port_count,
                                              int pool_count);
void park_build_index_free(struct park_build_index *x);

/** Fill p->net, in p's arena, with what `kinds` (ends with NULL) build. Mistakes that only the
 * network shows go to `d` (a loop of links alone, a stock that would fill or empty at once). Called
 * by park_open. */
enum sim_status park_build(struct park *p, const struct park_kind *const *kinds,
                           struct sim_diag *d) SIM_MUST_USE;
void park_build_free(struct park_net *net); // NULL is fine; called by park_open_free

#endif
