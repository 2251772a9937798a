/** @file
 * Units that make heat from what they burn or take: heat given to a unit of product, over the
 * efficiency, over the energy content (net calorific value) of what is used, is used of it.
 *
 * Private to models/park.
 */
#ifndef PARK_HEAT_H
#define PARK_HEAT_H

#include "models/park/base/kinds.h"

/** A member of the struct of such a kind. */
struct park_heat {
    struct sim_value efficiency; // [-]
    struct sim_value enthalpy;   // [J/SI of the product]
};

/** What such a unit burns, by amounts or by the efficiency of its heat; a further member. */
struct park_heat_fuel {
    struct sim_items fuel;
    struct sim_ref burns;
};

extern const struct sim_kind park_heat_fuel_kind; // an entry of `fuel`

// clang-format off
#define PARK_HEAT_KEYS(type_of, field)                                                             \
    {.name = "efficiency", .type = SIM_KEY_VALUE,                                                  \
     .offset = offsetof(type_of, field.efficiency), .min = "0 %", .max = "110 %",                  \
     .flags = SIM_KEY_ABOVE_MIN,                                                                   \
     .doc = "heat given to the product per energy content (net calorific value) of what is used. " \
            "So much is used per unit of product: enthalpy / efficiency / energy of that stream"}, \
    {.name = "enthalpy", .type = SIM_KEY_VALUE, .offset = offsetof(type_of, field.enthalpy),       \
     .dim = "GJ/{basis}", .min = "0", .flags = SIM_KEY_ABOVE_MIN,                                  \
     .doc = "heat given to a unit of product, from feed water on; default: the product's energy"}

#define PARK_HEAT_FUEL_KEYS(type_of, field)                                                        \
    {.name = "fuel", .type = SIM_KEY_MAP, .offset = offsetof(type_of, field.fuel),                 \
     .kind = &park_heat_fuel_kind, .names_refer = "streams",                                       \
     .doc = "what it burns, by stream, per unit of its product"},                                  \
    {.name = "burns", .type = SIM_KEY_REF, .offset = offsetof(type_of, field.burns),               \
     .refers = "streams",                                                                          \
     .doc = "the one fuel, where `efficiency` says how much, in place of `fuel`"}
#define PARK_HEAT_POWER_STREAM(type_of, field)                                                     \
    {.name = "power_stream", .type = SIM_KEY_REF, .offset = offsetof(type_of, field),              \
     .refers = "streams",                                                                          \
     .doc = "stream of that electricity, in a unit of energy; default: the one named electricity, " \
            "else the only one of kind energy"}
// clang-format on

/** [J/SI] Energy content of a stream; 0 when it is not said. */
double park_heat_energy(const struct park_stream *s);

/** [J/SI of the product] Heat given to it: as said, else the product's energy content; 0: neither
 * is said. */
double park_heat_given(const struct park *p, const struct park_process *s,
                       const struct sim_value *enthalpy);

/** Add the input that `ref` names, of as much as the heat of a unit of product takes; told when it
 * does not follow from what is said. */
void park_heat_add(struct park_loader *l, struct park_process *s, const struct park_heat *h,
                   const struct sim_ref *ref);

/** Add the fuels, of as much as is said or as its efficiency takes; told when both or neither is
 * said. */
void park_heat_burn(struct park_loader *l, struct park_process *s, const struct park_heat *h,
                    const struct park_heat_fuel *fuel);

#endif
