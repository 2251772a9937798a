#include "sim/cfg/diag.h"
#include "sim/sweep/sweep_setup.h"
#include "tests/support/toy_model.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** A study of the toy with these axes; NULL when it is refused. */
static struct sim_sweep_setup *made(const char *axes, char **out_said)
{
    char folder[] = "/tmp/ecopark_setup_XXXXXX";
    cr_assert_not_null(mkdtemp(folder));
    char *park = sim_base_format("%s/park", folder);
    char *study = sim_base_format("%s/study.cfg", folder);
    FILE *f = fopen(park, "w");
    cr_assert(f != NULL && fputs("days = 5\n", f) >= 0 && fclose(f) == 0);
    f = fopen(study, "w");
    cr_assert(f != NULL && fprintf(f, "format = 1; park = \"park\"; study = { %s };\n", axes) > 0 &&
              fclose(f) == 0);
    struct sim_diag *diag = sim_diag_create();
    struct sim_sweep_setup *s = NULL;
    struct sim_err err = {0};
    const enum sim_status status =
        sim_sweep_setup_create(&toy_model, "toy 1", study, diag, &s, &err);
    cr_assert_eq(status == SIM_OK, s != NULL, "%s", err.text);
    *out_said = sim_diag_render(diag, 0);
    sim_diag_destroy(diag);
    cr_assert(unlink(park) == 0 && unlink(study) == 0 && rmdir(folder) == 0);
    free(park);
    free(study);
    return s;
}

/* As at any other point: a value that the park refuses is a matter of its own runs. */
Test(sweep_setup, first_point_may_be_wrong)
{
    char *said = NULL;
    struct sim_sweep_setup *s = made(
        "axes = { a = { path = \"step\"; values = ( \"-2\", \"-1\", \"1\", \"2\" ); }; };", &said);

    cr_assert_not_null(s, "%s", said);
    cr_assert_eq(s->first_point[0], 2);
    cr_assert_eq(((const struct toy_data *)s->data[0])->step, 1.0);
    cr_assert_eq(s->card.points, 4);

    sim_sweep_setup_destroy(s);
    free(said);
}

/* The good ones are few and the last: all over the points is looked for one. */
Test(sweep_setup, a_good_point_is_found_among_many)
{
    char *said = NULL;
    struct sim_sweep_setup *s =
        made("axes = { a = { path = \"step\"; range = \"-900 .. 100\"; count = 1001; }; };", &said);

    cr_assert_not_null(s, "%s", said);
    cr_assert_geq(s->first_point[0], 900);

    sim_sweep_setup_destroy(s);
    free(said);
}

Test(sweep_setup, what_no_point_takes_is_refused)
{
    char *said = NULL;
    const struct sim_sweep_setup *s =
        made("axes = { a = { path = \"step\"; values = ( \"-2\", \"-1\" ); }; };", &said);

    cr_assert_null(s);
    cr_assert(strstr(said, "axis a") != NULL && strstr(said, "-2 is no number from 0") != NULL,
              "%s", said);
    free(said);
}

/* No file says how long a title is, and no run depends on it. */
Test(sweep_setup, axis_that_changes_no_run_is_refused)
{
    char *said = NULL;
    const struct sim_sweep_setup *s =
        made("axes = { a = { path = \"title\"; values = ( \"One\", \"Two\" ); };"
             "b = { path = \"step\"; values = ( 1, 2 ); }; };",
             &said);

    cr_assert_null(s);
    cr_assert(strstr(said, "study.axes.a.path: no run depends on this") != NULL, "%s", said);
    cr_assert(strstr(said, "study.axes.b") == NULL, "%s", said);
    free(said);
}

static bool is_same(const struct sim_sweep_setup *a, int64_t i, const struct sim_sweep_setup *b,
                    int64_t k)
{
    return memcmp(&a->card.marks[i], &b->card.marks[k], sizeof(a->card.marks[i])) == 0;
}

/* Finished runs stay finished when values come, go, or change places. */
Test(sweep_setup, marks_stay_with_their_points)
{
    char *said[2] = {NULL, NULL};
    struct sim_sweep_setup *a =
        made("axes = { a = { path = \"step\"; values = ( \"1\", \"2\", \"12\" ); };"
             "b = { path = \"fail_at\"; values = ( \"1\", \"2\" ); }; };",
             &said[0]);
    struct sim_sweep_setup *b =
        made("axes = { a = { path = \"step\"; values = ( \"2\", \"7\", \"1\" ); };"
             "b = { path = \"fail_at\"; values = ( \"1\", \"2\" ); }; };",
             &said[1]);

    cr_assert(a != NULL && b != NULL, "%s%s", said[0], said[1]);
    cr_assert(is_same(a, 0, b, 4)); // (1, 1)
    cr_assert(is_same(a, 3, b, 1)); // (2, 2)
    for (int64_t i = 0; i < 6; i++) {
        for (int64_t k = 0; k < i; k++) {
            cr_assert(!is_same(a, i, a, k), "%d %d", (int)i, (int)k); // nor 1, 2 and 12, ...
        }
        cr_assert(!is_same(a, i, b, 2)); // (7, 1)
    }
    sim_sweep_setup_destroy(a);
    sim_sweep_setup_destroy(b);
    free(said[0]);
    free(said[1]);
}

/* More Sobol' points begin with the fewer ones. */
Test(sweep_setup, drawn_points_keep_their_marks_too)
{
    char *said[3] = {NULL, NULL, NULL};
    static const char text[] =
        "axes = { a = { path = \"step\"; range = \"1 .. %d\"; sampler = \"s\"; }; };"
        "samplers = { s = { method = \"sobol\"; points = %d; }; };";
    char *few = sim_base_format(text, 2, 4);
    char *more = sim_base_format(text, 2, 8);
    char *wider = sim_base_format(text, 3, 4);
    struct sim_sweep_setup *a = made(few, &said[0]);
    struct sim_sweep_setup *b = made(more, &said[1]);
    struct sim_sweep_setup *c = made(wider, &said[2]);

    cr_assert(a != NULL && b != NULL && c != NULL, "%s%s%s", said[0], said[1], said[2]);
    for (int64_t i = 0; i < 4; i++) {
        cr_assert(is_same(a, i, b, i));
        cr_assert(!is_same(a, i, c, i));
        cr_assert(!is_same(a, i, b, i + 4));
    }
    sim_sweep_setup_destroy(a);
    sim_sweep_setup_destroy(b);
    sim_sweep_setup_destroy(c);
    for (int i = 0; i < 3; i++) {
        free(said[i]);
    }
    free(few);
    free(more);
    free(wider);
}
