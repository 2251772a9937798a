/** @file
 * Comma-separated files (RFC 4180), for tables of entities and for profiles.
 *
 * UTF-8, a byte order mark is skipped, lines end with LF or CRLF, a field in quotes may hold
 * commas, line ends and doubled quotes. The first record is the header; a unit may follow a name in
 * brackets: "capacity [t/h]". Every record must have as many fields as the header; empty lines, and
 * lines that begin with '#', are skipped. All faults are told, each with its line and column.
 *
 * Floor 2. Fields are borrowed from the object, which copies the text.
 */
#ifndef SIM_CFG_CSV_H
#define SIM_CFG_CSV_H

#include "sim/base/base.h"
#include "sim/base/err.h"
#include "sim/cfg/diag.h"
#include "sim/num/units.h"

struct sim_csv_cell {
    const char *text; // unquoted, spaces around trimmed unless quoted; "" when empty
    int line;         // of the file, 1 is the first
    int column;       // [bytes] in that line, 1 is the first
    int length;       // [bytes] as written
};

struct sim_csv_column {
    const char *name;       // "capacity"
    const char *unit;       // "t/h"; NULL if none is stated
    struct sim_place place; // of the header's field
};

struct sim_csv {
    const char *file; // as named in messages
    struct sim_csv_column *columns;
    int column_count;
    struct sim_csv_cell *cells; // [row_count][column_count], without the header
    int row_count;
    struct sim_arena *arena; // private
};

/** Read `text`; faults go to `d` and their rows are left out. NULL if there is no usable header.
 * Registers the text with sim_diag_source. Free with sim_csv_destroy. */
struct sim_csv *sim_csv_parse(const char *file, const char *text, size_t length,
                              struct sim_diag *d);
void sim_csv_destroy(struct sim_csv *c); // NULL is fine

/** Index of the column of that name; -1 if none. */
int sim_csv_column(const struct sim_csv *c, const char *name);

const struct sim_csv_cell *sim_csv_cell(const struct sim_csv *c, int row, int column);
struct sim_place sim_csv_place(const struct sim_csv *c, int row, int column);

/** How a table of another country is written here; told with each of its faults. */
#define SIM_CSV_RECIPE                                                                             \
    "write ',' between fields, '.' before decimals, no separators of thousands, dates as "         \
    "2026-01-31, and save as UTF-8"

/** Warn, once, when all numbers of the column could be grouped ones ("1.200" in the thousands). */
void sim_csv_warn_of_groups(const struct sim_csv *c, int column, struct sim_diag *d);

/** A mistake of the whole column, at its name in the header: told once, however often. */
void sim_csv_tell_column(const struct sim_csv *c, int column, const char *what, struct sim_diag *d);

/** The number in a cell; a mistake at the cell if it is none (or not finite). */
enum sim_status sim_csv_number(const struct sim_csv *c, int row, int column, double *out,
                               struct sim_diag *d) SIM_MUST_USE;

/** The quantity in a cell, in SI: a bare number is in `unit`, the column's; "29 %" says its own, of
 * the same dimension. A mistake at the cell if it is none. */
enum sim_status sim_csv_quantity(const struct sim_csv *c, int row, int column,
                                 const struct sim_units *units, struct sim_unit unit, double *out,
                                 struct sim_diag *d) SIM_MUST_USE;

#endif
