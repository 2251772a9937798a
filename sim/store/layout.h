/** @file
 * Groups, scales and empty datasets of a results file, made as netCDF-4 wants them.
 *
 * A dimension is a scale dataset of its name. A child group gets no coordinates from its parent in
 * xarray, so each group that uses an axis carries a scale of its own, made when first needed.
 *
 * Floor 2, for the files of `store` alone. One thread.
 */
#ifndef SIM_STORE_LAYOUT_H
#define SIM_STORE_LAYOUT_H

#include "sim/base/vec.h"
#include "sim/store/chunk.h"
#include "sim/store/h5.h"

struct sim_layout_scale {
    int axis;
    const char *group;
    hid_t id;
};

struct sim_layout_group {
    const char *name;
    hid_t id;
};

struct sim_layout {
    struct sim_h5 *h;
    const struct sim_schema *schema;
    int64_t runs;   // [-] length of axis run, which may grow
    int64_t points; // [-]
    SIM_VEC(struct sim_layout_scale) scales;
    SIM_VEC(struct sim_layout_group) groups;
};

/** A dataset to make. */
struct sim_layout_array {
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

void sim_layout_init(struct sim_layout *l, struct sim_h5 *h, const struct sim_schema *s,
                     int64_t runs, int64_t points);
void sim_layout_fini(struct sim_layout *l); // closes what it opened

hid_t sim_layout_group(struct sim_layout *l, const char *name); // made when new; "": the file
hid_t sim_layout_scale(struct sim_layout *l, const char *group, int axis); // made when new
int64_t sim_layout_length(const struct sim_layout *l, int axis);

/** Make it, with its attributes and scales; the caller closes it. */
hid_t sim_layout_dataset(struct sim_layout *l, const struct sim_layout_array *a);

/** Make it and write all of it. */
void sim_layout_write(struct sim_layout *l, const struct sim_layout_array *a, const void *values);

#endif
