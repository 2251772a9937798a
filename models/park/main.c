#include "models/park/park_model.h"
#include "sim/cli/cli.h"

int main(int argc, char **argv)
{
    return sim_cli_main(argc, argv, &park_park_model);
}
