// What a study may ask of a run: the table, and which of the ledger's entries each row counts.
#include "models/park/ask/responses_priv.h"
#include "models/park/book/carbon.h"

#include <string.h>

static const struct park_move *move_of(const struct park_responses_ask *a, int32_t move)
{
    return &a->park->net->moves[move];
}

/** "power" is all of "power.mill" and "power.brick". */
static bool is_named(const char *name, const char *wanted)
{
    const size_t length = strlen(wanted);
    return strncmp(name, wanted, length) == 0 && (name[length] == '\0' || name[length] == '.');
}

/** Whether an end of a move is at what `where` names. */
static bool is_at(const struct park_responses_ask *a, const struct park_move *m, int32_t account)
{
    const struct park_net_account *end = &a->park->net->accounts[account];
    switch (a->at) {
    case PARK_RESPONSES_AT_PARK:
        return true;
    case PARK_RESPONSES_AT_NOWHERE:
        return false;
    case PARK_RESPONSES_AT_PARTY:
        return end->party == a->id;
    case PARK_RESPONSES_AT_PROCESS:
        return end->kind == PARK_ACCOUNT_PROCESS && end->id == a->id;
    case PARK_RESPONSES_AT_EXCHANGE:
        return m->exchange >= 0 && is_named(a->park->exchanges[m->exchange]->name, a->name);
    case PARK_RESPONSES_AT_LINK:
        return m->link == a->id;
    }
    return false;
}

static bool is_here(const struct park_responses_ask *a, const struct park_move *m)
{
    return is_at(a, m, m->from) || is_at(a, m, m->to);
}

static double of_kind(const struct park_responses_ask *a, int32_t move, enum park_move_kind kind)
{
    const struct park_move *m = move_of(a, move);
    return m->kind == kind && is_here(a, m) ? 1 : 0;
}

static double exchanged(const struct park_responses_ask *a, int32_t move)
{
    return of_kind(a, move, PARK_MOVE_EXCHANGE);
}

static double purchased(const struct park_responses_ask *a, int32_t move)
{
    return of_kind(a, move, PARK_MOVE_PURCHASE);
}

static double sold(const struct park_responses_ask *a, int32_t move)
{
    return of_kind(a, move, PARK_MOVE_SALE);
}

static double disposed(const struct park_responses_ask *a, int32_t move)
{
    return of_kind(a, move, PARK_MOVE_DISPOSAL);
}

static double produced(const struct park_responses_ask *a, int32_t move)
{
    return of_kind(a, move, PARK_MOVE_OUTPUT);
}

static double consumed(const struct park_responses_ask *a, int32_t move)
{
    return of_kind(a, move, PARK_MOVE_INPUT);
}

/** What arrives from a line: between firms or from outside. */
static bool is_between_firms(const struct park *p, const struct park_move *m)
{
    const struct park_exchange *e = m->exchange >= 0 ? p->exchanges[m->exchange] : NULL;
    return e != NULL && e->from != e->to && !p->parties[e->from].is_market &&
           !p->parties[e->to].is_market;
}

/** By contract, where it comes out: at once, or at the end of a line with delay. */
static double delivered(const struct park_responses_ask *a, int32_t move)
{
    const struct park_move *m = move_of(a, move);
    const bool enters_line = a->park->net->activities[m->activity].exit >= 0;
    const bool is_end =
        m->kind == PARK_MOVE_ARRIVAL || (m->kind == PARK_MOVE_EXCHANGE && !enters_line);
    return is_end && is_between_firms(a->park, m) && is_at(a, m, m->to) ? 1 : 0;
}

/** Does the party have processes that take the stream, or that give it? */
static bool has_flow(const struct park *p, int32_t account, int32_t stream, bool gives)
{
    const struct park_party *party = &p->parties[p->net->accounts[account].party];
    const struct sim_items *all = party->is_market ? NULL : &p->firms[party->id]->processes;
    for (int i = 0; all != NULL && i < all->count; i++) {
        const struct park_process *s = all->at[i].data;
        for (int k = 0; k < s->flow_count; k++) {
            if (s->flows[k].stream == stream && s->flows[k].gives == gives) {
                return true;
            }
        }
    }
    return false;
}

/** What a contract brings to whom can use it; who only passes it on counts at the next. */
static double brought(const struct park_responses_ask *a, int32_t move)
{
    const struct park_move *m = move_of(a, move);
    const double weight = delivered(a, move);
    return weight != 0 && has_flow(a->park, m->to, m->stream, false) ? weight : 0;
}

/** What a user that makes none of it passes on by contract is not used there. */
static double passed_on(const struct park_responses_ask *a, int32_t move)
{
    const struct park_move *m = move_of(a, move);
    const bool is_passed = m->kind == PARK_MOVE_EXCHANGE && is_at(a, m, m->from) &&
                           has_flow(a->park, m->from, m->stream, false) &&
                           !has_flow(a->park, m->from, m->stream, true);
    return is_passed ? -1 : 0;
}

static double lost(const struct park_responses_ask *a, int32_t move)
{
    const struct park_move *m = move_of(a, move);
    return m->link >= 0 && m->kind != PARK_MOVE_INPUT && is_here(a, m) ? 1 : 0;
}

static double of_users(const struct park_responses_ask *a, int32_t move)
{
    const struct park_move *m = move_of(a, move);
    const bool asks = m->kind == PARK_MOVE_INPUT || m->kind == PARK_MOVE_WORLD;
    return asks && (m->is_user || m->is_pull_user) && is_here(a, m) ? 1 : 0;
}

/** What the park's processes wanted and did not get. */
static double lacked(const struct park_responses_ask *a, int32_t move)
{
    return move_of(a, move)->kind == PARK_MOVE_INPUT ? of_users(a, move) : 0;
}

static bool has_fate(const struct park_responses_ask *a, int32_t move, enum park_fate fate)
{
    const struct park_move *m = move_of(a, move);
    return m->fate == (int)fate && is_here(a, m);
}

static double landfilled(const struct park_responses_ask *a, int32_t move)
{
    return has_fate(a, move, PARK_FATE_LANDFILL) ? 1 : 0;
}

static double incinerated(const struct park_responses_ask *a, int32_t move)
{
    return has_fate(a, move, PARK_FATE_INCINERATION) ? 1 : 0;
}

static double discharged(const struct park_responses_ask *a, int32_t move)
{
    return has_fate(a, move, PARK_FATE_DISCHARGE) ? 1 : 0;
}

static bool is_of(const struct park_responses_ask *a, int32_t move, enum park_stream_kind kind)
{
    return a->park->streams[move_of(a, move)->stream]->kind == (int)kind;
}

static double withdrawn(const struct park_responses_ask *a, int32_t move)
{
    return is_of(a, move, PARK_STREAM_WATER) ? purchased(a, move) : 0;
}

/** Without a stream: of what is waste by its kind. */
static bool is_waste(const struct park_responses_ask *a, int32_t move)
{
    return a->has_stream || is_of(a, move, PARK_STREAM_WASTE);
}

static double waste_landfilled(const struct park_responses_ask *a, int32_t move)
{
    return is_waste(a, move) ? landfilled(a, move) : 0;
}

static double waste_made(const struct park_responses_ask *a, int32_t move)
{
    return is_waste(a, move) ? produced(a, move) : 0;
}

static double emitted(const struct park_responses_ask *a, int32_t move, int least, int most)
{
    const struct park_move *m = move_of(a, move);
    if (m->scope < least || m->scope > most) {
        return 0;
    }
    const bool is_party = a->at == PARK_RESPONSES_AT_PARTY;
    return (is_party ? m->whose == a->id : is_here(a, m)) ? 1 : 0;
}

static double any_scope(const struct park_responses_ask *a, int32_t move)
{
    return emitted(a, move, 1, 3);
}

static double scope1(const struct park_responses_ask *a, int32_t move)
{
    return emitted(a, move, 1, 1);
}

static double scope2(const struct park_responses_ask *a, int32_t move)
{
    return emitted(a, move, 2, 2);
}

/** Of one party also what it bought in the park; of the park that is the supplier's alone. */
static double passed(const struct park_responses_ask *a, int32_t move)
{
    const int32_t buyer = a->park->net->accounts[move_of(a, move)->to].party;
    return a->at == PARK_RESPONSES_AT_PARTY && buyer == a->id &&
                   park_carbon_is_passed(a->park, move)
               ? 1
               : 0;
}

static double scope3(const struct park_responses_ask *a, int32_t move)
{
    return emitted(a, move, 3, 3);
}

/** Whose purse it is: that of the party named, or of any firm. */
static bool is_ours(const struct park_responses_ask *a, int32_t party)
{
    return a->at == PARK_RESPONSES_AT_PARTY
               ? party == a->id
               : a->at == PARK_RESPONSES_AT_PARK && !a->park->parties[party].is_market;
}

/** +1 where `to` pays us, -1 where we pay `from`. */
static double received(const struct park_responses_ask *a, int32_t move)
{
    const struct park_move *m = move_of(a, move);
    const struct park_net_account *accounts = a->park->net->accounts;
    return (is_ours(a, accounts[m->from].party) ? 1 : 0) -
           (is_ours(a, accounts[m->to].party) ? 1 : 0);
}

static double paid(const struct park_responses_ask *a, int32_t move)
{
    return -received(a, move);
}

static double carried(const struct park_responses_ask *a, int32_t move)
{
    const int32_t payer = move_of(a, move)->payer;
    return payer >= 0 && is_ours(a, payer) ? 1 : 0;
}

static double minus_carried(const struct park_responses_ask *a, int32_t move)
{
    return -carried(a, move);
}

static double by_contract(const struct park_responses_ask *a, int32_t move)
{
    const struct park_move *m = move_of(a, move);
    return m->exchange >= 0 && m->kind != PARK_MOVE_INPUT && is_here(a, m) ? 1 : 0;
}

#define RULE(...)                                                                                  \
    &(const struct park_responses_rule)                                                            \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
#define TOP(column, weigh)                                                                         \
    {                                                                                              \
        PARK_RESPONSES_TOP, PARK_RESPONSES_OF_##column, weigh                                      \
    }
#define BOTTOM(column, weigh)                                                                      \
    {                                                                                              \
        PARK_RESPONSES_BOTTOM, PARK_RESPONSES_OF_##column, weigh                                   \
    }
#define OTHER(column, weigh)                                                                       \
    {                                                                                              \
        PARK_RESPONSES_OTHER, PARK_RESPONSES_OF_##column, weigh                                    \
    }

enum {
    PARTY = PARK_RESPONSES_PARTY,
    PROCESS = PARK_RESPONSES_PROCESS,
    EXCHANGE = PARK_RESPONSES_EXCHANGE,
    LINK = PARK_RESPONSES_LINK,
    NEEDED = PARK_RESPONSES_NEEDED
};

#define CARBON PARK_RESPONSES_CARBON
#define MONEY  PARK_RESPONSES_MONEY
#define AMOUNT PARK_RESPONSES_AMOUNT
#define SHARE  PARK_RESPONSES_SHARE
#define TIME   PARK_RESPONSES_TIME
#define NONE   PARK_RESPONSES_NO_STREAM
#define ANY    PARK_RESPONSES_ANY_STREAM
#define NEEDS  PARK_RESPONSES_NEEDS_STREAM

const struct park_responses_kind park_responses_kinds[] = {
    {"environment.co2e", CARBON, PARTY | PROCESS, ANY, -1, "fossil CO2e of scopes 1, 2 and 3",
     "sum of /ledger/co2e, each tonne once; of a party with /ledger/co2e_passed, what it bought in "
     "the park [S]",
     RULE(.parts = {TOP(CO2E, any_scope), TOP(PASSED, passed)}, .with_decay = true)},
    {"environment.co2e_scope1", CARBON, PARTY | PROCESS, ANY, -1, "fossil CO2e, scope 1",
     "fuel burnt, process emissions, and what is vented, whoever takes it, leaks or decays [S]",
     RULE(.parts = {TOP(CO2E, scope1)}, .with_decay = true)},
    {"environment.co2e_scope2", CARBON, PARTY, ANY, -1, "fossil CO2e, scope 2",
     "of bought power, steam and heat: `upstream` of a market's, of others' in the park what the "
     "supplier set free, by calendar month; of the whole park only the former [S]",
     RULE(.parts = {TOP(CO2E, scope2), TOP(PASSED, passed)})},
    {"environment.co2e_scope3", CARBON, PARTY, ANY, -1, "fossil CO2e, scope 3",
     "upstream of other goods bought, and disposal outside [S]",
     RULE(.parts = {TOP(CO2E, scope3)})},
#define OWN(name, word, result, measure, words, by_party, asked)                                   \
    {"environment." word,                                                                          \
     PARK_RESPONSES_##measure,                                                                     \
     PARTY | PROCESS,                                                                              \
     ANY,                                                                                          \
     0,                                                                                            \
     asked,                                                                                        \
     "sum of /ledger/" result,                                                                     \
     RULE(.parts = {TOP(name, scope1)}, .with_decay = true)},
#include "models/park/base/columns.def"
    {"environment.disposed", AMOUNT, PARTY | EXCHANGE | LINK, ANY, -1, "disposed of, by any fate",
     "moves of kind disposal", RULE(.parts = {TOP(QUANTITY, disposed)})},
    {"environment.landfilled", AMOUNT, PARTY | EXCHANGE | LINK, ANY, -1, "landfilled",
     "disposal of fate landfill", RULE(.parts = {TOP(QUANTITY, landfilled)})},
    {"environment.incinerated", AMOUNT, PARTY | EXCHANGE | LINK, ANY, 0, "incinerated outside",
     "disposal of fate incineration", RULE(.parts = {TOP(QUANTITY, incinerated)})},
    {"environment.discharged", AMOUNT, PARTY | EXCHANGE | LINK, ANY, -1, "discharged",
     "disposal of fate discharge", RULE(.parts = {TOP(QUANTITY, discharged)})},
    {"environment.water_withdrawn", AMOUNT, PARTY | EXCHANGE | LINK, ANY, -1,
     "water taken from outside", "purchases of streams of kind water",
     RULE(.parts = {TOP(QUANTITY, withdrawn)})},

    {"money.spent", MONEY, PARTY, NONE, -1, "spent, carriage included",
     "sum of spent_total; without `where` over firms and utilities, what they pay each other too",
     RULE(.book = PARK_BOOKS_SPENT + 1)},
    {"money.earned", MONEY, PARTY, NONE, +1, "earned",
     "sum of earned_total; without `where` over firms and utilities, what they pay each other too",
     RULE(.book = PARK_BOOKS_EARNED + 1)},
    {"money.net", MONEY, PARTY, ANY, +1, "earned less spent",
     "payments and carriage of /ledger; what firms pay each other cancels",
     RULE(.parts = {TOP(PRICE, received), TOP(CARRIAGE, minus_carried)})},
    {"money.operating_cost", MONEY, PARTY, ANY, -1, "spent less earned",
     "-money.net: goods, energy, disposal and carriage, less sales; no capital",
     RULE(.parts = {TOP(PRICE, paid), TOP(CARRIAGE, carried)})},
    {"money.paid", MONEY, EXCHANGE | LINK, ANY, 0, "what `to` paid `from` by contract",
     "payments of moves by exchanges, with take-or-pay", RULE(.parts = {TOP(PRICE, by_contract)})},
    {"money.carriage", MONEY, EXCHANGE | LINK, ANY, -1, "what links cost their payers",
     "carriage of moves by exchanges", RULE(.parts = {TOP(CARRIAGE, by_contract)})},

    {"flows.exchanged", AMOUNT, PARTY | EXCHANGE | LINK, ANY, 0, "sent by exchanges between firms",
     "moves of kind exchange, as they leave `from`", RULE(.parts = {TOP(QUANTITY, exchanged)})},
    {"flows.delivered", AMOUNT, PARTY | EXCHANGE | LINK, ANY, 0,
     "received by exchanges between firms", "the same less what the link lost, at its end",
     RULE(.parts = {TOP(ARRIVED, delivered)})},
    {"flows.lost", AMOUNT, PARTY | EXCHANGE | LINK, ANY, -1, "lost on links", "sum of /ledger/lost",
     RULE(.parts = {TOP(LOST, lost)})},
    {"flows.purchased", AMOUNT, PARTY | EXCHANGE | LINK, ANY, 0, "bought from markets",
     "moves of kind purchase", RULE(.parts = {TOP(QUANTITY, purchased)})},
    {"flows.sold", AMOUNT, PARTY | EXCHANGE | LINK, ANY, 0, "sold to markets", "moves of kind sale",
     RULE(.parts = {TOP(QUANTITY, sold)})},
    {"flows.disposed", AMOUNT, PARTY | EXCHANGE | LINK, ANY, -1, "disposed of, by any fate",
     "moves of kind disposal; environment.disposed", RULE(.parts = {TOP(QUANTITY, disposed)})},
    {"flows.produced", AMOUNT, PARTY | PROCESS, ANY, 0, "made by processes",
     "what processes gave to their firms", RULE(.parts = {TOP(QUANTITY, produced)})},
    {"flows.consumed", AMOUNT, PARTY | PROCESS, ANY, 0, "used by processes",
     "what processes took from their firms", RULE(.parts = {TOP(QUANTITY, consumed)})},

    {"reliability.unserved", AMOUNT, PARTY | PROCESS, ANY, -1, "demand not met",
     "sum of unserved_U: of markets' demands, of processes without outputs, and of others where "
     "pull processes supply them",
     RULE(.parts = {TOP(UNSERVED, of_users)})},
    {"reliability.served_share", SHARE, PARTY | PROCESS, NEEDS, +1, "share of demand that was met",
     "got / (got + unserved)",
     RULE(.parts = {TOP(QUANTITY, of_users), BOTTOM(QUANTITY, of_users),
                    BOTTOM(UNSERVED, of_users)})},
    {"reliability.availability", SHARE, PROCESS | LINK | NEEDED, NONE, +1,
     "share of the time without failures", "1 - down hours / span; deratings count by their share",
     RULE(.hours = PARK_RESPONSES_UP_HOURS)},
    {"reliability.utilisation", SHARE, PROCESS | NEEDED, NONE, 0, "share of full load",
     "full-load hours / span", RULE(.hours = PARK_RESPONSES_FULL_LOAD_HOURS)},
    {"reliability.held_back", AMOUNT, PARTY | PROCESS, ANY, -1,
     "what processes could have made more, open and whole",
     "sum of /held_back/amount over all causes, in each process's product",
     RULE(.loss = PARK_RESPONSES_LOST_AMOUNT)},
    {"reliability.held_back_hours", TIME, PROCESS | NEEDED, NONE, -1,
     "time in which it ran below what it could, open and whole",
     "sum of /held_back/hours over all causes; in % it is a share of the span",
     RULE(.loss = PARK_RESPONSES_LOST_HOURS)},

    {"symbiosis.exchange_efficiency", SHARE, 0, NEEDS, +1,
     "what was exchanged of what could have been",
     "what arrived by exchanges at users, less what those passed on / min(made, used + unserved by "
     "processes), at most 100 % [S]",
     RULE(.parts = {TOP(ARRIVED, brought), TOP(QUANTITY, passed_on), BOTTOM(QUANTITY, produced),
                    OTHER(QUANTITY, consumed), OTHER(UNSERVED, lacked)},
          .at_most_one = true)},
    {"symbiosis.substitution", SHARE, PARTY, NEEDS, +1, "share of the demand met by exchanges",
     "what arrived by exchanges at users, less what those passed on / (used + unserved by "
     "processes), at most 100 % [S]",
     RULE(.parts = {TOP(ARRIVED, brought), TOP(QUANTITY, passed_on), BOTTOM(QUANTITY, consumed),
                    BOTTOM(UNSERVED, lacked)},
          .at_most_one = true)},
    {"symbiosis.landfill_share", SHARE, PARTY, ANY, -1, "share of the waste that is landfilled",
     "landfilled / made by processes, in mass; of streams of kind waste unless one is named [S]",
     RULE(.parts = {TOP(QUANTITY, waste_landfilled), BOTTOM(QUANTITY, waste_made)})},
    {.of = NULL}};

int park_responses_count(void)
{
    return SIM_COUNT(park_responses_kinds) - 1;
}

const struct park_responses_kind *park_responses_find(const char *of)
{
    for (int i = 0; i < park_responses_count(); i++) {
        if (strcmp(park_responses_kinds[i].of, of) == 0) {
            return &park_responses_kinds[i];
        }
    }
    return NULL;
}
