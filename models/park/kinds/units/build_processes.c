// Processes in the network.
#include "models/park/kinds/units/process_keys.h"
#include "models/park/net/make.h"

static const struct park_mover process_mover = {.verb = "runs at", .is_process = true};

/** What a process sets free is its firm's, scope 1. What burns states its own carbon; else what it
 * takes of a stream that is CO2 is set free, and what it gives is not. */
static void add_emissions(const struct park_builder *b, struct park_move *m,
                          const struct park_flow *f)
{
    const struct park_burning *burning = b->park->streams[f->stream]->burning;
    m->scope = 1;
    m->freed = f->gives ? -m->arrived / m->sent : f->is_burnt ? 0 : 1;
    if (f->is_burnt) {
        park_build_factor(b, m, PARK_COLUMN_CO2E, &burning->fossil, 1);
        park_build_factor(b, m, PARK_COLUMN_BIOGENIC, &burning->biogenic, 1);
    }
}

static void add_flow(struct park_builder *b, int32_t process, const struct park_flow *f)
{
    const struct park_process *s = b->park->processes[process];
    const int32_t party = b->park->firms[s->firm]->party;
    const int32_t pool = park_build_place(b, party, f->stock, f->stream);
    const bool pulls = f->is_product && s->mode == PARK_MODE_PULL;
    const double arrives = f->coef * (1 - f->lost);
    const int32_t port =
        f->gives ? park_build_give(b, pool, arrives, f->order, f->share, pulls ? SIM_PORT_PULL : 0)
                 : park_build_take(b, pool, f->coef, f->priority, f->share, 0);
    park_build_merit(b, port, f->merit);
    park_build_port_node(b, port, f->node);
    const int32_t account = b->process_accounts[process];
    struct park_move move = {.kind = f->gives ? PARK_MOVE_OUTPUT : PARK_MOVE_INPUT,
                             .stream = f->stream,
                             .from = f->gives ? account : party,
                             .to = f->gives ? party : account,
                             .sent = f->coef,
                             .arrived = arrives,
                             .from_port = f->gives ? -1 : port,
                             .to_port = f->gives ? port : -1,
                             .exchange = -1,
                             .link = -1,
                             .offer = -1,
                             .whose = party,
                             .payer = -1,
                             .fate = -1};
    add_emissions(b, &move, f);
    if (f == s->flows) {
        park_build_factor(b, &move, PARK_COLUMN_PROCESS, &s->process_emissions, move.sent);
    }
    park_build_move(b, move);
}

static void add_process(struct park_builder *b, int32_t id)
{
    const struct park *p = b->park;
    const struct park_process *s = p->processes[id];
    struct park_activity a = park_build_activity(s->name, &process_mover, id, s->level.nominal);
    a.path = s->path;
    a.node = s->node;
    a.told_in = s->basis;
    a.told_per = 1;
    a.level = &s->level;
    a.calendar = s->calendar;
    a.from_us = s->from_us;
    a.until_us = s->until_us;
    a.first_failure = s->first_failure;
    a.failure_count = p->has_failures ? s->failure_count : 0;
    a.restart_band = s->band;
    a.is_user = true;
    for (int i = 0; i < s->flow_count; i++) {
        const struct park_flow *f = &s->flows[i];
        a.is_user = a.is_user && !f->gives;
        a.merit = f->is_product ? f->merit : a.merit;
    }
    park_build_add(b, &a, s->least, false);
    for (int i = 0; i < s->flow_count; i++) {
        add_flow(b, id, &s->flows[i]);
    }
}

void park_build_processes(struct park_builder *b)
{
    for (int i = 0; i < b->park->process_count; i++) {
        add_process(b, i);
    }
}
