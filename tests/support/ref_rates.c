#include "tests/support/ref_rates.h"

#include "tests/support/ref_raise.h"

#include <math.h>
#include <string.h>

enum {
    SWEEPS = 3000
};

// ---- One pool ----

static double less(double whole, double part)
{
    return isinf(whole) ? whole : fmax(0.0, whole - part);
}

static double wish(const struct ref_net_port *port)
{
    return port->is_shut ? 0.0 : isinf(port->claim) ? port->claim : port->coef * port->claim;
}

// What the classes of both sides claim. Class 0 of the takers is decay.
struct claims {
    int count[2];
    double sum[2][REF_CLASSES + 1];
    int sort[2][REF_CLASSES + 1];
};

static double sum_of(const struct ref_net *n, const struct ref_pool *at, int side, bool push_only)
{
    double sum = 0.0;
    for (int i = 0; i < at->count[side]; i++) {
        const struct ref_net_port *port = &n->ports[at->ports[side][i]];
        if (!push_only || port->sort == REF_OUTLET) {
            sum += wish(port);
        }
    }
    return sum;
}

// From a stock that is also bought into no more is sold than what push processes bring in now and
// better classes leave of it.
static void cap_sales(const struct ref_net *n, const struct ref_pool *at, struct claims *c)
{
    double left = sum_of(n, at, 1, true);
    for (int k = 1; k < c->count[0]; k++) {
        if (c->sort[0][k] != REF_USER) {
            c->sum[0][k] = fmin(c->sum[0][k], left);
        }
        left = less(left, c->sum[0][k]);
    }
}

static struct claims claims_of(const struct ref_net *n, const struct ref_pool *at, double decay)
{
    struct claims c = {.count = {1, 0}, .sum = {{decay}}};
    for (int side = 0; side < 2; side++) {
        for (int k = 0; k < at->class_count[side]; k++) {
            const int to = c.count[side]++;
            for (int i = at->first[side][k]; i < at->first[side][k + 1]; i++) {
                c.sum[side][to] += wish(&n->ports[at->ports[side][i]]);
            }
            c.sort[side][to] = (int)n->ports[at->ports[side][at->first[side][k]]].sort;
        }
    }
    if (at->is_traded) {
        cap_sales(n, at, &c);
    }
    return c;
}

// What class `who` of `side` gets or gives: takers by class ask givers by class.
static double share_of_class(const struct claims *c, bool by_sort, int side, int who)
{
    double taken[REF_CLASSES + 1] = {0};
    double given[REF_CLASSES + 1] = {0};
    for (int k = 0; k < c->count[0]; k++) {
        for (int l = 0; l < c->count[1]; l++) {
            const bool may = !by_sort || c->sort[1][l] >= c->sort[0][k];
            const double x =
                may ? fmin(less(c->sum[0][k], taken[k]), less(c->sum[1][l], given[l])) : 0.0;
            taken[k] += x;
            given[l] += x;
        }
    }
    return side == 0 ? taken[who] : given[who];
}

// Share of port `self` in `most`, which its class divides by weight: no other more than its claim,
// itself without bound.
static double fill(const struct ref_net *n, const int *ports, int count, int self, double most)
{
    bool is_full[REF_AT_POOL] = {false};
    double rest = most;
    if (isinf(most)) {
        return most;
    }
    for (;;) {
        double weights = 0.0;
        for (int i = 0; i < count; i++) {
            weights += is_full[i] ? 0.0 : n->ports[ports[i]].weight;
        }
        if (!(weights > 0.0)) {
            return 0.0;
        }
        const double t = rest / weights;
        bool is_settled = true;
        double left = rest;
        for (int i = 0; i < count; i++) {
            const struct ref_net_port *port = &n->ports[ports[i]];
            if (!is_full[i] && ports[i] != self && wish(port) <= port->weight * t) {
                is_full[i] = true;
                is_settled = false;
                left -= wish(port);
            }
        }
        rest = fmax(0.0, left);
        if (is_settled) {
            return n->ports[self].weight * t;
        }
    }
}

// Limit of the i-th port of a side where both sides meet, as at a junction.
static double meet(const struct ref_net *n, const struct ref_pool *at, struct claims *c, int side,
                   int i)
{
    int k = 0;
    while (at->first[side][k + 1] <= i) {
        k++;
    }
    const int who = side == 0 ? k + 1 : k;
    const int first = at->first[side][k];
    const int count = at->first[side][k + 1] - first;
    const double claimed = c->sum[side][who];
    c->sum[side][who] = (double)INFINITY;
    const double most = share_of_class(c, at->by_sort, side, who);
    c->sum[side][who] = claimed;
    return fill(n, &at->ports[side][first], count, at->ports[side][i], most);
}

// ---- A stock ----

// Limit of the i-th port among those of its side for whom `is_in` holds, who share `most` by class.
static double share_some(const struct ref_net *n, const struct ref_pool *at, int side, int i,
                         double most, bool (*is_in)(const struct ref_net_port *))
{
    double rest = most;
    for (int k = 0; k < at->class_count[side]; k++) {
        int some[REF_AT_POOL];
        int count = 0;
        double claimed = 0.0;
        for (int m = at->first[side][k]; m < at->first[side][k + 1]; m++) {
            if (is_in(&n->ports[at->ports[side][m]])) {
                some[count++] = at->ports[side][m];
                claimed += wish(&n->ports[at->ports[side][m]]);
            }
        }
        if (i < at->first[side][k + 1]) {
            return fill(n, some, count, at->ports[side][i], rest);
        }
        rest = less(rest, claimed);
    }
    return rest;
}

static bool is_held(const struct ref_net_port *port)
{
    return port->sort != REF_OUTLET;
}

static bool is_any(const struct ref_net_port *port)
{
    return port != NULL;
}

static bool is_sale(const struct ref_net_port *port)
{
    return port->sort != REF_USER;
}

// What goes out of a stock, and decays, besides its overflow (which has a class of its own).
static double drawn(const struct ref_net *n, const struct ref_pool *at, const struct ref_bounds *b)
{
    const struct claims c = claims_of(n, at, b->decay);
    double sum = c.sum[0][0];
    for (int k = 0; k < at->class_count[0]; k++) {
        const struct ref_net_port *first = &n->ports[at->ports[0][at->first[0][k]]];
        sum += n->acts[first->act].kind == REF_FULL ? 0.0 : c.sum[0][k + 1];
    }
    return sum;
}

static double taker_limit(const struct ref_net *n, const struct ref_pool *at, struct claims *c,
                          const struct ref_bounds *b, int i)
{
    const struct ref_net_port *port = &n->ports[at->ports[0][i]];
    if (n->acts[port->act].kind == REF_FULL) {
        return port->is_shut ? 0.0 : less(sum_of(n, at, 1, true), drawn(n, at, b));
    }
    if (b->is_below) {
        return 0.0;
    }
    const double limit = b->is_empty ? meet(n, at, c, 0, i) : (double)INFINITY;
    const bool is_capped = at->is_traded && is_sale(port);
    return is_capped ? fmin(limit, share_some(n, at, 0, i, sum_of(n, at, 1, true), is_any)) : limit;
}

static double giver_limit(const struct ref_net *n, const struct ref_pool *at, struct claims *c,
                          const struct ref_bounds *b, int i)
{
    const struct ref_net_port *port = &n->ports[at->ports[1][i]];
    if (n->acts[port->act].kind == REF_EMPTY) {
        return port->is_shut ? 0.0 : meet(n, at, c, 1, i);
    }
    double limit = b->is_full ? meet(n, at, c, 1, i) : (double)INFINITY;
    if (is_held(port) && b->rests) {
        limit = 0.0;
    } else if (is_held(port) && b->holds) {
        const double most = less(drawn(n, at, b), sum_of(n, at, 1, true));
        limit = fmin(limit, share_some(n, at, 1, i, most, is_held));
    }
    return limit;
}

// ---- All pools ----

static void look_at_pool(struct ref_net *n, int pool, const struct ref_bounds *bounds)
{
    const struct ref_pool *at = &n->pools[pool];
    const struct ref_bounds none = {.decay = 0.0};
    const struct ref_bounds *b = at->stock >= 0 ? &bounds[at->stock] : &none;
    const bool is_bound = b->is_full || b->is_empty || b->is_below;
    struct claims c = claims_of(n, at, is_bound ? b->decay : 0.0);
    for (int side = 0; side < 2; side++) {
        for (int i = 0; i < at->count[side]; i++) {
            struct ref_net_port *const port = &n->ports[at->ports[side][i]];
            const double most = at->stock < 0 ? meet(n, at, &c, side, i)
                                : side == 0   ? taker_limit(n, at, &c, b, i)
                                              : giver_limit(n, at, &c, b, i);
            port->limit = most / port->coef;
        }
    }
}

static double least(const struct ref_net *n, const struct ref_act *a, int but_port)
{
    double y = a->is_off ? 0.0 : a->u;
    for (int i = 0; i < a->port_count; i++) {
        if (a->ports[i] != but_port) {
            y = fmin(y, n->ports[a->ports[i]].limit);
        }
    }
    return y;
}

static bool is_other(double a, double b)
{
    if (isinf(a) || isinf(b)) {
        return isinf(a) != isinf(b);
    }
    return fabs(a - b) > 1e-13 * fmax(fabs(a), fabs(b)) + 1e-14;
}

// Tighten all claims from the limits; pools that see a change are marked.
static bool tighten(struct ref_net *n, bool *marked)
{
    bool moved = false;
    for (int k = 0; k < n->act_count; k++) {
        const struct ref_act *a = &n->acts[k];
        for (int i = 0; i < a->port_count; i++) {
            struct ref_net_port *const port = &n->ports[a->ports[i]];
            const double y = least(n, a, a->ports[i]);
            if (is_other(y, port->claim)) {
                port->claim = y;
                marked[port->pool] = true;
                moved = true;
            }
        }
    }
    return moved;
}

// Propagate until no claim moves, from the claims there are.
static bool propagate(struct ref_net *n, const struct ref_bounds *bounds)
{
    bool marked[REF_POOLS];
    memset(marked, true, sizeof(marked));
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        for (int i = 0; i < n->pool_count; i++) {
            if (marked[i]) { // all from the claims of the sweep before
                look_at_pool(n, i, bounds);
                marked[i] = false;
            }
        }
        if (!tighten(n, marked)) {
            for (int k = 0; k < n->act_count; k++) {
                n->acts[k].rate = least(n, &n->acts[k], -1);
            }
            return true;
        }
    }
    return false;
}

// A stock overflows only when it is full, and is filled only when it is empty.
static void shut(struct ref_net *n, const struct ref_bounds *bounds)
{
    for (int i = 0; i < n->port_count; i++) {
        struct ref_net_port *const port = &n->ports[i];
        const enum ref_act_kind kind = n->acts[port->act].kind;
        const int stock = n->pools[port->pool].stock;
        port->is_shut = stock >= 0 && ((kind == REF_FULL && !bounds[stock].is_full) ||
                                       (kind == REF_EMPTY && !bounds[stock].is_empty));
    }
}

static bool propagate_from_capacity(struct ref_net *n, const struct ref_bounds *bounds)
{
    for (int i = 0; i < n->port_count; i++) {
        n->ports[i].claim = n->acts[n->ports[i].act].is_off ? 0.0 : n->acts[n->ports[i].act].u;
    }
    return propagate(n, bounds);
}

bool ref_rates_solve(struct ref_net *n, const struct ref_bounds *bounds)
{
    ref_net_weigh(n);
    shut(n, bounds);
    return propagate_from_capacity(n, bounds);
}

enum {
    ELSEWHERE = 2 // starts that are tried always, before those of single activities
};

// An activity begins when all others have settled without it.
static bool begin_late(struct ref_net *n, const struct ref_bounds *bounds, struct ref_act *a)
{
    a->is_off = true;
    const bool settled = propagate_from_capacity(n, bounds);
    a->is_off = false;
    return settled && propagate(n, bounds);
}

// From other claims: nothing, or some mixture of nothing and all; or one activity begins late.
static bool go_elsewhere(struct ref_net *n, const struct ref_bounds *bounds, int start)
{
    if (start >= ELSEWHERE) {
        return begin_late(n, bounds, &n->acts[start - ELSEWHERE]);
    }
    for (int i = 0; i < n->port_count; i++) {
        const struct ref_act *a = &n->acts[n->ports[i].act];
        const double u = a->is_off ? 0.0 : a->u;
        const double part = start == 0 ? 0.0 : (double)((unsigned)i * 7919u % 97u) / 96.0;
        n->ports[i].claim = part == 1.0 ? u : part > 0 ? (isinf(u) ? 100.0 : u) * part : 0.0;
    }
    return propagate(n, bounds);
}

static bool is_start(const struct ref_net *n, int start)
{
    const struct ref_act *a = &n->acts[start >= ELSEWHERE ? start - ELSEWHERE : 0];
    return start < ELSEWHERE || (n->is_searched && !a->is_off && a->u > 0);
}

bool ref_rates_are_unique(struct ref_net *n, const struct ref_bounds *bounds)
{
    double rates[REF_ACTS];
    for (int k = 0; k < n->act_count; k++) {
        rates[k] = n->acts[k].rate;
    }
    bool same = true;
    for (int start = 0; start < ELSEWHERE + n->act_count && same; start++) {
        if (!is_start(n, start)) {
            continue;
        }
        same = go_elsewhere(n, bounds, start);
        for (int k = 0; k < n->act_count && same; k++) {
            same = fabs(n->acts[k].rate - rates[k]) <= 1e-9 * (n->acts[k].rate + rates[k]) + 1e-11;
        }
    }
    for (int k = 0; k < n->act_count; k++) {
        n->acts[k].rate = rates[k];
    }
    return same;
}

double ref_rates_sum(const struct ref_net *n, int pool, int side)
{
    const struct ref_pool *at = &n->pools[pool];
    double sum = 0.0;
    for (int i = 0; i < at->count[side]; i++) {
        const struct ref_net_port *port = &n->ports[at->ports[side][i]];
        sum += port->coef * n->acts[port->act].rate;
    }
    return sum;
}

double ref_rates_balance(const struct ref_net *n, int stock, double decay)
{
    const double in = ref_rates_sum(n, n->stocks[stock], 1);
    const double out = ref_rates_sum(n, n->stocks[stock], 0);
    const double net = in - out - decay;
    return fabs(net) <= 1e-11 * (in + out + decay) ? 0.0 : net;
}

// ---- Turndown ----

static const double restart_band = 0.05;

static bool is_short(const struct ref_act *a)
{
    return a->minimum > 0 && !a->is_off && a->u > 0 && a->rate < a->minimum * (1 - 1e-9);
}

// Comes `a` after `b` by name?
static bool is_after(const struct ref_net *n, const struct ref_act *a, const struct ref_act *b)
{
    const struct ref_park *p = n->park;
    const int by_firm = strcmp(p->firms[a->firm].name, p->firms[b->firm].name);
    return by_firm != 0 ? by_firm > 0
                        : strcmp(p->processes[a->of].name, p->processes[b->of].name) > 0;
}

// The unit furthest below its minimum (as a share of it), of equals the last by name; NULL: none.
static struct ref_act *furthest_below(struct ref_net *n)
{
    struct ref_act *worst = NULL;
    double most = 0.0;
    for (int k = 0; k < n->act_count; k++) {
        struct ref_act *const a = &n->acts[k];
        const double by = is_short(a) ? 1.0 - a->rate / a->minimum : 0.0;
        if (by > 0 &&
            (worst == NULL || by > most + 1e-12 || (by > most - 1e-12 && is_after(n, a, worst)))) {
            worst = a;
            most = by;
        }
    }
    return worst;
}

// Is what propagation found what is meant? Not where another start leads elsewhere; nor, if one
// looks with care, where a loop could feed itself.
static bool is_doubtful(struct ref_net *n, const struct ref_bounds *bounds)
{
    return !ref_rates_are_unique(n, bounds) || (n->is_searched && ref_raise_is_open(n, bounds));
}

// Solve; where the answer is doubtful, say so.
static bool solve_and_ask(struct ref_net *n, const struct ref_bounds *bounds, bool *has_several)
{
    const bool solved = ref_rates_solve(n, bounds);
    *has_several = *has_several || (solved && is_doubtful(n, bounds));
    return solved;
}

// Does `a` run well enough with these bounds, and push no other below its own? It is on afterwards.
static bool does_well(struct ref_net *n, struct ref_act *a, const struct ref_bounds *bounds,
                      bool *has_several, bool *solved)
{
    a->is_off = false;
    *solved = solve_and_ask(n, bounds, has_several);
    return *solved && a->rate >= fmin(a->minimum * (1 + restart_band), a->u) * (1 - 1e-9) &&
           furthest_below(n) == NULL;
}

static bool is_at_bound(const struct ref_bounds *b)
{
    return b->is_full || b->is_empty || b->holds;
}

// Stocks that stay at their bounds with the unit and leave them without it: those hold it.
static bool find_holds(struct ref_net *n, struct ref_act *a, const struct ref_bounds *bounds,
                       const struct ref_memory *m, struct ref_hold *out)
{
    bool stays[REF_STOCKS];
    for (int i = 0; i < n->park->stock_count; i++) {
        stays[i] = n->stocks[i] >= 0 && is_at_bound(&bounds[i]) &&
                   ref_rates_balance(n, i, bounds[i].decay) == 0.0;
    }
    a->is_off = true;
    out->count = 0;
    if (!ref_rates_solve(n, bounds)) {
        return false;
    }
    for (int i = 0; i < n->park->stock_count; i++) {
        if (stays[i] && ref_rates_balance(n, i, bounds[i].decay) != 0.0) {
            out->stock[out->count] = i;
            out->met[out->count] = m->met[i];
            out->at[out->count++] = bounds[i];
        }
    }
    return true;
}

// The bounds with those of the stocks that hold a unit as they were; false: none does any more.
static bool with_holds(const struct ref_net *n, const struct ref_bounds *bounds,
                       const struct ref_memory *m, const struct ref_hold *h, struct ref_bounds *out)
{
    bool any = false;
    memcpy(out, bounds, (size_t)n->park->stock_count * sizeof(*out));
    for (int i = 0; i < h->count; i++) {
        if (m->met[h->stock[i]] == h->met[i]) {
            out[h->stock[i]] = h->at[i];
            any = true;
        }
    }
    return any;
}

// Try a unit that is off: first as if the stocks that hold it stood where they did, then as things
// are. It is on afterwards if it does well; `kept`: what holds it if it does not.
static bool helps(struct ref_net *n, struct ref_act *a, const struct ref_bounds *bounds,
                  struct ref_memory *m, struct ref_hold *kept, bool *solved)
{
    struct ref_bounds held[REF_STOCKS];
    if (with_holds(n, bounds, m, kept, held)) {
        const bool does = does_well(n, a, held, &m->has_several, solved);
        a->is_off = true;
        if (!does) {
            return false;
        }
    }
    if (does_well(n, a, bounds, &m->has_several, solved)) {
        kept->count = 0;
        return true;
    }
    *solved = *solved && find_holds(n, a, bounds, m, kept);
    a->is_off = true;
    return false;
}

// Is `a` tried after `b`? By merit, standby last, then by name.
static bool is_tried_after(const struct ref_net *n, const struct ref_act *a,
                           const struct ref_act *b)
{
    const struct ref_process *p = &n->park->processes[a->of];
    const struct ref_process *q = &n->park->processes[b->of];
    const int of_a = p->merit + (p->is_standby ? 1000 : 0);
    const int of_b = q->merit + (q->is_standby ? 1000 : 0);
    return of_a != of_b ? of_a > of_b : is_after(n, a, b);
}

// Units that are off, in the order in which they are tried.
static int resting(struct ref_net *n, struct ref_act **out)
{
    int count = 0;
    for (int k = 0; k < n->act_count; k++) {
        struct ref_act *const a = &n->acts[k];
        if (a->is_off && a->u > 0) {
            int at = count++;
            for (; at > 0 && is_tried_after(n, out[at - 1], a); at--) {
                out[at] = out[at - 1];
            }
            out[at] = a;
        }
    }
    return count;
}

bool ref_rates_settle(struct ref_net *n, const struct ref_bounds *bounds, struct ref_memory *m,
                      int *out_switched)
{
    struct ref_act *units[REF_ACTS];
    for (int k = 0; k < n->act_count; k++) {
        if (!(n->acts[k].u > 0) || !n->acts[k].is_off) {
            m->holds[k].count = 0; // it begins anew when it may run again
        }
    }
    if (!solve_and_ask(n, bounds, &m->has_several)) {
        return false;
    }
    for (struct ref_act *a = furthest_below(n); a != NULL; a = furthest_below(n)) {
        a->is_off = true;
        ++*out_switched;
        if (!solve_and_ask(n, bounds, &m->has_several)) {
            return false;
        }
    }
    bool tried = false;
    int count = resting(n, units);
    for (int i = 0; i < count;) {
        bool solved = true;
        const bool restarts = helps(n, units[i], bounds, m, &m->holds[units[i] - n->acts], &solved);
        if (!solved) {
            return false;
        }
        tried = !restarts;
        i++;
        if (restarts) {
            ++*out_switched;
            count = resting(n, units);
            i = 0;
        }
    }
    return !tried || ref_rates_solve(n, bounds);
}

int ref_rates_restartable(struct ref_net *n, const struct ref_bounds *bounds, struct ref_memory *m)
{
    struct ref_act *units[REF_ACTS];
    const int count = resting(n, units);
    for (int i = 0; i < count; i++) {
        struct ref_hold hold = m->holds[units[i] - n->acts];
        bool solved = true;
        if (helps(n, units[i], bounds, m, &hold, &solved)) {
            units[i]->is_off = true;
            return units[i]->of;
        }
    }
    return -1;
}
