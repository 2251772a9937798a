// The linear programmes behind sim_programme_solve. Columns are the rises of members above their
// floors, as shares of their scales; rows are the sums of pools. A class at hand has one column
// more, its fill level, and a row a member that ties it to the level. One maximum follows the
// other on the face of the last (sim_simplex_hold_priced): nothing is given away between them, and
// the answer is exact to roundings.

#include "sim/flow/programme_priv.h"
#include "sim/flow/tolerances.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/** Overflow, make-up, and pull at its target: rationed though the others of their side are not. */
static bool is_extra_port(const struct sim_programme *g, const struct sim_network_port *p)
{
    return p->is_at_bound || (p->is_pull && sim_rates_pull_last(g->r->condition[p->pool]));
}

/** A port's member, -1 none; what a unit of its share gives to the pool (less than 0: takes). */
static int32_t member_at(const struct sim_programme *g, int32_t port, double *out_number)
{
    const struct sim_network_port *p = &g->r->net->ports[port];
    const int32_t member = g->member_of[p->activity];
    if (member < 0 || !sim_rates_is_active(g->r->net, port, g->r->condition[p->pool])) {
        return -1;
    }
    *out_number = (p->gives ? 1 : -1) * g->r->coef[port] * g->members.data[member].scale;
    return member;
}

/** What a pool gains at the floors, of what a member could bring at most; 0 where it is even. */
static double floor_net(const struct sim_programme *g, int32_t pool)
{
    const struct sim_network_pool *p = &g->r->net->pools[pool];
    double net = 0;
    double gross = 0;
    double size = 0;
    for (int32_t i = p->takers_begin; i < p->ports_end; i++) {
        double number = 0;
        const int32_t member = member_at(g, g->r->net->at_pool[i], &number);
        if (member >= 0) {
            const double flow = number * g->members.data[member].floor;
            net += flow;
            gross += fabs(flow);
            size = fmax(size, fabs(number));
        }
    }
    return fabs(net) <= SIM_TOLERANCE_EVEN * gross ? 0 : net / size;
}

/** Overflow of a full stock that is drawn on faster than it fills is none, and so is the make-up of
 * an empty one that fills. */
static void rest_at_bound(struct sim_programme *g, int32_t pool)
{
    const struct sim_network *net = g->r->net;
    const struct sim_network_pool *p = &net->pools[pool];
    const double gain = floor_net(g, pool);
    for (int32_t i = p->takers_begin; i < p->ports_end; i++) {
        const struct sim_network_port *q = &net->ports[net->at_pool[i]];
        const int32_t member = g->member_of[q->activity];
        const bool rests = q->gives ? gain > SIM_TOLERANCE_ROOM : gain < -SIM_TOLERANCE_ROOM;
        if (is_extra_port(g, q) && rests && member >= 0) {
            g->members.data[member].ceiling = g->members.data[member].floor;
            g->members.data[member].is_resting = true;
        }
    }
}

/** Which sides a pool rations, those included that count only while they do not rest. */
static void rationed_sides(const struct sim_programme *g, int32_t pool, bool *out_takers,
                           bool *out_givers)
{
    const struct sim_network *net = g->r->net;
    const struct sim_network_pool *p = &net->pools[pool];
    const double gain = floor_net(g, pool);
    *out_takers = *out_givers = false;
    for (int32_t i = p->takers_begin; i < p->ports_end; i++) {
        const int32_t j = net->at_pool[i];
        double number = 0;
        if (member_at(g, j, &number) < 0 || !sim_programme_rations(g->r, j)) {
            continue;
        }
        const bool is_extra = is_extra_port(g, &net->ports[j]);
        if (net->ports[j].gives) {
            *out_givers = *out_givers || !is_extra || gain <= 1e-9;
        } else {
            *out_takers = *out_takers || !is_extra || gain >= -1e-9;
        }
    }
}

/** The row of a pool: takes <= gives where it binds takers, and the reverse. The floors come from
 * claims; where they break a sum by a rounding, the sum gives way. */
static void add_pool(struct sim_programme *g, int row)
{
    const struct sim_network *net = g->r->net;
    const int32_t pool = g->pools.data[row];
    const struct sim_network_pool *p = &net->pools[pool];
    struct sim_simplex *s = &g->sums;
    double *numbers = s->given + (size_t)row * (size_t)s->columns;
    double size = 0;     // of those that have room
    double size_all = 0; // of all
    for (int32_t i = p->takers_begin; i < p->ports_end; i++) {
        double number = 0;
        const int32_t member = member_at(g, net->at_pool[i], &number);
        size_all = fmax(size_all, fabs(number));
        if (member >= 0 && g->members.data[member].column >= 0) {
            numbers[g->members.data[member].column] += number;
            size = fmax(size, fabs(number));
        }
    }
    bool rations_takers = false;
    bool rations_givers = false;
    rationed_sides(g, pool, &rations_takers, &rations_givers);
    const double gain = size > 0 ? floor_net(g, pool) * (size_all / size) : 0;
    for (int c = 0; c < s->columns && size > 0; c++) {
        numbers[c] /= size;
    }
    s->low[s->columns + row] = rations_takers ? fmin(0, -gain) : -HUGE_VAL;
    s->high[s->columns + row] = rations_givers ? fmax(0, -gain) : HUGE_VAL;
}

static void make_sums(struct sim_programme *g)
{
    int columns = 0;
    for (int i = 0; i < g->pools.count; i++) {
        rest_at_bound(g, g->pools.data[i]);
    }
    for (int i = 0; i < g->members.count; i++) {
        struct sim_programme_member *m = &g->members.data[i];
        m->column = m->ceiling - m->floor > SIM_TOLERANCE_CLOSED ? columns++ : -1;
        m->is_blocked = m->is_blocked && m->column >= 0;
    }
    sim_simplex_init(&g->sums, g->pools.count, columns);
    for (int i = 0; i < g->members.count; i++) {
        const struct sim_programme_member *m = &g->members.data[i];
        if (m->column >= 0) {
            g->sums.high[m->column] = m->ceiling - m->floor;
        }
    }
    for (int row = 0; row < g->pools.count; row++) {
        add_pool(g, row);
    }
    sim_simplex_begin(&g->sums);
}

static bool is_of_class(const struct sim_programme_member *m, int32_t rank)
{
    return m->is_blocked && m->rank == rank;
}

static int class_size(const struct sim_programme *g, int32_t rank)
{
    int count = 0;
    for (int i = 0; i < g->members.count; i++) {
        count += is_of_class(&g->members.data[i], rank) ? 1 : 0;
    }
    return count;
}

/** The sums with a column more, the fill level, and a row a member of the class: its share less
 * the level is not below 0. */
static void begin_class(struct sim_programme *g, int32_t rank, struct sim_simplex *out)
{
    const struct sim_simplex *s = &g->sums;
    const int n = s->columns;
    sim_simplex_init(out, s->rows + class_size(g, rank), n + 1);
    for (int c = 0; c < n; c++) {
        out->low[c] = s->low[c];
        out->high[c] = s->high[c];
        out->value[c] = s->value[c];
    }
    out->high[n] = HUGE_VAL;
    for (int r = 0; r < s->rows; r++) {
        memcpy(out->given + r * (n + 1), s->given + r * n, (size_t)n * sizeof(double));
        out->low[n + 1 + r] = s->low[n + r];
        out->high[n + 1 + r] = s->high[n + r];
    }
    int row = s->rows;
    for (int i = 0; i < g->members.count; i++) {
        struct sim_programme_member *m = &g->members.data[i];
        m->row = -1;
        if (is_of_class(m, rank)) {
            out->given[row * (n + 1) + m->column] = 1;
            out->given[row * (n + 1) + n] = -1;
            out->low[n + 1 + row] = -m->floor;
            m->row = n + 1 + row++;
        }
    }
    sim_simplex_begin(out);
}

/** What the class found holds from now on. */
static void end_class(struct sim_programme *g, struct sim_simplex *s)
{
    const int n = g->sums.columns;
    for (int c = 0; c < n; c++) {
        g->sums.low[c] = s->low[c];
        g->sums.high[c] = s->high[c];
        g->sums.value[c] = s->value[c];
    }
    for (int r = 0; r < g->sums.rows; r++) {
        g->sums.low[n + r] = s->low[n + 1 + r];
        g->sums.high[n + r] = s->high[n + 1 + r];
    }
    sim_simplex_fini(s);
}

/** The member stays where it is, at no less than the level; its fill says no more. */
static void drop(struct sim_programme_member *m, struct sim_simplex *s, bool is_stuck)
{
    const int c = m->column;
    const bool is_full = s->value[c] >= s->high[c] - SIM_TOLERANCE_CLOSED;
    const double value = is_full ? s->high[c] : s->value[c];
    s->low[c] =
        is_stuck ? value : fmin(value, fmax(s->low[c], s->value[s->columns - 1] - m->floor));
    s->high[c] = is_stuck ? value : s->high[c];
    s->low[m->row] = -HUGE_VAL;
    s->high[m->row] = HUGE_VAL;
    m->row = -1;
    m->is_blocked = false;
}

/** Drop the members of the class that cannot rise above the level: those whose fill has a price, or
 * who are at their ceilings. Should a rounding hide them, the first by name leaves. */
static void drop_stuck(struct sim_programme *g, struct sim_simplex *s)
{
    struct sim_programme_member *first = NULL;
    bool any = false;
    for (int i = 0; i < g->members.count; i++) {
        struct sim_programme_member *m = &g->members.data[i];
        if (m->row < 0) {
            continue;
        }
        first = first == NULL ? m : first;
        if (sim_simplex_has_price(s, m->row) ||
            s->value[m->column] >= s->high[m->column] - SIM_TOLERANCE_CLOSED) {
            drop(m, s, true);
            any = true;
        }
    }
    if (!any && first != NULL) {
        drop(first, s, false);
    }
}

/** Raise all blocked members of one class to the same fill, again and again, until none can rise.
 */
static void raise_class(struct sim_programme *g, int32_t rank)
{
    struct sim_simplex s;
    const int level = g->sums.columns;
    begin_class(g, rank, &s);
    for (int left = class_size(g, rank); left > 0 && !g->has_failed; left = class_size(g, rank)) {
        g->has_failed = !sim_simplex_maximise_column(&s, level);
        sim_simplex_hold_priced(&s);
        drop_stuck(g, &s);
        s.low[level] = s.value[level];
        s.high[level] = HUGE_VAL;
    }
    end_class(g, &s);
}

/** The class of the best rank that is still blocked, INT32_MAX none. */
static int32_t best_rank(const struct sim_programme *g)
{
    int32_t best = INT32_MAX;
    for (int i = 0; i < g->members.count; i++) {
        const struct sim_programme_member *m = &g->members.data[i];
        best = m->is_blocked && m->rank < best ? m->rank : best;
    }
    return best;
}

/** Whether anything at all can rise: the sum of all, in one programme. */
static bool is_anything_open(struct sim_programme *g)
{
    struct sim_simplex *s = &g->sums;
    double *objective = sim_base_alloc((size_t)s->columns, sizeof(*objective));
    for (int c = 0; c < s->columns; c++) {
        objective[c] = 1;
    }
    g->has_failed = !sim_simplex_maximise(s, objective);
    double sum = 0;
    for (int c = 0; c < s->columns; c++) {
        sum += s->value[c];
    }
    free(objective);
    return !g->has_failed && sum > SIM_TOLERANCE_OPEN;
}

/** Where the largest sum has all blocked members at their ceilings, no class is short. */
static bool are_all_full(struct sim_programme *g)
{
    struct sim_simplex *s = &g->sums;
    for (int i = 0; i < g->members.count; i++) {
        const struct sim_programme_member *m = &g->members.data[i];
        if (m->is_blocked && s->value[m->column] < s->high[m->column]) {
            return false;
        }
    }
    for (int i = 0; i < g->members.count; i++) {
        struct sim_programme_member *m = &g->members.data[i];
        if (m->is_blocked) {
            s->low[m->column] = s->high[m->column];
            m->is_blocked = false;
        }
    }
    return true;
}

/** Class by class, from the floors. */
static void raise_classes(struct sim_programme *g)
{
    struct sim_simplex *s = &g->sums;
    memset(s->value, 0, (size_t)s->columns * sizeof(double));
    for (int32_t rank = best_rank(g); rank != INT32_MAX; rank = best_rank(g)) {
        raise_class(g, rank);
        if (g->has_failed) {
            break;
        }
    }
    sim_simplex_begin(s);
}

/** All that is still open, by name. */
static void raise_rest(struct sim_programme *g)
{
    struct sim_simplex *s = &g->sums;
    for (int c = 0; c < s->columns; c++) {
        if (s->low[c] < s->high[c] && !g->has_failed) {
            g->has_failed = !sim_simplex_maximise_column(s, c);
            sim_simplex_hold_priced(s);
        }
    }
    sim_simplex_finish(s);
}

static bool take_solution(struct sim_programme *g)
{
    bool has_risen = false;
    for (int i = 0; i < g->members.count; i++) {
        struct sim_programme_member *m = &g->members.data[i];
        const double found = m->column >= 0 ? g->sums.value[m->column] : 0;
        const double rise = found > SIM_TOLERANCE_NOTHING ? found : 0;
        const double before = m->floor;
        m->floor = fmin(m->ceiling, m->floor + rise);
        if (m->column >= 0 && g->sums.value[m->column] == m->ceiling - before) {
            m->floor = m->ceiling;
        }
        has_risen = has_risen || (m->is_inside && m->floor > before + SIM_TOLERANCE_ROOM);
    }
    return has_risen;
}

static bool solve_once(struct sim_programme *g)
{
    make_sums(g);
    bool has_risen = g->sums.columns > 0 && is_anything_open(g);
    if (has_risen) {
        if (!are_all_full(g)) {
            raise_classes(g);
        }
        raise_rest(g);
        has_risen = take_solution(g);
    }
    sim_simplex_fini(&g->sums);
    return has_risen;
}

/** Whether somebody rested; nobody does any more. */
static bool wake(struct sim_programme *g)
{
    bool any = false;
    for (int i = 0; i < g->members.count; i++) {
        struct sim_programme_member *m = &g->members.data[i];
        any = any || m->is_resting;
        m->is_resting = false;
        m->ceiling = fmax(m->floor, m->reach);
        m->is_blocked = m->is_held;
    }
    return any;
}

bool sim_programme_solve(struct sim_programme *g)
{
    enum {
        ROUNDS = 5
    };
    for (int i = 0; i < g->members.count; i++) {
        g->members.data[i].reach = g->members.data[i].ceiling;
        g->members.data[i].is_held = g->members.data[i].is_blocked;
    }
    bool has_risen = solve_once(g);
    bool goes_on = has_risen;
    for (int round = 1; round < ROUNDS && goes_on && wake(g); round++) {
        goes_on = solve_once(g); // make-up that rested at the floors may be needed now
    }
    return has_risen;
}

bool sim_programme_is_open(struct sim_programme *g)
{
    make_sums(g);
    bool any = g->sums.columns > 0 && is_anything_open(g);
    if (any) {
        any = false;
        for (int i = 0; i < g->members.count; i++) {
            const struct sim_programme_member *m = &g->members.data[i];
            any = any ||
                  (m->is_inside && m->column >= 0 && g->sums.value[m->column] > SIM_TOLERANCE_OPEN);
        }
    }
    sim_simplex_fini(&g->sums);
    return any;
}
