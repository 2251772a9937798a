#include "sim/cli/cli.h"

#include "sim/base/pages.h"
#include "sim/base/strtab.h"
#include "sim/base/vec.h"
#include "sim/cli/cli_priv.h"
#include "sim/sweep/study.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static const struct sim_cli_command *const engine_commands[] = {
    &sim_cmd_check_command,  &sim_cmd_run_command,    &sim_cmd_plan_command,
    &sim_cmd_sweep_command,  &sim_cmd_merge_command,  &sim_cmd_info_command,
    &sim_cmd_export_command, &sim_cmd_compare_command};

const char *sim_cli_version(const struct sim_cli *cli)
{
    return cli->model->version != NULL ? cli->model->version : sim_base_version();
}

/** A standard stream. Whatever we print goes through here: names and titles come from files, and a
 * control character among them would be a command to the terminal. */
struct stream {
    FILE *file;
    bool is_held; // 0xC2 came, which may begin a control character of two bytes (U+0080 to U+009F)
};

static const char erase_line[] = "\r\033[K";

static void put_clean(struct stream *s, unsigned char byte)
{
    const bool is_control = (byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7F ||
                            (s->is_held && byte < 0xA0 && byte >= 0x80);

    if (s->is_held && !is_control) {
        (void)fputc(0xC2, s->file); // a failure is seen by ferror at the end
    }
    s->is_held = byte == 0xC2;
    if (!s->is_held) {
        (void)fputc(is_control ? '?' : byte, s->file);
    }
}

static void write_stream(void *user, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        put_clean(user, (unsigned char)bytes[i]);
    }
}

/** Progress erases its line, and may do nothing else. */
static void write_bar(void *user, const char *bytes, size_t length)
{
    const struct stream *s = user;
    const size_t known = strlen(erase_line);
    const bool erases = length >= known && memcmp(bytes, erase_line, known) == 0;

    if (erases) {
        (void)fputs(erase_line, s->file);
    }
    write_stream(user, bytes + (erases ? known : 0), length - (erases ? known : 0));
}

/** A text may be left of what was tried and did not matter: then all went well. */
static void say_error(const struct sim_cli *cli, enum sim_status status, const struct sim_err *err)
{
    if (status != SIM_OK && err->text[0] != '\0') {
        sim_sink_print(&cli->note, "%s: %s\n", cli->model->program, err->text);
    }
}

static bool is_asked_for(int argc, char *const *argv, const char *name, const char *letter)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], name) == 0 || (letter != NULL && strcmp(argv[i], letter) == 0)) {
            return true;
        }
    }
    return false;
}

static const struct sim_cli_command *find_engine_command(const char *name)
{
    for (int i = 0; i < SIM_COUNT(engine_commands); i++) {
        if (strcmp(engine_commands[i]->name, name) == 0) {
            return engine_commands[i];
        }
    }
    return NULL;
}

static const struct sim_model_command *find_model_command(const struct sim_model *model,
                                                          const char *name)
{
    for (int i = 0; i < model->command_count; i++) {
        if (strcmp(model->commands[i].name, name) == 0) {
            return &model->commands[i];
        }
    }
    return NULL;
}

static enum sim_status refuse_command(const struct sim_cli *cli, const char *name,
                                      struct sim_err *err)
{
    SIM_VEC(const char *) names = {0};

    for (int i = 0; i < SIM_COUNT(engine_commands); i++) {
        SIM_VEC_PUSH(&names, engine_commands[i]->name);
    }
    for (int i = 0; i < cli->model->command_count; i++) {
        SIM_VEC_PUSH(&names, cli->model->commands[i].name);
    }
    const char *nearest = sim_strtab_nearest(name, names.data, names.count);
    const enum sim_status status =
        nearest != NULL
            ? sim_err_set(err, SIM_USAGE, "unknown command '%s'; did you mean '%s'?", name, nearest)
            : sim_err_set(err, SIM_USAGE, "unknown command '%s'; --help lists them", name);

    SIM_VEC_FREE(&names);
    return status;
}

static enum sim_status check_positional(const struct sim_cli *cli,
                                        const struct sim_cli_command *command,
                                        const struct sim_option_args *args, struct sim_err *err)
{
    const int count = sim_option_positional_count(args);

    if (count < command->positional_min) {
        return sim_err_set(err, SIM_USAGE, "%s wants more: %s %s %s", command->name,
                           cli->model->program, command->name, command->usage);
    }
    if (count > command->positional_max) {
        return sim_err_set(err, SIM_USAGE, "'%s' is one too many: %s %s %s",
                           sim_option_positional(args, command->positional_max),
                           cli->model->program, command->name, command->usage);
    }
    return SIM_OK;
}

/** Answer --help or --version, or read the words after the command's name into `*out_args` (NULL
 * when nothing is left to do). */
static enum sim_status begin(const struct sim_cli *cli, const struct sim_cli_command *command,
                             int argc, char *const *argv, struct sim_option_args **out_args,
                             struct sim_err *err)
{
    *out_args = NULL;
    if (is_asked_for(argc, argv, "--help", "-h")) {
        sim_cli_help_command(cli, command, &cli->out);
        return SIM_OK;
    }
    if (is_asked_for(argc, argv, "--version", NULL)) {
        sim_sink_print(&cli->out, "%s %s\n", cli->model->program, sim_cli_version(cli));
        return SIM_OK;
    }
    SIM_TRY(sim_option_parse(command->options, argc, argv, out_args, err));
    const enum sim_status status = check_positional(cli, command, *out_args, err);

    if (status != SIM_OK) {
        sim_option_args_destroy(*out_args);
        *out_args = NULL;
    }
    return status;
}

static enum sim_status run_engine_command(const struct sim_cli *cli,
                                          const struct sim_cli_command *command, int argc,
                                          char *const *argv, struct sim_err *err)
{
    struct sim_option_args *args = NULL;

    SIM_TRY(begin(cli, command, argc, argv, &args, err));
    const enum sim_status status = args != NULL ? command->act(cli, args, err) : SIM_OK;

    sim_option_args_destroy(args);
    return status;
}

static enum sim_status act_for_model(const struct sim_cli *cli,
                                     const struct sim_model_command *command,
                                     struct sim_option_args *args, struct sim_err *err)
{
    void *data = NULL;

    if (command->loads_park) {
        SIM_TRY(sim_cli_load_telling(cli, args, &data, err));
    }
    const struct sim_model_call call = {.model = cli->model,
                                        .args = args,
                                        .data = data,
                                        .out = &cli->out,
                                        .note = &cli->note,
                                        .study_reference = sim_study_reference};
    const enum sim_status status = command->act(&call, err);

    cli->model->unload(data);
    return status;
}

static enum sim_status run_model_command(const struct sim_cli *cli,
                                         const struct sim_model_command *command, int argc,
                                         char *const *argv, struct sim_err *err)
{
    SIM_VEC(struct sim_option) options = {0};
    struct sim_option_args *args = NULL;

    for (const struct sim_option *o = command->options; o != NULL && o->name != NULL; o++) {
        SIM_VEC_PUSH(&options, *o);
    }
    if (command->loads_park) {
        SIM_VEC_PUSH(&options, (struct sim_option)SIM_CLI_SET_OPTION);
    }
    SIM_VEC_PUSH(&options, (struct sim_option)SIM_OPTION_END);
    const struct sim_cli_command as_engine = {.name = command->name,
                                              .usage = command->usage,
                                              .help = command->help,
                                              .details = command->details,
                                              .options = options.data,
                                              .positional_min = command->positional_min,
                                              .positional_max = command->positional_max};
    enum sim_status status = begin(cli, &as_engine, argc, argv, &args, err);

    if (args != NULL) {
        status = act_for_model(cli, command, args, err);
    }
    sim_option_args_destroy(args);
    SIM_VEC_FREE(&options);
    return status;
}

static enum sim_status run_command(const struct sim_cli *cli, int argc, char *const *argv,
                                   struct sim_err *err)
{
    const struct sim_cli_command *own = find_engine_command(argv[0]);
    const struct sim_model_command *other = find_model_command(cli->model, argv[0]);

    if (own != NULL) {
        return run_engine_command(cli, own, argc - 1, argv + 1, err);
    }
    if (other != NULL) {
        return run_model_command(cli, other, argc - 1, argv + 1, err);
    }
    return refuse_command(cli, argv[0], err);
}

static enum sim_status run_program(const struct sim_cli *cli, int argc, char *const *argv,
                                   struct sim_err *err)
{
    if (argc < 2) {
        sim_cli_help_program(cli, engine_commands, SIM_COUNT(engine_commands), &cli->note);
        return sim_err_set(err, SIM_USAGE, "no command given");
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        sim_cli_help_program(cli, engine_commands, SIM_COUNT(engine_commands), &cli->out);
        return SIM_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        sim_sink_print(&cli->out, "%s %s\n", cli->model->program, sim_cli_version(cli));
        return SIM_OK;
    }
    return run_command(cli, argc - 1, argv + 1, err);
}

int sim_cli_main(int argc, char **argv, const struct sim_model *model)
{
    struct stream out = {.file = stdout};
    struct stream note = {.file = stderr};
    const struct sim_cli cli = {.model = model,
                                .out = {write_stream, &out},
                                .note = {write_stream, &note},
                                .bar = {write_bar, &note}};
    struct sim_err err = {0};

    sim_pages_begin();
    (void)signal(SIGXFSZ, SIG_IGN); // a file size limit is a full disk: told, not deadly
    enum sim_status status = run_program(&cli, argc, argv, &err);

    say_error(&cli, status, &err);
    if ((fflush(stdout) != 0 || ferror(stdout)) && status == SIM_OK) {
        sim_sink_print(&cli.note, "%s: cannot write to the standard output\n", model->program);
        status = SIM_WRITE;
    }
    return (int)status;
}
