/** @file
 * Arrays cut into chunks, shuffled and deflated as HDF5's own filters would do it.
 *
 * The bytes made here are what the filters "shuffle" and "deflate" expect, so any HDF5 reads them;
 * but they are made in the worker, outside HDF5's global lock, by libdeflate. Chunks at the edge
 * are filled up, as HDF5 wants them whole.
 *
 * Floor 2. Thread-safe: a coder belongs to one thread.
 */
#ifndef SIM_STORE_CHUNK_H
#define SIM_STORE_CHUNK_H

#include "sim/base/base.h"

enum {
    SIM_CHUNK_MAX_RANK = 5
};

/** Measured on 41 MB of daily flows: level 1 takes 0.21 s for 7.2 MB, 4 takes 0.29 s for 6.9 MB,
 * 6 takes 0.45 s for 6.5 MB; HDF5's own filters take 0.49 s at level 4 and 1.03 s at 6, for about
 * the same sizes. On noisy flows all levels come out equally large. Part of the bytes of a file. */
enum {
    SIM_CHUNK_LEVEL = 1
};

/** An array in C order and how it is cut. */
struct sim_chunk_shape {
    int rank;
    int64_t dims[SIM_CHUNK_MAX_RANK];  // [-] values along each dimension
    int64_t chunk[SIM_CHUNK_MAX_RANK]; // [-] of one chunk; at least 1
    size_t value_bytes;                // 1, 4 or 8
};

/** Choose chunk[first .. rank) so that a chunk has at most `limit` bytes: the fastest dimensions
 * stay whole as long as they can. chunk[0 .. first) is the caller's. */
void sim_chunk_cut(struct sim_chunk_shape *shape, int first, size_t limit);

struct sim_chunk_coder; // opaque: libdeflate's state and two buffers

struct sim_chunk_coder *sim_chunk_coder_create(void);
void sim_chunk_coder_destroy(struct sim_chunk_coder *c); // NULL is fine

/** Gets each chunk: where it starts, and its compressed bytes, borrowed for the call. */
typedef void sim_chunk_emit(void *user, const int64_t *offset, const void *bytes, size_t length);

/** Cut, shuffle and deflate all of `values`; `fill` is one value for what lies beyond the edge. */
void sim_chunk_each(const struct sim_chunk_shape *shape, const void *values, const void *fill,
                    struct sim_chunk_coder *coder, sim_chunk_emit *emit, void *user);

#endif
