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

#include "models/park/run/part.h"

extern const struct park_part park_contract_part;

#endif
