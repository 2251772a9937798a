#include "sim/store/row.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>
#include <signal.h>

struct fixture {
    struct sim_schema *s;
    int total, count, series, flag;
};

static struct fixture make(void)
{
    static const double boundaries[] = {0.0, 1.0, 2.0};
    struct fixture f = {.s = sim_schema_create()};

    sim_schema_clock(f.s, "2026-01-01 00:00:00", "+00:00", boundaries, 2);
    f.total = sim_schema_var(f.s, &(struct sim_schema_var){.name = "t", .scope = SIM_SCHEMA_RUN});
    f.count = sim_schema_var(
        f.s,
        &(struct sim_schema_var){.name = "c", .type = SIM_SCHEMA_I64, .scope = SIM_SCHEMA_RUN});
    f.series = sim_schema_var(f.s, &(struct sim_schema_var){.name = "s",
                                                            .type = SIM_SCHEMA_F32,
                                                            .scope = SIM_SCHEMA_SERIES,
                                                            .dim_count = 1,
                                                            .dims = {SIM_SCHEMA_AXIS_TIME}});
    f.flag = sim_schema_var(
        f.s,
        &(struct sim_schema_var){.name = "p", .type = SIM_SCHEMA_I8, .scope = SIM_SCHEMA_POINT});
    return f;
}

Test(row, has_places_for_its_scope_only)
{
    const struct fixture f = make();
    struct sim_row *run = sim_row_create(f.s, SIM_SCHEMA_RUN);
    struct sim_row *totals = sim_row_create_totals(f.s);
    struct sim_row *point = sim_row_create(f.s, SIM_SCHEMA_POINT);

    cr_assert(sim_row_has(run, f.total) && sim_row_has(run, f.series) && !sim_row_has(run, f.flag));
    cr_assert(sim_row_has(totals, f.total) && !sim_row_has(totals, f.series));
    cr_assert(sim_row_has(point, f.flag) && !sim_row_has(point, f.total));
    sim_row_destroy(run);
    sim_row_destroy(totals);
    sim_row_destroy(point);
    sim_schema_destroy(f.s);
}

Test(row, is_not_there_after_a_reset)
{
    const struct fixture f = make();
    struct sim_row *row = sim_row_create(f.s, SIM_SCHEMA_RUN);

    sim_row_put(row, f.series, 1, 7.5);
    *sim_row_i64(row, f.count) = 3;
    cr_assert(eq(dbl, sim_row_value(row, f.series, 1), 7.5));
    sim_row_reset(row);

    cr_assert(isnan(sim_row_value(row, f.total, 0)));
    cr_assert(isnan(sim_row_value(row, f.series, 1)));
    cr_assert(eq(dbl, sim_row_value(row, f.count, 0), 0.0));
    sim_row_destroy(row);
    sim_schema_destroy(f.s);
}

Test(row, holds_what_was_put_through_its_floats)
{
    const struct fixture f = make();
    struct sim_row *row = sim_row_create(f.s, SIM_SCHEMA_RUN);
    const struct sim_row_floats series = sim_row_floats(row, f.series);
    const struct sim_row_floats total = sim_row_floats(row, f.total);

    sim_row_floats_put(&series, 1, 7.5);
    sim_row_floats_put(&total, 0, 0.1);

    cr_assert(eq(dbl, sim_row_value(row, f.series, 1), 7.5));
    cr_assert(eq(dbl, sim_row_value(row, f.total, 0), 0.1));
    cr_assert(ne(int, series.f32 == NULL, series.f64 == NULL));
    sim_row_destroy(row);
    sim_schema_destroy(f.s);
}

Test(row, knows_integers_from_floats, .signal = SIGABRT)
{
    const struct fixture f = make();

    (void)sim_row_floats(sim_row_create(f.s, SIM_SCHEMA_RUN), f.count);
}

Test(row, copies_totals_and_leaves_series)
{
    const struct fixture f = make();
    struct sim_row *row = sim_row_create(f.s, SIM_SCHEMA_RUN);
    struct sim_row *totals = sim_row_create_totals(f.s);

    *sim_row_f64(row, f.total) = 1.25;
    sim_row_copy_totals(totals, row);

    cr_assert(eq(dbl, *sim_row_f64_const(totals, f.total), 1.25));
    sim_row_destroy(row);
    sim_row_destroy(totals);
    sim_schema_destroy(f.s);
}

Test(row, refuses_another_type, .signal = SIGABRT)
{
    const struct fixture f = make();

    (void)sim_row_f64(sim_row_create(f.s, SIM_SCHEMA_RUN), f.count);
}

Test(row, refuses_an_index_beyond_the_end, .signal = SIGABRT)
{
    const struct fixture f = make();

    sim_row_put(sim_row_create(f.s, SIM_SCHEMA_RUN), f.series, 2, 1.0);
}
