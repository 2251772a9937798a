/** @file
 * When a thing may run: weekly hours, less closed dates, less yearly maintenance.
 *
 * Open hours repeat each week ("Mon-Sat 06:00-22:00"; "Mon-Sun 22:00-04:00" runs over midnight
 * and belongs to the day it began). Several lines are joined. None at all means always. Dates
 * ("2026-02-14", "2026-02-14..2026-02-22", both days included) and yearly windows ("yearly 07-01
 * for 5 days", "yearly 07-01 06:00 for 36 h") close whatever the hours say. An interval is open
 * at its start and closed at its end.
 *
 * Open time between two instants is a difference of a running total that is known in closed form
 * for weeks and by binary search for closures (400 Gregorian years are a whole number of weeks,
 * so yearly windows repeat exactly after them): 60 years cost as much as an hour.
 *
 * Floor 1. Add lines, seal, then it is const: any thread may read it.
 */
#ifndef SIM_NUM_CALENDAR_H
#define SIM_NUM_CALENDAR_H

#include "sim/num/simtime.h"

struct sim_calendar; // opaque: merged intervals and their running totals live in calendar.c

/** Always open until lines are added. Owned by the caller. */
struct sim_calendar *sim_calendar_create(void);
void sim_calendar_destroy(struct sim_calendar *c); // NULL is fine

/** Each reads one line; SIM_INPUT with what would be right, and the calendar is as before. */
enum sim_status sim_calendar_add_open(struct sim_calendar *c, const char *text,
                                      struct sim_err *err) SIM_MUST_USE;
enum sim_status sim_calendar_add_closed(struct sim_calendar *c, const char *text,
                                        struct sim_err *err) SIM_MUST_USE;
enum sim_status sim_calendar_add_maintenance(struct sim_calendar *c, const char *text,
                                             struct sim_err *err) SIM_MUST_USE;

/** What a line of closed dates says: closed in [*out_from, *out_until). */
enum sim_status sim_calendar_read_closed(const char *text, sim_time *out_from, sim_time *out_until,
                                         struct sim_err *err) SIM_MUST_USE;

/** No lines after this; must be called before the questions below. */
void sim_calendar_seal(struct sim_calendar *c);

/** All three want a sealed calendar, and times in the years 1600..9999. */
bool sim_calendar_is_open(const struct sim_calendar *c, sim_time t);

/** The first instant after t at which is_open differs from what it is at t; SIM_TIME_NEVER. */
sim_time sim_calendar_next_change(const struct sim_calendar *c, sim_time t);

/** t when open, else the next opening; SIM_TIME_NEVER. */
sim_time sim_calendar_next_open(const struct sim_calendar *c, sim_time t);

/** [us] Open time in [from, until); until >= from. Exact. */
sim_time sim_calendar_open_between(const struct sim_calendar *c, sim_time from, sim_time until);

/** The first instant >= from by which `open_time` of open time has passed (0 gives `from`);
 * SIM_TIME_NEVER when that is after 9999. */
sim_time sim_calendar_after_open(const struct sim_calendar *c, sim_time from, sim_time open_time);

#endif
