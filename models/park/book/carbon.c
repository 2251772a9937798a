#include "models/park/book/carbon.h"

#include "models/park/base/circles.h"
#include "sim/base/vec.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/** A move whose amounts count. */
struct use {
    int32_t move;
    bool varies;        // its factors follow a profile: ask the ledger
    double factor;      // [kgCO2e/SI sent] fossil, of the process included; unless it varies
    double before, kg0; // [SI], [kg] at the last close
    double amount, kg;  // in this month
    double marked;      // [SI] at the last mark
    double passed;      // [kgCO2e] since the restart
    int32_t from;       // place it is passed from; -1: nothing is
    int32_t party;      // who gets what is passed
    int32_t gas;        // pool of a stream that is carbon which it leaves; -1
    double free_of_gas; // [-] what share of it is set free there
};

/** Something that comes into a place: `per` x the amount of a use (or its kg), at the intensity of
 * the place `from`, or alone where that is -1. */
struct term {
    int32_t to, from, use;
    double per;
    bool is_kg;
    int32_t gas; // >= 0: only the share that is set free of what is in that pool
};

/** How much comes in: `per` x the amount of a use. */
struct entry {
    int32_t to, use;
    double per;
};

/** A place of energy or heat. */
struct place {
    int32_t pool;
    bool is_stock;
    double held, carbon;            // [SI], [kg] known of what a stock holds, at the last close
    double decayed;                 // [SI] at the last close
    double entered, in;             // [SI], [kg] from outside of all places, in this month
    double intensity;               // [kg/SI] of the month closed last
    int32_t first_term, term_count; // from other places, in `order`
};

/** A piece of a recording interval: amounts of the uses that are passed. */
struct segment {
    int64_t interval;
    int first; // into `amounts`
};

struct park_carbon {
    const struct park *park;
    const struct sim_flow *flow;
    const struct park_ledger *ledger;
    SIM_VEC(struct use) uses;
    SIM_VEC(struct term) terms;
    SIM_VEC(struct entry) entries;
    SIM_VEC(struct place) places;
    int32_t *use_of;            // by move; -1
    int32_t *place_of;          // by pool; -1
    double *gas_out, *gas_free; // [SI] by pool
    double *gas_decayed;        // [SI] by pool, at the last close
    double *gas_level;          // likewise
    int32_t *order;             // places, those of one component together, suppliers first
    int32_t *component_end;     // by position in `order`: behind the last of its component
    int32_t *position;          // by place, in its component while that is solved; -1
    double *matrix;             // of the largest component, with the right side
    SIM_VEC(int32_t) passed;    // uses with `from`
    SIM_VEC(struct segment) segments, closed;
    SIM_VEC(double) amounts;
    SIM_VEC(double) told; // [kg] by closed segment and passed use
    int64_t interval;     // that is under way
    sim_time next;
};

// ---- What there is ----

static bool is_energy(const struct park *p, int32_t stream)
{
    const int kind = p->streams[stream]->kind;
    return kind == PARK_STREAM_ENERGY || kind == PARK_STREAM_HEAT;
}

static bool is_in_park(const struct park *p, int32_t account)
{
    return !p->parties[p->net->accounts[account].party].is_market;
}

bool park_carbon_is_passed(const struct park *p, int32_t move)
{
    const struct park_move *m = &p->net->moves[move];
    const struct park_net *n = p->net;
    return m->kind == PARK_MOVE_EXCHANGE && is_energy(p, m->stream) && is_in_park(p, m->from) &&
           is_in_park(p, m->to) && n->accounts[m->from].party != n->accounts[m->to].party;
}

static bool follows_profile(const struct park *p, int32_t move)
{
    const struct park_factor *of = p->net->moves[move].factor;
    return of[PARK_COLUMN_CO2E].table != NULL || of[PARK_COLUMN_PROCESS].table != NULL;
}

static int32_t use_of(struct park_carbon *c, int32_t move)
{
    if (c->use_of[move] < 0) {
        const struct park_factor *of = c->park->net->moves[move].factor;
        const struct use u = {
            .move = move,
            .varies = follows_profile(c->park, move),
            .factor = of[PARK_COLUMN_CO2E].constant + of[PARK_COLUMN_PROCESS].constant,
            .from = -1,
            .party = -1,
            .gas = -1,
        };
        SIM_VEC_PUSH(&c->uses, u);
        c->use_of[move] = c->uses.count - 1;
    }
    return c->use_of[move];
}

static void add_places(struct park_carbon *c)
{
    const struct park_net *n = c->park->net;
    for (int32_t i = 0; i < n->pool_count; i++) {
        const struct park_pool *pool = &n->pools[i];
        const bool is_place =
            is_energy(c->park, pool->stream) && !c->park->parties[pool->party].is_market;
        c->place_of[i] = is_place ? c->places.count : -1;
        if (is_place) {
            const struct place x = {.pool = i, .is_stock = pool->stock >= 0 || pool->link >= 0};
            SIM_VEC_PUSH(&c->places, x);
        }
    }
}

static void add_term(struct park_carbon *c, struct term t)
{
    SIM_VEC_PUSH(&c->terms, t);
}

/** What comes into a place but from a process. */
static void add_arrival(struct park_carbon *c, int32_t move)
{
    const struct park_move *m = &c->park->net->moves[move];
    const int32_t to = m->to_pool >= 0 ? c->place_of[m->to_pool] : -1;
    const int32_t from = m->from_pool >= 0 ? c->place_of[m->from_pool] : -1;
    if (to >= 0) {
        const int32_t use = use_of(c, move);
        const struct entry e = {to, use, m->arrived / m->sent};
        SIM_VEC_PUSH(&c->entries, e);
        add_term(c,
                 (struct term){
                     .to = to, .from = from, .use = use, .per = 1, .is_kg = from < 0, .gas = -1});
    }
    if (from >= 0 && park_carbon_is_passed(c->park, move)) {
        const int32_t use = use_of(c, move);
        c->uses.data[use].from = from;
        c->uses.data[use].party = c->park->net->accounts[m->to].party;
        SIM_VEC_PUSH(&c->passed, use);
    }
}

// ---- What a product bears of what its process sets free ----

/** [J/SI] and [kg/SI]; NAN: not said. */
static double energy_in(const struct park_stream *s)
{
    if (sim_units_is_same(s->si.dim, SIM_DIM_ENERGY)) {
        return 1;
    }
    return s->energy.form == SIM_VALUE_QUANTITY ? s->energy.si : (double)NAN;
}

static double mass_in(const struct park_stream *s)
{
    if (sim_units_is_same(s->si.dim, SIM_DIM_MASS)) {
        return 1;
    }
    return s->density.form == SIM_VALUE_QUANTITY ? s->density.si : (double)NAN;
}

enum basis {
    BY_ENERGY,
    BY_MASS,
    ALIKE
};

static bool is_output(const struct park_move *m)
{
    return m->kind == PARK_MOVE_OUTPUT;
}

/** How much of a basis an output has, per unit of the process's activity. */
static double weight_of(const struct park *p, int32_t move, enum basis basis)
{
    const struct park_move *m = &p->net->moves[move];
    const struct park_stream *s = p->streams[m->stream];
    const double per = basis == BY_ENERGY ? energy_in(s)
                       : basis == BY_MASS ? mass_in(s)
                                          : (double)NAN;
    if (s->carbon != NULL) {
        return 0; // what is captured is no product that bears the rest
    }
    return basis == ALIKE ? (is_energy(p, m->stream) ? 1 : 0) : isnan(per) ? 0 : m->arrived * per;
}

/** Whether all outputs (of energy and heat only) have it. */
static bool all_have(const struct park *p, const struct park_activity *a, enum basis basis)
{
    for (int32_t i = a->first_move; i < a->first_move + a->move_count; i++) {
        const struct park_move *m = &p->net->moves[i];
        const bool counts = is_output(m) && (basis == BY_MASS || is_energy(p, m->stream));
        const struct park_stream *s = p->streams[m->stream];
        if (counts && isnan(basis == BY_ENERGY ? energy_in(s) : mass_in(s))) {
            return false;
        }
    }
    return true;
}

static double sum_of(const struct park *p, const struct park_activity *a, enum basis basis)
{
    double sum = 0;
    for (int32_t i = a->first_move; i < a->first_move + a->move_count; i++) {
        sum += is_output(&p->net->moves[i]) ? weight_of(p, i, basis) : 0;
    }
    return sum;
}

static enum basis basis_of(const struct park *p, const struct park_activity *a)
{
    if (all_have(p, a, BY_ENERGY)) {
        return BY_ENERGY;
    }
    if (all_have(p, a, BY_MASS)) {
        return BY_MASS;
    }
    return sum_of(p, a, BY_ENERGY) > 0 ? BY_ENERGY : ALIKE;
}

/** What an output bears of one move of its process. */
static void add_share(struct park_carbon *c, int32_t to, double share, int32_t move)
{
    const struct park_move *m = &c->park->net->moves[move];
    const struct park_burning *gas = c->park->streams[m->stream]->carbon;
    const int32_t from = m->from_pool >= 0 ? c->place_of[m->from_pool] : -1;
    const int32_t use = use_of(c, move);
    if (c->uses.data[use].varies || c->uses.data[use].factor != 0) {
        add_term(c, (struct term){
                        .to = to, .from = -1, .use = use, .per = share, .is_kg = true, .gas = -1});
    }
    if (from >= 0) {
        add_term(c, (struct term){.to = to, .from = from, .use = use, .per = share, .gas = -1});
    }
    if (is_output(m) && gas != NULL && gas->fossil.form != SIM_VALUE_NONE) {
        add_term(c, (struct term){.to = to,
                                  .from = -1,
                                  .use = use,
                                  .per = share * gas->fossil.si,
                                  .gas = m->to_pool});
    }
}

static void add_process(struct park_carbon *c, const struct park_activity *a)
{
    const struct park *p = c->park;
    const enum basis basis = basis_of(p, a);
    const double sum = sum_of(p, a, basis);
    for (int32_t i = a->first_move; i < a->first_move + a->move_count; i++) {
        const struct park_move *m = &p->net->moves[i];
        const int32_t to = is_output(m) && m->to_pool >= 0 ? c->place_of[m->to_pool] : -1;
        if (to < 0) {
            continue;
        }
        const int32_t use = use_of(c, i);
        const struct entry e = {to, use, m->arrived / m->sent};
        SIM_VEC_PUSH(&c->entries, e);
        const double share = sum > 0 ? weight_of(p, i, basis) / sum : 0;
        for (int32_t k = a->first_move; share > 0 && k < a->first_move + a->move_count; k++) {
            add_share(c, to, share, k);
        }
    }
}

/** What leaves places of streams that are carbon, and how much of it is set free there. */
static void add_gases(struct park_carbon *c)
{
    const struct park *p = c->park;
    for (int32_t i = 0; i < p->net->move_count; i++) {
        const struct park_move *m = &p->net->moves[i];
        if (p->streams[m->stream]->carbon != NULL && m->from_pool >= 0) {
            const int32_t use = use_of(c, i); // may move all uses
            struct use *u = &c->uses.data[use];
            u->gas = m->from_pool;
            u->free_of_gas = m->fate == PARK_FATE_VENT ? 1 : 1 - m->arrived / m->sent;
        }
    }
}

// ---- Suppliers first ----

static int by_place(const void *a, const void *b)
{
    const struct term *x = a;
    const struct term *y = b;
    if (x->to != y->to) {
        return x->to < y->to ? -1 : 1;
    }
    if (x->from != y->from) {
        return x->from < y->from ? -1 : 1;
    }
    return (x->use > y->use) - (x->use < y->use);
}

static void sort_terms(struct park_carbon *c)
{
    if (c->terms.count > 0) {
        qsort(c->terms.data, (size_t)c->terms.count, sizeof(*c->terms.data), by_place);
    }
    for (int i = 0; i < c->terms.count; i++) {
        struct place *x = &c->places.data[c->terms.data[i].to];
        x->first_term = x->term_count == 0 ? i : x->first_term;
        x->term_count++;
    }
}

/** A place and its component. */
struct placed {
    int32_t component, place;
};

static int suppliers_first(const void *a, const void *b)
{
    const struct placed *x = a;
    const struct placed *y = b;
    if (x->component != y->component) { // circles.h: who is reached has the lower number
        return x->component > y->component ? -1 : 1;
    }
    return (x->place > y->place) - (x->place < y->place);
}

static struct placed *components_of(const struct park_carbon *c)
{
    const int count = c->places.count;
    struct placed *all = sim_base_alloc((size_t)count, sizeof(*all));
    park_circles_edges edges = {0};
    for (int i = 0; i < c->terms.count; i++) {
        if (c->terms.data[i].from >= 0) {
            const struct park_circles_edge e = {c->terms.data[i].from, c->terms.data[i].to};
            SIM_VEC_PUSH(&edges, e);
        }
    }
    struct park_circles x = park_circles_make(count, &edges);
    for (int32_t i = 0; i < count; i++) {
        all[i] = (struct placed){.component = x.component[i], .place = i};
    }
    park_circles_free(&x);
    SIM_VEC_FREE(&edges);
    return all;
}

static void order_places(struct park_carbon *c)
{
    const int count = c->places.count;
    struct placed *all = components_of(c);
    int largest = 0;
    if (count > 0) {
        qsort(all, (size_t)count, sizeof(*all), suppliers_first);
    }
    for (int32_t i = 0, end = 0; i < count; i++) {
        if (i == end) {
            while (end < count && all[end].component == all[i].component) {
                end++;
            }
            largest = end - i > largest ? end - i : largest;
        }
        c->order[i] = all[i].place;
        c->component_end[i] = end;
    }
    c->matrix = sim_base_alloc((size_t)largest * ((size_t)largest + 1), sizeof(*c->matrix));
    free(all);
}

static bool is_needed(const struct park *p)
{
    for (int32_t i = 0; i < p->net->move_count; i++) {
        if (park_carbon_is_passed(p, i)) {
            return true;
        }
    }
    return false;
}

struct park_carbon *park_carbon_create(const struct park *p, const struct sim_flow *flow,
                                       const struct park_ledger *ledger)
{
    if (!is_needed(p)) {
        return NULL;
    }
    const struct park_net *n = p->net;
    struct park_carbon *c = sim_base_alloc(1, sizeof(*c));
    c->park = p;
    c->flow = flow;
    c->ledger = ledger;
    c->use_of = sim_base_alloc((size_t)n->move_count, sizeof(*c->use_of));
    c->place_of = sim_base_alloc((size_t)n->pool_count, sizeof(*c->place_of));
    c->gas_out = sim_base_alloc((size_t)n->pool_count, sizeof(double));
    c->gas_free = sim_base_alloc((size_t)n->pool_count, sizeof(double));
    c->gas_decayed = sim_base_alloc((size_t)n->pool_count, sizeof(double));
    c->gas_level = sim_base_alloc((size_t)n->pool_count, sizeof(double));
    for (int32_t i = 0; i < n->move_count; i++) {
        c->use_of[i] = -1;
    }
    add_places(c);
    for (int32_t i = 0; i < n->move_count; i++) {
        const enum park_move_kind kind = n->moves[i].kind;
        if (kind != PARK_MOVE_INPUT && kind != PARK_MOVE_OUTPUT) {
            add_arrival(c, i);
        }
    }
    for (int32_t a = 0; a < n->activity_count; a++) {
        if (n->activities[a].mover->is_process) {
            add_process(c, &n->activities[a]);
        }
    }
    add_gases(c);
    sort_terms(c);
    c->order = sim_base_alloc((size_t)c->places.count, sizeof(*c->order));
    c->component_end = sim_base_alloc((size_t)c->places.count, sizeof(*c->component_end));
    c->position = sim_base_alloc((size_t)c->places.count, sizeof(*c->position));
    for (int i = 0; i < c->places.count; i++) {
        c->position[i] = -1;
    }
    order_places(c);
    return c;
}

void park_carbon_destroy(struct park_carbon *c)
{
    if (c == NULL) {
        return;
    }
    SIM_VEC_FREE(&c->uses);
    SIM_VEC_FREE(&c->terms);
    SIM_VEC_FREE(&c->entries);
    SIM_VEC_FREE(&c->places);
    SIM_VEC_FREE(&c->passed);
    SIM_VEC_FREE(&c->segments);
    SIM_VEC_FREE(&c->closed);
    SIM_VEC_FREE(&c->amounts);
    SIM_VEC_FREE(&c->told);
    free(c->use_of);
    free(c->place_of);
    free(c->gas_out);
    free(c->gas_free);
    free(c->gas_decayed);
    free(c->gas_level);
    free(c->order);
    free(c->component_end);
    free(c->position);
    free(c->matrix);
    free(c);
}

// ---- A month ----

static double sent_now(const struct park_carbon *c, const struct use *u)
{
    const struct park_move *m = &c->park->net->moves[u->move];
    return m->sent * park_ledger_activity(c->ledger, c->flow, m->activity);
}

static double kg_now(const struct park_carbon *c, const struct use *u)
{
    return u->varies ? park_ledger_sum(c->ledger, c->flow, u->move).of[PARK_COLUMN_CO2E] : 0;
}

/** From here on amounts count anew. */
static void begin(struct park_carbon *c)
{
    for (int i = 0; i < c->uses.count; i++) {
        struct use *u = &c->uses.data[i];
        u->before = u->marked = sent_now(c, u);
        u->kg0 = kg_now(c, u);
    }
    for (int i = 0; i < c->places.count; i++) {
        struct place *x = &c->places.data[i];
        x->decayed = park_ledger_decayed(c->ledger, c->flow, x->pool);
    }
    for (int32_t i = 0; i < c->park->net->pool_count; i++) {
        c->gas_decayed[i] = park_ledger_decayed(c->ledger, c->flow, i);
        c->gas_level[i] = sim_flow_level(c->flow, i);
    }
    c->segments.count = c->amounts.count = 0;
}

/** What decays in a pool leaves it, too, and is set free; what it keeps of the month is not. */
static void measure(struct park_carbon *c)
{
    for (int32_t i = 0; i < c->park->net->pool_count; i++) {
        const double kept = sim_flow_level(c->flow, i) - c->gas_level[i];
        c->gas_free[i] = park_ledger_decayed(c->ledger, c->flow, i) - c->gas_decayed[i];
        c->gas_out[i] = c->gas_free[i] + fmax(0, kept);
    }
    for (int i = 0; i < c->uses.count; i++) {
        struct use *u = &c->uses.data[i];
        u->amount = sent_now(c, u) - u->before;
        u->kg = u->varies ? kg_now(c, u) - u->kg0 : u->amount * u->factor;
        if (u->gas >= 0) {
            c->gas_out[u->gas] += u->amount;
            c->gas_free[u->gas] += u->amount * u->free_of_gas;
        }
    }
}

/** What a term brings, per unit of intensity where it comes from a place. */
static double value_of(const struct park_carbon *c, const struct term *t)
{
    const struct use *u = &c->uses.data[t->use];
    if (t->gas >= 0) {
        const double out = c->gas_out[t->gas];
        return out > 0 ? t->per * u->amount * c->gas_free[t->gas] / out : 0;
    }
    return t->per * (t->is_kg ? u->kg : u->amount);
}

/** What entered each place, and what came with it from outside of all places. */
static void gather(struct park_carbon *c)
{
    for (int i = 0; i < c->places.count; i++) {
        struct place *x = &c->places.data[i];
        const double lost = park_ledger_decayed(c->ledger, c->flow, x->pool) - x->decayed;
        x->entered = x->held - lost;
        x->in = x->carbon;
    }
    for (int i = 0; i < c->entries.count; i++) {
        const struct entry *e = &c->entries.data[i];
        c->places.data[e->to].entered += e->per * c->uses.data[e->use].amount;
    }
    for (int i = 0; i < c->terms.count; i++) {
        const struct term *t = &c->terms.data[i];
        c->places.data[t->to].in += t->from < 0 ? value_of(c, t) : 0;
    }
}

/** Row of a place in its component's system: entered e - sum of what comes from within = the rest.
 */
static void fill_row(const struct park_carbon *c, int32_t place, int count, double *row)
{
    const struct place *x = &c->places.data[place];
    memset(row, 0, ((size_t)count + 1) * sizeof(*row));
    row[c->position[place]] = x->entered;
    row[count] = x->in;
    for (int i = x->first_term; i < x->first_term + x->term_count; i++) {
        const struct term *t = &c->terms.data[i];
        if (t->from < 0) {
            continue;
        }
        const double value = value_of(c, t);
        if (c->position[t->from] >= 0) {
            row[c->position[t->from]] -= value;
        } else {
            row[count] += value * c->places.data[t->from].intensity;
        }
    }
}

/** Gauss, rows scaled by nothing: a place's row is dominated by what entered it. A pivot of no more
 * than rounding is a place into which nothing entered: 0. */
static void solve(double *m, int count)
{
    const int width = count + 1;
    for (int k = 0; k < count; k++) {
        double scale = 0;
        for (int i = 0; i < count; i++) {
            scale = fmax(scale, fabs(m[k * width + i]));
        }
        const double pivot = m[k * width + k];
        if (!(pivot > 1e-12 * scale)) {
            memset(&m[k * width], 0, (size_t)width * sizeof(*m));
            m[k * width + k] = 1;
        }
        for (int i = 0; i < count; i++) {
            const double share = i == k ? 0 : m[i * width + k] / m[k * width + k];
            for (int j = k; share != 0 && j < width; j++) {
                m[i * width + j] -= share * m[k * width + j];
            }
        }
    }
}

static void solve_component(struct park_carbon *c, int32_t first, int32_t end)
{
    const int count = end - first;
    for (int i = 0; i < count; i++) {
        c->position[c->order[first + i]] = i;
    }
    for (int i = 0; i < count; i++) {
        fill_row(c, c->order[first + i], count, &c->matrix[(ptrdiff_t)i * (count + 1)]);
    }
    solve(c->matrix, count);
    for (int i = 0; i < count; i++) {
        const double *row = &c->matrix[(ptrdiff_t)i * (count + 1)];
        struct place *x = &c->places.data[c->order[first + i]];
        const double found = row[count] / row[i];
        // A stock into which nothing came passes on what it has; one that holds nothing known, too.
        x->intensity = x->entered > 0 ? found : x->intensity;
        c->position[c->order[first + i]] = -1;
    }
}

/** Of what a stock holds all is known once anything entered it. */
static void keep_stocks(struct park_carbon *c)
{
    for (int i = 0; i < c->places.count; i++) {
        struct place *x = &c->places.data[i];
        if (x->is_stock && x->entered > 0) {
            x->held = sim_flow_level(c->flow, x->pool);
            x->carbon = x->held * x->intensity;
        }
    }
}

static void push_segment(struct park_carbon *c, int64_t interval)
{
    SIM_VEC_PUSH(&c->segments, (struct segment){.interval = interval, .first = c->amounts.count});
    for (int i = 0; i < c->passed.count; i++) {
        struct use *u = &c->uses.data[c->passed.data[i]];
        const double now = sent_now(c, u);
        SIM_VEC_PUSH(&c->amounts, now - u->marked);
        u->marked = now;
    }
}

/** Intensities of the month that ends now. */
static void work_out(struct park_carbon *c)
{
    measure(c);
    gather(c);
    for (int32_t i = 0; i < c->places.count; i = c->component_end[i]) {
        solve_component(c, i, c->component_end[i]);
    }
    keep_stocks(c);
}

void park_carbon_reset(struct park_carbon *c, sim_time now)
{
    if (c == NULL) {
        return;
    }
    for (int i = 0; i < c->uses.count; i++) {
        c->uses.data[i].passed = 0;
    }
    for (int i = 0; i < c->places.count; i++) {
        struct place *x = &c->places.data[i];
        x->held = x->carbon = x->intensity = 0;
    }
    c->closed.count = c->told.count = 0;
    c->interval = 0;
    c->next = sim_simtime_next_month(now);
    begin(c);
}

void park_carbon_pause(struct park_carbon *c, sim_time now)
{
    if (c != NULL) {
        work_out(c);
        c->next = sim_simtime_next_month(now);
    }
}

void park_carbon_resume(struct park_carbon *c)
{
    if (c != NULL) {
        for (int i = 0; i < c->uses.count; i++) {
            c->uses.data[i].passed = 0;
        }
        c->interval = 0;
        begin(c);
    }
}

sim_time park_carbon_next(const struct park_carbon *c)
{
    return c != NULL ? c->next : SIM_TIME_NEVER;
}

void park_carbon_mark(struct park_carbon *c, int64_t interval)
{
    if (c != NULL) {
        push_segment(c, interval);
        c->interval = interval + 1;
    }
}

void park_carbon_close(struct park_carbon *c, sim_time now)
{
    if (c == NULL) {
        return;
    }
    push_segment(c, c->interval);
    work_out(c);
    c->told.count = 0;
    for (int i = 0; i < c->passed.count; i++) {
        struct use *u = &c->uses.data[c->passed.data[i]];
        u->passed += u->amount * c->places.data[u->from].intensity;
    }
    for (int i = 0; i < c->amounts.count; i++) {
        const struct use *u = &c->uses.data[c->passed.data[i % c->passed.count]];
        SIM_VEC_PUSH(&c->told, c->amounts.data[i] * c->places.data[u->from].intensity);
    }
    c->closed.count = 0;
    for (int i = 0; i < c->segments.count; i++) {
        SIM_VEC_PUSH(&c->closed, c->segments.data[i]);
    }
    c->next = sim_simtime_next_month(now);
    begin(c);
}

double park_carbon_passed(const struct park_carbon *c, int32_t move)
{
    const int32_t use = c != NULL ? c->use_of[move] : -1;
    return use >= 0 ? c->uses.data[use].passed : 0;
}

void park_carbon_tell(const struct park_carbon *c, park_carbon_take *take, void *user)
{
    for (int i = 0; c != NULL && i < c->closed.count; i++) {
        for (int k = 0; k < c->passed.count; k++) {
            take(user, c->closed.data[i].interval, c->uses.data[c->passed.data[k]].party,
                 c->told.data[c->closed.data[i].first + k]);
        }
    }
}
