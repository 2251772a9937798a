#include "sim/store/writer.h"

#include "sim/base/file.h"
#include "sim/store/h5layout.h"
#include "sim/store/schema_priv.h"
#include "sim/store/summary.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __clang__
#define COMPILER __VERSION__ // "Debian Clang 14.0.6"
#else
#define COMPILER "gcc " __VERSION__
#endif

/** Totals of many runs make one chunk: large enough to deflate well, small enough to hold. */
enum {
    BLOCK_BYTES = 256 * 1024,
    BLOCK_ROWS = 4096
};

/** A dataset whose leading axis is run or point, written block by block. */
struct column {
    int var; // of the schema; -1: the engine's own
    hid_t dataset;
    struct sim_chunk_shape shape; // of one block: dims[0] = chunk[0] = its rows
    size_t row_bytes;
    unsigned char fill[8];
    unsigned char *block;
    int64_t first; // row that the block starts with; -1: the block is empty
};

/** Where mean, half-width and count of a summarised variable go. */
struct means {
    int var;
    int mean;       // columns
    int half_width; //
    int n;          //
};

struct failure {
    int64_t run;
    int64_t point;
    char *when;
    char *reason;
};

struct sim_writer {
    const struct sim_schema *schema;
    struct sim_h5 h;
    struct sim_h5layout layout;
    struct sim_chunk_coder *coder;
    char *path;
    char *part;
    char *source;
    char *study_hash;
    const char *const *designs;
    uint64_t seed;
    SIM_VEC(struct column) columns;
    SIM_VEC(struct means) means;
    SIM_VEC(struct failure) failures;
    int *column_of; // of each schema variable of scope RUN or POINT, else -1
    hid_t *series;  // dataset of each schema variable of scope SERIES, else -1
    int replication, run_point, status, events; // columns
    const char **run_designs;                   // of each run, borrowed
    int64_t last_run;                           // -1: none yet
    int64_t last_point;                         // whose means are being made; -1: none yet
    struct sim_summary *summary;
    struct sim_row *mean;
    struct sim_row *half_width;
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
                         struct column *c)
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
    struct column c = {.var = var, .first = -1};

    memcpy(c.fill, fill, sim_schema_type_bytes(a->type));
    shape_column(&w->layout, a, &c);
    c.block = sim_base_alloc((size_t)c.shape.dims[0] * c.row_bytes, 1);
    a->chunks = &c.shape;
    a->fill = c.fill;
    c.dataset = sim_h5layout_dataset(&w->layout, a);
    SIM_VEC_PUSH(&w->columns, c);
    return w->columns.count - 1;
}

struct block_target {
    struct sim_writer *writer;
    const struct column *column;
};

static void write_block_chunk(void *user, const int64_t *offset, const void *bytes, size_t length)
{
    const struct block_target *t = user;
    hsize_t at[SIM_CHUNK_MAX_RANK];

    for (int d = 0; d < t->column->shape.rank; d++) {
        at[d] = (hsize_t)offset[d];
    }
    at[0] += (hsize_t)t->column->first;
    if (!t->writer->h.failed) {
        const herr_t put = H5Dwrite_chunk(t->column->dataset, H5P_DEFAULT, 0, at, length, bytes);

        (void)sim_h5_check(&t->writer->h, put >= 0, "write results", NULL);
    }
}

static void flush_column(struct sim_writer *w, struct column *c)
{
    struct block_target target = {w, c};

    if (c->first >= 0) {
        sim_chunk_each(&c->shape, c->block, c->fill, w->coder, write_block_chunk, &target);
        c->first = -1;
    }
}

static void start_block(struct column *c, int64_t first)
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
    struct column *c = &w->columns.data[column];
    const int64_t first = row - row % c->shape.dims[0];

    if (c->row_bytes == 0) {
        return;
    }
    if (c->first != first) {
        flush_column(w, c);
        start_block(c, first);
    }
    memcpy(c->block + (size_t)(row - first) * c->row_bytes, values, c->row_bytes);
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
}

// ---- what the schema says ----

static void describe_var(const struct sim_schema_var *var, struct sim_h5layout_array *a)
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
    struct means m = {.var = var};
    char *name = sim_base_format("%s_mean", v->name);

    describe_var(v, &a);
    a.axes[0] = SIM_SCHEMA_AXIS_POINT;
    a.cell_methods = "run: mean";
    a.name = name;
    m.mean = add_column(w, &a, -1, sim_pack_fill(SIM_SCHEMA_F64));
    free(name);
    a.name = name = sim_base_format("%s_half_width", v->name);
    a.cell_methods = NULL;
    a.comment = "half of the 95 % confidence interval of the mean (Student)";
    m.half_width = add_column(w, &a, -1, sim_pack_fill(SIM_SCHEMA_F64));
    free(name);
    a.name = name = sim_base_format("%s_n", v->name);
    a.type = SIM_SCHEMA_I64;
    a.has_fill_attr = false;
    a.units = "1";
    a.attr_count = 0;
    a.comment = "runs in the mean";
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
}

static void make_var(struct sim_writer *w, int var)
{
    const struct sim_schema_var *v = sim_schema_var_at(w->schema, var);
    struct sim_h5layout_array a;

    describe_var(v, &a);
    w->column_of[var] = -1;
    w->series[var] = -1;
    switch (v->scope) {
    case SIM_SCHEMA_STATIC:
        sim_h5layout_write(&w->layout, &a, v->values);
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

/** A device must not be replaced by a file, nor can a folder be. */
static enum sim_status check_target(const char *path, struct sim_err *err)
{
    struct stat info;

    if (stat(path, &info) != 0 || S_ISREG(info.st_mode)) {
        return SIM_OK;
    }
    return sim_err_set(err, SIM_WRITE, "cannot write %s: it is %s; name a file", path,
                       S_ISDIR(info.st_mode) ? "a folder" : "not a plain file");
}

static void destroy(struct sim_writer *w)
{
    for (int i = 0; i < w->columns.count; i++) {
        free(w->columns.data[i].block);
    }
    for (int i = 0; i < w->failures.count; i++) {
        free(w->failures.data[i].when);
        free(w->failures.data[i].reason);
    }
    SIM_VEC_FREE(&w->columns);
    SIM_VEC_FREE(&w->means);
    SIM_VEC_FREE(&w->failures);
    sim_chunk_coder_destroy(w->coder);
    sim_summary_destroy(w->summary);
    sim_row_destroy(w->mean);
    sim_row_destroy(w->half_width);
    free(w->column_of);
    free(w->series);
    free(w->run_designs);
    free(w->path);
    free(w->part);
    free(w->source);
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
    w->source = sim_base_strdup(opts->source);
    w->study_hash = sim_base_strdup(opts->study_hash != NULL ? opts->study_hash : "");
    w->designs = opts->designs;
    w->seed = opts->seed;
    w->coder = sim_chunk_coder_create();
    w->summary = sim_summary_create(s);
    w->mean = sim_row_create_totals(s);
    w->half_width = sim_row_create_totals(s);
    w->run_designs = sim_base_alloc((size_t)opts->runs, sizeof(*w->run_designs));
    for (int64_t i = 0; i < opts->runs; i++) {
        w->run_designs[i] = "";
    }
    w->last_run = -1;
    w->last_point = -1;
    return w;
}

enum sim_status sim_writer_open(const struct sim_schema *s, const char *path,
                                const struct sim_writer_opts *opts, struct sim_writer **out,
                                struct sim_err *err)
{
    *out = NULL;
    SIM_TRY(check_target(path, err));
    SIM_TRY(sim_file_make_parents(path, err));
    struct sim_writer *w = create(s, path, opts);

    sim_h5_create(&w->h, w->part);
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

static void finish_point(struct sim_writer *w)
{
    if (w->last_point < 0) {
        return;
    }
    sim_summary_rows(w->summary, w->mean, w->half_width);
    for (int i = 0; i < w->means.count; i++) {
        const struct means *m = &w->means.data[i];
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
    if (!w->h.failed) {
        const herr_t put =
            H5Dwrite_chunk(w->series[chunk->var], H5P_DEFAULT, 0, at, chunk->length, chunk->bytes);

        (void)sim_h5_check(&w->h, put >= 0, "write",
                           sim_schema_var_at(w->schema, chunk->var)->name);
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
    w->run_designs[pack->key.run] = w->designs != NULL ? w->designs[point] : "base";
}

static void note_failure(struct sim_writer *w, const struct sim_pack *pack)
{
    const struct failure f = {pack->key.run, pack->key.point,
                              sim_base_strdup(pack->when != NULL ? pack->when : ""),
                              sim_base_strdup(pack->reason != NULL ? pack->reason : "")};

    SIM_VEC_PUSH(&w->failures, f);
}

enum sim_status sim_writer_put(struct sim_writer *w, const struct sim_pack *pack,
                               struct sim_err *err)
{
    const struct sim_run_key *key = &pack->key;

    SIM_REQUIRE(key->run > w->last_run && key->run < w->layout.runs, "runs ascend, as planned");
    SIM_REQUIRE(key->point >= w->last_point && key->point < w->layout.points, "points ascend");
    if (key->point != w->last_point) {
        finish_point(w);
        w->last_point = key->point;
    }
    w->last_run = key->run;
    put_key(w, pack);
    if (pack->status == SIM_RUN_OK) {
        put_row(w, key->run, pack->totals);
        sim_summary_add(w->summary, pack->totals);
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
    SIM_REQUIRE(point >= 0 && point < w->layout.points, "the point is planned");
    put_row(w, point, row);
    return w->h.failed ? sim_err_set(err, w->h.err.status, "%s", w->h.err.text) : SIM_OK;
}

// ---- close ----

static void write_designs(struct sim_writer *w)
{
    struct sim_h5layout_array a = {.name = "design",
                                   .group = "",
                                   .type = SIM_SCHEMA_STRING,
                                   .rank = 1,
                                   .axes = {SIM_SCHEMA_AXIS_RUN},
                                   .long_name = "design of the run"};
    const char **names = sim_base_alloc((size_t)w->layout.points, sizeof(*names));

    sim_h5layout_write(&w->layout, &a, w->run_designs);
    a.name = "point_design";
    a.axes[0] = SIM_SCHEMA_AXIS_POINT;
    a.long_name = "design of the point";
    for (int64_t i = 0; i < w->layout.points; i++) {
        names[i] = w->designs != NULL ? w->designs[i] : "base";
    }
    sim_h5layout_write(&w->layout, &a, names);
    free(names);
}

static hid_t failure_type(const struct sim_writer *w)
{
    const hid_t type = H5Tcreate(H5T_COMPOUND, sizeof(struct failure));

    (void)H5Tinsert(type, "run", HOFFSET(struct failure, run), H5T_NATIVE_INT64);
    (void)H5Tinsert(type, "point", HOFFSET(struct failure, point), H5T_NATIVE_INT64);
    (void)H5Tinsert(type, "time", HOFFSET(struct failure, when), w->h.text);
    (void)H5Tinsert(type, "reason", HOFFSET(struct failure, reason), w->h.text);
    return type;
}

static void write_failure_table(struct sim_writer *w, hid_t group, hid_t type)
{
    const hsize_t length = (hsize_t)w->failures.count;
    const hid_t space = H5Screate_simple(1, &length, NULL);
    const hid_t plist = sim_h5_dataset_plist();
    const hid_t table = H5Dcreate2(group, "table", type, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    const bool good =
        table >= 0 && H5Dwrite(table, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, w->failures.data) >= 0;

    (void)sim_h5_check(&w->h, good, "write", "/failures/table");
    if (table >= 0) {
        (void)H5Dclose(table);
    }
    (void)H5Pclose(plist);
    (void)H5Sclose(space);
}

/** netCDF-4 reads a compound only when its type has a name in the file. Without failures there is
 * no table, because xarray warns of each compound that it meets. */
static void write_failures(struct sim_writer *w)
{
    const hid_t group = sim_h5layout_group(&w->layout, "failures");

    if (w->h.failed || w->failures.count == 0) {
        return;
    }
    const hid_t type = failure_type(w);
    const hid_t plist = H5Pcreate(H5P_DATATYPE_CREATE);

    (void)H5Pset_obj_track_times(plist, false);
    const herr_t named = H5Tcommit2(group, "failure", type, H5P_DEFAULT, plist, H5P_DEFAULT);

    if (sim_h5_check(&w->h, named >= 0, "write the type of", "/failures")) {
        write_failure_table(w, group, type);
    }
    (void)H5Pclose(plist);
    (void)H5Tclose(type);
}

static void write_input_texts(struct sim_writer *w)
{
    for (int i = 0; i < w->schema->texts.count; i++) {
        const struct sim_schema_pair *pair = &w->schema->texts.data[i];
        const struct sim_h5layout_array a = {
            .name = pair->name, .group = "inputs", .type = SIM_SCHEMA_STRING};

        sim_h5layout_write(&w->layout, &a, &pair->text);
    }
}

/** Files as two vectors of texts; without scales, as a group of texts has no dimensions to name. */
static void write_input_files(struct sim_writer *w)
{
    const hid_t group = sim_h5layout_group(&w->layout, "inputs");
    const int count = w->schema->files.count;
    const char **paths = sim_base_alloc((size_t)count, sizeof(*paths));
    const char **sums = sim_base_alloc((size_t)count, sizeof(*sums));

    for (int i = 0; i < count; i++) {
        paths[i] = w->schema->files.data[i].name;
        sums[i] = w->schema->files.data[i].text;
    }
    if (!w->h.failed && count > 0) {
        sim_h5_attr_texts(&w->h, group, "files", paths, count);
        sim_h5_attr_texts(&w->h, group, "sha256", sums, count);
    }
    free(paths);
    free(sums);
}

static void write_facts(struct sim_writer *w, const struct sim_writer_fact *facts, int count)
{
    const hid_t group = count > 0 ? sim_h5layout_group(&w->layout, "execution") : -1;

    for (int i = 0; i < count && !w->h.failed; i++) {
        if (facts[i].text != NULL) {
            sim_h5_attr_text(&w->h, group, facts[i].name, facts[i].text);
        } else {
            sim_h5_attr_f64(&w->h, group, facts[i].name, facts[i].number);
        }
    }
}

/** Names of the coordinates in one group, with blanks between; owned by the caller. */
static char *list_coordinates(const struct sim_writer *w, const char *group)
{
    char *text = sim_base_strdup(group[0] == '\0' ? "design replication run_point status "
                                                    "point_design"
                                                  : "");

    for (int i = 0; i < sim_schema_var_count(w->schema); i++) {
        const struct sim_schema_var *var = sim_schema_var_at(w->schema, i);

        if (var->is_coordinate && strcmp(var->group, group) == 0) {
            char *longer = sim_base_format("%s%s%s", text, text[0] != '\0' ? " " : "", var->name);

            free(text);
            text = longer;
        }
    }
    return text;
}

static void write_coordinates(struct sim_writer *w)
{
    char *root = list_coordinates(w, "");

    sim_h5_attr_text(&w->h, w->h.file, "coordinates", root);
    free(root);
    for (int i = 0; i < w->layout.groups.count; i++) {
        char *names = list_coordinates(w, w->layout.groups.data[i].name);

        if (names[0] != '\0') {
            sim_h5_attr_text(&w->h, w->layout.groups.data[i].id, "coordinates", names);
        }
        free(names);
    }
}

/** What viewers plot first: as the model says, or the first series, or the first total. */
static int signal_var(const struct sim_schema *s)
{
    static const enum sim_schema_scope scopes[] = {SIM_SCHEMA_SERIES, SIM_SCHEMA_RUN};
    const char *name = sim_schema_root_text(s, "signal");

    if (name != NULL) {
        return sim_schema_var_find(s, "", name);
    }
    for (int k = 0; k < SIM_COUNT(scopes); k++) {
        for (int i = 0; i < sim_schema_var_count(s); i++) {
            const struct sim_schema_var *var = sim_schema_var_at(s, i);

            if (var->scope == scopes[k] && var->group[0] == '\0') {
                return i;
            }
        }
    }
    return -1;
}

static void write_nexus(struct sim_writer *w)
{
    const int signal = signal_var(w->schema);
    const char *axes[SIM_CHUNK_MAX_RANK];
    struct sim_h5layout_array a;

    if (signal < 0) {
        return;
    }
    describe_var(sim_schema_var_at(w->schema, signal), &a);
    for (int i = 0; i < a.rank; i++) {
        axes[i] = sim_schema_axis_at(w->schema, a.axes[i])->name;
    }
    sim_h5_attr_text(&w->h, w->h.file, "NX_class", "NXdata");
    sim_h5_attr_text(&w->h, w->h.file, "signal", a.name);
    if (a.rank > 0) {
        sim_h5_attr_texts(&w->h, w->h.file, "axes", axes, a.rank);
    }
}

static void write_root_attrs(struct sim_writer *w, const char *ended)
{
    const hid_t root = w->h.file;

    sim_h5_attr_text(&w->h, root, "Conventions", "CF-1.10");
    sim_h5_attr_text(&w->h, root, "ecopark_format", SIM_WRITER_FORMAT);
    sim_h5_attr_text(&w->h, root, "source", w->source);
    sim_h5_attr_text(&w->h, root, "compiler", COMPILER);
    sim_h5_attr_u64(&w->h, root, "seed", w->seed);
    sim_h5_attr_text(&w->h, root, "study_hash", w->study_hash);
    sim_h5_attr_text(&w->h, root, "ended", ended);
    for (int i = 0; i < w->schema->attrs.count; i++) {
        const struct sim_schema_pair *pair = &w->schema->attrs.data[i];

        if (strcmp(pair->name, "signal") != 0) {
            sim_h5_attr_text(&w->h, root, pair->name, pair->text);
        }
    }
    write_coordinates(w);
    write_nexus(w);
}

static void close_handles(struct sim_writer *w)
{
    for (int i = 0; i < w->columns.count; i++) {
        if (w->columns.data[i].dataset >= 0) {
            (void)H5Dclose(w->columns.data[i].dataset);
        }
    }
    for (int i = 0; w->series != NULL && i < sim_schema_var_count(w->schema); i++) {
        if (w->series[i] >= 0) {
            (void)H5Dclose(w->series[i]);
        }
    }
    sim_h5layout_fini(&w->layout);
}

static void write_rest(struct sim_writer *w, const char *ended, const struct sim_writer_fact *facts,
                       int fact_count)
{
    finish_point(w);
    for (int i = 0; i < w->columns.count; i++) {
        flush_column(w, &w->columns.data[i]);
    }
    write_designs(w);
    write_failures(w);
    write_input_texts(w);
    write_input_files(w);
    write_root_attrs(w, ended);
    write_facts(w, facts, fact_count);
    if (!w->h.failed) {
        const herr_t flushed = H5Fflush(w->h.file, H5F_SCOPE_GLOBAL);

        (void)sim_h5_check(&w->h, flushed >= 0, "write the file", NULL);
    }
}

enum sim_status sim_writer_close(struct sim_writer *w, const char *ended,
                                 const struct sim_writer_fact *facts, int fact_count,
                                 struct sim_err *err)
{
    enum sim_status status = SIM_OK;

    write_rest(w, ended, facts, fact_count);
    close_handles(w);
    sim_h5_close(&w->h);
    if (w->h.failed) {
        status = sim_err_set(err, w->h.err.status, "%s", w->h.err.text);
    } else {
        status = sim_file_commit(w->part, w->path, err);
    }
    if (status != SIM_OK) {
        (void)unlink(w->part);
    }
    destroy(w);
    return status;
}

void sim_writer_abandon(struct sim_writer *w)
{
    if (w == NULL) {
        return;
    }
    close_handles(w);
    sim_h5_close(&w->h);
    (void)unlink(w->part);
    destroy(w);
}
