#include "sim/store/parts_block.h"

#include "sim/base/file.h"
#include "sim/base/hash.h"

#include <libdeflate.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PIECES_AT_ONCE = 256
};

static const uint64_t head_magic = UINT64_C(0x312d6b6c62706365);  // "ecpblk-1"
static const uint64_t index_magic = UINT64_C(0x312d786469706365); // "ecpidx-1"

/** The end of a sealed block. */
struct tail {
    uint64_t magic;
    uint64_t records_end;
    uint64_t count;
    uint32_t crc;       // of head and records
    uint32_t index_crc; // of the index and of this, with this field 0
};

_Static_assert(sizeof(struct sim_parts_block_head) == 40, "a head has no gaps");
_Static_assert(sizeof(struct sim_parts_block_run) == 48, "a run has no gaps");
_Static_assert(sizeof(struct tail) == 32, "a tail has no gaps");

struct sim_card_mark sim_parts_block_response(const char *name)
{
    const uint64_t words[2] = {sim_hash_text(name != NULL ? name : "", 1), name != NULL};
    struct sim_card_mark mark;

    memcpy(mark.bytes, words, sizeof(mark.bytes));
    return mark;
}

void sim_parts_block_list_fini(struct sim_parts_block_list *list)
{
    SIM_VEC_FREE(&list->runs);
}

// ---- reading ----

static enum sim_status open_to_read(const char *path, int *out_fd, uint64_t *out_length,
                                    struct sim_err *err)
{
    struct stat info;

    *out_fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (*out_fd < 0) {
        return sim_err_errno(err, SIM_MISSING, "cannot read %s", path);
    }
    if (fstat(*out_fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        (void)close(*out_fd);
        return sim_err_set(err, SIM_INPUT, "%s is no plain file", path);
    }
    *out_length = (uint64_t)info.st_size;
    return SIM_OK;
}

static bool read_head(int fd, struct sim_parts_block_list *list)
{
    return sim_file_read_at(fd, 0, &list->head, sizeof(list->head)) &&
           list->head.magic == head_magic;
}

static uint32_t index_crc(const struct sim_parts_block_run *runs, size_t count,
                          const struct tail *tail)
{
    struct tail plain = *tail;
    uint32_t crc = libdeflate_crc32(0, runs, count * sizeof(*runs));

    plain.index_crc = 0;
    crc = libdeflate_crc32(crc, &plain, sizeof(plain));
    return crc;
}

static bool is_tail_sound(const struct tail *tail, uint64_t length)
{
    return tail->magic == index_magic && tail->count <= INT32_MAX && tail->records_end <= length &&
           tail->records_end + sizeof(tail->magic) +
                   tail->count * sizeof(struct sim_parts_block_run) + sizeof(*tail) ==
               length;
}

static bool are_runs_sound(const struct sim_parts_block_list *list)
{
    uint64_t at = sizeof(list->head);

    for (int i = 0; i < list->runs.count; i++) {
        const struct sim_parts_block_run *run = &list->runs.data[i];

        if (run->offset != at || run->length > list->records_end - at) {
            return false;
        }
        at += run->length;
    }
    return at == list->records_end;
}

/** Head, tail and index of a sealed block. */
static bool read_index(int fd, struct sim_parts_block_list *list)
{
    struct tail tail;

    if (list->length < sizeof(list->head) + sizeof(tail) || !read_head(fd, list) ||
        !sim_file_read_at(fd, list->length - sizeof(tail), &tail, sizeof(tail)) ||
        !is_tail_sound(&tail, list->length)) {
        return false;
    }
    list->records_end = tail.records_end;
    list->crc = tail.crc;
    SIM_VEC_RESERVE(&list->runs, (int)tail.count);
    list->runs.count = (int)tail.count;
    return sim_file_read_at(fd, tail.records_end + sizeof(tail.magic), list->runs.data,
                            (size_t)tail.count * sizeof(*list->runs.data)) &&
           index_crc(list->runs.data, (size_t)tail.count, &tail) == tail.index_crc &&
           are_runs_sound(list);
}

enum sim_status sim_parts_block_index(const char *path, struct sim_parts_block_list *list,
                                      struct sim_err *err)
{
    int fd = -1;

    list->runs.count = 0;
    list->is_torn = false;
    SIM_TRY(open_to_read(path, &fd, &list->length, err));
    const bool good = read_index(fd, list);

    (void)close(fd);
    return good ? SIM_OK
                : sim_err_set(err, SIM_INPUT, "%s is damaged: its index is not as it was written",
                              path);
}

struct scan {
    int fd;
    struct sim_parts_block_list *list;
    SIM_VEC(unsigned char) bytes; // of one record
};

/** Read the record at the end of what is known; false when there is no whole one. */
static bool scan_record(struct scan *s)
{
    struct sim_parts_block_list *list = s->list;
    const uint64_t left = list->length - list->records_end;
    struct sim_pack_record_head head;

    if (left < sizeof(head) || !sim_file_read_at(s->fd, list->records_end, &head, sizeof(head)) ||
        !sim_pack_record_is_head(&head, sizeof(head)) || head.length > left ||
        head.length > INT32_MAX) {
        return false;
    }
    SIM_VEC_RESERVE(&s->bytes, (int)head.length);
    if (!sim_file_read_at(s->fd, list->records_end, s->bytes.data, head.length) ||
        !sim_pack_record_is_whole(s->bytes.data, head.length)) {
        return false;
    }
    const struct sim_parts_block_run run = {head.mark,  head.replication,  head.status,
                                            head.value, list->records_end, head.length};

    SIM_VEC_PUSH(&list->runs, run);
    list->crc = libdeflate_crc32(list->crc, s->bytes.data, head.length);
    list->records_end += head.length;
    return true;
}

/** What follows the last whole record: nothing, the beginning of an index, or something torn. */
static bool is_torn_after(int fd, const struct sim_parts_block_list *list)
{
    const uint64_t left = list->length - list->records_end;
    uint64_t magic = 0;
    const size_t there = left < sizeof(magic) ? (size_t)left : sizeof(magic);

    return left > 0 && (!sim_file_read_at(fd, list->records_end, &magic, there) ||
                        memcmp(&magic, &index_magic, there) != 0);
}

enum sim_status sim_parts_block_scan(const char *path, struct sim_parts_block_list *list,
                                     struct sim_err *err)
{
    struct scan scan = {.list = list};

    list->runs.count = 0;
    list->crc = 0;
    list->records_end = 0;
    SIM_TRY(open_to_read(path, &scan.fd, &list->length, err));
    if (list->length >= sizeof(list->head) && read_head(scan.fd, list)) {
        list->crc = libdeflate_crc32(0, &list->head, sizeof(list->head));
        list->records_end = sizeof(list->head);
        while (scan_record(&scan)) {
        }
    }
    list->is_torn = is_torn_after(scan.fd, list);
    SIM_VEC_FREE(&scan.bytes);
    (void)close(scan.fd);
    return SIM_OK;
}

// ---- writing ----

/** Write all pieces, as few calls as may be; false with errno set. They are used up. */
static bool write_pieces(int fd, struct iovec *pieces, int count)
{
    while (count > 0) {
        const int now = count < PIECES_AT_ONCE ? count : PIECES_AT_ONCE;
        ssize_t put = writev(fd, pieces, now);

        if (put < 0 && errno != EINTR) {
            return false;
        }
        for (; put > 0 && (size_t)put >= pieces->iov_len; pieces++, count--) {
            put -= (ssize_t)pieces->iov_len;
        }
        if (put > 0) {
            pieces->iov_base = (unsigned char *)pieces->iov_base + put;
            pieces->iov_len -= (size_t)put;
        }
        for (; count > 0 && pieces->iov_len == 0; pieces++, count--) {
        }
    }
    return true;
}

/** The file was removed while we hold it: whatever is written is lost. */
static bool is_gone(const struct sim_parts_block *b)
{
    struct stat info;

    return fstat(b->fd, &info) != 0 || info.st_nlink == 0;
}

static enum sim_status tell_failure(struct sim_parts_block *b, struct sim_err *err)
{
    const int number = errno;

    b->is_broken = ftruncate(b->fd, (off_t)b->list.records_end) != 0;
    errno = number;
    return sim_err_errno(err, SIM_WRITE, "cannot write %s.open (runs finished before are safe)",
                         b->path);
}

static enum sim_status tell_gone(const struct sim_parts_block *b, struct sim_err *err)
{
    return sim_err_set(err, SIM_WRITE,
                       "cannot write %s.open: somebody removed it while the sweep was running",
                       b->path);
}

static enum sim_status open_to_write(struct sim_parts_block *b, const char *path, int flags,
                                     struct sim_err *err)
{
    char *name = sim_base_format("%s.open", path);

    memset(b, 0, sizeof(*b));
    b->path = sim_base_strdup(path);
    b->fd = open(name, O_WRONLY | O_APPEND | O_CLOEXEC | flags, 0666);
    const enum sim_status status =
        b->fd >= 0 ? SIM_OK : sim_err_errno(err, SIM_WRITE, "cannot write %s", name);

    free(name);
    return status;
}

enum sim_status sim_parts_block_create(struct sim_parts_block *b, const char *path,
                                       const struct sim_parts_block_head *head, struct sim_err *err)
{
    enum sim_status status = open_to_write(b, path, O_CREAT | O_TRUNC, err);

    b->list.head = *head;
    b->list.head.magic = head_magic;
    if (status == SIM_OK) {
        struct iovec piece = {&b->list.head, sizeof(b->list.head)};

        status = write_pieces(b->fd, &piece, 1) ? SIM_OK : tell_failure(b, err);
    }
    b->list.records_end = sizeof(b->list.head);
    b->list.crc = libdeflate_crc32(0, &b->list.head, sizeof(b->list.head));
    if (status != SIM_OK) {
        sim_parts_block_fini(b);
    }
    return status;
}

enum sim_status sim_parts_block_resume(struct sim_parts_block *b, const char *path,
                                       struct sim_err *err)
{
    enum sim_status status = open_to_write(b, path, 0, err);
    char *name = sim_base_format("%s.open", path);

    if (status == SIM_OK) {
        status = sim_parts_block_scan(name, &b->list, err);
    }
    if (status == SIM_OK && ftruncate(b->fd, (off_t)b->list.records_end) != 0) {
        status = sim_err_errno(err, SIM_WRITE, "cannot cut the torn end off %s", name);
    }
    free(name);
    if (status != SIM_OK) {
        sim_parts_block_fini(b);
    }
    return status;
}

enum sim_status sim_parts_block_append(struct sim_parts_block *b, struct sim_pack_record *record,
                                       const struct sim_parts_block_run *run, struct sim_err *err)
{
    uint32_t crc = b->list.crc;

    if (is_gone(b)) {
        return tell_gone(b, err);
    }
    if (b->is_broken) {
        return sim_err_set(err, SIM_WRITE, "cannot write %s.open after an earlier failure",
                           b->path);
    }
    for (int i = 0; i < record->pieces.count; i++) {
        const struct iovec *piece = &record->pieces.data[i];

        crc = libdeflate_crc32(crc, piece->iov_base, piece->iov_len);
    }
    if (!write_pieces(b->fd, record->pieces.data, record->pieces.count)) {
        return tell_failure(b, err);
    }
    SIM_VEC_PUSH(&b->list.runs, *run);
    SIM_VEC_LAST(&b->list.runs).offset = b->list.records_end;
    SIM_VEC_LAST(&b->list.runs).length = record->length;
    b->list.crc = crc;
    b->list.records_end += record->length;
    return SIM_OK;
}

static enum sim_status write_index(struct sim_parts_block *b, struct sim_err *err)
{
    const struct sim_parts_block_list *list = &b->list;
    uint64_t magic = index_magic;
    struct tail tail = {.magic = index_magic,
                        .records_end = list->records_end,
                        .count = (uint64_t)list->runs.count,
                        .crc = list->crc};
    struct iovec pieces[] = {{&magic, sizeof(magic)},
                             {list->runs.data, (size_t)list->runs.count * sizeof(*list->runs.data)},
                             {&tail, sizeof(tail)}};

    tail.index_crc = index_crc(list->runs.data, (size_t)list->runs.count, &tail);
    b->list.length = list->records_end + sizeof(magic) + pieces[1].iov_len + sizeof(tail);
    return write_pieces(b->fd, pieces, SIM_COUNT(pieces)) ? SIM_OK : tell_failure(b, err);
}

enum sim_status sim_parts_block_seal(struct sim_parts_block *b, struct sim_err *err)
{
    char *name = sim_base_format("%s.open", b->path);
    enum sim_status status = SIM_OK;

    if (is_gone(b)) {
        status = b->list.runs.count > 0 ? tell_gone(b, err) : SIM_OK;
    } else if (b->list.runs.count == 0) {
        (void)unlink(name);
    } else {
        status = write_index(b, err);
        if (status == SIM_OK) {
            status = sim_file_commit(name, b->path, err);
            b->is_broken = status != SIM_OK; // an index is in the way of more records
        }
    }
    free(name);
    return status;
}

void sim_parts_block_fini(struct sim_parts_block *b)
{
    if (b->fd >= 0) {
        (void)close(b->fd);
    }
    b->fd = -1;
    free(b->path);
    b->path = NULL;
    sim_parts_block_list_fini(&b->list);
}
