/** @file
 * Where HDF5's bytes go: a file driver of our own, so that no failure of the system is ever lost.
 *
 * HDF5 writes much of what it was given only later, out of caches, on closing this or that; and not
 * every one of its calls hands on that a write failed. Here the first failure is kept, whoever
 * hears of it, and the file counts as failed from then on. Later writes are dropped: the file will
 * be removed, and HDF5 takes itself apart best when nothing fails any more. Interrupted calls and
 * short counts are gone on with (sys.h).
 *
 * Floor 2, for the files of `store` alone. One thread.
 */
#ifndef SIM_STORE_H5FILE_H
#define SIM_STORE_H5FILE_H

#include "sim/base/base.h"

#include <hdf5.h>

/** An open file as the driver sees it; it stays where it is while HDF5 has the file. */
struct sim_h5file {
    int fd;          // the caller opens and closes it
    uint64_t length; // [bytes] that HDF5 may read
    int write_errno; // of the first write that failed; 0: none did
    int read_errno;  // of the first read that failed; 0: none did
};

/** Let files opened with the access list `plist` be `f`; the name that HDF5 is given says nothing.
 * Negative on failure. `*out_driver` is to be given back with H5FDunregister once they are closed.
 */
herr_t sim_h5file_use(hid_t plist, struct sim_h5file *f, hid_t *out_driver);

#endif
