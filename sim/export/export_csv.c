#include "sim/base/file.h"
#include "sim/base/out.h"
#include "sim/export/export.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sim_export_csv {
    struct sim_out *file; // NULL: `sink`
    struct sim_sink sink;
    bool is_in_row;
    int64_t rows;
};

static void put(struct sim_export_csv *c, const char *text)
{
    if (c->file != NULL) {
        sim_out_put(c->file, text, strlen(text));
    } else {
        sim_sink_text(&c->sink, text);
    }
}

enum sim_status sim_export_csv_open(const char *path, bool has_mark, struct sim_export_csv **out,
                                    struct sim_err *err)
{
    struct sim_out *file = NULL;

    *out = NULL;
    SIM_TRY(sim_file_make_parents(path, err));
    SIM_TRY(sim_out_open(path, &file, err));
    struct sim_export_csv *c = sim_base_alloc(1, sizeof(*c));

    *c = (struct sim_export_csv){.file = file, .rows = -1};
    *out = c;
    if (has_mark) {
        put(c, "\xef\xbb\xbf");
    }
    return SIM_OK;
}

struct sim_export_csv *sim_export_csv_to_sink(const struct sim_sink *sink)
{
    struct sim_export_csv *c = sim_base_alloc(1, sizeof(*c));

    *c = (struct sim_export_csv){.sink = *sink, .rows = -1};
    return c;
}

static void begin_cell(struct sim_export_csv *c)
{
    if (c->is_in_row) {
        put(c, ",");
    }
    c->is_in_row = true;
}

/** In quotes where RFC 4180 wants them, quotes doubled. */
static void put_quoted(struct sim_export_csv *c, const char *text)
{
    put(c, "\"");
    for (const char *p = text; *p != '\0'; p++) {
        const char one[3] = {*p, *p == '"' ? '"' : '\0', '\0'};

        put(c, one);
    }
    put(c, "\"");
}

void sim_export_csv_text(struct sim_export_csv *c, const char *text)
{
    begin_cell(c);
    if (text == NULL) {
        return;
    }
    const size_t length = strlen(text);
    const bool has_edge = length > 0 && (text[0] == ' ' || text[length - 1] == ' ');

    if (has_edge || strpbrk(text, ",\"\r\n") != NULL || text[0] == '#') {
        put_quoted(c, text);
    } else {
        put(c, text);
    }
}

void sim_export_csv_heading(struct sim_export_csv *c, const char *name, const char *unit)
{
    if (unit == NULL || unit[0] == '\0' || strcmp(unit, "1") == 0) {
        sim_export_csv_text(c, name);
        return;
    }
    char *text = sim_base_format("%s [%s]", name, unit);

    sim_export_csv_text(c, text);
    free(text);
}

static bool reads_back(const char *text, double value, bool is_single)
{
    const double again = strtod(text, NULL);

    return is_single ? (float)again == (float)value : again == value;
}

void sim_export_csv_number(struct sim_export_csv *c, double value, bool is_single)
{
    char text[40] = "";

    begin_cell(c);
    if (isnan(value)) {
        return;
    }
    for (int digits = is_single ? FLT_DIG : DBL_DIG; digits <= DBL_DECIMAL_DIG; digits++) {
        (void)snprintf(text, sizeof(text), "%.*g", digits, value);
        if (reads_back(text, value, is_single)) {
            break;
        }
    }
    put(c, text);
}

void sim_export_csv_integer(struct sim_export_csv *c, int64_t value)
{
    char text[24];

    (void)snprintf(text, sizeof(text), "%" PRId64, value);
    begin_cell(c);
    put(c, text);
}

void sim_export_csv_row(struct sim_export_csv *c)
{
    put(c, "\n");
    c->is_in_row = false;
    c->rows++;
}

int64_t sim_export_csv_rows(const struct sim_export_csv *c)
{
    return c->rows > 0 ? c->rows : 0;
}

enum sim_status sim_export_csv_finish(struct sim_export_csv *c, struct sim_err *err)
{
    return c->file != NULL ? sim_out_finish(c->file, err) : SIM_OK; // whoever owns the sink looks
}

enum sim_status sim_export_csv_commit(struct sim_export_csv *c, struct sim_err *err)
{
    return c != NULL && c->file != NULL ? sim_out_commit(c->file, err) : SIM_OK;
}

void sim_export_csv_close(struct sim_export_csv *c)
{
    if (c == NULL) {
        return;
    }
    sim_out_close(c->file);
    free(c);
}
