#include "sim/base/err.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <errno.h>
#include <signal.h>
#include <string.h>

Test(err, keeps_status_and_text)
{
    struct sim_err err = {0};

    const enum sim_status status = sim_err_set(&err, SIM_INPUT, "%s:%d: wrong", "a.cfg", 9);

    cr_assert(eq(int, (int)status, 65));
    cr_assert(eq(int, (int)err.status, 65));
    cr_assert(eq(str, err.text, "a.cfg:9: wrong"));
}

Test(err, puts_context_before_the_text)
{
    struct sim_err err = {0};

    (void)sim_err_set(&err, SIM_MISSING, "no such file");
    const enum sim_status status = sim_err_wrap(&err, "loading %s", "a.cfg");

    cr_assert(eq(int, (int)status, (int)SIM_MISSING));
    cr_assert(eq(str, err.text, "loading a.cfg: no such file"));
}

Test(err, may_be_told_with_its_own_text)
{
    struct sim_err err = {0};

    (void)sim_err_set(&err, SIM_INPUT, "inner");
    (void)sim_err_set(&err, SIM_FAILED, "run 3: %s", err.text);

    cr_assert(eq(str, err.text, "run 3: inner"));
}

Test(err, ends_with_the_systems_words)
{
    struct sim_err err = {0};

    errno = ENOSPC;
    (void)sim_err_errno(&err, SIM_WRITE, "cannot write %s", "x.h5");

    cr_assert(eq(str, err.text, "cannot write x.h5: No space left on device"));
    cr_assert(eq(int, (int)err.status, 73));
}

Test(err, is_cut_between_letters_when_too_long)
{
    struct sim_err err = {0};
    char text[6001];

    for (int shift = 0; shift < 4; shift++) { // the cut meets each byte of the two-byte letter
        memset(text, 'x', sizeof(text));
        for (int i = shift; i + 1 < 6000; i += 2) {
            memcpy(text + i, "é", 2);
        }
        text[6000] = '\0';
        (void)sim_err_set(&err, SIM_INPUT, "%s", text);

        const size_t length = strlen(err.text);
        cr_assert(length < sizeof(err.text) && length > sizeof(err.text) - 8);
        cr_assert(eq(str, err.text + length - 3, "..."));
        for (size_t i = (size_t)shift; i < length - 3; i += 2) {
            cr_assert(memcmp(err.text + i, "é", 2) == 0, "half a letter at %zu", i);
        }
    }
}

Test(err, is_cut_too_when_the_context_is_what_makes_it_long)
{
    struct sim_err err = {0};
    char text[3001];

    memset(text, 'x', sizeof(text));
    text[3000] = '\0';
    (void)sim_err_set(&err, SIM_INPUT, "%s", text);
    (void)sim_err_wrap(&err, "%s", text);

    cr_assert(eq(sz, strlen(err.text), sizeof(err.text) - 1));
}

Test(err, may_be_nowhere_to_put)
{
    cr_assert(eq(int, (int)sim_err_set(NULL, SIM_INPUT, "lost"), (int)SIM_INPUT));
}

Test(err, needs_an_error_to_wrap, .signal = SIGABRT)
{
    (void)sim_err_wrap(NULL, "context");
}

Test(err, has_a_meaning_for_each_status)
{
    cr_assert(eq(str, (char *)sim_err_meaning(SIM_OK), "done"));
    cr_assert(eq(str, (char *)sim_err_meaning(SIM_STOPPED), "stopped, and resumable"));
    cr_assert(eq(str, (char *)sim_err_meaning((enum sim_status)99), "unknown status"));
}

static enum sim_status forward(enum sim_status status, bool *out_reached)
{
    SIM_TRY(status);
    *out_reached = true;
    return SIM_OK;
}

Test(err, is_forwarded_by_try_and_only_then)
{
    bool reached = false;

    cr_assert(eq(int, (int)forward(SIM_WRITE, &reached), (int)SIM_WRITE));
    cr_assert(not(reached));
    cr_assert(eq(int, (int)forward(SIM_OK, &reached), (int)SIM_OK));
    cr_assert(reached);
}
