/** @file
 * Random parks for the reference in which the hard things are common.
 *
 * Park `number` of `seed` is always the same, on any machine. 4 to 12 firms, 2 to 4 streams;
 * processes turn streams into later streams and contracts lead to later firms, so nothing flows in
 * a circle. What the rules leave open is not drawn (ref_net_build says which).
 */
#ifndef TESTS_SUPPORT_REF_MAKE_H
#define TESTS_SUPPORT_REF_MAKE_H

#include "tests/support/ref_park.h"

/** Fill `out`. `without`: bits of enum ref_without, what is not drawn. */
void ref_make(uint64_t seed, uint64_t number, unsigned without, struct ref_park *out);

enum ref_without {
    REF_NO_DECAY = 1 << 0,
    REF_NO_ROUTES = 1 << 1, // overflow, and markets that fill in
    REF_NO_TARGETS = 1 << 2,
    REF_NO_TURNDOWN = 1 << 3,
    REF_NO_STOCKS = 1 << 4,
    REF_NO_CONTRACTS = 1 << 5,
    REF_NO_PULL = 1 << 6,
    REF_NO_MARKET_CONTRACTS = 1 << 7,
    REF_NO_FREE_CONTRACTS = 1 << 8, // all contracts go over links with capacities
    REF_NO_SHARES = 1 << 9,
    REF_NO_TWO_OFFERS = 1 << 10,   // at most one market sells, buys or disposes of a stream
    REF_NO_OFFER_LIMITS = 1 << 11, // markets sell and take without limit
    REF_NO_UTILITIES = 1 << 12,
    REF_NO_HUBS = 1 << 13,
    REF_NO_OPEN_ENDS = 1 << 14 // contracts without limit to where an outlet takes all (refused yet)
};

#endif
