// SPDX-License-Identifier: MIT
// Writes one of the benches' parks, for counts.sh or to look at:
//     generate_park FOLDER FIRMS DAYS apart|common|delays
#include "tests/support/generated_park.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int count, char **words)
{
    struct generated_park_opts opts = generated_park_opts_default();
    struct sim_err err;
    char *path = NULL;
    if (count != 5) {
        (void)fprintf(stderr, "usage: generate_park FOLDER FIRMS DAYS apart|common|delays\n");
        return 2;
    }
    opts.firms = atoi(words[2]);
    opts.days = atoi(words[3]);
    opts.has_one_market = strcmp(words[4], "common") == 0;
    opts.has_delays = strcmp(words[4], "delays") == 0;
    if (generated_park_write(words[1], &opts, &path, &err) != SIM_OK) {
        (void)fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    puts(path);
    free(path);
    return 0;
}
