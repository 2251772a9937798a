// Rules across the whole park, told once it is built: what can never move, and what nobody uses.
#include "models/park/check/crossings.h"
#include "models/park/check/plausible.h"

#include <stdlib.h>

struct check {
    struct park_loader *l;
    struct park_build_index at;
};

static int ports_at(const struct check *c, int32_t pool, bool gives, int32_t without)
{
    const struct park_net *n = c->l->park->net;
    int count = 0;
    for (int i = c->at.first[pool]; i < c->at.first[pool + 1]; i++) {
        const struct sim_port_def *port = &n->ports[c->at.at[i]];
        count += port->gives == gives && port->activity != without;
    }
    return count;
}

static bool holds_some(const struct park *p, int32_t pool)
{
    const int32_t stock = p->net->pools[pool].stock;
    return stock >= 0 && p->stocks[stock]->initial_si > p->stocks[stock]->minimum_si;
}

// What the activity gives to the pool less what it takes there, per unit of it.
static double net_at(const struct check *c, int32_t pool, int32_t activity)
{
    const struct park_net *n = c->l->park->net;
    const struct park_activity *a = &n->activities[activity];
    double net = 0;
    for (int i = a->first_port; i < a->first_port + a->port_count; i++) {
        if (n->ports[i].pool == pool) {
            net += n->ports[i].gives ? n->ports[i].coef : -n->ports[i].coef;
        }
    }
    return net;
}

// A process that makes at least what it takes of a stream feeds itself.
static bool has_source(const struct check *c, int32_t pool, int32_t activity)
{
    return holds_some(c->l->park, pool) || ports_at(c, pool, true, activity) > 0 ||
           net_at(c, pool, activity) >= 0;
}

// A stock that nobody empties takes what fits; whoever made it has room to store it. A process that
// takes at least what it makes of a stream has an outlet in itself.
static bool has_outlet(const struct check *c, int32_t pool, int32_t activity)
{
    return c->l->park->net->pools[pool].stock >= 0 || ports_at(c, pool, false, activity) > 0 ||
           net_at(c, pool, activity) <= 0;
}

static const char *stream_at(const struct park *p, int32_t pool)
{
    return p->streams[p->net->pools[pool].stream]->name;
}

static void check_exchange(const struct check *c, int32_t activity)
{
    struct park_loader *l = c->l;
    const struct park *p = l->park;
    const struct park_activity *a = &p->net->activities[activity];
    const struct park_exchange *e = p->exchanges[a->id];
    for (int i = a->first_port; a->is_open && i < a->first_port + a->port_count; i++) {
        const struct sim_port_def *port = &p->net->ports[i];
        const char *place = p->parties[p->net->pools[port->pool].party].name;
        if (!port->gives && !has_source(c, port->pool, activity)) {
            park_resolve_wrong(l, e->node, "name another place, or add what makes it",
                               "nothing can pass: nobody makes or sells %s at %s",
                               stream_at(p, port->pool), place);
        }
        if (port->gives && p->net->pools[port->pool].link < 0 &&
            !has_outlet(c, port->pool, activity)) {
            park_resolve_wrong(l, e->node, "name another place, or add what takes it",
                               "nothing can pass: nobody takes %s at %s", stream_at(p, port->pool),
                               place);
        }
    }
    if (a->is_open && (e->until_us <= p->start_us || e->from_us >= p->until_us)) {
        park_resolve_warn(l, e->node, NULL, "it is in force at no time of the run");
    }
}

// A pull process sees users and stocks, not outlets.
static bool is_asked_for(const struct check *c, int32_t pool)
{
    const struct park_net *n = c->l->park->net;
    bool asked = n->pools[pool].stock >= 0;
    for (int i = c->at.first[pool]; i < c->at.first[pool + 1]; i++) {
        const struct sim_port_def *port = &n->ports[c->at.at[i]];
        asked = asked || (!port->gives && (port->flags & SIM_PORT_OUTLET) == 0);
    }
    return asked;
}

static void check_process(const struct check *c, int32_t activity)
{
    struct park_loader *l = c->l;
    const struct park *p = l->park;
    const struct park_activity *a = &p->net->activities[activity];
    const struct park_process *s = p->processes[a->id];
    for (int i = 0; i < s->flow_count; i++) {
        const struct park_flow *f = &s->flows[i];
        const int32_t pool = p->net->ports[a->first_port + i].pool;
        const char *stream = p->streams[f->stream]->name;
        if (!f->gives && !has_source(c, pool, activity)) {
            park_resolve_warn(l, p->net->port_nodes[a->first_port + i],
                              "add a market that sells it, an exchange, or a process that makes it",
                              "%s is starved for ever: nobody makes or sells %s here", s->name,
                              stream);
        }
        if (f->gives && !has_outlet(c, pool, activity)) {
            park_resolve_warn(l, p->net->port_nodes[a->first_port + i],
                              "add a market that buys or disposes of it, or an exchange",
                              "%s stands still: its %s has no outlet", s->name, stream);
        } else if (f->is_product && s->mode == PARK_MODE_PULL && !is_asked_for(c, pool)) {
            park_resolve_warn(l, p->net->port_nodes[a->first_port + i],
                              "give the market a demand, or write mode = \"push\"",
                              "%s stands still: it makes what is asked for, and nobody asks for %s",
                              s->name, stream);
        }
    }
}

static void check_stock(const struct check *c, int32_t pool)
{
    struct park_loader *l = c->l;
    const struct park *p = l->park;
    const struct park_stock *s = p->stocks[p->net->pools[pool].stock];
    if (ports_at(c, pool, true, -1) == 0 && ports_at(c, pool, false, -1) == 0) {
        park_resolve_warn(l, s->node,
                          "name it in `to` of an output or `from` of an input, a link "
                          "or an exchange",
                          "nothing goes in or out");
    }
}

static void check_links(struct park_loader *l)
{
    const struct park *p = l->park;
    bool *used = sim_base_alloc((size_t)p->link_count, sizeof(bool));
    for (int k = 0; k < p->exchange_count; k++) {
        if (p->exchanges[k]->link >= 0) {
            used[p->exchanges[k]->link] = true;
        }
    }
    for (int i = 0; i < p->link_count; i++) {
        if (!used[i]) {
            park_resolve_warn(l, p->links[i]->node, "add an exchange with over = \"...\"",
                              "no exchange goes over it, so it carries nothing");
        }
    }
    free(used);
}

static void check_disposal(struct park_loader *l)
{
    const struct park *p = l->park;
    for (int i = 0; i < p->stream_count; i++) {
        const struct park_stream *s = p->streams[i];
        bool disposes = s->disposal_market < 0;
        for (int k = 0; k < p->offer_count; k++) {
            const struct park_offer *o = p->offers[k];
            disposes = disposes || (o->side == PARK_SIDE_DISPOSES && o->stream == i &&
                                    o->market == s->disposal_market);
        }
        if (!disposes) {
            park_resolve_wrong(l, s->disposal.node, "add it there, or name another market",
                               "market %s does not dispose of %s", s->disposal.text, s->name);
        }
    }
}

void park_check(struct park_loader *l)
{
    const struct park_net *n = l->park->net;
    struct check c = {.l = l, .at = park_build_index_make(n->ports, n->port_count, n->pool_count)};
    for (int32_t i = 0; i < n->activity_count; i++) {
        const struct park_mover *mover = n->activities[i].mover;
        if (mover->is_process) {
            check_process(&c, i);
        } else if (mover->is_contract && !mover->is_exit) {
            check_exchange(&c, i);
        }
    }
    for (int32_t i = 0; i < n->pool_count; i++) {
        if (n->pools[i].stock >= 0) {
            check_stock(&c, i);
        }
    }
    check_links(l);
    check_disposal(l);
    park_crossings_check(l);
    park_plausible_check(l);
    park_build_index_free(&c.at);
}
