/** @file
 * What a park file says, as a tree whose every node knows where it was written.
 *
 * Files are read by libconfig; the tree is our own, because overrides, designs and tables change
 * it, and because libconfig keeps neither columns nor the text of numbers. `@include "x.cfg"` is
 * resolved from the folder of the file that says it. Three spellings of named things look the same
 * once sim_tree_expand has been called:
 *
 *     firms = { mill = { ... }; };
 *     firms = ( { name = "mill"; ... } );
 *     tables = ( { csv = "data/firms.csv"; into = "firms"; } );
 *
 * Paths name a node from the root: "markets.suppliers.sells.husk.price", "units[2]" for the third
 * element of a list, `*` for every name. One rule surprises: a path may end inside a value,
 * "failures.tubes.up.scale" for up = "weibull(shape = 1.4, scale = 900 h)".
 *
 * Table columns: `name` gives the row's name; dotted headers give nested keys
 * ("inputs.pulp.amount"); a unit may stand in the header ("capacity [t/h]") or in the cell; an
 * empty cell says nothing. For each `*` of `into` a column names the group: into =
 * "firms.*.processes" wants a column "firm" (or "firms").
 *
 * Floor 2. One thread may change a tree, many may read it when none does. Nodes and their strings
 * live as long as the tree.
 */
#ifndef SIM_CFG_TREE_H
#define SIM_CFG_TREE_H

#include "sim/base/base.h"
#include "sim/base/err.h"
#include "sim/cfg/diag.h"

struct sim_tree; // opaque: root, arena, the files read

enum sim_node_kind {
    SIM_NODE_GROUP, // { a = 1; }
    SIM_NODE_LIST,  // ( 1, "x" )
    SIM_NODE_ARRAY, // [ 1, 2 ]
    SIM_NODE_TEXT,  // "12 t/h"
    SIM_NODE_INT,   // 3
    SIM_NODE_FLOAT, // 1.3
    SIM_NODE_BOOL   // true
};

/** Read its fields; change it only through sim_tree_*. */
struct sim_node {
    enum sim_node_kind kind;
    bool loose;       // from a table or an override: not typed by quotes, so `3` may be a text too
    bool bare;        // a number or bool of the file, as opposed to text in quotes
    bool broken;      // wrong and told already: nobody need look at its value again
    bool truth;       // SIM_NODE_BOOL
    const char *name; // NULL for the root and for elements of lists and arrays
    int index;        // place among the parent's children
    bool borrows_names; // private: the index is that of the tree it was cloned from
    const char *text;   // scalars: as read (numbers as written, texts without quotes); else NULL
    int64_t integer;    // SIM_NODE_INT
    double number;      // SIM_NODE_INT and SIM_NODE_FLOAT
    struct sim_place place;    // of the name (of the value, in lists)
    struct sim_place value_at; // of the value; length 0 for groups and lists
    struct sim_node *parent;
    struct sim_node **children; // in the order written
    int count;
    int capacity;             // private
    struct sim_strtab *names; // private: index of large groups
};

/** A file that was read. */
struct sim_source {
    const char *path; // as opened
    char sha256[65];
    const char *text; // ends with a zero byte
    size_t length;
};

/** Largest inputs; beyond them a mistake says so (libconfig's groups are quadratic). */
#define SIM_TREE_MAX_BYTES (256 * 1024 * 1024) // all files of a tree: includes, tables, profiles
#define SIM_TREE_MAX_KEYS  5000  // in one group of a file; tables and lists may have more
#define SIM_TREE_MAX_TEXT  65536 // [bytes] one text
#define SIM_TREE_MAX_DEPTH 64    // of nesting
#define SIM_TREE_MAX_FILES 64    // @include

struct sim_tree *sim_tree_create(void);    // an empty group
void sim_tree_destroy(struct sim_tree *t); // NULL is fine

/** A tree to try a design on. Nodes are its own; names, texts and the files read stay those of `t`,
 * which must not change and must outlive it. Any thread may clone a tree that no thread changes. */
struct sim_tree *sim_tree_clone(const struct sim_tree *t);

/** Read a file and what it includes into the root. All mistakes go to `d`; what could be read is in
 * the tree even then. Returns sim_diag_status(d). Call sim_tree_expand next. */
enum sim_status sim_tree_load(struct sim_tree *t, const char *path, struct sim_diag *d);

/** The same for text in memory; `file` names it in messages, its folder resolves includes. */
enum sim_status sim_tree_load_text(struct sim_tree *t, const char *file, const char *text,
                                   size_t length, struct sim_diag *d);

/** A bracket has no partner (told already): what stands in which group is not as it was meant, and
 * what would be said of it only follows from that. */
bool sim_tree_is_unclosed(const struct sim_tree *t);

/** How often it has been changed: who has checked all of it need not do so again while this is the
 * same. */
int64_t sim_tree_edits(const struct sim_tree *t);

/** Turn lists of groups with `name` into groups, and read `tables` (the key is then gone). */
enum sim_status sim_tree_expand(struct sim_tree *t, struct sim_diag *d);

struct sim_node *sim_tree_root(const struct sim_tree *t);
const char *sim_tree_file(const struct sim_tree *t); // the file loaded first; NULL if none

/** Files read so far, in order; a model that reads its own (profiles) adds them: the results file
 * names each with its fingerprint. Returns the entry, NULL with a mistake at `at` (SIM_DIAG_MISSING
 * when it is not there). `path` as written, resolved from the folder of the file of `at`. */
int sim_tree_source_count(const struct sim_tree *t);
const struct sim_source *sim_tree_source(const struct sim_tree *t, int i);
const struct sim_source *sim_tree_read_file(struct sim_tree *t, const struct sim_node *at,
                                            const char *path, struct sim_diag *d);

/** Child by name, NULL if none (or `n` NULL or no group). */
struct sim_node *sim_tree_child(const struct sim_node *n, const char *name);

/** By path without wildcards from `from` (the root, or any group); NULL if none. */
struct sim_node *sim_tree_find(const struct sim_node *from, const char *path);

/** By path with wildcards: `out` gets the nodes (owned by the caller, free), returns how many. */
int sim_tree_match(const struct sim_node *from, const char *pattern, struct sim_node ***out);

/** "firms.mill.processes.paper.capacity" of a node; owned by the caller (free). "" for the root. */
char *sim_tree_path(const struct sim_node *n);

/** Where its value comes from: "park.cfg:12", "--set", "design shared (park.cfg:30)", "table
 * firms.csv row 7", "default"; owned by the caller (free). */
char *sim_tree_origin(const struct sim_node *n);

/** Override: every node that `path` matches gets the value written in `value`, which is read as in
 * a file, but a text needs no quotes ("45 t/h", "3", "false", "( \"a\", \"b\" )"). The last name
 * may be new in a group that is there; names before it must match, else a mistake names the
 * nearest. `via` is the origin ("--set", "design shared"); `at` the node that asks, or NULL. */
enum sim_status sim_tree_set(struct sim_tree *t, const char *path, const char *value,
                             const char *via, const struct sim_node *at, struct sim_diag *d);

/** The same from one text "path = value". */
enum sim_status sim_tree_assign(struct sim_tree *t, const char *assignment, const char *via,
                                const struct sim_node *at, struct sim_diag *d);

/** Take away every node that `path` matches; one that matches nothing is a mistake. */
enum sim_status sim_tree_remove(struct sim_tree *t, const char *path, const char *via,
                                const struct sim_node *at, struct sim_diag *d);

/** Merge a copy of the group `what` (of this tree or another) into the root: groups are joined,
 * and a name that is there already with a value is a mistake ("use set"). */
enum sim_status sim_tree_add(struct sim_tree *t, const struct sim_node *what, const char *via,
                             struct sim_diag *d);

/** For those who build trees (defaults, short forms): a new child at the end of a group or list. */
struct sim_node *sim_tree_new(struct sim_tree *t, struct sim_node *parent, enum sim_node_kind kind,
                              const char *name, const char *text, const struct sim_place *place);

#endif
