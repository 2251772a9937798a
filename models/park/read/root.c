#include "models/park/read/root.h"

#include "models/park/read/designs.h"

/** What a group becomes: things by name, or one. */
union slot {
    struct sim_items items;
    struct park_thing *one;
};

/** The file as sim_kind_load fills it. */
struct file {
    int64_t format;
    struct sim_items designs; // always empty: they are taken out before (designs.h)
    union slot slots[];       // by kind
};

static int count_of(const struct park_kind *const *kinds)
{
    int count = 0;
    while (kinds[count] != NULL) {
        count++;
    }
    return count;
}

static size_t slot_at(int i)
{
    return offsetof(struct file, slots) + (size_t)i * sizeof(union slot);
}

static struct sim_key key_of(const struct park_kind *kind, int i)
{
    return (struct sim_key){.name = kind->group,
                            .type = kind->is_one ? SIM_KEY_GROUP : SIM_KEY_MAP,
                            .flags = kind->flags,
                            .kind = kind->keys,
                            .kinds = kind->kinds,
                            .offset = slot_at(i),
                            .doc = kind->doc != NULL ? kind->doc : kind->keys->doc};
}

/** Single groups, or those with names: one after the other, as the reference tells them. */
static int add_groups(struct sim_key *keys, int count, const struct park_kind *const *kinds,
                      bool is_one)
{
    for (int i = 0; kinds[i] != NULL; i++) {
        if (kinds[i]->group != NULL && kinds[i]->is_one == is_one) {
            keys[count++] = key_of(kinds[i], i);
        }
    }
    return count;
}

const struct park_root *park_root_make(struct sim_arena *a, const struct park_kind *const *kinds)
{
    enum {
        OTHERS = 2 // format, designs
    };
    const int kind_count = count_of(kinds);
    struct park_root *r = SIM_ARENA_NEW(a, struct park_root, 1);
    struct sim_key *keys = SIM_ARENA_NEW(a, struct sim_key, OTHERS + kind_count);
    int count = 0;
    keys[count++] = (struct sim_key){.name = "format",
                                     .type = SIM_KEY_COUNT,
                                     .flags = SIM_KEY_REQUIRED,
                                     .min = "1",
                                     .max = "1",
                                     .offset = offsetof(struct file, format),
                                     .doc = "version of the park file: 1"};
    count = add_groups(keys, count, kinds, true);
    keys[count++] = (struct sim_key){.name = "designs",
                                     .type = SIM_KEY_MAP,
                                     .kind = &park_designs_kind,
                                     .offset = offsetof(struct file, designs),
                                     .doc = "other parks to compare: this one with changes"};
    count = add_groups(keys, count, kinds, false);
    r->kinds = kinds;
    r->kind = (struct sim_kind){.name = "park file",
                                .doc = "A park file is a libconfig file; these are its groups.",
                                .size = slot_at(kind_count),
                                .keys = keys,
                                .key_count = count};
    return r;
}

const struct sim_items *park_root_items(const void *file, int i)
{
    const struct file *f = file;
    return &f->slots[i].items;
}

struct park_thing *park_root_one(const void *file, int i)
{
    const struct file *f = file;
    return f->slots[i].one;
}
