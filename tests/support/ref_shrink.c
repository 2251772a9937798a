#include "tests/support/ref_trial.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct shrinker {
    struct ref_park *p;
    struct ref_park before; // to go back to
    const struct ref_trial *trial;
    int steps;
    bool moved;
};

// The words of a complaint behind file, line and path.
static const char *words(const char *why)
{
    for (int i = 0; i < 2 && strstr(why, ": ") != NULL; i++) {
        why = strstr(why, ": ") + 2;
    }
    return why;
}

static bool is_like(const struct ref_trial *a, const struct ref_trial *b)
{
    return a->verdict == b->verdict &&
           (a->verdict != REF_REFUSED || strncmp(words(a->why), words(b->why), 16) == 0);
}

static void keep_if_alike(struct shrinker *s)
{
    struct ref_trial trial;
    if (memcmp(s->p, &s->before, sizeof(*s->p)) == 0) {
        return;
    }
    ref_trial_run(s->p, &trial, NULL);
    if (is_like(&trial, s->trial)) {
        s->before = *s->p;
        s->moved = true;
        s->steps++;
    } else {
        *s->p = s->before;
    }
}

static void try_flag(struct shrinker *s, bool *flag)
{
    *flag = false;
    keep_if_alike(s);
}

static void try_int(struct shrinker *s, int *x, int plain)
{
    *x = plain;
    keep_if_alike(s);
}

// A rounder number in place of *x: `plain`, else one digit, else two.
static void try_number(struct shrinker *s, double *x, double plain)
{
    const double was = *x;
    *x = plain;
    keep_if_alike(s);
    for (int digits = 0; digits < 2 && *x == was && was > 0; digits++) {
        const double unit = pow(10.0, floor(log10(was)) - digits);
        *x = floor(was / unit + 0.5) * unit;
        keep_if_alike(s);
    }
}

static void shrink_things(struct shrinker *s)
{
    struct ref_park *const p = s->p;
    for (int i = 0; i < p->firm_count; i++) {
        try_flag(s, &p->firms[i].there);
    }
    for (int i = 0; i < p->contract_count; i++) {
        try_flag(s, &p->contracts[i].there);
    }
    for (int i = 0; i < p->process_count; i++) {
        try_flag(s, &p->processes[i].there);
    }
    for (int i = 0; i < p->market_count; i++) {
        try_flag(s, &p->markets[i].there);
        for (int k = 0; k < p->stream_count; k++) {
            try_flag(s, &p->markets[i].sells[k].there);
            try_flag(s, &p->markets[i].buys[k].there);
            try_flag(s, &p->markets[i].disposes[k].there);
        }
    }
}

static void detach(struct ref_park *p, int stock)
{
    for (int i = 0; i < p->process_count; i++) {
        struct ref_process *const q = &p->processes[i];
        for (int k = 0; k < REF_PORTS; k++) {
            q->inputs[k].stock = q->inputs[k].stock == stock ? -1 : q->inputs[k].stock;
            q->outputs[k].stock = q->outputs[k].stock == stock ? -1 : q->outputs[k].stock;
        }
    }
    for (int i = 0; i < p->contract_count; i++) {
        struct ref_place *const ends[] = {&p->contracts[i].from, &p->contracts[i].to};
        for (int k = 0; k < 2; k++) {
            if (ends[k]->kind == REF_AT_STOCK && ends[k]->id == stock) {
                *ends[k] = (struct ref_place){REF_AT_FIRM, p->stocks[stock].firm};
            }
        }
    }
    p->stocks[stock].there = false;
}

static void shrink_stocks(struct shrinker *s)
{
    for (int i = 0; i < s->p->stock_count; i++) {
        struct ref_stock *const k = &s->p->stocks[i];
        if (!k->there) {
            continue;
        }
        detach(s->p, i);
        keep_if_alike(s);
        try_int(s, &k->full, -1);
        try_int(s, &k->empty, -1);
        try_number(s, &k->decay_day, 0);
        try_number(s, &k->reorder, -1);
        try_number(s, &k->target, -1);
        try_number(s, &k->minimum, 0);
        try_number(s, &k->initial, k->minimum);
        try_number(s, &k->capacity, 100);
    }
}

static void shrink_process(struct shrinker *s, struct ref_process *q)
{
    try_int(s, &q->calendar, -1);
    try_int(s, &q->enters, 0);
    try_int(s, &q->leaves, REF_NEVER);
    try_number(s, &q->turndown, 0);
    if (s->p->firms[q->firm].utility < 0) {
        try_flag(s, &q->is_boiler);
        try_flag(s, &q->is_pull);
        try_int(s, &q->input_count, q->main < 0 ? 1 : 0);
    }
    try_flag(s, &q->is_standby);
    try_int(s, &q->input_count, q->input_count > 1 ? 1 : q->input_count);
    try_int(s, &q->output_count, q->main < 0 ? 0 : q->output_count > 1 ? 1 : q->output_count);
    try_number(s, &q->capacity, 10);
    for (int k = 0; k < q->input_count; k++) {
        try_int(s, &q->inputs[k].rank, -1);
        try_number(s, &q->inputs[k].amount, 1);
    }
    for (int k = 0; k < q->output_count; k++) {
        try_int(s, &q->outputs[k].rank, -1);
        try_number(s, &q->outputs[k].amount, 1);
    }
}

static void shrink_contract(struct shrinker *s, struct ref_contract *c)
{
    try_int(s, &c->calendar, -1);
    try_int(s, &c->starts, 0);
    try_int(s, &c->ends, REF_NEVER);
    try_int(s, &c->enters, 0);
    try_int(s, &c->leaves, REF_NEVER);
    try_int(s, &c->priority, 1);
    try_int(s, &c->order, 1);
    try_number(s, &c->share, 0);
    try_number(s, &c->loss, 0);
    try_number(s, &c->capacity, -1);
    if (c->capacity < 0 && !(c->loss > 0) && c->calendar < 0 && c->enters == 0) {
        try_flag(s, &c->has_link);
    }
}

static void shrink_offer(struct shrinker *s, struct ref_offer *o)
{
    if (o->there) {
        try_number(s, &o->capacity, -1);
        try_int(s, &o->rank, -1);
    }
}

static void shrink_details(struct shrinker *s)
{
    struct ref_park *const p = s->p;
    for (int i = 0; i < p->process_count; i++) {
        if (p->processes[i].there && p->firms[p->processes[i].firm].there) {
            shrink_process(s, &p->processes[i]);
        }
    }
    for (int i = 0; i < p->contract_count; i++) {
        if (p->contracts[i].there) {
            shrink_contract(s, &p->contracts[i]);
        }
    }
    for (int i = 0; i < p->firm_count; i++) {
        try_int(s, &p->firms[i].calendar, -1);
        try_int(s, &p->firms[i].enters, 0);
        try_int(s, &p->firms[i].leaves, REF_NEVER);
    }
    for (int i = 0; i < p->market_count; i++) {
        for (int k = 0; k < p->stream_count; k++) {
            shrink_offer(s, &p->markets[i].sells[k]);
            shrink_offer(s, &p->markets[i].buys[k]);
            shrink_offer(s, &p->markets[i].disposes[k]);
        }
    }
    for (int minutes = 60; minutes < p->minutes; minutes *= 2) {
        try_int(s, &p->minutes, minutes);
    }
    try_int(s, &p->first_day, 1);
    try_int(s, &p->calendar_count, 0);
}

int ref_shrink(struct ref_park *p, const struct ref_trial *trial)
{
    struct shrinker s = {.p = p, .before = *p, .trial = trial};
    do {
        s.moved = false;
        shrink_things(&s);
        shrink_stocks(&s);
        shrink_details(&s);
    } while (s.moved && s.steps < 2000);
    return s.steps;
}
