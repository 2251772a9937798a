#include "sim/store/reader.h"

#include "sim/base/file.h"
#include "sim/base/sys.h"
#include "sim/store/reader_priv.h"
#include "sim/store/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#define CHECKED_BYTES (UINT64_C(64) << 20) // files up to this are checked whenever they are opened

/** Where a walk over the objects of a group stands. */
struct walk {
    struct sim_reader *reader;
    const char *group;
};

bool sim_reader_refuse(struct sim_reader *r, const char *fmt, ...)
{
    char text[2000];
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    if (!r->h.failed) {
        r->h.failed = true;
        (void)sim_err_set(&r->h.err, SIM_INPUT, "%s is not as a results file should be: %s",
                          r->path, text);
    }
    return false;
}

// ---- datasets ----

/** Text of the last name in the path of an object. */
static const char *last_name(struct sim_reader *r, hid_t object)
{
    char path[512] = "";

    if (H5Iget_name(object, path, sizeof(path)) <= 0) {
        return "";
    }
    const char *slash = strrchr(path, '/');

    return sim_arena_strdup(r->arena, slash != NULL ? slash + 1 : path);
}

/** Names of the scales that DIMENSION_LIST refers to: one vector of references a dimension. The
 * high-level library of HDF5 trusts the attribute's length; we do not. */
static void read_references(struct sim_reader *r, hid_t dataset, hid_t attr,
                            struct sim_reader_var *var)
{
    hvl_t lists[SIM_CHUNK_MAX_RANK] = {{0, NULL}};
    struct sim_h5 *h = &r->h;
    const hid_t type = SIM_H5_ID(h, "read", var->name, H5Aget_type(attr));
    const hid_t space = SIM_H5_ID(h, "read", var->name, H5Aget_space(attr));
    const hid_t of = h->failed || H5Tget_class(type) != H5T_VLEN ? -1 : H5Tget_super(type);
    const bool is_sound = of >= 0 && H5Tequal(of, H5T_STD_REF_OBJ) > 0 &&
                          H5Sget_simple_extent_npoints(space) == var->rank;
    const bool is_read = is_sound && SIM_H5_OK(h, "read", var->name, H5Aread(attr, type, lists));

    for (int i = 0; is_read && i < var->rank; i++) {
        const hid_t scale = lists[i].len > 0
                                ? H5Rdereference2(dataset, H5P_DEFAULT, H5R_OBJECT, lists[i].p)
                                : -1; // a reference to what is gone is no failure

        if (scale >= 0 && H5Iget_type(scale) == H5I_DATASET) {
            var->dim_names[i] = last_name(r, scale);
        }
        sim_h5_release(h, scale);
        (void)H5free_memory(lists[i].p);
    }
    (void)sim_h5_check(h, h->port.read_errno == 0, "read", var->name); // not gone: not readable
    sim_h5_release(h, of);
    sim_h5_release(h, space);
    sim_h5_release(h, type);
}

static void read_dim_names(struct sim_reader *r, hid_t dataset, struct sim_reader_var *var)
{
    for (int i = 0; i < var->rank; i++) {
        var->dim_names[i] = var->is_axis ? var->name : "";
    }
    if (!var->is_axis && H5Aexists(dataset, "DIMENSION_LIST") > 0) {
        const hid_t attr =
            SIM_H5_ID(&r->h, "read", var->name, H5Aopen(dataset, "DIMENSION_LIST", H5P_DEFAULT));

        read_references(r, dataset, attr, var);
        sim_h5_release(&r->h, attr);
    }
}

static void add_var(struct sim_reader *r, const char *group, const char *name, hid_t dataset)
{
    struct sim_reader_var var = {.group = group, .name = sim_arena_strdup(r->arena, name)};

    if (sim_reader_check_dataset(r, dataset, &var)) {
        var.units = sim_reader_text_named(r, dataset, "units");
        var.long_name = sim_reader_text_named(r, dataset, "long_name");
        read_dim_names(r, dataset, &var);
        (void)sim_strtab_intern(r->names, sim_arena_format(r->arena, "%s/%s", group, name));
        SIM_VEC_PUSH(&r->vars, var);
    }
}

/** Links that lead elsewhere, to other files even, are not followed. */
static hid_t open_object(struct sim_reader *r, hid_t group, const char *name,
                         const H5L_info_t *info)
{
    return info->type == H5L_TYPE_HARD
               ? SIM_H5_ID(&r->h, "read", name, H5Oopen(group, name, H5P_DEFAULT))
               : -1;
}

static herr_t visit_dataset(hid_t group, const char *name, const H5L_info_t *info, void *user)
{
    const struct walk *walk = user;
    struct sim_reader *r = walk->reader;
    const hid_t object = open_object(r, group, name, info);

    if (object >= 0 && H5Iget_type(object) == H5I_DATASET) {
        add_var(r, walk->group, name, object);
    }
    sim_h5_release(&r->h, object);
    return r->h.failed ? 1 : 0;
}

/** Visit the objects of a group. Older files have no order of creation: then by name. */
static void visit(struct sim_reader *r, hid_t group, H5L_iterate_t act, struct walk *walk)
{
    hsize_t from = 0;

    if (H5Literate(group, H5_INDEX_CRT_ORDER, H5_ITER_INC, &from, act, walk) < 0) {
        from = 0;
        (void)SIM_H5_OK(&r->h, "read", "a group",
                        H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, &from, act, walk));
    }
}

/** Everything in one group but its groups. */
static void read_group(struct sim_reader *r, hid_t group, const char *name)
{
    struct walk walk = {r, name};

    visit(r, group, visit_dataset, &walk);
    if (!r->h.failed) {
        sim_reader_text_attrs(r, group, name);
    }
}

static herr_t visit_group(hid_t root, const char *name, const H5L_info_t *info, void *user)
{
    const struct walk *walk = user;
    struct sim_reader *r = walk->reader;
    const hid_t object = open_object(r, root, name, info);

    if (object >= 0 && H5Iget_type(object) == H5I_GROUP) {
        read_group(r, object, sim_arena_strdup(r->arena, name));
    }
    sim_h5_release(&r->h, object);
    return r->h.failed ? 1 : 0;
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
        const struct sim_reader_group_attr *entry = &r->attrs.data[i];

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
    char *key = sim_base_format("%s/%s", group, name);
    const int var = sim_strtab_find(r->names, key);

    free(key);
    return var;
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
    char *path =
        sim_base_format("/%s%s%s", var->group, var->group[0] != '\0' ? "/" : "", var->name);
    const hid_t dataset =
        SIM_H5_ID(&r->h, "read", var->name, H5Dopen2(r->h.file, path, H5P_DEFAULT));

    free(path);
    return dataset;
}

/** A box within a variable: what is selected in the file, and as much in memory. */
struct box {
    hid_t file_space;
    hid_t memory_space;
    int64_t size; // [-] values
};

static struct box select_box(struct sim_reader *r, hid_t dataset, const struct sim_reader_var *v,
                             const int64_t *start, const int64_t *count)
{
    hsize_t from[SIM_CHUNK_MAX_RANK] = {0};
    hsize_t length[SIM_CHUNK_MAX_RANK] = {0};
    struct sim_h5 *h = &r->h;
    struct box b = {H5S_ALL, H5S_ALL, 1};

    for (int i = 0; i < v->rank; i++) {
        from[i] = start != NULL ? (hsize_t)start[i] : 0;
        length[i] = (hsize_t)(count != NULL ? count[i] : v->dims[i]);
        b.size *= (int64_t)length[i];
    }
    if (v->rank > 0) {
        b.file_space = SIM_H5_ID(h, "read", v->name, H5Dget_space(dataset));
        b.memory_space = SIM_H5_ID(h, "read", v->name, H5Screate_simple(v->rank, length, NULL));
        (void)SIM_H5_OK(
            h, "read", v->name,
            H5Sselect_hyperslab(b.file_space, H5S_SELECT_SET, from, NULL, length, NULL));
    }
    return b;
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
    const char *text = sim_reader_text_named(r, dataset, name);

    sim_h5_release(&r->h, dataset);
    return text;
}

/** Why the file cannot be read; a file that cannot be read once is not read again. */
static enum sim_status tell_unreadable(const struct sim_reader *r, const char *name,
                                       struct sim_err *err)
{
    return r->h.port.read_errno != 0 || r->h.err.status != SIM_INPUT
               ? sim_err_set(err, r->h.err.status, "%s", r->h.err.text)
               : sim_err_set(err, SIM_INPUT, "%s: cannot read '%s': the file is damaged", r->path,
                             name);
}

/** Read a box of numbers, or of texts where `numbers` is NULL. */
static enum sim_status read_values(struct sim_reader *r, int var, const int64_t *start,
                                   const int64_t *count, double *numbers, const char **texts,
                                   struct sim_err *err)
{
    const struct sim_reader_var *v = sim_reader_var_at(r, var);

    if ((v->type == SIM_SCHEMA_STRING) != (texts != NULL)) {
        return sim_err_set(err, SIM_INPUT, "%s: '%s' holds %s, and should hold %s", r->path,
                           v->name, texts != NULL ? "numbers" : "texts",
                           texts != NULL ? "texts" : "numbers");
    }
    if (box_size(r, var, start, count) == 0) {
        return SIM_OK;
    }
    struct sim_h5 *h = &r->h;
    const hid_t dataset = open_dataset(r, v);
    const struct box b = select_box(r, dataset, v, start, count);

    if (texts != NULL) {
        (void)sim_reader_text_read(r, dataset, b.memory_space, b.file_space, b.size, texts);
    } else {
        (void)SIM_H5_OK(h, "read", v->name,
                        H5Dread(dataset, H5T_NATIVE_DOUBLE, b.memory_space, b.file_space,
                                H5P_DEFAULT, numbers));
    }
    if (v->rank > 0) {
        sim_h5_release(h, b.memory_space);
        sim_h5_release(h, b.file_space);
    }
    sim_h5_release(h, dataset);
    return h->failed ? tell_unreadable(r, v->name, err) : SIM_OK;
}

enum sim_status sim_reader_numbers(struct sim_reader *r, int var, const int64_t *start,
                                   const int64_t *count, double *out, struct sim_err *err)
{
    return read_values(r, var, start, count, out, NULL, err);
}

enum sim_status sim_reader_texts(struct sim_reader *r, int var, const int64_t *start,
                                 const int64_t *count, const char **out, struct sim_err *err)
{
    return read_values(r, var, start, count, NULL, out, err);
}

// ---- open ----

static void check_format(struct sim_reader *r)
{
    const char *format = sim_reader_attr(r, "", "ecopark_format");
    const size_t major = strcspn(SIM_WRITER_FORMAT, ".");

    if (r->h.failed) {
        return;
    }
    if (format == NULL) {
        r->h.failed = true;
        (void)sim_err_set(&r->h.err, SIM_INPUT, "%s is an HDF5 file, but not a results file",
                          r->path);
    } else if (strncmp(format, SIM_WRITER_FORMAT, major) != 0 || format[major] != '.') {
        r->h.failed = true;
        (void)sim_err_set(&r->h.err, SIM_INPUT, "%s has format %s; this program reads %.*s.x",
                          r->path, format, (int)major, SIM_WRITER_FORMAT);
    }
}

static void read_all(struct sim_reader *r)
{
    struct walk walk = {r, ""};

    sim_reader_text_attrs(r, r->h.file, "");
    check_format(r); // first: of other files nothing more need be right
    if (!r->h.failed) {
        visit(r, r->h.file, visit_dataset, &walk);
    }
    if (!r->h.failed) {
        visit(r, r->h.file, visit_group, &walk);
    }
    sim_reader_check_all(r);
    sim_reader_check_failures(r);
}

/** A pipe must not hang us, and is no results file. */
static enum sim_status open_plain(const char *path, int *out_fd, uint64_t *out_length,
                                  struct sim_err *err)
{
    struct stat info;

    *out_fd = sim_sys_open(path, O_RDONLY | O_NONBLOCK);
    if (*out_fd < 0) {
        return errno == ENOENT
                   ? sim_err_set(err, SIM_MISSING, "cannot read %s: there is no such file", path)
                   : sim_err_errno(err, SIM_MISSING, "cannot read %s", path);
    }
    if (fstat(*out_fd, &info) == 0 && S_ISREG(info.st_mode)) {
        *out_length = (uint64_t)info.st_size;
        return SIM_OK;
    }
    (void)sim_sys_close(*out_fd);
    return sim_err_set(err, SIM_INPUT, "%s is not an HDF5 file, or it is not whole", path);
}

/** Look at the seal; small files are checked against it before HDF5 has to make sense of them. */
static enum sim_status check_seal(struct sim_reader *r, int fd, struct sim_err *err)
{
    SIM_TRY(sim_seal_find(fd, r->path, r->length, &r->seal, err));
    return r->length <= CHECKED_BYTES ? sim_seal_check(fd, r->path, &r->seal, err) : SIM_OK;
}

static enum sim_status open_hdf5(struct sim_reader *r, int fd, struct sim_err *err)
{
    sim_h5_open(&r->h, r->path, fd, r->seal.length);
    if (r->h.failed && r->h.port.read_errno == 0) {
        return sim_err_set(err, SIM_INPUT, "%s is not an HDF5 file, or it is not whole", r->path);
    }
    if (!r->h.failed) {
        read_all(r);
    }
    return r->h.failed ? sim_err_set(err, r->h.err.status, "%s", r->h.err.text) : SIM_OK;
}

bool sim_reader_bears_seal(const char *path)
{
    struct sim_seal seal = {.is_there = false};
    struct sim_err err = {0};
    uint64_t length = 0;
    int fd = -1;

    if (open_plain(path, &fd, &length, &err) != SIM_OK) {
        return false;
    }
    const enum sim_status status = sim_seal_find(fd, path, length, &seal, &err);

    (void)sim_sys_close(fd);
    return status == SIM_OK && seal.is_there;
}

enum sim_status sim_reader_open(const char *path, struct sim_reader **out, struct sim_err *err)
{
    uint64_t length = 0;
    int fd = -1;

    *out = NULL;
    SIM_TRY(open_plain(path, &fd, &length, err));
    struct sim_reader *r = sim_base_alloc(1, sizeof(*r));

    r->arena = sim_arena_create();
    r->names = sim_strtab_create();
    r->path = sim_base_strdup(path);
    r->length = length;
    enum sim_status status = check_seal(r, fd, err);

    if (status == SIM_OK) {
        status = open_hdf5(r, fd, err);
    } else {
        (void)sim_sys_close(fd);
    }
    if (status != SIM_OK) {
        sim_reader_close(r);
        return status;
    }
    *out = r;
    return SIM_OK;
}

enum sim_status sim_reader_open_of(const char *path, const struct sim_reader_expected *all,
                                   int count, struct sim_reader **out, struct sim_err *err)
{
    SIM_TRY(sim_reader_open(path, out, err));
    sim_reader_check_expected(*out, all, count);
    if ((*out)->h.failed) {
        (void)sim_err_set(err, (*out)->h.err.status, "%s", (*out)->h.err.text);
        sim_reader_close(*out);
        *out = NULL;
        return err->status;
    }
    return SIM_OK;
}

void sim_reader_close(struct sim_reader *r)
{
    if (r == NULL) {
        return;
    }
    sim_h5_close(&r->h);
    sim_arena_destroy(r->arena);
    sim_strtab_destroy(r->names);
    SIM_VEC_FREE(&r->vars);
    SIM_VEC_FREE(&r->attrs);
    SIM_VEC_FREE(&r->failures);
    free(r->path);
    free(r);
}

// ---- verify ----

bool sim_reader_is_sealed(const struct sim_reader *r)
{
    return r->seal.is_there;
}

enum sim_status sim_reader_verify(struct sim_reader *r, struct sim_err *err)
{
    return sim_seal_check(r->h.port.fd, r->path, &r->seal, err);
}
