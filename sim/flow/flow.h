/** @file
 * The network over time: levels, the instants at which stocks run full or empty, and totals.
 *
 * Between two instants all rates are constant, so every level is linear in time (or follows the
 * closed form of decay) and every total is an exact integral. Nothing ticks: a stock's level and an
 * activity's total are brought up to date only when their rate changes or when somebody asks. The
 * next bound that a stock reaches is computed; it is an instant of its own (sim_flow_next).
 *
 * Use in a run's loop:
 *
 *     sim_flow_advance(f, now);                     // now = an event's time, or sim_flow_next(f)
 *     sim_flow_set_capacity(f, kiln, 0);            // whatever the event changes
 *     SIM_TRY(sim_flow_settle(f, err));             // solves, and plans the next bounds
 *
 * Time is integer microseconds. A stock that crosses its bound between two microseconds is set
 * exactly on it; the difference (at most rate x 1 us) is booked in `sim_flow_trimmed`, never lost.
 * Stocks that empty and fill by turns, ever faster, come to rest together: one that left a level of
 * its own a moment ago is put back on it when another meets its own, booked likewise. A moment is a
 * microsecond, and longer for a stock that meets its levels thousands of times within a second.
 *
 * **At a bound** one balance decides: inflow - outflow - decay x level. A stock is full while it is
 * not negative at the capacity, and falls by the closed form from the instant when it is; likewise
 * it rests at its target while what flows in makes up for outflow and decay. At the minimum what
 * decays there comes before all takers, who share what is left of the inflow; where the inflow does
 * not cover the decay, nothing is drawn and the level goes below, towards inflow / decay. Below the
 * minimum takers get nothing until what flows in has filled it up again. Overflow is what comes in
 * beyond outflow and decay, make-up what is lacking to both.
 *
 * A loop that feeds itself through a stock can have other rates while the stock binds than when it
 * does not, so that bound it would leave, and free it would come back. Then it stays bound, and its
 * bound is slack, until something changes there.
 *
 * **Turndown** is a state: settle solves with all that are on, switches off the one furthest below
 * its minimum (tie: name), and again. Then each that is off is tried alone, by merit, then name:
 * it restarts when it reaches minimum x (1 + its restart_band), or full load where that is less,
 * and pushes nobody below his own; after a success from the first again, until none is left to
 * restart. So as many as help restart at one instant; no two are tried together. A trial that
 * failed is not repeated while nothing has changed at the pools that it came by, as it would end
 * alike: an event costs no trial of a unit elsewhere in the park.
 *
 * A unit may fail because a stock stands at its bound, and that stock leaves the bound as soon as
 * the unit is off: a boiler at a full tank of which little is drawn. Any moment later it could run
 * for a moment, and would switch on and off without end. So such a stock holds it: until the stock
 * meets another of its levels, or the unit's capacity is 0, the unit is tried as if the stock still
 * stood there. Its levels are its capacity and its minimum; falling, its reorder level, or its
 * target where it has none; rising, its target; for a stock that holds a unit these count whoever
 * gives to it. So the unit restarts when what flows through suffices, or when a tank that it fills
 * is down to its target, or one that it empties is up to its own.
 *
 * **Coefficients** may change while time passes, as a boiler's fuel per heat does with its load. A
 * change is an event like one of capacity: whatever was integrated until then is with the old one.
 * An activity's total stays the integral of its rate, in its own units. What passed a port is kept
 * port by port (sim_flow_passed), as the integral of coefficient times rate, and is what a ledger
 * books: so the balance of a pool is that of its ports, integrated = sum of what its givers passed
 * - sum of what its takers passed - decayed (lumps on top of both), and the recipe of a process
 * over any time is the ratio of what its ports passed.
 *
 * Floor 3. One thread at a time; no allocation after warm-up.
 */
#ifndef SIM_FLOW_FLOW_H
#define SIM_FLOW_FLOW_H

#include "sim/flow/rates.h"
#include "sim/num/simtime.h"

struct sim_flow; // opaque

/** What a unit that is off by its turndown would do: found when it was switched off or last tried.
 * Rates [1/s]. */
struct sim_flow_trial {
    double rate;    // that it would have
    double least;   // its minimum
    double wanted;  // that it must reach: the minimum to stay on, with the band to restart
    int32_t harmed; // whom it would push below his minimum; -1: nobody
    int32_t port;   // that held it to that rate; -1: none
};

/** Told of each activity whose rate changes, after a settle; `now` is the instant, rates [1/s].
 * Called in order of names. */
typedef void sim_flow_on_change(void *user, sim_time now, int32_t activity, double before,
                                double after);

/** Told of a unit that has just failed to keep its minimum, or to reach it in a trial, while the
 * rates (sim_flow_rates) are still those that it would have. `harmed`: whom it would push below his
 * own though it reaches its own, else -1. Called within a settle. */
typedef void sim_flow_on_low(void *user, int32_t activity, int32_t harmed);

/** `net` is borrowed until destroy. */
struct sim_flow *sim_flow_create(const struct sim_network *net);
void sim_flow_destroy(struct sim_flow *f); // NULL is fine

/** Begin at `start` with `levels` [amount], one for each pool of the definition (junctions: 0).
 * All capacities are nominal, all units on; totals are 0. Settle before reading rates. */
void sim_flow_reset(struct sim_flow *f, sim_time start, const double *levels);

void sim_flow_watch(struct sim_flow *f, sim_flow_on_change *on_change, void *user); // NULL: none
void sim_flow_watch_low(struct sim_flow *f, sim_flow_on_low *on_low, void *user);   // NULL: none

/** The next instant at which some stock reaches a bound; SIM_TIME_NEVER when none will. */
sim_time sim_flow_next(const struct sim_flow *f);
int32_t sim_flow_next_pool(const struct sim_flow *f); // which one; -1 when none will

/** Let time pass to `now` (not before the last, not after sim_flow_next). Stocks due are set on
 * their bound; settle before time passes again. */
void sim_flow_advance(struct sim_flow *f, sim_time now);

void sim_flow_set_capacity(struct sim_flow *f, int32_t activity, double capacity); // [1/s]

/** What a unit of the port's activity takes or gives [amount per unit of activity] from now on;
 * what passed until now passed with the coefficient it had. > 0, and finite. */
void sim_flow_set_coef(struct sim_flow *f, int32_t port, double coef);

/** Put `amount` in (or take it out when negative) at once, as a batch or truck does. Only what fits
 * moves: returns the amount that did (same sign). Stocks only. */
double sim_flow_lump(struct sim_flow *f, int32_t pool, double amount);

/** Let the activity do `amount` (>= 0, in its own units) at once: each stock that it touches takes
 * or gives its part, and its total counts it, so that whatever is booked, limited or told by the
 * total is so, too. Only as much as all of them have, or have room for, is done: returns it. Stocks
 * only. */
double sim_flow_act(struct sim_flow *f, int32_t activity, double amount);

/** Solve for the rates now and plan the next bounds. SIM_FAILED with names when the network cannot
 * be resolved, or when bounds are reached again and again without time moving. */
enum sim_status sim_flow_settle(struct sim_flow *f, struct sim_err *err) SIM_MUST_USE;

/** Pools at which a rate, a claim, a limit, a capacity or a condition may have changed since the
 * last `forget`, in no particular order: what anybody concludes from these holds elsewhere as it
 * did. Borrowed until the next settle. */
const int32_t *sim_flow_touched(const struct sim_flow *f, int *out_count);
void sim_flow_forget_touched(struct sim_flow *f);

/** Count the pools of an activity among them: what holds it changed, though no rate did. */
void sim_flow_touch(struct sim_flow *f, int32_t activity);

sim_time sim_flow_now(const struct sim_flow *f);
double sim_flow_rate(const struct sim_flow *f, int32_t activity); // [1/s] now
double
sim_flow_total(const struct sim_flow *f,
               int32_t activity); // integral of the rate since reset, and what it did at once
/** [amount] What passed the port since reset: integral of its coefficient times the rate, and what
 * came at once. */
double sim_flow_passed(const struct sim_flow *f, int32_t port);
double sim_flow_level(const struct sim_flow *f, int32_t pool); // [amount] now
double sim_flow_decayed(const struct sim_flow *f,
                        int32_t pool); // [amount] lost to decay since reset
double sim_flow_trimmed(const struct sim_flow *f,
                        int32_t pool); // [amount] added (+) by setting on bounds
double sim_flow_lumped(const struct sim_flow *f,
                       int32_t pool); // [amount] that came (+) or went at once since reset
bool sim_flow_is_off(const struct sim_flow *f, int32_t activity); // switched off by its turndown
bool sim_flow_trial_of(const struct sim_flow *f, int32_t activity,
                       struct sim_flow_trial *out);             // true while it is off
bool sim_flow_is_empty(const struct sim_flow *f, int32_t pool); // at its minimum or below

/** sim_pool_condition (rates.h) of a stock: changes at events only, unlike its level. */
unsigned sim_flow_condition(const struct sim_flow *f, int32_t pool);

/** The port that held a unit below its minimum when it was last tried, switched off now; else -1.
 */
int32_t sim_flow_off_port(const struct sim_flow *f, int32_t activity);
bool sim_flow_is_full(const struct sim_flow *f, int32_t pool);

/** The stock that holds a unit off, the first by name: it stood at a bound when the unit failed,
 * and has met no other since. -1: none does; else its condition then. */
int32_t sim_flow_held_off_by(const struct sim_flow *f, int32_t activity, unsigned *out_condition);

/** Change of the level since reset as the engine integrated it from nets and decay, without trims
 * and lumps: what the ledger's balance is checked against (in - out - decayed). [amount] */
double sim_flow_integrated(const struct sim_flow *f, int32_t pool);

/** The rates below: claims, limits, causes. Borrowed until destroy. */
const struct sim_rates *sim_flow_rates(const struct sim_flow *f);

#endif
