/** @file
 * What each kind of thing in a park file brings: its table of keys, and what loading does with it.
 *
 * The groups stand in kinds.def. For each, GROUP.c holds `park_GROUP`: the kind (table of keys) and
 * up to three callbacks, called for all groups in the order of kinds.def: `gather` sorts what was
 * written by name and gives ids, `resolve` turns names into ids and checks what the table cannot,
 * `build` adds pools and activities to the network.
 *
 * Rules for the dimension of a value (sim_key.dim) name what it is measured in: "{stream}" the
 * stream that the nearest key `stream` names (or the link that `over` names), "{name}" the stream
 * that the entry of an input, output or offer is called after, "{basis}" what a process counts in,
 * "{unit}" the unit of the stream itself, "{volume}" Nm3 if that is its unit, else m3, "{money}"
 * the park's currency.
 *
 * Private to models/park.
 */
#ifndef PARK_KINDS_H
#define PARK_KINDS_H

#include "models/park/base/park.h"

struct park_builder; // build_priv.h

struct park_file {
    int64_t format;
    struct park_head *park;
    struct park_economy *economy;
    struct sim_items designs; // always empty: they are taken out before (designs.h)
#define X(group, doc) struct sim_items group;
#include "models/park/base/kinds.def"
#undef X
};

/** What loading passes around. */
struct park_loader {
    struct park *park;
    const struct park_file *file;
    struct sim_diag *diag;
    const struct park_uses *uses; // of profiles
};

struct park_kind {
    const struct sim_kind *keys;         // NULL where `kinds` stands
    const struct sim_kind *const *kinds; // chosen by the key `kind`; ends with NULL
    void (*gather)(struct park_loader *l);
    void (*resolve)(struct park_loader *l);
    void (*build)(struct park_builder *b); // NULL: nothing in the network
};

#define X(group, doc) extern const struct park_kind park_##group;
#include "models/park/base/kinds.def"
#undef X

// Kinds that stand inside others, or alone.
extern const struct sim_kind park_head_kind;     // the group `park`
extern const struct sim_kind park_economy_kind;  // the group `economy`
extern const struct sim_kind park_failures_kind; // `failures` of processes and links
extern const struct sim_kind park_stocks_kind;   // `stocks` of firms
extern const struct sim_kind *const park_processes_kinds[];

/** What a kind of process or unit adds to the recipe written as `inputs` and `outputs`; the `model`
 * of its sim_kind. */
struct park_recipe {
    void (*add)(struct park_loader *l, struct park_process *s);
    int most; // flows that it adds at most, besides its `fuel`
};

/** Add an input of a process, of so much per unit of its basis [SI/SI]; NULL, told, when the stream
 * is an input already. */
struct park_flow *park_processes_add(struct park_loader *l, struct park_process *s, int32_t stream,
                                     double coef, const struct sim_node *at);
/** It comes from (or goes to) the stock that `at` names, if any. */
void park_processes_from(struct park_loader *l, struct park_flow *f, const struct sim_ref *at);

/** Mass, volume or energy: what a stream may be measured in. */
bool park_streams_is_amount(struct sim_dim dim);

/** A value that names a profile, with the dimension that its key wants and the least it may be. */
struct park_use {
    struct sim_value value;
    double least;         // [SI] -INFINITY: whatever
    struct sim_dim other; // what it may be as well: per energy; the same where it may not
};

struct park_uses {
    struct park_use *data;
    int count, capacity;
};

/** Dimension rules, as above: a sim_kind_dim_fn whose user is a park_dims; and who names what. */
struct park_dims {
    const struct sim_tree *tree;
    const struct sim_units *units;
    struct park_uses uses;
};
sim_kind_dim_fn park_dims_rule;
sim_kind_named_fn park_dims_named;
sim_kind_convert_fn park_dims_per_energy;

// What is told about parts that a later version has, and taken out of the tree.
void park_later_check(struct sim_tree *t, struct sim_diag *d);
void park_later_check_designs(struct sim_tree *t, struct sim_diag *d); // in the group `designs`

// Parts of other kinds' gather and resolve.
void park_head_resolve(struct park_loader *l);
void park_economy_resolve(struct park_loader *l);
struct sim_units *park_economy_units(const struct sim_tree *t, struct sim_diag *d);
void park_processes_gather(struct park_loader *l);
void park_processes_resolve(struct park_loader *l);
void park_stocks_gather(struct park_loader *l);
void park_stocks_resolve(struct park_loader *l);
void park_failures_gather(struct park_loader *l);
void park_failures_resolve(struct park_loader *l);

// Rules across the whole park (check.c), once everything resolved; warnings and mistakes.
void park_check(struct park_loader *l);

/** One thing as written, with its name and path from the park's root. */
struct park_found {
    const char *name; // "mill.paper"
    const char *path; // "firms.mill.processes.paper"
    const struct sim_item *item;
    int32_t owner; // as given
};

struct park_finds {
    struct park_found *data;
    int count, capacity;
};

/** Add all of `items`; names get `prefix` and a dot before them (NULL: none), paths `path`. */
void park_resolve_collect(struct park_loader *l, struct park_finds *f, const char *prefix,
                          const char *path, const struct sim_items *items, int32_t owner);
void park_resolve_sort(struct park_finds *f); // by name
void park_resolve_free(struct park_finds *f);

/** The id of the thing called `name` in a sorted array of pointers to structs whose name stands at
 * `offset`; -1 when there is none (or name is NULL). */
int32_t park_resolve_id(void *const *array, int count, size_t offset, const char *name);
/** What a market sells (or takes) of a stream: index into offers, -1 if nothing. */
int32_t park_resolve_offer(const struct park *p, int32_t market, int32_t stream, bool sells);

#define PARK_ID(p, array, type, what)                                                              \
    park_resolve_id((void *const *)(p)->array##s, (p)->array##_count, offsetof(struct type, name), \
                    (what))

/** The last name of what a reference names ("firms.mill" -> "mill"); NULL when it names nothing. */
const char *park_resolve_last(const struct sim_ref *ref);

/** A place that a link or exchange names: its party, and the stock or -1. False when it names none
 * (told by the loader). */
bool park_resolve_place(const struct park_loader *l, const struct sim_ref *ref, int32_t *out_party,
                        int32_t *out_stock);

/** The party of a firm or market of that name; -1. */
int32_t park_resolve_party(const struct park *p, const char *name);

/** Work out a capacity or demand. Absent: `otherwise`. */
void park_resolve_level(struct park_loader *l, const struct sim_value *v,
                        const struct sim_value *redraw, double otherwise, struct park_level *out);

/** A duration that is constant or drawn, as a prepared distribution in seconds. */
void park_resolve_chance(struct park_loader *l, const struct sim_value *v, struct sim_dist *out);

/** Say a mistake (or warning) at a node (NULL: nowhere). */
void park_resolve_wrong(struct park_loader *l, const struct sim_node *n, const char *remedy,
                        const char *fmt, ...) SIM_PRINTF(4, 5);
void park_resolve_warn(struct park_loader *l, const struct sim_node *n, const char *remedy,
                       const char *fmt, ...) SIM_PRINTF(4, 5);

#endif
