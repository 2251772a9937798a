/** @file
 * What a run has come to, for people and for programs: the summary at the end, and `--json`.
 *
 * Amounts are in the streams' own units; of several replications they are means. JSON lists every
 * link, the text only the largest. Internal links (process to junction and the like) have
 * `kind` "internal".
 */
#ifndef PARK_TELL_H
#define PARK_TELL_H

#include "models/park/base/park.h"
#include "sim/sweep/model.h"

/** The largest flows by unit, the balance of each stream, what was not served, what was disposed
 * of, money, emissions, and what else a planner should look at. */
void park_tell_text(const struct park *p, const struct sim_outcome *outcome,
                    const struct sim_sink *out);

/** Add `flows`, `balance`, `unserved`, `stocks` and `currency`. */
void park_tell_json(const struct park *p, const struct sim_outcome *outcome, struct json_t *object);

/** What a park without mistakes consists of, for `check`. */
void park_tell_check_text(const struct park *p, const struct sim_sink *out);
void park_tell_check_json(const struct park *p, struct json_t *object);

#endif
