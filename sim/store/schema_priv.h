/** @file
 * The inside of a schema, for the files of `store` alone.
 */
#ifndef SIM_STORE_SCHEMA_PRIV_H
#define SIM_STORE_SCHEMA_PRIV_H

#include "sim/base/arena.h"
#include "sim/base/strtab.h"
#include "sim/base/vec.h"
#include "sim/store/schema.h"

struct sim_schema_axis_entry {
    struct sim_schema_axis axis; // its texts and arrays lie in the arena
    int32_t *slots;              // owned, hashed by label: its first place + 1, 0: free; NULL: none
    int32_t slot_count;          // [-] a power of two, at least twice the labels
};

/** A pair of texts: a root attribute, an input file and its SHA-256, an input text. */
struct sim_schema_pair {
    const char *name;
    const char *text;
};

struct sim_schema {
    struct sim_arena *arena;
    struct sim_strtab *words; // labels and texts, each once: firms are named along many axes
    SIM_VEC(struct sim_schema_axis_entry) axes;
    SIM_VEC(struct sim_schema_var) vars;
    SIM_VEC(struct sim_schema_pair) attrs;
    SIM_VEC(struct sim_schema_pair) files;
    SIM_VEC(struct sim_schema_pair) texts;
    const char *start;      // local wall clock; NULL: no clock
    const char *utc_offset; // "+07:00"
    bool exact;
};

/** The value of a root attribute; NULL when it was not given. */
const char *sim_schema_root_text(const struct sim_schema *s, const char *name);

#endif
