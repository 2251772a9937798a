#include "sim/base/file.h"
#include "sim/base/hash.h"
#include "sim/store/compose.h"
#include "sim/store/parts_priv.h"
#include "sim/store/reader.h"
#include "tests/unit/sim/store/parts_kit.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct sim_parts_limits small = {
    .bytes = UINT64_C(1) << 30, .runs = 3, .age_s = 0.0, .most_runs = 3};

static int64_t make_parts(const struct parts_kit *kit, int32_t shard,
                          const struct sim_parts_limits *limits, int64_t most)
{
    struct sim_parts_found found;
    struct sim_err err = {0};
    struct sim_parts *p = parts_kit_open(kit, shard, &found);

    if (limits != NULL) {
        sim_parts_limit(p, limits);
    }
    const int64_t made = parts_kit_fill(kit, p, shard, most);

    cr_assert(eq(int, (int)sim_parts_close(p, &err), SIM_OK), "%s", err.text);
    return made;
}

static void file_of(const struct parts_kit *kit, char out[200])
{
    (void)snprintf(out, 200, "%s/r.h5", kit->folder);
}

static enum sim_status compose(const struct parts_kit *kit, const struct sim_card *card,
                               bool is_partial, struct sim_compose_result *result,
                               struct sim_err *err)
{
    const char *const folders[] = {kit->parts};
    const struct sim_compose_opts opts = {
        .folders = folders, .folder_count = 1, .is_partial = is_partial};
    char path[200];

    file_of(kit, path);
    return sim_compose(card, &opts, path, result, err);
}

static void hash_file(const struct parts_kit *kit, char out_hex[65])
{
    struct sim_err err = {0};
    char path[200];

    file_of(kit, path);
    cr_assert(eq(int, (int)sim_hash_sha256_file(path, out_hex, &err), SIM_OK), "%s", err.text);
}

/** Make all in one way, compose from the card in the folder, and give the fingerprint. */
static void hash_of(int32_t replications, int32_t shards, const struct sim_parts_limits *limits,
                    int64_t at_once, char out_hex[65])
{
    struct parts_kit *kit = parts_kit_create("hash", 9, replications, shards);
    struct sim_compose_result result;
    struct sim_err err = {0};

    for (int32_t shard = shards - 1; shard >= 0; shard--) {
        while (make_parts(kit, shard, limits, at_once) > 0) { // resumed as often as it takes
        }
    }
    cr_assert(eq(int, (int)compose(kit, NULL, false, &result, &err), SIM_OK), "%s", err.text);
    cr_assert(eq(i64, result.missing, 0));
    hash_file(kit, out_hex);
    parts_kit_destroy(kit);
}

Test(compose, gives_the_same_bytes_whatever_the_way)
{
    for (int32_t replications = 0; replications <= 3; replications += 3) {
        char plain[65];
        char split[65];
        char blocks[65];

        hash_of(replications, 1, NULL, INT64_MAX, plain);
        hash_of(replications, 4, NULL, INT64_MAX, split);
        hash_of(replications, 2, &small, 2, blocks);
        cr_assert(eq(str, plain, split));
        cr_assert(eq(str, plain, blocks));
    }
}

Test(compose, takes_the_card_from_memory_or_the_folder)
{
    struct parts_kit *kit = parts_kit_create("memory", 7, 0, 1);
    struct sim_compose_result result;
    struct sim_err err = {0};
    char from_memory[65];
    char from_folder[65];

    (void)make_parts(kit, 0, NULL, INT64_MAX);
    cr_assert(eq(int, (int)compose(kit, &kit->card, false, &result, &err), SIM_OK), "%s", err.text);
    hash_file(kit, from_memory);
    cr_assert(eq(int, (int)compose(kit, NULL, false, &result, &err), SIM_OK), "%s", err.text);
    hash_file(kit, from_folder);
    cr_assert(eq(str, from_memory, from_folder));
    parts_kit_destroy(kit);
}

Test(compose, leaves_out_what_the_rule_does_not_ask_for)
{
    struct parts_kit *kit = parts_kit_create("extra", 5, 0, 1);
    struct sim_compose_result result;
    struct sim_err err = {0};
    char before[65];
    char after[65];

    (void)make_parts(kit, 0, NULL, INT64_MAX);
    cr_assert(eq(int, (int)compose(kit, NULL, false, &result, &err), SIM_OK), "%s", err.text);
    hash_file(kit, before);
    struct sim_parts_found found;
    struct sim_parts *p = parts_kit_open(kit, 0, &found);

    for (int32_t r = 30; r < 40; r++) { // a thread may have run ahead
        cr_assert(eq(int, (int)parts_kit_put(kit, p, 2, r, &err), SIM_OK));
    }
    cr_assert(eq(int, (int)sim_parts_close(p, &err), SIM_OK));
    cr_assert(eq(int, (int)compose(kit, NULL, false, &result, &err), SIM_OK), "%s", err.text);
    hash_file(kit, after);
    cr_assert(eq(str, before, after));
    parts_kit_destroy(kit);
}

static double *numbers(struct sim_reader *r, const char *name)
{
    const int var = sim_reader_find(r, "", name);
    struct sim_err err = {0};

    cr_assert(ge(int, var, 0), "%s", name);
    double *values = malloc((size_t)(sim_reader_size(r, var) + 1) * sizeof(*values));

    cr_assert(eq(int, (int)sim_reader_numbers(r, var, NULL, NULL, values, &err), SIM_OK));
    return values;
}

static const char *text_at(struct sim_reader *r, const char *name, int64_t at)
{
    const int64_t one = 1;
    const char *text = NULL;
    struct sim_err err = {0};

    cr_assert(eq(int,
                 (int)sim_reader_texts(r, sim_reader_find(r, "", name), &at, &one, &text, &err),
                 SIM_OK));
    return text;
}

static struct sim_reader *open_reader(const struct parts_kit *kit)
{
    struct sim_reader *r = NULL;
    struct sim_err err = {0};
    char path[200];

    file_of(kit, path);
    cr_assert(eq(int, (int)sim_reader_open(path, &r, &err), SIM_OK), "%s", err.text);
    return r;
}

Test(compose, puts_points_and_replications_in_their_order)
{
    struct parts_kit *kit = parts_kit_create("order", 20, 4, 3);
    struct sim_compose_result result;
    struct sim_err err = {0};

    for (int32_t shard = 0; shard < 3; shard++) {
        (void)make_parts(kit, shard, &small, INT64_MAX);
    }
    cr_assert(eq(int, (int)compose(kit, NULL, false, &result, &err), SIM_OK), "%s", err.text);
    struct sim_reader *r = open_reader(kit);
    const char *const names[] = {"run", "run_point", "replication", "status", "profit", "trucks"};
    double *values[6];

    for (int i = 0; i < 6; i++) {
        values[i] = numbers(r, names[i]);
    }
    int64_t failed = 0;

    for (int64_t run = 0; run < 80; run++) {
        const double profit = parts_kit_profit(run / 4, (int32_t)(run % 4));

        cr_assert(eq(dbl, values[0][run], (double)run));
        cr_assert(eq(dbl, values[1][run], (double)(run / 4)));
        cr_assert(eq(dbl, values[2][run], (double)(run % 4)));
        cr_assert(eq(dbl, values[3][run], isnan(profit) ? SIM_RUN_FAILED : SIM_RUN_OK));
        cr_assert(isnan(profit) ? isnan(values[4][run]) : values[4][run] == profit);
        cr_assert(eq(dbl, values[5][run], 0.1 * (double)(run / 4 % 7)));
        failed += isnan(profit) ? 1 : 0;
    }
    cr_assert(eq(str, (char *)text_at(r, "design", 39), "base"));
    cr_assert(eq(str, (char *)text_at(r, "design", 40), "không có ống"));
    cr_assert(eq(str, (char *)text_at(r, "size", 4), "größer"));
    cr_assert(eq(str, (char *)text_at(r, "point_size", 2), "klein"));
    cr_assert(eq(str, (char *)text_at(r, "point_design", 10), "không có ống"));
    cr_assert(ge(i64, failed, 1));
    cr_assert(eq(i64, result.failed, failed));
    cr_assert(eq(i64, result.ok, 80 - failed));
    for (int i = 0; i < 6; i++) {
        free(values[i]);
    }
    sim_reader_close(r);
    parts_kit_destroy(kit);
}

Test(compose, gives_means_of_pairs_when_antithetic)
{
    struct parts_kit *kit = parts_kit_create("pairs", 4, 4, 1);
    struct sim_compose_result result;
    struct sim_err err = {0};

    kit->card.is_antithetic = true;
    (void)make_parts(kit, 0, NULL, INT64_MAX);
    cr_assert(eq(int, (int)compose(kit, NULL, false, &result, &err), SIM_OK), "%s", err.text);
    struct sim_reader *r = open_reader(kit);
    double *n = numbers(r, "profit_n");
    double *width = numbers(r, "profit_half_width");
    const double a = 0.5 * (parts_kit_profit(0, 0) + parts_kit_profit(0, 1));
    const double b = 0.5 * (parts_kit_profit(0, 2) + parts_kit_profit(0, 3));

    cr_assert(eq(dbl, n[0], 2.0));
    // two means: t(0.975, 1) x |a - b| / sqrt(2) / sqrt(2)
    cr_assert(epsilon_eq(dbl, width[0], 12.706204736432095 * fabs(a - b) / 2.0, 1e-6));
    free(n);
    free(width);
    sim_reader_close(r);
    parts_kit_destroy(kit);
}

Test(compose, says_which_shards_lack_what)
{
    struct parts_kit *kit = parts_kit_create("lack", 10, 3, 3);
    struct sim_compose_result result;
    struct sim_err err = {0};
    char path[200];

    (void)make_parts(kit, 0, NULL, INT64_MAX);
    (void)make_parts(kit, 1, NULL, 4); // of 9
    cr_assert(eq(int, (int)compose(kit, NULL, false, &result, &err), SIM_INPUT));
    cr_assert(strstr(err.text, "shard 2 of 3 has 1 of its 3 points") != NULL, "%s", err.text);
    cr_assert(strstr(err.text, "shard 3 of 3 is missing (3 points)") != NULL, "%s", err.text);
    cr_assert(strstr(err.text, "shard 1 ") == NULL, "%s", err.text);
    cr_assert(eq(i64, result.missing, 5 + 9));
    file_of(kit, path);
    cr_assert(not(sim_file_exists(path)));
    parts_kit_destroy(kit);
}

Test(compose, tells_runs_of_before_the_study_changed)
{
    struct parts_kit *kit = parts_kit_create("before", 6, 2, 1);
    struct sim_compose_result result;
    struct sim_err err = {0};

    (void)make_parts(kit, 0, NULL, INT64_MAX);
    ((struct sim_card_mark *)(uintptr_t)kit->card.marks)[5].bytes[0] ^= 1;
    cr_assert(eq(int, (int)compose(kit, NULL, false, &result, &err), SIM_OK)); // of the old card
    (void)make_parts(kit, 0, NULL, 0);
    cr_assert(eq(int, (int)compose(kit, NULL, false, &result, &err), SIM_INPUT));
    cr_assert(strstr(err.text, "5 of its 6 points are finished; 2 runs there were made before the "
                               "study changed") != NULL,
              "%s", err.text);
    parts_kit_destroy(kit);
}

Test(compose, writes_what_there_is_when_asked_to)
{
    struct parts_kit *kit = parts_kit_create("partial", 10, 3, 1);
    struct sim_compose_result result;
    struct sim_err err = {0};

    for (int64_t most = 0; most < 12; most += 11) { // none at all, too
        (void)make_parts(kit, 0, NULL, most);
        cr_assert(eq(int, (int)compose(kit, NULL, true, &result, &err), SIM_OK), "%s", err.text);
        cr_assert(eq(i64, result.runs, most));
        cr_assert(eq(i64, result.missing, 30 - most));
        struct sim_reader *r = open_reader(kit);

        cr_assert(eq(str, (char *)sim_reader_attr(r, "", "ended"), "stopped"));
        cr_assert(eq(i64, sim_reader_size(r, sim_reader_find(r, "", "profit")), most));
        sim_reader_close(r);
    }
    parts_kit_destroy(kit);
}

Test(compose, joins_folders_of_machines_without_a_common_disk)
{
    struct parts_kit *whole = parts_kit_create("whole", 10, 3, 1);
    struct parts_kit *kit = parts_kit_create("apart", 10, 3, 2);
    const char *const folders[] = {kit->parts, whole->parts};
    char path[200];
    const struct sim_compose_opts opts = {.folders = folders, .folder_count = 2};
    struct sim_compose_result result;
    struct sim_err err = {0};
    char one[65];
    char two[65];

    (void)make_parts(whole, 0, NULL, INT64_MAX);
    cr_assert(eq(int, (int)compose(whole, NULL, false, &result, &err), SIM_OK), "%s", err.text);
    hash_file(whole, one);
    cr_assert(eq(int, (int)sim_parts_remove(whole->parts, &err), SIM_OK));
    whole->card.shards = 2;
    (void)make_parts(whole, 1, NULL, INT64_MAX); // the folder of the other machine
    (void)make_parts(kit, 0, NULL, INT64_MAX);
    file_of(kit, path);
    cr_assert(eq(int, (int)sim_compose(NULL, &opts, path, &result, &err), SIM_OK), "%s", err.text);
    hash_file(kit, two);
    cr_assert(eq(str, one, two));
    parts_kit_destroy(whole);
    parts_kit_destroy(kit);
}

/** Compose two kits after `change` of the second; the message must have `word`. */
static void refuse(void (*change)(struct parts_kit *), const char *word)
{
    struct parts_kit *a = parts_kit_create("one", 6, 2, 2);
    struct parts_kit *b = parts_kit_create("other", 6, 2, 2);
    const char *const folders[] = {a->parts, b->parts};
    const struct sim_compose_opts opts = {.folders = folders, .folder_count = 2};
    struct sim_compose_result result;
    struct sim_err err = {0};
    char path[200];

    change(b);
    (void)make_parts(a, 0, NULL, INT64_MAX);
    (void)make_parts(b, 1, NULL, INT64_MAX);
    file_of(a, path);
    cr_assert(eq(int, (int)sim_compose(NULL, &opts, path, &result, &err), SIM_INPUT));
    cr_assert(strstr(err.text, word) != NULL, "%s", err.text);
    cr_assert(strstr(err.text, b->parts) != NULL, "%s", err.text);
    cr_assert(not(sim_file_exists(path)));
    parts_kit_destroy(a);
    parts_kit_destroy(b);
}

static void change_version(struct parts_kit *kit)
{
    kit->card.source = "kit 1.0 (abd)";
}

static void change_seed(struct parts_kit *kit)
{
    kit->card.seed = 3;
}

static void change_input(struct parts_kit *kit)
{
    sim_schema_input_file(kit->schema, "prices.csv", "1234");
}

static void change_rule(struct parts_kit *kit)
{
    kit->card.rule.at_least = kit->card.rule.at_most = 3;
}

static void change_points(struct parts_kit *kit)
{
    ((struct sim_card_mark *)(uintptr_t)kit->card.marks)[5].bytes[3] ^= 1;
}

Test(compose, refuses_parts_of_different_studies)
{
    refuse(change_version, "kit 1.0 (abd)");
    refuse(change_seed, "seeds 18446744073709551614 and 3");
    refuse(change_input, "the input prices.csv is not the same");
    refuse(change_rule, "different numbers of replications");
    refuse(change_points, "points are not the same");
}

Test(compose, sets_a_damaged_block_aside_and_sweep_makes_it_again)
{
    struct parts_kit *kit = parts_kit_create("spoilt", 10, 3, 1);
    struct sim_compose_result result;
    struct sim_err err = {0};
    char command[300];
    char path[200];

    (void)make_parts(kit, 0, &small, INT64_MAX);
    (void)snprintf(command, sizeof(command),
                   "printf X | dd of='%s/shard-1-of-1-000004.runs' bs=1 seek=500 conv=notrunc "
                   "2>/dev/null",
                   kit->parts);
    cr_assert(eq(int, system(command), 0));
    cr_assert(eq(int, (int)compose(kit, NULL, false, &result, &err), SIM_INPUT));
    cr_assert(strstr(err.text, "shard-1-of-1-000004.runs is damaged") != NULL, "%s", err.text);
    file_of(kit, path);
    cr_assert(not(sim_file_exists(path)));
    struct sim_parts_found found;
    struct sim_parts *p = parts_kit_open(kit, 0, &found);

    cr_assert(eq(i64, found.bad_blocks, 1));
    cr_assert(eq(i64, parts_kit_fill(kit, p, 0, INT64_MAX), 3));
    cr_assert(eq(int, (int)sim_parts_close(p, &err), SIM_OK));
    cr_assert(eq(int, (int)compose(kit, NULL, false, &result, &err), SIM_OK), "%s", err.text);
    parts_kit_destroy(kit);
}

/** Change one byte, or cut the end off, of the nth file of the parts. */
static void spoil(const struct parts_kit *kit, int file, int place, bool is_cut)
{
    static const char script[] =
        "cd '%s' && f=$(ls shard* | grep -v bad | sed -n %dp) && n=$(stat -c %%s $f) && at=$((%d "
        "%% n)) && "
        "if [ %d = 1 ]; then truncate -s $at $f; else "
        "printf '\\252' | dd of=$f bs=1 seek=$at conv=notrunc 2>/dev/null; fi";
    char command[600];

    (void)snprintf(command, sizeof(command), script, kit->parts, file, place, is_cut);
    cr_assert(eq(int, system(command), 0), "%s", command);
}

/** As a user would: the same sweep again, until the file is there. */
static int resume_until_composed(const struct parts_kit *kit)
{
    struct sim_compose_result result;
    struct sim_err err = {0};

    for (int round = 0; round < 4; round++) {
        (void)make_parts(kit, 0, &small, INT64_MAX);
        if (compose(kit, &kit->card, false, &result, &err) == SIM_OK) {
            return round;
        }
        cr_assert(strstr(err.text, "damaged") != NULL, "%s", err.text);
    }
    return -1;
}

Test(compose, gives_the_same_bytes_after_any_damage)
{
    struct parts_kit *kit = parts_kit_create("any_damage", 7, 3, 1);
    char whole[65];
    char now[65];
    int again = 0;

    (void)resume_until_composed(kit);
    hash_file(kit, whole);
    srand(11);
    for (int i = 0; i < 30; i++) { // 7 blocks and the manifest
        spoil(kit, 1 + rand() % 8, rand() % 10000, i % 4 == 0);
        const int rounds = resume_until_composed(kit);

        cr_assert(ge(int, rounds, 0), "damage %d", i);
        again += rounds;
        hash_file(kit, now);
        cr_assert(eq(str, whole, now), "damage %d", i);
    }
    cr_assert(ge(int, again, 3)); // some were seen by composing only
    parts_kit_destroy(kit);
}

Test(compose, gives_points_of_one_mark_the_same_runs)
{
    struct parts_kit *kit = parts_kit_create("twins", 6, 2, 1);
    struct sim_compose_result result;
    struct sim_err err = {0};

    struct sim_card_mark *marks = (struct sim_card_mark *)(uintptr_t)kit->card.marks;

    marks[4] = marks[1];
    (void)make_parts(kit, 0, NULL, INT64_MAX);
    cr_assert(eq(int, (int)compose(kit, NULL, false, &result, &err), SIM_OK), "%s", err.text);
    cr_assert(eq(i64, result.runs, 12));
    struct sim_reader *r = open_reader(kit);
    double *profit = numbers(r, "profit");

    cr_assert(eq(dbl, profit[8], profit[2]));
    cr_assert(eq(dbl, profit[2], parts_kit_profit(1, 0)));
    free(profit);
    sim_reader_close(r);
    parts_kit_destroy(kit);
}
