/** @file
 * One random park before the program and the reference, and the counts of many.
 *
 * The program runs the park file as `ecopark run` does; then each total from-to-stream of one must
 * be that of the other, to 1e-6 of the stream's throughput.
 */
#ifndef TESTS_SUPPORT_REF_TRIAL_H
#define TESTS_SUPPORT_REF_TRIAL_H

#include "tests/support/ref_make.h"
#include "tests/support/ref_run.h"

#include <stdio.h>

enum ref_verdict {
    REF_AGREE,
    REF_SKIPPED, // propagation does not settle: the reference says nothing
    REF_SEVERAL, // they differ, and there are several solutions: found when searched with care
    REF_DIFFERENT,
    REF_REFUSED,    // the program does not load the park
    REF_FAILED,     // the run fails
    REF_UNBALANCED, // the reference contradicts itself
    REF_VERDICTS
};

struct ref_counts {
    int64_t parks;
    int64_t verdict[REF_VERDICTS];
    int64_t met[REF_MET_COUNT]; // of those that agree
    int64_t events;
    double worst; // largest difference tolerated
};

struct ref_trial {
    enum ref_verdict verdict;
    char why[400];
    double by; // largest difference, of the stream's throughput
    struct ref_run run;
};

/** Try `p`. `print`: where both answers go; NULL: nowhere. */
void ref_trial_run(const struct ref_park *p, struct ref_trial *out, FILE *print);

void ref_trial_count(struct ref_counts *counts, const struct ref_trial *trial);
bool ref_trial_is_fault(enum ref_verdict verdict);
const char *ref_trial_word(enum ref_verdict verdict);
void ref_trial_print(const struct ref_counts *counts, FILE *out);
void ref_trial_add(struct ref_counts *sum, const struct ref_counts *more);

/** All counts as one line of numbers, and back; false when the line is not one. */
void ref_trial_save(const struct ref_counts *counts, FILE *out);
bool ref_trial_restore(struct ref_counts *out, FILE *from);

/** Was each of what must be common met by at least a tenth of the parks that agree? Tells what was
 * not. */
bool ref_trial_covers(const struct ref_counts *counts, FILE *out);

/** Make a park smaller as long as its trial ends alike. In place; returns steps taken. */
int ref_shrink(struct ref_park *p, const struct ref_trial *trial);

#endif
