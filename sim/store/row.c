#include "sim/store/row.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct sim_row {
    const struct sim_schema *schema;
    int var_count;
    ptrdiff_t *offsets; // [bytes] of each variable in the block; -1: it has no place here
    int64_t *sizes;     // [-] values of each variable
    size_t bytes;
    unsigned char *block;
};

static bool belongs(const struct sim_schema_var *var, enum sim_schema_scope scope, bool with_series)
{
    return var->scope == scope ||
           (with_series && scope == SIM_SCHEMA_RUN && var->scope == SIM_SCHEMA_SERIES);
}

static struct sim_row *create(const struct sim_schema *s, enum sim_schema_scope scope,
                              bool with_series)
{
    struct sim_row *row = sim_base_alloc(1, sizeof(*row));

    row->schema = s;
    row->var_count = sim_schema_var_count(s);
    row->offsets = sim_base_alloc((size_t)row->var_count, sizeof(*row->offsets));
    row->sizes = sim_base_alloc((size_t)row->var_count, sizeof(*row->sizes));
    for (int i = 0; i < row->var_count; i++) {
        const struct sim_schema_var *var = sim_schema_var_at(s, i);

        row->sizes[i] = sim_schema_var_size(s, i);
        row->offsets[i] = -1;
        if (belongs(var, scope, with_series)) {
            row->offsets[i] = (ptrdiff_t)row->bytes;
            row->bytes += ((size_t)row->sizes[i] * sim_schema_type_bytes(var->type) + 7) / 8 * 8;
        }
    }
    row->block = sim_base_alloc(row->bytes, 1);
    sim_row_reset(row);
    return row;
}

struct sim_row *sim_row_create(const struct sim_schema *s, enum sim_schema_scope scope)
{
    SIM_REQUIRE(scope == SIM_SCHEMA_RUN || scope == SIM_SCHEMA_POINT, "rows are of runs or points");
    return create(s, scope, true);
}

struct sim_row *sim_row_create_totals(const struct sim_schema *s)
{
    return create(s, SIM_SCHEMA_RUN, false);
}

void sim_row_destroy(struct sim_row *row)
{
    if (row == NULL) {
        return;
    }
    free(row->offsets);
    free(row->sizes);
    free(row->block);
    free(row);
}

/** Set all values; the few bytes up to the next variable are 0 since the row was made. */
static void reset_var(struct sim_row *row, int var)
{
    const enum sim_schema_type type = sim_schema_var_at(row->schema, var)->type;
    void *values = row->block + row->offsets[var];
    double *f64 = values;
    float *f32 = values;

    if (type != SIM_SCHEMA_F64 && type != SIM_SCHEMA_F32) {
        memset(values, 0, sim_row_var_bytes(row, var));
        return;
    }
    for (int64_t i = 0; type == SIM_SCHEMA_F64 && i < row->sizes[var]; i++) {
        f64[i] = (double)NAN;
    }
    for (int64_t i = 0; type == SIM_SCHEMA_F32 && i < row->sizes[var]; i++) {
        f32[i] = NAN;
    }
}

void sim_row_reset(struct sim_row *row)
{
    for (int i = 0; i < row->var_count; i++) {
        if (row->offsets[i] >= 0) {
            reset_var(row, i);
        }
    }
}

bool sim_row_has(const struct sim_row *row, int var)
{
    return var >= 0 && var < row->var_count && row->offsets[var] >= 0;
}

static void *place(const struct sim_row *row, int var)
{
    SIM_REQUIRE(sim_row_has(row, var), "the row has a place for the variable");
    return row->block + row->offsets[var];
}

static void *typed(const struct sim_row *row, int var, enum sim_schema_type type)
{
    void *values = place(row, var);

    SIM_REQUIRE(sim_schema_var_at(row->schema, var)->type == type, "the type is the variable's");
    return values;
}

double *sim_row_f64(struct sim_row *row, int var)
{
    return typed(row, var, SIM_SCHEMA_F64);
}

const double *sim_row_f64_const(const struct sim_row *row, int var)
{
    return typed(row, var, SIM_SCHEMA_F64);
}

int64_t *sim_row_i64(struct sim_row *row, int var)
{
    return typed(row, var, SIM_SCHEMA_I64);
}

int32_t *sim_row_i32(struct sim_row *row, int var)
{
    return typed(row, var, SIM_SCHEMA_I32);
}

int8_t *sim_row_i8(struct sim_row *row, int var)
{
    return typed(row, var, SIM_SCHEMA_I8);
}

struct sim_row_floats sim_row_floats(struct sim_row *row, int var)
{
    void *values = place(row, var);
    const enum sim_schema_type type = sim_schema_var_at(row->schema, var)->type;

    SIM_REQUIRE(type == SIM_SCHEMA_F32 || type == SIM_SCHEMA_F64, "the variable is one of floats");
    return (struct sim_row_floats){.f32 = type == SIM_SCHEMA_F32 ? values : NULL,
                                   .f64 = type == SIM_SCHEMA_F64 ? values : NULL,
                                   .count = row->sizes[var]};
}

void sim_row_put(struct sim_row *row, int var, int64_t at, double value)
{
    void *values = place(row, var);

    SIM_REQUIRE(at >= 0 && at < row->sizes[var], "the index lies within the variable");
    switch (sim_schema_var_at(row->schema, var)->type) {
    case SIM_SCHEMA_F64:
        ((double *)values)[at] = value;
        break;
    case SIM_SCHEMA_F32:
        ((float *)values)[at] = (float)value;
        break;
    case SIM_SCHEMA_I64:
        ((int64_t *)values)[at] = (int64_t)value;
        break;
    case SIM_SCHEMA_I32:
        ((int32_t *)values)[at] = (int32_t)value;
        break;
    case SIM_SCHEMA_I8:
        ((int8_t *)values)[at] = (int8_t)value;
        break;
    case SIM_SCHEMA_STRING:
        SIM_REQUIRE(false, "rows hold no texts");
    }
}

double sim_row_value(const struct sim_row *row, int var, int64_t at)
{
    const void *values = place(row, var);

    SIM_REQUIRE(at >= 0 && at < row->sizes[var], "the index lies within the variable");
    switch (sim_schema_var_at(row->schema, var)->type) {
    case SIM_SCHEMA_F64:
        return ((const double *)values)[at];
    case SIM_SCHEMA_F32:
        return (double)((const float *)values)[at];
    case SIM_SCHEMA_I64:
        return (double)((const int64_t *)values)[at];
    case SIM_SCHEMA_I32:
        return (double)((const int32_t *)values)[at];
    case SIM_SCHEMA_I8:
        return (double)((const int8_t *)values)[at];
    case SIM_SCHEMA_STRING:
        break;
    }
    return (double)NAN;
}

size_t sim_row_var_bytes(const struct sim_row *row, int var)
{
    const enum sim_schema_type type = sim_schema_var_at(row->schema, var)->type;

    return (size_t)row->sizes[var] * sim_schema_type_bytes(type);
}

int sim_row_var_count(const struct sim_row *row)
{
    return row->var_count;
}

const void *sim_row_bytes(const struct sim_row *row, int var, size_t *out_bytes)
{
    *out_bytes = sim_row_var_bytes(row, var);
    return place(row, var);
}

void sim_row_fill(struct sim_row *row, int var, const void *bytes)
{
    const size_t length = sim_row_var_bytes(row, var);

    if (length > 0) {
        memcpy(place(row, var), bytes, length);
    }
}

void sim_row_copy_totals(struct sim_row *to, const struct sim_row *from)
{
    SIM_REQUIRE(to->schema == from->schema, "both rows are of one schema");
    for (int i = 0; i < to->var_count; i++) {
        if (to->offsets[i] >= 0) {
            size_t bytes = 0;
            const void *values = sim_row_bytes(from, i, &bytes);

            memcpy(to->block + to->offsets[i], values, bytes);
        }
    }
}
