#include "sim/base/file.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static struct sim_err err;

static void make_folder(void)
{
    strcpy(folder, "/tmp/ecopark_file_XXXXXX");
    cr_assert(mkdtemp(folder) != NULL);
}

static void remove_folder(void)
{
    char *command = sim_base_format("rm -rf '%s'", folder);

    cr_assert(system(command) == 0);
    free(command);
}

/** A name in the test's own folder; a few live at a time. */
static const char *in_folder(const char *name)
{
    static char paths[4][200];
    static int next;
    char *path = paths[next++ % 4];

    (void)snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
    return path;
}

TestSuite(file, .init = make_folder, .fini = remove_folder);

Test(file, reads_back_what_was_written)
{
    char *bytes = NULL;
    size_t length = 0;

    cr_assert(sim_file_write(in_folder("a"), "x\0yz", 4, &err) == SIM_OK);
    cr_assert(sim_file_read(in_folder("a"), 4, &bytes, &length, &err) == SIM_OK);

    cr_assert(eq(sz, length, 4));
    cr_assert(memcmp(bytes, "x\0yz", 5) == 0, "with a zero after the end");
    free(bytes);
}

Test(file, reads_an_empty_file)
{
    char *bytes = NULL;
    size_t length = 9;

    cr_assert(sim_file_write(in_folder("empty"), "", 0, &err) == SIM_OK);
    cr_assert(sim_file_read(in_folder("empty"), 100, &bytes, &length, &err) == SIM_OK);

    cr_assert(eq(sz, length, 0));
    cr_assert(eq(str, bytes, ""));
    free(bytes);
}

Test(file, refuses_what_is_longer_than_the_limit)
{
    char *bytes = NULL;
    size_t length = 0;

    cr_assert(sim_file_write(in_folder("a"), "12345", 5, &err) == SIM_OK);

    cr_assert(sim_file_read(in_folder("a"), 4, &bytes, &length, &err) == SIM_INPUT);
    cr_assert(strstr(err.text, "is 5 bytes long; at most 4 are taken") != NULL, "%s", err.text);
    cr_assert(bytes == NULL);
}

Test(file, says_what_is_missing_or_no_file)
{
    char *bytes = NULL;
    size_t length = 0;

    cr_assert(sim_file_read(in_folder("b"), 10, &bytes, &length, &err) == SIM_MISSING);
    cr_assert(strstr(err.text, "/b: No such file") != NULL, "%s", err.text);
    cr_assert(sim_file_read(folder, 10, &bytes, &length, &err) == SIM_INPUT);
    cr_assert(strstr(err.text, "it is a folder, not a file") != NULL, "%s", err.text);
    cr_assert(mkfifo(in_folder("pipe"), 0600) == 0);
    cr_assert(sim_file_read(in_folder("pipe"), 10, &bytes, &length, &err) == SIM_INPUT);
    cr_assert(strstr(err.text, "a device or a pipe, not a file") != NULL, "%s", err.text);
}

Test(file, leaves_the_old_file_whole_when_writing_fails)
{
    char *bytes = NULL;
    size_t length = 0;

    cr_assert(sim_file_write(in_folder("a"), "old", 3, &err) == SIM_OK);
    cr_assert(mkdir(in_folder("a.part"), 0700) == 0); // in the way of the part

    cr_assert(sim_file_write(in_folder("a"), "new", 3, &err) == SIM_WRITE);
    cr_assert(strstr(err.text, "a.part") != NULL, "%s", err.text);
    cr_assert(sim_file_read(in_folder("a"), 10, &bytes, &length, &err) == SIM_OK);
    cr_assert(eq(str, bytes, "old"));
    free(bytes);
}

Test(file, lets_one_writer_have_a_part)
{
    struct sim_err busy = {0};
    int first = -1;
    int second = -1;
    struct stat info;

    cr_assert(sim_file_write(in_folder("a.part"), "left by a killed run", 20, &err) == SIM_OK);
    cr_assert(sim_file_claim(in_folder("a.part"), in_folder("a"), &first, &err) == SIM_OK);
    cr_assert(stat(in_folder("a.part"), &info) == 0 && info.st_size == 0);
    cr_assert(sim_file_claim(in_folder("a.part"), in_folder("a"), &second, &busy) == SIM_WRITE);
    cr_assert(eq(int, second, -1));
    cr_assert(strstr(busy.text, "another run is writing it") != NULL, "%s", busy.text);

    cr_assert(close(first) == 0);
    cr_assert(sim_file_claim(in_folder("a.part"), in_folder("a"), &second, &err) == SIM_OK);
    cr_assert(close(second) == 0);
}

Test(file, knows_one_file_under_two_names)
{
    cr_assert(sim_file_write(in_folder("a"), "x", 1, &err) == SIM_OK);
    cr_assert(sim_file_write(in_folder("b"), "x", 1, &err) == SIM_OK);
    cr_assert(symlink("a", in_folder("link")) == 0);

    cr_assert(sim_file_is_same(in_folder("a"), in_folder("./a")));
    cr_assert(sim_file_is_same(in_folder("a"), in_folder("link")));
    cr_assert(not(sim_file_is_same(in_folder("a"), in_folder("b"))));
    cr_assert(not(sim_file_is_same(in_folder("a"), in_folder("new"))));
    cr_assert(sim_file_is_same(in_folder("new"), in_folder("./new")));
    cr_assert(not(sim_file_is_same(in_folder("new"), in_folder("newer"))));
}

Test(file, says_when_the_disk_is_full)
{
    struct sim_err full = {0};

    const struct rlimit small = {2, RLIM_INFINITY};

    cr_assert(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    cr_assert(setrlimit(RLIMIT_FSIZE, &small) == 0); // as a disk with room for two bytes

    cr_assert(sim_file_write(in_folder("a"), "new", 3, &full) == SIM_WRITE);
    cr_assert(strstr(full.text, "File too large") != NULL, "%s", full.text);
    cr_assert(not(sim_file_exists(in_folder("a"))));
    cr_assert(not(sim_file_exists(in_folder("a.part"))));
}

Test(file, leaves_no_part_behind)
{
    cr_assert(sim_file_write(in_folder("a"), "x", 1, &err) == SIM_OK);
    cr_assert(mkdir(in_folder("b"), 0700) == 0);
    cr_assert(sim_file_write(in_folder("b"), "x", 1, &err) == SIM_WRITE, "b is a folder");

    cr_assert(sim_file_exists(in_folder("a")));
    cr_assert(not(sim_file_exists(in_folder("a.part"))));
    cr_assert(not(sim_file_exists(in_folder("b.part"))));
}

Test(file, commits_a_part_that_another_filled)
{
    char *part = sim_file_part(in_folder("r.h5"));
    int fd = -1;

    cr_assert(sim_file_claim(part, in_folder("r.h5"), &fd, &err) == SIM_OK);
    cr_assert(eq(int, (int)write(fd, "rows", 4), 4));
    cr_assert(not(sim_file_exists(in_folder("r.h5"))));
    cr_assert(sim_file_commit(fd, part, in_folder("r.h5"), &err) == SIM_OK);

    cr_assert(sim_file_exists(in_folder("r.h5")));
    cr_assert(not(sim_file_exists(part)));
    cr_assert(sim_file_commit(fd, part, in_folder("r.h5"), &err) == SIM_WRITE, "it is gone");
    (void)close(fd);
    free(part);
}

Test(file, claims_no_part_that_somebody_may_have_planted)
{
    char *part = sim_file_part(in_folder("a"));
    int fd = -1;

    cr_assert(sim_file_write(in_folder("mine"), "precious", 8, &err) == SIM_OK);
    cr_assert(symlink("mine", part) == 0);
    cr_assert(sim_file_claim(part, in_folder("a"), &fd, &err) == SIM_WRITE, "a link");
    cr_assert(strstr(err.text, "it is a link") != NULL);
    cr_assert(unlink(part) == 0);
    cr_assert(link(in_folder("mine"), part) == 0);
    cr_assert(sim_file_claim(part, in_folder("a"), &fd, &err) == SIM_WRITE, "a second name");
    cr_assert(unlink(part) == 0);
    cr_assert(mkfifo(part, 0600) == 0);
    cr_assert(sim_file_claim(part, in_folder("a"), &fd, &err) == SIM_WRITE, "a pipe");
    cr_assert(unlink(part) == 0);
    if (geteuid() == 0) { // only root can make a file of another user
        cr_assert(sim_file_write(part, "x", 1, &err) == SIM_OK);
        cr_assert(chown(part, 12345, 12345) == 0);
        cr_assert(sim_file_claim(part, in_folder("a"), &fd, &err) == SIM_WRITE, "of another user");
        cr_assert(unlink(part) == 0);
    }
    char *bytes = NULL;
    size_t length = 0;

    cr_assert(sim_file_read(in_folder("mine"), 100, &bytes, &length, &err) == SIM_OK);
    cr_assert(eq(sz, length, 8), "nothing was cut off");
    free(bytes);
    free(part);
}

Test(file, makes_the_folders_above)
{
    cr_assert(sim_file_make_parents(in_folder("p/q/r/x.h5"), &err) == SIM_OK);
    cr_assert(sim_file_make_parents(in_folder("p/q/r/x.h5"), &err) == SIM_OK, "again");
    cr_assert(sim_file_make_parents("x.h5", &err) == SIM_OK, "nothing to make");

    cr_assert(sim_file_exists(in_folder("p/q/r")));
    cr_assert(not(sim_file_exists(in_folder("p/q/r/x.h5"))));
}

Test(file, does_not_make_folders_inside_a_file)
{
    cr_assert(sim_file_write(in_folder("a"), "x", 1, &err) == SIM_OK);

    cr_assert(sim_file_make_parents(in_folder("a/b/c"), &err) == SIM_WRITE);
    cr_assert(strstr(err.text, "/a: Not a directory") != NULL, "%s", err.text);
}

Test(file, splits_and_joins_paths)
{
    static const struct {
        const char *path;
        const char *folder;
    } folders[] = {{"a/b.cfg", "a"}, {"b", "."}, {"/b", "/"}, {"/a/b/c", "/a/b"}, {"", "."}};
    static const struct {
        const char *folder;
        const char *relative;
        const char *joined;
    } joins[] = {{"a", "b.csv", "a/b.csv"}, {"a/", "b.csv", "a/b.csv"}, {".", "b.csv", "b.csv"},
                 {"a", "/b.csv", "/b.csv"}, {"/", "b.csv", "/b.csv"},   {"", "b.csv", "b.csv"}};

    for (int i = 0; i < SIM_COUNT(folders); i++) {
        char *found = sim_file_folder(folders[i].path);

        cr_assert(eq(str, found, (char *)folders[i].folder));
        free(found);
    }
    for (int i = 0; i < SIM_COUNT(joins); i++) {
        char *found = sim_file_join(joins[i].folder, joins[i].relative);

        cr_assert(eq(str, found, (char *)joins[i].joined));
        free(found);
    }
}
