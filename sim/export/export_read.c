#include "sim/export/export.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_VALUES 1000000 // 8 MB a variable at a time
#define MAX_NUMBER   9e15    // [-] whole numbers up to it are float64

static int64_t axis_length(const struct sim_reader *r, const char *name)
{
    const int var = sim_reader_find(r, "", name);

    return var >= 0 ? sim_reader_size(r, var) : 0;
}

enum sim_status sim_export_read_numbers(struct sim_export *x, const char *group, const char *name,
                                        const double **out, struct sim_err *err)
{
    const int var = sim_reader_find(x->r, group, name);

    *out = NULL;
    if (var < 0) {
        return SIM_OK;
    }
    double *values = SIM_ARENA_NEW(x->arena, double, sim_reader_size(x->r, var) + 1);

    *out = values;
    return sim_reader_numbers(x->r, var, NULL, NULL, values, err);
}

enum sim_status sim_export_read_texts(struct sim_export *x, const char *group, const char *name,
                                      const char ***out, struct sim_err *err)
{
    const int var = sim_reader_find(x->r, group, name);

    *out = NULL;
    if (var < 0) {
        return SIM_OK;
    }
    *out = SIM_ARENA_NEW(x->arena, const char *, sim_reader_size(x->r, var) + 1);
    return sim_reader_texts(x->r, var, NULL, NULL, *out, err);
}

enum sim_status sim_export_read_begin(struct sim_export *x, struct sim_reader *r,
                                      struct sim_err *err)
{
    *x = (struct sim_export){.r = r,
                             .arena = sim_arena_create(),
                             .run_count = axis_length(r, "run"),
                             .point_count = axis_length(r, "point"),
                             .only_run = -1};
    SIM_TRY(sim_export_read_numbers(x, "", "run", &x->run_id, err));
    SIM_TRY(sim_export_read_numbers(x, "", "run_point", &x->run_point, err));
    SIM_TRY(sim_export_read_numbers(x, "", "replication", &x->replication, err));
    SIM_TRY(sim_export_read_texts(x, "", "point_design", &x->point_design, err));
    if (x->run_id == NULL || x->run_point == NULL || x->replication == NULL ||
        x->point_count == 0) {
        return sim_err_set(err, SIM_INPUT, "it has no axis 'run' with its points");
    }
    for (int64_t i = 0; i < x->run_count; i++) {
        if (!(fabs(x->run_id[i]) < MAX_NUMBER && fabs(x->replication[i]) < MAX_NUMBER)) {
            return sim_err_set(err, SIM_INPUT, "a run has a number that there cannot be");
        }
        if (!(x->run_point[i] >= 0 && x->run_point[i] < (double)x->point_count)) {
            return sim_err_set(err, SIM_INPUT, "a run belongs to a point that is not there");
        }
    }
    return SIM_OK;
}

void sim_export_read_end(struct sim_export *x)
{
    sim_arena_destroy(x->arena);
    x->arena = NULL;
}

static int64_t block_runs(const struct sim_export *x, int64_t width)
{
    const int64_t fit = width > 0 ? BLOCK_VALUES / width : BLOCK_VALUES;
    const int64_t runs = x->only_run >= 0 || fit < 1 ? 1 : fit;

    return runs < x->run_count ? runs : x->run_count;
}

enum sim_status sim_export_read_block(const struct sim_export *x, const char *group,
                                      const char *name, int64_t width, struct sim_export_block *out,
                                      struct sim_err *err)
{
    const int var = sim_reader_find(x->r, group, name);
    const int64_t runs = block_runs(x, width);

    *out = (struct sim_export_block){.var = var, .width = width};
    if (var >= 0 && (sim_reader_var_at(x->r, var)->dims[0] != x->run_count ||
                     sim_reader_size(x->r, var) != width * x->run_count)) {
        return sim_err_set(err, SIM_INPUT, "%s has another shape than its axes", name);
    }
    out->values = sim_base_alloc((size_t)(runs * width + 1), sizeof(double));
    for (int64_t i = 0; var < 0 && i < width; i++) {
        out->values[i] = NAN; // one row that stands for all
    }
    return SIM_OK;
}

/** Fill the block with the runs from `index` on. */
static enum sim_status load(struct sim_export *x, struct sim_export_block *b, int64_t index,
                            struct sim_err *err)
{
    const struct sim_reader_var *v = sim_reader_var_at(x->r, b->var);
    int64_t start[SIM_CHUNK_MAX_RANK] = {index};
    int64_t count[SIM_CHUNK_MAX_RANK];

    memcpy(count, v->dims, sizeof(count));
    count[0] = block_runs(x, b->width);
    count[0] = count[0] < x->run_count - index ? count[0] : x->run_count - index;
    b->first = index;
    b->count = count[0];
    return sim_reader_numbers(x->r, b->var, start, count, b->values, err);
}

enum sim_status sim_export_read_row(struct sim_export *x, struct sim_export_block *b, int64_t index,
                                    const double **out, struct sim_err *err)
{
    if (b->var < 0) {
        *out = b->values;
        return SIM_OK;
    }
    if (index < b->first || index >= b->first + b->count) {
        SIM_TRY(load(x, b, index, err));
    }
    *out = b->values + (index - b->first) * b->width;
    return SIM_OK;
}

void sim_export_read_block_end(struct sim_export_block *b)
{
    free(b->values);
    b->values = NULL;
}

void sim_export_read_runs(const struct sim_export *x, int64_t *first, int64_t *end)
{
    *first = x->only_run >= 0 ? x->only_run : 0;
    *end = x->only_run >= 0 ? x->only_run + 1 : x->run_count;
}

const char *sim_export_read_suffix(const char *name, const char *prefix)
{
    const size_t length = strlen(prefix);

    return strncmp(name, prefix, length) == 0 && name[length] != '\0' ? name + length : NULL;
}
