/** @file
 * Special functions under the distributions: gamma, error function, incomplete gamma and beta,
 * and their inverses. Built on elem alone, so results are the same on every machine.
 *
 * Relative accuracy, against mpmath: log gamma and erfc 1e-14, incomplete gamma 3e-13 and beta
 * 1e-13, the inverse 1e-10 of the chance, for shapes 1e-3..1e6.
 *
 * Floor 1. Pure; thread-safe.
 */
#ifndef SIM_NUM_GAMMAS_H
#define SIM_NUM_GAMMAS_H

double sim_gammas_log(double x);  // log of gamma(x), x > 0
double sim_gammas_erfc(double x); // 1 - erf(x), keeps its relative accuracy in the upper tail

double sim_gammas_lower(double a, double x); // regularised P(a, x); a > 0, x >= 0
double sim_gammas_upper(double a, double x); // Q = 1 - P

/** x with P(a, x) = p, p in (0, 1). */
double sim_gammas_lower_inverse(double a, double p);

double sim_gammas_log_beta(double a, double b);       // log of B(a, b); a, b > 0
double sim_gammas_beta(double a, double b, double x); // regularised I_x(a, b), x in [0, 1]

#endif
