/** @file
 * HDF5 in small words: a file whose first failure is kept, and nothing said after it.
 *
 * Once a call has failed the rest do nothing, so callers check once, at the end. Every call of HDF5
 * that can fail stands inside SIM_H5_OK or SIM_H5_ID, and whatever was opened is given back by
 * sim_h5_release: a close that fails is data that were not written (scripts/check_h5.py looks).
 * HDF5's own error stacks are per thread; they are silenced and turned into one sentence.
 *
 * Floor 2, for the files of `store` alone. One thread.
 */
#ifndef SIM_STORE_H5_H
#define SIM_STORE_H5_H

#include "sim/base/base.h"
#include "sim/base/err.h"
#include "sim/store/h5file.h"
#include "sim/store/schema.h"

#include <hdf5.h>

struct sim_h5 {
    hid_t file;
    hid_t text;       // type: variable-length UTF-8
    hid_t driver;     // of `port`
    const char *path; // for messages; borrowed
    bool is_written;
    bool owns_fd;
    struct sim_h5file port;
    bool failed;
    struct sim_err err; // the first failure
};

/** Write a fresh file into `fd`, which stays the caller's and is empty: no times, creation order
 * tracked, closed strictly. Failure is kept in `h`; `h` stays where it is until it is closed. */
void sim_h5_create(struct sim_h5 *h, const char *path, int fd);

/** Read a file of which `length` bytes are HDF5's. `fd` is closed with it. */
void sim_h5_open(struct sim_h5 *h, const char *path, int fd, uint64_t length);
void sim_h5_close(struct sim_h5 *h);

/** HDF5 prints its errors itself until this thread tells it not to. */
void sim_h5_quiet(void);

/** Keep the failure when `good` is false; returns whether all went well so far. `doing`: "write x".
 */
bool sim_h5_check(struct sim_h5 *h, bool good, const char *doing, const char *name);
hid_t sim_h5_check_id(struct sim_h5 *h, hid_t id, const char *doing, const char *name);

/** A call that gives less than 0 on failure; not made once something has failed. */
#define SIM_H5_OK(h, doing, name, call)                                                            \
    (!(h)->failed && sim_h5_check((h), (call) >= 0, (doing), (name)))

/** A call that gives an id; -1 once something has failed. */
#define SIM_H5_ID(h, doing, name, call)                                                            \
    ((h)->failed ? (hid_t)-1 : sim_h5_check_id((h), (call), (doing), (name)))

/** Give back whatever it is; -1 is fine. */
void sim_h5_release(struct sim_h5 *h, hid_t id);

/** Property lists for new objects; to be released. */
hid_t sim_h5_dataset_plist(struct sim_h5 *h);
hid_t sim_h5_group_plist(struct sim_h5 *h);

/** The type in the file (little endian) and in memory; borrowed. */
hid_t sim_h5_file_type(const struct sim_h5 *h, enum sim_schema_type type);
hid_t sim_h5_memory_type(const struct sim_h5 *h, enum sim_schema_type type);

hid_t sim_h5_group(struct sim_h5 *h, hid_t parent, const char *name);

/** Attributes of an open object. NULL texts are left out. Texts have a fixed length, since NCO,
 * CDO, `ncdump -t` and R do not see others. */
void sim_h5_attr_text(struct sim_h5 *h, hid_t object, const char *name, const char *text);
void sim_h5_attr_texts(struct sim_h5 *h, hid_t object, const char *name, const char *const *texts,
                       int count);
void sim_h5_attr_f64(struct sim_h5 *h, hid_t object, const char *name, double number);
void sim_h5_attr_u64(struct sim_h5 *h, hid_t object, const char *name, uint64_t number);
void sim_h5_attr_numbers(struct sim_h5 *h, hid_t object, const char *name, hid_t file_type,
                         const double *numbers, int count);
/** As they lie in memory; `space` is released. */
void sim_h5_attr_raw(struct sim_h5 *h, hid_t object, const char *name, hid_t type, hid_t space,
                     const void *values);
void sim_h5_attr_fill(struct sim_h5 *h, hid_t object, enum sim_schema_type type, const void *fill);

#endif
