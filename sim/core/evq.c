// SPDX-License-Identifier: MIT
#include "sim/core/evq.h"

#include "sim/base/hash.h"
#include "sim/core/evq_priv.h"

#include <stdlib.h>
#include <string.h>

// The structure is that of incremental sorting (Navarro and Paredes 2010, "On sorting, heaps, and
// minimum spanning trees"): a short sorted front, and behind it bands of keys in no order, each of
// them later than the next. A push finds its band among a few bounds; when the front is empty, the
// last band is split, without a branch on the keys, until a piece is short enough to be sorted.
// Each key is moved about once a level, as in a heap, but in sequence, where a heap waits for
// memory: 100,000 events take 53 ns a hold, against 146 of a four-ary heap with the same keys.
//
// A key holds, from its highest bit: time 53, priority 7, rank 22, number of the push 24, slot 22.
// The number decides between events of one entity only, where it orders as a counter of that entity
// would; one for all needs no table. No two keys share it, so the slot never decides.
enum {
    SLOT_BITS = 22,
    NUMBER_BITS = 24,
    RANK_BITS = 22,
    PRIORITY_BITS = 7,
    NUMBER_SHIFT = SLOT_BITS,
    RANK_SHIFT = NUMBER_SHIFT + NUMBER_BITS,
    PRIORITY_SHIFT = RANK_SHIFT + RANK_BITS,
    TIME_SHIFT = PRIORITY_SHIFT + PRIORITY_BITS,
    FRONT_FILL = 32, // [-] so many are sorted at once
    FRONT_MAX = 64,  // [-] then half of the front goes back
    BANDS_MAX = 48,  // [-] then the two latest become one
    TIDY_FROM = 64   // [-] so many cancelled keys are not worth tidying
};

#define LOW_BITS(n) (((uint64_t)1 << (n)) - 1)

__extension__ typedef unsigned __int128 evq_key;

/** A key as it lies in memory. It is read and written in halves: a read of sixteen bytes that were
 * just written as two halves waits until both have left the processor's store buffer. */
struct stored {
    uint64_t low;
    uint64_t high;
};

struct slot {
    uint64_t generation; // [-] odd while its event waits
    int32_t kind;
    int32_t arg; // of a free slot: the next free one, or -1
};

struct sim_evq {
    struct stored front[FRONT_MAX]; // what comes next, sorted: the last is the first to come
    int front_count;
    struct stored *keys;         // all others, band after band, in no order within one
    int length;                  // [-] of keys
    int band_start[BANDS_MAX];   // [-] where in `keys` each begins; the next begins where it ends
    evq_key band_low[BANDS_MAX]; // no key of it is less; those of later bands and front are
    int band_count;
    int cancelled; // [-] keys whose slot is no longer waiting
    sim_time start;
    sim_time now;
    struct slot *slots;
    int slot_count;  // [-] ever used: at least as many as there are keys
    int capacity;    // [-] of slots, and of keys
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

static inline evq_key load(const struct stored *at)
{
    return ((evq_key)at->high << 64) | at->low;
}

static inline void store(struct stored *at, evq_key key)
{
    at->low = (uint64_t)key;
    at->high = (uint64_t)(key >> 64);
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
    const evq_key a = load(left);
    const evq_key b = load(right);
    return (a > b) - (a < b);
}

// ---- the bands

static int band_end(const struct sim_evq *q, int band)
{
    return band + 1 < q->band_count ? q->band_start[band + 1] : q->length;
}

/** Bands `band` and the one after it become one; no key moves. */
static void join_bands(struct sim_evq *q, int band)
{
    q->band_low[band] = q->band_low[band + 1];
    q->band_count--;
    for (int i = band + 1; i < q->band_count; i++) {
        q->band_start[i] = q->band_start[i + 1];
        q->band_low[i] = q->band_low[i + 1];
    }
}

static void add_band(struct sim_evq *q, int start, evq_key low)
{
    if (q->band_count == BANDS_MAX) {
        join_bands(q, 0);
    }
    q->band_start[q->band_count] = start;
    q->band_low[q->band_count++] = low;
}

/** Is the key before all bands? */
static inline bool is_for_front(const struct sim_evq *q, evq_key key)
{
    return q->band_count == 0 || key < q->band_low[q->band_count - 1];
}

/** The later half of the front becomes the last band; bands grow at least twofold outwards, so they
 * stay few whatever is pushed. */
static void shed_front(struct sim_evq *q)
{
    const int half = FRONT_MAX / 2;
    const int start = q->length;
    memcpy(q->keys + start, q->front, (size_t)half * sizeof *q->keys);
    memmove(q->front, q->front + half, (size_t)half * sizeof *q->keys);
    q->front_count -= half;
    q->length += half;
    add_band(q, start, load(&q->keys[q->length - 1]));
    for (int last = q->band_count - 1; last > 0; last--) {
        const int size = q->length - q->band_start[last];
        if (q->band_start[last] - q->band_start[last - 1] >= 2 * size) {
            break;
        }
        join_bands(q, last - 1);
    }
}

/** Put a key where it belongs among keys[0..at), which are sorted, the greatest first. */
static inline void put_in_order(struct stored *keys, int at, evq_key key)
{
    while (at > 0) {
        const evq_key before = load(&keys[at - 1]);
        if (before > key) {
            break;
        }
        store(&keys[at], before);
        at--;
    }
    store(&keys[at], key);
}

/** Each band after the one that takes the key gives its first place and takes one at its end. */
static void insert_in_band(struct sim_evq *q, evq_key key)
{
    int hole = q->length++;
    int band = q->band_count - 1;
    while (band > 0 && key >= q->band_low[band - 1]) {
        const int start = q->band_start[band]++;
        store(&q->keys[hole], load(&q->keys[start]));
        hole = start;
        band--;
    }
    store(&q->keys[hole], key);
}

static evq_key median(evq_key a, evq_key b, evq_key c)
{
    const evq_key low = a < b ? a : b;
    const evq_key high = a < b ? b : a;
    return c < low ? low : (c < high ? c : high);
}

/** Split the last band, of nine keys or more: its smaller keys become a band of their own. */
static void split_band(struct sim_evq *q)
{
    struct stored *keys = q->keys;
    const int start = q->band_start[q->band_count - 1];
    const int step = (q->length - start) / 9;
    evq_key m[3];
    for (int i = 0; i < 3; i++) {
        const struct stored *at = &keys[start + 3 * i * step];
        m[i] = median(load(at), load(&at[step]), load(&at[2 * step]));
    }
    const evq_key pivot = median(m[0], m[1], m[2]);
    int upper = start;
    for (int i = start; i < q->length; i++) {
        const evq_key key = load(&keys[i]);
        const evq_key other = load(&keys[upper]);
        store(&keys[i], other);
        store(&keys[upper], key);
        upper += key >= pivot;
    }
    const evq_key low = q->band_low[q->band_count - 1];
    q->band_low[q->band_count - 1] = pivot;
    add_band(q, upper, low);
}

/** The front is empty: sort the least keys of the bands into it. */
static void refill_front(struct sim_evq *q)
{
    while (q->length - q->band_start[q->band_count - 1] > FRONT_FILL) {
        split_band(q);
    }
    const int start = q->band_start[--q->band_count];
    for (int i = start; i < q->length; i++) {
        const evq_key key = load(&q->keys[i]);
        __builtin_prefetch(&q->slots[key_slot(key)]);
        put_in_order(q->front, i - start, key);
    }
    q->front_count = q->length - start;
    q->length = start;
}

// ---- slots and counters

static void grow(struct sim_evq *q, int capacity)
{
    q->keys = sim_base_realloc(q->keys, (size_t)capacity, sizeof *q->keys);
    q->slots = sim_base_realloc(q->slots, (size_t)capacity, sizeof *q->slots);
    memset(q->slots + q->capacity, 0, (size_t)(capacity - q->capacity) * sizeof *q->slots);
    q->capacity = capacity;
}

static uint32_t take_slot(struct sim_evq *q)
{
    if (q->free_slot >= 0) {
        const int32_t slot = q->free_slot;
        q->free_slot = q->slots[slot].arg;
        return (uint32_t)slot;
    }
    if (q->slot_count == q->capacity) {
        SIM_REQUIRE(q->capacity < SIM_EVQ_WAITING_MAX,
                    "more events wait than an event queue can hold");
        const bool nearly = q->capacity > SIM_EVQ_WAITING_MAX / 2;
        grow(q, nearly ? SIM_EVQ_WAITING_MAX : 2 * q->capacity);
    }
    return (uint32_t)q->slot_count++;
}

static void give_slot(struct sim_evq *q, uint32_t slot)
{
    q->slots[slot].arg = q->free_slot;
    q->free_slot = (int32_t)slot;
}

/** Copy the live of `count` keys to `out`, give back the slots of the others; how many live. */
static int keep_live(struct sim_evq *q, struct stored *out, const struct stored *keys, int count)
{
    int kept = 0;
    for (int i = 0; i < count; i++) {
        const evq_key key = load(&keys[i]);
        if (is_live(q, key)) {
            store(&out[kept++], key);
        } else {
            give_slot(q, key_slot(key));
        }
    }
    return kept;
}

/** Drop the cancelled keys. O(n). */
static void tidy(struct sim_evq *q)
{
    q->front_count = keep_live(q, q->front, q->front, q->front_count);
    int length = 0;
    for (int band = 0; band < q->band_count; band++) {
        const int start = q->band_start[band];
        const int end = band_end(q, band);
        q->band_start[band] = length;
        length += keep_live(q, q->keys + length, q->keys + start, end - start);
    }
    q->length = length;
    q->cancelled = 0;
}

/** The numbers have come to their end: number the waiting events anew from 0, in their order. */
static void renumber(struct sim_evq *q)
{
    tidy(q);
    memcpy(q->keys + q->length, q->front, (size_t)q->front_count * sizeof *q->keys);
    q->length += q->front_count;
    q->front_count = 0;
    qsort(q->keys, (size_t)q->length, sizeof *q->keys, compare_keys);
    const evq_key mask = (evq_key)LOW_BITS(NUMBER_BITS) << NUMBER_SHIFT;
    for (int i = 0; i < q->length; i++) {
        const evq_key number = (evq_key)(uint32_t)i << NUMBER_SHIFT;
        store(&q->keys[i], (load(&q->keys[i]) & ~mask) | number);
    }
    q->number = (uint32_t)q->length;
    q->band_count = 0;
    add_band(q, 0, 0);
}

// ---- the interface

struct sim_evq *sim_evq_create(int capacity)
{
    SIM_REQUIRE(capacity >= 0 && capacity <= SIM_EVQ_WAITING_MAX,
                "an event queue holds from 0 to 4194303 events");
    struct sim_evq *q = sim_base_alloc(1, sizeof *q);
    q->free_slot = -1;
    grow(q, capacity < 16 ? 16 : capacity);
    return q;
}

void sim_evq_destroy(struct sim_evq *q)
{
    if (q != NULL) {
        free(q->keys);
        free(q->slots);
        free(q);
    }
}

void sim_evq_reset(struct sim_evq *q, sim_time start)
{
    for (int i = 0; i < q->slot_count; i++) {
        q->slots[i].generation += q->slots[i].generation & 1; // handles of old name nothing
    }
    q->number = 0;
    q->front_count = 0;
    q->band_count = 0;
    q->length = 0;
    q->cancelled = 0;
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
                "the rank of an event's entity must be from 0 to 4194303");
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
    if (q->front_count == FRONT_MAX) {
        shed_front(q);
    }
    if (is_for_front(q, key)) {
        put_in_order(q->front, q->front_count++, key);
    } else {
        insert_in_band(q, key);
    }
    return (sim_ev){(slot->generation << SLOT_BITS) | at};
}

/** Bring a waiting event to the end of the front; false when none waits. */
static bool settle(struct sim_evq *q)
{
    for (;;) {
        if (q->front_count == 0) {
            if (q->band_count == 0) {
                return false;
            }
            refill_front(q);
        } else if (is_live(q, load(&q->front[q->front_count - 1]))) {
            return true;
        } else {
            give_slot(q, key_slot(load(&q->front[--q->front_count])));
            q->cancelled--;
        }
    }
}

/** Whether the end of the front is a waiting event, or was brought to be one. */
static inline bool has_next(struct sim_evq *q)
{
    return (q->front_count > 0 && is_live(q, load(&q->front[q->front_count - 1]))) || settle(q);
}

bool sim_evq_peek(struct sim_evq *q, struct sim_event *out)
{
    if (!has_next(q)) {
        return false;
    }
    *out = event_of(q, load(&q->front[q->front_count - 1]));
    return true;
}

static inline void take_next(struct sim_evq *q, struct sim_event *out)
{
    const evq_key key = load(&q->front[--q->front_count]);
    *out = event_of(q, key);
    q->now = out->when;
    q->slots[key_slot(key)].generation++;
    give_slot(q, key_slot(key));
}

bool sim_evq_pop(struct sim_evq *q, struct sim_event *out)
{
    if (!has_next(q)) {
        return false;
    }
    take_next(q, out);
    return true;
}

bool sim_evq_pop_at(struct sim_evq *q, sim_time when, struct sim_event *out)
{
    if (!has_next(q) || q->front[q->front_count - 1].high >> (TIME_SHIFT - 64) !=
                            (uint64_t)when - (uint64_t)q->start) {
        return false;
    }
    take_next(q, out);
    return true;
}

bool sim_evq_is_waiting(const struct sim_evq *q, sim_ev ev)
{
    const uint64_t slot = ev.id & LOW_BITS(SLOT_BITS);
    const uint64_t generation = ev.id >> SLOT_BITS;
    return (generation & 1) != 0 && slot < (uint64_t)q->slot_count &&
           (q->slots[slot].generation & LOW_BITS(64 - SLOT_BITS)) == generation;
}

bool sim_evq_cancel(struct sim_evq *q, sim_ev ev)
{
    if (!sim_evq_is_waiting(q, ev)) {
        return false;
    }
    q->slots[ev.id & LOW_BITS(SLOT_BITS)].generation++;
    q->cancelled++;
    if (q->cancelled > TIDY_FROM && q->cancelled > (q->length + q->front_count) / 2) {
        tidy(q);
    }
    return true;
}

int sim_evq_count(const struct sim_evq *q)
{
    return q->length + q->front_count - q->cancelled;
}

sim_time sim_evq_now(const struct sim_evq *q)
{
    return q->now;
}

void sim_evq_list(const struct sim_evq *q, struct sim_event *out)
{
    struct stored *keys = sim_base_alloc((size_t)sim_evq_count(q) + 1, sizeof *keys);
    int count = 0;
    for (int i = 0; i < q->length + q->front_count; i++) {
        const struct stored *at = i < q->length ? &q->keys[i] : &q->front[i - q->length];
        if (is_live(q, load(at))) {
            keys[count++] = *at;
        }
    }
    qsort(keys, (size_t)count, sizeof *keys, compare_keys);
    for (int i = 0; i < count; i++) {
        out[i] = event_of(q, load(&keys[i]));
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

/** What must hold of any key; tells whether it is cancelled. */
static int check_key(const struct sim_evq *q, evq_key key)
{
    SIM_REQUIRE(key_slot(key) < (uint32_t)q->slot_count, "event queue: slot out of range");
    SIM_REQUIRE(key_number(key) < q->number, "event queue: a number from the future");
    return is_live(q, key) ? 0 : 1;
}

/** Each gives how many keys are cancelled. */
static int check_front(const struct sim_evq *q)
{
    int cancelled = 0;
    for (int i = 0; i < q->front_count; i++) {
        const evq_key key = load(&q->front[i]);
        SIM_REQUIRE(i == 0 || key < load(&q->front[i - 1]), "event queue: front out of order");
        SIM_REQUIRE(is_for_front(q, key), "event queue: a key of the front belongs to a band");
        cancelled += check_key(q, key);
    }
    return cancelled;
}

static int check_band(const struct sim_evq *q, int band)
{
    int cancelled = 0;
    for (int i = q->band_start[band]; i < band_end(q, band); i++) {
        const evq_key key = load(&q->keys[i]);
        SIM_REQUIRE(key >= q->band_low[band] && (band == 0 || key < q->band_low[band - 1]),
                    "event queue: a key is outside of its band");
        cancelled += check_key(q, key);
    }
    return cancelled;
}

void sim_evq_validate(const struct sim_evq *q)
{
    SIM_REQUIRE(q->band_count > 0 ? q->band_start[0] == 0 : q->length == 0,
                "event queue: keys outside of all bands");
    int cancelled = check_front(q);
    for (int band = 0; band < q->band_count; band++) {
        cancelled += check_band(q, band);
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
    return q->capacity;
}
