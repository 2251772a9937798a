#include "models/park/tell/books_text.h"

#include "models/park/tell/emissions.h"
#include "sim/base/number.h"

#include <jansson.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct park_ledger_sum park_books_text_mean(const struct park_results *r,
                                            const struct sim_row *mean, int32_t at)
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

void park_books_text_put(const struct park *p, const struct park_results *r,
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

void park_books_text_json(const struct park *p, const struct park_results *r,
                          const struct sim_outcome *outcome, struct json_t *object)
{
    struct park_books_party *books = sim_base_alloc((size_t)p->party_count, sizeof(*books));
    json_t *parties = json_array();
    for (int i = 0; i < r->layout->link_count; i++) {
        const struct park_ledger_sum sum = park_books_text_mean(r, outcome->mean, r->entry_at[i]);
        park_books_add(p, r->layout->links[i].move, &sum, books);
    }
    for (int i = 0; i < r->layout->stock_count; i++) {
        if (r->decay_at[i] >= 0) {
            const struct park_ledger_sum sum =
                park_books_text_mean(r, outcome->mean, r->decay_at[i]);
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
