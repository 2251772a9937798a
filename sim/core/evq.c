// SPDX-License-Identifier: MIT
#include "sim/core/evq.h"

#include "sim/base/hash.h"
#include "sim/core/evq_priv.h"

#include <stdlib.h>
#include <string.h>

// A key holds, from its highest bit: time 53, priority 7, rank 20, number of the push 26, slot 22.
// The number decides between events of one entity only, where it orders as a counter of that entity
// would; one for all needs no table. No two keys share it, so the slot never decides.
enum {
    SLOT_BITS = 22,
    NUMBER_BITS = 26,
    RANK_BITS = 20,
    PRIORITY_BITS = 7,
    NUMBER_SHIFT = SLOT_BITS,
    RANK_SHIFT = NUMBER_SHIFT + NUMBER_BITS,
    PRIORITY_SHIFT = RANK_SHIFT + RANK_BITS,
    TIME_SHIFT = PRIORITY_SHIFT + PRIORITY_BITS,
    ARITY = 4,     // four keys fill a cache line
    LINE = 64,     // [B] a cache line
    TIDY_FROM = 64 // [-] so many cancelled keys are not worth tidying
};

#define LOW_BITS(n) (((uint64_t)1 << (n)) - 1)

__extension__ typedef unsigned __int128 evq_key;

#define KEY_MAX (~(evq_key)0)

struct slot {
    uint64_t generation; // [-] odd while its event waits
    int32_t kind;
    int32_t arg; // of a free slot: the next free one, or -1
};

struct sim_evq {
    evq_key *heap; // heap[1..4], heap[5..8], ... fill a line each; KEY_MAX from `length` on
    void *block;   // what heap lies in
    int length;    // [-] keys in the heap: waiting, cancelled, and the hole
    int capacity;
    int cancelled; // [-] keys whose slot is no longer waiting
    bool hole;     // heap[0] was popped and is still to be filled
    sim_time start;
    sim_time now;
    struct slot *slots;
    int slot_count;
    int slot_capacity;
    int free_slot;   // -1 for none
    uint32_t number; // [-] of the next push
};

// ---- keys

static evq_key key_of(uint64_t since_start, int32_t priority, int32_t who, uint32_t number,
                      uint32_t slot)
{
    // In two halves of 64 bits, so that no 128-bit shift is needed.
    const uint64_t urgency = (uint64_t)(uint32_t)(priority - SIM_EVQ_PRIORITY_MIN);
    const uint64_t rank = (uint64_t)(uint32_t)who;
    const uint64_t high = (since_start << (TIME_SHIFT - 64)) | (urgency << (PRIORITY_SHIFT - 64)) |
                          (rank >> (64 - RANK_SHIFT));
    const uint64_t low = (rank << RANK_SHIFT) | ((uint64_t)number << NUMBER_SHIFT) | slot;
    return ((evq_key)high << 64) | low;
}

static uint32_t key_slot(evq_key key)
{
    return (uint32_t)((uint64_t)key & LOW_BITS(SLOT_BITS));
}

static uint32_t key_number(evq_key key)
{
    return (uint32_t)(((uint64_t)key >> NUMBER_SHIFT) & LOW_BITS(NUMBER_BITS));
}

static int32_t key_who(evq_key key)
{
    return (int32_t)((uint64_t)(key >> RANK_SHIFT) & LOW_BITS(RANK_BITS));
}

static struct sim_event event_of(const struct sim_evq *q, evq_key key)
{
    const uint64_t high = (uint64_t)(key >> 64);
    const struct slot *slot = &q->slots[key_slot(key)];
    return (struct sim_event){
        .when = q->start + (sim_time)(high >> (TIME_SHIFT - 64)),
        .priority = (int32_t)((high >> (PRIORITY_SHIFT - 64)) & LOW_BITS(PRIORITY_BITS)) +
                    SIM_EVQ_PRIORITY_MIN,
        .who = key_who(key),
        .kind = slot->kind,
        .arg = slot->arg,
    };
}

static bool is_live(const struct sim_evq *q, evq_key key)
{
    return (q->slots[key_slot(key)].generation & 1) != 0;
}

static int compare_keys(const void *left, const void *right)
{
    evq_key a;
    evq_key b;
    memcpy(&a, left, sizeof a);
    memcpy(&b, right, sizeof b);
    return (a > b) - (a < b);
}

// ---- the heap

/** Of the four children from `first` on; those beyond the end are KEY_MAX and never win. */
static inline int least_child(const evq_key *heap, int first)
{
    const int left = first + (heap[first + 1] < heap[first]);
    const int right = first + 2 + (heap[first + 3] < heap[first + 2]);
    return left ^ ((left ^ right) & -(heap[right] < heap[left]));
}

static void sift_down(evq_key *heap, int length, int at, evq_key key)
{
    for (int first = ARITY * at + 1; first < length; first = ARITY * at + 1) {
        const int child = least_child(heap, first);
        if (heap[child] > key) {
            break;
        }
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = key;
}

static void sift_up(evq_key *heap, int at, evq_key key)
{
    while (at > 0) {
        const int parent = (at - 1) / ARITY;
        if (heap[parent] < key) {
            break;
        }
        heap[at] = heap[parent];
        at = parent;
    }
    heap[at] = key;
}

/** The key that ends the heap takes the place of the one popped. */
static void fill_hole(struct sim_evq *q)
{
    const evq_key last = q->heap[--q->length];
    q->heap[q->length] = KEY_MAX;
    q->hole = false;
    if (q->length > 0) {
        sift_down(q->heap, q->length, 0, last);
    }
}

static void grow_heap(struct sim_evq *q, int capacity)
{
    SIM_REQUIRE(capacity <= SIM_EVQ_WAITING_MAX, "more events wait than an event queue can hold");
    // So many more that the last parent's four children can be read, and a line to align in.
    const int keys = capacity + ARITY;
    void *block = sim_base_alloc((size_t)keys + 2 * LINE / sizeof(evq_key), sizeof(evq_key));
    const uintptr_t line = ((uintptr_t)block + LINE - 1) / LINE * LINE;
    evq_key *heap = (evq_key *)(line + LINE - sizeof(evq_key)); // heap[1] begins a line
    if (q->length > 0) {
        memcpy(heap, q->heap, (size_t)q->length * sizeof *heap);
    }
    for (int i = q->length; i < keys; i++) {
        heap[i] = KEY_MAX;
    }
    free(q->block);
    q->block = block;
    q->heap = heap;
    q->capacity = capacity;
}

// ---- slots and counters

static void grow_slots(struct sim_evq *q, int capacity)
{
    q->slots = sim_base_realloc(q->slots, (size_t)capacity, sizeof *q->slots);
    memset(q->slots + q->slot_capacity, 0,
           (size_t)(capacity - q->slot_capacity) * sizeof *q->slots);
    q->slot_capacity = capacity;
}

static int doubled(int capacity, int limit)
{
    return capacity > limit / 2 ? limit : 2 * capacity;
}

static uint32_t take_slot(struct sim_evq *q)
{
    if (q->free_slot >= 0) {
        const int32_t slot = q->free_slot;
        q->free_slot = q->slots[slot].arg;
        return (uint32_t)slot;
    }
    if (q->slot_count == q->slot_capacity) {
        SIM_REQUIRE(q->slot_count < SIM_EVQ_WAITING_MAX,
                    "more events wait than an event queue can hold");
        grow_slots(q, doubled(q->slot_capacity, SIM_EVQ_WAITING_MAX));
    }
    return (uint32_t)q->slot_count++;
}

static void give_slot(struct sim_evq *q, uint32_t slot)
{
    q->slots[slot].arg = q->free_slot;
    q->free_slot = (int32_t)slot;
}

/** Drop the cancelled keys and make a heap of the rest. O(n). */
static void tidy(struct sim_evq *q)
{
    int kept = 0;
    for (int i = q->hole ? 1 : 0; i < q->length; i++) {
        const evq_key key = q->heap[i];
        if (is_live(q, key)) {
            q->heap[kept++] = key;
        } else {
            give_slot(q, key_slot(key));
        }
    }
    for (int i = kept; i < q->length; i++) {
        q->heap[i] = KEY_MAX;
    }
    q->length = kept;
    q->cancelled = 0;
    q->hole = false;
    for (int i = (kept - 2) / ARITY; i >= 0 && kept > 1; i--) {
        sift_down(q->heap, kept, i, q->heap[i]);
    }
}

/** The numbers have come to their end: number the waiting events anew from 0, in their order. That
 * order stays, and a sorted array is a heap. */
static void renumber(struct sim_evq *q)
{
    tidy(q);
    qsort(q->heap, (size_t)q->length, sizeof *q->heap, compare_keys);
    const evq_key mask = (evq_key)LOW_BITS(NUMBER_BITS) << NUMBER_SHIFT;
    for (int i = 0; i < q->length; i++) {
        q->heap[i] = (q->heap[i] & ~mask) | ((evq_key)(uint32_t)i << NUMBER_SHIFT);
    }
    q->number = (uint32_t)q->length;
}

// ---- the interface

struct sim_evq *sim_evq_create(int capacity)
{
    SIM_REQUIRE(capacity >= 0, "an event queue cannot hold less than nothing");
    struct sim_evq *q = sim_base_alloc(1, sizeof *q);
    const int room = capacity < 16 ? 16 : capacity;
    q->free_slot = -1;
    grow_heap(q, room);
    grow_slots(q, room);
    return q;
}

void sim_evq_destroy(struct sim_evq *q)
{
    if (q != NULL) {
        free(q->block);
        free(q->slots);
        free(q);
    }
}

void sim_evq_reset(struct sim_evq *q, sim_time start)
{
    for (int i = 0; i < q->length; i++) {
        q->heap[i] = KEY_MAX;
    }
    for (int i = 0; i < q->slot_count; i++) {
        q->slots[i].generation += q->slots[i].generation & 1; // handles of old name nothing
    }
    q->number = 0;
    q->length = 0;
    q->cancelled = 0;
    q->hole = false;
    q->slot_count = 0;
    q->free_slot = -1;
    q->start = start;
    q->now = start;
}

static void check_event(const struct sim_evq *q, const struct sim_event *e)
{
    SIM_REQUIRE(e->when >= q->now, "an event was pushed before the time of the last one popped");
    SIM_REQUIRE((uint64_t)e->when - (uint64_t)q->start < (uint64_t)SIM_EVQ_SPAN_US,
                "an event was pushed 285 years or more after the start of the run");
    SIM_REQUIRE(e->priority >= SIM_EVQ_PRIORITY_MIN && e->priority <= SIM_EVQ_PRIORITY_MAX,
                "the priority of an event must be from -64 to 63");
    SIM_REQUIRE(e->who >= 0 && e->who <= SIM_EVQ_RANK_MAX,
                "the rank of an event's entity must be from 0 to 1048575");
}

sim_ev sim_evq_push(struct sim_evq *q, const struct sim_event *e)
{
    check_event(q, e);
    if (q->number > LOW_BITS(NUMBER_BITS)) {
        renumber(q);
    }
    const uint32_t at = take_slot(q);
    struct slot *slot = &q->slots[at];
    slot->generation++;
    slot->kind = e->kind;
    slot->arg = e->arg;
    const uint64_t since_start = (uint64_t)e->when - (uint64_t)q->start;
    const evq_key key = key_of(since_start, e->priority, e->who, q->number++, at);
    if (q->hole) {
        q->hole = false;
        sift_down(q->heap, q->length, 0, key);
    } else {
        if (q->length == q->capacity) {
            grow_heap(q, doubled(q->capacity, SIM_EVQ_WAITING_MAX));
        }
        sift_up(q->heap, q->length++, key);
    }
    return (sim_ev){(slot->generation << SLOT_BITS) | at};
}

/** Bring a waiting event to heap[0]; false when none waits. */
static bool settle(struct sim_evq *q)
{
    if (q->hole) {
        fill_hole(q);
    }
    while (q->length > 0 && !is_live(q, q->heap[0])) {
        give_slot(q, key_slot(q->heap[0]));
        q->cancelled--;
        fill_hole(q);
    }
    return q->length > 0;
}

bool sim_evq_peek(struct sim_evq *q, struct sim_event *out)
{
    if (!settle(q)) {
        return false;
    }
    *out = event_of(q, q->heap[0]);
    return true;
}

bool sim_evq_pop(struct sim_evq *q, struct sim_event *out)
{
    if (!settle(q)) {
        return false;
    }
    const evq_key key = q->heap[0];
    *out = event_of(q, key);
    q->now = out->when;
    q->slots[key_slot(key)].generation++;
    give_slot(q, key_slot(key));
    q->hole = true;
    return true;
}

bool sim_evq_is_waiting(const struct sim_evq *q, sim_ev ev)
{
    const uint64_t slot = ev.id & LOW_BITS(SLOT_BITS);
    const uint64_t generation = ev.id >> SLOT_BITS;
    return (generation & 1) != 0 && slot < (uint64_t)q->slot_capacity &&
           (q->slots[slot].generation & LOW_BITS(64 - SLOT_BITS)) == generation;
}

bool sim_evq_cancel(struct sim_evq *q, sim_ev ev)
{
    if (!sim_evq_is_waiting(q, ev)) {
        return false;
    }
    q->slots[ev.id & LOW_BITS(SLOT_BITS)].generation++;
    q->cancelled++;
    if (q->cancelled > TIDY_FROM && q->cancelled > q->length / 2) {
        tidy(q);
    }
    return true;
}

int sim_evq_count(const struct sim_evq *q)
{
    return q->length - q->cancelled - (q->hole ? 1 : 0);
}

sim_time sim_evq_now(const struct sim_evq *q)
{
    return q->now;
}

/** The live keys in their order; owned by the caller. */
static evq_key *sorted_keys(const struct sim_evq *q)
{
    evq_key *keys = sim_base_alloc((size_t)sim_evq_count(q) + 1, sizeof *keys);
    int count = 0;
    for (int i = q->hole ? 1 : 0; i < q->length; i++) {
        if (is_live(q, q->heap[i])) {
            keys[count++] = q->heap[i];
        }
    }
    qsort(keys, (size_t)count, sizeof *keys, compare_keys);
    return keys;
}

void sim_evq_list(const struct sim_evq *q, struct sim_event *out)
{
    evq_key *keys = sorted_keys(q);
    for (int i = 0; i < sim_evq_count(q); i++) {
        out[i] = event_of(q, keys[i]);
    }
    free(keys);
}

uint64_t sim_evq_hash(const struct sim_evq *q)
{
    const int count = sim_evq_count(q);
    struct sim_event *events = sim_base_alloc((size_t)count + 1, sizeof *events);
    sim_evq_list(q, events);
    const uint64_t hash = sim_hash_bytes(events, (size_t)count * sizeof *events, 0);
    free(events);
    return hash;
}

void sim_evq_validate(const struct sim_evq *q)
{
    int cancelled = 0;
    for (int i = q->hole ? 1 : 0; i < q->length; i++) {
        const evq_key key = q->heap[i];
        const int parent = (i - 1) / ARITY;
        SIM_REQUIRE(i == 0 || parent == 0 || q->heap[parent] < key, "event queue: heap broken");
        SIM_REQUIRE(i == 0 || parent != 0 || q->hole || q->heap[0] < key,
                    "event queue: the first event is not the least");
        SIM_REQUIRE(key_slot(key) < (uint32_t)q->slot_count, "event queue: slot out of range");
        SIM_REQUIRE(key_number(key) < q->number, "event queue: a number comes from the future");
        cancelled += is_live(q, key) ? 0 : 1;
    }
    for (int i = q->length; i < q->capacity + ARITY; i++) {
        SIM_REQUIRE(q->heap[i] == KEY_MAX, "event queue: the end is not clean");
    }
    SIM_REQUIRE(cancelled == q->cancelled, "event queue: miscounted cancellations");
}

void sim_evq_skip(struct sim_evq *q, int32_t count)
{
    SIM_REQUIRE(count >= 0 && (uint64_t)q->number + (uint64_t)count <= LOW_BITS(NUMBER_BITS) + 1,
                "numbers can be skipped only up to their end");
    q->number += (uint32_t)count;
}

int sim_evq_room(const struct sim_evq *q)
{
    return q->capacity > q->slot_capacity ? q->capacity : q->slot_capacity;
}
