/** @file
 * Responses: the numbers that a study asks of each run, by name ("environment.co2e").
 *
 * One table says all that `of` may be: what is measured, in which dimension, of what (`where`: a
 * firm, utility, market, process, exchange or link) and of which stream, and whether more or less
 * of it is better. Every response is a sum over the ledger's entries, or a ratio of two such sums,
 * or over what was held back; nothing is counted on the side. Which entries, is found once a state;
 * a run only adds them up.
 *
 * A unit with a time in it ("t/year", "million KRW/year") asks for the mean rate over the recorded
 * span, the year having 365 days; one without ("t") for the total of the span.
 *
 * What a design lacks: where the entity or stream that a response names is not there, sums are 0,
 * since nothing moved, was paid or set free by it; shares are NaN. An entity that no design has is
 * a mistake. A share of nothing is NaN, too.
 *
 * Amounts of all streams together are told in mass, energy or volume: a stream is converted by its
 * density or energy content. What is counted in energy has no mass, and what states no energy
 * content has none; any other that cannot be converted is a mistake.
 */
#ifndef PARK_RESPONSES_H
#define PARK_RESPONSES_H

#include "models/park/out/record.h"
#include "models/park/out/results.h"
#include "sim/sweep/model.h"

/** What a response is measured in. */
enum park_responses_measure {
    PARK_RESPONSES_MASS,   // "t", "kg/year"
    PARK_RESPONSES_CARBON, // CO2e: "t", "t/year", "tCO2e/year"
    PARK_RESPONSES_MONEY,  // the park's currency, or another of the park file
    PARK_RESPONSES_AMOUNT, // the stream's own unit; mass, energy or volume
    PARK_RESPONSES_SHARE,  // a pure number: "1", "%"
    PARK_RESPONSES_TIME    // "h", "h/year"; a share of the span is a rate, too: "%"
};

/** What `where` may name; flags. */
enum park_responses_where {
    PARK_RESPONSES_PARTY = 1, // a firm, utility or market
    PARK_RESPONSES_PROCESS = 2,
    PARK_RESPONSES_EXCHANGE = 4, // "power" means all of "power.mill", "power.brick"
    PARK_RESPONSES_LINK = 8,
    PARK_RESPONSES_NEEDED = 16 // it must be said
};

enum park_responses_stream {
    PARK_RESPONSES_NO_STREAM,
    PARK_RESPONSES_ANY_STREAM,   // may be said
    PARK_RESPONSES_NEEDS_STREAM, // must be said
};

/** One row of the table. */
struct park_responses_kind {
    const char *of;
    enum park_responses_measure measure;
    unsigned where; // enum park_responses_where
    enum park_responses_stream stream;
    int better;                             // -1 less, +1 more, 0 not said
    const char *words;                      // what it is
    const char *formula;                    // how, from what, with its source
    const struct park_responses_rule *rule; // private to responses_sum.c
};

extern const struct park_responses_kind park_responses_kinds[]; // ends with of == NULL
int park_responses_count(void);
const struct park_responses_kind *park_responses_find(const char *of); // NULL: none

/** Check them against all designs and declare a variable each, summarised, with the attributes
 * `of`, `where`, `stream` and `better` ("less", "more"; absent: not said). All mistakes go to `d`,
 * and what is wrong is not declared. */
void park_responses_declare(const struct park *const *parks, int park_count,
                            const struct sim_model_want *want, struct sim_diag *d,
                            struct sim_schema *schema);

struct park_responses; // the entries that each response adds up, of one park

/** Borrows all but `want`. Owned by the caller; NULL where nothing is wanted. */
struct park_responses *park_responses_bind(const struct park *p, const struct park_results *r,
                                           const struct sim_model_want *want,
                                           const struct sim_schema *schema);
void park_responses_unbind(struct park_responses *x); // NULL is fine

/** Fill the row's responses from its totals, which must be there. */
void park_responses_put(const struct park_responses *x, const struct park_record_span *hours,
                        struct sim_row *row);

/** The table for the reference; owned by the caller (free). */
char *park_responses_reference(void);

#endif
