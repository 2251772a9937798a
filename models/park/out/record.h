/** @file
 * Recording: a run's series and totals on their way into its row.
 *
 * Series are differences of the ledger's running sums at the ends of the intervals, so their sums
 * are the totals whatever the interval. Nothing is counted on the side. What the end of the warm-up
 * is to the ledger, `begin` is to the rest.
 *
 * One thread; nothing is allocated after create.
 */
#ifndef PARK_RECORD_H
#define PARK_RECORD_H

#include "models/park/book/carbon.h"
#include "models/park/book/ledger.h"
#include "models/park/out/results.h"
#include "models/park/run/capacity.h"
#include "models/park/why/held.h"

struct park_recorder; // opaque

/** What is recorded, and where it goes; borrowed while the struct lives. */
struct park_record_parts {
    const struct park *park;
    const struct park_results *results;
    const struct sim_flow *flow;
    struct park_ledger *ledger;
    const struct park_capacity *capacity;
    const struct park_held *held;
    struct park_carbon *carbon; // NULL: nothing is passed
};

struct park_recorder *park_record_create(const struct park_record_parts *parts);
void park_record_destroy(struct park_recorder *r); // NULL is fine

/** The recording starts now (the ledger has just restarted): the first levels. */
void park_record_begin(struct park_recorder *r, struct sim_row *row, sim_time now);

/** A month, or the run, ends now: what was passed in it is known (carbon.h), and is added to the
 * intervals it belongs to. */
void park_record_month(struct park_recorder *r, struct sim_row *row, sim_time now);

/** An interval ends now: series over it, levels at its end. Intervals end in their order. */
void park_record_interval(struct park_recorder *r, struct sim_row *row, sim_time now);

/** The run ends now, and the ledger is posted and checked: all totals. */
void park_record_totals(struct park_recorder *r, struct sim_row *row, sim_time now);

/** Hours of the recorded span, by process and then link. */
struct park_record_span {
    const double *full_load; // [h] by process
    const double *down;      // [h] by process, then by link
};

/** Full-load and down hours since the recording began, now; borrowed until the next call. */
struct park_record_span park_record_hours(struct park_recorder *r, sim_time now);

#endif
