#include "sim/base/vec.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

struct pair {
    int first;
    int second;
};

Test(vec, keeps_values_in_the_order_pushed)
{
    SIM_VEC(double) rates = {0};

    for (int i = 0; i < 1000; i++) {
        SIM_VEC_PUSH(&rates, i * 0.5);
    }

    cr_assert(eq(int, rates.count, 1000));
    for (int i = 0; i < 1000; i++) {
        cr_assert(eq(dbl, rates.data[i], i * 0.5));
    }
    SIM_VEC_FREE(&rates);
    cr_assert(rates.data == NULL);
    cr_assert(eq(int, rates.count, 0));
    cr_assert(eq(int, rates.capacity, 0));
}

Test(vec, takes_structs_with_commas_inside)
{
    SIM_VEC(struct pair) pairs = {0};

    SIM_VEC_PUSH(&pairs, (struct pair){.first = 1, .second = 2});
    SIM_VEC_PUSH(&pairs, (struct pair){.first = 3, .second = 4});

    cr_assert(eq(int, SIM_VEC_LAST(&pairs).second, 4));
    cr_assert(eq(int, SIM_VEC_POP(&pairs).first, 3));
    cr_assert(eq(int, pairs.count, 1));
    SIM_VEC_FREE(&pairs);
}

Test(vec, does_not_move_while_there_is_room)
{
    SIM_VEC(int) numbers = {0};

    SIM_VEC_RESERVE(&numbers, 100);
    const int *place = numbers.data;
    for (int i = 0; i < 100; i++) {
        SIM_VEC_PUSH(&numbers, i);
    }

    cr_assert(numbers.data == place);
    cr_assert(eq(int, numbers.capacity, 100));
    SIM_VEC_FREE(&numbers);
}
