/* Two threads write one number. With the argument `race` they do so without a lock: under
 * ThreadSanitizer ctest must call that a failure. Without it the loop is correct, and must pass:
 * ThreadSanitizer that does not know OpenMP's barriers would call it a race, too. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
    ROUNDS = 2000,
    PLACES = 4
};

static long long add_up(bool race)
{
    long long parts[PLACES] = {0};
    long long sum = 0;

#pragma omp parallel for schedule(static, 1) num_threads(PLACES)
    for (int i = 0; i < PLACES; i++) {
        for (int j = 0; j < ROUNDS; j++) {
            parts[race ? 0 : i] += j;
        }
    }
    for (int i = 0; i < PLACES; i++) { // after the loop's barrier: no race
        sum += parts[i];
    }
    return sum;
}

int main(int argc, char **argv)
{
    const bool race = argc > 1 && strcmp(argv[1], "race") == 0;
    const long long sum = add_up(race);

    (void)printf("%lld\n", sum);
    return race || sum == (long long)PLACES * ROUNDS * (ROUNDS - 1) / 2 ? 0 : 1;
}
