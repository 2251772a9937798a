// SPDX-License-Identifier: MIT
#include "sim/core/trace.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    LINE_MAX_BYTES = 2000
};

static void write_to_file(void *user, const char *line)
{
    FILE *file = user;
    fputs(line, file); // the owner of the file asks ferror when it closes it
    fputc('\n', file);
}

struct sim_trace sim_trace_to_file(void *file)
{
    return (struct sim_trace){.sink = write_to_file, .user = file};
}

/** "2026-03-01 06:00:00", and ".250000" where a fraction is left: all of one length. Returns the
 * length. */
static int format_instant(char *out, size_t size, sim_time now)
{
    const struct sim_simtime_civil c = sim_simtime_civil(now);
    int length = snprintf(out, size, "%04d-%02d-%02d %02d:%02d:%02d", c.year, c.month, c.day,
                          c.hour, c.minute, c.second);
    if (c.microsecond != 0) {
        length += snprintf(out + length, size - (size_t)length, ".%06d", c.microsecond);
    }
    return length;
}

/** Where bytes were cut off, say so by "..." after the last whole UTF-8 character that fits. */
static void mark_cut(char *line, size_t size)
{
    size_t at = size - sizeof "...";
    while (at > 0 && ((unsigned char)line[at] & 0xC0) == 0x80) {
        at--;
    }
    memcpy(line + at, "...", sizeof "...");
}

void sim_trace_say(struct sim_trace *t, sim_time now, const char *who, const char *fmt, ...)
{
    if (t == NULL || t->sink == NULL) {
        return;
    }
    char line[LINE_MAX_BYTES];
    int length = format_instant(line, sizeof line, now);
    length += snprintf(line + length, sizeof line - (size_t)length, "  %s  ", who);
    if (length < LINE_MAX_BYTES) {
        va_list args;
        va_start(args, fmt);
        length += vsnprintf(line + length, sizeof line - (size_t)length, fmt, args);
        va_end(args);
    }
    if (length >= LINE_MAX_BYTES) {
        mark_cut(line, sizeof line);
    }
    t->lines++;
    t->sink(t->user, line);
}
