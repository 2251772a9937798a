#include "models/park/ask/responses.h"
#include "tests/support/park_kit.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAKER  "tests/data/park_runs/maker.cfg"
#define SHARED "tests/data/park_runs/shared_steam.cfg"

/** Designs loaded, responses declared, and one run made of one of them. */
struct study {
    struct park_kit kits[2];
    const struct park *parks[2];
    int count;
    struct sim_diag *diag;
    struct sim_schema *schema;
    struct sim_row *row;
};

static void open_study(struct study *x, const char *first, const char *second)
{
    *x = (struct study){.count = second != NULL ? 2 : 1};
    park_kit_open(&x->kits[0], first, NULL, 0);
    x->parks[0] = x->kits[0].park;
    if (second != NULL) {
        park_kit_open(&x->kits[1], second, NULL, 0);
        x->parks[1] = x->kits[1].park;
    }
    x->diag = sim_diag_create();
    x->schema = sim_schema_create();
}

static void close_study(struct study *x)
{
    for (int i = 0; i < x->count; i++) {
        park_kit_close(&x->kits[i]);
    }
    sim_row_destroy(x->row);
    sim_schema_destroy(x->schema);
    sim_diag_destroy(x->diag);
}

static enum sim_status declare(struct study *x, const struct sim_model_want *want)
{
    struct sim_err err = {0};
    const enum sim_status status =
        park_results_declare(x->parks, x->count, want, x->diag, x->schema, &err);
    park_responses_declare(x->parks, x->count, want, x->diag, x->schema);
    return status == SIM_OK ? sim_diag_status(x->diag) : status;
}

static void run(struct study *x, const struct sim_model_want *want, int design)
{
    struct sim_err err = {0};
    struct sim_model_end end;
    const struct sim_trial trial = {.seed = x->parks[design]->seed};
    struct park_run *r = park_run_create(x->parks[design], want, x->schema);
    sim_row_destroy(x->row);
    x->row = sim_row_create(x->schema, SIM_SCHEMA_RUN);
    cr_assert(eq(int, (int)park_run_trial(r, &trial, NULL, x->row, &end, &err), (int)SIM_OK), "%s",
              err.text);
    park_run_destroy(r);
}

static double value(const struct study *x, const char *name)
{
    return *sim_row_f64_const(x->row, sim_schema_var_find(x->schema, NULL, name));
}

static void make(struct study *x, const struct sim_response *responses, int count, int design)
{
    const struct sim_model_want want = {.responses = responses, .response_count = count};
    const enum sim_status status = declare(x, &want);
    char *text = sim_diag_render(x->diag, 0);
    cr_assert(eq(int, (int)status, (int)SIM_OK), "%s", text);
    free(text);
    run(x, &want, design);
}

static void is_close(const struct study *x, const char *name, double wanted)
{
    cr_assert(epsilon_eq(dbl, value(x, name), wanted, 1e-9 * fabs(wanted) + 1e-12), "%s: %.17g",
              name, value(x, name));
}

/* By hand: 4 h of 4 m3/h; 8 t of waste, 5 t fit in the yard, 3 t go to the dump. */
Test(responses, are_sums_of_the_ledger_in_the_unit_asked)
{
    const struct sim_response asked[] = {
        {.name = "co2", .of = "environment.co2e", .unit = "kg"},
        {.name = "scope1", .of = "environment.co2e_scope1"},
        {.name = "scope3", .of = "environment.co2e_scope3", .where = "works", .unit = "tCO2e/day"},
        {.name = "cost", .of = "money.operating_cost", .unit = "EUR"},
        {.name = "net", .of = "money.net", .where = "firms.works", .unit = "EUR/year"},
        {.name = "thousands", .of = "money.spent", .unit = "million EUR/year"},
        {.name = "earned", .of = "money.earned", .where = "dump", .unit = "EUR"},
        {.name = "dumped", .of = "environment.landfilled"},
        {.name = "raw", .of = "flows.purchased", .stream = "raw", .unit = "m3"},
        {.name = "water", .of = "flows.sold", .unit = "t"}, // by its density
        {.name = "made", .of = "flows.produced", .where = "works.mill", .stream = "waste"},
        {.name = "share", .of = "symbiosis.landfill_share", .unit = "%"},
        {.name = "load", .of = "reliability.utilisation", .where = "works.mill"},
        {.name = "up", .of = "reliability.availability", .where = "works.mill"},
        {.name = "burnt", .of = "environment.incinerated"}};
    struct study x;
    open_study(&x, MAKER, NULL);
    make(&x, asked, SIM_COUNT(asked), 0);

    is_close(&x, "co2", 1200);
    is_close(&x, "scope1", 0);
    is_close(&x, "scope3", 1.2);
    is_close(&x, "cost", -26);
    is_close(&x, "net", 26 * 365.0);
    is_close(&x, "thousands", 22 * 365.0 / 1e6);
    is_close(&x, "earned", 6);
    is_close(&x, "dumped", 3 * 365.0);
    is_close(&x, "raw", 16);
    is_close(&x, "water", 16);
    is_close(&x, "made", 8 * 365.0);
    is_close(&x, "share", 37.5);
    is_close(&x, "load", 4 / 24.0);
    is_close(&x, "up", 1);
    is_close(&x, "burnt", 0);
    close_study(&x);
}

/** The ledger's column summed up over entries of a stream by the kind of their two ends. */
static double entries(const struct study *x, const char *column, const char *stream,
                      const char *from, const char *to)
{
    const struct sim_schema *s = x->schema;
    const int var = sim_schema_var_find(s, "ledger", column);
    const char *const names[] = {"entry_stream", "entry_from", "entry_to"};
    const char *const wanted[] = {stream, from, to};
    double sum = 0;
    for (int64_t i = 0; i < sim_schema_var_size(s, var); i++) {
        bool is = true;
        for (int k = 0; k < SIM_COUNT(names); k++) {
            const int text = sim_schema_var_find(s, "ledger", names[k]);
            const char *const *texts = sim_schema_var_at(s, text)->values;
            is = is && (wanted[k] == NULL || strcmp(texts[i], wanted[k]) == 0);
        }
        sum += is ? sim_row_f64_const(x->row, var)[i] : 0;
    }
    return sum;
}

Test(responses, follow_exchanges_links_and_failures)
{
    const struct sim_response asked[] = {
        {.name = "sent", .of = "flows.exchanged", .where = "exchanges.mill", .unit = "t"},
        {.name = "got", .of = "flows.delivered", .where = "main", .unit = "t"},
        {.name = "late", .of = "flows.delivered", .where = "side", .unit = "t"},
        {.name = "lost", .of = "flows.lost", .where = "main", .unit = "t"},
        {.name = "paid", .of = "money.paid", .where = "exchanges.mill", .unit = "EUR"},
        {.name = "carried", .of = "money.carriage", .where = "main", .unit = "EUR"},
        {.name = "steam", .of = "symbiosis.substitution", .where = "mill", .stream = "steam"},
        {.name = "short_of",
         .of = "reliability.unserved",
         .where = "mill",
         .stream = "steam",
         .unit = "t"},
        {.name = "served", .of = "reliability.served_share", .where = "mill", .stream = "steam"},
        {.name = "hrb", .of = "reliability.availability", .where = "plant.hrb"},
        {.name = "pipe", .of = "reliability.availability", .where = "main"},
        {.name = "coal", .of = "environment.co2e_scope1", .stream = "coal", .unit = "t"},
        {.name = "co2", .of = "environment.co2e", .unit = "t"},
        {.name = "s1", .of = "environment.co2e_scope1", .unit = "t"},
        {.name = "s2", .of = "environment.co2e_scope2", .unit = "t"},
        {.name = "s3", .of = "environment.co2e_scope3", .unit = "t"}};
    struct study x;
    open_study(&x, SHARED, NULL);
    make(&x, asked, SIM_COUNT(asked), 0);

    const double sent = entries(&x, "quantity", "steam", "plant", "mill");
    const double used = entries(&x, "quantity", "steam", "mill", "mill.use");
    cr_assert(gt(dbl, sent, 1000));
    is_close(&x, "sent", sent);
    is_close(&x, "got", 0.98 * sent);
    is_close(&x, "lost", 0.02 * sent);
    is_close(&x, "late", // what entered the pipe with delay, and what came out
             entries(&x, "quantity", "steam", NULL, "dyer") -
                 entries(&x, "quantity", "steam", "plant", "dyer"));
    cr_assert(gt(dbl, value(&x, "late"), 100));
    is_close(&x, "paid", entries(&x, "money", "steam", "plant", "mill"));
    is_close(&x, "carried", 0.5 * sent);
    cr_assert(gt(dbl, value(&x, "short_of"), 0));
    is_close(&x, "steam", 0.98 * sent / (used + value(&x, "short_of")));
    is_close(&x, "served", used / (used + value(&x, "short_of")));
    cr_assert(lt(dbl, value(&x, "hrb"), 0.97)); // mean 300 h up, over 20 h down
    cr_assert(gt(dbl, value(&x, "hrb"), 0.80));
    cr_assert(lt(dbl, value(&x, "pipe"), 1)); // 12 h and waiting, each 900 h
    cr_assert(gt(dbl, value(&x, "pipe"), 0.95));
    is_close(&x, "co2", entries(&x, "co2e", NULL, NULL, NULL));
    is_close(&x, "co2", value(&x, "s1") + value(&x, "s2") + value(&x, "s3"));
    cr_assert(gt(dbl, value(&x, "coal"), 0));
    cr_assert(lt(dbl, value(&x, "coal"), value(&x, "s1")));
    close_study(&x);
}

/* 14 t/h of bricks are possible on 306 days of 16 h; what was made is what was sold. */
Test(responses, tell_what_was_held_back)
{
    const struct sim_response asked[] = {
        {.name = "lost", .of = "reliability.held_back", .where = "brick.kiln", .unit = "t"},
        {.name = "of_bricks", .of = "reliability.held_back", .stream = "bricks", .unit = "kt"},
        {.name = "all", .of = "reliability.held_back", .unit = "t"},
        {.name = "firm", .of = "reliability.held_back", .where = "brick"},
        {.name = "mill", .of = "reliability.held_back", .where = "firms.mill"},
        {.name = "hours", .of = "reliability.held_back_hours", .where = "brick.kiln", .unit = "h"},
        {.name = "yearly", .of = "reliability.held_back_hours", .where = "brick.kiln"},
        {.name = "share", .of = "reliability.held_back_hours", .where = "brick.kiln", .unit = "%"},
        {.name = "sold", .of = "flows.sold", .stream = "bricks", .unit = "t"}};
    struct study x;
    open_study(&x, "configs/first_park.cfg", NULL);
    make(&x, asked, SIM_COUNT(asked), 0);

    is_close(&x, "lost", 14 * 16 * 306 - value(&x, "sold"));
    is_close(&x, "of_bricks", value(&x, "lost") / 1e3);
    is_close(&x, "firm", value(&x, "lost"));
    cr_expect(lt(dbl, value(&x, "mill"), 1e-6));
    is_close(&x, "all", value(&x, "lost") + value(&x, "mill"));
    is_close(&x, "yearly", value(&x, "hours"));
    is_close(&x, "share", value(&x, "hours") / 87.6);
    cr_expect(gt(dbl, value(&x, "hours"), value(&x, "lost") / 14));
    close_study(&x);
}

/* 10 t/h of steam from a tonne of coal, of 2 t of CO2e and 0.1 t before: a day. */
Test(responses, tell_carbon_of_a_party_with_what_it_bought_in_the_park)
{
    const struct sim_response asked[] = {
        {.name = "park", .of = "environment.co2e", .unit = "t"},
        {.name = "park2", .of = "environment.co2e_scope2", .unit = "t"},
        {.name = "works", .of = "environment.co2e", .where = "works", .unit = "t"},
        {.name = "town", .of = "environment.co2e", .where = "town", .unit = "t"},
        {.name = "town2",
         .of = "environment.co2e_scope2",
         .where = "town",
         .stream = "steam",
         .unit = "t"}};
    struct study x;
    open_study(&x, "tests/data/park_runs/bought_steam.cfg", NULL);
    make(&x, asked, SIM_COUNT(asked), 0);

    is_close(&x, "park", 24 * 2.1);
    is_close(&x, "park2", 0);
    is_close(&x, "works", 24 * 2.1);
    is_close(&x, "town", 24 * 2);
    is_close(&x, "town2", 24 * 2);
    close_study(&x);
}

Test(responses, of_what_a_design_lacks_are_0_for_sums_and_none_for_shares)
{
    const struct sim_response asked[] = {
        {.name = "moved", .of = "flows.exchanged", .where = "carry", .stream = "waste"},
        {.name = "raw", .of = "flows.purchased", .stream = "raw", .unit = "m3"},
        {.name = "cost", .of = "money.spent", .where = "works"},
        {.name = "load", .of = "reliability.utilisation", .where = "works.mill"}};
    const struct sim_model_want want = {.responses = asked, .response_count = SIM_COUNT(asked)};
    struct study x;
    open_study(&x, MAKER, "tests/data/park_runs/two_yards.cfg");
    // "carry" is both an exchange and a link of the second.
    cr_assert(eq(int, (int)declare(&x, &want), (int)SIM_INPUT));
    close_study(&x);

    struct sim_response better[SIM_COUNT(asked)];
    memcpy(better, asked, sizeof(asked));
    better[0].where = "exchanges.carry";
    open_study(&x, MAKER, "tests/data/park_runs/two_yards.cfg");
    make(&x, better, SIM_COUNT(better), 0);
    cr_assert(eq(dbl, value(&x, "moved"), 0));
    cr_assert(gt(dbl, value(&x, "cost"), 0));
    const struct sim_model_want all = {.responses = better, .response_count = SIM_COUNT(better)};
    run(&x, &all, 1);
    cr_assert(gt(dbl, value(&x, "moved"), 0));
    cr_assert(eq(dbl, value(&x, "raw"), 0));
    cr_assert(eq(dbl, value(&x, "cost"), 0));
    cr_assert(isnan(value(&x, "load")));
    close_study(&x);
}

static void refuse(const struct sim_response *r, const char *words)
{
    const struct sim_model_want want = {.responses = r, .response_count = 1};
    struct study x;
    open_study(&x, SHARED, NULL);
    const enum sim_status status = declare(&x, &want);
    char *text = sim_diag_render(x.diag, 0);
    cr_assert(eq(int, (int)status, (int)SIM_INPUT), "%s", words);
    cr_assert(strstr(text, words) != NULL, "%s: %s", words, text);
    free(text);
    close_study(&x);
}

Test(responses, that_mean_nothing_are_refused_with_what_was_meant)
{
    refuse(&(struct sim_response){.name = "a", .of = "enviroment.co2e"},
           "did you mean 'environment.co2e'?");
    refuse(&(struct sim_response){.name = "a", .of = "money.spent", .where = "mil"},
           "did you mean 'mill'?");
    refuse(&(struct sim_response){.name = "a", .of = "reliability.availability", .where = "mill"},
           "'mill' is a firm, utility or market, exchange");
    refuse(&(struct sim_response){.name = "a", .of = "reliability.utilisation"}, "say `where`");
    refuse(&(struct sim_response){.name = "a", .of = "flows.exchanged", .where = "mill"},
           "names more than one");
    refuse(&(struct sim_response){.name = "a", .of = "flows.sold", .stream = "steem"},
           "did you mean 'steam'?");
    refuse(&(struct sim_response){.name = "a", .of = "money.spent", .stream = "steam"},
           "leave `stream` out");
    refuse(&(struct sim_response){.name = "a", .of = "symbiosis.substitution"}, "say `stream`");
    refuse(&(struct sim_response){.name = "a", .of = "environment.co2e", .unit = "EUR/year"},
           "is told in units such as 't/year'");
    refuse(&(struct sim_response){.name = "a", .of = "environment.co2e", .unit = "t/yr2"}, "yr2");
    refuse(&(struct sim_response){.name = "a", .of = "flows.purchased", .unit = "t/year"},
           "water cannot be told in 't/year'");
    refuse(&(struct sim_response){.name = "events", .of = "money.spent"}, "take another name");
    refuse(&(struct sim_response){.name = "flow_t_total", .of = "money.spent"},
           "take another name");
}

Test(responses, say_in_the_file_what_they_are)
{
    const struct sim_response asked[] = {
        {.name = "co2",
         .title = "Phát thải",
         .of = "environment.co2e",
         .where = "mill",
         .unit = "t/year"},
        {.name = "coal", .of = "flows.purchased", .where = "firms.mill", .stream = "coal"}};
    const struct sim_model_want want = {.responses = asked, .response_count = 2};
    struct study x;
    open_study(&x, SHARED, NULL);
    cr_assert(eq(int, (int)declare(&x, &want), (int)SIM_OK));
    const struct sim_schema_var *v =
        sim_schema_var_at(x.schema, sim_schema_var_find(x.schema, NULL, "co2"));
    cr_assert(eq(str, (char *)v->units, "t/year"));
    cr_assert(eq(str, (char *)v->long_name, "Phát thải"));
    cr_assert(v->is_summarised);
    cr_assert(eq(int, v->attr_count, 3));
    cr_assert(eq(str, (char *)v->attrs[1].text, "mill"));
    cr_assert(eq(str, (char *)v->attrs[2].text, "less"));
    const struct sim_schema_var *coal =
        sim_schema_var_at(x.schema, sim_schema_var_find(x.schema, NULL, "coal"));
    cr_assert(eq(str, (char *)coal->long_name, "bought from markets (firms.mill, coal)"));
    cr_assert(eq(str, (char *)coal->units, "t/year"));
    close_study(&x);
}

static bool has(const struct study *x, const char *name)
{
    return sim_schema_var_find(x->schema, NULL, name) >= 0;
}

Test(store, keeps_the_series_that_are_chosen_and_no_others)
{
    const char *const store[] = {"levels of burner.bunker", "flows of mill", "money"};
    const struct sim_model_want want = {.store = store, .store_count = 3, .is_exact = true};
    struct study x;
    open_study(&x, SHARED, NULL);
    cr_assert(eq(int, (int)declare(&x, &want), (int)SIM_OK));
    cr_assert(has(&x, "level_t"));
    cr_assert(has(&x, "flow_t"));
    cr_assert(has(&x, "earned"));
    cr_assert(not(has(&x, "flow_MWh"))); // the mill has none of it
    cr_assert(not(has(&x, "running")));
    cr_assert(not(has(&x, "co2e_scope1")));
    run(&x, &want, 0);

    const int axis = sim_schema_axis_find(x.schema, NULL, "link_t");
    const int64_t days = park_results_interval_count(x.parks[0]);
    const int flow = sim_schema_var_find(x.schema, NULL, "flow_t");
    const int total = sim_schema_var_find(x.schema, NULL, "flow_t_total");
    const int64_t kept = sim_schema_label(x.schema, axis, "plant > mill: steam");
    const int64_t other = sim_schema_label(x.schema, axis, "city > burner: waste");
    double sum = 0;
    for (int64_t i = 0; i < days; i++) {
        sum += sim_row_value(x.row, flow, kept * days + i);
        cr_assert(isnan(sim_row_value(x.row, flow, other * days + i)));
    }
    cr_assert(
        epsilon_eq(dbl, sum, sim_row_f64_const(x.row, total)[kept], 1e-9 * sum)); // exact: float64
    cr_assert(gt(dbl, sim_row_f64_const(x.row, total)[other], 0)); // totals are always there
    close_study(&x);
}

Test(store, keeps_nothing_for_responses_and_everything_for_all)
{
    const char *const none[] = {"responses"};
    const char *const all[] = {"all"};
    const struct sim_model_want wants[] = {{.store = none, .store_count = 1},
                                           {.store = all, .store_count = 1}};
    static const char *const series[] = {"flow_t", "level_t",     "running",
                                         "down",   "co2e_scope1", "spent"};
    for (int i = 0; i < 2; i++) {
        struct study x;
        open_study(&x, SHARED, NULL);
        cr_assert(eq(int, (int)declare(&x, &wants[i]), (int)SIM_OK));
        for (int k = 0; k < SIM_COUNT(series); k++) {
            cr_assert(eq(int, has(&x, series[k]), i), "%s", series[k]);
        }
        run(&x, &wants[i], 0);
        close_study(&x);
    }
}

Test(store, refuses_what_names_no_series)
{
    static const char *const wrong[] = {"flow", "levels of mill.use", "levels of",
                                        "emissions of main"};
    for (int i = 0; i < SIM_COUNT(wrong); i++) {
        const struct sim_model_want want = {.store = &wrong[i], .store_count = 1};
        struct study x;
        open_study(&x, SHARED, NULL);
        cr_assert(eq(int, (int)declare(&x, &want), (int)SIM_INPUT), "%s", wrong[i]);
        close_study(&x);
    }
}

/** Exchange efficiency and substitution of the stream g, with the park's run. */
static void symbiosis_of(const char *park, double efficiency, double substitution)
{
    const struct sim_response asked[] = {
        {.name = "ee", .of = "symbiosis.exchange_efficiency", .stream = "g", .unit = "%"},
        {.name = "su", .of = "symbiosis.substitution", .stream = "g", .unit = "%"}};
    struct study x;
    open_study(&x, park, NULL);
    make(&x, asked, SIM_COUNT(asked), 0);

    is_close(&x, "ee", efficiency);
    is_close(&x, "su", substitution);
    close_study(&x);
}

// 10 t/h leave the giver, 9 arrive over a pipe that loses 10 %, and 9 could be used.
Test(responses, count_of_exchanges_what_arrives)
{
    symbiosis_of("tests/data/faults/F11_efficiency_above_100.cfg", 100, 100);
}

Test(responses, count_what_a_hub_passes_on_once)
{
    symbiosis_of("tests/data/park_runs/hub.cfg", 75, 50);
}

/* What decays of CO2 in a stock: 100 (1 - exp(-t / 100)) t stay of 1 t/h, or go of 100 t. */
Test(responses, what_decays_of_carbon_counts_where_it_decays)
{
    static const struct sim_response responses[] = {
        {.name = "all", .of = "environment.co2e", .unit = "t"},
        {.name = "plant", .of = "environment.co2e_scope1", .where = "plant", .unit = "t"},
        {.name = "farm", .of = "environment.co2e_scope1", .where = "farm", .unit = "t"},
        {.name = "gas", .of = "environment.co2e", .stream = "gas", .unit = "t"},
        {.name = "bio", .of = "environment.biogenic", .where = "farm", .unit = "t"},
    };
    const double gone = 100 * (1 - exp(-0.24));
    struct study x;
    open_study(&x, "tests/data/park_runs/captured.cfg", NULL);
    make(&x, responses, SIM_COUNT(responses), 0);
    cr_expect(epsilon_eq(dbl, value(&x, "all"), 48 - gone, 1e-9));
    cr_expect(epsilon_eq(dbl, value(&x, "plant"), 48 - gone, 1e-9));
    cr_expect(epsilon_eq(dbl, value(&x, "farm"), 0, 1e-9));
    cr_expect(epsilon_eq(dbl, value(&x, "gas"), -gone, 1e-9)); // caught, less what escaped
    cr_expect(epsilon_eq(dbl, value(&x, "bio"), 0.5 * gone, 1e-9));
    close_study(&x);
}
