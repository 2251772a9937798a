/** @file
 * The files in a folder of parts: their names, and what a shard's manifest says of its blocks.
 *
 *     card.json                        the study (card.h)
 *     shard-2-of-4.json                the manifest of the second of four shards
 *     shard-2-of-4.lock                held by the process that has the shard
 *     shard-2-of-4-000017.runs         a sealed block; .runs.open: not sealed; .runs.bad: set aside
 *
 * People count shards from 1, so names and messages do; the code counts them from 0.
 *
 * Floor 2, for the files of `store` alone. One thread.
 */
#ifndef SIM_STORE_PARTS_FILES_H
#define SIM_STORE_PARTS_FILES_H

#include "sim/base/err.h"
#include "sim/base/vec.h"

enum sim_parts_files_kind {
    SIM_PARTS_FILES_CARD,
    SIM_PARTS_FILES_MANIFEST,
    SIM_PARTS_FILES_LOCK,
    SIM_PARTS_FILES_SEALED,
    SIM_PARTS_FILES_OPEN,
    SIM_PARTS_FILES_BAD,
    SIM_PARTS_FILES_LEFTOVER // the part of something that a killed process was writing
};

struct sim_parts_file {
    enum sim_parts_files_kind kind;
    int32_t shards;
    int32_t shard;  // from 0
    int64_t number; // of the block; -1: none
    char name[64];
};

/** By shards, shard, number, kind. Zero to start; SIM_VEC_FREE frees it. */
struct sim_parts_files_list {
    SIM_VEC(struct sim_parts_file) files;
};

/** All files of parts in a folder; others are left out. SIM_MISSING when it cannot be read. */
enum sim_status sim_parts_files_list(const char *folder, struct sim_parts_files_list *out,
                                     struct sim_err *err) SIM_MUST_USE;

/** Paths; owned by the caller. A block's is that of the sealed one. */
char *sim_parts_files_block(const char *folder, int32_t shard, int32_t shards, int64_t number);
char *sim_parts_files_path(const char *folder, int32_t shard, int32_t shards, const char *ending);

/** A block as the manifest tells it. */
struct sim_parts_files_block {
    int64_t number;
    int64_t runs;
    uint64_t bytes;
    uint32_t crc; // of head and records
    uint32_t zero;
};

struct sim_parts_files_manifest {
    int32_t shard;
    int32_t shards;
    SIM_VEC(struct sim_parts_files_block) blocks; // by number
};

/** Read it; one that is not there or not whole is empty (blocks speak for themselves). SIM_MISSING
 * when it is there and the system cannot read it. */
enum sim_status sim_parts_files_manifest_read(const char *folder,
                                              struct sim_parts_files_manifest *m,
                                              struct sim_err *err) SIM_MUST_USE;

/** Write it whole. SIM_WRITE. */
enum sim_status sim_parts_files_manifest_write(const char *folder,
                                               const struct sim_parts_files_manifest *m,
                                               struct sim_err *err) SIM_MUST_USE;

/** The entry of a block; NULL when it is not told. */
const struct sim_parts_files_block *
sim_parts_files_manifest_find(const struct sim_parts_files_manifest *m, int64_t number);

#endif
