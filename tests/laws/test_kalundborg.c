// configs/kalundborg_1995.cfg and kalundborg_history.cfg against what is published
// (kalundborg_flows.csv, checks.csv). Most yearly flows are calibrated and check integrals and
// dates; the oil of the houses' furnaces (C03) and the gypsum of the boards (C06) are fitted to
// nothing and check the model.

#include "sim/num/simtime.h"
#include "tests/support/park_kit.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>

#define CLASSIC "configs/kalundborg_1995.cfg"
#define HISTORY "configs/kalundborg_history.cfg"

static void make(struct park_kit *k, const char *path, const char *const *set, int count)
{
    park_kit_open(k, path, set, count);
    const enum sim_status status = park_kit_make(k, 0, NULL);

    cr_assert(eq(int, (int)status, (int)SIM_OK), "%s", k->err.text);
    cr_assert(le(dbl, park_kit_worst_balance(k), 1e-9));
}

static bool is_within(double value, double published, double tolerance)
{
    return fabs(value / published - 1) <= tolerance;
}

/** A flow of 1995 in kalundborg_flows.csv. */
struct row {
    const char *id;
    const char *label;
    double amount;
};

static const struct row classic[] = {
    {"K01", "tisso > refinery: raw_water", 1300000},
    {"K02", "tisso > asnaes: raw_water", 400000},
    {"K03", "tisso > novo: raw_water", 900000},
    {"K04", "refinery > asnaes: cooling_water", 700000},
    {"K05", "refinery > asnaes: tech_water", 200000},
    {"K06", "asnaes > novo: steam", 215000},
    {"K07", "asnaes > refinery: steam", 140000},
    {"K08", "asnaes > town: district_heat", 700000},
    {"K09", "asnaes > fish_farm: warm_water", 30000},
    {"K10", "refinery > gyproc: butane", 4100},
    {"K11", "refinery > asnaes: refinery_gas", 30000 * 25.8 / 47.5},
    {"K12", "asnaes > cement: fly_ash", 170000},
    {"K13", "asnaes > gyproc: gypsum", 80000},
    {"K14", "refinery > kemira: sulfur", 2800},
    {"K15", "refinery > fertiliser_users: ats", 20000},
    {"K16", "novo > farms: novogro", 1000000},
    {"K17", "novo > pig_farms: yeast", 5000},
    {"K18", "novo > sewage_works: wastewater", 2500000},
    {"K20", "asnaes > basin: drain_water", 100000},
};

Test(kalundborg_1995, passes_the_flows_of_the_data)
{
    static const char *const set[] = {"park.failures=false"};
    struct park_kit k;
    make(&k, CLASSIC, set, 1);

    for (int i = 0; i < (int)(sizeof(classic) / sizeof(*classic)); i++) {
        const double amount = park_kit_total(&k, classic[i].label);

        // 1e-8: the heat curve is written to nine decimals.
        cr_assert(is_within(amount, classic[i].amount, 1e-8), "%s %s: %.3f", classic[i].id,
                  classic[i].label, amount);
    }
    // K19 follows from what a m3 of sewage gives: inside the 500 to 3,000 t of the data.
    const double sludge = park_kit_total(&k, "sewage_works > soilrem: sewage_sludge");

    cr_assert(ge(dbl, sludge, 500));
    cr_assert(le(dbl, sludge, 3000));
    park_kit_close(&k);
}

Test(kalundborg_1995, coal_emits_what_is_published) // C05
{
    static const char *const set[] = {"park.failures=false"};
    struct park_kit k;
    make(&k, CLASSIC, set, 1);

    const double co2 = park_kit_co2e(&k, "asnaes > asnaes.coal_furnace: coal");

    cr_assert(is_within(co2, 4300000, 0.12), "%.0f t", co2);
    park_kit_close(&k);
}

Test(kalundborg_1995, boards_take_the_gypsum_that_is_published) // C06
{
    static const char *const set[] = {"park.failures=false"};
    struct park_kit k;
    make(&k, CLASSIC, set, 1);

    const double need = park_kit_total(&k, "gyproc > gyproc.plant: gypsum");
    const double own = park_kit_total(&k, "asnaes > gyproc: gypsum");

    cr_assert(is_within(need, 120000, 0.10), "%.0f t", need);
    cr_assert(is_within(own / need, 2.0 / 3, 0.05), "%.3f", own / need);
    park_kit_close(&k);
}

Test(kalundborg_1995, avoids_the_published_carbon) // C03
{
    static const char *const base[] = {"park.failures=false"};
    static const char *const off[] = {"park.failures=false", "exchanges.district_heat.open=false",
                                      "exchanges.refinery_gas.open=false"};
    struct park_kit with;
    struct park_kit heat;
    struct park_kit gas;
    make(&with, CLASSIC, base, 1);
    make(&heat, CLASSIC, off, 2);
    make(&gas, CLASSIC, (const char *const[]){off[0], off[2]}, 2);

    const double oil = park_kit_total(&heat, "trade > town: oil");
    const double coal = park_kit_total(&gas, "trade > asnaes: coal") -
                        park_kit_total(&with, "trade > asnaes: coal");
    const double co2 = park_kit_co2e(&heat, "town > town.furnaces: oil") +
                       park_kit_co2e(&gas, "asnaes > asnaes.coal_furnace: coal") -
                       park_kit_co2e(&with, "asnaes > asnaes.coal_furnace: coal");

    cr_assert(epsilon_eq(dbl, park_kit_total(&with, "trade > town: oil"), 0, 1e-6));
    cr_assert(is_within(oil, 19000, 0.05), "%.0f t", oil);
    cr_assert(epsilon_eq(dbl, oil, 19252, 0.5));  // as the comment in the file says
    cr_assert(epsilon_eq(dbl, coal, 30000, 0.1)); // calibrated: checks that gas replaces coal
    cr_assert(is_within(co2, 130000, 0.05), "%.0f t", co2);
    cr_assert(epsilon_eq(dbl, co2, 133420, 5));
    park_kit_close(&with);
    park_kit_close(&heat);
    park_kit_close(&gas);
}

Test(kalundborg_1995, own_boilers_make_the_steam_without_the_power_station)
{
    static const char *const set[] = {"park.failures=false", "exchanges.steam_novo.open=false",
                                      "exchanges.steam_refinery.open=false"};
    struct park_kit k;
    make(&k, CLASSIC, set, 3);

    const double oil =
        park_kit_total(&k, "trade > novo: oil") + park_kit_total(&k, "trade > refinery: oil");

    cr_assert(epsilon_eq(dbl, oil, 23823, 0.5)); // as the comment in the file says
    cr_assert(epsilon_eq(dbl, park_kit_total(&k, "novo > customers: enzymes"), 100000, 1e-6));
    park_kit_close(&k);
}

Test(kalundborg_1995, water_of_the_refinery_saves_as_much_fresh_water) // C04, not the published
{
    static const char *const base[] = {"park.failures=false"};
    static const char *const off[] = {"park.failures=false", "exchanges.cooling_water.open=false",
                                      "exchanges.tech_water.open=false"};
    static const char fresh[] = "asnaes > asnaes.from_lake: raw_water";
    struct park_kit with;
    struct park_kit without;
    make(&with, CLASSIC, base, 1);
    make(&without, CLASSIC, off, 3);

    const double more = park_kit_total(&without, fresh) - park_kit_total(&with, fresh);

    cr_assert(epsilon_eq(dbl, more, 900000, 0.1));
    park_kit_close(&with);
    park_kit_close(&without);
}

Test(kalundborg_1995, everybody_alone_still_runs)
{
    static const char *const set[] = {"exchanges.*.open=false"};
    struct park_kit k;
    make(&k, CLASSIC, set, 1);

    cr_assert(gt(dbl, park_kit_total(&k, "refinery > flare: refinery_gas"), 10000));
    cr_assert(gt(dbl, park_kit_total(&k, "asnaes > landfill: fly_ash"), 160000));
    cr_assert(epsilon_eq(dbl, park_kit_total(&k, "novo > customers: enzymes"), 100000, 1e-6));
    cr_assert(epsilon_eq(dbl, park_kit_total(&k, "gyproc > customers: board"), 175000, 1e-3));
    park_kit_close(&k);
}

// ---- 61 years ----

/** A link of the history: when it began, what passed in a full year of it, when it ended. */
struct link {
    const char *id;
    const char *label;
    int first;     // year of its start
    int year;      // a year of 365 days in which it passed
    double amount; // so much
    int end;       // first year without it; 0: none
};

static const struct link links[] = {
    {"K01", "tisso > refinery: raw_water", 1961, 1961, 1300000, 0},
    {"K10", "refinery > gyproc: butane", 1972, 1973, 4100, 0},
    {"K02", "tisso > asnaes: raw_water", 1973, 1973, 1300000, 2021},
    {"K02", "tisso > asnaes: raw_water", 1973, 1995, 400000, 2021},
    {"K16", "novo > farms: novogro", 1976, 1977, 1000000, 0},
    {"K16", "novo > farms: novogro", 1976, 2018, 700000, 0},
    {"K12", "asnaes > cement: fly_ash", 1979, 1995, 170000, 2021},
    {"K08", "asnaes > town: district_heat", 1981, 1981, 700000, 2021},
    {"K06", "asnaes > novo: steam", 1982, 1982, 215000, 2021},
    {"K07", "asnaes > refinery: steam", 1982, 1982, 140000, 2021},
    {"K04", "refinery > asnaes: cooling_water", 1987, 1987, 700000, 2021},
    {"K03", "tisso > novo: raw_water", 1987, 1987, 900000, 0},
    {"K09", "asnaes > fish_farm: warm_water", 1989, 1989, 30000, 2021},
    {"K17", "novo > pig_farms: yeast", 1989, 1989, 5000, 0},
    {"K14", "refinery > kemira: sulfur", 1990, 1990, 2800, 0},
    {"K05", "refinery > asnaes: tech_water", 1991, 1991, 200000, 2021},
    {"K11", "refinery > asnaes: refinery_gas", 1992, 1993, 30000 * 25.8 / 47.5, 2021},
    {"K13", "asnaes > gyproc: gypsum", 1993, 1995, 80000, 2021},
    {"K18", "novo > sewage_works: wastewater", 1995, 1995, 2500000, 0},
    {"K19", "sewage_works > soilrem: sewage_sludge", 1998, 1998, 2750, 0},
    {"K15", "refinery > fertiliser_users: ats", 2001, 2001, 20000, 0},
    {"K30", "bio_trade > inbicon: straw", 2009, 2009, 30000, 2015},
    {"K33", "asnaes > inbicon: steam", 2009, 2009, 90000 / 2.44, 2015},
    {"K31", "inbicon > blending: ethanol", 2010, 2010, 5400, 2015},
    {"K32", "inbicon > asnaes_lignin: lignin", 2010, 2010, 11000, 2015},
    {"K25", "novozymes > biogas_reactor: organics", 2013, 2013, 47000, 0},
    {"K23", "heat_pump > town: district_heat", 2017, 0, 0, 0},
    {"K26", "novo > bioenergi: novogro", 2018, 2018, 300000, 0},
    {"K27", "bioenergi > gas_net: biogas", 2018, 2018, 8010000, 0},
    {"K28", "bioenergi > bio_trade: digestate", 2018, 2018, 290000, 0},
    {"K21", "asnaes_bio > novo: steam", 2019, 2019, 215000, 0},
    {"K22", "asnaes_bio > town: district_heat", 2019, 0, 0, 0},
};

static double year_of(const struct park_kit *k, const char *label, int year)
{
    const sim_time start = sim_simtime_date(1961, 1, 1);
    double sum = 0;

    for (sim_time t = sim_simtime_date(year, 1, 1); t < sim_simtime_date(year + 1, 1, 1);
         t += SIM_TIME_DAY) {
        sum += park_kit_series(k, label, (t - start) / SIM_TIME_DAY);
    }
    return sum;
}

static void check_link(const struct park_kit *k, const struct link *l)
{
    if (l->first > 1961) {
        cr_assert(eq(dbl, year_of(k, l->label, l->first - 1), 0), "%s before", l->id);
    }
    cr_assert(gt(dbl, year_of(k, l->label, l->first), 0), "%s", l->id);
    if (l->year > 0) {
        const double amount = year_of(k, l->label, l->year);

        // 1e-5: series are float32.
        cr_assert(is_within(amount, l->amount, 1e-5), "%s in %d: %.1f", l->id, l->year, amount);
    }
    if (l->end > 0) {
        cr_assert(gt(dbl, year_of(k, l->label, l->end - 1), 0), "%s at its end", l->id);
        cr_assert(eq(dbl, year_of(k, l->label, l->end), 0), "%s after", l->id);
    }
}

Test(kalundborg_history, links_come_and_go_in_their_years, .timeout = 60)
{
    static const char *const set[] = {"park.failures=false"};
    struct park_kit k;
    make(&k, HISTORY, set, 1);

    for (int i = 0; i < (int)(sizeof(links) / sizeof(*links)); i++) {
        check_link(&k, &links[i]);
    }
    // After coal: the wood boiler and the heat pump heat the town (K22, K23), steam is K21.
    const double pumped = year_of(&k, "heat_pump > town: district_heat", 2021) +
                          year_of(&k, "heat_pump > new_houses: district_heat", 2021);
    const double burned = year_of(&k, "asnaes_bio > town: district_heat", 2021) +
                          year_of(&k, "asnaes_bio > new_houses: district_heat", 2021);
    const double steam = year_of(&k, "asnaes_bio > novo: steam", 2021) +
                         year_of(&k, "asnaes_bio > novozymes: steam", 2021);

    cr_assert(is_within(pumped, 80000 * 3.6, 1e-5), "%.0f GJ", pumped);
    cr_assert(is_within(burned, 187000 * 3.6, 1e-5), "%.0f GJ", burned);
    cr_assert(is_within(steam * 2.44, 1880000, 1e-5), "%.0f t", steam);
    cr_assert(eq(dbl, year_of(&k, "trade > asnaes: coal", 2021), 0));
    cr_assert(eq(dbl, year_of(&k, "trade > town: oil", 2021), 0));
    park_kit_close(&k);
}

Test(kalundborg_history, closes_its_balance_with_breakdowns, .timeout = 60)
{
    struct park_kit k;
    make(&k, HISTORY, NULL, 0);

    // Things break before 1970, too, where times are negative:.
    double down = 0;

    for (int64_t day = 0; day < 3287; day++) {
        down += park_kit_hours(&k, "down", "refinery.refining", day);
    }
    cr_assert(gt(dbl, down, 300)); // about 13 times 120 h
    // Before 1982 both burned oil for all of their steam; since then only while the main is down.
    const double before = year_of(&k, "trade > novo: oil", 1981);
    const double since = year_of(&k, "trade > novo: oil", 1983);

    cr_assert(is_within(before, 215000 * 2.44 / 0.9 / 40.4, 1e-4), "%.0f t", before);
    cr_assert(lt(dbl, since, 0.05 * before));
    park_kit_close(&k);
}
