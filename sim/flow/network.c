#include "sim/flow/network.h"

#include "sim/flow/bounds_priv.h"
#include "sim/flow/measures_priv.h"
#include "sim/flow/network_priv.h"
#include "sim/flow/split_priv.h"
#include "sim/flow/tolerances.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct named {
    const char *name;
    int32_t id;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

static void check_indices(const struct sim_network_def *def)
{
    for (int i = 0; i < def->port_count; i++) {
        const struct sim_port_def *p = &def->ports[i];
        SIM_REQUIRE(p->activity >= 0 && p->activity < def->activity_count, "port without activity");
        SIM_REQUIRE(p->pool >= 0 && p->pool < def->pool_count, "port without pool");
    }
}

static enum sim_status check_numbers(const struct sim_network_def *def, struct sim_err *err)
{
    for (int i = 0; i < def->pool_count; i++) {
        const struct sim_pool_def *p = &def->pools[i];
        if (!(p->capacity >= 0) || !(p->minimum >= 0) || p->minimum > p->capacity ||
            !(p->decay >= 0) || isinf(p->decay)) {
            return sim_err_set(err, SIM_INPUT,
                               "pool '%s': wanted 0 <= minimum <= capacity and decay >= 0",
                               p->name);
        }
        if (p->target > 0 && (p->target < p->minimum || p->target > p->capacity)) {
            return sim_err_set(err, SIM_INPUT, "pool '%s': wanted minimum <= target <= capacity",
                               p->name);
        }
        const double target = p->target > 0 ? p->target : p->capacity;
        if (p->reorder >= 0 && target > 0 && (p->reorder < p->minimum || p->reorder >= target)) {
            return sim_err_set(err, SIM_INPUT, "pool '%s': wanted minimum <= reorder < target",
                               p->name);
        }
    }
    for (int i = 0; i < def->activity_count; i++) {
        const struct sim_activity_def *a = &def->activities[i];
        if (!(a->capacity >= 0) || !(a->turndown >= 0 && a->turndown <= 1) ||
            !(a->restart_band >= 0)) {
            return sim_err_set(err, SIM_INPUT,
                               "activity '%s': wanted capacity >= 0, turndown from 0 to 1 and "
                               "restart_band >= 0",
                               a->name);
        }
    }
    for (int i = 0; i < def->port_count; i++) {
        const struct sim_port_def *p = &def->ports[i];
        if (!(p->coef > 0) || isinf(p->coef) || p->rank < 1 || p->rank >= SIM_NETWORK_LAST_RANK ||
            !(p->share >= 0) || isinf(p->share)) {
            return sim_err_set(err, SIM_INPUT,
                               "'%s' at '%s': wanted coefficient > 0, rank >= 1 and share >= 0",
                               def->activities[p->activity].name, def->pools[p->pool].name);
        }
    }
    return SIM_OK;
}

static void draft_init(struct sim_split_draft *d, const struct sim_network_def *def,
                       struct sim_arena *arena)
{
    *d = (struct sim_split_draft){.arena = arena};
    for (int i = 0; i < def->pool_count; i++) {
        SIM_VEC_PUSH(&d->pools, def->pools[i]);
    }
    for (int i = 0; i < def->activity_count; i++) {
        SIM_VEC_PUSH(&d->activities, def->activities[i]);
    }
    for (int i = 0; i < def->port_count; i++) {
        SIM_VEC_PUSH(&d->ports, def->ports[i]);
    }
}

static void draft_fini(struct sim_split_draft *d)
{
    SIM_VEC_FREE(&d->pools);
    SIM_VEC_FREE(&d->activities);
    SIM_VEC_FREE(&d->ports);
    SIM_VEC_FREE(&d->followers);
}

/** What passes each pool at most, by side: takers, givers. */
struct passage {
    double side[2];
};

/** About the largest rate that each activity could ever have: its capacity, cut in a few
 * synchronous passes to what the other side of its junctions could carry. A link of ample capacity
 * so gets the scale of what it links. For tolerances and for telling junctions, never for rates. */
static const double *rate_scales(const struct sim_split_draft *d)
{
    enum {
        PASSES = 8
    };
    double *scale = SIM_ARENA_NEW(d->arena, double, d->activities.count);
    double *next = SIM_ARENA_NEW(d->arena, double, d->activities.count);
    struct passage *passages = SIM_ARENA_NEW(d->arena, struct passage, d->pools.count);
    for (int k = 0; k < d->activities.count; k++) {
        scale[k] = d->activities.data[k].capacity;
    }
    for (int pass = 0; pass < PASSES; pass++) {
        memset(passages, 0, (size_t)d->pools.count * sizeof(*passages));
        for (int i = 0; i < d->ports.count; i++) {
            const struct sim_port_def *p = &d->ports.data[i];
            passages[p->pool].side[p->gives ? 1 : 0] += p->coef * scale[p->activity];
        }
        memcpy(next, scale, (size_t)d->activities.count * sizeof(*next));
        for (int i = 0; i < d->ports.count; i++) {
            const struct sim_port_def *p = &d->ports.data[i];
            const double carried = passages[p->pool].side[p->gives ? 0 : 1] / p->coef;
            if (d->pools.data[p->pool].capacity <= 0 && carried > 0) {
                next[p->activity] = fmin(next[p->activity], carried);
            }
        }
        memcpy(scale, next, (size_t)d->activities.count * sizeof(*next));
    }
    return scale;
}

/** The largest flow at each pool, over its ports; owned by the arena. */
static const double *largest_flows(const struct sim_split_draft *d)
{
    const double *scale = rate_scales(d);
    double *largest = SIM_ARENA_NEW(d->arena, double, d->pools.count);
    for (int i = 0; i < d->ports.count; i++) {
        const struct sim_port_def *p = &d->ports.data[i];
        const double flow = p->coef * scale[p->activity];
        if (isfinite(flow) && flow > largest[p->pool]) {
            largest[p->pool] = flow;
        }
    }
    return largest;
}

/** A stock so small that it would run full or empty within a microsecond is a junction. */
static bool is_junction(const struct sim_split_draft *d, const double *largest, int32_t pool)
{
    return d->pools.data[pool].capacity <= largest[pool] * SIM_TOLERANCE_STOCK;
}

static void split_pools(struct sim_split_draft *d)
{
    const double *largest = largest_flows(d);
    bool *junctions = SIM_ARENA_NEW(d->arena, bool, d->pools.count);
    for (int32_t p = 0; p < d->pools.count; p++) {
        junctions[p] = is_junction(d, largest, p);
    }
    sim_split_pools(d, junctions);
}

/** The highest level at which a stock may rest; 0: it has none, or only its bottom. */
static double highest_bound(const struct sim_pool_def *p)
{
    return isfinite(p->capacity) ? p->capacity
           : isfinite(p->target) ? fmax(p->minimum, p->target)
                                 : p->minimum;
}

/** A taker of the first class, before any other, for each stock that decays. */
static void add_decays(struct sim_split_draft *d)
{
    for (int32_t p = 0; p < d->pools.count; p++) {
        const struct sim_pool_def *pool = &d->pools.data[p];
        const double most = pool->decay * highest_bound(pool);
        if (most > 0) {
            const int32_t decay = d->activities.count;
            const char *name = sim_arena_format(d->arena, "%s~decay", pool->name);
            SIM_VEC_PUSH(&d->activities, (struct sim_activity_def){.name = name, .capacity = most});
            SIM_VEC_PUSH(&d->ports, (struct sim_port_def){decay, p, false, 1, 0, 0, 0});
        }
    }
}

static enum sim_status sort_names(struct named *names, int count, const char *what,
                                  struct sim_err *err)
{
    qsort(names, (size_t)count, sizeof(*names), by_name);
    for (int i = 1; i < count; i++) {
        if (strcmp(names[i - 1].name, names[i].name) == 0) {
            return sim_err_set(err, SIM_INPUT, "two %s are named '%s'", what, names[i].name);
        }
    }
    return SIM_OK;
}

static enum sim_status number_by_name(struct sim_network *net, const struct sim_split_draft *d,
                                      struct sim_err *err)
{
    const sim_arena_mark mark = sim_arena_mark_now(d->arena);
    const int most = d->pools.count > d->activities.count ? d->pools.count : d->activities.count;
    struct named *names = SIM_ARENA_NEW(d->arena, struct named, most);
    for (int32_t i = 0; i < d->pools.count; i++) {
        names[i] = (struct named){d->pools.data[i].name, i};
    }
    SIM_TRY(sort_names(names, d->pools.count, "pools", err));
    for (int32_t i = 0; i < d->pools.count; i++) {
        net->pool_out[i] = names[i].id;
        net->pool_in[names[i].id] = i;
    }
    for (int32_t i = 0; i < d->activities.count; i++) {
        names[i] = (struct named){d->activities.data[i].name, i};
    }
    SIM_TRY(sort_names(names, d->activities.count, "activities", err));
    for (int32_t i = 0; i < d->activities.count; i++) {
        net->activity_out[i] = names[i].id;
        net->activity_in[names[i].id] = i;
    }
    sim_arena_rewind(d->arena, mark);
    return SIM_OK;
}

static void fill_pools(struct sim_network *net, const struct sim_split_draft *d)
{
    const double *largest = largest_flows(d);
    for (int32_t i = 0; i < net->pool_count; i++) {
        const struct sim_pool_def *from = &d->pools.data[net->pool_out[i]];
        net->pools[i] = (struct sim_network_pool){
            .name = sim_arena_strdup(net->arena, from->name),
            .capacity = from->capacity,
            .minimum = from->minimum,
            .target = from->target > 0 ? from->target : from->capacity,
            .reorder = from->reorder,
            .decay = from->decay,
            .is_junction = is_junction(d, largest, net->pool_out[i]),
            .decay_activity = -1,
        };
    }
}

static int32_t inner_rank(const struct sim_port_def *p)
{
    return (p->flags & SIM_PORT_AT_BOUND) != 0 ? p->rank + SIM_NETWORK_LAST_RANK : p->rank;
}

static void fill_activities(struct sim_network *net, const struct sim_split_draft *d)
{
    for (int32_t i = 0; i < net->activity_count; i++) {
        const struct sim_activity_def *from = &d->activities.data[net->activity_out[i]];
        net->activities[i] = (struct sim_network_activity){
            .name = sim_arena_strdup(net->arena, from->name),
            .declared = from->capacity,
            .turndown = from->turndown,
            .restart_band = from->restart_band,
            .merit = from->merit,
            .is_link = from->is_link,
        };
    }
}

struct sorted_port {
    int32_t key[4];
    int32_t port;
};

static int by_key(const void *a, const void *b)
{
    const struct sorted_port *x = a;
    const struct sorted_port *y = b;
    for (int i = 0; i < 4; i++) {
        if (x->key[i] != y->key[i]) {
            return x->key[i] < y->key[i] ? -1 : 1;
        }
    }
    return 0;
}

/** Ports in order of activity, side, pool. */
static enum sim_status fill_ports(struct sim_network *net, const struct sim_split_draft *d,
                                  struct sim_err *err)
{
    struct sorted_port *sorted = SIM_ARENA_NEW(d->arena, struct sorted_port, net->port_count);
    for (int32_t i = 0; i < net->port_count; i++) {
        const struct sim_port_def *p = &d->ports.data[i];
        sorted[i] = (struct sorted_port){
            {net->activity_in[p->activity], p->gives ? 1 : 0, net->pool_in[p->pool], 0}, i};
    }
    qsort(sorted, (size_t)net->port_count, sizeof(*sorted), by_key);
    for (int32_t i = 0; i < net->port_count; i++) {
        const struct sim_port_def *p = &d->ports.data[sorted[i].port];
        if (i > 0 && by_key(&sorted[i - 1], &sorted[i]) == 0) {
            return sim_err_set(err, SIM_INPUT, "'%s' touches '%s' twice on the same side",
                               d->activities.data[p->activity].name, d->pools.data[p->pool].name);
        }
        net->port_in[sorted[i].port] = i;
        net->port_out[i] = sorted[i].port;
        net->ports[i] = (struct sim_network_port){
            .activity = sorted[i].key[0],
            .pool = sorted[i].key[2],
            .share = p->share,
            .rank = inner_rank(p),
            .gives = p->gives,
            .is_pull = p->gives && (p->flags & SIM_PORT_PULL) != 0,
            .is_at_bound = (p->flags & SIM_PORT_AT_BOUND) != 0,
            .first_follower = -1,
            .next_follower = -1,
            .measure = -1,
        };
        net->coef[i] = p->coef;
        struct sim_network_activity *a = &net->activities[sorted[i].key[0]];
        if (a->ports_end == 0) {
            a->ports_begin = i;
        }
        a->ports_end = i + 1;
        net->pools[sorted[i].key[2]].has_pull |= net->ports[i].is_pull;
        a->is_pull |= net->ports[i].is_pull;
    }
    for (int32_t i = 0; i < net->port_count; i++) {
        const struct sim_network_activity *a = &net->activities[net->ports[i].activity];
        for (int32_t other = a->ports_begin; other < a->ports_end; other++) {
            net->ports[i].is_self |= other != i && net->ports[other].pool == net->ports[i].pool;
        }
    }
    for (int i = 0; i < d->followers.count; i++) {
        const int32_t port = net->port_in[d->followers.data[i].port];
        struct sim_network_port *of = &net->ports[net->port_in[d->followers.data[i].of]];
        net->ports[port].next_follower = of->first_follower;
        net->ports[port].is_follower = true;
        of->first_follower = port;
    }
    return SIM_OK;
}

/** at_pool: takers then givers of each pool, by rank then name. */
static void list_by_pool(struct sim_network *net, struct sim_arena *scratch)
{
    struct sorted_port *sorted = SIM_ARENA_NEW(scratch, struct sorted_port, net->port_count);
    for (int32_t i = 0; i < net->port_count; i++) {
        const struct sim_network_port *p = &net->ports[i];
        sorted[i] = (struct sorted_port){{p->pool, p->gives ? 1 : 0, p->rank, p->activity}, i};
    }
    qsort(sorted, (size_t)net->port_count, sizeof(*sorted), by_key);
    int32_t next = 0;
    for (int32_t p = 0; p < net->pool_count; p++) {
        net->pools[p].takers_begin = next;
        while (next < net->port_count && sorted[next].key[0] == p && sorted[next].key[1] == 0) {
            net->at_pool[next] = sorted[next].port;
            next++;
        }
        net->pools[p].givers_begin = next;
        while (next < net->port_count && sorted[next].key[0] == p) {
            net->at_pool[next] = sorted[next].port;
            next++;
        }
        net->pools[p].ports_end = next;
    }
}

/** Depth-first search for a loop that consists of links alone. state: 0 new, 1 open, 2 done. */
struct link_search {
    const struct sim_network *net;
    int32_t defined; // activities; what comes after them is hidden
    uint8_t *state;
    int32_t *came_by; // per pool: the link by which it was reached
};

static void name_loop(const struct link_search *s, int32_t pool, int32_t link, struct sim_err *err)
{
    char names[1500];
    size_t used = 0;
    int32_t at = pool;
    int32_t by = link;
    do {
        const struct sim_network_activity *a = &s->net->activities[by];
        const bool is_hidden = s->net->activity_out[by] >= s->defined;
        const int length = is_hidden ? 0
                                     : snprintf(names + used, sizeof(names) - used, "%s'%s'",
                                                used > 0 ? ", " : "", a->name);
        used = used + (size_t)length < sizeof(names) ? used + (size_t)length : sizeof(names) - 1;
        at = s->net->ports[a->ports_begin].pool; // takers come first: where the link starts
        by = s->came_by[at];
    } while (at != pool);
    sim_err_set(err, SIM_INPUT,
                "a loop of links alone: %s; nothing on it makes or uses the stream (a two-way pipe "
                "is one link)",
                names);
}

/** Does something at the pool take what goes round and give it back? */
static bool is_returned_at(const struct sim_network *net, int32_t pool)
{
    const struct sim_network_pool *at = &net->pools[pool];
    for (int32_t t = at->takers_begin; t < at->givers_begin; t++) {
        const int32_t taker = net->ports[net->at_pool[t]].activity;
        for (int32_t g = at->givers_begin; g < at->ports_end; g++) {
            if (net->ports[net->at_pool[g]].activity == taker && !net->activities[taker].is_link) {
                return true;
            }
        }
    }
    return false;
}

/** A loop that comes here does not consist of links alone: a stock holds what goes round, or a
 * process takes it and returns it. */
static bool breaks_loops(const struct sim_network *net, int32_t pool)
{
    return !net->pools[pool].is_junction || is_returned_at(net, pool);
}

static enum sim_status search_links(const struct link_search *s, int32_t pool, struct sim_err *err)
{
    const struct sim_network *net = s->net;
    s->state[pool] = 1;
    for (int32_t m = net->pools[pool].takers_begin; m < net->pools[pool].givers_begin; m++) {
        const int32_t link = net->ports[net->at_pool[m]].activity;
        const struct sim_network_activity *a = &net->activities[link];
        if (!a->is_link || a->ports_end - a->ports_begin != 2) {
            continue;
        }
        const int32_t to = net->ports[a->ports_end - 1].pool;
        if (breaks_loops(net, to)) {
            continue;
        }
        if (s->state[to] == 1) {
            name_loop(s, to, link, err);
            return SIM_INPUT;
        }
        if (s->state[to] == 0) {
            s->came_by[to] = link;
            SIM_TRY(search_links(s, to, err));
        }
    }
    s->state[pool] = 2;
    return SIM_OK;
}

static enum sim_status refuse_link_loops(const struct sim_network *net, int32_t defined,
                                         struct sim_arena *scratch, struct sim_err *err)
{
    const struct link_search s = {net, defined, SIM_ARENA_NEW(scratch, uint8_t, net->pool_count),
                                  SIM_ARENA_NEW(scratch, int32_t, net->pool_count)};
    for (int32_t p = 0; p < net->pool_count; p++) {
        if (s.state[p] == 0 && !breaks_loops(net, p)) {
            SIM_TRY(search_links(&s, p, err));
        }
    }
    return SIM_OK;
}

static struct sim_network *network_alloc(const struct sim_split_draft *d)
{
    struct sim_arena *arena = sim_arena_create();
    struct sim_network *net = SIM_ARENA_NEW(arena, struct sim_network, 1);
    net->arena = arena;
    net->pool_count = d->pools.count;
    net->activity_count = d->activities.count;
    net->port_count = d->ports.count;
    net->pools = SIM_ARENA_NEW(arena, struct sim_network_pool, net->pool_count);
    net->activities = SIM_ARENA_NEW(arena, struct sim_network_activity, net->activity_count);
    net->ports = SIM_ARENA_NEW(arena, struct sim_network_port, net->port_count);
    net->coef = SIM_ARENA_NEW(arena, double, net->port_count);
    net->at_pool = SIM_ARENA_NEW(arena, int32_t, net->port_count);
    net->pool_in = SIM_ARENA_NEW(arena, int32_t, net->pool_count);
    net->pool_out = SIM_ARENA_NEW(arena, int32_t, net->pool_count);
    net->activity_in = SIM_ARENA_NEW(arena, int32_t, net->activity_count);
    net->activity_out = SIM_ARENA_NEW(arena, int32_t, net->activity_count);
    net->port_in = SIM_ARENA_NEW(arena, int32_t, net->port_count);
    net->port_out = SIM_ARENA_NEW(arena, int32_t, net->port_count);
    return net;
}

static enum sim_status build(struct sim_network *net, const struct sim_split_draft *d,
                             const struct sim_network_def *def,
                             const struct sim_network_weights *weights, struct sim_err *err)
{
    SIM_TRY(number_by_name(net, d, err));
    fill_pools(net, d);
    fill_activities(net, d);
    SIM_TRY(fill_ports(net, d, err));
    list_by_pool(net, d->arena);
    SIM_TRY(refuse_link_loops(net, def->activity_count, d->arena, err));
    SIM_TRY(sim_bounds_build(net, d->arena, err));
    sim_measures_build(net, def->port_count, weights, d->arena);
    sim_labels_components(net);
    return SIM_OK;
}

enum sim_status sim_network_create(const struct sim_network_def *def, struct sim_network **out,
                                   struct sim_err *err)
{
    const struct sim_network_weights none = {NULL, 0, NULL};
    return sim_network_create_weighed(def, &none, out, err);
}

enum sim_status sim_network_create_weighed(const struct sim_network_def *def,
                                           const struct sim_network_weights *weights,
                                           struct sim_network **out, struct sim_err *err)
{
    check_indices(def);
    *out = NULL;
    SIM_TRY(check_numbers(def, err));
    struct sim_arena *scratch = sim_arena_create();
    struct sim_split_draft d;
    draft_init(&d, def, scratch);
    split_pools(&d);
    const int32_t first_decay = d.activities.count;
    add_decays(&d);
    struct sim_network *net = network_alloc(&d);
    const enum sim_status status = build(net, &d, def, weights, err);
    for (int32_t k = first_decay; status == SIM_OK && k < net->activity_count; k++) {
        const struct sim_network_port *p =
            &net->ports[net->activities[net->activity_in[k]].ports_begin];
        net->pools[p->pool].decay_activity = net->activity_in[k];
    }
    draft_fini(&d);
    sim_arena_destroy(scratch);
    if (status == SIM_OK) {
        *out = net;
    } else {
        sim_network_destroy(net);
    }
    return status;
}

void sim_network_destroy(struct sim_network *net)
{
    if (net != NULL) {
        sim_arena_destroy(net->arena); // the network itself lives in it
    }
}

int32_t sim_network_pool_of(const struct sim_network *net, int32_t port)
{
    return net->pool_out[net->ports[net->port_in[port]].pool];
}

bool sim_network_may_serve(unsigned giver, unsigned taker)
{
    return sim_split_may_serve(giver, taker);
}

int sim_network_pool_count(const struct sim_network *net)
{
    return net->pool_count;
}

const char *sim_network_pool_name(const struct sim_network *net, int32_t pool)
{
    return net->pools[net->pool_in[pool]].name;
}
