/** @file
 * Which runs of a study are there: how they ended, the rule's response, and where they lie.
 *
 * Points of the same mark have the same runs, so runs are kept by slot: the first point that has
 * the mark. 24 bytes a run and a place in a hash table.
 *
 * Floor 2, for the files of `store` alone. One thread; the card is borrowed.
 */
#ifndef SIM_STORE_PARTS_INDEX_H
#define SIM_STORE_PARTS_INDEX_H

#include "sim/base/vec.h"
#include "sim/store/card.h"
#include "sim/store/pack.h"
#include "sim/store/parts_block.h"

struct sim_parts_index_run {
    int32_t slot;
    int32_t replication;
    double value;    // NaN: none
    uint32_t block;  // as the caller numbers them
    uint32_t offset; // [bytes] of the record in its block; the top bit: it failed
};

struct sim_parts_index; // opaque: two hash tables

struct sim_parts_index *sim_parts_index_create(const struct sim_card *card);
void sim_parts_index_destroy(struct sim_parts_index *ix); // NULL is fine

/** The slot of a mark; -1 when no point of the card has it. O(1). */
int32_t sim_parts_index_slot(const struct sim_parts_index *ix, const struct sim_card_mark *mark);

/** NULL when it is not there. O(1). Borrowed until the next is added. */
const struct sim_parts_index_run *sim_parts_index_find(const struct sim_parts_index *ix,
                                                       int32_t slot, int32_t replication);

/** Add a run; one that is there already stays as it is. False when its mark is no point's. */
bool sim_parts_index_add(struct sim_parts_index *ix, const struct sim_parts_block_run *run,
                         uint32_t block);

/** Add all runs of a block of the card's layout, whose file is `path`. Values of another response
 * than the card's are read from the records. */
enum sim_status sim_parts_index_add_block(struct sim_parts_index *ix, const char *path,
                                          struct sim_parts_block_list *list, uint32_t block,
                                          struct sim_err *err) SIM_MUST_USE;

int32_t sim_parts_index_runs_of(const struct sim_parts_index *ix, int32_t slot); // how many

enum sim_run_status sim_parts_index_status(const struct sim_parts_index_run *run);
uint64_t sim_parts_index_offset(const struct sim_parts_index_run *run);

/** The variable of the rule's response; -1 when there is none. */
int sim_parts_index_response(const struct sim_card *card);

#endif
