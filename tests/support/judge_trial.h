/** @file
 * One network before all judges, and the counts of many.
 *
 * Judge (b) convicts where claims form no loop (1e-12, or what a rounding of the largest flow at a
 * pool is to the smallest). Where they do and the sweeps settle all
 * the same, agreement is counted; a difference is put down to self-feeding or to a choice by name
 * where the solver reports one, and is counted as `several` otherwise: two solutions of one
 * definition, both of which judge (a) accepts. Where a raise leaves some other loop with less than
 * the sweeps gave it, that is counted as `below`: the floors of rates.h hold within one raise.
 * Judge (c) convicts wherever it finds more than 1e-7. Whom its certificate covers cannot rise, so
 * the programme is asked about the others only; one network in 16 goes to the whole programme all
 * the same, which so judges the certificate.
 */
#ifndef TESTS_SUPPORT_JUDGE_TRIAL_H
#define TESTS_SUPPORT_JUDGE_TRIAL_H

#include "tests/support/judge_lp.h"

enum judge_verdict {
    JUDGE_INNOCENT,
    JUDGE_UNRESOLVED, // the solver gave up
    JUDGE_RULES,      // (a)
    JUDGE_BELOW,      // (b): in a loop, less than plain propagation, another was raised; no fault
    JUDGE_PLAIN,      // (b): another result where claims form no loop
    JUDGE_SEVERAL,    // (b): another result where the sweeps settle; not a fault by itself
    JUDGE_MORE,       // (c), inside the certificate
    JUDGE_MORE_LOOP,  // (c), outside it
    JUDGE_VERDICTS
};

struct judge_counts {
    int64_t networks;
    int64_t verdict[JUDGE_VERDICTS];
    int64_t loopless;       // claims form no loop
    int64_t settled;        // they do, and the sweeps settle
    int64_t settled_same;   // of which the same within 1e-9
    int64_t settled_raised; // of which different, and the solver raised a loop
    int64_t settled_named;  // of which different, and decided by name
    int64_t unsettled;      // the sweeps do not settle
    int64_t self_fed;       // networks with a raised loop
    int64_t by_name;        // networks with a choice by name
    int64_t loops;          // circular blocks
    int64_t newton;
    int64_t followed;
    int64_t outside;    // networks outside the certificate of (c)
    double worst_plain; // largest relative difference where claims form no loop
    double worst_more;  // largest improvement found and tolerated
    int64_t pools;
    int64_t activities;
    int64_t torn; // networks with pools, or measures, to write out (judge_split.h)
};

struct judge_trial {
    enum judge_verdict verdict;
    char why[700];
};

/** Try the network on `solver`; the first fault found goes to `out`. */
void judge_trial_run(struct judge_net *n, judge_solver *solver, struct judge_counts *counts,
                     struct judge_trial *out);

/** The same for an answer at hand. */
void judge_trial_answer(struct judge_net *n, const struct judge_answer *a,
                        struct judge_counts *counts, struct judge_trial *out);

const char *judge_trial_word(enum judge_verdict verdict);
bool judge_trial_is_fault(enum judge_verdict verdict);
void judge_trial_print(const struct judge_counts *counts, FILE *out);
void judge_trial_add(struct judge_counts *sum, const struct judge_counts *more);

/** All counts as one line of numbers, and back; false when the line is not one. */
void judge_trial_save(const struct judge_counts *counts, FILE *out);
bool judge_trial_restore(struct judge_counts *out, FILE *from);

/** Shrink a network as long as `solver` gets the same verdict (and the complaint begins with the
 * same word). In place; returns steps taken. */
int judge_shrink(struct judge_net *n, judge_solver *solver, const struct judge_trial *trial);

/** Same verdict, and the complaint begins with the same word? */
bool judge_trial_is_like(const struct judge_trial *trial, const struct judge_trial *other);

/** The same for any property: `fails` is true of `n` and stays true. */
typedef bool judge_property(struct judge_net *n, void *user);
int judge_shrink_property(struct judge_net *n, judge_property *fails, void *user);

#endif
