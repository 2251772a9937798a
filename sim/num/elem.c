// SPDX-License-Identifier: MIT
#include "sim/num/elem.h"

#include "sim/num/elem_table.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/** An unevaluated sum hi + lo, |lo| <= half an ulp of hi. */
struct pair {
    double hi, lo;
};

static uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static double from_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/** 2^e for a normal result, -1022 <= e <= 1023. */
static double power_of_two(int64_t e)
{
    return from_bits((uint64_t)(e + 1023) << 52);
}

/** a + b without loss. Knuth, TAOCP 2, 4.2.2 th. B */
static struct pair two_sum(double a, double b)
{
    const double sum = a + b;
    const double b_part = sum - a;
    return (struct pair){sum, (a - (sum - b_part)) + (b - b_part)};
}

/** The same when |a| >= |b| or a = 0. Dekker 1971 */
static struct pair fast_two_sum(double a, double b)
{
    const double sum = a + b;
    return (struct pair){sum, b - (sum - a)};
}

/** The upper 26 bits of x. */
static double upper_half(double x)
{
    return from_bits(bits_of(x) & ~UINT64_C(0x7ffffff));
}

/** a b without loss as long as nothing under- or overflows. Dekker 1971 */
static struct pair two_product(double a, double b)
{
    const double product = a * b;
    const double ah = upper_half(a);
    const double al = a - ah;
    const double bh = upper_half(b);
    const double bl = b - bh;
    return (struct pair){product, ((ah * bh - product) + ah * bl + al * bh) + al * bl};
}

/** A positive number as 2^k z with z in the step `row` of log_table. */
struct parts {
    int64_t k;
    int row;
    double z;
};

static struct parts take_apart(double x)
{
    const uint64_t off = UINT64_C(0x3fe6000000000000); // 0.6875
    int64_t subnormal = 0;
    if (x < 0x1p-1022) {
        x *= 0x1p52;
        subnormal = 52;
    }
    const uint64_t bits = bits_of(x);
    const uint64_t above = bits - off;
    const int64_t k = (int64_t)above >> 52;
    return (struct parts){.k = k - subnormal,
                          .row = (int)((above >> 45) & 127),
                          .z = from_bits(bits - ((uint64_t)k << 52))};
}

/** log(1 + r) - r for |r| <= 2^-7, without the part -r^2/2 */
static double log_tail(double r)
{
    const double s = r * r; // in pairs: shorter chains of operations than Horner's
    return r * s *
           ((1.0 / 3 - r * (1.0 / 4)) +
            s * ((1.0 / 5 - r * (1.0 / 6)) + s * ((1.0 / 7 - r * (1.0 / 8)) + s * (1.0 / 9))));
}

double sim_elem_log(double x)
{
    if (!(x > 0)) {
        return x == 0 ? -HUGE_VAL : (double)NAN;
    }
    if (x == HUGE_VAL) {
        return x;
    }
    const struct parts p = take_apart(x);
    const double inv = log_table[p.row].inv;
    const double z_hi = upper_half(p.z);
    const double r_hi = z_hi * inv - 1; // exact: 26 bits times 10
    const double r_lo = (p.z - z_hi) * inv;
    const double r = r_hi + r_lo;
    const double k = (double)p.k;
    const struct pair s = fast_two_sum(k * ln2_hi + log_table[p.row].hi, r_hi);
    const struct pair t = two_sum(s.hi, r_lo);
    const double low = k * ln2_lo + log_table[p.row].lo;
    return t.hi + (((log_tail(r) + low) - 0.5 * r * r) + (s.lo + t.lo));
}

/** log(u + c) to about 2^-68 of itself, for normal u > 0 and |c| <= ulp(u)/2. */
static struct pair log_pair(double u, double c)
{
    const struct parts p = take_apart(u);
    const double inv = log_table[p.row].inv;
    const double z_hi = upper_half(p.z);
    // scaled in two steps, as 2^-k may not be a normal number
    const double c_scaled =
        c * power_of_two(-p.k / 2) * power_of_two(-p.k - -p.k / 2); // 0 for most callers
    const struct pair split = two_sum(z_hi * inv - 1, (p.z - z_hi) * inv);
    const struct pair r = fast_two_sum(split.hi, split.lo + c_scaled * inv);

    const struct pair square = two_product(r.hi, r.hi);
    const double k = (double)p.k;
    const struct pair s = fast_two_sum(k * ln2_hi + log_table[p.row].hi, r.hi);
    const struct pair t = two_sum(s.hi, -0.5 * square.hi);
    const double low = (k * ln2_lo + log_table[p.row].lo) + (r.lo - r.hi * r.lo);
    return fast_two_sum(t.hi, (t.lo + s.lo) + (low - 0.5 * square.lo + log_tail(r.hi)));
}

double sim_elem_log1p(double x)
{
    if (!(x > -1)) {
        return x == -1 ? -HUGE_VAL : (double)NAN;
    }
    if (fabs(x) < 0x1p-54 || x == HUGE_VAL) {
        return x;
    }
    if (fabs(x) < 0x1p-8) {
        const struct pair square = two_product(x, x);
        return x + ((log_tail(x) - 0.5 * square.lo) - 0.5 * square.hi);
    }
    const struct pair sum = two_sum(1, x);
    return log_pair(sum.hi, sum.lo).hi;
}

/** exp(x) = 2^m 2^(j/64) (1 + p). */
struct reduced {
    int64_t m;
    int j;
    double p;
};

static double exp_tail(double r)
{
    const double s = r * r;
    return s * ((0.5 + r * (1.0 / 6)) + s * ((1.0 / 24 + r * (1.0 / 120)) + s * (1.0 / 720)));
}

/** x + x_lo, |x| < 800 */
static struct reduced reduce(double x, double x_lo)
{
    const double shift = 0x1.8p52; // rounds to an integer
    const double n = (x * steps_per_one + shift) - shift;
    const double r = (x - n * step_hi) - (n * step_lo - x_lo); // the first difference is exact
    const int64_t steps = (int64_t)n;
    return (struct reduced){
        .m = (steps - (steps & 63)) / 64, .j = (int)(steps & 63), .p = r + exp_tail(r)};
}

static double exp_pair(double x, double x_lo)
{
    const struct reduced d = reduce(x, x_lo);
    const double hi = exp_table[d.j].hi;
    const double y = hi + (exp_table[d.j].lo + hi * d.p);
    if (d.m >= -1021 && d.m <= 1023) {
        return y * power_of_two(d.m);
    }
    if (d.m > 1023) {
        return y * 0x1p1023 * power_of_two(d.m - 1023);
    }
    return y * power_of_two(d.m + 64) * 0x1p-64; // the last product rounds to a subnormal
}

double sim_elem_exp(double x)
{
    if (x != x) {
        return x;
    }
    if (x > 710) {
        return HUGE_VAL;
    }
    if (x < -746) {
        return 0;
    }
    return exp_pair(x, 0);
}

double sim_elem_expm1(double x)
{
    if (x > 40 || x != x) {
        return sim_elem_exp(x) - 1;
    }
    if (x < -40) {
        return -1;
    }
    if (fabs(x) < 0x1p-54) {
        return x;
    }
    const struct reduced d = reduce(x, 0);
    if (d.m == 0 && d.j == 0) {
        return x + exp_tail(x);
    }
    const double scale = power_of_two(d.m);
    const double hi = exp_table[d.j].hi;
    const struct pair s = two_sum(scale * hi, -1);
    return s.hi + (s.lo + scale * (exp_table[d.j].lo + hi * d.p));
}

/** 0 no integer, 1 odd, 2 even. */
static int parity(double y)
{
    if (floor(y) != y) {
        return 0;
    }
    if (fabs(y) >= 0x1p53) {
        return 2;
    }
    return ((int64_t)y & 1) != 0 ? 1 : 2;
}

/** pow where x is 0 or infinite, by magnitude. */
static double pow_of_limit(double x, double y)
{
    const bool is_large = (fabs(x) == HUGE_VAL) == (y > 0);
    const double size = is_large ? HUGE_VAL : 0.0;
    return signbit(x) && parity(y) == 1 ? -size : size;
}

/** pow for 0 < x < infinity, x != 1, y finite and not 0. */
static double pow_positive(double x, double y)
{
    const bool grows = (x > 1) == (y > 0);
    if (fabs(y) > 0x1p65) {
        return grows ? HUGE_VAL : 0.0;
    }
    if (fabs(y) < 0x1p-65) {
        return 1;
    }
    const struct pair l = log_pair(x, 0);
    const struct pair product = two_product(y, l.hi);
    if (fabs(product.hi) > 746) {
        return grows ? HUGE_VAL : 0.0;
    }
    return exp_pair(product.hi, product.lo + y * l.lo);
}

double sim_elem_pow(double x, double y)
{
    if (y == 0 || x == 1) {
        return 1;
    }
    if (x != x || y != y) {
        return (double)NAN;
    }
    if (fabs(y) == HUGE_VAL) {
        if (fabs(x) == 1) {
            return 1;
        }
        return (fabs(x) > 1) == (y > 0) ? HUGE_VAL : 0.0;
    }
    if (x == 0 || fabs(x) == HUGE_VAL) {
        return pow_of_limit(x, y);
    }
    if (x > 0) {
        return pow_positive(x, y);
    }
    if (parity(y) == 0) {
        return (double)NAN;
    }
    const double size = x == -1 ? 1 : pow_positive(-x, y);
    return parity(y) == 1 ? -size : size;
}
