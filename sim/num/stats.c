// SPDX-License-Identifier: MIT
#include "sim/num/stats.h"

#include "sim/num/elem.h"
#include "sim/num/gammas.h"

#include <float.h>
#include <math.h>

void sim_stats_add(struct sim_stats *s, double x)
{
    s->count++;
    const double delta = x - s->mean;
    s->mean += delta / (double)s->count;
    s->m2 += delta * (x - s->mean);
    s->min = s->count == 1 || x < s->min ? x : s->min;
    s->max = s->count == 1 || x > s->max ? x : s->max;
}

void sim_stats_merge(struct sim_stats *s, const struct sim_stats *later)
{
    if (later->count == 0) {
        return;
    }
    if (s->count == 0) {
        *s = *later;
        return;
    }
    const double n1 = (double)s->count;
    const double n2 = (double)later->count;
    const double delta = later->mean - s->mean;
    s->count += later->count;
    s->mean += delta * (n2 / (n1 + n2));
    s->m2 += later->m2 + delta * delta * (n1 * n2 / (n1 + n2));
    s->min = later->min < s->min ? later->min : s->min;
    s->max = later->max > s->max ? later->max : s->max;
}

double sim_stats_variance(const struct sim_stats *s)
{
    return s->count < 2 ? (double)NAN : s->m2 / (double)(s->count - 1);
}

double sim_stats_sd(const struct sim_stats *s)
{
    return sqrt(sim_stats_variance(s));
}

double sim_stats_half_width(const struct sim_stats *s, double level)
{
    SIM_REQUIRE(level > 0 && level < 1, "a confidence level is between 0 and 1");
    if (s->count < 2) {
        return HUGE_VAL;
    }
    const double n = (double)s->count;
    return sim_stats_t_quantile(0.5 + level / 2, n - 1) * sim_stats_sd(s) / sqrt(n);
}

// ---- over time ----

static void add_compensated(double *sum, double *carry, double x)
{
    const double total = *sum + x;
    *carry += fabs(*sum) >= fabs(x) ? (*sum - total) + x : (x - total) + *sum;
    *sum = total;
}

void sim_stats_sum_add(struct sim_stats_sum *s, double x)
{
    add_compensated(&s->sum, &s->carry, x);
}

double sim_stats_sum_value(const struct sim_stats_sum *s)
{
    return s->sum + s->carry;
}

double sim_stats_sum_with(const struct sim_stats_sum *s, double x)
{
    double sum = s->sum;
    double carry = s->carry;
    add_compensated(&sum, &carry, x);
    return sum + carry;
}

void sim_stats_timed_begin(struct sim_stats_timed *s, sim_time t, double value)
{
    *s =
        (struct sim_stats_timed){.start = t, .last = t, .value = value, .min = value, .max = value};
}

void sim_stats_timed_change(struct sim_stats_timed *s, sim_time t, double value)
{
    SIM_REQUIRE(t >= s->last, "time cannot run backwards");
    add_compensated(&s->integral, &s->carry, s->value * sim_simtime_to_seconds(t - s->last));
    s->last = t;
    s->value = value;
    s->min = value < s->min ? value : s->min;
    s->max = value > s->max ? value : s->max;
}

double sim_stats_timed_integral(const struct sim_stats_timed *s, sim_time t)
{
    SIM_REQUIRE(t >= s->last, "time cannot run backwards");
    double sum = s->integral;
    double carry = s->carry;
    add_compensated(&sum, &carry, s->value * sim_simtime_to_seconds(t - s->last));
    return sum + carry;
}

double sim_stats_timed_mean(const struct sim_stats_timed *s, sim_time t)
{
    return t == s->start ? s->value
                         : sim_stats_timed_integral(s, t) / sim_simtime_to_seconds(t - s->start);
}

// ---- normal ----

double sim_stats_normal_cdf(double x)
{
    return sim_gammas_erfc(-x * 0.70710678118654752440) / 2;
}

/** c[0] + c[1] x + ... + c[7] x^7 */
static double polynomial(const double c[8], double x)
{
    double sum = c[7];
    for (int i = 6; i >= 0; i--) {
        sum = sum * x + c[i];
    }
    return sum;
}

// Wichura 1988, Applied Statistics 37, algorithm AS 241 (PPND16): middle, near and far tail.
static const double middle_above[8] = {3.3871328727963666080e0,  1.3314166789178437745e+2,
                                       1.9715909503065514427e+3, 1.3731693765509461125e+4,
                                       4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                       3.3430575583588128105e+4, 2.5090809287301226727e+3};
static const double middle_below[8] = {1.0,
                                       4.2313330701600911252e+1,
                                       6.8718700749205790830e+2,
                                       5.3941960214247511077e+3,
                                       2.1213794301586595867e+4,
                                       3.9307895800092710610e+4,
                                       2.8729085735721942674e+4,
                                       5.2264952788528545610e+3};
static const double near_above[8] = {1.42343711074968357734e0,  4.63033784615654529590e0,
                                     5.76949722146069140550e0,  3.64784832476320460504e0,
                                     1.27045825245236838258e0,  2.41780725177450611770e-1,
                                     2.27238449892691845833e-2, 7.74545014278341407640e-4};
static const double near_below[8] = {1.0,
                                     2.05319162663775882187e0,
                                     1.67638483018380384940e0,
                                     6.89767334985100004550e-1,
                                     1.48103976427480074590e-1,
                                     1.51986665636164571966e-2,
                                     5.47593808499534494600e-4,
                                     1.05075007164441684324e-9};
static const double far_above[8] = {6.65790464350110377720e0,  5.46378491116411436990e0,
                                    1.78482653991729133580e0,  2.96560571828504891230e-1,
                                    2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                    2.71155556874348757815e-5, 2.01033439929228813265e-7};
static const double far_below[8] = {1.0,
                                    5.99832206555887937690e-1,
                                    1.36929880922735805310e-1,
                                    1.48753612908506148525e-2,
                                    7.86869131145613259100e-4,
                                    1.84631831751005468180e-5,
                                    1.42151175831644588870e-7,
                                    2.04426310338993978564e-15};

double sim_stats_normal_quantile(double p)
{
    SIM_REQUIRE(p > 0 && p < 1, "a quantile wants p in (0, 1)");
    const double q = p - 0.5;
    if (fabs(q) <= 0.425) {
        const double r = 0.180625 - q * q;
        return q * polynomial(middle_above, r) / polynomial(middle_below, r);
    }
    const double r = sqrt(-sim_elem_log(q < 0 ? p : 1 - p));
    const double x = r <= 5 ? polynomial(near_above, r - 1.6) / polynomial(near_below, r - 1.6)
                            : polynomial(far_above, r - 5) / polynomial(far_below, r - 5);
    return q < 0 ? -x : x;
}

// ---- chi-square and Student ----

double sim_stats_chi2_cdf(double x, double df)
{
    return x <= 0 ? 0 : sim_gammas_lower(df / 2, x / 2);
}

double sim_stats_chi2_quantile(double p, double df)
{
    return 2 * sim_gammas_lower_inverse(df / 2, p);
}

/** Chance above t >= 0. */
static double t_tail(double t, double df)
{
    const double square = t * t;
    if (square == HUGE_VAL) {
        return 0;
    }
    if (square < df) { // the other side keeps its digits near the middle
        return 0.5 - sim_gammas_beta(0.5, df / 2, square / (df + square)) / 2;
    }
    return sim_gammas_beta(df / 2, 0.5, df / (df + square)) / 2;
}

double sim_stats_t_cdf(double t, double df)
{
    SIM_REQUIRE(df > 0, "degrees of freedom are above 0");
    return t < 0 ? t_tail(-t, df) : 1 - t_tail(t, df);
}

static double t_density(double t, double df)
{
    return sim_elem_exp(-(df + 1) / 2 * sim_elem_log1p(t * t / df) -
                        sim_gammas_log_beta(0.5, df / 2)) /
           sqrt(df);
}

/** t >= 0 with chance `tail` (at most 1/2) above it: Newton, kept within a bracket. */
static double t_upper_quantile(double tail, double df)
{
    double low = 0;
    double high = HUGE_VAL;
    double t = sim_stats_normal_quantile(1 - tail);
    for (int i = 0; i < 300; i++) {
        const double excess = t_tail(t, df) - tail;
        *(excess > 0 ? &low : &high) = t;
        double next = t + excess / t_density(t, df);
        if (!(next > low && next < high)) {
            next = high == HUGE_VAL ? 2 * t + 1 : low + (high - low) / 2;
        }
        const double step = fabs(next - t);
        t = next;
        if (step <= 4 * DBL_EPSILON * t) {
            break;
        }
    }
    return t;
}

/** For many degrees of freedom, by powers of 1/df. Abramowitz and Stegun 26.7.5 */
static double t_quantile_many(double p, double df)
{
    const double z = sim_stats_normal_quantile(p);
    const double q = z * z;
    const double g1 = (q + 1) / 4;
    const double g2 = ((5 * q + 16) * q + 3) / 96;
    const double g3 = (((3 * q + 19) * q + 17) * q - 15) / 384;
    return z * (1 + (g1 + (g2 + g3 / df) / df) / df);
}

double sim_stats_t_quantile(double p, double df)
{
    SIM_REQUIRE(p > 0 && p < 1 && df > 0, "a quantile wants p in (0, 1) and df > 0");
    if (p == 0.5) {
        return 0;
    }
    if (df > 1e5) {
        return t_quantile_many(p, df);
    }
    return p < 0.5 ? -t_upper_quantile(p, df) : t_upper_quantile(1 - p, df);
}

// ---- order statistics ----

/** Chance that the Kolmogorov variable is above x. */
static double kolmogorov_tail(double x)
{
    double sum = 0;
    for (int k = 1; k <= 100; k++) {
        const double term = 2 * sim_elem_exp(-2.0 * k * k * x * x);
        sum += k % 2 == 1 ? term : -term;
        if (term < 1e-17) {
            break;
        }
    }
    return sum;
}

double sim_stats_ks_critical(int64_t n, double alpha)
{
    SIM_REQUIRE(n >= 1 && alpha > 0 && alpha < 1, "a critical value wants n >= 1, alpha in (0, 1)");
    double low = 0.2; // chance above: 1 to 17 digits
    double high = 20;
    while (high - low > 1e-12) {
        const double middle = (low + high) / 2;
        *(kolmogorov_tail(middle) > alpha ? &low : &high) = middle;
    }
    const double root = sqrt((double)n);
    return low / (root + 0.12 + 0.11 / root);
}

double sim_stats_sample_quantile(const double *sorted, int64_t n, double p)
{
    SIM_REQUIRE(n >= 1 && p >= 0 && p <= 1, "a sample quantile wants n >= 1 and p in [0, 1]");
    const double place = p * (double)(n - 1);
    const int64_t i = (int64_t)floor(place);
    if (i + 1 >= n) {
        return sorted[n - 1];
    }
    return sorted[i] + (place - (double)i) * (sorted[i + 1] - sorted[i]);
}
