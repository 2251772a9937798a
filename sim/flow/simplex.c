#include "sim/flow/simplex.h"

#include "sim/flow/dense.h"
#include "sim/flow/tolerances.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void sim_simplex_init(struct sim_simplex *s, int rows, int columns)
{
    const size_t size = (size_t)rows * (size_t)columns;
    const size_t variables = (size_t)rows + (size_t)columns;
    *s = (struct sim_simplex){.rows = rows, .columns = columns};
    s->given = sim_base_alloc(2 * size + 3 * variables + 3 * (size_t)columns, sizeof(double));
    s->table = s->given + size;
    s->low = s->table + size;
    s->high = s->low + variables;
    s->value = s->high + variables;
    s->price = s->value + variables;
    s->off = s->price + columns;
    s->basic = sim_base_alloc(variables, sizeof(int32_t));
    s->at = s->basic + rows;
    for (int r = 0; r < rows; r++) {
        s->low[columns + r] = -HUGE_VAL;
        s->high[columns + r] = HUGE_VAL;
    }
}

void sim_simplex_fini(struct sim_simplex *s)
{
    free(s->given);
    free(s->basic);
    *s = (struct sim_simplex){0};
}

static double row_value(const struct sim_simplex *s, int row)
{
    double sum = 0;
    for (int c = 0; c < s->columns; c++) {
        sum += s->given[row * s->columns + c] * s->value[c];
    }
    return sum;
}

void sim_simplex_begin(struct sim_simplex *s)
{
    memcpy(s->table, s->given, (size_t)s->rows * (size_t)s->columns * sizeof(double));
    for (int c = 0; c < s->columns; c++) {
        s->at[c] = c;
    }
    for (int r = 0; r < s->rows; r++) {
        s->basic[r] = s->columns + r;
        s->value[s->columns + r] = row_value(s, r);
    }
    s->pivots = 0;
}

/** Whether the objective gains by moving the variable at `place`. */
static bool gains(const struct sim_simplex *s, int place)
{
    const int32_t v = s->at[place];
    return (s->price[place] > SIM_TOLERANCE_PRICE && s->value[v] < s->high[v]) ||
           (s->price[place] < -SIM_TOLERANCE_PRICE && s->value[v] > s->low[v]);
}

/** The place that enters, -1 none: that of the largest price, or (Bland) of the lowest variable. */
static int entering(const struct sim_simplex *s, bool by_bland)
{
    int best = -1;
    for (int c = 0; c < s->columns; c++) {
        if (!gains(s, c)) {
            continue;
        }
        const double gap = best < 0 || by_bland ? 0 : fabs(s->price[c]) - fabs(s->price[best]);
        if (best < 0 || gap > 0 || (gap == 0 && s->at[c] < s->at[best])) {
            best = c;
        }
    }
    return best;
}

/** How far the basic variable of row `r` lets the one at `place` go, a bound passed by `beyond`. */
static double room(const struct sim_simplex *s, int r, double rate, double beyond)
{
    const int32_t v = s->basic[r];
    const double left = rate > 0 ? s->high[v] - s->value[v] : s->value[v] - s->low[v];
    return (fmax(left, 0) + beyond) / fabs(rate);
}

/** The row that stops the move of `place` by `sign` first, -1 its own bound; `out_step` how far.
 * Of rows that stop it at about the same step, the one with the largest pivot (Harris 1973). */
static int leaving(const struct sim_simplex *s, int place, double sign, bool by_bland,
                   double *out_step)
{
    const int32_t v = s->at[place];
    const double own = sign > 0 ? s->high[v] - s->value[v] : s->value[v] - s->low[v];
    double most = own;
    int best = -1;
    for (int r = 0; r < s->rows; r++) {
        const double rate = sign * s->table[r * s->columns + place];
        if (fabs(rate) > SIM_TOLERANCE_PIVOT) {
            most = fmin(most, room(s, r, rate, SIM_TOLERANCE_BEYOND));
        }
    }
    *out_step = own;
    for (int r = 0; r < s->rows; r++) {
        const double rate = sign * s->table[r * s->columns + place];
        if (!(fabs(rate) > SIM_TOLERANCE_PIVOT) || room(s, r, rate, 0) > most) {
            continue;
        }
        const double other = best < 0 ? 0 : fabs(s->table[best * s->columns + place]);
        const bool is_tie = by_bland || fabs(rate) == other;
        if (best < 0 || (is_tie ? s->basic[r] < s->basic[best] : fabs(rate) > other)) {
            best = r;
            *out_step = room(s, r, rate, 0);
        }
    }
    if (best >= 0 && own <= *out_step) {
        *out_step = own;
        return -1;
    }
    return best;
}

static void move(struct sim_simplex *s, int place, double by)
{
    for (int r = 0; r < s->rows; r++) {
        const double number = s->table[r * s->columns + place];
        if (number != 0) {
            s->value[s->basic[r]] += by * number;
        }
    }
    s->value[s->at[place]] += by;
}

/** row -= what the pivot row says, after the pivot row was solved for the entering variable. */
static void take_out(double *row, const double *pivot_row, int columns, int place)
{
    const double f = row[place];
    if (f == 0) {
        return;
    }
    row[place] = 0;
    for (int c = 0; c < columns; c++) {
        const double sum = row[c] + f * pivot_row[c];
        row[c] = fabs(sum) < SIM_TOLERANCE_TABLE ? 0 : sum;
    }
}

/** The variable at `place` becomes basic in `row`, whose variable takes the place. */
static void pivot(struct sim_simplex *s, int row, int place)
{
    double *own = s->table + (size_t)row * (size_t)s->columns;
    const double number = own[place];
    for (int c = 0; c < s->columns; c++) {
        own[c] = c == place ? 1 / number : -own[c] / number;
    }
    for (int r = 0; r < s->rows; r++) {
        if (r != row) {
            take_out(s->table + (size_t)r * (size_t)s->columns, own, s->columns, place);
        }
    }
    take_out(s->price, own, s->columns, place);
    const int32_t out = s->basic[row];
    s->basic[row] = s->at[place];
    s->at[place] = out;
    s->pivots++;
}

/** The largest number of the table where a row must leave the basis and a place enter it. */
static bool largest_to_turn(const struct sim_simplex *s, const bool *is_basic, int *out_row,
                            int *out_place)
{
    double most = 0;
    for (int r = 0; r < s->rows; r++) {
        for (int c = 0; c < s->columns && !is_basic[s->basic[r]]; c++) {
            const double number = fabs(s->table[r * s->columns + c]);
            if (number > most && is_basic[s->at[c]]) {
                most = number;
                *out_row = r;
                *out_place = c;
            }
        }
    }
    return most > SIM_TOLERANCE_TABLE;
}

/** The table of the basis at hand from A, by the largest pivots, and the values by it. A variable
 * that depends on others of the basis leaves it. */
static void make_anew(struct sim_simplex *s)
{
    bool *is_basic = sim_base_alloc((size_t)s->rows + (size_t)s->columns, sizeof(*is_basic));
    for (int r = 0; r < s->rows; r++) {
        is_basic[s->basic[r]] = true;
        s->basic[r] = s->columns + r;
    }
    for (int c = 0; c < s->columns; c++) {
        s->at[c] = c;
    }
    memcpy(s->table, s->given, (size_t)s->rows * (size_t)s->columns * sizeof(double));
    int row = 0;
    int place = 0;
    while (largest_to_turn(s, is_basic, &row, &place)) {
        pivot(s, row, place);
    }
    for (int r = 0; r < s->rows; r++) {
        double sum = 0;
        for (int c = 0; c < s->columns; c++) {
            sum += s->table[r * s->columns + c] * s->value[s->at[c]];
        }
        s->value[s->basic[r]] = sum;
    }
    s->pivots = 0;
    free(is_basic);
}

enum outcome {
    STEPPED,
    DOUBTFUL, // a pivot or a price may be a rounding: nothing was done, the table is to be made
              // anew
    AT_MOST,  // nothing gains any more
    ENDLESS
};

/** Whether a price may be a rounding. */
static bool has_small_price(const struct sim_simplex *s)
{
    for (int c = 0; c < s->columns; c++) {
        if (s->price[c] != 0 && fabs(s->price[c]) < SIM_TOLERANCE_SMALL) {
            return true;
        }
    }
    return false;
}

/** One step. */
static enum outcome step(struct sim_simplex *s, bool by_bland, double *out_step)
{
    const int place = entering(s, by_bland);
    if (place < 0) {
        return s->pivots > 0 && has_small_price(s) ? DOUBTFUL : AT_MOST;
    }
    const double sign = s->price[place] > 0 ? 1 : -1;
    const int row = leaving(s, place, sign, by_bland, out_step);
    if (isinf(*out_step)) {
        return ENDLESS;
    }
    const double number = row < 0 ? 1 : s->table[row * s->columns + place];
    if (fabs(number) < SIM_TOLERANCE_SMALL && s->pivots > 0) {
        return DOUBTFUL;
    }
    move(s, place, sign * *out_step);
    if (row < 0) {
        const int32_t v = s->at[place];
        s->value[v] = sign > 0 ? s->high[v] : s->low[v];
        return STEPPED;
    }
    const int32_t out = s->basic[row];
    s->value[out] = sign * number > 0 ? s->high[out] : s->low[out];
    pivot(s, row, place);
    return STEPPED;
}

/** What the objective, or `column` where that is none, gains by a unit at each place. */
static void set_prices(struct sim_simplex *s, const double *objective, int column)
{
    for (int c = 0; c < s->columns; c++) {
        const int32_t v = s->at[c];
        const double weight = objective != NULL && v < s->columns ? objective[v] : 0;
        s->price[c] = objective != NULL ? weight : v == column ? 1 : 0;
    }
    for (int r = 0; r < s->rows; r++) {
        const int32_t v = s->basic[r];
        const double number = objective != NULL && v < s->columns ? objective[v] : 0;
        const double weight = objective != NULL ? number : v == column ? 1 : 0;
        const double *row = s->table + (size_t)r * (size_t)s->columns;
        for (int c = 0; c < s->columns && weight != 0; c++) {
            s->price[c] += weight * row[c];
        }
    }
}

/** Whether a unit of each column brings to the objective what the prices say it brings. */
static bool are_prices_sound(struct sim_simplex *s, const double *objective, int column)
{
    const int n = s->columns;
    double *off = s->off;
    double *size = s->off + n;
    for (int c = 0; c < n; c++) {
        off[c] = objective != NULL ? objective[c] : c == column ? 1 : 0;
        size[c] = fabs(off[c]);
    }
    for (int place = 0; place < n; place++) {
        const int32_t v = s->at[place];
        const double price = s->price[place];
        if (v < n) {
            off[v] -= price;
            size[v] += fabs(price);
        }
        for (int c = 0; c < n && v >= n && price != 0; c++) {
            const double part = price * s->given[(v - n) * n + c];
            off[c] -= part;
            size[c] += fabs(part);
        }
    }
    bool sound = true;
    for (int c = 0; c < n; c++) {
        sound = sound && fabs(off[c]) <= SIM_TOLERANCE_SOUND * size[c] + SIM_TOLERANCE_PRICE;
    }
    return sound;
}

/** Whether the value of a row is that of its columns. */
static bool is_row_sound(const struct sim_simplex *s, int row)
{
    double off = s->value[s->columns + row];
    double size = fabs(off);
    for (int c = 0; c < s->columns; c++) {
        const double part = s->given[row * s->columns + c] * s->value[c];
        off -= part;
        size += fabs(part);
    }
    return fabs(off) <= SIM_TOLERANCE_SOUND * size + SIM_TOLERANCE_TABLE;
}

/** Whether prices and values are what A says. Prices that are, and from which nothing gains, prove
 * the most, however the table came about; a pivot that was a rounding breaks them. */
static bool is_sound(struct sim_simplex *s, const double *objective, int column)
{
    bool sound = are_prices_sound(s, objective, column);
    for (int r = 0; r < s->rows && sound; r++) {
        sound = is_row_sound(s, r);
    }
    return sound;
}

static void begin_anew(struct sim_simplex *s, const double *objective, int column)
{
    make_anew(s);
    set_prices(s, objective, column);
}

/** Steps until no price is left, with a table made from A after every `anew` pivots. */
static enum outcome climb_by(struct sim_simplex *s, const double *objective, int column, int anew)
{
    enum {
        STILL = 30 // steps that move nothing before Bland's rule takes over
    };
    const int most = 200 + 20 * (s->rows + s->columns);
    int still = 0;
    set_prices(s, objective, column);
    for (int i = 0; i < most; i++) {
        double length = 0;
        if (s->pivots >= anew) {
            begin_anew(s, objective, column);
        }
        const enum outcome outcome = step(s, still > STILL, &length);
        if (outcome == DOUBTFUL) {
            begin_anew(s, objective, column);
        } else if (outcome != STEPPED) {
            return outcome;
        } else {
            still = length > SIM_TOLERANCE_TABLE ? 0 : still + 1;
        }
    }
    return STEPPED;
}

/** The most from the values at hand. Where the way there proves unsound, again from the same
 * values, with a table made from A after each pivot. */
static bool climb(struct sim_simplex *s, const double *objective, int column)
{
    enum {
        ANEW = 40
    };
    const size_t size = (size_t)s->columns * sizeof(double);
    double *begin = sim_base_alloc((size_t)s->columns, sizeof(*begin));
    memcpy(begin, s->value, size);
    enum outcome outcome = climb_by(s, objective, column, ANEW);
    if (outcome != AT_MOST || !is_sound(s, objective, column)) {
        memcpy(s->value, begin, size);
        sim_simplex_begin(s);
        outcome = climb_by(s, objective, column, 1);
    }
    free(begin);
    return outcome == AT_MOST;
}

bool sim_simplex_maximise(struct sim_simplex *s, const double *objective)
{
    return climb(s, objective, -1);
}

bool sim_simplex_maximise_column(struct sim_simplex *s, int column)
{
    return climb(s, NULL, column);
}

void sim_simplex_hold_priced(struct sim_simplex *s)
{
    for (int c = 0; c < s->columns; c++) {
        if (fabs(s->price[c]) > SIM_TOLERANCE_PRICE) {
            s->low[s->at[c]] = s->high[s->at[c]] = s->value[s->at[c]];
        }
    }
}

bool sim_simplex_has_price(const struct sim_simplex *s, int variable)
{
    for (int c = 0; c < s->columns; c++) {
        if (s->at[c] == variable) {
            return fabs(s->price[c]) > SIM_TOLERANCE_PRICE;
        }
    }
    return false;
}

/** The rows that are not basic (a sum each), by the columns that are. */
static int gather_system(const struct sim_simplex *s, int32_t *columns, int32_t *rows)
{
    int n = 0;
    for (int r = 0; r < s->rows; r++) {
        if (s->basic[r] < s->columns) {
            columns[n++] = s->basic[r];
        }
    }
    int m = 0;
    for (int c = 0; c < s->columns; c++) {
        if (s->at[c] >= s->columns) {
            rows[m++] = s->at[c] - s->columns;
        }
    }
    return n;
}

/** x += the solution of the sums' errors; twice, so that the second takes out what rounding left
 * of the first. */
void sim_simplex_finish(struct sim_simplex *s)
{
    int32_t *columns = sim_base_alloc(2 * (size_t)s->rows, sizeof(*columns));
    int32_t *rows = columns + s->rows;
    const int n = gather_system(s, columns, rows);
    double *matrix = sim_base_alloc((size_t)n * (size_t)n + (size_t)n, sizeof(*matrix));
    double *right = matrix + (size_t)n * (size_t)n;
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < n; i++) {
            const double *row = s->given + (size_t)rows[i] * (size_t)s->columns;
            right[i] = s->value[s->columns + rows[i]] - row_value(s, rows[i]);
            for (int j = 0; j < n; j++) {
                matrix[i * n + j] = row[columns[j]];
            }
        }
        if (!sim_dense_solve(matrix, right, n)) {
            break;
        }
        for (int j = 0; j < n; j++) {
            s->value[columns[j]] += right[j];
        }
    }
    free(matrix);
    free(columns);
}
