/** @file
 * Where the runs of a study lie when its file is composed: blocks of several folders, read only.
 *
 * Floor 2, for the files of `store` alone. One thread.
 */
#ifndef SIM_STORE_COMPOSE_SOURCE_H
#define SIM_STORE_COMPOSE_SOURCE_H

#include "sim/store/card.h"
#include "sim/store/compose.h"
#include "sim/store/parts_index.h"

struct sim_compose_source; // opaque: the index, names of blocks, some open files

/** Read all indexes (and open blocks, record by record). The card is borrowed until destroy.
 * SIM_MISSING when a folder cannot be read. */
enum sim_status sim_compose_source_create(const struct sim_card *card, const char *const *folders,
                                          int folder_count, struct sim_compose_source **out,
                                          struct sim_err *err) SIM_MUST_USE;
void sim_compose_source_destroy(struct sim_compose_source *s); // NULL is fine

const struct sim_parts_index *sim_compose_source_index(const struct sim_compose_source *s);

/** The first block whose index is damaged; NULL: none. */
const char *sim_compose_source_damaged(const struct sim_compose_source *s);

/** The name of a shard-2-of-4 whose runs were packed by another version; NULL: none. */
const char *sim_compose_source_foreign(const struct sim_compose_source *s);

/** Whether reading found a damaged block and renamed it. */
bool sim_compose_source_is_set_aside(const struct sim_compose_source *s);

/** Runs whose mark no point of the card has: made before the study changed. */
int64_t sim_compose_source_of_others(const struct sim_compose_source *s);

/** Read a run of the index for `key`; owned by the caller. SIM_INPUT when its record is damaged:
 * the block is then set aside, so that `sweep` makes its runs again. */
enum sim_status sim_compose_source_read(struct sim_compose_source *s,
                                        const struct sim_parts_index_run *run,
                                        const struct sim_run_key *key, struct sim_pack **out,
                                        struct sim_err *err) SIM_MUST_USE;

/** Say in plain words how two folders' cards are not of one study; SIM_OK when they are. */
enum sim_status sim_compose_source_compare(const struct sim_card *a, const char *folder_a,
                                           const struct sim_card *b, const char *folder_b,
                                           struct sim_err *err) SIM_MUST_USE;

#endif
