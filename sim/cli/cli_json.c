#include "sim/cli/cli_priv.h"

#include <jansson.h>

#include <stdlib.h>

void sim_cli_json_print(const struct sim_cli *cli, struct json_t *object)
{
    char *text = json_dumps(object, JSON_INDENT(2));

    SIM_REQUIRE(text != NULL, "the object can be written as JSON");
    sim_sink_print(&cli->out, "%s\n", text);
    free(text);
    json_decref(object);
}
