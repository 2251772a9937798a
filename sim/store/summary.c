#include "sim/store/summary.h"

#include "sim/num/stats.h"

#include <math.h>
#include <stdlib.h>

#define LEVEL 0.95 // [-] of confidence

struct sim_summary {
    const struct sim_schema *schema;
    struct sim_row *first;     // for what is not averaged
    struct sim_stats **by_var; // of each float64 total; NULL for other variables. NULL itself until
                               // there is a second row: what is known of one is the row
    struct sim_stats **pairs;  // the same of the means of pairs; NULL: not paired
    struct sim_row *even;      // the last even replication
    int64_t even_replication;  // its number; -1: none waits for its partner
    int64_t count;
    int64_t quantile_count; // that `quantile` (Student) is for; 0: none yet
    double quantile;
};

static bool is_averaged(const struct sim_schema *s, int var)
{
    const struct sim_schema_var *v = sim_schema_var_at(s, var);

    return v->scope == SIM_SCHEMA_RUN && v->type == SIM_SCHEMA_F64;
}

static struct sim_stats **make_stats(const struct sim_schema *s)
{
    const int vars = sim_schema_var_count(s);
    struct sim_stats **stats = sim_base_alloc((size_t)vars, sizeof(*stats));

    for (int i = 0; i < vars; i++) {
        if (is_averaged(s, i)) {
            stats[i] = sim_base_alloc((size_t)sim_schema_var_size(s, i), sizeof(**stats));
        }
    }
    return stats;
}

static void free_stats(const struct sim_schema *s, struct sim_stats **stats)
{
    for (int i = 0; stats != NULL && i < sim_schema_var_count(s); i++) {
        free(stats[i]);
    }
    free(stats);
}

struct sim_summary *sim_summary_create(const struct sim_schema *s)
{
    struct sim_summary *m = sim_base_alloc(1, sizeof(*m));

    m->schema = s;
    m->first = sim_row_create_totals(s);
    m->even_replication = -1;
    return m;
}

void sim_summary_pair(struct sim_summary *m)
{
    SIM_REQUIRE(m->count == 0, "pairs are made from the first row on");
    if (m->pairs == NULL) {
        m->pairs = make_stats(m->schema);
        m->even = sim_row_create_totals(m->schema);
    }
}

void sim_summary_destroy(struct sim_summary *m)
{
    if (m == NULL) {
        return;
    }
    free_stats(m->schema, m->by_var);
    free_stats(m->schema, m->pairs);
    sim_row_destroy(m->first);
    sim_row_destroy(m->even);
    free(m);
}

static void reset_stats(const struct sim_schema *s, struct sim_stats **stats)
{
    for (int i = 0; stats != NULL && i < sim_schema_var_count(s); i++) {
        const int64_t size = sim_schema_var_size(s, i);

        for (int64_t k = 0; stats[i] != NULL && k < size; k++) {
            stats[i][k] = (struct sim_stats){0};
        }
    }
}

void sim_summary_reset(struct sim_summary *m)
{
    reset_stats(m->schema, m->by_var);
    reset_stats(m->schema, m->pairs);
    sim_row_reset(m->first);
    m->even_replication = -1;
    m->count = 0;
}

static void add_values(struct sim_summary *m, const struct sim_row *row)
{
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

static void add_row(struct sim_summary *m, const struct sim_row *row)
{
    if (m->count == 0) {
        sim_row_copy_totals(m->first, row);
    } else if (m->count == 1) {
        m->by_var = m->by_var != NULL ? m->by_var : make_stats(m->schema);
        add_values(m, m->first);
    }
    m->count++;
    if (m->count > 1) {
        add_values(m, row);
    }
}

/** Of one row or none, as the stats of it would have it. */
static struct sim_stats stats_of_first(const struct sim_summary *m, int var, int64_t at)
{
    struct sim_stats s = {0};
    const double value = sim_row_f64_const(m->first, var)[at];

    if (m->count == 1 && !isnan(value)) {
        sim_stats_add(&s, value);
    }
    return s;
}

static struct sim_stats stats_at(const struct sim_summary *m, int var, int64_t at)
{
    return m->count > 1 ? m->by_var[var][at] : stats_of_first(m, var, at);
}

static void add_pair(struct sim_summary *m, const struct sim_row *odd)
{
    for (int i = 0; i < sim_schema_var_count(m->schema); i++) {
        const int64_t size = m->pairs[i] != NULL ? sim_schema_var_size(m->schema, i) : 0;
        const double *a = size > 0 ? sim_row_f64_const(m->even, i) : NULL;
        const double *b = size > 0 ? sim_row_f64_const(odd, i) : NULL;

        for (int64_t k = 0; k < size; k++) {
            if (!isnan(a[k]) && !isnan(b[k])) {
                sim_stats_add(&m->pairs[i][k], 0.5 * (a[k] + b[k]));
            }
        }
    }
}

void sim_summary_add_replication(struct sim_summary *m, const struct sim_row *row,
                                 int64_t replication)
{
    if (m->pairs != NULL && replication % 2 == 0) {
        sim_row_copy_totals(m->even, row);
        m->even_replication = replication;
    } else if (m->pairs != NULL && m->even_replication == replication - 1) {
        add_pair(m, row);
    }
    add_row(m, row);
}

void sim_summary_add(struct sim_summary *m, const struct sim_row *row)
{
    SIM_REQUIRE(m->pairs == NULL, "paired rows are added with their replication");
    add_row(m, row);
}

int64_t sim_summary_count(const struct sim_summary *m)
{
    return m->count;
}

/** As sim_stats_half_width. Hundreds of values of thousands of points share their count, and the
 * quantile costs more than all the rest. */
static double width_of(struct sim_summary *m, const struct sim_stats *s)
{
    if (s->count < 2) {
        return (double)NAN;
    }
    const double n = (double)s->count;

    if (m->quantile_count != s->count) {
        m->quantile_count = s->count;
        m->quantile = sim_stats_t_quantile(0.5 + LEVEL / 2, n - 1);
    }
    return m->quantile * sim_stats_sd(s) / sqrt(n);
}

void sim_summary_rows(struct sim_summary *m, struct sim_row *out_mean,
                      struct sim_row *out_half_width)
{
    sim_row_copy_totals(out_mean, m->first);
    sim_row_copy_totals(out_half_width, m->first);
    for (int i = 0; i < sim_schema_var_count(m->schema); i++) {
        const int64_t size = is_averaged(m->schema, i) ? sim_schema_var_size(m->schema, i) : 0;

        for (int64_t k = 0; k < size; k++) {
            const struct sim_stats stats = stats_at(m, i, k);
            const struct sim_stats widths = m->pairs != NULL ? m->pairs[i][k] : stats;

            sim_row_f64(out_mean, i)[k] = stats.count > 0 ? stats.mean : (double)NAN;
            sim_row_f64(out_half_width, i)[k] = width_of(m, &widths);
        }
    }
}

void sim_summary_largest(const struct sim_summary *m, struct sim_row *out)
{
    sim_row_copy_totals(out, m->first);
    for (int i = 0; i < sim_schema_var_count(m->schema); i++) {
        const int64_t size = is_averaged(m->schema, i) ? sim_schema_var_size(m->schema, i) : 0;

        for (int64_t k = 0; k < size; k++) {
            const struct sim_stats stats = stats_at(m, i, k);

            sim_row_f64(out, i)[k] =
                stats.count > 0 ? fmax(fabs(stats.min), fabs(stats.max)) : (double)NAN;
        }
    }
}

int64_t sim_summary_n(const struct sim_summary *m, int var, int64_t at)
{
    SIM_REQUIRE(is_averaged(m->schema, var), "only float64 totals are averaged");
    return m->pairs != NULL ? m->pairs[var][at].count : stats_at(m, var, at).count;
}
