// Designs: what their lines do, in which order, and parks that are loaded from one origin.
#include "models/park/base/park.h"
#include "models/park/net/build.h"
#include "models/park/open.h"
#include "models/park/park_model.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <stdlib.h>
#include <string.h>

static const char head[] =
    "format = 1;\n"
    "park = { title = \"D\"; start = \"2026-01-01\"; until = \"2026-02-01\"; };\n"
    "economy = { currency = \"VND\"; };\n"
    "calendars = { day = { open = ( \"Mon-Sat 06:00-22:00\" ); }; };\n"
    "streams = { sludge = { unit = \"t\"; }; paper = { unit = \"t\"; }; };\n"
    "firms = {\n"
    "  mill = { processes = { machine = { kind = \"continuous\"; product = \"paper\";\n"
    "      capacity = \"3.6 t/h\"; outputs = { sludge = \"0.1 t/t\"; }; }; }; };\n"
    "  brick = { processes = { kiln = { kind = \"continuous\"; basis = \"sludge\";\n"
    "      capacity = \"1 t/h\"; }; }; };\n"
    "};\n"
    "markets = { customers = { buys = { paper = { price = \"18e6 VND/t\"; }; }; };\n"
    "            landfill = { disposes = { sludge = { fate = \"landfill\"; }; }; }; };\n"
    "exchanges = { sludge = { stream = \"sludge\"; from = \"mill\"; to = \"brick\"; }; };\n";

struct case_of {
    struct sim_diag *diag;
    struct park *park;
    char *said;
};

/** A design "x" of the park above; `more` stands inside of `designs`. */
static struct case_of loaded(const char *more, const char *design)
{
    struct case_of c = {.diag = sim_diag_create()};
    char *text = sim_base_format("%sdesigns = { %s };\n", head, more);
    const struct sim_model_source opts = {.design = design};
    const enum sim_status status = park_open_text("test.cfg", text, &opts, c.diag, &c.park);
    cr_assert_eq(status, sim_diag_status(c.diag));
    c.said = sim_diag_render(c.diag, 0);
    free(text);
    return c;
}

static void done(struct case_of *c)
{
    park_open_free(c->park);
    sim_diag_destroy(c->diag);
    free(c->said);
}

/** The text at a path of the resolved park. */
static const char *at(const struct case_of *c, const char *path)
{
    cr_assert_not_null(c->park, "%s", c->said);
    const struct sim_node *n = sim_tree_find(sim_tree_root(c->park->tree), path);
    return n != NULL && n->text != NULL ? n->text : "(none)";
}

Test(designs, within_one_it_is_remove_then_add_then_set)
{
    struct case_of c =
        loaded("x = { set = ( \"firms.mill.processes.machine.outputs.sludge.amount = 0.3 t/t\" );\n"
               "  add = { firms = { mill = { processes = { machine = { outputs = {\n"
               "      sludge = \"0.2 t/t\"; }; }; }; }; }; };\n"
               "  remove = ( \"firms.mill.processes.machine.outputs\" ); };",
               "x");

    cr_assert_str_eq(at(&c, "firms.mill.processes.machine.outputs.sludge.amount"), "0.3 t/t");
    done(&c);
}

Test(designs, the_design_that_is_extended_comes_first)
{
    struct case_of c =
        loaded("last = { extends = \"middle\"; set = ( \"firms.mill.title = last\" ); };\n"
               "middle = { extends = \"first\"; set = ( \"firms.mill.title = middle\",\n"
               "           \"firms.brick.title = middle\" ); };\n"
               "first = { extends = \"base\"; set = ( \"firms.*.title = first\" ); };",
               "last");

    cr_assert_str_eq(at(&c, "firms.mill.title"), "last");
    cr_assert_str_eq(at(&c, "firms.brick.title"), "middle");
    done(&c);
}

Test(designs, a_later_line_wins)
{
    struct case_of c =
        loaded("x = { set = ( \"firms.*.title = a\", \"firms.mill.title = b\" ); };", "x");

    cr_assert_str_eq(at(&c, "firms.mill.title"), "b");
    cr_assert_str_eq(at(&c, "firms.brick.title"), "a");
    done(&c);
}

Test(designs, the_park_as_written_has_none_of_it)
{
    const char more[] = "x = { set = ( \"firms.mill.title = a\", \"nothing.like.it = 3\" ); };";
    struct case_of c = loaded(more, NULL);
    struct case_of base = loaded(more, "base");

    cr_assert_str_eq(at(&c, "firms.mill.title"), "(none)");
    cr_assert_str_eq(at(&base, "firms.mill.title"), "(none)");
    cr_assert_null(c.park->design);
    done(&c);
    done(&base);
}

Test(designs, dates_lists_and_groups_can_be_set)
{
    struct case_of c = loaded(
        "x = { set = ( \"firms.mill.at = ( 10, 20 )\", \"firms.mill.enters = 2026-01-05\",\n"
        "  \"firms.brick.enters = 2026-01-05 06:00\",\n"
        "  \"calendars.day.open = ( \\\"Mon-Fri 06:00-14:00\\\", \\\"Sat 06:00-10:00\\\" )\",\n"
        "  \"firms.mill.stocks = { yard = { stream = \\\"sludge\\\"; capacity = \\\"9 t\\\";"
        " full = \\\"landfill\\\"; }; }\" ); };",
        "x");

    cr_assert_not_null(c.park, "%s", c.said);
    const struct park_firm *mill = c.park->firms[1];
    cr_assert_str_eq(mill->name, "mill");
    cr_assert(eq(dbl, mill->at.at[1], 20.0));
    cr_assert_eq(mill->from_us - c.park->start_us, 4 * SIM_TIME_DAY);
    cr_assert_eq(c.park->firms[0]->from_us - mill->from_us, 6 * SIM_TIME_H);
    cr_assert_eq(c.park->calendars[0]->open.count, 2);
    cr_assert_eq(c.park->stock_count, 1);
    done(&c);
}

Test(designs, may_come_as_a_list)
{
    struct sim_diag *d = sim_diag_create();
    char *text = sim_base_format(
        "%sdesigns = ( { name = \"x\"; set = ( \"firms.mill.title = a\" ); } );\n", head);
    const struct sim_model_source opts = {.design = "x"};
    struct park *p = NULL;

    cr_assert_eq(park_open_text("test.cfg", text, &opts, d, &p), SIM_OK);

    cr_assert_str_eq(p->firms[1]->title, "a");
    cr_assert_str_eq(p->design, "x");
    park_open_free(p);
    sim_diag_destroy(d);
    free(text);
}

Test(designs, tables_can_be_added)
{
    struct sim_diag *d = sim_diag_create();
    char *text = sim_base_format("%sdesigns = { x = { add = { tables = ( { csv = "
                                 "\"more_firms.csv\"; into = \"firms\"; } ); };\n"
                                 "    set = ( \"firms.dyer.title = Dyer\" ); }; };\n",
                                 head);
    const struct sim_model_source opts = {.design = "x"};
    struct park *p = NULL;

    cr_assert_eq(park_open_text("tests/data/designs/test.cfg", text, &opts, d, &p), SIM_OK, "%s",
                 sim_diag_render(d, 0));

    cr_assert_eq(p->firm_count, 4);
    cr_assert_str_eq(p->firms[1]->name, "dyer");
    cr_assert_str_eq(p->firms[1]->title, "Dyer");
    cr_assert_str_eq(p->firms[2]->title, "A laundry");
    park_open_free(p);
    sim_diag_destroy(d);
    free(text);
}

static const char *const axis[] = {"axis"};

Test(designs, overrides_come_after_and_say_who_they_are)
{
    struct sim_diag *d = sim_diag_create();
    char *text = sim_base_format("%sdesigns = { x = { set = ( \"firms.mill.title = a\", "
                                 "\"firms.brick.title = a\" ); }; };\n",
                                 head);
    const char *overrides[] = {"firms.mill.title = b"};
    const struct sim_model_source opts = {
        .design = "x", .overrides = overrides, .override_count = 1, .vias = axis};
    struct park *p = NULL;

    cr_assert_eq(park_open_text("test.cfg", text, &opts, d, &p), SIM_OK);

    const struct sim_node *mill = sim_tree_find(sim_tree_root(p->tree), "firms.mill.title");
    const struct sim_node *brick = sim_tree_find(sim_tree_root(p->tree), "firms.brick.title");
    char *by_axis = sim_tree_origin(mill);
    char *by_design = sim_tree_origin(brick);
    cr_assert_str_eq(mill->text, "b");
    cr_assert_str_eq(by_axis, "axis");
    cr_assert_str_eq(by_design, "design x (test.cfg:15)");
    free(by_axis);
    free(by_design);
    park_open_free(p);
    sim_diag_destroy(d);
    free(text);
}

Test(designs, longer_circles_are_told_once)
{
    struct case_of c = loaded("a = { extends = \"b\"; }; b = { extends = \"c\"; };\n"
                              "c = { extends = \"b\"; }; d = { extends = \"d\"; };",
                              NULL);

    cr_assert_null(c.park);
    cr_assert_eq(sim_diag_count(c.diag), 2, "%s", c.said);
    cr_assert(strstr(c.said, "b extends c extends b") != NULL, "%s", c.said);
    cr_assert(strstr(c.said, "d extends d") != NULL, "%s", c.said);
    done(&c);
}

Test(designs, what_a_later_version_brings_is_told_in_them_too)
{
    const char more[] = "x = { add = { links = { road = { kind = \"truck\"; stream = \"sludge\";\n"
                        "      from = \"mill\"; to = \"brick\"; }; }; }; };";
    struct case_of base = loaded(more, NULL);
    struct case_of c = loaded(more, "x");

    cr_assert_not_null(base.park, "%s", base.said);
    cr_assert_null(c.park);
    cr_assert(strstr(c.said, "design x: links.road.kind: trucks are not yet") != NULL, "%s",
              c.said);
    done(&base);
    done(&c);
}

// ---- From one origin ----

static const char park_file[] = "tests/data/designs/park.cfg";

static struct park *origin(void)
{
    struct sim_diag *d = sim_diag_create();
    void *base = NULL;
    struct sim_err err = {0};
    cr_assert_eq(park_park_model.open(park_file, d, &base, &err), SIM_OK, "%s",
                 sim_diag_render(d, 0));
    sim_diag_destroy(d);
    return base;
}

static struct park *load_from(const struct park *base, const char *design)
{
    struct sim_diag *d = sim_diag_create();
    const struct sim_model_source source = {.path = park_file, .base = base, .design = design};
    void *data = NULL;
    struct sim_err err = {0};
    cr_assert_eq(park_park_model.load(&source, d, &data, &err), SIM_OK, "%s",
                 sim_diag_render(d, 0));
    sim_diag_destroy(d);
    return data;
}

Test(designs, the_model_names_them_in_the_order_written)
{
    struct park *base = origin();
    static const char *const wanted[] = {"alone", "quick", "board", "renewed", "late"};

    for (int i = 0; i < SIM_COUNT(wanted); i++) {
        cr_assert_str_eq(park_park_model.design(base, i), wanted[i]);
    }
    cr_assert_null(park_park_model.design(base, SIM_COUNT(wanted)));
    park_park_model.close(base);
}

Test(designs, from_an_origin_is_the_same_as_from_the_file)
{
    struct park *base = origin();
    static const char *const designs[] = {NULL, "alone", "quick", "board", "renewed", "late"};

    for (int i = 0; i < SIM_COUNT(designs); i++) {
        struct park *p = load_from(base, designs[i]);
        struct park *q = load_from(NULL, designs[i]);
        char *mine = park_load_show(p, true);
        char *other = park_load_show(q, true);
        cr_assert_str_eq(mine, other);
        free(mine);
        free(other);
        park_open_free(p);
        park_open_free(q);
    }
    park_park_model.close(base);
}

Test(designs, profiles_are_shared_unless_they_mean_something_else)
{
    struct park *base = origin();
    struct park *quick = load_from(base, "quick");
    struct park *late = load_from(base, "late");
    struct sim_diag *d = sim_diag_create();
    const char *overrides[] = {"profiles.bricks.between = linear"};
    const struct sim_model_source opts = {.overrides = overrides, .override_count = 1};
    struct park *linear = NULL;
    cr_assert_eq(park_open_from(base, &opts, d, &linear), SIM_OK);

    cr_assert_eq(quick->profiles[0]->table, base->profiles[0]->table);
    cr_assert_neq(linear->profiles[0]->table, base->profiles[0]->table);
    cr_assert_neq(late->profiles[0]->table, base->profiles[0]->table);
    cr_assert(eq(dbl, late->profiles[0]->greatest, base->profiles[0]->greatest));

    sim_diag_destroy(d);
    park_open_free(linear);
    park_open_free(late);
    park_open_free(quick);
    park_park_model.close(base);
}

Test(designs, mistakes_from_an_origin_show_their_line)
{
    struct park *base = origin();
    struct sim_diag *d = sim_diag_create();
    const char *overrides[] = {"firms.brick.processes.kiln.capasity = 3 t/h"};
    const struct sim_model_source opts = {
        .design = "quick", .overrides = overrides, .override_count = 1, .vias = axis};
    struct park *p = NULL;

    cr_assert_eq(park_open_from(base, &opts, d, &p), SIM_INPUT);

    char *said = sim_diag_render(d, 0);
    cr_assert_null(p);
    cr_assert(strstr(said, "axis: firms.brick.processes.kiln.capasity: unknown key") != NULL, "%s",
              said);
    free(said);
    sim_diag_destroy(d);

    struct sim_diag *e = sim_diag_create();
    const struct sim_model_source none = {.design = "quik"};
    cr_assert_eq(park_open_from(base, &none, e, &p), SIM_INPUT);
    char *said_of = sim_diag_render(e, 0);
    cr_assert_str_eq(said_of,
                     "the park has no design 'quik'; did you mean 'quick'? There are base, "
                     "alone, quick, board, renewed, late\n");
    free(said_of);
    sim_diag_destroy(e);
    park_park_model.close(base);
}

/** The identity of the park with one line of its text replaced. */
static char *identity_with(const char *from, const char *to)
{
    struct sim_diag *d = sim_diag_create();
    const char *found = strstr(head, from);
    cr_assert_not_null(found, "%s", from);
    char *text = sim_base_format("%.*s%s%s", (int)(found - head), head, to, found + strlen(from));
    struct park *p = NULL;
    cr_assert_eq(park_open_text("test.cfg", text, NULL, d, &p), SIM_OK, "%s",
                 sim_diag_render(d, 0));
    char *identity = park_park_model.identity(p);
    park_open_free(p);
    sim_diag_destroy(d);
    free(text);
    return identity;
}

Test(designs, identity_is_without_titles_marks_and_comments)
{
    char *plain = identity_with("\"D\"", "\"D\"");
    static const char *const same[][2] = {{"\"D\"", "\"Another title\""},
                                          {"format = 1;", "# so\nformat   =  1 ;  // and so"},
                                          {"\"3.6 t/h\"", "\"3.6 t/h [assumed: me (2026)]\""}};
    static const char *const other[][2] = {{"\"3.6 t/h\"", "\"3.7 t/h\""},
                                           {"\"2026-02-01\"", "\"2026-02-02\""},
                                           {"06:00-22:00", "06:00-21:00"}};

    for (int i = 0; i < SIM_COUNT(same); i++) {
        char *it = identity_with(same[i][0], same[i][1]);
        cr_assert_str_eq(it, plain);
        free(it);
    }
    for (int i = 0; i < SIM_COUNT(other); i++) {
        char *it = identity_with(other[i][0], other[i][1]);
        cr_assert_str_neq(it, plain);
        free(it);
    }
    free(plain);
}

Test(designs, identity_holds_the_fingerprint_of_a_profile)
{
    struct park *base = origin();
    char *identity = park_park_model.identity(base);
    bool is_there = false;

    for (int i = 0; i < sim_tree_source_count(base->tree); i++) {
        const struct sim_source *s = sim_tree_source(base->tree, i);
        const bool is_profile = strstr(s->path, ".csv") != NULL;
        cr_assert_eq(strstr(identity, s->sha256) != NULL, is_profile, "%s", s->path);
        is_there = is_there || is_profile;
    }
    cr_assert(is_there);
    free(identity);
    park_park_model.close(base);
}
