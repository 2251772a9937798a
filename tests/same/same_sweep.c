/* A sweep gives the same file with 1 and 4 threads, as shards, and stopped again and again; its
 * queue, runner, parts and progress are free of races. A plain program, so that it also runs under
 * ThreadSanitizer. Files are compared by their bytes but for /execution, which is left out by
 * composing without it. */
#include "sim/base/file.h"
#include "sim/base/hash.h"
#include "sim/cfg/diag.h"
#include "sim/store/compose.h"
#include "sim/store/parts.h"
#include "sim/sweep/sweep.h"
#include "tests/support/toy_model.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char park[] = "title = same\ndays = 60\ndesign fast: step = 2\n";
static const char study[] =
    "format = 1; park = \"park\";\n"
    "study = { designs = ( \"base\", \"fast\" ); %s\n"
    "  axes = { step = { path = \"step\"; values = ( \"1\", \"-1\", \"3\", \"4\" ); }; };\n"
    "  replications = { at_least = 4; at_most = 30; until = { response = \"km\";\n"
    "                   half_width = \"4 %%\"; level = \"95 %%\"; }; };\n"
    "  responses = { km = { of = \"distance\"; }; }; };\n";

/** Stops the sweep after so many questions; counts down. */
static atomic_int patience;
static atomic_bool is_impatient;

static int stop_level(void *user)
{
    (void)user;
    if (!atomic_load(&is_impatient)) {
        return 0;
    }
    const int left = atomic_fetch_sub(&patience, 1);

    return left > 0 ? 0 : left > -50 ? 1 : 2;
}

static void die(const char *what, const char *why)
{
    (void)fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

static void drop(void *user, const char *bytes, size_t length)
{
    (void)bytes;
    *(size_t *)user += length;
}

static char *write_file(const char *folder, const char *name, const char *text)
{
    char *path = sim_file_join(folder, name);
    struct sim_err err = {0};

    if (sim_file_write(path, text, strlen(text), &err) != SIM_OK) {
        die(path, err.text);
    }
    return path;
}

static struct sim_sweep_setup *load(const char *path)
{
    struct sim_diag *diag = sim_diag_create();
    struct sim_sweep_setup *s = NULL;
    struct sim_err err = {0};

    if (sim_sweep_setup_create(&toy_model, "same 1", path, diag, &s, &err) != SIM_OK) {
        die(path, sim_diag_wrong(diag) > 0 ? sim_diag_render(diag, 0) : err.text);
    }
    sim_diag_destroy(diag);
    return s;
}

/** One call of a sweep. It keeps the parts. */
static enum sim_status sweep(const struct sim_sweep_setup *s, const char *file, int threads,
                             int32_t shard, int32_t shards)
{
    size_t drawn = 0;
    const struct sim_sweep_opts opts = {.output = file,
                                        .threads = threads,
                                        .shard = shard,
                                        .shards = shards,
                                        .keeps_parts = true,
                                        .note = {drop, &drawn},
                                        .progress = {drop, &drawn},
                                        .has_progress = true,
                                        .look = SIM_PROGRESS_JSON,
                                        .stop_level = stop_level};
    struct sim_sweep_result result;
    struct sim_err err = {0};
    const enum sim_status status = sim_sweep_run(s, &opts, &result, &err);

    // some points cannot be loaded, but not those of every shard
    if (status != SIM_FAILED && status != SIM_STOPPED && (status != SIM_OK || shards == 1)) {
        die(file, err.text[0] != '\0' ? err.text : "the runs that should fail did not");
    }
    sim_sweep_result_fini(&result);
    return status;
}

/** Compose once more, without /execution; the fingerprint of the bytes. */
static void hash_of(const char *file, char out[65])
{
    char *parts = sim_base_format("%s.parts", file);
    char *bare = sim_base_format("%s.bare", file);
    const char *const folders[] = {parts};
    const struct sim_compose_opts opts = {.folders = folders, .folder_count = 1};
    struct sim_compose_result result;
    struct sim_err err = {0};

    if (sim_compose(NULL, &opts, bare, &result, &err) != SIM_OK ||
        sim_hash_sha256_file(bare, out, &err) != SIM_OK ||
        sim_parts_remove(parts, &err) != SIM_OK) {
        die(file, err.text);
    }
    (void)unlink(bare);
    (void)unlink(file);
    free(bare);
    free(parts);
}

static int check(const struct sim_sweep_setup *s, const char *file)
{
    char one[65];
    char four[65];
    char shards[65];
    char stopped[65];
    int stops = 0;

    (void)sweep(s, file, 1, 0, 1);
    hash_of(file, one);
    (void)sweep(s, file, 4, 0, 1);
    hash_of(file, four);
    for (int32_t i = 3; i >= 0; i--) {
        (void)sweep(s, file, 2, i, 4);
    }
    hash_of(file, shards);
    atomic_store(&is_impatient, true);
    for (atomic_store(&patience, 100); sweep(s, file, 4, 0, 1) == SIM_STOPPED; stops++) {
        atomic_store(&patience, 100 + 37 * (stops % 40));
    }
    atomic_store(&is_impatient, false);
    hash_of(file, stopped);
    (void)printf("1 thread  %s\n4 threads %s\n4 shards  %s\n%d stops  %s\n", one, four, shards,
                 stops, stopped);
    return strcmp(one, four) == 0 && strcmp(one, shards) == 0 && strcmp(one, stopped) == 0 &&
                   stops > 2
               ? 0
               : 1;
}

static int check_study(const char *folder, const char *more)
{
    char *text = sim_base_format(study, more);
    char *path = write_file(folder, "study.cfg", text);
    char *file = sim_file_join(folder, "r.h5");
    struct sim_sweep_setup *s = load(path);
    const int failed = check(s, file);

    sim_sweep_setup_destroy(s);
    (void)unlink(path);
    free(file);
    free(path);
    free(text);
    return failed;
}

int main(void)
{
    char folder[] = "/tmp/ecopark_same_XXXXXX";

    if (mkdtemp(folder) == NULL) {
        die(folder, "cannot be made");
    }
    char *path = write_file(folder, "park", park);
    const int failed = check_study(folder, "") + check_study(folder, "random = \"antithetic\";") +
                       check_study(folder, "random = \"independent\"; store = \"responses\";");

    (void)unlink(path);
    (void)rmdir(folder);
    free(path);
    return failed == 0 ? 0 : 1;
}
