// Designs of one study share a results file: what one lacks stays missing, what the file lacks is
// refused, and what a file has but once must agree.
#include "models/park/base/park.h"
#include "models/park/out/designs_fit.h"
#include "models/park/park_model.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char park_file[] = "tests/data/designs/park.cfg";

static void *loaded(const char *design, const char *set)
{
    struct sim_diag *d = sim_diag_create();
    const struct sim_model_source source = {.path = park_file,
                                            .design = design,
                                            .overrides = &set,
                                            .override_count = set != NULL ? 1 : 0};
    void *data = NULL;
    struct sim_err err = {0};
    cr_assert_eq(park_park_model.load(&source, d, &data, &err), SIM_OK, "%s",
                 sim_diag_render(d, 0));
    sim_diag_destroy(d);
    return data;
}

static struct sim_schema *declared(const void *const *data, int count)
{
    struct sim_schema *s = sim_schema_create();
    struct sim_err err = {0};
    cr_assert_eq(park_park_model.declare(data, count, NULL, NULL, s, &err), SIM_OK, "%s", err.text);
    return s;
}

static struct sim_row *ran(const void *data, const struct sim_schema *schema)
{
    static const struct sim_model_hooks none;
    const struct sim_trial trial = {.seed = 1};
    struct sim_err err = {0};
    struct sim_model_end end = {0};
    struct sim_row *row = sim_row_create(schema, SIM_SCHEMA_RUN);
    void *state = park_park_model.state_create(data, schema, NULL, &err);
    cr_assert_not_null(state, "%s", err.text);
    cr_assert_eq(park_park_model.run(state, &trial, &none, row, &end, &err), SIM_OK, "%s",
                 err.text);
    park_park_model.state_destroy(state);
    return row;
}

static int64_t link_of(const struct sim_schema *s, const char *label)
{
    const int64_t at = sim_schema_label(s, sim_schema_axis_find(s, NULL, "link_t"), label);
    cr_assert_geq(at, 0, "%s", label);
    return at;
}

static double total(const struct sim_schema *s, struct sim_row *row, const char *label)
{
    return sim_row_f64(row, sim_schema_var_find(s, NULL, "flow_t_total"))[link_of(s, label)];
}

static int present(const void *data, const struct sim_schema *s, const char *label)
{
    struct sim_row *row = sim_row_create(s, SIM_SCHEMA_POINT);
    park_park_model.point(data, s, row);
    const int is_there =
        sim_row_i8(row, sim_schema_var_find(s, NULL, "present_link_t"))[link_of(s, label)];
    sim_row_destroy(row);
    return is_there;
}

Test(designs_fit, what_a_design_lacks_stays_missing)
{
    static const char exchange[] = "mill > brick: sludge";
    static const char recovery[] = "mill > ash: sludge";
    const void *const data[] = {loaded(NULL, NULL), loaded("board", NULL)};
    struct sim_schema *s = declared(data, 2);

    struct sim_row *base = ran(data[0], s);
    struct sim_row *board = ran(data[1], s);

    cr_assert_gt(total(s, base, exchange), 1.0);
    cr_assert(isnan(total(s, base, recovery)));
    cr_assert(isnan(total(s, board, exchange)));
    cr_assert_gt(total(s, board, recovery), 1.0);
    cr_assert_eq(present(data[0], s, exchange), 1);
    cr_assert_eq(present(data[0], s, recovery), 0);
    cr_assert_eq(present(data[1], s, exchange), 0);
    cr_assert_eq(present(data[1], s, recovery), 1);
    sim_row_destroy(base);
    sim_row_destroy(board);
    sim_schema_destroy(s);
    park_park_model.unload((void *)(uintptr_t)data[0]);
    park_park_model.unload((void *)(uintptr_t)data[1]);
}

Test(designs_fit, what_the_schema_lacks_is_refused)
{
    const void *const data[] = {loaded(NULL, NULL), loaded("board", NULL), loaded("late", NULL)};
    struct sim_schema *s = declared(data, 1);
    struct sim_err err = {0};

    cr_assert_null(park_park_model.state_create(data[1], s, NULL, &err));
    cr_assert(strstr(err.text, "design 'board' has") != NULL, "%s", err.text);
    cr_assert_null(park_park_model.state_create(data[2], s, NULL, &err));
    cr_assert(strstr(err.text, "design 'late' has another recording clock") != NULL, "%s",
              err.text);

    sim_schema_destroy(s);
    for (int i = 0; i < SIM_COUNT(data); i++) {
        park_park_model.unload((void *)(uintptr_t)data[i]);
    }
}

/* An axis of a study may change a unit: its runs fail, the others go on. */
Test(designs_fit, of_a_point_that_does_not_fit_nothing_is_told)
{
    const void *const data[] = {loaded(NULL, NULL), loaded(NULL, "streams.sludge.unit = kg")};
    struct sim_schema *s = declared(data, 1);
    struct sim_err err = {0};

    cr_assert_eq(present(data[0], s, "mill > brick: sludge"), 1);
    cr_assert_neq(present(data[1], s, "mill > brick: sludge"), 1);
    cr_assert_null(park_park_model.state_create(data[1], s, NULL, &err));
    cr_assert(strstr(err.text, "the results were not declared with") != NULL, "%s", err.text);

    sim_schema_destroy(s);
    park_park_model.unload((void *)(uintptr_t)data[0]);
    park_park_model.unload((void *)(uintptr_t)data[1]);
}

Test(designs_fit, the_clock_and_what_is_recorded_must_agree)
{
    static const struct {
        const char *set, *told;
    } cases[] = {{"park.start = 2025-12-31", "park.start of design 'quick' is not that of 'base'"},
                 {"park.until = 2026-02-03", "park.until of design 'quick'"},
                 {"park.warmup = 1 day", "park.warmup of design 'quick'"},
                 {"park.utc_offset = +07:00", "park.utc_offset of design 'quick'"},
                 {"park.record = { every = \"6 h\"; }", "park.record.every of design 'quick'"},
                 {"park.record = { what = ( \"flows\" ); }", "park.record.what of design 'quick'"},
                 {"park.seed = 8", "study.seed sets one seed for all"},
                 {"streams.paper.unit = kg", "streams.paper.unit of design 'quick'"}};
    void *base = loaded(NULL, NULL);

    for (int i = 0; i < SIM_COUNT(cases); i++) {
        void *other = loaded("quick", cases[i].set);
        const void *const data[] = {base, other};
        struct sim_schema *s = sim_schema_create();
        struct sim_err err = {0};
        cr_assert_eq(park_park_model.declare(data, 2, NULL, NULL, s, &err), SIM_INPUT, "%s",
                     cases[i].set);
        cr_assert(strstr(err.text, cases[i].told) != NULL, "%s", err.text);
        sim_schema_destroy(s);
        park_park_model.unload(other);
    }
    park_park_model.unload(base);
}

Test(designs_fit, all_that_differs_is_told_at_once)
{
    void *base = loaded(NULL, NULL);
    void *late = loaded("late", NULL);
    const void *const data[] = {base, late};
    struct sim_schema *s = sim_schema_create();
    struct sim_err err = {0};

    cr_assert_eq(park_park_model.declare(data, 2, NULL, NULL, s, &err), SIM_INPUT);

    cr_assert(strstr(err.text, "park.warmup of design 'late'") != NULL, "%s", err.text);
    cr_assert(strstr(err.text, "park.until of design 'late'") != NULL, "%s", err.text);
    sim_schema_destroy(s);
    park_park_model.unload(late);
    park_park_model.unload(base);
}

/* An axis may change what a park does, but nothing that its results file has but once. */
Test(designs_fit, no_axis_may_change_what_all_runs_share)
{
    static const struct {
        const char *set, *told; // NULL: it fits
    } cases[] = {{"park.start = 2025-12-31", "share this: park.start"},
                 {"park.until = 2026-02-03", "share this: park.until"},
                 {"park.record = { every = \"6 h\"; }", "share this: park.record.every"},
                 {"streams.sludge.unit = kg", "share this: streams.sludge.unit"},
                 {"park.title = Another", NULL}};
    const void *const first[] = {loaded(NULL, NULL)};
    struct sim_schema *s = declared(first, 1);

    for (int i = 0; i < SIM_COUNT(cases); i++) {
        void *other = loaded(NULL, cases[i].set);
        struct sim_err err = {0};
        const enum sim_status status = park_park_model.fit(other, first[0], s, &err);
        cr_assert_eq(status, cases[i].told != NULL ? SIM_INPUT : SIM_OK, "%s", err.text);
        cr_assert(cases[i].told == NULL || strstr(err.text, cases[i].told) != NULL, "%s", err.text);
        park_park_model.unload(other);
    }
    sim_schema_destroy(s);
    park_park_model.unload((void *)(uintptr_t)first[0]);
}
