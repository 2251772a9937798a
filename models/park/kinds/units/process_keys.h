/** @file
 * The keys that every kind of process and unit has.
 *
 * A kind of process is a table of keys over `struct park_process`; what all have in common stands
 * here once, and PARK_PROCESS_KEYS puts it into a table.
 *
 * Private to models/park.
 */
#ifndef PARK_PROCESS_KEYS_H
#define PARK_PROCESS_KEYS_H

#include "models/park/base/kinds.h"

extern const struct sim_kind park_processes_input;  // what it takes of one stream
extern const struct sim_kind park_processes_output; // what it makes of one stream
extern const char *const park_processes_modes[];    // "push", "pull"

// clang-format off
#define PARK_PROCESS_FIELD(key, kind_of, field)                                                    \
    .name = key, .type = kind_of, .offset = offsetof(struct park_process, field)

// Of an input, output or fuel: its struct is a struct park_flow.
#define PARK_FLOW_AMOUNT(what)                                                                     \
    {.name = "amount", .type = SIM_KEY_VALUE, .offset = offsetof(struct park_flow, amount),        \
     .dim = "{name}/{basis}", .min = "0", .flags = SIM_KEY_REQUIRED | SIM_KEY_ABOVE_MIN,           \
     .doc = what}

#define PARK_FLOW_FROM                                                                             \
    {.name = "from", .type = SIM_KEY_REF, .refers = ".stocks",                                     \
     .offset = offsetof(struct park_flow, from),                                                   \
     .doc = "stock of the firm it is taken from; default: the firm's junction"}

#define PARK_PROCESS_MODE(by_default)                                                              \
    {PARK_PROCESS_FIELD("mode", SIM_KEY_CHOICE, mode), .choices = park_processes_modes,            \
     .initial = by_default,                                                                        \
     .doc = "push: runs at what inputs and outlets allow; pull: makes what users of its product "  \
            "ask (and fills stocks to their target)"}

#define PARK_PROCESS_MERIT                                                                         \
    {PARK_PROCESS_FIELD("merit", SIM_KEY_COUNT, merit), .initial = "1", .min = "1", .max = "1000", \
     .doc = "1 is asked first; units of one merit run at equal fill"},                             \
    {PARK_PROCESS_FIELD("standby", SIM_KEY_BOOL, standby), .initial = "false",                     \
     .doc = "asked only after all units that are not on standby, whatever its merit"}

#define PARK_PROCESS_KEYS                                                                          \
    {PARK_PROCESS_FIELD("title", SIM_KEY_TEXT, title), .doc = "its name in reports"},              \
    {PARK_PROCESS_FIELD("product", SIM_KEY_REF, product_ref), .refers = "streams",                 \
     .doc = "main product; of a utility's unit: the utility's stream"},                            \
    {PARK_PROCESS_FIELD("capacity", SIM_KEY_VALUE, capacity), .dim = "{basis}/h",                  \
     .forms = SIM_FORM_QUANTITY | SIM_FORM_DIST | SIM_FORM_PROFILE, .min = "0",                    \
     .flags = SIM_KEY_REQUIRED | SIM_KEY_RUN, .doc = "most it can do, of its basis"},              \
    {PARK_PROCESS_FIELD("redraw", SIM_KEY_VALUE, redraw), .dim = "h", .min = "0",                  \
     .flags = SIM_KEY_ABOVE_MIN | SIM_KEY_OF_CHANCE, .initial = "1 day",                           \
     .doc = "a capacity that is a distribution is drawn anew this often"},                         \
    {PARK_PROCESS_FIELD("turndown", SIM_KEY_VALUE, turndown), .min = "0 %", .max = "100 %",        \
     .initial = "0 %",                                                                             \
     .doc = "least load, as a share of its capacity now; below it the unit is switched off. Where " \
            "several are below, the one furthest below goes first (of equals the last by name)"},  \
    {PARK_PROCESS_FIELD("restart_band", SIM_KEY_VALUE, restart_band), .min = "0 %",                \
     .initial = "5 %",                                                                             \
     .doc = "a unit that its `turndown` switched off restarts when it would run at least so far "  \
            "above its least load (5 %: 1.05 x the least load), or at full load where that is "    \
            "less, and push no other unit below its own. 0: as soon as it would keep its least "   \
            "load. Those that are off are tried one by one, by merit, then name. One that failed " \
            "because a stock was full or empty waits until that is at another of its levels: its " \
            "target, its reorder level, empty, full"},                                             \
    {PARK_PROCESS_FIELD("calendar", SIM_KEY_REF, calendar_ref), .refers = "calendars",             \
     .doc = "when it may run; default: the firm's"},                                               \
    {PARK_PROCESS_FIELD("enters", SIM_KEY_TIME, enters),                                           \
     .doc = "date from which it is there; default: as its firm"},                                  \
    {PARK_PROCESS_FIELD("leaves", SIM_KEY_TIME, leaves), .doc = "date from which it is gone"},     \
    {PARK_PROCESS_FIELD("priority", SIM_KEY_COUNT, priority), .initial = "0", .min = "0",          \
     .max = "1000000",                                                                             \
     .doc = "class of its inputs among the takers: 0 before any contract (1) and market (9)"},     \
    {PARK_PROCESS_FIELD("order", SIM_KEY_COUNT, order), .initial = "-1", .min = "-1",              \
     .max = "1000000",                                                                             \
     .doc = "class of its outputs among the givers. -1: 0 (first) for push and for by-products, "  \
            "5 for the product of pull: after contracts (1), before markets (9)"},                 \
    {PARK_PROCESS_FIELD("process_emissions", SIM_KEY_VALUE, process_emissions),                    \
     .dim = "tCO2e/{basis}",                                                                       \
     .doc = "fossil emissions of the process itself (not of its fuel), per unit of its basis; "    \
            "scope 1"},                                                                            \
    {PARK_PROCESS_FIELD("inputs", SIM_KEY_MAP, inputs), .kind = &park_processes_input,             \
     .names_refer = "streams", .doc = "what it takes, by stream"},                                 \
    {PARK_PROCESS_FIELD("outputs", SIM_KEY_MAP, outputs), .kind = &park_processes_output,          \
     .names_refer = "streams", .doc = "what it makes besides the product, by stream"},             \
    {PARK_PROCESS_FIELD("failures", SIM_KEY_MAP, failures), .kind = &park_failures_kind,           \
     .doc = "how it breaks"}
// clang-format on

/** What a kind of process or unit adds to the recipe written as `inputs` and `outputs`; the `model`
 * of its sim_kind. Its struct begins with the struct of a process. */
struct park_recipe {
    void (*add)(struct park_loader *l, struct park_process *s);
};

/** Add a flow of a process, of so much per unit of its basis [SI/SI]; NULL, told at `at`, when the
 * stream is an input (an output) already. Borrowed until the next one is added. */
struct park_flow *park_processes_add(struct park_loader *l, struct park_process *s, int32_t stream,
                                     bool gives, double coef, const struct sim_node *at);
/** It comes from (or goes to) the stock that `at` names, if any. */
void park_processes_from(struct park_loader *l, struct park_flow *f, const struct sim_ref *at);

/** Activities of processes, with their flows. */
void park_build_processes(struct park_builder *b);

#endif
