/** @file
 * A run: the state of a park in time, and the loop that moves it.
 *
 * One event queue holds what is planned (happening.h); the network computes when a stock reaches a
 * bound. Time goes to whichever comes first. At one instant bounds come first, then all events in
 * their total order, then the network settles once; what it tells (who starts, who stops) may plan
 * further events at the same instant.
 *
 * The park is const and shared; a state belongs to one thread and is used for many runs, each of
 * which depends on park and trial only. Nothing is allocated once a run has been as long as it
 * gets.
 */
#ifndef PARK_RUN_H
#define PARK_RUN_H

#include "models/park/base/park.h"
#include "models/park/why/cause.h"
#include "sim/store/row.h"
#include "sim/sweep/model.h"

struct park_run; // opaque: the parts of a run live in run.c

/** Borrows park and schema until destroy; `want` as declared, NULL: nothing. Owned by the caller.
 */
struct park_run *park_run_create(const struct park *p, const struct sim_model_want *want,
                                 const struct sim_schema *schema);
void park_run_destroy(struct park_run *r); // NULL is fine

/** Make one run and fill its row. SIM_FAILED with when and why it could not go on, or what does not
 * balance; SIM_STOPPED when the hook said so. */
enum sim_status park_run_trial(struct park_run *r, const struct sim_trial *trial,
                               const struct sim_model_hooks *hooks, struct sim_row *row,
                               struct sim_model_end *out_end, struct sim_err *err) SIM_MUST_USE;

/** Run until all that happens up to and at `at` has happened, and leave the run there for `out` to
 * look at (borrowed until the next run). `at` is within the run; `row` is scratch. */
enum sim_status park_run_to(struct park_run *r, const struct sim_trial *trial, sim_time at,
                            struct sim_row *row, struct park_cause_view *out,
                            struct sim_err *err) SIM_MUST_USE;

struct park_ledger;

/** For the test that plants a booking error: called with the ledger before it is checked. */
typedef void park_run_tamper(void *user, struct park_ledger *ledger);
void park_run_set_tamper(struct park_run *r, park_run_tamper *tamper, void *user);

#endif
