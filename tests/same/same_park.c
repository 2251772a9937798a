// A park's results are the same bits for 1 and 2 replications in parallel, for a state used before,
// and whatever the order in which the park file declares its entities. A plain program, so that it
// also runs under ThreadSanitizer. Usage: same_park FILE...

#include "models/park/base/park.h"
#include "models/park/open.h"
#include "models/park/out/results.h"
#include "models/park/park_model.h"
#include "models/park/trial/run.h"
#include "sim/base/hash.h"
#include "sim/cfg/tree.h"
#include "sim/num/rng.h"
#include "sim/store/pack.h"
#include "sim/sweep/runner.h"
#include "sim/sweep/sink.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    RUNS = 6,
    ORDERS = 5
};

static int failures;

static void expect(bool good, const char *file, const char *what)
{
    if (!good) {
        fprintf(stderr, "%s: %s\n", file, what);
        failures++;
    }
}

static void die(const char *file, const char *why)
{
    fprintf(stderr, "%s: %s\n", file, why);
    exit(1);
}

/** A fingerprint of the bytes of a whole row. */
static uint64_t hash_row(const struct sim_schema *schema, const struct sim_row *row)
{
    uint64_t hash = 1;
    for (int v = 0; v < sim_schema_var_count(schema); v++) {
        if (sim_row_has(row, v)) {
            size_t bytes = 0;
            const void *at = sim_row_bytes(row, v, &bytes);
            hash = sim_hash_bytes(at, bytes, hash);
        }
    }
    return hash;
}

static struct park *load(const char *file, const char *text)
{
    struct sim_diag *d = sim_diag_create();
    struct park *p = NULL;
    const struct sim_model_source opts = {.overrides = NULL};
    const enum sim_status status =
        text != NULL ? park_open_text(file, text, &opts, d, &p) : park_open(file, &opts, d, &p);
    if (status != SIM_OK) {
        die(file, sim_diag_render(d, 10));
    }
    sim_diag_destroy(d);
    return p;
}

static struct sim_schema *declare(const char *file, const struct park *p)
{
    struct sim_schema *s = sim_schema_create();
    struct sim_err err;
    const void *const data[] = {p};
    sim_schema_exact(s);
    if (park_park_model.declare(data, 1, NULL, NULL, s, &err) != SIM_OK) {
        die(file, err.text);
    }
    return s;
}

/** Fingerprints of the first runs, made one after the other in one state. */
static void hash_runs(const char *file, const struct park *p, uint64_t out[RUNS])
{
    struct sim_schema *s = declare(file, p);
    struct sim_row *row = sim_row_create(s, SIM_SCHEMA_RUN);
    struct park_run *run = park_run_create(p, NULL, s);
    struct sim_err err;
    for (int r = 0; r < RUNS; r++) {
        const struct sim_trial trial = {.run = r, .replication = r, .seed = p->seed};
        struct sim_model_end end;
        sim_row_reset(row);
        if (park_run_trial(run, &trial, NULL, row, &end, &err) != SIM_OK) {
            die(file, err.text);
        }
        out[r] = hash_row(s, row);
    }
    park_run_destroy(run);
    sim_row_destroy(row);
    sim_schema_destroy(s);
}

/** What the runner hands over, in one number a run. */
struct taken {
    uint64_t hash[RUNS];
};

static enum sim_status take(void *user, struct sim_pack *pack, struct sim_err *err)
{
    struct taken *t = user;
    (void)err;
    uint64_t hash = 1;
    for (int i = 0; i < pack->chunks.count; i++) {
        hash = sim_hash_bytes(pack->chunks.data[i].bytes, pack->chunks.data[i].length, hash);
    }
    hash = sim_hash_bytes(&pack->events, sizeof(pack->events), hash);
    t->hash[pack->key.run] = hash;
    sim_pack_destroy(pack);
    return SIM_OK;
}

static struct taken run_in_threads(const char *file, const struct park *p, int threads)
{
    struct sim_schema *s = declare(file, p);
    struct sim_runner_list list = {.data = p, .first = {.seed = p->seed}, .count = RUNS};
    const struct sim_runner_plan plan = sim_runner_list_plan(&list, &park_park_model, s);
    const struct sim_runner_opts opts = {.threads = threads};
    struct taken t = {{0}};
    struct sim_runner_result result;
    struct sim_err err;
    if (sim_runner_run(&plan, &opts, take, &t, &result, &err) != SIM_OK) {
        die(file, err.text);
    }
    sim_schema_destroy(s);
    return t;
}

/** Print a node as it would stand in a file, with the children of groups in a random order. */
static void print(const struct sim_node *n, struct sim_rng *r, const struct sim_sink *out);

static void print_children(const struct sim_node *n, struct sim_rng *r, const struct sim_sink *out)
{
    int *order = calloc((size_t)n->count + 1, sizeof(int));
    for (int i = 0; i < n->count; i++) {
        const int at = n->kind == SIM_NODE_GROUP ? (int)sim_rng_below(r, i + 1) : i;
        order[i] = order[at];
        order[at] = i;
    }
    for (int i = 0; i < n->count; i++) {
        const struct sim_node *child = n->children[order[i]];
        if (n->kind == SIM_NODE_GROUP) {
            sim_sink_print(out, "%s = ", child->name);
        } else if (i > 0) {
            sim_sink_text(out, ", ");
        }
        print(child, r, out);
        sim_sink_text(out, n->kind == SIM_NODE_GROUP ? ";\n" : "");
    }
    free(order);
}

static void print(const struct sim_node *n, struct sim_rng *r, const struct sim_sink *out)
{
    const char *const open[] = {"{\n", "( ", "[ "};
    const char *const close[] = {"}", " )", " ]"};
    if (n->kind == SIM_NODE_GROUP || n->kind == SIM_NODE_LIST || n->kind == SIM_NODE_ARRAY) {
        const int which = n->kind == SIM_NODE_GROUP ? 0 : n->kind == SIM_NODE_LIST ? 1 : 2;
        sim_sink_text(out, open[which]);
        print_children(n, r, out);
        sim_sink_text(out, close[which]);
    } else if (n->kind == SIM_NODE_TEXT) {
        sim_sink_print(out, "\"%s\"", n->text);
    } else {
        sim_sink_text(out, n->text);
    }
}

static void check_orders(const char *file, const uint64_t as_written[RUNS])
{
    struct sim_diag *d = sim_diag_create();
    struct sim_tree *tree = sim_tree_create();
    if (sim_tree_load(tree, file, d) != SIM_OK) {
        die(file, sim_diag_render(d, 10));
    }
    for (int i = 0; i < ORDERS; i++) {
        struct sim_rng r = sim_rng_make(2026, (uint64_t)i, 0, 0);
        struct sim_sink_buffer text;
        sim_sink_buffer_init(&text);
        const struct sim_sink sink = sim_sink_buffer_sink(&text);
        print_children(sim_tree_root(tree), &r, &sink);
        struct park *p = load(file, text.text);
        uint64_t hashes[RUNS];
        hash_runs(file, p, hashes);
        expect(memcmp(hashes, as_written, sizeof(hashes)) == 0, file,
               "another order of declaration gives other results");
        park_open_free(p);
        sim_sink_buffer_fini(&text);
    }
    sim_tree_destroy(tree);
    sim_diag_destroy(d);
}

static void check(const char *file)
{
    struct park *p = load(file, NULL);
    uint64_t first[RUNS];
    uint64_t again[RUNS];
    hash_runs(file, p, first);
    hash_runs(file, p, again);
    expect(memcmp(first, again, sizeof(first)) == 0, file, "a second state gives other results");
    expect(p->failure_count == 0 || first[0] != first[1], file, "replications are all alike");
    const struct taken one = run_in_threads(file, p, 1);
    const struct taken two = run_in_threads(file, p, 2);
    expect(memcmp(&one, &two, sizeof(one)) == 0, file, "two threads give other results than one");
    park_open_free(p);
    check_orders(file, first);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        check(argv[i]);
    }
    if (argc < 2) {
        die("same_park", "name the park files");
    }
    printf("%d parks, %d failures\n", argc - 1, failures);
    return failures == 0 ? 0 : 1;
}
