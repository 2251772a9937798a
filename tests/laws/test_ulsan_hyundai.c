// configs/ulsan_hyundai.cfg against what is published (ulsan_flows.csv rows U06, U07, U06+07;
// checks.csv C13, C14). Steam passed is calibrated and checks the integral; the boilers' LNG is
// fitted to nothing and checks the model.

#include "tests/support/park_kit.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>

#define ULSAN "configs/ulsan_hyundai.cfg"

static void make(struct park_kit *k, const char *const *set, int count, int64_t replication)
{
    park_kit_open(k, ULSAN, set, count);
    const enum sim_status status = park_kit_make(k, replication, NULL);
    cr_assert(eq(int, (int)status, (int)SIM_OK), "%s", k->err.text);
    cr_assert(le(dbl, park_kit_worst_balance(k), 1e-9));
}

Test(ulsan_hyundai, passes_the_published_steam_of_a_leap_year)
{
    static const char *const set[] = {"park.failures=false"};
    struct park_kit k;
    make(&k, set, 1, 0);

    // To the last digit published; 1e-9 t is a milligram.
    cr_assert(epsilon_eq(dbl, park_kit_total(&k, "hhi > motor: steam"), 79056, 1e-9));
    cr_assert(epsilon_eq(dbl, park_kit_total(&k, "hhi > hysco: steam"), 8784, 1e-9));
    cr_assert(epsilon_eq(dbl, park_kit_total(&k, "gas_grid > motor: lng"), 0, 1e-9));
    cr_assert(epsilon_eq(dbl, park_kit_total(&k, "gas_grid > hysco: lng"), 0, 1e-9));
    park_kit_close(&k);
}

Test(ulsan_hyundai, burns_the_published_gas_without_the_link)
{
    static const char *const set[] = {"park.failures=false", "exchanges.*.open=false"};
    struct park_kit k;
    make(&k, set, 2, 0);

    const double lng =
        park_kit_total(&k, "gas_grid > motor: lng") + park_kit_total(&k, "gas_grid > hysco: lng");
    const double co2 = park_kit_co2e(&k, "motor > motor.boiler: lng") +
                       park_kit_co2e(&k, "hysco > hysco.boiler: lng");
    cr_assert(epsilon_eq(dbl, park_kit_total(&k, "hhi > motor: steam"), 0, 1e-9));
    cr_assert(le(dbl, fabs(lng / 5709600 - 1), 0.05), "%.0f Nm3", lng);
    cr_assert(epsilon_eq(dbl, lng, 5823648.3, 0.1)); // as the comment in the file says
    cr_assert(le(dbl, fabs(co2 / 12736 - 1), 0.05), "%.0f t", co2); // check C14
    park_kit_close(&k);
}

Test(ulsan_hyundai, closing_the_lines_is_the_same_as_closing_the_contracts)
{
    static const char *const set[] = {"links.line_motor.open=false", "links.line_hysco.open=false"};
    struct park_kit k;
    make(&k, set, 2, 0);

    cr_assert(epsilon_eq(dbl, park_kit_total(&k, "hhi > hysco: steam"), 0, 1e-9));
    cr_assert(gt(dbl, park_kit_total(&k, "gas_grid > hysco: lng"), 500000));
    park_kit_close(&k);
}

Test(ulsan_hyundai, the_boilers_stand_in_when_the_incinerator_fails)
{
    struct park_kit k;
    make(&k, NULL, 0, 3);

    const double steam =
        park_kit_total(&k, "hhi > motor: steam") + park_kit_total(&k, "hhi > hysco: steam");
    const double lng =
        park_kit_total(&k, "gas_grid > motor: lng") + park_kit_total(&k, "gas_grid > hysco: lng");
    cr_assert(lt(dbl, steam, 87840));
    cr_assert(gt(dbl, steam, 0.9 * 87840));
    // Every tonne that did not come was made: less the line's loss, 68.80992667794698 Nm3 each.
    cr_assert(epsilon_eq(dbl, lng, (87840 - steam) * 0.9635 * 68.80992667794698, 1e-3));
    cr_assert(epsilon_eq(dbl, park_kit_unserved(&k, "motor > motor.plant: steam"), 0, 1e-9));
    cr_assert(epsilon_eq(dbl, park_kit_unserved(&k, "hysco > hysco.plant: steam"), 0, 1e-9));
    park_kit_close(&k);
}
