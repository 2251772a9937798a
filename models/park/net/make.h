/** @file
 * The network while it is made: growing lists, which build.c then copies into the park's arena.
 *
 * Each function returns ids into the lists. Private to models/park.
 */
#ifndef PARK_MAKE_H
#define PARK_MAKE_H

#include "models/park/net/build.h"
#include "sim/base/strtab.h"
#include "sim/base/vec.h"

struct park_builder {
    struct park *park;
    struct sim_diag *diag;
    struct sim_strtab *names; // of pools
    SIM_VEC(struct sim_pool_def) pool_defs;
    SIM_VEC(struct park_pool) pools;
    SIM_VEC(double) initial;
    SIM_VEC(struct park_activity) activities;
    SIM_VEC(double) turndowns; // of activities
    SIM_VEC(bool) links;       // of activities: moves only
    SIM_VEC(struct sim_port_def) ports;
    SIM_VEC(const struct sim_node *) port_nodes;
    SIM_VEC(int32_t) merits; // of ports: place within the class
    struct sim_arena *scratch;
    SIM_VEC(struct sim_measure_def) measures;
    SIM_VEC(int32_t) measure_of; // of ports, once weighed; -1: none
    SIM_VEC(struct park_move) moves;
    SIM_VEC(struct park_net_account) accounts;
    int32_t *process_accounts; // by process
    int32_t *link_accounts;    // by link
    int32_t *stock_pools;      // by stock
    int32_t *offer_pools;      // by offer; -1: none made, so far or at all
};

// Classes at a pool (rates.h); the rank of a port is one more.
enum {
    PARK_BUILD_EMPTY_ORDER = 9, // what fills an empty stock: after all others
    PARK_BUILD_FULL_PRIORITY = 10
};

/** A junction "PARTY:STREAM", made when it is not there. */
int32_t park_build_junction(struct park_builder *b, int32_t party, int32_t stream);
bool park_build_has_junction(const struct park_builder *b, int32_t party, int32_t stream,
                             int32_t *out);
int32_t park_build_pool(struct park_builder *b, const struct sim_pool_def *def,
                        const struct park_pool *pool, double initial);

/** The pool of a place: its stock, or the junction of the party. */
int32_t park_build_place(struct park_builder *b, int32_t party, int32_t stock, int32_t stream);

/** A new activity with defaults for what is not said (its name as title, dates, calendar -1, open);
 * its rate is told in what its first move sends, unless `told_per` is set. */
struct park_activity park_build_activity(const char *name, const struct park_mover *mover,
                                         int32_t id, double capacity);
int32_t park_build_add(struct park_builder *b, const struct park_activity *a, double turndown,
                       bool is_link);

/** A port of the activity added last; returns its index. */
int32_t park_build_take(struct park_builder *b, int32_t pool, double coef, int64_t priority,
                        double share, unsigned flags);
int32_t park_build_give(struct park_builder *b, int32_t pool, double coef, int64_t order,
                        double share, unsigned flags);

/** What the park file says of the port; at first that of its activity. */
void park_build_port_node(struct park_builder *b, int32_t port, const struct sim_node *node);

/** Within its class the port comes after those of a lower merit; 0 is where all stand. */
void park_build_merit(struct park_builder *b, int32_t port, int32_t merit);

/** The move is booked in a column by what the park file says (NULL: nothing), per so much of what
 * is sent [SI]. */
void park_build_factor(const struct park_builder *b, struct park_move *m, enum park_column column,
                       const struct sim_value *v, double per);

/** Book by `freed` where the stream is CO2. Adding the move does so. */
void park_build_freed(const struct park_builder *b, struct park_move *m);

/** A move of the activity added last; pools follow from the ports (-1: none). */
void park_build_move(struct park_builder *b, struct park_move move);

// What comes once all kinds have built, in the order in which it is called (build.c).
void park_build_merits(struct park_builder *b);  // classes where merit divides them
void park_build_weights(struct park_builder *b); // what trades without a limit weigh
void park_build_bounds(struct park_builder *b);  // what carries no limit of its own gets one
void park_build_users(struct park_net *n);       // whose needs count as unserved

#endif
