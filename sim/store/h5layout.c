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
        (void)H5Dclose(l->scales.data[i].id);
    }
    for (int i = 0; i < l->groups.count; i++) {
        (void)H5Gclose(l->groups.data[i].id);
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
        return H5Screate(H5S_SCALAR);
    }
    for (int i = 0; i < rank; i++) {
        dims[i] = (hsize_t)sim_h5layout_length(l, axes[i]);
        most[i] = axes[i] == SIM_SCHEMA_AXIS_RUN ? H5S_UNLIMITED : dims[i];
    }
    return H5Screate_simple(rank, dims, most);
}

static void set_chunks(hid_t plist, const struct sim_chunk_shape *shape)
{
    hsize_t chunk[SIM_CHUNK_MAX_RANK];

    for (int i = 0; i < shape->rank; i++) {
        chunk[i] = (hsize_t)shape->chunk[i];
    }
    (void)H5Pset_chunk(plist, shape->rank, chunk);
    (void)H5Pset_shuffle(plist);
    (void)H5Pset_deflate(plist, SIM_CHUNK_LEVEL_TOLD);
}

/** Texts on the run axis can grow too, but HDF5 does not deflate what they point to. */
static void set_plain_chunks(const struct sim_h5layout *l, hid_t plist, int rank)
{
    const hsize_t chunk = (hsize_t)(l->runs < 1 ? 1 : l->runs);
    const hsize_t cut = chunk < SIM_H5LAYOUT_RUNS ? chunk : SIM_H5LAYOUT_RUNS;

    SIM_REQUIRE(rank == 1, "only vectors over runs are chunked without a shape");
    (void)H5Pset_chunk(plist, 1, &cut);
}

static void write_fill_attr(struct sim_h5layout *l, hid_t id, enum sim_schema_type type,
                            const void *fill)
{
    const hid_t space = H5Screate(H5S_SCALAR);
    const hid_t attr = l->h->failed ? -1
                                    : H5Acreate2(id, "_FillValue", sim_h5_file_type(l->h, type),
                                                 space, H5P_DEFAULT, H5P_DEFAULT);
    const bool good = attr >= 0 && H5Awrite(attr, sim_h5_memory_type(l->h, type), fill) >= 0;

    (void)sim_h5_check(l->h, good, "write the attribute", "_FillValue");
    (void)H5Aclose(attr);
    (void)H5Sclose(space);
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
        write_fill_attr(l, id, a->type, a->fill);
    }
}

static hid_t create_dataset(struct sim_h5layout *l, const struct sim_h5layout_array *a)
{
    const hid_t group = sim_h5layout_group(l, a->group);

    if (l->h->failed) {
        return -1;
    }
    const hid_t plist = sim_h5_dataset_plist();
    const hid_t space = make_space(l, a->rank, a->axes);

    if (a->chunks != NULL) {
        set_chunks(plist, a->chunks);
    } else if (a->rank > 0 && a->axes[0] == SIM_SCHEMA_AXIS_RUN) {
        set_plain_chunks(l, plist, a->rank);
    }
    if (a->fill != NULL) {
        (void)H5Pset_fill_value(plist, sim_h5_memory_type(l->h, a->type), a->fill);
    }
    const hid_t id = H5Dcreate2(group, a->name, sim_h5_file_type(l->h, a->type), space, H5P_DEFAULT,
                                plist, H5P_DEFAULT);

    (void)sim_h5_check(l->h, id >= 0, "make", a->name);
    (void)H5Sclose(space);
    (void)H5Pclose(plist);
    return id;
}

hid_t sim_h5layout_dataset(struct sim_h5layout *l, const struct sim_h5layout_array *a)
{
    hid_t scales[SIM_CHUNK_MAX_RANK];

    for (int i = 0; i < a->rank; i++) {
        scales[i] = sim_h5layout_scale(l, a->group, a->axes[i]);
    }
    const hid_t id = create_dataset(l, a);

    for (int i = 0; i < a->rank && !l->h->failed; i++) {
        const herr_t attached = H5DSattach_scale(id, scales[i], (unsigned)i);

        (void)sim_h5_check(l->h, attached >= 0, "attach the dimensions of", a->name);
    }
    if (!l->h->failed) {
        describe(l, id, a);
    }
    return id;
}

static void write_values(struct sim_h5layout *l, hid_t id, const struct sim_h5layout_array *a,
                         const void *values)
{
    for (int i = 0; i < a->rank; i++) {
        if (sim_h5layout_length(l, a->axes[i]) == 0) {
            return;
        }
    }
    const bool good = !l->h->failed && H5Dwrite(id, sim_h5_memory_type(l->h, a->type), H5S_ALL,
                                                H5S_ALL, H5P_DEFAULT, values) >= 0;

    (void)sim_h5_check(l->h, good, "write", a->name);
}

void sim_h5layout_write_part(struct sim_h5layout *l, hid_t id, enum sim_schema_type type,
                             int64_t first, int64_t count, const void *values)
{
    const hsize_t start = (hsize_t)first;
    const hsize_t length = (hsize_t)count;

    if (l->h->failed || count == 0) {
        return;
    }
    const hid_t space = H5Dget_space(id);
    const hid_t memory = H5Screate_simple(1, &length, NULL);
    const bool good =
        H5Sselect_hyperslab(space, H5S_SELECT_SET, &start, NULL, &length, NULL) >= 0 &&
        H5Dwrite(id, sim_h5_memory_type(l->h, type), memory, space, H5P_DEFAULT, values) >= 0;

    (void)sim_h5_check(l->h, good, "write results", NULL);
    (void)H5Sclose(memory);
    (void)H5Sclose(space);
}

void sim_h5layout_write(struct sim_h5layout *l, const struct sim_h5layout_array *a,
                        const void *values)
{
    const hid_t id = sim_h5layout_dataset(l, a);

    write_values(l, id, a, values);
    if (id >= 0) {
        (void)H5Dclose(id);
    }
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

    if (id < 0) {
        return id;
    }
    (void)sim_h5_check(l->h, H5DSset_scale(id, own->name) >= 0, "make the dimension", own->name);
    describe(l, id, &a);
    if (axis == SIM_SCHEMA_AXIS_TIME || axis == SIM_SCHEMA_AXIS_INSTANT) {
        describe_time(l, id, group, axis);
    }
    write_coordinates(l, id, &a, axis);
    return id;
}

hid_t sim_h5layout_scale(struct sim_h5layout *l, const char *group, int axis)
{
    for (int i = 0; i < l->scales.count; i++) {
        const struct sim_h5layout_scale *scale = &l->scales.data[i];

        if (scale->axis == axis && strcmp(scale->group, group) == 0) {
            return scale->id;
        }
    }
    const hid_t id = make_scale(l, group, axis);

    if (id >= 0) {
        SIM_VEC_PUSH(&l->scales, (struct sim_h5layout_scale){axis, group, id});
    }
    return id;
}
