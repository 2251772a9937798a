// Loading: names to ids, values to SI, whatever the order of declaration.
#include "models/park/base/park.h"
#include "models/park/kinds/things/crews.h"
#include "models/park/kinds/trade/markets.h"
#include "models/park/net/build.h"
#include "models/park/open.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char park_text[] =
    "format = 1;\n"
    "park = { title = \"Khu c\303\264ng nghi\341\273\207p\"; start = \"2026-01-01\"; until = "
    "\"2026-02-01\";\n"
    "         utc_offset = \"+07:00\"; warmup = \"2 days\"; seed = 7; };\n"
    "economy = { currency = \"VND\"; currencies = { USD = \"25400 VND\"; }; };\n"
    "calendars = { day = { open = ( \"Mon-Sat 06:00-22:00\" ); }; };\n"
    "crews = { fitters = { size = 2; calendar = \"day\"; }; };\n"
    "streams = { sludge = { unit = \"t\"; kind = \"waste\"; }; paper = { unit = \"t\"; };\n"
    "            electricity = { unit = \"MWh\"; kind = \"energy\"; }; };\n"
    "firms = {\n"
    "  mill = { calendar = \"day\"; enters = \"2026-01-05\"; at = ( 10.9, 106.8 );\n"
    "    processes = { machine = { kind = \"continuous\"; product = \"paper\";\n"
    "        capacity = \"3.6 t/h [assumed: a test]\"; turndown = \"40 %\";\n"
    "        inputs = { electricity = \"0.5 MWh/t\"; };\n"
    "        outputs = { sludge = { amount = \"0.1 t/t\"; to = \"yard\"; }; };\n"
    "        failures = { drive = { up = \"exponential(mean = 100 h)\"; repair = \"5 h\";\n"
    "                               crew = \"fitters\"; leaves = \"40 %\"; };\n"
    "                     belt = { up = \"50 h\"; repair = \"1 h\"; }; }; }; };\n"
    "    stocks = { yard = { stream = \"sludge\"; capacity = \"60 t\"; initial = \"10 t\";\n"
    "                        decay = \"1 %/day\"; full = \"landfill\"; }; }; };\n"
    "  brick = { processes = { kiln = { kind = \"continuous\"; basis = \"sludge\";\n"
    "        capacity = \"uniform(1 t/h, 2 t/h)\"; redraw = \"6 h\"; }; }; };\n"
    "};\n"
    "markets = { grid = { sells = { electricity = { price = \"0.1 USD/kWh\"; }; }; };\n"
    "            customers = { buys = { paper = { price = \"18e6 VND/t\"; }; }; };\n"
    "            landfill = { disposes = { sludge = { fate = \"landfill\"; price = \"-450000 "
    "VND/t\"; }; }; }; };\n"
    "links = { belt = { kind = \"conveyor\"; stream = \"sludge\"; from = \"mill.yard\"; to = "
    "\"brick\";\n"
    "                   capacity = \"3 t/h\"; loss = \"2 %\"; length = \"1.4 km\"; }; };\n"
    "exchanges = { sludge = { over = \"belt\"; price = \"-60000 VND/t\"; starts = \"2026-01-03\"; "
    "}; };\n";

static struct park *loaded(const char *text, const struct sim_model_source *opts)
{
    struct sim_diag *d = sim_diag_create();
    struct park *p = NULL;
    const enum sim_status status = park_open_text("test.cfg", text, opts, d, &p);
    char *told = sim_diag_render(d, 0);
    cr_assert_eq(status, SIM_OK, "%s", told);
    free(told);
    sim_diag_destroy(d);
    return p;
}

/** The one mistake (or warning) that loading tells; owned by the caller. */
static char *told_with(const char *text, const struct sim_model_source *opts,
                       enum sim_status wanted)
{
    struct sim_diag *d = sim_diag_create();
    struct park *p = NULL;
    const enum sim_status status = park_open_text("test.cfg", text, opts, d, &p);
    char *told = sim_diag_render(d, 0);
    cr_assert_eq(status, wanted, "%s", told);
    park_open_free(p);
    sim_diag_destroy(d);
    return told;
}

static char *told_of(const char *text, enum sim_status wanted)
{
    return told_with(text, NULL, wanted);
}

Test(load, turns_values_into_si_and_keeps_marks)
{
    struct park *p = loaded(park_text, NULL);

    const struct park_process *machine = p->processes[1];
    cr_assert_str_eq(machine->name, "mill.machine");
    cr_assert(epsilon_eq(dbl, machine->level.nominal, 1.0, 1e-15)); // 3.6 t/h is 1 kg/s
    cr_assert_eq(machine->capacity.mark, SIM_MARK_ASSUMED);
    cr_assert_str_eq(machine->capacity.source, "a test");
    cr_assert(epsilon_eq(dbl, machine->least, 0.4, 1e-15));
    cr_assert(epsilon_eq(dbl, p->stocks[0]->capacity_si, 60000.0, 1e-9));
    cr_assert(epsilon_eq(dbl, p->stocks[0]->decay_per_s, 0.01 / 86400, 1e-20));
    cr_assert(epsilon_eq(dbl, p->offers[1]->price.si, 0.1 * 25400 / 3.6e6, 1e-15)); // VND/J

    park_open_free(p);
}

Test(load, sorts_all_by_name_and_joins_them_by_ids)
{
    struct park *p = loaded(park_text, NULL);

    cr_assert_eq(p->party_count, 5);
    cr_assert_str_eq(p->parties[0].name, "brick");
    cr_assert_str_eq(p->parties[4].name, "mill");
    cr_assert(epsilon_eq(dbl, p->parties[4].lat, 10.9, 1e-12));
    cr_assert(isnan(p->parties[0].lat));
    const struct park_exchange *e = p->exchanges[0];
    cr_assert_str_eq(p->parties[e->from].name, "mill");
    cr_assert_str_eq(p->stocks[e->from_stock]->name, "mill.yard");
    cr_assert_str_eq(p->parties[e->to].name, "brick");
    cr_assert_eq(e->to_stock, -1);
    cr_assert_str_eq(p->markets[p->stocks[0]->full_market]->name, "landfill");

    park_open_free(p);
}

Test(load, an_exchange_is_in_force_only_while_its_firms_are_there)
{
    struct park *p = loaded(park_text, NULL);

    cr_assert_eq(p->exchanges[0]->from_us,
                 sim_simtime_date(2026, 1, 5)); // mill enters after it starts
    cr_assert_eq(p->exchanges[0]->until_us, SIM_TIME_NEVER);

    park_open_free(p);
}

Test(load, knows_span_offset_and_seed)
{
    struct park *p = loaded(park_text, NULL);

    cr_assert_eq(p->start_us, sim_simtime_date(2026, 1, 1));
    cr_assert_eq(p->warm_us, sim_simtime_date(2026, 1, 3));
    cr_assert_eq(p->until_us, sim_simtime_date(2026, 2, 1));
    cr_assert_eq(p->offset_us, 7 * SIM_TIME_H);
    cr_assert_eq(p->seed, 7);
    cr_assert(p->has_failures);

    park_open_free(p);
}

Test(load, the_command_line_comes_last)
{
    const char *const set[] = {"park.failures=false",
                               "firms.mill.processes.machine.capacity=7.2 t/h",
                               "exchanges.*.open=false"};
    const struct sim_model_source opts = {.overrides = set,
                                          .override_count = 3,
                                          .until = "2026-01-20",
                                          .has_seed = true,
                                          .seed = UINT64_MAX};
    struct park *p = loaded(park_text, &opts);

    cr_assert_not(p->has_failures);
    cr_assert(epsilon_eq(dbl, p->processes[1]->level.nominal, 2.0, 1e-15));
    cr_assert_not(p->exchanges[0]->open);
    cr_assert_eq(p->until_us, sim_simtime_date(2026, 1, 20));
    cr_assert_eq(p->seed, UINT64_MAX);

    park_open_free(p);
}

/** Amounts in tonnes are not measured against it. */
static void refuses_unit(const struct sim_model_source *opts, const char *text)
{
    char *told = told_with(text, opts, SIM_INPUT);
    cr_assert(strstr(told, "streams.sludge.unit: '1' is not the unit of an amount; write a unit of "
                           "mass, volume or energy: t, m3, MWh\n") != NULL,
              "%s", told);
    cr_assert(strstr(told, "is wanted") == NULL, "%s", told);
    free(told);
}

Test(load, refuses_a_unit_of_a_stream_that_is_of_no_amount_wherever_it_is_set)
{
    const char *const set[] = {"streams.sludge.unit=1"};
    const struct sim_model_source by_line = {.overrides = set, .override_count = 1};
    const struct sim_model_source by_design = {.design = "counted"};
    char *designs =
        sim_base_format("%s%s", park_text,
                        "designs = { counted = { set = ( \"streams.sludge.unit = 1\" ); }; };\n");

    refuses_unit(&by_line, park_text);
    refuses_unit(&by_design, designs);

    free(designs);
}

Test(load, joins_failures_to_what_they_hit)
{
    struct park *p = loaded(park_text, NULL);

    const struct park_process *machine = p->processes[1];
    cr_assert_eq(machine->failure_count, 2);
    const struct park_failure *belt = p->failures[machine->first_failure];
    const struct park_failure *drive = p->failures[machine->first_failure + 1];
    cr_assert_str_eq(belt->name, "mill.machine.belt");
    cr_assert_str_eq(drive->path, "firms.mill.processes.machine.failures.drive");
    cr_assert(epsilon_eq(dbl, sim_dist_mean(&drive->up_dist), 360000.0, 1e-6));
    cr_assert(epsilon_eq(dbl, sim_dist_mean(&belt->repair_dist), 3600.0, 1e-9));
    cr_assert_str_eq(p->crews[drive->crew]->name, "fitters");
    cr_assert_eq(belt->crew, -1);
    cr_assert(epsilon_eq(dbl, drive->left, 0.4, 1e-15));

    park_open_free(p);
}

Test(load, a_capacity_may_be_drawn_anew)
{
    struct park *p = loaded(park_text, NULL);

    const struct park_level *kiln = &p->processes[0]->level;
    cr_assert_neq(kiln->dist, NULL);
    cr_assert_eq(kiln->redraw_us, 6 * SIM_TIME_H);
    cr_assert(epsilon_eq(dbl, kiln->nominal, 2000.0 / 3600, 1e-12)); // the most it can be

    park_open_free(p);
}

Test(load, reads_a_profile_by_its_rows)
{
    struct sim_diag *d = sim_diag_create();
    struct park *p = NULL;
    const enum sim_status status = park_open("tests/data/profile_park.cfg", NULL, d, &p);
    char *told = sim_diag_render(d, 0);
    cr_assert_eq(status, SIM_OK, "%s", told);

    const struct park_profile *f = p->profiles[0];
    cr_assert(epsilon_eq(dbl, f->least, 1.0, 1e-12)); // 3.6 t/h
    cr_assert(epsilon_eq(dbl, f->greatest, 2.0, 1e-12));
    const sim_time start = p->start_us;
    cr_assert(epsilon_eq(dbl, sim_table1d_at(f->table, start), 1.0, 1e-12));
    cr_assert(epsilon_eq(dbl, sim_table1d_at(f->table, start + 3 * SIM_TIME_H), 1.5, 1e-12));
    cr_assert(epsilon_eq(dbl, sim_table1d_at(f->table, start + 30 * SIM_TIME_H), 2.0, 1e-12));

    free(told);
    park_open_free(p);
    sim_diag_destroy(d);
}

Test(load, warns_of_what_can_never_move_and_goes_on)
{
    char *told =
        told_of("format = 1; park = { start = \"2026-01-01\"; until = \"2026-02-01\"; };\n"
                "streams = { a = { unit = \"t\"; }; b = { unit = \"t\"; }; };\n"
                "firms = { f = { processes = { x = { kind = \"continuous\"; product = \"a\";\n"
                "  capacity = \"1 t/h\"; inputs = { b = \"1 t/t\"; }; }; };\n"
                "  stocks = { s = { stream = \"a\"; capacity = \"1 t\"; }; }; }; };\n",
                SIM_OK);

    cr_assert_neq(strstr(told, "f.x is starved for ever: nobody makes or sells b here"), NULL, "%s",
                  told);
    cr_assert_neq(strstr(told, "f.x stands still: its a has no outlet"), NULL, "%s", told);
    cr_assert_neq(strstr(told, "nothing goes in or out"), NULL, "%s", told);

    free(told);
}

Test(load, a_park_that_is_not_there_is_missing)
{
    struct sim_diag *d = sim_diag_create();
    struct park *p = NULL;

    cr_assert_eq(park_open("tests/data/no_such_park.cfg", NULL, d, &p), SIM_MISSING);
    cr_assert_eq(p, NULL);
    cr_assert_eq(sim_diag_wrong(d), 1);

    sim_diag_destroy(d);
}

Test(load, warns_of_a_pull_process_that_nobody_asks)
{
    char *told =
        told_of("format = 1; park = { start = \"2026-01-01\"; until = \"2026-02-01\"; };\n"
                "streams = { a = { unit = \"t\"; }; };\n"
                "firms = { f = { processes = { x = { kind = \"continuous\"; product = \"a\";\n"
                "  mode = \"pull\"; capacity = \"1 t/h\"; }; }; }; };\n"
                "markets = { m = { buys = { a = { }; }; }; };\n",
                SIM_OK);

    cr_assert_neq(
        strstr(told, "f.x stands still: it makes what is asked for, and nobody asks for a"), NULL,
        "%s", told);

    free(told);
}

Test(load, a_list_and_a_table_mean_the_same_as_a_group)
{
    struct sim_diag *d = sim_diag_create();
    struct park *p = NULL;
    const enum sim_status status = park_open("tests/data/tables_park.cfg", NULL, d, &p);
    char *told = sim_diag_render(d, 0);
    cr_assert_eq(status, SIM_OK, "%s", told);

    cr_assert_eq(p->firm_count, 3);
    cr_assert_eq(p->process_count, 3);
    cr_assert_str_eq(p->processes[1]->name, "b.line");
    cr_assert(epsilon_eq(dbl, p->processes[1]->level.nominal, 2.0, 1e-12));
    cr_assert(epsilon_eq(dbl, p->processes[1]->flows[0].coef, 1.1, 1e-12));
    cr_assert_eq(p->processes[1]->capacity.mark, SIM_MARK_ASSUMED);

    free(told);
    park_open_free(p);
    sim_diag_destroy(d);
}

Test(load, warns_of_a_stock_that_decays_before_its_firm_is_there)
{
    static const char text[] =
        "format = 1; park = { start = \"2026-01-01\"; until = \"2026-02-01\"; };\n"
        "streams = { straw = { unit = \"t\"; }; };\n"
        "firms = { farm = { enters = \"2026-01-10\"; stocks = { barn = { stream = \"straw\";\n"
        "  capacity = \"9 t\"; initial = \"4 t\"; decay = \"1 %/day\"; }; }; }; };\n";
    struct sim_diag *d = sim_diag_create();
    struct park *p = NULL;
    cr_assert(eq(int, (int)park_open_text("t.cfg", text, NULL, d, &p), (int)SIM_OK));

    char *told = sim_diag_render(d, 10);
    cr_expect(ne(ptr, strstr(told, "decays from the start of the park, before farm enters"), NULL),
              "%s", told);
    free(told);
    park_open_free(p);
    sim_diag_destroy(d);
}

/** Things of one kind: ranks by name; a path that leads to the node; all of it said. */
static void check_things(void *const *list, int count, const struct park *p)
{
    for (int i = 0; i < count; i++) {
        struct park_thing t;
        memcpy(&t, list[i], sizeof(t));
        struct park_thing before = t;
        memcpy(&before, list[i > 0 ? i - 1 : 0], sizeof(before));
        cr_assert_eq(t.id, i, "%s", t.path);
        cr_assert(i == 0 || strcmp(before.name, t.name) < 0, "%s", t.path);
        cr_assert_eq(sim_tree_find(sim_tree_root(p->tree), t.path), t.node, "%s", t.path);
        cr_assert_not_null(t.group, "%s", t.path);
        cr_assert_not_null(t.keys, "%s", t.path);
    }
}

Test(load, ranks_things_of_every_kind_by_name)
{
    struct park *p = loaded(park_text, NULL);

#define PARK_ONE(one)        cr_assert_not_null(p->one);
#define PARK_MANY(many, one) check_things((void *const *)p->many, p->one##_count, p);
#include "models/park/base/kinds.def"
#undef PARK_ONE
#undef PARK_MANY
    cr_assert(eq(int, p->failure_count, 2));
    cr_assert(eq(str, (char *)p->failures[0]->name, "mill.machine.belt"));
    cr_assert(eq(str, (char *)p->failures[0]->path, "firms.mill.processes.machine.failures.belt"));
    cr_assert(eq(str, (char *)p->offers[1]->name, "grid.sells.electricity"));
    cr_assert(eq(str, (char *)p->links[0]->keys->name, "conveyor"));
    cr_assert(eq(str, (char *)((struct park_thing *)p->head)->path, "park"));
    park_open_free(p);
}
