#include "models/park/run/capacity.h"

#include "models/park/net/build.h"
#include "sim/num/stats.h"

#include <math.h>
#include <stdlib.h>

/** Of an activity. */
struct allowed {
    double most;  // [1/s] at full share
    double share; // [-] that the parts allow
    double now;   // [1/s] most x share, as set; NAN: not set yet
    bool is_owned;
    struct sim_stats_timed wanted;
};

struct park_capacity {
    const struct park *park;
    struct sim_flow *flow;
    const struct park_parts *parts;
    struct allowed *of; // by activity
    bool is_open;
};

struct park_capacity *park_capacity_create(const struct park *p, struct sim_flow *flow)
{
    struct park_capacity *k = sim_base_alloc(1, sizeof(*k));
    *k = (struct park_capacity){.park = p, .flow = flow};
    k->of = sim_base_alloc((size_t)p->net->activity_count, sizeof(*k->of));
    return k;
}

void park_capacity_destroy(struct park_capacity *k)
{
    if (k == NULL) {
        return;
    }
    free(k->of);
    free(k);
}

void park_capacity_own(struct park_capacity *k, int32_t activity)
{
    k->of[activity].is_owned = true;
}

/** Set what follows from `most` and `share`. */
static void follow(struct park_capacity *k, sim_time now, int32_t activity)
{
    struct allowed *a = &k->of[activity];
    const double capacity = a->share > 0 ? a->most * a->share : 0; // none of no limit is none
    if (capacity == a->now) {
        if (capacity == 0) {
            sim_flow_touch(k->flow, activity); // it may stand still for another reason
        }
        return;
    }
    a->now = capacity;
    sim_flow_set_capacity(k->flow, activity, capacity);
    if (k->park->net->activities[activity].is_user) {
        sim_stats_timed_change(&a->wanted, now, isfinite(capacity) ? capacity : 0);
    }
}

void park_capacity_reset(struct park_capacity *k, const struct park_parts *parts, sim_time now)
{
    k->parts = parts;
    k->is_open = false;
    for (int32_t a = 0; a < k->park->net->activity_count; a++) {
        k->of[a].most = k->park->net->activities[a].capacity;
        k->of[a].share = 1;
        k->of[a].now = NAN; // whatever the network has: set it
        sim_stats_timed_begin(&k->of[a].wanted, now, 0);
    }
}

void park_capacity_open(struct park_capacity *k, sim_time now)
{
    k->is_open = true;
    for (int32_t a = 0; a < k->park->net->activity_count; a++) {
        park_capacity_ask(k, now, a);
    }
}

void park_capacity_ask(struct park_capacity *k, sim_time now, int32_t activity)
{
    if (k->is_open && !k->of[activity].is_owned) {
        k->of[activity].share = park_part_allow(k->parts, now, activity);
        follow(k, now, activity);
    }
}

void park_capacity_ask_all(struct park_capacity *k, sim_time now,
                           const struct park_roster_lists *activities, int32_t key)
{
    for (int32_t i = activities->first[key]; i < activities->first[key + 1]; i++) {
        park_capacity_ask(k, now, activities->items[i]);
    }
}

void park_capacity_set_most(struct park_capacity *k, sim_time now, int32_t activity, double most)
{
    if (k->of[activity].is_owned) {
        return;
    }
    k->of[activity].most = most;
    if (k->is_open) {
        follow(k, now, activity);
    }
}

double park_capacity_now(const struct park_capacity *k, int32_t activity)
{
    return k->of[activity].now;
}

struct park_allowance park_capacity_allowance(const struct park_capacity *k, sim_time now,
                                              int32_t activity)
{
    const struct allowed *a = &k->of[activity];
    struct park_allowance x = {.share = 1, .idle = PARK_IDLE_RUNS};
    if (a->is_owned || (a->now > 0 && !(a->share < 1))) {
        return x;
    }
    x.share = a->now > 0 ? a->share : 0;
    x.words = park_part_because(k->parts, now, activity, x.share, &x.idle);
    if (x.words == NULL) {
        x.idle = PARK_IDLE_ZERO;
        x.words = "its capacity is 0 now";
    }
    return x;
}

double park_capacity_wanted(const struct park_capacity *k, sim_time now, int32_t activity)
{
    return sim_stats_timed_integral(&k->of[activity].wanted, now);
}

const struct park_parts *park_capacity_parts(const struct park_capacity *k)
{
    return k->parts;
}
