#include "tests/support/ref_raise.h"

#include <coin/Clp_C_Interface.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>

static const double least = 1e-6; // amount per hour: a sum of increases below this is rounding
static const double enough = 100; // amount per hour that one without limit may rise

enum {
    ROWS = 5 * REF_POOLS
};

// lower <= sum of sign x c x increase <= upper, over ports of one pool.
struct programme {
    const struct ref_net *n;
    double room[REF_ACTS];
    double *value; // by column, then row
    int rows;
    double lower[ROWS], upper[ROWS];
};

typedef double sign_of(const struct ref_net *n, const struct ref_net_port *port, int sort);

// A row: the sum with these signs may rise to 0 from what it is now; or it must stay.
static void add_row(struct programme *lp, const struct ref_pool *at, sign_of *sign, int sort,
                    double now, bool must_stay)
{
    const int row = lp->rows++;
    lp->lower[row] = must_stay ? 0.0 : -DBL_MAX;
    lp->upper[row] = must_stay ? 0.0 : fmax(0.0, -now);
    for (int side = 0; side < 2; side++) {
        for (int i = 0; i < at->count[side]; i++) {
            const struct ref_net_port *port = &lp->n->ports[at->ports[side][i]];
            lp->value[port->act * ROWS + row] += sign(lp->n, port, sort) * port->coef;
        }
    }
}

static double now_of(const struct ref_net *n, const struct ref_pool *at, sign_of *sign, int sort)
{
    double sum = 0.0;
    for (int side = 0; side < 2; side++) {
        for (int i = 0; i < at->count[side]; i++) {
            const struct ref_net_port *port = &n->ports[at->ports[side][i]];
            sum += sign(n, port, sort) * port->coef * n->acts[port->act].rate;
        }
    }
    return sum;
}

static double in_less_out(const struct ref_net *n, const struct ref_net_port *port, int sort)
{
    (void)n;
    (void)sort;
    return port->is_giver ? 1.0 : -1.0;
}

static double out_less_in(const struct ref_net *n, const struct ref_net_port *port, int sort)
{
    return -in_less_out(n, port, sort);
}

// Takers of a sort and those after it rise no more than goods that may serve them: what others are
// served with now stays theirs.
static double beyond_sort(const struct ref_net *n, const struct ref_net_port *port, int sort)
{
    return (int)port->sort < sort ? 0.0 : out_less_in(n, port, sort);
}

// Of a stock that is bought into: sales are no more than what push processes bring in.
static double sales_less_push(const struct ref_net *n, const struct ref_net_port *port, int sort)
{
    const bool counts = port->is_giver ? port->sort == REF_OUTLET : port->sort != REF_USER;
    return counts ? out_less_in(n, port, sort) : 0.0;
}

// At its target a stock takes in no more than what is drawn, overflow apart.
static double in_less_drawn(const struct ref_net *n, const struct ref_net_port *port, int sort)
{
    return n->acts[port->act].kind == REF_FULL ? 0.0 : in_less_out(n, port, sort);
}

static void shut_some(struct programme *lp, const struct ref_pool *at, int side, bool all)
{
    for (int i = 0; i < at->count[side]; i++) {
        const struct ref_net_port *port = &lp->n->ports[at->ports[side][i]];
        if (all || port->sort != REF_OUTLET) {
            lp->room[port->act] = 0.0;
        }
    }
}

static void bound_junction(struct programme *lp, const struct ref_pool *at)
{
    add_row(lp, at, in_less_out, 0, 0.0, true);
    for (int sort = REF_DEMAND; sort <= REF_OUTLET; sort++) {
        add_row(lp, at, beyond_sort, sort, 0.0, false);
    }
}

static void bound_stock(struct programme *lp, const struct ref_pool *at, const struct ref_bounds *b)
{
    const double net = now_of(lp->n, at, in_less_out, 0) - b->decay;
    const double drawn = now_of(lp->n, at, in_less_drawn, 0) - b->decay;
    if (b->is_below) {
        shut_some(lp, at, 0, true);
    }
    if (b->is_empty) {
        add_row(lp, at, out_less_in, 0, -net, false);
    }
    if (b->is_full) {
        add_row(lp, at, in_less_out, 0, net, false);
    }
    if (b->rests || (b->holds && drawn > 0)) {
        shut_some(lp, at, 1, false);
    } else if (b->holds) {
        add_row(lp, at, in_less_drawn, 0, drawn, false);
    }
    if (at->is_traded) {
        add_row(lp, at, sales_less_push, 0, now_of(lp->n, at, sales_less_push, 0), false);
    }
}

static void build(struct programme *lp, const struct ref_bounds *bounds)
{
    for (int k = 0; k < lp->n->act_count; k++) {
        const struct ref_act *a = &lp->n->acts[k];
        const bool is_left = a->is_off || a->kind == REF_FULL || a->kind == REF_EMPTY;
        lp->room[k] = is_left ? 0.0 : fmax(0.0, fmin(a->u - a->rate, enough));
    }
    for (int i = 0; i < lp->n->pool_count; i++) {
        const struct ref_pool *at = &lp->n->pools[i];
        if (at->stock < 0) {
            bound_junction(lp, at);
        } else {
            bound_stock(lp, at, &bounds[at->stock]);
        }
    }
}

// The largest sum of increases of processes.
static double solve(const struct programme *lp)
{
    const int columns = lp->n->act_count;
    int *start = malloc(((size_t)columns + 1) * sizeof(int));
    int *index = malloc((size_t)columns * ROWS * sizeof(int));
    double *value = malloc((size_t)columns * ROWS * sizeof(double));
    double zero[REF_ACTS] = {0.0};
    double gain[REF_ACTS];
    int entries = 0;
    for (int k = 0; k < columns; k++) {
        start[k] = entries;
        gain[k] = lp->n->acts[k].kind == REF_PROCESS ? -1.0 : 0.0;
        for (int row = 0; row < lp->rows; row++) {
            if (lp->value[k * ROWS + row] != 0.0) {
                index[entries] = row;
                value[entries++] = lp->value[k * ROWS + row];
            }
        }
    }
    start[columns] = entries;
    Clp_Simplex *clp = Clp_newModel();
    Clp_setLogLevel(clp, 0);
    Clp_loadProblem(clp, columns, lp->rows, start, index, value, zero, lp->room, gain, lp->lower,
                    lp->upper);
    Clp_primal(clp, 1);
    const double sum = Clp_status(clp) == 0 ? -Clp_objectiveValue(clp) : 0.0;
    Clp_deleteModel(clp);
    free(start);
    free(index);
    free(value);
    return sum;
}

bool ref_raise_is_open(const struct ref_net *n, const struct ref_bounds *bounds)
{
    struct programme *lp = calloc(1, sizeof(*lp));
    lp->n = n;
    lp->value = calloc((size_t)n->act_count * ROWS, sizeof(double));
    build(lp, bounds);
    const bool is_open = solve(lp) > least;
    free(lp->value);
    free(lp);
    return is_open;
}
