#include "sim/store/seal.h"

#include "sim/base/file.h"
#include "sim/base/hash.h"
#include "sim/base/sys.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    PIECE_BYTES = 1024 * 1024 // of the format: each piece is summed with the sum so far as seed
};

/** As it lies in the file, little-endian. */
struct seal_bytes {
    char magic[24];
    uint64_t length;
    uint64_t sums[2];
    uint64_t zero;
    uint64_t own; // sum of what is before
};

_Static_assert(sizeof(struct seal_bytes) == 64, "a seal has no gaps");

static const char magic[24] = "\necopark seal 1: 64 B\n";

static uint64_t own_sum(const struct seal_bytes *b)
{
    return sim_hash_bytes(b, offsetof(struct seal_bytes, own), 0);
}

static enum sim_status add_up(int fd, const char *path, uint64_t length, uint64_t sums[2],
                              struct sim_err *err)
{
    unsigned char *bytes = sim_base_alloc(PIECE_BYTES, 1);
    enum sim_status status = SIM_OK;

    sums[0] = 1;
    sums[1] = 2;
    for (uint64_t at = 0; at < length && status == SIM_OK; at += PIECE_BYTES) {
        const uint64_t left = length - at;
        const size_t count = left < PIECE_BYTES ? (size_t)left : PIECE_BYTES;

        status = sim_file_read_at(fd, path, at, bytes, count, err);
        for (int i = 0; i < 2 && status == SIM_OK; i++) {
            sums[i] = sim_hash_bytes(bytes, count, sums[i]);
        }
    }
    free(bytes);
    return status == SIM_INPUT
               ? sim_err_set(err, SIM_INPUT, "%s is damaged: it was cut while it was read", path)
               : status;
}

enum sim_status sim_seal_put(int fd, const char *path, uint64_t length, struct sim_err *err)
{
    struct seal_bytes b = {.length = length};

    memcpy(b.magic, magic, sizeof(magic));
    SIM_TRY(add_up(fd, path, length, b.sums, err));
    b.own = own_sum(&b);
    return sim_sys_write_at(fd, length, &b, sizeof(b))
               ? SIM_OK
               : sim_err_errno(err, SIM_WRITE, "cannot write %s", path);
}

enum sim_status sim_seal_find(int fd, const char *path, uint64_t file_length, struct sim_seal *out,
                              struct sim_err *err)
{
    struct seal_bytes b;

    *out = (struct sim_seal){.length = file_length};
    if (file_length < sizeof(b)) {
        return SIM_OK;
    }
    const uint64_t length = file_length - sizeof(b);

    if (sim_file_read_at(fd, path, length, &b, sizeof(b), err) == SIM_MISSING) {
        return SIM_MISSING;
    }
    if (memcmp(b.magic, magic, sizeof(magic)) != 0) {
        return SIM_OK;
    }
    if (b.own != own_sum(&b) || b.length != length) {
        return sim_err_set(err, SIM_INPUT, "%s is damaged: its seal is not as it was written",
                           path);
    }
    *out = (struct sim_seal){true, length, {b.sums[0], b.sums[1]}};
    return SIM_OK;
}

enum sim_status sim_seal_check(int fd, const char *path, const struct sim_seal *seal,
                               struct sim_err *err)
{
    uint64_t sums[2];

    if (!seal->is_there) {
        return SIM_OK;
    }
    SIM_TRY(add_up(fd, path, seal->length, sums, err));
    return memcmp(sums, seal->sums, sizeof(sums)) == 0
               ? SIM_OK
               : sim_err_set(err, SIM_INPUT,
                             "%s is damaged: its bytes are not those that were written (checksum)",
                             path);
}
