#include "models/park/ask/responses.h"

#include "models/park/ask/responses_priv.h"
#include "models/park/base/kinds.h"
#include "models/park/out/reserved.h"
#include "sim/base/strtab.h"
#include "sim/base/vec.h"
#include "sim/cfg/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct park_responses {
    struct park_responses_sum *sums;
    int count;
};

// ---- what `where` names ----

static int32_t process_named(const struct park *p, const char *name)
{
    return park_resolve_id((void *const *)p->processes, p->process_count,
                           offsetof(struct park_process, name), name);
}

/** "firms.mill.processes.paper" -> the process mill.paper. */
static int32_t process_at(const struct park *p, const char *path)
{
    const char *party = strchr(path, '.');
    const char *last = strrchr(path, '.');
    const size_t length = party != NULL ? strcspn(party + 1, ".") : 0;
    if (length == 0) {
        return -1;
    }
    char *name = sim_base_format("%.*s.%s", (int)length, party + 1, last + 1);
    const int32_t i = process_named(p, name);
    free(name);
    return i >= 0 && strcmp(p->processes[i]->path, path) == 0 ? i : -1;
}

/** Of the exchanges, sorted by name, the first whose name is not before `name`. */
static int first_exchange(const struct park *p, const char *name)
{
    int low = 0;
    int high = p->exchange_count;
    while (low < high) {
        const int middle = low + (high - low) / 2;
        const bool is_before = strcmp(p->exchanges[middle]->name, name) < 0;
        low = is_before ? middle + 1 : low;
        high = is_before ? high : middle;
    }
    return low;
}

/** One of that name, or one of several `to`: "power.mill" for "power". */
static bool has_exchange(const struct park *p, const char *name)
{
    char *of_several = sim_base_format("%s.", name);
    const int exact = first_exchange(p, name);
    const int several = first_exchange(p, of_several);
    const bool is_there =
        (exact < p->exchange_count && strcmp(p->exchanges[exact]->name, name) == 0) ||
        (several < p->exchange_count &&
         strncmp(p->exchanges[several]->name, of_several, strlen(of_several)) == 0);
    free(of_several);
    return is_there;
}

/** The rest of a path that starts with one of the groups; the name itself where it does not. */
static const char *without_group(const char *where, unsigned *out_kinds)
{
    static const struct {
        const char *group;
        unsigned kinds;
    } groups[] = {{"firms.", PARK_RESPONSES_PARTY | PARK_RESPONSES_PROCESS},
                  {"utilities.", PARK_RESPONSES_PARTY | PARK_RESPONSES_PROCESS},
                  {"markets.", PARK_RESPONSES_PARTY},
                  {"exchanges.", PARK_RESPONSES_EXCHANGE},
                  {"links.", PARK_RESPONSES_LINK}};
    *out_kinds = ~0U;
    for (int i = 0; i < SIM_COUNT(groups); i++) {
        if (strncmp(where, groups[i].group, strlen(groups[i].group)) == 0) {
            *out_kinds = groups[i].kinds;
            return where + strlen(groups[i].group);
        }
    }
    return where;
}

unsigned park_responses_named(const struct park *p, const char *where,
                              struct park_responses_ask *out)
{
    unsigned looked_for = 0;
    unsigned found = 0;
    const char *name = without_group(where, &looked_for);
    const int32_t party = park_resolve_party(p, name);
    int32_t process = process_named(p, name);
    process = process >= 0 ? process : process_at(p, where); // by its whole path
    const int32_t link = PARK_ID(p, link, park_link, name);
    const struct {
        unsigned kind;
        enum park_responses_at at;
        int32_t id;
    } all[] = {
        {PARK_RESPONSES_LINK, PARK_RESPONSES_AT_LINK, link},
        {PARK_RESPONSES_EXCHANGE, PARK_RESPONSES_AT_EXCHANGE, has_exchange(p, name) ? 0 : -1},
        {PARK_RESPONSES_PROCESS, PARK_RESPONSES_AT_PROCESS, process},
        {PARK_RESPONSES_PARTY, PARK_RESPONSES_AT_PARTY, party}};
    out->at = PARK_RESPONSES_AT_NOWHERE;
    out->name = name;
    for (int i = 0; i < SIM_COUNT(all); i++) {
        if (all[i].id >= 0 && (looked_for & all[i].kind) != 0) {
            found |= all[i].kind;
            if ((out->kind->where & all[i].kind) != 0) {
                out->at = all[i].at;
                out->id = all[i].id;
            }
        }
    }
    return found;
}

// ---- units ----

static struct sim_dim dim_of(const struct park_responses_ask *a)
{
    switch (a->kind->measure) {
    case PARK_RESPONSES_MASS:
        return SIM_DIM_MASS;
    case PARK_RESPONSES_CARBON:
        return SIM_DIM_CARBON;
    case PARK_RESPONSES_MONEY:
        return SIM_DIM_MONEY;
    case PARK_RESPONSES_SHARE:
        return SIM_DIM_NONE;
    case PARK_RESPONSES_TIME:
        return SIM_DIM_TIME;
    case PARK_RESPONSES_AMOUNT:
        break;
    }
    return a->stream >= 0 ? a->park->streams[a->stream]->si.dim : SIM_DIM_MASS;
}

/** The unit taken when the study says none. */
static const char *usual_unit(const struct park_responses_ask *a, char out[SIM_UNITS_TEXT])
{
    const bool is_of_stream = a->kind->measure == PARK_RESPONSES_AMOUNT && a->stream >= 0;
    const char *what = is_of_stream ? a->park->streams[a->stream]->unit
                       : a->kind->measure == PARK_RESPONSES_MONEY ? a->park->currency
                       : a->kind->measure == PARK_RESPONSES_TIME  ? "h"
                                                                  : "t";
    (void)snprintf(out, SIM_UNITS_TEXT, "%.40s/year", what);
    return a->kind->measure == PARK_RESPONSES_SHARE ? "1" : out;
}

/** Whether the unit is one of `dim`, or of it per time. */
static bool fits(struct park_responses_ask *a, struct sim_dim dim)
{
    const bool is_total = sim_units_is_same(a->unit.dim, dim);
    a->is_rate =
        !is_total && sim_units_is_same(a->unit.dim, sim_units_dim_quotient(dim, SIM_DIM_TIME));
    a->dim = dim;
    return is_total || a->is_rate;
}

static enum sim_status find_unit(struct park_responses_ask *a, const char *written,
                                 char room[SIM_UNITS_TEXT], struct sim_err *err)
{
    a->written = written != NULL ? written : usual_unit(a, room);
    SIM_TRY(sim_units_parse(a->park->units, a->written, &a->unit, err));
    const struct sim_dim dim = dim_of(a);
    if (fits(a, dim) && (a->kind->measure != PARK_RESPONSES_SHARE || !a->is_rate)) {
        return SIM_OK;
    }
    const struct sim_dim others[] = {SIM_DIM_MASS, SIM_DIM_ENERGY, SIM_DIM_VOLUME, SIM_DIM_NORMAL};
    const int tried = a->kind->measure == PARK_RESPONSES_AMOUNT   ? SIM_COUNT(others)
                      : a->kind->measure == PARK_RESPONSES_CARBON ? 1 // "t" of CO2e
                                                                  : 0;
    for (int i = 0; i < tried; i++) {
        if (fits(a, others[i])) {
            return SIM_OK;
        }
    }
    char is[SIM_UNITS_TEXT];
    char usual[SIM_UNITS_TEXT];
    return sim_err_set(err, SIM_INPUT, "'%s' is %s; %s is told in units such as '%s'", a->written,
                       sim_units_dim_name(a->unit.dim, is), a->kind->of, usual_unit(a, usual));
}

enum sim_status park_responses_resolve(const struct park *p, const struct sim_response *r,
                                       char written[SIM_UNITS_TEXT], struct park_responses_ask *out,
                                       struct sim_err *err)
{
    *out = (struct park_responses_ask){.park = p,
                                       .kind = park_responses_find(r->of),
                                       .at = PARK_RESPONSES_AT_PARK,
                                       .id = -1,
                                       .has_stream = r->stream != NULL,
                                       .stream = -1};
    if (r->where != NULL) {
        (void)park_responses_named(p, r->where, out);
    }
    out->stream = PARK_ID(p, stream, park_stream, r->stream);
    const bool is_loss = out->kind->rule->loss == PARK_RESPONSES_LOST_AMOUNT;
    if (is_loss && !out->has_stream && out->at == PARK_RESPONSES_AT_PROCESS) {
        out->stream = park_held_stream(p, out->id); // told in what the process makes
    }
    return find_unit(out, r->unit, written, err);
}

// ---- mistakes ----

/** Where the study says a key of the response, or the response itself. */
struct asked {
    const struct sim_response *r;
    const struct park *const *parks;
    int park_count;
    struct sim_diag *diag;
};

static void wrong(const struct asked *a, const char *key, const char *remedy, const char *what)
{
    const struct sim_node *said = sim_tree_child(a->r->node, key);
    const struct sim_node *n = said != NULL ? said : a->r->node;
    const bool has_value = said != NULL && said->value_at.length > 0;
    char *path = n != NULL ? sim_tree_path(n) : sim_base_format("responses.%s", a->r->name);
    sim_diag_add(a->diag, SIM_DIAG_WRONG,
                 n == NULL   ? NULL
                 : has_value ? &n->value_at
                             : &n->place,
                 path, remedy, "%s", what);
    free(path);
}

static void wrong_name(const struct asked *a, const char *key, char *what, const char *nearest,
                       const char *otherwise)
{
    char *remedy = nearest != NULL ? sim_base_format("did you mean '%s'?", nearest)
                                   : sim_base_strdup(otherwise);
    wrong(a, key, remedy, what);
    free(remedy);
    free(what);
}

static bool check_of(const struct asked *a)
{
    if (a->r->of != NULL && park_responses_find(a->r->of) != NULL) {
        return true;
    }
    const int count = park_responses_count();
    const char *of = a->r->of != NULL ? a->r->of : "";
    const char **names = sim_base_alloc((size_t)count, sizeof(char *));
    for (int i = 0; i < count; i++) {
        names[i] = park_responses_kinds[i].of;
    }
    wrong_name(a, "of", sim_base_format("'%s' is no response", of),
               sim_strtab_nearest(of, names, count), "`ecopark reference` lists them");
    free(names);
    return false;
}

static char *kinds_text(unsigned where)
{
    static const char *const words[] = {"firm, utility or market", "process", "exchange", "link"};
    char *text = NULL;
    for (unsigned i = 0; i < SIM_COUNT(words); i++) {
        if ((where & (1U << i)) != 0) {
            char *longer = sim_base_format("%s%s%s", text != NULL ? text : "",
                                           text != NULL ? ", " : "", words[i]);
            free(text);
            text = longer;
        }
    }
    return text != NULL ? text : sim_base_strdup("nothing");
}

struct names {
    const char **data;
    int count, capacity;
};

static void add_name(struct names *out, const char *name)
{
    SIM_VEC_PUSH(out, name);
}

/** All names that `where` may take in a design. */
static void list_names(const struct park *p, unsigned where, struct names *out)
{
    for (int i = 0; (where & PARK_RESPONSES_PARTY) != 0 && i < p->party_count; i++) {
        add_name(out, p->parties[i].name);
    }
    for (int i = 0; (where & PARK_RESPONSES_PROCESS) != 0 && i < p->process_count; i++) {
        add_name(out, p->processes[i]->name);
    }
    for (int i = 0; (where & PARK_RESPONSES_EXCHANGE) != 0 && i < p->exchange_count; i++) {
        add_name(out, p->exchanges[i]->name);
    }
    for (int i = 0; (where & PARK_RESPONSES_LINK) != 0 && i < p->link_count; i++) {
        add_name(out, p->links[i]->name);
    }
}

/** The things that `where` names in any design, as flags. */
static unsigned found_anywhere(const struct asked *a, const struct park_responses_kind *kind)
{
    unsigned found = 0;
    for (int i = 0; i < a->park_count; i++) {
        struct park_responses_ask ask = {.kind = kind};
        found |= park_responses_named(a->parks[i], a->r->where, &ask);
    }
    return found;
}

/** What `where` names is not what the response is of; told. */
static void wrong_where(const struct asked *a, const struct park_responses_kind *kind,
                        unsigned found)
{
    const unsigned may = kind->where & ~(unsigned)PARK_RESPONSES_NEEDED;
    const char *where = a->r->where;
    char *wanted = kinds_text(may);
    char *is = kinds_text(found);
    if (found == 0) {
        struct names names = {0};
        for (int i = 0; i < a->park_count; i++) {
            list_names(a->parks[i], may, &names);
        }
        wrong_name(a, "where", sim_base_format("no design has a %s named '%s'", wanted, where),
                   sim_strtab_nearest(where, names.data, names.count), "");
        SIM_VEC_FREE(&names);
    } else if ((found & may) == 0) {
        wrong_name(a, "where",
                   sim_base_format("'%s' is a %s; %s is of a %s", where, is, kind->of, wanted),
                   NULL, "");
    } else {
        wrong_name(a, "where", sim_base_format("'%s' names more than one: %s", where, is), NULL,
                   "write the group before it, such as 'firms.NAME', 'exchanges.NAME'");
    }
    free(wanted);
    free(is);
}

static bool check_where(const struct asked *a, const struct park_responses_kind *kind)
{
    const unsigned may = kind->where & ~(unsigned)PARK_RESPONSES_NEEDED;
    if (a->r->where == NULL) {
        const bool is_needed = (kind->where & PARK_RESPONSES_NEEDED) != 0;
        if (is_needed) {
            wrong_name(a, "where", sim_base_format("%s is not told of a whole park", kind->of),
                       NULL, "say `where`, the name of a process");
        }
        return !is_needed;
    }
    if (may == 0) {
        wrong_name(a, "where", sim_base_format("%s is of the whole park", kind->of), NULL,
                   "leave `where` out");
        return false;
    }
    const unsigned found = found_anywhere(a, kind);
    const unsigned fits = found & may;
    const bool is_one = fits != 0 && (fits & (fits - 1)) == 0;
    if (!is_one) {
        wrong_where(a, kind, fits != 0 ? fits : found);
    }
    return is_one;
}

static bool has_stream(const struct park *p, const char *stream)
{
    return PARK_ID(p, stream, park_stream, stream) >= 0;
}

/** No design has the stream; told. */
static void wrong_stream(const struct asked *a)
{
    struct names names = {0};
    for (int k = 0; k < a->park_count; k++) {
        for (int i = 0; i < a->parks[k]->stream_count; i++) {
            add_name(&names, a->parks[k]->streams[i]->name);
        }
    }
    wrong_name(a, "stream", sim_base_format("no design has a stream '%s'", a->r->stream),
               sim_strtab_nearest(a->r->stream, names.data, names.count), "");
    SIM_VEC_FREE(&names);
}

static bool check_stream(const struct asked *a, const struct park_responses_kind *kind)
{
    const char *stream = a->r->stream;
    if (stream == NULL) {
        if (kind->stream == PARK_RESPONSES_NEEDS_STREAM) {
            wrong_name(a, "stream", sim_base_format("%s is of one stream", kind->of), NULL,
                       "say `stream`");
        }
        return kind->stream != PARK_RESPONSES_NEEDS_STREAM;
    }
    if (kind->stream == PARK_RESPONSES_NO_STREAM) {
        wrong_name(a, "stream", sim_base_format("%s is not told by stream", kind->of), NULL,
                   "leave `stream` out");
        return false;
    }
    for (int k = 0; k < a->park_count; k++) {
        if (has_stream(a->parks[k], stream)) {
            return true;
        }
    }
    wrong_stream(a);
    return false;
}

/** The unit, and whether all that counts can be told in it, in one design; false when told. */
static bool check_design(const struct asked *a, const struct park *p)
{
    struct sim_err err = {0};
    char written[SIM_UNITS_TEXT];
    struct park_responses_sum sum = {0};
    if (park_responses_resolve(p, a->r, written, &sum.ask, &err) != SIM_OK) {
        wrong(a, "unit", "", err.text);
        return false;
    }
    const char *stream = park_responses_gather(NULL, p->layout, &sum);
    if (stream != NULL) {
        wrong_name(
            a, "unit", sim_base_format("%s cannot be told in '%s'", stream, sum.ask.written), NULL,
            "state its density or energy content, or name a `stream` with a unit of its own");
    }
    return stream == NULL;
}

/** Designs that lack the stream know no unit for it. */
static bool check_unit(const struct asked *a)
{
    for (int k = 0; k < a->park_count; k++) {
        const bool is_there = a->r->stream == NULL || has_stream(a->parks[k], a->r->stream);
        if (is_there && !check_design(a, a->parks[k])) {
            return false;
        }
    }
    return true;
}

static bool is_taken(const struct sim_schema *s, const char *name)
{
    static const char *const ends[] = {"", "_mean", "_half_width", "_n"};
    const struct sim_schema_names own = {park_reserved_names, PARK_RESERVED_COUNT};
    for (int i = 0; i < SIM_COUNT(ends); i++) {
        char *text = sim_base_format("%s%s", name, ends[i]);
        const bool is = sim_schema_is_reserved(&own, text) ||
                        sim_schema_var_find(s, NULL, text) >= 0 ||
                        sim_schema_axis_find(s, NULL, text) >= 0;
        free(text);
        if (is) {
            return true;
        }
    }
    return false;
}

static bool check_name(const struct asked *a, const struct sim_schema *s)
{
    if (!is_taken(s, a->r->name)) {
        return true;
    }
    wrong_name(a, "", sim_base_format("the results have something else named '%s'", a->r->name),
               NULL, "take another name");
    return false;
}

// ---- declaring ----

/** The title, or what it is, and of what; owned by the caller (free). */
static char *title_of(const struct sim_response *r, const struct park_responses_kind *kind)
{
    if (r->title != NULL && r->title[0] != '\0') {
        return sim_base_strdup(r->title);
    }
    const bool has_both = r->where != NULL && r->stream != NULL;
    if (r->where == NULL && r->stream == NULL) {
        return sim_base_strdup(kind->words);
    }
    return sim_base_format("%s (%s%s%s)", kind->words, r->where != NULL ? r->where : "",
                           has_both ? ", " : "", r->stream != NULL ? r->stream : "");
}

static void declare(const struct asked *a, struct sim_schema *schema)
{
    struct sim_err err = {0};
    char written[SIM_UNITS_TEXT];
    struct park_responses_ask ask = {0};
    const struct park_responses_kind *kind = park_responses_find(a->r->of);
    struct sim_schema_attr attrs[4];
    int count = 0;
    for (int i = 0; i < a->park_count && (i == 0 || (a->r->stream != NULL && ask.stream < 0));
         i++) {
        (void)park_responses_resolve(a->parks[i], a->r, written, &ask, &err);
    }
    attrs[count++] = (struct sim_schema_attr){.name = "of", .text = kind->of};
    if (a->r->where != NULL) {
        attrs[count++] = (struct sim_schema_attr){.name = "where", .text = a->r->where};
    }
    if (a->r->stream != NULL) {
        attrs[count++] = (struct sim_schema_attr){.name = "stream", .text = a->r->stream};
    }
    if (kind->better != 0) {
        attrs[count++] =
            (struct sim_schema_attr){.name = "better", .text = kind->better < 0 ? "less" : "more"};
    }
    char *title = title_of(a->r, kind);
    (void)sim_schema_var(schema, &(struct sim_schema_var){.name = a->r->name,
                                                          .type = SIM_SCHEMA_F64,
                                                          .scope = SIM_SCHEMA_RUN,
                                                          .units = ask.written,
                                                          .long_name = title,
                                                          .is_summarised = true,
                                                          .attrs = attrs,
                                                          .attr_count = count});
    free(title);
}

void park_responses_declare(const struct park *const *parks, int park_count,
                            const struct sim_model_want *want, struct sim_diag *d,
                            struct sim_schema *schema)
{
    for (int i = 0; i < want->response_count; i++) {
        const struct asked a = {&want->responses[i], parks, park_count, d};
        if (!check_of(&a)) {
            continue;
        }
        const struct park_responses_kind *kind = park_responses_find(a.r->of);
        const bool has_name = check_name(&a, schema);
        const bool has_where = check_where(&a, kind);
        const bool has_a_stream = check_stream(&a, kind);
        if (has_where && has_a_stream && check_unit(&a) && has_name) {
            declare(&a, schema);
        }
    }
}

// ---- in a run ----

struct park_responses *park_responses_bind(const struct park *p, const struct park_results *r,
                                           const struct sim_model_want *want,
                                           const struct sim_schema *schema)
{
    if (want == NULL || want->response_count == 0) {
        return NULL;
    }
    struct park_responses *x = sim_base_alloc(1, sizeof(*x));
    x->count = want->response_count;
    x->sums = sim_base_alloc((size_t)x->count, sizeof(*x->sums));
    for (int i = 0; i < x->count; i++) {
        struct sim_err err = {0};
        char written[SIM_UNITS_TEXT];
        struct sim_response asked = want->responses[i];
        const int var = sim_schema_var_find(schema, NULL, asked.name);
        SIM_REQUIRE(var >= 0, "a response that was not declared");
        asked.unit = sim_schema_var_at(schema, var)->units; // as another design may have set it
        const enum sim_status status =
            park_responses_resolve(p, &asked, written, &x->sums[i].ask, &err);
        SIM_REQUIRE(status == SIM_OK || (asked.stream != NULL && x->sums[i].ask.stream < 0),
                    "a response that was not checked");
        x->sums[i].var = var;
        const char *stream = park_responses_gather(r, r->layout, &x->sums[i]);
        SIM_REQUIRE(stream == NULL, "a response in a unit that was not checked");
    }
    return x;
}

void park_responses_unbind(struct park_responses *x)
{
    if (x == NULL) {
        return;
    }
    for (int i = 0; i < x->count; i++) {
        SIM_VEC_FREE(&x->sums[i].top);
        SIM_VEC_FREE(&x->sums[i].bottom);
        SIM_VEC_FREE(&x->sums[i].other);
    }
    free(x->sums);
    free(x);
}

void park_responses_put(const struct park_responses *x, const struct park_record_span *hours,
                        struct sim_row *row)
{
    for (int i = 0; i < x->count; i++) {
        *sim_row_f64(row, x->sums[i].var) = park_responses_value(&x->sums[i], hours, row);
    }
}

// ---- the reference ----

static const char *measure_text(const struct park_responses_kind *k)
{
    static const char *const texts[] = {
        [PARK_RESPONSES_MASS] = "t/year",      [PARK_RESPONSES_CARBON] = "t/year (of CO2e)",
        [PARK_RESPONSES_MONEY] = "money/year", [PARK_RESPONSES_AMOUNT] = "amount/year",
        [PARK_RESPONSES_SHARE] = "1",          [PARK_RESPONSES_TIME] = "h/year"};
    return texts[k->measure];
}

static char *reference_row(const struct park_responses_kind *k)
{
    static const char *const streams[] = {"", "`stream`", "`stream`, required"};
    static const char *const better[] = {"less", "", "more"};
    const unsigned may = k->where & ~(unsigned)PARK_RESPONSES_NEEDED;
    char *where = may != 0 ? kinds_text(may) : sim_base_strdup("");
    char *row = sim_base_format("| `%s` | %s | %s%s | %s | %s | %s: %s |\n", k->of, measure_text(k),
                                where, (k->where & PARK_RESPONSES_NEEDED) != 0 ? ", required" : "",
                                streams[k->stream], better[k->better + 1], k->words, k->formula);
    free(where);
    return row;
}

char *park_responses_reference(void)
{
    char *text = sim_base_strdup("| `of` | unit | `where` | `stream` | better | what it is |\n"
                                 "|---|---|---|---|---|---|\n");
    for (int i = 0; i < park_responses_count(); i++) {
        char *row = reference_row(&park_responses_kinds[i]);
        char *longer = sim_base_format("%s%s", text, row);
        free(row);
        free(text);
        text = longer;
    }
    return text;
}
