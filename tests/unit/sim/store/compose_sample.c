// Makes a file as a sweep does, for readers in other languages: shards, blocks, failed runs, pairs.
// Usage: compose_sample FILE

#include "sim/store/compose.h"
#include "tests/unit/sim/store/parts_kit.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    if (argc != 2) {
        (void)fprintf(stderr, "usage: compose_sample FILE\n");
        return 2;
    }
    struct parts_kit *kit = parts_kit_create("sample", 20, 4, 3);
    const char *const folders[] = {kit->parts};
    const struct sim_writer_fact fact = {.name = "wall_s", .number = 1.5};
    const struct sim_compose_opts opts = {
        .folders = folders, .folder_count = 1, .facts = &fact, .fact_count = 1};
    struct sim_compose_result result;
    struct sim_err err = {0};
    enum sim_status status = SIM_OK;

    for (int32_t shard = 0; shard < 3 && status == SIM_OK; shard++) {
        struct sim_parts_found found;
        struct sim_parts *p = parts_kit_open(kit, shard, &found);

        (void)parts_kit_fill(kit, p, shard, INT64_MAX);
        status = sim_parts_close(p, &err);
    }
    if (status == SIM_OK) {
        status = sim_compose(NULL, &opts, argv[1], &result, &err);
    }
    if (status != SIM_OK) {
        (void)fprintf(stderr, "%s\n", err.text);
    }
    parts_kit_destroy(kit);
    return (int)status;
}
