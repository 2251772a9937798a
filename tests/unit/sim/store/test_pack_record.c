#include "sim/store/pack_record.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    DAYS = 50
};

struct fixture {
    struct sim_schema *s;
    int total, flag, present, series;
};

static struct fixture make(void)
{
    struct fixture f = {.s = sim_schema_create()};
    double boundaries[DAYS + 1];

    for (int i = 0; i <= DAYS; i++) {
        boundaries[i] = 86400.0 * i;
    }
    sim_schema_clock(f.s, "2026-01-01 00:00:00", "+07:00", boundaries, DAYS);
    const int place = sim_schema_axis(f.s, &(struct sim_schema_axis){.name = "p", .length = 3});

    f.flag = sim_schema_var(f.s, &(struct sim_schema_var){.name = "flag",
                                                          .type = SIM_SCHEMA_I8,
                                                          .scope = SIM_SCHEMA_RUN,
                                                          .dim_count = 1,
                                                          .dims = {place}});
    f.series = sim_schema_var(f.s, &(struct sim_schema_var){.name = "series",
                                                            .type = SIM_SCHEMA_F32,
                                                            .scope = SIM_SCHEMA_SERIES,
                                                            .dim_count = 1,
                                                            .dims = {SIM_SCHEMA_AXIS_TIME}});
    f.total =
        sim_schema_var(f.s, &(struct sim_schema_var){.name = "total", .scope = SIM_SCHEMA_RUN});
    f.present = sim_schema_var(f.s, &(struct sim_schema_var){.name = "present",
                                                             .type = SIM_SCHEMA_I32,
                                                             .scope = SIM_SCHEMA_POINT,
                                                             .dim_count = 1,
                                                             .dims = {place}});
    return f;
}

static struct sim_pack *make_pack(const struct fixture *f)
{
    struct sim_row *row = sim_row_create(f->s, SIM_SCHEMA_RUN);

    *sim_row_f64(row, f->total) = -0.1;
    sim_row_i8(row, f->flag)[2] = -7;
    for (int i = 0; i < DAYS; i++) {
        sim_row_put(row, f->series, i, 1.0 / (1.0 + i));
    }
    struct sim_pack *p = sim_pack_create(f->s, &(struct sim_run_key){70, 8, 3}, row);

    p->events = INT64_C(1) << 40;
    p->point_row = sim_row_create(f->s, SIM_SCHEMA_POINT);
    sim_row_put(p->point_row, f->present, 1, 12345);
    sim_row_destroy(row);
    return p;
}

/** The pieces one after the other; owned by the caller. */
static unsigned char *flatten(const struct sim_pack_record *r)
{
    unsigned char *bytes = malloc(r->length);
    size_t at = 0;

    for (int i = 0; i < r->pieces.count; i++) {
        memcpy(bytes + at, r->pieces.data[i].iov_base, r->pieces.data[i].iov_len);
        at += r->pieces.data[i].iov_len;
    }
    cr_assert(eq(u64, at, r->length));
    return bytes;
}

static const struct sim_card_mark mark = {"0123456789abcde"};

Test(pack_record, gives_a_run_back_to_the_bit)
{
    const struct fixture f = make();
    struct sim_pack *p = make_pack(&f);
    struct sim_pack_record r = {0};

    sim_pack_record_make(&r, &mark, p, -0.1);
    unsigned char *bytes = flatten(&r);
    const struct sim_run_key key = {5, 1, 3};
    struct sim_pack *q = sim_pack_record_read(f.s, bytes, r.length, &key);

    cr_assert(sim_pack_record_is_whole(bytes, r.length));
    cr_assert(q != NULL && q->status == SIM_RUN_OK && q->events == p->events);
    cr_assert(eq(i64, q->key.run, 5));
    cr_assert(eq(dbl, *sim_row_f64(q->totals, f.total), -0.1));
    cr_assert(eq(int, sim_row_i8(q->totals, f.flag)[2], -7));
    cr_assert(eq(int, sim_row_i32(q->point_row, f.present)[1], 12345));
    cr_assert(eq(int, q->chunks.count, 1));
    cr_assert(eq(i64, q->chunks.data[0].offset[0], 5)); // the new number
    cr_assert(eq(sz, q->chunks.data[0].length, p->chunks.data[0].length));
    cr_assert(memcmp(q->chunks.data[0].bytes, p->chunks.data[0].bytes, p->chunks.data[0].length) ==
              0);
    sim_pack_destroy(q);
    free(bytes);
    sim_pack_record_fini(&r);
    sim_pack_destroy(p);
    sim_schema_destroy(f.s);
}

Test(pack_record, keeps_why_a_run_failed)
{
    const struct fixture f = make();
    const struct sim_run_key key = {1, 1, 2};
    struct sim_pack *p = sim_pack_create_without(&key, "tank bürst", "2026-02-01");
    struct sim_pack_record r = {0};

    sim_pack_record_make(&r, &mark, p, (double)NAN);
    unsigned char *bytes = flatten(&r);
    struct sim_pack *q = sim_pack_record_read(f.s, bytes, r.length, &key);

    cr_assert(q != NULL && q->status == SIM_RUN_FAILED && q->totals == NULL);
    cr_assert(eq(str, q->reason, "tank bürst"));
    cr_assert(eq(str, q->when, "2026-02-01"));
    sim_pack_destroy(q);
    free(bytes);
    sim_pack_record_fini(&r);
    sim_pack_destroy(p);
    sim_schema_destroy(f.s);
}

Test(pack_record, sees_any_changed_bit_and_any_missing_byte)
{
    const struct fixture f = make();
    struct sim_pack *p = make_pack(&f);
    struct sim_pack_record r = {0};

    sim_pack_record_make(&r, &mark, p, 1.0);
    unsigned char *bytes = flatten(&r);

    for (size_t i = 0; i < r.length; i++) {
        bytes[i] ^= (unsigned char)(1U << (i % 8));
        cr_assert(not(sim_pack_record_is_whole(bytes, r.length)), "bit %zu of byte %zu", i % 8, i);
        bytes[i] ^= (unsigned char)(1U << (i % 8));
        cr_assert(not(sim_pack_record_is_whole(bytes, i)), "cut to %zu bytes", i);
    }
    cr_assert(sim_pack_record_is_whole(bytes, r.length));
    free(bytes);
    sim_pack_record_fini(&r);
    sim_pack_destroy(p);
    sim_schema_destroy(f.s);
}

Test(pack_record, knows_where_a_total_lies)
{
    const struct fixture f = make();
    struct sim_pack *p = make_pack(&f);
    struct sim_pack_record r = {0};
    double value = 0.0;

    sim_pack_record_make(&r, &mark, p, 1.0);
    memcpy(&value, r.front.data + sim_pack_record_place(f.s, f.total), sizeof(value));
    cr_assert(eq(dbl, value, -0.1));
    sim_pack_record_fini(&r);
    sim_pack_destroy(p);
    sim_schema_destroy(f.s);
}

Test(pack_record, refuses_a_record_of_another_schema)
{
    const struct fixture f = make();
    struct sim_schema *other = sim_schema_create();
    struct sim_pack *p = make_pack(&f);
    struct sim_pack_record r = {0};

    sim_pack_record_make(&r, &mark, p, 1.0);
    unsigned char *bytes = flatten(&r);

    cr_assert(sim_pack_record_read(other, bytes, r.length, &p->key) == NULL);
    free(bytes);
    sim_pack_record_fini(&r);
    sim_pack_destroy(p);
    sim_schema_destroy(other);
    sim_schema_destroy(f.s);
}
