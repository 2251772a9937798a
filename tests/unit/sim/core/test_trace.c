// SPDX-License-Identifier: MIT
#include "sim/core/trace.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

static void keep(void *user, const char *line)
{
    snprintf(user, 4000, "%s", line);
}

static sim_time morning(void)
{
    return sim_simtime_date(2026, 3, 1) + 6 * SIM_TIME_H;
}

Test(trace, tells_when_who_and_why_in_one_line)
{
    char line[4000] = "";
    struct sim_trace t = {.sink = keep, .user = line};

    SIM_TRACE(&t, morning(), "brick.kiln", "starts: %s", "shift opens");

    cr_assert_str_eq(line, "2026-03-01 06:00:00  brick.kiln  starts: shift opens");
    cr_assert_eq(t.lines, 1);
}

Test(trace, shows_fractions_of_a_second_with_six_digits)
{
    char line[4000] = "";
    struct sim_trace t = {.sink = keep, .user = line};

    SIM_TRACE(&t, morning() + 250000, "a", "x");
    cr_assert_str_eq(line, "2026-03-01 06:00:00.250000  a  x");

    SIM_TRACE(&t, morning() + 1, "a", "x");
    cr_assert_str_eq(line, "2026-03-01 06:00:00.000001  a  x");
}

static int asked;

static const char *ask(void)
{
    asked++;
    return "x";
}

Test(trace, does_not_even_make_up_its_words_when_off)
{
    struct sim_trace *off = NULL;

    SIM_TRACE(off, morning(), ask(), "%s", ask());

    cr_assert_eq(asked, 0);
}

Test(trace, cuts_a_long_line_between_characters_and_says_so)
{
    char line[4000] = "";
    char text[3000] = "";
    struct sim_trace t = {.sink = keep, .user = line};

    // With one to three letters before, the cut falls on each byte of the three of this letter.
    for (int before = 1; before <= 3; before++) {
        memset(text, 'a', 3);
        text[before] = '\0';
        for (int i = 0; i < 900; i++) {
            strcat(text, "\xe1\xba\xbf");
        }
        SIM_TRACE(&t, morning(), "a", "%s", text);

        const size_t length = strlen(line);
        cr_assert_lt(length, 2000);
        cr_assert_gt(length, 1990);
        cr_assert_str_eq(line + length - 6, "\xe1\xba\xbf...");
    }
}

Test(trace, writes_to_a_file)
{
    FILE *file = tmpfile();
    struct sim_trace t = sim_trace_to_file(file);
    char text[100] = "";

    SIM_TRACE(&t, morning(), "a", "one");
    SIM_TRACE(&t, morning(), "b", "two");

    rewind(file);
    cr_assert_eq(fread(text, 1, sizeof text - 1, file), 2 * 28);
    cr_assert_str_eq(text, "2026-03-01 06:00:00  a  one\n2026-03-01 06:00:00  b  two\n");
    fclose(file);
}
