/** @file
 * Trade in the network: exchanges with the links that they go over, and what is traded by default.
 *
 * An exchange with a market deals with its offer: with a limited one at the offer's own junction.
 *
 * Private to models/park.
 */
#ifndef PARK_BUILD_TRADE_H
#define PARK_BUILD_TRADE_H

#include "models/park/net/make.h"

/** The offer of a market (a party) for a stream: selling, or buying before disposing; -1. */
int32_t park_build_trade_offer(const struct park *p, int32_t party, int32_t stream, bool sells);
/** The junction of a limited offer, made with its supply or demand when it is not there; -1 for an
 * unlimited one. Not between the adding of an activity and its ports. */
int32_t park_build_trade_pool(struct park_builder *b, int32_t offer);
/** Of those who give to it; `is_bounded`: something else than the market limits them. */
unsigned park_build_trade_flags(const struct park *p, int32_t offer, bool is_bounded);
const struct sim_value *park_build_trade_price(const struct park *p, int32_t offer);
/** What a move from or to the offer's market sets free, by its kind; its ends are set. */
void park_build_trade_emissions(const struct park_builder *b, struct park_move *m, int32_t offer);

void park_build_exchanges(struct park_builder *b); // with the links that they go over
void park_build_trade(struct park_builder *b);     // default purchases, sales, disposals, routes

#endif
