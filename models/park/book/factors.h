/** @file
 * What a move costs and sets free per unit: the factors by which the ledger books.
 *
 * Each factor of a move comes from one place of the park file, or from none:
 *
 * - price: the exchange's, else the market's, else the stream's; what `to` pays `from`;
 * - carriage: the `cost` of the link that an exchange goes over, which its `payer` pays;
 * - co2e: fossil carbon. A fuel sets it free where it is burnt (scope 1), bought goods bring what
 *   was set free before (`upstream`: scope 2 for energy and heat, else 3), what is disposed of
 *   sets it free there (`emission`, scope 3), but what is vented (`fate = "vent"`) does on the
 *   ground of who gives it (scope 1). A stream that is CO2 (`carbon`) counts less for the process
 *   that gives it and more for the one that takes it, vents it or loses it on a link (but where
 *   `upstream` or `emission` says what is set free on the way from or to a market): carbon.h;
 * - biogenic: of what is burnt or vented, told apart and not part of co2e;
 * - process: `process_emissions`, fossil, booked with the first port of the process; scope 1.
 *
 * Pure.
 */
#ifndef PARK_FACTORS_H
#define PARK_FACTORS_H

#include "models/park/book/ledger.h"
#include "models/park/net/build.h"

/** Whether it is disposed of into the air. */
bool park_factors_is_vented(const struct park *p, int32_t move);

/** Which scope the co2e of a move has (1, 2 or 3), and whose it is; 0: it causes none. */
int park_factors_scope(const struct park *p, int32_t move, int32_t *out_party);

/** What the park file says of the factor; NULL: nothing. */
const struct sim_value *park_factors_value(const struct park *p, int32_t move,
                                           enum park_ledger_factor factor);

/** [money/SI] or [kgCO2e/SI] of what is sent: as stated, or the mean of what could be drawn; 0 for
 * what follows a profile. */
double park_factors_constant(const struct park *p, int32_t move, enum park_ledger_factor factor);

/** [SI] What is sent per unit that the factor is stated for: emissions of a process are said per
 * unit of its activity, all others per SI of what is sent (1). */
double park_factors_per(const struct park *p, int32_t move, enum park_ledger_factor factor);

/** Let the ledger book at the profiles that factors follow: once, when it is made. What has moved
 * is posted at the old value before a new one holds. */
void park_factors_follow(const struct park *p, struct park_ledger *ledger);

/** Set all factors of the start. */
void park_factors_reset(const struct park *p, struct park_ledger *ledger);

#endif
