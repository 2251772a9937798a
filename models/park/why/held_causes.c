#include "models/park/why/held_causes.h"

#include "models/park/net/build.h"
#include "models/park/net/mover.h"
#include "sim/base/arena.h"

#include <math.h>
#include <stdlib.h>

static const char *const sort_names[PARK_HELD_SORTS] = {
    [PARK_HELD_CAPACITY] = "a capacity",         [PARK_HELD_FAILURE] = "a failure",
    [PARK_HELD_CALENDAR] = "a calendar",         [PARK_HELD_DATES] = "dates",
    [PARK_HELD_LIMIT] = "a limit that is spent", [PARK_HELD_NONE] = "a capacity of 0",
    [PARK_HELD_TURNDOWN] = "a turndown",         [PARK_HELD_GIVES] = "nobody gives more",
    [PARK_HELD_TAKES] = "nobody takes more",     [PARK_HELD_CIRCLE] = "a circle of causes",
    [PARK_HELD_SHUT] = "what is not open",       [PARK_HELD_ELSE] = "a cause further on",
};

/** Of an activity or pool, after its name. */
static const char *const own_names[PARK_HELD_SORTS] = {
    [PARK_HELD_CAPACITY] = "its capacity",    [PARK_HELD_FAILURE] = "a failure",
    [PARK_HELD_CALENDAR] = "its calendar",    [PARK_HELD_DATES] = "its dates",
    [PARK_HELD_LIMIT] = "its limit is spent", [PARK_HELD_NONE] = "its capacity is 0",
    [PARK_HELD_TURNDOWN] = "its turndown",    [PARK_HELD_GIVES] = "nobody gives more",
    [PARK_HELD_TAKES] = "nobody takes more",  [PARK_HELD_SHUT] = "it is not open",
};

const char *park_held_causes_sort_name(enum park_held_sort sort)
{
    return sort_names[sort];
}

/** Whether a chain may end at the activity so once its values are others. */
static bool may_end_if(const struct park_activity *a, int sort)
{
    switch ((enum park_held_sort)sort) {
    case PARK_HELD_FAILURE:
        return a->failure_count > 0;
    case PARK_HELD_DATES:
    case PARK_HELD_SHUT:
        return a->mover->is_contract;
    case PARK_HELD_NONE:
        return a->level != NULL || a->mover->is_contract;
    case PARK_HELD_TURNDOWN:
        return a->mover->is_process;
    case PARK_HELD_CAPACITY:
    case PARK_HELD_CALENDAR:
    case PARK_HELD_LIMIT:
    case PARK_HELD_GIVES:
    case PARK_HELD_TAKES:
    case PARK_HELD_CIRCLE:
    case PARK_HELD_ELSE:
    case PARK_HELD_SORTS:
        break; // a key that is there, whatever it says
    }
    return false;
}

/** Whether a chain may end at the activity so. */
static bool may_end(const struct park *p, const struct park_activity *a, int sort)
{
    const bool varies = a->level != NULL && (a->level->profile >= 0 || a->level->dist != NULL);
    const bool is_process = a->mover->is_process;
    switch ((enum park_held_sort)sort) {
    case PARK_HELD_CAPACITY: // what only passes on is never the cause
        return isfinite(a->capacity) && (a->level != NULL || a->mover->is_exit);
    case PARK_HELD_FAILURE:
        return p->has_failures && a->failure_count > 0;
    case PARK_HELD_CALENDAR:
        return a->calendar >= 0;
    case PARK_HELD_DATES:
        return a->from_us > p->start_us || a->until_us < p->until_us;
    case PARK_HELD_LIMIT:
        return a->mover->is_contract && !a->mover->is_exit && isfinite(p->exchanges[a->id]->most);
    case PARK_HELD_SHUT:
        return !a->is_open;
    case PARK_HELD_NONE:
        return varies || a->capacity <= 0;
    case PARK_HELD_TURNDOWN:
        return is_process && p->processes[a->id]->least > 0;
    case PARK_HELD_GIVES:
    case PARK_HELD_TAKES:
    case PARK_HELD_CIRCLE:
    case PARK_HELD_ELSE:
    case PARK_HELD_SORTS:
        break;
    }
    return false;
}

static bool touches(const struct park_net *n, int32_t activity, int32_t pool, bool gives)
{
    const struct park_activity *a = &n->activities[activity];
    for (int32_t i = a->first_port; i < a->first_port + a->port_count; i++) {
        if (n->ports[i].pool == pool && n->ports[i].gives == gives) {
            return true;
        }
    }
    return false;
}

/** Whether a chain may end at the pool since nobody of that side does more: one who stands there
 * alone is followed, but by itself. */
static bool may_rest(const struct park_net *n, int32_t pool, bool gives)
{
    int count = 0;
    int others = 0;
    int32_t last = -1;
    for (int32_t i = n->at.first[pool]; i < n->at.first[pool + 1]; i++) {
        const struct sim_port_def *q = &n->ports[n->at.at[i]];
        count += q->gives == gives;
        others += q->gives != gives;
        last = q->gives == gives ? q->activity : last;
    }
    return others > 0 && (count != 1 || touches(n, last, pool, !gives));
}

static bool may_be(const struct park *p, const struct park_activity *a, int sort, bool any)
{
    return may_end(p, a, sort) || (any && may_end_if(a, sort));
}

static int count_all(const struct park *p, bool any)
{
    const struct park_net *n = p->net;
    int count = 0;
    for (int32_t a = 0; a < n->activity_count; a++) {
        for (int sort = 0; sort < PARK_HELD_GIVES; sort++) {
            count += may_be(p, &n->activities[a], sort, any);
        }
    }
    for (int32_t i = 0; i < n->pool_count; i++) {
        count += may_rest(n, i, true) + may_rest(n, i, false);
    }
    return count;
}

static int32_t add(struct park_held_causes *x, int sort, const char *name)
{
    x->sorts[x->count] = (enum park_held_sort)sort;
    x->names[x->count] = name;
    return x->count++;
}

static int32_t add_of(struct park_held_causes *x, int sort, const char *title)
{
    return add(x, sort, sim_arena_format(x->arena, "%s: %s", title, own_names[sort]));
}

static void add_all(struct park_held_causes *x, const struct park *p, bool any)
{
    const struct park_net *n = p->net;
    x->of_activity =
        sim_base_alloc((size_t)n->activity_count * PARK_HELD_GIVES, sizeof(*x->of_activity));
    x->of_pool = sim_base_alloc(2 * (size_t)n->pool_count, sizeof(*x->of_pool));
    for (int32_t a = 0; a < n->activity_count; a++) {
        for (int sort = 0; sort < PARK_HELD_GIVES; sort++) {
            x->of_activity[a * PARK_HELD_GIVES + sort] =
                may_be(p, &n->activities[a], sort, any) ? add_of(x, sort, n->activities[a].title)
                                                        : -1;
        }
    }
    for (int32_t i = 0; i < n->pool_count; i++) {
        for (int k = 0; k < 2; k++) {
            x->of_pool[2 * i + k] =
                may_rest(n, i, k == 0) ? add_of(x, PARK_HELD_GIVES + k, n->pools[i].name) : -1;
        }
    }
}

static void init(struct park_held_causes *x, const struct park *p, bool any)
{
    const int told = count_all(p, any);
    *x = (struct park_held_causes){.arena = sim_arena_create()};
    x->is_by_sort = (int64_t)p->process_count * told > PARK_HELD_CAUSES_CELLS;
    const size_t most = (size_t)(x->is_by_sort ? 0 : told) + PARK_HELD_SORTS;
    x->names = sim_base_alloc(most, sizeof(*x->names));
    x->sorts = sim_base_alloc(most, sizeof(*x->sorts));
    if (!x->is_by_sort) { // else nobody asks for the things
        add_all(x, p, any);
    }
    for (int sort = x->is_by_sort ? 0 : PARK_HELD_CIRCLE; sort < PARK_HELD_SORTS; sort++) {
        (void)add(x, sort, sort_names[sort]);
    }
}

void park_held_causes_init(struct park_held_causes *x, const struct park *p)
{
    init(x, p, false);
}

void park_held_causes_init_any(struct park_held_causes *x, const struct park *p)
{
    init(x, p, true);
}

void park_held_causes_fini(struct park_held_causes *x)
{
    free(x->names);
    free(x->sorts);
    free(x->of_activity);
    free(x->of_pool);
    sim_arena_destroy(x->arena);
    *x = (struct park_held_causes){0};
}

static enum park_held_sort sort_of_idle(enum park_idle idle)
{
    switch (idle) {
    case PARK_IDLE_DATES:
        return PARK_HELD_DATES;
    case PARK_IDLE_SPENT:
        return PARK_HELD_LIMIT;
    case PARK_IDLE_BROKEN:
        return PARK_HELD_FAILURE;
    case PARK_IDLE_CLOSED:
        return PARK_HELD_CALENDAR;
    case PARK_IDLE_NOT_OPEN:
        return PARK_HELD_SHUT;
    case PARK_IDLE_RUNS:
    case PARK_IDLE_ZERO:
        break;
    }
    return PARK_HELD_NONE;
}

/** What limits or stops the last activity of a chain. */
static enum park_held_sort sort_of(const struct park_cause_view *v,
                                   const struct park_chain_step *last)
{
    const struct park_allowance allowed =
        park_capacity_allowance(v->capacity, v->now, last->activity);
    switch (last->cause.kind) {
    case PARK_CAUSE_IDLE:
        return sort_of_idle(allowed.idle);
    case PARK_CAUSE_TURNDOWN:
        return PARK_HELD_TURNDOWN;
    case PARK_CAUSE_CAPACITY:
        return allowed.share < 1 ? sort_of_idle(allowed.idle) : PARK_HELD_CAPACITY;
    case PARK_CAUSE_INPUT:
    case PARK_CAUSE_OUTPUT:
    case PARK_CAUSE_UNASKED:
        break;
    }
    return PARK_HELD_ELSE;
}

/** A sort without a thing stands at the end of the list. */
static int32_t of_sort(const struct park_held_causes *x, enum park_held_sort sort)
{
    return x->count - PARK_HELD_SORTS + (int32_t)sort;
}

int32_t park_held_causes_end(const struct park_held_causes *x, const struct park_cause_view *v,
                             const struct park_chain *c)
{
    const struct park_chain_step *last = &c->steps[c->count - 1];
    enum park_held_sort sort = PARK_HELD_ELSE;
    int32_t found = -1;
    switch (c->end) {
    case PARK_CHAIN_CAUSE:
        sort = sort_of(v, last);
        found = sort < PARK_HELD_GIVES && !x->is_by_sort
                    ? x->of_activity[last->activity * PARK_HELD_GIVES + (int32_t)sort]
                    : -1;
        break;
    case PARK_CHAIN_DONE:
    case PARK_CHAIN_NOBODY: {
        const struct sim_port_def *port = &v->park->net->ports[last->cause.port];
        sort = port->gives ? PARK_HELD_TAKES : PARK_HELD_GIVES;
        found = x->is_by_sort ? -1 : x->of_pool[2 * port->pool + (port->gives ? 1 : 0)];
        break;
    }
    case PARK_CHAIN_CIRCLE:
        sort = PARK_HELD_CIRCLE;
        break;
    case PARK_CHAIN_LONG:
        break;
    }
    if (x->is_by_sort || sort >= PARK_HELD_CIRCLE) {
        return of_sort(x, sort);
    }
    return found >= 0 ? found : of_sort(x, PARK_HELD_ELSE);
}
