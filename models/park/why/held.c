#include "models/park/why/held.h"

#include "models/park/net/build.h"
#include "models/park/why/tried.h"
#include "sim/base/vec.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define HELD_NOTHING 1e-9 // [-] of its nominal capacity: lacks no more than rounding

/** A process over time. */
struct held {
    int32_t activity;
    double per;                       // [SI of the product per activity]
    sim_time since;                   // what follows holds
    double lacks;                     // [activity/s] that it could do more
    int32_t cause;                    // -1: not held back
    int32_t watching;                 // first of its watches; -1
    int32_t watched[PARK_CHAIN_MOST]; // activities of the chain that they watch
    int watched_count;
    int32_t first_user, user_count;
    bool is_marked;
};

/** A pull user's input over time. */
struct user {
    int32_t port, move;
    sim_time since;
    double lacks; // [activity/s]
    double sum;   // [activity]
};

/** A process's chain looks at a pool. */
struct watch {
    int32_t process, pool;
    int32_t next, before, after; // of the process; in the pool's list
};

/** Whom one blames on one side of a pool; found unless `is_known` is false. */
struct blamed {
    struct park_chain_culprit culprit;
    bool is_known;
};

struct park_held {
    struct park_cause_view view;
    struct sim_flow *flow;
    struct park_tried *tried;
    struct park_held_causes causes;
    struct held *processes;
    struct user *users;
    int user_count;
    int32_t *user_of;    // by move; -1
    int32_t *process_of; // by activity; -1
    int64_t *held_us;    // by process, then cause
    double *amounts;     // [activity] by process, then cause
    int32_t *watchers;   // by pool: the first watch; -1
    int32_t *stands_for; // by pool of the network, its own behind the park's: the park's; -1
    struct blamed *blamed;
    int64_t *seen; // by pool: the last look that listed it
    int64_t looks;
    SIM_VEC(struct watch) watches;
    int32_t free_watch; // list by `next`
    SIM_VEC(int32_t) marked;
};

int32_t park_held_stream(const struct park *p, int32_t process)
{
    const struct park_process *s = p->processes[process];
    return s->product >= 0 ? s->product : s->basis;
}

/** [SI of its product per activity] */
static double product_of(const struct park *p, int32_t process)
{
    const struct park_process *s = p->processes[process];
    for (int i = 0; i < s->flow_count; i++) {
        if (s->flows[i].gives && s->flows[i].stream == s->product) {
            return s->flows[i].coef * (1 - s->flows[i].lost);
        }
    }
    return 1;
}

static void add_users(struct park_held *h, int32_t process)
{
    const struct park_net *n = h->view.park->net;
    struct held *x = &h->processes[process];
    const struct park_activity *a = &n->activities[x->activity];
    x->first_user = h->user_count;
    for (int32_t m = a->first_move; m < a->first_move + a->move_count; m++) {
        if (n->moves[m].is_pull_user) {
            h->user_of[m] = h->user_count;
            h->users[h->user_count++] = (struct user){.port = n->moves[m].from_port, .move = m};
        }
    }
    x->user_count = h->user_count - x->first_user;
}

/** The network may divide a pool in several: whoever stands at one of these stands at it. */
static void find_pools(struct park_held *h)
{
    const struct park_net *n = h->view.park->net;
    const int count = sim_network_pool_count(n->network);
    h->stands_for = sim_base_alloc((size_t)count, sizeof(*h->stands_for));
    for (int32_t i = 0; i < count; i++) {
        h->stands_for[i] = i < n->pool_count ? i : -1;
    }
    for (int32_t i = 0; i < n->port_count; i++) {
        h->stands_for[sim_network_pool_of(n->network, i)] = n->ports[i].pool;
    }
}

struct park_held *park_held_create(const struct park *p, struct sim_flow *flow,
                                   const struct park_capacity *capacity)
{
    struct park_held *h = sim_base_alloc(1, sizeof(*h));
    const struct park_net *n = p->net;
    h->tried = park_tried_create(p, flow, capacity);
    h->view =
        (struct park_cause_view){.park = p, .flow = flow, .capacity = capacity, .tried = h->tried};
    h->flow = flow;
    park_held_causes_init(&h->causes, p);
    const size_t cells = (size_t)p->process_count * (size_t)h->causes.count;
    h->processes = sim_base_alloc((size_t)p->process_count, sizeof(*h->processes));
    h->users = sim_base_alloc((size_t)n->move_count, sizeof(*h->users));
    h->user_of = sim_base_alloc((size_t)n->move_count, sizeof(*h->user_of));
    h->process_of = sim_base_alloc((size_t)n->activity_count, sizeof(*h->process_of));
    h->held_us = sim_base_alloc(cells, sizeof(*h->held_us));
    h->amounts = sim_base_alloc(cells, sizeof(*h->amounts));
    h->watchers = sim_base_alloc((size_t)n->pool_count, sizeof(*h->watchers));
    h->blamed = sim_base_alloc(2 * (size_t)n->pool_count, sizeof(*h->blamed));
    h->seen = sim_base_alloc((size_t)n->pool_count, sizeof(*h->seen));
    find_pools(h);
    for (int32_t m = 0; m < n->move_count; m++) {
        h->user_of[m] = -1;
    }
    for (int32_t a = 0; a < n->activity_count; a++) {
        const bool is_process = n->activities[a].mover->is_process;
        h->process_of[a] = is_process ? n->activities[a].id : -1;
        if (is_process) {
            h->processes[n->activities[a].id] =
                (struct held){.activity = a, .per = product_of(p, n->activities[a].id)};
            add_users(h, n->activities[a].id);
        }
    }
    return h;
}

void park_held_destroy(struct park_held *h)
{
    if (h == NULL) {
        return;
    }
    park_held_causes_fini(&h->causes);
    park_tried_destroy(h->tried);
    SIM_VEC_FREE(&h->watches);
    SIM_VEC_FREE(&h->marked);
    free(h->processes);
    free(h->users);
    free(h->user_of);
    free(h->process_of);
    free(h->held_us);
    free(h->amounts);
    free(h->watchers);
    free(h->stands_for);
    free(h->blamed);
    free(h->seen);
    free(h);
}

const struct park_held_causes *park_held_causes(const struct park_held *h)
{
    return &h->causes;
}

const struct park_tried *park_held_tried(const struct park_held *h)
{
    return h->tried;
}

void park_held_reset(struct park_held *h, sim_time now)
{
    const struct park *p = h->view.park;
    for (int32_t i = 0; i < p->process_count; i++) {
        struct held *x = &h->processes[i];
        x->lacks = 0;
        x->cause = -1;
        x->watching = -1;
        x->is_marked = false;
    }
    for (int i = 0; i < h->user_count; i++) {
        h->users[i].lacks = 0;
    }
    for (int32_t i = 0; i < p->net->pool_count; i++) {
        h->watchers[i] = -1;
        h->blamed[2 * i].is_known = h->blamed[2 * i + 1].is_known = false;
        h->seen[i] = 0;
    }
    park_tried_reset(h->tried);
    h->looks = 0;
    h->watches.count = h->marked.count = 0;
    h->free_watch = -1;
    park_held_restart(h, now);
}

void park_held_restart(struct park_held *h, sim_time now)
{
    const struct park *p = h->view.park;
    const size_t cells = (size_t)p->process_count * (size_t)h->causes.count;
    memset(h->held_us, 0, cells * sizeof(*h->held_us));
    memset(h->amounts, 0, cells * sizeof(*h->amounts));
    for (int32_t i = 0; i < p->process_count; i++) {
        h->processes[i].since = now;
    }
    for (int i = 0; i < h->user_count; i++) {
        h->users[i].since = now;
        h->users[i].sum = 0;
    }
}

// ---- How much ----

/** [SI/s] What a stock asks for itself of a pull process that stands still: INFINITY while it is to
 * be filled, what decays while it rests on a bound, -INFINITY while pull processes rest. Told by
 * its condition, not its level: one with a reorder level falls through its target and goes on
 * resting, and no event marks it. */
static double stock_asks(const struct park_cause_view *v, int32_t pool)
{
    const struct park_stock *s = v->park->stocks[v->park->net->pools[pool].stock];
    const unsigned condition = sim_flow_condition(v->flow, pool);
    if ((condition & SIM_POOL_OVER_TARGET) != 0) {
        return -INFINITY;
    }
    if ((condition & (SIM_POOL_FULL | SIM_POOL_AT_TARGET)) == 0) {
        return INFINITY;
    }
    const bool is_full = (condition & SIM_POOL_FULL) != 0;
    return s->decay_per_s > 0 ? s->decay_per_s * (is_full ? s->capacity_si : s->target_si) : 0;
}

/** [SI/s] What is left at a pool for one that stands still: what a stock asks for itself, and its
 * takers claim, less what others give. */
static double asked_at(const struct park_cause_view *v, int32_t port)
{
    const struct park_net *n = v->park->net;
    const struct sim_rates *rates = sim_flow_rates(v->flow);
    const struct sim_port_def *p = &n->ports[port];
    double asked = n->pools[p->pool].stock >= 0 ? stock_asks(v, p->pool) : 0;
    for (int32_t i = n->at.first[p->pool]; isfinite(asked) && i < n->at.first[p->pool + 1]; i++) {
        const int32_t k = n->at.at[i];
        const struct sim_port_def *q = &n->ports[k];
        if (q->gives && k != port) {
            asked -= q->coef * sim_rates_rate(rates, q->activity);
        } else if (!q->gives && (q->flags & SIM_PORT_OUTLET) == 0) {
            asked += q->coef * sim_rates_claim(rates, k);
        }
    }
    return fmax(0, asked);
}

/** [activity/s] What the process could do now, had it all it needs and room for all it makes. */
static double could(const struct park_cause_view *v, int32_t activity)
{
    const struct park_net *n = v->park->net;
    const struct park_activity *a = &n->activities[activity];
    const bool is_off = sim_flow_is_off(v->flow, activity);
    double most = park_capacity_now(v->capacity, activity);
    for (int32_t i = a->first_port; most > 0 && i < a->first_port + a->port_count; i++) {
        const struct sim_port_def *q = &n->ports[i];
        if (q->gives && (q->flags & SIM_PORT_PULL) != 0) {
            most = fmin(most, is_off ? asked_at(v, i) / q->coef
                                     : sim_rates_limit(sim_flow_rates(v->flow), i));
        }
    }
    return isfinite(most) ? most : 0;
}

/** [activity/s] 0 where it is no more than rounding. */
static double lack(const struct park_cause_view *v, int32_t activity)
{
    const double most = could(v, activity);
    const double rate = most > 0 ? sim_flow_rate(v->flow, activity) : 0;
    const double nominal = v->park->net->activities[activity].capacity;
    return most - rate > HELD_NOTHING * fmin(most, nominal) ? most - rate : 0;
}

/** [activity/s] What an input asked for more. */
static double lack_of_user(const struct park_held *h, int32_t activity, int32_t port)
{
    const struct park_cause_view *v = &h->view;
    const double most = park_capacity_now(v->capacity, activity);
    const double rate = sim_flow_rate(v->flow, activity);
    if (sim_flow_is_off(v->flow, activity)) {
        return sim_flow_off_port(v->flow, activity) == port ? most : 0;
    }
    const double more = sim_rates_claim(sim_flow_rates(v->flow), port) - rate;
    return more > HELD_NOTHING * most ? more : 0;
}

// ---- Why ----

/** The side that faces a port of the pool. */
static struct blamed *blamed_at(struct park_held *h, const struct sim_port_def *port)
{
    return &h->blamed[2 * port->pool + (port->gives ? 1 : 0)];
}

/** As chain.c does, and remembered, but where the answer would be the one who asks. */
static struct park_chain_culprit blame(void *user, const struct park_cause_view *v, int32_t port)
{
    struct park_held *h = user;
    const struct park_net *n = v->park->net;
    struct blamed *b = blamed_at(h, &n->ports[port]);
    if (b->is_known) {
        return b->culprit;
    }
    const struct park_chain_culprit found = park_chain_blame(v, port);
    const struct park_activity *a = &n->activities[n->ports[port].activity];
    bool is_both = false; // it stands on both sides, so others are told of another count
    for (int32_t i = a->first_port; i < a->first_port + a->port_count; i++) {
        is_both = is_both || (n->ports[i].pool == n->ports[port].pool &&
                              n->ports[i].gives != n->ports[port].gives);
    }
    if (!is_both) {
        *b = (struct blamed){.culprit = found, .is_known = true};
    }
    return found;
}

static void unwatch(struct park_held *h, struct held *x)
{
    for (int32_t w = x->watching; w >= 0;) {
        struct watch *it = &h->watches.data[w];
        const int32_t next = it->next;
        if (it->before >= 0) {
            h->watches.data[it->before].after = it->after;
        } else {
            h->watchers[it->pool] = it->after;
        }
        if (it->after >= 0) {
            h->watches.data[it->after].before = it->before;
        }
        it->next = h->free_watch;
        h->free_watch = w;
        w = next;
    }
    x->watching = -1;
}

static void watch(struct park_held *h, int32_t process, int32_t pool)
{
    if (h->seen[pool] == h->looks) {
        return;
    }
    h->seen[pool] = h->looks;
    int32_t w = h->free_watch;
    if (w >= 0) {
        h->free_watch = h->watches.data[w].next;
    } else {
        SIM_VEC_PUSH(&h->watches, (struct watch){0});
        w = h->watches.count - 1;
    }
    const int32_t first = h->watchers[pool];
    h->watches.data[w] = (struct watch){.process = process,
                                        .pool = pool,
                                        .next = h->processes[process].watching,
                                        .before = -1,
                                        .after = first};
    if (first >= 0) {
        h->watches.data[first].before = w;
    }
    h->watchers[pool] = w;
    h->processes[process].watching = w;
}

static bool is_watched(const struct held *x, const struct park_chain *c)
{
    bool is_same = x->watching >= 0 && x->watched_count == c->count;
    for (int i = 0; is_same && i < c->count; i++) {
        is_same = x->watched[i] == c->steps[i].activity;
    }
    return is_same;
}

/** The chain holds until something changes at a pool of those who stand in it. */
static void watch_chain(struct park_held *h, int32_t process, const struct park_chain *c)
{
    const struct park_net *n = h->view.park->net;
    struct held *x = &h->processes[process];
    if (is_watched(x, c)) {
        return;
    }
    unwatch(h, x);
    x->watched_count = c->count;
    for (int i = 0; i < c->count; i++) {
        x->watched[i] = c->steps[i].activity;
    }
    h->looks++;
    for (int i = 1; i < c->count; i++) { // its own pools are looked at anyway
        const struct park_activity *a = &n->activities[c->steps[i].activity];
        for (int32_t k = a->first_port; k < a->first_port + a->port_count; k++) {
            watch(h, process, n->ports[k].pool);
        }
    }
}

// ---- Over time ----

static int64_t cell(const struct park_held *h, int32_t process, int32_t cause)
{
    return (int64_t)process * h->causes.count + cause;
}

/** [us] since what holds now began. */
static sim_time span_of(const struct held *x, sim_time now)
{
    return x->cause >= 0 ? now - x->since : 0;
}

static void book(struct park_held *h, int32_t process, sim_time now)
{
    struct held *x = &h->processes[process];
    const sim_time span = span_of(x, now);
    if (span > 0) {
        h->held_us[cell(h, process, x->cause)] += span;
        h->amounts[cell(h, process, x->cause)] += x->lacks * sim_simtime_to_seconds(span);
    }
    x->since = now;
}

static void look_at_users(struct park_held *h, const struct held *x, sim_time now)
{
    for (int i = x->first_user; i < x->first_user + x->user_count; i++) {
        struct user *u = &h->users[i];
        const double lacks = lack_of_user(h, x->activity, u->port);
        if (lacks != u->lacks) {
            u->sum += u->lacks * sim_simtime_to_seconds(now - u->since);
            u->since = now;
            u->lacks = lacks;
        }
    }
}

static void look_at(struct park_held *h, int32_t process, sim_time now)
{
    struct held *x = &h->processes[process];
    double lacks = lack(&h->view, x->activity);
    int32_t cause = -1;
    bool is_watching = false;
    if (lacks > 0) {
        const struct park_chain c = park_chain_follow_by(&h->view, x->activity, blame, h);
        if (c.steps[0].cause.kind == PARK_CAUSE_UNASKED) {
            lacks = 0;
        } else {
            cause = park_held_causes_end(&h->causes, &h->view, &c);
            watch_chain(h, process, &c);
            is_watching = true;
        }
    }
    if (!is_watching) {
        unwatch(h, x);
    }
    if (lacks != x->lacks || cause != x->cause) {
        book(h, process, now);
        x->lacks = lacks;
        x->cause = cause;
    }
    look_at_users(h, x, now);
}

static void mark(struct park_held *h, int32_t process)
{
    if (!h->processes[process].is_marked) {
        h->processes[process].is_marked = true;
        SIM_VEC_PUSH(&h->marked, process);
    }
}

static void mark_pool(struct park_held *h, int32_t pool)
{
    const struct park_net *n = h->view.park->net;
    h->blamed[2 * pool].is_known = h->blamed[2 * pool + 1].is_known = false;
    for (int32_t i = n->at.first[pool]; i < n->at.first[pool + 1]; i++) {
        const int32_t process = h->process_of[n->ports[n->at.at[i]].activity];
        if (process >= 0) {
            mark(h, process);
        }
    }
    for (int32_t w = h->watchers[pool]; w >= 0; w = h->watches.data[w].after) {
        mark(h, h->watches.data[w].process);
    }
}

static void mark_all(struct park_held *h)
{
    for (int32_t i = 0; i < h->view.park->net->pool_count; i++) {
        mark_pool(h, i);
    }
}

/** Whoever's chain passes a unit stands at its pools, or watches them. */
static void mark_tried(struct park_held *h)
{
    const struct park_net *n = h->view.park->net;
    int count = 0;
    const int32_t *changed = park_tried_changed(h->tried, &count);
    for (int i = 0; i < count; i++) {
        const struct park_activity *a = &n->activities[changed[i]];
        for (int32_t k = a->first_port; k < a->first_port + a->port_count; k++) {
            mark_pool(h, n->ports[k].pool);
        }
    }
    park_tried_forget(h->tried);
}

void park_held_settle(struct park_held *h, sim_time now)
{
    int count = 0;
    const int32_t *pools = sim_flow_touched(h->flow, &count);
    h->view.now = now;
    for (int i = 0; i < count; i++) {
        if (h->stands_for[pools[i]] >= 0) {
            mark_pool(h, h->stands_for[pools[i]]);
        } else {
            mark_all(h);
        }
    }
    sim_flow_forget_touched(h->flow);
    mark_tried(h);
    for (int i = 0; i < h->marked.count; i++) {
        h->processes[h->marked.data[i]].is_marked = false;
        look_at(h, h->marked.data[i], now);
    }
    h->marked.count = 0;
}

// ---- Reading ----

double park_held_hours(const struct park_held *h, sim_time now, int32_t process, int32_t cause)
{
    const struct held *x = &h->processes[process];
    const sim_time open = x->cause == cause ? span_of(x, now) : 0;
    return sim_simtime_to_seconds(h->held_us[cell(h, process, cause)] + open) / 3600;
}

double park_held_amount(const struct park_held *h, sim_time now, int32_t process, int32_t cause)
{
    const struct held *x = &h->processes[process];
    const sim_time open = x->cause == cause ? span_of(x, now) : 0;
    return x->per * (h->amounts[cell(h, process, cause)] + x->lacks * sim_simtime_to_seconds(open));
}

double park_held_unserved(const struct park_held *h, sim_time now, int32_t move)
{
    const int32_t at = h->user_of[move];
    if (at < 0) {
        return 0;
    }
    const struct user *u = &h->users[at];
    const double sum = u->sum + u->lacks * sim_simtime_to_seconds(now - u->since);
    return h->view.park->net->moves[move].sent * sum;
}

void park_held_validate(const struct park_held *h)
{
    for (int32_t i = 0; i < h->view.park->process_count; i++) {
        const struct held *x = &h->processes[i];
        double lacks = lack(&h->view, x->activity);
        int32_t cause = -1;
        if (lacks > 0) {
            const struct park_chain c = park_chain_follow(&h->view, x->activity);
            const bool is_asked = c.steps[0].cause.kind != PARK_CAUSE_UNASKED;
            lacks = is_asked ? lacks : 0;
            cause = is_asked ? park_held_causes_end(&h->causes, &h->view, &c) : -1;
        }
        SIM_REQUIRE(lacks == x->lacks, "what a process lacks is not what was booked");
        SIM_REQUIRE(cause == x->cause, "a process is held back by another cause than was booked");
        for (int k = x->first_user; k < x->first_user + x->user_count; k++) {
            SIM_REQUIRE(lack_of_user(h, x->activity, h->users[k].port) == h->users[k].lacks,
                        "what a user lacks is not what was booked");
        }
    }
}

struct park_held_now park_held_look(const struct park_cause_view *v, int32_t activity)
{
    const struct park_activity *a = &v->park->net->activities[activity];
    struct park_held_now out = {.chain = park_chain_follow(v, activity)};
    const bool is_asked = out.chain.steps[0].cause.kind != PARK_CAUSE_UNASKED;
    if (a->mover->is_process && is_asked) {
        out.rate = lack(v, activity) * product_of(v->park, a->id);
    }
    return out;
}
