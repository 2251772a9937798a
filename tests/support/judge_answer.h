/** @file
 * What a solver says about a network, and who may be asked.
 *
 * The judges look at answers only, so the real solver, plain propagation and answers with planted
 * faults all pass through the same gate.
 */
#ifndef TESTS_SUPPORT_JUDGE_ANSWER_H
#define TESTS_SUPPORT_JUDGE_ANSWER_H

#include "tests/support/judge_net.h"

struct judge_answer {
    enum sim_status status;
    char text[400];                // why not, when status is not SIM_OK
    double rate[JUDGE_ACTIVITIES]; // [1/s]
    double limit[JUDGE_PORTS];     // [1/s] cut at capacity
    double claim[JUDGE_PORTS];     // [1/s]
    double net[JUDGE_POOLS];       // [amount/s]
    struct sim_rates_work work;
};

/** Answer for the state of `n`; `n` may have its name pointers refreshed, nothing else. */
typedef void judge_solver(struct judge_net *n, struct judge_answer *out);

/** The program's own: sim_network_create, sim_rates_settle. */
void judge_answer_real(struct judge_net *n, struct judge_answer *out);

/** The same by another way: from a network with other coefficients, drawn by seed and number, which
 * become those of `n` in two settles. SIM_FAILED also where that is not, to the bit, what
 * judge_answer_real says. */
void judge_answer_altered(struct judge_net *n, struct judge_answer *out);

/** Plain propagation (judge_rules.h); SIM_FAILED where it does not settle. */
void judge_answer_plain(struct judge_net *n, struct judge_answer *out);

/** Read a settled solver. */
void judge_answer_read(const struct judge_net *n, const struct sim_rates *r,
                       struct judge_answer *out);

/** Bring `r` to the state of `n` (all capacities, coefficients and conditions are set). */
void judge_answer_set(const struct judge_net *n, struct sim_rates *r);

#endif
