#include "tests/unit/sim/cfg/cfg_support.h"

#include <stdio.h>

Test(tree, knows_text_kind_and_place_of_each_setting)
{
    struct cfg_case c = cfg_text("a = \"x\";\nb = { c = 12; d = 1.50; e = true; };\n"
                                 "l = ( 1, ( 2, \"z\" ) ); r = [ 1, 2 ];\n");

    CFG_SILENT(&c);
    cr_assert_str_eq(cfg_text_at(&c, "b.d"), "1.50"); // as written
    cr_assert(eq(int, (int)cfg_at(&c, "b.c")->kind, SIM_NODE_INT));
    cr_assert(eq(int, (int)cfg_at(&c, "b.e")->kind, SIM_NODE_BOOL));
    cr_assert(eq(int, (int)cfg_at(&c, "r")->kind, SIM_NODE_ARRAY));
    cr_assert(eq(int, cfg_at(&c, "b.d")->place.line, 2));
    cr_assert(eq(int, cfg_at(&c, "b.d")->place.column, 15));
    cr_assert(eq(int, cfg_at(&c, "b.d")->value_at.column, 19));
    cr_assert_str_eq(cfg_text_at(&c, "l[1][1]"), "z");
    char *path = sim_tree_path(cfg_at(&c, "l[1][1]"));
    char *origin = sim_tree_origin(cfg_at(&c, "b.c"));
    cr_assert_str_eq(path, "l[1][1]");
    cr_assert_str_eq(origin, "tests/data/cfg/t.cfg:2");
    free(path);
    free(origin);
    cfg_done(&c);
}

Test(tree, reads_numbers_that_libconfig_misreads)
{
    struct cfg_case c = cfg_text("a = 4294967296; b = -9223372036854775807; h = 0xFF; f = 12e6;");

    CFG_SILENT(&c);
    cr_assert(eq(i64, cfg_at(&c, "a")->integer, INT64_C(4294967296)));
    cr_assert(eq(i64, cfg_at(&c, "b")->integer, INT64_C(-9223372036854775807)));
    cr_assert(eq(i64, cfg_at(&c, "h")->integer, 255));
    cr_assert(eq(dbl, cfg_at(&c, "f")->number, 12e6));
    cfg_done(&c);
}

Test(tree, reads_escapes_comments_joined_texts_and_colons)
{
    struct cfg_case c =
        cfg_text("/* block\n @include \"nowhere\" */ a : \"x\\\"y\\\\\" // c\n"
                 "b = \"one \" # half\n \"two\"; c = \"# no // comment\"; d = \"Đ\",");

    CFG_SILENT(&c);
    cr_assert_str_eq(cfg_text_at(&c, "a"), "x\"y\\");
    cr_assert_str_eq(cfg_text_at(&c, "b"), "one two");
    cr_assert_str_eq(cfg_text_at(&c, "c"), "# no // comment");
    cr_assert_str_eq(cfg_text_at(&c, "d"), "Đ");
    cfg_done(&c);
}

Test(tree, explains_each_syntax_error)
{
    static const struct {
        const char *text;
        const char *wanted;
    } cases[] = {
        {"a = 12 t/h;", "t.cfg:1: a number with a unit must stand in quotes; write \"12 t/h\""},
        {"a = 12 t/h [assumed: x y];", "write \"12 t/h [assumed: x y]\""},
        {"a = ( \"x\", 3 t );", "write \"3 t\""},
        {"a = uniform(1 h, 2 h);", "a text must stand in quotes; write \"uniform(1 h, 2 h)\""},
        {"a = batch;", "a text must stand in quotes; write \"batch\""},
        {"a = 2026-01-01;", "write \"2026-01-01\""},
        {"a = >= 3 degC;", "write \">= 3 degC\""},
        {"a = \"x;\nb = 1;", "t.cfg:1: a quote is missing; close this text"},
        {"a = \"x; c = \"y\"; d = \"z\";\nb = 1;", "t.cfg:1: a quote is missing; write \"x\""},
        {"a = x y\"; c = \"y\"; d = \"z\";", "t.cfg:1: a quote is missing; write \"x y\""},
        {"a = ( \"x, \"y\" );", "t.cfg:1: a quote is missing; write \"x\""},
        {"a = { k = \"x; }; b = { c = \"5 t/h\"; }; };", "a quote is missing; write \"x\""},
        {"b = 1;\na = { c = 2; /* open\n }; };", "t.cfg:2: this comment is never closed"},
        {"a = ( 1, 2, );", "a ',' after the last element; take it away"},
        {"a = ( 1,, 2 );", "one ',' too many"},
        {"a = ( , 2 );", "a value is missing before this ','"},
        {"a = ( { b = 1; } { b = 2; } );", "a ',' is missing before '{'"},
        {"a = ( \"x\" \"y\" );", "two texts would be joined into one; is a ',' missing before it?"},
        {"a = [ 1, \"x\" ];", "all elements of [ ] must be scalars of one kind; write ( )"},
        {"a = [ 1, 2.5 ];", "write ( ) instead of [ ]"},
        {"a.b = 3;", "'a.b': a name has no dots"},
        {"9lives = 3;", "'9lives' is not a name"},
        {"Giấy = 3;", "'Giấy' is not a name"},
        {"\"a\" = 3;", "\"a\": a name stands without quotes; take the quotes away"},
        {"a { b = 1; };", "'=' is missing after 'a'"},
        {"a\nb = 1;", "'=' is missing after 'a'"},
        {"@include x.cfg", "write @include \"file.cfg\" on a line of its own"},
        {"a = ;", "a value is missing after '='"},
        {"a = 1;;", "one ';' too many; take it away"},
        {"{ a = 1; };", "'{' without a name before it"},
        {"a = 1; }", "'}' does not belong here"},
        {"a = { b = 1;\n", "t.cfg:1: this '{' is never closed: '}' is missing"},
        {"a = {\n  b = {\n    c = 1;\n};\n", "t.cfg:2: this '{' is never closed"},
        {"a = { b = ( 1, 2 };", "')' is missing before this '}' (opened in line 1)"},
        {"a = { b = 1 ); };", "')' closes nothing: the bracket open here is the '{' of line 1"},
        {"a = 007;", "007: a number does not begin with 0"},
        {"a = 1e400;", "1e400: "},
        {"a = 99999999999999999999;", "too large for a whole number"},
        {"a = 1; \xff = 2;", "a byte that is not UTF-8; save the file as UTF-8"},
    };
    for (int i = 0; i < SIM_COUNT(cases); i++) {
        struct cfg_case c = cfg_text(cases[i].text);

        cr_assert(eq(int, (int)sim_diag_status(c.diag), 65), "case %d", i);
        CFG_SAYS(&c, cases[i].wanted);
        cr_assert(strstr(c.said, "libconfig") == NULL, "case %d: %s", i, c.said);
        cfg_done(&c);
    }
}

Test(tree, knows_when_a_bracket_has_no_partner)
{
    static const struct {
        const char *text;
        bool is_unclosed;
    } cases[] = {{"a = { b = 1;\n", true},       {"a = { b = ( 1, 2;\n", true},  {"a = 1; }", true},
                 {"a = { b = ( 1, 2 };", false}, // it is clear where it was meant to end
                 {"a = { b = 1 ); };", false},   {"a = { b = 12 t/h; };", false}};
    for (int i = 0; i < SIM_COUNT(cases); i++) {
        struct cfg_case c = cfg_text(cases[i].text);

        cr_assert(eq(int, sim_tree_is_unclosed(c.tree), cases[i].is_unclosed), "case %d", i);
        cfg_done(&c);
    }
}

Test(tree, goes_on_after_a_mistake)
{
    struct cfg_case c = cfg_text("a = 12 t/h;\nb = ( 1, 2, );\nc = { d = batch; e.f = 1; };\n"
                                 "g = \"open;\nh = ;\nz = 5;\n");

    cr_assert(eq(int, sim_diag_count(c.diag), 6), "%s", cfg_said(&c));
    cr_assert_str_eq(cfg_text_at(&c, "a"), "12 t/h"); // what was meant
    cr_assert_str_eq(cfg_text_at(&c, "c.d"), "batch");
    cr_assert(cfg_at(&c, "g")->broken);
    cr_assert(cfg_at(&c, "h")->broken);
    cr_assert(eq(i64, cfg_at(&c, "z")->integer, 5));
    cfg_done(&c);
}

Test(tree, tolerates_a_byte_order_mark_and_keeps_the_columns_right)
{
    struct cfg_case c = cfg_text("\xEF\xBB\xBFxy = 1;\r\nz = 2;\r\n");

    CFG_SILENT(&c);
    cr_assert(eq(int, cfg_at(&c, "xy")->place.column, 1));
    cr_assert(eq(int, cfg_at(&c, "z")->place.line, 2));
    cfg_done(&c);
}

Test(tree, names_the_first_place_of_a_duplicate)
{
    struct cfg_case c = cfg_text("a = 1;\nb = { a = 1; };\na = 2;\n");

    CFG_SAYS(&c, "t.cfg:3: duplicate: 'a' stands already in tests/data/cfg/t.cfg:1");
    cr_assert(eq(int, sim_diag_count(c.diag), 1));
    cr_assert(eq(i64, cfg_at(&c, "a")->integer, 1));
    cfg_done(&c);
}

Test(tree, includes_from_the_folder_of_the_file_that_says_so)
{
    struct cfg_case c = cfg_file("tests/data/cfg/root.cfg");

    CFG_SILENT(&c);
    char *water = sim_tree_origin(cfg_at(&c, "streams.water.unit"));
    char *coal = sim_tree_origin(cfg_at(&c, "streams.coal"));
    char *after = sim_tree_origin(cfg_at(&c, "after"));
    cr_assert_str_eq(water, "tests/data/cfg/sub/water.cfg:2");
    cr_assert_str_eq(coal, "tests/data/cfg/sub/streams.cfg:4");
    cr_assert_str_eq(after, "tests/data/cfg/root.cfg:4");
    cr_assert(eq(int, sim_tree_source_count(c.tree), 3));
    cr_assert(eq(sz, strlen(sim_tree_source(c.tree, 2)->sha256), 64));
    free(water);
    free(coal);
    free(after);
    cfg_done(&c);
}

Test(tree, tells_includes_that_are_missing_or_go_in_circles)
{
    struct cfg_case c = cfg_text("a = 1;\n@include \"nowhere.cfg\"\nb = 2;\n");
    cr_assert(eq(int, (int)sim_diag_status(c.diag), 66), "%s", cfg_said(&c));
    CFG_SAYS(&c, "t.cfg:2: ");
    CFG_SAYS(&c, "tests/data/cfg/nowhere.cfg");
    cr_assert_str_eq(cfg_text_at(&c, "b"), "2");
    cfg_done(&c);

    struct cfg_case circle = cfg_file("tests/data/cfg/circle.cfg");
    cr_assert(eq(int, (int)sim_diag_status(circle.diag), 65));
    CFG_SAYS(&circle, "circle.cfg:2: tests/data/cfg/circle.cfg includes itself");
    cfg_done(&circle);

    struct cfg_case gone = cfg_file("tests/data/cfg/no_such_park.cfg");
    cr_assert(eq(int, (int)sim_diag_status(gone.diag), 66));
    cfg_done(&gone);
}

Test(tree, limits_depth_keys_and_length_with_a_message)
{
    char *text = sim_base_alloc(400000, 1);
    for (int i = 0; i < 5000; i++) {
        strcat(text + 5 * (size_t)i, "a = {");
    }
    struct cfg_case deep = cfg_text(text);
    CFG_SAYS(&deep, "nested more than 64 deep");
    cfg_done(&deep);

    size_t n = 0;
    for (int i = 0; i < 5001; i++) {
        n += (size_t)sprintf(text + n, "k%d = %d;\n", i, i);
    }
    struct cfg_case wide = cfg_text(text);
    CFG_SAYS(&wide, "t.cfg:5001: more than 5000 names in one group; write them as a list");
    cfg_done(&wide);

    memset(text, 'x', 100000);
    memcpy(text, "a = \"", 5);
    strcpy(text + 100000, "\";");
    struct cfg_case large = cfg_text(text);
    CFG_SAYS(&large, "at most 65536 are taken; put long data into a CSV file");
    cfg_done(&large);
    free(text);
}

Test(tree, holds_the_whole_format)
{
    struct cfg_case c = cfg_file("tests/data/format.cfg");

    CFG_SILENT(&c);
    cr_assert_str_eq(cfg_text_at(&c, "markets.suppliers.sells.husk.price"), "0.95e6 VND/t");
    cr_assert_str_eq(cfg_text_at(&c, "park.title"), "Khu sinh thái Biên Hòa (demo)");
    cr_assert_str_eq(cfg_text_at(&c, "firms.mill.processes.paper.inputs.steam.phase[1]"), "60 %");
    cr_assert_str_eq(cfg_text_at(&c, "study.axes.trucks.values[2]"), "3");
    cr_assert_str_eq(cfg_text_at(&c, "tariffs.grid.bands[1].price"), "1146 VND/kWh");
    cfg_done(&c);
}

// ---- three spellings of named things --------------------------------------------------

Test(tree, makes_lists_with_names_look_like_groups)
{
    struct cfg_case c = cfg_text(
        "firms = ( { name = \"mill\"; size = 1;\n stocks = ( { name = \"yard\"; c = 2; } ); },\n"
        "{ name = \"brick\"; size = 3; } );\n bands = ( { when = \"x\"; } );");

    CFG_SILENT(&c);
    cr_assert_str_eq(cfg_text_at(&c, "firms.mill.stocks.yard.c"), "2");
    cr_assert_str_eq(cfg_text_at(&c, "firms.brick.size"), "3");
    cr_assert_null(cfg_at(&c, "firms.mill.name"));
    cr_assert_str_eq(cfg_text_at(&c, "bands[0].when"), "x");
    cr_assert(eq(int, cfg_at(&c, "firms.brick")->place.line, 3));
    cfg_done(&c);
}

Test(tree, tells_what_is_wrong_with_names_in_lists)
{
    struct cfg_case c = cfg_text("firms = ( { name = \"mill\"; },\n { size = 1; },\n"
                                 "{ name = \"mill\"; },\n { name = \"Giấy\"; } );");

    CFG_SAYS(&c, "t.cfg:2: firms[1]: an element without a name");
    CFG_SAYS(&c, "t.cfg:3: mill: duplicate: 'mill' stands already in tests/data/cfg/t.cfg:1");
    CFG_SAYS(&c, "t.cfg:4: firms[3].name: not a name");
    cfg_done(&c);
}

Test(tree, reads_tables_with_units_in_header_or_cell)
{
    struct cfg_case c = cfg_text("firms = { old = { site = \"x\"; }; };\n"
                                 "tables = ( { csv = \"firms.csv\"; into = \"firms\"; },\n"
                                 "  { csv = \"processes.csv\"; into = \"firms.*.processes\"; } );");

    CFG_SILENT(&c);
    cr_assert_null(cfg_at(&c, "tables"));
    cr_assert_str_eq(cfg_text_at(&c, "firms.mill.title"), "Giấy, \"Đồng Nai\"");
    cr_assert_str_eq(cfg_text_at(&c, "firms.mill.at"), "1.5 km");
    cr_assert_str_eq(cfg_text_at(&c, "firms.brick.at"), "2 km [assumed: map]");
    cr_assert_null(cfg_at(&c, "firms.brick.site")); // an empty cell says nothing
    cr_assert(eq(i64, cfg_at(&c, "firms.mill.workers")->integer, 240));
    cr_assert_str_eq(cfg_text_at(&c, "firms.mill.processes.paper.inputs.pulp.amount"), "1.05 t/t");
    cr_assert_str_eq(cfg_text_at(&c, "firms.mill.processes.paper.inputs.steam"), "1.9 t/t");
    cr_assert_str_eq(cfg_text_at(&c, "firms.brick.processes.kiln.capacity"),
                     "normal(5 t/h, 1 t/h)");
    char *origin = sim_tree_origin(cfg_at(&c, "firms.brick.processes.kiln.capacity"));
    cr_assert_str_eq(origin, "table tests/data/cfg/processes.csv row 2");
    cr_assert(eq(int, cfg_at(&c, "firms.brick.processes.kiln.capacity")->value_at.line, 4));
    free(origin);
    cfg_done(&c);
}

Test(tree, tells_faults_of_tables_by_file_row_and_column)
{
    struct cfg_case c =
        cfg_text("firms = { mill = { a = 1; }; };\n"
                 "tables = ( { csv = \"wrong.csv\"; into = \"firms.*.processes\"; },\n"
                 "  { csv = \"firms.csv\"; into = \"firms.*.stocks\"; },\n"
                 "  { csv = \"gone.csv\"; into = \"firms\"; },\n"
                 "  { csv = \"firms.csv\"; inot = \"firms\"; } );");

    CFG_SAYS(&c, "wrong.csv:3: firm: there is no 'mil' in firms; did you mean 'mill'?");
    CFG_SAYS(&c, "wrong.csv:4: name: '9lives' is not a name");
    CFG_SAYS(&c, "wrong.csv:5: name: duplicate: 'paper' stands already (table "
                 "tests/data/cfg/wrong.csv row 1)");
    CFG_SAYS(&c, "wrong.csv:6: 2 fields, but the header has 3");
    CFG_SAYS(&c, "t.cfg:3: tables[1]: tests/data/cfg/firms.csv has no column 'firms' that says");
    CFG_SAYS(&c, "t.cfg:4: tables[2].csv: ");
    CFG_SAYS(&c, "t.cfg:5: tables[3].inot: unknown key");
    CFG_SAYS(&c, "t.cfg:5: tables[3]: a table needs csv and into");
    cfg_done(&c);
}

// ---- overrides ------------------------------------------------------------------------

static const char park[] =
    "firms = { mill = { capacity = \"3 t/h\"; on = true; n = 1; };\n"
    "  brick = { capacity = \"4 t/h\"; n = 2; }; };\n"
    "units = ( { up = \"weibull(shape = 1.4, scale = 900 h)\"; }, { up = \"x\"; } );\n"
    "d = \"triangular(1 h, 2 h, 3 h) [assumed: a, b]\";";

static void assign(struct cfg_case *c, const char *text)
{
    (void)sim_tree_assign(c->tree, text, "--set", NULL, c->diag);
}

Test(tree, sets_values_as_in_a_file_without_quotes)
{
    struct cfg_case c = cfg_text(park);

    assign(&c, "firms.mill.capacity = 45 t/h");
    assign(&c, "firms.mill.on=false");
    assign(&c, "firms.mill.note = (\"a\", 2)");
    assign(&c, "firms.*.n = 7");
    assign(&c, "units[1].up = {a = 1;}");
    assign(&c, "firms.mill.stocks = ( { name = \"yard\"; c = 2; } )");

    CFG_SILENT(&c);
    cr_assert_str_eq(cfg_text_at(&c, "firms.mill.capacity"), "45 t/h");
    cr_assert_not(cfg_at(&c, "firms.mill.on")->truth);
    cr_assert_str_eq(cfg_text_at(&c, "firms.mill.note[0]"), "a"); // new in a group that is there
    cr_assert(eq(i64, cfg_at(&c, "firms.mill.n")->integer, 7));
    cr_assert(eq(i64, cfg_at(&c, "firms.brick.n")->integer, 7));
    cr_assert_str_eq(cfg_text_at(&c, "units[1].up.a"), "1");
    cr_assert_str_eq(cfg_text_at(&c, "firms.mill.stocks.yard.c"), "2");
    char *origin = sim_tree_origin(cfg_at(&c, "firms.mill.capacity"));
    cr_assert_str_eq(origin, "--set");
    free(origin);
    cfg_done(&c);
}

Test(tree, sets_an_argument_inside_of_a_value)
{
    struct cfg_case c = cfg_text(park);

    assign(&c, "units[0].up.scale = 1000 h");
    assign(&c, "d.mode = 2.5 h");

    CFG_SILENT(&c);
    cr_assert_str_eq(cfg_text_at(&c, "units[0].up"), "weibull(shape = 1.4, scale = 1000 h)");
    cr_assert_str_eq(cfg_text_at(&c, "d"), "triangular(1 h, 2.5 h, 3 h) [assumed: a, b]");
    cfg_done(&c);
}

Test(tree, tells_overrides_that_match_nothing)
{
    struct cfg_case c = cfg_text(park);

    assign(&c, "firms.mil.capacity = 1 t/h");
    assign(&c, "firms.*.stocks.yard = 1");
    assign(&c, "units[7].up = 1");
    assign(&c, "nonsense");
    assign(&c, "firms.mill.capacity = (1,");
    (void)sim_tree_remove(c.tree, "firms.brik", "design small", cfg_at(&c, "d"), c.diag);

    CFG_SAYS(&c, "--set: firms.mil.capacity: matches nothing: there is no 'mil' in firms; did you "
                 "mean 'mill'?");
    CFG_SAYS(&c, "there is no 'stocks' in firms.*");
    CFG_SAYS(&c, "there is no 'units[7]'");
    CFG_SAYS(&c, "'nonsense' sets nothing; write path = value");
    CFG_SAYS(&c, "(1,: ");
    CFG_SAYS(&c, "t.cfg:4: design small: firms.brik: matches nothing");
    cr_assert(eq(int, (int)sim_diag_status(c.diag), 65));
    cfg_done(&c);
}

Test(tree, removes_and_adds_as_designs_do)
{
    struct cfg_case c = cfg_text("firms = { a = { x = 1; }; b = { x = 2; }; };\n"
                                 "designs = { small = { add = { firms = { c = { x = 3; };\n"
                                 "  a = { y = 4; x = 5; }; }; }; }; };");

    (void)sim_tree_remove(c.tree, "firms.b", "design small", NULL, c.diag);
    CFG_SILENT(&c);
    (void)sim_tree_add(c.tree, cfg_at(&c, "designs.small.add"), "design small", c.diag);

    cr_assert_null(cfg_at(&c, "firms.b"));
    cr_assert_str_eq(cfg_text_at(&c, "firms.c.x"), "3");
    cr_assert_str_eq(cfg_text_at(&c, "firms.a.y"), "4");
    cr_assert_str_eq(cfg_text_at(&c, "firms.a.x"), "1");
    CFG_SAYS(&c, "t.cfg:3: design small: firms.a.x: cannot be added: it is there already");
    cfg_done(&c);
}

Test(tree, clones_keep_their_changes_to_themselves)
{
    struct cfg_case c = cfg_text(park);
    struct sim_tree *copy = sim_tree_clone(c.tree);

    (void)sim_tree_assign(copy, "firms.mill.capacity = 9 t/h", "design x", NULL, c.diag);

    CFG_SILENT(&c);
    cr_assert_str_eq(cfg_text_at(&c, "firms.mill.capacity"), "3 t/h");
    cr_assert_str_eq(sim_tree_find(sim_tree_root(copy), "firms.mill.capacity")->text, "9 t/h");
    char *origin = sim_tree_origin(sim_tree_find(sim_tree_root(copy), "firms.brick.n"));
    cr_assert_str_eq(origin, "tests/data/cfg/t.cfg:2");
    free(origin);
    sim_tree_destroy(copy);
    cfg_done(&c);
}

Test(tree, clones_of_large_groups_index_their_own_names)
{
    struct cfg_case c =
        cfg_text("g = { a=1; b=2; c=3; d=4; e=5; f=6; h=7; i=8; j=9; k=10; l=11; m=12; n=13; };");
    struct sim_tree *copy = sim_tree_clone(c.tree);

    (void)sim_tree_assign(copy, "g.new = 14", "--set", NULL, c.diag);
    (void)sim_tree_remove(copy, "g.b", "--set", NULL, c.diag);

    CFG_SILENT(&c);
    const struct sim_node *mine = sim_tree_find(sim_tree_root(copy), "g");
    cr_assert_str_eq(sim_tree_child(mine, "new")->text, "14");
    cr_assert_str_eq(sim_tree_child(mine, "n")->text, "13");
    cr_assert_null(sim_tree_child(mine, "b"));
    cr_assert_str_eq(cfg_text_at(&c, "g.b"), "2");
    cr_assert_str_eq(cfg_text_at(&c, "g.n"), "13");
    cr_assert_null(sim_tree_find(sim_tree_root(c.tree), "g.new"));
    sim_tree_destroy(copy);
    cfg_done(&c);
}

Test(tree, origin_of_a_design_names_its_line)
{
    struct cfg_case c = cfg_text("a = { x = \"1 t\"; };\n"
                                 "designs = { d = { set = ( \"a.x = 2 t\" );\n"
                                 "  add = { b = { y = 3; }; }; }; };");
    const struct sim_node *set = cfg_at(&c, "designs.d.set[0]");

    (void)sim_tree_assign(c.tree, set->text, "design d", set, c.diag);
    (void)sim_tree_add(c.tree, cfg_at(&c, "designs.d.add"), "design d", c.diag);

    CFG_SILENT(&c);
    char *x = sim_tree_origin(cfg_at(&c, "a.x"));
    char *y = sim_tree_origin(cfg_at(&c, "b.y"));
    cr_assert_str_eq(x, "design d (tests/data/cfg/t.cfg:2)");
    cr_assert_str_eq(y, "design d (tests/data/cfg/t.cfg:3)");
    free(x);
    free(y);
    cfg_done(&c);
}
