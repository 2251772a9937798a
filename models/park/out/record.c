#include "models/park/out/record.h"

#include "models/park/book/books.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct park_recorder {
    struct park_record_parts parts;
    int64_t interval;                              // that is under way
    double *flow_before;                           // by link: [own unit] when the interval began
    double *activity_before;                       // by process
    double *down_before;                           // by process [h]
    double *wanted_began;                          // by activity, at the begin
    double *down_began;                            // by process, then link [h], at the begin
    double *full_load_h, *down_h;                  // of park_record_hours
    int32_t *activity_of;                          // by process
    double *scale;                                 // by stream: SI per unit
    struct park_books_party *books, *books_before; // by party; before the interval
    double *passed;                                // by party [t]: of the interval under way
    struct sim_row *row;                           // while what was passed is told
};

struct park_recorder *park_record_create(const struct park_record_parts *parts)
{
    struct park_recorder *r = sim_base_alloc(1, sizeof(*r));
    const struct park *p = parts->park;
    const size_t processes = (size_t)p->process_count;
    r->parts = *parts;
    r->flow_before = sim_base_alloc((size_t)parts->results->layout->link_count, sizeof(double));
    r->activity_before = sim_base_alloc(processes, sizeof(double));
    r->down_before = sim_base_alloc(processes, sizeof(double));
    r->wanted_began = sim_base_alloc((size_t)p->net->activity_count, sizeof(double));
    r->activity_of = sim_base_alloc(processes, sizeof(int32_t));
    r->down_began = sim_base_alloc(processes + (size_t)p->link_count, sizeof(double));
    r->down_h = sim_base_alloc(processes + (size_t)p->link_count, sizeof(double));
    r->full_load_h = sim_base_alloc(processes, sizeof(double));
    r->books = sim_base_alloc((size_t)p->party_count, sizeof(*r->books));
    r->books_before = sim_base_alloc((size_t)p->party_count, sizeof(*r->books));
    r->passed = sim_base_alloc((size_t)p->party_count, sizeof(double));
    r->scale = sim_base_alloc((size_t)p->stream_count, sizeof(double));
    for (int32_t a = 0; a < p->net->activity_count; a++) {
        if (p->net->activities[a].mover->is_process) {
            r->activity_of[p->net->activities[a].id] = a;
        }
    }
    for (int s = 0; s < p->stream_count; s++) {
        r->scale[s] = park_layout_scale(p->streams[s]);
    }
    return r;
}

void park_record_destroy(struct park_recorder *r)
{
    if (r == NULL) {
        return;
    }
    free(r->flow_before);
    free(r->activity_before);
    free(r->down_before);
    free(r->wanted_began);
    free(r->activity_of);
    free(r->down_began);
    free(r->down_h);
    free(r->full_load_h);
    free(r->scale);
    free(r->books);
    free(r->books_before);
    free(r->passed);
    free(r);
}

static void put_levels(const struct park_recorder *r, struct sim_row *row, int64_t instant)
{
    const struct park_results *out = r->parts.results;
    for (int i = 0; i < out->layout->stock_count; i++) {
        const struct park_layout_stock *k = &out->layout->stocks[i];
        const int var = out->units[k->unit].level;
        if (var >= 0 && out->stock_kept[i]) {
            sim_row_put(row, var, out->stock_at[i] * (out->intervals + 1) + instant,
                        sim_flow_level(r->parts.flow, k->pool) / r->scale[k->stream]);
        }
    }
}

/** [h] Since the reset, of a process, or of a link at process_count and its id. */
static double down_h(const struct park_recorder *r, sim_time now, int32_t target)
{
    return park_part_measure(park_capacity_parts(r->parts.capacity), PARK_MEASURE_DOWN_H, target,
                             now);
}

void park_record_begin(struct park_recorder *r, struct sim_row *row, sim_time now)
{
    const struct park *p = r->parts.park;
    r->interval = 0;
    memset(r->flow_before, 0,
           (size_t)r->parts.results->layout->link_count * sizeof(*r->flow_before));
    for (int i = 0; i < p->process_count; i++) {
        r->activity_before[i] = 0;
        r->down_before[i] = down_h(r, now, i);
    }
    for (int i = 0; i < p->process_count + p->link_count; i++) {
        r->down_began[i] = down_h(r, now, i);
    }
    for (int a = 0; a < p->net->activity_count; a++) {
        r->wanted_began[a] = park_capacity_wanted(r->parts.capacity, now, a);
    }
    memset(r->books_before, 0, (size_t)p->party_count * sizeof(*r->books));
    memset(r->passed, 0, (size_t)p->party_count * sizeof(*r->passed));
    put_levels(r, row, 0);
}

static void put_flows(struct park_recorder *r, struct sim_row *row)
{
    const struct park_results *out = r->parts.results;
    for (int i = 0; i < out->layout->link_count; i++) {
        const struct park_layout_link *k = &out->layout->links[i];
        const int var = out->units[k->unit].flow;
        if (var >= 0 && out->link_kept[i]) {
            const double sum = park_ledger_sent(r->parts.ledger, r->parts.flow, k->move);
            sim_row_put(row, var, out->link_at[i] * out->intervals + r->interval,
                        (sum - r->flow_before[i]) / r->scale[k->stream]);
            r->flow_before[i] = sum;
        }
    }
}

static void put_activities(struct park_recorder *r, struct sim_row *row, sim_time now)
{
    const struct park_results *out = r->parts.results;
    for (int i = 0; out->running >= 0 && i < r->parts.park->process_count; i++) {
        if (!out->process_kept[i]) {
            continue;
        }
        const int64_t at = out->process_at[i] * out->intervals + r->interval;
        const double sum = park_ledger_activity(r->parts.ledger, r->parts.flow, r->activity_of[i]);
        const double most = park_results_full_load(r->parts.park, i);
        const double down = down_h(r, now, i);
        const bool has_full_load = most > 0 && isfinite(most);
        sim_row_put(row, out->running, at,
                    has_full_load ? (sum - r->activity_before[i]) / most / 3600 : (double)NAN);
        sim_row_put(row, out->down, at, down - r->down_before[i]);
        r->activity_before[i] = sum;
        r->down_before[i] = down;
    }
}

/** Of each party since the restart, as the ledger stands now. What was passed between them is known
 * at the end of a month only: `with_passed` when all of it is. */
static void sum_books(struct park_recorder *r, bool with_passed)
{
    const struct park *p = r->parts.park;
    memset(r->books, 0, (size_t)p->party_count * sizeof(*r->books));
    for (int i = 0; i < r->parts.results->layout->link_count; i++) {
        const int32_t move = r->parts.results->layout->links[i].move;
        struct park_ledger_sum sum = park_ledger_sum_now(r->parts.ledger, r->parts.flow, move);
        sum.passed_kg = with_passed ? park_carbon_passed(r->parts.carbon, move) : 0;
        park_books_add(p, move, &sum, r->books);
    }
}

static void put_books_series(struct park_recorder *r, struct sim_row *row)
{
    const struct park_results *out = r->parts.results;
    bool any = false;
    for (int i = 0; i < PARK_BOOKS_COLUMNS; i++) {
        any = any || out->party_series[i] >= 0;
    }
    if (!any) {
        return;
    }
    sum_books(r, false);
    for (int i = 0; i < r->parts.park->party_count; i++) {
        const int64_t at = out->party_at[i] * out->intervals + r->interval;
        for (int k = 0; k < PARK_BOOKS_COLUMNS; k++) {
            if (out->party_series[k] >= 0 &&
                (out->party_kept[i] & (unsigned)park_books_names[k].recorded) != 0) {
                const bool has_passed = k == PARK_BOOKS_SCOPE2 || k == PARK_BOOKS_INSIDE;
                sim_row_put(row, out->party_series[k], at,
                            r->books[i].of[k] - r->books_before[i].of[k] +
                                (has_passed ? r->passed[i] : 0));
            }
        }
        r->passed[i] = 0;
    }
    memcpy(r->books_before, r->books, (size_t)r->parts.park->party_count * sizeof(*r->books));
}

/** Intervals that are over stand in the row already. */
static void take_passed(void *user, int64_t interval, int32_t party, double kg)
{
    static const enum park_books_column columns[] = {PARK_BOOKS_SCOPE2, PARK_BOOKS_INSIDE};
    struct park_recorder *r = user;
    const struct park_results *out = r->parts.results;
    if (interval >= r->interval) {
        r->passed[party] += kg / 1e3;
        return;
    }
    const int64_t at = out->party_at[party] * out->intervals + interval;
    for (int i = 0; i < SIM_COUNT(columns); i++) {
        const int var = out->party_series[columns[i]];
        if (var >= 0 && (out->party_kept[party] & PARK_RECORD_EMISSIONS) != 0) {
            sim_row_put(r->row, var, at, sim_row_value(r->row, var, at) + kg / 1e3);
        }
    }
}

void park_record_month(struct park_recorder *r, struct sim_row *row, sim_time now)
{
    park_carbon_close(r->parts.carbon, now);
    if (r->parts.results->party_series[PARK_BOOKS_SCOPE2] >= 0) {
        r->row = row;
        park_carbon_tell(r->parts.carbon, take_passed, r);
    }
}

void park_record_interval(struct park_recorder *r, struct sim_row *row, sim_time now)
{
    SIM_REQUIRE(r->interval < r->parts.results->intervals, "more intervals than the schema has");
    put_flows(r, row);
    put_activities(r, row, now);
    if (r->parts.results->party_series[PARK_BOOKS_SCOPE2] >= 0) {
        park_carbon_mark(r->parts.carbon, r->interval);
    }
    put_books_series(r, row);
    r->interval++;
    put_levels(r, row, r->interval);
}

/** [kg per SI] or [J per SI]: 1 where the amount itself is one, else the factor stated, else NaN.
 */
static double content(const struct park_stream *s, const struct sim_value *stated,
                      struct sim_dim as)
{
    if (sim_units_is_same(s->si.dim, as)) {
        return 1;
    }
    return stated->form == SIM_VALUE_QUANTITY ? stated->si : (double)NAN;
}

static void put_link(const struct park_recorder *r, struct sim_row *row, int link, sim_time now)
{
    const struct park_results *out = r->parts.results;
    const struct park_layout_link *k = &out->layout->links[link];
    const struct park_stream *stream = r->parts.park->streams[k->stream];
    const struct park_move *move = &r->parts.park->net->moves[k->move];
    const struct park_ledger_sum sum = park_ledger_sum(r->parts.ledger, k->move);
    const struct park_results_unit *unit = &out->units[k->unit];
    const int32_t entry = out->entry_at[link];
    const double scale = r->scale[k->stream];
    sim_row_f64(row, unit->flow_total)[out->link_at[link]] = sum.sent / scale;
    sim_row_f64(row, out->quantity)[entry] = sum.sent / scale;
    sim_row_f64(row, out->lost)[entry] = (sum.sent - sum.arrived) / scale;
    sim_row_f64(row, out->mass)[entry] =
        sum.sent * content(stream, &stream->density, SIM_DIM_MASS) / 1e3;
    sim_row_f64(row, out->energy)[entry] =
        sum.sent * content(stream, &stream->energy, SIM_DIM_ENERGY) / 1e9;
    sim_row_f64(row, out->money)[entry] = sum.money;
    sim_row_f64(row, out->take_or_pay)[entry] = sum.unused;
    sim_row_f64(row, out->carriage)[entry] = sum.carriage;
    sim_row_f64(row, out->co2e)[entry] = sum.co2e_kg / 1e3;
    sim_row_f64(row, out->process)[entry] = sum.process_kg / 1e3;
    sim_row_f64(row, out->biogenic)[entry] = sum.biogenic_kg / 1e3;
    sim_row_f64(row, out->passed)[entry] = park_carbon_passed(r->parts.carbon, k->move) / 1e3;
    if (move->is_pull_user) {
        sim_row_f64(row, unit->unserved)[out->link_at[link]] =
            park_held_unserved(r->parts.held, now, k->move) / scale;
    } else if (k->is_user) {
        const double wanted = park_capacity_wanted(r->parts.capacity, now, move->activity) -
                              r->wanted_began[move->activity];
        const double got = park_ledger_activity(r->parts.ledger, r->parts.flow, move->activity);
        // Two integrals of one constant over different pieces differ in their last bits.
        const double lacked = wanted - got > 1e-12 * wanted ? wanted - got : 0;
        sim_row_f64(row, unit->unserved)[out->link_at[link]] = move->sent * lacked / scale;
    }
}

static void put_stock(const struct park_recorder *r, struct sim_row *row, int stock)
{
    const struct park_results *out = r->parts.results;
    const struct park_layout_stock *k = &out->layout->stocks[stock];
    const struct park_results_unit *unit = &out->units[k->unit];
    const int32_t at = out->stock_at[stock];
    const double scale = r->scale[k->stream];
    sim_row_f64(row, unit->stock_start)[at] =
        park_ledger_first_level(r->parts.ledger, k->pool) / scale;
    sim_row_f64(row, unit->stock_end)[at] = sim_flow_level(r->parts.flow, k->pool) / scale;
    sim_row_f64(row, unit->trimmed)[at] =
        park_ledger_trimmed(r->parts.ledger, r->parts.flow, k->pool) / scale;
    sim_row_f64(row, unit->decayed)[at] =
        park_ledger_decayed(r->parts.ledger, r->parts.flow, k->pool) / scale;
}

static void put_books(struct park_recorder *r, struct sim_row *row)
{
    const struct park_results *out = r->parts.results;
    sum_books(r, true);
    for (int i = 0; i < r->parts.park->party_count; i++) {
        for (int k = 0; k < PARK_BOOKS_COLUMNS; k++) {
            sim_row_f64(row, out->party_total[k])[out->party_at[i]] = r->books[i].of[k];
        }
    }
}

void park_record_totals(struct park_recorder *r, struct sim_row *row, sim_time now)
{
    const struct park_results *out = r->parts.results;
    for (int i = 0; i < out->layout->link_count; i++) {
        put_link(r, row, i, now);
    }
    put_books(r, row);
    park_held_results_put(&out->held, r->parts.held, now, r->parts.park, row);
    for (int i = 0; i < out->layout->stock_count; i++) {
        put_stock(r, row, i);
    }
    for (int s = 0; s < r->parts.park->stream_count; s++) {
        const struct park_results_unit *unit = &out->units[out->layout->unit_of[s]];
        const struct park_ledger_balance b = park_ledger_balance(r->parts.ledger, r->parts.flow, s);
        sim_row_f64(row, unit->residual)[out->stream_at[s]] = b.residual / r->scale[s];
        sim_row_f64(row, unit->throughput)[out->stream_at[s]] = b.throughput / r->scale[s];
    }
}

struct park_responses_hours park_record_hours(struct park_recorder *r, sim_time now)
{
    const struct park *p = r->parts.park;
    for (int32_t i = 0; i < p->process_count; i++) {
        const double sum = park_ledger_activity(r->parts.ledger, r->parts.flow, r->activity_of[i]);
        const double most = park_results_full_load(p, i);
        r->full_load_h[i] = most > 0 && isfinite(most) ? sum / most / 3600 : (double)NAN;
    }
    for (int32_t i = 0; i < p->process_count + p->link_count; i++) {
        r->down_h[i] = down_h(r, now, i) - r->down_began[i];
    }
    return (struct park_responses_hours){.full_load = r->full_load_h, .down = r->down_h};
}
