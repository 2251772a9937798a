/** @file
 * Runs a fuzz target on each file of the folders named: what was found once stays found, in every
 * build, without libFuzzer. A crash or a sanitizer's finding ends it; the name was printed before.
 */
#include "sim/base/file.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static bool replay_file(const char *path)
{
    struct sim_err err = {0};
    char *bytes = NULL;
    size_t length = 0;

    if (sim_file_read(path, (size_t)1 << 24U, &bytes, &length, &err) != SIM_OK) {
        (void)printf("%s\n", err.text);
        return false;
    }
    (void)printf("%s\n", path);
    (void)fflush(stdout);
    (void)LLVMFuzzerTestOneInput((const uint8_t *)bytes, length);
    free(bytes);
    return true;
}

/** How many files of the folder were replayed; -1 when one could not be read. */
static int replay_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    int count = 0;

    if (dir == NULL) {
        return -1;
    }
    for (const struct dirent *entry = readdir(dir); entry != NULL && count >= 0;
         entry = readdir(dir)) {
        if (entry->d_name[0] != '.') {
            char *path = sim_file_join(folder, entry->d_name);

            count = replay_file(path) ? count + 1 : -1;
            free(path);
        }
    }
    (void)closedir(dir);
    return count;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const int count = replay_folder(argv[i]);

        if (count <= 0) {
            (void)printf("%s: no inputs could be read\n", argv[i]);
            return 1;
        }
    }
    return argc > 1 ? 0 : 1;
}
