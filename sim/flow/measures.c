// Measures: what ports of no own limit weigh, from the capacities of others.
#include "sim/flow/measures_priv.h"
#include "sim/flow/tolerances.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int by_number(const void *a, const void *b)
{
    const int32_t x = *(const int32_t *)a;
    const int32_t y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

/** Number the definition's measures so that each comes after those it sums. */
static void number(const struct sim_network_weights *def, int32_t *order, int32_t *place)
{
    int placed = 0;
    for (int m = 0; m < def->measure_count; m++) {
        place[m] = -1;
    }
    for (bool moved = true; moved && placed < def->measure_count;) {
        moved = false;
        for (int32_t m = 0; m < def->measure_count; m++) {
            bool is_ready = place[m] < 0;
            for (int i = 0; i < def->measures[m].measure_count && is_ready; i++) {
                is_ready = place[def->measures[m].measures[i]] >= 0;
            }
            if (is_ready) {
                place[m] = placed;
                order[placed++] = m;
                moved = true;
            }
        }
    }
    SIM_REQUIRE(placed == def->measure_count, "measures sum each other in a circle");
}

static int32_t copy_ports(struct sim_network *net, const int32_t *ports, int count, int32_t at)
{
    for (int i = 0; i < count; i++) {
        net->measure_ports[at + i] = net->port_in[ports[i]];
    }
    if (count > 0) {
        qsort(net->measure_ports + at, (size_t)count, sizeof(int32_t), by_number);
    }
    return at + count;
}

static void fill(struct sim_network *net, const struct sim_network_weights *def,
                 const int32_t *order, const int32_t *place)
{
    int32_t at = 0;
    int32_t inner = 0;
    for (int m = 0; m < net->measure_count; m++) {
        const struct sim_measure_def *from = &def->measures[order[m]];
        struct sim_network_measure *to = &net->measures[m];
        to->factor = from->factor;
        to->terms_begin = at;
        to->minus_begin = copy_ports(net, from->ports, from->plus_count, at);
        to->terms_end =
            copy_ports(net, from->ports + from->plus_count, from->minus_count, to->minus_begin);
        at = to->terms_end;
        to->inner_begin = inner;
        for (int i = 0; i < from->measure_count; i++) {
            net->measure_inner[inner++] = place[from->measures[i]];
        }
        to->inner_end = inner;
    }
}

/** A list of lists, from pairs (key, item): items of `key` are item[first[key]] and on. */
static int32_t *index_pairs(struct sim_arena *arena, const int32_t *keys, const int32_t *items,
                            int pairs, int count, int32_t **out_first)
{
    int32_t *first = SIM_ARENA_NEW(arena, int32_t, count + 2);
    int32_t *list = SIM_ARENA_NEW(arena, int32_t, pairs);
    for (int i = 0; i < pairs; i++) {
        first[keys[i] + 2]++;
    }
    for (int k = 2; k <= count; k++) {
        first[k] += first[k - 1];
    }
    for (int i = 0; i < pairs; i++) {
        list[first[keys[i] + 1]++] = items[i];
    }
    *out_first = first;
    return list;
}

/** Who is in which measure, which measures sum it, which ports weigh it. */
static void index_all(struct sim_network *net, struct sim_arena *scratch)
{
    const int terms = net->measure_count > 0 ? net->measures[net->measure_count - 1].terms_end : 0;
    const int inner = net->measure_count > 0 ? net->measures[net->measure_count - 1].inner_end : 0;
    const int most = terms > inner ? terms : inner;
    const int room = most > net->port_count ? most : net->port_count;
    int32_t *keys = SIM_ARENA_NEW(scratch, int32_t, room);
    int32_t *items = SIM_ARENA_NEW(scratch, int32_t, room);
    for (int32_t m = 0; m < net->measure_count; m++) {
        for (int32_t i = net->measures[m].terms_begin; i < net->measures[m].terms_end; i++) {
            keys[i] = net->ports[net->measure_ports[i]].activity;
            items[i] = m;
        }
    }
    net->measures_of =
        index_pairs(net->arena, keys, items, terms, net->activity_count, &net->first_measure_of);
    for (int32_t m = 0; m < net->measure_count; m++) {
        for (int32_t i = net->measures[m].inner_begin; i < net->measures[m].inner_end; i++) {
            keys[i] = net->measure_inner[i];
            items[i] = m;
        }
    }
    net->outer = index_pairs(net->arena, keys, items, inner, net->measure_count, &net->first_outer);
    int weighed = 0;
    for (int32_t j = 0; j < net->port_count; j++) {
        if (net->ports[j].measure >= 0) {
            keys[weighed] = net->ports[j].measure;
            items[weighed++] = j;
        }
    }
    net->weighed =
        index_pairs(net->arena, keys, items, weighed, net->measure_count, &net->first_weighed);
}

void sim_measures_build(struct sim_network *net, int port_count,
                        const struct sim_network_weights *def, struct sim_arena *scratch)
{
    int32_t *order = SIM_ARENA_NEW(scratch, int32_t, def->measure_count);
    int32_t *place = SIM_ARENA_NEW(scratch, int32_t, def->measure_count);
    int terms = 0;
    int inner = 0;
    for (int m = 0; m < def->measure_count; m++) {
        terms += def->measures[m].plus_count + def->measures[m].minus_count;
        inner += def->measures[m].measure_count;
    }
    net->measure_count = def->measure_count;
    net->measures = SIM_ARENA_NEW(net->arena, struct sim_network_measure, def->measure_count);
    net->measure_ports = SIM_ARENA_NEW(net->arena, int32_t, terms);
    net->measure_inner = SIM_ARENA_NEW(net->arena, int32_t, inner);
    number(def, order, place);
    fill(net, def, order, place);
    for (int32_t i = 0; i < port_count && def->measure_count > 0; i++) {
        struct sim_network_port *p = &net->ports[net->port_in[i]];
        const int32_t m = def->measure_of[i];
        SIM_REQUIRE(m >= -1 && m < def->measure_count, "a port weighs what is not there");
        p->measure = m >= 0 && !(p->share > 0) ? place[m] : -1;
    }
    index_all(net, scratch);
}

/** Of what other measures say, the least first, so that the order of declaration does not matter.
 */
static double sum_inner(const struct sim_network *net, const struct sim_network_measure *m,
                        const double *values)
{
    enum {
        MANY = 64
    };
    const int count = m->inner_end - m->inner_begin;
    double few[MANY];
    double *sorted = count <= MANY ? few : sim_base_alloc((size_t)count, sizeof(*sorted));
    double sum = 0;
    for (int i = 0; i < count; i++) {
        sorted[i] = values[net->measure_inner[m->inner_begin + i]];
    }
    if (count > 1) {
        qsort(sorted, (size_t)count, sizeof(*sorted), by_size);
    }
    for (int i = 0; i < count; i++) {
        sum += sorted[i];
    }
    if (sorted != few) {
        free(sorted);
    }
    return sum;
}

/** What is added, all at their most. */
static double most_of(const struct sim_network *net, const struct sim_network_measure *m,
                      const struct sim_measures_of *of)
{
    double most = 0;
    for (int32_t i = m->terms_begin; i < m->minus_begin; i++) {
        const int32_t j = net->measure_ports[i];
        most += of->coef[j] * of->most[net->ports[j].activity];
    }
    return most;
}

double sim_measures_value(const struct sim_network *net, int32_t measure,
                          const struct sim_measures_of *of)
{
    const struct sim_network_measure *m = &net->measures[measure];
    double plus = 0;
    double minus = 0;
    for (int32_t i = m->terms_begin; i < m->terms_end; i++) {
        const int32_t j = net->measure_ports[i];
        *(i < m->minus_begin ? &plus : &minus) +=
            of->coef[j] * of->capacity[net->ports[j].activity];
    }
    const double there = plus > 0 ? plus : most_of(net, m, of);
    const double own = fmax(plus - minus, SIM_TOLERANCE_WEIGHT * there);
    return m->factor * (own + sum_inner(net, m, of->values));
}
