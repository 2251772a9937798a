#include "sim/base/file.h"
#include "sim/store/parts_priv.h"
#include "tests/unit/sim/store/parts_kit.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const struct sim_parts_limits small = {
    .bytes = UINT64_C(1) << 30, .runs = 5, .age_s = 0.0, .most_runs = 5};

static void close_parts(struct sim_parts *p)
{
    struct sim_err err = {0};

    cr_assert(eq(int, (int)sim_parts_close(p, &err), SIM_OK), "%s", err.text);
}

static bool has(const struct parts_kit *kit, const struct sim_parts *p, int64_t point, int32_t r)
{
    const struct sim_parts_key key = parts_kit_key(kit, point, r);
    enum sim_run_status status = SIM_RUN_SKIPPED;
    double value = 0.0;

    return sim_parts_find(p, &key, &status, &value);
}

/** Run a shell command with the folder of parts at the end. */
static void shell(const struct parts_kit *kit, const char *command)
{
    char text[400];

    (void)snprintf(text, sizeof(text), "cd '%s' && %s", kit->parts, command);
    cr_assert(eq(int, system(text), 0), "%s", text);
}

Test(parts, finds_again_what_was_put)
{
    struct parts_kit *kit = parts_kit_create("again", 4, 3, 1);
    struct sim_parts_found found;
    struct sim_parts *p = parts_kit_open(kit, 0, &found);

    cr_assert(found.is_new);
    cr_assert(eq(i64, parts_kit_fill(kit, p, 0, INT64_MAX), 12));
    close_parts(p);
    p = parts_kit_open(kit, 0, &found);

    cr_assert(not(found.is_new));
    cr_assert(eq(i64, found.runs, 12));
    cr_assert(eq(i64, found.recovered + found.torn + found.bad_blocks + found.of_others, 0));
    cr_assert(eq(i64, parts_kit_fill(kit, p, 0, INT64_MAX), 0));
    close_parts(p);
    parts_kit_destroy(kit);
}

Test(parts, knows_how_runs_ended_and_their_response)
{
    struct parts_kit *kit = parts_kit_create("ended", 3, 0, 1);
    struct sim_parts_found found;
    struct sim_parts *p = parts_kit_open(kit, 0, &found);
    int failed = 0;

    (void)parts_kit_fill(kit, p, 0, INT64_MAX);
    close_parts(p);
    p = parts_kit_open(kit, 0, &found);
    for (int32_t r = 0; has(kit, p, 2, r); r++) {
        const struct sim_parts_key key = parts_kit_key(kit, 2, r);
        enum sim_run_status status = SIM_RUN_SKIPPED;
        double value = 0.0;
        const double expected = parts_kit_profit(2, r);

        (void)sim_parts_find(p, &key, &status, &value);
        cr_assert(status == (isnan(expected) ? SIM_RUN_FAILED : SIM_RUN_OK));
        cr_assert(isnan(expected) ? isnan(value) : value == expected);
        failed += status == SIM_RUN_FAILED ? 1 : 0;
    }
    cr_assert(ge(int, failed, 1));
    close_parts(p);
    parts_kit_destroy(kit);
}

Test(parts, reads_the_values_of_another_response)
{
    struct parts_kit *kit = parts_kit_create("response", 2, 3, 1);
    struct sim_parts_found found;
    struct sim_parts *p = parts_kit_open(kit, 0, &found);
    const struct sim_parts_key key = parts_kit_key(kit, 1, 2);
    enum sim_run_status status = SIM_RUN_SKIPPED;
    double value = 0.0;

    (void)parts_kit_fill(kit, p, 0, INT64_MAX);
    close_parts(p);
    kit->card.rule.response = "profit"; // the study asks for a half-width now
    kit->card.rule.at_most = 9;
    p = parts_kit_open(kit, 0, &found);
    cr_assert(sim_parts_find(p, &key, &status, &value));
    cr_assert(eq(dbl, value, parts_kit_profit(1, 2)));
    close_parts(p);
    parts_kit_destroy(kit);
}

Test(parts, seals_full_blocks)
{
    struct parts_kit *kit = parts_kit_create("blocks", 4, 3, 1);
    struct sim_parts_found found;
    struct sim_parts *p = parts_kit_open(kit, 0, &found);

    sim_parts_limit(p, &small);
    (void)parts_kit_fill(kit, p, 0, INT64_MAX);
    shell(kit, "test -f shard-1-of-1-000001.runs && test -f shard-1-of-1-000003.runs.open");
    close_parts(p);
    shell(kit, "test `ls *.runs | wc -l` = 3 && ! ls *.open *.lock 2>/dev/null");
    p = parts_kit_open(kit, 0, &found);
    cr_assert(eq(i64, found.runs, 12));
    close_parts(p);
    parts_kit_destroy(kit);
}

/** Put runs in a child that is killed with the block open. */
static void put_and_be_killed(const struct parts_kit *kit, int64_t runs)
{
    const pid_t child = fork();

    if (child == 0) {
        struct sim_parts_found found;
        struct sim_parts *p = parts_kit_open(kit, 0, &found);

        (void)parts_kit_fill(kit, p, 0, runs);
        (void)kill(getpid(), SIGKILL);
    }
    int status = 0;

    cr_assert(eq(int, (int)waitpid(child, &status, 0), (int)child));
    const bool was_killed = WIFSIGNALED(status);

    cr_assert(was_killed);
}

Test(parts, recovers_a_block_that_was_left_open)
{
    struct parts_kit *kit = parts_kit_create("left", 4, 3, 1);
    struct sim_parts_found found;

    put_and_be_killed(kit, 7);
    struct sim_parts *p = parts_kit_open(kit, 0, &found);

    cr_assert(eq(i64, found.runs, 7));
    cr_assert(eq(i64, found.recovered, 7));
    cr_assert(eq(i64, found.torn, 0));
    cr_assert(eq(i64, parts_kit_fill(kit, p, 0, INT64_MAX), 5));
    close_parts(p);
    parts_kit_destroy(kit);
}

/** Cut the open block at every length: what is whole is there, the rest is told. */
Test(parts, cuts_off_a_torn_end)
{
    struct parts_kit *kit = parts_kit_create("torn", 4, 3, 1);
    char path[300];
    struct stat info;

    put_and_be_killed(kit, 4);
    (void)snprintf(path, sizeof(path), "%s/shard-1-of-1-000001.runs.open", kit->parts);
    cr_assert(eq(int, stat(path, &info), 0));
    shell(kit, "mv *.open ../whole");
    int64_t before = 4;

    for (int64_t length = (int64_t)info.st_size; length >= 0; length -= 29) {
        char command[200];
        struct sim_parts_found found;

        (void)snprintf(command, sizeof(command),
                       "rm -f *.runs *.open *.json && cp ../whole shard-1-of-1-000001.runs.open && "
                       "truncate -s %lld *.open",
                       (long long)length);
        shell(kit, command);
        struct sim_parts *p = parts_kit_open(kit, 0, &found);

        cr_assert(found.runs <= before && found.runs >= before - 1, "at %lld", (long long)length);
        cr_assert(found.runs == 4 || found.torn == 1 || length <= 40 || found.runs < before);
        cr_assert(eq(i64, found.runs, found.recovered));
        before = found.runs;
        close_parts(p);
    }
    cr_assert(eq(i64, before, 0));
    parts_kit_destroy(kit);
}

Test(parts, goes_on_after_garbage_at_the_end)
{
    struct parts_kit *kit = parts_kit_create("garbage", 4, 3, 1);
    struct sim_parts_found found;

    put_and_be_killed(kit, 4);
    shell(kit, "head -c 100000 /dev/zero >> shard-1-of-1-000001.runs.open");
    struct sim_parts *p = parts_kit_open(kit, 0, &found);

    cr_assert(eq(i64, found.torn, 1));
    cr_assert(eq(i64, found.runs, 4));
    cr_assert(eq(i64, parts_kit_fill(kit, p, 0, INT64_MAX), 8));
    close_parts(p);
    p = parts_kit_open(kit, 0, &found);
    cr_assert(eq(i64, found.runs, 12));
    close_parts(p);
    parts_kit_destroy(kit);
}

Test(parts, sets_damaged_blocks_aside)
{
    struct parts_kit *kit = parts_kit_create("damaged", 5, 4, 1);
    struct sim_parts_found found;
    struct sim_parts *p = parts_kit_open(kit, 0, &found);

    sim_parts_limit(p, &small);
    (void)parts_kit_fill(kit, p, 0, INT64_MAX);
    close_parts(p);
    shell(kit, "truncate -s -1 shard-1-of-1-000002.runs && rm shard-1-of-1-000004.runs");
    p = parts_kit_open(kit, 0, &found);
    cr_assert(eq(i64, found.bad_blocks, 2));
    cr_assert(eq(i64, found.runs, 10));
    shell(kit, "test -f shard-1-of-1-000002.runs.bad");
    cr_assert(eq(i64, parts_kit_fill(kit, p, 0, INT64_MAX), 10));
    close_parts(p);
    p = parts_kit_open(kit, 0, &found);
    cr_assert(eq(i64, found.bad_blocks, 0)); // told once
    cr_assert(eq(i64, found.runs, 20));
    close_parts(p);
    parts_kit_destroy(kit);
}

Test(parts, keeps_runs_of_points_that_moved)
{
    struct parts_kit *kit = parts_kit_create("moved", 4, 3, 1);
    struct sim_card_mark *marks = (struct sim_card_mark *)(uintptr_t)kit->card.marks;
    struct sim_parts_found found;
    struct sim_parts *p = parts_kit_open(kit, 0, &found);

    (void)parts_kit_fill(kit, p, 0, INT64_MAX);
    close_parts(p);
    const struct sim_card_mark second = marks[1];

    marks[1] = marks[2]; // another order, and one point gives way to another
    marks[2] = second;
    marks[3].bytes[0] ^= 1;
    p = parts_kit_open(kit, 0, &found);
    cr_assert(eq(i64, found.runs, 9));
    cr_assert(eq(i64, found.of_others, 3));
    cr_assert(has(kit, p, 1, 2));
    cr_assert(not(has(kit, p, 3, 0)));
    close_parts(p);
    parts_kit_destroy(kit);
}

Test(parts, does_not_use_runs_of_another_layout)
{
    struct parts_kit *kit = parts_kit_create("layout", 4, 3, 1);
    struct sim_parts_found found;
    struct sim_parts *p = parts_kit_open(kit, 0, &found);

    (void)parts_kit_fill(kit, p, 0, INT64_MAX);
    close_parts(p);
    kit->card.source = "kit 1.1";
    p = parts_kit_open(kit, 0, &found);
    cr_assert(found.is_other_layout);
    cr_assert(eq(i64, found.runs, 0));
    close_parts(p);
    parts_kit_destroy(kit);
}

Test(parts, takes_over_from_another_number_of_shards)
{
    struct parts_kit *kit = parts_kit_create("split", 6, 2, 1);
    struct sim_parts_found found;

    put_and_be_killed(kit, 12);
    kit->card.shards = 3;
    int64_t there = 0;

    for (int32_t shard = 0; shard < 3; shard++) {
        struct sim_parts *p = parts_kit_open(kit, shard, &found);

        there += found.runs;
        cr_assert(eq(i64, parts_kit_fill(kit, p, shard, INT64_MAX), 0));
        close_parts(p);
    }
    cr_assert(eq(i64, there, 12));
    parts_kit_destroy(kit);
}

Test(parts, belongs_to_one_process_at_a_time)
{
    struct parts_kit *kit = parts_kit_create("lock", 4, 3, 2);
    struct sim_parts_found found;
    struct sim_err err = {0};
    struct sim_parts *p = parts_kit_open(kit, 0, &found);
    struct sim_parts *second = parts_kit_open(kit, 1, &found); // the other shard is free
    struct sim_parts *third = NULL;

    cr_assert(
        eq(int, (int)sim_parts_open(kit->parts, &kit->card, 0, &third, &found, &err), SIM_WRITE));
    cr_assert(third == NULL);
    cr_assert(strstr(err.text, "another run is writing it") != NULL, "%s", err.text);
    close_parts(p);
    p = parts_kit_open(kit, 0, &found);
    close_parts(p);
    close_parts(second);
    parts_kit_destroy(kit);
}

Test(parts, loses_nothing_to_a_full_disk)
{
    struct parts_kit *kit = parts_kit_create("full", 40, 3, 1);
    struct sim_parts_found found;
    const pid_t child = fork();

    if (child == 0) {
        const struct rlimit limit = {10000, 10000};
        struct sim_err err = {0};
        struct sim_parts *p = parts_kit_open(kit, 0, &found);
        int put = 0;

        (void)signal(SIGXFSZ, SIG_IGN);
        (void)setrlimit(RLIMIT_FSIZE, &limit);
        while (parts_kit_put(kit, p, put / 3, put % 3, &err) == SIM_OK) {
            put++;
        }
        const bool is_told = err.status == SIM_WRITE &&
                             strstr(err.text, "File too large") != NULL &&
                             strstr(err.text, "runs finished before are safe") != NULL;
        const bool is_not_there = !has(kit, p, put / 3, put % 3);

        put += sim_parts_close(p, &err) == SIM_USAGE ? 1 : 0; // the index may not fit either
        _exit(is_told && is_not_there ? put : 255);
    }
    int status = 0;

    (void)waitpid(child, &status, 0);
    const int put = WIFEXITED(status) ? WEXITSTATUS(status) : -1;

    cr_assert(put > 3 && put < 120, "%d", put);
    struct sim_parts *p = parts_kit_open(kit, 0, &found);

    cr_assert(eq(i64, found.runs, put));
    cr_assert(eq(i64, found.torn, 0)); // the partial record was cut back at once
    cr_assert(eq(i64, parts_kit_fill(kit, p, 0, INT64_MAX), 120 - put));
    close_parts(p);
    parts_kit_destroy(kit);
}

Test(parts, goes_on_once_there_is_room_again)
{
    struct parts_kit *kit = parts_kit_create("room", 40, 3, 1);
    struct sim_parts_found found;
    struct rlimit limit = {0};
    struct sim_err err = {0};
    struct sim_parts *p = parts_kit_open(kit, 0, &found);

    (void)signal(SIGXFSZ, SIG_IGN);
    (void)getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = 5000;
    (void)setrlimit(RLIMIT_FSIZE, &limit);
    int put = 0;

    while (parts_kit_put(kit, p, put / 3, put % 3, &err) == SIM_OK) {
        put++;
    }
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_FSIZE, &limit);
    cr_assert(eq(i64, parts_kit_fill(kit, p, 0, INT64_MAX), 120 - put));
    close_parts(p);
    p = parts_kit_open(kit, 0, &found);
    cr_assert(eq(i64, found.runs, 120));
    cr_assert(eq(i64, found.torn, 0));
    close_parts(p);
    parts_kit_destroy(kit);
}

Test(parts, notices_a_vanished_folder)
{
    struct parts_kit *kit = parts_kit_create("vanished", 4, 3, 1);
    struct sim_parts_found found;
    struct sim_err err = {0};
    struct sim_parts *p = parts_kit_open(kit, 0, &found);

    (void)parts_kit_fill(kit, p, 0, 2);
    shell(kit, "cd .. && rm -r r.h5.parts");
    cr_assert(eq(int, (int)parts_kit_put(kit, p, 3, 0, &err), SIM_WRITE));
    cr_assert(strstr(err.text, "removed it while the sweep was running") != NULL, "%s", err.text);
    cr_assert(eq(int, (int)sim_parts_close(p, &err), SIM_WRITE));
    parts_kit_destroy(kit);
}

Test(parts, keeps_what_was_written_to_a_folder_that_moved)
{
    struct parts_kit *kit = parts_kit_create("moved_away", 4, 3, 1);
    struct sim_parts_found found;
    struct sim_err err = {0};
    struct sim_parts *p = parts_kit_open(kit, 0, &found);

    sim_parts_limit(p, &small);
    (void)parts_kit_fill(kit, p, 0, 5);
    shell(kit, "cd .. && mv r.h5.parts elsewhere");
    cr_assert(eq(int, (int)parts_kit_put(kit, p, 3, 0, &err), SIM_WRITE)); // it cannot be sealed
    cr_assert(eq(int, (int)sim_parts_close(p, &err), SIM_WRITE));
    char elsewhere[200];

    (void)snprintf(elsewhere, sizeof(elsewhere), "%s/elsewhere", kit->folder);
    cr_assert(eq(int, rename(elsewhere, kit->parts), 0));
    p = parts_kit_open(kit, 0, &found);
    cr_assert(eq(i64, found.runs, 5));
    close_parts(p);
    parts_kit_destroy(kit);
}

Test(parts, removes_its_own_files_only)
{
    struct parts_kit *kit = parts_kit_create("remove", 4, 3, 1);
    struct sim_parts_found found;
    struct sim_err err = {0};

    put_and_be_killed(kit, 5);
    shell(kit, "echo hello > notes.txt; touch shard-1-of-1-000009.runs.bad shard-9.txt");
    cr_assert(eq(int, (int)sim_parts_remove(kit->parts, &err), SIM_OK), "%s", err.text);
    shell(kit, "test `ls | wc -l` = 2 && rm notes.txt shard-9.txt");
    struct sim_parts *p = parts_kit_open(kit, 0, &found);

    cr_assert(found.is_new);
    close_parts(p);
    cr_assert(eq(int, (int)sim_parts_remove(kit->parts, &err), SIM_OK));
    cr_assert(not(sim_file_exists(kit->parts)));
    cr_assert(eq(int, (int)sim_parts_remove(kit->parts, &err), SIM_OK));
    parts_kit_destroy(kit);
}

Test(parts, tells_a_folder_that_cannot_be)
{
    struct parts_kit *kit = parts_kit_create("cannot", 4, 3, 1);
    struct sim_parts_found found;
    struct sim_parts *p = NULL;
    struct sim_err err = {0};

    cr_assert(eq(int, (int)sim_parts_open("/proc/none.parts", &kit->card, 0, &p, &found, &err),
                 SIM_WRITE));
    cr_assert(
        eq(int, (int)sim_parts_open("/dev/null", &kit->card, 0, &p, &found, &err), SIM_WRITE));
    cr_assert(p == NULL && strstr(err.text, "/dev/null") != NULL);
    parts_kit_destroy(kit);
}

/** The bar: kill -9 at random instants, again and again; every run that was finished is there. A
 * child makes no more than a few runs and then waits for its end, so that there are many kills
 * however slowly they come. */
Test(parts, survives_kill_at_any_instant)
{
    struct parts_kit *kit = parts_kit_create("kill", 100, 5, 1);
    struct sim_parts_found found = {0};
    int64_t before = 0;
    int kills = 0;

    srand(5);
    for (int round = 0; round < 200 && before < 500; round++) {
        int told[2];

        cr_assert(eq(int, pipe(told), 0));
        const pid_t child = fork();

        if (child == 0) {
            struct sim_parts *p = parts_kit_open(kit, 0, &found);

            (void)alarm(600); // should nobody kill it
            sim_parts_limit(p, &small);
            for (int64_t i = 0, made = 0; i < 500 && made < 40;
                 i++) { // tell each run once it is put
                if (!has(kit, p, i / 5, (int32_t)(i % 5)) && parts_kit_fill(kit, p, 0, 1) == 1) {
                    (void)!write(told[1], "x", 1);
                    made++;
                }
            }
            for (;;) {
                (void)pause();
            }
        }
        (void)close(told[1]);
        const struct timespec wait = {0, rand() % 5000000};

        (void)nanosleep(&wait, NULL);
        (void)kill(child, SIGKILL);
        int status = 0;

        (void)waitpid(child, &status, 0);
        kills += WIFSIGNALED(status) ? 1 : 0;
        char marks[600];
        int64_t put = 0;

        for (ssize_t got = 1; got > 0; put += got) {
            got = read(told[0], marks, sizeof(marks));
        }
        (void)close(told[0]);
        struct sim_parts *p = parts_kit_open(kit, 0, &found);

        cr_assert(found.runs >= before + put && found.runs <= before + put + 1,
                  "round %d: %lld were there, %lld put, %lld found", round, (long long)before,
                  (long long)put, (long long)found.runs);
        cr_assert(eq(i64, found.bad_blocks, 0));
        before = found.runs;
        close_parts(p);
    }
    cr_assert(ge(int, kills, 10));
    parts_kit_destroy(kit);
}
