// Case 14 of validation/cases.md: every run of every configuration closes its balances to 1e-9 of
// the throughput. The ledger fails a run that does not; here each is also looked at from outside.

#include "tests/support/park_kit.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <glob.h>
#include <stdio.h>
#include <string.h>

/** A park file, not a study, which names one. */
static bool is_park(const char *path)
{
    char text[1 << 16];
    FILE *f = fopen(path, "r");
    cr_assert(ne(ptr, f, NULL), "%s", path);
    const size_t length = fread(text, 1, sizeof(text) - 1, f);
    text[length] = '\0';
    (void)fclose(f);
    return strstr(text, "\nstudy") == NULL && strstr(text, "\nstreams") != NULL;
}

static void check(const char *path)
{
    struct park_kit k;
    park_kit_open(&k, path, NULL, 0);
    for (int r = 0; r < 2; r++) {
        const enum sim_status status = park_kit_make(&k, r, NULL);
        cr_expect(eq(int, (int)status, (int)SIM_OK), "%s: %s", path, k.err.text);
        if (status == SIM_OK) {
            cr_log_info("%s: worst balance %.2g of the throughput, %lld events", path,
                        park_kit_worst_balance(&k), (long long)k.end.events);
            cr_expect(le(dbl, park_kit_worst_balance(&k), 1e-9), "%s", path);
        }
    }
    park_kit_close(&k);
}

static int check_all(const char *pattern)
{
    glob_t found;
    int count = 0;
    if (glob(pattern, 0, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++) {
            if (is_park(found.gl_pathv[i])) {
                check(found.gl_pathv[i]);
                count++;
            }
        }
        globfree(&found);
    }
    return count;
}

Test(conservation, every_configuration_closes_its_balances)
{
    cr_assert(ge(int, check_all("configs/*.cfg"), 1));
}

Test(conservation, every_case_closes_its_balances)
{
    cr_assert(ge(int, check_all("tests/data/cases/*.cfg"), 4));
    cr_assert(ge(int, check_all("tests/data/park_runs/*.cfg"), 2));
}
