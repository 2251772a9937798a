// Circles that can only stand still: each is cut out and its rates are solved, with everything else
// at hand and room for all that it makes.
#include "models/park/check/crossings.h"
#include "sim/base/vec.h"
#include "sim/flow/rates.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    VENT_RANK = 1 << 20 // [-] after everybody
};

/** The circle as a network of its own. */
struct cut {
    const struct park_crossings *x;
    const struct park_circles *c;
    int32_t component;
    struct sim_arena *arena;
    int32_t *pool_of;     // by pool: place in `pools`, -1
    int32_t *activity_of; // by activity: place in `activities`, -1
    SIM_VEC(struct sim_pool_def) pools;
    SIM_VEC(struct sim_activity_def) activities;
    SIM_VEC(struct sim_port_def) ports;
};

static bool has(const struct cut *k, int32_t node)
{
    return k->c->component[node] == k->component;
}

static bool has_pool(const struct cut *k, int32_t pool)
{
    return has(k, k->x->l->park->net->activity_count + pool);
}

static int32_t add_activity(struct cut *k, const char *name, double capacity, bool is_link)
{
    SIM_VEC_PUSH(&k->activities,
                 (struct sim_activity_def){.name = name, .capacity = capacity, .is_link = is_link});
    return k->activities.count - 1;
}

/** A port at a pool of the circle: of a member, or of somebody else, who stands there alone. */
static void add_port(struct cut *k, int32_t port, bool pulls)
{
    const struct park_net *n = k->x->l->park->net;
    struct sim_port_def q = n->ports[port];
    const struct park_activity *a = &n->activities[q.activity];
    if (!park_crossings_runs(k->x->l->park, q.activity)) {
        return;
    }
    if (!has(k, q.activity)) {
        q.activity = add_activity(k, sim_arena_format(k->arena, "%s~%d", a->name, (int)port),
                                  a->capacity, false);
    } else {
        const bool is_link = !a->mover->is_process && a->port_count == 2;
        if (k->activity_of[q.activity] < 0) {
            k->activity_of[q.activity] = add_activity(k, a->name, a->capacity, is_link);
        }
        q.activity = k->activity_of[q.activity];
    }
    q.pool = k->pool_of[q.pool];
    if (pulls && q.gives && !a->mover->is_process) {
        q.flags |= SIM_PORT_PULL; // what is passed on is not meant for the room below
    }
    q.flags &= pulls ? SIM_PORT_PULL | SIM_PORT_OUTLET : 0U;
    SIM_VEC_PUSH(&k->ports, q);
}

/** Room for whatever the circle makes at the pool; a stock asks for it, too. */
static void add_vent(struct cut *k, int32_t pool, bool pulls)
{
    const struct park_pool *at = &k->x->l->park->net->pools[pool];
    const char *name = sim_arena_format(k->arena, "%s~room", at->name);
    const int32_t vent = add_activity(k, name, INFINITY, false);
    SIM_VEC_PUSH(&k->ports, (struct sim_port_def){
                                .activity = vent,
                                .pool = k->pool_of[pool],
                                .coef = 1,
                                .rank = VENT_RANK,
                                .share = 1,
                                .flags = pulls && at->stock < 0 ? SIM_PORT_OUTLET : 0U,
                            });
}

static int32_t add_pool(struct cut *k, const char *name)
{
    const struct sim_pool_def def = {.name = name, .reorder = -1};
    SIM_VEC_PUSH(&k->pools, def);
    return k->pools.count - 1;
}

static void add_pools(struct cut *k)
{
    const struct park_net *n = k->x->l->park->net;
    for (int32_t i = 0; i < n->pool_count; i++) {
        k->pool_of[i] = has_pool(k, i) ? add_pool(k, n->pools[i].name) : -1;
    }
}

static void make(struct cut *k, bool pulls)
{
    const struct park_net *n = k->x->l->park->net;
    k->pools.count = k->activities.count = k->ports.count = 0;
    for (int32_t i = 0; i < n->activity_count; i++) {
        k->activity_of[i] = -1;
    }
    add_pools(k);
    for (int32_t i = 0; i < n->port_count; i++) {
        if (has_pool(k, n->ports[i].pool)) {
            add_port(k, i, pulls);
        }
    }
    for (int32_t i = 0; i < n->pool_count; i++) {
        if (has_pool(k, i)) {
            add_vent(k, i, pulls);
        }
    }
}

/** Whether some process of the circle runs. True when it cannot be said. */
static bool can_run(struct cut *k, bool pulls)
{
    make(k, pulls);
    const struct park_net *n = k->x->l->park->net;
    const struct sim_network_def def = {.pools = k->pools.data,
                                        .pool_count = k->pools.count,
                                        .activities = k->activities.data,
                                        .activity_count = k->activities.count,
                                        .ports = k->ports.data,
                                        .port_count = k->ports.count};
    struct sim_network *net = NULL;
    struct sim_err err;
    if (sim_network_create(&def, &net, &err) != SIM_OK) {
        return true;
    }
    struct sim_rates *rates = sim_rates_create(net);
    bool runs = sim_rates_settle(rates, &err) != SIM_OK;
    for (int32_t i = 0; i < n->activity_count && !runs; i++) {
        runs = k->activity_of[i] >= 0 && n->activities[i].mover->is_process &&
               sim_rates_rate(rates, k->activity_of[i]) > 1e-9 * n->activities[i].capacity;
    }
    sim_rates_destroy(rates);
    sim_network_destroy(net);
    return runs;
}

/** Something is there to begin with. */
static bool holds_some(const struct cut *k)
{
    const struct park *p = k->x->l->park;
    for (int32_t i = 0; i < p->net->pool_count; i++) {
        const int32_t stock = p->net->pools[i].stock;
        if (has_pool(k, i) && stock >= 0 &&
            p->stocks[stock]->initial_si > p->stocks[stock]->minimum_si) {
            return true;
        }
    }
    return false;
}

/** "first.make > second.make > first.make": the processes on a shortest circle. */
static void describe(const struct cut *k, int32_t first, char *out, size_t room)
{
    const struct park_net *n = k->x->l->park->net;
    int32_t *circle = sim_base_alloc((size_t)k->c->node_count, sizeof(int32_t));
    const int count = park_circles_shortest(k->c, first, circle);
    size_t used = 0;
    for (int i = 0; i <= count; i++) {
        const int32_t node = circle[i % count];
        if (node >= n->activity_count || !n->activities[node].mover->is_process) {
            continue;
        }
        const int length = snprintf(out + used, room - used, "%s%s", used > 0 ? " > " : "",
                                    n->activities[node].name);
        used = used + (size_t)length < room ? used + (size_t)length : room - 1;
    }
    free(circle);
}

static void check_circle(struct cut *k, int32_t first)
{
    const struct park *p = k->x->l->park;
    if (holds_some(k) || can_run(k, true)) {
        return;
    }
    char text[600];
    const struct sim_node *node = p->processes[p->net->activities[first].id]->node;
    describe(k, first, text, sizeof(text));
    if (can_run(k, false)) {
        park_resolve_warn(k->x->l, node,
                          "let a user or a market with a demand take from it, or write mode = "
                          "\"push\"",
                          "a circle that can only stand still: %s make what is asked for, and "
                          "nobody outside the circle asks",
                          text);
    } else {
        park_resolve_warn(k->x->l, node,
                          "add another source of what goes round, or check the amounts",
                          "a circle that can only stand still: %s give back less than they take, "
                          "and nobody else gives what goes round",
                          text);
    }
}

static void check_all(const struct park_crossings *x, const struct park_circles *c)
{
    const struct park_net *n = x->l->park->net;
    bool *done = sim_base_alloc((size_t)c->component_count, sizeof(bool));
    struct cut k = {.x = x, .c = c, .arena = sim_arena_create()};
    k.pool_of = sim_base_alloc((size_t)n->pool_count, sizeof(int32_t));
    k.activity_of = sim_base_alloc((size_t)n->activity_count, sizeof(int32_t));
    for (int32_t i = 0; i < n->activity_count; i++) {
        k.component = c->component[i];
        if (n->activities[i].mover->is_process && c->members[k.component] > 1 &&
            !done[k.component]) {
            done[k.component] = true;
            check_circle(&k, i);
        }
    }
    sim_arena_destroy(k.arena);
    SIM_VEC_FREE(&k.pools);
    SIM_VEC_FREE(&k.activities);
    SIM_VEC_FREE(&k.ports);
    free(k.pool_of);
    free(k.activity_of);
    free(done);
}

void park_standstill_check(const struct park_crossings *x)
{
    struct park_circles c = park_crossings_feeding(x, true);
    check_all(x, &c);
    park_circles_free(&c);
}
