// Circular blocks: by fill levels (levels.c); where these find no fixed point, or one of many,
// limit by limit: a few synchronous sweeps from capacity, Newton on the active pieces, then the
// path from all claims at capacity (follow.c). What one finds is a fixed point; which of several is
// meant: rates.h.

#include "sim/flow/dense.h"
#include "sim/flow/levels_priv.h"
#include "sim/flow/loop_priv.h"
#include "sim/flow/tolerances.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SWEEPS = 6,
    NEWTON_STEPS = 40
};
static const double AMPLE = 1e3; // capacities up to so many times the scale are taken as they are

struct sim_loop *sim_loop_create(const struct sim_network *net)
{
    struct sim_loop *l = sim_base_alloc(1, sizeof(*l));
    l->row_of = sim_base_alloc((size_t)net->port_count, sizeof(*l->row_of));
    l->claim_of = sim_base_alloc((size_t)net->port_count, sizeof(*l->claim_of));
    for (int32_t j = 0; j < net->port_count; j++) {
        l->row_of[j] = -1;
        l->claim_of[j] = -1;
    }
    return l;
}

void sim_loop_destroy(struct sim_loop *l)
{
    if (l == NULL) {
        return;
    }
    SIM_VEC_FREE(&l->rows);
    SIM_VEC_FREE(&l->terms);
    SIM_VEC_FREE(&l->claims);
    SIM_VEC_FREE(&l->claim_rows);
    SIM_VEC_FREE(&l->activities);
    SIM_VEC_FREE(&l->saved);
    SIM_VEC_FREE(&l->x);
    SIM_VEC_FREE(&l->y);
    SIM_VEC_FREE(&l->g);
    SIM_VEC_FREE(&l->matrix);
    SIM_VEC_FREE(&l->right);
    SIM_VEC_FREE(&l->basis);
    SIM_VEC_FREE(&l->work);
    SIM_VEC_FREE(&l->order);
    SIM_VEC_FREE(&l->core_right);
    SIM_VEC_FREE(&l->waits);
    SIM_VEC_FREE(&l->queue);
    struct sim_loop_lists *const lists[] = {&l->met, &l->by_row, &l->by_column};
    for (int i = 0; i < SIM_COUNT(lists); i++) {
        SIM_VEC_FREE(&lists[i]->begin);
        SIM_VEC_FREE(&lists[i]->items);
    }
    SIM_VEC_FREE(&l->met_by);
    SIM_VEC_FREE(&l->circle);
    SIM_VEC_FREE(&l->known);
    SIM_VEC_FREE(&l->woken);
    SIM_VEC_FREE(&l->dry);
    SIM_VEC_FREE(&l->capped);
    SIM_VEC_FREE(&l->least);
    SIM_VEC_FREE(&l->saved_x);
    SIM_VEC_FREE(&l->held);
    free(l->row_of);
    free(l->claim_of);
    free(l);
}

// ---- The block as a problem of its own ----

/** Whether what pull activity or link `k` is asked for is decided in the block that begins at port
 * `first`: the limit of its main output is one of the block's. */
static bool is_asked_here(const struct sim_rates *r, int32_t first, int32_t k)
{
    const struct sim_network_activity *a = &r->net->activities[k];
    for (int32_t j = a->ports_begin; j < a->ports_end; j++) {
        const struct sim_network_port *p = &r->net->ports[j];
        if (p->gives && (a->is_link || p->is_pull) && r->block[j] == first) {
            return true;
        }
    }
    return false;
}

/** What the capacity and the limits outside the block leave to the claim of port `m`. The claim
 * itself may be from before. */
static double outer_claim(const struct sim_rates *r, int32_t first, int32_t m)
{
    const int32_t k = r->net->ports[m].activity;
    const struct sim_network_activity *a = &r->net->activities[k];
    double least = r->capacity[k];
    for (int32_t j = a->ports_begin; j < a->ports_end; j++) {
        least = j != m && r->block[j] != first ? fmin(least, r->limit[j]) : least;
    }
    return least;
}

/** Whether somebody draws on what port `j` gives: a taker that could claim something, or one asked
 * in this block that is not idle itself. */
static bool is_drawn(const struct sim_rates *r, int32_t first, int32_t j)
{
    const struct sim_network *net = r->net;
    const int32_t at = net->ports[j].pool;
    const struct sim_network_pool *pool = &net->pools[at];
    for (int32_t i = pool->takers_begin; i < pool->givers_begin; i++) {
        const int32_t m = net->at_pool[i];
        const int32_t k = net->ports[m].activity;
        if (!sim_rates_is_active(net, m, r->condition[at])) {
            continue;
        }
        if ((!r->is_idle[k] || !is_asked_here(r, first, k)) && outer_claim(r, first, m) > 0) {
            return true;
        }
    }
    return false;
}

static bool is_drawn_anywhere(const struct sim_rates *r, int32_t first, int32_t k)
{
    const struct sim_network_activity *a = &r->net->activities[k];
    for (int32_t j = a->ports_begin; j < a->ports_end; j++) {
        const struct sim_network_port *p = &r->net->ports[j];
        if (p->gives && (a->is_link || p->is_pull) &&
            (r->block[j] != first || is_drawn(r, first, j))) {
            return true;
        }
    }
    return false;
}

/** Activity `k` is idle no more: idle ones that give to where it takes may be drawn on by it. */
static void wake_givers(struct sim_rates *r, int32_t first, int32_t k)
{
    const struct sim_network *net = r->net;
    const struct sim_network_activity *a = &net->activities[k];
    for (int32_t m = a->ports_begin; m < a->ports_end; m++) {
        const struct sim_network_pool *pool = &net->pools[net->ports[m].pool];
        for (int32_t i = pool->givers_begin; i < pool->ports_end && !net->ports[m].gives; i++) {
            const int32_t giver = net->ports[net->at_pool[i]].activity;
            if (r->is_idle[giver] && is_asked_here(r, first, giver) &&
                is_drawn_anywhere(r, first, giver)) {
                r->is_idle[giver] = false;
                SIM_VEC_PUSH(&r->loop->woken, giver);
            }
        }
    }
}

/** All but the least set of those that somebody draws on, from users backwards: who is found not to
 * be idle is asked once whom it draws on. */
void sim_loop_find_idle(struct sim_rates *r, int32_t first)
{
    const struct sim_network *net = r->net;
    sim_rates_ints *woken = &r->loop->woken;
    woken->count = 0;
    int32_t last = -1;
    for (int32_t j = first; j >= 0; j = r->next_in_block[j]) {
        const int32_t k = net->ports[j].activity;
        if (k != last && is_asked_here(r, first, k)) {
            r->is_idle[k] = r->capacity[k] > 0;
        }
        last = k; // ports are in order of activities
    }
    last = -1;
    for (int32_t j = first; j >= 0; j = r->next_in_block[j]) {
        const int32_t k = net->ports[j].activity;
        if (k != last && r->is_idle[k] && is_asked_here(r, first, k) &&
            is_drawn_anywhere(r, first, k)) {
            r->is_idle[k] = false;
            SIM_VEC_PUSH(woken, k);
        }
        last = k;
    }
    while (woken->count > 0) {
        wake_givers(r, first, SIM_VEC_POP(woken));
    }
}

static int32_t claim_number(struct sim_rates *r, struct sim_loop *l, int32_t m)
{
    if (l->claim_of[m] >= 0) {
        return l->claim_of[m];
    }
    const struct sim_network *net = r->net;
    const int32_t k = net->ports[m].activity;
    const bool is_idle_taker =
        r->is_idle[k] && !net->ports[m].gives && is_asked_here(r, l->rows.data[0].port, k);
    struct sim_loop_claim claim = {.port = m,
                                   .constant = is_idle_taker ? 0 : r->capacity[k],
                                   .rows_begin = l->claim_rows.count};
    for (int32_t i = net->activities[k].ports_begin; i < net->activities[k].ports_end; i++) {
        if (i != m && l->row_of[i] >= 0) {
            SIM_VEC_PUSH(&l->claim_rows, l->row_of[i]);
        } else if (i != m) {
            claim.constant = fmin(claim.constant, r->limit[i]);
        }
    }
    claim.rows_end = l->claim_rows.count;
    l->claim_of[m] = l->claims.count;
    SIM_VEC_PUSH(&l->claims, claim);
    return l->claim_of[m];
}

static void add_terms(struct sim_rates *r, struct sim_loop *l, int32_t j)
{
    const struct sim_network *net = r->net;
    const struct sim_network_port *p = &net->ports[j];
    const struct sim_network_pool *pool = &net->pools[p->pool];
    const unsigned condition = r->condition[p->pool];
    for (int32_t i = pool->takers_begin; i < pool->ports_end; i++) {
        const int32_t m = net->at_pool[i];
        const struct sim_network_port *q = &net->ports[m];
        if (!sim_rates_depends(net, j, m, condition) || !sim_rates_is_active(net, m, condition)) {
            continue;
        }
        const bool is_equal =
            p->gives == q->gives && sim_rates_rank(p, condition) == sim_rates_rank(q, condition);
        const enum sim_loop_role role = p->gives != q->gives ? SIM_LOOP_OTHER_SIDE
                                        : is_equal           ? SIM_LOOP_EQUAL
                                                             : SIM_LOOP_BETTER;
        SIM_VEC_PUSH(&l->terms,
                     (struct sim_loop_term){claim_number(r, l, m), role, r->coef[m], r->weight[m]});
    }
}

static void gather_rows(struct sim_rates *r, struct sim_loop *l, int32_t first)
{
    l->rows.count = 0;
    l->terms.count = 0;
    l->claims.count = 0;
    l->claim_rows.count = 0;
    l->activities.count = 0;
    l->saved.count = 0;
    for (int32_t j = first; j >= 0; j = r->next_in_block[j]) {
        const struct sim_network_port *p = &r->net->ports[j];
        l->row_of[j] = l->rows.count;
        SIM_VEC_PUSH(&l->rows,
                     (struct sim_loop_row){.port = j,
                                           .capacity = r->capacity[p->activity],
                                           .scale = fmin(r->capacity[p->activity],
                                                         AMPLE * sim_rates_scale(r, p->activity)),
                                           .coef = r->coef[j],
                                           .weight = r->weight[j]});
        if (l->activities.count == 0 || SIM_VEC_LAST(&l->activities) != p->activity) {
            SIM_VEC_PUSH(&l->activities, p->activity); // ports are in order of activities
        }
    }
}

static void make_problem(struct sim_rates *r, struct sim_loop *l, int32_t first)
{
    gather_rows(r, l, first);
    sim_loop_find_idle(r, first);
    for (int32_t j = 0; j < l->rows.count; j++) {
        l->rows.data[j].terms_begin = l->terms.count;
        add_terms(r, l, l->rows.data[j].port);
        l->rows.data[j].terms_end = l->terms.count;
    }
    for (int i = 0; i < l->activities.count; i++) {
        const struct sim_network_activity *a = &r->net->activities[l->activities.data[i]];
        for (int32_t m = a->ports_begin; m < a->ports_end; m++) {
            SIM_VEC_PUSH(&l->saved, r->claim[m]);
        }
    }
    SIM_VEC_RESERVE(&l->x, l->rows.count);
    SIM_VEC_RESERVE(&l->g, l->rows.count);
    SIM_VEC_RESERVE(&l->y, l->claims.count);
    SIM_VEC_RESERVE(&l->dry, l->rows.count);
    SIM_VEC_RESERVE(&l->capped, l->terms.count);
    SIM_VEC_RESERVE(&l->least, l->claims.count);
}

static void forget_problem(struct sim_loop *l)
{
    for (int j = 0; j < l->rows.count; j++) {
        l->row_of[l->rows.data[j].port] = -1;
    }
    for (int m = 0; m < l->claims.count; m++) {
        l->claim_of[l->claims.data[m].port] = -1;
    }
}

// ---- The maps ----

void sim_loop_claims(const struct sim_loop *l, const double *x, double *y)
{
    for (int m = 0; m < l->claims.count; m++) {
        const struct sim_loop_claim *claim = &l->claims.data[m];
        double least = claim->constant;
        for (int32_t i = claim->rows_begin; i < claim->rows_end; i++) {
            const double limit = x[l->claim_rows.data[i]];
            least = limit < least ? limit : least;
        }
        y[m] = least > 0 ? least : 0;
    }
}

/** Supply less what is served before; 0 when nothing worth speaking of is left. */
static double left_over(const struct sim_loop *l, const struct sim_loop_row *row, const double *y,
                        double *out_supply)
{
    double supply = 0;
    double better = 0;
    for (int32_t i = row->terms_begin; i < row->terms_end; i++) {
        const struct sim_loop_term *t = &l->terms.data[i];
        const double flow = t->coef * y[t->claim];
        supply += t->role == SIM_LOOP_OTHER_SIDE ? flow : 0;
        better += t->role == SIM_LOOP_BETTER ? flow : 0;
    }
    const double left = supply - better;
    *out_supply = supply;
    return fabs(left) > SIM_TOLERANCE_DRY * supply ? left : 0;
}

/** Fill level at which the row's class uses up `left`, its own wish unlimited. `is_capped` (NULL is
 * fine) is set for each term. */
static double fill_level(const struct sim_loop *l, const struct sim_loop_row *row, const double *y,
                         double left, bool *is_capped)
{
    double level = 0;
    double weights_before = -1;
    for (int round = 0; round <= row->terms_end - row->terms_begin + 1; round++) {
        double weights = row->weight;
        double rest = left;
        for (int32_t i = row->terms_begin; i < row->terms_end; i++) {
            const struct sim_loop_term *t = &l->terms.data[i];
            if (t->role != SIM_LOOP_EQUAL) {
                continue;
            }
            const bool capped = round > 0 && t->coef * y[t->claim] < t->weight * level;
            rest -= capped ? t->coef * y[t->claim] : 0;
            weights += capped ? 0 : t->weight;
            if (is_capped != NULL) {
                is_capped[i] = capped;
            }
        }
        level = rest / weights;
        if (weights == weights_before) {
            break;
        }
        weights_before = weights;
    }
    return level;
}

void sim_loop_limits(const struct sim_loop *l, const double *y, double *g)
{
    for (int j = 0; j < l->rows.count; j++) {
        const struct sim_loop_row *row = &l->rows.data[j];
        double supply = 0;
        const double left = row->weight > 0 ? left_over(l, row, y, &supply) : 0;
        g[j] = left > 0 ? row->weight * fill_level(l, row, y, left, NULL) / row->coef : 0;
    }
}

struct sim_loop_piece sim_loop_piece_at(struct sim_loop *l, const double *x, const double *y,
                                        double tie)
{
    for (int m = 0; m < l->claims.count; m++) {
        const struct sim_loop_claim *claim = &l->claims.data[m];
        double least = claim->constant * (1 + tie);
        l->least.data[m] = -1;
        for (int32_t i = claim->rows_begin; i < claim->rows_end; i++) {
            if (x[l->claim_rows.data[i]] < least) {
                least = x[l->claim_rows.data[i]];
                l->least.data[m] = i;
            }
        }
    }
    for (int j = 0; j < l->rows.count; j++) {
        const struct sim_loop_row *row = &l->rows.data[j];
        double supply = 0;
        const double left = row->weight > 0 ? left_over(l, row, y, &supply) : 0;
        l->dry.data[j] = !(left > 0) && !(left >= -tie * supply && supply > 0);
        if (left > 0) {
            const double level = fill_level(l, row, y, left, l->capped.data);
            for (int32_t i = row->terms_begin; i < row->terms_end && tie > 0; i++) {
                const struct sim_loop_term *t = &l->terms.data[i];
                if (t->role == SIM_LOOP_EQUAL && t->weight > 0 &&
                    t->coef * y[t->claim] <= t->weight * level * (1 + tie)) {
                    l->capped.data[i] = true;
                }
            }
        } else {
            memset(l->capped.data + row->terms_begin, 0,
                   (size_t)(row->terms_end - row->terms_begin) * sizeof(bool));
        }
    }
    return (struct sim_loop_piece){l->dry.data, l->capped.data, l->least.data};
}

double sim_loop_linear_row(const struct sim_loop *l, struct sim_loop_piece piece, int32_t j,
                           double *matrix)
{
    const struct sim_loop_row *row = &l->rows.data[j];
    memset(matrix, 0, (size_t)l->rows.count * sizeof(*matrix));
    double weights = row->weight;
    if (piece.is_dry[j] || !(row->weight > 0)) {
        return 0;
    }
    for (int32_t i = row->terms_begin; i < row->terms_end; i++) {
        const struct sim_loop_term *t = &l->terms.data[i];
        weights += t->role == SIM_LOOP_EQUAL && !piece.is_capped[i] ? t->weight : 0;
    }
    const double slope = row->weight / (row->coef * weights * row->scale);
    double constant = 0;
    for (int32_t i = row->terms_begin; i < row->terms_end; i++) {
        const struct sim_loop_term *t = &l->terms.data[i];
        if (t->role == SIM_LOOP_EQUAL && !piece.is_capped[i]) {
            continue;
        }
        const double s = t->role == SIM_LOOP_OTHER_SIDE ? slope * t->coef : -slope * t->coef;
        const int32_t least = piece.least[t->claim];
        if (least < 0) {
            constant += s * l->claims.data[t->claim].constant;
        } else {
            const int32_t column = l->claim_rows.data[least];
            matrix[column] += s * l->rows.data[column].scale;
        }
    }
    return constant;
}

/** What rounding alone may make of row `j`'s limit: the sums at its pool, as rates of its activity.
 */
static double noise(const struct sim_loop *l, int32_t j)
{
    const struct sim_loop_row *row = &l->rows.data[j];
    double sum = 0;
    for (int32_t i = row->terms_begin; i < row->terms_end; i++) {
        sum += l->terms.data[i].coef * l->y.data[l->terms.data[i].claim];
    }
    return SIM_TOLERANCE_DRY * sum / row->coef;
}

double sim_loop_residual(struct sim_loop *l)
{
    sim_loop_claims(l, l->x.data, l->y.data);
    sim_loop_limits(l, l->y.data, l->g.data);
    double most = 0;
    for (int j = 0; j < l->rows.count; j++) {
        const double scale = fmax(l->rows.data[j].scale, fabs(l->g.data[j]));
        const double off = fabs(l->x.data[j] - l->g.data[j]);
        if (off > most * scale && off > noise(l, j)) {
            most = off / scale;
        }
    }
    return most;
}

// ---- Sweeps and Newton ----

/** From all claims at capacity; true when they come to rest. */
static bool sweep(struct sim_loop *l)
{
    for (int m = 0; m < l->claims.count; m++) {
        l->y.data[m] = l->claims.data[m].constant;
    }
    for (int i = 0; i < SWEEPS; i++) {
        sim_loop_limits(l, l->y.data, l->x.data);
        bool rests = true;
        for (int m = 0; m < l->claims.count && rests; m++) {
            const double before = l->y.data[m];
            const struct sim_loop_claim *claim = &l->claims.data[m];
            double least = claim->constant;
            for (int32_t c = claim->rows_begin; c < claim->rows_end; c++) {
                least = fmin(least, l->x.data[l->claim_rows.data[c]]);
            }
            rests = least == before;
        }
        if (rests) {
            return true;
        }
        sim_loop_claims(l, l->x.data, l->y.data);
    }
    return false;
}

/** Turn lists of numbers below `n` around: who is in the list of whom, in ascending order. */
static void turn_around(const struct sim_loop_lists *from, int n, struct sim_loop_lists *to)
{
    SIM_VEC_RESERVE(&to->begin, n + 1);
    SIM_VEC_RESERVE(&to->items, from->items.count);
    int32_t *begin = to->begin.data;
    memset(begin, 0, (size_t)(n + 1) * sizeof(*begin));
    for (int i = 0; i < from->items.count; i++) {
        begin[from->items.data[i] + 1]++;
    }
    for (int i = 0; i < n; i++) {
        begin[i + 1] += begin[i];
    }
    for (int j = 0; j < n; j++) {
        for (int32_t i = from->begin.data[j]; i < from->begin.data[j + 1]; i++) {
            to->items.data[begin[from->items.data[i]]++] = j;
        }
    }
    memmove(begin + 1, begin, (size_t)n * sizeof(*begin));
    begin[0] = 0;
    to->items.count = from->items.count;
}

void sim_loop_list(struct sim_loop *l, struct sim_loop_piece piece)
{
    const int n = l->rows.count;
    struct sim_loop_lists *met = &l->met;
    SIM_VEC_RESERVE(&l->met_by, n);
    SIM_VEC_RESERVE(&met->begin, n + 1);
    met->items.count = 0;
    met->begin.data[0] = 0;
    for (int j = 0; j < n; j++) {
        l->met_by.data[j] = -1;
    }
    for (int j = 0; j < n; j++) {
        const struct sim_loop_row *row = &l->rows.data[j];
        for (int32_t i = row->terms_begin; i < row->terms_end; i++) {
            const int32_t least = piece.least[l->terms.data[i].claim];
            const int32_t column = least >= 0 ? l->claim_rows.data[least] : -1;
            if (column >= 0 && l->met_by.data[column] != j) {
                l->met_by.data[column] = j;
                SIM_VEC_PUSH(&met->items, column);
            }
        }
        met->begin.data[j + 1] = met->items.count;
    }
    turn_around(met, n, &l->by_column);
    turn_around(&l->by_column, n, &l->by_row); // in order, so that sums go as they always did
}

int sim_loop_peel(struct sim_loop *l, const double *matrix, double *right, bool *is_known)
{
    const int n = l->rows.count;
    const int32_t *row_begin = l->by_row.begin.data;
    const int32_t *columns = l->by_row.items.data;
    const int32_t *column_begin = l->by_column.begin.data;
    const int32_t *rows = l->by_column.items.data;
    SIM_VEC_RESERVE(&l->waits, n);
    SIM_VEC_RESERVE(&l->queue, n);
    int32_t *waits = l->waits.data; // per row: on how many it still waits
    int32_t *queue = l->queue.data;
    int end = 0;
    int left = 0;
    for (int j = 0; j < n; j++) {
        waits[j] = 0;
        for (int32_t at = row_begin[j]; at < row_begin[j + 1] && !is_known[j]; at++) {
            waits[j] += matrix[j * n + columns[at]] != 0 && !is_known[columns[at]] ? 1 : 0;
        }
        left += is_known[j] ? 0 : 1;
        if (!is_known[j] && waits[j] == 0) {
            queue[end++] = j;
        }
    }
    for (int begin = 0; begin < end; begin++) {
        const int known = queue[begin];
        for (int32_t at = row_begin[known]; at < row_begin[known + 1] && right != NULL; at++) {
            const double slope = matrix[known * n + columns[at]];
            right[known] += slope != 0 ? slope * right[columns[at]] : 0;
        }
        is_known[known] = true;
        for (int32_t at = column_begin[known]; at < column_begin[known + 1]; at++) {
            const int j = rows[at];
            if (!is_known[j] && matrix[j * n + known] != 0 && --waits[j] == 0) {
                queue[end++] = j;
            }
        }
    }
    return left - end;
}

void sim_loop_equilibrate(double *a, double *b, int rows, int columns)
{
    for (int row = 0; row < rows; row++) {
        double most = 0;
        for (int c = 0; c < columns; c++) {
            const double size = fabs(a[row * columns + c]);
            most = size > most ? size : most;
        }
        if (!(most > 0) || (most > 0x1p-10 && most < 0x1p10)) {
            continue; // nearly all are near 1 as they are
        }
        int exponent = 0;
        (void)frexp(most, &exponent);
        const double factor = ldexp(1, -exponent); // a power of two: nothing is rounded
        for (int c = 0; c < columns; c++) {
            a[row * columns + c] *= factor;
        }
        if (b != NULL) {
            b[row] *= factor;
        }
    }
}

/** Solve x = A x + b for the rows of A in l->matrix; b is overwritten with x. False when singular.
 * `is_known` is scratch. */
static bool solve_rows(struct sim_loop *l, double *b, bool *is_known)
{
    const int n = l->rows.count;
    SIM_VEC_RESERVE(&l->core_right, n);
    const double *a = l->matrix.data;
    double *core = l->matrix.data + (size_t)n * (size_t)n;
    double *core_right = l->core_right.data;
    memset(is_known, 0, (size_t)n * sizeof(bool));
    const int size = sim_loop_peel(l, a, b, is_known);
    int at = 0;
    l->order.count = 0;
    for (int j = 0; j < n; j++) {
        if (!is_known[j]) {
            SIM_VEC_PUSH(&l->order, j);
        }
    }
    for (int row = 0; row < size; row++) {
        const int j = l->order.data[row];
        core_right[row] = b[j];
        for (int32_t c = l->by_row.begin.data[j]; c < l->by_row.begin.data[j + 1]; c++) {
            const int i = l->by_row.items.data[c];
            core_right[row] += is_known[i] && a[j * n + i] != 0 ? a[j * n + i] * b[i] : 0;
        }
        for (int column = 0; column < size; column++) {
            const int i = l->order.data[column];
            core[at++] = (i == j ? 1 : 0) - a[j * n + i];
        }
    }
    sim_loop_equilibrate(core, core_right, size, size);
    if (!sim_dense_solve(core, core_right, size)) {
        return false;
    }
    for (int row = 0; row < size; row++) {
        b[l->order.data[row]] = core_right[row];
    }
    return true;
}

bool sim_loop_solve_piece(struct sim_loop *l, struct sim_loop_piece piece, const double *extra,
                          double *out)
{
    const int n = l->rows.count;
    SIM_VEC_RESERVE(&l->matrix, 2 * n * n);
    SIM_VEC_RESERVE(&l->order, n);
    SIM_VEC_RESERVE(&l->known, n);
    for (int j = 0; j < n; j++) {
        const double right =
            sim_loop_linear_row(l, piece, j, l->matrix.data + (size_t)j * (size_t)n);
        out[j] = extra != NULL ? extra[j] : right;
    }
    sim_loop_list(l, piece);
    return solve_rows(l, out, l->known.data);
}

/** Solve x = A x + b on the piece at (x, y); x is overwritten. False when singular. */
static bool newton_step(struct sim_loop *l)
{
    SIM_VEC_RESERVE(&l->right, l->rows.count);
    const struct sim_loop_piece piece = sim_loop_piece_at(l, l->x.data, l->y.data, 0);
    if (!sim_loop_solve_piece(l, piece, NULL, l->right.data)) {
        return false;
    }
    for (int j = 0; j < l->rows.count; j++) {
        l->x.data[j] = l->right.data[j] * l->rows.data[j].scale;
    }
    return true;
}

bool sim_loop_newton(struct sim_loop *l)
{
    double residual = 1;
    for (int i = 0; i < NEWTON_STEPS; i++) {
        if (!newton_step(l)) {
            return false;
        }
        residual = sim_loop_residual(l);
        if (residual <= SIM_TOLERANCE_CONVERGED) {
            return true;
        }
    }
    return residual <=
           SIM_TOLERANCE_SETTLED; // where scales differ much, roundings stand in the way of more
}

/** How far x is from its image, the most of any row's own image; `out_off` is by how much, in units
 * of the rows' scales. */
static double worst_share(struct sim_loop *l, double *out_off)
{
    sim_loop_claims(l, l->x.data, l->y.data);
    sim_loop_limits(l, l->y.data, l->g.data);
    double most = 0;
    for (int j = 0; j < l->rows.count; j++) {
        const double scale = l->rows.data[j].scale;
        const double off = l->g.data[j] - l->x.data[j];
        const double size = fabs(l->g.data[j]) + SIM_TOLERANCE_NOTHING * scale;
        out_off[j] = scale > 0 ? off / scale : 0;
        most = fabs(off) > most * size ? fabs(off) / size : most;
    }
    return most;
}

/** Where capacities are ample, what one step of Newton leaves is small beside them, not beside what
 * flows. The same matrix takes that out: x += the solution of what is still off. */
static void refine(struct sim_loop *l)
{
    enum {
        TIMES = 3
    };
    const int n = l->rows.count;
    SIM_VEC_RESERVE(&l->right, 2 * n);
    SIM_VEC_RESERVE(&l->saved_x, n);
    double *off = l->right.data;
    double *by = off + n;
    double was = worst_share(l, off);
    for (int i = 0; i < TIMES && was > SIM_TOLERANCE_IMAGE; i++) {
        memcpy(l->saved_x.data, l->x.data, (size_t)n * sizeof(*off));
        const struct sim_loop_piece piece = sim_loop_piece_at(l, l->x.data, l->y.data, 0);
        if (!sim_loop_solve_piece(l, piece, off, by)) {
            return;
        }
        for (int j = 0; j < n; j++) {
            l->x.data[j] += by[j] * l->rows.data[j].scale;
        }
        const double now = worst_share(l, off);
        if (!(now < was)) {
            memcpy(l->x.data, l->saved_x.data, (size_t)n * sizeof(*off));
            (void)worst_share(l, off);
            return;
        }
        was = now;
    }
}

// ---- Putting it together ----

static void publish(struct sim_rates *r, const struct sim_loop *l)
{
    for (int j = 0; j < l->rows.count; j++) {
        const struct sim_loop_row *row = &l->rows.data[j];
        const double limit = fmin(row->capacity, fmax(0, l->x.data[j]));
        const struct sim_network_port *p = &r->net->ports[row->port];
        const bool is_main = p->gives && (p->is_pull || r->net->activities[p->activity].is_link);
        const bool stands = is_main && r->is_idle[p->activity];
        r->limit[row->port] = stands || limit < SIM_TOLERANCE_NOTHING * row->scale ? 0 : limit;
    }
    for (int i = 0; i < l->activities.count; i++) {
        sim_rates_set_claims(r, l->activities.data[i]);
    }
}

/** Tell those outside the block of claims that changed. */
static void announce(struct sim_rates *r, const struct sim_loop *l, int32_t first)
{
    int at = 0;
    for (int i = 0; i < l->activities.count; i++) {
        const struct sim_network_activity *a = &r->net->activities[l->activities.data[i]];
        for (int32_t m = a->ports_begin; m < a->ports_end; m++) {
            if (r->claim[m] != l->saved.data[at++]) {
                sim_rates_mark_dependents(r, m, first);
            }
        }
    }
    for (int j = 0; j < l->rows.count; j++) {
        sim_rates_mark_circles(r, l->rows.data[j].port, first);
    }
}

static enum sim_status unresolved(const struct sim_rates *r, const struct sim_loop *l,
                                  struct sim_err *err)
{
    char names[2000];
    size_t used = 0;
    for (int i = 0; i < l->activities.count && used < sizeof(names) - 1; i++) {
        const int length = snprintf(names + used, sizeof(names) - used, "%s'%s'", i > 0 ? ", " : "",
                                    r->net->activities[l->activities.data[i]].name);
        used += (size_t)length;
    }
    return sim_err_set(
        err, SIM_FAILED,
        "the rates of a loop cannot be resolved: %s; change a priority or an order on "
        "it so that they do not cross",
        names);
}

/** Whether some claim lies on a kink, where a solution may be the corner of many. */
static bool has_tie(const struct sim_loop *l)
{
    for (int m = 0; m < l->claims.count; m++) {
        const struct sim_loop_claim *claim = &l->claims.data[m];
        for (int32_t i = claim->rows_begin; i < claim->rows_end; i++) {
            if (fabs(l->x.data[l->claim_rows.data[i]] - claim->constant) <=
                SIM_TOLERANCE_TIE * claim->constant) {
                return true;
            }
        }
    }
    return false;
}

/** Half a step at a time, from capacity; then Newton from there. Where the path goes astray by
 * rounding, this mostly arrives. */
static bool creep(struct sim_loop *l)
{
    enum {
        STEPS = 400
    };
    for (int m = 0; m < l->claims.count; m++) {
        l->y.data[m] = l->claims.data[m].constant;
    }
    sim_loop_limits(l, l->y.data, l->x.data);
    for (int i = 0; i < STEPS; i++) {
        sim_loop_claims(l, l->x.data, l->y.data);
        sim_loop_limits(l, l->y.data, l->g.data);
        for (int j = 0; j < l->rows.count; j++) {
            l->x.data[j] = 0.5 * (l->x.data[j] + l->g.data[j]);
        }
    }
    sim_loop_claims(l, l->x.data, l->y.data);
    return sim_loop_newton(l);
}

/** Where the solution is one of many. */
static bool decide_by_name(struct sim_rates *r, struct sim_loop *l)
{
    (void)sim_loop_residual(l); // brings claims up to date
    if (sim_follow_by_name(l, r)) {
        r->work.by_name++;
    }
    return true;
}

static bool find_fixed_point(struct sim_rates *r, struct sim_loop *l)
{
    if (sweep(l)) {
        return true;
    }
    if (sim_loop_newton(l)) {
        if (!has_tie(l)) {
            return true;
        }
    } else {
        r->work.followed++;
        if (!sim_follow_solve(l) && !creep(l)) {
            return false;
        }
    }
    return decide_by_name(r, l);
}

/** Port by port: where levels find no fixed point, or one of many. */
static enum sim_status solve_ports(struct sim_rates *r, int32_t first, bool is_open,
                                   struct sim_err *err)
{
    struct sim_loop *l = r->loop;
    make_problem(r, l, first);
    enum sim_status status = SIM_OK;
    for (int j = 0; j < l->rows.count && is_open; j++) {
        l->x.data[j] = sim_levels_limit(r, first, l->rows.data[j].port);
    }
    if (is_open ? decide_by_name(r, l) : find_fixed_point(r, l)) {
        refine(l);
        publish(r, l);
        announce(r, l, first);
        r->is_able[first] = sim_selffeed_is_possible(l);
    } else {
        status = unresolved(r, l, err);
    }
    forget_problem(l);
    return status;
}

enum sim_status sim_loop_solve(struct sim_rates *r, int32_t first, struct sim_err *err)
{
    bool is_open = false;
    r->work.loops++;
    if (!sim_levels_solve(r, first, &is_open) || is_open) {
        SIM_TRY(solve_ports(r, first, is_open, err));
    }
    if (r->is_able[first] && !r->is_hungry[first]) {
        r->is_hungry[first] = true;
        SIM_VEC_PUSH(&r->hungry, first);
    }
    return SIM_OK;
}
