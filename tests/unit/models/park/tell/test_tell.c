#include "models/park/park_model.h"
#include "models/park/tell/tell.h"
#include "sim/base/number.h"
#include "tests/support/park_kit.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <jansson.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/** The outcome of the one run that the kit has made. */
static struct sim_outcome outcome_of(const struct park_kit *k, struct sim_row **out_mean)
{
    *out_mean = sim_row_create_totals(k->schema);
    sim_row_copy_totals(*out_mean, k->row);
    return (struct sim_outcome){.schema = k->schema, .mean = *out_mean, .runs = 1, .ok = 1};
}

static void open_maker(struct park_kit *k, struct sim_row **mean, struct sim_outcome *outcome)
{
    park_kit_open(k, "tests/data/park_runs/maker.cfg", NULL, 0);
    cr_assert(eq(int, (int)park_kit_make(k, 0, NULL), (int)SIM_OK), "%s", k->err.text);
    *outcome = outcome_of(k, mean);
}

Test(tell, numbers_are_readable)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {{79056, "79,056"},
                 {1234567.8, "1,234,568"},
                 {-1234567, "-1,234,567"},
                 {1234.56, "1,234.6"},
                 {999.94, "999.9"},
                 {12.5, "12.50"},
                 {0, "0"},
                 {0.0123456, "0.01235"},
                 {-12.5, "-12.50"},
                 {-123456, "-123,456"},
                 {100, "100.0"},
                 {1e18, "1e+18"}};
    for (int i = 0; i < SIM_COUNT(cases); i++) {
        char out[SIM_NUMBER_TEXT];
        cr_expect(eq(str, sim_number_text(cases[i].value, out), (char *)cases[i].text));
    }
}

Test(tell, the_summary_names_flows_balances_and_what_was_disposed_of)
{
    struct park_kit k;
    struct sim_row *mean = NULL;
    struct sim_outcome outcome;
    struct sim_sink_buffer text;
    open_maker(&k, &mean, &outcome);
    sim_sink_buffer_init(&text);
    const struct sim_sink sink = sim_sink_buffer_sink(&text);
    park_tell_text(k.park, &outcome, &sink);

    cr_expect(ne(ptr, strstr(text.text, "16.00 m3   river > works: raw  [purchase]"), NULL), "%s",
              text.text);
    cr_expect(ne(ptr, strstr(text.text, "3.00 t    works > dump: waste  [disposal]"), NULL));
    cr_expect(ne(ptr, strstr(text.text, "Unserved demand: none"), NULL));
    cr_expect(ne(ptr, strstr(text.text, "close exactly; their throughput is\n"), NULL));
    cr_expect(ne(ptr, strstr(text.text, "8.00 t    waste\n"), NULL));
    sim_sink_buffer_fini(&text);
    sim_row_destroy(mean);
    park_kit_close(&k);
}

static const json_t *flow(const json_t *object, const char *from, const char *to)
{
    size_t i;
    json_t *o;
    json_array_foreach(json_object_get(object, "flows"), i, o)
    {
        if (strcmp(json_string_value(json_object_get(o, "from")), from) == 0 &&
            strcmp(json_string_value(json_object_get(o, "to")), to) == 0) {
            return o;
        }
    }
    cr_fatal("no flow from %s to %s", from, to);
    return NULL;
}

Test(tell, json_lists_flows_in_their_own_units)
{
    struct park_kit k;
    struct sim_row *mean = NULL;
    struct sim_outcome outcome;
    open_maker(&k, &mean, &outcome);
    json_t *object = json_object();
    park_tell_json(k.park, &outcome, object);

    const json_t *waste = flow(object, "works", "dump");
    cr_assert(epsilon_eq(dbl, json_real_value(json_object_get(waste, "amount")), 3.0, 1e-8));
    cr_assert(eq(str, (char *)json_string_value(json_object_get(waste, "unit")), "t"));
    cr_assert(eq(str, (char *)json_string_value(json_object_get(waste, "stream")), "waste"));
    cr_assert(eq(sz, json_array_size(json_object_get(object, "balance")), 3));
    const json_t *raw = json_array_get(json_object_get(object, "balance"), 0);
    cr_assert(epsilon_eq(dbl, json_real_value(json_object_get(raw, "throughput")), 16.0, 1e-8));
    cr_assert(ne(ptr, (void *)json_object_get(object, "unserved"), NULL));
    json_decref(object);
    sim_row_destroy(mean);
    park_kit_close(&k);
}

Test(tell, no_run_that_went_well_leaves_empty_lists)
{
    struct park_kit k;
    park_kit_open(&k, "tests/data/park_runs/maker.cfg", NULL, 0);
    const struct sim_outcome outcome = {.schema = k.schema, .runs = 1, .failed = 1};
    json_t *object = json_object();
    park_tell_json(k.park, &outcome, object);

    cr_assert(eq(sz, json_array_size(json_object_get(object, "flows")), 0));
    json_decref(object);
    park_kit_close(&k);
}

/** The summary of maker.cfg with overrides; to free. */
static char *summary_of(const char *const *overrides, int count)
{
    struct park_kit k;
    struct sim_row *mean = NULL;
    struct sim_sink_buffer text;
    park_kit_open(&k, "tests/data/park_runs/maker.cfg", overrides, count);
    cr_assert(eq(int, (int)park_kit_make(&k, 0, NULL), (int)SIM_OK), "%s", k.err.text);
    const struct sim_outcome outcome = outcome_of(&k, &mean);
    sim_sink_buffer_init(&text);
    const struct sim_sink sink = sim_sink_buffer_sink(&text);
    park_tell_text(k.park, &outcome, &sink);
    char *copy = sim_base_format("%s", text.text);
    sim_sink_buffer_fini(&text);
    sim_row_destroy(mean);
    park_kit_close(&k);
    return copy;
}

Test(tell, the_balance_says_how_well_it_closes)
{
    struct park_kit k;
    struct sim_row *mean = NULL;
    struct sim_outcome outcome;
    struct sim_sink_buffer text;
    open_maker(&k, &mean, &outcome);
    sim_row_f64(mean, sim_schema_var_find(k.schema, NULL, "balance_residual_t"))[0] = -3e-9;
    sim_sink_buffer_init(&text);
    const struct sim_sink sink = sim_sink_buffer_sink(&text);
    park_tell_text(k.park, &outcome, &sink);

    // 3e-9 t of the 8 t of waste are 3.75e-10.
    cr_expect(
        ne(ptr, strstr(text.text, "close within 1e-09 of their throughput, which is\n"), NULL),
        "%s", text.text);
    sim_sink_buffer_fini(&text);
    sim_row_destroy(mean);
    park_kit_close(&k);
}

// Residuals of opposite sign cancel in the mean; the largest of any run is what is told.
Test(tell, the_balance_of_many_runs_is_that_of_the_worst)
{
    struct park_kit k;
    struct sim_row *mean = NULL;
    struct sim_outcome outcome;
    struct sim_sink_buffer text;
    open_maker(&k, &mean, &outcome);
    struct sim_row *largest = sim_row_create_totals(k.schema);
    const int residual = sim_schema_var_find(k.schema, NULL, "balance_residual_t");
    sim_row_copy_totals(largest, mean);
    sim_row_f64(mean, residual)[0] = 0;
    sim_row_f64(largest, residual)[0] = 3e-9;
    outcome.largest = largest;
    outcome.runs = 2;
    outcome.ok = 2;
    sim_sink_buffer_init(&text);
    const struct sim_sink sink = sim_sink_buffer_sink(&text);
    park_tell_text(k.park, &outcome, &sink);

    cr_expect(ne(ptr,
                 strstr(text.text, "in every run all streams close within 1e-09 of their mean "
                                   "throughput, which is\n"),
                 NULL),
              "%s", text.text);
    sim_sink_buffer_fini(&text);
    sim_row_destroy(largest);
    sim_row_destroy(mean);
    park_kit_close(&k);
}

Test(tell, flows_stand_under_a_heading_of_their_unit)
{
    char *text = summary_of(NULL, 0);

    const char *water = strstr(text, "Largest flows in m3\n");
    const char *waste = strstr(text, "Largest flows in t\n");
    cr_assert(water != NULL && waste != NULL && water < waste, "%s", text);
    cr_assert(lt(ptr, (void *)strstr(text, "river > works: raw"), (void *)waste));
    cr_assert(gt(ptr, (void *)strstr(text, "works > dump: waste"), (void *)waste));
    free(text);
}

Test(tell, demand_not_met_is_told_by_who_wanted_what)
{
    static const char *const demand[] = {"markets.town.buys.water.demand=1 m3/h"};
    char *text = summary_of(demand, 1);

    // Open for 4 of 24 hours.
    cr_assert(ne(ptr, strstr(text, "20.00 m3   town: water, demand not met\n"), NULL), "%s", text);
    free(text);
}

Test(tell, money_is_told_by_party)
{
    static const char *const dear[] = {"markets.town.buys.water.price=30000000 EUR/m3"};
    static const char *const free_of_charge[] = {"markets.town.buys.water.price=0 EUR/m3",
                                                 "markets.river.sells.raw.price=0 EUR/m3",
                                                 "markets.dump.disposes.waste.price=0 EUR/t"};

    // 16 m3 are sold at 3 and bought at 1 EUR, 3 t disposed of at 2 EUR.
    char *text = summary_of(NULL, 0);
    cr_expect(ne(ptr, strstr(text, "Money in EUR\n"), NULL), "%s", text);
    cr_expect(ne(ptr, strstr(text, "48.00            22.00            26.00  works\n"), NULL), "%s",
              text);
    cr_expect(ne(ptr, strstr(text, "0            48.00           -48.00  town\n"), NULL));
    free(text);
    text = summary_of(dear, 1);
    cr_expect(ne(ptr, strstr(text, "480.0 million   -480.0 million  town\n"), NULL), "%s", text);
    free(text);
    text = summary_of(free_of_charge, 3);
    cr_expect(eq(ptr, strstr(text, "Money"), NULL), "%s", text);
    free(text);
}

static int warnings(const char *const *overrides, int count)
{
    struct park_kit k;
    struct sim_sink_buffer text;
    park_kit_open(&k, "tests/data/park_runs/two_yards.cfg", overrides, count);
    cr_assert(eq(int, (int)park_kit_make(&k, 0, NULL), (int)SIM_OK), "%s", k.err.text);
    struct sim_row *mean = NULL;
    const struct sim_outcome outcome = outcome_of(&k, &mean);
    sim_sink_buffer_init(&text);
    const struct sim_sink sink = sim_sink_buffer_sink(&text);
    park_tell_text(k.park, &outcome, &sink);
    int found = 0;
    for (const char *at = text.text; (at = strstr(at, "Warning: nothing moved")) != NULL; at++) {
        found++;
    }
    sim_sink_buffer_fini(&text);
    sim_row_destroy(mean);
    park_kit_close(&k);
    return found;
}

Test(tell, an_open_contract_under_which_nothing_moved_is_warned_of)
{
    static const char *const later[] = {"exchanges.carry.starts=2027-01-01"};
    static const char *const closed[] = {"exchanges.carry.open=false"};

    cr_assert(eq(int, warnings(NULL, 0), 0));
    cr_assert(eq(int, warnings(later, 1), 1));
    cr_assert(eq(int, warnings(closed, 1), 0));
}

// Two of the four hours pass before it leaves: 4 t of waste lie in the yard, none went away.
Test(tell, what_a_firm_that_left_has_left_behind_is_warned_of)
{
    static const char *const leaves[] = {"firms.works.leaves=2026-01-05 10:00"};
    char *text = summary_of(leaves, 1);

    const char *told = "Warning: works left on 2026-01-05 10:00; 4.00 t are still in works.yard\n";
    cr_expect(ne(ptr, strstr(text, told), NULL), "%s", text);
    free(text);
    text = summary_of(NULL, 0);
    cr_expect(eq(ptr, strstr(text, "are still in"), NULL), "%s", text);
    free(text);
}

// 3 t are disposed of, at 0.4 tCO2e each.
Test(tell, emissions_are_told_by_party_source_and_scope)
{
    struct park_kit k;
    struct sim_row *mean = NULL;
    struct sim_outcome outcome;
    open_maker(&k, &mean, &outcome);
    json_t *object = json_object();
    park_tell_json(k.park, &outcome, object);

    const json_t *list = json_object_get(object, "emissions");
    cr_assert(eq(sz, json_array_size(list), 1));
    const json_t *one = json_array_get(list, 0);
    cr_expect(eq(str, (char *)json_string_value(json_object_get(one, "party")), "works"));
    cr_expect(eq(str, (char *)json_string_value(json_object_get(one, "source")), "waste"));
    cr_expect(eq(int, (int)json_integer_value(json_object_get(one, "scope")), 3));
    cr_expect(epsilon_eq(dbl, json_real_value(json_object_get(one, "fossil_t")), 1.2, 1e-12));
    cr_expect(eq(sz, json_array_size(json_object_get(object, "parties")), 4));
    const json_t *park = json_object_get(object, "park_co2e");
    cr_expect(epsilon_eq(dbl, json_real_value(json_object_get(park, "co2e_scope3")), 1.2, 1e-12));
    json_decref(object);
    sim_row_destroy(mean);
    park_kit_close(&k);
    char *text = summary_of(NULL, 0);
    const char *const lines[] = {
        "Emissions in t of CO2e: fossil by scope, biogenic apart\n"
        "         scope 1        scope 2        scope 3       biogenic\n"
        "               0              0           1.20              0  works\n"
        "               0              0           1.20              0  the park, each tonne "
        "once\n",
        "          1.20 scope 3   works: waste\n"};
    for (int i = 0; i < 2; i++) {
        cr_expect(ne(ptr, strstr(text, lines[i]), NULL), "%s", text);
    }
    free(text);
}
