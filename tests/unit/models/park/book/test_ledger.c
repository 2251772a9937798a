#include "models/park/book/ledger.h"
#include "models/park/net/build.h"
#include "tests/support/park_kit.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>
#include <string.h>

#define MAKER "tests/data/park_runs/maker.cfg"

/** A booking beside what moved: so much more of one move. */
struct error {
    int32_t move;
    double sent, arrived; // [SI]
};

static void plant(void *user, struct park_ledger *ledger)
{
    const struct error *e = user;
    park_ledger_book(ledger, e->move, e->sent, e->arrived);
}

static int32_t find_move(const struct park *p, const char *activity, const char *stream)
{
    for (int32_t m = 0; m < p->net->move_count; m++) {
        const struct park_move *move = &p->net->moves[m];
        if (strcmp(p->net->activities[move->activity].name, activity) == 0 &&
            strcmp(p->streams[move->stream]->name, stream) == 0) {
            return m;
        }
    }
    cr_fatal("no move of %s by %s", stream, activity);
    return -1;
}

/** Run with an error planted; the run must fail and name what is wrong. */
static void must_fail(const char *activity, const char *stream, double sent, double arrived,
                      const char *named)
{
    struct park_kit k;
    park_kit_open(&k, MAKER, NULL, 0);
    struct error e = {
        .move = find_move(k.park, activity, stream), .sent = sent, .arrived = arrived};
    park_run_set_tamper(k.run, plant, &e);
    const enum sim_status status = park_kit_make(&k, 0, NULL);
    cr_expect(eq(int, (int)status, (int)SIM_FAILED), "%s %s", activity, stream);
    cr_expect(ne(ptr, strstr(k.err.text, named), NULL), "'%s' is not in: %s", named, k.err.text);
    park_kit_close(&k);
}

Test(ledger, a_booking_too_much_fails_with_the_stream_and_the_pool)
{
    must_fail("works.mill", "raw", 1e-3, 1e-3, "stream 'raw' is off by -0.001 of 16");
    must_fail("works.mill", "waste", 1, 1, "pool 'works.yard' is off by 0.001 of 8.001 t");
    must_fail("works>town:water", "water", -1e-3, -1e-3, "pool 'works:water'");
}

Test(ledger, a_booking_that_balances_still_fails_by_the_recipe)
{
    must_fail("works.mill", "raw", 1e-3, 1e-3, "its recipe says 16");
}

Test(ledger, the_smallest_error_that_matters_is_found)
{
    must_fail("works.mill", "raw", 16e-8, 16e-8, "stream 'raw'"); // 1e-8 of the throughput
}

Test(ledger, no_number_is_no_balance)
{
    must_fail("works.mill", "raw", (double)NAN, (double)NAN, "stream 'raw'");
}

Test(ledger, an_error_far_below_the_tolerance_passes)
{
    struct park_kit k;
    park_kit_open(&k, MAKER, NULL, 0);
    struct error e = {
        .move = find_move(k.park, "works.mill", "raw"), .sent = 16e-12, .arrived = 16e-12};
    park_run_set_tamper(k.run, plant, &e);

    cr_assert(eq(int, (int)park_kit_make(&k, 0, NULL), (int)SIM_OK), "%s", k.err.text);
    park_kit_close(&k);
}

// What is booked to the wrong one of two pools of a stream cancels in the stream's sum.
Test(ledger, a_booking_to_the_wrong_pool_is_found)
{
    struct park_kit k;
    park_kit_open(&k, "tests/data/park_runs/two_yards.cfg", NULL, 0);
    cr_assert(eq(int, (int)park_kit_make(&k, 0, NULL), (int)SIM_OK), "%s", k.err.text);
    struct error e = {.move = find_move(k.park, "carry", "waste"), .sent = 1, .arrived = 1};
    park_run_set_tamper(k.run, plant, &e);

    cr_assert(eq(int, (int)park_kit_make(&k, 0, NULL), (int)SIM_FAILED));
    cr_assert(eq(ptr, strstr(k.err.text, "stream 'waste'"), NULL), "%s", k.err.text);
    cr_assert(ne(ptr, strstr(k.err.text, "pool 'a.yard'"), NULL), "%s", k.err.text);
    cr_assert(ne(ptr, strstr(k.err.text, "pool 'b.yard'"), NULL), "%s", k.err.text);
    park_kit_close(&k);
}

Test(ledger, decay_and_losses_are_accounted_for)
{
    struct park_kit k;
    park_kit_open(&k, "tests/data/park_runs/two_yards.cfg", NULL, 0);
    cr_assert(eq(int, (int)park_kit_make(&k, 0, NULL), (int)SIM_OK), "%s", k.err.text);

    // 1 t/h for 24 h on the way to b, of which a tenth is lost; a's own 10 t decay by 24 %/day
    cr_assert(epsilon_eq(dbl, park_kit_total(&k, "a > b: waste"), 24.0, 1e-9));
    cr_assert(epsilon_eq(dbl, park_kit_stock_end(&k, "b.yard"), 21.6, 1e-9));
    cr_assert(le(dbl, park_kit_worst_balance(&k), 1e-9));
    cr_assert(lt(dbl, park_kit_stock_end(&k, "a.yard"), 86.0));
    park_kit_close(&k);
}

/** To the bit. */
static void must_read_alike(const char *park)
{
    struct park_kit k;
    int priced = 0;
    park_kit_open(&k, park, NULL, 0);
    struct park_ledger *l = park_ledger_create(k.park);
    struct sim_flow *f = sim_flow_create(k.park->net->network);
    park_ledger_restart(l, f);
    for (int32_t m = 0; m < k.park->net->move_count; m++) {
        const struct park_move *move = &k.park->net->moves[m];
        const struct park_factor *price = &move->factor[PARK_COLUMN_PRICE];
        park_ledger_book(l, m, 1.0 / 3 + m, 1.0 / 3 + m);
        const struct park_ledger_sum sum = park_ledger_sum(l, f, m);
        const double total = sim_flow_total(f, move->activity);
        cr_expect(sum.of[PARK_COLUMN_PRICE] ==
                  park_ledger_column_now(l, 0, m, PARK_COLUMN_PRICE, total));
        cr_expect(sum.of[PARK_COLUMN_CARRIAGE] ==
                  park_ledger_column_now(l, 0, m, PARK_COLUMN_CARRIAGE, total));
        const bool is_priced = price->constant != 0 || price->table != NULL;
        cr_expect(eq(int, park_ledger_has(l, m, PARK_COLUMN_PRICE), is_priced));
        priced += is_priced ? 1 : 0;
    }
    cr_assert(gt(int, priced, 0));
    sim_flow_destroy(f);
    park_ledger_destroy(l);
    park_kit_close(&k);
}

Test(ledger, one_column_is_what_the_whole_line_says)
{
    must_read_alike(MAKER);
    must_read_alike("configs/first_park.cfg");
}

// The marks of the restart hold for what was integrated in closed form, too.
Test(ledger, decay_is_accounted_for_after_a_warm_up)
{
    static const char *const warm[] = {"park.warmup=7.5 h"};
    struct park_kit k;
    park_kit_open(&k, "tests/data/park_runs/two_yards.cfg", warm, 1);

    cr_assert(eq(int, (int)park_kit_make(&k, 0, NULL), (int)SIM_OK), "%s", k.err.text);
    cr_assert(epsilon_eq(dbl, park_kit_total(&k, "a > b: waste"), 16.5, 1e-9));
    cr_assert(le(dbl, park_kit_worst_balance(&k), 1e-9));
    struct error e = {.move = find_move(k.park, "carry", "waste"), .sent = 1e-3, .arrived = 1e-3};
    park_run_set_tamper(k.run, plant, &e); // a gram, in a yard of a hundred tonnes
    cr_assert(eq(int, (int)park_kit_make(&k, 0, NULL), (int)SIM_FAILED));
    cr_assert(ne(ptr, strstr(k.err.text, "pool 'a.yard'"), NULL), "%s", k.err.text);
    park_kit_close(&k);
}

// ---- What comes at once ----

/** A press that takes 2 t of chips from the yard for each pallet of 1 t into the store. */
static const char PRESS[] =
    "format = 1;\n"
    "park = { start = \"2026-01-05\"; until = \"2026-01-06\"; };\n"
    "streams = { chips = { unit = \"t\"; }; pallets = { unit = \"t\"; }; };\n"
    "firms = { works = {\n"
    "  processes = { press = { kind = \"continuous\"; product = \"pallets\"; capacity = \"1 "
    "t/h\";\n"
    "    inputs = { chips = { amount = \"2 t/t\"; from = \"yard\"; }; };\n"
    "    outputs = { pallets = { amount = \"1 t/t\"; to = \"store\"; }; }; }; };\n"
    "  stocks = { yard  = { stream = \"chips\"; capacity = \"50 t\"; initial = \"40 t\"; };\n"
    "             store = { stream = \"pallets\"; capacity = \"15 t\"; }; }; }; };\n";

struct press {
    struct park_kit k;
    struct sim_flow *flow;
    struct park_ledger *ledger;
    struct sim_err err;
};

static void press_open_text(struct press *x, const char *text)
{
    park_kit_open_text(&x->k, text);
    const struct park *p = x->k.park;
    x->flow = sim_flow_create(p->net->network);
    x->ledger = park_ledger_create(p);
    sim_flow_reset(x->flow, p->start_us, p->net->initial);
    park_ledger_restart(x->ledger, x->flow);
    cr_assert(eq(int, (int)sim_flow_settle(x->flow, &x->err), (int)SIM_OK));
    sim_flow_advance(x->flow, p->start_us + 3 * SIM_TIME_H); // 3 t in the ordinary way
}

static void press_open(struct press *x)
{
    press_open_text(x, PRESS);
}

static enum sim_status press_check(struct press *x)
{
    park_ledger_post(x->ledger, x->flow);
    return park_ledger_check(x->ledger, x->flow, &x->err);
}

static void press_close(struct press *x)
{
    park_ledger_destroy(x->ledger);
    sim_flow_destroy(x->flow);
    park_kit_close(&x->k);
}

Test(ledger, what_an_activity_does_at_once_is_booked_and_balances)
{
    struct press x;
    press_open(&x);
    const int32_t move = find_move(x.k.park, "works.press", "pallets");
    const int32_t press = x.k.park->net->moves[move].activity;
    cr_expect(eq(dbl, sim_flow_act(x.flow, press, 5000), 5000.0)); // [kg]
    cr_expect(eq(int, (int)press_check(&x), (int)SIM_OK), "%s", x.err.text);
    cr_expect(epsilon_eq(dbl, park_ledger_sum(x.ledger, x.flow, move).sent, 8000.0, 1e-6));
    press_close(&x);
}

Test(ledger, what_comes_at_once_and_is_not_booked_fails)
{
    struct press x;
    press_open(&x);
    const int32_t pool =
        x.k.park->net->moves[find_move(x.k.park, "works.press", "pallets")].to_pool;
    (void)sim_flow_lump(x.flow, pool, 5000);
    cr_expect(eq(int, (int)press_check(&x), (int)SIM_FAILED));
    cr_expect(ne(ptr, strstr(x.err.text, "pool 'works.store' is off by -5 of 3 t"), NULL), "%s",
              x.err.text);
    press_close(&x);
}

/** A yard that is filled over a link. */
static const char YARD[] =
    "format = 1;\n"
    "park = { start = \"2026-01-05\"; until = \"2026-01-06\"; };\n"
    "streams = { chips = { unit = \"t\"; }; pallets = { unit = \"t\"; }; };\n"
    "markets = { forest = { sells = { chips = { }; }; }; };\n"
    "firms = { works = {\n"
    "  processes = { press = { kind = \"continuous\"; product = \"pallets\"; capacity = \"1 "
    "t/h\";\n"
    "    inputs = { chips = { amount = \"2 t/t\"; from = \"yard\"; }; };\n"
    "    outputs = { pallets = { amount = \"1 t/t\"; to = \"store\"; }; }; }; };\n"
    "  stocks = { yard  = { stream = \"chips\"; capacity = \"50 t\"; initial = \"40 t\"; };\n"
    "             store = { stream = \"pallets\"; capacity = \"15 t\"; }; }; }; };\n"
    "links = { road = { kind = \"pipe\"; stream = \"chips\"; from = \"forest\"; to = "
    "\"works.yard\"; capacity = \"1 t/h\"; }; };\n"
    "exchanges = { chips = { over = \"road\"; }; };\n";

Test(ledger, what_comes_at_once_and_is_booked_balances_beside_what_flows)
{
    struct press x;
    press_open_text(&x, YARD);
    const int32_t move = find_move(x.k.park, "chips", "chips");
    const int32_t yard = x.k.park->net->moves[move].to_pool;
    cr_assert(ge(int, yard, 0));
    (void)sim_flow_lump(x.flow, yard, 4000); // [kg] a lorry
    cr_expect(eq(int, (int)press_check(&x), (int)SIM_FAILED));
    park_ledger_lump(x.ledger, sim_flow_now(x.flow), move, 4000, 4000);
    cr_expect(eq(int, (int)press_check(&x), (int)SIM_OK), "%s", x.err.text);
    cr_expect(epsilon_eq(dbl, park_ledger_sum(x.ledger, x.flow, move).sent, 7000.0, 1e-6));
    press_close(&x);
}

Test(ledger, a_rounding_that_one_end_knows_is_no_imbalance)
{
    struct park_kit k;
    park_kit_open(&k, "tests/data/faults/rounding_at_one_end.cfg", NULL, 0);
    cr_expect(eq(int, (int)park_kit_make(&k, 0, NULL), (int)SIM_OK), "%s", k.err.text);
    park_kit_close(&k);
}
