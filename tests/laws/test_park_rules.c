// Rules of a park that were broken once: each with the park in which it showed, and what is right.
#include "sim/cfg/diag.h"
#include "tests/support/park_kit.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <stdlib.h>
#include <string.h>

// Rounding of sums of some thousand terms of the size of the result.
#define EXACT 1e-11

#define FOUND "tests/data/faults/"

static void make(struct park_kit *k, const char *path, const char *const *overrides, int count)
{
    park_kit_open(k, path, overrides, count);
    cr_assert(eq(int, (int)park_kit_make(k, 0, NULL), (int)SIM_OK), "%s", k->err.text);
}

/** What is told of a park given as text; free. */
static char *told_of(const char *text)
{
    struct sim_diag *d = sim_diag_create();
    struct park *p = NULL;
    const struct park_load_opts opts = {.overrides = NULL};
    const enum sim_status status = park_load_text("park.cfg", text, &opts, d, &p);
    char *told = sim_diag_render(d, 50);
    cr_assert(eq(int, (int)status, (int)sim_diag_status(d)), "%s", told);
    park_load_free(p);
    sim_diag_destroy(d);
    return told;
}

static void assert_told(const char *text, const char *words)
{
    char *told = told_of(text);
    cr_assert(ne(ptr, (void *)strstr(told, words), NULL), "%s", told);
    free(told);
}

static void assert_silent(const char *text)
{
    char *told = told_of(text);
    cr_assert(eq(str, told, ""), "%s", told);
    free(told);
}

// ---- a process that takes some of what it makes

#define PLANT(mode, takes, more)                                                                   \
    "format = 1; park = { start = \"2025-01-01\"; until = \"2025-01-03\"; };\n"                    \
    "streams = { e = { unit = \"MWh\"; kind = \"energy\"; }; coal = { unit = \"t\"; }; };\n"       \
    "firms = { p = { processes = { gen = { kind = \"continuous\"; product = \"e\";\n"              \
    "  mode = \"" mode "\"; capacity = \"100 MW\";\n"                                              \
    "  inputs = { coal = \"0.4 t/MWh\"; e = \"" takes "\"; }; }; }; }; };\n"                       \
    "markets = { mine = { sells = { coal = { }; }; }; " more " };\n"

Test(self_use, is_no_starving)
{
    struct park_kit k;
    make(&k, FOUND "f6_self_use_warned.cfg", NULL, 0);

    cr_assert(epsilon_eq(dbl, park_kit_total(&k, "p > grid: e"), 48 * 92, 48 * 92 * EXACT));
    park_kit_close(&k);
    assert_silent(PLANT("push", "0.08 MWh/MWh", "grid = { buys = { e = { }; }; };"));
}

Test(self_use, of_more_than_is_made_starves)
{
    assert_told(PLANT("push", "1.2 MWh/MWh", ""), "p.gen is starved for ever");
    assert_silent(PLANT("push", "1.2 MWh/MWh", "grid = { sells = { e = { }; }; };"));
}

// What it takes itself is no outlet for the rest.
Test(self_use, of_less_than_is_made_is_no_outlet)
{
    assert_told(PLANT("push", "0.08 MWh/MWh", ""), "p.gen stands still: its e has no outlet");
}

// ---- a repair at the end of the crew's hours

// 22 h of running, 9 h of repair by a crew that works from 22:00 to 24:00. It pauses: done on the
// fifth night at 23:00. It finishes: done at 07:00, and the next begins with the next shift.
Test(repair, pauses_or_is_finished_when_the_shift_ends)
{
    static const char *const pause[] = {"park.until=2025-01-06"};
    static const char *const finish[] = {"park.until=2025-01-06", "crews.g.closing=finish"};
    struct park_kit k;
    make(&k, FOUND "f9_repair_pauses.cfg", pause, 1);
    cr_assert(epsilon_eq(dbl, park_kit_total(&k, "f > b: w"), 23.0, 23 * EXACT));
    park_kit_close(&k);

    make(&k, FOUND "f9_repair_pauses.cfg", finish, 2);
    cr_assert(epsilon_eq(dbl, park_kit_total(&k, "f > b: w"), 66.0, 66 * EXACT));
    park_kit_close(&k);
}

// ---- closed dates hold for their own year

#define SHIFT(until, closed)                                                                       \
    "format = 1; park = { start = \"2026-01-01\"; until = \"" until "\"; };\n"                     \
    "streams = { w = { unit = \"t\"; }; };\n"                                                      \
    "calendars = { day = { open = ( \"Mon-Sat 06:00-22:00\" ); closed = ( " closed " ); }; };\n"   \
    "firms = { f = { calendar = \"day\"; processes = { m = { kind = \"continuous\";\n"             \
    "  product = \"w\"; capacity = \"1 t/h\"; }; }; }; };\n"                                       \
    "markets = { b = { buys = { w = { }; }; }; };\n"

Test(closed_dates, are_told_where_later_years_have_none)
{
    assert_silent(SHIFT("2027-01-01", "\"2026-02-14..2026-02-22\""));
    assert_told(SHIFT("2030-01-01", "\"2026-02-14..2026-02-22\""),
                "no day is closed in 2027 and other years of the run");
    assert_silent(SHIFT("2027-02-01", "\"2026-02-14..2026-02-22\"")); // February never comes again
    assert_told(SHIFT("2027-03-01", "\"2026-02-14..2026-02-22\""), "no day is closed in 2027:");
    assert_silent(SHIFT("2028-01-01", "\"2026-02-14..2026-02-22\", \"2027-02-05..2027-02-12\""));
}

Test(closed_dates, outside_of_the_run_are_told)
{
    assert_told(SHIFT("2027-01-01", "\"2025-02-14\""),
                "'2025-02-14' lies outside of the run, 2026-01-01 00:00 to 2027-01-01 00:00");
    assert_told(SHIFT("2027-01-01", "\"2027-01-01..2027-01-02\""), "lies outside of the run");
    assert_silent(SHIFT("2027-01-01", "\"2025-12-30..2026-01-02\""));
}
