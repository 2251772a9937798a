#include "sim/store/chunk.h"

#include <isa-l.h>

#include <stdlib.h>
#include <string.h>

struct sim_chunk_coder {
    unsigned char *plain; // one chunk, gathered
    unsigned char *mixed; // the same, shuffled
    unsigned char *packed;
    size_t plain_capacity;
    size_t packed_capacity;
    struct isal_huff_histogram histogram; // of the chunk, and the code made from it
    struct isal_hufftables tables;
};

void sim_chunk_cut(struct sim_chunk_shape *shape, int first, size_t limit)
{
    int64_t rest = (int64_t)(limit / shape->value_bytes);

    for (int d = 0; d < first; d++) {
        rest /= shape->chunk[d];
    }
    for (int d = shape->rank - 1; d >= first; d--) {
        const int64_t length = shape->dims[d] > 1 ? shape->dims[d] : 1;

        rest = rest > 1 ? rest : 1;
        shape->chunk[d] = length < rest ? length : rest;
        rest /= shape->chunk[d];
    }
}

struct sim_chunk_coder *sim_chunk_coder_create(void)
{
    return sim_base_alloc(1, sizeof(struct sim_chunk_coder));
}

void sim_chunk_coder_destroy(struct sim_chunk_coder *c)
{
    if (c == NULL) {
        return;
    }
    free(c->plain);
    free(c->mixed);
    free(c->packed);
    free(c);
}

/** The longest that zlib's format makes of so many bytes: stored blocks, header and checksum. */
static size_t packed_bound(size_t bytes)
{
    return bytes + 5 * (bytes / 65535 + 1) + 64;
}

static void reserve(struct sim_chunk_coder *c, size_t bytes)
{
    if (bytes <= c->plain_capacity) {
        return;
    }
    c->plain_capacity = bytes;
    c->packed_capacity = packed_bound(bytes);
    c->plain = sim_base_realloc(c->plain, bytes, 1);
    c->mixed = sim_base_realloc(c->mixed, bytes, 1);
    c->packed = sim_base_realloc(c->packed, c->packed_capacity, 1);
}

static int64_t chunk_values(const struct sim_chunk_shape *shape)
{
    int64_t count = 1;

    for (int d = 0; d < shape->rank; d++) {
        count *= shape->chunk[d];
    }
    return count;
}

/** Copy dimension d and those below it of the chunk at `offset`; `from` and `to` are indices. */
static void gather(const struct sim_chunk_shape *shape, const unsigned char *values,
                   unsigned char *chunk, const int64_t *offset, int d, int64_t from, int64_t to)
{
    const int64_t left = shape->dims[d] - offset[d];
    const int64_t count = left < shape->chunk[d] ? left : shape->chunk[d];

    from = from * shape->dims[d] + offset[d];
    to = to * shape->chunk[d];
    if (d == shape->rank - 1 || d == SIM_CHUNK_MAX_RANK - 1) { // the latter tells gcc -O3 the end
        memcpy(chunk + (size_t)to * shape->value_bytes, values + (size_t)from * shape->value_bytes,
               (size_t)count * shape->value_bytes);
        return;
    }
    for (int64_t i = 0; i < count; i++) {
        gather(shape, values, chunk, offset, d + 1, from + i, to + i);
    }
}

static void fill_all(unsigned char *chunk, int64_t count, const void *fill, size_t value_bytes)
{
    for (int64_t i = 0; i < count; i++) {
        memcpy(chunk + (size_t)i * value_bytes, fill, value_bytes);
    }
}

static bool is_at_edge(const struct sim_chunk_shape *shape, const int64_t *offset)
{
    for (int d = 0; d < shape->rank; d++) {
        if (offset[d] + shape->chunk[d] > shape->dims[d]) {
            return true;
        }
    }
    return false;
}

/** The shuffle of floats: gcc makes vectors of this form. */
static void shuffle_4(const unsigned char *restrict from, unsigned char *restrict to, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        to[i] = from[4 * i];
        to[count + i] = from[4 * i + 1];
        to[2 * count + i] = from[4 * i + 2];
        to[3 * count + i] = from[4 * i + 3];
    }
}

/** All first bytes, then all second bytes, ... as HDF5's shuffle filter. */
static void shuffle(const unsigned char *from, unsigned char *to, size_t count, size_t value_bytes)
{
    if (value_bytes == 4) {
        shuffle_4(from, to, count);
        return;
    }
    for (size_t b = 0; b < value_bytes; b++) {
        for (size_t i = 0; i < count; i++) {
            *to++ = from[i * value_bytes + b];
        }
    }
}

/** The Huffman code that suits the chunk; that of the library makes it 15 % larger. */
static void make_tables(struct sim_chunk_coder *c, size_t bytes)
{
    memset(&c->histogram, 0, sizeof(c->histogram));
    memset(&c->tables, 0, sizeof(c->tables));
    isal_update_histogram(c->mixed, (int)bytes, &c->histogram);
    SIM_REQUIRE(isal_create_hufftables_subset(&c->tables, &c->histogram) == 0,
                "a code can be made of any histogram");
}

/** The checksum of zlib's format (Adler's, of two sums modulo 65521). */
static uint32_t adler(const unsigned char *bytes, size_t count)
{
    uint32_t a = 1;
    uint32_t b = 0;

    for (size_t i = 0; i < count; i++) { // few: neither sum overflows on the way
        a += bytes[i];
        b += a;
    }
    return (b % 65521) << 16 | (a % 65521);
}

/** As one block that is not compressed: of so few bytes making a code, and clearing what the
 * library works in, takes a hundred times as long, and hardly saves any. */
static size_t store(struct sim_chunk_coder *c, size_t bytes)
{
    const uint32_t sum = adler(c->mixed, bytes);
    const unsigned char low = (unsigned char)(bytes & 0xFF);
    const unsigned char high = (unsigned char)(bytes >> 8);
    const unsigned char head[] = {0x78, // deflate, a window of 32 kB
                                  0x01, // fastest
                                  0x01, // the last block, stored; its length, and the complement
                                  low,  high, (unsigned char)~low, (unsigned char)~high};

    memcpy(c->packed, head, sizeof(head));
    memcpy(c->packed + sizeof(head), c->mixed, bytes);
    for (size_t i = 0; i < 4; i++) { // most significant byte first
        c->packed[sizeof(head) + bytes + i] = (unsigned char)(sum >> (24 - 8 * i));
    }
    return sizeof(head) + bytes + 4;
}

static size_t deflate(struct sim_chunk_coder *c, size_t bytes)
{
    struct isal_zstream z;

    memset(&z, 0, sizeof(z)); // its state: no bytes may depend on what lay there
    isal_deflate_stateless_init(&z);
    z.level = SIM_CHUNK_LEVEL;
    z.gzip_flag = IGZIP_ZLIB;
    z.end_of_stream = 1;
    z.next_in = c->mixed;
    z.avail_in = (uint32_t)bytes;
    z.next_out = c->packed;
    z.avail_out = (uint32_t)c->packed_capacity;
    make_tables(c, bytes);
    (void)isal_deflate_set_hufftables(&z, &c->tables, IGZIP_HUFFTABLE_CUSTOM);
    SIM_REQUIRE(isal_deflate_stateless(&z) == COMP_OK, "a compressed chunk fits its bound");
    return z.total_out;
}

/** Whether the chunk is the whole array, so that it lies as it should already. */
static bool is_whole(const struct sim_chunk_shape *shape)
{
    for (int d = 0; d < shape->rank; d++) {
        if (shape->dims[d] != shape->chunk[d]) {
            return false;
        }
    }
    return true;
}

static size_t compress_chunk(const struct sim_chunk_shape *shape, const unsigned char *values,
                             const void *fill, const int64_t *offset, struct sim_chunk_coder *c)
{
    const int64_t count = chunk_values(shape);
    const unsigned char *plain = values;

    if (is_at_edge(shape, offset)) {
        fill_all(c->plain, count, fill, shape->value_bytes);
    }
    if (!is_whole(shape)) {
        gather(shape, values, c->plain, offset, 0, 0, 0);
        plain = c->plain;
    }
    shuffle(plain, c->mixed, (size_t)count, shape->value_bytes);
    const size_t bytes = (size_t)count * shape->value_bytes;

    return bytes <= SIM_CHUNK_STORED ? store(c, bytes) : deflate(c, bytes);
}

/** The next chunk in C order; false after the last. */
static bool advance(const struct sim_chunk_shape *shape, int64_t *offset)
{
    for (int d = shape->rank - 1; d >= 0; d--) {
        offset[d] += shape->chunk[d];
        if (offset[d] < shape->dims[d]) {
            return true;
        }
        offset[d] = 0;
    }
    return false;
}

void sim_chunk_each(const struct sim_chunk_shape *shape, const void *values, const void *fill,
                    struct sim_chunk_coder *coder, sim_chunk_emit *emit, void *user)
{
    int64_t offset[SIM_CHUNK_MAX_RANK] = {0};

    for (int d = 0; d < shape->rank; d++) {
        if (shape->dims[d] == 0) {
            return;
        }
    }
    reserve(coder, (size_t)chunk_values(shape) * shape->value_bytes);
    do {
        const size_t length = compress_chunk(shape, values, fill, offset, coder);

        emit(user, offset, coder->packed, length);
    } while (advance(shape, offset));
}
