// Millions of random networks before the judges. Resumable: networks are numbered, so a soak of 5
// million is any cover of --from 0 --count 5000000. Prints a line of counts now and then, each
// fault with seed and number, the first ones shrunk; ends with 1 when there was any.
//
//     soak_rates [--seed S] [--from N] [--count M] [--shrink K] [--one] [--plain]
//
// --one prints the network --from and what the judges say of it, unshrunk and shrunk.
// --plain tries plain propagation instead of the solver (to see the judges at work).
#include "tests/support/judge_trial.h"
#include "tests/support/random_network.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct soak {
    uint64_t seed;
    uint64_t from;
    uint64_t count;
    int shrink; // how many faults of each kind to shrink
    bool one;
    bool plain;
};

static struct soak parse(int argc, char **argv)
{
    struct soak s = {.seed = 1, .count = 100000, .shrink = 1};
    for (int i = 1; i < argc; i++) {
        const unsigned long long value = i + 1 < argc ? strtoull(argv[i + 1], NULL, 10) : 0;
        if (strcmp(argv[i], "--seed") == 0) {
            s.seed = value;
        } else if (strcmp(argv[i], "--from") == 0) {
            s.from = value;
        } else if (strcmp(argv[i], "--count") == 0) {
            s.count = value;
        } else if (strcmp(argv[i], "--shrink") == 0) {
            s.shrink = (int)value;
        } else if (strcmp(argv[i], "--one") == 0) {
            s.one = true;
            continue;
        } else if (strcmp(argv[i], "--plain") == 0) {
            s.plain = true;
            continue;
        } else {
            fprintf(stderr, "soak_rates: unknown argument %s\n", argv[i]);
            exit(2);
        }
        i++;
    }
    return s;
}

// Faults of one kind: shrunk the first times, then only named, then only counted.
enum {
    KINDS = 40
};

struct kind {
    struct judge_trial first;
    int count;
};

static struct kind *kind_of(struct kind *kinds, const struct judge_trial *trial)
{
    if (trial->verdict == JUDGE_INNOCENT) {
        return NULL;
    }
    for (int i = 0; i < KINDS; i++) {
        if (kinds[i].count == 0) {
            kinds[i].first = *trial;
        }
        if (judge_trial_is_like(&kinds[i].first, trial)) {
            return &kinds[i];
        }
    }
    return NULL;
}

static void print_rates(struct judge_net *n, judge_solver *solver)
{
    struct judge_answer *a = sim_base_alloc(1, sizeof(*a));
    struct judge_answer *b = sim_base_alloc(1, sizeof(*b));
    solver(n, a);
    judge_answer_plain(n, b);
    printf("// rates: of the solver (status %d %s), of plain propagation (%s)\n", (int)a->status,
           a->text, b->status == SIM_OK ? "settles" : b->text);
    for (int32_t k = 0; k < n->activity_count; k++) {
        printf("//   %-10s %-24.17g %-24.17g\n", n->activity_names[k], a->rate[k], b->rate[k]);
    }
    for (int32_t i = 0; i < n->port_count && n->port_count < 24; i++) {
        printf("//   port %d of %s at %s: limit %.17g claim %.17g\n", i,
               n->activity_names[n->ports[i].activity], n->pool_names[n->ports[i].pool],
               a->limit[i], a->claim[i]);
    }
    free(a);
    free(b);
}

static void show(struct judge_net *n, const struct judge_trial *trial, judge_solver *solver,
                 bool shrink)
{
    printf("seed %llu network %llu: %s: %s\n", (unsigned long long)n->seed,
           (unsigned long long)n->number, judge_trial_word(trial->verdict), trial->why);
    if (shrink) {
        struct judge_counts counts = {0};
        struct judge_trial after;
        const int steps = judge_shrink(n, solver, trial);
        judge_trial_run(n, solver, &counts, &after);
        printf("shrunk in %d steps: %s\n", steps, after.why);
        judge_net_print(n, stdout);
        print_rates(n, solver);
        judge_net_print_park(n, stdout);
    }
    fflush(stdout);
}

static int show_one(const struct soak *s, struct judge_net *n, judge_solver *solver)
{
    struct judge_counts counts = {0};
    struct judge_trial trial;
    random_network_make(s->seed, s->from, n);
    judge_net_print(n, stdout);
    print_rates(n, solver);
    judge_trial_run(n, solver, &counts, &trial);
    show(n, &trial, solver, trial.verdict != JUDGE_INNOCENT);
    judge_trial_print(&counts, stdout);
    return judge_trial_is_fault(trial.verdict) ? 1 : 0;
}

int main(int argc, char **argv)
{
    const struct soak s = parse(argc, argv);
    judge_solver *solver = s.plain ? judge_answer_plain : judge_answer_real;
    struct judge_net *n = judge_net_create();
    struct judge_counts counts = {0};
    struct kind kinds[KINDS] = {0};
    int64_t faults = 0;
    if (s.one) {
        const int status = show_one(&s, n, solver);
        free(n);
        return status;
    }
    for (uint64_t i = 0; i < s.count; i++) {
        struct judge_trial trial;
        random_network_make(s.seed, s.from + i, n);
        judge_trial_run(n, solver, &counts, &trial);
        faults += judge_trial_is_fault(trial.verdict) ? 1 : 0;
        struct kind *const kind = kind_of(kinds, &trial);
        if (kind != NULL && kind->count++ < 20) {
            show(n, &trial, solver, kind->count <= s.shrink);
        }
        if ((i + 1) % 100000 == 0) {
            printf("done to %llu\n", (unsigned long long)(s.from + i + 1));
            judge_trial_print(&counts, stdout);
            fflush(stdout);
        }
    }
    judge_trial_print(&counts, stdout);
    free(n);
    return faults > 0 ? 1 : 0;
}
