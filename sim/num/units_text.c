// SPDX-License-Identifier: MIT
// The words of units.h: names of dimensions, messages, values as text.
#include "sim/num/units.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- words for dimensions ----

/** What people have a word for, and a usual unit; money's unit is the park's currency. */
static const struct {
    const char *word;
    const char *unit;
    struct sim_dim dim;
} dim_words[] = {
    {"mass", "t", {.mass = 1}},
    {"volume", "m3", {.length = 3}},
    {"energy", "kWh", {.mass = 1, .length = 2, .time = -2}},
    {"power", "kW", {.mass = 1, .length = 2, .time = -3}},
    {"money", "VND", {.money = 1}},
    {"carbon (CO2e)", "tCO2e", {.carbon = 1}},
    {"length", "km", {.length = 1}},
    {"area", "ha", {.length = 2}},
    {"time", "h", {.time = 1}},
    {"temperature", "K", {.temperature = 1}},
    {"number", "1", {0}},
    {"amount of gas", "Nm3", {.length = 3, .normal = 1}},
};

/** Dimensions that mean two things, which no search of words would tell. */
static const struct {
    const char *name, *unit;
    struct sim_dim dim;
} double_meanings[] = {
    {"a pressure or an energy per volume", "kWh/m3", {.mass = 1, .length = -1, .time = -2}},
    {"a mass per time per time or an energy per area", "t/h/h", {.mass = 1, .time = -2}},
    {"a temperature", "degC", {.temperature = 1}},
    {"a pure number", "1", {0}},
};

/** Words for num x by / (per per2), -1 for one that is not there. */
struct words {
    int num, by, per, per2;
};

static bool matches(struct sim_dim dim, struct words w)
{
    struct sim_dim d = dim_words[w.num].dim;
    d = w.by >= 0 ? sim_units_dim_product(d, dim_words[w.by].dim) : d;
    d = w.per >= 0 ? sim_units_dim_quotient(d, dim_words[w.per].dim) : d;
    d = w.per2 >= 0 ? sim_units_dim_quotient(d, dim_words[w.per2].dim) : d;
    return sim_units_is_same(d, dim);
}

/** The simplest words for a dimension: one word, a per b, a times b, a per b per c. */
static bool find_words(struct sim_dim dim, struct words *out)
{
    const int n = SIM_COUNT(dim_words);
    for (int shape = 0; shape < 4; shape++) {
        const int seconds = shape == 0 ? 1 : n;
        const int thirds = shape == 3 ? n : 1;
        for (int i = 0; i < n * seconds * thirds; i++) {
            const int second = i / n % seconds;
            const struct words w = {.num = i % n,
                                    .by = shape == 2 ? second : -1,
                                    .per = shape == 1 || shape == 3 ? second : -1,
                                    .per2 = shape == 3 ? i / n / seconds : -1};
            if (matches(dim, w)) {
                *out = w;
                return true;
            }
        }
    }
    return false;
}

/** "kg m^2 s^-3" */
static void format_base(struct sim_dim d, char out[SIM_UNITS_TEXT], const char *money)
{
    const struct {
        const char *name;
        int power;
    } parts[] = {{"kg", d.mass},   {"m", d.length},      {"s", d.time},  {"K", d.temperature},
                 {money, d.money}, {"kgCO2e", d.carbon}, {"N", d.normal}};
    int n = 0;
    out[0] = '\0';
    for (int i = 0; i < SIM_COUNT(parts); i++) {
        if (parts[i].power == 0) {
            continue;
        }
        n += snprintf(out + n, (size_t)(SIM_UNITS_TEXT - n), "%s%s", n > 0 ? " " : "",
                      parts[i].name);
        if (parts[i].power != 1) {
            n += snprintf(out + n, (size_t)(SIM_UNITS_TEXT - n), "^%d", parts[i].power);
        }
    }
}

static int double_meaning(struct sim_dim dim)
{
    for (int i = 0; i < SIM_COUNT(double_meanings); i++) {
        if (sim_units_is_same(dim, double_meanings[i].dim)) {
            return i;
        }
    }
    return -1;
}

/** "a mass per time" */
static void format_words(struct words w, char out[SIM_UNITS_TEXT])
{
    const char *first = dim_words[w.num].word;
    const char *article = dim_words[w.num].dim.money != 0 || dim_words[w.num].dim.carbon != 0 ? ""
                          : first[0] == 'a' || first[0] == 'e' ? "an "
                                                               : "a ";
    (void)snprintf(out, SIM_UNITS_TEXT, "%s%s%s%s%s%s%s%s", article, first,
                   w.by >= 0 ? " times " : "", w.by >= 0 ? dim_words[w.by].word : "",
                   w.per >= 0 ? " per " : "", w.per >= 0 ? dim_words[w.per].word : "",
                   w.per2 >= 0 ? " per " : "", w.per2 >= 0 ? dim_words[w.per2].word : "");
}

char *sim_units_dim_name(struct sim_dim dim, char out[SIM_UNITS_TEXT])
{
    struct words w;
    const int special = double_meaning(dim);
    if (special >= 0) {
        (void)snprintf(out, SIM_UNITS_TEXT, "%s", double_meanings[special].name);
    } else if (!find_words(dim, &w)) {
        char base[SIM_UNITS_TEXT];
        format_base(dim, base, "money");
        (void)snprintf(out, SIM_UNITS_TEXT, "a quantity in %.70s", base);
    } else {
        format_words(w, out);
    }
    return out;
}

static const char *unit_of_word(const struct sim_units *u, int word)
{
    const char *own = sim_units_currency(u);
    return dim_words[word].dim.money != 0 && own != NULL ? own : dim_words[word].unit;
}

char *sim_units_dim_example(const struct sim_units *u, struct sim_dim dim, char out[SIM_UNITS_TEXT])
{
    struct words w;
    const int special = double_meaning(dim);
    if (special >= 0) {
        (void)snprintf(out, SIM_UNITS_TEXT, "%s", double_meanings[special].unit);
    } else if (!find_words(dim, &w)) {
        const char *own = sim_units_currency(u);
        format_base(dim, out, own != NULL ? own : "VND");
    } else {
        (void)snprintf(out, SIM_UNITS_TEXT, "%s%s%s%s%s%s%s", unit_of_word(u, w.num),
                       w.by >= 0 ? " " : "", w.by >= 0 ? unit_of_word(u, w.by) : "",
                       w.per >= 0 ? "/" : "", w.per >= 0 ? unit_of_word(u, w.per) : "",
                       w.per2 >= 0 ? "/" : "", w.per2 >= 0 ? unit_of_word(u, w.per2) : "");
    }
    return out;
}

enum sim_status sim_units_expect(const struct sim_units *u, const char *text, struct sim_dim is,
                                 struct sim_dim wanted, struct sim_err *err)
{
    if (sim_units_is_same(is, wanted)) {
        return SIM_OK;
    }
    char is_name[SIM_UNITS_TEXT];
    char wanted_name[SIM_UNITS_TEXT];
    char unit[SIM_UNITS_TEXT];
    double value = 0;
    const char *rest = text;
    struct sim_err ignored;
    const bool has_number = sim_units_parse_number(text, &value, &rest, &ignored) == SIM_OK;
    const bool is_bare = has_number && *rest == '\0';
    int length = (int)(rest - text); // the number as the user wrote it
    while (length > 0 && text[length - 1] == ' ') {
        length--;
    }
    sim_units_dim_name(is, is_name);
    sim_units_dim_name(wanted, wanted_name);
    sim_units_dim_example(u, wanted, unit);
    return sim_err_set(err, SIM_INPUT, "'%s' %s%s; wanted is %s, for example '%.*s%s%s'", text,
                       is_bare ? "has no unit" : "is ", is_bare ? "" : is_name, wanted_name,
                       has_number ? length : 0, text, has_number && unit[0] != '1' ? " " : "",
                       has_number && unit[0] == '1' ? "" : unit);
}

// ---- writing ----

static void strip_zeros(char *number)
{
    if (strchr(number, '.') == NULL) {
        return;
    }
    size_t length = strlen(number);
    while (number[length - 1] == '0') {
        number[--length] = '\0';
    }
    if (number[length - 1] == '.') {
        number[length - 1] = '\0';
    }
}

char *sim_units_format(const struct sim_units *u, double si, const char *unit_text, int digits,
                       char out[SIM_UNITS_TEXT])
{
    struct sim_unit unit;
    struct sim_err err;
    char number[48];
    SIM_REQUIRE(digits >= 1 && digits <= 17, "significant digits are 1..17");
    SIM_REQUIRE(sim_units_parse(u, unit_text, &unit, &err) == SIM_OK, "the unit must parse");
    const double value = sim_units_from_si(unit, si) + 0.0; // -0 becomes 0
    (void)snprintf(number, sizeof number, "%.*e", digits - 1, value);
    const char *e = strchr(number, 'e');
    const int power = e != NULL ? (int)strtol(e + 1, NULL, 10) : 0;
    if (e != NULL && power >= -5 && power < 15) {
        const int decimals = digits - 1 - power;
        (void)snprintf(number, sizeof number, "%.*f", decimals > 0 ? decimals : 0, value);
        strip_zeros(number);
    } else {
        (void)snprintf(number, sizeof number, "%.*g", digits, value);
    }
    const bool has_unit = strcmp(unit_text, "1") != 0;
    (void)snprintf(out, SIM_UNITS_TEXT, "%s%s%.47s", number, has_unit ? " " : "",
                   has_unit ? unit_text : "");
    return out;
}
