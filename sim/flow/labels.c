// Which limits depend on each other in a circle, and which come before which. Limits of one circle
// are a block (a strongly connected component of "depends on"); blocks are ordered, causes first.
//
// Two layers keep this cheap. Components: those that any condition of the stocks could bring about
// are found once, when the network is created; order between them never changes. Inside one, only
// pools that bind now connect, so blocks are found again, by Tarjan's algorithm, around a pool
// whose condition changed, as far as the pools that bind reach.

#include "sim/flow/levels_priv.h"
#include "sim/flow/rates_priv.h"

#include <stdlib.h>
#include <string.h>

/** One step of the depth-first search: port `node`, and where the walk over its effects stands. */
struct frame {
    int32_t node;
    int32_t claim;  // which other port of the activity
    int32_t effect; // which place in at_pool
};

struct sim_labels {
    int32_t *index; // per port: order of discovery, 0 not yet
    int32_t *low;
    bool *is_open;
    bool *is_wanted;   // per port: in the region
    bool *is_seen;     // per activity
    bool *is_crossed;  // per pool
    bool *is_circular; // per pool: some port at it belongs to a component of more than one
    SIM_VEC(struct frame) frames;
    sim_rates_ints open, region, activities, found, sizes;
    sim_rates_ints rebuilt; // ports whose block is another than before
    int32_t discovered;
};

struct sim_labels *sim_labels_create(const struct sim_network *net)
{
    struct sim_labels *l = sim_base_alloc(1, sizeof(*l));
    const size_t ports = (size_t)net->port_count;
    l->index = sim_base_alloc(ports, sizeof(*l->index));
    l->low = sim_base_alloc(ports, sizeof(*l->low));
    l->is_open = sim_base_alloc(ports, sizeof(*l->is_open));
    l->is_wanted = sim_base_alloc(ports, sizeof(*l->is_wanted));
    l->is_seen = sim_base_alloc((size_t)net->activity_count, sizeof(*l->is_seen));
    l->is_crossed = sim_base_alloc((size_t)net->pool_count, sizeof(*l->is_crossed));
    l->is_circular = sim_base_alloc((size_t)net->pool_count, sizeof(*l->is_circular));
    SIM_VEC_RESERVE(&l->frames, net->port_count);
    SIM_VEC_RESERVE(&l->open, net->port_count);
    SIM_VEC_RESERVE(&l->region, net->port_count);
    SIM_VEC_RESERVE(&l->activities, net->activity_count);
    SIM_VEC_RESERVE(&l->found, net->port_count);
    SIM_VEC_RESERVE(&l->sizes, net->port_count);
    return l;
}

void sim_labels_destroy(struct sim_labels *l)
{
    if (l == NULL) {
        return;
    }
    free(l->index);
    free(l->low);
    free(l->is_open);
    free(l->is_wanted);
    free(l->is_seen);
    free(l->is_crossed);
    free(l->is_circular);
    SIM_VEC_FREE(&l->frames);
    SIM_VEC_FREE(&l->open);
    SIM_VEC_FREE(&l->region);
    SIM_VEC_FREE(&l->activities);
    SIM_VEC_FREE(&l->found);
    SIM_VEC_FREE(&l->sizes);
    SIM_VEC_FREE(&l->rebuilt);
    free(l);
}

/** Whether the limit of `j` could ever depend on the claim of `m`, both at one pool. */
static bool could_depend(const struct sim_network *net, int32_t j, int32_t m)
{
    const struct sim_network_port *p = &net->ports[j];
    const struct sim_network_port *q = &net->ports[m];
    if (j == m) {
        return false;
    }
    return p->gives != q->gives || q->rank <= p->rank || (p->is_pull && !q->is_pull);
}

/** `condition` NULL: any condition. */
static bool is_effect(const struct sim_network *net, const unsigned *condition, int32_t j,
                      int32_t m)
{
    if (condition == NULL) {
        return could_depend(net, j, m);
    }
    const unsigned now = condition[net->ports[j].pool];
    return sim_rates_depends(net, j, m, now) && sim_rates_is_active(net, m, now) &&
           sim_rates_bind_of(net, j, now) == SIM_RATES_BOUND;
}

/** The next port whose limit depends on the limit of f->node, -1 when there is no more. */
static int32_t next_effect(const struct sim_labels *l, const struct sim_network *net,
                           const unsigned *condition, struct frame *f)
{
    const struct sim_network_activity *a = &net->activities[net->ports[f->node].activity];
    for (; f->claim < a->ports_end; f->claim++, f->effect = -1) {
        if (f->claim == f->node) {
            continue;
        }
        const struct sim_network_pool *pool = &net->pools[net->ports[f->claim].pool];
        if (f->effect < 0) {
            f->effect = pool->takers_begin;
        }
        while (f->effect < pool->ports_end) {
            const int32_t j = net->at_pool[f->effect++];
            if (l->is_wanted[j] && is_effect(net, condition, j, f->claim)) {
                return j;
            }
        }
    }
    return -1;
}

static void discover(struct sim_labels *l, const struct sim_network *net, int32_t node)
{
    l->index[node] = l->low[node] = ++l->discovered;
    l->is_open[node] = true;
    SIM_VEC_PUSH(&l->open, node);
    SIM_VEC_PUSH(&l->frames,
                 (struct frame){node, net->activities[net->ports[node].activity].ports_begin, -1});
}

/** Move a finished component from `open` to `found`. */
static void close_component(struct sim_labels *l, int32_t root)
{
    int32_t size = 0;
    int32_t node = -1;
    do {
        node = SIM_VEC_POP(&l->open);
        l->is_open[node] = false;
        SIM_VEC_PUSH(&l->found, node);
        size++;
    } while (node != root);
    SIM_VEC_PUSH(&l->sizes, size);
}

static void search(struct sim_labels *l, const struct sim_network *net, const unsigned *condition,
                   int32_t start)
{
    discover(l, net, start);
    while (l->frames.count > 0) {
        struct frame *f = &SIM_VEC_LAST(&l->frames);
        const int32_t node = f->node;
        const int32_t effect = next_effect(l, net, condition, f);
        if (effect >= 0 && l->index[effect] == 0) {
            discover(l, net, effect);
        } else if (effect >= 0) {
            if (l->is_open[effect] && l->index[effect] < l->low[node]) {
                l->low[node] = l->index[effect];
            }
        } else {
            (void)SIM_VEC_POP(&l->frames);
            if (l->frames.count > 0) {
                const int32_t above = SIM_VEC_LAST(&l->frames).node;
                l->low[above] = l->low[node] < l->low[above] ? l->low[node] : l->low[above];
            }
            if (l->low[node] == l->index[node]) {
                close_component(l, node);
            }
        }
    }
}

/** Components of the region, effects first, into found and sizes. */
static void find_components(struct sim_labels *l, const struct sim_network *net,
                            const unsigned *condition)
{
    l->found.count = 0;
    l->sizes.count = 0;
    l->discovered = 0;
    for (int i = 0; i < l->region.count; i++) {
        l->index[l->region.data[i]] = 0;
        l->is_wanted[l->region.data[i]] = true;
    }
    for (int i = 0; i < l->region.count; i++) {
        if (l->index[l->region.data[i]] == 0) {
            search(l, net, condition, l->region.data[i]);
        }
    }
    for (int i = 0; i < l->region.count; i++) {
        l->is_wanted[l->region.data[i]] = false;
    }
}

void sim_labels_components(struct sim_network *net)
{
    struct sim_labels *l = sim_labels_create(net);
    for (int32_t i = 0; i < net->port_count; i++) {
        SIM_VEC_PUSH(&l->region, i);
    }
    find_components(l, net, NULL);
    net->component_count = l->sizes.count;
    net->component = SIM_ARENA_NEW(net->arena, int32_t, net->port_count);
    net->component_size = SIM_ARENA_NEW(net->arena, int32_t, net->component_count);
    int at = 0;
    for (int c = 0; c < l->sizes.count; c++) {
        const int32_t number = net->component_count - 1 - c;
        net->component_size[number] = l->sizes.data[c];
        for (int i = 0; i < l->sizes.data[c]; i++) {
            net->component[l->found.data[at++]] = number;
        }
    }
    sim_labels_destroy(l);
}

static int by_number(const void *a, const void *b)
{
    const int32_t x = *(const int32_t *)a;
    const int32_t y = *(const int32_t *)b;
    return x < y ? -1 : x > y;
}

static void label_block(struct sim_rates *r, int32_t *members, int32_t count, uint32_t minor)
{
    if (count > 1) {
        qsort(members, (size_t)count, sizeof(*members), by_number);
    }
    bool is_another = false;
    for (int32_t i = 0; i < count; i++) {
        const int32_t j = members[i];
        const int32_t next = i + 1 < count ? members[i + 1] : -1;
        if (r->block[j] != members[0] || r->next_in_block[j] != next) {
            is_another = true;
            sim_levels_forget(r->levels, r->block[j]);
            sim_levels_forget(r->levels, members[0]);
        }
        r->block[j] = members[0];
        r->next_in_block[j] = next;
        r->order[j] = (uint64_t)(uint32_t)r->net->component[j] << 32 | minor;
    }
    for (int32_t i = 0; i < count && is_another; i++) {
        const struct sim_network_port *p = &r->net->ports[members[i]];
        if (p->gives && (p->is_pull || r->net->activities[p->activity].is_link)) {
            r->is_idle[p->activity] = false; // the new block decides, if it is one (loop.c)
        }
        SIM_VEC_PUSH(&r->labels->rebuilt, members[i]);
    }
}

/** Blocks of the ports in l->region. */
static void label_region(struct sim_rates *r)
{
    struct sim_labels *l = r->labels;
    find_components(l, r->net, r->condition);
    int32_t *members = l->found.data;
    for (int b = 0; b < l->sizes.count; b++) {
        label_block(r, members, l->sizes.data[b], (uint32_t)(l->sizes.count - b));
        members += l->sizes.data[b];
    }
}

void sim_labels_reset(struct sim_rates *r)
{
    struct sim_labels *l = r->labels;
    const struct sim_network *net = r->net;
    l->region.count = 0;
    for (int32_t j = 0; j < net->port_count; j++) {
        sim_levels_forget(r->levels, j);
        r->block[j] = j;
        r->next_in_block[j] = -1;
        r->order[j] = (uint64_t)(uint32_t)net->component[j] << 32;
        if (net->component_size[net->component[j]] > 1) {
            l->is_circular[net->ports[j].pool] = true;
            SIM_VEC_PUSH(&l->region, j);
        }
    }
    label_region(r);
    l->rebuilt.count = 0; // everything is computed anew anyway
}

static void see_activity(struct sim_labels *l, int32_t activity)
{
    if (!l->is_seen[activity]) {
        l->is_seen[activity] = true;
        SIM_VEC_PUSH(&l->activities, activity);
    }
}

static void cross_pool(struct sim_rates *r, int32_t pool)
{
    struct sim_labels *l = r->labels;
    const struct sim_network_pool *p = &r->net->pools[pool];
    l->is_crossed[pool] = true;
    for (int32_t i = p->takers_begin; i < p->ports_end; i++) {
        see_activity(l, r->net->ports[r->net->at_pool[i]].activity);
    }
}

static bool binds(const struct sim_rates *r, int32_t pool)
{
    const unsigned binding = SIM_POOL_EMPTY | SIM_POOL_FULL | SIM_POOL_AT_TARGET;
    return r->net->pools[pool].is_junction || (r->condition[pool] & binding) != 0;
}

/** All circular ports that pools which bind now connect with `pool`. */
static void gather_region(struct sim_rates *r, int32_t pool)
{
    struct sim_labels *l = r->labels;
    const struct sim_network *net = r->net;
    l->region.count = 0;
    l->activities.count = 0;
    cross_pool(r, pool);
    for (int i = 0; i < l->activities.count; i++) {
        const struct sim_network_activity *a = &net->activities[l->activities.data[i]];
        for (int32_t j = a->ports_begin; j < a->ports_end; j++) {
            const int32_t at = net->ports[j].pool;
            if (net->component_size[net->component[j]] > 1) {
                SIM_VEC_PUSH(&l->region, j);
            }
            if (l->is_circular[at] && !l->is_crossed[at] && binds(r, at)) {
                cross_pool(r, at);
            }
        }
    }
    for (int i = 0; i < l->activities.count; i++) {
        const struct sim_network_activity *a = &net->activities[l->activities.data[i]];
        l->is_seen[l->activities.data[i]] = false;
        for (int32_t j = a->ports_begin; j < a->ports_end; j++) {
            l->is_crossed[net->ports[j].pool] = false;
        }
    }
}

void sim_labels_update(struct sim_rates *r, int32_t pool)
{
    if (r->labels->is_circular[pool]) {
        gather_region(r, pool);
        label_region(r);
    }
}

void sim_labels_announce(struct sim_rates *r)
{
    struct sim_labels *l = r->labels;
    for (int i = 0; i < l->rebuilt.count; i++) {
        sim_rates_mark(r, l->rebuilt.data[i]);
    }
    l->rebuilt.count = 0;
}
