#include "sim/store/h5layout.h"

#include "sim/store/pack.h"
#include "sim/store/schema_priv.h"

#include <hdf5_hl.h>

#include <string.h>

void sim_h5layout_init(struct sim_h5layout *l, struct sim_h5 *h, const struct sim_schema *s,
                       int64_t runs, int64_t points)
{
    memset(l, 0, sizeof(*l));
    l->h = h;
    l->schema = s;
    l->runs = runs;
    l->points = points;
}

void sim_h5layout_fini(struct sim_h5layout *l)
{
    for (int i = 0; i < l->scales.count; i++) {
        SIM_VEC_FREE(&l->scales.data[i].users);
        sim_h5_release(l->h, l->scales.data[i].id);
    }
    for (int i = 0; i < l->groups.count; i++) {
        sim_h5_release(l->h, l->groups.data[i].id);
    }
    SIM_VEC_FREE(&l->scales);
    SIM_VEC_FREE(&l->groups);
}

hid_t sim_h5layout_group(struct sim_h5layout *l, const char *name)
{
    if (name[0] == '\0') {
        return l->h->file;
    }
    for (int i = 0; i < l->groups.count; i++) {
        if (strcmp(l->groups.data[i].name, name) == 0) {
            return l->groups.data[i].id;
        }
    }
    const hid_t id = sim_h5_group(l->h, l->h->file, name);

    if (id >= 0) {
        SIM_VEC_PUSH(&l->groups, (struct sim_h5layout_group){name, id});
    }
    return id;
}

int64_t sim_h5layout_length(const struct sim_h5layout *l, int axis)
{
    if (axis == SIM_SCHEMA_AXIS_RUN) {
        return l->runs;
    }
    return axis == SIM_SCHEMA_AXIS_POINT ? l->points : sim_schema_axis_at(l->schema, axis)->length;
}

/** The data space of dimensions given by their axes; only run may grow. */
static hid_t make_space(const struct sim_h5layout *l, int rank, const int *axes)
{
    hsize_t dims[SIM_CHUNK_MAX_RANK];
    hsize_t most[SIM_CHUNK_MAX_RANK];

    if (rank == 0) {
        return SIM_H5_ID(l->h, "prepare", "a value", H5Screate(H5S_SCALAR));
    }
    for (int i = 0; i < rank; i++) {
        dims[i] = (hsize_t)sim_h5layout_length(l, axes[i]);
        most[i] = axes[i] == SIM_SCHEMA_AXIS_RUN ? H5S_UNLIMITED : dims[i];
    }
    return SIM_H5_ID(l->h, "prepare", "an array", H5Screate_simple(rank, dims, most));
}

static void set_chunks(struct sim_h5 *h, hid_t plist, const struct sim_chunk_shape *shape)
{
    hsize_t chunk[SIM_CHUNK_MAX_RANK];

    for (int i = 0; i < shape->rank; i++) {
        chunk[i] = (hsize_t)shape->chunk[i];
    }
    (void)SIM_H5_OK(h, "prepare", "chunks", H5Pset_chunk(plist, shape->rank, chunk));
    (void)SIM_H5_OK(h, "prepare", "chunks", H5Pset_shuffle(plist));
    (void)SIM_H5_OK(h, "prepare", "chunks", H5Pset_deflate(plist, SIM_CHUNK_LEVEL_TOLD));
}

/** Texts on the run axis can grow too, but HDF5 does not deflate what they point to. */
static void set_plain_chunks(const struct sim_h5layout *l, hid_t plist, int rank)
{
    const hsize_t chunk = (hsize_t)(l->runs < 1 ? 1 : l->runs);
    const hsize_t cut = chunk < SIM_H5LAYOUT_RUNS ? chunk : SIM_H5LAYOUT_RUNS;

    SIM_REQUIRE(rank == 1, "only vectors over runs are chunked without a shape");
    (void)SIM_H5_OK(l->h, "prepare", "chunks", H5Pset_chunk(plist, 1, &cut));
}

static void write_attrs(struct sim_h5layout *l, hid_t id, enum sim_schema_type type,
                        const struct sim_schema_attr *attrs, int count)
{
    for (int i = 0; i < count; i++) {
        if (attrs[i].text != NULL) {
            sim_h5_attr_text(l->h, id, attrs[i].name, attrs[i].text);
        } else {
            const bool is_text = type == SIM_SCHEMA_STRING;
            const hid_t file_type = sim_h5_file_type(l->h, is_text ? SIM_SCHEMA_F64 : type);

            sim_h5_attr_numbers(l->h, id, attrs[i].name, file_type, attrs[i].numbers,
                                attrs[i].count);
        }
    }
}

static void describe(struct sim_h5layout *l, hid_t id, const struct sim_h5layout_array *a)
{
    sim_h5_attr_text(l->h, id, "units", a->units);
    sim_h5_attr_text(l->h, id, "long_name", a->long_name);
    sim_h5_attr_text(l->h, id, "cell_methods", a->cell_methods);
    sim_h5_attr_text(l->h, id, "comment", a->comment);
    write_attrs(l, id, a->type, a->attrs, a->attr_count);
    if (a->has_fill_attr) {
        sim_h5_attr_fill(l->h, id, a->type, a->fill);
    }
}

static hid_t create_dataset(struct sim_h5layout *l, const struct sim_h5layout_array *a)
{
    struct sim_h5 *h = l->h;
    const hid_t group = sim_h5layout_group(l, a->group);
    const hid_t plist = sim_h5_dataset_plist(h);
    const hid_t space = make_space(l, a->rank, a->axes);

    if (a->chunks != NULL) {
        set_chunks(h, plist, a->chunks);
    } else if (a->rank > 0 && a->axes[0] == SIM_SCHEMA_AXIS_RUN) {
        set_plain_chunks(l, plist, a->rank);
    }
    if (a->fill != NULL) {
        (void)SIM_H5_OK(h, "prepare", a->name,
                        H5Pset_fill_value(plist, sim_h5_memory_type(h, a->type), a->fill));
    }
    const hid_t id = SIM_H5_ID(h, "make", a->name,
                               H5Dcreate2(group, a->name, sim_h5_file_type(h, a->type), space,
                                          H5P_DEFAULT, plist, H5P_DEFAULT));

    sim_h5_release(h, space);
    sim_h5_release(h, plist);
    return id;
}

// ---- which scales a dataset has, and which datasets a scale ----

// H5DSattach_scale reads and writes all that a scale has so far, for each dataset anew: a fifth of
// a small run. Here each side is written once, as HDF5's specification of dimension scales says.

static hobj_ref_t reference_to(struct sim_h5layout *l, hid_t object, const char *name)
{
    hobj_ref_t ref = 0;

    (void)SIM_H5_OK(l->h, "refer to", name, H5Rcreate(&ref, object, ".", H5R_OBJECT, -1));
    return ref;
}

static int scale_index(struct sim_h5layout *l, const char *group, int axis);

/** DIMENSION_LIST: of each dimension a vector of the one scale it has. */
static void attach_scales(struct sim_h5layout *l, hid_t id, const struct sim_h5layout_array *a,
                          const int *scales)
{
    hvl_t lists[SIM_CHUNK_MAX_RANK];
    struct sim_h5 *h = l->h;
    const hsize_t rank = (hsize_t)a->rank;

    if (a->rank == 0 || h->failed) {
        return;
    }
    const hobj_ref_t self = reference_to(l, id, a->name);

    for (int i = 0; i < a->rank; i++) {
        struct sim_h5layout_scale *scale = &l->scales.data[scales[i]];

        lists[i] = (hvl_t){.len = 1, .p = &scale->ref};
        SIM_VEC_PUSH(&scale->users, (struct sim_h5layout_user){self, i});
    }
    const hid_t type = SIM_H5_ID(h, "prepare", a->name, H5Tvlen_create(H5T_STD_REF_OBJ));
    const hid_t space = SIM_H5_ID(h, "prepare", a->name, H5Screate_simple(1, &rank, NULL));

    sim_h5_attr_raw(h, id, "DIMENSION_LIST", type, space, lists);
    sim_h5_release(h, type);
}

static hid_t user_type(struct sim_h5 *h)
{
    static const char what[] = "dimensions";
    const hid_t type =
        SIM_H5_ID(h, "prepare", what, H5Tcreate(H5T_COMPOUND, sizeof(struct sim_h5layout_user)));

    (void)SIM_H5_OK(
        h, "prepare", what,
        H5Tinsert(type, "dataset", HOFFSET(struct sim_h5layout_user, dataset), H5T_STD_REF_OBJ));
    (void)SIM_H5_OK(
        h, "prepare", what,
        H5Tinsert(type, "dimension", HOFFSET(struct sim_h5layout_user, dimension), H5T_NATIVE_INT));
    return type;
}

void sim_h5layout_link_back(struct sim_h5layout *l)
{
    struct sim_h5 *h = l->h;
    const hid_t type = user_type(h);

    for (int i = 0; i < l->scales.count && !h->failed; i++) {
        const struct sim_h5layout_scale *scale = &l->scales.data[i];
        const hsize_t count = (hsize_t)scale->users.count;

        if (count > 0) {
            const hid_t space =
                SIM_H5_ID(h, "prepare", "dimensions", H5Screate_simple(1, &count, NULL));

            sim_h5_attr_raw(h, scale->id, "REFERENCE_LIST", type, space, scale->users.data);
        }
    }
    sim_h5_release(h, type);
}

hid_t sim_h5layout_dataset(struct sim_h5layout *l, const struct sim_h5layout_array *a)
{
    int scales[SIM_CHUNK_MAX_RANK] = {0};

    for (int i = 0; i < a->rank; i++) {
        scales[i] = scale_index(l, a->group, a->axes[i]);
    }
    const hid_t id = create_dataset(l, a);

    attach_scales(l, id, a, scales);
    describe(l, id, a);
    return id;
}

/** Texts are converted on their way, in a buffer that HDF5 takes as 1 MB and clears anew for each
 * dataset, which cost a third of a small run: one of the size of what is written will do. */
static hid_t transfer_of(struct sim_h5 *h, const char *name, int64_t values)
{
    enum {
        LEAST = 4096,
        MOST = 1 << 20, // [bytes] as HDF5 has it
        EACH = 16       // [bytes] of a text in the file
    };
    const int64_t wanted = values < MOST / EACH ? EACH * values : MOST;
    const hid_t plist = SIM_H5_ID(h, "prepare", name, H5Pcreate(H5P_DATASET_XFER));

    (void)SIM_H5_OK(h, "prepare", name,
                    H5Pset_buffer(plist, (size_t)(wanted > LEAST ? wanted : LEAST), NULL, NULL));
    return plist;
}

static void write_values(struct sim_h5layout *l, hid_t id, const struct sim_h5layout_array *a,
                         const void *values)
{
    int64_t count = 1;

    for (int i = 0; i < a->rank; i++) {
        count *= sim_h5layout_length(l, a->axes[i]);
    }
    if (count == 0) {
        return;
    }
    const hid_t plist = transfer_of(l->h, a->name, count);

    (void)SIM_H5_OK(
        l->h, "write", a->name,
        H5Dwrite(id, sim_h5_memory_type(l->h, a->type), H5S_ALL, H5S_ALL, plist, values));
    sim_h5_release(l->h, plist);
}

void sim_h5layout_write_part(struct sim_h5layout *l, hid_t id, enum sim_schema_type type,
                             int64_t first, int64_t count, const void *values)
{
    static const char what[] = "results";
    struct sim_h5 *h = l->h;
    const hsize_t start = (hsize_t)first;
    const hsize_t length = (hsize_t)count;

    if (count == 0) {
        return;
    }
    const hid_t space = SIM_H5_ID(h, "write", what, H5Dget_space(id));
    const hid_t memory = SIM_H5_ID(h, "write", what, H5Screate_simple(1, &length, NULL));
    const hid_t plist = transfer_of(h, what, count);

    (void)SIM_H5_OK(h, "write", what,
                    H5Sselect_hyperslab(space, H5S_SELECT_SET, &start, NULL, &length, NULL));
    (void)SIM_H5_OK(h, "write", what,
                    H5Dwrite(id, sim_h5_memory_type(h, type), memory, space, plist, values));
    sim_h5_release(h, plist);
    sim_h5_release(h, memory);
    sim_h5_release(h, space);
}

void sim_h5layout_write(struct sim_h5layout *l, const struct sim_h5layout_array *a,
                        const void *values)
{
    const hid_t id = sim_h5layout_dataset(l, a);

    write_values(l, id, a, values);
    sim_h5_release(l->h, id);
}

/** What the engine says of its own axes; the model's say it themselves. */
static void describe_axis(const struct sim_schema *s, int axis, struct sim_h5layout_array *a)
{
    static const char *const long_names[] = {
        "run, by its number in the plan", "point: a design with values of the axes",
        "start of the recording interval", "boundary of recording intervals", "lower, upper"};
    const struct sim_schema_axis *own = sim_schema_axis_at(s, axis);

    a->units = own->units;
    a->long_name = axis < SIM_SCHEMA_AXIS_FIRST_OWN ? long_names[axis] : own->long_name;
    a->attrs = own->attrs;
    a->attr_count = own->attr_count;
}

static void describe_time(struct sim_h5layout *l, hid_t id, const char *group, int axis)
{
    const struct sim_schema *s = l->schema;
    char units[128];

    if (s->start == NULL) {
        return;
    }
    (void)snprintf(units, sizeof(units), "seconds since %s", s->start);
    sim_h5_attr_text(l->h, id, "units", units);
    sim_h5_attr_text(l->h, id, "calendar", "proleptic_gregorian");
    sim_h5_attr_text(l->h, id, "standard_name", "time");
    sim_h5_attr_text(l->h, id, "utc_offset", s->utc_offset);
    sim_h5_attr_text(l->h, id, "comment", "local wall clock; utc_offset is its distance from UTC");
    if (axis == SIM_SCHEMA_AXIS_TIME && group[0] == '\0') {
        sim_h5_attr_text(l->h, id, "axis", "T");
        sim_h5_attr_text(l->h, id, "bounds", "time_bounds");
    }
}

/** 0, 1, 2, ... in pieces: there may be millions of runs. */
static void write_numbers(struct sim_h5layout *l, hid_t id, int64_t length)
{
    int64_t numbers[SIM_H5LAYOUT_RUNS];

    for (int64_t first = 0; first < length; first += SIM_H5LAYOUT_RUNS) {
        const int64_t left = length - first;
        const int64_t count = left < SIM_H5LAYOUT_RUNS ? left : SIM_H5LAYOUT_RUNS;

        for (int64_t i = 0; i < count; i++) {
            numbers[i] = first + i;
        }
        sim_h5layout_write_part(l, id, SIM_SCHEMA_I64, first, count, numbers);
    }
}

static void write_coordinates(struct sim_h5layout *l, hid_t id, const struct sim_h5layout_array *a,
                              int axis)
{
    const struct sim_schema_axis *own = sim_schema_axis_at(l->schema, axis);

    if (own->labels != NULL) {
        write_values(l, id, a, own->labels);
    } else if (own->numbers != NULL) {
        write_values(l, id, a, own->numbers);
    } else {
        write_numbers(l, id, sim_h5layout_length(l, axis));
    }
}

static hid_t make_scale(struct sim_h5layout *l, const char *group, int axis)
{
    const struct sim_schema_axis *own = sim_schema_axis_at(l->schema, axis);
    struct sim_h5layout_array a = {.name = own->name, .group = group, .rank = 1, .axes = {axis}};

    a.type = own->labels != NULL    ? SIM_SCHEMA_STRING
             : own->numbers != NULL ? SIM_SCHEMA_F64
                                    : SIM_SCHEMA_I64;
    describe_axis(l->schema, axis, &a);
    const hid_t id = create_dataset(l, &a);

    (void)SIM_H5_OK(l->h, "make the dimension", own->name, H5DSset_scale(id, own->name));
    describe(l, id, &a);
    if (axis == SIM_SCHEMA_AXIS_TIME || axis == SIM_SCHEMA_AXIS_INSTANT) {
        describe_time(l, id, group, axis);
    }
    write_coordinates(l, id, &a, axis);
    return id;
}

/** -1 only when the file cannot be written. */
static int scale_index(struct sim_h5layout *l, const char *group, int axis)
{
    for (int i = 0; i < l->scales.count; i++) {
        const struct sim_h5layout_scale *scale = &l->scales.data[i];

        if (scale->axis == axis && strcmp(scale->group, group) == 0) {
            return i;
        }
    }
    struct sim_h5layout_scale scale = {.axis = axis, .group = group};

    scale.id = make_scale(l, group, axis);
    if (scale.id < 0) {
        return -1;
    }
    scale.ref = reference_to(l, scale.id, sim_schema_axis_at(l->schema, axis)->name);
    SIM_VEC_PUSH(&l->scales, scale);
    return l->scales.count - 1;
}

hid_t sim_h5layout_scale(struct sim_h5layout *l, const char *group, int axis)
{
    const int index = scale_index(l, group, axis);

    return index >= 0 ? l->scales.data[index].id : -1;
}
