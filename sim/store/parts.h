/** @file
 * Finished runs, safe before the file is there: the folder FILE.parts.
 *
 * A packed run is appended to the open block of its shard as soon as it is finished, whole, by one
 * write. A block of a hundred runs or so (32 MB; or 64 runs when it is two seconds old) gets an
 * index, is flushed to the disk, renamed, and told in the shard's manifest with its length and
 * checksum, while the next is already being filled. So:
 *
 *  - a killed process loses only runs that were running: the open block is read again record by
 *    record, each with a checksum of its own, and what is torn at its end is cut off and told;
 *  - a lost machine (power) loses at most the open block of each shard and the one being flushed;
 *  - a full disk or a vanished folder stops the sweep with what was written before still good;
 *  - to go on, only indexes are read: who is there, how it ended, and the rule's response.
 *
 * Files: card.json (card.h); shard-I-of-N.json, the manifest; shard-I-of-N-B.runs, blocks; the open
 * block ends in .open. I counts from 1. A shard belongs to one process at a time (a lock on its
 * manifest's name); shards of one study may share a folder. Numbers are little-endian. A run is
 * known by mark and replication, never by its number in the plan.
 *
 * Floor 2. sim_parts_* belong to one thread; packs come from many.
 */
#ifndef SIM_STORE_PARTS_H
#define SIM_STORE_PARTS_H

#include "sim/store/card.h"
#include "sim/store/pack.h"

struct sim_parts; // opaque: the open block, the index of what is there

/** Who a run is, whatever the plan. */
struct sim_parts_key {
    struct sim_card_mark mark;
    int32_t replication;
};

/** What opening found, to be told. */
struct sim_parts_found {
    int64_t runs;       // [-] of this study: they need not be made again
    int64_t recovered;  // [-] of which from a block that was left open
    int64_t torn;       // [-] records cut off
    int64_t bad_blocks; // [-] whose checksum or length is wrong; set aside as NAME.bad
    int64_t of_others;  // [-] runs whose mark no point of the card has any more; they are not used
                        // but stay until sim_parts_remove, as the change may be taken back
    bool is_other_layout; // runs were packed by another version or for another network; likewise
    bool is_new;          // there was nothing
};

/** Open or make the folder for shard `shard` (from 0) of card->shards, and write the card. The card
 * is borrowed until close. SIM_WRITE when another process has the shard, or the folder cannot be
 * written. */
enum sim_status sim_parts_open(const char *folder, const struct sim_card *card, int32_t shard,
                               struct sim_parts **out, struct sim_parts_found *found,
                               struct sim_err *err) SIM_MUST_USE;

/** How a run of this shard ended: false when it is not there. `*value`: the rule's response; NaN
 * when it failed, or without a rule's response. O(1). */
bool sim_parts_find(const struct sim_parts *p, const struct sim_parts_key *key,
                    enum sim_run_status *out_status, double *out_value);

/** Append a finished run (ok or failed; a skipped one is a bug). `pack->key` need not be right but
 * for the replication. `pack->point_row` should be there in replication 0. On SIM_WRITE the run is
 * not there, and what was before still is. */
enum sim_status sim_parts_put(struct sim_parts *p, const struct sim_card_mark *mark,
                              const struct sim_pack *pack, struct sim_err *err) SIM_MUST_USE;

/** Seal the open block and the manifest. Gone afterwards, whatever the status. */
enum sim_status sim_parts_close(struct sim_parts *p, struct sim_err *err) SIM_MUST_USE;

/** Remove the folder and what a sweep put there; other files stay, and the folder with them. */
enum sim_status sim_parts_remove(const char *folder, struct sim_err *err) SIM_MUST_USE;

#endif
