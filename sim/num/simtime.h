/** @file
 * Time: an integer count of microseconds on the local wall clock.
 *
 * Zero is 1970-01-01 00:00 local time. There is no daylight saving and no leap second, so a day
 * is always 24 h and sums and differences are exact: two events that should fall together do.
 * Dates are Gregorian, years 1600 to 9999. A duration "year" is 365 days and "month" is no
 * duration at all (months differ); months and years of the calendar are added by their own
 * functions. The offset from UTC is a fact about the park, never part of an instant.
 *
 * Floor 1. Pure; thread-safe.
 */
#ifndef SIM_NUM_SIMTIME_H
#define SIM_NUM_SIMTIME_H

#include "sim/base/base.h"
#include "sim/base/err.h"

typedef int64_t sim_time; // [us] since 1970-01-01 00:00 local; durations too

#define SIM_TIME_NEVER INT64_MAX // later than everything
#define SIM_TIME_MS    INT64_C(1000)
#define SIM_TIME_S     INT64_C(1000000)
#define SIM_TIME_MIN   (60 * SIM_TIME_S)
#define SIM_TIME_H     (60 * SIM_TIME_MIN)
#define SIM_TIME_DAY   (24 * SIM_TIME_H)
#define SIM_TIME_WEEK  (7 * SIM_TIME_DAY)
#define SIM_TIME_YEAR  (365 * SIM_TIME_DAY) // as a unit; calendar years differ

#define SIM_TIME_FIRST INT64_C(-11676096000000000) // 1600-01-01 00:00
#define SIM_TIME_LAST  INT64_C(253402300800000000) // 10000-01-01 00:00, the first instant beyond

/** What a wall clock and a calendar on the wall show. */
struct sim_simtime_civil {
    int year;        // 1600..9999
    int month;       // 1..12
    int day;         // 1..31
    int hour;        // 0..23
    int minute;      // 0..59
    int second;      // 0..59
    int microsecond; // 0..999999
};

struct sim_simtime_civil sim_simtime_civil(sim_time t);
sim_time sim_simtime_from_civil(struct sim_simtime_civil c); // fields must be in range
sim_time sim_simtime_date(int year, int month, int day);     // its midnight; must be a date

bool sim_simtime_is_leap_year(int year);
int sim_simtime_days_in_month(int year, int month); // month 1..12
int sim_simtime_weekday(sim_time t);                // 0 Monday .. 6 Sunday
int sim_simtime_day_of_year(sim_time t);            // 1..366

sim_time sim_simtime_start_of_day(sim_time t);
sim_time sim_simtime_start_of_month(sim_time t);
sim_time sim_simtime_start_of_year(sim_time t);
sim_time sim_simtime_next_day(sim_time t); // the first midnight after t
sim_time sim_simtime_next_month(sim_time t);
sim_time sim_simtime_next_year(sim_time t);

/** Spans of the calendar on the wall. As durations months and years differ. */
enum sim_simtime_span {
    SIM_SIMTIME_SPAN_DAY,  // from midnight
    SIM_SIMTIME_SPAN_WEEK, // from Monday
    SIM_SIMTIME_SPAN_MONTH,
    SIM_SIMTIME_SPAN_YEAR
};

sim_time sim_simtime_span_start(enum sim_simtime_span span, sim_time t); // of the one with t in it
sim_time sim_simtime_span_next(enum sim_simtime_span span, sim_time t);  // first start after t
const char *sim_simtime_span_name(enum sim_simtime_span span);           // "day"

/** The span whose length as a unit (a month of 730 h, a year of 365 days) is `seconds`, exactly. */
bool sim_simtime_span_of(double seconds, enum sim_simtime_span *out);

/** The same day and clock `months` (negative: before) away; a day that is not there becomes the
 * last of its month: 2026-01-31 + 1 month is 2026-02-28. Kept within years 1600..9999. */
sim_time sim_simtime_add_months(sim_time t, int months);
sim_time sim_simtime_add_years(sim_time t, int years); // 02-29 becomes 02-28 where it must

/** "2026-01-01", "2026-01-01 06:30", "2026-01-01T06:30:15.250": up to six decimals of a second;
 * "24:00" is the next midnight. SIM_INPUT with what would be right. */
enum sim_status sim_simtime_parse(const char *text, sim_time *out,
                                  struct sim_err *err) SIM_MUST_USE;

/** "90 min", "1.5 h", "2 weeks", "5 days", "20 years", "1 h 30 min" is refused; never negative;
 * rounded to the nearest microsecond (ties to even). Months are refused with the remedy. */
enum sim_status sim_simtime_parse_duration(const char *text, sim_time *out,
                                           struct sim_err *err) SIM_MUST_USE;

/** "+07:00", "-03:30", "Z": a fixed offset of at most 14 h, as a duration (local minus UTC). */
enum sim_status sim_simtime_parse_offset(const char *text, sim_time *out,
                                         struct sim_err *err) SIM_MUST_USE;

#define SIM_SIMTIME_TEXT 40 // bytes that any of the formats below needs

/** "2026-01-01 06:30", with ":15" and ".250000" only when they are not zero; "never". Outside
 * the years 1600..9999 "before 1600" and "after 9999". Returns out. */
char *sim_simtime_format(sim_time t, char out[SIM_SIMTIME_TEXT]);
char *sim_simtime_format_date(sim_time t, char out[SIM_SIMTIME_TEXT]); // "2026-01-01"
char *sim_simtime_format_iso(sim_time t, char out[SIM_SIMTIME_TEXT]);  // "2026-01-01T06:30:15"
char *sim_simtime_format_duration(sim_time span, char out[SIM_SIMTIME_TEXT]); // "2 d 03:30:00"
char *sim_simtime_format_offset(sim_time offset, char out[SIM_SIMTIME_TEXT]); // "+07:00"

/** Nearest microsecond, ties to even. NaN is a bug; beyond what fits gives +-SIM_TIME_NEVER. */
sim_time sim_simtime_from_seconds(double seconds);

/** The first microsecond not before `seconds`: an event computed so never comes early. */
sim_time sim_simtime_from_seconds_up(double seconds);

/** Correctly rounded quotient (exact below 2^53 us, 285 years); SIM_TIME_NEVER gives infinity. */
double sim_simtime_to_seconds(sim_time span);

#endif
