#include "models/park/out/record.h"

#include "models/park/book/books.h"
#include "sim/base/vec.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/** A flow whose series is kept. */
struct flow_entry {
    int32_t activity;
    int32_t unit;  // of the layout
    int64_t first; // its place in the variable, of interval 0
    double sent;   // [SI per unit of activity]
    double scale;  // SI per unit
    double before; // [SI] when the interval began
};

/** A level whose series is kept. */
struct level_entry {
    int32_t pool, unit;
    int64_t first; // of instant 0
    double scale;
};

/** A process whose series are kept. */
struct process_entry {
    int32_t process, activity;
    int64_t first;
    double most; // [1/s] its largest rate; NaN: it has no full load
    double activity_before, down_before;
};

/** A move that sets something free: [kg] to a party's columns. */
struct emission_entry {
    int32_t move, activity, party;
    enum park_books_column scope;
    bool is_fossil, is_process, is_own[PARK_BOOKS_OWNS]; // what is booked of it
};

/** A move that is paid for, or that costs its link's payer. */
struct money_entry {
    int32_t move, activity;
    int32_t from, to, payer; // parties
    bool is_paid, is_carried;
};

/** One series of a party. */
struct party_entry {
    int32_t party;
    enum park_books_column column;
    int64_t first;
    double before; // [column] when the interval began
};

/** What is recorded each interval is laid out in lists, so that an interval is a walk along each:
 * the engine's integrals once an activity, then a value an entry. Which moves are booked in money
 * or CO2e is known when the recording begins; the rest when the recorder is made. */
struct park_recorder {
    struct park_record_parts parts;
    int64_t interval; // that is under way
    double *totals;   // by activity: the engine's integral now
    double *began;    // by activity: when the recording began
    SIM_VEC(struct flow_entry) flows;
    SIM_VEC(struct level_entry) levels;
    SIM_VEC(struct process_entry) processes;
    SIM_VEC(struct emission_entry) emissions; // by link of the layout
    SIM_VEC(struct money_entry) payments;     // likewise
    SIM_VEC(struct party_entry) parties;
    struct sim_row_floats *flow_to, *level_to; // by unit of the layout: of the run's row
    double *wanted_began;                      // by activity, at the begin
    double *down_began;                        // by process, then link [h], at the begin
    double *full_load_h, *down_h;              // of park_record_hours
    int32_t *activity_of;                      // by process
    double *scale;                             // by stream: SI per unit
    struct park_books_party *books;            // by party
    double *passed;                            // by party [t]: of the interval under way
    struct sim_row *row;                       // while what was passed is told
};

// ---- create ----

static void list_flows(struct park_recorder *r)
{
    const struct park_results *out = r->parts.results;
    for (int i = 0; i < out->layout->link_count; i++) {
        const struct park_layout_link *k = &out->layout->links[i];
        const struct park_move *move = &r->parts.park->net->moves[k->move];
        if (out->units[k->unit].flow >= 0 && out->link_kept[i]) {
            SIM_VEC_PUSH(&r->flows, (struct flow_entry){.activity = move->activity,
                                                        .unit = k->unit,
                                                        .first = out->link_at[i] * out->intervals,
                                                        .sent = move->sent,
                                                        .scale = r->scale[k->stream]});
        }
    }
}

static void list_levels(struct park_recorder *r)
{
    const struct park_results *out = r->parts.results;
    for (int i = 0; i < out->layout->stock_count; i++) {
        const struct park_layout_stock *k = &out->layout->stocks[i];
        if (out->units[k->unit].level >= 0 && out->stock_kept[i]) {
            const int64_t instants = out->intervals + 1;
            SIM_VEC_PUSH(&r->levels, (struct level_entry){.pool = k->pool,
                                                          .unit = k->unit,
                                                          .first = out->stock_at[i] * instants,
                                                          .scale = r->scale[k->stream]});
        }
    }
}

/** [1/s] The rate at which hours of a process are told; NaN: it has none. */
static double full_load(const struct park *p, int32_t process)
{
    const double most = park_results_full_load(p, process);
    return most > 0 && isfinite(most) ? most : (double)NAN;
}

static void list_processes(struct park_recorder *r)
{
    const struct park_results *out = r->parts.results;
    for (int32_t i = 0; out->running >= 0 && i < r->parts.park->process_count; i++) {
        if (out->process_kept[i]) {
            SIM_VEC_PUSH(&r->processes,
                         (struct process_entry){.process = i,
                                                .activity = r->activity_of[i],
                                                .first = out->process_at[i] * out->intervals,
                                                .most = full_load(r->parts.park, i)});
        }
    }
}

static void list_parties(struct park_recorder *r)
{
    const struct park_results *out = r->parts.results;
    for (int32_t i = 0; i < r->parts.park->party_count; i++) {
        for (int k = 0; k < PARK_BOOKS_COLUMNS; k++) {
            if (out->party_series[k] >= 0 &&
                (out->party_kept[i] & (unsigned)park_books_names[k].recorded) != 0) {
                SIM_VEC_PUSH(&r->parties,
                             (struct party_entry){.party = i,
                                                  .column = (enum park_books_column)k,
                                                  .first = out->party_at[i] * out->intervals});
            }
        }
    }
}

static void find_processes(struct park_recorder *r)
{
    const struct park *p = r->parts.park;
    for (int32_t a = 0; a < p->net->activity_count; a++) {
        if (p->net->activities[a].mover->is_process) {
            r->activity_of[p->net->activities[a].id] = a;
        }
    }
}

struct park_recorder *park_record_create(const struct park_record_parts *parts)
{
    struct park_recorder *r = sim_base_alloc(1, sizeof(*r));
    const struct park *p = parts->park;
    const size_t processes = (size_t)p->process_count;
    const size_t activities = (size_t)p->net->activity_count;
    const size_t units = (size_t)parts->results->layout->unit_count;
    r->parts = *parts;
    r->totals = sim_base_alloc(activities, sizeof(double));
    r->began = sim_base_alloc(activities, sizeof(double));
    r->wanted_began = sim_base_alloc(activities, sizeof(double));
    r->activity_of = sim_base_alloc(processes, sizeof(int32_t));
    r->down_began = sim_base_alloc(processes + (size_t)p->link_count, sizeof(double));
    r->down_h = sim_base_alloc(processes + (size_t)p->link_count, sizeof(double));
    r->full_load_h = sim_base_alloc(processes, sizeof(double));
    r->books = sim_base_alloc((size_t)p->party_count, sizeof(*r->books));
    r->passed = sim_base_alloc((size_t)p->party_count, sizeof(double));
    r->scale = sim_base_alloc((size_t)p->stream_count, sizeof(double));
    r->flow_to = sim_base_alloc(units, sizeof(*r->flow_to));
    r->level_to = sim_base_alloc(units, sizeof(*r->level_to));
    for (int s = 0; s < p->stream_count; s++) {
        r->scale[s] = park_layout_scale(p->streams[s]);
    }
    find_processes(r);
    list_flows(r);
    list_levels(r);
    list_processes(r);
    list_parties(r);
    return r;
}

void park_record_destroy(struct park_recorder *r)
{
    if (r == NULL) {
        return;
    }
    SIM_VEC_FREE(&r->flows);
    SIM_VEC_FREE(&r->levels);
    SIM_VEC_FREE(&r->processes);
    SIM_VEC_FREE(&r->emissions);
    SIM_VEC_FREE(&r->payments);
    SIM_VEC_FREE(&r->parties);
    free(r->flow_to);
    free(r->level_to);
    free(r->totals);
    free(r->began);
    free(r->wanted_began);
    free(r->activity_of);
    free(r->down_began);
    free(r->down_h);
    free(r->full_load_h);
    free(r->scale);
    free(r->books);
    free(r->passed);
    free(r);
}

// ---- begin ----

static bool is_kept(const struct park_recorder *r, enum park_record_what kind)
{
    for (int i = 0; i < r->parties.count; i++) {
        if (park_books_names[r->parties.data[i].column].recorded == kind) {
            return true;
        }
    }
    return false;
}

static void list_emission(struct park_recorder *r, int32_t move)
{
    const struct park_ledger *l = r->parts.ledger;
    struct emission_entry e = {.move = move,
                               .activity = r->parts.park->net->moves[move].activity,
                               .is_fossil = park_ledger_has(l, move, PARK_COLUMN_CO2E),
                               .is_process = park_ledger_has(l, move, PARK_COLUMN_PROCESS)};
    bool is_any = e.is_fossil || e.is_process;
    for (int i = 0; i < PARK_BOOKS_OWNS; i++) {
        e.is_own[i] = park_ledger_has(l, move, park_books_own[i].column);
        is_any = is_any || e.is_own[i];
    }
    if (is_any) {
        const struct park_move *m = &r->parts.park->net->moves[move];
        e.party = m->whose;
        e.scope = (enum park_books_column)(PARK_BOOKS_SCOPE1 + m->scope - 1);
        if (m->scope > 0) {
            SIM_VEC_PUSH(&r->emissions, e);
        }
    }
}

static void list_payment(struct park_recorder *r, int32_t move)
{
    const struct park *p = r->parts.park;
    const struct park_move *m = &p->net->moves[move];
    struct money_entry e = {.move = move,
                            .activity = m->activity,
                            .from = p->net->accounts[m->from].party,
                            .to = p->net->accounts[m->to].party,
                            .is_paid = park_ledger_has(r->parts.ledger, move, PARK_COLUMN_PRICE)};
    if (m->payer >= 0) {
        e.is_carried = park_ledger_has(r->parts.ledger, move, PARK_COLUMN_CARRIAGE);
        e.payer = m->payer;
    }
    if (e.is_paid || e.is_carried) {
        SIM_VEC_PUSH(&r->payments, e);
    }
}

/** In the order of the links, in which sums of a party are taken. */
static void list_books(struct park_recorder *r)
{
    const struct park_layout *l = r->parts.results->layout;
    const bool has_emissions = is_kept(r, PARK_RECORD_EMISSIONS);
    const bool has_money = is_kept(r, PARK_RECORD_MONEY);
    r->emissions.count = 0;
    r->payments.count = 0;
    for (int i = 0; i < l->link_count; i++) {
        if (has_emissions) {
            list_emission(r, l->links[i].move);
        }
        if (has_money) {
            list_payment(r, l->links[i].move);
        }
    }
}

static void find_places(struct park_recorder *r, struct sim_row *row)
{
    const struct park_results *out = r->parts.results;
    for (int u = 0; u < out->layout->unit_count; u++) {
        if (out->units[u].flow >= 0) {
            r->flow_to[u] = sim_row_floats(row, out->units[u].flow);
        }
        if (out->units[u].level >= 0) {
            r->level_to[u] = sim_row_floats(row, out->units[u].level);
        }
    }
}

static void put_levels(const struct park_recorder *r, int64_t instant)
{
    for (int i = 0; i < r->levels.count; i++) {
        const struct level_entry *e = &r->levels.data[i];
        sim_row_floats_put(&r->level_to[e->unit], e->first + instant,
                           sim_flow_level(r->parts.flow, e->pool) / e->scale);
    }
}

static void take_totals(const struct park_recorder *r, double *totals)
{
    for (int32_t a = 0; a < r->parts.park->net->activity_count; a++) {
        totals[a] = sim_flow_total(r->parts.flow, a);
    }
}

/** [h] Since the reset, of a process, or of a link at process_count and its id. */
static double down_h(const struct park_recorder *r, sim_time now, int32_t target)
{
    return park_part_measure(park_capacity_parts(r->parts.capacity), PARK_MEASURE_DOWN_H, target,
                             now);
}

/** No series has counted anything yet. */
static void clear_before(struct park_recorder *r, sim_time now)
{
    for (int i = 0; i < r->flows.count; i++) {
        r->flows.data[i].before = 0;
    }
    for (int i = 0; i < r->processes.count; i++) {
        struct process_entry *e = &r->processes.data[i];
        e->activity_before = 0;
        e->down_before = down_h(r, now, e->process);
    }
    for (int i = 0; i < r->parties.count; i++) {
        r->parties.data[i].before = 0;
    }
    memset(r->passed, 0, (size_t)r->parts.park->party_count * sizeof(*r->passed));
}

void park_record_begin(struct park_recorder *r, struct sim_row *row, sim_time now)
{
    const struct park *p = r->parts.park;
    r->interval = 0;
    find_places(r, row);
    take_totals(r, r->began);
    clear_before(r, now);
    list_books(r);
    for (int i = 0; i < p->process_count + p->link_count; i++) {
        r->down_began[i] = down_h(r, now, i);
    }
    for (int a = 0; a < p->net->activity_count; a++) {
        r->wanted_began[a] = park_capacity_wanted(r->parts.capacity, now, a);
    }
    put_levels(r, 0);
}

// ---- an interval ends ----

static void put_flows(struct park_recorder *r)
{
    for (int i = 0; i < r->flows.count; i++) {
        struct flow_entry *e = &r->flows.data[i];
        const double sum = e->sent * (r->totals[e->activity] - r->began[e->activity]);
        sim_row_floats_put(&r->flow_to[e->unit], e->first + r->interval,
                           (sum - e->before) / e->scale);
        e->before = sum;
    }
}

static void put_activities(struct park_recorder *r, struct sim_row *row, sim_time now)
{
    if (r->processes.count == 0) {
        return;
    }
    const struct sim_row_floats running = sim_row_floats(row, r->parts.results->running);
    const struct sim_row_floats down_to = sim_row_floats(row, r->parts.results->down);
    for (int i = 0; i < r->processes.count; i++) {
        struct process_entry *e = &r->processes.data[i];
        const double sum = r->totals[e->activity] - r->began[e->activity];
        const double down = down_h(r, now, e->process);
        sim_row_floats_put(&running, e->first + r->interval,
                           (sum - e->activity_before) / e->most / 3600);
        sim_row_floats_put(&down_to, e->first + r->interval, down - e->down_before);
        e->activity_before = sum;
        e->down_before = down;
    }
}

static double column_now(const struct park_recorder *r, sim_time now, int32_t move,
                         int32_t activity, enum park_column factor)
{
    return park_ledger_column_now(r->parts.ledger, now, move, factor, r->totals[activity]);
}

static void sum_emissions(struct park_recorder *r, sim_time now)
{
    for (int i = 0; i < r->emissions.count; i++) {
        const struct emission_entry *e = &r->emissions.data[i];
        double *of = r->books[e->party].of;
        const double fossil =
            e->is_fossil ? column_now(r, now, e->move, e->activity, PARK_COLUMN_CO2E) : 0;
        const double process =
            e->is_process ? column_now(r, now, e->move, e->activity, PARK_COLUMN_PROCESS) : 0;
        of[e->scope] += (fossil + process) / 1e3;
        for (int k = 0; k < PARK_BOOKS_OWNS; k++) {
            if (e->is_own[k]) {
                of[park_books_own[k].book] +=
                    column_now(r, now, e->move, e->activity, park_books_own[k].column) / 1e3;
            }
        }
    }
}

/** What decayed in stocks since the restart. */
static void sum_decays(struct park_recorder *r)
{
    const struct park_layout *l = r->parts.results->layout;
    for (int i = 0; i < l->stock_count; i++) {
        if (l->stocks[i].decay != NULL) {
            const int32_t pool = l->stocks[i].pool;
            const struct park_ledger_sum sum = park_books_decay(
                r->parts.park, pool, park_ledger_decayed(r->parts.ledger, r->parts.flow, pool));
            park_books_add_decay(r->parts.park, pool, &sum, r->books);
        }
    }
}

static void sum_payments(struct park_recorder *r, sim_time now)
{
    for (int i = 0; i < r->payments.count; i++) {
        const struct money_entry *e = &r->payments.data[i];
        if (e->is_paid) {
            park_books_pay(&r->books[e->from], &r->books[e->to],
                           column_now(r, now, e->move, e->activity, PARK_COLUMN_PRICE) +
                               column_now(r, now, e->move, e->activity, PARK_COLUMN_TAKE_OR_PAY));
        }
        if (e->is_carried) {
            r->books[e->payer].of[PARK_BOOKS_SPENT] +=
                column_now(r, now, e->move, e->activity, PARK_COLUMN_CARRIAGE);
        }
    }
}

/** Of what was passed between the parties only that of the months that are over is known. */
static void put_books_series(struct park_recorder *r, struct sim_row *row, sim_time now)
{
    struct sim_row_floats to[PARK_BOOKS_COLUMNS] = {{0}};
    if (r->parties.count == 0) {
        return;
    }
    for (int k = 0; k < PARK_BOOKS_COLUMNS; k++) {
        const int var = r->parts.results->party_series[k];
        to[k] = var >= 0 ? sim_row_floats(row, var) : to[k];
    }
    memset(r->books, 0, (size_t)r->parts.park->party_count * sizeof(*r->books));
    sum_emissions(r, now);
    sum_decays(r);
    sum_payments(r, now);
    for (int i = 0; i < r->parties.count; i++) {
        struct party_entry *e = &r->parties.data[i];
        const bool has_passed = e->column == PARK_BOOKS_SCOPE2 || e->column == PARK_BOOKS_INSIDE;
        const double sum = r->books[e->party].of[e->column];
        sim_row_floats_put(&to[e->column], e->first + r->interval,
                           sum - e->before + (has_passed ? r->passed[e->party] : 0));
        e->before = sum;
    }
    memset(r->passed, 0, (size_t)r->parts.park->party_count * sizeof(*r->passed));
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
    if (r->flows.count + r->processes.count + r->parties.count > 0) {
        take_totals(r, r->totals);
    }
    put_flows(r);
    put_activities(r, row, now);
    if (r->parts.results->party_series[PARK_BOOKS_SCOPE2] >= 0) {
        park_carbon_mark(r->parts.carbon, r->interval);
    }
    put_books_series(r, row, now);
    r->interval++;
    put_levels(r, r->interval);
}

// ---- the run ends ----

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

static void put_entry(const struct park_recorder *r, struct sim_row *row, int32_t entry,
                      int32_t stream_id, const struct park_ledger_sum *sum)
{
    const struct park_results *out = r->parts.results;
    const struct park_stream *stream = r->parts.park->streams[stream_id];
    const double scale = r->scale[stream_id];
    sim_row_f64(row, out->quantity)[entry] = sum->sent / scale;
    sim_row_f64(row, out->lost)[entry] = (sum->sent - sum->arrived) / scale;
    sim_row_f64(row, out->mass)[entry] =
        sum->sent * content(stream, &stream->density, SIM_DIM_MASS) / 1e3;
    sim_row_f64(row, out->energy)[entry] =
        sum->sent * content(stream, &stream->energy, SIM_DIM_ENERGY) / 1e9;
    for (int i = 0; i < PARK_COLUMNS; i++) {
        sim_row_f64(row, out->column[i])[entry] = sum->of[i] / park_entry_columns[i].per;
    }
}

static void put_link(const struct park_recorder *r, struct sim_row *row, int link, sim_time now)
{
    const struct park_results *out = r->parts.results;
    const struct park_layout_link *k = &out->layout->links[link];
    const struct park_move *move = &r->parts.park->net->moves[k->move];
    struct park_ledger_sum sum = park_ledger_sum(r->parts.ledger, r->parts.flow, k->move);
    const struct park_results_unit *unit = &out->units[k->unit];
    const double scale = r->scale[k->stream];
    sum.of[PARK_COLUMN_PASSED] = park_carbon_passed(r->parts.carbon, k->move);
    sim_row_f64(row, unit->flow_total)[out->link_at[link]] = sum.sent / scale;
    put_entry(r, row, out->entry_at[link], k->stream, &sum);
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
    const double decayed = park_ledger_decayed(r->parts.ledger, r->parts.flow, k->pool);
    sim_row_f64(row, unit->decayed)[at] = decayed / scale;
    if (out->decay_at[stock] >= 0) {
        const struct park_ledger_sum sum = park_books_decay(r->parts.park, k->pool, decayed);
        put_entry(r, row, out->decay_at[stock], k->stream, &sum);
    }
}

/** Of each party since the restart, what was passed between them included. */
static void sum_books(struct park_recorder *r)
{
    const struct park_layout *l = r->parts.results->layout;
    memset(r->books, 0, (size_t)r->parts.park->party_count * sizeof(*r->books));
    for (int i = 0; i < l->link_count; i++) {
        struct park_ledger_sum sum =
            park_ledger_sum(r->parts.ledger, r->parts.flow, l->links[i].move);
        sum.of[PARK_COLUMN_PASSED] = park_carbon_passed(r->parts.carbon, l->links[i].move);
        park_books_add(r->parts.park, l->links[i].move, &sum, r->books);
    }
    sum_decays(r);
}

static void put_books(struct park_recorder *r, struct sim_row *row)
{
    const struct park_results *out = r->parts.results;
    sum_books(r);
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
    const struct park_ledger_balance *b = park_ledger_balances(r->parts.ledger, r->parts.flow);
    for (int s = 0; s < r->parts.park->stream_count; s++) {
        const struct park_results_unit *unit = &out->units[out->layout->unit_of[s]];
        sim_row_f64(row, unit->residual)[out->stream_at[s]] = b[s].residual / r->scale[s];
        sim_row_f64(row, unit->throughput)[out->stream_at[s]] = b[s].throughput / r->scale[s];
    }
}

struct park_record_span park_record_hours(struct park_recorder *r, sim_time now)
{
    const struct park *p = r->parts.park;
    for (int32_t i = 0; i < p->process_count; i++) {
        const double sum = park_ledger_activity(r->parts.ledger, r->parts.flow, r->activity_of[i]);
        r->full_load_h[i] = sum / full_load(p, i) / 3600;
    }
    for (int32_t i = 0; i < p->process_count + p->link_count; i++) {
        r->down_h[i] = down_h(r, now, i) - r->down_began[i];
    }
    return (struct park_record_span){.full_load = r->full_load_h, .down = r->down_h};
}
