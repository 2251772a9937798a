// SPDX-License-Identifier: MIT
#include "tests/unit/sim/sweep/study_support.h"

Test(study, of_nothing_is_one_run_of_the_park)
{
    struct study_case c = study_of("");
    STUDY_FINE(&c);
    cr_assert(eq(i64, sim_plan_points(c.plan), 1));
    STUDY_POINT(&c, 0, "base:");
    cr_assert(eq(int, c.study->rule.at_least, 1));
    cr_assert(eq(int, c.study->rule.at_most, 1));
    cr_assert(not(c.study->has_seed));
    cr_assert(eq(str, (char *)c.study->title, ""));
    study_end(&c);
}

Test(study, says_designs_replications_responses_and_store)
{
    struct study_case c = study_of(
        "title = \"Giá hơi\"; designs = ( \"base\", \"alone\" ); baseline = \"alone\"; seed = 9;\n"
        "random = \"antithetic\";\n"
        "replications = { at_least = 4; at_most = 20;\n"
        "  until = { response = \"co2\"; half_width = \"2 %\"; level = \"90 %\"; }; };\n"
        "responses = { co2 = { of = \"environment.co2e\"; where = \"mill\"; stream = \"coal\";\n"
        "  unit = \"t/year\"; title = \"CO₂\"; }; };\n"
        "store = { what = ( \"flows\", \"levels of mill.yard\" ); precision = \"exact\"; };");
    STUDY_FINE(&c);
    const struct sim_study *s = c.study;
    cr_assert(eq(str, (char *)s->title, "Giá hơi"));
    cr_assert(eq(int, s->design_count, 2));
    cr_assert(eq(int, s->baseline, 1));
    cr_assert(s->has_seed && s->seed == 9);
    cr_assert(eq(int, (int)s->random, SIM_STUDY_ANTITHETIC));
    cr_assert(s->rule.at_least == 4 && s->rule.at_most == 20 && s->rule.is_antithetic);
    cr_assert(eq(dbl, s->rule.share, 0.02));
    cr_assert(eq(dbl, s->rule.level, 0.9));
    cr_assert(eq(str, (char *)s->rule.response, "co2"));
    cr_assert(eq(int, s->want.response_count, 1));
    cr_assert(eq(str, (char *)s->want.responses[0].where, "mill"));
    cr_assert(eq(str, (char *)s->want.responses[0].title, "CO₂"));
    cr_assert(eq(int, s->want.store_count, 2));
    cr_assert(eq(str, (char *)s->want.store[1], "levels of mill.yard"));
    cr_assert(s->want.is_exact);
    study_end(&c);
}

Test(study, a_number_of_replications_is_short_for_a_fixed_one)
{
    struct study_case c = study_of("replications = 20; store = \"responses\";");
    STUDY_FINE(&c);
    cr_assert(c.study->rule.at_least == 20 && c.study->rule.at_most == 20);
    cr_assert(c.study->rule.response == NULL);
    cr_assert(eq(int, c.study->want.store_count, 1));
    cr_assert(not(c.study->want.is_exact));
    study_end(&c);
}

Test(study, a_star_stands_for_base_and_all_other_designs)
{
    struct study_case c = study_of("designs = ( \"shared\", \"*\" ); baseline = \"base\";");
    STUDY_FINE(&c);
    cr_assert(eq(int, c.study->design_count, 3));
    cr_assert(eq(str, (char *)c.study->designs[0], "shared"));
    cr_assert(eq(str, (char *)c.study->designs[1], "base"));
    cr_assert(eq(str, (char *)c.study->designs[2], "alone"));
    cr_assert(eq(int, c.study->baseline, 1));
    study_end(&c);
}

Test(study, knows_a_study_from_a_park)
{
    struct study_case c = study_of("");
    char *study = sim_base_format("%s/study.cfg", c.folder);
    char *park = sim_base_format("%s/park.cfg", c.folder);
    study_write(&c, "park.cfg", "format = 1; park = { start = \"2026-01-01\"; };\n");
    char *both = sim_base_format("%s/both.cfg", c.folder);
    study_write(&c, "both.cfg", "@include \"none.cfg\"\npark = \"park.cfg\";\n");
    enum sim_study_look look = SIM_STUDY_NONE;
    struct sim_err err = {0};
    cr_assert(eq(int, (int)sim_study_look(study, &look, &err), SIM_OK));
    cr_assert(eq(int, (int)look, SIM_STUDY_FOUND));
    cr_assert(eq(int, (int)sim_study_look(both, &look, &err), SIM_OK));
    cr_assert(eq(int, (int)look, SIM_STUDY_UNKNOWN));
    cr_assert(eq(int, (int)sim_study_look(park, &look, &err), SIM_OK));
    cr_assert(eq(int, (int)look, SIM_STUDY_NONE));
    cr_assert(eq(str, err.text, ""));
    cr_assert(eq(int, (int)sim_study_look("/nowhere/all.cfg", &look, &err), SIM_MISSING));
    cr_assert(eq(str, err.text, "cannot read /nowhere/all.cfg: No such file or directory"));
    cr_assert(eq(int, (int)sim_study_look(c.folder, &look, &err), SIM_INPUT));
    free(both);
    free(park);
    free(study);
    study_end(&c);
}

Test(study, names_its_files_with_fingerprints)
{
    struct study_case c = study_begin();
    study_write(&c, "v.csv", "cap [t/h]\n1\n2\n");
    study_load(&c, "axes = { cap = { path = \"a.b\"; csv = \"v.csv\"; }; };");
    STUDY_FINE(&c);
    cr_assert(eq(int, sim_study_source_count(c.study), 2));
    cr_assert(strstr(sim_study_source(c.study, 0)->path, "study.cfg") != NULL);
    cr_assert(strstr(sim_study_source(c.study, 1)->path, "v.csv") != NULL);
    cr_assert(eq(sz, strlen(sim_study_source(c.study, 1)->sha256), 64));
    study_end(&c);
}

Test(study, a_park_that_is_not_there_is_a_missing_input)
{
    struct study_case c = study_begin();
    char *park = sim_base_format("%s/park.cfg", c.folder);
    cr_assert(eq(int, remove(park), 0));
    study_load(&c, "");
    cr_assert(eq(int, (int)c.status, SIM_MISSING));
    STUDY_SAYS(&c, "there is no file");
    free(park);
    study_end(&c);
}

/** A body that must be refused, and a part of what is said. */
struct refusal {
    const char *body;
    const char *says;
};

static void expect_refusals(const struct refusal *all, int count)
{
    for (int i = 0; i < count; i++) {
        struct study_case c = study_of(all[i].body);
        cr_assert(c.status == SIM_INPUT, "not refused: %s", all[i].body);
        cr_assert(strstr(c.said, all[i].says) != NULL, "%s\nwanted: %s\nsaid:\n%s", all[i].body,
                  all[i].says, c.said);
        study_end(&c);
    }
}

#define AXIS(text) "axes = { cap = { path = \"a.b\"; " text " }; };"
#define SAMPLED(range, s)                                                                          \
    AXIS("range = \"" range "\"; sampler = \"s\";") "samplers = { s = { " s " }; };"

Test(study, tells_what_is_wrong_with_axes)
{
    static const struct refusal all[] = {
        {AXIS(""), "an axis without values"},
        {AXIS("values = ( );"), "an axis without values"},
        {AXIS("values = ( \"1 t/h\" ); range = \"1 t/h .. 2 t/h\";"), "said more than once"},
        {AXIS("values = ( \"1 t/h\", \"2 t\" );"), "'2 t' is a mass, but '1 t/h' is"},
        {AXIS("values = ( \"1 t/h\", 2 );"), "'2' is a pure number"},
        {AXIS("values = ( \"1 t/hh\" );"), "hh"},
        {AXIS("values = ( ( \"1 t\" ) );"), "one text or number"},
        {AXIS("values = ( \"1 VND/t\", \"1 USD/t\" );"), "another currency"},
        {AXIS("range = \"1 t/h .. 2 t/h\";"), "a step or a count"},
        {AXIS("range = \"1 t/h .. 2 t/h step 1 t/h\"; count = 3;"), "said twice"},
        {AXIS("range = \"2 t/h .. 1 t/h\"; count = 3;"), "not below"},
        {AXIS("range = \"1 t/h .. 2 t\"; count = 3;"), "is a mass"},
        {AXIS("range = \"1 t/h .. 2 t/h\"; step = \"0 t/h\";"), "not above 0"},
        {AXIS("range = \"0 t/h .. 2 t/h\"; spacing = \"log\"; count = 3;"), "logarithmic"},
        {AXIS("range = \"1 t/h bis 2 t/h\"; count = 3;"), "is no range"},
        {AXIS("range = \"uniform(1 t/h, 2 t/h)\";"), "a distribution needs a sampler"},
        {AXIS("values = ( 1 ); step = \"1\";"), "`step` goes with a range"},
        {AXIS("csv = \"v.csv\"; column = \"x\";"), "has no column 'x'"},
        {"axes = { cap = { values = ( 1 ); }; };", "'path' is missing"},
        {"axes = { cap = { path = \"a\"; values = ( 1 ); vaules = 3; }; };",
         "did you mean 'values'"},
        {"axes = { a = { path = \"x\"; values = ( 1 ); }; b = { path = \"x\"; values = ( 2 ); }; "
         "};",
         "the axis 'a' changes the same value"},
        {"axes = { run = { path = \"x\"; values = ( 1 ); }; };", "a variable 'run' of its own"},
        {"axes = { not = { path = \"x\"; values = ( 1 ); }; };", "a word of conditions"},
    };
    expect_refusals(all, SIM_COUNT(all));
}

Test(study, tells_what_is_wrong_with_samplers)
{
    static const struct refusal all[] = {
        {AXIS("range = \"uniform(1 t, 2 t)\"; sampler = \"t\";") "samplers = { s = { method = "
                                                                 "\"lhs\"; "
                                                                 "points = 4; }; };",
         "'t'"},
        {AXIS("values = ( 1 );") "samplers = { s = { method = \"lhs\"; points = 4; }; };",
         "no axis uses this sampler"},
        {AXIS("values = ( 1, 2 ); sampler = \"s\";") "samplers = { s = { method = \"lhs\"; points "
                                                     "= 4; }; };",
         "needs a distribution"},
        {SAMPLED("uniform(1 t, 2 t)", "method = \"sobl\"; points = 4;"), "did you mean 'sobol'"},
        {SAMPLED("uniform(1 t, 2 t)", "method = \"sobol\";"), "'points' is missing"},
        {SAMPLED("uniform(1 t, 2 t)", "method = \"sobol\"; points = 0;"), "points"},
        {SAMPLED("uniform(1 t, 2 t)", "method = \"sobol\"; points = 4; levels = 4;"),
         "`levels` does not go"},
        {SAMPLED("uniform(1 t, 2 t)", "method = \"morris\"; points = 4;"),
         "counted by `trajectories`"},
        {SAMPLED("uniform(1 t, 2 t)", "method = \"morris\"; trajectories = 4; levels = 3;"),
         "an even number"},
        {SAMPLED("uniform(1 t, 2 h)", "method = \"lhs\"; points = 4;"), "2 h"},
        {SAMPLED("1 t .. 2 t step 1 t", "method = \"lhs\"; points = 4;"), "the whole range"},
        {SAMPLED("1 t .. 2 t", "method = \"csv\"; csv = \"park.cfg\";"), "file of the sampler"},
        {SAMPLED("1 t .. 2 t",
                 "method = \"lhs\"; points = 100000000;") "designs = ( \"base\", \"alone\" );",
         "more than 100000000 points"},
    };
    expect_refusals(all, SIM_COUNT(all));
}

#define TWO                                                                                        \
    "axes = { a = { path = \"x\"; values = ( \"1 t\", \"2 t\" ); };"                               \
    "         b = { path = \"y\"; values = ( \"red\", \"blue\" ); };"                              \
    "         c = { path = \"z\"; values = ( 1, 2, 3 ); }; };"

Test(study, tells_what_is_wrong_with_ties_and_conditions)
{
    static const struct refusal all[] = {
        {TWO "tied = ( ( \"a\", \"c\" ) );", "'a' has 2 values, but 'c' has 3"},
        {TWO "tied = ( ( \"a\", \"d\" ) );", "there is no axis 'd'"},
        {TWO "tied = ( ( \"a\", \"a\" ) );", "named twice"},
        {TWO "tied = ( ( \"a\", \"b\" ), ( \"b\", \"c\" ) );", "tied already"},
        {TWO "tied = ( ( \"a\" ) );", "at least two"},
        {TWO "tied = \"a\";", "list of lists"},
        {TWO "only_if = ( \"a > 2 h\" );", "'2 h' is a time"},
        {TWO "only_if = ( \"a > 2 tt\" );", "tt"},
        {TWO "only_if = ( \"a > red\" );", "numbers, but 'red' is none"},
        {TWO "only_if = ( \"a = 2 t\" );", "write =="},
        {TWO "only_if = ( \"a 2 t\" );", "a comparison is wanted"},
        {TWO "only_if = ( \"b == green\" );", "no value of the axis 'b'"},
        {TWO "only_if = ( \"b > red\" );", "have no order"},
        {TWO "only_if = ( \"d == 1\" );", "neither an axis nor 'design'"},
        {TWO "only_if = ( \"design == alon\" );", "'alon' is not among the designs"},
        {TWO "only_if = ( \"(a > 1 t\" );", "closing ')' is missing"},
        {TWO "only_if = ( \"a > 1 t)\" );", "is not expected here"},
        {TWO "only_if = ( \"a > 1 t and\" );", "missing at the end"},
        {TWO "only_if = ( \"b == 'red\" );", "is not closed"},
        {TWO "only_if = ( \"a > 5 t\" );", "no point meets all conditions"},
    };
    expect_refusals(all, SIM_COUNT(all));
}

#define CO2 "responses = { co2 = { of = \"environment.co2e\"; }; };"

Test(study, tells_what_is_wrong_with_designs_replications_and_names)
{
    static const struct refusal all[] = {
        {"designs = ( \"alonee\" );", "did you mean 'alone'"},
        {"designs = ( \"alone\", \"alone\" );", "named twice"},
        {"baseline = \"alone\";", "'alone' is not among the designs"},
        {"designs = \"*\"; baseline = \"alonee\";", "did you mean 'alone'"},
        {"replications = 0;", "replications"},
        {"replications = { at_least = 3; };", "without `until` the number is fixed"},
        {CO2 "replications = { until = { response = \"co2\"; half_width = \"2 %\"; }; };",
         "needs `at_most`"},
        {CO2
         "replications = { at_most = 9; until = { response = \"co\"; half_width = \"2 %\"; }; };",
         "no response 'co'; known: 'co2'"},
        {CO2
         "replications = { at_most = 9; until = { response = \"co2\"; half_width = \"0 %\"; }; };",
         "not above 0"},
        {CO2
         "replications = { at_most = 9; until = { response = \"co2\"; half_width = \"2 t\"; }; };",
         "2 t"},
        {CO2
         "replications = { at_least = 9; at_most = 8; until = { response = \"co2\"; half_width = "
         "\"2 %\"; }; };",
         "more than at_most"},
        {"replications = 5; random = \"antithetic\";", "come in pairs"},
        {"random = \"comon\";", "did you mean 'common'"},
        {"responses = { co2 = { }; };", "'of' is missing"},
        {"responses = { status = { of = \"a\"; }; };", "a variable 'status' of its own"},
        {CO2 "axes = { co2 = { path = \"a\"; values = ( 1 ); }; };", "two variables 'co2'"},
        {"responses = { a = { of = \"x\"; }; a_mean = { of = \"y\"; }; };",
         "two variables 'a_mean'"},
        {"store = ( \"all\", \"flows\" );", "stands alone"},
        {"store = { what = \"flows\"; precision = \"exakt\"; };", "precision"},
        {"store = { waht = \"flows\"; };", "did you mean 'what'"},
    };
    expect_refusals(all, SIM_COUNT(all));
}

Test(study, tells_all_mistakes_at_once_each_with_its_place)
{
    struct study_case c = study_of("designs = ( \"base\", \"alone\" ); baseline = \"alon\";\n"
                                   "axes = {\n"
                                   "  a = { path = \"x\"; values = ( \"1 t\", \"2 h\" ); };\n"
                                   "  b = { path = \"y\"; range = \"uniform(1 t, 2 t)\"; };\n"
                                   "};\n"
                                   "tied = ( ( \"a\", \"q\" ) );\n"
                                   "only_if = ( \"a == 1 t\", \"q == 1\" );\n"
                                   "responses = { run = { of = \"x\"; }; };");
    static const char *const wanted[] = {
        "study.cfg:3: study.baseline:",     "study.cfg:5: study.axes.a:",
        "study.cfg:6: study.axes.b.range:", "study.cfg:8: study.tied[0][1]:",
        "study.cfg:9: study.only_if[1]:",   "study.cfg:10: study.responses.run:"};
    cr_assert(eq(int, (int)c.status, SIM_INPUT));
    for (int i = 0; i < SIM_COUNT(wanted); i++) {
        STUDY_SAYS(&c, wanted[i]);
    }
    cr_assert(eq(int, sim_diag_wrong(c.diag), 6), "said:\n%s", c.said);
    study_end(&c);
}

Test(study, warns_of_an_uneven_number_of_sobol_points)
{
    struct study_case c = study_of(SAMPLED("1 t .. 2 t", "method = \"sobol\"; points = 12;"));
    STUDY_FINE(&c);
    STUDY_SAYS(&c, "12 is not a power of two");
    STUDY_SAYS(&c, "better 8 or 16");
    study_end(&c);
}

Test(study, its_reference_names_every_key)
{
    char *text = sim_study_reference();
    static const char *const keys[] = {"designs",      "axes",       "sampler",
                                       "trajectories", "half_width", "only_if"};
    for (int i = 0; i < SIM_COUNT(keys); i++) {
        cr_assert(strstr(text, keys[i]) != NULL, "%s", keys[i]);
    }
    free(text);
}
