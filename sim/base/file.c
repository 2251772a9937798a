#include "sim/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static enum sim_status check_readable(int fd, const char *path, size_t limit, size_t *out_length,
                                      struct sim_err *err)
{
    struct stat info;

    if (fstat(fd, &info) != 0) {
        return sim_err_errno(err, SIM_MISSING, "cannot read %s", path);
    }
    if (!S_ISREG(info.st_mode)) {
        return sim_err_set(err, SIM_INPUT, "cannot read %s: it is %s, not a file", path,
                           S_ISDIR(info.st_mode) ? "a folder" : "a device or a pipe");
    }
    if ((uintmax_t)info.st_size > limit) {
        return sim_err_set(err, SIM_INPUT, "%s is %jd bytes long; at most %zu are taken", path,
                           (intmax_t)info.st_size, limit);
    }
    *out_length = (size_t)info.st_size;
    return SIM_OK;
}

/** Read until `length` bytes are there or the file ends; returns how many, -1 with errno set. */
static ptrdiff_t read_fully(int fd, char *bytes, size_t length)
{
    size_t done = 0;

    while (done < length) {
        const ssize_t got = read(fd, bytes + done, length - done);

        if (got == 0) {
            break;
        }
        if (got < 0 && errno != EINTR) {
            return -1;
        }
        done += got > 0 ? (size_t)got : 0;
    }
    return (ptrdiff_t)done;
}

static enum sim_status read_open_file(int fd, const char *path, size_t limit, char **out_bytes,
                                      size_t *out_length, struct sim_err *err)
{
    size_t length = 0;

    SIM_TRY(check_readable(fd, path, limit, &length, err));
    char *bytes = sim_base_alloc(length + 1, 1);
    const ptrdiff_t got = read_fully(fd, bytes, length);

    if (got < 0) {
        free(bytes);
        return sim_err_errno(err, SIM_MISSING, "cannot read %s", path);
    }
    bytes[got] = '\0'; // may be less than `length` when someone cut the file meanwhile
    *out_bytes = bytes;
    *out_length = (size_t)got;
    return SIM_OK;
}

enum sim_status sim_file_read(const char *path, size_t limit, char **out_bytes, size_t *out_length,
                              struct sim_err *err)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); // a pipe must not hang us

    if (fd < 0) {
        return sim_err_errno(err, SIM_MISSING, "cannot read %s", path);
    }
    const enum sim_status status = read_open_file(fd, path, limit, out_bytes, out_length, err);

    (void)close(fd);
    return status;
}

char *sim_file_part(const char *path)
{
    return sim_base_format("%s.part", path);
}

static bool is_one_inode(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/** Lock an open part. `*out_is_gone`: its last owner renamed or removed it before we had it. */
static enum sim_status lock_part(int fd, const char *part, const char *path, bool *out_is_gone,
                                 struct sim_err *err)
{
    struct stat ours;
    struct stat named;

    // a file system without locks (ENOLCK, EINVAL, ...) is written as if we were alone
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        return sim_err_set(err, SIM_WRITE, "cannot write %s: another run is writing it", path);
    }
    *out_is_gone = fstat(fd, &ours) != 0 || stat(part, &named) != 0 || !is_one_inode(&ours, &named);
    if (!*out_is_gone && S_ISREG(ours.st_mode) && ftruncate(fd, 0) != 0) {
        return sim_err_errno(err, SIM_WRITE, "cannot write %s", part);
    }
    return SIM_OK;
}

enum sim_status sim_file_claim(const char *part, const char *path, int *out_fd, struct sim_err *err)
{
    bool is_gone = true;

    *out_fd = -1;
    while (is_gone) {
        const int fd = open(part, O_RDWR | O_CREAT | O_CLOEXEC, 0666);

        if (fd < 0) {
            return sim_err_errno(err, SIM_WRITE, "cannot write %s", part);
        }
        const enum sim_status status = lock_part(fd, part, path, &is_gone, err);

        if (status != SIM_OK || is_gone) {
            (void)close(fd);
        } else {
            *out_fd = fd;
        }
        SIM_TRY(status);
    }
    return SIM_OK;
}

/** Two names that do not exist yet: one folder and one last part. */
static bool would_be_same(const char *a, const char *b)
{
    const char *slash_a = strrchr(a, '/');
    const char *slash_b = strrchr(b, '/');

    if (strcmp(slash_a != NULL ? slash_a + 1 : a, slash_b != NULL ? slash_b + 1 : b) != 0) {
        return false;
    }
    char *folder_a = sim_file_folder(a);
    char *folder_b = sim_file_folder(b);
    struct stat at_a;
    struct stat at_b;
    const bool is_same = stat(folder_a, &at_a) == 0 && stat(folder_b, &at_b) == 0
                             ? is_one_inode(&at_a, &at_b)
                             : strcmp(folder_a, folder_b) == 0;

    free(folder_a);
    free(folder_b);
    return is_same;
}

bool sim_file_is_same(const char *a, const char *b)
{
    struct stat at_a;
    struct stat at_b;
    const bool has_a = stat(a, &at_a) == 0;
    const bool has_b = stat(b, &at_b) == 0;

    if (has_a && has_b) {
        return is_one_inode(&at_a, &at_b);
    }
    return !has_a && !has_b && would_be_same(a, b);
}

/** fsync a file or a folder by name; false with errno set. */
static bool flush_by_name(const char *path, int flags)
{
    const int fd = open(path, flags | O_CLOEXEC);

    if (fd < 0) {
        return false;
    }
    const bool flushed = fsync(fd) == 0 || errno == EINVAL; // EINVAL: a file system without fsync
    const int number = errno;

    (void)close(fd);
    errno = number;
    return flushed;
}

enum sim_status sim_file_commit(const char *part, const char *path, struct sim_err *err)
{
    if (!flush_by_name(part, O_RDONLY)) {
        return sim_err_errno(err, SIM_WRITE, "cannot flush %s to the disk", part);
    }
    if (rename(part, path) != 0) {
        return sim_err_errno(err, SIM_WRITE, "cannot rename %s to %s", part, path);
    }
    char *folder = sim_file_folder(path);
    enum sim_status status = SIM_OK;

    if (!flush_by_name(folder, O_RDONLY | O_DIRECTORY)) {
        status = sim_err_errno(err, SIM_WRITE, "cannot flush the folder %s to the disk", folder);
    }
    free(folder);
    return status;
}

/** Write all bytes; false with errno set. */
static bool write_fully(int fd, const char *bytes, size_t length)
{
    size_t done = 0;

    while (done < length) {
        const ssize_t put = write(fd, bytes + done, length - done);

        if (put < 0 && errno != EINTR) {
            return false;
        }
        done += put > 0 ? (size_t)put : 0;
    }
    return true;
}

static enum sim_status write_part(const char *part, const void *bytes, size_t length,
                                  struct sim_err *err)
{
    const int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

    if (fd < 0) {
        return sim_err_errno(err, SIM_WRITE, "cannot write %s", part);
    }
    const bool written = write_fully(fd, bytes, length);
    const int number = errno;
    const bool closed = close(fd) == 0;

    if (written && closed) {
        return SIM_OK;
    }
    errno = written ? errno : number;
    return sim_err_errno(err, SIM_WRITE, "cannot write %s", part);
}

enum sim_status sim_file_write(const char *path, const void *bytes, size_t length,
                               struct sim_err *err)
{
    char *part = sim_file_part(path);
    enum sim_status status = write_part(part, bytes, length, err);

    if (status == SIM_OK) {
        status = sim_file_commit(part, path, err);
    }
    if (status != SIM_OK) {
        (void)unlink(part);
    }
    free(part);
    return status;
}

/** Make one folder; one that is there already is fine. */
static enum sim_status make_folder(const char *folder, struct sim_err *err)
{
    struct stat info;

    if (mkdir(folder, 0777) == 0) {
        return SIM_OK;
    }
    const int number = errno;

    if (stat(folder, &info) == 0 && S_ISDIR(info.st_mode)) {
        return SIM_OK;
    }
    errno = number == EEXIST ? ENOTDIR : number;
    return sim_err_errno(err, SIM_WRITE, "cannot make the folder %s", folder);
}

enum sim_status sim_file_make_parents(const char *path, struct sim_err *err)
{
    char *folders = sim_base_strdup(path);
    enum sim_status status = SIM_OK;

    for (char *slash = strchr(folders, '/'); slash != NULL && status == SIM_OK;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (folders[0] != '\0') { // "/" itself is there
            status = make_folder(folders, err);
        }
        *slash = '/';
    }
    free(folders);
    return status;
}

bool sim_file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

char *sim_file_folder(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL) {
        return sim_base_strdup(".");
    }
    const int length = slash == path ? 1 : (int)(slash - path); // "/b" lies in "/"

    return sim_base_format("%.*s", length, path);
}

char *sim_file_join(const char *folder, const char *relative)
{
    const size_t length = strlen(folder);

    if (relative[0] == '/' || length == 0 || strcmp(folder, ".") == 0) {
        return sim_base_strdup(relative);
    }
    return sim_base_format("%s%s%s", folder, folder[length - 1] == '/' ? "" : "/", relative);
}

bool sim_file_read_at(int fd, uint64_t offset, void *bytes, size_t length)
{
    size_t done = 0;

    while (done < length) {
        const ssize_t got =
            pread(fd, (unsigned char *)bytes + done, length - done, (off_t)(offset + done));

        if (got == 0 || (got < 0 && errno != EINTR)) {
            return false;
        }
        done += got > 0 ? (size_t)got : 0;
    }
    return true;
}
