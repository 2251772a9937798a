#include "models/park/book/factors.h"

#include "models/park/base/kinds.h"
#include "sim/num/units.h"

#include <string.h>

/** The input or output of a process that a move books; NULL when it is something else. */
static const struct park_flow *flow_of(const struct park *p, int32_t move)
{
    const struct park_activity *a = &p->net->activities[p->net->moves[move].activity];
    return a->mover->is_process ? &p->processes[a->id]->flows[move - a->first_move] : NULL;
}

/** What passes by contract, where it enters. */
static bool is_carried(const struct park *p, int32_t move)
{
    const struct park_activity *a = &p->net->activities[p->net->moves[move].activity];
    return a->mover->is_contract && !a->mover->is_exit && move == a->first_move &&
           p->net->moves[move].link >= 0;
}

static bool is_vent(const struct park_offer *offer)
{
    return offer->side == PARK_SIDE_DISPOSES && offer->fate >= 0 &&
           strcmp(park_markets_fates[offer->fate], "vent") == 0;
}

bool park_factors_is_vented(const struct park *p, int32_t move)
{
    const struct park_move *m = &p->net->moves[move];
    return m->kind == PARK_MOVE_DISPOSAL && m->offer >= 0 && is_vent(p->offers[m->offer]);
}

/** [-] What of it leaks on its way, where nothing else says what is set free: `upstream` does of
 * what is on its way from a market, `emission` or the fate of what goes to one. */
static double leaked_by(const struct park *p, const struct park_move *m)
{
    const struct park_offer *offer = m->offer >= 0 ? p->offers[m->offer] : NULL;
    const bool is_said = offer != NULL && (offer->side == PARK_SIDE_SELLS || is_vent(offer) ||
                                           offer->emission.form != SIM_VALUE_NONE);
    return is_said ? 0 : 1 - m->arrived / m->sent;
}

/** [-] How much of a stream that is CO2 is set free by a move, per unit sent; negative: kept. */
static double freed_by(const struct park *p, int32_t move)
{
    const struct park_move *m = &p->net->moves[move];
    const struct park_flow *flow = flow_of(p, move);
    switch (m->kind) {
    case PARK_MOVE_OUTPUT:
        return -m->arrived / m->sent;
    case PARK_MOVE_INPUT:
        return flow != NULL && flow->is_burnt ? 0 : 1; // what burns states its own
    case PARK_MOVE_DISPOSAL:
        return park_factors_is_vented(p, move) &&
                       p->offers[m->offer]->emission.form == SIM_VALUE_NONE
                   ? 1
                   : leaked_by(p, m);
    case PARK_MOVE_SALE:
    case PARK_MOVE_EXCHANGE:
    case PARK_MOVE_INTERNAL:
    case PARK_MOVE_ARRIVAL:
        return leaked_by(p, m);
    case PARK_MOVE_PURCHASE:
    case PARK_MOVE_WORLD:
        break;
    }
    return 0;
}

/** [kgCO2e/SI] Of a stream that is CO2. */
static double carbon_of(const struct park *p, int32_t move, enum park_ledger_factor factor)
{
    const struct park_burning *carbon = p->streams[p->net->moves[move].stream]->carbon;
    if (carbon == NULL || (factor != PARK_LEDGER_CO2E && factor != PARK_LEDGER_BIOGENIC)) {
        return 0;
    }
    const struct sim_value *v = factor == PARK_LEDGER_CO2E ? &carbon->fossil : &carbon->biogenic;
    return v->form == SIM_VALUE_QUANTITY ? v->si * freed_by(p, move) : 0;
}

static const struct sim_value *co2e_of(const struct park *p, int32_t move)
{
    const struct park_move *m = &p->net->moves[move];
    const struct park_stream *stream = p->streams[m->stream];
    const struct park_offer *offer = m->offer >= 0 ? p->offers[m->offer] : NULL;
    const struct park_flow *flow = flow_of(p, move);
    if (m->kind == PARK_MOVE_PURCHASE && offer != NULL) {
        return offer->upstream.form != SIM_VALUE_NONE ? &offer->upstream : &stream->upstream;
    }
    if (m->kind == PARK_MOVE_DISPOSAL && offer != NULL) {
        return &offer->emission;
    }
    return flow != NULL && flow->is_burnt ? &stream->burning->fossil : NULL;
}

static const struct sim_value *process_of(const struct park *p, int32_t move)
{
    const struct park_activity *a = &p->net->activities[p->net->moves[move].activity];
    const bool is_first = a->mover->is_process && move == a->first_move;
    return is_first ? &p->processes[a->id]->process_emissions : NULL;
}

const struct sim_value *park_factors_value(const struct park *p, int32_t move,
                                           enum park_ledger_factor factor)
{
    const struct park_move *m = &p->net->moves[move];
    const struct park_flow *flow = flow_of(p, move);
    switch (factor) {
    case PARK_LEDGER_PRICE:
        return m->price;
    case PARK_LEDGER_CARRIAGE:
        return is_carried(p, move) ? &p->links[m->link]->cost : NULL;
    case PARK_LEDGER_CO2E:
        return co2e_of(p, move);
    case PARK_LEDGER_BIOGENIC:
        return flow != NULL && flow->is_burnt ? &p->streams[m->stream]->burning->biogenic : NULL;
    case PARK_LEDGER_PROCESS:
        return process_of(p, move);
    case PARK_LEDGER_FACTORS:
        break;
    }
    return NULL;
}

double park_factors_per(const struct park *p, int32_t move, enum park_ledger_factor factor)
{
    return factor == PARK_LEDGER_PROCESS ? p->net->moves[move].sent : 1;
}

double park_factors_constant(const struct park *p, int32_t move, enum park_ledger_factor factor)
{
    const struct sim_value *v = park_factors_value(p, move, factor);
    const double carbon = carbon_of(p, move, factor);
    if (carbon != 0) {
        return carbon;
    }
    if (v == NULL || (v->form != SIM_VALUE_QUANTITY && v->form != SIM_VALUE_DIST)) {
        return 0;
    }
    const double value = v->form == SIM_VALUE_DIST ? sim_dist_mean(v->dist) : v->si;
    return value / park_factors_per(p, move, factor);
}

int park_factors_scope(const struct park *p, int32_t move, int32_t *out_party)
{
    const struct park_move *m = &p->net->moves[move];
    const int kind = p->streams[m->stream]->kind;
    *out_party = p->net->accounts[m->to].party;
    if (flow_of(p, move) != NULL) {
        return 1;
    }
    if (m->kind == PARK_MOVE_PURCHASE) {
        return kind == PARK_STREAM_ENERGY || kind == PARK_STREAM_HEAT ? 2 : 3;
    }
    *out_party = p->net->accounts[m->from].party;
    if (park_factors_is_vented(p, move) || carbon_of(p, move, PARK_LEDGER_CO2E) > 0 ||
        carbon_of(p, move, PARK_LEDGER_BIOGENIC) > 0) {
        return 1; // on its own ground
    }
    return m->kind == PARK_MOVE_DISPOSAL ? 3 : 0;
}

/** The profile that a value refers to, -1 if none. */
static int32_t profile_of(const struct park *p, const struct sim_value *v)
{
    const bool is_profile = v != NULL && v->form == SIM_VALUE_PROFILE;
    return is_profile ? PARK_ID(p, profile, park_profile, v->name) : -1;
}

/** A profile may be per energy of what moves. */
static double scale_of(const struct park *p, int32_t move, const struct sim_value *v,
                       int32_t profile)
{
    const bool is_same = sim_units_is_same(p->profiles[profile]->dim, v->dim);
    return is_same ? 1 : p->streams[p->net->moves[move].stream]->energy.si;
}

void park_factors_follow(const struct park *p, struct park_ledger *ledger)
{
    for (int32_t m = 0; m < p->net->move_count; m++) {
        for (int i = 0; i < PARK_LEDGER_FACTORS; i++) {
            const enum park_ledger_factor f = (enum park_ledger_factor)i;
            const struct sim_value *v = park_factors_value(p, m, f);
            const int32_t profile = profile_of(p, v);
            if (profile >= 0) {
                park_ledger_follow(ledger, m, f, p->profiles[profile]->table,
                                   scale_of(p, m, v, profile) / park_factors_per(p, m, f));
            }
        }
    }
}

void park_factors_reset(const struct park *p, struct park_ledger *ledger)
{
    for (int32_t m = 0; m < p->net->move_count; m++) {
        for (int i = 0; i < PARK_LEDGER_FACTORS; i++) {
            const enum park_ledger_factor f = (enum park_ledger_factor)i;
            park_ledger_set(ledger, m, f, park_factors_constant(p, m, f));
        }
    }
}
