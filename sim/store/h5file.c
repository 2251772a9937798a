#include "sim/store/h5file.h"

#include "sim/base/sys.h"

#include <errno.h>
#include <stdlib.h>

/** HDF5's view of it. */
struct driven {
    H5FD_t head; // first, as HDF5 wants it
    struct sim_h5file *file;
    haddr_t eoa; // end of the addresses given out
};

/** What the access list holds, copied by HDF5. */
struct info {
    struct sim_h5file *file;
};

static H5FD_t *open_file(const char *name, unsigned flags, hid_t plist, haddr_t most)
{
    (void)name;
    (void)flags;
    (void)most;
    const struct info *info = H5Pget_driver_info(plist);
    struct driven *d = info != NULL ? sim_base_alloc(1, sizeof(*d)) : NULL;

    if (d != NULL) {
        d->file = info->file;
    }
    return (H5FD_t *)d;
}

static herr_t close_file(H5FD_t *file)
{
    free(file);
    return 0;
}

/** As HDF5's own driver for plain files. */
static herr_t query(const H5FD_t *file, unsigned long *out)
{
    (void)file;
    *out = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
           H5FD_FEAT_AGGREGATE_SMALLDATA;
    return 0;
}

static haddr_t eoa_of(const H5FD_t *file, H5FD_mem_t type)
{
    (void)type;
    return ((const struct driven *)file)->eoa;
}

static herr_t set_eoa(H5FD_t *file, H5FD_mem_t type, haddr_t eoa)
{
    (void)type;
    ((struct driven *)file)->eoa = eoa;
    return 0;
}

static haddr_t eof_of(const H5FD_t *file, H5FD_mem_t type)
{
    (void)type;
    return ((const struct driven *)file)->file->length;
}

/** Beyond the end there are zeros, as HDF5 has it. */
static herr_t read_bytes(H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t at, size_t size,
                         void *out)
{
    (void)type;
    (void)transfer;
    struct sim_h5file *f = ((struct driven *)file)->file;
    const uint64_t left = at < f->length ? f->length - at : 0;
    const size_t there = left < size ? (size_t)left : size;
    const ptrdiff_t got = sim_sys_read_at(f->fd, at, out, there);

    if (got < 0) {
        f->read_errno = f->read_errno != 0 ? f->read_errno : errno;
        return -1;
    }
    for (size_t i = (size_t)got; i < size; i++) {
        ((unsigned char *)out)[i] = 0;
    }
    return 0;
}

static herr_t write_bytes(H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t at, size_t size,
                          const void *bytes)
{
    (void)type;
    (void)transfer;
    struct sim_h5file *f = ((struct driven *)file)->file;

    if (f->write_errno == 0 && !sim_sys_write_at(f->fd, at, bytes, size)) {
        f->write_errno = errno != 0 ? errno : EIO;
    }
    f->length = at + size > f->length ? at + size : f->length;
    return 0;
}

static herr_t truncate_file(H5FD_t *file, hid_t transfer, hbool_t is_closing)
{
    (void)transfer;
    (void)is_closing;
    const struct driven *d = (const struct driven *)file;
    struct sim_h5file *f = d->file;

    if (f->length != d->eoa) {
        if (f->write_errno == 0 && !sim_sys_truncate(f->fd, d->eoa)) {
            f->write_errno = errno != 0 ? errno : EIO;
        }
        f->length = d->eoa;
    }
    return 0;
}

static const H5FD_class_t class = {.name = "ecopark",
                                   .maxaddr = INT64_MAX,
                                   .fc_degree = H5F_CLOSE_STRONG,
                                   .fapl_size = sizeof(struct info),
                                   .open = open_file,
                                   .close = close_file,
                                   .query = query,
                                   .get_eoa = eoa_of,
                                   .set_eoa = set_eoa,
                                   .get_eof = eof_of,
                                   .read = read_bytes,
                                   .write = write_bytes,
                                   .truncate = truncate_file,
                                   .fl_map = H5FD_FLMAP_DICHOTOMY};

herr_t sim_h5file_use(hid_t plist, struct sim_h5file *f, hid_t *out_driver)
{
    const struct info info = {f};

    *out_driver = H5FDregister(&class);
    return *out_driver >= 0 ? H5Pset_driver(plist, *out_driver, &info) : -1;
}
