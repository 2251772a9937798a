// SPDX-License-Identifier: MIT
#include "sim/num/elem.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** The gap between doubles at a value of size |x|. */
static double ulp_at(double x)
{
    int e;
    (void)frexp(x, &e);
    return ldexp(1, e - 53 > -1074 ? e - 53 : -1074);
}

/** A NaN counts as the largest error. */
static void keep_worst(double *worst, double error)
{
    if (!(error <= *worst)) {
        *worst = isnan(error) ? HUGE_VAL : error;
    }
}

static double call(const char *f, const double *x)
{
    if (strcmp(f, "pow") == 0) {
        return sim_elem_pow(x[0], x[1]);
    }
    return strcmp(f, "log") == 0     ? sim_elem_log(x[0])
           : strcmp(f, "exp") == 0   ? sim_elem_exp(x[0])
           : strcmp(f, "log1p") == 0 ? sim_elem_log1p(x[0])
                                     : sim_elem_expm1(x[0]);
}

/** Largest error [ulp] of `f` over its lines of the table; checks that there are `least`. */
static double worst_in_table(const char *f, int least)
{
    FILE *file = fopen("tests/unit/sim/num/elem_reference.txt", "r");
    cr_assert(file != NULL, "run from the top of the tree");
    char line[256];
    double worst = 0;
    int lines = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        char name[16];
        int used;
        cr_assert(sscanf(line, "%15s%n", name, &used) == 1);
        if (strcmp(name, f) != 0) {
            continue;
        }
        double v[4] = {0};
        int n = 0;
        char *p = line + used;
        for (char *end = p; n < 4; p = end, n++) {
            v[n] = strtod(p, &end);
            if (end == p) {
                break;
            }
        }
        cr_assert(n == (strcmp(f, "pow") == 0 ? 4 : 3), "%s", line);
        const double error = fabs((call(f, v) - v[n - 2]) / ulp_at(v[n - 2]) - v[n - 1]);
        keep_worst(&worst, error);
        lines++;
    }
    (void)fclose(file);
    cr_log_info("%s: %d points, largest error %.4f ulp\n", f, lines, worst);
    cr_assert(lines >= least, "%d lines of %s", lines, f);
    return worst;
}

Test(elem, log_agrees_with_the_reference_table)
{
    cr_assert(lt(dbl, worst_in_table("log", 1000), 0.52));
}

Test(elem, exp_agrees_with_the_reference_table)
{
    cr_assert(lt(dbl, worst_in_table("exp", 1000), 0.77));
}

Test(elem, log1p_agrees_with_the_reference_table)
{
    cr_assert(lt(dbl, worst_in_table("log1p", 1000), 1.0));
}

Test(elem, expm1_agrees_with_the_reference_table)
{
    cr_assert(lt(dbl, worst_in_table("expm1", 1000), 2.0));
}

Test(elem, pow_agrees_with_the_reference_table)
{
    cr_assert(lt(dbl, worst_in_table("pow", 1000), 1.0));
}

/** splitmix64, so that the test stands on nothing of ours. */
static uint64_t next_bits(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static double next_between(uint64_t *state, double low, double high)
{
    return low + (high - low) * (double)(next_bits(state) >> 11) * 0x1p-53;
}

/** long double has 11 bits more, so its own error adds 0.001 ulp. */
static double error_against(double ours, long double theirs)
{
    return (double)(fabsl((long double)ours - theirs) / (long double)ulp_at((double)theirs));
}

Test(elem, log_is_within_an_ulp_on_a_million_random_points)
{
    uint64_t state = 1;
    double worst = 0;
    for (int i = 0; i < 1000000; i++) {
        double x = next_between(&state, 0.5, 2);
        if (i % 2 == 1) { // any positive double
            const uint64_t bits = next_bits(&state) % UINT64_C(0x7ff0000000000000);
            memcpy(&x, &bits, sizeof x);
        }
        const double error = error_against(sim_elem_log(x), logl((long double)x));
        keep_worst(&worst, error);
    }
    cr_log_info("log: %.4f ulp\n", worst);
    cr_assert(lt(dbl, worst, 0.52));
}

Test(elem, exp_is_within_an_ulp_on_a_million_random_points)
{
    uint64_t state = 2;
    double worst = 0;
    double worst_subnormal = 0;
    for (int i = 0; i < 1000000; i++) {
        const double x =
            i % 2 == 0 ? next_between(&state, -1, 1) : next_between(&state, -745, 709.7);
        const double y = sim_elem_exp(x);
        const double error = error_against(y, expl((long double)x));
        keep_worst(y < DBL_MIN ? &worst_subnormal : &worst, error);
    }
    cr_log_info("exp: %.4f ulp, subnormal results %.4f\n", worst, worst_subnormal);
    cr_assert(lt(dbl, worst, 0.52));
    cr_assert(lt(dbl, worst_subnormal, 0.77));
    cr_assert(gt(dbl, worst_subnormal, 0));
}

Test(elem, the_others_are_within_their_bounds_on_random_points)
{
    uint64_t state = 3;
    double worst[3] = {0};
    for (int i = 0; i < 300000; i++) {
        const double x = next_between(&state, -1, 1) * ldexp(1, -(i % 40));
        const double base = ldexp(next_between(&state, 1, 2), i % 21 - 10);
        const double power = next_between(&state, -60, 60);
        const double errors[3] = {
            error_against(sim_elem_log1p(x), log1pl((long double)x)),
            error_against(sim_elem_expm1(x * 30), expm1l((long double)(x * 30))),
            error_against(sim_elem_pow(base, power), powl((long double)base, (long double)power))};
        for (int k = 0; k < 3; k++) {
            keep_worst(&worst[k], errors[k]);
        }
    }
    cr_log_info("log1p %.4f, expm1 %.4f, pow %.4f ulp\n", worst[0], worst[1], worst[2]);
    cr_assert(lt(dbl, worst[0], 1));
    cr_assert(lt(dbl, worst[1], 2));
    cr_assert(lt(dbl, worst[2], 1));
}

Test(elem, special_values_are_those_of_annex_f)
{
    cr_assert(sim_elem_log(0.0) == -HUGE_VAL && sim_elem_log(-0.0) == -HUGE_VAL);
    cr_assert(isnan(sim_elem_log(-1)) && isnan(sim_elem_log((double)NAN)));
    cr_assert(sim_elem_log(HUGE_VAL) == HUGE_VAL);
    cr_assert(sim_elem_log(1) == 0 && sim_elem_exp(0) == 1 && sim_elem_exp(-0.0) == 1);
    cr_assert(sim_elem_exp(HUGE_VAL) == HUGE_VAL && sim_elem_exp(-HUGE_VAL) == 0);
    cr_assert(sim_elem_exp(709.7827128933841) == HUGE_VAL);
    cr_assert(sim_elem_exp(709.782712893384) < HUGE_VAL);
    cr_assert(sim_elem_exp(-745.1332191019412) == 0 && sim_elem_exp(-745.13321910194110) > 0);
    cr_assert(isnan(sim_elem_exp((double)NAN)));
    cr_assert(sim_elem_log1p(-1) == -HUGE_VAL && isnan(sim_elem_log1p(-1.5)));
    cr_assert(signbit(sim_elem_log1p(-0.0)) && sim_elem_log1p(HUGE_VAL) == HUGE_VAL);
    cr_assert(signbit(sim_elem_expm1(-0.0)) && sim_elem_expm1(-HUGE_VAL) == -1);
    cr_assert(sim_elem_expm1(HUGE_VAL) == HUGE_VAL && isnan(sim_elem_expm1((double)NAN)));
}

Test(elem, pow_is_exact_where_the_result_is_and_knows_the_special_cases)
{
    const double values[] = {0.0,         -0.0,  1.0,    -1.0,   2.0,      -2.0,
                             0.5,         -0.5,  3.0,    -3.0,   HUGE_VAL, -HUGE_VAL,
                             (double)NAN, 1e300, -1e300, 1e-300, 5e-324,   1e17};
    const int n = (int)(sizeof values / sizeof values[0]);
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < n; k++) {
            const double ours = sim_elem_pow(values[i], values[k]);
            const double libm = pow(values[i], values[k]);
            const int is_same =
                (isnan(ours) && isnan(libm)) || (ours == libm && signbit(ours) == signbit(libm));
            cr_assert(is_same, "pow(%g, %g): %g, not %g", values[i], values[k], ours, libm);
        }
    }
    cr_assert(sim_elem_pow(10, 15) == 1e15 && sim_elem_pow(3, 30) == 205891132094649.0);
}

Test(elem, gives_the_bits_that_every_machine_gives)
{
    uint64_t hash = 0;
    uint64_t s = 1;
    for (int i = 0; i < 300000; i++) {
        s = s * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        const double x = (double)(s >> 11) * 0x1p-53;
        const double values[5] = {sim_elem_log(x), sim_elem_exp(40 * x - 20), sim_elem_log1p(-x),
                                  sim_elem_expm1(x - .5), sim_elem_pow(x, 5 * x)};
        for (int k = 0; k < 5; k++) {
            uint64_t bits;
            memcpy(&bits, &values[k], sizeof bits);
            hash = hash * UINT64_C(1099511628211) ^ bits;
        }
    }
    // gcc 12 and clang 14, -O0 to -O3, with and without -march=native on a machine with FMA
    cr_assert(eq(u64, hash, UINT64_C(0xedd44854afa61e4f)));
}
