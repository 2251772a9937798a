/** @file
 * A circular block as a small problem of its own: limits x, claims y.
 *
 *     x_j = G_j(y)                    the rationing of rates.h at the port's pool, uncut
 *     y_m = min(constant_m, x_i ...)  over the other ports i of the claim's activity in the block;
 *                                     the constant holds its capacity and the limits outside
 *
 * G_j = (w/c) max(0, supply - better - capped) / (w + weights of the uncapped), in which supply,
 * better and equals are claims at the pool. Both maps are piecewise linear, with slopes that are
 * plain numbers. For sim/flow only.
 */
#ifndef SIM_FLOW_LOOP_PRIV_H
#define SIM_FLOW_LOOP_PRIV_H

#include "sim/flow/rates_priv.h"

enum sim_loop_role {
    SIM_LOOP_OTHER_SIDE,
    SIM_LOOP_BETTER,
    SIM_LOOP_EQUAL
};

/** A claim in a row: what the port's pool offers, what is served before, who shares. */
struct sim_loop_term {
    int32_t claim;
    enum sim_loop_role role;
    double coef;
    double weight;
};

struct sim_loop_row {
    int32_t port;
    double capacity; // of its activity
    double scale;    // of x: the capacity, unless that is ample (sim_rates_scale)
    double coef;
    double weight;
    int32_t terms_begin, terms_end;
};

struct sim_loop_claim {
    int32_t port;
    double constant;
    int32_t rows_begin, rows_end; // into claim_rows: the limits it is the least of
};

/** Piece of the piecewise linear map: which claims are capped, which pools are dry, which is least.
 */
struct sim_loop_piece {
    bool *is_dry;    // per row: supply - better <= 0, the limit is 0
    bool *is_capped; // per term: an equal that takes its claim, not its share
    int32_t *least;  // per claim: place in claim_rows, -1 the constant
};

/** A list of numbers for each number: those of j are items[begin[j]] to items[begin[j + 1]]. */
struct sim_loop_lists {
    sim_rates_ints begin, items;
};

struct sim_loop {
    SIM_VEC(struct sim_loop_row) rows;
    SIM_VEC(struct sim_loop_term) terms;
    SIM_VEC(struct sim_loop_claim) claims;
    sim_rates_ints claim_rows; // row numbers
    sim_rates_ints activities; // of the rows' ports, in order of names
    int32_t *row_of;           // per port: row, -1 not in the block
    int32_t *claim_of;         // per port: claim, -1 not met
    SIM_VEC(double) saved;     // claims of the activities' ports before
    SIM_VEC(double) x, y, g;   // unknowns and their images
    SIM_VEC(double) matrix, right, basis, work;
    SIM_VEC(double) core_right;
    sim_rates_ints order, waits, queue, circle, met_by;
    struct sim_loop_lists met;               // columns in a row's terms, as they come
    struct sim_loop_lists by_row, by_column; // columns of a row, rows of a column, ascending
    SIM_VEC(double) saved_x;
    SIM_VEC(bool) dry, capped, held, known;
    sim_rates_ints least;
    sim_rates_ints woken; // who is found not to be idle
};

/** Claims from limits: y = min(constant, x). */
void sim_loop_claims(const struct sim_loop *l, const double *x, double *y);

/** Limits from claims, uncut: g = G(y). */
void sim_loop_limits(const struct sim_loop *l, const double *y, double *g);

/** The piece on which (x, y) lie. Where they lie on a kink within the relative `tie`, the piece on
 * which claims follow limits, equals take their claims and pools are not dry. */
struct sim_loop_piece sim_loop_piece_at(struct sim_loop *l, const double *x, const double *y,
                                        double tie);

/** Row `j` of the linear system of a piece, x_j - sum_i matrix[i] x_i = right, with x scaled by the
 * rows' scales; `matrix` has a number for each row of the block and is overwritten. */
double sim_loop_linear_row(const struct sim_loop *l, struct sim_loop_piece piece, int32_t j,
                           double *matrix);

/** List the columns that may be other than 0 in each row of a piece's matrix. */
void sim_loop_list(struct sim_loop *l, struct sim_loop_piece piece);

/** Peel the system x = A x + b: rows that depend on known rows only become known, one after the
 * other, with `right` (NULL is fine) b of the rows on entry and x of the known ones on return. How
 * many are left: those on a circle, or behind one. */
int sim_loop_peel(struct sim_loop *l, const double *matrix, double *right, bool *is_known);

/** Bring the rows of a dense system (its right side b, NULL: 0) to about 1, exactly: what is small
 * in dense.c is small beside the largest number of all. */
void sim_loop_equilibrate(double *a, double *b, int rows, int columns);

/** Solve x = A x + b on a piece, in units of the rows' scales; b is `extra`, or, when that is NULL,
 * the constants of the piece. False when it is singular. */
bool sim_loop_solve_piece(struct sim_loop *l, struct sim_loop_piece piece, const double *extra,
                          double *out);

/** Newton from (x, y): true when it ends in a fixed point. */
bool sim_loop_newton(struct sim_loop *l);

/** Largest |x - G(y(x))| relative to the rows' scale; y and g are overwritten. */
double sim_loop_residual(struct sim_loop *l);

/** Follow the path y = min(constant, G(y) + s e) from s = 1 down to 0 (follow.c). Sets x; false
 * when it ends elsewhere. */
bool sim_follow_solve(struct sim_loop *l);

/** Where the solution x is one of many, decide by name: the rate of the first activity by name goes
 * as high as the solutions allow, then that of the second (follow.c). True when there was something
 * to decide. */
bool sim_follow_by_name(struct sim_loop *l, const struct sim_rates *r);

/** Whether some circle of blocked limits may feed itself more than it has (selffeed.c). */
bool sim_selffeed_is_possible(struct sim_loop *l);

#endif
