// SPDX-License-Identifier: MIT
#include "sim/num/table1d.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>
#include <stdint.h>
#include <string.h>

static sim_time at(const char *text)
{
    struct sim_err err = {0};
    sim_time t = 0;
    cr_assert(sim_simtime_parse(text, &t, &err) == SIM_OK, "%s", err.text);
    return t;
}

static struct sim_table1d *make(struct sim_table1d_spec spec)
{
    struct sim_err err = {0};
    struct sim_table1d *t = NULL;
    cr_assert(sim_table1d_create(&spec, &t, &err) == SIM_OK, "%s", err.text);
    return t;
}

static bool is_near(double a, double b, double relative)
{
    return fabs(a - b) <= relative * fmax(fabs(a), fabs(b));
}

Test(table1d, holds_its_value_up_to_the_next_point)
{
    const sim_time times[] = {at("2026-01-01"), at("2026-01-01 06:00"), at("2026-01-01 18:00")};
    const double values[] = {1, 5, 2};
    struct sim_table1d *t = make((struct sim_table1d_spec){
        .times = times, .values = values, .count = 3, .past = SIM_TABLE1D_PAST_HOLD});
    cr_assert(sim_table1d_at(t, times[1] - 1) == 1 && sim_table1d_at(t, times[1]) == 5);
    cr_assert(sim_table1d_at(t, at("2025-01-01")) == 1 && sim_table1d_at(t, at("2030-01-01")) == 2);
    cr_assert(sim_table1d_next(t, at("2025-01-01")) == times[0]);
    cr_assert(sim_table1d_next(t, times[0]) == times[1]);
    cr_assert(sim_table1d_next(t, times[2]) == SIM_TIME_NEVER);
    cr_assert(sim_table1d_slope(t, times[1]) == 0);
    const double wanted = 3600.0 * (24 * 1 + 6 * 1 + 12 * 5 + 30 * 2);
    cr_assert(sim_table1d_integral(t, at("2025-12-31"), at("2026-01-03")) == wanted);
    cr_assert(sim_table1d_integral(t, at("2026-02-01"), at("2026-02-02")) == 2 * 86400.0);
    cr_assert(sim_table1d_integral(t, at("2025-02-01"), at("2025-02-02")) == 86400.0);
    cr_assert(sim_table1d_least(t) == 1 && sim_table1d_greatest(t) == 5);
    sim_table1d_destroy(t);
}

Test(table1d, runs_straight_between_points_when_linear)
{
    const sim_time times[] = {0, 10 * SIM_TIME_S, 20 * SIM_TIME_S};
    const double values[] = {0, 10, 0};
    struct sim_table1d *t = make((struct sim_table1d_spec){.times = times,
                                                           .values = values,
                                                           .count = 3,
                                                           .between = SIM_TABLE1D_LINEAR,
                                                           .past = SIM_TABLE1D_PAST_HOLD});
    cr_assert(sim_table1d_at(t, 2500000) == 2.5 && sim_table1d_at(t, 15 * SIM_TIME_S) == 5);
    cr_assert(sim_table1d_slope(t, 5 * SIM_TIME_S) == 1 && sim_table1d_slope(t, times[1]) == -1);
    cr_assert(sim_table1d_slope(t, times[2]) == 0);
    cr_assert(sim_table1d_integral(t, 0, 20 * SIM_TIME_S) == 100);
    cr_assert(sim_table1d_integral(t, 2 * SIM_TIME_S, 4 * SIM_TIME_S) == 6);
    cr_assert(sim_table1d_integral(t, 8 * SIM_TIME_S, 12 * SIM_TIME_S) == 36);
    sim_table1d_destroy(t);
}

Test(table1d, past_its_end_it_is_refused_unless_told_to_hold)
{
    const sim_time times[] = {0, 10 * SIM_TIME_S, 20 * SIM_TIME_S};
    const double values[] = {1, 2, 3};
    struct sim_err err = {0};
    struct sim_table1d *t =
        make((struct sim_table1d_spec){.times = times, .values = values, .count = 3});
    cr_assert(sim_table1d_covers(t, 0, 30 * SIM_TIME_S, &err) == SIM_OK);
    cr_assert(sim_table1d_covers(t, 0, 30 * SIM_TIME_S + 1, &err) == SIM_INPUT);
    cr_assert(strstr(err.text, "from 1970-01-01 00:00 to 1970-01-01 00:00:30") != NULL);
    cr_assert(sim_table1d_covers(t, -1, 5, &err) == SIM_INPUT);
    sim_table1d_destroy(t);
}

Test(table1d, days_and_weeks_repeat_from_midnight_and_monday)
{
    const sim_time times[] = {at("2026-01-01 06:00"), at("2026-01-01 18:00")};
    const double values[] = {8, 2};
    struct sim_table1d *day = make((struct sim_table1d_spec){
        .times = times, .values = values, .count = 2, .repeat = SIM_TABLE1D_DAY});
    cr_assert(sim_table1d_at(day, at("1999-05-05 05:00")) == 2);
    cr_assert(sim_table1d_at(day, at("2040-05-05 06:00")) == 8);
    cr_assert(sim_table1d_integral(day, at("2026-01-01"), at("2086-01-01")) ==
              (8.0 + 2.0) * 43200 * 21915);
    sim_table1d_destroy(day);
    struct sim_table1d *week = make((struct sim_table1d_spec){
        .times = times, .values = values, .count = 2, .repeat = SIM_TABLE1D_WEEK}); // a Thursday
    cr_assert(sim_table1d_at(week, at("2026-03-12 07:00")) == 8);
    cr_assert(sim_table1d_at(week, at("2026-03-11 07:00")) == 2);
    cr_assert(sim_table1d_next(week, at("2026-03-12 18:00")) == at("2026-03-16"));
    sim_table1d_destroy(week);
}

Test(table1d, years_line_up_with_the_calendar_whatever_year_the_points_have)
{
    enum {
        HOURS = 8760
    };
    static sim_time times[HOURS];
    static double values[HOURS];
    for (int i = 0; i < HOURS; i++) {
        times[i] = at("2026-01-01") + i * SIM_TIME_H; // a common year
        values[i] = i;
    }
    struct sim_table1d *t = make((struct sim_table1d_spec){
        .times = times, .values = values, .count = HOURS, .repeat = SIM_TABLE1D_YEAR});
    cr_assert(sim_table1d_at(t, at("2027-07-01 12:00")) == (181 * 24 + 12));
    cr_assert(sim_table1d_at(t, at("2028-07-01 12:00")) == (181 * 24 + 12)); // same month and day
    cr_assert(sim_table1d_at(t, at("2028-02-29 12:00")) == 59 * 24 - 1);     // holds 28 February
    cr_assert(sim_table1d_at(t, at("2028-12-31 23:00")) == 8759);
    cr_assert(sim_table1d_next(t, at("2028-02-28 23:00")) == at("2028-03-01"));
    const double year = 8759.0 * 8760 / 2 * 3600;
    const double leap_day = (59 * 24 - 1) * 86400.0;
    cr_assert(sim_table1d_integral(t, at("2027-01-01"), at("2028-01-01")) == year);
    cr_assert(sim_table1d_integral(t, at("2026-01-01"), at("2086-01-01")) ==
              60 * year + 15 * leap_day);
    sim_table1d_destroy(t);
}

Test(table1d, points_of_a_leap_year_lose_the_29th_in_other_years)
{
    const sim_time times[] = {at("2024-02-28"), at("2024-02-29"), at("2024-03-01"),
                              at("2024-12-31")};
    const double values[] = {1, 2, 3, 4};
    struct sim_table1d *t = make((struct sim_table1d_spec){
        .times = times, .values = values, .count = 4, .repeat = SIM_TABLE1D_YEAR});
    cr_assert(sim_table1d_at(t, at("2028-02-29")) == 2);
    cr_assert(sim_table1d_at(t, at("2026-02-28 23:00")) == 1 &&
              sim_table1d_at(t, at("2026-03-01")) == 3);
    cr_assert(sim_table1d_at(t, at("2026-12-31")) == 4 && sim_table1d_at(t, at("2026-01-01")) == 4);
    sim_table1d_destroy(t);
}

Test(table1d, a_linear_year_does_not_jump_at_new_year)
{
    const sim_time times[] = {at("2026-02-01"), at("2026-08-01")};
    const double values[] = {10, 20};
    struct sim_table1d *t = make((struct sim_table1d_spec){.times = times,
                                                           .values = values,
                                                           .count = 2,
                                                           .between = SIM_TABLE1D_LINEAR,
                                                           .repeat = SIM_TABLE1D_YEAR});
    for (int year = 2026; year < 2034; year++) {
        const sim_time turn = sim_simtime_date(year, 1, 1);
        cr_assert(is_near(sim_table1d_at(t, turn - 1), sim_table1d_at(t, turn), 1e-10));
    }
    sim_table1d_destroy(t);
}

static uint64_t next_bits(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/** Walks from breakpoint to breakpoint; the middle value of a piece is its mean. */
static double integral_by_walking(const struct sim_table1d *t, sim_time from, sim_time until)
{
    double sum = 0;
    while (from < until) {
        const sim_time next = sim_table1d_next(t, from);
        const sim_time stop = next < until ? next : until;
        const double mean = sim_table1d_at(t, from) +
                            sim_table1d_slope(t, from) * sim_simtime_to_seconds(stop - from) / 2;
        sum += mean * sim_simtime_to_seconds(stop - from);
        from = stop;
    }
    return sum;
}

Test(table1d, integrals_are_those_of_a_walk_from_breakpoint_to_breakpoint)
{
    uint64_t state = 7;
    for (int round = 0; round < 40; round++) {
        sim_time times[200];
        double values[200];
        const enum sim_table1d_repeat repeat = (enum sim_table1d_repeat)(round % 4);
        const sim_time step = repeat == SIM_TABLE1D_DAY    ? SIM_TIME_MIN * 5
                              : repeat == SIM_TABLE1D_WEEK ? SIM_TIME_MIN * 45
                                                           : SIM_TIME_H * 40;
        sim_time t = at("2024-01-01"); // a Monday in a leap year
        for (int i = 0; i < 200; i++) {
            t += 1 + (sim_time)(next_bits(&state) % (uint64_t)step);
            times[i] = t;
            values[i] = (double)(next_bits(&state) % 1000) + 1;
        }
        struct sim_table1d *table =
            make((struct sim_table1d_spec){.times = times,
                                           .values = values,
                                           .count = 200,
                                           .between = (enum sim_table1d_between)(round / 4 % 2),
                                           .repeat = repeat,
                                           .past = SIM_TABLE1D_PAST_HOLD});
        for (int i = 0; i < 30; i++) {
            const sim_time reach = (i % 3 == 0 ? 1 : i % 3 == 1 ? 30 : 900) * SIM_TIME_DAY;
            const sim_time a = at("2023-06-01") + (sim_time)(next_bits(&state) % (uint64_t)reach);
            const sim_time b = a + (sim_time)(next_bits(&state) % (uint64_t)reach);
            const double fast = sim_table1d_integral(table, a, b);
            const double slow = integral_by_walking(table, a, b);
            cr_assert(is_near(fast, slow, 1e-12), "round %d: %.17g, %.17g", round, fast, slow);
        }
        sim_table1d_destroy(table);
    }
}

Test(table1d, faulty_rows_are_named)
{
    const sim_time times[] = {0, 10, 10, 2 * SIM_TIME_DAY};
    const double values[] = {1, 2, 3, 4};
    const double bad[] = {1, (double)NAN};
    struct sim_err err = {0};
    struct sim_table1d *t = NULL;
    struct sim_table1d_spec spec = {.times = times, .values = values, .count = 4};
    cr_assert(sim_table1d_create(&spec, &t, &err) == SIM_INPUT);
    cr_assert(strncmp(err.text, "row 3: ", 7) == 0 && strstr(err.text, "ascend") != NULL);
    spec.count = 0;
    cr_assert(sim_table1d_create(&spec, &t, &err) == SIM_INPUT);
    spec = (struct sim_table1d_spec){.times = times, .values = bad, .count = 2};
    cr_assert(sim_table1d_create(&spec, &t, &err) == SIM_INPUT);
    cr_assert(strncmp(err.text, "row 2: ", 7) == 0);
    const sim_time apart[] = {0, 2 * SIM_TIME_DAY};
    spec = (struct sim_table1d_spec){
        .times = apart, .values = values, .count = 2, .repeat = SIM_TABLE1D_DAY};
    cr_assert(sim_table1d_create(&spec, &t, &err) == SIM_INPUT);
    cr_assert(strstr(err.text, "outside the day") != NULL, "%s", err.text);
}

Test(table1d, curves_hold_at_their_ends_and_integrate_exactly)
{
    const double x[] = {0.4, 0.7, 1.0};
    const double y[] = {0.31, 0.28, 0.27};
    struct sim_err err = {0};
    struct sim_table1d_curve c = {.x = x, .y = y, .count = 3, .between = SIM_TABLE1D_LINEAR};
    cr_assert(sim_table1d_curve_check(&c, &err) == SIM_OK);
    cr_assert(sim_table1d_curve_at(&c, 0.1) == 0.31 && sim_table1d_curve_at(&c, 2) == 0.27);
    cr_assert(sim_table1d_curve_at(&c, 0.7) == 0.28);
    cr_assert(is_near(sim_table1d_curve_at(&c, 0.55), 0.295, 1e-15));
    cr_assert(sim_table1d_curve_next(&c, 0.4) == 0.7 && sim_table1d_curve_next(&c, 1) == HUGE_VAL);
    cr_assert(is_near(sim_table1d_curve_integral(&c, 0.3, 1.1),
                      0.031 + 0.3 * 0.295 + 0.3 * 0.275 + 0.027, 1e-14));
    c.between = SIM_TABLE1D_HOLD;
    cr_assert(sim_table1d_curve_at(&c, 0.69) == 0.31);
    cr_assert(is_near(sim_table1d_curve_integral(&c, 0.4, 1.0), 0.3 * 0.31 + 0.3 * 0.28, 1e-14));
    const double down[] = {0.4, 0.3, 1.0};
    c.x = down;
    cr_assert(sim_table1d_curve_check(&c, &err) == SIM_INPUT &&
              strstr(err.text, "point 2") != NULL);
}

Test(table1d, a_spot_of_one_table_is_one_of_any_in_step_with_it)
{
    const sim_time times[] = {at("2027-02-01"), at("2027-03-01"), at("2027-10-01 05:00")};
    const double some[] = {1, 5, 2};
    const double others[] = {-7, 3, 0.1};
    for (int i = 0; i < 4; i++) {
        const enum sim_table1d_repeat repeat = i < 2 ? SIM_TABLE1D_YEAR : SIM_TABLE1D_ONCE;
        struct sim_table1d_spec spec = {.times = times,
                                        .values = some,
                                        .count = 3,
                                        .between =
                                            i % 2 == 0 ? SIM_TABLE1D_HOLD : SIM_TABLE1D_LINEAR,
                                        .repeat = repeat,
                                        .past = SIM_TABLE1D_PAST_HOLD};
        struct sim_table1d *a = make(spec);
        spec.values = others;
        struct sim_table1d *b = make(spec);
        cr_assert(sim_table1d_is_in_step(a, b));
        for (sim_time t = at("2026-12-25"); t < at("2029-01-10"); t += 7 * SIM_TIME_H / 2) {
            const struct sim_table1d_spot spot = sim_table1d_find(a, t);
            cr_assert_eq(sim_table1d_at_spot(a, spot), sim_table1d_at(a, t));
            cr_assert_eq(sim_table1d_at_spot(b, spot), sim_table1d_at(b, t));
        }
        spec.count = 2;
        struct sim_table1d *shorter = make(spec);
        cr_assert(sim_table1d_is_in_step(a, shorter) == false);
        sim_table1d_destroy(shorter);
        sim_table1d_destroy(a);
        sim_table1d_destroy(b);
    }
}
