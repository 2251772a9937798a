// Loops that circular causes hold down although they could feed themselves, and so do ("loops that
// feed themselves first" in rates.h): a CHP that powers its own fuel mill, and has stopped with it.
//
// Two steps. A cheap test: were every claim's rise passed on in full, could some circle of blocked
// limits raise itself? With P the matrix of those rises (no term takes anything away), a circle can
// only if the spectral radius of P is at least 1; it is below 1 just when (I - P) z = 1 has a
// solution z > 0. Water that comes back at less than it left never passes this test, so the usual
// loops cost no more than one small elimination.
//
// Then, when all else has come to rest, small linear programmes over a *group*: the blocks that
// share activities with such a block (what limits takers and what limits givers of a loop are often
// two blocks), with the rates found as floors, and those who meet them at their pools. Class by
// class (the class in which an activity was blocked), all of a class to the same fill, until nobody
// of it can rise; last, by name, those outside. What the group holds then stays until something in
// its zone changes (all that pools which bind connect with it); all groups there are then dissolved
// and found again from the start, by name, so that rates depend on the state alone.

#include "sim/flow/dense.h"
#include "sim/flow/loop_priv.h"
#include "sim/flow/programme_priv.h"
#include "sim/flow/tolerances.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- The cheap test ----

/** Row `j` of P, scaled by capacities: what a rise of the other side's claims would give. */
static bool rises_row(const struct sim_loop *l, struct sim_loop_piece piece, int32_t j,
                      double *matrix)
{
    const struct sim_loop_row *row = &l->rows.data[j];
    bool any = false;
    for (int32_t i = row->terms_begin; i < row->terms_end && row->scale > 0; i++) {
        const struct sim_loop_term *t = &l->terms.data[i];
        const int32_t least = piece.least[t->claim];
        if (t->role == SIM_LOOP_OTHER_SIDE && least >= 0) {
            const int32_t column = l->claim_rows.data[least];
            matrix[column] += t->coef / row->coef * l->rows.data[column].scale / row->scale;
            any = true;
        }
    }
    return any;
}

bool sim_selffeed_is_possible(struct sim_loop *l)
{
    const int n = l->rows.count;
    SIM_VEC_RESERVE(&l->matrix, 2 * n * n);
    SIM_VEC_RESERVE(&l->right, n);
    SIM_VEC_RESERVE(&l->held, n);
    double *p = l->matrix.data;
    memset(p, 0, (size_t)n * (size_t)n * sizeof(*p));
    sim_loop_claims(l, l->x.data, l->y.data);
    const struct sim_loop_piece piece = sim_loop_piece_at(l, l->x.data, l->y.data, 0);
    bool any = false;
    for (int32_t j = 0; j < n; j++) {
        any = rises_row(l, piece, j, p + (size_t)j * (size_t)n) || any;
    }
    bool *is_out = l->held.data; // rows that no circle passes
    for (int j = 0; j < n; j++) {
        is_out[j] = false;
    }
    sim_loop_list(l, piece);
    const int size = any ? sim_loop_peel(l, p, NULL, is_out) : 0;
    double *core = p + (size_t)n * (size_t)n;
    int at = 0;
    for (int j = 0; j < n && size > 0; j++) {
        for (int i = 0; i < n && !is_out[j]; i++) {
            if (!is_out[i]) {
                core[at++] = (i == j ? 1 : 0) - p[j * n + i];
            }
        }
    }
    for (int i = 0; i < size; i++) {
        l->right.data[i] = 1;
    }
    if (!sim_dense_solve(core, l->right.data, size)) {
        return true;
    }
    bool is_small = true;
    for (int i = 0; i < size; i++) {
        is_small = is_small && l->right.data[i] > 0 && l->right.data[i] < 1e9;
    }
    return !is_small;
}
// ---- Groups ----

static void gather_block(struct sim_programme *g, int32_t first)
{
    for (int32_t j = first; j >= 0; j = g->r->next_in_block[j]) {
        g->r->in_group[j] = true;
        SIM_VEC_PUSH(&g->ports, j);
    }
}

static void gather_block_of(struct sim_programme *g, int32_t port)
{
    const int32_t first = g->r->block[port];
    if (!g->r->in_group[port] && sim_rates_is_circular(g->r, first)) {
        gather_block(g, first);
    }
}

static void gather_pool(struct sim_programme *g, int32_t pool)
{
    for (int p = 0; p < g->pools.count; p++) {
        if (g->pools.data[p] == pool) {
            return;
        }
    }
    SIM_VEC_PUSH(&g->pools, pool);
    const struct sim_network_pool *p = &g->r->net->pools[pool];
    for (int32_t i = p->takers_begin; i < p->ports_end; i++) {
        gather_block_of(g, g->r->net->at_pool[i]);
    }
}

/** All blocks that share activities or pools with those gathered so far, from `first` on. */
static int gather_connected(struct sim_programme *g, int first)
{
    const struct sim_network *net = g->r->net;
    int i = first;
    for (; i < g->ports.count; i++) {
        gather_pool(g, net->ports[g->ports.data[i]].pool);
        const struct sim_network_activity *a =
            &net->activities[net->ports[g->ports.data[i]].activity];
        for (int32_t j = a->ports_begin; j < a->ports_end; j++) {
            gather_block_of(g, j);
        }
    }
    return i;
}

/** The pools next to the group's: those that its activities touch and that ration them there. */
static void gather_ring(struct sim_programme *g)
{
    const struct sim_rates *r = g->r;
    const struct sim_network *net = r->net;
    const int pools = g->pools.count;
    for (int p = 0; p < pools; p++) {
        const struct sim_network_pool *pool = &net->pools[g->pools.data[p]];
        for (int32_t i = pool->takers_begin; i < pool->ports_end; i++) {
            const struct sim_network_activity *a =
                &net->activities[net->ports[net->at_pool[i]].activity];
            for (int32_t j = a->ports_begin; j < a->ports_end; j++) {
                if (sim_programme_rations(r, j)) {
                    gather_pool(g, net->ports[j].pool);
                }
            }
        }
    }
}

static void gather_group(struct sim_programme *g, int rings)
{
    int done = gather_connected(g, 0);
    for (int ring = 0; ring < rings; ring++) {
        gather_ring(g);
        done = gather_connected(g, done);
    }
}

static bool is_in_group(const struct sim_programme *g, int32_t port)
{
    return g->r->in_group[port];
}

static bool is_pool_of(const struct sim_programme *g, int32_t pool)
{
    for (int i = 0; i < g->pools.count; i++) {
        if (g->pools.data[i] == pool) {
            return true;
        }
    }
    return false;
}

/** An activity that touches a pool of the group: its rate so far is its floor; what other pools
 * allow it is its ceiling. */
static void add_member(struct sim_programme *g, int32_t activity)
{
    const struct sim_rates *r = g->r;
    const struct sim_network_activity *a = &r->net->activities[activity];
    struct sim_programme_member m = {.activity = activity, .scale = sim_rates_scale(r, activity)};
    double ceiling = r->capacity[activity];
    double least = r->is_idle[activity] ? 0 : ceiling;
    if (!(m.scale > 0) || g->member_of[activity] >= 0) {
        return;
    }
    for (int32_t j = a->ports_begin; j < a->ports_end; j++) {
        const struct sim_network_port *p = &r->net->ports[j];
        if (!sim_programme_rations(r, j) || !is_pool_of(g, p->pool)) {
            ceiling = fmin(ceiling, r->limit[j]);
            continue;
        }
        if (is_in_group(g, j)) {
            m.is_inside = true;
        } else {
            SIM_VEC_PUSH(&g->outsiders, j);
        }
        if (r->limit[j] < least) {
            least = r->limit[j];
            m.rank = sim_rates_rank(p, r->condition[p->pool]);
        }
    }
    m.floor = r->rate[activity] / m.scale;
    m.reach = fmax(m.floor, ceiling / m.scale);
    m.ceiling = r->is_idle[activity] ? m.floor : m.reach;
    m.is_blocked = m.is_inside && m.ceiling - m.floor > SIM_TOLERANCE_ROOM;
    g->member_of[activity] = g->members.count;
    SIM_VEC_PUSH(&g->members, m);
}

static int by_activity(const void *a, const void *b)
{
    const struct sim_programme_member *x = a;
    const struct sim_programme_member *y = b;
    return x->activity < y->activity ? -1 : x->activity > y->activity;
}

/** Whether somebody would draw on pull or link `m` if the loop ran: a member that a user reaches,
 * or an outsider that claims something now. */
static bool would_be_drawn(const struct sim_programme *g, const struct sim_programme_member *m)
{
    const struct sim_rates *r = g->r;
    const struct sim_network *net = r->net;
    const struct sim_network_activity *a = &net->activities[m->activity];
    for (int32_t j = a->ports_begin; j < a->ports_end; j++) {
        const struct sim_network_port *p = &net->ports[j];
        const struct sim_network_pool *pool = &net->pools[p->pool];
        if (!p->gives || !(a->is_link || p->is_pull)) {
            continue;
        }
        for (int32_t i = pool->takers_begin; i < pool->givers_begin; i++) {
            const int32_t taker = net->at_pool[i];
            const int32_t member = g->member_of[net->ports[taker].activity];
            const bool draws =
                member >= 0 ? g->members.data[member].is_reached : r->claim[taker] > 0;
            if (draws && sim_rates_is_active(net, taker, r->condition[p->pool])) {
                return true;
            }
        }
    }
    return false;
}

/** Who stands still because nobody draws on him now takes part if a user would, from users
 * backwards. */
static void wake_idle(struct sim_programme *g)
{
    bool any = false;
    for (int i = 0; i < g->members.count; i++) {
        struct sim_programme_member *m = &g->members.data[i];
        const struct sim_network_activity *a = &g->r->net->activities[m->activity];
        m->is_reached = !a->is_pull && !a->is_link && m->reach > 0;
        any = any || m->reach > m->ceiling;
    }
    for (bool moved = any; moved;) {
        moved = false;
        for (int i = 0; i < g->members.count; i++) {
            struct sim_programme_member *m = &g->members.data[i];
            if (!m->is_reached && m->reach > 0 && would_be_drawn(g, m)) {
                m->is_reached = moved = true;
                m->ceiling = m->reach;
                m->is_blocked = m->is_inside && m->ceiling - m->floor > SIM_TOLERANCE_ROOM;
            }
        }
    }
}

static void gather_members(struct sim_programme *g)
{
    const struct sim_network *net = g->r->net;
    for (int i = 0; i < g->pools.count; i++) {
        const struct sim_network_pool *p = &net->pools[g->pools.data[i]];
        for (int32_t at = p->takers_begin; at < p->ports_end; at++) {
            if (sim_rates_is_active(net, net->at_pool[at], g->r->condition[g->pools.data[i]])) {
                add_member(g, net->ports[net->at_pool[at]].activity);
            }
        }
    }
    qsort(g->members.data, (size_t)g->members.count, sizeof(struct sim_programme_member),
          by_activity);
    for (int i = 0; i < g->members.count; i++) {
        g->member_of[g->members.data[i].activity] = i;
    }
    wake_idle(g);
}
/** No limit that the programme decides for `m` is below its rate; where it could run faster, those
 * of the blocks hold it there, the others only if need be (sim_selffeed_correct). */
static void hold(struct sim_programme *g, const struct sim_programme_member *m)
{
    struct sim_rates *r = g->r;
    const struct sim_network_activity *a = &r->net->activities[m->activity];
    const double rate = m->floor * m->scale;
    const bool is_short = m->floor < m->ceiling - SIM_TOLERANCE_MEMBER;
    for (int32_t j = a->ports_begin; j < a->ports_end; j++) {
        if (is_in_group(g, j)) {
            const bool is_held = is_short && !r->is_eased[j] && !r->is_rationed[j];
            r->limit[j] = is_held ? rate : fmax(r->limit[j], rate);
            r->least[j] = rate;
        }
    }
    r->decided[m->activity] = rate;
    r->ceiling[m->activity] = m->ceiling * m->scale;
    r->is_fed[m->activity] = m->is_inside;
    r->is_idle[m->activity] = r->is_idle[m->activity] && !(rate > 0);
    if (r->member_of[m->activity] < 0) {
        SIM_VEC_PUSH(&r->members, m->activity);
    }
    r->member_of[m->activity] = g->group;
}

static void take_over(struct sim_programme *g)
{
    struct sim_rates *r = g->r;
    for (int i = 0; i < g->outsiders.count; i++) {
        const int32_t j = g->outsiders.data[i];
        r->in_group[j] = true;
        r->is_rationed[j] =
            g->is_by_rations && !g->members.data[g->member_of[r->net->ports[j].activity]].is_inside;
        r->is_eased[j] = !g->is_by_rations;
        SIM_VEC_PUSH(&g->ports, j);
    }
    for (int i = 0; i < g->ports.count; i++) {
        r->raised_by[g->ports.data[i]] = g->group;
        SIM_VEC_PUSH(&r->raised, g->ports.data[i]);
    }
    for (int i = 0; i < g->members.count; i++) {
        hold(g, &g->members.data[i]);
    }
    for (int i = 0; i < g->members.count; i++) {
        sim_rates_refresh(r, g->members.data[i].activity);
    }
    for (int i = 0; i < g->outsiders.count; i++) {
        sim_rates_mark(r, g->outsiders.data[i]);
    }
}

/** Another group that holds some of these ports, -1 none. */
static int32_t other_group(const struct sim_programme *g)
{
    for (int i = 0; i < g->ports.count; i++) {
        if (g->r->raised_by[g->ports.data[i]] >= 0) {
            return g->r->raised_by[g->ports.data[i]];
        }
    }
    for (int i = 0; i < g->outsiders.count; i++) {
        if (g->r->raised_by[g->outsiders.data[i]] >= 0) {
            return g->r->raised_by[g->outsiders.data[i]];
        }
    }
    return -1;
}

static void programme_fini(struct sim_programme *g)
{
    for (int i = 0; i < g->ports.count; i++) {
        g->r->in_group[g->ports.data[i]] = false;
    }
    for (int i = 0; i < g->members.count; i++) {
        g->member_of[g->members.data[i].activity] = -1;
    }
    SIM_VEC_FREE(&g->members);
    SIM_VEC_FREE(&g->outsiders);
    SIM_VEC_FREE(&g->ports);
    SIM_VEC_FREE(&g->pools);
}

static enum sim_status unresolved(const struct sim_programme *g, struct sim_err *err)
{
    char names[1500] = "";
    size_t used = 0;
    for (int i = 0; i < g->members.count && used < sizeof(names) - 1; i++) {
        const struct sim_programme_member *m = &g->members.data[i];
        if (m->is_inside) {
            const char *name = g->r->net->activities[m->activity].name;
            used += (size_t)snprintf(names + used, sizeof(names) - used, "%s'%s'",
                                     used > 0 ? ", " : "", name);
        }
    }
    return sim_err_set(err, SIM_FAILED,
                       "how far a loop can feed itself cannot be resolved: %s; bring the scales of "
                       "its coefficients and capacities closer together",
                       names);
}

enum sim_status sim_selffeed_raise(struct sim_rates *r, int32_t first,
                                   const struct sim_selffeed_way *way, bool *out_raised,
                                   int32_t *out_in_the_way, struct sim_err *err)
{
    struct sim_programme g = {
        .r = r, .group = first, .is_by_rations = way->is_by_rations, .member_of = r->member_at};
    gather_block(&g, first);
    for (int i = 0; i < way->joined_count; i++) {
        gather_block_of(&g, way->joined[i]);
    }
    gather_group(&g, way->rings);
    gather_members(&g);
    *out_in_the_way = other_group(&g);
    *out_raised = *out_in_the_way < 0 && sim_programme_solve(&g);
    const enum sim_status status = g.has_failed ? unresolved(&g, err) : SIM_OK;
    if (*out_raised && status == SIM_OK) {
        take_over(&g);
    }
    programme_fini(&g);
    return status;
}

/** Whether `k`, decided below its capacity, is held by a circle that the programme did not see. */
static bool is_held_by_circle(const struct sim_rates *r, int32_t k)
{
    const struct sim_network_activity *a = &r->net->activities[k];
    const double scale = sim_rates_scale(r, k);
    for (int32_t j = a->ports_begin; j < a->ports_end; j++) {
        if (r->raised_by[j] < 0 && r->limit[j] <= r->rate[k] + SIM_TOLERANCE_MEMBER * scale &&
            r->limit[j] < r->capacity[k] && sim_rates_is_circular(r, r->block[j])) {
            return true;
        }
    }
    return false;
}

bool sim_selffeed_is_left_open(struct sim_rates *r, int32_t group, int rings)
{
    bool any = false;
    for (int i = 0; i < r->members.count && !any; i++) {
        const int32_t k = r->members.data[i];
        any = r->member_of[k] == group && is_held_by_circle(r, k);
    }
    if (!any) {
        return false;
    }
    struct sim_programme g = {.r = r, .group = group, .member_of = r->member_at};
    gather_block(&g, group);
    gather_group(&g, rings);
    gather_members(&g);
    const bool is_open = sim_programme_is_open(&g);
    programme_fini(&g);
    return is_open;
}

bool sim_selffeed_correct(struct sim_rates *r, int32_t group)
{
    const struct sim_network *net = r->net;
    bool any = false;
    for (int i = 0; i < r->raised.count; i++) {
        const int32_t k = net->ports[r->raised.data[i]].activity;
        if (r->raised_by[r->raised.data[i]] != group || r->member_of[k] != group ||
            r->rate[k] <= r->decided[k] + SIM_TOLERANCE_MEMBER * sim_rates_scale(r, k)) {
            continue;
        }
        int32_t tightest = -1;
        for (int32_t j = net->activities[k].ports_begin; j < net->activities[k].ports_end; j++) {
            if (r->raised_by[j] == group && (tightest < 0 || r->limit[j] < r->limit[tightest])) {
                tightest = j;
            }
        }
        r->limit[tightest] = r->decided[k];
        r->is_eased[tightest] = false;
        sim_rates_refresh(r, k);
        any = true;
    }
    return any;
}

bool sim_selffeed_loosen(struct sim_rates *r, int32_t group)
{
    const struct sim_network *net = r->net;
    bool any = false;
    for (int i = 0; i < r->raised.count; i++) {
        const int32_t j = r->raised.data[i];
        const int32_t k = net->ports[j].activity;
        const double rate = r->decided[k] + SIM_TOLERANCE_MEMBER * sim_rates_scale(r, k);
        bool is_held = false; // by another port
        for (int32_t m = net->activities[k].ports_begin; m < net->activities[k].ports_end; m++) {
            is_held = is_held || (m != j && r->limit[m] <= rate);
        }
        if (r->raised_by[j] != group || r->member_of[k] != group || r->is_eased[j] ||
            r->is_rationed[j] || !is_held) {
            continue;
        }
        const double limit = sim_rates_compute_limit(r, j);
        if (limit > r->limit[j]) {
            r->limit[j] = limit;
            sim_rates_refresh(r, k);
            any = true;
        }
    }
    return any;
}

/** Whether `k` was decided at what other pools allowed it, and they allow more by now. */
static bool is_held_back(const struct sim_rates *r, int32_t k)
{
    const struct sim_network_activity *a = &r->net->activities[k];
    const double scale = sim_rates_scale(r, k);
    double ceiling = r->is_idle[k] ? 0 : r->capacity[k];
    for (int32_t j = a->ports_begin; j < a->ports_end; j++) {
        ceiling = r->raised_by[j] < 0 ? fmin(ceiling, r->limit[j]) : ceiling;
    }
    return r->decided[k] >= r->ceiling[k] - SIM_TOLERANCE_KEPT * scale &&
           ceiling > r->ceiling[k] + SIM_TOLERANCE_ROOM * scale;
}

bool sim_selffeed_is_kept(const struct sim_rates *r, int32_t group, bool is_widest)
{
    for (int i = 0; i < r->members.count; i++) {
        const int32_t k = r->members.data[i];
        if (r->member_of[k] == group &&
            (fabs(r->rate[k] - r->decided[k]) > SIM_TOLERANCE_KEPT * sim_rates_scale(r, k) ||
             (!is_widest && is_held_back(r, k)))) {
            return false;
        }
    }
    return true;
}

// ---- Outsiders by the rules: the fed are served first, the others share what is left ----

/** What port `m` moves in the eyes of outsiders of `group`: the fed what was decided, others what
 * they claim. */
static double flow_seen(const struct sim_rates *r, int32_t group, int32_t m, bool *out_is_fed)
{
    const struct sim_network_port *p = &r->net->ports[m];
    *out_is_fed = r->member_of[p->activity] == group && r->is_fed[p->activity];
    return r->coef[m] * (*out_is_fed ? r->decided[p->activity] : r->claim[m]);
}

/** Whether port `m` shares a class with the outsider's port `j`. */
static bool is_equal(const struct sim_rates *r, int32_t j, int32_t m)
{
    const struct sim_network_port *p = &r->net->ports[j];
    const struct sim_network_port *q = &r->net->ports[m];
    const unsigned condition = r->condition[p->pool];
    const bool is_fed = r->member_of[q->activity] == r->raised_by[j] && r->is_fed[q->activity];
    return m != j && p->gives == q->gives && !is_fed &&
           sim_rates_rank(p, condition) == sim_rates_rank(q, condition) &&
           sim_rates_is_active(r->net, m, condition);
}

/** What is left at the pool of `j` for its class; `out_supply` of how much. */
static double left_by_fed(const struct sim_rates *r, int32_t j, double *out_supply)
{
    const struct sim_network_port *p = &r->net->ports[j];
    const struct sim_network_pool *pool = &r->net->pools[p->pool];
    const unsigned condition = r->condition[p->pool];
    double supply = 0;
    double before = 0;
    for (int32_t i = pool->takers_begin; i < pool->ports_end; i++) {
        const int32_t m = r->net->at_pool[i];
        const struct sim_network_port *q = &r->net->ports[m];
        bool is_fed = false;
        const double flow = flow_seen(r, r->raised_by[j], m, &is_fed);
        if (m == j || !sim_rates_is_active(r->net, m, condition)) {
            continue;
        }
        const bool is_better = sim_rates_rank(q, condition) < sim_rates_rank(p, condition);
        supply += q->gives != p->gives ? flow : 0;
        before += q->gives == p->gives && (is_fed || is_better) ? flow : 0;
    }
    *out_supply = supply;
    return supply - before;
}

double sim_selffeed_ration(const struct sim_rates *r, int32_t j)
{
    const struct sim_network_port *p = &r->net->ports[j];
    const struct sim_network_pool *pool = &r->net->pools[p->pool];
    const double capacity = r->capacity[p->activity];
    double supply = 0;
    const double left = left_by_fed(r, j, &supply);
    if (!(left > SIM_TOLERANCE_SHARED * supply)) {
        return 0;
    }
    double level = HUGE_VAL;
    double weights_before = -1;
    for (int32_t round = pool->takers_begin; round <= pool->ports_end; round++) {
        double weights = r->weight[j];
        double rest = left;
        for (int32_t i = pool->takers_begin; i < pool->ports_end; i++) {
            const int32_t m = r->net->at_pool[i];
            const double claim = r->coef[m] * r->claim[m];
            const bool is_capped = round > pool->takers_begin && claim < r->weight[m] * level;
            if (is_equal(r, j, m)) {
                rest -= is_capped ? claim : 0;
                weights += is_capped ? 0 : r->weight[m];
            }
        }
        level = rest / weights;
        if (weights == weights_before) {
            break;
        }
        weights_before = weights;
    }
    const double limit = r->weight[j] * level / r->coef[j];
    const bool is_nothing = limit < SIM_TOLERANCE_NOTHING * sim_rates_scale(r, p->activity);
    return is_nothing ? 0 : fmin(limit, capacity);
}

/** Whether the sums of the pool of port `j` hold on the side that `j` is on, and it is bound. */
static bool is_pool_even(const struct sim_rates *r, int32_t j)
{
    const struct sim_network_port *p = &r->net->ports[j];
    const struct sim_network_pool *pool = &r->net->pools[p->pool];
    double own = 0;
    double other = 0;
    for (int32_t i = pool->takers_begin; i < pool->ports_end; i++) {
        const int32_t m = r->net->at_pool[i];
        const struct sim_network_port *q = &r->net->ports[m];
        *(q->gives == p->gives ? &own : &other) += r->coef[m] * r->rate[q->activity];
    }
    const bool is_extra =
        p->is_at_bound || (p->is_pull && sim_rates_pull_last(r->condition[p->pool]));
    return is_extra || !sim_programme_rations(r, j) ||
           own <= other + SIM_TOLERANCE_GIVEN * fmax(own, other);
}

bool sim_selffeed_is_even(const struct sim_rates *r, int32_t group, bool is_as_decided)
{
    for (int i = 0; i < r->members.count && is_as_decided; i++) {
        const int32_t k = r->members.data[i];
        if (r->member_of[k] == group && r->is_fed[k] &&
            fabs(r->rate[k] - r->decided[k]) > SIM_TOLERANCE_KEPT * sim_rates_scale(r, k)) {
            return false;
        }
    }
    for (int i = 0; i < r->raised.count; i++) {
        const int32_t j = r->raised.data[i];
        if (r->raised_by[j] == group && !is_pool_even(r, j)) {
            return false;
        }
    }
    return true;
}

static void forget_members(struct sim_rates *r, int32_t group)
{
    int kept = 0;
    for (int i = 0; i < r->members.count; i++) {
        const int32_t k = r->members.data[i];
        if (r->member_of[k] == group) {
            r->member_of[k] = -1;
        } else {
            r->members.data[kept++] = k;
        }
    }
    r->members.count = kept;
}

void sim_selffeed_dissolve(struct sim_rates *r, int32_t group)
{
    const int count = r->raised.count;
    sim_rates_ints *freed = &r->freed;
    freed->count = 0;
    int kept = 0;
    for (int i = 0; i < count; i++) {
        const int32_t port = r->raised.data[i];
        if (r->raised_by[port] == group) {
            r->raised_by[port] = -1;
            r->is_eased[port] = r->is_rationed[port] = false;
            SIM_VEC_PUSH(freed, port);
        } else {
            r->raised.data[kept++] = port;
        }
    }
    r->raised.count = kept;
    forget_members(r, group);
    for (int i = 0; i < freed->count; i++) {
        sim_rates_mark(r, freed->data[i]);
    }
}

static void come_near(struct sim_rates *r, int32_t activity)
{
    if (!r->is_near[activity]) {
        r->is_near[activity] = true;
        SIM_VEC_PUSH(&r->near, activity);
    }
}

/** Activities at the pools that ration `activity`, or whom it may make short. */
static void come_near_by_pools(struct sim_rates *r, int32_t activity)
{
    const struct sim_network *net = r->net;
    const struct sim_network_activity *a = &net->activities[activity];
    for (int32_t j = a->ports_begin; j < a->ports_end; j++) {
        const int32_t at = net->ports[j].pool;
        const struct sim_network_pool *pool = &net->pools[at];
        if (r->is_near_pool[at] || !(pool->is_junction || r->condition[at] != 0)) {
            continue;
        }
        r->is_near_pool[at] = true;
        SIM_VEC_PUSH(&r->near_pools, at);
        for (int32_t i = pool->takers_begin; i < pool->ports_end; i++) {
            come_near(r, net->ports[net->at_pool[i]].activity);
        }
    }
}

/** Blocks of `activity` that could feed themselves become hungry; whether there are any. */
static bool make_hungry(struct sim_rates *r, int32_t activity)
{
    const struct sim_network_activity *a = &r->net->activities[activity];
    bool any = false;
    for (int32_t j = a->ports_begin; j < a->ports_end; j++) {
        const int32_t first = r->block[j];
        if (!r->is_able[first] || !sim_rates_is_circular(r, first)) {
            continue;
        }
        any = true;
        if (!r->is_hungry[first]) {
            r->is_hungry[first] = true;
            SIM_VEC_PUSH(&r->hungry, first);
        }
    }
    return any;
}

static void gather_zone(struct sim_rates *r)
{
    r->near.count = r->near_pools.count = 0;
    for (int i = 0; i < r->hungry.count; i++) {
        come_near(r, r->net->ports[r->hungry.data[i]].activity);
    }
    for (int i = 0; i < r->seeds.count; i++) {
        r->is_seed[r->seeds.data[i]] = false;
        come_near(r, r->seeds.data[i]);
    }
    r->seeds.count = 0;
    for (int i = 0; i < r->near.count; i++) {
        come_near_by_pools(r, r->near.data[i]);
    }
}

void sim_selffeed_begin(struct sim_rates *r)
{
    gather_zone(r);
    bool any = r->raised.count > 0;
    for (int i = 0; i < r->near.count; i++) {
        const int32_t group = r->member_of[r->near.data[i]];
        if (group >= 0) {
            sim_selffeed_dissolve(r, group);
        }
        any = make_hungry(r, r->near.data[i]) || any;
    }
    for (int i = 0; i < r->near.count; i++) {
        r->is_zoned[r->near.data[i]] = any;
        r->is_near[r->near.data[i]] = false;
    }
    for (int i = 0; i < r->near_pools.count; i++) {
        r->is_near_pool[r->near_pools.data[i]] = false;
    }
}
