#include "models/park/trial/run.h"

#include "models/park/ask/responses.h"
#include "models/park/book/carbon.h"
#include "models/park/book/ledger.h"
#include "models/park/net/build.h"
#include "models/park/net/mover.h"
#include "models/park/net/roster.h"
#include "models/park/out/record.h"
#include "models/park/out/results.h"
#include "models/park/out/work.h"
#include "models/park/run/capacity.h"
#include "models/park/run/endless.h"
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

struct park_run {
    const struct park *park;
    const struct sim_schema *schema;
    struct park_results results;
    struct park_responses *responses; // NULL: none are wanted
    struct park_roster roster;
    struct sim_flow *flow;
    struct park_ledger *ledger;
    struct park_capacity *capacity;
    struct park_parts *parts;
    struct park_held *held;
    struct park_carbon *carbon; // NULL: nothing is passed
    struct park_recorder *recorder;
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

static sim_flow_on_change on_change;

struct park_run *park_run_create(const struct park *p, const struct sim_model_want *want,
                                 const struct sim_schema *schema)
{
    struct park_run *r = sim_base_alloc(1, sizeof(*r));
    r->park = p;
    r->schema = schema;
    park_results_bind(&r->results, p, p->layout, want, schema);
    r->responses = park_responses_bind(p, &r->results, want, schema);
    park_roster_init(&r->roster, p);
    r->flow = sim_flow_create(p->net->network);
    r->ledger = park_ledger_create(p);
    r->capacity = park_capacity_create(p, r->flow);
    r->parts = park_part_create(&(struct park_part_of){.park = p,
                                                       .roster = &r->roster,
                                                       .flow = r->flow,
                                                       .ledger = r->ledger,
                                                       .capacity = r->capacity});
    r->held = park_held_create(p, r->flow, r->capacity);
    r->was = sim_base_alloc((size_t)p->net->pool_count, 1);
    r->tried = sim_base_alloc((size_t)p->net->activity_count, sizeof(double));
    r->carbon = park_carbon_create(p, r->flow, r->ledger);
    r->recorder = park_record_create(&(struct park_record_parts){.park = p,
                                                                 .results = &r->results,
                                                                 .flow = r->flow,
                                                                 .ledger = r->ledger,
                                                                 .capacity = r->capacity,
                                                                 .held = r->held,
                                                                 .carbon = r->carbon});
    r->clock.queue = // grows where more than one event of each thing waits
        sim_evq_create(r->roster.count < SIM_EVQ_WAITING_MAX ? r->roster.count
                                                             : SIM_EVQ_WAITING_MAX);
    r->clock.events = &r->events;
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
    park_part_destroy(r->parts);
    park_capacity_destroy(r->capacity);
    park_ledger_destroy(r->ledger);
    sim_flow_destroy(r->flow);
    park_roster_fini(&r->roster);
    park_responses_unbind(r->responses);
    park_results_unbind(&r->results);
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
                                    .capacity = r->capacity,
                                    .tried = park_held_tried(r->held),
                                    .now = r->clock.now};
}

/** Tell the rate, and what it is set by. Only for the trace. */
static void say_why(struct park_run *r, int32_t activity, double rate)
{
    const struct park_cause_view v = view(r);
    const char *name = r->park->net->activities[activity].title;
    const struct park_stream *stream = park_mover_stream(r->park, activity);
    const struct park_cause cause = park_cause_find(&v, activity, PARK_CAUSE_ANY);
    char words[PARK_CAUSE_TEXT];
    (void)park_cause_words(&v, activity, cause, words);
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
    park_part_changed(r->parts, &r->clock, activity, after);
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
}

static enum sim_status settle(struct park_run *r, struct sim_err *err)
{
    do {
        r->bounds_are_said = false;
        if (sim_flow_settle(r->flow, err) != SIM_OK) {
            char when[SIM_SIMTIME_TEXT];
            return sim_err_wrap(err, "at %s", sim_simtime_format(r->clock.now, when));
        }
    } while (park_part_settled(r->parts, &r->clock));
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
    park_part_restart(r->parts, &r->clock);
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

static void happen(struct park_run *r, const struct sim_event *e)
{
    switch (e->kind) {
    case PARK_HAPPENING_RECORD:
        record(r, e);
        break;
    case PARK_HAPPENING_WARM:
        begin_recording(r);
        break;
    case PARK_HAPPENING_END:
        park_part_close(r->parts, &r->clock);
        park_record_interval(r->recorder, r->row, r->clock.now);
        r->is_over = true;
        break;
    default:
        park_part_happen(r->parts, &r->clock, e);
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
    park_capacity_reset(r->capacity, r->parts, p->start_us);
    park_part_reset(r->parts, &r->clock, t);
    park_capacity_open(r->capacity, p->start_us);
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
    park_part_validate(r->parts, &r->clock);
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
    while (!r->is_over && moves && sim_evq_pop_at(r->clock.queue, r->clock.now, &e)) {
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
        const struct park_record_span hours = park_record_hours(r->recorder, r->clock.now);
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
