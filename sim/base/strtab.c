#include "sim/base/strtab.h"

#include "sim/base/arena.h"
#include "sim/base/hash.h"
#include "sim/base/vec.h"

#include <string.h>
#include <strings.h>

enum {
    FIRST_SLOTS = 64,
    LONGEST_GUESS = 200
};

/** Slots hold id + 1, zero is free; at most half of them are taken. Slot count is a power of 2. */
struct sim_strtab {
    struct sim_arena *arena; // owns the names
    SIM_VEC(const char *) names;
    int32_t *slots;
    size_t slot_count;
};

struct sim_strtab *sim_strtab_create(void)
{
    struct sim_strtab *t = sim_base_alloc(1, sizeof(*t));

    t->arena = sim_arena_create();
    t->slot_count = FIRST_SLOTS;
    t->slots = sim_base_alloc(t->slot_count, sizeof(*t->slots));
    return t;
}

void sim_strtab_destroy(struct sim_strtab *t)
{
    if (t == NULL) {
        return;
    }
    sim_arena_destroy(t->arena);
    SIM_VEC_FREE(&t->names);
    free(t->slots);
    free(t);
}

/** The slot where `name` is, or the free one where it belongs. */
static size_t slot_of(const struct sim_strtab *t, const char *name)
{
    const size_t mask = t->slot_count - 1;
    size_t slot = (size_t)sim_hash_text(name, 0) & mask;

    while (t->slots[slot] != 0 && strcmp(t->names.data[t->slots[slot] - 1], name) != 0) {
        slot = (slot + 1) & mask;
    }
    return slot;
}

static void grow(struct sim_strtab *t)
{
    free(t->slots);
    t->slot_count *= 2;
    t->slots = sim_base_alloc(t->slot_count, sizeof(*t->slots));
    for (int32_t id = 0; id < t->names.count; id++) {
        t->slots[slot_of(t, t->names.data[id])] = id + 1;
    }
}

int32_t sim_strtab_intern(struct sim_strtab *t, const char *name)
{
    size_t slot = slot_of(t, name);

    if (t->slots[slot] != 0) {
        return t->slots[slot] - 1;
    }
    SIM_VEC_PUSH(&t->names, sim_arena_strdup(t->arena, name));
    t->slots[slot] = t->names.count;
    if ((size_t)t->names.count * 2 > t->slot_count) {
        grow(t);
    }
    return t->names.count - 1;
}

int32_t sim_strtab_find(const struct sim_strtab *t, const char *name)
{
    return t->slots[slot_of(t, name)] - 1;
}

const char *sim_strtab_name(const struct sim_strtab *t, int32_t id)
{
    SIM_REQUIRE(id >= 0 && id < t->names.count, "the number of a name in this table");
    return t->names.data[id];
}

int sim_strtab_count(const struct sim_strtab *t)
{
    return t->names.count;
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

/** Letters to insert, drop, change, or swap with their neighbour until `a` reads `b`.
 * Three rows of Damerau's and Levenshtein's table; both texts have at most LONGEST_GUESS bytes. */
static int edit_distance(const char *a, int a_length, const char *b, int b_length)
{
    int rows[3][LONGEST_GUESS + 1];

    for (int j = 0; j <= b_length; j++) {
        rows[0][j] = j;
    }
    for (int i = 1; i <= a_length; i++) {
        int *const now = rows[i % 3];
        const int *const before = rows[(i - 1) % 3];

        now[0] = i;
        for (int j = 1; j <= b_length; j++) {
            const int change = before[j - 1] + (a[i - 1] != b[j - 1] ? 1 : 0);

            now[j] = smaller(change, 1 + smaller(before[j], now[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                now[j] = smaller(now[j], rows[(i + 1) % 3][j - 2] + 1); // (i - 2) mod 3
            }
        }
    }
    return rows[a_length % 3][b_length];
}

const char *sim_strtab_nearest(const char *name, const char *const *names, int count)
{
    const size_t length = strlen(name);
    const char *best = NULL;
    int best_distance = (int)(length / 3) + 1;

    if (length > LONGEST_GUESS) {
        return NULL;
    }
    for (int i = 0; i < count; i++) {
        const size_t other = names[i] != NULL ? strlen(names[i]) : LONGEST_GUESS + 1;

        if (other > LONGEST_GUESS) {
            continue;
        }
        const bool is_case = strcmp(name, names[i]) != 0 && strcasecmp(name, names[i]) == 0;
        const int distance = is_case ? 0 : edit_distance(name, (int)length, names[i], (int)other);

        if (distance < best_distance) {
            best_distance = distance;
            best = names[i];
        }
    }
    return best;
}
