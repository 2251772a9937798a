#include "sim/base/vec.h"
#include "sim/compare/compare.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>

// All expected numbers are of scipy.stats (t.ppf) on the same values; quantiles of t agree to
// 1e-10.
#define CLOSE(is, wanted) cr_assert(epsilon_eq(dbl, is, wanted, 1e-9 * fabs(wanted)))

static const char *const designs[] = {"alone", "shared", "more"};

/** 3 designs x 4 sampled points x 2 listed values x 2 replications. */
struct grid {
    double run_point[48], replication[48], status[48], values[48];
    double drawn[24], listed[24];
    int32_t design[24];
    struct sim_compare_axis axes[2];
    struct sim_compare_study s;
};

static void fill(struct grid *g)
{
    for (int i = 0; i < 24; i++) {
        g->design[i] = i / 8;
        g->drawn[i] = 0.1 * (i / 2 % 4);
        g->listed[i] = i % 2;
        for (int r = 0; r < 2; r++) {
            const int at = 2 * i + r;
            const int d = i / 8;
            const int p = i / 2 % 4;
            const int l = i % 2;
            g->run_point[at] = i;
            g->replication[at] = r;
            g->status[at] = 0;
            g->values[at] = 100 + 7 * d * (d % 2 == 0 ? 1 : -1) +
                            (13 * p + 5 * l + 3 * r + 11 * d * p) % 17 * 0.5 +
                            (d == 2 ? 4 * r : 0); // luck that all points share
        }
    }
    g->axes[0] = (struct sim_compare_axis){"price", "EUR/t", true, g->drawn, NULL};
    g->axes[1] = (struct sim_compare_axis){"trucks", "1", false, g->listed, NULL};
    g->s = (struct sim_compare_study){.run_count = 48,
                                      .point_count = 24,
                                      .run_point = g->run_point,
                                      .replication = g->replication,
                                      .status = g->status,
                                      .designs = designs,
                                      .design_count = 3,
                                      .point_design = g->design,
                                      .axes = g->axes,
                                      .axis_count = 2};
}

Test(compare, tells_how_large_its_tables_are)
{
    struct grid g;
    fill(&g);
    CLOSE(sim_compare_places(&g.s), 48.0); // each design has each of 16 cases
    for (int i = 0; i < 24; i++) {
        g.drawn[i] = i; // each point alone
    }
    CLOSE(sim_compare_places(&g.s), 3 * 48.0);
    for (int i = 0; i < 48; i++) {
        g.replication[i] = 0;
    }
    CLOSE(sim_compare_places(&g.s), 3 * 24.0);
}

Test(compare, counts_each_sampled_point_once)
{
    struct grid g;
    struct sim_compare_rows rows = {0};
    fill(&g);
    const bool by[] = {false, false};
    const struct sim_compare_ask ask = {.by = by, .level = 0.95, .better = -1};
    sim_compare_make(&g.s, &ask, g.values, &rows);

    cr_assert(eq(int, rows.count, 3));
    const struct sim_compare_row *r = rows.data;
    cr_assert(eq(i64, r[0].n, 4));
    CLOSE(r[0].mean, 103.78125);
    CLOSE(r[0].half_width, 1.8965437016977909);
    cr_assert(eq(int, (int)r[0].verdict, SIM_COMPARE_BASELINE));
    cr_assert(isnan(r[0].difference));
    cr_assert(eq(i64, r[1].pairs, 4));
    CLOSE(r[1].half_width, 2.4756552938472516);
    CLOSE(r[1].difference, -7.25);
    CLOSE(r[1].difference_half_width, 1.975724250071155);
    CLOSE(r[1].relative, -0.0698584763625414);
    cr_assert(eq(dbl, r[1].in_favour, 1));
    cr_assert(eq(int, (int)r[1].verdict, SIM_COMPARE_BETTER));
    cr_assert(eq(dbl, r[2].in_favour, 0));
    SIM_VEC_FREE(&rows);
}

/* All points of the third design gain 4 by the second replication: two draws of luck, not eight. */
Test(compare, does_not_average_out_the_luck_that_points_share)
{
    struct grid g;
    struct sim_compare_rows rows = {0};
    fill(&g);
    const bool by[] = {false, false};
    const struct sim_compare_ask ask = {.by = by, .level = 0.95, .better = -1};
    sim_compare_make(&g.s, &ask, g.values, &rows);

    CLOSE(rows.data[2].half_width, 33.020256956855356);
    CLOSE(rows.data[2].difference, 14.96875);
    CLOSE(rows.data[2].difference_half_width, 35.501990474590336);
    cr_assert(eq(int, (int)rows.data[2].verdict, SIM_COMPARE_UNCLEAR));
    SIM_VEC_FREE(&rows);

    g.s.is_independent = true; // now each point has luck of its own
    rows.count = 0;
    sim_compare_make(&g.s, &ask, g.values, &rows);
    CLOSE(rows.data[2].difference_half_width, 1.1975540055315173);
    cr_assert(eq(int, (int)rows.data[2].verdict, SIM_COMPARE_WORSE));
    SIM_VEC_FREE(&rows);
}

Test(compare, narrows_with_a_lower_level_and_knows_no_better_unless_told)
{
    struct grid g;
    struct sim_compare_rows rows = {0};
    fill(&g);
    const bool by[] = {false, false};
    const struct sim_compare_ask ask = {.by = by, .level = 0.9, .better = 0};
    sim_compare_make(&g.s, &ask, g.values, &rows);

    CLOSE(rows.data[1].difference_half_width, 1.4610135604325314);
    cr_assert(eq(int, (int)rows.data[1].verdict, SIM_COMPARE_LOWER));
    CLOSE(rows.data[2].difference_half_width, 17.10294244214536);
    cr_assert(eq(int, (int)rows.data[2].verdict, SIM_COMPARE_UNCLEAR));
    SIM_VEC_FREE(&rows);
}

Test(compare, gives_rows_for_each_value_of_a_listed_axis)
{
    struct grid g;
    struct sim_compare_rows rows = {0};
    fill(&g);
    const bool by[] = {false, true};
    const struct sim_compare_ask ask = {.by = by, .level = 0.95, .better = 0};
    sim_compare_make(&g.s, &ask, g.values, &rows);

    cr_assert(eq(int, rows.count, 6));
    CLOSE(rows.data[1].difference, -8.3125);
    CLOSE(rows.data[1].difference_half_width, 2.139169571111375);
    CLOSE(rows.data[4].difference, -6.1875);
    CLOSE(rows.data[4].difference_half_width, 5.108617326317946);
    cr_assert(eq(dbl, g.listed[rows.data[4].point], 1));
    CLOSE(rows.data[2].difference, 13.375);
    CLOSE(rows.data[2].difference_half_width, 10.503257784452657);
    cr_assert(eq(int, (int)rows.data[2].verdict, SIM_COMPARE_HIGHER));
    CLOSE(rows.data[5].difference_half_width, 53.24509859318214);
    SIM_VEC_FREE(&rows);
}

/* The order of runs in the file is that of the plan, whatever it is. */
Test(compare, does_not_depend_on_the_order_of_points)
{
    struct grid g;
    struct sim_compare_rows rows = {0};
    fill(&g);
    for (int i = 0; i < 24; i++) { // point 23 - i of the first order
        const int was = 23 - i;
        g.design[i] = was / 8;
        g.drawn[i] = 0.1 * (was / 2 % 4);
        g.listed[i] = was % 2;
    }
    for (int i = 0; i < 48; i++) {
        g.run_point[i] = 23 - g.run_point[i];
    }
    const bool by[] = {false, false};
    const struct sim_compare_ask ask = {.by = by, .level = 0.95, .better = -1};
    sim_compare_make(&g.s, &ask, g.values, &rows);

    CLOSE(rows.data[1].difference, -7.25);
    CLOSE(rows.data[1].difference_half_width, 1.975724250071155);
    SIM_VEC_FREE(&rows);
}

/** 2 designs x 6 replications, no axes. */
struct list {
    double run_point[12], replication[12], status[12], values[12];
    int32_t design[2];
    struct sim_compare_study s;
};

static void fill_list(struct list *l)
{
    for (int i = 0; i < 12; i++) {
        const int d = i / 6;
        const int r = i % 6;
        l->run_point[i] = d;
        l->replication[i] = r;
        l->status[i] = 0;
        l->values[i] = 50 + 2 * d + (7 * r + 3 * d * r) % 11;
    }
    l->design[0] = 0;
    l->design[1] = 1;
    l->s = (struct sim_compare_study){.run_count = 12,
                                      .point_count = 2,
                                      .run_point = l->run_point,
                                      .replication = l->replication,
                                      .status = l->status,
                                      .designs = designs,
                                      .design_count = 2,
                                      .point_design = l->design};
}

static struct sim_compare_row second_row(const struct list *l, int better)
{
    struct sim_compare_rows rows = {0};
    const bool none = false;
    const struct sim_compare_ask ask = {.by = &none, .level = 0.95, .better = better};
    sim_compare_make(&l->s, &ask, l->values, &rows);
    cr_assert(eq(int, rows.count, 2));
    const struct sim_compare_row row = rows.data[1];
    SIM_VEC_FREE(&rows);
    return row;
}

Test(compare, pairs_replications_where_nothing_is_sampled)
{
    struct list l;
    fill_list(&l);
    const struct sim_compare_row r = second_row(&l, +1);

    cr_assert(eq(i64, r.pairs, 6));
    CLOSE(r.difference, 4.0);
    CLOSE(r.difference_half_width, 3.0415534468799086);
    cr_assert(eq(int, (int)r.verdict, SIM_COMPARE_BETTER));
}

Test(compare, takes_antithetic_replications_as_one)
{
    struct list l;
    fill_list(&l);
    l.s.is_antithetic = true;
    const struct sim_compare_row r = second_row(&l, -1);

    cr_assert(eq(i64, r.pairs, 3));
    CLOSE(r.difference_half_width, 1.2420688559218764);
    cr_assert(eq(int, (int)r.verdict, SIM_COMPARE_WORSE));
}

Test(compare, drops_the_pair_of_a_run_that_failed_and_tells)
{
    struct list l;
    fill_list(&l);
    l.status[6 + 2] = 1; // and its value is not looked at
    const struct sim_compare_row r = second_row(&l, +1);

    cr_assert(eq(i64, r.pairs, 5));
    cr_assert(eq(i64, r.n, 5));
    cr_assert(eq(i64, r.dropped, 1));
    CLOSE(r.difference, 3.2);
    CLOSE(r.difference_half_width, 2.9644321650666203);

    l.s.is_antithetic = true; // one of two failed: the pair has no value
    cr_assert(eq(i64, second_row(&l, +1).pairs, 2));
}

Test(compare, says_when_it_cannot_tell)
{
    struct list l;
    fill_list(&l);
    l.values[6] = 49; // differences -1, 5, ...: wide
    l.values[7] = 30;
    cr_assert(eq(int, (int)second_row(&l, +1).verdict, SIM_COMPARE_UNCLEAR));

    for (int i = 0; i < 6; i++) {
        l.values[6 + i] = l.values[i];
    }
    cr_assert(eq(int, (int)second_row(&l, +1).verdict, SIM_COMPARE_SAME));

    l.values[6] = l.values[0] * (1 + 1e-15); // rounding
    cr_assert(eq(int, (int)second_row(&l, +1).verdict, SIM_COMPARE_SAME));
    l.values[6] = l.values[0];

    l.s.run_count = 7; // one replication of the second design
    cr_assert(eq(int, (int)second_row(&l, +1).verdict, SIM_COMPARE_UNKNOWN));
    cr_assert(isnan(second_row(&l, +1).difference_half_width));
}

/* 2 designs x 2 listed values x 3 replications; the first value fails in the second design. */
Test(compare, leaves_out_axis_values_where_nothing_went_well)
{
    double run_point[12];
    double replication[12];
    double status[12];
    double values[12];
    double listed[4];
    int32_t design[4];
    for (int i = 0; i < 12; i++) {
        run_point[i] = i / 3;
        replication[i] = i % 3;
        status[i] = i / 3 == 2 ? 1 : 0;
        values[i] = i / 3 == 2 ? (double)NAN : 10 * (i / 3) + i % 3;
    }
    for (int i = 0; i < 4; i++) {
        listed[i] = i % 2;
        design[i] = i / 2;
    }
    const struct sim_compare_axis axis = {.name = "trucks", .numbers = listed};
    const struct sim_compare_study s = {.run_count = 12,
                                        .point_count = 4,
                                        .run_point = run_point,
                                        .replication = replication,
                                        .status = status,
                                        .designs = designs,
                                        .design_count = 2,
                                        .point_design = design,
                                        .axes = &axis,
                                        .axis_count = 1};
    const bool by = false;
    const struct sim_compare_ask ask = {.by = &by, .level = 0.95, .better = 1};
    struct sim_compare_rows rows = {0};
    sim_compare_make(&s, &ask, values, &rows);

    cr_assert(eq(dbl, rows.data[0].mean, 6));  // of 0 1 2 and 10 11 12
    cr_assert(eq(dbl, rows.data[1].mean, 31)); // of 30 31 32 alone
    cr_assert(eq(i64, rows.data[1].dropped, 3));
    cr_assert(eq(i64, rows.data[1].pairs, 3));
    cr_assert(
        eq(dbl, rows.data[1].difference, 20)); // with 10 11 12, not with their mean with 0 1 2
    cr_assert(eq(int, (int)rows.data[1].verdict, SIM_COMPARE_BETTER));
    SIM_VEC_FREE(&rows);
}

/* The second listed value fails at all sampled points of the third design: means over the first. */
Test(compare, leaves_out_listed_values_that_failed_at_all_sampled_points)
{
    struct grid g;
    struct sim_compare_rows rows = {0};
    fill(&g);
    for (int i = 0; i < 48; i++) {
        g.status[i] = i >= 32 && g.listed[i / 2] == 1 ? 1 : 0;
    }
    const bool by[] = {false, false};
    const struct sim_compare_ask ask = {.by = by, .level = 0.95, .better = -1};
    sim_compare_make(&g.s, &ask, g.values, &rows);

    double mean = 0;
    double difference = 0;
    for (int i = 0; i < 16; i++) {
        const bool is_first = g.listed[i / 2] == 0;
        mean += is_first ? g.values[32 + i] / 8 : 0;
        difference += is_first ? (g.values[32 + i] - g.values[i]) / 8 : 0;
    }
    const struct sim_compare_row *r = rows.data;
    cr_assert(eq(i64, r[2].n, 4));
    CLOSE(r[2].mean, mean);
    cr_assert(eq(i64, r[2].pairs, 4));
    CLOSE(r[2].difference, difference);
    cr_assert(eq(i64, r[2].dropped, 8));
    CLOSE(r[0].mean, 103.78125); // of both listed values, as before
    SIM_VEC_FREE(&rows);
}

Test(compare, says_where_the_baseline_lacks_axis_values)
{
    const double run_point[] = {0, 1, 2};
    const double replication[] = {0, 0, 0};
    const double status[] = {0, 0, 0};
    const double values[] = {1, 5, 6};
    const double listed[] = {0, 1, 1}; // only_if leaves out 0 of the other design
    const int32_t design[] = {0, 0, 1};
    const struct sim_compare_axis axis = {.name = "trucks", .numbers = listed};
    const struct sim_compare_study s = {.run_count = 3,
                                        .point_count = 3,
                                        .run_point = run_point,
                                        .replication = replication,
                                        .status = status,
                                        .designs = designs,
                                        .design_count = 2,
                                        .point_design = design,
                                        .axes = &axis,
                                        .axis_count = 1};
    for (int baseline = 0; baseline < 2; baseline++) {
        for (int is_by = 0; is_by < 2; is_by++) {
            const bool by = is_by == 1;
            const struct sim_compare_ask ask = {.baseline = baseline, .by = &by, .level = 0.95};
            struct sim_compare_rows rows = {0};
            sim_compare_make(&s, &ask, values, &rows);

            cr_assert(eq(int, rows.count, by ? 3 : 2));
            for (int i = 0; i < rows.count; i++) {
                cr_assert(eq(int, rows.data[i].is_uneven,
                             !by && rows.data[i].design != baseline ? 1 : 0));
            }
            SIM_VEC_FREE(&rows);
        }
    }
}
