// SPDX-License-Identifier: MIT
#include "sim/num/units.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <locale.h>
#include <math.h>
#include <string.h>

static struct sim_units *make(void)
{
    struct sim_err err = {0};
    struct sim_units *u = sim_units_create("VND");
    cr_assert(sim_units_add_currency(u, "USD", 25400, &err) == SIM_OK);
    return u;
}

/** text is `si` of dimension `dim`, to the last bit. */
static void is(const char *text, double si, struct sim_dim dim)
{
    struct sim_err err = {0};
    struct sim_quantity q;
    struct sim_units *u = make();
    cr_assert(sim_units_parse_quantity(u, text, &q, &err) == SIM_OK, "%s", err.text);
    cr_assert(q.si == si, "%s is %.17g, not %.17g", text, q.si, si);
    cr_assert(sim_units_is_same(q.unit.dim, dim), "%s has another dimension", text);
    sim_units_destroy(u);
}

static void refused(const char *text, const char *why)
{
    struct sim_err err = {0};
    struct sim_quantity q;
    struct sim_units *u = make();
    cr_assert(sim_units_parse_quantity(u, text, &q, &err) == SIM_INPUT, "'%s' was taken", text);
    cr_assert(strstr(err.text, why) != NULL, "%s: %s", text, err.text);
    sim_units_destroy(u);
}

#define DIM(...) ((struct sim_dim){__VA_ARGS__})

Test(units, every_unit_of_the_park_file_is_read)
{
    is("9 t/h", 2.5, DIM(.mass = 1, .time = -1));
    is("12 m3/t", 0.012, DIM(.length = 3, .mass = -1));
    is("60 mg/L", 0.06, SIM_DIM_DENSITY);
    is("0.5 kWh/m3", 1.8e6, SIM_DIM_PRESSURE);
    is("2.76 GJ/t", 2.76e6, DIM(.length = 2, .time = -2));
    is("1811 VND/kWh", 1811 / 3.6e6, DIM(.money = 1, .mass = -1, .length = -2, .time = 2));
    is("-450000 VND/t", -450, DIM(.money = 1, .mass = -1));
    is("3000 VND/t/km", 0.003, DIM(.money = 1, .mass = -1, .length = -1));
    is("3000 VND/(t km)", 0.003, DIM(.money = 1, .mass = -1, .length = -1));
    is("2 t/h/h", 2000 / (3600.0 * 3600), DIM(.mass = 1, .time = -2));
    is("0.6592 tCO2e/MWh", 0.6592 * 1000 / 3.6e9,
       DIM(.carbon = 1, .mass = -1, .length = -2, .time = 2));
    is("165 degC", 165 + 273.15, SIM_DIM_TEMPERATURE);
    is("165 \xc2\xb0"
       "C",
       165 + 273.15, SIM_DIM_TEMPERATURE);
    is("1 %/day", 0.01 / 86400, DIM(.time = -1));
    is("+3 %", 0.03, SIM_DIM_NONE);
    is("3%", 0.03, SIM_DIM_NONE);
    is("1 kW/kW", 1, SIM_DIM_NONE);
    is("0.05 t/t", 0.05, SIM_DIM_NONE);
    is("7", 7, SIM_DIM_NONE);
    is("7 1", 7, SIM_DIM_NONE);
    is("335 ha", 3.35e6, SIM_DIM_AREA);
    is("1 km2", 1e6, SIM_DIM_AREA);
    is("2 m^2", 2, SIM_DIM_AREA);
    is("2 m\xc2\xb2", 2, SIM_DIM_AREA);
    is("2 m\xc2\xb3", 2, SIM_DIM_VOLUME);
    is("5 t\xc2\xb7km", 5e6, DIM(.mass = 1, .length = 1));
    is("5 t*km", 5e6, DIM(.mass = 1, .length = 1));
    is("5 t km", 5e6, DIM(.mass = 1, .length = 1));
    is("5 m^-1", 5, DIM(.length = -1));
    is("5 1/h", 5.0 / 3600, DIM(.time = -1));
    is("5709600 Nm3", 5709600, SIM_DIM_NORMAL);
    is("40000 VND/kW/month", 40000 / (1e3 * 2628000),
       DIM(.money = 1, .mass = -1, .length = -2, .time = 2));
    is("1e6 VND", 1e6, SIM_DIM_MONEY);
    is("3 million VND/year", 3e6 / 31536000, DIM(.money = 1, .time = -1));
    is("2 USD", 50800, SIM_DIM_MONEY);
    is("1 toe", 41.868e9, SIM_DIM_ENERGY);
    is("10 kcal", 41868, SIM_DIM_ENERGY);
    is("4 bar", 4e5, SIM_DIM_PRESSURE);
    is("1 month", 31536000.0 / 12, SIM_DIM_TIME);
    is("5 kg", 5, SIM_DIM_MASS);
    is("12 hL", 1.2, SIM_DIM_VOLUME);
    is("1 kgCO2e", 1, SIM_DIM_CARBON);
    is("3 Mg/h", 3000.0 / 3600, DIM(.mass = 1, .time = -1));
}

Test(units, a_tonne_an_hour_over_a_leap_year_is_8784_tonnes)
{
    struct sim_err err = {0};
    struct sim_units *u = make();
    double rate = 0;
    struct sim_unit t;
    cr_assert(sim_units_parse_si(u, "1 t/h", DIM(.mass = 1, .time = -1), &rate, &err) == SIM_OK);
    cr_assert(sim_units_parse(u, "t", &t, &err) == SIM_OK);
    const double total = sim_units_from_si(t, rate * (8784.0 * 3600));
    cr_assert(fabs(total - 8784) <= 0x1p-40, "%.17g", total); // an ulp of 8784
    char text[SIM_UNITS_TEXT];
    cr_assert(eq(str, sim_units_format(u, rate * (8784.0 * 3600), "t", 15, text), "8784 t"));
    sim_units_destroy(u);
}

Test(units, one_quantity_in_two_units_is_equal)
{
    double a = 0;
    double b = 0;
    struct sim_err err = {0};
    cr_assert(sim_units_parse_si(NULL, "65.99 MWh", SIM_DIM_ENERGY, &a, &err) == SIM_OK);
    cr_assert(sim_units_parse_si(NULL, "237.564 GJ", SIM_DIM_ENERGY, &b, &err) == SIM_OK);
    cr_assert(a != b && sim_units_is_equal(a, b) && sim_units_is_equal(-b, -a));
    cr_assert(sim_units_is_above(a, b) == false && sim_units_is_above(b, a) == false);
    cr_assert(sim_units_is_above(1 + 1e-11, 1) && !sim_units_is_above(1, 1 + 1e-11));
    cr_assert(sim_units_is_equal(0, 1e-300) == false && sim_units_is_above(0, -1e-300));
    cr_assert(sim_units_is_equal((double)INFINITY, (double)INFINITY));
    cr_assert(sim_units_is_above((double)INFINITY, 1) && sim_units_is_above(1, (double)-INFINITY));
}

Test(units, factors_stay_exact_integers)
{
    struct sim_err err = {0};
    struct sim_unit unit;
    cr_assert(sim_units_parse(NULL, "GWh/t/day*g", &unit, &err) == SIM_OK);
    cr_assert(unit.num == 125 && unit.den == 3, "%g / %g", unit.num, unit.den); // 3.6e12/86400/1e6
}

Test(units, numbers_are_strict)
{
    const char *end = NULL;
    double x = 0;
    struct sim_err err = {0};
    cr_assert(sim_units_parse_number("12.5e-3  t", &x, &end, &err) == SIM_OK);
    cr_assert(x == 0.0125 && strcmp(end, "t") == 0);
    cr_assert(sim_units_parse_number("5e", &x, &end, &err) == SIM_OK && strcmp(end, "e") == 0);
    cr_assert(sim_units_parse_number("1.7976931348623157e308", &x, &end, &err) == SIM_OK);
    cr_assert(sim_units_parse_number("4.9e-324", &x, &end, &err) == SIM_OK && x > 0);
    cr_assert(sim_units_parse_number("0e-9999", &x, &end, &err) == SIM_OK && x == 0);
    cr_assert(sim_units_parse_number("-0.1", &x, &end, &err) == SIM_OK && x == -0.1);
    refused("0x10 t", "unknown unit 'x10'");
    refused("inf t", "does not begin with a number");
    refused("nan", "does not begin with a number");
    refused("", "does not begin with a number");
    refused(".5 t", "does not begin with a number");
    refused("5. t", "a digit is missing");
    refused("12,5 t", "decimal sign is a point");
    refused("1.200.000 VND", "decimal sign is a point");
    refused("1 200 t", "no space inside a number");
    refused("1e400 t", "too large");
    refused("1e-400 t", "near to zero");
    refused("1e99999 t", "power of ten");
    refused("1e308 GWh", "too large");
    refused("- 5 t", "does not begin");
}

Test(units, numbers_do_not_depend_on_the_locale)
{
    const char *set = setlocale(LC_ALL, "de_DE.UTF-8"); // where it is not installed: still true
    const char *end = NULL;
    double x = 0;
    struct sim_err err = {0};
    const enum sim_status status = sim_units_parse_number("12.5", &x, &end, &err);
    (void)setlocale(LC_ALL, "C");
    (void)set;
    cr_assert(status == SIM_OK && x == 12.5);
}

Test(units, wrong_units_are_refused_with_a_hint)
{
    refused("3 mw", "did you mean 'MW'?");
    refused("3 ton/h", "did you mean 't'?");
    refused("3 T/h", "did you mean 't'?");
    refused("3 kwh", "did you mean 'kWh'?");
    refused("3 tCO2/t", "did you mean 'tCO2e'?");
    refused("3 EUR", "unknown currency 'EUR'; the park's is VND");
    refused("3 furlong", "unknown unit 'furlong'");
    refused("3 tấn/h", "'3 tấn/h': unknown unit 'tấn'; did you mean 't'?");
    refused("3 kWh/giờ", "unknown unit 'giờ'; did you mean 'h'?");
    refused("3 t/xưởng", "unknown unit 'xưởng'");
    refused("3 t/\xe1\xba", "a unit is missing"); // a cut character
    refused("3 ấấấấấấấấấấấấ", "missing at 'ấấấấấấấấấấấấ'");
    refused("3 degC/h", "per degree write K");
    refused("3 VND/t km", "VND/(t km)");
    refused("3 t/", "a unit is missing");
    refused("3 (t/h", "')' is missing");
    refused("3 t)", "is too much");
    refused("3 m^0x", "a power is");
    refused("3 m^12", "a power is");
    refused("3 ((((((t))))))", "too many brackets");
    refused("3 m^9 m^9 m^9 m^9", "too many factors");
}

Test(units, a_wrong_dimension_is_told_with_an_example)
{
    struct sim_err err = {0};
    double x = 0;
    struct sim_units *u = make();
    cr_assert(sim_units_parse_si(u, "12 m3/h", DIM(.mass = 1, .time = -1), &x, &err) == SIM_INPUT);
    cr_assert(
        eq(str, err.text,
           "'12 m3/h' is a volume per time; wanted is a mass per time, for example '12 t/h'"));
    cr_assert(sim_units_parse_si(u, "12", SIM_DIM_MASS, &x, &err) == SIM_INPUT);
    cr_assert(eq(str, err.text, "'12' has no unit; wanted is a mass, for example '12 t'"));
    cr_assert(sim_units_parse_si(u, "3 t", SIM_DIM_NONE, &x, &err) == SIM_INPUT);
    cr_assert(eq(str, err.text, "'3 t' is a mass; wanted is a pure number, for example '3'"));
    cr_assert(sim_units_parse_si(u, "3 tCO2e", SIM_DIM_MASS, &x, &err) == SIM_INPUT);
    sim_units_destroy(u);
}

Test(units, examples_have_the_dimension_they_stand_for)
{
    static const char *const texts[] = {"t/h",  "VND/kWh", "VND/t/km", "mg/L",    "GJ/t",    "1",
                                        "t km", "kWh/m3",  "degC",     "t/h/h",   "tCO2e/t", "1/h",
                                        "m3/h", "VND/kW",  "kg^3 s",   "ha/year", "kW/K"};
    struct sim_units *u = make();
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct sim_err err = {0};
        struct sim_unit unit;
        struct sim_unit back;
        char text[SIM_UNITS_TEXT];
        cr_assert(sim_units_parse(u, texts[i], &unit, &err) == SIM_OK, "%s", err.text);
        sim_units_dim_example(u, unit.dim, text);
        cr_assert(sim_units_parse(u, text, &back, &err) == SIM_OK, "%s", err.text);
        cr_assert(sim_units_is_same(unit.dim, back.dim), "%s for %s", text, texts[i]);
    }
    sim_units_destroy(u);
}

Test(units, dimensions_have_names)
{
    char text[SIM_UNITS_TEXT];
    cr_assert(eq(str, sim_units_dim_name(DIM(.money = 1, .mass = -1), text), "money per mass"));
    cr_assert(eq(str, sim_units_dim_name(SIM_DIM_ENERGY, text), "an energy"));
    cr_assert(eq(str, sim_units_dim_name(SIM_DIM_NONE, text), "a pure number"));
    cr_assert(
        eq(str, sim_units_dim_name(DIM(.mass = 1, .length = 1), text), "a length times mass"));
    cr_assert(eq(str, sim_units_dim_name(DIM(.mass = 1, .time = -2), text),
                 "a mass per time per time or an energy per area"));
    cr_assert(
        eq(str, sim_units_dim_name(DIM(.mass = 3, .time = 2), text), "a quantity in kg^3 s^2"));
}

Test(units, values_are_written_as_people_write_them)
{
    char text[SIM_UNITS_TEXT];
    struct sim_units *u = make();
    cr_assert(eq(str, sim_units_format(u, 2.5, "t/h", 6, text), "9 t/h"));
    cr_assert(eq(str, sim_units_format(u, 79056e3, "t", 6, text), "79056 t"));
    cr_assert(eq(str, sim_units_format(u, 5709600, "Nm3", 4, text), "5709600 Nm3"));
    cr_assert(eq(str, sim_units_format(u, 0.03, "%", 3, text), "3 %"));
    cr_assert(eq(str, sim_units_format(u, -0.0, "t", 6, text), "0 t"));
    cr_assert(eq(str, sim_units_format(u, 438.15, "degC", 6, text), "165 degC"));
    cr_assert(eq(str, sim_units_format(u, 1.0 / 3, "1", 4, text), "0.3333"));
    cr_assert(eq(str, sim_units_format(u, 1e20, "kg", 3, text), "1e+20 kg"));
    cr_assert(eq(str, sim_units_format(u, 1e-9, "kg", 3, text), "1e-09 kg"));
    sim_units_destroy(u);
}

Test(units, currencies_are_declared_once_with_a_positive_rate)
{
    struct sim_err err = {0};
    struct sim_units *u = make();
    cr_assert(sim_units_add_currency(u, "USD", 1, &err) == SIM_INPUT);
    cr_assert(sim_units_add_currency(u, "VND", 1, &err) == SIM_INPUT);
    cr_assert(sim_units_add_currency(u, "EUR", 0, &err) == SIM_INPUT);
    cr_assert(sim_units_add_currency(u, "Euro", 2, &err) == SIM_INPUT);
    cr_assert(sim_units_add_currency(u, "EUR", 27000, &err) == SIM_OK);
    cr_assert(eq(str, (char *)sim_units_currency(u), "VND"));
    struct sim_units *none = sim_units_create(NULL);
    cr_assert(sim_units_currency(none) == NULL);
    sim_units_destroy(none);
    sim_units_destroy(u);
}
