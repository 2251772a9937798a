#include "sim/num/simtime.h"
#include "sim/sweep/progress.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <string.h>

static struct sim_progress *make(struct sim_sink_buffer *b, enum sim_progress_look look,
                                 int64_t runs)
{
    sim_sink_buffer_init(b);
    const struct sim_progress_opts opts = {.sink = sim_sink_buffer_sink(b),
                                           .look = look,
                                           .columns = 100,
                                           .slots = 2,
                                           .runs = runs,
                                           .start_us = sim_simtime_date(2026, 1, 1),
                                           .until_us = sim_simtime_date(2027, 1, 1)};

    return sim_progress_create(&opts);
}

static void drop(struct sim_progress *p, struct sim_sink_buffer *b)
{
    sim_progress_destroy(p);
    sim_sink_buffer_fini(b);
}

Test(progress, draws_a_bar_with_date_speed_and_time_left)
{
    struct sim_sink_buffer b;
    struct sim_progress *p = make(&b, SIM_PROGRESS_BAR, 1);

    sim_progress_begin(p, 0);
    sim_progress_tick(p, 0, sim_simtime_date(2026, 4, 2) + 6 * SIM_TIME_H, 5000000); // a quarter
    sim_progress_draw(p, 2.0);

    cr_assert(eq(str, b.text,
                 "\r\033[K[##########..............................]  25 %  2026-04-02  "
                 "2.5 M events/s  0:06 min left"));
    sim_progress_draw(p, 2.05); // too soon
    cr_assert(eq(sz, b.length, strlen(b.text)));
    const size_t length = b.length;

    sim_progress_end(p, 21.0);
    cr_assert(eq(str, b.text + length, "\r\033[K"));
    drop(p, &b);
}

Test(progress, says_a_plain_line_now_and_then)
{
    struct sim_sink_buffer b;
    struct sim_progress *p = make(&b, SIM_PROGRESS_LINES, 40);

    for (int i = 0; i < 10; i++) {
        sim_progress_begin(p, 1);
        sim_progress_done(p, 1, 200, i == 3 ? SIM_RUN_FAILED : SIM_RUN_OK);
    }
    sim_progress_draw(p, 9.9);
    cr_assert(eq(str, b.text, ""));
    sim_progress_draw(p, 10.0);
    sim_progress_draw(p, 20.0);
    cr_assert(eq(str, b.text, " 25 %  10 of 40 runs  1 failed  1 runs/s  0:30 min left\n"));
    sim_progress_end(p, 21.0); // nothing to wipe
    cr_assert(eq(sz, b.length, 56));
    drop(p, &b);
}

Test(progress, fits_a_narrow_terminal)
{
    struct sim_sink_buffer b;

    sim_sink_buffer_init(&b);
    const struct sim_progress_opts opts = {.sink = sim_sink_buffer_sink(&b),
                                           .look = SIM_PROGRESS_BAR,
                                           .columns = 20,
                                           .slots = 1,
                                           .runs = 9};
    struct sim_progress *p = sim_progress_create(&opts);

    sim_progress_draw(p, 5.0);

    cr_assert(eq(sz, strlen(b.text), 4 + 19));
    drop(p, &b);
}

Test(progress, of_a_sweep_that_goes_on_counts_what_was_there_but_not_for_the_time_left)
{
    struct sim_sink_buffer b;

    sim_sink_buffer_init(&b);
    const struct sim_progress_opts opts = {.sink = sim_sink_buffer_sink(&b),
                                           .look = SIM_PROGRESS_JSON,
                                           .slots = 1,
                                           .runs = 120,
                                           .before = 80};
    struct sim_progress *p = sim_progress_create(&opts);

    for (int i = 0; i < 10; i++) {
        sim_progress_begin(p, 0);
        sim_progress_done(p, 0, 50, i == 0 ? SIM_RUN_FAILED : SIM_RUN_OK);
    }
    sim_progress_begin(p, 0);
    sim_progress_done(p, 0, 50, SIM_RUN_SKIPPED); // was not finished
    sim_progress_draw(p, 0.9);
    cr_assert(eq(str, b.text, ""));
    sim_progress_draw(p, 5.0);

    cr_assert(eq(str, b.text,
                 "{\"runs\": 120, \"done\": 90, \"failed\": 1, \"before\": 80, \"share\": "
                 "0.7500, \"runs_per_s\": 2, \"events_per_s\": 110, \"wall_s\": 5.0, "
                 "\"left_s\": 15.0}\n"));
    b.length = 0;
    sim_progress_plan(p, 180); // the rule asks for more
    sim_progress_end(p, 10.0);
    cr_assert(eq(str, b.text,
                 "{\"runs\": 180, \"done\": 90, \"failed\": 1, \"before\": 80, \"share\": "
                 "0.5000, \"runs_per_s\": 1, \"events_per_s\": 55, \"wall_s\": 10.0, "
                 "\"left_s\": 90.0}\n"));
    drop(p, &b);
}
