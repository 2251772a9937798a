#include "sim/store/pack_record.h"

#include <libdeflate.h>

#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "records are little-endian");
_Static_assert(sizeof(struct sim_pack_record_head) == 72, "a head has no gaps");

enum {
    CRC_FROM = 8 // [bytes] the checksum covers what follows itself
};

static const uint32_t record_magic = 0x314e5552; // "RUN1"

/** One row of the table of chunks; a chunk starts at 0 along the run. */
struct chunk_row {
    int64_t offset[SIM_CHUNK_MAX_RANK];
    uint64_t length;
    int64_t var;
};

void sim_pack_record_fini(struct sim_pack_record *r)
{
    SIM_VEC_FREE(&r->front);
    SIM_VEC_FREE(&r->pieces);
}

// ---- make ----

static void append(struct sim_pack_record *r, const void *bytes, size_t length)
{
    SIM_REQUIRE(length < INT32_MAX / 2 && r->front.count < INT32_MAX / 2,
                "the totals of a run are less than a gigabyte");
    SIM_VEC_RESERVE(&r->front, r->front.count + (int)length);
    if (length > 0) {
        memcpy(r->front.data + r->front.count, bytes, length);
        r->front.count += (int)length;
    }
}

static void append_row(struct sim_pack_record *r, const struct sim_row *row, int var_count)
{
    for (int i = 0; i < var_count; i++) {
        if (sim_row_has(row, i)) {
            size_t bytes = 0;
            const void *values = sim_row_bytes(row, i, &bytes);

            append(r, values, bytes);
        }
    }
}

static void append_table(struct sim_pack_record *r, const struct sim_pack *pack)
{
    for (int i = 0; i < pack->chunks.count; i++) {
        const struct sim_pack_chunk *chunk = &pack->chunks.data[i];
        struct chunk_row row = {.length = chunk->length, .var = chunk->var};

        memcpy(row.offset, chunk->offset, sizeof(row.offset));
        row.offset[0] = 0;
        append(r, &row, sizeof(row));
    }
}

static void gather(struct sim_pack_record *r, const struct sim_pack *pack)
{
    r->pieces.count = 0;
    r->length = (uint64_t)r->front.count;
    SIM_VEC_PUSH(&r->pieces, (struct iovec){r->front.data, (size_t)r->front.count});
    for (int i = 0; i < pack->chunks.count; i++) {
        const struct sim_pack_chunk *chunk = &pack->chunks.data[i];

        SIM_VEC_PUSH(&r->pieces, (struct iovec){chunk->bytes, chunk->length});
        r->length += chunk->length;
    }
}

/** Length and checksum go into the head when all the rest is there. */
static void seal(struct sim_pack_record *r)
{
    struct sim_pack_record_head head;
    uint32_t crc = 0;

    memcpy(&head, r->front.data, sizeof(head));
    head.length = r->length;
    memcpy(r->front.data, &head, sizeof(head));
    crc = libdeflate_crc32(crc, r->front.data + CRC_FROM, (size_t)r->front.count - CRC_FROM);
    for (int i = 1; i < r->pieces.count; i++) {
        crc = libdeflate_crc32(crc, r->pieces.data[i].iov_base, r->pieces.data[i].iov_len);
    }
    memcpy(r->front.data + offsetof(struct sim_pack_record_head, crc), &crc, sizeof(crc));
}

void sim_pack_record_make(struct sim_pack_record *r, const struct sim_card_mark *mark,
                          const struct sim_pack *pack, double value)
{
    const char *reason = pack->reason != NULL ? pack->reason : "";
    const char *when = pack->when != NULL ? pack->when : "";
    const struct sim_pack_record_head head = {.magic = record_magic,
                                              .mark = *mark,
                                              .replication = (int32_t)pack->key.replication,
                                              .status = (uint16_t)pack->status,
                                              .has_point = pack->point_row != NULL,
                                              .value = value,
                                              .events = pack->events,
                                              .chunk_count = (uint32_t)pack->chunks.count,
                                              .reason_bytes = (uint32_t)strlen(reason),
                                              .when_bytes = (uint32_t)strlen(when)};

    SIM_REQUIRE(pack->status != SIM_RUN_SKIPPED, "only finished runs are kept");
    SIM_REQUIRE((pack->status == SIM_RUN_OK) == (pack->totals != NULL), "ok runs have totals");
    r->front.count = 0;
    append(r, &head, sizeof(head));
    if (pack->totals != NULL) {
        append_row(r, pack->totals, sim_row_var_count(pack->totals));
    }
    if (pack->point_row != NULL) {
        append_row(r, pack->point_row, sim_row_var_count(pack->point_row));
    }
    append_table(r, pack);
    append(r, reason, head.reason_bytes);
    append(r, when, head.when_bytes);
    gather(r, pack);
    seal(r);
}

// ---- read ----

bool sim_pack_record_is_head(const void *bytes, size_t length)
{
    struct sim_pack_record_head head;

    if (length < sizeof(head)) {
        return false;
    }
    memcpy(&head, bytes, sizeof(head));
    return head.magic == record_magic && head.length >= sizeof(head);
}

bool sim_pack_record_is_whole(const void *bytes, size_t length)
{
    struct sim_pack_record_head head;

    if (!sim_pack_record_is_head(bytes, length)) {
        return false;
    }
    memcpy(&head, bytes, sizeof(head));
    return head.length == length && libdeflate_crc32(0, (const unsigned char *)bytes + CRC_FROM,
                                                     length - CRC_FROM) == head.crc;
}

uint64_t sim_pack_record_place(const struct sim_schema *s, int var)
{
    uint64_t place = sizeof(struct sim_pack_record_head);

    for (int i = 0; i < var; i++) {
        const struct sim_schema_var *v = sim_schema_var_at(s, i);

        if (v->scope == SIM_SCHEMA_RUN) {
            place += (uint64_t)sim_schema_var_size(s, i) * sim_schema_type_bytes(v->type);
        }
    }
    return place;
}

/** What is left to read; once something does not fit, nothing does. */
struct cursor {
    const unsigned char *at;
    size_t left;
    bool is_short;
};

static const void *take(struct cursor *c, size_t length)
{
    if (c->is_short || length > c->left) {
        c->is_short = true;
        return NULL;
    }
    const void *bytes = c->at;

    c->at += length;
    c->left -= length;
    return bytes;
}

static void take_row(struct cursor *c, struct sim_row *row)
{
    for (int i = 0; i < sim_row_var_count(row); i++) {
        if (sim_row_has(row, i)) {
            const void *values = take(c, sim_row_var_bytes(row, i));

            if (values != NULL) {
                sim_row_fill(row, i, values);
            }
        }
    }
}

static char *take_text(struct cursor *c, uint32_t length)
{
    const char *text = length > 0 ? take(c, length) : NULL;

    return text != NULL ? sim_base_format("%.*s", (int)length, text) : NULL;
}

static void take_chunks(struct cursor *c, const void *table, const struct sim_schema *s,
                        struct sim_pack *p, uint32_t count)
{
    for (uint32_t i = 0; i < count && !c->is_short; i++) {
        struct chunk_row row;

        memcpy(&row, (const unsigned char *)table + i * sizeof(row), sizeof(row));
        const void *bytes = take(c, row.length);

        if (bytes == NULL || row.var < 0 || row.var >= sim_schema_var_count(s)) {
            c->is_short = true;
            return;
        }
        struct sim_pack_chunk chunk = {.var = (int)row.var, .length = row.length};

        memcpy(chunk.offset, row.offset, sizeof(chunk.offset));
        chunk.offset[0] = p->key.run;
        chunk.bytes = sim_base_alloc(row.length, 1);
        memcpy(chunk.bytes, bytes, row.length);
        SIM_VEC_PUSH(&p->chunks, chunk);
    }
}

static void take_results(struct cursor *c, const struct sim_schema *s,
                         const struct sim_pack_record_head *head, struct sim_pack *p)
{
    if (p->status == SIM_RUN_OK) {
        p->totals = sim_row_create_totals(s);
        take_row(c, p->totals);
    }
    if (head->has_point != 0) {
        p->point_row = sim_row_create(s, SIM_SCHEMA_POINT);
        take_row(c, p->point_row);
    }
    const void *table = take(c, head->chunk_count * sizeof(struct chunk_row));

    p->reason = take_text(c, head->reason_bytes);
    p->when = take_text(c, head->when_bytes);
    take_chunks(c, table, s, p, head->chunk_count);
}

struct sim_pack *sim_pack_record_read(const struct sim_schema *s, const void *bytes, size_t length,
                                      const struct sim_run_key *key)
{
    struct sim_pack_record_head head;
    struct cursor c = {bytes, length, false};
    struct sim_pack *p = sim_base_alloc(1, sizeof(*p));

    memcpy(&head, take(&c, sizeof(head)), sizeof(head));
    p->key = *key;
    p->status = (enum sim_run_status)head.status;
    p->events = head.events;
    take_results(&c, s, &head, p);
    if (c.is_short || c.left > 0) {
        sim_pack_destroy(p);
        return NULL;
    }
    return p;
}
