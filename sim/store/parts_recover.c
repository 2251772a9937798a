#include "sim/store/parts_recover.h"

#include "sim/base/file.h"
#include "sim/base/sys.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool is_of(const struct sim_parts_file *f, const struct sim_parts_files_manifest *m,
                  enum sim_parts_files_kind kind)
{
    return f->kind == kind && f->shard == m->shard && f->shards == m->shards;
}

static int64_t count_known(const struct sim_parts_recover *r,
                           const struct sim_parts_block_list *list)
{
    int64_t known = 0;

    for (int i = 0; i < list->runs.count; i++) {
        known += sim_parts_index_slot(r->index, &list->runs.data[i].mark) >= 0 ? 1 : 0;
    }
    return known;
}

static bool is_of_layout(const struct sim_parts_recover *r, const struct sim_parts_block_list *list)
{
    return memcmp(list->head.layout.bytes, r->layout.bytes, SIM_CARD_MARK) == 0;
}

/** Cut off what is torn and seal the rest. */
static enum sim_status seal_left_open(const struct sim_parts_recover *r, const char *path,
                                      struct sim_err *err)
{
    struct sim_parts_block block;

    SIM_TRY(sim_parts_block_resume(&block, path, err));
    r->found->torn += block.list.is_torn ? 1 : 0;
    r->found->recovered += is_of_layout(r, &block.list) ? count_known(r, &block.list) : 0;
    const enum sim_status status = sim_parts_block_seal(&block, err);

    sim_parts_block_fini(&block);
    return status;
}

static enum sim_status set_aside(const char *path, struct sim_err *err)
{
    char *bad = sim_base_format("%s.bad", path);
    const enum sim_status status =
        sim_sys_rename(path, bad)
            ? SIM_OK
            : sim_err_errno(err, SIM_WRITE, "cannot set the damaged %s aside", path);

    free(bad);
    return status;
}

/** A sealed block must be as it was sealed, and as the manifest has it (it may not have it yet):
 * else SIM_INPUT. */
static enum sim_status check_sound(const char *path, int64_t number,
                                   const struct sim_parts_files_manifest *m,
                                   struct sim_parts_block_list *list, struct sim_err *err)
{
    const struct sim_parts_files_block *told = sim_parts_files_manifest_find(m, number);

    SIM_TRY(sim_parts_block_index(path, list, err));
    return told == NULL || (told->bytes == list->length && told->crc == list->crc) ? SIM_OK
                                                                                   : SIM_INPUT;
}

static enum sim_status check_block(const struct sim_parts_recover *r,
                                   const struct sim_parts_files_manifest *m, int64_t number,
                                   struct sim_parts_files_manifest *now, struct sim_err *err)
{
    struct sim_parts_block_list list = {0};
    char *path = sim_parts_files_block(r->folder, m->shard, m->shards, number);
    const bool is_there = sim_file_exists(path); // else it had no runs
    struct sim_err why;
    enum sim_status status = is_there ? check_sound(path, number, m, &list, &why) : SIM_OK;

    if (is_there && status == SIM_OK) {
        const struct sim_parts_files_block block = {number, list.runs.count, list.length, list.crc,
                                                    0};

        SIM_VEC_PUSH(&now->blocks, block);
    } else if (status == SIM_INPUT) {
        r->found->bad_blocks++;
        status = set_aside(path, err);
    } else if (status != SIM_OK) { // what cannot be read may be as sound as it was
        (void)sim_err_set(err, status, "%s", why.text);
    }
    sim_parts_block_list_fini(&list);
    free(path);
    return status;
}

/** The blocks as they are now. */
static enum sim_status check_blocks(const struct sim_parts_recover *r,
                                    const struct sim_parts_files_manifest *m,
                                    struct sim_parts_files_manifest *now, struct sim_err *err)
{
    for (int i = 0; i < r->files.files.count; i++) {
        const struct sim_parts_file *f = &r->files.files.data[i];

        if (is_of(f, m, SIM_PARTS_FILES_OPEN)) {
            char *path = sim_parts_files_block(r->folder, m->shard, m->shards, f->number);
            const enum sim_status sealed = seal_left_open(r, path, err);

            free(path);
            SIM_TRY(sealed);
        }
        if (is_of(f, m, SIM_PARTS_FILES_OPEN) || is_of(f, m, SIM_PARTS_FILES_SEALED)) {
            SIM_TRY(check_block(r, m, f->number, now, err));
        }
    }
    return SIM_OK;
}

static bool is_same_manifest(const struct sim_parts_files_manifest *a,
                             const struct sim_parts_files_manifest *b)
{
    return a->blocks.count == b->blocks.count &&
           (a->blocks.count == 0 || memcmp(a->blocks.data, b->blocks.data,
                                           (size_t)a->blocks.count * sizeof(*a->blocks.data)) == 0);
}

/** Blocks that the manifest tells and nobody has any more. */
static int64_t count_lost(const struct sim_parts_recover *r,
                          const struct sim_parts_files_manifest *m)
{
    int64_t lost = 0;

    for (int i = 0; i < m->blocks.count; i++) {
        char *path =
            sim_parts_files_block(r->folder, m->shard, m->shards, m->blocks.data[i].number);

        lost += sim_file_exists(path) ? 0 : 1;
        free(path);
    }
    return lost;
}

enum sim_status sim_parts_recover_shard(const struct sim_parts_recover *r,
                                        struct sim_parts_files_manifest *m, struct sim_err *err)
{
    struct sim_parts_files_manifest now = {.shard = m->shard, .shards = m->shards};

    SIM_TRY(sim_parts_files_manifest_read(r->folder, m, err));
    r->found->bad_blocks += count_lost(r, m);
    enum sim_status status = check_blocks(r, m, &now, err);

    if (status == SIM_OK && !is_same_manifest(m, &now)) {
        status = sim_parts_files_manifest_write(r->folder, &now, err);
    }
    SIM_VEC_FREE(&m->blocks);
    *m = now;
    return status;
}

/** Runs count for the shard that they belong to, once. */
static void count_runs(struct sim_parts_recover *r, const struct sim_parts_block_list *list)
{
    for (int i = 0; i < list->runs.count; i++) {
        r->found->of_others += sim_parts_index_slot(r->index, &list->runs.data[i].mark) < 0 ? 1 : 0;
    }
}

static enum sim_status index_block(struct sim_parts_recover *r, const struct sim_parts_file *f,
                                   struct sim_err *err)
{
    char *path = sim_parts_files_block(r->folder, f->shard, f->shards, f->number);
    struct sim_err why;
    enum sim_status status = sim_parts_block_index(path, &r->list, &why);

    // a block of another process may be gone or damaged by now: then its runs are not there
    if (status == SIM_INPUT || (status == SIM_MISSING && !sim_file_exists(path))) {
        status = SIM_OK;
    } else if (status != SIM_OK) {
        (void)sim_err_set(err, status, "%s", why.text);
    } else {
        if (is_of_layout(r, &r->list)) {
            count_runs(r, &r->list);
            status = sim_parts_index_add_block(r->index, path, &r->list, 0, err);
        } else {
            r->found->is_other_layout = true;
        }
    }
    free(path);
    return status;
}

enum sim_status sim_parts_recover_index(struct sim_parts_recover *r, struct sim_err *err)
{
    SIM_TRY(sim_parts_files_list(r->folder, &r->files, err));
    for (int i = 0; i < r->files.files.count; i++) {
        if (r->files.files.data[i].kind == SIM_PARTS_FILES_SEALED) {
            SIM_TRY(index_block(r, &r->files.files.data[i], err));
        }
    }
    return SIM_OK;
}
