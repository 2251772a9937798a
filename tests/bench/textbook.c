// SPDX-License-Identifier: MIT
#include "tests/bench/textbook.h"

#include <stdlib.h>

struct textbook textbook_make(int capacity)
{
    return (struct textbook){
        .heap = sim_base_alloc((size_t)capacity, sizeof(struct textbook_event)),
        .capacity = capacity,
    };
}

void textbook_free(struct textbook *h)
{
    free(h->heap);
}

static bool is_before(const struct textbook_event *a, const struct textbook_event *b)
{
    if (a->when != b->when) {
        return a->when < b->when;
    }
    return a->sequence < b->sequence;
}

void textbook_push(struct textbook *h, sim_time when, int32_t kind, int32_t who)
{
    if (h->count == h->capacity) {
        h->capacity *= 2;
        h->heap = sim_base_realloc(h->heap, (size_t)h->capacity, sizeof *h->heap);
    }
    const struct textbook_event e = {when, h->sequence++, kind, who};
    int at = h->count++;
    while (at > 0 && is_before(&e, &h->heap[(at - 1) / 2])) {
        h->heap[at] = h->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    h->heap[at] = e;
}

bool textbook_pop(struct textbook *h, struct textbook_event *out)
{
    if (h->count == 0) {
        return false;
    }
    *out = h->heap[0];
    const struct textbook_event last = h->heap[--h->count];
    int at = 0;
    while (2 * at + 1 < h->count) {
        int child = 2 * at + 1;
        if (child + 1 < h->count && is_before(&h->heap[child + 1], &h->heap[child])) {
            child++;
        }
        if (!is_before(&h->heap[child], &last)) {
            break;
        }
        h->heap[at] = h->heap[child];
        at = child;
    }
    h->heap[at] = last;
    return true;
}
