#include "tests/support/ref_park.h"

#include <stdio.h>
#include <stdlib.h>

const char *ref_park_party(const struct ref_park *p, struct ref_place place)
{
    switch (place.kind) {
    case REF_AT_FIRM:
        return p->firms[place.id].name;
    case REF_AT_STOCK:
        return p->firms[p->stocks[place.id].firm].name;
    case REF_AT_MARKET:
        break;
    }
    return p->markets[place.id].name;
}

bool ref_park_has(const struct ref_park *p, struct ref_place place)
{
    switch (place.kind) {
    case REF_AT_FIRM:
        return p->firms[place.id].there;
    case REF_AT_STOCK:
        return p->stocks[place.id].there && p->firms[p->stocks[place.id].firm].there;
    case REF_AT_MARKET:
        break;
    }
    return p->markets[place.id].there;
}

bool ref_park_is_open(const struct ref_park *p, int calendar, int minute)
{
    if (calendar < 0) {
        return true;
    }
    const int thursday = 3; // 1 January 2026
    const int day = (thursday + p->first_day - 1 + minute / 1440) % 7;
    const struct ref_calendar *c = &p->calendars[calendar];
    for (int i = 0; i < c->span_count; i++) {
        const struct ref_span *s = &c->spans[i];
        if (day >= s->first && day <= s->last && minute % 1440 >= s->from &&
            minute % 1440 < s->to) {
            return true;
        }
    }
    return false;
}

// ---- The park file ----

static const char *days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

static void write_date(FILE *f, const struct ref_park *p, const char *key, int minute)
{
    if (minute > 0 && minute != REF_NEVER) {
        fprintf(f, " %s = \"2026-01-%02d %02d:%02d\";", key, p->first_day + minute / 1440,
                minute % 1440 / 60, minute % 60);
    }
}

static void write_calendar_of(FILE *f, const struct ref_park *p, int calendar)
{
    if (calendar >= 0) {
        fprintf(f, " calendar = \"%s\";", p->calendars[calendar].name);
    }
}

static void write_calendars(FILE *f, const struct ref_park *p)
{
    fprintf(f, "calendars = {\n");
    for (int i = 0; i < p->calendar_count; i++) {
        const struct ref_calendar *c = &p->calendars[i];
        fprintf(f, "  %s = { open = (", c->name);
        for (int k = 0; k < c->span_count; k++) {
            const struct ref_span *s = &c->spans[k];
            fprintf(f, "%s \"%s-%s %02d:%02d-%02d:%02d\"", k > 0 ? "," : "", days[s->first],
                    days[s->last], s->from / 60, s->from % 60, s->to / 60, s->to % 60);
        }
        fprintf(f, " ); };\n");
    }
    fprintf(f, "};\n");
}

static void write_port(FILE *f, const struct ref_park *p, const struct ref_process *q,
                       const struct ref_port *port, bool is_input)
{
    const struct ref_port *basis = q->main >= 0 ? &q->outputs[q->main] : &q->inputs[0];
    fprintf(f, " %s = { amount = \"%.15g %s/%s\";", p->streams[port->stream].name, port->amount,
            p->streams[port->stream].unit, p->streams[basis->stream].unit);
    if (port->stock >= 0) {
        fprintf(f, " %s = \"%s\";", is_input ? "from" : "to", p->stocks[port->stock].name);
    }
    if (port->rank >= 0) {
        fprintf(f, " %s = %d;", is_input ? "priority" : "order", port->rank);
    }
    fprintf(f, " };");
}

static void write_ports(FILE *f, const struct ref_park *p, const struct ref_process *q,
                        const char *group, int from, int to)
{
    const bool is_output = group[0] == 'o';
    if (from < to) {
        fprintf(f, "\n      %s = {", group);
        for (int i = from; i < to; i++) {
            write_port(f, p, q, is_output ? &q->outputs[i] : &q->inputs[i], !is_output);
        }
        fprintf(f, " };");
    }
}

// A boiler burns something; one that needs nothing is written as what it is, a process.
static bool burns(const struct ref_process *q)
{
    return q->is_boiler && q->input_count > 0 && q->inputs[0].rank < 0;
}

static void write_kind(FILE *f, const struct ref_park *p, const struct ref_process *q)
{
    const int basis = q->main >= 0 ? q->outputs[q->main].stream : q->inputs[0].stream;
    const bool in_utility = p->firms[q->firm].utility >= 0;
    fprintf(f, "    %s = { kind = \"%s\"; capacity = \"%.15g %s/h\";", q->name,
            burns(q) ? "boiler" : "continuous", q->capacity, p->streams[basis].unit);
    if (!in_utility) {
        fprintf(f, " %s = \"%s\";", q->main >= 0 ? "product" : "basis", p->streams[basis].name);
    } else {
        fprintf(f, " merit = %d;%s", q->merit, q->is_standby ? " standby = true;" : "");
    }
    if (q->is_pull && !burns(q)) {
        fprintf(f, " mode = \"pull\";");
    }
}

static void write_process(FILE *f, const struct ref_park *p, const struct ref_process *q)
{
    write_kind(f, p, q);
    if (q->turndown > 0) {
        fprintf(f, " turndown = \"%.15g %%\";", 100 * q->turndown);
    }
    write_calendar_of(f, p, q->calendar);
    write_date(f, p, "enters", q->enters);
    write_date(f, p, "leaves", q->leaves);
    const int fuels = burns(q) ? 1 : 0;
    write_ports(f, p, q, "fuel", 0, fuels);
    write_ports(f, p, q, "inputs", fuels, q->input_count);
    if (p->firms[q->firm].utility < 0) {
        write_ports(f, p, q, "outputs", 0, q->output_count);
    }
    fprintf(f, " };\n");
}

static void write_stock(FILE *f, const struct ref_park *p, const struct ref_stock *s)
{
    const char *unit = p->streams[s->stream].unit;
    fprintf(f, "    %s = { stream = \"%s\"; capacity = \"%.15g %s\"; initial = \"%.15g %s\";",
            s->name, p->streams[s->stream].name, s->capacity, unit, s->initial, unit);
    if (s->minimum > 0) {
        fprintf(f, " minimum = \"%.15g %s\";", s->minimum, unit);
    }
    if (s->target >= 0) {
        fprintf(f, " target = \"%.15g %s\";", s->target, unit);
    }
    if (s->reorder >= 0) {
        fprintf(f, " reorder = \"%.15g %s\";", s->reorder, unit);
    }
    if (s->decay_day > 0) {
        fprintf(f, " decay = \"%.15g %%/day\";", s->decay_day);
    }
    if (s->full >= 0) {
        fprintf(f, " full = \"%s\";", p->markets[s->full].name);
    }
    if (s->empty >= 0) {
        fprintf(f, " empty = \"%s\";", p->markets[s->empty].name);
    }
    fprintf(f, " };\n");
}

static void write_firm(FILE *f, const struct ref_park *p, int firm)
{
    const struct ref_firm *w = &p->firms[firm];
    fprintf(f, "  %s = {", w->name);
    write_calendar_of(f, p, w->calendar);
    write_date(f, p, "enters", w->enters);
    write_date(f, p, "leaves", w->leaves);
    fprintf(f, "\n   processes = {\n");
    for (int i = 0; i < p->process_count; i++) {
        if (p->processes[i].there && p->processes[i].firm == firm) {
            write_process(f, p, &p->processes[i]);
        }
    }
    fprintf(f, "   };\n   stocks = {\n");
    for (int i = 0; i < p->stock_count; i++) {
        if (p->stocks[i].there && p->stocks[i].firm == firm) {
            write_stock(f, p, &p->stocks[i]);
        }
    }
    fprintf(f, "   }; };\n");
}

static void write_utility(FILE *f, const struct ref_park *p, int firm)
{
    const struct ref_firm *w = &p->firms[firm];
    fprintf(f, "  %s = { stream = \"%s\";", w->name, p->streams[w->utility].name);
    write_calendar_of(f, p, w->calendar);
    write_date(f, p, "enters", w->enters);
    write_date(f, p, "leaves", w->leaves);
    fprintf(f, "\n   units = {\n");
    for (int i = 0; i < p->process_count; i++) {
        if (p->processes[i].there && p->processes[i].firm == firm) {
            write_process(f, p, &p->processes[i]);
        }
    }
    fprintf(f, "   }; };\n");
}

static void write_parties(FILE *f, const struct ref_park *p, bool utilities)
{
    fprintf(f, "%s = {\n", utilities ? "utilities" : "firms");
    for (int i = 0; i < p->firm_count; i++) {
        if (p->firms[i].there && utilities && p->firms[i].utility >= 0) {
            write_utility(f, p, i);
        } else if (p->firms[i].there && !utilities && p->firms[i].utility < 0) {
            write_firm(f, p, i);
        }
    }
    fprintf(f, "};\n");
}

static void write_offers(FILE *f, const struct ref_park *p, const struct ref_offer *offers,
                         const char *group, const char *most, const char *rank)
{
    bool any = false;
    for (int s = 0; s < p->stream_count; s++) {
        if (!offers[s].there) {
            continue;
        }
        fprintf(f, "%s %s = {", any ? "" : group, p->streams[s].name);
        any = true;
        if (offers[s].capacity >= 0) {
            fprintf(f, " %s = \"%.15g %s/h\";", most, offers[s].capacity, p->streams[s].unit);
        }
        if (group[1] == 'd') {
            fprintf(f, " fate = \"landfill\";");
        }
        if (offers[s].rank >= 0) {
            fprintf(f, " %s = %d;", rank, offers[s].rank);
        }
        fprintf(f, " };");
    }
    fprintf(f, "%s", any ? " };" : "");
}

static void write_markets(FILE *f, const struct ref_park *p)
{
    fprintf(f, "markets = {\n");
    for (int i = 0; i < p->market_count; i++) {
        const struct ref_market *m = &p->markets[i];
        if (m->there) {
            fprintf(f, "  %s = {", m->name);
            write_offers(f, p, m->sells, " sells = {", "capacity", "order");
            write_offers(f, p, m->buys, " buys = {", "demand", "priority");
            write_offers(f, p, m->disposes, " disposes = {", "capacity", "priority");
            fprintf(f, " };\n");
        }
    }
    fprintf(f, "};\n");
}

static void write_place(FILE *f, const struct ref_park *p, const char *key, struct ref_place place)
{
    fprintf(f, " %s = \"%s%s%s\";", key, ref_park_party(p, place),
            place.kind == REF_AT_STOCK ? "." : "",
            place.kind == REF_AT_STOCK ? p->stocks[place.id].name : "");
}

static void write_link(FILE *f, const struct ref_park *p, const struct ref_contract *c)
{
    fprintf(f, "  l%s = { kind = \"pipe\"; stream = \"%s\";", c->name, p->streams[c->stream].name);
    write_place(f, p, "from", c->from);
    write_place(f, p, "to", c->to);
    if (c->capacity >= 0) {
        fprintf(f, " capacity = \"%.15g %s/h\";", c->capacity, p->streams[c->stream].unit);
    }
    if (c->loss > 0) {
        fprintf(f, " loss = \"%.15g %%\";", c->loss);
    }
    write_calendar_of(f, p, c->calendar);
    write_date(f, p, "enters", c->enters);
    write_date(f, p, "leaves", c->leaves);
    fprintf(f, " };\n");
}

static void write_contract(FILE *f, const struct ref_park *p, const struct ref_contract *c)
{
    fprintf(f, "  %s = {", c->name);
    if (c->has_link) {
        fprintf(f, " over = \"l%s\";", c->name);
    } else {
        fprintf(f, " stream = \"%s\";", p->streams[c->stream].name);
        write_place(f, p, "from", c->from);
        write_place(f, p, "to", c->to);
    }
    if (c->priority != 1) {
        fprintf(f, " priority = %d;", c->priority);
    }
    if (c->order != 1) {
        fprintf(f, " order = %d;", c->order);
    }
    if (c->share > 0) {
        fprintf(f, " share = %.15g;", c->share);
    }
    write_date(f, p, "starts", c->starts);
    write_date(f, p, "ends", c->ends);
    fprintf(f, " };\n");
}

static bool is_written(const struct ref_park *p, const struct ref_contract *c)
{
    return c->there && ref_park_has(p, c->from) && ref_park_has(p, c->to);
}

static void write_contracts(FILE *f, const struct ref_park *p)
{
    fprintf(f, "links = {\n");
    for (int i = 0; i < p->contract_count; i++) {
        if (is_written(p, &p->contracts[i]) && p->contracts[i].has_link) {
            write_link(f, p, &p->contracts[i]);
        }
    }
    fprintf(f, "};\nexchanges = {\n");
    for (int i = 0; i < p->contract_count; i++) {
        if (is_written(p, &p->contracts[i])) {
            write_contract(f, p, &p->contracts[i]);
        }
    }
    fprintf(f, "};\n");
}

static void write_head(FILE *f, const struct ref_park *p)
{
    fprintf(
        f, "format = 1;\npark = { start = \"2026-01-%02d\"; until = \"2026-01-%02d %02d:%02d\";",
        p->first_day, p->first_day + p->minutes / 1440, p->minutes % 1440 / 60, p->minutes % 60);
    fprintf(f, " record = { every = \"100 day\"; what = ( \"flows\" ); }; };\nstreams = {");
    for (int s = 0; s < p->stream_count; s++) {
        fprintf(f, " %s = { unit = \"%s\"; };", p->streams[s].name, p->streams[s].unit);
    }
    fprintf(f, " };\n");
}

char *ref_park_text(const struct ref_park *p)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    if (f == NULL) {
        perror("ref_park");
        exit(2);
    }
    write_head(f, p);
    write_calendars(f, p);
    write_parties(f, p, false);
    write_parties(f, p, true);
    write_markets(f, p);
    write_contracts(f, p);
    fclose(f);
    return text;
}
