/** @file
 * Who set how much carbon free: the table of parties and scopes, and where it comes from.
 *
 * Scopes and whose they are: books.h, entry.h, carbon.h. The park's line counts each tonne once:
 * what parties bought from each other in the park is taken off, since the supplier has it, too.
 */
#ifndef PARK_EMISSIONS_H
#define PARK_EMISSIONS_H

#include "models/park/out/results.h"

struct json_t;

/** For the summary: by party and scope with the park's total, then by source. Nothing where there
 * are none. */
void park_emissions_text(const struct park *p, const struct park_results *r,
                         const struct sim_row *mean, const struct sim_sink *out);

/** Add `emissions` (by party, source and scope) and `park_co2e` (by scope, each tonne once). */
void park_emissions_json(const struct park *p, const struct park_results *r,
                         const struct sim_row *mean, struct json_t *object);

#endif
