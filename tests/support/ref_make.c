#include "tests/support/ref_make.h"

#include "sim/base/hash.h"
#include "sim/num/rng.h"
#include "tests/support/ref_net.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct maker {
    struct ref_park *p;
    struct sim_rng rng;
    unsigned without;
};

static bool chance(struct maker *m, double p)
{
    return sim_rng_uniform(&m->rng) < p;
}

static int below(struct maker *m, int count)
{
    return (int)sim_rng_below(&m->rng, count);
}

// Three decimals, so that the park file says exactly what the struct holds.
static double number(struct maker *m, double low, double high)
{
    return floor(1000.0 * (low + (high - low) * sim_rng_uniform(&m->rng)) + 0.5) / 1000.0;
}

static bool draws(const struct maker *m, enum ref_without what)
{
    return (m->without & (unsigned)what) == 0;
}

// A random letter in front, so that ranks by name are shuffled.
static void name(struct maker *m, char *out, char kind, int id)
{
    snprintf(out, REF_NAME, "%c%c%d", 'a' + below(m, 26), kind, id);
}

// ---- Time ----

static void make_span(struct maker *m, struct ref_span *s)
{
    *s = (struct ref_span){.first = chance(m, 0.6) ? 0 : below(m, 4), .last = 6};
    s->last = s->first == 0 && chance(m, 0.7) ? 6 : s->first + below(m, 7 - s->first);
    s->from = 30 * below(m, 40) + below(m, 30);
    s->to = s->from + 60 + below(m, 1440 - s->from - 60);
}

static void make_time(struct maker *m)
{
    struct ref_park *const p = m->p;
    p->first_day = 1 + below(m, 14);
    p->minutes = 1440 + below(m, 2880);
    p->calendar_count = 1 + below(m, 3);
    for (int i = 0; i < p->calendar_count; i++) {
        name(m, p->calendars[i].name, 'c', i);
        p->calendars[i].span_count = 1 + below(m, REF_SPANS);
        for (int k = 0; k < p->calendars[i].span_count; k++) {
            make_span(m, &p->calendars[i].spans[k]);
        }
    }
}

static int some_calendar(struct maker *m, double p)
{
    return chance(m, p) ? below(m, m->p->calendar_count) : -1;
}

static void make_dates(struct maker *m, double p, int *from, int *to)
{
    *from = chance(m, p) ? below(m, m->p->minutes) : 0;
    *to = chance(m, p) ? *from + 1 + below(m, m->p->minutes) : REF_NEVER;
}

// ---- Markets ----

static struct ref_offer *next_offer(struct maker *m, int stream, int side, int *next)
{
    if (*next >= m->p->market_count) {
        return NULL;
    }
    struct ref_market *const at = &m->p->markets[(stream + (*next)++) % m->p->market_count];
    struct ref_offer *const o = side == 0   ? &at->sells[stream]
                                : side == 1 ? &at->buys[stream]
                                            : &at->disposes[stream];
    *o = (struct ref_offer){.there = true, .capacity = -1, .rank = -1};
    return o;
}

static int offer_count(struct maker *m, double one, double two)
{
    const bool second = chance(m, two) && draws(m, REF_NO_TWO_OFFERS);
    return chance(m, one) ? (second ? 2 : 1) : 0;
}

static double limit(struct maker *m, double p, double most)
{
    return chance(m, p) && draws(m, REF_NO_OFFER_LIMITS)
               ? (chance(m, 0.03) ? 0.0 : number(m, 0.5, most))
               : -1.0;
}

static void make_offers(struct maker *m, int s)
{
    int next = 0;
    const int sellers = offer_count(m, s == 0 ? 0.95 : 0.55, 0.5);
    const int buyers = offer_count(m, s == 0 ? 0.2 : 0.8, 0.4);
    const bool is_stated = chance(m, 0.6);
    for (int i = 0; i < sellers; i++) {
        struct ref_offer *const o = next_offer(m, s, 0, &next);
        if (o != NULL) {
            o->capacity = limit(m, 0.65, 25);
            o->rank = chance(m, 0.25) ? 7 + below(m, 4) : -1;
        }
    }
    for (int i = 0; i < buyers; i++) {
        struct ref_offer *const o = next_offer(m, s, 1, &next);
        if (o != NULL) {
            o->capacity = limit(m, is_stated ? 1.0 : 0.0, 20);
            o->rank = chance(m, 0.2) ? 4 + below(m, 6) : -1;
        }
    }
    if (chance(m, 0.6)) {
        struct ref_offer *const o = next_offer(m, s, 2, &next);
        if (o != NULL) {
            o->capacity = limit(m, 0.2, 10);
            o->rank = chance(m, 0.1) ? 11 : -1;
        }
    }
}

static void make_markets(struct maker *m)
{
    m->p->market_count = 3 + below(m, 3);
    for (int i = 0; i < m->p->market_count; i++) {
        m->p->markets[i].there = true;
        name(m, m->p->markets[i].name, 'm', i);
    }
    for (int s = 0; s < m->p->stream_count; s++) {
        name(m, m->p->streams[s].name, 's', s);
        m->p->streams[s].unit = chance(m, 0.2) ? "MWh" : "t";
        make_offers(m, s);
    }
}

static int market_with(struct maker *m, int stream, int side)
{
    int found[REF_MARKETS];
    int count = 0;
    for (int i = 0; i < m->p->market_count; i++) {
        const struct ref_market *at = &m->p->markets[i];
        if ((side == 0   ? at->sells[stream]
             : side == 1 ? at->buys[stream]
                         : at->disposes[stream])
                .there) {
            found[count++] = i;
        }
    }
    return count > 0 ? found[below(m, count)] : -1;
}

// ---- Firms ----

static struct ref_port some_port(struct maker *m, int stream, double low, double high)
{
    return (struct ref_port){
        .stream = stream, .amount = number(m, low, high), .stock = -1, .rank = -1};
}

static void add_input(struct maker *m, struct ref_process *q, int stream)
{
    for (int i = 0; i < q->input_count; i++) {
        if (q->inputs[i].stream == stream) {
            return;
        }
    }
    q->inputs[q->input_count] = some_port(m, stream, 0.1, 2);
    q->inputs[q->input_count].rank = chance(m, 0.1) ? 1 + below(m, 3) : -1;
    q->input_count++;
}

static void make_user(struct maker *m, struct ref_process *q)
{
    q->inputs[q->input_count] = some_port(m, below(m, m->p->stream_count), 1, 1);
    q->inputs[q->input_count++].amount = 1.0;
    if (chance(m, 0.2)) {
        add_input(m, q, below(m, m->p->stream_count));
    }
}

static void make_maker(struct maker *m, struct ref_process *q, bool from_nothing)
{
    const int streams = m->p->stream_count;
    const int made = from_nothing ? below(m, streams) : 1 + below(m, streams - 1);
    q->main = 0;
    q->outputs[q->output_count++] = some_port(m, made, 1, 1);
    q->outputs[0].amount = 1.0;
    q->is_pull = chance(m, 0.4) && draws(m, REF_NO_PULL);
    if (!from_nothing) {
        add_input(m, q, below(m, made));
        if (chance(m, 0.3)) {
            add_input(m, q, below(m, made));
        }
        for (int s = made + 1; s < streams; s++) {
            if (chance(m, 0.25)) {
                q->outputs[q->output_count++] = some_port(m, s, 0.1, 1);
                break;
            }
        }
    }
}

static void finish_process(struct maker *m, struct ref_process *q)
{
    q->capacity = chance(m, 0.03) ? 0.0 : number(m, 0.5, 15);
    q->calendar = some_calendar(m, 0.2);
    make_dates(m, 0.03, &q->enters, &q->leaves);
    if (chance(m, q->is_pull ? 0.5 : 0.15) && draws(m, REF_NO_TURNDOWN)) {
        q->turndown = 0.05 * (double)(2 + below(m, 14));
    }
}

static void make_process(struct maker *m, int firm)
{
    struct ref_park *const p = m->p;
    struct ref_process *const q = &p->processes[p->process_count];
    *q = (struct ref_process){.there = true, .firm = firm, .main = -1, .merit = 1};
    name(m, q->name, 'p', p->process_count++);
    if (chance(m, 0.35)) {
        make_user(m, q);
    } else {
        make_maker(m, q, chance(m, 0.45));
    }
    q->is_boiler = q->is_pull && chance(m, 0.3);
    finish_process(m, q);
}

// A utility's unit, which makes its stream.
static void make_unit(struct maker *m, int firm)
{
    struct ref_park *const p = m->p;
    struct ref_process *const q = &p->processes[p->process_count];
    const int made = p->firms[firm].utility;
    *q = (struct ref_process){.there = true, .firm = firm, .is_pull = true, .is_boiler = true};
    name(m, q->name, 'p', p->process_count++);
    q->merit = 1 + below(m, 2);
    q->is_standby = chance(m, 0.15);
    q->outputs[q->output_count++] = some_port(m, made, 1, 1);
    q->outputs[0].amount = 1.0;
    for (int i = 1 + below(m, 2); i > 0; i--) {
        add_input(m, q, below(m, made));
    }
    q->inputs[0].rank = -1; // its fuel
    finish_process(m, q);
}

static void make_utility(struct maker *m, int firm)
{
    m->p->firms[firm].utility = 1 + below(m, m->p->stream_count - 1);
    for (int i = 1 + below(m, 3); i > 0; i--) {
        make_unit(m, firm);
    }
}

static void make_firms(struct maker *m)
{
    struct ref_park *const p = m->p;
    p->firm_count = 4 + below(m, chance(m, 0.3) ? 9 : 4);
    for (int i = 0; i < p->firm_count; i++) {
        struct ref_firm *const f = &p->firms[i];
        *f = (struct ref_firm){.there = true, .calendar = some_calendar(m, 0.08), .utility = -1};
        name(m, f->name, 'f', i);
        make_dates(m, 0.02, &f->enters, &f->leaves);
        if (i > 0 && chance(m, 0.12) && draws(m, REF_NO_UTILITIES)) {
            make_utility(m, i);
            continue;
        }
        for (int k = 1 + below(m, 2); k > 0; k--) {
            make_process(m, i);
        }
    }
}

// ---- Stocks ----

static void make_levels(struct maker *m, struct ref_stock *s, bool has_pull)
{
    s->minimum = chance(m, 0.3) ? number(m, 0.05 * s->capacity, 0.3 * s->capacity) : 0.0;
    if (chance(m, has_pull ? 0.7 : 0.3) && draws(m, REF_NO_TARGETS)) {
        s->target = number(m, s->minimum + 0.3 * (s->capacity - s->minimum), s->capacity);
        if (has_pull && chance(m, 0.65)) {
            s->reorder = number(m, s->minimum, s->minimum + 0.8 * (s->target - s->minimum));
        }
    }
    s->initial = chance(m, 0.25)  ? s->minimum
                 : chance(m, 0.2) ? s->capacity
                                  : number(m, s->minimum, s->capacity);
}

static int make_stock(struct maker *m, int firm, int stream, double rate, bool has_pull)
{
    struct ref_park *const p = m->p;
    if (p->stock_count >= REF_STOCKS) {
        return -1;
    }
    struct ref_stock *const s = &p->stocks[p->stock_count];
    *s = (struct ref_stock){
        .there = true, .firm = firm, .stream = stream, .target = -1, .reorder = -1};
    name(m, s->name, 'k', p->stock_count);
    s->capacity = number(m, 0.5 * rate + 0.1, 10 * rate + 0.5);
    make_levels(m, s, has_pull);
    s->decay_day = chance(m, 0.4) && draws(m, REF_NO_DECAY) ? number(m, 2, 300) : 0.0;
    s->full = chance(m, 0.45) && draws(m, REF_NO_ROUTES) ? market_with(m, stream, 2) : -1;
    s->empty = chance(m, 0.25) && draws(m, REF_NO_ROUTES) ? market_with(m, stream, 0) : -1;
    return p->stock_count++;
}

// Does a stock serve this port, and which? One of a firm and stream serves all who chose one.
static void choose_stock(struct maker *m, const struct ref_process *q, struct ref_port *port,
                         bool pulled)
{
    if (!chance(m, pulled ? 0.5 : 0.33) || m->p->firms[q->firm].utility >= 0) {
        return;
    }
    for (int i = 0; i < m->p->stock_count; i++) {
        const struct ref_stock *s = &m->p->stocks[i];
        if (s->firm == q->firm && s->stream == port->stream) {
            port->stock = i;
            return;
        }
    }
    port->stock = make_stock(m, q->firm, port->stream, port->amount * q->capacity, pulled);
}

static void make_stocks(struct maker *m)
{
    for (int i = 0; i < m->p->process_count && draws(m, REF_NO_STOCKS); i++) {
        struct ref_process *const q = &m->p->processes[i];
        for (int k = 0; k < q->output_count; k++) {
            choose_stock(m, q, &q->outputs[k], q->is_pull && k == q->main);
        }
        for (int k = 0; k < q->input_count; k++) {
            choose_stock(m, q, &q->inputs[k], false);
        }
    }
}

// ---- Contracts ----

static struct ref_place place_of(const struct ref_process *q, const struct ref_port *port)
{
    return port->stock >= 0 ? (struct ref_place){REF_AT_STOCK, port->stock}
                            : (struct ref_place){REF_AT_FIRM, q->firm};
}

// A random port of some process, an output or an input; NULL: none came up.
static const struct ref_port *some_end(struct maker *m, bool is_giver, int stream, int not_before,
                                       const struct ref_process **out)
{
    for (int tries = 0; tries < 12; tries++) {
        const struct ref_process *q = &m->p->processes[below(m, m->p->process_count)];
        const int count = is_giver ? q->output_count : q->input_count;
        if (count == 0 || q->firm < not_before) {
            continue;
        }
        const struct ref_port *port = &(is_giver ? q->outputs : q->inputs)[below(m, count)];
        if (stream < 0 || port->stream == stream) {
            *out = q;
            return port;
        }
    }
    return NULL;
}

static bool is_there_already(const struct ref_park *p, const struct ref_contract *c)
{
    for (int i = 0; i < p->contract_count; i++) {
        const struct ref_contract *o = &p->contracts[i];
        if (o->stream == c->stream &&
            strcmp(ref_park_party(p, o->from), ref_park_party(p, c->from)) == 0 &&
            strcmp(ref_park_party(p, o->to), ref_park_party(p, c->to)) == 0) {
            return true;
        }
    }
    return false;
}

static void make_link(struct maker *m, struct ref_contract *c)
{
    const bool all = !draws(m, REF_NO_FREE_CONTRACTS);
    c->has_link = all || chance(m, 0.65);
    c->capacity = -1;
    c->loss = 0.0;
    c->calendar = -1;
    c->enters = 0; // a contract made of another's had its link's
    c->leaves = REF_NEVER;
    if (c->has_link) {
        c->capacity = all || chance(m, 0.6) ? number(m, 0.3, 12) : -1;
        c->loss = chance(m, 0.5) ? number(m, 0.5, 30) : 0.0;
        c->calendar = some_calendar(m, 0.15);
        make_dates(m, 0.04, &c->enters, &c->leaves);
    }
}

static bool find_ends(struct maker *m, struct ref_contract *c)
{
    const struct ref_process *giver = NULL;
    const struct ref_process *taker = NULL;
    const double side = draws(m, REF_NO_MARKET_CONTRACTS) ? sim_rng_uniform(&m->rng) : 0.5;
    const struct ref_port *from = side < 0.1 ? NULL : some_end(m, true, -1, 0, &giver);
    c->stream = from != NULL ? from->stream : below(m, m->p->stream_count);
    const bool is_sale = side > 0.9;
    const struct ref_port *to =
        is_sale ? NULL : some_end(m, false, c->stream, giver != NULL ? giver->firm + 1 : 0, &taker);
    const int seller = from == NULL ? market_with(m, c->stream, 0) : -1;
    const int buyer = is_sale ? market_with(m, c->stream, 1) : -1;
    if ((from == NULL && (seller < 0 || side >= 0.1)) || (to == NULL && buyer < 0)) {
        return false;
    }
    c->from = from != NULL ? place_of(giver, from) : (struct ref_place){REF_AT_MARKET, seller};
    c->to = to != NULL ? place_of(taker, to) : (struct ref_place){REF_AT_MARKET, buyer};
    return from != NULL || to != NULL;
}

static void make_contract(struct maker *m)
{
    struct ref_park *const p = m->p;
    struct ref_contract *const c = &p->contracts[p->contract_count];
    *c = (struct ref_contract){.there = true, .priority = 1, .order = 1};
    if (!find_ends(m, c) || is_there_already(p, c)) {
        return;
    }
    name(m, c->name, 'x', p->contract_count);
    c->priority = chance(m, 0.5) ? 1 + below(m, 4) : 1;
    c->order = chance(m, 0.25) ? 1 + below(m, 3) : 1;
    c->share = chance(m, 0.2) && draws(m, REF_NO_SHARES) ? number(m, 0.5, 4) : 0.0;
    make_dates(m, 0.05, &c->starts, &c->ends);
    make_link(m, c);
    p->contract_count++;
}

// A firm that only hands on: one contract becomes two, by way of a firm between.
static void make_hub(struct maker *m)
{
    struct ref_park *const p = m->p;
    if (p->contract_count == 0) {
        return;
    }
    const struct ref_contract *c = &p->contracts[p->contract_count - 1];
    const int last = c->to.kind == REF_AT_FIRM ? c->to.id : p->stocks[c->to.id].firm;
    if (p->contract_count >= REF_CONTRACTS || c->from.kind != REF_AT_FIRM ||
        c->to.kind == REF_AT_MARKET || last - c->from.id < 2) {
        return;
    }
    const struct ref_place hub = {REF_AT_FIRM, c->from.id + 1};
    struct ref_contract *const on = &p->contracts[p->contract_count];
    *on = *c;
    on->from = hub;
    name(m, on->name, 'x', p->contract_count);
    p->contracts[p->contract_count - 1].to = hub;
    p->contract_count++;
    make_link(m, on);
}

static void make_contracts(struct maker *m)
{
    const int count = 1 + m->p->firm_count / 2 + below(m, m->p->firm_count);
    for (int i = 0;
         i < count && m->p->contract_count < REF_CONTRACTS - 1 && draws(m, REF_NO_CONTRACTS); i++) {
        make_contract(m);
        if (chance(m, 0.08) && draws(m, REF_NO_HUBS)) {
            make_hub(m);
        }
    }
}

// ---- What the rules leave open is taken out ----

static void take_one_out(struct maker *m)
{
    struct ref_park *const p = m->p;
    if (p->contract_count > 0 && chance(m, 0.8)) {
        struct ref_contract *const c = &p->contracts[below(m, p->contract_count)];
        c->there = c->there && !chance(m, 0.7);
        c->share = chance(m, 0.5) ? 0.0 : c->share;
        c->priority = chance(m, 0.3) ? 1 + below(m, 8) : c->priority;
    }
    if (p->stock_count > 0) {
        struct ref_stock *const s = &p->stocks[below(m, p->stock_count)];
        s->empty = chance(m, 0.3) ? -1 : s->empty;
        s->reorder = chance(m, 0.1) ? -1 : s->reorder;
    }
}

void ref_make(uint64_t seed, uint64_t number_of, unsigned without, struct ref_park *out)
{
    static _Thread_local struct ref_net net;
    struct maker m = {.p = out, .without = without};
    m.rng = sim_rng_make(seed, number_of, sim_hash_text("reference park", 0), 0);
    for (;;) {
        memset(out, 0, sizeof(*out));
        out->seed = seed;
        out->number = number_of;
        out->stream_count = 2 + below(&m, 3);
        make_time(&m);
        make_markets(&m);
        make_firms(&m);
        make_stocks(&m);
        make_contracts(&m);
        for (int tries = 0; tries < 40; tries++) {
            if (ref_net_build(&net, out) &&
                (draws(&m, REF_NO_OPEN_ENDS) || !ref_net_has_open_end(&net))) {
                return;
            }
            take_one_out(&m);
        }
    }
}
