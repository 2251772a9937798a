// The arithmetic of compare: cells, units of what varies, means and paired differences.
#include "sim/base/vec.h"
#include "sim/compare/compare.h"
#include "sim/num/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDING 1e-12 // [-] of the baseline: smaller differences are those of sums in other orders

/** Runs with the same axis values and replication (or pair of antithetic ones), in all designs. */
struct cell {
    int32_t combination;
    int64_t replication;
};

struct work {
    const struct sim_compare_study *s;
    const struct sim_compare_ask *ask;
    const double *values;
    int32_t *combination_of; // by point: the same axis values, the same number
    int32_t combination_count;
    int64_t *point_of; // combination x design: its point; -1: none
    int32_t *group_of; // by combination: same values of the axes in `by`
    int32_t group_count;
    int32_t *unit_of; // by combination: same values of sampled axes
    int32_t unit_count;
    int32_t *listed_of; // by combination: same values of the other axes
    int32_t listed_count;
    bool is_sampled; // units are sampled points, else replications
    struct cell *cells;
    double *in_cell; // cell x design: mean of the runs there; NaN
    int64_t cell_count;
    int64_t replications; // [-] highest cell's replication + 1
};

// ---- who shares axis values ----

static int compare_axis(const struct sim_compare_axis *a, int64_t x, int64_t y)
{
    if (a->numbers == NULL) {
        return strcmp(a->texts[x], a->texts[y]);
    }
    return (a->numbers[x] > a->numbers[y]) - (a->numbers[x] < a->numbers[y]);
}

struct order {
    int64_t point;
    const struct sim_compare_study *s;
    const bool *uses; // by axis
};

static int by_values(const void *a, const void *b)
{
    const struct order *x = a;
    const struct order *y = b;
    for (int i = 0; i < x->s->axis_count; i++) {
        const int is = x->uses[i] ? compare_axis(&x->s->axes[i], x->point, y->point) : 0;
        if (is != 0) {
            return is;
        }
    }
    return 0;
}

static int by_values_then_point(const void *a, const void *b)
{
    const int is = by_values(a, b);
    const int64_t x = ((const struct order *)a)->point;
    const int64_t y = ((const struct order *)b)->point;
    return is != 0 ? is : (x > y) - (x < y);
}

/** Number the points by their values on some axes, in the order in which these first appear.
 * Returns how many there are. */
static int32_t number_by(const struct sim_compare_study *s, const bool *uses, int32_t *out)
{
    const int64_t count = s->point_count;
    struct order *sorted = sim_base_alloc((size_t)count + 1, sizeof(*sorted));
    int64_t *first = sim_base_alloc((size_t)count + 1, sizeof(*first)); // point of the same values
    for (int64_t i = 0; i < count; i++) {
        sorted[i] = (struct order){i, s, uses};
    }
    if (count > 0) {
        qsort(sorted, (size_t)count, sizeof(*sorted), by_values_then_point);
    }
    for (int64_t i = 0; i < count; i++) {
        const bool is_same = i > 0 && by_values(&sorted[i - 1], &sorted[i]) == 0;
        first[sorted[i].point] = is_same ? first[sorted[i - 1].point] : sorted[i].point;
    }
    int32_t numbers = 0;
    for (int64_t i = 0; i < count; i++) {
        out[i] = first[i] == i ? numbers++ : out[first[i]];
    }
    free(sorted);
    free(first);
    return numbers;
}

/** By combination instead of by point. */
static int32_t number_combinations_by(struct work *w, const bool *uses, int32_t **out)
{
    int32_t *of_point = sim_base_alloc((size_t)w->s->point_count + 1, sizeof(int32_t));
    const int32_t count = number_by(w->s, uses, of_point);
    *out = sim_base_alloc((size_t)w->combination_count + 1, sizeof(int32_t));
    for (int64_t i = 0; i < w->s->point_count; i++) {
        (*out)[w->combination_of[i]] = of_point[i];
    }
    free(of_point);
    return count;
}

static void number_all(struct work *w)
{
    const int axes = w->s->axis_count;
    bool *all = sim_base_alloc((size_t)axes + 1, sizeof(bool));
    bool *sampled = sim_base_alloc((size_t)axes + 1, sizeof(bool));
    bool *listed = sim_base_alloc((size_t)axes + 1, sizeof(bool));
    for (int i = 0; i < axes; i++) {
        all[i] = true;
        sampled[i] = w->s->axes[i].is_sampled;
        listed[i] = !sampled[i];
    }
    w->combination_of = sim_base_alloc((size_t)w->s->point_count + 1, sizeof(int32_t));
    w->combination_count = number_by(w->s, all, w->combination_of);
    w->group_count = number_combinations_by(w, w->ask->by, &w->group_of);
    w->unit_count = number_combinations_by(w, sampled, &w->unit_of);
    w->listed_count = number_combinations_by(w, listed, &w->listed_of);
    w->is_sampled = w->unit_count > 1;
    free(all);
    free(sampled);
    free(listed);
}

static void find_points(struct work *w)
{
    const size_t places = (size_t)w->combination_count * (size_t)w->s->design_count;
    w->point_of = sim_base_alloc(places + 1, sizeof(int64_t));
    for (size_t i = 0; i < places; i++) {
        w->point_of[i] = -1;
    }
    for (int64_t i = 0; i < w->s->point_count; i++) {
        w->point_of[w->combination_of[i] * w->s->design_count + w->s->point_design[i]] = i;
    }
}

// ---- cells ----

/** A run on its way into its cell. */
struct filed {
    struct cell cell;
    int design;
    int64_t run;
};

static int by_cell(const void *a, const void *b)
{
    const struct filed *x = a;
    const struct filed *y = b;
    if (x->cell.combination != y->cell.combination) {
        return x->cell.combination < y->cell.combination ? -1 : 1;
    }
    if (x->cell.replication != y->cell.replication) {
        return x->cell.replication < y->cell.replication ? -1 : 1;
    }
    return x->design != y->design ? x->design - y->design : (x->run > y->run) - (x->run < y->run);
}

static struct filed *file_runs(const struct work *w)
{
    const struct sim_compare_study *s = w->s;
    struct filed *runs = sim_base_alloc((size_t)s->run_count + 1, sizeof(*runs));
    for (int64_t i = 0; i < s->run_count; i++) {
        const int64_t point = (int64_t)s->run_point[i];
        const int64_t replication = (int64_t)s->replication[i];
        runs[i] = (struct filed){
            {w->combination_of[point], s->is_antithetic ? replication / 2 : replication},
            s->point_design[point],
            i};
    }
    if (s->run_count > 0) {
        qsort(runs, (size_t)s->run_count, sizeof(*runs), by_cell);
    }
    return runs;
}

static bool is_same_cell(const struct cell *a, const struct cell *b)
{
    return a->combination == b->combination && a->replication == b->replication;
}

static int64_t count_cells(const struct work *w, const struct filed *runs)
{
    int64_t count = 0;
    for (int64_t i = 0; i < w->s->run_count; i++) {
        count += i == 0 || !is_same_cell(&runs[i].cell, &runs[i - 1].cell) ? 1 : 0;
    }
    return count;
}

/** All runs into cells. One value missing of an antithetic pair, and the pair has none. */
static void make_cells(struct work *w)
{
    const struct sim_compare_study *s = w->s;
    const int designs = s->design_count;
    const int needed = s->is_antithetic ? 2 : 1;
    struct filed *runs = file_runs(w);
    const size_t cells = (size_t)count_cells(w, runs);
    w->cells = sim_base_alloc(cells + 1, sizeof(*w->cells));
    w->in_cell = sim_base_alloc((cells + 1) * (size_t)designs, sizeof(double));
    for (int64_t i = 0; i < s->run_count;) {
        const int64_t at = w->cell_count++;
        w->cells[at] = runs[i].cell;
        w->replications = runs[i].cell.replication >= w->replications ? runs[i].cell.replication + 1
                                                                      : w->replications;
        for (int d = 0; d < designs; d++) {
            double sum = 0;
            int count = 0;
            for (; i < s->run_count && is_same_cell(&runs[i].cell, &w->cells[at]) &&
                   runs[i].design == d;
                 i++) {
                const bool is_ok = s->status[runs[i].run] == 0;
                sum += is_ok ? w->values[runs[i].run] : (double)NAN;
                count++;
            }
            w->in_cell[at * designs + d] = count == needed ? sum / count : (double)NAN;
        }
    }
    free(runs);
}

// ---- units of what varies ----

/** A number of each cell: a design's value (other < 0), or its difference to another's. */
static double of_cell(const struct work *w, int64_t cell, int design, int other)
{
    const double *in = &w->in_cell[cell * w->s->design_count];
    return other < 0 ? in[design] : in[design] - in[other];
}

/** Whether the study has the combination for the design, and for the other. */
static bool has_points(const struct work *w, int32_t combination, int design, int other)
{
    const int64_t *points = &w->point_of[(int64_t)combination * w->s->design_count];
    return points[design] >= 0 && (other < 0 || points[other] >= 0);
}

/** Sums over the combinations of each unit. */
struct sums {
    double *sum, *base; // of what is asked, and of the baseline's values beside it
    int32_t *count;     // combinations summed up
    int32_t *wanted;    // that there should be
    int64_t size;
    int64_t dropped;
    bool *is_there;         // by listed values: a sampled point has a value there
    double *crossed;        // of each unit and replication: the sum over its combinations
    int32_t *crossed_count; // NULL: replications are not shared by units
};

static struct sums make_sums(const struct work *w)
{
    struct sums u = {.size = w->is_sampled ? w->unit_count : w->replications};
    u.sum = sim_base_alloc((size_t)u.size + 1, sizeof(double));
    u.base = sim_base_alloc((size_t)u.size + 1, sizeof(double));
    u.count = sim_base_alloc((size_t)u.size + 1, sizeof(int32_t));
    u.wanted = sim_base_alloc((size_t)u.size + 1, sizeof(int32_t));
    u.is_there = sim_base_alloc((size_t)w->listed_count + 1, sizeof(bool));
    if (w->is_sampled && !w->s->is_independent && w->replications > 1) {
        const size_t places = (size_t)u.size * (size_t)w->replications;
        u.crossed = sim_base_alloc(places, sizeof(double));
        u.crossed_count = sim_base_alloc(places, sizeof(int32_t));
    }
    return u;
}

static void free_sums(struct sums *u)
{
    free(u->sum);
    free(u->base);
    free(u->count);
    free(u->wanted);
    free(u->is_there);
    free(u->crossed);
    free(u->crossed_count);
}

/** The mean over the replications of one combination goes to its sampled point. Listed values at
 * which no sampled point has any are wanted of none. */
static void add_sampled(const struct work *w, struct sums *u, int64_t from, int64_t to, int design,
                        int other)
{
    const int32_t combination = w->cells[from].combination;
    const int32_t unit = w->unit_of[combination];
    double sum = 0;
    double base = 0;
    int64_t count = 0;
    for (int64_t i = from; i < to; i++) {
        const double x = of_cell(w, i, design, other);
        if (isnan(x)) {
            u->dropped++;
            continue;
        }
        sum += x;
        base += other >= 0 ? of_cell(w, i, other, -1) : 0;
        count++;
        if (u->crossed != NULL) {
            const int64_t place = unit * w->replications + w->cells[i].replication;
            u->crossed[place] += x;
            u->crossed_count[place]++;
        }
    }
    u->wanted[unit] += u->is_there[w->listed_of[combination]] ? 1 : 0;
    if (count > 0) {
        u->sum[unit] += sum / (double)count;
        u->base[unit] += base / (double)count;
        u->count[unit]++;
    }
}

/** Each replication of one combination goes to its own unit. A combination without any value (all
 * its runs failed) is left out of all of them: what is left are means over the same cases. */
static void add_replications(const struct work *w, struct sums *u, int64_t from, int64_t to,
                             int design, int other)
{
    int64_t count = 0;
    for (int64_t i = from; i < to; i++) {
        const int64_t unit = w->cells[i].replication;
        const double x = of_cell(w, i, design, other);
        if (isnan(x)) {
            u->dropped++;
            continue;
        }
        u->sum[unit] += x;
        u->base[unit] += other >= 0 ? of_cell(w, i, other, -1) : 0;
        u->count[unit]++;
        count++;
    }
    for (int64_t i = 0; count > 0 && i < u->size; i++) {
        u->wanted[i]++;
    }
}

/** Which listed values of the group have a value at any sampled point. */
static void find_listed(const struct work *w, int32_t group, int design, int other, bool *is_there)
{
    for (int64_t i = 0; i < w->cell_count; i++) {
        const int32_t combination = w->cells[i].combination;
        if (w->group_of[combination] == group && !isnan(of_cell(w, i, design, other))) {
            is_there[w->listed_of[combination]] = true;
        }
    }
}

static struct sums sum_up(const struct work *w, int32_t group, int design, int other)
{
    struct sums u = make_sums(w);
    find_listed(w, group, design, other, u.is_there);
    for (int64_t from = 0; from < w->cell_count;) {
        const int32_t combination = w->cells[from].combination;
        int64_t to = from;
        while (to < w->cell_count && w->cells[to].combination == combination) {
            to++;
        }
        if (w->group_of[combination] == group && has_points(w, combination, design, other)) {
            (w->is_sampled ? add_sampled : add_replications)(w, &u, from, to, design, other);
        }
        from = to;
    }
    return u;
}

// ---- the luck that sampled points share ----

/** Sums of squares of the table units x replications, over the replications that all units have. */
struct crossed {
    int64_t units, replications;
    double replication_ms, rest_ms; // mean squares
};

static bool is_whole(const struct sums *u, int64_t unit)
{
    return u->count[unit] > 0 && u->count[unit] == u->wanted[unit];
}

/** Whether every whole unit has the replication, in all its combinations. */
static bool is_shared(const struct work *w, const struct sums *u, int64_t replication)
{
    for (int64_t i = 0; i < u->size; i++) {
        const int32_t count = u->crossed_count[i * w->replications + replication];
        if (is_whole(u, i) && count != u->wanted[i]) {
            return false;
        }
    }
    return true;
}

/** Mean of a unit over the shared replications. */
static double unit_mean(const struct work *w, const struct sums *u, const bool *shared,
                        int64_t unit)
{
    struct sim_stats x = {0};
    for (int64_t r = 0; r < w->replications; r++) {
        if (shared[r]) {
            sim_stats_add(&x, u->crossed[unit * w->replications + r] / u->wanted[unit]);
        }
    }
    return x.mean;
}

/** The mean of each unit over the shared replications, computed once: the sums of squares ask for
 * it in every replication. Owned by the caller. */
static double *unit_means(const struct work *w, const struct sums *u, const bool *shared)
{
    double *means = sim_base_alloc((size_t)u->size, sizeof(double));
    for (int64_t i = 0; i < u->size; i++) {
        means[i] = is_whole(u, i) ? unit_mean(w, u, shared, i) : 0;
    }
    return means;
}

static void add_squares(const struct work *w, const struct sums *u, const bool *shared,
                        struct crossed *c)
{
    double *of_units = unit_means(w, u, shared);
    struct sim_stats means = {0}; // of replications, over the units
    double rest = 0;
    for (int64_t r = 0; r < w->replications; r++) {
        struct sim_stats x = {0}; // what a replication adds to each unit's mean
        for (int64_t i = 0; shared[r] && i < u->size; i++) {
            if (is_whole(u, i)) {
                const double value = u->crossed[i * w->replications + r] / u->wanted[i];
                sim_stats_add(&x, value - of_units[i]);
            }
        }
        if (shared[r]) {
            sim_stats_add(&means, x.mean);
            rest += x.m2;
        }
    }
    free(of_units);
    c->replication_ms = (double)c->units * sim_stats_variance(&means);
    c->rest_ms = rest / (double)((c->units - 1) * (c->replications - 1));
}

static struct crossed cross(const struct work *w, const struct sums *u)
{
    struct crossed c = {0};
    if (u->crossed == NULL) {
        return c;
    }
    bool *shared = sim_base_alloc((size_t)w->replications, sizeof(bool));
    for (int64_t i = 0; i < u->size; i++) {
        c.units += is_whole(u, i) ? 1 : 0;
    }
    for (int64_t r = 0; r < w->replications; r++) {
        shared[r] = is_shared(w, u, r);
        c.replications += shared[r] ? 1 : 0;
    }
    if (c.units > 1 && c.replications > 1) {
        add_squares(w, u, shared, &c);
    }
    free(shared);
    return c;
}

/** Half-width of the mean of the units `x`. Where they share their replications, the luck of these
 * is common to all units and does not average out over them: a two-way layout, both ways random,
 * with the degrees of freedom of Satterthwaite 1946. */
static double width_of(const struct work *w, const struct sums *u, const struct sim_stats *x)
{
    if (x->count < 2) {
        return (double)NAN;
    }
    const struct crossed c = cross(w, u);
    const double level = w->ask->level;
    const double own = sim_stats_variance(x) / (double)x->count;
    if (c.replications < 2 || c.units < 2 || !(c.replication_ms > c.rest_ms)) {
        return sim_stats_half_width(x, level);
    }
    const double places = (double)(c.units * c.replications);
    const double luck = c.replication_ms / places;
    const double rest = c.rest_ms / places;
    const double variance = own + luck - rest;
    const double df =
        variance * variance /
        (own * own / (double)(x->count - 1) + luck * luck / (double)(c.replications - 1) +
         rest * rest / (double)((c.units - 1) * (c.replications - 1)));
    return sim_stats_t_quantile(0.5 + level / 2, df) * sqrt(variance);
}

// ---- rows ----

static double magnitude(const struct sim_stats *x)
{
    return fmax(fabs(x->min), fabs(x->max));
}

/** `base`: the baseline's values, beside which differences of rounding are none. */
static enum sim_compare_verdict judge(const struct sim_stats *x, const struct sim_stats *base,
                                      double half_width, int better)
{
    if (x->count < 2) {
        return SIM_COMPARE_UNKNOWN;
    }
    if (magnitude(x) <= ROUNDING * magnitude(base)) {
        return SIM_COMPARE_SAME;
    }
    if (!(fabs(x->mean) > half_width)) {
        return SIM_COMPARE_UNCLEAR;
    }
    if (better == 0) {
        return x->mean > 0 ? SIM_COMPARE_HIGHER : SIM_COMPARE_LOWER;
    }
    return (x->mean > 0) == (better > 0) ? SIM_COMPARE_BETTER : SIM_COMPARE_WORSE;
}

static void add_mean(const struct work *w, int32_t group, struct sim_compare_row *row)
{
    struct sim_stats x = {0};
    struct sums u = sum_up(w, group, row->design, -1);
    for (int64_t i = 0; i < u.size; i++) {
        if (is_whole(&u, i)) {
            sim_stats_add(&x, u.sum[i] / u.count[i]);
        }
    }
    row->n = x.count;
    row->mean = x.count > 0 ? x.mean : (double)NAN;
    row->half_width = width_of(w, &u, &x);
    row->dropped = u.dropped;
    free_sums(&u);
}

/** Whether the design and the baseline share some axis values of the group, but not all. */
static bool is_uneven(const struct work *w, int32_t group, int design)
{
    bool is_any_shared = false;
    bool is_any_alone = false;
    for (int32_t c = 0; c < w->combination_count; c++) {
        if (w->group_of[c] == group) {
            const bool has = has_points(w, c, design, -1);
            const bool has_base = has_points(w, c, w->ask->baseline, -1);
            is_any_shared = is_any_shared || (has && has_base);
            is_any_alone = is_any_alone || has != has_base;
        }
    }
    return is_any_shared && is_any_alone;
}

static void add_difference(const struct work *w, int32_t group, struct sim_compare_row *row)
{
    struct sim_stats x = {0};
    struct sim_stats base = {0};
    const int better = w->ask->better;
    int64_t favours = 0;
    struct sums u = sum_up(w, group, row->design, w->ask->baseline);
    for (int64_t i = 0; i < u.size; i++) {
        if (is_whole(&u, i)) {
            const double d = u.sum[i] / u.count[i];
            sim_stats_add(&x, d);
            sim_stats_add(&base, u.base[i] / u.count[i]);
            favours += (better < 0 ? d < 0 : d > 0) ? 1 : 0;
        }
    }
    const bool has = x.count > 0;
    row->pairs = x.count;
    row->difference = has ? x.mean : (double)NAN;
    row->difference_half_width = width_of(w, &u, &x);
    row->relative = has && base.mean != 0 ? x.mean / fabs(base.mean) : (double)NAN;
    row->in_favour = has ? (double)favours / (double)x.count : (double)NAN;
    row->dropped = u.dropped;
    row->verdict = judge(&x, &base, row->difference_half_width, better);
    free_sums(&u);
}

/** A point of the design in the group; -1: it has none. */
static int64_t point_in(const struct work *w, int32_t group, int design)
{
    for (int32_t c = 0; c < w->combination_count; c++) {
        const int64_t point = w->point_of[(int64_t)c * w->s->design_count + design];
        if (w->group_of[c] == group && point >= 0) {
            return point;
        }
    }
    return -1;
}

static void free_work(struct work *w)
{
    free(w->combination_of);
    free(w->group_of);
    free(w->unit_of);
    free(w->listed_of);
    free(w->point_of);
    free(w->cells);
    free(w->in_cell);
}

/** A row of each design that has the group. */
static void add_group(const struct work *w, int32_t group, struct sim_compare_rows *out)
{
    for (int d = 0; d < w->s->design_count; d++) {
        struct sim_compare_row row = {.design = d,
                                      .point = point_in(w, group, d),
                                      .difference = (double)NAN,
                                      .difference_half_width = (double)NAN,
                                      .relative = (double)NAN,
                                      .in_favour = (double)NAN};
        if (row.point < 0) {
            continue; // `only_if` left it out
        }
        add_mean(w, group, &row);
        if (d != w->ask->baseline) {
            add_difference(w, group, &row);
            row.is_uneven = is_uneven(w, group, d);
        }
        SIM_VEC_PUSH(out, row);
    }
}

double sim_compare_places(const struct sim_compare_study *s)
{
    struct work w = {.s = s};
    bool *all = sim_base_alloc((size_t)s->axis_count + 1, sizeof(bool));
    for (int i = 0; i < s->axis_count; i++) {
        all[i] = true;
    }
    w.combination_of = sim_base_alloc((size_t)s->point_count + 1, sizeof(int32_t));
    w.combination_count = number_by(s, all, w.combination_of);
    struct filed *runs = file_runs(&w);
    const int64_t cells = count_cells(&w, runs);
    free(runs);
    free(w.combination_of);
    free(all);
    return (double)s->design_count *
           (double)(cells > w.combination_count ? cells : w.combination_count);
}

void sim_compare_make(const struct sim_compare_study *s, const struct sim_compare_ask *ask,
                      const double *values, struct sim_compare_rows *out)
{
    struct work w = {.s = s, .ask = ask, .values = values};
    number_all(&w);
    find_points(&w);
    make_cells(&w);
    for (int32_t group = 0; group < w.group_count; group++) {
        add_group(&w, group, out);
    }
    free_work(&w);
}

const char *sim_compare_verdict_text(enum sim_compare_verdict verdict)
{
    static const char *const texts[] = {
        [SIM_COMPARE_BASELINE] = "baseline", [SIM_COMPARE_UNKNOWN] = "too few pairs",
        [SIM_COMPARE_SAME] = "same",         [SIM_COMPARE_BETTER] = "better",
        [SIM_COMPARE_WORSE] = "worse",       [SIM_COMPARE_HIGHER] = "higher",
        [SIM_COMPARE_LOWER] = "lower",       [SIM_COMPARE_UNCLEAR] = "not distinguishable"};
    return texts[verdict];
}
