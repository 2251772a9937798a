/** @file
 * Circles in a directed graph: which nodes can reach each other, and the shortest way round.
 *
 * Used by `check` on the graph of who is served before whom, and on that of who feeds whom. Of two
 * components the one that is reached from the other has the lower number; else their numbers carry
 * no meaning, and what is told about them goes by the order of the nodes.
 *
 * Pure.
 */
#ifndef PARK_CIRCLES_H
#define PARK_CIRCLES_H

#include "sim/base/base.h"
#include "sim/base/vec.h"

struct park_circles_edge {
    int32_t from, to;
};

typedef SIM_VEC(struct park_circles_edge) park_circles_edges;

struct park_circles {
    int node_count;
    int32_t *first, *at; // those after node n: at[first[n]] .. at[first[n + 1] - 1]
    int32_t *component;  // by node: strongly connected component
    int32_t *members;    // by component: how many nodes
    int32_t component_count;
};

/** The components of a graph. Owned by the caller: park_circles_free. */
struct park_circles park_circles_make(int node_count, const park_circles_edges *edges);
void park_circles_free(struct park_circles *c);

/** A shortest circle through `start`: its nodes in order from `start` into `out` (room for
 * node_count). Returns how many there are, 0 when no circle goes through it. */
int park_circles_shortest(const struct park_circles *c, int32_t start, int32_t *out);

#endif
