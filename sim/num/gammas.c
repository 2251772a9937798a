// SPDX-License-Identifier: MIT
#include "sim/num/gammas.h"

#include "sim/base/base.h"
#include "sim/num/elem.h"
#include "sim/num/stats.h"

#include <float.h>
#include <math.h>

static const double half_log_2pi = 0.91893853320467274178;
static const double lowest = 1e-300; // stands in for zero in continued fractions

/** Stirling's series: log gamma(x) - [(x - 1/2) log x - x + log(2 pi)/2], x >= 10. DLMF 5.11.1 */
static double stirling_rest(double x)
{
    const double y = 1 / (x * x);
    return (1.0 / 12 -
            y * (1.0 / 360 -
                 y * (1.0 / 1260 - y * (1.0 / 1680 - y * (1.0 / 1188 - y * (691.0 / 360360)))))) /
           x;
}

double sim_gammas_log(double x)
{
    SIM_REQUIRE(x > 0, "log gamma wants x > 0");
    double product = 1; // gamma(x) = gamma(x + n) / (x (x + 1) ... (x + n - 1))
    double z = x;
    while (z < 12) {
        product *= z;
        z += 1;
    }
    return (z - 0.5) * sim_elem_log(z) - z + half_log_2pi + stirling_rest(z) -
           (z > x ? sim_elem_log(product) : 0);
}

/** m - log(1 + m), small when m is. */
static double excess(double m)
{
    if (fabs(m) > 0.1) {
        return m - sim_elem_log1p(m);
    }
    double term = m * m;
    double sum = term / 2;
    for (int n = 3; n < 40; n++) {
        term *= -m;
        const double last = sum;
        sum += term / n;
        if (sum == last) {
            break;
        }
    }
    return sum;
}

/** x^a exp(-x) / gamma(a + 1), without cancellation for large a. Loader 2000 */
static double gamma_front(double a, double x)
{
    if (a < 12) {
        return sim_elem_exp(a * sim_elem_log(x) - x - sim_gammas_log(a + 1));
    }
    const double spread = a * excess((x - a) / a) + stirling_rest(a);
    return sim_elem_exp(-spread - half_log_2pi) / sqrt(a);
}

static int term_limit(double a)
{
    return 500 + (int)(20 * sqrt(a));
}

/** P(a, x) for x < a + 1. DLMF 8.11.4 */
static double lower_series(double a, double x)
{
    double term = 1;
    double sum = 1;
    for (int n = 1; n < term_limit(a); n++) {
        term *= x / (a + n);
        sum += term;
        if (term < sum * (DBL_EPSILON / 8)) {
            break;
        }
    }
    return gamma_front(a, x) * sum;
}

/** Q(a, x) for x >= a + 1. DLMF 8.9.2 by Lentz' method */
static double upper_fraction(double a, double x)
{
    double b = x + 1 - a;
    double c = 1 / lowest;
    double d = 1 / b;
    double h = d;
    for (int n = 1; n < term_limit(a); n++) {
        const double factor = -n * (n - a);
        b += 2;
        d = factor * d + b;
        d = fabs(d) < lowest ? lowest : d;
        c = b + factor / c;
        c = fabs(c) < lowest ? lowest : c;
        d = 1 / d;
        h *= d * c;
        if (fabs(d * c - 1) < DBL_EPSILON) {
            break;
        }
    }
    return gamma_front(a, x) * a * h;
}

double sim_gammas_lower(double a, double x)
{
    SIM_REQUIRE(a > 0 && x >= 0, "P(a, x) wants a > 0 and x >= 0");
    if (x == 0) {
        return 0;
    }
    if (x == HUGE_VAL) {
        return 1;
    }
    return x < a + 1 ? lower_series(a, x) : 1 - upper_fraction(a, x);
}

double sim_gammas_upper(double a, double x)
{
    SIM_REQUIRE(a > 0 && x >= 0, "Q(a, x) wants a > 0 and x >= 0");
    if (x == 0) {
        return 1;
    }
    if (x == HUGE_VAL) {
        return 0;
    }
    return x < a + 1 ? 1 - lower_series(a, x) : upper_fraction(a, x);
}

/** exp(-x x) erfcx-like front with the square split, so that large x keeps its digits. */
static double exp_minus_square(double x)
{
    const double high = (double)(float)x;
    return sim_elem_exp(-high * high) * sim_elem_exp((high - x) * (high + x));
}

double sim_gammas_erfc(double x)
{
    if (x < 0) {
        return 2 - sim_gammas_erfc(-x);
    }
    if (x > 27.3) {
        return 0;
    }
    const double inverse_root_pi = 0.56418958354775628695;
    if (x < 1.5) { // erf by its series, DLMF 7.6.2
        double term = 2 * x * inverse_root_pi * exp_minus_square(x);
        double sum = term;
        for (int n = 1; n < 100 && term > sum * (DBL_EPSILON / 8); n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 1 - sum;
    }
    double tail = 0; // x + (1/2)/(x + 1/(x + (3/2)/(x + ...))), DLMF 7.9.1, from its far end
    const int depth = 8 + (int)(250 / (x * x));
    for (int n = depth; n > 0; n--) {
        tail = 0.5 * n / (x + tail);
    }
    return exp_minus_square(x) * inverse_root_pi / (x + tail);
}

/** First guess of the inverse. Wilson and Hilferty 1931; small a: P ~ x^a / gamma(a + 1) */
static double first_guess(double a, double p)
{
    const double z = sim_stats_normal_quantile(p);
    const double c = 1 - 1 / (9 * a) + z / (3 * sqrt(a));
    const double x = c > 0 ? a * c * c * c : 0;
    if (a >= 0.5 && x > 0.1 * a) {
        return x;
    }
    const double small = sim_elem_exp((sim_elem_log(p) + sim_gammas_log(a + 1)) / a);
    return small < 0.5 * a + 0.2 || x < 1e-3 * a ? small : x;
}

/** Where to go on when a step leaves the bracket. */
static double between(double low, double high, double x)
{
    if (high == HUGE_VAL) {
        return 2 * x;
    }
    return low > 0 ? sqrt(low) * sqrt(high) : high / 16;
}

double sim_gammas_lower_inverse(double a, double p)
{
    SIM_REQUIRE(a > 0 && p > 0 && p < 1, "the inverse of P(a, x) wants a > 0 and p in (0, 1)");
    double x = first_guess(a, p);
    double low = 0;
    double high = HUGE_VAL;
    for (int i = 0; i < 100 && x >= DBL_MIN; i++) {
        const double above =
            p < 0.5 ? sim_gammas_lower(a, x) - p : (1 - p) - sim_gammas_upper(a, x);
        *(above > 0 ? &high : &low) = x;
        const double newton = above / (gamma_front(a, x) * a / x);
        // Halley's correction from the second derivative
        const double bend = newton * ((a - 1) / x - 1) / 2;
        const double next = x - newton / (fabs(bend) < 0.5 ? 1 - bend : 1);
        // each step has the cube of the last one's error, on the scale of x / sqrt(1 + a)
        if (fabs(next - x) * sqrt(1 + a) <= 1e-6 * x) {
            return next;
        }
        x = next > low && next < high ? next : between(low, high, x);
    }
    return x;
}

/** The continued fraction of DLMF 8.17.22 by Lentz' method. */
static double beta_fraction(double a, double b, double x)
{
    double c = 1;
    double d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < lowest ? lowest : d);
    double h = d;
    const int limit = term_limit(a > b ? a : b);
    for (int m = 1; m < limit; m++) {
        const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        const double factors[2] = {even, odd};
        double change = 1;
        for (int k = 0; k < 2; k++) {
            d = 1 + factors[k] * d;
            d = 1 / (fabs(d) < lowest ? lowest : d);
            c = 1 + factors[k] / c;
            c = fabs(c) < lowest ? lowest : c;
            h *= d * c;
            change = d * c;
        }
        if (fabs(change - 1) < DBL_EPSILON) {
            break;
        }
    }
    return h;
}

/** With Stirling's series for the larger one, so that no large logarithms cancel. DLMF 5.12.1 */
double sim_gammas_log_beta(double a, double b)
{
    const double large = a > b ? a : b;
    const double small = a > b ? b : a;
    if (large < 12) {
        return sim_gammas_log(a) + sim_gammas_log(b) - sim_gammas_log(a + b);
    }
    const double sum = a + b;
    return sim_gammas_log(small) - (large - 0.5) * sim_elem_log1p(small / large) -
           small * sim_elem_log(sum) + small + stirling_rest(large) - stirling_rest(sum);
}

double sim_gammas_beta(double a, double b, double x)
{
    SIM_REQUIRE(a > 0 && b > 0 && x >= 0 && x <= 1, "I_x(a, b) wants a, b > 0 and x in [0, 1]");
    if (x == 0 || x == 1) {
        return x;
    }
    const double front =
        sim_elem_exp(a * sim_elem_log(x) + b * sim_elem_log1p(-x) - sim_gammas_log_beta(a, b));
    if (x < (a + 1) / (a + b + 2)) {
        return front * beta_fraction(a, b, x) / a;
    }
    return 1 - front * beta_fraction(b, a, 1 - x) / b;
}
