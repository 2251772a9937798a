/** @file
 * The ledger: every amount that moves is booked once, from one account to another.
 *
 * What may move is listed by the park's net (build.h, `moves`): one stream from one account to
 * another, `sent` by the first and `arrived` at the second; the difference is lost on the way.
 * Flow tables and payments go by what was sent, as metered at the supplier's gate.
 * Posting books what has moved since the last posting: the difference of the activity's exact
 * integral, so posting more often changes nothing but rounding. Money and carbon are columns of the
 * same booking, at the price and factor that hold. A factor that follows a profile counts with its
 * mean over the time since the last posting, which is exact for whatever the profile does as long
 * as the rate is constant: so a move is posted whenever its rate changes (park_ledger_changed), and
 * a price that rises in a straight line costs amount x integral, not steps. At the end of the
 * warm-up the ledger restarts.
 *
 * A ledger closes by construction, whatever is booked, so a sum over it proves nothing. It is
 * checked against what it does not know: for each pool, and for each stream,
 *
 *     residual = booked in - booked out - lost - decay - (level, as integrated, end - start)
 *
 * (and by what came or went at once: what an activity does so, sim_flow_act, is in its total and is
 * booked with it),
 *
 * and for each process what its ports booked against the recipe of the park file x activity. A
 * level is set exactly on a bound that it would cross between two microseconds; that difference is
 * known to the engine (sim_flow_trimmed) and counts on neither side. Beyond 1e-9 of the throughput
 * the run has failed, with the names. (Beside it 1e-12 of what the pool could have carried: of a
 * flow that is a rounding the solver may find the one end and not the other.)
 *
 * One ledger belongs to one run at a time; nothing is allocated after create.
 */
#ifndef PARK_LEDGER_H
#define PARK_LEDGER_H

#include "models/park/base/park.h"
#include "models/park/net/build.h"
#include "sim/flow/flow.h"
#include "sim/num/table1d.h"

#define PARK_LEDGER_TOLERANCE                                                                      \
    1e-9 // [-] of the throughput (and 1e-3 of what could have been carried)

struct park_ledger; // opaque: sums and marks live in ledger.c

/** What one move has summed up since the restart. */
struct park_ledger_sum {
    double sent;             // [SI] left its `from`
    double arrived;          // [SI] reached its `to`
    double of[PARK_COLUMNS]; // with the columns within; what was passed is filled in by carbon.h
};

/** One stream's balance since the restart. What moves between two of its pools counts as neither
 * in nor out. */
struct park_ledger_balance {
    double in, out;    // [SI] booked into and out of its pools
    double lost;       // [SI] on links
    double decayed;    // [SI] in stocks
    double stock;      // [SI] change of its pools' levels, as integrated
    double residual;   // [SI] in - out - lost - decayed - stock
    double throughput; // [SI] larger of in and out + lost + decayed
};

/** Borrows the park until destroy. Owned by the caller. */
struct park_ledger *park_ledger_create(const struct park *p);
void park_ledger_destroy(struct park_ledger *l); // NULL is fine

/** Forget all sums, and count from where the totals and levels of `f` stand now; factors stay. */
void park_ledger_restart(struct park_ledger *l, const struct sim_flow *f);

/** The rate of the activity changes now: book what moved at the old one, where factors vary. */
void park_ledger_changed(struct park_ledger *l, const struct sim_flow *f, int32_t activity);

/** Book all that has moved since the last posting (or restart); and the same for one move. */
void park_ledger_post(struct park_ledger *l, const struct sim_flow *f);
void park_ledger_post_move(struct park_ledger *l, const struct sim_flow *f, int32_t move);

/** Book one amount. Posting does so for whatever the network moved; others need not. */
void park_ledger_book(struct park_ledger *l, int32_t move, double sent, double arrived);

/** Book what came at once, now, and not as the integral of its activity; at the factors of now.
 * What an activity does at once (sim_flow_act) is in its integral: posting books it. */
void park_ledger_lump(struct park_ledger *l, sim_time now, int32_t move, double sent,
                      double arrived);

/** Book in one column only what comes with no amount, or beside it: what was due and not taken. */
void park_ledger_add(struct park_ledger *l, int32_t move, enum park_column column, double amount);

/** [column/SI] The factor of the last instant before now. */
double park_ledger_factor(const struct park_ledger *l, sim_time now, int32_t move,
                          enum park_column column);

/** What the move has come to, with what has moved since the last posting, which stays unposted. */
struct park_ledger_sum park_ledger_sum(const struct park_ledger *l, const struct sim_flow *f,
                                       int32_t move);

/** Whether the move is booked in the column at all. */
bool park_ledger_has(const struct park_ledger *l, int32_t move, enum park_column column);

/** What a column of the move has summed up with what has moved since the last posting, which stays
 * unposted, without the columns within: one of park_ledger_sum at the cost of one. `total`: the
 * engine's integral of the move's activity now. */
double park_ledger_column_now(const struct park_ledger *l, sim_time now, int32_t move,
                              enum park_column column, double total);

/** [activity] Integral of the activity's rate since the restart. */
double park_ledger_activity(const struct park_ledger *l, const struct sim_flow *f,
                            int32_t activity);

/** [SI] Decayed in a pool since the restart. */
double park_ledger_decayed(const struct park_ledger *l, const struct sim_flow *f, int32_t pool);

/** [SI] Added since the restart by setting the pool's level on bounds: at most what flows in a
 * microsecond, each time. */
double park_ledger_trimmed(const struct park_ledger *l, const struct sim_flow *f, int32_t pool);

/** [SI] The pool's level at the restart. */
double park_ledger_first_level(const struct park_ledger *l, int32_t pool);

/** The balances of all streams; post first. Borrowed until the next call, or the check. */
const struct park_ledger_balance *park_ledger_balances(struct park_ledger *l,
                                                       const struct sim_flow *f);

/** Hold the books against the engine's levels and the recipes; post first. SIM_FAILED, naming the
 * streams, pools and processes that do not balance. */
enum sim_status park_ledger_check(struct park_ledger *l, const struct sim_flow *f,
                                  struct sim_err *err) SIM_MUST_USE;

#endif
