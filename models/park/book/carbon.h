/** @file
 * Carbon between parties: the scope 2 of what they buy from each other.
 *
 * Power, steam, heat and cold that a party buys from another in the park carry what the supplier
 * really set free for them, per unit and calendar month, whatever is recorded. It is the buyer's
 * scope 2 and stays the supplier's own scope 1 (or 2), so sums over parties count it twice and the
 * park's total does not: it is kept apart from the ledger's co2e, as `passed`. From markets the
 * ledger books their `upstream`.
 *
 * Each place (pool) of such a stream has an intensity e [kgCO2e/SI] in a month: what came in with
 * all that entered it, over how much that was,
 *
 *     e_j (entered_j) = bought_j x upstream + sum over places i: passed_ij e_i
 *                     + sum over processes k that give to j: share_kj (own_k + sum_i used_ki e_i)
 *
 * where own_k is the fossil carbon that k burns and sets free, and share_kj what part of it the
 * product bears: by energy where all energy and heat that k makes says its content, else by mass
 * where all it makes has one, else by the energy of those that say it, else alike. Who supply each
 * other make this a linear system: it is solved by strongly connected components, each dense. What
 * a network loses on the way to its users is borne by what arrives.
 *
 * A stock passes on the mean of what entered: what it holds at the end of a month, at that month's
 * intensity, enters the next. What it held at first, nobody knows of: it takes the intensity of
 * what enters first. What decays is borne by what stays.
 *
 * **Captured carbon.** A stream may state `carbon`, the CO2 that it is (a flue gas, captured CO2).
 * A process that gives it has not set it free (negative in the ledger's co2e), one that takes it
 * does, but for what it gives on; who vents it, loses it on a link or in a stock (`decay`) sets it
 * free. So it leaves the
 * scope 1 of who gives it away and enters that of who vents it. Where the firm vents it itself, it
 * counts to what its process made in that month.
 *
 * One belongs to one run at a time. Only parks in which parties supply each other have one.
 */
#ifndef PARK_CARBON_H
#define PARK_CARBON_H

#include "models/park/book/ledger.h"

struct park_carbon; // opaque

/** Energy or heat that one party in the park passes to another. */
bool park_carbon_is_passed(const struct park *p, int32_t move);

/** Borrows all. Owned by the caller; NULL where nothing is passed. */
struct park_carbon *park_carbon_create(const struct park *p, const struct sim_flow *flow,
                                       const struct park_ledger *ledger);
void park_carbon_destroy(struct park_carbon *c); // NULL is fine

/** The flow and the ledger were reset. */
void park_carbon_reset(struct park_carbon *c, sim_time now);

/** The warm-up is over; call it just before the ledger restarts, and `resume` just after. Stocks
 * keep what they hold. */
void park_carbon_pause(struct park_carbon *c, sim_time now);
void park_carbon_resume(struct park_carbon *c);

/** The next first of a month: time may pass to it, not beyond; SIM_TIME_NEVER where c is NULL. */
sim_time park_carbon_next(const struct park_carbon *c);

/** Recording interval `interval` ends now. */
void park_carbon_mark(struct park_carbon *c, int64_t interval);

/** A month, or the run, ends now: what was passed in it is known. */
void park_carbon_close(struct park_carbon *c, sim_time now);

/** [kgCO2e] that a move passed since the ledger's restart, up to the last close. */
double park_carbon_passed(const struct park_carbon *c, int32_t move);

/** What one party got in one recording interval of the month closed last. */
typedef void park_carbon_take(void *user, int64_t interval, int32_t party, double kg);

/** Tell all of the last close, a recording interval at a time; parts of one may come twice. */
void park_carbon_tell(const struct park_carbon *c, park_carbon_take *take, void *user);

#endif
