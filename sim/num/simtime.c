// SPDX-License-Identifier: MIT
#include "sim/num/simtime.h"

#include "sim/num/units.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const int days_before_month[13] = {0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0 ? 1 : 0);
}

bool sim_simtime_is_leap_year(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int sim_simtime_days_in_month(int year, int month)
{
    SIM_REQUIRE(month >= 1 && month <= 12, "a month is 1..12");
    if (month == 2) {
        return sim_simtime_is_leap_year(year) ? 29 : 28;
    }
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/** Days from 1970-01-01 to 1 January of `year`; year 1600..10000. */
static int64_t days_to_year(int year)
{
    const int64_t y = year - 1;
    return 365 * (int64_t)(year - 1970) + (y / 4 - y / 100 + y / 400) - 477; // 477: up to 1969
}

static int day_of_year(int year, int month, int day)
{
    return days_before_month[month] + day + (month > 2 && sim_simtime_is_leap_year(year) ? 1 : 0);
}

static int year_of_day(int64_t day)
{
    int year = 1970 + (int)floor_div(day, 365); // too late by at most 3 years in 9999 .. 1600
    while (days_to_year(year) > day) {
        year--;
    }
    while (days_to_year(year + 1) <= day) {
        year++;
    }
    return year;
}

static bool has_date(sim_time t)
{
    return t >= SIM_TIME_FIRST && t < SIM_TIME_LAST;
}

struct sim_simtime_civil sim_simtime_civil(sim_time t)
{
    SIM_REQUIRE(has_date(t), "a date wants a time in the years 1600..9999");
    const int64_t day = floor_div(t, SIM_TIME_DAY);
    const int64_t rest = t - day * SIM_TIME_DAY;
    const int year = year_of_day(day);
    const int in_year = (int)(day - days_to_year(year)) + 1;
    int month = 12;
    while (day_of_year(year, month, 1) > in_year) {
        month--;
    }
    return (struct sim_simtime_civil){
        .year = year,
        .month = month,
        .day = in_year - day_of_year(year, month, 1) + 1,
        .hour = (int)(rest / SIM_TIME_H),
        .minute = (int)(rest / SIM_TIME_MIN % 60),
        .second = (int)(rest / SIM_TIME_S % 60),
        .microsecond = (int)(rest % SIM_TIME_S),
    };
}

sim_time sim_simtime_date(int year, int month, int day)
{
    SIM_REQUIRE(year >= 1600 && year <= 9999, "a year is 1600..9999");
    SIM_REQUIRE(day >= 1 && day <= sim_simtime_days_in_month(year, month), "no such day");
    return (days_to_year(year) + day_of_year(year, month, day) - 1) * SIM_TIME_DAY;
}

sim_time sim_simtime_from_civil(struct sim_simtime_civil c)
{
    SIM_REQUIRE(c.hour >= 0 && c.hour <= 23 && c.minute >= 0 && c.minute <= 59 && c.second >= 0 &&
                    c.second <= 59 && c.microsecond >= 0 && c.microsecond <= 999999,
                "no such clock time");
    return sim_simtime_date(c.year, c.month, c.day) + c.hour * SIM_TIME_H +
           c.minute * SIM_TIME_MIN + c.second * SIM_TIME_S + c.microsecond;
}

int sim_simtime_weekday(sim_time t)
{
    const int64_t day = floor_div(t, SIM_TIME_DAY) + 3; // 1970-01-01 was a Thursday
    return (int)(day - 7 * floor_div(day, 7));
}

int sim_simtime_day_of_year(sim_time t)
{
    return (int)((t - sim_simtime_start_of_year(t)) / SIM_TIME_DAY) + 1;
}

sim_time sim_simtime_start_of_day(sim_time t)
{
    return floor_div(t, SIM_TIME_DAY) * SIM_TIME_DAY;
}

sim_time sim_simtime_start_of_month(sim_time t)
{
    const struct sim_simtime_civil c = sim_simtime_civil(t);
    return sim_simtime_date(c.year, c.month, 1);
}

sim_time sim_simtime_start_of_year(sim_time t)
{
    SIM_REQUIRE(has_date(t), "a year wants a time in the years 1600..9999");
    return days_to_year(year_of_day(floor_div(t, SIM_TIME_DAY))) * SIM_TIME_DAY;
}

sim_time sim_simtime_next_day(sim_time t)
{
    return sim_simtime_start_of_day(t) + SIM_TIME_DAY;
}

sim_time sim_simtime_next_month(sim_time t)
{
    const struct sim_simtime_civil c = sim_simtime_civil(t);
    return sim_simtime_date(c.year, c.month, 1) +
           sim_simtime_days_in_month(c.year, c.month) * SIM_TIME_DAY;
}

sim_time sim_simtime_next_year(sim_time t)
{
    SIM_REQUIRE(has_date(t), "a year wants a time in the years 1600..9999");
    return days_to_year(year_of_day(floor_div(t, SIM_TIME_DAY)) + 1) * SIM_TIME_DAY;
}

sim_time sim_simtime_span_start(enum sim_simtime_span span, sim_time t)
{
    switch (span) {
    case SIM_SIMTIME_SPAN_DAY:
        break;
    case SIM_SIMTIME_SPAN_WEEK:
        return sim_simtime_start_of_day(t) - sim_simtime_weekday(t) * SIM_TIME_DAY;
    case SIM_SIMTIME_SPAN_MONTH:
        return sim_simtime_start_of_month(t);
    case SIM_SIMTIME_SPAN_YEAR:
        return sim_simtime_start_of_year(t);
    }
    return sim_simtime_start_of_day(t);
}

sim_time sim_simtime_span_next(enum sim_simtime_span span, sim_time t)
{
    switch (span) {
    case SIM_SIMTIME_SPAN_DAY:
        break;
    case SIM_SIMTIME_SPAN_WEEK:
        return sim_simtime_span_start(span, t) + SIM_TIME_WEEK;
    case SIM_SIMTIME_SPAN_MONTH:
        return sim_simtime_next_month(t);
    case SIM_SIMTIME_SPAN_YEAR:
        return sim_simtime_next_year(t);
    }
    return sim_simtime_next_day(t);
}

const char *sim_simtime_span_name(enum sim_simtime_span span)
{
    static const char *const names[] = {"day", "week", "month", "year"};
    return names[span];
}

bool sim_simtime_span_of(double seconds, enum sim_simtime_span *out)
{
    static const double lengths[] = {86400, 7 * 86400.0, 730 * 3600.0, 365 * 86400.0};
    for (int i = 0; i < SIM_COUNT(lengths); i++) {
        if (seconds == lengths[i]) {
            *out = (enum sim_simtime_span)i;
            return true;
        }
    }
    return false;
}

sim_time sim_simtime_add_months(sim_time t, int months)
{
    struct sim_simtime_civil c = sim_simtime_civil(t);
    const int64_t count = 12 * (int64_t)c.year + (c.month - 1) + months;
    const int64_t year = floor_div(count, 12);
    SIM_REQUIRE(year >= 1600 && year <= 9999, "the sum leaves the years 1600..9999");
    c.year = (int)year;
    c.month = (int)(count - 12 * year) + 1;
    const int last = sim_simtime_days_in_month(c.year, c.month);
    c.day = c.day < last ? c.day : last;
    return sim_simtime_from_civil(c);
}

sim_time sim_simtime_add_years(sim_time t, int years)
{
    SIM_REQUIRE(years > -10000 && years < 10000, "the sum leaves the years 1600..9999");
    return sim_simtime_add_months(t, 12 * years);
}

// ---- reading ----

static const char *skip_spaces(const char *p)
{
    while (*p == ' ' || *p == '\t') {
        p++;
    }
    return p;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/** Exactly `digits` digits; moves *p behind them. */
static bool read_digits(const char **p, int digits, int *out)
{
    int value = 0;
    for (int i = 0; i < digits; i++) {
        if (!is_digit((*p)[i])) {
            return false;
        }
        value = 10 * value + ((*p)[i] - '0');
    }
    *p += digits;
    *out = value;
    return true;
}

static bool read_char(const char **p, char wanted)
{
    if (**p != wanted) {
        return false;
    }
    (*p)++;
    return true;
}

static bool read_date(const char **p, struct sim_simtime_civil *c)
{
    return read_digits(p, 4, &c->year) && read_char(p, '-') && read_digits(p, 2, &c->month) &&
           read_char(p, '-') && read_digits(p, 2, &c->day);
}

/** Behind the seconds: ".25". */
static bool read_fraction(const char **p, int *microsecond)
{
    int scale = 100000;
    *microsecond = 0;
    if (!is_digit(**p)) {
        return false;
    }
    while (is_digit(**p) && scale > 0) {
        *microsecond += scale * (**p - '0');
        scale /= 10;
        (*p)++;
    }
    return !is_digit(**p);
}

/** "06:30[:15[.25]]" */
static bool read_clock(const char **p, struct sim_simtime_civil *c)
{
    if (!read_digits(p, 2, &c->hour) || !read_char(p, ':') || !read_digits(p, 2, &c->minute)) {
        return false;
    }
    if (!read_char(p, ':')) {
        return true;
    }
    if (!read_digits(p, 2, &c->second)) {
        return false;
    }
    return !read_char(p, '.') || read_fraction(p, &c->microsecond);
}

static enum sim_status check_date(const char *text, const struct sim_simtime_civil *c,
                                  struct sim_err *err)
{
    if (c->year < 1600) {
        return sim_err_set(err, SIM_INPUT, "'%s': the year must be in 1600..9999", text);
    }
    if (c->month < 1 || c->month > 12) {
        return sim_err_set(err, SIM_INPUT,
                           "'%s': month %d does not exist; a date is year-month-day", text,
                           c->month);
    }
    const int last = sim_simtime_days_in_month(c->year, c->month);
    if (c->day < 1 || c->day > last) {
        return sim_err_set(err, SIM_INPUT, "'%s': day %d does not exist; %04d-%02d has %d days",
                           text, c->day, c->year, c->month, last);
    }
    return SIM_OK;
}

enum sim_status sim_simtime_parse(const char *text, sim_time *out, struct sim_err *err)
{
    struct sim_simtime_civil c = {0};
    const char *p = skip_spaces(text);
    bool is_fine = read_date(&p, &c);
    if (is_fine && (*p == 'T' || *p == ' ') && *skip_spaces(p) != '\0') {
        p = skip_spaces(p + 1);
        is_fine = read_clock(&p, &c);
    }
    if (!is_fine || *skip_spaces(p) != '\0') {
        return sim_err_set(err, SIM_INPUT,
                           "'%s' is not a date; write \"2026-01-31\" or \"2026-01-31 06:30\" "
                           "(year-month-day, local time)",
                           text);
    }
    SIM_TRY(check_date(text, &c, err));
    const bool is_midnight_after =
        c.hour == 24 && c.minute == 0 && c.second == 0 && c.microsecond == 0;
    if (!is_midnight_after && (c.hour > 23 || c.minute > 59 || c.second > 59)) {
        return sim_err_set(err, SIM_INPUT,
                           "'%s': %02d:%02d:%02d is no clock time; hours go to 23 (or 24:00), "
                           "minutes and seconds to 59",
                           text, c.hour, c.minute, c.second);
    }
    const int hour = c.hour;
    c.hour = 0;
    *out = sim_simtime_from_civil(c) + hour * SIM_TIME_H;
    return SIM_OK;
}

static const struct {
    const char *name;
    sim_time span;
} span_names[] = {
    {"s", SIM_TIME_S},        {"second", SIM_TIME_S},   {"seconds", SIM_TIME_S},
    {"min", SIM_TIME_MIN},    {"minute", SIM_TIME_MIN}, {"minutes", SIM_TIME_MIN},
    {"h", SIM_TIME_H},        {"hour", SIM_TIME_H},     {"hours", SIM_TIME_H},
    {"day", SIM_TIME_DAY},    {"days", SIM_TIME_DAY},   {"d", SIM_TIME_DAY},
    {"week", SIM_TIME_WEEK},  {"weeks", SIM_TIME_WEEK}, {"year", SIM_TIME_YEAR},
    {"years", SIM_TIME_YEAR}, {"ms", SIM_TIME_MS},      {"us", 1},
};

/** The span that `name`, with spaces after it, stands for; 0: none. */
static sim_time span_of(const char *name)
{
    size_t length = strlen(name);
    while (length > 0 && (name[length - 1] == ' ' || name[length - 1] == '\t')) {
        length--;
    }
    for (int i = 0; i < SIM_COUNT(span_names); i++) {
        if (strlen(span_names[i].name) == length &&
            strncmp(span_names[i].name, name, length) == 0) {
            return span_names[i].span;
        }
    }
    return 0;
}

enum sim_status sim_simtime_parse_duration(const char *text, sim_time *out, struct sim_err *err)
{
    double value = 0;
    const char *unit = NULL;
    SIM_TRY(sim_units_parse_number(text, &value, &unit, err));
    if (strncmp(unit, "month", 5) == 0) {
        return sim_err_set(err, SIM_INPUT,
                           "'%s': months differ in length, so they are no duration; write days or "
                           "weeks, for example \"%g days\"",
                           text, 30 * value);
    }
    const sim_time span = span_of(unit);
    if (span == 0) {
        return sim_err_set(
            err, SIM_INPUT,
            "'%s' is not a duration; write a number and one of s, min, h, day, week, "
            "year, for example \"90 min\"",
            text);
    }
    if (value < 0) {
        return sim_err_set(err, SIM_INPUT, "'%s': a duration cannot be negative", text);
    }
    const double us = value * (double)span;
    if (us > (double)(SIM_TIME_LAST - SIM_TIME_FIRST)) {
        return sim_err_set(err, SIM_INPUT, "'%s' is longer than 8400 years", text);
    }
    *out = (sim_time)nearbyint(us);
    return SIM_OK;
}

enum sim_status sim_simtime_parse_offset(const char *text, sim_time *out, struct sim_err *err)
{
    const char *p = skip_spaces(text);
    if (*p == 'Z' && *skip_spaces(p + 1) == '\0') {
        *out = 0;
        return SIM_OK;
    }
    const bool is_west = *p == '-';
    int hours = 0;
    int minutes = 0;
    if ((*p != '+' && *p != '-') || (p++, !read_digits(&p, 2, &hours)) || !read_char(&p, ':') ||
        !read_digits(&p, 2, &minutes) || *skip_spaces(p) != '\0') {
        return sim_err_set(err, SIM_INPUT,
                           "'%s' is not an offset from UTC; write \"+07:00\" or \"-03:30\"", text);
    }
    if (minutes > 59 || hours * 60 + minutes > 14 * 60) {
        return sim_err_set(err, SIM_INPUT, "'%s': an offset from UTC is at most 14:00", text);
    }
    const sim_time offset = hours * SIM_TIME_H + minutes * SIM_TIME_MIN;
    *out = is_west ? -offset : offset;
    return SIM_OK;
}

// ---- writing ----

/** "never" and the like for what has no date; false: it has one. */
static bool format_without_date(sim_time t, char out[SIM_SIMTIME_TEXT])
{
    if (has_date(t)) {
        return false;
    }
    (void)snprintf(out, SIM_SIMTIME_TEXT, "%s",
                   t == SIM_TIME_NEVER  ? "never"
                   : t >= SIM_TIME_LAST ? "after 9999"
                                        : "before 1600");
    return true;
}

char *sim_simtime_format(sim_time t, char out[SIM_SIMTIME_TEXT])
{
    if (format_without_date(t, out)) {
        return out;
    }
    const struct sim_simtime_civil c = sim_simtime_civil(t);
    int n = snprintf(out, SIM_SIMTIME_TEXT, "%04d-%02d-%02d %02d:%02d", c.year, c.month, c.day,
                     c.hour, c.minute);
    if (c.second != 0 || c.microsecond != 0) {
        n += snprintf(out + n, (size_t)(SIM_SIMTIME_TEXT - n), ":%02d", c.second);
    }
    if (c.microsecond != 0) {
        (void)snprintf(out + n, (size_t)(SIM_SIMTIME_TEXT - n), ".%06d", c.microsecond);
    }
    return out;
}

char *sim_simtime_format_date(sim_time t, char out[SIM_SIMTIME_TEXT])
{
    if (!format_without_date(t, out)) {
        const struct sim_simtime_civil c = sim_simtime_civil(t);
        (void)snprintf(out, SIM_SIMTIME_TEXT, "%04d-%02d-%02d", c.year, c.month, c.day);
    }
    return out;
}

char *sim_simtime_format_iso(sim_time t, char out[SIM_SIMTIME_TEXT])
{
    if (format_without_date(t, out)) {
        return out;
    }
    const struct sim_simtime_civil c = sim_simtime_civil(t);
    const int n = snprintf(out, SIM_SIMTIME_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d", c.year, c.month,
                           c.day, c.hour, c.minute, c.second);
    if (c.microsecond != 0) {
        (void)snprintf(out + n, (size_t)(SIM_SIMTIME_TEXT - n), ".%06d", c.microsecond);
    }
    return out;
}

char *sim_simtime_format_duration(sim_time span, char out[SIM_SIMTIME_TEXT])
{
    if (span == SIM_TIME_NEVER) {
        (void)snprintf(out, SIM_SIMTIME_TEXT, "for ever");
        return out;
    }
    const char *sign = span < 0 ? "-" : "";
    const uint64_t us = span < 0 ? 0 - (uint64_t)span : (uint64_t)span;
    const uint64_t days = us / (uint64_t)SIM_TIME_DAY;
    const uint64_t seconds = us / (uint64_t)SIM_TIME_S % 86400;
    const unsigned fraction = (unsigned)(us % (uint64_t)SIM_TIME_S);
    int n = 0;
    if (days > 0) {
        n = snprintf(out, SIM_SIMTIME_TEXT, "%s%llu d ", sign, (unsigned long long)days);
        sign = "";
    }
    n += snprintf(out + n, (size_t)(SIM_SIMTIME_TEXT - n), "%s%02u:%02u:%02u", sign,
                  (unsigned)(seconds / 3600), (unsigned)(seconds / 60 % 60),
                  (unsigned)(seconds % 60));
    if (fraction != 0) {
        (void)snprintf(out + n, (size_t)(SIM_SIMTIME_TEXT - n), ".%06u", fraction);
    }
    return out;
}

char *sim_simtime_format_offset(sim_time offset, char out[SIM_SIMTIME_TEXT])
{
    const int minutes = (int)((offset < 0 ? -offset : offset) / SIM_TIME_MIN);
    (void)snprintf(out, SIM_SIMTIME_TEXT, "%c%02d:%02d", offset < 0 ? '-' : '+', minutes / 60 % 100,
                   minutes % 60);
    return out;
}

// ---- seconds ----

static sim_time to_count(double us)
{
    if (us >= 0x1p63) {
        return SIM_TIME_NEVER;
    }
    return us <= -0x1p63 ? -SIM_TIME_NEVER : (sim_time)us;
}

sim_time sim_simtime_from_seconds(double seconds)
{
    SIM_REQUIRE(seconds == seconds, "a time that is not a number");
    return to_count(nearbyint(seconds * 1e6));
}

sim_time sim_simtime_from_seconds_up(double seconds)
{
    SIM_REQUIRE(seconds == seconds, "a time that is not a number");
    return to_count(ceil(seconds * 1e6));
}

double sim_simtime_to_seconds(sim_time span)
{
    return span == SIM_TIME_NEVER ? HUGE_VAL : (double)span / 1e6;
}
