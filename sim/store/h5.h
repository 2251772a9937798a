/** @file
 * HDF5 in small words: a file whose first failure is kept, and nothing said after it.
 *
 * Once a call has failed the rest do nothing, so callers check once, at the end. HDF5's own error
 * stacks are per thread; they are silenced and turned into one sentence.
 *
 * Floor 2, for the files of `store` alone. One thread.
 */
#ifndef SIM_STORE_H5_H
#define SIM_STORE_H5_H

#include "sim/base/base.h"
#include "sim/base/err.h"
#include "sim/store/schema.h"

#include <hdf5.h>

struct sim_h5 {
    hid_t file;
    hid_t text;       // type: variable-length UTF-8
    const char *path; // for messages; borrowed
    bool failed;
    struct sim_err err; // the first failure
};

/** Make a fresh file: no times, creation order tracked, closed strictly. Failure is kept in `h`. */
void sim_h5_create(struct sim_h5 *h, const char *path);
void sim_h5_open(struct sim_h5 *h, const char *path); // read only
void sim_h5_close(struct sim_h5 *h);

/** HDF5 prints its errors itself until this thread tells it not to. */
void sim_h5_quiet(void);

/** Keep the failure when `good` is false; returns whether all went well so far. `doing`: "write x".
 */
bool sim_h5_check(struct sim_h5 *h, bool good, const char *doing, const char *name);

/** Property lists for new objects; close with H5Pclose. */
hid_t sim_h5_dataset_plist(void);
hid_t sim_h5_group_plist(void);

/** The type in the file (little endian) and in memory; borrowed. */
hid_t sim_h5_file_type(const struct sim_h5 *h, enum sim_schema_type type);
hid_t sim_h5_memory_type(const struct sim_h5 *h, enum sim_schema_type type);

hid_t sim_h5_group(struct sim_h5 *h, hid_t parent, const char *name);

// Attributes of an open object. NULL texts are left out.
void sim_h5_attr_text(struct sim_h5 *h, hid_t object, const char *name, const char *text);
void sim_h5_attr_texts(struct sim_h5 *h, hid_t object, const char *name, const char *const *texts,
                       int count);
void sim_h5_attr_f64(struct sim_h5 *h, hid_t object, const char *name, double number);
void sim_h5_attr_u64(struct sim_h5 *h, hid_t object, const char *name, uint64_t number);
void sim_h5_attr_numbers(struct sim_h5 *h, hid_t object, const char *name, hid_t file_type,
                         const double *numbers, int count);

#endif
