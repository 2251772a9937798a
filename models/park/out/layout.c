#include "models/park/out/layout.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

double park_layout_scale(const struct park_stream *s)
{
    return s->si.num / s->si.den;
}

static struct park_layout_link make_link(struct park_layout *l, const struct park *p, int32_t move)
{
    const struct park_move *m = &p->net->moves[move];
    struct park_layout_link link = {
        .from = m->sender != NULL ? m->sender : p->net->accounts[m->from].name,
        .to = p->net->accounts[m->to].name,
        .kind = park_entry_kinds[m->kind],
        .exchange = m->exchange >= 0 ? p->exchanges[m->exchange]->name : "",
        .move = move,
        .stream = m->stream,
        .unit = l->unit_of[m->stream]};
    link.is_user = m->is_user || m->is_pull_user;
    link.label =
        sim_arena_format(l->arena, "%s > %s: %s", link.from, link.to, p->streams[m->stream]->name);
    return link;
}

static int by_label(const void *a, const void *b)
{
    return strcmp(((const struct park_layout_link *)a)->label,
                  ((const struct park_layout_link *)b)->label);
}

static const char *pool_name(const struct park_net *net, int32_t pool)
{
    return pool >= 0 ? net->pools[pool].name : "outside";
}

/** Where several links would read the same, say what moves each, and between which pools. */
static void tell_apart(struct park_layout *l, const struct park *p)
{
    const char *last = NULL;
    for (int i = 0; i < l->link_count; i++) {
        struct park_layout_link *link = &l->links[i];
        const char *label = link->label;
        const bool as_next = i + 1 < l->link_count && strcmp(label, l->links[i + 1].label) == 0;
        if (as_next || (last != NULL && strcmp(label, last) == 0)) {
            const struct park_move *m = &p->net->moves[link->move];
            link->label = sim_arena_format(
                l->arena, "%s (%s, %s to %s)", label, p->net->activities[m->activity].name,
                pool_name(p->net, m->from_pool), pool_name(p->net, m->to_pool));
        }
        last = label;
    }
}

static void make_links(struct park_layout *l, const struct park *p)
{
    l->link_count = p->net->move_count;
    l->links = SIM_ARENA_NEW(l->arena, struct park_layout_link, l->link_count);
    for (int32_t m = 0; m < l->link_count; m++) {
        l->links[m] = make_link(l, p, m);
    }
    if (l->link_count > 0) {
        qsort(l->links, (size_t)l->link_count, sizeof(*l->links), by_label);
        tell_apart(l, p);
        qsort(l->links, (size_t)l->link_count, sizeof(*l->links), by_label);
    }
}

static int by_stock(const void *a, const void *b)
{
    return strcmp(((const struct park_layout_stock *)a)->label,
                  ((const struct park_layout_stock *)b)->label);
}

/** NULL: what decays sets nothing free. */
static const char *decay_label(const struct park_layout *l, const struct park *p,
                               const struct park_pool *pool)
{
    const struct park_stream *s = p->streams[pool->stream];
    const bool is_it =
        pool->stock >= 0 && p->stocks[pool->stock]->decay_per_s > 0 && s->carbon != NULL;
    return is_it ? sim_arena_format(l->arena, "%s > decay: %s", pool->name, s->name) : NULL;
}

static void make_stocks(struct park_layout *l, const struct park *p)
{
    l->stocks = SIM_ARENA_NEW(l->arena, struct park_layout_stock, p->net->pool_count);
    for (int32_t i = 0; i < p->net->pool_count; i++) {
        const struct park_pool *pool = &p->net->pools[i];
        if (pool->stock >= 0 || pool->link >= 0) {
            l->stocks[l->stock_count++] =
                (struct park_layout_stock){.label = pool->name,
                                           .decay = decay_label(l, p, pool),
                                           .pool = i,
                                           .stream = pool->stream,
                                           .unit = l->unit_of[pool->stream]};
        }
    }
    if (l->stock_count > 0) {
        qsort(l->stocks, (size_t)l->stock_count, sizeof(*l->stocks), by_stock);
    }
}

static const char *tag_of(struct sim_arena *arena, const char *unit)
{
    char *tag = sim_arena_strdup(arena, unit);
    for (char *c = tag; *c != '\0'; c++) {
        if (!isalnum((unsigned char)*c)) {
            *c = '_';
        }
    }
    return tag;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(((const struct park_layout_unit *)a)->text,
                  ((const struct park_layout_unit *)b)->text);
}

static int find_unit(const struct park_layout *l, const char *text)
{
    for (int i = 0; i < l->unit_count; i++) {
        if (strcmp(l->units[i].text, text) == 0) {
            return i;
        }
    }
    return -1;
}

static void make_units(struct park_layout *l, const struct park *p)
{
    l->units = SIM_ARENA_NEW(l->arena, struct park_layout_unit, p->stream_count);
    l->unit_of = SIM_ARENA_NEW(l->arena, int32_t, p->stream_count);
    for (int s = 0; s < p->stream_count; s++) {
        const char *text = p->streams[s]->unit;
        if (find_unit(l, text) < 0) {
            l->units[l->unit_count++] =
                (struct park_layout_unit){.text = text, .tag = tag_of(l->arena, text)};
        }
    }
    if (l->unit_count > 0) {
        qsort(l->units, (size_t)l->unit_count, sizeof(*l->units), by_text);
    }
    for (int s = 0; s < p->stream_count; s++) {
        l->unit_of[s] = find_unit(l, p->streams[s]->unit);
    }
}

struct park_layout *park_layout_create(const struct park *p)
{
    struct sim_arena *arena = sim_arena_create();
    struct park_layout *l = SIM_ARENA_NEW(arena, struct park_layout, 1);
    l->arena = arena;
    make_units(l, p);
    make_links(l, p);
    make_stocks(l, p);
    return l;
}

void park_layout_destroy(const struct park_layout *l)
{
    if (l != NULL) {
        sim_arena_destroy(l->arena);
    }
}
