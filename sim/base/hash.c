#include "sim/base/hash.h"

#include "sim/base/sys.h"

#define XXH_INLINE_ALL
#include <sha2.h>
#include <xxhash.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>

uint64_t sim_hash_bytes(const void *bytes, size_t length, uint64_t seed)
{
    return XXH3_64bits_withSeed(bytes, length, seed);
}

uint64_t sim_hash_text(const char *text, uint64_t seed)
{
    return sim_hash_bytes(text, strlen(text), seed);
}

/** Finish the sum and write it in hex. */
static void write_hex(SHA2_CTX *sum, char out_hex[65])
{
    static const char letters[] = "0123456789abcdef";
    uint8_t digest[SHA256_DIGEST_LENGTH];

    SHA256Final(digest, sum);
    for (size_t i = 0; i < SHA256_DIGEST_LENGTH; i++) {
        out_hex[2 * i] = letters[digest[i] >> 4U];
        out_hex[2 * i + 1] = letters[digest[i] & 15U];
    }
    out_hex[64] = '\0';
}

void sim_hash_sha256(const void *bytes, size_t length, char out_hex[65])
{
    SHA2_CTX sum;

    SHA256Init(&sum);
    if (length > 0) {
        SHA256Update(&sum, bytes, length);
    }
    write_hex(&sum, out_hex);
}

enum sim_status sim_hash_sha256_file(const char *path, char out_hex[65], struct sim_err *err)
{
    unsigned char bytes[65536];
    SHA2_CTX sum;
    const int fd = sim_sys_open(path, O_RDONLY | O_NONBLOCK);

    if (fd < 0) {
        return sim_err_errno(err, SIM_MISSING, "cannot read %s", path);
    }
    ptrdiff_t got = 0;

    SHA256Init(&sum);
    while ((got = sim_sys_read(fd, bytes, sizeof(bytes))) > 0) {
        SHA256Update(&sum, bytes, (size_t)got);
    }
    const int failed = errno;

    (void)sim_sys_close(fd);
    if (got < 0) {
        errno = failed;
        return sim_err_errno(err, SIM_MISSING, "cannot read %s", path);
    }
    write_hex(&sum, out_hex);
    return SIM_OK;
}
