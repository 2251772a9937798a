/** @file
 * The books of each party: what it set free, earned and spent; read from the ledger, move by move.
 *
 * Emissions are fossil CO2e by scope, and biogenic carbon apart. Scope 1 belongs to who burns a
 * fuel, runs the process, vents or has a stock in which CO2 decays, scopes 2 and 3 to who buys,
 * disposal (3) to who disposes. What power, steam and heat bought within the park carry (carbon.h)
 * is in scope 2 of who buys it, and stands apart once more, since it is the supplier's, too: over
 * all parties the scopes less that are the park's total, each tonne once. Money: what `to` pays
 * `from` is spent by one and earned by the other (the other way round where it is negative); the
 * cost of a link is spent by its payer.
 *
 * One thread.
 */
#ifndef PARK_BOOKS_H
#define PARK_BOOKS_H

#include "models/park/book/ledger.h"

enum park_books_column {
    PARK_BOOKS_SCOPE1, // [tCO2e] fossil
    PARK_BOOKS_SCOPE2,
    PARK_BOOKS_SCOPE3,
#define OWN(name, word, result, measure, words, by_party, asked) PARK_BOOKS_##name,
#include "models/park/base/columns.def" // [t]
    PARK_BOOKS_INSIDE, // [tCO2e] of scope 2: bought from others in the park, whose own it is, too
    PARK_BOOKS_EARNED, // [money]
    PARK_BOOKS_SPENT,  // [money]
    PARK_BOOKS_COLUMNS
};

/** The columns of the ledger that a party has a sum of as such (OWN in columns.def). */
struct park_books_own {
    enum park_column column;
    enum park_books_column book;
    const char *word; // "biogenic"
};
enum {
#define OWN(name, word, result, measure, words, by_party, asked) PARK_BOOKS_OWN_##name,
#include "models/park/base/columns.def"
    PARK_BOOKS_OWNS // how many
};
extern const struct park_books_own park_books_own[PARK_BOOKS_OWNS];

/** How a column is called in results ("co2e_scope1_total", and the series "co2e_scope1"). */
struct park_books_name {
    const char *name, *total;
    const char *units;              // NULL: the park's currency
    const char *words;              // for the file
    enum park_record_what recorded; // that its series goes with
};
extern const struct park_books_name park_books_names[PARK_BOOKS_COLUMNS];

/** What a party came to. */
struct park_books_party {
    double of[PARK_BOOKS_COLUMNS];
};

/** `to` pays `from`; where the money is negative, it is the other way round. */
void park_books_pay(struct park_books_party *from, struct park_books_party *to, double money);

/** Add what a move came to; `parties` has one for each party of the park. */
void park_books_add(const struct park *p, int32_t move, const struct park_ledger_sum *sum,
                    struct park_books_party *parties);

/** [SI], [kg] What `decayed` in a pool sets free there. */
struct park_ledger_sum park_books_decay(const struct park *p, int32_t pool, double decayed);

/** Add it to whose pool it is. */
void park_books_add_decay(const struct park *p, int32_t pool, const struct park_ledger_sum *sum,
                          struct park_books_party *parties);

#endif
