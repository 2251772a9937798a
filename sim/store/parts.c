#include "sim/store/parts.h"

#include "sim/base/file.h"
#include "sim/base/sys.h"
#include "sim/store/parts_block.h"
#include "sim/store/parts_files.h"
#include "sim/store/parts_index.h"
#include "sim/store/parts_priv.h"
#include "sim/store/parts_recover.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/** Flushing waits for the disk, so a full block is sealed by a thread of its own while the next one
 * is filled. From start to join it alone touches what is here, and the shard's manifest. */
struct sealing {
    struct sim_parts_block block;
    int64_t number;
    const char *folder;
    struct sim_parts_files_manifest *manifest;
    enum sim_status status;
    struct sim_err err;
    pthread_t thread;
    bool is_running;
};

struct sim_parts {
    char *folder;
    const struct sim_card *card;
    int response; // variable of the rule's response; -1: none
    struct sim_card_mark layout;
    struct sim_parts_index *index;
    struct sim_parts_files_manifest manifest;
    struct sim_parts_block block; // open when its fd is
    int64_t next_number;
    struct sealing sealing;
    double opened_s;
    struct sim_pack_record record;
    struct sim_parts_limits limits;
    int lock;
    char *lock_path;
};

struct sim_parts_limits sim_parts_limits_default(void)
{
    return (struct sim_parts_limits){
        .bytes = UINT64_C(32) << 20, .runs = 64, .age_s = 2.0, .most_runs = 4096};
}

void sim_parts_limit(struct sim_parts *p, const struct sim_parts_limits *limits)
{
    p->limits = *limits;
}

static double now_s(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

// ---- open ----

static void destroy(struct sim_parts *p)
{
    SIM_REQUIRE(!p->sealing.is_running, "a shard is closed when its blocks are sealed");
    sim_parts_block_fini(&p->block);
    sim_parts_block_fini(&p->sealing.block);
    if (p->lock >= 0) {
        (void)unlink(p->lock_path);
        (void)sim_sys_close(p->lock);
    }
    sim_parts_index_destroy(p->index);
    sim_pack_record_fini(&p->record);
    SIM_VEC_FREE(&p->manifest.blocks);
    free(p->lock_path);
    free(p->folder);
    free(p);
}

/** A fresh folder is not lost with the power: the one above is flushed, as far as that can be. */
static void flush_above(const char *folder)
{
    char *above = sim_file_folder(folder);
    const int fd = sim_sys_open(above, O_RDONLY | O_DIRECTORY);

    if (fd >= 0) {
        (void)sim_sys_flush(fd);
        (void)sim_sys_close(fd);
    }
    free(above);
}

static enum sim_status make_folder(const char *folder, struct sim_err *err)
{
    const bool is_new = !sim_file_exists(folder);
    char *inside = sim_base_format("%s/card.json", folder);
    const enum sim_status status = sim_file_make_parents(inside, err);

    free(inside);
    if (is_new && status == SIM_OK) {
        flush_above(folder);
    }
    return status;
}

/** Hold a shard; SIM_WRITE when another process does. `*out_path`: of the lock; owned. */
static enum sim_status hold(const char *folder, int32_t shard, int32_t shards, int *out_fd,
                            char **out_path, struct sim_err *err)
{
    char *name = shards == 1
                     ? sim_base_strdup(folder)
                     : sim_base_format("shard %d of %d of %s", (int)shard + 1, (int)shards, folder);

    *out_path = sim_parts_files_path(folder, shard, shards, ".lock");
    const enum sim_status status = sim_file_claim(*out_path, name, out_fd, err);

    free(name);
    if (status != SIM_OK) {
        free(*out_path);
        *out_path = NULL;
    }
    return status;
}

/** Shards of one study write the same card, each by a name of its own. */
static enum sim_status write_card(const struct sim_parts *p, struct sim_err *err)
{
    const struct sim_parts_files_manifest *m = &p->manifest;
    char *ours = sim_parts_files_path(p->folder, m->shard, m->shards, ".card");
    char *path = sim_base_format("%s/card.json", p->folder);
    enum sim_status status = sim_card_write(p->card, ours, err);

    if (status == SIM_OK && !sim_sys_rename(ours, path)) {
        status = sim_err_errno(err, SIM_WRITE, "cannot write %s", path);
    }
    free(ours);
    free(path);
    return status;
}

/** A study that was split otherwise before: its shards are made sound too, if nobody has them. */
static enum sim_status recover_foreign(const struct sim_parts_recover *r, int32_t shard,
                                       int32_t shards, struct sim_err *err)
{
    struct sim_parts_files_manifest m = {.shard = shard, .shards = shards};
    char *lock_path = NULL;
    int lock = -1;
    struct sim_err ignored;

    if (hold(r->folder, shard, shards, &lock, &lock_path, &ignored) != SIM_OK) {
        return SIM_OK;
    }
    const enum sim_status status = sim_parts_recover_shard(r, &m, err);

    (void)unlink(lock_path);
    (void)sim_sys_close(lock);
    free(lock_path);
    SIM_VEC_FREE(&m.blocks);
    return status;
}

static bool is_new_shard(const struct sim_parts_recover *r, int i)
{
    const struct sim_parts_file *f = &r->files.files.data[i];

    return f->shards != 0 && (i == 0 || f[-1].shards != f->shards || f[-1].shard != f->shard);
}

static enum sim_status recover_all(struct sim_parts *p, struct sim_parts_recover *r,
                                   struct sim_err *err)
{
    SIM_TRY(sim_parts_files_list(p->folder, &r->files, err));
    for (int i = 0; i < r->files.files.count; i++) {
        const struct sim_parts_file *f = &r->files.files.data[i];

        r->found->is_new = r->found->is_new && f->kind != SIM_PARTS_FILES_SEALED &&
                           f->kind != SIM_PARTS_FILES_OPEN && f->kind != SIM_PARTS_FILES_BAD;
        if (f->shards == p->manifest.shards && f->shard == p->manifest.shard &&
            f->number >= p->next_number) {
            p->next_number = f->number + 1;
        }
        if (is_new_shard(r, i) && f->shards != p->manifest.shards) {
            SIM_TRY(recover_foreign(r, f->shard, f->shards, err));
        }
    }
    SIM_TRY(sim_parts_recover_shard(r, &p->manifest, err));
    return sim_parts_recover_index(r, err);
}

/** Runs of the points that this shard makes. */
static int64_t count_own_runs(const struct sim_parts *p)
{
    int64_t runs = 0;

    for (int64_t point = p->manifest.shard; point < p->card->points; point += p->card->shards) {
        runs += sim_parts_index_runs_of(p->index,
                                        sim_parts_index_slot(p->index, &p->card->marks[point]));
    }
    return runs;
}

static enum sim_status take_up(struct sim_parts *p, struct sim_parts_found *found,
                               struct sim_err *err)
{
    struct sim_parts_recover r = {.folder = p->folder,
                                  .card = p->card,
                                  .layout = p->layout,
                                  .index = p->index,
                                  .found = found};

    found->is_new = true;
    SIM_TRY(make_folder(p->folder, err));
    SIM_TRY(hold(p->folder, p->manifest.shard, p->manifest.shards, &p->lock, &p->lock_path, err));
    SIM_TRY(write_card(p, err));
    const enum sim_status status = recover_all(p, &r, err);

    SIM_VEC_FREE(&r.files.files);
    sim_parts_block_list_fini(&r.list);
    found->runs = count_own_runs(p);
    return status;
}

enum sim_status sim_parts_open(const char *folder, const struct sim_card *card, int32_t shard,
                               struct sim_parts **out, struct sim_parts_found *found,
                               struct sim_err *err)
{
    SIM_REQUIRE(shard >= 0 && shard < card->shards, "a shard is one of those of the study");
    struct sim_parts *p = sim_base_alloc(1, sizeof(*p));

    *out = NULL;
    *found = (struct sim_parts_found){0};
    p->folder = sim_base_strdup(folder);
    p->card = card;
    p->lock = -1;
    p->block.fd = -1;
    p->sealing.block.fd = -1;
    p->manifest.shard = shard;
    p->manifest.shards = card->shards;
    p->next_number = 1;
    p->limits = sim_parts_limits_default();
    p->response = sim_parts_index_response(card);
    p->index = sim_parts_index_create(card);
    sim_card_layout(card, &p->layout);
    const enum sim_status status = take_up(p, found, err);

    if (status != SIM_OK) {
        destroy(p);
        return status;
    }
    *out = p;
    return SIM_OK;
}

// ---- use ----

bool sim_parts_find(const struct sim_parts *p, const struct sim_parts_key *key,
                    enum sim_run_status *out_status, double *out_value)
{
    const int32_t slot = sim_parts_index_slot(p->index, &key->mark);
    const struct sim_parts_index_run *run = sim_parts_index_find(p->index, slot, key->replication);

    if (run == NULL) {
        return false;
    }
    *out_status = sim_parts_index_status(run);
    *out_value = run->value;
    return true;
}

static enum sim_status seal_block(struct sealing *s)
{
    SIM_TRY(sim_parts_block_seal(&s->block, &s->err));
    const struct sim_parts_block_list *list = &s->block.list;
    const struct sim_parts_files_block block = {s->number, list->runs.count, list->length,
                                                list->crc, 0};

    if (list->runs.count > 0) {
        SIM_VEC_PUSH(&s->manifest->blocks, block);
    }
    return sim_parts_files_manifest_write(s->folder, s->manifest, &s->err);
}

static void *seal_thread(void *user)
{
    struct sealing *s = user;

    s->status = seal_block(s);
    return NULL;
}

/** Wait until the block before is sealed, and tell how that went. */
static enum sim_status await_seal(struct sim_parts *p, struct sim_err *err)
{
    struct sealing *s = &p->sealing;

    if (s->is_running) {
        (void)pthread_join(s->thread, NULL);
        s->is_running = false;
    }
    sim_parts_block_fini(&s->block);
    const enum sim_status status = s->status;

    s->status = SIM_OK; // told once
    return status == SIM_OK ? SIM_OK : sim_err_set(err, status, "%s", s->err.text);
}

/** Begin to seal the open block; there is none afterwards. */
static enum sim_status start_seal(struct sim_parts *p, struct sim_err *err)
{
    struct sealing *s = &p->sealing;

    SIM_TRY(await_seal(p, err));
    s->block = p->block;
    s->number = p->next_number - 1;
    s->folder = p->folder;
    s->manifest = &p->manifest;
    memset(&p->block, 0, sizeof(p->block));
    p->block.fd = -1;
    s->is_running = pthread_create(&s->thread, NULL, seal_thread, s) == 0;
    if (!s->is_running) {
        s->status = seal_block(s);
    }
    return SIM_OK;
}

static bool is_full(const struct sim_parts *p)
{
    const struct sim_parts_limits *l = &p->limits;
    const int runs = p->block.list.runs.count;

    return p->block.list.records_end >= l->bytes || runs >= l->most_runs ||
           (runs >= l->runs && now_s() - p->opened_s >= l->age_s);
}

/** Have an open block with room. */
static enum sim_status ensure_block(struct sim_parts *p, struct sim_err *err)
{
    if (p->block.fd >= 0 && is_full(p)) {
        SIM_TRY(start_seal(p, err));
    }
    if (p->block.fd >= 0) {
        return SIM_OK;
    }
    const struct sim_parts_block_head head = {
        .layout = p->layout, .response = sim_parts_block_response(p->card->rule.response)};
    char *path =
        sim_parts_files_block(p->folder, p->manifest.shard, p->manifest.shards, p->next_number);
    const enum sim_status status = sim_parts_block_create(&p->block, path, &head, err);

    free(path);
    p->opened_s = now_s();
    p->next_number += status == SIM_OK ? 1 : 0;
    return status;
}

enum sim_status sim_parts_put(struct sim_parts *p, const struct sim_card_mark *mark,
                              const struct sim_pack *pack, struct sim_err *err)
{
    const bool has_value = p->response >= 0 && pack->status == SIM_RUN_OK;
    struct sim_parts_block_run run = {
        .mark = *mark,
        .replication = (int32_t)pack->key.replication,
        .status = pack->status,
        .value = has_value ? sim_row_value(pack->totals, p->response, 0) : (double)NAN};

    SIM_REQUIRE(pack->status != SIM_RUN_SKIPPED, "only finished runs are kept");
    SIM_TRY(ensure_block(p, err));
    sim_pack_record_make(&p->record, mark, pack, run.value);
    SIM_TRY(sim_parts_block_append(&p->block, &p->record, &run, err));
    run.offset = 0; // it is not read before the block is sealed
    (void)sim_parts_index_add(p->index, &run, 0);
    return SIM_OK;
}

enum sim_status sim_parts_close(struct sim_parts *p, struct sim_err *err)
{
    enum sim_status status = await_seal(p, err);

    if (p->block.fd >= 0) { // also after a failure: what can be sealed is
        struct sim_err second;
        const enum sim_status started = start_seal(p, &second);
        const enum sim_status sealed = started == SIM_OK ? await_seal(p, &second) : started;

        if (status == SIM_OK && sealed != SIM_OK) {
            status = sim_err_set(err, sealed, "%s", second.text);
        }
    }
    destroy(p);
    return status;
}

/** Those that are the card, or those that are not. */
static enum sim_status remove_files(const char *folder, const struct sim_parts_files_list *list,
                                    bool is_card, struct sim_err *err)
{
    for (int i = 0; i < list->files.count; i++) {
        if ((list->files.data[i].kind == SIM_PARTS_FILES_CARD) != is_card) {
            continue;
        }
        char *path = sim_file_join(folder, list->files.data[i].name);
        const bool removed = unlink(path) == 0 || errno == ENOENT;

        if (!removed) {
            (void)sim_err_errno(err, SIM_WRITE, "cannot remove %s", path);
        }
        free(path);
        if (!removed) {
            return SIM_WRITE;
        }
    }
    return SIM_OK;
}

enum sim_status sim_parts_remove(const char *folder, struct sim_err *err)
{
    struct sim_parts_files_list list = {0};

    if (!sim_file_exists(folder)) {
        return SIM_OK;
    }
    enum sim_status status = sim_parts_files_list(folder, &list, err);

    if (status == SIM_OK) {
        status = remove_files(folder, &list, false, err);
    }
    if (status == SIM_OK) { // last: while it is there, the folder says whose runs are left
        status = remove_files(folder, &list, true, err);
    }
    SIM_VEC_FREE(&list.files);
    if (status == SIM_OK && rmdir(folder) != 0 && errno != ENOTEMPTY && errno != EEXIST) {
        status = sim_err_errno(err, SIM_WRITE, "cannot remove the folder %s", folder);
    }
    return status;
}
