#include "sim/base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    TEXT_SIZE = sizeof(((struct sim_err *)NULL)->text)
};

/** Cut text that did not fit, between two letters of UTF-8, and show it by three dots. */
static void mark_as_cut(char *text, size_t size)
{
    size_t end = size - sizeof("...");

    while (end > 0 && ((unsigned char)text[end] & 0xC0U) == 0x80U) {
        end--;
    }
    memcpy(text + end, "...", sizeof("..."));
}

/** snprintf's result says whether it fitted. */
static void seal(char *text, int wanted)
{
    SIM_REQUIRE(wanted >= 0, "a format string that printf understands");
    if (wanted >= TEXT_SIZE) {
        mark_as_cut(text, TEXT_SIZE);
    }
}

enum sim_status sim_err_set(struct sim_err *err, enum sim_status status, const char *fmt, ...)
{
    char text[TEXT_SIZE]; // apart, because the arguments may borrow from err->text
    va_list args;

    if (err == NULL) {
        return status;
    }
    va_start(args, fmt);
    const int wanted = vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    seal(text, wanted);
    memcpy(err->text, text, strlen(text) + 1);
    err->status = status;
    return status;
}

enum sim_status sim_err_wrap(struct sim_err *err, const char *fmt, ...)
{
    char context[TEXT_SIZE];
    char text[TEXT_SIZE];
    va_list args;

    SIM_REQUIRE(err != NULL, "an error to wrap");
    va_start(args, fmt);
    const int wanted = vsnprintf(context, sizeof(context), fmt, args);
    va_end(args);
    seal(context, wanted);
    seal(text, snprintf(text, sizeof(text), "%s: %s", context, err->text));
    memcpy(err->text, text, strlen(text) + 1);
    return err->status;
}

enum sim_status sim_err_errno(struct sim_err *err, enum sim_status status, const char *fmt, ...)
{
    const int number = errno; // before anything here can change it
    char what[TEXT_SIZE];
    char reason[256];
    va_list args;

    va_start(args, fmt);
    const int wanted = vsnprintf(what, sizeof(what), fmt, args);
    va_end(args);
    seal(what, wanted);
    if (strerror_r(number, reason, sizeof(reason)) != 0) {
        (void)snprintf(reason, sizeof(reason), "error %d", number);
    }
    return sim_err_set(err, status, "%s: %s", what, reason);
}

const char *sim_err_meaning(enum sim_status status)
{
    switch (status) {
#define X(name, code, meaning)                                                                     \
    case SIM_##name:                                                                               \
        return meaning;
#include "sim/base/err_codes.def"
#undef X
    default:
        return "unknown status";
    }
}
