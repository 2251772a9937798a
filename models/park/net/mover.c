#include "models/park/net/mover.h"

#include "models/park/net/build.h"

#include <stdio.h>
#include <string.h>

const struct park_stream *park_mover_stream(const struct park *p, int32_t activity)
{
    const struct park_activity *a = &p->net->activities[activity];
    if (a->kind == PARK_ACTIVITY_PROCESS) {
        return p->streams[p->processes[a->id]->basis];
    }
    return p->streams[p->net->moves[a->first_move].stream];
}

double park_mover_per_hour(const struct park *p, int32_t activity, double rate)
{
    const struct park_activity *a = &p->net->activities[activity];
    const double sent = a->kind == PARK_ACTIVITY_PROCESS ? 1 : p->net->moves[a->first_move].sent;
    return park_load_in_unit(park_mover_stream(p, activity), rate * sent) * 3600;
}

/** The port of an overflow, or of what fills an empty stock; NULL: neither. */
static const struct sim_port_def *bound_port(const struct park_net *n,
                                             const struct park_activity *a)
{
    for (int32_t i = a->first_port; i < a->first_port + a->port_count; i++) {
        if ((n->ports[i].flags & SIM_PORT_AT_BOUND) != 0) {
            return &n->ports[i];
        }
    }
    return NULL;
}

char *park_mover_title(const struct park *p, int32_t activity, char out[PARK_MOVER_TEXT])
{
    const struct park_net *n = p->net;
    const struct park_activity *a = &n->activities[activity];
    const struct sim_port_def *bound = bound_port(n, a);
    const char *tilde = strchr(a->name, '~');
    if (a->kind == PARK_ACTIVITY_EXCHANGE) {
        (void)snprintf(out, PARK_MOVER_TEXT, "exchange %s", a->name);
    } else if (bound != NULL) {
        const struct park_move *m = &n->moves[a->first_move];
        const char *stock = n->pools[bound->pool].name;
        if (bound->gives) {
            (void)snprintf(out, PARK_MOVER_TEXT, "%s fills %s", n->accounts[m->from].name, stock);
        } else {
            (void)snprintf(out, PARK_MOVER_TEXT, "%s overflows to %s", stock,
                           n->accounts[m->to].name);
        }
    } else if (a->kind == PARK_ACTIVITY_DISPOSAL && tilde != NULL) {
        (void)snprintf(out, PARK_MOVER_TEXT, "%.*s", (int)(tilde - a->name), a->name);
    } else {
        (void)snprintf(out, PARK_MOVER_TEXT, "%s", a->name);
    }
    return out;
}
