#include "models/park/run/run.h"

#include "models/park/ask/responses.h"
#include "models/park/book/carbon.h"
#include "models/park/book/ledger.h"
#include "models/park/net/build.h"
#include "models/park/net/mover.h"
#include "models/park/net/roster.h"
#include "models/park/out/record.h"
#include "models/park/out/results.h"
#include "models/park/out/work.h"
#include "models/park/run/breakdown.h"
#include "models/park/run/delay.h"
#include "models/park/run/drive.h"
#include "models/park/run/endless.h"
#include "models/park/run/happening.h"
#include "models/park/why/cause.h"
#include "models/park/why/held.h"
#include "sim/flow/flow.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TICK_EVENTS = 1024 // [-] between two calls of the hooks
};

#define STANDS_STILL 1e-9 // [-] of the nominal capacity: slower than this is standing still

struct park_run {
    const struct park *park;
    const struct sim_schema *schema;
    struct park_layout *layout;
    struct park_results results;
    struct park_responses *responses; // NULL: none are wanted
    struct park_roster roster;
    struct sim_flow *flow;
    struct park_ledger *ledger;
    struct park_breakdowns *breakdowns;
    struct park_contracts *contracts;
    struct park_drives *drives;
    struct park_delays *delays;
    struct park_held *held;
    struct park_carbon *carbon; // NULL: nothing is passed
    struct park_recorder *recorder;
    struct park_failure_defs {
        struct park_breakdown_mode *modes;
        struct park_breakdown_crew *crews;
    } defs;
    int32_t *target_of; // by activity: whom its failures hit; -1
    int32_t *running;   // by target: activities that run
    bool *runs;         // by activity
    unsigned char *was; // by pool, for the trace: bit 0 empty, bit 1 full
    double *tried;      // by activity, for the trace: [1/s] told of its last trial; NAN: none
    bool bounds_are_said;
    struct park_clock clock;
    struct park_endless endless;
    struct sim_trace trace;
    const struct sim_model_hooks *hooks;
    struct sim_row *row;
    int64_t events;
    bool is_recording; // the warm-up is over
    bool is_over;
    park_run_tamper *tamper;
    void *tamper_user;
};

static void make_breakdowns(struct park_run *r)
{
    const struct park *p = r->park;
    const int modes = p->has_failures ? p->failure_count : 0;
    r->defs.modes = sim_base_alloc((size_t)modes, sizeof(*r->defs.modes));
    r->defs.crews = sim_base_alloc((size_t)p->crew_count, sizeof(*r->defs.crews));
    for (int i = 0; i < modes; i++) {
        const struct park_failure *f = p->failures[i];
        r->defs.modes[i] = (struct park_breakdown_mode){
            .path = f->path,
            .name = f->name,
            .rank = r->roster.failures + i,
            .process = f->process >= 0 ? f->process : p->process_count + f->link,
            .up = &f->up_dist,
            .fix = &f->repair_dist,
            .counts_operating = f->counts == PARK_COUNTS_OPERATING,
            .leaves = f->left,
            .crew = f->crew,
            .priority = 1};
    }
    for (int i = 0; i < p->crew_count; i++) {
        const struct park_crew *crew = p->crews[i];
        r->defs.crews[i] = (struct park_breakdown_crew){
            .name = crew->name,
            .rank = r->roster.crews + i,
            .size = (int)crew->size,
            .finishes = crew->closing == PARK_CLOSING_FINISH,
            .calendar = crew->calendar >= 0 ? p->calendars[crew->calendar]->times : NULL};
    }
    const struct park_breakdown_opts opts = {.modes = r->defs.modes,
                                             .mode_count = modes,
                                             .crews = r->defs.crews,
                                             .crew_count = p->crew_count,
                                             .process_count = p->process_count + p->link_count};
    r->breakdowns = park_breakdown_create(&opts, p->start_us);
}

/** Activities that failures may hit; without failures nobody. */
static void make_targets(struct park_run *r)
{
    const struct park *p = r->park;
    const size_t activities = (size_t)p->net->activity_count;
    r->target_of = sim_base_alloc(activities, sizeof(int32_t));
    r->runs = sim_base_alloc(activities, sizeof(bool));
    r->running = sim_base_alloc((size_t)p->process_count + (size_t)p->link_count, sizeof(int32_t));
    r->was = sim_base_alloc((size_t)p->net->pool_count, 1);
    r->tried = sim_base_alloc(activities, sizeof(double));
    for (int32_t a = 0; a < p->net->activity_count; a++) {
        r->target_of[a] = p->has_failures ? park_drive_target(p, a) : -1;
    }
}

static sim_flow_on_change on_change;

struct park_run *park_run_create(const struct park *p, const struct sim_model_want *want,
                                 const struct sim_schema *schema)
{
    struct park_run *r = sim_base_alloc(1, sizeof(*r));
    r->park = p;
    r->schema = schema;
    r->layout = park_layout_create(p);
    park_results_bind(&r->results, p, r->layout, want, schema);
    r->responses = park_responses_bind(p, &r->results, want, schema);
    park_roster_init(&r->roster, p);
    r->flow = sim_flow_create(p->net->network);
    r->ledger = park_ledger_create(p);
    make_breakdowns(r);
    make_targets(r);
    r->contracts = park_contract_create(p, &r->roster, r->flow, r->ledger);
    r->drives = park_drive_create(&(struct park_drive_parts){.park = p,
                                                             .roster = &r->roster,
                                                             .flow = r->flow,
                                                             .ledger = r->ledger,
                                                             .breakdowns = r->breakdowns,
                                                             .contracts = r->contracts});
    r->delays = park_delay_create(p, &r->roster, r->flow);
    r->held = park_held_create(p, r->flow, r->drives, r->breakdowns);
    r->carbon = park_carbon_create(p, r->flow, r->ledger);
    r->recorder = park_record_create(&(struct park_record_parts){.park = p,
                                                                 .results = &r->results,
                                                                 .flow = r->flow,
                                                                 .ledger = r->ledger,
                                                                 .drives = r->drives,
                                                                 .breakdowns = r->breakdowns,
                                                                 .held = r->held,
                                                                 .carbon = r->carbon});
    r->clock.queue =
        sim_evq_create(4 * (r->roster.count < SIM_EVQ_WAITING_MAX / 4 ? r->roster.count
                                                                      : SIM_EVQ_WAITING_MAX / 4));
    sim_flow_watch(r->flow, on_change, r);
    return r;
}

void park_run_destroy(struct park_run *r)
{
    if (r == NULL) {
        return;
    }
    sim_evq_destroy(r->clock.queue);
    park_record_destroy(r->recorder);
    park_carbon_destroy(r->carbon);
    park_held_destroy(r->held);
    park_delay_destroy(r->delays);
    park_drive_destroy(r->drives);
    park_contract_destroy(r->contracts);
    park_breakdown_destroy(r->breakdowns);
    park_ledger_destroy(r->ledger);
    sim_flow_destroy(r->flow);
    park_roster_fini(&r->roster);
    park_responses_unbind(r->responses);
    park_results_unbind(&r->results);
    park_layout_destroy(r->layout);
    free(r->defs.modes);
    free(r->defs.crews);
    free(r->target_of);
    free(r->running);
    free(r->runs);
    free(r->was);
    free(r->tried);
    free(r);
}

void park_run_set_tamper(struct park_run *r, park_run_tamper *tamper, void *user)
{
    r->tamper = tamper;
    r->tamper_user = user;
}

static struct park_cause_view view(const struct park_run *r)
{
    return (struct park_cause_view){.park = r->park,
                                    .flow = r->flow,
                                    .drives = r->drives,
                                    .breakdowns = r->breakdowns,
                                    .now = r->clock.now};
}

/** Tell the rate, and what it is set by. Only for the trace. */
static void say_why(struct park_run *r, int32_t activity, double rate)
{
    const struct park_cause_view v = view(r);
    char name[PARK_CAUSE_TEXT];
    const struct park_stream *stream = park_mover_stream(r->park, activity);
    const struct park_cause cause = park_cause_find(&v, activity, PARK_CAUSE_ANY);
    char words[PARK_CAUSE_TEXT];
    (void)park_cause_words(&v, activity, cause, words);
    (void)park_mover_title(r->park, activity, name);
    if (cause.kind == PARK_CAUSE_IDLE) {
        sim_trace_say(r->clock.trace, r->clock.now, name, "stands still: %s", words);
    } else {
        sim_trace_say(r->clock.trace, r->clock.now, name, "%.6g %s/h of %s: %s",
                      park_mover_per_hour(r->park, activity, rate), stream->unit, stream->name,
                      words);
    }
}

/** Say what the units that are off by their turndown would do, where that is another than was told.
 * Only for the trace. */
static void say_trials(struct park_run *r)
{
    for (int32_t a = 0; r->clock.trace != NULL && a < r->park->net->activity_count; a++) {
        struct sim_flow_trial t;
        const bool is_off = sim_flow_trial_of(r->flow, a, &t);
        if (is_off && t.rate != r->tried[a]) {
            say_why(r, a, 0);
        }
        r->tried[a] = is_off ? t.rate : (double)NAN;
    }
}

/** Say which stocks ran empty or full; with `left` also which left that state: the former is a
 * cause of rates, the latter follows from them. Only for the trace. */
static void say_bounds(struct park_run *r, bool left)
{
    for (int32_t p = 0; r->clock.trace != NULL && p < r->park->net->pool_count; p++) {
        const struct park_pool *pool = &r->park->net->pools[p];
        if (pool->stock < 0 && pool->link < 0) {
            continue;
        }
        const bool is_empty = sim_flow_is_empty(r->flow, p);
        const bool is_full = sim_flow_is_full(r->flow, p);
        const unsigned char is = (unsigned char)((is_empty ? 1 : 0) | (is_full ? 2 : 0));
        if (is != r->was[p] && (left || is != 0)) {
            r->was[p] = is;
            sim_trace_say(r->clock.trace, r->clock.now, pool->name, "%s",
                          is_empty  ? "is empty"
                          : is_full ? "is full"
                                    : "is between empty and full");
        }
    }
}

/** The network tells of a rate that changed. */
static void on_change(void *user, sim_time now, int32_t activity, double before, double after)
{
    struct park_run *r = user;
    (void)now;
    (void)before;
    if (activity >= r->park->net->activity_count) {
        return; // the network's own, beside those of the park
    }
    (void)park_delay_changed(r->delays, &r->clock, activity, after);
    park_contract_changed(r->contracts, &r->clock, activity, after);
    park_ledger_changed(r->ledger, r->flow, activity);
    if (r->clock.trace != NULL) {
        if (!r->bounds_are_said) {
            say_bounds(r, false);
            r->bounds_are_said = true;
        }
        say_why(r, activity, after);
        struct sim_flow_trial t;
        r->tried[activity] = sim_flow_trial_of(r->flow, activity, &t) ? t.rate : (double)NAN;
    }
    const int32_t target = r->target_of[activity];
    const double nominal = r->park->net->activities[activity].capacity;
    const bool runs = after > (isfinite(nominal) ? STANDS_STILL * nominal : 0);
    if (target >= 0 && runs != r->runs[activity]) {
        r->runs[activity] = runs;
        r->running[target] += runs ? 1 : -1;
        park_breakdown_runs(r->breakdowns, &r->clock, target, r->running[target] > 0);
    }
}

static enum sim_status settle(struct park_run *r, struct sim_err *err)
{
    do {
        r->bounds_are_said = false;
        if (sim_flow_settle(r->flow, err) != SIM_OK) {
            char when[SIM_SIMTIME_TEXT];
            return sim_err_wrap(err, "at %s", sim_simtime_format(r->clock.now, when));
        }
    } while (park_delay_catch_up(r->delays, &r->clock));
    park_held_settle(r->held, r->clock.now);
    say_bounds(r, true);
    say_trials(r);
    return SIM_OK;
}

static void begin_recording(struct park_run *r)
{
    r->is_recording = true;
    park_carbon_pause(r->carbon, r->clock.now);
    park_ledger_restart(r->ledger, r->flow);
    park_carbon_resume(r->carbon);
    park_contract_restart(r->contracts, r->clock.now);
    park_held_restart(r->held, r->clock.now);
    park_record_begin(r->recorder, r->row, r->clock.now);
    const int64_t count = r->results.intervals;
    if (count > 1) {
        (void)park_happening_push(&r->clock, park_results_boundary(r->park, 1),
                                  PARK_HAPPENING_RECORD, 0, 1);
    }
}

static void record(struct park_run *r, const struct sim_event *e)
{
    park_record_interval(r->recorder, r->row, r->clock.now);
    if (e->arg + 1 < r->results.intervals) {
        (void)park_happening_push(&r->clock, park_results_boundary(r->park, e->arg + 1),
                                  PARK_HAPPENING_RECORD, 0, e->arg + 1);
    }
}

/** What is counted by the calendar has changed: the capacities follow. */
static void turn_contracts(struct park_run *r, const struct sim_event *e)
{
    park_contract_happen(r->contracts, &r->clock, e);
    for (int i = 0; i < park_contract_count(r->contracts); i++) {
        park_drive_turn(r->drives, &r->clock, park_contract_activity(r->contracts, i));
    }
}

static void happen(struct park_run *r, const struct sim_event *e)
{
    switch ((enum park_happening)e->kind) {
    case PARK_HAPPENING_RECORD:
        record(r, e);
        break;
    case PARK_HAPPENING_WARM:
        begin_recording(r);
        break;
    case PARK_HAPPENING_END:
        park_contract_close(r->contracts, &r->clock);
        park_record_interval(r->recorder, r->row, r->clock.now);
        r->is_over = true;
        break;
    case PARK_HAPPENING_SPAN:
    case PARK_HAPPENING_LIMIT:
        turn_contracts(r, e);
        break;
    case PARK_HAPPENING_CALENDAR:
    case PARK_HAPPENING_DATE:
    case PARK_HAPPENING_PROFILE:
        park_drive_happen(r->drives, &r->clock, e);
        break;
    case PARK_HAPPENING_REPAIRED:
    case PARK_HAPPENING_CREW:
    case PARK_HAPPENING_FAIL: {
        const int32_t target = park_breakdown_happen(r->breakdowns, &r->clock, e);
        if (target >= 0) {
            park_drive_hit(r->drives, &r->clock, target);
        }
        break;
    }
    case PARK_HAPPENING_EXIT:
        park_delay_happen(r->delays, &r->clock, e);
        break;
    case PARK_HAPPENING_KINDS:
        SIM_REQUIRE(false, "an event of no kind");
    }
}

static void reset(struct park_run *r, const struct sim_trial *t)
{
    const struct park *p = r->park;
    r->clock.now = p->start_us;
    r->clock.end = p->until_us;
    r->events = 0;
    r->is_recording = false;
    r->is_over = false;
    memset(r->runs, 0, (size_t)p->net->activity_count * sizeof(*r->runs));
    memset(r->running, 0, ((size_t)p->process_count + (size_t)p->link_count) * sizeof(*r->running));
    memset(r->was, 0, (size_t)p->net->pool_count);
    for (int32_t a = 0; a < p->net->activity_count; a++) {
        r->tried[a] = NAN;
    }
    park_endless_reset(&r->endless, p, &r->roster);
    sim_evq_reset(r->clock.queue, p->start_us);
    sim_flow_reset(r->flow, p->start_us, p->net->initial);
    park_held_reset(r->held, p->start_us);
    park_ledger_restart(r->ledger, r->flow);
    park_carbon_reset(r->carbon, p->start_us);
    const uint64_t replication = (uint64_t)t->replication;
    park_breakdown_reset(r->breakdowns, &r->clock, t->seed, replication, t->antithetic);
    park_contract_reset(r->contracts, &r->clock);
    park_drive_reset(r->drives, &r->clock, t->seed, replication, t->antithetic);
    park_delay_reset(r->delays, &r->clock);
    if (p->warm_us <= p->start_us) {
        begin_recording(r);
    } else {
        (void)park_happening_push(&r->clock, p->warm_us, PARK_HAPPENING_WARM, 0, 0);
    }
    (void)park_happening_push(&r->clock, p->until_us, PARK_HAPPENING_END, 0, 0);
}

#ifdef ECO_VALIDATE
/** Rates within their capacities, levels within their stocks. */
static void validate_flow(const struct park_run *r)
{
    const struct park_net *net = r->park->net;
    for (int32_t a = 0; a < net->activity_count; a++) {
        const double rate = sim_flow_rate(r->flow, a);
        const double most = sim_rates_capacity(sim_flow_rates(r->flow), a);
        SIM_REQUIRE(rate >= 0 && rate <= most * (1 + 1e-9), "a rate is outside of its capacity");
    }
    for (int32_t p = 0; p < net->pool_count; p++) {
        const int32_t stock = net->pools[p].stock;
        const double level = sim_flow_level(r->flow, p);
        const double most = stock >= 0 ? r->park->stocks[stock]->capacity_si : (double)INFINITY;
        SIM_REQUIRE(level >= -1e-9 * r->park->net->initial[p] - 1e-6 && level <= most * (1 + 1e-9),
                    "a level is outside of its stock");
    }
}
#endif

/** ECO_VALIDATE: walk the whole state. */
static void validate(const struct park_run *r)
{
#ifdef ECO_VALIDATE
    sim_evq_validate(r->clock.queue);
    park_breakdown_validate(r->breakdowns, &r->clock);
    park_held_validate(r->held);
    validate_flow(r);
#else
    (void)r;
#endif
}

/** All that is planned for now; false when time hardly moves. */
static bool happen_all(struct park_run *r)
{
    struct sim_event e;
    bool moves = true;
    while (!r->is_over && moves && sim_evq_peek(r->clock.queue, &e) && e.when == r->clock.now) {
        (void)sim_evq_pop(r->clock.queue, &e);
        r->events++;
        moves = park_endless_add(
            &r->endless, r->clock.now,
            (struct park_endless_event){.kind = e.kind, .who = e.who, .arg = e.arg});
        happen(r, &e);
    }
    return moves;
}

/** The stock that reaches a bound now; false when time hardly moves. */
static bool happen_bound(struct park_run *r)
{
    r->events++;
    return park_endless_add(&r->endless, r->clock.now,
                            (struct park_endless_event){.kind = PARK_ENDLESS_BOUND,
                                                        .who = sim_flow_next_pool(r->flow)});
}

/** Let time pass to `now`. Months end between two events, and are none. */
static void advance(struct park_run *r, sim_time now)
{
    while (park_carbon_next(r->carbon) <= now) {
        const sim_time month = park_carbon_next(r->carbon);
        sim_flow_advance(r->flow, month);
        if (r->is_recording) {
            park_record_month(r->recorder, r->row, month);
        } else {
            park_carbon_close(r->carbon, month);
        }
    }
    sim_flow_advance(r->flow, now);
}

/** Go to the next instant, let all happen that happens then, and settle. */
static enum sim_status step(struct park_run *r, struct sim_err *err)
{
    struct sim_event e;
    const bool is_planned = sim_evq_peek(r->clock.queue, &e);
    SIM_REQUIRE(is_planned, "a run has no end");
    const sim_time bound = sim_flow_next(r->flow);
    r->clock.now = e.when < bound ? e.when : bound;
    bool moves = bound > r->clock.now || happen_bound(r);
    advance(r, r->clock.now);
    moves = moves && happen_all(r);
    if (!moves) {
        return park_endless_tell(&r->endless, r->park, &r->roster, err);
    }
    if (r->is_over) {
        return SIM_OK;
    }
    SIM_TRY(settle(r, err));
    validate(r);
    return SIM_OK;
}

static enum sim_status finish(struct park_run *r, struct sim_err *err)
{
    park_record_month(r->recorder, r->row, r->clock.now);
    park_ledger_post(r->ledger, r->flow);
    if (r->tamper != NULL) {
        r->tamper(r->tamper_user, r->ledger);
    }
    SIM_TRY(park_ledger_check(r->ledger, r->flow, err));
    park_record_totals(r->recorder, r->row, r->clock.now);
    if (r->responses != NULL) {
        const struct park_responses_hours hours = park_record_hours(r->recorder, r->clock.now);
        park_responses_put(r->responses, &hours, r->row);
    }
    const struct sim_rates_work work = sim_rates_work_done(sim_flow_rates(r->flow));
    park_work_put(r->schema, r->row, &work);
    return SIM_OK;
}

/** Tell the hooks how far it is; true: stop. */
static bool should_stop(const struct park_run *r)
{
    if (r->hooks->tick != NULL) {
        r->hooks->tick(r->hooks->user, r->clock.now, r->events);
    }
    return r->hooks->is_stopped != NULL && r->hooks->is_stopped(r->hooks->user);
}

static void say_line(void *user, const char *line)
{
    const struct sim_sink *sink = user;
    sim_sink_text(sink, line);
    sim_sink_text(sink, "\n");
}

static void open_trace(struct park_run *r, const struct sim_model_hooks *hooks)
{
    r->clock.trace = NULL;
    if (hooks->trace != NULL) {
        union {
            const void *in;
            void *out;
        } user = {.in = hooks->trace}; // the trace only passes it on to say_line
        r->trace = (struct sim_trace){.sink = say_line, .user = user.out};
        r->clock.trace = &r->trace;
    }
}

enum sim_status park_run_to(struct park_run *r, const struct sim_trial *trial, sim_time at,
                            struct sim_row *row, struct park_cause_view *out, struct sim_err *err)
{
    static const struct sim_model_hooks none = {.trace = NULL};
    struct sim_event e;
    SIM_REQUIRE(at >= r->park->start_us && at < r->park->until_us, "an instant outside of the run");
    r->hooks = &none;
    r->row = row;
    open_trace(r, &none);
    reset(r, trial);
    enum sim_status status = settle(r, err);
    while (status == SIM_OK &&
           ((sim_evq_peek(r->clock.queue, &e) && e.when <= at) || sim_flow_next(r->flow) <= at)) {
        status = step(r, err);
    }
    if (status == SIM_OK) {
        sim_flow_advance(r->flow, at);
        r->clock.now = at;
    }
    *out = view(r);
    return status;
}

enum sim_status park_run_trial(struct park_run *r, const struct sim_trial *trial,
                               const struct sim_model_hooks *hooks, struct sim_row *row,
                               struct sim_model_end *out_end, struct sim_err *err)
{
    static const struct sim_model_hooks none = {.trace = NULL};
    r->hooks = hooks != NULL ? hooks : &none;
    r->row = row;
    open_trace(r, r->hooks);
    reset(r, trial);
    enum sim_status status = settle(r, err);
    int64_t next_tick = TICK_EVENTS;
    while (status == SIM_OK && !r->is_over) {
        status = step(r, err);
        if (status == SIM_OK && r->events >= next_tick) {
            next_tick = r->events + TICK_EVENTS;
            if (should_stop(r)) {
                status = sim_err_set(err, SIM_STOPPED, "the run was stopped");
            }
        }
    }
    if (status == SIM_OK) {
        status = finish(r, err);
    }
    *out_end = (struct sim_model_end){.events = r->events, .reached_us = r->clock.now};
    return status;
}
