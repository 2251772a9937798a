// Links: how a stream travels. Pipes, conveyors and lines are the same thing by three names.
#include "models/park/base/kinds.h"

#include <math.h>
#include <string.h>

static const char *const payers[] = {"from", "to", NULL};

static const struct sim_key keys[] = {
    {.name = "title",
     .type = SIM_KEY_TEXT,
     .offset = offsetof(struct park_link, title),
     .doc = "its name in reports"},
    {.name = "stream",
     .type = SIM_KEY_REF,
     .refers = "streams",
     .flags = SIM_KEY_REQUIRED,
     .offset = offsetof(struct park_link, stream_ref),
     .doc = "what it carries"},
    {.name = "from",
     .type = SIM_KEY_REF,
     .refers = "firms utilities markets firms.*.stocks",
     .flags = SIM_KEY_REQUIRED,
     .offset = offsetof(struct park_link, from_ref),
     .doc = "firm, utility, market or stock (\"mill.yard\") where it begins"},
    {.name = "to",
     .type = SIM_KEY_REF,
     .refers = "firms utilities markets firms.*.stocks",
     .flags = SIM_KEY_REQUIRED,
     .offset = offsetof(struct park_link, to_ref),
     .doc = "where it ends"},
    {.name = "capacity",
     .type = SIM_KEY_VALUE,
     .dim = "{stream}/h",
     .forms = SIM_FORM_QUANTITY | SIM_FORM_DIST | SIM_FORM_PROFILE,
     .min = "0",
     .flags = SIM_KEY_RUN,
     .offset = offsetof(struct park_link, capacity),
     .doc = "most that can enter it; default: no limit"},
    {.name = "redraw",
     .type = SIM_KEY_VALUE,
     .dim = "h",
     .min = "0",
     .flags = SIM_KEY_ABOVE_MIN | SIM_KEY_OF_CHANCE,
     .initial = "1 day",
     .offset = offsetof(struct park_link, redraw),
     .doc = "a capacity that is a distribution is drawn anew this often"},
    {.name = "length",
     .type = SIM_KEY_VALUE,
     .dim = "km",
     .min = "0",
     .offset = offsetof(struct park_link, length),
     .doc = "kept for reports"},
    {.name = "cost",
     .type = SIM_KEY_VALUE,
     .dim = "{money}/{stream}",
     .forms = SIM_FORM_QUANTITY | SIM_FORM_PROFILE,
     .min = "0",
     .flags = SIM_KEY_PRICE,
     .offset = offsetof(struct park_link, cost),
     .doc = "of carrying it, per unit that enters; booked with the exchange's money"},
    {.name = "payer",
     .type = SIM_KEY_CHOICE,
     .choices = payers,
     .initial = "from",
     .offset = offsetof(struct park_link, payer),
     .doc = "whose cost that is"},
    {.name = "capex",
     .type = SIM_KEY_VALUE,
     .dim = "{money}",
     .min = "0",
     .offset = offsetof(struct park_link, capex),
     .doc = "what it cost to build; kept for indicators, not booked"},
    {.name = "opex",
     .type = SIM_KEY_VALUE,
     .dim = "{money}/year",
     .min = "0",
     .offset = offsetof(struct park_link, opex),
     .doc = "fixed cost of keeping it; kept for indicators, not booked"},
    {.name = "loss",
     .type = SIM_KEY_VALUE,
     .dim = NULL,
     .min = "0 %",
     .max = "100 %",
     .initial = "0 %",
     .offset = offsetof(struct park_link, loss),
     .doc = "share of what enters that does not arrive"},
    {.name = "delay",
     .type = SIM_KEY_VALUE,
     .dim = "min",
     .min = "0",
     .initial = "0 min",
     .offset = offsetof(struct park_link, delay),
     .doc =
         "what enters comes out so much later. The line holds capacity x delay; when its end "
         "takes less than arrives it fills, and then lets in what goes out; so a capacity must be "
         "stated. Changes of a millionth, and pulses of less than 1 s or a hundredth of the delay, "
         "whichever is less, stay in it and leave with more"},
    {.name = "pumping",
     .type = SIM_KEY_VALUE,
     .dim = "kWh/{stream}",
     .min = "0",
     .offset = offsetof(struct park_link, pumping),
     .doc =
         "electricity (see `pumping_stream`) that moving it takes at `from`, per unit that enters"},
    {.name = "pumping_stream",
     .type = SIM_KEY_REF,
     .refers = "streams",
     .offset = offsetof(struct park_link, pumping_ref),
     .doc = "stream that pumping takes, in a unit of energy; default: the one named electricity, "
            "else the only one of kind energy"},
    {.name = "calendar",
     .type = SIM_KEY_REF,
     .refers = "calendars",
     .offset = offsetof(struct park_link, calendar_ref),
     .doc = "when it may carry; default: always"},
    {.name = "enters",
     .type = SIM_KEY_TIME,
     .offset = offsetof(struct park_link, enters),
     .doc = "date from which it is there: before it nothing passes"},
    {.name = "leaves",
     .type = SIM_KEY_TIME,
     .offset = offsetof(struct park_link, leaves),
     .doc = "date from which it is gone"},
    {.name = "open",
     .type = SIM_KEY_BOOL,
     .initial = "true",
     .flags = SIM_KEY_RUN,
     .offset = offsetof(struct park_link, open),
     .doc = "false: nothing passes (--set links.NAME.open=false)"},
    {.name = "failures",
     .type = SIM_KEY_MAP,
     .kind = &park_failures_kind,
     .offset = offsetof(struct park_link, failures),
     .doc = "how it breaks"},
};

static const struct sim_kind pipe_kind = {.name = "pipe",
                                          .doc = "Carries one stream from one place to another.",
                                          .size = sizeof(struct park_link),
                                          .keys = keys,
                                          .key_count = SIM_COUNT(keys)};
static const struct sim_kind conveyor_kind = {.name = "conveyor",
                                              .doc = "A pipe by another name.",
                                              .size = sizeof(struct park_link),
                                              .keys = keys,
                                              .key_count = SIM_COUNT(keys)};
static const struct sim_kind line_kind = {.name = "line",
                                          .doc = "A pipe by another name.",
                                          .size = sizeof(struct park_link),
                                          .keys = keys,
                                          .key_count = SIM_COUNT(keys)};

static const struct sim_kind *const kinds[] = {&pipe_kind, &conveyor_kind, &line_kind, NULL};

static void check_stock(struct park_loader *l, const struct park_link *k, const struct sim_ref *ref,
                        int32_t stock)
{
    const struct park *p = l->park;
    if (stock >= 0 && k->stream >= 0 && p->stocks[stock]->stream >= 0 &&
        p->stocks[stock]->stream != k->stream) {
        park_resolve_wrong(l, ref->node, NULL, "stock %s holds %s, and the link carries %s",
                           ref->text, p->streams[p->stocks[stock]->stream]->name,
                           p->streams[k->stream]->name);
    }
}

static void resolve_one(struct park_loader *l, struct park_link *k)
{
    k->stream = park_resolve_ref(l, &k->stream_ref);
    k->calendar = park_resolve_ref(l, &k->calendar_ref);
    const bool from = park_resolve_place(l, &k->from_ref, &k->from, &k->from_stock);
    const bool to = park_resolve_place(l, &k->to_ref, &k->to, &k->to_stock);
    k->lost = k->loss.form == SIM_VALUE_QUANTITY ? k->loss.si : 0;
    k->delay_us = k->delay.form == SIM_VALUE_QUANTITY ? sim_simtime_from_seconds(k->delay.si) : 0;
    k->pumping_j = k->pumping.form == SIM_VALUE_QUANTITY ? k->pumping.si : 0;
    check_stock(l, k, &k->from_ref, k->from_stock);
    check_stock(l, k, &k->to_ref, k->to_stock);
    if (from && to && k->from == k->to && k->from_stock == k->to_stock) {
        park_resolve_wrong(l, k->node, "name another place", "it begins where it ends");
    }
    if (k->enters.given && k->leaves.given && k->leaves.when <= k->enters.when) {
        park_resolve_wrong(l, k->leaves.node, "write a date after `enters`",
                           "it leaves before it enters");
    }
    if (k->lost >= 1) {
        park_resolve_wrong(l, k->loss.node, "write less than 100 %", "nothing would arrive");
    }
    park_resolve_level(l, &k->capacity, &k->redraw, INFINITY, &k->level);
    if (k->delay_us > 0 && sim_tree_child(k->node, "capacity") == NULL) {
        park_resolve_wrong(l, k->delay.node, "state the link's capacity",
                           "the line holds capacity x delay, and there is no capacity");
    }
}

static void resolve(struct park_loader *l)
{
    for (int i = 0; i < l->park->link_count; i++) {
        resolve_one(l, l->park->links[i]);
        struct park_link *k = l->park->links[i];
        k->pumping_stream =
            park_resolve_power(l, &k->pumping_ref, k->pumping_j > 0 ? k->pumping.node : NULL,
                               "pumping_stream", "pumping takes");
    }
}

const struct park_kind park_links = {
    .group = "links",
    .doc = "How a stream travels between places.",
    .kinds = kinds,
    .list = PARK_LIST(links, link),
    .resolve = resolve,
};
