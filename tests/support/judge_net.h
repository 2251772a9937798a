/** @file
 * A network as the judges see it: plain arrays that can be built, copied, changed and printed.
 *
 * A `struct judge_net` owns all it names, so it is copied with judge_net_copy and needs no freeing
 * of parts. It holds the definition that sim_network_create takes (judge_net_def) and the state at
 * one instant: capacity now of each activity, condition of each pool. Activities added by the
 * builders here have nominal capacity = capacity now.
 *
 * Tests only; knows the headers of sim/flow, never its sources.
 */
#ifndef TESTS_SUPPORT_JUDGE_NET_H
#define TESTS_SUPPORT_JUDGE_NET_H

#include "sim/flow/network.h"
#include "sim/flow/rates.h"
#include "sim/num/rng.h"

#include <stdio.h>

enum {
    JUDGE_POOLS = 400, // those that the judges add included
    JUDGE_ACTIVITIES = 1200,
    JUDGE_PORTS = 2800,
    JUDGE_MEASURES = 40,
    JUDGE_TERMS = 12,
    JUDGE_NAME = 24
};

/** What a port of no own limit weighs: see struct sim_measure_def. `inner`: another one before it
 * that it adds, -1 none. */
struct judge_measure {
    int32_t ports[JUDGE_TERMS];
    int plus_count, minus_count;
    int32_t inner;
    double factor;
};

struct judge_net {
    struct sim_pool_def pools[JUDGE_POOLS];
    struct sim_activity_def activities[JUDGE_ACTIVITIES];
    struct sim_port_def ports[JUDGE_PORTS];
    char pool_names[JUDGE_POOLS][JUDGE_NAME];
    char activity_names[JUDGE_ACTIVITIES][JUDGE_NAME];
    unsigned condition[JUDGE_POOLS]; // enum sim_pool_condition, now
    double u[JUDGE_ACTIVITIES];      // [1/s] capacity now
    struct judge_measure measures[JUDGE_MEASURES];
    int32_t measure_of[JUDGE_PORTS]; // 1 + measure; 0: none
    int measure_count;
    int pool_count;
    int activity_count;
    int port_count;
    uint64_t seed;   // what random_network_make made it from
    uint64_t number; // likewise
};

struct judge_net *judge_net_create(void); // empty; owned by the caller, freed with free()
void judge_net_copy(struct judge_net *to, const struct judge_net *from);

/** The definition; borrows the arrays and names of `n`. */
struct sim_network_def judge_net_def(struct judge_net *n);

/** A junction (capacity 0) or a stock with this condition. Returns its index. */
int32_t judge_net_junction(struct judge_net *n, const char *name);
int32_t judge_net_stock(struct judge_net *n, const char *name, unsigned condition);

/** An activity with this capacity [1/s], INFINITY for unlimited. Returns its index. */
int32_t judge_net_activity(struct judge_net *n, const char *name, double capacity);

/** Ports; return their index, so that flags and shares can be set after. */
int32_t judge_net_take(struct judge_net *n, int32_t activity, int32_t pool, double coef,
                       int32_t rank);
int32_t judge_net_give(struct judge_net *n, int32_t activity, int32_t pool, double coef,
                       int32_t rank);

/** A source gives 1, a sink takes 1, a link takes 1 and gives `yield`. Return the activity. */
int32_t judge_net_source(struct judge_net *n, const char *name, double capacity, int32_t pool,
                         int32_t rank);
int32_t judge_net_sink(struct judge_net *n, const char *name, double capacity, int32_t pool,
                       int32_t rank);
int32_t judge_net_link(struct judge_net *n, const char *name, double capacity, int32_t from,
                       int32_t from_rank, int32_t to, int32_t to_rank, double yield);

int32_t judge_net_find(const struct judge_net *n, const char *activity); // -1: none

/** The port of `activity` at `pool` on that side; -1: none. */
int32_t judge_net_port(const struct judge_net *n, int32_t activity, int32_t pool, bool gives);

/** The network of sim/flow, with what its ports weigh. */
enum sim_status judge_net_make(struct judge_net *n, struct sim_network **out,
                               struct sim_err *err) SIM_MUST_USE;

/** Take things out, and measures with them; what referred to them goes too, later indices move
 * down. */
void judge_net_drop_port(struct judge_net *n, int32_t port);
void judge_net_drop_activity(struct judge_net *n, int32_t activity);
void judge_net_drop_pool(struct judge_net *n, int32_t pool);

/** The same network declared in another order: pools, activities and ports are shuffled. */
void judge_net_shuffle(struct judge_net *to, const struct judge_net *from, struct sim_rng *rng);

/** The same network in other units: amounts in pool p times by_pool[p], rates times `by_rate`.
 * Shares go along: in a class where only some state one, they stand beside amounts per time. */
void judge_net_scale(struct judge_net *n, const double *by_pool, double by_rate);

/** As calls of the builders, to be pasted into a test. */
void judge_net_print(const struct judge_net *n, FILE *out);

/** As a park file: one firm, a stream a pool, a continuous process an activity. What the format
 * does not say (order of givers, weights, conditions) stands in comments. */
void judge_net_print_park(const struct judge_net *n, FILE *out);

#endif
