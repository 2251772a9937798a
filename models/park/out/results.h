/** @file
 * What a park's results file holds, and where a run's numbers go in its row.
 *
 * Declared once for all designs of a study: entity axes are the union over the designs, sorted by
 * label. A state then binds its own entities to the columns. What is not there in a design stays
 * NaN; what is there and did not move is 0.
 *
 * Definitions:
 * - flow_U is what leaves `from`, as metered at the supplier's gate; so are payments and emissions.
 *   What a link loses on the way stands in ledger/lost. A link with delay is an exchange when it
 *   enters the pipe; what comes out, less the losses, is an internal link from the pipe.
 * - unserved_U is what users would have drawn had they got all (their capacity by level, calendar,
 *   dates and failures, over time), less what they drew. It is known for what stands behind a
 *   demand: a market's `demand`, and the inputs of processes without outputs. Processes that make
 *   something are users of what pull processes make for them: there it is what they asked for (as
 *   far as their other inputs and outputs allowed) less what they drew. Elsewhere NaN.
 * - stock_U_end - stock_U_start = what came in - what went out - stock_U_decayed + stock_U_trimmed,
 *   the last being at most what flows in a microsecond each time a stock runs full or empty.
 * - running is full-load hours: the activity over the interval by the most that its capacity can
 *   be. down is hours times the share of the capacity that failures took away.
 * - ledger entries are the links of all units, and what decays of CO2 in stocks. mass and energy
 * are NaN where the stream does not say its density or energy content. What money and co2e are:
 * entry.h.
 * - co2e_scope1_total and the like by party, earned_total and spent_total: books.h. Their series
 *   (co2e_scope1, earned, ...) are kept where the park's `record` asks for emissions or money.
 */
#ifndef PARK_RESULTS_H
#define PARK_RESULTS_H

#include "models/park/book/books.h"
#include "models/park/out/held_results.h"
#include "models/park/out/layout.h"
#include "models/park/out/results_choice.h"
#include "sim/store/row.h"
#include "sim/store/schema.h"

/** Declare axes, variables and inputs for the designs of a study, series as `want` chooses. What is
 * wrong with it goes to `d`; both may be NULL. */
enum sim_status park_results_declare(const struct park *const *parks, int park_count,
                                     const struct sim_model_want *want, struct sim_diag *d,
                                     struct sim_schema *out, struct sim_err *err) SIM_MUST_USE;

/** The variables of one unit; -1 where not recorded. */
struct park_results_unit {
    int flow_total, unserved, stock_start, stock_end, decayed, trimmed, residual, throughput;
    int flow, level;
};

/** Where one park's numbers go; made once a state. */
struct park_results {
    const struct park_layout *layout;
    struct park_results_unit *units; // by unit of the layout
    int running, down;
    int quantity, lost, mass, energy, column[PARK_COLUMNS]; // of /ledger
    int party_total[PARK_BOOKS_COLUMNS], party_series[PARK_BOOKS_COLUMNS];
    int32_t *link_at, *entry_at;                 // by link of the layout: its columns
    int32_t *stock_at, *decay_at;                // by stock of the layout; -1: has no entry
    int32_t *stream_at;                          // by stream
    int32_t *process_at;                         // by process, on axis unit
    int32_t *party_at;                           // by party
    int64_t intervals;                           // [-] of the recording
    bool *link_kept, *stock_kept, *process_kept; // whose series are kept, by id of the above
    unsigned *party_kept;                        // by party: flags of enum park_record_what
    struct park_held_columns held;               // of /held_back
};

/** `want`: as declared; NULL: nothing. */
void park_results_bind(struct park_results *r, const struct park *p,
                       const struct park_layout *layout, const struct sim_model_want *want,
                       const struct sim_schema *schema);
void park_results_unbind(struct park_results *r);

/** Fill present_link_U and present_stock_U of a point. */
void park_results_point(const struct park *p, const struct sim_schema *schema, struct sim_row *row);

/** [us] Boundary i of the recording intervals, 0 .. count. */
sim_time park_results_boundary(const struct park *p, int64_t i);
int64_t park_results_interval_count(const struct park *p);

/** A process's largest rate, for full-load hours. [1/s] */
double park_results_full_load(const struct park *p, int32_t process);

#endif
