// How a circular block is laid out: pools, classes, who reads whose claim. It is kept while its
// ports and the conditions at its pools hold.

#include "sim/flow/levels_priv.h"

#include <stdlib.h>
#include <string.h>

static void block_free(struct sim_levels_block *b)
{
    if (b != NULL) {
        free(b->entries);
        free(b->members);
        free(b->levels);
        free(b->pools);
        free(b->own);
        free(b->numbers);
        free(b->holder);
        free(b);
    }
}

struct sim_levels *sim_levels_create(const struct sim_network *net)
{
    struct sim_levels *v = sim_base_alloc(1, sizeof(*v));
    v->block_of = sim_base_alloc((size_t)net->port_count, sizeof(struct sim_levels_block *));
    v->member_of = sim_base_alloc((size_t)net->activity_count, sizeof(*v->member_of));
    v->is_built = sim_base_alloc((size_t)net->pool_count, sizeof(*v->is_built));
    for (int32_t k = 0; k < net->activity_count; k++) {
        v->member_of[k] = -1;
    }
    return v;
}

void sim_levels_destroy(struct sim_levels *v, const struct sim_network *net)
{
    for (int32_t j = 0; j < net->port_count; j++) {
        block_free(v->block_of[j]);
    }
    free(v->block_of);
    free(v->member_of);
    free(v->is_built);
    SIM_VEC_FREE(&v->entries);
    SIM_VEC_FREE(&v->members);
    SIM_VEC_FREE(&v->levels);
    SIM_VEC_FREE(&v->own);
    SIM_VEC_FREE(&v->pools);
    SIM_VEC_FREE(&v->shared);
    SIM_VEC_FREE(&v->order);
    SIM_VEC_FREE(&v->place);
    SIM_VEC_FREE(&v->sorted);
    SIM_VEC_FREE(&v->spare);
    SIM_VEC_FREE(&v->level);
    SIM_VEC_FREE(&v->saved);
    SIM_VEC_FREE(&v->crept);
    SIM_VEC_FREE(&v->right);
    SIM_VEC_FREE(&v->accumulator);
    SIM_VEC_FREE(&v->sums_q);
    SIM_VEC_FREE(&v->sums_w);
    SIM_VEC_FREE(&v->at);
    SIM_VEC_FREE(&v->holds);
    sim_sparse_fini(&v->sparse);
    free(v);
}

void sim_levels_forget(struct sim_levels *v, int32_t block)
{
    block_free(v->block_of[block]);
    v->block_of[block] = NULL;
}

static int32_t rank_of(const struct sim_rates *r, int32_t port)
{
    const struct sim_network_port *p = &r->net->ports[port];
    return sim_rates_rank(p, r->condition[p->pool]);
}

static int32_t member_number(struct sim_levels *v, int32_t activity)
{
    if (v->member_of[activity] < 0) {
        v->member_of[activity] = v->members.count;
        SIM_VEC_PUSH(&v->members, (struct sim_levels_member){.activity = activity});
    }
    return v->member_of[activity];
}

/** The ports that count at one side of a pool, by class then name. */
static void add_side(struct sim_rates *r, int32_t pool, int32_t begin, int32_t end)
{
    struct sim_levels *v = r->levels;
    const int first = v->entries.count;
    for (int32_t i = begin; i < end; i++) {
        const int32_t m = r->net->at_pool[i];
        const struct sim_network_port *p = &r->net->ports[m];
        if (!sim_rates_is_active(r->net, m, r->condition[pool])) {
            continue;
        }
        const struct sim_levels_entry e = {
            m, member_number(v, p->activity), v->shared.count, -1, false, r->coef[m]};
        SIM_VEC_PUSH(&v->entries, e);
        int at = v->entries.count - 1; // nearly always in order: only pull at its target is not
        for (; at > first && rank_of(r, v->entries.data[at - 1].port) > rank_of(r, m); at--) {
            v->entries.data[at] = v->entries.data[at - 1];
        }
        v->entries.data[at] = e;
    }
}

/** The classes of a side in which some limit is of the block. */
static void add_levels(struct sim_rates *r, int32_t first, const int32_t *own, const int32_t *other)
{
    struct sim_levels *v = r->levels;
    struct sim_levels_entry *e = v->entries.data;
    const int32_t side = v->levels.count;
    for (int32_t begin = own[0]; begin < own[1];) {
        const int32_t rank = rank_of(r, e[begin].port);
        int32_t end = begin;
        bool any = false;
        for (; end < own[1] && rank_of(r, e[end].port) == rank; end++) {
            any = any || r->block[e[end].port] == first;
        }
        for (int32_t i = begin; i < end && any; i++) {
            e[i].level = r->block[e[i].port] == first ? v->levels.count : -1;
        }
        if (any) {
            const bool is_first = v->levels.count == side;
            SIM_VEC_PUSH(&v->levels,
                         (struct sim_levels_class){.side_begin = own[0],
                                                   .share = {.begin = begin, .end = end},
                                                   .other_begin = other[0],
                                                   .other_end = other[1],
                                                   .side = side,
                                                   .is_first = is_first});
        }
        begin = end;
    }
}

/** Which claims of a side the block's limits at the pool read: all, where the other side has some
 * (`is_all`); else those of classes no worse than the last that has, but for the only one's own. */
static void find_read(struct sim_levels *v, const int32_t *own, int32_t level, bool is_all)
{
    struct sim_levels_entry *e = v->entries.data;
    const bool has_levels = level < v->levels.count;
    const struct sim_levels_class *last = has_levels ? &SIM_VEC_LAST(&v->levels) : NULL;
    int rows = 0;
    for (int32_t i = has_levels ? last->share.begin : own[1]; i < own[1] && i < last->share.end;
         i++) {
        rows += e[i].level >= 0 ? 1 : 0;
    }
    for (int32_t i = own[0]; i < own[1]; i++) {
        const bool is_better = has_levels && i < last->share.begin;
        const bool is_equal = has_levels && !is_better && i < last->share.end;
        e[i].is_read = is_all || is_better || (is_equal && rows > (e[i].level >= 0 ? 1 : 0));
    }
}

static void find_alone(struct sim_levels *v)
{
    for (int i = 0; i < v->entries.count; i++) {
        const struct sim_levels_entry *e = &v->entries.data[i];
        if (e->level >= 0 && !e->is_read) {
            v->levels.data[e->level].is_alone = true;
        }
    }
}

static void add_pool(struct sim_rates *r, int32_t first, int32_t pool)
{
    struct sim_levels *v = r->levels;
    const struct sim_network_pool *p = &r->net->pools[pool];
    int32_t takers[2] = {v->entries.count, 0};
    add_side(r, pool, p->takers_begin, p->givers_begin);
    takers[1] = v->entries.count;
    int32_t givers[2] = {v->entries.count, 0};
    add_side(r, pool, p->givers_begin, p->ports_end);
    givers[1] = v->entries.count;
    const int32_t of_takers = v->levels.count;
    add_levels(r, first, takers, givers);
    const int32_t of_givers = v->levels.count;
    find_read(v, takers, of_takers, false);
    add_levels(r, first, givers, takers);
    find_read(v, givers, of_givers, of_givers > of_takers);
    for (int32_t i = takers[0]; i < takers[1] && v->levels.count > of_givers; i++) {
        v->entries.data[i].is_read = true;
    }
    const struct sim_levels_pool shared = {of_takers, v->levels.count, false};
    SIM_VEC_PUSH(&v->shared, shared);
}

/** Entries by member. */
static void list_own(struct sim_levels *v)
{
    SIM_VEC_RESERVE(&v->own, v->entries.count);
    for (int i = 0; i < v->entries.count; i++) {
        v->members.data[v->entries.data[i].member].end++;
    }
    int32_t at = 0;
    for (int m = 0; m < v->members.count; m++) {
        struct sim_levels_member *member = &v->members.data[m];
        member->begin = at;
        at += member->end;
        member->end = member->begin;
    }
    for (int i = 0; i < v->entries.count; i++) {
        struct sim_levels_member *member = &v->members.data[v->entries.data[i].member];
        v->own.data[member->end++] = i;
        member->has_rows = member->has_rows || v->entries.data[i].level >= 0;
    }
}

bool sim_levels_is_main_output(const struct sim_network *net, int32_t port)
{
    const struct sim_network_port *p = &net->ports[port];
    return p->gives && (p->is_pull || net->activities[p->activity].is_link);
}

static void *copy(const void *from, int count, size_t size)
{
    void *to = sim_base_alloc((size_t)count + 1, size);
    memcpy(to, from, (size_t)count * size);
    return to;
}

static struct sim_levels_block *block_build(struct sim_rates *r, int32_t first)
{
    struct sim_levels *v = r->levels;
    struct sim_levels_block *b = sim_base_alloc(1, sizeof(*b));
    b->first = first;
    v->entries.count = v->members.count = v->levels.count = v->pools.count = v->shared.count = 0;
    for (int32_t j = first; j >= 0; j = r->next_in_block[j]) {
        const int32_t pool = r->net->ports[j].pool;
        if (!v->is_built[pool]) {
            v->is_built[pool] = true;
            SIM_VEC_PUSH(&v->pools, pool);
            add_pool(r, first, pool);
        }
        b->row_count++;
    }
    list_own(v);
    find_alone(v);
    for (int i = 0; i < v->entries.count; i++) {
        const struct sim_levels_entry *e = &v->entries.data[i];
        if (e->level >= 0 && sim_levels_is_main_output(r->net, e->port)) {
            v->members.data[e->member].is_asked = b->is_any_asked = true;
        }
    }
    for (int i = 0; i < v->pools.count; i++) {
        v->is_built[v->pools.data[i]] = false;
    }
    for (int m = 0; m < v->members.count; m++) {
        v->member_of[v->members.data[m].activity] = -1;
    }
    b->entry_count = v->entries.count;
    b->member_count = v->members.count;
    b->level_count = v->levels.count;
    b->entries = copy(v->entries.data, b->entry_count, sizeof(*b->entries));
    b->members = copy(v->members.data, b->member_count, sizeof(*b->members));
    b->levels = copy(v->levels.data, b->level_count, sizeof(*b->levels));
    b->pool_count = v->shared.count;
    b->pools = copy(v->shared.data, b->pool_count, sizeof(*b->pools));
    b->own = copy(v->own.data, b->entry_count, sizeof(*b->own));
    b->numbers = sim_base_alloc(7 * (size_t)b->entry_count, sizeof(*b->numbers));
    b->holder = sim_base_alloc((size_t)b->entry_count, sizeof(*b->holder));
    return b;
}

struct sim_levels_block *sim_levels_block_at(struct sim_rates *r, int32_t first)
{
    struct sim_levels *v = r->levels;
    if (v->block_of[first] == NULL) {
        v->block_of[first] = block_build(r, first);
    }
    const struct sim_levels_block *b = v->block_of[first];
    SIM_VEC_RESERVE(&v->sorted, b->entry_count);
    SIM_VEC_RESERVE(&v->spare, b->entry_count);
    SIM_VEC_RESERVE(&v->place, b->entry_count);
    SIM_VEC_RESERVE(&v->at, b->entry_count);
    SIM_VEC_RESERVE(&v->sums_q, b->entry_count);
    SIM_VEC_RESERVE(&v->sums_w, b->entry_count);
    SIM_VEC_RESERVE(&v->level, b->level_count);
    SIM_VEC_RESERVE(&v->saved, b->level_count);
    SIM_VEC_RESERVE(&v->crept, b->level_count);
    SIM_VEC_RESERVE(&v->right, b->level_count);
    SIM_VEC_RESERVE(&v->accumulator, b->level_count);
    SIM_VEC_RESERVE(&v->order, b->level_count + 1);
    SIM_VEC_RESERVE(&v->holds, b->level_count);
    double **const numbers[] = {&v->constant, &v->claim, &v->flow, &v->weight,
                                &v->slope,    &v->limit, &v->most};
    for (int i = 0; i < SIM_COUNT(numbers); i++) {
        *numbers[i] = b->numbers + (size_t)i * (size_t)b->entry_count;
    }
    v->holder = b->holder;
    v->room = (struct sim_share_room){v->flow,       v->weight,  v->sorted.data, v->spare.data,
                                      v->place.data, v->at.data, v->sums_q.data, v->sums_w.data};
    return v->block_of[first];
}
