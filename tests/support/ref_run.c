#include "tests/support/ref_run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    EVENTS = 3000,
    CHANGES = 400
};

static const double same = 1e-11; // relative: two levels, or rates, that rounding alone keeps apart

struct runner {
    struct ref_net *n;
    struct ref_run *out;
    double now; // [h]
    struct ref_bounds bounds[REF_STOCKS];
    struct ref_memory *memory;
    bool waits[REF_STOCKS]; // down to `reorder`: pull processes rest
    int change_count;
    int next_change;
    int changes[CHANGES]; // [min] when a capacity may change, ascending
};

const char *ref_run_word(enum ref_met met)
{
    static const char *const words[REF_MET_COUNT] = {"decay at full",
                                                     "decay at minimum",
                                                     "decay at target",
                                                     "decay at a bound",
                                                     "overflow",
                                                     "fill",
                                                     "target",
                                                     "reorder",
                                                     "two sellers",
                                                     "priority",
                                                     "turndown",
                                                     "restart",
                                                     "calendar",
                                                     "loss",
                                                     "date",
                                                     "pull held down",
                                                     "share",
                                                     "goods of two sorts",
                                                     "stock bought and sold",
                                                     "utility"};
    return words[met];
}

// ---- When capacities may change ----

static void add_change(struct runner *r, int minute)
{
    if (minute <= 0 || minute >= r->n->park->minutes || r->change_count >= CHANGES) {
        return;
    }
    int at = r->change_count;
    while (at > 0 && r->changes[at - 1] > minute) {
        at--;
    }
    if (at > 0 && r->changes[at - 1] == minute) {
        return;
    }
    memmove(&r->changes[at + 1], &r->changes[at], (size_t)(r->change_count - at) * sizeof(int));
    r->changes[at] = minute;
    r->change_count++;
}

static void gather_changes(struct runner *r)
{
    const struct ref_park *p = r->n->park;
    for (int i = 0; i < p->calendar_count; i++) {
        for (int day = 0; day <= p->minutes / 1440; day++) {
            add_change(r, 1440 * day);
            for (int s = 0; s < p->calendars[i].span_count; s++) {
                add_change(r, 1440 * day + p->calendars[i].spans[s].from);
                add_change(r, 1440 * day + p->calendars[i].spans[s].to);
            }
        }
    }
    for (int i = 0; i < p->firm_count; i++) {
        add_change(r, p->firms[i].enters);
        add_change(r, p->firms[i].leaves);
    }
    for (int i = 0; i < p->process_count; i++) {
        add_change(r, p->processes[i].enters);
        add_change(r, p->processes[i].leaves);
    }
    for (int i = 0; i < p->contract_count; i++) {
        add_change(r, p->contracts[i].starts);
        add_change(r, p->contracts[i].ends);
        add_change(r, p->contracts[i].enters);
        add_change(r, p->contracts[i].leaves);
    }
}

static bool is_within(int minute, int from, int to)
{
    return minute >= from && minute < to;
}

static bool is_firm_there(const struct ref_park *p, int firm, int minute)
{
    return is_within(minute, p->firms[firm].enters, p->firms[firm].leaves);
}

static bool is_place_there(const struct ref_park *p, struct ref_place at, int minute)
{
    return at.kind == REF_AT_MARKET ||
           is_firm_there(p, at.kind == REF_AT_FIRM ? at.id : p->stocks[at.id].firm, minute);
}

static bool is_there(const struct ref_park *p, const struct ref_act *a, int minute)
{
    if (a->kind == REF_PROCESS) {
        const struct ref_process *q = &p->processes[a->of];
        return is_firm_there(p, q->firm, minute) && is_within(minute, q->enters, q->leaves);
    }
    if (a->kind == REF_CONTRACT) {
        const struct ref_contract *c = &p->contracts[a->of];
        return is_within(minute, c->starts, c->ends) && is_within(minute, c->enters, c->leaves) &&
               is_place_there(p, c->from, minute) && is_place_there(p, c->to, minute);
    }
    return a->firm < 0 || is_firm_there(p, a->firm, minute);
}

static bool is_open(const struct ref_park *p, const struct ref_act *a, int minute)
{
    int calendar = -1;
    if (a->kind == REF_PROCESS) {
        const struct ref_process *q = &p->processes[a->of];
        calendar = q->calendar >= 0 ? q->calendar : p->firms[q->firm].calendar;
    } else if (a->kind == REF_CONTRACT) {
        calendar = p->contracts[a->of].calendar;
    }
    return ref_park_is_open(p, calendar, minute);
}

// Capacities from `minute` on.
static void set_capacities(struct runner *r, int minute)
{
    const struct ref_park *p = r->n->park;
    for (int k = 0; k < r->n->act_count; k++) {
        struct ref_act *const a = &r->n->acts[k];
        const double u = is_there(p, a, minute) && is_open(p, a, minute) ? a->most : 0.0;
        if (minute > 0 && u != a->u) {
            const bool by_date = is_there(p, a, minute) != is_there(p, a, minute - 1);
            r->out->met[by_date ? REF_MET_DATE : REF_MET_CALENDAR] = true;
        }
        a->u = u;
    }
}

// ---- Stocks ----

static double decay_rate(const struct ref_stock *s)
{
    return s->decay_day / 100.0 / 24.0;
}

static double target_of(const struct ref_stock *s)
{
    return s->target >= 0 ? s->target : s->capacity;
}

static struct ref_bounds bounds_at(const struct ref_stock *s, double level, bool waits)
{
    const double target = target_of(s);
    struct ref_bounds b = {.decay = decay_rate(s) * level};
    b.is_full = level >= s->capacity;
    b.is_empty = level == s->minimum;
    b.is_below = level < s->minimum;
    b.holds = s->reorder < 0 && level == target;
    b.rests = s->reorder < 0 ? level > target : waits;
    return b;
}

static void look_at_stock(struct runner *r, int id)
{
    const struct ref_stock *s = &r->n->park->stocks[id];
    const double level = r->out->level[id];
    if (s->reorder >= 0) {
        r->out->met[REF_MET_REORDER] |= r->waits[id] && level <= s->reorder;
        r->waits[id] = level >= target_of(s) || (r->waits[id] && level > s->reorder);
    }
    r->bounds[id] = bounds_at(s, level, r->waits[id]);
}

static double net_of(const struct runner *r, int id)
{
    const double decayed = decay_rate(&r->n->park->stocks[id]) * r->out->level[id];
    return ref_rates_balance(r->n, id, decayed);
}

// When the level comes to `bound`, in hours from now; INFINITY: never at these rates.
static double time_to(double level, double net, double decay, double bound)
{
    const double way = bound - level;
    if (net == 0.0 || way == 0.0 || (way > 0) != (net > 0)) {
        return INFINITY;
    }
    const double share = decay * way / net;
    return share >= 1.0 ? (double)INFINITY : decay > 0 ? -log1p(-share) / decay : way / net;
}

static double level_after(double level, double net, double decay, double hours)
{
    return level + (decay > 0 ? net * -expm1(-decay * hours) / decay : net * hours);
}

static int bounds_of(const struct runner *r, int id, double *out)
{
    const struct ref_stock *s = &r->n->park->stocks[id];
    out[0] = s->capacity;
    out[1] = s->minimum;
    out[2] = target_of(s);
    out[3] = s->reorder;
    return s->reorder >= 0 ? 4 : 3;
}

static double next_bound(const struct runner *r, int id)
{
    const struct ref_stock *s = &r->n->park->stocks[id];
    const double net = net_of(r, id);
    double bounds[4];
    double soonest = INFINITY;
    for (int i = bounds_of(r, id, bounds) - 1; i >= 0; i--) {
        soonest = fmin(soonest, time_to(r->out->level[id], net, decay_rate(s), bounds[i]));
    }
    return soonest;
}

// The level `hours` from now; on a bound that it comes near.
static double level_in(const struct runner *r, int id, double hours)
{
    const struct ref_stock *s = &r->n->park->stocks[id];
    double bounds[4];
    const int count = bounds_of(r, id, bounds);
    double level = level_after(r->out->level[id], net_of(r, id), decay_rate(s), hours);
    for (int i = 0; i < count; i++) {
        level = fabs(level - bounds[i]) <= same * s->capacity ? bounds[i] : level;
    }
    return level;
}

// Does the stock meet one of its levels there, on its way from `before`? Falling, its target is
// none where it has a reorder level; rising, that is none.
static bool is_met(const struct ref_stock *s, double before, double level)
{
    if (level == before) {
        return false;
    }
    const bool by_reorder = level < before && s->reorder >= 0;
    return level == s->capacity || level == s->minimum ||
           level == (by_reorder ? s->reorder : target_of(s));
}

// ---- What is met ----

static void meet_stock(struct runner *r, int id)
{
    const struct ref_stock *s = &r->n->park->stocks[id];
    const struct ref_bounds *b = &r->bounds[id];
    bool *const met = r->out->met;
    if (s->decay_day > 0 && r->out->level[id] > 0) {
        met[REF_MET_DECAY_AT_FULL] |= b->is_full;
        met[REF_MET_DECAY_AT_MINIMUM] |= (b->is_empty || b->is_below) && s->minimum > 0;
        met[REF_MET_DECAY_AT_TARGET] |= b->holds && s->target >= 0;
        met[REF_MET_DECAY] |=
            b->is_full || b->is_empty || b->is_below || (b->holds && s->target >= 0);
    }
    const struct ref_pool *at = &r->n->pools[r->n->stocks[id]];
    met[REF_MET_TRADED] |= at->is_traded;
    for (int i = 0; i < at->count[1] && s->target >= 0 && b->holds; i++) {
        const struct ref_net_port *port = &r->n->ports[at->ports[1][i]];
        met[REF_MET_TARGET] |= port->sort != REF_OUTLET && r->n->acts[port->act].u > 0;
    }
}

static bool is_short(const struct ref_net *n, const struct ref_pool *at)
{
    for (int i = 0; i < at->count[0]; i++) {
        const struct ref_net_port *port = &n->ports[at->ports[0][i]];
        if (port->limit < n->acts[port->act].u && port->limit < port->claim) {
            return true;
        }
    }
    return false;
}

static void meet_pool(struct runner *r, const struct ref_pool *at)
{
    const struct ref_net *n = r->n;
    bool *const met = r->out->met;
    met[REF_MET_BY_SORT] |= at->by_sort;
    for (int c = 0; c < at->class_count[1]; c++) {
        int giving = 0;
        for (int i = at->first[1][c]; i < at->first[1][c + 1]; i++) {
            giving += n->acts[n->ports[at->ports[1][i]].act].rate > 0 ? 1 : 0;
        }
        met[REF_MET_TWO_SELLERS] |= giving > 1;
    }
    for (int i = 0; i < at->count[0]; i++) {
        const struct ref_net_port *port = &n->ports[at->ports[0][i]];
        const struct ref_act *a = &n->acts[port->act];
        if (a->kind == REF_CONTRACT && at->class_count[0] > 1 && a->rate > 0) {
            met[REF_MET_PRIORITY] |= n->park->contracts[a->of].priority != 1 && is_short(n, at);
            met[REF_MET_SHARE] |= port->share > 0;
        }
    }
}

static void meet_act(struct runner *r, const struct ref_act *a)
{
    bool *const met = r->out->met;
    met[REF_MET_OVERFLOW] |= a->kind == REF_FULL && a->rate > 0;
    met[REF_MET_FILL] |= a->kind == REF_EMPTY && a->rate > 0;
    met[REF_MET_LOSS] |=
        a->kind == REF_CONTRACT && a->rate > 0 && r->n->park->contracts[a->of].loss > 0;
    met[REF_MET_UTILITY] |=
        a->kind == REF_PROCESS && a->rate > 0 && r->n->park->firms[a->firm].utility >= 0;
    met[REF_MET_PULL_SHORT] |= a->kind == REF_PROCESS && r->n->park->processes[a->of].is_pull &&
                               a->rate < a->u && a->rate > 0;
}

static void meet_all(struct runner *r)
{
    for (int i = 0; i < r->n->park->stock_count; i++) {
        if (r->n->stocks[i] >= 0) {
            meet_stock(r, i);
        }
    }
    for (int i = 0; i < r->n->pool_count; i++) {
        meet_pool(r, &r->n->pools[i]);
    }
    for (int k = 0; k < r->n->act_count; k++) {
        meet_act(r, &r->n->acts[k]);
    }
}

// ---- The run ----

static void fail(struct runner *r, enum ref_run_status status, const char *why)
{
    r->out->status = status;
    snprintf(r->out->why, sizeof(r->out->why), "%s at %.6f h", why, r->now);
}

// The reference must not contradict itself: junctions balance, stocks do not cross their bounds.
static void check_balance(struct runner *r)
{
    for (int i = 0; i < r->n->pool_count; i++) {
        const int stock = r->n->pools[i].stock;
        const double in = ref_rates_sum(r->n, i, 1);
        const double out = ref_rates_sum(r->n, i, 0);
        const double net = stock < 0 ? in - out : net_of(r, stock);
        const double slack = 1e-9 * (in + out) + 1e-12;
        const bool over = stock >= 0 && r->bounds[stock].is_full && net > slack;
        const bool under = stock >= 0 && r->bounds[stock].is_empty && net < -slack &&
                           r->n->park->stocks[stock].minimum * r->bounds[stock].decay <= 0;
        if ((stock < 0 && fabs(net) > slack) || over || under || isnan(net) || isinf(in)) {
            char why[80];
            snprintf(why, sizeof(why), "pool %d of stream %s: in %.9g, out %.9g", i,
                     r->n->park->streams[r->n->pools[i].stream].name, in, out);
            fail(r, REF_RUN_UNBALANCED, why);
            return;
        }
    }
}

// Does a stock that is both bought into and sold from decay at its minimum? Whether its sales or
// the decay come first there is left open: the rules say one for each.
static bool decays_where_traded(const struct runner *r)
{
    for (int i = 0; i < r->n->park->stock_count; i++) {
        const int pool = r->n->stocks[i];
        if (pool >= 0 && r->n->pools[pool].is_traded && r->bounds[i].is_empty &&
            r->bounds[i].decay > 0) {
            return true;
        }
    }
    return false;
}

static void find_rates(struct runner *r)
{
    int switched = 0;
    for (int i = 0; i < r->n->park->stock_count; i++) {
        if (r->n->stocks[i] >= 0) {
            look_at_stock(r, i);
        }
    }
    bool was_off[REF_ACTS];
    for (int k = 0; k < r->n->act_count; k++) {
        was_off[k] = r->n->acts[k].is_off;
    }
    if (!ref_rates_settle(r->n, r->bounds, r->memory, &switched)) {
        fail(r, REF_RUN_UNSETTLED, "claims do not settle");
        return;
    }
    if (decays_where_traded(r)) {
        fail(r, REF_RUN_UNSETTLED,
             "decay at the minimum of a stock both bought into and sold from");
        return;
    }
    if (r->memory->has_several) {
        fail(r, REF_RUN_UNSETTLED, "several solutions");
        return;
    }
    for (int k = 0; k < r->n->act_count; k++) {
        r->out->met[REF_MET_TURNDOWN] |= r->n->acts[k].is_off;
        r->out->met[REF_MET_RESTART] |= was_off[k] && !r->n->acts[k].is_off;
    }
    check_balance(r);
    meet_all(r);
}

// Rates of the state halfway to the next event must be those found, and no unit restart there.
static void look_halfway(struct runner *r, double hours)
{
    struct ref_bounds bounds[REF_STOCKS];
    double rates[REF_ACTS];
    for (int i = 0; i < r->n->park->stock_count; i++) {
        if (r->n->stocks[i] >= 0) {
            bounds[i] = bounds_at(&r->n->park->stocks[i], level_in(r, i, 0.5 * hours), r->waits[i]);
        }
    }
    for (int k = 0; k < r->n->act_count; k++) {
        rates[k] = r->n->acts[k].rate;
    }
    bool same_rates = ref_rates_solve(r->n, bounds);
    for (int k = 0; k < r->n->act_count && same_rates; k++) {
        const double rate = r->n->acts[k].rate;
        same_rates = fabs(rate - rates[k]) <= 1e-9 * (rate + rates[k]) + 1e-10;
    }
    if (!same_rates) {
        fail(r, REF_RUN_UNSETTLED, "rates change between events");
    } else if (ref_rates_restartable(r->n, bounds, r->memory) >= 0) {
        fail(r, REF_RUN_UNSETTLED, "a unit could restart between events");
    }
    for (int k = 0; k < r->n->act_count; k++) {
        r->n->acts[k].rate = rates[k];
    }
}

static void book(struct runner *r, double hours)
{
    for (int k = 0; k < r->n->act_count; k++) {
        const struct ref_act *a = &r->n->acts[k];
        if (a->flow >= 0) {
            r->n->flows[a->flow].total += a->rate * hours;
        }
        for (int i = 0; i < a->port_count; i++) {
            const struct ref_net_port *port = &r->n->ports[a->ports[i]];
            if (port->flow >= 0) {
                r->n->flows[port->flow].total += port->coef * a->rate * hours;
            }
        }
    }
}

static double hours_to_next(const struct runner *r)
{
    const int next =
        r->next_change < r->change_count ? r->changes[r->next_change] : r->n->park->minutes;
    double hours = next / 60.0 - r->now;
    for (int i = 0; i < r->n->park->stock_count; i++) {
        if (r->n->stocks[i] >= 0) {
            hours = fmin(hours, next_bound(r, i));
        }
    }
    return fmax(hours, 0.0);
}

static void step(struct runner *r)
{
    find_rates(r);
    if (r->out->status != REF_RUN_FINE) {
        return;
    }
    const double hours = hours_to_next(r);
    if (hours > 1e-9) {
        look_halfway(r, hours);
    }
    book(r, hours);
    for (int i = 0; i < r->n->park->stock_count; i++) {
        if (r->n->stocks[i] >= 0) {
            const double level = level_in(r, i, hours);
            r->memory->met[i] += is_met(&r->n->park->stocks[i], r->out->level[i], level) ? 1 : 0;
            r->out->level[i] = level;
        }
    }
    r->now += hours;
    r->out->events++;
    if (r->next_change < r->change_count && r->now >= r->changes[r->next_change] / 60.0 - 1e-11) {
        r->now = r->changes[r->next_change] / 60.0;
        set_capacities(r, r->changes[r->next_change]);
        r->next_change++;
    }
}

static void start(struct runner *r)
{
    for (int i = 0; i < r->n->park->stock_count; i++) {
        r->out->level[i] = r->n->park->stocks[i].initial;
    }
    for (int i = 0; i < r->n->flow_count; i++) {
        r->n->flows[i].total = 0.0;
    }
    for (int k = 0; k < r->n->act_count; k++) {
        r->n->acts[k].is_off = false;
    }
    gather_changes(r);
    set_capacities(r, 0);
}

void ref_run(struct ref_net *n, struct ref_run *out)
{
    *out = (struct ref_run){.status = REF_RUN_FINE};
    struct runner r = {.n = n, .out = out, .memory = calloc(1, sizeof(*r.memory))};
    const double until = n->park->minutes / 60.0;
    start(&r);
    while (out->status == REF_RUN_FINE && r.now < until - 1e-11) {
        step(&r);
        if (out->events > EVENTS) {
            fail(&r, REF_RUN_ENDLESS, "too many events");
        }
    }
    free(r.memory);
}
