/** @file
 * Pools where some giver may not serve some taker, written out; and measures, worked out.
 *
 * What network.h says of them, once more and as plainly as can be: a network in which every source
 * and every queue is a junction of its own and every pair of them that may deal has a link. The
 * judges look at that network, in which everybody at a pool sees everybody. It belongs to one
 * state: weights are numbers.
 *
 * And what must hold whatever the construction: at a junction, nobody of a worse class gets
 * anything from givers that may serve one who lacks.
 */
#ifndef TESTS_SUPPORT_JUDGE_SPLIT_H
#define TESTS_SUPPORT_JUDGE_SPLIT_H

#include "tests/support/judge_checks.h"

/** Fill `to`; ids of `from` stay. False when there is nothing to write out: `to` is a copy then. */
bool judge_split(const struct judge_net *from, struct judge_net *to);

/** Whether the giver at port g may serve the taker at port t. */
bool judge_split_may_serve(const struct judge_net *n, int32_t g, int32_t t);

/** Whether what moves at the pools of `n` can come from givers that may serve who takes it. */
bool judge_split_dealings(const struct judge_net *n, const struct judge_answer *a,
                          struct judge_complaint *out);

/** Classes and orders at the junctions of `n`, from rates and claims alone. */
bool judge_split_classes(const struct judge_net *n, const struct judge_answer *a,
                         struct judge_complaint *out);

#endif
