// Packs made by two threads, put by a third, as a sweep does; then all of it is there and composes
// to the bytes of one thread. A plain program, so that it also runs under ThreadSanitizer.

#include "sim/base/hash.h"
#include "sim/store/compose.h"
#include "sim/store/parts_priv.h"
#include "tests/unit/sim/store/parts_kit.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    POINTS = 40,
    REPLICATIONS = 5,
    RUNS = POINTS * REPLICATIONS,
    THREADS = 2
};

struct work {
    const struct parts_kit *kit;
    pthread_mutex_t lock;
    pthread_cond_t ready;
    int next;                     // run to make next
    int made;                     // packs in `packs`
    struct sim_pack *packs[RUNS]; // as they came
};

static void *make_runs(void *user)
{
    struct work *w = user;

    for (;;) {
        (void)pthread_mutex_lock(&w->lock);
        const int run = w->next++;

        (void)pthread_mutex_unlock(&w->lock);
        if (run >= RUNS) {
            return NULL;
        }
        struct sim_pack *pack = parts_kit_run(w->kit, run / REPLICATIONS, run % REPLICATIONS);

        (void)pthread_mutex_lock(&w->lock);
        w->packs[w->made++] = pack;
        (void)pthread_cond_signal(&w->ready);
        (void)pthread_mutex_unlock(&w->lock);
    }
}

static struct sim_pack *await_pack(struct work *w, int index)
{
    (void)pthread_mutex_lock(&w->lock);
    while (w->made <= index) {
        (void)pthread_cond_wait(&w->ready, &w->lock);
    }
    struct sim_pack *pack = w->packs[index];

    (void)pthread_mutex_unlock(&w->lock);
    return pack;
}

static void expect(enum sim_status status, const struct sim_err *err)
{
    if (status != SIM_OK) {
        (void)fprintf(stderr, "%s\n", err->text);
        exit(1);
    }
}

static void put_runs(struct work *w)
{
    struct sim_parts_found found;
    struct sim_err err = {0};
    struct sim_parts *parts = parts_kit_open(w->kit, 0, &found);
    const struct sim_parts_limits small = {.bytes = 1 << 20, .runs = 7, .most_runs = 7};

    sim_parts_limit(parts, &small); // blocks are sealed while the next are filled
    for (int i = 0; i < RUNS; i++) {
        struct sim_pack *pack = await_pack(w, i);

        expect(sim_parts_put(parts, &w->kit->card.marks[pack->key.point], pack, &err), &err);
        sim_pack_destroy(pack);
    }
    expect(sim_parts_close(parts, &err), &err);
}

static void hash_of(int threads, char out_hex[65])
{
    struct work w = {.kit = parts_kit_create("threads", POINTS, REPLICATIONS, 1)};
    pthread_t workers[THREADS];
    struct sim_compose_result result;
    struct sim_err err = {0};
    const char *const folders[] = {w.kit->parts};
    const struct sim_compose_opts opts = {.folders = folders, .folder_count = 1};
    char path[200];

    (void)pthread_mutex_init(&w.lock, NULL);
    (void)pthread_cond_init(&w.ready, NULL);
    for (int i = 0; i < threads; i++) {
        if (pthread_create(&workers[i], NULL, make_runs, &w) != 0) {
            exit(1);
        }
    }
    put_runs(&w);
    for (int i = 0; i < threads; i++) {
        (void)pthread_join(workers[i], NULL);
    }
    (void)snprintf(path, sizeof(path), "%s/r.h5", w.kit->folder);
    expect(sim_compose(NULL, &opts, path, &result, &err), &err);
    expect(sim_hash_sha256_file(path, out_hex, &err), &err);
    (void)pthread_cond_destroy(&w.ready);
    (void)pthread_mutex_destroy(&w.lock);
    parts_kit_destroy((struct parts_kit *)(uintptr_t)w.kit);
}

int main(void)
{
    char one[65];
    char two[65];

    hash_of(1, one);
    for (int round = 0; round < 5; round++) {
        hash_of(THREADS, two);
        if (strcmp(one, two) != 0) {
            (void)fprintf(stderr, "two threads give other bytes than one\n");
            return 1;
        }
    }
    return 0;
}
