/** @file
 * A packed run as bytes, and back: a record of a block of parts.
 *
 * A record stands for itself: its length, a checksum of all of it, who the run is whatever the plan
 * (mark and replication), how it ended, its totals and the properties of its point as they lie in
 * memory, and its chunks as they are packed. Which variables there are it does not say: that is in
 * the card's layout, and a record can be read only with a schema of the same layout. Numbers are
 * little-endian, as are the chunks.
 *
 * Floor 2, for the files of `store` alone. A record belongs to one thread.
 */
#ifndef SIM_STORE_PACK_RECORD_H
#define SIM_STORE_PACK_RECORD_H

#include "sim/base/err.h"
#include "sim/store/card.h"
#include "sim/store/pack.h"

#include <sys/uio.h>

/** The beginning of a record; the rest follows: totals, point, table of chunks, texts, chunks. */
struct sim_pack_record_head {
    uint32_t magic;
    uint32_t crc;    // of what follows this field, to the end of the record
    uint64_t length; // [bytes] of the record, head included
    struct sim_card_mark mark;
    int32_t replication;
    uint16_t status;    // enum sim_run_status
    uint16_t has_point; // 1: properties of the point follow the totals
    double value;       // the rule's response; NaN: none
    int64_t events;
    uint32_t chunk_count;
    uint32_t reason_bytes;
    uint32_t when_bytes;
    uint32_t zero;
};

/** A record being made; zero to start. Kept for the next one, so that nothing is allocated. */
struct sim_pack_record {
    SIM_VEC(unsigned char) front; // all but the chunks
    SIM_VEC(struct iovec) pieces; // front, then each chunk: borrowed from the pack
    uint64_t length;              // [bytes] of all pieces
};

void sim_pack_record_fini(struct sim_pack_record *r);

/** Lay out a run that is ok or failed; `pack` is borrowed until the record is made anew. */
void sim_pack_record_make(struct sim_pack_record *r, const struct sim_card_mark *mark,
                          const struct sim_pack *pack, double value);

/** Whether the bytes begin with a whole head of a record (its checksum is not looked at). */
bool sim_pack_record_is_head(const void *bytes, size_t length);

/** Whether the bytes are one whole record, to the last bit. */
bool sim_pack_record_is_whole(const void *bytes, size_t length);

/** Where a value of a run's totals lies from the start of its record; the run was ok. */
uint64_t sim_pack_record_place(const struct sim_schema *s, int var);

/** A whole record as a pack for run `key`; owned by the caller. NULL when it was made with another
 * schema. */
struct sim_pack *sim_pack_record_read(const struct sim_schema *s, const void *bytes, size_t length,
                                      const struct sim_run_key *key);

#endif
