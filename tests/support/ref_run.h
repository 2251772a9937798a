/** @file
 * A run of a reference park, from event to event.
 *
 * Between two events all rates are constant, so a stock follows the closed form of dL/dt = in - out
 * - decay x L, totals are rate x time, and the next event is computed: a calendar or a date, or a
 * stock that comes to its capacity, minimum, target or reorder level. At each event everything is
 * worked out anew.
 *
 * Rates must depend on the state only: those halfway to the next event are worked out, too, and
 * must be the same. Where a unit that is turned down could restart there all the same, the rules
 * leave open at which of the next events it is tried: such parks are left out.
 */
#ifndef TESTS_SUPPORT_REF_RUN_H
#define TESTS_SUPPORT_REF_RUN_H

#include "tests/support/ref_rates.h"

// What a run came across: each says that something happened, not that a key was there.
enum ref_met {
    REF_MET_DECAY_AT_FULL, // a stock with decay came to a bound or left one
    REF_MET_DECAY_AT_MINIMUM,
    REF_MET_DECAY_AT_TARGET,
    REF_MET_DECAY, // any of the three
    REF_MET_OVERFLOW,
    REF_MET_FILL,
    REF_MET_TARGET,
    REF_MET_REORDER,
    REF_MET_TWO_SELLERS, // two givers of one class, both of which gave
    REF_MET_PRIORITY,    // contracts of several classes at one pool, or a stated class, and short
    REF_MET_TURNDOWN,
    REF_MET_RESTART,
    REF_MET_CALENDAR,
    REF_MET_LOSS,
    REF_MET_DATE,
    REF_MET_PULL_SHORT, // a pull process ran below its capacity
    REF_MET_SHARE,
    REF_MET_BY_SORT, // goods that may not serve all who take
    REF_MET_TRADED,
    REF_MET_UTILITY,
    REF_MET_COUNT
};

enum ref_run_status {
    REF_RUN_FINE,
    REF_RUN_UNSETTLED, // propagation did not settle
    REF_RUN_ENDLESS,   // too many events
    REF_RUN_UNBALANCED // the reference contradicts itself
};

struct ref_run {
    enum ref_run_status status;
    char why[120];
    double level[REF_STOCKS];
    int events;
    bool met[REF_MET_COUNT];
};

/** Run the park of `n`; totals go to its flows. */
void ref_run(struct ref_net *n, struct ref_run *out);

const char *ref_run_word(enum ref_met met);

#endif
