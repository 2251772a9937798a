#include "models/park/out/results_choice.h"

#include "sim/cfg/tree.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *word;
    enum park_record_what kind;
} words[] = {{"flows", PARK_RECORD_FLOWS},
             {"levels", PARK_RECORD_LEVELS},
             {"activities", PARK_RECORD_ACTIVITIES},
             {"emissions", PARK_RECORD_EMISSIONS},
             {"money", PARK_RECORD_MONEY}};

enum {
    EVERY_KIND = PARK_RECORD_FLOWS | PARK_RECORD_LEVELS | PARK_RECORD_ACTIVITIES |
                 PARK_RECORD_EMISSIONS | PARK_RECORD_MONEY
};

/** The kinds that an entry means, and the thing it narrows them to (NULL: none); 0: no kind. */
static unsigned read_entry(const char *entry, const char **out_name)
{
    *out_name = NULL;
    if (strcmp(entry, "all") == 0) {
        return EVERY_KIND;
    }
    for (int i = 0; i < SIM_COUNT(words); i++) {
        const size_t length = strlen(words[i].word);
        if (strncmp(entry, words[i].word, length) != 0) {
            continue;
        }
        if (entry[length] == '\0') {
            return (unsigned)words[i].kind;
        }
        if (strncmp(entry + length, " of ", 4) == 0) {
            *out_name = entry + length + 4;
            return (unsigned)words[i].kind;
        }
    }
    return 0;
}

struct park_results_choice park_results_choice_make(const struct park *p,
                                                    const struct sim_model_want *want)
{
    if (want == NULL || want->store_count == 0) {
        return (struct park_results_choice){.kinds = p->record};
    }
    struct park_results_choice c = {.store = want->store, .store_count = want->store_count};
    for (int i = 0; i < want->store_count; i++) {
        const char *name = NULL;
        const unsigned kinds = read_entry(want->store[i], &name);
        *(name != NULL ? &c.some : &c.kinds) |= kinds;
    }
    return c;
}

bool park_results_choice_has(const struct park_results_choice *c, enum park_record_what kind)
{
    return ((c->kinds | c->some) & (unsigned)kind) != 0;
}

/** "mill" and "mill.yard" are both meant by "mill". */
static bool is_or_is_of(const char *name, const char *wanted)
{
    const size_t length = strlen(wanted);
    return strncmp(name, wanted, length) == 0 && (name[length] == '\0' || name[length] == '.');
}

static bool names_link(const char *name, const struct park *p, const struct park_layout_link *link)
{
    const struct park_move *m = &p->net->moves[link->move];
    return strcmp(link->label, name) == 0 || is_or_is_of(link->exchange, name) ||
           is_or_is_of(link->from, name) || is_or_is_of(link->to, name) ||
           strcmp(p->streams[link->stream]->name, name) == 0 ||
           (m->link >= 0 && strcmp(p->links[m->link]->name, name) == 0);
}

static bool names_stock(const char *name, const struct park *p,
                        const struct park_layout_stock *stock)
{
    return is_or_is_of(stock->label, name) ||
           strcmp(p->parties[p->net->pools[stock->pool].party].name, name) == 0 ||
           strcmp(p->streams[stock->stream]->name, name) == 0;
}

/** Whether an entry of the kind names a thing; `is` tells. */
#define ANY_ENTRY(c, kind, is)                                                                     \
    do {                                                                                           \
        if (((c)->kinds & (unsigned)(kind)) != 0) {                                                \
            return true;                                                                           \
        }                                                                                          \
        for (int i = 0; i < (c)->store_count; i++) {                                               \
            const char *name = NULL;                                                               \
            const unsigned kinds = read_entry((c)->store[i], &name);                               \
            if (kinds == (unsigned)(kind) && name != NULL && (is)) {                               \
                return true;                                                                       \
            }                                                                                      \
        }                                                                                          \
        return false;                                                                              \
    } while (0)

bool park_results_choice_has_link(const struct park_results_choice *c, const struct park *p,
                                  const struct park_layout_link *link)
{
    ANY_ENTRY(c, PARK_RECORD_FLOWS, names_link(name, p, link));
}

bool park_results_choice_has_stock(const struct park_results_choice *c, const struct park *p,
                                   const struct park_layout_stock *stock)
{
    ANY_ENTRY(c, PARK_RECORD_LEVELS, names_stock(name, p, stock));
}

bool park_results_choice_has_process(const struct park_results_choice *c, const struct park *p,
                                     int32_t process)
{
    ANY_ENTRY(c, PARK_RECORD_ACTIVITIES, is_or_is_of(p->processes[process]->name, name));
}

bool park_results_choice_has_party(const struct park_results_choice *c, const struct park *p,
                                   int32_t party, enum park_record_what kind)
{
    ANY_ENTRY(c, kind, strcmp(p->parties[party].name, name) == 0);
}

/** Whether the entry `c` stands for alone names anything in the park. */
static bool finds_any(const struct park_results_choice *c, const struct park *p)
{
    bool any = false;
    const struct park_layout *l = p->layout;
    for (int i = 0; i < l->link_count; i++) {
        any = any || park_results_choice_has_link(c, p, &l->links[i]);
    }
    for (int i = 0; i < l->stock_count; i++) {
        any = any || park_results_choice_has_stock(c, p, &l->stocks[i]);
    }
    for (int32_t i = 0; i < p->process_count; i++) {
        any = any || park_results_choice_has_process(c, p, i);
    }
    for (int32_t i = 0; i < p->party_count; i++) {
        any = any || park_results_choice_has_party(c, p, i, PARK_RECORD_EMISSIONS) ||
              park_results_choice_has_party(c, p, i, PARK_RECORD_MONEY);
    }
    return any;
}

/** Where the study says the i-th entry: beside its responses. NULL: not known. */
static const struct sim_node *entry_node(const struct sim_model_want *want, int i)
{
    const struct sim_node *n = want->response_count > 0 ? want->responses[0].node : NULL;
    const struct sim_node *study = n != NULL && n->parent != NULL ? n->parent->parent : NULL;
    const struct sim_node *store = sim_tree_child(study, "store");
    return store != NULL && i < store->count ? store->children[i] : store;
}

static void tell(struct sim_diag *d, const struct sim_node *at, const char *remedy, char *what)
{
    sim_diag_add(d, SIM_DIAG_WRONG, at != NULL ? &at->value_at : NULL, "study.store", remedy, "%s",
                 what);
    free(what);
}

static void check_entry(const struct park *const *parks, int count, const char *const *entry,
                        const struct sim_node *at, struct sim_diag *d)
{
    const char *name = NULL;
    if (strcmp(*entry, "responses") == 0) {
        return;
    }
    if (read_entry(*entry, &name) == 0) {
        tell(d, at,
             "use \"all\", \"responses\", \"flows\", \"levels\", \"activities\", \"emissions\", "
             "\"money\", or \"levels of mill.yard\"",
             sim_base_format("'%s' names no series", *entry));
        return;
    }
    if (name == NULL) {
        return;
    }
    const struct sim_model_want alone = {.store = entry, .store_count = 1};
    bool any = false;
    for (int i = 0; i < count; i++) {
        const struct park_results_choice c = park_results_choice_make(parks[i], &alone);
        any = any || finds_any(&c, parks[i]);
    }
    if (!any) {
        tell(d, at, "name a link, exchange, stock, process, stream or firm that has such a series",
             sim_base_format("'%s': no design has a '%s' there", *entry, name));
    }
}

void park_results_choice_check(const struct park *const *parks, int count,
                               const struct sim_model_want *want, struct sim_diag *d)
{
    for (int i = 0; i < want->store_count; i++) {
        check_entry(parks, count, &want->store[i], entry_node(want, i), d);
    }
}
