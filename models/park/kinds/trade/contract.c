#include "models/park/kinds/trade/contract.h"

#include "models/park/base/amount.h"
#include "models/park/net/build.h"
#include "models/park/run/capacity.h"

#include <math.h>
#include <stdlib.h>

struct contract {
    const struct park_exchange *def;
    int32_t activity;
    int32_t move;       // its exchange, in the ledger
    double span_began;  // [SI] total of the activity then, for the limit
    double due_began;   // [SI] the same for what is due
    sim_time due_since; // the same instant
    bool is_spent;
    sim_ev planned; // the limit will be reached
};

struct contracts {
    struct park_part_of of;
    struct contract *contracts;
    int count;
    int32_t *contract_of; // by activity; -1
};

static void destroy(void *s)
{
    struct contracts *c = s;
    free(c->contracts);
    free(c->contract_of);
    free(c);
}

static void *create(const struct park_part_of *of)
{
    struct contracts *c = sim_base_alloc(1, sizeof(*c));
    const struct park *p = of->park;
    const struct park_net *net = p->net;
    c->of = *of;
    c->contracts = sim_base_alloc((size_t)p->exchange_count, sizeof(*c->contracts));
    c->contract_of = sim_base_alloc((size_t)net->activity_count, sizeof(int32_t));
    for (int32_t a = 0; a < net->activity_count; a++) {
        const struct park_activity *def = &net->activities[a];
        const struct park_exchange *e =
            def->mover->is_contract && !def->mover->is_exit ? p->exchanges[def->id] : NULL;
        c->contract_of[a] = -1;
        if (e != NULL && (isfinite(e->most) || e->least > 0)) {
            c->contract_of[a] = c->count;
            c->contracts[c->count++] =
                (struct contract){.def = e, .activity = a, .move = def->first_move};
        }
    }
    if (c->count == 0) {
        destroy(c);
        return NULL;
    }
    return c;
}

/** Plan the end of the day, week, month or year under way. */
static void plan_span(const struct park_clock *clock, enum sim_simtime_span span)
{
    (void)park_happening_push(clock, sim_simtime_span_next(span, clock->now), PARK_HAPPENING_SPAN,
                              0, (int32_t)span);
}

/** Plan those by which somebody counts. */
static void plan_spans(const struct contracts *c, const struct park_clock *clock)
{
    for (int span = 0; span <= SIM_SIMTIME_SPAN_YEAR; span++) {
        bool is_used = false;
        for (int i = 0; i < c->count; i++) {
            const struct park_exchange *e = c->contracts[i].def;
            is_used = is_used || (isfinite(e->most) && (int)e->most_span == span) ||
                      (e->least > 0 && (int)e->least_span == span);
        }
        if (is_used) {
            plan_span(clock, (enum sim_simtime_span)span);
        }
    }
}

/** Count what is due from now on. */
static void restart_due(const struct contracts *c, struct contract *k, sim_time now)
{
    k->due_began = sim_flow_total(c->of.flow, k->activity);
    k->due_since = now;
}

static void restart(void *s, const struct park_clock *clock)
{
    struct contracts *c = s;
    for (int i = 0; i < c->count; i++) {
        restart_due(c, &c->contracts[i], clock->now);
    }
}

static void reset(void *s, const struct park_clock *clock, const struct sim_trial *t)
{
    struct contracts *c = s;
    (void)t;
    for (int i = 0; i < c->count; i++) {
        struct contract *k = &c->contracts[i];
        k->span_began = 0;
        k->is_spent = false;
        k->planned = (sim_ev){0};
    }
    restart(c, clock);
    plan_spans(c, clock);
}

/** Plan the instant at which the limit will be reached at this rate. */
static void plan(struct contracts *c, const struct park_clock *clock, struct contract *k,
                 double rate)
{
    (void)sim_evq_cancel(clock->queue, k->planned);
    k->planned = (sim_ev){0};
    if (!isfinite(k->def->most) || k->is_spent || !(rate > 0)) {
        return;
    }
    const double left = k->def->most - (sim_flow_total(c->of.flow, k->activity) - k->span_began);
    const double wait_us = left > 0 ? ceil(left / rate * (double)SIM_TIME_S) : 0;
    if (wait_us <= (double)(clock->end - clock->now)) {
        k->planned =
            park_happening_push(clock, clock->now + (sim_time)wait_us, PARK_HAPPENING_LIMIT,
                                c->of.roster->activities[k->activity], k->activity);
    }
}

static void changed(void *s, const struct park_clock *clock, int32_t activity, double rate)
{
    struct contracts *c = s;
    if (c->contract_of[activity] >= 0) {
        plan(c, clock, &c->contracts[c->contract_of[activity]], rate);
    }
}

/** Amount and unit of the contract's stream, for the trace. */
static double shown(const struct contracts *c, const struct contract *k, double si,
                    const char **out_unit)
{
    const struct park_stream *stream = c->of.park->streams[k->def->stream];
    *out_unit = stream->unit;
    return park_amount_in_unit(stream, si);
}

static const char *title_of(const struct contracts *c, const struct contract *k)
{
    return c->of.park->net->activities[k->activity].title;
}

static void spend(struct contracts *c, const struct park_clock *clock, struct contract *k)
{
    const char *unit;
    const double most = shown(c, k, k->def->most, &unit);
    k->is_spent = true;
    k->planned = (sim_ev){0};
    SIM_TRACE(clock->trace, clock->now, title_of(c, k),
              "has reached its limit of this %s: %.10g %s",
              sim_simtime_span_name(k->def->most_span), most, unit);
}

/** Book what was due since the last booking and not taken. */
static void settle(struct contracts *c, const struct park_clock *clock, struct contract *k)
{
    const struct park_exchange *e = k->def;
    const sim_time from = k->due_since > e->from_us ? k->due_since : e->from_us;
    const sim_time until = clock->now < e->until_us ? clock->now : e->until_us;
    if (!(e->least > 0) || until <= from) {
        return;
    }
    const sim_time within = k->due_since; // all of it lies in one span
    const sim_time whole = sim_simtime_span_next(e->least_span, within) -
                           sim_simtime_span_start(e->least_span, within);
    const double due = e->least * ((double)(until - from) / (double)whole);
    const double taken = sim_flow_total(c->of.flow, k->activity) - k->due_began;
    if (taken < due) {
        const char *unit;
        const double lacked = shown(c, k, due - taken, &unit);
        struct park_ledger *ledger = c->of.ledger;
        const double money =
            (due - taken) * park_ledger_factor(ledger, clock->now, k->move, PARK_COLUMN_PRICE);
        park_ledger_add(ledger, k->move, PARK_COLUMN_TAKE_OR_PAY, money);
        SIM_TRACE(clock->trace, clock->now, title_of(c, k),
                  "take or pay: %.10g %s not taken of what was due, %.10g %s to pay", lacked, unit,
                  money, c->of.park->currency != NULL ? c->of.park->currency : "");
    }
}

static void close_span(void *s, const struct park_clock *clock)
{
    struct contracts *c = s;
    for (int i = 0; i < c->count; i++) {
        settle(c, clock, &c->contracts[i]);
    }
    restart(c, clock);
}

/** It begins anew, and so may what has reached its limit. */
static void begin_span(struct contracts *c, const struct park_clock *clock, struct contract *k)
{
    k->span_began = sim_flow_total(c->of.flow, k->activity);
    if (k->is_spent && clock->now < k->def->until_us) {
        SIM_TRACE(clock->trace, clock->now, title_of(c, k), "may go on: a new %s",
                  sim_simtime_span_name(k->def->most_span));
    }
    k->is_spent = false;
    plan(c, clock, k, sim_flow_rate(c->of.flow, k->activity));
}

/** A day, week, month or year is over: it is settled, and limits by it begin anew. */
static void turn_span(struct contracts *c, const struct park_clock *clock,
                      enum sim_simtime_span span)
{
    for (int i = 0; i < c->count; i++) {
        struct contract *k = &c->contracts[i];
        if (k->def->least > 0 && k->def->least_span == span) {
            settle(c, clock, k);
            restart_due(c, k, clock->now);
        }
        if (isfinite(k->def->most) && k->def->most_span == span) {
            begin_span(c, clock, k);
        }
    }
    plan_span(clock, span);
}

/** What is counted by the calendar has changed: the capacities follow. */
static void happen(void *s, const struct park_clock *clock, const struct sim_event *e)
{
    struct contracts *c = s;
    if (e->kind == PARK_HAPPENING_SPAN) {
        turn_span(c, clock, (enum sim_simtime_span)e->arg);
    } else {
        spend(c, clock, &c->contracts[c->contract_of[e->arg]]);
    }
    for (int i = 0; i < c->count; i++) {
        park_capacity_ask(c->of.capacity, clock->now, c->contracts[i].activity);
    }
}

static double allows(const void *s, sim_time now, int32_t activity)
{
    const struct contracts *c = s;
    const int32_t contract = c->contract_of[activity];
    (void)now;
    return contract >= 0 && c->contracts[contract].is_spent ? 0 : 1;
}

static const char *because(const void *s, sim_time now, int32_t activity, enum park_idle *out)
{
    static const char *const words[] = {
        "its limit of this day is reached", "its limit of this week is reached",
        "its limit of this month is reached", "its limit of this year is reached"};
    const struct contracts *c = s;
    (void)now;
    *out = PARK_IDLE_SPENT;
    return words[c->contracts[c->contract_of[activity]].def->most_span];
}

const struct park_part park_contract_part = {.name = "contracts",
                                             .events = PARK_HAPPENING_BIT(PARK_HAPPENING_SPAN) |
                                                       PARK_HAPPENING_BIT(PARK_HAPPENING_LIMIT),
                                             .create = create,
                                             .destroy = destroy,
                                             .reset = reset,
                                             .restart = restart,
                                             .changed = changed,
                                             .happen = happen,
                                             .close = close_span,
                                             .allows = allows,
                                             .because = because};
