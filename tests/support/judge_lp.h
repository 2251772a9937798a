/** @file
 * Judge (c): could everybody have at least as much, and somebody more?
 *
 * A linear programme (COIN CLP) over the increases d_k >= 0 of all rates, up to capacity, under
 * the pools' bounds, maximises their sum, each over its activity's scale. Turndown is ignored. The
 * pull rules are constraints: a pull giver at a target gives only what users draw beyond push,
 * over target it rests, at a junction with outlets users' draw minus pull may not shrink (push
 * keeps what it gives to users); ports at a bound move only what overflows or lacks; pull that no
 * user reaches stands still. Where such a rule has a corner (draw below push: pull is 0) the
 * programme stays on the side where the rates are, so it may miss something but never cries wolf.
 *
 * The certificate. An activity is *certified* when it runs at capacity, or rests by the state of a
 * stock, or when at one of its ports more can move only if someone opposite moves more (a tight
 * pool: a junction, or a stock at its bound with inflow = outflow; the pull rules above likewise)
 * and all those opposite are certified, itself not among them. The least such set: every cause
 * ends in capacities. If all activities are certified, no rates are at least as large everywhere
 * and larger somewhere: an increase needs an increase opposite, which needs another, and so on to
 * a capacity. So there the programme must find nothing whatever the solver did, and what it says
 * in the others (loops of causes) is the test: after self-feeding it must find nothing either.
 */
#ifndef TESTS_SUPPORT_JUDGE_LP_H
#define TESTS_SUPPORT_JUDGE_LP_H

#include "tests/support/judge_checks.h"

/** Do the causes of all blocked activities end in capacities? */
bool judge_lp_certified(const struct judge_view *v, const double *rate);

/** The sum of increases over scale that the programme finds (0: none); `out_who` is the activity
 * with the largest. `out_to` (may be NULL) gets the better rates. -1 when CLP gave up. */
double judge_lp_improvement(const struct judge_view *v, const double *rate, int32_t *out_who,
                            double *out_to);

/** The same, certificate first: who is certified cannot rise, so the programme is asked about the
 * others only, and not at all where there are none. `out_certified`: all are. */
double judge_lp_search(const struct judge_view *v, const double *rate, bool *out_certified,
                       int32_t *out_who, double *out_to);

#endif
