#include "models/park/books.h"

#include "models/park/factors.h"
#include "models/park/results.h"
#include "models/park/tell.h"

#include <jansson.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct park_books_name park_books_names[PARK_BOOKS_COLUMNS] = {
    [PARK_BOOKS_SCOPE1] = {"co2e_scope1", "co2e_scope1_total", "t",
                           "fossil CO2e of fuel burnt and of processes", PARK_RECORD_EMISSIONS},
    [PARK_BOOKS_SCOPE2] = {"co2e_scope2", "co2e_scope2_total", "t",
                           "fossil CO2e upstream of bought energy and heat", PARK_RECORD_EMISSIONS},
    [PARK_BOOKS_SCOPE3] = {"co2e_scope3", "co2e_scope3_total", "t",
                           "fossil CO2e upstream of other goods bought, and in disposal",
                           PARK_RECORD_EMISSIONS},
    [PARK_BOOKS_BIOGENIC] = {"co2e_biogenic", "co2e_biogenic_total", "t",
                             "biogenic CO2 of fuel burnt, in no scope", PARK_RECORD_EMISSIONS},
    [PARK_BOOKS_EARNED] = {"earned", "earned_total", NULL, "money that others paid it",
                           PARK_RECORD_MONEY},
    [PARK_BOOKS_SPENT] = {"spent", "spent_total", NULL, "money that it paid, carriage included",
                          PARK_RECORD_MONEY},
};

/** What a party set free from one source. */
struct source {
    int32_t party;
    int scope;
    int32_t stream; // -1: the process itself
    double fossil_t, biogenic_t;
};

static void pay(struct park_books_party *from, struct park_books_party *to, double money)
{
    struct park_books_party *payer = money >= 0 ? to : from;
    struct park_books_party *paid = money >= 0 ? from : to;
    payer->of[PARK_BOOKS_SPENT] += fabs(money);
    paid->of[PARK_BOOKS_EARNED] += fabs(money);
}

void park_books_add(const struct park *p, int32_t move, const struct park_ledger_sum *sum,
                    struct park_books_party *parties)
{
    const struct park_move *m = &p->net->moves[move];
    int32_t whose;
    const int scope = park_factors_scope(p, move, &whose);
    if (scope > 0) {
        parties[whose].of[PARK_BOOKS_SCOPE1 + scope - 1] += sum->co2e_kg / 1e3;
        parties[whose].of[PARK_BOOKS_BIOGENIC] += sum->biogenic_kg / 1e3;
    }
    pay(&parties[p->net->accounts[m->from].party], &parties[p->net->accounts[m->to].party],
        sum->money);
    if (m->link >= 0) {
        const bool is_from = p->links[m->link]->payer == 0;
        const int32_t payer = p->net->accounts[is_from ? m->from : m->to].party;
        parties[payer].of[PARK_BOOKS_SPENT] += sum->carriage;
    }
}

/** What the ledger's entry of a link of the layout came to, on average. */
static struct park_ledger_sum mean_of(const struct park_results *r, const struct sim_row *mean,
                                      int link)
{
    const int32_t at = r->entry_at[link];
    return (struct park_ledger_sum){
        .money = sim_row_f64_const(mean, r->money)[at],
        .carriage = sim_row_f64_const(mean, r->carriage)[at],
        .co2e_kg = 1e3 * sim_row_f64_const(mean, r->co2e)[at],
        .process_kg = 1e3 * sim_row_f64_const(mean, r->process)[at],
        .biogenic_kg = 1e3 * sim_row_f64_const(mean, r->biogenic)[at],
    };
}

static int by_party(const void *a, const void *b)
{
    const struct source *x = a;
    const struct source *y = b;
    if (x->party != y->party) {
        return x->party < y->party ? -1 : 1;
    }
    return x->scope != y->scope ? x->scope - y->scope
                                : (x->stream > y->stream) - (x->stream < y->stream);
}

static void add_source(struct source *list, int *count, struct source s)
{
    if (s.fossil_t != 0 || s.biogenic_t != 0) {
        list[(*count)++] = s;
    }
}

/** All sources with anything to tell, sorted, one for each party, scope and stream; to free. */
static struct source *sources_of(const struct park *p, const struct park_results *r,
                                 const struct sim_row *mean, int *out_count)
{
    const struct park_layout *l = r->layout;
    struct source *list = sim_base_alloc(2 * (size_t)l->link_count, sizeof(*list));
    int count = 0;
    for (int i = 0; i < l->link_count; i++) {
        const struct park_ledger_sum sum = mean_of(r, mean, i);
        struct source s = {.stream = l->links[i].stream};
        s.scope = park_factors_scope(p, l->links[i].move, &s.party);
        s.fossil_t = (sum.co2e_kg - sum.process_kg) / 1e3;
        s.biogenic_t = sum.biogenic_kg / 1e3;
        add_source(list, &count, s);
        add_source(list, &count, (struct source){s.party, s.scope, -1, sum.process_kg / 1e3, 0});
    }
    if (count > 0) {
        qsort(list, (size_t)count, sizeof(*list), by_party);
    }
    int kept = 0;
    for (int i = 0; i < count; i++) {
        if (kept > 0 && by_party(&list[kept - 1], &list[i]) == 0) {
            list[kept - 1].fossil_t += list[i].fossil_t;
            list[kept - 1].biogenic_t += list[i].biogenic_t;
        } else {
            list[kept++] = list[i];
        }
    }
    *out_count = kept;
    return list;
}

static const char *source_name(const struct park *p, const struct source *s)
{
    return s->stream >= 0 ? p->streams[s->stream]->name : "process";
}

static void print_one(const struct sim_sink *out, double tonnes, const char *what,
                      const char *party, const char *source)
{
    char number[PARK_TELL_NUMBER];
    if (tonnes != 0) {
        sim_sink_print(out, "  %14s t    %-16s  %s%s%s\n", park_tell_number(tonnes, number), what,
                       party, source[0] != '\0' ? ": " : "", source);
    }
}

static void print_emissions(const struct park *p, const struct park_results *r,
                            const struct sim_row *mean, const struct sim_sink *out)
{
    static const char *const scopes[] = {"", "scope 1", "scope 2", "scope 3"};
    double sums[4] = {0};
    double biogenic = 0;
    int count = 0;
    struct source *list = sources_of(p, r, mean, &count);
    sim_sink_text(out, count > 0 ? "Emissions in CO2e: fossil by scope, biogenic apart\n" : "");
    for (int i = 0; i < count; i++) {
        const struct source *s = &list[i];
        const char *party = p->parties[s->party].name;
        print_one(out, s->fossil_t, scopes[s->scope], party, source_name(p, s));
        print_one(out, s->biogenic_t, "biogenic", party, source_name(p, s));
        sums[s->scope] += s->fossil_t;
        biogenic += s->biogenic_t;
    }
    for (int scope = 1; scope <= 3; scope++) {
        print_one(out, sums[scope], scopes[scope], "in all", "");
    }
    print_one(out, biogenic, "biogenic", "in all", "");
    free(list);
}

/** "1.53 billion": currencies differ by orders, and nobody counts the digits of dong. */
static char *money_text(double money, char out[PARK_TELL_NUMBER])
{
    static const struct {
        double size;
        const char *word;
    } words[] = {{1e9, "billion"}, {1e6, "million"}};
    for (int i = 0; i < SIM_COUNT(words); i++) {
        if (fabs(money) >= words[i].size && fabs(money) < 1e15) {
            char number[PARK_TELL_NUMBER];
            const char *text = park_tell_number(money / words[i].size, number);
            (void)snprintf(out, PARK_TELL_NUMBER, "%.40s %s", text, words[i].word);
            return out;
        }
    }
    return park_tell_number(money, out);
}

static void print_account(const struct sim_sink *out, const char *name, double earned, double spent)
{
    char received[PARK_TELL_NUMBER];
    char paid[PARK_TELL_NUMBER];
    char net[PARK_TELL_NUMBER];
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
    print_emissions(p, r, outcome->mean, out);
}

static json_t *emissions_of(const struct park *p, const struct park_results *r,
                            const struct sim_row *mean)
{
    int count = 0;
    json_t *array = json_array();
    struct source *list = sources_of(p, r, mean, &count);
    for (int i = 0; i < count; i++) {
        json_t *o = json_object();
        (void)json_object_set_new(o, "party", json_string(p->parties[list[i].party].name));
        (void)json_object_set_new(o, "source", json_string(source_name(p, &list[i])));
        (void)json_object_set_new(o, "scope", json_integer(list[i].scope));
        (void)json_object_set_new(o, "fossil_t", json_real(list[i].fossil_t));
        (void)json_object_set_new(o, "biogenic_t", json_real(list[i].biogenic_t));
        (void)json_array_append_new(array, o);
    }
    free(list);
    return array;
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
        const struct park_ledger_sum sum = mean_of(r, outcome->mean, i);
        park_books_add(p, r->layout->links[i].move, &sum, books);
    }
    for (int i = 0; i < p->party_count; i++) {
        (void)json_array_append_new(parties, party_object(&p->parties[i], &books[i]));
    }
    (void)json_object_set_new(object, "emissions", emissions_of(p, r, outcome->mean));
    (void)json_object_set_new(object, "parties", parties);
    free(books);
}
