#include "sim/store/schema.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <signal.h>

static const char *const names[] = {"alpha", "béta", "gamma"};

static int add_place(struct sim_schema *s)
{
    return sim_schema_axis(
        s, &(struct sim_schema_axis){.name = "place", .length = 3, .labels = names});
}

Test(schema, starts_with_the_axes_of_the_engine)
{
    struct sim_schema *s = sim_schema_create();

    cr_assert(eq(int, sim_schema_axis_find(s, "", "run"), SIM_SCHEMA_AXIS_RUN));
    cr_assert(eq(int, sim_schema_axis_find(s, NULL, "bound"), SIM_SCHEMA_AXIS_BOUND));
    cr_assert(eq(i64, sim_schema_axis_at(s, SIM_SCHEMA_AXIS_TIME)->length, 0));
    cr_assert(eq(int, sim_schema_axis_count(s), SIM_SCHEMA_AXIS_FIRST_OWN));
    sim_schema_destroy(s);
}

Test(schema, keeps_copies_of_what_it_is_given)
{
    struct sim_schema *s = sim_schema_create();
    char name[] = "place";
    char label[] = "mill";
    const char *labels[] = {label};
    const int axis =
        sim_schema_axis(s, &(struct sim_schema_axis){.name = name, .length = 1, .labels = labels});

    name[0] = label[0] = 'X';

    cr_assert(eq(str, (char *)sim_schema_axis_at(s, axis)->name, "place"));
    cr_assert(eq(i64, sim_schema_label(s, axis, "mill"), 0));
    sim_schema_destroy(s);
}

Test(schema, finds_labels_and_of_equal_ones_the_first)
{
    static const char *const doubles[] = {"a", "b", "a"};
    struct sim_schema *s = sim_schema_create();
    const int place = add_place(s);
    const int other = sim_schema_axis(
        s, &(struct sim_schema_axis){.name = "other", .length = 3, .labels = doubles});

    cr_assert(eq(i64, sim_schema_label(s, place, "béta"), 1));
    cr_assert(eq(i64, sim_schema_label(s, place, "delta"), -1));
    cr_assert(eq(i64, sim_schema_label(s, other, "a"), 0));
    sim_schema_destroy(s);
}

Test(schema, stores_series_as_float64_when_exact)
{
    struct sim_schema_var var = {.name = "x",
                                 .type = SIM_SCHEMA_F32,
                                 .scope = SIM_SCHEMA_SERIES,
                                 .dim_count = 1,
                                 .dims = {SIM_SCHEMA_AXIS_TIME}};
    struct sim_schema *rough = sim_schema_create();
    struct sim_schema *exact = sim_schema_create();

    sim_schema_exact(exact);

    cr_assert(sim_schema_var_at(rough, sim_schema_var(rough, &var))->type == SIM_SCHEMA_F32);
    cr_assert(sim_schema_var_at(exact, sim_schema_var(exact, &var))->type == SIM_SCHEMA_F64);
    sim_schema_destroy(rough);
    sim_schema_destroy(exact);
}

Test(schema, multiplies_the_dimensions)
{
    const double boundaries[] = {0.0, 60.0, 120.0};
    struct sim_schema *s = sim_schema_create();

    sim_schema_clock(s, "2026-01-01 00:00:00", "+07:00", boundaries, 2);
    const int place = add_place(s);
    const int var =
        sim_schema_var(s, &(struct sim_schema_var){.name = "x",
                                                   .scope = SIM_SCHEMA_SERIES,
                                                   .dim_count = 2,
                                                   .dims = {place, SIM_SCHEMA_AXIS_INSTANT}});

    cr_assert(eq(i64, sim_schema_var_size(s, var), 9));
    sim_schema_destroy(s);
}

Test(schema, knows_the_names_that_the_file_takes)
{
    static const char *const words[] = {"party", "flow_"};
    const struct sim_schema_names model = {words, SIM_COUNT(words)};

    cr_assert(sim_schema_is_reserved(NULL, "run"));
    cr_assert(sim_schema_is_reserved(NULL, "point_design"));
    cr_assert(sim_schema_is_reserved(NULL, "point_price"));
    cr_assert(not(sim_schema_is_reserved(NULL, "flow_t")));
    cr_assert(sim_schema_is_reserved(&model, "flow_t"));
    cr_assert(sim_schema_is_reserved(&model, "party"));
    cr_assert(not(sim_schema_is_reserved(&model, "party_price")));
    cr_assert(not(sim_schema_is_reserved(&model, "co2")));
}

Test(schema, hashes_inputs_and_salt)
{
    struct sim_schema *a = sim_schema_create();
    struct sim_schema *b = sim_schema_create();
    char ha[65], hb[65];

    sim_schema_input_text(a, "park", "x = 1");
    sim_schema_input_text(b, "park", "x = 1");
    sim_schema_hash(a, "s", ha);
    sim_schema_hash(b, "s", hb);
    cr_assert(eq(str, ha, hb));
    sim_schema_input_file(b, "f.csv", "00");
    sim_schema_hash(b, "s", hb);
    cr_assert(ne(str, ha, hb));
    sim_schema_hash(a, "t", hb);
    cr_assert(ne(str, ha, hb));
    sim_schema_destroy(a);
    sim_schema_destroy(b);
}

Test(schema, refuses_a_name_that_is_taken, .signal = SIGABRT)
{
    struct sim_schema *s = sim_schema_create();

    (void)add_place(s);
    (void)add_place(s);
}

Test(schema, refuses_a_series_without_time, .signal = SIGABRT)
{
    struct sim_schema *s = sim_schema_create();

    (void)sim_schema_var(s, &(struct sim_schema_var){.name = "x", .scope = SIM_SCHEMA_SERIES});
}
