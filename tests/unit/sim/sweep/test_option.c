#include "sim/sweep/option.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <string.h>

static const struct sim_option table[] = {
    {.name = "output", .letter = 'o', .value = "FILE", .help = "where"},
    {.name = "set", .repeats = true, .value = "PATH=VALUE", .help = "what"},
    {.name = "json", .help = "how"},
    SIM_OPTION_END};

/** What a test parsed; freed after it. */
static struct sim_option_args *kept[32];
static int kept_count = 0;

static void drop_kept(void)
{
    while (kept_count > 0) {
        sim_option_args_destroy(kept[--kept_count]);
    }
}

TestSuite(option, .fini = drop_kept);

static struct sim_option_args *parse(int argc, const char *const *argv, struct sim_err *err)
{
    struct sim_option_args *args = NULL;
    const enum sim_status status = sim_option_parse(table, argc, (char *const *)argv, &args, err);

    cr_assert(eq(int, status == SIM_OK, args != NULL));
    cr_assert(status == SIM_OK || status == SIM_USAGE);
    kept[kept_count++] = args;
    return args;
}

#define PARSE(err, ...)                                                                            \
    parse((int)(sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *)),                           \
          (const char *[]){__VA_ARGS__}, err)

Test(option, takes_values_in_all_spellings)
{
    struct sim_err err = {0};

    cr_assert(eq(str, (char *)sim_option_text(PARSE(&err, "--output", "a"), "output"), "a"));
    cr_assert(eq(str, (char *)sim_option_text(PARSE(&err, "--output=a=b"), "output"), "a=b"));
    cr_assert(eq(str, (char *)sim_option_text(PARSE(&err, "-o", "a"), "output"), "a"));
    cr_assert(eq(str, (char *)sim_option_text(PARSE(&err, "-oa"), "output"), "a"));
    cr_assert(sim_option_text(PARSE(&err, "--json"), "output") == NULL);
}

Test(option, mixes_options_and_arguments)
{
    struct sim_err err = {0};
    struct sim_option_args *args =
        PARSE(&err, "park", "--set", "a=1", "x", "--set=b=2", "--", "--json", "-");
    int count = 0;
    const char *const *sets = sim_option_texts(args, "set", &count);

    cr_assert(eq(int, count, 2));
    cr_assert(eq(str, (char *)sets[1], "b=2"));
    cr_assert(eq(int, sim_option_positional_count(args), 4));
    cr_assert(eq(str, (char *)sim_option_positional(args, 2), "--json"));
    cr_assert(not(sim_option_is_given(args, "json")));
}

Test(option, names_the_nearest_of_a_misspelt_one)
{
    struct sim_err err = {0};

    cr_assert(PARSE(&err, "--ouput", "x") == NULL);
    cr_assert(strstr(err.text, "--output") != NULL, "%s", err.text);
    cr_assert(PARSE(&err, "--completely-other") == NULL);
    cr_assert(strstr(err.text, "--help") != NULL, "%s", err.text);
    cr_assert(PARSE(&err, "-x") == NULL);
}

Test(option, refuses_what_makes_no_sense)
{
    struct sim_err err = {0};

    cr_assert(PARSE(&err, "--output") == NULL);
    cr_assert(strstr(err.text, "wants a value") != NULL, "%s", err.text);
    cr_assert(PARSE(&err, "-o", "a", "-o", "b") == NULL);
    cr_assert(strstr(err.text, "twice") != NULL, "%s", err.text);
    cr_assert(PARSE(&err, "--json=yes") == NULL);
}

Test(option, reads_whole_numbers_within_bounds)
{
    struct sim_err err = {0};
    int64_t n = 7;

    cr_assert(eq(int, (int)sim_option_int(PARSE(&err, "-o12"), "output", 1, 20, &n, &err), SIM_OK));
    cr_assert(eq(i64, n, 12));
    cr_assert(eq(int, (int)sim_option_int(PARSE(&err, "x"), "output", 1, 20, &n, &err), SIM_OK));
    cr_assert(eq(i64, n, 12));
    const char *const wrong[] = {"-o0",       "-o21",  "-o1x",
                                 "--output=", "-o1.5", "-o99999999999999999999"};

    for (int i = 0; i < SIM_COUNT(wrong); i++) {
        struct sim_option_args *args = PARSE(&err, wrong[i]);

        cr_assert(eq(int, (int)sim_option_int(args, "output", 1, 20, &n, &err), SIM_USAGE), "%s",
                  wrong[i]);
    }
    cr_assert(eq(i64, n, 12));
}
