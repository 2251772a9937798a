#include "models/park/tell/table_priv.h"

#include <math.h>

/** Hours and amounts by process and cause. */
struct table {
    int64_t processes, causes;
    const char **process, **cause, **unit, **stream;
    double *hours, *amounts, *count; // (point, process, cause) over runs
};

static enum sim_status add_runs(struct sim_export *x, const struct table *t, const char *name,
                                double *sums, double *count, struct sim_err *err)
{
    const int64_t width = t->processes * t->causes;
    struct sim_export_block block = {0};
    int64_t first = 0;
    int64_t end = 0;

    SIM_TRY(sim_export_read_block(x, "held_back", name, width, &block, err));
    enum sim_status status = SIM_OK;

    sim_export_read_runs(x, &first, &end);
    for (int64_t run = first; run < end && status == SIM_OK; run++) {
        const int64_t at = (int64_t)x->run_point[run] * width;
        const double *row = NULL;

        status = sim_export_read_row(x, &block, run, &row, err);
        for (int64_t i = 0; i < width && status == SIM_OK; i++) {
            if (!isnan(row[i])) {
                sums[at + i] += row[i];
                count[at + i] += 1;
            }
        }
    }
    sim_export_read_block_end(&block);
    return status;
}

static enum sim_status read_names(struct sim_export *x, struct table *t, struct sim_err *err)
{
    SIM_TRY(sim_export_read_texts(x, "held_back", "process", &t->process, err));
    SIM_TRY(sim_export_read_texts(x, "held_back", "cause", &t->cause, err));
    SIM_TRY(sim_export_read_texts(x, "held_back", "process_unit", &t->unit, err));
    return sim_export_read_texts(x, "held_back", "process_stream", &t->stream, err);
}

static void put_head(struct sim_export_csv *c)
{
    static const char *const head[] = {"point", "design", "process", "stream", "cause"};

    for (int i = 0; i < SIM_COUNT(head); i++) {
        sim_export_csv_text(c, head[i]);
    }
    sim_export_csv_heading(c, "hours", "h");
    sim_export_csv_text(c, "amount");
    sim_export_csv_text(c, "unit");
    sim_export_csv_row(c);
}

static void put_cell(const struct sim_export *x, const struct table *t, int64_t point, int64_t i,
                     struct sim_export_csv *c)
{
    const int64_t at = point * t->processes * t->causes + i;
    const int64_t process = i / t->causes;

    sim_export_csv_integer(c, point);
    sim_export_csv_text(c, x->point_design != NULL ? x->point_design[point] : NULL);
    sim_export_csv_text(c, t->process[process]);
    sim_export_csv_text(c, t->stream != NULL ? t->stream[process] : NULL);
    sim_export_csv_text(c, t->cause[i % t->causes]);
    sim_export_csv_number(c, t->hours[at] / t->count[at], false);
    sim_export_csv_number(c, t->amounts[at] / t->count[at], false);
    sim_export_csv_text(c, t->unit != NULL ? t->unit[process] : NULL);
    sim_export_csv_row(c);
}

enum sim_status park_table_held_fill(struct sim_export *x, struct sim_export_csv *c,
                                     struct sim_err *err)
{
    const int processes = sim_reader_find(x->r, "held_back", "process");
    const int causes = sim_reader_find(x->r, "held_back", "cause");
    struct table t = {.processes = processes >= 0 ? sim_reader_size(x->r, processes) : 0,
                      .causes = causes >= 0 ? sim_reader_size(x->r, causes) : 0};
    const int64_t cells = x->point_count * t.processes * t.causes;

    if (cells == 0) {
        return SIM_OK;
    }
    SIM_TRY(read_names(x, &t, err));
    t.hours = SIM_ARENA_NEW(x->arena, double, cells);
    t.amounts = SIM_ARENA_NEW(x->arena, double, cells);
    t.count = SIM_ARENA_NEW(x->arena, double, 2 * cells);
    SIM_TRY(add_runs(x, &t, "hours", t.hours, t.count, err));
    SIM_TRY(add_runs(x, &t, "amount", t.amounts, t.count + cells, err));
    put_head(c);
    for (int64_t point = 0; point < x->point_count; point++) {
        for (int64_t i = 0; i < t.processes * t.causes; i++) {
            if (t.hours[point * t.processes * t.causes + i] > 0) { // else it was never held so
                put_cell(x, &t, point, i, c);
            }
        }
    }
    return SIM_OK;
}
