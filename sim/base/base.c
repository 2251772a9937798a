#include "sim/base/base.h"

#include "sim/base/pages.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eco_commit.h"

enum {
    EXIT_NO_MEMORY = 71
}; // as EX_OSERR: the system could not give what was asked

SIM_NORETURN void sim_base_bug(const char *file, int line, const char *what)
{
    (void)fprintf(stderr, "ecopark: a bug, please report it: %s:%d: %s\n", file, line, what);
    abort();
}

SIM_NORETURN static void out_of_memory(size_t count, size_t size)
{
    (void)fprintf(
        stderr,
        "ecopark: memory ran out (%zu x %zu bytes were asked for); finished runs are safe; "
        "try fewer threads or a coarser `record.every`\n",
        count, size);
    _Exit(EXIT_NO_MEMORY); // not exit(): other threads may be inside what atexit would tear down
}

void *sim_base_alloc(size_t count, size_t size)
{
    void *p = calloc(count > 0 ? count : 1, size > 0 ? size : 1);

    if (p == NULL) {
        out_of_memory(count, size);
    }
    sim_pages_advise(p, count * size);
    return p;
}

void *sim_base_realloc(void *p, size_t count, size_t size)
{
    const bool overflows = size != 0 && count > SIZE_MAX / size;
    const size_t bytes = count * size;
    void *grown = overflows ? NULL : realloc(p, bytes > 0 ? bytes : 1);

    if (grown == NULL) {
        out_of_memory(count, size);
    }
    sim_pages_advise(grown, bytes);
    return grown;
}

char *sim_base_strdup(const char *text)
{
    if (text == NULL) {
        return NULL;
    }
    const size_t bytes = strlen(text) + 1;

    return memcpy(sim_base_alloc(bytes, 1), text, bytes);
}

char *sim_base_format(const char *fmt, ...)
{
    char first[256]; // most fit, and are then formatted once
    va_list args;
    va_list again;

    va_start(args, fmt);
    va_copy(again, args);
    const int length = vsnprintf(first, sizeof(first), fmt, args);
    va_end(args);
    SIM_REQUIRE(length >= 0, "a format string that printf understands");
    char *text = sim_base_alloc((size_t)length + 1, 1);

    if ((size_t)length < sizeof(first)) {
        va_end(again);
        return memcpy(text, first, (size_t)length);
    }
    (void)vsnprintf(text, (size_t)length + 1, fmt, again);
    va_end(again);
    return text;
}

char *sim_base_group(const char *number, char *out)
{
    const char *dot = strchr(number, '.');
    const size_t whole = dot != NULL ? (size_t)(dot - number) : strlen(number);
    const size_t sign = number[0] == '-' ? 1 : 0;
    size_t used = 0;

    for (size_t i = 0; number[i] != '\0'; i++) {
        if (i > sign && i < whole && (whole - i) % 3 == 0) {
            out[used++] = ',';
        }
        out[used++] = number[i];
    }
    out[used] = '\0';
    return out;
}

const char *sim_base_version(void)
{
    return SIM_VERSION ECO_COMMIT;
}
