#include "sim/base/file.h"
#include "sim/base/hash.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* These values key the random numbers of every results file: they must never change. */
Test(hash, gives_the_published_values_of_xxh3)
{
    cr_assert(eq(u64, sim_hash_text("", 0), 0x2d06800538d394c2U));
    cr_assert(eq(u64, sim_hash_text("a", 0), 0xe6c632b61e964e1fU));
    cr_assert(eq(u64, sim_hash_text("abc", 0), 0x78af5f94892f3950U));
}

Test(hash, is_the_same_from_any_address_and_at_each_length)
{
    char text[400];
    char shifted[401];

    for (size_t i = 0; i < sizeof(text); i++) {
        text[i] = (char)('a' + i % 23);
    }
    memcpy(shifted + 1, text, sizeof(text));

    for (size_t length = 0; length < sizeof(text); length++) {
        const uint64_t one = sim_hash_bytes(text, length, 7);

        cr_assert(eq(u64, sim_hash_bytes(shifted + 1, length, 7), one));
        cr_assert(ne(u64, sim_hash_bytes(text, length + 1, 7), one));
        cr_assert(ne(u64, sim_hash_bytes(text, length, 8), one));
    }
}

Test(hash, gives_the_sha256_of_the_standard)
{
    char hex[65];

    sim_hash_sha256("abc", 3, hex); // FIPS 180-4, example B.1
    cr_assert(eq(str, hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    sim_hash_sha256(NULL, 0, hex);
    cr_assert(eq(str, hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
}

Test(hash, gives_the_same_sha256_of_a_file_as_of_its_bytes)
{
    const size_t length = 200001; // more than the buffer, and not a multiple of it
    unsigned char *bytes = malloc(length);
    char path[] = "/tmp/ecopark_hash_XXXXXX";
    char of_bytes[65];
    char of_file[65];
    struct sim_err err = {0};

    for (size_t i = 0; i < length; i++) {
        bytes[i] = (unsigned char)(i * 7 % 253);
    }
    cr_assert(ge(int, mkstemp(path), 0));
    cr_assert(sim_file_write(path, bytes, length, &err) == SIM_OK);
    sim_hash_sha256(bytes, length, of_bytes);
    cr_assert(sim_hash_sha256_file(path, of_file, &err) == SIM_OK);

    cr_assert(eq(str, of_file, of_bytes));
    (void)unlink(path);
    free(bytes);
}

Test(hash, says_which_file_it_cannot_read)
{
    char hex[65];
    struct sim_err err = {0};

    cr_assert(sim_hash_sha256_file("/nowhere/x", hex, &err) == SIM_MISSING);
    cr_assert(eq(str, err.text, "cannot read /nowhere/x: No such file or directory"));
    cr_assert(sim_hash_sha256_file("/tmp", hex, &err) == SIM_MISSING);
    cr_assert(eq(str, err.text, "cannot read /tmp: Is a directory"));
}
