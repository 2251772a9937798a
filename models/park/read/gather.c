// Things of all kinds: found in the file, sorted by name, and numbered.
#include "models/park/read/root.h"
#include "sim/base/vec.h"

#include <stdlib.h>
#include <string.h>

/** A thing with where it stands. */
struct find {
    struct park_thing *thing;
    const struct park_thing *owner; // NULL: the root of the file
    int home;                       // -1: the root of the file
};

/** Those of one kind. */
struct park_found {
    struct park_loader *load;
    const struct park_kind *kind;
    const struct park_thing *owner; // of those that are added next
    int home;
    SIM_VEC(struct find) all;
};

void park_gather_add(struct park_found *out, struct park_thing *t)
{
    const struct find x = {.thing = t, .owner = out->owner, .home = out->home};
    SIM_VEC_PUSH(&out->all, x);
}

// Lists of any kind are arrays of pointers to structs that begin with a thing.
static void **list_of(const struct park *p, const struct park_kind *kind, int *count)
{
    void **list;
    memcpy(&list, (const char *)p + kind->list.at, sizeof(list));
    memcpy(count, (const char *)p + kind->list.count, sizeof(*count));
    return list;
}

static const char *name_of(const struct park_found *f, const struct sim_item *item)
{
    struct sim_arena *a = f->load->park->arena;
    if (f->owner == NULL) {
        return item->name;
    }
    switch (f->kind->homes[f->home].naming) {
    case PARK_NAMED_BY_OWNER:
        return sim_arena_format(a, "%s.%s", f->owner->name, item->name);
    case PARK_NAMED_BY_GROUP:
        return sim_arena_format(a, "%s.%s.%s", f->owner->name, item->node->parent->name,
                                item->name);
    case PARK_NAMED_BY_PATH:
        return sim_arena_format(a, "%s.%s", f->owner->path, item->name);
    case PARK_NAMED_ALREADY:
        break;
    }
    sim_base_bug(__FILE__, __LINE__, "a thing without a name");
}

static void fill(const struct park_found *f, const struct sim_item *item)
{
    struct sim_arena *a = f->load->park->arena;
    const char *group = item->node->parent->name;
    struct park_thing *t = item->data;
    t->name = name_of(f, item);
    t->path = f->owner == NULL ? sim_arena_format(a, "%s.%s", group, item->name)
                               : sim_arena_format(a, "%s.%s.%s", f->owner->path, group, item->name);
    t->node = item->node;
    t->group = f->kind;
    t->keys = item->kind;
}

/** All that could be read; mistakes of the others are told. */
static void add_items(struct park_found *f, const struct sim_items *items)
{
    for (int i = 0; i < items->count; i++) {
        if (items->at[i].data == NULL) {
            continue;
        }
        fill(f, &items->at[i]);
        if (f->kind->expand != NULL) {
            f->kind->expand(f->load, items->at[i].data, f);
        } else {
            park_gather_add(f, items->at[i].data);
        }
    }
}

static void add_home(struct park_found *f, const struct park_home *home)
{
    int count;
    void **owners = list_of(f->load->park, home->of, &count);
    for (int i = 0; i < count; i++) {
        f->owner = owners[i];
        if (home->naming == PARK_NAMED_ALREADY) {
            park_gather_add(f, owners[i]);
        } else {
            add_items(f, (const struct sim_items *)((const char *)owners[i] + home->items));
        }
    }
}

static int by_name(const void *a, const void *b)
{
    const struct find *x = a;
    const struct find *y = b;
    return strcmp(x->thing->name, y->thing->name);
}

/** Into the park's list; then each is told to its kind. */
static void number(struct park_found *f)
{
    struct park *p = f->load->park;
    const int count = f->all.count;
    void **list = SIM_ARENA_NEW(p->arena, void *, count);
    if (count > 0) {
        qsort(f->all.data, (size_t)count, sizeof(*f->all.data), by_name);
    }
    for (int i = 0; i < count; i++) {
        list[i] = f->all.data[i].thing;
        f->all.data[i].thing->id = i;
    }
    memcpy((char *)p + f->kind->list.at, &list, sizeof(list));
    memcpy((char *)p + f->kind->list.count, &count, sizeof(count));
    for (int i = 0; f->kind->found != NULL && i < count; i++) {
        const struct find *x = &f->all.data[i];
        f->kind->found(f->load, x->thing, x->owner, x->home);
    }
}

static void gather_many(struct park_loader *l, const struct park_kind *kind, int i)
{
    struct park_found f = {.load = l, .kind = kind, .home = -1};
    if (kind->group != NULL) {
        add_items(&f, park_root_items(l->file, i));
    }
    for (int k = 0; kind->homes != NULL && kind->homes[k].of != NULL; k++) {
        f.home = k;
        add_home(&f, &kind->homes[k]);
    }
    number(&f);
    l->by_node = sim_base_realloc(l->by_node, (size_t)(l->thing_count + f.all.count),
                                  sizeof(struct park_thing *));
    for (int k = 0; k < f.all.count; k++) {
        l->by_node[l->thing_count++] = f.all.data[k].thing;
    }
    free(f.all.data);
}

static void gather_one(struct park_loader *l, const struct park_kind *kind, int i)
{
    struct park_thing *one = park_root_one(l->file, i);
    if (one != NULL) {
        one->name = kind->group;
        one->path = kind->group;
        one->node = sim_tree_child(sim_tree_root(l->park->tree), kind->group);
        one->group = kind;
        one->keys = kind->keys;
    }
    memcpy((char *)l->park + kind->list.at, &one, sizeof(one));
}

static int by_node(const void *a, const void *b)
{
    const struct park_thing *const *x = a;
    const struct park_thing *const *y = b;
    const uintptr_t p = (uintptr_t)(*x)->node;
    const uintptr_t q = (uintptr_t)(*y)->node;
    return (p > q) - (p < q);
}

void park_gather(struct park_loader *l, const struct park_kind *const *kinds)
{
    for (int i = 0; kinds[i] != NULL; i++) {
        if (kinds[i]->is_one) {
            gather_one(l, kinds[i], i);
        } else {
            gather_many(l, kinds[i], i);
        }
    }
    if (l->thing_count > 0) {
        qsort(l->by_node, (size_t)l->thing_count, sizeof(*l->by_node), by_node);
    }
}

void park_gather_free(struct park_loader *l)
{
    free(l->by_node);
    l->by_node = NULL;
    l->thing_count = 0;
}
