// SPDX-License-Identifier: MIT
#include "sim/num/dist.h"

#include "sim/num/dist_moments.h"
#include "sim/num/elem.h"
#include "sim/num/gammas.h"
#include "sim/num/stats.h"

#include <math.h>
#include <string.h>

#define LEAST_CHANCE 1e-9 // that a cut must leave

static const struct sim_dist_info infos[SIM_DIST_KINDS] = {
    [SIM_DIST_CONSTANT] = {"constant", 1, {"value"}, {true}, false, "always the same value"},
    [SIM_DIST_UNIFORM] = {"uniform",
                          2,
                          {"low", "high"},
                          {true, true},
                          false,
                          "any value between low and high, all alike"},
    [SIM_DIST_TRIANGULAR] = {"triangular",
                             3,
                             {"low", "mode", "high"},
                             {true, true, true},
                             false,
                             "between low and high, most often near mode"},
    [SIM_DIST_NORMAL] = {"normal",
                         2,
                         {"mean", "sd"},
                         {true, true},
                         false,
                         "mean and standard deviation before the cut"},
    [SIM_DIST_LOGNORMAL] = {"lognormal",
                            2,
                            {"mean", "cv"},
                            {true, false},
                            false,
                            "mean and coefficient of variation of the value itself"},
    [SIM_DIST_EXPONENTIAL] =
        {"exponential", 1, {"mean"}, {true}, false, "time between events that come at random"},
    [SIM_DIST_GAMMA] =
        {"gamma", 2, {"shape", "scale"}, {false, true}, false, "mean is shape x scale"},
    [SIM_DIST_WEIBULL] = {"weibull",
                          2,
                          {"shape", "scale"},
                          {false, true},
                          false,
                          "wear-out above shape 1, early failures below"},
    [SIM_DIST_POISSON] = {"poisson", 1, {"mean"}, {false}, true, "a count of rare events"},
    [SIM_DIST_BERNOULLI] = {"bernoulli", 1, {"p"}, {false}, true, "1 with chance p, else 0"},
    [SIM_DIST_EMPIRICAL] =
        {"empirical", 0, {NULL}, {false}, false, "one of the values given, by weight"},
};

const struct sim_dist_info *sim_dist_info(enum sim_dist_kind kind)
{
    SIM_REQUIRE((int)kind >= 0 && kind < SIM_DIST_KINDS, "no such kind of distribution");
    return &infos[kind];
}

enum sim_dist_kind sim_dist_find(const char *name)
{
    for (int i = 0; i < SIM_DIST_KINDS; i++) {
        if (strcmp(infos[i].name, name) == 0) {
            return (enum sim_dist_kind)i;
        }
    }
    return SIM_DIST_KINDS;
}

struct sim_dist sim_dist_make(enum sim_dist_kind kind, double p0, double p1, double p2)
{
    return (struct sim_dist){.kind = kind, .p = {p0, p1, p2}, .min = -HUGE_VAL, .max = HUGE_VAL};
}

// ---- distribution functions before the cut ----

static double uniform_cdf(const double p[2], double x)
{
    if (x <= p[0] || x >= p[1]) {
        return x <= p[0] ? 0 : 1;
    }
    return (x - p[0]) / (p[1] - p[0]);
}

static double bernoulli_cdf(double p, double x)
{
    if (x < 0 || x >= 1) {
        return x < 0 ? 0 : 1;
    }
    return 1 - p;
}

static double triangular_cdf(const double p[3], double x)
{
    const double width = p[2] - p[0];
    if (x <= p[0] || x >= p[2]) {
        return x <= p[0] ? 0 : 1;
    }
    if (x < p[1]) {
        return (x - p[0]) * (x - p[0]) / (width * (p[1] - p[0]));
    }
    return 1 - (p[2] - x) * (p[2] - x) / (width * (p[2] - p[1]));
}

static double triangular_quantile(const double p[3], double u)
{
    const double width = p[2] - p[0];
    if (u * width < p[1] - p[0]) {
        return p[0] + sqrt(u * width * (p[1] - p[0]));
    }
    return p[2] - sqrt((1 - u) * width * (p[2] - p[1]));
}

static double weight_of(const struct sim_dist *d, int i)
{
    return d->weights != NULL ? d->weights[i] : 1;
}

static double empirical_cdf(const struct sim_dist *d, double x)
{
    double sum = 0;
    for (int i = 0; i < d->count && d->values[i] <= x; i++) {
        sum += weight_of(d, i);
    }
    return sum / d->weight_total;
}

static double empirical_quantile(const struct sim_dist *d, double u)
{
    const double wanted = u * d->weight_total;
    if (d->weights == NULL) {
        const int i = (int)ceil(wanted) - 1;
        return d->values[i < 0 ? 0 : i < d->count ? i : d->count - 1];
    }
    double sum = 0;
    int last = 0;
    for (int i = 0; i < d->count; i++) {
        if (d->weights[i] > 0) {
            sum += d->weights[i];
            last = i;
            if (sum >= wanted) {
                break;
            }
        }
    }
    return d->values[last];
}

static double poisson_cdf(double mean, double x)
{
    return x < 0 ? 0 : x == HUGE_VAL ? 1 : sim_gammas_upper(floor(x) + 1, mean);
}

/** The least k with F(k) >= u: by summing for a small mean, else from a normal first guess. */
static double poisson_quantile(double mean, double u)
{
    double k = 0;
    double term = sim_elem_exp(-mean);
    if (mean < 30) {
        double sum = term;
        while (sum < u && k < 1000) {
            k += 1;
            term *= mean / k;
            sum += term;
        }
        return k;
    }
    const double z = sim_stats_normal_quantile(u);
    k = fmax(0, floor(mean + sqrt(mean) * z + (z * z - 1) / 6 + 0.5)); // Cornish and Fisher 1938
    double below = poisson_cdf(mean, k);
    term = sim_elem_exp(k * sim_elem_log(mean) - mean - sim_gammas_log(k + 1));
    while (below < u) {
        k += 1;
        term *= mean / k;
        if (below + term == below) {
            break;
        }
        below += term;
    }
    while (k > 0 && below - term >= u) {
        below -= term;
        term *= k / mean;
        k -= 1;
    }
    return k;
}

static double raw_cdf(const struct sim_dist *d, double x)
{
    const double *p = d->p;
    switch (d->kind) {
    case SIM_DIST_CONSTANT:
        return x < p[0] ? 0 : 1;
    case SIM_DIST_UNIFORM:
        return uniform_cdf(p, x);
    case SIM_DIST_TRIANGULAR:
        return triangular_cdf(p, x);
    case SIM_DIST_NORMAL:
        return sim_stats_normal_cdf((x - p[0]) / p[1]);
    case SIM_DIST_LOGNORMAL:
        return x <= 0 ? 0 : sim_stats_normal_cdf((sim_elem_log(x) - d->a) / d->b);
    case SIM_DIST_EXPONENTIAL:
        return x <= 0 ? 0 : -sim_elem_expm1(-x / p[0]);
    case SIM_DIST_GAMMA:
        return x <= 0 ? 0 : sim_gammas_lower(p[0], x / p[1]);
    case SIM_DIST_WEIBULL:
        return x <= 0 ? 0 : -sim_elem_expm1(-sim_elem_pow(x / p[1], p[0]));
    case SIM_DIST_POISSON:
        return poisson_cdf(p[0], x);
    case SIM_DIST_BERNOULLI:
        return bernoulli_cdf(p[0], x);
    case SIM_DIST_EMPIRICAL:
        return empirical_cdf(d, x);
    case SIM_DIST_KINDS:
        break;
    }
    return (double)NAN;
}

static double raw_quantile(const struct sim_dist *d, double u)
{
    const double *p = d->p;
    switch (d->kind) {
    case SIM_DIST_CONSTANT:
        return p[0];
    case SIM_DIST_UNIFORM:
        return p[0] + u * (p[1] - p[0]);
    case SIM_DIST_TRIANGULAR:
        return triangular_quantile(p, u);
    case SIM_DIST_NORMAL:
        return p[0] + p[1] * sim_stats_normal_quantile(u);
    case SIM_DIST_LOGNORMAL:
        return sim_elem_exp(d->a + d->b * sim_stats_normal_quantile(u));
    case SIM_DIST_EXPONENTIAL:
        return -p[0] * sim_elem_log(1 - u); // 1 - u is exact for the generator's u
    case SIM_DIST_GAMMA:
        return p[1] * sim_gammas_lower_inverse(p[0], u);
    case SIM_DIST_WEIBULL:
        return p[1] * sim_elem_pow(-sim_elem_log(1 - u), 1 / p[0]);
    case SIM_DIST_POISSON:
        return poisson_quantile(p[0], u);
    case SIM_DIST_BERNOULLI:
        return u > 1 - p[0] ? 1 : 0;
    case SIM_DIST_EMPIRICAL:
        return empirical_quantile(d, u);
    case SIM_DIST_KINDS:
        break;
    }
    return (double)NAN;
}

// ---- checks ----

static enum sim_status wrong(const struct sim_dist *d, struct sim_err *err, int param,
                             const char *right)
{
    const char *kind = sim_dist_info(d->kind)->name;
    return sim_err_set(err, SIM_INPUT, "%s: %s is %g and must be %s", kind,
                       sim_dist_info(d->kind)->params[param], d->p[param], right);
}

static enum sim_status check_order(const struct sim_dist *d, struct sim_err *err)
{
    if (d->kind == SIM_DIST_UNIFORM && !(d->p[0] < d->p[1])) {
        return sim_err_set(err, SIM_INPUT, "uniform: low must be below high");
    }
    if (d->kind == SIM_DIST_TRIANGULAR &&
        !(d->p[0] <= d->p[1] && d->p[1] <= d->p[2] && d->p[0] < d->p[2])) {
        return sim_err_set(err, SIM_INPUT, "triangular: low, mode and high must ascend");
    }
    return SIM_OK;
}

static enum sim_status check_params(const struct sim_dist *d, struct sim_err *err)
{
    // bit i: parameter i must be above 0
    static const unsigned positive_params[SIM_DIST_KINDS] = {
        [SIM_DIST_NORMAL] = 2u, [SIM_DIST_LOGNORMAL] = 3u, [SIM_DIST_EXPONENTIAL] = 1u,
        [SIM_DIST_GAMMA] = 3u,  [SIM_DIST_WEIBULL] = 3u,   [SIM_DIST_POISSON] = 1u};
    for (int i = 0; i < sim_dist_info(d->kind)->count; i++) {
        if (!isfinite(d->p[i])) {
            return wrong(d, err, i, "a finite number");
        }
        if ((positive_params[d->kind] >> i & 1u) != 0 && !(d->p[i] > 0)) {
            return wrong(d, err, i, "above 0");
        }
    }
    if (d->kind == SIM_DIST_BERNOULLI && !(d->p[0] >= 0 && d->p[0] <= 1)) {
        return wrong(d, err, 0, "within 0 and 1");
    }
    if (d->kind == SIM_DIST_POISSON && d->p[0] > 1e9) {
        return wrong(d, err, 0, "at most 1e9");
    }
    if ((d->kind == SIM_DIST_GAMMA || d->kind == SIM_DIST_WEIBULL) &&
        !(d->p[0] >= 1e-3 && d->p[0] <= 1e6)) {
        return wrong(d, err, 0, "within 0.001 and 1e6");
    }
    return check_order(d, err);
}

static enum sim_status check_values(struct sim_dist *d, struct sim_err *err)
{
    if (d->count < 1 || d->values == NULL) {
        return sim_err_set(err, SIM_INPUT, "empirical: there must be one value at least");
    }
    d->weight_total = 0;
    for (int i = 0; i < d->count; i++) {
        if (!isfinite(d->values[i]) || (i > 0 && d->values[i] < d->values[i - 1])) {
            return sim_err_set(err, SIM_INPUT,
                               "empirical: value %d (%g) must be finite and not below the one "
                               "before",
                               i + 1, d->values[i]);
        }
        if (!(weight_of(d, i) >= 0 && weight_of(d, i) < HUGE_VAL)) {
            return sim_err_set(err, SIM_INPUT, "empirical: weight %d (%g) must be 0 or above",
                               i + 1, weight_of(d, i));
        }
        d->weight_total += weight_of(d, i);
    }
    if (!(d->weight_total > 0)) {
        return sim_err_set(err, SIM_INPUT, "empirical: all weights are 0");
    }
    return SIM_OK;
}

/** P(X < x): differs from the distribution function where one value has a chance of its own. */
static double chance_below(const struct sim_dist *d, double x)
{
    return x == -HUGE_VAL ? 0 : raw_cdf(d, nextafter(x, -HUGE_VAL));
}

static bool is_discrete(const struct sim_dist *d)
{
    return d->kind == SIM_DIST_CONSTANT || d->kind == SIM_DIST_POISSON ||
           d->kind == SIM_DIST_BERNOULLI || d->kind == SIM_DIST_EMPIRICAL;
}

static enum sim_status prepare_cut(struct sim_dist *d, struct sim_err *err)
{
    d->is_cut = d->min > -HUGE_VAL || d->max < HUGE_VAL;
    d->below_min = 0;
    d->below_max = 1;
    if (!d->is_cut && d->min == d->min && d->max == d->max) {
        return SIM_OK;
    }
    if (!(d->min <= d->max)) {
        return sim_err_set(err, SIM_INPUT, "%s: min (%g) must not be above max (%g)",
                           sim_dist_info(d->kind)->name, d->min, d->max);
    }
    d->below_min = is_discrete(d) ? chance_below(d, d->min) : raw_cdf(d, d->min);
    d->below_max = raw_cdf(d, d->max);
    if (!(d->below_max - d->below_min >= LEAST_CHANCE)) {
        return sim_err_set(err, SIM_INPUT,
                           "%s: between min %g and max %g lies less than %g of the distribution; "
                           "widen them or shift its parameters",
                           sim_dist_info(d->kind)->name, d->min, d->max, LEAST_CHANCE);
    }
    return SIM_OK;
}

enum sim_status sim_dist_prepare(struct sim_dist *d, struct sim_err *err)
{
    SIM_TRY(check_params(d, err));
    if (d->kind == SIM_DIST_EMPIRICAL) {
        SIM_TRY(check_values(d, err));
    }
    if (d->kind == SIM_DIST_LOGNORMAL) {
        const double log_square = sim_elem_log1p(d->p[1] * d->p[1]);
        d->a = sim_elem_log(d->p[0]) - log_square / 2;
        d->b = sqrt(log_square);
    }
    return prepare_cut(d, err);
}

// ---- questions ----

double sim_dist_quantile(const struct sim_dist *d, double u)
{
    SIM_ASSERT(u > 0 && u < 1);
    if (!d->is_cut) {
        return raw_quantile(d, u);
    }
    double v = d->below_min + u * (d->below_max - d->below_min);
    v = v < 0x1p-1022 ? 0x1p-1022 : v < 1 ? v : 1 - 0x1p-53;
    const double x = raw_quantile(d, v);
    const double least = sim_dist_least(d); // rounding must not lead outside
    const double greatest = sim_dist_greatest(d);
    return x < least ? least : x > greatest ? greatest : x;
}

double sim_dist_draw(const struct sim_dist *d, struct sim_rng *r)
{
    return sim_dist_quantile(d, sim_rng_uniform(r));
}

double sim_dist_cdf(const struct sim_dist *d, double x)
{
    if (x < d->min) {
        return 0;
    }
    if (x >= d->max) {
        return 1;
    }
    return d->is_cut ? (raw_cdf(d, x) - d->below_min) / (d->below_max - d->below_min)
                     : raw_cdf(d, x);
}

double sim_dist_mean(const struct sim_dist *d)
{
    return sim_dist_moments_of(d).mean;
}

double sim_dist_variance(const struct sim_dist *d)
{
    return sim_dist_moments_of(d).variance;
}

/** The first (or last) value of weight within the cut. */
static double empirical_end(const struct sim_dist *d, bool is_last)
{
    double end = d->values[0];
    for (int k = 0; k < d->count; k++) {
        const int i = is_last ? k : d->count - 1 - k; // the one seen last wins
        if (weight_of(d, i) > 0 && d->values[i] >= d->min && d->values[i] <= d->max) {
            end = d->values[i];
        }
    }
    return end;
}

double sim_dist_least(const struct sim_dist *d)
{
    switch (d->kind) {
    case SIM_DIST_CONSTANT:
    case SIM_DIST_UNIFORM:
    case SIM_DIST_TRIANGULAR:
        return fmax(d->p[0], d->min);
    case SIM_DIST_NORMAL:
        return d->min;
    case SIM_DIST_LOGNORMAL:
    case SIM_DIST_EXPONENTIAL:
    case SIM_DIST_GAMMA:
    case SIM_DIST_WEIBULL:
        return fmax(0, d->min);
    case SIM_DIST_POISSON:
        return fmax(0, ceil(d->min));
    case SIM_DIST_BERNOULLI:
        return d->min > 0 || d->p[0] == 1 ? 1 : 0;
    case SIM_DIST_EMPIRICAL:
        return empirical_end(d, false);
    case SIM_DIST_KINDS:
        break;
    }
    return (double)NAN;
}

double sim_dist_greatest(const struct sim_dist *d)
{
    switch (d->kind) {
    case SIM_DIST_CONSTANT:
        return d->p[0];
    case SIM_DIST_UNIFORM:
        return fmin(d->p[1], d->max);
    case SIM_DIST_TRIANGULAR:
        return fmin(d->p[2], d->max);
    case SIM_DIST_NORMAL:
    case SIM_DIST_LOGNORMAL:
    case SIM_DIST_EXPONENTIAL:
    case SIM_DIST_GAMMA:
    case SIM_DIST_WEIBULL:
        return d->max;
    case SIM_DIST_POISSON:
        return floor(d->max);
    case SIM_DIST_BERNOULLI:
        return d->max < 1 || d->p[0] == 0 ? 0 : 1;
    case SIM_DIST_EMPIRICAL:
        return empirical_end(d, true);
    case SIM_DIST_KINDS:
        break;
    }
    return (double)NAN;
}
