#include "sim/store/reader_priv.h"

#include <stdlib.h>
#include <string.h>

enum {
    FAILURES_AT_ONCE = 4096,
    FAILURE_TEXT_BYTES = 4096 // of fixed length, in files that others made
};

/** A member of the table: a whole number, or a text of either kind. */
struct member {
    const char *name;
    bool is_text;
    size_t offset; // [bytes] in memory
    size_t size;   // [bytes] of a text of fixed length; 0: it is variable
};

/** The table as it is read: its members, and the type that has them so in memory. */
struct failure_table {
    struct member members[4];
    size_t bytes; // [bytes] of a row
    hid_t type;
};

static bool add_member(struct sim_reader *r, hid_t file_type, struct failure_table *t, int i)
{
    struct member *m = &t->members[i];
    const int at = H5Tget_member_index(file_type, m->name);
    const hid_t type = at >= 0 ? H5Tget_member_type(file_type, (unsigned)at) : -1;
    const H5T_class_t kind = type >= 0 ? H5Tget_class(type) : H5T_NO_CLASS;
    const size_t size = type >= 0 ? H5Tget_size(type) : 0;
    const bool is_variable = m->is_text && kind == H5T_STRING && H5Tis_variable_str(type) > 0;
    const bool is_sound = m->is_text
                              ? is_variable || (kind == H5T_STRING && size <= FAILURE_TEXT_BYTES)
                              : kind == H5T_INTEGER && size <= sizeof(int64_t);

    m->size = m->is_text && !is_variable ? size : 0;
    m->offset = t->bytes;
    t->bytes += m->size > 0 ? (size + 7) / 8 * 8 : sizeof(int64_t);
    const hid_t memory = m->is_text ? type : H5T_NATIVE_INT64;
    const bool is_added =
        is_sound && SIM_H5_OK(&r->h, "read", "/failures", H5Tset_size(t->type, t->bytes)) &&
        SIM_H5_OK(&r->h, "read", "/failures", H5Tinsert(t->type, m->name, m->offset, memory));

    sim_h5_release(&r->h, type);
    return is_added ||
           sim_reader_refuse(r, "its failures have no '%s' of a kind that is known", m->name);
}

static const char *member_text(struct sim_reader *r, const struct member *m,
                               const unsigned char *row)
{
    if (m->size > 0) {
        return sim_arena_strndup(r->arena, (const char *)row + m->offset,
                                 strnlen((const char *)row + m->offset, m->size));
    }
    char *text = NULL;

    memcpy(&text, row + m->offset, sizeof(text));
    const char *copy = sim_arena_strdup(r->arena, text != NULL ? text : "");

    (void)H5free_memory(text);
    return copy;
}

static void keep_failure(struct sim_reader *r, const struct failure_table *t,
                         const unsigned char *row)
{
    struct sim_reader_failure f = {0};

    memcpy(&f.run, row + t->members[0].offset, sizeof(f.run));
    memcpy(&f.point, row + t->members[1].offset, sizeof(f.point));
    f.when = member_text(r, &t->members[2], row);
    f.reason = member_text(r, &t->members[3], row);
    SIM_VEC_PUSH(&r->failures, f);
}

static void read_rows(struct sim_reader *r, hid_t table, const struct failure_table *t,
                      hsize_t first, hsize_t count)
{
    struct sim_h5 *h = &r->h;
    unsigned char *rows = sim_base_alloc((size_t)count, t->bytes);
    const hid_t space = SIM_H5_ID(h, "read", "/failures", H5Dget_space(table));
    const hid_t memory = SIM_H5_ID(h, "read", "/failures", H5Screate_simple(1, &count, NULL));

    (void)SIM_H5_OK(h, "read", "/failures",
                    H5Sselect_hyperslab(space, H5S_SELECT_SET, &first, NULL, &count, NULL));
    const bool is_read = SIM_H5_OK(h, "read", "/failures",
                                   H5Dread(table, t->type, memory, space, H5P_DEFAULT, rows));

    for (hsize_t i = 0; is_read && i < count; i++) {
        keep_failure(r, t, rows + (size_t)i * t->bytes);
    }
    sim_h5_release(h, memory);
    sim_h5_release(h, space);
    free(rows);
}

/** How many rows there are; no more than the file can hold, nor than there are runs. */
static hsize_t count_rows(struct sim_reader *r, hid_t table)
{
    const int runs = sim_reader_find(r, "", "run");
    const hid_t space = SIM_H5_ID(&r->h, "read", "/failures", H5Dget_space(table));
    const int rank = r->h.failed ? -1 : H5Sget_simple_extent_ndims(space);
    const hssize_t count = rank == 1 ? H5Sget_simple_extent_npoints(space) : -1;

    sim_h5_release(&r->h, space);
    if (count < 0 || runs < 0 || count > sim_reader_size(r, runs)) {
        (void)sim_reader_refuse(r, "it has another number of failures than there are runs");
        return 0;
    }
    return (hsize_t)count;
}

/** The members as the file has them; `t->type` is to be released. */
static void read_members(struct sim_reader *r, hid_t table, struct failure_table *t)
{
    struct sim_h5 *h = &r->h;
    const hid_t file_type = SIM_H5_ID(h, "read", "/failures", H5Dget_type(table));

    *t = (struct failure_table){
        .members = {
            {.name = "run"}, {.name = "point"}, {"time", true, 0, 0}, {"reason", true, 0, 0}}};
    t->type = SIM_H5_ID(h, "read", "/failures", H5Tcreate(H5T_COMPOUND, sizeof(int64_t)));
    if (!h->failed && H5Tget_class(file_type) != H5T_COMPOUND) {
        (void)sim_reader_refuse(r, "its failures are no table");
    }
    for (int i = 0; i < SIM_COUNT(t->members) && !h->failed; i++) {
        (void)add_member(r, file_type, t, i);
    }
    sim_h5_release(h, file_type);
}

/** The table of failures, looked at; -1: there is none, or it is not sound (then r->h.failed). */
static hid_t open_failures(struct sim_reader *r, struct failure_table *t, hsize_t *count)
{
    static const char *const path[] = {"/failures", "/failures/table"};
    struct sim_h5 *h = &r->h;

    for (int i = 0; i < SIM_COUNT(path); i++) {
        H5L_info_t info;

        if (h->failed || H5Lexists(h->file, path[i], H5P_DEFAULT) <= 0 ||
            H5Lget_info(h->file, path[i], &info, H5P_DEFAULT) < 0 || info.type != H5L_TYPE_HARD) {
            return -1;
        }
    }
    const hid_t table = SIM_H5_ID(h, "read", path[1], H5Dopen2(h->file, path[1], H5P_DEFAULT));

    *count = h->failed ? 0 : count_rows(r, table);
    read_members(r, table, t);
    return table;
}

void sim_reader_check_failures(struct sim_reader *r)
{
    struct failure_table t = {.type = -1};
    hsize_t count = 0;
    const hid_t table = open_failures(r, &t, &count);

    sim_h5_release(&r->h, t.type);
    sim_h5_release(&r->h, table);
}

enum sim_status sim_reader_failures(struct sim_reader *r, const struct sim_reader_failure **out,
                                    int *out_count, struct sim_err *err)
{
    struct sim_h5 *h = &r->h;
    struct failure_table t = {.type = -1};
    hsize_t count = 0;
    const hid_t table = r->failures.count == 0 ? open_failures(r, &t, &count) : -1;

    for (hsize_t first = 0; first < count && !h->failed; first += FAILURES_AT_ONCE) {
        const hsize_t left = count - first;

        read_rows(r, table, &t, first, left < FAILURES_AT_ONCE ? left : FAILURES_AT_ONCE);
    }
    sim_h5_release(h, t.type);
    sim_h5_release(h, table);
    if (h->failed) {
        return sim_err_set(err, h->err.status, "%s", h->err.text);
    }
    *out = r->failures.data;
    *out_count = r->failures.count;
    return SIM_OK;
}
