// Designs that are loaded from one origin by several threads at once are the parks that one thread
// loads, and the origin stays as it was. A plain program, so that it also runs under
// ThreadSanitizer. Usage: same_loads FILE...

#include "models/park/park_model.h"
#include "sim/base/base.h"
#include "sim/base/hash.h"
#include "sim/cfg/diag.h"
#include "sim/sweep/model.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    THREADS = 4,
    ROUNDS = 5,
    MOST = 32 // designs of a file
};

static void die(const char *file, const char *why)
{
    fprintf(stderr, "%s: %s\n", file, why);
    exit(1);
}

/** A fingerprint of the park that the i-th design (-1: the base) gives with a seed of its own. */
static uint64_t load(const char *file, const void *base, int design)
{
    static const char *const axis[] = {"axis breaks"};
    const char *const overrides[] = {"park.failures = false"};
    const struct sim_model_source source = {.path = file,
                                            .base = base,
                                            .overrides = overrides,
                                            .override_count = design % 2 == 0 ? 1 : 0,
                                            .vias = axis,
                                            .design = park_park_model.design(base, design)};
    struct sim_diag *d = sim_diag_create();
    struct sim_err err = {0};
    void *data = NULL;
    if (park_park_model.load(&source, d, &data, &err) != SIM_OK) {
        die(file, sim_diag_render(d, 10));
    }
    char *identity = park_park_model.identity(data);
    const uint64_t hash = sim_hash_text(identity, (uint64_t)sim_diag_count(d));
    free(identity);
    park_park_model.unload(data);
    sim_diag_destroy(d);
    return hash;
}

struct work {
    const char *file;
    const void *base;
    int design_count;
    uint64_t hashes[MOST]; // of the base, then of the designs
    pthread_t thread;
};

static void *load_all(void *user)
{
    struct work *w = user;
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = -1; i < w->design_count; i++) {
            w->hashes[i + 1] = load(w->file, w->base, i);
        }
    }
    return NULL;
}

/** Number of designs whose loads differ from those of one thread. */
static int check(const char *file)
{
    struct sim_diag *d = sim_diag_create();
    struct sim_err err = {0};
    struct work alone = {.file = file};
    struct work many[THREADS];
    void *base = NULL;
    int wrong = 0;
    if (park_park_model.open(file, d, &base, &err) != SIM_OK) {
        die(file, sim_diag_render(d, 10));
    }
    alone.base = base;
    while (alone.design_count < MOST - 1 &&
           park_park_model.design(base, alone.design_count) != NULL) {
        alone.design_count++;
    }
    (void)load_all(&alone);
    for (int i = 0; i < THREADS; i++) {
        many[i] = alone;
        memset(many[i].hashes, 0, sizeof(many[i].hashes));
        if (pthread_create(&many[i].thread, NULL, load_all, &many[i]) != 0) {
            die(file, "no thread");
        }
    }
    for (int i = 0; i < THREADS; i++) {
        (void)pthread_join(many[i].thread, NULL);
        for (int k = 0; k <= alone.design_count; k++) {
            wrong += many[i].hashes[k] != alone.hashes[k] ? 1 : 0;
        }
    }
    for (int k = 1; k <= alone.design_count; k++) { // or the comparison would mean nothing
        wrong += alone.hashes[k] == alone.hashes[0] ? 1 : 0;
    }
    park_park_model.close(base);
    sim_diag_destroy(d);
    return wrong;
}

int main(int argc, char **argv)
{
    int wrong = 0;
    for (int i = 1; i < argc; i++) {
        wrong += check(argv[i]);
    }
    if (argc < 2) {
        die("same_loads", "name the park files");
    }
    printf("%d parks, %d loads differ\n", argc - 1, wrong);
    return wrong == 0 ? 0 : 1;
}
