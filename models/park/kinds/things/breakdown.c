#include "models/park/kinds/things/breakdown.h"

#include "sim/base/hash.h"
#include "sim/num/rng.h"
#include "sim/num/stats.h"

#include <math.h>
#include <stdlib.h>

enum { // purposes of draws; part of what a results file means: never renumber
    DRAW_UP = 1,
    DRAW_FIX = 2
};

enum phase {
    UP,      // waits for its failure
    WAITING, // broken; waits for the crew, or for its next shift
    FIXING
};

/** A mode in a run. */
struct mode {
    struct sim_rng up_draw, fix_draw;
    enum phase phase;
    bool ages;     // its time to failure is running
    sim_time left; // [us] to failure, or of repair, at `since`
    sim_time since;
    sim_ev event; // FAIL while it ages, REPAIRED while being fixed
    sim_job job;
};

struct process {
    int32_t first, count; // its modes in `by_process`
    bool runs;
    double share;
    struct sim_stats_timed down;
};

struct park_breakdowns {
    struct park_breakdown_opts opts;
    struct mode *modes;
    struct process *processes;
    int32_t *by_process; // modes, those of one process together
    struct sim_resource **crews;
};

static void index_modes(struct park_breakdowns *f)
{
    const struct park_breakdown_opts *o = &f->opts;
    for (int m = 0; m < o->mode_count; m++) {
        f->processes[o->modes[m].process].count++;
    }
    int32_t next = 0;
    for (int p = 0; p < o->process_count; p++) {
        f->processes[p].first = next;
        next += f->processes[p].count;
        f->processes[p].count = 0;
    }
    for (int m = 0; m < o->mode_count; m++) {
        struct process *p = &f->processes[o->modes[m].process];
        f->by_process[p->first + p->count++] = m;
    }
}

struct park_breakdowns *park_breakdown_create(const struct park_breakdown_opts *opts,
                                              sim_time start)
{
    struct park_breakdowns *f = sim_base_alloc(1, sizeof(*f));
    f->opts = *opts;
    f->modes = sim_base_alloc((size_t)opts->mode_count, sizeof(*f->modes));
    f->processes = sim_base_alloc((size_t)opts->process_count, sizeof(*f->processes));
    f->by_process = sim_base_alloc((size_t)opts->mode_count, sizeof(*f->by_process));
    f->crews = sim_base_alloc((size_t)opts->crew_count, sizeof(struct sim_resource *));
    for (int i = 0; i < opts->crew_count; i++) {
        struct sim_resource_opts r = sim_resource_opts_default();
        r.servers = opts->crews[i].size;
        r.closing = opts->crews[i].finishes ? SIM_RESOURCE_FINISH : SIM_RESOURCE_SUSPEND;
        r.calendar = opts->crews[i].calendar;
        f->crews[i] = sim_resource_create(&r, start);
    }
    index_modes(f);
    return f;
}

void park_breakdown_destroy(struct park_breakdowns *f)
{
    if (f == NULL) {
        return;
    }
    for (int i = 0; i < f->opts.crew_count; i++) {
        sim_resource_destroy(f->crews[i]);
    }
    free(f->crews);
    free(f->by_process);
    free(f->processes);
    free(f->modes);
    free(f);
}

/** At least a microsecond, so that a chain of events always moves on in time. */
static sim_time draw(const struct sim_dist *d, struct sim_rng *r)
{
    const double seconds = sim_dist_draw(d, r);
    const sim_time t = seconds < 9e12 ? sim_simtime_from_seconds(seconds) : SIM_TIME_NEVER;
    return t < 1 ? 1 : t;
}

/** Is the time to failure of a mode that is up running now? */
static bool should_age(const struct park_breakdowns *f, int32_t m)
{
    const struct park_breakdown_mode *def = &f->opts.modes[m];
    return f->modes[m].phase == UP && (!def->counts_operating || f->processes[def->process].runs);
}

/** Plan the end of the time left. */
static void plan(struct mode *mode, const struct park_clock *c, enum park_happening kind,
                 int32_t rank, int32_t m)
{
    mode->since = c->now;
    const bool fits = c->now <= 0 || mode->left < SIM_TIME_NEVER - c->now; // before 1970 it does
    const sim_time when = fits ? c->now + mode->left : SIM_TIME_NEVER;
    mode->event = park_happening_push(c, when, kind, rank, m);
}

/** Start or stop the clock of the time to failure, as the state asks. */
static void age(struct park_breakdowns *f, const struct park_clock *c, int32_t m)
{
    struct mode *mode = &f->modes[m];
    const bool ages = should_age(f, m);
    if (ages && !mode->ages) {
        plan(mode, c, PARK_HAPPENING_FAIL, f->opts.modes[m].rank, m);
    } else if (!ages && mode->ages && mode->phase == UP) {
        (void)sim_evq_cancel(c->queue, mode->event);
        mode->left -= c->now - mode->since;
    }
    mode->ages = ages;
}

void park_breakdown_reset(struct park_breakdowns *f, const struct park_clock *c, uint64_t seed,
                          uint64_t replication, bool antithetic)
{
    for (int i = 0; i < f->opts.crew_count; i++) {
        sim_resource_reset(f->crews[i], c->now);
        const sim_time turn = sim_resource_next_turn(f->crews[i], c->now);
        if (turn != SIM_TIME_NEVER) {
            (void)park_happening_push(c, turn, PARK_HAPPENING_CREW, f->opts.crews[i].rank, i);
        }
    }
    for (int p = 0; p < f->opts.process_count; p++) {
        f->processes[p].runs = false;
        f->processes[p].share = 1;
        sim_stats_timed_begin(&f->processes[p].down, c->now, 0);
    }
    for (int32_t m = 0; m < f->opts.mode_count; m++) {
        const uint64_t key = sim_hash_text(f->opts.modes[m].path, 0);
        struct mode *mode = &f->modes[m];
        *mode = (struct mode){.up_draw = sim_rng_make(seed, replication, key, DRAW_UP),
                              .fix_draw = sim_rng_make(seed, replication, key, DRAW_FIX)};
        mode->up_draw.is_antithetic = antithetic;
        mode->fix_draw.is_antithetic = antithetic;
        mode->left = draw(f->opts.modes[m].up, &mode->up_draw);
        age(f, c, m);
    }
}

void park_breakdown_runs(struct park_breakdowns *f, const struct park_clock *c, int32_t process,
                         bool runs)
{
    struct process *p = &f->processes[process];
    if (p->runs == runs) {
        return;
    }
    p->runs = runs;
    for (int i = 0; i < p->count; i++) {
        age(f, c, f->by_process[p->first + i]);
    }
}

/** The smallest share that the modes which are down leave. */
static void refresh_share(struct park_breakdowns *f, const struct park_clock *c, int32_t process)
{
    struct process *p = &f->processes[process];
    double share = 1;
    for (int i = 0; i < p->count; i++) {
        const int32_t m = f->by_process[p->first + i];
        if (f->modes[m].phase != UP) {
            share = fmin(share, f->opts.modes[m].leaves);
        }
    }
    p->share = share;
    sim_stats_timed_change(&p->down, c->now, 1 - share);
}

static void begin_work(struct park_breakdowns *f, const struct park_clock *c, int32_t m)
{
    f->modes[m].phase = FIXING;
    plan(&f->modes[m], c, PARK_HAPPENING_REPAIRED, f->opts.modes[m].rank, m);
}

static void pause_work(struct park_breakdowns *f, const struct park_clock *c, int32_t m,
                       const char *crew)
{
    struct mode *mode = &f->modes[m];
    (void)sim_evq_cancel(c->queue, mode->event);
    mode->left -= c->now - mode->since;
    mode->phase = WAITING;
    SIM_TRACE(c->trace, c->now, f->opts.modes[m].name, "repair pauses: the shift of '%s' ends",
              crew);
}

/** What the crew decided: work begins, goes on, or stops. */
static void take_notes(struct park_breakdowns *f, const struct park_clock *c, int32_t crew)
{
    const char *who = f->opts.crews[crew].name;
    struct sim_resource_note note;
    while (sim_resource_next_note(f->crews[crew], &note)) {
        const int32_t m = note.tag;
        f->modes[m].job = note.job;
        if (note.what == SIM_RESOURCE_SUSPENDED) {
            pause_work(f, c, m, who);
            continue;
        }
        begin_work(f, c, m);
        SIM_TRACE(c->trace, c->now, f->opts.modes[m].name,
                  "repair %s: '%s' is there, waited %.2f h",
                  note.what == SIM_RESOURCE_GRANTED ? "begins" : "goes on", who,
                  sim_simtime_to_seconds(note.waited_us) / 3600);
    }
}

static void fail(struct park_breakdowns *f, const struct park_clock *c, int32_t m)
{
    const struct park_breakdown_mode *def = &f->opts.modes[m];
    struct mode *mode = &f->modes[m];
    mode->phase = WAITING;
    mode->ages = false;
    mode->left = draw(def->fix, &mode->fix_draw);
    mode->since = c->now;
    SIM_TRACE(c->trace, c->now, def->name,
              "fails: %s time to failure has passed; %.3g %% of its capacity left",
              def->counts_operating ? "operating" : "calendar", 100 * def->leaves);
    if (def->crew < 0) {
        begin_work(f, c, m);
        return;
    }
    struct sim_resource *crew = f->crews[def->crew];
    mode->job = sim_resource_request(crew, c->now, def->priority, def->rank, m);
    if (c->trace != NULL && !sim_resource_is_held(crew, mode->job)) {
        sim_trace_say(c->trace, c->now, def->name, "waits for crew '%s': %s",
                      f->opts.crews[def->crew].name,
                      sim_resource_is_open(crew) ? "all are at work" : "not on shift");
    }
    take_notes(f, c, def->crew);
}

static void repaired(struct park_breakdowns *f, const struct park_clock *c, int32_t m)
{
    const struct park_breakdown_mode *def = &f->opts.modes[m];
    struct mode *mode = &f->modes[m];
    mode->phase = UP;
    mode->left = draw(def->up, &mode->up_draw);
    SIM_TRACE(c->trace, c->now, def->name, "is repaired");
    age(f, c, m);
    if (def->crew >= 0) {
        sim_resource_release(f->crews[def->crew], c->now, mode->job);
        mode->job = (sim_job){0};
        take_notes(f, c, def->crew);
    }
}

static void turn(struct park_breakdowns *f, const struct park_clock *c, const struct sim_event *e)
{
    struct sim_resource *crew = f->crews[e->arg];
    sim_resource_turn(crew, c->now);
    take_notes(f, c, e->arg);
    const sim_time next = sim_resource_next_turn(crew, c->now);
    if (next != SIM_TIME_NEVER) {
        (void)park_happening_push(c, next, PARK_HAPPENING_CREW, e->who, e->arg);
    }
}

int32_t park_breakdown_happen(struct park_breakdowns *f, const struct park_clock *c,
                              const struct sim_event *e)
{
    if (e->kind == PARK_HAPPENING_CREW) {
        turn(f, c, e);
        return -1;
    }
    SIM_REQUIRE(e->kind == PARK_HAPPENING_FAIL || e->kind == PARK_HAPPENING_REPAIRED,
                "a failure is told of an event that is not its own");
    if (e->kind == PARK_HAPPENING_FAIL) {
        fail(f, c, e->arg);
    } else {
        repaired(f, c, e->arg);
    }
    const int32_t process = f->opts.modes[e->arg].process;
    refresh_share(f, c, process);
    return process;
}

double park_breakdown_share(const struct park_breakdowns *f, int32_t process)
{
    return f->processes[process].share;
}

double park_breakdown_down_h(const struct park_breakdowns *f, sim_time now, int32_t process)
{
    return sim_stats_timed_integral(&f->processes[process].down, now) / 3600;
}

void park_breakdown_validate(const struct park_breakdowns *f, const struct park_clock *c)
{
    for (int i = 0; i < f->opts.crew_count; i++) {
        sim_resource_validate(f->crews[i]);
    }
    for (int32_t m = 0; m < f->opts.mode_count; m++) {
        const struct mode *mode = &f->modes[m];
        SIM_REQUIRE(mode->left >= 0, "a failure mode has less than no time left");
        SIM_REQUIRE(mode->ages == should_age(f, m), "a failure mode ages when it should not");
        const bool planned = sim_evq_is_waiting(c->queue, mode->event);
        const bool due = mode->phase == FIXING || mode->ages;
        SIM_REQUIRE(!planned || due, "a failure mode has an event that nothing will cause");
    }
}
