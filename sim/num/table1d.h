/** @file
 * Tables y(x): profiles over time, and curves.
 *
 * A profile over sim_time holds its value up to the next point, or runs straight to it. It may
 * repeat each day, week or year, and something is stated for what lies past its end. Integrals
 * over any span are exact sums of the pieces, from running totals: 60 years of a repeating year
 * cost as much as an hour.
 *
 * Repeat "day" and "week" line up with midnight and Monday. Repeat "year" lines up with the
 * calendar year: its points lie within one year, each is met at the same month, day and clock in
 * every year; in a year without 29 February the points of that day are skipped, and in a leap
 * year a table from a common year holds (or runs on from) its last point of 28 February. The
 * year of the points is the table's pattern year.
 *
 * A curve has a double x, is held at its ends or refuses what lies outside.
 *
 * Floor 1. Const once made; any thread may read it.
 */
#ifndef SIM_NUM_TABLE1D_H
#define SIM_NUM_TABLE1D_H

#include "sim/num/simtime.h"

enum sim_table1d_between {
    SIM_TABLE1D_HOLD,
    SIM_TABLE1D_LINEAR
};

enum sim_table1d_repeat {
    SIM_TABLE1D_ONCE, // past the end: as `past` says
    SIM_TABLE1D_DAY,
    SIM_TABLE1D_WEEK,
    SIM_TABLE1D_YEAR
};

enum sim_table1d_past {
    SIM_TABLE1D_PAST_ERROR,
    SIM_TABLE1D_PAST_HOLD
};

struct sim_table1d_spec {
    const sim_time *times; // strictly ascending; copied
    const double *values;  // finite; copied
    int count;             // >= 1
    enum sim_table1d_between between;
    enum sim_table1d_repeat repeat;
    enum sim_table1d_past past; // for SIM_TABLE1D_ONCE
    sim_time end;               // ONCE with PAST_ERROR: the table is good before it; 0: the last
                                // point plus the last step (one point: no end)
};

struct sim_table1d; // opaque

/** SIM_INPUT: which row is wrong (counted from 1) and why. *out is owned by the caller. */
enum sim_status sim_table1d_create(const struct sim_table1d_spec *spec, struct sim_table1d **out,
                                   struct sim_err *err) SIM_MUST_USE;
void sim_table1d_destroy(struct sim_table1d *t); // NULL is fine

/** May the table be asked for all of [from, until)? SIM_INPUT with its own first and last time. */
enum sim_status sim_table1d_covers(const struct sim_table1d *t, sim_time from, sim_time until,
                                   struct sim_err *err) SIM_MUST_USE;

/** The value from instant `when` on. Outside of a ONCE table the first or last value. */
double sim_table1d_at(const struct sim_table1d *t, sim_time when);

/** A place in the table: which piece holds an instant, and how far in its period that is. */
struct sim_table1d_spot {
    sim_time into; // [us] since the period began
    int32_t piece; // -1: outside of it
    bool is_leap;  // of a table that repeats each year: in a leap year
};

/** Whether both change at the same instants, by the same rule: a spot of one is one of the other.
 */
bool sim_table1d_is_in_step(const struct sim_table1d *a, const struct sim_table1d *b);

struct sim_table1d_spot sim_table1d_find(const struct sim_table1d *t, sim_time when);

/** The value at a spot of this table, or of one in step with it: that of sim_table1d_at there. */
double sim_table1d_at_spot(const struct sim_table1d *t, struct sim_table1d_spot spot);

/** The change of value per second from instant `when` on; 0 for HOLD. [1/s] */
double sim_table1d_slope(const struct sim_table1d *t, sim_time when);

/** The first breakpoint after `when`; SIM_TIME_NEVER. */
sim_time sim_table1d_next(const struct sim_table1d *t, sim_time when);

/** [value x s] over [from, until), until >= from. */
double sim_table1d_integral(const struct sim_table1d *t, sim_time from, sim_time until);

double sim_table1d_least(const struct sim_table1d *t);
double sim_table1d_greatest(const struct sim_table1d *t);

/** A curve y(x) over arrays that the caller keeps; x strictly ascending, held at its ends. */
struct sim_table1d_curve {
    const double *x; // borrowed
    const double *y; // borrowed
    int count;       // >= 1
    enum sim_table1d_between between;
};

enum sim_status sim_table1d_curve_check(const struct sim_table1d_curve *c,
                                        struct sim_err *err) SIM_MUST_USE;
double sim_table1d_curve_at(const struct sim_table1d_curve *c, double x);
double sim_table1d_curve_next(const struct sim_table1d_curve *c, double x); // breakpoint; INFINITY
double sim_table1d_curve_integral(const struct sim_table1d_curve *c, double from, double until);

#endif
