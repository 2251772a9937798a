// The linear programmes behind sim_programme_solve. Columns are members, as shares of their scales,
// and the fill level of the class at hand; rows are the sums of pools, and one a member that ties
// it to the level. CLP finds what holds; the sums are then made exact here, since the books must
// close.

#include "sim/flow/programme_priv.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double SLACK = 1e-9; // [-] of a scale, between one programme and the next
static const double OPEN = 1e-8;  // [-] of a scale: less is no rise

/** Overflow, make-up, and pull at its target: rationed though the others of their side are not. */
static bool is_extra_port(const struct sim_programme *g, const struct sim_network_port *p)
{
    return p->is_at_bound || (p->is_pull && sim_rates_pull_last(g->r->condition[p->pool]));
}

/** Overflow of a full stock that is drawn on faster than it fills is none, and so is the make-up of
 * an empty one that fills. */
static void rest_at_bound(struct sim_programme *g, int32_t pool, double floor_net)
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
static void add_pool(struct sim_programme *g, int32_t pool)
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
        const bool rations = sim_programme_rations(g->r, net->at_pool[i]);
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
static void add_fills(struct sim_programme *g)
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

static void make_programme(struct sim_programme *g)
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
static double most(struct sim_programme *g, int c)
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
static void secure(struct sim_programme *g, int i, double share)
{
    struct sim_programme_member *m = &g->members.data[i];
    const double snapped = m->ceiling - share < 1e-9 ? m->ceiling : share;
    if (snapped > m->floor + 1e-9) {
        m->floor = snapped;
    }
    // A little below, so that the next programme is not infeasible by a rounding of this one.
    Clp_columnLower(g->lp)[i] = m->floor - SLACK;
}

/** Whether anything at all can rise: the sum of all, in one programme. */
static bool is_anything_open(struct sim_programme *g)
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

static bool is_of_class(const struct sim_programme_member *m, int32_t rank)
{
    return m->is_blocked && m->rank == rank;
}

/** The members of the class that hold its level down: those whose fill has a price. Should a
 * rounding hide them, the first by name. `fills` is the first fill row. */
static void drop_stuck(struct sim_programme *g, int32_t rank, double fill, int fills)
{
    const double *price = Clp_dualRowSolution(g->lp);
    int first = -1;
    bool any = false;
    for (int i = 0; i < g->members.count; i++) {
        struct sim_programme_member *m = &g->members.data[i];
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
static void raise_class(struct sim_programme *g, int32_t rank)
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
            struct sim_programme_member *m = &g->members.data[i];
            if (is_of_class(m, rank)) {
                secure(g, i, fmin(m->ceiling, fmax(m->floor, fill)));
            }
        }
        drop_stuck(g, rank, fill, fills);
    }
}

static void raise_all(struct sim_programme *g)
{
    for (int done = 0; done <= g->members.count; done++) {
        int32_t best = INT32_MAX;
        for (int i = 0; i < g->members.count; i++) {
            const struct sim_programme_member *m = &g->members.data[i];
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

static bool take_solution(struct sim_programme *g)
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
static void tighten(struct sim_programme *g)
{
    double *objective = Clp_objective(g->lp);
    const int n = g->members.count;
    memset(objective, 0, (size_t)g->columns * sizeof(*objective));
    for (int i = 0; i < n; i++) {
        const struct sim_programme_member *m = &g->members.data[i];
        objective[i] = 1;
        Clp_columnLower(g->lp)[i] = m->start;
        Clp_columnUpper(g->lp)[i] = fmin(m->ceiling, fmax(m->start, g->solution[i]));
    }
    if (!take_solution(g)) {
        return;
    }
    for (int i = 0; i < n; i++) {
        const struct sim_programme_member *m = &g->members.data[i];
        Clp_columnLower(g->lp)[i] = fmin(m->ceiling, fmax(m->start, g->solution[i]));
        Clp_columnUpper(g->lp)[i] = m->ceiling;
    }
    (void)take_solution(g);
}

/** Who lies between its floor at first and its ceiling, and may so be moved to make sums exact.
 * However little somebody rose: with its partners at a pool it must come out even. */
static void find_free(struct sim_programme *g, bool *is_free)
{
    const double near = 10 * SLACK;
    for (int i = 0; i < g->members.count; i++) {
        struct sim_programme_member *m = &g->members.data[i];
        const double share = g->solution[i];
        is_free[i] = share > m->start + 1e-13 && share < m->ceiling - near;
        m->floor = share >= m->ceiling - near ? m->ceiling : is_free[i] ? share : m->start;
    }
}

/** Rows of pools that are not met say nothing: cleared. */
static void clear_slack_rows(struct sim_programme *g)
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
static void eliminate(struct sim_programme *g, bool *is_free)
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
static void substitute(struct sim_programme *g)
{
    const int n = g->members.count;
    for (int i = 0; i < n; i++) {
        struct sim_programme_member *m = &g->members.data[i];
        const double *row = m->by_row < 0 ? NULL : g->rows.data + (size_t)m->by_row * (size_t)n;
        double rest = 0;
        for (int c = 0; c < n && row != NULL; c++) {
            const struct sim_programme_member *other = &g->members.data[c];
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
static double even_out_row(struct sim_programme *g, const double *row)
{
    double net = 0;
    double weight = 0;
    for (int i = 0; i < g->members.count; i++) {
        const struct sim_programme_member *m = &g->members.data[i];
        net += row[i] * m->floor;
        weight += m->floor > m->start && m->floor < m->ceiling ? row[i] * row[i] : 0;
    }
    for (int i = 0; i < g->members.count && weight > 0; i++) {
        struct sim_programme_member *m = &g->members.data[i];
        if (m->floor > m->start && m->floor < m->ceiling) {
            m->floor = fmin(m->ceiling, fmax(m->start, m->floor - net / weight * row[i]));
        }
    }
    return weight > 0 ? fabs(net) : 0;
}

/** Where bounds cut the exact solution, rows are made even one after the other (Kaczmarz 1937). */
static void even_out(struct sim_programme *g, const double *rows)
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
static void polish(struct sim_programme *g)
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

static bool has_risen(const struct sim_programme *g)
{
    for (int i = 0; i < g->members.count; i++) {
        const struct sim_programme_member *m = &g->members.data[i];
        if (m->is_inside && m->floor * m->scale > g->r->rate[m->activity] + 1e-9 * m->scale) {
            return true;
        }
    }
    return false;
}

bool sim_programme_solve(struct sim_programme *g)
{
    make_programme(g);
    bool has_solution = is_anything_open(g);
    if (has_solution) {
        raise_all(g);
        tighten(g);
        polish(g);
        has_solution = has_risen(g);
    }
    Clp_deleteModel(g->lp);
    free(g->solution);
    return has_solution;
}
