/** @file
 * Statistics: means and spreads that can be merged, means over time, quantiles for intervals.
 *
 * Sums depend on their order, so merge in a fixed order (by replication number), never as
 * threads finish. Accumulators are plain values, zero to start: `struct sim_stats s = {0};`.
 *
 * Floor 1. Pure; thread-safe.
 */
#ifndef SIM_NUM_STATS_H
#define SIM_NUM_STATS_H

#include "sim/num/simtime.h"

/** Mean and spread of a sample. Welford 1962; merging: Chan et al. 1979. */
struct sim_stats {
    int64_t count;
    double mean;
    double m2; // sum of squares about the mean
    double min, max;
};

void sim_stats_add(struct sim_stats *s, double x);
void sim_stats_merge(struct sim_stats *s, const struct sim_stats *later);
double sim_stats_variance(const struct sim_stats *s); // n - 1 below the line; NaN below two
double sim_stats_sd(const struct sim_stats *s);

/** Of the two-sided confidence interval of the mean (Student); infinite below two values. */
double sim_stats_half_width(const struct sim_stats *s, double level); // level in (0, 1)

/** Mean over time of a value that is constant between changes. Zero to start, then begin. */
struct sim_stats_timed {
    sim_time start, last;
    double value;    // since `last`
    double integral; // [value x s] up to `last`, compensated
    double carry;    // of the compensated sum
    double min, max;
};

void sim_stats_timed_begin(struct sim_stats_timed *s, sim_time t, double value);
void sim_stats_timed_change(struct sim_stats_timed *s, sim_time t, double value); // t >= last
double sim_stats_timed_integral(const struct sim_stats_timed *s, sim_time t);     // [value x s]
double sim_stats_timed_mean(const struct sim_stats_timed *s,
                            sim_time t); // the value when t = start

/** Sum with compensation (Neumaier 1974): order still fixed, error independent of length. */
struct sim_stats_sum {
    double sum, carry;
};

void sim_stats_sum_add(struct sim_stats_sum *s, double x);
double sim_stats_sum_value(const struct sim_stats_sum *s);
double sim_stats_sum_with(const struct sim_stats_sum *s, double x); // the value, were x added

double sim_stats_normal_cdf(double x);
double sim_stats_normal_quantile(double p);       // p in (0, 1); Wichura 1988, AS 241, ~1e-16
double sim_stats_t_cdf(double t, double df);      // df > 0
double sim_stats_t_quantile(double p, double df); // p in (0, 1)
double sim_stats_chi2_cdf(double x, double df);
double sim_stats_chi2_quantile(double p, double df);

/** Kolmogorov-Smirnov: D that a sample of n from the true distribution exceeds with chance alpha
 * (asymptotic law with Stephens' 1970 correction; good to 1 % from n = 20). */
double sim_stats_ks_critical(int64_t n, double alpha);

/** Quantile p in [0, 1] of n >= 1 ascending values: linear between order statistics (type 7). */
double sim_stats_sample_quantile(const double *sorted, int64_t n, double p);

#endif
