#include "sim/base/hash.h"
#include "sim/store/seal.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    MEGABYTE = 1 << 20,
    LENGTH = 2 * MEGABYTE + 12345
};

/** A file without a name, of LENGTH bytes in no order; they are in `bytes`, too. */
static FILE *make(unsigned char *bytes)
{
    uint32_t state = 1;

    for (int i = 0; i < LENGTH; i++) {
        state = state * 1664525U + 1013904223U;
        bytes[i] = (unsigned char)(state >> 24);
    }
    FILE *f = tmpfile();
    cr_assert(f != NULL);
    cr_assert(eq(sz, fwrite(bytes, 1, LENGTH, f), LENGTH));
    cr_assert(eq(int, fflush(f), 0));
    return f;
}

// Files outlive the program that wrote them: what is summed at a time is part of the format.
Test(seal, sums_megabyte_by_megabyte)
{
    unsigned char *bytes = malloc(LENGTH);
    FILE *f = make(bytes);
    struct sim_err err = {0};
    struct sim_seal seal;

    cr_assert(eq(int, (int)sim_seal_put(fileno(f), "file", LENGTH, &err), SIM_OK));
    cr_assert(eq(int, (int)sim_seal_find(fileno(f), "file", LENGTH + 64, &seal, &err), SIM_OK));
    cr_assert(seal.is_there);
    cr_assert(eq(u64, seal.length, LENGTH));
    for (int i = 0; i < 2; i++) {
        uint64_t sum = (uint64_t)i + 1;
        sum = sim_hash_bytes(bytes, MEGABYTE, sum);
        sum = sim_hash_bytes(bytes + MEGABYTE, MEGABYTE, sum);
        sum = sim_hash_bytes(bytes + 2 * MEGABYTE, 12345, sum);
        cr_assert(eq(u64, seal.sums[i], sum));
    }
    fclose(f);
    free(bytes);
}

Test(seal, tells_of_each_byte_that_is_not_as_it_was)
{
    static const int places[] = {0, MEGABYTE - 1, MEGABYTE, LENGTH - 1};
    unsigned char *bytes = malloc(LENGTH);
    FILE *f = make(bytes);
    struct sim_err err = {0};
    struct sim_seal seal;

    cr_assert(eq(int, (int)sim_seal_put(fileno(f), "file", LENGTH, &err), SIM_OK));
    cr_assert(eq(int, (int)sim_seal_find(fileno(f), "file", LENGTH + 64, &seal, &err), SIM_OK));
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        const unsigned char other = bytes[places[i]] ^ 1;
        cr_assert(eq(int, (int)sim_seal_check(fileno(f), "file", &seal, &err), SIM_OK));
        cr_assert(eq(int, (int)pwrite(fileno(f), &other, 1, places[i]), 1));
        cr_assert(eq(int, (int)sim_seal_check(fileno(f), "file", &seal, &err), SIM_INPUT));
        cr_assert(eq(int, (int)pwrite(fileno(f), bytes + places[i], 1, places[i]), 1));
    }
    fclose(f);
    free(bytes);
}
