// Who is a user: what it asks for and does not get counts as unserved.
#include "models/park/net/make.h"

#include <stdlib.h>

/** Whether an activity only carries on what it takes, from pool to pool. */
static bool carries(const struct park_activity *a)
{
    return a->mover->is_contract;
}

struct fed {
    const struct park_net *net;
    bool *is;       // by pool: pull processes make what is there, or it comes from such a pool
    int32_t *queue; // pools whose news are not carried on yet
    int count;
};

static void feed(struct fed *f, int32_t pool)
{
    if (!f->is[pool]) {
        f->is[pool] = true;
        f->queue[f->count++] = pool;
    }
}

/** From where pull processes give to wherever it is carried by contract. */
static void follow(struct fed *f)
{
    const struct park_net *n = f->net;
    for (int32_t i = 0; i < n->port_count; i++) {
        const struct sim_port_def *q = &n->ports[i];
        if (q->gives && (q->flags & SIM_PORT_PULL) != 0 &&
            n->activities[q->activity].mover->is_process) {
            feed(f, q->pool);
        }
    }
    while (f->count > 0) {
        const int32_t pool = f->queue[--f->count];
        for (int32_t i = n->at.first[pool]; i < n->at.first[pool + 1]; i++) {
            const struct sim_port_def *q = &n->ports[n->at.at[i]];
            const struct park_activity *a = &n->activities[q->activity];
            for (int32_t k = a->first_port;
                 !q->gives && carries(a) && k < a->first_port + a->port_count; k++) {
                if (n->ports[k].gives) {
                    feed(f, n->ports[k].pool);
                }
            }
        }
    }
}

void park_build_users(struct park_net *n)
{
    struct fed f = {.net = n,
                    .is = sim_base_alloc((size_t)n->pool_count, sizeof(bool)),
                    .queue = sim_base_alloc((size_t)n->pool_count, sizeof(int32_t))};
    follow(&f);
    for (int32_t i = 0; i < n->move_count; i++) {
        struct park_move *m = &n->moves[i];
        const struct park_activity *a = &n->activities[m->activity];
        const bool is_input = m->kind == PARK_MOVE_INPUT;
        m->is_user = a->is_user && (is_input || m->kind == PARK_MOVE_WORLD);
        m->is_pull_user = !a->is_user && is_input && a->mover->is_process && m->from_pool >= 0 &&
                          f.is[m->from_pool];
    }
    free(f.is);
    free(f.queue);
}
