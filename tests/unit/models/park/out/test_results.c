#include "models/park/out/layout.h"
#include "models/park/out/results.h"
#include "tests/support/park_kit.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>
#include <string.h>

#define MAKER "tests/data/park_runs/maker.cfg"

static const char *text_at(const struct sim_schema *s, const char *var, int64_t at)
{
    const int v = sim_schema_var_find(s, NULL, var);
    cr_assert(ge(int, v, 0), "%s", var);
    return ((const char *const *)sim_schema_var_at(s, v)->values)[at];
}

Test(results, axes_carry_one_unit_each_and_say_what_a_link_is)
{
    struct park_kit k;
    park_kit_open(&k, MAKER, NULL, 0);
    const int axis = sim_schema_axis_find(k.schema, NULL, "link_t");
    const int64_t at = sim_schema_label(k.schema, axis, "works > dump: waste");

    cr_assert(ge(i64, at, 0));
    cr_assert(lt(i64, sim_schema_label(k.schema, axis, "river > works: raw"), 0));
    cr_assert(eq(str, (char *)text_at(k.schema, "link_t_from", at), "works"));
    cr_assert(eq(str, (char *)text_at(k.schema, "link_t_to", at), "dump"));
    cr_assert(eq(str, (char *)text_at(k.schema, "link_t_kind", at), "disposal"));
    const int var = sim_schema_var_find(k.schema, NULL, "flow_m3_total");
    cr_assert(eq(str, (char *)sim_schema_var_at(k.schema, var)->units, "m3"));
    park_kit_close(&k);
}

Test(results, entity_axes_are_the_union_of_the_designs)
{
    struct park_kit a;
    struct park_kit b;
    struct sim_err err;
    park_kit_open(&a, MAKER, NULL, 0);
    park_kit_open(&b, "tests/data/park_runs/two_yards.cfg", NULL, 0);
    const struct park *const both[] = {a.park, b.park};
    struct sim_schema *s = sim_schema_create();
    cr_assert(eq(int, (int)park_results_declare(both, 2, NULL, NULL, s, &err), (int)SIM_OK), "%s",
              err.text);

    const int axis = sim_schema_axis_find(s, NULL, "link_t");
    const int64_t dump = sim_schema_label(s, axis, "works > dump: waste");
    const int64_t carry = sim_schema_label(s, axis, "a > b: waste");
    cr_assert(eq(i64, carry, 0)); // sorted
    cr_assert(gt(i64, dump, 0));

    struct sim_row *row = sim_row_create(s, SIM_SCHEMA_POINT);
    park_results_point(b.park, s, row);
    const int present = sim_schema_var_find(s, NULL, "present_link_t");
    cr_assert(eq(i8, sim_row_i8(row, present)[carry], 1));
    cr_assert(eq(i8, sim_row_i8(row, present)[dump], 0));
    sim_row_destroy(row);

    // What the design lacks stays NaN, what did not move is 0.
    struct sim_row *run_row = sim_row_create(s, SIM_SCHEMA_RUN);
    struct park_run *run = park_run_create(b.park, NULL, s);
    const struct sim_trial trial = {.seed = 1};
    struct sim_model_end end;
    cr_assert(eq(int, (int)park_run_trial(run, &trial, NULL, run_row, &end, &err), (int)SIM_OK));
    const int total = sim_schema_var_find(s, NULL, "flow_t_total");
    cr_assert(isnan(sim_row_f64(run_row, total)[dump]));
    cr_assert(epsilon_eq(dbl, sim_row_f64(run_row, total)[carry], 24.0, 1e-9));
    park_run_destroy(run);
    sim_row_destroy(run_row);
    sim_schema_destroy(s);
    park_kit_close(&a);
    park_kit_close(&b);
}

Test(results, designs_of_different_length_are_refused)
{
    static const char *const longer[] = {"park.until=2026-01-07"};
    struct park_kit a;
    struct park_kit b;
    struct sim_err err;
    park_kit_open(&a, MAKER, NULL, 0);
    park_kit_open(&b, MAKER, longer, 1);
    const struct park *const both[] = {a.park, b.park};
    struct sim_schema *s = sim_schema_create();

    cr_assert(eq(int, (int)park_results_declare(both, 2, NULL, NULL, s, &err), (int)SIM_INPUT));
    sim_schema_destroy(s);
    park_kit_close(&a);
    park_kit_close(&b);
}

Test(results, the_last_interval_may_be_shorter)
{
    static const char *const overrides[] = {"park.record.every=7 h"};
    struct park_kit k;
    park_kit_open(&k, MAKER, overrides, 1);
    cr_assert(eq(int, (int)park_kit_make(&k, 0, NULL), (int)SIM_OK), "%s", k.err.text);

    cr_assert(eq(i64, park_results_interval_count(k.park), 4));
    cr_assert(eq(i64, park_results_boundary(k.park, 4), k.park->until_us));
    double sum = 0;
    for (int i = 0; i < 4; i++) {
        sum += park_kit_series(&k, "river > works: raw", i);
    }
    cr_assert(epsilon_eq(dbl, sum, 16.0, 1e-9));
    cr_assert(epsilon_eq(dbl, park_kit_series(&k, "river > works: raw", 1), 16.0, 1e-9)); // 7 to 14
    park_kit_close(&k);
}

Test(results, links_that_read_the_same_are_told_apart)
{
    struct park_kit k;
    park_kit_open(&k, "tests/data/park_runs/two_disposals.cfg", NULL, 0);
    struct park_layout *l = park_layout_create(k.park);
    int alike = 0;
    for (int i = 0; i < l->link_count; i++) {
        alike += strncmp(l->links[i].label, "works > dump: waste (", 21) == 0;
        cr_expect(i == 0 || strcmp(l->links[i - 1].label, l->links[i].label) < 0);
    }

    cr_assert(eq(int, alike, 2));
    park_layout_destroy(l);
    park_kit_close(&k);
}
