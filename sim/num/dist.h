/** @file
 * Distributions: one uniform a variate, by inversion, so that common and antithetic random
 * numbers mean what they say.
 *
 * Fill `kind` and `p`, set `min` and `max` where the distribution is cut (else sim_dist_make
 * leaves them infinite), and prepare: it checks the parameters and fills the cached fields.
 * A cut distribution is the conditional one: u is mapped into [F(min), F(max)], so nothing heaps
 * up at the bounds. Values are in SI; `sim_dist_info` says which parameters carry the dimension
 * of the value and which are pure numbers.
 *
 * kind         p[0]     p[1]    p[2]
 * constant     value
 * uniform      low      high
 * triangular   low      mode    high
 * normal       mean     sd
 * lognormal    mean     cv              mean and coefficient of variation of the value itself
 * exponential  mean
 * gamma        shape    scale
 * weibull      shape    scale
 * poisson      mean
 * bernoulli    p                        1 with chance p, else 0
 * empirical    -                        `values` ascending, `weights` or NULL for equal ones
 *
 * One draw takes about 16 ns (exponential) to 1 us (gamma, whose inverse is found by iteration;
 * shapes above 1e4 take 5 us and more); empirical ones with weights are searched from their start.
 *
 * Floor 1. Const once prepared; any thread may read it.
 */
#ifndef SIM_NUM_DIST_H
#define SIM_NUM_DIST_H

#include "sim/base/err.h"
#include "sim/num/rng.h"

enum sim_dist_kind {
    SIM_DIST_CONSTANT,
    SIM_DIST_UNIFORM,
    SIM_DIST_TRIANGULAR,
    SIM_DIST_NORMAL,
    SIM_DIST_LOGNORMAL,
    SIM_DIST_EXPONENTIAL,
    SIM_DIST_GAMMA,
    SIM_DIST_WEIBULL,
    SIM_DIST_POISSON,
    SIM_DIST_BERNOULLI,
    SIM_DIST_EMPIRICAL,
    SIM_DIST_KINDS
};

#define SIM_DIST_PARAMS 3

/** What a loader must know of a kind. */
struct sim_dist_info {
    const char *name; // "lognormal"
    int count;        // [-] parameters, all required; 0 for empirical
    const char *params[SIM_DIST_PARAMS];
    bool has_dimension[SIM_DIST_PARAMS]; // the parameter carries the dimension of the value
    bool is_number;                      // the value itself is a pure number (poisson, bernoulli)
    const char *doc;                     // one line
};

struct sim_dist {
    enum sim_dist_kind kind;
    double p[SIM_DIST_PARAMS];
    double min, max;       // truncation; -INFINITY, INFINITY when there is none
    const double *values;  // empirical: borrowed for the life of the struct, ascending
    const double *weights; // empirical: borrowed, >= 0; NULL: equal
    int count;             // empirical

    double below_min;    // cached: chance below min
    double below_max;    // cached: chance up to max
    double a, b;         // cached: mu and sigma of lognormal and the like
    double weight_total; // cached: empirical
    bool is_cut;         // cached
};

const struct sim_dist_info *sim_dist_info(enum sim_dist_kind kind);

/** The kind of that name, or SIM_DIST_KINDS. */
enum sim_dist_kind sim_dist_find(const char *name);

/** Unprepared, uncut; unused parameters are 0. */
struct sim_dist sim_dist_make(enum sim_dist_kind kind, double p0, double p1, double p2);

/** Check and fill the cached fields. SIM_INPUT: what is wrong and what would be right. */
enum sim_status sim_dist_prepare(struct sim_dist *d, struct sim_err *err) SIM_MUST_USE;

double sim_dist_quantile(const struct sim_dist *d, double u); // u in (0, 1)
double sim_dist_draw(const struct sim_dist *d, struct sim_rng *r);
double sim_dist_cdf(const struct sim_dist *d, double x);

/** Of the distribution as cut, in closed form. A cut far narrower than the distribution loses
 * digits of the variance: about 1e-16 mean^2 of absolute error (normal and empirical ones are
 * centred). */
double sim_dist_mean(const struct sim_dist *d);
double sim_dist_variance(const struct sim_dist *d);

/** The least and the greatest value that can come; may be infinite. */
double sim_dist_least(const struct sim_dist *d);
double sim_dist_greatest(const struct sim_dist *d);

#endif
