#include "sim/store/h5.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    METADATA_BYTES = 1024 * 1024 // as in the file; it takes several times as much in memory
};

/** Keeps the description nearest to the cause (the walk goes from the outside to the inside). */
static herr_t keep_innermost(unsigned n, const H5E_error2_t *entry, void *user)
{
    (void)n;
    char *text = user;

    if (entry->desc != NULL && entry->desc[0] != '\0') {
        (void)snprintf(text, 1000, "%s", entry->desc);
    }
    return 0;
}

/** HDF5 says "..., errno = 28, error message = 'No space left on device', buf = ..." at length. */
static void shorten(char *text)
{
    const char *number = strstr(text, "errno = ");
    const int code = number != NULL ? (int)strtol(number + strlen("errno = "), NULL, 10) : 0;

    if (code != 0) {
        errno = code;
        struct sim_err words = {0};

        (void)sim_err_errno(&words, SIM_WRITE, "HDF5");
        (void)snprintf(text, 1000, "%s", words.text);
    }
}

bool sim_h5_check(struct sim_h5 *h, bool good, const char *doing, const char *name)
{
    if (good || h->failed) {
        return !h->failed;
    }
    char cause[1000] = "HDF5 gives no reason";

    (void)H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, keep_innermost, cause);
    (void)H5Eclear2(H5E_DEFAULT);
    shorten(cause);
    h->failed = true;
    (void)sim_err_set(&h->err, SIM_WRITE, "%s: cannot %s%s%s: %s", h->path, doing,
                      name != NULL ? " " : "", name != NULL ? name : "", cause);
    return false;
}

void sim_h5_quiet(void)
{
    (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

static void start(struct sim_h5 *h, const char *path)
{
    memset(h, 0, sizeof(*h));
    h->path = path;
    h->file = -1;
    (void)H5dont_atexit(); // a full disk must not be met again at exit
    sim_h5_quiet();
    h->text = H5Tcopy(H5T_C_S1);
    (void)H5Tset_size(h->text, H5T_VARIABLE);
    (void)H5Tset_cset(h->text, H5T_CSET_UTF8);
}

/** HDF5 lets its cache of metadata grow to 32 MB; a file of 100,000 runs would use all of it. */
static void bound_cache(hid_t plist)
{
    H5AC_cache_config_t config = {.version = H5AC__CURR_CACHE_CONFIG_VERSION};

    if (H5Pget_mdc_config(plist, &config) >= 0) {
        config.set_initial_size = true;
        config.initial_size = METADATA_BYTES;
        config.min_size = METADATA_BYTES / 2;
        config.max_size = METADATA_BYTES;
        (void)H5Pset_mdc_config(plist, &config);
    }
}

static hid_t access_plist(bool is_locked)
{
    const hid_t plist = H5Pcreate(H5P_FILE_ACCESS);

    (void)H5Pset_libver_bounds(plist, H5F_LIBVER_V18, H5F_LIBVER_V18); // what netCDF-4 writes too
    (void)H5Pset_fclose_degree(plist, H5F_CLOSE_STRONG);
    (void)H5Pset_file_locking(plist, is_locked, true);
    bound_cache(plist);
    return plist;
}

static void track(hid_t plist, bool is_group)
{
    const unsigned order = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;

    (void)H5Pset_obj_track_times(plist, false);
    (void)H5Pset_attr_creation_order(plist, order);
    if (is_group) {
        (void)H5Pset_link_creation_order(plist, order);
    }
}

void sim_h5_create(struct sim_h5 *h, const char *path)
{
    start(h, path);
    const hid_t creation = H5Pcreate(H5P_FILE_CREATE);
    const hid_t access = access_plist(false); // the writer has claimed the file (sim_file_claim)

    track(creation, true);
    h->file = H5Fcreate(path, H5F_ACC_TRUNC, creation, access);
    (void)sim_h5_check(h, h->file >= 0, "make the file", NULL);
    (void)H5Pclose(creation);
    (void)H5Pclose(access);
}

void sim_h5_open(struct sim_h5 *h, const char *path)
{
    start(h, path);
    const hid_t access = access_plist(false); // a reader blocks no writer

    h->file = H5Fopen(path, H5F_ACC_RDONLY, access);
    (void)sim_h5_check(h, h->file >= 0, "read it as HDF5", NULL);
    (void)H5Pclose(access);
}

void sim_h5_close(struct sim_h5 *h)
{
    if (h->file >= 0) {
        const herr_t closed = H5Fclose(h->file);

        (void)sim_h5_check(h, closed >= 0, "close the file", NULL);
        h->file = -1;
    }
    if (h->text > 0) {
        (void)H5Tclose(h->text);
        h->text = 0;
    }
}

hid_t sim_h5_dataset_plist(void)
{
    const hid_t plist = H5Pcreate(H5P_DATASET_CREATE);

    track(plist, false);
    return plist;
}

hid_t sim_h5_group_plist(void)
{
    const hid_t plist = H5Pcreate(H5P_GROUP_CREATE);

    track(plist, true);
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
    if (h->failed) {
        return -1;
    }
    const hid_t plist = sim_h5_group_plist();
    const hid_t group = H5Gcreate2(parent, name, H5P_DEFAULT, plist, H5P_DEFAULT);

    (void)sim_h5_check(h, group >= 0, "make the group", name);
    (void)H5Pclose(plist);
    return group;
}

/** Make an attribute and write it; `space` is closed here. */
static void write_attr(struct sim_h5 *h, hid_t object, const char *name, hid_t file_type,
                       hid_t memory_type, hid_t space, const void *values)
{
    const hid_t attr =
        h->failed ? -1 : H5Acreate2(object, name, file_type, space, H5P_DEFAULT, H5P_DEFAULT);
    const bool good = attr >= 0 && H5Awrite(attr, memory_type, values) >= 0;

    (void)sim_h5_check(h, good, "write the attribute", name);
    if (attr >= 0) {
        (void)H5Aclose(attr);
    }
    (void)H5Sclose(space);
}

void sim_h5_attr_text(struct sim_h5 *h, hid_t object, const char *name, const char *text)
{
    if (text != NULL) {
        write_attr(h, object, name, h->text, h->text, H5Screate(H5S_SCALAR), &text);
    }
}

void sim_h5_attr_texts(struct sim_h5 *h, hid_t object, const char *name, const char *const *texts,
                       int count)
{
    const hsize_t length = (hsize_t)count;

    write_attr(h, object, name, h->text, h->text, H5Screate_simple(1, &length, NULL), texts);
}

void sim_h5_attr_f64(struct sim_h5 *h, hid_t object, const char *name, double number)
{
    write_attr(h, object, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, H5Screate(H5S_SCALAR), &number);
}

void sim_h5_attr_u64(struct sim_h5 *h, hid_t object, const char *name, uint64_t number)
{
    write_attr(h, object, name, H5T_STD_U64LE, H5T_NATIVE_UINT64, H5Screate(H5S_SCALAR), &number);
}

void sim_h5_attr_numbers(struct sim_h5 *h, hid_t object, const char *name, hid_t file_type,
                         const double *numbers, int count)
{
    const hsize_t length = (hsize_t)count;
    const hid_t space = count == 1 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &length, NULL);

    write_attr(h, object, name, file_type, H5T_NATIVE_DOUBLE, space, numbers);
}
