#include "models/park/kinds/things/breakdown.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#define H SIM_TIME_H

static struct sim_dist constant(double hours)
{
    struct sim_dist d = sim_dist_make(SIM_DIST_CONSTANT, hours * 3600, 0, 0);
    struct sim_err err;
    cr_assert(eq(int, (int)sim_dist_prepare(&d, &err), (int)SIM_OK));
    return d;
}

/** A bench of two processes, up to three modes, one crew. */
struct bench {
    struct sim_dist up[3], fix[3];
    struct park_breakdown_mode modes[3];
    struct park_breakdown_crew crew;
    struct park_breakdowns *breakdowns;
    struct park_clock clock;
};

static void add(struct bench *b, int m, int process, double up_h, double fix_h, bool operating)
{
    static const char *const paths[] = {"a.x", "b.y", "c.z"};
    b->up[m] = constant(up_h);
    b->fix[m] = constant(fix_h);
    b->modes[m] = (struct park_breakdown_mode){.path = paths[m],
                                               .name = paths[m],
                                               .rank = m,
                                               .process = process,
                                               .up = &b->up[m],
                                               .fix = &b->fix[m],
                                               .counts_operating = operating,
                                               .crew = -1,
                                               .priority = 1};
}

static void start(struct bench *b, int modes)
{
    b->crew.name = "fitters";
    b->crew.rank = 9;
    b->crew.size = b->crew.size > 0 ? b->crew.size : 1;
    const struct park_breakdown_opts opts = {.modes = b->modes,
                                             .mode_count = modes,
                                             .crews = &b->crew,
                                             .crew_count = 1,
                                             .process_count = 2};
    b->breakdowns = park_breakdown_create(&opts, 0);
    b->clock.queue = sim_evq_create(16);
    sim_evq_reset(b->clock.queue, 0);
    b->clock.end = SIM_EVQ_SPAN_US - 1;
    park_breakdown_reset(b->breakdowns, &b->clock, 1, 0, false);
}

static void stop(struct bench *b)
{
    park_breakdown_destroy(b->breakdowns);
    sim_evq_destroy(b->clock.queue);
}

/** Let all happen up to and with `until`. */
static void go(struct bench *b, sim_time until)
{
    struct sim_event e;
    while (sim_evq_peek(b->clock.queue, &e) && e.when <= until) {
        (void)sim_evq_pop(b->clock.queue, &e);
        b->clock.now = e.when;
        (void)park_breakdown_happen(b->breakdowns, &b->clock, &e);
        park_breakdown_validate(b->breakdowns, &b->clock);
    }
    b->clock.now = until;
}

static double share(const struct bench *b, int process)
{
    return park_breakdown_share(b->breakdowns, process);
}

Test(breakdown, counts_calendar_time_though_nothing_runs)
{
    struct bench b = {0};
    add(&b, 0, 0, 10, 2, false);
    start(&b, 1);

    go(&b, 10 * H - 1);
    cr_assert(eq(dbl, share(&b, 0), 1.0));
    go(&b, 10 * H);
    cr_assert(eq(dbl, share(&b, 0), 0.0));
    go(&b, 12 * H);
    cr_assert(eq(dbl, share(&b, 0), 1.0));
    go(&b, 30 * H); // fails again at 22 h, is repaired at 24 h
    cr_assert(eq(dbl, park_breakdown_down_h(b.breakdowns, b.clock.now, 0), 4.0));
    cr_assert(eq(dbl, park_breakdown_down_h(b.breakdowns, b.clock.now, 1), 0.0));
    stop(&b);
}

Test(breakdown, counts_operating_time_to_the_microsecond)
{
    struct bench b = {0};
    add(&b, 0, 0, 10, 2, true);
    start(&b, 1);

    go(&b, 5 * H); // stands still
    park_breakdown_runs(b.breakdowns, &b.clock, 0, true);
    go(&b, 9 * H + 1); // 4 h and a microsecond
    park_breakdown_runs(b.breakdowns, &b.clock, 0, false);
    go(&b, 12 * H);
    park_breakdown_runs(b.breakdowns, &b.clock, 0, true);
    go(&b, 18 * H - 2);
    cr_assert(eq(dbl, share(&b, 0), 1.0));
    go(&b, 18 * H - 1); // 6 h less a microsecond
    cr_assert(eq(dbl, share(&b, 0), 0.0));
    stop(&b);
}

Test(breakdown, keeps_the_smallest_share_of_several_modes)
{
    struct bench b = {0};
    add(&b, 0, 0, 1, 6, false);
    add(&b, 1, 0, 2, 2, false);
    b.modes[0].leaves = 0.6;
    b.modes[1].leaves = 0.2;
    start(&b, 2);

    go(&b, 1 * H);
    cr_assert(eq(dbl, share(&b, 0), 0.6));
    go(&b, 2 * H);
    cr_assert(eq(dbl, share(&b, 0), 0.2));
    go(&b, 4 * H);
    cr_assert(eq(dbl, share(&b, 0), 0.6));
    // 1 h at 0.4 taken, 2 h at 0.8 taken
    cr_assert(epsilon_eq(dbl, park_breakdown_down_h(b.breakdowns, b.clock.now, 0), 2.0, 1e-12));
    stop(&b);
}

Test(breakdown, a_second_failure_waits_for_the_crew)
{
    struct bench b = {0};
    add(&b, 0, 0, 1, 4, false);
    add(&b, 1, 1, 2, 4, false);
    b.modes[0].crew = 0;
    b.modes[1].crew = 0;
    start(&b, 2);

    go(&b, 5 * H);
    cr_assert(eq(dbl, share(&b, 0), 1.0));
    cr_assert(eq(dbl, share(&b, 1), 0.0));
    go(&b, 9 * H - 1); // the first fails again at 6 h and waits in its turn
    cr_assert(eq(dbl, share(&b, 1), 0.0));
    go(&b, 9 * H);
    cr_assert(eq(dbl, share(&b, 1), 1.0));
    cr_assert(eq(dbl, share(&b, 0), 0.0));
    stop(&b);
}

Test(breakdown, the_end_of_a_shift_interrupts_a_repair)
{
    struct sim_err err;
    struct sim_calendar *day = sim_calendar_create();
    cr_assert(eq(int, (int)sim_calendar_add_open(day, "Mon-Sun 08:00-16:00", &err), (int)SIM_OK));
    sim_calendar_seal(day);
    struct bench b = {.crew = {.calendar = day}};
    add(&b, 0, 0, 14, 5, false);
    b.modes[0].crew = 0;
    start(&b, 1);

    go(&b, 24 * H); // fails at 14:00, two hours are worked
    cr_assert(eq(dbl, share(&b, 0), 0.0));
    go(&b, (24 + 11) * H - 1); // three more from 08:00
    cr_assert(eq(dbl, share(&b, 0), 0.0));
    go(&b, (24 + 11) * H);
    cr_assert(eq(dbl, share(&b, 0), 1.0));
    stop(&b);
    sim_calendar_destroy(day);
}

/** The share of time that process 0 is up, with exponential times. */
static double availability(int modes, int crew_size, uint64_t replication, double *out_both_down)
{
    struct bench b = {.crew = {.size = crew_size}};
    struct sim_err err;
    for (int m = 0; m < modes; m++) {
        add(&b, m, m, 0, 0, false);
        b.up[m] = sim_dist_make(SIM_DIST_EXPONENTIAL, 90 * 3600.0, 0, 0);
        b.fix[m] = sim_dist_make(SIM_DIST_EXPONENTIAL, 10 * 3600.0, 0, 0);
        cr_assert(eq(int, (int)sim_dist_prepare(&b.up[m], &err), (int)SIM_OK));
        cr_assert(eq(int, (int)sim_dist_prepare(&b.fix[m], &err), (int)SIM_OK));
        b.modes[m].crew = crew_size > 0 ? 0 : -1;
    }
    start(&b, modes);
    sim_evq_reset(b.clock.queue, 0);
    park_breakdown_reset(b.breakdowns, &b.clock, 7, replication, false);
    const sim_time end = 200000 * H;
    double both = 0;
    sim_time last = 0;
    struct sim_event e;
    while (sim_evq_peek(b.clock.queue, &e) && e.when <= end) {
        if (share(&b, 0) == 0 && share(&b, 1) == 0) {
            both += (double)(e.when - last);
        }
        last = e.when;
        (void)sim_evq_pop(b.clock.queue, &e);
        b.clock.now = e.when;
        (void)park_breakdown_happen(b.breakdowns, &b.clock, &e);
    }
    *out_both_down = both / (double)end;
    const double up = 1 - park_breakdown_down_h(b.breakdowns, end, 0) / 200000;
    stop(&b);
    return up;
}

// 200,000 h are 2,000 cycles; the standard error of the share is about 0.9 * 0.1 * sqrt(2 / 2000).
Test(breakdown, one_crew_for_two_machines_lowers_availability_as_the_chain_says)
{
    double alone;
    double two;
    double one;
    const double single = availability(1, 0, 0, &alone);
    (void)availability(2, 2, 0, &two);
    const double shared = availability(2, 1, 0, &one);

    // States 0, 1, 2 down; lambda = 1/90, mu = 1/10; one crew: pi1 = 2 r, pi2 = 2 r r, r = 1/9.
    const double r = 1.0 / 9;
    const double sum = 1 + 2 * r + 2 * r * r;
    cr_assert(epsilon_eq(dbl, single, 0.9, 0.012));
    cr_assert(epsilon_eq(dbl, two, 0.01, 0.003));
    cr_assert(epsilon_eq(dbl, one, 2 * r * r / sum, 0.005));
    cr_assert(epsilon_eq(dbl, shared, 1 - (r + 2 * r * r) / sum, 0.015));
    cr_assert(gt(dbl, one, two));
}

Test(breakdown, draws_do_not_depend_on_other_modes)
{
    struct bench one = {0};
    struct bench two = {0};
    struct sim_err err;
    struct bench *const benches[] = {&one, &two};
    for (int i = 0; i < 2; i++) {
        add(benches[i], 0, 0, 1, 1, false);
        add(benches[i], 1, 1, 3, 1, false);
        benches[i]->up[0] = sim_dist_make(SIM_DIST_EXPONENTIAL, 3600, 0, 0);
        cr_assert(eq(int, (int)sim_dist_prepare(&benches[i]->up[0], &err), (int)SIM_OK));
        start(benches[i], i + 1);
        go(benches[i], 500 * H);
    }

    cr_assert(eq(dbl, park_breakdown_down_h(one.breakdowns, 500 * H, 0),
                 park_breakdown_down_h(two.breakdowns, 500 * H, 0)));
    stop(&one);
    stop(&two);
}
