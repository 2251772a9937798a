// Exchanges: contracts between parties to pass a stream.
#include "models/park/base/kinds.h"
#include "models/park/kinds/trade/build_trade.h"
#include "sim/base/strtab.h"
#include "sim/num/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct sim_key keys[] = {
    {.name = "title",
     .type = SIM_KEY_TEXT,
     .offset = offsetof(struct park_exchange, title),
     .doc = "its name in reports"},
    {.name = "over",
     .type = SIM_KEY_REF,
     .refers = "links",
     .offset = offsetof(struct park_exchange, over_ref),
     .doc = "link that it goes over, which says stream, from and to; default: a lossless one "
            "without limit"},
    {.name = "stream",
     .type = SIM_KEY_REF,
     .refers = "streams",
     .offset = offsetof(struct park_exchange, stream_ref),
     .doc = "what is passed, where no link says it"},
    {.name = "from",
     .type = SIM_KEY_REF,
     .refers = "firms utilities markets firms.*.stocks",
     .offset = offsetof(struct park_exchange, from_ref),
     .doc = "who gives: firm, utility, market or stock (\"mill.yard\"), where no link says it"},
    {.name = "to",
     .type = SIM_KEY_REFS,
     .refers = "firms utilities markets firms.*.stocks",
     .offset = offsetof(struct park_exchange, to_refs),
     .doc = "who takes; several make one contract each, named NAME.TO"},
    {.name = "priority",
     .type = SIM_KEY_COUNT,
     .initial = "1",
     .min = "0",
     .max = "1000000",
     .offset = offsetof(struct park_exchange, priority),
     .doc = "class among the takers at `from`: 1 is served first (own processes 0, markets 9)"},
    {.name = "order",
     .type = SIM_KEY_COUNT,
     .initial = "1",
     .min = "0",
     .max = "1000000",
     .offset = offsetof(struct park_exchange, order),
     .doc = "class among the givers at `to`: 1 is asked first (own push 0, own pull 5, markets 9)"},
    {.name = "share",
     .type = SIM_KEY_NUMBER,
     .initial = "0",
     .min = "0",
     .offset = offsetof(struct park_exchange, share),
     .doc = "weight in its class at `from`, beside others that state one; 0: by the capacity of "
            "its link, or without one by what `to` needs now"},
    {.name = "price",
     .type = SIM_KEY_VALUE,
     .dim = "{money}/{stream}",
     .forms = SIM_FORM_QUANTITY | SIM_FORM_PROFILE,
     .flags = SIM_KEY_PRICE | SIM_KEY_RUN,
     .offset = offsetof(struct park_exchange, price),
     .doc = "what `to` pays `from`, per unit that leaves `from`; negative: `from` pays"},
    {.name = "starts",
     .type = SIM_KEY_TIME,
     .offset = offsetof(struct park_exchange, starts),
     .doc = "first day; default: from the start"},
    {.name = "ends",
     .type = SIM_KEY_TIME,
     .offset = offsetof(struct park_exchange, ends),
     .doc = "first instant at which it is over; default: never"},
    {.name = "at_most",
     .type = SIM_KEY_VALUE,
     .dim = "{stream}/year",
     .min = "0",
     .flags = SIM_KEY_ABOVE_MIN | SIM_KEY_BY_CALENDAR,
     .offset = offsetof(struct park_exchange, at_most),
     .doc = "limit of what leaves `from`, by the clock's day, week (from Monday), month or year as "
            "its unit says (\"30 t/day\"): the exchange stops at the instant when it is reached, "
            "and goes on when the next begins"},
    {.name = "take_or_pay",
     .type = SIM_KEY_VALUE,
     .dim = "{stream}/year",
     .min = "0",
     .flags = SIM_KEY_ABOVE_MIN | SIM_KEY_BY_CALENDAR,
     .offset = offsetof(struct park_exchange, take_or_pay),
     .doc = "amount that is paid for in each day, week, month or year of the calendar, taken or "
            "not: at its end (or that of the run) what was not taken is booked at the price then, "
            "for a part of it in proportion"},
    {.name = "open",
     .type = SIM_KEY_BOOL,
     .initial = "true",
     .flags = SIM_KEY_RUN,
     .offset = offsetof(struct park_exchange, open),
     .doc = "false: nothing is passed (--set exchanges.NAME.open=false)"},
};

static const struct sim_kind part_kind;

static const struct sim_key parts_key = {
    .name = "(name of a taker)",
    .type = SIM_KEY_MAP,
    .kind = &part_kind,
    .offset = offsetof(struct park_exchange, parts),
    .doc = "a group named as one of several `to`: what differs for that contract "
           "(--set exchanges.NAME.TO.open=false)",
};

static const struct sim_kind part_kind = {
    .name = "part of an exchange",
    .doc = "What differs for one of several `to`: its terms, from `priority` to `open`. What it "
           "does not say is as the exchange says.",
    .size = sizeof(struct park_exchange),
    .keys = keys,
    .key_count = SIM_COUNT(keys),
    .any = &parts_key, // "mill.yard", a stock
    .has_no_defaults = true,
};

static const struct sim_kind kind = {
    .name = "exchange",
    .doc = "A contract: `from` passes a stream to `to`. It comes before the market at both ends.",
    .size = sizeof(struct park_exchange),
    .keys = keys,
    .key_count = SIM_COUNT(keys),
    .any = &parts_key,
};

static int by_item_name(const void *a, const void *b)
{
    const struct sim_item *x = a;
    const struct sim_item *y = b;
    return strcmp(x->name, y->name);
}

// What is said of "mill" or, in the group of mill, of "yard"; NULL where nothing is.
static const struct sim_item *part_of(const struct sim_items *parts, const char *to)
{
    const size_t n = strcspn(to, ".");
    char *name = sim_base_format("%.*s", (int)n, to);
    const struct sim_item wanted = {.name = name};
    const struct sim_item *found =
        parts->count == 0
            ? NULL
            : bsearch(&wanted, parts->at, (size_t)parts->count, sizeof(*parts->at), by_item_name);
    free(name);
    if (found == NULL || found->data == NULL || to[n] == '\0') {
        return found;
    }
    const struct park_exchange *inner = found->data;
    return part_of(&inner->parts, to + n + 1);
}

// Is a part named in `to`, or the firm of one that is?
static bool is_among(const struct park_exchange *written, const char *name)
{
    const size_t n = strlen(name);
    for (int i = 0; i < written->to_refs.count; i++) {
        const char *to = written->to_refs.at[i].text;
        if (to != NULL && strncmp(to, name, n) == 0 && (to[n] == '\0' || to[n] == '.')) {
            return true;
        }
    }
    return false;
}

static void tell_stranger(struct park_loader *l, const struct park_exchange *written,
                          const struct sim_item *part)
{
    const int count = written->to_refs.count;
    const char **names = sim_base_alloc((size_t)count, sizeof(*names));
    for (int i = 0; i < count; i++) {
        names[i] = written->to_refs.at[i].text != NULL ? written->to_refs.at[i].text : "";
    }
    const char *near = sim_strtab_nearest(part->name, names, count);
    char *remedy = near != NULL
                       ? sim_base_format("did you mean '%s'?", near)
                       : sim_base_strdup("a group here says what differs for one of several `to`");
    park_resolve_wrong(l, part->node, remedy,
                       "'%s' is neither a key nor one of several names in `to`", part->name);
    free(remedy);
    free(names);
}

// Sorted for part_of; one that no `to` names is told.
static void sort_parts(struct park_loader *l, const struct park_exchange *written,
                       struct sim_items *parts)
{
    static const char *const ends[] = {"over", "stream", "from", "to"};
    for (int i = 0; i < parts->count; i++) {
        struct park_exchange *inner = parts->at[i].data;
        if (written->to_refs.count < 2 || !is_among(written, parts->at[i].name)) {
            tell_stranger(l, written, &parts->at[i]);
        }
        for (int k = 0; k < SIM_COUNT(ends); k++) {
            const struct sim_node *n = sim_tree_child(parts->at[i].node, ends[k]);
            if (n != NULL) {
                park_resolve_wrong(l, n, "say it at the exchange, or write two exchanges",
                                   "all contracts of an exchange have the same `%s`", ends[k]);
            }
        }
        if (inner != NULL && inner->parts.count > 0) {
            qsort(inner->parts.at, (size_t)inner->parts.count, sizeof(*inner->parts.at),
                  by_item_name);
        }
    }
    if (parts->count > 0) {
        qsort(parts->at, (size_t)parts->count, sizeof(*parts->at), by_item_name);
    }
}

// The k-th contract of what is written with several `to`.
static struct park_exchange *one_of(struct park *p, const struct park_exchange *written, int k)
{
    struct park_exchange *e = SIM_ARENA_NEW(p->arena, struct park_exchange, 1);
    *e = *written;
    e->to_refs = (struct sim_refs){.at = written->to_refs.at + k, .count = 1};
    const char *to = e->to_refs.at[0].text != NULL ? e->to_refs.at[0].text : "";
    e->name = sim_arena_format(p->arena, "%s.%s", written->name, to);
    e->path = sim_arena_format(p->arena, "%s.%s", written->path, to);
    const struct sim_item *part = part_of(&written->parts, to);
    if (part != NULL && part->data != NULL) {
        const struct park_exchange ends = *e;
        sim_kind_overlay(&part_kind, part->node, part->data, e);
        e->over_ref = ends.over_ref; // said in a part, they are told by sort_parts
        e->stream_ref = ends.stream_ref;
        e->from_ref = ends.from_ref;
        e->to_refs = ends.to_refs;
    }
    return e;
}

static void expand(struct park_loader *l, struct park_thing *t, struct park_found *out)
{
    struct park_exchange *written = (struct park_exchange *)t;
    sort_parts(l, written, &written->parts);
    if (written->to_refs.count <= 1) {
        park_gather_add(out, t);
        return;
    }
    for (int k = 0; k < written->to_refs.count; k++) {
        park_gather_add(out, &one_of(l->park, written, k)->thing);
    }
}

static void copy_ends(const struct park *p, struct park_exchange *e)
{
    const struct park_link *k = p->links[e->link];
    e->stream = k->stream;
    e->from = k->from;
    e->to = k->to;
    e->from_stock = k->from_stock;
    e->to_stock = k->to_stock;
}

// What is said beside `over` must say the same.
static void check_over(struct park_loader *l, const struct park_exchange *e, int32_t stream)
{
    int32_t party;
    int32_t stock;
    if (stream >= 0 && stream != e->stream) {
        park_resolve_wrong(l, e->stream_ref.node, "leave it out: the link says it",
                           "its link carries another stream");
    }
    if (e->from_ref.text != NULL && park_resolve_place(l, &e->from_ref, &party, &stock) &&
        (party != e->from || stock != e->from_stock)) {
        park_resolve_wrong(l, e->from_ref.node, "leave it out: the link says it",
                           "its link begins elsewhere");
    }
    if (e->to_refs.count > 0 && park_resolve_place(l, &e->to_refs.at[0], &party, &stock) &&
        (party != e->to || stock != e->to_stock)) {
        park_resolve_wrong(l, e->to_refs.at[0].node, "leave it out: the link says it",
                           "its link ends elsewhere");
    }
}

static void resolve_ends(struct park_loader *l, struct park_exchange *e)
{
    const struct sim_ref *to = e->to_refs.count > 0 ? &e->to_refs.at[0] : NULL;
    const bool has_from = park_resolve_place(l, &e->from_ref, &e->from, &e->from_stock);
    const bool has_to = to != NULL && park_resolve_place(l, to, &e->to, &e->to_stock);
    if (e->stream_ref.node == NULL || e->from_ref.node == NULL || to == NULL) {
        park_resolve_wrong(l, e->node, "say over = \"...\", or all of stream, from and to",
                           "an exchange needs a link, or stream, from and to");
    }
    if (has_from && has_to && e->from == e->to && e->from_stock == e->to_stock) {
        park_resolve_wrong(l, e->node, "name another place", "it begins where it ends");
    }
    const int32_t stocks[] = {e->from_stock, e->to_stock};
    for (int i = 0; i < 2; i++) {
        const struct park_stock *s = stocks[i] >= 0 ? l->park->stocks[stocks[i]] : NULL;
        if (s != NULL && s->stream >= 0 && e->stream >= 0 && s->stream != e->stream) {
            park_resolve_wrong(l, i == 0 ? e->from_ref.node : to->node, NULL,
                               "stock %s holds %s, and the exchange passes %s", s->name,
                               l->park->streams[s->stream]->name,
                               l->park->streams[e->stream]->name);
        }
    }
}

static void narrow(struct park_exchange *e, const struct sim_key_time *from,
                   const struct sim_key_time *until)
{
    e->from_us = from->given && from->when > e->from_us ? from->when : e->from_us;
    e->until_us = until->given && until->when < e->until_us ? until->when : e->until_us;
}

// In force within its own dates and those of the firms at both ends and of its link.
static void resolve_dates(struct park_loader *l, struct park_exchange *e)
{
    const struct park *p = l->park;
    e->from_us = e->starts.given ? e->starts.when : SIM_TIME_FIRST;
    e->until_us = e->ends.given ? e->ends.when : SIM_TIME_NEVER;
    if (e->until_us <= e->from_us) {
        park_resolve_wrong(l, e->ends.node, "write a date after `starts`",
                           "it ends before it starts");
    }
    const int32_t parties[] = {e->from, e->to};
    for (int i = 0; i < 2; i++) {
        if (parties[i] >= 0 && !p->parties[parties[i]].is_market) {
            const struct park_firm *f = p->firms[p->parties[parties[i]].id];
            narrow(e, &f->enters, &f->leaves);
        }
    }
    if (e->link >= 0) {
        narrow(e, &p->links[e->link]->enters, &p->links[e->link]->leaves);
    }
}

// The last unit of "30 t/day" in seconds; 0 when it is no time.
static double seconds_of(const struct park *p, const char *unit)
{
    const char *slash = unit != NULL ? strrchr(unit, '/') : NULL;
    struct sim_unit u;
    struct sim_err err;
    if (slash == NULL || sim_units_parse(p->units, slash + 1, &u, &err) != SIM_OK ||
        !sim_units_is_same(u.dim, SIM_DIM_TIME)) {
        return 0;
    }
    return sim_units_to_si(u, 1);
}

// What is stated for a span of the calendar, and the span. As units a month has 730 h and a year
// 365 days, so "9000 t/year" is 9000 t whatever the calendar year.
static double in_span(struct park_loader *l, const struct sim_value *v, double otherwise,
                      enum sim_simtime_span *out)
{
    *out = SIM_SIMTIME_SPAN_YEAR;
    if (v->form != SIM_VALUE_QUANTITY) {
        return otherwise;
    }
    const double seconds = seconds_of(l->park, v->unit);
    if (!sim_simtime_span_of(seconds, out)) {
        park_resolve_wrong(l, v->node, "write it per day, week, month or year",
                           "%s is no amount per day, week, month or year", v->node->text);
        return otherwise;
    }
    return v->si * seconds;
}

static void resolve_limits(struct park_loader *l, struct park_exchange *e)
{
    e->most = in_span(l, &e->at_most, INFINITY, &e->most_span);
    e->least = in_span(l, &e->take_or_pay, 0, &e->least_span);
    if (isfinite(e->most) && e->least > 0 && sim_units_is_above(e->take_or_pay.si, e->at_most.si)) {
        park_resolve_wrong(l, e->take_or_pay.node, "write no more than `at_most`",
                           "more is to be paid for than may be taken");
    }
    if (e->least > 0 && e->price.form == SIM_VALUE_NONE) {
        park_resolve_wrong(l, e->take_or_pay.node, "say price = \"...\"",
                           "what is not taken is paid at the contract's price, and none is said");
    }
}

// A link carries one contract, and what moves has a name of its own.
static void check_unique(struct park_loader *l)
{
    const struct park *p = l->park;
    int *first = sim_base_alloc((size_t)p->link_count, sizeof(int)); // its exchange, from 1
    for (int i = 0; i < p->exchange_count; i++) {
        const struct park_exchange *e = p->exchanges[i];
        if (e->link >= 0 && first[e->link] > 0) {
            park_resolve_wrong(l, e->over_ref.node, "give each contract a link of its own",
                               "link %s carries the exchange %s already", e->over_ref.text,
                               p->exchanges[first[e->link] - 1]->name);
        } else if (e->link >= 0) {
            first[e->link] = i + 1;
        }
        if (park_resolve_id((void *const *)p->processes, p->process_count,
                            offsetof(struct park_process, name), e->name) >= 0) {
            park_resolve_wrong(l, e->node, "give it another name", "a process is called '%s', too",
                               e->name);
        }
    }
    free(first);
}

static void resolve(struct park_loader *l)
{
    struct park *p = l->park;
    for (int i = 0; i < p->exchange_count; i++) {
        struct park_exchange *e = p->exchanges[i];
        e->link = park_resolve_ref(l, &e->over_ref);
    }
    check_unique(l);
    for (int i = 0; i < p->exchange_count; i++) {
        struct park_exchange *e = p->exchanges[i];
        e->stream = park_resolve_ref(l, &e->stream_ref);
        e->from = e->to = e->from_stock = e->to_stock = -1;
        if (e->link >= 0) {
            const int32_t said = e->stream;
            copy_ends(p, e);
            check_over(l, e, said);
        } else if (e->over_ref.node == NULL) {
            resolve_ends(l, e);
        }
        resolve_dates(l, e);
        resolve_limits(l, e);
    }
}

const struct park_kind park_exchanges = {
    .group = "exchanges",
    .doc = "Contracts between parties; one without a link gets a lossless one without limit.",
    .keys = &kind,
    .list = PARK_LIST(exchanges, exchange),
    .expand = expand,
    .resolve = resolve,
    .build = park_build_exchanges,
};
