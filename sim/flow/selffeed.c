// Loops that circular causes hold down although they could feed themselves (DESIGN 3: "the loop
// feeds itself first"): a CHP that powers its own fuel mill, and has stopped with it.
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
// of it can rise; last, by name, those outside. What the group holds then stays until something
// that it was computed from changes; it is then dissolved and found again from the start, so that
// rates depend on the state alone.

#include "sim/flow/dense.h"
#include "sim/flow/loop_priv.h"

#include <coin/Clp_C_Interface.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

// ---- The cheap test ----

/** Row `j` of P, scaled by capacities: what a rise of the other side's claims would give. */
static bool rises_row(const struct sim_loop *l, struct sim_loop_piece piece, int32_t j,
                      double *matrix)
{
    const struct sim_loop_row *row = &l->rows.data[j];
    bool any = false;
    for (int32_t i = row->terms_begin; i < row->terms_end && row->capacity > 0; i++) {
        const struct sim_loop_term *t = &l->terms.data[i];
        const int32_t least = piece.least[t->claim];
        if (t->role == SIM_LOOP_OTHER_SIDE && least >= 0) {
            const int32_t column = l->claim_rows.data[least];
            matrix[column] += t->coef / row->coef * l->rows.data[column].capacity / row->capacity;
            any = true;
        }
    }
    return any;
}

/** Take out rows that no circle passes: those that depend on none that is left. */
static int circle_rows(const struct sim_loop *l, const double *matrix, bool *is_out)
{
    const int n = l->rows.count;
    int left = n;
    memset(is_out, 0, (size_t)n * sizeof(bool));
    for (bool moved = true; moved;) {
        moved = false;
        for (int j = 0; j < n; j++) {
            bool depends = false;
            for (int i = 0; i < n && !depends && !is_out[j]; i++) {
                depends = matrix[j * n + i] != 0 && !is_out[i];
            }
            if (!is_out[j] && !depends) {
                is_out[j] = true;
                left--;
                moved = true;
            }
        }
    }
    return left;
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
    const int size = any ? circle_rows(l, p, l->held.data) : 0;
    double *core = p + (size_t)n * (size_t)n;
    int at = 0;
    for (int j = 0; j < n && size > 0; j++) {
        for (int i = 0; i < n && !l->held.data[j]; i++) {
            if (!l->held.data[i]) {
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

// ---- The programmes ----

static const double SLACK = 1e-9; // [-] of a capacity, between one programme and the next

/** An activity in the programme; a column. Numbers are shares of `scale`. */
struct member {
    int32_t activity;
    int32_t rank;          // class in which it was blocked
    double scale;          // capacity
    double start;          // floor at first
    double floor, ceiling; // the floor rises
    double exact;          // by `by_row`
    int32_t by_row;        // the pool whose sum gives it, -1 none
    bool is_inside;        // has a port in the group
    bool is_blocked;       // may rise in its class's turn
};

/** A port at a pool of the group that is not in it. */
struct outsider {
    int32_t port;
    int32_t activity;
    bool gives_way; // shares its side with the group: its limit follows from the programme
};

struct programme {
    struct sim_rates *r;
    int32_t group;        // its smallest port
    sim_rates_ints ports; // of the group's blocks
    sim_rates_ints pools;
    SIM_VEC(struct member) members;
    SIM_VEC(struct outsider) outsiders;
    int32_t *member_of; // per activity, -1; -2 in the group, not yet a member
    Clp_Simplex *lp;
    int columns;          // members and the fill level
    double *solution;     // of the last programme that had one; per column
    SIM_VEC(double) rows; // the pools' sums, a row each over the members
};

static void gather_block(struct programme *g, int32_t first)
{
    for (int32_t j = first; j >= 0; j = g->r->next_in_block[j]) {
        g->r->raised_by[j] = g->group;
        SIM_VEC_PUSH(&g->ports, j);
    }
}

static void gather_block_of(struct programme *g, int32_t port)
{
    const int32_t first = g->r->block[port];
    if (g->r->raised_by[port] != g->group && sim_rates_is_circular(g->r, first)) {
        gather_block(g, first);
    }
}

static void gather_pool(struct programme *g, int32_t pool)
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

/** All blocks that share activities or pools with the group's. */
static void gather_group(struct programme *g)
{
    const struct sim_network *net = g->r->net;
    gather_block(g, g->group);
    for (int i = 0; i < g->ports.count; i++) {
        gather_pool(g, net->ports[g->ports.data[i]].pool);
        const int32_t activity = net->ports[g->ports.data[i]].activity;
        if (g->member_of[activity] == -2) {
            continue;
        }
        g->member_of[activity] = -2;
        const struct sim_network_activity *a = &net->activities[activity];
        for (int32_t j = a->ports_begin; j < a->ports_end; j++) {
            gather_block_of(g, j);
        }
    }
}

static bool is_in_group(const struct programme *g, int32_t port)
{
    return g->r->raised_by[port] == g->group;
}

/** The last classes of takers and of givers that have a port in the group, -1: none has. */
static void last_ranks(const struct programme *g, int32_t pool, int32_t last[2])
{
    const struct sim_network *net = g->r->net;
    last[0] = last[1] = -1;
    for (int32_t i = net->pools[pool].takers_begin; i < net->pools[pool].ports_end; i++) {
        const int32_t j = net->at_pool[i];
        if (is_in_group(g, j)) {
            const int32_t rank = sim_rates_rank(&net->ports[j], g->r->condition[pool]);
            int32_t *w = &last[net->ports[j].gives ? 1 : 0];
            *w = rank > *w ? rank : *w;
        }
    }
}

/** Whether port `j` has a say at its pool: it counts, and does not just take what is left over. */
static bool has_say(const struct programme *g, int32_t j, const int32_t last[2])
{
    const struct sim_network_port *p = &g->r->net->ports[j];
    const unsigned condition = g->r->condition[p->pool];
    const int side = p->gives ? 1 : 0;
    return sim_rates_is_active(g->r->net, j, condition) &&
           (last[1 - side] >= 0 || sim_rates_rank(p, condition) <= last[side]);
}

/** Whether the programme decides the limit of `port`, which is not in the group: it is at a pool of
 * the group, on a side that is rationed there. */
static bool gives_way(const struct programme *g, int32_t port)
{
    const struct sim_network_port *p = &g->r->net->ports[port];
    for (int i = 0; i < g->pools.count; i++) {
        if (g->pools.data[i] == p->pool) {
            int32_t last[2];
            last_ranks(g, p->pool, last);
            return last[p->gives ? 1 : 0] >= 0 && has_say(g, port, last);
        }
    }
    return false;
}

static void add_inside(struct programme *g, int32_t activity)
{
    const struct sim_rates *r = g->r;
    const struct sim_network_activity *a = &r->net->activities[activity];
    struct member m = {.activity = activity, .scale = r->capacity[activity], .is_inside = true};
    double ceiling = r->is_idle[activity] ? 0 : r->capacity[activity];
    double least = ceiling;
    for (int32_t j = a->ports_begin; j < a->ports_end; j++) {
        if (!is_in_group(g, j) && gives_way(g, j)) {
            SIM_VEC_PUSH(&g->outsiders, (struct outsider){j, activity, true});
        } else if (!is_in_group(g, j)) {
            ceiling = fmin(ceiling, r->limit[j]);
        } else if (r->limit[j] < least) {
            least = r->limit[j];
            m.rank = sim_rates_rank(&r->net->ports[j], r->condition[r->net->ports[j].pool]);
        }
    }
    if (!(m.scale > 0)) {
        return;
    }
    m.floor = r->rate[activity] / m.scale;
    m.ceiling = fmax(m.floor, ceiling / m.scale);
    m.is_blocked = m.ceiling - m.floor > 1e-9;
    SIM_VEC_PUSH(&g->members, m);
}

/** One who meets the group at a pool, but is not of it: at most its claim. */
static void add_outside(struct programme *g, int32_t port, const int32_t last[2])
{
    const struct sim_rates *r = g->r;
    const struct sim_network_port *p = &r->net->ports[port];
    const double scale = r->capacity[p->activity];
    const int32_t known = g->member_of[p->activity];
    if (!(scale > 0) || is_in_group(g, port) || (known >= 0 && g->members.data[known].is_inside)) {
        return;
    }
    const bool is_rationed = last[p->gives ? 1 : 0] >= 0;
    SIM_VEC_PUSH(&g->outsiders, (struct outsider){port, p->activity, is_rationed});
    const double claim = r->claim[port] / scale;
    if (known >= 0) {
        struct member *m = &g->members.data[known];
        m->ceiling = fmax(m->floor, fmin(m->ceiling, claim));
        return;
    }
    g->member_of[p->activity] = g->members.count;
    const double floor = r->rate[p->activity] / scale;
    SIM_VEC_PUSH(
        &g->members,
        (struct member){.activity = p->activity,
                        .rank = sim_rates_rank(p, r->condition[p->pool]),
                        .scale = scale,
                        .floor = is_rationed ? floor : claim, // the other side offers its claim
                        .ceiling = claim});
}

static int by_activity(const void *a, const void *b)
{
    const struct member *x = a;
    const struct member *y = b;
    return x->activity < y->activity ? -1 : x->activity > y->activity;
}

static void gather_members(struct programme *g)
{
    const struct sim_network *net = g->r->net;
    for (int i = 0; i < g->ports.count; i++) {
        const int32_t activity = net->ports[g->ports.data[i]].activity;
        if (g->member_of[activity] == -2) {
            g->member_of[activity] = g->members.count;
            add_inside(g, activity);
        }
    }
    for (int i = 0; i < g->pools.count; i++) {
        const struct sim_network_pool *p = &net->pools[g->pools.data[i]];
        int32_t last[2];
        last_ranks(g, g->pools.data[i], last);
        for (int32_t at = p->takers_begin; at < p->ports_end; at++) {
            if (has_say(g, net->at_pool[at], last)) {
                add_outside(g, net->at_pool[at], last);
            }
        }
    }
    for (int i = 0; i < g->members.count; i++) {
        g->members.data[i].start = g->members.data[i].floor;
        g->members.data[i].by_row = -1;
    }
    qsort(g->members.data, (size_t)g->members.count, sizeof(struct member), by_activity);
    for (int32_t k = 0; k < net->activity_count; k++) {
        g->member_of[k] = -1;
    }
    for (int i = 0; i < g->members.count; i++) {
        g->member_of[g->members.data[i].activity] = i;
    }
}

/** Sums a pool of the group must keep: takes <= gives where it binds takers, and the reverse. */
static void add_pool(struct programme *g, int32_t pool)
{
    const struct sim_network *net = g->r->net;
    const struct sim_network_pool *p = &net->pools[pool];
    int32_t last[2];
    last_ranks(g, pool, last);
    int *columns = sim_base_alloc((size_t)(p->ports_end - p->takers_begin), sizeof(*columns));
    double *numbers = sim_base_alloc((size_t)(p->ports_end - p->takers_begin), sizeof(*numbers));
    int count = 0;
    double floor_net = 0; // gives - takes at the floors
    double size = 0;
    for (int32_t i = p->takers_begin; i < p->ports_end; i++) {
        const struct sim_network_port *q = &net->ports[net->at_pool[i]];
        const int32_t member = g->member_of[q->activity];
        if (member < 0 || !has_say(g, net->at_pool[i], last)) {
            continue;
        }
        const double number = (q->gives ? 1 : -1) * q->coef * g->members.data[member].scale;
        columns[count] = member;
        numbers[count++] = number;
        floor_net += number * g->members.data[member].floor;
        size = fmax(size, fabs(number));
    }
    for (int i = 0; i < count; i++) {
        numbers[i] /= size;
    }
    floor_net = size > 0 ? floor_net / size : 0;
    // The floors come from claims; where they break a sum by a rounding, the sum gives way.
    const double low = last[0] >= 0 ? fmin(0, floor_net) : -DBL_MAX;
    const double high = last[1] >= 0 ? fmax(0, floor_net) : DBL_MAX;
    const CoinBigIndex starts[2] = {0, count};
    Clp_addRows(g->lp, 1, &low, &high, starts, columns, numbers);
    const int begin = g->rows.count;
    for (int i = 0; i < g->members.count; i++) {
        SIM_VEC_PUSH(&g->rows, 0);
    }
    for (int i = 0; i < count; i++) {
        g->rows.data[begin + columns[i]] += numbers[i];
    }
    free(columns);
    free(numbers);
}

/** member - level >= 0 for each blocked member; switched on in its class's turn. */
static void add_fills(struct programme *g)
{
    for (int i = 0; i < g->members.count; i++) {
        const int columns[2] = {i, g->members.count};
        const double numbers[2] = {1, -1};
        const CoinBigIndex starts[2] = {0, 2};
        const double low = -DBL_MAX;
        const double high = DBL_MAX;
        Clp_addRows(g->lp, 1, &low, &high, starts, columns, numbers);
    }
}

static void make_programme(struct programme *g)
{
    g->columns = g->members.count + 1;
    g->solution = sim_base_alloc((size_t)g->columns, sizeof(double));
    for (int i = 0; i < g->members.count; i++) {
        g->solution[i] = g->members.data[i].floor;
    }
    g->lp = Clp_newModel();
    Clp_setLogLevel(g->lp, 0);
    Clp_setPrimalTolerance(g->lp, 1e-11);
    Clp_resize(g->lp, 0, g->columns);
    Clp_setOptimizationDirection(g->lp, -1);
    for (int i = 0; i < g->members.count; i++) {
        Clp_columnLower(g->lp)[i] = g->members.data[i].floor;
        Clp_columnUpper(g->lp)[i] = g->members.data[i].ceiling;
    }
    Clp_columnLower(g->lp)[g->members.count] = 0;
    Clp_columnUpper(g->lp)[g->members.count] = 1;
    for (int i = 0; i < g->pools.count; i++) {
        add_pool(g, g->pools.data[i]);
    }
    add_fills(g);
}

/** The most that column `c` can be; its lower bound when the programme has no answer. */
static double most(struct programme *g, int c)
{
    double *objective = Clp_objective(g->lp);
    memset(objective, 0, (size_t)g->columns * sizeof(*objective));
    objective[c] = 1;
    Clp_primal(g->lp, 0);
    if (Clp_status(g->lp) != 0) {
        return Clp_columnLower(g->lp)[c];
    }
    memcpy(g->solution, Clp_primalColumnSolution(g->lp), (size_t)g->columns * sizeof(double));
    return g->solution[c];
}

/** No less than `share` from now on. */
static void secure(struct programme *g, int i, double share)
{
    struct member *m = &g->members.data[i];
    const double snapped = m->ceiling - share < 1e-9 ? m->ceiling : share;
    if (snapped > m->floor + 1e-9) {
        m->floor = snapped;
    }
    // A little below, so that the next programme is not infeasible by a rounding of this one.
    Clp_columnLower(g->lp)[i] = m->floor - SLACK;
}

/** Raise all blocked members of one class to the same fill, again and again, until none can rise.
 */
static void raise_class(struct programme *g, int32_t rank)
{
    const int level = g->members.count;
    const int fills = Clp_numberRows(g->lp) - g->members.count; // the first fill row
    for (int round = 0; round < g->members.count; round++) {
        bool any = false;
        for (int i = 0; i < g->members.count; i++) {
            const struct member *m = &g->members.data[i];
            const bool is_in = m->is_blocked && m->rank == rank;
            Clp_rowLower(g->lp)[fills + i] = is_in ? 0 : -DBL_MAX;
            any = any || is_in;
        }
        if (!any) {
            return;
        }
        const double fill = most(g, level);
        int stuck = 0;
        for (int i = 0; i < g->members.count; i++) {
            struct member *m = &g->members.data[i];
            if (m->is_blocked && m->rank == rank) {
                secure(g, i, fmin(m->ceiling, fmax(m->floor, fill)));
            }
        }
        for (int i = 0; i < g->members.count; i++) {
            struct member *m = &g->members.data[i];
            if (m->is_blocked && m->rank == rank && most(g, i) <= fmax(fill, m->floor) + 1e-9) {
                m->is_blocked = false;
                stuck++;
            }
        }
        for (int i = 0; i < g->members.count && stuck == 0;
             i++) { // by name, should rounding hide it
            struct member *m = &g->members.data[i];
            if (m->is_blocked && m->rank == rank) {
                m->is_blocked = false;
                stuck++;
            }
        }
    }
}

static void raise_all(struct programme *g)
{
    for (int done = 0; done <= g->members.count; done++) {
        int32_t best = INT32_MAX;
        for (int i = 0; i < g->members.count; i++) {
            const struct member *m = &g->members.data[i];
            best = m->is_blocked && m->rank < best ? m->rank : best;
        }
        if (best == INT32_MAX) {
            break;
        }
        raise_class(g, best);
    }
    const int fills = Clp_numberRows(g->lp) - g->members.count;
    for (int i = 0; i < g->members.count; i++) {
        Clp_rowLower(g->lp)[fills + i] = -DBL_MAX;
    }
    for (int i = 0; i < g->members.count; i++) {
        secure(g, i, fmax(g->members.data[i].floor, most(g, i)));
    }
}

static bool take_solution(struct programme *g)
{
    Clp_primal(g->lp, 0);
    if (Clp_status(g->lp) == 0) {
        memcpy(g->solution, Clp_primalColumnSolution(g->lp), (size_t)g->columns * sizeof(double));
        return true;
    }
    return false;
}

/** Two last programmes, with the floors as they were: as near to what was reached as the sums
 * allow, so that what slack let through is gone; then all that is still open, up to the ceilings.
 */
static void tighten(struct programme *g)
{
    double *objective = Clp_objective(g->lp);
    const int n = g->members.count;
    memset(objective, 0, (size_t)g->columns * sizeof(*objective));
    for (int i = 0; i < n; i++) {
        const struct member *m = &g->members.data[i];
        objective[i] = 1;
        Clp_columnLower(g->lp)[i] = m->start;
        Clp_columnUpper(g->lp)[i] = fmin(m->ceiling, fmax(m->start, g->solution[i]));
    }
    if (!take_solution(g)) {
        return;
    }
    for (int i = 0; i < n; i++) {
        const struct member *m = &g->members.data[i];
        Clp_columnLower(g->lp)[i] = fmin(m->ceiling, fmax(m->start, g->solution[i]));
        Clp_columnUpper(g->lp)[i] = m->ceiling;
    }
    (void)take_solution(g);
}

/** Members between their bounds follow from the sums that are met, exactly: solve those for them.
 */
static void polish(struct programme *g)
{
    enum {
        NEAR = 10
    }; // slacks
    const int n = g->members.count;
    bool *is_free = sim_base_alloc((size_t)n, sizeof(*is_free));
    for (int i = 0; i < n; i++) {
        struct member *m = &g->members.data[i];
        const double share = g->solution[i];
        is_free[i] = share > m->start + NEAR * SLACK && share < m->ceiling - NEAR * SLACK;
        m->floor = share >= m->ceiling - NEAR * SLACK ? m->ceiling : is_free[i] ? share : m->start;
    }
    for (int p = 0; p < g->pools.count; p++) {
        double *row = g->rows.data + (size_t)p * (size_t)n;
        double net = 0;
        for (int i = 0; i < n; i++) {
            net += row[i] * g->solution[i];
        }
        if (fabs(net) > NEAR * SLACK) {
            memset(row, 0, (size_t)n * sizeof(*row)); // slack: says nothing
        }
    }
    for (int p = 0; p < g->pools.count; p++) {
        double *row = g->rows.data + (size_t)p * (size_t)n;
        int pivot = -1;
        for (int i = 0; i < n; i++) {
            if (is_free[i] && fabs(row[i]) > (pivot < 0 ? 1e-9 : fabs(row[pivot]))) {
                pivot = i;
            }
        }
        if (pivot < 0) {
            continue;
        }
        is_free[pivot] = false; // from now on the row gives it; the others lose it
        g->members.data[pivot].by_row = p;
        for (int q = 0; q < g->pools.count; q++) {
            double *other = g->rows.data + (size_t)q * (size_t)n;
            const double f = q == p ? 0 : other[pivot] / row[pivot];
            for (int i = 0; i < n && f != 0; i++) {
                other[i] = i == pivot ? 0 : other[i] - f * row[i];
            }
        }
    }
    for (int i = 0; i < n; i++) {
        struct member *m = &g->members.data[i];
        if (m->by_row < 0) {
            continue;
        }
        const double *row = g->rows.data + (size_t)m->by_row * (size_t)n;
        double rest = 0;
        for (int c = 0; c < n; c++) {
            rest -= c == i
                        ? 0
                        : row[c] * (g->members.data[c].by_row < 0 ? g->members.data[c].floor : 0);
        }
        m->exact = fmin(m->ceiling, fmax(m->start, rest / row[i]));
    }
    for (int i = 0; i < n; i++) {
        struct member *m = &g->members.data[i];
        m->floor = m->by_row < 0 ? m->floor : m->exact;
    }
    free(is_free);
}

static bool has_risen(const struct programme *g)
{
    for (int i = 0; i < g->members.count; i++) {
        const struct member *m = &g->members.data[i];
        if (m->is_inside && m->floor * m->scale > g->r->rate[m->activity] + 1e-9 * m->scale) {
            return true;
        }
    }
    return false;
}

static void set_claims(struct programme *g, int32_t activity)
{
    struct sim_rates *r = g->r;
    const struct sim_network_activity *a = &r->net->activities[activity];
    const int32_t count = a->ports_end - a->ports_begin;
    double *before = sim_base_alloc((size_t)count, sizeof(*before));
    memcpy(before, r->claim + a->ports_begin, (size_t)count * sizeof(*before));
    sim_rates_set_claims(r, activity);
    for (int32_t i = 0; i < count; i++) {
        if (r->claim[a->ports_begin + i] != before[i]) {
            sim_rates_mark_dependents(r, a->ports_begin + i, -1);
        }
    }
    free(before);
}

/** The limits that the programme decides for `m`: none below its rate. Where it could run faster,
 * one of them holds it: a port of the group that held it before, else the tightest outsider. */
static void hold(struct programme *g, const struct member *m)
{
    struct sim_rates *r = g->r;
    const struct sim_network_activity *a = &r->net->activities[m->activity];
    const double rate = m->floor * m->scale;
    int32_t row = -1;
    int32_t outsider = -1;
    for (int32_t j = a->ports_begin; j < a->ports_end; j++) {
        if (!is_in_group(g, j)) {
            continue;
        }
        int32_t *least = r->is_eased[j] ? &outsider : &row;
        *least = *least < 0 || r->limit[j] < r->limit[*least] ? j : *least;
    }
    const bool is_short = m->floor < m->ceiling - 1e-12;
    const bool by_row = row >= 0 && (outsider < 0 || r->limit[row] <= rate);
    const int32_t holds = !is_short ? -1 : by_row ? row : outsider;
    for (int32_t j = a->ports_begin; j < a->ports_end; j++) {
        if (is_in_group(g, j)) {
            r->limit[j] = j == holds ? rate : fmax(r->limit[j], rate);
            r->is_eased[j] = r->is_eased[j] && j != holds;
            r->least[j] = rate;
        }
    }
}

static void take_over(struct programme *g)
{
    struct sim_rates *r = g->r;
    for (int i = 0; i < g->outsiders.count; i++) {
        const struct outsider *o = &g->outsiders.data[i];
        if (o->gives_way) {
            r->raised_by[o->port] = g->group;
            r->is_eased[o->port] = true; // hold() takes back those that are short
            SIM_VEC_PUSH(&g->ports, o->port);
        }
    }
    for (int i = 0; i < g->ports.count; i++) {
        SIM_VEC_PUSH(&r->raised, g->ports.data[i]);
    }
    for (int i = 0; i < g->members.count; i++) {
        hold(g, &g->members.data[i]);
    }
    for (int i = 0; i < g->members.count; i++) {
        r->member_of[g->members.data[i].activity] = g->group;
        set_claims(g, g->members.data[i].activity);
    }
    for (int i = 0; i < g->outsiders.count; i++) {
        if (r->is_eased[g->outsiders.data[i].port]) {
            sim_rates_mark(r, g->outsiders.data[i].port);
        }
    }
}

static void let_go(struct programme *g)
{
    for (int i = 0; i < g->ports.count; i++) {
        g->r->raised_by[g->ports.data[i]] = -1;
    }
}

bool sim_selffeed_raise(struct sim_rates *r, int32_t first)
{
    struct programme g = {.r = r, .group = first};
    g.member_of = sim_base_alloc((size_t)r->net->activity_count, sizeof(*g.member_of));
    for (int32_t k = 0; k < r->net->activity_count; k++) {
        g.member_of[k] = -1;
    }
    gather_group(&g);
    gather_members(&g);
    make_programme(&g);
    raise_all(&g);
    tighten(&g);
    polish(&g);
    const bool is_raised = has_risen(&g);
    if (is_raised) {
        take_over(&g);
    } else {
        let_go(&g);
    }
    Clp_deleteModel(g.lp);
    free(g.solution);
    SIM_VEC_FREE(&g.rows);
    free(g.member_of);
    SIM_VEC_FREE(&g.members);
    SIM_VEC_FREE(&g.outsiders);
    SIM_VEC_FREE(&g.ports);
    SIM_VEC_FREE(&g.pools);
    return is_raised;
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
            r->is_eased[port] = false;
            r->member_of[r->net->ports[port].activity] = -1;
            SIM_VEC_PUSH(freed, port);
        } else {
            r->raised.data[kept++] = port;
        }
    }
    r->raised.count = kept;
    for (int i = 0; i < freed->count; i++) {
        sim_rates_mark(r, freed->data[i]);
    }
}
