#include "sim/store/compose_source.h"

#include "sim/base/file.h"
#include "sim/base/sys.h"
#include "sim/store/parts_files.h"
#include "sim/store/schema_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    OPEN_FILES = 64,
    WINDOW_BYTES = 32 * 1024 // read at once: small runs lie side by side
};

/** What was read last: a piece of one block. */
struct window {
    int64_t block; // -1: none
    uint64_t from; // [bytes] where it begins in the file
    size_t length;
    unsigned char bytes[WINDOW_BYTES];
};

/** A block that is open for reading; block numbers share places. */
struct open_file {
    int64_t block; // -1: none
    int fd;
};

struct sim_compose_source {
    const struct sim_card *card;
    struct sim_card_mark layout;
    struct sim_parts_index *index;
    SIM_VEC(char *) paths; // of blocks
    char *damaged;
    char *foreign;
    int64_t of_others;
    bool is_set_aside;
    struct open_file files[OPEN_FILES];
    struct window window;
    SIM_VEC(unsigned char) bytes; // of a record that is larger
};

// ---- which blocks ----

static char *block_path(const char *folder, const struct sim_parts_file *f)
{
    return sim_file_join(folder, f->name);
}

static void keep_first(char **kept, const char *path)
{
    if (*kept == NULL) {
        *kept = sim_base_strdup(path);
    }
}

/** Add the runs of one block. What is damaged is noted: it counts when runs are missing. What the
 * system cannot read ends it all. */
static enum sim_status add_block(struct sim_compose_source *s, const char *path, bool is_open,
                                 struct sim_err *err)
{
    struct sim_parts_block_list list = {0};
    struct sim_err why;
    enum sim_status status = is_open ? sim_parts_block_scan(path, &list, &why)
                                     : sim_parts_block_index(path, &list, &why);

    if (status == SIM_MISSING) { // what cannot be read may be as sound as it was
        (void)sim_err_set(err, status, "%s", why.text);
    } else if (status != SIM_OK) {
        keep_first(&s->damaged, path);
        status = SIM_OK;
    } else if (list.runs.count > 0 &&
               memcmp(list.head.layout.bytes, s->layout.bytes, SIM_CARD_MARK) != 0) {
        keep_first(&s->foreign, path);
    } else if (list.runs.count > 0) {
        for (int i = 0; i < list.runs.count; i++) {
            s->of_others += sim_parts_index_slot(s->index, &list.runs.data[i].mark) < 0 ? 1 : 0;
        }
        SIM_VEC_PUSH(&s->paths, sim_base_strdup(path));
        status =
            sim_parts_index_add_block(s->index, path, &list, (uint32_t)s->paths.count - 1, err);
    }
    sim_parts_block_list_fini(&list);
    return status;
}

static enum sim_status add_folder(struct sim_compose_source *s, const char *folder,
                                  struct sim_err *err)
{
    struct sim_parts_files_list list = {0};
    enum sim_status status = sim_parts_files_list(folder, &list, err);

    for (int i = 0; i < list.files.count && status == SIM_OK; i++) {
        const struct sim_parts_file *f = &list.files.data[i];

        if (f->kind == SIM_PARTS_FILES_SEALED || f->kind == SIM_PARTS_FILES_OPEN) {
            char *path = block_path(folder, f);

            status = add_block(s, path, f->kind == SIM_PARTS_FILES_OPEN, err);
            free(path);
        }
    }
    SIM_VEC_FREE(&list.files);
    return status;
}

enum sim_status sim_compose_source_create(const struct sim_card *card, const char *const *folders,
                                          int folder_count, struct sim_compose_source **out,
                                          struct sim_err *err)
{
    struct sim_compose_source *s = sim_base_alloc(1, sizeof(*s));
    enum sim_status status = SIM_OK;

    *out = NULL;
    s->card = card;
    sim_card_layout(card, &s->layout);
    s->index = sim_parts_index_create(card);
    s->window.block = -1;
    for (int i = 0; i < OPEN_FILES; i++) {
        s->files[i] = (struct open_file){-1, -1};
    }
    for (int i = 0; i < folder_count && status == SIM_OK; i++) {
        status = add_folder(s, folders[i], err);
    }
    if (status != SIM_OK) {
        sim_compose_source_destroy(s);
        return status;
    }
    *out = s;
    return SIM_OK;
}

void sim_compose_source_destroy(struct sim_compose_source *s)
{
    if (s == NULL) {
        return;
    }
    for (int i = 0; i < OPEN_FILES; i++) {
        if (s->files[i].fd >= 0) {
            (void)sim_sys_close(s->files[i].fd);
        }
    }
    for (int i = 0; i < s->paths.count; i++) {
        free(s->paths.data[i]);
    }
    SIM_VEC_FREE(&s->paths);
    SIM_VEC_FREE(&s->bytes);
    sim_parts_index_destroy(s->index);
    free(s->damaged);
    free(s->foreign);
    free(s);
}

const struct sim_parts_index *sim_compose_source_index(const struct sim_compose_source *s)
{
    return s->index;
}

const char *sim_compose_source_damaged(const struct sim_compose_source *s)
{
    return s->damaged;
}

const char *sim_compose_source_foreign(const struct sim_compose_source *s)
{
    return s->foreign;
}

int64_t sim_compose_source_of_others(const struct sim_compose_source *s)
{
    return s->of_others;
}

bool sim_compose_source_is_set_aside(const struct sim_compose_source *s)
{
    return s->is_set_aside;
}

// ---- one run ----

/** A block's file; -1 with errno set. Borrowed. */
static int file_of(struct sim_compose_source *s, uint32_t block)
{
    struct open_file *f = &s->files[block % OPEN_FILES];

    if (f->block != (int64_t)block) {
        if (f->fd >= 0) {
            (void)sim_sys_close(f->fd);
        }
        f->fd = sim_sys_open(s->paths.data[block], O_RDONLY | O_NONBLOCK);
        f->block = f->fd >= 0 ? (int64_t)block : -1;
    }
    return f->fd;
}

/** `length` bytes of a block from `from` on, no more than a window; borrowed until the next call.
 * SIM_INPUT: the file ends before. */
static enum sim_status look(struct sim_compose_source *s, int fd, uint32_t block, uint64_t from,
                            size_t length, const unsigned char **out, struct sim_err *err)
{
    struct window *w = &s->window;

    if (w->block != (int64_t)block || from < w->from || from + length > w->from + w->length) {
        const ptrdiff_t got = sim_sys_read_at(fd, from, w->bytes, WINDOW_BYTES);

        w->block = got >= 0 ? (int64_t)block : -1;
        w->from = from;
        w->length = got >= 0 ? (size_t)got : 0;
        if (got < 0) {
            return sim_err_errno(err, SIM_MISSING, "cannot read %s", s->paths.data[block]);
        }
    }
    *out = w->bytes + (from - w->from);
    return from + length <= w->from + w->length ? SIM_OK : SIM_INPUT;
}

/** The whole record, checked; borrowed until the next call. SIM_INPUT: not as it was written. */
static enum sim_status fetch(struct sim_compose_source *s, int fd,
                             const struct sim_parts_index_run *run, const unsigned char **out,
                             size_t *out_length, struct sim_err *err)
{
    const uint64_t offset = sim_parts_index_offset(run);
    struct sim_pack_record_head head;

    SIM_TRY(look(s, fd, run->block, offset, sizeof(head), out, err));
    memcpy(&head, *out, sizeof(head));
    if (!sim_pack_record_is_head(&head, sizeof(head)) || head.length > INT32_MAX ||
        head.replication != run->replication) {
        return SIM_INPUT;
    }
    *out_length = (size_t)head.length;
    if (head.length <= WINDOW_BYTES) {
        SIM_TRY(look(s, fd, run->block, offset, *out_length, out, err));
    } else {
        SIM_VEC_RESERVE(&s->bytes, (int)head.length);
        SIM_TRY(sim_file_read_at(fd, s->paths.data[run->block], offset, s->bytes.data, *out_length,
                                 err));
        *out = s->bytes.data;
    }
    return sim_pack_record_is_whole(*out, *out_length) ? SIM_OK : SIM_INPUT;
}

static enum sim_status tell_damaged(struct sim_compose_source *s, const char *path,
                                    struct sim_err *err)
{
    char *bad = sim_base_format("%s.bad", path);
    const bool is_aside = sim_sys_rename(path, bad);

    s->is_set_aside = s->is_set_aside || is_aside;

    (void)sim_err_set(err, SIM_INPUT,
                      is_aside ? "%s is damaged, and is set aside under a name that ends in .bad; "
                                 "give the same sweep again: it makes the runs of this block anew"
                               : "%s is damaged; remove it and give the same sweep again: it makes "
                                 "the runs of this block anew",
                      path);
    free(bad);
    return SIM_INPUT;
}

enum sim_status sim_compose_source_read(struct sim_compose_source *s,
                                        const struct sim_parts_index_run *run,
                                        const struct sim_run_key *key, struct sim_pack **out,
                                        struct sim_err *err)
{
    const char *path = s->paths.data[run->block];
    const int fd = file_of(s, run->block);

    *out = NULL;
    if (fd < 0) {
        return sim_err_errno(err, SIM_MISSING, "cannot read %s", path);
    }
    const unsigned char *bytes = NULL;
    size_t length = 0;
    const enum sim_status status = fetch(s, fd, run, &bytes, &length, err);

    if (status == SIM_OK) {
        *out = sim_pack_record_read(s->card->schema, bytes, length, key);
    }
    if (*out != NULL) {
        return SIM_OK;
    }
    return status == SIM_MISSING ? status : tell_damaged(s, path, err);
}

// ---- one study ----

static const char *pair_text(const struct sim_schema_pair *pairs, int count, const char *name)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(pairs[i].name, name) == 0) {
            return pairs[i].text;
        }
    }
    return NULL;
}

/** The name of the first pair that is not the same in both; NULL: none. */
static const char *first_difference(const struct sim_schema_pair *a, int a_count,
                                    const struct sim_schema_pair *b, int b_count)
{
    for (int i = 0; i < a_count; i++) {
        const char *other = pair_text(b, b_count, a[i].name);

        if (other == NULL || strcmp(other, a[i].text) != 0) {
            return a[i].name;
        }
    }
    for (int i = 0; i < b_count; i++) {
        if (pair_text(a, a_count, b[i].name) == NULL) {
            return b[i].name;
        }
    }
    return NULL;
}

static bool is_same_rule(const struct sim_card *a, const struct sim_card *b)
{
    const struct sim_rule *x = &a->rule;
    const struct sim_rule *y = &b->rule;
    const bool is_same_response = (x->response == NULL) == (y->response == NULL) &&
                                  (x->response == NULL || strcmp(x->response, y->response) == 0);

    return is_same_response && x->at_least == y->at_least && x->at_most == y->at_most &&
           memcmp(&x->share, &y->share, sizeof(x->share)) == 0 &&
           memcmp(&x->level, &y->level, sizeof(x->level)) == 0 &&
           a->is_antithetic == b->is_antithetic;
}

enum sim_status sim_compose_source_compare(const struct sim_card *a, const char *folder_a,
                                           const struct sim_card *b, const char *folder_b,
                                           struct sim_err *err)
{
    const struct sim_schema *x = a->schema;
    const struct sim_schema *y = b->schema;
    const char *file =
        first_difference(x->files.data, x->files.count, y->files.data, y->files.count);
    const char *text =
        first_difference(x->texts.data, x->texts.count, y->texts.data, y->texts.count);
    struct sim_card_mark layouts[2];

    sim_card_layout(a, &layouts[0]);
    sim_card_layout(b, &layouts[1]);
    if (strcmp(a->source, b->source) != 0) {
        return sim_err_set(err, SIM_INPUT,
                           "%s was made by %s, %s by %s: runs of different versions are not joined",
                           folder_a, a->source, folder_b, b->source);
    }
    if (file != NULL || text != NULL) {
        return sim_err_set(err, SIM_INPUT,
                           "%s and %s are of different studies: the input %s is not the same",
                           folder_a, folder_b, file != NULL ? file : text);
    }
    if (a->seed != b->seed) {
        return sim_err_set(err, SIM_INPUT,
                           "%s and %s are of different studies: seeds %llu and %llu", folder_a,
                           folder_b, (unsigned long long)a->seed, (unsigned long long)b->seed);
    }
    if (!is_same_rule(a, b)) {
        return sim_err_set(err, SIM_INPUT,
                           "%s and %s are of different studies: they ask for different numbers of "
                           "replications",
                           folder_a, folder_b);
    }
    if (a->points != b->points || strcmp(a->study_hash, b->study_hash) != 0 ||
        memcmp(a->marks, b->marks, (size_t)a->points * sizeof(*a->marks)) != 0 ||
        memcmp(&layouts[0], &layouts[1], sizeof(layouts[0])) != 0) {
        return sim_err_set(err, SIM_INPUT,
                           "%s and %s are of different studies: their points are not the same "
                           "(%lld and %lld)",
                           folder_a, folder_b, (long long)a->points, (long long)b->points);
    }
    return SIM_OK;
}
