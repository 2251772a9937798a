// Random parks before the program and the independent reference. Parks are numbered, so a soak of
// 500,000 is any cover of --from 0 --count 500000. Each disagreement is printed with seed and
// number, the first ones made smaller; ends with 1 when there was any, or when what must be common
// was met by too few parks.
//
//     reference_parks [--seed S] [--from N] [--count M] [--log FILE] [--seconds T] [--every E]
//                     [--shrink K] [--without BITS] [--one] [--part]
//
// --log FILE appends all that is told to FILE, too, and keeps where it stands in FILE.state (every
//     E seconds, 60 by default). The same command goes on from there: kill it and start it again as
//     often as you like. When all is done it only prints the counts.
// --seconds T stops after T seconds, with 3 when more is to be done, so that a soak can be run in
//     pieces: until reference_parks ... --seconds 600; [ $? -ne 3 ]; do :; done
// --part ends with 0 then, if all is well so far.
// --without BITS leaves out what enum ref_without names; by default what the program does not take
//     yet, contracts without limit that lead to an open outlet. --without 0 draws everything.
// --one prints the park --from, both answers, and the same of the smallest park that ends alike.
#include "tests/support/ref_trial.h"

#include <inttypes.h>
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
    int shrink;      // how many disagreements to make smaller
    unsigned without;
    bool one;
    bool part;
};

static bool take_flag(struct options *o, const char *word)
{
    bool *const flag = strcmp(word, "--one") == 0    ? &o->one
                       : strcmp(word, "--part") == 0 ? &o->part
                                                     : NULL;
    if (flag != NULL) {
        *flag = true;
    }
    return flag != NULL;
}

static bool take_value(struct options *o, const char *word, const char *value)
{
    const uint64_t number = strtoull(value, NULL, 0);
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
    } else if (strcmp(word, "--without") == 0) {
        o->without = (unsigned)number;
    } else {
        return false;
    }
    return true;
}

static struct options parse(int argc, char **argv)
{
    struct options o = {.seed = 1,
                        .count = 10000,
                        .shrink = 3,
                        .seconds = 1e9,
                        .every = 60,
                        .without = REF_NO_OPEN_ENDS};
    for (int i = 1; i < argc; i++) {
        if (take_flag(&o, argv[i])) {
            continue;
        }
        if (i + 1 >= argc || !take_value(&o, argv[i], argv[i + 1])) {
            fprintf(stderr, "reference_parks: unknown argument %s\n", argv[i]);
            exit(2);
        }
        i++;
    }
    return o;
}

// Where a soak stands; all of it is in the state file.
struct soak {
    struct options o;
    uint64_t next; // number of the next park
    int64_t faults;
    struct ref_counts counts;
    double spent; // [s] in all calls
    FILE *log;    // NULL: none
};

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// ---- The state file ----

static void state_name(const struct soak *s, const char *ending, char *out, size_t size)
{
    snprintf(out, size, "%s.state%s", s->o.log, ending);
}

static void save(const struct soak *s)
{
    if (s->o.log == NULL) {
        return;
    }
    char name[4096];
    char fresh[4096];
    state_name(s, "", name, sizeof(name));
    state_name(s, ".new", fresh, sizeof(fresh));
    FILE *f = fopen(fresh, "w");
    bool fine = f != NULL;
    if (fine) {
        fprintf(f, "reference_parks 1 %" PRIu64 " %" PRIu64 " %" PRIu64 " %u\n", s->o.seed,
                s->o.from, s->o.count, s->o.without);
        fprintf(f, "%" PRIu64 " %" PRId64 " %.17g\n", s->next, s->faults, s->spent);
        ref_trial_save(&s->counts, f);
        fine = fclose(f) == 0 && rename(fresh, name) == 0;
    }
    if (!fine) {
        perror("reference_parks: cannot write the state");
        exit(2);
    }
}

static bool read_state(struct soak *s, FILE *f)
{
    struct options was = {0};
    return fscanf(f, "reference_parks 1 %" SCNu64 " %" SCNu64 " %" SCNu64 " %u ", &was.seed,
                  &was.from, &was.count, &was.without) == 4 &&
           was.seed == s->o.seed && was.from == s->o.from && was.count == s->o.count &&
           was.without == s->o.without &&
           fscanf(f, "%" SCNu64 " %" SCNd64 " %lf ", &s->next, &s->faults, &s->spent) == 3 &&
           ref_trial_restore(&s->counts, f);
}

// Go on where the last call stopped.
static void restore(struct soak *s)
{
    if (s->o.log == NULL) {
        return;
    }
    char name[4096];
    state_name(s, "", name, sizeof(name));
    FILE *f = fopen(name, "r");
    if (f != NULL) {
        if (!read_state(s, f)) {
            fprintf(stderr, "reference_parks: %s is of another soak; remove it or log elsewhere\n",
                    name);
            exit(2);
        }
        fclose(f);
    }
    s->log = fopen(s->o.log, "a");
    if (s->log == NULL) {
        perror(s->o.log);
        exit(2);
    }
}

// ---- Telling ----

static void progress(const struct soak *s, FILE *out)
{
    fprintf(out, "seed %" PRIu64 ": done to %" PRIu64 " of %" PRIu64 ", %.0f s\n", s->o.seed,
            s->next, s->o.from + s->o.count, s->spent);
    ref_trial_print(&s->counts, out);
    fflush(out);
}

static void tell(const struct soak *s)
{
    progress(s, stdout);
    if (s->log != NULL) {
        progress(s, s->log);
    }
}

static void show(struct ref_park *p, FILE *out)
{
    struct ref_trial trial;
    ref_trial_run(p, &trial, out);
    char *text = ref_park_text(p);
    fprintf(out, "%s%s: %s\n", text, ref_trial_word(trial.verdict), trial.why);
    free(text);
    fflush(out);
}

static void show_smaller(struct ref_park *p, const struct ref_trial *trial, FILE *out)
{
    const int steps = ref_shrink(p, trial);
    fprintf(out, "made smaller in %d steps:\n", steps);
    show(p, out);
}

static int show_one(const struct options *o, struct ref_park *p)
{
    struct ref_trial trial;
    ref_make(o->seed, o->from, o->without, p);
    show(p, stdout);
    ref_trial_run(p, &trial, NULL);
    if (ref_trial_is_fault(trial.verdict)) {
        show_smaller(p, &trial, stdout);
    }
    return ref_trial_is_fault(trial.verdict) ? 1 : 0;
}

static void tell_fault(struct soak *s, const struct ref_trial *trial, FILE *out)
{
    fprintf(out, "seed %" PRIu64 " park %" PRIu64 ": %s: %s\n", s->o.seed, s->next,
            ref_trial_word(trial->verdict), trial->why);
    fflush(out);
}

static void try_next(struct soak *s, struct ref_park *p)
{
    struct ref_trial trial;
    ref_make(s->o.seed, s->next, s->o.without, p);
    ref_trial_run(p, &trial, NULL);
    ref_trial_count(&s->counts, &trial);
    if (ref_trial_is_fault(trial.verdict) && s->faults++ < 1000) {
        tell_fault(s, &trial, stdout);
        if (s->log != NULL) {
            tell_fault(s, &trial, s->log);
        }
        if (s->faults <= s->o.shrink) {
            show_smaller(p, &trial, s->log != NULL ? s->log : stdout);
        }
    }
    s->next++;
}

static int verdict(const struct soak *s)
{
    const bool is_done = s->next >= s->o.from + s->o.count;
    if (!is_done && !s->o.part) {
        return 3;
    }
    return s->faults == 0 && ref_trial_covers(&s->counts, stdout) ? 0 : 1;
}

static void soak(struct soak *s, struct ref_park *p)
{
    const uint64_t end = s->o.from + s->o.count;
    const double spent = s->spent;
    const double start = now_s();
    double told = start;
    while (s->next < end && s->spent - spent < s->o.seconds) {
        try_next(s, p);
        const double now = now_s();
        s->spent = spent + now - start;
        if (now - told >= s->o.every && s->next < end) {
            told = now;
            tell(s);
            save(s);
        }
    }
}

int main(int argc, char **argv)
{
    struct soak s = {.o = parse(argc, argv)};
    struct ref_park *p = malloc(sizeof(*p));
    if (p == NULL) {
        return 2;
    }
    s.next = s.o.from;
    if (s.o.one) {
        const int status = show_one(&s.o, p);
        free(p);
        return status;
    }
    restore(&s);
    soak(&s, p);
    tell(&s);
    save(&s);
    if (s.log != NULL) {
        fclose(s.log);
    }
    free(p);
    return verdict(&s);
}
