#include "models/park/why/chain.h"

#include "models/park/net/build.h"
#include "models/park/why/tried.h"

#include <math.h>

#define NOTHING 1e-9 // [-] of its capacity: lacks no more than rounding

/** How a port of the same pool stands to it. */
static bool stands(const struct park_net *n, int32_t port, int32_t other,
                   enum park_chain_relation relation)
{
    const struct sim_port_def *p = &n->ports[port];
    const struct sim_port_def *q = &n->ports[other];
    if (q->activity == p->activity) {
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
    const struct park_net *n = p->net;
    const int32_t pool = n->ports[port].pool;
    int count = 0;
    for (int32_t i = n->at.first[pool]; i < n->at.first[pool + 1]; i++) {
        if (stands(n, port, n->at.at[i], relation)) {
            if (count < most) {
                out[count] = n->at.at[i];
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
    const double rate = sim_rates_rate(sim_flow_rates(v->flow), q->activity); // of a trial, too
    return isfinite(most) && most - rate > NOTHING * most ? q->coef * (most - rate) : 0;
}

/** It only passes on, so what holds it stands at its other end. */
static bool passes_on(const struct park_net *n, int32_t port)
{
    const struct park_activity *a = &n->activities[n->ports[port].activity];
    return a->level == NULL && !a->mover->is_exit && a->port_count > 1;
}

struct park_chain_culprit park_chain_blame(const struct park_cause_view *v, int32_t port)
{
    const struct park_net *n = v->park->net;
    const int32_t pool = n->ports[port].pool;
    struct park_chain_culprit out = {.activity = -1};
    int32_t last = -1;
    double most = -1;
    for (int32_t at = n->at.first[pool]; at < n->at.first[pool + 1]; at++) {
        const int32_t i = n->at.at[at];
        if (!stands(n, port, i, PARK_CHAIN_FACES)) {
            continue;
        }
        const double here = lack(v, i);
        out.count++;
        last = n->ports[i].activity;
        if (here > most && (here > 0 || passes_on(n, i))) {
            out.activity = n->ports[i].activity;
            most = here;
        }
    }
    if (out.activity < 0 && out.count == 1) {
        out.activity = last;
    }
    return out;
}

static struct park_chain_culprit blame(void *user, const struct park_cause_view *v, int32_t port)
{
    (void)user;
    return park_chain_blame(v, port);
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
    return park_chain_follow_by(v, activity, blame, NULL);
}

/** What was short for the unit that ends the chain, its own step of the trial first. True where
 * that ends at another unit that is off: the last step, to be found anew. */
static bool go_on(const struct park_cause_view *v, struct park_chain *c, int32_t unit)
{
    const struct park_chain *more = v->tried != NULL ? park_tried_of(v->tried, unit) : NULL;
    c->end = PARK_CHAIN_CAUSE;
    if (more == NULL) {
        return false;
    }
    for (int i = 0; i < more->count; i++) {
        const struct park_chain_step *s = &more->steps[i];
        if (!(i == 0 && s->activity == unit) && was_there(c, s->activity)) {
            c->end = PARK_CHAIN_CIRCLE;
            c->back_to = s->activity;
            return false;
        }
        if (c->count == PARK_CHAIN_MOST) {
            c->end = PARK_CHAIN_LONG;
            return false;
        }
        c->steps[c->count++] = *s;
    }
    c->end = more->end;
    c->back_to = more->back_to;
    return c->end == PARK_CHAIN_CAUSE && c->steps[c->count - 1].cause.kind == PARK_CAUSE_TURNDOWN;
}

struct park_chain park_chain_follow_by(const struct park_cause_view *v, int32_t activity,
                                       park_chain_blaming *by, void *user)
{
    struct park_chain c; // nobody reads steps beyond `count`
    c.count = 0;
    c.end = PARK_CHAIN_LONG;
    c.back_to = -1;
    enum park_cause_way way = PARK_CAUSE_ANY;
    while (c.count < PARK_CHAIN_MOST) {
        const struct park_cause cause = park_cause_find(v, activity, way);
        c.steps[c.count++] = (struct park_chain_step){.activity = activity, .cause = cause};
        if (cause.kind == PARK_CAUSE_TURNDOWN) {
            if (!go_on(v, &c, activity)) {
                return c;
            }
            c.count--;
            activity = c.steps[c.count].activity;
            way = PARK_CAUSE_ANY;
            continue;
        }
        if (cause.port < 0) {
            c.end = PARK_CHAIN_CAUSE;
            return c;
        }
        const struct park_chain_culprit found = by(user, v, cause.port);
        const int32_t next = found.activity;
        if (next < 0) {
            c.end = found.count > 0 ? PARK_CHAIN_DONE : PARK_CHAIN_NOBODY;
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
    c.end = PARK_CHAIN_LONG;
    return c;
}
