/** @file
 * Errors that the world makes: bad input, a full disk, a run that cannot go on.
 *
 * A function that can fail returns `enum sim_status` (its number is the program's exit code) and
 * fills `struct sim_err *err`, its last parameter. Text is written where the facts are; callers
 * may wrap it ("loading a.cfg: ..."), SIM_TRY forwards. Nobody prints below `cli`.
 *
 * Floor 0. An error belongs to one thread.
 */
#ifndef SIM_BASE_ERR_H
#define SIM_BASE_ERR_H

#include "sim/base/base.h"

enum sim_status {
#define X(name, code, meaning) SIM_##name = (code),
#include "sim/base/err_codes.def"
#undef X
};

/** Filled by the one that fails; plain, so it lives on the caller's stack. */
struct sim_err {
    enum sim_status status;
    char text[4000]; // UTF-8, ends without a newline
};

/** Set status and text; returns status, so that `return sim_err_set(err, ...)` reads well. */
enum sim_status sim_err_set(struct sim_err *err, enum sim_status status, const char *fmt, ...)
    SIM_PRINTF(3, 4);

/** Put "context: " before the text; returns the status that was there. */
enum sim_status sim_err_wrap(struct sim_err *err, const char *fmt, ...) SIM_PRINTF(2, 3);

/** As sim_err_set, ending with the system's words for errno. */
enum sim_status sim_err_errno(struct sim_err *err, enum sim_status status, const char *fmt, ...)
    SIM_PRINTF(3, 4);

/** "an input is there but wrong" and the like; static. */
const char *sim_err_meaning(enum sim_status status);

#define SIM_TRY(call)                                                                              \
    do {                                                                                           \
        enum sim_status try_status_ = (call);                                                      \
        if (try_status_ != SIM_OK) {                                                               \
            return try_status_;                                                                    \
        }                                                                                          \
    } while (0)

#endif
