// Propagation: what changed marks the limits that depend on it; marked limits are computed causes
// first, until changes die out. Circular blocks are solved whole (loop.c), at their place in the
// order. A limit is a function of the claims at its pool alone, and a block of what surrounds it,
// so the rates do not depend on the way there.

#include "sim/flow/levels_priv.h"
#include "sim/flow/measures_priv.h"
#include "sim/flow/order.h"
#include "sim/flow/rates_priv.h"
#include "sim/flow/tolerances.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/** Where the ports stand at their pools, and in which classes. */
static void make_crowds(struct sim_rates *r)
{
    const struct sim_network *net = r->net;
    const size_t ports = (size_t)net->port_count;
    r->place = sim_base_alloc(ports, sizeof(int32_t));
    r->class_begin = sim_base_alloc(ports, sizeof(int32_t));
    r->flow_at = sim_base_alloc(ports, sizeof(double));
    r->weight_at = sim_base_alloc(ports, sizeof(double));
    r->class_of = sim_base_alloc(ports, sizeof(*r->class_of));
    r->sorting = sim_base_alloc(3 * ports, sizeof(int32_t));
    r->sums = sim_base_alloc(3 * ports, sizeof(double));
    r->stamp = sim_base_alloc((size_t)net->pool_count, sizeof(uint64_t));
    r->crowd = sim_base_alloc((size_t)net->pool_count, sizeof(*r->crowd));
    r->room = (struct sim_share_room){r->flow_at,         r->weight_at,           r->sorting,
                                      r->sorting + ports, r->sorting + 2 * ports, r->sums,
                                      r->sums + ports,    r->sums + 2 * ports};
    for (int32_t i = 0; i < net->port_count; i++) {
        const struct sim_network_port *p = &net->ports[net->at_pool[i]];
        const struct sim_network_port *before = i > 0 ? &net->ports[net->at_pool[i - 1]] : NULL;
        const bool is_same = before != NULL && before->pool == p->pool &&
                             before->gives == p->gives && before->rank == p->rank;
        r->place[net->at_pool[i]] = i;
        r->class_begin[i] = is_same ? r->class_begin[i - 1] : i;
        r->class_of[r->class_begin[i]].share.begin = r->class_begin[i];
        r->class_of[r->class_begin[i]].share.end = i + 1;
    }
}

struct sim_rates *sim_rates_create(const struct sim_network *net)
{
    struct sim_rates *r = sim_base_alloc(1, sizeof(*r));
    const size_t activities = (size_t)net->activity_count;
    const size_t ports = (size_t)net->port_count;
    const size_t pools = (size_t)net->pool_count;
    r->net = net;
    r->capacity = sim_base_alloc(activities, sizeof(double));
    r->wanted = sim_base_alloc(activities, sizeof(double));
    r->most = sim_base_alloc(activities, sizeof(double));
    r->scale = sim_base_alloc(activities, sizeof(double));
    r->coef = sim_base_alloc(ports, sizeof(double));
    r->is_altered = sim_base_alloc(ports, sizeof(bool));
    r->rate = sim_base_alloc(activities, sizeof(double));
    r->before = sim_base_alloc(activities, sizeof(double));
    r->is_changed = sim_base_alloc(activities, sizeof(bool));
    r->is_claimed = sim_base_alloc(activities, sizeof(bool));
    r->is_stale = sim_base_alloc(activities, sizeof(bool));
    r->limit = sim_base_alloc(ports, sizeof(double));
    r->claim = sim_base_alloc(ports, sizeof(double));
    r->weight = sim_base_alloc(ports, sizeof(double));
    r->measure = sim_base_alloc((size_t)net->measure_count, sizeof(double));
    r->is_outdated = sim_base_alloc((size_t)net->measure_count, sizeof(bool));
    r->measure_bits = sim_base_alloc(SIM_ORDER_WORDS(net->measure_count), sizeof(uint64_t));
    r->raised_by = sim_base_alloc(ports, sizeof(int32_t));
    r->member_of = sim_base_alloc(activities, sizeof(int32_t));
    r->is_idle = sim_base_alloc(activities, sizeof(bool));
    r->decided = sim_base_alloc(activities, sizeof(double));
    r->ceiling = sim_base_alloc(activities, sizeof(double));
    r->is_fed = sim_base_alloc(activities, sizeof(bool));
    r->is_rationed = sim_base_alloc(ports, sizeof(bool));
    r->member_at = sim_base_alloc(activities, sizeof(int32_t));
    r->in_group = sim_base_alloc(ports, sizeof(bool));
    r->tries = sim_base_alloc(ports, sizeof(int32_t));
    r->is_near = sim_base_alloc(activities, sizeof(bool));
    r->is_zoned = sim_base_alloc(activities, sizeof(bool));
    r->is_seed = sim_base_alloc(activities, sizeof(bool));
    r->is_able = sim_base_alloc(ports, sizeof(bool));
    r->is_near_pool = sim_base_alloc(pools, sizeof(bool));
    r->order = sim_base_alloc(ports, sizeof(uint64_t));
    r->block = sim_base_alloc(ports, sizeof(int32_t));
    r->next_in_block = sim_base_alloc(ports, sizeof(int32_t));
    r->is_waiting = sim_base_alloc(ports, sizeof(bool));
    r->is_hungry = sim_base_alloc(ports, sizeof(bool));
    r->is_eased = sim_base_alloc(ports, sizeof(bool));
    r->least = sim_base_alloc(ports, sizeof(double));
    r->is_counted = sim_base_alloc(pools, sizeof(bool));
    r->condition = sim_base_alloc(pools, sizeof(unsigned));
    r->is_relabel = sim_base_alloc(pools, sizeof(bool));
    r->marked = sim_base_alloc(2 * pools, sizeof(*r->marked));
    r->epoch = 1; // 0: never
    SIM_VEC_RESERVE(&r->relabel, net->pool_count);
    SIM_VEC_RESERVE(&r->stale, net->activity_count);
    r->waiting = sim_waiting_create(net);
    SIM_VEC_RESERVE(&r->changed, net->activity_count);
    SIM_VEC_RESERVE(&r->changed_out, net->activity_count);
    SIM_VEC_RESERVE(&r->claimed, net->activity_count);
    SIM_VEC_RESERVE(&r->claimed_out, net->activity_count);
    SIM_VEC_RESERVE(&r->pools, net->pool_count);
    SIM_VEC_RESERVE(&r->pools_out, net->pool_count);
    make_crowds(r);
    r->labels = sim_labels_create(net);
    r->loop = sim_loop_create(net);
    r->levels = sim_levels_create(net);
    sim_rates_reset(r);
    return r;
}

void sim_rates_destroy(struct sim_rates *r)
{
    if (r == NULL) {
        return;
    }
    void *const arrays[] = {
        r->ceiling,     r->is_fed,      r->is_rationed, r->is_zoned,     r->is_seed,
        r->is_able,     r->capacity,    r->rate,        r->before,       r->is_claimed,
        r->is_changed,  r->is_stale,    r->limit,       r->claim,        r->weight,
        r->raised_by,   r->member_of,   r->is_hungry,   r->decided,      r->member_at,
        r->in_group,    r->tries,       r->is_near,     r->is_near_pool, r->is_eased,
        r->least,       r->is_idle,     r->order,       r->block,        r->next_in_block,
        r->is_waiting,  r->is_counted,  r->condition,   r->is_relabel,   r->marked,
        r->place,       r->class_begin, r->flow_at,     r->weight_at,    r->class_of,
        r->sorting,     r->sums,        r->stamp,       r->crowd,        r->measure,
        r->is_outdated, r->wanted,      r->most,        r->scale,        r->coef,
        r->is_altered,  r->measure_bits};
    for (int i = 0; i < SIM_COUNT(arrays); i++) {
        free(arrays[i]);
    }
    SIM_VEC_FREE(&r->outdated);
    SIM_VEC_FREE(&r->altered);
    sim_bounds_destroy(r->bounds);
    SIM_VEC_FREE(&r->relabel);
    SIM_VEC_FREE(&r->stale);
    sim_waiting_destroy(r->waiting);
    SIM_VEC_FREE(&r->changed);
    SIM_VEC_FREE(&r->changed_out);
    SIM_VEC_FREE(&r->claimed);
    SIM_VEC_FREE(&r->claimed_out);
    SIM_VEC_FREE(&r->pools);
    SIM_VEC_FREE(&r->pools_out);
    SIM_VEC_FREE(&r->raised);
    SIM_VEC_FREE(&r->members);
    SIM_VEC_FREE(&r->hungry);
    SIM_VEC_FREE(&r->seeds);
    SIM_VEC_FREE(&r->freed);
    SIM_VEC_FREE(&r->tried);
    SIM_VEC_FREE(&r->near);
    SIM_VEC_FREE(&r->near_pools);
    sim_labels_destroy(r->labels);
    sim_loop_destroy(r->loop);
    sim_levels_destroy(r->levels, r->net);
    free(r);
}

/** What port `j` weighs now, and with it the hidden ports that stand for it. */
static void weigh_port(struct sim_rates *r, int32_t j)
{
    const struct sim_network_port *p = &r->net->ports[j];
    const double capacity = r->capacity[p->activity];
    const double own = p->share > 0      ? p->share
                       : p->measure >= 0 ? r->measure[p->measure]
                                         : r->coef[j] * capacity;
    const double weight = capacity > 0 ? own : 0;
    if (!p->is_follower) {
        r->weight[j] = weight;
    }
    for (int32_t i = p->first_follower; i >= 0; i = r->net->ports[i].next_follower) {
        r->weight[i] = weight;
    }
}

static double measure_now(const struct sim_rates *r, int32_t measure)
{
    const struct sim_measures_of of = {r->coef, r->capacity, r->most, r->measure};
    return sim_measures_value(r->net, measure, &of);
}

static void weigh(struct sim_rates *r, int32_t activity)
{
    const struct sim_network_activity *a = &r->net->activities[activity];
    for (int32_t j = a->ports_begin; j < a->ports_end; j++) {
        weigh_port(r, j);
    }
}

static void reset_weights(struct sim_rates *r)
{
    const struct sim_network *net = r->net;
    r->outdated.count = 0;
    for (int32_t m = 0; m < net->measure_count; m++) {
        r->measure[m] = measure_now(r, m);
        r->is_outdated[m] = false;
    }
    for (int32_t k = 0; k < net->activity_count; k++) {
        weigh(r, k);
    }
}

void sim_rates_reset(struct sim_rates *r)
{
    const struct sim_network *net = r->net;
    r->relabel.count = r->stale.count = r->changed.count = r->altered.count = 0;
    r->pools.count = r->changed_out.count = r->pools_out.count = r->raised.count = r->hungry.count =
        0;
    r->members.count = r->seeds.count = r->claimed.count = r->claimed_out.count = 0;
    r->is_feeding = false;
    memset(r->condition, 0, (size_t)net->pool_count * sizeof(*r->condition));
    memset(r->is_relabel, 0, (size_t)net->pool_count * sizeof(bool));
    memset(r->is_counted, 0, (size_t)net->pool_count * sizeof(bool));
    for (int32_t k = 0; k < net->activity_count; k++) {
        r->wanted[k] = net->activities[k].declared;
        r->capacity[k] = r->most[k] = net->activities[k].capacity;
        r->scale[k] = net->activities[k].scale;
        r->rate[k] = 0;
        r->is_changed[k] = r->is_stale[k] = r->is_claimed[k] = false;
        r->member_of[k] = r->member_at[k] = -1;
        r->is_idle[k] = r->is_zoned[k] = r->is_seed[k] = false;
    }
    memcpy(r->coef, net->coef, (size_t)net->port_count * sizeof(*r->coef));
    sim_bounds_reset(r->bounds);
    reset_weights(r);
    for (int32_t j = 0; j < net->port_count; j++) {
        r->is_altered[j] = false;
        r->limit[j] = r->claim[j] = r->capacity[net->ports[j].activity];
        r->raised_by[j] = -1;
        r->is_waiting[j] = r->is_hungry[j] = r->is_eased[j] = r->is_able[j] = false;
        r->is_rationed[j] = false;
    }
    sim_waiting_clear(r->waiting);
    r->is_fresh = true;
    r->raising = -1;
    r->work = (struct sim_rates_work){0};
}

// ---- What waits to be computed ----

/** Whether the group whose rise is being passed on holds the limit of port `j`. */
static bool is_held(const struct sim_rates *r, int32_t j)
{
    return r->raised_by[j] >= 0 && r->raised_by[j] == r->raising && !r->is_eased[j] &&
           !r->is_rationed[j];
}

void sim_rates_mark(struct sim_rates *r, int32_t j)
{
    r->stamp[r->net->ports[j].pool]++;
    const int32_t group = r->raised_by[j];
    if (is_held(r, j)) {
        return;
    }
    if (group >= 0 && group != r->raising) {
        sim_selffeed_dissolve(r, group); // marks j too
    }
    const int32_t first = r->block[j];
    if (!r->is_waiting[first]) {
        r->is_waiting[first] = true;
        sim_waiting_push(r->waiting, first, r->order[first]);
    }
}

/** All that depend on the claim of `m`, but for those of block `quiet`. */
static void mark_all_dependents(struct sim_rates *r, int32_t m, int32_t quiet)
{
    const struct sim_network *net = r->net;
    const int32_t at = net->ports[m].pool;
    const struct sim_network_pool *pool = &net->pools[at];
    const unsigned condition = r->condition[at];
    for (int32_t i = pool->takers_begin; i < pool->ports_end; i++) {
        const int32_t j = net->at_pool[i];
        if (r->block[j] != quiet && sim_rates_depends(net, j, m, condition) &&
            sim_rates_bind_of(net, j, condition) == SIM_RATES_BOUND) {
            sim_rates_mark(r, j);
        }
    }
}

void sim_rates_mark_dependents(struct sim_rates *r, int32_t m, int32_t quiet)
{
    const struct sim_network *net = r->net;
    const struct sim_network_port *p = &net->ports[m];
    const unsigned condition = r->condition[p->pool];
    if (!net->pools[p->pool].is_junction && !sim_rates_is_active(net, m, condition)) {
        return;
    }
    r->stamp[p->pool]++;
    struct sim_rates_marked *marked = &r->marked[2 * p->pool + (p->gives ? 1 : 0)];
    const int32_t rank = sim_rates_rank(p, condition);
    if (marked->epoch != r->epoch || marked->quiet != quiet || marked->rank > rank) {
        mark_all_dependents(r, m, quiet);
        *marked = (struct sim_rates_marked){r->epoch, rank, m, quiet};
    } else if (marked->except >= 0 && marked->except != m) {
        const int32_t j = marked->except; // all others of the side wait since its claim changed
        if (sim_rates_depends(net, j, m, condition)) {
            if (r->block[j] != quiet && sim_rates_bind_of(net, j, condition) == SIM_RATES_BOUND) {
                sim_rates_mark(r, j);
            }
            marked->except = -1;
        }
    }
}

// ---- One limit ----

/** Claims at a port's pool, summed by what they mean to it. */
struct offer {
    double supply;  // of the other side
    double better;  // of better classes of its own side
    double weights; // of its class, its own included
    bool has_equals;
};

static inline bool counts(const struct sim_rates *r, const struct sim_network_pool *pool, int32_t m,
                          unsigned condition)
{
    return pool->is_junction || sim_rates_is_active(r->net, m, condition);
}

static struct offer sum_offer(const struct sim_rates *r, int32_t j, unsigned condition)
{
    const struct sim_network *net = r->net;
    const struct sim_network_port *p = &net->ports[j];
    const struct sim_network_pool *pool = &net->pools[p->pool];
    const int32_t own_begin = p->gives ? pool->givers_begin : pool->takers_begin;
    const int32_t own_end = p->gives ? pool->ports_end : pool->givers_begin;
    const int32_t other_begin = p->gives ? pool->takers_begin : pool->givers_begin;
    const int32_t other_end = p->gives ? pool->givers_begin : pool->ports_end;
    const int32_t rank = sim_rates_rank(p, condition);
    struct offer o = {.weights = r->weight[j]};
    for (int32_t i = other_begin; i < other_end; i++) {
        const int32_t m = net->at_pool[i];
        o.supply += counts(r, pool, m, condition) ? r->coef[m] * r->claim[m] : 0;
    }
    for (int32_t i = own_begin; i < own_end; i++) {
        const int32_t m = net->at_pool[i];
        const int32_t other_rank = sim_rates_rank(&net->ports[m], condition);
        if (m == j || other_rank > rank || !counts(r, pool, m, condition)) {
            continue;
        }
        if (other_rank < rank) {
            o.better += r->coef[m] * r->claim[m];
        } else {
            o.weights += r->weight[m];
            o.has_equals = true;
        }
    }
    return o;
}

/** Fill level at which the class of `j` uses up `left`, were its own wish unlimited: equals that
 * claim less than their share at a level keep their claim, the others share the rest. */
static double fill_level(const struct sim_rates *r, int32_t j, unsigned condition, double left,
                         double all_weights)
{
    const struct sim_network *net = r->net;
    const struct sim_network_port *p = &net->ports[j];
    const struct sim_network_pool *pool = &net->pools[p->pool];
    const int32_t begin = p->gives ? pool->givers_begin : pool->takers_begin;
    const int32_t end = p->gives ? pool->ports_end : pool->givers_begin;
    const int32_t rank = sim_rates_rank(p, condition);
    double level = left / all_weights;
    double weights_before = all_weights;
    for (int32_t round = begin; round < end; round++) { // each round caps one more, or is the last
        double weights = r->weight[j];
        double rest = left;
        for (int32_t i = begin; i < end; i++) {
            const int32_t m = net->at_pool[i];
            if (m == j || sim_rates_rank(&net->ports[m], condition) != rank ||
                !counts(r, pool, m, condition)) {
                continue;
            }
            const double claim = r->coef[m] * r->claim[m];
            if (claim < r->weight[m] * level) {
                rest -= claim;
            } else {
                weights += r->weight[m];
            }
        }
        level = rest / weights;
        if (weights == weights_before) {
            break;
        }
        weights_before = weights;
    }
    return level;
}

/** Claims and weights at a pool of many ports, as they are now. */
static void take_pool(struct sim_rates *r, int32_t pool)
{
    const struct sim_network *net = r->net;
    const struct sim_network_pool *p = &net->pools[pool];
    double supply[2] = {0, 0};
    for (int32_t i = p->takers_begin; i < p->ports_end; i++) {
        const int32_t m = net->at_pool[i];
        const bool is_active = counts(r, p, m, r->condition[pool]);
        r->flow_at[i] = is_active ? r->coef[m] * r->claim[m] : 0;
        r->weight_at[i] = is_active ? r->weight[m] : 0;
        supply[i < p->givers_begin ? 0 : 1] += r->flow_at[i];
    }
    r->crowd[pool].takers_flow = supply[0];
    r->crowd[pool].givers_flow = supply[1];
    r->crowd[pool].stamp = r->stamp[pool];
}

/** The class of the port at `place`, shared out as the claims are now. */
static struct sim_rates_class *class_at(struct sim_rates *r, int32_t place)
{
    const struct sim_network_port *p = &r->net->ports[r->net->at_pool[place]];
    const struct sim_network_pool *pool = &r->net->pools[p->pool];
    struct sim_rates_crowd *crowd = &r->crowd[p->pool];
    struct sim_rates_class *c = &r->class_of[r->class_begin[place]];
    if (crowd->stamp != r->stamp[p->pool]) {
        take_pool(r, p->pool);
    }
    if (c->stamp == r->stamp[p->pool]) {
        return c;
    }
    const int32_t side = p->gives ? pool->givers_begin : pool->takers_begin;
    double better = 0;
    for (int32_t i = side; i < c->share.begin; i++) {
        better += r->flow_at[i];
    }
    c->stamp = r->stamp[p->pool];
    c->supply = p->gives ? crowd->takers_flow : crowd->givers_flow;
    const double left = c->supply - better;
    c->share.left = left > SIM_TOLERANCE_DRY * c->supply ? left : 0;
    sim_share_fill(&r->room, &c->share);
    return c;
}

/** Whether classes of the pool are shared out once for all: it has many ports, and they stand in
 * their own classes. */
static bool is_crowded(const struct sim_rates *r, int32_t pool)
{
    const struct sim_network_pool *p = &r->net->pools[pool];
    return p->ports_end - p->takers_begin > SIM_RATES_CROWD &&
           !(p->has_pull && !p->is_junction && sim_rates_pull_last(r->condition[pool]));
}

double sim_rates_compute_limit(struct sim_rates *r, int32_t j)
{
    const struct sim_network_port *p = &r->net->ports[j];
    const double capacity = r->capacity[p->activity];
    const unsigned condition = r->condition[p->pool];
    const enum sim_rates_bind bind = sim_rates_bind_of(r->net, j, condition);
    if (bind == SIM_RATES_FREE) {
        return capacity;
    }
    if (bind == SIM_RATES_CLOSED || !(r->weight[j] > 0)) {
        return 0;
    }
    if (r->is_rationed[j]) {
        return sim_selffeed_ration(r, j);
    }
    double limit = 0;
    if (is_crowded(r, p->pool)) {
        const int32_t place = r->place[j];
        struct sim_rates_class *c = class_at(r, place);
        limit = sim_share_own(&r->room, &c->share, place, r->coef[j] * capacity) / r->coef[j];
    } else {
        const struct offer o = sum_offer(r, j, condition);
        const double left = o.supply - o.better;
        if (left > SIM_TOLERANCE_DRY * o.supply) {
            limit = o.has_equals
                        ? r->weight[j] * fill_level(r, j, condition, left, o.weights) / r->coef[j]
                        : left / r->coef[j];
        }
    }
    if (r->is_eased[j] && limit < r->least[j]) {
        limit = r->least[j];
    }
    if (limit < SIM_TOLERANCE_NOTHING * sim_rates_scale(r, p->activity)) {
        return 0;
    }
    return limit < capacity ? limit : capacity;
}

/** Loops around `activity` that feed themselves, or could not, are to be tried again. */
static inline void seed(struct sim_rates *r, int32_t activity)
{
    if (r->is_zoned[activity] && !r->is_feeding && !r->is_seed[activity]) {
        r->is_seed[activity] = true;
        SIM_VEC_PUSH(&r->seeds, activity);
    }
}

static void note_claimed(struct sim_rates *r, int32_t activity)
{
    if (!r->is_claimed[activity]) {
        r->is_claimed[activity] = true;
        SIM_VEC_PUSH(&r->claimed, activity);
    }
}

void sim_rates_set_claims(struct sim_rates *r, int32_t activity)
{
    seed(r, activity);
    note_claimed(r, activity);
    const struct sim_network_activity *a = &r->net->activities[activity];
    double least = r->capacity[activity];
    double second = least;
    int32_t holds = -1;
    for (int32_t j = a->ports_begin; j < a->ports_end; j++) {
        if (r->limit[j] < least) {
            second = least;
            least = r->limit[j];
            holds = j;
        } else if (r->limit[j] < second) {
            second = r->limit[j];
        }
    }
    for (int32_t j = a->ports_begin; j < a->ports_end; j++) {
        r->claim[j] = j == holds ? second : least;
    }
    if (least != r->rate[activity]) {
        if (!r->is_changed[activity]) {
            r->is_changed[activity] = true;
            r->before[activity] = r->rate[activity];
            SIM_VEC_PUSH(&r->changed, activity);
        }
        r->rate[activity] = least;
    }
}

/** Whether the limit of `j` reads the claim of `m` under the condition of their pool now: the
 * relation by which blocks are found and ordered (labels.c), so that marks only go forward. */
static bool depends_now(const struct sim_rates *r, int32_t j, int32_t m)
{
    const unsigned condition = r->condition[r->net->ports[j].pool];
    return sim_rates_depends(r->net, j, m, condition) &&
           sim_rates_is_active(r->net, m, condition) &&
           sim_rates_bind_of(r->net, j, condition) == SIM_RATES_BOUND;
}

void sim_rates_mark_circles(struct sim_rates *r, int32_t port, int32_t quiet)
{
    const struct sim_network *net = r->net;
    const int32_t k = net->ports[port].activity;
    const struct sim_network_activity *a = &net->activities[k];
    for (int32_t own = a->ports_begin; own < a->ports_end; own++) {
        const int32_t block = r->block[own];
        if (block == quiet || !sim_rates_is_circular(r, block)) {
            continue;
        }
        for (int32_t m = a->ports_begin; m < a->ports_end; m++) {
            const int32_t at = net->ports[m].pool;
            const struct sim_network_pool *pool = &net->pools[at];
            for (int32_t i = pool->takers_begin; m != port && i < pool->ports_end; i++) {
                const int32_t j = net->at_pool[i];
                if (r->block[j] == block && depends_now(r, j, m)) {
                    sim_rates_mark(r, j);
                    i = pool->ports_end;
                }
            }
        }
    }
}

/** Rate and claims anew; those who depend on claims that changed are told, but for `quiet`. */
static void set_and_tell(struct sim_rates *r, int32_t activity, int32_t quiet)
{
    enum {
        MANY = 64
    };
    const struct sim_network_activity *a = &r->net->activities[activity];
    const int32_t count = a->ports_end - a->ports_begin;
    double few[MANY];
    double *before = count <= MANY ? few : sim_base_alloc((size_t)count, sizeof(*before));
    memcpy(before, r->claim + a->ports_begin, (size_t)count * sizeof(*before));
    sim_rates_set_claims(r, activity);
    if (quiet < 0 && r->member_of[activity] >= 0 && r->member_of[activity] != r->raising) {
        sim_selffeed_dissolve(r, r->member_of[activity]); // it was computed from this limit
    }
    for (int32_t i = 0; i < count; i++) {
        if (r->claim[a->ports_begin + i] != before[i]) {
            sim_rates_mark_dependents(r, a->ports_begin + i, quiet);
        }
    }
    if (before != few) {
        free(before);
    }
}

void sim_rates_refresh(struct sim_rates *r, int32_t activity)
{
    set_and_tell(r, activity, -1);
}

void sim_rates_tell(struct sim_rates *r, int32_t activity, int32_t quiet)
{
    const struct sim_network_activity *a = &r->net->activities[activity];
    set_and_tell(r, activity, quiet);
    for (int32_t j = a->ports_begin; j < a->ports_end; j++) {
        if (r->block[j] == quiet) {
            sim_rates_mark_circles(r, j, quiet);
        }
    }
}

// ---- What changed from outside ----

/** The capacity now is the wanted one, or the most there may be. */
static void limit_capacity(struct sim_rates *r, int32_t activity)
{
    const double wanted = r->wanted[activity];
    const double now = wanted < r->most[activity] ? wanted : r->most[activity];
    if (now == r->capacity[activity]) {
        return;
    }
    r->capacity[activity] = now;
    if (!r->is_stale[activity]) {
        r->is_stale[activity] = true;
        SIM_VEC_PUSH(&r->stale, activity);
    }
}

void sim_rates_set_capacity(struct sim_rates *r, int32_t activity, double capacity)
{
    const int32_t k = r->net->activity_in[activity];
    SIM_REQUIRE(capacity >= 0, "a capacity is negative or not a number");
    r->wanted[k] = capacity;
    limit_capacity(r, k);
}

void sim_rates_set_coef(struct sim_rates *r, int32_t port, double coef)
{
    const int32_t j = r->net->port_in[port];
    SIM_REQUIRE(coef > 0 && isfinite(coef), "a coefficient is not above 0, or has no end");
    if (r->coef[j] == coef) {
        return;
    }
    r->coef[j] = coef;
    if (!r->is_altered[j]) {
        r->is_altered[j] = true;
        SIM_VEC_PUSH(&r->altered, j);
    }
}

void sim_rates_set_condition(struct sim_rates *r, int32_t pool, unsigned condition)
{
    const int32_t p = r->net->pool_in[pool];
    if (r->net->pools[p].is_junction || r->condition[p] == condition) {
        return;
    }
    r->condition[p] = condition;
    if (!r->is_relabel[p]) {
        r->is_relabel[p] = true;
        SIM_VEC_PUSH(&r->relabel, p);
    }
}

static void outdate(struct sim_rates *r, int32_t measure)
{
    if (!r->is_outdated[measure]) {
        r->is_outdated[measure] = true;
        SIM_VEC_PUSH(&r->outdated, measure);
    }
}

static void outdate_measures(struct sim_rates *r, int32_t activity)
{
    const struct sim_network *net = r->net;
    for (int32_t i = net->first_measure_of[activity]; i < net->first_measure_of[activity + 1];
         i++) {
        outdate(r, net->measures_of[i]);
    }
}

/** The weight of port `j` may be another: so may be the limits in its class. Even where its claim
 * stays the same, others' claims may come to mean more or less there, so it counts as claimed. */
static void take_one_weight(struct sim_rates *r, int32_t j)
{
    note_claimed(r, r->net->ports[j].activity);
    sim_rates_mark(r, j);
    sim_rates_mark_dependents(r, j, -1);
}

static void take_weight(struct sim_rates *r, int32_t j)
{
    take_one_weight(r, j);
    for (int32_t i = r->net->ports[j].first_follower; i >= 0; i = r->net->ports[i].next_follower) {
        take_one_weight(r, i);
    }
}

/** The capacity is another: so are the weights in its classes, and its claims. */
static void take_capacity(struct sim_rates *r, int32_t activity)
{
    const struct sim_network_activity *a = &r->net->activities[activity];
    weigh(r, activity);
    for (int32_t j = a->ports_begin; j < a->ports_end; j++) {
        if (r->limit[j] > r->capacity[activity]) {
            r->limit[j] = r->capacity[activity];
        }
        take_weight(r, j);
    }
    outdate_measures(r, activity);
    sim_rates_refresh(r, activity);
    r->is_stale[activity] = false;
}

/** Measures of what changed, and those that sum them: who weighs them is told. */
static void take_measures(struct sim_rates *r)
{
    const struct sim_network *net = r->net;
    for (int i = 0; i < r->outdated.count; i++) {
        const int32_t m = r->outdated.data[i];
        for (int32_t o = net->first_outer[m]; o < net->first_outer[m + 1]; o++) {
            outdate(r, net->outer[o]);
        }
    }
    sim_order_sort(r->outdated.data, r->outdated.count, r->measure_bits);
    for (int i = 0; i < r->outdated.count; i++) {
        const int32_t m = r->outdated.data[i];
        const double value = measure_now(r, m);
        r->is_outdated[m] = false;
        for (int32_t w = net->first_weighed[m];
             value != r->measure[m] && w < net->first_weighed[m + 1]; w++) {
            const int32_t j = net->weighed[w];
            seed(r, net->ports[j].activity);
            take_weight(r, j);
        }
        r->measure[m] = value;
        for (int32_t w = net->first_weighed[m]; w < net->first_weighed[m + 1]; w++) {
            weigh_port(r, net->weighed[w]);
        }
    }
    r->outdated.count = 0;
}

/** What tolerances on the rate are relative to is another: limits that were next to nothing may
 * be nothing now, and blocks and programmes count in other units. */
static void take_scale(struct sim_rates *r, int32_t activity)
{
    const struct sim_network_activity *a = &r->net->activities[activity];
    seed(r, activity);
    note_claimed(r, activity);
    for (int32_t j = a->ports_begin; j < a->ports_end; j++) {
        sim_levels_forget(r->levels, r->block[j]);
        sim_rates_mark(r, j);
    }
}

/** The coefficient is another: so is what the port's claim means at its pool and what its limit is,
 * its weight there, and what measures sum of it. */
static void take_coef(struct sim_rates *r, int32_t j)
{
    const int32_t k = r->net->ports[j].activity;
    weigh_port(r, j);
    seed(r, k);
    take_weight(r, j);
    outdate_measures(r, k);
    sim_rates_refresh(r, k);
}

/** Coefficients that were set, then the capacities and scales that follow from them: capacities
 * that so changed are taken with those that were set. */
static void take_coefs(struct sim_rates *r)
{
    if (r->altered.count == 0) {
        return;
    }
    if (r->bounds == NULL) {
        r->bounds = sim_bounds_create(r->net, r->coef, r->most, r->scale);
    }
    const sim_bounds_ints *capacities = NULL;
    const sim_bounds_ints *scales = NULL;
    sim_bounds_update(r->bounds, r->altered.data, r->altered.count, &capacities, &scales);
    for (int i = 0; i < capacities->count; i++) {
        limit_capacity(r, capacities->data[i]);
        outdate_measures(r, capacities->data[i]);
    }
    for (int i = 0; i < scales->count; i++) {
        take_scale(r, scales->data[i]);
    }
    for (int i = 0; i < r->altered.count; i++) {
        take_coef(r, r->altered.data[i]);
    }
}

static void take_condition(struct sim_rates *r, int32_t pool)
{
    const struct sim_network_pool *p = &r->net->pools[pool];
    for (int32_t i = p->takers_begin; i < p->ports_end; i++) {
        const int32_t j = r->net->at_pool[i];
        const struct sim_network_port *q = &r->net->ports[j];
        const bool is_main = q->gives && (q->is_pull || r->net->activities[q->activity].is_link);
        sim_levels_forget(r->levels, r->block[j]);
        sim_rates_mark(r, j);
        seed(r, q->activity);
        if (is_main && !sim_rates_is_circular(r, r->block[j])) {
            r->is_idle[q->activity] = false; // no circle says so any more
        }
    }
    r->is_relabel[pool] = false;
}

static void take_changes(struct sim_rates *r)
{
    if (r->is_fresh) {
        r->relabel.count = 0;
        sim_labels_reset(r);
        memset(r->is_relabel, 0, (size_t)r->net->pool_count * sizeof(bool));
        for (int32_t j = 0; j < r->net->port_count; j++) {
            sim_rates_mark(r, j);
        }
        for (int32_t k = 0; k < r->net->activity_count; k++) {
            sim_rates_set_claims(r, k);
        }
        r->is_fresh = false;
    }
    for (int i = 0; i < r->relabel.count; i++) {
        sim_labels_update(r, r->relabel.data[i]);
    }
    sim_labels_announce(r);
    for (int i = 0; i < r->relabel.count; i++) {
        take_condition(r, r->relabel.data[i]);
    }
    take_coefs(r);
    for (int i = 0; i < r->stale.count; i++) {
        take_capacity(r, r->stale.data[i]);
    }
    take_measures(r);
    r->relabel.count = 0;
    r->stale.count = 0;
}

// ---- Settling ----

static void count_pool(struct sim_rates *r, int32_t pool)
{
    if (!r->is_counted[pool]) {
        r->is_counted[pool] = true;
        SIM_VEC_PUSH(&r->pools, pool);
    }
}

/** Not all at the pools of this block wait any more. */
static void unmark_pools(struct sim_rates *r, int32_t first)
{
    for (int32_t j = first; j >= 0; j = r->next_in_block[j]) {
        const int32_t pool = r->net->ports[j].pool;
        r->marked[2 * pool].epoch = r->marked[2 * pool + 1].epoch = 0;
    }
}

enum sim_status sim_rates_propagate(struct sim_rates *r, struct sim_err *err)
{
    enum {
        LAPS = 1000 // causes come before effects, so one should do
    };
    r->epoch++;
    int32_t j = sim_waiting_pop(r->waiting);
    for (int64_t step = 0; j >= 0; step++, j = sim_waiting_pop(r->waiting)) {
        if (step > (int64_t)LAPS * r->net->port_count) {
            return sim_err_set(err, SIM_FAILED, "the rates around '%s' never come to rest",
                               r->net->activities[r->net->ports[j].activity].name);
        }
        r->is_waiting[j] = false;
        unmark_pools(r, j);
        count_pool(r, r->net->ports[j].pool);
        if (sim_rates_is_circular(r, j)) {
            SIM_TRY(sim_loop_solve(r, j, err));
            continue;
        }
        if (is_held(r, j)) { // since it was marked
            continue;
        }
        r->work.limits++;
        const double limit = sim_rates_compute_limit(r, j);
        if (limit != r->limit[j]) {
            r->limit[j] = limit;
            sim_rates_refresh(r, r->net->ports[j].activity);
            sim_rates_mark_circles(r, j, -1);
        }
    }
    return SIM_OK;
}

/** Lists for the caller: activities that did change, pools they touch. */
static void conclude(struct sim_rates *r)
{
    const struct sim_network *net = r->net;
    r->work.pools += r->pools.count;
    r->work.pools_most = r->pools.count > r->work.pools_most ? r->pools.count : r->work.pools_most;
    for (int i = 0; i < r->pools.count; i++) {
        r->is_counted[r->pools.data[i]] = false;
    }
    r->pools.count = r->changed_out.count = r->pools_out.count = r->claimed_out.count = 0;
    for (int i = 0; i < r->changed.count; i++) {
        const int32_t k = r->changed.data[i];
        r->is_changed[k] = false;
        if (r->rate[k] == r->before[k]) {
            continue;
        }
        SIM_VEC_PUSH(&r->changed_out, net->activity_out[k]);
        for (int32_t j = net->activities[k].ports_begin; j < net->activities[k].ports_end; j++) {
            count_pool(r, net->ports[j].pool);
        }
    }
    r->changed.count = 0;
    for (int i = 0; i < r->altered.count; i++) {
        r->is_altered[r->altered.data[i]] = false;
        count_pool(r, net->ports[r->altered.data[i]].pool);
    }
    r->altered.count = 0;
    for (int i = 0; i < r->claimed.count; i++) {
        r->is_claimed[r->claimed.data[i]] = false;
        SIM_VEC_PUSH(&r->claimed_out, net->activity_out[r->claimed.data[i]]);
    }
    r->claimed.count = 0;
    for (int i = 0; i < r->pools.count; i++) {
        r->is_counted[r->pools.data[i]] = false;
        SIM_VEC_PUSH(&r->pools_out, net->pool_out[r->pools.data[i]]);
    }
    r->pools.count = 0;
}

enum sim_status sim_rates_settle(struct sim_rates *r, struct sim_err *err)
{
    if (!r->is_fresh && r->relabel.count == 0 && r->stale.count == 0 && r->altered.count == 0) {
        r->changed_out.count = r->pools_out.count = r->claimed_out.count = 0;
        return SIM_OK;
    }
    const int64_t limits = r->work.limits;
    r->work.settles++;
    r->epoch++;
    take_changes(r);
    SIM_TRY(sim_rates_propagate(r, err));
    SIM_TRY(sim_feed_all(r, err));
    const int64_t here = r->work.limits - limits;
    r->work.limits_most = here > r->work.limits_most ? here : r->work.limits_most;
    conclude(r);
    return SIM_OK;
}

// ---- Reading ----

double sim_rates_rate(const struct sim_rates *r, int32_t activity)
{
    return r->rate[r->net->activity_in[activity]];
}

double sim_rates_capacity(const struct sim_rates *r, int32_t activity)
{
    return r->capacity[r->net->activity_in[activity]];
}

double sim_rates_coef(const struct sim_rates *r, int32_t port)
{
    return r->coef[r->net->port_in[port]];
}

double sim_rates_most(const struct sim_rates *r, int32_t activity)
{
    return r->most[r->net->activity_in[activity]];
}

double sim_rates_net(const struct sim_rates *r, int32_t pool)
{
    const struct sim_network *net = r->net;
    const struct sim_network_pool *p = &net->pools[net->pool_in[pool]];
    double in = 0;
    double out = 0;
    for (int32_t i = p->takers_begin; i < p->ports_end; i++) {
        const int32_t m = net->at_pool[i];
        const struct sim_network_port *q = &net->ports[m];
        const double flow = r->coef[m] * r->rate[q->activity];
        in += q->gives ? flow : 0;
        out += q->gives ? 0 : flow;
    }
    return fabs(in - out) <= SIM_TOLERANCE_BALANCE * fmax(in, out)
               ? 0
               : in - out; // of what flows, not of what could
}

double sim_rates_limit(const struct sim_rates *r, int32_t port)
{
    return r->limit[r->net->port_in[port]];
}

double sim_rates_claim(const struct sim_rates *r, int32_t port)
{
    return r->claim[r->net->port_in[port]];
}

int32_t sim_rates_limiting_port(const struct sim_rates *r, int32_t activity)
{
    const int32_t k = r->net->activity_in[activity];
    for (int32_t j = r->net->activities[k].ports_begin; j < r->net->activities[k].ports_end; j++) {
        if (r->limit[j] <= r->rate[k] && r->limit[j] < r->capacity[k]) {
            return r->net->port_out[j];
        }
    }
    return -1;
}

const int32_t *sim_rates_changed(const struct sim_rates *r, int *out_count)
{
    *out_count = r->changed_out.count;
    return r->changed_out.data;
}

const int32_t *sim_rates_claimed(const struct sim_rates *r, int *out_count)
{
    *out_count = r->claimed_out.count;
    return r->claimed_out.data;
}

const int32_t *sim_rates_touched_pools(const struct sim_rates *r, int *out_count)
{
    *out_count = r->pools_out.count;
    return r->pools_out.data;
}

struct sim_rates_work sim_rates_work_done(const struct sim_rates *r)
{
    return r->work;
}
