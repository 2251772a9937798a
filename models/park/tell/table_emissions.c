#include "models/park/tell/table_priv.h"

#include <math.h>

/** Tonnes of CO2e by party: the columns of the parties' books. */
enum {
    SCOPE1,
    SCOPE2,
    SCOPE3,
    BIOGENIC,
    INSIDE, // of scope 2: bought from others in the park
    COLUMNS
};

static const char *const names[COLUMNS] = {"co2e_scope1_total", "co2e_scope2_total",
                                           "co2e_scope3_total", "co2e_biogenic_total",
                                           "co2e_inside_total"};
static const char *const headings[COLUMNS] = {"scope 1", "scope 2", "scope 3", "biogenic",
                                              "of scope 2 from within the park"};

struct table {
    int64_t parties;
    const char **labels;
    double *sums;  // (point, party, column) over runs; NaN: none
    double *count; // (point, party) runs that have it
};

static int64_t cell(const struct table *t, int64_t point, int64_t party)
{
    return point * t->parties + party;
}

/** One column of all runs. */
static enum sim_status add_column(struct sim_export *x, struct table *t, int column,
                                  struct sim_err *err)
{
    struct sim_export_block block = {0};
    int64_t first = 0;
    int64_t end = 0;

    SIM_TRY(sim_export_read_block(x, "", names[column], t->parties, &block, err));
    enum sim_status status = SIM_OK;

    sim_export_read_runs(x, &first, &end);
    for (int64_t run = first; run < end && status == SIM_OK; run++) {
        const double *row = NULL;

        status = sim_export_read_row(x, &block, run, &row, err);
        for (int64_t i = 0; i < t->parties && status == SIM_OK; i++) {
            const int64_t at = cell(t, (int64_t)x->run_point[run], i);

            if (!isnan(row[i])) {
                t->sums[at * COLUMNS + column] += row[i];
                t->count[at] += column == SCOPE1 ? 1 : 0;
            }
        }
    }
    sim_export_read_block_end(&block);
    return status;
}

static void put_head(struct sim_export_csv *c)
{
    sim_export_csv_text(c, "point");
    sim_export_csv_text(c, "design");
    sim_export_csv_text(c, "party");
    for (int i = 0; i < COLUMNS; i++) {
        sim_export_csv_heading(c, headings[i], "t");
    }
    sim_export_csv_row(c);
}

static void put_row(const struct sim_export *x, int64_t point, const char *party,
                    const double *values, struct sim_export_csv *c)
{
    sim_export_csv_integer(c, point);
    sim_export_csv_text(c, x->point_design != NULL ? x->point_design[point] : NULL);
    sim_export_csv_text(c, party);
    for (int i = 0; i < COLUMNS; i++) {
        sim_export_csv_number(c, values[i], false);
    }
    sim_export_csv_row(c);
}

/** The parties, then the park, which counts each tonne once. */
static void put_point(const struct sim_export *x, const struct table *t, int64_t point,
                      struct sim_export_csv *c)
{
    double park[COLUMNS] = {0};
    bool any = false;

    for (int64_t i = 0; i < t->parties; i++) {
        const int64_t at = cell(t, point, i);
        double mean[COLUMNS];

        for (int k = 0; k < COLUMNS; k++) {
            mean[k] = t->sums[at * COLUMNS + k] / t->count[at];
            park[k] += t->count[at] > 0 ? mean[k] : 0;
        }
        if (t->count[at] > 0) {
            put_row(x, point, t->labels[i], mean, c);
            any = true;
        }
    }
    park[SCOPE2] -= park[INSIDE];
    park[INSIDE] = 0;
    if (any) {
        put_row(x, point, "(the park, each tonne once)", park, c);
    }
}

enum sim_status park_table_emissions_fill(struct sim_export *x, struct sim_export_csv *c,
                                          struct sim_err *err)
{
    const int axis = sim_reader_find(x->r, "", "party");
    struct table t = {.parties = axis >= 0 ? sim_reader_size(x->r, axis) : 0};

    if (t.parties == 0 || sim_reader_find(x->r, "", names[SCOPE1]) < 0) {
        return SIM_OK;
    }
    SIM_TRY(sim_export_read_texts(x, "", "party", &t.labels, err));
    t.sums = SIM_ARENA_NEW(x->arena, double, x->point_count *t.parties *COLUMNS + 1);
    t.count = SIM_ARENA_NEW(x->arena, double, x->point_count *t.parties + 1);
    for (int i = 0; i < COLUMNS; i++) {
        SIM_TRY(add_column(x, &t, i, err));
    }
    put_head(c);
    for (int64_t point = 0; point < x->point_count; point++) {
        put_point(x, &t, point, c);
    }
    return SIM_OK;
}
