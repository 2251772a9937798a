/** @file
 * What the commands share: where they print, how they load, what --help says.
 *
 * Floor 4, for the files of `cli` alone.
 */
#ifndef SIM_CLI_CLI_PRIV_H
#define SIM_CLI_CLI_PRIV_H

#include "sim/sweep/model.h"

struct sim_diag;

/** One call of the program. */
struct sim_cli {
    const struct sim_model *model;
    struct sim_sink out;  // standard output: data
    struct sim_sink note; // standard error: messages
    struct sim_sink bar;  // the same, and it may erase its line: progress
};

/** A command of the engine; the model's are sim_model_command. */
struct sim_cli_command {
    const char *name;
    const char *usage;   // what follows the name
    const char *help;    // one line
    const char *details; // paragraphs under the options; NULL: none
    void (*more)(const struct sim_cli *cli,
                 const struct sim_sink *to); // before them; NULL: nothing
    const struct sim_option *options;
    int positional_min;
    int positional_max;
    enum sim_status (*act)(const struct sim_cli *cli, struct sim_option_args *args,
                           struct sim_err *err);
};

extern const struct sim_cli_command sim_cmd_check_command;
extern const struct sim_cli_command sim_cmd_run_command;
extern const struct sim_cli_command sim_cmd_plan_command;
extern const struct sim_cli_command sim_cmd_sweep_command;
extern const struct sim_cli_command sim_cmd_merge_command;
extern const struct sim_cli_command sim_cmd_info_command;
extern const struct sim_cli_command sim_cmd_export_command;
extern const struct sim_cli_command sim_cmd_compare_command;

/** What all commands that load something take besides. */
#define SIM_CLI_SET_OPTION                                                                         \
    {                                                                                              \
        .name = "set", .repeats = true, .value = "PATH=VALUE",                                     \
        .help = "replace a value before the run; may be given more than once"                      \
    }

/** The version of the program, for people and for the file; borrowed. */
const char *sim_cli_version(const struct sim_cli *cli);

/** Write out a help text from the tables. */
void sim_cli_help_program(const struct sim_cli *cli, const struct sim_cli_command *const *commands,
                          int command_count, const struct sim_sink *to);
void sim_cli_help_command(const struct sim_cli *cli, const struct sim_cli_command *command,
                          const struct sim_sink *to);

/** Load what `args` name: positional 0, --set, and --until and --seed where the table has them.
 * Mistakes go to `diag`; with `tells` they and the warnings are printed here. Owned by the caller:
 * model->unload. The status without words in `err` means that the mistakes say it all. */
enum sim_status sim_cli_load_quietly(const struct sim_cli *cli, struct sim_option_args *args,
                                     struct sim_diag *diag, bool tells, void **out_data,
                                     struct sim_err *err);

/** Print mistakes and warnings as text. */
void sim_cli_tell_mistakes(const struct sim_cli *cli, struct sim_diag *diag);

/** As sim_cli_load_quietly, with a list of mistakes of its own. */
enum sim_status sim_cli_load_telling(const struct sim_cli *cli, struct sim_option_args *args,
                                     void **out_data, struct sim_err *err);

/** Print an object as JSON with a newline, and drop it. */
void sim_cli_json_print(const struct sim_cli *cli, struct json_t *object);

/** Begin and end to listen for INT, TERM, USR1 and (unless it is ignored: nohup) HUP. The level
 * counts them (a third one ends the program at once, with 75). Of one run, the first stops it and
 * says so. One listener in a process. */
void sim_cli_stop_listen(int64_t runs);
void sim_cli_stop_end(void);
int sim_cli_stop_level(void *unused);

#endif
