// Levels: capacities that follow a profile or are drawn.
//
// A profile that holds its values is followed exactly. A linear one becomes a staircase of `steps`
// pieces between two rows, each at its mean, so that what would flow if nothing else binds is exact
// over every row. Negative values count as none. A level with `redraw` is drawn at the start of the
// park and each such span later; draw number n belongs to span n, whatever happened before.
//
// Profiles whose tables change at the same instants (columns of one CSV) go at one pace, and levels
// that are drawn anew at the same instants in one round: one event for all, which is found, pushed
// and taken once, and counts as many.
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

/** Profiles that take their next value at the same instants, and the piece that holds now. */
struct pace {
    int32_t first;        // of the profiles: its table and rank stand for all
    sim_time from, until; // rows around now; until NEVER: no change any more
    int64_t piece;        // [-] of `steps` between them
    sim_time end;         // of this piece
};

/** Levels that are drawn anew at the same instants. */
struct round {
    sim_time every; // 0: only at the start
};

struct levels {
    struct park_part_of of;
    SIM_VEC(struct level) all;
    bool *is_followed; // by profile: somebody depends on it
    SIM_VEC(struct pace) paces;
    SIM_VEC(struct round) rounds;
    struct park_roster_lists at_pace;    // profiles that are followed, by pace
    struct park_roster_lists in_round;   // levels that are drawn, by round
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

/** Pieces between two rows. */
static int64_t steps_of(const struct park_profile *p)
{
    return p->between == SIM_TABLE1D_LINEAR && p->steps > 1 ? p->steps : 1;
}

static int32_t find_pace(const struct levels *d, const struct park_profile *p)
{
    for (int32_t i = 0; i < d->paces.count; i++) {
        const struct park_profile *q = d->of.park->profiles[d->paces.data[i].first];
        if (steps_of(p) == steps_of(q) && sim_table1d_is_in_step(p->table, q->table)) {
            return i;
        }
    }
    return d->paces.count;
}

static void list_paces(struct levels *d)
{
    const struct park *p = d->of.park;
    int32_t *key = sim_base_alloc((size_t)p->profile_count, sizeof(*key));
    for (int32_t i = 0; i < p->profile_count; i++) {
        key[i] = d->is_followed[i] ? find_pace(d, p->profiles[i]) : -1;
        if (key[i] == d->paces.count) {
            SIM_VEC_PUSH(&d->paces, (struct pace){.first = i});
        }
    }
    park_roster_lists_init(&d->at_pace, d->paces.count, key, p->profile_count);
    free(key);
}

static int32_t find_round(const struct levels *d, sim_time every)
{
    int32_t i = 0;
    while (i < d->rounds.count && d->rounds.data[i].every != every) {
        i++;
    }
    return i;
}

static void list_rounds(struct levels *d)
{
    int32_t *key = sim_base_alloc((size_t)d->all.count, sizeof(*key));
    for (int i = 0; i < d->all.count; i++) {
        const struct park_level *def = d->all.data[i].def;
        key[i] = def->dist != NULL ? find_round(d, def->redraw_us) : -1;
        if (key[i] == d->rounds.count) {
            SIM_VEC_PUSH(&d->rounds, (struct round){.every = def->redraw_us});
        }
    }
    park_roster_lists_init(&d->in_round, d->rounds.count, key, d->all.count);
    free(key);
}

static void *create(const struct park_part_of *of)
{
    struct levels *d = sim_base_alloc(1, sizeof(*d));
    const struct park *p = of->park;
    d->of = *of;
    d->is_followed = sim_base_alloc((size_t)p->profile_count, sizeof(bool));
    d->level_of = sim_base_alloc((size_t)p->net->activity_count, sizeof(int32_t));
    number_levels(d);
    park_roster_lists_init(&d->members, d->all.count, d->level_of, p->net->activity_count);
    list_levels(d);
    list_paces(d);
    list_rounds(d);
    return d;
}

static void destroy(void *s)
{
    struct levels *d = s;
    park_roster_lists_fini(&d->members);
    park_roster_lists_fini(&d->by_profile);
    park_roster_lists_fini(&d->at_pace);
    park_roster_lists_fini(&d->in_round);
    SIM_VEC_FREE(&d->all);
    SIM_VEC_FREE(&d->paces);
    SIM_VEC_FREE(&d->rounds);
    free(d->is_followed);
    free(d->level_of);
    free(d);
}

/** Go to the piece that begins now; plan the next. */
static void go_on(struct levels *d, const struct park_clock *c, int32_t index)
{
    struct pace *f = &d->paces.data[index];
    const struct park_profile *def = d->of.park->profiles[f->first];
    const int64_t steps = steps_of(def);
    if (c->now >= f->until) {
        f->from = c->now;
        f->until = sim_table1d_next(def->table, c->now);
        f->piece = 0;
    } else {
        f->piece++;
    }
    f->end = SIM_TIME_NEVER;
    if (f->until == SIM_TIME_NEVER) {
        return;
    }
    const sim_time span = f->until - f->from;
    f->end = f->from + (sim_time)((double)span * (double)(f->piece + 1) / (double)steps);
    if (f->piece + 1 >= steps || f->end <= c->now || f->end > f->until) {
        f->end = f->until;
    }
    (void)park_happening_push(c, f->end, PARK_HAPPENING_PROFILE, d->of.roster->profiles + f->first,
                              index);
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
static void pass_profile(struct levels *d, const struct park_clock *c, int32_t profile,
                         double value)
{
    for (int32_t i = d->by_profile.first[profile]; i < d->by_profile.first[profile + 1]; i++) {
        d->all.data[d->by_profile.items[i]].value = fmax(0, value);
        pass_level(d, c, d->by_profile.items[i]);
    }
}

/** All profiles of a pace take the values of the piece that begins now. */
static void follow(struct levels *d, const struct park_clock *c, int32_t index)
{
    go_on(d, c, index);
    const struct pace *f = &d->paces.data[index];
    const struct park_profile *first = d->of.park->profiles[f->first];
    const bool is_mean = f->end != SIM_TIME_NEVER && first->between == SIM_TABLE1D_LINEAR;
    const struct sim_table1d_spot spot = sim_table1d_find(first->table, c->now);
    for (int32_t i = d->at_pace.first[index]; i < d->at_pace.first[index + 1]; i++) {
        const int32_t profile = d->at_pace.items[i];
        const struct sim_table1d *table = d->of.park->profiles[profile]->table;
        const double value = is_mean ? sim_table1d_integral(table, c->now, f->end) /
                                           sim_simtime_to_seconds(f->end - c->now)
                                     : sim_table1d_at_spot(table, spot);
        pass_profile(d, c, profile, value);
    }
}

/** Draw the level of a span. */
static void redraw(struct levels *d, const struct park_clock *c, int32_t index, int64_t span)
{
    struct level *level = &d->all.data[index];
    sim_rng_seek(&level->draw, (uint64_t)span);
    level->value = fmax(0, sim_dist_draw(level->def->dist, &level->draw));
    pass_level(d, c, index);
}

/** Draw all levels of a round for the span that begins now; plan the next. */
static void go_round(struct levels *d, const struct park_clock *c, int32_t index)
{
    const sim_time every = d->rounds.data[index].every;
    const int64_t span = every > 0 ? (c->now - d->of.park->start_us) / every : 0;
    const int32_t *levels = d->in_round.items + d->in_round.first[index];
    const int32_t count = d->in_round.first[index + 1] - d->in_round.first[index];
    for (int32_t i = 0; i < count; i++) {
        redraw(d, c, levels[i], span);
    }
    if (every > 0) {
        const int32_t who = d->of.roster->activities[d->members.items[d->members.first[levels[0]]]];
        (void)park_happening_push(c, d->of.park->start_us + (span + 1) * every,
                                  PARK_HAPPENING_LEVEL, who, index);
    }
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
        }
    }
    for (int32_t i = 0; i < d->rounds.count; i++) {
        go_round(d, c, i);
    }
    for (int32_t i = 0; i < d->paces.count; i++) {
        d->paces.data[i].until = c->now;
        follow(d, c, i);
    }
}

static void happen(void *s, const struct park_clock *c, const struct sim_event *e)
{
    struct levels *d = s;
    const bool is_level = e->kind == PARK_HAPPENING_LEVEL;
    const int32_t *first = is_level ? d->in_round.first : d->at_pace.first;
    park_happening_join(c, first[e->arg + 1] - first[e->arg] - 1);
    if (is_level) {
        go_round(d, c, e->arg);
    } else {
        follow(d, c, e->arg);
    }
}

const struct park_part park_varying_part = {.name = "levels",
                                            .events = PARK_HAPPENING_BIT(PARK_HAPPENING_PROFILE) |
                                                      PARK_HAPPENING_BIT(PARK_HAPPENING_LEVEL),
                                            .create = create,
                                            .destroy = destroy,
                                            .reset = reset,
                                            .happen = happen};
