// The group `park`: title, span, seed, what is recorded.
#include "models/park/base/kinds.h"
#include "sim/core/evq.h"
#include "sim/num/units.h"

#include <math.h>
#include <string.h>

struct park_record {
    struct sim_value every; // [s]
    struct sim_texts what;
};

/** The group `park`. */
struct park_head {
    PARK_THING;
    const char *utc_offset;
    struct sim_key_time start, until;
    struct sim_value warmup; // [s]
    struct park_record *record;
    int64_t seed;
    bool failures; // false: nothing breaks
    int policy;
    struct sim_value property_quantum;
};

static const char *const policies[] = {"priority", "cost", NULL};

static const struct sim_key record_keys[] = {
    {.name = "every",
     .type = SIM_KEY_VALUE,
     .dim = "h",
     .min = "0",
     .flags = SIM_KEY_ABOVE_MIN | SIM_KEY_BY_CALENDAR,
     .initial = "1 day",
     .offset = offsetof(struct park_record, every),
     .doc = "length of a recording interval, counted from the start; months and years are those of "
            "the calendar (\"1 month\", \"3 months\", \"1 year\"): but for the first they begin on "
            "the first of a month, years and parts of one with January"},
    {.name = "what",
     .type = SIM_KEY_TEXTS,
     .refers = "'flows' 'levels' 'activities' 'emissions' 'money'",
     .offset = offsetof(struct park_record, what),
     .doc = "series to keep: \"flows\", \"levels\", \"activities\", and by party \"emissions\" and "
            "\"money\"; default: the first three"},
};

static const struct sim_kind record_kind = {
    .name = "record",
    .doc = "Which series the results hold. Totals do not depend on it.",
    .size = sizeof(struct park_record),
    .keys = record_keys,
    .key_count = SIM_COUNT(record_keys),
};

static const struct sim_key keys[] = {
    {.name = "title",
     .type = SIM_KEY_TEXT,
     .offset = offsetof(struct park_head, title),
     .doc = "its name in reports, any UTF-8"},
    {.name = "start",
     .type = SIM_KEY_TIME,
     .flags = SIM_KEY_REQUIRED,
     .offset = offsetof(struct park_head, start),
     .doc = "first instant, local wall clock (no daylight saving)"},
    {.name = "until",
     .type = SIM_KEY_TIME,
     .flags = SIM_KEY_REQUIRED,
     .offset = offsetof(struct park_head, until),
     .doc = "the end"},
    {.name = "utc_offset",
     .type = SIM_KEY_TEXT,
     .initial = "+00:00",
     .offset = offsetof(struct park_head, utc_offset),
     .doc = "local time minus UTC, such as \"+07:00\""},
    {.name = "warmup",
     .type = SIM_KEY_VALUE,
     .dim = "h",
     .min = "0",
     .initial = "0 h",
     .offset = offsetof(struct park_head, warmup),
     .doc = "simulated first; then the ledger restarts and results begin"},
    {.name = "policy",
     .type = SIM_KEY_CHOICE,
     .choices = policies,
     .initial = "priority",
     .offset = offsetof(struct park_head, policy),
     .doc = "how what is scarce is shared; \"cost\" is not yet in this version"},
    {.name = "record",
     .type = SIM_KEY_GROUP,
     .kind = &record_kind,
     .offset = offsetof(struct park_head, record),
     .doc = "series to keep"},
    {.name = "seed",
     .type = SIM_KEY_COUNT,
     .min = "0",
     .initial = "1",
     .offset = offsetof(struct park_head, seed),
     .doc = "of all random numbers"},
    {.name = "failures",
     .type = SIM_KEY_BOOL,
     .initial = "true",
     .offset = offsetof(struct park_head, failures),
     .doc = "false: nothing breaks (--set park.failures=false)"},
};

static const struct sim_kind kind = {
    .name = "park",
    .doc = "The park as a whole: its title, the time that is simulated, and what is recorded.",
    .size = sizeof(struct park_head),
    .keys = keys,
    .key_count = SIM_COUNT(keys),
};

static const struct sim_node *head_node(const struct park_loader *l, const char *key)
{
    const struct sim_node *group = sim_tree_child(sim_tree_root(l->park->tree), "park");
    const struct sim_node *n = sim_tree_child(group, key);
    return n != NULL ? n : group;
}

static void resolve_span(struct park_loader *l, const struct park_head *h)
{
    struct park *p = l->park;
    p->start_us = h->start.when;
    p->until_us = h->until.when;
    p->warm_us = p->start_us;
    if (!h->start.given || !h->until.given) {
        return;
    }
    if (p->until_us <= p->start_us) {
        park_resolve_wrong(l, h->until.node, "write a date after park.start",
                           "the end is not after the start");
        return;
    }
    if (p->until_us - p->start_us >= SIM_EVQ_SPAN_US) {
        park_resolve_wrong(
            l, h->until.node, "write an earlier end",
            "the run lasts 285 years or more, and its clock does not reach that far");
        return;
    }
    const sim_time warm = sim_simtime_from_seconds(h->warmup.si);
    if (warm >= p->until_us - p->start_us) {
        park_resolve_wrong(l, h->warmup.node, "write a shorter warm-up or a later end",
                           "the warm-up lasts until the end of the run");
        return;
    }
    p->warm_us = p->start_us + warm;
}

/** How many months of the calendar `every` is, or 0 for a duration in days and hours. */
static int64_t months_in(struct park_loader *l, const struct sim_value *every)
{
    struct sim_unit unit;
    struct sim_err err;
    enum sim_simtime_span span;
    if (sim_units_parse(l->park->units, every->unit, &unit, &err) != SIM_OK ||
        !sim_simtime_span_of(sim_units_to_si(unit, 1), &span) || span < SIM_SIMTIME_SPAN_MONTH) {
        return 0;
    }
    const double months = every->written * (span == SIM_SIMTIME_SPAN_YEAR ? 12 : 1);
    if (months != floor(months) || months > 12 * 285.0) {
        park_resolve_wrong(l, every->node, "write whole months, or days",
                           "'%s' is no whole number of months up to 285 years", every->node->text);
        return 1;
    }
    return (int64_t)months;
}

static void resolve_interval(struct park_loader *l, const struct sim_value *every)
{
    struct park *p = l->park;
    p->record_months = months_in(l, every);
    p->record_us = sim_simtime_from_seconds(every->si);
    if (p->record_us < SIM_TIME_S) {
        park_resolve_wrong(l, every->node, "write at least \"1 s\"",
                           "recording intervals shorter than a second");
    } else if (p->record_us >= SIM_EVQ_SPAN_US) {
        park_resolve_wrong(l, every->node, "write a shorter interval",
                           "recording intervals of 285 years or more");
    } else if ((p->until_us - p->start_us) / p->record_us > 100000000) {
        park_resolve_wrong(l, every->node, "write a longer interval",
                           "more than 100 million recording intervals");
    }
}

static void resolve_record(struct park_loader *l, const struct park_record *r)
{
    static const char *const names[] = {"flows", "levels", "activities", "emissions", "money"};
    struct park *p = l->park;
    p->record_us = SIM_TIME_DAY;
    p->record = PARK_RECORD_FLOWS | PARK_RECORD_LEVELS | PARK_RECORD_ACTIVITIES;
    if (r == NULL) {
        return;
    }
    if (r->every.form == SIM_VALUE_QUANTITY) {
        resolve_interval(l, &r->every);
    }
    if (r->what.count > 0) {
        p->record = 0;
    }
    for (int i = 0; i < r->what.count; i++) {
        int found = -1;
        for (int k = 0; k < SIM_COUNT(names); k++) {
            found = strcmp(names[k], r->what.at[i]) == 0 ? k : found;
        }
        if (found >= 0) {
            p->record |= 1u << found;
        } else {
            park_resolve_wrong(
                l, r->what.nodes[i],
                "write \"flows\", \"levels\", \"activities\", \"emissions\" or \"money\"",
                "'%s' is nothing that can be recorded", r->what.at[i]);
        }
    }
}

static void resolve(struct park_loader *l)
{
    struct park *p = l->park;
    const struct park_head *h = l->park->head;
    p->offset_text = "+00:00";
    p->title = "";
    if (h == NULL) {
        return;
    }
    struct sim_err err;
    p->title = h->title != NULL ? h->title : "";
    p->seed = (uint64_t)h->seed;
    p->has_failures = h->failures;
    p->is_cut_short = (h->start.node != NULL && h->start.node->loose) ||
                      (h->until.node != NULL && h->until.node->loose);
    if (h->utc_offset != NULL) {
        p->offset_text = h->utc_offset;
        if (sim_simtime_parse_offset(h->utc_offset, &p->offset_us, &err) != SIM_OK) {
            park_resolve_wrong(l, head_node(l, "utc_offset"), NULL, "%s", err.text);
        }
    }
    if (h->policy == 1) {
        park_resolve_wrong(l, head_node(l, "policy"), "write \"priority\"",
                           "policy \"cost\" is not yet in this version");
    }
    resolve_span(l, h);
    resolve_record(l, h->record);
}

const struct park_kind park_head = {
    .group = "park",
    .flags = SIM_KEY_REQUIRED,
    .is_one = true,
    .keys = &kind,
    .list = PARK_ALONE(head),
    .resolve = resolve,
};
