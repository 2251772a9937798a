/** @file
 * Taking up a shard again: what its blocks hold, what was torn, what is damaged.
 *
 * Floor 2, for the files of `store` alone. One thread.
 */
#ifndef SIM_STORE_PARTS_RECOVER_H
#define SIM_STORE_PARTS_RECOVER_H

#include "sim/store/parts.h"
#include "sim/store/parts_files.h"
#include "sim/store/parts_index.h"

/** A folder being taken up. */
struct sim_parts_recover {
    const char *folder;
    const struct sim_card *card;
    struct sim_card_mark layout;
    struct sim_parts_index *index;
    struct sim_parts_found *found;
    struct sim_parts_files_list files;
    struct sim_parts_block_list list; // of the block at hand
};

/** Make the shard of `m` sound: seal what was left open, set aside what is damaged, write the
 * manifest when it changed. The caller holds the shard's lock. */
enum sim_status sim_parts_recover_shard(const struct sim_parts_recover *r,
                                        struct sim_parts_files_manifest *m,
                                        struct sim_err *err) SIM_MUST_USE;

/** Add the runs of all sealed blocks to the index. */
enum sim_status sim_parts_recover_index(struct sim_parts_recover *r,
                                        struct sim_err *err) SIM_MUST_USE;

#endif
