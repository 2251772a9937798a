#include "sim/base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum {
    PIECES_AT_ONCE = 256
};

int sim_sys_open(const char *path, int flags)
{
    int fd = -1;

    do {
        fd = open(path, flags | O_CLOEXEC, 0666);
    } while (fd < 0 && errno == EINTR);
    return fd;
}

bool sim_sys_close(int fd)
{
    return close(fd) == 0 || errno == EINTR; // Linux has closed it, and must not be asked again
}

/** One part of a longer read or write: whether to go on. */
static bool take_part(ssize_t part, size_t *done)
{
    *done += part > 0 ? (size_t)part : 0;
    return part > 0 || (part < 0 && errno == EINTR);
}

ptrdiff_t sim_sys_read(int fd, void *bytes, size_t length)
{
    size_t done = 0;
    ssize_t part = 1;

    while (done < length) {
        part = read(fd, (unsigned char *)bytes + done, length - done);
        if (!take_part(part, &done)) {
            break;
        }
    }
    return done < length && part < 0 ? -1 : (ptrdiff_t)done;
}

ptrdiff_t sim_sys_read_at(int fd, uint64_t offset, void *bytes, size_t length)
{
    size_t done = 0;
    ssize_t part = 1;

    while (done < length) {
        part = pread(fd, (unsigned char *)bytes + done, length - done, (off_t)(offset + done));
        if (!take_part(part, &done)) {
            break;
        }
    }
    return done < length && part < 0 ? -1 : (ptrdiff_t)done;
}

/** A write that puts nothing and says no error would be asked for ever. */
static bool is_written(ssize_t part, size_t done, size_t length)
{
    if (done < length && part == 0) {
        errno = EIO;
    }
    return done == length;
}

bool sim_sys_write(int fd, const void *bytes, size_t length)
{
    size_t done = 0;
    ssize_t part = 1;

    while (done < length) {
        part = write(fd, (const unsigned char *)bytes + done, length - done);
        if (!take_part(part, &done)) {
            break;
        }
    }
    return is_written(part, done, length);
}

bool sim_sys_write_at(int fd, uint64_t offset, const void *bytes, size_t length)
{
    size_t done = 0;
    ssize_t part = 1;

    while (done < length) {
        part =
            pwrite(fd, (const unsigned char *)bytes + done, length - done, (off_t)(offset + done));
        if (!take_part(part, &done)) {
            break;
        }
    }
    return is_written(part, done, length);
}

/** Drop `done` bytes, and pieces without any, from the front. */
static void use_up(struct iovec **pieces, int *count, size_t done)
{
    while (*count > 0 && done >= (*pieces)->iov_len) {
        done -= (*pieces)->iov_len;
        (*pieces)++;
        (*count)--;
    }
    if (*count > 0) {
        (*pieces)->iov_base = (unsigned char *)(*pieces)->iov_base + done;
        (*pieces)->iov_len -= done;
    }
}

bool sim_sys_write_pieces(int fd, struct iovec *pieces, int count)
{
    use_up(&pieces, &count, 0);
    while (count > 0) {
        size_t done = 0;
        const ssize_t part = writev(fd, pieces, count < PIECES_AT_ONCE ? count : PIECES_AT_ONCE);

        if (!take_part(part, &done)) {
            return is_written(part, 0, 1);
        }
        use_up(&pieces, &count, done);
    }
    return true;
}

bool sim_sys_flush(int fd)
{
    int result = -1;

    do {
        result = fsync(fd);
    } while (result != 0 && errno == EINTR);
    return result == 0 || errno == EINVAL;
}

bool sim_sys_truncate(int fd, uint64_t length)
{
    int result = -1;

    do {
        result = ftruncate(fd, (off_t)length);
    } while (result != 0 && errno == EINTR);
    return result == 0;
}

bool sim_sys_rename(const char *from, const char *to)
{
    int result = -1;

    do {
        result = rename(from, to);
    } while (result != 0 && errno == EINTR);
    return result == 0;
}
