#include "sim/sweep/sweep_queue.h"

#include "sim/base/vec.h"

#include <stdlib.h>
#include <string.h>

/** What is known of a replication. */
enum {
    UNKNOWN = 0,
    GIVEN,
    FINISHED
};

struct point {
    int32_t need;          // [-] replications that the rule asks for so far
    int32_t done;          // [-] of which are finished
    int32_t given;         // [-] all before it are given out or finished
    int32_t capacity;      // [-] of the arrays
    unsigned char *states; // of each replication; NULL: nothing known, or all done
    double *values;        // of each; NULL likewise, or for a fixed number
    bool is_wanted;
    bool is_complete;
    bool is_ready; // in the list `ready`
};

struct sim_sweep_queue {
    struct sim_rule rule;
    int64_t point_count;
    struct point *points;
    int64_t fresh; // points before it were begun
    int slots;
    int64_t *current;       // point of each slot; -1: none
    SIM_VEC(int64_t) ready; // points that need more than the first replications, as they came
    int ready_head;
    int64_t runs;
    int64_t missing;
};

struct sim_sweep_queue *sim_sweep_queue_create(const struct sim_rule *rule, int64_t points,
                                               int slots)
{
    struct sim_sweep_queue *q = sim_base_alloc(1, sizeof(*q));

    SIM_REQUIRE(rule->at_least >= 1 && rule->at_most >= rule->at_least, "a point has replications");
    q->rule = *rule;
    q->point_count = points;
    q->points = sim_base_alloc((size_t)points, sizeof(*q->points));
    q->slots = slots;
    q->current = sim_base_alloc((size_t)slots, sizeof(*q->current));
    for (int64_t i = 0; i < points; i++) {
        q->points[i].need = rule->at_least;
    }
    for (int i = 0; i < slots; i++) {
        q->current[i] = -1;
    }
    return q;
}

static void drop_arrays(struct point *p)
{
    free(p->states);
    free(p->values);
    p->states = NULL;
    p->values = NULL;
    p->capacity = 0;
}

void sim_sweep_queue_destroy(struct sim_sweep_queue *q)
{
    if (q == NULL) {
        return;
    }
    for (int64_t i = 0; i < q->point_count; i++) {
        drop_arrays(&q->points[i]);
    }
    SIM_VEC_FREE(&q->ready);
    free(q->points);
    free(q->current);
    free(q);
}

static struct point *point_at(const struct sim_sweep_queue *q, int64_t point)
{
    SIM_REQUIRE(point >= 0 && point < q->point_count, "the point is of the plan");
    return &q->points[point];
}

static bool is_fixed(const struct sim_sweep_queue *q)
{
    return q->rule.at_least == q->rule.at_most;
}

void sim_sweep_queue_want(struct sim_sweep_queue *q, int64_t point)
{
    struct point *p = point_at(q, point);

    if (!p->is_wanted) {
        p->is_wanted = true;
        q->runs += p->need;
        q->missing += p->need - p->done;
    }
}

// ---- what is finished ----

static void reserve(struct sim_sweep_queue *q, struct point *p, int32_t count)
{
    if (count <= p->capacity) {
        return;
    }
    int32_t capacity = p->capacity > 0 ? p->capacity : q->rule.at_least;

    while (capacity < count) {
        capacity = capacity < q->rule.at_most / 2 ? 2 * capacity : q->rule.at_most;
    }
    p->states = sim_base_realloc(p->states, (size_t)capacity, sizeof(*p->states));
    for (int32_t i = p->capacity; i < capacity; i++) {
        p->states[i] = UNKNOWN;
    }
    if (!is_fixed(q)) {
        p->values = sim_base_realloc(p->values, (size_t)capacity, sizeof(*p->values));
    }
    p->capacity = capacity;
}

static int state_of(const struct point *p, int32_t replication)
{
    return replication < p->capacity ? p->states[replication] : UNKNOWN;
}

/** The rule asks for one more replication. */
static void ask_one_more(struct sim_sweep_queue *q, int64_t point)
{
    struct point *p = &q->points[point];
    const bool is_there = state_of(p, p->need) == FINISHED;

    p->need++;
    p->done += is_there ? 1 : 0;
    if (p->is_wanted) {
        q->runs++;
        q->missing += is_there ? 0 : 1;
    }
    if (!is_there && !p->is_ready) {
        p->is_ready = true;
        SIM_VEC_PUSH(&q->ready, point);
    }
}

void sim_sweep_queue_finish(struct sim_sweep_queue *q, int64_t point, int32_t replication,
                            double value)
{
    struct point *p = point_at(q, point);

    SIM_REQUIRE(replication >= 0 && replication < q->rule.at_most, "the rule may ask for it");
    if (p->is_complete || state_of(p, replication) == FINISHED) {
        return; // made ahead, and not asked for; or told twice
    }
    reserve(q, p, replication + 1);
    p->states[replication] = FINISHED;
    if (p->values != NULL) {
        p->values[replication] = value;
    }
    if (replication < p->need) {
        p->done++;
        q->missing -= p->is_wanted ? 1 : 0;
    }
    while (p->done == p->need && !p->is_complete) {
        if (p->need == q->rule.at_most || sim_rule_is_met(&q->rule, p->values, p->need)) {
            p->is_complete = true;
            drop_arrays(p);
        } else {
            ask_one_more(q, point);
        }
    }
}

// ---- what is next ----

/** Give out the first replication before `limit` that is neither given out nor finished. */
static bool give(struct sim_sweep_queue *q, int slot, int64_t point, int32_t limit,
                 int64_t *out_point, int32_t *out_replication)
{
    if (point < 0) {
        return false;
    }
    struct point *p = &q->points[point];

    if (!p->is_wanted || p->is_complete) {
        return false;
    }
    while (p->given < limit && state_of(p, p->given) != UNKNOWN) {
        p->given++;
    }
    if (p->given >= limit) {
        return false;
    }
    reserve(q, p, p->given + 1);
    p->states[p->given] = GIVEN;
    q->current[slot] = point;
    *out_point = point;
    *out_replication = p->given++;
    return true;
}

static bool give_fresh(struct sim_sweep_queue *q, int slot, int64_t *out_point,
                       int32_t *out_replication)
{
    for (; q->fresh < q->point_count; q->fresh++) {
        if (give(q, slot, q->fresh, q->rule.at_least, out_point, out_replication)) {
            q->fresh++;
            return true;
        }
    }
    return false;
}

/** Help a point that another thread is at. */
static bool give_of_others(struct sim_sweep_queue *q, int slot, int32_t ahead, int64_t *out_point,
                           int32_t *out_replication)
{
    for (int i = 0; i < q->slots; i++) {
        const int64_t point = q->current[(slot + i) % q->slots]; // its own first

        if (point < 0) {
            continue;
        }
        const int32_t need = q->points[point].need;
        const int32_t limit = ahead < q->rule.at_most - need ? need + ahead : q->rule.at_most;

        if (give(q, slot, point, limit, out_point, out_replication)) {
            return true;
        }
    }
    return false;
}

/** Forget the part of the list that is done with, now and then. */
static void trim_ready(struct sim_sweep_queue *q)
{
    if (q->ready_head == q->ready.count) {
        q->ready.count = 0;
        q->ready_head = 0;
    } else if (q->ready_head > 1000 && q->ready_head > q->ready.count / 2) {
        q->ready.count -= q->ready_head;
        memmove(q->ready.data, q->ready.data + q->ready_head,
                (size_t)q->ready.count * sizeof(*q->ready.data));
        q->ready_head = 0;
    }
}

static bool give_ready(struct sim_sweep_queue *q, int slot, int64_t *out_point,
                       int32_t *out_replication)
{
    const int64_t own = q->current[slot];

    if (own >= 0 && give(q, slot, own, q->points[own].need, out_point, out_replication)) {
        return true;
    }
    trim_ready(q);
    for (; q->ready_head < q->ready.count; q->ready_head++) {
        const int64_t point = q->ready.data[q->ready_head];
        struct point *p = &q->points[point];

        if (give(q, slot, point, p->need, out_point, out_replication)) {
            return true;
        }
        p->is_ready = false;
    }
    return false;
}

bool sim_sweep_queue_next(struct sim_sweep_queue *q, int slot, int64_t *out_point,
                          int32_t *out_replication)
{
    SIM_REQUIRE(slot >= 0 && slot < q->slots, "the slot is a thread's");
    if (give(q, slot, q->current[slot], q->rule.at_least, out_point, out_replication) ||
        give_fresh(q, slot, out_point, out_replication) ||
        give_of_others(q, slot, 0, out_point, out_replication) ||
        give_ready(q, slot, out_point, out_replication)) {
        return true;
    }
    return q->missing > 0 && !is_fixed(q) &&
           give_of_others(q, slot, q->slots, out_point, out_replication);
}

// ---- how much ----

int32_t sim_sweep_queue_need(const struct sim_sweep_queue *q, int64_t point)
{
    return point_at(q, point)->need;
}

int32_t sim_sweep_queue_lack(const struct sim_sweep_queue *q, int64_t point)
{
    const struct point *p = point_at(q, point);

    return p->need - p->done;
}

int64_t sim_sweep_queue_runs(const struct sim_sweep_queue *q)
{
    return q->runs;
}

int64_t sim_sweep_queue_missing(const struct sim_sweep_queue *q)
{
    return q->missing;
}
