#include "sim/store/reader_priv.h"

#include <inttypes.h>
#include <string.h>

// A results file may come from anybody: made by another program, by an older or a later version, or
// to do harm. What the commands rely on is looked at here, once, before any value is read: so they
// may index by what an axis says and take a text for a text.

#define MAX_LENGTH  (INT64_C(1) << 31)  // [-] of a dimension
#define MAX_RUN     (INT64_C(1) << 28)  // [-] values that one run or point has of a variable
#define MAX_CHUNK   (UINT64_C(1) << 26) // [bytes] HDF5 takes twice that to read one value
#define MOST_PACKED 1100                // [-] deflate makes at most 1032 bytes of one

// ---- one dataset ----

static bool is_one_of(hid_t type, const hid_t *types, int count)
{
    for (int i = 0; i < count; i++) {
        if (H5Tequal(type, types[i]) > 0) {
            return true;
        }
    }
    return false;
}

/** Our type of a dataset's; false for those that are not read as variables (compounds). */
static bool classify(hid_t type, enum sim_schema_type *out)
{
    const hid_t f64[] = {H5T_IEEE_F64LE, H5T_IEEE_F64BE};
    const hid_t f32[] = {H5T_IEEE_F32LE, H5T_IEEE_F32BE};
    const hid_t i64[] = {H5T_STD_I64LE, H5T_STD_I64BE, H5T_STD_U64LE,
                         H5T_STD_U64BE, H5T_STD_U32LE, H5T_STD_U32BE};
    const hid_t i32[] = {H5T_STD_I32LE, H5T_STD_I32BE, H5T_STD_I16LE,
                         H5T_STD_I16BE, H5T_STD_U16LE, H5T_STD_U16BE};
    const hid_t i8[] = {H5T_STD_I8LE, H5T_STD_I8BE, H5T_STD_U8LE, H5T_STD_U8BE};
    const struct {
        enum sim_schema_type type;
        const hid_t *types;
        int count;
    } known[] = {{SIM_SCHEMA_F64, f64, SIM_COUNT(f64)},
                 {SIM_SCHEMA_F32, f32, SIM_COUNT(f32)},
                 {SIM_SCHEMA_I64, i64, SIM_COUNT(i64)},
                 {SIM_SCHEMA_I32, i32, SIM_COUNT(i32)},
                 {SIM_SCHEMA_I8, i8, SIM_COUNT(i8)}};

    if (H5Tget_class(type) == H5T_STRING) {
        *out = SIM_SCHEMA_STRING;
        return sim_reader_text_is_sound(type);
    }
    for (int i = 0; i < SIM_COUNT(known); i++) {
        if (is_one_of(type, known[i].types, known[i].count)) {
            *out = known[i].type;
            return true;
        }
    }
    return false;
}

/** Rank and dimensions; false when there are more than we read. */
static bool read_shape(struct sim_reader *r, hid_t dataset, struct sim_reader_var *var)
{
    struct sim_h5 *h = &r->h;
    hsize_t dims[SIM_CHUNK_MAX_RANK] = {0};
    const hid_t space = SIM_H5_ID(h, "read", var->name, H5Dget_space(dataset));
    const bool is_array = !h->failed && H5Sget_simple_extent_type(space) != H5S_NULL;

    var->rank = h->failed ? -1 : H5Sget_simple_extent_ndims(space);
    const bool is_sound = is_array && var->rank >= 0 && var->rank <= SIM_CHUNK_MAX_RANK;

    if (is_sound && var->rank > 0) {
        (void)SIM_H5_OK(h, "read", var->name, H5Sget_simple_extent_dims(space, dims, NULL));
    }
    for (int i = 0; is_sound && i < var->rank; i++) {
        if (dims[i] > MAX_LENGTH) {
            (void)sim_reader_refuse(r, "'%s' is said to have %" PRIu64 " values in a row",
                                    var->name, (uint64_t)dims[i]);
        }
        var->dims[i] = (int64_t)dims[i];
    }
    sim_h5_release(h, space);
    return is_sound && !h->failed;
}

/** Values of one run or point: what is read at a time. */
static bool has_sound_rows(struct sim_reader *r, const struct sim_reader_var *var)
{
    int64_t values = 1;

    for (int i = 1; i < var->rank; i++) {
        if (var->dims[i] > 0 && values > MAX_RUN / var->dims[i]) {
            return sim_reader_refuse(r, "'%s' is said to have more than %" PRId64 " values a row",
                                     var->name, MAX_RUN);
        }
        values *= var->dims[i];
    }
    return true;
}

/** Texts are all written, so the file has room for them. */
static bool has_sound_texts(struct sim_reader *r, hid_t type, const struct sim_reader_var *var)
{
    uint64_t bytes = H5Tget_size(type);
    const uint64_t most = r->length * MOST_PACKED;

    for (int i = 0; i < var->rank && var->type == SIM_SCHEMA_STRING; i++) {
        if (var->dims[i] > 0 && bytes > most / (uint64_t)var->dims[i]) {
            return sim_reader_refuse(r, "the texts of '%s' are not all in the file", var->name);
        }
        bytes *= (uint64_t)var->dims[i];
    }
    return true;
}

static bool has_sound_chunks(struct sim_reader *r, hid_t plist, hid_t type,
                             const struct sim_reader_var *var)
{
    hsize_t chunk[SIM_CHUNK_MAX_RANK] = {0};
    uint64_t bytes = H5Tget_size(type);
    const int rank = H5Pget_chunk(plist, SIM_CHUNK_MAX_RANK, chunk);

    if (rank != var->rank) {
        return sim_reader_refuse(r, "'%s' is stored in no way that is known", var->name);
    }
    for (int i = 0; i < rank; i++) {
        if (chunk[i] == 0 || bytes > MAX_CHUNK / chunk[i]) {
            return sim_reader_refuse(r, "'%s' is stored in pieces of over %" PRIu64 " MB",
                                     var->name, MAX_CHUNK >> 20);
        }
        bytes *= chunk[i];
    }
    return true;
}

/** Values lie in this file, and not in others that it names. */
static bool has_sound_place(struct sim_reader *r, hid_t dataset, hid_t type,
                            const struct sim_reader_var *var)
{
    struct sim_h5 *h = &r->h;
    const hid_t plist = SIM_H5_ID(h, "read", var->name, H5Dget_create_plist(dataset));
    const H5D_layout_t layout = h->failed ? H5D_LAYOUT_ERROR : H5Pget_layout(plist);
    bool is_sound = !h->failed;

    if (is_sound && (layout == H5D_VIRTUAL || H5Pget_external_count(plist) != 0)) {
        is_sound = sim_reader_refuse(r, "the values of '%s' are in other files", var->name);
    }
    if (is_sound && layout == H5D_CHUNKED) {
        is_sound = has_sound_chunks(r, plist, type, var);
    }
    sim_h5_release(h, plist);
    return is_sound;
}

/** An axis has its coordinates in the file: so the file cannot say that it is long and be short. */
static bool is_filled(struct sim_reader *r, hid_t dataset, hid_t type,
                      const struct sim_reader_var *var)
{
    const uint64_t stored = (uint64_t)H5Dget_storage_size(dataset);
    const uint64_t bytes = (uint64_t)var->dims[0] * H5Tget_size(type);

    return bytes / MOST_PACKED <= stored && stored <= r->length
               ? true
               : sim_reader_refuse(r,
                                   "the axis '%s' is said to have %" PRId64
                                   " values, which are not in the file",
                                   var->name, var->dims[0]);
}

/** netCDF marks so the dimensions that have no coordinates. */
static bool is_bare_dimension(struct sim_reader *r, hid_t dataset)
{
    static const char mark[] = "This is a netCDF dimension but not a netCDF variable";
    const char *name = sim_reader_text_named(r, dataset, "NAME");

    return name != NULL && strncmp(name, mark, strlen(mark)) == 0;
}

static bool is_scale(struct sim_reader *r, hid_t dataset)
{
    const char *class = sim_reader_text_named(r, dataset, "CLASS");

    return class != NULL && strcmp(class, "DIMENSION_SCALE") == 0;
}

bool sim_reader_check_dataset(struct sim_reader *r, hid_t dataset, struct sim_reader_var *var)
{
    struct sim_h5 *h = &r->h;
    const hid_t type = SIM_H5_ID(h, "read", var->name, H5Dget_type(dataset));
    bool is_read = !h->failed && classify(type, &var->type) && read_shape(r, dataset, var) &&
                   !(is_scale(r, dataset) && is_bare_dimension(r, dataset));

    is_read = is_read && has_sound_rows(r, var) && has_sound_texts(r, type, var) &&
              has_sound_place(r, dataset, type, var);
    if (is_read && is_scale(r, dataset)) {
        var->is_axis = var->rank == 1;
        is_read = var->is_axis && is_filled(r, dataset, type, var);
    }
    sim_h5_release(h, type);
    return is_read && !h->failed;
}

// ---- all together ----

static int find_axis(const struct sim_reader *r, const char *group, const char *name)
{
    const int own = sim_reader_find(r, group, name);
    const int var = own >= 0 ? own : sim_reader_find(r, "", name);

    return var >= 0 && r->vars.data[var].is_axis ? var : -1;
}

/** Each dimension that has a name is as long as the axis of that name. */
static bool fits_its_axes(struct sim_reader *r, const struct sim_reader_var *v)
{
    for (int i = 0; i < v->rank; i++) {
        const int axis = v->dim_names[i][0] != '\0' ? find_axis(r, v->group, v->dim_names[i]) : -1;

        if (axis >= 0 && r->vars.data[axis].dims[0] != v->dims[i]) {
            return sim_reader_refuse(
                r, "'%s' has %" PRId64 " values along the axis '%s', which has %" PRId64, v->name,
                v->dims[i], v->dim_names[i], r->vars.data[axis].dims[0]);
        }
    }
    return true;
}

static const struct sim_reader_expected expected[] = {
    {"", "run", SIM_READER_NUMBERS, {"run"}},
    {"", "point", SIM_READER_NUMBERS, {"point"}},
    {"", "time", SIM_READER_NUMBERS, {"time"}},
    {"", "instant", SIM_READER_NUMBERS, {"instant"}},
    {"", "time_bounds", SIM_READER_NUMBERS, {"time", "2"}},
    {"", "replication", SIM_READER_NUMBERS, {"run"}},
    {"", "run_point", SIM_READER_NUMBERS, {"run"}},
    {"", "status", SIM_READER_NUMBERS, {"run"}},
    {"", "events", SIM_READER_NUMBERS, {"run"}},
    {"", "design", SIM_READER_TEXTS, {"run"}},
    {"", "point_design", SIM_READER_TEXTS, {"point"}},
};

/** What stands for '*' in `pattern` when it is `name`: "" where there is no '*'; NULL: it is not.
 * In the arena. */
static const char *word_of(struct sim_reader *r, const char *pattern, const char *name)
{
    const size_t before = strcspn(pattern, "*");

    if (pattern[before] == '\0') {
        return strcmp(pattern, name) == 0 ? "" : NULL;
    }
    const char *behind = pattern + before + 1;
    const size_t length = strlen(name);
    const size_t around = before + strlen(behind);

    if (length <= around || strncmp(pattern, name, before) != 0 ||
        strcmp(behind, name + length - strlen(behind)) != 0) {
        return NULL;
    }
    return sim_arena_strndup(r->arena, name + before, length - around);
}

/** Of the axis that `axis` says with the word in place of '*'; -1: there is none. */
static int64_t length_of(struct sim_reader *r, const char *group, const char *axis,
                         const char *word)
{
    const size_t before = strcspn(axis, "*");

    if (strcmp(axis, "2") == 0) {
        return 2;
    }
    const char *name =
        axis[before] == '\0' ? axis : sim_arena_format(r->arena, "%.*s%s", (int)before, axis, word);
    const int var = find_axis(r, group, name);

    return var >= 0 ? r->vars.data[var].dims[0] : -1;
}

/** Commands come to the names with '*' by the axis, so without it they mean something else. */
static bool is_meant(struct sim_reader *r, const struct sim_reader_var *v,
                     const struct sim_reader_expected *e, const char *word)
{
    for (int i = 0; i < SIM_COUNT(e->axes) && e->axes[i] != NULL; i++) {
        if (strchr(e->axes[i], '*') != NULL && length_of(r, v->group, e->axes[i], word) < 0) {
            return false;
        }
    }
    return true;
}

static bool is_as_expected(struct sim_reader *r, const struct sim_reader_var *v,
                           const struct sim_reader_expected *e, const char *word)
{
    int rank = 0;

    if (e->content != SIM_READER_EITHER &&
        (v->type == SIM_SCHEMA_STRING) != (e->content == SIM_READER_TEXTS)) {
        return sim_reader_refuse(r, "'%s' holds %s, and should hold %s", v->name,
                                 e->content == SIM_READER_TEXTS ? "numbers" : "texts",
                                 e->content == SIM_READER_TEXTS ? "texts" : "numbers");
    }
    while (rank < SIM_COUNT(e->axes) && e->axes[rank] != NULL) {
        rank++;
    }
    for (int i = 0; i < rank && v->rank == rank; i++) {
        const int64_t length = length_of(r, v->group, e->axes[i], word);

        if (length != v->dims[i]) {
            return length < 0
                       ? sim_reader_refuse(r, "'%s' wants an axis that is not there", v->name)
                       : sim_reader_refuse(r,
                                           "'%s' has %" PRId64 " values where its axis has "
                                           "%" PRId64,
                                           v->name, v->dims[i], length);
        }
    }
    return v->rank == rank ? true
                           : sim_reader_refuse(r, "'%s' has %d dimensions, and should have %d",
                                               v->name, v->rank, rank);
}

static bool check_expected(struct sim_reader *r, const struct sim_reader_var *v,
                           const struct sim_reader_expected *all, int count)
{
    for (int i = 0; i < count; i++) {
        const struct sim_reader_expected *e = &all[i];
        const char *word = strcmp(e->group, v->group) == 0 ? word_of(r, e->name, v->name) : NULL;

        if (word != NULL && is_meant(r, v, e, word) && !is_as_expected(r, v, e, word)) {
            return false;
        }
    }
    return true;
}

/** No two labels of an axis are the same: what is found by name would be another's. */
static void check_labels(struct sim_reader *r, int var)
{
    const sim_arena_mark mark = sim_arena_mark_now(r->arena);
    const int64_t count = sim_reader_size(r, var);
    const char **labels = SIM_ARENA_NEW(r->arena, const char *, count + 1);
    struct sim_strtab *seen = sim_strtab_create();
    struct sim_err err;

    if (sim_reader_texts(r, var, NULL, NULL, labels, &err) == SIM_OK) {
        for (int64_t i = 0; i < count; i++) {
            if (sim_strtab_intern(seen, labels[i]) != (int32_t)i) {
                (void)sim_reader_refuse(r, "two values of the axis '%s' have one name, '%.80s'",
                                        r->vars.data[var].name, labels[i]);
                break;
            }
        }
    }
    sim_strtab_destroy(seen);
    sim_arena_rewind(r->arena, mark);
}

void sim_reader_check_all(struct sim_reader *r)
{
    for (int i = 0; i < r->vars.count && !r->h.failed; i++) {
        const struct sim_reader_var *v = &r->vars.data[i];

        if (fits_its_axes(r, v)) {
            (void)check_expected(r, v, expected, SIM_COUNT(expected));
        }
    }
    for (int i = 0; i < r->vars.count && !r->h.failed; i++) {
        if (r->vars.data[i].is_axis && r->vars.data[i].type == SIM_SCHEMA_STRING) {
            check_labels(r, i);
        }
    }
}

void sim_reader_check_expected(struct sim_reader *r, const struct sim_reader_expected *all,
                               int count)
{
    for (int i = 0; i < r->vars.count && !r->h.failed; i++) {
        (void)check_expected(r, &r->vars.data[i], all, count);
    }
}
