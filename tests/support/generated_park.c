// SPDX-License-Identifier: MIT
#include "tests/support/generated_park.h"

#include "sim/base/file.h"
#include "sim/base/hash.h"
#include "sim/num/rng.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    GROUP = 10, // [-] firms around one works
    MILLS = 6,  // [-] of them
    KILNS = 2,
    CLUSTER = 50,       // [-] firms that steam connects when it is clustered
    LISTS_ABOVE = 1000, // [-] firms
};

/** A text that grows. */
struct text {
    char *at;
    size_t length;
    size_t capacity;
};

struct writer {
    struct text out;
    struct sim_rng rng;
    int firms;
    int pairs; // [-] named in the group that is being written
    struct generated_park_opts opts;
};

static void say(struct text *t, const char *fmt, ...) SIM_PRINTF(2, 3);

static void say(struct text *t, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    va_list again;
    va_copy(again, args);
    const size_t more = (size_t)vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    if (t->length + more + 1 > t->capacity) {
        t->capacity = 2 * (t->length + more + 1);
        t->at = sim_base_realloc(t->at, t->capacity, 1);
    }
    vsnprintf(t->at + t->length, more + 1, fmt, args);
    va_end(args);
    t->length += more;
}

/** Begin and end a group of named things ("NAME = { ... };"), or a list of them. */
static void say_begin(struct writer *w, const char *name)
{
    say(&w->out, "%s = %s\n", name, w->firms > LISTS_ABOVE ? "(" : "{");
}

static void say_end(struct writer *w)
{
    say(&w->out, w->firms > LISTS_ABOVE ? ");\n" : "};\n");
}

/** Begin and end one of them. */
static void say_name(struct writer *w, const char *name, bool is_first)
{
    if (w->firms > LISTS_ABOVE) {
        say(&w->out, "  %s{ name = \"%s\";", is_first ? "" : ", ", name);
    } else {
        say(&w->out, "  %s = {", name);
    }
}

static void say_done(struct writer *w)
{
    say(&w->out, w->firms > LISTS_ABOVE ? " }\n" : " };\n");
}

static int groups(const struct writer *w)
{
    return (w->firms + GROUP - 1) / GROUP;
}

static double between(struct writer *w, double low, double high)
{
    return low + (high - low) * sim_rng_uniform(&w->rng);
}

static int one_of(struct writer *w, int count)
{
    return (int)sim_rng_below(&w->rng, count);
}

// ---- who is who: firm 10 k + 0 is the works of group k, then mills, kilns, the waterworks

enum role {
    WORKS,
    MILL,
    KILN,
    WATER
};

static enum role role_of(int firm)
{
    const int place = firm % GROUP;
    if (place == 0) {
        return WORKS;
    }
    if (place <= MILLS) {
        return MILL;
    }
    return place <= MILLS + KILNS ? KILN : WATER;
}

static const char *calendar(struct writer *w)
{
    static const char *const names[] = {"always", "two_shifts", "one_shift"};
    return names[one_of(w, SIM_COUNT(names))];
}

static void say_failure(struct writer *w, const char *name, double mean_h)
{
    static const char *const leaves[] = {"0 %", "40 %"};
    say(&w->out,
        "        failures = { %s = { up = \"exponential(mean = %.1f h)\"; repair = "
        "\"lognormal(mean = %.1f h, cv = 1)\"; crew = \"crew%d\"; leaves = \"%s\"; }; };\n",
        name, between(w, 0.5 * mean_h, 2 * mean_h), between(w, 2, 12), one_of(w, 3),
        leaves[one_of(w, 2)]);
}

static void say_mill(struct writer *w, int firm)
{
    const double capacity = between(w, 3, 12);
    say(&w->out, "    processes = {\n      line = { kind = \"continuous\"; product = \"good%d\"; ",
        w->opts.has_one_market ? 0 : firm / GROUP);
    say(&w->out, "capacity = \"%.2f t/h\"; turndown = \"%d %%\";\n", capacity, 5 * one_of(w, 5));
    say(&w->out,
        "        inputs = { raw = \"%.4f t/t\"; steam = \"%.4f t/t\"; water = \"%.4f m3/t\"; };\n",
        between(w, 1.02, 1.2), between(w, 0.8, 2.2), between(w, 2, 9));
    say(&w->out,
        "        outputs = { sludge = { amount = \"%.4f t/t\"; to = \"yard\"; }; waste = "
        "\"%.4f m3/t\"; };\n",
        between(w, 0.04, 0.12), between(w, 1, 2));
    say_failure(w, "drive", 160);
    say(&w->out,
        "      };\n      boiler = { kind = \"boiler\"; product = \"steam\"; capacity = "
        "\"%.2f t/h\"; burns = \"husk\"; efficiency = \"%d %%\"; enthalpy = \"2.7 GJ/t\";\n",
        capacity * between(w, 1, 2.5), 78 + one_of(w, 12));
    say_failure(w, "tubes", 900);
    say(&w->out,
        "      };\n    };\n    stocks = { yard = { stream = \"sludge\"; capacity = \"%.1f t\"; "
        "initial = \"%.1f t\"; full = \"landfill\"; }; };\n",
        between(w, 8, 60), between(w, 0, 8));
}

static void say_works(struct writer *w)
{
    say(&w->out,
        "    processes = {\n      furnace = { kind = \"continuous\"; basis = \"refuse\"; capacity "
        "= \"profile(refuse%d)\";\n        inputs = { refuse = \"1 t/t\"; };\n        outputs = { "
        "steam = \"%.4f t/t\"; ash = \"%.4f t/t\"; };\n",
        one_of(w, 3), between(w, 1.8, 2.8), between(w, 0.1, 0.2));
    say_failure(w, "grate", 400);
    say(&w->out, "      };\n    };\n");
}

static void say_kiln(struct writer *w)
{
    say(&w->out,
        "    processes = {\n      kiln = { kind = \"continuous\"; product = \"brick\"; capacity = "
        "\"%.2f t/h\"; calendar = \"one_shift\";\n        inputs = { clay = \"1.1 t/t\"; sludge = "
        "{ amount = \"%.4f t/t\"; from = \"shed\"; }; };\n",
        between(w, 10, 40), between(w, 0.03, 0.08));
    say_failure(w, "fan", 120);
    say(&w->out,
        "      };\n    };\n    stocks = { shed = { stream = \"sludge\"; capacity = \"%.1f t\"; "
        "initial = \"1 t\"; }; };\n",
        between(w, 10, 40));
}

static void say_water(struct writer *w)
{
    say(&w->out,
        "    processes = {\n      plant = { kind = \"continuous\"; basis = \"waste\"; capacity = "
        "\"%.1f m3/h\";\n        inputs = { waste = \"1 m3/m3\"; };\n        outputs = { %s = "
        "\"0.6 m3/m3\"; sludge = \"0.002 t/m3\"; };\n",
        between(w, 40, 160), w->opts.has_loops ? "water" : "clean");
    say_failure(w, "pumps", 300);
    say(&w->out, "      };\n    };\n");
}

static void say_firm(struct writer *w, int firm)
{
    const enum role role = role_of(firm);
    char name[20];
    snprintf(name, sizeof name, "f%04d", firm);
    say_name(w, name, firm == 0);
    say(&w->out, " title = \"Công ty %d\"; at = ( %.4f, %.4f ); calendar = \"%s\";\n", firm,
        between(w, 10.8, 11.0), between(w, 106.7, 107.0), role == MILL ? calendar(w) : "always");
    switch (role) {
    case WORKS:
        say_works(w);
        break;
    case MILL:
        say_mill(w, firm);
        break;
    case KILN:
        say_kiln(w);
        break;
    case WATER:
        say_water(w);
        break;
    }
    say_done(w);
}

// ---- links and contracts: within a group, and a few across

struct pair {
    const char *name;
    const char *stream;
    const char *unit;
    double low; // [unit/h] capacity
    double high;
    bool has_loss;
    const char *from_stock; // "": the junction
    const char *to_stock;
};

/** The name of a link or contract begins it. */
static void say_pair_name(struct writer *w, const struct pair *p, int from, int to)
{
    char name[40];
    snprintf(name, sizeof name, "%s_%04d_%04d", p->name, from, to);
    say_name(w, name, w->pairs++ == 0);
}

static void say_link(struct writer *w, const struct pair *p, int from, int to)
{
    say_pair_name(w, p, from, to);
    say(&w->out,
        " kind = \"pipe\"; stream = \"%s\"; from = \"f%04d%s\"; to = \"f%04d%s\"; capacity = "
        "\"%.2f %s/h\";",
        p->stream, from, p->from_stock, to, p->to_stock, between(w, p->low, p->high), p->unit);
    if (p->has_loss) {
        say(&w->out, " loss = \"%.1f %%\";", between(w, 1, 6));
    }
    if (w->opts.has_delays) {
        say(&w->out, " delay = \"%d min\";", 5 + one_of(w, 30));
    }
    say_done(w);
}

static void say_contract(struct writer *w, const struct pair *p, int from, int to, int rank)
{
    say_pair_name(w, p, from, to);
    say(&w->out, " over = \"%s_%04d_%04d\"; priority = %d; price = \"%.0f VND/%s\";", p->name, from,
        to, rank, between(w, 1e3, 5e5), p->unit);
    say_done(w);
}

static const struct pair heat = {"heat", "steam", "t", 3, 12, true, "", ""};
static const struct pair belt = {"belt", "sludge", "t", 0.3, 2, false, ".yard", ".shed"};
static const struct pair reuse = {"reuse", "water", "m3", 5, 30, false, "", ""};
static const struct pair sewer = {"sewer", "waste", "m3", 5, 30, false, "", ""};

typedef void say_pair(struct writer *w, const struct pair *p, int from, int to, int rank);

static void say_link_of(struct writer *w, const struct pair *p, int from, int to, int rank)
{
    (void)rank;
    say_link(w, p, from, to);
}

/** All pairs of firms that pass something on, in a fixed order. */
static void each_pair(struct writer *w, say_pair *tell)
{
    for (int mill = 0; mill < w->firms; mill++) {
        if (role_of(mill) != MILL) {
            continue;
        }
        const int first = mill - mill % GROUP;
        const int place = mill % GROUP;
        const int kiln = first + MILLS + 1 + place % KILNS;
        const int water = first + MILLS + KILNS + 1;
        tell(w, &heat, first, mill, 1 + (place - 1) % 3);
        const bool is_apart = w->opts.is_clustered && first % CLUSTER == 0;
        if (place == 1 && first >= GROUP && !is_apart) { // the first also has the works before
            tell(w, &heat, first - GROUP, mill, 4);
        }
        if (kiln < w->firms) {
            tell(w, &belt, mill, kiln, 1);
        }
        if (water < w->firms) {
            tell(w, &sewer, mill, water, 1);
            if (w->opts.has_loops) {
                tell(w, &reuse, water, mill, 1 + (place - 1) % 3);
            }
        }
    }
}

// ---- the rest of the file

static void say_head(struct writer *w, const struct generated_park_opts *o)
{
    char until[40];
    if (o->days == 365) {
        snprintf(until, sizeof until, "2027-01-01");
    } else {
        static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
        int month = 0;
        int day = o->days;
        while (day >= length[month]) {
            day -= length[month++];
        }
        snprintf(until, sizeof until, "2026-%02d-%02d", month + 1, day + 1);
    }
    say(&w->out,
        "# Written by tests/support/generated_park.c: %d firms, seed %llu. All numbers are drawn.\n"
        "format = 1;\npark = { title = \"Khu mẫu %d\"; start = \"2026-01-01\"; until = \"%s\"; "
        "utc_offset = \"+07:00\";\n  record = { every = \"%s\"; }; seed = %llu; };\n"
        "economy = { currency = \"VND\"; };\n",
        o->firms, (unsigned long long)o->seed, o->firms, until, o->every,
        (unsigned long long)o->seed);
}

static void say_streams(struct writer *w)
{
    static const struct {
        const char *name, *what;
    } streams[] = {
        {"brick", "unit = \"t\"; kind = \"product\";"},
        {"raw", "unit = \"t\"; kind = \"material\"; upstream = \"0.4 tCO2e/t\";"},
        {"clay", "unit = \"t\"; kind = \"material\";"},
        {"husk", "unit = \"t\"; kind = \"fuel\"; energy = \"12.6 GJ/t\"; burning = { biogenic = "
                 "\"1.3 tCO2e/t\"; };"},
        {"refuse", "unit = \"t\"; kind = \"waste\";"},
        {"ash", "unit = \"t\"; kind = \"waste\";"},
        {"sludge", "unit = \"t\"; kind = \"waste\";"},
        {"steam", "unit = \"t\"; kind = \"heat\"; energy = \"2.76 GJ/t\";"},
        {"water", "unit = \"m3\"; kind = \"water\"; density = \"1 t/m3\";"},
        {"clean", "unit = \"m3\"; kind = \"water\"; density = \"1 t/m3\";"},
        {"waste", "unit = \"m3\"; kind = \"wastewater\"; density = \"1 t/m3\";"},
    };
    say_begin(w, "streams");
    for (int i = 0; i < groups(w); i++) {
        char name[24];
        snprintf(name, sizeof name, "good%d", i);
        say_name(w, name, i == 0);
        say(&w->out, " unit = \"t\"; kind = \"product\";");
        say_done(w);
    }
    for (int i = 0; i < SIM_COUNT(streams); i++) {
        say_name(w, streams[i].name, false);
        say(&w->out, " %s", streams[i].what);
        say_done(w);
    }
    say_end(w);
}

static void say_times(struct writer *w)
{
    const int times = w->firms > CLUSTER ? (w->firms + CLUSTER - 1) / CLUSTER : 1;
    say(&w->out,
        "calendars = {\n  always = { };\n"
        "  two_shifts = { open = ( \"Mon-Sat 06:00-22:00\" );%s };\n"
        "  one_shift = { open = ( \"Mon-Fri 07:00-15:30\" ); maintenance = ( \"yearly "
        "07-01 for 5 days\" ); };\n};\n"
        "crews = {\n  crew0 = { size = %d; };\n  crew1 = { size = %d; calendar = "
        "\"two_shifts\"; };\n  crew2 = { size = %d; };\n};\n",
        w->opts.days > 44 ? " closed = ( \"2026-02-14..2026-02-22\" );" : "", 2 * times, times,
        3 * times);
}

static void say_goods(struct writer *w)
{
    const bool is_list = w->firms > LISTS_ABOVE;
    say(&w->out, "  customers = { buys = %s\n", is_list ? "(" : "{");
    say_name(w, "brick", true);
    say(&w->out, " price = \"1.1e6 VND/t\";");
    say_done(w);
    for (int i = 0; i < (w->opts.has_one_market ? 1 : groups(w)); i++) {
        const double mean = between(w, 4, 7) * MILLS * (w->opts.has_one_market ? groups(w) : 1);
        char name[24];
        snprintf(name, sizeof name, "good%d", i);
        say_name(w, name, false);
        say(&w->out,
            " price = \"%.0f VND/t\"; demand = \"normal(%.2f t/h, %.2f t/h, min = 0 t/h)\"; "
            "redraw = \"1 day\";",
            between(w, 4e6, 9e6), mean, 0.2 * mean);
        say_done(w);
    }
    say(&w->out, "  %s; };\n", is_list ? ")" : "}");
}

static void say_markets(struct writer *w)
{
    for (int i = 0; i < 3; i++) {
        say(&w->out,
            "%s  refuse%d = { csv = \"refuse.csv\"; column = \"line%d\"; unit "
            "= \"t/h\"; repeat = \"week\"; };\n",
            i == 0 ? "profiles = {\n" : "", i, i);
    }
    say(&w->out,
        "};\nmarkets = {\n  suppliers = { sells = { raw = { price = \"2e6 VND/t\"; }; clay = { "
        "price = \"0.1e6 VND/t\"; }; husk = { price = \"0.95e6 VND/t\"; };\n    water = { price = "
        "\"12000 VND/m3\"; }; refuse = { price = \"-300000 VND/t\"; }; }; };\n");
    say_goods(w);
    say(&w->out,
        "  landfill = { disposes = { sludge = { fate = \"landfill\"; price = \"-450000 "
        "VND/t\"; emission = \"0.4 tCO2e/t\"; };\n    ash = { fate = \"landfill\"; price = "
        "\"-450000 VND/t\"; }; }; };\n"
        "  air = { disposes = { steam = { fate = \"vent\"; }; }; };\n"
        "  river = { disposes = { waste = { fate = \"discharge\"; price = \"-4000 "
        "VND/m3\"; }; clean = { fate = \"discharge\"; };%s }; };\n};\n",
        w->opts.has_loops ? " water = { fate = \"discharge\"; };" : "");
}

/** Refuse every four hours of a week, three lines. */
static char *refuse_csv(struct writer *w)
{
    struct text t = {0};
    say(&t, "time [h],line0,line1,line2\n");
    for (int hour = 0; hour < 168; hour += 4) {
        say(&t, "%d,%.2f,%.2f,%.2f\n", hour, between(w, 4, 14), between(w, 6, 18),
            hour % 24 < 8 ? between(w, 2, 5) : between(w, 8, 20));
    }
    return t.at;
}

static void say_park(struct writer *w, const struct generated_park_opts *opts)
{
    say_head(w, opts);
    say_streams(w);
    say_times(w);
    say_markets(w);
    say_begin(w, "firms");
    for (int i = 0; i < w->firms; i++) {
        say_firm(w, i);
    }
    say_end(w);
    say_begin(w, "links");
    w->pairs = 0;
    each_pair(w, say_link_of);
    say_end(w);
    say_begin(w, "exchanges");
    w->pairs = 0;
    each_pair(w, say_contract);
    say_end(w);
}

static enum sim_status write_file(const char *folder, const char *name, char *text,
                                  struct sim_err *err)
{
    char *path = sim_file_join(folder, name);
    enum sim_status s = sim_file_make_parents(path, err);
    if (s == SIM_OK) {
        s = sim_file_write(path, text, strlen(text), err);
    }
    free(path);
    free(text);
    return s;
}

struct generated_park_opts generated_park_opts_default(void)
{
    return (struct generated_park_opts){.firms = 50, .days = 365, .seed = 1, .every = "1 day"};
}

enum sim_status generated_park_write(const char *folder, const struct generated_park_opts *opts,
                                     char **out_path, struct sim_err *err)
{
    SIM_REQUIRE(opts->firms >= 1 && opts->days >= 1 && opts->days <= 365, "a park and a time");
    struct writer w = {
        .rng = sim_rng_make(opts->seed, 0, sim_hash_text("generated_park", 0), 0),
        .firms = opts->firms,
        .opts = *opts,
    };
    *out_path = NULL;
    say_park(&w, opts);
    enum sim_status s = write_file(folder, "refuse.csv", refuse_csv(&w), err);
    if (s != SIM_OK) {
        free(w.out.at);
        return s;
    }
    s = write_file(folder, "park.cfg", w.out.at, err);
    if (s == SIM_OK) {
        *out_path = sim_file_join(folder, "park.cfg");
    }
    return s;
}

void generated_park_remove(const char *folder)
{
    static const char *const names[] = {"refuse.csv", "park.cfg"};
    for (int i = 0; i < SIM_COUNT(names); i++) {
        char *path = sim_file_join(folder, names[i]);
        unlink(path);
        free(path);
    }
    rmdir(folder);
}
