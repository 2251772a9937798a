#include "sim/base/file.h"
#include "sim/base/vec.h"
#include "sim/cli/cli_study.h"
#include "sim/store/compose.h"
#include "sim/store/parts.h"
#include "sim/sweep/machine.h"
#include "sim/sweep/sweep.h"
#include "sim/sweep/sweep_tell.h"

#include <jansson.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    MOST_FOLDERS = 10000
};

static const struct sim_option options[] = {
    {.name = "output", .letter = 'o', .value = "FILE", .help = "results file"},
    {.name = "partial", .help = "write what there is, though runs are missing"},
    {.name = "keep", .help = "leave the parts when FILE is there"},
    {.name = "json", .help = "print the summary as one JSON object"},
    {.name = "quiet", .help = "no summary"},
    SIM_OPTION_END};

/** One call of `merge`. */
struct job {
    const struct sim_cli *cli;
    const char *output;
    SIM_VEC(char *) folders; // owned
    bool is_partial;
    double started_s;
    struct sim_compose_result result;
};

static bool is_folder(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/** A folder of parts, or the FILE whose FILE.parts is meant. */
static enum sim_status add_folder(struct job *j, const char *named, struct sim_err *err)
{
    char *parts = sim_base_format("%s.parts", named);

    if (is_folder(named)) {
        free(parts);
        parts = sim_base_strdup(named);
        for (size_t n = strlen(parts); n > 1 && parts[n - 1] == '/'; n--) {
            parts[n - 1] = '\0';
        }
    } else if (!is_folder(parts)) {
        free(parts);
        return sim_err_set(err, sim_file_exists(named) ? SIM_INPUT : SIM_MISSING,
                           "%s is no folder of parts, and there is no %s.parts; `sweep -o FILE` "
                           "leaves its runs in FILE.parts",
                           named, named);
    }
    SIM_VEC_PUSH(&j->folders, parts);
    return SIM_OK;
}

static enum sim_status read_options(struct job *j, const struct sim_option_args *args,
                                    struct sim_err *err)
{
    j->is_partial = sim_option_is_given(args, "partial");
    j->output = sim_option_text(args, "output");
    if (j->output == NULL) {
        return sim_err_set(err, SIM_USAGE, "say which file to write: -o FILE");
    }
    for (int i = 0; i < sim_option_positional_count(args); i++) {
        SIM_TRY(add_folder(j, sim_option_positional(args, i), err));
    }
    return sim_cli_spare_strangers("-o", j->output, err);
}

static void print_json(const struct job *j)
{
    const struct sim_compose_result *r = &j->result;
    json_t *object = json_object();

    (void)json_object_set_new(object, "output", json_string(j->output));
    (void)json_object_set_new(object, "is_complete", json_boolean(r->missing == 0));
    (void)json_object_set_new(object, "runs", json_integer(r->runs));
    (void)json_object_set_new(object, "ok", json_integer(r->ok));
    (void)json_object_set_new(object, "failed", json_integer(r->failed));
    (void)json_object_set_new(object, "missing", json_integer(r->missing));
    (void)json_object_set_new(object, "wall_s", json_real(sim_machine_wall_s() - j->started_s));
    (void)json_object_set_new(object, "peak_mb", json_real(sim_machine_peak_mb()));
    sim_cli_json_print(j->cli, object);
}

static void print_text(const struct job *j)
{
    const struct sim_sink *out = &j->cli->out;
    const struct sim_compose_result *r = &j->result;
    char runs[32];
    char count[32];

    sim_sink_print(out, "%s run%s", sim_sweep_count(r->runs, runs), sim_sweep_plural(r->runs));
    if (r->failed > 0) {
        sim_sink_print(out, ", %s of them failed", sim_sweep_count(r->failed, count));
    }
    if (r->missing > 0) {
        sim_sink_print(out, "; at least %s %s missing", sim_sweep_count(r->missing, count),
                       r->missing == 1 ? "is" : "are");
    }
    sim_sink_print(out, ", in %.1f s\nresults: %s\n", sim_machine_wall_s() - j->started_s,
                   j->output);
}

static enum sim_status compose(struct job *j, struct sim_err *err)
{
    char host[256];
    char now[32];

    sim_machine_host(host);
    sim_machine_utc(now);
    const struct sim_writer_fact facts[] = {
        {.name = "merged", .text = now},
        {.name = "host", .text = host},
        {.name = "folders", .number = (double)j->folders.count},
        {.name = "wall_s", .number = sim_machine_wall_s() - j->started_s},
        {.name = "peak_mb", .number = sim_machine_peak_mb()}};
    const struct sim_compose_opts opts = {.folders = (const char *const *)j->folders.data,
                                          .folder_count = j->folders.count,
                                          .is_partial = j->is_partial,
                                          .facts = facts,
                                          .fact_count = SIM_COUNT(facts)};

    return sim_compose(NULL, &opts, j->output, &j->result, err);
}

static enum sim_status make(struct job *j, const struct sim_option_args *args, struct sim_err *err)
{
    SIM_TRY(read_options(j, args, err));
    SIM_TRY(compose(j, err));
    if (sim_option_is_given(args, "json")) {
        print_json(j);
    } else if (!sim_option_is_given(args, "quiet")) {
        print_text(j);
    }
    for (int i = 0;
         j->result.missing == 0 && !sim_option_is_given(args, "keep") && i < j->folders.count;
         i++) {
        SIM_TRY(sim_parts_remove(j->folders.data[i], err));
    }
    if (j->result.failed > 0) {
        char failed[32];

        return sim_err_set(err, SIM_FAILED, "%s of the runs failed; %s info %s says why",
                           sim_sweep_count(j->result.failed, failed), j->cli->model->program,
                           j->output);
    }
    return SIM_OK;
}

static enum sim_status act(const struct sim_cli *cli, struct sim_option_args *args,
                           struct sim_err *err)
{
    struct job j = {.cli = cli, .started_s = sim_machine_wall_s()};
    const enum sim_status status = make(&j, args, err);

    for (int i = 0; i < j.folders.count; i++) {
        free(j.folders.data[i]);
    }
    SIM_VEC_FREE(&j.folders);
    return status;
}

const struct sim_cli_command sim_cmd_merge_command = {
    .name = "merge",
    .usage = "PARTS... -o FILE [--partial] [--keep] [--json] [--quiet]",
    .help = "join what the shards of a sweep left into one results file",
    .details = "PARTS are the folders FILE.parts that `sweep --shard I/N -o FILE` fills, or just\n"
               "FILE. They must be of one study and one version. The file is the one that one\n"
               "machine would have made, byte for byte in all but /execution; the parts are then\n"
               "removed. --partial writes the runs there are and leaves the parts, so that the\n"
               "sweep can go on.",
    .options = options,
    .positional_min = 1,
    .positional_max = MOST_FOLDERS,
    .act = act};
