#include "sim/base/vec.h"
#include "sim/cli/export_priv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_SECONDS 1e11 // [s] 3,000 years

/** One stored series variable (run, X, time or instant). */
struct series {
    const struct sim_reader_var *v;
    const char *title;   // "flow" of flow_t: without the unit that its axis names
    const char **labels; // (X)
    bool is_at_instants; // one value more: the first is the start's
    struct sim_export_block block;
    const double *row; // (X, time or instant) of the run being told
};

struct table {
    SIM_VEC(struct series) list;
    int64_t times;
    sim_time epoch;
    const double *bounds; // (time, 2) [s] since epoch
};

static bool is_series(const struct sim_reader_var *v)
{
    return v->group[0] == '\0' && v->rank == 3 && strcmp(v->dim_names[0], "run") == 0 &&
           v->dim_names[1][0] != '\0' &&
           (strcmp(v->dim_names[2], "time") == 0 || strcmp(v->dim_names[2], "instant") == 0);
}

/** "flow_t" over "link_t" is "flow"; "running" over "unit" stays. */
static const char *title_of(struct sim_export *x, const struct sim_reader_var *v)
{
    const char *mark = strrchr(v->dim_names[1], '_');
    const size_t length = strlen(v->name);
    const size_t tail = mark != NULL ? strlen(mark) : 0;

    if (mark != NULL && length > tail && strcmp(v->name + length - tail, mark) == 0) {
        return sim_arena_strndup(x->arena, v->name, length - tail);
    }
    return v->name;
}

static enum sim_status add_series(struct sim_export *x, struct table *t,
                                  const struct sim_reader_var *v, struct sim_err *err)
{
    struct series s = {
        .v = v, .title = title_of(x, v), .is_at_instants = strcmp(v->dim_names[2], "instant") == 0};

    SIM_TRY(sim_export_read_texts(x, "", v->dim_names[1], &s.labels, err));
    if (s.labels == NULL || v->dims[2] != t->times + (s.is_at_instants ? 1 : 0)) {
        return sim_err_set(err, SIM_INPUT, "%s has another shape than its axes", v->name);
    }
    const enum sim_status status =
        sim_export_read_block(x, "", v->name, v->dims[1] * v->dims[2], &s.block, err);

    SIM_VEC_PUSH(&t->list, s);
    return status;
}

/** Times that a clock can have. */
static enum sim_status check_bounds(const struct table *t, struct sim_err *err)
{
    for (int64_t i = 0; i < 2 * t->times; i++) {
        if (!(fabs(t->bounds[i]) < MOST_SECONDS)) {
            return sim_err_set(err, SIM_INPUT, "its axis 'time' has a bound that is no time");
        }
    }
    return SIM_OK;
}

static enum sim_status read_times(struct sim_export *x, struct table *t, struct sim_err *err)
{
    const int axis = sim_reader_find(x->r, "", "time");
    const char *units = axis >= 0 ? sim_reader_var_at(x->r, axis)->units : NULL;
    const char *since = units != NULL ? sim_export_read_suffix(units, "seconds since ") : NULL;

    t->times = axis >= 0 ? sim_reader_size(x->r, axis) : 0;
    SIM_TRY(sim_export_read_numbers(x, "", "time_bounds", &t->bounds, err));
    if (since == NULL || t->bounds == NULL) {
        return sim_err_set(err, SIM_INPUT, "it has no axis 'time' with its bounds");
    }
    SIM_TRY(check_bounds(t, err));
    return sim_simtime_parse(since, &t->epoch, err);
}

static enum sim_status open_table(struct sim_export *x, struct table *t, struct sim_err *err)
{
    enum sim_status status = SIM_OK;

    for (int i = 0; i < sim_reader_var_count(x->r) && status == SIM_OK; i++) {
        const struct sim_reader_var *v = sim_reader_var_at(x->r, i);

        if (!is_series(v)) {
            continue;
        }
        status = t->list.count == 0 ? read_times(x, t, err) : SIM_OK;
        status = status == SIM_OK ? add_series(x, t, v, err) : status;
    }
    return status;
}

static void put_head(struct sim_export *x, const struct table *t, struct sim_export_csv *c)
{
    sim_export_csv_text(c, "run");
    sim_export_csv_text(c, "from");
    sim_export_csv_text(c, "to");
    for (int i = 0; i < t->list.count; i++) {
        const struct series *s = &t->list.data[i];

        for (int64_t k = 0; k < s->v->dims[1]; k++) {
            const sim_arena_mark mark = sim_arena_mark_now(x->arena);

            sim_export_csv_heading(c, sim_arena_format(x->arena, "%s %s", s->title, s->labels[k]),
                                   s->v->units);
            sim_arena_rewind(x->arena, mark);
        }
    }
    sim_export_csv_row(c);
}

static void put_instant(const struct table *t, double seconds, struct sim_export_csv *c)
{
    char text[SIM_SIMTIME_TEXT];

    sim_export_csv_text(c, sim_simtime_format(t->epoch + sim_simtime_from_seconds(seconds), text));
}

static void put_interval(const struct table *t, int64_t time, struct sim_export_csv *c)
{
    put_instant(t, t->bounds[2 * time], c);
    put_instant(t, t->bounds[2 * time + 1], c);
    for (int i = 0; i < t->list.count; i++) {
        const struct series *s = &t->list.data[i];
        const int64_t step = s->v->dims[2];

        for (int64_t k = 0; k < s->v->dims[1]; k++) {
            sim_export_csv_number(c, s->row[k * step + time + (s->is_at_instants ? 1 : 0)],
                                  s->v->type == SIM_SCHEMA_F32);
        }
    }
    sim_export_csv_row(c);
}

static enum sim_status read_run(struct sim_export *x, struct table *t, int64_t run,
                                struct sim_err *err)
{
    enum sim_status status = SIM_OK;

    for (int i = 0; i < t->list.count && status == SIM_OK; i++) {
        struct series *s = &t->list.data[i];

        status = sim_export_read_row(x, &s->block, run, &s->row, err);
    }
    return status;
}

static enum sim_status put_runs(struct sim_export *x, struct table *t, struct sim_export_csv *c,
                                struct sim_err *err)
{
    int64_t first = 0;
    int64_t end = 0;

    sim_export_read_runs(x, &first, &end);
    for (int64_t run = first; run < end; run++) {
        SIM_TRY(read_run(x, t, run, err));
        for (int64_t time = 0; time < t->times; time++) {
            sim_export_csv_integer(c, (int64_t)x->run_id[run]);
            put_interval(t, time, c);
        }
    }
    return SIM_OK;
}

enum sim_status sim_export_series_fill(struct sim_export *x, struct sim_export_csv *c,
                                       struct sim_err *err)
{
    struct table t = {0};
    enum sim_status status = open_table(x, &t, err);

    if (status == SIM_OK && t.list.count > 0) {
        put_head(x, &t, c);
        status = put_runs(x, &t, c, err);
    }
    for (int i = 0; i < t.list.count; i++) {
        sim_export_read_block_end(&t.list.data[i].block);
    }
    SIM_VEC_FREE(&t.list);
    return status;
}

// ---- one row a run ----

/** A variable (run): numbers, or texts. */
struct column {
    const struct sim_reader_var *v;
    const double *numbers;
    const char **texts;
};

static bool is_column(const struct sim_reader_var *v)
{
    return v->group[0] == '\0' && v->rank == 1 && !v->is_axis &&
           strcmp(v->dim_names[0], "run") == 0;
}

static enum sim_status read_column(struct sim_export *x, const struct sim_reader_var *v,
                                   struct column *out, struct sim_err *err)
{
    *out = (struct column){.v = v};
    if (v->type == SIM_SCHEMA_STRING) {
        return sim_export_read_texts(x, "", v->name, &out->texts, err);
    }
    return sim_export_read_numbers(x, "", v->name, &out->numbers, err);
}

static void put_cell(const struct column *column, int64_t run, struct sim_export_csv *c)
{
    static const char *const status_words[] = {"ok", "failed", "skipped"}; // as in the attribute flag_meanings
    const double number = column->numbers != NULL ? column->numbers[run] : 0;

    if (column->texts != NULL) {
        sim_export_csv_text(c, column->texts[run]);
    } else if (strcmp(column->v->name, "status") == 0 && number >= 0 && number <= 2) {
        sim_export_csv_text(c, status_words[(int)number]);
    } else {
        sim_export_csv_number(c, number, column->v->type == SIM_SCHEMA_F32);
    }
}

struct columns {
    SIM_VEC(struct column) list;
};

static enum sim_status read_columns(struct sim_export *x, struct columns *columns,
                                    struct sim_err *err)
{
    enum sim_status status = SIM_OK;

    for (int i = 0; i < sim_reader_var_count(x->r) && status == SIM_OK; i++) {
        const struct sim_reader_var *v = sim_reader_var_at(x->r, i);
        struct column column;

        if (is_column(v)) {
            status = read_column(x, v, &column, err);
            SIM_VEC_PUSH(&columns->list, column);
        }
    }
    return status;
}

static void put_columns(const struct sim_export *x, const struct columns *columns,
                        struct sim_export_csv *c)
{
    int64_t first = 0;
    int64_t end = 0;

    sim_export_csv_text(c, "run");
    for (int i = 0; i < columns->list.count; i++) {
        const struct sim_reader_var *v = columns->list.data[i].v;

        sim_export_csv_heading(c, v->name, v->units);
    }
    sim_export_csv_row(c);
    sim_export_read_runs(x, &first, &end);
    for (int64_t run = first; run < end; run++) {
        sim_export_csv_integer(c, (int64_t)x->run_id[run]);
        for (int i = 0; i < columns->list.count; i++) {
            put_cell(&columns->list.data[i], run, c);
        }
        sim_export_csv_row(c);
    }
}

enum sim_status sim_export_series_runs(struct sim_export *x, struct sim_export_csv *c,
                                       struct sim_err *err)
{
    struct columns columns = {0};
    const enum sim_status status = read_columns(x, &columns, err);

    if (status == SIM_OK) {
        put_columns(x, &columns, c);
    }
    SIM_VEC_FREE(&columns.list);
    return status;
}
