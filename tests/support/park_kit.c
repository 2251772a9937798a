#include "tests/support/park_kit.h"

#include "models/park/open.h"
#include "models/park/out/results.h"
#include "sim/base/hash.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "park_kit: %s: %s\n", what, why);
    abort();
}

static void finish_open(struct park_kit *k, const char *name, enum sim_status status,
                        struct sim_diag *d)
{
    if (status != SIM_OK) {
        char *text = sim_diag_render(d, 20);
        fail(name, text);
    }
    sim_diag_destroy(d);
    const struct park *const parks[] = {k->park};
    k->schema = sim_schema_create();
    sim_schema_exact(k->schema);
    if (park_results_declare(parks, 1, NULL, NULL, k->schema, &k->err) != SIM_OK) {
        fail(name, k->err.text);
    }
    k->row = sim_row_create(k->schema, SIM_SCHEMA_RUN);
    k->run = park_run_create(k->park, NULL, k->schema);
}

void park_kit_open(struct park_kit *k, const char *path, const char *const *overrides, int count)
{
    *k = (struct park_kit){.park = NULL};
    struct sim_diag *d = sim_diag_create();
    const struct sim_model_source opts = {.overrides = overrides, .override_count = count};
    const enum sim_status status = park_open(path, &opts, d, &k->park);
    finish_open(k, path, status, d);
}

void park_kit_open_text(struct park_kit *k, const char *text)
{
    *k = (struct park_kit){.park = NULL};
    struct sim_diag *d = sim_diag_create();
    const struct sim_model_source opts = {.overrides = NULL};
    const enum sim_status status = park_open_text("park.cfg", text, &opts, d, &k->park);
    finish_open(k, "park.cfg", status, d);
}

bool park_kit_try_text(struct park_kit *k, const char *text, char **out_why)
{
    *k = (struct park_kit){.park = NULL};
    *out_why = NULL;
    struct sim_diag *d = sim_diag_create();
    const struct sim_model_source opts = {.overrides = NULL};
    const enum sim_status status = park_open_text("park.cfg", text, &opts, d, &k->park);
    if (status != SIM_OK) {
        *out_why = sim_diag_render(d, 20);
        sim_diag_destroy(d);
        return false;
    }
    finish_open(k, "park.cfg", status, d);
    return true;
}

void park_kit_close(struct park_kit *k)
{
    park_run_destroy(k->run);
    sim_row_destroy(k->row);
    sim_schema_destroy(k->schema);
    park_open_free(k->park);
}

enum sim_status park_kit_make(struct park_kit *k, int64_t replication, const struct sim_sink *trace)
{
    const struct sim_trial trial = {.replication = replication, .seed = k->park->seed};
    const struct sim_model_hooks hooks = {.trace = trace};
    sim_row_reset(k->row);
    return park_run_trial(k->run, &trial, &hooks, k->row, &k->end, &k->err);
}

/** The variable of the form PRE U POST, and the label's place on the axis AXIS U, for whichever
 * unit has the label. */
static int find(const struct park_kit *k, const char *pre, const char *post, const char *axis_pre,
                const char *label, int64_t *out_at)
{
    for (int a = 0; a < sim_schema_axis_count(k->schema); a++) {
        const struct sim_schema_axis *axis = sim_schema_axis_at(k->schema, a);
        if (strncmp(axis->name, axis_pre, strlen(axis_pre)) != 0) {
            continue;
        }
        *out_at = sim_schema_label(k->schema, a, label);
        if (*out_at >= 0) {
            char name[128];
            snprintf(name, sizeof(name), "%s%s%s", pre, axis->name + strlen(axis_pre), post);
            const int var = sim_schema_var_find(k->schema, NULL, name);
            return var >= 0 ? var : (fail(name, "no such variable"), -1);
        }
    }
    fail(label, "no such label");
    return -1;
}

double park_kit_total(const struct park_kit *k, const char *label)
{
    int64_t at = 0;
    const int var = find(k, "flow_", "_total", "link_", label, &at);
    return sim_row_f64_const(k->row, var)[at];
}

double park_kit_unserved(const struct park_kit *k, const char *label)
{
    int64_t at = 0;
    const int var = find(k, "unserved_", "", "link_", label, &at);
    return sim_row_f64_const(k->row, var)[at];
}

static double ledger(const struct park_kit *k, const char *column, const char *label)
{
    const int axis = sim_schema_axis_find(k->schema, "ledger", "entry");
    const int64_t at = sim_schema_label(k->schema, axis, label);
    if (at < 0) {
        fail(label, "no such entry");
    }
    return sim_row_f64_const(k->row, sim_schema_var_find(k->schema, "ledger", column))[at];
}

double park_kit_money(const struct park_kit *k, const char *label)
{
    return ledger(k, "money", label);
}

double park_kit_co2e(const struct park_kit *k, const char *label)
{
    return ledger(k, "co2e", label);
}

double park_kit_stock(const struct park_kit *k, const char *stock, const char *what)
{
    int64_t at = 0;
    const int var = find(k, "stock_", what, "stock_", stock, &at);
    return sim_row_f64_const(k->row, var)[at];
}

double park_kit_stock_end(const struct park_kit *k, const char *stock)
{
    return park_kit_stock(k, stock, "_end");
}

double park_kit_level(const struct park_kit *k, const char *stock, int64_t instant)
{
    int64_t at = 0;
    const int var = find(k, "level_", "", "stock_", stock, &at);
    const int64_t instants = park_results_interval_count(k->park) + 1;
    return sim_row_value(k->row, var, at * instants + instant);
}

double park_kit_level_mean(const struct park_kit *k, const char *stock)
{
    const int64_t instants = park_results_interval_count(k->park) + 1;
    double sum = 0;
    for (int64_t i = 0; i < instants; i++) {
        sum += park_kit_level(k, stock, i);
    }
    return sum / (double)instants;
}

double park_kit_series(const struct park_kit *k, const char *label, int64_t interval)
{
    int64_t at = 0;
    const int var = find(k, "flow_", "", "link_", label, &at);
    return sim_row_value(k->row, var, at * park_results_interval_count(k->park) + interval);
}

double park_kit_hours(const struct park_kit *k, const char *series, const char *process,
                      int64_t interval)
{
    const int axis = sim_schema_axis_find(k->schema, NULL, "unit");
    const int64_t at = sim_schema_label(k->schema, axis, process);
    const int var = sim_schema_var_find(k->schema, NULL, series);
    if (at < 0 || var < 0) {
        fail(process, series);
    }
    return sim_row_value(k->row, var, at * park_results_interval_count(k->park) + interval);
}

double park_kit_worst_balance(const struct park_kit *k)
{
    double worst = 0;
    for (int s = 0; s < k->park->stream_count; s++) {
        int64_t at = 0;
        const char *name = k->park->streams[s]->name;
        const int residual = find(k, "balance_residual_", "", "stream_", name, &at);
        const int moved = find(k, "balance_throughput_", "", "stream_", name, &at);
        const double r = fabs(sim_row_f64_const(k->row, residual)[at]);
        const double t = sim_row_f64_const(k->row, moved)[at];
        const double share = t > 0 ? r / t : r > 0 ? (double)INFINITY : 0;
        worst = share > worst ? share : worst;
    }
    return worst;
}

uint64_t park_kit_hash(const struct park_kit *k)
{
    uint64_t hash = 1;
    for (int v = 0; v < sim_schema_var_count(k->schema); v++) {
        if (sim_row_has(k->row, v)) {
            size_t bytes = 0;
            const void *at = sim_row_bytes(k->row, v, &bytes);
            hash = sim_hash_bytes(at, bytes, hash);
        }
    }
    return hash;
}
