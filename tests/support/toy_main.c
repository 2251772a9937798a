#include "sim/cli/cli.h"
#include "tests/support/toy_model.h"

int main(int argc, char **argv)
{
    return sim_cli_main(argc, argv, &toy_model);
}
