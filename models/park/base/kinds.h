/** @file
 * What each kind of thing in a park file brings: its table of keys, and what loading does with it.
 *
 * A kind is a const struct in a file of its own; kinds.def lists them, and who loads a park hands
 * the list in, so that what reads, resolves and builds names no kind. Things of a kind stand in a
 * group of the file ("links"), in groups of other things ("processes" of firms), or both; two kinds
 * are one thing each (`park`, `economy`). Loading takes one step with all kinds, in the order of
 * the list, before the next: they are gathered, sorted by name, and get ids (`expand`, `found`);
 * `resolve` turns names into ids and checks what the table of keys cannot; `build` adds pools and
 * activities to the network.
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
#include "sim/base/vec.h"

struct park_builder; // net/make.h
struct park_found;   // gather.c

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
/** What loading passes around. */
struct park_loader {
    struct park *park;
    const void *file; // as sim_kind_load filled it (root.h)
    struct sim_diag *diag;
    struct park_dims dims;             // how values are read; who uses profiles
    const struct park_thing **by_node; // sorted by the address of its node; [thing_count]
    int thing_count;
    SIM_VEC(struct park_party) parties; // so far
};

/** Where the struct of the park has the things of a kind: an array and its count, or one. */
struct park_list {
    size_t at, count; // [bytes] into struct park
};

// Both hold only if the struct of the kind begins with a thing.
#define PARK_IS_THING(one) (0 * sizeof(char[offsetof(struct park_##one, thing) == 0 ? 1 : -1]))
#define PARK_LIST(many, one)                                                                       \
    {                                                                                              \
        .at = offsetof(struct park, many) + PARK_IS_THING(one),                                    \
        .count = offsetof(struct park, one##_count)                                                \
    }
#define PARK_ALONE(one)                                                                            \
    {                                                                                              \
        .at = offsetof(struct park, one) + PARK_IS_THING(one)                                      \
    }

/** What things in other things are called. */
enum park_naming {
    PARK_NAMED_BY_OWNER, // "mill.paper": name of the owner, own name
    PARK_NAMED_BY_GROUP, // "suppliers.sells.husk": name of the owner, group in it, own name
    PARK_NAMED_BY_PATH,  // "links.steam_main.leak": path of the owner, own name
    PARK_NAMED_ALREADY   // each of the owners is itself of this kind, too
};

/** A group in the things of another kind. */
struct park_home {
    const struct park_kind *of; // the kind of the owners; NULL ends the list
    size_t items;               // [bytes] the struct sim_items in the struct of an owner
    enum park_naming naming;
};

struct park_kind {
    const char *group;                   // in the file's root: "firms"; NULL: in others only
    const char *doc;                     // of that group; NULL: that of `keys`
    unsigned flags;                      // of its key (enum sim_key_flags)
    bool is_one;                         // the group is one thing: `park`
    const struct sim_kind *keys;         // NULL where `kinds` stands
    const struct sim_kind *const *kinds; // chosen by the key `kind`; ends with NULL
    struct park_list list;
    const struct park_home *homes; // NULL: it stands in no others
    /** Add what the thing `written` stands for (park_gather_add); NULL: itself. */
    void (*expand)(struct park_loader *l, struct park_thing *written, struct park_found *out);
    /** It has its id; owner and which of `homes` it stands in (NULL and -1: the root). NULL:
     * nothing to do. */
    void (*found)(struct park_loader *l, struct park_thing *t, const struct park_thing *owner,
                  int home);
    void (*resolve)(struct park_loader *l);
    void (*release)(struct park *p);       // what does not live in the arena
    void (*build)(struct park_builder *b); // NULL: nothing in the network
    void (*after)(struct park_builder *b); // once all kinds have built; NULL: nothing
};

#define PARK_ONE(one)        extern const struct park_kind park_##one;
#define PARK_MANY(many, one) extern const struct park_kind park_##many;
#include "models/park/base/kinds.def"
#undef PARK_ONE
#undef PARK_MANY

/** All of kinds.def, in its order; ends with NULL. Only who opens a park asks for it. */
extern const struct park_kind *const park_kinds[];

// Tables that stand in those of other kinds.
extern const struct sim_kind park_failures_kind; // `failures` of processes and links
extern const struct sim_kind park_stocks_kind;   // `stocks` of firms
extern const struct sim_kind park_offers_sells;  // `sells`, `buys`, `disposes` of markets
extern const struct sim_kind park_offers_buys;
extern const struct sim_kind park_offers_disposes;
extern const struct sim_kind *const park_processes_kinds[];

/** What a market sells (or takes) of a stream: index into offers, -1 if nothing. */
int32_t park_offers_find(const struct park *p, int32_t market, int32_t stream, bool sells);

/** Mass, volume or energy: what a stream may be measured in. */
bool park_streams_is_amount(struct sim_dim dim);

sim_kind_dim_fn park_dims_rule;
sim_kind_named_fn park_dims_named;
sim_kind_convert_fn park_dims_per_energy;

// What is told about parts that a later version has, and taken out of the tree.
void park_later_check(struct sim_tree *t, struct sim_diag *d);
void park_later_check_designs(struct sim_tree *t, struct sim_diag *d); // in the group `designs`

/** The units of the park, with its currencies: they are needed to read any value. */
struct sim_units *park_economy_units(const struct sim_tree *t, struct sim_diag *d);

/** Things of all kinds from the file: sorted by name, with ids. What it takes in `l` is freed by
 * park_gather_free. */
void park_gather(struct park_loader *l, const struct park_kind *const *kinds);
void park_gather_add(struct park_found *out, struct park_thing *t);
void park_gather_free(struct park_loader *l);

// Rules across the whole park (check.c), once everything resolved; warnings and mistakes.
void park_check(struct park_loader *l);

/** What a reference names; NULL when it names nothing (told by the loader). */
const struct park_thing *park_resolve_thing(const struct park_loader *l, const struct sim_ref *ref);
/** Its id; -1. */
int32_t park_resolve_ref(const struct park_loader *l, const struct sim_ref *ref);

/** A party more, at latitude and longitude; those are checked. Kinds tell theirs once found. */
void park_parties_add(struct park_loader *l, const struct park_thing *t,
                      const struct sim_numbers *at, bool is_market);
/** All of them, sorted: ids from here on. */
void park_parties_sort(struct park_loader *l);

/** The id of the thing called `name` in a sorted array of pointers to things, whose names stand at
 * `offset`; -1 when there is none (or name is NULL). */
int32_t park_resolve_id(void *const *array, int count, size_t offset, const char *name);
#define PARK_ID(p, array, type, what)                                                              \
    park_resolve_id((void *const *)(p)->array##s, (p)->array##_count, offsetof(struct type, name), \
                    (what))

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

/** The stream of electricity: the one `said` (by `key`), else the one named electricity, else the
 * only one of kind energy; -1 if there is none, told at the node that it is `needed` for (NULL: for
 * nothing). `what`: "pumping takes". */
int32_t park_resolve_power(struct park_loader *l, const struct sim_ref *said,
                           const struct sim_node *needed, const char *key, const char *what);

/** Say a mistake (or warning) at a node (NULL: nowhere). */
void park_resolve_wrong(struct park_loader *l, const struct sim_node *n, const char *remedy,
                        const char *fmt, ...) SIM_PRINTF(4, 5);
void park_resolve_warn(struct park_loader *l, const struct sim_node *n, const char *remedy,
                       const char *fmt, ...) SIM_PRINTF(4, 5);

#endif
