// Which limits depend on each other in a circle, and which come before which. Limits of one circle
// are a block (a strongly connected component of "depends on"); blocks are ordered, causes first.
//
// Two layers keep this cheap. Components: those that any condition of the stocks could bring about
// are found once, when the network is created; order between them never changes. Inside one, only
// pools that bind now connect. There the blocks stand in a list with keys that rise along it, and
// when the condition of a pool changes, the list is mended where it must be:
//
//  - what the pool connected is cut: its blocks fall apart into parts, which take their place;
//  - what it connects now is joined. Let U be the last block on whose limits claims at the pool
//    depend. If no limit that reads them stands before U, the order holds and no circle is new.
//    Otherwise all that these limits lead to, up to U, is searched: what depends on itself there is
//    a block, and all that was found moves behind U. (Nothing that stays before U depends on what
//    moves: it would have been found.)
//
// The search is Tarjan's. Claims at a pool are read by all of the other side and by their own class
// and worse ones, so what was reached through one claim need not be looked at through the next:
// each side remembers how far it has been searched, and who is still open (whose own claim alone
// had led there is kept apart, as it does not depend on itself). So a search costs the size of what
// it finds, not the square of what meets at a pool.

#include "sim/flow/levels_priv.h"
#include "sim/flow/rates_priv.h"

#include <stdlib.h>
#include <string.h>

/** One step of the depth-first search: port `node`, and where the walk over its effects stands. */
struct frame {
    int32_t node;
    int32_t claim;  // which other port of the activity
    int32_t effect; // which place in at_pool; of pools whose classes are not in order
};

/** How far one side of a pool has been searched. */
struct front {
    int32_t place;       // from here on in at_pool all are found
    int32_t skipped;     // but for this port, -1: none is missing
    int32_t first, last; // open ports, as they were found
};

/** Which ports a search may enter. */
enum scope {
    ALL,      // the whole network, under any condition
    CIRCULAR, // all in components of several
    BLOCK,    // those of block `which`
    UP_TO     // those of component `which` whose key is at most `key`
};

struct sim_labels {
    const struct sim_network *net;
    const struct sim_rates *r; // NULL while the network is created
    unsigned *condition;       // per pool: as far as blocks know
    bool is_cut;               // pool `cut` connects nothing
    int32_t cut;
    bool *is_circular; // per pool: some port at it belongs to a component of more than one
    // the search
    enum scope scope;
    int32_t which;
    uint64_t key;
    uint64_t search;      // number of this one
    uint64_t *searched;   // per pool: fronts are of this search
    struct front *fronts; // per pool: takers, givers
    int32_t *place;       // per port: in at_pool
    int32_t *index;       // per port: order of discovery, 0 not yet
    int32_t *low;
    bool *is_open;
    int32_t *open_before, *open_after; // per port: neighbours among the open of its side
    SIM_VEC(struct frame) frames;
    sim_rates_ints open, found, sizes;
    int32_t discovered;
    // the list of blocks, by their smallest ports
    int32_t *before, *after; // -1 at the ends
    int32_t *head;           // per component
    bool *is_moving;         // scratch, false between
    sim_rates_ints firsts, components;
    // what is another since the last call
    bool *is_noted, *is_told;
    int32_t *old_block, *old_next;
    sim_rates_ints noted;
};

struct sim_labels *sim_labels_create(const struct sim_network *net)
{
    struct sim_labels *l = sim_base_alloc(1, sizeof(*l));
    const size_t ports = (size_t)net->port_count;
    const size_t pools = (size_t)net->pool_count;
    l->net = net;
    l->condition = sim_base_alloc(pools, sizeof(*l->condition));
    l->is_circular = sim_base_alloc(pools, sizeof(*l->is_circular));
    l->searched = sim_base_alloc(pools, sizeof(*l->searched));
    l->fronts = sim_base_alloc(2 * pools, sizeof(*l->fronts));
    l->place = sim_base_alloc(ports, sizeof(*l->place));
    l->index = sim_base_alloc(ports, sizeof(*l->index));
    l->low = sim_base_alloc(ports, sizeof(*l->low));
    l->is_open = sim_base_alloc(ports, sizeof(*l->is_open));
    l->open_before = sim_base_alloc(ports, sizeof(*l->open_before));
    l->open_after = sim_base_alloc(ports, sizeof(*l->open_after));
    l->before = sim_base_alloc(ports, sizeof(*l->before));
    l->after = sim_base_alloc(ports, sizeof(*l->after));
    l->head = sim_base_alloc((size_t)net->component_count, sizeof(*l->head));
    l->is_moving = sim_base_alloc(ports, sizeof(*l->is_moving));
    l->is_noted = sim_base_alloc(ports, sizeof(*l->is_noted));
    l->is_told = sim_base_alloc(ports, sizeof(*l->is_told));
    l->old_block = sim_base_alloc(ports, sizeof(*l->old_block));
    l->old_next = sim_base_alloc(ports, sizeof(*l->old_next));
    for (int32_t i = 0; i < net->port_count; i++) {
        l->place[net->at_pool[i]] = i;
    }
    return l;
}

void sim_labels_destroy(struct sim_labels *l)
{
    if (l == NULL) {
        return;
    }
    void *const arrays[] = {l->condition,   l->is_circular, l->searched, l->fronts,    l->place,
                            l->index,       l->low,         l->is_open,  l->before,    l->after,
                            l->open_before, l->open_after,  l->head,     l->is_moving, l->is_noted,
                            l->is_told,     l->old_block,   l->old_next};
    for (int i = 0; i < SIM_COUNT(arrays); i++) {
        free(arrays[i]);
    }
    SIM_VEC_FREE(&l->frames);
    SIM_VEC_FREE(&l->open);
    SIM_VEC_FREE(&l->found);
    SIM_VEC_FREE(&l->sizes);
    SIM_VEC_FREE(&l->firsts);
    SIM_VEC_FREE(&l->components);
    SIM_VEC_FREE(&l->noted);
    free(l);
}

// ---- Who depends on whom ----

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

/** Whether the limit of `j` reads claims at its pool. */
static bool is_bound(const struct sim_labels *l, int32_t j)
{
    const int32_t pool = l->net->ports[j].pool;
    if (l->scope == ALL) {
        return true;
    }
    return !(l->is_cut && pool == l->cut) &&
           sim_rates_bind_of(l->net, j, l->condition[pool]) == SIM_RATES_BOUND;
}

/** Whether the claim of `m` is read at its pool. */
static bool is_read(const struct sim_labels *l, int32_t m)
{
    const int32_t pool = l->net->ports[m].pool;
    return l->scope == ALL ||
           (!(l->is_cut && pool == l->cut) && sim_rates_is_active(l->net, m, l->condition[pool]));
}

static bool depends(const struct sim_labels *l, int32_t j, int32_t m)
{
    return l->scope == ALL ? could_depend(l->net, j, m)
                           : sim_rates_depends(l->net, j, m, l->condition[l->net->ports[j].pool]);
}

/** Whether each claim at the pool is read by its own class and all behind it in at_pool. */
static bool is_in_order(const struct sim_labels *l, int32_t pool)
{
    const struct sim_network_pool *p = &l->net->pools[pool];
    return !p->has_pull ||
           (l->scope != ALL && (p->is_junction || !sim_rates_pull_last(l->condition[pool])));
}

static bool is_wanted(const struct sim_labels *l, int32_t j)
{
    const int32_t component = l->scope == ALL ? 0 : l->net->component[j];
    switch (l->scope) {
    case ALL:
        return true;
    case CIRCULAR:
        return l->net->component_size[component] > 1;
    case BLOCK:
        return l->r->block[j] == l->which;
    case UP_TO:
        return component == l->which && l->r->order[l->r->block[j]] <= l->key;
    default:
        return false;
    }
}

// ---- The search ----

/** The front of a side, begun anew in each search. */
static struct front *front_at(struct sim_labels *l, int32_t pool, bool gives)
{
    struct front *f = &l->fronts[2 * pool];
    if (l->searched[pool] != l->search) {
        const struct sim_network_pool *p = &l->net->pools[pool];
        l->searched[pool] = l->search;
        f[0] = (struct front){p->givers_begin, -1, -1, -1};
        f[1] = (struct front){p->ports_end, -1, -1, -1};
    }
    return &f[gives ? 1 : 0];
}

static bool is_new(const struct sim_labels *l, int32_t j)
{
    return l->index[j] == 0 && is_wanted(l, j) && is_bound(l, j);
}

/** The next limit not yet found on one side from place `begin` on, but for that of `m`; -1 none. */
static int32_t advance(struct sim_labels *l, struct front *f, int32_t begin, int32_t m)
{
    const int32_t skipped = f->skipped;
    if (skipped >= 0 && skipped != m && l->place[skipped] >= begin) {
        f->skipped = -1;
        if (l->index[skipped] == 0) {
            return skipped;
        }
    }
    while (f->place > begin) {
        const int32_t j = l->net->at_pool[--f->place];
        if (!is_new(l, j)) {
            continue;
        }
        if (j != m) {
            return j;
        }
        f->skipped = m;
    }
    return -1;
}

static int32_t class_begin(const struct sim_labels *l, int32_t m)
{
    const struct sim_network_port *p = &l->net->ports[m];
    const struct sim_network_pool *pool = &l->net->pools[p->pool];
    int32_t low = p->gives ? pool->givers_begin : pool->takers_begin;
    int32_t high = l->place[m];
    while (low < high) {
        const int32_t middle = low + (high - low) / 2;
        if (l->net->ports[l->net->at_pool[middle]].rank < p->rank) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/** The limits open on a side from `begin` on that read the claim of `m`: the one found first. */
static int32_t first_open(const struct sim_labels *l, const struct front *f, int32_t begin,
                          int32_t m)
{
    for (int32_t j = f->first; j >= 0; j = l->open_after[j]) {
        if (j != m && l->place[j] >= begin && is_bound(l, j)) {
            return l->index[j];
        }
    }
    return INT32_MAX;
}

/** The next limit not yet found that reads the claim of `m`; once there is none, -1, and `out_low`
 * is the first found of those that are open. */
static int32_t next_reader(struct sim_labels *l, int32_t m, int32_t *out_low)
{
    const struct sim_network_port *p = &l->net->ports[m];
    const struct sim_network_pool *pool = &l->net->pools[p->pool];
    struct front *own = front_at(l, p->pool, p->gives);
    struct front *other = front_at(l, p->pool, !p->gives);
    const int32_t begin = class_begin(l, m);
    const int32_t other_begin = p->gives ? pool->takers_begin : pool->givers_begin;
    int32_t j = advance(l, other, other_begin, m);
    j = j >= 0 ? j : advance(l, own, begin, m);
    if (j < 0) {
        const int32_t x = first_open(l, own, begin, m);
        const int32_t y = first_open(l, other, other_begin, m);
        *out_low = x < y ? x : y;
    }
    return j;
}

static void lower(struct sim_labels *l, int32_t node, int32_t index)
{
    l->low[node] = index < l->low[node] ? index : l->low[node];
}

/** The next limit that depends on that of f->node and is not yet found, -1 when there is none. */
static int32_t next_effect(struct sim_labels *l, struct frame *f)
{
    const struct sim_network *net = l->net;
    const struct sim_network_activity *a = &net->activities[net->ports[f->node].activity];
    for (; f->claim < a->ports_end; f->claim++, f->effect = -1) {
        const int32_t m = f->claim;
        const struct sim_network_pool *pool = &net->pools[net->ports[m].pool];
        if (m == f->node || !is_read(l, m)) {
            continue;
        }
        if (is_in_order(l, net->ports[m].pool)) {
            int32_t low = INT32_MAX;
            const int32_t j = next_reader(l, m, &low);
            if (j >= 0) {
                return j;
            }
            lower(l, f->node, low);
            continue;
        }
        f->effect = f->effect < 0 ? pool->takers_begin : f->effect;
        while (f->effect < pool->ports_end) {
            const int32_t j = net->at_pool[f->effect++];
            if (!is_wanted(l, j) || !is_bound(l, j) || !depends(l, j, m)) {
                continue;
            }
            if (l->index[j] == 0) {
                return j;
            }
            lower(l, f->node, l->is_open[j] ? l->index[j] : INT32_MAX);
        }
    }
    return -1;
}

static void discover(struct sim_labels *l, int32_t node)
{
    const struct sim_network_port *p = &l->net->ports[node];
    struct front *f = front_at(l, p->pool, p->gives);
    l->index[node] = l->low[node] = ++l->discovered;
    l->is_open[node] = true;
    l->open_before[node] = f->last;
    l->open_after[node] = -1;
    if (f->last >= 0) {
        l->open_after[f->last] = node;
    } else {
        f->first = node;
    }
    f->last = node;
    SIM_VEC_PUSH(&l->open, node);
    SIM_VEC_PUSH(&l->frames, (struct frame){node, l->net->activities[p->activity].ports_begin, -1});
}

static void close_node(struct sim_labels *l, int32_t node)
{
    const struct sim_network_port *p = &l->net->ports[node];
    struct front *f = front_at(l, p->pool, p->gives);
    const int32_t before = l->open_before[node];
    const int32_t after = l->open_after[node];
    *(before >= 0 ? &l->open_after[before] : &f->first) = after;
    *(after >= 0 ? &l->open_before[after] : &f->last) = before;
    l->is_open[node] = false;
}

/** Move a finished component from `open` to `found`. */
static void close_component(struct sim_labels *l, int32_t root)
{
    int32_t size = 0;
    int32_t node = -1;
    do {
        node = SIM_VEC_POP(&l->open);
        close_node(l, node);
        SIM_VEC_PUSH(&l->found, node);
        size++;
    } while (node != root);
    SIM_VEC_PUSH(&l->sizes, size);
}

static void search(struct sim_labels *l, int32_t start)
{
    discover(l, start);
    while (l->frames.count > 0) {
        struct frame *f = &SIM_VEC_LAST(&l->frames);
        const int32_t node = f->node;
        const int32_t effect = next_effect(l, f);
        if (effect >= 0) {
            discover(l, effect);
            continue;
        }
        (void)SIM_VEC_POP(&l->frames);
        if (l->frames.count > 0) {
            lower(l, SIM_VEC_LAST(&l->frames).node, l->low[node]);
        }
        if (l->low[node] == l->index[node]) {
            close_component(l, node);
        }
    }
}

static void begin_search(struct sim_labels *l, enum scope scope)
{
    l->scope = scope;
    l->search++;
    l->found.count = 0;
    l->sizes.count = 0;
    l->discovered = 0;
}

static void search_from(struct sim_labels *l, int32_t j)
{
    if (l->index[j] == 0 && is_wanted(l, j)) {
        search(l, j);
    }
}

/** Components are in found and sizes, effects first. */
static void end_search(struct sim_labels *l)
{
    for (int i = 0; i < l->found.count; i++) {
        l->index[l->found.data[i]] = 0;
    }
}

void sim_labels_components(struct sim_network *net)
{
    struct sim_labels *l = sim_labels_create(net);
    begin_search(l, ALL);
    for (int32_t i = 0; i < net->port_count; i++) {
        search_from(l, i);
    }
    end_search(l);
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

// ---- The list of blocks ----

static const uint64_t KEYS = (uint64_t)1 << 32; // of a component

static void unlink_block(struct sim_rates *r, int32_t first)
{
    struct sim_labels *l = r->labels;
    const int32_t before = l->before[first];
    const int32_t after = l->after[first];
    *(before >= 0 ? &l->after[before] : &l->head[r->net->component[first]]) = after;
    if (after >= 0) {
        l->before[after] = before;
    }
}

/** Spread the keys of a component evenly. */
static void number_anew(struct sim_rates *r, int32_t component)
{
    const struct sim_labels *l = r->labels;
    uint64_t count = 0;
    for (int32_t b = l->head[component]; b >= 0; b = l->after[b]) {
        count++;
    }
    const uint64_t step = KEYS / (count + 1);
    uint64_t key = (uint64_t)(uint32_t)component * KEYS;
    for (int32_t b = l->head[component]; b >= 0; b = l->after[b]) {
        key += step;
        r->order[b] = key;
    }
}

/** Put the blocks of l->firsts behind `before` (-1: first of all), in their order. */
static void insert_blocks(struct sim_rates *r, int32_t component, int32_t before)
{
    struct sim_labels *l = r->labels;
    const int count = l->firsts.count;
    const int32_t after = before >= 0 ? l->after[before] : l->head[component];
    const uint64_t base = (uint64_t)(uint32_t)component * KEYS;
    const uint64_t low = before >= 0 ? r->order[before] : base;
    const uint64_t high = after >= 0 ? r->order[after] : base + KEYS;
    const uint64_t step = (high - low) / ((uint64_t)count + 1);
    int32_t last = before;
    for (int i = 0; i < count; i++) {
        const int32_t b = l->firsts.data[i];
        *(last >= 0 ? &l->after[last] : &l->head[component]) = b;
        l->before[b] = last;
        l->after[b] = after;
        r->order[b] = low + step * ((uint64_t)i + 1);
        last = b;
    }
    if (after >= 0 && count > 0) {
        l->before[after] = last;
    }
    if (step == 0) {
        number_anew(r, component);
    }
}

// ---- Blocks ----

static int by_number(const void *a, const void *b)
{
    const int32_t x = *(const int32_t *)a;
    const int32_t y = *(const int32_t *)b;
    return x < y ? -1 : x > y;
}

/** Remember what a port belonged to before this call. */
static void note(struct sim_rates *r, int32_t j)
{
    struct sim_labels *l = r->labels;
    if (!l->is_noted[j]) {
        l->is_noted[j] = true;
        l->old_block[j] = r->block[j];
        l->old_next[j] = r->next_in_block[j];
        SIM_VEC_PUSH(&l->noted, j);
    }
}

/** Make blocks of what was found; l->firsts are their smallest ports, causes first. */
static void make_blocks(struct sim_rates *r)
{
    struct sim_labels *l = r->labels;
    l->firsts.count = 0;
    int32_t *members = l->found.count > 0 ? l->found.data + l->found.count : NULL;
    for (int b = l->sizes.count - 1; b >= 0; b--) {
        const int32_t count = l->sizes.data[b];
        members -= count;
        if (count > 1) {
            qsort(members, (size_t)count, sizeof(*members), by_number);
        }
        for (int32_t i = 0; i < count; i++) {
            note(r, members[i]);
            r->block[members[i]] = members[0];
            r->next_in_block[members[i]] = i + 1 < count ? members[i + 1] : -1;
        }
        SIM_VEC_PUSH(&l->firsts, members[0]);
    }
}

void sim_labels_reset(struct sim_rates *r)
{
    struct sim_labels *l = r->labels;
    const struct sim_network *net = r->net;
    l->r = r;
    l->is_cut = false;
    memcpy(l->condition, r->condition, (size_t)net->pool_count * sizeof(*l->condition));
    for (int32_t c = 0; c < net->component_count; c++) {
        l->head[c] = -1;
    }
    begin_search(l, CIRCULAR);
    for (int32_t j = 0; j < net->port_count; j++) {
        sim_levels_forget(r->levels, j);
        r->block[j] = j;
        r->next_in_block[j] = -1;
        r->order[j] = (uint64_t)(uint32_t)net->component[j] * KEYS;
        if (net->component_size[net->component[j]] > 1) {
            l->is_circular[net->ports[j].pool] = true;
        }
        search_from(l, j);
    }
    end_search(l);
    make_blocks(r);
    for (int i = l->firsts.count - 1; i >= 0; i--) {
        const int32_t b = l->firsts.data[i];
        const int32_t component = net->component[b];
        const int32_t after = l->head[component];
        l->before[b] = -1;
        l->after[b] = after;
        if (after >= 0) {
            l->before[after] = b;
        }
        l->head[component] = b;
    }
    for (int32_t c = 0; c < net->component_count; c++) {
        number_anew(r, c);
    }
    for (int i = 0; i < l->noted.count; i++) {
        l->is_noted[l->noted.data[i]] = false;
    }
    l->noted.count = 0; // everything is computed anew anyway
}

/** The pool is cut: block `first` falls apart, and its parts take its place. */
static void split_block(struct sim_rates *r, int32_t first)
{
    struct sim_labels *l = r->labels;
    l->which = first;
    begin_search(l, BLOCK);
    for (int32_t j = first; j >= 0; j = r->next_in_block[j]) {
        search_from(l, j);
    }
    end_search(l);
    if (l->sizes.count > 1) {
        const int32_t before = l->before[first];
        unlink_block(r, first);
        make_blocks(r);
        insert_blocks(r, r->net->component[first], before);
    }
}

static void cut_pool(struct sim_rates *r, int32_t pool)
{
    struct sim_labels *l = r->labels;
    const struct sim_network_pool *p = &r->net->pools[pool];
    l->is_cut = true;
    l->cut = pool;
    for (int32_t i = p->takers_begin; i < p->ports_end; i++) {
        const int32_t first = r->block[r->net->at_pool[i]];
        if (r->next_in_block[first] >= 0) {
            split_block(r, first);
        }
    }
    l->is_cut = false;
}

/** The last block of the component on whose limits claims read at the pool depend, -1 none. */
static int32_t last_cause(const struct sim_rates *r, int32_t pool, int32_t component)
{
    const struct sim_network *net = r->net;
    const struct sim_network_pool *p = &net->pools[pool];
    int32_t last = -1;
    for (int32_t i = p->takers_begin; i < p->ports_end; i++) {
        const int32_t m = net->at_pool[i];
        const struct sim_network_activity *a = &net->activities[net->ports[m].activity];
        for (int32_t x = a->ports_begin; x < a->ports_end && is_read(r->labels, m); x++) {
            const int32_t b = r->block[x];
            if (x != m && net->component[x] == component &&
                (last < 0 || r->order[b] > r->order[last])) {
                last = b;
            }
        }
    }
    return last;
}

/** All that was found moves behind `last`, or to where it stood. */
static void move_found(struct sim_rates *r, int32_t component, int32_t last)
{
    struct sim_labels *l = r->labels;
    l->firsts.count = 0;
    for (int i = 0; i < l->found.count; i++) {
        const int32_t b = r->block[l->found.data[i]];
        if (!l->is_moving[b]) {
            l->is_moving[b] = true;
            SIM_VEC_PUSH(&l->firsts, b);
        }
    }
    int32_t before = last;
    while (before >= 0 && l->is_moving[before]) {
        before = l->before[before];
    }
    for (int i = 0; i < l->firsts.count; i++) {
        l->is_moving[l->firsts.data[i]] = false;
        unlink_block(r, l->firsts.data[i]);
    }
    make_blocks(r);
    insert_blocks(r, component, before);
}

/** Join what the pool connects now in one component. */
static void join_component(struct sim_rates *r, int32_t pool, int32_t component)
{
    struct sim_labels *l = r->labels;
    const struct sim_network *net = r->net;
    const struct sim_network_pool *p = &net->pools[pool];
    l->scope = UP_TO;
    const int32_t last = last_cause(r, pool, component);
    if (last < 0) {
        return;
    }
    l->which = component;
    l->key = r->order[last];
    begin_search(l, UP_TO);
    for (int32_t i = p->takers_begin; i < p->ports_end; i++) {
        const int32_t j = net->at_pool[i];
        if (net->component[j] == component && is_bound(l, j)) {
            search_from(l, j);
        }
    }
    end_search(l);
    if (l->found.count > 0) {
        move_found(r, component, last);
    }
}

static void join_pool(struct sim_rates *r, int32_t pool)
{
    struct sim_labels *l = r->labels;
    const struct sim_network *net = r->net;
    const struct sim_network_pool *p = &net->pools[pool];
    l->components.count = 0;
    for (int32_t i = p->takers_begin; i < p->ports_end; i++) {
        const int32_t component = net->component[net->at_pool[i]];
        bool is_known = net->component_size[component] <= 1;
        for (int k = 0; k < l->components.count && !is_known; k++) {
            is_known = l->components.data[k] == component;
        }
        if (!is_known) {
            SIM_VEC_PUSH(&l->components, component);
        }
    }
    for (int k = 0; k < l->components.count; k++) {
        join_component(r, pool, l->components.data[k]);
    }
}

void sim_labels_update(struct sim_rates *r, int32_t pool)
{
    struct sim_labels *l = r->labels;
    if (l->is_circular[pool]) {
        cut_pool(r, pool);
        l->condition[pool] = r->condition[pool];
        join_pool(r, pool);
    }
    l->condition[pool] = r->condition[pool];
}

/** The block is another: it decides anew who is idle, and is computed anew. */
static void tell_block(struct sim_rates *r, int32_t first)
{
    for (int32_t j = first; j >= 0; j = r->next_in_block[j]) {
        const struct sim_network_port *p = &r->net->ports[j];
        if (p->gives && (p->is_pull || r->net->activities[p->activity].is_link)) {
            r->is_idle[p->activity] = false; // the new block decides, if it is one (loop.c)
        }
        sim_rates_mark(r, j);
    }
}

void sim_labels_announce(struct sim_rates *r)
{
    struct sim_labels *l = r->labels;
    l->firsts.count = 0;
    for (int i = 0; i < l->noted.count; i++) {
        const int32_t j = l->noted.data[i];
        const int32_t first = r->block[j];
        l->is_noted[j] = false;
        if (l->old_block[j] == first && l->old_next[j] == r->next_in_block[j]) {
            continue;
        }
        sim_levels_forget(r->levels, l->old_block[j]);
        sim_levels_forget(r->levels, first);
        if (!l->is_told[first]) {
            l->is_told[first] = true;
            SIM_VEC_PUSH(&l->firsts, first);
        }
    }
    l->noted.count = 0;
    for (int i = 0; i < l->firsts.count; i++) {
        l->is_told[l->firsts.data[i]] = false;
        tell_block(r, l->firsts.data[i]);
    }
}
