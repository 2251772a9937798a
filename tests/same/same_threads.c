/* The same study with 1, 2 and 8 threads gives the same file, byte for byte (only /execution may
 * differ, and it is left out here). A plain program, so that it also runs under ThreadSanitizer. */
#include "sim/base/file.h"
#include "sim/base/hash.h"
#include "sim/store/writer.h"
#include "sim/sweep/progress.h"
#include "sim/sweep/runner.h"
#include "tests/support/toy_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    RUNS = 60
};

static void drop(void *user, const char *bytes, size_t length)
{
    (void)bytes;
    *(size_t *)user += length;
}

static enum sim_status take(void *user, struct sim_pack *pack, struct sim_err *err)
{
    const enum sim_status status = sim_writer_put(user, pack, err);

    sim_pack_destroy(pack);
    return status;
}

static enum sim_status sweep(const struct toy_data *toy, const struct sim_schema *schema,
                             struct sim_writer *writer, int threads, struct sim_err *err)
{
    struct sim_runner_list list = {.data = toy, .first = {.seed = toy->seed}, .count = RUNS};
    struct sim_runner_result result;
    size_t drawn = 0;

    const struct sim_progress_opts look = {.sink = {drop, &drawn},
                                           .look = SIM_PROGRESS_BAR,
                                           .columns = 80,
                                           .slots = threads,
                                           .runs = RUNS};
    struct sim_progress *progress = sim_progress_create(&look);
    const struct sim_runner_plan plan = sim_runner_list_plan(&list, &toy_model, schema);
    const struct sim_runner_opts opts = {.threads = threads, .progress = progress};
    const enum sim_status status = sim_runner_run(&plan, &opts, take, writer, &result, err);

    sim_progress_destroy(progress);
    return status == SIM_FAILED ? SIM_OK : status; // one run is meant to fail
}

static enum sim_status make_file(const char *path, int threads, struct sim_err *err)
{
    const struct toy_data toy = {
        .title = "same", .days = 400, .step = 1.0, .fail_at = 7, .sleep_ms = 0, .seed = 9};
    const struct sim_writer_opts opts = {
        .source = "same", .seed = toy.seed, .runs = RUNS, .points = 1};
    const void *data = &toy;
    struct sim_schema *schema = sim_schema_create();
    struct sim_writer *writer = NULL;
    enum sim_status status = toy_model.declare(&data, 1, NULL, NULL, schema, err);

    if (status == SIM_OK) {
        status = sim_writer_open(schema, path, &opts, &writer, err);
    }
    if (status == SIM_OK) {
        status = sweep(&toy, schema, writer, threads, err);
    }
    if (status == SIM_OK) {
        status = sim_writer_close(writer, "complete", NULL, 0, err);
    } else {
        sim_writer_abandon(writer);
    }
    sim_schema_destroy(schema);
    return status;
}

int main(void)
{
    static const int threads[] = {1, 2, 8, 2};
    char first[65] = "";
    int failed = 0;

    for (int i = 0; i < SIM_COUNT(threads); i++) {
        struct sim_err err = {0};
        char hash[65] = "";
        char *path = sim_base_format("/tmp/ecopark_same_%d.h5", (int)getpid());
        if (i == SIM_COUNT(threads) - 1) {
            (void)sleep(1); // a clock that found its way into the file would show
        }
        enum sim_status status = make_file(path, threads[i], &err);

        if (status == SIM_OK) {
            status = sim_hash_sha256_file(path, hash, &err);
        }
        if (status != SIM_OK) {
            (void)printf("%d threads: %s\n", threads[i], err.text);
            failed = 1;
        } else {
            (void)printf("%d threads: %s\n", threads[i], hash);
            if (i == 0) {
                memcpy(first, hash, sizeof(first));
            }
            failed = failed != 0 || strcmp(first, hash) != 0 ? 1 : 0;
        }
        (void)unlink(path);
        free(path);
    }
    return failed;
}
