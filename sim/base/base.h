/** @file
 * What every file of the engine may count on: duties, truths, and memory that never runs out.
 *
 * SIM_REQUIRE guards a caller's duty in every build; SIM_ASSERT an inner truth in debug builds
 * only. Both end the program with file, line and the sentence given: they speak of bugs, never
 * of bad input. Memory running out also ends the program (exit code 71): allocators here never
 * return NULL, so no caller checks. Finished work is safe on disk by then.
 *
 * Floor 0. Thread-safe.
 */
#ifndef SIM_BASE_BASE_H
#define SIM_BASE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_VERSION "0.1.0"

/** The version and the commit it was built from: "0.1.0 (1a2b3c4)", with "+" after the commit when
 * the tree had changes, "0.1.0" alone when it was built without git; static. */
const char *sim_base_version(void);

#define SIM_COUNT(array)     ((int)(sizeof(array) / sizeof((array)[0])))
#define SIM_MUST_USE         __attribute__((warn_unused_result))
#define SIM_PRINTF(fmt, arg) __attribute__((format(printf, fmt, arg)))
#define SIM_NORETURN         __attribute__((noreturn))

/** Say where and what on stderr, and abort(). Called by the two macros below. */
SIM_NORETURN void sim_base_bug(const char *file, int line, const char *what);

#define SIM_REQUIRE(cond, what)                                                                    \
    do {                                                                                           \
        if (!(cond)) {                                                                             \
            sim_base_bug(__FILE__, __LINE__, what);                                                \
        }                                                                                          \
    } while (0)

#ifdef NDEBUG
#define SIM_ASSERT(cond) ((void)sizeof((cond) ? 1 : 0))
#else
#define SIM_ASSERT(cond) SIM_REQUIRE(cond, #cond)
#endif

/** `count` zeroed elements of `size` bytes; owned by the caller, freed by free(). count 0 is fine.
 */
void *sim_base_alloc(size_t count, size_t size);

/** Grow or shrink `p` (NULL is fine) to `count` elements; new bytes are not cleared. */
void *sim_base_realloc(void *p, size_t count, size_t size);

/** A copy of `text` (NULL gives NULL); owned by the caller. */
char *sim_base_strdup(const char *text);

/** A number as printf wrote it ("-12345.6"), with commas ("-12,345.6"), into `out`, which has room
 * for a third more; returns `out`. */
char *sim_base_group(const char *number, char *out);

/** printf into a fresh string; owned by the caller. */
char *sim_base_format(const char *fmt, ...) SIM_PRINTF(1, 2);

#endif
