#include "sim/base/arena.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <signal.h>
#include <stdalign.h>
#include <string.h>

Test(arena, gives_zeroed_aligned_pieces_that_do_not_overlap)
{
    struct sim_arena *a = sim_arena_create();
    unsigned char *pieces[300];

    for (int i = 0; i < 300; i++) {
        const size_t bytes = (size_t)(i * 37 % 501);

        pieces[i] = sim_arena_alloc(a, bytes, 1);
        const uintptr_t astray = (uintptr_t)pieces[i] % alignof(max_align_t);
        cr_assert(astray == 0);
        for (size_t j = 0; j < bytes; j++) {
            cr_assert(pieces[i][j] == 0);
            pieces[i][j] = (unsigned char)(i % 251 + 1);
        }
    }

    for (int i = 0; i < 300; i++) { // nobody wrote into another's piece
        for (size_t j = 0; j < (size_t)(i * 37 % 501); j++) {
            cr_assert(pieces[i][j] == (unsigned char)(i % 251 + 1));
        }
    }
    sim_arena_destroy(a);
}

Test(arena, texts_lie_close_and_leave_pieces_aligned_and_zero)
{
    struct sim_arena *a = sim_arena_create();

    for (int round = 0; round < 3; round++) { // the later ones in memory that was used before
        const sim_arena_mark mark = sim_arena_mark_now(a);

        for (int i = 0; i < 5000; i++) {
            const char *text = sim_arena_format(a, "%0*d", i % 301 + 1, i % 7);
            const size_t bytes = (size_t)(i * 37 % 501);
            unsigned char *piece = sim_arena_alloc(a, bytes, 1);
            const uintptr_t astray = (uintptr_t)piece % alignof(max_align_t);

            cr_assert(astray == 0);
            for (size_t k = 0; k < bytes; k++) {
                cr_assert(piece[k] == 0);
            }
            memset(piece, 0xEE, bytes);
            cr_assert(strlen(text) == (size_t)(i % 301 + 1) && text[i % 301] == '0' + i % 7);
        }
        sim_arena_rewind(a, mark);
    }
    const size_t before = sim_arena_bytes(a);

    for (int i = 0; i < 100; i++) {
        (void)sim_arena_strdup(a, "abcd");
    }
    cr_assert(sim_arena_bytes(a) - before <= 100 * 5);
    sim_arena_destroy(a);
}

Test(arena, gives_pieces_larger_than_any_block)
{
    struct sim_arena *a = sim_arena_create();
    double *numbers = SIM_ARENA_NEW(a, double, 1000000);

    numbers[0] = 1.0;
    numbers[999999] = 2.0;

    cr_assert(sim_arena_bytes(a) >= 8000000);
    sim_arena_destroy(a);
}

Test(arena, gives_zeroes_again_after_a_rewind)
{
    struct sim_arena *a = sim_arena_create();
    const sim_arena_mark mark = sim_arena_mark_now(a);
    char *first = sim_arena_alloc(a, 100, 1);

    memset(first, 'x', 100);
    sim_arena_rewind(a, mark);
    char *again = sim_arena_alloc(a, 100, 1);

    cr_assert(again == first, "memory is used again");
    for (int i = 0; i < 100; i++) {
        cr_assert(again[i] == 0);
    }
    sim_arena_destroy(a);
}

Test(arena, keeps_what_was_made_before_the_mark)
{
    struct sim_arena *a = sim_arena_create();
    const char *kept = sim_arena_strdup(a, "kept");
    const size_t before = sim_arena_bytes(a);
    const sim_arena_mark mark = sim_arena_mark_now(a);

    for (int i = 0; i < 100; i++) {
        (void)sim_arena_alloc(a, 10000, 1);
    }
    cr_assert(gt(sz, sim_arena_bytes(a), before));
    sim_arena_rewind(a, mark);

    cr_assert(eq(sz, sim_arena_bytes(a), before));
    for (int i = 0; i < 100; i++) {
        memset(sim_arena_alloc(a, 3000 + (size_t)i * 500, 1), 'y', 3000);
    }
    cr_assert(eq(str, (char *)kept, "kept"));
    sim_arena_destroy(a);
}

Test(arena, refuses_a_mark_that_was_rewound_already, .signal = SIGABRT)
{
    struct sim_arena *a = sim_arena_create();
    const sim_arena_mark early = sim_arena_mark_now(a);

    (void)sim_arena_alloc(a, 100000, 1);
    const sim_arena_mark late = sim_arena_mark_now(a);

    sim_arena_rewind(a, early);
    sim_arena_rewind(a, late);
}

Test(arena, refuses_a_piece_no_memory_holds, .signal = SIGABRT)
{
    (void)sim_arena_alloc(sim_arena_create(), SIZE_MAX / 2, 4);
}

Test(arena, copies_and_formats_text)
{
    struct sim_arena *a = sim_arena_create();

    cr_assert(eq(str, sim_arena_strdup(a, "mill.paper"), "mill.paper"));
    cr_assert(eq(str, sim_arena_strndup(a, "mill.paper", 4), "mill"));
    cr_assert(eq(str, sim_arena_format(a, "%s at %d t/h", "kiln", 11), "kiln at 11 t/h"));
    cr_assert(sim_arena_strdup(a, NULL) == NULL);
    sim_arena_destroy(a);
    sim_arena_destroy(NULL);
}
