#include "sim/sweep/sink.h"
#include "tests/support/park_kit.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <stdio.h>
#include <string.h>

// Rounding of sums of some thousand terms of the size of the result.
#define EXACT 1e-11

/** One user of a river's water, by contract, from 2026 on; recorded by the hour. */
#define PARK(until, more)                                                                          \
    "format = 1;\n"                                                                                \
    "park = { start = \"2026-01-01\"; until = \"" until "\"; record = { every = \"1 h\"; };" more  \
    " };\n"                                                                                        \
    "economy = { currency = \"EUR\"; };\n"                                                         \
    "streams = { water = { unit = \"m3\"; kind = \"water\"; }; };\n"                               \
    "markets = { river = { sells = { water = { price = \"2 EUR/m3\"; }; }; }; };\n"

#define TOWN(keys)                                                                                 \
    "firms = { town = { " keys " processes = { people = { kind = \"continuous\";\n"                \
    "  basis = \"water\"; capacity = \"1 m3/h\"; }; }; }; };\n"

#define DEAL(keys)                                                                                 \
    "exchanges = { deal = { stream = \"water\"; from = \"river\"; to = \"town\";\n"                \
    "  price = \"7 EUR/m3\"; " keys " }; };\n"

#define BOUGHT "river > town: water"

static void make(struct park_kit *k, const char *text)
{
    park_kit_open_text(k, text);
    cr_assert(eq(int, (int)park_kit_make(k, 0, NULL), (int)SIM_OK), "%s", k->err.text);
}

// 4380 m3 at 1 m3/h: half of the 8760 hours of 2026.
Test(contract, stops_at_the_instant_its_yearly_limit_is_reached)
{
    struct park_kit k;
    struct sim_sink_buffer text;
    park_kit_open_text(&k, PARK("2027-01-01", "") TOWN("") DEAL("at_most = \"4380 m3/year\";"));
    sim_sink_buffer_init(&text);
    const struct sim_sink sink = sim_sink_buffer_sink(&text);
    cr_assert(eq(int, (int)park_kit_make(&k, 0, &sink), (int)SIM_OK), "%s", k.err.text);

    cr_assert(epsilon_eq(dbl, park_kit_total(&k, BOUGHT), 4380.0, 4380 * EXACT));
    cr_assert(epsilon_eq(dbl, park_kit_series(&k, BOUGHT, 4379), 1.0, 1e-6)); // float32
    cr_assert(eq(dbl, park_kit_series(&k, BOUGHT, 4380), 0.0));
    cr_assert(
        epsilon_eq(dbl, park_kit_unserved(&k, "town > town.people: water"), 4380, 4380 * EXACT));
    const char *when = strstr(text.text, "2026-07-02 12:00");
    cr_assert(ne(ptr, (void *)when, NULL), "%s", text.text);
    cr_assert(ne(ptr, strstr(when, "has reached its limit of this year: 4380 m3"), NULL));
    cr_assert(ne(ptr, strstr(text.text, "stands still: its limit of this year is reached"), NULL));
    cr_assert(le(dbl, park_kit_worst_balance(&k), 1e-9));
    sim_sink_buffer_fini(&text);
    park_kit_close(&k);
}

Test(contract, goes_on_on_the_first_of_january_of_each_year)
{
    struct park_kit k;
    make(&k, PARK("2029-01-01", "") TOWN("") DEAL("at_most = \"100 m3/year\";"));

    const int64_t second = 365 * 24;
    const int64_t third = second + 365 * 24; // 2028, a leap year
    cr_assert(epsilon_eq(dbl, park_kit_total(&k, BOUGHT), 300.0, 300 * EXACT));
    cr_assert(eq(dbl, park_kit_series(&k, BOUGHT, second - 1), 0.0));
    cr_assert(epsilon_eq(dbl, park_kit_series(&k, BOUGHT, second), 1.0, 1e-6));
    cr_assert(eq(dbl, park_kit_series(&k, BOUGHT, second + 100), 0.0));
    cr_assert(epsilon_eq(dbl, park_kit_series(&k, BOUGHT, third + 99), 1.0, 1e-6));
    cr_assert(eq(dbl, park_kit_series(&k, BOUGHT, third + 100), 0.0));
    park_kit_close(&k);
}

// A limit that is not reached begins anew, too: 8760 h x 1 m3/h a year stay below 9000.
Test(contract, a_limit_that_is_not_reached_stops_nothing_later)
{
    struct park_kit k;
    make(&k, PARK("2028-01-01", "") TOWN("") DEAL("at_most = \"9000 m3/year\";"));

    cr_assert(epsilon_eq(dbl, park_kit_total(&k, BOUGHT), 2 * 8760.0, 17520 * EXACT));
    park_kit_close(&k);
}

// What flowed in the warm-up counts, as the calendar year does: 10 days of 240 h.
Test(contract, the_limit_counts_the_warm_up)
{
    struct park_kit k;
    make(&k,
         PARK("2027-01-01", " warmup = \"10 days\";") TOWN("") DEAL("at_most = \"400 m3/year\";"));

    cr_assert(epsilon_eq(dbl, park_kit_total(&k, BOUGHT), 160.0, 160 * EXACT));
    park_kit_close(&k);
}

// Seconds that are no whole microseconds: 1/3 m3/h for 7 m3 is 21 h, met within a microsecond.
Test(contract, exceeds_its_limit_by_no_more_than_flows_in_a_microsecond)
{
    struct park_kit k;
    make(&k, PARK("2027-01-01", "") "firms = { town = { processes = { people = { kind = "
                                    "\"continuous\"; basis = \"water\";\n"
                                    "  capacity = \"0.333333333 m3/h\"; }; }; }; };\n" DEAL(
                                        "at_most = \"7 m3/year\";"));

    const double over = park_kit_total(&k, BOUGHT) - 7;
    cr_assert(ge(dbl, over, -7 * EXACT));
    cr_assert(le(dbl, over, 0.333333333 / 3.6e9 + 7 * EXACT));
    park_kit_close(&k);
}

// 8760 m3 a year are taken of 10000 due: 1240 at 7 EUR. Two years, booked twice.
Test(contract, what_is_not_taken_is_paid_at_the_end_of_each_year)
{
    struct park_kit k;
    make(&k, PARK("2028-01-01", "") TOWN("") DEAL("take_or_pay = \"10000 m3/year\";"));

    cr_assert(epsilon_eq(dbl, park_kit_total(&k, BOUGHT), 17520, 17520 * EXACT));
    cr_assert(epsilon_eq(dbl, park_kit_money(&k, BOUGHT), 7 * 20000.0, 140000 * EXACT));
    park_kit_close(&k);
}

// In force 73 of 365 days: a fifth of 10000 is due, 73 x 24 = 1752 are taken.
Test(contract, of_a_part_of_a_year_a_part_is_due)
{
    struct park_kit k;
    make(&k, PARK("2027-01-01", "") TOWN("")
                 DEAL("take_or_pay = \"10000 m3/year\"; starts = \"2026-02-01\"; "
                      "ends = \"2026-04-15\";"));

    cr_assert(epsilon_eq(dbl, park_kit_total(&k, BOUGHT), 1752.0, 1752 * EXACT));
    cr_assert(epsilon_eq(dbl, park_kit_money(&k, BOUGHT), 7 * 2000.0, 14000 * EXACT));
    park_kit_close(&k);
}

// The run ends after 73 days, of which 36.5 are warm-up: a tenth is due.
Test(contract, of_a_run_that_ends_within_the_year_a_part_is_due)
{
    struct park_kit k;
    make(&k, PARK("2026-03-15", " warmup = \"876 h\";") TOWN("")
                 DEAL("take_or_pay = \"10000 m3/year\";"));

    cr_assert(epsilon_eq(dbl, park_kit_total(&k, BOUGHT), 876.0, 876 * EXACT));
    cr_assert(epsilon_eq(dbl, park_kit_money(&k, BOUGHT), 7 * 1000.0, 7000 * EXACT));
    park_kit_close(&k);
}

Test(contract, more_than_is_due_costs_nothing_more)
{
    struct park_kit k;
    make(&k, PARK("2027-01-01", "") TOWN("") DEAL("take_or_pay = \"8000 m3/year\";"));

    cr_assert(epsilon_eq(dbl, park_kit_money(&k, BOUGHT), 7 * 8760.0, 61320 * EXACT));
    park_kit_close(&k);
}

Test(contract, the_same_again_on_a_state_that_was_used)
{
    struct park_kit k;
    make(&k, PARK("2028-01-01", "") TOWN("") DEAL("at_most = \"100 m3/year\";"
                                                  "take_or_pay = \"90 m3/year\";"));
    const uint64_t first = park_kit_hash(&k);
    cr_assert(eq(int, (int)park_kit_make(&k, 0, NULL), (int)SIM_OK));

    cr_assert(eq(u64, park_kit_hash(&k), first));
    park_kit_close(&k);
}

/** A year of the town at 1 m3/h, with dates: so many hours of flow are left. */
static void flows_for(const char *text, int64_t first, int64_t end)
{
    struct park_kit k;
    make(&k, text);

    const double hours = (double)(end - first);
    cr_expect(epsilon_eq(dbl, park_kit_total(&k, BOUGHT), hours, hours * EXACT));
    cr_expect(epsilon_eq(dbl, park_kit_series(&k, BOUGHT, first), 1.0, 1e-6));
    cr_expect(first == 0 || park_kit_series(&k, BOUGHT, first - 1) <= 0);
    cr_expect(epsilon_eq(dbl, park_kit_series(&k, BOUGHT, end - 1), 1.0, 1e-6));
    cr_expect(end == 8760 || park_kit_series(&k, BOUGHT, end) <= 0);
    park_kit_close(&k);
}

#define YEAR PARK("2027-01-01", "")
#define LINK(keys)                                                                                 \
    "links = { main = { kind = \"pipe\"; stream = \"water\"; from = \"river\"; to = \"town\";\n"   \
    "  capacity = \"9 m3/h\"; " keys " }; };\n"                                                    \
    "exchanges = { deal = { over = \"main\"; price = \"7 EUR/m3\"; }; };\n"

Test(contract, nothing_moves_before_and_after_the_dates_of_contract_link_and_firm)
{
    const int64_t february = 31 * 24;
    const int64_t april = (31 + 28 + 31) * 24;
    flows_for(YEAR TOWN("") DEAL("starts = \"2026-02-01\"; ends = \"2026-04-01\";"), february,
              april);
    flows_for(YEAR TOWN("") LINK("enters = \"2026-02-01\"; leaves = \"2026-04-01\";"), february,
              april);
    flows_for(YEAR TOWN("enters = \"2026-02-01\"; leaves = \"2026-04-01\";") LINK(""), february,
              april);
    flows_for(YEAR TOWN("leaves = \"2026-04-01\";") LINK("enters = \"2026-02-01\";"), february,
              april);
}

// 5 EUR a m3 for what enters the line, beside the price of what is bought.
Test(contract, carrying_over_a_link_costs_its_payer)
{
    struct park_kit k;
    make(&k, PARK("2026-01-02", "") TOWN("") LINK("cost = \"5 EUR/m3\"; payer = \"to\";"));

    const int axis = sim_schema_axis_find(k.schema, "ledger", "entry");
    const int64_t at = sim_schema_label(k.schema, axis, BOUGHT);
    const int var = sim_schema_var_find(k.schema, "ledger", "carriage");
    cr_assert(epsilon_eq(dbl, park_kit_money(&k, BOUGHT), 24 * 7.0, 168 * EXACT));
    cr_assert(epsilon_eq(dbl, sim_row_f64_const(k.row, var)[at], 24 * 5.0, 120 * EXACT));
    park_kit_close(&k);
}
