// SPDX-License-Identifier: MIT
#include "sim/cfg/csv.h"

#include "sim/base/arena.h"
#include "sim/base/strtab.h"
#include "sim/base/vec.h"
#include "sim/cfg/cfgtext.h"
#include "sim/cfg/kind.h"
#include "sim/num/units.h"

#include <stdlib.h>
#include <string.h>

typedef SIM_VEC(struct sim_csv_cell) cell_list;

struct reader {
    struct sim_csv *csv;
    struct sim_diag *diag;
    const char *p;
    const char *end;
    const char *line_start;
    int line;
    cell_list cells; // all records, the header first
    bool is_bad;     // the record being read
};

static void tell(struct reader *r, const char *at, int length, const char *what, const char *remedy)
{
    const struct sim_place place = {.file = r->csv->file,
                                    .line = r->line,
                                    .column = (int)(at - r->line_start) + 1,
                                    .length = length};
    sim_diag_add(r->diag, SIM_DIAG_WRONG, &place, NULL, remedy, "%s", what);
    r->is_bad = true;
}

static bool ends_record(const struct reader *r)
{
    return r->p >= r->end || *r->p == '\n' ||
           (*r->p == '\r' && r->p + 1 < r->end && r->p[1] == '\n');
}

static void next_line(struct reader *r)
{
    if (r->p < r->end && *r->p == '\r') {
        r->p++;
    }
    r->p += r->p < r->end ? 1 : 0;
    r->line_start = r->p;
    r->line++;
}

/** "a ""b"" c": what is between the quotes; it may go over lines. */
static const char *quoted_field(struct reader *r)
{
    sim_cfgtext text = {0};
    const char *open = r->p++;
    const char *open_line = r->line_start;
    const int line = r->line;
    for (;; r->p++) {
        if (r->p >= r->end) {
            r->line = line;
            r->line_start = open_line;
            tell(r, open, 1, "a field in quotes that is never closed", "close it with '\"'");
            break;
        }
        if (*r->p == '"' && !(r->p + 1 < r->end && r->p[1] == '"')) {
            r->p++;
            break;
        }
        r->p += *r->p == '"' ? 1 : 0;
        sim_cfgtext_bytes(&text, r->p, 1);
        if (*r->p == '\n') {
            r->line_start = r->p + 1;
            r->line++;
        }
    }
    const char *kept =
        sim_arena_strndup(r->csv->arena, text.count > 0 ? text.data : "", (size_t)text.count);
    SIM_VEC_FREE(&text);
    return kept;
}

static void skip_spaces(struct reader *r)
{
    while (r->p < r->end && (*r->p == ' ' || *r->p == '\t')) {
        r->p++;
    }
}

static void skip_field(struct reader *r)
{
    while (!ends_record(r) && *r->p != ',') {
        r->p++;
    }
}

static const char *plain_field(struct reader *r)
{
    const char *from = r->p;
    skip_field(r);
    const char *quote = memchr(from, '"', (size_t)(r->p - from));
    if (quote != NULL) {
        tell(r, quote, 1, "a quote inside of a field",
             "put the whole field in quotes and double those inside");
    }
    const char *text = from;
    const size_t length = sim_cfgtext_trim(&text, (size_t)(r->p - from));
    return sim_arena_strndup(r->csv->arena, text, length);
}

static void field(struct reader *r)
{
    struct sim_csv_cell cell = {.line = r->line};
    skip_spaces(r);
    const char *from = r->p;
    cell.column = (int)(from - r->line_start) + 1;
    if (r->p < r->end && *r->p == '"') {
        cell.text = quoted_field(r);
        cell.length = (int)(r->p - from);
        skip_spaces(r);
        if (!ends_record(r) && *r->p != ',') {
            tell(r, r->p, 1, "text after the closing quote", "double the quotes inside of a field");
            skip_field(r);
        }
    } else {
        cell.text = plain_field(r);
        cell.length = (int)strlen(cell.text);
    }
    SIM_VEC_PUSH(&r->cells, cell);
}

/** One record; how many fields it has. */
static int record(struct reader *r)
{
    int count = 0;
    r->is_bad = false;
    for (;;) {
        field(r);
        count++;
        if (r->p >= r->end || *r->p != ',') {
            break;
        }
        r->p++;
    }
    next_line(r);
    return count;
}

/** Empty lines and lines that begin with '#'. */
static void skip_lines(struct reader *r)
{
    while (r->p < r->end) {
        const char *before = r->p;
        skip_spaces(r);
        if (r->p < r->end && *r->p == '#') {
            while (!ends_record(r)) {
                r->p++;
            }
        }
        if (!ends_record(r)) {
            r->p = before;
            return;
        }
        next_line(r);
    }
}

// ---- header ---------------------------------------------------------------------------

/** "capacity [t/h]" -> name and unit. */
static void split_header(struct sim_csv *c, const char *text, struct sim_csv_column *out)
{
    const size_t length = strlen(text);
    const char *open = strchr(text, '[');
    out->name = text;
    if (open == NULL || text[length - 1] != ']') {
        return;
    }
    const char *name = text;
    const size_t name_length = sim_cfgtext_trim(&name, (size_t)(open - text));
    const char *unit = open + 1;
    const size_t unit_length = sim_cfgtext_trim(&unit, length - (size_t)(unit - text) - 1);
    out->name = sim_arena_strndup(c->arena, name, name_length);
    out->unit = unit_length > 0 ? sim_arena_strndup(c->arena, unit, unit_length) : NULL;
}

static void tell_column(struct reader *r, const struct sim_csv_column *column, const char *remedy,
                        const char *what)
{
    sim_diag_add(r->diag, SIM_DIAG_WRONG, &column->place, NULL, remedy, "'%s': %s", column->name,
                 what);
    r->is_bad = true;
}

static void check_column(struct reader *r, int i, struct sim_strtab *names)
{
    const struct sim_csv_column *column = &r->csv->columns[i];
    if (column->name[0] == '\0') {
        tell_column(r, column, "name it, or take the column away", "a column without a name");
    }
    const int known = sim_strtab_count(names);
    (void)sim_strtab_intern(names, column->name);
    if (column->name[0] != '\0' && sim_strtab_count(names) == known) {
        tell_column(r, column, "keep one of them", "two columns have this name");
    }
    if (strchr(column->name, ';') != NULL && r->csv->column_count == 1) {
        tell_column(r, column, SIM_CSV_RECIPE, "looks like columns apart by ';'");
    }
}

static bool header(struct reader *r)
{
    struct sim_csv *c = r->csv;
    skip_lines(r);
    if (r->p >= r->end) {
        tell(r, r->line_start, 0, "the file has no header", "name the columns in the first line");
        return false;
    }
    c->column_count = record(r);
    c->columns = SIM_ARENA_NEW(c->arena, struct sim_csv_column, c->column_count);
    struct sim_strtab *names = sim_strtab_create();
    for (int i = 0; i < c->column_count; i++) {
        const struct sim_csv_cell *cell = &r->cells.data[i];
        split_header(c, cell->text, &c->columns[i]);
        c->columns[i].place = (struct sim_place){
            .file = c->file, .line = cell->line, .column = cell->column, .length = cell->length};
        check_column(r, i, names);
    }
    sim_strtab_destroy(names);
    r->cells.count = 0;
    return !r->is_bad;
}

/** The names are few in tables of entities but may be many in wide profiles. */
static void rows(struct reader *r)
{
    struct sim_csv *c = r->csv;
    for (skip_lines(r); r->p < r->end; skip_lines(r)) {
        const int before = r->cells.count;
        const int line = r->line;
        const int count = record(r);
        if (count != c->column_count && !r->is_bad) {
            const struct sim_place place = {.file = c->file, .line = line};
            sim_diag_add(r->diag, SIM_DIAG_WRONG, &place, NULL,
                         count > c->column_count ? "a field that holds a ',' must stand in quotes"
                                                 : "leave fields without a value empty: a,,c",
                         "%d fields, but the header has %d", count, c->column_count);
            r->is_bad = true;
        }
        if (r->is_bad) {
            r->cells.count = before;
        }
    }
    c->row_count = c->column_count > 0 ? r->cells.count / c->column_count : 0;
    c->cells =
        SIM_ARENA_NEW(c->arena, struct sim_csv_cell, r->cells.count > 0 ? r->cells.count : 1);
    if (r->cells.count > 0) {
        memcpy(c->cells, r->cells.data, (size_t)r->cells.count * sizeof(*c->cells));
    }
}

static void check_utf8(struct reader *r)
{
    const size_t length = (size_t)(r->end - r->p);
    const size_t bad = sim_cfgtext_bad_utf8(r->p, length);
    if (bad == length) {
        return;
    }
    struct reader at = *r;
    for (const char *q = r->p; q < r->p + bad; q++) {
        if (*q == '\n') {
            at.line++;
            at.line_start = q + 1;
        }
    }
    tell(&at, r->p + bad, 1, "a byte that is not UTF-8", "save the file as UTF-8");
}

static bool is_text(struct reader *r)
{
    const struct sim_place place = {.file = r->csv->file};
    const char *remedy = NULL;
    const char *what = sim_cfgtext_stranger(r->p, (size_t)(r->end - r->p), &remedy);
    if (what != NULL) {
        sim_diag_add(r->diag, SIM_DIAG_WRONG, &place, NULL, remedy, "this is %s", what);
        return false;
    }
    check_utf8(r);
    return true;
}

struct sim_csv *sim_csv_parse(const char *file, const char *text, size_t length, struct sim_diag *d)
{
    struct sim_csv *c = sim_base_alloc(1, sizeof(*c));
    c->arena = sim_arena_create();
    c->file = sim_arena_strdup(c->arena, file);
    const size_t mark = length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    sim_diag_source(d, file, text + mark, length - mark);
    struct reader r = {.csv = c, .diag = d, .p = text + mark, .end = text + length, .line = 1};
    r.line_start = r.p;
    const bool is_usable = is_text(&r) && header(&r);
    if (is_usable) {
        rows(&r);
    }
    SIM_VEC_FREE(&r.cells);
    if (!is_usable) {
        sim_csv_destroy(c);
        return NULL;
    }
    return c;
}

void sim_csv_destroy(struct sim_csv *c)
{
    if (c != NULL) {
        sim_arena_destroy(c->arena);
        free(c);
    }
}

int sim_csv_column(const struct sim_csv *c, const char *name)
{
    for (int i = 0; i < c->column_count; i++) {
        if (strcmp(c->columns[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

const struct sim_csv_cell *sim_csv_cell(const struct sim_csv *c, int row, int column)
{
    SIM_REQUIRE(row >= 0 && row < c->row_count && column >= 0 && column < c->column_count,
                "a cell of the table");
    return &c->cells[(size_t)row * (size_t)c->column_count + (size_t)column];
}

struct sim_place sim_csv_place(const struct sim_csv *c, int row, int column)
{
    const struct sim_csv_cell *cell = sim_csv_cell(c, row, column);
    return (struct sim_place){
        .file = c->file, .line = cell->line, .column = cell->column, .length = cell->length};
}

static void tell_cell(const struct sim_csv *c, int row, int column, struct sim_diag *d,
                      const char *remedy, const char *what)
{
    const struct sim_place place = sim_csv_place(c, row, column);
    sim_diag_add(d, SIM_DIAG_WRONG, &place, c->columns[column].name, remedy, "%s", what);
}

void sim_csv_tell_column(const struct sim_csv *c, int column, const char *what, struct sim_diag *d)
{
    sim_diag_add(d, SIM_DIAG_WRONG, &c->columns[column].place, c->columns[column].name,
                 SIM_CSV_RECIPE, "%s", what);
}

/** "1.200.000", "-12.345.678": no number here, and plainly one of a million elsewhere. */
static bool has_many_points(const char *text)
{
    const char *p = text + (*text == '-' || *text == '+' ? 1 : 0);
    size_t digits = strspn(p, "0123456789");
    int points = 0;
    if (digits < 1 || digits > 3) {
        return false;
    }
    for (p += digits; *p == '.'; p += digits + 1) {
        digits = strspn(p + 1, "0123456789");
        points++;
        if (digits != 3) {
            return false;
        }
    }
    return points > 1 && (*p == '\0' || *p == ' ');
}

/** Could the number be written so where a point separates thousands? 1.200 and 12 could, 0.5 and
 * 1200.5 could not. */
static bool fits_groups(const char *text)
{
    size_t length = 0;
    const char *p = text + (*text == '-' || *text == '+' ? 1 : 0);
    const size_t whole = strspn(p, "0123456789");
    return sim_units_may_be_grouped(text, &length) || (whole > 0 && whole <= 3 && p[whole] != '.');
}

void sim_csv_warn_of_groups(const struct sim_csv *c, int column, struct sim_diag *d)
{
    int first = -1;
    int count = 0;
    for (int row = 0; row < c->row_count; row++) {
        const char *text = sim_csv_cell(c, row, column)->text;
        size_t length = 0;
        if (text[0] != '\0' && (!fits_groups(text) || has_many_points(text))) {
            return; // a decimal, or no number
        }
        if (sim_units_may_be_grouped(text, &length)) {
            first = first < 0 ? row : first;
            count++;
        }
    }
    if (count > 0) {
        const struct sim_place place = sim_csv_place(c, first, column);
        const char *text = sim_csv_cell(c, first, column)->text;
        char *remedy = sim_kind_grouped_advice(text, strcspn(text, " "));
        sim_diag_add(d, SIM_DIAG_WARNING, &place, c->columns[column].name, remedy,
                     "'%s' is read with a decimal point, and all numbers of the column may be "
                     "grouped ones (%d with a point)",
                     text, count);
        free(remedy);
    }
}

/** "12,5", "-1.200,5" */
static bool has_decimal_comma(const char *text)
{
    const size_t before = strspn(text, "+-0123456789.");
    const size_t after = text[before] == ',' ? strspn(text + before + 1, "0123456789") : 0;
    return before > 0 && after > 0 && text[before + 1 + after] == '\0';
}

static enum sim_status not_a_number(const struct sim_csv *c, int row, int column,
                                    struct sim_diag *d)
{
    const char *text = sim_csv_cell(c, row, column)->text;
    if (has_decimal_comma(text)) {
        sim_csv_tell_column(c, column, "its numbers have a decimal comma", d);
        return SIM_INPUT;
    }
    if (has_many_points(text)) {
        sim_csv_tell_column(c, column, "its numbers have points between thousands", d);
        return SIM_INPUT;
    }
    char *what = text[0] == '\0' ? sim_base_strdup("the cell is empty; a number is wanted")
                                 : sim_base_format("'%s' is not a number", text);
    tell_cell(c, row, column, d, text[0] == '\0' ? NULL : "write 12.5 or 1.2e6", what);
    free(what);
    return SIM_INPUT;
}

enum sim_status sim_csv_number(const struct sim_csv *c, int row, int column, double *out,
                               struct sim_diag *d)
{
    const struct sim_csv_cell *cell = sim_csv_cell(c, row, column);
    struct sim_err err = {0};
    const char *end = NULL;
    double number = 0.0;
    if (sim_units_parse_number(cell->text, &number, &end, &err) != SIM_OK || *end != '\0') {
        return not_a_number(c, row, column, d);
    }
    *out = number;
    return SIM_OK;
}

enum sim_status sim_csv_quantity(const struct sim_csv *c, int row, int column,
                                 const struct sim_units *units, struct sim_unit unit, double *out,
                                 struct sim_diag *d)
{
    const char *text = sim_csv_cell(c, row, column)->text;
    struct sim_quantity q = {0};
    struct sim_err err = {0};
    const char *end = NULL;
    double number = 0.0;
    if (sim_units_parse_number(text, &number, &end, &err) != SIM_OK) {
        return not_a_number(c, row, column, d);
    }
    if (*end == '\0') {
        *out = sim_units_to_si(unit, number);
        return SIM_OK;
    }
    if (sim_units_parse_quantity(units, text, &q, &err) != SIM_OK ||
        sim_units_expect(units, text, q.unit.dim, unit.dim, &err) != SIM_OK) {
        tell_cell(c, row, column, d, NULL, err.text);
        return SIM_INPUT;
    }
    *out = q.si;
    return SIM_OK;
}
