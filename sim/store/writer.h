/** @file
 * Writes a results file: one HDF5 file that is also netCDF-4.
 *
 * A row is packed by the worker that made it (pack.h), and put by the one thread that owns the
 * writer, in ascending order of run, all runs of a point together. The file grows
 * under a part name; sim_writer_close writes what is left, flushes and renames, so a file under its
 * final name is complete. Everything outside /execution depends on the schema and the rows only:
 * the same results are the same bytes.
 *
 * Floor 2. A writer belongs to one thread. HDF5 has one global lock and is
 * not called from workers at all.
 */
#ifndef SIM_STORE_WRITER_H
#define SIM_STORE_WRITER_H

#include "sim/base/base.h"
#include "sim/base/err.h"
#include "sim/store/pack.h"
#include "sim/store/row.h"
#include "sim/store/schema.h"

/** Readers accept every file of the same major format. */
#define SIM_WRITER_FORMAT "1.1"

/** What the file says of itself besides the schema; borrowed until open returns. */
struct sim_writer_opts {
    const char *source;          // program, version and commit
    uint64_t seed;               // master seed
    const char *study_hash;      // hex; NULL: "" (a single run)
    const char *content_hash;    // hex, of all but the runs (sim_card_hash); NULL: not told
    int64_t runs;                // [-] planned: the length of axis run
    int64_t points;              // [-] planned: the length of axis point
    const char *const *designs;  // of each point; NULL: all are "base". Borrowed until close
    const int32_t *point_design; // of each point: then `designs` are names; NULL: see there
    bool is_antithetic;          // half-widths are of pairs of replications (summary.h)
};

/** One fact for /execution: all that may differ between two correct sweeps. */
struct sim_writer_fact {
    const char *name;
    const char *text; // NULL: `number` is meant
    double number;
    const char *units; // of the number; NULL: none
};

struct sim_writer; // opaque: HDF5 handles and the totals of the current chunk

/** Start `path`'s part file. SIM_WRITE when it cannot be made. The schema is borrowed until close.
 */
enum sim_status sim_writer_open(const struct sim_schema *s, const char *path,
                                const struct sim_writer_opts *opts, struct sim_writer **out,
                                struct sim_err *err) SIM_MUST_USE;

/** Write one run; runs and points ascend. A run left out counts as skipped, but its coordinates
 * are unknown: better put a pack without results. */
enum sim_status sim_writer_put(struct sim_writer *w, const struct sim_pack *pack,
                               struct sim_err *err) SIM_MUST_USE;

/** The properties of one point (scope POINT); points ascend. */
enum sim_status sim_writer_point(struct sim_writer *w, int64_t point, const struct sim_row *row,
                                 struct sim_err *err) SIM_MUST_USE;

/** Write means and attributes, flush, rename. `ended` is "complete" or "stopped". `facts` go to
 * /execution (none: no such group). The writer is gone afterwards, whatever the status. */
enum sim_status sim_writer_close(struct sim_writer *w, const char *ended,
                                 const struct sim_writer_fact *facts, int fact_count,
                                 struct sim_err *err) SIM_MUST_USE;

/** Give up: the part file is removed. NULL is fine. */
void sim_writer_abandon(struct sim_writer *w);

#endif
