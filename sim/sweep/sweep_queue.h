/** @file
 * Which run of a sweep is made next, and when there are enough.
 *
 * Each thread stays at its point until the first replications of that point (the rule's at_least)
 * are given out, then takes the next point; threads without one help the others. Once all points
 * have theirs, points whose rule is not met get more, one replication at a time, as the rule asks
 * for them. A thread that would otherwise stand idle makes a replication ahead, which the rule may
 * never ask for. What is made and in which order never changes what the rule says.
 *
 * Floor 3. One thread at a time.
 */
#ifndef SIM_SWEEP_SWEEP_QUEUE_H
#define SIM_SWEEP_SWEEP_QUEUE_H

#include "sim/store/rule.h"

struct sim_sweep_queue; // opaque: a few bytes a point, and more for those in the making

/** Owned by the caller. Nothing is wanted yet. */
struct sim_sweep_queue *sim_sweep_queue_create(const struct sim_rule *rule, int64_t points,
                                               int slots);
void sim_sweep_queue_destroy(struct sim_sweep_queue *q); // NULL is fine

/** Replications of this point are to be made. */
void sim_sweep_queue_want(struct sim_sweep_queue *q, int64_t point);

/** A replication is finished, now or before. `value` is the rule's response:
 * SIM_RULE_FAILED when the run failed, anything for a fixed number. */
void sim_sweep_queue_finish(struct sim_sweep_queue *q, int64_t point, int32_t replication,
                            double value);

/** Whether a thread has something to do: then `*out_point` and `*out_replication`. */
bool sim_sweep_queue_next(struct sim_sweep_queue *q, int slot, int64_t *out_point,
                          int32_t *out_replication);

// Of one point, wanted or not, as far as the rule has asked.
int32_t sim_sweep_queue_need(const struct sim_sweep_queue *q, int64_t point); // [-] replications
int32_t sim_sweep_queue_lack(const struct sim_sweep_queue *q, int64_t point); // 0: all are there

// Of all wanted points, as far as the rule has asked.
int64_t sim_sweep_queue_runs(const struct sim_sweep_queue *q);
int64_t sim_sweep_queue_missing(const struct sim_sweep_queue *q); // 0: all is there

#endif
