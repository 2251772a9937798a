#include "sim/base/log.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <string.h>

struct heard {
    int notes;
    int warnings;
    char last[100];
};

static void hear(void *user, enum sim_log_level level, const char *text)
{
    struct heard *heard = user;

    if (level == SIM_LOG_NOTE) {
        heard->notes++;
    } else {
        heard->warnings++;
    }
    strncpy(heard->last, text, sizeof(heard->last) - 1);
}

Test(log, gives_text_and_level_to_its_sink)
{
    struct heard heard = {0};
    struct sim_log log = {.sink = hear, .user = &heard};

    sim_log_note(&log, "read %d firms", 3);
    cr_assert(eq(str, heard.last, "read 3 firms"));
    sim_log_warn(&log, "%s is never used", "kiln");
    cr_assert(eq(str, heard.last, "kiln is never used"));

    cr_assert(eq(int, heard.notes, 1));
    cr_assert(eq(int, heard.warnings, 1));
    cr_assert(eq(i64, log.warnings, 1));
}

Test(log, counts_warnings_that_nobody_hears)
{
    struct sim_log log = {0};

    sim_log_note(&log, "dropped");
    sim_log_warn(&log, "dropped too");
    sim_log_warn(&log, "and this");

    cr_assert(eq(i64, log.warnings, 2));
}

Test(log, may_be_absent)
{
    sim_log_note(NULL, "dropped");
    sim_log_warn(NULL, "dropped");
}
