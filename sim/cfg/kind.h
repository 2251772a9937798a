/** @file
 * Kinds are tables: what may stand in a group, and where it goes in C.
 *
 * Each kind of thing (firm, boiler, truck, ...) is a const struct with a table of its keys. Loader,
 * check for unknown keys, --set, table columns, `show` and the reference are generated from it, so
 * a key is written down once:
 *
 *     struct tank { struct sim_value capacity; struct sim_value initial; const char *title; };
 *     static const struct sim_key tank_keys[] = {
 *         {.name = "capacity", .type = SIM_KEY_VALUE, .dim = "{stream}", .min = "0",
 *          .flags = SIM_KEY_REQUIRED, .offset = offsetof(struct tank, capacity),
 *          .doc = "what it can hold"},
 *         {.name = "initial", .type = SIM_KEY_VALUE, .dim = "{stream}", .initial = "0", ...},
 *         {.name = "title", .type = SIM_KEY_TEXT, .offset = offsetof(struct tank, title)}};
 *     static const struct sim_kind tank = {.name = "stock", .size = sizeof(struct tank),
 *         .keys = tank_keys, .key_count = SIM_COUNT(tank_keys), .doc = "holds one stream"};
 *
 * The park file as a whole is a kind too (its keys are `streams`, `firms`, ...). Loading never
 * stops at a mistake: what is wrong is told and left zero, so look at sim_diag_status before use.
 *
 * Dimensions. `dim` is an example of a right unit ("t/h"); a quantity must have its dimension.
 * Where the dimension depends on streams, `dim` holds braces ("{stream}/h", "{from}/{product}") and
 * the model answers through sim_kind_dim_fn; what it does not yet know is loaded as it is, to be
 * checked later with sim_value_expect.
 *
 * Floor 2. Tables are const and shared; a load belongs to one thread.
 */
#ifndef SIM_CFG_KIND_H
#define SIM_CFG_KIND_H

#include "sim/base/arena.h"
#include "sim/base/base.h"
#include "sim/base/err.h"
#include "sim/cfg/diag.h"
#include "sim/cfg/tree.h"
#include "sim/cfg/value.h"
#include "sim/num/simtime.h"
#include "sim/num/units.h"

struct sim_kind;

/** What a key holds, and the C type at its offset. */
enum sim_key_type {
    SIM_KEY_TEXT,    // const char *; NULL when absent
    SIM_KEY_BOOL,    // bool
    SIM_KEY_COUNT,   // int64_t: a bare whole number (or a bare number in a text)
    SIM_KEY_NUMBER,  // double: a bare number without unit (detour factor, share)
    SIM_KEY_VALUE,   // struct sim_value: a quantity or whatever form `forms` allows
    SIM_KEY_CHOICE,  // int: index into `choices`; -1 when absent
    SIM_KEY_TIME,    // struct sim_key_time: "2026-01-01" or "2026-01-01 06:00"
    SIM_KEY_FILE,    // const char *: a file that must be there, path as it can be opened
    SIM_KEY_REF,     // struct sim_ref: the name of something that `refers` describes
    SIM_KEY_TEXTS,   // struct sim_texts: ( "a", "b" ), or one text
    SIM_KEY_REFS,    // struct sim_refs: ( "mill", "brick" ), or one name
    SIM_KEY_NUMBERS, // struct sim_numbers: ( 10.9, 106.8 )
    SIM_KEY_VALUES,  // struct sim_values: ( "0 %", "60 %" ), or one value
    SIM_KEY_GROUP,   // void *: one nested group of `kind`; NULL when absent
    SIM_KEY_MAP,     // struct sim_items: named things of `kind`, or of `kinds` by their key `kind`
    SIM_KEY_LIST,    // struct sim_items: ( { ... }, { ... } ), without names
    SIM_KEY_NODE     // const struct sim_node *: anything; the model reads it itself
};

enum sim_key_flags {
    SIM_KEY_REQUIRED = 1,   // a mistake when absent
    SIM_KEY_RUN = 2,        // may change during a run (disruptions, measures)
    SIM_KEY_WHOLE = 4,      // SIM_KEY_VALUE: must be a whole number (trucks)
    SIM_KEY_ABOVE_MIN = 8,  // the minimum itself is not allowed
    SIM_KEY_PRICE = 16,     // shown as money in the reference; no effect on loading
    SIM_KEY_OF_CHANCE = 32, // means something beside a distribution only; else not shown as default
    SIM_KEY_BY_CALENDAR = 64 // SIM_KEY_VALUE: its months are those of the calendar, not 730 h
};

struct sim_key {
    const char *name;
    enum sim_key_type type;
    unsigned flags;      // of sim_key_flags
    size_t offset;       // into the C struct of the kind
    const char *dim;     // example unit, or rule with braces; NULL: a pure number
    unsigned forms;      // SIM_VALUE, _VALUES: allowed forms, SIM_FORM_...; 0: quantity only
    const char *initial; // what stands when absent, written as in a file; NULL: nothing
    const char *min;     // "0 t/h", or bare "0" for any unit; NULL: none
    const char *max;
    const char *const *choices; // SIM_KEY_CHOICE: ends with NULL
    const char *
        refers; // SIM_KEY_REF, _REFS: patterns apart by spaces: "streams", "firms.*.stocks"
                // (written "mill.yard"), ".stocks" (of the nearest group around that has `stocks`),
                // "'block'" (the word itself)
    const struct sim_kind *kind;         // _GROUP, _MAP, _LIST; with `kinds`: where none is said
    const struct sim_kind *const *kinds; // chosen by the key `kind`; ends with NULL
    const char *names_refer;             // _MAP: names must be among these (pattern as in `refers`)
    const char *doc;                     // one line
};

struct sim_kind {
    const char *name; // "stock"; what the key `kind` says where several may stand
    const char *doc;  // a sentence or two
    size_t size;      // of the C struct
    const struct sim_key *keys;
    int key_count;
    const char *brief; // a key: steam = "1.9 t/t" means steam = { amount = "1.9 t/t"; }
    const struct sim_key
        *any;             // other names, collected as SIM_KEY_MAP at any->offset, e.g. the
                          // properties of a stream beside `amount`; NULL: unknown keys are wrong
    bool has_no_defaults; // what is absent says nothing: `initial` of its keys is not used
    const void *model;    // the model's own table for this kind (callbacks); not used here
};

struct sim_item {
    const char *name; // NULL in SIM_KEY_LIST
    const struct sim_node *node;
    const struct sim_kind *kind;
    void *data; // the C struct of that kind
};

struct sim_items {
    struct sim_item *at; // in the order written
    int count;
};

struct sim_ref {
    const char *text;            // as written; NULL when absent
    const struct sim_node *to;   // what it names; NULL for a word, or when absent
    const struct sim_node *node; // where it stands
    const char *full;            // path of what it names: "firms.mill.stocks.yard"; the word itself
};

struct sim_refs {
    struct sim_ref *at;
    int count;
};

struct sim_texts {
    const char **at;
    const struct sim_node **nodes;
    int count;
};

struct sim_numbers {
    double *at;
    int count;
    const struct sim_node *node;
};

struct sim_values {
    struct sim_value *at;
    int count;
    const struct sim_node *node;
};

struct sim_key_time {
    sim_time when; // [us] on the park's local wall clock
    bool given;
    const struct sim_node *node;
};

/** What is the dimension at `node`, whose key has the rule `rule`? True: known, and `*out` and an
 * example unit are filled. False: not known (yet), load as it is. */
typedef bool sim_kind_dim_fn(void *user, const char *rule, const struct sim_node *node,
                             struct sim_dim *out, char example[64]);

/** A value that refers to something, profile(sun): its dimension, by the key's rule, and the least
 * that it may be [SI] are those of the key, so that whoever knows what it refers to can check it.
 */
typedef void sim_kind_named_fn(void *user, const char *rule, const struct sim_value *v,
                               double least);

/** A value of another dimension than the key's rule gives: make it one of `wanted` and return true,
 * where something else that is written allows it. */
typedef bool sim_kind_convert_fn(void *user, const char *rule, struct sim_dim wanted,
                                 struct sim_value *v);

struct sim_kind_load_opts {
    sim_kind_dim_fn *dim;         // NULL: rules with braces are not checked
    sim_kind_named_fn *named;     // for each such value whose dimension is known; NULL: nobody
    sim_kind_convert_fn *convert; // NULL: never
    void *user;                   // of all three
    const struct sim_units
        *units; // currencies and other units of the park; NULL: the built-in ones
};

/** Write short forms out (steam = "1.9 t/t" becomes steam = { amount = "1.9 t/t"; }), so that paths
 * reach into them. After sim_tree_expand, before overrides; sim_kind_load does it again. Nothing is
 * done when the tree has not changed since it was last done for the same kind. */
void sim_kind_normalise(const struct sim_kind *root, struct sim_tree *t);

/** sim_tree_assign, "path = value", where groups on the way may be missing: one that a key names is
 * made ("park.record.every = 1 h", "economy.currency = VND"). Named things are not: a firm that is
 * not there is probably misspelt. */
void sim_kind_assign(const struct sim_kind *root, struct sim_tree *t, const char *assignment,
                     const char *via, const struct sim_node *at, struct sim_diag *d);

/** Copy what the group `n`, loaded as `kind` into `from`, states over the same fields of `to`. */
void sim_kind_overlay(const struct sim_kind *kind, const struct sim_node *n, const void *from,
                      void *to);

/** What to write instead of "9.500", `length` bytes: "write 9500 if that is meant, else 9.5". What
 * keeps three digits gets a fourth, that it is not asked about again. Caller frees. */
char *sim_kind_grouped_advice(const char *text, size_t length);

/** Check the whole tree against `root` and fill its C struct and all below, in `arena`. The tree
 * must outlive what is loaded. Files that keys name are looked for. Never NULL; see
 * sim_diag_status. */
void *sim_kind_load(const struct sim_kind *root, struct sim_tree *t, struct sim_arena *arena,
                    const struct sim_kind_load_opts *opts, struct sim_diag *d);

/** The key that describes the node (or the node that would stand) at `path`, NULL if none;
 * `*out_kind` (may be NULL) gets the kind it belongs to. For --set and "may it change in a run". */
const struct sim_key *sim_kind_key_at(const struct sim_kind *root, const struct sim_tree *t,
                                      const char *path, const struct sim_kind **out_kind);

/** The park resolved, as text of a valid park file, with defaults filled in; with `origin` a
 * comment after each value names its place. Owned by the caller (free). */
char *sim_kind_show(const struct sim_kind *root, const struct sim_tree *t, bool origin);

/** The same without what only people read (titles, marks after values): two parks with one identity
 * are one park. Owned by the caller (free). */
char *sim_kind_identity(const struct sim_kind *root, const struct sim_tree *t);

/** Reference in Markdown: a heading and a table of keys (key, type or unit, default, range, what)
 * for `root` and every kind reachable from it, each once. Owned by the caller (free). */
char *sim_kind_reference(const struct sim_kind *root);

#endif
