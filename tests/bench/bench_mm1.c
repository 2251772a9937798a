// SPDX-License-Identifier: MIT
// M/M/1: customers arrive with rate 0.9, one server works with rate 1, a million arrivals, run
// until drained. On the core it is what a model of a bay or a repair crew would be: the event queue
// and one resource, a handler for each kind of event. The first yardstick is a plain C loop: a
// textbook heap, a switch, a ring of arrival times. Both draw the same numbers, and must agree to
// the microsecond. The second is what somebody would write who only wants speed: the same loop with
// sfc64 and a ziggurat, other numbers, no reproducible streams. What it gains is the price of one
// uniform a variate by inversion, keyed by path.
#include "sim/core/evq.h"
#include "sim/core/resource.h"
#include "sim/num/dist.h"
#include "tests/bench/bench.h"
#include "tests/bench/textbook.h"

#include <math.h>
#include <stdlib.h>

enum {
    ROUNDS = 9,
    ARRIVE = 0,
    DEPART = 1
};

/** What chance decides; the same for the core and the first yardstick. */
struct chance {
    struct sim_rng arrivals;
    struct sim_rng services;
    struct sim_dist gap;  // [s]
    struct sim_dist work; // [s]
};

static struct chance make_chance(void)
{
    struct chance c = {
        .arrivals = sim_rng_make(1, 0, 1, 0),
        .services = sim_rng_make(1, 0, 2, 0),
        .gap = sim_dist_make(SIM_DIST_EXPONENTIAL, 1 / 0.9, 0, 0),
        .work = sim_dist_make(SIM_DIST_EXPONENTIAL, 1, 0, 0),
    };
    struct sim_err err;
    SIM_REQUIRE(sim_dist_prepare(&c.gap, &err) == SIM_OK, "the gap is a distribution");
    SIM_REQUIRE(sim_dist_prepare(&c.work, &err) == SIM_OK, "the work is a distribution");
    return c;
}

static sim_time next_gap(struct chance *c)
{
    return sim_simtime_from_seconds(sim_dist_draw(&c->gap, &c->arrivals));
}

static sim_time next_work(struct chance *c)
{
    return sim_simtime_from_seconds(sim_dist_draw(&c->work, &c->services));
}

// ---- on the core

struct shop {
    struct sim_evq *queue;
    struct sim_resource *server;
    struct chance chance;
    int left;      // [-] customers still to come
    sim_job job;   // the one that is served
    sim_time in;   // [us] when it came in
    sim_time time; // [us] in the system, over all that left
};

static void serve(struct shop *s, sim_time now)
{
    struct sim_resource_note note;
    while (sim_resource_next_note(s->server, &note)) {
        s->job = note.job;
        s->in = now - note.waited_us;
        sim_evq_push(s->queue, &(struct sim_event){.when = now + next_work(&s->chance),
                                                   .who = note.who,
                                                   .kind = DEPART});
    }
}

static void on_arrival(struct shop *s, const struct sim_event *e)
{
    sim_resource_request(s->server, e->when, 0, e->who, 0);
    if (--s->left > 0) {
        sim_evq_push(s->queue,
                     &(struct sim_event){.when = e->when + next_gap(&s->chance), .kind = ARRIVE});
    }
    serve(s, e->when);
}

static void on_departure(struct shop *s, const struct sim_event *e)
{
    s->time += e->when - s->in;
    sim_resource_release(s->server, e->when, s->job);
    serve(s, e->when);
}

typedef void handler(struct shop *s, const struct sim_event *e);

static sim_time run_core(int customers)
{
    static handler *const handlers[] = {[ARRIVE] = on_arrival, [DEPART] = on_departure};
    const struct sim_resource_opts opts = sim_resource_opts_default();
    struct shop s = {
        .queue = sim_evq_create(16),
        .server = sim_resource_create(&opts, 0),
        .chance = make_chance(),
        .left = customers,
    };
    sim_evq_push(s.queue, &(struct sim_event){.when = next_gap(&s.chance), .kind = ARRIVE});
    struct sim_event e;
    while (sim_evq_pop(s.queue, &e)) {
        handlers[e.kind](&s, &e);
    }
    sim_evq_destroy(s.queue);
    sim_resource_destroy(s.server);
    return s.time;
}

// ---- chance as fast as it goes: sfc64 (Doty-Humphrey 2010) and the ziggurat of Marsaglia and
// Tsang 2000 for the exponential, with 256 strips

struct fast {
    uint64_t a, b, c, counter;
};

static double strip_x[257]; // [-] right ends of the strips
static double strip_y[257]; // [-] density there

static uint64_t fast_next(struct fast *f)
{
    const uint64_t out = f->a + f->b + f->counter++;
    f->a = f->b ^ (f->b >> 11);
    f->b = f->c + (f->c << 3);
    f->c = ((f->c << 24) | (f->c >> 40)) + out;
    return out;
}

static void make_strips(void)
{
    const double r = 7.69711747013104972; // where the tail begins
    const double area = 0.0039496598225815571993;
    strip_x[0] = area / exp(-r);
    strip_x[1] = r;
    for (int i = 2; i < 256; i++) {
        strip_x[i] = -log(exp(-strip_x[i - 1]) + area / strip_x[i - 1]);
    }
    strip_x[256] = 0;
    for (int i = 0; i <= 256; i++) {
        strip_y[i] = exp(-strip_x[i]);
    }
}

/** Exponential of mean 1. */
static double fast_exponential(struct fast *f)
{
    for (double shift = 0;;) {
        const uint64_t bits = fast_next(f);
        const int strip = (int)(bits & 255);
        const double x = (double)(bits >> 11) * 0x1p-53 * strip_x[strip];
        if (x < strip_x[strip + 1]) {
            return shift + x;
        }
        const double u = (double)(fast_next(f) >> 11) * 0x1p-53;
        if (strip == 0) {
            shift += strip_x[1];
        } else if (strip_y[strip] + u * (strip_y[strip + 1] - strip_y[strip]) < exp(-x)) {
            return shift + x;
        }
    }
}

static sim_time fast_time(struct fast *f, double mean_s)
{
    return (sim_time)(fast_exponential(f) * mean_s * 1e6);
}

// ---- in plain C

struct ring {
    sim_time *came;
    unsigned first;
    unsigned count;
    unsigned capacity; // a power of two
};

static void ring_push(struct ring *r, sim_time t)
{
    if (r->count == r->capacity) {
        sim_time *more = sim_base_alloc((size_t)2 * r->capacity, sizeof *more);
        for (unsigned i = 0; i < r->count; i++) {
            more[i] = r->came[(r->first + i) & (r->capacity - 1)];
        }
        free(r->came);
        *r = (struct ring){more, 0, r->count, 2 * r->capacity};
    }
    r->came[(r->first + r->count++) & (r->capacity - 1)] = t;
}

static sim_time ring_pop(struct ring *r)
{
    const sim_time t = r->came[r->first];
    r->first = (r->first + 1) & (r->capacity - 1);
    r->count--;
    return t;
}

/** Where the plain loop takes its times from. */
struct source {
    struct chance *chance; // NULL: the fast generators
    struct fast fast;
};

static sim_time gap_of(struct source *s)
{
    return s->chance != NULL ? next_gap(s->chance) : fast_time(&s->fast, 1 / 0.9);
}

static sim_time work_of(struct source *s)
{
    return s->chance != NULL ? next_work(s->chance) : fast_time(&s->fast, 1);
}

static inline sim_time run_plain(int customers, struct source source)
{
    struct textbook heap = textbook_make(16);
    struct ring line = {sim_base_alloc(64, sizeof(sim_time)), 0, 0, 64};
    int left = customers;
    sim_time total = 0;
    textbook_push(&heap, gap_of(&source), ARRIVE, 0);
    struct textbook_event e;
    while (textbook_pop(&heap, &e)) {
        switch (e.kind) {
        case ARRIVE:
            ring_push(&line, e.when); // the first of the line is the one that is served
            if (--left > 0) {
                textbook_push(&heap, e.when + gap_of(&source), ARRIVE, 0);
            }
            if (line.count == 1) {
                textbook_push(&heap, e.when + work_of(&source), DEPART, 0);
            }
            break;
        default:
            total += e.when - ring_pop(&line);
            if (line.count > 0) {
                textbook_push(&heap, e.when + work_of(&source), DEPART, 0);
            }
            break;
        }
    }
    textbook_free(&heap);
    free(line.came);
    return total;
}

void bench_mm1_run(const struct bench_opts *opts)
{
    const int customers = opts->quick ? 1000 : 1000000;
    const int rounds = opts->quick ? 1 : ROUNDS;
    double ours[ROUNDS];
    double ratios[ROUNDS];
    double honest[ROUNDS];
    sim_time total = 0;
    double mean = 0;
    make_strips();
    for (int i = 0; i < rounds; i++) {
        const double start = bench_cpu_seconds();
        total = run_core(customers);
        const double middle = bench_cpu_seconds();
        struct chance chance = make_chance();
        const sim_time plain = run_plain(customers, (struct source){.chance = &chance});
        const double end = bench_cpu_seconds();
        const struct fast seeded = {1, 2, 3, 1};
        mean = (double)run_plain(customers, (struct source){.fast = seeded}) / 1e6 / customers;
        const double last = bench_cpu_seconds();
        SIM_REQUIRE(total == plain, "the core and plain C disagree about M/M/1");
        ours[i] = middle - start;
        ratios[i] = (end - middle) / ours[i];
        honest[i] = (last - end) / ours[i];
    }
    SIM_REQUIRE(opts->quick || (mean > 8 && mean < 12), "the fast loop is M/M/1, too");
    bench_line("mm1/customers_per_s", customers / bench_median(ours, rounds), "1/s");
    bench_line("mm1/vs_plain_c", bench_median(ratios, rounds), "x");
    bench_line("mm1/vs_plain_c_sfc64_ziggurat", bench_median(honest, rounds), "x");
    bench_line("mm1/mean_time_in_system", sim_simtime_to_seconds(total) / customers, "s");
}
