#include "models/park/open.h"
#include "sim/base/file.h"
#include "tests/support/generated_park.h"
#include "tests/support/park_kit.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <stdlib.h>

/** A folder of its own, and the park in it. */
struct made {
    char folder[40];
    char *path;
};

static struct made make_with(const struct generated_park_opts *opts)
{
    struct made m = {.folder = "/tmp/ecopark_generated_XXXXXX"};
    cr_assert(ne(ptr, mkdtemp(m.folder), NULL));
    struct sim_err err;
    cr_assert(eq(int, generated_park_write(m.folder, opts, &m.path, &err), SIM_OK));
    return m;
}

static struct made make(int firms, int days, uint64_t seed)
{
    struct generated_park_opts opts = generated_park_opts_default();
    opts.firms = firms;
    opts.days = days;
    opts.seed = seed;
    return make_with(&opts);
}

static void forget(struct made *m)
{
    generated_park_remove(m->folder);
    free(m->path);
}

static void load_without_a_word(const struct made *m)
{
    struct sim_diag *d = sim_diag_create();
    struct park *park = NULL;
    const struct sim_model_source opts = {.overrides = NULL};
    cr_assert(eq(int, park_open(m->path, &opts, d, &park), SIM_OK));
    char *told = sim_diag_render(d, 3);
    cr_expect(eq(str, told, ""), "a generated park has no mistake and no warning");
    free(told);
    park_open_free(park);
    sim_diag_destroy(d);
}

Test(generated_park, checks_without_warning_at_any_size)
{
    static const int sizes[] = {1, 2, 7, 10, 11, 50, 133};
    for (int i = 0; i < SIM_COUNT(sizes); i++) {
        struct made m = make(sizes[i], 10, (uint64_t)i);

        load_without_a_word(&m);

        forget(&m);
    }
}

Test(generated_park, is_as_eventful_as_a_real_one_and_balances)
{
    struct made m = make(50, 40, 3);
    struct park_kit k;

    park_kit_open(&k, m.path, NULL, 0);
    const enum sim_status status = park_kit_make(&k, 0, NULL);

    cr_assert(eq(int, status, SIM_OK));
    cr_expect(gt(i64, k.end.events, 1000)); // more than 9,000 a year
    cr_expect(lt(dbl, park_kit_worst_balance(&k), 1e-9));
    park_kit_close(&k);
    forget(&m);
}

Test(generated_park, runs_with_delays_and_loops_round_one_market)
{
    struct generated_park_opts opts = generated_park_opts_default();
    opts.days = 10;
    opts.has_delays = true;
    opts.has_loops = true;
    opts.has_one_market = true;
    struct made m = make_with(&opts);
    struct park_kit k;

    park_kit_open(&k, m.path, NULL, 0);
    const enum sim_status status = park_kit_make(&k, 0, NULL);

    cr_assert(eq(int, status, SIM_OK), "%s", k.err.text);
    cr_expect(lt(i64, k.end.events, 30000)); // each change of a pipe is repeated, echoes end
    cr_expect(lt(dbl, park_kit_worst_balance(&k), 1e-9));
    park_kit_close(&k);
    forget(&m);
}

Test(generated_park, is_the_same_file_for_the_same_seed_only)
{
    struct made a = make(20, 365, 5);
    struct made b = make(20, 365, 5);
    struct made c = make(20, 365, 6);
    char *text[3];
    size_t length = 0;
    struct sim_err err;
    cr_assert(eq(int, sim_file_read(a.path, 1 << 20, &text[0], &length, &err), SIM_OK));
    cr_assert(eq(int, sim_file_read(b.path, 1 << 20, &text[1], &length, &err), SIM_OK));
    cr_assert(eq(int, sim_file_read(c.path, 1 << 20, &text[2], &length, &err), SIM_OK));

    cr_expect(eq(str, text[0], text[1]));
    cr_expect(ne(str, text[0], text[2]));

    for (int i = 0; i < 3; i++) {
        free(text[i]);
    }
    forget(&a);
    forget(&b);
    forget(&c);
}
