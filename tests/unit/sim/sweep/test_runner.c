#include "sim/sweep/runner.h"
#include "tests/support/toy_model.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** What `take` saw. */
struct seen {
    int64_t next;        // run that must come next
    int64_t refuse_from; // run at which the disk is full
    int64_t statuses[3];
    double sum;
    char reason[200];
    int distance;
};

struct bench {
    struct toy_data toy;
    const void *data;
    struct sim_schema *schema;
    struct sim_runner_list list;
    struct seen seen;
    struct sim_runner_result result;
    struct sim_err err;
    atomic_int level; // of stopping
    int64_t stop_at;  // run after which a signal comes
};

static enum sim_status take(void *user, struct sim_pack *pack, struct sim_err *err)
{
    struct bench *b = user;

    cr_assert(eq(i64, pack->key.run, b->seen.next));
    b->seen.next++;
    b->seen.statuses[pack->status]++;
    if (pack->status == SIM_RUN_OK) {
        b->seen.sum += sim_row_value(pack->totals, b->seen.distance, 0);
    } else if (pack->reason != NULL) {
        (void)snprintf(b->seen.reason, sizeof(b->seen.reason), "%s at %s", pack->reason,
                       pack->when);
    }
    const int64_t run = pack->key.run;

    sim_pack_destroy(pack);
    if (run == b->stop_at) {
        atomic_store(&b->level, 1);
    }
    return run == b->seen.refuse_from ? sim_err_set(err, SIM_WRITE, "full") : SIM_OK;
}

static int level(void *user)
{
    struct bench *b = user;

    return atomic_load(&b->level);
}

static enum sim_status sweep(struct bench *b, int64_t runs, int threads)
{
    b->data = &b->toy;
    b->schema = sim_schema_create();
    cr_assert(eq(int, (int)toy_model.declare(&b->data, 1, NULL, NULL, b->schema, &b->err), SIM_OK));
    b->seen.distance = sim_schema_var_find(b->schema, "", "distance");
    b->list = (struct sim_runner_list){.data = &b->toy, .first = {.seed = 1}, .count = runs};
    const struct sim_runner_plan plan = sim_runner_list_plan(&b->list, &toy_model, b->schema);
    const struct sim_runner_opts opts = {.threads = threads, .stop_level = level, .stop_user = b};
    const enum sim_status status = sim_runner_run(&plan, &opts, take, b, &b->result, &b->err);

    sim_schema_destroy(b->schema);
    return status;
}

static struct bench make(void)
{
    return (struct bench){.toy = {.days = 10, .step = 1.0, .fail_at = -1},
                          .seen = {.refuse_from = -1},
                          .stop_at = -1};
}

Test(runner, hands_over_in_order_whatever_the_threads)
{
    struct bench one = make();
    struct bench four = make();

    cr_assert(eq(int, (int)sweep(&one, 50, 1), SIM_OK));
    cr_assert(eq(int, (int)sweep(&four, 50, 4), SIM_OK));

    cr_assert(eq(i64, four.seen.next, 50));
    cr_assert(eq(i64, four.result.ok, 50));
    cr_assert(eq(i64, four.result.events, 500));
    cr_assert(eq(dbl, one.seen.sum, four.seen.sum)); // to the bit
}

Test(runner, goes_on_after_a_run_that_failed)
{
    struct bench b = make();

    b.toy.fail_at = 3;
    cr_assert(eq(int, (int)sweep(&b, 8, 2), SIM_FAILED));

    cr_assert(eq(i64, b.result.failed, 1));
    cr_assert(eq(i64, b.seen.statuses[SIM_RUN_OK], 7));
    cr_assert(eq(str, b.seen.reason, "lost its way in Đồng Nai at 2026-01-06 00:00"));
}

Test(runner, starts_no_new_run_after_the_first_signal)
{
    struct bench b = make();

    b.toy.sleep_ms = 1;
    b.stop_at = 5;
    cr_assert(eq(int, (int)sweep(&b, 1000, 2), SIM_STOPPED));

    cr_assert(eq(i64, b.seen.next, 1000)); // those not made are handed over as skipped
    cr_assert(gt(i64, b.result.ok, 5));
    cr_assert(lt(i64, b.result.ok, 30));
    cr_assert(eq(i64, b.result.ok + b.result.skipped, 1000));
}

Test(runner, stops_a_single_run_at_the_first_signal)
{
    struct bench b = make();

    atomic_store(&b.level, 0);
    b.toy.sleep_ms = 1;
    b.toy.days = 100000;
    atomic_store(&b.level, 1);
    cr_assert(eq(int, (int)sweep(&b, 1, 1), SIM_STOPPED));
    cr_assert(eq(i64, b.result.skipped, 1));
}

Test(runner, ends_when_nothing_can_be_written)
{
    struct bench b = make();

    b.seen.refuse_from = 2;
    cr_assert(eq(int, (int)sweep(&b, 100, 2), SIM_WRITE));

    cr_assert(eq(str, b.err.text, "full"));
    cr_assert(eq(i64, b.seen.next, 3)); // nothing is handed over afterwards
}
