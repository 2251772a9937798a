#include "tests/support/judge_lp.h"

#include <coin/Clp_C_Interface.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double NEAR = 1e-9;
static const double NONE = 1e-18; // [-] of a capacity: what other pools let pass is none
static const double SMALL = 1e-4; // [-] a sum of increases that is worth a closer look
static const double CLOSER = 1e4; // [-] how much closer

enum {
    ROWS = 4 * JUDGE_POOLS,
    ENTRIES = 4 * JUDGE_PORTS
};

// Rows over the ports of one pool: lower <= sum of sign x c x d <= upper.
struct programme {
    const struct judge_view *v;
    const double *rate;
    double scale[JUDGE_ACTIVITIES]; // [1/s] of a variable
    double room[JUDGE_ACTIVITIES];  // [-] upper bound of a variable
    int rows;
    double lower[ROWS];
    double upper[ROWS];
    int entries;
    int row_of[ENTRIES];
    int32_t activity_of[ENTRIES];
    double value[ENTRIES];
};

enum part {
    PART_PULL,
    PART_PUSH,
    PART_BOUND_GIVER,
    PART_USER,
    PART_BOUND_TAKER,
    PART_COUNT
};

static enum part part_of(const struct sim_port_def *port)
{
    if (port->gives) {
        return port->flags & SIM_PORT_AT_BOUND ? PART_BOUND_GIVER
               : port->flags & SIM_PORT_PULL   ? PART_PULL
                                               : PART_PUSH;
    }
    return port->flags & SIM_PORT_AT_BOUND ? PART_BOUND_TAKER : PART_USER;
}

static void sums(const struct programme *lp, int32_t pool, double out[PART_COUNT],
                 double *out_scale)
{
    memset(out, 0, PART_COUNT * sizeof(out[0]));
    *out_scale = 0.0;
    for (int q = lp->v->pool_start[pool]; q < lp->v->pool_start[pool + 1]; q++) {
        const struct sim_port_def *port = &lp->v->n->ports[lp->v->pool_ports[q]];
        out[part_of(port)] += port->coef * lp->rate[port->activity];
        *out_scale = fmax(*out_scale, port->coef * lp->scale[port->activity]);
    }
}

// sum over parts of sign[part] x increase <= slack (or = 0 when `equal`); slack is cleaned.
static void add_row(struct programme *lp, int32_t pool, const int sign[PART_COUNT], double slack,
                    double scale, bool equal)
{
    const int row = lp->rows++;
    const double rest = slack / scale > NEAR ? slack / scale : 0.0;
    lp->lower[row] = equal ? 0.0 : -DBL_MAX;
    lp->upper[row] = equal ? 0.0 : rest;
    for (int q = lp->v->pool_start[pool]; q < lp->v->pool_start[pool + 1]; q++) {
        const struct sim_port_def *port = &lp->v->n->ports[lp->v->pool_ports[q]];
        const int s = sign[part_of(port)];
        if (s != 0 && lp->room[port->activity] > 0.0) {
            lp->row_of[lp->entries] = row;
            lp->activity_of[lp->entries] = port->activity;
            lp->value[lp->entries++] = s * port->coef * lp->scale[port->activity] / scale;
        }
    }
}

static void freeze(struct programme *lp, int32_t pool, enum part part)
{
    for (int q = lp->v->pool_start[pool]; q < lp->v->pool_start[pool + 1]; q++) {
        const struct sim_port_def *port = &lp->v->n->ports[lp->v->pool_ports[q]];
        if (part_of(port) == part) {
            lp->room[port->activity] = 0.0;
        }
    }
}

static double slack_of(const double s[PART_COUNT], const int sign[PART_COUNT])
{
    double sum = 0.0;
    for (int part = 0; part < PART_COUNT; part++) {
        sum -= sign[part] * s[part];
    }
    return sum;
}

static const int OUT_LESS_IN[PART_COUNT] = {-1, -1, -1, 1, 1};
static const int IN_LESS_OUT[PART_COUNT] = {1, 1, 1, -1, -1};
static const int PULL_AND_PUSH_LESS_USERS[PART_COUNT] = {1, 1, 1, -1, 0};
static const int OVERFLOW_ALL[PART_COUNT] = {-1, -1, -1, 1, 1};
static const int LACK[PART_COUNT] = {1, 1, 1, -1, -1};

// A rule "part moves at most max(0, the rest)": a row, or frozen where the corner is passed.
static void cornered_row(struct programme *lp, int32_t pool, const int sign[PART_COUNT],
                         enum part part, const double s[PART_COUNT], double scale)
{
    const double slack = slack_of(s, sign);
    if (slack < -NEAR * scale) {
        freeze(lp, pool, part);
    } else {
        add_row(lp, pool, sign, slack, scale, false);
    }
}

// What must be frozen goes first: rows read `room`.
static void freeze_resting(struct programme *lp, int32_t pool)
{
    const unsigned condition = lp->v->n->condition[pool];
    if (lp->v->n->pools[pool].capacity <= 0.0) {
        return;
    }
    if (condition & SIM_POOL_OVER_TARGET) {
        freeze(lp, pool, PART_PULL);
    }
    if (!(condition & SIM_POOL_FULL)) {
        freeze(lp, pool, PART_BOUND_TAKER);
    }
    if (!(condition & SIM_POOL_EMPTY)) {
        freeze(lp, pool, PART_BOUND_GIVER);
    }
}

static bool has_part(const struct programme *lp, int32_t pool, enum part part)
{
    for (int q = lp->v->pool_start[pool]; q < lp->v->pool_start[pool + 1]; q++) {
        if (part_of(&lp->v->n->ports[lp->v->pool_ports[q]]) == part) {
            return true;
        }
    }
    return false;
}

static void stock_rows(struct programme *lp, int32_t p, const double s[PART_COUNT], double scale)
{
    const unsigned condition = lp->v->n->condition[p];
    if (condition & SIM_POOL_EMPTY) {
        add_row(lp, p, OUT_LESS_IN, slack_of(s, OUT_LESS_IN), scale, false);
        if (has_part(lp, p, PART_BOUND_GIVER)) {
            cornered_row(lp, p, LACK, PART_BOUND_GIVER, s, scale);
        }
    }
    if (condition & SIM_POOL_FULL) {
        add_row(lp, p, IN_LESS_OUT, slack_of(s, IN_LESS_OUT), scale, false);
        if (has_part(lp, p, PART_BOUND_TAKER)) {
            cornered_row(lp, p, OVERFLOW_ALL, PART_BOUND_TAKER, s, scale);
        }
    } else if ((condition & SIM_POOL_AT_TARGET) && has_part(lp, p, PART_PULL)) {
        cornered_row(lp, p, PULL_AND_PUSH_LESS_USERS, PART_PULL, s, scale);
    }
}

static void pool_rows(struct programme *lp, int32_t p)
{
    double s[PART_COUNT];
    double scale = 0.0;
    sums(lp, p, s, &scale);
    if (scale <= 0.0) {
        return;
    }
    if (lp->v->n->pools[p].capacity > 0.0) {
        stock_rows(lp, p, s, scale);
        return;
    }
    add_row(lp, p, IN_LESS_OUT, 0.0, scale, true);
}

// What pool p could move past port i if everyone opposite ran at `most` [1/s of i's activity].
static double passable(const struct judge_view *v, const double *most, int32_t i)
{
    const struct sim_port_def *port = &v->n->ports[i];
    double sum = 0.0;
    for (int q = v->pool_start[port->pool]; q < v->pool_start[port->pool + 1]; q++) {
        const struct sim_port_def *other = &v->n->ports[v->pool_ports[q]];
        sum += other->gives != port->gives ? other->coef * most[other->activity] : 0.0;
    }
    return sum / port->coef;
}

// Capacities cut to what the other sides of junctions and bound stocks could ever pass: in mixed
// scales the programme's tolerances would else be those of capacities that nobody can use.
static void usable_capacities(const struct judge_view *v, const double *rate, double *out_most)
{
    for (int32_t k = 0; k < v->n->activity_count; k++) {
        out_most[k] = v->u[k];
    }
    bool moved = true;
    for (int round = 0; round < 20 && moved; round++) {
        moved = false;
        for (int32_t i = 0; i < v->n->port_count; i++) {
            const int32_t p = v->n->ports[i].pool;
            const int32_t k = v->n->ports[i].activity;
            const unsigned bound = v->n->ports[i].gives ? SIM_POOL_FULL : SIM_POOL_EMPTY;
            const bool binds = v->n->pools[p].capacity <= 0.0 || (v->n->condition[p] & bound);
            const double passes = binds ? passable(v, out_most, i) : (double)INFINITY;
            if (passes < out_most[k]) {
                out_most[k] = passes;
                moved = true;
            }
        }
    }
    for (int32_t k = 0; k < v->n->activity_count; k++) {
        out_most[k] = fmax(out_most[k], rate[k]);
    }
}

// Pull whose only users could never run (their product has no taker, say) may stand still.
static void freeze_unreached(struct programme *lp, const struct judge_view *v, const double *most)
{
    struct judge_view *w = sim_base_alloc(1, sizeof(*w));
    *w = *v;
    memcpy(w->u, most, (size_t)v->n->activity_count * sizeof(*most));
    judge_view_still_unreached(w);
    for (int32_t k = 0; k < v->n->activity_count; k++) {
        lp->room[k] = w->is_unreached[k] ? 0.0 : lp->room[k];
    }
    free(w);
}

static void build(struct programme *lp, const struct judge_view *v, const double *rate)
{
    memset(lp, 0, sizeof(*lp));
    lp->v = v;
    lp->rate = rate;
    double most[JUDGE_ACTIVITIES];
    usable_capacities(v, rate, most);
    for (int32_t k = 0; k < v->n->activity_count; k++) {
        lp->scale[k] = isinf(most[k]) ? judge_checks_scale(v, rate, k) : most[k];
        const double room = isinf(most[k]) ? 1000.0 : (most[k] - rate[k]) / most[k];
        const bool is_none = !isinf(v->u[k]) && most[k] <= NONE * v->u[k];
        lp->room[k] = !is_none && lp->scale[k] > 0.0 && room > NEAR ? room : 0.0;
    }
    freeze_unreached(lp, v, most);
    for (int32_t p = 0; p < v->n->pool_count; p++) {
        freeze_resting(lp, p);
    }
    for (int32_t p = 0; p < v->n->pool_count; p++) {
        pool_rows(lp, p);
    }
}

// The programme as CLP wants it, by column; activities without room and rows without a column are
// left out.
struct compact {
    int columns;
    int rows;
    int32_t activity[JUDGE_ACTIVITIES]; // per column
    int column_of[JUDGE_ACTIVITIES];    // -1: none
    int row_of[ROWS];                   // per row of the programme, -1: none
    CoinBigIndex start[JUDGE_ACTIVITIES + 1];
    int index[ENTRIES];
    double value[ENTRIES];
    double zero[JUDGE_ACTIVITIES], room[JUDGE_ACTIVITIES], objective[JUDGE_ACTIVITIES];
    double lower[ROWS], upper[ROWS];
};

static void number_columns(const struct programme *lp, struct compact *c)
{
    c->columns = 0;
    c->start[0] = 0;
    for (int32_t k = 0; k < lp->v->n->activity_count; k++) {
        c->column_of[k] = lp->room[k] > 0.0 ? c->columns : -1;
        if (lp->room[k] > 0.0) {
            c->activity[c->columns] = k;
            c->zero[c->columns] = 0.0;
            c->room[c->columns] = lp->room[k];
            c->objective[c->columns++] = -1.0;
            c->start[c->columns] = 0;
        }
    }
}

static void number_rows(const struct programme *lp, struct compact *c)
{
    c->rows = 0;
    for (int r = 0; r < lp->rows; r++) {
        c->row_of[r] = -1;
    }
    for (int e = 0; e < lp->entries; e++) {
        const int r = lp->row_of[e];
        const int column = c->column_of[lp->activity_of[e]];
        if (column >= 0 && c->row_of[r] < 0) {
            c->lower[c->rows] = lp->lower[r];
            c->upper[c->rows] = lp->upper[r];
            c->row_of[r] = c->rows++;
        }
        if (column >= 0) {
            c->start[column + 1]++;
        }
    }
}

static void load(const struct programme *lp, struct compact *c, Clp_Simplex *clp, double zoom)
{
    CoinBigIndex at[JUDGE_ACTIVITIES + 1];
    number_columns(lp, c);
    number_rows(lp, c);
    for (int k = 0; k < c->columns; k++) {
        c->start[k + 1] += c->start[k];
        at[k] = c->start[k];
    }
    for (int e = 0; e < lp->entries; e++) {
        const int column = c->column_of[lp->activity_of[e]];
        if (column >= 0) {
            const CoinBigIndex q = at[column]++;
            c->index[q] = c->row_of[lp->row_of[e]];
            c->value[q] = lp->value[e];
        }
    }
    for (int r = 0; r < c->rows; r++) {
        c->lower[r] *= c->lower[r] > -DBL_MAX ? zoom : 1.0;
        c->upper[r] *= zoom;
    }
    for (int k = 0; k < c->columns; k++) {
        c->room[k] *= zoom;
    }
    Clp_loadProblem(clp, c->columns, c->rows, c->start, c->index, c->value, c->zero, c->room,
                    c->objective, c->lower, c->upper);
}

// What CLP's tolerances alone may make of an increase of k: 1e-10 of what moves at its pools, so
// much more of a small activity's own scale beside a large one. In parts of its scale.
static double noise_of(const struct programme *lp, int32_t k)
{
    const struct judge_view *v = lp->v;
    double most = 0.0;
    for (int q = v->activity_start[k]; q < v->activity_start[k + 1]; q++) {
        const struct sim_port_def *port = &v->n->ports[v->activity_ports[q]];
        double parts[PART_COUNT];
        double scale = 0.0;
        sums(lp, port->pool, parts, &scale);
        most = fmax(most, scale / (port->coef * lp->scale[k]));
    }
    return NEAR * most;
}

// The sum of increases that CLP finds; -1 when it gave up. All numbers on the right side are taken
// `zoom` times: CLP's tolerances are then so much finer.
static double improve_by(const struct programme *lp, double zoom, int32_t *out_who, double *out_to)
{
    struct compact *c = sim_base_alloc(1, sizeof(*c));
    Clp_Simplex *clp = Clp_newModel();
    Clp_setLogLevel(clp, 0);
    Clp_setPrimalTolerance(clp, 1e-10);
    Clp_setDualTolerance(clp, 1e-9);
    Clp_scaling(clp, 0);
    load(lp, c, clp, zoom);
    Clp_primal(clp, 1);
    const double *x = Clp_primalColumnSolution(clp);
    double sum = Clp_status(clp) == 0 ? 0.0 : -1.0;
    double most = 0.0;
    *out_who = -1;
    for (int32_t k = 0; k < lp->v->n->activity_count && out_to != NULL; k++) {
        out_to[k] = lp->rate[k];
    }
    for (int column = 0; column < c->columns && sum >= 0.0; column++) {
        const int32_t k = c->activity[column];
        if (!(x[column] > noise_of(lp, k))) {
            continue;
        }
        sum += x[column] / zoom;
        if (x[column] > most) {
            most = x[column];
            *out_who = k;
        }
        if (out_to != NULL) {
            out_to[k] += x[column] / zoom * lp->scale[k];
        }
    }
    Clp_deleteModel(clp);
    free(c);
    return sum;
}

// Where coefficients nearly cancel, tolerances alone make some 1e-7; what is real stays when looked
// at more closely.
static double improve(const struct programme *lp, int32_t *out_who, double *out_to)
{
    const double sum = improve_by(lp, 1.0, out_who, out_to);
    return sum > 0.0 && sum < SMALL ? improve_by(lp, CLOSER, out_who, out_to) : sum;
}

double judge_lp_improvement(const struct judge_view *v, const double *rate, int32_t *out_who,
                            double *out_to)
{
    struct programme *lp = sim_base_alloc(1, sizeof(*lp));
    build(lp, v, rate);
    const double sum = improve(lp, out_who, out_to);
    free(lp);
    return sum;
}

// Must someone in `mask` of parts move more for the port's part to move more?
static unsigned needs(const struct programme *lp, int32_t i, bool *out_tight)
{
    const struct judge_view *v = lp->v;
    const struct sim_port_def *port = &v->n->ports[i];
    const unsigned condition = v->n->condition[port->pool];
    const unsigned takers = 1u << PART_USER | 1u << PART_BOUND_TAKER;
    const unsigned givers = 1u << PART_PULL | 1u << PART_PUSH | 1u << PART_BOUND_GIVER;
    const enum part part = part_of(port);
    double s[PART_COUNT];
    double scale = 0.0;
    sums(lp, port->pool, s, &scale);
    const double net = slack_of(s, OUT_LESS_IN);
    *out_tight = true;
    if (v->n->pools[port->pool].capacity <= 0.0) {
        return port->gives ? takers : givers;
    }
    if (part == PART_PULL && (condition & SIM_POOL_AT_TARGET) && !(condition & SIM_POOL_FULL) &&
        s[PART_PULL] >= s[PART_USER] - s[PART_PUSH] - s[PART_BOUND_GIVER] - NEAR * scale) {
        return 1u << PART_USER;
    }
    if (part == PART_BOUND_TAKER && (condition & SIM_POOL_FULL)) {
        *out_tight = slack_of(s, OVERFLOW_ALL) <= NEAR * scale;
        return givers;
    }
    if (part == PART_BOUND_GIVER && (condition & SIM_POOL_EMPTY)) {
        *out_tight = slack_of(s, LACK) <= NEAR * scale;
        return takers;
    }
    *out_tight = (condition & (port->gives ? SIM_POOL_FULL : SIM_POOL_EMPTY)) != 0 &&
                 fabs(net) <= NEAR * scale;
    return port->gives ? takers : givers;
}

static bool port_holds(const struct programme *lp, const bool *certified, int32_t i)
{
    const struct judge_view *v = lp->v;
    const int32_t pool = v->n->ports[i].pool;
    bool tight = false;
    const unsigned mask = needs(lp, i, &tight);
    for (int q = v->pool_start[pool]; q < v->pool_start[pool + 1] && tight; q++) {
        const struct sim_port_def *other = &v->n->ports[v->pool_ports[q]];
        tight = !(mask & (1u << part_of(other))) || certified[other->activity];
    }
    return tight;
}

// The least set of activities whose causes end in capacities; true when it holds all.
static bool certify(const struct programme *lp, bool *certified)
{
    const struct judge_view *v = lp->v;
    bool all = true;
    for (int32_t k = 0; k < v->n->activity_count; k++) {
        certified[k] = lp->room[k] <= 0.0;
    }
    for (bool changed = true; changed;) {
        changed = false;
        for (int32_t i = 0; i < v->n->port_count; i++) {
            const int32_t k = v->n->ports[i].activity;
            if (!certified[k] && port_holds(lp, certified, i)) {
                certified[k] = true;
                changed = true;
            }
        }
    }
    for (int32_t k = 0; k < v->n->activity_count; k++) {
        all = all && certified[k];
    }
    return all;
}

bool judge_lp_certified(const struct judge_view *v, const double *rate)
{
    struct programme *lp = sim_base_alloc(1, sizeof(*lp));
    bool certified[JUDGE_ACTIVITIES];
    build(lp, v, rate);
    const bool all = certify(lp, certified);
    free(lp);
    return all;
}

double judge_lp_search(const struct judge_view *v, const double *rate, bool *out_certified,
                       int32_t *out_who, double *out_to)
{
    struct programme *lp = sim_base_alloc(1, sizeof(*lp));
    bool certified[JUDGE_ACTIVITIES];
    double sum = 0.0;
    *out_who = -1;
    build(lp, v, rate);
    *out_certified = certify(lp, certified);
    if (!*out_certified) {
        for (int32_t k = 0; k < v->n->activity_count; k++) {
            lp->room[k] = certified[k] ? 0.0 : lp->room[k];
        }
        lp->rows = lp->entries = 0;
        for (int32_t p = 0; p < v->n->pool_count; p++) {
            pool_rows(lp, p);
        }
        sum = improve(lp, out_who, out_to);
    }
    free(lp);
    return sum;
}
