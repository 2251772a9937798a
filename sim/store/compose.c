#include "sim/store/compose.h"

#include "sim/base/file.h"
#include "sim/store/compose_source.h"

#include <stdio.h>
#include <string.h>

enum {
    TOLD_EVERY = 256,
    SHARDS_NAMED = 8
};

struct composing {
    const struct sim_card *card;
    const struct sim_compose_opts *opts;
    struct sim_compose_source *source;
    const struct sim_parts_index *index;
    struct sim_writer *writer;
    struct sim_compose_result *result;
    SIM_VEC(double) values; // of the replications of a point
    int64_t next_run;
};

/** What the file takes of a point: those of the first `limit` replications that are there. */
struct share {
    int32_t slot;
    int32_t limit;
    int64_t present;
    int64_t missing; // at least so many
};

// ---- what there is ----

static struct share share_fixed(const struct composing *c, int32_t slot)
{
    struct share s = {.slot = slot};
    const int32_t there = sim_parts_index_runs_of(c->index, slot);

    for (int32_t r = 0; r < c->card->rule.at_most && s.present < there; r++) {
        if (sim_parts_index_find(c->index, slot, r) != NULL) {
            s.present++;
            s.limit = r + 1;
        }
    }
    s.missing = c->card->rule.at_most - s.present;
    return s;
}

/** The rule reads replications in their order, as far as they go without a gap. */
static struct share share_by_rule(struct composing *c, int32_t slot)
{
    const struct sim_rule *rule = &c->card->rule;
    struct share s = {.slot = slot};

    c->values.count = 0;
    for (int32_t r = 0; r < rule->at_most; r++) {
        const struct sim_parts_index_run *run = sim_parts_index_find(c->index, slot, r);

        if (run == NULL) {
            break;
        }
        SIM_VEC_PUSH(&c->values,
                     sim_parts_index_status(run) == SIM_RUN_FAILED ? SIM_RULE_FAILED : run->value);
    }
    const int32_t met = sim_rule_first(rule, c->values.data, c->values.count);

    s.limit = met >= 0 ? met : c->values.count;
    s.present = s.limit;
    if (met < 0) {
        s.missing = rule->at_least > s.limit ? rule->at_least - s.limit : 1;
    }
    return s;
}

static struct share share_of(struct composing *c, int64_t point)
{
    const struct sim_rule *rule = &c->card->rule;
    const int32_t slot = sim_parts_index_slot(c->index, &c->card->marks[point]);
    const bool is_fixed = rule->response == NULL || rule->at_least >= rule->at_most;

    return is_fixed ? share_fixed(c, slot) : share_by_rule(c, slot);
}

static void count_all(struct composing *c)
{
    for (int64_t p = 0; p < c->card->points; p++) {
        const struct share s = share_of(c, p);

        c->result->runs += s.present;
        c->result->missing += s.missing;
    }
}

// ---- what is missing, in words ----

struct message {
    char text[3000];
    size_t length;
};

static void say(struct message *m, const char *text)
{
    const size_t left = sizeof(m->text) - m->length;
    const int put = snprintf(m->text + m->length, left, "%s", text);

    m->length += put > 0 && (size_t)put < left ? (size_t)put : 0;
}

/** Finished points, and how many there are, of one shard. */
static void count_shard(struct composing *c, int32_t shard, int64_t *finished, int64_t *points,
                        bool *has_any)
{
    *finished = 0;
    *points = 0;
    *has_any = false;
    for (int64_t p = shard; p < c->card->points; p += c->card->shards) {
        const struct share s = share_of(c, p);

        (*points)++;
        *finished += s.missing == 0 ? 1 : 0;
        *has_any = *has_any || s.present > 0;
    }
}

static void say_shard(struct composing *c, int32_t shard, int *named, struct message *m)
{
    const int32_t shards = c->card->shards;
    int64_t finished = 0;
    int64_t points = 0;
    bool has_any = false;
    char text[200];

    count_shard(c, shard, &finished, &points, &has_any);
    if (finished == points || (*named)++ >= SHARDS_NAMED) {
        return;
    }
    if (shards == 1) {
        (void)snprintf(text, sizeof(text), "%lld of its %lld points are finished",
                       (long long)finished, (long long)points);
    } else if (has_any) {
        (void)snprintf(text, sizeof(text), "%sshard %d of %d has %lld of its %lld points",
                       *named > 1 ? "; " : "", (int)shard + 1, (int)shards, (long long)finished,
                       (long long)points);
    } else {
        (void)snprintf(text, sizeof(text), "%sshard %d of %d is missing (%lld points)",
                       *named > 1 ? "; " : "", (int)shard + 1, (int)shards, (long long)points);
    }
    say(m, text);
}

static enum sim_status tell_missing(struct composing *c, struct sim_err *err)
{
    const char *damaged = sim_compose_source_damaged(c->source);
    const char *foreign = sim_compose_source_foreign(c->source);
    const int64_t of_others = sim_compose_source_of_others(c->source);
    struct message m = {.length = 0};
    int named = 0;

    say(&m, "the study is not finished: ");
    for (int32_t shard = 0; shard < c->card->shards; shard++) {
        say_shard(c, shard, &named, &m);
    }
    if (named > SHARDS_NAMED) {
        char text[64];

        (void)snprintf(text, sizeof(text), "; and %d shards more", named - SHARDS_NAMED);
        say(&m, text);
    }
    if (damaged != NULL) {
        say(&m, "; damaged: ");
        say(&m, damaged);
    }
    if (of_others > 0) {
        char text[80];

        (void)snprintf(text, sizeof(text), "; %lld runs there were made before the study changed",
                       (long long)of_others);
        say(&m, text);
    }
    if (foreign != NULL) {
        say(&m, "; of another version, or of other variables: ");
        say(&m, foreign);
    }
    return sim_err_set(err, SIM_INPUT, "%s; the same sweep makes what is missing", m.text);
}

// ---- the file ----

static enum sim_status put_run(struct composing *c, int64_t point, const struct share *s,
                               int32_t replication, struct sim_err *err)
{
    const struct sim_parts_index_run *run = sim_parts_index_find(c->index, s->slot, replication);
    const struct sim_run_key key = {c->next_run, point, replication};
    struct sim_pack *pack = NULL;

    if (run == NULL) {
        return SIM_OK; // a partial file goes without it
    }
    SIM_TRY(sim_compose_source_read(c->source, run, &key, &pack, err));
    c->next_run++;
    c->result->ok += pack->status == SIM_RUN_OK ? 1 : 0;
    c->result->failed += pack->status == SIM_RUN_FAILED ? 1 : 0;
    enum sim_status status = SIM_OK;

    if (pack->point_row != NULL && replication == 0) {
        status = sim_writer_point(c->writer, point, pack->point_row, err);
    }
    if (status == SIM_OK) {
        status = sim_writer_put(c->writer, pack, err);
    }
    sim_pack_destroy(pack);
    return status;
}

static void tell(const struct composing *c)
{
    if (c->opts->told != NULL && c->next_run % TOLD_EVERY == 0) {
        c->opts->told(c->opts->user, c->next_run, c->result->runs);
    }
}

static enum sim_status put_all(struct composing *c, struct sim_err *err)
{
    for (int64_t p = 0; p < c->card->points; p++) {
        const struct share s = share_of(c, p);

        for (int32_t r = 0; r < s.limit; r++) {
            SIM_TRY(put_run(c, p, &s, r, err));
            tell(c);
        }
    }
    return SIM_OK;
}

static enum sim_status write_file(struct composing *c, const char *path, struct sim_err *err)
{
    const struct sim_card *card = c->card;
    char content_hash[65];

    sim_card_hash(card, content_hash);
    const struct sim_writer_opts opts = {.source = card->source,
                                         .seed = card->seed,
                                         .study_hash = card->study_hash,
                                         .content_hash = content_hash,
                                         .runs = c->result->runs,
                                         .points = card->points,
                                         .designs = card->designs,
                                         .point_design = card->point_design,
                                         .is_antithetic = card->is_antithetic};

    SIM_TRY(sim_writer_open(card->schema, path, &opts, &c->writer, err));
    const enum sim_status status = put_all(c, err);

    if (status != SIM_OK) {
        sim_writer_abandon(c->writer);
        return status;
    }
    return sim_writer_close(c->writer, c->result->missing == 0 ? "complete" : "stopped",
                            c->opts->facts, c->opts->fact_count, err);
}

static enum sim_status compose(struct composing *c, const char *path, struct sim_err *err)
{
    SIM_TRY(sim_compose_source_create(c->card, c->opts->folders, c->opts->folder_count, &c->source,
                                      err));
    c->index = sim_compose_source_index(c->source);
    count_all(c);
    if (c->result->missing > 0 && !c->opts->is_partial) {
        return tell_missing(c, err);
    }
    return write_file(c, path, err);
}

// ---- whose study it is ----

static enum sim_status read_card(const char *folder, struct sim_card **out, struct sim_err *err)
{
    char *path = sim_file_join(folder, "card.json");
    const enum sim_status status = sim_card_read(path, out, err);

    free(path);
    return status;
}

/** All folders must be of the study of the card. */
static enum sim_status check_folder(const struct sim_card *card, const char *name,
                                    const char *folder, struct sim_err *err)
{
    struct sim_card *other = NULL;

    SIM_TRY(read_card(folder, &other, err));
    const enum sim_status status = sim_compose_source_compare(card, name, other, folder, err);

    sim_card_destroy(other);
    return status;
}

enum sim_status sim_compose(const struct sim_card *card, const struct sim_compose_opts *opts,
                            const char *path, struct sim_compose_result *out, struct sim_err *err)
{
    struct sim_card *read = NULL;
    enum sim_status status = SIM_OK;

    SIM_REQUIRE(opts->folder_count >= 1, "there is a folder of parts");
    *out = (struct sim_compose_result){0};
    if (card == NULL) {
        SIM_TRY(read_card(opts->folders[0], &read, err));
        card = read;
    }
    for (int i = read != NULL ? 1 : 0; i < opts->folder_count && status == SIM_OK; i++) {
        status = check_folder(card, read != NULL ? opts->folders[0] : "the study", opts->folders[i],
                              err);
    }
    struct composing c = {.card = card, .opts = opts, .result = out};

    if (status == SIM_OK) {
        status = compose(&c, path, err);
    }
    out->is_set_aside = c.source != NULL && sim_compose_source_is_set_aside(c.source);
    sim_compose_source_destroy(c.source);
    SIM_VEC_FREE(&c.values);
    sim_card_destroy(read);
    return status;
}
