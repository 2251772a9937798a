#include "sim/store/pack.h"

#include <math.h>
#include <string.h>

enum {
    SERIES_CHUNK_BYTES = 8 * 1024 * 1024
};

static const double fill_f64 = (double)NAN;
static const float fill_f32 = NAN;
static const int64_t fill_zero = 0;

const void *sim_pack_fill(enum sim_schema_type type)
{
    if (type == SIM_SCHEMA_F64) {
        return &fill_f64;
    }
    return type == SIM_SCHEMA_F32 ? (const void *)&fill_f32 : &fill_zero;
}

void sim_pack_shape(const struct sim_schema *s, int var, struct sim_chunk_shape *out)
{
    const struct sim_schema_var *v = sim_schema_var_at(s, var);

    memset(out, 0, sizeof(*out));
    out->rank = 1 + v->dim_count;
    out->dims[0] = 1;
    out->chunk[0] = 1;
    for (int i = 0; i < v->dim_count; i++) {
        out->dims[i + 1] = sim_schema_axis_at(s, v->dims[i])->length;
    }
    out->value_bytes = sim_schema_type_bytes(v->type);
    sim_chunk_cut(out, 1, SERIES_CHUNK_BYTES);
}

struct emission {
    struct sim_pack *pack;
    int var;
};

static void keep_chunk(void *user, const int64_t *offset, const void *bytes, size_t length)
{
    const struct emission *e = user;
    struct sim_pack_chunk chunk = {.var = e->var, .length = length};

    memcpy(chunk.offset, offset, sizeof(chunk.offset));
    chunk.offset[0] = e->pack->key.run;
    chunk.bytes = sim_base_alloc(length, 1);
    memcpy(chunk.bytes, bytes, length);
    SIM_VEC_PUSH(&e->pack->chunks, chunk);
}

struct sim_pack *sim_pack_create(const struct sim_schema *s, const struct sim_run_key *key,
                                 const struct sim_row *row)
{
    struct sim_pack *p = sim_base_alloc(1, sizeof(*p));
    struct sim_chunk_coder *coder = NULL; // its memory is cleared: not for runs without series

    p->key = *key;
    p->status = SIM_RUN_OK;
    p->totals = sim_row_create_totals(s);
    sim_row_copy_totals(p->totals, row);
    for (int i = 0; i < sim_schema_var_count(s); i++) {
        const struct sim_schema_var *var = sim_schema_var_at(s, i);

        if (var->scope == SIM_SCHEMA_SERIES) {
            struct sim_chunk_shape shape;
            struct emission emission = {p, i};
            size_t bytes = 0;

            coder = coder != NULL ? coder : sim_chunk_coder_create();
            sim_pack_shape(s, i, &shape);
            sim_chunk_each(&shape, sim_row_bytes(row, i, &bytes), sim_pack_fill(var->type), coder,
                           keep_chunk, &emission);
        }
    }
    sim_chunk_coder_destroy(coder);
    return p;
}

struct sim_pack *sim_pack_create_without(const struct sim_run_key *key, const char *reason,
                                         const char *when)
{
    struct sim_pack *p = sim_base_alloc(1, sizeof(*p));

    p->key = *key;
    p->status = reason != NULL ? SIM_RUN_FAILED : SIM_RUN_SKIPPED;
    p->reason = sim_base_strdup(reason);
    p->when = sim_base_strdup(when);
    return p;
}

void sim_pack_destroy(struct sim_pack *p)
{
    if (p == NULL) {
        return;
    }
    for (int i = 0; i < p->chunks.count; i++) {
        free(p->chunks.data[i].bytes);
    }
    SIM_VEC_FREE(&p->chunks);
    sim_row_destroy(p->totals);
    sim_row_destroy(p->point_row);
    free(p->reason);
    free(p->when);
    free(p);
}

size_t sim_pack_bytes(const struct sim_pack *p)
{
    size_t bytes = 0;

    for (int i = 0; i < p->chunks.count; i++) {
        bytes += p->chunks.data[i].length;
    }
    return bytes;
}
