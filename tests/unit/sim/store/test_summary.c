#include "sim/store/summary.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>

static int add_total(struct sim_schema *s)
{
    return sim_schema_var(s, &(struct sim_schema_var){.name = "t", .scope = SIM_SCHEMA_RUN});
}

static void add(struct sim_summary *m, struct sim_row *row, int var, double value)
{
    sim_row_reset(row);
    *sim_row_f64(row, var) = value;
    sim_summary_add(m, row);
}

Test(summary, gives_mean_and_student_half_width)
{
    struct sim_schema *s = sim_schema_create();
    const int var = add_total(s);
    struct sim_row *row = sim_row_create_totals(s);
    struct sim_row *width = sim_row_create_totals(s);
    struct sim_summary *m = sim_summary_create(s);

    add(m, row, var, 1.0);
    add(m, row, var, 2.0);
    add(m, row, var, 6.0);
    sim_summary_rows(m, row, width);

    // sd = sqrt(7), t(0.975, 2) = 4.302652729911275
    cr_assert(epsilon_eq(dbl, sim_row_value(row, var, 0), 3.0, 1e-14));
    cr_assert(epsilon_eq(dbl, sim_row_value(width, var, 0), 4.302652729911275 * sqrt(7.0 / 3.0),
                         1e-9)); // the quantile's error
    cr_assert(eq(i64, sim_summary_n(m, var, 0), 3));
    sim_summary_destroy(m);
    sim_row_destroy(row);
    sim_row_destroy(width);
    sim_schema_destroy(s);
}

Test(summary, knows_the_largest_magnitude_of_any_run)
{
    struct sim_schema *s = sim_schema_create();
    const int var = add_total(s);
    struct sim_row *row = sim_row_create_totals(s);
    struct sim_summary *m = sim_summary_create(s);

    sim_summary_largest(m, row);
    cr_assert(isnan(sim_row_value(row, var, 0)));
    add(m, row, var, 3.0);
    add(m, row, var, -4.0); // their mean hides both
    add(m, row, var, 1.0);
    sim_summary_largest(m, row);

    cr_assert(eq(dbl, sim_row_value(row, var, 0), 4.0));
    sim_summary_destroy(m);
    sim_row_destroy(row);
    sim_schema_destroy(s);
}

Test(summary, leaves_out_what_is_not_there)
{
    struct sim_schema *s = sim_schema_create();
    const int var = add_total(s);
    struct sim_row *row = sim_row_create_totals(s);
    struct sim_row *width = sim_row_create_totals(s);
    struct sim_summary *m = sim_summary_create(s);

    add(m, row, var, (double)NAN);
    add(m, row, var, 0.1);
    sim_summary_rows(m, row, width);

    cr_assert(eq(dbl, sim_row_value(row, var, 0), 0.1)); // the mean of one is itself, to the bit
    cr_assert(isnan(sim_row_value(width, var, 0)));
    cr_assert(eq(i64, sim_summary_n(m, var, 0), 1));
    cr_assert(eq(i64, sim_summary_count(m), 2));
    sim_summary_reset(m);
    sim_summary_rows(m, row, width);
    cr_assert(isnan(sim_row_value(row, var, 0)));
    sim_summary_destroy(m);
    sim_row_destroy(row);
    sim_row_destroy(width);
    sim_schema_destroy(s);
}
