/** @file
 * What the ledger books: each entry is one stream from one account to another, by one activity.
 *
 * All that booking needs to know of an entry is written on it by the kind that builds it, where it
 * is known, so nobody walks back from an entry to the thing that it came from. For a balance of a
 * stream: an entry with from_pool -1 brings it into the park's pools, one with to_pool -1 takes it
 * out, and sent - arrived is lost on the way.
 *
 * **Factors.** What an entry costs and sets free per unit sent, a factor for each column. Each
 * comes from one place of the park file, or from none:
 *
 * - price: the exchange's, else the market's, else the stream's; what `to` pays `from`;
 * - carriage: the `cost` of the link that an exchange goes over, which its `payer` pays;
 * - co2e: fossil carbon. A fuel sets it free where it is burnt (scope 1), bought goods bring what
 *   was set free before (`upstream`: scope 2 for energy and heat, else 3), what is disposed of
 *   sets it free there (`emission`, scope 3), but what is vented (`fate = "vent"`) does on the
 *   ground of who gives it (scope 1). A stream that is CO2 (`carbon`) counts less for the process
 *   that gives it and more for the one that takes it, vents it or loses it on a link (`freed`; but
 *   where `upstream` or `emission` says what is set free on the way from or to a market);
 * - biogenic: of what is burnt or vented, told apart and not part of co2e;
 * - process: `process_emissions`, fossil, booked with the first port of the process; scope 1.
 *
 * Const once built; shared by all threads.
 */
#ifndef PARK_ENTRY_H
#define PARK_ENTRY_H

#include "sim/num/table1d.h"

#include <stdbool.h>
#include <stdint.h>

/** [money], [kg], [kgCO2e] */
enum park_column {
    PARK_COLUMN_NONE = -1,
#define X(name, result, told, within, words) PARK_COLUMN_##name,
#include "models/park/base/columns.def"
    PARK_COLUMNS
};

/** What columns.def says of a column. */
struct park_column_words {
    const char *name;  // in /ledger
    const char *units; // NULL: the park's currency
    double per;        // SI per unit
    enum park_column within;
    const char *words;
};
extern const struct park_column_words park_entry_columns[PARK_COLUMNS];

/** By what an entry is booked in a column. */
struct park_factor {
    double constant; // [column/SI sent] as stated, or the mean of what could be drawn; else 0
    const struct sim_table1d *table; // it follows this instead; NULL: it is constant
    double scale;                    // [column/SI sent] per unit of the table
};

enum park_move_kind {
    PARK_MOVE_PURCHASE, // market -> firm
    PARK_MOVE_SALE,     // firm -> market
    PARK_MOVE_DISPOSAL, // firm -> market, by fate
    PARK_MOVE_EXCHANGE, // party -> party by contract
    PARK_MOVE_INTERNAL, // the same between two places of one firm
    PARK_MOVE_ARRIVAL,  // line -> party, at the exit of a delayed link
    PARK_MOVE_INPUT,    // party -> process (or link: pumping)
    PARK_MOVE_OUTPUT,   // process -> party
    PARK_MOVE_WORLD     // market's own supply or demand, beyond the fence
};

struct park_move {
    enum park_move_kind kind;
    int32_t activity;
    int32_t stream;
    int32_t from, to;              // accounts
    double sent;                   // [SI per unit of activity] leaves `from`
    double arrived;                // [SI per unit of activity] reaches `to`
    int32_t from_pool, to_pool;    // -1: beyond the park's pools
    int32_t from_port, to_port;    // index into ports; -1 where the pool is -1
    int32_t exchange, link, offer; // -1: none
    const char *sender;            // whence it comes, as results call it; NULL: `from`
    struct park_factor factor[PARK_COLUMNS];
    double freed;      // [-] of a stream that is CO2: set free, per unit sent; negative: kept
    int scope;         // of what it sets free: 1, 2 or 3; 0: it sets nothing free
    int32_t whose;     // party that this belongs to
    int32_t payer;     // party that pays its carriage; -1: nobody does
    int fate;          // enum park_fate of a disposal; -1
    bool is_user;      // of an activity that is one: what it could have drawn more is unserved
    bool is_pull_user; // input of a process that makes something, of what pull processes make:
                       // what it asked for more is unserved
};

/** "purchase", "sale", "disposal", "exchange"; of all others "internal". */
extern const char *const park_entry_kinds[];

#endif
