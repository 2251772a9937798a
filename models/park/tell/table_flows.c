#include "models/park/tell/table_priv.h"

#include <stdlib.h>
#include <string.h>

/** The links of one unit: their words, and what is stored of them. */
struct links {
    const char *suffix; // "t", of link_t
    const char *unit;   // "t", as the variable says
    int64_t count;
    const char **words[5]; // from, to, stream, kind, exchange; each may be NULL
};

static const char *const word_names[] = {"from", "to", "stream", "kind", "exchange"};

static const char *unit_of(const struct sim_export *x, const char *name)
{
    const int var = sim_reader_find(x->r, "", name);

    return var >= 0 ? sim_reader_var_at(x->r, var)->units : NULL;
}

static enum sim_status read_links(struct sim_export *x, const struct sim_reader_var *axis,
                                  struct links *out, struct sim_err *err)
{
    *out = (struct links){.suffix = sim_export_read_suffix(axis->name, "link_"),
                          .count = axis->dims[0]};
    out->unit = unit_of(x, sim_arena_format(x->arena, "flow_%s_total", out->suffix));
    for (int i = 0; i < SIM_COUNT(word_names); i++) {
        const char *name = sim_arena_format(x->arena, "link_%s_%s", out->suffix, word_names[i]);

        SIM_TRY(sim_export_read_texts(x, "", name, &out->words[i], err));
    }
    return SIM_OK;
}

static void put_words(struct sim_export_csv *c, const struct links *l, int64_t link)
{
    for (int i = 0; i < SIM_COUNT(word_names); i++) {
        sim_export_csv_text(c, l->words[i] != NULL ? l->words[i][link] : NULL);
    }
    sim_export_csv_text(c, l->unit);
}

/** Read one of the variables (point, link_U). */
static enum sim_status read_mean(struct sim_export *x, const struct links *l, const char *fmt_name,
                                 const char *what, const double **out, struct sim_err *err)
{
    return sim_export_read_numbers(
        x, "", sim_arena_format(x->arena, "%s_%s%s", fmt_name, l->suffix, what), out, err);
}

static void put_number(struct sim_export_csv *c, const double *values, int64_t at)
{
    if (values != NULL) {
        sim_export_csv_number(c, values[at], false);
    } else {
        sim_export_csv_text(c, NULL);
    }
}

/** Of one unit: (point, link_U) each, or NULL. */
struct means {
    const double *present;
    const double *mean;
    const double *half_width;
    const double *unserved;
    const double *n;
};

static enum sim_status read_means(struct sim_export *x, const struct links *l, struct means *out,
                                  struct sim_err *err)
{
    SIM_TRY(read_mean(x, l, "present_link", "", &out->present, err));
    SIM_TRY(read_mean(x, l, "flow", "_total_mean", &out->mean, err));
    SIM_TRY(read_mean(x, l, "flow", "_total_half_width", &out->half_width, err));
    SIM_TRY(read_mean(x, l, "flow", "_total_n", &out->n, err));
    return read_mean(x, l, "unserved", "_mean", &out->unserved, err);
}

static void put_means(const struct sim_export *x, const struct links *l, const struct means *m,
                      int64_t point, struct sim_export_csv *c)
{
    for (int64_t i = 0; i < l->count; i++) {
        const int64_t at = point * l->count + i;

        if (m->present != NULL && m->present[at] == 0) {
            continue; // this design has no such link
        }
        sim_export_csv_integer(c, point);
        sim_export_csv_text(c, x->point_design != NULL ? x->point_design[point] : NULL);
        put_words(c, l, i);
        put_number(c, m->mean, at);
        put_number(c, m->half_width, at);
        put_number(c, m->unserved, at);
        put_number(c, m->n, at);
        sim_export_csv_row(c);
    }
}

static enum sim_status means_of(struct sim_export *x, const struct links *l,
                                struct sim_export_csv *c, struct sim_err *err)
{
    struct means m = {0};

    SIM_TRY(read_means(x, l, &m, err));
    for (int64_t point = 0; point < x->point_count; point++) {
        put_means(x, l, &m, point, c);
    }
    return SIM_OK;
}

static void put_headings(struct sim_export_csv *c, const char *const *names, int count)
{
    for (int i = 0; i < count; i++) {
        sim_export_csv_text(c, names[i]);
    }
}

typedef enum sim_status tell_links(struct sim_export *x, const struct links *l,
                                   struct sim_export_csv *c, struct sim_err *err);

static bool is_links(const struct sim_reader_var *v)
{
    return v->is_axis && v->group[0] == '\0' && sim_export_read_suffix(v->name, "link_") != NULL;
}

/** Call `tell` for the links of every unit. */
static enum sim_status each_unit(struct sim_export *x, struct sim_export_csv *c, tell_links *tell,
                                 struct sim_err *err)
{
    enum sim_status status = SIM_OK;

    for (int i = 0; i < sim_reader_var_count(x->r) && status == SIM_OK; i++) {
        const struct sim_reader_var *v = sim_reader_var_at(x->r, i);
        struct links l;

        if (!is_links(v)) {
            continue;
        }
        status = read_links(x, v, &l, err);
        status = status == SIM_OK ? tell(x, &l, c, err) : status;
    }
    return status;
}

enum sim_status park_table_flows_means(struct sim_export *x, struct sim_export_csv *c,
                                       struct sim_err *err)
{
    static const char *const head[] = {"point",  "design",        "from",     "to",
                                       "stream", "kind",          "exchange", "unit",
                                       "amount", "half_width_95", "unserved", "runs"};

    put_headings(c, head, SIM_COUNT(head));
    sim_export_csv_row(c);
    return each_unit(x, c, means_of, err);
}

// ---- by run ----

static void put_run(const struct sim_export *x, struct sim_export_csv *c, int64_t run)
{
    const int64_t point = (int64_t)x->run_point[run];

    sim_export_csv_integer(c, (int64_t)x->run_id[run]);
    sim_export_csv_text(c, x->point_design != NULL ? x->point_design[point] : NULL);
    sim_export_csv_integer(c, (int64_t)x->replication[run]);
}

static enum sim_status runs_of(struct sim_export *x, const struct links *l,
                               struct sim_export_csv *c, struct sim_export_block *flow,
                               struct sim_export_block *unserved, struct sim_err *err)
{
    int64_t first = 0;
    int64_t end = 0;

    sim_export_read_runs(x, &first, &end);
    for (int64_t run = first; run < end; run++) {
        const double *amounts = NULL;
        const double *missing = NULL;

        SIM_TRY(sim_export_read_row(x, flow, run, &amounts, err));
        SIM_TRY(sim_export_read_row(x, unserved, run, &missing, err));
        for (int64_t i = 0; i < l->count; i++) {
            if (amounts[i] != amounts[i]) {
                continue; // NaN: its design has no such link, or the run failed
            }
            put_run(x, c, run);
            put_words(c, l, i);
            sim_export_csv_number(c, amounts[i], false);
            sim_export_csv_number(c, missing[i], false);
            sim_export_csv_row(c);
        }
    }
    return SIM_OK;
}

static enum sim_status by_run_of(struct sim_export *x, const struct links *l,
                                 struct sim_export_csv *c, struct sim_err *err)
{
    const char *flow_name = sim_arena_format(x->arena, "flow_%s_total", l->suffix);
    const char *unserved_name = sim_arena_format(x->arena, "unserved_%s", l->suffix);
    struct sim_export_block flow = {0};
    struct sim_export_block unserved = {0};
    enum sim_status status = sim_export_read_block(x, "", flow_name, l->count, &flow, err);

    if (status == SIM_OK) {
        status = sim_export_read_block(x, "", unserved_name, l->count, &unserved, err);
    }
    if (status == SIM_OK) {
        status = runs_of(x, l, c, &flow, &unserved, err);
    }
    sim_export_read_block_end(&flow);
    sim_export_read_block_end(&unserved);
    return status;
}

enum sim_status park_table_flows_by_run(struct sim_export *x, struct sim_export_csv *c,
                                        struct sim_err *err)
{
    static const char *const head[] = {"run",  "design", "replication", "from",
                                       "to",   "stream", "kind",        "exchange",
                                       "unit", "amount", "unserved"};

    put_headings(c, head, SIM_COUNT(head));
    sim_export_csv_row(c);
    return each_unit(x, c, by_run_of, err);
}

// ---- the ledger ----

#define MAX_MEASURES 32

/** The entries of the ledger, and what is booked of each. */
struct ledger {
    int64_t entries;
    const char **words[5]; // from, to, stream, kind, unit
    int measure_count;
    const struct sim_reader_var *measures[MAX_MEASURES];
    struct sim_export_block blocks[MAX_MEASURES];
};

static bool is_measure(const struct sim_reader_var *v)
{
    return strcmp(v->group, "ledger") == 0 && v->rank == 2 && strcmp(v->dim_names[0], "run") == 0 &&
           strcmp(v->dim_names[1], "entry") == 0;
}

static enum sim_status open_ledger(struct sim_export *x, struct ledger *g, struct sim_err *err)
{
    static const char *const names[] = {"entry_from", "entry_to", "entry_stream", "entry_kind",
                                        "entry_unit"};
    const int axis = sim_reader_find(x->r, "ledger", "entry");

    g->entries = axis >= 0 ? sim_reader_size(x->r, axis) : 0;
    for (int i = 0; i < SIM_COUNT(names); i++) {
        SIM_TRY(sim_export_read_texts(x, "ledger", names[i], &g->words[i], err));
    }
    enum sim_status status = SIM_OK;

    for (int i = 0; i < sim_reader_var_count(x->r) && status == SIM_OK; i++) {
        const struct sim_reader_var *v = sim_reader_var_at(x->r, i);

        if (is_measure(v) && g->measure_count < MAX_MEASURES) {
            const int at = g->measure_count++;

            g->measures[at] = v;
            status = sim_export_read_block(x, "ledger", v->name, g->entries, &g->blocks[at], err);
        }
    }
    return status;
}

static void put_ledger_head(const struct ledger *g, struct sim_export_csv *c)
{
    static const char *const head[] = {"run", "design", "replication", "from",
                                       "to",  "stream", "kind",        "unit"};

    put_headings(c, head, SIM_COUNT(head));
    for (int i = 0; i < g->measure_count; i++) {
        sim_export_csv_heading(c, g->measures[i]->name, g->measures[i]->units);
    }
    sim_export_csv_row(c);
}

static enum sim_status put_ledger_run(struct sim_export *x, struct ledger *g, int64_t run,
                                      struct sim_export_csv *c, struct sim_err *err)
{
    const double *values[MAX_MEASURES] = {NULL};

    for (int m = 0; m < g->measure_count; m++) {
        SIM_TRY(sim_export_read_row(x, &g->blocks[m], run, &values[m], err));
    }
    for (int64_t i = 0; i < g->entries && values[0] != NULL; i++) {
        if (values[0][i] != values[0][i]) {
            continue; // NaN: not in this run's design
        }
        put_run(x, c, run);
        for (int w = 0; w < SIM_COUNT(g->words); w++) {
            sim_export_csv_text(c, g->words[w] != NULL ? g->words[w][i] : NULL);
        }
        for (int m = 0; m < g->measure_count; m++) {
            sim_export_csv_number(c, values[m][i], false);
        }
        sim_export_csv_row(c);
    }
    return SIM_OK;
}

static enum sim_status put_ledger(struct sim_export *x, struct ledger *g, struct sim_export_csv *c,
                                  struct sim_err *err)
{
    int64_t first = 0;
    int64_t end = 0;

    put_ledger_head(g, c);
    sim_export_read_runs(x, &first, &end);
    for (int64_t run = first; run < end; run++) {
        SIM_TRY(put_ledger_run(x, g, run, c, err));
    }
    return SIM_OK;
}

enum sim_status park_table_flows_ledger(struct sim_export *x, struct sim_export_csv *c,
                                        struct sim_err *err)
{
    struct ledger g = {0};
    enum sim_status status = open_ledger(x, &g, err);

    if (status == SIM_OK) {
        status = put_ledger(x, &g, c, err);
    }
    for (int i = 0; i < g.measure_count; i++) {
        sim_export_read_block_end(&g.blocks[i]);
    }
    return status;
}
