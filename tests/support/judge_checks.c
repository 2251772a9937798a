#include "tests/support/judge_checks.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const double NEAR = 1e-9;

static bool complain(struct judge_complaint *out, const char *fmt, ...) SIM_PRINTF(2, 3);

static bool complain(struct judge_complaint *out, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(out->text, sizeof(out->text), fmt, args);
    va_end(args);
    return false;
}

// Flows of a pool by kind [amount/s].
struct flows {
    double pull;         // pull givers
    double push;         // other givers, AT_BOUND ones too
    double users;        // other takers than AT_BOUND ones
    double bound_takers; // AT_BOUND
    double bound_givers; // AT_BOUND, also within push
    double scale;        // for tolerances
};

static struct flows flows_of(const struct judge_view *v, const double *rate, int32_t pool)
{
    struct flows f = {.scale = v->scale[pool]};
    for (int q = v->pool_start[pool]; q < v->pool_start[pool + 1]; q++) {
        const struct sim_port_def *port = &v->n->ports[v->pool_ports[q]];
        const double flow = port->coef * rate[port->activity];
        const bool at_bound = (port->flags & SIM_PORT_AT_BOUND) != 0;
        f.scale = fmax(f.scale, flow);
        if (port->gives) {
            *(port->flags & SIM_PORT_PULL ? &f.pull : &f.push) += flow;
            f.bound_givers += at_bound ? flow : 0.0;
        } else if (at_bound) {
            f.bound_takers += flow;
        } else {
            f.users += flow;
        }
    }
    return f;
}

static bool check_bounds(const struct judge_view *v, const struct judge_answer *a,
                         struct judge_complaint *out)
{
    for (int32_t k = 0; k < v->n->activity_count; k++) {
        if (!(a->rate[k] >= 0.0) || isinf(a->rate[k]) || a->rate[k] > v->n->u[k] * (1.0 + 1e-12)) {
            return complain(out, "bounds: %s runs at %.17g of %.17g", v->n->activity_names[k],
                            a->rate[k], v->n->u[k]);
        }
        if (v->is_unreached[k] && a->rate[k] > NEAR * v->n->u[k]) {
            return complain(out, "pull: %s runs at %.17g though no user reaches it",
                            v->n->activity_names[k], a->rate[k]);
        }
    }
    return true;
}

static bool check_stock(const struct judge_view *v, int32_t p, const struct flows *f,
                        struct judge_complaint *out)
{
    const char *name = v->n->pool_names[p];
    const unsigned condition = v->n->condition[p];
    const double in = f->pull + f->push;
    const double takers = f->users + f->bound_takers;
    const double tol = NEAR * f->scale;
    if ((condition & SIM_POOL_EMPTY) && takers > in + tol) {
        return complain(out, "pool: %s is empty, gets %.17g, gives %.17g", name, in, takers);
    }
    if ((condition & SIM_POOL_FULL) && in > takers + tol) {
        return complain(out, "pool: %s is full, gets %.17g, gives %.17g", name, in, takers);
    }
    if ((condition & SIM_POOL_OVER_TARGET) && f->pull > tol) {
        return complain(out, "pull: %s is over target, pull gives %.17g", name, f->pull);
    }
    const double counted = condition & SIM_POOL_FULL ? 0.0 : f->push;
    const bool blind = !(condition & SIM_POOL_FULL);
    if ((condition & SIM_POOL_AT_TARGET) && !(condition & SIM_POOL_OVER_TARGET) && blind &&
        f->pull > fmax(0.0, f->users - counted) + tol) {
        return complain(out, "pull: %s is at target, users draw %.17g, push %.17g, pull %.17g",
                        name, f->users, f->push, f->pull);
    }
    const double over = in - f->users;
    const double most_over = condition & SIM_POOL_FULL ? fmax(0.0, over) : 0.0;
    const double lack = takers - (in - f->bound_givers);
    const double most_lack = condition & SIM_POOL_EMPTY ? fmax(0.0, lack) : 0.0;
    if (f->bound_takers > most_over + tol) {
        return complain(out, "bound: %s overflows %.17g, taken at bound %.17g", name, most_over,
                        f->bound_takers);
    }
    if (f->bound_givers > most_lack + tol) {
        return complain(out, "bound: %s lacks %.17g, given at bound %.17g", name, most_lack,
                        f->bound_givers);
    }
    return true;
}

static bool check_pools(const struct judge_view *v, const struct judge_answer *a,
                        struct judge_complaint *out)
{
    for (int32_t p = 0; p < v->n->pool_count; p++) {
        const struct flows f = flows_of(v, a->rate, p);
        const double takers = f.users + f.bound_takers;
        const double tol = NEAR * f.scale;
        if (v->n->pools[p].capacity > 0.0) {
            if (!check_stock(v, p, &f, out)) {
                return false;
            }
        } else if (fabs(f.pull + f.push - takers) > tol) {
            return complain(out, "pool: junction %s gets %.17g, gives %.17g", v->n->pool_names[p],
                            f.pull + f.push, takers);
        }
        if (fabs(a->net[p] - (f.pull + f.push - takers)) > tol) {
            return complain(out, "net: %s has %.17g, reported %.17g", v->n->pool_names[p],
                            f.pull + f.push - takers, a->net[p]);
        }
    }
    return true;
}

// The largest flow that a port at the pool could have, or has: all may be unlimited there.
static double flow_scale(const struct judge_view *v, const double *rate, int32_t pool)
{
    double most = v->scale[pool];
    for (int q = v->pool_start[pool]; q < v->pool_start[pool + 1]; q++) {
        const struct sim_port_def *port = &v->n->ports[v->pool_ports[q]];
        most = fmax(most, port->coef * rate[port->activity]);
    }
    return most;
}

static double port_scale(const struct judge_view *v, const struct judge_answer *a, int32_t i)
{
    const struct sim_port_def *port = &v->n->ports[i];
    const double u = v->n->u[port->activity];
    const double own = isinf(u) ? a->rate[port->activity] : u;
    return fmax(own, flow_scale(v, a->rate, port->pool) / port->coef);
}

// Within 1e-9 of the scale, or of the numbers themselves: what an unlimited activity is offered has
// no other scale.
static bool differs(double x, double y, double scale)
{
    return x != y && !(fabs(x - y) <= NEAR * fmax(scale, fmin(fabs(x), fabs(y))));
}

// The definition of limits, claims and rates at one port.
static bool check_port(const struct judge_view *v, const struct judge_answer *a,
                       const double *limit, const double *claim, int32_t i,
                       struct judge_complaint *out)
{
    const struct sim_port_def *port = &v->n->ports[i];
    const char *who = v->n->activity_names[port->activity];
    const char *where = v->n->pool_names[port->pool];
    const double u = v->u[port->activity];
    const double scale = port_scale(v, a, i);
    const double should = fmin(u, judge_rules_limit(v, claim, i));
    if (differs(should, limit[i], scale)) {
        return complain(out, "limit: of %s at %s is %.17g, should be %.17g", who, where, limit[i],
                        should);
    }
    const double wish = judge_rules_claim(v, limit, i);
    if (differs(wish, claim[i], scale)) {
        return complain(out, "claim: of %s at %s is %.17g, should be %.17g", who, where, claim[i],
                        wish);
    }
    const double rate = fmin(claim[i], limit[i]);
    if (differs(rate, a->rate[port->activity], scale)) {
        return complain(out, "rate: of %s is %.17g, claim %.17g and limit %.17g at %s", who,
                        a->rate[port->activity], claim[i], limit[i], where);
    }
    return true;
}

static double weight(const struct judge_view *v, const struct sim_port_def *port)
{
    return port->share > 0.0 ? port->share : port->coef * v->u[port->activity];
}

// Port i wants more than it gets: who else is served in its pool?
static bool check_order(const struct judge_view *v, const struct judge_answer *a, int32_t i,
                        struct judge_complaint *out)
{
    const struct sim_port_def *own = &v->n->ports[i];
    const double flow = own->coef * a->rate[own->activity];
    const double scale = fmax(v->scale[own->pool], flow);
    for (int q = v->pool_start[own->pool]; q < v->pool_start[own->pool + 1]; q++) {
        const struct sim_port_def *other = &v->n->ports[v->pool_ports[q]];
        const double theirs = other->coef * a->rate[other->activity];
        if (other->gives != own->gives || other == own || other->rank < own->rank) {
            continue;
        }
        if (other->rank > own->rank && theirs > NEAR * scale) {
            return complain(out, "order: at %s %s lacks, %s of a worse class moves %.17g",
                            v->n->pool_names[own->pool], v->n->activity_names[own->activity],
                            v->n->activity_names[other->activity], theirs);
        }
        const double w = weight(v, own);
        const double theirs_w = weight(v, other);
        if (other->rank == own->rank && !isinf(w) && !isinf(theirs_w) &&
            theirs * w > flow * theirs_w + NEAR * scale * fmax(w, theirs_w)) {
            return complain(out, "fill: at %s %s lacks at %.17g per weight, %s has %.17g",
                            v->n->pool_names[own->pool], v->n->activity_names[own->activity],
                            flow / w, v->n->activity_names[other->activity], theirs / theirs_w);
        }
    }
    return true;
}

static bool is_plain_pool(const struct judge_view *v, int32_t pool)
{
    bool plain = true;
    for (int q = v->pool_start[pool]; q < v->pool_start[pool + 1] && plain; q++) {
        const unsigned flags = v->n->ports[v->pool_ports[q]].flags;
        plain = v->n->pools[pool].capacity <= 0.0 || !(flags & (SIM_PORT_PULL | SIM_PORT_AT_BOUND));
    }
    return plain;
}

// The capacity that the solver used: for unlimited activities its own, seen in what it reports; for
// pull that no user reaches none, when it reports none.
static double used_capacity(const struct judge_view *v, const struct judge_answer *a, int32_t k)
{
    double most = 0.0;
    for (int q = v->activity_start[k]; q < v->activity_start[k + 1]; q++) {
        const int32_t i = v->activity_ports[q];
        most = fmax(most, fmax(a->limit[i], a->claim[i]));
    }
    const bool still = v->is_unreached[k] && !(most > 0.0);
    return still ? 0.0 : (isinf(v->n->u[k]) ? most : v->n->u[k]);
}

// An unlimited activity must be held by some limit, not by the capacity that the solver made up.
static bool check_unlimited(const struct judge_view *v, const struct judge_answer *a, int32_t k,
                            struct judge_complaint *out)
{
    for (int q = v->activity_start[k]; q < v->activity_start[k + 1]; q++) {
        const int32_t i = v->activity_ports[q];
        const double limit = judge_rules_limit(v, a->claim, i);
        if (!isinf(limit) && limit <= a->rate[k] + 2.0 * NEAR * port_scale(v, a, i)) {
            return true;
        }
    }
    return complain(out, "unlimited: %s runs at %.17g and nothing holds it",
                    v->n->activity_names[k], a->rate[k]);
}

// Does pull that no user reaches touch this pool? What it claims there is the solver's affair.
static bool has_unreached(const struct judge_view *v, int32_t pool)
{
    bool any = false;
    for (int q = v->pool_start[pool]; q < v->pool_start[pool + 1]; q++) {
        any = any || v->is_unreached[v->n->ports[v->pool_ports[q]].activity];
    }
    return any;
}

// Does a loop of claims pass through this pool? What a loop that feeds itself is given there, and
// who gives way, is decided for the pool as a whole; (c) and the pool's sums judge it.
static bool has_loop(const struct judge_view *v, const int8_t *circular, int32_t pool)
{
    bool any = false;
    for (int q = v->pool_start[pool]; q < v->pool_start[pool + 1]; q++) {
        any = any || circular[v->pool_ports[q]] != 0;
    }
    return any;
}

static bool check_ports(const struct judge_view *v, const struct judge_answer *a,
                        const int8_t *circular, bool raised, struct judge_complaint *out)
{
    for (int32_t i = 0; i < v->n->port_count; i++) {
        const struct sim_port_def *port = &v->n->ports[i];
        const double lack = fmin(v->u[port->activity], a->claim[i]) - a->rate[port->activity];
        // What a raise holds may say less than the definition would, around it too (rates.h);
        // whether anybody loses by that, (c) tells. It may not say more.
        const bool holds_back =
            raised && a->limit[i] < fmin(v->u[port->activity], judge_rules_limit(v, a->claim, i));
        if (v->u[port->activity] <= 0.0 || has_unreached(v, port->pool) || holds_back ||
            (raised && has_loop(v, circular, port->pool))) {
            continue;
        }
        if (!check_port(v, a, a->limit, a->claim, i, out)) {
            return false;
        }
        if (judge_rules_binds(v, i) && is_plain_pool(v, port->pool) &&
            lack > 2.0 * NEAR * port_scale(v, a, i) && !check_order(v, a, i, out)) {
            return false;
        }
    }
    return true;
}

bool judge_checks_rules(const struct judge_view *view, const struct judge_answer *a,
                        const int8_t *circular, bool raised, struct judge_complaint *out)
{
    struct judge_view *v = sim_base_alloc(1, sizeof(*v));
    *v = *view;
    for (int32_t k = 0; k < v->n->activity_count; k++) {
        v->u[k] = used_capacity(v, a, k);
    }
    bool fine = check_bounds(v, a, out) && check_pools(v, a, out) &&
                check_ports(v, a, circular, raised, out);
    for (int32_t k = 0; k < v->n->activity_count && fine && !raised; k++) {
        fine = !isinf(v->n->u[k]) || check_unlimited(v, a, k, out);
    }
    free(v);
    return fine;
}

double judge_checks_scale(const struct judge_view *v, const double *rate, int32_t k)
{
    const double u = v->n->u[k];
    double scale = isinf(u) ? rate[k] : u;
    for (int q = v->activity_start[k]; q < v->activity_start[k + 1]; q++) {
        const struct sim_port_def *port = &v->n->ports[v->activity_ports[q]];
        scale = fmax(scale, flow_scale(v, rate, port->pool) / port->coef);
    }
    return scale;
}

double judge_checks_distance(const struct judge_view *v, const double *rate, const double *other,
                             int32_t *out_worst)
{
    double worst = 0.0;
    *out_worst = -1;
    for (int32_t k = 0; k < v->n->activity_count; k++) {
        const double scale = judge_checks_scale(v, rate, k);
        const double gap = rate[k] == other[k] ? 0.0 : fabs(rate[k] - other[k]) / scale;
        if (!(gap <= worst)) {
            worst = gap;
            *out_worst = k;
        }
    }
    return worst;
}
