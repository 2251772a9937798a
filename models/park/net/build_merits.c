// Merit order: within a class of givers some are asked before others. The network knows classes
// only, so where merits differ the classes of that pool are numbered anew, in the same order.
#include "models/park/net/make.h"

#include <stdlib.h>

struct place {
    int32_t port, rank, merit;
};

static int by_place(const void *a, const void *b)
{
    const struct place *x = a;
    const struct place *y = b;
    if (x->rank != y->rank) {
        return x->rank < y->rank ? -1 : 1;
    }
    return x->merit != y->merit ? (x->merit < y->merit ? -1 : 1) : x->port - y->port;
}

void park_build_merit(struct park_builder *b, int32_t port, int32_t merit)
{
    b->merits.data[port] = merit;
}

static void number(struct park_builder *b, struct place *places, int count)
{
    int32_t rank = 0;
    qsort(places, (size_t)count, sizeof(*places), by_place);
    for (int i = 0; i < count; i++) {
        const bool as_last =
            i > 0 && places[i].rank == places[i - 1].rank && places[i].merit == places[i - 1].merit;
        rank += as_last ? 0 : 1;
        b->ports.data[places[i].port].rank = rank;
    }
}

void park_build_merits(struct park_builder *b)
{
    struct park_build_index at =
        park_build_index_make(b->ports.data, b->ports.count, b->pools.count);
    struct place *places = sim_base_alloc((size_t)b->ports.count, sizeof(*places));
    for (int32_t pool = 0; pool < b->pools.count; pool++) {
        int count = 0;
        bool differ = false;
        for (int32_t i = at.first[pool]; i < at.first[pool + 1]; i++) {
            const int32_t port = at.at[i];
            if (b->ports.data[port].gives) {
                places[count++] =
                    (struct place){port, b->ports.data[port].rank, b->merits.data[port]};
                differ = differ || b->merits.data[port] != 0;
            }
        }
        if (differ) {
            number(b, places, count);
        }
    }
    free(places);
    park_build_index_free(&at);
}
