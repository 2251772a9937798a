#include "models/park/tell/table_priv.h"
#include "sim/base/vec.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum node_kind {
    NODE_PARTY,
    NODE_UNIT,
    NODE_STOCK
};

/** Means over runs of what a node took in and gave, from the ledger, and of its own series. */
enum node_measure {
    MASS_IN,
    MASS_OUT,
    ENERGY_IN,
    ENERGY_OUT,
    EARNED,
    PAID,
    CO2E,
    RUNNING,
    DOWN,
    LEVEL_START,
    LEVEL_END,
    NODE_MEASURES
};

static const char *const measure_names[NODE_MEASURES] = {
    "mass in", "mass out", "energy in", "energy out",  "earned",   "paid",
    "co2e",    "running",  "failed",    "level start", "level end"};

struct node {
    const char *label;
    enum node_kind kind;
    const char *unit; // of a stock's levels
    double latitude;
    double longitude;
};

struct table {
    SIM_VEC(struct node) nodes;
    double *sums; // (point, node, measure) over runs; NaN: nothing known
};

static int64_t cell(const struct table *t, int64_t point, int64_t node, enum node_measure m)
{
    return (point * t->nodes.count + node) * NODE_MEASURES + (int64_t)m;
}

// ---- who is there ----

static enum sim_status add_nodes(struct sim_export *x, struct table *t, const char *axis,
                                 enum node_kind kind, const char *unit, struct sim_err *err)
{
    const char **labels = NULL;
    const int var = sim_reader_find(x->r, "", axis);
    const enum sim_status status = sim_export_read_texts(x, "", axis, &labels, err);

    for (int64_t i = 0; status == SIM_OK && var >= 0 && i < sim_reader_size(x->r, var); i++) {
        const struct node n = {
            .label = labels[i], .kind = kind, .unit = unit, .latitude = NAN, .longitude = NAN};

        SIM_VEC_PUSH(&t->nodes, n);
    }
    return status;
}

static enum sim_status add_places(struct sim_export *x, struct table *t, struct sim_err *err)
{
    const double *latitude = NULL;
    const double *longitude = NULL;

    SIM_TRY(sim_export_read_numbers(x, "", "party_lat", &latitude, err));
    SIM_TRY(sim_export_read_numbers(x, "", "party_lon", &longitude, err));
    for (int i = 0; latitude != NULL && longitude != NULL && i < t->nodes.count; i++) {
        t->nodes.data[i].latitude = latitude[i]; // parties come first, in the axis' order
        t->nodes.data[i].longitude = longitude[i];
    }
    return SIM_OK;
}

static bool is_stock_axis(const struct sim_reader_var *v)
{
    return v->is_axis && v->group[0] == '\0' && sim_export_read_suffix(v->name, "stock_") != NULL;
}

static const char *units_of(const struct sim_export *x, const char *group, const char *name)
{
    const int var = sim_reader_find(x->r, group, name);

    return var >= 0 ? sim_reader_var_at(x->r, var)->units : NULL;
}

static enum sim_status find_nodes(struct sim_export *x, struct table *t, struct sim_err *err)
{
    SIM_TRY(add_nodes(x, t, "party", NODE_PARTY, NULL, err));
    SIM_TRY(add_places(x, t, err));
    enum sim_status status = add_nodes(x, t, "unit", NODE_UNIT, NULL, err);

    for (int i = 0; i < sim_reader_var_count(x->r) && status == SIM_OK; i++) {
        const struct sim_reader_var *v = sim_reader_var_at(x->r, i);

        if (is_stock_axis(v)) {
            const char *unit = units_of(x, "", sim_arena_format(x->arena, "%s_start", v->name));

            status = add_nodes(x, t, v->name, NODE_STOCK, unit, err);
        }
    }
    return status;
}

/** The party, or the unit or stock, of that name. -1: none. */
static int find_node(const struct table *t, const char *label, size_t length, bool is_party)
{
    for (int i = 0; i < t->nodes.count; i++) {
        const struct node *n = &t->nodes.data[i];

        if ((n->kind == NODE_PARTY) == is_party && strlen(n->label) == length &&
            strncmp(n->label, label, length) == 0) {
            return i;
        }
    }
    return -1;
}

// ---- sums ----

static void add(struct table *t, int64_t at, double value)
{
    if (!isnan(value)) {
        t->sums[at] = isnan(t->sums[at]) ? value : t->sums[at] + value;
    }
}

/** The columns of the ledger that nodes are summed from. */
enum {
    QUANTITY,
    LOST,
    MASS,
    ENERGY,
    MONEY,
    CARBON,
    PASSED,
    LEDGER_COLUMNS
};

struct ledger {
    int64_t entries;
    const char **from;
    const char **to;
    const char **kind;
    int *nodes;  // (entry, 4): unit or stock and party at `from`, the same at `to`; -1: none
    int *owners; // (entry) party that the move stays inside of; -1: it crosses a fence
    struct sim_export_block blocks[LEDGER_COLUMNS];
};

static const char *const column_names[LEDGER_COLUMNS] = {"quantity", "lost", "mass",       "energy",
                                                         "money",    "co2e", "co2e_passed"};

static void find_ends(const struct table *t, struct ledger *g, int64_t i)
{
    const char *const ends[2] = {g->from[i], g->to[i]};
    int *nodes = g->nodes + 4 * i;

    for (int64_t e = 0; e < 2; e++) {
        nodes[2 * e] = find_node(t, ends[e], strlen(ends[e]), false);
        nodes[2 * e + 1] = find_node(t, ends[e], strcspn(ends[e], "."), true);
    }
    g->owners[i] = nodes[1] == nodes[3] ? nodes[1] : -1;
    if (nodes[1] == nodes[3]) { // inside one party: its own totals are of what crosses its fence
        nodes[1] = -1;
        nodes[3] = -1;
    }
}

static enum sim_status open_ledger(struct sim_export *x, struct table *t, struct ledger *g,
                                   struct sim_err *err)
{
    const int axis = sim_reader_find(x->r, "ledger", "entry");

    g->entries = axis >= 0 ? sim_reader_size(x->r, axis) : 0;
    SIM_TRY(sim_export_read_texts(x, "ledger", "entry_from", &g->from, err));
    SIM_TRY(sim_export_read_texts(x, "ledger", "entry_to", &g->to, err));
    SIM_TRY(sim_export_read_texts(x, "ledger", "entry_kind", &g->kind, err));
    if (g->from == NULL || g->to == NULL || g->kind == NULL) {
        g->entries = 0;
        return SIM_OK;
    }
    g->nodes = SIM_ARENA_NEW(x->arena, int, 4 * g->entries + 1);
    g->owners = SIM_ARENA_NEW(x->arena, int, g->entries + 1);
    for (int64_t i = 0; i < g->entries; i++) {
        find_ends(t, g, i);
    }
    for (int k = 0; k < LEDGER_COLUMNS; k++) {
        SIM_TRY(
            sim_export_read_block(x, "ledger", column_names[k], g->entries, &g->blocks[k], err));
    }
    return SIM_OK;
}

/** One entry of one run: what arrives is less by what was lost on the way. */
static void add_entry(struct table *t, const struct ledger *g, int64_t point, int64_t i,
                      const double *const *row)
{
    const double quantity = row[QUANTITY][i];
    const double arriving = quantity != 0 && !isnan(row[LOST][i]) ? 1 - row[LOST][i] / quantity : 1;
    const bool is_given_up = strcmp(g->kind[i], "disposal") == 0 ||
                             strcmp(g->kind[i], "exchange") == 0; // thrown away, or leaks
    const int *nodes = g->nodes + 4 * i;

    for (int e = 0; e < 4; e++) {
        if (nodes[e] < 0) {
            continue;
        }
        const bool is_giver = e < 2;
        const double share = is_giver ? 1 : arriving;

        add(t, cell(t, point, nodes[e], is_giver ? MASS_OUT : MASS_IN), row[MASS][i] * share);
        add(t, cell(t, point, nodes[e], is_giver ? ENERGY_OUT : ENERGY_IN), row[ENERGY][i] * share);
        // a negative price: the giver pays
        add(t, cell(t, point, nodes[e], is_giver == (row[MONEY][i] >= 0) ? EARNED : PAID),
            fabs(row[MONEY][i]));
        if (is_giver == is_given_up) { // who throws away answers for it; else who takes
            add(t, cell(t, point, nodes[e], CO2E), row[CARBON][i]);
        }
        if (!is_giver) { // what the supplier set free for it
            add(t, cell(t, point, nodes[e], CO2E), row[PASSED][i]);
        }
    }
    if (g->owners[i] >= 0 && !is_given_up) { // burnt inside: the party's own
        add(t, cell(t, point, g->owners[i], CO2E), row[CARBON][i]);
    }
}

static enum sim_status read_ledger_run(struct sim_export *x, struct ledger *g, int64_t run,
                                       const double **row, struct sim_err *err)
{
    enum sim_status status = SIM_OK;

    for (int k = 0; k < LEDGER_COLUMNS && status == SIM_OK; k++) {
        status = sim_export_read_row(x, &g->blocks[k], run, &row[k], err);
    }
    return status;
}

static enum sim_status add_ledger_runs(struct sim_export *x, struct table *t, struct ledger *g,
                                       struct sim_err *err)
{
    int64_t first = 0;
    int64_t end = 0;

    sim_export_read_runs(x, &first, &end);
    for (int64_t run = first; run < end; run++) {
        const double *row[LEDGER_COLUMNS] = {NULL};

        SIM_TRY(read_ledger_run(x, g, run, row, err));
        for (int64_t i = 0; i < g->entries; i++) {
            add_entry(t, g, (int64_t)x->run_point[run], i, row);
        }
    }
    return SIM_OK;
}

static enum sim_status add_ledger(struct sim_export *x, struct table *t, struct sim_err *err)
{
    struct ledger g = {0};
    enum sim_status status = open_ledger(x, t, &g, err);

    if (status == SIM_OK && g.entries > 0) {
        status = add_ledger_runs(x, t, &g, err);
    }
    for (int k = 0; k < LEDGER_COLUMNS; k++) {
        sim_export_read_block_end(&g.blocks[k]);
    }
    return status;
}

// ---- own series and levels ----

/** Add a variable (run, AXIS) or (run, AXIS, time), summed over time, to the nodes from `at` on. */
static enum sim_status add_own(struct sim_export *x, struct table *t, const char *name, int at,
                               enum node_measure m, struct sim_err *err)
{
    const int var = sim_reader_find(x->r, "", name);
    struct sim_export_block block = {0};
    int64_t first = 0;
    int64_t end = 0;

    if (var < 0 || sim_reader_var_at(x->r, var)->rank < 2) {
        return SIM_OK;
    }
    const struct sim_reader_var *v = sim_reader_var_at(x->r, var);
    const int64_t nodes = v->dims[1];
    const int64_t times = v->rank == 3 ? v->dims[2] : 1;
    enum sim_status status = sim_export_read_block(x, "", name, nodes * times, &block, err);

    sim_export_read_runs(x, &first, &end);
    for (int64_t run = first; run < end && status == SIM_OK; run++) {
        const double *row = NULL;

        status = sim_export_read_row(x, &block, run, &row, err);
        for (int64_t i = 0; i < nodes * times && status == SIM_OK; i++) {
            add(t, cell(t, (int64_t)x->run_point[run], at + i / times, m), row[i]);
        }
    }
    sim_export_read_block_end(&block);
    return status;
}

/** The first node of a kind or of a later one. */
static int first_of(const struct table *t, enum node_kind kind)
{
    int at = 0;

    while (at < t->nodes.count && t->nodes.data[at].kind < kind) {
        at++;
    }
    return at;
}

static enum sim_status add_levels(struct sim_export *x, struct table *t, const char *axis, int at,
                                  struct sim_err *err)
{
    const char *start = sim_arena_format(x->arena, "%s_start", axis);
    const char *finish = sim_arena_format(x->arena, "%s_end", axis);

    SIM_TRY(add_own(x, t, start, at, LEVEL_START, err));
    return add_own(x, t, finish, at, LEVEL_END, err);
}

static enum sim_status add_owns(struct sim_export *x, struct table *t, struct sim_err *err)
{
    int at = first_of(t, NODE_STOCK);

    SIM_TRY(add_own(x, t, "running", first_of(t, NODE_UNIT), RUNNING, err));
    enum sim_status status = add_own(x, t, "down", first_of(t, NODE_UNIT), DOWN, err);

    for (int i = 0; i < sim_reader_var_count(x->r) && status == SIM_OK; i++) {
        const struct sim_reader_var *v = sim_reader_var_at(x->r, i);

        if (is_stock_axis(v)) {
            status = add_levels(x, t, v->name, at, err);
            at += (int)v->dims[0];
        }
    }
    return status;
}

// ---- telling ----

static void put_head(const struct sim_export *x, struct sim_export_csv *c)
{
    const char *const mass = units_of(x, "ledger", "mass");
    const char *const energy = units_of(x, "ledger", "energy");
    const char *const money = units_of(x, "ledger", "money");
    const char *const units[NODE_MEASURES] = {
        mass, mass, energy, energy, money, money, units_of(x, "ledger", "co2e"),
        "h",  "h",  NULL,   NULL};
    static const char *const head[] = {"point", "design", "node", "type", "party"};

    for (int i = 0; i < SIM_COUNT(head); i++) {
        sim_export_csv_text(c, head[i]);
    }
    sim_export_csv_heading(c, "latitude", "deg");
    sim_export_csv_heading(c, "longitude", "deg");
    for (int m = 0; m < NODE_MEASURES; m++) {
        sim_export_csv_heading(c, measure_names[m], units[m]);
    }
    sim_export_csv_text(c, "level unit");
    sim_export_csv_row(c);
}

static void put_node(struct sim_export *x, const struct table *t, int64_t point, int64_t i,
                     double runs, struct sim_export_csv *c)
{
    static const char *const kinds[] = {"party", "unit", "stock"};
    const struct node *n = &t->nodes.data[i];
    const char *owner = sim_arena_strndup(x->arena, n->label, strcspn(n->label, "."));

    sim_export_csv_integer(c, point);
    sim_export_csv_text(c, x->point_design != NULL ? x->point_design[point] : NULL);
    sim_export_csv_text(c, n->label);
    sim_export_csv_text(c, kinds[n->kind]);
    sim_export_csv_text(c, owner);
    const int party = find_node(t, owner, strlen(owner), true);
    const struct node *place = party >= 0 ? &t->nodes.data[party] : n;

    sim_export_csv_number(c, place->latitude, false);
    sim_export_csv_number(c, place->longitude, false);
    for (int m = 0; m < NODE_MEASURES; m++) {
        sim_export_csv_number(c, t->sums[cell(t, point, i, (enum node_measure)m)] / runs, false);
    }
    sim_export_csv_text(c, n->unit);
    sim_export_csv_row(c);
}

/** How many runs of each point went well. */
static enum sim_status count_runs(struct sim_export *x, double *out, struct sim_err *err)
{
    const double *status = NULL;
    int64_t first = 0;
    int64_t end = 0;

    SIM_TRY(sim_export_read_numbers(x, "", "status", &status, err));
    sim_export_read_runs(x, &first, &end);
    for (int64_t run = first; run < end; run++) {
        out[(int64_t)x->run_point[run]] += status == NULL || status[run] == 0 ? 1 : 0;
    }
    return SIM_OK;
}

static enum sim_status put_all(struct sim_export *x, const struct table *t,
                               struct sim_export_csv *c, struct sim_err *err)
{
    double *runs = SIM_ARENA_NEW(x->arena, double, x->point_count);

    SIM_TRY(count_runs(x, runs, err));
    put_head(x, c);
    for (int64_t point = 0; point < x->point_count; point++) {
        for (int64_t i = 0; i < t->nodes.count && runs[point] > 0; i++) {
            put_node(x, t, point, i, runs[point], c);
        }
    }
    return SIM_OK;
}

enum sim_status park_table_nodes_fill(struct sim_export *x, struct sim_export_csv *c,
                                      struct sim_err *err)
{
    struct table t = {0};
    enum sim_status status = find_nodes(x, &t, err);
    const int64_t cells = x->point_count * t.nodes.count * NODE_MEASURES;

    t.sums = SIM_ARENA_NEW(x->arena, double, cells + 1);
    for (int64_t i = 0; i < cells; i++) {
        t.sums[i] = NAN;
    }
    if (status == SIM_OK) {
        status = add_ledger(x, &t, err);
    }
    if (status == SIM_OK) {
        status = add_owns(x, &t, err);
    }
    if (status == SIM_OK) {
        status = put_all(x, &t, c, err);
    }
    SIM_VEC_FREE(&t.nodes);
    return status;
}
