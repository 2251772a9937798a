#include "sim/num/simtime.h"
#include "sim/sweep/progress.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <string.h>

static struct sim_progress *make(struct sim_sink_buffer *b, bool is_terminal, int64_t runs)
{
    sim_sink_buffer_init(b);
    const struct sim_progress_opts opts = {.sink = sim_sink_buffer_sink(b),
                                           .is_terminal = is_terminal,
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
    struct sim_progress *p = make(&b, true, 1);

    sim_progress_begin(p, 0);
    sim_progress_tick(p, 0, sim_simtime_date(2026, 4, 2) + 6 * SIM_TIME_H, 5000000); // a quarter
    sim_progress_draw(p, 2.0);

    cr_assert(eq(str, b.text,
                 "\r\033[K[##########..............................]  25 %  2026-04-02  "
                 "2.5 M events/s  0:06 min left"));
    sim_progress_draw(p, 2.05); // too soon
    cr_assert(eq(sz, b.length, strlen(b.text)));
    const size_t length = b.length;

    sim_progress_end(p);
    cr_assert(eq(str, b.text + length, "\r\033[K"));
    drop(p, &b);
}

Test(progress, says_a_plain_line_now_and_then)
{
    struct sim_sink_buffer b;
    struct sim_progress *p = make(&b, false, 40);

    for (int i = 0; i < 10; i++) {
        sim_progress_begin(p, 1);
        sim_progress_done(p, 1, 200, i == 3);
    }
    sim_progress_draw(p, 9.9);
    cr_assert(eq(str, b.text, ""));
    sim_progress_draw(p, 10.0);
    sim_progress_draw(p, 20.0);
    cr_assert(eq(str, b.text, " 25 %  10 of 40 runs  1 failed  200 events/s  0:30 min left\n"));
    sim_progress_end(p); // nothing to wipe
    cr_assert(eq(sz, b.length, 60));
    drop(p, &b);
}

Test(progress, fits_a_narrow_terminal)
{
    struct sim_sink_buffer b;

    sim_sink_buffer_init(&b);
    const struct sim_progress_opts opts = {.sink = sim_sink_buffer_sink(&b),
                                           .is_terminal = true,
                                           .columns = 20,
                                           .slots = 1,
                                           .runs = 9};
    struct sim_progress *p = sim_progress_create(&opts);

    sim_progress_draw(p, 5.0);

    cr_assert(eq(sz, strlen(b.text), 4 + 19));
    drop(p, &b);
}
