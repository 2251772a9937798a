#include "sim/base/base.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>

Test(base, gives_zeroed_memory)
{
    unsigned char *bytes = sim_base_alloc(1000, 1);

    for (int i = 0; i < 1000; i++) {
        cr_assert(bytes[i] == 0, "byte %d", i);
    }
    free(bytes);
}

Test(base, gives_memory_for_nothing_at_all)
{
    void *nothing = sim_base_alloc(0, 8);
    void *shrunk = sim_base_realloc(sim_base_alloc(4, 8), 0, 8);

    cr_assert(nothing != NULL);
    cr_assert(shrunk != NULL);
    free(nothing);
    free(shrunk);
}

Test(base, keeps_what_was_there_when_growing)
{
    int *numbers = sim_base_realloc(NULL, 2, sizeof(*numbers));

    numbers[0] = 7;
    numbers[1] = 8;
    numbers = sim_base_realloc(numbers, 1000, sizeof(*numbers));

    cr_assert(eq(int, numbers[0], 7));
    cr_assert(eq(int, numbers[1], 8));
    free(numbers);
}

Test(base, ends_with_code_71_when_memory_runs_out, .exit_code = 71)
{
    free(sim_base_alloc(SIZE_MAX / 2, 1));
}

Test(base, sees_a_product_that_overflows, .exit_code = 71)
{
    free(sim_base_realloc(NULL, SIZE_MAX / 4, 8));
}

Test(base, copies_text_and_lets_nothing_be_nothing)
{
    char *copy = sim_base_strdup("Giấy Đồng Nai");

    cr_assert(eq(str, copy, "Giấy Đồng Nai"));
    cr_assert(sim_base_strdup(NULL) == NULL);
    free(copy);
}

Test(base, formats_text_of_any_length)
{
    char *text = sim_base_format("%s%05000d|", "x", 3);

    cr_assert(eq(sz, strlen(text), 5002));
    cr_assert(eq(chr, text[5001], '|'));
    free(text);
}

Test(base, aborts_when_a_duty_is_broken, .signal = SIGABRT)
{
    SIM_REQUIRE(1 > 2, "arithmetic");
}

Test(base, checks_a_duty_once_and_goes_on_when_it_is_kept)
{
    int times = 0;

    SIM_REQUIRE(++times == 1, "evaluated once");

    cr_assert(eq(int, times, 1));
}

Test(base, names_its_version_and_commit)
{
    const char *version = sim_base_version();

    cr_assert(strncmp(version, SIM_VERSION, strlen(SIM_VERSION)) == 0, "%s", version);
    const char *commit = version + strlen(SIM_VERSION);

    cr_assert(commit[0] == '\0' || (strncmp(commit, " (", 2) == 0 && strlen(commit) >= 10),
              "either no git or a commit of seven letters: '%s'", version);
}

Test(base, groups_the_digits_before_the_point)
{
    static const char *const pairs[][2] = {{"0", "0"},          {"999", "999"},
                                           {"1000", "1,000"},   {"-999", "-999"},
                                           {"-1000", "-1,000"}, {"1234567.8901", "1,234,567.8901"}};
    char out[32];

    for (int i = 0; i < SIM_COUNT(pairs); i++) {
        cr_assert_str_eq(sim_base_group(pairs[i][0], out), pairs[i][1]);
    }
}
