#include "sim/cli/cli_study.h"
#include "sim/num/simtime.h"
#include "sim/sweep/machine.h"
#include "sim/sweep/runner.h"
#include "sim/sweep/sweep.h"
#include "sim/sweep/sweep_tell.h"

#include <jansson.h>

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct sim_option options[] = {
    {.name = "output", .letter = 'o', .value = "FILE", .help = "results file [out/STUDY.h5]"},
    {.name = "threads", .value = "N", .help = "runs made at a time [cores, or OMP_NUM_THREADS]"},
    {.name = "max-time", .value = "TIME", .help = "start no run after so long: \"90 min\""},
    {.name = "shard", .value = "I/N", .help = "only the I-th of N parts of the points; see merge"},
    {.name = "only", .value = "FILTER", .help = "only points like \"design == alone\""},
    {.name = "keep-going", .help = "go on when a run fails (it does so anyway)"},
    {.name = "fail-fast", .help = "start no run after one that failed"},
    {.name = "keep-parts", .help = "leave FILE.parts when FILE is there"},
    {.name = "progress", .value = "LOOK", .help = "bar, lines, json or none [bar on a terminal]"},
    {.name = "json", .help = "print the summary as one JSON object"},
    {.name = "quiet", .help = "no progress, no summary"},
    SIM_OPTION_END};

/** Notes as JSON, an object a line, beside the progress. */
struct notes {
    const struct sim_sink *to;
    struct sim_sink_buffer line;
};

/** One call of `sweep`. */
struct job {
    struct notes notes;
    const struct sim_cli *cli;
    const char *study;
    char *output; // owned
    struct sim_sweep_opts opts;
    bool is_json;
    bool is_quiet;
    double started_s;
    struct sim_sweep_setup *setup;
    struct sim_sweep_result result;
};

static void write_note(void *user, const char *bytes, size_t length)
{
    struct notes *n = user;
    const struct sim_sink line = sim_sink_buffer_sink(&n->line);

    line.write(line.user, bytes, length);
    if (length == 0 || bytes[length - 1] != '\n') {
        return;
    }
    json_t *object = json_pack("{s:s#}", "note", n->line.text, (int)n->line.length - 1);
    char *text = json_dumps(object, 0);

    sim_sink_print(n->to, "%s\n", text);
    free(text);
    json_decref(object);
    n->line.length = 0;
}

// ---- options ----

/** "configs/ulsan_study.cfg" -> "out/ulsan_study.h5". */
static char *default_output(const char *study)
{
    const char *slash = strrchr(study, '/');
    const char *name = slash != NULL ? slash + 1 : study;
    const char *dot = strrchr(name, '.');
    const int length = dot != NULL && dot != name ? (int)(dot - name) : (int)strlen(name);

    return sim_base_format("out/%.*s.h5", length, name);
}

static enum sim_status read_shard(const struct sim_option_args *args, struct sim_sweep_opts *out,
                                  struct sim_err *err)
{
    const char *text = sim_option_text(args, "shard");
    int i = 1;
    int n = 1;
    char rest = '\0';

    if (text != NULL &&
        (sscanf(text, "%6d/%6d%c", &i, &n, &rest) != 2 || n < 1 || i < 1 || i > n)) {
        return sim_err_set(err, SIM_USAGE, "--shard %s: write I/N with I from 1 to N, as in 2/4",
                           text);
    }
    out->shard = i - 1;
    out->shards = n;
    return SIM_OK;
}

static enum sim_status read_max_time(const struct sim_option_args *args, struct sim_sweep_opts *out,
                                     struct sim_err *err)
{
    const char *text = sim_option_text(args, "max-time");
    sim_time span = 0;

    if (text == NULL) {
        return SIM_OK;
    }
    if (sim_simtime_parse_duration(text, &span, err) != SIM_OK) {
        (void)sim_err_wrap(err, "--max-time %s", text);
        return err->status = SIM_USAGE;
    }
    if (span <= 0) {
        return sim_err_set(err, SIM_USAGE, "--max-time %s: no run would be made", text);
    }
    out->max_s = sim_simtime_to_seconds(span);
    return SIM_OK;
}

static enum sim_status read_look(const struct sim_option_args *args, bool is_quiet,
                                 struct sim_sweep_opts *out, struct sim_err *err)
{
    static const char *const names[] = {
        [SIM_PROGRESS_LINES] = "lines", [SIM_PROGRESS_BAR] = "bar", [SIM_PROGRESS_JSON] = "json"};
    const char *look = sim_option_text(args, "progress");

    out->has_progress = !is_quiet;
    out->look = isatty(STDERR_FILENO) == 1 ? SIM_PROGRESS_BAR : SIM_PROGRESS_LINES;
    out->columns = sim_cli_columns();
    if (look == NULL) {
        return SIM_OK;
    }
    out->has_progress = strcmp(look, "none") != 0;
    for (int i = 0; i < SIM_COUNT(names); i++) {
        if (strcmp(look, names[i]) == 0) {
            out->look = (enum sim_progress_look)i;
            return SIM_OK;
        }
    }
    return out->has_progress
               ? sim_err_set(err, SIM_USAGE, "--progress %s: write bar, lines, json or none", look)
               : SIM_OK;
}

static enum sim_status read_options(struct job *j, const struct sim_option_args *args,
                                    struct sim_err *err)
{
    const char *output = sim_option_text(args, "output");
    int64_t threads = sim_runner_default_threads();

    j->study = sim_option_positional(args, 0);
    j->output = output != NULL ? sim_base_strdup(output) : default_output(j->study);
    j->is_json = sim_option_is_given(args, "json");
    j->is_quiet = sim_option_is_given(args, "quiet");
    SIM_TRY(sim_option_int(args, "threads", 1, 1024, &threads, err));
    j->opts = (struct sim_sweep_opts){.output = j->output,
                                      .threads = (int)threads,
                                      .only = sim_option_text(args, "only"),
                                      .fails_fast = sim_option_is_given(args, "fail-fast"),
                                      .keeps_parts = sim_option_is_given(args, "keep-parts"),
                                      .note = j->cli->note,
                                      .progress = j->cli->bar,
                                      .stop_level = sim_cli_stop_level};
    SIM_TRY(read_shard(args, &j->opts, err));
    SIM_TRY(read_max_time(args, &j->opts, err));
    if (j->opts.fails_fast && sim_option_is_given(args, "keep-going")) {
        return sim_err_set(err, SIM_USAGE, "--keep-going and --fail-fast: choose one");
    }
    SIM_TRY(read_look(args, j->is_quiet, &j->opts, err));
    if (j->is_quiet) {
        j->opts.note = (struct sim_sink){NULL, NULL};
    } else if (j->opts.has_progress && j->opts.look == SIM_PROGRESS_JSON) {
        j->opts.note = (struct sim_sink){write_note, &j->notes};
    }
    return SIM_OK;
}

// ---- what came of it ----

static void add_failures(const struct job *j, json_t *object)
{
    json_t *list = json_array();

    for (int i = 0; i < j->result.failure_count; i++) {
        const struct sim_sweep_failure *f = &j->result.failures[i];
        json_t *one = json_object();
        char *where = sim_sweep_setup_words(j->setup, f->point);

        (void)json_object_set_new(one, "run", f->run >= 0 ? json_integer(f->run) : json_null());
        (void)json_object_set_new(one, "point", json_integer(f->point));
        (void)json_object_set_new(one, "replication", json_integer(f->replication));
        (void)json_object_set_new(one, "where", json_string(where));
        (void)json_object_set_new(one, "reason", json_string(f->reason));
        (void)json_object_set_new(one, "more", json_integer(f->more));
        (void)json_array_append_new(list, one);
        free(where);
    }
    (void)json_object_set_new(object, "failures", list);
}

static void print_json(const struct job *j)
{
    const struct sim_sweep_result *r = &j->result;
    const double wall_s = sim_machine_wall_s() - j->started_s;
    json_t *object = json_object();

    (void)json_object_set_new(object, "study", json_string(j->study));
    (void)json_object_set_new(object, "output", json_string(j->output));
    (void)json_object_set_new(object, "is_complete",
                              json_boolean(r->is_composed || r->was_complete));
    (void)json_object_set_new(object, "was_complete", json_boolean(r->was_complete));
    (void)json_object_set_new(object, "points", json_integer(j->setup->card.points));
    (void)json_object_set_new(object, "runs", json_integer(r->runs));
    (void)json_object_set_new(object, "before", json_integer(r->before));
    (void)json_object_set_new(object, "made", json_integer(r->made));
    (void)json_object_set_new(object, "again", json_integer(r->again));
    (void)json_object_set_new(object, "failed", json_integer(r->failed));
    (void)json_object_set_new(object, "missing", json_integer(r->missing + r->rest));
    add_failures(j, object);
    (void)json_object_set_new(object, "events", json_integer(r->events));
    (void)json_object_set_new(object, "threads", json_integer(j->opts.threads));
    (void)json_object_set_new(object, "wall_s", json_real(wall_s));
    (void)json_object_set_new(object, "peak_mb", json_real(sim_machine_peak_mb()));
    (void)json_object_set_new(object, "seed", json_integer((json_int_t)j->setup->card.seed));
    (void)json_object_set_new(object, "study_hash", json_string(j->setup->card.study_hash));
    (void)json_object_set_new(object, "version", json_string(sim_cli_version(j->cli)));
    sim_cli_json_print(j->cli, object);
}

/** Where the runs are, and what comes next. */
static void print_where(const struct job *j)
{
    const struct sim_sink *out = &j->cli->out;
    const struct sim_sweep_result *r = &j->result;
    const char *program = j->cli->model->program;
    char count[32];

    if (r->is_composed) {
        sim_sink_print(out, "results: %s\n", j->output);
    } else if (r->rest > 0) {
        sim_sink_print(out,
                       "%s runs of the other points are missing: without --only they are made; to "
                       "see what there is: %s merge %s -o PARTIAL.h5 --partial\n",
                       sim_sweep_count(r->rest, count), program, r->parts);
    } else {
        sim_sink_print(out, "shard %d of %d is there, in %s; when all are: %s merge %s -o %s\n",
                       (int)j->opts.shard + 1, (int)j->opts.shards, r->parts, program, r->parts,
                       j->output);
    }
}

/** Runs a second: whole numbers of many, a decimal of few. */
static void describe_speed(int64_t made, double wall_s, char out[32])
{
    const double speed = wall_s > 0.0 ? (double)made / wall_s : 0.0;

    if (speed >= 10.0) {
        (void)sim_sweep_count((int64_t)speed, out);
    } else {
        (void)snprintf(out, 32, "%.1f", speed);
    }
}

static void print_text(const struct job *j)
{
    const struct sim_sink *out = &j->cli->out;
    const struct sim_sweep_result *r = &j->result;
    const double wall_s = sim_machine_wall_s() - j->started_s;
    char runs[32];
    char points[32];
    char count[32];
    char speed[32];

    if (r->was_complete) {
        sim_sink_print(out, "%s is complete: all runs of this study are in it; nothing to do\n",
                       j->output);
        return;
    }
    if (j->setup->study->title[0] != '\0') {
        sim_sink_print(out, "%s\n", j->setup->study->title);
    }
    sim_sink_print(out, "%s run%s, %s point%s in the study", sim_sweep_count(r->runs, runs),
                   sim_sweep_plural(r->runs), sim_sweep_count(j->setup->card.points, points),
                   sim_sweep_plural(j->setup->card.points));
    if (r->failed > 0) {
        sim_sink_print(out, ", %s failed", sim_sweep_count(r->failed, count));
    }
    describe_speed(r->made, wall_s, speed);
    sim_sink_print(out, "\n%s made now", sim_sweep_count(r->made, count));
    if (r->again > 0) {
        sim_sink_print(out, " (%s made again)", sim_sweep_count(r->again, count));
    }
    if (r->ahead > 0) {
        sim_sink_print(out, " (%s ahead, not needed)", sim_sweep_count(r->ahead, count));
    }
    sim_sink_print(out, " in %.1f s (%s a second), %.0f MB\n", wall_s, speed,
                   sim_machine_peak_mb());
    if (r->missing == 0) {
        print_where(j);
    }
}

static void tell_failures(const struct job *j)
{
    const struct sim_sink *note = j->is_quiet ? &j->cli->note : &j->opts.note;
    const struct sim_sweep_result *r = &j->result;

    for (int i = 0; i < r->failure_count; i++) {
        const struct sim_sweep_failure *f = &r->failures[i];
        char *where = sim_sweep_setup_words(j->setup, f->point);
        char more[80] = "";

        if (f->more > 0) {
            (void)snprintf(more, sizeof(more), " (and so %" PRId64 " more run%s of this point)",
                           f->more, sim_sweep_plural(f->more));
        }
        if (f->run >= 0) {
            sim_sink_print(note, "run %" PRId64 " (%s): %s%s\n", f->run, where, f->reason, more);
        } else {
            sim_sink_print(note, "replication %d of point %" PRId64 " (%s): %s%s\n",
                           (int)f->replication, f->point, where, f->reason, more);
        }
        free(where);
    }
    if (r->failure_count > 0 && r->failures[0].run >= 0) {
        sim_sink_print(note, "to repeat one: %s run %s --id %" PRId64 "%s%s --trace trace.txt\n",
                       j->cli->model->program, j->study, r->failures[0].run,
                       j->setup->study->rule.response != NULL ? " --of " : "",
                       j->setup->study->rule.response != NULL ? j->output : "");
    } else if (r->failure_count > 0) {
        sim_sink_print(note,
                       "to repeat one: %s run %s --point %" PRId64
                       " --replication %d --trace trace.txt\n",
                       j->cli->model->program, j->study, r->failures[0].point,
                       (int)r->failures[0].replication);
    }
}

static void explain_stop(const struct job *j, struct sim_err *err)
{
    const struct sim_sweep_result *r = &j->result;
    char there[32];
    char runs[32];

    (void)sim_err_set(
        err, SIM_STOPPED, "stopped%s: %s of %s runs are there, in %s; the same command goes on",
        r->is_late ? " by --max-time" : "", sim_sweep_count(r->runs - r->missing, there),
        sim_sweep_count(r->runs, runs), r->parts);
}

static void explain_failure(const struct job *j, struct sim_err *err)
{
    const struct sim_sweep_result *r = &j->result;
    char failed[32];
    char runs[32];

    tell_failures(j);
    (void)sim_err_set(err, SIM_FAILED, "%s of %s runs failed%s", sim_sweep_count(r->failed, failed),
                      sim_sweep_count(r->runs, runs),
                      r->missing > 0 ? "; no more were started; the same command goes on" : "");
}

static void tell(const struct job *j, enum sim_status status, struct sim_err *err)
{
    const bool has_run = status == SIM_OK || status == SIM_FAILED || status == SIM_STOPPED;

    if (has_run && j->is_json) {
        print_json(j);
    } else if (has_run && !j->is_quiet) {
        print_text(j);
    }
    if (status == SIM_STOPPED) {
        explain_stop(j, err);
    } else if (status == SIM_FAILED) {
        explain_failure(j, err);
    } else if (status == SIM_WRITE && j->result.made + j->result.before > 0) {
        const struct sim_err before = *err;

        (void)sim_err_set(err, SIM_WRITE,
                          "%s; what was finished before is in %s; once that is mended, the same "
                          "command goes on",
                          before.text, j->result.parts);
    }
}

static enum sim_status make(struct job *j, struct sim_option_args *args, struct sim_err *err)
{
    SIM_TRY(read_options(j, args, err));
    SIM_TRY(sim_cli_study_check(j->cli, "sweep", j->study, err));
    SIM_TRY(sim_cli_study_load(j->cli, j->study, &j->setup, err));
    SIM_TRY(sim_cli_study_spare(j->setup, "-o", j->output, err));
    SIM_TRY(sim_cli_spare_strangers("-o", j->output, err));
    sim_cli_stop_listen(2);
    const enum sim_status status = sim_sweep_run(j->setup, &j->opts, &j->result, err);

    sim_cli_stop_end();
    tell(j, status, err);
    return status;
}

/** What nobody reads any more goes nowhere; the runs are what counts. */
static void forgive_reader(void)
{
    if (fflush(stdout) != 0 && errno == EPIPE) {
        FILE *nowhere = freopen("/dev/null", "w", stdout);

        (void)nowhere; // the end of the program tells if that failed, too
    }
}

static enum sim_status act(const struct sim_cli *cli, struct sim_option_args *args,
                           struct sim_err *err)
{
    struct job j = {.cli = cli, .started_s = sim_machine_wall_s()};

    (void)signal(SIGPIPE, SIG_IGN); // who reads the progress may leave: the runs go on
    j.notes.to = &cli->note;
    sim_sink_buffer_init(&j.notes.line);
    const enum sim_status status = make(&j, args, err);

    forgive_reader();
    sim_sink_buffer_fini(&j.notes.line);
    sim_sweep_result_fini(&j.result);
    sim_sweep_setup_destroy(j.setup);
    free(j.output);
    return status;
}

const struct sim_cli_command sim_cmd_sweep_command = {
    .name = "sweep",
    .usage = "STUDY [-o FILE] [--threads N] [--max-time TIME] [--shard I/N] [--only FILTER]\n"
             "       [--fail-fast] [--keep-parts] [--progress LOOK] [--json] [--quiet]",
    .help = "make the runs of a study; the same command goes on where it was stopped",
    .details =
        "Finished runs are safe in FILE.parts at once; FILE appears when all are there, and the\n"
        "parts are then removed. INT (Ctrl-C), TERM, HUP, USR1 or --max-time: no new run starts,\n"
        "running ones finish, and the exit code is 75. A second signal stops now, and loses only\n"
        "runs that were running. A run that fails is recorded, and the exit code is then 1.",
    .options = options,
    .positional_min = 1,
    .positional_max = 1,
    .act = act};
