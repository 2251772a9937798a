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

/** The inner measures, where they stand, and the ways there. */
static void copy_inner(struct sim_network *net, const struct sim_measure_def *from,
                       const int32_t *place, struct sim_network_measure *to)
{
    to->inner_end = to->inner_begin;
    to->ways_end = to->ways_begin;
    to->place_count = 1;
    for (int i = 0; i < from->measure_count; i++) {
        net->measure_places[to->inner_end] = from->places != NULL ? from->places[i] : 0;
        net->measure_inner[to->inner_end++] = place[from->measures[i]];
    }
    for (int i = 0; i < from->way_count; i++) {
        struct sim_measure_way way = from->ways[i];
        const int32_t last = way.from > way.to ? way.from : way.to;
        way.activity = net->activity_in[way.activity];
        net->measure_ways[to->ways_end++] = way;
        to->place_count = last >= to->place_count ? last + 1 : to->place_count;
    }
}

static void fill(struct sim_network *net, const struct sim_network_weights *def,
                 const int32_t *order, const int32_t *place)
{
    int32_t at = 0;
    int32_t inner = 0;
    int32_t ways = 0;
    for (int m = 0; m < net->measure_count; m++) {
        const struct sim_measure_def *from = &def->measures[order[m]];
        struct sim_network_measure *to = &net->measures[m];
        to->factor = from->factor;
        to->terms_begin = at;
        to->minus_begin = copy_ports(net, from->ports, from->plus_count, at);
        to->terms_end =
            copy_ports(net, from->ports + from->plus_count, from->minus_count, to->minus_begin);
        at = to->terms_end;
        to->is_unlimited = from->is_unlimited;
        to->is_either = from->is_either;
        to->inner_begin = inner;
        to->ways_begin = ways;
        copy_inner(net, from, place, to);
        inner = to->inner_end;
        ways = to->ways_end;
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

static int larger(int a, int b)
{
    return a > b ? a : b;
}

/** Whose capacity is in which measure: as a term, or as a way. */
static void index_activities(struct sim_network *net, int32_t *keys, int32_t *items)
{
    int pairs = 0;
    for (int32_t m = 0; m < net->measure_count; m++) {
        const struct sim_network_measure *q = &net->measures[m];
        for (int32_t i = q->terms_begin; i < q->terms_end; i++) {
            keys[pairs] = net->ports[net->measure_ports[i]].activity;
            items[pairs++] = m;
        }
        for (int32_t i = q->ways_begin; i < q->ways_end; i++) {
            keys[pairs] = net->measure_ways[i].activity;
            items[pairs++] = m;
        }
    }
    net->measures_of =
        index_pairs(net->arena, keys, items, pairs, net->activity_count, &net->first_measure_of);
}

/** Who is in which measure, which measures sum it, which ports weigh it. */
static void index_all(struct sim_network *net, struct sim_arena *scratch)
{
    const struct sim_network_measure none = {.factor = 1};
    const struct sim_network_measure *last =
        net->measure_count > 0 ? &net->measures[net->measure_count - 1] : &none;
    const int inner = last->inner_end;
    const int room = larger(last->terms_end + last->ways_end, larger(inner, net->port_count));
    int32_t *keys = SIM_ARENA_NEW(scratch, int32_t, room);
    int32_t *items = SIM_ARENA_NEW(scratch, int32_t, room);
    index_activities(net, keys, items);
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
    int ways = 0;
    for (int m = 0; m < def->measure_count; m++) {
        ways += def->measures[m].way_count;
        terms += def->measures[m].plus_count + def->measures[m].minus_count;
        inner += def->measures[m].measure_count;
    }
    net->measure_count = def->measure_count;
    net->measures = SIM_ARENA_NEW(net->arena, struct sim_network_measure, def->measure_count);
    net->measure_ports = SIM_ARENA_NEW(net->arena, int32_t, terms);
    net->measure_inner = SIM_ARENA_NEW(net->arena, int32_t, inner);
    net->measure_places = SIM_ARENA_NEW(net->arena, int32_t, inner);
    net->measure_ways = SIM_ARENA_NEW(net->arena, struct sim_measure_way, ways);
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

enum {
    MANY = 64
};

/** Say of each place whether open ways lead there. */
static void reach(const struct sim_network *net, const struct sim_network_measure *m,
                  const double *capacity, bool *is_reached)
{
    is_reached[0] = true;
    for (bool moved = true; moved;) {
        moved = false;
        for (int32_t i = m->ways_begin; i < m->ways_end; i++) {
            const struct sim_measure_way *way = &net->measure_ways[i];
            if (is_reached[way->from] && !is_reached[way->to] && capacity[way->activity] > 0) {
                is_reached[way->to] = true;
                moved = true;
            }
        }
    }
}

/** What other measures say into `out`, in their order; those of places out of reach say nothing. */
static void take_inner(const struct sim_network *net, const struct sim_network_measure *m,
                       const struct sim_measures_of *of, double *out)
{
    bool few[MANY] = {false};
    bool *reached =
        m->place_count <= MANY ? few : sim_base_alloc((size_t)m->place_count, sizeof(*reached));
    reach(net, m, of->capacity, reached);
    for (int32_t i = m->inner_begin; i < m->inner_end; i++) {
        const bool counts = reached[net->measure_places[i]];
        out[i - m->inner_begin] = counts ? of->values[net->measure_inner[i]] : 0;
    }
    if (reached != few) {
        free(reached);
    }
}

/** The first of the other measures that has a limit now; INFINITY where none has. */
static double first_limited(const struct sim_network *net, const struct sim_network_measure *m,
                            const double *values)
{
    for (int32_t i = m->inner_begin; i < m->inner_end; i++) {
        if (!isinf(values[net->measure_inner[i]])) {
            return values[net->measure_inner[i]];
        }
    }
    return INFINITY;
}

/** Of what other measures say, the least first, so that the order of declaration does not matter.
 */
static double sum_inner(const struct sim_network *net, const struct sim_network_measure *m,
                        const struct sim_measures_of *of)
{
    const int count = m->inner_end - m->inner_begin;
    double few[MANY];
    double *sorted = count <= MANY ? few : sim_base_alloc((size_t)count, sizeof(*sorted));
    double sum = 0;
    take_inner(net, m, of, sorted);
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
    if (m->is_unlimited || m->is_either) {
        return m->is_unlimited ? (double)INFINITY : m->factor * first_limited(net, m, of->values);
    }
    double plus = 0;
    double minus = 0;
    for (int32_t i = m->terms_begin; i < m->terms_end; i++) {
        const int32_t j = net->measure_ports[i];
        *(i < m->minus_begin ? &plus : &minus) +=
            of->coef[j] * of->capacity[net->ports[j].activity];
    }
    const double there = plus > 0 ? plus : most_of(net, m, of);
    const double own = fmax(plus - minus, SIM_TOLERANCE_WEIGHT * there);
    return m->factor * (own + sum_inner(net, m, of));
}
