/** @file
 * For the tests of studies: text in, points and messages out. Each case has a folder of its own.
 */
#ifndef TESTS_SWEEP_STUDY_SUPPORT_H
#define TESTS_SWEEP_STUDY_SUPPORT_H

#include "sim/cfg/diag.h"
#include "sim/sweep/plan.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct study_case {
    char folder[40];
    struct sim_diag *diag;
    struct sim_study *study;
    struct sim_plan *plan;
    struct sim_arena *arena;
    enum sim_status status;
    char *said;
};

static inline void study_write(const struct study_case *c, const char *name, const char *text)
{
    char *path = sim_base_format("%s/%s", c->folder, name);
    FILE *f = fopen(path, "w");
    cr_assert(f != NULL);
    cr_assert(fputs(text, f) >= 0 && fclose(f) == 0);
    free(path);
}

static inline struct study_case study_begin(void)
{
    struct study_case c = {.folder = "/tmp/ecopark_study_XXXXXX"};
    cr_assert(mkdtemp(c.folder) != NULL);
    c.diag = sim_diag_create();
    c.arena = sim_arena_create();
    study_write(&c, "park.cfg", "format = 1;\n");
    study_write(&c, "v.csv", "cap [t/h],size\n3,4\n");
    return c;
}

/** Load "format = 1; park = ...; study = { BODY };", resolve `alone` and `shared`, make the plan.
 */
static inline void study_load(struct study_case *c, const char *body)
{
    static const char *const designs[] = {"alone", "shared"};
    static const char *const names[] = {"party", "flow_"};
    static const struct sim_schema_names reserved = {names, SIM_COUNT(names)};
    char *text = sim_base_format("format = 1; park = \"park.cfg\";\nstudy = {\n%s\n};\n", body);
    char *path = sim_base_format("%s/study.cfg", c->folder);
    study_write(c, "study.cfg", text);
    c->status = sim_study_load(path, &reserved, c->diag, &c->study);
    if (c->study != NULL) {
        c->status = sim_study_resolve(c->study, designs, 2, c->diag);
    }
    if (c->status == SIM_OK) {
        c->status = sim_plan_create(c->study, c->diag, &c->plan);
    }
    free(path);
    free(text);
    c->said = sim_diag_render(c->diag, 0);
}

static inline struct study_case study_of(const char *body)
{
    struct study_case c = study_begin();
    study_load(&c, body);
    return c;
}

static inline void study_end(struct study_case *c)
{
    char *command = sim_base_format("rm -rf %s", c->folder);
    cr_assert(system(command) == 0);
    free(command);
    free(c->said);
    sim_plan_destroy(c->plan);
    sim_study_destroy(c->study);
    sim_arena_destroy(c->arena);
    sim_diag_destroy(c->diag);
}

/** "design: a | b" of a point, in the arena. */
static inline const char *study_point(const struct study_case *c, int64_t point)
{
    struct sim_plan_point p;
    sim_plan_point(c->plan, point, c->arena, &p);
    const char *all = sim_arena_format(c->arena, "%s:", c->study->designs[p.design]);
    for (int i = 0; i < sim_plan_axis_count(c->plan); i++) {
        all = sim_arena_format(c->arena, "%s%s %s", all, i > 0 ? " |" : "", p.texts[i]);
    }
    return all;
}

static inline bool study_is_fine(const struct study_case *c)
{
    return c->plan != NULL;
}

#define STUDY_FINE(c) cr_assert(study_is_fine(c), "said:\n%s", (c)->said)
#define STUDY_SAYS(c, text)                                                                        \
    cr_assert(strstr((c)->said, (text)) != NULL, "wanted: %s\nsaid:\n%s", (text), (c)->said)
#define STUDY_POINT(c, point, text)                                                                \
    cr_assert(strcmp(study_point((c), (point)), (text)) == 0, "point %d is '%s', not '%s'",        \
              (int)(point), study_point((c), (point)), (text))

#endif
