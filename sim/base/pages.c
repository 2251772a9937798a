#define _DEFAULT_SOURCE // madvise, sbrk
#include "sim/base/pages.h"

#include <malloc.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    SMALL_BYTES = 4096,     // a page as it comes
    PAGE_BYTES = 2 << 20,   // a large one, of x86-64 and most others; elsewhere this is but a hint
    WORTH_BYTES = 8 << 20,  // [bytes] from which a page that is touched in part matters little
    MAPPED_BYTES = 1 << 20, // [bytes] from which memory is a mapping of its own, not of the heap
    HEAP_STEP = 48 << 20    // [bytes] of addresses; in more of them large arrays would leave holes
};

/** All of a mapping or nothing: one that is cut in two cannot be moved when it grows (mremap), and
 * would be copied. */
static void advise(uintptr_t from, uintptr_t to)
{
    const uintptr_t first = from / SMALL_BYTES * SMALL_BYTES;
    const uintptr_t last = (to + SMALL_BYTES - 1) / SMALL_BYTES * SMALL_BYTES;

    (void)madvise((void *)first, last - first, MADV_HUGEPAGE); // a hint: failing is fine
}

void sim_pages_advise(void *memory, size_t bytes)
{
    if (bytes >= WORTH_BYTES) {
        advise((uintptr_t)memory, (uintptr_t)memory + bytes);
    }
}

/** Have the heap go on at the next large page: what lies before is given away for good, untouched.
 */
static void skip(uintptr_t from)
{
    const uintptr_t gap = (PAGE_BYTES - from % PAGE_BYTES) % PAGE_BYTES;
    void *volatile unused = gap > 0 ? malloc(gap) : NULL;

    (void)unused;
}

void sim_pages_begin(void)
{
    // A fixed threshold: else the first large piece that is freed makes the next ones part of the
    // heap, where they are cleared byte by byte and leave holes.
    (void)mallopt(M_MMAP_THRESHOLD, MAPPED_BYTES);
    (void)mallopt(M_TOP_PAD, HEAP_STEP);
    (void)mallopt(M_TRIM_THRESHOLD, 2 * HEAP_STEP);
    void *first = malloc(PAGE_BYTES); // more than is left: makes the heap take its first step
    const uintptr_t from = (uintptr_t)first;
    const uintptr_t to = (uintptr_t)sbrk(0);

    free(first);
    if (from != 0 && to > from && to - from < 2 * HEAP_STEP) { // not where another malloc is in use
        advise(from, to);
        skip(from);
    }
}
