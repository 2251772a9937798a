/** @file
 * Groups, scales and empty datasets of a results file, made as netCDF-4 wants them.
 *
 * A dimension is a scale dataset of its name. A child group gets no coordinates from its parent in
 * xarray, so each group that uses an axis carries a scale of its own, made when first needed.
 *
 * Floor 2, for the files of `store` alone. One thread.
 */
#ifndef SIM_STORE_H5LAYOUT_H
#define SIM_STORE_H5LAYOUT_H

#include "sim/base/vec.h"
#include "sim/store/chunk.h"
#include "sim/store/h5.h"

enum {
    SIM_H5LAYOUT_RUNS = 4096 // [-] of a chunk of what is not deflated: run, and texts over the runs
};

/** One dimension of a dataset that refers to a scale, as HDF5's dimension scales have it. */
struct sim_h5layout_user {
    hobj_ref_t dataset;
    int dimension;
};

struct sim_h5layout_scale {
    int axis;
    const char *group;
    hid_t id;
    hobj_ref_t ref;                          // of itself
    SIM_VEC(struct sim_h5layout_user) users; // in the order of their making
};

struct sim_h5layout_group {
    const char *name;
    hid_t id;
};

struct sim_h5layout {
    struct sim_h5 *h;
    const struct sim_schema *schema;
    int64_t runs;   // [-] length of axis run, which may grow
    int64_t points; // [-]
    SIM_VEC(struct sim_h5layout_scale) scales;
    SIM_VEC(struct sim_h5layout_group) groups;
};

/** A dataset to make. */
struct sim_h5layout_array {
    const char *name;
    const char *group; // "": the root
    enum sim_schema_type type;
    int rank;
    int axes[SIM_CHUNK_MAX_RANK];
    const struct sim_chunk_shape *chunks; // NULL: not chunked, not compressed
    const void *fill;                     // one value; NULL: none
    bool has_fill_attr;                   // say it to readers as _FillValue
    const char *units;
    const char *long_name;
    const char *cell_methods;
    const char *comment;
    const struct sim_schema_attr *attrs;
    int attr_count;
};

void sim_h5layout_init(struct sim_h5layout *l, struct sim_h5 *h, const struct sim_schema *s,
                       int64_t runs, int64_t points);
void sim_h5layout_fini(struct sim_h5layout *l); // closes what it opened

hid_t sim_h5layout_group(struct sim_h5layout *l, const char *name); // made when new; "": the file
hid_t sim_h5layout_scale(struct sim_h5layout *l, const char *group, int axis); // made when new
int64_t sim_h5layout_length(const struct sim_h5layout *l, int axis);

/** Write into each scale who refers to it, once all datasets are made. */
void sim_h5layout_link_back(struct sim_h5layout *l);

/** Make it, with its attributes and scales; the caller closes it. */
hid_t sim_h5layout_dataset(struct sim_h5layout *l, const struct sim_h5layout_array *a);

/** Write values [first, first + count) of a vector. */
void sim_h5layout_write_part(struct sim_h5layout *l, hid_t id, enum sim_schema_type type,
                             int64_t first, int64_t count, const void *values);

/** Make it and write all of it. */
void sim_h5layout_write(struct sim_h5layout *l, const struct sim_h5layout_array *a,
                        const void *values);

#endif
