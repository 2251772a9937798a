#include "tests/support/judge_trial.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// The property, the network that has it, and room for a try.
struct shrinker {
    judge_property *fails;
    void *user;
    struct judge_net *best;
    struct judge_net *next;
    int steps;
};

// Keep `next` when it still fails.
static bool accept(struct shrinker *s)
{
    if (s->next->activity_count == 0 || s->next->pool_count == 0 || s->next->port_count == 0 ||
        !s->fails(s->next, s->user)) {
        return false;
    }
    judge_net_copy(s->best, s->next);
    s->steps++;
    return true;
}

static struct judge_net *start(struct shrinker *s)
{
    judge_net_copy(s->next, s->best);
    return s->next;
}

static int ports_of(const struct judge_net *n, int32_t activity, int32_t pool)
{
    int count = 0;
    for (int i = 0; i < n->port_count; i++) {
        count += n->ports[i].activity == activity || n->ports[i].pool == pool ? 1 : 0;
    }
    return count;
}

// An activity that touches nothing, or a link with one end, is not a network any more.
static bool is_whole(const struct judge_net *n)
{
    for (int32_t k = 0; k < n->activity_count; k++) {
        const int ports = ports_of(n, k, -1);
        if (ports == 0 || (n->activities[k].is_link && ports != 2)) {
            return false;
        }
    }
    return true;
}

static bool drop_activities(struct shrinker *s)
{
    bool any = false;
    for (int chunk = 16; chunk >= 1; chunk /= 4) {
        for (int k = s->best->activity_count - chunk; k >= 0;) {
            struct judge_net *n = start(s);
            for (int q = chunk - 1; q >= 0; q--) {
                judge_net_drop_activity(n, k + q);
            }
            any = accept(s) || any;
            k -= chunk;
            k = k + chunk > s->best->activity_count ? s->best->activity_count - chunk : k;
        }
    }
    return any;
}

static bool drop_pools(struct shrinker *s)
{
    bool any = false;
    for (int32_t p = s->best->pool_count - 1; p >= 0; p--) {
        struct judge_net *n = start(s);
        judge_net_drop_pool(n, p);
        any = (is_whole(n) && accept(s)) || any;
    }
    return any;
}

static bool drop_ports(struct shrinker *s)
{
    bool any = false;
    for (int32_t i = s->best->port_count - 1; i >= 0; i--) {
        struct judge_net *n = start(s);
        n->activities[n->ports[i].activity].is_link = false;
        judge_net_drop_port(n, i);
        any = (is_whole(n) && accept(s)) || any;
    }
    return any;
}

static bool simplify_port(struct shrinker *s, int32_t i)
{
    bool any = false;
    struct judge_net *n = start(s);
    n->ports[i].coef = 1.0;
    any = (s->best->ports[i].coef != 1.0 && accept(s)) || any;
    n = start(s);
    n->ports[i].share = 0.0;
    any = (s->best->ports[i].share != 0.0 && accept(s)) || any;
    n = start(s);
    n->ports[i].flags = 0;
    any = (s->best->ports[i].flags != 0 && accept(s)) || any;
    n = start(s);
    n->ports[i].rank = 1;
    any = (s->best->ports[i].rank != 1 && accept(s)) || any;
    return any;
}

// One or two digits, so that a reader can follow.
static double rounder(double x, int digits)
{
    double unit = 1.0;
    while (x / unit >= 10.0) {
        unit *= 10.0;
    }
    while (x > 0.0 && x / unit < 1.0) {
        unit /= 10.0;
    }
    unit /= digits == 2 ? 10.0 : 1.0;
    return floor(x / unit + 0.5) * unit;
}

static bool set_number(struct shrinker *s, double *where_in_next, double now, double wanted)
{
    *where_in_next = wanted;
    return now != wanted && accept(s);
}

static bool simplify_numbers(struct shrinker *s)
{
    static const double TRIES[] = {0.0, 1.0, 10.0, 2.0, 100.0};
    bool any = false;
    for (int32_t k = 0; k < s->best->activity_count; k++) {
        const double now = s->best->u[k];
        bool done = false;
        for (int t = 0; t < SIM_COUNT(TRIES) + 2 && !done; t++) {
            const double wanted =
                t < SIM_COUNT(TRIES) ? TRIES[t] : rounder(now, t - SIM_COUNT(TRIES) + 1);
            struct judge_net *n = start(s);
            if (now == wanted || isinf(wanted)) {
                done = now == wanted;
                continue;
            }
            n->activities[k].capacity = wanted;
            done = set_number(s, &n->u[k], now, wanted);
            any = any || done;
        }
    }
    for (int32_t i = 0; i < s->best->port_count; i++) {
        any = simplify_port(s, i) || any;
        const double now = s->best->ports[i].coef;
        struct judge_net *n = start(s);
        any = set_number(s, &n->ports[i].coef, now, rounder(now, 1)) || any;
    }
    return any;
}

static bool simplify_pools(struct shrinker *s)
{
    bool any = false;
    for (int32_t p = 0; p < s->best->pool_count; p++) {
        if (s->best->pools[p].capacity > 0.0) {
            struct judge_net *n = start(s);
            n->pools[p].capacity = 0.0;
            n->condition[p] = 0;
            any = accept(s) || any;
        }
    }
    return any;
}

int judge_shrink_property(struct judge_net *n, judge_property *fails, void *user)
{
    struct shrinker s = {
        .fails = fails, .user = user, .best = judge_net_create(), .next = judge_net_create()};
    judge_net_copy(s.best, n);
    bool any = true;
    for (int round = 0; round < 12 && any; round++) {
        any = drop_activities(&s);
        any = drop_pools(&s) || any;
        any = drop_ports(&s) || any;
        any = simplify_pools(&s) || any;
        any = simplify_numbers(&s) || any;
    }
    judge_net_copy(n, s.best);
    free(s.best);
    free(s.next);
    return s.steps;
}

struct same_verdict {
    judge_solver *solver;
    struct judge_trial trial;
};

static bool has_verdict(struct judge_net *n, void *user)
{
    const struct same_verdict *same = user;
    struct judge_counts counts = {0};
    struct judge_trial trial;
    judge_trial_run(n, same->solver, &counts, &trial);
    return judge_trial_is_like(&trial, &same->trial);
}

int judge_shrink(struct judge_net *n, judge_solver *solver, const struct judge_trial *trial)
{
    struct same_verdict same = {solver, *trial};
    return judge_shrink_property(n, has_verdict, &same);
}
