#include "sim/cfg/diag.h"
#include "sim/cli/cli_study.h"
#include "sim/sweep/sweep_try.h"

#include <jansson.h>

#include <inttypes.h>
#include <stdlib.h>

static const struct sim_option options[] = {
    SIM_CLI_SET_OPTION,
    {.name = "design", .value = "NAME", .help = "only this design of the park, not all of them"},
    {.name = "json", .help = "print one JSON object: ok, mistakes (file, line, path, ...)"},
    SIM_OPTION_END};

enum {
    MOST_TOLD = 1000 // [-] mistakes of --json; those beyond are counted
};

static const char *level_name(enum sim_diag_level level)
{
    switch (level) {
    case SIM_DIAG_WARNING:
        return "warning";
    case SIM_DIAG_MISSING:
        return "missing";
    case SIM_DIAG_WRONG:
        break;
    }
    return "wrong";
}

static json_t *text_or_null(const char *text)
{
    return text != NULL && text[0] != '\0' ? json_string(text) : json_null();
}

static json_t *describe(const struct sim_mistake *m)
{
    json_t *object = json_object();

    (void)json_object_set_new(object, "level", json_string(level_name(m->level)));
    (void)json_object_set_new(object, "file", text_or_null(m->place.file));
    (void)json_object_set_new(object, "line", json_integer(m->place.line));
    (void)json_object_set_new(object, "column", json_integer(m->place.column));
    (void)json_object_set_new(object, "via", text_or_null(m->place.via));
    (void)json_object_set_new(object, "path", text_or_null(m->path));
    (void)json_object_set_new(object, "what", text_or_null(m->what));
    (void)json_object_set_new(object, "remedy", text_or_null(m->remedy));
    return object;
}

static void print_json(const struct sim_cli *cli, struct sim_diag *diag, const void *data,
                       enum sim_status status, const struct sim_err *err)
{
    json_t *object = json_object();
    json_t *mistakes = json_array();

    const int count = sim_diag_count(diag);

    for (int i = 0; i < count && i < MOST_TOLD; i++) {
        (void)json_array_append_new(mistakes, describe(sim_diag_at(diag, i)));
    }
    (void)json_object_set_new(object, "ok", json_boolean(status == SIM_OK));
    (void)json_object_set_new(object, "exit", json_integer((json_int_t)status));
    (void)json_object_set_new(object, "mistakes", mistakes);
    if (count > MOST_TOLD) {
        (void)json_object_set_new(object, "more", json_integer(count - MOST_TOLD));
    }
    if (status != SIM_OK && sim_diag_wrong(diag) == 0) {
        (void)json_object_set_new(object, "error", json_string(err->text));
    }
    if (data != NULL && cli->model->check_json != NULL) {
        cli->model->check_json(data, object);
    }
    sim_cli_json_print(cli, object);
}

static void print_text(const struct sim_cli *cli, struct sim_diag *diag, const void *data,
                       const char *path, int designs)
{
    const int warnings = sim_diag_count(diag);

    sim_sink_print(&cli->out, "%s: no mistakes", path);
    if (designs > 0) {
        sim_sink_print(&cli->out, " in it and its %d design%s", designs, designs == 1 ? "" : "s");
    }
    if (warnings > 0) {
        sim_sink_print(&cli->out, ", %d warning%s", warnings, warnings == 1 ? "" : "s");
    }
    sim_sink_text(&cli->out, "\n");
    if (cli->model->check_text != NULL) {
        cli->model->check_text(data, &cli->out);
    }
}

/** What only shows when the results are laid out counts as a mistake of the input, too. */
static enum sim_status try_declare(const struct sim_cli *cli, const void *data, struct sim_err *err)
{
    struct sim_schema *schema = sim_schema_create();
    const enum sim_status status = cli->model->declare(&data, 1, NULL, NULL, schema, err);

    sim_schema_destroy(schema);
    return status;
}

/** Another design of the park: its mistakes carry its name, and those of the park as written are
 * not told again. */
static enum sim_status check_design(const struct sim_cli *cli,
                                    const struct sim_model_source *source, struct sim_diag *diag,
                                    struct sim_err *err)
{
    void *data = NULL;
    enum sim_status status = cli->model->load(source, diag, &data, err);

    if (status == SIM_OK) {
        status = try_declare(cli, data, err);
    }
    cli->model->unload(data);
    return status;
}

/** All designs beside the one that was loaded already, and how many. The first status that is not
 * fine. */
static enum sim_status check_designs(const struct sim_cli *cli, struct sim_option_args *args,
                                     struct sim_diag *diag, int *out_count, struct sim_err *err)
{
    struct sim_model_source source = {.path = sim_option_positional(args, 0)};
    struct sim_diag *told = sim_diag_create(); // of the park as written: known already
    void *base = NULL;
    enum sim_status worst = SIM_OK;

    source.overrides = sim_option_texts(args, "set", &source.override_count);
    if (cli->model->open(source.path, told, &base, err) == SIM_OK) {
        source.base = base;
        for (int i = 0; (source.design = cli->model->design(base, i)) != NULL; i++) {
            const enum sim_status status = check_design(cli, &source, diag, err);
            worst = worst == SIM_OK ? status : worst;
            (*out_count)++;
        }
    }
    cli->model->close(base);
    sim_diag_destroy(told);
    return worst;
}

static bool has_designs(const struct sim_cli *cli, struct sim_option_args *args)
{
    return cli->model->open != NULL && !sim_option_is_given(args, "design");
}

/** A study: its file, its park with each design at its first point, its responses. */
static enum sim_status check_study(const struct sim_cli *cli, const char *path, bool is_json,
                                   struct sim_err *err)
{
    struct sim_diag *diag = sim_diag_create();
    struct sim_sweep_setup *setup = NULL;
    char *version = sim_cli_source(cli);
    enum sim_status status = sim_sweep_setup_create(cli->model, version, path, diag, &setup, err);

    if (status == SIM_OK) {
        status = sim_sweep_try_values(setup, diag);
    }
    if (is_json) {
        print_json(cli, diag, NULL, status, err);
    } else {
        sim_cli_tell_mistakes(cli, diag);
    }
    if (!is_json && status == SIM_OK) {
        sim_sink_print(&cli->out, "%s: no mistakes in it, in %s and in the designs it names\n",
                       path, setup->study->park);
        sim_sink_print(&cli->out, "%s%s%" PRId64 " point%s; %s plan tells more\n",
                       setup->study->title, setup->study->title[0] != '\0' ? ": " : "",
                       setup->card.points, setup->card.points == 1 ? "" : "s", cli->model->program);
    }
    if (sim_diag_wrong(diag) > 0) {
        err->text[0] = '\0'; // the mistakes say it
    }
    sim_sweep_setup_destroy(setup);
    free(version);
    sim_diag_destroy(diag);
    return status;
}

/** --set and --design are of parks. */
static enum sim_status refuse_park_options(const struct sim_option_args *args, const char *path,
                                           struct sim_err *err)
{
    static const char *const names[] = {"set", "design"};

    for (int i = 0; i < SIM_COUNT(names); i++) {
        if (sim_option_is_given(args, names[i])) {
            return sim_err_set(err, SIM_USAGE,
                               "%s is a study, and says itself what it changes: leave out --%s, or "
                               "check its park",
                               path, names[i]);
        }
    }
    return SIM_OK;
}

static enum sim_status check_park(const struct sim_cli *cli, struct sim_option_args *args,
                                  bool is_json, struct sim_err *err)
{
    struct sim_diag *diag = sim_diag_create();
    void *data = NULL;
    int designs = 0;
    enum sim_status status = sim_cli_load_quietly(cli, args, diag, false, &data, err);

    if (status == SIM_OK) {
        status = try_declare(cli, data, err);
    }
    if (status != SIM_USAGE && has_designs(cli, args)) {
        const enum sim_status of_designs = check_designs(cli, args, diag, &designs, err);
        status = status == SIM_OK ? of_designs : status;
    }
    if (is_json && status != SIM_USAGE) {
        print_json(cli, diag, data, status, err);
    } else if (!is_json) {
        sim_cli_tell_mistakes(cli, diag);
    }
    if (!is_json && status == SIM_OK) {
        print_text(cli, diag, data, sim_option_positional(args, 0), designs);
    }
    if (sim_diag_wrong(diag) > 0) {
        err->text[0] = '\0'; // the mistakes say it
    }
    cli->model->unload(data);
    sim_diag_destroy(diag);
    return status;
}

static enum sim_status act(const struct sim_cli *cli, struct sim_option_args *args,
                           struct sim_err *err)
{
    const bool is_json = sim_option_is_given(args, "json");
    const char *path = sim_option_positional(args, 0);
    enum sim_study_look look = SIM_STUDY_UNKNOWN;
    struct sim_err unread;

    // what cannot be read is told as a mistake of a park, which --json shows, too
    if (sim_study_look(path, &look, &unread) != SIM_OK || look != SIM_STUDY_FOUND) {
        return check_park(cli, args, is_json, err);
    }
    SIM_TRY(refuse_park_options(args, path, err));
    return check_study(cli, path, is_json, err);
}

const struct sim_cli_command sim_cmd_check_command = {
    .name = "check",
    .usage = "PARK|STUDY [--design NAME] [--set PATH=VALUE]... [--json]",
    .help = "read a park or a study and tell all its mistakes at once, without running it",
    .options = options,
    .positional_min = 1,
    .positional_max = 1,
    .act = act};
