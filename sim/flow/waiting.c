#include "sim/base/vec.h"
#include "sim/flow/waiting_priv.h"

#include <stdlib.h>
#include <string.h>

enum {
    LEVELS = 6 // 64^6 components
};

struct block {
    uint64_t key;
    int32_t port;
};

struct sim_waiting {
    const struct sim_network *net;
    uint64_t *bits[LEVELS]; // bit i of a level: some bit of word i of the level below is set
    size_t words[LEVELS];
    int levels;
    int32_t *only; // per component: its only port, if it has one
    SIM_VEC(struct block) heap;
};

struct sim_waiting *sim_waiting_create(const struct sim_network *net)
{
    struct sim_waiting *w = sim_base_alloc(1, sizeof(*w));
    size_t count = (size_t)net->component_count;
    w->net = net;
    do {
        SIM_REQUIRE(w->levels < LEVELS, "too many components");
        count = (count + 63) / 64;
        w->words[w->levels] = count;
        w->bits[w->levels++] = sim_base_alloc(count + 1, sizeof(uint64_t));
    } while (count > 1);
    w->only = sim_base_alloc((size_t)net->component_count + 1, sizeof(*w->only));
    for (int32_t j = 0; j < net->port_count; j++) {
        w->only[net->component[j]] = j;
    }
    return w;
}

void sim_waiting_destroy(struct sim_waiting *w)
{
    if (w == NULL) {
        return;
    }
    for (int i = 0; i < w->levels; i++) {
        free(w->bits[i]);
    }
    free(w->only);
    SIM_VEC_FREE(&w->heap);
    free(w);
}

void sim_waiting_clear(struct sim_waiting *w)
{
    for (int i = 0; i < w->levels; i++) {
        memset(w->bits[i], 0, w->words[i] * sizeof(uint64_t));
    }
    w->heap.count = 0;
}

// ---- Components of one port ----

static void set_bit(struct sim_waiting *w, uint32_t at)
{
    for (int i = 0; i < w->levels; i++) {
        uint64_t *word = &w->bits[i][at / 64];
        const bool was_empty = *word == 0;
        *word |= (uint64_t)1 << at % 64;
        if (!was_empty) {
            return;
        }
        at /= 64;
    }
}

static void clear_bit(struct sim_waiting *w, uint32_t at)
{
    for (int i = 0; i < w->levels; i++) {
        uint64_t *word = &w->bits[i][at / 64];
        *word &= ~((uint64_t)1 << at % 64);
        if (*word != 0) {
            return;
        }
        at /= 64;
    }
}

/** The first component whose bit is set, -1 none. */
static int64_t first_bit(const struct sim_waiting *w)
{
    uint64_t at = 0;
    if (w->bits[w->levels - 1][0] == 0) {
        return -1;
    }
    for (int i = w->levels - 1; i >= 0; i--) {
        at = 64 * at + (uint64_t)__builtin_ctzll(w->bits[i][at]);
    }
    return (int64_t)at;
}

// ---- Blocks of larger ones ----

static bool is_before(struct block x, struct block y)
{
    return x.key != y.key ? x.key < y.key : x.port < y.port;
}

static void heap_push(struct sim_waiting *w, struct block b)
{
    SIM_VEC_PUSH(&w->heap, b);
    struct block *h = w->heap.data;
    int at = w->heap.count - 1;
    for (; at > 0 && is_before(b, h[(at - 1) / 2]); at = (at - 1) / 2) {
        h[at] = h[(at - 1) / 2];
    }
    h[at] = b;
}

static int32_t heap_pop(struct sim_waiting *w)
{
    struct block *h = w->heap.data;
    const struct block top = h[0];
    const struct block last = SIM_VEC_POP(&w->heap);
    const int count = w->heap.count;
    int at = 0;
    while (2 * at + 1 < count) {
        int child = 2 * at + 1;
        child += child + 1 < count && is_before(h[child + 1], h[child]);
        if (!is_before(h[child], last)) {
            break;
        }
        h[at] = h[child];
        at = child;
    }
    h[at] = last;
    return top.port;
}

void sim_waiting_push(struct sim_waiting *w, int32_t port, uint64_t key)
{
    const int32_t component = w->net->component[port];
    if (w->net->component_size[component] == 1) {
        set_bit(w, (uint32_t)component);
    } else {
        heap_push(w, (struct block){key, port});
    }
}

int32_t sim_waiting_pop(struct sim_waiting *w)
{
    const int64_t first = first_bit(w);
    const bool has_block = w->heap.count > 0;
    if (has_block && (first < 0 || w->net->component[w->heap.data[0].port] < first)) {
        return heap_pop(w);
    }
    if (first < 0) {
        return -1;
    }
    clear_bit(w, (uint32_t)first);
    return w->only[first];
}
