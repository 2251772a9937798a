#include "sim/store/writer.h"

#include "sim/base/file.h"
#include "sim/base/sys.h"
#include "sim/store/schema_priv.h"
#include "sim/store/writer_priv.h"

#include <string.h>

/** Totals of many runs make one chunk: large enough to deflate well, small enough to hold. */
enum {
    BLOCK_BYTES = 256 * 1024,
    BLOCK_ROWS = 4096
};

// ---- columns ----

static int64_t block_rows(size_t row_bytes, int64_t length)
{
    int64_t rows = row_bytes > 0 ? (int64_t)(BLOCK_BYTES / row_bytes) : BLOCK_ROWS;

    rows = rows < BLOCK_ROWS ? rows : BLOCK_ROWS;
    rows = rows < length ? rows : length;
    return rows > 1 ? rows : 1;
}

static void shape_column(const struct sim_h5layout *l, const struct sim_h5layout_array *a,
                         struct sim_writer_column *c)
{
    c->shape.rank = a->rank;
    c->shape.value_bytes = sim_schema_type_bytes(a->type);
    c->row_bytes = c->shape.value_bytes;
    for (int d = 1; d < a->rank; d++) {
        c->shape.dims[d] = sim_h5layout_length(l, a->axes[d]);
        c->row_bytes *= (size_t)c->shape.dims[d];
    }
    c->shape.dims[0] = block_rows(c->row_bytes, sim_h5layout_length(l, a->axes[0]));
    c->shape.chunk[0] = c->shape.dims[0];
    sim_chunk_cut(&c->shape, 1, 8 * 1024 * 1024);
}

/** Make the dataset and a block for it; returns the column's number. */
static int add_column(struct sim_writer *w, struct sim_h5layout_array *a, int var, const void *fill)
{
    struct sim_writer_column c = {.var = var, .first = -1};

    memcpy(c.fill, fill, sim_schema_type_bytes(a->type));
    shape_column(&w->layout, a, &c);
    c.block = sim_base_alloc((size_t)c.shape.dims[0], c.row_bytes);
    a->chunks = &c.shape;
    a->fill = c.fill;
    c.dataset = sim_h5layout_dataset(&w->layout, a);
    a->chunks = NULL; // `c` moves
    a->fill = NULL;
    SIM_VEC_PUSH(&w->columns, c);
    return w->columns.count - 1;
}

struct block_target {
    struct sim_writer *writer;
    const struct sim_writer_column *column;
};

static void write_block_chunk(void *user, const int64_t *offset, const void *bytes, size_t length)
{
    const struct block_target *t = user;
    hsize_t at[SIM_CHUNK_MAX_RANK] = {0};

    for (int d = 0; d < t->column->shape.rank; d++) {
        at[d] = (hsize_t)offset[d];
    }
    at[0] += (hsize_t)t->column->first;
    (void)SIM_H5_OK(&t->writer->h, "write", "results",
                    H5Dwrite_chunk(t->column->dataset, H5P_DEFAULT, 0, at, length, bytes));
}

void sim_writer_flush(struct sim_writer *w, struct sim_writer_column *c)
{
    struct block_target target = {w, c};

    if (c->first >= 0) {
        sim_chunk_each(&c->shape, c->block, c->fill, w->coder, write_block_chunk, &target);
        c->first = -1;
    }
}

static void start_block(struct sim_writer_column *c, int64_t first)
{
    const size_t values = (size_t)c->shape.dims[0] * c->row_bytes / c->shape.value_bytes;

    for (size_t i = 0; i < values; i++) {
        memcpy(c->block + i * c->shape.value_bytes, c->fill, c->shape.value_bytes);
    }
    c->first = first;
}

/** Put one row; rows ascend. */
static void put_column(struct sim_writer *w, int column, int64_t row, const void *values)
{
    struct sim_writer_column *c = &w->columns.data[column];
    const int64_t first = row - row % c->shape.dims[0];

    if (c->row_bytes == 0) {
        return;
    }
    if (c->first != first) {
        sim_writer_flush(w, c);
        start_block(c, first);
    }
    memcpy(c->block + (size_t)(row - first) * c->row_bytes, values, c->row_bytes);
}

// ---- texts over the runs ----

static void clear_texts(struct sim_writer_texts *t)
{
    for (int i = 0; i < SIM_H5LAYOUT_RUNS; i++) {
        t->block[i] = "";
    }
}

static void add_texts(struct sim_writer *w, const struct sim_h5layout_array *a, int var)
{
    struct sim_writer_texts t = {.var = var};

    t.block = sim_base_alloc(SIM_H5LAYOUT_RUNS, sizeof(*t.block));
    clear_texts(&t);
    t.dataset = sim_h5layout_dataset(&w->layout, a);
    SIM_VEC_PUSH(&w->texts, t);
}

void sim_writer_flush_texts(struct sim_writer *w, struct sim_writer_texts *t, int64_t run)
{
    while (t->first + SIM_H5LAYOUT_RUNS <= run || (run == w->layout.runs && t->first < run)) {
        const int64_t left = w->layout.runs - t->first;

        sim_h5layout_write_part(&w->layout, t->dataset, SIM_SCHEMA_STRING, t->first,
                                left < SIM_H5LAYOUT_RUNS ? left : SIM_H5LAYOUT_RUNS, t->block);
        clear_texts(t);
        t->first += SIM_H5LAYOUT_RUNS;
    }
}

static void put_text(struct sim_writer *w, struct sim_writer_texts *t, int64_t run,
                     const char *text)
{
    sim_writer_flush_texts(w, t, run);
    t->block[run - t->first] = text;
}

const char *sim_writer_design(const struct sim_writer *w, int64_t point)
{
    if (w->designs == NULL) {
        return "base";
    }
    return w->designs[w->point_design != NULL ? w->point_design[point] : point];
}

// ---- what every file has ----

static void write_time_bounds(struct sim_writer *w)
{
    const struct sim_schema_axis *instant = sim_schema_axis_at(w->schema, SIM_SCHEMA_AXIS_INSTANT);
    const int64_t count = instant->length - 1;

    if (w->schema->start == NULL) {
        return;
    }
    double *bounds = sim_base_alloc((size_t)count * 2, sizeof(*bounds));
    const struct sim_h5layout_array a = {.name = "time_bounds",
                                         .group = "",
                                         .type = SIM_SCHEMA_F64,
                                         .rank = 2,
                                         .axes = {SIM_SCHEMA_AXIS_TIME, SIM_SCHEMA_AXIS_BOUND}};

    for (int64_t i = 0; i < count; i++) {
        bounds[2 * i] = instant->numbers[i];
        bounds[2 * i + 1] = instant->numbers[i + 1];
    }
    sim_h5layout_write(&w->layout, &a, bounds);
    free(bounds);
}

static void make_axes(struct sim_writer *w)
{
    for (int axis = 0; axis < sim_schema_axis_count(w->schema); axis++) {
        const bool is_clock = axis == SIM_SCHEMA_AXIS_TIME || axis == SIM_SCHEMA_AXIS_INSTANT ||
                              axis == SIM_SCHEMA_AXIS_BOUND;

        if (is_clock && w->schema->start == NULL) {
            continue;
        }
        const char *group = sim_schema_axis_at(w->schema, axis)->group;

        if (group[0] == '\0') { // those of groups come with their variables
            (void)sim_h5layout_scale(&w->layout, group, axis);
        }
    }
    write_time_bounds(w);
}

static int add_run_column(struct sim_writer *w, const char *name, enum sim_schema_type type,
                          const char *long_name, const struct sim_schema_attr *attrs,
                          int attr_count)
{
    struct sim_h5layout_array a = {.name = name,
                                   .group = "",
                                   .type = type,
                                   .rank = 1,
                                   .axes = {SIM_SCHEMA_AXIS_RUN},
                                   .long_name = long_name,
                                   .attrs = attrs,
                                   .attr_count = attr_count};
    const int8_t skipped = SIM_RUN_SKIPPED;
    const int64_t unknown = -1;

    return add_column(w, &a, -1, type == SIM_SCHEMA_I8 ? (const void *)&skipped : &unknown);
}

static void make_run_columns(struct sim_writer *w)
{
    static const double flags[] = {SIM_RUN_OK, SIM_RUN_FAILED, SIM_RUN_SKIPPED};
    const struct sim_schema_attr attrs[] = {
        {.name = "flag_values", .numbers = flags, .count = SIM_COUNT(flags)},
        {.name = "flag_meanings", .text = "ok failed skipped"}};

    w->replication = add_run_column(w, "replication", SIM_SCHEMA_I64,
                                    "replication: keys the random numbers", NULL, 0);
    w->run_point = add_run_column(w, "run_point", SIM_SCHEMA_I64, "point of the run", NULL, 0);
    w->status = add_run_column(w, "status", SIM_SCHEMA_I8, "how the run ended", attrs, 2);
    w->events = add_run_column(w, "events", SIM_SCHEMA_I64, "events handled", NULL, 0);
    const struct sim_h5layout_array design = {.name = "design",
                                              .group = "",
                                              .type = SIM_SCHEMA_STRING,
                                              .rank = 1,
                                              .axes = {SIM_SCHEMA_AXIS_RUN},
                                              .long_name = "design of the run"};

    add_texts(w, &design, -1);
}

// ---- what the schema says ----

void sim_writer_describe(const struct sim_schema_var *var, struct sim_h5layout_array *a)
{
    const bool is_float = var->type == SIM_SCHEMA_F64 || var->type == SIM_SCHEMA_F32;

    memset(a, 0, sizeof(*a));
    a->name = var->name;
    a->group = var->group;
    a->type = var->type;
    a->units = var->units;
    a->long_name = var->long_name;
    a->cell_methods = var->cell_methods;
    a->comment = var->fill_meaning;
    a->attrs = var->attrs;
    a->attr_count = var->attr_count;
    a->has_fill_attr = is_float;
    a->fill = is_float ? sim_pack_fill(var->type) : NULL;
    if (var->scope != SIM_SCHEMA_STATIC) {
        a->axes[a->rank++] =
            var->scope == SIM_SCHEMA_POINT ? SIM_SCHEMA_AXIS_POINT : SIM_SCHEMA_AXIS_RUN;
    }
    for (int i = 0; i < var->dim_count; i++) {
        a->axes[a->rank++] = var->dims[i];
    }
}

/** NAME_mean, NAME_half_width and NAME_n over the point axis. */
static void add_means(struct sim_writer *w, int var)
{
    const struct sim_schema_var *v = sim_schema_var_at(w->schema, var);
    struct sim_h5layout_array a;
    struct sim_writer_means m = {.var = var};
    char *name = sim_base_format("%s_mean", v->name);

    sim_writer_describe(v, &a);
    a.axes[0] = SIM_SCHEMA_AXIS_POINT;
    a.cell_methods = "run: mean";
    a.name = name;
    m.mean = add_column(w, &a, -1, sim_pack_fill(SIM_SCHEMA_F64));
    free(name);
    a.name = name = sim_base_format("%s_half_width", v->name);
    a.cell_methods = NULL;
    a.comment = w->is_antithetic
                    ? "half of the 95 % confidence interval of the mean (Student, means of pairs)"
                    : "half of the 95 % confidence interval of the mean (Student)";
    m.half_width = add_column(w, &a, -1, sim_pack_fill(SIM_SCHEMA_F64));
    free(name);
    a.name = name = sim_base_format("%s_n", v->name);
    a.type = SIM_SCHEMA_I64;
    a.has_fill_attr = false;
    a.units = "1";
    a.attr_count = 0;
    a.comment =
        w->is_antithetic ? "complete antithetic pairs in the half-width" : "runs in the mean";
    m.n = add_column(w, &a, -1, sim_pack_fill(SIM_SCHEMA_I64));
    free(name);
    SIM_VEC_PUSH(&w->means, m);
}

static void make_series(struct sim_writer *w, int var, struct sim_h5layout_array *a)
{
    struct sim_chunk_shape shape;

    sim_pack_shape(w->schema, var, &shape);
    a->chunks = &shape;
    w->series[var] = sim_h5layout_dataset(&w->layout, a);
    a->chunks = NULL;
}

/** The same of each run as its point has. */
static void make_spread(struct sim_writer *w, int var, struct sim_h5layout_array *a)
{
    const struct sim_schema_var *v = sim_schema_var_at(w->schema, var);

    SIM_REQUIRE(sim_schema_var_size(w->schema, var) == w->layout.points,
                "the schema knows the points that are planned");
    a->name = v->spread_as;
    a->axes[0] = SIM_SCHEMA_AXIS_RUN;
    if (v->type == SIM_SCHEMA_STRING) {
        add_texts(w, a, var);
        return;
    }
    const struct sim_writer_spread spread = {var, add_column(w, a, -1, sim_pack_fill(v->type))};

    SIM_VEC_PUSH(&w->spreads, spread);
}

static void make_var(struct sim_writer *w, int var)
{
    const struct sim_schema_var *v = sim_schema_var_at(w->schema, var);
    struct sim_h5layout_array a;

    sim_writer_describe(v, &a);
    w->column_of[var] = -1;
    w->series[var] = -1;
    switch (v->scope) {
    case SIM_SCHEMA_STATIC:
        sim_h5layout_write(&w->layout, &a, v->values);
        if (v->spread_as != NULL) {
            make_spread(w, var, &a);
        }
        break;
    case SIM_SCHEMA_SERIES:
        make_series(w, var, &a);
        break;
    case SIM_SCHEMA_RUN:
    case SIM_SCHEMA_POINT:
        w->column_of[var] = add_column(w, &a, var, sim_pack_fill(v->type));
        if (v->is_summarised) {
            add_means(w, var);
        }
        break;
    }
}

/** The root first, so that its dimensions come before those of the groups. */
static void make_vars(struct sim_writer *w)
{
    const int count = sim_schema_var_count(w->schema);

    w->column_of = sim_base_alloc((size_t)count, sizeof(*w->column_of));
    w->series = sim_base_alloc((size_t)count, sizeof(*w->series));
    for (int in_groups = 0; in_groups < 2; in_groups++) {
        for (int i = 0; i < count; i++) {
            if ((sim_schema_var_at(w->schema, i)->group[0] != '\0') == (in_groups == 1)) {
                make_var(w, i);
            }
        }
    }
}

// ---- open ----

void sim_writer_destroy(struct sim_writer *w)
{
    for (int i = 0; i < w->columns.count; i++) {
        free(w->columns.data[i].block);
    }
    for (int i = 0; i < w->texts.count; i++) {
        free(w->texts.data[i].block);
    }
    for (int i = 0; i < w->failures.count; i++) {
        free(w->failures.data[i].when);
        free(w->failures.data[i].reason);
    }
    if (w->claim >= 0) {
        (void)sim_sys_close(w->claim); // after the rename or the removal
    }
    SIM_VEC_FREE(&w->columns);
    SIM_VEC_FREE(&w->texts);
    SIM_VEC_FREE(&w->spreads);
    SIM_VEC_FREE(&w->means);
    SIM_VEC_FREE(&w->failures);
    sim_chunk_coder_destroy(w->coder);
    sim_summary_destroy(w->summary);
    sim_row_destroy(w->mean);
    sim_row_destroy(w->half_width);
    free(w->column_of);
    free(w->series);
    free(w->path);
    free(w->part);
    free(w->source);
    free(w->content_hash);
    free(w->study_hash);
    free(w);
}

static struct sim_writer *create(const struct sim_schema *s, const char *path,
                                 const struct sim_writer_opts *opts)
{
    struct sim_writer *w = sim_base_alloc(1, sizeof(*w));

    w->schema = s;
    w->path = sim_base_strdup(path);
    w->part = sim_file_part(path);
    w->claim = -1;
    w->source = sim_base_strdup(opts->source);
    w->study_hash = sim_base_strdup(opts->study_hash != NULL ? opts->study_hash : "");
    w->content_hash = opts->content_hash != NULL ? sim_base_strdup(opts->content_hash) : NULL;
    w->designs = opts->designs;
    w->point_design = opts->point_design;
    w->is_antithetic = opts->is_antithetic;
    w->seed = opts->seed;
    w->coder = sim_chunk_coder_create();
    w->summary = sim_summary_create(s);
    if (opts->is_antithetic) {
        sim_summary_pair(w->summary);
    }
    w->mean = sim_row_create_totals(s);
    w->half_width = sim_row_create_totals(s);
    w->last_run = -1;
    w->last_point = -1;
    return w;
}

enum sim_status sim_writer_open(const struct sim_schema *s, const char *path,
                                const struct sim_writer_opts *opts, struct sim_writer **out,
                                struct sim_err *err)
{
    *out = NULL;
    SIM_TRY(sim_file_check_target(path, err));
    SIM_TRY(sim_file_make_parents(path, err));
    struct sim_writer *w = create(s, path, opts);

    const enum sim_status claimed = sim_file_claim(w->part, path, &w->claim, err);

    if (claimed != SIM_OK) {
        sim_writer_destroy(w); // the part stays: it is another's
        return claimed;
    }
    sim_h5_create(&w->h, w->part, w->claim);
    sim_h5layout_init(&w->layout, &w->h, s, opts->runs, opts->points);
    make_axes(w);
    make_run_columns(w);
    make_vars(w);
    if (w->h.failed) {
        const struct sim_err failure = w->h.err;

        sim_writer_abandon(w);
        return sim_err_set(err, failure.status, "%s", failure.text);
    }
    *out = w;
    return SIM_OK;
}

// ---- put ----

void sim_writer_finish_point(struct sim_writer *w)
{
    if (w->last_point < 0) {
        return;
    }
    sim_summary_rows(w->summary, w->mean, w->half_width);
    for (int i = 0; i < w->means.count; i++) {
        const struct sim_writer_means *m = &w->means.data[i];
        const int64_t size = sim_schema_var_size(w->schema, m->var);
        int64_t *n = sim_base_alloc((size_t)size, sizeof(*n));

        for (int64_t k = 0; k < size; k++) {
            n[k] = sim_summary_n(w->summary, m->var, k);
        }
        put_column(w, m->mean, w->last_point, sim_row_f64_const(w->mean, m->var));
        put_column(w, m->half_width, w->last_point, sim_row_f64_const(w->half_width, m->var));
        put_column(w, m->n, w->last_point, n);
        free(n);
    }
    sim_summary_reset(w->summary);
}

static void put_row(struct sim_writer *w, int64_t at, const struct sim_row *row)
{
    for (int i = 0; i < sim_schema_var_count(w->schema); i++) {
        if (w->column_of[i] >= 0 && sim_row_has(row, i)) {
            size_t bytes = 0;

            put_column(w, w->column_of[i], at, sim_row_bytes(row, i, &bytes));
        }
    }
}

static void put_chunk(struct sim_writer *w, const struct sim_pack_chunk *chunk)
{
    hsize_t at[SIM_CHUNK_MAX_RANK];

    for (int d = 0; d < SIM_CHUNK_MAX_RANK; d++) {
        at[d] = (hsize_t)chunk->offset[d];
    }
    (void)SIM_H5_OK(
        &w->h, "write", sim_schema_var_at(w->schema, chunk->var)->name,
        H5Dwrite_chunk(w->series[chunk->var], H5P_DEFAULT, 0, at, chunk->length, chunk->bytes));
}

/** What the run has from its point. */
static void put_spreads(struct sim_writer *w, int64_t run, int64_t point)
{
    for (int i = 0; i < w->spreads.count; i++) {
        const struct sim_schema_var *v = sim_schema_var_at(w->schema, w->spreads.data[i].var);
        const size_t bytes = sim_schema_type_bytes(v->type);

        put_column(w, w->spreads.data[i].column, run,
                   (const unsigned char *)v->values + (size_t)point * bytes);
    }
    for (int i = 0; i < w->texts.count; i++) {
        struct sim_writer_texts *t = &w->texts.data[i];
        const char *const *values =
            t->var >= 0 ? sim_schema_var_at(w->schema, t->var)->values : NULL;

        put_text(w, t, run, values != NULL ? values[point] : sim_writer_design(w, point));
    }
}

static void put_key(struct sim_writer *w, const struct sim_pack *pack)
{
    const int8_t status = (int8_t)pack->status;
    const int64_t point = pack->key.point;

    put_column(w, w->replication, pack->key.run, &pack->key.replication);
    put_column(w, w->run_point, pack->key.run, &point);
    put_column(w, w->status, pack->key.run, &status);
    put_column(w, w->events, pack->key.run, &pack->events);
    put_spreads(w, pack->key.run, point);
}

static void note_failure(struct sim_writer *w, const struct sim_pack *pack)
{
    const struct sim_writer_failure f = {pack->key.run, pack->key.point,
                                         sim_base_strdup(pack->when != NULL ? pack->when : ""),
                                         sim_base_strdup(pack->reason != NULL ? pack->reason : "")};

    SIM_VEC_PUSH(&w->failures, f);
}

enum sim_status sim_writer_put(struct sim_writer *w, const struct sim_pack *pack,
                               struct sim_err *err)
{
    const struct sim_run_key *key = &pack->key;

    sim_h5_quiet(); // this may be another thread than the one that opened
    SIM_REQUIRE(key->run > w->last_run && key->run < w->layout.runs, "runs ascend, as planned");
    SIM_REQUIRE(key->point >= w->last_point && key->point < w->layout.points, "points ascend");
    if (key->point != w->last_point) {
        sim_writer_finish_point(w);
        w->last_point = key->point;
    }
    w->last_run = key->run;
    put_key(w, pack);
    if (pack->status == SIM_RUN_OK) {
        put_row(w, key->run, pack->totals);
        sim_summary_add_replication(w->summary, pack->totals, key->replication);
    } else if (pack->status == SIM_RUN_FAILED) {
        note_failure(w, pack);
    }
    for (int i = 0; i < pack->chunks.count; i++) {
        put_chunk(w, &pack->chunks.data[i]);
    }
    return w->h.failed ? sim_err_set(err, w->h.err.status, "%s", w->h.err.text) : SIM_OK;
}

enum sim_status sim_writer_point(struct sim_writer *w, int64_t point, const struct sim_row *row,
                                 struct sim_err *err)
{
    sim_h5_quiet();
    SIM_REQUIRE(point >= 0 && point < w->layout.points, "the point is planned");
    put_row(w, point, row);
    return w->h.failed ? sim_err_set(err, w->h.err.status, "%s", w->h.err.text) : SIM_OK;
}
