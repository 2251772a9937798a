#include "sim/flow/order.h"

#include <stdlib.h>

enum {
    FEW = 12,           // [-] numbers that are put in order one by one
    WORDS_A_NUMBER = 4, // [-] more words to look through cost more than sorting
};

static int by_number(const void *a, const void *b)
{
    const int32_t x = *(const int32_t *)a;
    const int32_t y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static void insert_each(int32_t *v, int count)
{
    for (int i = 1; i < count; i++) {
        const int32_t x = v[i];
        int at = i;
        for (; at > 0 && v[at - 1] > x; at--) {
            v[at] = v[at - 1];
        }
        v[at] = x;
    }
}

static void by_bits(int32_t *v, int32_t first, int32_t last, int count, uint64_t *bits)
{
    for (int i = 0; i < count; i++) {
        bits[v[i] / 64] |= (uint64_t)1 << v[i] % 64;
    }
    int at = 0;
    for (int32_t w = first; w <= last; w++) {
        for (uint64_t word = bits[w]; word != 0; word &= word - 1) {
            v[at++] = 64 * w + __builtin_ctzll(word);
        }
        bits[w] = 0;
    }
}

void sim_order_sort(int32_t *numbers, int count, uint64_t *bits)
{
    if (count <= FEW) {
        insert_each(numbers, count);
        return;
    }
    int32_t least = numbers[0];
    int32_t most = numbers[0];
    for (int i = 1; i < count; i++) {
        least = numbers[i] < least ? numbers[i] : least;
        most = numbers[i] > most ? numbers[i] : most;
    }
    if ((most - least) / 64 <= WORDS_A_NUMBER * count) {
        by_bits(numbers, least / 64, most / 64, count, bits);
    } else {
        qsort(numbers, (size_t)count, sizeof(int32_t), by_number);
    }
}
