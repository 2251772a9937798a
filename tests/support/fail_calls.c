// A library for LD_PRELOAD that makes calls of the system fail, to see whether anybody looks.
//
//     FAIL_CALLS="write,pwrite,writev:5:ENOSPC"   the fifth call of these fails with ENOSPC
//     FAIL_CALLS="write:5+:EIO"                   so do all that follow
//     FAIL_CALLS="pwrite:5:SHORT"                 it does half of what was asked
//     FAIL_CALLS="writev:5:STOP"                  before it, the process stops itself (SIGSTOP)
//     FAIL_COUNT=FILE                             at exit: how many calls there were, and how many
//                                                 of these failed or did half, is written there
//
// Calls: write pwrite writev fsync rename close ftruncate open read pread, each with its variants
// (pwrite64, pread64, fdatasync, ftruncate64, open64). Only files below the folder FAIL_BELOW
// count, which leaves out the standard streams and what libraries read for themselves.
#define _GNU_SOURCE

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum way {
    GO_ON,
    FAIL,
    DO_HALF
};

static atomic_int calls, hits;

static int errno_of(const char *word)
{
    return strcmp(word, "EIO") == 0      ? EIO
           : strcmp(word, "ENOSPC") == 0 ? ENOSPC
           : strcmp(word, "EINTR") == 0  ? EINTR
           : strcmp(word, "SHORT") == 0  ? 0
                                         : EINVAL;
}

/** Whether `call` is one of those asked for, separated by commas up to the colon. */
static bool is_asked(const char *asked, const char *call)
{
    const size_t length = strlen(call);

    for (const char *at = asked; *at != '\0' && *at != ':'; at++) {
        const bool begins = at == asked || at[-1] == ',';

        if (begins && strncmp(at, call, length) == 0 && strchr(",:", at[length]) != NULL) {
            return true;
        }
    }
    return false;
}

static enum way decide(const char *call)
{
    const char *asked = getenv("FAIL_CALLS");

    if (asked == NULL || !is_asked(asked, call)) {
        return GO_ON;
    }
    const int number = atomic_fetch_add(&calls, 1) + 1;
    char *end = NULL;
    const long wanted = strtol(strchr(asked, ':') + 1, &end, 10);
    const bool is_lasting = *end == '+';
    const char *what = end + (is_lasting ? 2 : 1);

    if (number < wanted || (number > wanted && !is_lasting)) {
        return GO_ON;
    }
    if (strcmp(what, "STOP") == 0) {
        (void)raise(SIGSTOP);
        return GO_ON;
    }
    errno = errno_of(what);
    hits += errno != 0;
    return errno == 0 ? DO_HALF : FAIL;
}

/** Of one byte there is no half. */
static size_t half(size_t length)
{
    hits += length > 1;
    return length > 1 ? length / 2 : length;
}

/** Paths that do not start with '/' are those of the working folder. */
static bool is_below(const char *path)
{
    const char *folder = getenv("FAIL_BELOW");
    char here[PATH_MAX] = "";

    if (path[0] != '/') {
        path = getcwd(here, sizeof(here)) != NULL ? here : "";
    }
    return folder != NULL && strncmp(path, folder, strlen(folder)) == 0;
}

static bool is_ours(int fd)
{
    char name[64];
    char path[PATH_MAX];

    (void)snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
    const ssize_t length = readlink(name, path, sizeof(path) - 1);

    path[length > 0 ? length : 0] = '\0';
    return is_below(path);
}

static enum way decide_fd(const char *call, int fd)
{
    const int before = errno;
    const bool ours = is_ours(fd);

    errno = before;
    return ours ? decide(call) : GO_ON;
}

/** The function that this library stands before. */
static void *real(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);

    if (found == NULL) {
        (void)fprintf(stderr, "fail_calls: there is no %s\n", name);
        _exit(99);
    }
    return found;
}

__attribute__((destructor)) static void tell(void)
{
    const char *path = getenv("FAIL_COUNT");
    FILE *file = path != NULL ? fopen(path, "w") : NULL;

    if (file != NULL) {
        (void)fprintf(file, "%d %d\n", calls, hits);
        (void)fclose(file);
    }
}

// ---- the calls ----

typedef ssize_t write_fn(int, const void *, size_t);
typedef ssize_t read_fn(int, void *, size_t);
typedef ssize_t pwrite_fn(int, const void *, size_t, off_t);
typedef ssize_t pread_fn(int, void *, size_t, off_t);
typedef ssize_t writev_fn(int, const struct iovec *, int);
typedef int fd_fn(int);
typedef int truncate_fn(int, off_t);
typedef int rename_fn(const char *, const char *);
typedef int open_fn(const char *, int, ...);

ssize_t write(int fd, const void *bytes, size_t length)
{
    const enum way way = decide_fd("write", fd);

    return way == FAIL
               ? -1
               : ((write_fn *)real("write"))(fd, bytes, way == DO_HALF ? half(length) : length);
}

ssize_t read(int fd, void *bytes, size_t length)
{
    const enum way way = decide_fd("read", fd);

    return way == FAIL
               ? -1
               : ((read_fn *)real("read"))(fd, bytes, way == DO_HALF ? half(length) : length);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at)
{
    const enum way way = decide_fd("pwrite", fd);

    return way == FAIL ? -1
                       : ((pwrite_fn *)real("pwrite"))(fd, bytes,
                                                       way == DO_HALF ? half(length) : length, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t at)
{
    return pwrite(fd, bytes, length, at);
}

ssize_t pread(int fd, void *bytes, size_t length, off_t at)
{
    const enum way way = decide_fd("pread", fd);

    return way == FAIL
               ? -1
               : ((pread_fn *)real("pread"))(fd, bytes, way == DO_HALF ? half(length) : length, at);
}

ssize_t pread64(int fd, void *bytes, size_t length, off_t at)
{
    return pread(fd, bytes, length, at);
}

ssize_t writev(int fd, const struct iovec *pieces, int count)
{
    const enum way way = decide_fd("writev", fd);

    if (way == DO_HALF) {
        return ((write_fn *)real("write"))(fd, pieces->iov_base, half(pieces->iov_len));
    }
    return way == FAIL ? -1 : ((writev_fn *)real("writev"))(fd, pieces, count);
}

int fsync(int fd)
{
    return decide_fd("fsync", fd) == FAIL ? -1 : ((fd_fn *)real("fsync"))(fd);
}

int fdatasync(int fd)
{
    return decide_fd("fsync", fd) == FAIL ? -1 : ((fd_fn *)real("fdatasync"))(fd);
}

int ftruncate(int fd, off_t length)
{
    return decide_fd("ftruncate", fd) == FAIL ? -1 : ((truncate_fn *)real("ftruncate"))(fd, length);
}

int ftruncate64(int fd, off_t length)
{
    return ftruncate(fd, length);
}

/** Whatever it says, the descriptor is gone. */
int close(int fd)
{
    const enum way way = decide_fd("close", fd);
    const int number = errno;
    const int result = ((fd_fn *)real("close"))(fd);

    if (way == FAIL) {
        errno = number;
    }
    return way == FAIL ? -1 : result;
}

int rename(const char *from, const char *to)
{
    return is_below(to) && decide("rename") == FAIL ? -1 : ((rename_fn *)real("rename"))(from, to);
}

static int open_as(const char *name, const char *path, int flags, va_list args)
{
    const bool has_mode = (flags & (O_CREAT | __O_TMPFILE)) != 0;
    const mode_t mode = has_mode ? (mode_t)va_arg(args, int) : 0;

    return is_below(path) && decide("open") == FAIL ? -1
                                                    : ((open_fn *)real(name))(path, flags, mode);
}

int open(const char *path, int flags, ...)
{
    va_list args;

    va_start(args, flags);
    const int fd = open_as("open", path, flags, args);

    va_end(args);
    return fd;
}

int open64(const char *path, int flags, ...)
{
    va_list args;

    va_start(args, flags);
    const int fd = open_as("open64", path, flags, args);

    va_end(args);
    return fd;
}
