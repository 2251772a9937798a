#include "tests/support/ref_trial.h"

#include "models/park/base/park.h"
#include "models/park/open.h"
#include "models/park/out/results.h"
#include "models/park/trial/run.h"
#include "sim/cfg/diag.h"
#include "sim/store/row.h"
#include "sim/store/schema.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double tolerance = 1e-6;

// The program's park, and what came of its run.
struct program {
    struct park *park;
    struct sim_schema *schema;
    struct sim_row *row;
    struct park_run *run;
};

static void close_program(struct program *g)
{
    park_run_destroy(g->run);
    sim_row_destroy(g->row);
    sim_schema_destroy(g->schema);
    park_open_free(g->park);
}

static bool load_program(struct program *g, const char *text, struct ref_trial *out)
{
    struct sim_diag *d = sim_diag_create();
    const struct sim_model_source opts = {.overrides = NULL};
    const enum sim_status status = park_open_text("park.cfg", text, &opts, d, &g->park);
    if (status != SIM_OK) {
        char *told = sim_diag_render(d, 20);
        const char *line = told;
        while ((line[0] == ' ' || strstr(line, ": warning: ") == strstr(line, ": ")) &&
               strchr(line, '\n') != NULL) {
            line = strchr(line, '\n') + 1;
        }
        out->verdict = REF_REFUSED;
        snprintf(out->why, sizeof(out->why), "%.*s", (int)strcspn(line, "\n"), line);
        free(told);
    }
    sim_diag_destroy(d);
    return status == SIM_OK;
}

static bool run_program(struct program *g, struct ref_trial *out)
{
    struct sim_err err = {0};
    const struct park *const parks[] = {g->park};
    g->schema = sim_schema_create();
    enum sim_status status = park_results_declare(parks, 1, NULL, NULL, g->schema, &err);
    if (status == SIM_OK) {
        g->row = sim_row_create(g->schema, SIM_SCHEMA_RUN);
        g->run = park_run_create(g->park, NULL, g->schema);
        const struct sim_trial trial = {.seed = g->park->seed};
        const struct sim_model_hooks hooks = {.trace = NULL};
        struct sim_model_end end = {0};
        sim_row_reset(g->row);
        status = park_run_trial(g->run, &trial, &hooks, g->row, &end, &err);
    }
    if (status != SIM_OK) {
        out->verdict = REF_FAILED;
        snprintf(out->why, sizeof(out->why), "%s", err.text);
    }
    return status == SIM_OK;
}

static double throughput(const struct ref_net *n, int stream)
{
    double sum = 0.0;
    for (int i = 0; i < n->flow_count; i++) {
        sum += n->flows[i].stream == stream ? n->flows[i].total : 0.0;
    }
    return sum;
}

static int stream_of(const struct ref_park *p, const char *label)
{
    const char *colon = strstr(label, ": ");
    for (int s = 0; colon != NULL && s < p->stream_count; s++) {
        if (strcmp(colon + 2, p->streams[s].name) == 0) {
            return s;
        }
    }
    return 0;
}

// Of a stream that hardly flows: what 15 t/h bring in the microsecond in which a stock meets a
// bound is 1e-6 of 4 kg.
static const double least_scale = 0.01;

static void compare_flow(const struct ref_net *n, const char *label, double expected, double total,
                         struct ref_trial *out, FILE *print)
{
    const double scale = throughput(n, stream_of(n->park, label));
    const double by = fabs(total - expected) / fmax(scale, least_scale);
    if (print != NULL) {
        fprintf(print, "%-32s program %-14.9g reference %-14.9g %s\n", label, total, expected,
                by > tolerance ? "<--" : "");
    }
    if (!(by <= out->by)) {
        out->by = by;
        snprintf(out->why, sizeof(out->why), "%s: program %.9g, reference %.9g", label, total,
                 expected);
    }
}

// The program's total of a label; labels that only differ in what stands in brackets are one.
static double total_of(const struct program *g, const char *label, bool *found)
{
    double sum = 0.0;
    const size_t length = strlen(label);
    for (int a = 0; a < sim_schema_axis_count(g->schema); a++) {
        const struct sim_schema_axis *axis = sim_schema_axis_at(g->schema, a);
        char variable[64];
        if (strncmp(axis->name, "link_", 5) != 0) {
            continue;
        }
        snprintf(variable, sizeof(variable), "flow_%s_total", axis->name + 5);
        const double *totals =
            sim_row_f64_const(g->row, sim_schema_var_find(g->schema, NULL, variable));
        for (int64_t i = 0; i < axis->length; i++) {
            const char *other = axis->labels[i];
            if (strncmp(other, label, length) == 0 &&
                (other[length] == '\0' || strncmp(other + length, " (", 2) == 0)) {
                sum += totals[i];
                *found = true;
            }
        }
    }
    return sum;
}

// Of what the program tells, whatever the reference has no label for must be none.
static void compare_others(const struct ref_net *n, const struct program *g, struct ref_trial *out,
                           FILE *print)
{
    for (int a = 0; a < sim_schema_axis_count(g->schema); a++) {
        const struct sim_schema_axis *axis = sim_schema_axis_at(g->schema, a);
        for (int64_t i = 0; i < axis->length && strncmp(axis->name, "link_", 5) == 0; i++) {
            char label[2 * REF_LABEL];
            snprintf(label, sizeof(label), "%s", axis->labels[i]);
            label[strcspn(label, "(")] = '\0';
            const size_t length = strlen(label);
            if (length > 0 && label[length - 1] == ' ') {
                label[length - 1] = '\0';
            }
            bool known = false;
            for (int f = 0; f < n->flow_count && !known; f++) {
                known = strcmp(n->flows[f].label, label) == 0;
            }
            bool found = false;
            if (!known) {
                compare_flow(n, label, 0.0, total_of(g, label, &found), out, print);
            }
        }
    }
}

static void compare(const struct ref_net *n, const struct program *g, struct ref_trial *out,
                    FILE *print)
{
    for (int i = 0; i < n->flow_count; i++) {
        bool found = false;
        const double total = total_of(g, n->flows[i].label, &found);
        compare_flow(n, n->flows[i].label, n->flows[i].total, total, out, print);
    }
    compare_others(n, g, out, print);
    out->verdict = out->by <= tolerance ? REF_AGREE : REF_DIFFERENT;
}

static bool run_reference(struct ref_net *n, const struct ref_park *p, bool is_searched,
                          struct ref_trial *out)
{
    if (!ref_net_build(n, p)) {
        out->verdict = REF_SKIPPED;
        snprintf(out->why, sizeof(out->why), "left open: %s", n->trouble);
        return false;
    }
    n->is_searched = is_searched;
    ref_run(n, &out->run);
    snprintf(out->why, sizeof(out->why), "%s", out->run.why);
    const bool says_nothing =
        out->run.status == REF_RUN_UNSETTLED || out->run.status == REF_RUN_ENDLESS;
    out->verdict = says_nothing ? REF_SKIPPED : REF_UNBALANCED;
    return out->run.status == REF_RUN_FINE;
}

// Do two units stand side by side in one class at one pool, and in different classes at another?
// Then what the better one lacks the other makes, and takes it away from the better one: of two
// solutions one lets both run and one only the better, and where the gain round the loop is above 1
// plain propagation never rests at the former.
static bool cross(const struct ref_net *n, const struct ref_act *a, const struct ref_act *b)
{
    bool alike = false;
    bool apart = false;
    for (int i = 0; i < a->port_count; i++) {
        for (int k = 0; k < b->port_count; k++) {
            const struct ref_net_port *p = &n->ports[a->ports[i]];
            const struct ref_net_port *q = &n->ports[b->ports[k]];
            const bool side_by_side = p->pool == q->pool && p->is_giver == q->is_giver;
            alike = alike || (side_by_side && p->rank == q->rank);
            apart = apart || (side_by_side && p->rank != q->rank);
        }
    }
    return alike && apart;
}

static bool has_crossing(const struct ref_net *n)
{
    for (int a = 0; a < n->act_count; a++) {
        for (int b = 0; b < a; b++) {
            if (n->acts[a].kind == REF_PROCESS && n->acts[b].kind == REF_PROCESS &&
                cross(n, &n->acts[a], &n->acts[b])) {
                return true;
            }
        }
    }
    return false;
}

// Where claims form circles there may be several solutions, of which propagation and the program
// may find different ones, and the usual search does not see all. Is there, at some instant,
// another to which propagation goes when a single activity begins late? Or one at which it would
// not rest? Or are activities held down that could feed each other, so that all have at least as
// much? Such loops feed themselves first, which is no matter of propagation.
static bool has_several(struct ref_net *n, const struct ref_park *p)
{
    struct ref_trial again = {.verdict = REF_AGREE};
    return has_crossing(n) ||
           (!run_reference(n, p, true, &again) && again.run.status == REF_RUN_UNSETTLED);
}

void ref_trial_run(const struct ref_park *p, struct ref_trial *out, FILE *print)
{
    struct ref_net *n = malloc(sizeof(*n));
    struct program g = {.park = NULL};
    *out = (struct ref_trial){.verdict = REF_AGREE};
    if (n != NULL && run_reference(n, p, false, out)) {
        char *text = ref_park_text(p);
        if (load_program(&g, text, out) && run_program(&g, out)) {
            compare(n, &g, out, print);
            if (out->verdict == REF_DIFFERENT && has_several(n, p)) {
                out->verdict = REF_SEVERAL;
            }
        }
        close_program(&g);
        free(text);
    }
    free(n);
}

// ---- Counts ----

const char *ref_trial_word(enum ref_verdict verdict)
{
    static const char *const words[REF_VERDICTS] = {"agree",   "skipped", "several",   "different",
                                                    "refused", "failed",  "unbalanced"};
    return words[verdict];
}

bool ref_trial_is_fault(enum ref_verdict verdict)
{
    return verdict != REF_AGREE && verdict != REF_SKIPPED && verdict != REF_SEVERAL;
}

void ref_trial_count(struct ref_counts *counts, const struct ref_trial *trial)
{
    counts->parks++;
    counts->verdict[trial->verdict]++;
    counts->events += trial->run.events;
    if (trial->verdict == REF_AGREE) {
        counts->worst = fmax(counts->worst, trial->by);
        for (int i = 0; i < REF_MET_COUNT; i++) {
            counts->met[i] += trial->run.met[i] ? 1 : 0;
        }
    }
}

void ref_trial_add(struct ref_counts *sum, const struct ref_counts *more)
{
    sum->parks += more->parks;
    sum->events += more->events;
    sum->worst = fmax(sum->worst, more->worst);
    for (int i = 0; i < REF_VERDICTS; i++) {
        sum->verdict[i] += more->verdict[i];
    }
    for (int i = 0; i < REF_MET_COUNT; i++) {
        sum->met[i] += more->met[i];
    }
}

void ref_trial_print(const struct ref_counts *counts, FILE *out)
{
    const double agree = (double)(counts->verdict[REF_AGREE] > 0 ? counts->verdict[REF_AGREE] : 1);
    fprintf(out, "  %" PRId64 " parks, %" PRId64 " events;", counts->parks, counts->events);
    for (int i = 0; i < REF_VERDICTS; i++) {
        fprintf(out, " %s %" PRId64, ref_trial_word((enum ref_verdict)i), counts->verdict[i]);
    }
    fprintf(out, "; worst %.2g\n  met:", counts->worst);
    for (int i = 0; i < REF_MET_COUNT; i++) {
        fprintf(out, "%s %s %.1f %%", i > 0 ? "," : "", ref_run_word((enum ref_met)i),
                100.0 * (double)counts->met[i] / agree);
    }
    fprintf(out, "\n");
}

void ref_trial_save(const struct ref_counts *counts, FILE *out)
{
    fprintf(out, "%" PRId64 " %" PRId64 " %.17g", counts->parks, counts->events, counts->worst);
    for (int i = 0; i < REF_VERDICTS; i++) {
        fprintf(out, " %" PRId64, counts->verdict[i]);
    }
    for (int i = 0; i < REF_MET_COUNT; i++) {
        fprintf(out, " %" PRId64, counts->met[i]);
    }
    fprintf(out, "\n");
}

bool ref_trial_restore(struct ref_counts *out, FILE *from)
{
    bool fine =
        fscanf(from, "%" SCNd64 " %" SCNd64 " %lf", &out->parks, &out->events, &out->worst) == 3;
    for (int i = 0; i < REF_VERDICTS; i++) {
        fine = fine && fscanf(from, "%" SCNd64, &out->verdict[i]) == 1;
    }
    for (int i = 0; i < REF_MET_COUNT; i++) {
        fine = fine && fscanf(from, "%" SCNd64, &out->met[i]) == 1;
    }
    return fine;
}

bool ref_trial_covers(const struct ref_counts *counts, FILE *out)
{
    static const enum ref_met wanted[] = {REF_MET_DECAY,    REF_MET_OVERFLOW,    REF_MET_TARGET,
                                          REF_MET_REORDER,  REF_MET_TWO_SELLERS, REF_MET_PRIORITY,
                                          REF_MET_TURNDOWN, REF_MET_CALENDAR,    REF_MET_LOSS};
    bool fine = true;
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
        if (10 * counts->met[wanted[i]] < counts->parks) {
            fprintf(out, "too few parks met: %s\n", ref_run_word(wanted[i]));
            fine = false;
        }
    }
    return fine;
}
