/** @file
 * The books of the parties (books.h) in the summary: money by party, then emissions.
 *
 * One thread.
 */
#ifndef PARK_BOOKS_TEXT_H
#define PARK_BOOKS_TEXT_H

#include "models/park/book/books.h"
#include "models/park/out/results.h"
#include "sim/sweep/model.h"

struct json_t;

/** What an entry of the ledger came to, on average: of a link of the layout (entry_at), of what
 * decays in a stock of it (decay_at). */
struct park_ledger_sum park_books_text_mean(const struct park_results *r,
                                            const struct sim_row *mean, int32_t entry);

/** For the summary: money by party in the park's currency (received, paid, net), then emissions
 * (emissions.h). Nothing where there are none. */
void park_books_text_put(const struct park *p, const struct park_results *r,
                         const struct sim_outcome *outcome, const struct sim_sink *out);

/** Add `emissions` (by party, source and scope) and `parties`. */
void park_books_text_json(const struct park *p, const struct park_results *r,
                          const struct sim_outcome *outcome, struct json_t *object);

#endif
