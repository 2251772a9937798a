#include "sim/store/parts_files.h"

#include "sim/base/file.h"

#include <jansson.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MANIFEST_VERSION = 1,
    MANIFEST_LIMIT = 256 * 1024 * 1024
};

// ---- names ----

struct ending {
    const char *text;
    enum sim_parts_files_kind kind;
};

static const struct ending shard_endings[] = {{".json", SIM_PARTS_FILES_MANIFEST},
                                              {".lock", SIM_PARTS_FILES_LOCK},
                                              {".json.part", SIM_PARTS_FILES_LEFTOVER},
                                              {".card", SIM_PARTS_FILES_LEFTOVER},
                                              {".card.part", SIM_PARTS_FILES_LEFTOVER}};

static const struct ending block_endings[] = {{".runs", SIM_PARTS_FILES_SEALED},
                                              {".runs.open", SIM_PARTS_FILES_OPEN},
                                              {".runs.bad", SIM_PARTS_FILES_BAD}};

static bool match_ending(const char *text, const struct ending *endings, int count,
                         struct sim_parts_file *out)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(text, endings[i].text) == 0) {
            out->kind = endings[i].kind;
            return true;
        }
    }
    return false;
}

/** Read a number of digits alone, at most `most`; NULL when there is none. */
static const char *parse_number(const char *text, int64_t most, int64_t *out)
{
    const char *at = text;

    for (*out = 0; *at >= '0' && *at <= '9'; at++) {
        *out = *out * 10 + (*at - '0');
        if (*out > most) {
            return NULL;
        }
    }
    return at > text ? at : NULL;
}

static const char *parse_word(const char *text, const char *word)
{
    return text != NULL && strncmp(text, word, strlen(word)) == 0 ? text + strlen(word) : NULL;
}

/** "shard-I-of-N" and what follows. */
static bool parse_shard_file(const char *name, struct sim_parts_file *out)
{
    int64_t shard = 0;
    int64_t shards = 0;
    const char *at = parse_word(name, "shard-");

    at = at != NULL ? parse_number(at, INT32_MAX, &shard) : NULL;
    at = parse_word(at, "-of-");
    at = at != NULL ? parse_number(at, INT32_MAX, &shards) : NULL;
    if (at == NULL || shard < 1 || shard > shards) {
        return false;
    }
    out->shard = (int32_t)(shard - 1);
    out->shards = (int32_t)shards;
    if (*at != '-') {
        return match_ending(at, shard_endings, SIM_COUNT(shard_endings), out);
    }
    at = parse_number(at + 1, INT64_MAX / 16, &out->number);
    return at != NULL && match_ending(at, block_endings, SIM_COUNT(block_endings), out);
}

static bool parse_name(const char *name, struct sim_parts_file *out)
{
    *out = (struct sim_parts_file){.number = -1};
    if (strlen(name) >= sizeof(out->name)) {
        return false;
    }
    (void)snprintf(out->name, sizeof(out->name), "%s", name);
    if (strcmp(name, "card.json") == 0) {
        out->kind = SIM_PARTS_FILES_CARD;
        return true;
    }
    return parse_shard_file(name, out);
}

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_files(const void *a, const void *b)
{
    const struct sim_parts_file *x = a;
    const struct sim_parts_file *y = b;
    int order = compare_numbers(x->shards, y->shards);

    order = order != 0 ? order : compare_numbers(x->shard, y->shard);
    order = order != 0 ? order : compare_numbers(x->number, y->number);
    return order != 0 ? order : compare_numbers(x->kind, y->kind);
}

enum sim_status sim_parts_files_list(const char *folder, struct sim_parts_files_list *out,
                                     struct sim_err *err)
{
    DIR *dir = opendir(folder);

    if (dir == NULL) {
        return sim_err_errno(err, SIM_MISSING, "cannot read the folder %s", folder);
    }
    out->files.count = 0;
    errno = 0;
    for (const struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        struct sim_parts_file file;

        if (parse_name(entry->d_name, &file)) {
            SIM_VEC_PUSH(&out->files, file);
        }
        errno = 0;
    }
    const int number = errno; // not 0: there is more, and it cannot be read

    (void)closedir(dir);
    if (number != 0) {
        errno = number;
        return sim_err_errno(err, SIM_MISSING, "cannot read the folder %s", folder);
    }
    if (out->files.count > 0) {
        qsort(out->files.data, (size_t)out->files.count, sizeof(*out->files.data), compare_files);
    }
    return SIM_OK;
}

char *sim_parts_files_path(const char *folder, int32_t shard, int32_t shards, const char *ending)
{
    return sim_base_format("%s/shard-%d-of-%d%s", folder, (int)shard + 1, (int)shards, ending);
}

char *sim_parts_files_block(const char *folder, int32_t shard, int32_t shards, int64_t number)
{
    return sim_base_format("%s/shard-%d-of-%d-%06lld.runs", folder, (int)shard + 1, (int)shards,
                           (long long)number);
}

// ---- manifest ----

static void take_block(struct sim_parts_files_manifest *m, json_t *entry)
{
    json_int_t number = 0;
    json_int_t runs = 0;
    json_int_t bytes = 0;
    json_int_t crc = 0;

    if (json_unpack(entry, "{sI, sI, sI, sI}", "block", &number, "runs", &runs, "bytes", &bytes,
                    "crc32", &crc) == 0) {
        const struct sim_parts_files_block block = {number, runs, (uint64_t)bytes, (uint32_t)crc,
                                                    0};

        SIM_VEC_PUSH(&m->blocks, block);
    }
}

static void take_manifest(struct sim_parts_files_manifest *m, json_t *root)
{
    json_t *blocks = json_object_get(root, "blocks");

    if (json_integer_value(json_object_get(root, "ecopark_manifest")) != MANIFEST_VERSION) {
        return;
    }
    for (size_t i = 0; i < json_array_size(blocks); i++) {
        take_block(m, json_array_get(blocks, i));
    }
}

enum sim_status sim_parts_files_manifest_read(const char *folder,
                                              struct sim_parts_files_manifest *m,
                                              struct sim_err *err)
{
    char *path = sim_parts_files_path(folder, m->shard, m->shards, ".json");
    char *text = NULL;
    size_t length = 0;
    struct sim_err why;

    m->blocks.count = 0;
    const enum sim_status status = sim_file_read(path, MANIFEST_LIMIT, &text, &length, &why);

    if (status == SIM_OK) {
        json_t *root = json_loadb(text, length, 0, NULL);

        take_manifest(m, root);
        json_decref(root);
        free(text);
    }
    const bool is_unreadable = status == SIM_MISSING && sim_file_exists(path);

    free(path);
    return is_unreadable ? sim_err_set(err, status, "%s", why.text) : SIM_OK;
}

static char *render(const struct sim_parts_files_manifest *m)
{
    json_t *blocks = json_array();
    json_t *root = json_pack("{si, si, si, so}", "ecopark_manifest", (int)MANIFEST_VERSION, "shard",
                             (int)m->shard + 1, "shards", (int)m->shards, "blocks", blocks);

    for (int i = 0; i < m->blocks.count; i++) {
        const struct sim_parts_files_block *b = &m->blocks.data[i];

        (void)json_array_append_new(blocks,
                                    json_pack("{sI, sI, sI, sI}", "block", (json_int_t)b->number,
                                              "runs", (json_int_t)b->runs, "bytes",
                                              (json_int_t)b->bytes, "crc32", (json_int_t)b->crc));
    }
    char *text = json_dumps(root, JSON_INDENT(1));

    SIM_REQUIRE(text != NULL, "a manifest can be written as JSON");
    json_decref(root);
    return text;
}

enum sim_status sim_parts_files_manifest_write(const char *folder,
                                               const struct sim_parts_files_manifest *m,
                                               struct sim_err *err)
{
    char *path = sim_parts_files_path(folder, m->shard, m->shards, ".json");
    char *text = render(m);
    const enum sim_status status = sim_file_write(path, text, strlen(text), err);

    free(text);
    free(path);
    return status;
}

const struct sim_parts_files_block *
sim_parts_files_manifest_find(const struct sim_parts_files_manifest *m, int64_t number)
{
    for (int i = m->blocks.count - 1; i >= 0; i--) {
        if (m->blocks.data[i].number == number) {
            return &m->blocks.data[i];
        }
    }
    return NULL;
}
