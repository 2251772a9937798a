/** @file
 * A growable array of any type: `struct { T *data; int count; int capacity; }`, zeroed to start.
 *
 *     SIM_VEC(double) rates = {0};
 *     SIM_VEC_PUSH(&rates, 2.5);
 *     SIM_VEC_FREE(&rates);
 *
 * Pointers into `data` hold until the next push. Floor 0.
 */
#ifndef SIM_BASE_VEC_H
#define SIM_BASE_VEC_H

#include "sim/base/base.h"

#include <stdlib.h>

#define SIM_VEC(type)                                                                              \
    struct {                                                                                       \
        type *data;                                                                                \
        int count;                                                                                 \
        int capacity;                                                                              \
    }

#define SIM_VEC_RESERVE(vec, wanted)                                                               \
    do {                                                                                           \
        if ((vec)->capacity < (wanted)) {                                                          \
            (vec)->capacity = (wanted) > 2 * (vec)->capacity ? (wanted) : 2 * (vec)->capacity;     \
            (vec)->data =                                                                          \
                sim_base_realloc((vec)->data, (size_t)(vec)->capacity, sizeof(*(vec)->data));      \
        }                                                                                          \
    } while (0)

#define SIM_VEC_PUSH(vec, ...)                                                                     \
    do {                                                                                           \
        SIM_VEC_RESERVE(vec, (vec)->count + 1);                                                    \
        (vec)->data[(vec)->count++] = (__VA_ARGS__);                                               \
    } while (0)

#define SIM_VEC_POP(vec)  ((vec)->data[--(vec)->count])
#define SIM_VEC_LAST(vec) ((vec)->data[(vec)->count - 1])

#define SIM_VEC_FREE(vec)                                                                          \
    do {                                                                                           \
        free((vec)->data);                                                                         \
        (vec)->data = NULL;                                                                        \
        (vec)->count = 0;                                                                          \
        (vec)->capacity = 0;                                                                       \
    } while (0)

#endif
