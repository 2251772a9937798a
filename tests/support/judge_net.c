#include "tests/support/judge_net.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct judge_net *judge_net_create(void)
{
    return sim_base_alloc(1, sizeof(struct judge_net));
}

// Names are stored beside the definitions; the pointers are set here, after any move or copy.
static void point_names(struct judge_net *n)
{
    for (int p = 0; p < n->pool_count; p++) {
        n->pools[p].name = n->pool_names[p];
    }
    for (int k = 0; k < n->activity_count; k++) {
        n->activities[k].name = n->activity_names[k];
    }
}

void judge_net_copy(struct judge_net *to, const struct judge_net *from)
{
    memcpy(to, from, sizeof(*to));
    point_names(to);
}

struct sim_network_def judge_net_def(struct judge_net *n)
{
    point_names(n);
    return (struct sim_network_def){
        .pools = n->pools,
        .pool_count = n->pool_count,
        .activities = n->activities,
        .activity_count = n->activity_count,
        .ports = n->ports,
        .port_count = n->port_count,
    };
}

enum sim_status judge_net_make(struct judge_net *n, struct sim_network **out, struct sim_err *err)
{
    struct sim_measure_def measures[JUDGE_MEASURES];
    int32_t inner[JUDGE_MEASURES];
    int32_t measure_of[JUDGE_PORTS];
    const struct sim_network_def def = judge_net_def(n);
    for (int m = 0; m < n->measure_count; m++) {
        const struct judge_measure *q = &n->measures[m];
        inner[m] = q->inner;
        measures[m] = (struct sim_measure_def){.ports = q->ports,
                                               .plus_count = q->plus_count,
                                               .minus_count = q->minus_count,
                                               .measures = &inner[m],
                                               .measure_count = q->inner >= 0 ? 1 : 0,
                                               .factor = q->factor};
    }
    for (int i = 0; i < n->port_count; i++) {
        measure_of[i] = n->measure_of[i] - 1;
    }
    const struct sim_network_weights weights = {measures, n->measure_count, measure_of};
    return sim_network_create_weighed(&def, &weights, out, err);
}

static void forget_measures(struct judge_net *n)
{
    n->measure_count = 0;
    memset(n->measure_of, 0, sizeof(n->measure_of));
}

static int32_t add_pool(struct judge_net *n, const char *name, double capacity, unsigned condition)
{
    SIM_REQUIRE(n->pool_count < JUDGE_POOLS, "too many pools for a judge's network");
    const int32_t p = n->pool_count++;
    snprintf(n->pool_names[p], JUDGE_NAME, "%s", name);
    n->pools[p] = (struct sim_pool_def){.capacity = capacity, .reorder = -1.0};
    n->condition[p] = condition;
    return p;
}

int32_t judge_net_junction(struct judge_net *n, const char *name)
{
    return add_pool(n, name, 0.0, 0);
}

int32_t judge_net_stock(struct judge_net *n, const char *name, unsigned condition)
{
    return add_pool(n, name, 1e12, condition); // far from "nearly no capacity" at any rate here
}

int32_t judge_net_activity(struct judge_net *n, const char *name, double capacity)
{
    SIM_REQUIRE(n->activity_count < JUDGE_ACTIVITIES, "too many activities for a judge's network");
    const int32_t k = n->activity_count++;
    snprintf(n->activity_names[k], JUDGE_NAME, "%s", name);
    n->activities[k] = (struct sim_activity_def){.capacity = capacity};
    n->u[k] = capacity;
    return k;
}

static int32_t add_port(struct judge_net *n, struct sim_port_def port)
{
    SIM_REQUIRE(n->port_count < JUDGE_PORTS, "too many ports for a judge's network");
    n->ports[n->port_count] = port;
    return n->port_count++;
}

int32_t judge_net_take(struct judge_net *n, int32_t activity, int32_t pool, double coef,
                       int32_t rank)
{
    return add_port(
        n, (struct sim_port_def){.activity = activity, .pool = pool, .coef = coef, .rank = rank});
}

int32_t judge_net_give(struct judge_net *n, int32_t activity, int32_t pool, double coef,
                       int32_t rank)
{
    return add_port(
        n, (struct sim_port_def){
               .activity = activity, .pool = pool, .gives = true, .coef = coef, .rank = rank});
}

int32_t judge_net_source(struct judge_net *n, const char *name, double capacity, int32_t pool,
                         int32_t rank)
{
    const int32_t k = judge_net_activity(n, name, capacity);
    judge_net_give(n, k, pool, 1.0, rank);
    return k;
}

int32_t judge_net_sink(struct judge_net *n, const char *name, double capacity, int32_t pool,
                       int32_t rank)
{
    const int32_t k = judge_net_activity(n, name, capacity);
    judge_net_take(n, k, pool, 1.0, rank);
    return k;
}

int32_t judge_net_link(struct judge_net *n, const char *name, double capacity, int32_t from,
                       int32_t from_rank, int32_t to, int32_t to_rank, double yield)
{
    const int32_t k = judge_net_activity(n, name, capacity);
    n->activities[k].is_link = true;
    judge_net_take(n, k, from, 1.0, from_rank);
    judge_net_give(n, k, to, yield, to_rank);
    return k;
}

int32_t judge_net_find(const struct judge_net *n, const char *activity)
{
    for (int32_t k = 0; k < n->activity_count; k++) {
        if (strcmp(n->activity_names[k], activity) == 0) {
            return k;
        }
    }
    return -1;
}

int32_t judge_net_port(const struct judge_net *n, int32_t activity, int32_t pool, bool gives)
{
    for (int32_t i = 0; i < n->port_count; i++) {
        const struct sim_port_def *port = &n->ports[i];
        if (port->activity == activity && port->pool == pool && port->gives == gives) {
            return i;
        }
    }
    return -1;
}

void judge_net_drop_port(struct judge_net *n, int32_t port)
{
    forget_measures(n);
    n->port_count--;
    memmove(&n->ports[port], &n->ports[port + 1],
            (size_t)(n->port_count - port) * sizeof(n->ports[0]));
}

// Activity k goes with its ports; later ones move down by one.
static void drop_ports_of(struct judge_net *n, int32_t activity, int32_t pool)
{
    forget_measures(n);
    int kept = 0;
    for (int i = 0; i < n->port_count; i++) {
        struct sim_port_def port = n->ports[i];
        if (port.activity == activity || port.pool == pool) {
            continue;
        }
        port.activity -= activity >= 0 && port.activity > activity ? 1 : 0;
        port.pool -= pool >= 0 && port.pool > pool ? 1 : 0;
        n->ports[kept++] = port;
    }
    n->port_count = kept;
}

void judge_net_drop_activity(struct judge_net *n, int32_t activity)
{
    drop_ports_of(n, activity, -1);
    n->activity_count--;
    for (int k = activity; k < n->activity_count; k++) {
        n->activities[k] = n->activities[k + 1];
        n->u[k] = n->u[k + 1];
        memcpy(n->activity_names[k], n->activity_names[k + 1], JUDGE_NAME);
    }
    point_names(n);
}

void judge_net_drop_pool(struct judge_net *n, int32_t pool)
{
    drop_ports_of(n, -1, pool);
    n->pool_count--;
    for (int p = pool; p < n->pool_count; p++) {
        n->pools[p] = n->pools[p + 1];
        n->condition[p] = n->condition[p + 1];
        memcpy(n->pool_names[p], n->pool_names[p + 1], JUDGE_NAME);
    }
    point_names(n);
}

// Fisher-Yates: order[] becomes a random permutation of 0..count-1.
static void permute(int32_t *order, int count, struct sim_rng *rng)
{
    for (int i = 0; i < count; i++) {
        order[i] = i;
    }
    for (int i = count - 1; i > 0; i--) {
        const int j = (int)sim_rng_below(rng, i + 1);
        const int32_t swap = order[i];
        order[i] = order[j];
        order[j] = swap;
    }
}

void judge_net_shuffle(struct judge_net *to, const struct judge_net *from, struct sim_rng *rng)
{
    int32_t pool_at[JUDGE_POOLS];
    int32_t activity_at[JUDGE_ACTIVITIES];
    int32_t port_at[JUDGE_PORTS];
    memcpy(to, from, sizeof(*to));
    permute(pool_at, from->pool_count, rng);
    permute(activity_at, from->activity_count, rng);
    permute(port_at, from->port_count, rng);
    for (int p = 0; p < from->pool_count; p++) {
        to->pools[pool_at[p]] = from->pools[p];
        to->condition[pool_at[p]] = from->condition[p];
        memcpy(to->pool_names[pool_at[p]], from->pool_names[p], JUDGE_NAME);
    }
    for (int k = 0; k < from->activity_count; k++) {
        to->activities[activity_at[k]] = from->activities[k];
        to->u[activity_at[k]] = from->u[k];
        memcpy(to->activity_names[activity_at[k]], from->activity_names[k], JUDGE_NAME);
    }
    for (int i = 0; i < from->port_count; i++) {
        struct sim_port_def port = from->ports[i];
        port.activity = activity_at[port.activity];
        port.pool = pool_at[port.pool];
        to->ports[port_at[i]] = port;
        to->measure_of[port_at[i]] = from->measure_of[i];
    }
    for (int m = 0; m < to->measure_count; m++) {
        for (int i = 0; i < JUDGE_TERMS; i++) {
            to->measures[m].ports[i] = port_at[from->measures[m].ports[i]];
        }
    }
    point_names(to);
}

void judge_net_scale(struct judge_net *n, const double *by_pool, double by_rate)
{
    for (int k = 0; k < n->activity_count; k++) {
        n->activities[k].capacity *= by_rate;
        n->u[k] *= by_rate;
    }
    for (int p = 0; p < n->pool_count; p++) {
        n->pools[p].capacity *= by_pool[p] * by_rate;
    }
    for (int i = 0; i < n->port_count; i++) {
        n->ports[i].coef *= by_pool[n->ports[i].pool];
        n->ports[i].share *= by_pool[n->ports[i].pool] * by_rate;
    }
}

static void print_number(FILE *out, double x)
{
    if (isinf(x)) {
        fputs("INFINITY", out);
    } else {
        fprintf(out, "%.17g", x);
    }
}

static void print_port(const struct sim_port_def *port, int i, FILE *out)
{
    fprintf(out, "judge_net_%s(n, %d, %d, ", port->gives ? "give" : "take", port->activity,
            port->pool);
    print_number(out, port->coef);
    fprintf(out, ", %d);", port->rank);
    if (port->share > 0.0) {
        fprintf(out, " n->ports[%d].share = %.17g;", i, port->share);
    }
    if (port->flags != 0) {
        fprintf(out, " n->ports[%d].flags = %u;", i, port->flags);
    }
    fputs("\n", out);
}

void judge_net_print(const struct judge_net *n, FILE *out)
{
    fprintf(out, "// made from seed %llu, number %llu\n", (unsigned long long)n->seed,
            (unsigned long long)n->number);
    for (int p = 0; p < n->pool_count; p++) {
        if (n->pools[p].capacity > 0.0) {
            fprintf(out, "judge_net_stock(n, \"%s\", %u); // pool %d\n", n->pool_names[p],
                    n->condition[p], p);
        } else {
            fprintf(out, "judge_net_junction(n, \"%s\"); // pool %d\n", n->pool_names[p], p);
        }
    }
    for (int k = 0; k < n->activity_count; k++) {
        fprintf(out, "judge_net_activity(n, \"%s\", ", n->activity_names[k]);
        print_number(out, n->u[k]);
        fprintf(out, "); // activity %d%s\n", k, n->activities[k].is_link ? ", link" : "");
    }
    for (int i = 0; i < n->port_count; i++) {
        print_port(&n->ports[i], i, out);
    }
}

static const char *condition_words(unsigned condition)
{
    if (condition & SIM_POOL_EMPTY) {
        return "empty";
    }
    if (condition & SIM_POOL_FULL) {
        return condition & SIM_POOL_OVER_TARGET ? "full, over target"
               : condition & SIM_POOL_AT_TARGET ? "full, at target"
                                                : "full";
    }
    return condition & SIM_POOL_AT_TARGET     ? "at target"
           : condition & SIM_POOL_OVER_TARGET ? "over target"
                                              : "in between";
}

// The ports of one side of an activity as a group `inputs` or `outputs`.
static void print_park_side(const struct judge_net *n, int32_t k, bool gives, FILE *out)
{
    fprintf(out, "        %s = {", gives ? "outputs" : "inputs");
    for (int i = 0; i < n->port_count; i++) {
        const struct sim_port_def *port = &n->ports[i];
        if (port->activity != k || port->gives != gives) {
            continue;
        }
        const char *pool = n->pool_names[port->pool];
        fprintf(out, " s_%s = { amount = \"%.17g t/t\"; priority = %d;", pool, port->coef,
                port->rank);
        if (n->pools[port->pool].capacity > 0.0) {
            fprintf(out, " %s = \"%s\";", gives ? "to" : "from", pool);
        }
        fputs(" };", out);
        if (port->share > 0.0 || port->flags != 0) {
            fprintf(out, " /* share %.17g%s%s%s */", port->share,
                    port->flags & SIM_PORT_PULL ? ", pull" : "",
                    port->flags & SIM_PORT_OUTLET ? ", outlet" : "",
                    port->flags & SIM_PORT_AT_BOUND ? ", at bound only" : "");
        }
    }
    fputs(" };\n", out);
}

static bool is_pull(const struct judge_net *n, int32_t k)
{
    for (int i = 0; i < n->port_count; i++) {
        if (n->ports[i].activity == k && (n->ports[i].flags & SIM_PORT_PULL)) {
            return true;
        }
    }
    return false;
}

void judge_net_print_park(const struct judge_net *n, FILE *out)
{
    fprintf(out,
            "# shrunk from random network %llu of seed %llu\nformat = 1;\n"
            "park = { title = \"random network\"; start = \"2026-01-01 00:00\"; "
            "until = \"2026-01-02 00:00\"; };\nstreams = {\n",
            (unsigned long long)n->number, (unsigned long long)n->seed);
    for (int p = 0; p < n->pool_count; p++) {
        fprintf(out, "  s_%s = { unit = \"t\"; };\n", n->pool_names[p]);
    }
    fputs("};\nfirms = { all = {\n    processes = {\n", out);
    for (int32_t k = 0; k < n->activity_count; k++) {
        const double u = isinf(n->u[k]) ? 1e9 : n->u[k];
        fprintf(out,
                "      %s = { kind = \"continuous\"; capacity = \"%.17g t/h\"; mode = \"%s\";%s\n",
                n->activity_names[k], u, is_pull(n, k) ? "pull" : "push",
                isinf(n->u[k]) ? " # unlimited" : "");
        print_park_side(n, k, false, out);
        print_park_side(n, k, true, out);
        fputs("      };\n", out);
    }
    fputs("    };\n    stocks = {\n", out);
    for (int p = 0; p < n->pool_count; p++) {
        if (n->pools[p].capacity > 0.0) {
            const bool is_full = (n->condition[p] & SIM_POOL_FULL) != 0;
            const bool is_empty = (n->condition[p] & SIM_POOL_EMPTY) != 0;
            fprintf(out,
                    "      %s = { stream = \"s_%s\"; capacity = \"1e6 t\"; initial = \"%d t\"; "
                    "full = \"block\"; empty = \"starve\"; }; # %s\n",
                    n->pool_names[p], n->pool_names[p], is_full ? 1000000 : (is_empty ? 0 : 500000),
                    condition_words(n->condition[p]));
        }
    }
    fputs("    };\n  };\n};\n", out);
}
