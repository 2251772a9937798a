#define _DEFAULT_SOURCE // MAP_ANONYMOUS

#include "sim/num/rng.h"
#include "sim/store/chunk.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <libdeflate.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

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

/** Expects the chunk to hold floats, and puts them together again. */
static void rebuild_floats(void *user, const int64_t *offset, const void *bytes, size_t length)
{
    const struct sim_chunk_shape *shape = user;
    const size_t count = (size_t)shape->dims[0];
    unsigned char *mixed = sim_base_alloc(count, 4);
    struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
    size_t got = 0;
    struct sim_rng rng = sim_rng_make(1, 0, 0, 0);
    (void)offset;

    cr_assert(eq(int, libdeflate_zlib_decompress(d, bytes, length, mixed, count * 4, &got), 0));
    cr_assert(eq(sz, got, count * 4));
    for (size_t i = 0; i < count; i++) {
        const uint32_t bits = (uint32_t)sim_rng_bits_at(&rng, i);

        for (size_t b = 0; b < 4; b++) {
            cr_assert(eq(u8, mixed[b * count + i], (unsigned char)(bits >> (8 * b))));
        }
    }
    libdeflate_free_decompressor(d);
    free(mixed);
}

Test(chunk, of_values_that_cannot_be_compressed_fits)
{
    static const int64_t lengths[] = {1, 3, 128, 129, 1000, 16383, 16384, 70000};
    struct sim_rng rng = sim_rng_make(1, 0, 0, 0);
    const float fill = 0;

    for (int k = 0; k < SIM_COUNT(lengths); k++) {
        struct sim_chunk_shape shape = {
            .rank = 1, .dims = {lengths[k]}, .chunk = {lengths[k]}, .value_bytes = 4};
        struct sim_chunk_coder *coder = sim_chunk_coder_create();
        uint32_t *values = sim_base_alloc((size_t)lengths[k], sizeof(*values));

        for (int64_t i = 0; i < lengths[k]; i++) {
            values[i] = (uint32_t)sim_rng_bits_at(&rng, (uint64_t)i);
        }
        sim_chunk_each(&shape, values, &fill, coder, rebuild_floats, &shape);

        free(values);
        sim_chunk_coder_destroy(coder);
    }
}

struct made {
    size_t length;
    unsigned char bytes[4096];
};

static void keep(void *user, const int64_t *offset, const void *bytes, size_t length)
{
    struct made *m = user;

    (void)offset;
    m->length = length;
    memcpy(m->bytes, bytes, length);
}

enum {
    STACK_BYTES = 512 * 1024
};

struct task {
    const struct sim_chunk_shape *shape;
    const double *values;
    struct made made;
};

static void *compress(void *user)
{
    struct task *t = user;
    struct sim_chunk_coder *coder = sim_chunk_coder_create();

    sim_chunk_each(t->shape, t->values, &(double){0.0}, coder, keep, &t->made);
    sim_chunk_coder_destroy(coder);
    return NULL;
}

/** Compress on a stack that lies anywhere: ISA-L's state is on it. */
static void compress_anywhere(struct task *t, struct sim_rng *r)
{
    const uintptr_t where = 0x7f0000000000U + ((uintptr_t)(sim_rng_uniform(r) * 0xfffffff) << 12U);
    void *stack = mmap((void *)where, STACK_BYTES, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pthread_attr_t attr;
    pthread_t thread;

    cr_assert(stack != MAP_FAILED);
    (void)pthread_attr_init(&attr);
    cr_assert(eq(int, pthread_attr_setstack(&attr, stack, STACK_BYTES), 0));
    cr_assert(eq(int, pthread_create(&thread, &attr, compress, t), 0));
    (void)pthread_join(thread, NULL);
    (void)pthread_attr_destroy(&attr);
    (void)munmap(stack, STACK_BYTES);
}

Test(chunk, makes_the_same_bytes_wherever_its_memory_lies)
{
    struct sim_rng r = sim_rng_make(7, 1, 2, 3);

    for (int64_t count = 12; count <= 192; count *= 2) {
        const struct sim_chunk_shape shape = {
            .rank = 1, .dims = {count}, .chunk = {count}, .value_bytes = 8};
        double values[192];
        struct task first = {&shape, values, {0}};

        for (int64_t i = 0; i < count; i++) {
            const double u = sim_rng_uniform(&r); // now and then something new, else what was

            values[i] = u < 0.2 ? u : (double)(int)(7.0 * u) + (i % 7 < 3 ? 0.3 : 0.7);
        }
        (void)compress(&first);
        for (int i = 0; i < 400; i++) {
            struct task other = {&shape, values, {0}};

            compress_anywhere(&other, &r);
            cr_assert(eq(sz, other.made.length, first.made.length));
            cr_assert(eq(int, memcmp(other.made.bytes, first.made.bytes, first.made.length), 0));
        }
    }
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
