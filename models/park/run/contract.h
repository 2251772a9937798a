/** @file
 * Contracts by the calendar: limits that stop an exchange, and amounts that are paid for anyway.
 *
 * Both are stated for a day, a week from Monday, a month or a year, and count by those of the wall
 * clock: "30 t/day" is 30 t between two midnights.
 *
 * *Limit* (`at_most`): what leaves `from` is counted from the start of the span (or of the run).
 * The instant at which the limit will be reached follows from the rate and is planned as an event;
 * it is planned anew when the rate changes. From then on the exchange stands still until the next
 * span begins. Time is whole microseconds, so the amount exceeds the limit by at most what flows in
 * one. What moved in the warm-up counts: the span is that of the calendar.
 *
 * *Take or pay*: at the end of each span, and of the run, what was not taken of the stated amount
 * is paid for at the price that holds then. Of a span in which the contract is in force for a part,
 * or which the run (after its warm-up) covers for a part, the same part of the amount is due.
 *
 * One struct belongs to one run at a time; nothing is allocated after create.
 */
#ifndef PARK_CONTRACT_H
#define PARK_CONTRACT_H

#include "models/park/base/park.h"
#include "models/park/book/ledger.h"
#include "models/park/net/roster.h"
#include "models/park/run/happening.h"
#include "sim/flow/flow.h"

struct park_contracts; // opaque

/** All borrowed until destroy. Owned by the caller. */
struct park_contracts *park_contract_create(const struct park *p, const struct park_roster *roster,
                                            const struct sim_flow *flow,
                                            struct park_ledger *ledger);
void park_contract_destroy(struct park_contracts *c); // NULL is fine

/** Nothing is taken yet; plan the ends of the first spans. The flow is reset before. */
void park_contract_reset(struct park_contracts *c, const struct park_clock *clock);

/** The ledger restarts now: what was due before is not. */
void park_contract_restart(struct park_contracts *c, sim_time now);

/** The network tells that the rate of an activity changed to `rate`. */
void park_contract_changed(struct park_contracts *c, const struct park_clock *clock,
                           int32_t activity, double rate);

/** LIMIT, SPAN: let it happen. The capacities of park_contract_activity() may have changed. */
void park_contract_happen(struct park_contracts *c, const struct park_clock *clock,
                          const struct sim_event *e);

/** The run ends: book what is due of the span under way. Before the ledger is read. */
void park_contract_close(struct park_contracts *c, const struct park_clock *clock);

/** Contracts with a limit or an amount due, and the activity of each. */
int park_contract_count(const struct park_contracts *c);
int32_t park_contract_activity(const struct park_contracts *c, int contract);

/** The activity's contract has reached its limit; and the words for it, "its limit of this day is
 * reached". */
bool park_contract_is_spent(const struct park_contracts *c, int32_t activity);
const char *park_contract_spent_words(const struct park_contracts *c, int32_t activity);

#endif
