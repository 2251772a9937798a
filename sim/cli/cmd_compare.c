#include "sim/cli/cli_priv.h"
#include "sim/compare/compare.h"

static enum sim_status act(const struct sim_cli *cli, struct sim_option_args *args,
                           struct sim_err *err)
{
    return sim_compare_act(args, cli->model->expected, cli->model->expected_count, &cli->out, err);
}

const struct sim_cli_command sim_cmd_compare_command = {
    .name = "compare",
    .usage = "RESULTS",
    .help = "compare the designs of a study, response by response",
    .details = sim_compare_details,
    .options = sim_compare_options,
    .positional_min = 1,
    .positional_max = 1,
    .act = act};
