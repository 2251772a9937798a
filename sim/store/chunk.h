/** @file
 * Arrays cut into chunks, shuffled and deflated as HDF5's own filters would do it.
 *
 * The bytes made here are what the filters "shuffle" and "deflate" expect, so any HDF5 reads them;
 * but they are made in the worker, outside HDF5's global lock, by ISA-L. Chunks at the edge are
 * filled up, as HDF5 wants them whole.
 *
 * The same values are the same bytes with any number of threads, and on any x86-64 processor since
 * 2008 (tried from Nehalem to AVX-512); on one without SSE 4.2, or of another kind, ISA-L may look
 * for repetitions in another way, and the bytes differ though what they say does not.
 *
 * Floor 2. Thread-safe: a coder belongs to one thread.
 */
#ifndef SIM_STORE_CHUNK_H
#define SIM_STORE_CHUNK_H

#include "sim/base/base.h"

enum {
    SIM_CHUNK_MAX_RANK = 5
};

/** Of ISA-L 2.30, with a Huffman code made for each chunk; part of the bytes of a file. Only level
 * 0 makes the same bytes always: 1 and 2 hash a register that nobody set, so that about one chunk
 * in 200 comes out otherwise, by where its state lies in memory (both are valid); 3 differs from
 * one kind of processor to another. Measured on shuffled float32 series, MB/s and size: 50 firms by
 * the day (noisy) this makes 330 of .591 (with the library's own code 610 of .692), libdeflate 1
 * 187 of .575, zlib 1 63-87 of .584; Ulsan by the hour (long runs) 4,500 of .038, libdeflate 1 360
 * of .009, zlib 1 610 of .023. */
enum {
    SIM_CHUNK_LEVEL = 0,
    SIM_CHUNK_LEVEL_TOLD = 1, // what the file says of it; readers do not need it
    SIM_CHUNK_STORED = 512 // [bytes] of a chunk up to which it is not compressed: totals of one run
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

struct sim_chunk_coder; // opaque: three buffers

struct sim_chunk_coder *sim_chunk_coder_create(void);
void sim_chunk_coder_destroy(struct sim_chunk_coder *c); // NULL is fine

/** Gets each chunk: where it starts, and its compressed bytes, borrowed for the call. */
typedef void sim_chunk_emit(void *user, const int64_t *offset, const void *bytes, size_t length);

/** Cut, shuffle and deflate all of `values`; `fill` is one value for what lies beyond the edge. */
void sim_chunk_each(const struct sim_chunk_shape *shape, const void *values, const void *fill,
                    struct sim_chunk_coder *coder, sim_chunk_emit *emit, void *user);

#endif
