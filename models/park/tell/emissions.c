#include "models/park/tell/emissions.h"

#include "models/park/tell/books_text.h"
#include "sim/base/number.h"

#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    COLUMNS = PARK_BOOKS_INSIDE + 1, // [-] of the books: scopes, own, and bought in the park
    SOURCE_COLUMNS = 1 + PARK_BOOKS_OWNS
};

/** A party's tonnes, or the park's. */
struct tonnes {
    double of[COLUMNS];
};

/** What a party set free from one source, or bought with it. */
struct source {
    int32_t party;
    int scope;
    int32_t stream;           // -1: the process itself
    int32_t from;             // who set it free, of what is bought in the park; -1
    double t[SOURCE_COLUMNS]; // fossil, then those of park_books_own
};

static int by_party(const void *a, const void *b)
{
    const struct source *x = a;
    const struct source *y = b;
    if (x->party != y->party) {
        return x->party < y->party ? -1 : 1;
    }
    if (x->scope != y->scope) {
        return x->scope - y->scope;
    }
    return x->stream != y->stream ? (x->stream > y->stream) - (x->stream < y->stream)
                                  : (x->from > y->from) - (x->from < y->from);
}

/** What is booked of an entry, but for what its process sets free by itself. */
static void take_own(struct source *s, const struct park_ledger_sum *sum)
{
    s->t[0] = (sum->of[PARK_COLUMN_CO2E] - sum->of[PARK_COLUMN_PROCESS]) / 1e3;
    for (int i = 0; i < PARK_BOOKS_OWNS; i++) {
        s->t[1 + i] = sum->of[park_books_own[i].column] / 1e3;
    }
}

static void add_source(struct source *list, int *count, struct source s)
{
    bool is_any = false;
    for (int i = 0; i < SOURCE_COLUMNS; i++) {
        is_any = is_any || s.t[i] != 0;
    }
    if (is_any) {
        list[(*count)++] = s;
    }
}

/** What decays in stocks. */
static void add_decays(const struct park *p, const struct park_results *r,
                       const struct sim_row *mean, struct source *list, int *count)
{
    for (int i = 0; i < r->layout->stock_count; i++) {
        const struct park_layout_stock *k = &r->layout->stocks[i];
        if (r->decay_at[i] >= 0) {
            const struct park_ledger_sum sum = park_books_text_mean(r, mean, r->decay_at[i]);
            struct source s = {
                .party = p->net->pools[k->pool].party, .scope = 1, .stream = k->stream, .from = -1};
            take_own(&s, &sum);
            add_source(list, count, s);
        }
    }
}

/** All sources with anything to tell, sorted, one for each party, scope and stream; to free. */
static struct source *sources_of(const struct park *p, const struct park_results *r,
                                 const struct sim_row *mean, int *out_count)
{
    const struct park_layout *l = r->layout;
    struct source *list =
        sim_base_alloc(3 * (size_t)l->link_count + (size_t)l->stock_count, sizeof(*list));
    int count = 0;
    add_decays(p, r, mean, list, &count);
    for (int i = 0; i < l->link_count; i++) {
        const struct park_ledger_sum sum = park_books_text_mean(r, mean, r->entry_at[i]);
        const struct park_move *m = &p->net->moves[l->links[i].move];
        struct source s = {.party = m->whose, .scope = m->scope, .stream = m->stream, .from = -1};
        take_own(&s, &sum);
        add_source(list, &count, s);
        add_source(list, &count,
                   (struct source){s.party, s.scope, -1, -1, {sum.of[PARK_COLUMN_PROCESS] / 1e3}});
        add_source(list, &count,
                   (struct source){p->net->accounts[m->to].party,
                                   2,
                                   m->stream,
                                   p->net->accounts[m->from].party,
                                   {sum.of[PARK_COLUMN_PASSED] / 1e3}});
    }
    if (count > 0) {
        qsort(list, (size_t)count, sizeof(*list), by_party);
    }
    int kept = 0;
    for (int i = 0; i < count; i++) {
        if (kept > 0 && by_party(&list[kept - 1], &list[i]) == 0) {
            for (int k = 0; k < SOURCE_COLUMNS; k++) {
                list[kept - 1].t[k] += list[i].t[k];
            }
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

static struct tonnes party_of(const struct park_results *r, const struct sim_row *mean, int party)
{
    struct tonnes t;
    for (int i = 0; i < COLUMNS; i++) {
        t.of[i] = sim_row_f64_const(mean, r->party_total[i])[r->party_at[party]];
    }
    return t;
}

static bool is_any(const struct tonnes *t)
{
    bool any = false;
    for (int i = 0; i < COLUMNS; i++) {
        any = any || t->of[i] != 0;
    }
    return any;
}

/** Each tonne once: a market has none of its own. */
static struct tonnes park_of(const struct park *p, const struct park_results *r,
                             const struct sim_row *mean)
{
    struct tonnes sum = {{0}};
    for (int i = 0; i < p->party_count; i++) {
        const struct tonnes t = party_of(r, mean, i);
        for (int k = 0; k < COLUMNS; k++) {
            sum.of[k] += t.of[k];
        }
    }
    sum.of[PARK_BOOKS_SCOPE2] -= sum.of[PARK_BOOKS_INSIDE];
    return sum;
}

static void print_row(const struct sim_sink *out, const struct tonnes *t, const char *name)
{
    char number[SIM_NUMBER_TEXT];
    sim_sink_text(out, "  ");
    for (int i = 0; i < PARK_BOOKS_INSIDE; i++) {
        sim_sink_print(out, "%14s ", sim_number_text(t->of[i], number));
    }
    sim_sink_print(out, " %s\n", name);
}

static void print_table(const struct park *p, const struct park_results *r,
                        const struct sim_row *mean, const struct sim_sink *out)
{
    const struct tonnes park = park_of(p, r, mean);
    sim_sink_print(out,
                   "Emissions in t of CO2e: fossil by scope, biogenic apart\n"
                   "  %14s %14s %14s",
                   "scope 1", "scope 2", "scope 3");
    for (int i = 0; i < PARK_BOOKS_OWNS; i++) {
        sim_sink_print(out, " %14s", park_books_own[i].word);
    }
    sim_sink_text(out, "\n");
    for (int i = 0; i < p->party_count; i++) {
        const struct tonnes t = party_of(r, mean, i);
        if (is_any(&t)) {
            print_row(out, &t, p->parties[i].name);
        }
    }
    if (park.of[PARK_BOOKS_INSIDE] != 0) {
        const struct tonnes inside = {.of = {[PARK_BOOKS_SCOPE2] = -park.of[PARK_BOOKS_INSIDE]}};
        print_row(out, &inside, "bought from each other: the supplier's, too");
    }
    print_row(out, &park, "the park, each tonne once");
}

static void print_one(const struct park *p, const struct sim_sink *out, const struct source *s,
                      double tonnes, const char *what)
{
    char number[SIM_NUMBER_TEXT];
    if (tonnes != 0) {
        sim_sink_print(out, "  %14s %-9s %s: %s%s%s\n", sim_number_text(tonnes, number), what,
                       p->parties[s->party].name, source_name(p, s), s->from >= 0 ? " from " : "",
                       s->from >= 0 ? p->parties[s->from].name : "");
    }
}

void park_emissions_text(const struct park *p, const struct park_results *r,
                         const struct sim_row *mean, const struct sim_sink *out)
{
    static const char *const scopes[] = {"", "scope 1", "scope 2", "scope 3"};
    int count = 0;
    struct source *list = sources_of(p, r, mean, &count);
    if (count > 0) {
        print_table(p, r, mean, out);
        sim_sink_text(out, "from, in t\n");
    }
    for (int i = 0; i < count; i++) {
        print_one(p, out, &list[i], list[i].t[0], scopes[list[i].scope]);
        for (int k = 0; k < PARK_BOOKS_OWNS; k++) {
            print_one(p, out, &list[i], list[i].t[1 + k], park_books_own[k].word);
        }
    }
    free(list);
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
        if (list[i].from >= 0) {
            (void)json_object_set_new(o, "from", json_string(p->parties[list[i].from].name));
        }
        (void)json_object_set_new(o, "scope", json_integer(list[i].scope));
        (void)json_object_set_new(o, "fossil_t", json_real(list[i].t[0]));
        for (int k = 0; k < PARK_BOOKS_OWNS; k++) {
            char name[40];
            (void)snprintf(name, sizeof(name), "%s_t", park_books_own[k].word);
            (void)json_object_set_new(o, name, json_real(list[i].t[1 + k]));
        }
        (void)json_array_append_new(array, o);
    }
    free(list);
    return array;
}

void park_emissions_json(const struct park *p, const struct park_results *r,
                         const struct sim_row *mean, struct json_t *object)
{
    const struct tonnes park = park_of(p, r, mean);
    json_t *o = json_object();
    for (int i = 0; i < COLUMNS; i++) {
        (void)json_object_set_new(o, park_books_names[i].name, json_real(park.of[i]));
    }
    (void)json_object_set_new(object, "emissions", emissions_of(p, r, mean));
    (void)json_object_set_new(object, "park_co2e", o);
}
