/** @file
 * A results file from the view of a study: is it this study's, whole, and what differs.
 *
 * FILE is complete when it ended so and its content_hash is that of the card: then the same runs
 * would give the same bytes again. A FILE with the study's study_hash alone has the same runs, but
 * says other things of them (titles, the baseline, the text of the study).
 *
 * Floor 3. One thread.
 */
#ifndef SIM_SWEEP_SWEEP_FILE_H
#define SIM_SWEEP_SWEEP_FILE_H

#include "sim/store/card.h"

struct sim_reader;

/** What FILE is to the study. */
struct sim_sweep_file {
    bool is_there;     // a results file that can be read
    bool is_complete;  // all of this study, as it would be written now
    bool has_our_runs; // the same runs in the same order, whatever it says of them
    int64_t runs;      // [-] in it
    char *difference;  // "study.cfg and the seed"; owned; NULL: nothing, or there is no file
};

/** Look at FILE. Nothing is wrong with a file that is not there or cannot be read. */
void sim_sweep_file_look(const char *path, const struct sim_card *card, struct sim_sweep_file *out);
void sim_sweep_file_fini(struct sim_sweep_file *f);

/** What of a file's inputs, program or seed is not the card's: "study.cfg and prices.csv changed,
 * the seed was 1 and is 2"; "the study" where none of these tells. Owned by the caller (free). */
char *sim_sweep_file_difference(const struct sim_reader *reader, const struct sim_card *card);

#endif
