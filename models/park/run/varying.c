// Levels: capacities that follow a profile or are drawn.
//
// A profile that holds its values is followed exactly. A linear one becomes a staircase of `steps`
// pieces between two rows, each at its mean, so that what would flow if nothing else binds is exact
// over every row. Negative values count as none. A level with `redraw` is drawn at the start of the
// park and each such span later; draw number n belongs to span n, whatever happened before.
#include "models/park/net/build.h"
#include "models/park/run/capacity.h"
#include "sim/base/hash.h"
#include "sim/base/vec.h"
#include "sim/num/rng.h"

#include <math.h>
#include <stdlib.h>

enum { // purposes of draws; part of what a results file means: never renumber
    DRAW_LEVEL = 3
};

/** A capacity that varies; several activities may share it (exchanges over one link). */
struct level {
    const struct park_level *def;
    const char *path; // keys its draws
    struct sim_rng draw;
    double value;
};

/** A profile and the piece of it that holds now. */
struct follower {
    sim_time from, until; // rows around now; until NEVER: no change any more
    int64_t piece;        // [-] of `steps` between them
    double value;
};

struct levels {
    struct park_part_of of;
    SIM_VEC(struct level) all;
    struct follower *followers;          // by profile
    bool *is_followed;                   // by profile: somebody depends on it
    int32_t *level_of;                   // by activity; -1: constant
    struct park_roster_lists members;    // activities, by level
    struct park_roster_lists by_profile; // levels
};

/** An activity and what sets its level. */
struct leveled {
    const struct park_level *level;
    int32_t activity;
};

static int by_level(const void *a, const void *b)
{
    const struct leveled *x = a;
    const struct leveled *y = b;
    const uintptr_t p = (uintptr_t)x->level;
    const uintptr_t q = (uintptr_t)y->level;
    return p != q ? (p > q) - (p < q) : (x->activity > y->activity) - (x->activity < y->activity);
}

static bool is_varying(const struct park_activity *a)
{
    return a->level != NULL && (a->level->profile >= 0 || a->level->dist != NULL);
}

/** Activities share a level: each is numbered at the first of them, whatever the addresses. */
static void number_levels(struct levels *d)
{
    const struct park_net *net = d->of.park->net;
    struct leveled *all = sim_base_alloc((size_t)net->activity_count, sizeof(*all));
    int count = 0;
    for (int32_t a = 0; a < net->activity_count; a++) {
        if (is_varying(&net->activities[a])) {
            all[count++] = (struct leveled){.level = net->activities[a].level, .activity = a};
        }
        d->level_of[a] = -1;
    }
    if (count > 0) {
        qsort(all, (size_t)count, sizeof(*all), by_level);
    }
    for (int i = 0, first = 0; i < count; i++) {
        first = all[i].level == all[first].level ? first : i;
        d->level_of[all[i].activity] = all[first].activity; // till the levels have numbers
    }
    for (int32_t a = 0; a < net->activity_count; a++) {
        if (d->level_of[a] == a) {
            const struct park_activity *x = &net->activities[a];
            SIM_VEC_PUSH(&d->all, (struct level){.def = x->level, .path = x->path});
            d->level_of[a] = d->all.count - 1;
        } else if (d->level_of[a] >= 0) {
            d->level_of[a] = d->level_of[d->level_of[a]]; // of the first, numbered already
        }
    }
    free(all);
}

static void list_levels(struct levels *d)
{
    int32_t *key = sim_base_alloc((size_t)d->all.count, sizeof(*key));
    for (int i = 0; i < d->all.count; i++) {
        key[i] = d->all.data[i].def->profile;
        if (key[i] >= 0) {
            d->is_followed[key[i]] = true;
        }
    }
    park_roster_lists_init(&d->by_profile, d->of.park->profile_count, key, d->all.count);
    free(key);
}

static void *create(const struct park_part_of *of)
{
    struct levels *d = sim_base_alloc(1, sizeof(*d));
    const struct park *p = of->park;
    d->of = *of;
    d->followers = sim_base_alloc((size_t)p->profile_count, sizeof(*d->followers));
    d->is_followed = sim_base_alloc((size_t)p->profile_count, sizeof(bool));
    d->level_of = sim_base_alloc((size_t)p->net->activity_count, sizeof(int32_t));
    number_levels(d);
    park_roster_lists_init(&d->members, d->all.count, d->level_of, p->net->activity_count);
    list_levels(d);
    return d;
}

static void destroy(void *s)
{
    struct levels *d = s;
    park_roster_lists_fini(&d->members);
    park_roster_lists_fini(&d->by_profile);
    SIM_VEC_FREE(&d->all);
    free(d->followers);
    free(d->is_followed);
    free(d->level_of);
    free(d);
}

/** Go to the piece of the profile that begins now; plan the next. */
static void follow(struct levels *d, const struct park_clock *c, int32_t profile)
{
    const struct park_profile *def = d->of.park->profiles[profile];
    struct follower *f = &d->followers[profile];
    const bool is_linear = def->between == SIM_TABLE1D_LINEAR;
    const int64_t steps = is_linear && def->steps > 1 ? def->steps : 1;
    if (c->now >= f->until) {
        f->from = c->now;
        f->until = sim_table1d_next(def->table, c->now);
        f->piece = 0;
    } else {
        f->piece++;
    }
    if (f->until == SIM_TIME_NEVER) {
        f->value = sim_table1d_at(def->table, c->now);
        return;
    }
    const sim_time span = f->until - f->from;
    sim_time end = f->from + (sim_time)((double)span * (double)(f->piece + 1) / (double)steps);
    if (f->piece + 1 >= steps || end <= c->now || end > f->until) {
        end = f->until;
    }
    f->value = is_linear ? sim_table1d_integral(def->table, c->now, end) /
                               sim_simtime_to_seconds(end - c->now)
                         : sim_table1d_at(def->table, c->now);
    (void)park_happening_push(c, end, PARK_HAPPENING_PROFILE, d->of.roster->profiles + profile,
                              profile);
}

/** Let the activities of a level follow its value. */
static void pass_level(struct levels *d, const struct park_clock *c, int32_t level)
{
    for (int32_t i = d->members.first[level]; i < d->members.first[level + 1]; i++) {
        park_capacity_set_most(d->of.capacity, c->now, d->members.items[i],
                               d->all.data[level].value);
    }
}

/** Let all that depends on the profile follow its value. */
static void pass_profile(struct levels *d, const struct park_clock *c, int32_t profile)
{
    const double value = d->followers[profile].value;
    for (int32_t i = d->by_profile.first[profile]; i < d->by_profile.first[profile + 1]; i++) {
        d->all.data[d->by_profile.items[i]].value = fmax(0, value);
        pass_level(d, c, d->by_profile.items[i]);
    }
}

/** Draw the level of the span that begins now; plan the next. */
static void redraw(struct levels *d, const struct park_clock *c, int32_t index)
{
    struct level *level = &d->all.data[index];
    const sim_time every = level->def->redraw_us;
    const int64_t span = every > 0 ? (c->now - d->of.park->start_us) / every : 0;
    sim_rng_seek(&level->draw, (uint64_t)span);
    level->value = fmax(0, sim_dist_draw(level->def->dist, &level->draw));
    if (every > 0) {
        const int32_t who = d->of.roster->activities[d->members.items[d->members.first[index]]];
        (void)park_happening_push(c, d->of.park->start_us + (span + 1) * every,
                                  PARK_HAPPENING_LEVEL, who, index);
    }
    pass_level(d, c, index);
}

static void reset(void *s, const struct park_clock *c, const struct sim_trial *t)
{
    struct levels *d = s;
    for (int32_t i = 0; i < d->all.count; i++) {
        struct level *level = &d->all.data[i];
        if (level->def->dist != NULL) {
            level->draw = sim_rng_make(t->seed, (uint64_t)t->replication,
                                       sim_hash_text(level->path, 0), DRAW_LEVEL);
            level->draw.is_antithetic = t->antithetic;
            redraw(d, c, i);
        }
    }
    for (int32_t i = 0; i < d->of.park->profile_count; i++) {
        d->followers[i] = (struct follower){.until = c->now};
        if (d->is_followed[i]) {
            follow(d, c, i);
            pass_profile(d, c, i);
        }
    }
}

static void happen(void *s, const struct park_clock *c, const struct sim_event *e)
{
    struct levels *d = s;
    if (e->kind == PARK_HAPPENING_LEVEL) {
        redraw(d, c, e->arg);
    } else {
        follow(d, c, e->arg);
        pass_profile(d, c, e->arg);
    }
}

const struct park_part park_varying_part = {.name = "levels",
                                            .events = PARK_HAPPENING_BIT(PARK_HAPPENING_PROFILE) |
                                                      PARK_HAPPENING_BIT(PARK_HAPPENING_LEVEL),
                                            .create = create,
                                            .destroy = destroy,
                                            .reset = reset,
                                            .happen = happen};
