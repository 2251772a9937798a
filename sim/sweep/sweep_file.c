#include "sim/sweep/sweep_file.h"

#include "sim/store/reader.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_text(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

// ---- what differs ----

/** Put `part` behind `*text`, with `between`; both NULL or owned by the caller. */
static void add(char **text, const char *between, const char *part)
{
    char *longer =
        *text == NULL ? sim_base_strdup(part) : sim_base_format("%s%s%s", *text, between, part);

    free(*text);
    *text = longer;
}

/** Take the first of several values with ", " between; false after the last. */
static bool take_value(const char **rest, const char **out, int *out_length)
{
    if (*rest == NULL || **rest == '\0') {
        return false;
    }
    const char *end = strstr(*rest, ", ");

    *out = *rest;
    *out_length = end != NULL ? (int)(end - *rest) : (int)strlen(*rest);
    *rest = end != NULL ? end + 2 : NULL;
    return true;
}

/** Whether the file has an input of this name; `*is_same` tells whether with this sum. */
static bool has_input(const struct sim_reader *reader, const char *name, const char *sum,
                      bool *is_same)
{
    const char *files = sim_reader_attr(reader, "inputs", "files");
    const char *sums = sim_reader_attr(reader, "inputs", "sha256");
    const char *one = NULL;
    const char *its = NULL;
    int length = 0;
    int its_length = 0;

    while (take_value(&files, &one, &length) && take_value(&sums, &its, &its_length)) {
        if ((size_t)length == strlen(name) && strncmp(one, name, (size_t)length) == 0) {
            *is_same =
                (size_t)its_length == strlen(sum) && strncmp(its, sum, (size_t)its_length) == 0;
            return true;
        }
    }
    return false;
}

/** "study.cfg and caps.csv changed, prices.csv is new"; NULL when no input did. Owned by
 * the caller. */
static char *changed_inputs(const struct sim_reader *reader, const struct sim_card *card)
{
    const char *name = NULL;
    const char *sum = NULL;
    char *names = NULL;
    char *added = NULL;
    int added_count = 0;

    for (int i = 0; (name = sim_schema_input(card->schema, i, &sum)) != NULL; i++) {
        bool is_same = false;

        if (!has_input(reader, name, sum, &is_same)) {
            add(&added, " and ", name);
            added_count++;
        } else if (!is_same) {
            add(&names, " and ", name);
        }
    }
    if (names != NULL) {
        add(&names, " ", "changed");
    }
    if (added_count > 0) {
        add(&added, " ", added_count == 1 ? "is new" : "are new");
        add(&names, ", ", added);
    }
    free(added);
    return names;
}

char *sim_sweep_file_difference(const struct sim_reader *reader, const struct sim_card *card)
{
    char *text = changed_inputs(reader, card);
    const char *source = sim_reader_attr(reader, "", "source");
    const char *seed = sim_reader_attr(reader, "", "seed");
    char seed_now[32];

    (void)snprintf(seed_now, sizeof(seed_now), "%" PRIu64, card->seed);
    if (source != NULL && !is_text(source, card->source)) {
        char *part = sim_base_format("it was made by %s and this is %s", source, card->source);

        add(&text, ", ", part);
        free(part);
    }
    if (seed != NULL && !is_text(seed, seed_now)) {
        char *part = sim_base_format("the seed was %s and is %s", seed, seed_now);

        add(&text, ", ", part);
        free(part);
    }
    return text != NULL ? text : sim_base_strdup("the study is another one");
}

// ---- all of it ----

static int64_t count_runs(const struct sim_reader *reader)
{
    const int status = sim_reader_find(reader, "", "status");

    return status >= 0 ? sim_reader_size(reader, status) : 0;
}

void sim_sweep_file_look(const char *path, const struct sim_card *card, struct sim_sweep_file *out)
{
    struct sim_reader *reader = NULL;
    struct sim_err ignored;
    char hash[65];

    *out = (struct sim_sweep_file){0};
    if (sim_reader_open(path, &reader, &ignored) != SIM_OK) {
        return;
    }
    sim_card_hash(card, hash);
    const bool is_same = is_text(sim_reader_attr(reader, "", "content_hash"), hash);
    const bool is_whole = is_text(sim_reader_attr(reader, "", "ended"), "complete");

    out->is_there = true;
    out->is_complete = is_same && is_whole;
    out->has_our_runs =
        is_whole && is_text(sim_reader_attr(reader, "", "study_hash"), card->study_hash);
    out->runs = count_runs(reader);
    out->difference = is_same ? NULL : sim_sweep_file_difference(reader, card);
    sim_reader_close(reader);
}

void sim_sweep_file_fini(struct sim_sweep_file *f)
{
    free(f->difference);
    *f = (struct sim_sweep_file){0};
}
