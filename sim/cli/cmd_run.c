#include "sim/base/file.h"
#include "sim/base/out.h"
#include "sim/cfg/diag.h"
#include "sim/cli/run_study.h"
#include "sim/num/simtime.h"
#include "sim/store/card.h"
#include "sim/store/summary.h"
#include "sim/store/writer.h"
#include "sim/sweep/machine.h"
#include "sim/sweep/progress.h"
#include "sim/sweep/runner.h"

#include <jansson.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define DEFAULT_OUTPUT   "out/results.h5"
#define MAX_REPLICATIONS 10000000

static const struct sim_option options[] = {
    {.name = "output", .letter = 'o', .value = "FILE", .help = "results file [" DEFAULT_OUTPUT "]"},
    SIM_CLI_SET_OPTION,
    {.name = "seed", .value = "N", .help = "seed of the random numbers, instead of the park's"},
    {.name = "replications", .value = "N", .help = "runs that differ by chance alone [1]"},
    {.name = "threads", .value = "N", .help = "runs made at a time [cores, or OMP_NUM_THREADS]"},
    {.name = "until", .value = "DATE", .help = "end of the run, instead of the park's"},
    {.name = "design", .value = "NAME", .help = "a design of the park, instead of the base"},
    SIM_CLI_RUN_STUDY_OPTIONS,
    {.name = "trace", .value = "FILE", .help = "write what happens, and why, in replication 0"},
    {.name = "json", .help = "print the summary as one JSON object"},
    {.name = "quiet", .help = "no progress, no summary"},
    SIM_OPTION_END};

/** All of one call of `run`. */
struct job {
    const struct sim_cli *cli;
    const char *output;         // NULL: nothing is written (of a run of a study)
    struct sim_run_study study; // no setup: a park
    const char *design[1];      // of the one point; borrowed
    const char *of;             // the file that ids are looked up in; NULL: none
    int64_t replications;
    int64_t threads;
    bool is_json;
    bool is_quiet;
    void *data;
    struct sim_model_facts facts;
    struct sim_schema *schema;
    struct sim_writer *writer;
    enum sim_study_look look; // at the file that is named
    struct sim_summary *summary;
    struct sim_out *trace;
    const char *trace_path;
    double started_s;
    char started_utc[32];
    char first_failure[1000];
    bool is_written; // the results are there, under their name
    struct sim_runner_result result;
};

// ---- begin ----

static enum sim_status read_options(struct job *j, struct sim_option_args *args,
                                    struct sim_err *err)
{
    const char *output = sim_option_text(args, "output");
    const char *path = sim_option_positional(args, 0);

    if (sim_file_exists(path)) { // else loading it says so
        SIM_TRY(sim_study_look(path, &j->look, err));
    }
    j->output = output != NULL || j->look == SIM_STUDY_FOUND ? output : DEFAULT_OUTPUT;
    j->trace_path = sim_option_text(args, "trace");
    j->is_json = sim_option_is_given(args, "json");
    j->is_quiet = sim_option_is_given(args, "quiet");
    j->replications = 1;
    j->threads = sim_runner_default_threads();
    SIM_TRY(sim_option_int(args, "replications", 1, MAX_REPLICATIONS, &j->replications, err));
    SIM_TRY(sim_option_int(args, "threads", 1, 1024, &j->threads, err));
    j->threads = j->threads < j->replications ? j->threads : j->replications;
    return SIM_OK;
}

/** A trace of its own file appears whole; a device, a pipe or a link is written as it is, since a
 * rename would put a file in its place (/dev/stdout is a link, maybe to a file). */
static enum sim_status open_trace(struct job *j, struct sim_err *err)
{
    struct stat info;

    if (j->trace_path == NULL) {
        return SIM_OK;
    }
    const bool is_file = lstat(j->trace_path, &info) != 0 || S_ISREG(info.st_mode);

    SIM_TRY(sim_file_make_parents(j->trace_path, err));
    return (is_file ? sim_out_open : sim_out_open_in_place)(j->trace_path, &j->trace, err);
}

static bool is_of_study(const struct job *j)
{
    return j->study.setup != NULL;
}

/** Fingerprint of all that the results depend on: the same one, the same results. */
static void hash_content(const struct job *j, const char *source, const char *study_hash,
                         char out_hex[65])
{
    const struct sim_card_mark mark = {{0}}; // the inputs are in the schema
    const int32_t design = 0;
    const struct sim_card card = {
        .schema = j->schema,
        .source = source,
        .study_hash = study_hash,
        .seed = j->facts.seed,
        .points = 1,
        .marks = &mark,
        .designs = j->design,
        .point_design = &design,
        .design_count = 1,
        .rule = {.at_least = (int32_t)j->replications, .at_most = (int32_t)j->replications},
        .shards = 1};

    sim_card_hash(&card, out_hex);
}

static enum sim_status open_writer(struct job *j, struct sim_err *err)
{
    char hash[65];
    char content_hash[65];

    if (j->output == NULL) {
        return SIM_OK;
    }
    char *salt = sim_base_format("%s seed %" PRIu64 " replications %" PRId64,
                                 j->cli->model->program, j->facts.seed, j->replications);
    char *source = sim_base_format("%s %s", j->cli->model->program, sim_cli_version(j->cli));

    sim_schema_hash(j->schema, salt, hash);
    hash_content(j, source, hash, content_hash);
    const struct sim_writer_opts opts = {.source = source,
                                         .seed = j->facts.seed,
                                         .study_hash = hash,
                                         .content_hash = content_hash,
                                         .runs = j->replications,
                                         .points = 1,
                                         .designs = j->design};
    const enum sim_status status = sim_writer_open(j->schema, j->output, &opts, &j->writer, err);

    free(source);
    free(salt);
    return status;
}

static enum sim_status write_point(struct job *j, struct sim_err *err)
{
    if (j->cli->model->point == NULL || j->writer == NULL) {
        return SIM_OK;
    }
    struct sim_row *row = sim_row_create(j->schema, SIM_SCHEMA_POINT);

    j->cli->model->point(j->data, j->schema, row);
    const enum sim_status status = sim_writer_point(j->writer, 0, row, err);

    sim_row_destroy(row);
    return status;
}

/** The i-th file that was read: the park itself first; NULL after the last. */
static const char *input_at(const struct job *j, const char *park, int i)
{
    if (i == 0) {
        return park;
    }
    return j->cli->model->input != NULL ? j->cli->model->input(j->data, i - 1) : NULL;
}

/** `path` or its part would replace a file that was read. */
static enum sim_status check_input_stays(const struct job *j, const char *park, const char *option,
                                         const char *path, struct sim_err *err)
{
    const char *input = NULL;

    if (is_of_study(j)) {
        return sim_cli_study_spare(j->study.setup, option, path, err);
    }
    for (int i = 0; (input = input_at(j, park, i)) != NULL; i++) {
        SIM_TRY(sim_cli_spare(option, path, input, err));
    }
    return SIM_OK;
}

/** The results and the trace are two files. */
static enum sim_status check_two(const struct job *j, struct sim_err *err)
{
    SIM_TRY(sim_file_make_parents(j->output, err)); // so that two spellings can be compared
    SIM_TRY(sim_file_make_parents(j->trace_path, err));
    char *part = sim_file_part(j->output);
    char *trace_part = sim_file_part(j->trace_path);
    const bool is_same = sim_file_is_same(j->output, j->trace_path) ||
                         sim_file_is_same(part, j->trace_path) ||
                         sim_file_is_same(j->output, trace_part);

    free(trace_part);
    free(part);
    if (is_same) {
        return sim_err_set(err, SIM_USAGE,
                           "-o %s and --trace %s would write the same file; name two", j->output,
                           j->trace_path);
    }
    return SIM_OK;
}

/** Nothing that was read, and nothing that is written besides, may be overwritten. */
static enum sim_status check_targets(const struct job *j, const char *park, struct sim_err *err)
{
    if (j->output != NULL) {
        SIM_TRY(check_input_stays(j, park, "-o", j->output, err));
        SIM_TRY(sim_cli_spare_strangers("-o", j->output, err));
    }
    if (j->output != NULL && is_of_study(j)) {
        SIM_TRY(sim_run_study_spare(&j->study, j->output, err));
    }
    if (j->trace_path != NULL) {
        SIM_TRY(check_input_stays(j, park, "--trace", j->trace_path, err));
        SIM_TRY(j->of != NULL ? sim_cli_spare("--trace", j->trace_path, j->of, err) : SIM_OK);
    }
    return j->output != NULL && j->trace_path != NULL ? check_two(j, err) : SIM_OK;
}

static enum sim_status load_run_of_study(struct job *j, struct sim_option_args *args,
                                         struct sim_err *err)
{
    j->of = sim_option_text(args, "of");
    SIM_TRY(sim_run_study_open(j->cli, args, &j->study, err));
    const struct sim_sweep_setup *s = j->study.setup;
    struct sim_diag *diag = sim_diag_create();
    const enum sim_status status = sim_sweep_setup_load(s, j->study.point, diag, &j->data, err);

    if (status != SIM_OK) { // as the sweep saw it: the run fails before it begins
        sim_cli_tell_mistakes(j->cli, diag);
        err->text[0] = sim_diag_wrong(diag) > 0 ? '\0' : err->text[0];
    }
    sim_diag_destroy(diag);
    j->design[0] = s->study->designs[s->card.point_design[j->study.point]];
    return status;
}

/** The park or the study that is named, and where a run begins and ends. */
static enum sim_status load(struct job *j, struct sim_option_args *args, struct sim_err *err)
{
    if (j->look == SIM_STUDY_FOUND) {
        SIM_TRY(load_run_of_study(j, args, err));
        j->cli->model->facts(j->data, &j->facts);
        j->facts.seed = j->study.setup->card.seed;
        return SIM_OK;
    }
    const char *design = sim_option_text(args, "design");

    SIM_TRY(sim_run_study_refuse(args, err));
    SIM_TRY(sim_cli_load_telling(j->cli, args, &j->data, err));
    j->cli->model->facts(j->data, &j->facts);
    j->design[0] = design != NULL ? design : "base";
    return SIM_OK;
}

static enum sim_status declare(struct job *j, struct sim_err *err)
{
    const void *data = j->data;
    struct sim_diag *diag = sim_diag_create(); // the responses were looked at with the study

    j->schema = sim_schema_create();
    const enum sim_status status = j->cli->model->declare(
        &data, 1, is_of_study(j) ? &j->study.setup->study->want : NULL, diag, j->schema, err);

    sim_diag_destroy(diag);
    if (status == SIM_OK && is_of_study(j)) {
        char *words = sim_run_study_words(&j->study);

        sim_schema_root_attr(j->schema, "run_of_study", words);
        free(words);
    }
    return status;
}

/** Everything that can be refused is refused before the first run starts. */
static enum sim_status begin(struct job *j, struct sim_option_args *args, struct sim_err *err)
{
    SIM_TRY(read_options(j, args, err));
    SIM_TRY(load(j, args, err));
    SIM_TRY(check_targets(j, sim_option_positional(args, 0), err));
    SIM_TRY(declare(j, err));
    j->summary = sim_summary_create(j->schema);
    sim_cli_stop_listen(j->replications); // from here on there is something to clean up
    SIM_TRY(open_writer(j, err));
    SIM_TRY(write_point(j, err));
    return open_trace(j, err);
}

// ---- run ----

static void write_trace(void *user, const char *bytes, size_t length)
{
    sim_out_put(user, bytes, length); // a failure is told at the end
}

static struct sim_progress *make_progress(const struct job *j)
{
    if (j->is_quiet) {
        return NULL;
    }
    const struct sim_progress_opts opts = {.sink = j->cli->bar,
                                           .look = isatty(STDERR_FILENO) == 1 ? SIM_PROGRESS_BAR
                                                                              : SIM_PROGRESS_LINES,
                                           .columns = sim_cli_columns(),
                                           .slots = (int)j->threads,
                                           .runs = j->replications,
                                           .start_us = j->facts.start_us,
                                           .until_us = j->facts.until_us};

    return sim_progress_create(&opts);
}

/** In a file of its own a run of a study is run 0 of point 0. */
static void renumber(const struct job *j, struct sim_pack *pack)
{
    pack->key = (struct sim_run_key){.replication = j->study.replication};
    for (int i = 0; i < pack->chunks.count; i++) {
        pack->chunks.data[i].offset[0] = 0;
    }
}

/** Take a run from the runner: into the means and into the file. */
static enum sim_status take(void *user, struct sim_pack *pack, struct sim_err *err)
{
    struct job *j = user;

    if (pack->status == SIM_RUN_OK) {
        sim_summary_add(j->summary, pack->totals);
    } else if (pack->status == SIM_RUN_FAILED && j->first_failure[0] == '\0') {
        (void)snprintf(j->first_failure, sizeof(j->first_failure),
                       "run %" PRId64 " failed at %s: %s", pack->key.run,
                       pack->when != NULL ? pack->when : "the start", pack->reason);
    }
    if (is_of_study(j)) {
        renumber(j, pack);
    }
    const enum sim_status status =
        j->writer != NULL ? sim_writer_put(j->writer, pack, err) : SIM_OK;

    sim_pack_destroy(pack);
    return status;
}

static enum sim_status make_runs(struct job *j, struct sim_err *err)
{
    struct sim_progress *progress = make_progress(j);
    const struct sim_sink trace = {write_trace, j->trace};
    struct sim_runner_list list = {
        .data = j->data, .first = {.seed = j->facts.seed}, .count = j->replications};
    struct sim_runner_plan plan = sim_runner_list_plan(&list, j->cli->model, j->schema);

    if (is_of_study(j)) {
        list.first = j->study.trial;
        plan.want = &j->study.setup->study->want;
    }
    const struct sim_runner_opts opts = {.threads = (int)j->threads,
                                         .trace = j->trace != NULL ? &trace : NULL,
                                         .progress = progress,
                                         .stop_level = sim_cli_stop_level};

    const enum sim_status status = sim_runner_run(&plan, &opts, take, j, &j->result, err);

    sim_progress_destroy(progress);
    return status;
}

// ---- end ----

static enum sim_status close_trace(struct job *j, struct sim_err *err)
{
    if (j->trace == NULL) {
        return SIM_OK;
    }
    enum sim_status status = sim_out_finish(j->trace, err);

    if (status == SIM_OK) {
        status = sim_out_commit(j->trace, err);
    }
    sim_out_close(j->trace);
    j->trace = NULL;
    return status;
}

/** Close the file with all that went into it; without any run that went well there is no file,
 * unless it is the failures of many runs that it tells. */
static enum sim_status close_writer(struct job *j, const char *ended, struct sim_err *err)
{
    char host[256];
    char now[32];
    struct sim_writer *writer = j->writer;

    j->writer = NULL;
    sim_machine_host(host);
    sim_machine_utc(now);
    const struct sim_writer_fact facts[] = {
        {.name = "started", .text = j->started_utc},
        {.name = "ended", .text = now},
        {.name = "host", .text = host},
        {.name = "threads", .number = (double)j->threads},
        {.name = "wall_s", .number = sim_machine_wall_s() - j->started_s},
        {.name = "cpu_s", .number = sim_machine_cpu_s()},
        {.name = "peak_mb", .number = sim_machine_peak_mb()}};

    return sim_writer_close(writer, ended, facts, SIM_COUNT(facts), err);
}

static bool is_worth_keeping(const struct job *j)
{
    return j->result.ok > 0 || (j->result.failed > 0 && j->replications > 1);
}

static void describe_outcome(const struct job *j, struct sim_outcome *out, struct sim_row **mean,
                             struct sim_row **half_width, struct sim_row **largest)
{
    *largest = sim_row_create_totals(j->schema);
    sim_summary_largest(j->summary, *largest);
    *mean = sim_row_create_totals(j->schema);
    *half_width = sim_row_create_totals(j->schema);
    sim_summary_rows(j->summary, *mean, *half_width);
    *out = (struct sim_outcome){.schema = j->schema,
                                .mean = *mean,
                                .half_width = *half_width,
                                .largest = *largest,
                                .runs = j->replications,
                                .ok = j->result.ok,
                                .failed = j->result.failed,
                                .path = j->output};
}

static void print_json(const struct job *j, const struct sim_outcome *outcome)
{
    json_t *object = json_object();

    if (j->cli->model->summary_json != NULL) {
        j->cli->model->summary_json(j->data, outcome, object);
    }
    (void)json_object_set_new(object, "runs", json_integer(outcome->runs));
    (void)json_object_set_new(object, "failed", json_integer(outcome->failed));
    (void)json_object_set_new(object, "skipped", json_integer(j->result.skipped));
    (void)json_object_set_new(object, "events", json_integer(j->result.events));
    (void)json_object_set_new(object, "wall_s", json_real(sim_machine_wall_s() - j->started_s));
    (void)json_object_set_new(object, "peak_mb", json_real(sim_machine_peak_mb()));
    (void)json_object_set_new(object, "seed", json_integer((json_int_t)j->facts.seed));
    (void)json_object_set_new(object, "version", json_string(sim_cli_version(j->cli)));
    (void)json_object_set_new(object, "output",
                              j->output != NULL ? json_string(j->output) : json_null());
    sim_cli_json_print(j->cli, object);
}

/** What the study asks for, of this run. */
static void print_responses(const struct job *j, const struct sim_outcome *outcome)
{
    const struct sim_model_want *want = &j->study.setup->study->want;
    char *words = sim_run_study_words(&j->study);

    sim_sink_print(&j->cli->out, "%s\n", words);
    for (int i = 0; i < want->response_count; i++) {
        const int var = sim_schema_var_find(j->schema, "", want->responses[i].name);
        const char *units = sim_schema_var_at(j->schema, var)->units;

        sim_sink_print(&j->cli->out, "%s = %.10g %s\n", want->responses[i].name,
                       sim_row_value(outcome->mean, var, 0), units != NULL ? units : "");
    }
    free(words);
}

static void print_text(const struct job *j, const struct sim_outcome *outcome)
{
    const struct sim_sink *out = &j->cli->out;
    char start[SIM_SIMTIME_TEXT];
    char until[SIM_SIMTIME_TEXT];
    const double wall_s = sim_machine_wall_s() - j->started_s;

    sim_sink_print(out, "%s%s%s to %s", j->facts.title, j->facts.title[0] != '\0' ? "\n" : "",
                   sim_simtime_format(j->facts.start_us, start),
                   sim_simtime_format(j->facts.until_us, until));
    sim_sink_print(out, ", %" PRId64 " of %" PRId64 " run%s, seed %" PRIu64 "\n", outcome->ok,
                   outcome->runs, outcome->runs == 1 ? "" : "s", j->facts.seed);
    if (is_of_study(j)) {
        print_responses(j, outcome);
    }
    if (j->cli->model->summary_text != NULL) {
        j->cli->model->summary_text(j->data, outcome, out);
    }
    sim_sink_print(out, "%" PRId64 " events in %.2f s, %.0f MB\n", j->result.events, wall_s,
                   sim_machine_peak_mb());
    if (j->output != NULL) {
        sim_sink_print(out, "results: %s\n", j->output);
    }
}

static void print_summary(const struct job *j)
{
    struct sim_outcome outcome;
    struct sim_row *mean = NULL;
    struct sim_row *half_width = NULL;
    struct sim_row *largest = NULL;

    describe_outcome(j, &outcome, &mean, &half_width, &largest);
    if (j->is_json) {
        print_json(j, &outcome);
    } else if (!j->is_quiet) {
        print_text(j, &outcome);
    }
    sim_row_destroy(mean);
    sim_row_destroy(half_width);
    sim_row_destroy(largest);
}

/** What to say of runs that failed or were not made. */
static void explain(const struct job *j, enum sim_status status, struct sim_err *err)
{
    if (status == SIM_FAILED) {
        (void)sim_err_set(err, status, "%" PRId64 " of %" PRId64 " run%s failed; %s",
                          j->result.failed, j->replications, j->replications == 1 ? "" : "s",
                          j->first_failure);
    } else if (status == SIM_STOPPED && is_worth_keeping(j)) {
        (void)sim_err_set(err, status,
                          "stopped: %" PRId64 " of %" PRId64 " runs were made; they are in %s",
                          j->result.ok + j->result.failed, j->replications, j->output);
    } else if (status == SIM_STOPPED) {
        (void)sim_err_set(err, status, "stopped before a run was finished; nothing is written");
    }
}

/** An older file under the name that was to be written must not be taken for the new one. */
static void tell_older(const struct job *j, enum sim_status status, struct sim_err *err)
{
    struct stat info;
    struct tm date;
    char when[32] = "";

    if (j->output == NULL || stat(j->output, &info) != 0 || !S_ISREG(info.st_mode) ||
        localtime_r(&info.st_mtime, &date) == NULL) {
        return;
    }
    (void)strftime(when, sizeof(when), "%Y-%m-%d %H:%M", &date);
    const struct sim_err before = *err;

    (void)sim_err_set(err, status, "%s; the older %s of %s is left as it was", before.text,
                      j->output, when);
}

static enum sim_status finish(struct job *j, enum sim_status status, struct sim_err *err)
{
    const bool has_run = status == SIM_OK || status == SIM_FAILED || status == SIM_STOPPED;
    struct sim_err trace_err = {0};
    const enum sim_status traced = close_trace(j, &trace_err);

    if (has_run && is_worth_keeping(j)) {
        const char *ended = status == SIM_STOPPED ? "stopped" : "complete";

        if (j->writer != NULL) {
            SIM_TRY(close_writer(j, ended, err));
        }
        j->is_written = true;
        print_summary(j);
    }
    if (status == SIM_OK && traced != SIM_OK) {
        *err = trace_err;
        return traced;
    }
    if (has_run) {
        explain(j, status, err);
    }
    return status;
}

static void drop(struct job *j)
{
    sim_cli_stop_end();
    sim_out_close(j->trace); // ours, and not whole
    sim_writer_abandon(j->writer);
    sim_summary_destroy(j->summary);
    sim_schema_destroy(j->schema);
    j->cli->model->unload(j->data);
    sim_run_study_close(&j->study);
}

static enum sim_status act(const struct sim_cli *cli, struct sim_option_args *args,
                           struct sim_err *err)
{
    struct job j = {.cli = cli, .started_s = sim_machine_wall_s()};

    sim_machine_utc(j.started_utc);
    enum sim_status status = begin(&j, args, err);

    if (status == SIM_OK) {
        status = finish(&j, make_runs(&j, err), err);
        if (status != SIM_OK && !j.is_written) {
            tell_older(&j, status, err);
        }
    }
    drop(&j);
    return status;
}

const struct sim_cli_command sim_cmd_run_command = {
    .name = "run",
    .usage = "PARK [-o FILE] [--design NAME] [--set PATH=VALUE]... [--seed N]\n"
             "       [--replications N] [--threads N] [--until DATE] [--trace FILE] [--json] "
             "[--quiet]\n"
             "       STUDY --id N [--of FILE] [-o FILE] [--trace FILE] [--json] [--quiet]\n"
             "       STUDY --point P --replication R ...",
    .help = "simulate a park and write its results; or repeat one run of a study",
    .details =
        "Of a study, just the run is made that a sweep makes: its design, axis values and random\n"
        "numbers. It is told, traced, and written only where -o says so.\n\n"
        "INT (Ctrl-C), TERM or HUP: no new run starts, running ones finish and are written;\n"
        "a single run stops. A second signal stops the running ones too. The exit code is\n"
        "then 75. Results appear under their name when they are whole, never before.",
    .options = options,
    .positional_min = 1,
    .positional_max = 1,
    .act = act};
