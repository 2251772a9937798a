/** @file
 * The event queue: what happens next.
 *
 * Events come out by time, then priority (lower number first), then the rank of their entity, then
 * a counter of that entity, so that two events of one entity at one instant and priority come out
 * in the order in which they were pushed. The order is total: it is the same on every machine, with
 * any number of threads, and whatever the order of declaration.
 *
 * An entity is known here by its *rank*: its number when all paths of the park are sorted. The
 * model sees to that; the counting is done here, so that nobody can get it wrong.
 *
 * The rule that surprises: an event that was cancelled, or has been popped, leaves a handle that
 * names nothing; cancelling it again is harmless and answers false. So an owner may keep the handle
 * of its next event without asking whether it has happened.
 *
 * An event is plain data, so queues can be listed, hashed and compared. Time, priority, rank and
 * counter lie in one 128-bit key, compared without a branch; the bounds below are what fits, and
 * going beyond one is a bug that ends the program, never a wrong order.
 *
 * Floor 2. Not thread-safe: one queue belongs to one run. Nothing is allocated once the queue has
 * been as long as it will get; reset keeps the memory.
 */
#ifndef SIM_CORE_EVQ_H
#define SIM_CORE_EVQ_H

#include "sim/base/base.h"
#include "sim/num/simtime.h"

#define SIM_EVQ_PRIORITY_MIN (-64)
#define SIM_EVQ_PRIORITY_MAX 63
#define SIM_EVQ_RANK_MAX     ((1 << 22) - 1)
#define SIM_EVQ_WAITING_MAX  ((1 << 22) - 1)
#define SIM_EVQ_SPAN_US      ((int64_t)1 << 53) // 285 years from the start given to reset

struct sim_evq; // opaque: the heap and the slots live in evq.c

/** Names one waiting event; by value. Zero names none. */
typedef struct sim_ev {
    uint64_t id;
} sim_ev;

struct sim_event {
    sim_time when;    // [us] not before the time of the last pop
    int32_t priority; // [-] 1 goes before 2 at the same instant
    int32_t who;      // [-] rank of the path of the entity it happens to, from 0
    int32_t kind;     // [-] index into the model's table of handlers
    int32_t arg;      // [-] the model's own: which server, batch, truck
};

/** Owned by the caller. Holds `capacity` events before it first grows; time starts at 0. */
struct sim_evq *sim_evq_create(int capacity);
void sim_evq_destroy(struct sim_evq *q); // NULL is fine

/** Forget all events, handles and counters; keep the memory. No event may be before `start`. */
void sim_evq_reset(struct sim_evq *q, sim_time start);

/** Let an event wait. It is a bug to push one before the last one popped. O(log n) at most. */
sim_ev sim_evq_push(struct sim_evq *q, const struct sim_event *e);

/** Take the next event; false when none waits. O(log n) over the long run; one call may sort what
 * was put off before, O(n). */
bool sim_evq_pop(struct sim_evq *q, struct sim_event *out);

/** Take the next event if it comes at `when`; false when none does. */
bool sim_evq_pop_at(struct sim_evq *q, sim_time when, struct sim_event *out);

/** Look at the next event without taking it; false when none waits. */
bool sim_evq_peek(struct sim_evq *q, struct sim_event *out);

/** Take a waiting event out; false when it no longer waits. O(1) over the long run. */
bool sim_evq_cancel(struct sim_evq *q, sim_ev ev);

bool sim_evq_is_waiting(const struct sim_evq *q, sim_ev ev);

int sim_evq_count(const struct sim_evq *q);    // [-] waiting events
sim_time sim_evq_now(const struct sim_evq *q); // [us] of the last pop; the start before the first

/** Write the waiting events, in their order, to `out` (room for sim_evq_count of them). */
void sim_evq_list(const struct sim_evq *q, struct sim_event *out);

/** Fingerprint of what will happen: equal for two queues that will pop the same events in the same
 * order, whatever happened in them before. Allocates; for tests and snapshots. */
uint64_t sim_evq_hash(const struct sim_evq *q);

/** Walk the whole queue; a broken heap or slot ends the program (ECO_VALIDATE). O(n). */
void sim_evq_validate(const struct sim_evq *q);

#endif
