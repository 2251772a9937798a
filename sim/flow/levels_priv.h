/** @file
 * How circular blocks are solved for the fill levels of their classes: how a block is laid out
 * (levels_block.c), how its levels are found (levels.c), what limits of ports follow from them and
 * whether they are the only ones (levels_limits.c). For sim/flow only.
 *
 * **Why levels will do.** Let (y, L) solve the equations of rates.h, and T be the level of a class
 * that these claims make short: sum of min(c y, w T) = R. Who is not capped has L = w T / c. Who is
 * has y < L <= w T / c, as its limit supposes that it wished for more than it does. Put w T / c in
 * the place of that L: it is not what holds the activity (y < L), so no rate changes. It raises the
 * claim of the activity only at the port that does hold it, m; there the claim was above the share
 * already (L_m < y_m), so the level of m's class stays. That class is short, so worse ones of its
 * side get nothing either way, and the other side gets all that it claims either way. In a class
 * that is ample no limit is below its claim, so none holds a rate, and any level from which that
 * follows will do; the one of share.h makes the whole a continuous piecewise linear map. So both
 * systems have the same rates; limits and claims as rates.h means them follow afterwards
 * (levels_limits.c), by a few sweeps in which all levels of short classes stay.
 *
 * A row whose claim nothing in the block reads wishes without limit: its class's level then is its
 * own limit, and the claim, which may follow from limits that come later, is not touched.
 *
 * An *entry* is a port that counts at a pool of the block, a *row* one whose limit the block
 * decides. A *class* is those who are served alike at one side of a pool.
 */
#ifndef SIM_FLOW_LEVELS_PRIV_H
#define SIM_FLOW_LEVELS_PRIV_H

#include "sim/flow/rates_priv.h"
#include "sim/flow/share.h"
#include "sim/flow/sparse.h"

/** A port that counts at a pool of the block. What is fixed while conditions hold. */
struct sim_levels_entry {
    int32_t port;
    int32_t member;
    int32_t pool;
    int32_t level; // whose limit it shares; -1: its limit is not of this block
    bool is_read;  // some limit of the block depends on its claim
    double coef;   // as of the last solve
};

/** A pool of the block: classes [begin, end). */
struct sim_levels_pool {
    int32_t begin, end;
    bool is_due; // a claim at it is another: so may be its levels
};

/** An activity that touches pools of the block; its entries are own[begin..end). */
struct sim_levels_member {
    int32_t activity;
    int32_t begin, end;
    bool has_rows;
    bool is_asked; // pull or link, and what its main output may give is decided here
    bool is_due;   // a level that it reads is another: so may be its claims
};

/** A class at one side of a pool; ranges are of entries. */
struct sim_levels_class {
    struct sim_share share; // its entries, and what the claims make of it
    int32_t side_begin, other_begin, other_end;
    int32_t side;  // the first level of its pool's side; those of one follow each other
    bool is_first; // of its side
    bool is_alone; // the claim of its only row is not read: it wishes without limit
    double supply, better;
};

/** A block as built; kept until its ports or a condition change. */
struct sim_levels_block {
    int32_t first;
    int entry_count, member_count, level_count, pool_count, row_count;
    bool is_any_asked;
    bool is_able;   // may feed itself
    bool is_solved; // from the constants, weights and coefficients it has, and nothing is open
    struct sim_levels_entry *entries;
    struct sim_levels_member *members;
    struct sim_levels_class *levels;
    struct sim_levels_pool *pools;
    int32_t *own;
    double *numbers; // per entry: constant, claim, flow, weight, slope, limit, most
    int32_t *holder; // per entry: the row that holds its claim, -1 its constant
};

struct sim_levels {
    struct sim_levels_block **block_of; // per port, by the smallest of the block; NULL: not built
    int32_t *member_of;                 // per activity: scratch of building, -1 between
    bool *is_built;                     // per pool: scratch of building
    SIM_VEC(struct sim_levels_entry) entries;
    SIM_VEC(struct sim_levels_member) members;
    SIM_VEC(struct sim_levels_class) levels;
    SIM_VEC(struct sim_levels_pool) shared;
    SIM_VEC(int32_t) own, pools, order, sorted, spare, place;
    double *constant, *claim, *flow, *weight, *slope, *limit; // of the block at hand
    double *most;                                             // capacity of the activity
    int32_t *holder;
    SIM_VEC(double)
    level, saved, crept, right, accumulator, sums_q, sums_w, at;
    SIM_VEC(bool) holds;
    struct sim_share_room room; // claims, weights, and room to sort classes
    struct sim_sparse sparse;
};

struct sim_levels *sim_levels_create(const struct sim_network *net);
void sim_levels_destroy(struct sim_levels *levels, const struct sim_network *net);

/** What is kept of the block that begins at port `block` no longer holds: its ports changed, or a
 * condition at one of its pools. */
void sim_levels_forget(struct sim_levels *levels, int32_t block);

/** The block that begins at port `first`, built if need be, with room for its numbers. */
struct sim_levels_block *sim_levels_block_at(struct sim_rates *r, int32_t first);

/** Whether what port `port` gives is what a pull process or link is asked for. */
bool sim_levels_is_main_output(const struct sim_network *net, int32_t port);

/** Solve the circular block that begins at port `first`. False when no fixed point was found.
 * `out_is_open`: it may be one of many, and nothing is set yet; else limits, claims and rates of
 * the block are, r->is_able says whether it may feed itself, and others are told. */
bool sim_levels_solve(struct sim_rates *r, int32_t first, bool *out_is_open);

/** After a solve that is open: the limit, uncut, that was found for a port of the block. */
double sim_levels_limit(const struct sim_rates *r, int32_t first, int32_t port);

/** Whether, going by who holds whose claim, some circle of blocked limits may feed itself more than
 * it has: were every rise passed on in full, could one come back larger? */
bool sim_levels_may_feed(struct sim_levels *v, const struct sim_levels_block *b);

/** Claims from limits, of members that are due; how far they are from what they were, of
 * themselves.
 */
double sim_levels_claims(struct sim_levels *v, struct sim_levels_block *b);

/** The linear system of the levels on the piece at hand, into v->sparse. */
void sim_levels_begin_rows(struct sim_levels *v, const struct sim_levels_block *b);

/** The limits of all ports of the block from levels, and from claims where these are above the
 * shares: they hold nobody's rate, but are what `claim` and `limit` mean (rates.h). True when they
 * agree. */
bool sim_levels_find_limits(struct sim_rates *r, struct sim_levels_block *b);

/** Whether some claim lies on a kink: two of what it is the least of are the same. */
bool sim_levels_has_tie(const struct sim_levels *v, const struct sim_levels_block *b);

/** Whether the solution may be one of many: the system of the piece that has all tied limits in it
 * is singular, or that cannot be said from here. */
bool sim_levels_may_be_open(struct sim_levels *v, struct sim_levels_block *b);

static inline double sim_levels_sum(const struct sim_levels *v, int32_t from, int32_t to)
{
    const double *q = v->flow;
    double sum = 0;
    for (int32_t e = from; e < to; e++) {
        sum += q[e];
    }
    return sum;
}

#endif
