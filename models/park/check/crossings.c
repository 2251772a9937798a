#include "models/park/check/crossings.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define SAME 1e-9 // [-] shares in proportions closer than this do not cross

bool park_crossings_runs(const struct park *p, int32_t activity)
{
    const struct park_activity *a = &p->net->activities[activity];
    return a->is_open && a->capacity > 0;
}

const struct sim_node *park_crossings_node(const struct park *p, int32_t port)
{
    return p->net->port_nodes[port];
}

static int line_of(const struct park *p, int32_t port)
{
    return park_crossings_node(p, port)->place.line;
}

static const char *name_of(const struct park *p, int32_t port)
{
    return p->net->activities[p->net->ports[port].activity].name;
}

static const char *place_of(const struct park *p, int32_t port)
{
    return p->net->pools[p->net->ports[port].pool].name;
}

/** Whether the port may have to wait for others on its side. */
static bool can_wait(const struct park_crossings *x, int32_t port)
{
    const struct park *p = x->l->park;
    const struct sim_port_def *q = &p->net->ports[port];
    if (!park_crossings_runs(p, q->activity) || (q->flags & SIM_PORT_AT_BOUND) != 0) {
        return false;
    }
    if (q->gives) { // pull givers do not see outlets
        return !x->is_sink[q->pool] || (q->flags & SIM_PORT_PULL) != 0;
    }
    return !x->is_ample[q->pool];
}

// ---- Priorities ----

/** The graph of who is served before whom: activities, then a node between two classes of a pool.
 */
struct order {
    const struct park_crossings *x;
    park_circles_edges edges;
    int32_t nodes;
    SIM_VEC(int32_t) from_port; // by node between classes: a port of the better class
    int32_t *sorted;            // room for the ports of a pool
};

static int by_rank(const struct park_net *n, int32_t a, int32_t b)
{
    const struct sim_port_def *x = &n->ports[a];
    const struct sim_port_def *y = &n->ports[b];
    return x->rank != y->rank ? (x->rank > y->rank ? 1 : -1) : (a > b) - (a < b);
}

/** Ports of one side that can wait, by rank; an insertion sort, as pools have few. */
static int sort_ports(const struct order *o, int32_t pool, bool gives)
{
    const struct park_net *n = o->x->l->park->net;
    int count = 0;
    for (int32_t i = o->x->at.first[pool]; i < o->x->at.first[pool + 1]; i++) {
        const int32_t port = o->x->at.at[i];
        if (n->ports[port].gives != gives || !can_wait(o->x, port)) {
            continue;
        }
        int at = count++;
        for (; at > 0 && by_rank(n, o->sorted[at - 1], port) > 0; at--) {
            o->sorted[at] = o->sorted[at - 1];
        }
        o->sorted[at] = port;
    }
    return count;
}

static void add_edge(struct order *o, int32_t from, int32_t to)
{
    SIM_VEC_PUSH(&o->edges, (struct park_circles_edge){.from = from, .to = to});
}

/** The class of ports sorted[begin .. end - 1] goes before the next one: all lead to a new gate, as
 * does `gate`, that of the class before (-1: none). Returns the new one. */
static int32_t add_gate(struct order *o, int begin, int end, int32_t gate)
{
    const struct park_net *n = o->x->l->park->net;
    const int32_t next = o->nodes++;
    SIM_VEC_PUSH(&o->from_port, o->sorted[begin]);
    for (int k = begin; k < end; k++) {
        add_edge(o, n->ports[o->sorted[k]].activity, next);
    }
    if (gate >= 0) {
        add_edge(o, gate, next);
    }
    return next;
}

static void add_side(struct order *o, int32_t pool, bool gives)
{
    const struct park_net *n = o->x->l->park->net;
    const int count = sort_ports(o, pool, gives);
    int begin = 0;     // of the class
    int32_t gate = -1; // node that the class before leads to
    for (int i = 0; i < count; i++) {
        const struct sim_port_def *port = &n->ports[o->sorted[i]];
        if (gate >= 0) {
            add_edge(o, gate, port->activity);
        }
        if (i + 1 < count && n->ports[o->sorted[i + 1]].rank != port->rank) {
            gate = add_gate(o, begin, i + 1, gate);
            begin = i + 1;
        }
    }
}

/** The port of an activity at a pool, on one side; -1. */
static int32_t port_at(const struct park_net *n, int32_t activity, int32_t pool, bool gives)
{
    const struct park_activity *a = &n->activities[activity];
    for (int32_t i = a->first_port; i < a->first_port + a->port_count; i++) {
        if (n->ports[i].pool == pool && n->ports[i].gives == gives) {
            return i;
        }
    }
    return -1;
}

/** "town.A before town.B at town:x, town.B (line 10) before town.A at town:y". Returns the port of
 * the first. */
static int32_t describe(const struct order *o, const int32_t *circle, int count, char *out,
                        size_t room)
{
    const struct park *p = o->x->l->park;
    const int32_t activities = p->net->activity_count;
    size_t used = 0;
    int32_t first = -1;
    for (int i = 0; i < count; i++) {
        const int32_t between = circle[(i + 1) % count];
        if (circle[i] >= activities) {
            continue;
        }
        int next = (i + 1) % count;
        while (circle[next] >= activities) {
            next = (next + 1) % count;
        }
        const struct sim_port_def *q = &p->net->ports[o->from_port.data[between - activities]];
        const int32_t port = port_at(p->net, circle[i], q->pool, q->gives);
        char line[32] = "";
        if (first >= 0) {
            (void)snprintf(line, sizeof(line), " (line %d)", line_of(p, port));
        } else {
            first = port;
        }
        const int length =
            snprintf(out + used, room - used, "%s%s%s %s before %s at %s", used > 0 ? ", and " : "",
                     name_of(p, port), line, q->gives ? "gives" : "is served",
                     p->net->activities[circle[next]].name, place_of(p, port));
        used = used + (size_t)length < room ? used + (size_t)length : room - 1;
    }
    return first;
}

static void warn_order(const struct order *o, const struct park_circles *c)
{
    const struct park *p = o->x->l->park;
    bool *told = sim_base_alloc((size_t)c->component_count, sizeof(bool));
    int32_t *circle = sim_base_alloc((size_t)c->node_count, sizeof(int32_t));
    for (int32_t a = 0; a < p->net->activity_count; a++) {
        const int32_t id = c->component[a];
        if (told[id] || c->members[id] < 2) {
            continue;
        }
        char text[1000];
        const int count = park_circles_shortest(c, a, circle);
        const int32_t port = describe(o, circle, count, text, sizeof(text));
        told[id] = true;
        park_resolve_warn(o->x->l, park_crossings_node(p, port),
                          "give them the same order at each place",
                          "crossing priorities: %s; when these are short at once, what the "
                          "priorities leave open goes by name",
                          text);
    }
    free(told);
    free(circle);
}

static void check_order(const struct park_crossings *x)
{
    const struct park_net *n = x->l->park->net;
    struct order o = {.x = x, .nodes = n->activity_count};
    o.sorted = sim_base_alloc((size_t)n->port_count, sizeof(int32_t));
    for (int32_t i = 0; i < n->pool_count; i++) {
        add_side(&o, i, false);
        add_side(&o, i, true);
    }
    struct park_circles c = park_circles_make(o.nodes, &o.edges);
    warn_order(&o, &c);
    park_circles_free(&c);
    SIM_VEC_FREE(&o.edges);
    SIM_VEC_FREE(&o.from_port);
    free(o.sorted);
}

// ---- Shares ----

/** What a port weighs in its class, in units of its activity. */
static double weight(const struct park_net *n, int32_t port)
{
    const struct sim_port_def *q = &n->ports[port];
    return q->share > 0 ? q->share / q->coef : n->activities[q->activity].capacity;
}

static bool in_class(const struct park_net *n, int32_t a, int32_t b)
{
    return n->ports[a].gives == n->ports[b].gives && n->ports[a].rank == n->ports[b].rank;
}

/** Ports i and j are of one activity, k and m of another; i and k, j and m meet in one class. */
static void compare(const struct park_crossings *x, const int32_t i, int32_t j, int32_t k,
                    int32_t m)
{
    const struct park *p = x->l->park;
    const double here = weight(p->net, i) / weight(p->net, k);
    const double there = weight(p->net, j) / weight(p->net, m);
    if (!isfinite(here) || !isfinite(there) || fabs(here - there) <= SAME * (here + there)) {
        return;
    }
    park_resolve_warn(x->l, park_crossings_node(p, i), "state the same proportion at both places",
                      "crossing shares: %s and %s (line %d) share %s as %.4g to 1, but %s as %.4g "
                      "to 1; when both are short at once, what the shares leave open goes by name",
                      name_of(p, i), name_of(p, k), line_of(p, k), place_of(p, i), here,
                      place_of(p, j), there);
}

/** Whoever meets the activity of `i` in its class and once more, at port j. */
static void compare_all(const struct park_crossings *x, int32_t i, int32_t j)
{
    const struct park_net *n = x->l->park->net;
    const int32_t pool = n->ports[i].pool;
    for (int32_t e = x->at.first[pool]; e < x->at.first[pool + 1]; e++) {
        const int32_t k = x->at.at[e];
        const int32_t other = n->ports[k].activity;
        const bool is_told = n->ports[k].share > 0 && other < n->ports[i].activity;
        if (other == n->ports[i].activity || !in_class(n, i, k) || !can_wait(x, k) || is_told) {
            continue;
        }
        const int32_t m = port_at(n, other, n->ports[j].pool, n->ports[j].gives);
        if (m >= 0 && in_class(n, j, m) && can_wait(x, m)) {
            compare(x, i, j, k, m);
        }
    }
}

static void check_shares(const struct park_crossings *x)
{
    const struct park_net *n = x->l->park->net;
    for (int32_t i = 0; i < n->port_count; i++) {
        const struct park_activity *a = &n->activities[n->ports[i].activity];
        if (!(n->ports[i].share > 0) || !can_wait(x, i)) {
            continue;
        }
        for (int32_t j = a->first_port; j < a->first_port + a->port_count; j++) {
            const bool is_told = n->ports[j].share > 0 && j < i;
            if (j != i && !is_told && can_wait(x, j)) {
                compare_all(x, i, j);
            }
        }
    }
}

// ---- Outsiders ----

/** A member of the circle that takes what `activity` gives to it; -1. */
static int32_t fed_by(const struct park_crossings *x, const struct park_circles *c,
                      int32_t activity)
{
    const struct park_net *n = x->l->park->net;
    const struct park_activity *a = &n->activities[activity];
    for (int32_t i = a->first_port; i < a->first_port + a->port_count; i++) {
        const int32_t pool = n->ports[i].pool;
        if (!n->ports[i].gives ||
            c->component[n->activity_count + pool] != c->component[activity]) {
            continue;
        }
        for (int32_t e = x->at.first[pool]; e < x->at.first[pool + 1]; e++) {
            const struct sim_port_def *q = &n->ports[x->at.at[e]];
            if (!q->gives && c->component[q->activity] == c->component[activity]) {
                return q->activity;
            }
        }
    }
    return -1;
}

/** Who is not on the circle and is served before port `i`, first of all; -1. */
static int32_t outsider(const struct park_crossings *x, const struct park_circles *c, int32_t i)
{
    const struct park_net *n = x->l->park->net;
    const int32_t pool = n->ports[i].pool;
    int32_t best = -1;
    for (int32_t e = x->at.first[pool]; e < x->at.first[pool + 1]; e++) {
        const int32_t k = x->at.at[e];
        const struct sim_port_def *q = &n->ports[k];
        const bool is_before = !q->gives && q->rank < n->ports[i].rank && can_wait(x, k);
        if (is_before && c->component[q->activity] != c->component[n->ports[i].activity] &&
            (best < 0 || q->rank < n->ports[best].rank)) {
            best = k;
        }
    }
    return best;
}

static void check_port(const struct park_crossings *x, const struct park_circles *c, int32_t i)
{
    const struct park *p = x->l->park;
    const struct sim_port_def *q = &p->net->ports[i];
    const int32_t id = c->component[q->activity];
    if (q->gives || c->members[id] < 2 || !can_wait(x, i) ||
        c->component[p->net->activity_count + q->pool] != id) {
        return;
    }
    const int32_t other = outsider(x, c, i);
    const int32_t fed = fed_by(x, c, q->activity);
    if (other >= 0 && fed >= 0) {
        park_resolve_warn(
            x->l, park_crossings_node(p, i),
            "give the circle a better priority there, unless this is meant",
            "%s feeds %s, and %s comes back to it by a circle, but at %s it is served after %s "
            "(line %d), who is not on the circle and may starve it",
            name_of(p, i), p->net->activities[fed].name,
            p->streams[p->net->pools[q->pool].stream]->name, place_of(p, i), name_of(p, other),
            line_of(p, other));
    }
}

/** From giver to pool and from pool to taker. */
static void add_feeding(const struct park_crossings *x, int32_t port, park_circles_edges *out)
{
    const struct park_net *n = x->l->park->net;
    const struct sim_port_def *q = &n->ports[port];
    const int32_t pool = n->activity_count + q->pool;
    const struct park_circles_edge edge = {.from = q->gives ? q->activity : pool,
                                           .to = q->gives ? pool : q->activity};
    SIM_VEC_PUSH(out, edge);
}

struct park_circles park_crossings_feeding(const struct park_crossings *x, bool ample_too)
{
    const struct park *p = x->l->park;
    park_circles_edges edges = {0};
    for (int32_t i = 0; i < p->net->port_count; i++) {
        const struct sim_port_def *q = &p->net->ports[i];
        if (park_crossings_runs(p, q->activity) && (ample_too || !x->is_ample[q->pool])) {
            add_feeding(x, i, &edges);
        }
    }
    const struct park_circles c =
        park_circles_make(p->net->activity_count + p->net->pool_count, &edges);
    free(edges.data);
    return c;
}

static void check_outsiders(const struct park_crossings *x)
{
    struct park_circles c = park_crossings_feeding(x, false);
    for (int32_t i = 0; i < x->l->park->net->port_count; i++) {
        check_port(x, &c, i);
    }
    park_circles_free(&c);
}

static void find_ends(struct park_crossings *x)
{
    const struct park *p = x->l->park;
    const struct park_net *n = p->net;
    x->is_ample = sim_base_alloc((size_t)n->pool_count, sizeof(bool));
    x->is_sink = sim_base_alloc((size_t)n->pool_count, sizeof(bool));
    for (int32_t i = 0; i < n->port_count; i++) {
        const struct sim_port_def *q = &n->ports[i];
        const struct park_activity *a = &n->activities[q->activity];
        if (a->is_open && isinf(a->capacity) && a->port_count == 1) {
            *(q->gives ? &x->is_ample[q->pool] : &x->is_sink[q->pool]) = true;
        }
    }
}

void park_crossings_check(struct park_loader *l)
{
    const struct park_net *n = l->park->net;
    struct park_crossings x = {.l = l,
                               .at = park_build_index_make(n->ports, n->port_count, n->pool_count)};
    find_ends(&x);
    check_order(&x);
    check_shares(&x);
    check_outsiders(&x);
    park_standstill_check(&x);
    park_build_index_free(&x.at);
    free(x.is_ample);
    free(x.is_sink);
}
