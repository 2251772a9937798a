/** @file
 * Rates of a reference network at one instant: plain propagation, dense and slow on purpose.
 *
 * A port's claim is what the rest of its activity allows: the least of its capacity now and of the
 * limits of its other ports. A port's limit is what it could get or place if its own wish were
 * unlimited and all others had their claims: classes of takers are served in their order, each asks
 * the givers that may serve it in theirs, and within a class all are filled alike. All claims start
 * at capacity and are tightened together until none moves; each rate is then the least of capacity
 * and limits.
 *
 * Of a stock only what binds binds: takers at its minimum, givers where it is full, bought,
 * contracted and pulled goods at its target and above. Its decay at a bound is a taker that is
 * served first.
 */
#ifndef TESTS_SUPPORT_REF_RATES_H
#define TESTS_SUPPORT_REF_RATES_H

#include "tests/support/ref_net.h"

// Where a stock stands, as far as rates depend on it.
struct ref_bounds {
    bool is_full;
    bool is_empty; // at its minimum: what comes in, less decay, may go out
    bool is_below; // under its minimum: nothing may go out
    bool holds;    // at its target: pulled and bought goods come in for what goes out
    bool rests;    // above its target, or not yet down at `reorder`: they do not come in
    double decay;  // per hour, at this level
};

/** Why a unit is not tried as things are: the stocks at whose bounds it failed, as they stood then.
 * Each left its bound only because the unit is off, and would be back at once with it; so until it
 * has met a bound again, the unit is tried first as if it still stood there. */
struct ref_hold {
    int count;
    int stock[REF_STOCKS];
    int met[REF_STOCKS]; // bounds it had met by then
    struct ref_bounds at[REF_STOCKS];
};

/** What a run remembers of its units and stocks. */
struct ref_memory {
    struct ref_hold holds[REF_ACTS];
    int met[REF_STOCKS]; // bounds that each stock has come to
    bool has_several;    // somewhere the rates, or those of a trial, are no matter of propagation
};

/** Set weights, claims, limits and rates; false where propagation does not settle. `bounds` by
 * stock. */
bool ref_rates_solve(struct ref_net *n, const struct ref_bounds *bounds);

/** Does propagation come to the same rates from elsewhere, too? Where it does not, circular claims
 * have several solutions, and which is meant is no matter of propagation. */
bool ref_rates_are_unique(struct ref_net *n, const struct ref_bounds *bounds);

/** The same with turndown: units below their minimum are switched off one by one, furthest first,
 * then tried again. `*out_switched` counts changes of state. */
bool ref_rates_settle(struct ref_net *n, const struct ref_bounds *bounds, struct ref_memory *m,
                      int *out_switched);

/** A unit that is off, could run now and would do well if tried: its process; -1: none. */
int ref_rates_restartable(struct ref_net *n, const struct ref_bounds *bounds, struct ref_memory *m);

/** What comes in [1] or goes out [0] of a pool now. */
double ref_rates_sum(const struct ref_net *n, int pool, int side);

/** [per hour] Into a stock less out of it and what decays of it; 0 where that is rounding. */
double ref_rates_balance(const struct ref_net *n, int stock, double decay);

#endif
