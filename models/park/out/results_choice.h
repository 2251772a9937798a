/** @file
 * Which series a run keeps: as the park's `record` says, or as a study chooses.
 *
 * A study's `store` is a list of "all", "responses" (no series), a kind of series ("flows",
 * "levels", "activities", "emissions", "money"), or a kind of some thing only ("levels of
 * mill.yard", "flows of sludge"). A thing is named as the results name it: a link by its label, its
 * exchange, link, stream, or an end of it; a stock, process or party by its name, stocks and
 * processes also by their firm or stream. Axes stay whole; what is not kept is NaN, which costs
 * next to nothing once compressed, and variables of which nothing is kept are left out.
 *
 * Totals do not depend on it.
 */
#ifndef PARK_RESULTS_CHOICE_H
#define PARK_RESULTS_CHOICE_H

#include "models/park/out/layout.h"
#include "sim/sweep/model.h"

struct park_results_choice {
    unsigned kinds;           // enum park_record_what: all of these
    unsigned some;            // of these what `names` says
    const char *const *store; // borrowed
    int store_count;
};

/** What `want` chooses; without it (or an empty list) what the park records. */
struct park_results_choice park_results_choice_make(const struct park *p,
                                                    const struct sim_model_want *want);

/** Mistakes of the list, against all designs, go to `d`. */
void park_results_choice_check(const struct park *const *parks, int count,
                               const struct sim_model_want *want, struct sim_diag *d);

bool park_results_choice_has(const struct park_results_choice *c, enum park_record_what kind);
bool park_results_choice_has_link(const struct park_results_choice *c, const struct park *p,
                                  const struct park_layout_link *link);
bool park_results_choice_has_stock(const struct park_results_choice *c, const struct park *p,
                                   const struct park_layout_stock *stock);
bool park_results_choice_has_process(const struct park_results_choice *c, const struct park *p,
                                     int32_t process);
bool park_results_choice_has_party(const struct park_results_choice *c, const struct park *p,
                                   int32_t party, enum park_record_what kind);

#endif
