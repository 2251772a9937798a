// Random networks before all judges: issue B's ordinary measure. The soak (tests/soak/soak_rates.c)
// does the same for millions; it also prints how to make a failing network again.
#include "tests/support/judge_trial.h"
#include "tests/support/random_network.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

enum {
    SEED = 20260101
};

#ifdef NDEBUG
static const uint64_t NETWORKS = 20000;
#else
static const uint64_t NETWORKS = 800; // a debug build is slower and checks itself, too
#endif

static void report(struct judge_net *n, const struct judge_trial *trial)
{
    fprintf(stderr, "seed %llu, network %llu: %s: %s\nshrunk:\n", (unsigned long long)n->seed,
            (unsigned long long)n->number, judge_trial_word(trial->verdict), trial->why);
    judge_shrink(n, judge_answer_real, trial);
    judge_net_print(n, stderr);
    fprintf(stderr, "as a park file:\n");
    judge_net_print_park(n, stderr);
}

Test(rates_random, keep_all_judges_silent)
{
    struct judge_net *n = judge_net_create();
    struct judge_counts counts = {0};
    int faults = 0;
    for (uint64_t number = 0; number < NETWORKS; number++) {
        struct judge_trial trial;
        random_network_make(SEED, number, n);
        judge_trial_run(n, judge_answer_real, &counts, &trial);
        if (judge_trial_is_fault(trial.verdict) && faults++ < 3) {
            report(n, &trial);
        }
    }
    judge_trial_print(&counts, stderr);
    cr_expect(faults == 0, "%d of %d networks are faulty", faults, (int)NETWORKS);
    cr_expect(counts.loopless * 5 > counts.networks, "too few networks without loops of claims");
    cr_expect(counts.loops > counts.networks / 5, "too few circular blocks to mean anything");
    free(n);
}

// Where not everybody may serve everybody, and where weights are measures.
Test(rates_random, keep_all_judges_silent_where_pools_are_torn)
{
    struct judge_net *n = judge_net_create();
    struct judge_counts counts = {0};
    int faults = 0;
    for (uint64_t number = 0; number < NETWORKS / 4; number++) {
        struct judge_trial trial;
        random_network_make_torn(SEED, number, n);
        judge_trial_run(n, judge_answer_real, &counts, &trial);
        if (judge_trial_is_fault(trial.verdict) && faults++ < 3) {
            report(n, &trial);
        }
    }
    judge_trial_print(&counts, stderr);
    cr_expect(faults == 0, "%d of %d networks are faulty", faults, (int)NETWORKS / 4);
    cr_expect(counts.torn * 10 > counts.networks * 7, "too few networks with torn pools");
    free(n);
}

// Coefficients that changed while the state lived on.
Test(rates_random, keep_all_judges_silent_after_coefficients_changed)
{
    struct judge_net *n = judge_net_create();
    struct judge_counts counts = {0};
    int faults = 0;
    for (uint64_t number = 0; number < NETWORKS / 4; number++) {
        struct judge_trial trial;
        (number % 2 == 0 ? random_network_make : random_network_make_torn)(SEED, number, n);
        judge_trial_run(n, judge_answer_altered, &counts, &trial);
        if (judge_trial_is_fault(trial.verdict) && faults++ < 3) {
            fprintf(stderr, "seed %d, network %llu: %s: %s\n", SEED, (unsigned long long)number,
                    judge_trial_word(trial.verdict), trial.why);
        }
    }
    judge_trial_print(&counts, stderr);
    cr_expect(faults == 0, "%d of %d networks are faulty", faults, (int)NETWORKS / 4);
    free(n);
}

// Networks in which a loop that feeds itself left a junction uneven, or more was possible, once.
// The last eleven: a table of the programme spoilt by roundings, a rounding taken for a price, a
// limit computed though it was held, groups that undo each other, a judge that took a rounding for
// a wish, a circle beside the one that fed itself, numbers of 1e-11 that were no roundings.
Test(rates_random, keep_the_judges_silent_where_they_once_spoke, .timeout = 60)
{
    static const uint64_t WHICH[][2] = {
        {1004, 60328},       {1004, 1525},        {1001, 9763},        {1001, 41428},
        {88, 54521},         {88, 50565},         {1002, 34835},       {1002, 26279},
        {1002, 17686},       {1002, 23221},       {1002, 84340},       {3001, 105983},
        {1004, 88354},       {3001, 61862},       {3001, 107712},      {3002, 11539},
        {3003, 96278},       {4001, 166566},      {4001, 220086},      {4001, 247079},
        {4002, 143843},      {4004, 127493},      {4006, 50817},       {4007, 219098},
        {4008, 189195},      {4008, 10983},       {4007, 2876},        {20261130, 195900},
        {20261122, 1381282}, {20261122, 1704274}, {20261122, 4830357}, {20261201, 60542},
        {20261122, 1507461}, {20261122, 3688728}, {20261202, 475169},  {20261122, 1149857},
        {20261122, 1447908}, {20261204, 475968},  {20261122, 1274250}};
    struct judge_net *n = judge_net_create();
    for (int i = 0; i < SIM_COUNT(WHICH); i++) {
        struct judge_counts counts = {0};
        struct judge_trial trial;
        random_network_make(WHICH[i][0], WHICH[i][1], n);

        judge_trial_run(n, judge_answer_real, &counts, &trial);

        cr_expect(!judge_trial_is_fault(trial.verdict), "seed %d, network %d: %s", (int)WHICH[i][0],
                  (int)WHICH[i][1], trial.why);
    }
    free(n);
}

// Blocks that marked each other without depending on each other were solved for ever.
Test(rates_random, come_to_rest_where_blocks_touch_at_a_stock, .timeout = 60)
{
    static const uint64_t WHICH[][2] = {{1002, 43942}, {1003, 29324}}; // seed, number
    struct judge_net *n = judge_net_create();
    for (int i = 0; i < SIM_COUNT(WHICH); i++) {
        struct judge_counts counts = {0};
        struct judge_trial trial;
        random_network_make(WHICH[i][0], WHICH[i][1], n);

        judge_trial_run(n, judge_answer_real, &counts, &trial);

        cr_expect(!judge_trial_is_fault(trial.verdict), "%s", trial.why);
        cr_expect(counts.loops < 100, "%d blocks solved", (int)counts.loops);
    }
    free(n);
}

/** Links in a ring, with a stock in it or without. */
static enum sim_status make_ring(struct judge_net *n, int length, bool has_stock,
                                 struct sim_err *err)
{
    struct sim_network *net = NULL;
    *n = (struct judge_net){0};
    for (int p = 0; p < length; p++) {
        char name[JUDGE_NAME];
        snprintf(name, sizeof(name), "p%d", p);
        (void)(p == 1 && has_stock ? judge_net_stock(n, name, 0) : judge_net_junction(n, name));
    }
    for (int p = 0; p < length; p++) {
        char name[JUDGE_NAME];
        snprintf(name, sizeof(name), "ring%d", p);
        judge_net_link(n, name, 10, p, 1, (p + 1) % length, 1, 1.0);
    }
    judge_net_source(n, "start", 5, 0, 1);
    const enum sim_status status = judge_net_make(n, &net, err);
    sim_network_destroy(net);
    return status;
}

// A stock holds what goes round, so with one in it a ring is no loop of links alone.
Test(rates_random, refuse_loops_of_links_alone)
{
    struct judge_net *n = judge_net_create();
    for (int length = 2; length <= 4; length++) {
        struct sim_err err = {0};
        const enum sim_status status = make_ring(n, length, false, &err);

        cr_expect(status == SIM_INPUT, "a ring of %d links is not refused", length);
        cr_expect(strstr(err.text, "ring0") != NULL, "names are missing: %s", err.text);
        cr_expect(make_ring(n, length, true, &err) == SIM_OK, "%s", err.text);
    }
    free(n);
}

Test(rates_random, accept_a_loop_with_one_process_in_it)
{
    struct judge_net *n = judge_net_create();
    struct sim_err err = {0};
    struct sim_network *net = NULL;
    const int32_t x = judge_net_junction(n, "x");
    const int32_t y = judge_net_junction(n, "y");
    judge_net_link(n, "pipe", 10, x, 1, y, 1, 1.0);
    const int32_t k = judge_net_activity(n, "works", 10);
    judge_net_take(n, k, y, 1.0, 1);
    judge_net_give(n, k, x, 0.9, 1);

    cr_expect(judge_net_make(n, &net, &err) == SIM_OK, "%s", err.text);

    sim_network_destroy(net);
    free(n);
}
