/** @file
 * The park as loaded: const, in one arena, shared by all threads.
 *
 * Loading goes in three steps: the tree of the file is checked against the tables of kinds and put
 * into the structs of the kinds (`sim_kind_load`), names become ids (read/load.h), and the network
 * of pools and activities is made of it (build.h) and held against rules across entities; open.h
 * does all of that. A key of the park file is a field with the same name; what follows the line
 * "resolved" in a struct is worked out by loading and is what a run reads.
 *
 * All arrays are sorted by name, so an id is also the rank of its entity and the order of
 * declaration changes nothing. Inside everything is SI and the park's currency: a stream in tonnes
 * has rates in kg/s, one in m3 in m3/s, one in MWh in W. Every `struct sim_value` keeps the text,
 * mark and source of what was written.
 *
 * Here stand the structs of the things that the machine itself works with: what moves (streams),
 * when (calendars, profiles), who books and holds it (firms, processes, stocks), how and at what
 * terms it moves (links, exchanges, offers), how that breaks (failures); for the network has pools
 * and activities, the ledger accounts, and results axes of just these. What only a kind's own files
 * read stands there: sites, crews, markets, utilities, the group `park`.
 *
 * A *party* is whoever books: a firm or a market, in one list sorted by name, so that "mill" and
 * "landfill" are told apart from processes ("mill.paper") and stocks ("mill.yard").
 *
 * Thread-safe once loaded.
 */
#ifndef PARK_PARK_H
#define PARK_PARK_H

#include "models/park/base/thing.h"
#include "sim/base/arena.h"
#include "sim/cfg/diag.h"
#include "sim/cfg/kind.h"
#include "sim/num/calendar.h"
#include "sim/num/dist.h"
#include "sim/num/table1d.h"

/** A capacity or demand over time: constant, from a profile, or drawn anew at intervals. */
struct park_level {
    const struct sim_value *value; // as written; NULL when absent
    double nominal;                // [SI/s] constant, or the most it can be; INFINITY: no limit
    int32_t profile;               // id; -1: none
    const struct sim_dist *dist;   // [SI/s] prepared; NULL: not drawn
    sim_time redraw_us; // [us] drawn at the start of each such span since the park's start
};

struct park_burning {
    struct sim_value fossil;   // [kgCO2e/SI]
    struct sim_value biogenic; // [kgCO2e/SI]
};

struct park_stream {
    PARK_THING;
    const char *unit; // "t": amounts are told in it
    int kind;         // enum park_stream_kind
    struct sim_value density, energy, upstream, price;
    struct park_burning *burning; // NULL: none
    struct park_burning *carbon;  // the CO2 that it is; NULL: none
    struct sim_ref disposal;
    // resolved
    struct sim_unit si;      // of `unit`: SI = amount * num / den
    int32_t disposal_market; // id; -1: none
};

enum park_stream_kind { // indices into park_streams_kinds
    PARK_STREAM_PRODUCT,
    PARK_STREAM_MATERIAL,
    PARK_STREAM_FUEL,
    PARK_STREAM_ENERGY,
    PARK_STREAM_HEAT,
    PARK_STREAM_WATER,
    PARK_STREAM_WASTEWATER,
    PARK_STREAM_WASTE,
    PARK_STREAM_GAS,
    PARK_STREAM_SERVICE
};

struct park_calendar {
    PARK_THING;
    struct sim_texts open, closed, maintenance;
    // resolved
    struct sim_calendar *times; // sealed; const after loading
};

struct park_profile {
    PARK_THING;
    const char *csv, *time, *column;
    const char *unit; // as written
    int between, repeat, past;
    int64_t steps; // [-] linear: pieces between two rows, each held at its mean
    // resolved
    struct sim_dim dim;
    struct sim_table1d *table; // values in SI; NULL when it was wrong
    bool is_borrowed;          // the table is that of the park it was loaded from
    double least, greatest;    // [SI]
};

enum park_counts {
    PARK_COUNTS_OPERATING, // time to failure runs while the unit runs
    PARK_COUNTS_CALENDAR   // runs always
};

struct park_failure {
    PARK_THING;
    struct sim_value up, repair; // [s] constant or distribution
    int counts;                  // enum park_counts
    struct sim_ref crew_ref;
    struct sim_value leaves; // [-] share of the capacity that is left while it lasts
    // resolved
    struct sim_dist up_dist, repair_dist; // [s] prepared
    int32_t crew;                         // -1: nobody to wait for
    int32_t process;                      // that it hits; -1
    int32_t link;                         // that it hits; -1
    double left;                          // [-] 0..1
};

/** One input or output of a process. */
struct park_flow {
    struct sim_value amount; // [SI per SI of the basis]
    struct sim_ref to;       // of outputs: the stock it goes to
    struct sim_ref from;     // of inputs: the stock it comes from
    int64_t priority;        // inputs: class in its pool; -1: the process's
    int64_t order;           // outputs: -1: the process's
    double share;            // [-] weight in the class; 0: by capacity
    bool burnt;              // inputs: as written; default: fuels are
    // resolved
    const struct sim_node *node; // where it is written; else its process
    int32_t stream;
    int32_t stock; // -1: the firm's junction
    bool gives;
    bool is_basis;
    bool is_product;
    bool is_burnt; // its carbon is set free
    double coef;   // [SI per SI of the basis]
    double lost;   // [-] of what it gives: lost in the utility's network
    int32_t merit; // place in its class of givers, from 0; lower is asked first
};

enum park_mode {
    PARK_MODE_PUSH,
    PARK_MODE_PULL
};

/** A process of a firm, or a unit of a utility: they are the same thing. */
struct park_process {
    PARK_THING;
    struct sim_ref product_ref, basis_ref, calendar_ref;
    struct sim_value capacity, turndown, restart_band, process_emissions, redraw;
    int mode;                // enum park_mode
    int64_t order, priority; // -1: default
    struct sim_key_time enters, leaves;
    struct sim_items inputs, outputs, failures;
    int64_t merit; // 1 is asked first
    bool standby;  // after all that are not
    // resolved
    const struct park_recipe *recipe;   // of its kind; NULL: inputs and outputs say all
    const struct sim_value *efficiency; // [-] heat per energy that it uses; NULL: makes no heat
    int32_t firm;
    int32_t product;         // stream; -1: none (a plain user)
    int32_t basis;           // stream that capacity and amounts refer to
    int32_t calendar;        // its own, else the firm's; -1: always open
    struct park_level level; // [SI of the basis / s]
    double least;            // [-] turndown, 0..1
    double band;             // [-] restart_band
    struct park_flow *flows; // basis included; sorted: inputs then outputs, by stream
    int flow_count, flow_room;
    sim_time from_us, until_us; // it is there in [from, until), its firm's dates included
    int32_t first_failure;      // into park.failures
    int failure_count;
};

struct park_stock {
    PARK_THING;
    struct sim_ref stream_ref, full_ref, empty_ref;
    struct sim_value capacity, initial, minimum, target, reorder, decay;
    // resolved
    int32_t firm, stream;
    double capacity_si, initial_si, minimum_si; // [SI]
    double target_si, reorder_si;               // [SI] target 0: the capacity; reorder < 0: none
    double decay_per_s;                         // [1/s]
    int32_t full_market;                        // overflow goes to it; -1: blocks
    int32_t empty_market;                       // what lacks comes from it; -1: starves
};

/** A firm; a utility is one, too, whose processes are its units. */
struct park_firm {
    PARK_THING;
    const char *sector;
    struct sim_ref site_ref, calendar_ref;
    struct sim_numbers at; // latitude, longitude [deg]
    int64_t workers;
    struct sim_key_time enters, leaves;
    bool trades; // what it buys, or gets by contract, may be sold
    struct sim_items processes, stocks;
    // resolved
    bool is_utility;               // all of its units make one stream
    int32_t makes;                 // that stream; -1: a plain firm
    double lost;                   // [-] of a utility: between its units and its users
    int32_t party, site, calendar; // -1: none
    sim_time from_us, until_us;    // it is there in [from, until)
};

enum park_side {
    PARK_SIDE_SELLS,   // to the park
    PARK_SIDE_BUYS,    // from the park
    PARK_SIDE_DISPOSES // takes what must go away
};

enum park_fate { // indices into park_markets_fates
    PARK_FATE_LANDFILL,
    PARK_FATE_INCINERATION,
    PARK_FATE_HAZARDOUS,
    PARK_FATE_DISCHARGE,
    PARK_FATE_RECOVERY,
    PARK_FATE_TREATMENT,
    PARK_FATE_VENT,
    PARK_FATE_OTHER
};

/** What a market does with one stream. */
struct park_offer {
    PARK_THING;
    struct sim_value price, upstream, emission, capacity, demand, redraw;
    int fate;                // enum park_fate; -1: none
    int unmet;               // only "lost" in this version
    int64_t priority, order; // -1: default
    // resolved
    enum park_side side;
    int32_t market, stream;
    struct park_level level; // capacity or demand; nominal INFINITY: unlimited
};

struct park_link {
    PARK_THING;
    struct sim_ref stream_ref, from_ref, to_ref, calendar_ref, pumping_ref;
    struct sim_value capacity, length, loss, delay, pumping, redraw;
    struct sim_value cost, capex, opex; // [money/SI], [money], [money/s]
    int payer;                          // of the cost: 0 `from`, 1 `to`
    struct sim_key_time enters, leaves;
    bool open;
    struct sim_items failures;
    // resolved
    int32_t stream, from, to;     // stream and parties
    int32_t from_stock, to_stock; // -1: the junction
    int32_t calendar;
    struct park_level level; // [SI/s] at its entry
    double lost;             // [-] 0..1
    sim_time delay_us;
    double pumping_j;       // [J per SI]
    int32_t pumping_stream; // that it takes for it; -1: none
    int32_t first_failure;
    int failure_count;
};

struct park_exchange {
    PARK_THING;
    struct sim_ref over_ref, stream_ref, from_ref;
    struct sim_refs to_refs;
    int64_t priority; // 1 first, at the supplier
    int64_t order;    // whom the user asks first
    double share;     // [-] weight in its class; 0: by capacity
    struct sim_value price;
    struct sim_key_time starts, ends;
    struct sim_value at_most, take_or_pay; // [SI/s] as a mean; see `most` and `least`
    bool open;
    struct sim_items parts; // what differs for one of several `to`
    // resolved
    int32_t link; // -1: a lossless one without limit
    int32_t stream, from, to;
    int32_t from_stock, to_stock;
    sim_time from_us, until_us; // in force in [from, until), firms' and link's dates included
    double most;                // [SI] that may leave `from` in a `most_span`; INFINITY: no limit
    double least;               // [SI] paid for in a `least_span`, taken or not; 0: none
    enum sim_simtime_span most_span, least_span;
};

/** Of firms and markets, sorted by name. */
struct park_party {
    const char *name, *title; // title: the name when there is none
    const struct park_thing *thing;
    bool is_market;  // the world outside the fence
    int32_t id;      // of the thing: into firms or markets
    int32_t site;    // -1
    double lat, lon; // [deg] NAN: not said
};

struct park_economy {
    PARK_THING;
    const char *currency;
    const struct sim_node *currencies;
    const struct sim_node *price_base;
    struct sim_value discount_rate, inflation, carbon_price;
};

enum park_record_what {
    PARK_RECORD_FLOWS = 1,
    PARK_RECORD_LEVELS = 2,
    PARK_RECORD_ACTIVITIES = 4,
    PARK_RECORD_EMISSIONS = 8,
    PARK_RECORD_MONEY = 16
};

#define PARK_DESIGNS_BASE "base" // the file without any design

struct park {
    const char *title;
    sim_time start_us;       // warm-up begins, local wall clock
    sim_time warm_us;        // the ledger restarts; start_us when there is none
    sim_time until_us;       // the end
    sim_time offset_us;      // local minus UTC
    const char *offset_text; // "+09:00"
    sim_time record_us;      // [us] recording interval, where it is not
    int64_t record_months;   // [-] so many of the calendar's months; 0: none
    unsigned record;         // enum park_record_what
    uint64_t seed;
    bool is_cut_short; // who runs it chose another start or end than its file
    bool has_failures; // false: park.failures = false, no failure happens
    const char *currency;

    // Of each kind in kinds.def: `links[link_count]`, sorted by name; one `head`, one `economy`.
    // Firms are those and utilities; processes those of all firms, and units of utilities; stocks,
    // offers and failures those of all; exchanges one for each `to`.
#define PARK_ONE(one) struct park_##one *one;
#define PARK_MANY(many, one)                                                                       \
    struct park_##one **many;                                                                      \
    int one##_count;
#include "models/park/base/kinds.def"
#undef PARK_ONE
#undef PARK_MANY
    struct park_party *parties; // of firms and markets
    int party_count;

    struct park_net *net;             // build.h
    const struct park_layout *layout; // how its results are named (out/layout.h)

    const char *design;           // "shared"; NULL: the park as written
    const char *design_title;     // NULL: none
    const struct park *origin;    // that it was loaded from (park_open_from); NULL: from a file
    struct park_designs *designs; // designs.h; those of the origin, if there is one
    int written_count; // [-] the first sources of the tree that are park files and tables

    const struct park_root *root; // the table of the file (root.h); that of the origin
    struct sim_tree *tree;   // the park file with design and overrides applied; names its sources
    struct sim_units *units; // with the park's currencies
    struct sim_arena *arena; // private: all of the above
};

extern const char *const park_streams_kinds[]; // "product", "material", ...; ends with NULL
extern const char *const park_markets_fates[]; // "landfill", "incineration", ...

/** The park resolved, as text of a park file whose first lines name the designs in comments; owned
 * by the caller (free). */
char *park_load_show(const struct park *p, bool origin);

/** What every run of it depends on, as text: the park resolved without titles, marks and comments,
 * and the fingerprints of the other files read (profiles). Owned by the caller (free). */
char *park_load_identity(const struct park *p);

#endif
