// SPDX-License-Identifier: MIT
#include "sim/num/calendar.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <signal.h>
#include <stdint.h>
#include <string.h>

static sim_time at(const char *text)
{
    struct sim_err err = {0};
    sim_time t = 0;
    cr_assert(sim_simtime_parse(text, &t, &err) == SIM_OK, "%s", err.text);
    return t;
}

/** Lines beginning with + are opening hours, with - closed dates, the others maintenance. */
static struct sim_calendar *make(const char *const *lines, int count)
{
    struct sim_calendar *c = sim_calendar_create();
    for (int i = 0; i < count; i++) {
        struct sim_err err = {0};
        const enum sim_status status =
            lines[i][0] == '+'   ? sim_calendar_add_open(c, lines[i] + 1, &err)
            : lines[i][0] == '-' ? sim_calendar_add_closed(c, lines[i] + 1, &err)
                                 : sim_calendar_add_maintenance(c, lines[i], &err);
        cr_assert(status == SIM_OK, "%s", err.text);
    }
    sim_calendar_seal(c);
    return c;
}

#define MAKE(...)                                                                                  \
    make((const char *const[]){__VA_ARGS__},                                                       \
         (int)(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)))

Test(calendar, without_lines_it_is_always_open)
{
    struct sim_calendar *c = sim_calendar_create();
    sim_calendar_seal(c);
    cr_assert(sim_calendar_is_open(c, at("2026-01-01")));
    cr_assert(sim_calendar_next_change(c, at("2026-01-01")) == SIM_TIME_NEVER);
    cr_assert(sim_calendar_open_between(c, at("2026-01-01"), at("2086-01-01")) ==
              at("2086-01-01") - at("2026-01-01"));
    cr_assert(sim_calendar_after_open(c, 5, 7) == 12);
    sim_calendar_destroy(c);
}

Test(calendar, a_day_shift_opens_and_closes_by_the_clock)
{
    struct sim_calendar *c = MAKE("+Mon-Sat 06:00-22:00"); // 2026-01-01 is a Thursday
    cr_assert(sim_calendar_is_open(c, at("2026-01-01 05:59:59")) == false);
    cr_assert(sim_calendar_is_open(c, at("2026-01-01 06:00")));
    cr_assert(sim_calendar_is_open(c, at("2026-01-01 22:00")) == false);
    cr_assert(sim_calendar_is_open(c, at("2026-01-04 12:00")) == false); // Sunday
    cr_assert(sim_calendar_next_change(c, at("2026-01-01 06:00")) == at("2026-01-01 22:00"));
    cr_assert(sim_calendar_next_change(c, at("2026-01-03 22:00")) == at("2026-01-05 06:00"));
    cr_assert(sim_calendar_next_open(c, at("2026-01-05 06:00")) == at("2026-01-05 06:00"));
    cr_assert(sim_calendar_open_between(c, at("2026-01-05"), at("2026-01-12")) == 96 * SIM_TIME_H);
    cr_assert(sim_calendar_after_open(c, at("2026-01-03 21:00"), 2 * SIM_TIME_H) ==
              at("2026-01-05 07:00"));
    cr_assert(sim_calendar_after_open(c, at("2026-01-03 21:00"), SIM_TIME_H) ==
              at("2026-01-03 22:00"));
    sim_calendar_destroy(c);
}

Test(calendar, night_hours_run_over_midnight_and_over_sunday)
{
    struct sim_calendar *c = MAKE("+Mon-Sun 22:00-04:00");
    cr_assert(sim_calendar_is_open(c, at("2026-01-05 03:59")));
    cr_assert(sim_calendar_is_open(c, at("2026-01-05 04:00")) == false);
    cr_assert(sim_calendar_next_change(c, at("2026-01-04 23:00")) == at("2026-01-05 04:00"));
    cr_assert(sim_calendar_open_between(c, at("2026-01-01"), at("2026-01-08")) == 42 * SIM_TIME_H);
    sim_calendar_destroy(c);
    c = MAKE("+Sun 22:00-04:00");
    cr_assert(sim_calendar_is_open(c, at("2026-01-05 03:59"))); // Monday, begun on Sunday
    cr_assert(sim_calendar_is_open(c, at("2026-01-06 03:59")) == false);
    sim_calendar_destroy(c);
}

Test(calendar, lines_are_joined_where_they_touch)
{
    struct sim_calendar *c = MAKE("+Mon-Fri 00:00-24:00", "+Sat,Sun 00:00-24:00");
    cr_assert(sim_calendar_next_change(c, at("2026-01-01")) == SIM_TIME_NEVER);
    sim_calendar_destroy(c);
    c = MAKE("+Mon-Fri 06:00-14:00", "+Mon-Fri 13:00-22:00", "+Fri-Mon 22:00-23:00");
    cr_assert(sim_calendar_next_change(c, at("2026-01-02 07:00")) == at("2026-01-02 23:00"));
    cr_assert(sim_calendar_open_between(c, at("2026-01-05"), at("2026-01-12")) == 84 * SIM_TIME_H);
    sim_calendar_destroy(c);
}

Test(calendar, closed_dates_and_maintenance_win_over_hours)
{
    struct sim_calendar *c = MAKE("+Mon-Sat 06:00-22:00", "-2026-02-14..2026-02-22",
                                  "yearly 07-01 for 5 days", "yearly 12-31 18:00 for 12 h");
    cr_assert(sim_calendar_is_open(c, at("2026-02-14 12:00")) == false);
    cr_assert(sim_calendar_next_change(c, at("2026-02-13 21:00")) == at("2026-02-13 22:00"));
    cr_assert(sim_calendar_next_change(c, at("2026-02-13 22:00")) == at("2026-02-23 06:00"));
    cr_assert(sim_calendar_next_change(c, at("2026-06-30 22:00")) == at("2026-07-06 06:00"));
    cr_assert(sim_calendar_next_change(c, at("2026-12-31 07:00")) == at("2026-12-31 18:00"));
    cr_assert(sim_calendar_is_open(c, at("2027-01-01 06:00")));
    cr_assert(sim_calendar_is_open(c, at("2085-07-03 12:00")) == false);
    cr_assert(sim_calendar_is_open(c, at("1850-07-03 12:00")) == false);
    cr_assert(sim_calendar_is_open(c, at("9998-07-03 12:00")) == false);
    sim_calendar_destroy(c);
}

static uint64_t next_bits(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/** The plain rule, written without looking at the intervals. */
static bool is_open_by_rule(sim_time t)
{
    const struct sim_simtime_civil c = sim_simtime_civil(t);
    const int weekday = sim_simtime_weekday(t);
    const bool shift = weekday <= 5 && c.hour >= 6 && c.hour < 22;
    const bool night = (weekday == 6 && c.hour >= 23) || (weekday == 0 && c.hour < 2);
    const bool tet = c.year == 2026 && c.month == 2 && c.day >= 14 && c.day <= 22;
    const bool summer = c.year == 2027 && (c.month == 6 && c.day >= 28);
    const bool upkeep = c.month == 7 && c.day <= 5;
    const bool turn = (c.month == 12 && c.day == 31 && c.hour >= 18) ||
                      (c.month == 1 && (c.day == 1 || (c.day == 2 && c.hour < 6)));
    return (shift || night) && !tet && !summer && !upkeep && !turn;
}

Test(calendar, agrees_with_the_plain_rule_hour_by_hour_over_nine_years)
{
    struct sim_calendar *c =
        MAKE("+Mon-Sat 06:00-22:00", "+Sun 23:00-02:00", "-2026-02-14..2026-02-22",
             "-2027-06-28..2027-07-02", "yearly 07-01 for 5 days", "yearly 12-31 18:00 for 36 h");
    const sim_time start = at("2023-01-01");
    const sim_time end = at("2032-01-01");
    sim_time open = 0;
    sim_time change = start;
    bool was_open = is_open_by_rule(start);
    for (sim_time t = start; t < end; t += SIM_TIME_H) {
        const bool is_open = is_open_by_rule(t);
        cr_assert(sim_calendar_is_open(c, t) == is_open);
        if (is_open != was_open) {
            cr_assert(sim_calendar_next_change(c, change) == t);
            cr_assert(sim_calendar_next_change(c, t - 1) == t);
            change = t;
            was_open = is_open;
        }
        if (t % (97 * SIM_TIME_H) == 0) {
            cr_assert(sim_calendar_open_between(c, start, t) == open);
        }
        open += is_open ? SIM_TIME_H : 0;
    }
    sim_calendar_destroy(c);
}

Test(calendar, open_time_adds_up_and_inverts_over_centuries)
{
    struct sim_calendar *c =
        MAKE("+Mon-Sat 06:00-22:00", "+Sun 22:00-04:00", "-2026-02-14..2026-02-22", "-2027-07-03",
             "yearly 07-01 for 5 days", "yearly 12-31 18:00 for 36 h");
    uint64_t state = 1;
    const int64_t range = at("2500-01-01") - at("1700-01-01");
    for (int i = 0; i < 3000; i++) {
        sim_time t[3];
        for (int k = 0; k < 3; k++) {
            t[k] = at("1700-01-01") + (int64_t)(next_bits(&state) % (uint64_t)range);
        }
        const sim_time a = t[0] < t[1] ? t[0] : t[1];
        const sim_time b = t[0] < t[1] ? t[1] : t[0];
        const sim_time middle = a + (t[2] - at("1700-01-01")) % (b - a + 1);
        const sim_time all = sim_calendar_open_between(c, a, b);
        cr_assert(all == sim_calendar_open_between(c, a, middle) +
                             sim_calendar_open_between(c, middle, b));
        const sim_time back = sim_calendar_after_open(c, a, all);
        cr_assert(back <= b && sim_calendar_open_between(c, a, back) == all);
        cr_assert(all == 0 || sim_calendar_open_between(c, a, back - 1) == all - 1);
    }
    sim_calendar_destroy(c);
}

Test(calendar, what_never_opens_says_never)
{
    struct sim_calendar *c =
        MAKE("+Mon 00:00-24:00", "yearly 01-01 for 200 days", "yearly 06-01 for 300 days");
    cr_assert(sim_calendar_next_open(c, at("2026-01-01")) == SIM_TIME_NEVER);
    cr_assert(sim_calendar_after_open(c, at("2026-01-01"), 1) == SIM_TIME_NEVER);
    cr_assert(sim_calendar_open_between(c, at("2026-01-01"), at("2126-01-01")) == 0);
    sim_calendar_destroy(c);
    c = MAKE("+Mon 00:00-24:00");
    cr_assert(sim_calendar_after_open(c, at("9999-12-30"), SIM_TIME_WEEK) == SIM_TIME_NEVER);
    sim_calendar_destroy(c);
}

Test(calendar, wrong_lines_are_refused_with_the_remedy)
{
    static const char *const cases[][2] = {
        {"+06:00-22:00", "no opening hours"},
        {"+Mon-Sat", "no opening hours"},
        {"+Mo-Sa 06:00-22:00", "no opening hours"},
        {"+Mon 6:5-22:00", "no opening hours"},
        {"+Mon 06:00-25:00", "no opening hours"},
        {"+Mon 08:00-08:00", "holds no time"},
        {"+Mon 24:00-24:00", "holds no time"},
        {"+Mon 06:00-22:00 x", "no opening hours"},
        {"-2026-02-30", "2026-02 has 28 days"},
        {"-2026-02-14...2026-02-22", "no closed time"},
        {"-2026-02-22..2026-02-14", "ends before"},
        {"-14/02/2026", "is not a date"},
        {"07-01 for 5 days", "no maintenance"},
        {"yearly 02-29 for 1 day", "not a day of every"},
        {"yearly 07-01 for 2 months", "\"60 days\""},
        {"yearly 07-01 for 366 days", "at most 365"},
        {"yearly 13-01 for 1 day", "not a day of every"},
        {"yearly 07-01", "no maintenance"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sim_calendar *c = sim_calendar_create();
        struct sim_err err = {0};
        const char *line = cases[i][0];
        const enum sim_status status = line[0] == '+' ? sim_calendar_add_open(c, line + 1, &err)
                                       : line[0] == '-'
                                           ? sim_calendar_add_closed(c, line + 1, &err)
                                           : sim_calendar_add_maintenance(c, line, &err);
        cr_assert(status == SIM_INPUT, "%s was taken", line);
        cr_assert(strstr(err.text, cases[i][1]) != NULL, "%s: %s", line, err.text);
        sim_calendar_destroy(c);
    }
}

Test(calendar, asking_before_sealing_is_a_bug, .signal = SIGABRT)
{
    struct sim_calendar *c = sim_calendar_create();
    (void)sim_calendar_is_open(c, 0);
}
