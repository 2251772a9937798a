#include "models/park/out/results.h"

#include "models/park/out/work.h"
#include "sim/cfg/tree.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t month_of(sim_time t)
{
    const struct sim_simtime_civil c = sim_simtime_civil(t);
    return 12 * (int64_t)c.year + c.month - 1;
}

static sim_time first_of(int64_t month)
{
    return sim_simtime_date((int)(month / 12), (int)(month % 12) + 1, 1);
}

/** The month that the second of the intervals by months begins with. Quarters and other parts of a
 * year, and years, line up with January. */
static int64_t second_month(const struct park *p)
{
    const int64_t each = p->record_months;
    const int64_t step = each < 12 && 12 % each == 0 ? each : each % 12 == 0 ? 12 : 1;
    const int64_t first = month_of(p->warm_us);
    const bool is_whole = first % step == 0 && first_of(first) == p->warm_us;
    return is_whole ? first + each : (first / step + 1) * step;
}

int64_t park_results_interval_count(const struct park *p)
{
    const sim_time span = p->until_us - p->warm_us;
    if (p->record_months == 0) {
        return (span + p->record_us - 1) / p->record_us;
    }
    const int64_t after = month_of(p->until_us - 1) - second_month(p);
    return after < 0 ? 1 : 2 + after / p->record_months;
}

sim_time park_results_boundary(const struct park *p, int64_t i)
{
    if (i >= park_results_interval_count(p)) {
        return p->until_us;
    }
    if (p->record_months == 0 || i == 0) {
        return p->warm_us + i * p->record_us;
    }
    return first_of(second_month(p) + (i - 1) * p->record_months);
}

double park_results_full_load(const struct park *p, int32_t process)
{
    return p->processes[process]->level.nominal;
}

/** Named things of one unit, gathered over all designs. */
struct entity {
    const char *label;
    const char *unit; // text; NULL: not by unit
    const char *from, *to, *kind, *exchange, *stream;
    double lat, lon;
};

struct gathered {
    struct entity *at;
    int count;
};

static int by_label(const void *a, const void *b)
{
    return strcmp(((const struct entity *)a)->label, ((const struct entity *)b)->label);
}

/** Sort, and keep the first of each label. */
static void settle(struct gathered *g)
{
    int kept = 0;
    if (g->count > 0) {
        qsort(g->at, (size_t)g->count, sizeof(*g->at), by_label);
    }
    for (int i = 0; i < g->count; i++) {
        if (kept == 0 || strcmp(g->at[kept - 1].label, g->at[i].label) != 0) {
            g->at[kept++] = g->at[i];
        }
    }
    g->count = kept;
}

/** All that the designs have, each list sorted. */
struct world {
    const struct park *const *parks;
    int park_count;
    const struct sim_model_want *want;
    struct park_results_choice choice; // of the first
    struct sim_schema *schema;
    struct sim_arena *arena;
    struct gathered links, stocks, streams, processes, parties;
    struct gathered entries; // of the ledger: the links, and what decays
    struct gathered units;   // label: the text, from: the tag
};

static void gather_links(struct world *w, const struct park *p, const struct park_layout *l)
{
    for (int i = 0; i < l->link_count; i++) {
        const struct park_layout_link *k = &l->links[i];
        w->links.at[w->links.count++] = (struct entity){.label = k->label,
                                                        .unit = l->units[k->unit].text,
                                                        .from = k->from,
                                                        .to = k->to,
                                                        .kind = k->kind,
                                                        .exchange = k->exchange,
                                                        .stream = p->streams[k->stream]->name};
    }
    for (int i = 0; i < l->stock_count; i++) {
        w->stocks.at[w->stocks.count++] =
            (struct entity){.label = l->stocks[i].label, .unit = l->units[l->stocks[i].unit].text};
    }
    for (int i = 0; i < l->unit_count; i++) {
        w->units.at[w->units.count++] =
            (struct entity){.label = l->units[i].text, .from = l->units[i].tag};
    }
}

/** What of the ledger is no move. */
static void gather_decays(struct world *w, const struct park *p, const struct park_layout *l)
{
    for (int i = 0; i < l->stock_count; i++) {
        const struct park_layout_stock *k = &l->stocks[i];
        if (k->decay != NULL) {
            w->entries.at[w->entries.count++] =
                (struct entity){.label = k->decay,
                                .unit = l->units[k->unit].text,
                                .from = k->label,
                                .to = "decay",
                                .kind = "decay",
                                .stream = p->streams[k->stream]->name};
        }
    }
}

/** Once the links are sorted. */
static void settle_entries(struct world *w)
{
    if (w->entries.count == 0) {
        w->entries = w->links;
        return;
    }
    memcpy(&w->entries.at[w->entries.count], w->links.at,
           (size_t)w->links.count * sizeof(*w->links.at));
    w->entries.count += w->links.count;
    settle(&w->entries);
}

static void gather_names(struct world *w, const struct park *p)
{
    for (int i = 0; i < p->stream_count; i++) {
        w->streams.at[w->streams.count++] =
            (struct entity){.label = p->streams[i]->name, .unit = p->streams[i]->unit};
    }
    for (int i = 0; i < p->process_count; i++) {
        w->processes.at[w->processes.count++] = (struct entity){.label = p->processes[i]->name};
    }
    for (int i = 0; i < p->party_count; i++) {
        w->parties.at[w->parties.count++] = (struct entity){
            .label = p->parties[i].name, .lat = p->parties[i].lat, .lon = p->parties[i].lon};
    }
}

static struct entity *room(struct world *w, int count)
{
    return SIM_ARENA_NEW(w->arena, struct entity, count);
}

static void gather(struct world *w, const struct park *const *parks, int count)
{
    int moves = 0;
    int pools = 0;
    int streams = 0;
    int processes = 0;
    int parties = 0;
    for (int i = 0; i < count; i++) {
        moves += parks[i]->net->move_count;
        pools += parks[i]->net->pool_count;
        streams += parks[i]->stream_count;
        processes += parks[i]->process_count;
        parties += parks[i]->party_count;
    }
    w->links.at = room(w, moves);
    w->stocks.at = room(w, pools);
    w->entries.at = room(w, moves + pools);
    w->streams.at = room(w, streams);
    w->units.at = room(w, streams);
    w->processes.at = room(w, processes);
    w->parties.at = room(w, parties);
    for (int i = 0; i < count; i++) {
        gather_links(w, parks[i], parks[i]->layout);
        gather_decays(w, parks[i], parks[i]->layout);
        gather_names(w, parks[i]);
    }
    settle(&w->links);
    settle_entries(w);
    settle(&w->stocks);
    settle(&w->streams);
    settle(&w->units);
    settle(&w->processes);
    settle(&w->parties);
}

/** Those of a unit (NULL: all), as an axis of the given name; labels of it. */
static int add_axis(struct world *w, const char *group, const char *name,
                    const struct gathered *from, const char *unit, const char *long_name)
{
    const char **labels = SIM_ARENA_NEW(w->arena, const char *, from->count);
    int count = 0;
    for (int i = 0; i < from->count; i++) {
        if (unit == NULL || strcmp(from->at[i].unit, unit) == 0) {
            labels[count++] = from->at[i].label;
        }
    }
    return sim_schema_axis(w->schema, &(struct sim_schema_axis){.name = name,
                                                                .group = group,
                                                                .length = count,
                                                                .labels = labels,
                                                                .long_name = long_name});
}

/** A text of each entity of a unit, as a coordinate along the axis. `field`: offset in entity. */
static void add_texts(struct world *w, const char *group, const char *name, int axis,
                      const struct gathered *from, const char *unit, size_t field)
{
    const char **texts = SIM_ARENA_NEW(w->arena, const char *, from->count);
    int count = 0;
    for (int i = 0; i < from->count; i++) {
        if (unit == NULL || strcmp(from->at[i].unit, unit) == 0) {
            texts[count++] =
                *(const char *const *)(const void *)((const char *)&from->at[i] + field);
        }
    }
    (void)sim_schema_var(w->schema, &(struct sim_schema_var){.name = name,
                                                             .group = group,
                                                             .type = SIM_SCHEMA_STRING,
                                                             .scope = SIM_SCHEMA_STATIC,
                                                             .dim_count = 1,
                                                             .dims = {axis},
                                                             .values = texts,
                                                             .is_coordinate = true});
}

static const char *format(struct world *w, const char *fmt, const char *tag)
{
    const char *percent = strchr(fmt, '%');
    return sim_arena_format(w->arena, "%.*s%s%s", (int)(percent - fmt), fmt, tag, percent + 1);
}

struct total {
    const char *name; // with % for the unit's tag
    const char *long_name;
    const char *fill_meaning;
    bool is_summarised;
};

static void add_totals(struct world *w, const struct total *totals, int count, int axis,
                       const struct entity *unit)
{
    for (int i = 0; i < count; i++) {
        (void)sim_schema_var(w->schema,
                             &(struct sim_schema_var){.name = format(w, totals[i].name, unit->from),
                                                      .type = SIM_SCHEMA_F64,
                                                      .scope = SIM_SCHEMA_RUN,
                                                      .dim_count = 1,
                                                      .dims = {axis},
                                                      .units = unit->label,
                                                      .long_name = totals[i].long_name,
                                                      .fill_meaning = totals[i].fill_meaning,
                                                      .is_summarised = totals[i].is_summarised});
    }
}

static void add_present(struct world *w, const char *name, int axis)
{
    (void)sim_schema_var(w->schema,
                         &(struct sim_schema_var){.name = name,
                                                  .type = SIM_SCHEMA_I8,
                                                  .scope = SIM_SCHEMA_POINT,
                                                  .dim_count = 1,
                                                  .dims = {axis},
                                                  .units = "1",
                                                  .long_name = "1 where the design has it"});
}

static void add_series(struct world *w, const char *name, int axis, int time_axis,
                       const char *units, const char *long_name)
{
    const bool at_instants = time_axis == SIM_SCHEMA_AXIS_INSTANT;
    (void)sim_schema_var(
        w->schema,
        &(struct sim_schema_var){.name = name,
                                 .type = SIM_SCHEMA_F32,
                                 .scope = SIM_SCHEMA_SERIES,
                                 .dim_count = 2,
                                 .dims = {axis, time_axis},
                                 .units = units,
                                 .long_name = long_name,
                                 .cell_methods = at_instants ? "instant: point" : "time: sum"});
}

static const struct total link_totals[] = {
    {"flow_%_total", "amount over the run, as it left `from`", "the design has no such link", true},
    {"unserved_%", "demand that was not met", "no demand stands behind this link", true}};
static const struct total stock_totals[] = {
    {"stock_%_start", "level at the start (after the warm-up)", "the design has no such stock",
     false},
    {"stock_%_end", "level at the end", "the design has no such stock", false},
    {"stock_%_decayed", "amount that decayed", "the design has no such stock", false},
    {"stock_%_trimmed", "amount added by setting the level exactly on its bounds",
     "the design has no such stock", false}};
static const struct total stream_totals[] = {
    {"balance_residual_%", "booked in - out - lost - decayed - change of stocks",
     "the design has no such stream", false},
    {"balance_throughput_%", "larger of what came in and what went out",
     "the design has no such stream", false}};

/** Whether any design keeps a series of flows (or levels) of this unit. */
static bool keeps_unit(const struct world *w, const char *unit, enum park_record_what kind)
{
    if (!park_results_choice_has(&w->choice, kind)) {
        return false;
    }
    for (int k = 0; k < w->park_count; k++) {
        const struct park_layout *l = w->parks[k]->layout;
        const struct park *p = w->parks[k];
        for (int i = 0; kind == PARK_RECORD_FLOWS && i < l->link_count; i++) {
            if (strcmp(l->units[l->links[i].unit].text, unit) == 0 &&
                park_results_choice_has_link(&w->choice, p, &l->links[i])) {
                return true;
            }
        }
        for (int i = 0; kind == PARK_RECORD_LEVELS && i < l->stock_count; i++) {
            if (strcmp(l->units[l->stocks[i].unit].text, unit) == 0 &&
                park_results_choice_has_stock(&w->choice, p, &l->stocks[i])) {
                return true;
            }
        }
    }
    return false;
}

static void declare_links(struct world *w, const struct entity *unit)
{
    const char *name = format(w, "link_%", unit->from);
    const int axis = add_axis(w, NULL, name, &w->links, unit->label, "from > to: stream");
    const char *u = unit->label;
    add_texts(w, NULL, format(w, "link_%_from", unit->from), axis, &w->links, u,
              offsetof(struct entity, from));
    add_texts(w, NULL, format(w, "link_%_to", unit->from), axis, &w->links, u,
              offsetof(struct entity, to));
    add_texts(w, NULL, format(w, "link_%_stream", unit->from), axis, &w->links, u,
              offsetof(struct entity, stream));
    add_texts(w, NULL, format(w, "link_%_kind", unit->from), axis, &w->links, u,
              offsetof(struct entity, kind));
    add_texts(w, NULL, format(w, "link_%_exchange", unit->from), axis, &w->links, u,
              offsetof(struct entity, exchange));
    add_present(w, format(w, "present_link_%", unit->from), axis);
    add_totals(w, link_totals, SIM_COUNT(link_totals), axis, unit);
    if (keeps_unit(w, unit->label, PARK_RECORD_FLOWS)) {
        add_series(w, format(w, "flow_%", unit->from), axis, SIM_SCHEMA_AXIS_TIME, unit->label,
                   "amount in the interval, as it left `from`");
    }
}

static void declare_unit(struct world *w, const struct entity *unit)
{
    declare_links(w, unit);
    const int streams =
        add_axis(w, NULL, format(w, "stream_%", unit->from), &w->streams, unit->label, "stream");
    add_totals(w, stream_totals, SIM_COUNT(stream_totals), streams, unit);
    bool has_stock = false;
    for (int i = 0; i < w->stocks.count; i++) {
        has_stock = has_stock || strcmp(w->stocks.at[i].unit, unit->label) == 0;
    }
    if (!has_stock) {
        return;
    }
    const int stocks =
        add_axis(w, NULL, format(w, "stock_%", unit->from), &w->stocks, unit->label, "stock");
    add_present(w, format(w, "present_stock_%", unit->from), stocks);
    add_totals(w, stock_totals, SIM_COUNT(stock_totals), stocks, unit);
    if (keeps_unit(w, unit->label, PARK_RECORD_LEVELS)) {
        add_series(w, format(w, "level_%", unit->from), stocks, SIM_SCHEMA_AXIS_INSTANT,
                   unit->label, "level");
    }
}

static void declare_units(struct world *w)
{
    if (w->processes.count == 0) {
        return;
    }
    const int axis = add_axis(w, NULL, "unit", &w->processes, NULL, "process");
    if (park_results_choice_has(&w->choice, PARK_RECORD_ACTIVITIES)) {
        add_series(w, "running", axis, SIM_SCHEMA_AXIS_TIME, "h", "full-load hours");
        add_series(w, "down", axis, SIM_SCHEMA_AXIS_TIME, "h",
                   "hours times the share of the capacity that failures took");
    }
}

static void declare_books(struct world *w, int axis, const struct park *p)
{
    for (int i = 0; i < PARK_BOOKS_COLUMNS; i++) {
        const struct park_books_name *n = &park_books_names[i];
        const char *units = n->units != NULL ? n->units : p->currency;
        (void)sim_schema_var(w->schema, &(struct sim_schema_var){.name = n->total,
                                                                 .type = SIM_SCHEMA_F64,
                                                                 .scope = SIM_SCHEMA_RUN,
                                                                 .dim_count = 1,
                                                                 .dims = {axis},
                                                                 .units = units,
                                                                 .long_name = n->words});
        if (park_results_choice_has(&w->choice, n->recorded)) {
            add_series(w, n->name, axis, SIM_SCHEMA_AXIS_TIME, units, n->words);
        }
    }
}

static void declare_parties(struct world *w, const struct park *p)
{
    const int axis = add_axis(w, NULL, "party", &w->parties, NULL, "firms and markets");
    double *numbers = SIM_ARENA_NEW(w->arena, double, 2 * w->parties.count);
    for (int i = 0; i < w->parties.count; i++) {
        numbers[i] = w->parties.at[i].lat;
        numbers[w->parties.count + i] = w->parties.at[i].lon;
    }
    const char *const names[] = {"party_lat", "party_lon"};
    const char *const units[] = {"degrees_north", "degrees_east"};
    const char *const words[] = {"latitude", "longitude"};
    for (int i = 0; i < 2; i++) {
        (void)sim_schema_var(
            w->schema, &(struct sim_schema_var){.name = names[i],
                                                .type = SIM_SCHEMA_F64,
                                                .scope = SIM_SCHEMA_STATIC,
                                                .dim_count = 1,
                                                .dims = {axis},
                                                .units = units[i],
                                                .long_name = words[i],
                                                .values = numbers + (ptrdiff_t)i * w->parties.count,
                                                .is_coordinate = true});
    }
    declare_books(w, axis, p);
}

static void add_column(struct world *w, int axis, const char *name, const char *units,
                       const char *words)
{
    (void)sim_schema_var(w->schema, &(struct sim_schema_var){.name = name,
                                                             .group = "ledger",
                                                             .type = SIM_SCHEMA_F64,
                                                             .scope = SIM_SCHEMA_RUN,
                                                             .dim_count = 1,
                                                             .dims = {axis},
                                                             .units = units,
                                                             .long_name = words});
}

static void declare_ledger(struct world *w, const char *currency)
{
    static const struct {
        const char *name, *units, *words;
    } amounts[] = {{"quantity", NULL, "amount as it left `from`, in entry_unit"},
                   {"lost", NULL, "amount lost on the way, in entry_unit"},
                   {"mass", "t", "mass of it"},
                   {"energy", "GJ", "energy content of it"}};
    static const struct {
        const char *name;
        size_t field;
    } texts[] = {{"entry_from", offsetof(struct entity, from)},
                 {"entry_to", offsetof(struct entity, to)},
                 {"entry_stream", offsetof(struct entity, stream)},
                 {"entry_kind", offsetof(struct entity, kind)},
                 {"entry_unit", offsetof(struct entity, unit)}};
    const int axis = add_axis(w, "ledger", "entry", &w->entries, NULL, "from > to: stream");
    for (int i = 0; i < SIM_COUNT(texts); i++) {
        add_texts(w, "ledger", texts[i].name, axis, &w->entries, NULL, texts[i].field);
    }
    for (int i = 0; i < SIM_COUNT(amounts); i++) {
        add_column(w, axis, amounts[i].name, amounts[i].units, amounts[i].words);
    }
    for (int i = 0; i < PARK_COLUMNS; i++) {
        const struct park_column_words *c = &park_entry_columns[i];
        add_column(w, axis, c->name, c->units != NULL ? c->units : currency, c->words);
    }
}

/** The path of an input as seen from the folder of the park file: the same on every machine. */
static const char *relative(const struct sim_tree *tree, const char *path)
{
    const char *file = sim_tree_file(tree);
    const char *slash = file != NULL ? strrchr(file, '/') : NULL;
    const size_t folder = slash != NULL ? (size_t)(slash - file) + 1 : 0;
    if (folder > 0 && strncmp(path, file, folder) == 0) {
        return path + folder;
    }
    return path[0] == '/' ? strrchr(path, '/') + 1 : path;
}

static bool is_first_of_design(const struct park *const *parks, int i)
{
    const char *design = parks[i]->design != NULL ? parks[i]->design : "";
    for (int k = 0; k < i; k++) {
        if (strcmp(parks[k]->design != NULL ? parks[k]->design : "", design) == 0) {
            return false;
        }
    }
    return true;
}

static bool has_read(const struct park *p, const char *path)
{
    bool found = false;
    for (int i = 0; !found && i < sim_tree_source_count(p->tree); i++) {
        found = strcmp(sim_tree_source(p->tree, i)->path, path) == 0;
    }
    return found;
}

/** The files that park k read, and none before it. */
static void declare_files(struct world *w, const struct park *const *parks, int k)
{
    const struct sim_tree *tree = parks[k]->tree;
    for (int i = 0; i < sim_tree_source_count(tree); i++) {
        const struct sim_source *source = sim_tree_source(tree, i);
        bool known = false;
        for (int before = 0; !known && before < k; before++) {
            known = has_read(parks[before], source->path);
        }
        if (!known) {
            sim_schema_input_file(w->schema, relative(tree, source->path), source->sha256);
        }
    }
}

static void declare_inputs(struct world *w, const struct park *const *parks, int count)
{
    for (int k = 0; k < count; k++) {
        declare_files(w, parks, k);
    }
    for (int i = 0; i < count; i++) {
        if (!is_first_of_design(parks, i)) {
            continue;
        }
        const char *design = parks[i]->design != NULL ? parks[i]->design : "base";
        char *text = park_load_show(parks[i], false);
        sim_schema_input_text(w->schema, i == 0 ? "park" : format(w, "park %", design), text);
        free(text);
    }
}

static void declare_clock(struct world *w, const struct park *p)
{
    char start[SIM_SIMTIME_TEXT];
    const int64_t count = park_results_interval_count(p);
    double *boundaries = sim_base_alloc((size_t)count + 1, sizeof(double));
    for (int64_t i = 0; i <= count; i++) {
        boundaries[i] = sim_simtime_to_seconds(park_results_boundary(p, i) - p->start_us);
    }
    const struct sim_simtime_civil c = sim_simtime_civil(p->start_us);
    (void)snprintf(start, sizeof(start), "%04d-%02d-%02d %02d:%02d:%02d", c.year, c.month, c.day,
                   c.hour, c.minute, c.second);
    sim_schema_clock(w->schema, start, p->offset_text, boundaries, count);
    free(boundaries);
}

enum sim_status park_results_declare(const struct park *const *parks, int park_count,
                                     const struct sim_model_want *want, struct sim_diag *d,
                                     struct sim_schema *out, struct sim_err *err)
{
    for (int i = 1; i < park_count; i++) {
        if (parks[i]->warm_us != parks[0]->warm_us || parks[i]->until_us != parks[0]->until_us ||
            parks[i]->record_us != parks[0]->record_us ||
            parks[i]->record_months != parks[0]->record_months) {
            return sim_err_set(err, SIM_INPUT,
                               "the designs differ in start, warm-up, end or recording interval; "
                               "one results file has one time axis");
        }
    }
    struct world w = {.parks = parks,
                      .park_count = park_count,
                      .want = want,
                      .choice = park_results_choice_make(parks[0], want),
                      .schema = out,
                      .arena = sim_arena_create()};
    if (want != NULL && want->is_exact) {
        sim_schema_exact(out);
    }
    if (want != NULL) {
        park_results_choice_check(parks, park_count, want, d);
    }
    gather(&w, parks, park_count);
    declare_clock(&w, parks[0]);
    sim_schema_root_attr(out, "title", parks[0]->title);
    for (int i = 0; i < w.units.count; i++) {
        declare_unit(&w, &w.units.at[i]);
    }
    declare_units(&w);
    declare_parties(&w, parks[0]);
    declare_ledger(&w, parks[0]->currency);
    park_held_results_declare(parks, park_count, want, out);
    park_work_declare(out);
    declare_inputs(&w, parks, park_count);
    sim_arena_destroy(w.arena);
    return d != NULL ? sim_diag_status(d) : SIM_OK;
}

/** The variable whose name has the unit's tag for %; -1 when it is not recorded. */
static int find(const struct sim_schema *s, const char *fmt, const char *tag)
{
    char name[128];
    const char *percent = strchr(fmt, '%');
    (void)snprintf(name, sizeof(name), "%.*s%s%s", (int)(percent - fmt), fmt, tag, percent + 1);
    return sim_schema_var_find(s, NULL, name);
}

static int32_t column(const struct sim_schema *s, const char *group, const char *fmt,
                      const char *tag, const char *label)
{
    char name[128];
    const char *percent = strchr(fmt, '%');
    (void)snprintf(name, sizeof(name), "%.*s%s%s", (int)(percent - fmt), fmt, tag, percent + 1);
    const int axis = sim_schema_axis_find(s, group, name);
    const int64_t at = axis >= 0 ? sim_schema_label(s, axis, label) : -1;
    SIM_REQUIRE(at >= 0, "a park has an entity that its schema does not know");
    return (int32_t)at;
}

static struct park_results_unit bind_unit(const struct sim_schema *s, const char *tag)
{
    return (struct park_results_unit){.flow_total = find(s, "flow_%_total", tag),
                                      .unserved = find(s, "unserved_%", tag),
                                      .stock_start = find(s, "stock_%_start", tag),
                                      .stock_end = find(s, "stock_%_end", tag),
                                      .decayed = find(s, "stock_%_decayed", tag),
                                      .trimmed = find(s, "stock_%_trimmed", tag),
                                      .residual = find(s, "balance_residual_%", tag),
                                      .throughput = find(s, "balance_throughput_%", tag),
                                      .flow = find(s, "flow_%", tag),
                                      .level = find(s, "level_%", tag)};
}

static void bind_columns(struct park_results *r, const struct park *p, const struct sim_schema *s)
{
    const struct park_layout *l = r->layout;
    r->link_at = sim_base_alloc((size_t)l->link_count, sizeof(int32_t));
    r->entry_at = sim_base_alloc((size_t)l->link_count, sizeof(int32_t));
    r->stock_at = sim_base_alloc((size_t)l->stock_count, sizeof(int32_t));
    r->decay_at = sim_base_alloc((size_t)l->stock_count, sizeof(int32_t));
    r->stream_at = sim_base_alloc((size_t)p->stream_count, sizeof(int32_t));
    r->party_at = sim_base_alloc((size_t)p->party_count, sizeof(int32_t));
    r->process_at = sim_base_alloc((size_t)p->process_count, sizeof(int32_t));
    for (int i = 0; i < l->link_count; i++) {
        const struct park_layout_link *k = &l->links[i];
        r->link_at[i] = column(s, NULL, "link_%", l->units[k->unit].tag, k->label);
        r->entry_at[i] = column(s, "ledger", "entry%", "", k->label);
    }
    for (int i = 0; i < l->stock_count; i++) {
        const struct park_layout_stock *k = &l->stocks[i];
        r->stock_at[i] = column(s, NULL, "stock_%", l->units[k->unit].tag, k->label);
        r->decay_at[i] = k->decay != NULL ? column(s, "ledger", "entry%", "", k->decay) : -1;
    }
    for (int i = 0; i < p->stream_count; i++) {
        r->stream_at[i] =
            column(s, NULL, "stream_%", l->units[l->unit_of[i]].tag, p->streams[i]->name);
    }
    for (int i = 0; i < p->party_count; i++) {
        r->party_at[i] = column(s, NULL, "party%", "", p->parties[i].name);
    }
    for (int i = 0; i < p->process_count; i++) {
        r->process_at[i] = column(s, NULL, "unit%", "", p->processes[i]->name);
    }
}

/** Whose series are kept. */
static void bind_choice(struct park_results *r, const struct park *p,
                        const struct sim_model_want *want)
{
    static const enum park_record_what kinds[] = {PARK_RECORD_EMISSIONS, PARK_RECORD_MONEY};
    const struct park_results_choice c = park_results_choice_make(p, want);
    const struct park_layout *l = r->layout;
    r->link_kept = sim_base_alloc((size_t)l->link_count, sizeof(bool));
    r->stock_kept = sim_base_alloc((size_t)l->stock_count, sizeof(bool));
    r->process_kept = sim_base_alloc((size_t)p->process_count, sizeof(bool));
    r->party_kept = sim_base_alloc((size_t)p->party_count, sizeof(unsigned));
    for (int i = 0; i < l->link_count; i++) {
        r->link_kept[i] = park_results_choice_has_link(&c, p, &l->links[i]);
    }
    for (int i = 0; i < l->stock_count; i++) {
        r->stock_kept[i] = park_results_choice_has_stock(&c, p, &l->stocks[i]);
    }
    for (int32_t i = 0; i < p->process_count; i++) {
        r->process_kept[i] = park_results_choice_has_process(&c, p, i);
    }
    for (int32_t i = 0; i < p->party_count; i++) {
        for (int k = 0; k < SIM_COUNT(kinds); k++) {
            r->party_kept[i] |=
                park_results_choice_has_party(&c, p, i, kinds[k]) ? (unsigned)kinds[k] : 0;
        }
    }
}

void park_results_bind(struct park_results *r, const struct park *p,
                       const struct park_layout *layout, const struct sim_model_want *want,
                       const struct sim_schema *schema)
{
    *r = (struct park_results){.layout = layout,
                               .running = sim_schema_var_find(schema, NULL, "running"),
                               .down = sim_schema_var_find(schema, NULL, "down"),
                               .quantity = sim_schema_var_find(schema, "ledger", "quantity"),
                               .lost = sim_schema_var_find(schema, "ledger", "lost"),
                               .mass = sim_schema_var_find(schema, "ledger", "mass"),
                               .energy = sim_schema_var_find(schema, "ledger", "energy"),
                               .intervals = park_results_interval_count(p)};
    for (int i = 0; i < PARK_COLUMNS; i++) {
        r->column[i] = sim_schema_var_find(schema, "ledger", park_entry_columns[i].name);
    }
    r->units = sim_base_alloc((size_t)layout->unit_count, sizeof(*r->units));
    for (int i = 0; i < layout->unit_count; i++) {
        r->units[i] = bind_unit(schema, layout->units[i].tag);
    }
    for (int i = 0; i < PARK_BOOKS_COLUMNS; i++) {
        r->party_total[i] = sim_schema_var_find(schema, NULL, park_books_names[i].total);
        r->party_series[i] = sim_schema_var_find(schema, NULL, park_books_names[i].name);
    }
    bind_columns(r, p, schema);
    park_held_results_bind(&r->held, p, schema);
    bind_choice(r, p, want);
}

void park_results_unbind(struct park_results *r)
{
    park_held_results_unbind(&r->held);
    free(r->units);
    free(r->link_at);
    free(r->entry_at);
    free(r->stock_at);
    free(r->decay_at);
    free(r->stream_at);
    free(r->process_at);
    free(r->party_at);
    free(r->link_kept);
    free(r->stock_kept);
    free(r->process_kept);
    free(r->party_kept);
    *r = (struct park_results){0};
}

void park_results_point(const struct park *p, const struct sim_schema *schema, struct sim_row *row)
{
    const struct park_layout *l = p->layout;
    for (int i = 0; i < l->link_count; i++) {
        const char *tag = l->units[l->links[i].unit].tag;
        sim_row_i8(row, find(schema, "present_link_%",
                             tag))[column(schema, NULL, "link_%", tag, l->links[i].label)] = 1;
    }
    for (int i = 0; i < l->stock_count; i++) {
        const char *tag = l->units[l->stocks[i].unit].tag;
        sim_row_i8(row, find(schema, "present_stock_%",
                             tag))[column(schema, NULL, "stock_%", tag, l->stocks[i].label)] = 1;
    }
}
