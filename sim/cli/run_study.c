#include "sim/cli/run_study.h"

#include "sim/store/reader.h"
#include "sim/sweep/sweep_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_FILE "--of FILE, the results of the sweep"

static const char *const park_options[] = {"set", "seed", "until", "design", "replications"};
static const char *const study_options[] = {"id", "of", "point", "replication"};

enum sim_status sim_run_study_refuse(const struct sim_option_args *args, struct sim_err *err)
{
    for (int i = 0; i < SIM_COUNT(study_options); i++) {
        if (sim_option_is_given(args, study_options[i])) {
            return sim_err_set(err, SIM_USAGE, "--%s is for a study, and %s is none",
                               study_options[i], sim_option_positional(args, 0));
        }
    }
    return SIM_OK;
}

static enum sim_status refuse_park_options(const struct sim_option_args *args, struct sim_err *err)
{
    for (int i = 0; i < SIM_COUNT(park_options); i++) {
        if (sim_option_is_given(args, park_options[i])) {
            return sim_err_set(err, SIM_USAGE,
                               "--%s is for a park; a run of a study is repeated as it was",
                               park_options[i]);
        }
    }
    return SIM_OK;
}

// ---- which run ----

static bool is_fixed(const struct sim_run_study *r)
{
    return r->setup->card.rule.at_least == r->setup->card.rule.at_most;
}

static enum sim_status by_number(struct sim_run_study *r, struct sim_err *err)
{
    const int32_t each = r->setup->card.rule.at_most;

    if (r->id >= r->setup->card.points * each) {
        return sim_err_set(err, SIM_USAGE, "--id %" PRId64 ": the study has runs 0 to %" PRId64,
                           r->id, r->setup->card.points * each - 1);
    }
    r->point = r->id / each;
    r->replication = (int32_t)(r->id % each);
    return SIM_OK;
}

static enum sim_status read_one(struct sim_reader *reader, const char *name, int64_t at,
                                double *out, struct sim_err *err)
{
    const int var = sim_reader_find(reader, "", name);
    const int64_t one = 1;

    if (var < 0 || at >= sim_reader_size(reader, var)) {
        return sim_err_set(err, SIM_USAGE, "--id %" PRId64 ": the file has runs 0 to %" PRId64, at,
                           var < 0 ? -1 : sim_reader_size(reader, var) - 1);
    }
    return sim_reader_numbers(reader, var, &at, &one, out, err);
}

static enum sim_status by_reader(struct sim_run_study *r, struct sim_reader *reader,
                                 const char *file, struct sim_err *err)
{
    const char *hash = sim_reader_attr(reader, "", "study_hash");
    double point = 0.0;
    double replication = 0.0;

    if (hash == NULL || strcmp(hash, r->setup->card.study_hash) != 0) {
        char *why = sim_sweep_file_difference(reader, &r->setup->card);

        (void)sim_err_set(err, SIM_INPUT,
                          "%s is not of this study as it is now (%s): ids in it may be others; "
                          "name the run by --point and --replication",
                          file, why);
        free(why);
        return SIM_INPUT;
    }
    SIM_TRY(read_one(reader, "run_point", r->id, &point, err));
    SIM_TRY(read_one(reader, "replication", r->id, &replication, err));
    r->point = (int64_t)point;
    r->replication = (int32_t)replication;
    return SIM_OK;
}

/** The number of replications depends on results: FILE has them. */
static enum sim_status by_file(struct sim_run_study *r, const char *file, struct sim_err *err)
{
    struct sim_reader *reader = NULL;

    if (file == NULL) {
        return sim_err_set(err, SIM_USAGE,
                           "--id %" PRId64 ": how many replications each point has depends on "
                           "results; add " DEFAULT_FILE ", or name the run by --point and "
                           "--replication",
                           r->id);
    }
    SIM_TRY(sim_reader_open(file, &reader, err));
    const enum sim_status status = by_reader(r, reader, file, err);

    sim_reader_close(reader);
    return status;
}

static enum sim_status by_point(struct sim_run_study *r, const struct sim_option_args *args,
                                struct sim_err *err)
{
    const struct sim_card *card = &r->setup->card;
    int64_t replication = 0;

    SIM_TRY(sim_option_int(args, "point", 0, card->points - 1, &r->point, err));
    SIM_TRY(sim_option_int(args, "replication", 0, card->rule.at_most - 1, &replication, err));
    r->replication = (int32_t)replication;
    r->id = is_fixed(r) ? r->point * card->rule.at_most + replication : -1;
    return SIM_OK;
}

static enum sim_status find(struct sim_run_study *r, const struct sim_option_args *args,
                            struct sim_err *err)
{
    if (sim_option_is_given(args, "point")) {
        return by_point(r, args, err);
    }
    SIM_TRY(sim_option_int(args, "id", 0, INT64_MAX, &r->id, err));
    return is_fixed(r) ? by_number(r, err) : by_file(r, sim_option_text(args, "of"), err);
}

static enum sim_status check_options(const struct sim_cli *cli, const struct sim_option_args *args,
                                     struct sim_err *err)
{
    const char *path = sim_option_positional(args, 0);
    const bool has_id = sim_option_is_given(args, "id");
    const bool has_point = sim_option_is_given(args, "point");

    SIM_TRY(refuse_park_options(args, err));
    if (!has_id && !has_point) {
        return sim_err_set(err, SIM_USAGE,
                           "%s is a study: %s sweep %s makes its runs, and %s run %s --id N "
                           "repeats one of them",
                           path, cli->model->program, path, cli->model->program, path);
    }
    if (has_id && (has_point || sim_option_is_given(args, "replication"))) {
        return sim_err_set(err, SIM_USAGE,
                           "name the run by --id, or by --point and --replication, not by both");
    }
    return SIM_OK;
}

enum sim_status sim_run_study_open(const struct sim_cli *cli, const struct sim_option_args *args,
                                   struct sim_run_study *out, struct sim_err *err)
{
    *out = (struct sim_run_study){.id = -1};
    SIM_TRY(check_options(cli, args, err));
    SIM_TRY(sim_cli_study_load(cli, sim_option_positional(args, 0), &out->setup, err));
    SIM_TRY(find(out, args, err));
    const struct sim_card *card = &out->setup->card;

    sim_plan_trial(out->setup->plan, card->seed, out->point, &card->marks[out->point],
                   out->replication, &out->trial);
    out->trial.run = out->id >= 0 ? out->id : 0;
    return SIM_OK;
}

void sim_run_study_close(struct sim_run_study *r)
{
    sim_sweep_setup_destroy(r->setup);
    r->setup = NULL;
}

// ---- the rest ----

enum sim_status sim_run_study_spare(const struct sim_run_study *r, const char *output,
                                    struct sim_err *err)
{
    struct sim_reader *reader = NULL;
    struct sim_err ignored = {0}; // no file, or not one of ours

    SIM_TRY(sim_cli_study_spare(r->setup, "-o", output, err));
    if (sim_reader_open(output, &reader, &ignored) != SIM_OK) {
        return SIM_OK;
    }
    const char *hash = sim_reader_attr(reader, "", "study_hash");
    const bool is_whole = hash != NULL && strcmp(hash, r->setup->card.study_hash) == 0;

    sim_reader_close(reader);
    return is_whole ? sim_err_set(err, SIM_USAGE,
                                  "-o %s would replace the results of the whole study by this one "
                                  "run; name another file",
                                  output)
                    : SIM_OK;
}

char *sim_run_study_words(const struct sim_run_study *r)
{
    char id[40] = "a run";
    char *where = sim_sweep_setup_words(r->setup, r->point);

    if (r->id >= 0) {
        (void)snprintf(id, sizeof(id), "run %" PRId64, r->id);
    }
    char *words = sim_base_format("%s of %s: %s, replication %d", id, r->setup->study->path, where,
                                  (int)r->replication);

    free(where);
    return words;
}
