// Millions of random networks before the judges. Networks are numbered, so a soak of 5 million is
// any cover of --from 0 --count 5000000. Each fault is printed with seed and number, the first of a
// kind shrunk; ends with 1 when there was any.
//
//     soak_rates [--seed S] [--from N] [--count M] [--log FILE] [--seconds T] [--every E]
//                [--shrink K] [--one] [--plain] [--torn] [--altered]
//
// --log FILE appends all that is told to FILE, too, and keeps where it stands in FILE.state (every
//     E seconds, 60 by default). The same command goes on from there: kill it and start it again as
//     often as you like. When all is done it only prints the counts.
// --seconds T stops after T seconds, with 3 when more is to be done, so that a soak can be run in
//     pieces: until soak_rates ... --seconds 600; [ $? -ne 3 ]; do :; done
// --one prints the network --from and what the judges say of it, unshrunk and shrunk.
// --torn takes networks where not everybody may serve everybody, and with measures.
// --altered tries the solver after its coefficients changed, and holds it against a fresh one.
// --plain tries plain propagation instead of the solver (to see the judges at work).
#include "tests/support/judge_trial.h"
#include "tests/support/random_network.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct options {
    uint64_t seed;
    uint64_t from;
    uint64_t count;
    double seconds;  // [s] stop after so long
    double every;    // [s] between two lines of progress
    const char *log; // NULL: none
    int shrink;      // how many faults of each kind to shrink
    bool one;
    bool plain;
    bool torn;
    bool altered;
};

static bool take_flag(struct options *o, const char *word)
{
    bool *const flag = strcmp(word, "--one") == 0       ? &o->one
                       : strcmp(word, "--plain") == 0   ? &o->plain
                       : strcmp(word, "--torn") == 0    ? &o->torn
                       : strcmp(word, "--altered") == 0 ? &o->altered
                                                        : NULL;
    if (flag != NULL) {
        *flag = true;
    }
    return flag != NULL;
}

static bool take_value(struct options *o, const char *word, const char *value)
{
    const uint64_t number = strtoull(value, NULL, 10);
    if (strcmp(word, "--seed") == 0) {
        o->seed = number;
    } else if (strcmp(word, "--from") == 0) {
        o->from = number;
    } else if (strcmp(word, "--count") == 0) {
        o->count = number;
    } else if (strcmp(word, "--seconds") == 0) {
        o->seconds = (double)number;
    } else if (strcmp(word, "--every") == 0) {
        o->every = (double)number;
    } else if (strcmp(word, "--log") == 0) {
        o->log = value;
    } else if (strcmp(word, "--shrink") == 0) {
        o->shrink = (int)number;
    } else {
        return false;
    }
    return true;
}

static struct options parse(int argc, char **argv)
{
    struct options o = {.seed = 1, .count = 100000, .shrink = 1, .seconds = 1e9, .every = 60};
    for (int i = 1; i < argc; i++) {
        if (take_flag(&o, argv[i])) {
            continue;
        }
        if (i + 1 >= argc || !take_value(&o, argv[i], argv[i + 1])) {
            fprintf(stderr, "soak_rates: unknown argument %s\n", argv[i]);
            exit(2);
        }
        i++;
    }
    return o;
}

// Faults, and what is worth a look, by kind.
enum {
    KINDS = 40,
    WORD = 60
};

struct kind {
    char word[WORD]; // the verdict, and the rule that is broken
    int64_t count;
};

// Where a soak stands; all of it is in the state file.
struct soak {
    struct options o;
    uint64_t next; // number of the next network
    int64_t faults;
    struct judge_counts counts;
    struct kind kinds[KINDS];
    double spent; // [s] in all calls
    FILE *log;    // NULL: none
};

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static struct kind *kind_of(struct soak *s, const struct judge_trial *trial)
{
    char word[WORD];
    if (trial->verdict == JUDGE_INNOCENT) {
        return NULL;
    }
    const int rule = trial->verdict == JUDGE_RULES ? (int)strcspn(trial->why, ":") : 0;
    snprintf(word, sizeof(word), "%s%s%.*s", judge_trial_word(trial->verdict), rule > 0 ? ": " : "",
             rule > 20 ? 20 : rule, trial->why);
    for (int i = 0; i < KINDS; i++) {
        if (s->kinds[i].count == 0) {
            snprintf(s->kinds[i].word, WORD, "%s", word);
        }
        if (strcmp(s->kinds[i].word, word) == 0) {
            return &s->kinds[i];
        }
    }
    return NULL;
}

// ---- The state file ----

static char *state_name(const struct soak *s, const char *ending)
{
    const size_t size = strlen(s->o.log) + 20;
    char *name = sim_base_alloc(size, 1);
    snprintf(name, size, "%s.state%s", s->o.log, ending);
    return name;
}

// Which networks, tried on what: a soak of others has another state.
static int way_of(const struct options *o)
{
    return (o->plain ? 1 : 0) + (o->torn ? 2 : 0) + (o->altered ? 4 : 0);
}

static void save(const struct soak *s)
{
    if (s->o.log == NULL) {
        return;
    }
    char *name = state_name(s, "");
    char *fresh = state_name(s, ".new");
    FILE *f = fopen(fresh, "w");
    bool fine = f != NULL;
    if (fine) {
        fprintf(f, "soak_rates 3 %" PRIu64 " %" PRIu64 " %" PRIu64 " %d\n", s->o.seed, s->o.from,
                s->o.count, way_of(&s->o));
        fprintf(f, "%" PRIu64 " %" PRId64 " %.17g\n", s->next, s->faults, s->spent);
        judge_trial_save(&s->counts, f);
        for (int i = 0; i < KINDS && s->kinds[i].count > 0; i++) {
            fprintf(f, "%" PRId64 " %s\n", s->kinds[i].count, s->kinds[i].word);
        }
        fine = fclose(f) == 0 && rename(fresh, name) == 0;
    }
    if (!fine) {
        perror("soak_rates: cannot write the state");
        exit(2);
    }
    free(name);
    free(fresh);
}

static bool read_state(struct soak *s, FILE *f)
{
    struct options was = {0};
    int way = 0;
    if (fscanf(f, "soak_rates 3 %" SCNu64 " %" SCNu64 " %" SCNu64 " %d ", &was.seed, &was.from,
               &was.count, &way) != 4 ||
        was.seed != s->o.seed || was.from != s->o.from || was.count != s->o.count ||
        way != way_of(&s->o)) {
        return false;
    }
    if (fscanf(f, "%" SCNu64 " %" SCNd64 " %lf ", &s->next, &s->faults, &s->spent) != 3 ||
        !judge_trial_restore(&s->counts, f)) {
        return false;
    }
    for (int i = 0; i < KINDS; i++) {
        if (fscanf(f, "%" SCNd64 " %59[^\n]", &s->kinds[i].count, s->kinds[i].word) != 2) {
            s->kinds[i].count = 0;
            break;
        }
    }
    return true;
}

// Go on where the last call stopped.
static void restore(struct soak *s)
{
    if (s->o.log == NULL) {
        return;
    }
    char *name = state_name(s, "");
    FILE *f = fopen(name, "r");
    if (f != NULL) {
        if (!read_state(s, f)) {
            fprintf(stderr, "soak_rates: %s is of another soak; remove it or log elsewhere\n",
                    name);
            exit(2);
        }
        fclose(f);
    }
    free(name);
    s->log = fopen(s->o.log, "a");
    if (s->log == NULL) {
        perror(s->o.log);
        exit(2);
    }
}

// ---- Telling ----

static void progress(const struct soak *s, FILE *out)
{
    const double each = s->counts.networks > 0 ? s->spent / (double)s->counts.networks : 0.0;
    fprintf(out, "seed %" PRIu64 ": done to %" PRIu64 " of %" PRIu64 ", %.0f s, %.0f us each\n",
            s->o.seed, s->next, s->o.from + s->o.count, s->spent, 1e6 * each);
    judge_trial_print(&s->counts, out);
    for (int i = 0; i < KINDS && s->kinds[i].count > 0; i++) {
        fprintf(out, "  kind: %-40s %" PRId64 "\n", s->kinds[i].word, s->kinds[i].count);
    }
    fflush(out);
}

static void tell(const struct soak *s)
{
    progress(s, stdout);
    if (s->log != NULL) {
        progress(s, s->log);
    }
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

static void name_trial(const struct judge_net *n, const struct judge_trial *trial, FILE *out)
{
    fprintf(out, "seed %" PRIu64 " network %" PRIu64 ": %s: %s\n", n->seed, n->number,
            judge_trial_word(trial->verdict), trial->why);
    fflush(out);
}

static void make(const struct options *o, uint64_t number, struct judge_net *n)
{
    (o->torn ? random_network_make_torn : random_network_make)(o->seed, number, n);
}

static int show_one(const struct options *o, judge_solver *solver)
{
    struct judge_net *n = judge_net_create();
    struct judge_counts counts = {0};
    struct judge_trial trial;
    make(o, o->from, n);
    judge_net_print(n, stdout);
    print_rates(n, solver);
    judge_trial_run(n, solver, &counts, &trial);
    name_trial(n, &trial, stdout);
    show(n, &trial, solver, trial.verdict != JUDGE_INNOCENT);
    judge_trial_print(&counts, stdout);
    free(n);
    return judge_trial_is_fault(trial.verdict) ? 1 : 0;
}

static void try_next(struct soak *s, struct judge_net *n, judge_solver *solver)
{
    struct judge_trial trial;
    make(&s->o, s->next, n);
    judge_trial_run(n, solver, &s->counts, &trial);
    s->faults += judge_trial_is_fault(trial.verdict) ? 1 : 0;
    s->next++;
    struct kind *const kind = kind_of(s, &trial);
    if (kind == NULL || kind->count++ >= (judge_trial_is_fault(trial.verdict) ? 1000 : 20)) {
        return;
    }
    name_trial(n, &trial, stdout);
    if (s->log != NULL) {
        name_trial(n, &trial, s->log);
    }
    show(n, &trial, solver, kind->count <= s->o.shrink);
}

int main(int argc, char **argv)
{
    struct soak *s = sim_base_alloc(1, sizeof(*s));
    s->o = parse(argc, argv);
    s->next = s->o.from;
    judge_solver *solver = s->o.plain     ? judge_answer_plain
                           : s->o.altered ? judge_answer_altered
                                          : judge_answer_real;
    if (s->o.one) {
        const int status = show_one(&s->o, solver);
        free(s);
        return status;
    }
    struct judge_net *n = judge_net_create();
    restore(s);
    const uint64_t end = s->o.from + s->o.count;
    const double spent = s->spent;
    const double start = now_s();
    double told = start;
    while (s->next < end && s->spent - spent < s->o.seconds) {
        try_next(s, n, solver);
        const double now = now_s();
        s->spent = spent + now - start;
        if (now - told >= s->o.every && s->next < end) {
            told = now;
            tell(s);
            save(s);
        }
    }
    tell(s);
    save(s);
    const int status = s->next < end ? 3 : s->faults > 0 ? 1 : 0;
    if (s->log != NULL) {
        fclose(s->log);
    }
    free(n);
    free(s);
    return status;
}
