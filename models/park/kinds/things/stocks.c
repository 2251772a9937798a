// Stocks: one stream at one place of a firm.
#include "models/park/base/kinds.h"
#include "models/park/net/make.h"
#include "sim/num/units.h"

#include <math.h>
#include <stdlib.h>

static const struct sim_key keys[] = {
    {.name = "title",
     .type = SIM_KEY_TEXT,
     .offset = offsetof(struct park_stock, title),
     .doc = "its name in reports"},
    {.name = "stream",
     .type = SIM_KEY_REF,
     .refers = "streams",
     .flags = SIM_KEY_REQUIRED,
     .offset = offsetof(struct park_stock, stream_ref),
     .doc = "what it holds"},
    {.name = "capacity",
     .type = SIM_KEY_VALUE,
     .dim = "{stream}",
     .min = "0",
     .flags = SIM_KEY_REQUIRED,
     .offset = offsetof(struct park_stock, capacity),
     .doc = "most that it holds; 0 makes it a junction"},
    {.name = "initial",
     .type = SIM_KEY_VALUE,
     .dim = "{stream}",
     .min = "0",
     .offset = offsetof(struct park_stock, initial),
     .doc = "level at the start; default: its minimum"},
    {.name = "minimum",
     .type = SIM_KEY_VALUE,
     .dim = "{stream}",
     .min = "0",
     .offset = offsetof(struct park_stock, minimum),
     .doc =
         "level at which takers find it empty; default 0. What decays there comes before them, and "
         "may take it below: then they get nothing until inflow has filled it up again"},
    {.name = "target",
     .type = SIM_KEY_VALUE,
     .dim = "{stream}",
     .min = "0",
     .offset = offsetof(struct park_stock, target),
     .doc = "pull processes, purchases and contracts fill it up to here, and there make up for "
            "what is drawn and decays; "
            "above the minimum; default: its capacity"},
    {.name = "reorder",
     .type = SIM_KEY_VALUE,
     .dim = "{stream}",
     .min = "0",
     .offset = offsetof(struct park_stock, reorder),
     .doc = "once at target, pull processes rest until it has fallen to here, from the minimum to "
            "below the target; default: they do not"},
    {.name = "decay",
     .type = SIM_KEY_VALUE,
     .dim = "%/day",
     .min = "0",
     .offset = offsetof(struct park_stock, decay),
     .doc = "share of its level that vanishes per time (dries, cools, leaks), full or not; default "
            "0"},
    {.name = "full",
     .type = SIM_KEY_REF,
     .refers = "'block' markets",
     .initial = "block",
     .offset = offsetof(struct park_stock, full_ref),
     .doc = "what happens when it is full: \"block\" what comes in, or the market that it "
            "overflows to, with what comes in beyond what is drawn and decays; what is bought or "
            "made by pull processes never overflows, what comes by contract only where a push "
            "process gives it"},
    {.name = "empty",
     .type = SIM_KEY_REF,
     .refers = "'starve' markets",
     .initial = "starve",
     .offset = offsetof(struct park_stock, empty_ref),
     .doc =
         "what happens when it is empty: \"starve\" its takers, or the market that fills in what "
         "they and its decay lack"},
};

const struct sim_kind park_stocks_kind = {
    .name = "stock",
    .doc = "Holds one stream at one place of a firm. What goes in and out names it: `to` of an "
           "output, `from` of an input, \"mill.yard\" at a link or exchange.",
    .size = sizeof(struct park_stock),
    .keys = keys,
    .key_count = SIM_COUNT(keys),
};

static void found(struct park_loader *l, struct park_thing *t, const struct park_thing *owner,
                  int home)
{
    (void)l;
    (void)home;
    ((struct park_stock *)t)->firm = owner->id;
}

static double si_or(const struct sim_value *v, double otherwise)
{
    return v->form == SIM_VALUE_QUANTITY ? v->si : otherwise;
}

// Levels that differ by no more than the rounding of their units are one.
static bool is_above(double level, double other)
{
    return sim_units_is_above(level, other);
}

static void within(double *level, double least, double most)
{
    *level = *level < least ? least : *level > most ? most : *level;
}

// minimum <= reorder < target <= capacity, minimum < target, minimum <= initial <= capacity: each
// pair that does not hold is told at the line of the level that is off.
static void check_levels(struct park_loader *l, const struct park_stock *s)
{
    const struct sim_value *levels[] = {&s->initial, &s->minimum, &s->target, &s->reorder};
    const double target = s->target_si > 0 ? s->target_si : s->capacity_si;
    bool fits = true;
    for (int i = 0; i < SIM_COUNT(levels); i++) {
        if (levels[i]->form == SIM_VALUE_QUANTITY && is_above(levels[i]->si, s->capacity_si)) {
            park_resolve_wrong(l, levels[i]->node, "write a level within the capacity",
                               "more than the stock holds");
            fits = fits && levels[i] != &s->minimum;
        }
    }
    if (fits && is_above(s->minimum_si, s->initial_si)) {
        park_resolve_wrong(l, s->initial.node, "begin at the minimum or above",
                           "it begins below its minimum");
    }
    if (fits && s->minimum_si > 0 && !is_above(s->capacity_si, s->minimum_si)) {
        park_resolve_wrong(l, s->minimum.node, "write a level below the capacity",
                           "its minimum is all that it holds, so nothing could ever be drawn");
        fits = false;
    }
    if (s->target.form == SIM_VALUE_QUANTITY && s->capacity_si > 0 && fits &&
        !is_above(s->target_si, s->minimum_si)) {
        park_resolve_wrong(l, s->target.node, "write a level above the minimum",
                           "its target is not above its minimum (0 where none is said)");
    }
    if (s->reorder_si >= 0 && !is_above(s->reorder_si, s->capacity_si) &&
        !is_above(target, s->reorder_si)) {
        park_resolve_wrong(l, s->reorder.node, "write a level below the target",
                           "reorder is not below the target (the capacity where none is said)");
    }
    if (s->reorder_si >= 0 && fits && is_above(s->minimum_si, s->reorder_si)) {
        park_resolve_wrong(l, s->reorder.node, "write the minimum, or a level above",
                           "reorder is below the minimum, where takers find it empty");
    }
}

// Levels that are equal but for the rounding of their units become so.
static void round_levels(struct park_stock *s)
{
    within(&s->minimum_si, 0, s->capacity_si);
    within(&s->initial_si, s->minimum_si, s->capacity_si);
    within(&s->target_si, 0, s->capacity_si);
    if (s->reorder_si >= 0) {
        within(&s->reorder_si, s->minimum_si, s->capacity_si);
    }
}

// What holds nothing is full and empty at once: what fills it would run straight through.
static void check_routes(struct park_loader *l, const struct park_stock *s)
{
    if (s->full_market >= 0 && s->empty_market >= 0 && !(s->capacity_si > 0)) {
        park_resolve_wrong(l, s->empty_ref.node,
                           "give it a capacity, or leave `full` or `empty` out",
                           "it holds nothing, so it is full and empty at once, and what %s brings "
                           "would go to %s",
                           s->empty_ref.text, s->full_ref.text);
    }
}

// What decays does so from the start of the park, whether its firm is there or not.
static void check_entry(struct park_loader *l, const struct park_stock *s)
{
    const struct park_firm *f = l->park->firms[s->firm];
    if (s->decay_per_s > 0 && s->initial_si > 0 && f->enters.given &&
        f->enters.when > l->park->start_us) {
        park_resolve_warn(l, s->decay.node, "begin with 0, or let the firm be there from the start",
                          "its initial level decays from the start of the park, before %s enters",
                          f->name);
    }
}

static void check_route(struct park_loader *l, const struct park_stock *s,
                        const struct sim_ref *ref, int32_t market, bool sells)
{
    const struct park *p = l->park;
    if (market < 0 || s->stream < 0 || park_offers_find(p, market, s->stream, sells) >= 0) {
        return;
    }
    const char *stream = p->streams[s->stream]->name;
    char *remedy = sells ? sim_base_format("add it to markets.%s.sells", ref->text)
                         : sim_base_format("add it to markets.%s.disposes or .buys", ref->text);
    park_resolve_wrong(l, ref->node, remedy, "market %s does not %s %s", ref->text,
                       sells ? "sell" : "take", stream);
    free(remedy);
}

static void resolve(struct park_loader *l)
{
    struct park *p = l->park;
    for (int i = 0; i < p->stock_count; i++) {
        struct park_stock *s = p->stocks[i];
        s->stream = park_resolve_ref(l, &s->stream_ref);
        s->capacity_si = si_or(&s->capacity, INFINITY);
        s->minimum_si = si_or(&s->minimum, 0);
        s->initial_si = si_or(&s->initial, s->minimum_si);
        s->target_si = si_or(&s->target, 0);
        s->reorder_si = si_or(&s->reorder, -1);
        s->decay_per_s = si_or(&s->decay, 0);
        s->full_market = park_resolve_ref(l, &s->full_ref);
        s->empty_market = park_resolve_ref(l, &s->empty_ref);
        check_levels(l, s);
        round_levels(s);
        check_routes(l, s);
        check_entry(l, s);
        check_route(l, s, &s->full_ref, s->full_market, false);
        check_route(l, s, &s->empty_ref, s->empty_market, true);
    }
}

static void build_one(struct park_builder *b, int32_t id)
{
    const struct park *p = b->park;
    const struct park_stock *s = p->stocks[id];
    const struct sim_pool_def def = {
        .name = s->name,
        .capacity = s->capacity_si,
        .minimum = s->minimum_si,
        .target = s->target_si,
        .reorder = s->reorder_si,
        .decay = s->decay_per_s,
    };
    const struct park_pool pool = {.name = s->name,
                                   .stream = s->stream,
                                   .party = p->firms[s->firm]->party,
                                   .stock = id,
                                   .link = -1};
    b->stock_pools[id] = park_build_pool(b, &def, &pool, s->initial_si);
}

static void build(struct park_builder *b)
{
    for (int i = 0; i < b->park->stock_count; i++) {
        build_one(b, i);
    }
}

static const struct park_home homes[] = {
    {&park_firms, offsetof(struct park_firm, stocks), PARK_NAMED_BY_OWNER}, {.of = NULL}};

const struct park_kind park_stocks = {
    .list = PARK_LIST(stocks, stock),
    .homes = homes,
    .found = found,
    .resolve = resolve,
    .build = build,
};
