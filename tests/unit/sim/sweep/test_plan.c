// SPDX-License-Identifier: MIT
#include "tests/unit/sim/sweep/study_support.h"

#include <math.h>

Test(plan, the_last_axis_is_fastest_and_designs_slowest)
{
    struct study_case c =
        study_of("designs = ( \"base\", \"alone\" );"
                 "axes = { cap = { path = \"a.b\"; values = ( \"1 t/h\", \"2 t/h\" ); };"
                 "         on = { path = \"c\"; values = ( true, false ); };"
                 "         n = { path = \"d\"; values = ( 3, 4, 5 ); }; };");
    STUDY_FINE(&c);
    cr_assert(eq(i64, sim_plan_points(c.plan), 24));
    cr_assert(eq(i64, sim_plan_combinations(c.plan), 12));
    STUDY_POINT(&c, 0, "base: 1 t/h | true | 3");
    STUDY_POINT(&c, 1, "base: 1 t/h | true | 4");
    STUDY_POINT(&c, 3, "base: 1 t/h | false | 3");
    STUDY_POINT(&c, 11, "base: 2 t/h | false | 5");
    STUDY_POINT(&c, 12, "alone: 1 t/h | true | 3");
    struct sim_plan_point p;
    sim_plan_point(c.plan, 16, c.arena, &p);
    cr_assert(p.point == 16 && p.design == 1 && p.combination == 4);
    cr_assert(eq(str, (char *)p.overrides[0], "a.b=1 t/h"));
    cr_assert(eq(dbl, p.numbers[0], 1));
    cr_assert(isnan(p.numbers[1]));
    cr_assert(eq(str, (char *)sim_plan_axis(c.plan, 0)->units, "t/h"));
    cr_assert(sim_plan_axis(c.plan, 1)->units == NULL);
    cr_assert(eq(str, (char *)sim_plan_axis(c.plan, 2)->units, "1"));
    study_end(&c);
}

Test(plan, values_of_other_units_are_told_in_the_first_one)
{
    struct study_case c = study_of("axes = { cap = { path = \"a\"; values = ( \"9 t/h [assumed: "
                                   "x]\", \"5 kg/s\", \"0\" ); }; };");
    struct sim_plan_point p;
    STUDY_FINE(&c);
    sim_plan_point(c.plan, 1, c.arena, &p);
    cr_assert(eq(dbl, p.numbers[0], 18));
    cr_assert(eq(str, (char *)p.texts[0], "5 kg/s"));
    STUDY_POINT(&c, 0, "base: 9 t/h [assumed: x]");
    study_end(&c);
}

static double value_of(const struct study_case *c, const char *name, int64_t point)
{
    struct sim_plan_point p;
    sim_plan_point(c->plan, point, c->arena, &p);
    for (int i = 0; i < sim_plan_axis_count(c->plan); i++) {
        if (strcmp(sim_plan_axis(c->plan, i)->name, name) == 0) {
            return p.numbers[i];
        }
    }
    return (double)NAN;
}

Test(plan, a_bare_number_among_percents_is_a_share)
{
    struct study_case c =
        study_of("axes = { a = { path = \"a\"; values = ( \"1 %\", 0.29 ); };"
                 "         b = { path = \"b\"; values = ( 0.5, \"7 %\" ); };"
                 "         c = { path = \"c\"; range = \"0.01 .. 5 %\"; count = 3; };"
                 "         d = { path = \"d\"; range = \"1 % .. 5 %\"; step = \"0.02\"; }; };"
                 "only_if = ( \"a < 10 % or a == 0.29\" );");
    STUDY_FINE(&c);
    cr_assert(eq(i64, sim_plan_points(c.plan), 2 * 2 * 3 * 3));
    STUDY_POINT(&c, 0, "base: 1 % | 0.5 | 1 % | 1 %");
    STUDY_POINT(&c, 35, "base: 0.29 | 7 % | 5 % | 5 %");
    cr_assert(value_of(&c, "a", 35) == 29 && value_of(&c, "b", 0) == 50);
    for (int i = 0; i < 4; i++) {
        cr_assert(eq(str, (char *)sim_plan_axis(c.plan, i)->units, "%"));
    }
    study_end(&c);
}

Test(plan, two_ends_and_a_uniform_distribution_agree)
{
    struct study_case c =
        study_of("axes = { a = { path = \"a\"; range = \"0.01 .. 5 %\"; sampler = \"s\"; }; };"
                 "samplers = { s = { method = \"sobol\"; points = 8; }; };");
    struct study_case u = study_of(
        "axes = { a = { path = \"a\"; range = \"uniform(0.01, 5 %)\"; sampler = \"s\"; }; };"
        "samplers = { s = { method = \"sobol\"; points = 8; }; };");
    STUDY_FINE(&c);
    STUDY_FINE(&u);
    cr_assert(eq(str, (char *)sim_plan_axis(c.plan, 0)->units, "%"));
    cr_assert(eq(str, (char *)sim_plan_axis(u.plan, 0)->units, "%"));
    for (int i = 0; i < 8; i++) {
        const double x = value_of(&c, "a", i);
        cr_assert(x > 1 && x < 5 && fabs(x - value_of(&u, "a", i)) < 1e-12);
    }
    study_end(&u);
    study_end(&c);
}

Test(plan, values_of_a_range_are_decimals_as_a_person_writes_them)
{
    struct study_case c = study_of(
        "axes = { a = { path = \"a\"; range = \"0 t .. 1 t\"; count = 11; };"
        "         b = { path = \"b\"; range = \"0.1 t .. 0.5 t step 0.1 t\"; };"
        "         c = { path = \"c\"; range = \"1 t .. 100 t\"; count = 3; spacing = \"log\"; };"
        "         d = { path = \"d\"; range = \"0 t .. 1 t\"; count = 4; }; };");
    STUDY_FINE(&c);
    STUDY_POINT(&c, (2 * 5 + 2) * 12 + 4, "base: 0.2 t | 0.3 t | 10 t | 0 t");
    STUDY_POINT(&c, (7 * 5 + 1) * 12 + 5, "base: 0.7 t | 0.2 t | 10 t | 0.333333333333333 t");
    cr_assert(value_of(&c, "d", 1) == 1.0 / 3 || fabs(value_of(&c, "d", 1) - 1.0 / 3) < 1e-15);
    study_end(&c);
}

Test(plan, dates_and_words_are_texts)
{
    struct study_case c = study_of(
        "axes = { at = { path = \"a\"; values = ( \"2026-01-01\", \"2027-01-01\" ); };"
        "         up = { path = \"b\"; values = ( \"exponential(mean = 5 h)\", \"3 h\" ); }; };");
    STUDY_FINE(&c);
    cr_assert(sim_plan_axis(c.plan, 0)->units == NULL);
    cr_assert(sim_plan_axis(c.plan, 1)->units == NULL);
    STUDY_POINT(&c, 3, "base: 2027-01-01 | 3 h");
    study_end(&c);
}

Test(plan, ranges_by_step_and_by_count)
{
    struct study_case c = study_of(
        "axes = { a = { path = \"a\"; range = \"0 .. 1 t/h step 0.1 t/h\"; };"
        "         b = { path = \"b\"; range = \"1 h .. 100 h\"; count = 3; spacing = \"log\"; };"
        "         c = { path = \"c\"; range = \"1 t .. 2 t\"; step = \"400 kg\"; }; };"
        "only_if = ( \"b == 1 h\", \"c == 1 t\" );");
    STUDY_FINE(&c);
    cr_assert(eq(i64, sim_plan_combinations(c.plan), 11 * 3 * 3));
    cr_assert(eq(i64, sim_plan_points(c.plan), 11));
    STUDY_POINT(&c, 0, "base: 0 t/h | 1 h | 1 t");
    STUDY_POINT(&c, 3, "base: 0.3 t/h | 1 h | 1 t");
    STUDY_POINT(&c, 7, "base: 0.7 t/h | 1 h | 1 t");
    STUDY_POINT(&c, 10, "base: 1 t/h | 1 h | 1 t");
    study_end(&c);
    c = study_of(
        "axes = { b = { path = \"b\"; range = \"1 h .. 100 h\"; count = 3; spacing = \"log\"; };"
        "         c = { path = \"c\"; range = \"1 t .. 2 t\"; step = \"400 kg\"; }; };");
    STUDY_FINE(&c);
    struct sim_plan_point p;
    sim_plan_point(c.plan, 3, c.arena, &p);
    cr_assert(epsilon_eq(dbl, p.numbers[0], 10, 1e-13)); // by log and exp
    STUDY_POINT(&c, 8, "base: 100 h | 1.8 t");           // the end, 2 t, is no step
    study_end(&c);
}

Test(plan, tied_axes_move_together_at_the_place_of_the_first)
{
    struct study_case c =
        study_of("axes = { a = { path = \"a\"; values = ( 1, 2 ); };"
                 "         b = { path = \"b\"; values = ( \"x\", \"y\", \"z\" ); };"
                 "         c = { path = \"c\"; values = ( 10, 20 ); }; };"
                 "tied = ( ( \"c\", \"a\" ) );");
    STUDY_FINE(&c);
    cr_assert(eq(i64, sim_plan_points(c.plan), 6));
    STUDY_POINT(&c, 2, "base: 1 | z | 10");
    STUDY_POINT(&c, 3, "base: 2 | x | 20");
    study_end(&c);
}

Test(plan, columns_of_csv_files_with_units_in_the_header_or_the_cell)
{
    struct study_case c = study_begin();
    study_write(&c, "v.csv", "price [VND/t],cap\n1e6,3 t/h\n2e6,4 t/h\n");
    study_load(&c, "axes = { price = { path = \"a\"; csv = \"v.csv\"; };"
                   "         size = { path = \"b\"; csv = \"v.csv\"; column = \"cap\"; }; };"
                   "tied = ( \"price\", \"size\" );");
    STUDY_FINE(&c);
    STUDY_POINT(&c, 0, "base: 1e6 VND/t | 3 t/h");
    STUDY_POINT(&c, 1, "base: 2e6 VND/t | 4 t/h");
    cr_assert(eq(str, (char *)sim_plan_axis(c.plan, 0)->method, "csv"));
    study_end(&c);
}

Test(plan, points_of_a_csv_sampler)
{
    struct study_case c = study_begin();
    study_write(&c, "p.csv", "b [t],a\n1,0.5\n2,0.7\n3,0.9\n");
    study_load(&c, "axes = { a = { path = \"a\"; sampler = \"s\"; };"
                   "         b = { path = \"b\"; sampler = \"s\"; }; };"
                   "samplers = { s = { method = \"csv\"; csv = \"p.csv\"; }; };");
    STUDY_FINE(&c);
    cr_assert(eq(i64, sim_plan_points(c.plan), 3));
    STUDY_POINT(&c, 2, "base: 0.9 | 3 t");
    study_end(&c);
}

/** How many of n points lie in each of n equal parts of 10 .. 20. */
static bool has_one_each(const struct study_case *c, int n, int axis)
{
    bool is_fine = true;
    int *count = calloc((size_t)n, sizeof(int));
    for (int i = 0; i < n; i++) {
        struct sim_plan_point p;
        sim_plan_point(c->plan, i, c->arena, &p);
        const int k = (int)floor((p.numbers[axis] - 10) / 10 * n);
        is_fine = is_fine && k >= 0 && k < n;
        count[is_fine ? k : 0]++;
    }
    for (int i = 0; i < n; i++) {
        is_fine = is_fine && count[i] == 1;
    }
    free(count);
    return is_fine;
}

Test(plan, latin_hypercubes_and_sobol_points_fill_every_stratum)
{
    struct study_case c =
        study_of("axes = { n = { path = \"n\"; values = ( 1, 2 ); };"
                 "  a = { path = \"a\"; range = \"uniform(10 t/h, 20 t/h)\"; sampler = \"s\"; };"
                 "  b = { path = \"b\"; range = \"10 h .. 20 h\"; sampler = \"t\"; }; };"
                 "samplers = { s = { method = \"lhs\"; points = 50; };"
                 "             t = { method = \"sobol\"; points = 64; seed = 7; }; };"
                 "only_if = ( \"n == 1\" );");
    STUDY_FINE(&c);
    cr_assert(eq(i64, sim_plan_points(c.plan), 50 * 64));
    cr_assert(has_one_each(&c, 64, 2));
    study_end(&c);
    c = study_of("axes = { a = { path = \"a\"; range = \"10 t/h .. 20 t/h\"; sampler = \"s\"; }; };"
                 "samplers = { s = { method = \"lhs\"; points = 50; }; };");
    STUDY_FINE(&c);
    cr_assert(has_one_each(&c, 50, 0));
    study_end(&c);
}

/** The value of axis `name` at a point. */
Test(plan, another_axis_changes_no_value_of_the_others)
{
    static const char *const methods[] = {"lhs", "sobol"};
    for (int m = 0; m < SIM_COUNT(methods); m++) {
        char *few = sim_base_format(
            "axes = { a = { path = \"a\"; range = \"1 t .. 2 t\"; sampler = \"s\"; };"
            "         b = { path = \"b\"; range = \"normal(5 h, 1 h)\"; sampler = \"s\"; }; };"
            "samplers = { s = { method = \"%s\"; points = 32; }; };",
            methods[m]);
        char *more = sim_base_format(
            "axes = { a = { path = \"a\"; range = \"1 t .. 2 t\"; sampler = \"s\"; };"
            "         b = { path = \"b\"; range = \"normal(5 h, 1 h)\"; sampler = \"s\"; };"
            "         c = { path = \"c\"; range = \"1 t .. 2 t\"; sampler = \"s\"; }; };"
            "samplers = { s = { method = \"%s\"; points = 32; }; };",
            methods[m]);
        struct study_case x = study_of(few);
        struct study_case y = study_of(more);
        STUDY_FINE(&x);
        STUDY_FINE(&y);
        for (int i = 0; i < 32; i++) {
            cr_assert(eq(dbl, value_of(&x, "a", i), value_of(&y, "a", i)));
            cr_assert(eq(dbl, value_of(&x, "b", i), value_of(&y, "b", i)));
            cr_assert(ne(dbl, value_of(&y, "a", i), value_of(&y, "c", i)));
        }
        study_end(&y);
        study_end(&x);
        free(more);
        free(few);
    }
}

Test(plan, values_of_samplers_are_quantiles_with_17_digits)
{
    struct study_case c = study_of(
        "axes = { a = { path = \"a\"; range = \"exponential(mean = 160 h)\"; sampler = \"s\"; };"
        "         k = { path = \"k\"; range = \"poisson(3)\"; sampler = \"s\"; };"
        "         p = { path = \"p\"; range = \"uniform(1e6 VND/t, 2e6 VND/t)\"; sampler = \"s\"; "
        "}; };"
        "samplers = { s = { method = \"sobol\"; points = 1024; }; };");
    double sum = 0;
    STUDY_FINE(&c);
    for (int i = 0; i < 1024; i++) {
        struct sim_plan_point p;
        char *end = NULL;
        sim_plan_point(c.plan, i, c.arena, &p);
        cr_assert(eq(dbl, strtod(p.texts[0], &end), p.numbers[0]));
        cr_assert(eq(str, end, " h"));
        cr_assert(eq(dbl, p.numbers[1], floor(p.numbers[1])));
        cr_assert(strstr(p.texts[2], " VND/t") != NULL);
        sum += p.numbers[0] / 1024;
    }
    cr_assert(epsilon_eq(dbl, sum, 160, 2)); // by chance 160 +- 5
    study_end(&c);
}

Test(plan, morris_moves_one_axis_at_a_time)
{
    struct study_case c =
        study_of("axes = { n = { path = \"n\"; values = ( 1, 2 ); };"
                 "         a = { path = \"a\"; range = \"1 t .. 2 t\"; sampler = \"s\"; };"
                 "         b = { path = \"b\"; range = \"1 h .. 9 h\"; sampler = \"s\"; }; };"
                 "samplers = { s = { method = \"morris\"; trajectories = 10; levels = 8; }; };");
    STUDY_FINE(&c);
    cr_assert(eq(i64, sim_plan_points(c.plan), 2 * 30));
    for (int i = 1; i < 30; i++) {
        const bool a = value_of(&c, "a", i) != value_of(&c, "a", i - 1);
        const bool b = value_of(&c, "b", i) != value_of(&c, "b", i - 1);
        cr_assert(i % 3 == 0 || a != b, "point %d", i);
        cr_assert(i % 3 == 0 || !a ||
                  fabs(value_of(&c, "a", i) - value_of(&c, "a", i - 1)) > 0.499);
    }
    cr_assert(eq(dbl, value_of(&c, "a", 7), value_of(&c, "a", 37))); // the same for n = 2
    study_end(&c);
}

#define FILTERED(condition)                                                                        \
    "designs = ( \"base\", \"alone\" );"                                                           \
    "axes = { n = { path = \"n\"; values = ( 1, 2, 3 ); };"                                        \
    "         cap = { path = \"a\"; values = ( \"9 t/h\", \"18 t/h\" ); };"                        \
    "         fuel = { path = \"f\"; values = ( \"coal\", \"rice husk\" ); }; };"                  \
    "only_if = ( " condition " );"

Test(plan, conditions_keep_the_points_that_meet_all_of_them)
{
    static const struct {
        const char *body;
        int points; // of 24
    } all[] = {
        {FILTERED("\"design == alone\""), 12},
        {FILTERED("\"design != alone or n == 1\""), 16},
        {FILTERED("\"n >= 2\", \"cap > 2.5 kg/s\""), 8},
        {FILTERED("\"cap <= 2.5 kg/s\""), 12},
        {FILTERED("\"2 > n\""), 8},
        {FILTERED("\"not (n == 1 or n == 3) and fuel == coal\""), 4},
        {FILTERED("\"fuel == 'rice husk'\""), 12},
        {FILTERED("\"fuel == rice husk and design == base\""), 6},
        {FILTERED("\"n == 1 or n == 2 and cap == 9 t/h\""), 12}, // and binds first
        {FILTERED("\"not not n < 2\""), 8},
        {FILTERED("\"cap != 0\""), 24},
    };
    for (int i = 0; i < SIM_COUNT(all); i++) {
        struct study_case c = study_of(all[i].body);
        cr_assert(c.plan != NULL, "%s\nsaid:\n%s", all[i].body, c.said);
        cr_assert(eq(i64, sim_plan_points(c.plan), all[i].points), "%s", all[i].body);
        study_end(&c);
    }
    struct study_case c = study_of(FILTERED("\"design != alone or n == 1\""));
    STUDY_POINT(&c, 12, "alone: 1 | 9 t/h | coal"); // no gaps
    study_end(&c);
}

Test(plan, a_filter_of_the_command_line_agrees_with_only_if)
{
    struct study_case c = study_of(FILTERED(""));
    struct sim_plan_filter *f = NULL;
    struct sim_err err = {0};
    int kept = 0;
    STUDY_FINE(&c);
    cr_assert(
        eq(int, (int)sim_plan_filter_create(c.plan, "design != alone or n == 1", &f, &err), 0));
    for (int i = 0; i < 24; i++) {
        struct sim_plan_point p;
        sim_plan_point(c.plan, i, c.arena, &p);
        kept += sim_plan_filter_holds(f, &p) ? 1 : 0;
    }
    cr_assert(eq(int, kept, 16));
    sim_plan_filter_destroy(f);
    cr_assert(eq(int, (int)sim_plan_filter_create(c.plan, "design == lone", &f, &err), SIM_USAGE));
    cr_assert(strstr(err.text, "did you mean 'alone'") != NULL, "%s", err.text);
    cr_assert(eq(int, (int)sim_plan_filter_create(c.plan, "m == 1", &f, &err), SIM_USAGE));
    cr_assert(strstr(err.text, "--only: 'm' is neither an axis") != NULL, "%s", err.text);
    study_end(&c);
}

Test(plan, trials_are_common_independent_or_in_pairs)
{
    static const struct sim_card_mark mark = {{1, 2, 3}};
    static const struct sim_card_mark other = {{1, 2, 4}};
    struct sim_trial a;
    struct sim_trial b;
    struct study_case c = study_of("");
    sim_plan_trial(c.plan, 7, 0, &mark, 3, &a);
    cr_assert(a.seed == 7 && a.replication == 3 && !a.antithetic && a.run == -1);
    study_end(&c);

    c = study_of("random = \"independent\";");
    sim_plan_trial(c.plan, 7, 0, &mark, 3, &a);
    sim_plan_trial(c.plan, 7, 0, &other, 3, &b);
    cr_assert(a.seed != 7 && a.seed != b.seed && a.replication == 3);
    study_end(&c);

    c = study_of("random = \"antithetic\"; replications = 4;");
    sim_plan_trial(c.plan, 7, 0, &mark, 2, &a);
    sim_plan_trial(c.plan, 7, 0, &mark, 3, &b);
    cr_assert(a.seed == 7 && a.replication == 1 && !a.antithetic);
    cr_assert(b.seed == 7 && b.replication == 1 && b.antithetic);
    study_end(&c);
}

Test(plan, declares_its_axes_over_the_points)
{
    struct study_case c = study_of(FILTERED("\"design == alone\""));
    struct sim_schema *s = sim_schema_create();
    STUDY_FINE(&c);
    sim_schema_points(s, sim_plan_points(c.plan));
    sim_plan_declare(c.plan, s);
    const struct sim_schema_var *cap =
        sim_schema_var_at(s, sim_schema_var_find(s, "", "point_cap"));
    const struct sim_schema_var *fuel =
        sim_schema_var_at(s, sim_schema_var_find(s, "", "point_fuel"));
    cr_assert(eq(str, (char *)cap->units, "t/h"));
    cr_assert(eq(str, (char *)cap->spread_as, "cap"));
    cr_assert(eq(dbl, ((const double *)cap->values)[2], 18));
    cr_assert(eq(str, (char *)((const char *const *)fuel->values)[1], "rice husk"));
    sim_schema_destroy(s);
    study_end(&c);
}

Test(plan, a_million_points_cost_nothing_until_asked_for)
{
    struct study_case c =
        study_of("axes = { a = { path = \"a\"; range = \"1 t .. 2 t\"; count = 90; };"
                 "         b = { path = \"b\"; range = \"1 t .. 2 t\"; sampler = \"s\"; }; };"
                 "samplers = { s = { method = \"sobol\"; points = 1048576; }; };");
    STUDY_FINE(&c);
    cr_assert(eq(i64, sim_plan_points(c.plan), INT64_C(94371840)));
    const double x = value_of(&c, "b", 94371839);
    cr_assert(x > 1 && x < 2 && value_of(&c, "a", 94371839) == 2);
    study_end(&c);
}
