#include "models/park/base/circles.h"

#include <stdlib.h>

static void index_edges(struct park_circles *c, const park_circles_edges *edges)
{
    c->first = sim_base_alloc((size_t)c->node_count + 2, sizeof(int32_t));
    c->at = sim_base_alloc((size_t)edges->count, sizeof(int32_t));
    for (int i = 0; i < edges->count; i++) {
        c->first[edges->data[i].from + 2]++;
    }
    for (int i = 2; i <= c->node_count; i++) {
        c->first[i] += c->first[i - 1];
    }
    for (int i = 0; i < edges->count; i++) {
        c->at[c->first[edges->data[i].from + 1]++] = edges->data[i].to;
    }
}

/** Tarjan's search, without recursion. */
struct search {
    struct park_circles *c;
    int32_t *number; // in order of discovery, 0 not yet
    int32_t *low;    // least number that can be reached
    int32_t *next;   // edge to follow next
    int32_t *path;   // nodes under way
    int32_t *stack;  // nodes without a component yet
    int32_t path_count, stack_count, numbers;
};

static void enter(struct search *s, int32_t node)
{
    s->number[node] = s->low[node] = ++s->numbers;
    s->next[node] = s->c->first[node];
    s->path[s->path_count++] = node;
    s->stack[s->stack_count++] = node;
}

static void close_component(struct search *s, int32_t root)
{
    const int32_t id = s->c->component_count++;
    int32_t node;
    do {
        node = s->stack[--s->stack_count];
        s->c->component[node] = id;
        s->c->members[id]++;
    } while (node != root);
}

/** Leave the node at the end of the path: all that it reaches is known. */
static void leave(struct search *s, int32_t node)
{
    s->path_count--;
    if (s->low[node] == s->number[node]) {
        close_component(s, node);
    }
    if (s->path_count > 0) {
        const int32_t up = s->path[s->path_count - 1];
        s->low[up] = s->low[node] < s->low[up] ? s->low[node] : s->low[up];
    }
}

static void search_from(struct search *s, int32_t start)
{
    enter(s, start);
    while (s->path_count > 0) {
        const int32_t node = s->path[s->path_count - 1];
        if (s->next[node] == s->c->first[node + 1]) {
            leave(s, node);
            continue;
        }
        const int32_t to = s->c->at[s->next[node]++];
        if (s->number[to] == 0) {
            enter(s, to);
        } else if (s->c->component[to] < 0 && s->number[to] < s->low[node]) {
            s->low[node] = s->number[to];
        }
    }
}

struct park_circles park_circles_make(int node_count, const park_circles_edges *edges)
{
    const size_t n = (size_t)node_count;
    struct park_circles c = {.node_count = node_count};
    index_edges(&c, edges);
    c.component = sim_base_alloc(n, sizeof(int32_t));
    c.members = sim_base_alloc(n, sizeof(int32_t));
    int32_t *work = sim_base_alloc(5 * n, sizeof(int32_t));
    struct search s = {.c = &c,
                       .number = work,
                       .low = work + n,
                       .next = work + 2 * n,
                       .path = work + 3 * n,
                       .stack = work + 4 * n};
    for (int32_t i = 0; i < node_count; i++) {
        c.component[i] = -1;
    }
    for (int32_t i = 0; i < node_count; i++) {
        if (s.number[i] == 0) {
            search_from(&s, i);
        }
    }
    free(work);
    return c;
}

void park_circles_free(struct park_circles *c)
{
    free(c->first);
    free(c->at);
    free(c->component);
    free(c->members);
}

/** The nodes from `start` to `end` as they were reached. */
static int write_way(const int32_t *came_from, int32_t start, int32_t end, int32_t *out)
{
    int count = 1;
    for (int32_t n = end; n != start; n = came_from[n]) {
        count++;
    }
    int at = count;
    for (int32_t n = end; n != start; n = came_from[n]) {
        out[--at] = n;
    }
    out[0] = start;
    return count;
}

int park_circles_shortest(const struct park_circles *c, int32_t start, int32_t *out)
{
    const size_t n = (size_t)c->node_count;
    int32_t *came_from = sim_base_alloc(2 * n, sizeof(int32_t));
    int32_t *queue = came_from + n;
    int32_t head = 0;
    int32_t tail = 0;
    int count = 0;
    for (int32_t i = 0; i < c->node_count; i++) {
        came_from[i] = -1;
    }
    queue[tail++] = start;
    while (head < tail && count == 0) {
        const int32_t node = queue[head++];
        for (int32_t i = c->first[node]; i < c->first[node + 1] && count == 0; i++) {
            const int32_t to = c->at[i];
            if (to == start) {
                count = write_way(came_from, start, node, out);
            } else if (came_from[to] < 0 && c->component[to] == c->component[start]) {
                came_from[to] = node;
                queue[tail++] = to;
            }
        }
    }
    free(came_from);
    return count;
}
