/** @file
 * The state of the rate solver, shared by rates.c (propagation), labels.c (which limits depend on
 * each other in a circle), loop.c and follow.c (how such blocks are solved), feed.c and selffeed.c
 * (how loops feed themselves). For sim/flow only.
 *
 * Words, as in rates.h: `limit` L of a port is what it could get (or place) if its own wish were
 * unlimited; `claim` y of a port is what the rest of its activity allows. Both are rates of the
 * activity, both cut at its capacity. Limits depend on claims in the same pool, claims on the other
 * limits of the same activity; the unknowns are the limits.
 */
#ifndef SIM_FLOW_RATES_PRIV_H
#define SIM_FLOW_RATES_PRIV_H

#include "sim/base/vec.h"
#include "sim/flow/bounds_priv.h"
#include "sim/flow/network_priv.h"
#include "sim/flow/rates.h"
#include "sim/flow/share.h"
#include "sim/flow/waiting_priv.h"

typedef SIM_VEC(int32_t) sim_rates_ints;

struct sim_loop;   // working memory of loop.c
struct sim_labels; // working memory of labels.c
struct sim_levels; // blocks as levels.c keeps them

/** Who waits already at a pool: all that depend on a claim of this side and rank, but for port
 * `except`, and for those of block `quiet`. */
struct sim_rates_marked {
    uint64_t epoch; // valid while it is r->epoch
    int32_t rank;
    int32_t except; // port, -1 none
    int32_t quiet;
};

enum {
    SIM_RATES_CROWD = 8 // a pool of more ports than this is shared out once for all of them
};

/** A class at a crowded pool; by the place in at_pool where it begins. */
struct sim_rates_class {
    uint64_t stamp; // of its pool, when it was shared out
    double supply;  // claims of the other side
    struct sim_share share;
};

/** Claims at a crowded pool. */
struct sim_rates_crowd {
    uint64_t stamp;
    double takers_flow, givers_flow;
};

struct sim_rates {
    const struct sim_network *net;
    // per activity
    double *capacity; // [1/s] now: the wanted one, or at most `most`
    double *wanted;   // [1/s] as set from outside; INFINITY: unlimited
    double *most;     // [1/s] of unlimited ones by the coefficients now, of others as declared
    double *scale;    // [1/s] for tolerances (sim_rates_scale)
    double *rate;     // [1/s] as of the last settle
    double *before;   // [1/s] when the current settle began; valid while `is_changed`
    bool *is_changed;
    bool *is_claimed;       // its claims were computed in the current settle
    bool *is_stale;         // its claims must be computed again before the next settle goes on
    double *measure;        // per measure: its value now
    bool *is_outdated;      // per measure: in `outdated`
    uint64_t *measure_bits; // scratch of sim_order_sort
    // per port
    double *coef;       // [amount per unit of activity] now
    bool *is_altered;   // its coefficient was set in the current settle: in `altered`
    double *limit;      // L [1/s]
    double *claim;      // y [1/s]
    double *weight;     // share, or measure, or coef x capacity
    int32_t *raised_by; // group (its smallest port) that holds the limit by self-feeding, -1 none
    bool *is_idle;      // per activity: on a loop of pull activities and links that no user reaches
    double *decided;    // per activity: [1/s] the rate that its group's programme found
    double *ceiling;    // per activity: [1/s] what other pools allowed it then
    bool *is_fed;       // per activity: decided as one of the group's own, not as an outsider
    bool *is_rationed;  // per port: raised_by, yet an outsider's that shares what the fed leave
    bool *is_near, *is_near_pool; // per activity, pool: scratch of selffeed.c, false between calls
    int32_t *member_at;           // per activity: scratch of selffeed.c, -1 between calls
    bool *in_group;               // per port: scratch of selffeed.c, false between calls
    int32_t *tries;               // per block's smallest port: to feed it, in this settle
    int32_t *member_of;           // per activity: group whose programme it was in, -1 none
    uint64_t *order;              // causes before effects; ports of one block share it
    int32_t *block;         // smallest port of the circular block it belongs to; itself when alone
    int32_t *next_in_block; // -1 at the end; from the smallest up
    bool *is_eased;         // per port: raised_by, yet computed, but no less than `least`
    double *least;          // [1/s] see is_eased
    bool *is_waiting;       // per block's smallest port: in the heap
    bool *is_hungry;        // per block's smallest port: may feed itself, not yet tried
    bool *is_counted;       // per pool: touched in this settle
    unsigned *condition;    // per pool, enum sim_pool_condition
    bool *is_relabel;       // per pool: condition changed, labels not yet
    sim_rates_ints outdated, altered, relabel, stale, changed, changed_out, pools, pools_out;
    sim_rates_ints claimed, claimed_out; // activities with is_claimed; as in the definition
    sim_rates_ints raised;               // ports with raised_by
    sim_rates_ints members;              // activities with member_of
    bool *is_able;  // per block's smallest port: may feed itself, as of when it was last solved
    bool *is_zoned; // per activity: pools that bind connect it with a block that is able
    bool *is_seed;  // per activity: in `seeds`
    sim_rates_ints seeds; // zoned activities that changed since loops were last fed
    bool is_feeding;
    sim_rates_ints hungry, freed, tried, near, near_pools;
    bool is_fresh;   // nothing solved since reset
    int32_t raising; // group whose rise is being passed on, -1 none
    struct sim_rates_work work;
    struct sim_loop *loop;
    struct sim_labels *labels;
    struct sim_levels *levels;
    struct sim_waiting *waiting;
    struct sim_bounds *bounds;       // NULL until a coefficient changes
    struct sim_rates_marked *marked; // per pool and side: takers, givers
    uint64_t epoch;
    uint64_t *stamp;                    // per pool: changes with what limits there depend on
    struct sim_rates_crowd *crowd;      // per pool
    struct sim_rates_class *class_of;   // per place in at_pool where a class begins
    int32_t *place, *class_begin;       // per port, where it stands; per place, its class
    double *flow_at, *weight_at, *sums; // per place; room of share.h
    int32_t *sorting;
    struct sim_share_room room;
};

/** What tolerances on the rate of `activity` are relative to: its capacity now, or about what its
 * junctions could carry, whichever is less; so an ample capacity hides no small flow. */
static inline double sim_rates_scale(const struct sim_rates *r, int32_t activity)
{
    const double scale = r->scale[activity];
    return scale < r->capacity[activity] ? scale : r->capacity[activity];
}

/** How a port's limit comes about under the pool's condition now. */
enum sim_rates_bind {
    SIM_RATES_FREE,   // the pool does not bind this side: the limit is the capacity
    SIM_RATES_CLOSED, // the limit is 0 (overflow of a stock that is not full, pull over target,
                      // takers of a stock below its minimum)
    SIM_RATES_BOUND,  // the formula of rates.h
};

/** How port `j` is bound under `condition`. */
static inline enum sim_rates_bind sim_rates_bind_of(const struct sim_network *net, int32_t j,
                                                    unsigned condition)
{
    const struct sim_network_port *p = &net->ports[j];
    const struct sim_network_pool *pool = &net->pools[p->pool];
    if (pool->is_junction) {
        return SIM_RATES_BOUND;
    }
    const unsigned bound = p->gives ? SIM_POOL_FULL : SIM_POOL_EMPTY;
    if ((condition & SIM_POOL_BELOW) != 0 && (p->is_at_bound || !p->gives)) {
        return p->gives ? SIM_RATES_FREE : SIM_RATES_CLOSED;
    }
    if (p->is_at_bound) { // overflow acts at the other side's bound
        const unsigned acts = p->gives ? SIM_POOL_EMPTY : SIM_POOL_FULL;
        return (condition & acts) != 0 ? SIM_RATES_BOUND : SIM_RATES_CLOSED;
    }
    if (p->is_pull && (condition & SIM_POOL_OVER_TARGET) != 0) {
        return SIM_RATES_CLOSED;
    }
    if (p->is_pull && (condition & SIM_POOL_AT_TARGET) != 0) {
        return SIM_RATES_BOUND;
    }
    return (condition & bound) != 0 ? SIM_RATES_BOUND : SIM_RATES_FREE;
}

/** Whether port `m`'s claim counts at its pool now. */
static inline bool sim_rates_is_active(const struct sim_network *net, int32_t m, unsigned condition)
{
    return sim_rates_bind_of(net, m, condition) != SIM_RATES_CLOSED;
}

/** Whether pull givers of the pool come after all push givers: at target, below full. */
static inline bool sim_rates_pull_last(unsigned condition)
{
    return (condition & SIM_POOL_AT_TARGET) != 0 && (condition & SIM_POOL_FULL) == 0;
}

/** Rank of a port among its side under `condition`. */
static inline int32_t sim_rates_rank(const struct sim_network_port *p, unsigned condition)
{
    return p->is_pull && sim_rates_pull_last(condition) ? p->rank + SIM_NETWORK_LAST_RANK : p->rank;
}

/** Whether the limit of `j` depends on the claim of `m` at the same pool, j bound, m active. */
static inline bool sim_rates_depends(const struct sim_network *net, int32_t j, int32_t m,
                                     unsigned condition)
{
    const struct sim_network_port *p = &net->ports[j];
    const struct sim_network_port *q = &net->ports[m];
    return j != m &&
           (p->gives != q->gives || sim_rates_rank(q, condition) <= sim_rates_rank(p, condition));
}

/** Whether the block that begins at port `first` is circular: of several ports, or of one whose
 * activity gives to and takes from the same pool. */
static inline bool sim_rates_is_circular(const struct sim_rates *r, int32_t first)
{
    const struct sim_network_port *p = &r->net->ports[first];
    return r->next_in_block[first] >= 0 ||
           (p->is_self &&
            sim_rates_bind_of(r->net, first, r->condition[p->pool]) == SIM_RATES_BOUND);
}

/** The limit of port `j` from the claims at its pool, cut at the capacity. */
double sim_rates_compute_limit(struct sim_rates *r, int32_t j);

/** Rate and claims of `activity` from its limits; nobody is told. */
void sim_rates_set_claims(struct sim_rates *r, int32_t activity);

/** The same, telling those who depend on claims that changed. */
void sim_rates_refresh(struct sim_rates *r, int32_t activity);

/** The limits at the pool of port `m` that depend on its claim must be computed again, but for
 * those of block `quiet` (-1: none is spared). */
void sim_rates_mark_dependents(struct sim_rates *r, int32_t m, int32_t quiet);

/** The limit of `port` changed: circular blocks in which a claim of its activity is an unknown must
 * be solved again though the claim be the same, as what was the only solution may be one of two. */
void sim_rates_mark_circles(struct sim_rates *r, int32_t port, int32_t quiet);

/** Rate and claims of `activity` from limits that block `quiet` decided; all but its own ports are
 * told of claims that changed. */
void sim_rates_tell(struct sim_rates *r, int32_t activity, int32_t quiet);

/** The limit of port `j` must be computed again. */
void sim_rates_mark(struct sim_rates *r, int32_t j);

/** Compute what waits, causes first, until nothing does. SIM_FAILED, with names, when a block
 * cannot be resolved. */
enum sim_status sim_rates_propagate(struct sim_rates *r, struct sim_err *err);

/** When all has come to rest: loops that could feed themselves do, one after the other (feed.c). */
enum sim_status sim_feed_all(struct sim_rates *r, struct sim_err *err);

/** How a raise is done. */
struct sim_selffeed_way {
    int rings;          // how many activities away the programme sees pools
    bool is_by_rations; // outsiders share what the fed leave, by the rules of their pools
    bool is_joining;    // groups in the way are raised with this one: they undo each other
    int joined_count;
    int32_t joined[8]; // their blocks
};

/** Raise the group of blocks around block `first` as far as it can feed itself (selffeed.c). Its
 * limits, and those of others at its pools, hold until it is dissolved; `out_raised` whether it
 * rose. Where another group holds some of its ports, nothing is done and that group told: -1 none.
 * SIM_FAILED, with names, when a maximum cannot be found. */
enum sim_status sim_selffeed_raise(struct sim_rates *r, int32_t first,
                                   const struct sim_selffeed_way *way, bool *out_raised,
                                   int32_t *out_in_the_way, struct sim_err *err);

/** Whether members of the group are held by circles outside of it, and seen in `rings` rings more
 * could be had of the rates that now hold. */
bool sim_selffeed_is_left_open(struct sim_rates *r, int32_t group, int rings);

/** Hold those that run faster than decided; true when there were any. */
bool sim_selffeed_correct(struct sim_rates *r, int32_t group);

/** The limit of an outsider's port `j` from what the fed leave at its pool. */
double sim_selffeed_ration(const struct sim_rates *r, int32_t j);

/** Let limits of the blocks say what they would, where another limit holds the activity; true when
 * one did. */
bool sim_selffeed_loosen(struct sim_rates *r, int32_t group);

/** Whether all activities run as decided, after the rise was passed on, and, unless nothing wider
 * is to be had, nobody was held back by what has risen since. */
bool sim_selffeed_is_kept(const struct sim_rates *r, int32_t group, bool is_widest);

/** Whether the sums of the group's pools come out even, and (`is_as_decided`) the fed run as
 * decided after outsiders shared what was left. */
bool sim_selffeed_is_even(const struct sim_rates *r, int32_t group, bool is_as_decided);

/** What follows begins alike, whatever was before: dissolve all groups that pools which bind now
 * connect with a hungry block or a seed; all blocks there that are able become hungry. */
void sim_selffeed_begin(struct sim_rates *r);

/** Let go of what `group` holds: its limits must be computed again. */
void sim_selffeed_dissolve(struct sim_rates *r, int32_t group);

struct sim_labels *sim_labels_create(const struct sim_network *net);
void sim_labels_destroy(struct sim_labels *labels); // NULL is fine

/** Blocks and order for the whole network, all stocks in between. */
void sim_labels_reset(struct sim_rates *r);

/** Blocks and order anew around a pool whose condition changed. */
void sim_labels_update(struct sim_rates *r, int32_t pool);

/** Mark what belongs to another block since the last call: it must be computed again. */
void sim_labels_announce(struct sim_rates *r);

struct sim_loop *sim_loop_create(const struct sim_network *net);
void sim_loop_destroy(struct sim_loop *loop); // NULL is fine

/** Solve the circular block that begins at port `first`; its limits, and the claims and rates of
 * its activities, are set. SIM_FAILED with names. */
enum sim_status sim_loop_solve(struct sim_rates *r, int32_t first, struct sim_err *err);

/** Pull activities and links of the block that no user reaches stand still (loop.c). */
void sim_loop_find_idle(struct sim_rates *r, int32_t first);

#endif
