#include "tests/support/toy_model.h"

#include "sim/base/file.h"
#include "sim/base/hash.h"
#include "sim/cfg/diag.h"
#include "sim/num/rng.h"
#include "sim/num/simtime.h"

#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *const places[] = {"Biên Hòa", "Đồng Nai", "vườn"};

static bool set_number(struct toy_data *d, const char *key, double value)
{
    if (strcmp(key, "days") == 0) {
        d->days = (int)value;
    } else if (strcmp(key, "step") == 0) {
        d->step = value;
    } else if (strcmp(key, "fail_at") == 0) {
        d->fail_at = (int)value;
    } else if (strcmp(key, "sleep_ms") == 0) {
        d->sleep_ms = (int)value;
    } else {
        return false;
    }
    return true;
}

static void read_line(struct toy_data *d, const char *line, const struct sim_place *place,
                      struct sim_diag *diag)
{
    char key[50] = "";
    char value[150] = "";
    char *end = NULL;

    if (sscanf(line, " %49[a-z_] = %149[^\n]", key, value) != 2) {
        sim_diag_add(diag, SIM_DIAG_WRONG, place, "", "write key = value", "not understood");
        return;
    }
    if (strcmp(key, "title") == 0) {
        (void)snprintf(d->title, sizeof(d->title), "%s", value);
        return;
    }
    if (strcmp(key, "file") == 0) {
        if (!sim_file_exists(value)) {
            sim_diag_add(diag, SIM_DIAG_MISSING, place, key, "", "%s is not there", value);
        }
        return;
    }
    const double number = strtod(value, &end);

    if (end == value || number < 0) {
        sim_diag_add(diag, SIM_DIAG_WRONG, place, key, "", "%s is no number from 0", value);
    } else if (!set_number(d, key, number)) {
        sim_diag_add(diag, SIM_DIAG_WRONG, place, key, "known: days, step, fail_at", "unknown key");
    }
}

static void read_lines(struct toy_data *d, char *text, const char *file, struct sim_diag *diag)
{
    struct sim_place place = {.file = file};
    char *rest = NULL;

    for (char *line = strtok_r(text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        place.line++;
        read_line(d, line, &place, diag);
    }
}

static enum sim_status load(const struct sim_model_source *source, struct sim_diag *diag,
                            void **out_data, struct sim_err *err)
{
    char *text = NULL;
    size_t length = 0;

    SIM_TRY(sim_file_read(source->path, 100000, &text, &length, err));
    struct toy_data *d = sim_base_alloc(1, sizeof(*d));

    *d = (struct toy_data){.days = 30, .step = 1.0, .fail_at = -1, .seed = 42};
    sim_diag_source(diag, source->path, text, length);
    read_lines(d, text, source->path, diag);
    free(text);
    for (int i = 0; i < source->override_count; i++) {
        const struct sim_place place = {.via = "--set"};

        read_line(d, source->overrides[i], &place, diag);
    }
    if (source->has_seed) {
        d->seed = source->seed;
    }
    *out_data = d;
    return sim_diag_status(diag);
}

static void facts(const void *data, struct sim_model_facts *out)
{
    const struct toy_data *d = data;

    out->title = d->title;
    out->seed = d->seed;
    out->start_us = sim_simtime_date(2026, 1, 1);
    out->until_us = out->start_us + d->days * SIM_TIME_DAY;
}

static void declare_clock(const struct toy_data *d, struct sim_schema *out)
{
    double *boundaries = sim_base_alloc((size_t)d->days + 1, sizeof(*boundaries));

    for (int i = 0; i <= d->days; i++) {
        boundaries[i] = 86400.0 * i;
    }
    sim_schema_clock(out, "2026-01-01 00:00:00", "+07:00", boundaries, d->days);
    free(boundaries);
}

static enum sim_status declare(const void *const *data, int count,
                               const struct sim_model_want *want, struct sim_diag *diag,
                               struct sim_schema *out, struct sim_err *err)
{
    static const double area[] = {335.0, 120.5, 7.25};
    const struct toy_data *d = data[0];

    (void)count;
    (void)want;
    (void)diag;
    (void)err;
    declare_clock(d, out);
    const int place = sim_schema_axis(
        out, &(struct sim_schema_axis){
                 .name = "place", .length = 3, .labels = places, .long_name = "where"});
    const int entry = sim_schema_axis(
        out, &(struct sim_schema_axis){.name = "entry", .group = "ledger", .length = 2});

    const int nowhere = sim_schema_axis(out, &(struct sim_schema_axis){.name = "nowhere"});

    (void)sim_schema_var(out, &(struct sim_schema_var){.name = "lost",
                                                       .type = SIM_SCHEMA_F64,
                                                       .scope = SIM_SCHEMA_RUN,
                                                       .dim_count = 1,
                                                       .dims = {nowhere},
                                                       .is_summarised = true});
    (void)sim_schema_var(out, &(struct sim_schema_var){.name = "area",
                                                       .type = SIM_SCHEMA_F64,
                                                       .dim_count = 1,
                                                       .dims = {place},
                                                       .units = "ha",
                                                       .values = area,
                                                       .is_coordinate = true});
    (void)sim_schema_var(out, &(struct sim_schema_var){.name = "present",
                                                       .type = SIM_SCHEMA_I8,
                                                       .scope = SIM_SCHEMA_POINT,
                                                       .dim_count = 1,
                                                       .dims = {place},
                                                       .units = "1"});
    (void)sim_schema_var(out, &(struct sim_schema_var){.name = "distance",
                                                       .type = SIM_SCHEMA_F64,
                                                       .scope = SIM_SCHEMA_RUN,
                                                       .units = "km",
                                                       .long_name = "way walked",
                                                       .is_summarised = true});
    (void)sim_schema_var(out, &(struct sim_schema_var){.name = "walked",
                                                       .type = SIM_SCHEMA_F64,
                                                       .scope = SIM_SCHEMA_RUN,
                                                       .dim_count = 1,
                                                       .dims = {place},
                                                       .units = "km",
                                                       .is_summarised = true});
    (void)sim_schema_var(out, &(struct sim_schema_var){.name = "way",
                                                       .type = SIM_SCHEMA_F32,
                                                       .scope = SIM_SCHEMA_SERIES,
                                                       .dim_count = 2,
                                                       .dims = {place, SIM_SCHEMA_AXIS_TIME},
                                                       .units = "km",
                                                       .long_name = "way of each day",
                                                       .cell_methods = "time: sum"});
    (void)sim_schema_var(out, &(struct sim_schema_var){.name = "level",
                                                       .type = SIM_SCHEMA_F32,
                                                       .scope = SIM_SCHEMA_SERIES,
                                                       .dim_count = 2,
                                                       .dims = {place, SIM_SCHEMA_AXIS_INSTANT},
                                                       .units = "km",
                                                       .cell_methods = "instant: point"});
    (void)sim_schema_var(out, &(struct sim_schema_var){.name = "quantity",
                                                       .group = "ledger",
                                                       .type = SIM_SCHEMA_F64,
                                                       .scope = SIM_SCHEMA_RUN,
                                                       .dim_count = 1,
                                                       .dims = {entry},
                                                       .units = "km"});
    sim_schema_root_attr(out, "title", d->title);
    sim_schema_input_text(out, "park", "days = as resolved\n");
    sim_schema_input_file(out, "toy.txt", "0123");
    return SIM_OK;
}

static void point(const void *data, const struct sim_schema *s, struct sim_row *row)
{
    (void)data;
    sim_row_put(row, sim_schema_var_find(s, "", "present"), 0, 1);
    sim_row_put(row, sim_schema_var_find(s, "", "present"), 1, 1);
}

struct toy_state {
    const struct toy_data *data;
    int distance, walked, way, level, quantity; // variables
};

static void *state_create(const void *data, const struct sim_schema *s,
                          const struct sim_model_want *want, struct sim_err *err)
{
    struct toy_state *t = sim_base_alloc(1, sizeof(*t));

    (void)want;
    (void)err;
    t->data = data;
    t->distance = sim_schema_var_find(s, "", "distance");
    t->walked = sim_schema_var_find(s, "", "walked");
    t->way = sim_schema_var_find(s, "", "way");
    t->level = sim_schema_var_find(s, "", "level");
    t->quantity = sim_schema_var_find(s, "ledger", "quantity");
    return t;
}

static void nap(int ms)
{
    const struct timespec span = {ms / 1000, ms % 1000 * 1000000L};

    if (ms > 0) {
        (void)nanosleep(&span, NULL);
    }
}

static void walk_day(const struct toy_state *t, int day, struct sim_rng *rng, struct sim_row *row)
{
    const int days = t->data->days;

    for (int p = 0; p < SIM_COUNT(places) - 1; p++) { // nobody was in the garden: NaN
        const double step = t->data->step * sim_rng_uniform(&rng[p]);
        double *walked = &sim_row_f64(row, t->walked)[p];

        *walked += step;
        sim_row_put(row, t->way, (int64_t)p * days + day, step);
        sim_row_put(row, t->level, (int64_t)p * (days + 1) + day + 1, *walked);
        *sim_row_f64(row, t->distance) += step;
        sim_row_f64(row, t->quantity)[p] += step;
    }
}

static enum sim_status run(void *state, const struct sim_trial *trial,
                           const struct sim_model_hooks *hooks, struct sim_row *row,
                           struct sim_model_end *end, struct sim_err *err)
{
    const struct toy_state *t = state;
    struct sim_rng rng[SIM_COUNT(places)];

    *sim_row_f64(row, t->distance) = 0.0;
    for (int p = 0; p < SIM_COUNT(places); p++) {
        rng[p] =
            sim_rng_make(trial->seed, (uint64_t)trial->replication, sim_hash_text(places[p], 0), 0);
    }
    for (int p = 0; p < SIM_COUNT(places) - 1; p++) {
        sim_row_f64(row, t->walked)[p] = 0.0;
        sim_row_f64(row, t->quantity)[p] = 0.0;
        sim_row_put(row, t->level, (int64_t)p * (t->data->days + 1), 0.0);
    }
    if (trial->replication % 2 == 1) { // now and then in the garden: shows a row that was not reset
        sim_row_f64(row, t->walked)[2] = 1.0;
        *sim_row_f64(row, t->distance) += 1.0;
    }
    for (int day = 0; day < t->data->days; day++) {
        end->reached_us = sim_simtime_date(2026, 1, 1) + day * SIM_TIME_DAY;
        if (hooks->is_stopped(hooks->user)) {
            return SIM_STOPPED;
        }
        if (trial->replication == t->data->fail_at && day == t->data->days / 2) {
            return sim_err_set(err, SIM_FAILED, "lost its way in %s", places[1]);
        }
        nap(t->data->sleep_ms);
        walk_day(t, day, rng, row);
        end->events++;
        hooks->tick(hooks->user, end->reached_us, end->events);
        sim_sink_print(hooks->trace, "day %d of run %d\n", day, (int)trial->run);
    }
    return SIM_OK;
}

static void summary_text(const void *data, const struct sim_outcome *o, const struct sim_sink *out)
{
    const int distance = sim_schema_var_find(o->schema, "", "distance");

    (void)data;
    sim_sink_print(out, "distance %.6f +- %.6f km\n", sim_row_value(o->mean, distance, 0),
                   sim_row_value(o->half_width, distance, 0));
}

static void summary_json(const void *data, const struct sim_outcome *o, json_t *object)
{
    const int distance = sim_schema_var_find(o->schema, "", "distance");
    const double mean = sim_row_value(o->mean, distance, 0);

    (void)data;
    (void)json_object_set_new(object, "distance", json_real(mean));
}

static enum sim_status show(const struct sim_model_call *call, struct sim_err *err)
{
    const struct toy_data *d = call->data;
    int64_t times = 1;

    SIM_TRY(sim_option_int(call->args, "times", 1, 9, &times, err));
    for (int64_t i = 0; i < times; i++) {
        sim_sink_print(call->out, "days = %d\n", d->days);
    }
    return SIM_OK;
}

static const struct sim_option show_options[] = {
    {.name = "times", .value = "N", .help = "print it so often"}, SIM_OPTION_END};

static const struct sim_model_command commands[] = {{.name = "show",
                                                     .usage = "PARK [--times N]",
                                                     .help = "print the toy as resolved",
                                                     .options = show_options,
                                                     .loads_park = true,
                                                     .positional_min = 1,
                                                     .positional_max = 1,
                                                     .act = show}};

const struct sim_model toy_model = {.program = "toy",
                                    .version = "1.2",
                                    .about = "A random walk.",
                                    .thing = "PARK",
                                    .load = load,
                                    .unload = free,
                                    .facts = facts,
                                    .declare = declare,
                                    .point = point,
                                    .state_create = state_create,
                                    .state_destroy = free,
                                    .run = run,
                                    .summary_text = summary_text,
                                    .summary_json = summary_json,
                                    .commands = commands,
                                    .command_count = SIM_COUNT(commands)};
