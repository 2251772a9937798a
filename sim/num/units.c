// SPDX-License-Identifier: MIT
#include "sim/num/units.h"

#include "sim/base/strtab.h"
#include "sim/base/vec.h"
#include "sim/num/units_table.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEGREE_C                                                                                   \
    "\xc2\xb0"                                                                                     \
    "C" // UTF-8 of the sign
#define LARGEST_POWER 9
#define LONGEST_NAME  31 // letters of a unit's name
#define LONGEST_TEXT  200

struct currency {
    char name[4];
    double factor;
};

struct sim_units {
    char own[4]; // empty: none
    SIM_VEC(struct currency) others;
};

// ---- dimensions ----

bool sim_units_is_same(struct sim_dim a, struct sim_dim b)
{
    return a.mass == b.mass && a.length == b.length && a.time == b.time &&
           a.temperature == b.temperature && a.money == b.money && a.carbon == b.carbon &&
           a.normal == b.normal;
}

/** a + sign * b in each exponent. */
static struct sim_dim combine(struct sim_dim a, struct sim_dim b, int sign)
{
    return (struct sim_dim){
        .mass = (int8_t)(a.mass + sign * b.mass),
        .length = (int8_t)(a.length + sign * b.length),
        .time = (int8_t)(a.time + sign * b.time),
        .temperature = (int8_t)(a.temperature + sign * b.temperature),
        .money = (int8_t)(a.money + sign * b.money),
        .carbon = (int8_t)(a.carbon + sign * b.carbon),
        .normal = (int8_t)(a.normal + sign * b.normal),
    };
}

struct sim_dim sim_units_dim_product(struct sim_dim a, struct sim_dim b)
{
    return combine(a, b, 1);
}

struct sim_dim sim_units_dim_quotient(struct sim_dim a, struct sim_dim b)
{
    return combine(a, b, -1);
}

static bool is_sane(struct sim_dim d)
{
    const int8_t exponents[] = {d.mass,  d.length, d.time,  d.temperature,
                                d.money, d.carbon, d.normal};
    for (int i = 0; i < SIM_COUNT(exponents); i++) {
        if (exponents[i] > 30 || exponents[i] < -30) {
            return false;
        }
    }
    return true;
}

// ---- comparing ----

bool sim_units_is_equal(double a, double b)
{
    const double size = fmax(fabs(a), fabs(b));
    return a == b || (isfinite(size) && fabs(a - b) <= SIM_UNITS_EQUAL * size);
}

bool sim_units_is_above(double a, double b)
{
    return a > b && !sim_units_is_equal(a, b);
}

// ---- the registry ----

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_currency_name(const char *name)
{
    return strlen(name) == 3 && is_upper(name[0]) && is_upper(name[1]) && is_upper(name[2]);
}

struct sim_units *sim_units_create(const char *currency)
{
    struct sim_units *u = sim_base_alloc(1, sizeof *u);
    if (currency != NULL) {
        SIM_REQUIRE(is_currency_name(currency), "a currency is three capital letters");
        memcpy(u->own, currency, sizeof u->own);
    }
    return u;
}

void sim_units_destroy(struct sim_units *u)
{
    if (u != NULL) {
        SIM_VEC_FREE(&u->others);
        free(u);
    }
}

const char *sim_units_currency(const struct sim_units *u)
{
    return u != NULL && u->own[0] != '\0' ? u->own : NULL;
}

/** What one `name` is in the park's currency; 0 when it is not known. */
static double currency_factor(const struct sim_units *u, const char *name)
{
    if (u == NULL) {
        return 0;
    }
    if (u->own[0] != '\0' && strcmp(name, u->own) == 0) {
        return 1;
    }
    for (int i = 0; i < u->others.count; i++) {
        if (strcmp(name, u->others.data[i].name) == 0) {
            return u->others.data[i].factor;
        }
    }
    return 0;
}

enum sim_status sim_units_add_currency(struct sim_units *u, const char *name, double factor,
                                       struct sim_err *err)
{
    if (!is_currency_name(name)) {
        return sim_err_set(
            err, SIM_INPUT,
            "'%s' is not the name of a currency; it is three capital letters, as USD", name);
    }
    if (!(factor > 0) || factor == HUGE_VAL) {
        return sim_err_set(err, SIM_INPUT, "the rate of %s must be above 0, not %g", name, factor);
    }
    if (currency_factor(u, name) > 0) {
        return sim_err_set(err, SIM_INPUT, "currency %s has its rate already", name);
    }
    struct currency c = {.factor = factor};
    memcpy(c.name, name, sizeof c.name);
    SIM_VEC_PUSH(&u->others, c);
    return SIM_OK;
}

// ---- factors ----

static bool is_whole(double x)
{
    return x >= 1 && x <= 0x1p53 && floor(x) == x;
}

/** Take out the common divisor, so that products of units stay exact integers for long. */
static void shorten(struct sim_unit *unit)
{
    if (!is_whole(unit->num) || !is_whole(unit->den)) {
        return;
    }
    int64_t a = (int64_t)unit->num;
    int64_t b = (int64_t)unit->den;
    while (b != 0) {
        const int64_t rest = a % b;
        a = b;
        b = rest;
    }
    unit->num /= (double)a;
    unit->den /= (double)a;
}

static struct sim_unit times(struct sim_unit a, struct sim_unit b)
{
    struct sim_unit cross = {.num = a.num, .den = b.den};
    struct sim_unit other = {.num = b.num, .den = a.den};
    shorten(&cross); // first across, so that the products stay small
    shorten(&other);
    return (struct sim_unit){.num = cross.num * other.num,
                             .den = cross.den * other.den,
                             .dim = combine(a.dim, b.dim, 1)};
}

static struct sim_unit inverse(struct sim_unit a)
{
    return (struct sim_unit){.num = a.den, .den = a.num, .dim = combine(SIM_DIM_NONE, a.dim, -1)};
}

static struct sim_unit raised(struct sim_unit a, int power)
{
    struct sim_unit result = {.num = 1, .den = 1};
    for (int i = 0; i < abs(power); i++) {
        result = times(result, a);
    }
    return power < 0 ? inverse(result) : result;
}

double sim_units_to_si(struct sim_unit unit, double value)
{
    return value * unit.num / unit.den + unit.offset;
}

double sim_units_from_si(struct sim_unit unit, double si)
{
    return (si - unit.offset) * unit.den / unit.num;
}

// ---- reading units ----

struct reader {
    const struct sim_units *units;
    const char *text; // all of it, for messages
    const char *p;
    int depth;
    struct sim_err *err;
};

static void skip_spaces(struct reader *r)
{
    while (*r->p == ' ' || *r->p == '\t') {
        r->p++;
    }
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || is_upper(c);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const struct known *find_known(const char *name)
{
    for (int i = 0; i < SIM_COUNT(known_units); i++) {
        if (strcmp(known_units[i].name, name) == 0) {
            return &known_units[i];
        }
    }
    return NULL;
}

static bool find_unit(const struct sim_units *u, const char *name, struct sim_unit *out)
{
    const struct known *known = find_known(name);
    if (known != NULL) {
        *out = (struct sim_unit){.num = known->num, .den = known->den, .dim = known->dim};
        return true;
    }
    const double factor = currency_factor(u, name);
    if (factor > 0) {
        *out = (struct sim_unit){.num = factor, .den = 1, .dim = SIM_DIM_MONEY};
        return true;
    }
    return false;
}

static int lower(char c)
{
    return is_upper(c) ? c - 'A' + 'a' : c;
}

static bool is_same_but_case(const char *a, const char *b)
{
    while (*a != '\0' && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return *a == *b;
}

/** The unit that was probably meant, or NULL. */
static const char *guess(const char *name)
{
    for (int i = 0; i < SIM_COUNT(slips); i++) {
        if (strcmp(slips[i].name, name) == 0) {
            return slips[i].meant;
        }
    }
    const char *names[SIM_COUNT(known_units)];
    for (int i = 0; i < SIM_COUNT(known_units); i++) {
        if (is_same_but_case(known_units[i].name, name)) {
            return known_units[i].name;
        }
        names[i] = known_units[i].name;
    }
    return sim_strtab_nearest(name, names, SIM_COUNT(names));
}

static enum sim_status unknown_unit(const struct reader *r, const char *name)
{
    if (strcmp(name, "degC") == 0 || strcmp(name, DEGREE_C) == 0) {
        return sim_err_set(r->err, SIM_INPUT,
                           "'%s': degC stands alone (a temperature); per degree write K", r->text);
    }
    if (is_currency_name(name) && guess(name) == NULL) {
        const char *own = sim_units_currency(r->units);
        if (own == NULL) {
            return sim_err_set(r->err, SIM_INPUT,
                               "'%s': unknown currency '%s': the park has none yet; write economy "
                               "= { currency = \"%s\"; };",
                               r->text, name, name);
        }
        return sim_err_set(
            r->err, SIM_INPUT,
            "'%s': unknown currency '%s'; the park's is %s; others are declared with "
            "their rate: economy.currencies = { %s = \"25400 %s\"; }",
            r->text, name, own, name, own);
    }
    const char *meant = guess(name);
    if (meant != NULL) {
        return sim_err_set(r->err, SIM_INPUT, "'%s': unknown unit '%s'; did you mean '%s'?",
                           r->text, name, meant);
    }
    return sim_err_set(
        r->err, SIM_INPUT,
        "'%s': unknown unit '%s'; known are t, kg, m3, L, kWh, GJ, kW, h, day, year, "
        "km, ha, tCO2e, %%, degC, bar and the like",
        r->text, name);
}

/** Bytes of the character if it may stand in a name, else 0. No unit has a letter beyond ASCII, but
 * a word is to be told whole ("tấn"). What ties units or raises them (x, the dots) is none. */
static int name_bytes(const char *p)
{
    const unsigned char *u = (const unsigned char *)p;
    if (u[0] < 0x80) {
        return is_letter(*p) || is_digit(*p) || *p == '%' ? 1 : 0;
    }
    const bool is_degree = u[0] == 0xc2 && u[1] == 0xb0;
    const bool is_times = u[0] == 0xc3 && (u[1] == 0x97 || u[1] == 0xb7);
    const bool is_word = u[0] >= 0xc3 && u[0] <= 0xe1 && !is_times; // U+00C0 to U+1FFF
    if (!is_degree && !is_word) {
        return 0;
    }
    const int bytes = u[0] < 0xe0 ? 2 : 3;
    for (int i = 1; i < bytes; i++) {
        if ((u[i] & 0xc0) != 0x80) {
            return 0; // not UTF-8
        }
    }
    return bytes;
}

/** Letters, digits, % and the degree sign; false when there is none or it is too long. */
static bool read_name(struct reader *r, char out[LONGEST_NAME + 1])
{
    const char *start = r->p;
    int length = 0;
    for (;;) {
        const int bytes = name_bytes(r->p);
        if (bytes == 0) {
            break;
        }
        for (int i = 0; i < bytes; i++) {
            if (length == LONGEST_NAME) {
                r->p = start; // the message shows all of it
                return false;
            }
            out[length++] = *r->p++;
        }
    }
    out[length] = '\0';
    return length > 0;
}

/** "^2", "^-1", and the raised 2 and 3 of UTF-8. 1 when there is none, 0 when it is wrong. */
static int read_power(struct reader *r)
{
    const unsigned char *u = (const unsigned char *)r->p;
    if (u[0] == 0xc2 && (u[1] == 0xb2 || u[1] == 0xb3)) {
        r->p += 2;
        return u[1] == 0xb2 ? 2 : 3;
    }
    if (*r->p != '^') {
        return 1;
    }
    r->p++;
    const int sign = *r->p == '-' ? -1 : 1;
    r->p += sign < 0 ? 1 : 0;
    if (!is_digit(*r->p) || is_digit(r->p[1])) {
        return 0;
    }
    return sign * (*r->p++ - '0');
}

/** "m3" is m with power 3 unless a unit has that very name. */
static enum sim_status look_up(struct reader *r, char *name, struct sim_unit *out)
{
    if (find_unit(r->units, name, out)) {
        return SIM_OK;
    }
    const size_t length = strlen(name);
    const char last = name[length - 1];
    if (length > 1 && last >= '2' && last <= '9' && !is_digit(name[length - 2])) {
        name[length - 1] = '\0';
        struct sim_unit base;
        if (find_unit(r->units, name, &base)) {
            *out = raised(base, last - '0');
            return SIM_OK;
        }
        name[length - 1] = last;
    }
    return unknown_unit(r, name);
}

static enum sim_status read_product(struct reader *r, struct sim_unit *out);

static enum sim_status read_bracket(struct reader *r, struct sim_unit *out)
{
    if (r->depth == 4) {
        return sim_err_set(r->err, SIM_INPUT, "'%s': too many brackets", r->text);
    }
    r->p++;
    r->depth++;
    SIM_TRY(read_product(r, out));
    r->depth--;
    if (*r->p != ')') {
        return sim_err_set(r->err, SIM_INPUT, "'%s': ')' is missing", r->text);
    }
    r->p++;
    return SIM_OK;
}

static enum sim_status read_factor(struct reader *r, struct sim_unit *out)
{
    char name[LONGEST_NAME + 1];
    skip_spaces(r);
    if (*r->p == '(') {
        SIM_TRY(read_bracket(r, out));
    } else if (read_name(r, name)) {
        SIM_TRY(look_up(r, name, out));
    } else {
        return sim_err_set(r->err, SIM_INPUT,
                           "'%s': a unit is missing at '%s'; units look like t/h, kWh/m3, VND/t/km",
                           r->text, r->p);
    }
    const int power = read_power(r);
    if (power == 0) {
        return sim_err_set(r->err, SIM_INPUT, "'%s': a power is ^1 to ^%d or ^-1 to ^-%d", r->text,
                           LARGEST_POWER, LARGEST_POWER);
    }
    if (power != 1) {
        *out = raised(*out, power);
    }
    return SIM_OK;
}

/** '/' '*' or ' ' (also for the middle dot) before the next factor; 0 at the end. */
static char read_sign(struct reader *r)
{
    skip_spaces(r);
    if (*r->p == '/' || *r->p == '*') {
        return *r->p++;
    }
    if ((unsigned char)r->p[0] == 0xc2 && (unsigned char)r->p[1] == 0xb7) {
        r->p += 2;
        return ' ';
    }
    return *r->p == '\0' || *r->p == ')' ? '\0' : ' ';
}

static enum sim_status read_product(struct reader *r, struct sim_unit *out)
{
    SIM_TRY(read_factor(r, out));
    bool is_below = false;
    for (char sign = read_sign(r); sign != '\0'; sign = read_sign(r)) {
        if (is_below && sign == ' ') {
            return sim_err_set(r->err, SIM_INPUT,
                               "'%s': what stands below the line? write 'VND/(t km)' or 'VND/t/km'",
                               r->text);
        }
        is_below = is_below || sign == '/';
        struct sim_unit factor;
        SIM_TRY(read_factor(r, &factor));
        *out = times(*out, sign == '/' ? inverse(factor) : factor);
        if (!is_sane(out->dim) || !(out->num > 0) || out->num > 1e200 || out->den > 1e200) {
            return sim_err_set(r->err, SIM_INPUT, "'%s': too many factors", r->text);
        }
    }
    return SIM_OK;
}

static bool is_celsius(const char *p)
{
    const size_t length = strcspn(p, " \t");
    const bool is_name = (length == 4 && strncmp(p, "degC", 4) == 0) ||
                         (length == 3 && strncmp(p, DEGREE_C, 3) == 0);
    return is_name && p[length + strspn(p + length, " \t")] == '\0';
}

/** The unit at `start`, a part of `text`. */
static enum sim_status parse_unit(const struct sim_units *u, const char *text, const char *start,
                                  struct sim_unit *out, struct sim_err *err)
{
    struct reader r = {.units = u, .text = text, .p = start, .err = err};
    if (strlen(text) > LONGEST_TEXT) {
        return sim_err_set(err, SIM_INPUT, "'%.40s...' is too long for a quantity", text);
    }
    skip_spaces(&r);
    if (is_celsius(r.p)) {
        *out = (struct sim_unit){.num = 1, .den = 1, .offset = 273.15, .dim = SIM_DIM_TEMPERATURE};
        return SIM_OK;
    }
    SIM_TRY(read_product(&r, out));
    if (*r.p != '\0') {
        return sim_err_set(err, SIM_INPUT, "'%s': '%s' is too much", text, r.p);
    }
    shorten(out);
    return SIM_OK;
}

enum sim_status sim_units_parse(const struct sim_units *u, const char *text, struct sim_unit *out,
                                struct sim_err *err)
{
    return parse_unit(u, text, text, out, err);
}

// ---- reading numbers ----

struct digits {
    char text[340]; // significant digits, then e and the power of ten
    int count;
    int after_point;
};

/** Take the digits at *p; false when there is none or they are too many. */
static bool take_digits(const char **p, struct digits *d, bool is_after_point)
{
    const char *start = *p;
    for (; is_digit(**p); (*p)++) {
        if (d->count == 300) {
            return false;
        }
        d->text[d->count++] = **p;
        d->after_point += is_after_point ? 1 : 0;
    }
    return *p > start;
}

/** "e6", "E-3"; false when the e has no number of at most four digits. */
static bool take_exponent(const char **p, int *exponent)
{
    const char *q = *p + 1;
    const int sign = *q == '-' ? -1 : 1;
    q += *q == '-' || *q == '+' ? 1 : 0;
    if (!is_digit(*q)) {
        *exponent = 0; // "12 e..." is no number with an exponent: leave the letter to the unit
        return true;
    }
    int value = 0;
    for (; is_digit(*q); q++) {
        value = 10 * value + (*q - '0');
        if (value > 9999) {
            return false;
        }
    }
    *exponent = sign * value;
    *p = q;
    return true;
}

static enum sim_status not_a_number(const char *text, struct sim_err *err)
{
    return sim_err_set(err, SIM_INPUT,
                       "'%s' does not begin with a number; write it as 12.5, -450000 or 1e6", text);
}

/** Digits with a power of ten, without a point: strtod then means the same in every locale. */
static enum sim_status convert(const char *text, struct digits *d, int exponent, double *out,
                               struct sim_err *err)
{
    (void)snprintf(d->text + d->count, sizeof d->text - (size_t)d->count, "e%d",
                   exponent - d->after_point);
    const double value = strtod(d->text, NULL);
    const bool has_digit = strcspn(d->text, "123456789") < (size_t)d->count;
    if (value == HUGE_VAL || (value == 0 && has_digit)) {
        return sim_err_set(err, SIM_INPUT, "'%s': the number is too %s (1e308 is the limit)", text,
                           value == 0 ? "near to zero" : "large");
    }
    *out = value;
    return SIM_OK;
}

enum sim_status sim_units_parse_number(const char *text, double *out, const char **out_end,
                                       struct sim_err *err)
{
    const char *p = text + strspn(text, " \t");
    const bool is_negative = *p == '-';
    p += *p == '-' || *p == '+' ? 1 : 0;
    struct digits d = {.count = 0};
    int exponent = 0;
    if (!take_digits(&p, &d, false)) {
        return not_a_number(text, err);
    }
    if (*p == '.' && (p++, !take_digits(&p, &d, true))) {
        return sim_err_set(err, SIM_INPUT, "'%s': a digit is missing after the point", text);
    }
    if ((*p == 'e' || *p == 'E') && !take_exponent(&p, &exponent)) {
        return sim_err_set(err, SIM_INPUT, "'%s': the power of ten is too large", text);
    }
    if (*p == ',' || *p == '.' || *p == '\'' || *p == '_') {
        return sim_err_set(err, SIM_INPUT,
                           "'%s': the decimal sign is a point, and nothing separates thousands: "
                           "write 12.5 or 1200000",
                           text);
    }
    p += strspn(p, " \t");
    if (is_digit(*p) && !(p[0] == '1' && !is_digit(p[1]))) {
        return sim_err_set(err, SIM_INPUT, "'%s': no space inside a number", text);
    }
    double value = 0;
    SIM_TRY(convert(text, &d, exponent, &value, err));
    *out = is_negative ? -value : value;
    *out_end = p;
    return SIM_OK;
}

bool sim_units_may_be_grouped(const char *text, size_t *out_length)
{
    const char *p = text + (text[0] == '-' || text[0] == '+' ? 1 : 0);
    const size_t before = strspn(p, "0123456789");
    if (before < 1 || before > 3 || *p == '0' || p[before] != '.') {
        return false;
    }
    const char *rest = p + before + 1;
    const size_t after = strspn(rest, "0123456789");
    const bool has_exponent =
        (rest[after] == 'e' || rest[after] == 'E') && strspn(rest + after + 1, "+-0123456789") > 0;
    *out_length = (size_t)(rest + after - text);
    return after == 3 && !has_exponent;
}

enum sim_status sim_units_parse_quantity(const struct sim_units *u, const char *text,
                                         struct sim_quantity *out, struct sim_err *err)
{
    struct sim_quantity q = {.unit = {.num = 1, .den = 1}};
    const char *rest = text;
    SIM_TRY(sim_units_parse_number(text, &q.value, &rest, err));
    if (*rest != '\0') {
        SIM_TRY(parse_unit(u, text, rest, &q.unit, err));
    }
    q.si = sim_units_to_si(q.unit, q.value);
    if (!isfinite(q.si)) {
        return sim_err_set(err, SIM_INPUT, "'%s' is too large", text);
    }
    *out = q;
    return SIM_OK;
}

enum sim_status sim_units_parse_si(const struct sim_units *u, const char *text,
                                   struct sim_dim wanted, double *out, struct sim_err *err)
{
    struct sim_quantity q = {.unit = {.num = 1, .den = 1}};
    SIM_TRY(sim_units_parse_quantity(u, text, &q, err));
    SIM_TRY(sim_units_expect(u, text, q.unit.dim, wanted, err));
    *out = q.si;
    return SIM_OK;
}
