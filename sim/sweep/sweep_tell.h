/** @file
 * What a sweep says before it starts: what is there from before, and what changed since.
 *
 * Floor 3, for sweep.c alone. One thread.
 */
#ifndef SIM_SWEEP_SWEEP_TELL_H
#define SIM_SWEEP_SWEEP_TELL_H

#include "sim/store/parts.h"
#include "sim/sweep/sweep.h"
#include "sim/sweep/sweep_queue.h"

/** What was there: `runs` are asked for and `there` of them are. `before`: the card that was there
 * (NULL: none). */
void sim_sweep_tell_found(const struct sim_sink *to, const struct sim_parts_found *found,
                          const struct sim_card *before, const struct sim_card *now, int64_t there,
                          int64_t runs, const char *folder);

/** "s", or nothing of one. */
const char *sim_sweep_plural(int64_t count);

/** Which inputs differ from those of the card of before (NULL: none was there), and how many runs
 * of which design the shard makes again because of it. */
void sim_sweep_tell_changes(const struct sim_sink *to, const struct sim_card *before,
                            const struct sim_card *now, int32_t shard,
                            const struct sim_sweep_queue *queue);

/** How many runs are to be made, as far as is known. */
void sim_sweep_tell_start(const struct sim_sink *to, const struct sim_rule *rule, int64_t runs,
                          int threads);

#endif
