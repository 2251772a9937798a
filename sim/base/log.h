/** @file
 * Where warnings and notes of a run go, without anyone printing below `cli`.
 *
 * The caller gives a sink; NULL log or NULL sink drops everything. A log also counts its warnings.
 *
 * Floor 0. A log belongs to one thread.
 */
#ifndef SIM_BASE_LOG_H
#define SIM_BASE_LOG_H

#include "sim/base/base.h"

enum sim_log_level {
    SIM_LOG_NOTE,
    SIM_LOG_WARNING
};

typedef void sim_log_sink(void *user, enum sim_log_level level, const char *text);

struct sim_log {
    sim_log_sink *sink; // borrowed; NULL drops
    void *user;
    int64_t warnings; // [-] how many were said
};

void sim_log_note(struct sim_log *log, const char *fmt, ...) SIM_PRINTF(2, 3);
void sim_log_warn(struct sim_log *log, const char *fmt, ...) SIM_PRINTF(2, 3);

#endif
