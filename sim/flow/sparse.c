#include "sim/flow/sparse.h"

#include "sim/flow/tolerances.h"

#include <math.h>
#include <string.h>

static const double EVEN = 0x1p20; // [-] numbers of this size are no trouble
static const double STABLE = 0.1;  // [-] of the largest in its row: a pivot may be no smaller

void sim_sparse_fini(struct sim_sparse *s)
{
    SIM_VEC_FREE(&s->entries);
    SIM_VEC_FREE(&s->begin);
    SIM_VEC_FREE(&s->count);
    SIM_VEC_FREE(&s->column_count);
    SIM_VEC_FREE(&s->next);
    SIM_VEC_FREE(&s->previous);
    SIM_VEC_FREE(&s->head);
    SIM_VEC_FREE(&s->mark);
    SIM_VEC_FREE(&s->place);
    SIM_VEC_FREE(&s->pivot_row);
    SIM_VEC_FREE(&s->at_column);
    SIM_VEC_FREE(&s->at_row);
    SIM_VEC_FREE(&s->at_next);
    SIM_VEC_FREE(&s->size);
    SIM_VEC_FREE(&s->scale);
}

void sim_sparse_begin(struct sim_sparse *s, int n)
{
    s->entries.count = 0;
    s->rows = 0;
    SIM_VEC_RESERVE(&s->begin, n + 1);
    SIM_VEC_RESERVE(&s->count, n);
    s->begin.data[0] = 0;
}

void sim_sparse_end_row(struct sim_sparse *s)
{
    const int row = s->rows++;
    s->count.data[row] = s->entries.count - s->begin.data[row];
    SIM_VEC_RESERVE(&s->begin, row + 2);
    s->begin.data[row + 1] = s->entries.count;
}

// ---- Rows by how many unknowns they hold: a list for each count ----

static void link_row(struct sim_sparse *s, int32_t row)
{
    const int32_t first = s->head.data[s->count.data[row]];
    s->next.data[row] = first;
    s->previous.data[row] = -1;
    if (first >= 0) {
        s->previous.data[first] = row;
    }
    s->head.data[s->count.data[row]] = row;
}

static void unlink_row(struct sim_sparse *s, int32_t row)
{
    const int32_t next = s->next.data[row];
    const int32_t previous = s->previous.data[row];
    if (next >= 0) {
        s->previous.data[next] = previous;
    }
    if (previous >= 0) {
        s->next.data[previous] = next;
    } else {
        s->head.data[s->count.data[row]] = next;
    }
}

static void note_at_column(struct sim_sparse *s, int32_t row, int32_t column)
{
    SIM_VEC_PUSH(&s->at_row, row);
    SIM_VEC_PUSH(&s->at_next, s->at_column.data[column]);
    s->at_column.data[column] = s->at_row.count - 1;
    s->column_count.data[column]++;
}

static void set_out(struct sim_sparse *s)
{
    const int n = s->rows;
    SIM_VEC_RESERVE(&s->column_count, n);
    SIM_VEC_RESERVE(&s->at_column, n);
    SIM_VEC_RESERVE(&s->next, n);
    SIM_VEC_RESERVE(&s->previous, n);
    SIM_VEC_RESERVE(&s->head, n + 1);
    SIM_VEC_RESERVE(&s->mark, n);
    SIM_VEC_RESERVE(&s->place, n);
    s->at_row.count = s->at_next.count = s->pivot_row.count = 0;
    for (int i = 0; i <= n; i++) {
        s->head.data[i] = -1;
    }
    for (int c = 0; c < n; c++) {
        s->column_count.data[c] = 0;
        s->at_column.data[c] = s->mark.data[c] = -1;
    }
    for (int32_t row = n - 1; row >= 0; row--) {
        double most = 0;
        for (int32_t i = s->begin.data[row]; i < s->begin.data[row] + s->count.data[row]; i++) {
            most = fmax(most, fabs(s->entries.data[i].value));
            note_at_column(s, row, s->entries.data[i].column);
        }
        s->size.data[row] = most;
        link_row(s, row);
    }
}

// ---- Scales: rows and columns are brought to about 1 by powers of two, so nothing is rounded ----

static bool is_even(const struct sim_sparse *s)
{
    for (int i = 0; i < s->entries.count; i++) {
        const double size = fabs(s->entries.data[i].value);
        if (size > EVEN || (size < 1 / EVEN && size > 0)) {
            return false;
        }
    }
    return true;
}

static double power_of_two(double size)
{
    int exponent = 0;
    (void)frexp(size > 0 ? size : 1, &exponent);
    return ldexp(1, -exponent);
}

/** Leaves the factors of columns in s->scale: unknowns are to be multiplied by them. */
static void equilibrate(struct sim_sparse *s, double *b)
{
    enum {
        PASSES = 3
    };
    const int n = s->rows;
    double *most = s->size.data;
    double *scale = s->scale.data;
    for (int pass = 0; pass < PASSES; pass++) {
        for (int row = 0; row < n; row++) {
            struct sim_sparse_entry *e = s->entries.data + s->begin.data[row];
            double size = 0;
            for (int32_t i = 0; i < s->count.data[row]; i++) {
                size = fmax(size, fabs(e[i].value));
            }
            const double factor = power_of_two(size);
            for (int32_t i = 0; i < s->count.data[row]; i++) {
                e[i].value *= factor;
            }
            b[row] *= factor;
        }
        memset(most, 0, (size_t)n * sizeof(*most));
        for (int i = 0; i < s->entries.count; i++) {
            const struct sim_sparse_entry *e = &s->entries.data[i];
            most[e->column] = fmax(most[e->column], fabs(e->value));
        }
        for (int c = 0; c < n; c++) {
            most[c] = power_of_two(most[c]);
            scale[c] *= most[c];
        }
        for (int i = 0; i < s->entries.count; i++) {
            s->entries.data[i].value *= most[s->entries.data[i].column];
        }
    }
}

// ---- Elimination ----

/** The entry of `row` that is large enough and whose column is shortest; its cost by Markowitz. */
static int32_t best_of_row(const struct sim_sparse *s, int32_t row, int64_t *out_cost)
{
    const struct sim_sparse_entry *e = s->entries.data + s->begin.data[row];
    const int32_t count = s->count.data[row];
    double most = 0;
    for (int32_t i = 0; i < count; i++) {
        most = fmax(most, fabs(e[i].value));
    }
    int32_t best = -1;
    for (int32_t i = 0; i < count && most > SIM_TOLERANCE_SINGULAR * s->size.data[row]; i++) {
        const int64_t cost = (int64_t)(count - 1) * (s->column_count.data[e[i].column] - 1);
        if (fabs(e[i].value) >= STABLE * most && (best < 0 || cost < *out_cost)) {
            best = s->begin.data[row] + i;
            *out_cost = cost;
        }
    }
    return best;
}

/** Looks at the shortest rows; -1 when all there are have nothing left in them. */
static int32_t choose_pivot(const struct sim_sparse *s, int32_t *out_row)
{
    enum {
        LOOK = 4
    };
    int32_t best = -1;
    int64_t best_cost = INT64_MAX;
    int looked = 0;
    for (int32_t count = 1; count <= s->rows && looked < LOOK; count++) {
        for (int32_t row = s->head.data[count]; row >= 0 && looked < LOOK;
             row = s->next.data[row]) {
            int64_t cost = INT64_MAX;
            const int32_t at = best_of_row(s, row, &cost);
            looked += at >= 0 ? 1 : 0;
            if (at >= 0 && cost < best_cost) {
                best = at;
                best_cost = cost;
                *out_row = row;
            }
            if (best_cost == 0) {
                return best;
            }
        }
    }
    return best;
}

static int32_t find_in_row(const struct sim_sparse *s, int32_t row, int32_t column)
{
    const int32_t end = s->begin.data[row] + s->count.data[row];
    for (int32_t i = s->begin.data[row]; i < end; i++) {
        if (s->entries.data[i].column == column) {
            return i;
        }
    }
    return -1;
}

/** Row `row` becomes itself without the entry at `own` less `factor` times the pivot's row. */
static void subtract(struct sim_sparse *s, int32_t row, int32_t own, int32_t pivot_row,
                     int32_t pivot, double factor)
{
    const int32_t count = s->count.data[row] - 1;
    const int32_t most = count + s->count.data[pivot_row];
    SIM_VEC_RESERVE(&s->entries, s->entries.count + most);
    const int32_t begin = s->entries.count;
    const struct sim_sparse_entry *from = s->entries.data + s->begin.data[row];
    struct sim_sparse_entry *to = s->entries.data + begin;
    int32_t filled = 0;
    for (int32_t i = 0; i <= count; i++) {
        if (s->begin.data[row] + i != own) {
            to[filled] = from[i];
            s->mark.data[from[i].column] = row;
            s->place.data[from[i].column] = filled++;
        }
    }
    const struct sim_sparse_entry *taken = s->entries.data + s->begin.data[pivot_row];
    for (int32_t i = 0; i < s->count.data[pivot_row]; i++) {
        const int32_t column = taken[i].column;
        if (s->begin.data[pivot_row] + i == pivot) {
            continue;
        }
        if (s->mark.data[column] != row) {
            to[filled] = (struct sim_sparse_entry){column, 0};
            s->mark.data[column] = row;
            s->place.data[column] = filled++;
            note_at_column(s, row, column);
        }
        to[s->place.data[column]].value -= factor * taken[i].value;
    }
    for (int32_t i = 0; i < filled; i++) {
        s->mark.data[to[i].column] = -1;
    }
    unlink_row(s, row);
    s->begin.data[row] = begin;
    s->count.data[row] = filled;
    s->entries.count += filled;
    link_row(s, row);
}

static void eliminate(struct sim_sparse *s, double *b, int32_t pivot_row, int32_t pivot)
{
    const int32_t column = s->entries.data[pivot].column;
    const double value = s->entries.data[pivot].value;
    for (int32_t i = s->at_column.data[column]; i >= 0; i = s->at_next.data[i]) {
        const int32_t row = s->at_row.data[i];
        const int32_t own = s->next.data[row] == -2 ? -1 : find_in_row(s, row, column);
        if (own >= 0) {
            const double factor = s->entries.data[own].value / value;
            subtract(s, row, own, pivot_row, pivot, factor);
            b[row] -= factor * b[pivot_row];
        }
    }
}

/** The pivot first in its row, which no longer takes part. */
static void retire(struct sim_sparse *s, int32_t row, int32_t pivot)
{
    unlink_row(s, row);
    s->next.data[row] = -2;
    struct sim_sparse_entry *first = s->entries.data + s->begin.data[row];
    const struct sim_sparse_entry keep = *first;
    *first = s->entries.data[pivot];
    s->entries.data[pivot] = keep;
    for (int32_t i = 0; i < s->count.data[row]; i++) {
        s->column_count.data[first[i].column]--;
    }
    SIM_VEC_PUSH(&s->pivot_row, row);
}

bool sim_sparse_solve(struct sim_sparse *s, double *b)
{
    const int n = s->rows;
    SIM_VEC_RESERVE(&s->size, n);
    SIM_VEC_RESERVE(&s->scale, n);
    for (int c = 0; c < n; c++) {
        s->scale.data[c] = 1;
    }
    if (!is_even(s)) {
        equilibrate(s, b);
    }
    set_out(s);
    for (int k = 0; k < n; k++) {
        int32_t row = -1;
        const int32_t pivot = choose_pivot(s, &row);
        if (pivot < 0) {
            return false;
        }
        retire(s, row, pivot);
        eliminate(s, b, row, s->begin.data[row]);
    }
    double *x = s->size.data; // no longer needed
    for (int k = n - 1; k >= 0; k--) {
        const int32_t row = s->pivot_row.data[k];
        const struct sim_sparse_entry *e = s->entries.data + s->begin.data[row];
        double sum = b[row];
        for (int32_t i = 1; i < s->count.data[row]; i++) {
            sum -= e[i].value * x[e[i].column];
        }
        x[e[0].column] = sum / e[0].value;
    }
    for (int c = 0; c < n; c++) {
        b[c] = x[c] * s->scale.data[c];
    }
    return true;
}
