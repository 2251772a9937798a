/** @file
 * Inside of the tree: shared by tree.c and the files that read, fill and change it.
 * Floor 2, for sim/cfg only.
 */
#ifndef SIM_CFG_TREE_PRIV_H
#define SIM_CFG_TREE_PRIV_H

#include "sim/base/arena.h"
#include "sim/base/vec.h"
#include "sim/cfg/tree.h"

struct sim_tree {
    struct sim_arena *arena;
    struct sim_node *root;
    struct sim_node *aside;      // owns nodes that stand in no group: defaults
    const char *file;            // loaded first
    struct sim_source **sources; // [source_count], each in the arena
    int source_count;
    int source_capacity;
    size_t bytes;                        // of all sources
    bool is_unclosed;                    // a bracket of a file has no partner
    struct sim_strtab *keys;             // names of nodes, each once; NULL: none yet
    SIM_VEC(struct sim_strtab *) tables; // every index ever made, freed with the tree
    int64_t edits;          // [-] since it was made: nodes put in or taken out, values put
    int64_t normal_edits;   // [-] so many when short forms were last written out (kind.c)
    const void *normal_for; // the kind for which; NULL: never
};

/** Where an expanded line was written. */
struct sim_tree_line {
    const char *file;
    int line;
};

/** A file with what it includes spliced in; offsets of tokens count in `text`. */
struct sim_tree_text {
    char *text; // owned, ends with a zero byte
    size_t length;
    struct sim_tree_line *lines; // owned, [line_count]
    size_t *starts;              // owned, [line_count] first byte of each line
    int line_count;
};

/** Splice; false when not even the first file could be read. */
bool sim_tree_splice_file(struct sim_tree *t, const char *path, struct sim_tree_text *out,
                          struct sim_diag *d);
bool sim_tree_splice_text(struct sim_tree *t, const char *file, const char *text, size_t length,
                          struct sim_tree_text *out, struct sim_diag *d);
void sim_tree_splice_free(struct sim_tree_text *x);
struct sim_place sim_tree_splice_place(const struct sim_tree_text *x, size_t offset, size_t length);

/** What the scan found: one event for each setting and each element, in the order of the text. */
struct sim_tree_event {
    size_t name_at; // offset and length in the text; length 0: an element of a list or array
    size_t name_length;
    size_t value_at;
    size_t value_length;
    const char *repaired; // the text that was probably meant where quotes were missing; else NULL
    bool broken;          // told already
};

struct sim_tree_scan {
    char *clean; // owned: the text for libconfig, one token a line, mistakes repaired or left out
    struct sim_tree_event *events; // owned
    int event_count;
    size_t *token_at; // owned, [token_count] offset in the text of each token of `clean`
    int token_count;
};

/** Find mistakes that libconfig would only call "syntax error", and make a text that it reads. */
void sim_tree_scan_text(struct sim_tree *t, const struct sim_tree_text *x,
                        struct sim_tree_scan *out, struct sim_diag *d);
void sim_tree_scan_free(struct sim_tree_scan *s);

bool sim_tree_scan_is_name(const char *text, size_t length); // [A-Za-z][A-Za-z0-9_-]*

/** Fill kind, integer, number, truth of a scalar from its text as written (no quotes): a number, a
 * bool, else a text. False: a number that does not fit; `*why` says so. */
bool sim_tree_scalar(struct sim_node *n, const char *text, const char **why);

/** Read values into `into` through libconfig (tree_load.c). */
void sim_tree_load_into(struct sim_tree *t, struct sim_node *into, const struct sim_tree_text *x,
                        struct sim_diag *d);

struct sim_source *sim_tree_add_source(struct sim_tree *t, const char *path, const char *bytes,
                                       size_t length);

/** Take `n` out of its parent (its memory stays in the arena). */
void sim_tree_detach(struct sim_tree *t, struct sim_node *n);

/** A node that is not among the children of `parent`, but whose path says so: a default. */
struct sim_node *sim_tree_default(struct sim_tree *t, struct sim_node *parent, const char *name,
                                  const char *value, struct sim_diag *d);

/** Give all children of `from` to `to`, which has none, in their order. */
void sim_tree_move_children(struct sim_tree *t, struct sim_node *to, struct sim_node *from);

/** A deep copy of `n` as a new last child of `parent`, named `name`; `via` NULL keeps places. */
struct sim_node *sim_tree_copy(struct sim_tree *t, struct sim_node *parent, const char *name,
                               const struct sim_node *n, const char *via);

/** Make the value of `n` what `value` says: as in a file, but texts need no quotes. */
bool sim_tree_put_value(struct sim_tree *t, struct sim_node *n, const char *value,
                        const struct sim_place *place, struct sim_diag *d);

/** Turn lists of groups with `name` into groups, at `n` and below. */
void sim_tree_expand_lists(struct sim_tree *t, struct sim_node *n, struct sim_diag *d);

/** "did you mean 'capacity'?" among the children of `n`; "" if none is near. In the arena. */
const char *sim_tree_near(struct sim_tree *t, const struct sim_node *n, const char *name);

#endif
