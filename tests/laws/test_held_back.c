// What processes could have made and did not, by the end of the chain of causes; and what users of
// pull processes asked for and did not get. Worked out by hand, or held against what was made. That
// nothing is kept which changed, each run of a checked build sees after each event.
#include "models/park/out/results.h"
#include "models/park/why/held.h"
#include "sim/sweep/sink.h"
#include "tests/support/park_kit.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>
#include <string.h>

#define EXACT 1e-12 // [-] rounding of a thousand pieces

/** Hours (or amounts) of a process by a cause; NULL: by all. */
static double held(const struct park_kit *k, const char *what, const char *process,
                   const char *cause)
{
    const int processes = sim_schema_axis_find(k->schema, "held_back", "process");
    const int causes = sim_schema_axis_find(k->schema, "held_back", "cause");
    const int var = sim_schema_var_find(k->schema, "held_back", what);
    const int64_t width = sim_schema_axis_at(k->schema, causes)->length;
    const int64_t row = sim_schema_label(k->schema, processes, process);
    const int64_t only = cause != NULL ? sim_schema_label(k->schema, causes, cause) : 0;
    double sum = 0;
    cr_assert(ge(i64, row, 0), "no process %s", process);
    cr_assert(ge(i64, only, 0), "no cause %s", cause);
    for (int64_t i = 0; i < width; i++) {
        const double value = sim_row_f64(k->row, var)[row * width + i];
        sum += cause == NULL || i == only ? value : 0;
    }
    return sum;
}

static void expect_held(const struct park_kit *k, const char *process, const char *cause,
                        double hours, double amount)
{
    cr_expect(epsilon_eq(dbl, held(k, "hours", process, cause), hours, 1e-9 * (1 + hours)), "%s",
              process);
    cr_expect(epsilon_eq(dbl, held(k, "amount", process, cause), amount, 1e-9 * (1 + amount)), "%s",
              process);
}

static void make(struct park_kit *k)
{
    const enum sim_status status = park_kit_make(k, 0, NULL);
    cr_assert(eq(int, (int)status, (int)SIM_OK), "%s", k->err.text);
}

static double down_of(const struct park_kit *k, const char *process)
{
    const int var = sim_schema_var_find(k->schema, NULL, "down");
    double sum = 0;
    for (int64_t i = 0; var >= 0 && i < 365; i++) {
        sum += park_kit_hours(k, "down", process, i);
    }
    return sum;
}

Test(held_back, a_mill_that_starves_for_steam_counts_as_loss_and_its_steam_as_unserved)
{
    struct park_kit k;
    const char *const small[] = {"firms.mill.processes.boiler.capacity=1.2 t/h"};
    park_kit_open(&k, "configs/first_park.cfg", small, 1);
    make(&k);

    const double made = park_kit_total(&k, "mill > customers: paper");
    const double up_h = 8760 - down_of(&k, "mill.machine");
    cr_assert(epsilon_eq(dbl, made, up_h * 1.2 / 1.9, 1e-3)); // series are rounded
    expect_held(&k, "mill.machine", "mill.boiler: its capacity", made / 1.2 * 1.9,
                made / 1.2 * 1.9 * (5 - 1.2 / 1.9));
    cr_expect(epsilon_eq(dbl, park_kit_unserved(&k, "mill > mill.machine: steam"),
                         made / 1.2 * 1.9 * (5 * 1.9 - 1.2), 1e-3));
    // The boiler does all it can, so it is not held back; the kiln is, by the boiler in the end.
    cr_expect(eq(dbl, held(&k, "hours", "mill.boiler", NULL), 0));
    cr_expect(gt(dbl, held(&k, "amount", "brick.kiln", "mill.boiler: its capacity"), 50000));
    cr_expect(gt(dbl, held(&k, "hours", "brick.kiln", "mill.machine: a failure"), 100));
    park_kit_close(&k);
}

Test(held_back, what_was_made_and_what_was_not_is_what_could_have_been)
{
    struct park_kit k;
    park_kit_open(&k, "configs/first_park.cfg", NULL, 0);
    make(&k);

    // The kiln is open 16 h on 306 days: 313 from Monday to Saturday, but 7 of them over Tết.
    const double could = 14 * 16 * (313 - 7);
    const double made = park_kit_total(&k, "brick > customers: bricks");
    cr_expect(epsilon_eq(dbl, made + held(&k, "amount", "brick.kiln", NULL), could, 1e-6));
    cr_expect(eq(dbl, held(&k, "hours", "mill.boiler", NULL), 0));
    cr_expect(lt(dbl, held(&k, "amount", "mill.machine", NULL), 1e-6));
    park_kit_close(&k);
}

#define HEAD(keys)                                                                                 \
    "format = 1;\n"                                                                                \
    "park = { title = \"test\"; start = \"2026-01-05\"; until = \"2026-01-06\"; seed = 1; " keys   \
    " };\n"                                                                                        \
    "economy = { currency = \"EUR\"; };\n"                                                         \
    "streams = { fuel = { unit = \"t\"; kind = \"fuel\"; }; steam = { unit = \"t\"; kind = "       \
    "\"heat\"; };\n"                                                                               \
    "  ware = { unit = \"t\"; kind = \"product\"; }; };\n"
#define DAY HEAD("")

/** 30 t of steam an hour are asked for, 10 of fuel are there, of which 1 makes 2 of steam. */
#define BOILERS(keys)                                                                              \
    "markets = { mine = { sells = { fuel = { capacity = \"10 t/h\"; }; }; };\n"                    \
    "  shop = { buys = { ware = { }; }; }; };\n"                                                   \
    "firms = { plant = { processes = {\n"                                                          \
    "  boiler = { kind = \"continuous\"; mode = \"pull\"; product = \"steam\";\n"                  \
    "    capacity = \"50 t/h\"; inputs = { fuel = \"0.5 t/t\"; }; };\n"                            \
    "  works = { kind = \"continuous\"; product = \"ware\"; capacity = \"15 t/h\";\n"              \
    "    inputs = { steam = \"2 t/t\"; }; " keys " }; }; }; };\n"

Test(held_back, a_pull_process_lacks_what_is_asked_of_it_not_its_capacity)
{
    struct park_kit k;
    park_kit_open_text(&k, DAY BOILERS(""));
    make(&k);

    expect_held(&k, "plant.boiler", "mine.sells.fuel: its capacity", 24, 24 * (30 - 20));
    expect_held(&k, "plant.works", "mine.sells.fuel: its capacity", 24, 24 * (15 - 10));
    cr_expect(epsilon_eq(dbl, park_kit_unserved(&k, "plant > plant.works: steam"), 240, 1e-9));
    park_kit_close(&k);
}

Test(held_back, a_user_that_its_turndown_switched_off_is_unserved)
{
    struct park_kit k;
    park_kit_open_text(&k, DAY BOILERS("turndown = \"80 %\";"));
    make(&k);

    expect_held(&k, "plant.works", "mine.sells.fuel: its capacity", 24, 24 * 15);
    expect_held(&k, "plant.boiler", NULL, 0, 0); // nothing is asked of it any more
    cr_expect(epsilon_eq(dbl, park_kit_unserved(&k, "plant > plant.works: steam"), 24 * 30, 1e-9));
    park_kit_close(&k);
}

/* 20 t/h of steam from 10 of fuel are below its least load of 30: what is short is fuel. */
Test(held_back, behind_the_turndown_of_a_giver_stands_what_it_lacked)
{
    struct park_kit k;
    park_kit_open_text(&k,
                       DAY BOILERS("}; heater = { kind = \"continuous\"; mode = \"pull\";\n"
                                   "    product = \"steam\"; capacity = \"50 t/h\";\n"
                                   "    inputs = { fuel = \"0.5 t/t\"; }; turndown = \"60 %\";"));
    make(&k);

    // Boiler and heater have 10 t/h of steam each of the fuel; the heater stays off for want of it.
    expect_held(&k, "plant.heater", "mine.sells.fuel: its capacity", 24, 24 * (30 - 20));
    expect_held(&k, "plant.works", "mine.sells.fuel: its capacity", 24, 24 * (15 - 10));
    park_kit_close(&k);
}

/** 10 t/h of ware need 10 of steam, which a push boiler gives from 6 to 18. */
#define BY_DAY(keys)                                                                               \
    "calendars = { day = { open = ( \"Mon-Sun 06:00-18:00\" ); }; };\n"                            \
    "markets = { shop = { buys = { ware = { }; }; }; };\n"                                         \
    "firms = { plant = { processes = {\n"                                                          \
    "  solar = { kind = \"continuous\"; product = \"steam\"; capacity = \"10 t/h\";\n"             \
    "    calendar = \"day\"; };\n"                                                                 \
    "  works = { kind = \"continuous\"; product = \"ware\"; capacity = \"10 t/h\";\n"              \
    "    inputs = { steam = \"1 t/t\"; }; " keys " }; }; }; };\n"

/* At night the works get nothing: with a turndown they are off, for the same reason. */
Test(held_back, a_turndown_tells_the_same_cause_as_none)
{
    static const char *const parks[] = {DAY BY_DAY(""), DAY BY_DAY("turndown = \"50 %\";")};
    for (int i = 0; i < SIM_COUNT(parks); i++) {
        struct park_kit k;
        park_kit_open_text(&k, parks[i]);
        make(&k);
        expect_held(&k, "plant.works", "plant.solar: its calendar", 12, 12 * 10);
        park_kit_close(&k);
    }
}

Test(held_back, what_the_warm_up_held_is_forgotten)
{
    struct park_kit k;
    park_kit_open_text(&k, HEAD("warmup = \"6 h\";") BOILERS(""));
    make(&k);

    expect_held(&k, "plant.works", "mine.sells.fuel: its capacity", 18, 18 * (15 - 10));
    cr_expect(epsilon_eq(dbl, park_kit_unserved(&k, "plant > plant.works: steam"), 180, 1e-9));
    park_kit_close(&k);
}

/* Where pull processes and outlets meet, the network divides the pool: what happens at a part of it
 * happens there. The checked build compares with what holds, after each event. */
Test(held_back, a_pool_that_the_network_divides_is_one_place)
{
    struct park_kit k;
    park_kit_open_text(
        &k, DAY "calendars = { early = { open = ( \"Mon-Sun 00:00-06:00\" ); }; };\n"
                "markets = { mine = { sells = { fuel = { capacity = \"3 t/h\"; }; }; };\n"
                "  tip = { disposes = { steam = { fate = \"vent\"; }; }; };\n"
                "  shop = { buys = { ware = { }; }; }; };\n"
                "firms = { plant = { processes = {\n"
                "  burner = { kind = \"continuous\"; product = \"steam\"; capacity = \"4 t/h\";\n"
                "    calendar = \"early\"; };\n"
                "  boiler = { kind = \"continuous\"; mode = \"pull\"; product = \"steam\";\n"
                "    capacity = \"50 t/h\"; inputs = { fuel = \"0.5 t/t\"; }; };\n"
                "  works = { kind = \"continuous\"; product = \"ware\"; capacity = \"10 t/h\";\n"
                "    inputs = { steam = \"1 t/t\"; }; }; }; }; };\n");
    make(&k);

    // 10 t/h are asked for: 4 of the burner until 6, of the boiler never more than 6 of 3 of fuel.
    expect_held(&k, "plant.boiler", "mine.sells.fuel: its capacity", 18, 18 * 4);
    expect_held(&k, "plant.works", "mine.sells.fuel: its capacity", 18, 18 * 4);
    cr_expect(epsilon_eq(dbl, park_kit_unserved(&k, "plant > plant.works: steam"), 72, 1e-9));
    park_kit_close(&k);
}

/** 20 t/h of steam go into a tank of 60, from which works draw 10 t/h, but for the early pause. */
#define TANK(keys)                                                                                 \
    "calendars = { paused = { open = ( \"Mon-Sun 00:00-02:00\", \"Mon-Sun 04:00-24:00\" ); }; "    \
    "};\n"                                                                                         \
    "markets = { shop = { buys = { ware = { }; }; }; };\n"                                         \
    "firms = { plant = {\n"                                                                        \
    "  stocks = { tank = { stream = \"steam\"; " keys " }; };\n"                                   \
    "  processes = {\n"                                                                            \
    "  boiler = { kind = \"continuous\"; mode = \"pull\"; product = \"steam\";\n"                  \
    "    capacity = \"20 t/h\"; turndown = \"60 %\";\n"                                            \
    "    outputs = { steam = { amount = \"1 t/t\"; to = \"tank\"; }; }; };\n"                      \
    "  works = { kind = \"continuous\"; product = \"ware\"; capacity = \"10 t/h\";\n"              \
    "    calendar = \"paused\"; inputs = { steam = { amount = \"1 t/t\"; from = \"tank\"; }; }; "  \
    "};\n  }; }; };\n"

/* The tank falls through its target without an event, and what happens then does not make it ask:
 * it does at its reorder level, at 6, 14 and 22 h; the boiler runs for 4, 4 and 2 h. */
Test(held_back, nothing_is_asked_of_it_while_a_stock_falls_to_its_reorder_level)
{
    struct park_kit k;
    park_kit_open_text(&k, DAY TANK("capacity = \"100 t\"; initial = \"60 t\"; target = \"60 t\"; "
                                    "reorder = \"20 t\";"));
    make(&k);

    cr_expect(epsilon_eq(dbl, park_kit_stock_end(&k, "plant.tank"), 40, 1e-6));
    expect_held(&k, "plant.boiler", NULL, 0, 0);
    park_kit_close(&k);
}

static void expect_told(const char *park, const char *words)
{
    struct park_kit k;
    struct sim_sink_buffer text;
    sim_sink_buffer_init(&text);
    const struct sim_sink sink = sim_sink_buffer_sink(&text);
    park_kit_open_text(&k, park);
    cr_assert(eq(int, (int)park_kit_make(&k, 0, &sink), (int)SIM_OK));
    cr_expect(ne(ptr, strstr(text.text, words), NULL), "%s is not in:\n%s", words, text.text);
    park_kit_close(&k);
    sim_sink_buffer_fini(&text);
}

Test(held_back, a_stock_that_holds_off_what_failed_at_its_bound_is_named)
{
    expect_told(
        DAY TANK("capacity = \"60 t\"; initial = \"60 t\";"),
        "04:00:00  plant.boiler  0 t/h of steam: off, since it would run at 10 t/h, below its "
        "turndown of 60 %; held off by plant.tank, which was full then, until that is at "
        "another of its levels");
}

/* Full at first, and 10 t/h flow through, below the turndown of 12: it stays off until the tank is
 * empty, at 8 h, though there is room. It fills it until 14 h, and so on. Nothing
 * is short then: too little is asked of it, so its turndown is the cause. */
Test(held_back, a_stock_without_target_is_to_be_filled_up_to_its_capacity)
{
    struct park_kit k;
    park_kit_open_text(&k, DAY TANK("capacity = \"60 t\"; initial = \"60 t\";"));
    make(&k);

    expect_held(&k, "plant.boiler", "plant.boiler: its turndown", 8 + 6, 20 * (8 + 6));
    park_kit_close(&k);
}
