/** @file
 * How a park's results are named: links, stocks and streams by unit, and what each is.
 *
 * A *link* of the results is one move of the park's net (build.h) from account to account. Its
 * label is "from > to: stream"; where two have the same, what moves them follows in brackets. All
 * lists are sorted by label, so neither ids nor the order of declaration show.
 *
 * Axes carry one unit each, since `units` cannot be true on a mixed axis: "link_t",
 * "stock_m3". A unit's tag is the unit with other signs than letters and digits made underscores.
 *
 * CO2 that decays in a stock is set free there (carbon.h): that is no move, but an entry of the
 * ledger all the same, "STOCK > decay: stream".
 *
 * Const once made.
 */
#ifndef PARK_LAYOUT_H
#define PARK_LAYOUT_H

#include "models/park/base/park.h"
#include "models/park/net/build.h"

/** A unit in use. */
struct park_layout_unit {
    const char *text; // "t", "m3"
    const char *tag;  // "t", "m3": part of names
};

struct park_layout_link {
    const char *label;
    const char *from, *to; // parties, processes, links
    const char *kind;      // purchase sale disposal exchange supply internal
    const char *exchange;  // "" for none
    int32_t move;
    int32_t stream;
    int32_t unit; // into units
    bool is_user; // what it did not get is unserved
};

/** A pool that holds something: a stock, or what is on its way in a pipe. */
struct park_layout_stock {
    const char *label;
    const char *decay; // label of the ledger's entry of what decays and so is set free; NULL: none
    int32_t pool, stream, unit;
};

struct park_layout {
    struct park_layout_unit *units; // sorted
    int unit_count;
    struct park_layout_link *links; // sorted by label
    int link_count;
    struct park_layout_stock *stocks; // sorted by label
    int stock_count;
    int32_t *unit_of; // by stream
    struct sim_arena *arena;
};

/** Borrows the park. Made once when it is opened (open.h): `layout` of struct park. Owned by the
 * caller. */
struct park_layout *park_layout_create(const struct park *p);
void park_layout_destroy(const struct park_layout *l); // NULL is fine

/** SI amounts per unit of the stream: 1000 for t. */
double park_layout_scale(const struct park_stream *s);

#endif
