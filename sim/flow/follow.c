// Following the path y = min(constant, G(y) + s e) from s = 1, where all claims are at capacity,
// down to s = 0, the fixed point. The map is piecewise linear, so the path is a chain of straight
// pieces; where one ends, the one inequality that is met is turned over and the path goes on in the
// neighbouring piece, forwards or backwards in s. Its offsets e are generic, so two inequalities
// are hardly ever met at once. It never meets a piece twice (the path has no loose end but s = 0),
// and there are finitely many, so it ends. (Scarf 1967; Eaves 1976: piecewise linear homotopy.)

#include "sim/base/hash.h"
#include "sim/flow/dense.h"
#include "sim/flow/loop_priv.h"
#include "sim/flow/tolerances.h"

#include <math.h>
#include <string.h>

// Where many kinks meet at the solution (pools run dry there, say), they come one upon the other
// when s is no more than rounding, and a path that went on among them could be lost or turn back.

enum constraint_kind {
    LEAST,
    DRY,
    CAPPED,
    NONE
};

/** An inequality of the piece, and what lies behind it. */
struct constraint {
    enum constraint_kind kind;
    int32_t at;    // claim, row or term
    int32_t row;   // of the term
    int32_t other; // LEAST: the alternative (place in claim_rows, -1 the constant)
};

/** A point and a direction, with what follows from them on the piece. */
struct walk {
    struct sim_loop *l;
    struct sim_loop_piece piece;
    double *x, *dx; // per row
    double *y, *dy; // per claim
    double s, ds;
    // the nearest inequality ahead
    double step;
    struct constraint nearest;
    // the slope of one inequality of interest
    struct constraint asked;
    double asked_slope;
};

static double alternative(const struct sim_loop *l, const double *x, int32_t place, double constant)
{
    return place < 0 ? constant : x[l->claim_rows.data[place]];
}

static bool is_same(struct constraint a, struct constraint b)
{
    return a.kind == b.kind && a.at == b.at && (a.kind != LEAST || a.other == b.other);
}

static void meet(struct walk *w, struct constraint c, double slack, double slope, double scale)
{
    if (is_same(c, w->asked)) {
        w->asked_slope = slope / scale;
    }
    if (!(slope < -SIM_TOLERANCE_FALLING * scale)) {
        return;
    }
    const double step = slack > 0 ? slack / -slope : 0;
    if (step < w->step) {
        w->step = step;
        w->nearest = c;
    }
}

static void meet_claims(struct walk *w)
{
    const struct sim_loop *l = w->l;
    for (int32_t m = 0; m < l->claims.count; m++) {
        const struct sim_loop_claim *claim = &l->claims.data[m];
        const int32_t least = w->piece.least[m];
        w->y[m] = alternative(l, w->x, least, claim->constant);
        w->dy[m] = alternative(l, w->dx, least, 0);
        for (int32_t other = claim->rows_begin - 1; other < claim->rows_end; other++) {
            const int32_t place = other < claim->rows_begin ? -1 : other;
            if (place == least) {
                continue;
            }
            const double slack = alternative(l, w->x, place, claim->constant) - w->y[m];
            const double slope = alternative(l, w->dx, place, 0) - w->dy[m];
            meet(w, (struct constraint){LEAST, m, -1, place}, slack, slope,
                 claim->constant > 0 ? claim->constant : 1);
        }
    }
}

/** Supply less better claims of a row, from `y`; `scale` is their size. */
static double left_of(const struct sim_loop *l, const struct sim_loop_row *row, const double *y,
                      double *scale)
{
    double left = 0;
    *scale = 0;
    for (int32_t i = row->terms_begin; i < row->terms_end; i++) {
        const struct sim_loop_term *t = &l->terms.data[i];
        if (t->role != SIM_LOOP_EQUAL) {
            left += t->role == SIM_LOOP_OTHER_SIDE ? t->coef * y[t->claim] : -t->coef * y[t->claim];
            *scale += t->coef * l->claims.data[t->claim].constant;
        }
    }
    return left;
}

static double level_of(const struct sim_loop *l, const struct sim_loop_row *row,
                       struct sim_loop_piece piece, const double *y, double left)
{
    double weights = row->weight;
    for (int32_t i = row->terms_begin; i < row->terms_end; i++) {
        const struct sim_loop_term *t = &l->terms.data[i];
        if (t->role == SIM_LOOP_EQUAL) {
            left -= piece.is_capped[i] ? t->coef * y[t->claim] : 0;
            weights += piece.is_capped[i] ? 0 : t->weight;
        }
    }
    return left / weights;
}

static void meet_rows(struct walk *w)
{
    const struct sim_loop *l = w->l;
    for (int32_t j = 0; j < l->rows.count; j++) {
        const struct sim_loop_row *row = &l->rows.data[j];
        if (!(row->weight > 0)) {
            continue;
        }
        double scale = 0;
        const double left = left_of(l, row, w->y, &scale);
        const double dleft = left_of(l, row, w->dy, &scale);
        const double side = w->piece.is_dry[j] ? -1 : 1;
        scale = scale > 0 ? scale : 1;
        meet(w, (struct constraint){DRY, j, j, 0}, side * left, side * dleft, scale);
        if (w->piece.is_dry[j]) {
            continue;
        }
        const double level = level_of(l, row, w->piece, w->y, left);
        const double dlevel = level_of(l, row, w->piece, w->dy, dleft);
        for (int32_t i = row->terms_begin; i < row->terms_end; i++) {
            const struct sim_loop_term *t = &l->terms.data[i];
            if (t->role == SIM_LOOP_EQUAL) {
                const double capped = w->piece.is_capped[i] ? 1 : -1;
                meet(w, (struct constraint){CAPPED, i, j, 0},
                     capped * (t->weight * level - t->coef * w->y[t->claim]),
                     capped * (t->weight * dlevel - t->coef * w->dy[t->claim]),
                     t->weight > 0 ? t->weight : 1);
            }
        }
    }
}

/** Find the nearest inequality ahead of (x, s) in direction (dx, ds). */
static void look_ahead(struct walk *w, struct constraint asked)
{
    w->step = INFINITY;
    w->nearest = (struct constraint){NONE, -1, -1, -1};
    w->asked = asked;
    w->asked_slope = 0;
    meet_claims(w);
    meet_rows(w);
}

/** Turn the inequality over; returns it as seen from the other side. */
static struct constraint turn_over(struct walk *w, struct constraint c)
{
    struct constraint back = c;
    if (c.kind == LEAST) {
        back.other = w->piece.least[c.at];
        w->piece.least[c.at] = c.other;
    } else if (c.kind == DRY) {
        w->piece.is_dry[c.at] = !w->piece.is_dry[c.at];
        const struct sim_loop_row *row = &w->l->rows.data[c.at];
        for (int32_t i = row->terms_begin; i < row->terms_end; i++) {
            w->piece.is_capped[i] = false; // at level 0 nobody has had enough
        }
    } else {
        w->piece.is_capped[c.at] = !w->piece.is_capped[c.at];
    }
    return back;
}

/** Offset of row `j`, at least its capacity, so that at s = 1 every claim is at its constant. */
static double offset(const struct sim_loop *l, int32_t j, uint64_t attempt)
{
    const uint64_t h = sim_hash_bytes(&j, sizeof(j), attempt);
    const double share = (double)(h >> 11) * 0x1p-53;
    const double capacity = l->rows.data[j].capacity;
    return (capacity > 0 ? capacity : 1) * (1 + share);
}

/** Offsets of all rows in units of their scales. */
static void offsets(const struct sim_loop *l, uint64_t attempt, double *out)
{
    for (int j = 0; j < l->rows.count; j++) {
        const double scale = l->rows.data[j].scale > 0 ? l->rows.data[j].scale : 1;
        out[j] = offset(l, j, attempt) / scale;
    }
}

/** The direction on a piece where s does not determine x: the path runs at constant s there. */
static bool level_tangent(struct walk *w, const double *e)
{
    struct sim_loop *l = w->l;
    const int n = l->rows.count;
    double *a = l->matrix.data;
    for (int j = 0; j < n; j++) {
        double *row = a + (size_t)j * (size_t)(n + 1);
        (void)sim_loop_linear_row(l, w->piece, j, row);
        for (int i = 0; i < n; i++) {
            row[i] = (i == j ? 1 : 0) - row[i];
        }
        row[n] = -e[j];
    }
    sim_loop_equilibrate(a, NULL, n, n + 1);
    if (sim_dense_null_space(a, n, n + 1, l->basis.data, l->order.data) < 1) {
        return false;
    }
    memcpy(w->dx, l->basis.data, (size_t)n * sizeof(*w->dx));
    w->ds = l->basis.data[n];
    return true;
}

/** The direction of the path on the piece, up to its sign. */
static bool tangent(struct walk *w, uint64_t attempt)
{
    struct sim_loop *l = w->l;
    const int n = l->rows.count;
    double *e = l->right.data;
    offsets(l, attempt, e);
    w->ds = 1;
    if (!sim_loop_solve_piece(l, w->piece, e, w->dx) && !level_tangent(w, e)) {
        return false;
    }
    double most = fabs(w->ds);
    for (int j = 0; j < n; j++) {
        most = fmax(most, fabs(w->dx[j]));
    }
    w->ds /= most;
    for (int j = 0; j < n; j++) {
        const double scale = l->rows.data[j].scale > 0 ? l->rows.data[j].scale : 1;
        w->dx[j] = w->dx[j] / most * scale;
    }
    return true;
}

static void reverse(struct walk *w)
{
    for (int j = 0; j < w->l->rows.count; j++) {
        w->dx[j] = -w->dx[j];
    }
    w->ds = -w->ds;
}

static void reserve(struct sim_loop *l)
{
    const int n = l->rows.count;
    SIM_VEC_RESERVE(&l->matrix, (n + 1) * (n + 1));
    SIM_VEC_RESERVE(&l->basis, (n + 1) * (n + 1));
    SIM_VEC_RESERVE(&l->right, 2 * n + 2);
    SIM_VEC_RESERVE(&l->order, n + 1);
    SIM_VEC_RESERVE(&l->saved_x, n);
    SIM_VEC_RESERVE(&l->work, 2 * (n + l->claims.count) + 2);
}

static struct walk walk_from(struct sim_loop *l)
{
    reserve(l);
    return (struct walk){
        .l = l,
        .piece = {l->dry.data, l->capped.data, l->least.data},
        .x = l->x.data,
        .y = l->y.data,
        .dx = l->work.data,
        .dy = l->work.data + l->rows.count,
    };
}

static void start_at_capacity(struct walk *w, uint64_t attempt)
{
    struct sim_loop *l = w->l;
    for (int m = 0; m < l->claims.count; m++) {
        l->y.data[m] = l->claims.data[m].constant;
    }
    sim_loop_limits(l, l->y.data, l->x.data);
    for (int j = 0; j < l->rows.count; j++) {
        l->x.data[j] += offset(l, j, attempt);
    }
    w->piece = sim_loop_piece_at(l, l->x.data, l->y.data, 0);
    w->s = 1;
}

/** Make x exact on the last piece, where that determines it and it lies there. */
static void polish(struct walk *w)
{
    struct sim_loop *l = w->l;
    const int n = l->rows.count;
    const double before = sim_loop_residual(l);
    double *b = l->right.data;
    double *back = l->saved_x.data;
    memcpy(back, l->x.data, (size_t)n * sizeof(*back));
    if (sim_loop_solve_piece(l, w->piece, NULL, b)) {
        for (int j = 0; j < n; j++) {
            l->x.data[j] = b[j] * l->rows.data[j].scale;
        }
    }
    if (!(sim_loop_residual(l) <= before)) {
        memcpy(l->x.data, back, (size_t)n * sizeof(*back));
    }
}

/** Walk until s = 0; the last s when the path is lost. */
static double follow(struct walk *w, uint64_t attempt)
{
    struct sim_loop *l = w->l;
    struct constraint turned = {NONE, -1, -1, -1};
    for (int pivot = 0; pivot < 200 + 10 * l->rows.count; pivot++) {
        if (!tangent(w, attempt)) {
            return w->s;
        }
        look_ahead(w, turned);
        const bool is_backwards = turned.kind == NONE ? w->ds > 0 : w->asked_slope < 0;
        if (is_backwards) {
            reverse(w);
            look_ahead(w, turned);
        }
        const bool arrives = w->ds < 0 && w->s + w->step * w->ds <= 0;
        const double step = arrives ? w->s / -w->ds : w->step;
        if (isinf(step) || w->s + step * w->ds > 1 + SIM_TOLERANCE_BACK) {
            return w->s;
        }
        for (int j = 0; j < l->rows.count; j++) {
            w->x[j] += step * w->dx[j];
        }
        w->s += step * w->ds;
        if (arrives || w->s <= SIM_TOLERANCE_ARRIVED) {
            return 0;
        }
        turned = turn_over(w, w->nearest);
    }
    return w->s;
}

bool sim_follow_solve(struct sim_loop *l)
{
    enum {
        ATTEMPTS = 4
    };
    for (uint64_t attempt = 1; attempt <= ATTEMPTS; attempt++) {
        struct walk w = walk_from(l);
        start_at_capacity(&w, attempt);
        const double s = follow(&w, attempt);
        if (s > SIM_TOLERANCE_NEARLY) {
            continue;
        }
        if (s == 0) {
            polish(&w);
        }
        if (sim_loop_residual(l) <= SIM_TOLERANCE_RESTING || sim_loop_newton(l)) {
            return true;
        }
    }
    return false;
}

// ---- Solutions that are one of many ----

/** The row that holds `activity`'s rate, -1: something outside the block does. */
static int32_t holding_row(const struct sim_loop *l, const struct sim_rates *r, int32_t activity)
{
    const struct sim_network_activity *a = &r->net->activities[activity];
    double least = r->capacity[activity];
    int32_t holds = -1;
    for (int32_t j = a->ports_begin; j < a->ports_end; j++) {
        const int32_t row = l->row_of[j];
        const double limit = row >= 0 ? l->x.data[row] : r->limit[j];
        if (limit < least) {
            least = limit;
            holds = row;
        }
    }
    return holds;
}

/** Those after `activity` must not lower its rate: hold the rows that hold it, at a tie too. */
static void hold_rate(const struct sim_loop *l, const struct sim_rates *r, int32_t activity,
                      bool *is_held)
{
    const struct sim_network_activity *a = &r->net->activities[activity];
    double least = r->capacity[activity];
    for (int32_t j = a->ports_begin; j < a->ports_end; j++) {
        const int32_t row = l->row_of[j];
        least = fmin(least, row >= 0 ? l->x.data[row] : r->limit[j]);
    }
    for (int32_t j = a->ports_begin; j < a->ports_end; j++) {
        const int32_t row = l->row_of[j];
        if (row >= 0 && l->x.data[row] <= least * (1 + SIM_TOLERANCE_TIE)) {
            is_held[row] = true;
        }
    }
}

/** Null space of the piece's system with the rows in `is_held` held, over the rows of l->circle
 * (all others are 0 in it); its dimension. */
static int free_directions(struct walk *w, const bool *is_held)
{
    struct sim_loop *l = w->l;
    const int n = l->rows.count;
    const double *a = l->matrix.data;
    double *core = l->matrix.data + (size_t)n * (size_t)n;
    for (int j = 0; j < n; j++) {
        (void)sim_loop_linear_row(l, w->piece, j, l->matrix.data + (size_t)j * (size_t)n);
        l->known.data[j] = is_held[j];
    }
    sim_loop_list(l, w->piece);
    const int size = sim_loop_peel(l, a, NULL, l->known.data);
    l->circle.count = 0;
    for (int j = 0; j < n && size > 0; j++) {
        if (!l->known.data[j]) {
            SIM_VEC_PUSH(&l->circle, j);
        }
    }
    int rows = 0;
    for (int j = 0; j < n && size > 0; j++) {
        bool any = !l->known.data[j];
        for (int c = 0; c < size; c++) {
            const int i = l->circle.data[c];
            const double own = i == j && !is_held[j] ? 1 : 0;
            core[rows * size + c] = own - a[j * n + i];
            any = any || (is_held[j] && a[j * n + i] != 0);
        }
        rows += any ? 1 : 0;
    }
    sim_loop_equilibrate(core, NULL, rows, size);
    return size > 0 ? sim_dense_null_space(core, rows, size, l->basis.data, l->order.data) : 0;
}

/** Move along the solutions so that `row` rises, as far as they go; true when it moved. */
static bool raise_row(struct walk *w, int dimension, int32_t row)
{
    struct sim_loop *l = w->l;
    const int n = l->rows.count;
    const int size = l->circle.count;
    int at = -1;
    for (int c = 0; c < size; c++) {
        at = l->circle.data[c] == row ? c : at;
    }
    if (at < 0) {
        return false;
    }
    memset(w->dx, 0, (size_t)n * sizeof(*w->dx));
    for (int c = 0; c < size; c++) {
        const int32_t j = l->circle.data[c];
        for (int v = 0; v < dimension; v++) {
            const double *vector = l->basis.data + (size_t)v * (size_t)size;
            w->dx[j] += vector[at] * vector[c];
        }
        w->dx[j] *= l->rows.data[j].scale;
    }
    const double slope = w->dx[row];
    if (!(slope > SIM_TOLERANCE_RISE * l->rows.data[row].scale)) {
        return false;
    }
    look_ahead(w, (struct constraint){NONE, -1, -1, -1});
    if (isinf(w->step)) {
        return false;
    }
    const double beyond = w->step + SIM_TOLERANCE_STEP * l->rows.data[row].scale / slope;
    const double tries[] = {beyond, w->step};
    double *back = l->saved_x.data;
    for (int j = 0; j < n; j++) {
        back[j] = w->x[j];
    }
    for (int i = 0; i < SIM_COUNT(tries); i++) {
        for (int j = 0; j < n; j++) {
            w->x[j] = back[j] + tries[i] * w->dx[j];
        }
        if (sim_loop_residual(l) <= SIM_TOLERANCE_SOLUTION &&
            tries[i] * slope > SIM_TOLERANCE_RISE * l->rows.data[row].scale) {
            return true;
        }
    }
    for (int j = 0; j < n; j++) {
        w->x[j] = back[j];
    }
    return false;
}

bool sim_follow_by_name(struct sim_loop *l, const struct sim_rates *r)
{
    const int n = l->rows.count;
    SIM_VEC_RESERVE(&l->matrix, 2 * (n + 1) * (n + 1));
    SIM_VEC_RESERVE(&l->held, n);
    SIM_VEC_RESERVE(&l->known, n);
    struct walk w = walk_from(l);
    bool *is_held = l->held.data;
    for (int j = 0; j < n; j++) {
        is_held[j] = false;
    }
    bool is_open = false;
    for (int i = 0; i < l->activities.count; i++) {
        for (int step = 0; step < 100; step++) {
            (void)sim_loop_residual(l); // brings y up to date
            w.piece = sim_loop_piece_at(l, l->x.data, l->y.data, SIM_TOLERANCE_TIE);
            const int dimension = free_directions(&w, is_held);
            is_open = is_open || dimension > 0;
            if (dimension == 0) {
                return is_open;
            }
            const int32_t row = holding_row(l, r, l->activities.data[i]);
            if (row < 0 || !raise_row(&w, dimension, row)) {
                break;
            }
        }
        hold_rate(l, r, l->activities.data[i], is_held);
    }
    return is_open;
}
