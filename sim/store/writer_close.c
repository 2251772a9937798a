#include "sim/base/file.h"
#include "sim/store/schema_priv.h"
#include "sim/store/seal.h"
#include "sim/store/writer_priv.h"

#include <string.h>

#ifdef __clang__
#define COMPILER __VERSION__ // "Debian Clang 14.0.6"
#else
#define COMPILER "gcc " __VERSION__
#endif

static void write_designs(struct sim_writer *w)
{
    const struct sim_h5layout_array a = {.name = "point_design",
                                         .group = "",
                                         .type = SIM_SCHEMA_STRING,
                                         .rank = 1,
                                         .axes = {SIM_SCHEMA_AXIS_POINT},
                                         .long_name = "design of the point"};
    const char **names = sim_base_alloc((size_t)w->layout.points, sizeof(*names));

    for (int64_t i = 0; i < w->layout.points; i++) {
        names[i] = sim_writer_design(w, i);
    }
    sim_h5layout_write(&w->layout, &a, names);
    free(names);
}

static hid_t failure_type(struct sim_writer *w)
{
    static const char what[] = "/failures";
    struct sim_h5 *h = &w->h;
    const hid_t type =
        SIM_H5_ID(h, "prepare", what, H5Tcreate(H5T_COMPOUND, sizeof(struct sim_writer_failure)));

    (void)SIM_H5_OK(
        h, "prepare", what,
        H5Tinsert(type, "run", HOFFSET(struct sim_writer_failure, run), H5T_NATIVE_INT64));
    (void)SIM_H5_OK(
        h, "prepare", what,
        H5Tinsert(type, "point", HOFFSET(struct sim_writer_failure, point), H5T_NATIVE_INT64));
    (void)SIM_H5_OK(h, "prepare", what,
                    H5Tinsert(type, "time", HOFFSET(struct sim_writer_failure, when), h->text));
    (void)SIM_H5_OK(h, "prepare", what,
                    H5Tinsert(type, "reason", HOFFSET(struct sim_writer_failure, reason), h->text));
    return type;
}

static void write_failure_table(struct sim_writer *w, hid_t group, hid_t type)
{
    static const char what[] = "/failures/table";
    struct sim_h5 *h = &w->h;
    const hsize_t length = (hsize_t)w->failures.count;
    const hid_t space = SIM_H5_ID(h, "prepare", what, H5Screate_simple(1, &length, NULL));
    const hid_t plist = sim_h5_dataset_plist(h);
    const hid_t table = SIM_H5_ID(
        h, "make", what, H5Dcreate2(group, "table", type, space, H5P_DEFAULT, plist, H5P_DEFAULT));

    (void)SIM_H5_OK(h, "write", what,
                    H5Dwrite(table, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, w->failures.data));
    sim_h5_release(h, table);
    sim_h5_release(h, plist);
    sim_h5_release(h, space);
}

/** netCDF-4 reads a compound only when its type has a name in the file. Without failures there is
 * no table, because xarray warns of each compound that it meets. */
static void write_failures(struct sim_writer *w)
{
    static const char what[] = "/failures";
    struct sim_h5 *h = &w->h;
    const hid_t group = sim_h5layout_group(&w->layout, "failures");

    if (w->failures.count == 0) {
        return;
    }
    const hid_t type = failure_type(w);
    const hid_t plist = SIM_H5_ID(h, "prepare", what, H5Pcreate(H5P_DATATYPE_CREATE));

    (void)SIM_H5_OK(h, "prepare", what, H5Pset_obj_track_times(plist, false));
    (void)SIM_H5_OK(h, "write the type of", what,
                    H5Tcommit2(group, "failure", type, H5P_DEFAULT, plist, H5P_DEFAULT));
    write_failure_table(w, group, type);
    sim_h5_release(h, plist);
    sim_h5_release(h, type);
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
    if (count > 0) {
        sim_h5_attr_texts(&w->h, group, "files", paths, count);
        sim_h5_attr_texts(&w->h, group, "sha256", sums, count);
    }
    free(paths);
    free(sums);
}

static void write_facts(struct sim_writer *w, const struct sim_writer_fact *facts, int count)
{
    const hid_t group = count > 0 ? sim_h5layout_group(&w->layout, "execution") : -1;

    for (int i = 0; i < count; i++) {
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
            const char *spread = var->spread_as != NULL ? var->spread_as : "";
            char *longer = sim_base_format("%s%s%s%s%s", text, text[0] != '\0' ? " " : "",
                                           var->name, spread[0] != '\0' ? " " : "", spread);

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
    sim_writer_describe(sim_schema_var_at(w->schema, signal), &a);
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
    if (w->content_hash != NULL) {
        sim_h5_attr_text(&w->h, root, "content_hash", w->content_hash);
    }
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
        sim_h5_release(&w->h, w->columns.data[i].dataset);
    }
    for (int i = 0; i < w->texts.count; i++) {
        sim_h5_release(&w->h, w->texts.data[i].dataset);
    }
    for (int i = 0; w->series != NULL && i < sim_schema_var_count(w->schema); i++) {
        sim_h5_release(&w->h, w->series[i]);
    }
    sim_h5layout_fini(&w->layout);
}

static void write_rest(struct sim_writer *w, const char *ended, const struct sim_writer_fact *facts,
                       int fact_count)
{
    sim_writer_finish_point(w);
    for (int i = 0; i < w->columns.count; i++) {
        sim_writer_flush(w, &w->columns.data[i]);
    }
    for (int i = 0; i < w->texts.count; i++) {
        sim_writer_flush_texts(w, &w->texts.data[i], w->layout.runs);
    }
    write_designs(w);
    write_failures(w);
    write_input_texts(w);
    write_input_files(w);
    sim_h5layout_link_back(&w->layout);
    write_root_attrs(w, ended);
    write_facts(w, facts, fact_count);
    (void)SIM_H5_OK(&w->h, "write", "the file", H5Fflush(w->h.file, H5F_SCOPE_GLOBAL));
}

/** Everything is written and closed: seal it, and give it its name. */
static enum sim_status commit(struct sim_writer *w, struct sim_err *err)
{
    if (w->h.failed) {
        return sim_err_set(err, w->h.err.status, "%s", w->h.err.text);
    }
    SIM_TRY(sim_seal_put(w->claim, w->part, w->h.port.length, err));
    return sim_file_commit(w->claim, w->part, w->path, err);
}

enum sim_status sim_writer_close(struct sim_writer *w, const char *ended,
                                 const struct sim_writer_fact *facts, int fact_count,
                                 struct sim_err *err)
{
    sim_h5_quiet();
    write_rest(w, ended, facts, fact_count);
    close_handles(w);
    sim_h5_close(&w->h);
    const enum sim_status status = commit(w, err);

    if (status != SIM_OK) {
        sim_file_discard(w->claim, w->part);
    }
    sim_writer_destroy(w);
    return status;
}

void sim_writer_abandon(struct sim_writer *w)
{
    if (w == NULL) {
        return;
    }
    sim_h5_quiet();
    close_handles(w);
    sim_h5_close(&w->h);
    sim_file_discard(w->claim, w->part);
    sim_writer_destroy(w);
}
