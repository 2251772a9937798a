#include "models/park/book/ledger.h"

#include "models/park/base/amount.h"
#include "models/park/net/build.h"
#include "sim/base/vec.h"
#include "sim/num/stats.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDING 1e-3 // [-] x PARK_LEDGER_TOLERANCE: 1e-12 of what could be carried is nothing

/** What a move has summed up, and where its activity's integral stood when it was last posted. */
struct line {
    struct sim_stats_sum sent, arrived;
    struct sim_stats_sum sums[PARK_COLUMNS];
    double factors[PARK_COLUMNS];
    double posted;
    sim_time since;                     // the same instant
    int32_t first_course, course_count; // into courses
};

/** A factor that follows a table, by column. */
struct course {
    enum park_column column;
    const struct sim_table1d *table; // borrowed
    double scale;
};

/** What the engine said of a pool at the restart. */
struct mark {
    double integrated, lumped, decayed, trimmed, level;
};

struct park_ledger {
    const struct park *park;
    const struct park_net *net;
    struct line *lines; // by move
    double *began;      // by activity: its integral at the restart
    struct mark *marks; // by pool
    double *in, *out;   // by pool; scratch of the check
    double *could;      // by pool: [SI/s] the most that a port of it could carry
    double *slack;      // by stream; scratch of the check
    sim_time restarted;
    struct park_ledger_balance *balances; // by stream, as last asked for
    SIM_VEC(struct course) courses;       // by move
};

static void take_factors(struct park_ledger *l, int32_t move)
{
    struct line *line = &l->lines[move];
    line->first_course = l->courses.count;
    for (int i = 0; i < PARK_COLUMNS; i++) {
        const struct park_factor *f = &l->net->moves[move].factor[i];
        line->factors[i] = f->constant;
        if (f->table != NULL) {
            const struct course c = {
                .column = (enum park_column)i, .table = f->table, .scale = f->scale};
            SIM_VEC_PUSH(&l->courses, c);
            line->course_count++;
        }
    }
}

struct park_ledger *park_ledger_create(const struct park *p)
{
    struct park_ledger *l = sim_base_alloc(1, sizeof(*l));
    const size_t pools = (size_t)p->net->pool_count;
    l->park = p;
    l->net = p->net;
    l->lines = sim_base_alloc((size_t)p->net->move_count, sizeof(*l->lines));
    l->began = sim_base_alloc((size_t)p->net->activity_count, sizeof(double));
    l->marks = sim_base_alloc(pools, sizeof(*l->marks));
    l->in = sim_base_alloc(pools, sizeof(double));
    l->out = sim_base_alloc(pools, sizeof(double));
    l->could = sim_base_alloc(pools, sizeof(double));
    l->slack = sim_base_alloc((size_t)p->stream_count, sizeof(double));
    for (int i = 0; i < p->net->port_count; i++) {
        const struct sim_port_def *q = &p->net->ports[i];
        const double most = q->coef * p->net->activities[q->activity].capacity;
        l->could[q->pool] = isfinite(most) ? fmax(l->could[q->pool], most) : l->could[q->pool];
    }
    l->balances = sim_base_alloc((size_t)p->stream_count, sizeof(*l->balances));
    for (int32_t m = 0; m < p->net->move_count; m++) {
        take_factors(l, m);
    }
    return l;
}

void park_ledger_destroy(struct park_ledger *l)
{
    if (l == NULL) {
        return;
    }
    free(l->lines);
    free(l->began);
    free(l->marks);
    free(l->in);
    free(l->out);
    free(l->could);
    free(l->slack);
    free(l->balances);
    SIM_VEC_FREE(&l->courses);
    free(l);
}

void park_ledger_restart(struct park_ledger *l, const struct sim_flow *f)
{
    l->restarted = sim_flow_now(f);
    for (int a = 0; a < l->net->activity_count; a++) {
        l->began[a] = sim_flow_total(f, a);
    }
    for (int m = 0; m < l->net->move_count; m++) {
        struct line next = {.posted = l->began[l->net->moves[m].activity],
                            .since = sim_flow_now(f),
                            .first_course = l->lines[m].first_course,
                            .course_count = l->lines[m].course_count};
        memcpy(next.factors, l->lines[m].factors, sizeof(next.factors));
        l->lines[m] = next;
    }
    for (int p = 0; p < l->net->pool_count; p++) {
        l->marks[p] = (struct mark){.integrated = sim_flow_integrated(f, p),
                                    .lumped = sim_flow_lumped(f, p),
                                    .decayed = sim_flow_decayed(f, p),
                                    .trimmed = sim_flow_trimmed(f, p),
                                    .level = sim_flow_level(f, p)};
    }
}

/** A course's mean over the time since the line's last posting. */
static double mean_of(const struct course *c, const struct line *line, sim_time now)
{
    const double seconds = sim_simtime_to_seconds(now - line->since);
    return seconds > 0 ? c->scale * (sim_table1d_integral(c->table, line->since, now) / seconds)
                       : c->scale * sim_table1d_at(c->table, now);
}

/** Set the factors that vary to their means. */
static void take_means(const struct park_ledger *l, struct line *line, sim_time now)
{
    for (int i = 0; i < line->course_count; i++) {
        const struct course *c = &l->courses.data[line->first_course + i];
        line->factors[c->column] = mean_of(c, line, now);
    }
}

static void book(struct line *line, double sent, double arrived)
{
    sim_stats_sum_add(&line->sent, sent);
    sim_stats_sum_add(&line->arrived, arrived);
    for (int i = 0; i < PARK_COLUMNS; i++) {
        if (line->factors[i] != 0) {
            sim_stats_sum_add(&line->sums[i], sent * line->factors[i]);
        }
    }
}

void park_ledger_book(struct park_ledger *l, int32_t move, double sent, double arrived)
{
    book(&l->lines[move], sent, arrived);
}

void park_ledger_lump(struct park_ledger *l, sim_time now, int32_t move, double sent,
                      double arrived)
{
    struct line *line = &l->lines[move];
    for (int i = 0; i < line->course_count; i++) {
        const struct course *c = &l->courses.data[line->first_course + i];
        line->factors[c->column] = c->scale * sim_table1d_at(c->table, now);
    }
    book(line, sent, arrived);
}

void park_ledger_add(struct park_ledger *l, int32_t move, enum park_column column, double amount)
{
    sim_stats_sum_add(&l->lines[move].sums[column], amount);
}

void park_ledger_post_move(struct park_ledger *l, const struct sim_flow *f, int32_t move)
{
    const struct park_move *def = &l->net->moves[move];
    const double total = sim_flow_total(f, def->activity);
    const double moved = total - l->lines[move].posted;
    if (moved != 0) {
        take_means(l, &l->lines[move], sim_flow_now(f));
        park_ledger_book(l, move, def->sent * moved, def->arrived * moved);
        l->lines[move].posted = total;
    }
    l->lines[move].since = sim_flow_now(f);
}

void park_ledger_changed(struct park_ledger *l, const struct sim_flow *f, int32_t activity)
{
    const struct park_activity *a = &l->net->activities[activity];
    for (int32_t m = a->first_move; m < a->first_move + a->move_count; m++) {
        if (l->lines[m].course_count > 0) {
            park_ledger_post_move(l, f, m);
        }
    }
}

void park_ledger_post(struct park_ledger *l, const struct sim_flow *f)
{
    for (int m = 0; m < l->net->move_count; m++) {
        park_ledger_post_move(l, f, m);
    }
}

struct park_ledger_sum park_ledger_sum(const struct park_ledger *l, const struct sim_flow *f,
                                       int32_t move)
{
    const struct park_move *def = &l->net->moves[move];
    struct line line = l->lines[move];
    const double moved = sim_flow_total(f, def->activity) - line.posted;
    if (moved != 0) {
        take_means(l, &line, sim_flow_now(f));
        book(&line, def->sent * moved, def->arrived * moved);
    }
    struct park_ledger_sum sum = {.sent = sim_stats_sum_value(&line.sent),
                                  .arrived = sim_stats_sum_value(&line.arrived)};
    for (int i = 0; i < PARK_COLUMNS; i++) {
        sum.of[i] = sim_stats_sum_value(&line.sums[i]);
    }
    for (int i = 0; i < PARK_COLUMNS; i++) {
        const enum park_column within = park_entry_columns[i].within;
        if (within != PARK_COLUMN_NONE) {
            sum.of[within] += sum.of[i];
        }
    }
    return sum;
}

/** The course of a factor of the line; NULL when the factor is constant. */
static const struct course *course_of(const struct park_ledger *l, const struct line *line,
                                      enum park_column column)
{
    for (int i = 0; i < line->course_count; i++) {
        const struct course *c = &l->courses.data[line->first_course + i];
        if (c->column == column) {
            return c;
        }
    }
    return NULL;
}

bool park_ledger_has(const struct park_ledger *l, int32_t move, enum park_column column)
{
    const struct line *line = &l->lines[move];
    return line->factors[column] != 0 || course_of(l, line, column) != NULL;
}

double park_ledger_column_now(const struct park_ledger *l, sim_time now, int32_t move,
                              enum park_column column, double total)
{
    const struct line *line = &l->lines[move];
    const struct course *course = course_of(l, line, column);
    const double by = course != NULL ? mean_of(course, line, now) : line->factors[column];
    const double sent = l->net->moves[move].sent * (total - line->posted);
    return by != 0 ? sim_stats_sum_with(&line->sums[column], sent * by)
                   : sim_stats_sum_value(&line->sums[column]);
}

double park_ledger_factor(const struct park_ledger *l, sim_time now, int32_t move,
                          enum park_column column)
{
    const struct line *line = &l->lines[move];
    const struct course *c = course_of(l, line, column);
    return c == NULL
               ? line->factors[column]
               : c->scale * (sim_table1d_at(c->table, now - 1) +
                             sim_table1d_slope(c->table, now - 1) * sim_simtime_to_seconds(1));
}

double park_ledger_activity(const struct park_ledger *l, const struct sim_flow *f, int32_t activity)
{
    return sim_flow_total(f, activity) - l->began[activity];
}

double park_ledger_decayed(const struct park_ledger *l, const struct sim_flow *f, int32_t pool)
{
    return sim_flow_decayed(f, pool) - l->marks[pool].decayed;
}

double park_ledger_trimmed(const struct park_ledger *l, const struct sim_flow *f, int32_t pool)
{
    return sim_flow_trimmed(f, pool) - l->marks[pool].trimmed;
}

double park_ledger_first_level(const struct park_ledger *l, int32_t pool)
{
    return l->marks[pool].level;
}

/** What is booked into and out of each pool. */
static void sum_pools(struct park_ledger *l)
{
    memset(l->in, 0, (size_t)l->net->pool_count * sizeof(double));
    memset(l->out, 0, (size_t)l->net->pool_count * sizeof(double));
    for (int m = 0; m < l->net->move_count; m++) {
        const struct park_move *def = &l->net->moves[m];
        if (def->from_pool >= 0) {
            l->out[def->from_pool] += sim_stats_sum_value(&l->lines[m].sent);
        }
        if (def->to_pool >= 0) {
            l->in[def->to_pool] += sim_stats_sum_value(&l->lines[m].arrived);
        }
    }
}

/** Change of the level shown since the restart, but for what was set on bounds. */
static double level_change(const struct park_ledger *l, const struct sim_flow *f, int pool)
{
    return sim_flow_level(f, pool) - l->marks[pool].level - park_ledger_trimmed(l, f, pool);
}

/** Change of the level as the engine integrated it, in closed form where the stock decays, and by
 * what came or went at once. */
static double stock_change(const struct park_ledger *l, const struct sim_flow *f, int pool)
{
    return sim_flow_integrated(f, pool) - l->marks[pool].integrated + sim_flow_lumped(f, pool) -
           l->marks[pool].lumped;
}

/** Of one pool; its sums must be fresh. */
static struct park_ledger_balance pool_balance(const struct park_ledger *l,
                                               const struct sim_flow *f, int pool)
{
    struct park_ledger_balance b = {.in = l->in[pool],
                                    .out = l->out[pool],
                                    .decayed = park_ledger_decayed(l, f, pool),
                                    .stock = stock_change(l, f, pool)};
    b.throughput = fmax(b.in, b.out + b.decayed);
    b.residual = b.in - b.out - b.decayed - b.stock;
    return b;
}

static void add_pool(struct park_ledger_balance *sum, const struct park_ledger_balance *pool)
{
    sum->decayed += pool->decayed;
    sum->stock += pool->stock;
    sum->residual += pool->residual;
}

static void add_move(struct park_ledger_balance *sum, const struct park_move *def,
                     const struct line *line)
{
    const double sent = sim_stats_sum_value(&line->sent);
    const double arrived = sim_stats_sum_value(&line->arrived);
    if (def->from_pool >= 0 && def->to_pool >= 0) {
        sum->lost += sent - arrived;
    } else if (def->from_pool >= 0) {
        sum->out += sent;
    } else if (def->to_pool >= 0) {
        sum->in += sent;
        sum->lost += sent - arrived;
    }
}

/** All streams at once, in one pass over the pools and the moves. */
static void balance_streams(const struct park_ledger *l, const struct sim_flow *f,
                            struct park_ledger_balance *out)
{
    memset(out, 0, (size_t)l->park->stream_count * sizeof(*out));
    for (int p = 0; p < l->net->pool_count; p++) {
        const struct park_ledger_balance b = pool_balance(l, f, p);
        add_pool(&out[l->net->pools[p].stream], &b);
    }
    for (int m = 0; m < l->net->move_count; m++) {
        const struct park_move *def = &l->net->moves[m];
        add_move(&out[def->stream], def, &l->lines[m]);
    }
    for (int s = 0; s < l->park->stream_count; s++) {
        out[s].throughput = fmax(out[s].in, out[s].out + out[s].lost + out[s].decayed);
    }
}

const struct park_ledger_balance *park_ledger_balances(struct park_ledger *l,
                                                       const struct sim_flow *f)
{
    sum_pools(l);
    balance_streams(l, f, l->balances);
    return l->balances;
}

/** Where the mistakes found are told; cut where the room ends. */
struct told {
    char text[3000];
    size_t used;
    int count;
};

static void tell(struct told *t, const char *fmt, ...) SIM_PRINTF(2, 3);

static void tell(struct told *t, const char *fmt, ...)
{
    const bool is_first = t->count++ == 0;
    if (t->used + 2 >= sizeof(t->text)) {
        return;
    }
    memcpy(t->text + t->used, is_first ? ": " : "; ", 3);
    t->used += 2;
    va_list args;
    va_start(args, fmt);
    const int wrote = vsnprintf(t->text + t->used, sizeof(t->text) - t->used, fmt, args);
    va_end(args);
    t->used += wrote > 0 ? (size_t)wrote : 0;
}

static bool is_off(double residual, double scale)
{
    return !(fabs(residual) <= PARK_LEDGER_TOLERANCE * scale); // NaN is off, too
}

/** [SI] For a tolerance beside what moved: of a flow that is a rounding of what a pool could carry,
 * the solver may find the one end and not the other. */
static double carried(const struct park_ledger *l, const struct sim_flow *f, int pool)
{
    return ROUNDING * l->could[pool] * sim_simtime_to_seconds(sim_flow_now(f) - l->restarted);
}

static void check_streams(const struct park_ledger *l, const struct sim_flow *f, struct told *t)
{
    memset(l->slack, 0, (size_t)l->park->stream_count * sizeof(*l->slack));
    for (int p = 0; p < l->net->pool_count; p++) {
        double *of = &l->slack[l->net->pools[p].stream];
        *of = fmax(*of, carried(l, f, p));
    }
    for (int s = 0; s < l->park->stream_count; s++) {
        const struct park_stream *stream = l->park->streams[s];
        const struct park_ledger_balance b = l->balances[s];
        if (is_off(b.residual, b.throughput + l->slack[s])) {
            tell(t, "stream '%s' is off by %.6g of %.6g %s", stream->name,
                 park_amount_in_unit(stream, b.residual), park_amount_in_unit(stream, b.throughput),
                 stream->unit);
        }
    }
}

/** Each pool alone, since what is booked to the wrong one of two pools cancels in the stream's sum.
 * The level shown must also be what was integrated, but for what was set on bounds. Their rounding
 * goes with what a pool holds, even where little moves. */
static void check_pools(const struct park_ledger *l, const struct sim_flow *f, struct told *t)
{
    for (int p = 0; p < l->net->pool_count; p++) {
        const struct park_pool *pool = &l->net->pools[p];
        const struct park_stream *stream = l->park->streams[pool->stream];
        const struct park_ledger_balance b = pool_balance(l, f, p);
        const double level = sim_flow_level(f, p);
        const double scale =
            b.throughput + fabs(level) + fabs(l->marks[p].level) + carried(l, f, p);
        if (is_off(b.residual, scale)) {
            tell(t, "pool '%s' is off by %.6g of %.6g %s", pool->name,
                 park_amount_in_unit(stream, b.residual), park_amount_in_unit(stream, b.throughput),
                 stream->unit);
        }
        if (is_off(level_change(l, f, p) - b.stock, scale)) {
            tell(t, "the level of '%s' is not what was integrated", pool->name);
        }
    }
}

/** What the park file's recipe says of the move, per unit of the process's activity, less what its
 * utility's network loses; NaN if the recipe has no such line. */
static double recipe_of(const struct park_process *process, const struct park_net *net,
                        const struct park_move *move)
{
    const bool gives = move->kind == PARK_MOVE_OUTPUT;
    const int32_t pool = gives ? move->to_pool : move->from_pool;
    for (int i = 0; i < process->flow_count; i++) {
        const struct park_flow *flow = &process->flows[i];
        if (flow->stream == move->stream && flow->gives == gives &&
            flow->stock == net->pools[pool].stock) {
            return flow->coef * (1 - flow->lost);
        }
    }
    return NAN;
}

static void check_recipes(const struct park_ledger *l, const struct sim_flow *f, struct told *t)
{
    for (int m = 0; m < l->net->move_count; m++) {
        const struct park_move *def = &l->net->moves[m];
        const struct park_activity *activity = &l->net->activities[def->activity];
        if (!activity->mover->is_process) {
            continue;
        }
        const struct park_process *process = l->park->processes[activity->id];
        const struct park_stream *stream = l->park->streams[def->stream];
        const double due =
            recipe_of(process, l->net, def) * park_ledger_activity(l, f, def->activity);
        const double booked = sim_stats_sum_value(
            def->kind == PARK_MOVE_OUTPUT ? &l->lines[m].arrived : &l->lines[m].sent);
        const int pool = def->kind == PARK_MOVE_OUTPUT ? def->to_pool : def->from_pool;
        if (is_off(booked - due, fmax(fabs(due), fabs(booked)) + carried(l, f, pool))) {
            tell(t, "process '%s' booked %.10g %s of '%s', its recipe says %.10g", process->name,
                 park_amount_in_unit(stream, booked), stream->unit, stream->name,
                 park_amount_in_unit(stream, due));
        }
    }
}

enum sim_status park_ledger_check(struct park_ledger *l, const struct sim_flow *f,
                                  struct sim_err *err)
{
    struct told t = {.count = 0};
    (void)park_ledger_balances(l, f);
    check_streams(l, f, &t);
    check_pools(l, f, &t);
    check_recipes(l, f, &t);
    if (t.count > 0) {
        return sim_err_set(err, SIM_FAILED, "the ledger does not balance%s", t.text);
    }
    return SIM_OK;
}
