/** @file
 * Memory that is given back all at once.
 *
 * An arena hands out zeroed pieces and frees none until it is rewound to a mark or destroyed.
 * Pieces never move. A loaded park lives in one; scratch uses marks, rewound by whoever made them.
 *
 * Floor 0. One thread at a time.
 */
#ifndef SIM_BASE_ARENA_H
#define SIM_BASE_ARENA_H

#include "sim/base/base.h"

struct sim_arena; // opaque: the list of blocks lives in arena.c

typedef struct sim_arena_mark {
    int block;
    size_t used;
} sim_arena_mark;

struct sim_arena *sim_arena_create(void);
void sim_arena_destroy(struct sim_arena *a); // NULL is fine

/** `count` zeroed elements of `size` bytes, aligned for any type; owned by the arena. */
void *sim_arena_alloc(struct sim_arena *a, size_t count, size_t size);
#define SIM_ARENA_NEW(arena, type, count)                                                          \
    ((type *)sim_arena_alloc((arena), (size_t)(count), sizeof(type)))

char *sim_arena_strdup(struct sim_arena *a, const char *text); // NULL gives NULL
char *sim_arena_strndup(struct sim_arena *a, const char *text, size_t length);
char *sim_arena_format(struct sim_arena *a, const char *fmt, ...) SIM_PRINTF(2, 3);

sim_arena_mark sim_arena_mark_now(const struct sim_arena *a);
void sim_arena_rewind(struct sim_arena *a, sim_arena_mark mark); // later pieces are gone
size_t sim_arena_bytes(const struct sim_arena *a);               // handed out and not rewound

#endif
