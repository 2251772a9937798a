/** @file
 * What sets the capacities of a park over time: calendars, dates, profiles, draws, failures.
 *
 * The capacity of an activity now is its level (constant, of a profile, or drawn), or nothing while
 * its calendar is closed, outside of its dates, beyond its limit of the year, or where it is not
 * open at all; times the smallest share that its failures leave. Each cause is kept once and knows
 * who depends on it, so a shift that ends costs as many steps as there are activities on it.
 *
 * A profile that holds its values is followed exactly. A linear one becomes a staircase of `steps`
 * pieces between two rows, each at its mean, so that what would flow if nothing else binds is exact
 * over every row. Negative values count as none. A level with `redraw` is drawn at the start of the
 * park and each such span later; draw number n belongs to span n, whatever happened before.
 *
 * Prices and emission factors of moves may follow profiles, too: what has moved is posted at the
 * old value before the new one holds.
 *
 * One struct belongs to one run at a time; nothing is allocated after create.
 */
#ifndef PARK_DRIVE_H
#define PARK_DRIVE_H

#include "models/park/base/park.h"
#include "models/park/book/ledger.h"
#include "models/park/net/roster.h"
#include "models/park/run/breakdown.h"
#include "models/park/run/contract.h"
#include "models/park/run/happening.h"
#include "sim/flow/flow.h"

struct park_drives; // opaque

/** What a run is made of; all borrowed while the struct lives. */
struct park_drive_parts {
    const struct park *park;
    const struct park_roster *roster;
    struct sim_flow *flow;
    struct park_ledger *ledger;
    struct park_breakdowns *breakdowns;
    struct park_contracts *contracts;
};

struct park_drives *park_drive_create(const struct park_drive_parts *parts);
void park_drive_destroy(struct park_drives *d); // NULL is fine

/** What failures hit: processes by id, then links, then nobody (-1). */
int32_t park_drive_target(const struct park *p, int32_t activity);

/** Set all capacities, prices and factors of the start, and plan the first changes. The flow, the
 * ledger and the breakdowns are reset before. */
void park_drive_reset(struct park_drives *d, const struct park_clock *c, uint64_t seed,
                      uint64_t replication, bool antithetic);

/** CALENDAR, DATE, PROFILE: let it happen. */
void park_drive_happen(struct park_drives *d, const struct park_clock *c,
                       const struct sim_event *e);

/** The failures of this target changed the share that they leave. */
void park_drive_hit(struct park_drives *d, const struct park_clock *c, int32_t target);

/** The contract of this activity reached its limit, or may go on. */
void park_drive_turn(struct park_drives *d, const struct park_clock *c, int32_t activity);

/** Why an activity's capacity is 0. */
enum park_drive_idle {
    PARK_DRIVE_RUNS, // it is not
    PARK_DRIVE_NOT_OPEN,
    PARK_DRIVE_DATES, // outside of them
    PARK_DRIVE_SPENT, // what its contract allows in a span
    PARK_DRIVE_BROKEN,
    PARK_DRIVE_CLOSED, // by its calendar
    PARK_DRIVE_ZERO    // its level is 0
};

enum park_drive_idle park_drive_idle(const struct park_drives *d, sim_time now, int32_t activity);

/** The same in words, for the trace; NULL when it runs. */
const char *park_drive_idle_because(const struct park_drives *d, sim_time now, int32_t activity);

/** [1/s] The capacity of the activity now. */
double park_drive_capacity(const struct park_drives *d, int32_t activity);

/** [activity] What a user (build.h, is_user) would have drawn since the start, had it got all;
 * 0 for others. */
double park_drive_wanted(const struct park_drives *d, sim_time now, int32_t activity);

#endif
