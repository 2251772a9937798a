/** @file
 * The seal of a results file: 64 bytes behind what HDF5 has, with a checksum of all of it.
 *
 * HDF5 and netCDF do not look behind their own last byte, so the file is theirs as before; a copy
 * that another program makes has no seal. It is put when the file is whole, and tells of every byte
 * that is not as it was written, in data, labels and structure alike, before HDF5 has to make sense
 * of them. Small files are checked whenever they are opened, large ones when somebody asks.
 *
 * Floor 2, for the files of `store` alone. Thread-safe.
 */
#ifndef SIM_STORE_SEAL_H
#define SIM_STORE_SEAL_H

#include "sim/base/base.h"
#include "sim/base/err.h"

/** What is known of a file's seal. */
struct sim_seal {
    bool is_there;
    uint64_t length;  // [bytes] that are HDF5's
    uint64_t sums[2]; // XXH3 of its megabytes, each with the sum before it as its seed
};

/** Put a seal behind the `length` bytes of an open file. SIM_WRITE, or SIM_MISSING when it cannot
 * be read again. */
enum sim_status sim_seal_put(int fd, const char *path, uint64_t length,
                             struct sim_err *err) SIM_MUST_USE;

/** Look for the seal of a file of so many bytes. SIM_INPUT when the file was cut or grew. */
enum sim_status sim_seal_find(int fd, const char *path, uint64_t file_length, struct sim_seal *out,
                              struct sim_err *err) SIM_MUST_USE;

/** Read all of it: SIM_INPUT when a byte is not as it was. Nothing is read where there is none. */
enum sim_status sim_seal_check(int fd, const char *path, const struct sim_seal *seal,
                               struct sim_err *err) SIM_MUST_USE;

#endif
