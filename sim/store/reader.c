#include "sim/store/reader.h"

#include "sim/base/arena.h"
#include "sim/base/file.h"
#include "sim/base/vec.h"
#include "sim/store/h5.h"
#include "sim/store/writer.h"

#include <hdf5_hl.h>

#include <inttypes.h>
#include <string.h>

enum {
    MAX_ATTR_NUMBERS = 64
};

struct group_attr {
    const char *group;
    struct sim_reader_attr attr;
};

struct sim_reader {
    struct sim_h5 h;
    struct sim_arena *arena;
    char *path;
    SIM_VEC(struct sim_reader_var) vars;
    SIM_VEC(struct group_attr) attrs;
    SIM_VEC(struct sim_reader_failure) failures;
};

/** Where a walk over the objects of a group stands. */
struct walk {
    struct sim_reader *reader;
    const char *group;
};

// ---- attributes ----

static const char *read_texts(struct sim_reader *r, hid_t attr, hid_t type, hsize_t count)
{
    char **texts = sim_base_alloc(count, sizeof(*texts));
    const char *joined = "";
    const bool is_read = H5Tis_variable_str(type) > 0 && H5Aread(attr, type, texts) >= 0;

    for (hsize_t i = 0; is_read && i < count; i++) {
        joined = sim_arena_format(r->arena, "%s%s%s", joined, i > 0 ? ", " : "",
                                  texts[i] != NULL ? texts[i] : "");
        (void)H5free_memory(texts[i]);
    }
    free(texts);
    return joined;
}

static const char *read_floats(struct sim_reader *r, hid_t attr, hsize_t count)
{
    double numbers[MAX_ATTR_NUMBERS] = {0};
    const char *joined = "";

    if (H5Aread(attr, H5T_NATIVE_DOUBLE, numbers) < 0) {
        return "";
    }
    for (hsize_t i = 0; i < count; i++) {
        joined = sim_arena_format(r->arena, "%s%s%.15g", joined, i > 0 ? ", " : "", numbers[i]);
    }
    return joined;
}

/** Whole numbers as such: a seed has more digits than a float64 keeps. */
static const char *read_ints(struct sim_reader *r, hid_t attr, hid_t type, hsize_t count)
{
    uint64_t numbers[MAX_ATTR_NUMBERS] = {0};
    const bool is_signed = H5Tget_sign(type) == H5T_SGN_2;
    const char *joined = "";

    if (H5Aread(attr, is_signed ? H5T_NATIVE_INT64 : H5T_NATIVE_UINT64, numbers) < 0) {
        return "";
    }
    for (hsize_t i = 0; i < count; i++) {
        const char *comma = i > 0 ? ", " : "";

        joined = is_signed ? sim_arena_format(r->arena, "%s%s%" PRId64, joined, comma,
                                              (int64_t)numbers[i])
                           : sim_arena_format(r->arena, "%s%s%" PRIu64, joined, comma, numbers[i]);
    }
    return joined;
}

/** An open attribute as text; "" for types that are not shown. */
static const char *attr_text(struct sim_reader *r, hid_t attr)
{
    const hid_t type = H5Aget_type(attr);
    const hid_t space = H5Aget_space(attr);
    const hssize_t count = H5Sget_simple_extent_npoints(space);
    const H5T_class_t kind = H5Tget_class(type);
    const char *text = "";

    if (count > 0 && kind == H5T_STRING) {
        text = read_texts(r, attr, type, (hsize_t)count);
    } else if (count > 0 && count <= MAX_ATTR_NUMBERS) {
        if (kind == H5T_FLOAT) {
            text = read_floats(r, attr, (hsize_t)count);
        } else if (kind == H5T_INTEGER) {
            text = read_ints(r, attr, type, (hsize_t)count);
        }
    }
    (void)H5Sclose(space);
    (void)H5Tclose(type);
    return text;
}

static herr_t visit_attr(hid_t object, const char *name, const H5A_info_t *info, void *user)
{
    (void)info;
    const struct walk *walk = user;
    struct sim_reader *r = walk->reader;
    const hid_t attr = H5Aopen(object, name, H5P_DEFAULT);
    const struct group_attr entry = {walk->group,
                                     {sim_arena_strdup(r->arena, name), attr_text(r, attr)}};

    (void)H5Aclose(attr);
    SIM_VEC_PUSH(&r->attrs, entry);
    return 0;
}

/** A text attribute of a dataset; NULL when absent. */
static const char *dataset_text(struct sim_reader *r, hid_t dataset, const char *name)
{
    if (H5Aexists(dataset, name) <= 0) {
        return NULL;
    }
    const hid_t attr = H5Aopen(dataset, name, H5P_DEFAULT);
    const char *text = attr_text(r, attr);

    (void)H5Aclose(attr);
    return text;
}

// ---- datasets ----

/** Our type of a dataset's; false for those that are not read as variables (compounds). */
static bool classify(hid_t type, enum sim_schema_type *out)
{
    const size_t size = H5Tget_size(type);

    switch ((int)H5Tget_class(type)) {
    case H5T_FLOAT:
        *out = size == 4 ? SIM_SCHEMA_F32 : SIM_SCHEMA_F64;
        return true;
    case H5T_INTEGER:
        *out = size == 1 ? SIM_SCHEMA_I8 : size == 4 ? SIM_SCHEMA_I32 : SIM_SCHEMA_I64;
        return true;
    case H5T_STRING:
        *out = SIM_SCHEMA_STRING;
        return true;
    default:
        return false;
    }
}

static herr_t take_scale_name(hid_t dataset, unsigned dim, hid_t scale, void *user)
{
    (void)dataset;
    (void)dim;
    char *name = user;
    char path[512] = "";

    if (H5Iget_name(scale, path, sizeof(path)) > 0) {
        const char *slash = strrchr(path, '/');

        (void)snprintf(name, 512, "%s", slash != NULL ? slash + 1 : path);
    }
    return 1;
}

static void read_dims(struct sim_reader *r, hid_t dataset, struct sim_reader_var *var)
{
    const hid_t space = H5Dget_space(dataset);
    hsize_t dims[SIM_CHUNK_MAX_RANK] = {0};

    (void)H5Sget_simple_extent_dims(space, dims, NULL);
    for (int i = 0; i < var->rank; i++) {
        char name[512] = "";

        var->dims[i] = (int64_t)dims[i];
        if (var->is_axis) {
            (void)snprintf(name, sizeof(name), "%s", var->name);
        } else if (H5DSget_num_scales(dataset, (unsigned)i) > 0) {
            (void)H5DSiterate_scales(dataset, (unsigned)i, NULL, take_scale_name, name);
        }
        var->dim_names[i] = sim_arena_strdup(r->arena, name);
    }
    (void)H5Sclose(space);
}

static int dataset_rank(hid_t dataset)
{
    const hid_t space = H5Dget_space(dataset);
    const int rank = H5Sget_simple_extent_ndims(space);

    (void)H5Sclose(space);
    return rank;
}

static void add_var(struct sim_reader *r, const char *group, const char *name, hid_t dataset)
{
    const hid_t type = H5Dget_type(dataset);
    struct sim_reader_var var = {.group = group, .rank = dataset_rank(dataset)};

    if (classify(type, &var.type) && var.rank >= 0 && var.rank <= SIM_CHUNK_MAX_RANK) {
        var.name = sim_arena_strdup(r->arena, name);
        var.is_axis = H5DSis_scale(dataset) > 0;
        var.units = dataset_text(r, dataset, "units");
        var.long_name = dataset_text(r, dataset, "long_name");
        read_dims(r, dataset, &var);
        SIM_VEC_PUSH(&r->vars, var);
    }
    (void)H5Tclose(type);
}

static herr_t visit_dataset(hid_t group, const char *name, const H5L_info_t *info, void *user)
{
    (void)info;
    const struct walk *walk = user;
    const hid_t object = H5Oopen(group, name, H5P_DEFAULT);

    if (object >= 0 && H5Iget_type(object) == H5I_DATASET) {
        add_var(walk->reader, walk->group, name, object);
    }
    (void)H5Oclose(object);
    return 0;
}

/** Everything in one group but its groups. Older files have no order of creation: then by name. */
static void read_group(struct sim_reader *r, hid_t group, const char *name)
{
    struct walk walk = {r, name};
    hsize_t from = 0;

    if (H5Literate(group, H5_INDEX_CRT_ORDER, H5_ITER_INC, &from, visit_dataset, &walk) < 0) {
        from = 0;
        (void)H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, &from, visit_dataset, &walk);
    }
    from = 0;
    if (H5Aiterate2(group, H5_INDEX_CRT_ORDER, H5_ITER_INC, &from, visit_attr, &walk) < 0) {
        from = 0;
        (void)H5Aiterate2(group, H5_INDEX_NAME, H5_ITER_INC, &from, visit_attr, &walk);
    }
}

static herr_t visit_group(hid_t root, const char *name, const H5L_info_t *info, void *user)
{
    (void)info;
    const struct walk *walk = user;
    const hid_t object = H5Oopen(root, name, H5P_DEFAULT);

    if (object >= 0 && H5Iget_type(object) == H5I_GROUP) {
        read_group(walk->reader, object, sim_arena_strdup(walk->reader->arena, name));
    }
    (void)H5Oclose(object);
    return 0;
}

static void read_all(struct sim_reader *r)
{
    struct walk walk = {r, ""};
    hsize_t from = 0;

    read_group(r, r->h.file, "");
    if (H5Literate(r->h.file, H5_INDEX_CRT_ORDER, H5_ITER_INC, &from, visit_group, &walk) < 0) {
        from = 0;
        (void)H5Literate(r->h.file, H5_INDEX_NAME, H5_ITER_INC, &from, visit_group, &walk);
    }
}

// ---- open ----

static enum sim_status check_format(const struct sim_reader *r, struct sim_err *err)
{
    const char *format = sim_reader_attr(r, "", "ecopark_format");
    const size_t major = strcspn(SIM_WRITER_FORMAT, ".");

    if (format == NULL) {
        return sim_err_set(err, SIM_INPUT, "%s is an HDF5 file, but not a results file", r->path);
    }
    if (strncmp(format, SIM_WRITER_FORMAT, major) != 0 || format[major] != '.') {
        return sim_err_set(err, SIM_INPUT, "%s has format %s; this program reads %.*s.x", r->path,
                           format, (int)major, SIM_WRITER_FORMAT);
    }
    return SIM_OK;
}

enum sim_status sim_reader_open(const char *path, struct sim_reader **out, struct sim_err *err)
{
    *out = NULL;
    if (!sim_file_exists(path)) {
        return sim_err_set(err, SIM_MISSING, "cannot read %s: there is no such file", path);
    }
    struct sim_reader *r = sim_base_alloc(1, sizeof(*r));

    r->arena = sim_arena_create();
    r->path = sim_base_strdup(path);
    sim_h5_open(&r->h, r->path);
    if (r->h.failed) {
        sim_reader_close(r);
        return sim_err_set(err, SIM_INPUT, "%s is not an HDF5 file, or it is not whole", path);
    }
    read_all(r);
    const enum sim_status status = check_format(r, err);

    if (status != SIM_OK) {
        sim_reader_close(r);
        return status;
    }
    *out = r;
    return SIM_OK;
}

void sim_reader_close(struct sim_reader *r)
{
    if (r == NULL) {
        return;
    }
    sim_h5_close(&r->h);
    sim_arena_destroy(r->arena);
    SIM_VEC_FREE(&r->vars);
    SIM_VEC_FREE(&r->attrs);
    SIM_VEC_FREE(&r->failures);
    free(r->path);
    free(r);
}

// ---- ask ----

const struct sim_reader_attr *sim_reader_attr_at(const struct sim_reader *r, const char *group,
                                                 int index)
{
    for (int i = 0; i < r->attrs.count; i++) {
        if (strcmp(r->attrs.data[i].group, group) == 0 && index-- == 0) {
            return &r->attrs.data[i].attr;
        }
    }
    return NULL;
}

int sim_reader_attr_count(const struct sim_reader *r, const char *group)
{
    int count = 0;

    while (sim_reader_attr_at(r, group, count) != NULL) {
        count++;
    }
    return count;
}

const char *sim_reader_attr(const struct sim_reader *r, const char *group, const char *name)
{
    for (int i = 0; i < r->attrs.count; i++) {
        const struct group_attr *entry = &r->attrs.data[i];

        if (strcmp(entry->group, group) == 0 && strcmp(entry->attr.name, name) == 0) {
            return entry->attr.text;
        }
    }
    return NULL;
}

int sim_reader_var_count(const struct sim_reader *r)
{
    return r->vars.count;
}

const struct sim_reader_var *sim_reader_var_at(const struct sim_reader *r, int var)
{
    SIM_REQUIRE(var >= 0 && var < r->vars.count, "the variable is in the file");
    return &r->vars.data[var];
}

int sim_reader_find(const struct sim_reader *r, const char *group, const char *name)
{
    for (int i = 0; i < r->vars.count; i++) {
        if (strcmp(r->vars.data[i].group, group) == 0 && strcmp(r->vars.data[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

int64_t sim_reader_size(const struct sim_reader *r, int var)
{
    const struct sim_reader_var *v = sim_reader_var_at(r, var);
    int64_t size = 1;

    for (int i = 0; i < v->rank; i++) {
        size *= v->dims[i];
    }
    return size;
}

// ---- values ----

static hid_t open_dataset(struct sim_reader *r, const struct sim_reader_var *var)
{
    const char *path = sim_arena_format(r->arena, "/%s%s%s", var->group,
                                        var->group[0] != '\0' ? "/" : "", var->name);

    return H5Dopen2(r->h.file, path, H5P_DEFAULT);
}

/** Read a box into `out`; the memory type has the layout of `out`. */
static bool read_box(hid_t dataset, const struct sim_reader_var *v, const int64_t *start,
                     const int64_t *count, hid_t memory_type, void *out)
{
    hsize_t from[SIM_CHUNK_MAX_RANK] = {0};
    hsize_t length[SIM_CHUNK_MAX_RANK] = {0};

    if (v->rank == 0) {
        return H5Dread(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, out) >= 0;
    }
    for (int i = 0; i < v->rank; i++) {
        from[i] = start != NULL ? (hsize_t)start[i] : 0;
        length[i] = (hsize_t)(count != NULL ? count[i] : v->dims[i]);
    }
    const hid_t file_space = H5Dget_space(dataset);
    const hid_t memory_space = H5Screate_simple(v->rank, length, NULL);
    const bool good =
        H5Sselect_hyperslab(file_space, H5S_SELECT_SET, from, NULL, length, NULL) >= 0 &&
        H5Dread(dataset, memory_type, memory_space, file_space, H5P_DEFAULT, out) >= 0;

    (void)H5Sclose(memory_space);
    (void)H5Sclose(file_space);
    return good;
}

static int64_t box_size(const struct sim_reader *r, int var, const int64_t *start,
                        const int64_t *count)
{
    const struct sim_reader_var *v = sim_reader_var_at(r, var);
    int64_t size = count == NULL ? sim_reader_size(r, var) : 1;

    for (int i = 0; i < v->rank && count != NULL; i++) {
        const int64_t from = start != NULL ? start[i] : 0;

        SIM_REQUIRE(from >= 0 && count[i] >= 0 && from + count[i] <= v->dims[i],
                    "the box lies within the variable");
        size *= count[i];
    }
    return size;
}

const char *sim_reader_var_attr(struct sim_reader *r, int var, const char *name)
{
    const hid_t dataset = open_dataset(r, sim_reader_var_at(r, var));
    const char *text = dataset >= 0 ? dataset_text(r, dataset, name) : NULL;

    (void)H5Dclose(dataset);
    return text;
}

static enum sim_status read_values(struct sim_reader *r, int var, const int64_t *start,
                                   const int64_t *count, hid_t type, void *out, struct sim_err *err)
{
    const struct sim_reader_var *v = sim_reader_var_at(r, var);

    if (box_size(r, var, start, count) == 0) {
        return SIM_OK;
    }
    const hid_t dataset = open_dataset(r, v);
    const hid_t text = H5Dget_type(dataset); // ASCII and UTF-8 do not convert into each other
    const bool is_text = v->type == SIM_SCHEMA_STRING;
    const bool good =
        dataset >= 0 && read_box(dataset, v, start, count, is_text ? text : type, out);

    (void)H5Tclose(text);
    (void)H5Dclose(dataset);
    if (!good) {
        return sim_err_set(err, SIM_INPUT, "%s: cannot read '%s': the file is damaged", r->path,
                           v->name);
    }
    return SIM_OK;
}

enum sim_status sim_reader_numbers(struct sim_reader *r, int var, const int64_t *start,
                                   const int64_t *count, double *out, struct sim_err *err)
{
    SIM_REQUIRE(sim_reader_var_at(r, var)->type != SIM_SCHEMA_STRING, "the variable is numeric");
    return read_values(r, var, start, count, H5T_NATIVE_DOUBLE, out, err);
}

enum sim_status sim_reader_texts(struct sim_reader *r, int var, const int64_t *start,
                                 const int64_t *count, const char **out, struct sim_err *err)
{
    SIM_REQUIRE(sim_reader_var_at(r, var)->type == SIM_SCHEMA_STRING, "the variable is of texts");
    const int64_t size = box_size(r, var, start, count);
    char **texts = sim_base_alloc((size_t)size, sizeof(*texts));
    const enum sim_status status = read_values(r, var, start, count, r->h.text, texts, err);

    for (int64_t i = 0; i < size && status == SIM_OK; i++) {
        out[i] = sim_arena_strdup(r->arena, texts[i] != NULL ? texts[i] : "");
        (void)H5free_memory(texts[i]);
    }
    free(texts);
    return status;
}

// ---- failures ----

struct raw_failure {
    int64_t run;
    int64_t point;
    char *when;
    char *reason;
};

static void keep_failures(struct sim_reader *r, struct raw_failure *raw, hssize_t count)
{
    for (hssize_t i = 0; i < count; i++) {
        const struct sim_reader_failure f = {raw[i].run, raw[i].point,
                                             sim_arena_strdup(r->arena, raw[i].when),
                                             sim_arena_strdup(r->arena, raw[i].reason)};

        SIM_VEC_PUSH(&r->failures, f);
        (void)H5free_memory(raw[i].when);
        (void)H5free_memory(raw[i].reason);
    }
}

static bool read_failures(struct sim_reader *r, hid_t table)
{
    const hid_t space = H5Dget_space(table);
    const hssize_t count = H5Sget_simple_extent_npoints(space);
    const hid_t type = H5Tcreate(H5T_COMPOUND, sizeof(struct raw_failure));
    struct raw_failure *raw = sim_base_alloc((size_t)(count > 0 ? count : 0), sizeof(*raw));

    (void)H5Tinsert(type, "run", HOFFSET(struct raw_failure, run), H5T_NATIVE_INT64);
    (void)H5Tinsert(type, "point", HOFFSET(struct raw_failure, point), H5T_NATIVE_INT64);
    (void)H5Tinsert(type, "time", HOFFSET(struct raw_failure, when), r->h.text);
    (void)H5Tinsert(type, "reason", HOFFSET(struct raw_failure, reason), r->h.text);
    const bool good = count <= 0 || H5Dread(table, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, raw) >= 0;

    if (good) {
        keep_failures(r, raw, count);
    }
    free(raw);
    (void)H5Tclose(type);
    (void)H5Sclose(space);
    return good;
}

enum sim_status sim_reader_failures(struct sim_reader *r, const struct sim_reader_failure **out,
                                    int *out_count, struct sim_err *err)
{
    if (r->failures.count == 0 && H5Lexists(r->h.file, "/failures", H5P_DEFAULT) > 0 &&
        H5Lexists(r->h.file, "/failures/table", H5P_DEFAULT) > 0) {
        const hid_t table = H5Dopen2(r->h.file, "/failures/table", H5P_DEFAULT);
        const bool good = table >= 0 && read_failures(r, table);

        (void)H5Dclose(table);
        if (!good) {
            return sim_err_set(err, SIM_INPUT, "%s: cannot read /failures: the file is damaged",
                               r->path);
        }
    }
    *out = r->failures.data;
    *out_count = r->failures.count;
    return SIM_OK;
}
