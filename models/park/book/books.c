#include "models/park/book/books.h"

#include "models/park/out/results.h"
#include "models/park/tell/emissions.h"
#include "sim/base/number.h"

#include <jansson.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct park_books_name park_books_names[PARK_BOOKS_COLUMNS] = {
    [PARK_BOOKS_SCOPE1] = {"co2e_scope1", "co2e_scope1_total", "t",
                           "fossil CO2e of fuel burnt, of processes and vented",
                           PARK_RECORD_EMISSIONS},
    [PARK_BOOKS_SCOPE2] = {"co2e_scope2", "co2e_scope2_total", "t",
                           "fossil CO2e of bought energy and heat", PARK_RECORD_EMISSIONS},
    [PARK_BOOKS_SCOPE3] = {"co2e_scope3", "co2e_scope3_total", "t",
                           "fossil CO2e upstream of other goods bought, and in disposal",
                           PARK_RECORD_EMISSIONS},
#define OWN(name, word, result, measure, words, by_party, asked)                                   \
    [PARK_BOOKS_##name] = {result, result "_total", "t", by_party, PARK_RECORD_EMISSIONS},
#include "models/park/base/columns.def"
    [PARK_BOOKS_INSIDE] = {"co2e_inside", "co2e_inside_total", "t",
                           "of scope 2: bought from others in the park, whose own it is, too",
                           PARK_RECORD_EMISSIONS},
    [PARK_BOOKS_EARNED] = {"earned", "earned_total", NULL, "money that others paid it",
                           PARK_RECORD_MONEY},
    [PARK_BOOKS_SPENT] = {"spent", "spent_total", NULL, "money that it paid, carriage included",
                          PARK_RECORD_MONEY},
};

const struct park_books_own park_books_own[PARK_BOOKS_OWNS] = {
#define OWN(name, word, result, measure, words, by_party, asked)                                   \
    {PARK_COLUMN_##name, PARK_BOOKS_##name, word},
#include "models/park/base/columns.def"
};

void park_books_pay(struct park_books_party *from, struct park_books_party *to, double money)
{
    struct park_books_party *payer = money >= 0 ? to : from;
    struct park_books_party *paid = money >= 0 ? from : to;
    payer->of[PARK_BOOKS_SPENT] += fabs(money);
    paid->of[PARK_BOOKS_EARNED] += fabs(money);
}

static void add_own(struct park_books_party *party, const struct park_ledger_sum *sum)
{
    for (int i = 0; i < PARK_BOOKS_OWNS; i++) {
        party->of[park_books_own[i].book] += sum->of[park_books_own[i].column] / 1e3;
    }
}

void park_books_add(const struct park *p, int32_t move, const struct park_ledger_sum *sum,
                    struct park_books_party *parties)
{
    const struct park_move *m = &p->net->moves[move];
    if (m->scope > 0) {
        parties[m->whose].of[PARK_BOOKS_SCOPE1 + m->scope - 1] += sum->of[PARK_COLUMN_CO2E] / 1e3;
        add_own(&parties[m->whose], sum);
    }
    const int32_t buyer = p->net->accounts[m->to].party;
    parties[buyer].of[PARK_BOOKS_SCOPE2] += sum->of[PARK_COLUMN_PASSED] / 1e3;
    parties[buyer].of[PARK_BOOKS_INSIDE] += sum->of[PARK_COLUMN_PASSED] / 1e3;
    park_books_pay(&parties[p->net->accounts[m->from].party],
                   &parties[p->net->accounts[m->to].party], sum->of[PARK_COLUMN_PRICE]);
    if (m->payer >= 0) {
        parties[m->payer].of[PARK_BOOKS_SPENT] += sum->of[PARK_COLUMN_CARRIAGE];
    }
}

/** [kgCO2e/SI] */
static double carbon_in(const struct sim_value *stated)
{
    return stated->form == SIM_VALUE_QUANTITY ? stated->si : 0;
}

struct park_ledger_sum park_books_decay(const struct park *p, int32_t pool, double decayed)
{
    const struct park_burning *carbon = p->streams[p->net->pools[pool].stream]->carbon;
    return (struct park_ledger_sum){
        .sent = decayed,
        .arrived = decayed,
        .of = {[PARK_COLUMN_CO2E] = carbon != NULL ? decayed * carbon_in(&carbon->fossil) : 0,
               [PARK_COLUMN_BIOGENIC] =
                   carbon != NULL ? decayed * carbon_in(&carbon->biogenic) : 0},
    };
}

void park_books_add_decay(const struct park *p, int32_t pool, const struct park_ledger_sum *sum,
                          struct park_books_party *parties)
{
    struct park_books_party *party = &parties[p->net->pools[pool].party];
    party->of[PARK_BOOKS_SCOPE1] += sum->of[PARK_COLUMN_CO2E] / 1e3;
    add_own(party, sum);
}

struct park_ledger_sum park_books_mean(const struct park_results *r, const struct sim_row *mean,
                                       int32_t at)
{
    struct park_ledger_sum sum = {.sent = 0};
    for (int i = 0; i < PARK_COLUMNS; i++) {
        sum.of[i] = park_entry_columns[i].per * sim_row_f64_const(mean, r->column[i])[at];
    }
    return sum;
}

/** "1.53 billion": currencies differ by orders, and nobody counts the digits of dong. */
static char *money_text(double money, char out[SIM_NUMBER_TEXT])
{
    static const struct {
        double size;
        const char *word;
    } words[] = {{1e9, "billion"}, {1e6, "million"}};
    for (int i = 0; i < SIM_COUNT(words); i++) {
        if (fabs(money) >= words[i].size && fabs(money) < 1e15) {
            char number[SIM_NUMBER_TEXT];
            const char *text = sim_number_text(money / words[i].size, number);
            (void)snprintf(out, SIM_NUMBER_TEXT, "%.40s %s", text, words[i].word);
            return out;
        }
    }
    return sim_number_text(money, out);
}

static void print_account(const struct sim_sink *out, const char *name, double earned, double spent)
{
    char received[SIM_NUMBER_TEXT];
    char paid[SIM_NUMBER_TEXT];
    char net[SIM_NUMBER_TEXT];
    sim_sink_print(out, "  %16s %16s %16s  %s\n", money_text(earned, received),
                   money_text(spent, paid), money_text(earned - spent, net), name);
}

/** Firms and utilities first, then the markets. Carriage goes to nobody, so the nets do not add up
 * to 0 where links cost. */
static void print_money(const struct park *p, const struct park_results *r,
                        const struct sim_row *mean, const struct sim_sink *out)
{
    const double *earned = sim_row_f64_const(mean, r->party_total[PARK_BOOKS_EARNED]);
    const double *spent = sim_row_f64_const(mean, r->party_total[PARK_BOOKS_SPENT]);
    bool any = false;
    for (int i = 0; i < 2 * p->party_count; i++) {
        const bool is_market = i >= p->party_count;
        const int party = is_market ? i - p->party_count : i;
        const int32_t at = r->party_at[party];
        if (p->parties[party].is_market != is_market || (earned[at] == 0 && spent[at] == 0)) {
            continue;
        }
        if (!any) {
            sim_sink_print(out, "Money in %s\n  %16s %16s %16s\n", p->currency, "received", "paid",
                           "net");
        }
        any = true;
        print_account(out, p->parties[party].name, earned[at], spent[at]);
    }
}

void park_books_text(const struct park *p, const struct park_results *r,
                     const struct sim_outcome *outcome, const struct sim_sink *out)
{
    print_money(p, r, outcome->mean, out);
    park_emissions_text(p, r, outcome->mean, out);
}

static json_t *party_object(const struct park_party *party, const struct park_books_party *b)
{
    json_t *o = json_object();
    (void)json_object_set_new(o, "party", json_string(party->name));
    for (int i = 0; i < PARK_BOOKS_COLUMNS; i++) {
        (void)json_object_set_new(o, park_books_names[i].name, json_real(b->of[i]));
    }
    return o;
}

void park_books_json(const struct park *p, const struct park_results *r,
                     const struct sim_outcome *outcome, struct json_t *object)
{
    struct park_books_party *books = sim_base_alloc((size_t)p->party_count, sizeof(*books));
    json_t *parties = json_array();
    for (int i = 0; i < r->layout->link_count; i++) {
        const struct park_ledger_sum sum = park_books_mean(r, outcome->mean, r->entry_at[i]);
        park_books_add(p, r->layout->links[i].move, &sum, books);
    }
    for (int i = 0; i < r->layout->stock_count; i++) {
        if (r->decay_at[i] >= 0) {
            const struct park_ledger_sum sum = park_books_mean(r, outcome->mean, r->decay_at[i]);
            park_books_add_decay(p, r->layout->stocks[i].pool, &sum, books);
        }
    }
    for (int i = 0; i < p->party_count; i++) {
        (void)json_array_append_new(parties, party_object(&p->parties[i], &books[i]));
    }
    park_emissions_json(p, r, outcome->mean, object);
    (void)json_object_set_new(object, "parties", parties);
    free(books);
}
