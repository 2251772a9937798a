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

// What is kept of one row alone is the row; of two, sums: nothing of either may stay after a reset.
Test(summary, knows_one_row_as_it_knows_several)
{
    struct sim_schema *s = sim_schema_create();
    const int var = add_total(s);
    struct sim_row *row = sim_row_create_totals(s);
    struct sim_row *width = sim_row_create_totals(s);
    struct sim_summary *m = sim_summary_create(s);

    for (int i = 0; i < 3; i++) {
        add(m, row, var, -0.1 - i);
        sim_summary_largest(m, row);
        cr_assert(eq(dbl, sim_row_value(row, var, 0), 0.1 + i));
        sim_summary_rows(m, row, width);
        cr_assert(eq(dbl, sim_row_value(row, var, 0), -0.1 - i));
        cr_assert(isnan(sim_row_value(width, var, 0)));
        cr_assert(eq(i64, sim_summary_n(m, var, 0), 1));
        if (i == 1) {
            add(m, row, var, -3.1);
            sim_summary_rows(m, row, width);
            cr_assert(epsilon_eq(dbl, sim_row_value(row, var, 0), -2.1, 1e-15));
            cr_assert(eq(i64, sim_summary_n(m, var, 0), 2));
        }
        sim_summary_reset(m);
        cr_assert(eq(i64, sim_summary_n(m, var, 0), 0));
    }
    sim_summary_destroy(m);
    sim_row_destroy(row);
    sim_row_destroy(width);
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

Test(summary, takes_widths_from_complete_pairs)
{
    struct sim_schema *s = sim_schema_create();
    const int var = add_total(s);
    struct sim_row *row = sim_row_create_totals(s);
    struct sim_row *width = sim_row_create_totals(s);
    struct sim_summary *m = sim_summary_create(s);
    // replication 2 failed, 5 has no value, 8 has no partner: the pairs are 0-1 and 6-7
    const int64_t replications[] = {0, 1, 3, 4, 5, 6, 7, 8};
    const double values[] = {1.0, 5.0, 100.0, 7.0, (double)NAN, 2.0, 8.0, 9.0};

    sim_summary_pair(m);
    for (int i = 0; i < SIM_COUNT(values); i++) {
        *sim_row_f64(row, var) = values[i];
        sim_summary_add_replication(m, row, replications[i]);
    }
    sim_summary_rows(m, row, width);

    cr_assert(epsilon_eq(dbl, sim_row_value(row, var, 0), 132.0 / 7.0, 1e-12)); // of all runs
    // means of pairs 3, 5: sd sqrt(2), t(0.975, 1) = 12.706204736432095
    cr_assert(epsilon_eq(dbl, sim_row_value(width, var, 0), 12.706204736432095, 1e-9));
    cr_assert(eq(i64, sim_summary_n(m, var, 0), 2));
    sim_summary_reset(m);
    sim_summary_add_replication(m, row, 9); // its partner was before the reset
    cr_assert(eq(i64, sim_summary_n(m, var, 0), 0));
    sim_summary_destroy(m);
    sim_row_destroy(row);
    sim_row_destroy(width);
    sim_schema_destroy(s);
}
