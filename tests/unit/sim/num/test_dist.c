// SPDX-License-Identifier: MIT
#include "sim/num/dist.h"
#include "sim/num/stats.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define N 20000

static const double few_values[] = {1, 2, 2, 5, 9};
static const double few_weights[] = {1, 0, 3, 2, 4};

static struct sim_dist make(enum sim_dist_kind kind, double a, double b, double c, double min,
                            double max)
{
    struct sim_err err = {0};
    struct sim_dist d = sim_dist_make(kind, a, b, c);
    d.min = min;
    d.max = max;
    if (kind == SIM_DIST_EMPIRICAL) {
        d.values = few_values;
        d.weights = a > 0 ? few_weights : NULL;
        d.count = 5;
    }
    cr_assert(sim_dist_prepare(&d, &err) == SIM_OK, "%s", err.text);
    return d;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

/** The largest distance between the sample and F; sorts x. */
static double distance(const struct sim_dist *d, double *x)
{
    double largest = 0;
    qsort(x, N, sizeof *x, by_value);
    for (int i = 0; i < N; i++) {
        const double f = sim_dist_cdf(d, x[i]);
        largest = fmax(largest, fmax(f - (double)i / N, (double)(i + 1) / N - f));
    }
    return largest;
}

/** Pearson's statistic over the values that come; cells expecting below 5 are joined upwards. */
static double chi_square(const struct sim_dist *d, const double *sorted, int *out_cells)
{
    double sum = 0;
    double below = 0;
    int taken = 0;
    *out_cells = 0;
    for (int i = 0; i < N; i++) {
        if (i + 1 < N && sorted[i + 1] == sorted[i]) {
            continue;
        }
        const double f = i + 1 < N ? sim_dist_cdf(d, sorted[i]) : 1;
        const double expected = N * (f - below);
        if (expected >= 5 || i + 1 == N) {
            const double count = i + 1 - taken;
            sum += (count - expected) * (count - expected) / fmax(expected, 1e-9);
            taken = i + 1;
            below = f;
            (*out_cells)++;
        }
    }
    return sum;
}

struct wanted {
    enum sim_dist_kind kind;
    double a, b, c, min, max;
};

#define NONE (-HUGE_VAL), HUGE_VAL

static const struct wanted continuous[] = {
    {SIM_DIST_UNIFORM, 3, 7, 0, NONE},          {SIM_DIST_UNIFORM, 3, 7, 0, 4, 6.5},
    {SIM_DIST_TRIANGULAR, 1.4, 1.6, 2.3, NONE}, {SIM_DIST_TRIANGULAR, 1, 1, 3, NONE},
    {SIM_DIST_TRIANGULAR, 1, 3, 3, NONE},       {SIM_DIST_TRIANGULAR, 1.4, 1.6, 2.3, 1.5, 2},
    {SIM_DIST_NORMAL, 1800, 250, 0, NONE},      {SIM_DIST_NORMAL, 1.9, 1, 0, 0, HUGE_VAL},
    {SIM_DIST_NORMAL, 0, 1, 0, 1, 2},           {SIM_DIST_NORMAL, 0, 1, 0, -HUGE_VAL, -2},
    {SIM_DIST_LOGNORMAL, 5, 1, 0, NONE},        {SIM_DIST_LOGNORMAL, 5, 0.3, 0, 4, 9},
    {SIM_DIST_EXPONENTIAL, 160, 0, 0, NONE},    {SIM_DIST_EXPONENTIAL, 160, 0, 0, 50, 200},
    {SIM_DIST_GAMMA, 0.4, 3, 0, NONE},          {SIM_DIST_GAMMA, 7.5, 2, 0, NONE},
    {SIM_DIST_GAMMA, 400, 2, 0, NONE},          {SIM_DIST_GAMMA, 2.5, 2, 0, 1, 12},
    {SIM_DIST_WEIBULL, 1.4, 900, 0, NONE},      {SIM_DIST_WEIBULL, 0.8, 10, 0, NONE},
    {SIM_DIST_WEIBULL, 3, 10, 0, 5, 14},
};

static const struct wanted discrete[] = {
    {SIM_DIST_POISSON, 0.3, 0, 0, NONE},    {SIM_DIST_POISSON, 12, 0, 0, NONE},
    {SIM_DIST_POISSON, 400, 0, 0, NONE},    {SIM_DIST_POISSON, 4, 0, 0, 2, 7},
    {SIM_DIST_POISSON, 60, 0, 0, 55.5, 70}, {SIM_DIST_BERNOULLI, 0.3, 0, 0, NONE},
    {SIM_DIST_EMPIRICAL, 0, 0, 0, NONE},    {SIM_DIST_EMPIRICAL, 1, 0, 0, NONE},
    {SIM_DIST_EMPIRICAL, 1, 0, 0, 2, 6},
};

static double sample[N];

/** Draws N values; their mean and spread must agree with what the distribution says of itself. */
static void check_moments(const struct sim_dist *d, uint64_t stream)
{
    struct sim_stats s = {0};
    struct sim_stats square = {0};
    struct sim_rng r = sim_rng_make(20260101, 0, stream, 0);
    const double mean = sim_dist_mean(d);
    for (int i = 0; i < N; i++) {
        sample[i] = sim_dist_draw(d, &r);
        cr_assert(sample[i] >= sim_dist_least(d) && sample[i] <= sim_dist_greatest(d));
        sim_stats_add(&s, sample[i]);
        sim_stats_add(&square, (sample[i] - mean) * (sample[i] - mean));
    }
    // chance of a false alarm 1e-5 for each of 2 x 30 bounds; the seed is fixed anyway
    const char *name = sim_dist_info(d->kind)->name;
    cr_assert(fabs(s.mean - mean) <= sim_stats_half_width(&s, 1 - 1e-5), "%s: mean %g, not %g",
              name, s.mean, mean);
    cr_assert(fabs(square.mean - sim_dist_variance(d)) <= sim_stats_half_width(&square, 1 - 1e-5),
              "%s: variance %g, not %g", name, square.mean, sim_dist_variance(d));
}

Test(dist, continuous_samples_have_their_moments_and_their_distribution_function)
{
    for (size_t i = 0; i < sizeof continuous / sizeof continuous[0]; i++) {
        const struct wanted w = continuous[i];
        const struct sim_dist d = make(w.kind, w.a, w.b, w.c, w.min, w.max);
        check_moments(&d, i);
        const double largest = distance(&d, sample);
        cr_assert(largest < sim_stats_ks_critical(N, 1e-4), "case %zu: D = %g", i, largest);
    }
}

Test(dist, discrete_samples_have_their_moments_and_pass_chi_square)
{
    for (size_t i = 0; i < sizeof discrete / sizeof discrete[0]; i++) {
        const struct wanted w = discrete[i];
        const struct sim_dist d = make(w.kind, w.a, w.b, w.c, w.min, w.max);
        check_moments(&d, 100 + i);
        qsort(sample, N, sizeof *sample, by_value);
        int cells = 0;
        const double chi2 = chi_square(&d, sample, &cells);
        cr_assert(cells >= 2 && chi2 < sim_stats_chi2_quantile(1 - 1e-4, cells - 1),
                  "case %zu: %g in %d cells", i, chi2, cells);
    }
}

Test(dist, the_wrong_distribution_function_is_noticed)
{
    const struct sim_dist d = make(SIM_DIST_WEIBULL, 1.4, 900, 0, NONE);
    const struct sim_dist other = make(SIM_DIST_WEIBULL, 1.5, 900, 0, NONE);
    check_moments(&d, 500);
    cr_assert(distance(&other, sample) > sim_stats_ks_critical(N, 1e-4));
}

Test(dist, quantile_and_distribution_function_are_inverse)
{
    for (size_t i = 0; i < sizeof continuous / sizeof continuous[0]; i++) {
        const struct wanted w = continuous[i];
        const struct sim_dist d = make(w.kind, w.a, w.b, w.c, w.min, w.max);
        double before = -HUGE_VAL;
        for (double u = 0.0005; u < 1; u += 0.0005) {
            const double x = sim_dist_quantile(&d, u);
            cr_assert(x >= before && fabs(sim_dist_cdf(&d, x) - u) < 1e-11, "case %zu, u %g", i, u);
            before = x;
        }
        cr_assert(sim_dist_cdf(&d, sim_dist_least(&d)) < 1e-12);
    }
    for (size_t i = 0; i < sizeof discrete / sizeof discrete[0]; i++) {
        const struct wanted w = discrete[i];
        const struct sim_dist d = make(w.kind, w.a, w.b, w.c, w.min, w.max);
        for (double u = 0.00051; u < 1; u += 0.001) { // the least x with F(x) >= u
            const double x = sim_dist_quantile(&d, u);
            cr_assert(sim_dist_cdf(&d, x) >= u - 1e-12, "case %zu, u %g", i, u);
            cr_assert(sim_dist_cdf(&d, x - 1e-6) < u + 1e-12, "case %zu, u %g, x %g", i, u, x);
        }
    }
}

/** Mean and variance as integrals over u, by the middle rule on a graded grid. */
static void moments_by_quadrature(const struct sim_dist *d, double *mean, double *variance)
{
    const int steps = 40000;
    double first = 0;
    double second = 0;
    const double centre = sim_dist_quantile(d, 0.5);
    for (int i = 0; i < steps; i++) { // u = 3 v^2 - 2 v^3 is fine at both ends
        const double v = (i + 0.5) / steps;
        const double x = sim_dist_quantile(d, v * v * (3 - 2 * v)) - centre;
        const double weight = 6 * v * (1 - v) / steps;
        first += weight * x;
        second += weight * x * x;
    }
    *mean = centre + first;
    *variance = second - first * first;
}

Test(dist, moments_in_closed_form_agree_with_quadrature)
{
    for (size_t i = 0; i < sizeof continuous / sizeof continuous[0]; i++) {
        const struct wanted w = continuous[i];
        if (w.kind == SIM_DIST_GAMMA && w.a > 100) {
            continue; // slow, and known
        }
        const struct sim_dist d = make(w.kind, w.a, w.b, w.c, w.min, w.max);
        const bool has_tail = w.kind == SIM_DIST_LOGNORMAL && w.max == HUGE_VAL;
        double mean = 0;
        double variance = 0;
        moments_by_quadrature(&d, &mean, &variance);
        const double scale = sqrt(sim_dist_variance(&d));
        cr_assert(fabs(mean - sim_dist_mean(&d)) < 1e-6 * scale, "case %zu: %g %g", i, mean,
                  sim_dist_mean(&d));
        cr_assert(fabs(variance / sim_dist_variance(&d) - 1) < (has_tail ? 1e-2 : 1e-5),
                  "case %zu: %g %g", i, variance, sim_dist_variance(&d));
    }
}

Test(dist, antithetic_draws_move_the_other_way)
{
    struct sim_rng a = sim_rng_make(1, 2, 3, 4);
    struct sim_rng b = a;
    b.is_antithetic = true;
    const struct sim_dist d = make(SIM_DIST_NORMAL, 10, 2, 0, NONE);
    for (int i = 0; i < 1000; i++) {
        cr_assert(fabs(sim_dist_draw(&d, &a) + sim_dist_draw(&d, &b) - 20) < 1e-12);
    }
    cr_assert(a.draw == 1000 && b.draw == 1000); // one uniform a variate
}

Test(dist, a_constant_is_constant_and_may_be_cut)
{
    const struct sim_dist d = make(SIM_DIST_CONSTANT, 4, 0, 0, 4, 5);
    cr_assert(sim_dist_quantile(&d, 0.3) == 4 && sim_dist_mean(&d) == 4);
    cr_assert(sim_dist_variance(&d) == 0 && sim_dist_cdf(&d, 4) == 1 && sim_dist_cdf(&d, 3.9) == 0);
}

Test(dist, extreme_uniforms_give_finite_values)
{
    for (size_t i = 0; i < sizeof continuous / sizeof continuous[0]; i++) {
        const struct wanted w = continuous[i];
        const struct sim_dist d = make(w.kind, w.a, w.b, w.c, w.min, w.max);
        const double low = sim_dist_quantile(&d, 0x1p-53);
        const double high = sim_dist_quantile(&d, 1 - 0x1p-53);
        cr_assert(isfinite(low) && isfinite(high) && low < high, "case %zu: %g %g", i, low, high);
    }
    const struct sim_dist p = make(SIM_DIST_POISSON, 400, 0, 0, NONE);
    cr_assert(sim_dist_quantile(&p, 1 - 0x1p-53) < 700 && sim_dist_quantile(&p, 0x1p-53) > 200);
}

static void refused(struct sim_dist d, const char *why)
{
    struct sim_err err = {0};
    cr_assert(sim_dist_prepare(&d, &err) == SIM_INPUT, "%s was taken", why);
    cr_assert(strstr(err.text, why) != NULL, "%s", err.text);
}

Test(dist, wrong_parameters_are_refused_with_what_would_be_right)
{
    refused(sim_dist_make(SIM_DIST_UNIFORM, 5, 5, 0), "low must be below high");
    refused(sim_dist_make(SIM_DIST_TRIANGULAR, 1, 4, 3), "must ascend");
    refused(sim_dist_make(SIM_DIST_NORMAL, 1, 0, 0), "normal: sd is 0 and must be above 0");
    refused(sim_dist_make(SIM_DIST_LOGNORMAL, -1, 1, 0), "mean is -1 and must be above 0");
    refused(sim_dist_make(SIM_DIST_LOGNORMAL, 1, 0, 0), "cv is 0");
    refused(sim_dist_make(SIM_DIST_EXPONENTIAL, 0, 0, 0), "mean is 0");
    refused(sim_dist_make(SIM_DIST_GAMMA, 0, 1, 0), "shape is 0");
    refused(sim_dist_make(SIM_DIST_WEIBULL, 1, -3, 0), "scale is -3");
    refused(sim_dist_make(SIM_DIST_WEIBULL, 1e7, 3, 0), "within 0.001 and 1e6");
    refused(sim_dist_make(SIM_DIST_POISSON, 2e9, 0, 0), "at most 1e9");
    refused(sim_dist_make(SIM_DIST_BERNOULLI, 1.5, 0, 0), "within 0 and 1");
    refused(sim_dist_make(SIM_DIST_CONSTANT, (double)NAN, 0, 0), "a finite number");
    refused(sim_dist_make(SIM_DIST_EMPIRICAL, 0, 0, 0), "one value at least");
    struct sim_dist d = sim_dist_make(SIM_DIST_NORMAL, 0, 1, 0);
    d.min = 3;
    d.max = 2;
    refused(d, "min (3) must not be above max (2)");
    d.max = HUGE_VAL;
    d.min = 9;
    refused(d, "less than 1e-09 of the distribution");
    d = sim_dist_make(SIM_DIST_EMPIRICAL, 0, 0, 0);
    const double down[] = {2, 1};
    const double zero[] = {0, 0};
    d.values = down;
    d.count = 2;
    refused(d, "value 2 (1)");
    d.values = few_values;
    d.weights = zero;
    refused(d, "all weights are 0");
}

Test(dist, kinds_are_found_by_name)
{
    for (int i = 0; i < SIM_DIST_KINDS; i++) {
        const enum sim_dist_kind kind = (enum sim_dist_kind)i;
        cr_assert(sim_dist_find(sim_dist_info(kind)->name) == kind);
        cr_assert(sim_dist_info(kind)->doc != NULL);
    }
    cr_assert(sim_dist_find("cauchy") == SIM_DIST_KINDS);
}
