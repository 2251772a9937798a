#include "models/park/tell/tell.h"

#include "models/park/out/results.h"
#include "models/park/out/work.h"
#include "models/park/tell/books_text.h"
#include "sim/base/number.h"

#include <jansson.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LARGEST = 8 // [-] flows shown of each unit
};

/** A link and what it came to. */
struct told {
    const struct park_layout_link *link;
    double amount, half_width, unserved, co2e; // [own unit], [t]
    double money, take_or_pay, carriage;       // [money]
};

/** All that the summaries read. */
struct summary {
    const struct park *park;
    const struct park_layout *layout;
    struct park_results results;
    const struct sim_outcome *outcome;
    struct told *links;
};

static double value_of(const struct sim_row *row, int var, int32_t at)
{
    return row != NULL && var >= 0 ? sim_row_f64_const(row, var)[at] : (double)NAN;
}

static void open_summary(struct summary *s, const struct park *p, const struct sim_outcome *o)
{
    *s = (struct summary){.park = p, .outcome = o, .layout = p->layout};
    park_results_bind(&s->results, p, s->layout, NULL, o->schema);
    s->links = sim_base_alloc((size_t)s->layout->link_count, sizeof(*s->links));
    for (int i = 0; i < s->layout->link_count; i++) {
        const struct park_layout_link *link = &s->layout->links[i];
        const struct park_results_unit *unit = &s->results.units[link->unit];
        const int32_t at = s->results.link_at[i];
        const int32_t entry = s->results.entry_at[i];
        s->links[i] = (struct told){
            .link = link,
            .amount = value_of(o->mean, unit->flow_total, at),
            .half_width = value_of(o->half_width, unit->flow_total, at),
            .unserved = value_of(o->mean, unit->unserved, at),
            .co2e = value_of(o->mean, s->results.column[PARK_COLUMN_CO2E], entry),
            .money = value_of(o->mean, s->results.column[PARK_COLUMN_PRICE], entry),
            .take_or_pay = value_of(o->mean, s->results.column[PARK_COLUMN_TAKE_OR_PAY], entry),
            .carriage = value_of(o->mean, s->results.column[PARK_COLUMN_CARRIAGE], entry)};
    }
}

static void close_summary(struct summary *s)
{
    free(s->links);
    park_results_unbind(&s->results);
}

static const char *unit_of(const struct summary *s, const struct park_layout_link *link)
{
    return s->layout->units[link->unit].text;
}

static const char *stream_of(const struct summary *s, const struct park_layout_link *link)
{
    return s->park->streams[link->stream]->name;
}

static bool is_internal(const struct park_layout_link *link)
{
    return strcmp(link->kind, "internal") == 0;
}

static int by_amount(const void *a, const void *b)
{
    const struct told *x = a;
    const struct told *y = b;
    if (x->link->unit != y->link->unit) { // a tonne is not more than a cubic metre
        return x->link->unit - y->link->unit;
    }
    if (x->amount != y->amount) {
        return x->amount > y->amount ? -1 : 1;
    }
    return strcmp(x->link->label, y->link->label);
}

static void print_link(const struct summary *s, const struct told *t, const struct sim_sink *out)
{
    char amount[SIM_NUMBER_TEXT];
    char width[SIM_NUMBER_TEXT];
    sim_sink_print(out, "  %14s %-4s %s", sim_number_text(t->amount, amount), unit_of(s, t->link),
                   t->link->label);
    if (isfinite(t->half_width)) {
        sim_sink_print(out, " +- %s", sim_number_text(t->half_width, width));
    }
    sim_sink_print(out, "  [%s]\n", t->link->kind);
}

static void print_flows(const struct summary *s, const struct sim_sink *out)
{
    const int count = s->layout->link_count;
    struct told *sorted = sim_base_alloc((size_t)count, sizeof(*sorted));
    int outer = 0;
    for (int i = 0; i < count; i++) {
        if (!is_internal(s->links[i].link) && s->links[i].amount > 0) {
            sorted[outer++] = s->links[i];
        }
    }
    if (outer > 0) {
        qsort(sorted, (size_t)outer, sizeof(*sorted), by_amount);
    }
    sim_sink_text(out, outer > 0 ? "" : "Largest flows: none\n");
    int shown = 0; // of this unit; amounts of two units do not compare, so each has its heading
    for (int i = 0; i < outer; i++) {
        const bool is_same = i > 0 && sorted[i].link->unit == sorted[i - 1].link->unit;
        shown = is_same ? shown + 1 : 1;
        if (!is_same) {
            sim_sink_print(out, "Largest flows in %s\n", unit_of(s, sorted[i].link));
        }
        if (shown <= LARGEST) {
            print_link(s, &sorted[i], out);
        } else if (i + 1 == outer || sorted[i + 1].link->unit != sorted[i].link->unit) {
            sim_sink_print(out, "  ... and %d more in %s\n", shown - LARGEST,
                           unit_of(s, sorted[i].link));
        }
    }
    free(sorted);
}

/** [-] The least power of ten that no stream's residual exceeds in any run, relative to its (mean)
 * throughput. 0 where all close exactly. Residuals of several runs have both signs: their means
 * would hide them. */
static double closes_within(const struct summary *s)
{
    const struct sim_outcome *o = s->outcome;
    const struct sim_row *residuals = o->largest != NULL ? o->largest : o->mean;
    double worst = 0;
    for (int i = 0; i < s->park->stream_count; i++) {
        const struct park_results_unit *unit = &s->results.units[s->layout->unit_of[i]];
        const int32_t at = s->results.stream_at[i];
        const double residual = fabs(value_of(residuals, unit->residual, at));
        const double throughput = value_of(o->mean, unit->throughput, at);
        if (residual > 0 && residual / throughput > worst) {
            worst = residual / throughput;
        }
    }
    double power = worst > 0 ? 1e-16 : 0;
    while (power < worst) {
        power *= 10;
    }
    return power;
}

static void print_balance(const struct summary *s, const struct sim_sink *out)
{
    const double within = closes_within(s);
    const bool is_of_many = s->outcome->ok > 1;
    const char *where = is_of_many ? "in every run " : "";
    const char *mean = is_of_many ? "mean " : "";
    if (within > 0) {
        sim_sink_print(out,
                       "Balance: %sall streams close within %.0e of their %sthroughput, which is\n",
                       where, within, mean);
    } else {
        sim_sink_print(out, "Balance: %sall streams close exactly; their %sthroughput is\n", where,
                       mean);
    }
    for (int i = 0; i < s->park->stream_count; i++) {
        const struct park_results_unit *unit = &s->results.units[s->layout->unit_of[i]];
        const int32_t at = s->results.stream_at[i];
        char number[SIM_NUMBER_TEXT];
        sim_sink_print(out, "  %14s %-4s %s\n",
                       sim_number_text(value_of(s->outcome->mean, unit->throughput, at), number),
                       s->park->streams[i]->unit, s->park->streams[i]->name);
    }
}

static void print_unserved(const struct summary *s, const struct sim_sink *out)
{
    bool any = false;
    for (int i = 0; i < s->layout->link_count; i++) {
        const struct told *t = &s->links[i];
        if (t->unserved > 0) {
            char number[SIM_NUMBER_TEXT];
            sim_sink_text(out, any ? "" : "Unserved demand\n");
            sim_sink_print(out, "  %14s %-4s %s: %s, demand not met\n",
                           sim_number_text(t->unserved, number), unit_of(s, t->link), t->link->to,
                           stream_of(s, t->link));
            any = true;
        }
    }
    sim_sink_text(out, any ? "" : "Unserved demand: none\n");
}

static void print_disposed(const struct summary *s, const struct sim_sink *out)
{
    bool any = false;
    for (int i = 0; i < s->layout->link_count; i++) {
        const struct told *t = &s->links[i];
        if (strcmp(t->link->kind, "disposal") == 0 && t->amount > 0) {
            sim_sink_text(out, any ? "" : "Disposed of\n");
            print_link(s, t, out);
            any = true;
        }
    }
    sim_sink_text(out, any ? "" : "Disposed of: nothing\n");
}

/** What a firm that left has left behind. */
static void print_left(const struct summary *s, const struct sim_sink *out)
{
    for (int i = 0; i < s->layout->stock_count; i++) {
        const struct park_layout_stock *k = &s->layout->stocks[i];
        const struct park_party *party = &s->park->parties[s->park->net->pools[k->pool].party];
        const sim_time left =
            party->is_market ? SIM_TIME_NEVER : s->park->firms[party->id]->until_us;
        const double level =
            value_of(s->outcome->mean, s->results.units[k->unit].stock_end, s->results.stock_at[i]);
        if (left <= s->park->until_us && level > 0) {
            char when[SIM_SIMTIME_TEXT];
            char number[SIM_NUMBER_TEXT];
            sim_sink_print(out, "Warning: %s left on %s; %s %s are still in %s\n", party->name,
                           sim_simtime_format(left, when), sim_number_text(level, number),
                           s->layout->units[k->unit].text, k->label);
        }
    }
}

/** Contracts under which nothing moved are rarely meant. */
static void print_warnings(const struct summary *s, const struct sim_sink *out)
{
    for (int i = 0; i < s->layout->link_count; i++) {
        const struct told *t = &s->links[i];
        const struct park_net *net = s->park->net;
        const bool is_open = net->activities[net->moves[t->link->move].activity].is_open;
        if (is_open && strcmp(t->link->kind, "exchange") == 0 && t->amount == 0) {
            sim_sink_print(out, "Warning: nothing moved by exchange '%s' (%s)\n", t->link->exchange,
                           t->link->label);
        }
    }
    print_left(s, out);
    if (s->outcome->failed > 0) {
        sim_sink_print(out, "Warning: %lld of %lld runs failed\n", (long long)s->outcome->failed,
                       (long long)s->outcome->runs);
    }
}

void park_tell_text(const struct park *p, const struct sim_outcome *outcome,
                    const struct sim_sink *out)
{
    if (outcome->ok == 0) {
        sim_sink_text(out, "No run went well, so there is nothing to sum up.\n");
        return;
    }
    struct summary s;
    open_summary(&s, p, outcome);
    if (outcome->ok > 1) {
        sim_sink_print(out, "Means of %lld runs, +- their 95 %% confidence\n",
                       (long long)outcome->ok);
    }
    print_flows(&s, out);
    print_balance(&s, out);
    print_unserved(&s, out);
    park_held_results_text(p, &s.results.held, outcome->mean, out);
    print_disposed(&s, out);
    park_books_text_put(p, &s.results, outcome, out);
    park_work_text(outcome, out);
    print_warnings(&s, out);
    close_summary(&s);
}

/** NaN and infinity have no place in JSON: null. */
static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *link_object(const struct summary *s, const struct told *t, double amount)
{
    json_t *o = json_object();
    (void)json_object_set_new(o, "from", json_string(t->link->from));
    (void)json_object_set_new(o, "to", json_string(t->link->to));
    (void)json_object_set_new(o, "stream", json_string(stream_of(s, t->link)));
    (void)json_object_set_new(o, "amount", number(amount));
    (void)json_object_set_new(o, "unit", json_string(unit_of(s, t->link)));
    return o;
}

static json_t *flows_of(const struct summary *s)
{
    json_t *list = json_array();
    for (int i = 0; i < s->layout->link_count; i++) {
        const struct told *t = &s->links[i];
        json_t *o = link_object(s, t, t->amount);
        (void)json_object_set_new(o, "kind", json_string(t->link->kind));
        (void)json_object_set_new(o, "label", json_string(t->link->label));
        if (t->link->exchange[0] != '\0') {
            (void)json_object_set_new(o, "exchange", json_string(t->link->exchange));
        }
        if (isfinite(t->half_width)) {
            (void)json_object_set_new(o, "half_width", number(t->half_width));
        }
        (void)json_object_set_new(o, "money", number(t->money));
        (void)json_object_set_new(o, "take_or_pay", number(t->take_or_pay));
        (void)json_object_set_new(o, "carriage", number(t->carriage));
        (void)json_object_set_new(o, "co2e_t", number(t->co2e));
        (void)json_array_append_new(list, o);
    }
    return list;
}

static json_t *balance_of(const struct summary *s)
{
    json_t *list = json_array();
    for (int i = 0; i < s->park->stream_count; i++) {
        const struct park_results_unit *unit = &s->results.units[s->layout->unit_of[i]];
        const int32_t at = s->results.stream_at[i];
        json_t *o = json_object();
        (void)json_object_set_new(o, "stream", json_string(s->park->streams[i]->name));
        (void)json_object_set_new(o, "throughput",
                                  number(value_of(s->outcome->mean, unit->throughput, at)));
        (void)json_object_set_new(o, "residual",
                                  number(value_of(s->outcome->mean, unit->residual, at)));
        (void)json_object_set_new(o, "unit", json_string(s->park->streams[i]->unit));
        (void)json_array_append_new(list, o);
    }
    return list;
}

static json_t *unserved_of(const struct summary *s)
{
    json_t *list = json_array();
    for (int i = 0; i < s->layout->link_count; i++) {
        const struct told *t = &s->links[i];
        if (t->link->is_user) {
            (void)json_array_append_new(list, link_object(s, t, t->unserved));
        }
    }
    return list;
}

static json_t *stocks_of(const struct summary *s)
{
    json_t *list = json_array();
    for (int i = 0; i < s->layout->stock_count; i++) {
        const struct park_layout_stock *k = &s->layout->stocks[i];
        const struct park_results_unit *unit = &s->results.units[k->unit];
        const int32_t at = s->results.stock_at[i];
        const struct sim_row *mean = s->outcome->mean;
        json_t *o = json_object();
        (void)json_object_set_new(o, "stock", json_string(k->label));
        (void)json_object_set_new(o, "start", number(value_of(mean, unit->stock_start, at)));
        (void)json_object_set_new(o, "end", number(value_of(mean, unit->stock_end, at)));
        (void)json_object_set_new(o, "decayed", number(value_of(mean, unit->decayed, at)));
        (void)json_object_set_new(o, "unit", json_string(s->layout->units[k->unit].text));
        (void)json_array_append_new(list, o);
    }
    return list;
}

void park_tell_json(const struct park *p, const struct sim_outcome *outcome, struct json_t *object)
{
    if (outcome->ok == 0) {
        (void)json_object_set_new(object, "flows", json_array());
        (void)json_object_set_new(object, "balance", json_array());
        (void)json_object_set_new(object, "unserved", json_array());
        (void)json_object_set_new(object, "held_back", json_array());
        return;
    }
    struct summary s;
    open_summary(&s, p, outcome);
    (void)json_object_set_new(object, "flows", flows_of(&s));
    (void)json_object_set_new(object, "balance", balance_of(&s));
    (void)json_object_set_new(object, "unserved", unserved_of(&s));
    (void)json_object_set_new(object, "stocks", stocks_of(&s));
    park_held_results_json(p, &s.results.held, outcome->mean, object);
    park_books_text_json(p, &s.results, outcome, object);
    (void)json_object_set_new(object, "currency",
                              json_string(p->currency != NULL ? p->currency : ""));
    park_work_json(outcome, object);
    close_summary(&s);
}

/** How many there are of each kind of thing. */
struct tally {
    const char *one, *many;
    int count;
};

enum {
    TALLIES = 9
};

static void count_things(const struct park *p, struct tally out[TALLIES])
{
    const struct tally all[TALLIES] = {{"stream", "streams", p->stream_count},
                                       {"firm", "firms", p->firm_count - p->utility_count},
                                       {"utility", "utilities", p->utility_count},
                                       {"process", "processes", p->process_count},
                                       {"stock", "stocks", p->stock_count},
                                       {"market", "markets", p->market_count},
                                       {"link", "links", p->link_count},
                                       {"exchange", "exchanges", p->exchange_count},
                                       {"failure", "failures", p->failure_count}};
    memcpy(out, all, sizeof(all));
}

/** The title, or else the name of the file. */
static const char *name_of(const struct park *p)
{
    if (p->title != NULL && p->title[0] != '\0') {
        return p->title;
    }
    const char *file = p->tree != NULL ? sim_tree_file(p->tree) : NULL;
    const char *slash = file != NULL ? strrchr(file, '/') : NULL;
    return slash != NULL ? slash + 1 : file != NULL ? file : "park";
}

void park_tell_check_text(const struct park *p, const struct sim_sink *out)
{
    struct tally things[TALLIES];
    char from[SIM_SIMTIME_TEXT];
    char until[SIM_SIMTIME_TEXT];
    count_things(p, things);
    sim_sink_print(out, "%s: %s to %s;", name_of(p), sim_simtime_format(p->start_us, from),
                   sim_simtime_format(p->until_us, until));
    bool any = false;
    for (int i = 0; i < TALLIES; i++) {
        if (things[i].count > 0) {
            sim_sink_print(out, "%s %d %s", any ? "," : "", things[i].count,
                           things[i].count == 1 ? things[i].one : things[i].many);
            any = true;
        }
    }
    sim_sink_text(out, any ? "\n" : " nothing in it\n");
}

void park_tell_check_json(const struct park *p, struct json_t *object)
{
    struct tally things[TALLIES];
    count_things(p, things);
    for (int i = 0; i < TALLIES; i++) {
        (void)json_object_set_new(object, things[i].many, json_integer(things[i].count));
    }
}
