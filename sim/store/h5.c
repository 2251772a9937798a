#include "sim/store/h5.h"

#include "sim/base/sys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    METADATA_BYTES = 1024 * 1024, // as in the file; it takes several times as much in memory
    CAUSE_BYTES = 1000
};

/** Keeps the description nearest to the cause (the walk goes from the outside to the inside). */
static herr_t keep_innermost(unsigned n, const H5E_error2_t *entry, void *user)
{
    (void)n;
    char *text = user;

    if (entry->desc != NULL && entry->desc[0] != '\0') {
        (void)snprintf(text, CAUSE_BYTES, "%s", entry->desc);
    }
    return 0;
}

/** Say what the system said; else what HDF5 says. */
static enum sim_status explain(struct sim_h5 *h, char *cause)
{
    const int number = h->port.write_errno != 0 ? h->port.write_errno : h->port.read_errno;
    struct sim_err words = {0};

    if (number != 0) {
        errno = number;
        (void)sim_err_errno(&words, SIM_WRITE, "the system says");
        (void)snprintf(cause, CAUSE_BYTES, "%s", words.text + strlen("the system says: "));
    } else {
        (void)H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, keep_innermost, cause);
    }
    (void)H5Eclear2(H5E_DEFAULT);
    return h->is_written ? SIM_WRITE : number != 0 ? SIM_MISSING : SIM_INPUT;
}

bool sim_h5_check(struct sim_h5 *h, bool good, const char *doing, const char *name)
{
    if ((good && h->port.write_errno == 0) || h->failed) {
        return !h->failed;
    }
    char cause[CAUSE_BYTES] = "HDF5 gives no reason";
    const enum sim_status status = explain(h, cause);

    h->failed = true;
    (void)sim_err_set(&h->err, status, "%s: cannot %s%s%s: %s", h->path, doing,
                      name != NULL ? " " : "", name != NULL ? name : "", cause);
    return false;
}

hid_t sim_h5_check_id(struct sim_h5 *h, hid_t id, const char *doing, const char *name)
{
    (void)sim_h5_check(h, id >= 0, doing, name);
    return id;
}

void sim_h5_quiet(void)
{
    (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

static herr_t close_by_type(hid_t id)
{
    switch ((int)H5Iget_type(id)) {
    case H5I_FILE:
        return H5Fclose(id);
    case H5I_GROUP:
        return H5Gclose(id);
    case H5I_DATATYPE:
        return H5Tclose(id);
    case H5I_DATASPACE:
        return H5Sclose(id);
    case H5I_DATASET:
        return H5Dclose(id);
    case H5I_ATTR:
        return H5Aclose(id);
    case H5I_GENPROP_LST:
        return H5Pclose(id);
    case H5I_VFL:
        return H5FDunregister(id);
    default:
        return -1;
    }
}

void sim_h5_release(struct sim_h5 *h, hid_t id)
{
    if (id > 0) {
        (void)sim_h5_check(h, close_by_type(id) >= 0, "write what is left in memory", NULL);
    }
}

static void start(struct sim_h5 *h, const char *path, int fd)
{
    memset(h, 0, sizeof(*h));
    h->path = path;
    h->file = -1;
    h->driver = -1;
    h->port.fd = fd;
    (void)H5dont_atexit(); // a full disk must not be met again at exit
    sim_h5_quiet();
    h->text = SIM_H5_ID(h, "prepare", "texts", H5Tcopy(H5T_C_S1));
    (void)SIM_H5_OK(h, "prepare", "texts", H5Tset_size(h->text, H5T_VARIABLE));
    (void)SIM_H5_OK(h, "prepare", "texts", H5Tset_cset(h->text, H5T_CSET_UTF8));
}

/** HDF5 lets its cache of metadata grow to 32 MB; a file of 100,000 runs would use all of it. */
static void bound_cache(struct sim_h5 *h, hid_t plist)
{
    H5AC_cache_config_t config = {.version = H5AC__CURR_CACHE_CONFIG_VERSION};

    if (SIM_H5_OK(h, "prepare", "the cache", H5Pget_mdc_config(plist, &config))) {
        config.set_initial_size = true;
        config.initial_size = METADATA_BYTES;
        config.min_size = METADATA_BYTES / 2;
        config.max_size = METADATA_BYTES;
        (void)SIM_H5_OK(h, "prepare", "the cache", H5Pset_mdc_config(plist, &config));
    }
}

static hid_t access_plist(struct sim_h5 *h)
{
    static const char what[] = "the access";
    const hid_t plist = SIM_H5_ID(h, "prepare", what, H5Pcreate(H5P_FILE_ACCESS));

    // what netCDF-4 writes too
    (void)SIM_H5_OK(h, "prepare", what,
                    H5Pset_libver_bounds(plist, H5F_LIBVER_V18, H5F_LIBVER_V18));
    (void)SIM_H5_OK(h, "prepare", what, H5Pset_fclose_degree(plist, H5F_CLOSE_STRONG));
    (void)SIM_H5_OK(h, "prepare", what, sim_h5file_use(plist, &h->port, &h->driver));
    bound_cache(h, plist);
    return plist;
}

static void track(struct sim_h5 *h, hid_t plist, bool is_group)
{
    const unsigned order = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;

    (void)SIM_H5_OK(h, "prepare", "an object", H5Pset_obj_track_times(plist, false));
    (void)SIM_H5_OK(h, "prepare", "an object", H5Pset_attr_creation_order(plist, order));
    if (is_group) {
        (void)SIM_H5_OK(h, "prepare", "a group", H5Pset_link_creation_order(plist, order));
    }
}

void sim_h5_create(struct sim_h5 *h, const char *path, int fd)
{
    start(h, path, fd);
    h->is_written = true;
    const hid_t creation = SIM_H5_ID(h, "prepare", "the file", H5Pcreate(H5P_FILE_CREATE));
    const hid_t access = access_plist(h);

    track(h, creation, true);
    h->file = SIM_H5_ID(h, "make the file", NULL, H5Fcreate(path, H5F_ACC_TRUNC, creation, access));
    sim_h5_release(h, creation);
    sim_h5_release(h, access);
}

void sim_h5_open(struct sim_h5 *h, const char *path, int fd, uint64_t length)
{
    start(h, path, fd);
    h->owns_fd = true;
    h->port.length = length;
    const hid_t access = access_plist(h);

    h->file = SIM_H5_ID(h, "read it as HDF5", NULL, H5Fopen(path, H5F_ACC_RDONLY, access));
    sim_h5_release(h, access);
}

void sim_h5_close(struct sim_h5 *h)
{
    sim_h5_release(h, h->file);
    sim_h5_release(h, h->text);
    sim_h5_release(h, h->driver);
    h->file = -1;
    h->text = -1;
    h->driver = -1;
    if (h->owns_fd) {
        (void)sim_sys_close(h->port.fd);
        h->owns_fd = false;
    }
}

hid_t sim_h5_dataset_plist(struct sim_h5 *h)
{
    const hid_t plist = SIM_H5_ID(h, "prepare", "an object", H5Pcreate(H5P_DATASET_CREATE));

    track(h, plist, false);
    return plist;
}

hid_t sim_h5_group_plist(struct sim_h5 *h)
{
    const hid_t plist = SIM_H5_ID(h, "prepare", "a group", H5Pcreate(H5P_GROUP_CREATE));

    track(h, plist, true);
    return plist;
}

hid_t sim_h5_file_type(const struct sim_h5 *h, enum sim_schema_type type)
{
    switch (type) {
    case SIM_SCHEMA_F64:
        return H5T_IEEE_F64LE;
    case SIM_SCHEMA_F32:
        return H5T_IEEE_F32LE;
    case SIM_SCHEMA_I64:
        return H5T_STD_I64LE;
    case SIM_SCHEMA_I32:
        return H5T_STD_I32LE;
    case SIM_SCHEMA_I8:
        return H5T_STD_I8LE;
    case SIM_SCHEMA_STRING:
        break;
    }
    return h->text;
}

hid_t sim_h5_memory_type(const struct sim_h5 *h, enum sim_schema_type type)
{
    switch (type) {
    case SIM_SCHEMA_F64:
        return H5T_NATIVE_DOUBLE;
    case SIM_SCHEMA_F32:
        return H5T_NATIVE_FLOAT;
    case SIM_SCHEMA_I64:
        return H5T_NATIVE_INT64;
    case SIM_SCHEMA_I32:
        return H5T_NATIVE_INT32;
    case SIM_SCHEMA_I8:
        return H5T_NATIVE_INT8;
    case SIM_SCHEMA_STRING:
        break;
    }
    return h->text;
}

hid_t sim_h5_group(struct sim_h5 *h, hid_t parent, const char *name)
{
    const hid_t plist = sim_h5_group_plist(h);
    const hid_t group = SIM_H5_ID(h, "make the group", name,
                                  H5Gcreate2(parent, name, H5P_DEFAULT, plist, H5P_DEFAULT));

    sim_h5_release(h, plist);
    return group;
}

/** Make an attribute and write it; `space` is released here. */
static void write_attr(struct sim_h5 *h, hid_t object, const char *name, hid_t file_type,
                       hid_t memory_type, hid_t space, const void *values)
{
    const hid_t attr =
        SIM_H5_ID(h, "make the attribute", name,
                  H5Acreate2(object, name, file_type, space, H5P_DEFAULT, H5P_DEFAULT));

    (void)SIM_H5_OK(h, "write the attribute", name, H5Awrite(attr, memory_type, values));
    sim_h5_release(h, attr);
    sim_h5_release(h, space);
}

void sim_h5_attr_raw(struct sim_h5 *h, hid_t object, const char *name, hid_t type, hid_t space,
                     const void *values)
{
    write_attr(h, object, name, type, type, space, values);
}

static hid_t scalar(struct sim_h5 *h)
{
    return SIM_H5_ID(h, "prepare", "an attribute", H5Screate(H5S_SCALAR));
}

static hid_t vector(struct sim_h5 *h, int count)
{
    const hsize_t length = (hsize_t)count;

    return SIM_H5_ID(h, "prepare", "an attribute", H5Screate_simple(1, &length, NULL));
}

/** A text of `length` bytes, filled up with zeros; HDF5 has none of length 0. */
static hid_t fixed_text(struct sim_h5 *h, size_t length)
{
    const hid_t type = SIM_H5_ID(h, "prepare", "texts", H5Tcopy(H5T_C_S1));

    (void)SIM_H5_OK(h, "prepare", "texts", H5Tset_size(type, length > 0 ? length : 1));
    (void)SIM_H5_OK(h, "prepare", "texts", H5Tset_strpad(type, H5T_STR_NULLPAD));
    (void)SIM_H5_OK(h, "prepare", "texts", H5Tset_cset(type, H5T_CSET_UTF8));
    return type;
}

/** What HDF5 1.8 keeps beside the object's header; longer attributes are variable-length texts. */
enum {
    MOST_ATTR_BYTES = 60000
};

void sim_h5_attr_text(struct sim_h5 *h, hid_t object, const char *name, const char *text)
{
    if (text == NULL) {
        return;
    }
    if (strlen(text) > MOST_ATTR_BYTES) {
        write_attr(h, object, name, h->text, h->text, scalar(h), &text);
        return;
    }
    const hid_t type = fixed_text(h, strlen(text));

    write_attr(h, object, name, type, type, scalar(h), text);
    sim_h5_release(h, type);
}

void sim_h5_attr_texts(struct sim_h5 *h, hid_t object, const char *name, const char *const *texts,
                       int count)
{
    size_t longest = 1;

    for (int i = 0; i < count; i++) {
        longest = strlen(texts[i]) > longest ? strlen(texts[i]) : longest;
    }
    if (longest * (size_t)count > MOST_ATTR_BYTES) {
        write_attr(h, object, name, h->text, h->text, vector(h, count), texts);
        return;
    }
    const hid_t type = fixed_text(h, longest);
    char *bytes = sim_base_alloc((size_t)count, longest);

    for (int i = 0; i < count; i++) {
        memcpy(bytes + (size_t)i * longest, texts[i], strlen(texts[i]));
    }
    write_attr(h, object, name, type, type, vector(h, count), bytes);
    free(bytes);
    sim_h5_release(h, type);
}

void sim_h5_attr_f64(struct sim_h5 *h, hid_t object, const char *name, double number)
{
    write_attr(h, object, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, scalar(h), &number);
}

void sim_h5_attr_u64(struct sim_h5 *h, hid_t object, const char *name, uint64_t number)
{
    write_attr(h, object, name, H5T_STD_U64LE, H5T_NATIVE_UINT64, scalar(h), &number);
}

void sim_h5_attr_numbers(struct sim_h5 *h, hid_t object, const char *name, hid_t file_type,
                         const double *numbers, int count)
{
    write_attr(h, object, name, file_type, H5T_NATIVE_DOUBLE,
               count == 1 ? scalar(h) : vector(h, count), numbers);
}

void sim_h5_attr_fill(struct sim_h5 *h, hid_t object, enum sim_schema_type type, const void *fill)
{
    write_attr(h, object, "_FillValue", sim_h5_file_type(h, type), sim_h5_memory_type(h, type),
               scalar(h), fill);
}
