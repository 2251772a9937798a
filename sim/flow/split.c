// Pools where some giver may not serve some taker: sources and queues, joined by hidden links.
#include "sim/flow/split_priv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    KINDS = 8, // of takers: OUTLET or not, SALE or not, AT_BOUND or not
    MASK = (1 << KINDS) - 1
};

/** A port at the pool that is being split. */
struct member {
    int32_t port;
    int32_t rank;
    int32_t
        sort; // a giver: the kinds it may serve, and whether it stops at a target; a taker: kind
    int32_t cell;
    const char *name;
};

/** A source or a queue. */
struct cell {
    int32_t place; // 1, 2, ...: the same for those of one class that mixes several kinds
    int32_t rank;  // of its first member
    int32_t sort;
    int32_t single; // its only member's port; -1: several
    int32_t count;
    int32_t pool; // where its members stand; -1 not yet
    const char *name;
};

typedef SIM_VEC(struct member) members;
typedef SIM_VEC(struct cell) cells;

/** Both sides of the pool at hand. */
struct split {
    struct sim_split_draft *d;
    int32_t pool;
    members givers, takers;
    members overflows; // AT_BOUND takers
    members makeups;   // AT_BOUND givers: they stay at the stock
    cells sources, queues;
    bool is_pool_used; // the pool itself serves as one of those it is split into
};

static int kind_of(unsigned flags)
{
    if ((flags & SIM_PORT_AT_BOUND) != 0) {
        return 4; // what overflows
    }
    return ((flags & SIM_PORT_OUTLET) != 0 ? 1 : 0) | ((flags & SIM_PORT_SALE) != 0 ? 2 : 0);
}

bool sim_split_may_serve(unsigned giver, unsigned taker)
{
    const bool is_kept = (giver & (SIM_PORT_PULL | SIM_PORT_BOUGHT | SIM_PORT_TRADED)) != 0;
    if ((taker & SIM_PORT_AT_BOUND) != 0) {
        return !is_kept || (giver & SIM_PORT_SPILLED) != 0;
    }
    if ((taker & SIM_PORT_SALE) != 0 && (giver & SIM_PORT_TRADED) != 0) {
        return true;
    }
    if ((taker & SIM_PORT_OUTLET) != 0 && is_kept) {
        return false;
    }
    return (taker & SIM_PORT_SALE) == 0 || (giver & SIM_PORT_BOUGHT) == 0;
}

static int32_t mask_of(unsigned giver)
{
    int32_t mask = 0;
    for (int kind = 0; kind < KINDS; kind++) {
        const unsigned taker = ((kind & 1) != 0 ? SIM_PORT_OUTLET : 0U) |
                               ((kind & 2) != 0 ? SIM_PORT_SALE : 0U) |
                               ((kind & 4) != 0 ? SIM_PORT_AT_BOUND : 0U);
        mask |= sim_split_may_serve(giver, taker) ? 1 << kind : 0;
    }
    return mask;
}

static int by_rank(const void *a, const void *b)
{
    const struct member *x = a;
    const struct member *y = b;
    if (x->rank != y->rank) {
        return x->rank < y->rank ? -1 : 1;
    }
    return strcmp(x->name, y->name);
}

/** The ports at each pool, by one walk: list[first[pool]] and on. */
struct at_pools {
    int32_t *first, *list;
};

static struct at_pools ports_by_pool(struct sim_split_draft *d)
{
    const int pools = d->pools.count;
    struct at_pools x = {SIM_ARENA_NEW(d->arena, int32_t, pools + 2),
                         SIM_ARENA_NEW(d->arena, int32_t, d->ports.count)};
    for (int i = 0; i < d->ports.count; i++) {
        x.first[d->ports.data[i].pool + 2]++;
    }
    for (int p = 2; p <= pools; p++) {
        x.first[p] += x.first[p - 1];
    }
    for (int i = 0; i < d->ports.count; i++) {
        x.list[x.first[d->ports.data[i].pool + 1]++] = i;
    }
    return x;
}

/** List who touches the pool. `kinds`: those of its takers, as a mask. */
static void list_members(struct split *s, const struct at_pools *at, bool is_junction)
{
    s->givers.count = s->takers.count = s->overflows.count = s->makeups.count = 0;
    for (int32_t i = at->first[s->pool]; i < at->first[s->pool + 1]; i++) {
        const struct sim_port_def *p = &s->d->ports.data[at->list[i]];
        const bool is_apart = !is_junction && (p->flags & SIM_PORT_AT_BOUND) != 0;
        const bool fills = p->gives && (p->flags & SIM_PORT_PULL) != 0;
        const struct member m = {
            .port = at->list[i],
            .rank = p->rank + ((p->flags & SIM_PORT_AT_BOUND) != 0 ? 1 << 24 : 0),
            .sort = p->gives ? mask_of(p->flags) | (fills ? MASK + 1 : 0) : kind_of(p->flags),
            .name = s->d->activities.data[p->activity].name,
        };
        members *list = p->gives ? (is_apart ? &s->makeups : &s->givers)
                                 : (is_apart ? &s->overflows : &s->takers);
        SIM_VEC_PUSH(list, m);
    }
}

static int32_t kinds_in(const members *takers)
{
    int32_t kinds = 0;
    for (int i = 0; i < takers->count; i++) {
        kinds |= 1 << takers->data[i].sort;
    }
    return kinds;
}

/** The kinds that all of `givers` may serve. */
static int32_t served_by_all(const members *givers, int32_t kinds)
{
    for (int i = 0; i < givers->count; i++) {
        kinds &= givers->data[i].sort;
    }
    return kinds;
}

/** Whether `kind` and `other` are served by the same givers. */
static bool is_alike(const struct split *s, int kind, int other)
{
    const members *const lists[] = {&s->givers, &s->makeups};
    for (int l = 0; l < SIM_COUNT(lists); l++) {
        for (int i = 0; i < lists[l]->count; i++) {
            const int32_t sort = lists[l]->data[i].sort;
            if ((sort >> kind & 1) != (sort >> other & 1)) {
                return false;
            }
        }
    }
    return true;
}

/** What makes no difference here divides nobody: kinds that the same givers may serve become one,
 * and kinds that are not here are left out of what givers may serve. */
static void forget_differences(struct split *s)
{
    for (int i = 0; i < s->takers.count; i++) {
        int32_t kind = 0;
        while (!is_alike(s, kind, s->takers.data[i].sort)) {
            kind++;
        }
        s->takers.data[i].sort = kind;
    }
    const int32_t kinds = kinds_in(&s->takers) | kinds_in(&s->overflows);
    for (int i = 0; i < s->givers.count; i++) {
        s->givers.data[i].sort &= kinds | (MASK + 1);
    }
    for (int i = 0; i < s->makeups.count; i++) {
        s->makeups.data[i].sort &= kinds;
    }
}

// ---- Sources and queues ----

static void add_cell(cells *list, const struct member *m, int32_t place, bool is_apart)
{
    SIM_VEC_PUSH(list, (struct cell){.place = place,
                                     .rank = m->rank,
                                     .sort = m->sort,
                                     .single = m->port,
                                     .pool = -1,
                                     .name = is_apart ? m->name : NULL});
}

/** Group the members, sorted here by rank: neighbouring ranks of one sort are a cell, and where a
 * rank mixes several sorts each of its members is one. */
static void make_cells(members *side, cells *out)
{
    out->count = 0;
    if (side->count > 0) {
        qsort(side->data, (size_t)side->count, sizeof(*side->data), by_rank);
    }
    int32_t place = 0;
    bool joins = false; // the last cell may take in the next rank
    for (int begin = 0, end = 0; begin < side->count; begin = end) {
        bool is_mixed = false;
        for (end = begin + 1; end < side->count && side->data[end].rank == side->data[begin].rank;
             end++) {
            is_mixed = is_mixed || side->data[end].sort != side->data[begin].sort;
        }
        const bool same = joins && SIM_VEC_LAST(out).sort == side->data[begin].sort;
        if (is_mixed || !same) {
            place++;
        }
        for (int i = begin; i < end; i++) {
            if (is_mixed || (i == begin && !same)) {
                add_cell(out, &side->data[i], place, is_mixed);
            }
            struct cell *cell = &SIM_VEC_LAST(out);
            cell->single = cell->count++ == 0 ? side->data[i].port : -1;
            side->data[i].cell = out->count - 1;
        }
        joins = !is_mixed;
    }
}

static const char *cell_name(const struct split *s, const struct cell *c, const char *way)
{
    return c->name != NULL ? sim_arena_format(s->d->arena, "%s%d~%s", way, (int)c->place, c->name)
                           : sim_arena_format(s->d->arena, "%s%d", way, (int)c->place);
}

/** A junction for a cell: the pool itself, if that is a junction not used yet. */
static int32_t add_pool(struct split *s, const char *what)
{
    if (!s->is_pool_used) {
        s->is_pool_used = true;
        return s->pool;
    }
    const char *name = s->d->pools.data[s->pool].name;
    SIM_VEC_PUSH(&s->d->pools,
                 (struct sim_pool_def){.name = sim_arena_format(s->d->arena, "%s~%s", name, what),
                                       .reorder = -1});
    return s->d->pools.count - 1;
}

/** One end of a hidden link. */
struct end {
    int32_t pool;
    int32_t rank;
    int32_t single; // port whose weight its own follows; -1: none
    unsigned flags;
    const char *name;
};

static int32_t add_end(struct split *s, int32_t link, const struct end *e, bool gives)
{
    const int32_t port = s->d->ports.count;
    if (e->single >= 0) {
        SIM_VEC_PUSH(&s->d->followers, (struct sim_split_follower){port, e->single});
    }
    SIM_VEC_PUSH(&s->d->ports, (struct sim_port_def){.activity = link,
                                                     .pool = e->pool,
                                                     .gives = gives,
                                                     .coef = 1,
                                                     .rank = e->rank,
                                                     .flags = e->flags});
    return port;
}

static void add_link(struct split *s, const struct end *from, const struct end *to)
{
    const int32_t link = s->d->activities.count;
    const char *name = sim_arena_format(s->d->arena, "%s~%s~%s", s->d->pools.data[s->pool].name,
                                        from->name, to->name);
    SIM_VEC_PUSH(
        &s->d->activities,
        (struct sim_activity_def){.name = name, .capacity = (double)INFINITY, .is_link = true});
    add_end(s, link, from, false);
    add_end(s, link, to, true);
}

static void move_members(struct split *s, const members *side, const cells *list)
{
    for (int i = 0; i < side->count; i++) {
        s->d->ports.data[side->data[i].port].pool = list->data[side->data[i].cell].pool;
    }
}

static bool serves(const struct cell *source, const struct cell *queue)
{
    return (source->sort >> queue->sort & 1) != 0;
}

// ---- Junctions ----

/** How many sources serve a queue, or queues a source. */
static int partners(const struct split *s, const struct cell *c, bool is_source)
{
    const cells *others = is_source ? &s->queues : &s->sources;
    int count = 0;
    for (int i = 0; i < others->count; i++) {
        const struct cell *o = &others->data[i];
        count += (is_source ? serves(c, o) : serves(o, c)) ? 1 : 0;
    }
    return count;
}

/** Queues of several sources get a junction; a source of one such queue stands there, too; a queue
 * of one source stands at the junction of that. */
static void place_cells(struct split *s)
{
    for (int q = 0; q < s->queues.count; q++) {
        struct cell *queue = &s->queues.data[q];
        if (partners(s, queue, false) != 1) {
            queue->pool = add_pool(s, cell_name(s, queue, "to"));
        }
    }
    for (int i = 0; i < s->sources.count; i++) {
        struct cell *source = &s->sources.data[i];
        for (int q = 0; q < s->queues.count && partners(s, source, true) == 1; q++) {
            source->pool =
                serves(source, &s->queues.data[q]) ? s->queues.data[q].pool : source->pool;
        }
        source->pool = source->pool < 0 ? add_pool(s, cell_name(s, source, "from")) : source->pool;
        for (int q = 0; q < s->queues.count; q++) {
            struct cell *queue = &s->queues.data[q];
            queue->pool = queue->pool < 0 && serves(source, queue) ? source->pool : queue->pool;
        }
    }
}

static struct end end_of(const struct split *s, const struct cell *c, const struct cell *other,
                         bool is_source)
{
    return (struct end){.pool = c->pool,
                        .rank = other->rank,
                        .single = other->single,
                        .name = cell_name(s, c, is_source ? "from" : "to")};
}

static void split_junction(struct split *s)
{
    s->is_pool_used = false;
    for (int i = 0; i < s->givers.count; i++) {
        s->givers.data[i].sort &= MASK; // nothing to fill
    }
    make_cells(&s->givers, &s->sources);
    make_cells(&s->takers, &s->queues);
    place_cells(s);
    for (int i = 0; i < s->sources.count; i++) {
        for (int q = 0; q < s->queues.count; q++) {
            const struct cell *source = &s->sources.data[i];
            const struct cell *queue = &s->queues.data[q];
            if (serves(source, queue) && source->pool != queue->pool) {
                const struct end from = end_of(s, source, queue, true);
                const struct end to = end_of(s, queue, source, false);
                add_link(s, &from, &to);
            }
        }
    }
    move_members(s, &s->givers, &s->sources);
    move_members(s, &s->takers, &s->queues);
}

// ---- Stocks ----

/** Keep of the givers those that may serve a kind of `kinds`; the others stay at the stock. */
static void keep_serving(struct split *s, int32_t kinds)
{
    int kept = 0;
    for (int i = 0; i < s->givers.count; i++) {
        if ((s->givers.data[i].sort & kinds) != 0) {
            s->givers.data[kept++] = s->givers.data[i];
        }
    }
    s->givers.count = kept;
}

/** Beside others of its order that stay at the stock a source is one member, whose weight it has
 * there. */
static bool has_equal_at_stock(const struct split *s, const members *all, int32_t rank)
{
    for (int i = 0; i < all->count; i++) {
        const struct member *m = &all->data[i];
        if (m->rank == rank && s->d->ports.data[m->port].pool == s->pool) {
            bool is_kept = false;
            for (int k = 0; k < s->givers.count && !is_kept; k++) {
                is_kept = s->givers.data[k].port == m->port;
            }
            if (!is_kept) {
                return true;
            }
        }
    }
    return false;
}

/** Sources before the stock. Where one of their orders has others at the stock, its members are
 * told apart by a sort of their own while cells are made. */
static void make_sources(struct split *s, const members *all)
{
    int32_t apart = 0;
    for (int i = 0; i < s->givers.count; i++) {
        struct member *m = &s->givers.data[i];
        if (has_equal_at_stock(s, all, m->rank)) {
            m->sort |= ++apart << (KINDS + 1);
        }
    }
    make_cells(&s->givers, &s->sources);
    for (int i = 0; i < s->sources.count; i++) {
        struct cell *c = &s->sources.data[i];
        c->sort &= 2 * MASK + 1;
        c->pool = add_pool(s, cell_name(s, c, "from"));
    }
    move_members(s, &s->givers, &s->sources);
}

/** From each source into the stock, after `last` classes of its own. */
static void add_storing(struct split *s, int32_t last)
{
    for (int i = 0; i < s->sources.count; i++) {
        const struct cell *c = &s->sources.data[i];
        const struct end from = {
            .pool = c->pool, .rank = last + 1, .single = -1, .name = cell_name(s, c, "from")};
        const struct end to = {.pool = s->pool,
                               .rank = c->rank,
                               .single = c->single,
                               .flags = (c->sort & (MASK + 1)) != 0 ? SIM_PORT_PULL : 0U,
                               .name = "store"};
        add_link(s, &from, &to);
    }
}

/** What no stock takes in: from the sources that may serve it to what overflows. */
static void add_overflow(struct split *s, int32_t last)
{
    if (s->overflows.count == 0) {
        return;
    }
    const int32_t pool = add_pool(s, "full");
    for (int i = 0; i < s->overflows.count; i++) {
        struct sim_port_def *p = &s->d->ports.data[s->overflows.data[i].port];
        p->pool = pool;
        p->flags &= ~(unsigned)SIM_PORT_AT_BOUND;
    }
    const struct cell any = {.sort = kind_of(SIM_PORT_AT_BOUND)};
    for (int i = 0; i < s->sources.count; i++) {
        const struct cell *c = &s->sources.data[i];
        const struct end from = {
            .pool = c->pool, .rank = last + 2, .single = -1, .name = cell_name(s, c, "from")};
        const struct end to = {.pool = pool, .rank = c->rank, .single = c->single, .name = "full"};
        if (serves(c, &any)) {
            add_link(s, &from, &to);
        }
    }
}

/** A queue that draws on the stock after push sources, and before pull sources, which fill it. */
static void add_drawing(struct split *s, const struct cell *queue)
{
    const struct end from = {
        .pool = s->pool, .rank = queue->rank, .single = queue->single, .name = "store"};
    const struct end to = {.pool = queue->pool,
                           .rank = s->sources.count + 1,
                           .single = -1,
                           .name = cell_name(s, queue, "to")};
    add_link(s, &from, &to);
}

static void join_queue(struct split *s, const struct cell *queue)
{
    for (int i = 0; i < s->sources.count; i++) {
        const struct cell *c = &s->sources.data[i];
        const bool fills = (c->sort & (MASK + 1)) != 0;
        const struct end from = {.pool = c->pool,
                                 .rank = queue->place,
                                 .single = queue->single,
                                 .name = cell_name(s, c, "from")};
        const struct end to = {.pool = queue->pool,
                               .rank = c->place + (fills ? s->sources.count + 1 : 0),
                               .single = c->single,
                               .name = cell_name(s, queue, "to")};
        if (serves(c, queue)) {
            add_link(s, &from, &to);
        }
    }
}

static void split_stock(struct split *s)
{
    members all = {0};
    for (int i = 0; i < s->givers.count; i++) {
        SIM_VEC_PUSH(&all, s->givers.data[i]);
    }
    s->is_pool_used = true;
    const int32_t kinds = kinds_in(&s->takers);
    int32_t common = served_by_all(&s->givers, kinds);
    common = served_by_all(&s->makeups, common);
    const bool has_sales = common != kinds;
    const int32_t overflow = s->overflows.count > 0 ? 1 << kind_of(SIM_PORT_AT_BOUND) : 0;
    keep_serving(s, (kinds & ~common) | overflow);
    make_sources(s, &all);
    int32_t last = 0;
    if (has_sales) {
        make_cells(&s->takers, &s->queues);
        for (int q = 0; q < s->queues.count; q++) {
            struct cell *queue = &s->queues.data[q];
            queue->pool = add_pool(s, cell_name(s, queue, "to"));
            last = queue->place;
            join_queue(s, queue);
            if ((common >> queue->sort & 1) != 0) {
                add_drawing(s, queue);
            }
        }
        move_members(s, &s->takers, &s->queues);
    }
    add_storing(s, last);
    add_overflow(s, last);
    SIM_VEC_FREE(&all);
}

/** Whether some giver may not serve some taker. */
static bool is_torn(const struct split *s)
{
    const int32_t kinds = kinds_in(&s->takers) | kinds_in(&s->overflows);
    return served_by_all(&s->givers, kinds) != kinds ||
           served_by_all(&s->makeups, kinds_in(&s->takers)) != kinds_in(&s->takers);
}

void sim_split_pools(struct sim_split_draft *d, const bool *is_junction)
{
    struct split s = {.d = d};
    const int pool_count = d->pools.count;
    const struct at_pools at = ports_by_pool(d);
    for (s.pool = 0; s.pool < pool_count; s.pool++) {
        list_members(&s, &at, is_junction[s.pool]);
        if (!is_torn(&s)) {
            continue;
        }
        forget_differences(&s);
        if (is_junction[s.pool]) {
            split_junction(&s);
        } else {
            split_stock(&s);
        }
    }
    SIM_VEC_FREE(&s.givers);
    SIM_VEC_FREE(&s.takers);
    SIM_VEC_FREE(&s.overflows);
    SIM_VEC_FREE(&s.makeups);
    SIM_VEC_FREE(&s.sources);
    SIM_VEC_FREE(&s.queues);
}
