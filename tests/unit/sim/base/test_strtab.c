#include "sim/base/strtab.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>

Test(strtab, numbers_new_names_from_zero_and_known_ones_alike)
{
    struct sim_strtab *t = sim_strtab_create();

    cr_assert(eq(int, sim_strtab_intern(t, "mill"), 0));
    cr_assert(eq(int, sim_strtab_intern(t, "kiln"), 1));
    cr_assert(eq(int, sim_strtab_intern(t, "mill"), 0));
    cr_assert(eq(int, sim_strtab_find(t, "kiln"), 1));
    cr_assert(eq(int, sim_strtab_find(t, "Kiln"), -1));
    cr_assert(eq(int, sim_strtab_count(t), 2));
    sim_strtab_destroy(t);
    sim_strtab_destroy(NULL);
}

Test(strtab, holds_many_names_while_it_grows)
{
    struct sim_strtab *t = sim_strtab_create();
    char name[32];

    for (int i = 0; i < 20000; i++) {
        (void)snprintf(name, sizeof(name), "firm_%d", i);
        cr_assert(eq(int, sim_strtab_intern(t, name), i));
    }

    for (int i = 0; i < 20000; i++) {
        (void)snprintf(name, sizeof(name), "firm_%d", i);
        cr_assert(eq(int, sim_strtab_find(t, name), i));
        cr_assert(strcmp(sim_strtab_name(t, i), name) == 0);
    }
    cr_assert(eq(int, sim_strtab_find(t, "firm_20000"), -1));
    sim_strtab_destroy(t);
}

Test(strtab, keeps_its_own_copy_of_a_name)
{
    struct sim_strtab *t = sim_strtab_create();
    char name[] = "mill";

    const int32_t id = sim_strtab_intern(t, name);
    const char *kept = sim_strtab_name(t, id);
    name[0] = 'k';

    cr_assert(eq(str, (char *)kept, "mill"));
    sim_strtab_destroy(t);
}

Test(strtab, takes_the_empty_name)
{
    struct sim_strtab *t = sim_strtab_create();

    cr_assert(eq(int, sim_strtab_find(t, ""), -1));
    cr_assert(eq(int, sim_strtab_intern(t, ""), 0));
    cr_assert(eq(int, sim_strtab_find(t, ""), 0));
    sim_strtab_destroy(t);
}

Test(strtab, refuses_a_number_it_never_gave, .signal = SIGABRT)
{
    struct sim_strtab *t = sim_strtab_create();

    (void)sim_strtab_name(t, 0);
}

Test(strtab, guesses_the_nearest_known_name)
{
    static const char *const names[] = {"exchanges", NULL, "capacity", "rate", "stock", "stocks"};
    static const struct {
        const char *typed;
        const char *meant;
    } cases[] = {
        {"exchages", "exchanges"},   // a letter dropped
        {"exchanmges", "exchanges"}, // one too many
        {"capasity", "capacity"},    // one changed
        {"cpaacity", "capacity"},    // two swapped count once
        {"rtae", "rate"},            // as they must in a short word
        {"STOCKS", "stocks"},        // capital letters do not count
        {"rate", "rate"},            // the same name is nearest
        {"stok", "stock"},           // the nearer of two
        {"stocs", "stock"},          // of equally near ones the first
        {"capacities", "capacity"},  // three of ten
        {"turndown", NULL},          // too far
        {"xx", NULL},                // too short to guess
        {"", NULL},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *guess = sim_strtab_nearest(cases[i].typed, names, 6);

        cr_assert(guess == cases[i].meant ||
                      (guess != NULL && cases[i].meant != NULL && !strcmp(guess, cases[i].meant)),
                  "'%s' gave '%s'", cases[i].typed, guess != NULL ? guess : "nothing");
    }
    cr_assert(sim_strtab_nearest("rate", NULL, 0) == NULL);
}

Test(strtab, does_not_guess_at_names_of_absurd_length)
{
    char absurd[1001];
    char longest[201];
    const char *const names[] = {absurd, longest};

    memset(absurd, 'x', sizeof(absurd));
    absurd[1000] = '\0';
    memset(longest, 'x', sizeof(longest));
    longest[200] = '\0';

    cr_assert(sim_strtab_nearest(absurd, names, 2) == NULL);
    cr_assert(sim_strtab_nearest(longest, names, 2) == longest);
}
