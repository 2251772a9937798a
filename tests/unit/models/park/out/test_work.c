#include "models/park/out/work.h"
#include "tests/support/park_kit.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <jansson.h>

#include <string.h>

struct told {
    struct park_kit k;
    struct sim_outcome outcome;
    struct sim_sink_buffer text;
    json_t *object;
};

static void tell(struct told *t, const char *park)
{
    char *path = sim_base_format("tests/data/rates/%s.cfg", park);
    park_kit_open(&t->k, path, NULL, 0);
    free(path);
    cr_assert(eq(int, (int)park_kit_make(&t->k, 0, NULL), (int)SIM_OK), "%s", t->k.err.text);
    t->outcome = (struct sim_outcome){.schema = t->k.schema, .mean = t->k.row, .runs = 1, .ok = 1};
    sim_sink_buffer_init(&t->text);
    const struct sim_sink sink = sim_sink_buffer_sink(&t->text);
    park_work_text(&t->outcome, &sink);
    t->object = json_object();
    park_work_json(&t->outcome, t->object);
}

static double figure(const struct told *t, const char *name)
{
    return json_real_value(json_object_get(json_object_get(t->object, "rates"), name));
}

static void end(struct told *t)
{
    json_decref(t->object);
    sim_sink_buffer_fini(&t->text);
    park_kit_close(&t->k);
}

Test(work, a_park_without_loops_tells_claims_and_pools)
{
    struct told t;
    tell(&t, "01_steam_by_classes");

    // One event: the start. All 7 ports are computed, and at most twice; both pools are touched.
    cr_assert(eq(dbl, figure(&t, "events"), 1));
    cr_assert(ge(dbl, figure(&t, "claims_per_event"), 7));
    cr_assert(le(dbl, figure(&t, "claims_per_event"), 14));
    cr_assert(eq(dbl, figure(&t, "claims_most"), figure(&t, "claims")));
    cr_assert(eq(dbl, figure(&t, "pools_most"), 2));
    cr_assert(eq(dbl, figure(&t, "loops"), 0));
    cr_assert(ne(ptr, t.text.text, NULL));
    cr_assert(eq(str, t.text.text,
                 "Rates were found anew 1 times; each time 7 claims in 2 pools were looked at (at "
                 "most 7 in 2)\n"));
    end(&t);
}

Test(work, a_choice_by_name_is_counted_and_warned_of)
{
    struct told t;
    tell(&t, "11_crossed_priorities");

    cr_assert(ge(dbl, figure(&t, "loops"), 1));
    cr_assert(ge(dbl, figure(&t, "by_name"), 1));
    cr_assert(ne(ptr, strstr(t.text.text, "Warning: crossing"), NULL), "%s", t.text.text);
    end(&t);
}

Test(work, a_loop_that_feeds_itself_is_counted)
{
    struct told t;
    tell(&t, "07_chp_and_its_mill");

    cr_assert(ge(dbl, figure(&t, "loops"), 1));
    cr_assert(eq(dbl, figure(&t, "by_name"), 0));
    cr_assert(eq(ptr, strstr(t.text.text, "Warning"), NULL), "%s", t.text.text);
    end(&t);
}
