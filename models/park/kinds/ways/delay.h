/** @file
 * Pipes with delay: what entered comes out at the other end, `delay` later.
 *
 * The network knows such a pipe as an entry into the pool of what is on its way, and an exit whose
 * capacity is set here (build.h). Each change of the entry's rate is kept in a queue and comes out
 * as an event `delay` later. Where the far end takes less than arrives, the rest stays in the pipe
 * as a backlog, and the exit may run at the pipe's capacity until the backlog is gone: the instant
 * is computed, and changes with the rates. It begins to let out a backlog once in a `delay` at
 * most: a mill that stands still at what arrives but runs at what the pipe can give would else
 * empty a backlog of nothing, stop, and begin anew, without time moving. In its class at the far
 * end the exit weighs what the pipe can carry, behind or not (build_exchanges.c).
 *
 * **Echoes.** Where what comes out changes what goes in, round a loop or by others who share, a
 * change comes back for ever, smaller each time, or as a pulse of some milliseconds. So these are
 * not repeated as changes of their own: a rate within 1e-6 of the one repeated last; one below 1e-9
 * of the pipe's capacity, which is none; what lasts no longer than a second (or a hundredth of the
 * delay). What entered by it is booked and stays in the pipe; it goes with the next backlog, or as
 * one when it is worth as long at the pipe's capacity.
 *
 * A pipe that is closed or broken takes nothing in; what is under way in it still comes out.
 *
 * One struct belongs to one run at a time; its queues grow to the most that was ever under way and
 * are kept.
 */
#ifndef PARK_DELAY_H
#define PARK_DELAY_H

#include "models/park/run/part.h"

extern const struct park_part park_delay_part;

#endif
