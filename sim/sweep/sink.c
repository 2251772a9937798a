#include "sim/sweep/sink.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void sim_sink_text(const struct sim_sink *sink, const char *text)
{
    if (sink != NULL && sink->write != NULL) {
        sink->write(sink->user, text, strlen(text));
    }
}

void sim_sink_print(const struct sim_sink *sink, const char *fmt, ...)
{
    if (sink == NULL || sink->write == NULL) {
        return;
    }
    char small[512];
    va_list args;

    va_start(args, fmt);
    const int length = vsnprintf(small, sizeof(small), fmt, args);

    va_end(args);
    SIM_REQUIRE(length >= 0, "the format is sound");
    if ((size_t)length < sizeof(small)) {
        sink->write(sink->user, small, (size_t)length);
        return;
    }
    char *large = sim_base_alloc((size_t)length + 1, 1);

    va_start(args, fmt);
    (void)vsnprintf(large, (size_t)length + 1, fmt, args);
    va_end(args);
    sink->write(sink->user, large, (size_t)length);
    free(large);
}

void sim_sink_buffer_init(struct sim_sink_buffer *b)
{
    b->capacity = 256;
    b->text = sim_base_alloc(b->capacity, 1);
    b->length = 0;
}

void sim_sink_buffer_fini(struct sim_sink_buffer *b)
{
    free(b->text);
    memset(b, 0, sizeof(*b));
}

static void append(void *user, const char *bytes, size_t length)
{
    struct sim_sink_buffer *b = user;

    if (b->length + length + 1 > b->capacity) {
        b->capacity = 2 * (b->length + length + 1);
        b->text = sim_base_realloc(b->text, b->capacity, 1);
    }
    memcpy(b->text + b->length, bytes, length);
    b->length += length;
    b->text[b->length] = '\0';
}

struct sim_sink sim_sink_buffer_sink(struct sim_sink_buffer *b)
{
    return (struct sim_sink){append, b};
}
