#include "sim/flow/dense.h"

#include "sim/flow/tolerances.h"

#include <math.h>
#include <string.h>

static double largest(const double *a, size_t count)
{
    double most = 0;
    for (size_t i = 0; i < count; i++) {
        most = fmax(most, fabs(a[i]));
    }
    return most;
}

static void swap_rows(double *a, int columns, int x, int y)
{
    for (int c = 0; c < columns && x != y; c++) {
        const double keep = a[x * columns + c];
        a[x * columns + c] = a[y * columns + c];
        a[y * columns + c] = keep;
    }
}

static void swap_columns(double *a, int rows, int columns, int x, int y)
{
    for (int i = 0; i < rows && x != y; i++) {
        const double keep = a[i * columns + x];
        a[i * columns + x] = a[i * columns + y];
        a[i * columns + y] = keep;
    }
}

bool sim_dense_solve(double *a, double *b, int n)
{
    const double tiny = SIM_TOLERANCE_SINGULAR * largest(a, (size_t)n * (size_t)n);
    for (int k = 0; k < n; k++) {
        int best = k;
        for (int i = k + 1; i < n; i++) {
            best = fabs(a[i * n + k]) > fabs(a[best * n + k]) ? i : best;
        }
        if (!(fabs(a[best * n + k]) > tiny)) {
            return false;
        }
        swap_rows(a, n, k, best);
        swap_rows(b, 1, k, best);
        for (int i = k + 1; i < n; i++) {
            const double f = a[i * n + k] / a[k * n + k];
            for (int c = k; c < n && f != 0; c++) {
                a[i * n + c] -= f * a[k * n + c];
            }
            b[i] -= f * b[k];
        }
    }
    for (int k = n - 1; k >= 0; k--) {
        for (int c = k + 1; c < n; c++) {
            b[k] -= a[k * n + c] * b[c];
        }
        b[k] /= a[k * n + k];
    }
    return true;
}

/** Reduce by Gauss-Jordan with complete pivoting; returns the rank, columns permuted in `order`. */
static int reduce(double *a, int rows, int columns, int32_t *order)
{
    const double tiny = SIM_TOLERANCE_SINGULAR * largest(a, (size_t)rows * (size_t)columns);
    for (int c = 0; c < columns; c++) {
        order[c] = c;
    }
    int rank = 0;
    for (; rank < rows && rank < columns; rank++) {
        int row = rank;
        int column = rank;
        for (int i = rank; i < rows; i++) {
            for (int c = rank; c < columns; c++) {
                if (fabs(a[i * columns + c]) > fabs(a[row * columns + column])) {
                    row = i;
                    column = c;
                }
            }
        }
        if (!(fabs(a[row * columns + column]) > tiny)) {
            break;
        }
        swap_rows(a, columns, rank, row);
        swap_columns(a, rows, columns, rank, column);
        const int32_t keep = order[rank];
        order[rank] = order[column];
        order[column] = keep;
        for (int i = 0; i < rows; i++) {
            const double f = i == rank ? 0 : a[i * columns + rank] / a[rank * columns + rank];
            for (int c = rank; c < columns && f != 0; c++) {
                a[i * columns + c] -= f * a[rank * columns + c];
            }
        }
    }
    return rank;
}

int sim_dense_null_space(double *a, int rows, int columns, double *out, int32_t *order)
{
    const int rank = reduce(a, rows, columns, order);
    memset(out, 0, (size_t)columns * (size_t)columns * sizeof(*out));
    for (int v = rank; v < columns; v++) {
        double *vector = out + (v - rank) * columns;
        vector[order[v]] = 1;
        for (int i = 0; i < rank; i++) {
            vector[order[i]] = -a[i * columns + v] / a[i * columns + i];
        }
    }
    return columns - rank;
}
