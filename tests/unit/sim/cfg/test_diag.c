#include "tests/unit/sim/cfg/cfg_support.h"

static struct sim_place at(const char *file, int line, int column, int length)
{
    return (struct sim_place){.file = file, .line = line, .column = column, .length = length};
}

Test(diag, shows_the_line_and_a_caret_below)
{
    struct sim_diag *d = sim_diag_create();
    const char text[] = "one\n    capcity = \"3 t/h\";\n";
    const struct sim_place p = at("two.cfg", 2, 5, 7);
    sim_diag_source(d, "two.cfg", text, strlen(text));

    sim_diag_add(d, SIM_DIAG_WRONG, &p, "firms.mill.capcity", "did you mean 'capacity'?",
                 "unknown %s", "key");

    char *said = sim_diag_render(d, 0);
    cr_assert_str_eq(said, "two.cfg:2: firms.mill.capcity: unknown key; did you mean 'capacity'?\n"
                           "    capcity = \"3 t/h\";\n"
                           "    ^~~~~~~\n");
    free(said);
    sim_diag_destroy(d);
}

Test(diag, counts_columns_of_vietnamese_by_letter)
{
    struct sim_diag *d = sim_diag_create();
    const char text[] = "title = \"Giấy\"; x = 1;\n";
    const char *x = strchr(text, 'x');
    const struct sim_place p = at("v.cfg", 1, (int)(x - text) + 1, 1);
    sim_diag_source(d, "v.cfg", text, strlen(text));

    sim_diag_add(d, SIM_DIAG_WRONG, &p, "x", "", "wrong");

    char *said = sim_diag_render(d, 0);
    cr_assert(strstr(said, "\n                    ^\n") != NULL, "%s", said); // 4 + 16 letters
    free(said);
    sim_diag_destroy(d);
}

Test(diag, sorts_by_file_as_read_then_by_place)
{
    struct sim_diag *d = sim_diag_create();
    sim_diag_source(d, "z.cfg", "", 0);
    sim_diag_source(d, "a.cfg", "", 0);
    const struct sim_place places[] = {at("a.cfg", 1, 1, 1), at("z.cfg", 9, 4, 1),
                                       at("z.cfg", 9, 2, 1), at("z.cfg", 3, 7, 1)};

    for (int i = 0; i < SIM_COUNT(places); i++) {
        sim_diag_add(d, SIM_DIAG_WRONG, &places[i], NULL, NULL, "mistake %d", i);
    }

    const char *wanted[] = {"mistake 3", "mistake 2", "mistake 1", "mistake 0"};
    for (int i = 0; i < SIM_COUNT(wanted); i++) {
        cr_assert_str_eq(sim_diag_at(d, i)->what, wanted[i]);
    }
    sim_diag_destroy(d);
}

Test(diag, tells_the_same_mistake_once)
{
    struct sim_diag *d = sim_diag_create();
    const struct sim_place p = at("a.cfg", 1, 1, 1);
    for (int i = 0; i < 3; i++) {
        sim_diag_add(d, SIM_DIAG_WRONG, &p, "x", "", "wrong");
    }
    sim_diag_add(d, SIM_DIAG_WRONG, &p, "x", "", "also wrong");

    cr_assert(eq(int, sim_diag_count(d), 2));
    sim_diag_destroy(d);
}

Test(diag, is_66_only_where_nothing_else_is_wrong)
{
    struct sim_diag *d = sim_diag_create();
    cr_assert(eq(int, (int)sim_diag_status(d), 0));

    sim_diag_add(d, SIM_DIAG_WARNING, NULL, NULL, NULL, "odd");
    cr_assert(eq(int, (int)sim_diag_status(d), 0));
    cr_assert(eq(int, sim_diag_wrong(d), 0));

    sim_diag_add(d, SIM_DIAG_MISSING, NULL, NULL, NULL, "not there");
    cr_assert(eq(int, (int)sim_diag_status(d), 66));

    sim_diag_add(d, SIM_DIAG_WRONG, NULL, NULL, NULL, "wrong");
    cr_assert(eq(int, (int)sim_diag_status(d), 65));
    cr_assert(eq(int, sim_diag_wrong(d), 2));
    sim_diag_destroy(d);
}

Test(diag, is_bounded_and_says_how_many_more)
{
    struct sim_diag *d = sim_diag_create();
    struct sim_err err = {0};
    for (int i = 1; i <= 2000; i++) {
        const struct sim_place p = at("a.cfg", i, 1, 1);
        sim_diag_add(d, SIM_DIAG_WRONG, &p, NULL, NULL, "mistake");
    }

    char *said = sim_diag_render(d, 3);
    cr_assert_str_eq(said, "a.cfg:1: mistake\na.cfg:2: mistake\na.cfg:3: mistake\n"
                           "... and 1997 more\n");
    cr_assert(eq(int, (int)sim_diag_to_err(d, &err), 65));
    cr_assert(strstr(err.text, " more") != NULL);
    cr_assert(strlen(err.text) < sizeof(err.text));
    free(said);
    sim_diag_destroy(d);
}

Test(diag, cuts_very_long_lines_around_the_caret)
{
    struct sim_diag *d = sim_diag_create();
    char text[4000];
    memset(text, 'a', sizeof(text));
    text[3000] = 'X';
    const struct sim_place p = at("long.cfg", 1, 3001, 1);
    sim_diag_source(d, "long.cfg", text, sizeof(text));

    sim_diag_add(d, SIM_DIAG_WRONG, &p, NULL, NULL, "wrong");

    char *said = sim_diag_render(d, 0);
    const char *line = strchr(said, '\n') + 1;
    const char *mark = strchr(line, '^');
    const char *x = strchr(line, 'X');
    cr_assert(strlen(said) < 500);
    cr_assert_not_null(x);
    cr_assert(eq(int, (int)(x - line), (int)(mark - strchr(line, '\n') - 1)));
    free(said);
    sim_diag_destroy(d);
}

Test(diag, names_what_was_not_written_in_a_file)
{
    struct sim_diag *d = sim_diag_create();
    const struct sim_place p = {.via = "--set"};
    sim_diag_add(d, SIM_DIAG_WARNING, &p, "a.b", "write c", "odd");

    char *said = sim_diag_render(d, 0);
    cr_assert_str_eq(said, "--set: warning: a.b: odd; write c\n");
    free(said);
    sim_diag_destroy(d);
}

Test(diag, shows_odd_bytes_without_harm)
{
    struct sim_diag *d = sim_diag_create();
    char text[600];
    memset(text, 'a', sizeof(text));
    text[10] = '\x1b'; // a terminal would obey
    text[11] = '\xff';
    text[300] = '\0'; // the line ends here for C
    const struct sim_place p = at("odd.cfg", 1, 500, 3);
    sim_diag_source(d, "odd.cfg", text, sizeof(text));

    sim_diag_add(d, SIM_DIAG_WRONG, &p, "a\x1b", "", "wrong \xfe");

    char *said = sim_diag_render(d, 0);
    cr_assert(strncmp(said, "odd.cfg:1: a : wrong ?\n    aaaaaaaaaa ?aaa", 40) == 0, "%s", said);
    cr_assert_null(strchr(said, '\x1b'));
    free(said);
    sim_diag_destroy(d);
}

Test(diag, what_the_base_has_is_not_told_again_for_each_design)
{
    struct sim_diag *d = sim_diag_create();
    const struct sim_place p = at("a.cfg", 1, 1, 1);

    for (int i = 0; i < 3; i++) {
        static const char *const vias[] = {NULL, "design x", "design y"};
        sim_diag_via(d, vias[i]);
        sim_diag_add(d, SIM_DIAG_WRONG, &p, "a", NULL, "always");
        if (i > 0) {
            sim_diag_add(d, SIM_DIAG_WRONG, &p, "b", NULL, "in both");
            sim_diag_add(d, SIM_DIAG_WARNING, &p, "c", NULL, "in both, but a warning");
        }
    }
    sim_diag_via(d, NULL);
    sim_diag_add(d, SIM_DIAG_WRONG, &p, "d", NULL, "afterwards");

    char *said = sim_diag_render(d, 0);
    cr_assert_str_eq(said, "a.cfg:1: a: always\n"
                           "a.cfg:1: design x: b: in both\n"
                           "a.cfg:1: design x: warning: c: in both, but a warning\n"
                           "a.cfg:1: design y: b: in both\n"
                           "a.cfg:1: d: afterwards\n");
    free(said);
    sim_diag_destroy(d);
}
