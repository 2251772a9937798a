#include "models/park/why/tried.h"

#include "models/park/net/build.h"
#include "sim/base/vec.h"

#include <stdlib.h>

struct park_tried {
    struct park_cause_view view;
    struct sim_flow *flow;
    struct park_chain *chains; // of those with a turndown; a count of 0: nothing was short
    int32_t *at;               // by activity: into `chains`; -1
    int count;
    SIM_VEC(int32_t) changed;
};

static bool is_same(const struct park_chain *a, const struct park_chain *b)
{
    bool same = a->count == b->count && a->end == b->end && a->back_to == b->back_to;
    for (int i = 0; same && i < a->count; i++) {
        const struct park_chain_step *x = &a->steps[i];
        const struct park_chain_step *y = &b->steps[i];
        same = x->activity == y->activity && x->cause.kind == y->cause.kind &&
               x->cause.port == y->cause.port && x->cause.idle == y->cause.idle;
    }
    return same;
}

/** Whether its own way is what fails, not a pull unit of which too little is asked. */
static bool is_short(const struct park_net *n, const struct park_cause *cause)
{
    return cause->port >= 0 &&
           !(n->ports[cause->port].gives && (n->ports[cause->port].flags & SIM_PORT_PULL) != 0);
}

static struct park_chain look(const struct park_cause_view *v, int32_t unit, int32_t harmed)
{
    struct park_chain c = park_chain_follow(v, harmed >= 0 ? harmed : unit);
    c.count = is_short(v->park->net, &c.steps[0].cause) ? c.count : 0;
    for (int i = 0; i < c.count; i++) {
        c.steps[i].is_tried = true;
        c.steps[i].rate = sim_rates_rate(sim_flow_rates(v->flow), c.steps[i].activity);
    }
    return c;
}

static void on_low(void *user, int32_t unit, int32_t harmed)
{
    struct park_tried *t = user;
    struct park_chain *known = &t->chains[t->at[unit]];
    t->view.now = sim_flow_now(t->flow);
    const struct park_chain found = look(&t->view, unit, harmed);
    if (!is_same(&found, known)) {
        SIM_VEC_PUSH(&t->changed, unit);
    }
    *known = found;
}

struct park_tried *park_tried_create(const struct park *p, struct sim_flow *flow,
                                     const struct park_capacity *capacity)
{
    const struct park_net *n = p->net;
    struct park_tried *t = sim_base_alloc(1, sizeof(*t));
    t->view = (struct park_cause_view){.park = p, .flow = flow, .capacity = capacity};
    t->flow = flow;
    t->at = sim_base_alloc((size_t)n->activity_count, sizeof(*t->at));
    for (int32_t a = 0; a < n->activity_count; a++) {
        const struct park_activity *x = &n->activities[a];
        const bool may = x->mover->is_process && p->processes[x->id]->least > 0;
        t->at[a] = may ? t->count++ : -1;
    }
    t->chains = sim_base_alloc((size_t)t->count, sizeof(*t->chains));
    sim_flow_watch_low(flow, on_low, t);
    return t;
}

void park_tried_destroy(struct park_tried *t)
{
    if (t == NULL) {
        return;
    }
    sim_flow_watch_low(t->flow, NULL, NULL);
    SIM_VEC_FREE(&t->changed);
    free(t->chains);
    free(t->at);
    free(t);
}

void park_tried_reset(struct park_tried *t)
{
    for (int i = 0; i < t->count; i++) {
        t->chains[i].count = 0;
    }
    t->changed.count = 0;
}

const struct park_chain *park_tried_of(const struct park_tried *t, int32_t activity)
{
    const int32_t at = t->at[activity];
    return at >= 0 && t->chains[at].count > 0 ? &t->chains[at] : NULL;
}

const int32_t *park_tried_changed(const struct park_tried *t, int *out_count)
{
    *out_count = t->changed.count;
    return t->changed.data;
}

void park_tried_forget(struct park_tried *t)
{
    t->changed.count = 0;
}
