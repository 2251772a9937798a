#include "sim/base/log.h"

#include <stdarg.h>
#include <stdio.h>

SIM_PRINTF(3, 0)
static void say(const struct sim_log *log, enum sim_log_level level, const char *fmt, va_list args)
{
    char text[4000];

    if (log->sink != NULL) {
        (void)vsnprintf(text, sizeof(text), fmt, args);
        log->sink(log->user, level, text);
    }
}

void sim_log_note(struct sim_log *log, const char *fmt, ...)
{
    va_list args;

    if (log == NULL) {
        return;
    }
    va_start(args, fmt);
    say(log, SIM_LOG_NOTE, fmt, args);
    va_end(args);
}

void sim_log_warn(struct sim_log *log, const char *fmt, ...)
{
    va_list args;

    if (log == NULL) {
        return;
    }
    log->warnings++;
    va_start(args, fmt);
    say(log, SIM_LOG_WARNING, fmt, args);
    va_end(args);
}
