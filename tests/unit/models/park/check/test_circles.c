#include "models/park/base/circles.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

static struct park_circles graph(int nodes, const struct park_circles_edge *edges, int count)
{
    park_circles_edges list = {0};
    for (int i = 0; i < count; i++) {
        SIM_VEC_PUSH(&list, edges[i]);
    }
    const struct park_circles c = park_circles_make(nodes, &list);
    SIM_VEC_FREE(&list);
    return c;
}

Test(circles, nodes_that_reach_each_other_are_one_component)
{
    // 0 > 1 > 2 > 0, with a tail 2 > 3 > 4, and 5 alone.
    const struct park_circles_edge edges[] = {{0, 1}, {1, 2}, {2, 0}, {2, 3}, {3, 4}};
    struct park_circles c = graph(6, edges, 5);

    cr_assert(eq(int, c.component_count, 4));
    cr_assert(eq(int, c.component[0], c.component[1]));
    cr_assert(eq(int, c.component[0], c.component[2]));
    cr_assert(eq(int, c.members[c.component[0]], 3));
    cr_assert(ne(int, c.component[3], c.component[4]));
    cr_assert(eq(int, c.members[c.component[5]], 1));
    park_circles_free(&c);
}

Test(circles, the_shortest_way_round_is_found)
{
    // Round 0 by 1, 2, 3 or by 4.
    const struct park_circles_edge edges[] = {{0, 1}, {1, 2}, {2, 3}, {3, 0}, {0, 4}, {4, 0}};
    struct park_circles c = graph(5, edges, 6);
    int32_t way[5];

    cr_assert(eq(int, park_circles_shortest(&c, 0, way), 2));
    cr_assert(eq(int, way[0], 0));
    cr_assert(eq(int, way[1], 4));
    cr_assert(eq(int, park_circles_shortest(&c, 2, way), 4));
    cr_assert(eq(int, way[0], 2));
    cr_assert(eq(int, way[3], 1));
    park_circles_free(&c);
}

Test(circles, a_node_off_all_circles_has_no_way_round)
{
    const struct park_circles_edge edges[] = {{0, 1}, {1, 0}, {1, 2}};
    struct park_circles c = graph(3, edges, 3);
    int32_t way[3];

    cr_assert(eq(int, park_circles_shortest(&c, 2, way), 0));
    park_circles_free(&c);
}

Test(circles, a_long_chain_does_not_exhaust_the_stack)
{
    enum {
        LONG = 200000
    };
    park_circles_edges list = {0};
    for (int32_t i = 0; i < LONG; i++) {
        SIM_VEC_PUSH(&list, (struct park_circles_edge){.from = i, .to = (i + 1) % LONG});
    }
    struct park_circles c = park_circles_make(LONG, &list);

    cr_assert(eq(int, c.component_count, 1));
    cr_assert(eq(int, c.members[0], LONG));
    park_circles_free(&c);
    SIM_VEC_FREE(&list);
}
