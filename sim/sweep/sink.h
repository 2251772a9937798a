/** @file
 * Somewhere text goes: a file, the standard output, a string in memory.
 *
 * A model writes its summary, its trace and the output of its own commands through a sink, so that
 * nobody prints below `cli`. The first write that fails is remembered by the sink's owner; writers
 * need not look.
 *
 * Floor 3. One thread at a time.
 */
#ifndef SIM_SWEEP_SINK_H
#define SIM_SWEEP_SINK_H

#include "sim/base/base.h"

typedef void sim_sink_write(void *user, const char *bytes, size_t length);

struct sim_sink {
    sim_sink_write *write; // NULL drops everything
    void *user;
};

/** NULL sink is fine: it drops everything. */
void sim_sink_text(const struct sim_sink *sink, const char *text);
void sim_sink_print(const struct sim_sink *sink, const char *fmt, ...) SIM_PRINTF(2, 3);

/** A sink into memory: `text` is always a string; owned, sim_sink_buffer_fini frees it. */
struct sim_sink_buffer {
    char *text;
    size_t length;
    size_t capacity;
};

void sim_sink_buffer_init(struct sim_sink_buffer *b);
void sim_sink_buffer_fini(struct sim_sink_buffer *b);
struct sim_sink sim_sink_buffer_sink(struct sim_sink_buffer *b); // borrows `b`

#endif
