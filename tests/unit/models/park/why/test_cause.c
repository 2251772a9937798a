// Why things run as they do, in the rate cases; the words stand in tests/cli/why.sh.
#include "models/park/net/build.h"
#include "models/park/net/mover.h"
#include "models/park/why/chain.h"
#include "tests/support/park_kit.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <stdlib.h>
#include <string.h>

struct asked {
    struct park_kit k;
    struct park_cause_view v;
};

static void ask(struct asked *a, const char *park, const char *change)
{
    char *path = sim_base_format("tests/data/rates/%s.cfg", park);
    park_kit_open(&a->k, path, &change, change != NULL ? 1 : 0);
    free(path);
    const struct sim_trial trial = {.seed = 1};
    const sim_time at = a->k.park->start_us + 30 * SIM_TIME_MIN;
    cr_assert(
        eq(int, (int)park_run_to(a->k.run, &trial, at, a->k.row, &a->v, &a->k.err), (int)SIM_OK));
    cr_assert(eq(i64, a->v.now, at));
}

static int32_t id_of(const struct asked *a, const char *name)
{
    for (int32_t i = 0; i < a->k.park->net->activity_count; i++) {
        if (strcmp(a->k.park->net->activities[i].name, name) == 0) {
            return i;
        }
    }
    cr_assert(false, "no activity %s", name);
    return -1;
}

/** The chain from `first`, as its names. */
static struct park_chain chain(const struct asked *a, const char *first, const char *names)
{
    const struct park_chain c = park_chain_follow(&a->v, id_of(a, first));
    char got[500] = "";
    for (int i = 0; i < c.count; i++) {
        (void)strncat(got, i > 0 ? " " : "", sizeof(got) - strlen(got) - 1);
        (void)strncat(got, a->k.park->net->activities[c.steps[i].activity].name,
                      sizeof(got) - strlen(got) - 1);
    }
    cr_expect(eq(str, got, (char *)names));
    return c;
}

Test(cause, a_short_input_leads_upstream_to_a_capacity)
{
    struct asked a;
    ask(&a, "02_one_cannot_use_it", NULL);

    const struct park_chain c = chain(&a, "town.A", "town.A pit>town:clay pit.sells.clay");

    cr_assert(eq(int, (int)c.end, (int)PARK_CHAIN_CAUSE));
    cr_assert(eq(int, (int)c.steps[0].cause.kind, (int)PARK_CAUSE_INPUT));
    cr_assert(eq(int, (int)c.steps[2].cause.kind, (int)PARK_CAUSE_CAPACITY));
    park_kit_close(&a.k);
}

Test(cause, a_full_stock_leads_downstream_to_the_sale)
{
    struct asked a;
    ask(&a, "05_full_stocks", NULL);

    const struct park_chain c =
        chain(&a, "works.P1", "works.P1 works.P2 works.P3 works.s3>sale:good sale.buys.good");

    cr_assert(eq(int, (int)c.steps[0].cause.kind, (int)PARK_CAUSE_OUTPUT));
    cr_assert(eq(int, (int)c.end, (int)PARK_CHAIN_CAUSE));
    park_kit_close(&a.k);
}

Test(cause, a_circle_is_told_as_one)
{
    struct asked a;
    ask(&a, "06_reclaimed_water", "markets.fresh.sells.water.capacity=2 t/h");

    const struct park_chain c = chain(&a, "works.user", "works.user works.reclaim");

    cr_assert(eq(int, (int)c.end, (int)PARK_CHAIN_CIRCLE));
    cr_assert(eq(int, c.back_to, id_of(&a, "works.user")));
    park_kit_close(&a.k);
}

Test(cause, what_turndown_switched_off_says_so_and_what_it_lacked)
{
    struct asked a;
    ask(&a, "16_turndown", NULL);

    const struct park_chain c =
        chain(&a, "town.U2", "town.U2 town.U2 plant>town:heat plant.sells.heat");

    cr_assert(eq(int, (int)c.steps[0].cause.kind, (int)PARK_CAUSE_TURNDOWN));
    cr_assert(not(c.steps[0].is_tried));
    cr_assert(eq(int, (int)c.steps[1].cause.kind, (int)PARK_CAUSE_INPUT));
    cr_assert(c.steps[1].is_tried);
    cr_assert(epsilon_eq(dbl, c.steps[1].rate, 0.5 / 3.6, 1e-12)); // [kg/s]
    cr_assert(eq(int, (int)c.end, (int)PARK_CHAIN_CAUSE));
    cr_assert(eq(int, (int)c.steps[3].cause.kind, (int)PARK_CAUSE_CAPACITY));
    park_kit_close(&a.k);
}

Test(cause, who_is_served_before_and_who_shares_is_known)
{
    struct asked a;
    ask(&a, "01_steam_by_classes", NULL);
    const struct park_cause cause =
        park_cause_find(&a.v, id_of(&a, "town.brewery"), PARK_CAUSE_ANY);
    int32_t others[4];

    cr_assert(eq(int, park_chain_others(a.k.park, cause.port, PARK_CHAIN_BEFORE, others, 4), 1));
    cr_assert(eq(int, a.k.park->net->ports[others[0]].activity, id_of(&a, "town.hospital")));
    cr_assert(eq(int, park_chain_others(a.k.park, cause.port, PARK_CHAIN_SHARES, others, 4), 1));
    cr_assert(eq(int, a.k.park->net->ports[others[0]].activity, id_of(&a, "town.dryer")));
    cr_assert(epsilon_eq(dbl, park_cause_flow(&a.v, cause.port), 30, 1e-9));
    park_kit_close(&a.k);
}

Test(cause, titles_say_what_it_is)
{
    static const struct {
        const char *name, *title;
    } cases[] = {{"sludge", "exchange sludge"},
                 {"mill.yard>landfill~full", "mill.yard overflows to landfill"},
                 {"mill.machine", "mill.machine"},
                 {"suppliers>mill:pulp", "suppliers>mill:pulp"}};
    struct asked a;
    park_kit_open(&a.k, "configs/first_park.cfg", NULL, 0);
    for (int i = 0; i < SIM_COUNT(cases); i++) {
        const char *title = a.k.park->net->activities[id_of(&a, cases[i].name)].title;

        cr_expect(eq(str, (char *)title, (char *)cases[i].title));
    }
    park_kit_close(&a.k);
}

Test(cause, a_disposal_has_a_title_without_its_tilde)
{
    struct asked a;
    ask(&a, "04_byproduct_holds_smelter", NULL);

    const char *title = a.k.park->net->activities[id_of(&a, "works>landfill:slag~away")].title;

    cr_expect(eq(str, (char *)title, "works>landfill:slag"));
    park_kit_close(&a.k);
}
