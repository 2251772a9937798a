#include "tests/support/random_network.h"

#include "sim/base/hash.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    ACTIVITIES = 360, // about the most that are made
    PORTS = 1100
};

enum shape {
    SHAPE_TREE,
    SHAPE_ONE_WAY,
    SHAPE_MESH,
    SHAPE_NEIGHBOURS,
    SHAPE_MOTIFS,
    SHAPE_COUNT
};

// What is drawn once for a network.
struct maker {
    struct judge_net *n;
    struct sim_rng rng;
    enum shape shape;
    int classes;       // ranks are 1..classes
    bool is_round;     // round numbers make exact ties
    double p_share;    // a class states shares
    double p_pull;     // a process or source is pull
    double p_at_bound; // a port at a stock works at a bound only
    double p_zero;     // a capacity is zero
    bool infinite_source;
    bool infinite_sink;
    bool infinite_link;
    int order[JUDGE_POOLS]; // links go up this order
};

struct sim_rng random_network_rng(uint64_t seed, uint64_t number, uint64_t purpose)
{
    return sim_rng_make(seed, number, sim_hash_text("random network", 0), purpose);
}

static bool chance(struct maker *m, double p)
{
    return sim_rng_uniform(&m->rng) < p;
}

static int below(struct maker *m, int count)
{
    return (int)sim_rng_below(&m->rng, count);
}

static int rank(struct maker *m)
{
    return 1 + below(m, m->classes);
}

// 10^0..10^9 by a table: no libm, so that a network is the same everywhere.
static double power_of_ten(int e)
{
    double x = 1.0;
    for (int i = 0; i < abs(e); i++) {
        x *= 10.0;
    }
    return e < 0 ? 1.0 / x : x;
}

static double capacity(struct maker *m)
{
    if (chance(m, m->p_zero)) {
        return 0.0;
    }
    if (m->is_round) {
        return 1.0 + below(m, chance(m, 0.3) ? 30 : 10);
    }
    return 0.1 + 20.0 * sim_rng_uniform(&m->rng) * sim_rng_uniform(&m->rng);
}

static double coef(struct maker *m)
{
    static const double ROUND[] = {1.0, 1.0, 1.0, 0.5, 2.0, 0.25, 1.5, 0.8, 0.2, 3.0};
    if (m->is_round) {
        return ROUND[below(m, SIM_COUNT(ROUND))];
    }
    return 0.2 + 1.8 * sim_rng_uniform(&m->rng);
}

static void name(struct maker *m, char *out, int id)
{
    // Two random letters rule the order of names; the id keeps them unique.
    snprintf(out, JUDGE_NAME, "%c%c%d", (char)('a' + below(m, 26)), (char)('a' + below(m, 26)), id);
}

static int32_t activity(struct maker *m)
{
    char text[JUDGE_NAME];
    name(m, text, m->n->activity_count);
    return judge_net_activity(m->n, text, capacity(m));
}

static bool has_room(const struct maker *m)
{
    return m->n->activity_count < ACTIVITIES - 12 && m->n->port_count < PORTS - 60;
}

static void take(struct maker *m, int32_t k, int32_t pool, double c)
{
    if (judge_net_port(m->n, k, pool, false) < 0) {
        judge_net_take(m->n, k, pool, c, rank(m));
    }
}

static void give(struct maker *m, int32_t k, int32_t pool, double c)
{
    if (judge_net_port(m->n, k, pool, true) < 0) {
        judge_net_give(m->n, k, pool, c, rank(m));
    }
}

static int32_t source(struct maker *m, int32_t pool)
{
    const int32_t k = activity(m);
    give(m, k, pool, chance(m, 0.7) ? 1.0 : coef(m));
    return k;
}

static int32_t sink(struct maker *m, int32_t pool)
{
    const int32_t k = activity(m);
    take(m, k, pool, chance(m, 0.7) ? 1.0 : coef(m));
    return k;
}

// From the lower to the higher in the hidden order; with a loss now and then.
static void add_link(struct maker *m, int32_t a, int32_t b)
{
    if (a == b) {
        return;
    }
    const bool up = m->order[a] < m->order[b];
    const int32_t k = activity(m);
    m->n->activities[k].is_link = true;
    take(m, k, up ? a : b, 1.0);
    give(m, k, up ? b : a,
         chance(m, 0.6) ? 1.0 : (m->is_round ? 0.95 : 0.8 + 0.2 * sim_rng_uniform(&m->rng)));
}

static int32_t any_pool(struct maker *m)
{
    return below(m, m->n->pool_count);
}

static int32_t pool_near(struct maker *m, int32_t base, bool downstream)
{
    const int count = m->n->pool_count;
    switch (m->shape) {
    case SHAPE_TREE:
    case SHAPE_ONE_WAY:
        if (downstream) {
            return base + 1 < count ? base + 1 + below(m, count - base - 1) : base;
        }
        return below(m, base + 1);
    case SHAPE_NEIGHBOURS:
        return (base + 3 * count - 3 + below(m, 7)) % count;
    case SHAPE_MESH:
    case SHAPE_MOTIFS:
    case SHAPE_COUNT:
    default:
        return any_pool(m);
    }
}

static int few(struct maker *m)
{
    return chance(m, 0.6) ? 1 : (chance(m, 0.7) ? 2 : 3);
}

static void process(struct maker *m, int32_t base)
{
    const int32_t k = activity(m);
    const int inputs = few(m);
    const int outputs = few(m);
    for (int i = 0; i < inputs; i++) {
        take(m, k, i == 0 ? base : pool_near(m, base, false), coef(m));
    }
    for (int i = 0; i < outputs; i++) {
        const int32_t to = pool_near(m, base, true);
        if (judge_net_port(m->n, k, to, false) < 0 || chance(m, 0.05)) {
            give(m, k, to, coef(m));
        }
    }
}

// Every pool but the first hangs on an earlier one: no two ways lead anywhere.
static void tree(struct maker *m)
{
    for (int32_t p = 1; p < m->n->pool_count && has_room(m); p++) {
        const int32_t parent = below(m, p);
        const bool away = chance(m, 0.6);
        if (chance(m, 0.4)) {
            add_link(m, parent, p);
            continue;
        }
        const int32_t k = activity(m);
        take(m, k, away ? parent : p, coef(m));
        give(m, k, away ? p : parent, coef(m));
    }
}

static void mesh(struct maker *m)
{
    const double density = 0.4 + 1.3 * sim_rng_uniform(&m->rng);
    const int count = (int)(density * m->n->pool_count) + 1;
    for (int i = 0; i < count && has_room(m); i++) {
        const int32_t base = any_pool(m);
        const double kind = sim_rng_uniform(&m->rng);
        if (kind < 0.5) {
            process(m, base);
        } else if (kind < 0.8) {
            add_link(m, base, pool_near(m, base, true));
        } else if (kind < 0.9) {
            source(m, base);
        } else {
            sink(m, base);
        }
    }
}

// Two shortages shared by the same users: a loop of claims though not of material.
static void shared_shortages(struct maker *m)
{
    const int32_t x = any_pool(m);
    const int32_t y = any_pool(m);
    const int32_t z = chance(m, 0.3) ? any_pool(m) : y;
    source(m, x);
    source(m, y);
    const int users = 2 + below(m, 3);
    for (int i = 0; i < users; i++) {
        const int32_t k = activity(m);
        take(m, k, x, coef(m));
        take(m, k, i == 1 ? z : y, coef(m));
        if (i == 2) {
            take(m, k, z, coef(m));
        }
    }
}

// Processes that feed each other round, with this gain a turn; perhaps a vent and a start.
static void feeding_loop(struct maker *m)
{
    static const double GAINS[] = {0.5, 0.8, 1.0, 1.0, 1.25, 2.0};
    const int length = 1 + below(m, 3);
    int32_t pools[3];
    double gain = GAINS[below(m, SIM_COUNT(GAINS))];
    for (int i = 0; i < length; i++) {
        pools[i] = any_pool(m);
    }
    for (int i = 0; i < length; i++) {
        const int32_t k = activity(m);
        const double in = m->is_round ? 1.0 : coef(m);
        take(m, k, pools[i], in);
        give(m, k, pools[(i + 1) % length], in * gain);
        gain = 1.0;
    }
    if (chance(m, 0.5)) {
        sink(m, pools[0]);
    }
    if (chance(m, 0.4)) {
        source(m, pools[length - 1]);
    }
}

static void suppliers(struct maker *m)
{
    const int32_t p = any_pool(m);
    const int count = 2 + below(m, 2);
    for (int i = 0; i < count; i++) {
        source(m, p);
    }
    sink(m, p);
}

static void outlets(struct maker *m)
{
    const int32_t p = any_pool(m);
    const int count = 2 + below(m, 2);
    for (int i = 0; i < count; i++) {
        sink(m, p);
    }
    if (chance(m, 0.5)) {
        source(m, p);
    }
}

// A CHP that powers the mill of its own fuel; a city, perhaps a grid.
static void chp_and_mill(struct maker *m)
{
    const int32_t fuel = any_pool(m);
    const int32_t power = any_pool(m);
    const int32_t chp = activity(m);
    const int32_t mill = activity(m);
    take(m, chp, fuel, 1.0);
    give(m, chp, power, 1.0);
    take(m, mill, power, chance(m, 0.5) ? 0.5 : coef(m));
    give(m, mill, fuel, 1.0);
    sink(m, power);
    if (chance(m, 0.5)) {
        source(m, power);
    }
}

// Joint products beside a single one: mill needs steam and power, CHP makes both, boiler one.
static void joint_products(struct maker *m)
{
    const int32_t steam = any_pool(m);
    const int32_t power = any_pool(m);
    const int32_t chp = activity(m);
    const int32_t mill = activity(m);
    give(m, chp, steam, 1.0);
    give(m, chp, power, coef(m));
    source(m, steam);
    take(m, mill, steam, coef(m));
    take(m, mill, power, coef(m));
}

static void opposite_orders(struct maker *m)
{
    const int32_t a = any_pool(m);
    const int32_t b = any_pool(m);
    source(m, a);
    sink(m, b);
    add_link(m, a, b);
    add_link(m, a, b);
}

static void reclaim(struct maker *m)
{
    const int32_t water = any_pool(m);
    const int32_t dirty = any_pool(m);
    const int32_t user = activity(m);
    const int32_t works = activity(m);
    take(m, user, water, 1.0);
    give(m, user, dirty, 0.8);
    take(m, works, dirty, 1.0);
    give(m, works, water, chance(m, 0.7) ? 0.75 : 1.25);
    source(m, water);
    if (chance(m, 0.5)) {
        sink(m, dirty);
    }
}

static void motif(struct maker *m)
{
    typedef void motif_fn(struct maker * m);
    static motif_fn *const MOTIFS[] = {shared_shortages, feeding_loop,   suppliers,       outlets,
                                       chp_and_mill,     joint_products, opposite_orders, reclaim,
                                       shared_shortages, feeding_loop};
    MOTIFS[below(m, SIM_COUNT(MOTIFS))](m);
}

static void close_ends(struct maker *m)
{
    struct judge_net *n = m->n;
    for (int32_t p = 0; p < n->pool_count && has_room(m); p++) {
        bool has_giver = false;
        bool has_taker = false;
        for (int i = 0; i < n->port_count; i++) {
            has_giver = has_giver || (n->ports[i].pool == p && n->ports[i].gives);
            has_taker = has_taker || (n->ports[i].pool == p && !n->ports[i].gives);
        }
        if (chance(m, has_giver ? 0.12 : 0.9)) {
            source(m, p);
        }
        if (chance(m, has_taker ? 0.12 : 0.9)) {
            sink(m, p);
        }
    }
}

static int port_count_of(const struct judge_net *n, int32_t k, bool gives)
{
    int count = 0;
    for (int i = 0; i < n->port_count; i++) {
        count += n->ports[i].activity == k && n->ports[i].gives == gives ? 1 : 0;
    }
    return count;
}

static int32_t first_port(const struct judge_net *n, int32_t k, bool gives)
{
    for (int32_t i = 0; i < n->port_count; i++) {
        if (n->ports[i].activity == k && n->ports[i].gives == gives) {
            return i;
        }
    }
    return -1;
}

// Pull givers and outlets.
static void pulls(struct maker *m)
{
    struct judge_net *n = m->n;
    for (int32_t k = 0; k < n->activity_count; k++) {
        const int32_t out = first_port(n, k, true);
        const int32_t in = first_port(n, k, false);
        if (out >= 0 && !n->activities[k].is_link && chance(m, m->p_pull)) {
            n->ports[out].flags |= SIM_PORT_PULL;
        }
        // At a stock the flag means nothing: the pull giver sees the stock (network.h).
        if (out < 0 && in >= 0 && m->p_pull > 0.0 && chance(m, 0.5) &&
            n->pools[n->ports[in].pool].capacity <= 0.0) {
            n->ports[in].flags |= SIM_PORT_OUTLET;
        }
    }
}

static bool has_pull_giver(const struct judge_net *n, int32_t pool)
{
    for (int i = 0; i < n->port_count; i++) {
        if (n->ports[i].pool == pool && (n->ports[i].flags & SIM_PORT_PULL)) {
            return true;
        }
    }
    return false;
}

// Sources and sinks at stocks that work at a bound only; not where somebody pulls, since what
// overflows beside a pull giver is nowhere defined.
static void at_bounds(struct maker *m)
{
    struct judge_net *n = m->n;
    for (int32_t k = 0; k < n->activity_count; k++) {
        const bool gives = port_count_of(n, k, true) > 0;
        const int32_t i = first_port(n, k, gives);
        const bool is_end = port_count_of(n, k, true) + port_count_of(n, k, false) == 1;
        if (is_end && n->pools[n->ports[i].pool].capacity > 0.0 &&
            !has_pull_giver(n, n->ports[i].pool) && chance(m, m->p_at_bound)) {
            n->ports[i].flags |= SIM_PORT_AT_BOUND;
        }
    }
}

static void shares(struct maker *m)
{
    struct judge_net *n = m->n;
    bool has_shares[JUDGE_POOLS][2];
    for (int p = 0; p < n->pool_count; p++) {
        has_shares[p][0] = chance(m, m->p_share);
        has_shares[p][1] = chance(m, m->p_share);
    }
    for (int i = 0; i < n->port_count; i++) {
        if (has_shares[n->ports[i].pool][n->ports[i].gives ? 1 : 0] && chance(m, 0.9)) {
            n->ports[i].share = m->is_round ? 1.0 + below(m, 3) : 0.1 + sim_rng_uniform(&m->rng);
        }
    }
}

// A condition that can be: at or over target only where somebody pulls, and always when full there.
static unsigned condition(const struct judge_net *n, int32_t pool, struct sim_rng *rng)
{
    if (n->pools[pool].capacity <= 0.0) {
        return 0;
    }
    const double draw = sim_rng_uniform(rng);
    const unsigned target = !has_pull_giver(n, pool)     ? 0u
                            : sim_rng_uniform(rng) < 0.6 ? (unsigned)SIM_POOL_AT_TARGET
                                                         : (unsigned)SIM_POOL_OVER_TARGET;
    if (draw < 0.35) {
        return SIM_POOL_EMPTY;
    }
    if (draw < 0.7) {
        return SIM_POOL_FULL | target;
    }
    return draw < 0.85 ? target : 0u;
}

// May port i have no limit of its own? Only with a share, or alone in its class.
static bool may_be_unlimited(const struct judge_net *n, int32_t i)
{
    for (int m = 0; m < n->port_count; m++) {
        if (m != i && n->ports[m].pool == n->ports[i].pool &&
            n->ports[m].gives == n->ports[i].gives && n->ports[m].rank == n->ports[i].rank) {
            return n->ports[i].share > 0.0;
        }
    }
    return true;
}

// Is activity k bounded by the other side of one of its junctions?
static bool is_bounded(const struct judge_net *n, const bool *bounded, int32_t k)
{
    for (int i = 0; i < n->port_count; i++) {
        const struct sim_port_def *port = &n->ports[i];
        bool all = port->activity == k && n->pools[port->pool].capacity <= 0.0;
        for (int m = 0; m < n->port_count && all; m++) {
            all = n->ports[m].pool != port->pool || n->ports[m].gives == port->gives ||
                  bounded[n->ports[m].activity];
        }
        if (all) {
            return true;
        }
    }
    return false;
}

static void unlimited(struct maker *m)
{
    struct judge_net *n = m->n;
    bool bounded[JUDGE_ACTIVITIES];
    for (int32_t k = 0; k < n->activity_count; k++) {
        const bool is_source = port_count_of(n, k, false) == 0;
        const bool is_sink = port_count_of(n, k, true) == 0;
        bool may = (m->infinite_source && is_source) || (m->infinite_sink && is_sink) ||
                   (m->infinite_link && n->activities[k].is_link);
        for (int32_t i = 0; i < n->port_count && may; i++) {
            may = n->ports[i].activity != k || may_be_unlimited(n, i);
        }
        bounded[k] = !(may && chance(m, 0.6));
    }
    bool was[JUDGE_ACTIVITIES];
    memcpy(was, bounded, sizeof(was));
    for (bool changed = true; changed;) {
        changed = false;
        for (int32_t k = 0; k < n->activity_count; k++) {
            if (!bounded[k] && is_bounded(n, bounded, k)) {
                bounded[k] = true;
                changed = true;
            }
        }
    }
    for (int32_t k = 0; k < n->activity_count; k++) {
        if (!was[k] && bounded[k]) {
            n->activities[k].capacity = INFINITY;
            n->u[k] = INFINITY;
        }
    }
}

// The same network in strange units: a scale a stream and a scale an activity.
static void rescale(struct maker *m, bool mixed)
{
    struct judge_net *n = m->n;
    double pool_scale[JUDGE_POOLS];
    for (int p = 0; p < n->pool_count; p++) {
        pool_scale[p] = mixed ? power_of_ten(below(m, 9) - 4) : 1.0;
    }
    for (int32_t k = 0; k < n->activity_count; k++) {
        const double s = mixed ? power_of_ten(below(m, 9) - 4) : 1.0;
        const double odd = chance(m, 0.04) ? power_of_ten(below(m, 7) - 3) : 1.0;
        n->activities[k].capacity *= s * odd;
        n->u[k] = n->activities[k].capacity;
        for (int i = 0; i < n->port_count; i++) {
            if (n->ports[i].activity == k) {
                n->ports[i].coef *= pool_scale[n->ports[i].pool] / s;
            }
        }
    }
}

static void draw_character(struct maker *m)
{
    m->shape = (enum shape)below(m, SHAPE_COUNT);
    m->classes = 1 + below(m, 4);
    m->is_round = chance(m, 0.5);
    m->p_share = chance(m, 0.25) ? 0.5 : 0.0;
    m->p_pull = chance(m, 0.35) ? 0.4 : 0.0;
    m->p_at_bound = chance(m, 0.25) ? 0.3 : 0.0;
    m->p_zero = chance(m, 0.3) ? 0.1 : 0.0;
    const int infinite = chance(m, 0.3) ? 1 + below(m, 3) : 0;
    m->infinite_source = infinite == 1 || infinite == 3;
    m->infinite_sink = infinite == 2 || infinite == 3;
    m->infinite_link = infinite != 0;
}

static void pools(struct maker *m)
{
    const int span = 2 + below(m, chance(m, 0.5) ? 9 : 59);
    const double p_stock = 0.3 * below(m, 3);
    for (int p = 0; p < span; p++) {
        char text[JUDGE_NAME];
        name(m, text, p);
        if (chance(m, p_stock)) {
            judge_net_stock(m->n, text, 0);
        } else {
            judge_net_junction(m->n, text);
        }
        m->order[p] = p;
    }
    for (int p = span - 1; p > 0; p--) {
        const int q = below(m, p + 1);
        const int swap = m->order[p];
        m->order[p] = m->order[q];
        m->order[q] = swap;
    }
}

void random_network_make(uint64_t seed, uint64_t number, struct judge_net *out)
{
    struct maker m = {.n = out, .rng = random_network_rng(seed, number, 0)};
    memset(out, 0, sizeof(*out));
    out->seed = seed;
    out->number = number;
    draw_character(&m);
    pools(&m);
    if (m.shape == SHAPE_TREE) {
        tree(&m);
    } else if (m.shape != SHAPE_MOTIFS) {
        mesh(&m);
    }
    const int motifs = m.shape == SHAPE_TREE     ? 0
                       : m.shape == SHAPE_MOTIFS ? 1 + out->pool_count / 3
                                                 : below(&m, 3);
    for (int i = 0; i < motifs && has_room(&m); i++) {
        motif(&m);
    }
    close_ends(&m);
    pulls(&m);
    at_bounds(&m);
    shares(&m);
    unlimited(&m);
    if (chance(&m, 0.2)) {
        rescale(&m, chance(&m, 0.8));
    }
    for (int32_t p = 0; p < out->pool_count; p++) {
        out->condition[p] = condition(out, p, &m.rng);
    }
}

void random_network_disturb(struct judge_net *n, struct sim_rng *rng)
{
    const int32_t p = (int32_t)sim_rng_below(rng, n->pool_count);
    const int32_t k = (int32_t)sim_rng_below(rng, n->activity_count);
    const double draw = sim_rng_uniform(rng);
    if (n->pools[p].capacity > 0.0 && draw < 0.4) {
        n->condition[p] = condition(n, p, rng);
    } else if (!isinf(n->activities[k].capacity)) {
        n->u[k] = n->activities[k].capacity * (draw < 0.6 ? 0.0 : (draw < 0.8 ? 1.0 : draw));
    }
}

void random_network_alter(struct judge_net *n, struct sim_rng *rng)
{
    static const double ROUND[] = {0.25, 0.5, 0.8, 1.25, 2.0, 4.0};
    struct sim_port_def *port = &n->ports[sim_rng_below(rng, n->port_count)];
    const double draw = sim_rng_uniform(rng);
    const double factor = draw < 0.5 ? ROUND[sim_rng_below(rng, SIM_COUNT(ROUND))]
                                     : (1.0 + 8.0 * sim_rng_uniform(rng)) / 3.0;
    port->coef *= factor;
}

// ---- Who may serve whom, and measures ----

static unsigned giver_flags(struct maker *m, bool is_end, bool at_stock)
{
    static const unsigned KEPT[] = {SIM_PORT_BOUGHT, SIM_PORT_BOUGHT, SIM_PORT_TRADED, 0};
    const unsigned kept = KEPT[below(m, SIM_COUNT(KEPT))];
    if (kept != 0 && at_stock && chance(m, 0.3)) {
        return kept | SIM_PORT_SPILLED;
    }
    return kept | (is_end && chance(m, 0.7) ? SIM_PORT_PULL : 0u);
}

static unsigned taker_flags(struct maker *m)
{
    static const unsigned KINDS[] = {0, 0, SIM_PORT_SALE, SIM_PORT_OUTLET,
                                     SIM_PORT_SALE | SIM_PORT_OUTLET};
    return KINDS[below(m, SIM_COUNT(KINDS))];
}

static void tear(struct maker *m, int32_t pool)
{
    struct judge_net *n = m->n;
    const bool is_stock = n->pools[pool].capacity > 0.0;
    for (int32_t i = 0; i < n->port_count; i++) {
        struct sim_port_def *port = &n->ports[i];
        const int32_t k = port->activity;
        const bool is_alone = port_count_of(n, k, true) + port_count_of(n, k, false) == 1;
        if (port->pool != pool || chance(m, 0.4)) {
            continue;
        }
        if (is_alone && is_stock && chance(m, 0.3)) {
            port->flags = SIM_PORT_AT_BOUND | (port->gives ? SIM_PORT_BOUGHT : 0u);
        } else if (port->gives) {
            port->flags |= giver_flags(m, is_alone || n->activities[k].is_link, is_stock);
        } else if (!(port->flags & SIM_PORT_AT_BOUND)) {
            port->flags |= taker_flags(m);
        }
    }
}

// Somebody's capacities, less somebody else's.
static void add_measure(struct maker *m)
{
    struct judge_net *n = m->n;
    struct judge_measure *q = &n->measures[n->measure_count];
    const int terms = 1 + below(m, JUDGE_TERMS);
    const int plus = 1 + below(m, terms);
    *q = (struct judge_measure){.inner = -1, .factor = chance(m, 0.7) ? 1.0 : coef(m)};
    for (int i = 0; i < terms; i++) {
        const int32_t port = below(m, n->port_count);
        const double u = n->activities[n->ports[port].activity].capacity;
        if (isinf(u) || !(u > 0.0) || (i > 0 && i < plus && q->plus_count == 0)) {
            continue;
        }
        q->ports[q->plus_count + q->minus_count] = port;
        *(i < plus ? &q->plus_count : &q->minus_count) += 1;
    }
    if (q->plus_count == 0) {
        return;
    }
    if (n->measure_count > 0 && chance(m, 0.3)) {
        q->inner = below(m, n->measure_count);
    }
    n->measure_count++;
}

static void measures(struct maker *m)
{
    struct judge_net *n = m->n;
    const int count = 1 + below(m, 12);
    for (int i = 0; i < count; i++) {
        add_measure(m);
    }
    for (int32_t i = 0; i < n->port_count && n->measure_count > 0; i++) {
        const bool may = !(n->ports[i].share > 0.0) && chance(m, 0.4);
        n->measure_of[i] = may ? 1 + below(m, n->measure_count) : 0;
    }
}

void random_network_make_torn(uint64_t seed, uint64_t number, struct judge_net *out)
{
    random_network_make(seed, number, out);
    struct maker m = {.n = out, .rng = random_network_rng(seed, number, 9)};
    const double part = 0.2 + 0.5 * sim_rng_uniform(&m.rng);
    for (int32_t p = 0; p < out->pool_count; p++) {
        if (chance(&m, part)) {
            tear(&m, p);
        }
    }
    if (chance(&m, 0.5)) {
        measures(&m);
    }
    for (int32_t p = 0; p < out->pool_count; p++) {
        out->condition[p] = condition(out, p, &m.rng);
    }
}
