/** @file
 * A park as plain data, for the independent reference: what a random park holds, and its park file.
 *
 * The reference (ref_net, ref_rates, ref_run) works from these structs alone and shares no code
 * with the program; the program reads the text that ref_park_write makes of them. So both see the
 * same park, and nothing else is common. Amounts are in the streams' units, times in minutes from
 * the start of the park (a midnight), rates per hour.
 *
 * Things are taken out by `there = false`, so that a park can be made smaller without renumbering.
 */
#ifndef TESTS_SUPPORT_REF_PARK_H
#define TESTS_SUPPORT_REF_PARK_H

#include <stdbool.h>
#include <stdint.h>

enum {
    REF_NAME = 8,
    REF_STREAMS = 4,
    REF_FIRMS = 12,
    REF_PROCESSES = 40,
    REF_STOCKS = 24,
    REF_MARKETS = 8,
    REF_CONTRACTS = 24,
    REF_CALENDARS = 4,
    REF_PORTS = 3, // inputs, or outputs, of a process
    REF_SPANS = 2,
    REF_NEVER = INT32_MAX
};

enum ref_place_kind {
    REF_AT_FIRM,
    REF_AT_STOCK,
    REF_AT_MARKET
};

struct ref_place {
    enum ref_place_kind kind;
    int id;
};

struct ref_stream {
    char name[REF_NAME];
    const char *unit; // "t"
};

// Open on days first..last of the week (0 is Monday) from minute `from` to `to` of the day.
struct ref_span {
    int first;
    int last;
    int from;
    int to;
};

struct ref_calendar {
    char name[REF_NAME];
    int span_count;
    struct ref_span spans[REF_SPANS];
};

struct ref_firm {
    bool there;
    char name[REF_NAME];
    int calendar; // -1: none
    int enters;   // [min] 0: from the start
    int leaves;   // [min] REF_NEVER
    int utility;  // stream that it makes as a utility; -1: a firm
};

struct ref_port {
    int stream;
    double amount; // per unit of the basis
    int stock;     // -1: the firm's junction
    int rank;      // priority of an input, order of an output; -1: the default
};

struct ref_process {
    bool there;
    char name[REF_NAME];
    int firm;
    bool is_pull;
    bool is_boiler;  // pull; of its inputs the first is its fuel
    bool is_standby; // a utility's unit: asked after all others
    int merit;       // of a utility's unit: 1 is asked first
    int main;        // output that is the product; -1: a mere user, whose basis is input 0
    double capacity;
    double turndown; // share of the capacity
    int calendar;    // -1: the firm's
    int enters;
    int leaves;
    int input_count;
    int output_count;
    struct ref_port inputs[REF_PORTS];
    struct ref_port outputs[REF_PORTS];
};

struct ref_stock {
    bool there;
    char name[REF_NAME];
    int firm;
    int stream;
    double capacity;
    double initial;
    double minimum;
    double target;    // < 0: the capacity
    double reorder;   // < 0: none
    double decay_day; // [%/day]
    int full;         // market that it overflows to; -1: it blocks
    int empty;        // market that fills in; -1: takers starve
};

// One side of a market for one stream.
struct ref_offer {
    bool there;
    double capacity; // what it can supply or take, or demands; < 0: no limit
    int rank;        // order (sells) or priority
};

struct ref_market {
    bool there;
    char name[REF_NAME];
    struct ref_offer sells[REF_STREAMS];
    struct ref_offer buys[REF_STREAMS];
    struct ref_offer disposes[REF_STREAMS];
};

struct ref_contract {
    bool there;
    char name[REF_NAME];
    int stream;
    struct ref_place from;
    struct ref_place to;
    int priority;
    int order;
    double share; // 0: by capacity
    int starts;
    int ends;
    bool has_link;
    double capacity; // of the link; < 0: none
    double loss;     // of the link, in percent
    int calendar;    // of the link
    int enters;      // of the link
    int leaves;
};

struct ref_park {
    uint64_t seed;
    uint64_t number;
    int first_day; // of January 2026, 1 to 20
    int minutes;   // that are simulated
    int stream_count;
    int firm_count;
    int process_count;
    int stock_count;
    int market_count;
    int contract_count;
    int calendar_count;
    struct ref_stream streams[REF_STREAMS];
    struct ref_calendar calendars[REF_CALENDARS];
    struct ref_firm firms[REF_FIRMS];
    struct ref_process processes[REF_PROCESSES];
    struct ref_stock stocks[REF_STOCKS];
    struct ref_market markets[REF_MARKETS];
    struct ref_contract contracts[REF_CONTRACTS];
};

/** The park file; owned by the caller (free). */
char *ref_park_text(const struct ref_park *p);

/** Name of the party at a place: of the firm, also for its stock, or of the market. */
const char *ref_park_party(const struct ref_park *p, struct ref_place place);

bool ref_park_is_open(const struct ref_park *p, int calendar, int minute); // -1: always
bool ref_park_has(const struct ref_park *p, struct ref_place place);       // is it there?

#endif
