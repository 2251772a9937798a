/** @file
 * The definition of rates.h written down a second time, as plainly as can be: limits, claims, plain propagation.
 *
 * Nothing here is taken from sim/flow/rates.c, and nothing is fast. The formulas:
 *
 *     y_i = min(u_k, L_j over the other ports j of k)                        claim of port i of k
 *     R   = max(0, sum c y of the opposite side - sum c y of better classes of the own side)
 *     w_i t + sum over the others of the class min(c_m y_m, w_m t) = R,      L_i = w_i t / c_i
 *     a_k = min(u_k, L_i over all ports of k)
 *
 * L is infinite where the pool does not bind the side. What network.h adds, in its words and ours:
 * - A port that *rests* has L = 0 and its claim counts nowhere: an AT_BOUND taker unless the stock
 *   is full, an AT_BOUND giver unless it is empty, a pull giver at a stock over its target.
 * - A pull giver at a stock at its target that is not full: R = users' claims - push givers'
 *   claims - better pull givers; users are takers that are not AT_BOUND. When it is
 *   full, too, the orders of all givers decide.
 * - An AT_BOUND port: R = claims of the opposite side - claims of the ordinary ports of its side.
 * - Where some giver may not serve some taker the pool is several: judge_split.h writes them out
 *   first, so here everybody sees everybody.
 * - Pull activities that no user reaches have capacity 0. Reached is the least set with: an
 *   activity with capacity that is neither pull nor link; a pull activity or link whose giving
 *   port does not rest and sees a stock that may fill (not full; for pull: below target), or a
 *   reached taker (for a pull giver: not an outlet).
 *
 * Where an unlimited activity stands in a better class, nothing is left (R = 0), even of an
 * unlimited supply; unlimited ones with no share stated take a class alone.
 */
#ifndef TESTS_SUPPORT_JUDGE_RULES_H
#define TESTS_SUPPORT_JUDGE_RULES_H

#include "tests/support/judge_net.h"

/** A network with its ports sorted by pool and by activity. Borrows `n`. */
struct judge_view {
    const struct judge_net *n;
    double u[JUDGE_ACTIVITIES];          // [1/s] capacity now; 0 for pull that no user reaches
    double scale[JUDGE_POOLS];           // [amount/s] largest finite c u in the pool
    bool is_unreached[JUDGE_ACTIVITIES]; // pull that no user reaches
    const double *wants; // per port: claims now; NULL: whoever has capacity is a user
    int pool_start[JUDGE_POOLS + 1];
    int32_t pool_ports[JUDGE_PORTS];
    int activity_start[JUDGE_ACTIVITIES + 1];
    int32_t activity_ports[JUDGE_PORTS];
};

void judge_view_init(struct judge_view *v, const struct judge_net *n);

/** Mark pull that no user reaches, as seen by the capacities in `v->u` and the claims in
 * `v->wants`, and set it to 0 there. Part of judge_view_init, which knows no claims; (c) looks
 * again at those who claim something now: a loop of pull whose users can take nothing may stand
 * still. */
void judge_view_still_unreached(struct judge_view *v);

/** The limit of port i given all claims y; not cut at capacity. */
double judge_rules_limit(const struct judge_view *v, const double *y, int32_t i);

/** The claim of port i given all limits. */
double judge_rules_claim(const struct judge_view *v, const double *limit, int32_t i);

/** Is port i's side bound by anything at its pool (so that L_i can be finite)? */
bool judge_rules_binds(const struct judge_view *v, int32_t i);
bool judge_rules_rests(const struct judge_view *v, int32_t i);

/** Plain propagation: synchronous sweeps from claims at capacity. True when a sweep changed no
 * claim by more than 1e-16 of its scale; out arrays hold the last sweep in any case. */
bool judge_rules_propagate(const struct judge_view *v, int most_sweeps, double *out_rate,
                           double *out_limit, double *out_claim);

/** Which ports' limits depend on themselves: out_circular[i] is 1 in a loop of claims, 2 behind
 * one (fed by it), 0 elsewhere. Returns the number of ports in loops. */
int judge_rules_circular(const struct judge_view *v, int8_t *out_circular);

#endif
