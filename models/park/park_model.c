#include "models/park/park_model.h"

#include "models/park/ask/responses.h"
#include "models/park/open.h"
#include "models/park/out/designs_fit.h"
#include "models/park/out/reserved.h"
#include "models/park/out/results.h"
#include "models/park/read/designs.h"
#include "models/park/tell/show.h"
#include "models/park/tell/table.h"
#include "models/park/tell/tell.h"
#include "models/park/trial/run.h"

#include <stdlib.h>

static enum sim_status load(const struct sim_model_source *source, struct sim_diag *diag,
                            void **out_data, struct sim_err *err)
{
    (void)err;
    struct park *p = NULL;
    const enum sim_status status = source->base != NULL
                                       ? park_open_from(source->base, source, diag, &p)
                                       : park_open(source->path, source, diag, &p);
    *out_data = p;
    return status;
}

static enum sim_status open_base(const char *path, struct sim_diag *diag, void **out_base,
                                 struct sim_err *err)
{
    (void)err;
    struct park *p = NULL;
    const enum sim_status status = park_open(path, NULL, diag, &p);
    *out_base = p;
    return status;
}

static const char *design(const void *base, int i)
{
    const struct park *p = base;
    return i >= 0 ? park_designs_name(p->designs, i) : NULL;
}

static char *identity(const void *data)
{
    return park_load_identity(data);
}

static void unload(void *data)
{
    park_open_free(data);
}

static const char *input(const void *data, int i)
{
    const struct park *p = data;
    return i < sim_tree_source_count(p->tree) ? sim_tree_source(p->tree, i)->path : NULL;
}

static void facts(const void *data, struct sim_model_facts *out)
{
    const struct park *p = data;
    *out = (struct sim_model_facts){.title = p->title != NULL ? p->title : "",
                                    .seed = p->seed,
                                    .start_us = p->start_us,
                                    .until_us = p->until_us};
}

static enum sim_status declare(const void *const *data, int data_count,
                               const struct sim_model_want *want, struct sim_diag *diag,
                               struct sim_schema *out, struct sim_err *err)
{
    SIM_TRY(park_designs_fit_agree(data, data_count, err));
    const struct park **parks = sim_base_alloc((size_t)data_count, sizeof(struct park *));
    for (int i = 0; i < data_count; i++) {
        parks[i] = data[i];
    }
    enum sim_status status = park_results_declare(parks, data_count, want, diag, out, err);
    const bool is_told = diag != NULL && sim_diag_wrong(diag) > 0; // all mistakes are told at once
    if (want != NULL && (status == SIM_OK || is_told)) {
        park_responses_declare(parks, data_count, want, diag, out);
        status = diag != NULL ? sim_diag_status(diag) : SIM_OK;
    }
    free(parks);
    return status;
}

static enum sim_status fit(const void *data, const void *first, const struct sim_schema *schema,
                           struct sim_err *err)
{
    return park_designs_fit_axis(data, first, schema, err);
}

/** Of a park that does not fit (an axis may change a unit) nothing is told: its runs fail. */
static void point(const void *data, const struct sim_schema *schema, struct sim_row *row)
{
    struct sim_err err = {0};
    if (park_designs_fit_schema(data, schema, &err) == SIM_OK) {
        park_results_point(data, schema, row);
    }
}

static void *state_create(const void *data, const struct sim_schema *schema,
                          const struct sim_model_want *want, struct sim_err *err)
{
    if (park_designs_fit_schema(data, schema, err) != SIM_OK) {
        return NULL;
    }
    return park_run_create(data, want, schema);
}

static void state_destroy(void *state)
{
    park_run_destroy(state);
}

static enum sim_status run(void *state, const struct sim_trial *trial,
                           const struct sim_model_hooks *hooks, struct sim_row *row,
                           struct sim_model_end *out_end, struct sim_err *err)
{
    return park_run_trial(state, trial, hooks, row, out_end, err);
}

static void check_text(const void *data, const struct sim_sink *out)
{
    park_tell_check_text(data, out);
}

static void check_json(const void *data, struct json_t *object)
{
    park_tell_check_json(data, object);
}

static void summary_text(const void *data, const struct sim_outcome *outcome,
                         const struct sim_sink *out)
{
    park_tell_text(data, outcome, out);
}

static void summary_json(const void *data, const struct sim_outcome *outcome, struct json_t *object)
{
    park_tell_json(data, outcome, object);
}

const struct sim_model park_park_model = {.program = "ecopark",
                                          .version = NULL, // the program's, with its commit
                                          .about = "a simulator of eco-industrial parks",
                                          .thing = "PARK",
                                          .open = open_base,
                                          .close = unload,
                                          .design = design,
                                          .load = load,
                                          .unload = unload,
                                          .facts = facts,
                                          .input = input,
                                          .identity = identity,
                                          .declare = declare,
                                          .fit = fit,
                                          .point = point,
                                          .state_create = state_create,
                                          .state_destroy = state_destroy,
                                          .run = run,
                                          .summary_text = summary_text,
                                          .summary_json = summary_json,
                                          .check_text = check_text,
                                          .check_json = check_json,
                                          .commands = park_show_commands,
                                          .command_count = PARK_SHOW_COMMANDS,
                                          .tables = park_table_all,
                                          .table_count = PARK_TABLE_COUNT,
                                          .expected = park_table_expected,
                                          .expected_count = PARK_TABLE_EXPECTED,
                                          .reserved = {park_reserved_names, PARK_RESERVED_COUNT},
                                          .series_from = "record.what of the park"};
