/** @file
 * One run's results in memory, as the schema lays them out.
 *
 * A row has a place for every variable of scope RUN and SERIES (or, for a point's row, POINT).
 * After a reset floats are NaN, which means "not there", and integers are 0: a model writes 0 where
 * a thing was there and did not move. The worker that ran the run fills its row; nobody else
 * touches it until it is handed over.
 *
 * Floor 2. One thread at a time; the schema is borrowed for the row's life.
 */
#ifndef SIM_STORE_ROW_H
#define SIM_STORE_ROW_H

#include "sim/store/schema.h"

struct sim_row; // opaque: one block and an offset for each variable

/** Owned by the caller. `scope` RUN: all variables of scope RUN and SERIES; POINT: those of POINT.
 */
struct sim_row *sim_row_create(const struct sim_schema *s, enum sim_schema_scope scope);

/** As above, but without the series: for means and half-widths. */
struct sim_row *sim_row_create_totals(const struct sim_schema *s);
void sim_row_destroy(struct sim_row *row); // NULL is fine
void sim_row_reset(struct sim_row *row);

/** Whether the row has a place for the variable. */
bool sim_row_has(const struct sim_row *row, int var);

/** The values of a variable in C order: sim_schema_var_size of them; borrowed until destroy. The
 * type must be the variable's, and the row must have it: else it is a bug. A series is written
 * with sim_row_put, because its type follows the precision. */
double *sim_row_f64(struct sim_row *row, int var);
int64_t *sim_row_i64(struct sim_row *row, int var);
int32_t *sim_row_i32(struct sim_row *row, int var);
int8_t *sim_row_i8(struct sim_row *row, int var);
const double *sim_row_f64_const(const struct sim_row *row, int var);

/** Store a number in any variable, rounded to its type. `at`: index in C order. */
void sim_row_put(struct sim_row *row, int var, int64_t at, double value);

/** Where the floats of a variable lie, for what is written value by value: their type is looked up
 * once. Borrowed until the row is destroyed. */
struct sim_row_floats {
    float *f32; // one of the two is NULL
    double *f64;
    int64_t count;
};

/** The variable must be one of floats, with a place in the row. */
struct sim_row_floats sim_row_floats(struct sim_row *row, int var);

static inline void sim_row_floats_put(const struct sim_row_floats *to, int64_t at, double value)
{
    SIM_ASSERT(at >= 0 && at < to->count);
    if (to->f32 != NULL) {
        to->f32[at] = (float)value;
    } else {
        to->f64[at] = value;
    }
}

/** Read a number of any variable. */
double sim_row_value(const struct sim_row *row, int var, int64_t at);

/** The raw bytes of a variable, and how many; borrowed until the row changes. */
const void *sim_row_bytes(const struct sim_row *row, int var, size_t *out_bytes);

/** How many bytes a variable has in the row, and how many variables its schema had. */
size_t sim_row_var_bytes(const struct sim_row *row, int var);
int sim_row_var_count(const struct sim_row *row);

/** Set a whole variable from bytes as sim_row_bytes gives them. */
void sim_row_fill(struct sim_row *row, int var, const void *bytes);

/** Copy all that `to` has a place for from a row of the same schema. */
void sim_row_copy_totals(struct sim_row *to, const struct sim_row *from);

#endif
