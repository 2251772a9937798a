#include "sim/cli/cli_study.h"

#include "sim/base/file.h"
#include "sim/cfg/diag.h"
#include "sim/store/reader.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

char *sim_cli_source(const struct sim_cli *cli)
{
    return sim_base_format("%s %s", cli->model->program, sim_cli_version(cli));
}

enum sim_status sim_cli_study_check(const struct sim_cli *cli, const char *command,
                                    const char *path, struct sim_err *err)
{
    enum sim_study_look look = SIM_STUDY_UNKNOWN;

    if (sim_file_exists(path)) {
        SIM_TRY(sim_study_look(path, &look, err));
    }
    if (look != SIM_STUDY_NONE) {
        return SIM_OK; // loading it says what else is wrong
    }
    return sim_err_set(err, SIM_USAGE,
                       "%s is no study: %s wants a file with the lines `park = \"%s\";` and "
                       "`study = { ... };` (%s run simulates a park once)",
                       path, command, path, cli->model->program);
}

enum sim_status sim_cli_study_load(const struct sim_cli *cli, const char *path,
                                   struct sim_sweep_setup **out, struct sim_err *err)
{
    struct sim_diag *diag = sim_diag_create();
    char *source = sim_cli_source(cli);
    const enum sim_status status = sim_sweep_setup_create(cli->model, source, path, diag, out, err);

    sim_cli_tell_mistakes(cli, diag);
    if (status != SIM_OK && sim_diag_wrong(diag) > 0) {
        err->text[0] = '\0'; // the mistakes say it
    }
    free(source);
    sim_diag_destroy(diag);
    return status;
}

enum sim_status sim_cli_spare(const char *option, const char *path, const char *input,
                              struct sim_err *err)
{
    char *part = sim_file_part(path);
    const bool is_same = sim_file_is_same(path, input) || sim_file_is_same(part, input);

    free(part);
    if (is_same) {
        return sim_err_set(err, SIM_USAGE,
                           "%s %s would overwrite %s, which this run reads; name another file",
                           option, path, input);
    }
    return SIM_OK;
}

enum sim_status sim_cli_study_spare(const struct sim_sweep_setup *s, const char *option,
                                    const char *path, struct sim_err *err)
{
    SIM_TRY(sim_cli_spare(option, path, s->study->park, err));
    for (int i = 0; i < sim_study_source_count(s->study); i++) {
        SIM_TRY(sim_cli_spare(option, path, sim_study_source(s->study, i)->path, err));
    }
    for (int d = 0; s->model->input != NULL && d < s->study->design_count; d++) {
        const char *input = NULL;

        for (int i = 0; s->data[d] != NULL && (input = s->model->input(s->data[d], i)) != NULL;
             i++) {
            SIM_TRY(sim_cli_spare(option, path, input, err));
        }
    }
    return SIM_OK;
}

enum sim_status sim_cli_spare_strangers(const char *option, const char *path, struct sim_err *err)
{
    struct stat info;
    struct sim_reader *reader = NULL;
    struct sim_err why = {0};

    if (stat(path, &info) != 0 || (S_ISREG(info.st_mode) && info.st_size == 0)) {
        return SIM_OK; // what else is wrong with it is told when it is written
    }
    if (!S_ISREG(info.st_mode)) { // as the writer would say it after all runs
        return sim_err_set(err, SIM_WRITE, "cannot write %s: it is %s; name a file", path,
                           S_ISDIR(info.st_mode) ? "a folder" : "not a plain file");
    }
    if (sim_reader_bears_seal(path)) {
        return SIM_OK;
    }
    const enum sim_status status = sim_reader_open(path, &reader, &why);

    sim_reader_close(reader);
    return status == SIM_OK
               ? SIM_OK
               : sim_err_set(err, SIM_USAGE,
                             "%s %s would replace a file that is no results file (%s); name "
                             "another, or remove it",
                             option, path, why.text);
}

int sim_cli_columns(void)
{
    struct winsize size = {0};

    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}
