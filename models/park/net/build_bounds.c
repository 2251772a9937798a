// What moves without a limit of its own gets one: the most that its other ends could give or take.
// It binds nothing; a run counts with it. What nothing limits at either end is a mistake.
#include "models/park/base/kinds.h"
#include "models/park/net/make.h"

#include <math.h>

struct bounds {
    struct park_builder *b;
    struct park_build_index at;
};

// All that others could give to the port of an activity, or take from it.
static double flow_of(const struct bounds *x, const struct sim_port_def *own)
{
    const struct park_builder *b = x->b;
    double sum = b->pools.data[own->pool].stock >= 0 ? INFINITY : 0;
    for (int i = x->at.first[own->pool]; i < x->at.first[own->pool + 1]; i++) {
        const struct sim_port_def *port = &b->ports.data[x->at.at[i]];
        const unsigned giver = own->gives ? own->flags : port->flags;
        const unsigned taker = own->gives ? port->flags : own->flags;
        if (port->gives != own->gives && port->activity != own->activity &&
            sim_network_may_serve(giver, taker)) {
            sum += port->coef * b->activities.data[port->activity].capacity;
        }
    }
    return sum;
}

// The most that the ends of an activity allow.
static double most(const struct bounds *x, int32_t activity)
{
    const struct park_builder *b = x->b;
    const struct park_activity *a = &b->activities.data[activity];
    double least = INFINITY;
    for (int i = a->first_port; i < a->first_port + a->port_count; i++) {
        const struct sim_port_def *port = &b->ports.data[i];
        const double end = flow_of(x, port) / port->coef;
        least = end < least ? end : least;
    }
    return least;
}

static bool at_bound(const struct park_builder *b, const struct park_activity *a)
{
    for (int i = a->first_port; i < a->first_port + a->port_count; i++) {
        if ((b->ports.data[i].flags & SIM_PORT_AT_BOUND) != 0) {
            return true;
        }
    }
    return false;
}

static bool at_stock(const struct park_builder *b, const struct park_activity *a)
{
    bool any = false;
    for (int i = a->first_port; i < a->first_port + a->port_count; i++) {
        any = any || b->pools.data[b->ports.data[i].pool].stock >= 0;
    }
    return any;
}

static void tell(struct park_builder *b, const struct park_activity *a)
{
    char *path = sim_tree_path(a->node);
    sim_diag_add(b->diag, SIM_DIAG_WRONG, &a->node->place, path,
                 a->mover->is_contract ? "send it over a link with a capacity"
                                       : "give the market a capacity or demand",
                 at_stock(b, a) ? "nothing limits how fast '%s' could empty or fill a stock"
                                : "nothing limits '%s' at either end",
                 a->name);
    free(path);
}

// From no limit downwards, until nothing changes: a bound only ever follows from smaller ones.
static void lower(const struct bounds *x, const bool *moves)
{
    const int count = x->b->activities.count;
    bool changed = true;
    for (int pass = 0; changed && pass < count; pass++) {
        changed = false;
        for (int32_t i = 0; i < count; i++) {
            const double limit = moves[i] ? most(x, i) : (double)INFINITY;
            if (limit < x->b->activities.data[i].capacity) {
                x->b->activities.data[i].capacity = limit;
                changed = true;
            }
        }
    }
}

void park_build_bounds(struct park_builder *b)
{
    struct bounds x = {.b = b};
    const int count = b->activities.count;
    bool *moves = sim_base_alloc((size_t)count, sizeof(bool)); // links without limit
    for (int i = 0; i < count; i++) {
        const struct park_activity *a = &b->activities.data[i];
        moves[i] = isinf(a->capacity) && a->port_count > 1;
    }
    x.at = park_build_index_make(b->ports.data, b->ports.count, b->pools.count);
    lower(&x, moves);
    for (int32_t i = 0; i < count; i++) {
        const struct park_activity *a = &b->activities.data[i];
        if (!isinf(a->capacity) || a->port_count == 0) {
            continue;
        }
        const bool is_at_bound = at_bound(b, a);
        if (!is_at_bound && (moves[i] || b->measure_of.data[a->first_port] < 0)) {
            tell(b, a);
        } else if (is_at_bound) {
            b->ports.data[a->first_port].share = 1; // it is alone in its class
        }
    }
    free(moves);
    park_build_index_free(&x.at);
}
