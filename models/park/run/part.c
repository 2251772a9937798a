#include "models/park/run/part.h"

#include <math.h>
#include <stdlib.h>

enum {
    MOST_PARTS = 32 // [-] that a park can have
};

/** Parts that are there, and those of them that want to hear of something: most want little, and a
 * rate changes often. */
struct living {
    const struct park_part *part;
    void *state;
};

struct list {
    struct living of[MOST_PARTS];
    int count;
};

struct park_parts {
    struct list all, changed, settled, allows, measures;
    struct living taker[PARK_HAPPENING_KINDS];
};

static void add(struct list *l, struct living x)
{
    SIM_REQUIRE(l->count < MOST_PARTS, "more parts than a run can have");
    l->of[l->count++] = x;
}

static void take_events(struct park_parts *p, struct living x)
{
    for (int kind = 0; kind < PARK_HAPPENING_KINDS; kind++) {
        if ((x.part->events & PARK_HAPPENING_BIT(kind)) != 0) {
            p->taker[kind] = x;
        }
    }
}

struct park_parts *park_part_create(const struct park_part_of *of)
{
    struct park_parts *p = sim_base_alloc(1, sizeof(*p));
    for (const struct park_part *const *part = park_part_all; *part != NULL; part++) {
        const struct living x = {.part = *part, .state = (*part)->create(of)};
        if (x.state == NULL) {
            continue;
        }
        add(&p->all, x);
        take_events(p, x);
        if (x.part->changed != NULL) {
            add(&p->changed, x);
        }
        if (x.part->settled != NULL) {
            add(&p->settled, x);
        }
        if (x.part->allows != NULL) {
            add(&p->allows, x);
        }
        if (x.part->measure != NULL) {
            add(&p->measures, x);
        }
    }
    return p;
}

void park_part_destroy(struct park_parts *p)
{
    for (int i = p != NULL ? p->all.count - 1 : -1; i >= 0; i--) {
        p->all.of[i].part->destroy(p->all.of[i].state);
    }
    free(p);
}

void park_part_reset(struct park_parts *p, const struct park_clock *c, const struct sim_trial *t)
{
    for (int i = 0; i < p->all.count; i++) {
        p->all.of[i].part->reset(p->all.of[i].state, c, t);
    }
}

void park_part_restart(struct park_parts *p, const struct park_clock *c)
{
    for (int i = 0; i < p->all.count; i++) {
        if (p->all.of[i].part->restart != NULL) {
            p->all.of[i].part->restart(p->all.of[i].state, c);
        }
    }
}

void park_part_changed(struct park_parts *p, const struct park_clock *c, int32_t activity,
                       double rate)
{
    for (int i = 0; i < p->changed.count; i++) {
        p->changed.of[i].part->changed(p->changed.of[i].state, c, activity, rate);
    }
}

void park_part_happen(struct park_parts *p, const struct park_clock *c, const struct sim_event *e)
{
    const struct living *x = &p->taker[e->kind];
    SIM_REQUIRE(x->part != NULL, "an event of no part");
    x->part->happen(x->state, c, e);
}

bool park_part_settled(struct park_parts *p, const struct park_clock *c)
{
    bool again = false;
    for (int i = 0; i < p->settled.count; i++) {
        again = p->settled.of[i].part->settled(p->settled.of[i].state, c) || again;
    }
    return again;
}

void park_part_close(struct park_parts *p, const struct park_clock *c)
{
    for (int i = 0; i < p->all.count; i++) {
        if (p->all.of[i].part->close != NULL) {
            p->all.of[i].part->close(p->all.of[i].state, c);
        }
    }
}

void park_part_validate(const struct park_parts *p, const struct park_clock *c)
{
    for (int i = 0; i < p->all.count; i++) {
        if (p->all.of[i].part->validate != NULL) {
            p->all.of[i].part->validate(p->all.of[i].state, c);
        }
    }
}

double park_part_allow(const struct park_parts *p, sim_time now, int32_t activity)
{
    double least = 1;
    for (int i = 0; least > 0 && i < p->allows.count; i++) {
        least = fmin(least, p->allows.of[i].part->allows(p->allows.of[i].state, now, activity));
    }
    return least;
}

const char *park_part_because(const struct park_parts *p, sim_time now, int32_t activity,
                              double share, enum park_idle *out_idle)
{
    *out_idle = PARK_IDLE_RUNS;
    for (int i = 0; i < p->allows.count; i++) {
        const struct living *x = &p->allows.of[i];
        const double allowed = x->part->allows(x->state, now, activity);
        if (allowed < 1 && allowed <= share) {
            return x->part->because(x->state, now, activity, out_idle);
        }
    }
    return NULL;
}

double park_part_measure(const struct park_parts *p, enum park_measure what, int32_t of,
                         sim_time now)
{
    for (int i = 0; i < p->measures.count; i++) {
        const struct living *x = &p->measures.of[i];
        const double found = x->part->measure(x->state, what, of, now);
        if (!isnan(found)) {
            return found;
        }
    }
    return 0;
}
