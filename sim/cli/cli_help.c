#include "sim/cli/cli_priv.h"

#include <stdio.h>
#include <string.h>

enum {
    COLUMN = 26
};

/** "  -o, --output FILE". */
static void format_option(const struct sim_option *o, char out[120])
{
    char letter[8] = "    ";

    if (o->letter != '\0') {
        (void)snprintf(letter, sizeof(letter), "-%c, ", o->letter);
    }
    (void)snprintf(out, 120, "  %s--%s%s%s", letter, o->name, o->value != NULL ? " " : "",
                   o->value != NULL ? o->value : "");
}

static void print_row(const struct sim_sink *to, const char *left, const char *right)
{
    if (strlen(left) < COLUMN) {
        sim_sink_print(to, "%-*s %s\n", COLUMN, left, right);
    } else {
        sim_sink_print(to, "%s\n%-*s %s\n", left, COLUMN, "", right);
    }
}

static void print_options(const struct sim_sink *to, const struct sim_option *options)
{
    char left[120];

    sim_sink_text(to, "\noptions:\n");
    for (const struct sim_option *o = options; o != NULL && o->name != NULL; o++) {
        format_option(o, left);
        print_row(to, left, o->help);
    }
    print_row(to, "  -h, --help", "print this and end");
    print_row(to, "      --version", "print the version and end");
}

void sim_cli_help_command(const struct sim_cli *cli, const struct sim_cli_command *command,
                          const struct sim_sink *to)
{
    sim_sink_print(to, "usage: %s %s %s\n\n%s\n", cli->model->program, command->name,
                   command->usage, command->help);
    print_options(to, command->options);
    if (command->details != NULL || command->more != NULL) {
        sim_sink_text(to, "\n");
    }
    if (command->more != NULL) {
        command->more(cli, to);
    }
    if (command->details != NULL) {
        sim_sink_print(to, "%s\n", command->details);
    }
}

static void print_command(const struct sim_sink *to, const char *name, const char *help)
{
    char left[120];

    (void)snprintf(left, sizeof(left), "  %s", name);
    sim_sink_print(to, "%-14s %s\n", left, help);
}

static void print_exit_codes(const struct sim_sink *to)
{
    sim_sink_text(to, "\nexit codes:\n");
#define X(name, code, meaning) sim_sink_print(to, "  %-12d %s\n", (code), (meaning));
#include "sim/base/err_codes.def"
#undef X
}

void sim_cli_help_program(const struct sim_cli *cli, const struct sim_cli_command *const *commands,
                          int command_count, const struct sim_sink *to)
{
    const struct sim_model *model = cli->model;

    sim_sink_print(to, "usage: %s COMMAND ...\n\n%s\n\ncommands:\n", model->program, model->about);
    for (int i = 0; i < command_count; i++) {
        print_command(to, commands[i]->name, commands[i]->help);
    }
    for (int i = 0; i < model->command_count; i++) {
        print_command(to, model->commands[i].name, model->commands[i].help);
    }
    sim_sink_print(to, "\n%s COMMAND --help tells of one command, %s --version the version.\n",
                   model->program, model->program);
    print_exit_codes(to);
}
