// The tables of compare: for people, and as JSON.
#include "sim/base/number.h"
#include "sim/base/vec.h"
#include "sim/compare/compare_priv.h"

#include <jansson.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    COLUMNS = 9,
    CELL = 96 // [bytes]
};

/** A table of texts; columns get as wide as they need. */
struct table {
    char (*cells)[COLUMNS][CELL];
    int count, capacity;
};

/** [-] Columns on a terminal: code points, those of East Asian scripts count twice. */
static int width_of(const char *text)
{
    int width = 0;
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
        if ((*c & 0xC0U) != 0x80U) {
            const bool is_wide = *c >= 0xE1U && *c <= 0xEDU && !(*c == 0xE1U && c[1] > 0x85U) &&
                                 !(*c == 0xE2U && c[1] < 0xBAU);
            width += is_wide ? 2 : 1;
        }
    }
    return width;
}

static char (*new_row(struct table *t))[CELL]
{
    if (t->count == t->capacity) {
        t->capacity = 2 * t->capacity + 8;
        t->cells = sim_base_realloc(t->cells, (size_t)t->capacity, sizeof(*t->cells));
    }
    memset(t->cells[t->count], 0, sizeof(*t->cells));
    return t->cells[t->count++];
}

static void print_line(char (*cells)[CELL], const int *widths, const struct sim_sink *out)
{
    char line[COLUMNS * (CELL + 64)];
    int used = 0;
    for (int k = 0; k < COLUMNS; k++) {
        const bool is_left = k < 2 || k == COLUMNS - 1;
        const int pad = widths[k] - width_of(cells[k]);
        if (widths[k] > 0) {
            used += snprintf(line + used, sizeof(line) - (size_t)used, "  %*s%s%*s",
                             is_left ? 0 : pad, "", cells[k], is_left ? pad : 0, "");
        }
    }
    while (used > 0 && line[used - 1] == ' ') {
        line[--used] = '\0';
    }
    sim_sink_print(out, "%s\n", line);
}

static void print_table(const struct table *t, const struct sim_sink *out)
{
    int widths[COLUMNS] = {0};
    for (int i = 0; i < t->count; i++) {
        for (int k = 0; k < COLUMNS; k++) {
            const int width = width_of(t->cells[i][k]);
            widths[k] = width > widths[k] ? width : widths[k];
        }
    }
    for (int i = 0; i < t->count; i++) {
        print_line(t->cells[i], widths, out);
    }
}

static void put_number(char cell[CELL], double value, bool has_sign)
{
    char number[SIM_NUMBER_TEXT];
    if (isnan(value)) {
        (void)snprintf(cell, CELL, "-");
        return;
    }
    (void)snprintf(cell, CELL, "%s%s", has_sign && value > 0 ? "+" : "",
                   value == 0 ? "0" : sim_number_text(value, number));
}

/** A half-width; beside the value, what is only rounding is none. */
static void put_width(char cell[CELL], double width, double value)
{
    put_number(cell, width <= 1e-12 * fabs(value) ? 0 : width, false);
}

static void put_share(char cell[CELL], double share, bool has_sign)
{
    if (isnan(share)) {
        (void)snprintf(cell, CELL, "-");
        return;
    }
    (void)snprintf(cell, CELL, "%s%.1f %%", has_sign && share > 0 ? "+" : "", 100 * share);
}

/** "trucks = 2, kiln = hot" of the axes that give rows. */
static void put_group(char cell[CELL], const struct sim_compare_study *s,
                      const struct sim_compare_choice *c, int64_t point)
{
    int used = 0;
    for (int i = 0; i < s->axis_count && used < CELL - 1; i++) {
        const struct sim_compare_axis *a = &s->axes[i];
        char value[64];
        if (!c->ask.by[i]) {
            continue;
        }
        if (a->numbers != NULL) {
            (void)snprintf(value, sizeof(value), "%.6g", a->numbers[point]);
        } else {
            (void)snprintf(value, sizeof(value), "%s", a->texts[point]);
        }
        const char *units = a->units != NULL && strcmp(a->units, "1") != 0 ? a->units : "";
        const int more =
            snprintf(cell + used, CELL - (size_t)used, "%s%s %s%s%s", used > 0 ? ", " : "", a->name,
                     value, units[0] != '\0' ? " " : "", units);
        used = more > 0 ? used + more : used;
    }
}

static void put_row(struct table *t, const struct sim_compare_file *f,
                    const struct sim_compare_choice *c, const struct sim_compare_row *r)
{
    char(*cells)[CELL] = new_row(t);
    put_group(cells[0], &f->study, c, r->point);
    (void)snprintf(cells[1], CELL, "%s", f->study.designs[r->design]);
    put_number(cells[2], r->mean, false);
    put_width(cells[3], r->half_width, r->mean);
    if (r->design != c->ask.baseline) {
        put_number(cells[4], r->difference, true);
        put_width(cells[5], r->difference_half_width, r->difference);
        put_share(cells[6], r->relative, true);
        put_share(cells[7], r->in_favour, false);
    }
    (void)snprintf(cells[8], CELL, "%s", sim_compare_verdict_text(r->verdict));
}

static void put_heads(struct table *t, const struct sim_compare_response *r)
{
    static const char *const heads[COLUMNS] = {"",   "design",   "mean",      "+-", "difference",
                                               "+-", "relative", "in favour", ""};
    char(*cells)[CELL] = new_row(t);
    for (int k = 0; k < COLUMNS; k++) {
        (void)snprintf(cells[k], CELL, "%s", heads[k]);
    }
    if (r->better == 0) {
        (void)snprintf(cells[7], CELL, "higher in");
    }
}

static const char *plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

/** What is missing, and what the means are over where designs do not have the same axis values. */
static void print_counts(const struct sim_compare_rows *rows, const struct sim_compare_file *f,
                         const struct sim_compare_choice *c, const struct sim_sink *out)
{
    bool is_uneven = false;
    for (int i = 0; i < rows->count; i++) {
        const struct sim_compare_row *r = &rows->data[i];
        if (r->dropped > 0) {
            sim_sink_print(
                out, "  %s: %lld value%s left out, since %s failed, has none, or has no partner\n",
                f->study.designs[r->design], (long long)r->dropped, plural(r->dropped),
                r->design == c->ask.baseline ? "its run" : "one run of the pair");
        }
        is_uneven = is_uneven || r->is_uneven;
    }
    if (is_uneven) {
        sim_sink_text(out, "  means of a design are over its own axis values; differences over "
                           "those it shares with the baseline\n");
    }
}

static void print_response(const struct sim_compare_file *f, const struct sim_compare_choice *c,
                           const struct sim_compare_response *r,
                           const struct sim_compare_rows *rows, const struct sim_sink *out)
{
    static const char *const better[] = {", less is better", "", ", more is better"};
    struct table t = {0};
    const bool has_units = r->units[0] != '\0' && strcmp(r->units, "1") != 0;
    sim_sink_print(out, "\n%s: %s%s%s%s\n", r->name, r->title, has_units ? ", in " : "",
                   has_units ? r->units : "", better[r->better + 1]);
    put_heads(&t, r);
    for (int i = 0; i < rows->count; i++) {
        put_row(&t, f, c, &rows->data[i]);
    }
    print_table(&t, out);
    print_counts(rows, f, c, out);
    free(t.cells);
}

static bool has_replications(const struct sim_compare_study *s)
{
    const int first = s->is_antithetic ? 2 : 1; // a pair is one
    for (int64_t i = 0; i < s->run_count; i++) {
        if (s->replication[i] >= first) {
            return true;
        }
    }
    return false;
}

static bool has_several(const struct sim_compare_axis *a, int64_t points)
{
    for (int64_t i = 1; i < points; i++) {
        if (a->numbers != NULL ? a->numbers[i] != a->numbers[0]
                               : strcmp(a->texts[i], a->texts[0]) != 0) {
            return true;
        }
    }
    return false;
}

/** How many different values there are of what varies, and what it is. */
static void print_head(const struct sim_compare_file *f, const struct sim_compare_choice *c,
                       int64_t pairs, const struct sim_sink *out)
{
    const struct sim_compare_study *s = &f->study;
    const char *study = sim_reader_attr(f->reader, "", "study");
    const char *title = study != NULL ? study : sim_reader_attr(f->reader, "", "title");
    int sampled = 0;
    for (int i = 0; i < s->axis_count; i++) {
        sampled += s->axes[i].is_sampled ? 1 : 0;
    }
    if (title != NULL && title[0] != '\0') {
        sim_sink_print(out, "%s\n", title);
    }
    sim_sink_print(out, "%lld run%s of %d design%s; +- is %g %% confidence over %lld %s%s%s\n",
                   (long long)s->run_count, plural(s->run_count), s->design_count,
                   plural(s->design_count), 100 * c->ask.level, (long long)pairs,
                   sampled > 0        ? "sampled point"
                   : s->is_antithetic ? "pair"
                                      : "replication",
                   plural(pairs),
                   sampled == 0 && s->is_antithetic ? " of antithetic replications" : "");
    if (s->design_count > 1) {
        sim_sink_print(out,
                       "Differences are to %s, in pairs of the same axis values and replication\n",
                       s->designs[c->ask.baseline]);
    }
    for (int i = 0; i < s->axis_count; i++) {
        const bool is_pooled = !s->axes[i].is_sampled && !c->ask.by[i];
        if (is_pooled && has_several(&s->axes[i], s->point_count)) {
            sim_sink_print(out, "Averaged over the values of %s (--by %s gives rows for each)\n",
                           s->axes[i].name, s->axes[i].name);
        }
    }
    if (sampled > 0 && !s->is_independent && !has_replications(s)) {
        sim_sink_text(out, "One replication: all points share its luck, which +- leaves out\n");
    }
    if (f->failed > 0) {
        sim_sink_print(out, "%lld run%s failed; `info` tells why\n", (long long)f->failed,
                       plural(f->failed));
    }
    if (f->is_stopped) {
        sim_sink_text(out, "The sweep has not ended: this is what there is so far\n");
    }
}

static int64_t most_values(const struct sim_compare_rows *rows)
{
    int64_t most = 0;
    for (int i = 0; i < rows->count; i++) {
        most = rows->data[i].n > most ? rows->data[i].n : most;
    }
    return most;
}

enum sim_status sim_compare_tell(struct sim_compare_file *f, const struct sim_compare_choice *c,
                                 const struct sim_sink *out, struct sim_err *err)
{
    bool is_first = true;
    for (int i = 0; i < f->response_count; i++) {
        struct sim_compare_rows rows = {0};
        if (!c->responses[i]) {
            continue;
        }
        SIM_TRY(sim_compare_rows_of(f, c, i, &rows, err));
        if (is_first) {
            print_head(f, c, most_values(&rows), out);
            is_first = false;
        }
        print_response(f, c, &f->responses[i], &rows, out);
        SIM_VEC_FREE(&rows);
    }
    return SIM_OK;
}

// ---- JSON ----

/** NaN and infinity have no place in JSON: null. */
static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *group_object(const struct sim_compare_study *s, const struct sim_compare_choice *c,
                            int64_t point)
{
    json_t *o = json_object();
    for (int i = 0; i < s->axis_count; i++) {
        const struct sim_compare_axis *a = &s->axes[i];
        if (c->ask.by[i]) {
            (void)json_object_set_new(o, a->name,
                                      a->numbers != NULL ? number(a->numbers[point])
                                                         : json_string(a->texts[point]));
        }
    }
    return o;
}

static json_t *row_object(const struct sim_compare_file *f, const struct sim_compare_choice *c,
                          const struct sim_compare_row *r)
{
    json_t *o = json_object();
    (void)json_object_set_new(o, "design", json_string(f->study.designs[r->design]));
    if (c->any_by) {
        (void)json_object_set_new(o, "by", group_object(&f->study, c, r->point));
    }
    (void)json_object_set_new(o, "n", json_integer(r->n));
    (void)json_object_set_new(o, "mean", number(r->mean));
    (void)json_object_set_new(o, "half_width", number(r->half_width));
    if (r->design != c->ask.baseline) {
        (void)json_object_set_new(o, "pairs", json_integer(r->pairs));
        (void)json_object_set_new(o, "difference", number(r->difference));
        (void)json_object_set_new(o, "difference_half_width", number(r->difference_half_width));
        (void)json_object_set_new(o, "relative", number(r->relative));
        (void)json_object_set_new(o, "in_favour", number(r->in_favour));
    }
    (void)json_object_set_new(o, "left_out", json_integer(r->dropped));
    (void)json_object_set_new(o, "verdict", json_string(sim_compare_verdict_text(r->verdict)));
    return o;
}

static json_t *response_object(const struct sim_compare_file *f, const struct sim_compare_choice *c,
                               const struct sim_compare_response *r,
                               const struct sim_compare_rows *rows)
{
    json_t *o = json_object();
    json_t *array = json_array();
    for (int i = 0; i < rows->count; i++) {
        (void)json_array_append_new(array, row_object(f, c, &rows->data[i]));
    }
    (void)json_object_set_new(o, "name", json_string(r->name));
    (void)json_object_set_new(o, "title", json_string(r->title));
    (void)json_object_set_new(o, "units", json_string(r->units));
    (void)json_object_set_new(
        o, "better", r->better == 0 ? json_null() : json_string(r->better < 0 ? "less" : "more"));
    (void)json_object_set_new(o, "rows", array);
    return o;
}

enum sim_status sim_compare_tell_json(struct sim_compare_file *f,
                                      const struct sim_compare_choice *c,
                                      const struct sim_sink *out, struct sim_err *err)
{
    enum sim_status status = SIM_OK;
    json_t *o = json_object();
    json_t *responses = json_array();
    for (int i = 0; i < f->response_count && status == SIM_OK; i++) {
        struct sim_compare_rows rows = {0};
        if (c->responses[i]) {
            status = sim_compare_rows_of(f, c, i, &rows, err);
            (void)json_array_append_new(responses, response_object(f, c, &f->responses[i], &rows));
        }
        SIM_VEC_FREE(&rows);
    }
    (void)json_object_set_new(o, "baseline", json_string(f->study.designs[c->ask.baseline]));
    (void)json_object_set_new(o, "level", json_real(c->ask.level));
    (void)json_object_set_new(o, "runs", json_integer(f->study.run_count));
    (void)json_object_set_new(o, "failed", json_integer(f->failed));
    (void)json_object_set_new(o, "is_complete", json_boolean(!f->is_stopped));
    (void)json_object_set_new(o, "responses", responses);
    char *text = json_dumps(o, JSON_INDENT(2));
    if (status == SIM_OK && text != NULL) {
        sim_sink_print(out, "%s\n", text);
    }
    free(text);
    json_decref(o);
    return status;
}
