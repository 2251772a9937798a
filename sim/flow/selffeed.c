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
static const double OPEN = 1e-8;  // [-] of a capacity: less is no rise

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

struct programme {
    struct sim_rates *r;
    int32_t group;        // its smallest port
    sim_rates_ints ports; // of the group's blocks
    sim_rates_ints pools;
    SIM_VEC(struct member) members;
    sim_rates_ints outsiders; // ports rationed at the group's pools that are not of its blocks
    int32_t *member_of;       // per activity, -1
    Clp_Simplex *lp;
    int columns;          // members and the fill level
    double *solution;     // of the last programme that had one; per column
    SIM_VEC(double) rows; // the pools' sums, a row each over the members
};

static void gather_block(struct programme *g, int32_t first)
{
    for (int32_t j = first; j >= 0; j = g->r->next_in_block[j]) {
        g->r->in_group[j] = true;
        SIM_VEC_PUSH(&g->ports, j);
    }
}

static void gather_block_of(struct programme *g, int32_t port)
{
    const int32_t first = g->r->block[port];
    if (!g->r->in_group[port] && sim_rates_is_circular(g->r, first)) {
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

/** All blocks that share activities or pools with those gathered so far, from `first` on. */
static int gather_connected(struct programme *g, int first)
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

/** Whether the pool rations the side of port `j` now. */
static bool is_rationed(const struct sim_rates *r, int32_t j)
{
    return sim_rates_bind_of(r->net, j, r->condition[r->net->ports[j].pool]) == SIM_RATES_BOUND;
}

/** The pools next to the group's: those that its activities touch and that ration them there. */
static void gather_ring(struct programme *g)
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
                if (is_rationed(r, j)) {
                    gather_pool(g, net->ports[j].pool);
                }
            }
        }
    }
}

static void gather_group(struct programme *g, int rings)
{
    gather_block(g, g->group);
    int done = gather_connected(g, 0);
    for (int ring = 0; ring < rings; ring++) {
        gather_ring(g);
        done = gather_connected(g, done);
    }
}

static bool is_in_group(const struct programme *g, int32_t port)
{
    return g->r->in_group[port];
}

static bool is_pool_of(const struct programme *g, int32_t pool)
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
static void add_member(struct programme *g, int32_t activity)
{
    const struct sim_rates *r = g->r;
    const struct sim_network_activity *a = &r->net->activities[activity];
    struct member m = {.activity = activity, .scale = sim_rates_scale(r, activity)};
    double ceiling = r->is_idle[activity] ? 0 : r->capacity[activity];
    double least = ceiling;
    if (!(m.scale > 0) || g->member_of[activity] >= 0) {
        return;
    }
    for (int32_t j = a->ports_begin; j < a->ports_end; j++) {
        const struct sim_network_port *p = &r->net->ports[j];
        if (!is_rationed(r, j) || !is_pool_of(g, p->pool)) {
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
    m.ceiling = fmax(m.floor, ceiling / m.scale);
    m.is_blocked = m.is_inside && m.ceiling - m.floor > 1e-9;
    g->member_of[activity] = g->members.count;
    SIM_VEC_PUSH(&g->members, m);
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
    for (int i = 0; i < g->pools.count; i++) {
        const struct sim_network_pool *p = &net->pools[g->pools.data[i]];
        for (int32_t at = p->takers_begin; at < p->ports_end; at++) {
            if (sim_rates_is_active(net, net->at_pool[at], g->r->condition[g->pools.data[i]])) {
                add_member(g, net->ports[net->at_pool[at]].activity);
            }
        }
    }
    for (int i = 0; i < g->members.count; i++) {
        g->members.data[i].start = g->members.data[i].floor;
        g->members.data[i].by_row = -1;
    }
    qsort(g->members.data, (size_t)g->members.count, sizeof(struct member), by_activity);
    for (int i = 0; i < g->members.count; i++) {
        g->member_of[g->members.data[i].activity] = i;
    }
}

/** Overflow, make-up, and pull at its target: rationed though the others of their side are not. */
static bool is_extra_port(const struct programme *g, const struct sim_network_port *p)
{
    return p->is_at_bound || (p->is_pull && sim_rates_pull_last(g->r->condition[p->pool]));
}

/** Overflow of a full stock that is drawn on faster than it fills is none, and so is the make-up of
 * an empty one that fills. */
static void rest_at_bound(struct programme *g, int32_t pool, double floor_net)
{
    const struct sim_network *net = g->r->net;
    const struct sim_network_pool *p = &net->pools[pool];
    for (int32_t i = p->takers_begin; i < p->ports_end; i++) {
        const struct sim_network_port *q = &net->ports[net->at_pool[i]];
        const int32_t member = g->member_of[q->activity];
        const bool rests = q->gives ? floor_net > 1e-9 : floor_net < -1e-9;
        if (is_extra_port(g, q) && rests && member >= 0) {
            g->members.data[member].ceiling = g->members.data[member].floor;
            Clp_columnUpper(g->lp)[member] = g->members.data[member].floor;
        }
    }
}

/** Sums a pool of the group must keep: takes <= gives where it binds takers, and the reverse. */
static void add_pool(struct programme *g, int32_t pool)
{
    const struct sim_network *net = g->r->net;
    const struct sim_network_pool *p = &net->pools[pool];
    bool rations_takers = false;
    bool rations_givers = false;
    bool rations_extra[2] = {false, false}; // takers, givers that count only while they do not rest
    int *columns = sim_base_alloc((size_t)(p->ports_end - p->takers_begin), sizeof(*columns));
    double *numbers = sim_base_alloc((size_t)(p->ports_end - p->takers_begin), sizeof(*numbers));
    int count = 0;
    double floor_net = 0; // gives - takes at the floors
    double size = 0;
    for (int32_t i = p->takers_begin; i < p->ports_end; i++) {
        const struct sim_network_port *q = &net->ports[net->at_pool[i]];
        const int32_t member = g->member_of[q->activity];
        if (member < 0 || !sim_rates_is_active(net, net->at_pool[i], g->r->condition[pool])) {
            continue;
        }
        const bool rations = is_rationed(g->r, net->at_pool[i]);
        const bool is_extra = is_extra_port(g, q);
        rations_takers = rations_takers || (rations && !is_extra && !q->gives);
        rations_givers = rations_givers || (rations && !is_extra && q->gives);
        rations_extra[q->gives ? 1 : 0] |= rations && is_extra;
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
    rest_at_bound(g, pool, floor_net);
    rations_takers = rations_takers || (rations_extra[0] && floor_net >= -1e-9);
    rations_givers = rations_givers || (rations_extra[1] && floor_net <= 1e-9);
    // The floors come from claims; where they break a sum by a rounding, the sum gives way.
    const double low = rations_takers ? fmin(0, floor_net) : -DBL_MAX;
    const double high = rations_givers ? fmax(0, floor_net) : DBL_MAX;
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
    Clp_setDualTolerance(g->lp, 1e-10);
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

/** Whether anything at all can rise: the sum of all, in one programme. */
static bool is_anything_open(struct programme *g)
{
    double *objective = Clp_objective(g->lp);
    double sum = 0;
    memset(objective, 0, (size_t)g->columns * sizeof(*objective));
    for (int i = 0; i < g->members.count; i++) {
        objective[i] = 1;
        sum += Clp_columnLower(g->lp)[i];
    }
    Clp_primal(g->lp, 0);
    return Clp_status(g->lp) == 0 && Clp_objectiveValue(g->lp) > sum + OPEN;
}

static bool is_of_class(const struct member *m, int32_t rank)
{
    return m->is_blocked && m->rank == rank;
}

/** The members of the class that hold its level down: those whose fill has a price. Should a
 * rounding hide them, the first by name. `fills` is the first fill row. */
static void drop_stuck(struct programme *g, int32_t rank, double fill, int fills)
{
    const double *price = Clp_dualRowSolution(g->lp);
    int first = -1;
    bool any = false;
    for (int i = 0; i < g->members.count; i++) {
        struct member *m = &g->members.data[i];
        if (!is_of_class(m, rank)) {
            continue;
        }
        first = first < 0 ? i : first;
        if (fabs(price[fills + i]) > 1e-9 || m->ceiling <= fmax(fill, m->floor) + OPEN) {
            m->is_blocked = false;
            any = true;
        }
    }
    if (!any && first >= 0) {
        g->members.data[first].is_blocked = false;
    }
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
            const bool is_in = is_of_class(&g->members.data[i], rank);
            Clp_rowLower(g->lp)[fills + i] = is_in ? 0 : -DBL_MAX;
            any = any || is_in;
        }
        if (!any) {
            return;
        }
        const double fill = most(g, level);
        for (int i = 0; i < g->members.count; i++) {
            struct member *m = &g->members.data[i];
            if (is_of_class(m, rank)) {
                secure(g, i, fmin(m->ceiling, fmax(m->floor, fill)));
            }
        }
        drop_stuck(g, rank, fill, fills);
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
    const bool is_open = is_anything_open(g);
    for (int i = 0; i < g->members.count && is_open; i++) {
        if (g->members.data[i].floor < g->members.data[i].ceiling) {
            secure(g, i, fmax(g->members.data[i].floor, most(g, i)));
        }
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

/** Who lies between its floor at first and its ceiling, and may so be moved to make sums exact.
 * However little somebody rose: with its partners at a pool it must come out even. */
static void find_free(struct programme *g, bool *is_free)
{
    const double near = 10 * SLACK;
    for (int i = 0; i < g->members.count; i++) {
        struct member *m = &g->members.data[i];
        const double share = g->solution[i];
        is_free[i] = share > m->start + 1e-13 && share < m->ceiling - near;
        m->floor = share >= m->ceiling - near ? m->ceiling : is_free[i] ? share : m->start;
    }
}

/** Rows of pools that are not met say nothing: cleared. */
static void clear_slack_rows(struct programme *g)
{
    const size_t n = (size_t)g->members.count;
    for (int p = 0; p < g->pools.count; p++) {
        double *row = g->rows.data + (size_t)p * n;
        double net = 0;
        for (size_t i = 0; i < n; i++) {
            net += row[i] * g->solution[i];
        }
        if (fabs(net) > 10 * SLACK) {
            memset(row, 0, n * sizeof(*row));
        }
    }
}

/** Gauss-Jordan over the rows: each row that has a free member gives one of them. */
static void eliminate(struct programme *g, bool *is_free)
{
    const int n = g->members.count;
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
        is_free[pivot] = false;
        g->members.data[pivot].by_row = p;
        for (int q = 0; q < g->pools.count; q++) {
            double *other = g->rows.data + (size_t)q * (size_t)n;
            const double f = q == p ? 0 : other[pivot] / row[pivot];
            for (int i = 0; i < n && f != 0; i++) {
                other[i] = i == pivot ? 0 : other[i] - f * row[i];
            }
        }
    }
}

/** The members given by rows, from those that are not. */
static void substitute(struct programme *g)
{
    const int n = g->members.count;
    for (int i = 0; i < n; i++) {
        struct member *m = &g->members.data[i];
        const double *row = m->by_row < 0 ? NULL : g->rows.data + (size_t)m->by_row * (size_t)n;
        double rest = 0;
        for (int c = 0; c < n && row != NULL; c++) {
            const struct member *other = &g->members.data[c];
            rest -= c != i && other->by_row < 0 ? row[c] * other->floor : 0;
        }
        m->exact = row == NULL ? m->floor : fmin(m->ceiling, fmax(m->start, rest / row[i]));
    }
    for (int i = 0; i < n; i++) {
        g->members.data[i].floor = g->members.data[i].exact;
    }
}

/** One row made even by moving its members in proportion to what they count in it; returns how far
 * off it was. */
static double even_out_row(struct programme *g, const double *row)
{
    double net = 0;
    double weight = 0;
    for (int i = 0; i < g->members.count; i++) {
        const struct member *m = &g->members.data[i];
        net += row[i] * m->floor;
        weight += m->floor > m->start && m->floor < m->ceiling ? row[i] * row[i] : 0;
    }
    for (int i = 0; i < g->members.count && weight > 0; i++) {
        struct member *m = &g->members.data[i];
        if (m->floor > m->start && m->floor < m->ceiling) {
            m->floor = fmin(m->ceiling, fmax(m->start, m->floor - net / weight * row[i]));
        }
    }
    return weight > 0 ? fabs(net) : 0;
}

/** Where bounds cut the exact solution, rows are made even one after the other (Kaczmarz 1937). */
static void even_out(struct programme *g, const double *rows)
{
    enum {
        SWEEPS = 500
    };
    double worst = 1;
    for (int sweep = 0; sweep < SWEEPS && worst > 1e-13; sweep++) {
        worst = 0;
        for (int p = 0; p < g->pools.count; p++) {
            worst = fmax(worst, even_out_row(g, rows + (size_t)p * (size_t)g->members.count));
        }
    }
}

/** Make sums exact where the programme met them within its tolerance. */
static void polish(struct programme *g)
{
    bool *is_free = sim_base_alloc((size_t)g->members.count, sizeof(*is_free));
    find_free(g, is_free);
    clear_slack_rows(g);
    const size_t size = (size_t)g->rows.count;
    double *rows = sim_base_alloc(size, sizeof(*rows));
    memcpy(rows, g->rows.data, size * sizeof(*rows));
    eliminate(g, is_free);
    substitute(g);
    even_out(g, rows);
    free(rows);
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

static void set_claims(struct sim_rates *r, int32_t activity)
{
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

/** No limit that the programme decides for `m` is below its rate; where it could run faster, those
 * of the blocks hold it there, the others only if need be (sim_selffeed_correct). */
static void hold(struct programme *g, const struct member *m)
{
    struct sim_rates *r = g->r;
    const struct sim_network_activity *a = &r->net->activities[m->activity];
    const double rate = m->floor * m->scale;
    const bool is_short = m->floor < m->ceiling - 1e-12;
    for (int32_t j = a->ports_begin; j < a->ports_end; j++) {
        if (is_in_group(g, j)) {
            r->limit[j] = is_short && !r->is_eased[j] ? rate : fmax(r->limit[j], rate);
            r->least[j] = rate;
        }
    }
    r->decided[m->activity] = rate;
    r->member_of[m->activity] = g->group;
}

static void take_over(struct programme *g)
{
    struct sim_rates *r = g->r;
    for (int i = 0; i < g->outsiders.count; i++) {
        r->in_group[g->outsiders.data[i]] = true;
        r->is_eased[g->outsiders.data[i]] = true;
        SIM_VEC_PUSH(&g->ports, g->outsiders.data[i]);
    }
    for (int i = 0; i < g->ports.count; i++) {
        r->raised_by[g->ports.data[i]] = g->group;
        SIM_VEC_PUSH(&r->raised, g->ports.data[i]);
    }
    for (int i = 0; i < g->members.count; i++) {
        hold(g, &g->members.data[i]);
    }
    for (int i = 0; i < g->members.count; i++) {
        set_claims(r, g->members.data[i].activity);
    }
    for (int i = 0; i < g->outsiders.count; i++) {
        sim_rates_mark(r, g->outsiders.data[i]);
    }
}

/** Another group that holds some of these ports, -1 none. */
static int32_t other_group(const struct programme *g)
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

static bool raise_group(struct programme *g)
{
    make_programme(g);
    bool is_raised = is_anything_open(g);
    if (is_raised) {
        raise_all(g);
        tighten(g);
        polish(g);
        is_raised = has_risen(g);
    }
    if (is_raised) {
        take_over(g);
    }
    Clp_deleteModel(g->lp);
    free(g->solution);
    return is_raised;
}

static void programme_fini(struct programme *g)
{
    for (int i = 0; i < g->ports.count; i++) {
        g->r->in_group[g->ports.data[i]] = false;
    }
    for (int i = 0; i < g->members.count; i++) {
        g->member_of[g->members.data[i].activity] = -1;
    }
    SIM_VEC_FREE(&g->rows);
    SIM_VEC_FREE(&g->members);
    SIM_VEC_FREE(&g->outsiders);
    SIM_VEC_FREE(&g->ports);
    SIM_VEC_FREE(&g->pools);
}

bool sim_selffeed_raise(struct sim_rates *r, int32_t first, int rings, int32_t *out_in_the_way)
{
    struct programme g = {.r = r, .group = first, .member_of = r->member_at};
    gather_group(&g, rings);
    gather_members(&g);
    *out_in_the_way = other_group(&g);
    const bool is_raised = *out_in_the_way < 0 && raise_group(&g);
    programme_fini(&g);
    return is_raised;
}

bool sim_selffeed_correct(struct sim_rates *r, int32_t group)
{
    const struct sim_network *net = r->net;
    bool any = false;
    for (int i = 0; i < r->raised.count; i++) {
        const int32_t k = net->ports[r->raised.data[i]].activity;
        if (r->raised_by[r->raised.data[i]] != group || r->member_of[k] != group ||
            r->rate[k] <= r->decided[k] + 1e-12 * sim_rates_scale(r, k)) {
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
        set_claims(r, k);
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
        bool is_held = false; // by another port
        for (int32_t m = net->activities[k].ports_begin; m < net->activities[k].ports_end; m++) {
            is_held = is_held || (m != j && r->limit[m] <= r->decided[k]);
        }
        if (r->raised_by[j] != group || r->member_of[k] != group || r->is_eased[j] || !is_held) {
            continue;
        }
        const double limit = sim_rates_compute_limit(r, j);
        if (limit > r->limit[j]) {
            r->limit[j] = limit;
            set_claims(r, k);
            any = true;
        }
    }
    return any;
}

bool sim_selffeed_is_kept(const struct sim_rates *r, int32_t group)
{
    for (int i = 0; i < r->raised.count; i++) {
        const int32_t k = r->net->ports[r->raised.data[i]].activity;
        if (r->raised_by[r->raised.data[i]] == group && r->member_of[k] == group &&
            fabs(r->rate[k] - r->decided[k]) > 1e-11 * sim_rates_scale(r, k)) {
            return false;
        }
    }
    return true;
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

void sim_selffeed_dissolve_around(struct sim_rates *r)
{
    r->near.count = r->near_pools.count = 0;
    for (int i = 0; i < r->hungry.count; i++) {
        come_near(r, r->net->ports[r->hungry.data[i]].activity);
    }
    for (int i = 0; i < r->near.count; i++) {
        come_near_by_pools(r, r->near.data[i]);
    }
    for (int i = 0; i < r->near.count; i++) {
        const int32_t group = r->member_of[r->near.data[i]];
        if (group >= 0) {
            sim_selffeed_dissolve(r, group);
        }
        r->is_near[r->near.data[i]] = false;
    }
    for (int i = 0; i < r->near_pools.count; i++) {
        r->is_near_pool[r->near_pools.data[i]] = false;
    }
}
