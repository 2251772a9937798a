/** @file
 * The units there are, and what is often written for them. Data of units.c, included by it alone.
 *
 * Floor 1. Const.
 */
#ifndef SIM_NUM_UNITS_TABLE_H
#define SIM_NUM_UNITS_TABLE_H

#include "sim/num/units.h"

struct known {
    const char *name;
    double num, den;
    struct sim_dim dim;
};

#define MASS                                                                                       \
    {                                                                                              \
        .mass = 1                                                                                  \
    }
#define LENGTH                                                                                     \
    {                                                                                              \
        .length = 1                                                                                \
    }
#define VOLUME                                                                                     \
    {                                                                                              \
        .length = 3                                                                                \
    }
#define TIME                                                                                       \
    {                                                                                              \
        .time = 1                                                                                  \
    }
#define ENERGY                                                                                     \
    {                                                                                              \
        .mass = 1, .length = 2, .time = -2                                                         \
    }
#define POWER                                                                                      \
    {                                                                                              \
        .mass = 1, .length = 2, .time = -3                                                         \
    }
#define PRESS                                                                                      \
    {                                                                                              \
        .mass = 1, .length = -1, .time = -2                                                        \
    }
#define CARBON                                                                                     \
    {                                                                                              \
        .carbon = 1                                                                                \
    }
#define NUMBER                                                                                     \
    {                                                                                              \
        0                                                                                          \
    }

// Factors are exact. toe and cal: IEA, 1 toe = 10 Gcal (International Table) = 41.868 GJ.
static const struct known known_units[] = {
    {"t", 1000, 1, MASS},
    {"Mg", 1000, 1, MASS},
    {"kg", 1, 1, MASS},
    {"g", 1, 1000, MASS},
    {"mg", 1, 1e6, MASS},
    {"ug", 1, 1e9, MASS},
    {"kt", 1e6, 1, MASS},
    {"Mt", 1e9, 1, MASS},
    {"m", 1, 1, LENGTH},
    {"km", 1000, 1, LENGTH},
    {"cm", 1, 100, LENGTH},
    {"mm", 1, 1000, LENGTH},
    {"ha", 1e4, 1, {.length = 2}},
    {"Nm3", 1, 1, {.length = 3, .normal = 1}},
    {"L", 1, 1000, VOLUME},
    {"hL", 1, 10, VOLUME},
    {"kL", 1, 1, VOLUME},
    {"ML", 1000, 1, VOLUME},
    {"mL", 1, 1e6, VOLUME},
    {"s", 1, 1, TIME},
    {"second", 1, 1, TIME},
    {"seconds", 1, 1, TIME},
    {"min", 60, 1, TIME},
    {"minute", 60, 1, TIME},
    {"minutes", 60, 1, TIME},
    {"h", 3600, 1, TIME},
    {"hour", 3600, 1, TIME},
    {"hours", 3600, 1, TIME},
    {"day", 86400, 1, TIME},
    {"days", 86400, 1, TIME},
    {"d", 86400, 1, TIME},
    {"week", 604800, 1, TIME},
    {"weeks", 604800, 1, TIME},
    {"month", 2628000, 1, TIME},
    {"months", 2628000, 1, TIME},
    {"year", 31536000, 1, TIME},
    {"years", 31536000, 1, TIME},
    {"W", 1, 1, POWER},
    {"kW", 1e3, 1, POWER},
    {"MW", 1e6, 1, POWER},
    {"GW", 1e9, 1, POWER},
    {"kWp", 1e3, 1, POWER},
    {"MWp", 1e6, 1, POWER},
    {"Wh", 3600, 1, ENERGY},
    {"kWh", 3.6e6, 1, ENERGY},
    {"MWh", 3.6e9, 1, ENERGY},
    {"GWh", 3.6e12, 1, ENERGY},
    {"TWh", 3.6e15, 1, ENERGY},
    {"J", 1, 1, ENERGY},
    {"kJ", 1e3, 1, ENERGY},
    {"MJ", 1e6, 1, ENERGY},
    {"GJ", 1e9, 1, ENERGY},
    {"TJ", 1e12, 1, ENERGY},
    {"PJ", 1e15, 1, ENERGY},
    {"toe", 41868e6, 1, ENERGY},
    {"ktoe", 41868e9, 1, ENERGY},
    {"kcal", 20934, 5, ENERGY},
    {"Mcal", 4186800, 1, ENERGY},
    {"Gcal", 4186800e3, 1, ENERGY},
    {"Pa", 1, 1, PRESS},
    {"kPa", 1e3, 1, PRESS},
    {"MPa", 1e6, 1, PRESS},
    {"mbar", 100, 1, PRESS},
    {"bar", 1e5, 1, PRESS},
    {"gCO2e", 1, 1000, CARBON},
    {"kgCO2e", 1, 1, CARBON},
    {"tCO2e", 1000, 1, CARBON},
    {"ktCO2e", 1e6, 1, CARBON},
    {"MtCO2e", 1e9, 1, CARBON},
    {"K", 1, 1, {.temperature = 1}},
    {"%", 1, 100, NUMBER},
    {"ppm", 1, 1e6, NUMBER},
    {"1", 1, 1, NUMBER},
    {"thousand", 1e3, 1, NUMBER},
    {"million", 1e6, 1, NUMBER},
    {"billion", 1e9, 1, NUMBER},
};

/** What people write, and what is meant. */
static const struct {
    const char *name, *meant;
} slips[] = {
    {"ton", "t"},     {"tons", "t"},    {"tonne", "t"},    {"tonnes", "t"},     {"l", "L"},
    {"hr", "h"},      {"hrs", "h"},     {"sec", "s"},      {"yr", "year"},      {"a", "year"},
    {"C", "degC"},    {"CO2", "tCO2e"}, {"tCO2", "tCO2e"}, {"kgCO2", "kgCO2e"}, {"CO2e", "tCO2e"},
    {"kwh", "kWh"},   {"mwh", "MWh"},   {"KW", "kW"},      {"Kg", "kg"},        {"T", "t"},
    {"percent", "%"}, {"litre", "L"},   {"liter", "L"},    {"cbm", "m3"},       {"sqm", "m2"},
    {"H", "h"},       {"mw", "MW"},     {"mj", "MJ"},      {"gj", "GJ"},        {"w", "W"},
    {"tấn", "t"},     {"kí", "kg"},     {"lít", "L"},      {"giờ", "h"},        {"ngày", "day"},
    {"năm", "year"},  {"khối", "m3"},   {"đồng", "VND"},   {"đ", "VND"},
};

#endif
