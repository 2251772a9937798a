#include "sim/store/parts_block.h"

#include "sim/base/file.h"
#include "sim/base/hash.h"
#include "sim/base/sys.h"

#include <libdeflate.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

    *out_fd = sim_sys_open(path, O_RDONLY | O_NONBLOCK);
    if (*out_fd < 0) {
        return sim_err_errno(err, SIM_MISSING, "cannot read %s", path);
    }
    if (fstat(*out_fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        (void)sim_sys_close(*out_fd);
        return sim_err_set(err, SIM_INPUT, "%s is no plain file", path);
    }
    *out_length = (uint64_t)info.st_size;
    return SIM_OK;
}

/** A block open for reading. What it says is damage only when the system could read it: of what it
 * could not, nothing is known, and it must be left as it is. */
struct source {
    int fd;
    const char *path;
};

/** SIM_INPUT: not as it was written. */
static enum sim_status read_head(const struct source *s, struct sim_parts_block_list *list,
                                 struct sim_err *err)
{
    SIM_TRY(sim_file_read_at(s->fd, s->path, 0, &list->head, sizeof(list->head), err));
    return list->head.magic == head_magic ? SIM_OK : SIM_INPUT;
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

/** Head, tail and index of a sealed block; SIM_INPUT: not as they were written. */
static enum sim_status read_index(const struct source *s, struct sim_parts_block_list *list,
                                  struct sim_err *err)
{
    struct tail tail;

    if (list->length < sizeof(list->head) + sizeof(tail)) {
        return SIM_INPUT;
    }
    SIM_TRY(read_head(s, list, err));
    SIM_TRY(
        sim_file_read_at(s->fd, s->path, list->length - sizeof(tail), &tail, sizeof(tail), err));
    if (!is_tail_sound(&tail, list->length)) {
        return SIM_INPUT;
    }
    list->records_end = tail.records_end;
    list->crc = tail.crc;
    SIM_VEC_RESERVE(&list->runs, (int)tail.count);
    list->runs.count = (int)tail.count;
    SIM_TRY(sim_file_read_at(s->fd, s->path, tail.records_end + sizeof(tail.magic), list->runs.data,
                             (size_t)tail.count * sizeof(*list->runs.data), err));
    return index_crc(list->runs.data, (size_t)tail.count, &tail) == tail.index_crc &&
                   are_runs_sound(list)
               ? SIM_OK
               : SIM_INPUT;
}

enum sim_status sim_parts_block_index(const char *path, struct sim_parts_block_list *list,
                                      struct sim_err *err)
{
    struct source source = {.path = path};

    list->runs.count = 0;
    list->is_torn = false;
    SIM_TRY(open_to_read(path, &source.fd, &list->length, err));
    const enum sim_status status = read_index(&source, list, err);

    (void)sim_sys_close(source.fd);
    return status != SIM_INPUT
               ? status
               : sim_err_set(err, SIM_INPUT, "%s is damaged: its index is not as it was written",
                             path);
}

struct scan {
    struct source source;
    struct sim_parts_block_list *list;
    SIM_VEC(unsigned char) bytes; // of one record
};

/** Read the record at the end of what is known; SIM_INPUT when there is no whole one. */
static enum sim_status scan_record(struct scan *s, struct sim_err *err)
{
    const struct source *from = &s->source;
    struct sim_parts_block_list *list = s->list;
    const uint64_t left = list->length - list->records_end;
    struct sim_pack_record_head head;

    if (left < sizeof(head)) {
        return SIM_INPUT;
    }
    SIM_TRY(sim_file_read_at(from->fd, from->path, list->records_end, &head, sizeof(head), err));
    if (!sim_pack_record_is_head(&head, sizeof(head)) || head.length > left ||
        head.length > INT32_MAX) {
        return SIM_INPUT;
    }
    SIM_VEC_RESERVE(&s->bytes, (int)head.length);
    SIM_TRY(
        sim_file_read_at(from->fd, from->path, list->records_end, s->bytes.data, head.length, err));
    if (!sim_pack_record_is_whole(s->bytes.data, head.length)) {
        return SIM_INPUT;
    }
    const struct sim_parts_block_run run = {head.mark,  head.replication,  head.status,
                                            head.value, list->records_end, head.length};

    SIM_VEC_PUSH(&list->runs, run);
    list->crc = libdeflate_crc32(list->crc, s->bytes.data, head.length);
    list->records_end += head.length;
    return SIM_OK;
}

/** What follows the last whole record: nothing, the beginning of an index, or something torn. */
static enum sim_status look_behind(const struct source *s, struct sim_parts_block_list *list,
                                   struct sim_err *err)
{
    const uint64_t left = list->length - list->records_end;
    uint64_t magic = 0;
    const size_t there = left < sizeof(magic) ? (size_t)left : sizeof(magic);
    const enum sim_status status =
        sim_file_read_at(s->fd, s->path, list->records_end, &magic, there, err);

    list->is_torn = left > 0 && (status != SIM_OK || memcmp(&magic, &index_magic, there) != 0);
    return status == SIM_INPUT ? SIM_OK : status;
}

/** All whole records; SIM_OK at the first that is not whole. */
static enum sim_status scan_records(struct scan *s, struct sim_err *err)
{
    struct sim_parts_block_list *list = s->list;
    enum sim_status status =
        list->length >= sizeof(list->head) ? read_head(&s->source, list, err) : SIM_INPUT;

    if (status == SIM_OK) {
        list->crc = libdeflate_crc32(0, &list->head, sizeof(list->head));
        list->records_end = sizeof(list->head);
    }
    while (status == SIM_OK) {
        status = scan_record(s, err);
    }
    return status == SIM_INPUT ? look_behind(&s->source, list, err) : status;
}

enum sim_status sim_parts_block_scan(const char *path, struct sim_parts_block_list *list,
                                     struct sim_err *err)
{
    struct scan scan = {.list = list, .source.path = path};

    list->runs.count = 0;
    list->crc = 0;
    list->records_end = 0;
    list->is_torn = false;
    SIM_TRY(open_to_read(path, &scan.source.fd, &list->length, err));
    const enum sim_status status = scan_records(&scan, err);

    SIM_VEC_FREE(&scan.bytes);
    (void)sim_sys_close(scan.source.fd);
    return status;
}

// ---- writing ----

/** The file was removed while we hold it: whatever is written is lost. */
static bool is_gone(const struct sim_parts_block *b)
{
    struct stat info;

    return fstat(b->fd, &info) != 0 || info.st_nlink == 0;
}

static enum sim_status tell_failure(struct sim_parts_block *b, struct sim_err *err)
{
    const int number = errno;

    b->is_broken = !sim_sys_truncate(b->fd, b->list.records_end);
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
    b->fd = sim_sys_open(name, O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | flags);
    const enum sim_status status =
        b->fd >= 0 ? SIM_OK : sim_err_errno(err, SIM_WRITE, "cannot write %s", name);

    free(name);
    return status;
}

enum sim_status sim_parts_block_create(struct sim_parts_block *b, const char *path,
                                       const struct sim_parts_block_head *head, struct sim_err *err)
{
    enum sim_status status = open_to_write(b, path, O_CREAT | O_EXCL, err);

    b->list.head = *head;
    b->list.head.magic = head_magic;
    if (status == SIM_OK) {
        struct iovec piece = {&b->list.head, sizeof(b->list.head)};

        status = sim_sys_write_pieces(b->fd, &piece, 1) ? SIM_OK : tell_failure(b, err);
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
    if (status == SIM_OK && !sim_sys_truncate(b->fd, b->list.records_end)) {
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
    if (!sim_sys_write_pieces(b->fd, record->pieces.data, record->pieces.count)) {
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
    return sim_sys_write_pieces(b->fd, pieces, SIM_COUNT(pieces)) ? SIM_OK : tell_failure(b, err);
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
            status = sim_file_commit(b->fd, name, b->path, err);
            b->is_broken = status != SIM_OK; // an index is in the way of more records
        }
    }
    free(name);
    return status;
}

void sim_parts_block_fini(struct sim_parts_block *b)
{
    if (b->fd >= 0) {
        (void)sim_sys_close(b->fd);
    }
    b->fd = -1;
    free(b->path);
    b->path = NULL;
    sim_parts_block_list_fini(&b->list);
}
