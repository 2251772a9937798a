#include "sim/base/out.h"

#include "sim/base/file.h"
#include "sim/base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

enum {
    BUFFER_BYTES = 64 * 1024
};

struct sim_out {
    int fd; // of the part it holds the claim, too
    char *path;
    char *part; // NULL: written in place, or committed
    int failed; // errno of the first write that failed; 0: none did
    size_t used;
    char buffer[BUFFER_BYTES];
};

static struct sim_out *create(const char *path, char *part)
{
    struct sim_out *o = sim_base_alloc(1, sizeof(*o));

    o->fd = -1;
    o->path = sim_base_strdup(path);
    o->part = part;
    return o;
}

enum sim_status sim_out_open(const char *path, struct sim_out **out, struct sim_err *err)
{
    int fd = -1;

    *out = NULL;
    SIM_TRY(sim_file_check_target(path, err));
    char *part = sim_file_part(path);
    const enum sim_status status = sim_file_claim(part, path, &fd, err);

    if (status != SIM_OK) {
        free(part);
        return status;
    }
    *out = create(path, part);
    (*out)->fd = fd;
    return SIM_OK;
}

/** Writes may wait for the reader, though opening did not. */
static bool wait_for_reader(int fd)
{
    const int flags = fcntl(fd, F_GETFL);

    return flags >= 0 && fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) == 0;
}

enum sim_status sim_out_open_in_place(const char *path, struct sim_out **out, struct sim_err *err)
{
    const int fd = sim_sys_open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK);

    *out = NULL;
    if (fd < 0 && errno == ENXIO) {
        return sim_err_set(
            err, SIM_WRITE,
            "cannot write %s: it is a pipe that nobody reads; start its reader first", path);
    }
    if (fd < 0 || !wait_for_reader(fd)) {
        return sim_err_errno(err, SIM_WRITE, "cannot write %s", path);
    }
    *out = create(path, NULL);
    (*out)->fd = fd;
    return SIM_OK;
}

static void write_all(struct sim_out *o, const void *bytes, size_t length)
{
    if (o->failed == 0 && !sim_sys_write(o->fd, bytes, length)) {
        o->failed = errno != 0 ? errno : EIO;
    }
}

static void empty_buffer(struct sim_out *o)
{
    write_all(o, o->buffer, o->used);
    o->used = 0;
}

void sim_out_put(struct sim_out *o, const void *bytes, size_t length)
{
    if (length > sizeof(o->buffer) - o->used) {
        empty_buffer(o);
    }
    if (length > sizeof(o->buffer)) {
        write_all(o, bytes, length);
    } else if (length > 0) {
        memcpy(o->buffer + o->used, bytes, length);
        o->used += length;
    }
}

enum sim_status sim_out_finish(struct sim_out *o, struct sim_err *err)
{
    empty_buffer(o);
    if (o->failed == 0 && o->part != NULL && !sim_sys_flush(o->fd)) {
        o->failed = errno;
    }
    if (o->failed == 0 && o->part == NULL) {
        o->failed = sim_sys_close(o->fd) ? 0 : errno;
        o->fd = -1;
    }
    errno = o->failed;
    return o->failed == 0 ? SIM_OK : sim_err_errno(err, SIM_WRITE, "cannot write %s", o->path);
}

enum sim_status sim_out_commit(struct sim_out *o, struct sim_err *err)
{
    if (o->part == NULL) {
        return SIM_OK;
    }
    SIM_TRY(sim_file_commit(o->fd, o->part, o->path, err));
    free(o->part);
    o->part = NULL;
    return SIM_OK;
}

void sim_out_close(struct sim_out *o)
{
    if (o == NULL) {
        return;
    }
    if (o->part != NULL) {
        sim_file_discard(o->fd, o->part);
    }
    if (o->fd >= 0) {
        (void)sim_sys_close(o->fd);
    }
    free(o->part);
    free(o->path);
    free(o);
}
