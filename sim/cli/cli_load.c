#include "sim/cfg/diag.h"
#include "sim/cli/cli_priv.h"

#include <stdlib.h>

static enum sim_status read_source(struct sim_option_args *args, struct sim_model_source *out,
                                   struct sim_err *err)
{
    int64_t seed = 0;

    *out = (struct sim_model_source){.path = sim_option_positional(args, 0),
                                     .design = sim_option_text(args, "design"),
                                     .until = sim_option_text(args, "until")};
    out->overrides = sim_option_texts(args, "set", &out->override_count);
    SIM_TRY(sim_option_int(args, "seed", 0, INT64_MAX, &seed, err));
    out->has_seed = sim_option_is_given(args, "seed");
    out->seed = (uint64_t)seed;
    return SIM_OK;
}

void sim_cli_tell_mistakes(const struct sim_cli *cli, struct sim_diag *diag)
{
    char *text = sim_diag_render(diag, 0);

    sim_sink_text(&cli->note, text);
    free(text);
}

enum sim_status sim_cli_load_quietly(const struct sim_cli *cli, struct sim_option_args *args,
                                     struct sim_diag *diag, bool tells, void **out_data,
                                     struct sim_err *err)
{
    struct sim_model_source source;

    *out_data = NULL;
    SIM_TRY(read_source(args, &source, err));
    enum sim_status status = cli->model->load(&source, diag, out_data, err);

    if (status == SIM_OK && sim_diag_wrong(diag) > 0) {
        status = sim_diag_status(diag); // a model that forgot to say so
    }
    if (tells) {
        sim_cli_tell_mistakes(cli, diag);
    }
    if (status != SIM_OK) {
        if (sim_diag_wrong(diag) > 0) {
            err->text[0] = '\0'; // the mistakes say it
        }
        cli->model->unload(*out_data);
        *out_data = NULL;
    }
    return status;
}

enum sim_status sim_cli_load_telling(const struct sim_cli *cli, struct sim_option_args *args,
                                     void **out_data, struct sim_err *err)
{
    struct sim_diag *diag = sim_diag_create();
    const enum sim_status status = sim_cli_load_quietly(cli, args, diag, true, out_data, err);

    sim_diag_destroy(diag);
    return status;
}
