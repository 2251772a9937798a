#include "models/park/why/cause.h"

#include "models/park/base/amount.h"
#include "models/park/net/build.h"
#include "models/park/net/mover.h"
#include "sim/num/units.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define AT_CAPACITY 1e-9 // [-] closer to its capacity than this is at it

double park_cause_flow(const struct park_cause_view *v, int32_t port)
{
    const struct sim_port_def *q = &v->park->net->ports[port];
    const struct park_stream *s = v->park->streams[v->park->net->pools[q->pool].stream];
    return park_amount_in_unit(s, q->coef * sim_flow_rate(v->flow, q->activity)) * 3600;
}

/** All that a side of a pool could do at most. */
static double most_at(const struct park_net *n, int32_t pool, bool gives, int32_t without)
{
    double sum = n->pools[pool].stock >= 0 ? (double)INFINITY : 0;
    for (int32_t i = n->at.first[pool]; i < n->at.first[pool + 1]; i++) {
        const struct sim_port_def *q = &n->ports[n->at.at[i]];
        if (q->gives == gives && q->activity != without) {
            sum += q->coef * n->activities[q->activity].capacity;
        }
    }
    return sum;
}

/** The end that holds what only passes on, at the most that it could ever pass. */
static int32_t tighter_end(const struct park_net *n, int32_t activity, enum park_cause_way way)
{
    const struct park_activity *a = &n->activities[activity];
    int32_t best = -1;
    double least = INFINITY;
    for (int32_t i = a->first_port; i < a->first_port + a->port_count; i++) {
        const struct sim_port_def *q = &n->ports[i];
        const bool is_wrong_way =
            (way == PARK_CAUSE_UPSTREAM && q->gives) || (way == PARK_CAUSE_DOWNSTREAM && !q->gives);
        const double most = most_at(n, q->pool, !q->gives, activity) / q->coef;
        if (!is_wrong_way && (best < 0 || most < least)) {
            best = i;
            least = most;
        }
    }
    return best;
}

static struct park_cause of_port(const struct park_net *n, int32_t port)
{
    return (struct park_cause){.kind = n->ports[port].gives ? PARK_CAUSE_OUTPUT : PARK_CAUSE_INPUT,
                               .port = port};
}

/** Whether somebody else is served there before it. */
static bool has_better(const struct park_cause_view *v, int32_t port)
{
    const struct park_net *n = v->park->net;
    const struct sim_port_def *p = &n->ports[port];
    for (int32_t i = n->at.first[p->pool]; i < n->at.first[p->pool + 1]; i++) {
        const struct sim_port_def *q = &n->ports[n->at.at[i]];
        if (q->gives == p->gives && q->rank < p->rank &&
            sim_rates_rate(sim_flow_rates(v->flow), q->activity) > 0) {
            return true;
        }
    }
    return false;
}

/** Of the ports whose limits are the rate: inputs say more than outputs, and those where others are
 * served before more than others. -1: none. Nobody is looked for at a pool but where it decides. */
static int32_t telling_port(const struct park_cause_view *v, int32_t activity)
{
    const struct park_net *n = v->park->net;
    const struct park_activity *a = &n->activities[activity];
    const struct sim_rates *rates = sim_flow_rates(v->flow);
    const double rate = sim_rates_rate(rates, activity);
    const double capacity = sim_rates_capacity(rates, activity);
    int32_t best = -1;
    for (int32_t i = a->first_port; i < a->first_port + a->port_count; i++) {
        if (sim_rates_limit(rates, i) > rate + AT_CAPACITY * capacity) {
            continue;
        }
        const bool says_more = best < 0 || (n->ports[best].gives && !n->ports[i].gives);
        const bool says_as_much = best >= 0 && n->ports[best].gives == n->ports[i].gives;
        if (says_more || (says_as_much && !has_better(v, best) && has_better(v, i))) {
            best = i;
        }
    }
    return best;
}

struct park_cause park_cause_find(const struct park_cause_view *v, int32_t activity,
                                  enum park_cause_way way)
{
    const struct park_net *n = v->park->net;
    const struct park_activity *a = &n->activities[activity];
    const struct sim_rates *rates = sim_flow_rates(v->flow);
    const struct park_allowance allowed = park_capacity_allowance(v->capacity, v->now, activity);
    const double rate = sim_rates_rate(rates, activity);
    const double capacity = sim_rates_capacity(rates, activity);
    const bool passes_on = a->level == NULL && !a->mover->is_exit;
    const bool is_nothing_there = passes_on && allowed.idle == PARK_IDLE_ZERO; // at one of its ends
    if (allowed.idle != PARK_IDLE_RUNS && !(allowed.share > 0) && !is_nothing_there) {
        return (struct park_cause){.kind = PARK_CAUSE_IDLE, .idle = allowed.words, .port = -1};
    }
    if (sim_flow_is_off(v->flow, activity)) {
        return (struct park_cause){.kind = PARK_CAUSE_TURNDOWN, .port = -1};
    }
    const bool is_slower = rate < capacity * (1 - AT_CAPACITY);
    const int32_t port = is_slower ? telling_port(v, activity) : -1;
    if (port >= 0) {
        return of_port(n, port);
    }
    if (!is_slower && passes_on) {
        const int32_t end = tighter_end(n, activity, way);
        return end >= 0 ? of_port(n, end)
                        : (struct park_cause){.kind = PARK_CAUSE_CAPACITY, .port = -1};
    }
    return (struct park_cause){.kind = is_slower ? PARK_CAUSE_UNASKED : PARK_CAUSE_CAPACITY,
                               .port = -1};
}

const char *park_cause_condition(const struct park_cause_view *v, int32_t pool)
{
    const struct park_pool *q = &v->park->net->pools[pool];
    if (q->stock < 0 && q->link < 0) {
        return "holds nothing";
    }
    if (sim_flow_is_empty(v->flow, pool)) {
        return "is empty";
    }
    if (sim_flow_is_full(v->flow, pool)) {
        return "is full";
    }
    const double target = q->stock >= 0 ? v->park->stocks[q->stock]->target_si : 0;
    const bool rests = (sim_flow_condition(v->flow, pool) & SIM_POOL_OVER_TARGET) != 0;
    if (rests && !(target > 0 && sim_flow_level(v->flow, pool) >= target)) {
        return "rests until its reorder level";
    }
    return target > 0 && sim_flow_level(v->flow, pool) >= target ? "is at its target"
                                                                 : "is between empty and full";
}

static int input_count(const struct park_net *n, const struct park_activity *a)
{
    int count = 0;
    for (int32_t i = a->first_port; i < a->first_port + a->port_count; i++) {
        count += !n->ports[i].gives;
    }
    return count;
}

static void input_words(const struct park_cause_view *v, int32_t port, char *out)
{
    const struct park_net *n = v->park->net;
    const struct sim_port_def *q = &n->ports[port];
    const struct park_activity *a = &n->activities[q->activity];
    const struct park_pool *pool = &n->pools[q->pool];
    const char *stream = v->park->streams[pool->stream]->name;
    const bool is_stock = pool->stock >= 0 || pool->link >= 0;
    if ((q->flags & SIM_PORT_AT_BOUND) != 0) {
        (void)snprintf(out, PARK_CAUSE_TEXT, "it takes what %s cannot hold; %s %s", pool->name,
                       pool->name, park_cause_condition(v, q->pool));
        return;
    }
    char where[PARK_CAUSE_TEXT / 2];
    (void)snprintf(where, sizeof(where), is_stock ? "%s %s" : "all at %s is taken", pool->name,
                   park_cause_condition(v, q->pool));
    if (!a->mover->is_process || input_count(n, a) == 1) {
        (void)snprintf(out, PARK_CAUSE_TEXT, "no more %s; %s", stream, where);
    } else {
        (void)snprintf(out, PARK_CAUSE_TEXT, "%s is the scarcest input; %s", stream, where);
    }
}

static void output_words(const struct park_cause_view *v, int32_t port, char *out)
{
    const struct park_net *n = v->park->net;
    const struct sim_port_def *q = &n->ports[port];
    const struct park_pool *pool = &n->pools[q->pool];
    const char *stream = v->park->streams[pool->stream]->name;
    const bool is_stock = pool->stock >= 0 || pool->link >= 0;
    if ((q->flags & SIM_PORT_AT_BOUND) != 0) {
        (void)snprintf(out, PARK_CAUSE_TEXT, "it gives what %s lacks; %s %s", pool->name,
                       pool->name, park_cause_condition(v, q->pool));
    } else if (is_stock) {
        (void)snprintf(out, PARK_CAUSE_TEXT, "no more room for its %s; %s %s", stream, pool->name,
                       park_cause_condition(v, q->pool));
    } else if ((q->flags & SIM_PORT_PULL) != 0 || !n->activities[q->activity].mover->is_process) {
        const bool moves = sim_rates_rate(sim_flow_rates(v->flow), q->activity) > 0;
        (void)snprintf(out, PARK_CAUSE_TEXT,
                       moves ? "all that %s asks of it" : "nothing is asked of it at %s",
                       pool->name);
    } else {
        (void)snprintf(out, PARK_CAUSE_TEXT, "nobody takes more of its %s at %s", stream,
                       pool->name);
    }
}

static void capacity_words(const struct park_cause_view *v, int32_t activity, char *out)
{
    const struct park *p = v->park;
    const struct park_activity *a = &p->net->activities[activity];
    const struct park_allowance allowed = park_capacity_allowance(v->capacity, v->now, activity);
    const double now = sim_rates_capacity(sim_flow_rates(v->flow), activity);
    const char *unit = park_mover_stream(p, activity)->unit;
    if (a->mover->is_exit) {
        (void)snprintf(out, PARK_CAUSE_TEXT, "what entered some time ago comes out");
    } else if (allowed.share < 1) {
        (void)snprintf(out, PARK_CAUSE_TEXT, "its capacity, derated to %.4g %% by %s",
                       100 * allowed.share, allowed.words);
    } else if (isfinite(a->capacity) && now < a->capacity * (1 - AT_CAPACITY)) {
        (void)snprintf(out, PARK_CAUSE_TEXT, "its capacity now, of at most %.6g %s/h",
                       park_mover_per_hour(p, activity, a->capacity), unit);
    } else {
        (void)snprintf(out, PARK_CAUSE_TEXT, "its capacity");
    }
}

/** What came of the last trial: too slow to stay on, or to restart, or in another's way. */
static void trial_words(const struct park_cause_view *v, int32_t activity, char *out)
{
    const struct park *p = v->park;
    const struct park_process *s = p->processes[p->net->activities[activity].id];
    const char *unit = park_mover_stream(p, activity)->unit;
    struct sim_flow_trial t;
    (void)sim_flow_trial_of(v->flow, activity, &t);
    const double rate = park_mover_per_hour(p, activity, t.rate);
    if (t.rate < t.least * (1 - AT_CAPACITY)) {
        (void)snprintf(out, PARK_CAUSE_TEXT,
                       "off, since it would run at %.6g %s/h, below its turndown of %.4g %%", rate,
                       unit, 100 * s->least);
    } else if (t.harmed >= 0) {
        (void)snprintf(out, PARK_CAUSE_TEXT,
                       "off, since at %.6g %s/h it would push %s below its turndown", rate, unit,
                       p->net->activities[t.harmed].name);
    } else {
        (void)snprintf(out, PARK_CAUSE_TEXT,
                       "off, since it would run at %.6g %s/h and restarts at %.6g (turndown %.4g "
                       "%%, restart_band %.4g %%)",
                       rate, unit, park_mover_per_hour(p, activity, t.wanted), 100 * s->least,
                       100 * s->band);
    }
}

/** What came of the last trial, and the stock at whose bound it is tried. */
static void turndown_words(const struct park_cause_view *v, int32_t activity, char *out)
{
    unsigned condition = 0;
    const int32_t pool = sim_flow_held_off_by(v->flow, activity, &condition);
    trial_words(v, activity, out);
    if (pool >= 0 && pool < v->park->net->pool_count) {
        const size_t used = strlen(out);
        (void)snprintf(
            out + used, PARK_CAUSE_TEXT - used,
            "; held off by %s, which was %s then, until that is at another of its levels",
            v->park->net->pools[pool].name,
            (condition & SIM_POOL_FULL) != 0    ? "full"
            : (condition & SIM_POOL_EMPTY) != 0 ? "empty"
                                                : "at its target");
    }
}

char *park_cause_words(const struct park_cause_view *v, int32_t activity, struct park_cause cause,
                       char out[PARK_CAUSE_TEXT])
{
    switch (cause.kind) {
    case PARK_CAUSE_IDLE:
        (void)snprintf(out, PARK_CAUSE_TEXT, "%s", cause.idle);
        break;
    case PARK_CAUSE_TURNDOWN:
        turndown_words(v, activity, out);
        break;
    case PARK_CAUSE_CAPACITY:
        capacity_words(v, activity, out);
        break;
    case PARK_CAUSE_INPUT:
        input_words(v, cause.port, out);
        break;
    case PARK_CAUSE_OUTPUT:
        output_words(v, cause.port, out);
        break;
    case PARK_CAUSE_UNASKED:
        (void)snprintf(out, PARK_CAUSE_TEXT, "no user reaches it");
        break;
    }
    return out;
}
