#include "sim/base/pages.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <stdlib.h>
#include <string.h>

enum {
    SOME = 20 << 20, // [bytes] enough for large pages
    MORE = 50 << 20
};

static void fill(unsigned char *bytes, size_t from, size_t to)
{
    for (size_t i = from; i < to; i += 4093) {
        bytes[i] = (unsigned char)(i % 251);
    }
}

static bool is_filled(const unsigned char *bytes, size_t from, size_t to)
{
    for (size_t i = from; i < to; i += 4093) {
        if (bytes[i] != i % 251) {
            return false;
        }
    }
    return true;
}

Test(pages, memory_keeps_its_bytes_when_it_grows)
{
    sim_pages_begin();
    unsigned char *bytes = sim_base_alloc(SOME, 1);

    cr_assert(bytes[0] == 0 && bytes[SOME - 1] == 0);
    fill(bytes, 0, SOME);
    sim_pages_advise(bytes, SOME);
    cr_assert(is_filled(bytes, 0, SOME));
    bytes = sim_base_realloc(bytes, MORE, 1);
    cr_assert(is_filled(bytes, 0, SOME));
    fill(bytes, 0, MORE);
    bytes = sim_base_realloc(bytes, SOME, 1);
    cr_assert(is_filled(bytes, 0, SOME));
    free(bytes);
}

Test(pages, small_and_strange_memory_is_left_alone)
{
    unsigned char few[100];

    memset(few, 7, sizeof(few));
    sim_pages_advise(NULL, 0);
    sim_pages_advise(few, sizeof(few));
    sim_pages_begin(); // again, and late
    sim_pages_begin();
    for (size_t i = 0; i < sizeof(few); i++) {
        cr_assert(few[i] == 7);
    }
}
