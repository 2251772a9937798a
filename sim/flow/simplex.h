/** @file
 * Small linear programmes, solved the same way to the last bit on every machine.
 *
 * Variables: n columns x, and m rows z = A x; each has bounds and a value. The caller begins at a
 * point that keeps all bounds, maximises one objective after the other, and may move bounds
 * between them as long as the values keep within. A column may begin anywhere between its bounds:
 * no vertex is needed to start.
 *
 * The table gives basic variables as sums over the others (Dantzig 1963, bounded variables). The
 * rule of largest price decides who enters; after many steps that move nothing, Bland's (1977),
 * which cannot cycle. Ties go to the lower number. A table drifts by roundings of each step, and a
 * pivot that is nothing but a rounding spoils it; so small pivots and prices are taken from a table
 * made anew from A only, and at each maximum prices and values are held against A: prices that A
 * confirms and that nobody can gain from prove the maximum, whatever the table says. Where they do
 * not hold (1 programme in 100,000), all is done again with a table made anew at each step. At the
 * end the basis is solved from A itself (`sim_simplex_finish`).
 *
 * Dense, for tens of rows: a step costs m n multiplications, about a microsecond. Written because a
 * call of CLP costs ten, and its answers are good to its tolerances only. Plain IEEE operations.
 *
 * Floor 3. One thread at a time for each programme.
 */
#ifndef SIM_FLOW_SIMPLEX_H
#define SIM_FLOW_SIMPLEX_H

#include "sim/base/base.h"

struct sim_simplex {
    int rows, columns;
    double *given;      // rows x columns: A
    double *low, *high; // per variable: columns, then rows
    double *value;      // per variable
    double *price;      // per place: what the objective gains by a unit of its variable
    double *off;        // 2 x columns: scratch
    double *table;      // rows x columns: basic variables by those at the places
    int32_t *basic;     // per row of the table: its variable
    int32_t *at;        // per place (a column of the table): its variable
    int pivots;         // since the table was made from A
};

/** No rows, no bounds: A is zero, columns lie at 0 within [0, 0], rows are free. */
void sim_simplex_init(struct sim_simplex *s, int rows, int columns);
void sim_simplex_fini(struct sim_simplex *s);

/** After A, bounds and the columns' values are set: values of rows, and all rows basic. */
void sim_simplex_begin(struct sim_simplex *s);

/** From the values at hand to the most of the sum of objective x column. False when that has no
 * end, or is not reached in many steps; values keep the bounds then, too. */
bool sim_simplex_maximise(struct sim_simplex *s, const double *objective) SIM_MUST_USE;

/** The same for one column alone. */
bool sim_simplex_maximise_column(struct sim_simplex *s, int column) SIM_MUST_USE;

/** Hold what the last maximum needs: whoever has a price keeps its value from now on, so that all
 * points left are as good. */
void sim_simplex_hold_priced(struct sim_simplex *s);

/** Whether `variable` (a column, or columns + row) is not basic and has a price. */
bool sim_simplex_has_price(const struct sim_simplex *s, int variable);

/** Values of basic variables anew, from A and the values of the others. */
void sim_simplex_finish(struct sim_simplex *s);

#endif
