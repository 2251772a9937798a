/** @file
 * What the parts of responses share: an asked response as it stands in one park. Private.
 */
#ifndef PARK_RESPONSES_PRIV_H
#define PARK_RESPONSES_PRIV_H

#include "models/park/ask/responses.h"

/** What `where` turned out to be in one park. */
enum park_responses_at {
    PARK_RESPONSES_AT_PARK,    // nothing was said
    PARK_RESPONSES_AT_NOWHERE, // this design lacks it
    PARK_RESPONSES_AT_PARTY,
    PARK_RESPONSES_AT_PROCESS,
    PARK_RESPONSES_AT_EXCHANGE,
    PARK_RESPONSES_AT_LINK
};

struct park_responses_ask {
    const struct park *park;
    const struct park_responses_kind *kind;
    enum park_responses_at at;
    int32_t id;       // of the party, process or link
    const char *name; // of the exchange, without "exchanges."
    bool has_stream;  // one was named
    int32_t stream;   // -1: none named, or this design lacks it
    struct sim_unit unit;
    struct sim_dim dim;  // of the total, without a time
    bool is_rate;        // the unit is per time
    const char *written; // the unit's text
};

/** Find out what a response means in one park. `written`: room for a default unit. */
enum sim_status park_responses_resolve(const struct park *p, const struct sim_response *r,
                                       char written[SIM_UNITS_TEXT], struct park_responses_ask *out,
                                       struct sim_err *err);

/** Kinds of things in the park that `where` names, as flags of enum park_responses_where. */
unsigned park_responses_named(const struct park *p, const char *where,
                              struct park_responses_ask *out);

/** Which number of a ledger's entry counts. */
enum park_responses_column {
    PARK_RESPONSES_OF_QUANTITY,
    PARK_RESPONSES_OF_ARRIVED, // quantity less what was lost
    PARK_RESPONSES_OF_LOST,
    PARK_RESPONSES_OF_UNSERVED,
    PARK_RESPONSES_OF_FIRST, // those of columns.def; CO2e of a named stream without the process's
    PARK_RESPONSES_OF_BEFORE = PARK_RESPONSES_OF_FIRST - 1,
#define X(name, result, told, within, words) PARK_RESPONSES_OF_##name,
#include "models/park/base/columns.def"
};

enum park_responses_role {
    PARK_RESPONSES_TOP, // 0: what the value is, or is above the line
    PARK_RESPONSES_BOTTOM,
    PARK_RESPONSES_OTHER // also below the line, where it is less
};

/** How much a move of the park's net counts: 0, 1 or -1. */
typedef double park_responses_weigh(const struct park_responses_ask *a, int32_t move);

struct park_responses_part {
    enum park_responses_role role;
    enum park_responses_column column;
    park_responses_weigh *weigh; // NULL: no such part
};

enum park_responses_hour {
    PARK_RESPONSES_NO_HOURS,
    PARK_RESPONSES_UP_HOURS,       // 1 - down / span
    PARK_RESPONSES_FULL_LOAD_HOURS // full load / span
};

enum park_responses_loss {
    PARK_RESPONSES_NO_LOSS,
    PARK_RESPONSES_LOST_AMOUNT, // held back, in the process's product
    PARK_RESPONSES_LOST_HOURS
};

enum {
    PARK_RESPONSES_PARTS = 5
};

struct park_responses_rule {
    struct park_responses_part parts[PARK_RESPONSES_PARTS];
    bool with_decay; // the first part counts what decays in stocks, too
    int book;        // column of the parties' books + 1; 0: none
    enum park_responses_hour hours;
    bool at_most_one; // a share that is no more than 1: what goes into a stock was possible, too
    enum park_responses_loss loss;
};

/** One number that is read from the row (or from hours) and weighed. */
struct park_responses_term {
    int var; // of the schema; -1: hours
    int64_t at;
    double factor;
};

struct park_responses_terms {
    struct park_responses_term *data;
    int count, capacity;
};

/** A response as it is computed: top / min(bottom, other), or top alone. */
struct park_responses_sum {
    int var;
    struct park_responses_ask ask;
    struct park_responses_terms top, bottom, other;
};

/** Fill the terms. Returns the name of a stream that cannot be told in the unit, or NULL. `results`
 * NULL: only find that out. */
const char *park_responses_gather(const struct park_results *results,
                                  const struct park_layout *layout, struct park_responses_sum *sum);

/** [SI of `as` per SI of the stream]; NaN: cannot be told so. */
double park_responses_content(const struct park_responses_ask *a, const struct park_stream *s,
                              struct sim_dim as);

/** The same of what was held back: responses_held.c. */
const char *park_responses_gather_held(const struct park_results *results,
                                       struct park_responses_sum *sum);

double park_responses_value(const struct park_responses_sum *sum,
                            const struct park_record_span *hours, const struct sim_row *row);

#endif
