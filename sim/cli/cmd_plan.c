// SPDX-License-Identifier: MIT
// What a study would do: points, runs, time and disk, without making its runs (but two probes).
#include "sim/base/file.h"
#include "sim/base/vec.h"
#include "sim/cfg/diag.h"
#include "sim/cli/cli_study.h"
#include "sim/store/pack.h"
#include "sim/sweep/machine.h"
#include "sim/sweep/runner.h"
#include "sim/sweep/sweep.h"
#include "sim/sweep/sweep_try.h"

#include <jansson.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

static const struct sim_option options[] = {
    {.name = "output", .letter = 'o', .value = "FILE", .help = "where the results would go"},
    {.name = "threads", .value = "N", .help = "runs made at a time [cores, or OMP_NUM_THREADS]"},
    {.name = "points", .value = "N", .help = "points shown of the first and of the last [3]"},
    {.name = "json", .help = "print the plan as one JSON object"},
    SIM_OPTION_END};

/** One run, made to see what runs cost. */
struct probe {
    int64_t point;
    int32_t replication;
    double load_s;          // [s] once a point
    double run_s;           // [s] once a run, packed
    double bytes;           // [bytes] once a run: its series, packed
    struct sim_row *totals; // owned; NULL unless it went well
    int64_t events;
    bool is_failed;
    struct sim_err err; // why
};

/** One call of `plan`. */
struct job {
    const struct sim_cli *cli;
    const char *study;
    const char *output; // NULL: not said
    int64_t threads;
    int64_t shown; // [-] points
    bool is_json;
    struct sim_sweep_setup *setup;
    struct probe probes[2];
    int probe_count;
    double total_bytes; // [bytes] once a run: its totals, packed
    double free_bytes;  // [bytes] where the results would go; NaN: not known
};

/** What the whole would take. */
struct total {
    int64_t runs;
    double wall_s;
    double bytes;
};

// ---- probes ----

static void no_tick(void *user, int64_t now_us, int64_t events)
{
    (void)user;
    (void)now_us;
    (void)events;
}

static bool is_stopped(void *user)
{
    return sim_cli_stop_level(user) > 0;
}

static enum sim_status run_once(const struct job *j, void *state, struct probe *p)
{
    const struct sim_sweep_setup *s = j->setup;
    const struct sim_model_hooks hooks = {.tick = no_tick, .is_stopped = is_stopped};
    struct sim_row *row = sim_row_create(s->schema, SIM_SCHEMA_RUN);
    struct sim_model_end end = {0};
    struct sim_trial trial;
    const double start = sim_machine_wall_s();

    sim_plan_trial(s->plan, s->card.seed, p->point, &s->card.marks[p->point], p->replication,
                   &trial);
    const enum sim_status status = s->model->run(state, &trial, &hooks, row, &end, &p->err);

    p->events = end.events;
    if (status == SIM_OK) {
        const struct sim_run_key key = {.point = p->point};
        struct sim_pack *pack = sim_pack_create(s->schema, &key, row);

        p->bytes = (double)sim_pack_bytes(pack);
        sim_pack_destroy(pack);
        p->totals = p->totals != NULL ? p->totals : sim_row_create_totals(s->schema);
        sim_row_copy_totals(p->totals, row);
    }
    p->run_s = sim_machine_wall_s() - start;
    sim_row_destroy(row);
    return status;
}

/** Short runs are repeated a few times and the quickest counts: the first ones pay for memory. */
static enum sim_status run_probe(const struct job *j, void *state, struct probe *p)
{
    const double start = sim_machine_wall_s();
    double least_s = (double)INFINITY;
    enum sim_status status = SIM_OK;

    for (int i = 0; i < 5 && status == SIM_OK && (i == 0 || sim_machine_wall_s() - start < 0.1);
         i++) {
        status = run_once(j, state, p);
        least_s = p->run_s < least_s ? p->run_s : least_s;
    }
    p->run_s = least_s;
    return status;
}

/** Make a run of a point, as one thread of a sweep would. Only stopping ends the command. */
static enum sim_status probe(const struct job *j, struct probe *p)
{
    const struct sim_sweep_setup *s = j->setup;
    struct sim_diag *diag = sim_diag_create();
    void *data = NULL;
    void *state = NULL;
    const double start = sim_machine_wall_s();
    enum sim_status status = sim_sweep_setup_load(s, p->point, diag, &data, &p->err);

    if (status != SIM_OK && sim_diag_wrong(diag) > 0) {
        status = sim_diag_to_err(diag, &p->err);
    }
    if (status == SIM_OK) {
        state = s->model->state_create(data, s->schema, &s->study->want, &p->err);
        status = state != NULL ? SIM_OK : SIM_FAILED;
    }
    p->load_s = sim_machine_wall_s() - start;
    if (status == SIM_OK) {
        status = run_probe(j, state, p);
    }
    s->model->state_destroy(state);
    s->model->unload(data);
    sim_diag_destroy(diag);
    p->is_failed = status != SIM_OK && status != SIM_STOPPED;
    return p->is_failed ? SIM_OK : status;
}

/** Of a variable's values, how many differ between two runs; all without a second one. */
static int64_t differing(const struct sim_row *a, const struct sim_row *b, int var, int64_t count,
                         size_t size)
{
    size_t bytes = 0;
    const char *x = sim_row_bytes(a, var, &bytes);
    const char *y = b != NULL ? sim_row_bytes(b, var, &bytes) : NULL;
    int64_t n = 0;

    for (int64_t i = 0; i < count; i++) {
        n += y == NULL || memcmp(x + (size_t)i * size, y + (size_t)i * size, size) != 0 ? 1 : 0;
    }
    return n;
}

/** Totals are packed over many runs, where what never changes takes next to nothing. */
static double total_bytes(const struct job *j)
{
    const struct sim_schema *s = j->setup->schema;
    const bool is_first = j->probes[0].totals != NULL; // else it failed
    const struct sim_row *a = j->probes[is_first ? 0 : 1].totals;
    const struct sim_row *b = is_first ? j->probes[1].totals : NULL;
    double bytes = 0.0;

    for (int i = 0; a != NULL && i < sim_schema_var_count(s); i++) {
        const struct sim_schema_var *v = sim_schema_var_at(s, i);
        const size_t size = sim_schema_type_bytes(v->type);

        if (v->scope == SIM_SCHEMA_RUN) {
            bytes += (double)differing(a, b, i, sim_schema_var_size(s, i), size) * (double)size;
        }
    }
    return bytes;
}

static enum sim_status make_probes(struct job *j, struct sim_err *err)
{
    const int64_t points = sim_plan_points(j->setup->plan);
    const int32_t last = j->setup->study->rule.at_least - 1;
    enum sim_status status = SIM_OK;

    sim_cli_stop_listen(1);
    for (int i = 0; status == SIM_OK && i < (points > 1 || last > 0 ? 2 : 1); i++) {
        j->probes[i].point = i == 0 ? 0 : points - 1;
        j->probes[i].replication = i == 0 ? 0 : last;
        status = probe(j, &j->probes[i]);
        j->probe_count = i + 1;
    }
    sim_cli_stop_end();
    j->total_bytes = total_bytes(j);
    if (status == SIM_STOPPED) {
        return sim_err_set(err, SIM_STOPPED, "stopped; a plan leaves nothing behind");
    }
    return status;
}

/** Runs of each point -> all of them. Means of the probes that went well; NaN without any. */
static struct total estimate(const struct job *j, int32_t each)
{
    const int64_t points = sim_plan_points(j->setup->plan);
    struct total t = {.runs = points * each};
    double load_s = 0.0;
    double run_s = 0.0;
    double bytes = 0.0;
    int good = 0;

    for (int i = 0; i < j->probe_count; i++) {
        if (!j->probes[i].is_failed) {
            load_s += j->probes[i].load_s;
            run_s += j->probes[i].run_s;
            bytes += j->probes[i].bytes;
            good++;
        }
    }
    const double busy = (double)(j->threads < t.runs ? j->threads : t.runs);

    t.wall_s =
        good > 0 ? ((double)points * load_s + (double)t.runs * run_s) / good / busy : (double)NAN;
    t.bytes = good > 0 ? (double)t.runs * (bytes / good + j->total_bytes) : (double)NAN;
    return t;
}

/** Room on the disk of the nearest folder that is there. */
static double free_bytes(const char *output)
{
    char *folder = sim_file_folder(output);
    struct statvfs info;
    double bytes = (double)NAN;

    while (!sim_file_exists(folder) && strcmp(folder, ".") != 0 && strcmp(folder, "/") != 0) {
        char *above = sim_file_folder(folder);

        free(folder);
        folder = above;
    }
    if (statvfs(folder, &info) == 0) {
        bytes = (double)info.f_bavail * (double)info.f_frsize;
    }
    free(folder);
    return bytes;
}

// ---- numbers for people ----

static const char *span_text(double s, char out[32])
{
    if (!isfinite(s)) {
        return "an unknown time";
    }
    const double size = s < 90.0 ? 1.0 : s < 5400.0 ? 60.0 : s < 172800.0 ? 3600.0 : 86400.0;
    const char *unit = s < 90.0 ? "s" : s < 5400.0 ? "min" : s < 172800.0 ? "h" : "days";

    (void)snprintf(out, 32, s / size < 10.0 ? "%.1f %s" : "%.0f %s", s / size, unit);
    return out;
}

static const char *bytes_text(double bytes, char out[32])
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    int i = 0;

    if (!isfinite(bytes)) {
        return "an unknown size";
    }
    while (bytes >= 999.5 && i < SIM_COUNT(units) - 1) {
        bytes /= 1000.0;
        i++;
    }
    (void)snprintf(out, 32, bytes < 10.0 && i > 0 ? "%.1f %s" : "%.0f %s", bytes, units[i]);
    return out;
}

// ---- the table of points ----

/** What stands in a row and a column; owned. */
static char *cell_text(const struct job *j, const struct sim_plan_point *p, int column)
{
    const struct sim_plan *plan = j->setup->plan;

    if (column == 0) {
        return sim_base_format("%" PRId64, p->point);
    }
    if (column == 1) {
        return sim_base_strdup(j->setup->study->designs[p->design]);
    }
    const int axis = column - 2;
    const char *units = sim_plan_axis(plan, axis)->units;

    if (units == NULL) {
        return sim_base_strdup(p->texts[axis]);
    }
    const bool is_pure = strcmp(units, "1") == 0;

    return sim_base_format("%.6g%s%s", p->numbers[axis], is_pure ? "" : " ", is_pure ? "" : units);
}

/** Columns that a text takes on a terminal: one a code point. */
static int width_of(const char *text)
{
    int n = 0;

    for (; *text != '\0'; text++) {
        n += ((unsigned char)*text & 0xC0U) != 0x80U ? 1 : 0;
    }
    return n;
}

/** Numbers of the points to show: the first and the last ones; -1 stands for those left out. */
static int64_t *shown_points(const struct job *j, int64_t *out_count)
{
    const int64_t points = sim_plan_points(j->setup->plan);
    const bool is_all = points <= 2 * j->shown + 1; // one more is as short as "..."
    const int64_t count = is_all ? points : 2 * j->shown + 1;
    int64_t *all = sim_base_alloc((size_t)count, sizeof(*all));

    for (int64_t i = 0; i < count; i++) {
        all[i] = is_all || i < j->shown ? i : i == j->shown ? -1 : points - count + i;
    }
    *out_count = count;
    return all;
}

static void print_row(const struct job *j, char *const *cells, const int *widths, int columns)
{
    int last = columns - 1;

    while (last > 0 && cells[last][0] == '\0') {
        last--; // nothing hangs over the end of a line
    }
    for (int c = 0; c <= last; c++) {
        const int blanks = c < last ? widths[c] - width_of(cells[c]) + 2 : 0;

        sim_sink_print(&j->cli->out, "%s%s%*s", c == 0 ? "  " : "", cells[c], blanks, "");
    }
    sim_sink_text(&j->cli->out, "\n");
}

/** cells[row][column]; row 0 is the header, NULL rows stand for "...". */
static char **make_cells(const struct job *j, const int64_t *points, int64_t count, int columns)
{
    struct sim_arena *arena = sim_arena_create();
    char **cells = sim_base_alloc((size_t)((count + 1) * columns), sizeof(*cells));

    for (int c = 0; c < columns; c++) {
        cells[c] = sim_base_strdup(c == 0   ? "point"
                                   : c == 1 ? "design"
                                            : sim_plan_axis(j->setup->plan, c - 2)->name);
    }
    for (int64_t r = 0; r < count; r++) {
        struct sim_plan_point p;

        if (points[r] >= 0) {
            sim_plan_point(j->setup->plan, points[r], arena, &p);
        }
        for (int c = 0; c < columns; c++) {
            cells[(r + 1) * columns + c] =
                points[r] >= 0 ? cell_text(j, &p, c) : sim_base_strdup(c == 0 ? "..." : "");
        }
    }
    sim_arena_destroy(arena);
    return cells;
}

static void print_points(const struct job *j)
{
    const int columns = sim_plan_axis_count(j->setup->plan) + 2;
    int64_t count = 0;
    int64_t *points = shown_points(j, &count);
    char **cells = make_cells(j, points, count, columns);
    int *widths = sim_base_alloc((size_t)columns, sizeof(*widths));

    for (int64_t i = 0; i < (count + 1) * columns; i++) {
        const int width = width_of(cells[i]);

        widths[i % columns] = width > widths[i % columns] ? width : widths[i % columns];
    }
    for (int64_t r = 0; r <= count; r++) {
        print_row(j, &cells[r * columns], widths, columns);
    }
    for (int64_t i = 0; i < (count + 1) * columns; i++) {
        free(cells[i]);
    }
    free(widths);
    free(cells);
    free(points);
}

// ---- the plan as text ----

static void print_runs(const struct job *j, const struct total *least, const struct total *most)
{
    const struct sim_sink *out = &j->cli->out;
    const struct sim_study *s = j->setup->study;
    char points[32];
    char low[32];
    char high[32];

    sim_sink_print(out, "%s point%s (%d design%s, %s combination%s of axis values%s)\n",
                   sim_sweep_count(sim_plan_points(j->setup->plan), points),
                   sim_plan_points(j->setup->plan) == 1 ? "" : "s", s->design_count,
                   s->design_count == 1 ? "" : "s",
                   sim_sweep_count(sim_plan_combinations(j->setup->plan), low),
                   sim_plan_combinations(j->setup->plan) == 1 ? "" : "s",
                   sim_plan_points(j->setup->plan) <
                           sim_plan_combinations(j->setup->plan) * s->design_count
                       ? ", less what only_if leaves out"
                       : "");
    if (least->runs == most->runs) {
        sim_sink_print(out, "%s run%s, %d a point\n", sim_sweep_count(most->runs, high),
                       most->runs == 1 ? "" : "s", (int)s->rule.at_most);
    } else {
        sim_sink_print(out,
                       "%s to %s runs: %d to %d a point, until the half-width of %s is at "
                       "most %.3g %% of its mean\n",
                       sim_sweep_count(least->runs, low), sim_sweep_count(most->runs, high),
                       (int)s->rule.at_least, (int)s->rule.at_most, s->rule.response,
                       100.0 * s->rule.share);
    }
}

static void print_cost(const struct job *j, const struct total *least, const struct total *most)
{
    const struct sim_sink *out = &j->cli->out;
    const bool is_range = least->runs != most->runs;
    char a[32];
    char b[32];

    if (most->wall_s < 1.0) {
        sim_sink_text(out, "less than a second");
    } else if (is_range && least->wall_s >= 1.0) {
        sim_sink_print(out, "about %s to %s", span_text(least->wall_s, a),
                       span_text(most->wall_s, b));
    } else {
        sim_sink_print(out, "%s %s", is_range ? "at most about" : "about",
                       span_text(most->wall_s, b));
    }
    sim_sink_print(out, " on %d thread%s\n", (int)j->threads, j->threads == 1 ? "" : "s");
    sim_sink_print(out, "about %s", bytes_text(least->bytes, a));
    if (is_range) {
        sim_sink_print(out, " to %s", bytes_text(most->bytes, b));
    }
    sim_sink_print(out, " of results, and as much again while the sweep goes on");
    if (isfinite(j->free_bytes)) {
        sim_sink_print(out, "; %s are free there", bytes_text(j->free_bytes, a));
    }
    sim_sink_text(out, "\n");
}

static void print_probes(const struct job *j)
{
    const struct sim_sink *out = &j->cli->out;

    for (int i = 0; i < j->probe_count; i++) {
        const struct probe *p = &j->probes[i];
        char size[32];

        if (p->is_failed) {
            sim_sink_print(out, "probe of point %" PRId64 ": FAILED: %s\n", p->point, p->err.text);
        } else {
            sim_sink_print(out,
                           "probe of point %" PRId64 ": %.3g s to load, %.3g s to run, %" PRId64
                           " events, %s\n",
                           p->point, p->load_s, p->run_s, p->events,
                           bytes_text(p->bytes + j->total_bytes, size));
        }
    }
}

static void print_text(const struct job *j)
{
    const struct sim_study *s = j->setup->study;
    const struct total least = estimate(j, s->rule.at_least);
    const struct total most = estimate(j, s->rule.at_most);

    if (s->title[0] != '\0') {
        sim_sink_print(&j->cli->out, "%s\n", s->title);
    }
    print_runs(j, &least, &most);
    print_cost(j, &least, &most);
    print_probes(j);
    print_points(j);
    if (j->free_bytes < 2.0 * most.bytes) {
        sim_sink_print(&j->cli->note, "warning: that may not fit on the disk; store less (store = "
                                      "\"responses\") or write elsewhere (-o FILE)\n");
    }
}

// ---- the plan as JSON ----

static json_t *real_or_null(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

static json_t *axes_json(const struct job *j)
{
    json_t *list = json_array();

    for (int i = 0; i < sim_plan_axis_count(j->setup->plan); i++) {
        const struct sim_plan_axis *x = sim_plan_axis(j->setup->plan, i);
        json_t *one = json_object();

        (void)json_object_set_new(one, "name", json_string(x->name));
        (void)json_object_set_new(one, "path", json_string(x->path));
        (void)json_object_set_new(one, "units",
                                  x->units != NULL ? json_string(x->units) : json_null());
        (void)json_object_set_new(one, "method", json_string(x->method));
        (void)json_object_set_new(one, "sampler",
                                  x->sampler != NULL ? json_string(x->sampler) : json_null());
        (void)json_array_append_new(list, one);
    }
    return list;
}

static json_t *point_json(const struct job *j, int64_t point, struct sim_arena *arena)
{
    struct sim_plan_point p;
    json_t *one = json_object();
    json_t *values = json_object();

    sim_plan_point(j->setup->plan, point, arena, &p);
    for (int i = 0; i < sim_plan_axis_count(j->setup->plan); i++) {
        (void)json_object_set_new(values, sim_plan_axis(j->setup->plan, i)->name,
                                  json_string(p.texts[i]));
    }
    (void)json_object_set_new(one, "point", json_integer(point));
    (void)json_object_set_new(one, "design", json_string(j->setup->study->designs[p.design]));
    (void)json_object_set_new(one, "axes", values);
    return one;
}

static json_t *points_json(const struct job *j)
{
    struct sim_arena *arena = sim_arena_create();
    int64_t count = 0;
    int64_t *points = shown_points(j, &count);
    json_t *list = json_array();

    for (int64_t i = 0; i < count; i++) {
        if (points[i] >= 0) {
            (void)json_array_append_new(list, point_json(j, points[i], arena));
        }
    }
    free(points);
    sim_arena_destroy(arena);
    return list;
}

static json_t *probes_json(const struct job *j)
{
    json_t *list = json_array();

    for (int i = 0; i < j->probe_count; i++) {
        const struct probe *p = &j->probes[i];
        json_t *one = json_object();

        (void)json_object_set_new(one, "point", json_integer(p->point));
        (void)json_object_set_new(one, "load_s", json_real(p->load_s));
        (void)json_object_set_new(one, "run_s", json_real(p->run_s));
        (void)json_object_set_new(one, "bytes", json_real(p->bytes + j->total_bytes));
        (void)json_object_set_new(one, "events", json_integer(p->events));
        (void)json_object_set_new(one, "failed",
                                  p->is_failed ? json_string(p->err.text) : json_null());
        (void)json_array_append_new(list, one);
    }
    return list;
}

static void print_json(const struct job *j)
{
    const struct sim_study *s = j->setup->study;
    const struct total least = estimate(j, s->rule.at_least);
    const struct total most = estimate(j, s->rule.at_most);
    json_t *object = json_object();

    (void)json_object_set_new(object, "study", json_string(j->study));
    (void)json_object_set_new(object, "study_hash", json_string(j->setup->card.study_hash));
    (void)json_object_set_new(object, "points", json_integer(sim_plan_points(j->setup->plan)));
    (void)json_object_set_new(object, "combinations",
                              json_integer(sim_plan_combinations(j->setup->plan)));
    (void)json_object_set_new(object, "designs", json_integer(s->design_count));
    (void)json_object_set_new(object, "axes", axes_json(j));
    (void)json_object_set_new(object, "runs_least", json_integer(least.runs));
    (void)json_object_set_new(object, "runs_most", json_integer(most.runs));
    (void)json_object_set_new(object, "threads", json_integer(j->threads));
    (void)json_object_set_new(object, "wall_s_least", real_or_null(least.wall_s));
    (void)json_object_set_new(object, "wall_s_most", real_or_null(most.wall_s));
    (void)json_object_set_new(object, "bytes_least", real_or_null(least.bytes));
    (void)json_object_set_new(object, "bytes_most", real_or_null(most.bytes));
    (void)json_object_set_new(object, "bytes_free", real_or_null(j->free_bytes));
    (void)json_object_set_new(object, "probes", probes_json(j));
    (void)json_object_set_new(object, "shown", points_json(j));
    (void)json_object_set_new(object, "version", json_string(sim_cli_version(j->cli)));
    sim_cli_json_print(j->cli, object);
}

// ---- the command ----

/** What `check` tries, too. */
static enum sim_status try_values(const struct job *j)
{
    struct sim_diag *diag = sim_diag_create();
    const enum sim_status status = sim_sweep_try_values(j->setup, diag);

    sim_cli_tell_mistakes(j->cli, diag);
    sim_diag_destroy(diag);
    return status;
}

static enum sim_status make(struct job *j, const struct sim_option_args *args, struct sim_err *err)
{
    j->study = sim_option_positional(args, 0);
    j->output = sim_option_text(args, "output");
    j->is_json = sim_option_is_given(args, "json");
    j->threads = sim_runner_default_threads();
    j->shown = 3;
    SIM_TRY(sim_option_int(args, "threads", 1, 1024, &j->threads, err));
    SIM_TRY(sim_option_int(args, "points", 0, 1000000, &j->shown, err));
    SIM_TRY(sim_cli_study_check(j->cli, "plan", j->study, err));
    SIM_TRY(sim_cli_study_load(j->cli, j->study, &j->setup, err));
    SIM_TRY(try_values(j));
    if (j->output != NULL) {
        SIM_TRY(sim_cli_study_spare(j->setup, "-o", j->output, err));
        SIM_TRY(sim_cli_spare_strangers("-o", j->output, err));
    }
    SIM_TRY(make_probes(j, err));
    j->free_bytes = free_bytes(j->output != NULL ? j->output : "out/study.h5");
    if (j->is_json) {
        print_json(j);
    } else {
        print_text(j);
    }
    for (int i = 0; i < j->probe_count; i++) {
        if (j->probes[i].is_failed) {
            return sim_err_set(err, SIM_FAILED, "the probe of point %" PRId64 " failed: %s",
                               j->probes[i].point, j->probes[i].err.text);
        }
    }
    return SIM_OK;
}

static enum sim_status act(const struct sim_cli *cli, struct sim_option_args *args,
                           struct sim_err *err)
{
    struct job *j = sim_base_alloc(1, sizeof(*j));

    j->cli = cli;
    const enum sim_status status = make(j, args, err);

    sim_row_destroy(j->probes[0].totals);
    sim_row_destroy(j->probes[1].totals);
    sim_sweep_setup_destroy(j->setup);
    free(j);
    return status;
}

const struct sim_cli_command sim_cmd_plan_command = {
    .name = "plan",
    .usage = "STUDY [-o FILE] [--threads N] [--points N] [--json]",
    .help = "say what a study would do: points, runs, time and disk",
    .details = "Nothing is written. Two runs are made to see what they cost: of the first and of "
               "the last\npoint. All that `sweep` would refuse is refused here, in the same words.",
    .options = options,
    .positional_min = 1,
    .positional_max = 1,
    .act = act};
