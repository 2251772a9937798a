#include "sim/sweep/sweep_tell.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *sim_sweep_count(int64_t count, char out[32])
{
    char digits[24];

    (void)snprintf(digits, sizeof(digits), "%" PRId64, count);
    return sim_base_group(digits, out);
}

const char *sim_sweep_plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

// ---- what was there ----

/** Runs that cannot be used at all, and why not. */
static void tell_other_layout(const struct sim_sink *to, const struct sim_card *before,
                              const struct sim_card *now, const char *folder)
{
    struct sim_card_mark old;
    struct sim_card_mark new;

    if (before != NULL && strcmp(before->source, now->source) != 0) {
        sim_sink_print(to, "the runs in %s were made by another version; all are made again\n",
                       folder);
        return;
    }
    if (before != NULL) {
        sim_card_layout(before, &old);
        sim_card_layout(now, &new);
    }
    if (before != NULL && memcmp(&old, &new, sizeof(old)) != 0) {
        sim_sink_print(to,
                       "the runs in %s were made for other results (responses, or what the park "
                       "has); all are made again\n",
                       folder);
    } else { // they are older than the card that was there
        sim_sink_print(to,
                       "some runs in %s were made by an earlier version, or for other results; "
                       "they are not used\n",
                       folder);
    }
}

static void tell_losses(const struct sim_sink *to, const struct sim_parts_found *found,
                        const struct sim_card *before, const struct sim_card *now,
                        const char *folder)
{
    char count[32];

    if (found->torn > 0) {
        sim_sink_print(to, "%s run%s were being written when it ended, and %s made again\n",
                       sim_sweep_count(found->torn, count), sim_sweep_plural(found->torn),
                       found->torn == 1 ? "is" : "are");
    }
    if (found->bad_blocks > 0) {
        sim_sink_print(to,
                       "%s block%s of runs in %s %s damaged (set aside as NAME.bad); what was in "
                       "them is made again\n",
                       sim_sweep_count(found->bad_blocks, count),
                       sim_sweep_plural(found->bad_blocks), folder,
                       found->bad_blocks == 1 ? "is" : "are");
    }
    if (found->is_other_layout) {
        tell_other_layout(to, before, now, folder);
    } else if (found->of_others > 0) {
        sim_sink_print(to,
                       "%s run%s in %s %s of the study as it was before (other inputs, or other "
                       "points): not used, but kept in case that comes back\n",
                       sim_sweep_count(found->of_others, count), sim_sweep_plural(found->of_others),
                       folder, found->of_others == 1 ? "is" : "are");
    }
}

void sim_sweep_tell_found(const struct sim_sink *to, const struct sim_parts_found *found,
                          const struct sim_card *before, const struct sim_card *now, int64_t there,
                          int64_t runs, const char *folder)
{
    char a[32];
    char b[32];
    char c[32];

    if (found->is_new) {
        return;
    }
    tell_losses(to, found, before, now, folder);
    if (found->recovered > 0) {
        sim_sink_print(to,
                       "%s of %s runs are there from before; %s recovered from a block that was "
                       "left open\n",
                       sim_sweep_count(there, a), sim_sweep_count(runs, b),
                       sim_sweep_count(found->recovered, c));
    } else if (there > 0) {
        sim_sink_print(to, "%s of %s runs are there from before\n", sim_sweep_count(there, a),
                       sim_sweep_count(runs, b));
    }
}

// ---- what changed ----

static const char *sum_of(const struct sim_schema *s, const char *path)
{
    const char *name = NULL;
    const char *sum = NULL;

    for (int i = 0; (name = sim_schema_input(s, i, &sum)) != NULL; i++) {
        if (strcmp(name, path) == 0) {
            return sum;
        }
    }
    return NULL;
}

/** Of the inputs: those that were not there before, or those that changed, such as "ulsan.cfg and
 * prices.csv"; owned by the caller, NULL when there are none. */
static char *list_inputs(const struct sim_card *before, const struct sim_card *now, bool is_new)
{
    char *names = NULL;
    const char *name = NULL;
    const char *sum = NULL;

    for (int i = 0; (name = sim_schema_input(now->schema, i, &sum)) != NULL; i++) {
        const char *old = sum_of(before->schema, name);

        if (is_new ? old != NULL : old == NULL || strcmp(old, sum) == 0) {
            continue;
        }
        char *longer =
            names == NULL ? sim_base_strdup(name) : sim_base_format("%s and %s", names, name);

        free(names);
        names = longer;
    }
    return names;
}

/** "ulsan.cfg changed, prices.csv and caps.csv are new"; owned by the caller, NULL when all are as
 * they were. */
static char *changed_inputs(const struct sim_card *before, const struct sim_card *now)
{
    char *changed = list_inputs(before, now, false);
    char *added = list_inputs(before, now, true);
    char *text = changed != NULL ? sim_base_format("%s changed", changed) : NULL;

    if (added != NULL) {
        char *longer =
            sim_base_format("%s%s%s %s new", text != NULL ? text : "", text != NULL ? ", " : "",
                            added, strstr(added, " and ") != NULL ? "are" : "is");

        free(text);
        text = longer;
    }
    free(changed);
    free(added);
    return text;
}

static int compare_marks(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct sim_card_mark));
}

/** The marks of a card, sorted; owned by the caller. */
static struct sim_card_mark *sort_marks(const struct sim_card *c)
{
    const size_t count = (size_t)c->points;
    struct sim_card_mark *sorted = sim_base_alloc(count, sizeof(*sorted));

    memcpy(sorted, c->marks, count * sizeof(*sorted));
    qsort(sorted, count, sizeof(*sorted), compare_marks);
    return sorted;
}

static bool has_mark(const struct sim_card_mark *sorted, const struct sim_card *c,
                     const struct sim_card_mark *mark)
{
    return bsearch(mark, sorted, (size_t)c->points, sizeof(*sorted), compare_marks) != NULL;
}

/** Runs that are missing of the shard's points of a design that the card of before did not have. */
static int64_t count_new(const struct sim_card *now, int32_t shard, int32_t design,
                         const struct sim_card *before, const struct sim_card_mark *old,
                         const struct sim_sweep_queue *queue)
{
    int64_t runs = 0;

    for (int64_t i = shard; i < now->points; i += now->shards) {
        if (now->point_design[i] == design && !has_mark(old, before, &now->marks[i])) {
            runs += sim_sweep_queue_lack(queue, i);
        }
    }
    return runs;
}

/** Whether points of a design went away. */
static bool is_any_gone(const struct sim_card *before, const char *design,
                        const struct sim_card *now, const struct sim_card_mark *new)
{
    for (int64_t i = 0; i < before->points; i++) {
        if (strcmp(before->designs[before->point_design[i]], design) == 0 &&
            !has_mark(new, now, &before->marks[i])) {
            return true;
        }
    }
    return false;
}

/** What is not as it was for all designs alike. */
static void tell_causes(const struct sim_sink *to, const struct sim_card *before,
                        const struct sim_card *now)
{
    if (strcmp(before->source, now->source) != 0) {
        sim_sink_print(to, "it was begun with %s and goes on with %s\n", before->source,
                       now->source);
    }
    if (before->seed != now->seed) {
        sim_sink_print(to, "the seed was %" PRIu64 " and is %" PRIu64 "\n", before->seed,
                       now->seed);
    }
}

void sim_sweep_tell_changes(const struct sim_sink *to, const struct sim_card *before,
                            const struct sim_card *now, int32_t shard,
                            const struct sim_sweep_queue *queue)
{
    if (before == NULL) {
        return;
    }
    char *inputs = changed_inputs(before, now);
    struct sim_card_mark *old = sort_marks(before);
    struct sim_card_mark *new = sort_marks(now);

    tell_causes(to, before, now);
    for (int32_t i = 0; i < now->design_count; i++) {
        const int64_t runs = count_new(now, shard, i, before, old, queue);
        char count[32];

        if (runs > 0) {
            sim_sink_print(to, "%s%s%s run%s of design %s %s %s\n", inputs != NULL ? inputs : "",
                           inputs != NULL ? ": " : "", sim_sweep_count(runs, count),
                           sim_sweep_plural(runs), now->designs[i], runs == 1 ? "is" : "are",
                           is_any_gone(before, now->designs[i], now, new) ? "made again" : "new");
        }
    }
    free(new);
    free(old);
    free(inputs);
}

void sim_sweep_tell_start(const struct sim_sink *to, const struct sim_rule *rule, int64_t runs,
                          int threads)
{
    const bool is_fixed = rule->at_least == rule->at_most;
    char count[32];

    sim_sink_print(to, "%s%s run%s to make, on %d thread%s\n", is_fixed ? "" : "at least ",
                   sim_sweep_count(runs, count), sim_sweep_plural(runs), threads,
                   sim_sweep_plural(threads));
}
