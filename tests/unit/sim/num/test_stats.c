// SPDX-License-Identifier: MIT
#include "sim/num/stats.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Largest relative error of a quantile over the lines of `f`. */
static double worst(const char *f, int least)
{
    FILE *file = fopen("tests/unit/sim/num/stats_reference.txt", "r");
    cr_assert(file != NULL, "run from the top of the tree");
    char name[32];
    char text[4][40];
    double largest = 0;
    int lines = 0;
    while (fscanf(file, "%31s %39s %39s %39s %39s", name, text[0], text[1], text[2], text[3]) ==
           5) {
        if (strcmp(name, f) != 0) {
            continue;
        }
        const double df = strtod(text[0], NULL);
        const double p = strtod(text[1], NULL);
        const double wanted = strtod(text[3], NULL);
        const double is = strcmp(f, "normal_quantile") == 0 ? sim_stats_normal_quantile(p)
                          : strcmp(f, "t_quantile") == 0    ? sim_stats_t_quantile(p, df)
                                                            : sim_stats_chi2_quantile(p, df);
        const double error = fabs(is - wanted) / (wanted != 0 ? fabs(wanted) : 1);
        if (!(error <= largest)) {
            largest = isnan(error) ? HUGE_VAL : error;
        }
        lines++;
    }
    (void)fclose(file);
    cr_log_info("%s: %d points, largest relative error %.2e\n", f, lines, largest);
    cr_assert(lines >= least, "%d lines of %s", lines, f);
    return largest;
}

Test(stats, normal_quantiles_agree_with_the_reference_table)
{
    cr_assert(lt(dbl, worst("normal_quantile", 18), 2e-15));
}

Test(stats, t_quantiles_agree_with_the_reference_table)
{
    cr_assert(lt(dbl, worst("t_quantile", 64), 1e-11));
}

Test(stats, chi_square_quantiles_agree_with_the_reference_table)
{
    cr_assert(lt(dbl, worst("chi2_quantile", 144), 1e-10));
}

Test(stats, quantiles_and_distribution_functions_are_inverse)
{
    for (double p = 0.005; p < 1; p += 0.005) {
        cr_assert(fabs(sim_stats_normal_cdf(sim_stats_normal_quantile(p)) - p) < 1e-15);
        cr_assert(fabs(sim_stats_t_cdf(sim_stats_t_quantile(p, 3.3), 3.3) - p) < 1e-13);
        cr_assert(fabs(sim_stats_chi2_cdf(sim_stats_chi2_quantile(p, 7), 7) - p) < 1e-13);
        cr_assert(sim_stats_t_quantile(p, 5) * sim_stats_t_quantile(1 - p, 5) <= 0);
    }
    cr_assert(sim_stats_t_quantile(0.5, 4) == 0);
    // past 1e5 degrees of freedom another formula takes over: they must meet
    for (double p = 0.001; p < 0.5; p += 0.0498) {
        const double below = sim_stats_t_quantile(p, 1e5);
        const double above = sim_stats_t_quantile(p, nextafter(1e5, HUGE_VAL));
        cr_assert(fabs(above / below - 1) < 1e-10, "p %g: %.17g, %.17g", p, below, above);
    }
}

Test(stats, mean_and_variance_survive_a_large_offset)
{
    struct sim_stats s = {0};
    for (int i = 1; i <= 1000; i++) {
        sim_stats_add(&s, 1e9 + i);
    }
    cr_assert(s.mean == 1e9 + 500.5 && s.min == 1e9 + 1 && s.max == 1e9 + 1000);
    cr_assert(fabs(sim_stats_variance(&s) - 83416.6666666666667) < 1e-4); // n (n + 1) / 12
    struct sim_stats one = {0};
    cr_assert(isnan(sim_stats_variance(&one)) && sim_stats_half_width(&one, 0.95) == HUGE_VAL);
    sim_stats_add(&one, -7);
    cr_assert(one.min == -7 && one.max == -7 && isnan(sim_stats_sd(&one)));
}

Test(stats, merged_parts_equal_the_whole)
{
    struct sim_stats whole = {0};
    struct sim_stats merged = {0};
    struct sim_stats part = {0};
    for (int i = 0; i < 997; i++) {
        const double x = sin(i) * 100 + i;
        sim_stats_add(&whole, x);
        sim_stats_add(&part, x);
        if (i % 37 == 0 || i == 996) {
            sim_stats_merge(&merged, &part);
            part = (struct sim_stats){0};
        }
    }
    sim_stats_merge(&merged, &part); // empty: changes nothing
    cr_assert(merged.count == whole.count && merged.min == whole.min && merged.max == whole.max);
    cr_assert(fabs(merged.mean - whole.mean) < 1e-11 * fabs(whole.mean));
    cr_assert(fabs(merged.m2 - whole.m2) < 1e-11 * whole.m2);
}

Test(stats, the_half_width_is_students)
{
    struct sim_stats s = {0};
    for (int i = 1; i <= 10; i++) {
        sim_stats_add(&s, i);
    }
    // t(0.975, 9) = 2.262157163, sd = 3.027650354
    cr_assert(fabs(sim_stats_half_width(&s, 0.95) - 2.2621571628 * 3.0276503541 / sqrt(10.0)) <
              1e-8);
}

Test(stats, means_over_time_weigh_by_duration)
{
    struct sim_stats_timed s;
    sim_stats_timed_begin(&s, SIM_TIME_DAY, 4);
    cr_assert(sim_stats_timed_mean(&s, SIM_TIME_DAY) == 4);
    sim_stats_timed_change(&s, 2 * SIM_TIME_DAY, 10);
    sim_stats_timed_change(&s, 2 * SIM_TIME_DAY, 1); // at once again: no time passes
    cr_assert(sim_stats_timed_mean(&s, 5 * SIM_TIME_DAY) == (4 + 3 * 1) / 4.0);
    cr_assert(sim_stats_timed_integral(&s, 5 * SIM_TIME_DAY) == 7 * 86400.0);
    cr_assert(s.min == 1 && s.max == 10);
}

Test(stats, compensated_sums_do_not_drift)
{
    struct sim_stats_sum s = {0};
    double plain = 0;
    for (int i = 0; i < 1000000; i++) {
        sim_stats_sum_add(&s, 0.1);
        plain += 0.1;
    }
    cr_assert(sim_stats_sum_value(&s) == 100000.0 + 5.5511151231257827e-12 ||
              fabs(sim_stats_sum_value(&s) - 100000.0) < 2e-11);
    cr_assert(fabs(plain - 100000.0) > 1e-7);
    const struct sim_stats_sum before = s;
    const double with = sim_stats_sum_with(&s, 0.3);
    cr_assert(memcmp(&s, &before, sizeof s) == 0); // asked only
    sim_stats_sum_add(&s, 0.3);
    cr_assert(with == sim_stats_sum_value(&s)); // to the bit

    struct sim_stats_sum large = {0};
    sim_stats_sum_add(&large, 1);
    sim_stats_sum_add(&large, 1e100);
    sim_stats_sum_add(&large, -1e100);
    cr_assert(sim_stats_sum_value(&large) == 1);
}

Test(stats, kolmogorov_smirnov_bounds_are_the_published_ones)
{
    // exact two-sided values: n = 20: 0.294 (5 %), 0.352 (1 %); n = 100: 0.1340 (5 %). Miller 1956
    cr_assert(fabs(sim_stats_ks_critical(20, 0.05) / 0.29408 - 1) < 0.01);
    cr_assert(fabs(sim_stats_ks_critical(20, 0.01) / 0.35241 - 1) < 0.01);
    cr_assert(fabs(sim_stats_ks_critical(100, 0.05) / 0.13403 - 1) < 0.01);
    cr_assert(fabs(sim_stats_ks_critical(100000000, 0.05) * 1e4 - 1.3581) < 1e-3); // Kolmogorov
}

Test(stats, sample_quantiles_are_linear_between_order_statistics)
{
    const double x[] = {1, 2, 4, 8};
    cr_assert(sim_stats_sample_quantile(x, 4, 0) == 1 && sim_stats_sample_quantile(x, 4, 1) == 8);
    cr_assert(sim_stats_sample_quantile(x, 4, 0.5) == 3 &&
              sim_stats_sample_quantile(x, 1, 0.3) == 1);
}
