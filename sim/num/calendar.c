// SPDX-License-Identifier: MIT
#include "sim/num/calendar.h"

#include "sim/base/vec.h"

#include <stdlib.h>
#include <string.h>

// 400 Gregorian years: 146,097 days, a whole number of weeks.
#define CYCLE       (INT64_C(146097) * SIM_TIME_DAY)
#define CYCLE_START sim_simtime_date(2000, 1, 1)

// Weeks count from Monday 1969-12-29.
#define WEEK_START (-3 * SIM_TIME_DAY)

/** [start, end); `before` is what is summed over all earlier ones. */
struct span {
    sim_time start, end;
    sim_time before;
};

struct spans {
    SIM_VEC(struct span) v;
    sim_time total;
};

struct yearly {
    int month, day;
    sim_time clock;  // after that day's midnight
    sim_time length; // below a year
};

struct sim_calendar {
    struct spans week;  // open, within [0, WEEK), offsets from Monday 00:00; `before` is open time
    struct spans years; // closed each year, within [0, CYCLE]; `before` is weekly open time in them
    struct spans dates; // closed dates less `years`; `before` as for years
    SIM_VEC(struct yearly) yearly;
    bool is_sealed;
};

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0 ? 1 : 0);
}

struct sim_calendar *sim_calendar_create(void)
{
    return sim_base_alloc(1, sizeof(struct sim_calendar));
}

void sim_calendar_destroy(struct sim_calendar *c)
{
    if (c != NULL) {
        SIM_VEC_FREE(&c->week.v);
        SIM_VEC_FREE(&c->years.v);
        SIM_VEC_FREE(&c->dates.v);
        SIM_VEC_FREE(&c->yearly);
        free(c);
    }
}

// ---- reading ----

static const char *skip_spaces(const char *p)
{
    return p + strspn(p, " \t");
}

static bool read_word(const char **p, const char *word)
{
    const size_t length = strlen(word);
    if (strncmp(*p, word, length) != 0) {
        return false;
    }
    *p += length;
    return true;
}

/** One or two digits, at most `most`; -1 when there are none. */
static int read_small(const char **p, int most)
{
    int value = 0;
    int digits = 0;
    for (; digits < 2 && **p >= '0' && **p <= '9'; digits++) {
        value = 10 * value + (*(*p)++ - '0');
    }
    return digits == 0 || value > most ? -1 : value;
}

/** "06:30", at most 24:00; -1 when it is none. */
static sim_time read_clock(const char **p)
{
    const int hour = read_small(p, 24);
    if (hour < 0 || !read_word(p, ":")) {
        return -1;
    }
    const char *start = *p;
    const int minute = read_small(p, 59);
    if (minute < 0 || *p - start != 2 || (hour == 24 && minute > 0)) {
        return -1;
    }
    return hour * SIM_TIME_H + minute * SIM_TIME_MIN;
}

static int read_weekday(const char **p)
{
    static const char *const names[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    for (int i = 0; i < 7; i++) {
        if (read_word(p, names[i])) {
            return i;
        }
    }
    return -1;
}

/** "Mon-Sat", "Sat,Sun", "Fri-Mon" (over Sunday): marks the days. */
static bool read_days(const char **p, bool days[7])
{
    do {
        *p = skip_spaces(*p);
        const int first = read_weekday(p);
        int last = first;
        if (first >= 0 && read_word(p, "-")) {
            last = read_weekday(p);
        }
        if (first < 0 || last < 0) {
            return false;
        }
        for (int day = first; days[day] = true, day != last;) {
            day = (day + 1) % 7;
        }
        *p = skip_spaces(*p);
    } while (read_word(p, ","));
    return true;
}

static void add_span(struct spans *s, sim_time start, sim_time end)
{
    if (start < end) {
        SIM_VEC_PUSH(&s->v, (struct span){.start = start, .end = end});
    }
}

/** Spans that run over the end of [0, length) are cut in two. */
static void add_wrapped(struct spans *s, sim_time start, sim_time end, sim_time length)
{
    add_span(s, start, end < length ? end : length);
    add_span(s, 0, end - length);
}

enum sim_status sim_calendar_add_open(struct sim_calendar *c, const char *text, struct sim_err *err)
{
    SIM_REQUIRE(!c->is_sealed, "a sealed calendar takes no lines");
    bool days[7] = {false};
    const char *p = text;
    bool is_fine = read_days(&p, days);
    p = skip_spaces(p);
    const sim_time from = is_fine ? read_clock(&p) : -1;
    is_fine = from >= 0 && read_word(&p, "-");
    const sim_time until = is_fine ? read_clock(&p) : -1;
    if (until < 0 || *skip_spaces(p) != '\0') {
        return sim_err_set(err, SIM_INPUT,
                           "'%s' is no opening hours; write \"Mon-Sat 06:00-22:00\" or "
                           "\"Sat,Sun 22:00-04:00\" (days Mon Tue Wed Thu Fri Sat Sun)",
                           text);
    }
    if (from == until || from == SIM_TIME_DAY) {
        return sim_err_set(err, SIM_INPUT,
                           "'%s' holds no time; a whole day is 00:00-24:00, and 22:00-04:00 runs "
                           "over midnight",
                           text);
    }
    const sim_time length = until - from + (until < from ? SIM_TIME_DAY : 0);
    for (int day = 0; day < 7; day++) {
        if (days[day]) {
            const sim_time start = day * SIM_TIME_DAY + from;
            add_wrapped(&c->week, start, start + length, SIM_TIME_WEEK);
        }
    }
    return SIM_OK;
}

/** A date alone, `length` letters at `p`. */
static enum sim_status read_date(const char *text, const char *p, size_t length, sim_time *out,
                                 struct sim_err *err)
{
    char date[16] = "";
    while (length > 0 && (p[length - 1] == ' ' || p[length - 1] == '\t')) {
        length--;
    }
    if (length == 10) {
        memcpy(date, p, length);
    }
    if (length != 10 || sim_simtime_parse(date, out, err) != SIM_OK) {
        if (length == 10) {
            return sim_err_wrap(err, "'%s'", text);
        }
        return sim_err_set(err, SIM_INPUT,
                           "'%s' is no closed time; write \"2026-02-14\" or "
                           "\"2026-02-14..2026-02-22\" (both days included)",
                           text);
    }
    return SIM_OK;
}

enum sim_status sim_calendar_read_closed(const char *text, sim_time *out_from, sim_time *out_until,
                                         struct sim_err *err)
{
    const char *first = skip_spaces(text);
    const char *dots = strstr(first, "..");
    const char *last = dots != NULL ? skip_spaces(dots + 2) : first;
    sim_time start = 0;
    sim_time end = 0;
    SIM_TRY(
        read_date(text, first, dots != NULL ? (size_t)(dots - first) : strlen(first), &start, err));
    SIM_TRY(read_date(text, last, strlen(last), &end, err));
    if (end < start) {
        return sim_err_set(err, SIM_INPUT, "'%s' ends before it starts", text);
    }
    *out_from = start;
    *out_until = end + SIM_TIME_DAY;
    return SIM_OK;
}

enum sim_status sim_calendar_add_closed(struct sim_calendar *c, const char *text,
                                        struct sim_err *err)
{
    SIM_REQUIRE(!c->is_sealed, "a sealed calendar takes no lines");
    sim_time start = 0;
    sim_time end = 0;
    SIM_TRY(sim_calendar_read_closed(text, &start, &end, err));
    add_span(&c->dates, start, end);
    return SIM_OK;
}

static enum sim_status not_yearly(const char *text, struct sim_err *err)
{
    return sim_err_set(err, SIM_INPUT,
                       "'%s' is no maintenance; write \"yearly 07-01 for 5 days\" or "
                       "\"yearly 07-01 06:00 for 36 h\" (month-day)",
                       text);
}

/** "yearly 07-01 [06:00] for", leaving *p at the duration. */
static bool read_yearly(const char **p, struct yearly *y)
{
    *p = skip_spaces(*p);
    if (!read_word(p, "yearly ")) {
        return false;
    }
    *p = skip_spaces(*p);
    y->month = read_small(p, 99);
    if (y->month < 0 || !read_word(p, "-")) {
        return false;
    }
    y->day = read_small(p, 99);
    *p = skip_spaces(*p);
    if (**p >= '0' && **p <= '9') {
        y->clock = read_clock(p);
        *p = skip_spaces(*p);
    }
    return y->day >= 0 && y->clock >= 0 && read_word(p, "for ");
}

enum sim_status sim_calendar_add_maintenance(struct sim_calendar *c, const char *text,
                                             struct sim_err *err)
{
    SIM_REQUIRE(!c->is_sealed, "a sealed calendar takes no lines");
    struct yearly y = {0};
    const char *p = text;
    if (!read_yearly(&p, &y)) {
        return not_yearly(text, err);
    }
    if (y.month < 1 || y.month > 12 || y.day < 1 ||
        y.day > sim_simtime_days_in_month(2001, y.month)) {
        return sim_err_set(err, SIM_INPUT, "'%s': %02d-%02d is not a day of every year", text,
                           y.month, y.day);
    }
    if (sim_simtime_parse_duration(p, &y.length, err) != SIM_OK) {
        return sim_err_wrap(err, "'%s'", text);
    }
    if (y.length <= 0 || y.length > 365 * SIM_TIME_DAY) {
        return sim_err_set(err, SIM_INPUT, "'%s': it must last above 0 and at most 365 days", text);
    }
    SIM_VEC_PUSH(&c->yearly, y);
    return SIM_OK;
}

// ---- sealing ----

static int by_start(const void *a, const void *b)
{
    const struct span *x = a;
    const struct span *y = b;
    return (x->start > y->start) - (x->start < y->start);
}

/** Sort, and join what touches. */
static void merge(struct spans *s)
{
    int count = 0;
    if (s->v.count > 1) {
        qsort(s->v.data, (size_t)s->v.count, sizeof *s->v.data, by_start);
    }
    for (int i = 0; i < s->v.count; i++) {
        const struct span next = s->v.data[i];
        if (count > 0 && next.start <= s->v.data[count - 1].end) {
            if (next.end > s->v.data[count - 1].end) {
                s->v.data[count - 1].end = next.end;
            }
        } else {
            s->v.data[count++] = next;
        }
    }
    s->v.count = count;
}

/** The last span that starts at or before x; -1. */
static int find_span(const struct spans *s, sim_time x)
{
    int low = -1;
    int high = s->v.count;
    while (high - low > 1) {
        const int middle = low + (high - low) / 2;
        if (s->v.data[middle].start <= x) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool is_within(const struct spans *s, sim_time x)
{
    const int i = find_span(s, x);
    return i >= 0 && x < s->v.data[i].end;
}

/** Weekly open time in [WEEK_START, t), negative before. */
static sim_time weekly_open(const struct sim_calendar *c, sim_time t)
{
    const int64_t week = floor_div(t - WEEK_START, SIM_TIME_WEEK);
    const sim_time x = t - WEEK_START - week * SIM_TIME_WEEK;
    const int i = find_span(&c->week, x);
    sim_time part = 0;
    if (i >= 0) {
        const struct span *s = &c->week.v.data[i];
        part = s->before + ((x < s->end ? x : s->end) - s->start);
    }
    return week * c->week.total + part;
}

/** Running totals of weekly open time; `origin` is the instant that offset 0 stands for. */
static void sum_open(const struct sim_calendar *c, struct spans *s, sim_time origin)
{
    s->total = 0;
    for (int i = 0; i < s->v.count; i++) {
        struct span *x = &s->v.data[i];
        x->before = s->total;
        s->total += weekly_open(c, origin + x->end) - weekly_open(c, origin + x->start);
    }
}

static void seal_week(struct sim_calendar *c)
{
    if (c->week.v.count == 0) {
        add_span(&c->week, 0, SIM_TIME_WEEK);
    }
    merge(&c->week);
    c->week.total = 0;
    for (int i = 0; i < c->week.v.count; i++) {
        struct span *s = &c->week.v.data[i];
        s->before = c->week.total;
        c->week.total += s->end - s->start;
    }
}

static void seal_years(struct sim_calendar *c)
{
    for (int i = 0; i < c->yearly.count; i++) {
        const struct yearly *y = &c->yearly.data[i];
        for (int year = 2000; year < 2400; year++) {
            const sim_time start =
                sim_simtime_date(year, y->month, y->day) + y->clock - CYCLE_START;
            add_wrapped(&c->years, start, start + y->length, CYCLE);
        }
    }
    merge(&c->years);
    sum_open(c, &c->years, CYCLE_START);
}

/** Offset of t within its cycle of 400 years; *out_base is what to add to come back. */
static sim_time in_cycle(sim_time t, sim_time *out_base)
{
    const sim_time since = t - CYCLE_START;
    const sim_time base = floor_div(since, CYCLE) * CYCLE;
    *out_base = base + CYCLE_START;
    return since - base;
}

/** The end of the yearly closure that holds t (t itself when none does), and the next start. */
static sim_time yearly_end(const struct sim_calendar *c, sim_time t)
{
    sim_time base;
    const sim_time x = in_cycle(t, &base);
    const int i = find_span(&c->years, x);
    return i >= 0 && x < c->years.v.data[i].end ? base + c->years.v.data[i].end : t;
}

static sim_time yearly_next_start(const struct sim_calendar *c, sim_time t)
{
    if (c->years.v.count == 0) {
        return SIM_TIME_NEVER;
    }
    sim_time base;
    const int i = find_span(&c->years, in_cycle(t, &base)) + 1;
    return i < c->years.v.count ? base + c->years.v.data[i].start
                                : base + CYCLE + c->years.v.data[0].start;
}

/** Closed dates, less the parts that are closed yearly anyway: no time is counted twice. */
static void seal_dates(struct sim_calendar *c)
{
    merge(&c->dates);
    struct spans cut = {0};
    for (int i = 0; i < c->dates.v.count; i++) {
        const sim_time end = c->dates.v.data[i].end;
        sim_time t = yearly_end(c, c->dates.v.data[i].start);
        while (t < end) {
            const sim_time closes = yearly_next_start(c, t);
            add_span(&cut, t, closes < end ? closes : end);
            t = closes < end ? yearly_end(c, closes) : end;
        }
    }
    SIM_VEC_FREE(&c->dates.v);
    c->dates = cut;
    sum_open(c, &c->dates, 0);
}

void sim_calendar_seal(struct sim_calendar *c)
{
    if (!c->is_sealed) {
        seal_week(c);
        seal_years(c);
        seal_dates(c);
        c->is_sealed = true;
    }
}

// ---- questions ----

static sim_time in_week(sim_time t)
{
    return t - WEEK_START - floor_div(t - WEEK_START, SIM_TIME_WEEK) * SIM_TIME_WEEK;
}

/** The end of the closure (dates or yearly) that holds t, t itself when none does. */
static sim_time closure_end(const struct sim_calendar *c, sim_time t)
{
    for (;;) {
        sim_time end = yearly_end(c, t);
        const int i = find_span(&c->dates, end);
        if (i >= 0 && end < c->dates.v.data[i].end) {
            end = c->dates.v.data[i].end;
        }
        if (end == t || end >= SIM_TIME_LAST) {
            return end;
        }
        t = end;
    }
}

static sim_time next_closure(const struct sim_calendar *c, sim_time t)
{
    const sim_time yearly = yearly_next_start(c, t);
    const int i = find_span(&c->dates, t) + 1;
    const sim_time dated = i < c->dates.v.count ? c->dates.v.data[i].start : SIM_TIME_NEVER;
    return yearly < dated ? yearly : dated;
}

/** t when the week is open then, else the next opening of the week. */
static sim_time weekly_next_open(const struct sim_calendar *c, sim_time t)
{
    const sim_time x = in_week(t);
    const int i = find_span(&c->week, x);
    if (i >= 0 && x < c->week.v.data[i].end) {
        return t;
    }
    return i + 1 < c->week.v.count ? t - x + c->week.v.data[i + 1].start
                                   : t - x + SIM_TIME_WEEK + c->week.v.data[0].start;
}

/** When the week closes that is open at t; SIM_TIME_NEVER. */
static sim_time weekly_close(const struct sim_calendar *c, sim_time t)
{
    if (c->week.total == SIM_TIME_WEEK) {
        return SIM_TIME_NEVER;
    }
    const sim_time x = in_week(t);
    const struct span *s = &c->week.v.data[find_span(&c->week, x)];
    if (s->end < SIM_TIME_WEEK || c->week.v.data[0].start > 0) {
        return t - x + s->end;
    }
    return t - x + SIM_TIME_WEEK + c->week.v.data[0].end; // Sunday runs into Monday
}

static sim_time or_never(sim_time t)
{
    return t < SIM_TIME_LAST ? t : SIM_TIME_NEVER;
}

static void require_ready(const struct sim_calendar *c, sim_time t)
{
    SIM_REQUIRE(c->is_sealed, "the calendar is not sealed");
    SIM_REQUIRE(t >= SIM_TIME_FIRST && t <= SIM_TIME_LAST, "a time in the years 1600..9999");
}

bool sim_calendar_is_open(const struct sim_calendar *c, sim_time t)
{
    require_ready(c, t);
    sim_time base;
    return is_within(&c->week, in_week(t)) && !is_within(&c->years, in_cycle(t, &base)) &&
           !is_within(&c->dates, t);
}

sim_time sim_calendar_next_open(const struct sim_calendar *c, sim_time t)
{
    require_ready(c, t);
    while (t < SIM_TIME_LAST) {
        const sim_time after = closure_end(c, t);
        const sim_time open = weekly_next_open(c, after);
        if (open == t) {
            return t;
        }
        t = open;
    }
    return SIM_TIME_NEVER;
}

sim_time sim_calendar_next_change(const struct sim_calendar *c, sim_time t)
{
    if (!sim_calendar_is_open(c, t)) {
        return sim_calendar_next_open(c, t);
    }
    const sim_time week = weekly_close(c, t);
    const sim_time closure = next_closure(c, t);
    return or_never(week < closure ? week : closure);
}

/** Weekly open time that closures took in [origin, t). */
static sim_time closed_before(const struct sim_calendar *c, const struct spans *s, sim_time origin,
                              sim_time x)
{
    const int i = find_span(s, x);
    if (i < 0) {
        return 0;
    }
    const struct span *last = &s->v.data[i];
    const sim_time end = x < last->end ? x : last->end;
    return last->before + weekly_open(c, origin + end) - weekly_open(c, origin + last->start);
}

/** Open time since some fixed instant. */
static sim_time open_total(const struct sim_calendar *c, sim_time t)
{
    sim_time base;
    const sim_time x = in_cycle(t, &base);
    const int64_t cycles = (base - CYCLE_START) / CYCLE;
    return weekly_open(c, t) -
           (cycles * c->years.total + closed_before(c, &c->years, CYCLE_START, x)) -
           closed_before(c, &c->dates, 0, t);
}

sim_time sim_calendar_open_between(const struct sim_calendar *c, sim_time from, sim_time until)
{
    require_ready(c, from);
    require_ready(c, until);
    SIM_REQUIRE(from <= until, "the span ends before it starts");
    return open_total(c, until) - open_total(c, from);
}

/** As sim_calendar_after_open by the weekly hours alone; open_time > 0. */
static sim_time weekly_after(const struct sim_calendar *c, sim_time from, sim_time open_time)
{
    const sim_time since = from - WEEK_START;
    const int64_t week = floor_div(since, SIM_TIME_WEEK);
    const sim_time total = weekly_open(c, from) - week * c->week.total + open_time;
    const int64_t weeks = (total - 1) / c->week.total;
    const sim_time target = total - weeks * c->week.total; // in (0, a week's open time]
    int low = 0;
    int high = c->week.v.count;
    while (high - low > 1) { // the last span with less than the target before it
        const int middle = low + (high - low) / 2;
        if (c->week.v.data[middle].before < target) {
            low = middle;
        } else {
            high = middle;
        }
    }
    const struct span *s = &c->week.v.data[low];
    return WEEK_START + (week + weeks) * SIM_TIME_WEEK + s->start + (target - s->before);
}

sim_time sim_calendar_after_open(const struct sim_calendar *c, sim_time from, sim_time open_time)
{
    require_ready(c, from);
    SIM_REQUIRE(open_time >= 0, "open time cannot be negative");
    sim_time t = from;
    sim_time missing = open_time;
    // each round passes a closure at least: what closures took is what is still missing
    while (missing > 0) {
        t = sim_calendar_next_open(c, t);
        if (t >= SIM_TIME_LAST || missing > SIM_TIME_LAST - t) {
            return SIM_TIME_NEVER;
        }
        const sim_time until = weekly_after(c, t, missing);
        if (until > SIM_TIME_LAST) {
            return SIM_TIME_NEVER;
        }
        missing -= open_total(c, until) - open_total(c, t);
        t = until;
    }
    return t;
}
