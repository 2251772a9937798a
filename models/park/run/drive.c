#include "models/park/run/drive.h"

#include "models/park/base/kinds.h"
#include "models/park/book/factors.h"
#include "models/park/net/build.h"
#include "sim/base/hash.h"
#include "sim/base/vec.h"
#include "sim/num/rng.h"
#include "sim/num/stats.h"
#include "sim/num/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { // purposes of draws; part of what a results file means: never renumber
    DRAW_LEVEL = 3
};

enum { // `arg` of PARK_HAPPENING_PROFILE below this is a profile, above a drawn level
    ARG_LEVELS = 1 << 24
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

struct park_drives {
    struct park_drive_parts parts;
    SIM_VEC(struct level) levels;
    struct follower *followers;                                // by profile
    bool *is_followed;                                         // by profile: somebody depends on it
    bool *is_used;                                             // by calendar
    bool *is_open;                                             // by calendar: now
    int32_t *level_of;                                         // by activity; -1: constant
    double *capacity;                                          // by activity: now
    struct sim_stats_timed *wanted;                            // by activity
    struct park_roster_lists by_calendar, by_target, by_level; // activities
    struct park_roster_lists levels_by_profile;
};

int32_t park_drive_target(const struct park *p, int32_t activity)
{
    const struct park_activity *a = &p->net->activities[activity];
    if (a->failure_count == 0) {
        return -1;
    }
    const struct park_failure *f = p->failures[a->first_failure];
    return f->process >= 0 ? f->process : p->process_count + f->link;
}

/** Whose level it is: activities of one link share the link's. */
static const char *level_path(const struct park *p, const struct park_activity *a)
{
    switch (a->kind) {
    case PARK_ACTIVITY_PROCESS:
        return p->processes[a->id]->path;
    case PARK_ACTIVITY_EXCHANGE:
    case PARK_ACTIVITY_EXIT: {
        const struct park_exchange *x = p->exchanges[a->id];
        return x->link >= 0 ? p->links[x->link]->path : x->path;
    }
    case PARK_ACTIVITY_PURCHASE:
    case PARK_ACTIVITY_SALE:
    case PARK_ACTIVITY_DISPOSAL:
    case PARK_ACTIVITY_SUPPLY:
    case PARK_ACTIVITY_DEMAND:
        break;
    }
    return p->offers[a->id]->path;
}

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
static void number_levels(struct park_drives *d)
{
    const struct park_net *net = d->parts.park->net;
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
        d->level_of[all[i].activity] = all[first].activity; // for now
    }
    for (int32_t a = 0; a < net->activity_count; a++) {
        if (d->level_of[a] == a) {
            const struct park_activity *x = &net->activities[a];
            SIM_VEC_PUSH(&d->levels,
                         (struct level){.def = x->level, .path = level_path(d->parts.park, x)});
            d->level_of[a] = d->levels.count - 1;
        } else if (d->level_of[a] >= 0) {
            d->level_of[a] = d->level_of[d->level_of[a]]; // of the first, numbered already
        }
    }
    free(all);
}

static void list_activities(struct park_drives *d)
{
    const struct park *p = d->parts.park;
    const int count = p->net->activity_count;
    int32_t *key = sim_base_alloc((size_t)count, sizeof(*key));
    for (int a = 0; a < count; a++) {
        key[a] = p->net->activities[a].calendar;
        if (key[a] >= 0) {
            d->is_used[key[a]] = true;
        }
    }
    park_roster_lists_init(&d->by_calendar, p->calendar_count, key, count);
    for (int a = 0; a < count; a++) {
        key[a] = park_drive_target(p, a);
    }
    park_roster_lists_init(&d->by_target, p->process_count + p->link_count, key, count);
    number_levels(d);
    park_roster_lists_init(&d->by_level, d->levels.count, d->level_of, count);
    free(key);
}

/** The profile that a value refers to, -1 if none. */
static int32_t profile_of(const struct park *p, const struct sim_value *v)
{
    const bool is_profile = v != NULL && v->form == SIM_VALUE_PROFILE;
    return is_profile ? PARK_ID(p, profile, park_profile, v->name) : -1;
}

static void list_levels(struct park_drives *d)
{
    int32_t *key = sim_base_alloc((size_t)d->levels.count, sizeof(*key));
    for (int i = 0; i < d->levels.count; i++) {
        key[i] = d->levels.data[i].def->profile;
        if (key[i] >= 0) {
            d->is_followed[key[i]] = true;
        }
    }
    park_roster_lists_init(&d->levels_by_profile, d->parts.park->profile_count, key,
                           d->levels.count);
    free(key);
}

/** A profile may be per energy of what moves. */
static double scale_of(const struct park *p, int32_t move, const struct sim_value *v,
                       int32_t profile)
{
    const bool is_same = sim_units_is_same(p->profiles[profile]->dim, v->dim);
    return is_same ? 1 : p->streams[p->net->moves[move].stream]->energy.si;
}

/** Factors of moves that follow a profile are the ledger's to book. */
static void follow_factors(struct park_drives *d)
{
    const struct park *p = d->parts.park;
    for (int32_t m = 0; m < p->net->move_count; m++) {
        for (int i = 0; i < PARK_LEDGER_FACTORS; i++) {
            const enum park_ledger_factor f = (enum park_ledger_factor)i;
            const struct sim_value *v = park_factors_value(p, m, f);
            const int32_t profile = profile_of(p, v);
            if (profile >= 0) {
                park_ledger_follow(d->parts.ledger, m, f, p->profiles[profile]->table,
                                   scale_of(p, m, v, profile) / park_factors_per(p, m, f));
            }
        }
    }
}

struct park_drives *park_drive_create(const struct park_drive_parts *parts)
{
    struct park_drives *d = sim_base_alloc(1, sizeof(*d));
    const struct park *p = parts->park;
    const size_t activities = (size_t)p->net->activity_count;
    d->parts = *parts;
    d->followers = sim_base_alloc((size_t)p->profile_count, sizeof(*d->followers));
    d->is_followed = sim_base_alloc((size_t)p->profile_count, sizeof(bool));
    d->is_used = sim_base_alloc((size_t)p->calendar_count, sizeof(bool));
    d->is_open = sim_base_alloc((size_t)p->calendar_count, sizeof(bool));
    d->level_of = sim_base_alloc(activities, sizeof(int32_t));
    d->capacity = sim_base_alloc(activities, sizeof(double));
    d->wanted = sim_base_alloc(activities, sizeof(*d->wanted));
    list_activities(d);
    list_levels(d);
    follow_factors(d);
    return d;
}

void park_drive_destroy(struct park_drives *d)
{
    if (d == NULL) {
        return;
    }
    park_roster_lists_fini(&d->by_calendar);
    park_roster_lists_fini(&d->by_target);
    park_roster_lists_fini(&d->by_level);
    park_roster_lists_fini(&d->levels_by_profile);
    SIM_VEC_FREE(&d->levels);
    free(d->followers);
    free(d->is_followed);
    free(d->is_used);
    free(d->is_open);
    free(d->level_of);
    free(d->capacity);
    free(d->wanted);
    free(d);
}

static double capacity_now(const struct park_drives *d, sim_time now, int32_t activity)
{
    const struct park_activity *a = &d->parts.park->net->activities[activity];
    const bool is_there = a->is_open && now >= a->from_us && now < a->until_us;
    if (!is_there || (a->calendar >= 0 && !d->is_open[a->calendar]) ||
        park_contract_is_spent(d->parts.contracts, activity)) {
        return 0;
    }
    const int32_t level = d->level_of[activity];
    const double most = level >= 0 ? d->levels.data[level].value : a->capacity;
    const int32_t target = park_drive_target(d->parts.park, activity);
    const double share = target >= 0 ? park_breakdown_share(d->parts.breakdowns, target) : 1;
    return share > 0 ? most * share : 0; // none of no limit is none
}

static void refresh(struct park_drives *d, sim_time now, int32_t activity)
{
    if (d->parts.park->net->activities[activity].kind == PARK_ACTIVITY_EXIT) {
        return; // what comes out of a pipe is what went in: delay.h
    }
    const double capacity = capacity_now(d, now, activity);
    if (capacity == d->capacity[activity]) {
        if (capacity == 0) {
            sim_flow_touch(d->parts.flow, activity); // it may stand still for another reason
        }
        return;
    }
    d->capacity[activity] = capacity;
    sim_flow_set_capacity(d->parts.flow, activity, capacity);
    if (d->parts.park->net->activities[activity].is_user) {
        sim_stats_timed_change(&d->wanted[activity], now, isfinite(capacity) ? capacity : 0);
    }
}

static void refresh_list(struct park_drives *d, sim_time now, const struct park_roster_lists *l,
                         int32_t key)
{
    for (int32_t i = l->first[key]; i < l->first[key + 1]; i++) {
        refresh(d, now, l->items[i]);
    }
}

/** Go to the piece of the profile that begins now; plan the next. */
static void follow(struct park_drives *d, const struct park_clock *c, int32_t profile)
{
    const struct park_profile *def = d->parts.park->profiles[profile];
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
    (void)park_happening_push(c, end, PARK_HAPPENING_PROFILE, d->parts.roster->profiles + profile,
                              profile);
}

/** Let all that depends on the profile follow its value. */
static void pass_on(struct park_drives *d, const struct park_clock *c, int32_t profile)
{
    const double value = d->followers[profile].value;
    const struct park_roster_lists *l = &d->levels_by_profile;
    for (int32_t i = l->first[profile]; i < l->first[profile + 1]; i++) {
        d->levels.data[l->items[i]].value = fmax(0, value);
        refresh_list(d, c->now, &d->by_level, l->items[i]);
    }
}

/** Draw the level of the span that begins now; plan the next. */
static void redraw(struct park_drives *d, const struct park_clock *c, int32_t index)
{
    struct level *level = &d->levels.data[index];
    const sim_time every = level->def->redraw_us;
    const int64_t span = every > 0 ? (c->now - d->parts.park->start_us) / every : 0;
    sim_rng_seek(&level->draw, (uint64_t)span);
    level->value = fmax(0, sim_dist_draw(level->def->dist, &level->draw));
    if (every > 0) {
        const int32_t who =
            d->parts.roster->activities[d->by_level.items[d->by_level.first[index]]];
        (void)park_happening_push(c, d->parts.park->start_us + (span + 1) * every,
                                  PARK_HAPPENING_PROFILE, who, ARG_LEVELS + index);
    }
}

static void reset_calendars(struct park_drives *d, const struct park_clock *c)
{
    for (int32_t i = 0; i < d->parts.park->calendar_count; i++) {
        const struct sim_calendar *times = d->parts.park->calendars[i]->times;
        d->is_open[i] = sim_calendar_is_open(times, c->now);
        const sim_time next = sim_calendar_next_change(times, c->now);
        if (d->is_used[i] && next != SIM_TIME_NEVER) {
            (void)park_happening_push(c, next, PARK_HAPPENING_CALENDAR,
                                      d->parts.roster->calendars + i, i);
        }
    }
}

static void reset_levels(struct park_drives *d, const struct park_clock *c, uint64_t seed,
                         uint64_t replication, bool antithetic)
{
    for (int32_t i = 0; i < d->levels.count; i++) {
        struct level *level = &d->levels.data[i];
        if (level->def->dist != NULL) {
            level->draw =
                sim_rng_make(seed, replication, sim_hash_text(level->path, 0), DRAW_LEVEL);
            level->draw.is_antithetic = antithetic;
            redraw(d, c, i);
        }
    }
    for (int32_t i = 0; i < d->parts.park->profile_count; i++) {
        d->followers[i] = (struct follower){.until = c->now};
        if (d->is_followed[i]) {
            follow(d, c, i);
        }
    }
}

static void reset_factors(struct park_drives *d)
{
    const struct park *p = d->parts.park;
    for (int32_t m = 0; m < p->net->move_count; m++) {
        for (int i = 0; i < PARK_LEDGER_FACTORS; i++) {
            const enum park_ledger_factor f = (enum park_ledger_factor)i;
            park_ledger_set(d->parts.ledger, m, f, park_factors_constant(p, m, f));
        }
    }
}

static void reset_dates(struct park_drives *d, const struct park_clock *c)
{
    const struct park *p = d->parts.park;
    for (int32_t a = 0; a < p->net->activity_count; a++) {
        const struct park_activity *def = &p->net->activities[a];
        const int32_t who = d->parts.roster->activities[a];
        if (def->from_us > c->now && def->from_us < p->until_us) {
            (void)park_happening_push(c, def->from_us, PARK_HAPPENING_DATE, who, a);
        }
        if (def->until_us > c->now && def->until_us < p->until_us) {
            (void)park_happening_push(c, def->until_us, PARK_HAPPENING_DATE, who, a);
        }
    }
}

void park_drive_reset(struct park_drives *d, const struct park_clock *c, uint64_t seed,
                      uint64_t replication, bool antithetic)
{
    const struct park *p = d->parts.park;
    reset_calendars(d, c);
    reset_dates(d, c);
    reset_levels(d, c, seed, replication, antithetic);
    reset_factors(d);
    for (int32_t a = 0; a < p->net->activity_count; a++) {
        d->capacity[a] = NAN; // whatever the flow has: set it
        sim_stats_timed_begin(&d->wanted[a], c->now, 0);
    }
    for (int32_t i = 0; i < p->profile_count; i++) {
        if (d->is_followed[i]) {
            pass_on(d, c, i);
        }
    }
    for (int32_t a = 0; a < p->net->activity_count; a++) {
        refresh(d, c->now, a);
    }
}

static void turn(struct park_drives *d, const struct park_clock *c, const struct sim_event *e)
{
    const struct park_calendar *def = d->parts.park->calendars[e->arg];
    d->is_open[e->arg] = sim_calendar_is_open(def->times, c->now);
    SIM_TRACE(c->trace, c->now, def->name, "calendar %s", d->is_open[e->arg] ? "opens" : "closes");
    refresh_list(d, c->now, &d->by_calendar, e->arg);
    const sim_time next = sim_calendar_next_change(def->times, c->now);
    if (next != SIM_TIME_NEVER) {
        (void)park_happening_push(c, next, PARK_HAPPENING_CALENDAR, e->who, e->arg);
    }
}

void park_drive_happen(struct park_drives *d, const struct park_clock *c, const struct sim_event *e)
{
    if (e->kind == PARK_HAPPENING_CALENDAR) {
        turn(d, c, e);
    } else if (e->kind == PARK_HAPPENING_DATE) {
        const struct park_activity *def = &d->parts.park->net->activities[e->arg];
        SIM_TRACE(c->trace, c->now, def->name, "%s: its date has come",
                  c->now >= def->until_us ? "ends" : "begins");
        refresh(d, c->now, e->arg);
    } else if (e->arg >= ARG_LEVELS) {
        const int32_t index = e->arg - ARG_LEVELS;
        redraw(d, c, index);
        refresh_list(d, c->now, &d->by_level, index);
    } else {
        follow(d, c, e->arg);
        pass_on(d, c, e->arg);
    }
}

void park_drive_hit(struct park_drives *d, const struct park_clock *c, int32_t target)
{
    refresh_list(d, c->now, &d->by_target, target);
}

void park_drive_turn(struct park_drives *d, const struct park_clock *c, int32_t activity)
{
    refresh(d, c->now, activity);
}

enum park_drive_idle park_drive_idle(const struct park_drives *d, sim_time now, int32_t activity)
{
    const struct park_activity *a = &d->parts.park->net->activities[activity];
    const int32_t target = park_drive_target(d->parts.park, activity);
    if (a->kind == PARK_ACTIVITY_EXIT || d->capacity[activity] > 0) {
        return PARK_DRIVE_RUNS;
    }
    if (!a->is_open) {
        return PARK_DRIVE_NOT_OPEN;
    }
    if (now < a->from_us || now >= a->until_us) {
        return PARK_DRIVE_DATES;
    }
    if (park_contract_is_spent(d->parts.contracts, activity)) {
        return PARK_DRIVE_SPENT;
    }
    if (target >= 0 && park_breakdown_share(d->parts.breakdowns, target) <= 0) {
        return PARK_DRIVE_BROKEN;
    }
    return a->calendar >= 0 && !d->is_open[a->calendar] ? PARK_DRIVE_CLOSED : PARK_DRIVE_ZERO;
}

const char *park_drive_idle_because(const struct park_drives *d, sim_time now, int32_t activity)
{
    static const char *const words[] = {[PARK_DRIVE_RUNS] = NULL,
                                        [PARK_DRIVE_NOT_OPEN] = "it is not open",
                                        [PARK_DRIVE_DATES] = "outside of its dates",
                                        [PARK_DRIVE_BROKEN] = "it is broken",
                                        [PARK_DRIVE_CLOSED] = "its calendar is closed",
                                        [PARK_DRIVE_ZERO] = "its capacity is 0 now"};
    const enum park_drive_idle idle = park_drive_idle(d, now, activity);
    return idle == PARK_DRIVE_SPENT ? park_contract_spent_words(d->parts.contracts, activity)
                                    : words[idle];
}

double park_drive_capacity(const struct park_drives *d, int32_t activity)
{
    return d->capacity[activity];
}

double park_drive_wanted(const struct park_drives *d, sim_time now, int32_t activity)
{
    return sim_stats_timed_integral(&d->wanted[activity], now);
}
