/** @file
 * Units and quantities: text with a unit in, SI out, checked for dimension, converted once.
 *
 * Inside, everything is SI and the park's currency: kg, m, s, K, J, W, kgCO2e. A unit's factor is
 * kept as a numerator and a denominator, both exact integers where the unit allows, so a value is
 * converted by one multiplication and one division: 9 t/h is exactly 2.5 kg/s. Carbon has a
 * dimension of its own, so a price per tCO2e is never taken for a price per tonne; counts, shares,
 * % and ppm have none. Nm3 is an amount of gas, a cubic metre at 273.15 K and 101.325 kPa, and has
 * a dimension of its own, so that no m3 is taken for one. A year is 365 days and a month a twelfth
 * of it. The rule that surprises: after a '/', a product needs its own sign: "VND/t/km" or "VND/(t
 * km)", never "VND/t km". degC stands alone (an absolute temperature); differences and rates use K.
 *
 * Numbers are strict and independent of the locale: "12.5", "-450000", "1e6", "+3"; no hex, no
 * infinity, no NaN, no thousands separators, no decimal comma.
 *
 * Floor 1. A registry is const once its currencies are added; then any thread may read it.
 */
#ifndef SIM_NUM_UNITS_H
#define SIM_NUM_UNITS_H

#include "sim/base/base.h"
#include "sim/base/err.h"

/** Exponents of the base dimensions; all zero: a pure number. */
struct sim_dim {
    int8_t mass;        // kg
    int8_t length;      // m
    int8_t time;        // s
    int8_t temperature; // K
    int8_t money;       // the park's currency
    int8_t carbon;      // kgCO2e
    int8_t normal;      // a volume is one of gas at 273.15 K and 101.325 kPa
};

#define SIM_DIM_NONE        ((struct sim_dim){0})
#define SIM_DIM_MASS        ((struct sim_dim){.mass = 1})
#define SIM_DIM_LENGTH      ((struct sim_dim){.length = 1})
#define SIM_DIM_AREA        ((struct sim_dim){.length = 2})
#define SIM_DIM_VOLUME      ((struct sim_dim){.length = 3})
#define SIM_DIM_NORMAL      ((struct sim_dim){.length = 3, .normal = 1}) // Nm3
#define SIM_DIM_TIME        ((struct sim_dim){.time = 1})
#define SIM_DIM_TEMPERATURE ((struct sim_dim){.temperature = 1})
#define SIM_DIM_MONEY       ((struct sim_dim){.money = 1})
#define SIM_DIM_CARBON      ((struct sim_dim){.carbon = 1})
#define SIM_DIM_ENERGY      ((struct sim_dim){.mass = 1, .length = 2, .time = -2})
#define SIM_DIM_POWER       ((struct sim_dim){.mass = 1, .length = 2, .time = -3})
#define SIM_DIM_PRESSURE    ((struct sim_dim){.mass = 1, .length = -1, .time = -2})
#define SIM_DIM_DENSITY     ((struct sim_dim){.mass = 1, .length = -3})

/** si = value * num / den + offset. */
struct sim_unit {
    double num;    // > 0
    double den;    // > 0
    double offset; // [K] 273.15 for degC, else 0
    struct sim_dim dim;
};

/** A value as written, with its unit. */
struct sim_quantity {
    double value; // as written
    struct sim_unit unit;
    double si; // converted
};

struct sim_units; // opaque: the park's currencies; the other units are const tables in units.c

/** `currency` is the park's own, three capital letters; NULL: none is known yet. Owned. */
struct sim_units *sim_units_create(const char *currency);
void sim_units_destroy(struct sim_units *u); // NULL is fine

/** One `name` is `factor` of the park's currency. SIM_INPUT for a bad name, a factor that is not
 * positive, or a name that is there already. */
enum sim_status sim_units_add_currency(struct sim_units *u, const char *name, double factor,
                                       struct sim_err *err) SIM_MUST_USE;
const char *sim_units_currency(const struct sim_units *u); // NULL when none; borrowed

/** "t/h", "kWh/m3", "VND/kW/month", "t km", "VND/(t km)", "m^2", "1", "%". SIM_INPUT with a hint.
 */
enum sim_status sim_units_parse(const struct sim_units *u, const char *text, struct sim_unit *out,
                                struct sim_err *err) SIM_MUST_USE;

/** "12.5 t/h", "-450000 VND/t", "3%"; a bare number has the unit 1. */
enum sim_status sim_units_parse_quantity(const struct sim_units *u, const char *text,
                                         struct sim_quantity *out,
                                         struct sim_err *err) SIM_MUST_USE;

/** As above, converted to SI and refused when its dimension is not `wanted`. */
enum sim_status sim_units_parse_si(const struct sim_units *u, const char *text,
                                   struct sim_dim wanted, double *out,
                                   struct sim_err *err) SIM_MUST_USE;

/** The number at the start of `text`, strictly; *out_end is what follows it (spaces skipped). */
enum sim_status sim_units_parse_number(const char *text, double *out, const char **out_end,
                                       struct sim_err *err) SIM_MUST_USE;

/** Does the text begin with a number that could be a grouped one: "9.500", which is nine and a half
 * here and nine thousand five hundred elsewhere? One to three digits, not 0, a point, three digits.
 * `*out_length`: of the number. */
bool sim_units_may_be_grouped(const char *text, size_t *out_length);

/** SIM_INPUT: "'12 m3/h' is a volume per time; wanted is a mass per time, for example '12 t/h'".
 * `text` is the quantity as written. */
enum sim_status sim_units_expect(const struct sim_units *u, const char *text, struct sim_dim is,
                                 struct sim_dim wanted, struct sim_err *err) SIM_MUST_USE;

double sim_units_to_si(struct sim_unit unit, double value);
double sim_units_from_si(struct sim_unit unit, double si);

/** Relative: what differs by no more is one quantity in two units ("65.99 MWh" and "237.564 GJ"),
 * wherever two quantities are compared to say what is right. */
#define SIM_UNITS_EQUAL 1e-12

bool sim_units_is_equal(double a, double b); // [SI] infinities equal themselves
bool sim_units_is_above(double a, double b); // [SI] a > b, and not equal

bool sim_units_is_same(struct sim_dim a, struct sim_dim b);
struct sim_dim sim_units_dim_product(struct sim_dim a, struct sim_dim b);
struct sim_dim sim_units_dim_quotient(struct sim_dim a, struct sim_dim b);

#define SIM_UNITS_TEXT 96 // bytes that the texts below need

/** "a mass per time", "money per energy", "a pure number"; returns out. */
char *sim_units_dim_name(struct sim_dim dim, char out[SIM_UNITS_TEXT]);

/** A usual unit of that dimension: "t/h", "VND/kWh", "1"; it parses back. Returns out. */
char *sim_units_dim_example(const struct sim_units *u, struct sim_dim dim,
                            char out[SIM_UNITS_TEXT]);

/** `si` in the unit that `unit_text` names, shortest form that is right to `digits` (1..17)
 * significant digits, and the unit: "9 t/h". The unit must parse. Follows LC_NUMERIC, which stays
 * "C" as long as nobody calls setlocale. Returns out. */
char *sim_units_format(const struct sim_units *u, double si, const char *unit_text, int digits,
                       char out[SIM_UNITS_TEXT]);

#endif
