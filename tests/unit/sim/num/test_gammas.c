// SPDX-License-Identifier: MIT
#include "sim/num/gammas.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double call(const char *f, const double v[3])
{
    if (strcmp(f, "lgamma") == 0) {
        return sim_gammas_log(v[2]);
    }
    if (strcmp(f, "erfc") == 0) {
        return sim_gammas_erfc(v[2]);
    }
    if (strcmp(f, "beta") == 0) {
        return sim_gammas_beta(v[0], v[1], v[2]);
    }
    return strcmp(f, "lower") == 0 ? sim_gammas_lower(v[0], v[2]) : sim_gammas_upper(v[0], v[2]);
}

/** Largest relative error over the lines of `f`, of which there must be `least`; values below
 * `floor_value` count as that large. */
static double worst(const char *f, int least, double floor_value)
{
    FILE *file = fopen("tests/unit/sim/num/stats_reference.txt", "r");
    cr_assert(file != NULL, "run from the top of the tree");
    char name[32];
    char text[4][40];
    double largest = 0;
    int lines = 0;
    while (fscanf(file, "%31s %39s %39s %39s %39s", name, text[0], text[1], text[2], text[3]) ==
           5) {
        if (strcmp(name, f) != 0) {
            continue;
        }
        double v[4];
        for (int i = 0; i < 4; i++) {
            v[i] = strtod(text[i], NULL);
        }
        const double size = fmax(fabs(v[3]), floor_value);
        const double error = fabs(call(f, v) - v[3]) / size;
        if (!(error <= largest)) {
            largest = isnan(error) ? HUGE_VAL : error;
        }
        lines++;
    }
    (void)fclose(file);
    cr_log_info("%s: %d points, largest relative error %.2e\n", f, lines, largest);
    cr_assert(lines >= least, "%d lines of %s", lines, f);
    return largest;
}

Test(gammas, log_gamma_agrees_with_the_reference_table)
{
    cr_assert(lt(dbl, worst("lgamma", 100, 1), 1e-13)); // absolute where it is near zero
}

Test(gammas, erfc_keeps_its_relative_accuracy)
{
    cr_assert(lt(dbl, worst("erfc", 100, 0), 1e-13));
}

Test(gammas, incomplete_gamma_agrees_with_the_reference_table)
{
    // relative for what is not a difference from 1: tails below 1e-3 are met to 1e-12 of 1e-3
    cr_assert(lt(dbl, worst("lower", 100, 1e-3), 1e-12));
    cr_assert(lt(dbl, worst("upper", 100, 1e-3), 1e-12));
}

Test(gammas, incomplete_beta_agrees_with_the_reference_table)
{
    cr_assert(lt(dbl, worst("beta", 100, 1e-3), 1e-11));
}

Test(gammas, the_inverse_of_incomplete_gamma_comes_back)
{
    static const double shapes[] = {1e-3, 0.05, 0.3, 0.5, 1, 1.7, 9, 12, 100, 1e4, 1e6};
    static const double chances[] = {1e-15, 1e-9, 1e-4, 0.01,     0.2,
                                     0.5,   0.8,  0.99, 1 - 1e-6, 1 - 1e-12};
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        for (size_t k = 0; k < sizeof chances / sizeof chances[0]; k++) {
            const double a = shapes[i];
            const double p = chances[k];
            const double x = sim_gammas_lower_inverse(a, p);
            if (x < 1e-300) {
                continue; // shape 0.001: the quantile is below the least double
            }
            const double error =
                p < 0.5 ? sim_gammas_lower(a, x) / p - 1 : sim_gammas_upper(a, x) / (1 - p) - 1;
            // near large shapes an ulp of x moves the chance by sqrt(a) ulps and more in the tail
            cr_assert(fabs(error) < 1e-10, "a %g, p %g: x %.17g, off by %g", a, p, x, error);
        }
    }
}

Test(gammas, ends_are_exact)
{
    cr_assert(sim_gammas_lower(2, 0) == 0 && sim_gammas_upper(2, 0) == 1);
    cr_assert(sim_gammas_lower(2, HUGE_VAL) == 1 && sim_gammas_upper(2, HUGE_VAL) == 0);
    cr_assert(sim_gammas_beta(2, 3, 0) == 0 && sim_gammas_beta(2, 3, 1) == 1);
    cr_assert(sim_gammas_erfc(0) == 1 && sim_gammas_erfc(40) == 0 && sim_gammas_erfc(-40) == 2);
}
