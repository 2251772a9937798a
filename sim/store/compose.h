/** @file
 * From parts to the results file: the end of a sweep, and `merge`.
 *
 * Points and replications are put in the order of the plan: run ids are given to the replications
 * that the rule asks for, point by point, from 0, and nothing else comes into the file. Chunks are
 * copied as they are packed. The same card and the same runs give the same bytes, whatever the
 * shards, blocks and interruptions (all but /execution).
 *
 * Floor 2. One thread.
 */
#ifndef SIM_STORE_COMPOSE_H
#define SIM_STORE_COMPOSE_H

#include "sim/store/card.h"
#include "sim/store/writer.h"

/** What is missing, and what came of it. */
struct sim_compose_result {
    int64_t runs;      // [-] in the file
    int64_t ok;        // [-]
    int64_t failed;    // [-]
    int64_t missing;   // [-] that the rule asks for and no part has (at least so many)
    bool is_set_aside; // a damaged block was found and renamed: its runs are missing from now on
};

struct sim_compose_opts {
    const char *const *folders; // of parts; several when machines share no disk
    int folder_count;
    bool is_partial; // write what there is, ended = "stopped"; else missing runs are SIM_INPUT
    const struct sim_writer_fact *facts; // for /execution
    int fact_count;
    void (*told)(void *user, int64_t done, int64_t runs); // progress; NULL: none
    void *user;
};

/** Write `path`. `card` NULL: as the folders have it. SIM_INPUT, in plain words, where folders
 * belong to different studies or versions (which inputs differ), where shards are missing or not
 * finished ("shard 3 of 4 has 12 of its 250 points"), where a block is damaged (which, and that
 * `sweep` makes it again; the damaged block is then set aside). Nothing is left half-written. */
enum sim_status sim_compose(const struct sim_card *card, const struct sim_compose_opts *opts,
                            const char *path, struct sim_compose_result *out,
                            struct sim_err *err) SIM_MUST_USE;

#endif
