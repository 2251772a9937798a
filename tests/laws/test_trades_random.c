// What must not change how trades and contracts share, on random parks: other units; all
// capacities, stocks and demands doubled (twice as much); every party, markets too, as two of half
// size, each contract as the four between the halves (the same sums); somebody who gets and gives
// nothing.
// No trade stands in one class with processes: a trade weighs the whole offer, or need, of its
// other end, so halves of a firm would see all of it beside half of their own.
// For the same reason nobody only passes on.
//
//     ECO_TRADES_SEED=S ECO_TRADES_PARKS=N build/release/tests/test_trades_random
//
// tries N parks of seed S instead of those of an ordinary test.
#include "sim/base/strtab.h"
#include "sim/base/vec.h"
#include "sim/num/rng.h"
#include "tests/support/park_kit.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef NDEBUG
static const uint64_t PARKS = 600;
#else
static const uint64_t PARKS = 60;
#endif

enum {
    FIRMS = 5,
    MARKETS = 4,
    STREAMS = 3,
    CONTRACTS = 60
};

/** An amount per hour, or what a stock holds; < 0: there is none. */
typedef double amount;

struct firm {
    amount maker[STREAMS], boiler[STREAMS], user[STREAMS], turner[STREAMS];
    bool turner_pulls[STREAMS];
    double turner_takes[STREAMS]; // of the stream, per unit of the next one
    amount stock[STREAMS];
    double level[STREAMS], target[STREAMS]; // shares of the stock
    bool maker_stores[STREAMS], user_draws[STREAMS];
    bool trades;
};

struct market {
    bool sells[STREAMS], buys[STREAMS];
    amount supply[STREAMS], demand[STREAMS]; // < 0: no limit
    int order[STREAMS], priority[STREAMS];
};

struct contract {
    int stream, from, to; // firms first, then markets; the last one is the tip
    int priority, order;
    bool from_stock, to_stock;
};

struct draft {
    int firms, markets, streams, contracts;
    struct firm firm[FIRMS];
    struct market market[MARKETS];
    struct contract contract[CONTRACTS];
    amount tip[STREAMS]; // < 0: no limit
};

// ---- Drawing ----

static struct sim_rng rng;

static bool chance(double p)
{
    return sim_rng_uniform(&rng) < p;
}

static int below(int count)
{
    return (int)sim_rng_below(&rng, count);
}

static amount some(double p, double most)
{
    const double u = 0.05 + 0.95 * sim_rng_uniform(&rng);
    return chance(p) ? most * u * u : -1;
}

static void draw_firm(struct firm *f, int streams)
{
    for (int s = 0; s < streams; s++) {
        f->maker[s] = some(0.45, 20);
        f->boiler[s] = some(0.25, 20);
        f->user[s] = some(0.55, 20);
        f->turner[s] = s + 1 < streams ? some(0.3, 10) : -1;
        f->turner_takes[s] = 0.4 + sim_rng_uniform(&rng);
        f->turner_pulls[s] = chance(0.4);
        f->stock[s] = some(0.25, 200);
        f->level[s] = sim_rng_uniform(&rng);
        f->target[s] = chance(0.5) ? 1 : 0.2 + 0.7 * sim_rng_uniform(&rng);
        f->maker_stores[s] = f->stock[s] > 0 && chance(0.6);
        f->user_draws[s] = f->stock[s] > 0 && chance(0.6);
    }
    f->trades = chance(0.3);
    for (int s = 0; s < streams; s++) { // who trades has goods of its own, see above
        f->trades = f->trades && f->maker[s] >= 0 && !f->maker_stores[s];
    }
}

static void draw_market(struct market *m, int streams)
{
    static const int orders[] = {9, 9, 9, 4, 2};
    static const int priorities[] = {9, 9, 9, 1, 2};
    for (int s = 0; s < streams; s++) {
        m->sells[s] = chance(0.45);
        m->supply[s] = some(0.6, 30);
        m->order[s] = orders[below(SIM_COUNT(orders))];
        m->buys[s] = chance(0.45);
        m->demand[s] = some(0.6, 30);
        m->priority[s] = priorities[below(SIM_COUNT(priorities))];
    }
}

// At the junction of a firm.
static bool makes(const struct firm *f, int s)
{
    return (f->maker[s] >= 0 && !f->maker_stores[s]) || f->boiler[s] >= 0 ||
           (s > 0 && f->turner[s - 1] >= 0);
}

static bool uses(const struct firm *f, int s)
{
    return (f->user[s] >= 0 && !f->user_draws[s]) || f->turner[s] >= 0;
}

static bool may_be(const struct draft *d, int stream, int from, int to)
{
    const int tip = d->firms + d->markets;
    if (from < d->firms && to < d->firms) {
        return from < to && chance(0.25);
    }
    if (from < d->firms) {
        return to == tip ? chance(0.4) : d->market[to - d->firms].buys[stream] && chance(0.2);
    }
    return from < tip && to < d->firms && d->market[from - d->firms].sells[stream] && chance(0.2);
}

static void draw_contracts(struct draft *d)
{
    static const int classes[] = {1, 1, 1, 2, 3, 9};
    const int parties = d->firms + d->markets + 1;
    for (int s = 0; s < d->streams; s++) {
        for (int from = 0; from < parties; from++) {
            for (int to = 0; to < parties && d->contracts < CONTRACTS; to++) {
                if (!may_be(d, s, from, to)) {
                    continue;
                }
                struct contract *c = &d->contract[d->contracts++];
                *c = (struct contract){.stream = s, .from = from, .to = to};
                c->priority = to == parties - 1 ? 10 : classes[below(SIM_COUNT(classes))];
                c->order = classes[below(SIM_COUNT(classes))];
                c->from_stock = from < d->firms && d->firm[from].stock[s] > 0 && chance(0.3);
                c->to_stock = to < d->firms && d->firm[to].stock[s] > 0 && chance(0.4);
                const bool has_from = from >= d->firms || c->from_stock || makes(&d->firm[from], s);
                const bool has_to = to >= d->firms || c->to_stock || uses(&d->firm[to], s);
                d->contracts -= has_from && has_to ? 0 : 1; // nothing could pass
            }
        }
    }
}

static void draw(uint64_t seed, uint64_t number, struct draft *d)
{
    rng = sim_rng_make(seed, number, 77, 1);
    memset(d, 0, sizeof(*d));
    d->firms = 1 + below(FIRMS);
    d->markets = 1 + below(MARKETS);
    d->streams = 1 + below(STREAMS);
    for (int f = 0; f < d->firms; f++) {
        draw_firm(&d->firm[f], d->streams);
    }
    for (int m = 0; m < d->markets; m++) {
        draw_market(&d->market[m], d->streams);
    }
    for (int s = 0; s < d->streams; s++) {
        d->tip[s] = some(0.4, 20);
    }
    draw_contracts(d);
}

// ---- Writing ----

struct manner {
    const char *unit; // of all streams
    double per_t;     // how many of it are a tonne
    double scale;     // of all capacities, stocks, demands
    int halves;       // 1 or 2: how many every party is cut into
    bool idle;        // with somebody who gets and gives nothing
};

static double size(const struct manner *w, amount a)
{
    return a * w->per_t * w->scale / w->halves;
}

static const char *half(const struct manner *w, int h)
{
    static const char *const names[] = {"_x", "_y"};
    return w->halves == 1 ? "" : names[h];
}

static void write_party(FILE *f, const struct draft *d, const struct manner *w, int party, int h)
{
    if (party < d->firms) {
        fprintf(f, "f%d%s", party, half(w, h));
    } else if (party < d->firms + d->markets) {
        fprintf(f, "m%d%s", party - d->firms, half(w, h));
    } else {
        fprintf(f, "tip%s", half(w, h));
    }
}

static void write_process(FILE *f, const struct manner *w, const char *name, const char *keys,
                          int stream, amount a)
{
    char number[16];
    snprintf(number, sizeof(number), "%d", stream);
    if (a >= 0) {
        fprintf(f, "   %s%d = { kind = \"continuous\"; capacity = \"%.17g %s/h\"; ", name, stream,
                size(w, a), w->unit);
        for (const char *c = keys; *c != '\0'; c++) { // # is the stream
            fputs(*c == '#' ? number : (char[]){*c, '\0'}, f);
        }
        fputs(" };\n", f);
    }
}

static void write_turner(FILE *f, const struct firm *x, const struct manner *w, int s)
{
    if (x->turner[s] >= 0) {
        fprintf(f,
                "   t%d = { kind = \"continuous\"; mode = \"%s\"; product = \"s%d\"; capacity = "
                "\"%.17g %s/h\"; inputs = { s%d = \"%.17g %s/%s\"; }; };\n",
                s, x->turner_pulls[s] ? "pull" : "push", s + 1, size(w, x->turner[s]), w->unit, s,
                x->turner_takes[s], w->unit, w->unit);
    }
}

static void write_firm(FILE *f, const struct firm *x, const struct manner *w, int streams)
{
    fprintf(f, "trades = %s; processes = {\n", x->trades ? "true" : "false");
    for (int s = 0; s < streams; s++) {
        write_process(f, w, "p",
                      x->maker_stores[s]
                          ? "product = \"s#\"; outputs = { s# = { amount = \"1 t/t\"; "
                            "to = \"k#\"; }; };"
                          : "product = \"s#\";",
                      s, x->maker[s]);
        write_process(f, w, "o", "mode = \"pull\"; product = \"s#\";", s, x->boiler[s]);
        write_process(f, w, "u",
                      x->user_draws[s]
                          ? "basis = \"s#\"; inputs = { s# = { amount = \"1 t/t\"; from "
                            "= \"k#\"; }; };"
                          : "basis = \"s#\"; inputs = { s# = \"1 t/t\"; };",
                      s, x->user[s]);
        write_turner(f, x, w, s);
    }
    fputs("  }; stocks = {\n", f);
    for (int s = 0; s < streams; s++) {
        if (x->stock[s] >= 0) {
            fprintf(f,
                    "   k%d = { stream = \"s%d\"; capacity = \"%.17g %s\"; initial = \"%.17g %s\"; "
                    "target = \"%.17g %s\"; };\n",
                    s, s, size(w, x->stock[s]), w->unit, size(w, x->stock[s] * x->level[s]),
                    w->unit, size(w, x->stock[s] * x->target[s]), w->unit);
        }
    }
    fputs("  };", f);
}

static void write_limit(FILE *f, const struct manner *w, const char *key, amount a)
{
    if (a >= 0) {
        fprintf(f, " %s = \"%.17g %s/h\";", key, size(w, a), w->unit);
    }
}

static void write_market(FILE *f, const struct market *m, const struct manner *w, int streams)
{
    fputs("sells = {", f);
    for (int s = 0; s < streams; s++) {
        if (m->sells[s]) {
            fprintf(f, " s%d = { order = %d;", s, m->order[s]);
            write_limit(f, w, "capacity", m->supply[s]);
            fputs(" };", f);
        }
    }
    fputs(" }; buys = {", f);
    for (int s = 0; s < streams; s++) {
        if (m->buys[s]) {
            fprintf(f, " s%d = { priority = %d;", s, m->priority[s]);
            write_limit(f, w, "demand", m->demand[s]);
            fputs(" };", f);
        }
    }
    fputs(" };", f);
}

// A second tip disposes of everything, too, so that nothing goes there but by contract.
static void write_tips(FILE *f, const struct draft *d, const struct manner *w)
{
    for (int h = 0; h < w->halves + 1; h++) {
        if (h == w->halves) {
            fputs("  other_tip", f);
        } else {
            fputs("  ", f);
            write_party(f, d, w, d->firms + d->markets, h);
        }
        fputs(" = { disposes = {", f);
        for (int s = 0; s < d->streams; s++) {
            fprintf(f, " s%d = { fate = \"landfill\";", s);
            write_limit(f, w, "capacity", d->tip[s]);
            fputs(" };", f);
        }
        fputs(" }; };\n", f);
    }
}

static void write_end(FILE *f, const struct draft *d, const struct manner *w,
                      const struct contract *c, bool is_from, int h)
{
    fprintf(f, " %s = \"", is_from ? "from" : "to");
    write_party(f, d, w, is_from ? c->from : c->to, h);
    fprintf(f, (is_from ? c->from_stock : c->to_stock) ? ".k%d\";" : "\";", c->stream);
}

static void write_contract(FILE *f, const struct draft *d, const struct manner *w, int i)
{
    const struct contract *c = &d->contract[i];
    for (int x = 0; x < w->halves; x++) {
        for (int y = 0; y < w->halves; y++) {
            fprintf(f, "  c%d_%d%d = { stream = \"s%d\"; priority = %d; order = %d;", i, x, y,
                    c->stream, c->priority, c->order);
            write_end(f, d, w, c, true, x);
            write_end(f, d, w, c, false, y);
            fputs(" };\n", f);
        }
    }
}

static void write_idle_firm(FILE *f, const struct draft *d, const struct manner *w)
{
    struct firm idle = {.trades = false};
    for (int s = 0; s < STREAMS; s++) {
        idle.turner[s] = s + 1 < d->streams ? 0 : -1;
        idle.turner_takes[s] = 1;
        idle.stock[s] = -1;
    }
    fputs("  idle = { ", f);
    write_firm(f, &idle, w, d->streams);
    fputs(" };\n", f);
}

static void write_idle_market(FILE *f, const struct draft *d, const struct manner *w)
{
    struct market idle = {.order = {9, 4, 0}, .priority = {1, 9, 0}};
    for (int s = 0; s < STREAMS; s++) {
        idle.sells[s] = idle.buys[s] = true;
    }
    fputs("  idler = { ", f);
    write_market(f, &idle, w, d->streams);
    fputs(" };\n", f);
}

static void write_parties(FILE *f, const struct draft *d, const struct manner *w)
{
    fputs("firms = {\n", f);
    for (int i = 0; i < d->firms * w->halves; i++) {
        fputs("  ", f);
        write_party(f, d, w, i / w->halves, i % w->halves);
        fputs(" = { ", f);
        write_firm(f, &d->firm[i / w->halves], w, d->streams);
        fputs(" };\n", f);
    }
    if (w->idle) {
        write_idle_firm(f, d, w);
    }
    fputs("};\nmarkets = {\n", f);
    for (int i = 0; i < d->markets * w->halves; i++) {
        fputs("  ", f);
        write_party(f, d, w, d->firms + i / w->halves, i % w->halves);
        fputs(" = { ", f);
        write_market(f, &d->market[i / w->halves], w, d->streams);
        fputs(" };\n", f);
    }
    if (w->idle) {
        write_idle_market(f, d, w);
    }
    write_tips(f, d, w);
    fputs("};\n", f);
}

static char *write_park(const struct draft *d, const struct manner *w)
{
    char *text = NULL;
    size_t length = 0;
    FILE *f = open_memstream(&text, &length);
    fputs("format = 1;\npark = { start = \"2026-01-01\"; until = \"2026-01-02\"; };\n"
          "economy = { currency = \"EUR\"; };\nstreams = {",
          f);
    for (int s = 0; s < d->streams; s++) {
        fprintf(f, " s%d = { unit = \"%s\"; };", s, w->unit);
    }
    fputs(" };\n", f);
    write_parties(f, d, w);
    fputs("exchanges = {\n", f);
    for (int i = 0; i < d->contracts; i++) {
        write_contract(f, d, w, i);
    }
    if (w->idle && makes(&d->firm[0], 0)) {
        fputs("  to_idle = { stream = \"s0\"; from = \"f0\"; to = \"idle\"; };\n", f);
    }
    fputs("};\n", f);
    fclose(f);
    return text;
}

// ---- What comes out ----

/** Sums by label, in which halves count as one. */
struct sums {
    struct sim_strtab *labels;
    SIM_VEC(double) values;
    double most;
};

static void add(struct sums *s, const char *label, const char *what, double value)
{
    char name[300];
    size_t used = (size_t)snprintf(name, sizeof(name), "%s ", what);
    for (const char *c = label; *c != '\0' && *c != '(' && used + 1 < sizeof(name); c++) {
        const bool is_half = c[0] == '_' && (c[1] == 'x' || c[1] == 'y');
        c += is_half ? 1 : 0;
        if (!is_half) {
            name[used++] = *c;
        }
    }
    used -= name[used - 1] == ' ' ? 1 : 0; // before "(which of several)"
    name[used] = '\0';
    const int32_t id = sim_strtab_intern(s->labels, name);
    while (s->values.count <= id) {
        SIM_VEC_PUSH(&s->values, 0);
    }
    s->values.data[id] += value;
    s->most = fmax(s->most, fabs(s->values.data[id]));
}

static void add_axis(struct sums *s, const struct park_kit *k, const struct sim_schema_axis *axis)
{
    for (int i = 0; i < 2; i++) {
        char name[128];
        char *const format =
            sim_base_format(i == 0 ? "flow_%s_total" : "unserved_%s", axis->name + strlen("link_"));
        snprintf(name, sizeof(name), "%s", format);
        free(format);
        const int var = sim_schema_var_find(k->schema, NULL, name);
        for (int64_t at = 0; var >= 0 && at < axis->length; at++) {
            // Of what a process with outputs lacks, how much is unserved is told by its cause.
            if (i == 0 || strstr(axis->labels[at], ".t") == NULL) {
                add(s, axis->labels[at], i == 0 ? "flow" : "unserved",
                    sim_row_f64_const(k->row, var)[at]);
            }
        }
    }
}

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
    const char *said = getenv(name);
    return said != NULL ? strtoull(said, NULL, 10) : otherwise;
}

enum outcome {
    REFUSED,
    FAILED,
    RAN
};

static enum outcome try_park(const char *text, struct sums *out)
{
    struct park_kit k;
    char *why = NULL;
    *out = (struct sums){.labels = sim_strtab_create()};
    if (!park_kit_try_text(&k, text, &why)) {
        if (from_environment("ECO_TRADES_SHOW", 0) > 0) {
            fputs(why, stderr);
        }
        free(why);
        return REFUSED;
    }
    const enum sim_status status = park_kit_make(&k, 0, NULL);
    for (int a = 0; status == SIM_OK && a < sim_schema_axis_count(k.schema); a++) {
        const struct sim_schema_axis *axis = sim_schema_axis_at(k.schema, a);
        if (strncmp(axis->name, "link_", strlen("link_")) == 0) {
            add_axis(out, &k, axis);
        }
    }
    if (status != SIM_OK) {
        fprintf(stderr, "%s\n", k.err.text);
    }
    park_kit_close(&k);
    return status == SIM_OK ? RAN : FAILED;
}

static void forget(struct sums *s)
{
    sim_strtab_destroy(s->labels);
    SIM_VEC_FREE(&s->values);
}

/** The largest difference of `b`, times `factor`, from `a`, as a share of the largest sum. */
static double distance(const struct sums *a, const struct sums *b, double factor, const char **out)
{
    double worst = 0;
    for (int32_t i = 0; i < a->values.count; i++) {
        const char *label = sim_strtab_name(a->labels, i);
        const int32_t j = sim_strtab_find(b->labels, label);
        const double other = j >= 0 ? b->values.data[j] * factor : 0;
        const double gap = fabs(a->values.data[i] - other) / fmax(a->most, 1e-300);
        if (gap > worst) {
            worst = gap;
            *out = label;
        }
    }
    return worst;
}

static void compare(const char *what, const struct manner *w, double factor)
{
    static const struct manner plain = {"t", 1, 1, 1, false};
    const uint64_t parks = from_environment("ECO_TRADES_PARKS", PARKS);
    const uint64_t seed = from_environment("ECO_TRADES_SEED", 20261130);
    struct draft d;
    double worst = 0;
    int compared = 0;
    int faults = 0;
    for (uint64_t number = from_environment("ECO_TRADES_FROM", 0); compared < (int)parks;
         number++) {
        struct sums a;
        struct sums b;
        const char *label = "";
        draw(seed, number, &d);
        char *one = write_park(&d, &plain);
        char *two = write_park(&d, w);
        const enum outcome first = try_park(one, &a);
        const enum outcome second = try_park(two, &b);
        const double gap = first == RAN && second == RAN ? distance(&a, &b, factor, &label) : 0;
        compared += first == RAN ? 1 : 0;
        worst = fmax(worst, gap);
        if (first != second || first == FAILED || !(gap <= 1e-9)) {
            const int32_t j = sim_strtab_find(b.labels, label);
            const int32_t i = sim_strtab_find(a.labels, label);
            fprintf(stderr, "%s: seed %d, park %d: outcome %d, %d; %s: %.10g, %.10g\n", what,
                    (int)seed, (int)number, (int)first, (int)second, label,
                    i >= 0 ? a.values.data[i] : 0, j >= 0 ? factor * b.values.data[j] : 0);
            if (faults++ < (int)from_environment("ECO_TRADES_SHOW", 1)) {
                fprintf(stderr, "%s\n%s\n", one, two);
            }
        }
        forget(&a);
        forget(&b);
        free(one);
        free(two);
    }
    fprintf(stderr, "%s: %d parks, largest difference %.2g\n", what, compared, worst);
    cr_expect(faults == 0, "%d of %d parks differ", faults, compared);
}

Test(trades_random, other_units_change_nothing)
{
    compare("units", &(struct manner){"kg", 1000, 1, 1, false}, 1e-3);
}

Test(trades_random, all_doubled_gives_twice)
{
    compare("doubled", &(struct manner){"t", 1, 2, 1, false}, 0.5);
}

Test(trades_random, halves_of_all_parties_give_the_same_sums)
{
    compare("halves", &(struct manner){"t", 1, 1, 2, false}, 1);
}

Test(trades_random, somebody_who_gets_and_gives_nothing_changes_nothing)
{
    compare("idle", &(struct manner){"t", 1, 1, 1, true}, 1);
}
