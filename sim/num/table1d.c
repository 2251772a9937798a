// SPDX-License-Identifier: MIT
#include "sim/num/table1d.h"

#include "sim/num/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/** Offsets within one period; x[0] = 0. `upto[i]` is the integral over [0, x[i]). */
struct period {
    sim_time *x;
    double *y;   // from x[i] on
    double *end; // just before x[i + 1]; equal to y for HOLD
    double *upto;
    int count;
    sim_time length;
    double total;
};

struct sim_table1d {
    struct period common; // ONCE: offsets from `origin`
    struct period leap;   // YEAR only
    sim_time origin;      // ONCE: the first point; DAY: midnight; WEEK: a Monday
    sim_time good_until;  // ONCE with an error past its end
    enum sim_table1d_repeat repeat;
    enum sim_table1d_between between;
    double least, greatest;
};

/** One point of the table to be, offset within its period. */
struct point {
    sim_time x;
    double y;
};

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0 ? 1 : 0);
}

// ---- making ----

static void fini_period(struct period *p)
{
    free(p->x);
    free(p->y);
    free(p->end);
    free(p->upto);
}

static double piece_integral(const struct period *p, int i, sim_time from, sim_time until,
                             sim_time next)
{
    const double seconds = sim_simtime_to_seconds(until - from);
    if (p->end[i] == p->y[i]) {
        return p->y[i] * seconds;
    }
    const double whole = (double)(next - p->x[i]);
    const double middle = ((double)(from - p->x[i]) + (double)(until - p->x[i])) / 2;
    return (p->y[i] + (p->end[i] - p->y[i]) * (middle / whole)) * seconds;
}

static sim_time next_x(const struct period *p, int i)
{
    return i + 1 < p->count ? p->x[i + 1] : p->length;
}

/** Pieces from points; the values at 0 and at `length` are given. */
static struct period make_period(const struct point *points, int count, double at_start,
                                 double at_end, sim_time length, bool is_linear)
{
    struct period p = {.length = length};
    p.x = sim_base_alloc((size_t)count + 1, sizeof *p.x);
    p.y = sim_base_alloc((size_t)count + 1, sizeof *p.y);
    p.end = sim_base_alloc((size_t)count + 1, sizeof *p.end);
    p.upto = sim_base_alloc((size_t)count + 1, sizeof *p.upto);
    if (count == 0 || points[0].x > 0) {
        p.y[p.count++] = at_start; // x is 0 already
    }
    for (int i = 0; i < count; i++) {
        p.x[p.count] = points[i].x;
        p.y[p.count++] = points[i].y;
    }
    struct sim_stats_sum sum = {0};
    for (int i = 0; i < p.count; i++) {
        const double next = i + 1 < p.count ? p.y[i + 1] : at_end;
        p.end[i] = is_linear ? next : p.y[i];
        p.upto[i] = sim_stats_sum_value(&sum);
        sim_stats_sum_add(&sum, piece_integral(&p, i, p.x[i], next_x(&p, i), next_x(&p, i)));
    }
    p.total = sim_stats_sum_value(&sum);
    return p;
}

/** The value where one period meets the next. */
static double value_at_turn(const struct point *points, int count, sim_time length, bool is_linear)
{
    const struct point first = points[0];
    const struct point last = points[count - 1];
    if (!is_linear || first.x == 0) {
        return is_linear ? first.y : last.y;
    }
    const double gap = (double)(length - last.x + first.x);
    return last.y + (first.y - last.y) * ((double)(length - last.x) / gap);
}

static struct period repeat_period(const struct point *points, int count, sim_time length,
                                   bool is_linear)
{
    const double turn = value_at_turn(points, count, length, is_linear);
    return make_period(points, count, turn, turn, length, is_linear);
}

/** Points within one year, put into a year with or without 29 February. */
static int fit_year(const struct sim_table1d_spec *spec, bool is_leap, struct point *out)
{
    const sim_time start = sim_simtime_start_of_year(spec->times[0]);
    const sim_time feb29 = 59 * SIM_TIME_DAY;
    const bool from_leap = sim_simtime_next_year(start) - start > 365 * SIM_TIME_DAY;
    const sim_time shift = ((is_leap ? 1 : 0) - (from_leap ? 1 : 0)) * SIM_TIME_DAY;
    int count = 0;
    for (int i = 0; i < spec->count; i++) {
        const sim_time x = spec->times[i] - start;
        const bool is_feb29 = from_leap && x >= feb29 && x < feb29 + SIM_TIME_DAY;
        if (is_feb29 && !is_leap) {
            continue;
        }
        out[count++] = (struct point){x >= feb29 && !is_feb29 ? x + shift : x, spec->values[i]};
    }
    return count;
}

static void make_years(const struct sim_table1d_spec *spec, struct sim_table1d *t)
{
    struct point *points = sim_base_alloc((size_t)spec->count, sizeof *points);
    const bool is_linear = spec->between == SIM_TABLE1D_LINEAR;
    const sim_time common = 365 * SIM_TIME_DAY;
    int count = fit_year(spec, false, points);
    double turn = spec->values[0]; // when all points lie on 29 February
    if (count > 0) {
        turn = value_at_turn(points, count, common, is_linear);
    }
    // both kinds of year meet in the same value, so the profile does not jump at New Year
    t->common = make_period(points, count, turn, turn, common, is_linear);
    count = fit_year(spec, true, points);
    t->leap = make_period(points, count, turn, turn, common + SIM_TIME_DAY, is_linear);
    free(points);
}

static void make_simple(const struct sim_table1d_spec *spec, struct sim_table1d *t)
{
    struct point *points = sim_base_alloc((size_t)spec->count, sizeof *points);
    const sim_time *x = spec->times;
    const bool is_linear = spec->between == SIM_TABLE1D_LINEAR;
    sim_time length = x[spec->count - 1] - x[0];
    t->origin = x[0];
    if (spec->repeat == SIM_TABLE1D_DAY) {
        t->origin = sim_simtime_start_of_day(x[0]);
        length = SIM_TIME_DAY;
    } else if (spec->repeat == SIM_TABLE1D_WEEK) {
        t->origin = sim_simtime_start_of_day(x[0]) - sim_simtime_weekday(x[0]) * SIM_TIME_DAY;
        length = SIM_TIME_WEEK;
    }
    for (int i = 0; i < spec->count; i++) {
        points[i] = (struct point){x[i] - t->origin, spec->values[i]};
    }
    t->common =
        spec->repeat == SIM_TABLE1D_ONCE
            ? make_period(points, spec->count, 0, spec->values[spec->count - 1], length, is_linear)
            : repeat_period(points, spec->count, length, is_linear);
    free(points);
}

static enum sim_status check_rows(const struct sim_table1d_spec *spec, struct sim_err *err)
{
    char a[SIM_SIMTIME_TEXT];
    char b[SIM_SIMTIME_TEXT];
    if (spec->count < 1) {
        return sim_err_set(err, SIM_INPUT, "the table is empty; it needs one row at least");
    }
    for (int i = 0; i < spec->count; i++) {
        if (!isfinite(spec->values[i])) {
            return sim_err_set(err, SIM_INPUT, "row %d: the value %g must be a finite number",
                               i + 1, spec->values[i]);
        }
        if (spec->times[i] < SIM_TIME_FIRST || spec->times[i] >= SIM_TIME_LAST) {
            return sim_err_set(err, SIM_INPUT, "row %d: the time is outside the years 1600..9999",
                               i + 1);
        }
        if (i > 0 && spec->times[i] <= spec->times[i - 1]) {
            return sim_err_set(err, SIM_INPUT,
                               "row %d: %s does not come after %s in row %d; times must ascend",
                               i + 1, sim_simtime_format(spec->times[i], a),
                               sim_simtime_format(spec->times[i - 1], b), i);
        }
    }
    return SIM_OK;
}

/** The end of the day, week or year that the first point lies in. */
static sim_time end_of_period(const struct sim_table1d_spec *spec)
{
    const sim_time first = spec->times[0];
    switch (spec->repeat) {
    case SIM_TABLE1D_DAY:
        return sim_simtime_next_day(first);
    case SIM_TABLE1D_WEEK:
        return sim_simtime_start_of_day(first) + (7 - sim_simtime_weekday(first)) * SIM_TIME_DAY;
    case SIM_TABLE1D_YEAR:
        return sim_simtime_next_year(first);
    case SIM_TABLE1D_ONCE:
        break;
    }
    return SIM_TIME_NEVER;
}

static enum sim_status check_period(const struct sim_table1d_spec *spec, struct sim_err *err)
{
    static const char *const names[] = {"", "day", "week (Monday to Sunday)", "calendar year"};
    char a[SIM_SIMTIME_TEXT];
    char b[SIM_SIMTIME_TEXT];
    const sim_time end = end_of_period(spec);
    for (int i = 0; i < spec->count; i++) {
        if (spec->times[i] >= end) {
            return sim_err_set(
                err, SIM_INPUT,
                "row %d: %s lies outside the %s that begins with row 1 (%s) and is to "
                "be repeated; cut the table there or repeat something longer",
                i + 1, sim_simtime_format(spec->times[i], a), names[spec->repeat],
                sim_simtime_format(spec->times[0], b));
        }
    }
    return SIM_OK;
}

static sim_time end_of_good(const struct sim_table1d_spec *spec)
{
    const int n = spec->count;
    if (spec->repeat != SIM_TABLE1D_ONCE || spec->past == SIM_TABLE1D_PAST_HOLD) {
        return SIM_TIME_NEVER;
    }
    if (spec->end != 0) {
        return spec->end;
    }
    return n == 1 ? SIM_TIME_NEVER : 2 * spec->times[n - 1] - spec->times[n - 2];
}

enum sim_status sim_table1d_create(const struct sim_table1d_spec *spec, struct sim_table1d **out,
                                   struct sim_err *err)
{
    SIM_TRY(check_rows(spec, err));
    SIM_TRY(check_period(spec, err));
    struct sim_table1d *t = sim_base_alloc(1, sizeof *t);
    t->repeat = spec->repeat;
    t->between = spec->between;
    t->good_until = end_of_good(spec);
    t->least = spec->values[0];
    t->greatest = spec->values[0];
    for (int i = 1; i < spec->count; i++) {
        t->least = fmin(t->least, spec->values[i]);
        t->greatest = fmax(t->greatest, spec->values[i]);
    }
    if (spec->repeat == SIM_TABLE1D_YEAR) {
        make_years(spec, t);
    } else {
        make_simple(spec, t);
    }
    *out = t;
    return SIM_OK;
}

void sim_table1d_destroy(struct sim_table1d *t)
{
    if (t != NULL) {
        fini_period(&t->common);
        fini_period(&t->leap);
        free(t);
    }
}

enum sim_status sim_table1d_covers(const struct sim_table1d *t, sim_time from, sim_time until,
                                   struct sim_err *err)
{
    char a[SIM_SIMTIME_TEXT];
    char b[SIM_SIMTIME_TEXT];
    char c[SIM_SIMTIME_TEXT];
    char d[SIM_SIMTIME_TEXT];
    if (t->good_until == SIM_TIME_NEVER || (from >= t->origin && until <= t->good_until)) {
        return SIM_OK;
    }
    return sim_err_set(
        err, SIM_INPUT,
        "the table goes from %s to %s but %s to %s is asked for; lengthen it, or say "
        "repeat = \"year\" or past = \"hold\"",
        sim_simtime_format(t->origin, a), sim_simtime_format(t->good_until, b),
        sim_simtime_format(from, c), sim_simtime_format(until, d));
}

// ---- asking ----

/** The period that holds an instant, and where it begins. */
struct place {
    const struct period *period;
    sim_time base;
};

static struct place find_place(const struct sim_table1d *t, sim_time when)
{
    if (t->repeat == SIM_TABLE1D_ONCE) {
        return (struct place){&t->common, t->origin};
    }
    if (t->repeat == SIM_TABLE1D_YEAR) {
        const sim_time start = sim_simtime_start_of_year(when);
        const bool is_leap = sim_simtime_next_year(start) - start == t->leap.length;
        return (struct place){is_leap ? &t->leap : &t->common, start};
    }
    const sim_time length = t->common.length;
    return (struct place){&t->common, t->origin + floor_div(when - t->origin, length) * length};
}

/** The last piece that begins at or before x >= 0. */
static int find_piece(const struct period *p, sim_time x)
{
    int low = 0;
    int high = p->count;
    while (high - low > 1) {
        const int middle = low + (high - low) / 2;
        if (p->x[middle] <= x) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

/** A ONCE table holds its first value before it, and its last one after it. */
static bool is_outside(const struct period *p, sim_time x)
{
    return x < 0 || x >= p->length;
}

static bool is_same_period(const struct period *a, const struct period *b)
{
    return a->count == b->count && a->length == b->length &&
           (a->count == 0 || memcmp(a->x, b->x, (size_t)a->count * sizeof *a->x) == 0);
}

bool sim_table1d_is_in_step(const struct sim_table1d *a, const struct sim_table1d *b)
{
    return a->repeat == b->repeat && a->between == b->between && a->origin == b->origin &&
           is_same_period(&a->common, &b->common) && is_same_period(&a->leap, &b->leap);
}

struct sim_table1d_spot sim_table1d_find(const struct sim_table1d *t, sim_time when)
{
    const struct place at = find_place(t, when);
    const sim_time x = when - at.base;
    return (struct sim_table1d_spot){.into = x,
                                     .piece =
                                         is_outside(at.period, x) ? -1 : find_piece(at.period, x),
                                     .is_leap = at.period == &t->leap};
}

double sim_table1d_at_spot(const struct sim_table1d *t, struct sim_table1d_spot spot)
{
    const struct period *p = spot.is_leap ? &t->leap : &t->common;
    const sim_time x = spot.into;
    const int i = spot.piece;
    if (i < 0) {
        return x < 0 ? p->y[0] : p->y[p->count - 1];
    }
    if (p->end[i] == p->y[i] || x == p->x[i]) {
        return p->y[i];
    }
    const double share = (double)(x - p->x[i]) / (double)(next_x(p, i) - p->x[i]);
    return p->y[i] + (p->end[i] - p->y[i]) * share;
}

double sim_table1d_at(const struct sim_table1d *t, sim_time when)
{
    return sim_table1d_at_spot(t, sim_table1d_find(t, when));
}

double sim_table1d_slope(const struct sim_table1d *t, sim_time when)
{
    const struct place at = find_place(t, when);
    const struct period *p = at.period;
    const sim_time x = when - at.base;
    if (is_outside(p, x)) {
        return 0;
    }
    const int i = find_piece(p, x);
    return (p->end[i] - p->y[i]) / sim_simtime_to_seconds(next_x(p, i) - p->x[i]);
}

sim_time sim_table1d_next(const struct sim_table1d *t, sim_time when)
{
    const struct place at = find_place(t, when);
    const struct period *p = at.period;
    const sim_time x = when - at.base;
    if (t->repeat == SIM_TABLE1D_ONCE) {
        if (x < 0) {
            return at.base;
        }
        return x >= p->length ? SIM_TIME_NEVER : at.base + next_x(p, find_piece(p, x));
    }
    return at.base + next_x(p, find_piece(p, x));
}

/** Within one period, 0 <= a <= b <= length. Few pieces are summed, many taken as a difference:
 * a short span then keeps its digits beside the running total of a year. */
static double inside(const struct period *p, sim_time a, sim_time b)
{
    if (a >= b) {
        return 0;
    }
    const int first = find_piece(p, a);
    const int last = find_piece(p, b - 1);
    if (first == last) {
        return piece_integral(p, first, a, b, next_x(p, first));
    }
    const double head = piece_integral(p, first, a, next_x(p, first), next_x(p, first));
    const double tail = piece_integral(p, last, p->x[last], b, next_x(p, last));
    if (last - first > 64) {
        return head + (p->upto[last] - p->upto[first + 1]) + tail;
    }
    struct sim_stats_sum sum = {.sum = head};
    for (int i = first + 1; i < last; i++) {
        sim_stats_sum_add(&sum, piece_integral(p, i, p->x[i], p->x[i + 1], p->x[i + 1]));
    }
    sim_stats_sum_add(&sum, tail);
    return sim_stats_sum_value(&sum);
}

static double integral_once(const struct sim_table1d *t, sim_time from, sim_time until)
{
    const struct period *p = &t->common;
    const sim_time a = from - t->origin;
    const sim_time b = until - t->origin;
    const sim_time end = p->length;
    double sum = 0;
    if (a < 0) {
        sum += p->y[0] * sim_simtime_to_seconds((b < 0 ? b : 0) - a);
    }
    sum += inside(p, a < 0 ? 0 : a, b < end ? b : end);
    if (b > end) {
        sum += p->y[p->count - 1] * sim_simtime_to_seconds(b - (a > end ? a : end));
    }
    return sum;
}

/** Leap years in [year 1, year). */
static int64_t leaps_before(int year)
{
    const int64_t y = year - 1;
    return y / 4 - y / 100 + y / 400;
}

/** The integral over the whole periods in [start, end), both ends of periods. */
static double whole_periods(const struct sim_table1d *t, sim_time start, sim_time end)
{
    if (t->repeat != SIM_TABLE1D_YEAR) {
        const int64_t periods = (end - start) / t->common.length;
        return (double)periods * t->common.total;
    }
    const int first = sim_simtime_civil(start).year;
    const int past = end >= SIM_TIME_LAST ? 10000 : sim_simtime_civil(end).year;
    const int64_t leaps = leaps_before(past) - leaps_before(first);
    return (double)leaps * t->leap.total + (double)(past - first - leaps) * t->common.total;
}

double sim_table1d_integral(const struct sim_table1d *t, sim_time from, sim_time until)
{
    SIM_REQUIRE(from <= until, "the span ends before it starts");
    if (from == until) {
        return 0;
    }
    if (t->repeat == SIM_TABLE1D_ONCE) {
        return integral_once(t, from, until);
    }
    const struct place a = find_place(t, from);
    const struct place b = find_place(t, until - 1);
    if (a.base == b.base) {
        return inside(a.period, from - a.base, until - a.base);
    }
    const sim_time first_end = a.base + a.period->length;
    const double head = inside(a.period, from - a.base, a.period->length);
    const double tail = inside(b.period, 0, until - b.base);
    return head + whole_periods(t, first_end, b.base) + tail;
}

double sim_table1d_least(const struct sim_table1d *t)
{
    return t->least;
}

double sim_table1d_greatest(const struct sim_table1d *t)
{
    return t->greatest;
}

// ---- curves ----

enum sim_status sim_table1d_curve_check(const struct sim_table1d_curve *c, struct sim_err *err)
{
    if (c->count < 1) {
        return sim_err_set(err, SIM_INPUT, "the curve is empty; it needs one point at least");
    }
    for (int i = 0; i < c->count; i++) {
        if (!isfinite(c->x[i]) || !isfinite(c->y[i])) {
            return sim_err_set(err, SIM_INPUT, "point %d: %g, %g must be finite numbers", i + 1,
                               c->x[i], c->y[i]);
        }
        if (i > 0 && !(c->x[i] > c->x[i - 1])) {
            return sim_err_set(err, SIM_INPUT, "point %d: %g must be above %g of point %d", i + 1,
                               c->x[i], c->x[i - 1], i);
        }
    }
    return SIM_OK;
}

/** The last point at or before x; -1. */
static int curve_piece(const struct sim_table1d_curve *c, double x)
{
    int low = -1;
    int high = c->count;
    while (high - low > 1) {
        const int middle = low + (high - low) / 2;
        if (c->x[middle] <= x) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

double sim_table1d_curve_at(const struct sim_table1d_curve *c, double x)
{
    const int i = curve_piece(c, x);
    if (i < 0 || i == c->count - 1) {
        return c->y[i < 0 ? 0 : i];
    }
    if (c->between == SIM_TABLE1D_HOLD || x == c->x[i]) {
        return c->y[i];
    }
    const double share = (x - c->x[i]) / (c->x[i + 1] - c->x[i]);
    return c->y[i] + (c->y[i + 1] - c->y[i]) * share;
}

double sim_table1d_curve_next(const struct sim_table1d_curve *c, double x)
{
    const int i = curve_piece(c, x) + 1;
    return i < c->count ? c->x[i] : HUGE_VAL;
}

double sim_table1d_curve_integral(const struct sim_table1d_curve *c, double from, double until)
{
    SIM_REQUIRE(from <= until, "the span ends before it starts");
    struct sim_stats_sum sum = {0};
    double x = from;
    while (x < until) {
        const double next = fmin(until, sim_table1d_curve_next(c, x));
        // the middle value of a straight piece times its length is exact for both kinds
        sim_stats_sum_add(&sum, sim_table1d_curve_at(c, x + (next - x) / 2) * (next - x));
        x = next;
    }
    return sim_stats_sum_value(&sum);
}
