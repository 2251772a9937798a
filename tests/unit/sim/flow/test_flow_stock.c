// One stock with all that may stand at it, in random trials, against a simulation of its own by
// closed forms: written from what a stock means, without looking at how it is solved.

#include "sim/flow/flow.h"
#include "sim/num/rng.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>

enum part {
    PUSH,
    PULL,
    MAKE_UP,
    FIRST,
    SECOND,
    OVERFLOW,
    PARTS
};

enum {
    TRIALS = 8000,
    SPANS = 12,        // between two changes of capacities
    SPAN_US = 19731034 // odd, so that it does not end just when a level meets its bound
};

/** [amount] Of hundreds that flow: each of some hundred instants is up to 1 us late. */
static const double CLOSE = 3e-3;

/** A trial: the stock, and the capacities in each span. */
struct trial {
    double capacity, minimum, target, reorder, decay, initial;
    bool has_overflow, has_make_up;
    double most[SPANS][PARTS];
};

/** The stock as it is simulated here. */
struct model {
    const struct trial *t;
    double level;
    bool is_resting;
    double total[PARTS], decayed;
    double rate[PARTS];
    bool is_still; // rests on a bound: the decay is made up for
    int rested[3]; // spans begun at rest: minimum, target, capacity
};

static double pick(struct sim_rng *r, int count, double step)
{
    return floor(sim_rng_uniform(r) * count) * step;
}

static bool chance(struct sim_rng *r, double of)
{
    return sim_rng_uniform(r) < of;
}

/** Levels and capacities on a coarse grid, so that flows often come out even. */
static struct trial make_trial(struct sim_rng *r)
{
    struct trial t = {.reorder = -1};
    t.capacity = 4 + pick(r, 13, 1);
    t.minimum = chance(r, 0.5) ? pick(r, 3, 1) : 0;
    t.has_overflow = chance(r, 0.4);
    t.has_make_up = chance(r, 0.4);
    t.target = t.minimum + 1 + pick(r, (int)(t.capacity - t.minimum - 1), 1);
    if (!t.has_overflow && chance(r, 0.3)) {
        t.target = t.capacity;
    }
    if (chance(r, 0.3)) {
        t.reorder = t.minimum + pick(r, (int)(t.target - t.minimum), 1);
    }
    t.decay = chance(r, 0.7) ? 0.05 + pick(r, 4, 0.05) : 0;
    t.initial = t.minimum + pick(r, (int)(t.capacity - t.minimum) + 1, 1);
    for (int i = 0; i < SPANS; i++) {
        for (int k = 0; k < PARTS; k++) {
            t.most[i][k] = chance(r, 0.3) ? 0 : pick(r, 7, 0.5);
        }
        t.most[i][MAKE_UP] *= t.has_make_up ? 1 : 0;
        t.most[i][OVERFLOW] *= t.has_overflow ? 1 : 0;
    }
    return t;
}

/** At the target, or at the capacity: rest when what comes covers use and decay. */
static bool rests_above(struct model *m, const double *most, double pull)
{
    const double due = most[FIRST] + most[SECOND] + m->t->decay * m->level;
    const bool is_full = m->level == m->t->capacity;
    if (most[PUSH] + pull < due || (!is_full && most[PUSH] > due)) {
        return false;
    }
    const double room = due + (is_full ? most[OVERFLOW] : 0);
    m->rate[PUSH] = fmin(most[PUSH], room);
    m->rate[PULL] = fmin(pull, room - m->rate[PUSH]);
    m->rate[OVERFLOW] = fmax(0, m->rate[PUSH] + m->rate[PULL] - due);
    m->rate[FIRST] = most[FIRST];
    m->rate[SECOND] = most[SECOND];
    return true;
}

/** At the minimum: rest when what comes, with what is filled in, covers the decay but no more. */
static bool rests_below(struct model *m, const double *most, double pull)
{
    const double in = most[PUSH] + pull;
    const double decays = m->t->decay * m->level;
    const double use = most[FIRST] + most[SECOND];
    if (in > use + decays || in + most[MAKE_UP] < decays) {
        return false;
    }
    m->rate[MAKE_UP] = fmin(most[MAKE_UP], use + decays - in);
    const double left = fmax(0, in + m->rate[MAKE_UP] - decays);
    m->rate[FIRST] = fmin(most[FIRST], left);
    m->rate[SECOND] = fmin(most[SECOND], left - m->rate[FIRST]);
    return true;
}

static void decide(struct model *m, const double *most)
{
    const struct trial *t = m->t;
    const bool has_reorder = t->reorder >= 0;
    m->is_resting =
        has_reorder && (m->level >= t->target || (m->is_resting && m->level > t->reorder));
    double pull = most[PULL];
    if (has_reorder ? m->is_resting : m->level > t->target) {
        pull = 0;
    }
    for (int k = 0; k < PARTS; k++) {
        m->rate[k] = 0;
    }
    m->rate[PUSH] = most[PUSH];
    m->rate[PULL] = pull;
    m->is_still = true;
    if (m->level == t->minimum && rests_below(m, most, pull)) {
        m->rested[0]++;
    } else if (m->level == t->capacity && rests_above(m, most, pull)) {
        m->rested[2]++;
    } else if (m->level == t->target && !has_reorder && rests_above(m, most, pull)) {
        m->rested[1]++;
    } else {
        m->is_still = false;
        const double due = most[FIRST] + most[SECOND] + t->decay * m->level;
        const bool is_beyond = m->level == t->target && !has_reorder && most[PUSH] > due;
        m->rate[PULL] = is_beyond ? 0 : pull;
        const bool is_short =
            m->level < t->minimum ||
            (m->level == t->minimum && most[PUSH] + pull + most[MAKE_UP] < t->decay * m->level);
        m->rate[MAKE_UP] = is_short ? most[MAKE_UP] : 0;
        m->rate[FIRST] = is_short ? 0 : most[FIRST];
        m->rate[SECOND] = is_short ? 0 : most[SECOND];
    }
}

static double net_of(const struct model *m)
{
    return m->rate[PUSH] + m->rate[PULL] + m->rate[MAKE_UP] - m->rate[FIRST] - m->rate[SECOND] -
           m->rate[OVERFLOW];
}

/** Seconds until the level comes to `bound`; INFINITY: it does not. */
static double time_to(const struct model *m, double bound)
{
    const double net = net_of(m);
    const double slope = net - m->t->decay * m->level;
    if (m->is_still || slope == 0 || (bound - m->level) * slope <= 0) {
        return INFINITY;
    }
    if (m->t->decay == 0) {
        return (bound - m->level) / net;
    }
    const double end = net / m->t->decay;
    return (end - bound) * slope > 0 ? log((end - m->level) / (end - bound)) / m->t->decay
                                     : (double)INFINITY;
}

static void pass(struct model *m, double span)
{
    const double net = net_of(m);
    const double decay = m->t->decay;
    double to = m->level;
    if (!m->is_still) {
        to = decay > 0 ? net / decay + (m->level - net / decay) * exp(-decay * span)
                       : m->level + net * span;
    }
    for (int k = 0; k < PARTS; k++) {
        m->total[k] += m->rate[k] * span;
    }
    m->decayed += m->level + net * span - to;
    m->level = to;
}

/** One span of constant capacities, bound by bound. */
static void simulate(struct model *m, const double *most)
{
    const struct trial *t = m->t;
    const double bounds[] = {t->minimum, t->reorder, t->target, t->capacity};
    double left = SPAN_US * 1e-6;
    while (left > 0) {
        decide(m, most);
        double first = left;
        double at = NAN;
        for (int i = 0; i < 4; i++) {
            const double span = time_to(m, bounds[i]);
            if (bounds[i] >= 0 && span < first) {
                first = span;
                at = bounds[i];
            }
        }
        pass(m, first);
        m->level = isnan(at) ? m->level : at;
        left -= first;
    }
}

static struct sim_flow *make_flow(const struct trial *t, struct sim_network **net)
{
    const struct sim_pool_def pools[] = {{.name = "stock",
                                          .capacity = t->capacity,
                                          .minimum = t->minimum,
                                          .target = t->target,
                                          .reorder = t->reorder,
                                          .decay = t->decay}};
    struct sim_activity_def acts[PARTS];
    static const char *const names[PARTS] = {"push",  "pull",   "make_up",
                                             "first", "second", "overflow"};
    static const struct sim_port_def ports[PARTS] = {
        {PUSH, 0, true, 1, 1, 0, 0},
        {PULL, 0, true, 1, 2, 0, SIM_PORT_PULL},
        {MAKE_UP, 0, true, 1, 3, 0, SIM_PORT_AT_BOUND},
        {FIRST, 0, false, 1, 1, 0, 0},
        {SECOND, 0, false, 1, 2, 0, 0},
        {OVERFLOW, 0, false, 1, 3, 0, SIM_PORT_AT_BOUND}};
    for (int k = 0; k < PARTS; k++) {
        acts[k] = (struct sim_activity_def){.name = names[k], .capacity = 10};
    }
    const struct sim_network_def def = {pools, 1, acts, PARTS, ports, PARTS};
    struct sim_err err = {0};
    cr_assert(eq(int, sim_network_create(&def, net, &err), SIM_OK), "%s", err.text);
    struct sim_flow *f = sim_flow_create(*net);
    sim_flow_reset(f, 0, &t->initial);
    return f;
}

static void run_span(struct sim_flow *f, const double *most, sim_time end)
{
    struct sim_err err = {0};
    for (int k = 0; k < PARTS; k++) {
        sim_flow_set_capacity(f, k, most[k]);
    }
    cr_assert(eq(int, sim_flow_settle(f, &err), SIM_OK), "%s", err.text);
    while (sim_flow_next(f) <= end) {
        sim_flow_advance(f, sim_flow_next(f));
        cr_assert(eq(int, sim_flow_settle(f, &err), SIM_OK), "%s", err.text);
    }
    sim_flow_advance(f, end);
}

static void compare(const struct model *m, const struct sim_flow *f, int trial, int span)
{
    cr_assert(epsilon_eq(dbl, sim_flow_level(f, 0), m->level, CLOSE), "trial %d span %d: level",
              trial, span);
    cr_assert(epsilon_eq(dbl, sim_flow_decayed(f, 0), m->decayed, CLOSE), "trial %d span %d: decay",
              trial, span);
    for (int k = 0; k < PARTS; k++) {
        cr_assert(epsilon_eq(dbl, sim_flow_total(f, k), m->total[k], CLOSE),
                  "trial %d span %d: part %d", trial, span, k);
    }
}

Test(flow_stock, random_stocks_agree_with_closed_forms)
{
    int rested[3] = {0};
    for (int i = 0; i < TRIALS; i++) {
        struct sim_rng r = sim_rng_make(20261130, (uint64_t)i, 1, 0);
        const struct trial t = make_trial(&r);
        struct sim_network *net = NULL;
        struct sim_flow *f = make_flow(&t, &net);
        struct model m = {.t = &t, .level = t.initial};
        for (int span = 0; span < SPANS; span++) {
            simulate(&m, t.most[span]);
            run_span(f, t.most[span], (sim_time)(span + 1) * SPAN_US);
            compare(&m, f, i, span);
        }
        for (int b = 0; b < 3; b++) {
            rested[b] += t.decay > 0 && m.rested[b] > 0;
        }
        sim_flow_destroy(f);
        sim_network_destroy(net);
    }
    for (int b = 0; b < 3; b++) {
        cr_assert(ge(int, rested[b], TRIALS / 10), "bound %d: too few", b);
    }
}
