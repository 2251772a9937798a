#include "tests/support/toy_model.h"

#include "sim/base/file.h"
#include "sim/base/hash.h"
#include "sim/base/vec.h"
#include "sim/cfg/tree.h"
#include "sim/num/rng.h"
#include "sim/num/simtime.h"

#include <jansson.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

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

/** A file, read once. */
struct toy_base {
    char *path;
    char *text;
    size_t length;
    char sha256[65];
    SIM_VEC(char *) designs;
};

/** "design fast: step = 2" -> "fast" and "step = 2"; false when the line is of no design. */
static bool split_design(const char *line, char name[50], const char **rest)
{
    int at = 0;

    if (sscanf(line, " design %49[a-z_] :%n", name, &at) != 1 || at == 0) {
        return false;
    }
    *rest = line + at;
    return true;
}

static void keep_design(struct toy_base *b, const char *name)
{
    for (int i = 0; i < b->designs.count; i++) {
        if (strcmp(b->designs.data[i], name) == 0) {
            return;
        }
    }
    SIM_VEC_PUSH(&b->designs, sim_base_strdup(name));
}

static void close_base(void *base)
{
    struct toy_base *b = base;

    if (b == NULL) {
        return;
    }
    for (int i = 0; i < b->designs.count; i++) {
        free(b->designs.data[i]);
    }
    SIM_VEC_FREE(&b->designs);
    free(b->path);
    free(b->text);
    free(b);
}

static enum sim_status open_base(const char *path, struct sim_diag *diag, void **out_base,
                                 struct sim_err *err)
{
    struct toy_base *b = sim_base_alloc(1, sizeof(*b));

    *out_base = NULL;
    const enum sim_status status = sim_file_read(path, 100000, &b->text, &b->length, err);

    if (status != SIM_OK) {
        close_base(b);
        return status;
    }
    b->path = sim_base_strdup(path);
    sim_diag_source(diag, path, b->text, b->length);
    sim_hash_sha256(b->text, b->length, b->sha256);
    for (const char *line = b->text; line != NULL; line = strchr(line, '\n')) {
        char name[50];
        const char *rest = NULL;

        line += *line == '\n' ? 1 : 0;
        if (split_design(line, name, &rest)) {
            keep_design(b, name);
        }
    }
    *out_base = b;
    return SIM_OK;
}

static const char *design_at(const void *base, int i)
{
    const struct toy_base *b = base;

    return i < b->designs.count ? b->designs.data[i] : NULL;
}

/** The lines of no design, or those of one. */
static void read_lines(struct toy_data *d, const struct toy_base *b, const char *design,
                       struct sim_diag *diag)
{
    struct sim_place place = {.file = b->path};
    char *copy = sim_base_strdup(b->text);
    char *rest = NULL;

    for (char *line = strtok_r(copy, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        char name[50] = "";
        const char *said = line;
        const bool is_of_design = split_design(line, name, &said);

        place.line++;
        if (is_of_design ? design != NULL && strcmp(name, design) == 0 : design == NULL) {
            read_line(d, said, &place, diag);
        }
    }
    free(copy);
}

static void read_source(struct toy_data *d, const struct toy_base *b,
                        const struct sim_model_source *source, struct sim_diag *diag)
{
    read_lines(d, b, NULL, diag);
    if (source->design != NULL && strcmp(source->design, "base") != 0) {
        bool is_known = false;

        for (int i = 0; i < b->designs.count; i++) {
            is_known = is_known || strcmp(b->designs.data[i], source->design) == 0;
        }
        if (!is_known) {
            sim_diag_add(diag, SIM_DIAG_WRONG, NULL, "", "", "no design '%s'", source->design);
        }
        read_lines(d, b, source->design, diag);
    }
    for (int i = 0; i < source->override_count; i++) {
        const struct sim_place place = {.via = source->vias != NULL ? source->vias[i] : "--set"};

        read_line(d, source->overrides[i], &place, diag);
    }
    if (source->has_seed) {
        d->seed = source->seed;
    }
}

static enum sim_status load(const struct sim_model_source *source, struct sim_diag *diag,
                            void **out_data, struct sim_err *err)
{
    void *own = NULL;

    if (source->base == NULL) {
        SIM_TRY(open_base(source->path, diag, &own, err));
    }
    const struct toy_base *b = source->base != NULL ? source->base : own;
    struct toy_data *d = sim_base_alloc(1, sizeof(*d));

    *d = (struct toy_data){.days = 30, .step = 1.0, .fail_at = -1, .seed = 42};
    memcpy(d->sha256, b->sha256, sizeof(d->sha256));
    read_source(d, b, source, diag);
    close_base(own);
    *out_data = d;
    return sim_diag_status(diag);
}

static char *identity(const void *data)
{
    const struct toy_data *d = data;

    return sim_base_format("days = %d\nstep = %.17g\nfail_at = %d\n", d->days, d->step, d->fail_at);
}

static void facts(const void *data, struct sim_model_facts *out)
{
    const struct toy_data *d = data;

    out->title = d->title;
    out->seed = d->seed;
    out->start_us = sim_simtime_date(2026, 1, 1);
    out->until_us = out->start_us + d->days * SIM_TIME_DAY;
}

/** As long as the longest of them. */
static void declare_clock(const void *const *data, int count, struct sim_schema *out)
{
    int days = 0;

    for (int i = 0; i < count; i++) {
        const struct toy_data *d = data[i];

        days = d->days > days ? d->days : days;
    }
    double *boundaries = sim_base_alloc((size_t)days + 1, sizeof(*boundaries));

    for (int i = 0; i <= days; i++) {
        boundaries[i] = 86400.0 * i;
    }
    sim_schema_clock(out, "2026-01-01 00:00:00", "+07:00", boundaries, days);
    free(boundaries);
}

static bool has_series(const struct sim_model_want *want)
{
    return want == NULL || want->store_count == 0 || strcmp(want->store[0], "responses") != 0;
}

/** Place of a response of "walked"; -1: it is of "distance"; -2: it is wrong. */
static int place_of(const struct sim_response *r)
{
    if (strcmp(r->of, "distance") == 0) {
        return -1;
    }
    for (int p = 0; strcmp(r->of, "walked") == 0 && r->where != NULL && p < SIM_COUNT(places);
         p++) {
        if (strcmp(places[p], r->where) == 0) {
            return p;
        }
    }
    return -2;
}

static void declare_responses(const struct sim_model_want *want, struct sim_diag *diag,
                              struct sim_schema *out)
{
    for (int i = 0; want != NULL && i < want->response_count; i++) {
        const struct sim_response *r = &want->responses[i];

        if (place_of(r) == -2) {
            sim_diag_add(diag, SIM_DIAG_WRONG, r->node != NULL ? &r->node->place : NULL, "",
                         "known: distance, walked", "response '%s': nothing is '%s'", r->name,
                         r->of);
        }
        (void)sim_schema_var(out,
                             &(struct sim_schema_var){.name = r->name,
                                                      .type = SIM_SCHEMA_F64,
                                                      .scope = SIM_SCHEMA_RUN,
                                                      .units = r->unit != NULL ? r->unit : "km",
                                                      .long_name = r->title,
                                                      .is_summarised = true});
    }
}

static void declare_series(struct sim_schema *out, int place)
{
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
}

static enum sim_status declare(const void *const *data, int count,
                               const struct sim_model_want *want, struct sim_diag *diag,
                               struct sim_schema *out, struct sim_err *err)
{
    static const double area[] = {335.0, 120.5, 7.25};
    const struct toy_data *d = data[0];

    (void)err;
    if (want != NULL && want->is_exact) {
        sim_schema_exact(out);
    }
    declare_clock(data, count, out);
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
    if (has_series(want)) {
        declare_series(out, place);
    }
    (void)sim_schema_var(out, &(struct sim_schema_var){.name = "quantity",
                                                       .group = "ledger",
                                                       .type = SIM_SCHEMA_F64,
                                                       .scope = SIM_SCHEMA_RUN,
                                                       .dim_count = 1,
                                                       .dims = {entry},
                                                       .units = "km"});
    declare_responses(want, diag, out);
    sim_schema_root_attr(out, "title", d->title);
    sim_schema_input_text(out, "park", "days = as resolved\n");
    sim_schema_input_file(out, "toy.txt", d->sha256[0] != '\0' ? d->sha256 : "0123");
    return diag != NULL ? sim_diag_status(diag) : SIM_OK;
}

static void point(const void *data, const struct sim_schema *s, struct sim_row *row)
{
    (void)data;
    sim_row_put(row, sim_schema_var_find(s, "", "present"), 0, 1);
    sim_row_put(row, sim_schema_var_find(s, "", "present"), 1, 1);
}

/** For tests that interrupt, and want the park file as it is: microseconds a day. */
static int64_t extra_nap_us(void)
{
    const char *text = getenv("TOY_NAP_US");

    return text != NULL ? strtol(text, NULL, 10) : 0;
}

struct toy_state {
    const struct toy_data *data;
    const struct sim_model_want *want;
    const struct sim_schema *schema;
    int distance, walked, way, level, quantity; // variables; -1: not stored
    int64_t nap_us;
    int days; // of the clock: another design may have more
};

static int find_series(const struct sim_schema *s, const char *name)
{
    const int var = sim_schema_var_find(s, "", name);

    return var >= 0 && sim_schema_var_at(s, var)->scope == SIM_SCHEMA_SERIES ? var : -1;
}

static void *state_create(const void *data, const struct sim_schema *s,
                          const struct sim_model_want *want, struct sim_err *err)
{
    const struct toy_data *d = data;
    const int64_t days = sim_schema_axis_at(s, SIM_SCHEMA_AXIS_TIME)->length;

    if (d->days > days) {
        (void)sim_err_set(err, SIM_INPUT, "%d days are more than the results have room for",
                          d->days);
        return NULL;
    }
    struct toy_state *t = sim_base_alloc(1, sizeof(*t));

    t->days = (int)days;
    t->nap_us = extra_nap_us();
    t->want = want;
    t->schema = s;
    t->data = data;
    t->distance = sim_schema_var_find(s, "", "distance");
    t->walked = sim_schema_var_find(s, "", "walked");
    t->way = find_series(s, "way");
    t->level = find_series(s, "level");
    t->quantity = sim_schema_var_find(s, "ledger", "quantity");
    return t;
}

static void nap(int64_t us)
{
    const struct timespec span = {us / 1000000, us % 1000000 * 1000L};

    if (us > 0) {
        (void)nanosleep(&span, NULL);
    }
}

/** A line in the file TOY_LOG, so that a test can wait for what happens rather than for a time. */
static void tell_log(const char *what, const struct sim_trial *trial)
{
    const char *path = getenv("TOY_LOG");
    FILE *file = path != NULL ? fopen(path, "a") : NULL;

    if (file != NULL) {
        (void)fprintf(file, "%s %d\n", what, (int)trial->replication);
        (void)fclose(file);
    }
}

/** TOY_HOLD="N FILE": the N-th run of the program, and those after it, wait until there is no such
 * file (or they shall stop), so that a test has a sweep in its midst for as long as it likes. */
static void hold(const struct sim_trial *trial, const struct sim_model_hooks *hooks)
{
    static atomic_int begun;
    const char *text = getenv("TOY_HOLD");
    char *path = NULL;
    const long from = text != NULL ? strtol(text, &path, 10) : 0;

    if (text == NULL || atomic_fetch_add(&begun, 1) + 1 < from || access(path + 1, F_OK) != 0) {
        return;
    }
    tell_log("held", trial);
    while (access(path + 1, F_OK) == 0 && !hooks->is_stopped(hooks->user)) {
        nap(1000);
    }
}

static void put(struct sim_row *row, int var, int64_t at, double value)
{
    if (var >= 0) {
        sim_row_put(row, var, at, value);
    }
}

static void walk_day(const struct toy_state *t, int day, bool antithetic, struct sim_rng *rng,
                     struct sim_row *row)
{
    const int days = t->days;

    for (int p = 0; p < SIM_COUNT(places) - 1; p++) { // nobody was in the garden: NaN
        const double u = sim_rng_uniform(&rng[p]);
        const double step = t->data->step * (antithetic ? 1.0 - u : u);
        double *walked = &sim_row_f64(row, t->walked)[p];

        *walked += step;
        put(row, t->way, (int64_t)p * days + day, step);
        put(row, t->level, (int64_t)p * (days + 1) + day + 1, *walked);
        *sim_row_f64(row, t->distance) += step;
        sim_row_f64(row, t->quantity)[p] += step;
    }
}

static void respond(const struct toy_state *t, struct sim_row *row)
{
    for (int i = 0; t->want != NULL && i < t->want->response_count; i++) {
        const struct sim_response *r = &t->want->responses[i];
        const int place = place_of(r);
        const double km =
            place < 0 ? *sim_row_f64(row, t->distance) : sim_row_f64(row, t->walked)[place];
        const bool is_in_m = r->unit != NULL && strcmp(r->unit, "m") == 0;

        sim_row_put(row, sim_schema_var_find(t->schema, "", r->name), 0,
                    is_in_m ? 1000.0 * km : km);
    }
}

static enum sim_status run(void *state, const struct sim_trial *trial,
                           const struct sim_model_hooks *hooks, struct sim_row *row,
                           struct sim_model_end *end, struct sim_err *err)
{
    const struct toy_state *t = state;
    struct sim_rng rng[SIM_COUNT(places)];

    tell_log("begin", trial);
    hold(trial, hooks);
    *sim_row_f64(row, t->distance) = 0.0;
    for (int p = 0; p < SIM_COUNT(places); p++) {
        rng[p] =
            sim_rng_make(trial->seed, (uint64_t)trial->replication, sim_hash_text(places[p], 0), 0);
    }
    for (int p = 0; p < SIM_COUNT(places) - 1; p++) {
        sim_row_f64(row, t->walked)[p] = 0.0;
        sim_row_f64(row, t->quantity)[p] = 0.0;
        put(row, t->level, (int64_t)p * (t->days + 1), 0.0);
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
        nap(t->data->sleep_ms * INT64_C(1000) + t->nap_us);
        walk_day(t, day, trial->antithetic, rng, row);
        end->events++;
        hooks->tick(hooks->user, end->reached_us, end->events);
        sim_sink_print(hooks->trace, "day %d of run %d\n", day, (int)trial->run);
    }
    respond(t, row);
    tell_log("end", trial);
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
                                    .open = open_base,
                                    .close = close_base,
                                    .design = design_at,
                                    .load = load,
                                    .unload = free,
                                    .facts = facts,
                                    .identity = identity,
                                    .declare = declare,
                                    .point = point,
                                    .state_create = state_create,
                                    .state_destroy = free,
                                    .run = run,
                                    .summary_text = summary_text,
                                    .summary_json = summary_json,
                                    .commands = commands,
                                    .command_count = SIM_COUNT(commands)};
