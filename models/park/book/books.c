#include "models/park/book/books.h"

#include <math.h>

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
