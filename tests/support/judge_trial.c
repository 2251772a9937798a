#include "tests/support/judge_trial.h"

#include "tests/support/judge_split.h"

#include <assert.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const double MORE = 1e-7; // [-] sum of increases over scale

enum {
    CHECKED = 16 // one network of so many goes to the whole programme, certified or not
};

static void convict(struct judge_trial *out, enum judge_verdict verdict, const char *fmt, ...)
    SIM_PRINTF(3, 4);

// The first fault stays; a mere observation gives way to a fault.
static void convict(struct judge_trial *out, enum judge_verdict verdict, const char *fmt, ...)
{
    if (out->verdict != JUDGE_INNOCENT &&
        (judge_trial_is_fault(out->verdict) || !judge_trial_is_fault(verdict))) {
        return;
    }
    va_list args;
    va_start(args, fmt);
    out->verdict = verdict;
    vsnprintf(out->why, sizeof(out->why), fmt, args);
    va_end(args);
}

const char *judge_trial_word(enum judge_verdict verdict)
{
    static const char *const WORDS[JUDGE_VERDICTS] = {"innocent",
                                                      "unresolved",
                                                      "breaks a rule",
                                                      "below plain propagation",
                                                      "differs (no loop)",
                                                      "several",
                                                      "more is possible (certified)",
                                                      "more is possible (loop)"};
    return WORDS[verdict];
}

bool judge_trial_is_fault(enum judge_verdict verdict)
{
    return verdict != JUDGE_INNOCENT && verdict != JUDGE_SEVERAL && verdict != JUDGE_BELOW;
}

bool judge_trial_is_like(const struct judge_trial *trial, const struct judge_trial *other)
{
    const size_t word = trial->verdict == JUDGE_RULES ? strcspn(trial->why, ":") : 0;
    return trial->verdict == other->verdict && strncmp(trial->why, other->why, word) == 0;
}

// What all judges look at; too large for the stack.
struct court {
    struct judge_view v;
    int8_t circular[JUDGE_PORTS];
    double rate[JUDGE_ACTIVITIES];
    double limit[JUDGE_PORTS];
    double claim[JUDGE_PORTS];
};

static bool is_in_loop(const struct court *c, int32_t k)
{
    bool any = false;
    for (int q = c->v.activity_start[k]; q < c->v.activity_start[k + 1]; q++) {
        any = any || c->circular[c->v.activity_ports[q]] == 1;
    }
    return any;
}

// Who takes part in a loop that was raised is nowhere below what the sweeps found. (Outsiders may
// be: they compete with a loop that now wants more.)
static void check_floors(const struct court *c, const struct judge_answer *a,
                         struct judge_trial *out)
{
    for (int32_t k = 0; k < c->v.n->activity_count; k++) {
        const double scale = judge_checks_scale(&c->v, a->rate, k);
        if (is_in_loop(c, k) && a->rate[k] < c->rate[k] - 1e-9 * scale) {
            convict(out, JUDGE_BELOW, "%s runs at %.17g, plain propagation gives %.17g",
                    c->v.n->activity_names[k], a->rate[k], c->rate[k]);
            return;
        }
    }
}

static void compare_settled(const struct court *c, const struct judge_answer *a, double gap,
                            int32_t who, struct judge_counts *counts, struct judge_trial *out)
{
    counts->settled++;
    if (gap <= 1e-9) {
        counts->settled_same++;
    } else if (a->work.self_fed > 0) {
        counts->settled_raised++;
        check_floors(c, a, out);
    } else if (a->work.by_name > 0) {
        counts->settled_named++;
    } else {
        convict(out, JUDGE_SEVERAL, "%s runs at %.17g, the sweeps settle at %.17g",
                c->v.n->activity_names[who], a->rate[who], c->rate[who]);
    }
}

// What one rounding may grow to: where a small flow is the difference of large ones, by how much
// smaller it is.
static double rounding(const struct judge_view *v)
{
    double spread = 1.0;
    for (int32_t i = 0; i < v->n->port_count; i++) {
        const struct sim_port_def *port = &v->n->ports[i];
        const double flow = port->coef * v->n->u[port->activity];
        spread = flow > 0.0 ? fmax(spread, v->scale[port->pool] / flow) : spread;
    }
    return 4.0 * DBL_EPSILON * spread;
}

// True when plain propagation settles, and agrees.
static bool judge_b(struct court *c, const struct judge_answer *a, int loops,
                    struct judge_counts *counts, struct judge_trial *out)
{
    int32_t who = -1;
    const bool still = judge_rules_propagate(&c->v, 1200, c->rate, c->limit, c->claim);
    const double gap = judge_checks_distance(&c->v, a->rate, c->rate, &who);
    if (loops > 0) {
        counts->unsettled += still ? 0 : 1;
        if (still) {
            compare_settled(c, a, gap, who, counts, out);
        }
        return still && gap <= 1e-9;
    }
    counts->loopless++;
    counts->worst_plain = fmax(counts->worst_plain, gap);
    if (!still || !(gap <= fmax(1e-12, rounding(&c->v)))) {
        convict(out, JUDGE_PLAIN, "%s runs at %.17g, plain propagation gives %.17g%s",
                who >= 0 ? c->v.n->activity_names[who] : "?", who >= 0 ? a->rate[who] : 0.0,
                who >= 0 ? c->rate[who] : 0.0, still ? "" : " and does not settle");
    }
    return still && gap <= 1e-9;
}

static void judge_c(struct court *c, const struct judge_answer *a, bool agrees,
                    struct judge_counts *counts, struct judge_trial *out)
{
    int32_t who = -1;
    double better[JUDGE_ACTIVITIES];
    bool certified = false;
    for (int i = 0; i < c->v.n->port_count; i++) {
        c->claim[i] = fmax(agrees ? c->claim[i] : 0.0, a->claim[i]);
    }
    c->v.wants = c->claim; // by the answer, or by propagation that agrees with it
    double more = judge_lp_search(&c->v, a->rate, &certified, &who, better);
    counts->outside += certified ? 0 : 1;
    if (c->v.n->number % CHECKED == 0) { // the certificate is a proof, but who proves the proof?
        more = judge_lp_improvement(&c->v, a->rate, &who, better);
    }
    if (more >= 0.0 && more <= MORE) {
        counts->worst_more = fmax(counts->worst_more, more);
        return;
    }
    convict(out, certified ? JUDGE_MORE : JUDGE_MORE_LOOP,
            "%s runs at %.17g of %.17g and could at %.17g, nobody losing (sum %.3g)",
            who >= 0 ? c->v.n->activity_names[who] : "?", who >= 0 ? a->rate[who] : 0.0,
            who >= 0 ? c->v.n->u[who] : 0.0, who >= 0 ? better[who] : 0.0, more);
}

static void count(const struct judge_net *n, const struct judge_answer *a,
                  struct judge_counts *counts)
{
    counts->networks++;
    counts->pools += n->pool_count;
    counts->activities += n->activity_count;
    counts->self_fed += a->work.self_fed > 0 ? 1 : 0;
    counts->by_name += a->work.by_name > 0 ? 1 : 0;
    counts->loops += a->work.loops;
    counts->newton += a->work.newton;
    counts->followed += a->work.followed;
}

static void judge_whole(struct judge_net *n, const struct judge_answer *a,
                        struct judge_counts *counts, struct judge_trial *out)
{
    struct judge_complaint complaint;
    struct court *c = sim_base_alloc(1, sizeof(*c));
    if (a->status != SIM_OK) {
        convict(out, JUDGE_UNRESOLVED, "%s", a->text);
    } else {
        judge_view_init(&c->v, n);
        const int loops = judge_rules_circular(&c->v, c->circular);
        if (!judge_checks_rules(&c->v, a, c->circular, a->work.self_fed > 0, &complaint)) {
            convict(out, JUDGE_RULES, "%s", complaint.text);
        } else {
            const bool agrees = judge_b(c, a, loops, counts, out);
            judge_c(c, a, agrees, counts, out);
        }
    }
    free(c);
}

// Rates of a network with torn pools, and of the same written out.
static void compare_whole(struct judge_net *n, const struct judge_answer *a,
                          const struct judge_net *whole, const struct judge_answer *b,
                          struct judge_trial *out)
{
    struct judge_view *v = sim_base_alloc(1, sizeof(*v));
    int8_t *circular = sim_base_alloc(JUDGE_PORTS, sizeof(*circular));
    int32_t who = -1;
    struct judge_complaint complaint;
    judge_view_init(v, n);
    double gap = judge_checks_distance(v, a->rate, b->rate, &who);
    const bool was_open = a->work.self_fed + a->work.by_name > 0;
    bool is_open = was_open || b->work.self_fed + b->work.by_name > 0;
    if (is_open && !was_open && gap > 1e-9) { // then it is what propagation finds
        struct judge_answer *plain = sim_base_alloc(1, sizeof(*plain));
        judge_answer_plain(n, plain);
        is_open = plain->status != SIM_OK;
        gap = judge_checks_distance(v, a->rate, plain->rate, &who);
        free(plain);
    }
    if (!judge_split_dealings(n, a, &complaint)) {
        convict(out, JUDGE_RULES, "%s", complaint.text);
    }
    if (!is_open && !(gap <= 1e-9)) {
        judge_view_init(v, whole);
        const bool loops = judge_rules_circular(v, circular) > 0;
        convict(out, loops ? JUDGE_SEVERAL : JUDGE_RULES,
                "split: %s runs at %.17g, written out at %.17g", n->activity_names[who],
                a->rate[who], b->rate[who]);
    }
    if (!is_open && !judge_split_classes(n, a, &complaint)) {
        convict(out, JUDGE_RULES, "%s", complaint.text);
    }
    free(circular);
    free(v);
}

void judge_trial_answer(struct judge_net *n, const struct judge_answer *a,
                        struct judge_counts *counts, struct judge_trial *out)
{
    struct judge_net *whole = judge_net_create();
    memset(out, 0, sizeof(*out));
    count(n, a, counts);
    if (a->status == SIM_OK && judge_split(n, whole)) {
        struct judge_answer *b = sim_base_alloc(1, sizeof(*b));
        counts->torn++;
        judge_answer_real(whole, b);
        judge_whole(whole, b, counts, out);
        if (b->status == SIM_OK) {
            compare_whole(n, a, whole, b, out);
        }
        free(b);
    } else {
        judge_whole(n, a, counts, out);
    }
    counts->verdict[out->verdict]++;
    free(whole);
}

void judge_trial_run(struct judge_net *n, judge_solver *solver, struct judge_counts *counts,
                     struct judge_trial *out)
{
    struct judge_answer *a = sim_base_alloc(1, sizeof(*a));
    solver(n, a);
    judge_trial_answer(n, a, counts, out);
    free(a);
}

// What judge_counts holds, in order, for the state of a soak.
enum {
    COUNTS = sizeof(struct judge_counts) / sizeof(int64_t) - 2 // all but the two worst
};

static void list_counts(struct judge_counts *c, int64_t *out[COUNTS])
{
    int64_t *const single[] = {
        &c->networks,       &c->loopless,      &c->settled,    &c->settled_same,
        &c->settled_raised, &c->settled_named, &c->unsettled,  &c->self_fed,
        &c->by_name,        &c->loops,         &c->newton,     &c->followed,
        &c->outside,        &c->pools,         &c->activities, &c->torn};
    static_assert(SIM_COUNT(single) + JUDGE_VERDICTS == COUNTS, "a count is missing");
    for (int v = 0; v < JUDGE_VERDICTS; v++) {
        out[v] = &c->verdict[v];
    }
    memcpy(out + JUDGE_VERDICTS, single, sizeof(single));
}

void judge_trial_save(const struct judge_counts *counts, FILE *out)
{
    struct judge_counts copy = *counts;
    int64_t *all[COUNTS];
    list_counts(&copy, all);
    for (int i = 0; i < COUNTS; i++) {
        fprintf(out, "%" PRId64 " ", *all[i]);
    }
    fprintf(out, "%.17g %.17g\n", copy.worst_plain, copy.worst_more);
}

bool judge_trial_restore(struct judge_counts *out, FILE *from)
{
    int64_t *all[COUNTS];
    bool fine = true;
    list_counts(out, all);
    for (int i = 0; i < COUNTS && fine; i++) {
        fine = fscanf(from, "%" SCNd64, all[i]) == 1;
    }
    return fine && fscanf(from, "%lf %lf ", &out->worst_plain, &out->worst_more) == 2;
}

void judge_trial_add(struct judge_counts *sum, const struct judge_counts *more)
{
    sum->networks += more->networks;
    for (int v = 0; v < JUDGE_VERDICTS; v++) {
        sum->verdict[v] += more->verdict[v];
    }
    sum->loopless += more->loopless;
    sum->settled += more->settled;
    sum->settled_same += more->settled_same;
    sum->settled_raised += more->settled_raised;
    sum->settled_named += more->settled_named;
    sum->unsettled += more->unsettled;
    sum->self_fed += more->self_fed;
    sum->by_name += more->by_name;
    sum->loops += more->loops;
    sum->newton += more->newton;
    sum->followed += more->followed;
    sum->outside += more->outside;
    sum->worst_plain = fmax(sum->worst_plain, more->worst_plain);
    sum->worst_more = fmax(sum->worst_more, more->worst_more);
    sum->pools += more->pools;
    sum->activities += more->activities;
    sum->torn += more->torn;
}

void judge_trial_print(const struct judge_counts *c, FILE *out)
{
    const double all = c->networks > 0 ? (double)c->networks : 1.0;
    fprintf(out, "%lld networks, %.1f pools and %.1f activities on average\n",
            (long long)c->networks, (double)c->pools / all, (double)c->activities / all);
    for (int v = 0; v < JUDGE_VERDICTS; v++) {
        if (c->verdict[v] > 0) {
            fprintf(out, "  %-30s %lld\n", judge_trial_word((enum judge_verdict)v),
                    (long long)c->verdict[v]);
        }
    }
    fprintf(out,
            "  claims without a loop %.1f %% (worst difference %.2g); with loops that settle %.1f "
            "%% (%lld same, %lld raised, %lld by name); that do not %.1f %%\n",
            100.0 * (double)c->loopless / all, c->worst_plain, 100.0 * (double)c->settled / all,
            (long long)c->settled_same, (long long)c->settled_raised, (long long)c->settled_named,
            100.0 * (double)c->unsettled / all);
    fprintf(out,
            "  networks with a loop that feeds itself %lld, decided by name %lld; blocks %lld, by "
            "Newton %lld, by path %lld\n",
            (long long)c->self_fed, (long long)c->by_name, (long long)c->loops,
            (long long)c->newton, (long long)c->followed);
    fprintf(out, "  with pools where not everybody may serve everybody, or measures: %lld\n",
            (long long)c->torn);
    fprintf(out,
            "  unresolved %.5f %%, outside the certificate %.2f %% (largest improvement tolerated "
            "%.2g)\n",
            100.0 * (double)c->verdict[JUDGE_UNRESOLVED] / all, 100.0 * (double)c->outside / all,
            c->worst_more);
}
