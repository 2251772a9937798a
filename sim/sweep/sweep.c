#include "sim/sweep/sweep.h"

#include "sim/base/file.h"
#include "sim/store/compose.h"
#include "sim/store/parts.h"
#include "sim/store/reader.h"
#include "sim/sweep/machine.h"
#include "sim/sweep/runner.h"
#include "sim/sweep/sweep_file.h"
#include "sim/sweep/sweep_queue.h"
#include "sim/sweep/sweep_tell.h"

#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    HOLES = 1000,   // [-] replications that are looked for beyond the first that is missing
    MOST_TRIES = 20 // [-] damaged blocks that are made again in one call
};

/** All of one sweep. `lock` guards the queue and what is counted. */
struct job {
    const struct sim_sweep_setup *s;
    const struct sim_sweep_opts *opts;
    struct sim_sweep_result *out;
    struct sim_card card; // with the number of shards
    char *folder;
    struct sim_card *before; // the card that was there; NULL: none
    struct sim_parts *parts;
    struct sim_parts_found found;
    struct sim_plan_filter *filter; // NULL: all points
    struct sim_sweep_queue *queue;
    struct sim_progress *progress;
    pthread_mutex_t lock;
    double started_s;
    char started_utc[32];
    int64_t failed;
    double next_told_s; // of the writing of FILE
    bool is_bar_drawn;
    bool is_set_aside; // writing FILE found a damaged block: its runs are to be made again
    int64_t lost;      // [-] runs that were in damaged blocks
    int64_t made_till; // [-] runs made before the first of these was found
};

static struct sim_parts_key key_of(const struct job *j, int64_t point, int32_t replication)
{
    return (struct sim_parts_key){j->s->card.marks[point], replication};
}

// ---- failures ----

static bool comes_before(const struct sim_sweep_failure *a, const struct sim_sweep_failure *b)
{
    return a->point != b->point ? a->point < b->point : a->replication < b->replication;
}

/** A point that cannot be loaded fails all its runs with the same words: one of them will do. */
static bool joins_failure(struct sim_sweep_result *r, const struct sim_sweep_failure *f)
{
    for (int i = 0; i < r->failure_count; i++) {
        struct sim_sweep_failure *of = &r->failures[i];

        if (of->point == f->point && strcmp(of->reason, f->reason) == 0) {
            of->run = comes_before(f, of) ? f->run : of->run;
            of->replication = comes_before(f, of) ? f->replication : of->replication;
            of->more++;
            return true;
        }
    }
    return false;
}

/** Keep it if it is among the first ones. */
static void keep_failure(struct sim_sweep_result *r, struct sim_sweep_failure f)
{
    if (joins_failure(r, &f)) {
        free(f.reason);
        return;
    }
    if (r->failure_count == SIM_SWEEP_FAILURES) {
        struct sim_sweep_failure *last = &r->failures[SIM_SWEEP_FAILURES - 1];

        if (!comes_before(&f, last)) {
            free(f.reason);
            return;
        }
        free(last->reason);
        r->failure_count--;
    }
    int at = r->failure_count++;

    for (; at > 0 && comes_before(&f, &r->failures[at - 1]); at--) {
        r->failures[at] = r->failures[at - 1];
    }
    r->failures[at] = f;
}

/** The run's id in FILE, where that does not depend on results. */
static int64_t run_id(const struct job *j, int64_t point, int32_t replication)
{
    const struct sim_rule *rule = &j->s->card.rule;

    return rule->at_least == rule->at_most ? point * rule->at_most + replication : -1;
}

/** Which replication a run of FILE is; 0 when it does not say. */
static int32_t replication_of(struct sim_reader *reader, int64_t run)
{
    const int var = sim_reader_find(reader, "", "replication");
    const int64_t one = 1;
    double value = 0.0;
    struct sim_err ignored;

    if (var < 0 || sim_reader_numbers(reader, var, &run, &one, &value, &ignored) != SIM_OK) {
        return 0;
    }
    return (int32_t)value;
}

/** FILE knows all failures, those of earlier calls too, and the ids of their runs. */
static void read_failures(struct job *j)
{
    struct sim_sweep_result *r = j->out;
    struct sim_reader *reader = NULL;
    const struct sim_reader_failure *failures = NULL;
    int count = 0;
    struct sim_err err;

    if (sim_reader_open(j->opts->output, &reader, &err) != SIM_OK) {
        return; // what this call saw will do
    }
    if (sim_reader_failures(reader, &failures, &count, &err) == SIM_OK) {
        for (int i = 0; i < r->failure_count; i++) {
            free(r->failures[i].reason);
        }
        r->failure_count = 0;
        r->failed = count;
        for (int i = 0; i < count; i++) {
            keep_failure(r,
                         (struct sim_sweep_failure){.run = failures[i].run,
                                                    .point = failures[i].point,
                                                    .reason = sim_base_strdup(failures[i].reason)});
        }
        for (int i = 0; i < r->failure_count; i++) {
            r->failures[i].replication = replication_of(reader, r->failures[i].run);
        }
    }
    sim_reader_close(reader);
}

// ---- before the first run ----

/** FILE is as it would be written: nothing is to do but to tell its failures again. */
static void leave_file(struct job *j, const struct sim_sweep_file *file)
{
    j->out->was_complete = true;
    j->out->runs = file->runs;
    read_failures(j);
}

/** Why a FILE that is there does not do, and what becomes of it. */
static void tell_file(const struct job *j, const struct sim_sweep_file *file)
{
    if (!file->is_there || file->difference == NULL) {
        return;
    }
    sim_sink_print(&j->opts->note,
                   file->has_our_runs
                       ? "%s has the runs of this study, but says of them what is no longer so "
                         "(%s); it stays until it can be written anew, and is then replaced\n"
                       : "%s holds other runs than this study asks for (%s); it stays until all of "
                         "these are there, and is then replaced\n",
                   j->opts->output, file->difference);
    if (j->found.is_new) {
        sim_sink_print(&j->opts->note,
                       "its parts were removed when it was written, so all runs are made again; "
                       "with --keep-parts the next change makes only what it must\n");
    }
}

static enum sim_status open_parts(struct job *j, struct sim_err *err)
{
    char *card = sim_file_join(j->folder, "card.json");
    struct sim_err ignored; // no card, or one that is beyond reading: open says what is wrong

    SIM_TRY(sim_file_make_parents(j->opts->output, err));
    if (sim_card_read(card, &j->before, &ignored) != SIM_OK) {
        j->before = NULL;
    }
    free(card);
    return sim_parts_open(j->folder, &j->card, j->opts->shard, &j->parts, &j->found, err);
}

/** Tell the queue which replications of a point are there. */
static void scan_point(struct job *j, int64_t point)
{
    const int32_t most = j->s->card.rule.at_most;
    int32_t hole = -1; // the last one, since when none was there

    for (int32_t r = 0; r < most && r - hole <= HOLES + sim_sweep_queue_need(j->queue, point);
         r++) {
        const struct sim_parts_key key = key_of(j, point, r);
        enum sim_run_status status = SIM_RUN_OK;
        double value = (double)NAN;

        if (sim_parts_find(j->parts, &key, &status, &value)) {
            hole = r;
            sim_sweep_queue_finish(j->queue, point, r,
                                   status == SIM_RUN_FAILED ? SIM_RULE_FAILED : value);
        }
    }
}

static bool is_own(const struct job *j, int64_t point)
{
    return point % j->card.shards == j->opts->shard;
}

/** Whether `only` allows a point. */
static bool is_allowed(const struct job *j, int64_t point, struct sim_arena *scratch)
{
    struct sim_plan_point p;

    if (j->filter == NULL) {
        return true;
    }
    const sim_arena_mark mark = sim_arena_mark_now(scratch);

    sim_plan_point(j->s->plan, point, scratch, &p);
    const bool holds = sim_plan_filter_holds(j->filter, &p);

    sim_arena_rewind(scratch, mark);
    return holds;
}

static enum sim_status check_only(struct job *j, struct sim_err *err)
{
    struct sim_arena *scratch = sim_arena_create();
    bool is_any = false;

    for (int64_t i = 0; i < j->card.points && !is_any; i++) {
        is_any = is_allowed(j, i, scratch);
    }
    sim_arena_destroy(scratch);
    return is_any ? SIM_OK
                  : sim_err_set(err, SIM_USAGE, "--only %s: no point of the study is like that",
                                j->opts->only);
}

/** What is wanted, and what of it is there. */
static void scan(struct job *j)
{
    struct sim_arena *scratch = sim_arena_create();

    for (int64_t i = 0; i < j->card.points; i++) {
        if (!is_own(j, i)) {
            continue;
        }
        if (is_allowed(j, i, scratch)) {
            sim_sweep_queue_want(j->queue, i);
        }
        if (j->found.runs > 0) {
            scan_point(j, i);
        }
    }
    sim_arena_destroy(scratch);
}

/** Open the parts and see what is missing; `file` NULL: again in the same call. */
static enum sim_status take_up(struct job *j, const struct sim_sweep_file *file,
                               struct sim_err *err)
{
    sim_card_destroy(j->before);
    j->before = NULL;
    SIM_TRY(open_parts(j, err));
    if (file != NULL) {
        tell_file(j, file);
    }
    sim_sweep_queue_destroy(j->queue);
    j->queue = sim_sweep_queue_create(&j->card.rule, j->card.points, j->opts->threads);
    scan(j);
    const int64_t runs = sim_sweep_queue_runs(j->queue);
    const int64_t there = runs - sim_sweep_queue_missing(j->queue);

    j->out->before = file != NULL ? there : j->out->before;
    sim_sweep_tell_found(&j->opts->note, &j->found, j->before, &j->card, there, runs, j->folder);
    sim_sweep_tell_changes(&j->opts->note, j->before, &j->card, j->opts->shard, j->queue);
    return SIM_OK;
}

static enum sim_status begin(struct job *j, struct sim_err *err)
{
    if (j->opts->only != NULL) {
        SIM_TRY(sim_plan_filter_create(j->s->plan, j->opts->only, &j->filter, err));
        SIM_TRY(check_only(j, err));
    }
    struct sim_sweep_file file;

    sim_sweep_file_look(j->opts->output, &j->s->card, &file);
    enum sim_status status = SIM_OK;

    if (file.is_complete) {
        leave_file(j, &file);
    } else {
        status = take_up(j, &file, err);
    }
    sim_sweep_file_fini(&file);
    return status;
}

// ---- what the runner asks ----

static enum sim_runner_answer next(void *user, int slot, struct sim_runner_task *out)
{
    struct job *j = user;
    int64_t point = -1;
    int32_t replication = -1;
    enum sim_runner_answer answer = SIM_RUNNER_WAIT;

    (void)pthread_mutex_lock(&j->lock);
    if (sim_sweep_queue_missing(j->queue) == 0) {
        answer = SIM_RUNNER_ENOUGH;
    } else if (j->opts->fails_fast && j->failed > 0) {
        answer = SIM_RUNNER_END;
    } else if (sim_sweep_queue_next(j->queue, slot, &point, &replication)) {
        answer = SIM_RUNNER_TASK;
    }
    (void)pthread_mutex_unlock(&j->lock);
    if (answer == SIM_RUNNER_TASK) {
        sim_plan_trial(j->s->plan, j->card.seed, point, &j->card.marks[point], replication,
                       &out->trial);
        out->replication = replication;
    }
    return answer;
}

static bool is_kept(const struct job *j, int64_t point)
{
    return j->s->first_point[j->card.point_design[point]] == point;
}

/** All mistakes in one line. */
static void join_mistakes(struct sim_diag *diag, struct sim_err *err)
{
    struct sim_sink_buffer text;

    sim_sink_buffer_init(&text);
    const struct sim_sink sink = sim_sink_buffer_sink(&text);

    for (int i = 0; i < sim_diag_count(diag); i++) {
        const struct sim_mistake *m = sim_diag_at(diag, i);

        if (m->level != SIM_DIAG_WARNING) {
            char *line = sim_diag_line(m);

            sim_sink_print(&sink, "%s%s", text.length > 0 ? "; " : "", line);
            free(line);
        }
    }
    (void)sim_err_set(err, sim_diag_status(diag), "%s", text.text);
    sim_sink_buffer_fini(&text);
}

static enum sim_status load(void *user, int64_t point, const void **out_data, struct sim_err *err)
{
    const struct job *j = user;

    if (is_kept(j, point)) {
        *out_data = j->s->data[j->card.point_design[point]];
        return SIM_OK;
    }
    struct sim_diag *diag = sim_diag_create();
    void *data = NULL;
    const enum sim_status status = sim_sweep_setup_load(j->s, point, diag, &data, err);

    if (status != SIM_OK && sim_diag_wrong(diag) > 0) {
        join_mistakes(diag, err);
    }
    sim_diag_destroy(diag);
    *out_data = data;
    return status;
}

static void unload(void *user, int64_t point, const void *data)
{
    const struct job *j = user;

    if (!is_kept(j, point)) {
        j->s->model->unload((void *)(uintptr_t)data); // ours: load made it
    }
}

/** The rule's response of a run; NaN where it has none. */
static double response_of(const struct job *j, const struct sim_pack *pack)
{
    if (pack->status == SIM_RUN_FAILED) {
        return SIM_RULE_FAILED;
    }
    if (j->s->response_var < 0) {
        return (double)NAN;
    }
    return sim_row_value(pack->totals, j->s->response_var, 0);
}

static enum sim_status take(void *user, struct sim_pack *pack, struct sim_err *err)
{
    struct job *j = user;
    const int64_t point = pack->key.point;
    const int32_t replication = (int32_t)pack->key.replication;
    const enum sim_status status = sim_parts_put(j->parts, &j->card.marks[point], pack, err);

    if (status == SIM_OK) {
        (void)pthread_mutex_lock(&j->lock);
        sim_sweep_queue_finish(j->queue, point, replication, response_of(j, pack));
        j->failed += pack->status == SIM_RUN_FAILED ? 1 : 0;
        const int64_t runs = sim_sweep_queue_runs(j->queue);

        (void)pthread_mutex_unlock(&j->lock);
        sim_progress_plan(j->progress, runs);
        j->out->made++;
    }
    if (status == SIM_OK && pack->status == SIM_RUN_FAILED) {
        keep_failure(j->out, (struct sim_sweep_failure){.run = run_id(j, point, replication),
                                                        .point = point,
                                                        .replication = replication,
                                                        .reason = sim_base_strdup(pack->reason)});
    }
    sim_pack_destroy(pack);
    return status;
}

static int stop_level(void *user)
{
    struct job *j = user;
    const int level = j->opts->stop_level != NULL ? j->opts->stop_level(j->opts->stop_user) : 0;

    if (level == 0 && j->opts->max_s > 0.0 &&
        sim_machine_wall_s() - j->started_s >= j->opts->max_s) {
        return 1;
    }
    return level;
}

// ---- the runs ----

static struct sim_progress *make_progress(const struct job *j)
{
    const struct sim_progress_opts opts = {.sink = j->opts->progress,
                                           .look = j->opts->look,
                                           .columns = j->opts->columns,
                                           .slots = j->opts->threads,
                                           .runs = sim_sweep_queue_runs(j->queue),
                                           .before = sim_sweep_queue_runs(j->queue) -
                                                     sim_sweep_queue_missing(j->queue),
                                           .start_us = j->s->facts.start_us,
                                           .until_us = j->s->facts.until_us};

    return j->opts->has_progress ? sim_progress_create(&opts) : NULL;
}

static enum sim_status make_runs(struct job *j, struct sim_err *err)
{
    const struct sim_runner_plan plan = {.model = j->s->model,
                                         .schema = j->s->schema,
                                         .want = &j->s->study->want,
                                         .next = next,
                                         .load = load,
                                         .unload = unload,
                                         .user = j,
                                         .has_point_rows = true};
    struct sim_runner_result result = {0};

    if (sim_sweep_queue_missing(j->queue) == 0) {
        return SIM_OK;
    }
    sim_sweep_tell_start(&j->opts->note, &j->card.rule, sim_sweep_queue_missing(j->queue),
                         j->opts->threads);
    j->progress = make_progress(j);
    const struct sim_runner_opts opts = {.threads = j->opts->threads,
                                         .progress = j->progress,
                                         .stop_level = stop_level,
                                         .stop_user = j};
    const enum sim_status status = sim_runner_run(&plan, &opts, take, j, &result, err);

    sim_progress_destroy(j->progress);
    j->progress = NULL;
    j->out->events += result.events;
    j->out->is_late = j->opts->max_s > 0.0 && sim_machine_wall_s() - j->started_s >= j->opts->max_s;
    return status == SIM_FAILED || status == SIM_STOPPED ? SIM_OK : status; // counted below
}

/** Of the runs made since a damaged block was found, those that were in it. */
static int64_t count_again(const struct job *j)
{
    const int64_t since = j->out->made - j->made_till;

    return j->lost < since ? j->lost : since;
}

/** Runs that are asked for and failed, now or before; what is missing outside `only`. */
static void count_all(struct job *j)
{
    j->out->runs = sim_sweep_queue_runs(j->queue);
    j->out->missing = sim_sweep_queue_missing(j->queue);
    j->out->again = count_again(j);
    j->out->ahead = j->out->made + j->out->before - j->lost + j->out->missing - j->out->runs;
    j->out->failed = 0;
    j->out->rest = -j->out->missing;
    for (int64_t i = 0; i < j->card.points; i++) {
        if (!is_own(j, i)) {
            continue;
        }
        j->out->rest += sim_sweep_queue_lack(j->queue, i);
        for (int32_t r = 0; r < sim_sweep_queue_need(j->queue, i); r++) {
            const struct sim_parts_key key = key_of(j, i, r);
            enum sim_run_status status = SIM_RUN_OK;
            double value = 0.0;

            if (sim_parts_find(j->parts, &key, &status, &value) && status == SIM_RUN_FAILED) {
                j->out->failed++;
            }
        }
    }
}

/** Make them, and seal what was made, whatever happens. */
static enum sim_status make_parts(struct job *j, struct sim_err *err)
{
    const enum sim_status status = make_runs(j, err);
    struct sim_err closing = {0};

    count_all(j);
    const enum sim_status closed = sim_parts_close(j->parts, &closing);

    j->parts = NULL;
    if (status == SIM_OK && closed != SIM_OK) {
        *err = closing;
    }
    return status != SIM_OK ? status : closed;
}

// ---- the file ----

/** How far the file is, now and then. */
static void told(void *user, int64_t done, int64_t runs)
{
    struct job *j = user;
    const double now_s = sim_machine_wall_s();
    char a[32];
    char b[32];

    if (!j->opts->has_progress || now_s < j->next_told_s) {
        return;
    }
    switch (j->opts->look) {
    case SIM_PROGRESS_BAR:
        sim_sink_print(&j->opts->progress, "\r\033[Kwriting %s: %s of %s runs", j->opts->output,
                       sim_sweep_count(done, a), sim_sweep_count(runs, b));
        j->is_bar_drawn = true;
        break;
    case SIM_PROGRESS_LINES:
        sim_sink_print(&j->opts->progress, "writing %s: %s of %s runs\n", j->opts->output,
                       sim_sweep_count(done, a), sim_sweep_count(runs, b));
        break;
    case SIM_PROGRESS_JSON:
        sim_sink_print(&j->opts->progress, "{\"written\": %" PRId64 ", \"runs\": %" PRId64 "}\n",
                       done, runs);
        break;
    }
    j->next_told_s = now_s + (j->opts->look == SIM_PROGRESS_LINES ? 60.0 : 1.0);
}

static void wipe(struct job *j)
{
    if (j->is_bar_drawn) {
        sim_sink_text(&j->opts->progress, "\r\033[K");
        j->is_bar_drawn = false;
    }
}

static enum sim_status compose(struct job *j, struct sim_err *err)
{
    char host[256];
    char now[32];

    sim_machine_host(host);
    sim_machine_utc(now);
    const struct sim_writer_fact facts[] = {
        {.name = "started", .text = j->started_utc},
        {.name = "ended", .text = now},
        {.name = "host", .text = host},
        {.name = "threads", .number = (double)j->opts->threads},
        {.name = "runs_of_before", .number = (double)j->out->before},
        {.name = "runs_made", .number = (double)j->out->made},
        {.name = "runs_made_again", .number = (double)j->out->again},
        {.name = "wall_s", .number = sim_machine_wall_s() - j->started_s},
        {.name = "cpu_s", .number = sim_machine_cpu_s()},
        {.name = "peak_mb", .number = sim_machine_peak_mb()}};
    const char *const folders[] = {j->folder};
    const struct sim_compose_opts opts = {.folders = folders,
                                          .folder_count = 1,
                                          .facts = facts,
                                          .fact_count = SIM_COUNT(facts),
                                          .told = told,
                                          .user = j};
    struct sim_compose_result result;

    j->next_told_s = sim_machine_wall_s() + 1.0;
    const enum sim_status status = sim_compose(&j->s->card, &opts, j->opts->output, &result, err);

    wipe(j);
    j->is_set_aside = result.is_set_aside;
    SIM_TRY(status);
    j->out->is_composed = true;
    if (j->out->failed > 0) {
        read_failures(j);
    }
    return j->opts->keeps_parts ? SIM_OK : sim_parts_remove(j->folder, err);
}

static enum sim_status conclude(struct job *j, struct sim_err *err)
{
    const struct sim_sweep_result *r = j->out;

    if (r->missing > 0 && j->opts->fails_fast && j->failed > 0) {
        return SIM_FAILED;
    }
    if (r->missing > 0) {
        return SIM_STOPPED;
    }
    if (j->card.shards == 1 && r->rest == 0) {
        SIM_TRY(compose(j, err));
    }
    return r->failed > 0 ? SIM_FAILED : SIM_OK;
}

/** Make what is missing and write FILE; where that finds a damaged block, again. */
static enum sim_status make_all(struct job *j, struct sim_err *err)
{
    for (int tries = 0;; tries++) {
        const int64_t made = j->out->made;
        const int64_t found = j->found.runs;

        j->is_set_aside = false;
        SIM_TRY(make_parts(j, err));
        const enum sim_status status = conclude(j, err);

        if (!j->is_set_aside || tries == MOST_TRIES) {
            return status;
        }
        sim_sink_print(&j->opts->note,
                       "a block of finished runs turned out to be damaged while %s was written; "
                       "its runs are made again now\n",
                       j->opts->output);
        *err = (struct sim_err){0}; // it is mended
        SIM_TRY(take_up(j, NULL, err));
        j->made_till = j->lost == 0 ? j->out->made : j->made_till;
        j->lost += found + j->out->made - made - j->found.runs;
    }
}

// ---- all of it ----

static void drop(struct job *j)
{
    struct sim_err ignored = {0};

    if (j->parts != NULL) {
        const enum sim_status closed = sim_parts_close(j->parts, &ignored);

        (void)closed; // something else is told
    }
    sim_sweep_queue_destroy(j->queue);
    sim_plan_filter_destroy(j->filter);
    sim_card_destroy(j->before);
    (void)pthread_mutex_destroy(&j->lock);
}

enum sim_status sim_sweep_run(const struct sim_sweep_setup *s, const struct sim_sweep_opts *opts,
                              struct sim_sweep_result *out, struct sim_err *err)
{
    struct job j = {.s = s,
                    .opts = opts,
                    .out = out,
                    .card = s->card,
                    .folder = sim_base_format("%s.parts", opts->output),
                    .started_s = sim_machine_wall_s()};

    *out = (struct sim_sweep_result){.parts = j.folder};
    j.card.shards = opts->shards;
    sim_machine_utc(j.started_utc);
    (void)pthread_mutex_init(&j.lock, NULL);
    enum sim_status status = begin(&j, err);

    if (status == SIM_OK && out->was_complete) {
        status = out->failed > 0 ? SIM_FAILED : SIM_OK;
    } else if (status == SIM_OK) {
        status = make_all(&j, err);
    }
    drop(&j);
    return status;
}

void sim_sweep_result_fini(struct sim_sweep_result *r)
{
    for (int i = 0; i < r->failure_count; i++) {
        free(r->failures[i].reason);
    }
    free(r->parts);
    *r = (struct sim_sweep_result){0};
}
