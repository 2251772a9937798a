// SPDX-License-Identifier: MIT
#include "sim/num/simtime.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>
#include <signal.h>
#include <string.h>

static sim_time at(const char *text)
{
    struct sim_err err = {0};
    sim_time t = 0;
    cr_assert(sim_simtime_parse(text, &t, &err) == SIM_OK, "%s", err.text);
    return t;
}

static sim_time span(const char *text)
{
    struct sim_err err = {0};
    sim_time t = 0;
    cr_assert(sim_simtime_parse_duration(text, &t, &err) == SIM_OK, "%s", err.text);
    return t;
}

static void shows(sim_time t, const char *wanted)
{
    char text[SIM_SIMTIME_TEXT];
    sim_simtime_format(t, text);
    cr_assert(strcmp(text, wanted) == 0, "%s, not %s", text, wanted);
}

Test(simtime, every_day_of_8400_years_follows_the_one_before)
{
    sim_time t = SIM_TIME_FIRST;
    int weekday = 5; // 1600-01-01 was a Saturday
    for (int year = 1600; year <= 9999; year++) {
        int day_of_year = 1;
        for (int month = 1; month <= 12; month++) {
            for (int day = 1; day <= sim_simtime_days_in_month(year, month); day++) {
                const struct sim_simtime_civil c = sim_simtime_civil(t + SIM_TIME_DAY - 1);
                cr_assert(c.year == year && c.month == month && c.day == day);
                cr_assert(c.hour == 23 && c.microsecond == 999999);
                cr_assert(sim_simtime_date(year, month, day) == t);
                cr_assert(sim_simtime_weekday(t) == weekday);
                cr_assert(day % 9 != 0 || sim_simtime_day_of_year(t) == day_of_year);
                t += SIM_TIME_DAY;
                weekday = (weekday + 1) % 7;
                day_of_year++;
            }
        }
    }
    cr_assert(t == SIM_TIME_LAST);
}

Test(simtime, zero_is_1970_and_known_dates_are_where_they_should_be)
{
    cr_assert(at("1970-01-01") == 0);
    cr_assert(at("2000-03-01 00:00:01") == INT64_C(951868801) * SIM_TIME_S); // date -u
    cr_assert(at("2026-01-01 00:00:30") == INT64_C(1767225630) * SIM_TIME_S);
    cr_assert(at("2026-01-01T06:30:15.25") == at("2026-01-01 06:30:15") + 250000);
    cr_assert(at("2026-01-01 24:00") == at("2026-01-02"));
    cr_assert(at("  2026-01-01  ") == at("2026-01-01 00:00"));
    cr_assert(sim_simtime_weekday(at("2026-01-01")) == 3); // a Thursday
}

Test(simtime, leap_days_follow_gregory)
{
    cr_assert(sim_simtime_is_leap_year(2000) && sim_simtime_is_leap_year(2024));
    cr_assert(sim_simtime_is_leap_year(1900) == false);
    cr_assert(sim_simtime_is_leap_year(2026) == false);
    cr_assert(at("2024-03-01") - at("2024-02-28") == 2 * SIM_TIME_DAY);
    cr_assert(at("2100-03-01") - at("2100-02-28") == SIM_TIME_DAY);
    cr_assert(at("2025-01-01") - at("2024-01-01") == 8784 * SIM_TIME_H);
}

Test(simtime, next_day_month_and_year_are_strictly_later)
{
    const sim_time t = at("2026-12-31 23:59:59.999999");
    cr_assert(sim_simtime_next_day(t) == t + 1 && sim_simtime_next_month(t) == t + 1);
    cr_assert(sim_simtime_next_year(t) == t + 1);
    cr_assert(sim_simtime_next_year(t + 1) == at("2028-01-01"));
    cr_assert(sim_simtime_next_month(at("2028-02-01")) == at("2028-03-01"));
    cr_assert(sim_simtime_start_of_month(at("2028-02-29 12:00")) == at("2028-02-01"));
    cr_assert(sim_simtime_start_of_year(at("1969-07-20 20:17")) == at("1969-01-01"));
    cr_assert(sim_simtime_start_of_day(-1) == -SIM_TIME_DAY);
    cr_assert(sim_simtime_next_year(at("9999-05-05")) == SIM_TIME_LAST);
}

Test(simtime, adding_months_keeps_the_day_or_takes_the_last)
{
    cr_assert(sim_simtime_add_months(at("2026-01-31 08:00"), 1) == at("2026-02-28 08:00"));
    cr_assert(sim_simtime_add_months(at("2026-01-31"), 13) == at("2027-02-28"));
    cr_assert(sim_simtime_add_months(at("2026-03-15"), -15) == at("2024-12-15"));
    cr_assert(sim_simtime_add_years(at("2024-02-29"), 1) == at("2025-02-28"));
    cr_assert(sim_simtime_add_years(at("2024-02-29"), 4) == at("2028-02-29"));
}

Test(simtime, a_date_out_of_range_is_a_bug, .signal = SIGABRT)
{
    (void)sim_simtime_add_years(0, 8100);
}

Test(simtime, formats_show_no_more_than_is_there_and_parse_back)
{
    shows(at("2026-01-01"), "2026-01-01 00:00");
    shows(at("2026-01-01 06:30:15"), "2026-01-01 06:30:15");
    shows(at("2026-01-01 06:30:00.5"), "2026-01-01 06:30:00.500000");
    shows(SIM_TIME_NEVER, "never");
    shows(SIM_TIME_LAST, "after 9999");
    shows(SIM_TIME_FIRST - 1, "before 1600");
    char text[SIM_SIMTIME_TEXT];
    for (sim_time t = SIM_TIME_FIRST; t < SIM_TIME_LAST; t += INT64_C(98765432123456)) {
        cr_assert(at(sim_simtime_format(t, text)) == t && at(sim_simtime_format_iso(t, text)) == t);
    }
    cr_assert(eq(str, sim_simtime_format_date(at("2026-02-03 04:05"), text), "2026-02-03"));
    cr_assert(eq(str, sim_simtime_format_iso(at("2026-02-03"), text), "2026-02-03T00:00:00"));
    cr_assert(eq(str, sim_simtime_format_duration(span("2 days") + span("210 min"), text),
                 "2 d 03:30:00"));
    cr_assert(eq(str, sim_simtime_format_duration(-1500000, text), "-00:00:01.500000"));
    cr_assert(
        eq(str, sim_simtime_format_offset(-(3 * SIM_TIME_H + 30 * SIM_TIME_MIN), text), "-03:30"));
}

Test(simtime, wrong_dates_are_refused_with_the_reason)
{
    static const char *const cases[][2] = {
        {"2026-13-01", "month 13 does not exist"},
        {"2026-02-29", "2026-02 has 28 days"},
        {"2026-1-1", "is not a date"},
        {"01/02/2026", "is not a date"},
        {"2026-01-01 25:00", "no clock time"},
        {"2026-01-01 24:01", "no clock time"},
        {"2026-01-01 06:30:60", "no clock time"},
        {"2026-01-01 06", "is not a date"},
        {"2026-01-01 06:30:15.1234567", "is not a date"},
        {"2026-01-01x", "is not a date"},
        {"1599-01-01", "1600..9999"},
        {"", "is not a date"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sim_err err = {0};
        sim_time t = 0;
        cr_assert(sim_simtime_parse(cases[i][0], &t, &err) == SIM_INPUT, "%s", cases[i][0]);
        cr_assert(strstr(err.text, cases[i][1]) != NULL, "%s: %s", cases[i][0], err.text);
    }
}

Test(simtime, durations_are_exact_and_a_year_has_365_days)
{
    cr_assert(span("90 min") == 90 * SIM_TIME_MIN && span("1.5 h") == 90 * SIM_TIME_MIN);
    cr_assert(span("2 weeks") == 14 * SIM_TIME_DAY && span("5days") == 5 * SIM_TIME_DAY);
    cr_assert(span("20 years") == 20 * 365 * SIM_TIME_DAY);
    cr_assert(span("0.1 s") == 100000 && span("1e-6 s") == 1 && span("0 s") == 0);
    cr_assert(span("0.0000015 s") == 2 && span("0.0000025 s") == 2); // ties to even
}

Test(simtime, wrong_durations_are_refused_with_the_remedy)
{
    static const char *const cases[][2] = {
        {"3 months", "\"90 days\""}, {"3", "is not a duration"},          {"h", "number"},
        {"-1 h", "negative"},        {"1 h 30 min", "is not a duration"}, {"1,5 h", "decimal"},
        {"9000 years", "8400"},      {"5 H", "is not a duration"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sim_err err = {0};
        sim_time t = 0;
        cr_assert(sim_simtime_parse_duration(cases[i][0], &t, &err) == SIM_INPUT, "%s",
                  cases[i][0]);
        cr_assert(strstr(err.text, cases[i][1]) != NULL, "%s: %s", cases[i][0], err.text);
    }
}

Test(simtime, offsets_from_utc_are_fixed)
{
    struct sim_err err = {0};
    sim_time t = 0;
    cr_assert(sim_simtime_parse_offset("+07:00", &t, &err) == SIM_OK && t == 7 * SIM_TIME_H);
    cr_assert(sim_simtime_parse_offset("-03:30", &t, &err) == SIM_OK && t == -210 * SIM_TIME_MIN);
    cr_assert(sim_simtime_parse_offset("Z", &t, &err) == SIM_OK && t == 0);
    cr_assert(sim_simtime_parse_offset("7", &t, &err) == SIM_INPUT);
    cr_assert(sim_simtime_parse_offset("+7:00", &t, &err) == SIM_INPUT);
    cr_assert(sim_simtime_parse_offset("+15:00", &t, &err) == SIM_INPUT);
    cr_assert(sim_simtime_parse_offset("+07:60", &t, &err) == SIM_INPUT);
}

Test(simtime, seconds_round_to_nearest_or_up)
{
    cr_assert(sim_simtime_from_seconds(1.5e-6) == 2 && sim_simtime_from_seconds(2.5e-6) == 2);
    cr_assert(sim_simtime_from_seconds(-0.1) == -100000);
    cr_assert(sim_simtime_from_seconds_up(1.1e-6) == 2 &&
              sim_simtime_from_seconds_up(1.0) == 1000000);
    cr_assert(sim_simtime_from_seconds(1e300) == SIM_TIME_NEVER);
    cr_assert(sim_simtime_from_seconds(HUGE_VAL) == SIM_TIME_NEVER);
    cr_assert(sim_simtime_from_seconds(-1e300) == -SIM_TIME_NEVER);
    cr_assert(sim_simtime_to_seconds(SIM_TIME_NEVER) == HUGE_VAL);
    cr_assert(sim_simtime_to_seconds(8784 * SIM_TIME_H) == 31622400.0);
}

Test(simtime, spans_of_the_calendar_start_and_follow)
{
    static const struct {
        enum sim_simtime_span span;
        const char *start, *next;
    } wanted[] = {{SIM_SIMTIME_SPAN_DAY, "2026-01-01 00:00", "2026-01-02 00:00"},
                  {SIM_SIMTIME_SPAN_WEEK, "2025-12-29 00:00", "2026-01-05 00:00"},
                  {SIM_SIMTIME_SPAN_MONTH, "2026-01-01 00:00", "2026-02-01 00:00"},
                  {SIM_SIMTIME_SPAN_YEAR, "2026-01-01 00:00", "2027-01-01 00:00"}};
    for (int i = 0; i < SIM_COUNT(wanted); i++) {
        char text[SIM_SIMTIME_TEXT];
        const sim_time now = sim_simtime_date(2026, 1, 1) + SIM_TIME_H; // a Thursday
        const sim_time start = sim_simtime_span_start(wanted[i].span, now);
        cr_expect(eq(str, sim_simtime_format(start, text), (char *)wanted[i].start));
        const sim_time next = sim_simtime_span_next(wanted[i].span, start);
        cr_expect(eq(str, sim_simtime_format(next, text), (char *)wanted[i].next));
    }
    enum sim_simtime_span span;
    cr_expect(sim_simtime_span_of(2628000, &span));
    cr_expect(eq(int, (int)span, (int)SIM_SIMTIME_SPAN_MONTH));
    cr_expect(not(sim_simtime_span_of(3600, &span)));
}
