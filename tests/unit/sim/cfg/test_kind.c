#include "sim/cfg/kind.h"
#include "tests/unit/sim/cfg/cfg_support.h"

#include <stddef.h>
#include <stdio.h>
#include <time.h>

// A small park of its own: what the model's tables look like.
struct cost {
    struct sim_value amount;
    const char *note;
};
struct flow {
    struct sim_value amount;
    struct sim_ref to;
    struct sim_items properties;
};
struct property {
    struct sim_value value;
};
struct boiler {
    struct sim_value capacity;
    struct sim_value load;
    int64_t trucks;
    int mode;
    bool standby;
    struct cost *start_up;
    struct sim_items inputs;
    struct sim_refs serves;
    struct sim_key_time on;
    struct sim_values phase;
    struct sim_value bays;
};
struct pump {
    struct sim_value power;
};
struct stock {
    struct sim_value initial;
    struct sim_ref full;
};
struct firm {
    const char *title;
    struct sim_numbers at;
    double detour;
    struct sim_items stocks;
    struct sim_items units;
    struct sim_items steps;
    struct sim_texts words;
};
struct profile {
    const char *csv;
};
struct file {
    int64_t format;
    struct sim_items firms;
    struct sim_items streams;
    struct sim_items profiles;
    const struct sim_node *raw;
};

#define KEYS(name)                                                                                 \
    .keys = name##_keys, .key_count = SIM_COUNT(name##_keys), .size = sizeof(struct name)

static const struct sim_key cost_keys[] = {
    {.name = "amount",
     .type = SIM_KEY_VALUE,
     .dim = "VND",
     .offset = offsetof(struct cost, amount)},
    {.name = "note", .type = SIM_KEY_TEXT, .offset = offsetof(struct cost, note)},
};
static const struct sim_kind cost = {.name = "cost", .brief = "amount", KEYS(cost)};

static const struct sim_key property_keys[] = {
    {.name = "value",
     .type = SIM_KEY_VALUE,
     .dim = "mg/L",
     .offset = offsetof(struct property, value)},
};
static const struct sim_kind property = {.name = "property", .brief = "value", KEYS(property)};
static const struct sim_key any_property = {.type = SIM_KEY_MAP,
                                            .kind = &property,
                                            .offset = offsetof(struct flow, properties),
                                            .doc = "content of a property"};

static const struct sim_key flow_keys[] = {
    {.name = "amount",
     .type = SIM_KEY_VALUE,
     .dim = "t/t",
     .min = "0",
     .flags = SIM_KEY_REQUIRED,
     .forms = SIM_FORM_QUANTITY | SIM_FORM_DIST,
     .offset = offsetof(struct flow, amount)},
    {.name = "to", .type = SIM_KEY_REF, .refers = ".stocks", .offset = offsetof(struct flow, to)},
};
static const struct sim_kind flow = {
    .name = "flow", .brief = "amount", .any = &any_property, KEYS(flow), .doc = "what goes in"};

static const char *const modes[] = {"push", "pull", NULL};
static const struct sim_key boiler_keys[] = {
    {.name = "capacity",
     .type = SIM_KEY_VALUE,
     .dim = "{stream}/h",
     .min = "0",
     .max = "500 t/h",
     .flags = SIM_KEY_REQUIRED | SIM_KEY_RUN,
     .offset = offsetof(struct boiler, capacity),
     .doc = "what it can make"},
    {.name = "load",
     .type = SIM_KEY_VALUE,
     .initial = "40 %",
     .min = "0 %",
     .max = "100 %",
     .forms = SIM_FORM_QUANTITY | SIM_FORM_PROFILE,
     .offset = offsetof(struct boiler, load),
     .doc = "a | b"},
    {.name = "trucks",
     .type = SIM_KEY_COUNT,
     .initial = "2",
     .min = "1",
     .max = "9",
     .offset = offsetof(struct boiler, trucks)},
    {.name = "mode",
     .type = SIM_KEY_CHOICE,
     .choices = modes,
     .initial = "pull",
     .offset = offsetof(struct boiler, mode)},
    {.name = "standby",
     .type = SIM_KEY_BOOL,
     .initial = "false",
     .offset = offsetof(struct boiler, standby)},
    {.name = "start_up",
     .type = SIM_KEY_GROUP,
     .kind = &cost,
     .offset = offsetof(struct boiler, start_up)},
    {.name = "inputs",
     .type = SIM_KEY_MAP,
     .kind = &flow,
     .names_refer = "streams",
     .offset = offsetof(struct boiler, inputs)},
    {.name = "serves",
     .type = SIM_KEY_REFS,
     .refers = "firms firms.*.stocks 'all'",
     .offset = offsetof(struct boiler, serves)},
    {.name = "on", .type = SIM_KEY_TIME, .offset = offsetof(struct boiler, on)},
    {.name = "bays",
     .type = SIM_KEY_VALUE,
     .min = "0",
     .max = "9",
     .flags = SIM_KEY_WHOLE,
     .offset = offsetof(struct boiler, bays)},
    {.name = "phase",
     .type = SIM_KEY_VALUES,
     .initial = "( \"0 %\", \"100 %\" )",
     .offset = offsetof(struct boiler, phase)},
};
static const struct sim_kind boiler = {.name = "boiler", .doc = "Makes steam.", KEYS(boiler)};

static const struct sim_key pump_keys[] = {
    {.name = "power",
     .type = SIM_KEY_VALUE,
     .dim = "kW",
     .min = "0 kW",
     .flags = SIM_KEY_ABOVE_MIN | SIM_KEY_REQUIRED,
     .offset = offsetof(struct pump, power)},
};
static const struct sim_kind pump = {.name = "pump", KEYS(pump)};
static const struct sim_kind *const unit_kinds[] = {&boiler, &pump, NULL};

static const struct sim_key stock_keys[] = {
    {.name = "initial",
     .type = SIM_KEY_VALUE,
     .dim = "t",
     .initial = "0",
     .offset = offsetof(struct stock, initial)},
    {.name = "full",
     .type = SIM_KEY_REF,
     .refers = "'block' firms",
     .initial = "block",
     .offset = offsetof(struct stock, full)},
};
static const struct sim_kind stock = {.name = "stock", KEYS(stock)};

static const struct sim_key firm_keys[] = {
    {.name = "title", .type = SIM_KEY_TEXT, .offset = offsetof(struct firm, title)},
    {.name = "at", .type = SIM_KEY_NUMBERS, .offset = offsetof(struct firm, at)},
    {.name = "detour",
     .type = SIM_KEY_NUMBER,
     .initial = "1.3",
     .min = "1",
     .offset = offsetof(struct firm, detour)},
    {.name = "stocks",
     .type = SIM_KEY_MAP,
     .kind = &stock,
     .offset = offsetof(struct firm, stocks)},
    {.name = "units",
     .type = SIM_KEY_MAP,
     .kinds = unit_kinds,
     .offset = offsetof(struct firm, units)},
    {.name = "steps", .type = SIM_KEY_LIST, .kind = &cost, .offset = offsetof(struct firm, steps)},
    {.name = "words", .type = SIM_KEY_TEXTS, .offset = offsetof(struct firm, words)},
};
static const struct sim_kind firm = {.name = "firm", KEYS(firm)};
static const struct sim_kind stream = {.name = "stream"};
static const struct sim_key profile_keys[] = {
    {.name = "csv", .type = SIM_KEY_FILE, .offset = offsetof(struct profile, csv)},
};
static const struct sim_kind profile = {.name = "profile", KEYS(profile)};

static const struct sim_key file_keys[] = {
    {.name = "format", .type = SIM_KEY_COUNT, .offset = offsetof(struct file, format)},
    {.name = "firms", .type = SIM_KEY_MAP, .kind = &firm, .offset = offsetof(struct file, firms)},
    {.name = "streams",
     .type = SIM_KEY_MAP,
     .kind = &stream,
     .offset = offsetof(struct file, streams)},
    {.name = "profiles",
     .type = SIM_KEY_MAP,
     .kind = &profile,
     .offset = offsetof(struct file, profiles)},
    {.name = "raw", .type = SIM_KEY_NODE, .offset = offsetof(struct file, raw)},
};
static const struct sim_kind root = {.name = "park file", KEYS(file)};

/** Streams are in tonnes, except that nothing is known where `standby` is true. */
static bool dim_of(void *user, const char *rule, const struct sim_node *node, struct sim_dim *out,
                   char example[64])
{
    (void)user;
    const struct sim_node *standby = sim_tree_child(node->parent, "standby");
    cr_assert_str_eq(rule, "{stream}/h");
    *out = (struct sim_dim){.mass = 1, .time = -1};
    strcpy(example, "t/h");
    return standby == NULL || !standby->truth;
}

struct kind_case {
    struct cfg_case c;
    struct sim_arena *arena;
    struct sim_units *units;
    const struct file *file;
};

static void load(struct kind_case *x)
{
    x->arena = sim_arena_create();
    x->units = sim_units_create("VND");
    const struct sim_kind_load_opts opts = {.dim = dim_of, .units = x->units};
    x->file = sim_kind_load(&root, x->c.tree, x->arena, &opts, x->c.diag);
}

static struct kind_case loaded(const char *text)
{
    struct kind_case x = {.c = cfg_text(text)};
    load(&x);
    return x;
}

static void done(struct kind_case *x)
{
    sim_arena_destroy(x->arena);
    sim_units_destroy(x->units);
    cfg_done(&x->c);
}

static const char good[] = "format = 1;\n"
                           "streams = { coal = { }; water = { }; };\n"
                           "profiles = { sun = { csv = \"sample.csv\"; }; };\n"
                           "firms = {\n"
                           "  mill = { title = \"Giấy\"; at = ( 10.9, 106 ); words = \"one\"; "
                           "steps = ( \"3 VND\", { amount = \"4 VND\"; } );\n"
                           "    stocks = { yard = { full = \"brick\"; }; hall = { }; };\n"
                           "    units = {\n"
                           "      hot = { kind = \"boiler\"; capacity = \"9 t/h [published: x]\"; "
                           "start_up = \"12e6 VND\";\n"
                           "        inputs = { coal = \"0.14 t/t\"; water = { amount = \"uniform(1 "
                           "t/t, 2 t/t)\"; to = \"yard\"; cod = \"5 mg/L\"; }; };\n"
                           "        serves = ( \"brick\", \"mill.yard\", \"all\" ); on = "
                           "\"2026-03-01\"; load = \"profile(sun)\"; };\n"
                           "      p = { kind = \"pump\"; power = \"3 kW\"; };\n"
                           "    };\n"
                           "  };\n"
                           "  brick = { };\n"
                           "};\n";

Test(kind, fills_structs_from_a_table_of_keys)
{
    struct kind_case x = loaded(good);

    CFG_SILENT(&x.c);
    cr_assert(eq(i64, x.file->format, 1));
    cr_assert(eq(int, x.file->firms.count, 2));
    cr_assert_null(x.file->raw);
    const struct firm *mill = x.file->firms.at[0].data;
    const struct firm *brick = x.file->firms.at[1].data;
    cr_assert_str_eq(mill->title, "Giấy");
    cr_assert(eq(dbl, mill->at.at[1], 106.0));
    cr_assert(eq(dbl, mill->detour, 1.3));
    cr_assert(eq(int, mill->words.count, 1));
    cr_assert(eq(int, mill->steps.count, 2));
    cr_assert(eq(dbl, ((struct cost *)mill->steps.at[0].data)->amount.si, 3.0));
    cr_assert_null(brick->title);
    cr_assert(eq(int, brick->units.count, 0));
    const struct profile *sun = x.file->profiles.at[0].data;
    cr_assert_str_eq(sun->csv, "tests/data/cfg/sample.csv");
    const struct stock *yard = mill->stocks.at[0].data;
    const struct stock *hall = mill->stocks.at[1].data;
    cr_assert(
        eq(ptr, (void *)(uintptr_t)yard->full.to, (void *)(uintptr_t)cfg_at(&x.c, "firms.brick")));
    cr_assert_null(hall->full.to);
    cr_assert_str_eq(hall->full.text, "block");
    cr_assert(eq(dbl, hall->initial.si, 0.0));
    cr_assert(sim_units_is_same(hall->initial.dim, SIM_DIM_MASS)); // a bare 0 takes the dimension
    done(&x);
}

Test(kind, chooses_kinds_by_name_and_follows_references)
{
    struct kind_case x = loaded(good);

    CFG_SILENT(&x.c);
    const struct firm *mill = x.file->firms.at[0].data;
    cr_assert(eq(int, mill->units.count, 2));
    cr_assert_str_eq(mill->units.at[1].kind->name, "pump");
    const struct boiler *hot = mill->units.at[0].data;
    cr_assert(eq(dbl, hot->capacity.si, 2.5));
    cr_assert(eq(int, (int)hot->capacity.mark, SIM_MARK_PUBLISHED));
    cr_assert(eq(int, (int)hot->load.form, SIM_VALUE_PROFILE));
    cr_assert(eq(i64, hot->trucks, 2));
    cr_assert(eq(int, hot->mode, 1));
    cr_assert(eq(dbl, hot->start_up->amount.si, 12e6)); // the short form
    cr_assert(eq(int, hot->inputs.count, 2));
    const struct flow *water = hot->inputs.at[1].data;
    cr_assert(eq(int, (int)water->amount.form, SIM_VALUE_DIST));
    cr_assert_str_eq(water->to.full, "firms.mill.stocks.yard"); // of the firm around
    cr_assert(eq(int, water->properties.count, 1));
    cr_assert_str_eq(water->properties.at[0].name, "cod");
    cr_assert_str_eq(hot->serves.at[1].full, "firms.mill.stocks.yard");
    cr_assert_str_eq(hot->serves.at[2].full, "all");
    cr_assert(hot->on.given);
    cr_assert(eq(i64, hot->on.when, sim_simtime_date(2026, 3, 1)));
    cr_assert(eq(int, hot->phase.count, 2));
    cr_assert(eq(dbl, hot->phase.at[1].si, 1.0));
    done(&x);
}

Test(kind, tells_five_mistakes_at_once_sorted_with_line_and_remedy)
{
    struct kind_case x = loaded("streams = { coal = { }; };\n"
                                "firms = { mill = { units = { hot = { kind = \"boiler\";\n"
                                "  capcity = \"3 t/h\";\n"
                                "  capacity = \"-1 t/h\";\n"
                                "  start_up = \"3 t\";\n"
                                "  serves = \"mil\"; }; }; }; };\n"
                                "profiles = { sun = { csv = \"gone.csv\"; }; };\n");

    cr_assert(eq(int, sim_diag_count(x.c.diag), 5), "%s", cfg_said(&x.c));
    cr_assert(eq(int, (int)sim_diag_status(x.c.diag), 65));
    const char *wanted[] = {
        "t.cfg:3: firms.mill.units.hot.capcity: unknown key; did you mean 'capacity'?\n",
        "t.cfg:4: firms.mill.units.hot.capacity: -1 t/h is outside [0, 500 t/h]; write 0 t/h to "
        "500 t/h\n",
        "t.cfg:5: firms.mill.units.hot.start_up.amount: '3 t' is a mass; money is wanted; write "
        "for "
        "example \"3 VND\"\n",
        "t.cfg:6: firms.mill.units.hot.serves: unknown reference 'mil': it is not in firms, "
        "firms.*.stocks, 'all'; did you mean 'mill'?\n",
        "t.cfg:7: profiles.sun.csv: ",
    };
    const char *from = cfg_said(&x.c);
    for (int i = 0; i < SIM_COUNT(wanted); i++) {
        const char *found = strstr(from, wanted[i]);
        cr_assert_not_null(found, "%d: wanted %s in order in\n%s", i, wanted[i], x.c.said);
        from = found;
    }
    done(&x);
}

Test(kind, is_66_where_only_a_file_is_missing)
{
    struct kind_case x = loaded("profiles = { sun = { csv = \"gone.csv\"; }; };");

    cr_assert(eq(int, (int)sim_diag_status(x.c.diag), 66));
    done(&x);
}

Test(kind, tells_each_wrong_value_in_words)
{
    static const struct {
        const char *setting; // in a boiler
        const char *wanted;
    } cases[] = {
        {"capacity = \"12 m3/h\"",
         "is a volume per time; a mass per time is wanted; write for example \"12 t/h\""},
        {"capacity = 12", "'12' has no unit; write for example \"12 t/h\""},
        {"capacity = \"501 t/h\"", "501 t/h is outside [0, 500 t/h]; write 0 t/h to 500 t/h"},
        {"capacity = \"uniform(1 t/h, 2 t/h)\"", "cannot stand here; write a quantity"},
        {"capacity = { a = 1; }", "one value is wanted here, not a group or a list"},
        {"load = \"4 t\"", "'4 t' is a mass; a pure number is wanted; write for example \"4 %\""},
        {"inputs = { wasser = \"1 t/t\"; }", "it is not in streams; known: 'coal'"},
        {"load = \"140 %\"", "140 % is outside [0 %, 100 %]"},
        {"load = \"profile(sum)\"", "there is no 'sum' in profiles; did you mean 'sun'?"},
        {"trucks = 0", "0 is outside [1, 9]"},
        {"trucks = 2.5", "2.5 is not a whole number"},
        {"bays = 2.5", "2.5 is not a whole number"},
        {"bays = -1", "-1 is outside [0, 9]"},
        {"trucks = \"3 t\"", "a bare number is wanted, without unit; write 3"},
        {"mode = \"pul\"", "'pul' is not known here; did you mean 'pull'?"},
        {"mode = \"sideways\"", "one of \"push\", \"pull\""},
        {"mode = 3", "a text in quotes is wanted here"},
        {"standby = \"yes\"", "true or false is wanted here"},
        {"inputs = { col = \"1 t/t\"; }",
         "unknown reference 'col': it is not in streams; did you mean 'coal'?"},
        {"inputs = { coal = { to = \"yard\"; }; }", "'amount' is missing"},
        {"inputs = { coal = { amount = \"1 t/t\"; to = \"yrad\"; }; }",
         "unknown reference 'yrad': it is not in stocks; did you mean 'yard'?"},
        {"inputs = 3", "a group of named things is wanted here"},
        {"start_up = ( 1 )", "a group is wanted here"},
        {"serves = ( \"mill\", \"mill.yrad\" )", "did you mean 'mill.yard'?"},
        {"on = \"2026-13-01\"", "on: "},
        {"on = 2026", "a text in quotes is wanted here; write \"2026-01-01 06:00\""},
        {"phase = ( \"0 %\", \"x\" )", "phase[1]: "},
        {"kind = \"bioler\"", "'bioler' is not a known kind; did you mean 'boiler'?"},
        {"kind = \"x\"", "one of \"boiler\", \"pump\""},
        {"nonsense = 3", "unknown key; no such key in 'boiler'"},
    };
    for (int i = 0; i < SIM_COUNT(cases); i++) {
        const bool names_kind = strncmp(cases[i].setting, "kind", 4) == 0;
        const bool has_capacity = strncmp(cases[i].setting, "capacity", 8) == 0;
        char *text =
            sim_base_format("streams = { coal = { }; }; profiles = { sun = { }; };\n"
                            "firms = { mill = { stocks = { yard = { }; }; units = { hot = { %s %s\n"
                            "%s; }; }; }; };",
                            names_kind ? "" : "kind = \"boiler\";",
                            has_capacity ? "" : "capacity = \"1 t/h\";", cases[i].setting);
        struct kind_case x = loaded(text);

        cr_assert(eq(int, sim_diag_count(x.c.diag), 1), "case %d: %s", i, cfg_said(&x.c));
        CFG_SAYS(&x.c, cases[i].wanted);
        CFG_SAYS(&x.c, "t.cfg:3: firms.mill.units.hot");
        free(text);
        done(&x);
    }
}

Test(kind, tells_what_is_missing)
{
    struct kind_case x = loaded("firms = { mill = { units = {\n hot = { kind = \"boiler\"; };\n"
                                " p = { kind = \"pump\"; power = \"0 kW\"; };\n q = { }; }; }; };");

    CFG_SAYS(&x.c, "t.cfg:2: firms.mill.units.hot: 'capacity' is missing; what it can make");
    CFG_SAYS(&x.c,
             "t.cfg:3: firms.mill.units.p.power: 0 kW is not above 0 kW; write more than 0 kW");
    CFG_SAYS(&x.c, "t.cfg:4: firms.mill.units.q: the key 'kind' is missing");
    done(&x);
}

Test(kind, tells_a_misspelt_key_once)
{
    struct kind_case x = loaded("firms = { mill = { units = {\n hot = { kind = \"boiler\"; capcity "
                                "= \"3 t/h\"; };\n }; }; };");

    cr_assert(eq(int, sim_diag_count(x.c.diag), 1), "%s", cfg_said(&x.c));
    CFG_SAYS(&x.c, "t.cfg:2: firms.mill.units.hot.capcity: unknown key; did you mean 'capacity'?");
    done(&x);
}

Test(kind, leaves_dimensions_open_that_the_model_does_not_know_yet)
{
    struct kind_case x =
        loaded("firms = { mill = { units = { hot = { kind = \"boiler\"; standby = true;\n"
               "  capacity = \"12 m3/h\"; }; }; }; };");

    CFG_SILENT(&x.c);
    const struct firm *mill = x.file->firms.at[0].data;
    const struct boiler *hot = mill->units.at[0].data;
    cr_assert(eq(int, (int)hot->capacity.dim.length, 3));
    done(&x);
}

Test(kind, says_a_broken_value_only_once)
{
    struct kind_case x =
        loaded("firms = { mill = { units = { p = { kind = \"pump\"; power = ; }; }; }; };");

    cr_assert(eq(int, sim_diag_count(x.c.diag), 1), "%s", cfg_said(&x.c));
    done(&x);
}

Test(kind, reads_loose_texts_of_tables_as_the_key_wants)
{
    struct kind_case x = loaded("tables = ( { csv = \"loose.csv\"; into = \"firms\"; } );");

    CFG_SILENT(&x.c);
    const struct firm *f = x.file->firms.at[0].data;
    cr_assert_str_eq(f->title, "2024"); // a number in a table may be a title
    cr_assert(eq(dbl, f->detour, 1.5));
    done(&x);
}

Test(kind, writes_short_forms_out_so_that_paths_reach_into_them)
{
    struct kind_case x = {.c = cfg_text(good)};
    sim_kind_normalise(&root, x.c.tree);

    (void)sim_tree_assign(x.c.tree, "firms.mill.units.hot.inputs.coal.amount = 0.2 t/t", "--set",
                          NULL, x.c.diag);
    (void)sim_tree_assign(x.c.tree, "firms.mill.units.hot.start_up = 5 VND", "--set", NULL,
                          x.c.diag);
    load(&x);

    CFG_SILENT(&x.c);
    const struct firm *mill = x.file->firms.at[0].data;
    const struct boiler *hot = mill->units.at[0].data;
    cr_assert(eq(dbl, ((struct flow *)hot->inputs.at[0].data)->amount.si, 0.2));
    cr_assert(eq(dbl, hot->start_up->amount.si, 5.0));
    done(&x);
}

Test(kind, writes_out_again_just_what_was_changed_since)
{
    struct kind_case x = {.c = cfg_text(good)};
    sim_kind_normalise(&root, x.c.tree);
    const int64_t edits = sim_tree_edits(x.c.tree);
    struct sim_tree *copy = sim_tree_clone(x.c.tree);

    sim_kind_normalise(&root, x.c.tree);
    cr_assert(eq(i64, sim_tree_edits(x.c.tree), edits));
    cr_assert(eq(i64, sim_tree_edits(copy), edits));

    (void)sim_tree_assign(copy, "firms.mill.units.hot.inputs.coal = 0.3 t/t", "--set", NULL,
                          x.c.diag);
    cr_assert(gt(i64, sim_tree_edits(copy), edits));
    cr_assert_null(sim_tree_find(sim_tree_root(copy), "firms.mill.units.hot.inputs.coal.amount"));
    sim_kind_normalise(&root, copy);
    const struct sim_node *amount =
        sim_tree_find(sim_tree_root(copy), "firms.mill.units.hot.inputs.coal.amount");
    cr_assert_str_eq(amount->text, "0.3 t/t");
    sim_tree_destroy(copy);
    done(&x);
}

Test(kind, checks_overrides_like_the_file_and_names_them)
{
    struct kind_case x = {.c = cfg_text(good)};
    (void)sim_tree_assign(x.c.tree, "firms.mill.units.hot.capcity = 3 t/h", "--set", NULL,
                          x.c.diag);
    (void)sim_tree_assign(x.c.tree, "firms.mill.units.hot.capacity = 3 m", "--set", NULL, x.c.diag);
    load(&x);

    CFG_SAYS(&x.c, "--set: firms.mill.units.hot.capcity: unknown key; did you mean 'capacity'?");
    CFG_SAYS(&x.c, "--set: firms.mill.units.hot.capacity: '3 m' is a length");
    done(&x);
}

Test(kind, finds_the_key_of_a_path)
{
    struct kind_case x = loaded(good);
    const struct sim_kind *in = NULL;

    const struct sim_key *key =
        sim_kind_key_at(&root, x.c.tree, "firms.mill.units.hot.capacity", &in);
    cr_assert_not_null(key);
    cr_assert_str_eq(key->name, "capacity");
    cr_assert_neq(key->flags & SIM_KEY_RUN, 0U);
    cr_assert_str_eq(in->name, "boiler");
    cr_assert_str_eq(sim_kind_key_at(&root, x.c.tree, "firms.*.units.p.power", NULL)->name,
                     "power");
    cr_assert_str_eq(sim_kind_key_at(&root, x.c.tree, "firms.mill.stocks", NULL)->name, "stocks");
    cr_assert_str_eq(sim_kind_key_at(&root, x.c.tree, "firms.brick.detour", NULL)->name, "detour");
    cr_assert_str_eq(
        sim_kind_key_at(&root, x.c.tree, "firms.mill.units.hot.inputs.water.amount.low", NULL)
            ->name,
        "amount");
    cr_assert_str_eq(
        sim_kind_key_at(&root, x.c.tree, "firms.mill.units.hot.inputs.water.cod.value", NULL)->name,
        "value");
    cr_assert_null(sim_kind_key_at(&root, x.c.tree, "firms.mill.colour", NULL));
    done(&x);
}

Test(kind, shows_a_park_that_reads_back_the_same)
{
    struct kind_case x = loaded(good);
    (void)sim_tree_assign(x.c.tree, "firms.brick.title = 7", "--set", NULL, x.c.diag);

    char *once = sim_kind_show(&root, x.c.tree, false);
    struct kind_case y = loaded(once);
    char *twice = sim_kind_show(&root, y.c.tree, false);

    CFG_SILENT(&y.c);
    cr_assert_str_eq(once, twice);
    cr_assert(strstr(once, "trucks = 2;\n") != NULL, "%s", once);
    cr_assert(strstr(once, "load = \"40 %\"") == NULL); // given
    cr_assert(strstr(once, "detour = 1.3;\n") != NULL);
    cr_assert(strstr(once, "phase = ( \"0 %\", \"100 %\" );\n") != NULL);
    cr_assert(strstr(once, "title = \"7\";\n") != NULL); // the key wants a text
    cr_assert(strstr(once, "title = \"Giấy\";\n") != NULL);
    free(once);
    free(twice);
    done(&x);
    done(&y);
}

Test(kind, shows_the_origin_of_each_value)
{
    struct kind_case x = loaded(good);
    (void)sim_tree_assign(x.c.tree, "firms.brick.title = x", "--set", NULL, x.c.diag);

    char *text = sim_kind_show(&root, x.c.tree, true);
    struct kind_case y = loaded(text);

    CFG_SILENT(&y.c);
    cr_assert(strstr(text, "capacity = \"9 t/h [published: x]\";  # tests/data/cfg/t.cfg:8\n") !=
                  NULL,
              "%s", text);
    cr_assert(strstr(text, "title = \"x\";  # --set\n") != NULL);
    cr_assert(strstr(text, "trucks = 2;  # default\n") != NULL);
    free(text);
    done(&x);
    done(&y);
}

Test(kind, writes_its_reference)
{
    char *text = sim_kind_reference(&root);

    static const char *const wanted[] = {
        "## park file\n",
        "## boiler\n\nMakes steam.\n",
        "| `capacity` | quantity in `{stream}/h` | required | 0 to 500 t/h | what it can make (may "
        "change during a run) |\n",
        "| `load` | number or %, profile | `40 %` | 0 % to 100 % | a \\| b |\n",
        "| `mode` | `\"push\"` or `\"pull\"` | `pull` |",
        "| `units` | named things, by `kind`: [boiler](#boiler), [pump](#pump) |",
        "| `full` | `\"block\"`, a name in `firms` | `block` |",
        "Short form: a value alone stands for `{ amount = ...; }`.",
        "| `(any name)` | named things, [property](#property) |  |",
        "| `power` | quantity in `kW` | required | > 0 kW |",
    };
    for (int i = 0; i < SIM_COUNT(wanted); i++) {
        cr_assert(strstr(text, wanted[i]) != NULL, "wanted %s in\n%s", wanted[i], text);
    }
    char *first = strstr(text, "## cost\n");
    cr_assert_null(strstr(first + 1, "## cost\n")); // each kind once
    free(text);
}

Test(kind, reads_twenty_thousand_rows_in_seconds)
{
    enum {
        ROWS = 20000
    };
    char *csv = sim_base_alloc((size_t)ROWS * 64 + 100, 1);
    size_t n = (size_t)sprintf(csv, "name,title,detour\n");
    for (int i = 0; i < ROWS; i++) {
        n += (size_t)sprintf(csv + n, "f%d,Công ty %d,1.25\n", i, i);
    }
    const char path[] = "/tmp/ecopark_test_kind_rows.csv";
    FILE *f = fopen(path, "w");
    cr_assert_not_null(f);
    cr_assert(eq(sz, fwrite(csv, 1, n, f), n));
    (void)fclose(f);
    const clock_t start = clock();

    struct kind_case x =
        loaded("tables = ( { csv = \"/tmp/ecopark_test_kind_rows.csv\"; into = \"firms\"; } );");
    char *shown = sim_kind_show(&root, x.c.tree, false);
    struct kind_case y = loaded(shown);

    const double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    CFG_SILENT(&x.c);
    CFG_SILENT(&y.c);
    cr_assert(eq(int, x.file->firms.count, ROWS));
    cr_assert(
        eq(int, y.file->firms.count, ROWS)); // shown as a list, libconfig's groups are quadratic
    cr_log_info("%d rows read, shown and read again in %.2f s\n", ROWS, seconds);
    cr_assert(lt(dbl, seconds, 10.0)); // debug and sanitizers included; 100 times that if quadratic
    (void)remove(path);
    free(shown);
    free(csv);
    done(&x);
    done(&y);
}
