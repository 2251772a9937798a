/** @file
 * A run ready to be written: its totals, and its series as compressed chunks.
 *
 * The worker that made the run packs it, so the one writer only copies bytes to the disk. A pack
 * of a failed or skipped run holds no results but says who it is and why.
 *
 * Floor 2. Thread-safe: packs are made in any thread and belong to one at a time.
 */
#ifndef SIM_STORE_PACK_H
#define SIM_STORE_PACK_H

#include "sim/base/vec.h"
#include "sim/store/chunk.h"
#include "sim/store/row.h"

enum sim_run_status {
    SIM_RUN_OK = 0,
    SIM_RUN_FAILED = 1,
    SIM_RUN_SKIPPED = 2
};

/** Who a run is. */
struct sim_run_key {
    int64_t run;         // [-] index in the plan
    int64_t point;       // [-]
    int64_t replication; // [-]
};

/** One compressed chunk of a series. */
struct sim_pack_chunk {
    int var;
    int64_t offset[SIM_CHUNK_MAX_RANK]; // [-] offset[0] is the run
    size_t length;                      // [bytes]
    unsigned char *bytes;               // owned
};

/** Read its fields. */
struct sim_pack {
    struct sim_run_key key;
    enum sim_run_status status;
    int64_t events;            // [-] handled; the runner fills it
    struct sim_row *totals;    // owned; NULL unless the run went well
    struct sim_row *point_row; // owned; variables of scope POINT, in replication 0 of a sweep; else
                               // NULL
    SIM_VEC(struct sim_pack_chunk) chunks;
    char *reason; // owned; why it failed, else NULL
    char *when;   // owned; the simulated instant it reached, else NULL
};

/** Owned by the caller. `row` is not needed any more afterwards. */
struct sim_pack *sim_pack_create(const struct sim_schema *s, const struct sim_run_key *key,
                                 const struct sim_row *row);

/** A run that failed (why, and the local time it reached) or was skipped (`reason` NULL). */
struct sim_pack *sim_pack_create_without(const struct sim_run_key *key, const char *reason,
                                         const char *when);
void sim_pack_destroy(struct sim_pack *p);       // NULL is fine
size_t sim_pack_bytes(const struct sim_pack *p); // of its chunks

/** How a series lies in the file: [run][dims], a chunk is one run cut to 8 MB. dims[0] is 1. */
void sim_pack_shape(const struct sim_schema *s, int var, struct sim_chunk_shape *out);

/** One value of the type that means "not there": NaN, or 0. Static. */
const void *sim_pack_fill(enum sim_schema_type type);

#endif
