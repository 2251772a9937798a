// configs/ulsan.cfg against what is published (ulsan_flows.csv, checks.csv). Tonnes of steam are
// calibrated and check the integral and the calendars; what the users' own boilers burn with a
// link closed is fitted to nothing and checks the model (C14, C16, C18).

#include "sim/num/simtime.h"
#include "tests/support/park_kit.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>
#include <stdio.h>

#define ULSAN    "configs/ulsan.cfg"
#define EPS_T    1e-6 // a gram in a total of tonnes
#define KL_PER_T (1 / 0.96)

#define MAKE(k, ...)                                                                               \
    do {                                                                                           \
        const char *const set_[] = {__VA_ARGS__};                                                  \
        make((k), set_, (int)(sizeof(set_) / sizeof(*set_)));                                      \
    } while (0)

static void make(struct park_kit *k, const char *const *set, int count)
{
    park_kit_open(k, ULSAN, set, count);
    const enum sim_status status = park_kit_make(k, 0, NULL);

    cr_assert(eq(int, (int)status, (int)SIM_OK), "%s", k->err.text);
    cr_assert(le(dbl, park_kit_worst_balance(k), 1e-9));
}

/** The intervals of a day from `first` to before `end`, of a run that began at `start`. */
static double sum_days(const struct park_kit *k, const char *label, sim_time start, sim_time first,
                       sim_time end)
{
    double sum = 0;

    for (sim_time day = first; day < end; day += SIM_TIME_DAY) {
        sum += park_kit_series(k, label, (day - start) / SIM_TIME_DAY);
    }
    return sum;
}

Test(ulsan, passes_the_published_steam_of_2014)
{
    struct park_kit k;
    MAKE(&k, "park.failures=false");

    cr_assert(epsilon_eq(dbl, park_kit_total(&k, "sungam_steam > hyosung: steam"), 349283, EPS_T));
    cr_assert(epsilon_eq(dbl, park_kit_total(&k, "zinc_steam > hankook: steam"), 537600, EPS_T));
    cr_assert(
        epsilon_eq(dbl, park_kit_total(&k, "yongyeon_steam > sk_energy: steam"), 720000, EPS_T));
    cr_assert(epsilon_eq(dbl, park_kit_total(&k, "fuel_trade > hankook: bunker"), 0, EPS_T));
    park_kit_close(&k);
}

Test(ulsan, passes_hyundais_steam_of_a_leap_year) // C13
{
    struct park_kit k;
    MAKE(&k, "park.failures=false", "park.start=2012-01-01", "park.until=2013-01-01");

    const double motor = park_kit_total(&k, "hhi_steam > motor: steam");
    const double hysco = park_kit_total(&k, "hhi_steam > hysco: steam");

    cr_assert(epsilon_eq(dbl, motor, 79056, EPS_T));
    cr_assert(epsilon_eq(dbl, hysco, 8784, EPS_T));
    cr_assert(epsilon_eq(dbl, motor + hysco, 87840, EPS_T));
    park_kit_close(&k);
}

Test(ulsan, hankook_burns_the_published_oil_without_its_link) // C16
{
    struct park_kit k;
    MAKE(&k, "park.failures=false", "exchanges.hankook.open=false");

    const double kl = park_kit_total(&k, "fuel_trade > hankook: bunker") * KL_PER_T;

    cr_assert(le(dbl, fabs(kl / 37000 - 1), 0.15), "%.0f kL", kl);
    cr_assert(epsilon_eq(dbl, kl, 37580, 0.5)); // as the comment in the file says
    cr_assert(epsilon_eq(dbl, park_kit_unserved(&k, "hankook > hankook.plant: steam"), 0, EPS_T));
    park_kit_close(&k);
}

Test(ulsan, the_refinery_burns_the_published_oil_without_the_steam_highway) // C18
{
    struct park_kit k;
    MAKE(&k, "park.failures=false", "links.steam_highway.open=false");

    const double t = park_kit_total(&k, "fuel_trade > sk_energy: bunker");

    cr_assert(le(dbl, fabs(t / 49000 - 1), 0.10), "%.0f t", t);
    cr_assert(epsilon_eq(dbl, t, 47831, 0.5)); // as the comment in the file says
    park_kit_close(&k);
}

Test(ulsan, hyundai_burns_the_published_gas_without_its_links) // C14
{
    struct park_kit k;
    MAKE(&k, "park.failures=false", "park.start=2012-01-01", "park.until=2013-01-01",
         "exchanges.motor.open=false", "exchanges.hysco.open=false");

    const double lng =
        park_kit_total(&k, "gas_grid > motor: lng") + park_kit_total(&k, "gas_grid > hysco: lng");
    const double co2 = park_kit_co2e(&k, "motor > motor.boiler: lng") +
                       park_kit_co2e(&k, "hysco > hysco.boiler: lng");

    cr_assert(le(dbl, fabs(lng / 5709600 - 1), 0.05), "%.0f Nm3", lng);
    cr_assert(le(dbl, fabs(co2 / 12736 - 1), 0.05), "%.0f t", co2);
    cr_assert(epsilon_eq(dbl, lng, 5823648, 0.5)); // as the comment in the file says
    cr_assert(epsilon_eq(dbl, co2, 12872, 0.5));
    park_kit_close(&k);
}

Test(ulsan, all_own_boilers_together_carry_the_park)
{
    static const char *const users[] = {"hyosung", "hankook", "sk_energy", "motor", "hysco"};
    struct park_kit k;
    MAKE(&k, "park.failures=false", "links.*.open=false");

    for (int i = 0; i < (int)(sizeof(users) / sizeof(*users)); i++) {
        char label[64];

        (void)snprintf(label, sizeof(label), "%s > %s.plant: steam", users[i], users[i]);
        cr_assert(epsilon_eq(dbl, park_kit_unserved(&k, label), 0, EPS_T), "%s", label);
        cr_assert(gt(dbl, park_kit_total(&k, label), 8000), "%s", label);
    }
    park_kit_close(&k);
}

Test(ulsan, sungams_history_meets_its_known_years)
{
    static const char steam[] = "sungam_steam > hyosung: steam";
    const sim_time start = sim_simtime_date(2008, 6, 1);
    struct park_kit k;
    MAKE(&k, "park.failures=false", "park.start=2008-06-01");

    // Series are float32: 1e-5 of the sum. U01c, U01b, U01; the sum is U01a.
    const double to_2008 = sum_days(&k, steam, start, start, sim_simtime_date(2009, 1, 1));
    const double to_2009 = sum_days(&k, steam, start, start, sim_simtime_date(2010, 1, 1));
    const double in_2014 =
        sum_days(&k, steam, start, sim_simtime_date(2014, 1, 1), sim_simtime_date(2015, 1, 1));

    cr_assert(epsilon_eq(dbl, to_2008, 36000, 0.4));
    cr_assert(epsilon_eq(dbl, to_2009, 151554, 1.5));
    cr_assert(epsilon_eq(dbl, in_2014, 349283, 3.5));
    cr_assert(epsilon_eq(dbl, park_kit_total(&k, steam), 1333000, 1e-3));
    cr_assert(epsilon_eq(dbl, park_kit_total(&k, "fuel_trade > hyosung: bunker"), 0, EPS_T));
    park_kit_close(&k);
}

Test(ulsan, links_begin_when_they_were_built)
{
    const sim_time start = sim_simtime_date(2010, 1, 1);
    const sim_time hankook = sim_simtime_date(2011, 1, 1);
    const sim_time highway = sim_simtime_date(2013, 1, 1);
    const sim_time end = sim_simtime_date(2014, 1, 1);
    struct park_kit k;
    MAKE(&k, "park.failures=false", "park.start=2010-01-01", "park.until=2014-01-01");

    // Before, each burns oil; from that day on, none.
    cr_assert(gt(dbl, sum_days(&k, "fuel_trade > hankook: bunker", start, start, hankook), 30000));
    cr_assert(eq(dbl, sum_days(&k, "fuel_trade > hankook: bunker", start, hankook, end), 0));
    cr_assert(
        gt(dbl, sum_days(&k, "fuel_trade > sk_energy: bunker", start, start, highway), 100000));
    cr_assert(eq(dbl, sum_days(&k, "fuel_trade > sk_energy: bunker", start, highway, end), 0));
    park_kit_close(&k);
}

Test(ulsan, waste_heat_goes_before_coal)
{
    struct park_kit k;
    MAKE(&k, "park.failures=false");

    // 8,400 h: the acid plant's 40 t/h in full, the rest of 64 t/h from coal.
    cr_assert(epsilon_eq(dbl, park_kit_total(&k, "zinc_steam.acid > zinc_steam: steam"), 40 * 8400,
                         EPS_T));
    cr_assert(epsilon_eq(dbl, park_kit_total(&k, "zinc_steam.chp > zinc_steam: steam"), 24 * 8400,
                         EPS_T));
    park_kit_close(&k);
}

Test(ulsan, the_boilers_stand_in_when_incinerators_fail)
{
    struct park_kit k;
    MAKE(&k, "park.seed=2014"); // Hyundai's incinerator fails in it

    const double sent = park_kit_total(&k, "hhi_steam > motor: steam");
    const double lng = park_kit_total(&k, "gas_grid > motor: lng");

    cr_assert(lt(dbl, sent, 9 * 8760 - 100), "%.0f t", sent);
    // What did not come was made: less the line's loss, 2.44 GJ/t / 0.9 / 39.4 MJ/Nm3 each.
    cr_assert(epsilon_eq(dbl, lng, (9 * 8760 - sent) * 0.9635 * 2440 / 0.9 / 39.4, 1e-3));
    cr_assert(epsilon_eq(dbl, park_kit_unserved(&k, "motor > motor.plant: steam"), 0, EPS_T));
    cr_assert(epsilon_eq(dbl, park_kit_unserved(&k, "hyosung > hyosung.plant: steam"), 0, EPS_T));
    park_kit_close(&k);
}
