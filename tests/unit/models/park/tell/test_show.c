// What `show` prints is a park file that means the same; the reference is up to date.
#include "models/park/base/park.h"
#include "models/park/open.h"
#include "models/park/tell/show.h"
#include "sim/base/file.h"
#include "sim/sweep/study.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <stdlib.h>
#include <string.h>

static struct park *loaded(const char *path)
{
    struct sim_diag *d = sim_diag_create();
    struct park *p = NULL;
    cr_assert_eq(park_open(path, NULL, d, &p), SIM_OK, "%s", path);
    cr_assert_eq(sim_diag_count(d), 0, "%s has warnings", path);
    sim_diag_destroy(d);
    return p;
}

/** Without the lines that name the designs, which the park shown has not. */
static const char *park_of(const char *shown)
{
    while (*shown == '#') {
        shown = strchr(shown, '\n') + 1;
    }
    return shown;
}

Test(show, prints_a_park_that_shows_itself)
{
    static const char *const parks[] = {"configs/first_park.cfg", "configs/ulsan_hyundai.cfg"};
    for (int i = 0; i < SIM_COUNT(parks); i++) {
        struct park *p = loaded(parks[i]);
        char *once = park_load_show(p, false);
        struct sim_diag *d = sim_diag_create();
        struct park *q = NULL;
        cr_assert_eq(park_open_text("configs/shown.cfg", once, NULL, d, &q), SIM_OK);
        char *twice = park_load_show(q, false);

        cr_assert_str_eq(park_of(once), twice);

        free(once);
        free(twice);
        park_open_free(p);
        park_open_free(q);
        sim_diag_destroy(d);
    }
}

/** How often first_park.cfg, with a kiln of this capacity, shows when to draw anew. */
static int redraws(const char *capacity)
{
    char *set = sim_base_format("firms.brick.processes.kiln.capacity=%s", capacity);
    const char *const sets[] = {set};
    const struct sim_model_source opts = {.overrides = sets, .override_count = 1};
    struct sim_diag *d = sim_diag_create();
    struct park *p = NULL;
    cr_assert_eq(park_open("configs/first_park.cfg", &opts, d, &p), SIM_OK);
    char *text = park_load_show(p, false);
    int found = 0;
    for (const char *at = text; (at = strstr(at, "redraw = \"1 day\"")) != NULL; at++) {
        found++;
    }
    free(text);
    free(set);
    park_open_free(p);
    sim_diag_destroy(d);
    return found;
}

Test(show, leaves_out_when_to_draw_anew_where_nothing_is_drawn)
{
    cr_assert_eq(redraws("14 t/h [assumed: X (2011)]"), 0);
    cr_assert_eq(redraws("uniform(13 t/h, 15 t/h) [assumed: tutorial]"), 1);
}

Test(show, names_the_origin_of_each_value)
{
    struct sim_diag *d = sim_diag_create();
    struct park *p = NULL;
    const char *const set[] = {"park.failures=false"};
    const struct sim_model_source opts = {.overrides = set, .override_count = 1};
    cr_assert_eq(park_open("configs/ulsan_hyundai.cfg", &opts, d, &p), SIM_OK);

    char *text = park_load_show(p, true);

    cr_assert_neq(strstr(text, "failures = false;  # --set"), NULL);
    cr_assert_neq(strstr(text, "policy = \"priority\";  # default"), NULL);
    cr_assert_neq(strstr(text, "[published: U06]\";  # configs/ulsan_hyundai.cfg:"), NULL);

    free(text);
    park_open_free(p);
    sim_diag_destroy(d);
}

Test(show, the_reference_is_up_to_date)
{
    char *text = NULL;
    char *updated = NULL;
    size_t length = 0;
    struct sim_err err;
    cr_assert_eq(sim_file_read("configs/README.md", 1 << 22, &text, &length, &err), SIM_OK);

    char *study = sim_study_reference();
    cr_assert_eq(park_show_update(text, study, &updated, &err), SIM_OK, "%s", err.text);

    cr_assert(strcmp(text, updated) == 0,
              "configs/README.md is old: run ecopark reference --update configs/README.md");
    free(study);
    free(text);
    free(updated);
}

Test(show, wants_both_markers)
{
    char *updated = NULL;
    struct sim_err err;

    cr_assert_eq(park_show_update("# The park file\n" PARK_SHOW_BEGIN, "", &updated, &err),
                 SIM_INPUT);
    cr_assert_eq(updated, NULL);
}
