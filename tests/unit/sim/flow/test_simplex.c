// The small linear programmes of self-feeding loops.
#include "sim/flow/simplex.h"
#include "sim/num/rng.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>

static void set_row(struct sim_simplex *s, int row, const double *numbers, double low, double high)
{
    for (int c = 0; c < s->columns; c++) {
        s->given[row * s->columns + c] = numbers[c];
    }
    s->low[s->columns + row] = low;
    s->high[s->columns + row] = high;
}

// Largest x + y with x + 2 y <= 4, 3 x + y <= 6 and both within [0, 10]: the corner (1.6, 1.2).
static void make_corner(struct sim_simplex *s)
{
    sim_simplex_init(s, 2, 2);
    s->high[0] = s->high[1] = 10;
    set_row(s, 0, (double[]){1, 2}, -HUGE_VAL, 4);
    set_row(s, 1, (double[]){3, 1}, -HUGE_VAL, 6);
    sim_simplex_begin(s);
}

Test(simplex, finds_the_corner_of_two_sums)
{
    struct sim_simplex s;
    make_corner(&s);

    cr_assert(sim_simplex_maximise(&s, (double[]){1, 1}));
    sim_simplex_finish(&s);

    cr_expect(epsilon_eq(dbl, s.value[0], 1.6, 1e-15));
    cr_expect(epsilon_eq(dbl, s.value[1], 1.2, 1e-15));
    sim_simplex_fini(&s);
}

Test(simplex, begins_within_bounds_as_well_as_at_them)
{
    struct sim_simplex s;
    make_corner(&s);
    s.value[0] = 0.5;
    s.value[1] = 0.25;
    sim_simplex_begin(&s);

    cr_assert(sim_simplex_maximise(&s, (double[]){1, 1}));

    cr_expect(epsilon_eq(dbl, s.value[0], 1.6, 1e-14));
    cr_expect(epsilon_eq(dbl, s.value[1], 1.2, 1e-14));
    sim_simplex_fini(&s);
}

// x + y <= 3: the sum is largest all along an edge. Held there, x rises to 2, not to its 2.5.
Test(simplex, a_second_maximum_keeps_the_first)
{
    struct sim_simplex s;
    sim_simplex_init(&s, 1, 2);
    s.low[1] = s.value[1] = 1;
    s.high[0] = s.high[1] = 2.5;
    set_row(&s, 0, (double[]){1, 1}, -HUGE_VAL, 3);
    sim_simplex_begin(&s);

    cr_assert(sim_simplex_maximise(&s, (double[]){1, 1}));
    sim_simplex_hold_priced(&s);
    cr_assert(sim_simplex_maximise_column(&s, 0));

    cr_expect(epsilon_eq(dbl, s.value[0], 2, 0));
    cr_expect(epsilon_eq(dbl, s.value[1], 1, 0));
    sim_simplex_fini(&s);
}

// A pivot that is a rounding leaves such a table behind. What it finds is held against the sums.
Test(simplex, a_spoilt_table_finds_the_maximum_all_the_same)
{
    for (int at = 0; at < 4; at++) {
        struct sim_simplex s;
        make_corner(&s);
        cr_assert(sim_simplex_maximise(&s, (double[]){1, 1}));
        s.table[at] = -s.table[at];

        cr_assert(sim_simplex_maximise_column(&s, 0));

        cr_expect(epsilon_eq(dbl, s.value[0], 2, 1e-14), "number %d: %g", at, s.value[0]);
        cr_expect(epsilon_eq(dbl, s.value[1], 0, 1e-14), "number %d: %g", at, s.value[1]);
        sim_simplex_fini(&s);
    }
}

// x + z <= 1 and y + z <= 5: that y is no part of the first sum, a rounding must not hide.
Test(simplex, a_rounding_in_the_table_is_no_price)
{
    struct sim_simplex s;
    sim_simplex_init(&s, 2, 3);
    s.high[0] = s.high[1] = s.high[2] = 10;
    set_row(&s, 0, (double[]){1, 0, 1}, -HUGE_VAL, 1);
    set_row(&s, 1, (double[]){0, 1, 1}, -HUGE_VAL, 5);
    sim_simplex_begin(&s);
    cr_assert(sim_simplex_maximise_column(&s, 0));
    cr_assert(s.pivots == 1 && s.basic[0] == 0 && s.at[1] == 1);
    s.table[1] = -2e-10;

    cr_assert(sim_simplex_maximise_column(&s, 0));
    sim_simplex_hold_priced(&s);
    cr_assert(sim_simplex_maximise_column(&s, 1));

    cr_expect(epsilon_eq(dbl, s.value[0], 1, 0));
    cr_expect(epsilon_eq(dbl, s.value[1], 5, 0));
    sim_simplex_fini(&s);
}

Test(simplex, says_when_there_is_no_end)
{
    struct sim_simplex s;
    sim_simplex_init(&s, 1, 1);
    s.high[0] = HUGE_VAL;
    set_row(&s, 0, (double[]){1}, 0, HUGE_VAL);
    sim_simplex_begin(&s);

    cr_expect(not(sim_simplex_maximise_column(&s, 0)));
    sim_simplex_fini(&s);
}

// Beale's (1955): the rule of largest price alone goes round for ever.
Test(simplex, does_not_cycle)
{
    struct sim_simplex s;
    sim_simplex_init(&s, 3, 4);
    for (int c = 0; c < 4; c++) {
        s.high[c] = HUGE_VAL;
    }
    set_row(&s, 0, (double[]){0.25, -60, -0.04, 9}, -HUGE_VAL, 0);
    set_row(&s, 1, (double[]){0.5, -90, -0.02, 3}, -HUGE_VAL, 0);
    set_row(&s, 2, (double[]){0, 0, 1, 0}, -HUGE_VAL, 1);
    sim_simplex_begin(&s);

    cr_assert(sim_simplex_maximise(&s, (double[]){0.75, -150, 0.02, -6}));
    sim_simplex_finish(&s);

    cr_expect(epsilon_eq(dbl, s.value[2], 1, 0));
    cr_expect(epsilon_eq(dbl, s.value[0], 0.04, 1e-15));
    sim_simplex_fini(&s);
}

// Random programmes with a known best point: at it, sums that stop are tight and their prices make
// up the objective (weak duality: nothing can be better).
static double gap_of_random(uint64_t number)
{
    enum {
        N = 12,
        TIGHT = 5,
        ROWS = 8
    };
    struct sim_rng rng = sim_rng_make(3, number, 0, 0);
    struct sim_simplex s;
    double best[N];
    double objective[N] = {0};
    double most = 0;
    sim_simplex_init(&s, ROWS, N);
    for (int c = 0; c < N; c++) {
        s.high[c] = 1;
        best[c] = c < TIGHT ? sim_rng_uniform(&rng) : sim_rng_uniform(&rng) < 0.5 ? 0.0 : 1.0;
        objective[c] = c < TIGHT ? 0 : (best[c] > 0 ? 1 : -1) * sim_rng_uniform(&rng);
    }
    for (int r = 0; r < ROWS; r++) {
        double numbers[N];
        double sum = 0;
        const double price = r < TIGHT ? 0.1 + sim_rng_uniform(&rng) : 0;
        for (int c = 0; c < N; c++) {
            numbers[c] = sim_rng_uniform(&rng);
            sum += numbers[c] * best[c];
            objective[c] += price * numbers[c];
        }
        set_row(&s, r, numbers, -HUGE_VAL, r < TIGHT ? sum : sum + sim_rng_uniform(&rng));
    }
    sim_simplex_begin(&s);
    cr_assert(sim_simplex_maximise(&s, objective), "programme %d", (int)number);
    sim_simplex_finish(&s);
    for (int c = 0; c < N; c++) {
        most = fmax(most, fabs(s.value[c] - best[c]));
    }
    sim_simplex_fini(&s);
    return most;
}

Test(simplex, finds_the_best_point_of_random_programmes)
{
    for (uint64_t number = 0; number < 300; number++) {
        const double gap = gap_of_random(number);
        cr_expect(gap < 1e-11, "programme %d is off by %g", (int)number, gap);
    }
}
