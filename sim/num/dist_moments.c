// SPDX-License-Identifier: MIT
#include "sim/num/dist_moments.h"

#include "sim/num/elem.h"
#include "sim/num/gammas.h"
#include "sim/num/stats.h"

#include <math.h>

/** E[(X - c)^n; X in [min, max]] for n = 0, 1, 2, about some centre c. */
struct partial {
    double centre;
    double chance, first, second;
};

static struct sim_dist_moments conditional(struct partial p)
{
    const double mean = p.first / p.chance;
    const double variance = p.second / p.chance - mean * mean;
    return (struct sim_dist_moments){.mean = p.centre + mean,
                                     .variance = variance > 0 ? variance : 0};
}

/** Add a piece with density y0 + slope (x - x0) on [a, b]. */
static void add_line(struct partial *p, double a, double b, double x0, double y0, double slope)
{
    if (!(a < b)) {
        return;
    }
    // two-point Gauss is exact for the cubic that x^2 times a line makes
    const double middle = (a + b) / 2;
    const double half = (b - a) / 2;
    for (int i = 0; i < 2; i++) {
        const double x = middle + (i == 0 ? -half : half) / sqrt(3.0);
        const double weight = half * (y0 + slope * (x - x0));
        p->chance += weight;
        p->first += weight * (x - p->centre);
        p->second += weight * (x - p->centre) * (x - p->centre);
    }
}

static struct partial triangular(const struct sim_dist *d)
{
    const double low = d->p[0];
    const double mode = d->p[1];
    const double high = d->p[2];
    const double peak = 2 / (high - low);
    struct partial p = {.centre = mode};
    add_line(&p, fmax(low, d->min), fmin(mode, d->max), low, 0, peak / (mode - low));
    add_line(&p, fmax(mode, d->min), fmin(high, d->max), high, 0, -peak / (high - mode));
    return p;
}

static double normal_density(double z)
{
    return sim_elem_exp(-z * z / 2) * 0.39894228040143267794;
}

/** Johnson, Kotz, Balakrishnan 1994, 13.10.1 */
static struct sim_dist_moments normal(const struct sim_dist *d)
{
    const double sd = d->p[1];
    const double a = (d->min - d->p[0]) / sd;
    const double b = (d->max - d->p[0]) / sd;
    const double chance = d->below_max - d->below_min;
    const double fa = normal_density(a);
    const double fb = normal_density(b);
    const double shift = (fa - fb) / chance;
    const double stretch = ((a > -HUGE_VAL ? a * fa : 0) - (b < HUGE_VAL ? b * fb : 0)) / chance;
    const double variance = 1 + stretch - shift * shift;
    return (struct sim_dist_moments){.mean = d->p[0] + sd * shift,
                                     .variance = sd * sd * (variance > 0 ? variance : 0)};
}

/** E[X^n; X <= x] of the positive continuous kinds. */
static double lognormal_part(const struct sim_dist *d, int n, double x)
{
    const double all = sim_elem_exp(n * d->a + n * n * d->b * d->b / 2);
    if (x <= 0 || x == HUGE_VAL) {
        return x <= 0 ? 0 : all;
    }
    return all * sim_stats_normal_cdf((sim_elem_log(x) - d->a) / d->b - n * d->b);
}

static double gamma_part(double shape, double scale, int n, double x)
{
    double all = 1;
    for (int i = 0; i < n; i++) {
        all *= scale * (shape + i);
    }
    return x <= 0 ? 0 : all * sim_gammas_lower(shape + n, x / scale);
}

static double weibull_part(double shape, double scale, int n, double x)
{
    const double order = 1 + n / shape;
    if (x <= 0) {
        return 0;
    }
    const double all = sim_elem_pow(scale, n) * sim_elem_exp(sim_gammas_log(order));
    return all * (x == HUGE_VAL ? 1 : sim_gammas_lower(order, sim_elem_pow(x / scale, shape)));
}

static double part(const struct sim_dist *d, int n, double x)
{
    if (d->kind == SIM_DIST_LOGNORMAL) {
        return lognormal_part(d, n, x);
    }
    if (d->kind == SIM_DIST_WEIBULL) {
        return weibull_part(d->p[0], d->p[1], n, x);
    }
    return d->kind == SIM_DIST_GAMMA ? gamma_part(d->p[0], d->p[1], n, x)
                                     : gamma_part(1, d->p[0], n, x); // exponential
}

static struct partial positive(const struct sim_dist *d)
{
    return (struct partial){.chance = d->below_max - d->below_min,
                            .first = part(d, 1, d->max) - part(d, 1, d->min),
                            .second = part(d, 2, d->max) - part(d, 2, d->min)};
}

/** P(X <= k); 0 below zero. */
static double poisson_below(double mean, double k)
{
    if (k < 0) {
        return 0;
    }
    return k == HUGE_VAL ? 1 : sim_gammas_upper(floor(k) + 1, mean);
}

/** x p(x) = mean p(x - 1): factorial moments are shifted distribution functions. */
static struct partial poisson(const struct sim_dist *d)
{
    const double mean = d->p[0];
    const double last = floor(d->max);
    const double before = ceil(d->min) - 1;
    const double first = mean * (poisson_below(mean, last - 1) - poisson_below(mean, before - 1));
    const double falling =
        mean * mean * (poisson_below(mean, last - 2) - poisson_below(mean, before - 2));
    return (struct partial){
        .chance = d->below_max - d->below_min, .first = first, .second = falling + first};
}

static struct partial empirical(const struct sim_dist *d)
{
    struct partial p = {.centre = d->values[d->count / 2]};
    for (int i = 0; i < d->count; i++) {
        if (d->values[i] >= d->min && d->values[i] <= d->max) {
            const double weight = d->weights != NULL ? d->weights[i] : 1;
            const double x = d->values[i] - p.centre;
            p.chance += weight;
            p.first += weight * x;
            p.second += weight * x * x;
        }
    }
    return p;
}

static struct sim_dist_moments uniform(const struct sim_dist *d)
{
    const double low = fmax(d->p[0], d->min);
    const double high = fmin(d->p[1], d->max);
    return (struct sim_dist_moments){.mean = low + (high - low) / 2,
                                     .variance = (high - low) * (high - low) / 12};
}

static struct sim_dist_moments bernoulli(const struct sim_dist *d)
{
    const double p = d->min > 0 ? 1 : d->max < 1 ? 0 : d->p[0];
    return (struct sim_dist_moments){.mean = p, .variance = p * (1 - p)};
}

/** Closed forms that need no difference of large numbers. */
static struct sim_dist_moments uncut(const struct sim_dist *d)
{
    const double p0 = d->p[0];
    const double p1 = d->p[1];
    if (d->kind == SIM_DIST_EXPONENTIAL) {
        return (struct sim_dist_moments){p0, p0 * p0};
    }
    if (d->kind == SIM_DIST_GAMMA) {
        return (struct sim_dist_moments){p0 * p1, p0 * p1 * p1};
    }
    if (d->kind == SIM_DIST_LOGNORMAL) {
        return (struct sim_dist_moments){p0, p0 * p0 * p1 * p1};
    }
    if (d->kind == SIM_DIST_POISSON) {
        return (struct sim_dist_moments){p0, p0};
    }
    return conditional(positive(d)); // Weibull
}

struct sim_dist_moments sim_dist_moments_of(const struct sim_dist *d)
{
    switch (d->kind) {
    case SIM_DIST_CONSTANT:
        return (struct sim_dist_moments){.mean = d->p[0]};
    case SIM_DIST_UNIFORM:
        return uniform(d);
    case SIM_DIST_TRIANGULAR:
        return conditional(triangular(d));
    case SIM_DIST_NORMAL:
        return normal(d);
    case SIM_DIST_BERNOULLI:
        return bernoulli(d);
    case SIM_DIST_EMPIRICAL:
        return conditional(empirical(d));
    case SIM_DIST_LOGNORMAL:
    case SIM_DIST_EXPONENTIAL:
    case SIM_DIST_GAMMA:
    case SIM_DIST_WEIBULL:
        return d->is_cut ? conditional(positive(d)) : uncut(d);
    case SIM_DIST_POISSON:
        return d->is_cut ? conditional(poisson(d)) : uncut(d);
    case SIM_DIST_KINDS:
        break;
    }
    return (struct sim_dist_moments){(double)NAN, (double)NAN};
}
