#include "sim/base/arena.h"

#include "sim/base/vec.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    FIRST_BLOCK = 4096,
    SHORT_TEXT = 256,
    LARGEST_BLOCK = 32 << 20 // what of it was never handed out takes no memory
};

struct block {
    char *bytes; // owned
    size_t used;
    size_t touched; // bytes handed out at any time; those beyond are zero
    size_t size;
};

/** Blocks up to `current` hold pieces; those after it were rewound and wait to be used again. */
struct sim_arena {
    SIM_VEC(struct block) blocks;
    int current;
};

static struct block block_of(size_t size)
{
    return (struct block){.bytes = sim_base_alloc(size, 1), .size = size};
}

struct sim_arena *sim_arena_create(void)
{
    struct sim_arena *a = sim_base_alloc(1, sizeof(*a));

    SIM_VEC_PUSH(&a->blocks, block_of(FIRST_BLOCK));
    return a;
}

void sim_arena_destroy(struct sim_arena *a)
{
    if (a == NULL) {
        return;
    }
    for (int i = 0; i < a->blocks.count; i++) {
        free(a->blocks.data[i].bytes);
    }
    SIM_VEC_FREE(&a->blocks);
    free(a);
}

static bool fits(const struct block *b, size_t bytes)
{
    return b->size - b->used >= bytes;
}

/** Put a new block after the current one; a waiting block that was too small goes to the end. */
static void insert_block(struct sim_arena *a, size_t bytes)
{
    const size_t doubled = 2 * a->blocks.data[a->current].size;
    const size_t usual = doubled < LARGEST_BLOCK ? doubled : LARGEST_BLOCK;
    const int next = a->current + 1;

    SIM_VEC_PUSH(&a->blocks, block_of(bytes > usual ? bytes : usual));
    const int last = a->blocks.count - 1;
    const struct block fresh = a->blocks.data[last];

    a->blocks.data[last] = a->blocks.data[next];
    a->blocks.data[next] = fresh;
}

/** The block after the current one, with room for `bytes`. */
static struct block *next_block(struct sim_arena *a, size_t bytes)
{
    const int next = a->current + 1;

    if (next == a->blocks.count || !fits(&a->blocks.data[next], bytes)) {
        insert_block(a, bytes);
    }
    a->current = next;
    return &a->blocks.data[next];
}

/** `bytes` from a multiple of `align` on, which is at most that of malloc. */
static char *take(struct sim_arena *a, size_t bytes, size_t align)
{
    struct block *b = &a->blocks.data[a->current];
    size_t at = (b->used + align - 1) / align * align;

    if (at > b->size || b->size - at < bytes) {
        b = next_block(a, bytes);
        at = b->used;
    }
    b->used = at + bytes;
    return b->bytes + at;
}

/** All that was handed out before is no longer zero. */
static void touch(struct block *b)
{
    b->touched = b->used > b->touched ? b->used : b->touched;
}

void *sim_arena_alloc(struct sim_arena *a, size_t count, size_t size)
{
    const size_t align = alignof(max_align_t);

    SIM_REQUIRE(size == 0 || count <= (SIZE_MAX - align) / size, "a piece that memory could hold");
    char *piece = take(a, count * size, align);
    struct block *b = &a->blocks.data[a->current];
    const size_t from = (size_t)(piece - b->bytes);
    const size_t to = b->used < b->touched ? b->used : b->touched;

    touch(b);
    return to > from ? memset(piece, 0, to - from) : piece;
}

char *sim_arena_strdup(struct sim_arena *a, const char *text)
{
    return text == NULL ? NULL : sim_arena_strndup(a, text, strlen(text));
}

char *sim_arena_strndup(struct sim_arena *a, const char *text, size_t length)
{
    char *copy = take(a, length + 1, 1); // texts lie close together

    touch(&a->blocks.data[a->current]);
    copy[length] = '\0';
    return memcpy(copy, text, length);
}

char *sim_arena_format(struct sim_arena *a, const char *fmt, ...)
{
    char first[SHORT_TEXT]; // most fit, and are then formatted once
    va_list args;
    va_list again;

    va_start(args, fmt);
    va_copy(again, args);
    const int length = vsnprintf(first, sizeof(first), fmt, args);
    va_end(args);
    SIM_REQUIRE(length >= 0, "a format string that printf understands");
    if (length < SHORT_TEXT) {
        va_end(again);
        return sim_arena_strndup(a, first, (size_t)length);
    }
    char *text = sim_arena_alloc(a, (size_t)length + 1, 1);

    (void)vsnprintf(text, (size_t)length + 1, fmt, again);
    va_end(again);
    return text;
}

sim_arena_mark sim_arena_mark_now(const struct sim_arena *a)
{
    return (sim_arena_mark){.block = a->current, .used = a->blocks.data[a->current].used};
}

void sim_arena_rewind(struct sim_arena *a, sim_arena_mark mark)
{
    SIM_REQUIRE(mark.block >= 0 && mark.block <= a->current, "a mark that was not rewound already");
    SIM_REQUIRE(mark.used <= a->blocks.data[mark.block].used, "a mark of this arena");
    a->blocks.data[mark.block].used = mark.used;
    for (int i = mark.block + 1; i <= a->current; i++) {
        a->blocks.data[i].used = 0;
    }
    a->current = mark.block;
}

size_t sim_arena_bytes(const struct sim_arena *a)
{
    size_t bytes = 0;

    for (int i = 0; i <= a->current; i++) {
        bytes += a->blocks.data[i].used;
    }
    return bytes;
}
