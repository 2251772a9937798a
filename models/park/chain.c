#include "models/park/chain.h"

#include "models/park/build.h"

#include <math.h>

#define NOTHING 1e-9 // [-] of its capacity: lacks no more than rounding

static bool stands(const struct park_net *n, int32_t port, int32_t other,
                   enum park_chain_relation relation)
{
    const struct sim_port_def *p = &n->ports[port];
    const struct sim_port_def *q = &n->ports[other];
    if (q->pool != p->pool || q->activity == p->activity) {
        return false;
    }
    switch (relation) {
    case PARK_CHAIN_FACES:
        return q->gives != p->gives;
    case PARK_CHAIN_BEFORE:
        return q->gives == p->gives && q->rank < p->rank;
    case PARK_CHAIN_SHARES:
        return q->gives == p->gives && q->rank == p->rank;
    }
    return false;
}

int park_chain_others(const struct park *p, int32_t port, enum park_chain_relation relation,
                      int32_t *out, int most)
{
    int count = 0;
    for (int32_t i = 0; i < p->net->port_count; i++) {
        if (stands(p->net, port, i, relation)) {
            if (count < most) {
                out[count] = i;
            }
            count++;
        }
    }
    return count;
}

/** [SI/s] What somebody could do more at a pool, had he all he needs. */
static double lack(const struct park_cause_view *v, int32_t port)
{
    const struct sim_port_def *q = &v->park->net->ports[port];
    const double most = v->park->net->activities[q->activity].capacity;
    const double rate = sim_flow_rate(v->flow, q->activity);
    return isfinite(most) && most - rate > NOTHING * most ? q->coef * (most - rate) : 0;
}

/** It only passes on, so what holds it stands at its other end. */
static bool passes_on(const struct park_net *n, int32_t port)
{
    const struct park_activity *a = &n->activities[n->ports[port].activity];
    return a->level == NULL && a->kind != PARK_ACTIVITY_EXIT && a->port_count > 1;
}

/** Who is to blame at the pool of `port`: whoever lacks most, else one who only passes on, else the
 * only one; -1. */
static int32_t culprit(const struct park_cause_view *v, int32_t port, int *out_count)
{
    const struct park_net *n = v->park->net;
    int32_t best = -1;
    int32_t last = -1;
    double most = -1;
    *out_count = 0;
    for (int32_t i = 0; i < n->port_count; i++) {
        if (!stands(n, port, i, PARK_CHAIN_FACES)) {
            continue;
        }
        const double here = lack(v, i);
        (*out_count)++;
        last = n->ports[i].activity;
        if (here > most && (here > 0 || passes_on(n, i))) {
            best = n->ports[i].activity;
            most = here;
        }
    }
    return best < 0 && *out_count == 1 ? last : best;
}

static bool was_there(const struct park_chain *c, int32_t activity)
{
    for (int i = 0; i < c->count; i++) {
        if (c->steps[i].activity == activity) {
            return true;
        }
    }
    return false;
}

struct park_chain park_chain_follow(const struct park_cause_view *v, int32_t activity)
{
    struct park_chain c = {.end = PARK_CHAIN_LONG, .back_to = -1};
    enum park_cause_way way = PARK_CAUSE_ANY;
    while (c.count < PARK_CHAIN_MOST) {
        const struct park_cause cause = park_cause_find(v, activity, way);
        c.steps[c.count++] = (struct park_chain_step){.activity = activity, .cause = cause};
        if (cause.port < 0) {
            c.end = PARK_CHAIN_CAUSE;
            return c;
        }
        int count;
        const int32_t next = culprit(v, cause.port, &count);
        if (next < 0) {
            c.end = count > 0 ? PARK_CHAIN_DONE : PARK_CHAIN_NOBODY;
            return c;
        }
        if (was_there(&c, next)) {
            c.end = PARK_CHAIN_CIRCLE;
            c.back_to = next;
            return c;
        }
        way = cause.kind == PARK_CAUSE_INPUT ? PARK_CAUSE_UPSTREAM : PARK_CAUSE_DOWNSTREAM;
        activity = next;
    }
    return c;
}
