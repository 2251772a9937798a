#include "sim/base/file.h"
#include "sim/base/strtab.h"
#include "sim/cli/cli_priv.h"
#include "sim/cli/cli_study.h"
#include "sim/cli/export_priv.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define MAX_RUN_ID 1000000000000000

static const struct sim_option options[] = {
    {.name = "what",
     .repeats = true,
     .value = "TABLE",
     .help = "one of those listed below; may be given more than once [all]"},
    {.name = "output",
     .letter = 'o',
     .value = "DIR|FILE.csv|-",
     .help = "folder for the tables, or the file of one table; -: standard output [beside FILE]"},
    {.name = "run", .value = "N", .help = "only the run of that number, for all but flows"},
    {.name = "no-mark", .help = "no byte order mark (Excel needs it to see that it is UTF-8)"},
    SIM_OPTION_END};

enum {
    MOST_TABLES = 32
};

/** Tables of any model, after the model's own. */
static const struct sim_model_table own_tables[] = {
    {.name = "series",
     .about = "one row an interval, one column a series; levels at its end",
     .absent = "it has no series",
     .fill = sim_export_series_fill},
    {.name = "runs",
     .about = "one row a run: design, replication, how it ended, responses",
     .absent = "it has no runs",
     .fill = sim_export_series_runs}};

static int table_count(const struct sim_model *model)
{
    return model->table_count + SIM_COUNT(own_tables);
}

static const struct sim_model_table *table_at(const struct sim_model *model, int i)
{
    return i < model->table_count ? &model->tables[i] : &own_tables[i - model->table_count];
}

/** All of one call of `export`. */
struct job {
    const struct sim_cli *cli;
    const char *path;
    const char *output; // NULL: beside `path`
    bool has_mark;
    bool is_all; // no --what: what is not there is left out
    int kind_count;
    const struct sim_model_table *kinds[MOST_TABLES];
    bool wanted[MOST_TABLES];
    struct sim_export_csv *tables[MOST_TABLES];
    char *names[MOST_TABLES];
    struct sim_export x;
};

// ---- what is asked for ----

static enum sim_status want(struct job *j, const char *what, struct sim_err *err)
{
    const char *names[MOST_TABLES];

    for (int i = 0; i < j->kind_count; i++) {
        names[i] = j->kinds[i]->name;
        if (strcmp(what, names[i]) == 0) {
            j->wanted[i] = true;
            return SIM_OK;
        }
    }
    const char *nearest = sim_strtab_nearest(what, names, j->kind_count);

    return sim_err_set(err, SIM_USAGE, "--what %s: there is no such table; %s%s%s", what,
                       nearest != NULL ? "did you mean '" : "--help lists them",
                       nearest != NULL ? nearest : "", nearest != NULL ? "'?" : "");
}

static bool names_a_file(const char *output)
{
    const size_t length = output != NULL ? strlen(output) : 0;

    return output != NULL &&
           (strcmp(output, "-") == 0 || (length > 4 && strcmp(output + length - 4, ".csv") == 0));
}

static enum sim_status read_options(struct job *j, struct sim_option_args *args,
                                    struct sim_err *err)
{
    int count = 0;
    const char *const *what = sim_option_texts(args, "what", &count);
    int wanted = 0;

    j->path = sim_option_positional(args, 0);
    j->output = sim_option_text(args, "output");
    j->has_mark = !sim_option_is_given(args, "no-mark");
    j->is_all = count == 0;
    for (int i = 0; i < count; i++) {
        SIM_TRY(want(j, what[i], err));
    }
    for (int i = 0; i < j->kind_count; i++) {
        j->wanted[i] = j->wanted[i] || j->is_all;
        wanted += j->wanted[i] ? 1 : 0;
    }
    if (wanted > 1 && names_a_file(j->output)) {
        return sim_err_set(err, SIM_USAGE,
                           "-o %s takes one table: say which with --what, or name a folder",
                           j->output);
    }
    return SIM_OK;
}

/** Only the run of that id. */
static enum sim_status choose_run(struct job *j, const struct sim_option_args *args,
                                  struct sim_err *err)
{
    int64_t id = -1;

    SIM_TRY(sim_option_int(args, "run", 0, MAX_RUN_ID, &id, err));
    for (int64_t i = 0; i < j->x.run_count && id >= 0; i++) {
        if ((int64_t)j->x.run_id[i] == id) {
            j->x.only_run = i;
            return SIM_OK;
        }
    }
    return id < 0
               ? SIM_OK
               : sim_err_set(err, SIM_USAGE, "--run %" PRId64 ": %s has no such run", id, j->path);
}

// ---- where it goes ----

/** "out/results.h5" and "flows": "out/results_flows.csv". */
static char *name_beside(const char *path, const char *table)
{
    const size_t length = strlen(path);
    const bool is_h5 = length > 3 && strcmp(path + length - 3, ".h5") == 0;

    return sim_base_format("%.*s_%s.csv", (int)(is_h5 ? length - 3 : length), path, table);
}

static char *name_of(const struct job *j, const struct sim_model_table *k)
{
    if (j->output == NULL) {
        return name_beside(j->path, k->name);
    }
    if (names_a_file(j->output)) {
        return sim_base_format("%s", j->output);
    }
    char *file = sim_base_format("%s.csv", k->name);
    char *path = sim_file_join(j->output, file);

    free(file);
    return path;
}

static enum sim_status check_folder(const struct job *j, struct sim_err *err)
{
    struct stat info;

    if (j->output != NULL && !names_a_file(j->output) && stat(j->output, &info) == 0 &&
        !S_ISDIR(info.st_mode)) {
        return sim_err_set(err, SIM_WRITE,
                           "%s is a file, not a folder; the file of one table ends with .csv",
                           j->output);
    }
    return SIM_OK;
}

// ---- writing ----

/** What to say where the file has no such table; `out` holds it where it is longer than a word. */
static const char *absent_of(const struct job *j, int i, char out[200])
{
    const struct sim_model_table *k = j->kinds[i];
    const char *from = j->cli->model->series_from;

    if (k->fill != sim_export_series_fill || from == NULL) {
        return k->absent;
    }
    (void)snprintf(out, 200, "%s; %s says which to keep", k->absent, from);
    return out;
}

static enum sim_status write_table(struct job *j, int i, struct sim_err *err)
{
    char why[200];

    if (j->output != NULL && strcmp(j->output, "-") == 0) {
        j->tables[i] = sim_export_csv_to_sink(&j->cli->out);
    } else {
        j->names[i] = name_of(j, j->kinds[i]);
        SIM_TRY(sim_cli_spare("-o", j->names[i], j->path, err));
        SIM_TRY(sim_export_csv_open(j->names[i], j->has_mark, &j->tables[i], err));
    }
    const enum sim_status status = j->kinds[i]->fill(&j->x, j->tables[i], err);

    if (status != SIM_OK) {
        (void)sim_err_wrap(err, "%s", j->path);
        return status;
    }
    if (sim_export_csv_rows(j->tables[i]) > 0) {
        return sim_export_csv_finish(j->tables[i], err);
    }
    if (!j->is_all) {
        return sim_err_set(err, SIM_INPUT, "%s: %s", j->path, absent_of(j, i, why));
    }
    sim_sink_print(&j->cli->note, "%s: no table '%s': %s\n", j->path, j->kinds[i]->name,
                   absent_of(j, i, why));
    sim_export_csv_close(j->tables[i]); // an empty table is no file
    j->tables[i] = NULL;
    return SIM_OK;
}

/** When the table that is about to be replaced was written; false: there is none. */
static bool has_older(const char *path, char when[32])
{
    struct stat info;
    struct tm date;

    return path != NULL && stat(path, &info) == 0 && localtime_r(&info.st_mtime, &date) != NULL &&
           strftime(when, 32, "%Y-%m-%d %H:%M", &date) > 0;
}

static enum sim_status commit_table(struct job *j, int i, struct sim_err *err)
{
    char when[32];
    const bool replaces = j->tables[i] != NULL && has_older(j->names[i], when);

    SIM_TRY(sim_export_csv_commit(j->tables[i], err));
    if (replaces) { // it may have been of other results
        sim_sink_print(&j->cli->note, "%s: replaced the table of %s\n", j->names[i], when);
    }
    return SIM_OK;
}

static enum sim_status commit(struct job *j, struct sim_err *err)
{
    enum sim_status status = SIM_OK;

    for (int i = 0; i < j->kind_count && status == SIM_OK; i++) {
        status = commit_table(j, i, err);
    }
    for (int i = 0; i < j->kind_count && status == SIM_OK; i++) {
        if (j->tables[i] != NULL && j->names[i] != NULL) {
            sim_sink_print(&j->cli->out, "%s: %" PRId64 " rows\n", j->names[i],
                           sim_export_csv_rows(j->tables[i]));
        }
    }
    return status;
}

static enum sim_status write_all(struct job *j, struct sim_option_args *args, struct sim_reader *r,
                                 struct sim_err *err)
{
    enum sim_status status = sim_export_read_begin(&j->x, r, err);

    if (status != SIM_OK) {
        (void)sim_err_wrap(err, "%s", j->path);
        return status;
    }
    SIM_TRY(choose_run(j, args, err));
    SIM_TRY(check_folder(j, err));
    for (int i = 0; i < j->kind_count && status == SIM_OK; i++) {
        status = j->wanted[i] ? write_table(j, i, err) : SIM_OK;
    }
    return status == SIM_OK ? commit(j, err) : status;
}

static enum sim_status act(const struct sim_cli *cli, struct sim_option_args *args,
                           struct sim_err *err)
{
    struct job j = {.cli = cli, .kind_count = table_count(cli->model)};
    struct sim_reader *r = NULL;

    SIM_REQUIRE(j.kind_count <= MOST_TABLES, "a model has more tables than export has room for");
    for (int i = 0; i < j.kind_count; i++) {
        j.kinds[i] = table_at(cli->model, i);
    }
    SIM_TRY(read_options(&j, args, err));
    SIM_TRY(sim_reader_open_of(j.path, cli->model->expected, cli->model->expected_count, &r, err));
    const enum sim_status status = write_all(&j, args, r, err);

    for (int i = 0; i < j.kind_count; i++) {
        sim_export_csv_close(j.tables[i]);
        free(j.names[i]);
    }
    sim_export_read_end(&j.x);
    sim_reader_close(r);
    return status;
}

/** A line of `about` beside the name, the next ones under it. */
static void list_table(const struct sim_model_table *k, const struct sim_sink *to)
{
    const char *left = k->name;

    for (const char *line = k->about; line != NULL;) {
        const char *end = strchr(line, '\n');
        const int length = end != NULL ? (int)(end - line) : (int)strlen(line);

        sim_sink_print(to, "%-13s %.*s\n", left, length, line);
        left = "";
        line = end != NULL ? end + 1 : NULL;
    }
}

static void list_tables(const struct sim_cli *cli, const struct sim_sink *to)
{
    for (int i = 0; i < table_count(cli->model); i++) {
        list_table(table_at(cli->model, i), to);
    }
}

const struct sim_cli_command sim_cmd_export_command = {
    .name = "export",
    .usage = "FILE [--what TABLE]... [-o DIR|FILE.csv|-] [--run N] [--no-mark]",
    .help = "write tables of a results file as CSV, for spreadsheets",
    .more = list_tables,
    .details =
        "Units stand in the heading, or in the column 'unit'. Numbers have a decimal point, "
        "absent\n"
        "ones are empty cells. Files are UTF-8 with a byte order mark, so that Excel and "
        "LibreOffice\n"
        "show all letters when they are opened at a double click. Tables appear when all of them\n"
        "are whole, never before; those of an earlier export are replaced, and that is told.",
    .options = options,
    .positional_min = 1,
    .positional_max = 1,
    .act = act};
