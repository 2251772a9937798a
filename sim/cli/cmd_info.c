#include "sim/cli/cli_priv.h"
#include "sim/store/pack.h"
#include "sim/store/reader.h"

#include <jansson.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct sim_option options[] = {
    {.name = "json", .help = "print one JSON object"},
    {.name = "verify", .help = "read every byte, and say whether it is as it was written"},
    SIM_OPTION_END};

static const char *type_name(enum sim_schema_type type)
{
    static const char *const names[] = {"float64", "float32", "int64", "int32", "int8", "text"};

    return names[type];
}

enum {
    BLOCK = 4096,             // [-] numbers read at a time
    VERIFIED_AT_ONCE = 262144 // [-]
};

/** How the planned runs ended. */
struct tally {
    int64_t planned, ok, failed, skipped;
};

/** Read from `status`, a block at a time: a study may have millions of runs. */
static enum sim_status count_runs(struct sim_reader *r, struct tally *out, struct sim_err *err)
{
    double values[BLOCK];
    const int var = sim_reader_find(r, "", "status");

    *out = (struct tally){.planned = var >= 0 ? sim_reader_size(r, var) : 0};
    for (int64_t start = 0; start < out->planned; start += BLOCK) {
        const int64_t left = out->planned - start;
        const int64_t count = left < BLOCK ? left : BLOCK;

        SIM_TRY(sim_reader_numbers(r, var, &start, &count, values, err));
        for (int64_t i = 0; i < count; i++) {
            out->ok += values[i] == (double)SIM_RUN_OK ? 1 : 0;
            out->failed += values[i] == (double)SIM_RUN_FAILED ? 1 : 0;
        }
    }
    out->skipped = out->planned - out->ok - out->failed;
    return SIM_OK;
}

// ---- text ----

static void print_runs(const struct sim_cli *cli, const struct tally *t)
{
    sim_sink_print(&cli->out, "runs: %" PRId64 " of %" PRId64 " made", t->ok + t->failed,
                   t->planned);
    if (t->failed > 0) {
        sim_sink_print(&cli->out, ", %" PRId64 " of them failed", t->failed);
    }
    sim_sink_text(&cli->out, t->skipped > 0 ? "; then it was stopped, and the values of the rest "
                                              "are missing\n"
                                            : "\n");
}

static void print_attrs(const struct sim_cli *cli, const struct sim_reader *r, const char *group)
{
    for (int i = 0; i < sim_reader_attr_count(r, group); i++) {
        const struct sim_reader_attr *attr = sim_reader_attr_at(r, group, i);

        if (attr->text[0] != '\0' && strncmp(attr->name, "NX_", 3) != 0) {
            sim_sink_print(&cli->out, "  %-20s %s\n", attr->name, attr->text);
        }
    }
}

/** "ledger/quantity". */
static const char *full_name(const struct sim_reader_var *v, char out[200])
{
    (void)snprintf(out, 200, "%s%s%s", v->group, v->group[0] != '\0' ? "/" : "", v->name);
    return out;
}

static void print_axis(const struct sim_cli *cli, const struct sim_reader_var *v)
{
    char name[200];

    sim_sink_print(&cli->out, "  %-28s %8" PRId64 "  %s\n", full_name(v, name), v->dims[0],
                   v->units != NULL       ? v->units
                   : v->long_name != NULL ? v->long_name
                                          : "");
}

static void print_var(const struct sim_cli *cli, const struct sim_reader_var *v)
{
    struct sim_sink_buffer shape;
    char name[200];

    sim_sink_buffer_init(&shape);
    const struct sim_sink sink = sim_sink_buffer_sink(&shape);

    for (int i = 0; i < v->rank; i++) {
        sim_sink_print(&sink, "%s%s %" PRId64, i > 0 ? ", " : "", v->dim_names[i], v->dims[i]);
    }
    sim_sink_print(&cli->out, "  %-28s %-8s (%s)%s%s%s%s%s\n", full_name(v, name),
                   type_name(v->type), shape.text, v->units != NULL ? " [" : "",
                   v->units != NULL ? v->units : "", v->units != NULL ? "]" : "",
                   v->long_name != NULL ? "  " : "", v->long_name != NULL ? v->long_name : "");
    sim_sink_buffer_fini(&shape);
}

static void print_vars(const struct sim_cli *cli, const struct sim_reader *r, bool axes)
{
    for (int i = 0; i < sim_reader_var_count(r); i++) {
        const struct sim_reader_var *v = sim_reader_var_at(r, i);

        if (v->is_axis != axes) {
            continue;
        }
        if (axes) {
            print_axis(cli, v);
        } else {
            print_var(cli, v);
        }
    }
}

static void print_failures(const struct sim_cli *cli, const struct sim_reader_failure *failures,
                           int count)
{
    if (count > 0) {
        sim_sink_print(&cli->out, "failed runs: %d\n", count);
    }
    for (int i = 0; i < count; i++) {
        sim_sink_print(&cli->out, "  run %" PRId64 ", point %" PRId64 ", at %s: %s\n",
                       failures[i].run, failures[i].point, failures[i].when, failures[i].reason);
    }
}

/** Mean of a number a run, over the runs that have it; NaN when none has. */
static enum sim_status mean_of(struct sim_reader *r, int var, double *out, struct sim_err *err)
{
    const int64_t runs = sim_reader_size(r, var);
    double values[BLOCK];
    double sum = 0;
    int64_t known = 0;

    for (int64_t start = 0; start < runs; start += BLOCK) {
        const int64_t count = runs - start < BLOCK ? runs - start : BLOCK;

        SIM_TRY(sim_reader_numbers(r, var, &start, &count, values, err));
        for (int64_t i = 0; i < count; i++) {
            known += isfinite(values[i]) ? 1 : 0;
            sum += isfinite(values[i]) ? values[i] : 0;
        }
    }
    *out = known > 0 ? sum / (double)known : (double)NAN;
    return SIM_OK;
}

/** How the runs came to their results: figures that a model puts into /execution. */
static enum sim_status print_work(const struct sim_cli *cli, struct sim_reader *r,
                                  struct sim_err *err)
{
    for (int i = 0; i < sim_reader_var_count(r); i++) {
        const struct sim_reader_var *v = sim_reader_var_at(r, i);
        double mean = 0;

        if (v->is_axis || v->rank != 1 || strcmp(v->group, "execution") != 0 ||
            strcmp(v->dim_names[0], "run") != 0) {
            continue;
        }
        SIM_TRY(mean_of(r, i, &mean, err));
        sim_sink_print(&cli->out, "  %-20s %-12.6g mean over runs: %s\n", v->name, mean,
                       v->long_name != NULL ? v->long_name : "");
    }
    return SIM_OK;
}

static void print_text(const struct sim_cli *cli, const struct sim_reader *r, const char *path,
                       const struct tally *tally, const struct sim_reader_failure *failures,
                       int failure_count)
{
    sim_sink_print(&cli->out, "%s\n", path);
    print_runs(cli, tally);
    print_attrs(cli, r, "");
    sim_sink_text(&cli->out, "inputs:\n");
    print_attrs(cli, r, "inputs");
    sim_sink_text(&cli->out, "axes:\n");
    print_vars(cli, r, true);
    sim_sink_text(&cli->out, "variables:\n");
    print_vars(cli, r, false);
    print_failures(cli, failures, failure_count);
    sim_sink_text(&cli->out, "execution:\n");
    print_attrs(cli, r, "execution");
}

// ---- JSON ----

static json_t *attrs_json(const struct sim_reader *r, const char *group)
{
    json_t *object = json_object();

    for (int i = 0; i < sim_reader_attr_count(r, group); i++) {
        const struct sim_reader_attr *attr = sim_reader_attr_at(r, group, i);

        (void)json_object_set_new(object, attr->name, json_string(attr->text));
    }
    return object;
}

static json_t *text_or_null(const char *text)
{
    return text != NULL ? json_string(text) : json_null();
}

static json_t *var_json(const struct sim_reader_var *v)
{
    json_t *object = json_object();
    json_t *dims = json_array();
    json_t *shape = json_array();

    for (int i = 0; i < v->rank; i++) {
        (void)json_array_append_new(dims, json_string(v->dim_names[i]));
        (void)json_array_append_new(shape, json_integer(v->dims[i]));
    }
    (void)json_object_set_new(object, "group", json_string(v->group));
    (void)json_object_set_new(object, "name", json_string(v->name));
    (void)json_object_set_new(object, "type", json_string(type_name(v->type)));
    (void)json_object_set_new(object, "dims", dims);
    (void)json_object_set_new(object, "shape", shape);
    (void)json_object_set_new(object, "units", text_or_null(v->units));
    (void)json_object_set_new(object, "long_name", text_or_null(v->long_name));
    return object;
}

static json_t *vars_json(const struct sim_reader *r, bool axes)
{
    json_t *list = json_array();

    for (int i = 0; i < sim_reader_var_count(r); i++) {
        const struct sim_reader_var *v = sim_reader_var_at(r, i);

        if (v->is_axis == axes) {
            (void)json_array_append_new(list, var_json(v));
        }
    }
    return list;
}

static json_t *failures_json(const struct sim_reader_failure *failures, int count)
{
    json_t *list = json_array();

    for (int i = 0; i < count; i++) {
        json_t *object = json_object();

        (void)json_object_set_new(object, "run", json_integer(failures[i].run));
        (void)json_object_set_new(object, "point", json_integer(failures[i].point));
        (void)json_object_set_new(object, "time", json_string(failures[i].when));
        (void)json_object_set_new(object, "reason", json_string(failures[i].reason));
        (void)json_array_append_new(list, object);
    }
    return list;
}

static json_t *runs_json(const struct tally *t)
{
    json_t *object = json_object();

    (void)json_object_set_new(object, "planned", json_integer(t->planned));
    (void)json_object_set_new(object, "ok", json_integer(t->ok));
    (void)json_object_set_new(object, "failed", json_integer(t->failed));
    (void)json_object_set_new(object, "skipped", json_integer(t->skipped));
    return object;
}

static void print_json(const struct sim_cli *cli, const struct sim_reader *r, const char *path,
                       const struct tally *tally, const struct sim_reader_failure *failures,
                       int failure_count)
{
    json_t *object = json_object();

    (void)json_object_set_new(object, "file", json_string(path));
    (void)json_object_set_new(object, "runs", runs_json(tally));
    (void)json_object_set_new(object, "attributes", attrs_json(r, ""));
    (void)json_object_set_new(object, "inputs", attrs_json(r, "inputs"));
    (void)json_object_set_new(object, "axes", vars_json(r, true));
    (void)json_object_set_new(object, "variables", vars_json(r, false));
    (void)json_object_set_new(object, "failures", failures_json(failures, failure_count));
    (void)json_object_set_new(object, "execution", attrs_json(r, "execution"));
    sim_cli_json_print(cli, object);
}

/** Read all values of a variable, in blocks of its first dimension. */
static enum sim_status read_all_of(struct sim_reader *r, int var, struct sim_err *err)
{
    const struct sim_reader_var *v = sim_reader_var_at(r, var);
    int64_t start[SIM_CHUNK_MAX_RANK] = {0};
    int64_t count[SIM_CHUNK_MAX_RANK];
    enum sim_status status = SIM_OK;

    memcpy(count, v->dims, sizeof(count));
    const int64_t size = sim_reader_size(r, var);
    const int64_t rows = v->rank > 0 && v->dims[0] > 0 ? v->dims[0] : 1;
    const int64_t width = size / rows;
    const int64_t step = width > 0 && width < VERIFIED_AT_ONCE ? VERIFIED_AT_ONCE / width : 1;
    double *values = sim_base_alloc((size_t)(step < rows ? step : rows) * (size_t)width + 1, 8);

    for (int64_t row = 0; row < rows && size > 0 && status == SIM_OK; row += step) {
        start[0] = row;
        count[0] = v->rank == 0 ? 0 : rows - row < step ? rows - row : step;
        status = v->type == SIM_SCHEMA_STRING
                     ? sim_reader_texts(r, var, start, count, (const char **)(void *)values, err)
                     : sim_reader_numbers(r, var, start, count, values, err);
    }
    free(values);
    return status;
}

/** The checksum of all bytes; where a file has none, at least everything can be read. */
static enum sim_status verify(const struct sim_cli *cli, struct sim_reader *r, const char *path,
                              struct sim_err *err)
{
    enum sim_status status = sim_reader_verify(r, err);

    for (int i = 0; i < sim_reader_var_count(r) && status == SIM_OK; i++) {
        status = read_all_of(r, i, err);
    }
    if (status == SIM_OK) {
        sim_sink_print(&cli->out, "%s: %s\n", path,
                       sim_reader_is_sealed(r)
                           ? "every byte is as it was written"
                           : "all of it can be read; it has no checksum (another program, or one "
                             "before format 1.1, wrote it)");
    }
    return status;
}

static enum sim_status act(const struct sim_cli *cli, struct sim_option_args *args,
                           struct sim_err *err)
{
    const char *path = sim_option_positional(args, 0);
    const struct sim_reader_failure *failures = NULL;
    struct sim_reader *r = NULL;
    struct tally tally = {0};
    int failure_count = 0;

    SIM_TRY(sim_reader_open_of(path, cli->model->expected, cli->model->expected_count, &r, err));
    if (sim_option_is_given(args, "verify")) {
        const enum sim_status verified = verify(cli, r, path, err);

        sim_reader_close(r);
        return verified;
    }
    enum sim_status status = sim_reader_failures(r, &failures, &failure_count, err);

    if (status == SIM_OK) {
        status = count_runs(r, &tally, err);
    }
    if (status == SIM_OK && sim_option_is_given(args, "json")) {
        print_json(cli, r, path, &tally, failures, failure_count);
    } else if (status == SIM_OK) {
        print_text(cli, r, path, &tally, failures, failure_count);
        status = print_work(cli, r, err);
    }
    sim_reader_close(r);
    return status;
}

const struct sim_cli_command sim_cmd_info_command = {
    .name = "info",
    .usage = "FILE [--json | --verify]",
    .help = "tell what a results file holds: runs made, attributes, axes, variables, failures",
    .options = options,
    .positional_min = 1,
    .positional_max = 1,
    .act = act};
