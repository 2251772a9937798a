#include "sim/store/chunk.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <libdeflate.h>

#include <stdlib.h>
#include <string.h>

enum {
    ROWS = 5,
    COLUMNS = 7
};

/** What came out, put back together without HDF5. */
struct rebuilt {
    const struct sim_chunk_shape *shape;
    double values[ROWS][COLUMNS];
    int chunks;
    bool edge_is_filled;
};

static void rebuild(void *user, const int64_t *offset, const void *bytes, size_t length)
{
    struct rebuilt *r = user;
    const int64_t rows = r->shape->chunk[0];
    const int64_t columns = r->shape->chunk[1];
    const size_t count = (size_t)(rows * columns);
    unsigned char mixed[8 * ROWS * COLUMNS];
    struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
    size_t got = 0;

    cr_assert(eq(int, libdeflate_zlib_decompress(d, bytes, length, mixed, count * 8, &got), 0));
    cr_assert(eq(sz, got, count * 8));
    libdeflate_free_decompressor(d);
    for (size_t i = 0; i < count; i++) {
        unsigned char plain[8];
        double value = 0.0;
        const int64_t row = offset[0] + (int64_t)i / columns;
        const int64_t column = offset[1] + (int64_t)i % columns;

        for (size_t b = 0; b < 8; b++) {
            plain[b] = mixed[b * count + i];
        }
        memcpy(&value, plain, 8);
        if (row < ROWS && column < COLUMNS) {
            r->values[row][column] = value;
        } else {
            r->edge_is_filled = r->edge_is_filled && value == -9.0;
        }
    }
    r->chunks++;
}

Test(chunk, comes_back_as_it_was_with_filled_edges)
{
    struct sim_chunk_shape shape = {
        .rank = 2, .dims = {ROWS, COLUMNS}, .chunk = {2, 3}, .value_bytes = 8};
    struct rebuilt r = {.shape = &shape, .edge_is_filled = true};
    struct sim_chunk_coder *coder = sim_chunk_coder_create();
    double values[ROWS][COLUMNS];
    const double fill = -9.0;

    for (int i = 0; i < ROWS * COLUMNS; i++) {
        values[i / COLUMNS][i % COLUMNS] = 0.1 * i;
    }
    sim_chunk_each(&shape, values, &fill, coder, rebuild, &r);

    cr_assert(eq(int, r.chunks, 9));
    cr_assert(eq(int, memcmp(values, r.values, sizeof(values)), 0));
    cr_assert(r.edge_is_filled);
    sim_chunk_coder_destroy(coder);
}

Test(chunk, makes_nothing_of_an_empty_array)
{
    struct sim_chunk_shape shape = {
        .rank = 2, .dims = {0, COLUMNS}, .chunk = {1, 3}, .value_bytes = 8};
    struct rebuilt r = {.shape = &shape};
    struct sim_chunk_coder *coder = sim_chunk_coder_create();
    const double fill = 0.0;

    sim_chunk_each(&shape, &fill, &fill, coder, rebuild, &r);

    cr_assert(eq(int, r.chunks, 0));
    sim_chunk_coder_destroy(coder);
}

Test(chunk, keeps_fast_dimensions_whole_as_long_as_they_fit)
{
    struct sim_chunk_shape shape = {
        .rank = 3, .dims = {1, 1000, 365}, .chunk = {1}, .value_bytes = 4};

    sim_chunk_cut(&shape, 1, 365 * 4 * 10);
    cr_assert(eq(i64, shape.chunk[2], 365));
    cr_assert(eq(i64, shape.chunk[1], 10));

    sim_chunk_cut(&shape, 1, 100 * 4);
    cr_assert(eq(i64, shape.chunk[2], 100));
    cr_assert(eq(i64, shape.chunk[1], 1));
}
