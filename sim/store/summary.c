#include "sim/store/summary.h"

#include "sim/num/stats.h"

#include <math.h>
#include <stdlib.h>

struct sim_summary {
    const struct sim_schema *schema;
    struct sim_row *first;     // for what is not averaged
    struct sim_stats **by_var; // of each float64 total; NULL for other variables
    int64_t count;
};

static bool is_averaged(const struct sim_schema *s, int var)
{
    const struct sim_schema_var *v = sim_schema_var_at(s, var);

    return v->scope == SIM_SCHEMA_RUN && v->type == SIM_SCHEMA_F64;
}

struct sim_summary *sim_summary_create(const struct sim_schema *s)
{
    const int vars = sim_schema_var_count(s);
    struct sim_summary *m = sim_base_alloc(1, sizeof(*m));

    m->schema = s;
    m->first = sim_row_create_totals(s);
    m->by_var = sim_base_alloc((size_t)vars, sizeof(struct sim_stats *));
    for (int i = 0; i < vars; i++) {
        if (is_averaged(s, i)) {
            const size_t size = (size_t)sim_schema_var_size(s, i);

            m->by_var[i] = sim_base_alloc(size, sizeof(**m->by_var));
        }
    }
    return m;
}

void sim_summary_destroy(struct sim_summary *m)
{
    if (m == NULL) {
        return;
    }
    for (int i = 0; i < sim_schema_var_count(m->schema); i++) {
        free(m->by_var[i]);
    }
    free(m->by_var);
    sim_row_destroy(m->first);
    free(m);
}

void sim_summary_reset(struct sim_summary *m)
{
    for (int i = 0; i < sim_schema_var_count(m->schema); i++) {
        const int64_t size = sim_schema_var_size(m->schema, i);

        for (int64_t k = 0; m->by_var[i] != NULL && k < size; k++) {
            m->by_var[i][k] = (struct sim_stats){0};
        }
    }
    sim_row_reset(m->first);
    m->count = 0;
}

void sim_summary_add(struct sim_summary *m, const struct sim_row *row)
{
    if (m->count == 0) {
        sim_row_copy_totals(m->first, row);
    }
    m->count++;
    for (int i = 0; i < sim_schema_var_count(m->schema); i++) {
        if (m->by_var[i] == NULL) {
            continue;
        }
        const double *values = sim_row_f64_const(row, i);
        const int64_t size = sim_schema_var_size(m->schema, i);

        for (int64_t k = 0; k < size; k++) {
            if (!isnan(values[k])) {
                sim_stats_add(&m->by_var[i][k], values[k]);
            }
        }
    }
}

int64_t sim_summary_count(const struct sim_summary *m)
{
    return m->count;
}

void sim_summary_rows(const struct sim_summary *m, struct sim_row *out_mean,
                      struct sim_row *out_half_width)
{
    sim_row_copy_totals(out_mean, m->first);
    sim_row_copy_totals(out_half_width, m->first);
    for (int i = 0; i < sim_schema_var_count(m->schema); i++) {
        const struct sim_stats *stats = m->by_var[i];
        const int64_t size = sim_schema_var_size(m->schema, i);

        for (int64_t k = 0; stats != NULL && k < size; k++) {
            const bool has_width = stats[k].count >= 2;
            const double width = has_width ? sim_stats_half_width(&stats[k], 0.95) : (double)NAN;

            sim_row_f64(out_mean, i)[k] = stats[k].count > 0 ? stats[k].mean : (double)NAN;
            sim_row_f64(out_half_width, i)[k] = width;
        }
    }
}

void sim_summary_largest(const struct sim_summary *m, struct sim_row *out)
{
    sim_row_copy_totals(out, m->first);
    for (int i = 0; i < sim_schema_var_count(m->schema); i++) {
        const struct sim_stats *stats = m->by_var[i];
        const int64_t size = sim_schema_var_size(m->schema, i);

        for (int64_t k = 0; stats != NULL && k < size; k++) {
            sim_row_f64(out, i)[k] =
                stats[k].count > 0 ? fmax(fabs(stats[k].min), fabs(stats[k].max)) : (double)NAN;
        }
    }
}

int64_t sim_summary_n(const struct sim_summary *m, int var, int64_t at)
{
    SIM_REQUIRE(m->by_var[var] != NULL, "only float64 totals are averaged");
    return m->by_var[var][at].count;
}
