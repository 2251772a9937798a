#include "sim/cfg/value.h"
#include "tests/unit/sim/cfg/cfg_support.h"

#include <math.h>

enum {
    ALL_FORMS = 0x7E
};

struct value_case {
    struct cfg_case c;
    struct sim_arena *arena;
    struct sim_units *units;
    struct sim_value v;
};

/** The value of `v = TEXT;`, in a park whose money is VND. */
static struct value_case parse(const char *text, unsigned forms)
{
    char *whole = sim_base_format("v = %s;", text);
    struct value_case x = {.c = cfg_text(whole), .arena = sim_arena_create()};
    x.units = sim_units_create("VND");
    x.v = sim_value_parse(cfg_at(&x.c, "v"), forms, x.units, x.c.tree, x.arena, x.c.diag);
    free(whole);
    return x;
}

static void done(struct value_case *x)
{
    sim_arena_destroy(x->arena);
    sim_units_destroy(x->units);
    cfg_done(&x->c);
}

Test(value, reads_a_quantity_into_si)
{
    struct value_case x = parse("\"9 t/h\"", 0);

    CFG_SILENT(&x.c);
    cr_assert(eq(int, (int)x.v.form, SIM_VALUE_QUANTITY));
    cr_assert(eq(dbl, x.v.si, 2.5)); // exact: sim/num/units.h
    cr_assert(eq(dbl, x.v.written, 9.0));
    cr_assert_str_eq(x.v.unit, "t/h");
    done(&x);
}

Test(value, keeps_mark_and_source)
{
    struct value_case x = parse("\"9 t/h [assumed: VNCPC 2015, tr. 3]\"", 0);
    CFG_SILENT(&x.c);
    cr_assert(eq(int, (int)x.v.mark, SIM_MARK_ASSUMED));
    cr_assert_str_eq(x.v.source, "VNCPC 2015, tr. 3");
    cr_assert(eq(dbl, x.v.si, 2.5));
    done(&x);

    struct value_case bare = parse("\"9 t/h [calibrated]\"", 0);
    CFG_SILENT(&bare.c);
    cr_assert(eq(int, (int)bare.v.mark, SIM_MARK_CALIBRATED));
    cr_assert_null(bare.v.source);
    cr_assert_str_eq(sim_value_mark_name(bare.v.mark), "calibrated");
    done(&bare);
}

Test(value, warns_of_unknown_marks_and_keeps_them)
{
    struct value_case x = parse("\"9 t/h [guessed: me]\"", 0);

    cr_assert(eq(int, (int)sim_diag_status(x.c.diag), 0));
    CFG_SAYS(&x.c, "warning: v: [guessed]: not one of the known marks");
    cr_assert(eq(int, (int)x.v.mark, SIM_MARK_OTHER));
    cr_assert_str_eq(x.v.mark_text, "guessed");
    cr_assert(eq(dbl, x.v.si, 2.5));
    done(&x);
}

Test(value, reads_every_distribution)
{
    static const struct {
        const char *text;
        enum sim_dist_kind kind;
        double p[3]; // SI
    } cases[] = {
        {"constant(1 h)", SIM_DIST_CONSTANT, {3600.0}},
        {"uniform(20 min, 1 h)", SIM_DIST_UNIFORM, {1200.0, 3600.0}},
        {"triangular(1.5 h, 2 h, 3 h)", SIM_DIST_TRIANGULAR, {5400.0, 7200.0, 10800.0}},
        {"normal(2 kg, 1 kg)", SIM_DIST_NORMAL, {2.0, 1.0}},
        {"normal(sd = 1 kg, mean = 2 kg, min = 0 kg)", SIM_DIST_NORMAL, {2.0, 1.0}},
        {"lognormal(mean = 5 h, cv = 1)", SIM_DIST_LOGNORMAL, {18000.0, 1.0}},
        {"exponential(mean = 160 h)", SIM_DIST_EXPONENTIAL, {576000.0}},
        {"gamma(2, 3 s)", SIM_DIST_GAMMA, {2.0, 3.0}},
        {"weibull(shape = 1.4, scale = 900 h)", SIM_DIST_WEIBULL, {1.4, 3240000.0}},
        {"poisson(3)", SIM_DIST_POISSON, {3.0}},
        {"bernoulli(25 %)", SIM_DIST_BERNOULLI, {0.25}},
    };
    for (int i = 0; i < SIM_COUNT(cases); i++) {
        char *quoted = sim_base_format("\"%s [derived: x]\"", cases[i].text);
        struct value_case x = parse(quoted, ALL_FORMS);

        CFG_SILENT(&x.c);
        cr_assert(eq(int, (int)x.v.form, SIM_VALUE_DIST), "case %d", i);
        cr_assert(eq(int, (int)x.v.dist->kind, (int)cases[i].kind), "case %d", i);
        for (int k = 0; k < sim_dist_info(cases[i].kind)->count; k++) {
            cr_assert(eq(dbl, x.v.dist->p[k], cases[i].p[k]), "case %d parameter %d", i, k);
        }
        cr_assert(eq(int, (int)x.v.mark, SIM_MARK_DERIVED));
        free(quoted);
        done(&x);
    }
}

Test(value, cuts_a_distribution_and_takes_its_dimension)
{
    struct value_case x = parse("\"normal(1.9 t/h, 0.1 t/h, min = 36 kg/h)\"", ALL_FORMS);

    CFG_SILENT(&x.c);
    cr_assert(eq(dbl, x.v.dist->min, 0.01));
    cr_assert(isinf(x.v.dist->max));
    const struct sim_dim rate = {.mass = 1, .time = -1};
    cr_assert(sim_units_is_same(x.v.dim, rate));
    done(&x);
}

Test(value, reads_samples_from_a_file)
{
    struct value_case x = parse("\"empirical(sample.csv)\"", ALL_FORMS);

    CFG_SILENT(&x.c);
    cr_assert(eq(int, x.v.dist->count, 3));
    cr_assert(eq(dbl, x.v.dist->values[0], 3600.0));
    cr_assert(eq(dbl, x.v.dist->values[2], 10800.0));
    cr_assert(eq(dbl, x.v.dist->weights[0], 2.0)); // sorted with its value
    cr_assert_str_eq(x.v.file, "tests/data/cfg/sample.csv");
    cr_assert(eq(int, sim_tree_source_count(x.c.tree), 2)); // named in the results
    done(&x);
}

Test(value, reads_references_curves_and_limits)
{
    struct value_case p = parse("\"profile(sun)\"", ALL_FORMS);
    cr_assert(eq(int, (int)p.v.form, SIM_VALUE_PROFILE));
    cr_assert_str_eq(p.v.name, "sun");
    done(&p);

    struct value_case t = parse("\"tariff( grid )\"", ALL_FORMS);
    cr_assert(eq(int, (int)t.v.form, SIM_VALUE_TARIFF));
    cr_assert_str_eq(t.v.name, "grid");
    done(&t);

    struct value_case c = parse("\"curve(40 %: 0.31 t/t, 100 %: 0.27 t/t)\"", ALL_FORMS);
    CFG_SILENT(&c.c);
    cr_assert(eq(int, c.v.point_count, 2));
    cr_assert(eq(dbl, c.v.points[0].x, 0.4));
    cr_assert(eq(dbl, c.v.points[1].y, 0.27));
    done(&c);

    struct value_case l = parse("\"<= 75 mg/L [published: QCVN 40]\"", ALL_FORMS);
    CFG_SILENT(&l.c);
    cr_assert(eq(int, (int)l.v.form, SIM_VALUE_LIMIT));
    cr_assert(eq(int, (int)l.v.op, SIM_VALUE_LE));
    cr_assert(epsilon_eq(dbl, l.v.si, 0.075, 1e-15)); // kg/m3; decimals are not exact in binary
    done(&l);

    struct value_case g = parse("\">=165 degC\"", ALL_FORMS);
    cr_assert(eq(int, (int)g.v.op, SIM_VALUE_GE));
    cr_assert(epsilon_eq(dbl, g.v.si, 438.15, 1e-9));
    done(&g);
}

Test(value, refuses_each_wrong_form_in_words)
{
    static const struct {
        const char *text;
        unsigned forms;
        const char *wanted;
    } cases[] = {
        {"\"uniform(1 h, 2 h)\"", 0, "'uniform(1 h, 2 h)' cannot stand here; write a quantity"},
        {"\"14 t/h\"", SIM_FORM_DIST | SIM_FORM_PROFILE,
         "write a distribution (\"uniform(1 h, 2 h)\") or "
         "profile(name)"},
        {"\"12 q/h\"", 0, "v: "},
        {"\"abc\"", 0, "v: "},
        {"\"\"", 0, "an empty text where a value is wanted"},
        {"true", 0, "a value is wanted here"},
        {"( 1, 2 )", 0, "a value is wanted here"},
        {"\"unifrom(1 h, 2 h)\"", ALL_FORMS,
         "'unifrom(...)' is not known; did you mean 'uniform'?"},
        {"\"uniform(1 h)\"", ALL_FORMS, "uniform needs high"},
        {"\"uniform(1 h, 2 h, 3 h)\"", ALL_FORMS, "uniform takes 2 parameters"},
        {"\"uniform(1 h, 2 t)\"", ALL_FORMS, "'2 t' is a mass, but the others are a time"},
        {"\"uniform(2 h, 1 h)\"", ALL_FORMS, "v: "},
        {"\"weibull(shape = 1.4 h, scale = 9 h)\"", ALL_FORMS, "'1.4 h' must be a pure number"},
        {"\"weibull(shape = 1, size = 9 h)\"", ALL_FORMS,
         "weibull has no parameter 'size'; it has shape, "
         "scale, min, max"},
        {"\"exponential(1 h, mean = 2 h)\"", ALL_FORMS, "mean is given twice"},
        {"\"exponential(1 h\"", ALL_FORMS, "the closing ')' is missing"},
        {"\"exponential(1 h) x\"", ALL_FORMS, "text after the closing ')'"},
        {"\"exponential(,1 h)\"", ALL_FORMS, "an empty argument"},
        {"\"curve()\"", ALL_FORMS, "a curve without points"},
        {"\"curve(40 %: 1 t, 30 %: 2 t)\"", ALL_FORMS, "'30 %: 2 t' does not lie beyond"},
        {"\"curve(40 %: 1 t, 50 %: 2 h)\"", ALL_FORMS, "but the others are a mass"},
        {"\"curve(40 %)\"", ALL_FORMS, "'40 %' is not a point of a curve"},
        {"\"profile()\"", ALL_FORMS, "profile(...) takes one name"},
        {"\"<= \"", ALL_FORMS, "v: "},
    };
    for (int i = 0; i < SIM_COUNT(cases); i++) {
        struct value_case x = parse(cases[i].text, cases[i].forms);

        cr_assert(eq(int, (int)x.v.form, SIM_VALUE_NONE), "case %d", i);
        cr_assert(eq(int, (int)sim_diag_status(x.c.diag), 65), "case %d", i);
        CFG_SAYS(&x.c, cases[i].wanted);
        done(&x);
    }
}

Test(value, misses_a_file_of_samples)
{
    struct value_case x = parse("\"empirical(gone.csv)\"", ALL_FORMS);

    cr_assert(eq(int, (int)sim_diag_status(x.c.diag), 66));
    CFG_SAYS(&x.c, "tests/data/cfg/gone.csv");
    done(&x);
}

Test(value, is_checked_for_dimension_with_an_example)
{
    const struct sim_dim rate = {.mass = 1, .time = -1};
    struct value_case x = parse("\"12 m3/h\"", 0);
    cr_assert_not(sim_value_expect(&x.v, rate, "t/h", x.c.diag));
    CFG_SAYS(&x.c, "v: '12 m3/h' is a volume per time; a mass per time is wanted; write for "
                   "example \"12 t/h\"");
    done(&x);

    struct value_case bare = parse("1.05", 0);
    cr_assert_not(sim_value_expect(&bare.v, SIM_DIM_NONE, "t/t", bare.c.diag));
    CFG_SAYS(&bare.c, "v: '1.05' has no unit; write for example \"1.05 t/t\"");
    done(&bare);

    struct value_case share = parse("0.4", 0);
    cr_assert(sim_value_expect(&share.v, SIM_DIM_NONE, "%", share.c.diag));
    CFG_SILENT(&share.c);
    done(&share);
}

Test(value, is_checked_for_range_whatever_its_form)
{
    static const struct {
        const char *text;
        bool inside; // [0 t/h, 500 t/h]
    } cases[] = {
        {"\"-1 t/h\"", false},
        {"\"500 t/h\"", true},
        {"\"501 t/h\"", false},
        {"\"uniform(-1 t/h, 2 t/h)\"", false},
        {"\"normal(5 t/h, 1 t/h)\"", true}, // open ends: by the mean
        {"\"normal(-5 t/h, 1 t/h)\"", false},
        {"\"curve(0 %: 1 t/h, 100 %: 600 t/h)\"", false},
        {"\"profile(x)\"", true},
    };
    for (int i = 0; i < SIM_COUNT(cases); i++) {
        struct value_case x = parse(cases[i].text, ALL_FORMS);
        const double max = 500.0 / 3.6;

        cr_assert(eq(int, sim_value_within(&x.v, 0.0, max, "0 t/h", "500 t/h", x.c.diag),
                     cases[i].inside),
                  "case %d", i);
        if (!cases[i].inside) {
            CFG_SAYS(&x.c, "is outside [0 t/h, 500 t/h]");
        }
        done(&x);
    }
}
