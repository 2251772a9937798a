#include "models/park/tell/why.h"

#include "models/park/base/amount.h"
#include "models/park/net/build.h"
#include "models/park/net/mover.h"
#include "models/park/out/results.h"
#include "models/park/trial/run.h"
#include "models/park/why/chain.h"
#include "models/park/why/held.h"
#include "sim/num/simtime.h"

#include <jansson.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SHOWN = 8 // [-] others named at a pool
};

const struct sim_option park_why_options[] = {
    {.name = "at", .value = "TIME", .help = "the instant, local time: \"2026-01-01 06:00\""},
    {.name = "design", .value = "NAME", .help = "of this design of the park [base]"},
    {.name = "seed", .value = "N", .help = "seed of the random numbers, instead of the park's"},
    {.name = "replication", .value = "N", .help = "which of the runs that differ by chance [0]"},
    {.name = "json", .help = "print one JSON object"},
    SIM_OPTION_END};

/** What is asked about. */
struct subject {
    int32_t activity; // -1: a pool
    int32_t pool;     // -1: an activity
};

// ---- Whom it is about ----

/** "kiln" is "brick.kiln". */
static bool is_called(const char *name, const char *wanted)
{
    const size_t length = strlen(name);
    const size_t asked = strlen(wanted);
    return strcmp(name, wanted) == 0 || (length > asked && (name[length - asked - 1] == '.') &&
                                         strcmp(name + length - asked, wanted) == 0);
}

/** The link's contract. */
static int32_t over_link(const struct park *p, const char *wanted)
{
    for (int32_t a = 0; a < p->net->activity_count; a++) {
        const struct park_activity *x = &p->net->activities[a];
        if (!x->mover->is_contract || x->mover->is_exit) {
            continue;
        }
        const int32_t link = p->exchanges[x->id]->link;
        if (link >= 0 && strcmp(p->links[link]->name, wanted) == 0) {
            return a;
        }
    }
    return -1;
}

/** How many fit; the last of them. Exact names win. */
static int find(const struct park *p, const char *wanted, struct subject *out)
{
    int count = 0;
    for (int32_t i = 0; i < p->net->activity_count + p->net->pool_count; i++) {
        const bool is_pool = i >= p->net->activity_count;
        const int32_t pool = i - p->net->activity_count;
        const char *name = is_pool ? p->net->pools[pool].name : p->net->activities[i].name;
        const struct subject it = {.activity = is_pool ? -1 : i, .pool = is_pool ? pool : -1};
        if (strcmp(name, wanted) == 0 ||
            (!is_pool && strcmp(p->net->activities[i].title, wanted) == 0)) {
            *out = it;
            return 1;
        }
        if (is_called(name, wanted)) {
            *out = it;
            count++;
        }
    }
    const int32_t link = count == 0 ? over_link(p, wanted) : -1;
    if (link >= 0) {
        *out = (struct subject){.activity = link, .pool = -1};
        return 1;
    }
    return count;
}

static enum sim_status no_such(const struct park *p, const char *wanted, bool several,
                               struct sim_err *err)
{
    char names[500] = "";
    size_t used = 0;
    int shown = 0;
    for (int32_t i = 0; i < p->net->activity_count + p->net->pool_count && shown < 12; i++) {
        const bool is_pool = i >= p->net->activity_count;
        const int32_t pool = i - p->net->activity_count;
        const char *name = is_pool ? p->net->pools[pool].name : p->net->activities[i].name;
        if (several ? is_called(name, wanted) : !is_pool || p->net->pools[pool].stock >= 0) {
            const int length =
                snprintf(names + used, sizeof(names) - used, "%s%s", used > 0 ? ", " : "", name);
            used =
                used + (size_t)length < sizeof(names) ? used + (size_t)length : sizeof(names) - 1;
            shown++;
        }
    }
    return sim_err_set(err, SIM_USAGE, "%s is called '%s'; there %s %s%s",
                       several ? "more than one" : "no process, contract, link, stock or junction",
                       wanted, shown == 1 ? "is" : "are", names, shown == 12 ? ", ..." : "");
}

// ---- In words ----

static const char *name_of(const struct park *p, int32_t port)
{
    return p->net->activities[p->net->ports[port].activity].name;
}

static const char *unit_at(const struct park *p, int32_t pool)
{
    return p->streams[p->net->pools[pool].stream]->unit;
}

/** "    served before it: works.city 0.3 t/h, ...": those who stand so to the port. */
static void print_others(const struct park_cause_view *v, const struct sim_sink *out, int32_t port,
                         enum park_chain_relation relation, const char *words)
{
    int32_t others[SHOWN];
    const int count = park_chain_others(v->park, port, relation, others, SHOWN);
    const char *unit = unit_at(v->park, v->park->net->ports[port].pool);
    if (count == 0 && relation != PARK_CHAIN_FACES) {
        return;
    }
    sim_sink_print(out, "    %s:%s", words, count == 0 ? " nobody" : "");
    for (int i = 0; i < count && i < SHOWN; i++) {
        sim_sink_print(out, "%s %s %.6g %s/h", i > 0 ? "," : "", name_of(v->park, others[i]),
                       park_cause_flow(v, others[i]), unit);
    }
    sim_sink_print(out, count > SHOWN ? ", and %d more\n" : "\n", count - SHOWN);
}

/** "    mill.yard is empty: 0 t of 30 t". */
static void print_pool(const struct park_cause_view *v, const struct sim_sink *out, int32_t pool)
{
    const struct park_pool *q = &v->park->net->pools[pool];
    const struct park_stream *s = v->park->streams[q->stream];
    sim_sink_print(out, "    %s ", q->name);
    if (q->stock < 0) {
        sim_sink_print(out, "%s\n",
                       q->link < 0 ? "is a junction: what comes in goes out at once"
                                   : park_cause_condition(v, pool));
        return;
    }
    const double most = v->park->stocks[q->stock]->capacity_si;
    sim_sink_print(out, "%s: %.6g %s", park_cause_condition(v, pool),
                   park_amount_in_unit(s, sim_flow_level(v->flow, pool)), s->unit);
    if (isfinite(most)) {
        sim_sink_print(out, " of %.6g %s", park_amount_in_unit(s, most), s->unit);
    }
    sim_sink_text(out, "\n");
}

static void print_step(const struct park_cause_view *v, const struct sim_sink *out,
                       const struct park_chain_step *step)
{
    const struct park *p = v->park;
    const struct park_activity *a = &p->net->activities[step->activity];
    const struct park_stream *s = park_mover_stream(p, step->activity);
    const double capacity = sim_rates_capacity(sim_flow_rates(v->flow), step->activity);
    const double rate = sim_flow_rate(v->flow, step->activity);
    char words[PARK_CAUSE_TEXT];
    sim_sink_print(out, "%s %s %.6g %s/h of %s", a->name, a->mover->verb,
                   park_mover_per_hour(p, step->activity, rate), s->unit, s->name);
    if (isfinite(capacity) && step->cause.port >= 0 && rate < capacity * (1 - 1e-9)) {
        sim_sink_print(out, "; it could %.6g", park_mover_per_hour(p, step->activity, capacity));
    }
    sim_sink_print(out, ": %s\n", park_cause_words(v, step->activity, step->cause, words));
    const int32_t port = step->cause.port;
    if (port < 0) {
        return;
    }
    const bool gives = p->net->ports[port].gives;
    print_pool(v, out, p->net->ports[port].pool);
    print_others(v, out, port, PARK_CHAIN_FACES, gives ? "who takes from it" : "who gives to it");
    print_others(v, out, port, PARK_CHAIN_BEFORE, gives ? "asked before" : "served before");
    print_others(v, out, port, PARK_CHAIN_SHARES, "shares with");
}

/** "which, had it run, is held by" was said: where it was short then, not what is there now. */
static void print_tried(const struct park_cause_view *v, const struct sim_sink *out,
                        const struct park_chain_step *step)
{
    const struct park *p = v->park;
    const struct park_net *n = p->net;
    const struct park_stream *s = park_mover_stream(p, step->activity);
    const int32_t port = step->cause.port;
    char words[PARK_CAUSE_TEXT];
    sim_sink_print(out, "%s at %.6g %s/h of %s: ", n->activities[step->activity].name,
                   park_mover_per_hour(p, step->activity, step->rate), s->unit, s->name);
    if (port < 0) {
        sim_sink_print(out, "%s\n", park_cause_words(v, step->activity, step->cause, words));
        return;
    }
    const struct park_pool *pool = &n->pools[n->ports[port].pool];
    sim_sink_print(out, "%s %s at %s\n", n->ports[port].gives ? "no more room for its" : "no more",
                   p->streams[pool->stream]->name, pool->name);
}

/** How a step follows from the one before. */
static const char *joint(const struct park_chain *c, int i)
{
    const bool begins = i > 0 && c->steps[i].is_tried && !c->steps[i - 1].is_tried;
    return i == 0   ? ""
           : begins ? "which, when it was last tried, was held by\n"
                    : "which is held by\n";
}

static void print_end(const struct park_cause_view *v, const struct sim_sink *out,
                      const struct park_chain *c)
{
    const struct park *p = v->park;
    const int32_t port = c->steps[c->count - 1].cause.port;
    const char *pool = port >= 0 ? p->net->pools[p->net->ports[port].pool].name : "";
    const bool gives = port >= 0 && p->net->ports[port].gives;
    switch (c->end) {
    case PARK_CHAIN_CAUSE:
        break;
    case PARK_CHAIN_DONE:
        sim_sink_print(out, "That is all: whoever %s %s does what it can.\n",
                       gives ? "takes from" : "gives to", pool);
        break;
    case PARK_CHAIN_NOBODY:
        sim_sink_print(out, "That is all: nobody %s %s.\n", gives ? "takes from" : "gives to",
                       pool);
        break;
    case PARK_CHAIN_CIRCLE:
        sim_sink_print(out,
                       "which is held by\n%s, again: a circle, which runs as high as the others at "
                       "its places let it.\n",
                       p->net->activities[c->back_to].name);
        break;
    case PARK_CHAIN_LONG:
        sim_sink_print(out, "... and so on (%d steps are shown).\n", PARK_CHAIN_MOST);
        break;
    }
}

/** All who deal with a pool, and why they do no more. */
static void print_around(const struct park_cause_view *v, const struct sim_sink *out, int32_t pool)
{
    const struct park_net *n = v->park->net;
    print_pool(v, out, pool);
    for (int side = 1; side >= 0; side--) {
        for (int32_t i = 0; i < n->port_count; i++) {
            char words[PARK_CAUSE_TEXT];
            if (n->ports[i].pool != pool || n->ports[i].gives != (side == 1)) {
                continue;
            }
            const int32_t a = n->ports[i].activity;
            const struct park_cause cause = park_cause_find(v, a, PARK_CAUSE_ANY);
            sim_sink_print(out, "    %s %s %.6g %s/h: %s\n", name_of(v->park, i),
                           side == 1 ? "gives" : "takes", park_cause_flow(v, i),
                           unit_at(v->park, pool), park_cause_words(v, a, cause, words));
        }
    }
}

/** What is held back of a process, and by what in the end. */
struct loss {
    double per_hour; // [unit of the stream]; 0: it is not held back
    const struct park_stream *stream;
    char cause[PARK_CAUSE_TEXT + 40];
};

static struct loss loss_of(const struct park_cause_view *v, int32_t activity)
{
    const struct park *p = v->park;
    const struct park_activity *a = &p->net->activities[activity];
    struct loss out = {.per_hour = 0};
    const struct park_held_now now = park_held_look(v, activity);
    if (now.rate > 0) {
        struct park_held_causes causes;
        out.stream = p->streams[park_held_stream(p, a->id)];
        out.per_hour = park_amount_in_unit(out.stream, now.rate) * 3600;
        park_held_causes_init(&causes, p);
        (void)snprintf(out.cause, sizeof(out.cause), "%s",
                       causes.names[park_held_causes_end(&causes, v, &now.chain)]);
        park_held_causes_fini(&causes);
    }
    return out;
}

static void print_loss(const struct park_cause_view *v, const struct sim_sink *out,
                       int32_t activity)
{
    const struct loss l = loss_of(v, activity);
    if (l.per_hour > 0) {
        sim_sink_print(out, "So %.6g %s/h of %s are held back  [%s]\n", l.per_hour, l.stream->unit,
                       l.stream->name, l.cause);
    }
}

static void tell_text(const struct park_cause_view *v, const struct sim_sink *out,
                      struct subject about)
{
    char when[SIM_SIMTIME_TEXT];
    sim_sink_print(out, "%s\n", sim_simtime_format(v->now, when));
    if (about.activity < 0) {
        print_around(v, out, about.pool);
        return;
    }
    const struct park_chain c = park_chain_follow(v, about.activity);
    for (int i = 0; i < c.count; i++) {
        sim_sink_text(out, joint(&c, i));
        (c.steps[i].is_tried ? print_tried : print_step)(v, out, &c.steps[i]);
    }
    print_end(v, out, &c);
    print_loss(v, out, about.activity);
}

// ---- As JSON ----

static void set(json_t *o, const char *key, json_t *value)
{
    (void)json_object_set_new(o, key, value);
}

/** NaN and infinity have no place in JSON: null. */
static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *activity_json(const struct park_cause_view *v, int32_t activity,
                             struct park_cause cause)
{
    static const char *const causes[] = {"idle",  "turndown", "capacity",
                                         "input", "output",   "unasked"};
    const struct park *p = v->park;
    const struct park_activity *a = &p->net->activities[activity];
    const double capacity = sim_rates_capacity(sim_flow_rates(v->flow), activity);
    char words[PARK_CAUSE_TEXT];
    json_t *o = json_object();
    set(o, "name", json_string(a->name));
    set(o, "rate", number(park_mover_per_hour(p, activity, sim_flow_rate(v->flow, activity))));
    set(o, "capacity", number(park_mover_per_hour(p, activity, capacity)));
    set(o, "nominal", number(park_mover_per_hour(p, activity, a->capacity)));
    set(o, "stream", json_string(park_mover_stream(p, activity)->name));
    set(o, "unit", json_sprintf("%s/h", park_mover_stream(p, activity)->unit));
    set(o, "cause", json_string(causes[cause.kind]));
    set(o, "because", json_string(park_cause_words(v, activity, cause, words)));
    return o;
}

static json_t *others_json(const struct park_cause_view *v, int32_t port,
                           enum park_chain_relation relation)
{
    const struct park *p = v->park;
    int32_t *others = sim_base_alloc((size_t)p->net->port_count, sizeof(int32_t));
    const int count = park_chain_others(p, port, relation, others, p->net->port_count);
    json_t *list = json_array();
    for (int i = 0; i < count; i++) {
        json_t *o = json_object();
        set(o, "name", json_string(name_of(p, others[i])));
        set(o, "flow", number(park_cause_flow(v, others[i])));
        (void)json_array_append_new(list, o);
    }
    free(others);
    return list;
}

static json_t *pool_json(const struct park_cause_view *v, int32_t pool)
{
    const struct park_pool *q = &v->park->net->pools[pool];
    const struct park_stream *s = v->park->streams[q->stream];
    json_t *o = json_object();
    set(o, "name", json_string(q->name));
    set(o, "stream", json_string(s->name));
    set(o, "unit", json_string(s->unit));
    set(o, "condition", json_string(park_cause_condition(v, pool)));
    if (q->stock >= 0) {
        set(o, "level", number(park_amount_in_unit(s, sim_flow_level(v->flow, pool))));
        set(o, "capacity", number(park_amount_in_unit(s, v->park->stocks[q->stock]->capacity_si)));
    }
    return o;
}

static json_t *step_json(const struct park_cause_view *v, const struct park_chain_step *step)
{
    json_t *o = activity_json(v, step->activity, step->cause);
    const int32_t port = step->cause.port;
    if (step->is_tried) {
        set(o, "tried", json_true());
        set(o, "rate", number(park_mover_per_hour(v->park, step->activity, step->rate)));
    }
    if (port >= 0) {
        json_t *pool = pool_json(v, v->park->net->ports[port].pool);
        const bool gives = v->park->net->ports[port].gives;
        set(pool, gives ? "takers" : "givers", others_json(v, port, PARK_CHAIN_FACES));
        set(pool, "before", others_json(v, port, PARK_CHAIN_BEFORE));
        set(pool, "shares", others_json(v, port, PARK_CHAIN_SHARES));
        set(o, "at", pool);
    }
    return o;
}

static json_t *around_json(const struct park_cause_view *v, int32_t pool)
{
    const struct park_net *n = v->park->net;
    json_t *o = pool_json(v, pool);
    json_t *sides[2] = {json_array(), json_array()};
    for (int32_t i = 0; i < n->port_count; i++) {
        if (n->ports[i].pool == pool) {
            const int32_t a = n->ports[i].activity;
            (void)json_array_append_new(sides[n->ports[i].gives ? 1 : 0],
                                        activity_json(v, a, park_cause_find(v, a, PARK_CAUSE_ANY)));
        }
    }
    set(o, "takers", sides[0]);
    set(o, "givers", sides[1]);
    return o;
}

static json_t *loss_json(const struct park_cause_view *v, int32_t activity)
{
    const struct loss l = loss_of(v, activity);
    json_t *o = json_object();
    set(o, "rate", number(l.per_hour));
    if (l.per_hour > 0) {
        set(o, "unit", json_sprintf("%s/h", l.stream->unit));
        set(o, "stream", json_string(l.stream->name));
        set(o, "cause", json_string(l.cause));
    }
    return o;
}

static void tell_json(const struct park_cause_view *v, const struct sim_sink *out,
                      struct subject about)
{
    static const char *const ends[] = {"cause", "all do what they can", "nobody", "circle", "long"};
    char when[SIM_SIMTIME_TEXT];
    json_t *o = json_object();
    set(o, "at", json_string(sim_simtime_format(v->now, when)));
    if (about.activity < 0) {
        set(o, "pool", around_json(v, about.pool));
    } else {
        const struct park_chain c = park_chain_follow(v, about.activity);
        json_t *steps = json_array();
        for (int i = 0; i < c.count; i++) {
            (void)json_array_append_new(steps, step_json(v, &c.steps[i]));
        }
        set(o, "steps", steps);
        set(o, "end", json_string(ends[c.end]));
        set(o, "held_back", loss_json(v, about.activity));
        if (c.back_to >= 0) {
            set(o, "back_to", json_string(v->park->net->activities[c.back_to].name));
        }
    }
    char *text = json_dumps(o, JSON_INDENT(2));
    sim_sink_print(out, "%s\n", text);
    free(text);
    json_decref(o);
}

// ---- The command ----

static enum sim_status read_time(const struct sim_model_call *call, sim_time *out,
                                 struct sim_err *err)
{
    const struct park *p = call->data;
    const char *text = sim_option_text(call->args, "at");
    if (text == NULL) {
        return sim_err_set(err, SIM_USAGE, "say when: --at \"2026-01-01 06:00\"");
    }
    if (sim_simtime_parse(text, out, err) != SIM_OK) {
        char *why = sim_base_strdup(err->text);
        const enum sim_status status = sim_err_set(err, SIM_USAGE, "--at: %s", why);
        free(why);
        return status;
    }
    if (*out < p->start_us || *out >= p->until_us) {
        char from[SIM_SIMTIME_TEXT];
        char until[SIM_SIMTIME_TEXT];
        return sim_err_set(err, SIM_USAGE, "--at %s: the park runs from %s until before %s", text,
                           sim_simtime_format(p->start_us, from),
                           sim_simtime_format(p->until_us, until));
    }
    return SIM_OK;
}

static enum sim_status read_trial(const struct sim_model_call *call, struct sim_trial *out,
                                  struct sim_err *err)
{
    const struct park *p = call->data;
    int64_t seed = (int64_t)p->seed;
    *out = (struct sim_trial){.seed = p->seed};
    SIM_TRY(sim_option_int(call->args, "seed", 0, INT64_MAX, &seed, err));
    SIM_TRY(sim_option_int(call->args, "replication", 0, INT64_MAX, &out->replication, err));
    out->seed = sim_option_is_given(call->args, "seed") ? (uint64_t)seed : p->seed;
    return SIM_OK;
}

static enum sim_status find_subject(const struct sim_model_call *call, struct subject *out,
                                    struct sim_err *err)
{
    const char *wanted = sim_option_positional(call->args, 1);
    const int found = find(call->data, wanted, out);
    return found == 1 ? SIM_OK : no_such(call->data, wanted, found > 1, err);
}

static enum sim_status run_and_tell(const struct sim_model_call *call, const struct sim_trial *t,
                                    sim_time at, struct subject about, struct sim_err *err)
{
    const struct park *p = call->data;
    struct sim_schema *schema = sim_schema_create();
    enum sim_status status = park_results_declare(&p, 1, NULL, NULL, schema, err);
    if (status == SIM_OK) {
        struct sim_row *row = sim_row_create(schema, SIM_SCHEMA_RUN);
        struct park_run *run = park_run_create(p, NULL, schema);
        struct park_cause_view v;
        status = park_run_to(run, t, at, row, &v, err);
        if (status == SIM_OK && sim_option_is_given(call->args, "json")) {
            tell_json(&v, call->out, about);
        } else if (status == SIM_OK) {
            tell_text(&v, call->out, about);
        }
        park_run_destroy(run);
        sim_row_destroy(row);
    }
    sim_schema_destroy(schema);
    return status;
}

enum sim_status park_why_act(const struct sim_model_call *call, struct sim_err *err)
{
    sim_time at = 0;
    struct sim_trial trial;
    struct subject about = {.activity = -1, .pool = -1};
    SIM_TRY(read_time(call, &at, err));
    SIM_TRY(read_trial(call, &trial, err));
    SIM_TRY(find_subject(call, &about, err));
    return run_and_tell(call, &trial, at, about, err);
}
