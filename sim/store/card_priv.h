/** @file
 * A card's texts, bytes and schema as JSON and back, for card*.c alone.
 *
 * Arrays of numbers go as hex of their little-endian bytes, so they come back to the last bit.
 */
#ifndef SIM_STORE_CARD_PRIV_H
#define SIM_STORE_CARD_PRIV_H

#include "sim/base/arena.h"
#include "sim/store/schema.h"

#include <jansson.h>

/** A card being read. */
struct sim_card_reading {
    struct sim_arena *arena;
    bool is_wrong; // something is missing or of the wrong kind
};

// New values; the caller owns them. NULL texts are null; those that are no UTF-8 go as bytes.
json_t *sim_card_json_text(const char *text);
json_t *sim_card_json_bytes(const void *bytes, size_t length);
json_t *sim_card_json_schema(const struct sim_schema *s);

/** A text in the arena, or NULL for null. */
const char *sim_card_read_text(struct sim_card_reading *r, const json_t *value);

/** Exactly so many bytes in the arena; else the reading is wrong, and they are 0. */
const void *sim_card_read_bytes(struct sim_card_reading *r, const json_t *value, size_t length);

/** Owned by the caller; NULL when the reading is wrong. */
struct sim_schema *sim_card_read_schema(struct sim_card_reading *r, const json_t *value);

#endif
