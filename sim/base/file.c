#include "sim/base/file.h"

#include "sim/base/out.h"
#include "sim/base/sys.h"

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

static enum sim_status read_open_file(int fd, const char *path, size_t limit, char **out_bytes,
                                      size_t *out_length, struct sim_err *err)
{
    size_t length = 0;

    SIM_TRY(check_readable(fd, path, limit, &length, err));
    char *bytes = sim_base_alloc(length + 1, 1);
    const ptrdiff_t got = sim_sys_read(fd, bytes, length);

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
    const int fd = sim_sys_open(path, O_RDONLY | O_NONBLOCK); // a pipe must not hang us

    if (fd < 0) {
        return sim_err_errno(err, SIM_MISSING, "cannot read %s", path);
    }
    const enum sim_status status = read_open_file(fd, path, limit, out_bytes, out_length, err);

    (void)sim_sys_close(fd);
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

/** Nobody else may have had a hand in a part that is there: what is written to it must not go
 * through another name, nor be read or changed by another user. */
static enum sim_status check_own(const struct stat *info, const char *part, struct sim_err *err)
{
    const char *wrong = !S_ISREG(info->st_mode)     ? "is no plain file"
                        : info->st_uid != geteuid() ? "belongs to another user"
                        : info->st_nlink > 1        ? "has a second name (a hard link)"
                                                    : NULL;

    return wrong == NULL
               ? SIM_OK
               : sim_err_set(err, SIM_WRITE, "cannot write %s: it %s; remove it, or name another",
                             part, wrong);
}

/** An open part, not ours yet. */
struct part {
    int fd;
    bool is_new;  // this process made it
    bool is_gone; // its last owner renamed or removed it before we had it
};

static enum sim_status lock_part(struct part *p, const char *part, const char *path,
                                 struct sim_err *err)
{
    struct stat ours;
    struct stat named;

    // a file system without locks (ENOLCK, EINVAL, ...) is written as if we were alone
    if (flock(p->fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        return sim_err_set(err, SIM_WRITE, "cannot write %s: another run is writing it", path);
    }
    p->is_gone =
        fstat(p->fd, &ours) != 0 || lstat(part, &named) != 0 || !is_one_inode(&ours, &named);
    if (p->is_gone) {
        return SIM_OK;
    }
    if (!p->is_new) { // some file systems give what is made to a fixed owner
        SIM_TRY(check_own(&ours, part, err));
    }
    return sim_sys_truncate(p->fd, 0) ? SIM_OK
                                      : sim_err_errno(err, SIM_WRITE, "cannot write %s", part);
}

/** Open what is to be claimed, and nothing that a link leads to. */
static enum sim_status open_part(struct part *p, const char *part, struct sim_err *err)
{
    p->fd = sim_sys_open(part, O_RDWR | O_CREAT | O_EXCL);
    p->is_new = p->fd >= 0;
    p->is_gone = false;
    if (p->fd < 0 && errno == EEXIST) {
        p->fd = sim_sys_open(part, O_RDWR | O_NOFOLLOW | O_NONBLOCK);
        p->is_gone = p->fd < 0 && errno == ENOENT; // removed in between: try again
    }
    if (p->fd >= 0 || p->is_gone) {
        return SIM_OK;
    }
    return errno == ELOOP
               ? sim_err_set(err, SIM_WRITE,
                             "cannot write %s: it is a link; remove it, or name another", part)
               : sim_err_errno(err, SIM_WRITE, "cannot write %s", part);
}

enum sim_status sim_file_claim(const char *part, const char *path, int *out_fd, struct sim_err *err)
{
    struct part p = {.is_gone = true};

    *out_fd = -1;
    while (p.is_gone) {
        SIM_TRY(open_part(&p, part, err));
        const enum sim_status status = p.fd >= 0 ? lock_part(&p, part, path, err) : SIM_OK;

        if (p.fd >= 0 && (status != SIM_OK || p.is_gone)) {
            (void)sim_sys_close(p.fd);
        }
        SIM_TRY(status);
    }
    *out_fd = p.fd;
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

enum sim_status sim_file_check_target(const char *path, struct sim_err *err)
{
    struct stat info;

    if (stat(path, &info) != 0 || S_ISREG(info.st_mode)) {
        return SIM_OK;
    }
    return sim_err_set(err, SIM_WRITE, "cannot write %s: it is %s; name a file", path,
                       S_ISDIR(info.st_mode) ? "a folder" : "not a plain file");
}

/** Flush a folder; false with errno set. */
static bool flush_folder(const char *path)
{
    const int fd = sim_sys_open(path, O_RDONLY | O_DIRECTORY);

    if (fd < 0) {
        return false;
    }
    const bool flushed = sim_sys_flush(fd);
    const int number = errno;

    (void)sim_sys_close(fd);
    errno = number;
    return flushed;
}

enum sim_status sim_file_commit(int fd, const char *part, const char *path, struct sim_err *err)
{
    if (!sim_sys_flush(fd)) {
        return sim_err_errno(err, SIM_WRITE, "cannot flush %s to the disk", part);
    }
    if (!sim_sys_rename(part, path)) {
        return sim_err_errno(err, SIM_WRITE, "cannot rename %s to %s", part, path);
    }
    char *folder = sim_file_folder(path);
    enum sim_status status = SIM_OK;

    if (!flush_folder(folder)) {
        status = sim_err_errno(err, SIM_WRITE, "cannot flush the folder %s to the disk", folder);
    }
    free(folder);
    return status;
}

void sim_file_discard(int fd, const char *part)
{
    struct stat ours;
    struct stat named;

    if (fstat(fd, &ours) == 0 && lstat(part, &named) == 0 && is_one_inode(&ours, &named)) {
        (void)unlink(part);
    }
}

enum sim_status sim_file_write(const char *path, const void *bytes, size_t length,
                               struct sim_err *err)
{
    struct sim_out *out = NULL;

    SIM_TRY(sim_out_open(path, &out, err));
    sim_out_put(out, bytes, length);
    enum sim_status status = sim_out_finish(out, err);

    if (status == SIM_OK) {
        status = sim_out_commit(out, err);
    }
    sim_out_close(out);
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

enum sim_status sim_file_read_at(int fd, const char *path, uint64_t offset, void *bytes,
                                 size_t length, struct sim_err *err)
{
    const ptrdiff_t got = sim_sys_read_at(fd, offset, bytes, length);

    if (got < 0) {
        return sim_err_errno(err, SIM_MISSING, "cannot read %s", path);
    }
    return (size_t)got == length ? SIM_OK : SIM_INPUT;
}
