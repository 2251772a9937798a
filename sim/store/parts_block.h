/** @file
 * A block of parts: records of finished runs one after the other, then an index.
 *
 * While it is open a block has a head and records only, each appended whole; what a crash tears is
 * at its end and is found by reading the records. Sealing puts an index behind them, flushes, and
 * renames NAME.runs.open to NAME.runs, so a sealed block needs only its index read. The head says
 * with which layout its runs were packed, and which response their values are.
 *
 * Floor 2, for the files of `store` alone. A block belongs to one thread.
 */
#ifndef SIM_STORE_PARTS_BLOCK_H
#define SIM_STORE_PARTS_BLOCK_H

#include "sim/store/card.h"
#include "sim/store/pack_record.h"

struct sim_parts_block_head {
    uint64_t magic;
    struct sim_card_mark layout;   // of the records (card.h)
    struct sim_card_mark response; // fingerprint of the name of the rule's response
};

/** One run of a block, as its index tells it. */
struct sim_parts_block_run {
    struct sim_card_mark mark;
    int32_t replication;
    uint32_t status; // enum sim_run_status
    double value;    // the response; NaN: none
    uint64_t offset; // [bytes] of its record from the start of the file
    uint64_t length; // [bytes]
};

/** What is in a block. Zero to start; sim_parts_block_list_fini frees it. */
struct sim_parts_block_list {
    struct sim_parts_block_head head;
    SIM_VEC(struct sim_parts_block_run) runs;
    uint64_t records_end; // [bytes] head and records
    uint32_t crc;         // of head and records
    uint64_t length;      // [bytes] of the file
    bool is_torn;         // something after the last whole record was not whole
};

void sim_parts_block_list_fini(struct sim_parts_block_list *list);

/** Read the index of a sealed block. SIM_INPUT, in words, when it is not as it was sealed;
 * SIM_MISSING when the system cannot read it: then nothing is known of it. */
enum sim_status sim_parts_block_index(const char *path, struct sim_parts_block_list *list,
                                      struct sim_err *err) SIM_MUST_USE;

/** Read all records of a block that may be open: those before the first that is not whole.
 * SIM_MISSING when the system cannot read it: what comes behind must not be cut off. */
enum sim_status sim_parts_block_scan(const char *path, struct sim_parts_block_list *list,
                                     struct sim_err *err) SIM_MUST_USE;

/** A block that is being written. */
struct sim_parts_block {
    int fd;     // -1: none
    char *path; // owned; of the sealed block, without ".open"
    struct sim_parts_block_list list;
    bool is_broken; // could not be cut back: nothing more may be appended
};

/** Make `path`.open. SIM_WRITE when it cannot be made. */
enum sim_status sim_parts_block_create(struct sim_parts_block *b, const char *path,
                                       const struct sim_parts_block_head *head,
                                       struct sim_err *err) SIM_MUST_USE;

/** Take up `path`.open, which a process left, cutting off what is torn. */
enum sim_status sim_parts_block_resume(struct sim_parts_block *b, const char *path,
                                       struct sim_err *err) SIM_MUST_USE;

/** Append a record; its pieces are used up. SIM_WRITE: it is not there, the others still are. */
enum sim_status sim_parts_block_append(struct sim_parts_block *b, struct sim_pack_record *record,
                                       const struct sim_parts_block_run *run,
                                       struct sim_err *err) SIM_MUST_USE;

/** Index, flush, rename; a block without runs is removed. SIM_WRITE: it stays open as it was. */
enum sim_status sim_parts_block_seal(struct sim_parts_block *b, struct sim_err *err) SIM_MUST_USE;

/** Close the file and free what it holds. Unsealed, the file stays as it is. */
void sim_parts_block_fini(struct sim_parts_block *b);

/** The head's fingerprint of a response's name; NULL: none. */
struct sim_card_mark sim_parts_block_response(const char *name);

#endif
